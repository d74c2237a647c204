"""Fonts: which are needed for a text, whether they are there, and their hashes.

A character without a glyph would come out as an empty box, unseen until the authority
reads it: so a missing font is an error that names the package to install.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from regengine.documents.outputs import table
from regengine.errors import Fault, InputError

_LAST_RESORT = "fonts-noto-extra"
_ROOTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


class MissingFontError(InputError):
    """A font that a text needs is not installed; the message names its package."""

    def __init__(self, message: str) -> None:
        super().__init__([Fault("fonts", "", message)])


@cache
def _installed() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for root in _ROOTS:
        for path in sorted(root.rglob("Noto*.[ot]t[fc]")) if root.is_dir() else ():
            found.setdefault(path.name, path)
    return found


@cache
def _covered(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415  # reason: no stubs; comes with the extra

    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap())


def _base() -> list[Path]:
    files = table("fonts.toml")
    missing = [name for name in files["base"] if name not in _installed()]
    if missing:
        message = f"font {missing[0]} is not installed: apt-get install {files['package']}"
        raise MissingFontError(message)
    return [_installed()[name] for name in files["base"]]


def _scripts(character: str) -> list[dict[str, Any]]:
    """List the fonts that may hold a character, the likeliest first."""
    point = ord(character)

    def inside(bounds: str) -> bool:
        low, high = (int(part, 16) for part in bounds.split("-"))
        return low <= point <= high

    return [x for x in table("fonts.toml")["script"] if any(map(inside, x["ranges"]))]


def _holder(character: str, scripts: list[dict[str, Any]]) -> dict[str, Any] | None:
    for script in scripts:
        path = _installed().get(script["file"])
        if path is not None and ord(character) in _covered(path):
            return script
    return None


def _shown(text: str) -> set[str]:
    """Return the characters that leave a mark on paper."""
    return {x for x in set(text) if unicodedata.category(x)[0] not in "CZ"}


def _describe(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'without a name')}"


def families(text: str) -> list[str]:
    """List the font families that a text needs beside the base fonts.

    >>> families("Datenschutzbehörde")
    []

    Raise ``MissingFontError`` where a character has no glyph in an installed font.
    """
    basic = _covered(_base()[0]) & _covered(_base()[4])
    needed: dict[str, None] = {}
    for character in sorted(_shown(text)):
        if ord(character) in basic:
            continue
        scripts = _scripts(character)
        script = _holder(character, scripts)
        if script is None:
            name = f" ({scripts[0]['name']})" if scripts else ""
            package = scripts[0]["package"] if scripts else _LAST_RESORT
            message = f"no font for {_describe(character)}{name}: apt-get install {package}"
            raise MissingFontError(message)
        needed[script["family"]] = None
    return list(needed)


@cache
def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hashes(extra: Iterable[str] = ()) -> dict[str, str]:
    """Hash the base fonts and those of the families named, by file name.

    >>> sorted(hashes())[0]
    'NotoSans-Bold.ttf'
    """
    wanted = set(extra)
    files = [x["file"] for x in table("fonts.toml")["script"] if x["family"] in wanted]
    paths = [*_base(), *(_installed()[name] for name in files)]
    return {path.name: _hash(path) for path in sorted(paths)}
