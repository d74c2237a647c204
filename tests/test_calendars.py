"""Zones, working days, and the files of jurisdictions/ that feed them."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import reset_tzpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regengine.calendars import (
    Days,
    NotCovered,
    UnknownHolidaysError,
    UnknownZoneError,
    zone,
    zones,
)
from regengine.counting import Convention, counted
from regengine.facts import Moment
from regengine.law import Calendar, Jurisdiction, Period

FOLDER = Path(__file__).parent.parent / "jurisdictions"
TABLES = {"places.toml", "aliases.toml"}
FILES = sorted(path for path in FOLDER.glob("*.toml") if path.name not in TABLES)
PLACES = tomllib.loads((FOLDER / "places.toml").read_text(encoding="utf-8"))["place"]
EEA = tuple(
    code for code, place in PLACES.items() if "EEA" in place.get("groups", ()) and code != "EU"
)
STATES = ("CA", "NY", "TX", "FL", "MA", "VT", "MD", "NJ", "OK", "AL", "SD")


@cache
def _file(path: Path) -> Jurisdiction:
    return Jurisdiction.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def _place(code: str) -> Jurisdiction:
    return _file(FOLDER / f"{code.lower()}.toml")


def _days(name: str) -> Days:
    """Take the calendar of a place ("DE") or a named one ("us.edgar")."""
    if name.isupper():
        calendar = _place(name).calendar
        assert calendar is not None
        return Days(calendar)
    found = [file.calendars[name] for file in map(_file, FILES) if name in file.calendars]
    return Days(found[0])


def _hours(key: str, instant: str) -> float:
    offset = datetime.fromisoformat(instant).astimezone(zone(key)).utcoffset()
    assert offset is not None
    return offset / timedelta(hours=1)


# -- zones ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "instant", "offset"),
    [
        # British Columbia stays at UTC-7 since 2026-03-08, Alberta at UTC-6 since
        # 2026-11-01: tzdata before 2026 gives -8 and -7.
        ("America/Vancouver", "2026-12-01T12:00:00+00:00", -7),
        ("America/Edmonton", "2026-12-01T12:00:00+00:00", -6),
        ("America/New_York", "2026-11-01T05:59:59+00:00", -4),
        ("America/New_York", "2026-11-01T06:00:00+00:00", -5),
        ("Europe/Berlin", "2026-03-29T00:59:59+00:00", 1),
        ("Europe/Berlin", "2026-03-29T01:00:00+00:00", 2),
        ("Europe/Berlin", "2026-10-25T00:59:59+00:00", 2),
        ("Europe/Berlin", "2026-10-25T01:00:00+00:00", 1),
        ("Europe/Dublin", "2027-03-28T00:59:59+00:00", 0),
        ("Europe/Dublin", "2027-03-28T01:00:00+00:00", 1),
        ("Atlantic/Reykjavik", "2026-07-01T12:00:00+00:00", 0),
        ("Asia/Kolkata", "2026-07-01T12:00:00+00:00", 5.5),
        ("Australia/Sydney", "2026-12-01T12:00:00+00:00", 11),
    ],
)
def test_a_zone_has_the_offset_of_the_pinned_package(key: str, instant: str, offset: float) -> None:
    assert _hours(key, instant) == offset


def test_72_hours_end_an_hour_earlier_on_the_wall_when_the_clock_goes_back() -> None:
    start = datetime(2026, 10, 23, 20, 30, tzinfo=zone("Europe/Rome"))
    end = (start.astimezone(UTC) + timedelta(hours=72)).astimezone(zone("Europe/Rome"))
    assert end.isoformat() == "2026-10-26T19:30:00+01:00"


def test_a_zone_is_read_once_and_keeps_its_key() -> None:
    assert zone("Europe/Dublin") is zone("Europe/Dublin")
    assert zone("Europe/Dublin").key == "Europe/Dublin"


def test_a_zone_is_never_taken_from_the_machine(tmp_path: Path) -> None:
    wrong = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    (tmp_path / "Pacific").mkdir()
    (tmp_path / "Pacific" / "Auckland").write_bytes(wrong)
    zone.cache_clear()
    reset_tzpath(to=[str(tmp_path)])
    try:
        assert _hours("Pacific/Auckland", "2026-07-01T00:00:00+00:00") == 12
    finally:
        reset_tzpath()


@pytest.mark.parametrize("key", ["Europe/Dubln", "europe/dublin", "../zones", "", "EST5XYZ"])
def test_an_unknown_zone_is_refused(key: str) -> None:
    with pytest.raises(UnknownZoneError, match="unknown zone"):
        zone(key)


def test_an_unknown_zone_names_the_nearest() -> None:
    with pytest.raises(UnknownZoneError, match='did you mean "Europe/Dublin"'):
        zone("Europe/Dubln")


# -- facts by date ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "day", "why"),
    [
        ("us.federal", "2026-11-26", "Thanksgiving Day"),
        ("us.federal", "2026-07-03", "Independence Day (observed)"),
        ("us.federal", "2027-06-18", "Juneteenth National Independence Day (observed)"),
        ("us.federal", "2027-07-05", "Independence Day (observed)"),
        ("us.federal", "2027-12-24", "Christmas Day (observed)"),
        ("us.federal", "2027-12-31", "New Year's Day (observed)"),
        ("us.federal", "2021-12-31", "New Year's Day (observed)"),
        ("us.federal", "2021-06-18", "Juneteenth National Independence Day (observed)"),
        ("us.federal", "2026-10-12", "Columbus Day"),
        ("us.edgar", "2018-12-05", "Day of mourning for President George H. W. Bush"),
        ("us.edgar", "2018-12-24", "Federal offices closed by order of the President"),
        ("us.edgar", "2019-12-24", "Federal offices closed by order of the President"),
        ("us.edgar", "2020-12-24", "Federal offices closed by order of the President"),
        ("us.edgar", "2025-01-09", "Day of mourning for President Jimmy Carter"),
        ("us.edgar", "2026-11-11", "Veterans Day"),
        ("us.reserve_banks", "2027-07-05", "Independence Day (observed)"),
        ("us.reserve_banks", "2026-11-26", "Thanksgiving Day"),
        ("us.nyse", "2026-04-03", "Good Friday"),
        ("IE", "2026-10-26", "October Bank Holiday"),
        ("IE", "2026-02-02", "Saint Brigid's Day"),
        ("NL", "2026-05-05", "closed every year"),
        ("NL", "2026-04-27", "King's Day"),
        ("GR", "2026-04-13", "Easter Monday"),
        ("RO", "2026-04-13", "Easter"),
        ("SE", "2026-01-06", "Epiphany"),
        ("FI", "2026-06-19", "Midsummer Eve"),
        ("SK", "2025-09-15", "Day of Our Lady of the Seven Sorrows"),
        ("PL", "2026-12-24", "Christmas Eve"),
        ("NO", "2027-05-17", "Constitution Day; Pentecost Monday"),
        ("DE-BY", "2026-01-06", "Epiphany"),
        ("GB", "2026-12-28", "Boxing Day (observed)"),
        ("GB", "2022-09-19", "State Funeral of Queen Elizabeth II"),
        ("GB-SCT", "2026-11-30", "Saint Andrew's Day"),
        ("JP", "2026-12-29", "closed every year"),
        ("JP", "2026-12-31", "closed every year"),
        ("JP", "2027-01-01", "New Year's Day"),
        ("JP", "2026-09-22", "National Holiday"),
        ("SG", "2026-08-10", "National Day (observed)"),
        ("BR", "2026-11-20", "National Day of Zumbi and Black Awareness"),
        ("CN", "2026-10-07", "Day off (substituted from 10/10/2026)"),
        ("CA-QC", "2026-06-24", "Saint John the Baptist Day"),
        ("US-CA", "2026-11-11", "Veterans Day"),
        ("US-FL", "2026-07-03", "Independence Day (observed)"),
        ("CH", "2027-05-06", "Ascension Day"),
    ],
)
def test_a_day_is_closed_for_the_reason_given(name: str, day: str, why: str) -> None:
    assert _days(name).why_closed(date.fromisoformat(day)) == why


@pytest.mark.parametrize(
    ("name", "day", "ground"),
    [
        ("us.federal", "2026-11-27", "the day after Thanksgiving is a federal business day"),
        ("us.federal", "2026-12-24", "Christmas Eve is no federal holiday"),
        ("us.federal", "2025-01-09", "a day of mourning closes offices, it is no holiday"),
        ("us.federal", "2020-06-19", "Juneteenth is a holiday since 2021-06-17"),
        ("us.federal", "2025-01-21", "inauguration binds federal staff in the capital alone"),
        ("us.edgar", "2025-12-24", "no notice confirms that EDGAR was closed"),
        ("us.edgar", "2026-04-03", "Good Friday closes the exchange, not EDGAR"),
        ("us.reserve_banks", "2026-07-03", "a Saturday holiday is not moved"),
        ("us.reserve_banks", "2027-12-24", "a Saturday holiday is not moved"),
        ("us.nyse", "2026-10-12", "the exchange trades on Columbus Day"),
        ("us.nyse", "2026-11-11", "the exchange trades on Veterans Day"),
        ("US-CA", "2026-11-27", "a state holiday alone does not close"),
        ("US-CA", "2026-03-31", "a state holiday alone does not close"),
        ("US-CA", "2026-10-12", "a federal holiday that the state does not keep"),
        ("US-FL", "2026-02-16", "a federal holiday that the state does not keep"),
        ("US-MA", "2026-07-03", "the state moves a Sunday holiday, not a Saturday one"),
        ("US-TX", "2026-12-24", "a state holiday alone does not close"),
        ("IE", "2026-10-27", "the day after the bank holiday"),
        ("DE", "2026-01-06", "Epiphany is a holiday of three Länder alone"),
        ("DE", "2026-11-27", "no holiday"),
        ("DK", "2024-04-26", "Great Prayer Day was abolished from 2024"),
        ("SK", "2026-09-15", "a holiday that is worked in 2026"),
        ("HU", "2026-08-21", "a day off worked on a Saturday is no public holiday"),
        ("LV", "2026-01-02", "a day off worked on a Saturday is no public holiday"),
        ("PT", "2027-01-22", "no holiday"),
        ("GB", "2026-11-30", "Saint Andrew's Day is Scottish"),
        ("JP", "2026-12-28", "the year-end closing starts on 29 December"),
        ("JP", "2027-01-04", "the year-end closing ends on 3 January"),
        ("CN", "2026-10-10", "a Saturday worked in exchange for a day off"),
        ("BR", "2026-02-17", "Carnival is no national holiday"),
        ("IN", "2027-03-10", "a holiday whose date is only estimated"),
        ("CH", "2026-04-03", "Good Friday is a holiday of the cantons"),
        ("uk.great_britain", "2026-08-31", "a bank holiday of England alone"),
    ],
)
def test_a_day_is_a_working_day(name: str, day: str, ground: str) -> None:
    assert _days(name).why_closed(date.fromisoformat(day)) is None, ground


@pytest.mark.parametrize("place", [*EEA, "GB", "CH", "US", "CA", "AU", "BR", "JP", "SG", "IN"])
def test_friday_27_november_2026_is_a_working_day_everywhere(place: str) -> None:
    assert _days(place).is_working(date(2026, 11, 27))


@pytest.mark.parametrize("place", [*EEA, "GB", "CH", *(f"US-{state}" for state in STATES)])
def test_25_december_and_1_january_are_closed(place: str) -> None:
    days = _days(place)
    assert not days.is_working(date(2026, 12, 25))
    assert not days.is_working(date(2027, 1, 1))


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_never_closed_on_a_day_that_is_no_federal_holiday(state: str) -> None:
    days, federal = _days(f"US-{state}"), _days("us.federal")
    first = date(2024, 1, 1)
    for day in (first + timedelta(days=number) for number in range(5 * 365)):
        assert days.is_working(day) or not federal.is_working(day), day


@pytest.mark.parametrize(
    ("place", "count"),
    # Weekdays closed in 2026, counted by hand from the official lists.
    [("IE", 9), ("FR", 9), ("DE", 7), ("AT", 10), ("us.federal", 11), ("us.reserve_banks", 10)],
)
def test_a_year_has_so_many_closed_weekdays(place: str, count: int) -> None:
    days = _days(place)
    year = (date(2026, 1, 1) + timedelta(days=number) for number in range(365))
    assert sum(day.weekday() < 5 and not days.is_working(day) for day in year) == count


# -- doubt ------------------------------------------------------------------------


def test_an_estimated_holiday_counts_as_a_working_day_and_is_named() -> None:
    india = _days("IN")
    assert india.is_working(date(2027, 3, 10))
    assert india.doubt(date(2027, 3, 10)) == "Eid al-Fitr (estimated)"


def test_a_certain_holiday_closes_although_an_estimated_one_shares_the_day() -> None:
    week = Days(Calendar(holidays="IN", weekend=()))
    assert week.why_closed(date(2027, 8, 15)) == "Independence Day"


def test_a_day_off_worked_on_another_day_is_in_doubt() -> None:
    assert _days("HU").doubt(date(2026, 8, 21)) == "Day off (substituted from 08/08/2026)"


@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 28)])
def test_a_certain_day_is_not_in_doubt(day: date) -> None:
    assert _days("us.federal").doubt(day) is None


def test_calendars_say_whether_an_official_list_confirmed_them() -> None:
    assert not _days("us.federal").provisional
    assert not _days("us.edgar").provisional
    assert _days("IN").provisional
    assert _days("SG").provisional


# -- arithmetic -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "start", "amount", "end"),
    [
        # Form 8-K: four business days strictly after the day, whatever day that is.
        ("us.edgar", "2026-07-03", 4, "2026-07-09"),
        ("us.edgar", "2026-07-02", 4, "2026-07-09"),
        ("us.edgar", "2026-07-01", 4, "2026-07-08"),
        ("us.edgar", "2026-11-21", 4, "2026-11-27"),
        ("us.edgar", "2026-11-23", 4, "2026-11-30"),
        ("us.edgar", "2026-12-22", 4, "2026-12-29"),
        ("us.edgar", "2025-01-07", 4, "2025-01-14"),
        ("us.fcc", "2026-11-18", 7, "2026-11-30"),
        ("us.federal", "2026-11-23", 10, "2026-12-08"),
        ("US-AL", "2026-11-25", 3, "2026-12-01"),
        ("US-CA", "2026-11-02", 15, "2026-11-24"),
        ("US-VT", "2026-11-23", 14, "2026-12-14"),
        ("US-OK", "2026-12-14", 10, "2026-12-29"),
        ("PT", "2026-12-10", 30, "2027-01-25"),
        ("BR", "2026-11-18", 3, "2026-11-24"),
        ("CN", "2026-09-30", 1, "2026-10-08"),
        ("CN", "2026-10-09", 1, "2026-10-10"),
        ("IE", "2026-11-23", 0, "2026-11-23"),
        ("IE", "2026-11-22", 0, "2026-11-22"),
        ("IE", "2026-10-23", 1, "2026-10-27"),
    ],
)
def test_working_days_are_counted_strictly_after_the_start(
    name: str, start: str, amount: int, end: str
) -> None:
    counted = _days(name).add_working(date.fromisoformat(start), amount)
    assert counted == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("name", "day", "following", "preceding"),
    [
        ("DE", "2026-11-23", "2026-11-23", "2026-11-23"),
        ("DE", "2026-11-28", "2026-11-30", "2026-11-27"),
        ("DE", "2026-12-25", "2026-12-28", "2026-12-24"),
        ("GB", "2026-12-26", "2026-12-29", "2026-12-24"),
        ("ES", "2026-12-27", "2026-12-28", "2026-12-24"),
        ("JP", "2026-12-30", "2027-01-04", "2026-12-28"),
        ("us.md.sundays_and_holidays", "2026-11-28", "2026-11-28", "2026-11-28"),
        ("us.md.sundays_and_holidays", "2026-11-29", "2026-11-30", "2026-11-28"),
        ("us.md.sundays_and_holidays", "2026-11-26", "2026-11-27", "2026-11-25"),
    ],
)
def test_a_closed_day_moves_to_the_nearest_working_day(
    name: str, day: str, following: str, preceding: str
) -> None:
    days = _days(name)
    assert days.next_working(date.fromisoformat(day)) == date.fromisoformat(following)
    assert days.previous_working(date.fromisoformat(day)) == date.fromisoformat(preceding)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2019, 1, 1), date(2028, 12, 31)), st.integers(0, 60))
def test_counting_never_goes_back_and_ends_on_a_working_day(start: date, amount: int) -> None:
    days = _days("us.federal")
    end = days.add_working(start, amount)
    passed = (start + timedelta(days=number + 1) for number in range((end - start).days))
    assert sum(days.is_working(day) for day in passed) == amount
    assert amount == 0 or days.is_working(end)


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot count -1 working days"):
        Days(Calendar()).add_working(date(2026, 11, 23), -1)


# -- limits -----------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2017, 12, 31), date(2031, 1, 1)])
def test_a_day_outside_the_years_is_not_covered(day: date) -> None:
    days = _days("us.federal")
    assert not days.covers(day)
    for ask in (days.is_working, days.why_closed, days.next_working, days.doubt):
        with pytest.raises(NotCovered, match="covers 2018 to 2030"):
            ask(day)
    with pytest.raises(NotCovered, match="covers 2018 to 2030"):
        days.add_working(day, 0)


@pytest.mark.parametrize("day", [date(2018, 1, 1), date(2030, 12, 31)])
def test_the_first_and_the_last_day_of_the_years_are_covered(day: date) -> None:
    assert _days("us.federal").covers(day)
    assert _days("us.federal").why_closed(date(2018, 1, 1)) == "New Year's Day"


def test_counting_over_the_end_of_the_years_is_not_covered() -> None:
    with pytest.raises(NotCovered) as caught:
        _days("SG").add_working(date(2027, 12, 31), 1)
    assert caught.value.day == date(2028, 1, 1)
    assert caught.value.years == (2018, 2027)


def test_years_that_the_library_lacks_are_not_covered() -> None:
    with pytest.raises(NotCovered):
        Days(Calendar(holidays="LK", years=(2018, 2030))).is_working(date(2029, 1, 2))


def test_a_calendar_without_a_working_day_ends_instead_of_running_on() -> None:
    every = Days(Calendar(weekend=("mon", "tue", "wed", "thu", "fri", "sat", "sun")))
    with pytest.raises(NotCovered):
        every.next_working(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("code", "near"),
    [("US-CAL", 'did you mean "US-CA"'), ("NYSEE", 'did you mean "NYSE"'), ("9", "no public")],
)
def test_unknown_holidays_are_refused_with_the_nearest(code: str, near: str) -> None:
    with pytest.raises(UnknownHolidaysError, match=near):
        Days(Calendar(holidays=code)).is_working(date(2026, 11, 23))


def test_a_dated_closure_goes_before_weekend_and_holiday() -> None:
    days = Days(
        Calendar.model_validate(
            {
                "holidays": "US",
                "closures": [
                    {"day": date(2026, 11, 26), "open": True, "why": "open by order"},
                    {"day": date(2026, 11, 28), "open": True, "why": "a worked Saturday"},
                    {"day": date(2026, 11, 30), "why": "closed by order"},
                ],
            }
        )
    )
    assert days.is_working(date(2026, 11, 26))
    assert days.is_working(date(2026, 11, 28))
    assert days.why_closed(date(2026, 11, 30)) == "closed by order"
    assert days.doubt(date(2026, 11, 26)) is None


@pytest.mark.parametrize(
    ("start", "due", "latest"),
    [
        # 45 days end on Saturday 28, Sunday 29 and Monday 30 November 2026.
        ("2026-10-14", "2026-11-28", None),
        ("2026-10-15", "2026-11-29", "2026-11-30"),
        ("2026-10-16", "2026-11-30", None),
        # 26 November is Thanksgiving, 25 December a Friday: the Saturday after it is open.
        ("2026-10-12", "2026-11-26", "2026-11-27"),
        ("2026-11-10", "2026-12-25", "2026-12-26"),
    ],
)
def test_in_maryland_sundays_and_holidays_move_arguably_and_saturdays_never(
    start: str, due: str, latest: str | None
) -> None:
    rule = _place("US-MD").counting["us.md.computation"]
    assert rule.arguable_roll is not None
    assert rule.arguable_roll.calendar is not None
    eastern = zone("America/New_York")
    moving = _days(rule.arguable_roll.calendar)
    how = Convention(rule, _days("US-MD"), eastern, eastern, roll_calendar=moving)
    found = counted(Moment.of(date.fromisoformat(start)), Period.read("45 days"), how)
    assert f"{found.due_at.astimezone(eastern):%F %T}" == f"{due} 23:59:59"
    outer = f"{found.latest.astimezone(eastern):%F}" if found.latest else None
    assert outer == latest


# -- the files --------------------------------------------------------------------


def _calendars(file: Jurisdiction) -> dict[str, Calendar]:
    own = {"": file.calendar} if file.calendar else {}
    return {**own, **file.calendars}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_what_it_is(path: Path) -> None:
    file = _file(path)
    assert file.place.lower() == path.stem
    named = [file.zone, *(authority.zone for authority in file.authority)]
    named += [rule.zone for rule in file.counting.values()]
    assert {key for key in named if key} <= zones()
    if file.place in PLACES:
        assert file.name == PLACES[file.place]["name"]
        assert file.zone == PLACES[file.place]["zone"]
    for term in (*file.authority, *file.counting.values()):
        assert term.verified is not None
        assert term.confidence is not None
        assert term.sources


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_calendar_can_be_read_in_every_year_that_it_covers(path: Path) -> None:
    for name, calendar in _calendars(_file(path)).items():
        days = Days(calendar)
        for year in days.years:
            weekdays = [date(year, 6, number) for number in range(1, 11)]
            assert any(days.is_working(day) for day in weekdays), name
            assert not all(days.is_working(day) for day in weekdays), name


def test_no_authority_has_two_entries() -> None:
    ids = Counter(authority.id for file in map(_file, FILES) for authority in file.authority)
    assert [key for key, number in ids.items() if number > 1] == []


def test_everything_named_in_a_file_exists() -> None:
    files = [_file(path) for path in FILES]
    rules = {key for file in files for key in file.counting}
    calendars = {key for file in files for key in file.calendars}
    authorities = {authority.id for file in files for authority in file.authority}
    used = {file.default_counting for file in files} - {None}
    assert used <= rules
    assert {authority.same_as for file in files for authority in file.authority} - {
        None
    } <= authorities
    asked = set()
    for rule in (rule for file in files for rule in file.counting.values()):
        rolls = [roll for roll in (rule.roll, rule.arguable_roll) if roll]
        asked |= {rule.calendar, *(roll.calendar for roll in rolls)}
    assert asked - {None} <= calendars
    assert {file.parent for file in files} - {None} <= {file.place for file in files}


@pytest.mark.parametrize("place", EEA)
def test_a_state_of_the_eea_names_its_authorities_and_counts_by_union_law(place: str) -> None:
    file = _place(place)
    ids = {authority.id for authority in file.authority}
    code = place.lower()
    assert {f"{code}.{body}" for body in ("data_protection", "nis2", "csirt", "dora")} <= ids
    assert file.default_counting == "eu.1182"
    assert all(authority.zone for authority in file.authority)


def test_an_arguable_roll_never_binds_in_the_union() -> None:
    rules = _place("EU").counting
    assert rules["eu.1182"].roll is None
    assert rules["eu.1182"].arguable_full_hours
    assert not rules["eu.1182"].rolls_hours
    assert rules["eu.dora"].roll is None
    assert rules["eu.dora"].rolls_hours
    assert rules["eu.running"].arguable_roll is None


def test_no_rule_of_the_united_states_binds_to_a_later_day_but_the_fcc_s() -> None:
    files = [_file(path) for path in FILES if path.stem.split("-")[0] == "us"]
    rolling = [key for file in files for key, rule in file.counting.items() if rule.roll]
    assert rolling == ["us.fcc.business_days"]
