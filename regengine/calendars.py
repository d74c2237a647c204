"""Zones and working days: what a calendar says, never when "now" is.

Zones come from the pinned tzdata package alone, since a machine's own copy may be older
and an hour wrong. Working days are a weekend, the public holidays of the holidays library
and the dated corrections of jurisdictions/.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from regengine.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holidays import HolidayBase

    from regengine.law import Calendar, Closure

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = timedelta(days=1)
# So the holidays library marks a date that follows the moon and is not yet announced, and
# a day off that is worked on another day.
_ESTIMATED = "estimated)"
_SWAPPED = "(substituted from"


class UnknownZoneError(ValueError):
    """A zone that the tzdata package does not hold."""


class UnknownHolidaysError(ValueError):
    """A country, subdivision or market that the holidays library does not hold."""


class NotCovered(LookupError):  # noqa: N818  # reason: a limit of knowledge, not a fault
    """A day outside the years that a calendar covers."""

    def __init__(self, day: date, years: tuple[int, int]) -> None:
        self.day = day
        self.years = years
        message = f"{day} is outside the calendar, which covers {years[0]} to {years[1]}"
        super().__init__(message)


@cache
def zones() -> frozenset[str]:
    """List the zones of the tzdata package.

    >>> "Europe/Dublin" in zones()
    True
    """
    text = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(text.split())


@cache
def zone(key: str) -> ZoneInfo:
    """Read a zone from the tzdata package.

    >>> from datetime import datetime
    >>> datetime(2026, 12, 1, tzinfo=zone("America/Vancouver")).utcoffset()
    datetime.timedelta(days=-1, seconds=61200)

    Raise ``UnknownZoneError`` for a key that the package does not hold. The machine's own
    copy is never read.
    """
    if key not in zones():
        message = f'unknown zone "{key}"{suggest(key, sorted(zones()))}'
        raise UnknownZoneError(message)
    path = resources.files("tzdata").joinpath("zoneinfo", *key.split("/"))
    with path.open("rb") as file:
        return ZoneInfo.from_file(file, key=key)


@dataclass(frozen=True, slots=True)
class _Year:
    """What the holidays library says of one year."""

    names: Mapping[date, str]
    worked: frozenset[date]  # weekend days that an official swap makes working days


@cache
def _year(code: str, categories: tuple[str, ...], year: int) -> _Year:
    """Look up the public holidays of one year; names in English where the library can."""
    made = _library(code)
    if not made.start_year <= year <= made.end_year:
        raise NotCovered(date(year, 1, 1), (made.start_year, made.end_year))
    wanted = tuple(name for name in categories if name in made.supported_categories)
    # An observed day may belong to the holiday of a neighbouring year.
    years = range(max(year - 1, made.start_year), min(year + 1, made.end_year) + 1)
    found = type(made)(
        years=years,
        expand=False,
        subdiv=code.partition("-")[2] or None,
        categories=wanted or None,
        language="en_US" if "en_US" in made.supported_languages else None,
    )
    return _Year(
        names={day: name for day, name in found.items() if day.year == year},
        worked=frozenset(found.weekend_workdays),
    )


def _library(code: str) -> HolidayBase:
    """Find the library's entry for a country, "US-CA" or a financial market."""
    # The library takes a third of a second to load and most laws never need it.
    import holidays  # noqa: PLC0415  # reason: as above
    from holidays.registry import COUNTRIES, FINANCIAL  # noqa: PLC0415  # reason: as above

    country, _, subdivision = code.partition("-")
    countries = {names[1] for names in COUNTRIES.values()}
    markets = {name for names in FINANCIAL.values() for name in names[1:]}
    if code in markets:
        return holidays.financial_holidays(code)
    if country not in countries:
        message = f'no public holidays for "{code}"{suggest(code, sorted(countries | markets))}'
        raise UnknownHolidaysError(message)
    made = holidays.country_holidays(country)
    if subdivision and subdivision not in made.subdivisions:
        near = suggest(code, [f"{country}-{name}" for name in made.subdivisions])
        message = f'no public holidays for "{code}"{near}'
        raise UnknownHolidaysError(message)
    return made


class Days:
    """The working days of one calendar.

    >>> from regengine.law import Calendar
    >>> federal = Days(Calendar(holidays="US"))
    >>> federal.add_working(date(2026, 11, 23), 4)
    datetime.date(2026, 11, 30)
    >>> federal.why_closed(date(2026, 11, 26))
    'Thanksgiving Day'

    Every method raises ``NotCovered`` for a day outside the calendar's years. A holiday
    whose date is only estimated counts as a working day, and so does a day off that is
    worked on another day (unless ``swapped``): that gives the earlier date. ``doubt``
    names it.
    """

    __slots__ = ("_always", "_calendar", "_closures", "_weekend")

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._weekend = frozenset(_WEEK.index(name) for name in calendar.weekend)
        self._always = frozenset(calendar.also_closed)
        self._closures: dict[date, Closure] = {each.day: each for each in calendar.closures}

    @property
    def provisional(self) -> bool:
        """Say whether no official list has confirmed the calendar.

        >>> from regengine.law import Calendar
        >>> Days(Calendar()).provisional
        True
        """
        return self._calendar.provisional

    @property
    def weekend(self) -> frozenset[int]:
        """Return the weekdays that are closed; Monday is 0.

        >>> from regengine.law import Calendar
        >>> sorted(Days(Calendar(weekend=("fri", "sat"))).weekend)
        [4, 5]
        """
        return self._weekend

    @property
    def years(self) -> tuple[int, int]:
        """Return the first and the last year covered, both inclusive.

        >>> from regengine.law import Calendar
        >>> Days(Calendar(years=(2020, 2028))).years
        (2020, 2028)
        """
        return self._calendar.years

    def covers(self, day: date) -> bool:
        """Tell whether the calendar knows the day.

        >>> from regengine.law import Calendar
        >>> Days(Calendar(years=(2020, 2028))).covers(date(2029, 1, 1))
        False
        """
        first, last = self._calendar.years
        return first <= day.year <= last

    def why_closed(self, day: date) -> str | None:
        """Name what closes the day; ``None`` for a working day.

        >>> from regengine.law import Calendar
        >>> Days(Calendar()).why_closed(date(2026, 11, 22))
        'Sunday'

        A dated closure goes before the weekend and the weekend before a holiday.
        """
        if not self.covers(day):
            raise NotCovered(day, self._calendar.years)
        closure = self._closures.get(day)
        if closure is not None:
            return None if closure.open else closure.why
        if day.weekday() in self._weekend and not self._worked(day):
            return _WEEKDAYS[day.weekday()]
        if (name := self._holiday(day, sure=True)) is not None:
            return name
        return "closed every year" if f"{day:%m-%d}" in self._always else None

    def doubt(self, day: date) -> str | None:
        """Name a holiday on a day that counts as a working day because it is in doubt.

        >>> from regengine.law import Calendar
        >>> Days(Calendar(holidays="US")).doubt(date(2026, 11, 26)) is None
        True
        """
        if self.why_closed(day) is not None or day in self._closures:
            return None
        return self._holiday(day, sure=False)

    def is_working(self, day: date) -> bool:
        """Tell whether the day is a working day.

        >>> from regengine.law import Calendar
        >>> Days(Calendar(holidays="US")).is_working(date(2026, 11, 27))
        True
        """
        return self.why_closed(day) is None

    def next_working(self, day: date) -> date:
        """Find the first working day on or after the day.

        >>> from regengine.law import Calendar
        >>> Days(Calendar()).next_working(date(2026, 11, 21))
        datetime.date(2026, 11, 23)
        """
        while not self.is_working(day):
            day += _DAY
        return day

    def previous_working(self, day: date) -> date:
        """Find the last working day on or before the day.

        >>> from regengine.law import Calendar
        >>> Days(Calendar()).previous_working(date(2026, 11, 22))
        datetime.date(2026, 11, 20)
        """
        while not self.is_working(day):
            day -= _DAY
        return day

    def add_working(self, day: date, amount: int) -> date:
        """Count ``amount`` working days strictly after the day; 0 gives the day itself.

        >>> from regengine.law import Calendar
        >>> Days(Calendar()).add_working(date(2026, 11, 21), 1)
        datetime.date(2026, 11, 23)

        Raise ``ValueError`` for a negative amount.
        """
        if amount < 0:
            message = f"cannot count {amount} working days"
            raise ValueError(message)
        if amount == 0 and not self.covers(day):
            raise NotCovered(day, self._calendar.years)
        for _ in range(amount):
            day = self.next_working(day + _DAY)
        return day

    def _holiday(self, day: date, *, sure: bool) -> str | None:
        """Name the public holiday, or with ``sure`` only what no doubt touches."""
        calendar = self._calendar
        names = [
            _year(code, calendar.categories, day.year).names.get(day, "")
            for code in (calendar.holidays, calendar.shared_with)
            if code is not None
        ]
        if not all(names):
            return None
        parts = [part for part in names[0].split("; ") if part] if names else []
        if sure:
            parts = [part for part in parts if not self._doubtful(part)]
        return "; ".join(parts) or None

    def _doubtful(self, name: str) -> bool:
        calendar = self._calendar
        named = any(part in name for part in calendar.doubtful)
        return named or _ESTIMATED in name or (_SWAPPED in name and not calendar.swapped)

    def _worked(self, day: date) -> bool:
        calendar = self._calendar
        if not calendar.swapped or calendar.holidays is None:
            return False
        return day in _year(calendar.holidays, calendar.categories, day.year).worked
