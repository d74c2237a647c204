"""What a notice says, before it is laid out: sections of fields or of paragraphs."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from regengine.documents.templates import FieldKind, Requirement, TemplateShape

# Characters of the private use area that enclose a gap in running text.
GAP_OPENS, GAP_CLOSES = "\ue000", "\ue001"

State = Literal["known", "to_follow", "not_applicable", "blank"]


class Choice(NamedTuple):
    """One option of a field; ``chosen`` is ``None`` while a fact that decides it is open."""

    say: str
    chosen: bool | None


class Entry(NamedTuple):
    """One field as printed.

    ``state``: ``blank`` is an optional field that nothing fills. ``field`` is the key under
    which ``answers`` may fill it, ``shared`` one that fills every form that asks the same.
    """

    key: str
    label: str
    lines: tuple[str, ...]
    state: State
    basis: str | None = None
    field: str = ""
    shared: str | None = None
    kind: FieldKind = "text"
    required: Requirement = "always"
    choices: tuple[Choice, ...] = ()
    limit: int | None = None
    local: str | None = None
    hint: str | None = None

    @property
    def open(self) -> bool:
        """Whether the field is still to be completed."""
        return self.state == "to_follow"


class Block(NamedTuple):
    """One paragraph or list as printed; gaps stand between the gap characters."""

    lines: tuple[str, ...]
    bullets: bool


class Section(NamedTuple):
    """A heading and what stands under it."""

    title: str
    entries: tuple[Entry, ...]
    blocks: tuple[Block, ...]


class Change(NamedTuple):
    """A field that says something else than the notice before."""

    label: str
    before: tuple[str, ...]
    now: tuple[str, ...]


class Paper(NamedTuple):
    """Everything that one notice says, before it is laid out.

    ``to_follow`` names what is marked as such. ``asked`` is how many things a complete notice
    must say, and ``lacking`` names those of them that are missing. ``changes`` is ``None`` where no notice before it is at hand.
    """

    template: TemplateShape
    title: str
    subject: str
    intro: tuple[str, ...]
    closing: tuple[str, ...]
    sections: tuple[Section, ...]
    to_follow: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    asked: int = 0
    stage: str | None = None
    changes: tuple[Change, ...] | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All fields, in their order."""
        return tuple(entry for part in self.sections for entry in part.entries)


def gap(text: str) -> str:
    r"""Mark something that running text lacks.

    >>> gap("the date") == "\ue000the date\ue001"
    True
    """
    return f"{GAP_OPENS}{text}{GAP_CLOSES}"


def gaps(text: str) -> list[str]:
    r"""List the gaps in a running text.

    >>> gaps("on \ue000the date\ue001, we")
    ['the date']
    """
    return re.findall(f"{GAP_OPENS}(.*?){GAP_CLOSES}", text, flags=re.DOTALL)


def said(paper: Paper) -> str:
    """Join everything that a notice says into one text."""
    parts = [paper.title, paper.subject, *paper.intro, *paper.closing]
    for section in paper.sections:
        parts += [section.title, *(x for block in section.blocks for x in block.lines)]
        parts += [x for entry in section.entries for x in (entry.label, *entry.lines)]
    return "\n".join(parts)
