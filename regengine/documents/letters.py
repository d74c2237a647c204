"""Letters: paragraphs chosen by what the law asks of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from regengine.assessment import ContentItem, ExtraAsked, Result
from regengine.documents.content import Matter, answered, filled
from regengine.documents.expressions import holds, lines_of, names_for, words
from regengine.documents.items import content_items, is_answered, lacks
from regengine.documents.outputs import ENGLISH, label, language, phrase, table
from regengine.documents.paper import Block, Section, gap, gaps
from regengine.documents.templates import BlockShape, TemplateShape
from regengine.documents.translation import in_english, letter_word, place_words, spoken
from regengine.documents.wording import joined, sentence, slug

_OFFERS = ("identity_protection", "credit_monitoring")


def letter_names(
    names: Mapping[str, Any], asked: dict[str, bool], matter: Matter | None = None
) -> dict[str, Any]:
    """Make ``fill`` mark what is missing, since running text cannot leave it out.

    ``asked`` takes in every key that the text asks for, and whether the facts fill it. With
    a matter, texts stand in the language of the letter, or are marked as to be translated.
    """

    def fill_or_gap(key: str) -> str:
        text, known = names["fill"](key), names["known"](key)
        if text is not None or not known:
            asked[key] = known
        if text is None:
            return "" if known else gap(in_english("fills", key))
        said = str(text) if matter is None else spoken(key, str(text), matter)
        missing = gap(phrase("in_full", item=in_english("fills", key)))
        return said if known else f"{said} {missing}"

    return {
        **names,
        "fill": fill_or_gap,
        "gap": gap,
        "say": letter_word,
        "reader": matter.reader if matter else "person",
        "all_people": lambda: _all_people(matter, asked) if matter else fill_or_gap("people_total"),
        "offers": (lambda: _offers(matter)) if matter else list,
        "places_named": lambda codes: joined(dict.fromkeys(map(place_words, codes))),
        "asks": lambda key: matter is not None and _asks(key, matter),
        "toll_free": (lambda: _toll_free(matter)) if matter else str,
        "data_list": (lambda: _data_list(matter, fill_or_gap)) if matter else list,
    }


def _all_people(matter: Matter, asked: dict[str, bool]) -> str:
    """Say how many people the whole incident affects, in a letter to one group as well."""
    found = filled("people_total", replace(matter, group=None))
    asked["people_total"] = found.known
    item = in_english("fills", "people_total")
    if found.text is None:
        return gap(item)
    return found.text if found.known else f"{found.text} {gap(phrase('in_full', item=item))}"


def _asks(key: str, matter: Matter) -> bool:
    """Say whether the law asks for an item by name."""
    return any(item.fill == key for item in content_items(matter.result))


def _toll_free(matter: Matter) -> str:
    """Give the toll-free number, or mark it where a law asks for one; nothing otherwise."""
    given = answered("toll_free", matter)
    if given is not None:
        return str(given.text)
    asked = any(x.kind == "toll_free_number" for x in matter.result.extras)
    return gap(table("letter/variants.toml")["mark"]["toll_free"]) if asked else ""


def _data_list(matter: Matter, say: Callable[[str], str]) -> list[str]:
    """List the data, each on a line of its own; as one text where groups differ.

    Data that were perhaps involved say so; an answer stands as it was given.
    """
    whole = say("data_types")  # counts as asked for, and marks what is missing
    groups = matter.groups()
    alike = len({(group.data, group.data_possible) for group in groups}) == 1
    if not alike or answered("data_types", matter) is not None:
        return whole.split("\n")
    group = groups[0]
    known = [label("elements", x) for x in group.data or () if x not in group.data_possible]
    perhaps = [label("elements", x) for x in group.data_possible]
    lines = known + [phrase("possibly_only", possible=word) for word in perhaps]
    if not lines:
        return whole.split("\n")
    marks = gaps(whole)
    return [*lines[:-1], " ".join((lines[-1], *(gap(mark) for mark in marks)))]


def offers_owed(result: Result) -> tuple[ExtraAsked, ...]:
    """List the free services that the law asks to offer, or may ask."""
    return tuple(x for x in result.extras if x.kind in _OFFERS and x.status != "not_required")


def _offers(matter: Matter) -> list[str]:
    """Say which services are offered free of charge, for how long, and how to sign up.

    The law's own term leads; who provides the service only an answer can tell.
    """
    owed = offers_owed(matter.result)
    given = answered("identity_protection", matter)
    lines = [_offer(extra) for extra in owed]
    if lines:
        marks = table("letter/variants.toml")["mark"]
        how = gap(marks["enrol"]) if given is None or not given.text else given.text
        how = spoken("identity_protection", how, matter) if given is not None else how
        lines.append(letter_word("us_offer_how", how=how))
    return lines


def _offer(extra: ExtraAsked) -> str:
    service = letter_word(f"us_{extra.kind}")
    if extra.months is None:
        text = letter_word("us_offer_open", service=service)
    else:
        text = letter_word("us_offer", service=service, months=extra.months)
    if extra.status == "required":
        return text
    mark = table("letter/variants.toml")["mark"]["offer_open"]
    return f"{text} {gap(mark.format(ground=extra.citation))}"


def _block(
    shape: BlockShape, names: Mapping[str, Any], bars: frozenset[str], place: str
) -> Block | None:
    if bars & set(shape.covers) or not holds(shape.when, names, place):
        return None
    source = shape.text if shape.text is not None else shape.lines or ""
    lines = tuple(line for line in words(source, names, place).split("\n") if line.strip())
    return Block(lines, bullets=shape.lines is not None) if lines else None


class _Statement(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    pattern: str
    theme: str
    text: str | None = None
    fill: str | None = None
    when: str | None = None
    everywhere: bool = False


@cache
def _statements() -> tuple[_Statement, ...]:
    rows = table("letter/statements.toml")["statement"]
    return tuple(_Statement.model_validate(row) for row in rows)


def is_stated(item: ContentItem) -> bool:
    """Say whether an item asks for a statement of its own, whatever fills it."""
    return any(re.search(x.pattern, item.say, flags=re.IGNORECASE) for x in _statements())


def is_general(item: ContentItem) -> bool:
    """Say whether an item's statement is true for every reader, wherever they live.

    >>> is_general(ContentItem(say="how to place a security freeze"))
    True
    """
    rows = (x for x in _statements() if re.search(x.pattern, item.say, flags=re.IGNORECASE))
    row = next(rows, None)
    return row is not None and row.everywhere


def _missing(item: ContentItem) -> Block:
    return Block((gap(sentence(item.say).rstrip(".")),), bullets=False)


def _titled(item: ContentItem) -> str:
    """Name an item before its answer: in the law's words, in another language by its kind."""
    if item.fill is not None and language() != ENGLISH:
        return sentence(label("fills", item.fill)).rstrip(".")
    return sentence(item.say).rstrip(".")


def _statement(
    item: ContentItem, names: Mapping[str, Any], bars: frozenset[str]
) -> tuple[str, Block] | None:
    """Find the words for an item that no block covers; a gap where there are none."""
    for row in _statements():
        if re.search(row.pattern, item.say, flags=re.IGNORECASE):
            if row.fill in bars or not holds(row.when, names, row.pattern):
                return None
            lines = words(row.text or "", names, row.pattern).split("\n")
            return row.theme, Block(tuple(line for line in lines if line.strip()), bullets=False)
    theme = table("letter/statements.toml")["default_theme"]
    if item.fill is not None and names["fill"](item.fill):
        line = phrase("stated", title=_titled(item), text=names["fill"](item.fill))
        return theme, Block(tuple(line.split("\n")), bullets=False)
    return theme, _missing(item)


def letter_sections(
    template: TemplateShape, matter: Matter, bars: frozenset[str], asked: dict[str, bool]
) -> tuple[Section, ...]:
    """Write the sections of a letter; ``asked`` takes in what they ask of the facts."""
    names = letter_names(names_for(matter, bars), asked, matter)
    covered = {key for part in template.section for block in part.block for key in block.covers}
    answered = [block.answers for part in template.section for block in part.block]
    extra: dict[str, list[Block]] = {}
    for item in content_items(matter.result):
        if item.fill in bars or is_answered(item, answered):
            continue
        if item.fill in covered and not is_stated(item):
            if lacks(item, names["fill"](item.fill)):
                extra.setdefault("more", []).append(_missing(item))
            continue
        given = names["answer"](f"{matter.result.id}.{slug(item.say)}")
        said = (
            ("more", Block(lines_of(given), bullets=False))
            if given is not None
            else _statement(item, names, bars)
        )
        if said is not None and said[1] not in extra.setdefault(said[0], []):
            extra[said[0]].append(said[1])
    themes = [part.theme for part in template.section]
    sections = []
    for part in template.section:
        place = f"{template.id}/{part.title}"
        title = words(part.title, names, place)
        blocks = [_block(shape, names, bars, place) for shape in part.block]
        own = extra.get(part.theme or "", [])
        if part is template.section[-1]:
            own = own + [x for theme, found in extra.items() if theme not in themes for x in found]
        new = (block for block in own if block not in blocks)  # nothing is said twice
        kept = tuple(block for block in (*blocks, *new) if block is not None and block.lines)
        if kept and holds(part.when, names, place):
            sections.append(Section(title, (), kept))
    return tuple(sections)
