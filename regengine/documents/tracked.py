"""Where the workstreams stand, as papers print it: rows of the case file, warnings first.

Rows of the advice track are for counsel's own checklist; every other paper leaves them out
unless they are asked for. A row that tells of a notice is not told beside its clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from regengine.casefile.standing import Standing
from regengine.documents.docket import Docket, say
from regengine.documents.outputs import phrase, table
from regengine.documents.wording import printable, span_text

_PATH = "checklist/workstreams.toml"
_FAR = datetime.max.replace(tzinfo=UTC)
_WHAT, _STATE, _WHO, _WARNING, _RECORD = 320, 120, 90, 160, 60  # characters of each


class Tracked(NamedTuple):
    """One row as printed; ``at`` is the instant that ``due`` and ``left`` put in words."""

    record: str
    what: str
    state: str
    who: str | None
    at: datetime | None
    due: str | None
    left: str | None
    late: bool
    warning: str | None
    advice: bool


def part_of(stream: str) -> str:
    """Name the part of the checklist in which a workstream's records stand.

    >>> part_of("communication"), part_of("experts")
    ('communications', 'advisers')

    A workstream that the checklist does not know stands with the decisions, so that no row
    is lost.
    """
    return str(table(_PATH)["records"].get(stream, "decisions"))


def by_urgency(rows: Iterable[Standing]) -> list[Standing]:
    """Sort rows: those with a warning first, then by what is due first, then by their ids.

    >>> [x.record for x in by_urgency([Standing("legal", "T10", "", ""), Standing("legal", "T9", "", "")])]
    ['T9', 'T10']
    """

    def order(row: Standing) -> tuple[bool, datetime, str, int, str]:
        letters, number = re.fullmatch(r"(.*?)(\d*)", row.record, re.DOTALL).groups()  # type: ignore[union-attr]  # reason: matches every text
        return row.warning is None, row.due or _FAR, letters, int(number[:9] or 0), row.what

    return sorted(rows, key=order)


def facts_only(rows: Iterable[Standing]) -> list[Standing]:
    """Leave out the rows of the advice track."""
    return [row for row in rows if not row.advice]


def beside_clocks(rows: Iterable[Standing], keys: Iterable[str]) -> list[Standing]:
    """Leave out the rows that tell of a notice: its clock is counted by the law.

    >>> rows = [Standing("filings", "a@IE", "", ""), Standing("filings", "T1", "", "")]
    >>> [row.record for row in beside_clocks(rows, {"a@IE": None})]
    ['T1']
    """
    known = frozenset(keys)
    return [row for row in rows if row.record not in known]


def due_first(rows: Iterable[Standing], keys: Iterable[str]) -> list[Standing]:
    """List the rows with an instant that no clock tells of, in the order of time."""
    timed = [row for row in beside_clocks(rows, keys) if row.due is not None]
    return sorted(by_urgency(timed), key=lambda row: row.due or _FAR)


def dated(docket: Docket, rows: Iterable[Standing]) -> list[Tracked]:
    """Put into words what is due beside the clocks of a docket, in the order of time."""
    return [_printed(docket, row) for row in due_first(rows, docket.by_key)]


def printed(docket: Docket, rows: Sequence[Standing]) -> list[Tracked]:
    """Put rows into the words of paper, the urgent ones first; long texts are cut and say so."""
    return [_printed(docket, row) for row in by_urgency(rows)]


def _printed(docket: Docket, row: Standing) -> Tracked:
    seconds = int((row.due - docket.now).total_seconds()) if row.due and docket.now else None
    late = seconds is not None and seconds < 0
    return Tracked(
        record=cut(row.record, _RECORD),
        what=cut(row.what, _WHAT),
        state=cut(row.state.replace("_", " "), _STATE),
        who=cut(row.who, _WHO) if row.who else None,
        at=row.due,
        due=docket.at(row.due) if row.due else None,
        left=None
        if seconds is None
        else phrase("late" if late else "left", span=span_text(seconds)),
        late=late,
        warning=cut(row.warning, _WARNING) if row.warning else None,
        advice=row.advice,
    )


def line_of(row: Tracked) -> str:
    """Tell a row in one line, for lists that have no columns."""
    who = say("owned_by", who=row.who) if row.who else say("owned_by_nobody")
    due = say("due_by", at=row.due) if row.due else ""
    said = say("row_line", record=row.record, what=row.what, who=who, due=due)
    return say("row_warned", line=said, warning=row.warning) if row.warning else said


def cut(text: str, most: int) -> str:
    r"""Take a text that others wrote: on one line, without control characters, cut and marked.

    >>> cut("one  two\nthree", 8), cut("x" * 9, 4)
    ('one two…', 'xxx…')
    """
    kept = " ".join(printable(text, "\n\t\r").split())
    return kept if len(kept) <= most else f"{kept[: most - 1].rstrip()}…"
