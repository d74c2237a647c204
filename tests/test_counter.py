"""Every named counting rule against a counter that walks instead of computing.

The sample runs with every test; ``make test-long`` counts many more. A case that fails is
named in full: rule, start, period and both zones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

import pytest

from regengine.calendars import Days, zone
from regengine.corpus import Corpus
from regengine.counting import Convention, Counted, by_day, counted, relieved
from regengine.facts import Moment
from regengine.law import Counting, Period
from regengine.reckoning import reckon_period
from tests import counter

CORPUS = Corpus.open()
RULES = sorted(counter.rules())
ZONES = counter.zone_keys()
EEA = ("IE", "DE", "FR", "PL", "ES", "IT", "PT", "HR", "FI", "HU", "CY", "IS", "BE")
UNITS = ("minute", "hour", "day", "working day", "week", "month", "year")
MOST = {
    "minute": 6 * 1440,
    "hour": 168,
    "day": 120,
    "working day": 45,
    "week": 12,
    "month": 18,
    "year": 3,
}
USUAL = {
    "minute": (15, 60, 90),
    "hour": (1, 4, 6, 12, 24, 36, 48, 72, 96),
    "day": (1, 2, 2, 3, 3, 5, 7, 10, 14, 15, 30, 45, 60, 90),
    "working day": (1, 2, 3, 4, 5, 7, 10, 15, 30),
    "week": (1, 2, 4),
    "month": (1, 2, 3, 6, 12),
    "year": (1,),
}  # fmt: skip  # reason: one unit on a line reads as a table
SHORT, LONG = 4, 250
FIRST, LAST = date(2018, 1, 1), date(2035, 12, 31)


@dataclass(frozen=True)
class Case:
    """A period of a rule, from a start, at two places."""

    rule: str
    place: str
    start: datetime | date
    period: Period
    recipient: str
    organisation: str

    def __str__(self) -> str:
        parts = (self.rule, self.place, self.start, self.period, self.recipient, self.organisation)
        return ", ".join(str(part) for part in parts)


def expected(case: Case) -> counter.Answer:
    walking = counter.counter(case.rule, zone(case.recipient), zone(case.organisation), case.place)
    return walking.count(case.start, case.period.amount, case.period.unit)


@cache
def _days(place: str, named: str | None) -> Days:
    return Days(CORPUS.calendar(place, named))


def convention(case: Case) -> Convention:
    rule = CORPUS.counting(case.rule)
    rolls = [roll for roll in (rule.roll, rule.arguable_roll) if roll is not None]
    moving = next((roll.calendar for roll in rolls if roll.calendar is not None), None)
    return Convention(
        rule,
        _days(case.place, rule.calendar),
        zone(rule.zone or case.recipient),
        zone(case.organisation),
        roll_calendar=_days(case.place, moving) if moving else None,
    )


def found(case: Case) -> Counted:
    return counted(Moment.of(case.start), case.period, convention(case))


def differences(case: Case) -> str | None:
    """Say how the two counters differ; nothing where they agree to the second."""
    walked, computed = expected(case), found(case)
    ours = (computed.due_at, computed.latest, computed.last_day)
    theirs = (walked.due, walked.latest, walked.last_day)
    if ours == theirs:
        return None
    return f"{case}\n  computed {[str(each) for each in ours]}\n  walked   {[str(each) for each in theirs]}"


# -- random cases ---------------------------------------------------------------------


@cache
def changes(key: str) -> tuple[datetime, ...]:
    """Find the hours at which clocks of a zone change, 2018 to 2035."""
    there, at = zone(key), datetime(2018, 1, 1, tzinfo=UTC)
    hours, offset = [], at.astimezone(there).utcoffset()
    while at.year < LAST.year + 1:
        later = at + timedelta(days=7)
        if (after := later.astimezone(there).utcoffset()) != offset:
            hours.append(_hour(at, there))
        at, offset = later, after
    return tuple(hours)


def _hour(at: datetime, there: ZoneInfo) -> datetime:
    offset = at.astimezone(there).utcoffset()
    while at.astimezone(there).utcoffset() == offset:
        at += timedelta(hours=1)
    return at


def _instant(dice: Random, key: str) -> datetime:
    """Draw an instant, often near a change of clocks or the turn of a month or a year."""
    kind = dice.choice(("any", "clocks", "clocks", "year", "leap", "month", "midnight"))
    near = timedelta(seconds=dice.randrange(-5 * 86400, 5 * 86400))
    year = dice.randrange(FIRST.year, LAST.year + 1)
    if kind == "clocks" and changes(key):
        at = dice.choice(changes(key)) + near
    elif kind == "year":
        at = datetime(year, 12, 30, tzinfo=UTC) + near
    elif kind == "leap":
        at = datetime(year, 2, 28, 12, tzinfo=UTC) + near / 3
    elif kind == "month":
        at = datetime(year, dice.randrange(1, 13), 1, tzinfo=UTC) + near / 4
    elif kind == "midnight":
        begin = date(year, 1, 1) + timedelta(days=dice.randrange(365))
        at = counter.begins(begin, zone(key)) + timedelta(minutes=dice.randrange(-2, 3))
    else:
        at = datetime(year, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(365 * 86400))
    if dice.random() < 0.3:
        at = at.replace(minute=0, second=0)
    # Years before 2018 are in no calendar and prove nothing more.
    return max(at, datetime(2018, 1, 2, tzinfo=UTC))


def draw(rule: str, number: int) -> Case:
    """Draw a case of a rule; the same number draws the same case."""
    dice = Random(f"{rule}/{number}")  # noqa: S311  # reason: a repeatable sample, no secret
    home = counter.rules()[rule][0]
    place = dice.choice(EEA) if home == "EU" else home
    recipient = dice.choice(ZONES) if dice.random() < 0.7 else CORPUS.places[place].zone
    organisation = recipient if dice.random() < 0.3 else dice.choice(ZONES)
    at = _instant(dice, dice.choice((recipient, organisation)))
    start: datetime | date = at if dice.random() < 0.7 else at.date()
    unit = dice.choice(UNITS)
    usual = dice.random() < 0.6
    amount = dice.choice(USUAL[unit]) if usual else dice.randrange(MOST[unit] + 1)
    return Case(rule, place, start, Period(amount=amount, unit=unit), recipient, organisation)


def _refuse_differences(rule: str, numbers: range) -> None:
    wrong = [text for text in (differences(draw(rule, number)) for number in numbers) if text]
    assert not wrong, f"{len(wrong)} of {len(numbers)}:\n" + "\n".join(wrong[:5])


def _is_plain(rule: str) -> bool:
    """Tell whether a rule says nothing but that the event's day is left out."""
    said = CORPUS.counting(rule).model_dump(exclude_defaults=True)
    return said.keys() <= {"title", "cite", "sources", "verified", "confidence"}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_counts_as_the_walking_counter_does(rule: str) -> None:
    _refuse_differences(rule, range(SHORT if _is_plain(rule) else 5 * SHORT))


@pytest.mark.long
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_counts_as_the_walking_counter_does_in_many_cases(rule: str) -> None:
    _refuse_differences(rule, range(1000, 1000 + (LONG if _is_plain(rule) else 10 * LONG)))


def test_the_sample_holds_what_is_hard() -> None:
    """A sample without such cases would prove little."""
    cases = [draw(rule, number) for rule in RULES[::5] for number in range(SHORT)]
    cases += [draw("eu.1182", number) for number in range(200)]
    stamps = [case.start for case in cases if isinstance(case.start, datetime)]
    assert len(stamps) < len(cases), "dates without a time"
    assert any((at.month, at.day) == (2, 29) for at in stamps), "leap days"
    assert any((at.month, at.day) == (12, 31) for at in stamps), "ends of years"
    assert any(_spans_a_change(case) for case in cases), "changes of clocks"
    assert any(case.recipient != case.organisation for case in cases), "two zones"
    assert any(case.period.unit == "working day" for case in cases), "working days"
    assert any(expected(case).latest for case in cases), "arguable instants"
    assert {at.year for at in stamps} >= {2018, 2035}


def _spans_a_change(case: Case) -> bool:
    if not isinstance(case.start, datetime):
        return False
    there = zone(case.recipient)
    ends = (at.astimezone(there).utcoffset() for at in (case.start, expected(case).due))
    return case.period.unit == "hour" and len(set(ends)) > 1


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("us.plain", {"first_day": "included"}),
        ("us.plain", {"month_end": "next_day"}),
        ("us.plain", {"cutoff": "17:30"}),
        ("eu.1182", {"arguable_full_hours": False}),
        ("eu.1182", {"arguable_minimum_working_days": 0}),
        ("eu.1182", {"arguable_roll": None}),
        ("eu.dora", {"rolls_hours": False}),
        ("jp.day_one_roll", {"roll": None}),
        ("us.edgar", {"calendar": "us.nyse"}),
        ("us.edgar", {"zone": "America/Chicago"}),
    ],
)
def test_a_rule_that_is_changed_in_one_word_counts_otherwise(
    rule: str, change: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison sees each of the words of which rules are made."""
    other = CORPUS.counting(rule).model_copy(update=change)
    monkeypatch.setattr(Corpus, "counting", lambda _self, _name: other)
    assert any(differences(draw(rule, number)) for number in range(2000))


CALENDARS_HELD = [
    (place, name)
    for place, file in counter.tables().items()
    for name in (*([None] if "calendar" in file else []), *file.get("calendars", {}))
]


@pytest.mark.long
@pytest.mark.parametrize(("place", "name"), CALENDARS_HELD)
def test_a_calendar_closes_the_days_that_the_walking_counter_finds_closed(
    place: str, name: str | None
) -> None:
    walked, computed = counter.calendar(place, name), _days(place, name)
    wrong = []
    for number in range((date(2030, 12, 31) - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if walked.known(day) and walked.closed(day) == computed.is_working(day):
            wrong.append(day)
    assert wrong == []


# -- the algebra, with words that no rule uses yet ------------------------------------------

ROLLS = ("next_working_day", "noon_of_next_working_day", "previous_working_day")


def made_up(dice: Random) -> counter.Table:
    """Draw a rule of any words in any combination."""
    rule: counter.Table = {"title": "made up", "cite": "s 1"}
    chosen = (word for word in ("roll", "arguable_roll") if dice.random() < 0.35)
    rule |= {word: {"to": dice.choice(ROLLS), "cite": "s 2"} for word in chosen}
    flags = ("rolls_hours", "arguable_full_hours", "full_days", "starts_on_working_day")
    rule |= {word: True for word in flags if dice.random() < 0.25}
    terms = {
        "first_day": "included",
        "month_end": "next_day",
        "arguable_minimum_working_days": dice.choice((1, 2, 3)),
        "cutoff": dice.choice(("12:00", "16:00", "17:30")),
    }
    return rule | {word: term for word, term in terms.items() if dice.random() < 0.3}


def _made_up_difference(number: int) -> str | None:
    dice, case = Random(number), draw("eu.1182", number)  # noqa: S311  # reason: a repeatable sample
    rule = made_up(dice)
    zones = zone(case.recipient), zone(case.organisation)
    how = Convention(Counting.model_validate(rule), _days(case.place, None), *zones)
    computed = counted(Moment.of(case.start), case.period, how)
    days = counter.calendar(case.place)
    walking = counter.Counter(rule, days, days, *zones)
    walked = walking.count(case.start, case.period.amount, case.period.unit)
    theirs = (walked.due, walked.latest, walked.last_day)
    ours = (computed.due_at, computed.latest, computed.last_day)
    return None if ours == theirs else f"{number}: {case}, {rule}: {ours} and not {theirs}"


def test_every_combination_of_words_counts_as_the_walking_counter_does() -> None:
    wrong = [text for text in map(_made_up_difference, range(500)) if text]
    assert not wrong, "\n".join(wrong[:5])


@pytest.mark.long
def test_many_more_combinations_of_words() -> None:
    wrong = [text for text in map(_made_up_difference, range(10_000, 60_000)) if text]
    assert not wrong, "\n".join(wrong[:5])


# -- a rule as a user asks for it -------------------------------------------------------------


@pytest.mark.parametrize("rule", [rule for rule in RULES if not _is_plain(rule)])
def test_a_rule_asked_for_by_name_counts_with_its_own_calendars(rule: str) -> None:
    """From the name alone the engine finds the calendar, the zone and whose closed days move."""
    for number in range(500, 508):
        case = draw(rule, number)
        there = CORPUS.places[case.place].zone
        at_home = Case(rule, case.place, case.start, case.period, there, case.organisation)
        asked = reckon_period(
            CORPUS, case.start, str(case.period), case.place, rule=rule, home=case.organisation
        )
        walked = expected(at_home)
        shown = (asked.deadline.due_at, asked.deadline.latest_defensible)
        assert shown == (walked.due, walked.latest), at_home


def test_a_relief_carries_an_instant_to_the_noon_that_walking_finds() -> None:
    """DORA's noon, which a limit in hours gets only where the entity has the relief."""
    moved = 0
    for number in range(150):
        case = draw("eu.dora", 20_000 + number)
        due = found(case).due_at
        days = counter.calendar(case.place)
        there = zone(case.recipient)
        day, walked = due.astimezone(there).date(), None
        if days.closed(day):
            while days.closed(day):
                day += timedelta(days=1)
            walked = counter.readings(day, counter.NOON, there)[0]
        assert relieved(due, convention(case))[0] == walked, case
        moved += walked is not None
    assert moved > 20


@pytest.mark.parametrize("rule", ["us.plain", "eu.1182", "us.edgar", "us.md.computation"])
def test_a_fixed_day_closes_and_rolls_as_the_last_day_of_a_period_does(rule: str) -> None:
    for number in range(40):
        case = replace(draw(rule, 30_000 + number), period=Period.read("0 months"))
        day = case.start.date() if isinstance(case.start, datetime) else case.start
        walked = expected(replace(case, start=day))
        ended = by_day(day, convention(case), "by a fixed day")
        assert (ended.due_at, ended.latest) == (walked.due, walked.latest), case


# -- a later event ------------------------------------------------------------------------------


def _pairs(rule: str, number: int) -> tuple[Case, Case]:
    """Draw a case and the same with a later event: both instants, or both dates."""
    dice, case = Random(f"{rule}+{number}"), draw(rule, 10_000 + number)  # noqa: S311  # reason: a repeatable sample
    days = dice.choice((0, 1, 1, 2, 3, 7))
    later = timedelta(days=days, seconds=dice.randrange(86400))
    if not isinstance(case.start, datetime):
        later = timedelta(days=days + 1)
    return case, replace(case, start=case.start + later)


@pytest.mark.parametrize("rule", RULES)
def test_a_later_event_never_gives_an_earlier_deadline(rule: str) -> None:
    """The safe instant; and what is arguable, but for the noon rule shown below."""
    for number in range(3 if _is_plain(rule) else 25):
        case, after = _pairs(rule, number)
        first, second = found(case), found(after)
        assert second.due_at >= first.due_at, (str(case), str(after))
        if rule != "eu.dora":
            assert second.outer >= first.outer, (str(case), str(after))


def test_the_noon_rule_gives_a_sunday_more_time_than_the_morning_after() -> None:
    """The text itself does so: what ends on a closed day has until noon of the next working
    day, what ends on the morning of that day has not. The safe instants keep their order.
    """
    dublin = "Europe/Dublin"
    sunday = datetime(2026, 11, 26, 16, tzinfo=UTC)
    cases = [
        Case("eu.dora", "IE", at, Period.read("72 hours"), dublin, dublin)
        for at in (sunday, sunday + timedelta(hours=17))
    ]
    first, second = map(found, cases)
    assert first.due_at == datetime(2026, 11, 29, 16, tzinfo=UTC)
    assert first.outer == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert second.due_at == second.outer == datetime(2026, 11, 30, 9, tzinfo=UTC)


# -- where knowledge of a calendar ends -----------------------------------------------------------

OUTSIDE = [
    # rule, place, start, period, the day that weekends alone give, a year that is named
    ("us.edgar", "US", "2031-12-22", "4 working days", "2031-12-26", 2031),
    ("us.edgar", "US", "2030-12-27", "4 working days", "2031-01-02", 2031),
    ("us.fcc.business_days", "US", "2033-11-18", "7 working days", "2033-11-29", 2033),
    ("eu.working_days", "DE", "2031-12-22", "5 working days", "2031-12-29", 2031),
    ("uk.working_days", "GB", "2032-12-23", "3 working days", "2032-12-28", 2032),
    ("sg.plain", "SG", "2028-01-24", "3 working days", "2028-01-27", 2028),
    ("cn.plain", "CN", "2027-09-30", "1 working day", "2027-10-01", 2027),
    ("jp.day_one_roll", "JP", "2031-12-30", "3 days", "2032-01-01", 2032),
    ("br.working_days", "BR", "2031-12-23", "3 working days", "2031-12-26", 2031),
]  # fmt: skip  # reason: one case on a line reads as a table


@pytest.mark.parametrize(("rule", "place", "start", "length", "last", "year"), OUTSIDE)
def test_outside_the_years_of_a_calendar_the_safe_date_stands_and_the_trace_says_so(
    rule: str, place: str, start: str, length: str, last: str, year: int
) -> None:
    asked = reckon_period(CORPUS, date.fromisoformat(start), length, place, rule=rule)
    assert asked.deadline.due_at is not None
    assert f"{asked.deadline.due_at:%Y-%m-%d}" == last
    note = f"public holidays of {year} are not covered: its weekdays count as working"
    assert note in {step.step for step in asked.deadline.trace}


def test_no_date_outside_the_years_is_later_than_with_all_holidays_known() -> None:
    """Federal holidays of 2031 to 2035 are fixed by statute: knowing them only adds days."""
    known = counter.Calendar({"holidays": "US", "years": (2018, 2036)})
    there = zone("America/New_York")
    rule = counter.rules()["us.federal_business_days"][1]
    for number in range(60):
        start = date(2031, 1, 1) + timedelta(days=29 * number)
        case = Case(
            "us.federal_business_days", "US", start, Period.read("10 working days"),
            there.key, there.key,
        )  # fmt: skip  # reason: the parts of a case in their order
        full = counter.Counter(rule, known, known, there, there).count(start, 10, "working day")
        assert found(case).due_at <= full.due


# -- four calendars of one country ----------------------------------------------------------------

CALENDARS = ("us.federal", "us.edgar", "us.reserve_banks", "us.nyse")
OPEN_DAYS = [
    # day, open by the calendars above
    ("2026-07-03", (False, False, True, False), "Independence Day on a Saturday"),
    ("2027-06-18", (False, False, True, False), "Juneteenth on a Saturday"),
    ("2027-12-24", (False, False, True, False), "Christmas on a Saturday"),
    ("2027-12-31", (False, False, True, True), "the New Year of 2028 on a Saturday"),
    ("2027-07-05", (False, False, False, False), "Independence Day on a Sunday"),
    ("2026-04-03", (True, True, True, False), "Good Friday"),
    ("2026-10-12", (False, False, False, True), "Columbus Day"),
    ("2026-11-11", (False, False, False, True), "Veterans Day"),
    ("2025-01-09", (True, False, True, False), "a day of mourning"),
    ("2018-12-05", (True, False, True, False), "a day of mourning"),
    ("2020-12-24", (True, False, True, True), "offices closed by order"),
    ("2026-11-27", (True, True, True, True), "the day after Thanksgiving"),
]  # fmt: skip  # reason: one day on a line reads as a table


@pytest.mark.parametrize(("day", "open_", "why"), OPEN_DAYS, ids=[row[2] for row in OPEN_DAYS])
def test_federal_filing_bank_and_trading_days_differ(
    day: str, open_: tuple[bool, ...], why: str
) -> None:
    when = date.fromisoformat(day)
    assert tuple(_days("US", name).is_working(when) for name in CALENDARS) == open_, why


FEDERAL_HOLIDAYS = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
}


@pytest.mark.parametrize("year", FEDERAL_HOLIDAYS)
def test_the_federal_holidays_of_a_year_are_these(year: int) -> None:
    """5 USC 6103: by the day on which each is observed."""
    every = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    federal = _days("US", "us.federal")
    closed = [f"{day:%m-%d}" for day in every if day.weekday() < 5 and not federal.is_working(day)]
    assert closed == FEDERAL_HOLIDAYS[year].split()
