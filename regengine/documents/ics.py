"""Deadlines as a calendar: the only place with icalendar."""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

from regengine.documents.outputs import phrase, place_name
from regengine.documents.wording import instant_text

if TYPE_CHECKING:
    from regengine.assessment import Assessment, Result

_REMINDERS = (timedelta(hours=24), timedelta(hours=4))


def calendar(assessment: Assessment, path: str | Path) -> Path:
    """Write the deadlines of an assessment as an iCalendar file.

    One event at each ``due_at`` of a required or possible duty, in UTC, with reminders a
    day and four hours before. DTSTAMP is the assessment's ``now``, so that the same
    assessment gives the same bytes.
    """
    target = Path(path)
    target.write_bytes(calendar_bytes(assessment))
    return target


def calendar_bytes(assessment: Assessment) -> bytes:
    """Build the calendar of ``calendar`` in memory."""
    from regengine.documents.filings import when_of  # noqa: PLC0415  # reason: pulls in the renderer

    made = Calendar()
    made.add("prodid", f"-//regengine//{assessment.engine}//EN")
    made.add("version", "2.0")
    made.add("name", assessment.title or assessment.incident)
    stamp = when_of(assessment).astimezone(UTC)
    for result in assessment.obligations:
        if result.status == "not_required" or result.deadline.due_at is None or result.filed:
            continue
        made.add_component(_event(assessment, result, stamp))
    return made.to_ical(sorted=False)


def _event(assessment: Assessment, result: Result, stamp: object) -> Event:
    due = result.deadline.due_at
    if due is None:
        message = f"{result.key} has no due instant"
        raise ValueError(message)
    name = "calendar_possible" if result.status == "possible" else "calendar_required"
    event = Event()
    digest = hashlib.sha256(f"{assessment.incident}\0{result.key}".encode()).hexdigest()
    event.add("uid", f"{digest[:32]}@regengine")
    event.add("dtstamp", stamp)
    event.add("dtstart", due.astimezone(UTC))
    event.add("dtend", due.astimezone(UTC))
    event.add("summary", phrase(name, title=result.title, place=place_name(result.jurisdiction)))
    zone = result.deadline.zone or "UTC"
    said = [
        phrase("calendar_due", at=instant_text(due, zone)),
        result.recipient.name,
        result.citation,
        result.deadline.text or "",
    ]
    event.add("description", "\n".join(line for line in said if line))
    if result.portal:
        event.add("url", result.portal)
    for before in _REMINDERS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", result.title)
        alarm.add("trigger", -before)
        event.add_component(alarm)
    return event
