"""Dates, numbers and lists in words.

All words come from words.toml. Zones come from the tzdata package. Two styles: the
United States' (November 20, 2026 at 4:30 p.m.) and everybody else's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from regengine.calendars import zone as zone_of
from regengine.documents.outputs import label, own_words, phrase, table
from regengine.facts import Moment
from regengine.law import arguments
from regengine.truth import Range

_NOON = 12


def month_name(number: int) -> str:
    """Name a month, independent of the machine's language.

    >>> month_name(11)
    'November'
    """
    return str(table("words.toml")["months"][number - 1])


def day_text(day: date, *, american: bool = False) -> str:
    """Write a calendar date in words.

    >>> day_text(date(2026, 11, 3)), day_text(date(2026, 11, 3), american=True)
    ('3 November 2026', 'November 3, 2026')
    """
    own = own_words("dates")
    if own:
        number = own.get("first", "1") if day.day == 1 else day.day
        values = {"day": number, "month": own["months"][day.month - 1], "year": day.year}
        return str(own["day"]).format(**values)
    month = month_name(day.month)
    return f"{month} {day.day}, {day.year}" if american else f"{day.day} {month} {day.year}"


def month_text(day: date) -> str:
    """Write the month and year of a date.

    >>> month_text(date(2026, 11, 3))
    'November 2026'
    """
    own = own_words("dates")
    if own:
        months = own.get("months_alone", own["months"])
        return str(own["month"]).format(month=months[day.month - 1], year=day.year)
    return f"{month_name(day.month)} {day.year}"


def offset_text(instant: datetime) -> str:
    """Write an aware instant's offset.

    >>> offset_text(datetime.fromisoformat("2026-11-03T10:00:00-05:00"))
    'UTC-05:00'
    """
    return "UTC" + instant.isoformat()[-6:]


def clock_text(instant: datetime, *, american: bool = False) -> str:
    """Write the time of day; seconds only where they are not zero.

    >>> clock_text(datetime(2026, 11, 3, 23, 59, 59), american=True)
    '11:59:59 p.m.'
    """
    seconds = f":{instant.second:02d}" if instant.second else ""
    if not american:
        return f"{instant.hour:02d}:{instant.minute:02d}{seconds}"
    half = "p.m." if instant.hour >= _NOON else "a.m."
    return f"{instant.hour % _NOON or _NOON}:{instant.minute:02d}{seconds} {half}"


def instant_text(instant: datetime, zone: str, *, american: bool = False) -> str:
    """Write an instant in a zone, with the zone's abbreviation and its offset.

    >>> instant_text(datetime.fromisoformat("2026-11-20T16:30:00+00:00"), "Europe/Berlin")
    '20 November 2026 at 17:30 CET (UTC+01:00)'

    Zones without letters of their own show the offset alone.
    """
    there = instant.astimezone(zone_of(zone))
    name = there.tzname() or ""
    offset = offset_text(there)
    shown = f"{name} ({offset})" if name.isalpha() else offset
    return phrase(
        "day_and_time",
        day=day_text(there.date(), american=american),
        time=f"{clock_text(there, american=american)} {shown}",
    )


def moment_text(moment: Moment, zone: str, *, american: bool = False) -> str:
    """Write a point of the timeline as precisely as it is known.

    >>> moment_text(Moment(day=date(2026, 11, 1), precision="month"), "UTC")
    'November 2026'
    """
    if moment.at is not None:
        return instant_text(moment.at, zone, american=american)
    if moment.day is None:
        return phrase("not_known")
    if moment.precision == "month":
        return month_text(moment.day)
    return day_text(moment.day, american=american)


def span_text(seconds: int) -> str:
    """Write a length of time in its two largest units; the smaller is cut, not rounded.

    >>> span_text(2 * 86400 + 5 * 3600 + 59), span_text(60)
    ('2 days 5 hours', '1 minute')
    """
    seconds = abs(seconds)
    parts = []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount} {label('units', unit if amount == 1 else unit + 's')}")
    return " ".join(parts[:2]) or phrase("less_than_a_minute")


def joined(items: Iterable[str]) -> str:
    """Join by commas and "and"; by semicolons where an item has a comma of its own.

    >>> joined(["a", "b", "c"]), joined(["x, y", "z"])
    ('a, b and c', 'x, y; z')
    """
    words = [item for item in items if item]
    if any("," in word for word in words):
        return "; ".join(words)
    if len(words) <= 1:
        return "".join(words)
    return phrase("and", first=", ".join(words[:-1]), last=words[-1])


def _numeral(number: float) -> str:
    return f"{number:,.10g}".replace(",", own_words("dates").get("thousands", ","))


def range_text(count: Range) -> str:
    """Write a count of which only bounds may be known.

    >>> range_text(Range(400, 700)), range_text(Range(5, None)), range_text(Range(7, 7))
    ('between 400 and 700', 'at least 5', '7')
    """
    low = _numeral(count.at_least)
    if count.at_most is None:
        return phrase("at_least", low=low) if count.at_least else phrase("not_known")
    high = _numeral(count.at_most)
    if count.at_most == count.at_least:
        return low
    return phrase("range", low=low, high=high) if count.at_least else phrase("at_most", high=high)


def labels(group: str, words: Sequence[str]) -> str:
    """Say several words of a vocabulary.

    >>> labels("elements", ["name", "dob"])
    'name and date of birth'
    """
    return joined(label(group, word) for word in words)


def _started(name: str) -> str:
    """Name an event, or another stage of the same duty."""
    duty, _, stage = name.partition("/")
    if duty == "self" and stage:
        return phrase("own_stage", stage=stage.replace("_", " "))
    return start_text(name) if "(" in name else label("events", name)


def start_text(event: str) -> str:
    """Say what starts a clock: an event, or a call over events or filings.

    >>> start_text("aware")
    'The organisation became aware'
    >>> start_text("earlier(discovered, aware)")
    'the earlier of: The incident was discovered; The organisation became aware'
    >>> start_text("filed(self/early_warning)")
    'the filing of early warning (a stage of this duty)'
    """
    match = re.fullmatch(r"([a-z_]+)\((.+)\)", event)
    if match is None:
        return label("events", event)
    inside = "; ".join(_started(part) for part in arguments(match[2]))
    words = table("words.toml")["starts"]
    return str(words[match[1]]).format(inside=inside) if match[1] in words else event


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop.

    >>> sentence("data were taken")
    'Data were taken.'
    """
    text = text.strip()
    if not text:
        return text
    closed = text if text[-1] in ".!?:" else text + "."
    return closed[0].upper() + closed[1:]


def printable(text: str, keep: str = "\n") -> str:
    r"""Drop control characters, save those to keep, and halves of pairs.

    >>> printable("a\x07b\tc\n"), printable("a\tb", "\t")
    ('abc\n', 'a\tb')
    """
    return "".join(x for x in text if x in keep or unicodedata.category(x) not in ("Cc", "Cs"))


def capital(line: str) -> str:
    """Begin a phrase with a capital; an address or a word of code stays as it is.

    >>> capital("from Monday"), capital("dpo@example.org")
    ('From Monday', 'dpo@example.org')
    """
    first = line.partition(" ")[0].rstrip(",;:")
    return line[:1].upper() + line[1:] if first.isalpha() else line


def slug(text: str) -> str:
    """Make the key under which an answer to a free item may be given.

    >>> slug("Right to obtain a police report")
    'right_to_obtain_a_police_report'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:48].strip("_")
