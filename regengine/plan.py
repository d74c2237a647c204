"""The order of notices: who is told before whom, by when to act, by when to decide.

A law may put one notice before another, or together with it; then the earlier of two
dates binds both. ``act_by`` is that tightened instant. From it lead times (printing,
translation, a signature) run backwards to the instants by which each step has to begin.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from graphlib import CycleError, TopologicalSorter

from regengine.assessment import Assessment, Result
from regengine.calendars import Days, NotCovered, zone
from regengine.law import Period

_FAR = datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)
_DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Lead:
    """How long a step takes before notices go out; ``kinds`` are kinds of recipient.

    >>> Lead("printing", Period.read("3 working days"), ("individuals",)).step
    'printing'
    """

    step: str
    takes: Period
    kinds: tuple[str, ...] = ()  # empty: before every notice

    def serves(self, result: Result) -> bool:
        """Tell whether a notice waits for this step."""
        return not self.kinds or result.recipient.kind in self.kinds


@dataclass(frozen=True, slots=True)
class Begin:
    """The latest instant to begin a step."""

    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """One notice in its place; ``because`` names the notice that tightened ``act_by``."""

    key: str
    title: str
    recipient: str
    act_by: datetime | None
    zone: str | None
    because: str | None = None
    projected: datetime | None = None  # as far as it can be told before the clock starts
    waiting: bool = False  # the clock has not started
    not_before: datetime | None = None
    after: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    done: bool = False
    begin: tuple[Begin, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Notices in the order in which they can go out, and what stands against it."""

    acts: tuple[Act, ...]
    conflicts: tuple[str, ...] = ()


def plan_of(found: Assessment, leads: Sequence[Lead] = (), days: Days | None = None) -> Plan:
    """Put the notices that are owed or possible in order.

    ``days`` are the organisation's working days, for lead times in working days; without
    them Saturdays and Sundays alone are closed. Conflicts are told, never solved silently:
    notices that wait for each other, one that may not go out before it is due, one that
    went out before another that has to come first.
    """
    results = {
        result.key: result
        for result in found.obligations
        if result.status != "not_required" and result.deadline.kind != "none"
    }
    firsts = _firsts(results)
    conflicts = list(_broken(results, firsts))
    ordered = _ordered(results, firsts, conflicts)
    tight = _tightened(results, firsts, ordered)
    acts = []
    for key in _by_time(ordered, firsts, tight):
        result = results[key]
        act_by, because = tight[key]
        if act_by is not None and result.deadline.not_before is not None:
            conflicts += _too_early(result, act_by, because)
        acts.append(_act(result, act_by, because, firsts[key], leads, days))
    return Plan(tuple(acts), tuple(dict.fromkeys(conflicts)))


def _firsts(results: Mapping[str, Result]) -> dict[str, set[str]]:
    """For each notice: those that have to go out before it."""
    firsts: dict[str, set[str]] = {key: set() for key in results}
    for key, result in results.items():
        for later in result.deadline.order.before:
            if later in firsts:
                firsts[later].add(key)
        firsts[key] |= {earlier for earlier in result.deadline.order.after if earlier in results}
    return firsts


def _done(result: Result) -> datetime | date | None:
    return result.went_out[0].at if result.went_out else None


def _instant(at: datetime | date) -> datetime:
    if isinstance(at, datetime):
        return at
    return datetime.combine(at, datetime.min.time(), UTC)


def _broken(results: Mapping[str, Result], firsts: Mapping[str, set[str]]) -> Iterable[str]:
    """Name notices that went out before another that has to come first."""
    for key, earlier in firsts.items():
        told = _done(results[key])
        for other in sorted(earlier):
            if told is None:
                continue
            first = _done(results[other])
            if first is None:
                yield f"{key} went out on {told}, and {other}, which comes first, has not"
            elif _instant(first) > _instant(told):
                yield f"{key} went out on {told}, before {other} on {first}, which comes first"


def _ordered(
    results: Mapping[str, Result], firsts: Mapping[str, set[str]], conflicts: list[str]
) -> list[str]:
    try:
        return list(TopologicalSorter(firsts).static_order())
    except CycleError as error:
        circle = " before ".join(error.args[1])
        conflicts.append(f"these wait for each other: {circle}")
        return sorted(results)


def _tightened(
    results: Mapping[str, Result], firsts: Mapping[str, set[str]], ordered: Sequence[str]
) -> dict[str, tuple[datetime | None, str | None]]:
    """Bind each notice by the earliest of its own date and those that wait for it."""
    tight: dict[str, tuple[datetime | None, str | None]] = {
        key: (result.deadline.due_at, None) for key, result in results.items()
    }
    for key in reversed(ordered):
        for other in results[key].deadline.order.with_:
            if other in tight:  # it goes out with the other; the other does not wait for it
                _bind(tight, key, other)
        for earlier in sorted(firsts[key]):
            _bind(tight, earlier, key)
    return tight


def _bind(tight: dict[str, tuple[datetime | None, str | None]], key: str, other: str) -> None:
    """Let a notice be bound by another's date where that is earlier."""
    own, theirs = tight[key][0], tight[other][0]
    if theirs is not None and theirs < (own or _FAR):
        tight[key] = (theirs, other)


def _by_time(
    ordered: Sequence[str],
    firsts: Mapping[str, set[str]],
    tight: Mapping[str, tuple[datetime | None, str | None]],
) -> list[str]:
    """Sort by date without breaking the order: always the earliest that may go out."""
    waiting = {key: len(earlier) for key, earlier in firsts.items()}
    freed: dict[str, list[str]] = {}
    for key, earlier in firsts.items():
        for first in earlier:
            freed.setdefault(first, []).append(key)
    ready = [(tight[key][0] or _FAR, key) for key in ordered if not waiting[key]]
    heapq.heapify(ready)
    found: list[str] = []
    while ready:
        _, key = heapq.heappop(ready)
        found.append(key)
        for later in freed.get(key, ()):
            waiting[later] -= 1
            if not waiting[later]:
                heapq.heappush(ready, (tight[later][0] or _FAR, later))
    # Notices in a circle are listed all the same: a duty never disappears.
    return [*found, *(key for key in ordered if key not in set(found))]


def _too_early(result: Result, act_by: datetime, because: str | None) -> Iterable[str]:
    opens = result.deadline.not_before
    if opens is not None and opens > act_by:
        bound = f" (bound by {because})" if because else ""
        yield (
            f"{result.key} may not go out before {opens.isoformat()}, "
            f"but is due by {act_by.isoformat()}{bound}"
        )


def _act(
    result: Result,
    act_by: datetime | None,
    because: str | None,
    firsts: set[str],
    leads: Sequence[Lead],
    days: Days | None,
) -> Act:
    done = _done(result) is not None
    begin: tuple[Begin, ...] = ()
    if act_by is not None and not done:
        serving = [lead for lead in leads if lead.serves(result)]
        begin = tuple(backwards(act_by, serving, result.deadline.zone, days))
    return Act(
        key=result.key,
        title=result.title,
        recipient=result.recipient.name,
        act_by=act_by,
        zone=result.deadline.zone,
        because=because,
        projected=result.deadline.projected_due_at,
        waiting=result.deadline.kind == "not_started",
        not_before=result.deadline.not_before,
        after=tuple(sorted(firsts)),
        together=result.deadline.order.with_,
        done=done,
        begin=begin,
    )


def backwards(
    act_by: datetime, leads: Sequence[Lead], key: str | None, days: Days | None = None
) -> list[Begin]:
    """Count lead times back from an instant; ``leads`` in the order in which they happen.

    >>> due = datetime(2026, 12, 4, 17, tzinfo=UTC)
    >>> leads = [Lead("printing", Period.read("3 working days"))]
    >>> backwards(due, leads, "UTC")[0].at.isoformat()
    '2026-12-01T17:00:00+00:00'

    Hours are elapsed; days keep the clock time in the zone ``key``. A step begins no later
    than its instant; on a closed day, on the working day before.
    """
    found: list[Begin] = []
    at = act_by
    for lead in reversed(leads):
        at = _before(at, lead.takes, key, days)
        found.append(Begin(lead.step, at))
    return found[::-1]


def _before(at: datetime, takes: Period, key: str | None, days: Days | None) -> datetime:
    if takes.unit in ("minute", "hour"):
        return at - takes.amount * timedelta(**{f"{takes.unit}s": 1})
    local = at.astimezone(zone(key)) if key else at
    day = local.date()
    if takes.unit == "working day":
        for _ in range(takes.amount):
            day = _working_before(day - _DAY, days)
    else:
        day = _working_before(day - takes.amount * _DAYS_OF[takes.unit] * _DAY, days)
    return local.replace(year=day.year, month=day.month, day=day.day)


def _working_before(day: date, days: Days | None) -> date:
    try:
        if days is not None:
            return days.previous_working(day)
    except NotCovered:
        pass  # outside the calendar's years the weekend alone is known
    while day.weekday() > 4:  # noqa: PLR2004  # reason: Friday
        day -= _DAY
    return day
