"""Deadlines as a calendar: the only place with icalendar.

All instants are in UTC, so that no reader needs a table of zones; their local time stands
in the description.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from icalendar import Alarm, Calendar, Component, Event, Todo, vText

from regengine.assessment import Assessment, Deadline, Result
from regengine.casefile.standing import Standing
from regengine.documents.outputs import EPOCH, label, phrase, place_name, table
from regengine.documents.shelf import put_file
from regengine.documents.tracked import due_first, facts_only
from regengine.documents.wording import instant_text, printable, sentence, start_text
from regengine.plan import Act, Plan, plan_of
from regengine.version import VERSION

_REMINDERS = (timedelta(hours=24), timedelta(hours=4))
_URGENT, _USUAL = 1, 5  # RFC 5545: 1 is the highest priority, 5 the middle
_WEB = ("https://", "http://")

_Sureness = Literal["required", "possible", "projected", "record"]


class _Entry(NamedTuple):
    """One entry of the calendar before it is written; without ``at`` a thing to do."""

    identity: str
    summary: str
    at: datetime | None
    lines: tuple[str, ...]
    sure: _Sureness = "required"
    since: datetime | None = None
    categories: tuple[str, ...] = ()
    location: str | None = None
    url: str | None = None


def calendar(assessment: Assessment, path: str | Path) -> Path:
    """Write the deadlines of an assessment as an iCalendar file.

    DTSTAMP is the assessment's ``now``, so that the same assessment gives the same bytes.
    """
    target = Path(path)
    put_file(target, calendar_bytes(assessment))
    return target


def calendar_bytes(
    assessment: Assessment, plan: Plan | None = None, *, standing: Sequence[Standing] = ()
) -> bytes:
    """Build a calendar of all that is still to be done.

    An event at each ``due_at``, with reminders a day and four hours before; a tentative
    one where the duty is only possible, or its clock has not started and the instant is
    projected; a thing to do without a date where the law gives no instant. Where ``plan``
    says so, or the order of notices without one: an event for the earlier instant by which
    another notice binds this one, and one for each step that has to begin before.

    Rows of the case file in ``standing`` that are due are events of a category of their
    own, told apart from the deadlines of law; those of the advice track are left out.
    """
    acts = {act.key: act for act in (plan or plan_of(assessment)).acts}
    stamp = (assessment.now or EPOCH).astimezone(UTC)
    made = _calendar(assessment.engine, assessment.title or assessment.incident)
    for result in assessment.obligations:
        if result.status != "not_required" and not result.went_out:
            for entry in _entries(assessment.incident, result, acts.get(result.key)):
                made.add_component(_component(entry, stamp))
    for row in due_first(facts_only(standing), [x.key for x in assessment.obligations]):
        made.add_component(_component(_recorded(assessment, row), stamp))
    return bytes(made.to_ical(sorted=False))


def bare(found: Iterable[tuple[str, Deadline]], stamp: datetime) -> bytes:
    """Build a calendar of deadlines that belong to no incident."""
    made = _calendar(VERSION, phrase("deadlines_title"))
    for name, deadline in found:
        if deadline.due_at is not None:
            said = _say("act_before", at=_local(deadline.due_at, deadline))
            identity = f"{name}\0{deadline.due_at}"
            entry = _Entry(identity, name, deadline.due_at, (said, *_terms(deadline)))
            made.add_component(_component(entry, stamp.astimezone(UTC)))
    return bytes(made.to_ical(sorted=False))


# -- what is said ------------------------------------------------------------------------


def _say(name: str, /, **values: object) -> str:
    return str(table("calendar.toml")[name]).format(**values)


def _local(at: datetime, deadline: Deadline) -> str:
    return instant_text(at, deadline.zone or "UTC")


def _entries(incident: str, result: Result, act: Act | None) -> Iterator[_Entry]:
    main = _main(incident, result)
    if main is None:
        return
    yield main
    due = result.deadline.due_at
    if act is None or act.act_by is None:
        return
    if act.because is not None and (due is None or act.act_by < due):
        why = _say("earlier_why", other=act.because, at=_local(act.act_by, result.deadline))
        yield main._replace(
            identity=f"{main.identity}\0earlier",
            summary=_say("earlier", **_names(result)),
            at=act.act_by,
            lines=(why, *_standing(result)),
        )
    for number, begin in enumerate(act.begin):
        at, act_by = _local(begin.at, result.deadline), _local(act.act_by, result.deadline)
        yield main._replace(
            identity=f"{main.identity}\0begin\0{number}",
            summary=_say("begin", step=begin.step, **_names(result)),
            at=begin.at,
            lines=(_say("begin_at", at=at, due=act_by), *_standing(result)),
        )


def _recorded(assessment: Assessment, row: Standing) -> _Entry:
    """Make the entry of what the house has set itself a time for."""
    late = row.due is not None and assessment.now is not None and row.due < assessment.now
    who = row.who or _say("record_nobody")
    return _Entry(
        identity=f"{assessment.incident}\0record\0{row.record}",
        summary=_say("record", record=row.record, what=" ".join(row.what.split())),
        at=row.due,
        lines=(
            _say("record_why"),
            _say("late") if late else "",
            _say("record_who", who=who),
            _say("record_state", state=row.state.replace("_", " ")),
            _say("record_warning", warning=row.warning) if row.warning else "",
        ),
        sure="record",
        categories=(str(table("calendar.toml")["category"]["record"]),),
    )


def _main(incident: str, result: Result) -> _Entry | None:
    """Make the entry of the duty itself; none for one that no clock can bind."""
    deadline = result.deadline
    if deadline.kind == "none":
        return None
    at = deadline.due_at or deadline.projected_due_at
    possible = result.status == "possible"
    sure: _Sureness = "possible" if possible else "required"
    name: str = sure if at is not None else "open"
    if deadline.due_at is None and at is not None:
        sure, name = "projected", "projected"
    portal = result.portal if (result.portal or "").startswith(_WEB) else None
    words = table("calendar.toml")["category"]
    return _Entry(
        # One duty keeps one identity, so that a reader moves its event when the date moves.
        identity=f"{incident}\0{result.key}" + ("" if at is not None else "\0open"),
        summary=_say(name, **_names(result)),
        at=at,
        lines=(*_lead(result), *_standing(result)),
        sure=sure,
        since=deadline.starts.at if deadline.starts else None,
        categories=(
            str(words[sure]),
            label("recipient_kinds", result.recipient.kind),
            place_name(result.jurisdiction),
        ),
        location=result.portal or result.recipient.name,
        url=portal,
    )


def _names(result: Result) -> dict[str, str]:
    title = result.title
    if result.stage:
        title = _say("staged", title=title, stage=result.stage.replace("_", " "))
    return {"title": title, "place": place_name(result.jurisdiction)}


def _lead(result: Result) -> Iterator[str]:
    """Say first what the date of the entry is, and how sure."""
    deadline = result.deadline
    if result.status == "possible":
        yield _say("possible_why")
    if deadline.due_at is not None:
        yield _say("act_before", at=_local(deadline.due_at, deadline))
        if deadline.late_by:
            yield _say("late")
        if deadline.starts is not None and deadline.starts.assumed:
            yield _say("assumed")
    elif deadline.projected_due_at is not None:
        yield _say("projected_at", at=_local(deadline.projected_due_at, deadline))
    elif deadline.kind == "not_started":
        yield _say("not_started")


def _standing(result: Result) -> Iterator[str]:
    """Say what holds of the duty, whatever the entry is for."""
    deadline = result.deadline
    yield _say("to", name=result.recipient.name)
    if deadline.starts is not None:
        at = (
            _say("starts_at", at=_local(deadline.starts.at, deadline)) if deadline.starts.at else ""
        )
        yield _say("starts", event=start_text(deadline.starts.event), at=at)
    if deadline.not_before is not None:
        yield _say("not_before", at=_local(deadline.not_before, deadline))
    if deadline.latest_defensible is not None:
        yield _say("latest", at=_local(deadline.latest_defensible, deadline))
    for hold in deadline.held:
        yield _say("held", why=sentence(hold.why))
    yield from _terms(deadline)
    if result.method:
        yield _say("how", method=sentence(result.method))
    yield _say("ground", citation=result.citation)


def _terms(deadline: Deadline) -> Iterator[str]:
    if deadline.text:
        yield _say("terms", text=deadline.text.rstrip("."))


# -- how it is written -------------------------------------------------------------------


def _clean(text: str) -> str:
    """Drop control characters and halves of pairs, which no calendar may hold."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n"))


def _calendar(engine: str, name: str) -> Calendar:
    made = Calendar()
    made.add("prodid", f"-//regengine//{engine}//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    # As text, since the library escapes no property that it takes for unknown.
    made.add("name", vText(_clean(name)))
    made.add("x-wr-calname", vText(_clean(name)))  # for readers older than RFC 7986
    return made


def _component(entry: _Entry, stamp: datetime) -> Component:
    made: Component = Todo() if entry.at is None else Event()
    made.add("uid", f"{hashlib.sha256(entry.identity.encode()).hexdigest()[:32]}@regengine")
    made.add("dtstamp", stamp)
    summary = _clean(entry.summary)
    if entry.at is not None:
        # Without an end an event takes no time: a deadline is an instant.
        made.add("dtstart", entry.at.astimezone(UTC))
        made.add("status", "CONFIRMED" if entry.sure in ("required", "record") else "TENTATIVE")
        made.add("transp", "TRANSPARENT")
    else:
        if entry.since is not None:
            made.add("dtstart", entry.since.astimezone(UTC))
        made.add("status", "NEEDS-ACTION")
    made.add("summary", summary)
    made.add("description", _clean("\n".join(line for line in entry.lines if line)))
    made.add("class", "PRIVATE")
    made.add("priority", _URGENT if entry.sure == "required" else _USUAL)
    if entry.categories:
        made.add("categories", [_clean(word) for word in entry.categories])
    if entry.location:
        made.add("location", _clean(entry.location))
    if entry.url:
        made.add("url", entry.url)
    for before in _REMINDERS if entry.at is not None else ():
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", -before)
        made.add_component(alarm)
    return made
