"""A map of places by the limit of their notice to the people: a square for each, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regengine.documents.outputs import table
from regengine.documents.pages import page
from regengine.law import Period
from regengine.lawbook.digest import hours
from regengine.lawbook.in_words import period_text

_TILE, _GAP, _MARGIN, _HEAD, _LEGEND = 68, 6, 24, 66, 64
# The upper end of each class in hours, its words and its colour; dark on light, and the
# lightest tells that no number binds. Chosen to be told apart without seeing colour.
_CLASSES: tuple[tuple[float, str, str, str], ...] = (
    (10 * 24, "10 days or fewer", "#67000d", "#ffffff"),
    (30 * 24, "up to 30 days", "#c4341c", "#ffffff"),
    (45 * 24, "up to 45 days", "#ef7f4d", "#000000"),
    (60 * 24, "up to 60 days", "#fdc38d", "#000000"),
    (float("inf"), "more than 60 days", "#fee9cf", "#000000"),
)
_WORDS = ("words alone: no number", "#dfe6ee", "#000000")
_NONE = ("no general statute", "#ffffff", "#555555")


@dataclass(frozen=True, slots=True)
class Tile:
    """One place on the map; coordinates are those of its upper left corner, in pixels."""

    code: str
    name: str
    said: str
    fill: str
    ink: str
    x: int
    y: int


def drawn(area: str, title: str, found: Mapping[str, tuple[str, Period | None, bool]]) -> str:
    """Draw the map of an area.

    ``found`` gives for each place its name, the limit in numbers if there is one, and
    whether it has a notice to the people at all.
    """
    spots = {key: spot for key, spot in table("lawbook/tiles.toml")[area].items() if key != "title"}
    tiles = [_tile(code, *found[code], spots[code]) for code in sorted(spots) if code in found]
    columns = max(column for column, _ in spots.values()) + 1
    rows = max(row for _, row in spots.values()) + 1
    width = 2 * _MARGIN + columns * (_TILE + _GAP) - _GAP
    height = _HEAD + rows * (_TILE + _GAP) + _LEGEND
    return page(
        "lawbook/map.svg",
        {
            "title": title,
            "tiles": tiles,
            "size": _TILE,
            "width": width,
            "height": height,
            "legend": _legend({tile.fill for tile in tiles}, width, height - _LEGEND + 14),
        },
    )


def _tile(code: str, name: str, limit: Period | None, notice: bool, spot: Sequence[int]) -> Tile:
    _, fill, ink = _class_of(limit) if notice else _NONE
    x, y = _MARGIN + spot[0] * (_TILE + _GAP), _HEAD + spot[1] * (_TILE + _GAP)
    said = _short(limit) if notice else "none"
    return Tile(code.rpartition("-")[2], f"{name}: {_told(limit, notice)}", said, fill, ink, x, y)


def _told(limit: Period | None, notice: bool) -> str:
    if not notice:
        return _NONE[0]
    return period_text(limit) if limit is not None else _WORDS[0]


def _short(limit: Period | None) -> str:
    if limit is None:
        return "words"
    return f"{limit.amount} {'h' if limit.unit == 'hour' else 'd' if 'day' in limit.unit else limit.unit}"


def _class_of(limit: Period | None) -> tuple[str, str, str]:
    if limit is None:
        return _WORDS
    return next((words, fill, ink) for most, words, fill, ink in _CLASSES if hours(limit) <= most)


def _legend(used: set[str], width: int, y: int) -> list[dict[str, object]]:
    """Explain the colours that the map has."""
    every = [(words, fill) for _, words, fill, _ in _CLASSES]
    shown = [item for item in (*every, _WORDS[:2], _NONE[:2]) if item[1] in used]
    step = (width - 2 * _MARGIN) // 4
    return [
        {"words": words, "fill": fill, "x": _MARGIN + number % 4 * step, "y": y + number // 4 * 22}
        for number, (words, fill) in enumerate(shown)
    ]
