"""Promises in the text of a message: the sentence, and by when where that can be read one way.

Precision leads: a hope, a denial or somebody else's act is no promise. A day that may be read
in two ways gives no due instant; the promise then says why it is open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from regengine.documents.mentions import DateSaid, dates, sentences
from regengine.documents.outputs import table

_TABLE: Final = "casefile/communication.toml"
_NEAR: Final = timedelta(days=180)  # a day without a year is the next one, if it is this near
_END: Final = time(23, 59, 59)
_MOST: Final = 999  # of hours, days or weeks
_WEEK: Final = 7
_NOBODY: Final = re.compile(r"\bno(?:body|thing| one)?\b", re.IGNORECASE)
_NUMBERS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Promise(NamedTuple):
    """A sentence that promises; ``due`` in UTC, else ``why_open`` says why there is none."""

    text: str
    due: datetime | None
    why_open: str | None


def found(
    text: str, sent: datetime, zone: str | None = None, names: tuple[str, ...] = ()
) -> list[Promise]:
    """Find the promises of a text that was, or would be, sent at an instant.

    >>> sent = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday
    >>> made = found("We are sorry. We will inform you by Friday.", sent, "Europe/Dublin")
    >>> [(one.text, one.due.isoformat()) for one in made]
    [('We will inform you by Friday.', '2026-11-27T23:59:59+00:00')]
    >>> found("We will not sell your data. We hope that we will know more soon.", sent)
    []

    ``zone`` is the one in which days end; ``names`` are those of the organisation.
    """
    return [
        Promise(sentence, *due_of(sentence, sent, zone))
        for line in text.splitlines()
        for sentence in sentences(line)
        if _promises(sentence, names)
    ]


@cache
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = table(_TABLE)["promise"]
    own = "|".join(re.escape(x) for x in names) or r"(?!)"
    who = str(words["who"]).replace("{names}", own)
    active = (
        rf"\b{who}(?:\s|(?=\W)){words['will']}{words['adverbs']}"
        rf"(?!{words['never']})\s(?P<verb>[a-z]{{2,20}})\b"
    )
    compiled = (active, str(words["passive"]), str(words["supposed"]))
    first, second, third = (re.compile(x, re.IGNORECASE) for x in compiled)
    return first, second, third


def _promises(sentence: str, names: tuple[str, ...]) -> bool:
    if sentence.endswith("?"):
        return False
    active, passive, supposed = _patterns(names)
    for pattern in (active, passive):
        for match in pattern.finditer(sentence):
            clause = re.split(r"[;:,]|\bbut\b", sentence[: match.start()], flags=re.IGNORECASE)[-1]
            if supposed.search(clause) is None and _NOBODY.search(clause) is None:
                return True
    return False


# -- by when -------------------------------------------------------------------------------


def due_of(sentence: str, sent: datetime, zone: str | None) -> tuple[datetime | None, str | None]:
    """Read by when a sentence promises; ``None`` and a reason where that is not one instant.

    >>> due_of("We will reply within 48 hours.", datetime(2026, 11, 24, 9, tzinfo=UTC), None)[0]
    datetime.datetime(2026, 11, 26, 9, 0, tzinfo=datetime.timezone.utc)
    """
    told = [*_spans(sentence, sent), *_days(sentence, sent, zone)]
    if len(told) > 1:
        return _open("several")
    if not told:
        return _open("none")
    due, why = told[0]
    if due is not None and due <= sent:
        return _open("past")
    return (due, None) if due is not None else _open(why or "unclear")


def _open(name: str) -> tuple[None, str]:
    return None, str(table(_TABLE)["open"][name])


_Told = tuple[datetime | None, str | None]


def _spans(sentence: str, sent: datetime) -> Iterator[_Told]:
    """Read "within 30 days", counted from the sending unless another event is named."""
    units: dict[str, str] = table(_TABLE)["due"]["units"]
    numbers = "|".join(_NUMBERS)
    pattern = (
        rf"\b(?:within|in) (?:the next |at most )?(?P<number>\d{{1,4}}|{numbers})[\s-]"
        rf"(?P<work>(?:working|business|banking)[\s-])?(?P<unit>{'|'.join(units)}|months?|years?)\b"
    )
    for match in re.finditer(pattern, sentence, re.IGNORECASE):
        word = match["number"].lower()
        number = _NUMBERS.index(word) + 1 if word in _NUMBERS else int(word)
        unit = units.get(match["unit"].lower())
        if match["work"]:
            yield None, "working"
        elif unit is None or number > _MOST:
            yield None, "unclear"
        elif re.match(table(_TABLE)["due"]["event"], sentence[match.end() :], re.IGNORECASE):
            yield None, "event"
        else:
            yield sent + timedelta(**{unit: number}), None


def _days(sentence: str, sent: datetime, zone: str | None) -> Iterator[_Told]:
    """Read the days that "by" or "before" stands before: dates, weekdays, today, tomorrow."""
    by = str(table(_TABLE)["due"]["by"])
    begins = rf"\b(?P<by>{by})\s(?:the\s)?(?:end of\s|close of business (?:on\s)?)?"
    taken = []
    for said in dates(sentence):
        match = re.search(
            rf"{begins}(?:\w{{6,9}},? (?:the )?)?$", sentence[: said.start], re.IGNORECASE
        )
        if match is not None:
            taken.append((match.start(), said.end))
            yield _dated(said, match["by"].lower(), sentence, sent, zone)
    words = "|".join([*table(_TABLE)["due"]["days"], "today", "tomorrow"])
    vague = r"next|this|coming|the (?:week|month|year)|end of"
    pattern = rf"{begins}(?P<vague>(?:{vague})\s)?(?P<day>{words}|(?:week|month|year)\b)"
    for match in re.finditer(pattern, sentence, re.IGNORECASE):
        if any(start <= match.start() < end for start, end in taken):
            continue
        yield _named(match, sentence, sent, zone)


def _dated(said: DateSaid, by: str, sentence: str, sent: datetime, zone: str | None) -> _Told:
    if said.instant is not None:
        return said.instant.astimezone(UTC), None
    if len(said.days) != 1 or said.month_only:
        return None, "unclear"
    if _has_time(sentence):
        return None, "time"
    if zone is None:
        return None, "zone"
    day = said.days[0]
    if said.yearless:
        near = _next(day, _here(sent, zone))
        if near is None:
            return None, "unclear"
        day = near
    return _end(day, by, zone), None


def _next(day: date, today: date) -> date | None:
    """Give the next day of this name; ``None`` where it is far, or no day of that year."""
    for year in (today.year, today.year + 1):
        try:
            found_ = day.replace(year=year)
        except ValueError:
            continue
        if today <= found_ <= today + _NEAR:
            return found_
    return None


def _named(match: re.Match[str], sentence: str, sent: datetime, zone: str | None) -> _Told:
    names: list[str] = table(_TABLE)["due"]["days"]
    word = match["day"].lower()
    if match["vague"] or word in ("week", "month", "year"):
        return None, "unclear"
    if _has_time(sentence):
        return None, "time"
    if zone is None:
        return None, "zone"
    today = _here(sent, zone)
    if word in names:
        ahead = (names.index(word) - today.weekday()) % _WEEK
        if ahead == 0:  # said on a Friday, "by Friday" may be this one or the next
            return None, "unclear"
        return _end(today + timedelta(days=ahead), match["by"].lower(), zone), None
    return _end(today + timedelta(days=word == "tomorrow"), match["by"].lower(), zone), None


def _has_time(sentence: str) -> bool:
    pattern = r"\b\d{1,2}(?::\d\d| ?[ap]\.?m\b| o\Wclock)|\b(?:noon|midday|midnight|close of business|cob)\b"
    return re.search(pattern, sentence, re.IGNORECASE) is not None


def _here(sent: datetime, zone: str) -> date:
    return sent.astimezone(ZoneInfo(zone)).date()


def _end(day: date, by: str, zone: str) -> datetime:
    """Give the last instant that keeps the word: before a day ends when it begins."""
    if by == "before":
        begin = datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
        return begin - timedelta(seconds=1)
    return datetime.combine(day, _END, ZoneInfo(zone)).astimezone(UTC)
