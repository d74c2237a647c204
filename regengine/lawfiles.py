"""Law files as bytes and as TOML: found in their folders, read within limits, parsed when asked.

What a file of the package declares is looked up by the lines that say so, as all of them
write it; a file of any other folder is parsed, for TOML lets the same be written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from regengine import plain
from regengine.errors import Fault, LawError

# Lines by which a file says what it declares.
_PLACE_LINE = re.compile(rb'^place = "([A-Z0-9-]{2,6})"\s*$', re.MULTILINE)
# What may begin a declaration, and the line that declares one as all our files write it.
_DECLARING = {
    "authority": (
        re.compile(rb"\[\s*authority|^\s*authority\s*=|\"authority\"", re.MULTILINE),
        re.compile(rb'^\[\[authority\]\]\nid = "([a-z0-9_.]+)"$', re.MULTILINE),
    ),
    "counting": (
        re.compile(rb"\[\s*counting|^\s*counting\s*[.=]|\"counting\"", re.MULTILINE),
        re.compile(rb'^\[counting\."([a-z0-9_.]+)"\]$', re.MULTILINE),
    ),
    "obligation": (
        re.compile(rb"^\[\[\s*obligation\s*\]\]|^obligation\s*=", re.MULTILINE),
        re.compile(rb'^\[\[obligation\]\]\nid = "([A-Za-z0-9._-]+)"$', re.MULTILINE),
    ),
    "calendars": (
        re.compile(rb"\[\s*calendars|^\s*calendars\s*[.=]|\"calendars\"", re.MULTILINE),
        re.compile(rb'^\[calendars\."([a-z0-9_.]+)"\]$', re.MULTILINE),
    ),
}
# Where the duties of a law file begin, and what belongs before them.
_BODY = re.compile(rb"^\[\[\s*(obligation|overlay)\s*\]\]", re.MULTILINE)
_HEAD = re.compile(rb"^\[+\s*(?:protected|condition|judgement|regime)\b", re.MULTILINE)
_VERIFIED = re.compile(rb"^verified = (\d{4}-\d{2}-\d{2})\s*$", re.MULTILINE)
MAX_LAW_FILE = 4_000_000  # bytes
_FILE_NAME = re.compile(r"[A-Za-z0-9_./-]+")
# A terminal obeys these; in TOML those below \x80 can only stand as escapes.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PERHAPS_CONTROL = re.compile(r"\\|[\x80-\x9f]")


@dataclass(frozen=True)
class RawFile:
    """One TOML file as read: its name without suffix (``us/ca``), path and content.

    Most files are never asked for in one matter: a file is parsed when its content is. With
    ``by_lines`` what it declares is first looked up by the lines that say so.
    """

    name: str
    path: Path
    content: bytes = field(repr=False)
    by_lines: bool = False

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The content; raise ``LawError`` where it is no TOML."""
        return _toml(self.path, self.content)

    @cached_property
    def place(self) -> str:
        """The place that the file says it is about."""
        line = _PLACE_LINE.search(self.content) if self.by_lines else None
        found = line[1].decode() if line else self.data.get("place")
        return found if isinstance(found, str) else ""

    def declares(self, kind: str) -> set[str]:
        """List the ids of authorities, counting rules or calendars that the file declares."""
        if self.by_lines:
            header, line = _DECLARING[kind]
            found = {match[1].decode() for match in line.finditer(self.content)}
            if len(found) == len(header.findall(self.content)):
                return found
        if kind == "authority":
            return set(self._ids(kind))
        held = self.data.get(kind)
        return set(held) if isinstance(held, dict) else set()

    @cached_property
    def head(self) -> Mapping[str, Any]:
        """What stands before the duties: titles, definitions, conditions, judgements, regimes.

        The whole content where the file has another order.
        """
        body = _BODY.search(self.content) if self.by_lines else None
        if body is None or _HEAD.search(self.content, body.start()):
            return self.data
        try:
            return _toml(self.path, self.content[: body.start()])
        except LawError:  # a text that only looks like the beginning of the duties
            return self.data

    @cached_property
    def tables(self) -> frozenset[str]:
        """Which of obligations and overlays the file has."""
        if self.by_lines:
            found = frozenset(match[1].decode() for match in _BODY.finditer(self.content))
            if found:
                return found
        return frozenset({"obligation", "overlay"} & self.data.keys())

    @cached_property
    def duties(self) -> tuple[str, ...]:
        """The ids of its obligations, in order."""
        found = tuple(dict.fromkeys(self._declared_in_order("obligation")))
        if found or "obligation" not in self.tables:
            return found
        return tuple(self._ids("obligation"))

    def _ids(self, kind: str) -> list[str]:
        """List the ids of the members of a table, of a file that may have faults."""
        held = self.data.get(kind)
        members = held if isinstance(held, list) else []
        found = [item.get("id") for item in members if isinstance(item, dict)]
        return [each for each in found if isinstance(each, str)]

    def _declared_in_order(self, kind: str) -> list[str]:
        if not self.by_lines:
            return []
        header, line = _DECLARING[kind]
        found = [match[1].decode() for match in line.finditer(self.content)]
        return found if len(found) == len(header.findall(self.content)) else []

    @property
    def read_on(self) -> Iterator[date]:
        """The days on which its texts were verified."""
        for match in _VERIFIED.finditer(self.content):
            yield date.fromisoformat(match[1].decode())

    @property
    def words(self) -> str:
        """The text without its comments."""
        lines = self.content.decode("utf-8", "replace").splitlines()
        return "\n".join(line for line in lines if not line.startswith("#"))


def read_folder(folder: Path, *, by_lines: bool = False) -> Iterator[RawFile]:
    """Read every law file of a folder; refuse what leads out of it or has an odd name.

    ``by_lines``: the files are known to declare things as the package's own do.
    """
    home = folder.resolve()
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if _FILE_NAME.fullmatch(name) is None:
            message = "the name of a law file has letters, digits, _, - and . alone"
            raise LawError([Fault(str(path), "", message)])
        if not path.resolve().is_relative_to(home):
            raise LawError([Fault(str(path), "", "leads out of the folder of law")])
        yield RawFile(name, path, _content(path), by_lines)


def read_toml(path: Path) -> dict[str, Any]:
    """Read one law file; raise ``LawError`` with one line where it cannot be."""
    return _toml(path, _content(path))


def _content(path: Path) -> bytes:
    """Read the bytes of a law file, never more than one may have."""
    try:
        if path.exists() and not path.is_file():  # a pipe or device would never end
            raise LawError([Fault(str(path), "", "is no regular file")])
        with path.open("rb") as file:
            content = file.read(MAX_LAW_FILE + 1)
    except OSError as error:
        raise LawError([Fault(str(path), "", f"cannot be read: {error.strerror}")]) from None
    if len(content) > MAX_LAW_FILE:
        message = f"a law file has at most {MAX_LAW_FILE} bytes"
        raise LawError([Fault(str(path), "", message)])
    return content


def _toml(path: Path, content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8")
        data = plain.read_toml(text)
    except ValueError as error:
        raise LawError([Fault(str(path), "", f"cannot be read as TOML: {error}")]) from None
    if _PERHAPS_CONTROL.search(text) and any(_CONTROL.search(found) for found in _texts(data)):
        raise LawError([Fault(str(path), "", "holds a control character")])
    return data


def _texts(value: object) -> Iterator[str]:
    """Walk every text of a law file, and every key."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
