"""Log sources, and the countdown to the instant at which records that are needed are lost.

A log that keeps its records for a time loses the oldest ones first: those of the start of
the incident. What is counted from is the start as it is known now; where it is not known,
the earliest event that is, with a warning, since the truth can only be sooner. How long a
log keeps its records is never guessed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from pydantic import field_validator

from regengine.calendars import zone as zone_of
from regengine.casefile import privilege, tasks
from regengine.casefile.case import Case
from regengine.casefile.evidence import ITEMS, Line, past, words
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import TASKS, Instant
from regengine.counting import instant_of
from regengine.errors import Fault, InputError
from regengine.facts import Incident, Moment
from regengine.law import Period
from regengine.timeline import words_of

START: Final = "occurred_from"
UNLIMITED: Final = "unlimited"
_MOST_DAYS = 36_525  # a hundred years: longer is "unlimited"
_DAYS: Final = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 31, "year": 366}
_UNIT: Final = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}
# Where a day begins first: without a zone it is counted from there, to the safe side.
_FIRST: Final = timezone(timedelta(hours=14))

Level = Literal["secured", "gone", "urgent", "soon", "later", "never", "unknown"]


class Log(Record):
    """A source of records about the incident.

    ``keeps`` is a period ("30 days") or "unlimited"; ``overwritten`` the instant at which the
    oldest records are overwritten, where that is known instead. Records of ``None`` in both
    are kept for nobody knows how long. The period runs from each record's own instant, or
    from ``counted_from``. ``needed_from``: the oldest record that the matter needs, where it
    is not the start of the incident. ``covers_from``: where the copy that was made begins.
    """

    name: Line
    system: Line | None = None
    keeps: str | None = None
    overwritten: Instant | None = None
    size: Line | None = None
    counted_from: Instant | None = None
    needed_from: Instant | None = None
    owner: Line | None = None
    source: Line | None = None
    secured_at: Instant | None = None
    secured_by: Line | None = None
    covers_from: Instant | None = None
    item: str | None = None

    @field_validator("keeps")
    @classmethod
    def _period(cls, text: str | None) -> str | None:
        return None if text is None else _keeping(text)


def _keeping(text: str) -> str:
    if text.casefold() == UNLIMITED:
        return UNLIMITED
    try:
        period = Period.read(text)
    except ValueError as error:
        message = f'{error}, or "{UNLIMITED}"'
        raise ValueError(message) from None
    if period.unit == "working day":
        message = "a log counts days, not working days"
        raise ValueError(message)
    if period.amount * _DAYS[period.unit] > _MOST_DAYS:
        message = f'{period} is longer than a hundred years; write "{UNLIMITED}"'
        raise ValueError(message)
    return str(period)


LOGS: Final = Shelf("log_source", Log, "LS")


class Countdown(NamedTuple):
    """How long a log still holds what is needed; instants in UTC.

    ``needed`` is the oldest record that the matter needs, ``lost_at`` when it is overwritten;
    ``None`` where that cannot be known. ``warnings`` say what is assumed or already lost.
    """

    log: Log
    needed: datetime | None
    lost_at: datetime | None
    level: Level
    warnings: tuple[str, ...]
    question: str | None


class Needed(NamedTuple):
    """From when on records are needed, and what is unsure about that."""

    at: datetime | None
    warnings: tuple[str, ...]


def needed_from(case: Case, incident: Incident | None = None) -> Needed:
    """Find the oldest instant of which records are needed, from the time line as it is known.

    Of several candidates the earliest counts. A day without a time begins in the zone of the
    organisation, and where that is not known, where the day begins first.
    """
    incident = incident or case.incident()
    zone = incident.organisation.home_zone(case.corpus.places)
    found = [
        (_begins(candidate.at, zone), event, candidate.at)
        for event, candidates in incident.timeline.items()
        for candidate in candidates
    ]
    said = words()["log"]
    starts = [row for row in found if row[1] == START]
    if not found:
        return Needed(None, (said["start_none"],))
    at, event, moment = min(starts or found, key=lambda row: row[0])
    warnings = [] if starts else [said["start_unknown"].format(event=words_of(event))]
    if moment.at is None:
        line = said["day_house"] if zone else said["day_any"]
        warnings.append(line.format(event=words_of(event), precision=moment.precision, zone=zone))
    return Needed(at, tuple(warnings))


def _begins(moment: Moment, zone: str | None) -> datetime:
    if moment.at is not None or zone is not None:
        return instant_of(moment, zone_of(zone or "UTC"))
    day = moment.day or date.min
    return datetime(day.year, day.month, day.day, tzinfo=_FIRST).astimezone(UTC)


def later(start: datetime, keeps: str) -> datetime:
    """Count how long a log keeps a record: months end where the shorter month ends.

    >>> later(datetime(2026, 1, 31, 12, tzinfo=UTC), "1 month").isoformat()
    '2026-02-28T12:00:00+00:00'
    """
    period = Period.read(keeps)
    if period.unit in _UNIT:
        return start + timedelta(**{_UNIT[period.unit]: period.amount})
    months = start.year * 12 + start.month - 1
    months += period.amount * (12 if period.unit == "year" else 1)
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)


def countdown(case: Case, log: Log, now: datetime, needed: Needed | None = None) -> Countdown:
    """Work out when the oldest records that are needed are lost, as the facts stand now.

    Where both a period and an instant are known, the earlier one leads.
    """
    if log.needed_from is not None:
        needed = Needed(log.needed_from, ())
    elif needed is None:
        needed = needed_from(case)
    start = log.counted_from or needed.at
    ends = [log.overwritten] if log.overwritten is not None else []
    if log.keeps not in (None, UNLIMITED) and start is not None:
        ends.append(later(start, str(log.keeps)))
    lost_at = min(ends, default=None)
    level = _level(log, lost_at, now)
    question = None
    if level == "unknown" and log.keeps is None:
        question = words()["log"]["question"].format(name=log.name, system=_of(log))
    warnings = tuple(_warnings(log, needed, lost_at, level))
    return Countdown(log, needed.at, lost_at, level, warnings, question)


def _level(log: Log, lost_at: datetime | None, now: datetime) -> Level:
    if log.secured_at is not None:
        return "secured"
    if lost_at is None:
        return "never" if log.keeps == UNLIMITED else "unknown"
    hours = words()["countdown"]
    left = lost_at - now
    if left <= timedelta(0):
        return "gone"
    if left <= timedelta(hours=hours["urgent"]):
        return "urgent"
    return "soon" if left <= timedelta(hours=hours["soon"]) else "later"


def _warnings(log: Log, needed: Needed, lost_at: datetime | None, level: Level) -> Iterator[str]:
    said = words()["log"]
    if level == "secured":
        yield from _secured_badly(log, needed, lost_at)
        return
    if level == "never":
        return
    if level == "gone" and lost_at is not None:
        yield said["lost"].format(at=_minute(lost_at))
    if level == "unknown" and log.keeps is None:
        yield said["unknown"]
    # An instant that was stated, or a count from one, does not rest on the time line.
    counts = log.keeps not in (None, UNLIMITED) and log.counted_from is None
    if lost_at is None or counts:
        yield from needed.warnings


def _secured_badly(log: Log, needed: Needed, lost_at: datetime | None) -> Iterator[str]:
    said = words()["log"]
    at, covers = log.secured_at, log.covers_from
    if covers is not None and needed.at is not None and covers > needed.at:
        yield said["covers_late"].format(covers=_minute(covers), needed=_minute(needed.at))
    elif covers is None and lost_at is not None and at is not None and at > lost_at:
        yield said["secured_late"].format(at=_minute(at), lost=_minute(lost_at))


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _of(log: Log) -> str:
    return words()["log"]["of"].format(system=log.system) if log.system else ""


def countdowns(case: Case, now: datetime) -> list[Countdown]:
    """List every log with its countdown: what is lost first, first; then what is not known."""
    needed = needed_from(case)
    far = datetime.max.replace(tzinfo=UTC)
    order: dict[str, int] = {"gone": 0, "urgent": 0, "soon": 0, "later": 0, "unknown": 1}
    made = [countdown(case, log, now, needed) for log in LOGS.all(case)]
    return sorted(made, key=lambda x: (order.get(x.level, 2), x.lost_at or far))


# -- records ----------------------------------------------------------------------------


def add(case: Case, name: str, **fields: Any) -> Log:
    """Name a log source, and open the task to secure it, due when its oldest records are lost.

    A log that keeps its records without end, or is secured already, needs no task. Raise
    ``InputError`` for fields that do not fit.
    """
    with case.writing():
        privilege.guard(case, {"name": name, **_texts(fields)}, "log")
        _check(case, fields)
        log = LOGS.add(case, name=name, **fields)
        redate(case, [log])
    return log


def change(case: Case, name: str, **fields: Any) -> Log:
    """Say more of a log, like how long it keeps its records; its task is dated anew."""
    with case.writing():
        privilege.guard(case, _texts(fields), name)
        _check(case, fields)
        log = LOGS.change(case, name, **fields)
        redate(case, [log])
    return log


def _texts(fields: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in fields.items() if isinstance(value, str)}


def _check(case: Case, fields: dict[str, Any]) -> None:
    for name in ("secured_at", "needed_from", "covers_from"):
        past(case, fields.get(name), name)
    if fields.get("item") is not None:
        fields["item"] = ITEMS.one(case, fields["item"]).id


def secure(
    case: Case,
    name: str,
    by: str,
    *,
    at: datetime | None = None,
    item: str | None = None,
    covers_from: datetime | None = None,
) -> Log:
    """Record that a log was secured, without ``at`` now; its task ends.

    ``item`` is the evidence that holds the copy. Raise ``InputError`` where it was secured
    already.
    """
    with case.writing():
        log = LOGS.one(case, name)
        if log.secured_at is not None:
            message = f"was secured already, by {log.secured_by}"
            raise InputError([Fault(case.reference, log.id, message)])
        when = past(case, at, "secured_at") or case.store.clock()
        return change(
            case, log.id, secured_at=when, secured_by=by, item=item, covers_from=covers_from
        )


def redate(case: Case, logs: Iterable[Log] | None = None) -> list[tasks.Task]:
    """Bring the tasks of logs up to date with the facts: due when records are lost now.

    To be called when the time line has changed. Gives the tasks that were opened, dated
    anew or ended.
    """
    changed = []
    with case.writing():
        needed = needed_from(case)
        for log in logs if logs is not None else LOGS.all(case):
            state = countdown(case, log, case.store.clock(), needed)
            changed += _redated(case, state)
    return changed


def _redated(case: Case, state: Countdown) -> list[tasks.Task]:
    log, said = state.log, words()["log"]
    title = said["task"].format(name=log.name, system=_of(log))
    # By its origin: a log may have got another name since.
    origin = f"log {log.id}"
    there = [x for x in TASKS.all(case) if x.origin == origin and x.state == "open"]
    if state.level == "secured":
        return [tasks.end(case, task.id) for task in there]
    if state.level == "never":
        why = words()["level"]["never"]
        return [tasks.end(case, task.id, "dropped", why) for task in there]
    if not there:
        opened = partial(tasks.add, case, title, "evidence", origin=origin, why=said["task_why"])
        return [opened(owner=log.owner, due=state.lost_at)]
    moved = [task for task in there if task.due != state.lost_at]
    return [TASKS.change(case, task.id, due=state.lost_at) for task in moved]


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of every log: when what is needed is lost, and what is not known about that."""
    if not LOGS.all(case):
        return
    for found in countdowns(case, now):
        log = found.log
        state = str(words()["level"][found.level])
        warning = "; ".join(found.warnings) or None
        if warning is None and found.level in ("urgent", "soon"):
            warning = f"not secured, and {state}"
        due = None if found.level == "secured" else found.lost_at
        what = f"{log.name}{_of(log)}"
        yield Standing("evidence", log.id, what, state, log.owner, due, warning)
