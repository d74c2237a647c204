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
        ("DE-BE", "2027-03-08", "Women's Day"),
        ("DE-HE", "2026-06-04", "Corpus Christi"),
        ("DE-NI", "2028-10-31", "Reformation Day"),
        ("DE-NW", "2027-11-01", "All Saints' Day"),
        ("DE-SN", "2026-11-18", "Repentance and Prayer Day"),
        ("DE-TH", "2027-09-20", "World Children's Day"),
        ("HK", "2026-04-03", "Good Friday"),
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
        ("BG", "2026-01-02", "Non-working day"),
        ("BG", "2026-12-28", "Christmas Day (observed)"),
        ("LU", "2025-05-09", "Europe Day"),
        ("IT", "2027-10-04", "Saint Francis of Assisi, Patron Saint of Italy"),
        ("IS", "2026-08-03", "Commerce Day"),
        ("LV", "2030-05-06", "Restoration of Independence Day (observed)"),
        ("EE", "2026-12-24", "Christmas Eve"),
        ("CZ", "2026-12-24", "Christmas Eve"),
        ("PT", "2026-06-04", "Corpus Christi"),
        ("IE", "2030-02-01", "Saint Brigid's Day"),
        ("GB-SCT", "2026-06-15", "Scotland's participation in the FIFA World Cup final"),
        ("GB-NIR", "2026-07-13", "Battle of the Boyne (observed)"),
        ("au.sydney", "2026-04-27", "ANZAC Day (observed)"),
        ("au.sydney", "2027-04-26", "ANZAC Day (observed)"),
        ("CN", "2020-01-31", "Chinese New Year Extended Holiday"),
        ("CN", "2025-02-04", "Day off (substituted from 02/08/2025)"),
        ("CO", "2026-11-16", "Independence of Cartagena (observed)"),
        ("CR", "2024-07-25", "Annexation of the Party of Nicoya"),
        ("CR", "2024-08-15", "Mother's Day"),
        ("EC", "2024-05-03", "Labor Day (observed)"),
        ("EC", "2027-11-01", "All Souls' Day (observed)"),
        ("EC", "2026-05-25", "The Battle of Pichincha (observed)"),
        ("EG", "2026-11-27", "Friday"),
        ("EG", "2026-03-22", "Eid al-Fitr holiday"),
        ("BY", "2026-04-20", "Day off (substituted from 04/25/2026)"),
        ("BY", "2026-04-21", "Radunitsa (Day of Rejoicing)"),
        ("KZ", "2026-05-27", "first day of Kurban Ait"),
        ("KZ", "2026-03-25", "Nowruz Holiday (observed)"),
        ("ID", "2026-08-25", "Prophet's Birthday"),
        ("mx.cnbv", "2026-05-05", "day without business at the Commission"),
        ("mx.cnbv", "2026-11-16", "Revolution Day"),
        ("at.time_limits", "2026-04-03", "Good Friday"),
        ("at.time_limits", "2026-12-24", "closed every year"),
        ("se.time_limits", "2026-06-19", "Midsummer Eve"),
        ("se.time_limits", "2026-12-31", "New Year's Eve"),
        ("nl.time_limits", "2026-05-15", "equated with a general holiday by decree"),
        ("nl.time_limits", "2026-05-05", "closed every year"),
        ("li.time_limits", "2026-02-17", "Shrove Tuesday"),
        ("dk.time_limits", "2026-06-05", "closed every year"),
        ("za.sundays_and_holidays", "2026-11-29", "Sunday"),
        ("il.rest_days", "2026-11-28", "Saturday"),
    ],
)
def test_a_day_is_closed_for_the_reason_given(name: str, day: str, why: str) -> None:
    assert _days(name).why_closed(date.fromisoformat(day)) == why


@pytest.mark.parametrize(
    ("name", "day", "ground"),
    [
        ("DE", "2026-06-04", "Corpus Christi closes some Länder only"),
        ("DE-BE", "2026-06-04", "Berlin has no Corpus Christi"),
        ("DE-BY", "2028-08-15", "Assumption Day closes Catholic communes only"),
        ("DE-HE", "2027-11-01", "Hesse has no All Saints' Day"),
        ("DE-NI", "2027-09-20", "World Children's Day is Thuringia's"),
        ("DE-NW", "2028-10-31", "Westphalia has no Reformation Day"),
        ("DE-SN", "2026-06-04", "Corpus Christi closes some regions only"),
        ("hk.sundays_and_holidays", "2026-11-28", "a Saturday is no general holiday"),
        ("my.rest_days_and_holidays", "2026-11-28", "a Saturday is no weekly holiday"),
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
        ("SG", "2025-05-05", "Polling Day was a Saturday, which gives no other day"),
        ("AT", "2026-04-03", "Good Friday is no public holiday"),
        ("AT", "2026-12-24", "Christmas Eve is no public holiday"),
        ("at.time_limits", "2026-12-31", "New Year's Eve is no day of the statute"),
        ("SE", "2026-06-19", "Midsummer Eve is no public holiday"),
        ("se.time_limits", "2026-05-15", "the Friday after Ascension Day"),
        ("NL", "2026-05-15", "a day equated by decree is no holiday of the Act itself"),
        ("DK", "2026-06-05", "Constitution Day is no public holiday"),
        ("BG", "2026-11-02", "1 November closes schools and is not moved"),
        ("GR", "2027-05-04", "no decision has moved 1 May 2027"),
        ("FR", "2026-04-03", "Good Friday is a holiday of Alsace and Moselle"),
        ("IT", "2024-10-04", "4 October is a holiday from 2026"),
        ("PL", "2024-12-24", "24 December is free from 2025"),
        ("SK", "2025-11-17", "17 November is worked from 2025"),
        ("PT", "2026-02-17", "Carnival is no national holiday"),
        ("IE", "2026-12-28", "a Saturday holiday gives no other day"),
        ("GB-SCT", "2026-04-06", "Easter Monday is no Scottish bank holiday"),
        ("au.sydney", "2026-08-03", "the holiday in August closes banks only"),
        ("AU", "2026-04-27", "the additional day is one of New South Wales and others"),
        ("CN", "2024-02-09", "the eve of the Spring Festival was no day off in 2024"),
        ("CN", "2025-10-11", "a Saturday worked in exchange for a day off"),
        ("CR", "2024-07-29", "the move of 25 July 2024 was repealed"),
        ("CR", "2024-08-19", "15 August 2024 was not moved"),
        ("EC", "2024-05-01", "the rest day moved to Friday"),
        ("EC", "2027-08-10", "the rest day moved to Monday"),
        ("EC", "2027-11-03", "the rest days moved to Monday and Tuesday"),
        ("EG", "2026-11-29", "Sunday is a working day"),
        ("BY", "2026-04-25", "a Saturday worked in exchange for a Monday"),
        ("KZ", "2025-01-05", "a Sunday worked in exchange for a Friday"),
        ("ID", "2026-12-24", "a day of collective leave"),
        ("mx.cnbv", "2026-12-24", "no agreement names it yet"),
        ("za.sundays_and_holidays", "2026-11-28", "a Saturday counts"),
        ("il.rest_days", "2026-11-27", "Friday is no day of rest"),
        ("CH", "2026-04-03", "Good Friday is a holiday of the cantons"),
        ("uk.great_britain", "2026-08-31", "a bank holiday of England alone"),
    ],
)
def test_a_day_is_a_working_day(name: str, day: str, ground: str) -> None:
    assert _days(name).why_closed(date.fromisoformat(day)) is None, ground


WORKING_FRIDAY = [
    "GB",
    "CH",
    "US",
    "CA",
    "AU",
    "BR",
    "JP",
    "SG",
    "IN",
    "CN",
    "CO",
    "CR",
    "EC",
    "MX",
    "BY",
    "KZ",
    "ID",
    "KR",
    "TR",
    "ZA",
    "CL",
]


@pytest.mark.parametrize("place", [*EEA, *WORKING_FRIDAY])
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
    india = Days(Calendar(holidays="IN"))
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
    assert not _days("GB").provisional
    assert not _days("CN").provisional
    assert not _days("DE").provisional
    assert not _days("DE-NW").provisional
    assert _days("DE-HH").provisional
    assert _days("IN").provisional
    assert _days("SG").provisional
    assert _days("HU").provisional


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
        # 10 business days over the day after Anzac Day.
        ("au.sydney", "2026-04-20", 10, "2026-05-05"),
        ("CO", "2026-11-23", 15, "2026-12-15"),
        ("CR", "2026-11-23", 5, "2026-11-30"),
        # The rest days of 2 and 3 November 2027 are Monday and Tuesday.
        ("EC", "2027-10-29", 3, "2027-11-05"),
        ("EC", "2024-04-30", 2, "2024-05-02"),
        # Sunday to Thursday; then over the feast as the decree lengthened it.
        ("EG", "2026-11-25", 3, "2026-11-30"),
        ("EG", "2026-03-18", 3, "2026-03-26"),
        ("BY", "2026-04-17", 3, "2026-04-24"),
        ("BY", "2026-04-22", 3, "2026-04-25"),
        ("KZ", "2026-05-26", 1, "2026-05-28"),
        ("KZ", "2024-12-31", 1, "2025-01-05"),
        ("ID", "2026-11-23", 5, "2026-11-30"),
        ("mx.cnbv", "2026-03-31", 5, "2026-04-09"),
        ("uk.great_britain", "2026-12-21", 5, "2026-12-30"),
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


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("CN", 2020, 2026),
        ("BY", 2018, 2026),
        ("KZ", 2018, 2026),
        ("EG", 2018, 2026),
        ("IN", 2018, 2026),
        ("SG", 2018, 2027),
        ("ID", 2018, 2027),
        ("JP", 2018, 2027),
        ("GB", 2019, 2028),
        ("uk.great_britain", 2019, 2028),
        ("mx.cnbv", 2026, 2026),
        ("nl.time_limits", 2023, 2028),
        ("AE", 2022, 2030),
    ],
)
def test_a_calendar_ends_with_the_years_that_were_announced(
    name: str, first: int, last: int
) -> None:
    days = _days(name)
    assert days.years == (first, last)
    assert not days.covers(date(first - 1, 12, 31))
    assert not days.covers(date(last + 1, 1, 1))


def test_years_that_the_library_lacks_are_not_covered() -> None:
    with pytest.raises(NotCovered):
        Days(Calendar(holidays="LK", years=(2018, 2030))).is_working(date(2029, 1, 2))


def test_a_calendar_without_a_working_day_ends_instead_of_running_on() -> None:
    every = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    with pytest.raises(ValueError, match="at most 6"):
        Calendar.model_validate({"weekend": every})
    closed = Days(Calendar().model_copy(update={"weekend": every}))
    with pytest.raises(NotCovered):
        closed.next_working(date(2026, 11, 23))


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


# -- terms by national law --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "start", "period", "due", "latest"),
    [
        ("at.plain", "2026-11-24", "30 days", "2026-12-24", "2026-12-28"),
        ("at.plain", "2026-03-04", "30 days", "2026-04-03", "2026-04-07"),
        ("at.plain", "2026-12-01", "30 days", "2026-12-31", None),
        ("bg.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("co.business_days", "2026-10-28", "1 month", "2026-11-28", "2026-11-30"),
        ("cy.plain", "2026-10-29", "30 days", "2026-11-28", None),
        ("cy.plain", "2026-10-30", "30 days", "2026-11-29", "2026-11-30"),
        ("cz.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("cz.plain", "2026-10-28", "30 days", "2026-11-27", None),
        ("dk.plain", "2026-05-06", "30 days", "2026-06-05", "2026-06-08"),
        ("eg.plain", "2026-10-28", "30 days", "2026-11-27", "2026-11-29"),
        ("fi.plain", "2026-11-24", "30 days", "2026-12-24", "2026-12-28"),
        ("il.plain", "2026-10-28", "30 days", "2026-11-27", None),
        ("il.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-29"),
        # In Ireland the day from which a period is reckoned is its first.
        ("ie.plain", "2026-11-01", "30 days", "2026-11-30", None),
        ("ie.plain", "2026-10-30", "30 days", "2026-11-28", None),
        ("hk.plain", "2026-10-29", "30 days", "2026-11-28", None),
        ("hk.plain", "2026-10-30", "30 days", "2026-11-29", "2026-11-30"),
        ("hk.plain", "2026-03-04", "30 days", "2026-04-03", "2026-04-08"),
        ("kr.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("my.plain", "2026-10-29", "30 days", "2026-11-28", None),
        ("my.plain", "2026-10-30", "30 days", "2026-11-29", "2026-11-30"),
        ("nz.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("th.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("th.plain", "2026-11-05", "30 days", "2026-12-05", "2026-12-08"),
        ("tw.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("vn.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("vn.plain", "2026-10-28", "30 days", "2026-11-27", None),
        ("li.plain", "2026-01-18", "30 days", "2026-02-17", "2026-02-18"),
        # A decree equates the Friday after Ascension Day with a holiday.
        ("nl.plain", "2026-04-15", "30 days", "2026-05-15", "2026-05-18"),
        ("nl.plain", "2026-04-13", "30 days", "2026-05-13", None),
        ("sa.plain", "2026-10-28", "30 days", "2026-11-27", "2026-11-29"),
        ("se.plain", "2026-06-12", "7 days", "2026-06-19", "2026-06-22"),
        ("se.plain", "2026-06-11", "7 days", "2026-06-18", None),
        ("se.plain", "2026-01-31", "1 month", "2026-02-28", "2026-03-02"),
        ("sk.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("tr.plain", "2026-10-29", "30 days", "2026-11-28", "2026-11-30"),
        ("za.plain", "2026-10-29", "30 days", "2026-11-28", None),
        ("za.plain", "2026-10-30", "30 days", "2026-11-29", "2026-11-30"),
        ("mx.cnbv", "2026-03-31", "5 working days", "2026-04-09", None),
        ("au.business_days", "2026-04-20", "10 working days", "2026-05-05", None),
        ("pt.working_days", "2026-12-10", "30 working days", "2027-01-25", None),
        ("eg.working_days", "2026-11-25", "3 working days", "2026-11-30", None),
    ],
)
def test_a_term_ends_as_the_law_of_the_place_says(
    name: str, start: str, period: str, due: str, latest: str | None
) -> None:
    file = next(file for file in map(_file, FILES) if name in file.counting)
    rule = file.counting[name]
    there = zone(file.zone or "UTC")
    own = _days(rule.calendar or file.place)
    rolls = rule.arguable_roll.calendar if rule.arguable_roll else None
    how = Convention(rule, own, there, there, roll_calendar=_days(rolls) if rolls else None)
    found = counted(Moment.of(date.fromisoformat(start)), Period.read(period), how)
    assert f"{found.due_at.astimezone(there):%F %T}" == f"{due} 23:59:59"
    outer = f"{found.latest.astimezone(there):%F}" if found.latest else None
    assert outer == latest


def test_hours_run_through_closed_days_whatever_the_place_says() -> None:
    begin = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    files = [_file(path) for path in FILES if path.stem not in ("eu", "us")]
    for file in files:
        for name, rule in file.counting.items():
            how = Convention(rule, _days(file.place), zone("UTC"), zone("UTC"))
            found = counted(Moment.of(begin), Period.read("72 hours"), how)
            assert found.due_at == begin + timedelta(hours=72), name


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
        assert term.verified or term.unread
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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_checked_calendar_says_by_what(path: Path) -> None:
    for name, calendar in _calendars(_file(path)).items():
        if not calendar.provisional:
            assert calendar.cite, name
            assert calendar.sources, name
            assert "unsourced" not in calendar.sources, name
            assert calendar.verified is not None, name
            assert calendar.confidence is not None, name
        days = [closure.day for closure in calendar.closures]
        assert days == sorted(set(days)), name
        assert all(calendar.years[0] <= day.year <= calendar.years[1] for day in days), name


def test_every_dated_correction_changes_what_the_library_says() -> None:
    idle = []
    for path in FILES:
        for name, calendar in _calendars(_file(path)).items():
            without = Days(calendar.model_copy(update={"closures": ()}))
            idle += [
                (path.stem, name, closure.day)
                for closure in calendar.closures
                if without.is_working(closure.day) is closure.open
            ]
    assert idle == []


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


def test_a_holiday_in_doubt_counts_as_a_working_day_and_is_named() -> None:
    """The library names Juneteenth in every state, also in those whose statutes do not keep it."""
    day = date(2026, 6, 19)
    sure = Days(Calendar(holidays="US", shared_with="US-NC"))
    doubtful = Days(Calendar(holidays="US", shared_with="US-NC", doubtful=("Juneteenth",)))
    assert not sure.is_working(day)
    assert doubtful.is_working(day)
    assert doubtful.doubt(day) == "Juneteenth National Independence Day"
    assert not doubtful.is_working(date(2026, 11, 26))
