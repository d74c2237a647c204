"""A paper for the file before it is laid out: parts of fields, tables and lines to write on.

Memos and the register share it. Nothing here knows law or decides anything.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from regengine.assessment import Assessment
from regengine.documents import word
from regengine.documents.document import Document, Kind, print_page, when_of
from regengine.documents.outputs import home_zone, phrase, table
from regengine.documents.paper import Entry, gap, gaps
from regengine.documents.pdf import Enclosure
from regengine.documents.provenance import provenance, recorded
from regengine.documents.wording import instant_text, joined, moment_text
from regengine.facts import Incident, Moment

_SHOWN = 4  # open items that the draft mark names
_ITEM = 60  # characters of each of them
_WORD = 40  # characters of each part of a file's name


class Table(NamedTuple):
    """Rows under column heads; ``caption`` says what they are, ``wide`` the widest column."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: Literal["none", "second"] = "none"


class Part(NamedTuple):
    """A heading with paragraphs, fields, tables and labelled lines to write on."""

    title: str
    says: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    tables: tuple[Table, ...] = ()
    after: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()


class Signature(NamedTuple):
    """A place to sign; ``name`` is printed under the line where it is known."""

    role: str
    name: str | None = None
    date: str | None = None


class Memo(NamedTuple):
    """Everything that one paper for the file says; gaps stand between the gap characters."""

    name: str
    kind: Kind
    title: str
    subject: str
    handling: str
    keys: tuple[str, ...]
    parts: tuple[Part, ...]
    signatures: tuple[Signature, ...] = ()
    draft: tuple[str, ...] = ()
    template: str = "memo"


class Style(NamedTuple):
    """How dates are written in a paper of the organisation's own."""

    zone: str
    american: bool

    def moment(self, moment: Moment | None) -> str | None:
        """Write a point of the time line; ``None`` stays."""
        if moment is None:
            return None
        return moment_text(moment, self.zone, american=self.american)

    def instant(self, instant: datetime | None, zone: str | None = None) -> str | None:
        """Write an instant in a recipient's zone and, if it reads otherwise, in ours."""
        if instant is None:
            return None
        there = instant_text(instant, zone or self.zone, american=self.american)
        here = instant_text(instant, self.zone, american=self.american)
        return there if there == here else f"{there} ({here})"


def style_of(incident: Incident, *, american: bool) -> Style:
    """Take the zone and the dates of the organisation.

    >>> style_of(Incident(reference="R"), american=False)
    Style(zone='UTC', american=False)
    """
    return Style(home_zone(incident.organisation), american)


def say(name: str, /, **values: object) -> str:
    """Fill one phrase of the memos.

    >>> say("keep")
    'Retention'
    """
    return str(table("memo/words.toml")["phrases"][name]).format(**values)


def entry(
    key: str,
    label: str,
    lines: str | Sequence[str | None] | None,
    *,
    basis: str | None = None,
    open_: bool | None = None,
) -> Entry:
    """Make a field; without text it is open.

    >>> entry("why", "Reasons", None).open
    True
    """
    given = [lines] if isinstance(lines, str) else list(lines or ())
    text = tuple(part for line in given if line for part in line.split("\n") if part.strip())
    missing_ = not text or bool(gaps("\n".join(text))) if open_ is None else open_
    return Entry(key, label, text, "to_follow" if missing_ else "known", basis)


def missing(memo: Memo) -> tuple[str, ...]:
    """List what is still to be completed, in the order of the paper."""
    found = []
    for part in memo.parts:
        found += [gap for line in (*part.says, *part.after) for gap in gaps(line)]
        found += [item.label for item in part.entries if item.open]
    return tuple(found)


def file_slug(*words: str) -> str:
    """Make the name of a paper's files.

    >>> file_slug("memo", "no-notice", "Alaska Stat. ch. 45.48")
    'memo--no-notice--alaska-stat-ch-45-48'
    """
    parts = [re.sub(r"[^a-z0-9]+", "-", word.lower())[:_WORD].strip("-") for word in words]
    return "--".join(part for part in parts if part)


def text_of(memo: Memo) -> str:
    """Join everything that a paper says into one text."""
    lines = [memo.title, memo.subject, memo.handling, *memo.draft]
    for part in memo.parts:
        lines += [part.title, *part.says]
        lines += [x for item in part.entries for x in (item.label, *item.lines)]
        for rows in part.tables:
            lines += [rows.caption, *rows.head, *(cell for row in rows.rows for cell in row)]
        lines += [*part.after, *part.blanks]
    return "\n".join(line for line in lines if line)


def document(
    memo: Memo,
    incident: Incident,
    assessment: Assessment,
    style: Style,
    *,
    data: dict[str, Any] | None = None,
) -> Document:
    """Print a paper for the file; ``data`` goes beside it as JSON in place of its own parts."""
    open_items = missing(memo)
    names = _names(memo, incident, assessment, style, open_items)
    content = (json.dumps(data or plain(memo), indent=2, ensure_ascii=False) + "\n").encode()
    printed = print_page(
        f"{memo.template}/page.html",
        names,
        when=when_of(assessment),
        engine=assessment.engine,
        american=style.american,
        styles=("memo/memo.css",),
        enclosures=[
            Enclosure(f"{memo.name}.json", content, say("enclosed")),
            provenance(incident, assessment, None),
        ],
    )
    return Document(
        name=memo.name,
        kind=memo.kind,
        title=names["title"],
        keys=memo.keys,
        files={
            ".pdf": printed.pdf,
            ".docx": word.text(
                _in_word(memo, names), when=when_of(assessment), american=style.american
            ),
            ".html": printed.page,
            ".json": content,
        },
        text=text_of(memo),
        pages=printed.pages,
        missing=open_items,
        template=memo.template,
        families=printed.families,
    )


_WIDTHS = {4: (34, 22, 22, 22)}  # by the number of columns; the first holds the most words


def _in_word(memo: Memo, names: dict[str, Any]) -> word.Text:
    """Set a paper for the file as a text that counsel can edit."""
    parts = [word.Part(part.title, tuple(_blocks(part))) for part in memo.parts]
    if memo.signatures:
        head = ("", say("sign_name"), say("sign_date"), say("sign_hand"))
        rows = tuple((x.role, f"{x.name or ''}\n", x.date or "", "") for x in memo.signatures)
        grid = word.Grid(head, rows, widths=(22, 30, 22, 26))
        parts.append(word.Part(say("signatures"), (grid,)))
    record = recorded()
    return word.Text(
        memo.title,
        tuple(parts),
        subject=memo.subject,
        reference=names["reference"],
        draft=(memo.handling, *names["draft"]),
        engine=names["engine"],
        law_version=names["law_version"],
        record=record.line if record is not None else "",
    )


def _blocks(part: Part) -> Iterator[word.Lines | word.Grid]:
    if part.says:
        yield word.Lines(part.says)
    for item in part.entries:
        yield word.Lines((item.label,), kind="label")
        yield word.Lines(item.lines or (gap(item.label),), key=item.key)
    for rows in part.tables:
        if rows.caption != part.title:
            yield word.Lines((rows.caption,), kind="caption")
        yield word.Grid(rows.head, rows.rows, _WIDTHS.get(len(rows.head), ()))
    if part.after:
        yield word.Lines(part.after)
    if part.blanks:  # a row for each, with room to write
        yield word.Grid((), tuple((line, "\n") for line in part.blanks), widths=(38, 62))


def plain(memo: Memo) -> dict[str, Any]:
    """Return a paper as plain values for JSON; gaps stay marked as in the text."""
    return {
        "schema": "regengine.memo/1",
        "name": memo.name,
        "kind": memo.kind,
        "title": memo.title,
        "subject": memo.subject,
        "keys": list(memo.keys),
        "missing": list(missing(memo)),
        "parts": [
            {
                "title": part.title,
                "says": [_unmarked(line) for line in part.says],
                "fields": [
                    {
                        "key": item.key,
                        "label": item.label,
                        "lines": [_unmarked(line) for line in item.lines],
                        "open": item.open,
                        "basis": item.basis,
                    }
                    for item in part.entries
                ],
                "tables": [
                    {
                        "caption": rows.caption,
                        "head": list(rows.head),
                        "rows": [list(row) for row in rows.rows],
                    }
                    for rows in part.tables
                ],
                "after": [_unmarked(line) for line in part.after],
            }
            for part in memo.parts
        ],
    }


def _unmarked(line: str) -> str:
    """Write gaps in square brackets."""
    for missing_ in gaps(line):
        line = line.replace(gap(missing_), f"[{phrase('to_follow')}: {missing_}]")
    return line


def _names(
    memo: Memo,
    incident: Incident,
    assessment: Assessment,
    style: Style,
    open_items: Sequence[str],
) -> dict[str, Any]:
    draft = list(memo.draft)
    if open_items:
        first = [textwrap.shorten(item, _ITEM, placeholder=" …") for item in open_items[:_SHOWN]]
        shown, more = joined(first), len(open_items) - _SHOWN
        if more > 0:
            shown = say("draft_more", items="; ".join(first), count=more)
        name = "draft_one" if len(open_items) == 1 else "draft_open"
        draft.append(say(name, count=len(open_items), items=shown))
    organisation = incident.organisation.name or say("not_stated")
    return {
        "lang": "en",
        "layout": "memo",
        "title": phrase(
            "document_title", title=memo.title, recipient=organisation, reference=incident.reference
        ),
        "reference": incident.reference,
        "engine": assessment.engine,
        "law_version": assessment.law.version,
        "memo": memo,
        "draft": draft,
        "meta": [
            (say("organisation"), organisation),
            (say("matter"), incident.title or assessment.title or say("not_stated")),
            (say("reference"), incident.reference),
            (say("date"), style.instant(assessment.now) or say("undated")),
            (say("law_used"), assessment.law.version),
        ],
        "words": table("memo/words.toml")["phrases"],
    }
