"""Dates and numbers of people as running text writes them.

Only what is written is read here; whether it is true is asked elsewhere. Every pattern is
bounded, and the text comes in sentences, so that a long text takes time in proportion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Literal, NamedTuple

from regengine.documents.outputs import table
from regengine.facts import Moment

Operator = Literal["exact", "about", "least", "most"]
Noun = Literal["people", "customers", "accounts", "records", "bare"]
_NOUNS: tuple[Noun, ...] = ("people", "customers", "accounts", "records")  # that stand in words
_HALF_DAY = 12
_MONTHS_IN_YEAR = 12
_YEARS = range(1900, 2101)
_LONGEST = 2000  # characters of one sentence; a longer one is read in parts


class DateSaid(NamedTuple):
    """A date in a text: each day that it may mean, or the instant, or only a month.

    ``days`` has two members where day and month cannot be told apart; ``yearless`` where the
    year is not written (it is 1904 then, a leap year).
    """

    start: int
    end: int
    days: tuple[date, ...]
    instant: datetime | None = None
    month_only: bool = False
    yearless: bool = False

    def names(self, moment: Moment, zones: tuple[tzinfo, ...]) -> bool:
        """Tell whether a moment of the timeline may be meant; an instant in any of the zones."""
        return any(self._is_day(day, moment) for day in _days(moment, zones))

    def _is_day(self, day: date, moment: Moment) -> bool:
        for said in self.days:
            year = said.year == day.year or self.yearless
            month = year and said.month == day.month
            if month and (self.month_only or moment.precision == "month" or said.day == day.day):
                return True
        return False

    def tells_other_time(self, moment: Moment) -> bool:
        """Tell whether both are instants, and not the same one to the minute."""
        if self.instant is None or moment.at is None:
            return False
        return abs(self.instant - moment.at) >= timedelta(minutes=1)


class CountSaid(NamedTuple):
    """A number of people (or records) in a text, as bounds with how they are meant."""

    start: int
    end: int
    low: int
    high: int
    operator: Operator
    noun: Noun


def _days(moment: Moment, zones: tuple[tzinfo, ...]) -> set[date]:
    if moment.at is None:
        return {moment.day} if moment.day else set()
    return {moment.at.astimezone(zone).date() for zone in zones}


# -- sentences --------------------------------------------------------------------------


@cache
def _boundary() -> re.Pattern[str]:
    months = "|".join(name.capitalize() for name in table("claims.toml")["months"])
    return re.compile(
        rf"(?<=[.!?;])(?<![ap]\.m\.)(?<!\b[A-Z]\.)(?<!\bDr\.)(?<!\bNo\.)(?<!\bart\.)\s+"
        rf"(?=[A-ZÄÖÜÉÈÀÊÎÔ«“¿¡(\"„\d])(?!(?:{months})\b)"
    )


def sentences(line: str) -> Iterator[str]:
    """Split one line into sentences, none longer than can be read quickly.

    >>> list(sentences("It ended at 4:30 p.m. EST. Am 20. November 2026 war es vorbei. Good."))
    ['It ended at 4:30 p.m. EST.', 'Am 20. November 2026 war es vorbei.', 'Good.']
    """
    for part in _boundary().split(line):
        text = part.strip()
        while len(text) > _LONGEST:
            cut = text.rfind(" ", 0, _LONGEST)
            cut = cut if cut > 0 else _LONGEST
            yield text[:cut]
            text = text[cut:].strip()
        if text:
            yield text


# -- dates ------------------------------------------------------------------------------


@cache
def _months() -> tuple[dict[str, int], str]:
    numbers: dict[str, int] = table("claims.toml")["months"]
    return numbers, "|".join(sorted(numbers, key=len, reverse=True))


@cache
def _date_pattern() -> re.Pattern[str]:
    _, names = _months()
    time = (
        r"(?:,?\s{1,2}(?:at|um|à|a las)?\s{0,2}(?P<hour>\d{1,2})[:h.](?P<minute>\d\d)(?::\d\d)?"
        r"(?:\s?(?P<half>[ap])\.?m\.?)?"
        r"(?:\s{1,2}[A-Z]{2,5})?(?:\s{0,2}\(?UTC(?P<zone>[+-]\d\d:\d\d)?\)?)?)?"
    )
    iso_time = r"(?:[T ](?P<ihour>\d\d):(?P<iminute>\d\d)(?::\d\d(?:\.\d{1,6})?)?(?P<izone>Z|[+-]\d\d:?\d\d)?)?"
    return re.compile(
        rf"\b(?P<iso>(?P<iy>\d{{4}})-(?P<im>\d\d)(?:-(?P<id>\d\d)\b)?){iso_time}"
        rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s{{1,2}}(?:of |de )?(?P<m1>{names})\b\.?"
        rf"(?:,?\s{{1,2}}(?:de |del )?(?P<y1>\d{{4}})\b)?{time}"
        rf"|\b(?P<m2>{names})\b\.?\s{{1,2}}(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
        rf"(?:,?\s{{1,2}}(?P<y2>\d{{4}})\b)?{time.replace('?P<', '?P<u')}"
        rf"|\b(?P<m3>{names})\b\.?\s{{1,2}}(?:de )?(?P<y3>\d{{4}})\b"
        rf"|(?<![\d.,/-])(?P<n1>\d{{1,2}})(?P<mark>[./])(?P<n2>\d{{1,2}})(?P=mark)(?P<y4>\d{{4}})(?![\d/])",
        re.IGNORECASE,
    )


def dates(text: str) -> list[DateSaid]:
    """Read every date of a sentence.

    >>> [said.days[0].isoformat() for said in dates("on 3 November 2026, or November 4, 2026")]
    ['2026-11-03', '2026-11-04']
    >>> [day.isoformat() for day in dates("discovered 11/03/2026")[0].days]
    ['2026-11-03', '2026-03-11']
    >>> dates("20 November 2026 at 17:30 CET (UTC+01:00)")[0].instant.isoformat()
    '2026-11-20T16:30:00+00:00'

    What is no day of the calendar is no date.
    """
    if not any(mark.isdigit() for mark in text):
        return []
    found = []
    for match in _date_pattern().finditer(text):
        said = _dated(match)
        if said is not None:
            found.append(said)
    return found


def _dated(match: re.Match[str]) -> DateSaid | None:
    months, _ = _months()
    part = match.groupdict()
    yearless = month_only = False
    pairs: list[tuple[int, int, int]]  # year, month, day
    if part["iso"]:
        month_only = part["id"] is None
        pairs = [(int(part["iy"]), int(part["im"]), int(part["id"] or 1))]
    elif part["d1"]:
        yearless = part["y1"] is None
        pairs = [(int(part["y1"] or 1904), months[part["m1"].lower()], int(part["d1"]))]
    elif part["m2"]:
        yearless = part["y2"] is None
        pairs = [(int(part["y2"] or 1904), months[part["m2"].lower()], int(part["d2"]))]
    elif part["m3"]:
        month_only = True
        pairs = [(int(part["y3"]), months[part["m3"].lower()], 1)]
    else:
        one, two, year = int(part["n1"]), int(part["n2"]), int(part["y4"])
        # Points stand for day and month; a stroke may be read either way.
        pairs = [(year, two, one)] if part["mark"] == "." else [(year, one, two), (year, two, one)]
    days = tuple(dict.fromkeys(day for pair in pairs if (day := _day(*pair)) is not None))
    if not days:
        return None
    instant = None if month_only or yearless else _instant(days[0], part)
    return DateSaid(match.start(), match.end(), days, instant, month_only, yearless)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _instant(day: date, part: dict[str, str | None]) -> datetime | None:
    """Build the instant where a time of day and its offset are written."""
    hour = part["ihour"] or part["hour"] or part["uhour"]
    minute = part["iminute"] or part["minute"] or part["uminute"]
    zone = part["izone"] or part["zone"] or part["uzone"]
    if hour is None or minute is None or zone is None:
        return None
    hours = int(hour)
    half = (part["half"] or part["uhalf"] or "").lower()
    if half:
        hours = hours % _HALF_DAY + (_HALF_DAY if half == "p" else 0)
    try:
        offset = UTC if zone in "Zz" else datetime.strptime(zone, "%z").tzinfo
        return datetime(day.year, day.month, day.day, hours, int(minute), tzinfo=offset).astimezone(
            UTC
        )
    except ValueError:
        return None


# -- counts -----------------------------------------------------------------------------

_DIGITS = r"\d{1,3}(?:[,.'\u2019\u00a0\u202f ]\d{3}){1,4}(?!\d)|\d{1,12}"


@cache
def _number() -> str:
    count = table("claims.toml")["count"]
    scale = "|".join(word for word in count["scales"] if "_" not in word)
    words = "|".join(
        sorted((*count["words"], "hundred", "thousand", "million"), key=len, reverse=True)
    )
    spelt = rf"(?:a (?=hundred|thousand|million))?(?:{words})(?:[\s-](?:and )?(?:{words})){{0,9}}"
    return rf"(?:(?:{_DIGITS})(?:[.,]\d{{1,2}}(?!\d))?(?:\s(?:{scale})\b)?|\b{spelt}\b)"


@cache
def _count_pattern() -> re.Pattern[str]:
    count = table("claims.toml")["count"]
    number = _number()
    nouns = "|".join(f"(?P<{noun}>{count[noun]})" for noun in _NOUNS)
    link = r"(?:and|to|und|et|y|\u2013|-|bis|à|a)"
    gap = rf"(?:\s(?!(?:{count['units']})\b)[^\W\d_][\w'\u2019-]{{0,20}}){{0,3}}?"
    return re.compile(
        rf"(?<![\w.,/:+#-])"
        rf"(?:(?:\b(?:{count['between']})\s)?(?P<low>{number})\s?{link}\s?(?P<high>{number})"
        rf"|(?:(?P<about>\b(?:{count['about']})\s|~\s?)|(?P<least>\b(?:{count['least']})\s)"
        rf"|(?P<most>\b(?:{count['most']})\s))?(?P<one>{number}))"
        rf"{gap}\s(?:{nouns})\b",
        re.IGNORECASE,
    )


@cache
def _bare_pattern() -> re.Pattern[str]:
    count, number = table("claims.toml")["count"], _number()
    return re.compile(
        rf"(?:(?P<about>(?:{count['about']})\s)|(?P<least>(?:{count['least']})\s)"
        rf"|(?P<most>(?:{count['most']})\s))?"
        rf"(?:(?:{count['between']})\s(?P<low>{number})\s(?:and|to)\s(?P<high>{number})|(?P<one>{number}))",
        re.IGNORECASE,
    )


def value_of(text: str) -> int | None:
    """Read one number in digits or English words.

    >>> value_of("5,200"), value_of("5.200"), value_of("five thousand two hundred")
    (5200, 5200, 5200)
    >>> value_of("1.5 million"), value_of("11 000"), value_of("thousand and")
    (1500000, 11000, None)
    """
    count = table("claims.toml")["count"]
    words, scales = count["words"], count["scales"]
    parts = text.lower().replace("-", " ").split()
    scaled = len(parts) > 1 and parts[-1] in scales
    figure = " ".join(parts[:-1] if scaled else parts)
    digits = re.fullmatch(rf"({_DIGITS})(?:[.,](\d{{1,2}}))?", figure)
    if digits is not None:
        scale = scales[parts[-1]] if scaled else 1
        fraction = float(f"0.{digits[2]}") if digits[2] and scaled else 0
        whole = int(re.sub(r"\D", "", digits[1]))
        return round((whole + fraction) * scale)
    total = current = 0
    said = False
    for part in parts:
        if part in words:
            current, said = current + words[part], True
        elif part == "a":
            current, said = 1, True
        elif part == "hundred":
            current = max(current, 1) * 100
        elif part in scales:
            total, current = total + max(current, 1) * scales[part], 0
        elif part != "and":
            return None
    return total + current if said else None


def counts(text: str) -> list[CountSaid]:
    """Read every number of people, customers, accounts or records of a sentence.

    >>> [(said.low, said.operator, said.noun) for said in counts("About 5 200 of our customers")]
    [(5200, 'about', 'customers')]
    >>> [(said.low, said.high) for said in counts("between 400 and 700 people, within 30 days")]
    [(400, 700)]
    """
    found = []
    refused = _refused()
    for match in _count_pattern().finditer(text):
        noun = next(x for x in _NOUNS if match[x])
        begin = match.start("low") if match["low"] else match.start("one")
        if refused.search(text[max(0, begin - 12) : begin]) and not match["low"]:
            continue
        if match.start() == 0 and _heading().match(text):
            continue
        said = _counted(match, noun)
        if said is not None:
            found.append(said)
    return found


@cache
def _heading() -> re.Pattern[str]:
    # "3 People affected" is a heading and its number; a sentence has a stop.
    return re.compile(r"\d{1,2}\s[A-Z][^.!?]*$")


@cache
def _refused() -> re.Pattern[str]:
    words = table("claims.toml")["count"]["not_counts"]
    return re.compile(rf"(?:^|(?<=[\s(])){words}", re.IGNORECASE)


def bare_count(text: str) -> CountSaid | None:
    """Read a line that is a number and little else, as it stands beside a field's label.

    >>> bare_count("between 400 and 700").high, bare_count("5,200").low
    (700, 5200)
    >>> bare_count("5,200 hubs") is None
    True
    """
    match = _bare_pattern().fullmatch(text.strip().rstrip("."))
    return None if match is None else _counted(match, "bare")


def _counted(match: re.Match[str], noun: Noun) -> CountSaid | None:
    ends = (match["low"], match["high"]) if match["low"] else (match["one"], match["one"])
    low, high = value_of(ends[0]), value_of(ends[1])
    if low is None or high is None or any(re.fullmatch(r"\d+[.,]\d{1,2}", x) for x in ends):
        return None  # a fraction counts no people
    plain = bool(re.fullmatch(r"\d{4}", ends[0]))
    if plain and low in _YEARS and noun != "bare" and match["low"]:
        return None  # "2019 to 2021 customers": years
    operator: Operator = next((x for x in ("about", "least", "most") if match[x]), "exact")
    return CountSaid(match.start(), match.end(), low, high, operator, noun)
