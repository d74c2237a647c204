"""The kinds of value in an incident file: how each is read, written and described.

One object per kind does all three, so that the reader, the writer and the published JSON
Schema cannot drift apart. Reading never raises: it notes each fault with its place and goes
on, so that one run reports them all. A value that is absent, empty or ``unknown`` never
reaches a leaf, unless the leaf says that it keeps unknown.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from regengine.calendars import zones
from regengine.errors import Fault, suggest
from regengine.facts import Moment, Vocabulary
from regengine.places import UnknownPlaceError
from regengine.plain import inside, kind, shown
from regengine.truth import Range

if TYPE_CHECKING:
    from pydantic import BaseModel

UNKNOWN = "unknown"
MAX_LINE = 500
MAX_TEXT = 20_000
MAX_COUNT = 10**11
MAX_NUMBER = 10**15
MAX_FAULTS = 300
YEARS = (1970, 2199)

_LISTED = 12  # a vocabulary up to this size is listed in full
_YEAR = r"(?:19[7-9][0-9]|2[01][0-9]{2})"
_DAY = rf"{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_OFFSET = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_MONTH = rf"{_YEAR}-(?:0[1-9]|1[0-2])"
_POINT = re.compile(rf"{_MONTH}|{_DAY}|{_DAY}[T ]{_CLOCK}{_OFFSET}?")
# What is meant as a point in time, whether or not there is such a one.
_MEANT = re.compile(
    r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}[0-9:.]*(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)?"
)
_MOMENT_FORM = rf"^{_MONTH}$|^{_DAY}$|^{_DAY}[T ]{_CLOCK}{_OFFSET}$"
_PLACE_FORM = r"^(?:EEA|[A-Z]{2}(?:-[A-Z0-9]{1,3})?)$"
# Control characters, halves of pairs, noncharacters (no PDF or DOCX may hold them), and
# marks that turn the text around them, so that a filing reads otherwise than it is written.
_UNUSABLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\ufffe\uffff"
_NOT_IN_TEXT = re.compile(f"[{_UNUSABLE}]")
_NOT_IN_LINE = re.compile(f"[\t\n{_UNUSABLE}]")

Schema = dict[str, Any]


class TooManyFaultsError(Exception):
    """The limit of faults that one reading reports."""


@dataclass
class Reading:
    """One reading of one file: the words it may use and the faults found so far."""

    file: str
    words: Vocabulary
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: str, message: str) -> None:
        """Note one fault and go on; raise ``TooManyFaultsError`` past the limit."""
        self.faults.append(Fault(self.file, place, message))
        if len(self.faults) >= MAX_FAULTS:
            raise TooManyFaultsError


def is_unknown(value: object) -> bool:
    """Tell whether a value of a file stands for "not known yet".

    >>> is_unknown(None), is_unknown("unknown"), is_unknown(False)
    (True, True, False)
    """
    return value is None or (isinstance(value, str) and value in (UNKNOWN, ""))


def or_unknown(schema: Schema) -> Schema:
    """Describe a value that may be unknown as well."""
    return {"anyOf": [schema, {"$ref": "#/$defs/unknown"}]}


class Leaf(ABC):
    """One kind of value."""

    @abstractmethod
    def read(self, reading: Reading, place: str, value: Any) -> Any:
        """Return the value as the models hold it, or note a fault and return ``None``."""

    def write(self, value: Any) -> Any:
        """Return the value as a file holds it."""
        return value

    @abstractmethod
    def schema(self, words: Vocabulary | None) -> Schema:
        """Describe what ``read`` accepts, as far as JSON Schema can say it."""


@dataclass(frozen=True)
class Truth(Leaf):
    """True or false."""

    def read(self, reading: Reading, place: str, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        reading.fault(place, f"expected true, false or unknown, found {kind(value)}")
        return None

    def schema(self, words: Vocabulary | None) -> Schema:  # noqa: ARG002  # reason: not a word
        return {"type": "boolean"}


@dataclass(frozen=True)
class Text(Leaf):
    """Words of the user: one line, or several."""

    lines: bool = False

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        if not isinstance(value, str):
            quotes = "; put it in quotes" if isinstance(value, int | float | date) else ""
            reading.fault(place, f"expected text, found {kind(value)}{quotes}")
            return None
        text = value.replace("\r\n", "\n").strip()
        most = MAX_TEXT if self.lines else MAX_LINE
        if len(text) > most:
            reading.fault(place, f"longer than {most:,} characters ({len(text):,})")
            return None
        unusable = (_NOT_IN_TEXT if self.lines else _NOT_IN_LINE).search(text)
        if unusable is not None:
            mark = unusable[0]
            name = "a line break" if mark == "\n" else f"the character U+{ord(mark):04X}"
            reading.fault(place, f"{name} is not allowed here")
            return None
        return text or None

    def schema(self, words: Vocabulary | None) -> Schema:  # noqa: ARG002  # reason: free text
        return {"type": "string", "maxLength": MAX_TEXT if self.lines else MAX_LINE}


@dataclass(frozen=True)
class Form(Leaf):
    """A short text of a stated form, such as an id."""

    pattern: str
    says: str

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            return value
        reading.fault(place, f"expected {self.says}, found {kind(value)}")
        return None

    def schema(self, words: Vocabulary | None) -> Schema:  # noqa: ARG002  # reason: a fixed form
        return {"type": "string", "pattern": f"^{self.pattern}$"}


@dataclass(frozen=True)
class Word(Leaf):
    """A word of a vocabulary, fixed or of the law corpus."""

    noun: str
    fixed: tuple[str, ...] = ()
    of: Callable[[Vocabulary], Collection[str]] | None = None
    form: str = r"^[a-z][a-z0-9_.-]*$"

    def allowed(self, words: Vocabulary) -> Collection[str]:
        return self.fixed if self.of is None else self.of(words)

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        allowed = self.allowed(reading.words)
        if isinstance(value, str) and value in allowed:
            return value
        if not isinstance(value, str):
            reading.fault(place, f"expected {_article(self.noun)}, found {kind(value)}")
        else:
            reading.fault(place, not_a_word(self.noun, value, allowed))
        return None

    def schema(self, words: Vocabulary | None) -> Schema:
        if self.of is None:
            return {"enum": list(self.fixed)}
        if words is None:
            return {"type": "string", "pattern": self.form}
        return {"enum": sorted(self.of(words))}


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def not_a_word(noun: str, word: str, allowed: Collection[str]) -> str:
    """Say that a word is not in its vocabulary, with the nearest or all that are.

    >>> not_a_word("element", "emial", ["email"])
    'unknown element "emial"; allowed: email; did you mean "email"?'
    """
    names = allowed if isinstance(allowed, Sequence) else sorted(allowed)
    listed = f"; allowed: {', '.join(names)}" if 0 < len(names) <= _LISTED else ""
    hint = suggest(word, names) if len(word) <= MAX_LINE else ""
    return f"unknown {noun} {shown(word)}{listed}{hint}"


@dataclass(frozen=True)
class PlaceCode(Leaf):
    """A place, folded to its canonical code.

    ``areas``: EU and EEA may stand here. ``within``: the place must lie there.
    ``unknown_too``: people may live in a place that is unknown.
    """

    areas: bool = False
    within: str | None = None
    unknown_too: bool = False

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        if not isinstance(value, str):
            reading.fault(place, f"expected the code of a place, found {kind(value)}")
            return None
        if self.unknown_too and value == UNKNOWN:
            return value
        try:
            code = reading.words.places.canonical(value[:MAX_LINE])
        except UnknownPlaceError as error:
            message = (
                str(error) if len(value) <= len("US-XXX") * 2 else f"unknown place {kind(value)}"
            )
            reading.fault(place, message)
            return None
        if not self.areas and reading.words.places[code].is_area:
            reading.fault(place, f"{code} is an area; name one country of it")
            return None
        if self.within and not reading.words.places.within(code, self.within):
            reading.fault(place, f"expected a place in the {self.within}, found {shown(value)}")
            return None
        return code

    def schema(self, words: Vocabulary | None) -> Schema:  # noqa: ARG002  # reason: more codes than a list should hold
        form = {"type": "string", "pattern": _PLACE_FORM}
        return {"anyOf": [form, {"const": UNKNOWN}]} if self.unknown_too else form


@dataclass(frozen=True)
class Zone(Leaf):
    """An IANA zone."""

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        if isinstance(value, str) and value in zones():
            return value
        hint = (
            suggest(value, sorted(zones()))
            if isinstance(value, str) and len(value) < MAX_LINE
            else ""
        )
        reading.fault(place, f"unknown zone {kind(value)}{hint}")
        return None

    def schema(self, words: Vocabulary | None) -> Schema:  # noqa: ARG002  # reason: the zones change with tzdata
        return {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9_+/-]*$"}


@dataclass(frozen=True)
class When(Leaf):
    """An instant with offset, a date, or a month; dates of TOML and Python as well."""

    def read(self, reading: Reading, place: str, value: Any) -> Moment | None:
        made = _moment(value)
        if isinstance(made, Moment):
            return made
        reading.fault(place, made)
        return None

    def write(self, value: Moment) -> str:
        if value.at is not None:
            return value.at.isoformat()
        text = str(value.day)
        return text[: len("2026-11")] if value.precision == "month" else text

    def schema(self, words: Vocabulary | None) -> Schema:  # noqa: ARG002  # reason: no word
        return {"type": "string", "pattern": _MOMENT_FORM}


def _moment(value: Any) -> Moment | str:
    """Read a point in time, or say what is wrong with it."""
    if isinstance(value, date):
        return _dated(value)
    if not isinstance(value, str):
        return f"expected an instant, a date or a month, found {kind(value)}"
    text = value
    if not _MEANT.fullmatch(text):
        forms = '"2026-11-20T16:30:00+00:00", "2026-11-20" or "2026-11"'
        expected = f"expected an instant with offset, a date or a month ({forms})"
        return f"{expected}, found {shown(text)}"
    if not YEARS[0] <= int(text[:4]) <= YEARS[1]:
        return f"expected a year from {YEARS[0]} to {YEARS[1]}, found {shown(text)}"
    try:
        return _parsed(text)
    except ValueError:
        return f"no such date or time: {shown(text)}"


def _parsed(text: str) -> Moment | str:
    # Stricter than Python, which takes the hour 24 in some versions, and any offset.
    if not _POINT.fullmatch(text):
        raise ValueError(text)
    if len(text) == len("2026-11"):
        return Moment(day=date.fromisoformat(f"{text}-01"), precision="month")
    day = len(text) == len("2026-11-20")
    return _dated(date.fromisoformat(text) if day else datetime.fromisoformat(text))


def _dated(value: date) -> Moment | str:
    if not YEARS[0] <= value.year <= YEARS[1]:
        return f"expected a year from {YEARS[0]} to {YEARS[1]}, found {value.isoformat()}"
    if isinstance(value, datetime) and value.utcoffset() is None:
        written = f'write "{value.isoformat()}+00:00" with the offset that held'
        return f"an instant needs an offset: {written}, or the date alone"
    return Moment.of(value)


@dataclass(frozen=True)
class Number(Leaf):
    """A number of nought or more; ``whole``: no fractions."""

    whole: bool = False

    def read(self, reading: Reading, place: str, value: Any) -> float | None:
        allowed = isinstance(value, int) or (isinstance(value, float) and not self.whole)
        if isinstance(value, bool) or not allowed:
            expected = "a whole number" if self.whole else "a number"
            reading.fault(place, f"expected {expected}, found {kind(value)}")
        elif not 0 <= value <= MAX_NUMBER:
            reading.fault(place, f"expected 0 to {MAX_NUMBER:,}, found {kind(value)}")
        else:
            return float(value) if isinstance(value, float) else int(value)
        return None

    def write(self, value: float) -> float:
        return int(value) if value == int(value) else value

    def schema(self, words: Vocabulary | None) -> Schema:  # noqa: ARG002  # reason: no word
        return {"type": "integer" if self.whole else "number", "minimum": 0, "maximum": MAX_NUMBER}


@dataclass(frozen=True)
class Count(Leaf):
    """A number of people or things: exact, or a range of which bounds may be unknown."""

    def read(self, reading: Reading, place: str, value: Any) -> Range | None:
        if not isinstance(value, Mapping):
            number = self._number(reading, place, value)
            return None if number is None else Range.exactly(number)
        found = {}
        for key, bound in value.items():
            if key not in ("at_least", "at_most"):
                reading.fault(inside(place, key), "unknown field; allowed: at_least, at_most")
            elif not is_unknown(bound):
                found[key] = self._number(reading, inside(place, key), bound)
        low, high = found.get("at_least") or 0, found.get("at_most")
        if high is not None and low > high:
            reading.fault(place, f"at_least {low} is more than at_most {high}")
        return Range(low, high)

    def _number(self, reading: Reading, place: str, value: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            allowed = "a whole number, {at_least, at_most} or unknown"
            reading.fault(place, f"expected {allowed}, found {kind(value)}")
        elif not 0 <= value <= MAX_COUNT:
            reading.fault(place, f"expected 0 to {MAX_COUNT:,}, found {kind(value)}")
        else:
            return value
        return None

    def write(self, value: Range) -> Any:
        if value == Range():
            return UNKNOWN
        if value.at_least == value.at_most:
            return int(value.at_least)
        bounds = {"at_least": value.at_least or None, "at_most": value.at_most}
        return {key: int(bound) for key, bound in bounds.items() if bound is not None}

    def schema(self, words: Vocabulary | None) -> Schema:  # noqa: ARG002  # reason: no word
        return {"$ref": "#/$defs/count"}


@dataclass(frozen=True)
class Several(Leaf):
    """A list; each member once. ``alone``: a single member may stand without a list."""

    item: Leaf
    alone: bool = False
    fold: bool = True
    least: int = 0

    def read(self, reading: Reading, place: str, value: Any) -> tuple[Any, ...] | None:
        if not isinstance(value, list | tuple):
            if self.alone:
                return (self.item.read(reading, place, value),)
            reading.fault(place, f"expected a list, found {kind(value)}")
            return None
        if len(value) < self.least:
            reading.fault(place, "an empty list; leave it out or write unknown")
        made = []
        for index, member in enumerate(value):
            at = f"{place}[{index}]"
            if is_unknown(member):
                instead = "leave the list out or write unknown for all of it"
                reading.fault(at, f"a list cannot hold unknown; {instead}")
            else:
                made.append(self.item.read(reading, at, member))
        return tuple(dict.fromkeys(made)) if self.fold else tuple(made)

    def write(self, value: Sequence[Any]) -> list[Any]:
        return [self.item.write(member) for member in value]

    def schema(self, words: Vocabulary | None) -> Schema:
        item = self.item.schema(words)
        listed: Schema = {"type": "array", "items": item}
        if self.least:
            listed["minItems"] = self.least
        if isinstance(self.item, Word | Form | PlaceCode | Text):
            listed["items"] = {"allOf": [item, {"not": {"enum": [UNKNOWN, ""]}}]}
        return {"anyOf": [item, listed]} if self.alone else listed


@dataclass(frozen=True)
class Either(Leaf):
    """A truth value, or a list."""

    listed: Several

    def read(self, reading: Reading, place: str, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return self.listed.read(reading, place, value)
        if isinstance(value, bool):
            return value
        reading.fault(place, f"expected true, false, unknown or a list, found {kind(value)}")
        return None

    def write(self, value: Any) -> Any:
        return value if isinstance(value, bool) else self.listed.write(value)

    def schema(self, words: Vocabulary | None) -> Schema:
        return {"anyOf": [{"type": "boolean"}, self.listed.schema(words)]}


@dataclass(frozen=True)
class Keyed(Leaf):
    """A table whose keys are words; ``unknown`` is what an unknown value of it becomes."""

    key: Leaf
    value: Leaf
    unknown: object = None

    def read(self, reading: Reading, place: str, value: Any) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            reading.fault(place, f"expected a table, found {kind(value)}")
            return None
        made: dict[str, Any] = {}
        spelled: dict[str, str] = {}
        for name, held in value.items():
            at = inside(place, name)
            key = self.key.read(reading, at, name)
            if key is None:
                continue
            if key in spelled:
                reading.fault(
                    at, f"{shown(name)} and {shown(spelled[key])} are the same; write one"
                )
            spelled[key] = name
            found = self.unknown if is_unknown(held) else self.value.read(reading, at, held)
            if found is not None:
                made[key] = found
        return made

    def write(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self.value.write(held) for key, held in value.items()}

    def schema(self, words: Vocabulary | None) -> Schema:
        return {
            "type": "object",
            "propertyNames": self.key.schema(words),
            "additionalProperties": or_unknown(self.value.schema(words)),
        }


@dataclass(frozen=True)
class Field:
    """One field of a table: its kind, what it means, and whether it must be there."""

    leaf: Leaf
    means: str
    required: bool = False
    keeps_unknown: bool = False
    attribute: str | None = None


@dataclass(frozen=True)
class Record(Leaf):
    """A table with named fields; ``check`` looks at the fields together."""

    fields: Mapping[str, Field]
    check: Callable[[Reading, str, dict[str, Any]], None] | None = None

    def read(self, reading: Reading, place: str, value: Any) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            reading.fault(place, f"expected a table of fields, found {kind(value)}")
            return None
        made: dict[str, Any] = {}
        for name, held in value.items():
            at = inside(place, name)
            stated = self.fields.get(name) if isinstance(name, str) else None
            if stated is None:
                reading.fault(at, self._unknown_field(name))
            elif not is_unknown(held) or (stated.keeps_unknown and held is not None):
                found = stated.leaf.read(reading, at, held)
                if found is not None and found != Range():
                    made[name] = found
        for name, stated in self.fields.items():
            stands = value.get(name)
            blank = isinstance(stands, str) and not stands.strip()
            if stated.required and (is_unknown(stands) or blank):
                reading.fault(inside(place, name), "is required")
        if self.check is not None:
            self.check(reading, place, made)
        return made

    def _unknown_field(self, name: object) -> str:
        names = tuple(self.fields)
        listed = f"; allowed: {', '.join(names)}" if len(names) <= _LISTED else ""
        return f"unknown field{listed}{suggest(str(name)[:MAX_LINE], names)}"

    def write(self, value: BaseModel) -> dict[str, Any]:
        models = type(value).model_fields
        made = {}
        for name, stated in self.fields.items():
            attribute = stated.attribute or name
            held = getattr(value, attribute)
            default = models[attribute].get_default(call_default_factory=True)
            if held is not None and (stated.required or held != default):
                made[name] = stated.leaf.write(held)
        return made

    def schema(self, words: Vocabulary | None) -> Schema:
        properties = {}
        for name, stated in self.fields.items():
            held = stated.leaf.schema(words)
            known = {"allOf": [held, {"not": {"$ref": "#/$defs/unknown"}}]}
            shape = known if stated.required else or_unknown(held)
            properties[name] = {"description": stated.means, **shape}
        required = [name for name, stated in self.fields.items() if stated.required]
        return {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
            **({"required": required} if required else {}),
        }


def utc(value: datetime) -> str:
    """Write an aware instant in UTC.

    >>> utc(datetime(2026, 11, 20, 16, 30, tzinfo=UTC))
    '2026-11-20T16:30:00+00:00'
    """
    return value.astimezone(UTC).isoformat()
