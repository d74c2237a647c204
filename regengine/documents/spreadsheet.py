"""Deadlines as a table for spreadsheets: RFC 4180, one row for each result."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from regengine.assessment import Assessment, Filed, Result
from regengine.calendars import zone as zone_of
from regengine.casefile.standing import Standing
from regengine.documents.outputs import place_name
from regengine.documents.tracked import due_first, facts_only
from regengine.documents.wording import printable

# A spreadsheet takes a cell that begins so for a formula, also in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001  # reason: full width
_BOM = b"\xef\xbb\xbf"
_FAR = datetime.max.replace(tzinfo=UTC)

COLUMNS = (
    "key",
    "title",
    "stage",
    "recipient",
    "recipient_kind",
    "place",
    "place_name",
    "status",
    "kind",
    "due_at",
    "due_local",
    "zone",
    "latest_defensible",
    "projected_due_at",
    "not_before",
    "late_by_seconds",
    "starts_event",
    "starts_at",
    "starts_assumed",
    "text",
    "people_at_least",
    "people_at_most",
    "citation",
    "confidence",
    "method",
    "portal",
    "filed",
    "readiness",
)


def deadlines_csv(
    assessment: Assessment,
    readiness: Mapping[str, str] | None = None,
    *,
    bom: bool = False,
    standing: Sequence[Standing] = (),
) -> bytes:
    """Write every result as a row, those that are due first.

    Instants are in UTC; ``due_local`` has the offset of ``zone``. ``readiness`` says by key
    how complete a notice is. A cell that a spreadsheet would run as a formula begins with
    an apostrophe. What is due on record in ``standing`` follows the deadlines of law, with
    the status ``record``; the advice track is left out. ``bom`` marks the text as UTF-8 for programs that need it.

    >>> import regengine
    >>> laptop = regengine.load_incident("examples/lost-laptop.yaml")
    >>> deadlines_csv(regengine.assess(laptop)).decode().splitlines()[1].split(",")[0]
    'us-vt-ag-preliminary@US-VT'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for result in sorted(assessment.obligations, key=_by_time):
        row = _row(result, (readiness or {}).get(result.key, ""))
        writer.writerow([harmless(row[name]) for name in COLUMNS])
    keys = [result.key for result in assessment.obligations]
    for task in due_first(facts_only(standing), keys):
        told = _task_row(assessment, task)
        writer.writerow([harmless(told.get(name, "")) for name in COLUMNS])
    return (_BOM if bom else b"") + out.getvalue().encode()


def harmless(text: str) -> str:
    """Make a cell that is text and nothing else.

    >>> harmless("=1+1"), harmless("Dublin"), harmless(" +1")
    ("'=1+1", 'Dublin', "' +1")
    """
    kept = printable(text, "\n\t\r")
    return f"'{kept}" if kept.startswith(_FORMULA) or kept.lstrip().startswith(_FORMULA) else kept


def _by_time(result: Result) -> tuple[bool, datetime, datetime]:
    """Sort what is owed by its instant, then by a projected one; then as it was listed."""
    deadline = result.deadline
    owed = result.status != "not_required"
    return not owed, deadline.due_at or _FAR, deadline.projected_due_at or _FAR


def _row(result: Result, ready: str) -> dict[str, str]:
    deadline, starts = result.deadline, result.deadline.starts
    return {
        "key": result.key,
        "title": result.title,
        "stage": result.stage or "",
        "recipient": result.recipient.name,
        "recipient_kind": result.recipient.kind,
        "place": result.jurisdiction,
        "place_name": place_name(result.jurisdiction),
        "status": result.status,
        "kind": deadline.kind,
        "due_at": _utc(deadline.due_at),
        "due_local": _local(deadline.due_at, deadline.zone),
        "zone": deadline.zone or "",
        "latest_defensible": _utc(deadline.latest_defensible),
        "projected_due_at": _utc(deadline.projected_due_at),
        "not_before": _utc(deadline.not_before),
        "late_by_seconds": _number(deadline.late_by),
        "starts_event": starts.event if starts else "",
        "starts_at": _utc(starts.at) if starts else "",
        "starts_assumed": str(starts.assumed).lower() if starts else "",
        "text": deadline.text or "",
        "people_at_least": _number(result.people.at_least),
        "people_at_most": _number(result.people.at_most),
        "citation": result.citation,
        "confidence": result.confidence,
        "method": result.method or "",
        "portal": result.portal or "",
        "filed": _filed(result.filed),
        "readiness": ready,
    }


def _task_row(assessment: Assessment, task: Standing) -> dict[str, str]:
    """Write what the house has set itself a time for; it has no ground in law."""
    now, due = assessment.now, task.due
    late = int((now - due).total_seconds()) if now and due and due < now else None
    said = (task.state, f"owner: {task.who}" if task.who else "nobody owns it", task.warning)
    return {
        "key": task.record,
        "title": task.what,
        "status": "record",
        "kind": "task",
        "due_at": _utc(due),
        "late_by_seconds": _number(late),
        "text": "; ".join(dict.fromkeys(x for x in said if x)),
    }


def _utc(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _local(at: datetime | None, zone: str | None) -> str:
    return at.astimezone(zone_of(zone or "UTC")).isoformat() if at else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _filed(found: Iterable[Filed]) -> str:
    """List what is on record, each with its instant or day, and how and under what it went."""
    parts = []
    for one in found:
        at: datetime | date = one.at
        when = _utc(at) if isinstance(at, datetime) else at.isoformat()
        parts.append(" ".join(x for x in (when, one.how, one.reference) if x))
    return "; ".join(parts)
