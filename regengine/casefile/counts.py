"""People counted by place from a table of them, of which nothing is kept.

Rows are read one after the other and forgotten. What is told are numbers, the names of the
columns that were used and the hash of the file; never a value of a cell, since a column
that was taken by mistake may hold names. What names no place for certain is counted as
``unknown``, or for its country alone.
"""

from __future__ import annotations

import gettext
import hashlib
import re
import secrets
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pycountry

from regengine.casefile import sheet
from regengine.casefile.case import Case
from regengine.casefile.entries import Draft, Entry
from regengine.casefile.history import Change
from regengine.errors import Fault, InputError, nearest
from regengine.people import ANYWHERE
from regengine.places import Places, UnknownPlaceError, load

KIND: Final = "count"
EVERYBODY: Final = "people"  # the one group of a table without a column of groups
OTHERS: Final = "other groups"
LARGEST: Final = 8_000_000_000  # bytes
_STEP: Final = 20_000  # rows between two words on how far it is
_REMEMBERED: Final = 50_000  # spellings of places that are looked up once
_DISTINCT: Final = 10_000  # unmatched spellings that are told apart

_COUNTRY: Final = (
    "country", "countrycode", "countryname", "countryofresidence", "residencecountry", "nation",
    "addresscountry", "billingcountry", "mailingcountry", "homecountry", "land", "pays", "pais",
    "paese", "kraj", "landcode", "iso2", "iso3",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words
_STATE: Final = (
    "state", "statecode", "province", "stateprovince", "provincestate", "region", "regioncode",
    "stateofresidence", "residencestate", "addressstate", "billingstate", "mailingstate",
    "homestate", "bundesland", "provincia", "subdivision", "stateorprovince",
)  # fmt: skip  # reason: as above
_OTHER_NAMES: Final = {
    "usa": "US", "unitedstates": "US", "unitedstatesofamerica": "US", "uk": "GB",
    "greatbritain": "GB", "england": "GB-ENG", "scotland": "GB-SCT", "wales": "GB-WLS",
    "northernireland": "GB-NIR", "kosovo": "XK", "holland": "NL", "southkorea": "KR",
    "republicofireland": "IE", "russia": "RU", "czechrepublic": "CZ", "turkey": "TR",
    "vietnam": "VN", "taiwan": "TW", "uae": "AE",
}  # fmt: skip  # reason: as above

Told = Callable[[int], None]


@dataclass(frozen=True)
class Counts:
    """Numbers of people by group and place, and what they were made from.

    ``rows`` are those below the heading. ``misaligned`` rows have more or fewer cells than
    the heading and ``unmatched`` rows name no known place: both count as ``unknown``, or for
    their country alone; ``spellings`` tells how many different ones did not match.
    ``blank`` rows at the end of the table are not counted; between others they are, as unknown.
    ``several`` people stand in places that contradict; ``unnamed`` rows have no person.
    """

    file: str
    sha256: str
    size: int
    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    rows: int
    groups: Mapping[str, Mapping[str, int]]
    unmatched: int = 0
    spellings: int = 0
    misaligned: int = 0
    several: int = 0
    unnamed: int = 0
    blank: int = 0

    @property
    def people(self) -> int:
        """How many people were counted in all groups."""
        return sum(sum(places.values()) for places in self.groups.values())

    def total(self, group: str = EVERYBODY) -> int:
        """How many people of one group were counted."""
        return sum(self.groups.get(group, {}).values())

    @property
    def source(self) -> str:
        """Name what the numbers rest on, for the record."""
        used = ", ".join(f"{kind} {name}" for kind, name in self.columns.items())
        return f"{self.file} (SHA-256 {self.sha256}), {self.rows:,} rows, by {used}"


# -- places ----------------------------------------------------------------------------


def _folded(text: str) -> str:
    """Fold a spelling: no accents, no marks, no case.

    >>> _folded(" Côte d'Ivoire ")
    'cotedivoire'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in plain if mark.isalnum())


@cache
def _countries() -> Mapping[str, str]:
    """Map codes and names of countries, in English and their other languages, to places.

    A name that means several countries in different languages means none, unless it is English.
    """
    english, local = _english_names(), dict[str, set[str]]()
    table = load()
    for country, name in _local_names():
        code = _canonical(country, table)
        if code is not None:
            local.setdefault(_folded(name), set()).add(code)
    sure = {name: min(codes) for name, codes in local.items() if name and len(codes) == 1}
    return {**sure, **_OTHER_NAMES, **english}


def _english_names() -> dict[str, str]:
    table = load()
    found: dict[str, str] = {}
    for country in pycountry.countries:
        code = _canonical(country.alpha_2, table)
        names = [getattr(country, name, None) for name in ("name", "official_name", "common_name")]
        for name in filter(None, (country.alpha_2, country.alpha_3, *names)):
            if code is not None:
                found[_folded(name)] = code
    for place in table.listed.values():
        if "-" not in place.code:
            found.setdefault(_folded(place.name), place.code)
            found[_folded(place.code)] = place.code
    for alias, code in table.aliases.items():
        if "-" not in alias:
            found.setdefault(_folded(alias), code)
    return found


def _canonical(code: str, table: Places) -> str | None:
    try:
        return table.canonical(code)
    except UnknownPlaceError:
        return None


def _local_names() -> Iterator[tuple[str, str]]:
    folder = Path(pycountry.LOCALES_DIR)
    for language in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        words = gettext.translation("iso3166-1", folder, [language], fallback=True)
        for country in pycountry.countries:
            for name in filter(None, (country.name, getattr(country, "common_name", None))):
                found = words.gettext(name)
                if found != name:
                    yield country.alpha_2, found


@cache
def _parts(country: str) -> Mapping[str, str]:
    """Map codes and names of a country's parts to places; a name of two parts means none."""
    table = load()
    found: dict[str, set[str]] = {}
    for part in pycountry.subdivisions.get(country_code=country) or ():  # type: ignore[no-untyped-call]  # reason: the library is partly typed
        code = _canonical(part.code, table)
        if code is not None:
            for name in (part.code, part.code.partition("-")[2], part.name):
                found.setdefault(_folded(name), set()).add(code)
    for place in table.listed.values():
        if place.country == country and place.code != country:
            for name in (place.code, place.code.partition("-")[2], place.name):
                found.setdefault(_folded(name), set()).add(place.code)
    return {name: min(codes) for name, codes in found.items() if name and len(codes) == 1}


def place_of(country: str, state: str, within: str | None = None) -> tuple[str, bool]:
    """Find the place that two cells name, and whether all that they say was understood.

    >>> place_of("USA", "Texas"), place_of("Österreich", ""), place_of("US", "Atlantis")
    (('US-TX', True), ('AT', True), ('US', False))
    >>> place_of("", "CA"), place_of("", "CA", within="US"), place_of("", "US-CA")
    (('unknown', False), ('US-CA', True), ('US-CA', True))

    A state alone says nothing without its country: CA may be anywhere. ``within`` is the
    country of rows that name none.
    """
    stated, part = country.strip(), state.strip()
    found = _countries().get(_folded(stated)) if stated else within
    if stated and found is None:
        found = _full_code(stated)
    if not part:
        return (found or ANYWHERE, found is not None)
    whole = _full_code(part)
    if found is None:
        return (whole, not stated) if whole and not stated else (ANYWHERE, False)
    home = found.partition("-")[0]
    inner = _parts(home).get(_folded(part))
    if inner is None and whole is not None and whole.partition("-")[0] == home:
        inner = whole
    if inner is not None:
        return inner, found in (home, inner)
    if whole is not None and whole.partition("-")[0] != home:
        return ANYWHERE, False  # two countries in one row
    return found, found != home


def _full_code(text: str) -> str | None:
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code):
        return None
    return _canonical(code, load())


# -- counting --------------------------------------------------------------------------


@dataclass
class _Columns:
    """Which column says what; -1: none."""

    country: int
    state: int
    person: int
    group: int

    def named(self, header: tuple[str, ...]) -> dict[str, str]:
        return {name: header[number] for name, number in asdict(self).items() if number >= 0}


@dataclass
class _Tally:
    """What is counted while rows go by; bounded, whatever the number of rows."""

    within: str | None
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    unmatched: int = 0
    misaligned: int = 0
    unnamed: int = 0
    rows: int = 0
    blank: int = 0
    _spellings: set[bytes] = field(default_factory=set)
    _known: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)

    @property
    def spellings(self) -> int:
        return len(self._spellings)

    def digest(self, text: str) -> bytes:
        """Hash with a key that nobody learns and that ends with the count."""
        return hashlib.blake2b(text.encode(), key=self.key, digest_size=16).digest()

    def place(self, country: str, state: str) -> str:
        cells = country, state
        found = self._known.get(cells)
        if found is None:
            found = place_of(*cells, within=self.within)
            if len(self._known) < _REMEMBERED:
                self._known[cells] = found
        place, understood = found
        if not understood:
            self.unmatched += 1
            if (country.strip() or state.strip()) and len(self._spellings) < _DISTINCT:
                self._spellings.add(self.digest(f"{country}\0{state}"))
        return place


def count_people(
    path: str | Path,
    *,
    country: str | None = None,
    state: str | None = None,
    person: str | None = None,
    group: str | None = None,
    groups: Collection[str] = (),
    within: str | None = None,
    progress: Told | None = None,
) -> Counts:
    """Count the people of a table by place; nothing of its rows is kept.

    ``country``, ``state``, ``person`` and ``group`` name columns; those of country and
    state are found by their headings where neither is given. Without ``person`` each row is
    one person; with it each is counted once, and rows without one each for themselves.
    ``groups`` are the words that the column of groups may hold; all else is counted as
    ``other groups``, unnamed. ``within`` is the country of rows that name none. ``progress``
    is told the number of rows from time to time.

    Raise ``InputError`` for a file that cannot be read and for a column that is not there.
    """
    home = _home(within)
    with sheet.opened(path, most=LARGEST) as table:
        columns = _found(table, country, state, person, group)
        tally = _Tally(home)
        rows = _seen(table, columns, tally, frozenset(groups), progress)
        several = 0
        if columns.person < 0:
            for named, place, _ in rows:
                tally.counted[named, place] += 1
        else:
            several = _once_each(rows, tally)
        if progress is not None:
            progress(tally.rows)
        by_group: dict[str, dict[str, int]] = {}
        for (named, place), number in sorted(tally.counted.items()):
            by_group.setdefault(named, {})[place] = number
        return Counts(
            file=table.name,
            sha256=table.sha256,
            size=table.size,
            encoding=table.encoding,
            delimiter=table.delimiter,
            columns=columns.named(table.header),
            rows=tally.rows,
            groups=by_group,
            unmatched=tally.unmatched,
            spellings=tally.spellings,
            misaligned=tally.misaligned,
            several=several,
            unnamed=tally.unnamed,
            blank=tally.blank,
        )


def _home(within: str | None) -> str | None:
    if within is None:
        return None
    found = _canonical(within, load())
    if found is None or "-" in found:
        raise InputError([Fault("", "within", f'"{within}" is no country')])
    return found


def _found(
    table: sheet.Sheet,
    country: str | None,
    state: str | None,
    person: str | None,
    group: str | None,
) -> _Columns:
    """Find the columns; a fault repeats no heading, since the first row may be a person's."""
    folded = [_folded(name) for name in table.header]
    faults: list[Fault] = []

    def named(name: str | None, option: str) -> int:
        if name is None:
            return -1
        fitting = [number for number, held in enumerate(folded) if held == _folded(name)]
        if len(fitting) != 1:
            many = "several columns are" if fitting else "no column is"
            faults.append(Fault(table.name, option, f'{many} called "{name}"'))
            return -1
        return fitting[0]

    def sniffed(known: tuple[str, ...], option: str) -> int:
        fitting = [number for number, held in enumerate(folded) if held in known]
        if len(fitting) > 1:
            message = f"{len(fitting)} columns may be it; say which"
            faults.append(Fault(table.name, option, message))
        return fitting[0] if fitting else -1

    if country is None and state is None:
        places = sniffed(_COUNTRY, "country"), sniffed(_STATE, "state")
    else:
        places = named(country, "country"), named(state, "state")
    made = _Columns(*places, named(person, "person"), named(group, "group"))
    if not faults and places == (-1, -1):
        message = "no heading names a country or a state; say which column does"
        faults.append(Fault(table.name, "", message))
    if faults:
        raise InputError(faults)
    return made


def _seen(
    table: sheet.Sheet,
    columns: _Columns,
    tally: _Tally,
    groups: frozenset[str],
    progress: Told | None,
) -> Iterator[tuple[str, str, str]]:
    """Give group, place and person of each row."""
    width = len(table.header)
    for row in _filled(table, tally):
        tally.rows += 1
        if progress is not None and tally.rows % _STEP == 0:
            progress(tally.rows)
        if len(row) != width:
            # Cells may have moved: no column of such a row can be trusted.
            tally.misaligned += 1
            yield (EVERYBODY if columns.group < 0 else OTHERS), ANYWHERE, ""
            continue
        country = row[columns.country] if columns.country >= 0 else ""
        state = row[columns.state] if columns.state >= 0 else ""
        named = EVERYBODY
        if columns.group >= 0:
            word = row[columns.group].strip().casefold()
            named = word if word in groups else OTHERS
        person = row[columns.person].strip() if columns.person >= 0 else ""
        yield named, tally.place(country, state), person


def _filled(table: sheet.Sheet, tally: _Tally) -> Iterator[list[str]]:
    """Give the rows; blank ones only once another follows, since tables end in such."""
    empty = [""] * len(table.header)
    for _, row in table.rows:
        if sheet.is_blank(row):
            tally.blank += 1
            continue
        while tally.blank:
            tally.blank -= 1
            yield empty
        yield row


def _once_each(rows: Iterable[tuple[str, str, str]], tally: _Tally) -> int:
    """Count each person of a group once; tell how many stand in places that contradict.

    Keyed hashes alone are set aside, in a file without a name that goes with the count, so
    that memory stays bounded; without the key they say nothing.
    """
    with closing(sqlite3.connect("")) as aside:
        aside.execute("PRAGMA journal_mode = OFF")
        aside.execute("PRAGMA synchronous = OFF")
        aside.execute("PRAGMA cache_size = -65536")  # KiB
        aside.execute(
            "CREATE TABLE seen (person BLOB, named TEXT, place TEXT, "
            "PRIMARY KEY (person, named, place)) WITHOUT ROWID"
        )
        aside.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", _hashed(rows, tally))
        several = 0
        found = aside.execute(
            "SELECT named, group_concat(place, ' ') FROM seen GROUP BY person, named"
        )
        for named, places in found:
            place, agree = _joined(places.split(" "))
            several += not agree
            tally.counted[named, place] += 1
    return several


def _hashed(
    rows: Iterable[tuple[str, str, str]], tally: _Tally
) -> Iterator[tuple[bytes, str, str]]:
    for named, place, person in rows:
        if person:
            yield tally.digest(person), named, place
        else:
            tally.unnamed += 1
            tally.counted[named, place] += 1


def _joined(places: list[str]) -> tuple[str, bool]:
    """Find the one place of a person of several rows; else the country, else unknown.

    >>> _joined(["US", "US-TX", "unknown"]), _joined(["US-CA", "US-TX"]), _joined(["FR", "DE"])
    (('US-TX', True), ('US', False), ('unknown', False))
    """
    known = {place for place in places if place != ANYWHERE}
    finest = {x for x in known if not any(y.startswith(f"{x}-") for y in known)}
    if len(finest) <= 1:
        return (min(finest) if finest else ANYWHERE), True
    countries = {place.partition("-")[0] for place in finest}
    return (min(countries) if len(countries) == 1 else ANYWHERE), False


# -- the record ------------------------------------------------------------------------


def record(case: Case, counts: Counts) -> Entry:
    """Record what was counted from which file: numbers and the hash, no row."""
    body: dict[str, Any] = {**asdict(counts), "people": counts.people}
    return case.record(Draft(kind=KIND, body=body))


def apply(
    case: Case,
    counts: Counts,
    group: str,
    *,
    learned: datetime | None = None,
    why: str | None = None,
) -> list[Change]:
    """Make the counts the people of a group, in place of all that was on record of them.

    Of a table with a column of groups, the counts of that group are taken. Raise
    ``InputError`` where there are none, and for a group that is spelled like another one.
    """
    counted = counts.groups.get(group if "group" in counts.columns else EVERYBODY)
    if not counted:
        raise InputError([Fault(counts.file, group, "nobody of this group was counted")])
    known = [held["group"] for held in case.facts().get("affected") or ()]
    near = None if group in known else nearest(group, known)
    if near is not None:
        raise InputError([Fault(case.reference, group, f'is no group; did you mean "{near}"?')])
    with case.writing():
        record(case, counts)
        return case.set(
            {f"affected.{group}.people": dict(counted)},
            learned=learned,
            source=counts.source,
            why=why,
        )
