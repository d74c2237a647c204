"""An independent counter: it walks time instead of computing it.

It reads the tables of jurisdictions/ and the holidays library itself and shares nothing
with the engine but ``zone``, the door to the zones. Hours pass minute by minute in UTC,
days one after another in the civil calendar, and whatever a rule does to an end is found by
walking on. It is slow and plain so that a reader can see that it is right.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from holidays.registry import FINANCIAL

from regengine.calendars import zone

FOLDER = Path(__file__).parents[1] / "jurisdictions"
TABLES = ("places", "aliases")
Table = dict[str, Any]

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SEVEN_DAYS_OF_HOURS = 7 * 24
NOON = time(12)
TWO_DAYS = 2
END = time(23, 59, 59)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MARKETS = {name for names in FINANCIAL.values() for name in names[1:]}


# -- the tables ---------------------------------------------------------------------


@cache
def tables() -> dict[str, Table]:
    """Read every file of jurisdictions/ by the code of its place."""
    read = (path for path in sorted(FOLDER.glob("*.toml")) if path.stem not in TABLES)
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in read]
    return {file["place"]: file for file in files}


@cache
def zone_keys() -> tuple[str, ...]:
    """List the zones of the places, each once."""
    text = (FOLDER / "places.toml").read_text(encoding="utf-8")
    return tuple(sorted({place["zone"] for place in tomllib.loads(text)["place"].values()}))


def rules() -> dict[str, tuple[str, Table]]:
    """Find each named counting rule and the place that states it."""
    return {
        key: (place, rule)
        for place, file in tables().items()
        for key, rule in file.get("counting", {}).items()
    }


@cache
def calendar_of(place: str, named: str | None = None) -> Table:
    """Find a named calendar, or the one of a place."""
    if named is None:
        table: Table = tables()[place]["calendar"]
        return table
    found = [
        file["calendars"][named] for file in tables().values() if named in file.get("calendars", {})
    ]
    assert len(found) == 1, named
    own: Table = found[0]
    return own


# -- open and closed days -----------------------------------------------------------


@cache
def _holidays(
    code: str, year: int, kinds: tuple[str, ...]
) -> tuple[dict[date, list[str]], frozenset[date]] | None:
    """Look up names of holidays by day, and the weekend days worked instead; ``None``: no data."""
    if code in MARKETS:
        kind, words = holidays.financial_holidays(code), {}
    else:
        country, _, part = code.partition("-")
        kind = holidays.country_holidays(country)
        words = {"subdiv": part} if part else {}
    if not kind.start_year <= year <= kind.end_year:
        return None
    if "en_US" in kind.supported_languages:
        words["language"] = "en_US"
    # A holiday of January may be observed in December, so the years beside it are read too.
    beside = [
        near for near in (year - 1, year, year + 1) if kind.start_year <= near <= kind.end_year
    ]
    known = tuple(name for name in kinds if name in kind.supported_categories)
    found = type(kind)(years=beside, expand=False, categories=known or None, **words)
    named = {day: found.get_list(day) for day in found if day.year == year}
    return named, frozenset(found.weekend_workdays)


class Calendar:
    """Which days are closed, by a table of jurisdictions/.

    A day of which the calendar knows nothing is closed at weekends alone: that can only
    make a count of working days end earlier.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.weekend = {WEEK.index(name) for name in table.get("weekend", ("sat", "sun"))}
        self.closures = {each["day"]: each for each in table.get("closures", ())}
        self.swaps = table.get("swapped", False)
        self.years = table.get("years", (2018, 2030))
        self.codes = [table[key] for key in ("holidays", "shared_with") if key in table]
        self.kinds = tuple(table.get("categories", ("public",)))
        self._closed: dict[date, bool] = {}

    def known(self, day: date) -> bool:
        within = self.years[0] <= day.year <= self.years[1]
        return within and all(
            _holidays(code, day.year, self.kinds) is not None for code in self.codes
        )

    def closed(self, day: date) -> bool:
        if day not in self._closed:
            self._closed[day] = self._is_closed(day)
        return self._closed[day]

    def _is_closed(self, day: date) -> bool:
        weekend = day.weekday() in self.weekend
        if not self.known(day):
            return weekend
        if day in self.closures:
            return not self.closures[day].get("open", False)
        if weekend and not (self.swaps and self._works(day)):
            return True
        return self._holiday(day) or f"{day:%m-%d}" in self.table.get("also_closed", ())

    def _works(self, day: date) -> bool:
        found = _holidays(self.codes[0], day.year, self.kinds) if self.codes else None
        return found is not None and day in found[1]

    def _holiday(self, day: date) -> bool:
        """Tell whether every source names a holiday, and the first of them one beyond doubt."""
        if not self.codes:
            return False
        named = [
            found[0].get(day, [])
            for code in self.codes
            if (found := _holidays(code, day.year, self.kinds))
        ]
        certain = [name for name in named[0] if not self._doubtful(name)]
        return all(named) and bool(certain)

    def _doubtful(self, name: str) -> bool:
        estimated = name.endswith("estimated)")
        estimated |= any(part in name for part in self.table.get("doubtful", ()))
        return estimated or ("(substituted from" in name and not self.swaps)


@cache
def calendar(place: str, named: str | None = None) -> Calendar:
    """Open a named calendar, or the one of a place."""
    return Calendar(calendar_of(place, named))


# -- instants -----------------------------------------------------------------------


@cache
def readings(day: date, clock: time, there: ZoneInfo) -> tuple[datetime, datetime]:
    """Find the first and the last instant at which clocks show a time on a day.

    A time that clocks skip is replaced by the last second before the jump.
    """
    noon = datetime.combine(day, clock, UTC).replace(second=0)
    step, end = noon - 16 * HOUR, noon + 16 * HOUR
    shown, before = [], step
    while step <= end:
        wall = step.astimezone(there)
        if (wall.date(), wall.time()) == (day, clock.replace(second=0)):
            shown.append(step + timedelta(seconds=clock.second))
        if (wall.date(), wall.time()) < (day, clock):
            before = step + timedelta(seconds=59)
        step += MINUTE
    return (shown[0], shown[-1]) if shown else (before, before)


@cache
def begins(day: date, there: ZoneInfo) -> datetime:
    """Find the first instant of a day."""
    step = datetime.combine(day, time(), UTC) - 16 * HOUR
    while step.astimezone(there).date() < day:
        step += MINUTE
    return step


def elapse(start: datetime, amount: int, unit: str) -> datetime:
    """Let minutes or hours pass, minute by minute up to a week, then hour by hour."""
    left, step = (amount, MINUTE) if unit == "minute" else (amount * 60, MINUTE)
    if left > SEVEN_DAYS_OF_HOURS * 60 and unit == "hour":
        left, step = amount, HOUR
    at = start.astimezone(UTC)
    for _ in range(left):
        at += step
    return at


def next_full_hour(start: datetime, there: ZoneInfo) -> datetime:
    """Find where the clock's next hour begins, by the clock in force at the event."""
    wall = start.astimezone(there)
    offset = wall.utcoffset()
    assert offset is not None
    at = start.astimezone(UTC) - timedelta(seconds=wall.second, microseconds=wall.microsecond)
    at += MINUTE
    while (at + offset).minute != 0:
        at += MINUTE
    return at


# -- counting -----------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """The safe instant, what is arguable besides, and the last day of a period in days."""

    due: datetime
    latest: datetime | None
    last_day: date | None = None


@dataclass(frozen=True)
class Counter:
    """One rule with the calendars and zones by which it counts."""

    rule: Table
    open: Calendar
    rolls: Calendar  # whose closed days move an end
    recipient: ZoneInfo
    organisation: ZoneInfo

    def count(self, start: datetime | date, amount: int, unit: str) -> Answer:
        if unit in ("minute", "hour"):
            return self._in_hours(start, amount, unit)
        return self._in_days(start, amount, unit)

    # hours

    def _in_hours(self, start: datetime | date, amount: int, unit: str) -> Answer:
        at = start if isinstance(start, datetime) else begins(start, self.organisation)
        due = outer = elapse(at, amount, unit)
        timed = isinstance(start, datetime)
        if self.rule.get("arguable_full_hours") and unit == "hour" and timed:
            outer = elapse(next_full_hour(at, self.recipient), amount, unit)
        if self.rule.get("rolls_hours"):
            due, outer = (self._carried(at, self.rule.get("roll")) for at in (due, outer))
            outer = max(outer, self._carried(due, self.rule.get("arguable_roll")))
        return Answer(due, outer if outer > due else None)

    def _carried(self, at: datetime, roll: Table | None) -> datetime:
        day = at.astimezone(self.recipient).date()
        if roll is None or not self.rolls.closed(day):
            return at
        return self._close(*self._rolled(day, roll))[0]

    # days

    def _in_days(self, start: datetime | date, amount: int, unit: str) -> Answer:
        day = self._date(start)
        last = self._last(day, amount, unit)
        if self.rule.get("full_days"):
            last += DAY
        ends, clock = self._rolled(last, self.rule.get("roll"))
        longest = self._two_working_days(day, ends, amount, unit)
        # Each reading of the rule has an end of its own: the first is safe, the last arguable.
        roll = self.rule.get("arguable_roll")
        read = [(ends, clock), (longest, clock)]
        for end in (ends, longest):
            moved, closing = self._rolled(end, roll)
            if moved > end or (moved < end and end == ends):
                read.append((moved, closing))
        shut = [self._close(*each) for each in read]
        due = min(safe for safe, _ in shut)
        outer = max(late for _, late in shut)
        if isinstance(start, datetime):
            due = max(due, start.astimezone(UTC))  # never before the event itself
        return Answer(due, outer if outer > due else None, min(end for end, _ in read))

    def _date(self, start: datetime | date) -> date:
        if not isinstance(start, datetime):
            day = start
        else:
            day = min(start.astimezone(z).date() for z in (self.recipient, self.organisation))
        if self.rule.get("starts_on_working_day") and self.open.closed(day):
            while self.open.closed(day):
                day += DAY
            if not self._first_counts():
                day -= DAY
        return day

    def _first_counts(self) -> bool:
        return bool(self.rule.get("first_day") == "included")

    def _last(self, day: date, amount: int, unit: str) -> date:
        """Walk from the event's day to the last day of the period."""
        if amount == 0:
            return day
        if unit == "working day":
            return self._working(day, amount)
        if unit in ("month", "year"):
            return self._months(day, amount * (12 if unit == "year" else 1))
        counted, end = (1 if self._first_counts() else 0), day
        while counted < amount * (7 if unit == "week" else 1):
            end += DAY
            counted += 1
        return end

    def _working(self, day: date, amount: int) -> date:
        counted = int(self._first_counts() and not self.open.closed(day))
        while counted < amount:
            day += DAY
            counted += not self.open.closed(day)
        return day

    def _months(self, day: date, amount: int) -> date:
        """Walk to the same date so many months on.

        Without such a date the period ends with the month, or on the day after where the
        rule says so. Where the first day counts it ends the day before the same date.
        """
        end, passed = day, 0
        while passed < amount:
            end += DAY
            passed += end.day == 1
        while end.day < day.day and (end + DAY).day != 1:
            end += DAY
        if end.day == day.day:
            return end - DAY if self._first_counts() else end
        skips = self.rule.get("month_end") == "next_day" and not self._first_counts()
        return end + DAY if skips else end

    def _two_working_days(self, day: date, last: date, amount: int, unit: str) -> date:
        """Lengthen a period of two days or more until it holds enough working days."""
        least = self.rule.get("arguable_minimum_working_days", 0)
        length = amount * {"day": 1, "working day": 0}.get(unit, 7)
        if not least or length < TWO_DAYS:
            return last
        step = day if self._first_counts() else day + DAY
        held = 0
        while step <= last or held < least:
            held += not self.open.closed(step)
            step += DAY
        return step - DAY

    def _rolled(self, day: date, roll: Table | None) -> tuple[date, time]:
        """Walk from a closed last day to where the roll takes it, and how that day closes."""
        given = self.rule.get("cutoff")
        clock = time.fromisoformat(given) if given else END
        if roll is None or not self.rolls.closed(day):
            return day, clock
        back = roll["to"] == "previous_working_day"
        while self.rolls.closed(day):
            day += -DAY if back else DAY
        return day, NOON if roll["to"] == "noon_of_next_working_day" else clock

    def _close(self, day: date, clock: time) -> tuple[datetime, datetime]:
        return readings(day, clock, self.recipient)


def counter(
    key: str, recipient: ZoneInfo, organisation: ZoneInfo, place: str | None = None
) -> Counter:
    """Take a named rule; ``place`` lends its calendar where the rule names none.

    A rule with a zone of its own closes by that one, whatever the recipient's.
    """
    home, rule = rules()[key]
    recipient = zone(rule["zone"]) if "zone" in rule else recipient
    where = place or home
    rolls = [rule[name] for name in ("roll", "arguable_roll") if name in rule]
    named = next((roll["calendar"] for roll in rolls if "calendar" in roll), None)
    days = calendar(where, rule.get("calendar"))
    moved = calendar(where, named) if named else days
    return Counter(rule, days, moved, recipient, organisation)
