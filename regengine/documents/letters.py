"""Letters: paragraphs chosen by what the law asks of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from regengine.assessment import ContentItem
from regengine.documents.content import Matter
from regengine.documents.expressions import holds, lines_of, names_for, words
from regengine.documents.items import content_items, is_answered, lacks
from regengine.documents.outputs import label, phrase, table
from regengine.documents.paper import Block, Section, gap
from regengine.documents.templates import BlockShape, TemplateShape
from regengine.documents.wording import sentence, slug


def letter_names(names: Mapping[str, Any], asked: dict[str, bool]) -> dict[str, Any]:
    """Make ``fill`` mark what is missing, since running text cannot leave it out.

    ``asked`` takes in every key that the text asks for, and whether the facts fill it.
    """

    def fill_or_gap(key: str) -> str:
        text, known = names["fill"](key), names["known"](key)
        if text is not None or not known:
            asked[key] = known
        if text is None:
            return "" if known else gap(label("fills", key))
        missing = gap(phrase("in_full", item=label("fills", key)))
        return str(text) if known else f"{text} {missing}"

    return {**names, "fill": fill_or_gap, "gap": gap}


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


@cache
def _statements() -> tuple[_Statement, ...]:
    rows = table("letter/statements.toml")["statement"]
    return tuple(_Statement.model_validate(row) for row in rows)


def _stated(item: ContentItem) -> bool:
    """Say whether an item asks for a statement of its own, whatever fills it."""
    return any(re.search(x.pattern, item.say, flags=re.IGNORECASE) for x in _statements())


def _missing(item: ContentItem) -> Block:
    return Block((gap(sentence(item.say).rstrip(".")),), bullets=False)


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
        title = sentence(item.say).rstrip(".")
        line = phrase("stated", title=title, text=names["fill"](item.fill))
        return theme, Block(tuple(line.split("\n")), bullets=False)
    return theme, _missing(item)


def letter_sections(
    template: TemplateShape, matter: Matter, bars: frozenset[str], asked: dict[str, bool]
) -> tuple[Section, ...]:
    """Write the sections of a letter; ``asked`` takes in what they ask of the facts."""
    names = letter_names(names_for(matter, bars), asked)
    covered = {key for part in template.section for block in part.block for key in block.covers}
    answered = [block.answers for part in template.section for block in part.block]
    extra: dict[str, list[Block]] = {}
    for item in content_items(matter.result):
        if item.fill in bars or is_answered(item, answered):
            continue
        if item.fill in covered and not _stated(item):
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
        blocks = [_block(shape, names, bars, place) for shape in part.block]
        own = extra.get(part.theme or "", [])
        if part is template.section[-1]:
            own = own + [x for theme, found in extra.items() if theme not in themes for x in found]
        new = (block for block in own if block not in blocks)  # nothing is said twice
        kept = tuple(block for block in (*blocks, *new) if block is not None and block.lines)
        if kept and holds(part.when, names, place):
            sections.append(Section(part.title, (), kept))
    return tuple(sections)
