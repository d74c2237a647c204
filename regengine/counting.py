"""The arithmetic of periods: a moment, a length and a counting rule give two instants.

``due_at`` is the safe instant: act before it. ``latest`` stands only where the rule
arguably gives more. Hours and minutes are elapsed time in UTC and never roll over a
weekend; days and longer are dates of a calendar that end with the last second of the day
where the recipient is. Nothing here knows of an incident, a law or the present time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from regengine.assessment import TraceStep
from regengine.calendars import NotCovered
from regengine.facts import Moment
from regengine.law import Counting, Period, Roll

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_END_OF_DAY = time(23, 59, 59)  # stands for 24:00
_NOON = time(12)
_NOON_ROLL = "noon_of_next_working_day"
_BACK = "previous_working_day"
ELAPSED_UNITS = ("minute", "hour")
_ELAPSED = {"minute": timedelta(minutes=1), "hour": _HOUR}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SATURDAY_SUNDAY = frozenset({5, 6})


class WorkingDays(Protocol):
    """What counting asks of a calendar; ``weekend`` holds weekdays, Monday being 0."""

    @property
    def provisional(self) -> bool:
        """Whether no official list has confirmed it."""

    @property
    def weekend(self) -> Collection[int]:
        """The weekdays that are closed."""

    def why_closed(self, day: date) -> str | None:
        """Name what closes the day; raise ``NotCovered`` outside the years covered."""

    def doubt(self, day: date) -> str | None:
        """Name a doubtful holiday on a day that counts as working."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The result of counting; instants in UTC.

    ``opens_at`` is the first instant after the whole period, for acts that must wait.
    ``last_day`` is the date on which a period in days ends, ``None`` for elapsed time.
    """

    due_at: datetime
    latest: datetime | None
    steps: tuple[TraceStep, ...]
    notes: tuple[str, ...] = ()
    opens_at: datetime | None = None
    last_day: date | None = None

    @property
    def outer(self) -> datetime:
        """Return the latest instant that is arguable."""
        return self.latest or self.due_at


@dataclass(frozen=True, slots=True)
class Convention:
    """By which rule, calendar, zones and closing hour a period is counted.

    ``cite`` is the citation of the period itself; rolls carry their own.
    """

    rule: Counting
    calendar: WorkingDays | None
    recipient_zone: ZoneInfo
    organisation_zone: ZoneInfo
    cutoff: str | None = None
    cite: str | None = None
    roll_calendar: WorkingDays | None = None  # whose closed days move; default: calendar


def count(
    start: Moment,
    period: Period,
    rule: Counting,
    calendar: WorkingDays | None,
    recipient_zone: ZoneInfo,
    organisation_zone: ZoneInfo,
    cutoff: str | None = None,
    cite: str | None = None,
) -> Counted:
    """Count a period from a moment.

    >>> from regengine.calendars import zone
    >>> from regengine.facts import Moment
    >>> from regengine.law import Counting, Period
    >>> rule, paris = Counting(title="plain"), zone("Europe/Paris")
    >>> start = Moment.of(date(2026, 1, 31))
    >>> counted = count(start, Period.read("1 month"), rule, None, paris, paris)
    >>> counted.due_at.isoformat()
    '2026-02-28T22:59:59+00:00'

    ``cutoff`` ("17:30") is the hour at which the last day ends in ``recipient_zone``;
    left out, that of the rule, else 23:59:59. A missing ``calendar`` closes Saturdays and
    Sundays alone. Raise ``ValueError`` for a period that ends after the year 9999.
    """
    how = Convention(rule, calendar, recipient_zone, organisation_zone, cutoff, cite)
    return counted(start, period, how)


def counted(start: Moment, period: Period, how: Convention) -> Counted:
    """Count as ``count`` does, by a convention.

    >>> from regengine.calendars import zone
    >>> from regengine.facts import Moment
    >>> from regengine.law import Counting, Period
    >>> utc = zone("UTC")
    >>> how = Convention(Counting(title="plain"), None, utc, utc)
    >>> counted(Moment.of(date(2026, 1, 31)), Period.read("72 hours"), how).due_at.day
    3
    """
    try:
        if period.unit in _ELAPSED:
            return _elapsed(start, period, how)
        return _by_dates(start, period, how)
    except (OverflowError, ValueError) as error:
        message = f"{period} from {start.at or start.day}: {error}"
        raise ValueError(message) from error


def counted_on(at: datetime, period: Period, how: Convention) -> Counted:
    """Count on from a due instant: from its date at the recipient, or for hours itself.

    >>> from regengine.calendars import zone
    >>> from regengine.law import Counting, Period
    >>> utc = zone("UTC")
    >>> how = Convention(Counting(title="plain", first_day="included"), None, utc, utc)
    >>> limit = datetime(2026, 12, 2, 23, 59, 59, tzinfo=UTC)
    >>> counted_on(limit, Period.read("15 days"), how).last_day
    datetime.date(2026, 12, 17)

    The last day of the first period is day 0 of the next, however counting began.
    """
    if period.unit in ELAPSED_UNITS:
        return counted(Moment.of(at), period, how)
    rule = how.rule.model_copy(update={"first_day": "excluded"})
    day = at.astimezone(how.recipient_zone).date()
    return counted(Moment.of(day), period, replace(how, rule=rule))


def by_day(day: date, how: Convention, label: str) -> Counted:
    """End on a fixed day, as the convention closes and rolls it; ``label`` says which.

    >>> from regengine.calendars import zone
    >>> from regengine.law import Counting
    >>> utc = zone("UTC")
    >>> how = Convention(Counting(title="plain"), None, utc, utc)
    >>> by_day(date(2026, 3, 1), how, "by 1 March").due_at.isoformat()
    '2026-03-01T23:59:59+00:00'
    """
    diary = _Diary(how.calendar)
    step = TraceStep(step=label, to=str(day), citation=how.cite or how.rule.cite)
    return _close(day, day, how, diary, [step])


def relieved(due: datetime, how: Convention) -> tuple[datetime | None, tuple[TraceStep, ...]]:
    """Find the later instant to which a rule's rolls carry a due instant, if they do.

    >>> from regengine.calendars import zone
    >>> from regengine.law import Counting, Roll
    >>> noon = Roll(to="noon_of_next_working_day", cite="art 5")
    >>> utc = zone("UTC")
    >>> how = Convention(Counting(title="noon", arguable_roll=noon), None, utc, utc)
    >>> later, _ = relieved(datetime(2026, 11, 28, 3, tzinfo=UTC), how)
    >>> later.isoformat()
    '2026-11-30T12:00:00+00:00'

    Limits in hours are carried only by a rule that says so (``rolls_hours``): the caller
    asks for those that qualify.
    """
    diary = _Diary(how.calendar)
    best, steps = _carried(due, how, diary)
    notes = [_step(note, None, None, how.rule.cite or how.cite) for note in diary.notes()]
    return (best, (*steps, *notes)) if best > due else (None, ())


# -- moments ------------------------------------------------------------------------


def instant_of(moment: Moment, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a moment; of a date, its first instant in the zone.

    >>> from regengine.calendars import zone
    >>> from regengine.facts import Moment
    >>> instant_of(Moment.of(date(2026, 7, 1)), zone("Europe/Dublin")).isoformat()
    '2026-06-30T23:00:00+00:00'
    """
    if moment.at is not None:
        if moment.at.tzinfo is None:
            message = f"{moment.at} has no offset"
            raise ValueError(message)
        return moment.at.astimezone(UTC)
    return first_instant(_date_of(moment), zone)


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which a date begins.

    >>> from regengine.calendars import zone
    >>> first_instant(date(2026, 3, 8), zone("America/Havana")).isoformat()
    '2026-03-08T05:00:00+00:00'
    """
    # Where midnight is skipped, the offset before the change (fold 0) gives the change.
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def last_instant(day: date, zone: ZoneInfo, clock: time = _END_OF_DAY) -> tuple[datetime, datetime]:
    """Return the UTC instants at which a local time falls: the safe one, and the later.

    >>> from regengine.calendars import zone
    >>> safe, later = last_instant(date(2026, 10, 24), zone("America/Nuuk"))
    >>> str(later - safe)
    '1:00:00'

    Both are equal unless clocks go back over that time. A time that clocks skip takes
    the earlier of its two readings: it never falls after the change.
    """
    first, second = (
        datetime.combine(day, clock, tzinfo=zone).replace(fold=fold).astimezone(UTC)
        for fold in (0, 1)
    )
    return min(first, second), max(second, min(first, second))


def calendar_day(moment: Moment, recipient: ZoneInfo, organisation: ZoneInfo) -> date:
    """Return the date that counts: the recipient's or, if earlier, the organisation's.

    >>> from regengine.calendars import zone
    >>> from regengine.facts import Moment
    >>> late = Moment.of(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    >>> calendar_day(late, zone("Europe/Brussels"), zone("America/New_York"))
    datetime.date(2026, 11, 24)
    """
    if moment.at is None:
        return _date_of(moment)
    at = instant_of(moment, recipient)
    return min(at.astimezone(recipient).date(), at.astimezone(organisation).date())


def _date_of(moment: Moment) -> date:
    if moment.day is None:
        message = "a moment needs an instant or a day"
        raise ValueError(message)
    return moment.day


# -- elapsed time -------------------------------------------------------------------


def _elapsed(start: Moment, period: Period, how: Convention) -> Counted:
    begin = instant_of(start, how.organisation_zone)
    length = period.amount * _ELAPSED[period.unit]
    due = outer = begin + length
    steps = []
    if start.at is None:
        label = (
            f"a date without a time counts from its first instant in {_key(how.organisation_zone)}"
        )
        steps.append(_step(label, str(start.day), _local(begin, how), _cites(how)))
    label = f"{period} elapse, weekends and holidays included"
    steps.append(_step(label, _local(begin, how), _local(due, how), _cites(how)))
    if how.rule.arguable_full_hours and period.unit == "hour" and start.at is not None:
        outer = _next_full_hour(begin, how.recipient_zone) + length
        label = "arguably later: the hour in which the event falls is not counted"
        steps.append(_step(label, _local(due, how), _local(outer, how), how.rule.cite or how.cite))
    diary = _Diary(how.calendar)
    if how.rule.rolls_hours:
        due, outer = _bound_hours(due, how, diary, steps), _bound_hours(outer, how, diary, [])
        carried, rolls = _carried(due, how, diary)
        if carried > outer:
            outer = carried
            steps.extend(rolls)
    latest = outer if outer > due else None
    return Counted(due, latest, (*steps, *_ground(latest, how)), diary.notes(), due)


def _next_full_hour(at: datetime, zone: ZoneInfo) -> datetime:
    # By the local clock: in some zones hours begin at half past or a quarter to UTC's.
    local = at.astimezone(zone)
    gone = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return at + (_HOUR - gone)


def _bound_hours(due: datetime, how: Convention, diary: _Diary, steps: list[TraceStep]) -> datetime:
    """Move an instant on a closed day to where a binding roll takes it."""
    day = due.astimezone(how.recipient_zone).date()
    moved, clock = _rolled(day, how.rule.roll, how, diary, steps, "the last day moves")
    if moved == day:
        return due
    bound = last_instant(moved, how.recipient_zone, clock)[0]
    label = f"that day ends at {clock:%H:%M:%S} in {_key(how.recipient_zone)}"
    steps.append(_step(label, _local(due, how), _local(bound, how), _cites(how)))
    return bound


def _carried(due: datetime, how: Convention, diary: _Diary) -> tuple[datetime, list[TraceStep]]:
    """Carry an instant on a closed day to where the rule's rolls take that day."""
    best, steps = due, list[TraceStep]()
    day = due.astimezone(how.recipient_zone).date()
    for roll in (how.rule.roll, how.rule.arguable_roll):
        if roll is None or roll.to == _BACK:
            continue
        moved, clock = _rolled(day, roll, how, diary, steps, "it may be done later")
        if moved > day:
            best = max(best, last_instant(moved, how.recipient_zone, clock)[0])
            label = f"until {clock:%H:%M:%S} in {_key(how.recipient_zone)}"
            steps.append(_step(label, _local(due, how), _local(best, how), roll.cite))
    return best, steps


# -- dates --------------------------------------------------------------------------


def _by_dates(start: Moment, period: Period, how: Convention) -> Counted:
    diary = _Diary(how.calendar)
    day = calendar_day(start, how.recipient_zone, how.organisation_zone)
    steps = _event_day(start, day, how)
    included = how.rule.first_day == "included"
    first = day if included else day + _DAY
    if how.rule.starts_on_working_day and not diary.is_open(day):
        first = diary.next_open(day)
        label = f"counting begins on the first working day, since {diary.last_reason}"
        steps.append(_step(label, str(day), str(first), how.rule.cite or how.cite))
        day = first if included else first - _DAY
    last = _last_day(day, period, how.rule, diary)
    opens = first_instant(last + _DAY, how.recipient_zone)
    manner = "the event's day is day 1" if included else "the event's day is not counted"
    steps.append(_step(f"{period}: {manner}", str(day), str(last), _cites(how)))
    if how.rule.full_days:
        # Of the day after and the next working day the earlier is the safe one.
        after = last + _DAY
        steps.append(_step("full days must pass", str(last), str(after), _cites(how)))
        last = after
    ended = _close(last, first, how, diary, steps, period)
    return _not_before_start(start, ended, opens, how)


def _event_day(start: Moment, day: date, how: Convention) -> list[TraceStep]:
    if start.at is None:
        if start.precision != "month":
            return []
        label = "a month without a day counts from its first day"
        return [_step(label, f"{day:%Y-%m}", str(day), _cites(how))]
    at = instant_of(start, how.recipient_zone)
    there = at.astimezone(how.recipient_zone).date()
    label = f"the date in {_key(how.recipient_zone)}"
    if there != day:
        label = (
            f"the date is {there} in {_key(how.recipient_zone)} but {day} in "
            f"{_key(how.organisation_zone)}: the earlier counts"
        )
    return [_step(label, _local(at, how), str(day), _cites(how))]


def _last_day(day: date, period: Period, rule: Counting, diary: _Diary) -> date:
    included = rule.first_day == "included"
    amount = period.amount
    if amount == 0:
        return day
    if period.unit == "working day":
        last = diary.next_open(day) if included else diary.after(day)
        for _ in range(amount - 1):
            last = diary.after(last)
        return last
    if period.unit in ("day", "week"):
        days = amount * (7 if period.unit == "week" else 1)
        return day + (days - included) * _DAY
    months = amount * (12 if period.unit == "year" else 1)
    return _month_end(day, months, rule, included=included)


def _month_end(day: date, months: int, rule: Counting, *, included: bool) -> date:
    # relativedelta silently takes the month's last day where the date does not exist.
    last = day + relativedelta(months=months)
    if last.day == day.day:
        return last - _DAY if included else last
    if rule.month_end == "next_day":
        return last if included else last + _DAY
    return last


def _close(
    last: date,
    first: date,
    how: Convention,
    diary: _Diary,
    steps: list[TraceStep],
    period: Period | None = None,
) -> Counted:
    """Roll the last day as the rule says and end it at its hour, safely and arguably."""
    bound, clock = _rolled(last, how.rule.roll, how, diary, steps, "the last day moves")
    due, later = last_instant(bound, how.recipient_zone, clock)
    label = f"the last day ends at {clock:%H:%M:%S} in {_key(how.recipient_zone)}"
    steps.append(_step(label, str(bound), _local(due, how), _cites(how)))
    if later > due:
        label = "the clock shows that time twice: the day ends with the second"
        steps.append(_step(label, _local(due, how), _local(later, how), _cites(how)))
    outer = max(later, _arguable(bound, clock, first, how, diary, steps, period))
    if how.rule.arguable_roll and how.rule.arguable_roll.to == _BACK:
        bound, clock = _rolled(
            bound, how.rule.arguable_roll, how, diary, steps, "arguably moves back"
        )
        due = min(due, last_instant(bound, how.recipient_zone, clock)[0])
    latest = outer if outer > due else None
    return Counted(due, latest, (*steps, *_ground(latest, how)), diary.notes(), None, bound)


def _rolled(
    day: date, roll: Roll | None, how: Convention, diary: _Diary, steps: list[TraceStep], why: str
) -> tuple[date, time]:
    cutoff = how.cutoff or how.rule.cutoff
    clock = time.fromisoformat(cutoff) if cutoff else _END_OF_DAY
    book = diary.of(how.roll_calendar) if roll and roll.calendar else diary
    if roll is None or book.is_open(day):
        return day, clock
    reason = book.last_reason
    if roll.to == _BACK:
        moved = book.previous_open(day)
    else:
        moved = book.next_open(day)
        clock = _NOON if roll.to == _NOON_ROLL else clock
    steps.append(_step(f"{why}, since {reason}", str(day), str(moved), roll.cite))
    return moved, clock


def _arguable(
    bound: date,
    clock: time,
    first: date,
    how: Convention,
    diary: _Diary,
    steps: list[TraceStep],
    period: Period | None,
) -> datetime:
    """Find the last instant that a reading of the rule gives, if any is later."""
    rule = how.rule
    day, hour = bound, clock
    if rule.arguable_minimum_working_days and period is not None and _is_long(period):
        day = _holding_working_days(first, bound, rule.arguable_minimum_working_days, diary)
        if day > bound:
            label = (
                "arguably later: the period holds at least "
                f"{rule.arguable_minimum_working_days} working days"
            )
            steps.append(_step(label, str(bound), str(day), rule.cite or how.cite))
    if rule.arguable_roll and rule.arguable_roll.to != _BACK:
        moved, closing = _rolled(day, rule.arguable_roll, how, diary, steps, "arguably moves")
        # A day that stays where it is keeps the hour that a binding roll gave it.
        day, hour = (moved, closing) if moved > day else (day, hour)
    return last_instant(day, how.recipient_zone, hour)[1]


def _is_long(period: Period) -> bool:
    if period.unit == "day":
        return period.amount >= 2  # noqa: PLR2004  # reason: "two days or more" is the rule
    return period.unit in ("week", "month", "year") and period.amount > 0


def _holding_working_days(first: date, last: date, wanted: int, diary: _Diary) -> date:
    held, day = 0, first
    while held < wanted:
        held += diary.is_open(day)
        day += _DAY
    return max(last, day - _DAY)


def _not_before_start(start: Moment, ended: Counted, opens: datetime, how: Convention) -> Counted:
    """Keep the due instant from falling before the event itself."""
    due, steps = ended.due_at, ended.steps
    if start.at is not None and due < (begin := instant_of(start, how.recipient_zone)):
        label = "due at once: it cannot be due before the event"
        steps = (*steps, _step(label, _local(due, how), _local(begin, how), _cites(how)))
        due = begin
    latest = ended.latest if ended.latest and ended.latest > due else None
    return Counted(due, latest, steps, ended.notes, opens, ended.last_day)


# -- the calendar as counting sees it -------------------------------------------------


@dataclass(slots=True)
class _Diary:
    """A calendar that answers for every day, and remembers what was doubtful.

    A day that the calendar does not cover is open unless its weekend closes it: that
    never gives a later date.
    """

    calendar: WorkingDays | None
    last_reason: str = ""
    uncovered: set[int] = field(default_factory=set)
    holidays: dict[date, str] = field(default_factory=dict)
    doubts: dict[date, str] = field(default_factory=dict)
    used: bool = False

    def of(self, calendar: WorkingDays | None) -> _Diary:
        """Open another calendar and go on remembering here; none: this one."""
        return self if calendar is None else replace(self, calendar=calendar)

    def is_open(self, day: date) -> bool:
        self.used = True
        reason = self._reason(day)
        if reason is None:
            return True
        self.last_reason = f"{day} is closed ({reason})"
        return False

    def next_open(self, day: date) -> date:
        reason = self.last_reason
        while not self.is_open(day):
            reason = reason or self.last_reason
            day += _DAY
        self.last_reason = reason
        return day

    def previous_open(self, day: date) -> date:
        while not self.is_open(day):
            day -= _DAY
        return day

    def after(self, day: date) -> date:
        return self.next_open(day + _DAY)

    def notes(self) -> tuple[str, ...]:
        found = []
        if self.used and self.calendar is None:
            found.append("no calendar of working days: Saturdays and Sundays alone are closed")
        found.extend(
            f"public holidays of {year} are not covered: its weekdays count as working"
            for year in sorted(self.uncovered)
        )
        found.extend(
            f"{day} counts as a working day although it may be closed ({name})"
            for day, name in sorted(self.doubts.items())
        )
        if self.calendar is not None and self.calendar.provisional and self.holidays:
            days = ", ".join(f"{day} ({name})" for day, name in sorted(self.holidays.items()))
            found.append(f"not yet checked against an official list: {days}")
        return tuple(found)

    def _reason(self, day: date) -> str | None:
        if self.calendar is None:
            return _WEEKDAYS[day.weekday()] if day.weekday() in _SATURDAY_SUNDAY else None
        weekend = day.weekday() in self.calendar.weekend
        try:
            reason = self.calendar.why_closed(day)
            doubt = self.calendar.doubt(day) if reason is None else None
        except NotCovered:
            self.uncovered.add(day.year)
            return _WEEKDAYS[day.weekday()] if weekend else None
        if doubt is not None:
            self.doubts[day] = doubt
        if reason is not None and not weekend:
            self.holidays[day] = reason
        return reason


# -- trace ----------------------------------------------------------------------------


def _step(label: str, start: str | None, end: str | None, cite: str | None) -> TraceStep:
    return TraceStep(step=label, to=end, citation=cite, **{"from": start})


def _ground(latest: datetime | None, how: Convention) -> tuple[TraceStep, ...]:
    if latest is None or how.rule.arguable_ground is None:
        return ()
    return (_step(how.rule.arguable_ground, None, None, how.rule.cite or how.cite),)


def _local(at: datetime, how: Convention) -> str:
    return at.astimezone(how.recipient_zone).isoformat()


def _cites(how: Convention) -> str | None:
    return "; ".join(dict.fromkeys(filter(None, (how.cite, how.rule.cite)))) or None


def shown(at: datetime, zone: ZoneInfo) -> datetime:
    """Give an instant the fixed offset that it has in a zone: it prints and pickles alike.

    >>> from regengine.calendars import zone
    >>> str(shown(datetime(2026, 7, 1, tzinfo=UTC), zone("Europe/Dublin")))
    '2026-07-01 01:00:00+01:00'
    """
    offset = at.astimezone(zone).utcoffset() or timedelta(0)
    return at.astimezone(timezone(offset) if offset else UTC)


def _key(zone: ZoneInfo) -> str:
    return zone.key or str(zone)
