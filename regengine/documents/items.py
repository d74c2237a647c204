"""What the law itself asks a notice to say, and what it forbids."""

from __future__ import annotations

import re
from collections.abc import Iterable

from regengine.assessment import ContentItem, Result
from regengine.documents.outputs import label, table
from regengine.documents.templates import TemplateShape


def content_items(result: Result) -> tuple[ContentItem, ...]:
    """List what the law asks the notice to say; the plain words where no facts fill them.

    A fill key that cannot answer the words is taken off: free text does not say whether
    something is so, and the list of open facts answers only a question for it.
    """
    items = result.content_items or tuple(ContentItem(say=say) for say in result.content)
    return tuple(item if _fits(item) else ContentItem(say=item.say) for item in items)


def _fits(item: ContentItem) -> bool:
    words = table("words.toml")
    if item.fill == "open":
        return bool(re.search(words["open_asks"]["pattern"], item.say, flags=re.IGNORECASE))
    asks = item.say.startswith(tuple(words["yes_or_no"]["words"]))
    return not asks or item.fill in words["yes_or_no"]["fills"]


def lacks(item: ContentItem, text: str) -> bool:
    """Say whether an answer lacks what the item asks for by name, such as a telephone number."""
    row = table("words.toml")["must_hold"].get(item.fill)
    asked = row is not None and re.search(row["asks"], item.say, flags=re.IGNORECASE)
    return bool(text) and bool(asked) and row["holds"] not in text


def is_answered(item: ContentItem, patterns: Iterable[str | None]) -> bool:
    """Say whether one of the patterns means this item."""
    return any(x and re.search(x, item.say, flags=re.IGNORECASE) for x in patterns)


def barred(result: Result, template: TemplateShape) -> frozenset[str]:
    """List the fill keys that this notice must not use.

    The template's own, and those that the words of ``result.forbidden`` point to.
    """
    found = set(template.bars)
    for row in table("letter/bars.toml")["bar"]:
        if any(re.search(row["pattern"], said, flags=re.IGNORECASE) for said in result.forbidden):
            found |= set(row["fills"])
    return frozenset(found)


def bars_items(forbidden: str) -> bool:
    """Say whether words of prohibition bar an item, rather than a way of doing something.

    >>> bars_items("the number of residents who are affected"), bars_items("to ask for a card")
    (True, False)
    """
    rows = table("letter/bars.toml")["bar"]
    return any(re.search(row["pattern"], forbidden, flags=re.IGNORECASE) for row in rows)


def default_items(result: Result) -> tuple[ContentItem, ...]:
    """List what a notice holds where its law is silent on that."""
    contract = result.law_status == "contractual"
    keys = table("filing/index.toml")["contract_items" if contract else "default_items"]
    return tuple(ContentItem(say=label("fills", key), fill=key) for key in keys)
