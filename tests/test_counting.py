"""Counting: worked examples of Union and United States law, clocks, calendars, properties.

Every expected instant was found by hand from the rule; 23:59:59 stands for 24:00.
"""

from __future__ import annotations

import time as machine_time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regengine.calendars import Days, zone
from regengine.counting import Convention, by_day, calendar_day, count, first_instant, last_instant
from regengine.facts import Moment
from regengine.law import Calendar, Closure, Counting, Period, Roll

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regengine.counting import Counted

NEXT = Roll(to="next_working_day", cite="art 3(4)")
PLAIN = Counting(title="plain", cite="text of the duty")
UNION = Counting(
    title="Union law",
    cite="art 3",
    arguable_roll=NEXT,
    arguable_full_hours=True,
    arguable_minimum_working_days=2,
)
NOON = Counting(
    title="until noon",
    cite="art 5",
    arguable_roll=Roll(to="noon_of_next_working_day", cite="art 5(4)"),
    rolls_hours=True,
)
EDGAR = Counting(title="until 17:30", cite="232.13", cutoff="17:30")
DAY_ONE = Counting(title="the event's day is day 1", cite="guidelines", first_day="included")
FULL_DAYS = Counting(title="full days", cite="64.2011", full_days=True)
ARGUABLE = Counting(title="arguably rolls", cite="4.3", arguable_roll=NEXT)

NEW_YORK = "America/New_York"


def moment(text: str, where: str) -> Moment:
    """Read "2026-11-24 12:17" in a zone, or a date without a time."""
    if len(text) == len("2026-11-24"):
        return Moment.of(date.fromisoformat(text))
    return Moment.of(datetime.fromisoformat(text).replace(tzinfo=zone(where)))


def local(at: datetime | None, where: str) -> str | None:
    """Show an instant by the clock of a place."""
    return None if at is None else f"{at.astimezone(zone(where)):%Y-%m-%d %H:%M:%S%z}"


def run(
    start: str,
    length: str,
    rule: Counting = PLAIN,
    where: str = NEW_YORK,
    holidays: str | None = None,
    organisation: str | None = None,
) -> Counted:
    """Count from a moment of the place whose clock the recipient lives by."""
    there = zone(where)
    home = zone(organisation) if organisation else there
    calendar = Days(Calendar(holidays=holidays))
    begin = moment(start, organisation or where)
    return count(begin, Period.read(length), rule, calendar, there, home)


UNION_EXAMPLES = [
    # name, start, length, rule, zone, holidays, due, latest
    ("1 the hour of the event is not counted: 13:00 and 72 hours",
     "2026-11-24 12:17", "72 hours", UNION, "Europe/Brussels", "BE",
     "2026-11-27 12:17:00+0100", "2026-11-27 13:00:00+0100"),
    ("2 the weekend counts; two working days do not lengthen hours",
     "2026-11-27 17:40", "72 hours", UNION, "Europe/Paris", "FR",
     "2026-11-30 17:40:00+0100", "2026-11-30 18:00:00+0100"),
    ("3 Christmas and Sunday count: hours do not roll over",
     "2026-12-24 09:10", "72 hours", UNION, "Europe/Berlin", "DE",
     "2026-12-27 09:10:00+0100", "2026-12-27 10:00:00+0100"),
    ("4 clocks go forward: 72 hours elapse, the wall clock jumps",
     "2027-03-26 20:30", "72 hours", UNION, "Europe/Berlin", "DE",
     "2027-03-29 21:30:00+0200", "2027-03-29 22:00:00+0200"),
    ("5 clocks go back: the same wall time would be late",
     "2026-10-23 20:30", "72 hours", UNION, "Europe/Rome", "IT",
     "2026-10-26 19:30:00+0100", "2026-10-26 20:00:00+0100"),
    ("6 an event on the hour: 15:00 to 16:00 is the event's hour",
     "2026-11-24 15:00", "72 hours", UNION, "Europe/Vienna", "AT",
     "2026-11-27 15:00:00+0100", "2026-11-27 16:00:00+0100"),
    ("8 an early warning runs 24 hours over a Sunday",
     "2026-11-28 23:05", "24 hours", UNION, "Europe/Brussels", "BE",
     "2026-11-29 23:05:00+0100", "2026-11-30 00:00:00+0100"),
    ("9 the notification: 72 running hours from the same instant",
     "2026-11-28 23:05", "72 hours", UNION, "Europe/Brussels", "BE",
     "2026-12-01 23:05:00+0100", "2026-12-02 00:00:00+0100"),
    ("9 the final report: a month from the submission, not from the due instant",
     "2026-11-30 10:00", "1 month", UNION, "Europe/Brussels", "BE",
     "2026-12-30 23:59:59+0100", None),
    ("10 no 31 February: 28 February; the Sunday arguably rolls",
     "2027-01-31", "1 month", UNION, "Europe/Brussels", "BE",
     "2027-02-28 23:59:59+0100", "2027-03-01 23:59:59+0100"),
    ("14 72 hours end on a Sunday: noon of the next working day is arguable",
     "2026-12-24 16:00", "72 hours", NOON, "Europe/Madrid", "ES",
     "2026-12-27 16:00:00+0100", "2026-12-28 12:00:00+0100"),
    ("15 one month ends on a Sunday: noon of Monday is arguable",
     "2026-12-31", "1 month", NOON, "Europe/Berlin", "DE",
     "2027-01-31 23:59:59+0100", "2027-02-01 12:00:00+0100"),
    ("15 in Ireland that Monday is Saint Brigid's Day: noon of Tuesday",
     "2026-12-31", "1 month", NOON, "Europe/Dublin", "IE",
     "2027-01-31 23:59:59+0000", "2027-02-02 12:00:00+0000"),
    ("16 awareness on Friday night, 24 hours",
     "2026-11-27 22:50", "24 hours", UNION, "Europe/Berlin", "DE",
     "2026-11-28 22:50:00+0100", "2026-11-28 23:00:00+0100"),
    ("16 awareness on Friday night, 72 hours",
     "2026-11-27 22:50", "72 hours", UNION, "Europe/Berlin", "DE",
     "2026-11-30 22:50:00+0100", "2026-11-30 23:00:00+0100"),
    ("16 fourteen days do not count the day of the patch",
     "2026-12-10", "14 days", UNION, "Europe/Berlin", "DE",
     "2026-12-24 23:59:59+0100", None),
    ("17 24 hours from detection",
     "2026-11-26 15:45", "24 hours", UNION, "Europe/Warsaw", "PL",
     "2026-11-27 15:45:00+0100", "2026-11-27 16:00:00+0100"),
    ("17 three days that hold one working day arguably take another",
     "2026-11-27 15:00", "3 days", UNION, "Europe/Warsaw", "PL",
     "2026-11-30 23:59:59+0100", "2026-12-01 23:59:59+0100"),
    ("18 two days must arguably hold Monday and Tuesday",
     "2027-12-10 09:00", "2 days", UNION, "Europe/Berlin", "DE",
     "2027-12-12 23:59:59+0100", "2027-12-14 23:59:59+0100"),
    ("19 30 days, one day before one month",
     "2026-07-01", "30 days", UNION, "Europe/Zagreb", "HR",
     "2026-07-31 23:59:59+0200", None),
    ("20 30 working days without 25 December and 1 January",
     "2026-12-10", "30 working days", PLAIN, "Europe/Lisbon", "PT",
     "2027-01-25 23:59:59+0000", None),
    ("21 bank holidays count",
     "2026-12-25 10:00", "72 hours", PLAIN, "Europe/London", "GB",
     "2026-12-28 10:00:00+0000", None),
    ("22 72 elapsed hours cross into the next calendar day",
     "2027-03-27 23:30", "72 hours", PLAIN, "Europe/London", "GB",
     "2027-03-31 00:30:00+0100", None),
    ("23 detection before clocks go back",
     "2026-10-24 22:15", "24 hours", UNION, "Europe/Helsinki", "FI",
     "2026-10-25 21:15:00+0200", "2026-10-25 22:00:00+0200"),
    ("24 running hours from discovery",
     "2026-11-29 14:20", "24 hours", PLAIN, "Europe/Zurich", "CH",
     "2026-11-30 14:20:00+0100", None),
    ("25 the conservative 24 hours",
     "2026-11-28 14:20", "24 hours", PLAIN, "Europe/Zurich", "CH",
     "2026-11-29 14:20:00+0100", None),
    ("25 one bank day from a Saturday is Monday",
     "2026-11-28 14:20", "1 working day", PLAIN, "Europe/Zurich", "CH",
     "2026-11-30 23:59:59+0100", None),
]  # fmt: skip  # reason: one example of the law on three lines reads as a table


@pytest.mark.parametrize(
    ("start", "length", "rule", "where", "holidays", "due", "latest"),
    [pytest.param(*case[1:], id=case[0]) for case in UNION_EXAMPLES],
)
def test_union_examples(
    start: str, length: str, rule: Counting, where: str, holidays: str, due: str, latest: str | None
) -> None:
    """The worked examples of Union and neighbouring law."""
    found = run(start, length, rule, where, holidays)
    assert local(found.due_at, where) == due
    assert local(found.latest, where) == latest


def test_7_one_instant_for_every_authority_whatever_the_local_date() -> None:
    """A controller in New York and an authority in Brussels share the instant."""
    found = run(
        "2026-11-24 18:30", "72 hours", UNION, "Europe/Brussels", "BE", organisation=NEW_YORK
    )
    assert local(found.due_at, "Europe/Brussels") == "2026-11-28 00:30:00+0100"
    assert local(found.due_at, NEW_YORK) == "2026-11-27 18:30:00-0500"
    assert local(found.latest, "Europe/Brussels") == "2026-11-28 01:00:00+0100"


UNITED_STATES_EXAMPLES = [
    # name, start, length, rule, due in New York
    ("1 an observed holiday is closed: Monday is day 1",
     "2026-07-03", "4 working days", EDGAR, "2026-07-09 17:30:00-0400"),
    ("2 the day before a holiday gives the same date",
     "2026-07-02", "4 working days", EDGAR, "2026-07-09 17:30:00-0400"),
    ("3 Wednesday: 2, 6, 7, 8 July",
     "2026-07-01", "4 working days", EDGAR, "2026-07-08 17:30:00-0400"),
    ("4 from a Saturday over Thanksgiving, whose Friday is a business day",
     "2026-11-21", "4 working days", EDGAR, "2026-11-27 17:30:00-0500"),
    ("5 24, 25, 27, 30 November",
     "2026-11-23", "4 working days", EDGAR, "2026-11-30 17:30:00-0500"),
    ("6 23, 24, 28, 29 December",
     "2026-12-22", "4 working days", EDGAR, "2026-12-29 17:30:00-0500"),
    ("8 60 calendar days end on a Saturday and do not roll",
     "2026-09-15", "60 days", PLAIN, "2026-11-14 23:59:59-0500"),
    ("9 an agent's discovery is imputed",
     "2026-08-03", "60 days", PLAIN, "2026-10-02 23:59:59-0400"),
    ("10 an independent contractor's notice starts the clock",
     "2026-09-20", "60 days", PLAIN, "2026-11-19 23:59:59-0500"),
    ("11 60 days after the end of the year of discovery",
     "2026-12-31", "60 days", PLAIN, "2027-03-01 23:59:59-0500"),
    ("12 discovered in 2023: 29 February 2024",
     "2023-12-31", "60 days", PLAIN, "2024-02-29 23:59:59-0500"),
    ("12 discovered in 2024: Saturday 1 March 2025",
     "2024-12-31", "60 days", PLAIN, "2025-03-01 23:59:59-0500"),
    ("12 discovered in 2025: Sunday 1 March 2026",
     "2025-12-31", "60 days", PLAIN, "2026-03-01 23:59:59-0500"),
    ("12 discovered in 2027: 29 February 2028",
     "2027-12-31", "60 days", PLAIN, "2028-02-29 23:59:59-0500"),
    ("13 500 people discovered 23 November",
     "2026-11-23", "60 days", PLAIN, "2027-01-22 23:59:59-0500"),
    ("14 30 calendar days end on a Sunday",
     "2026-10-30", "30 days", ARGUABLE, "2026-11-29 23:59:59-0500"),
    ("15 36 hours elapse",
     "2026-11-27 17:00", "36 hours", PLAIN, "2026-11-29 05:00:00-0500"),
    ("16 36 hours over a Sunday of 25 hours",
     "2026-10-31 20:00", "36 hours", PLAIN, "2026-11-02 07:00:00-0500"),
    ("17 72 hours over a Sunday of 23 hours",
     "2026-03-06 15:00", "72 hours", PLAIN, "2026-03-09 16:00:00-0400"),
    ("18 72 hours over Christmas",
     "2026-12-24 18:00", "72 hours", PLAIN, "2026-12-27 18:00:00-0500"),
    ("19 24 hours from a ransom payment",
     "2026-12-05 10:00", "24 hours", PLAIN, "2026-12-06 10:00:00-0500"),
    ("19 30 days from a ransom payment",
     "2026-12-05 10:00", "30 days", PLAIN, "2027-01-04 23:59:59-0500"),
    ("20 72 hours through Thanksgiving",
     "2026-11-25 16:00", "72 hours", PLAIN, "2026-11-28 16:00:00-0500"),
    ("21 seven business days: 19, 20, 23, 24, 25, 27, 30 November",
     "2026-11-18", "7 working days", PLAIN, "2026-11-30 23:59:59-0500"),
    ("23 30 days from Thanksgiving end on a Saturday",
     "2026-11-26", "30 days", PLAIN, "2026-12-26 23:59:59-0500"),
    ("24 three business days; the day after Thanksgiving counts",
     "2026-11-25", "3 working days", PLAIN, "2026-12-01 23:59:59-0500"),
    ("24 four business days",
     "2026-11-25", "4 working days", PLAIN, "2026-12-02 23:59:59-0500"),
    ("24 five business days",
     "2026-11-25", "5 working days", PLAIN, "2026-12-03 23:59:59-0500"),
    ("24 72 hours from 16:00",
     "2026-11-25 16:00", "72 hours", PLAIN, "2026-11-28 16:00:00-0500"),
    ("25 ten business days: 24 December counts, Christmas does not",
     "2026-12-14", "10 working days", PLAIN, "2026-12-29 23:59:59-0500"),
    ("26 fifteen business days without Veterans Day",
     "2026-11-02", "15 working days", PLAIN, "2026-11-24 23:59:59-0500"),
    ("27 ten working days without Thanksgiving",
     "2026-11-23", "10 working days", PLAIN, "2026-12-08 23:59:59-0500"),
    ("28 30 days from initial detection",
     "2026-11-02", "30 days", PLAIN, "2026-12-02 23:59:59-0500"),
    ("28 60 days where no suspect is known end on a holiday",
     "2026-11-02", "60 days", PLAIN, "2027-01-01 23:59:59-0500"),
    ("29 the next business day",
     "2026-11-27", "1 working day", PLAIN, "2026-11-30 23:59:59-0500"),
    ("30 45 days",
     "2026-11-16", "45 days", PLAIN, "2026-12-31 23:59:59-0500"),
    ("30 30 days beside them",
     "2026-11-16", "30 days", PLAIN, "2026-12-16 23:59:59-0500"),
    ("31 fifteen minutes",
     "2026-11-25 10:00", "15 minutes", PLAIN, "2026-11-25 10:15:00-0500"),
    ("31 one hour",
     "2026-11-25 10:00", "1 hour", PLAIN, "2026-11-25 11:00:00-0500"),
    ("31 one business day over Thanksgiving",
     "2026-11-25", "1 working day", PLAIN, "2026-11-27 23:59:59-0500"),
    ("33 the end of the next calendar day, Saturday or not",
     "2026-11-27 09:00", "1 day", PLAIN, "2026-11-28 23:59:59-0500"),
]  # fmt: skip  # reason: one example of the law on two lines reads as a table


@pytest.mark.parametrize(
    ("start", "length", "rule", "due"),
    [pytest.param(*case[1:], id=case[0]) for case in UNITED_STATES_EXAMPLES],
)
def test_united_states_examples(start: str, length: str, rule: Counting, due: str) -> None:
    """The worked examples of federal and state law."""
    assert local(run(start, length, rule, NEW_YORK, "US").due_at, NEW_YORK) == due


def test_6_a_day_closed_by_order_moves_the_filing_by_one_day() -> None:
    """A dated closure of 24 December adds a day to the four."""
    order = Closure(day=date(2026, 12, 24), why="closed by order", cite="order")
    calendar = Days(Calendar(holidays="US", closures=(order,)))
    found = count(
        moment("2026-12-22", NEW_YORK),
        Period.read("4 working days"),
        EDGAR,
        calendar,
        zone(NEW_YORK),
        zone(NEW_YORK),
    )
    assert local(found.due_at, NEW_YORK) == "2026-12-30 17:30:00-0500"


def test_14_the_commissions_own_computation_is_arguable_only() -> None:
    """The Sunday stays the safe date; Monday stands beside it."""
    found = run("2026-10-30", "30 days", ARGUABLE, NEW_YORK, "US")
    assert local(found.latest, NEW_YORK) == "2026-11-30 23:59:59-0500"


def test_22_seven_full_business_days_must_pass() -> None:
    """The act is open from the first instant of the day after."""
    found = run("2026-11-30", "7 working days", FULL_DAYS, NEW_YORK, "US")
    assert local(found.opens_at, NEW_YORK) == "2026-12-10 00:00:00-0500"
    assert found.last_day == date(2026, 12, 10)


# -- clocks ---------------------------------------------------------------------------

CLOCKS = [
    ("Dublin forward", "2027-03-27 23:30", "24 hours", "Europe/Dublin", "2027-03-29 00:30:00+0100"),
    ("Dublin back", "2026-10-24 12:00", "24 hours", "Europe/Dublin", "2026-10-25 11:00:00+0000"),
    ("New York back", "2026-10-31 12:00", "24 hours", NEW_YORK, "2026-11-01 11:00:00-0500"),
    ("Sydney forward in October",
     "2026-10-03 12:00", "24 hours", "Australia/Sydney", "2026-10-04 13:00:00+1100"),
    ("Sydney back in April",
     "2026-04-04 12:00", "24 hours", "Australia/Sydney", "2026-04-05 11:00:00+1000"),
    ("Lord Howe forward by half an hour",
     "2026-10-03 12:00", "24 hours", "Australia/Lord_Howe", "2026-10-04 12:30:00+1100"),
    ("Lord Howe back by half an hour",
     "2026-04-04 12:00", "24 hours", "Australia/Lord_Howe", "2026-04-05 11:30:00+1030"),
    ("Vancouver stays on summer time in November 2026",
     "2026-10-31 12:00", "48 hours", "America/Vancouver", "2026-11-02 12:00:00-0700"),
    ("days ignore the change of clocks",
     "2026-10-23 20:30", "3 days", "Europe/Rome", "2026-10-26 23:59:59+0100"),
    ("minutes across the change",
     "2026-11-01 00:45", "90 minutes", NEW_YORK, "2026-11-01 01:15:00-0500"),
]  # fmt: skip  # reason: one change of clocks on a line reads as a table


@pytest.mark.parametrize(
    ("start", "length", "where", "due"), [pytest.param(*case[1:], id=case[0]) for case in CLOCKS]
)
def test_clocks(start: str, length: str, where: str, due: str) -> None:
    """Hours are elapsed hours, whatever the wall clock shows."""
    assert local(run(start, length, PLAIN, where).due_at, where) == due


def test_an_event_in_a_repeated_hour_counts_from_its_own_instant() -> None:
    """01:30 before and after clocks go back are an hour apart."""
    texts = ("2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00")
    dues = [
        count(
            Moment.of(datetime.fromisoformat(text)),
            Period.read("72 hours"),
            PLAIN,
            None,
            zone(NEW_YORK),
            zone(NEW_YORK),
        ).due_at
        for text in texts
    ]
    assert dues[1] - dues[0] == timedelta(hours=1)


def test_the_last_second_that_occurs_twice_is_safe_the_first_time() -> None:
    """In Nuuk clocks go back from midnight to 23:00: the day ends with the second."""
    found = run("2026-10-23", "1 day", PLAIN, "America/Nuuk")
    assert found.due_at == datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)
    assert found.latest == datetime(2026, 10, 25, 1, 59, 59, tzinfo=UTC)
    assert any("twice" in step.step for step in found.steps)


def test_a_last_second_that_clocks_skip_ends_with_the_change() -> None:
    """In Nuuk clocks go from 23:00 to midnight: that Saturday has 23 hours."""
    safe, later = last_instant(date(2026, 3, 28), zone("America/Nuuk"))
    assert safe == later == datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)


def test_a_day_without_midnight_begins_with_the_change() -> None:
    """In Havana clocks go from midnight to 01:00."""
    assert local(first_instant(date(2026, 3, 8), zone("America/Havana")), "America/Havana") == (
        "2026-03-08 01:00:00-0400"
    )


def test_hours_from_a_date_begin_with_its_first_instant_at_the_organisation() -> None:
    """The recipient's midnight does not matter, and no hour can be left out."""
    found = run("2026-11-24", "72 hours", UNION, "Europe/Brussels", "BE", organisation=NEW_YORK)
    assert local(found.due_at, NEW_YORK) == "2026-11-27 00:00:00-0500"
    assert found.latest is None
    assert "first instant" in found.steps[0].step


def test_full_hours_follow_the_local_clock_where_hours_begin_at_half_past() -> None:
    """Kolkata is five and a half hours ahead: its full hours are UTC's half hours."""
    found = run("2026-11-24 12:17", "6 hours", UNION, "Asia/Kolkata")
    assert local(found.latest, "Asia/Kolkata") == "2026-11-24 19:00:00+0530"


# -- dates ----------------------------------------------------------------------------


def test_an_instant_has_the_earlier_of_two_dates_and_the_trace_names_both_zones() -> None:
    """Past midnight in Brussels it is still the day before in New York."""
    found = run(
        "2026-11-24 18:30", "30 days", PLAIN, "Europe/Brussels", "BE", organisation=NEW_YORK
    )
    assert local(found.due_at, "Europe/Brussels") == "2026-12-24 23:59:59+0100"
    assert "Europe/Brussels" in found.steps[0].step
    assert "America/New_York" in found.steps[0].step


def test_the_recipients_date_counts_where_the_organisation_is_ahead() -> None:
    """It is 25 November in Tokyo and 24 November in New York."""
    found = run("2026-11-25 08:00", "1 day", PLAIN, NEW_YORK, organisation="Asia/Tokyo")
    assert local(found.due_at, NEW_YORK) == "2026-11-25 23:59:59-0500"


MONTH_ENDS = [
    ("31 January and a month", "2026-01-31", "1 month", "last_day", "excluded", "2026-02-28"),
    ("31 January and a month in a leap year",
     "2028-01-31", "1 month", "last_day", "excluded", "2028-02-29"),
    ("the next day where the law says so",
     "2026-01-31", "1 month", "next_day", "excluded", "2026-03-01"),
    ("28 February and a month stays the 28th",
     "2026-02-28", "1 month", "last_day", "excluded", "2026-03-28"),
    ("29 February and a year", "2028-02-29", "1 year", "last_day", "excluded", "2029-02-28"),
    ("29 February and four years", "2028-02-29", "4 years", "last_day", "excluded", "2032-02-29"),
    ("over the end of a year", "2026-12-15", "2 months", "last_day", "excluded", "2027-02-15"),
    ("a week ends on the same weekday", "2026-12-28", "1 week", "last_day", "excluded", "2027-01-04"),
    ("day 1 counted: a month ends the day before",
     "2026-01-15", "1 month", "last_day", "included", "2026-02-14"),
    ("day 1 counted: without such a date the month's last day",
     "2026-01-31", "1 month", "last_day", "included", "2026-02-28"),
    ("day 1 counted: the next day is not counted twice",
     "2026-01-31", "1 month", "next_day", "included", "2026-02-28"),
    ("day 1 counted: three days", "2026-11-24", "3 days", "last_day", "included", "2026-11-26"),
    ("day 1 counted: a week", "2026-11-24", "1 week", "last_day", "included", "2026-11-30"),
    ("no days at all", "2026-11-24", "0 days", "last_day", "included", "2026-11-24"),
    ("366 days over a leap day", "2028-02-28", "366 days", "last_day", "excluded", "2029-02-28"),
]  # fmt: skip  # reason: one date on a line reads as a table


@pytest.mark.parametrize(
    ("start", "length", "month_end", "first_day", "last"),
    [pytest.param(*case[1:], id=case[0]) for case in MONTH_ENDS],
)
def test_dates(start: str, length: str, month_end: str, first_day: str, last: str) -> None:
    """Months, years, leap days and a first day that counts."""
    rule = Counting.model_validate(
        {"title": "rule", "month_end": month_end, "first_day": first_day}
    )
    assert str(run(start, length, rule).last_day) == last


def test_a_binding_roll_moves_the_safe_date() -> None:
    """60 days of a rule that rolls end on the Monday, without a later reading."""
    rule = Counting(title="rolls", roll=NEXT)
    found = run("2026-09-15", "60 days", rule, NEW_YORK, "US")
    assert local(found.due_at, NEW_YORK) == "2026-11-16 23:59:59-0500"
    assert found.latest is None


def test_a_roll_backwards_is_earlier_even_where_it_is_only_arguable() -> None:
    """The safe instant is Friday; the weekend's end is what is arguable."""
    back = Roll(to="previous_working_day", cite="s 5")
    found = run("2026-09-15", "60 days", Counting(title="back", arguable_roll=back))
    assert local(found.due_at, NEW_YORK) == "2026-11-13 23:59:59-0500"
    assert local(found.latest, NEW_YORK) == "2026-11-14 23:59:59-0500"
    bound = run("2026-09-15", "60 days", Counting(title="back", roll=back))
    assert local(bound.due_at, NEW_YORK) == "2026-11-13 23:59:59-0500"
    assert bound.latest is None


def test_a_roll_never_moves_hours_unless_the_rule_says_so() -> None:
    """A binding roll leaves 24 hours on a Saturday where they are."""
    found = run("2026-11-27 10:00", "24 hours", Counting(title="rolls", roll=NEXT))
    assert local(found.due_at, NEW_YORK) == "2026-11-28 10:00:00-0500"
    assert found.latest is None


def test_hours_that_end_on_a_working_day_get_no_relief() -> None:
    """The noon rule says nothing of a Monday."""
    assert run("2026-11-27 10:00", "72 hours", NOON).latest is None


def test_a_period_that_starts_on_a_working_day() -> None:
    """An event on a Saturday counts Monday as day 1; one on a Friday counts as ever."""
    rule = Counting(title="starts open", starts_on_working_day=True)
    assert run("2026-11-21", "10 days", rule).last_day == date(2026, 12, 2)
    assert run("2026-11-20", "10 days", rule).last_day == date(2026, 11, 30)


def test_working_days_with_a_first_day_that_counts() -> None:
    """An open event day is day 1; a closed one gives way to the next open day."""
    assert run("2026-11-20", "3 working days", DAY_ONE).last_day == date(2026, 11, 24)
    assert run("2026-11-21", "3 working days", DAY_ONE).last_day == date(2026, 11, 25)


def test_two_working_days_where_the_first_day_counts() -> None:
    """Friday is day 1: Monday is the second working day."""
    rule = UNION.model_copy(update={"first_day": "included"})
    found = run("2026-11-20", "2 days", rule)
    assert found.last_day == date(2026, 11, 21)
    assert local(found.latest, NEW_YORK) == "2026-11-23 23:59:59-0500"


def test_minutes_are_never_rounded_to_full_hours() -> None:
    """The rule speaks of periods in hours."""
    assert run("2026-11-24 12:17", "15 minutes", UNION).latest is None


def test_full_days_are_due_on_the_day_after() -> None:
    """Ten clear days from the 1st: the 12th."""
    assert run("2026-11-01", "10 days", FULL_DAYS).last_day == date(2026, 11, 12)


def test_a_cutoff_of_the_duty_goes_before_that_of_the_rule() -> None:
    """The caller's hour wins over the convention's."""
    there = zone(NEW_YORK)
    start = moment("2026-11-23", NEW_YORK)
    found = count(start, Period.read("1 day"), EDGAR, None, there, there, "16:00")
    assert local(found.due_at, NEW_YORK) == "2026-11-24 16:00:00-0500"


def test_nothing_is_due_before_its_own_event() -> None:
    """Day 1 counted, closing at 17:30, told at 18:00: due at once."""
    rule = Counting(title="today", first_day="included", cutoff="17:30")
    found = run("2026-11-24 18:00", "1 day", rule)
    assert local(found.due_at, NEW_YORK) == "2026-11-24 18:00:00-0500"
    assert "at once" in found.steps[-1].step


def test_a_year_without_holidays_takes_the_earlier_date_and_says_so() -> None:
    """25 December 2031 counts as a working day, since the calendar ends in 2030."""
    found = run("2031-12-22", "4 working days", PLAIN, NEW_YORK, "US")
    assert found.last_day == date(2031, 12, 26)
    assert any("2031" in note for note in found.notes)
    covered = run("2026-12-21", "4 working days", PLAIN, NEW_YORK, "US")
    assert covered.last_day == date(2026, 12, 28)
    assert not any("not covered" in note for note in covered.notes)


def test_holidays_of_an_unchecked_calendar_are_noted() -> None:
    """A provisional calendar says which holidays the date rests on."""
    found = run("2026-11-23", "4 working days", PLAIN, NEW_YORK, "US")
    assert any("2026-11-26" in note for note in found.notes)
    checked = Days(Calendar(holidays="US", provisional=False))
    there = zone(NEW_YORK)
    start = moment("2026-11-23", NEW_YORK)
    assert count(start, Period.read("4 working days"), PLAIN, checked, there, there).notes == ()


def test_every_step_carries_a_citation() -> None:
    """Nothing in the trace stands without its ground."""
    for _, start, length, rule, where, holidays, *_ in UNION_EXAMPLES:
        found = run(start, length, rule, where, holidays)
        assert found.steps
        assert all(step.citation for step in found.steps), found.steps


def test_the_duty_and_the_rule_are_both_cited() -> None:
    """The number comes from the duty, the manner of counting from the rule."""
    there = zone(NEW_YORK)
    start = moment("2026-11-23", NEW_YORK)
    found = count(start, Period.read("30 days"), UNION, None, there, there, cite="s 7(1)")
    assert "s 7(1); art 3" in {step.citation for step in found.steps}


def test_a_fixed_day_closes_and_rolls_like_any_other() -> None:
    """1 March 2026 is a Sunday."""
    there = zone(NEW_YORK)
    how = Convention(ARGUABLE, None, there, there)
    found = by_day(date(2026, 3, 1), how, "by 1 March")
    assert local(found.due_at, NEW_YORK) == "2026-03-01 23:59:59-0500"
    assert local(found.latest, NEW_YORK) == "2026-03-02 23:59:59-0500"


def test_a_period_that_ends_after_the_year_9999_is_refused() -> None:
    """An end beyond every calendar is a fault, not a date."""
    with pytest.raises(ValueError, match="9000 years from 2026-01-01"):
        run("2026-01-01", "9000 years")


def test_a_moment_without_an_offset_is_refused() -> None:
    """Nothing is read in the machine's zone."""
    naive = Moment.model_construct(at=datetime(2026, 1, 1))  # noqa: DTZ001  # reason: the fault under test
    with pytest.raises(ValueError, match="no offset"):
        count(naive, Period.read("72 hours"), PLAIN, None, zone("UTC"), zone("UTC"))


# -- properties -------------------------------------------------------------------------

ZONES = st.sampled_from(
    ["Europe/Dublin", NEW_YORK, "Australia/Lord_Howe", "Pacific/Kiritimati", "America/Nuuk",
     "Pacific/Pago_Pago", "America/Santiago", "Asia/Kathmandu"]
)  # fmt: skip  # reason: a list of zones reads better in lines
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31)).map(  # noqa: DTZ001  # reason: UTC is added next
    lambda naive: Moment.of(naive.replace(tzinfo=UTC, microsecond=0))
)
DATES = st.dates(date(2020, 1, 1), date(2029, 12, 31)).map(Moment.of)
LENGTHS = st.builds(
    Period,
    amount=st.integers(0, 90),
    unit=st.sampled_from(["minute", "hour", "day", "working day", "week", "month", "year"]),
)
IN_DAYS = st.builds(
    Period,
    amount=st.integers(0, 60),
    unit=st.sampled_from(["day", "working day", "week", "month", "year"]),
)
RULES = st.sampled_from([PLAIN, UNION, NOON, EDGAR, DAY_ONE, FULL_DAYS, ARGUABLE])
FEDERAL = Days(Calendar(holidays="US"))


@settings(deadline=None)
@given(INSTANTS, LENGTHS, RULES, ZONES, ZONES)
def test_nothing_is_due_before_its_start_and_no_reading_is_earlier(
    start: Moment, length: Period, rule: Counting, there: str, home: str
) -> None:
    """due_at never precedes the event; latest never precedes due_at."""
    found = count(start, length, rule, FEDERAL, zone(there), zone(home))
    assert start.at is not None
    assert found.due_at >= start.at
    assert found.outer >= found.due_at
    assert found.latest is None or found.latest > found.due_at


@settings(deadline=None)
@given(DATES, DATES, IN_DAYS, RULES, ZONES)
def test_a_later_day_is_never_due_earlier(
    one: Moment, other: Moment, length: Period, rule: Counting, there: str
) -> None:
    """Periods in days grow with their start, safe and arguable alike."""
    assert one.day is not None
    assert other.day is not None
    first, second = sorted((one, other), key=lambda each: each.day or date.min)
    place = zone(there)
    early = count(first, length, rule, FEDERAL, place, place)
    late = count(second, length, rule, FEDERAL, place, place)
    assert early.due_at <= late.due_at
    assert early.outer <= late.outer


@settings(deadline=None)
@given(INSTANTS, INSTANTS, IN_DAYS, RULES, ZONES, ZONES)
def test_a_later_instant_is_never_due_earlier(  # reason: one argument for each thing drawn
    one: Moment, other: Moment, length: Period, rule: Counting, there: str, home: str
) -> None:
    """Instants too, across the zones of recipient and organisation."""
    first, second = sorted(
        (one, other), key=lambda each: each.at or datetime.min.replace(tzinfo=UTC)
    )
    early = count(first, length, rule, FEDERAL, zone(there), zone(home))
    late = count(second, length, rule, FEDERAL, zone(there), zone(home))
    assert early.due_at <= late.due_at


@settings(deadline=None)
@given(INSTANTS, st.integers(0, 500), RULES, ZONES, ZONES)
def test_hours_are_exact_in_utc(
    start: Moment, hours: int, rule: Counting, there: str, home: str
) -> None:
    """No zone and no rule moves the safe instant of a period in hours."""
    length = Period(amount=hours, unit="hour")
    found = count(start, length, rule, FEDERAL, zone(there), zone(home))
    assert start.at is not None
    assert found.due_at - start.at == timedelta(hours=hours)


@settings(deadline=None)
@given(INSTANTS, ZONES, ZONES)
def test_the_day_that_counts_is_the_earlier_of_two(start: Moment, there: str, home: str) -> None:
    """It is a date that one of the two zones shows, and none is earlier."""
    assert start.at is not None
    dates = {start.at.astimezone(zone(each)).date() for each in (there, home)}
    assert calendar_day(start, zone(there), zone(home)) == min(dates)


@pytest.fixture(params=["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def _machine_zone(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    machine_time.tzset()
    yield
    monkeypatch.undo()
    machine_time.tzset()


@pytest.mark.usefixtures("_machine_zone")
def test_the_machines_zone_does_not_matter() -> None:
    """The same dates under three settings of TZ."""
    found = run("2026-10-23 20:30", "72 hours", UNION, "Europe/Rome", "IT")
    assert found.due_at == datetime(2026, 10, 26, 18, 30, tzinfo=UTC)
    assert found.steps[-1].to == "2026-10-26T20:00:00+01:00"
    days = run("2026-10-23", "3 days", UNION, "Europe/Rome", "IT")
    assert days.due_at == datetime(2026, 10, 26, 22, 59, 59, tzinfo=UTC)
