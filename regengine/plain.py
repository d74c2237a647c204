"""Text of a user's file to plain values: YAML 1.2, TOML or JSON, capped before it is built.

What comes out holds tables, lists, text, numbers, truth values and dates, nothing else,
whatever the suffix. The caps stand against files that are made to exhaust the machine:
size, depth and number of values are counted on the raw text or on the parser's events,
before any value is built. YAML aliases and tags, keys that appear twice, NaN and Infinity
are refused, since each lets a file say something else than what a reader of it sees.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import tomli

from regengine.errors import Fault, InputError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_VALUES = 50_000
SUFFIXES = (".yaml", ".yml", ".toml", ".json")

_SHOWN = 60  # characters of a found word that an error repeats

# A string that never ends runs to the end of the text, so that the scan stays linear.
_JSON_MARKS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{},]', re.DOTALL)
_TOML_MARKS = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?'
    r"|'[^'\n]*'?"
    r"|\#[^\n]*"
    r"|[\[\]{}=.,\n]",
    re.DOTALL,
)
_YAML_NULL = re.compile(r"(?:~|null|Null|NULL)?")
_YAML_TRUTH = {"true": True, "True": True, "TRUE": True} | {
    "false": False,
    "False": False,
    "FALSE": False,
}
_YAML_WHOLE = re.compile(r"[-+]?[0-9]+")
_YAML_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_YAML_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_YAML_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_YAML_TEXT_TAGS = ("!", "!!str", "tag:yaml.org,2002:str")
_MAX_DIGITS = 400


class Table(dict[str, Any]):
    """A table as it stood in the text; ``repeated`` names keys that appeared twice."""

    repeated: tuple[str, ...] = ()


class _Refused(ValueError):  # noqa: N818  # reason: carried to an InputError, never raised to a caller
    """Why a text cannot be read, without the name of the file."""


def shown(word: object) -> str:
    r"""Quote a word that was found: short, and on one line.

    >>> print(shown("a\nb"), shown("x" * 100)[-6:])
    "a\nb" xxxx…"
    """
    text = str(word)
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return json.dumps(
        "".join(mark if mark.isprintable() else _escape(mark) for mark in short),
        ensure_ascii=False,
    ).replace("\\\\", "\\")


def _escape(mark: str) -> str:
    return mark.encode("unicode_escape").decode("ascii")


def read_file(path: Path) -> dict[str, Any]:
    """Read a file by its suffix; raise ``InputError`` with one clear line if it cannot be.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "case.yaml")
    ...     _ = file.write_text("country: NO")
    ...     read_file(file)
    {'country': 'NO'}
    """
    file = str(path)
    try:
        text = _text_of(path)
    except _Refused as refused:
        raise InputError([Fault(file, "", str(refused))]) from None
    return read_text(text, path.suffix.lower(), file)


def _text_of(path: Path) -> str:
    if path.suffix.lower() not in SUFFIXES:
        suffix = f"found {shown(path.suffix)}" if path.suffix else "found none"
        message = f"unknown kind of file; {suffix}, allowed: {', '.join(SUFFIXES)}"
        raise _Refused(message)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        message = "no such file"
        raise _Refused(message) from None
    except IsADirectoryError:
        message = "a folder, not a file"
        raise _Refused(message) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a file name"
        message = f"cannot be read: {str(reason or error).lower()}"
        raise _Refused(message) from None
    if len(raw) > MAX_BYTES:
        message = f"larger than {MAX_BYTES:,} bytes"
        raise _Refused(message)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text (byte {error.start + 1})"
        raise _Refused(message) from None


def read_text(text: str, suffix: str, file: str) -> dict[str, Any]:
    """Read a text as ``.yaml``, ``.yml``, ``.toml`` or ``.json``.

    >>> read_text("people = { NO = 5 }", ".toml", "case.toml")
    {'people': {'NO': 5}}

    Raise ``InputError`` with every fault found: the parser's one, or all that the built
    values show.
    """
    try:
        data = _parse(text, suffix)
    except _Refused as refused:
        raise InputError([Fault(file, "", str(refused))]) from None
    faults = [Fault(file, place, message) for place, message in unfit(data)]
    if faults:
        raise InputError(faults)
    return data


def _parse(text: str, suffix: str) -> dict[str, Any]:
    if not text.strip():
        message = "the file is empty"
        raise _Refused(message)
    data = {".toml": read_toml, ".json": _json}.get(suffix, _yaml)(text)
    if not isinstance(data, dict):
        message = f"expected a table of fields, found {kind(data)}"
        raise _Refused(message)
    return data


def kind(value: object) -> str:
    """Name the kind of a value for an error.

    >>> kind([]), kind(3), kind("a")
    ('a list', '3', '"a"')
    """
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping | list | tuple):
        return "a table" if isinstance(value, Mapping) else "a list"
    if isinstance(value, int) and abs(value) > 10**_SHOWN:
        return "a very large number"
    return str(value)[:_SHOWN]


def unfit(data: object) -> Iterator[tuple[str, str]]:
    """Find what no file may hold in values that are built: each place with its fault.

    >>> list(unfit({"records": float("nan")}))
    [('records', 'NaN and Infinity are not allowed')]
    """
    count = 0
    stack: list[tuple[str, object, int]] = [("", data, 0)]
    while stack:
        place, value, depth = stack.pop()
        count += 1
        if count > MAX_VALUES:
            yield "", f"more than {MAX_VALUES:,} values"
            return
        if depth > MAX_DEPTH:
            yield "", f"nested deeper than {MAX_DEPTH}"
            return
        yield from _unfit_value(place, value)
        stack.extend(reversed([(*member, depth + 1) for member in _members(place, value)]))


def _members(place: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, Mapping):
        return [(inside(place, key), held) for key, held in value.items()]
    if isinstance(value, list | tuple):
        return [(f"{place}[{index}]", held) for index, held in enumerate(value)]
    return []


def inside(place: str, key: object) -> str:
    """Name the place of a key in a table.

    >>> inside("affected[0].people", "US-CA")
    'affected[0].people.US-CA'
    """
    name = shown(key)[1:-1]
    return f"{place}.{name}" if place else name


def _unfit_value(place: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key in getattr(value, "repeated", ()):
            yield inside(place, key), "appears twice; write it once"
        for key in value:
            if not isinstance(key, str):
                yield inside(place, key), "a key must be text"
    elif isinstance(value, float) and not math.isfinite(value):
        yield place, "NaN and Infinity are not allowed"
    elif not (value is None or isinstance(value, str | int | float | date | list | tuple)):
        yield place, f"expected text, a number, a date, a list or a table, found {kind(value)}"


# -- JSON -------------------------------------------------------------------------


def _json(text: str) -> object:
    depth = 0
    for count, match in enumerate(_JSON_MARKS.finditer(text)):
        mark = match[0]
        depth += (mark in "[{") - (mark in "]}") if len(mark) == 1 else 0
        _cap(depth, count)
    try:
        return json.loads(text, object_pairs_hook=_table)
    except json.JSONDecodeError as error:
        message = f"line {error.lineno}, column {error.colno}: {_lower(error.msg)}"
        raise _Refused(message) from None
    except (ValueError, RecursionError):
        message = "a number with too many digits"
        raise _Refused(message) from None


def _table(pairs: list[tuple[str, Any]]) -> Table:
    table = Table(pairs)
    if len(table) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        table.repeated = tuple(name for name, count in counts.items() if count > 1)
    return table


def _cap(depth: int, count: int) -> None:
    if depth > MAX_DEPTH:
        message = f"nested deeper than {MAX_DEPTH}"
        raise _Refused(message)
    if count > 2 * MAX_VALUES:
        message = f"more than {MAX_VALUES:,} values"
        raise _Refused(message)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


# -- TOML -------------------------------------------------------------------------


def read_toml(text: str) -> dict[str, Any]:
    """Read a text as TOML; raise ``ValueError`` with one line if it cannot be.

    >>> read_toml("people = { NO = 5 }")
    {'people': {'NO': 5}}
    """
    depth = dots = 0
    for count, match in enumerate(_TOML_MARKS.finditer(text)):
        mark = match[0]
        if len(mark) > 1:
            continue
        depth += (mark in "[{") - (mark in "]}")
        dots = dots + 1 if mark == "." else 0
        _cap(max(depth, dots), count)
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise _Refused(_lower(str(error))) from None
    except (ValueError, RecursionError) as error:
        message = f"cannot be read as TOML: {_lower(str(error))}"
        raise _Refused(message) from None


# -- YAML -------------------------------------------------------------------------


def _yaml(text: str) -> object:
    # reason: only YAML needs it, and it is the slowest import of a reading
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    builder = _YamlBuilder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = error.problem or error.context or "cannot be read as YAML"
        message = f"{where}{_lower(' '.join(problem.split()))}"
        raise _Refused(message) from None
    except YAMLError as error:
        message = f"cannot be read as YAML: {_lower(str(error).splitlines()[0])}"
        raise _Refused(message) from None
    return builder.result()


class _YamlBuilder:
    """Build plain values from the parser's events, by the core schema of YAML 1.2.

    Dates stay text here: which texts are dates is one question for all three formats.
    """

    def __init__(self) -> None:
        self.documents = 0
        self.count = 0
        self.root: object = None
        # Each open list or table, with the key that waits for its value.
        self.open: list[tuple[list[Any] | Table, list[str]]] = []

    def take(self, event: Any) -> None:
        name = type(event).__name__
        line = event.start_mark.line + 1
        if name == "AliasEvent" or getattr(event, "anchor", None) is not None:
            message = f"line {line}: anchors and aliases (& and *) are not allowed"
            raise _Refused(message)
        if name == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                message = f"line {line}: a second document (---) is not allowed"
                raise _Refused(message)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self._begin(Table() if name.startswith("M") else [], event, line)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self.open.pop()
        elif name == "ScalarEvent":
            self._scalar(event, line)

    def result(self) -> object:
        return self.root

    def _begin(self, made: list[Any] | Table, event: Any, line: int) -> None:
        tag = _tag_of(event)
        if tag is not None and tag != "!":
            self._refuse_tag(tag, line)
        if self._awaits_key():
            message = f"line {line}: a key must be text"
            raise _Refused(message)
        self._put(made)
        self.open.append((made, []))
        _cap(len(self.open), self.count)

    def _scalar(self, event: Any, line: int) -> None:
        tag = _tag_of(event)
        if tag is not None and tag not in _YAML_TEXT_TAGS:
            self._refuse_tag(tag, line)
        if self._awaits_key():
            self.open[-1][1].append(event.value)
            return
        plain = tag is None and event.style in (None, "")
        self._put(_plain_scalar(event.value, line) if plain else event.value)

    def _refuse_tag(self, tag: str, line: int) -> None:
        message = f"line {line}: tags are not allowed, found {shown(tag)}"
        raise _Refused(message)

    def _awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][0], Table) and not self.open[-1][1]

    def _put(self, value: object) -> None:
        self.count += 1
        _cap(len(self.open), self.count)
        if not self.open:
            self.root = value
            return
        holder, keys = self.open[-1]
        if isinstance(holder, list):
            holder.append(value)
            return
        key = keys.pop()
        if key in holder and key not in holder.repeated:
            holder.repeated = (*holder.repeated, key)
        holder[key] = value


def _tag_of(event: Any) -> str | None:
    tag = getattr(event, "tag", None)
    return None if tag is None else str(tag)


def _plain_scalar(text: str, line: int) -> object:
    """Resolve an unquoted scalar by the core schema: only true and false are truths."""
    if _YAML_NULL.fullmatch(text):
        return None
    if text in _YAML_TRUTH:
        return _YAML_TRUTH[text]
    if _YAML_ENDLESS.fullmatch(text):
        return math.nan
    number = _YAML_WHOLE.fullmatch(text) or _YAML_NUMBER.fullmatch(text)
    if number and len(text) > _MAX_DIGITS:
        message = f"line {line}: a number with too many digits"
        raise _Refused(message)
    if _YAML_WHOLE.fullmatch(text):
        return int(text)
    if _YAML_BASED.fullmatch(text) and len(text) <= _MAX_DIGITS:
        return int(text, 0)
    return float(text) if number else text
