"""Due dates 2020 to 2035 of every counting rule, kept in tables.

A rule that says more than that the event's day is left out has a table of its own. The
others give the same dates but for the holidays of their places, so one table holds their
working days. Each start is at 10:30 in the place's zone. A cell is the safe date, with an
hour where the day does not end at midnight; after a stroke the latest that is arguable;
after a star the years of which no holidays are known, so that the date may be early.

After a change that is meant to change dates, write the tables anew with
``python tests/test_rule_tables.py`` and read the difference before it is committed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from regengine.calendars import Days, zone
from regengine.corpus import Corpus
from regengine.counting import Convention, counted
from regengine.facts import Moment
from regengine.law import Counting, Period

FOLDER = Path(__file__).parent / "snapshots" / "counting"
CORPUS = Corpus.open()
YEARS = range(2020, 2036)
FULL = (2020, 2026, 2027, 2028, 2032)  # years of which every end of a month is shown
HOUR = time(10, 30)
LENGTHS = ("72 hours", "3 days", "30 days", "1 month", "5 working days", "10 working days")
WORKING = LENGTHS[-2:]
PLAIN = "plain"
DAY = timedelta(days=1)
_UNCOVERED = re.compile(r"holidays of (\d{4}) are not covered")


def _rules() -> dict[str, str]:
    """Find the place that states each counting rule; Union law is shown in Belgium."""
    files = (CORPUS.jurisdiction(raw.place) for raw in CORPUS.raw_places.values() if raw.place)
    return {
        key: "BE" if file.place == "EU" else file.place
        for file in files
        if file is not None
        for key in sorted(file.counting)
    }


RULES = _rules()


def _is_plain(rule: Counting) -> bool:
    said = rule.model_dump(exclude_defaults=True)
    return said.keys() <= {"title", "cite", "sources", "verified", "unread", "confidence"}


OWN = sorted(key for key in RULES if not _is_plain(CORPUS.counting(key)))
SHARED = sorted(RULES.keys() - set(OWN))


# -- starts -----------------------------------------------------------------------------


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - DAY


@cache
def _changes(key: str, year: int) -> tuple[date, ...]:
    """Find the days before clocks change, so that 72 hours run over the change."""
    noons = [
        datetime.combine(date(year, 1, 1) + number * DAY, time(12), zone(key))
        for number in range(365)
    ]
    pairs = pairwise(noons)
    return tuple(one.date() for one, two in pairs if one.utcoffset() != two.utcoffset())


def starts(key: str) -> list[date]:
    """List the starts: ends of months, late February and December, Fridays, changes of clocks."""
    days = set[date]()
    for year in YEARS:
        months = range(1, 13) if year in FULL else (1, 2, 12)
        days |= {_month_end(year, month) for month in months}
        days |= {date(year, 2, 28), date(year, 12, 24), _friday(year, year % 12 + 1)}
        days |= set(_changes(key, year))
    return sorted(days)


def _friday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + (4 - first.weekday()) % 7 * DAY


def few_starts() -> list[date]:
    """List two starts a year for rules that differ in holidays alone."""
    days = {date(year, 12, 24) for year in YEARS}
    return sorted(days | {_friday(year, year % 12 + 1) for year in YEARS})


# -- cells ------------------------------------------------------------------------------


@cache
def _days(place: str, named: str | None) -> Days:
    return Days(CORPUS.calendar(place, named))


@cache
def convention(key: str) -> Convention:
    rule, place = CORPUS.counting(key), RULES[key]
    rolls = [roll for roll in (rule.roll, rule.arguable_roll) if roll is not None]
    moving = next((roll.calendar for roll in rolls if roll.calendar is not None), None)
    here = zone(rule.zone or _zone(place))
    calendar = _days(place, rule.calendar)
    book = _days(place, moving) if moving else None
    return Convention(rule, calendar, here, here, roll_calendar=book)


def _zone(place: str) -> str:
    declared = CORPUS.jurisdiction(place)
    return (declared.zone if declared else None) or CORPUS.places[place].zone


def cell(key: str, start: date, length: str) -> str:
    """Show what a rule makes of a period: date, arguable date, years not covered."""
    how = convention(key)
    at = Moment.of(datetime.combine(start, HOUR, how.recipient_zone))
    found = counted(at, Period.read(length), how)
    shown = _local(found.due_at, how)
    if found.latest is not None:
        shown += f" / {_local(found.latest, how)}"
    years = [match[1] for note in found.notes if (match := _UNCOVERED.search(note))]
    return f"{shown} * {' '.join(years)}" if years else shown


def _local(at: datetime, how: Convention) -> str:
    wall = at.astimezone(how.recipient_zone)
    return f"{wall:%Y-%m-%d}" if wall.time() == time(23, 59, 59) else f"{wall:%Y-%m-%dT%H:%M}"


# -- tables -----------------------------------------------------------------------------


def own_rows(key: str) -> Iterator[tuple[str, ...]]:
    yield ("start", *LENGTHS)
    for start in starts(_zone(RULES[key])):
        yield (str(start), *(cell(key, start, length) for length in LENGTHS))


def shared_rows() -> Iterator[tuple[str, ...]]:
    yield ("rule", "start", *WORKING)
    for key in SHARED:
        for start in few_starts():
            yield (key, str(start), *(cell(key, start, length) for length in WORKING))


def written(rows: Iterable[tuple[str, ...]]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerows(rows)
    return sheet.getvalue()


def tables() -> dict[str, Iterable[tuple[str, ...]]]:
    return {PLAIN: shared_rows(), **{key: own_rows(key) for key in OWN}}


@pytest.mark.parametrize("name", [PLAIN, *OWN])
def test_a_rule_gives_the_dates_of_its_table(name: str) -> None:
    kept = (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    now = written(tables()[name]).splitlines()
    changed = [f"{old}\n{new}" for old, new in zip(kept, now, strict=False) if old != new]
    assert not changed, f"{len(changed)} lines differ, first kept, then found:\n{changed[0]}"
    assert len(kept) == len(now)


def test_every_table_belongs_to_a_rule() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == {PLAIN, *OWN}


@pytest.mark.parametrize("length", LENGTHS[:-2])
def test_rules_that_share_a_table_differ_in_working_days_alone(length: str) -> None:
    for start in few_starts():
        walls = {_days_alone(key, start, length) for key in SHARED}
        assert len(walls) == 1, start


def _days_alone(key: str, start: date, length: str) -> str:
    """Show the date; elapsed hours may end before or after a change of clocks."""
    return cell(key, start, length).partition("T")[0]


def test_outside_the_years_of_a_calendar_a_table_shows_the_date_of_weekends_alone() -> None:
    # From 24 December 2030: 26, 27, 30, 31, since Christmas is a holiday.
    assert cell("us.edgar", date(2030, 12, 24), "4 working days") == "2030-12-31T17:30"
    assert cell("us.edgar", date(2031, 12, 24), "4 working days") == "2031-12-30T17:30 * 2031"
    assert cell("eu.1182", date(2031, 12, 24), "3 days") == "2031-12-27 / 2031-12-29 * 2031"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each in FOLDER.glob("*.csv"):
        each.unlink()
    for table, rows in tables().items():
        (FOLDER / f"{table}.csv").write_text(written(rows), encoding="utf-8")
