"""Deadlines as a calendar: the only place with icalendar."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

from regengine.documents.outputs import EPOCH, phrase, place_name
from regengine.documents.wording import instant_text
from regengine.version import VERSION

if TYPE_CHECKING:
    from regengine.assessment import Assessment, Deadline

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
    stamp = (assessment.now or EPOCH).astimezone(UTC)
    made = _calendar(assessment.engine, assessment.title or assessment.incident)
    for result in assessment.obligations:
        if result.status == "not_required" or result.deadline.due_at is None or result.filed:
            continue
        name = "calendar_possible" if result.status == "possible" else "calendar_required"
        place = place_name(result.jurisdiction)
        event = _event(
            f"{assessment.incident}\0{result.key}",
            phrase(name, title=result.title, place=place),
            result.deadline,
            (result.recipient.name, result.citation),
            stamp,
        )
        if event is not None:
            if result.portal:
                event.add("url", result.portal)
            made.add_component(event)
    return bytes(made.to_ical(sorted=False))


def bare(found: Iterable[tuple[str, Deadline]], stamp: datetime) -> bytes:
    """Build a calendar of deadlines that belong to no incident."""
    made = _calendar(VERSION, phrase("deadlines_title"))
    for name, deadline in found:
        event = _event(f"{name}\0{deadline.due_at}", name, deadline, (), stamp.astimezone(UTC))
        if event is not None:
            made.add_component(event)
    return bytes(made.to_ical(sorted=False))


def _calendar(engine: str, name: str) -> Calendar:
    made = Calendar()
    made.add("prodid", f"-//regengine//{engine}//EN")
    made.add("version", "2.0")
    made.add("name", name)
    return made


def _event(
    identity: str, summary: str, deadline: Deadline, lines: Iterable[str], stamp: datetime
) -> Event | None:
    due = deadline.due_at
    if due is None:
        return None
    event = Event()
    event.add("uid", f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}@regengine")
    event.add("dtstamp", stamp)
    event.add("dtstart", due.astimezone(UTC))
    event.add("dtend", due.astimezone(UTC))
    event.add("summary", summary)
    act = phrase("calendar_due", at=instant_text(due, deadline.zone or "UTC"))
    said = [act, *lines, deadline.text or ""]
    event.add("description", "\n".join(line for line in said if line))
    for before in _REMINDERS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", -before)
        event.add_component(alarm)
    return event
