"""A map of places by the limit of a notice: a square for each place, as SVG."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from regengine.documents.outputs import table
from regengine.documents.pages import page
from regengine.law import Period
from regengine.lawbook.digest import hours
from regengine.lawbook.in_words import period_text

_TILE, _GAP, _MARGIN, _HEAD = 68, 6, 24, 66
_LINE = 22  # of the legend, which has four columns
# Fill and ink of each class of limit, the shortest first: dark on light, and chosen to be
# told apart without seeing colour.
_SHADES = (
    ("#67000d", "#ffffff"),
    ("#c4341c", "#ffffff"),
    ("#ef7f4d", "#000000"),
    ("#fdc38d", "#000000"),
    ("#fee9cf", "#000000"),
)
_WORDS = ("words alone: no number", "#dfe6ee", "#000000")
# What else a place may have than a limit: fill, ink and what its square says.
_OTHER = {
    "no general statute": ("#ffffff", "#555555", "none"),
    "law without a duty": ("#ffffff", "#555555", "none"),
    "not covered": ("#ffffff", "#999999", "-"),
    "unclear: ask local counsel": ("#f2f2f2", "#555555", "?"),
    "adopted, not yet in effect": ("#e6e0f0", "#333333", "later"),
    "duties of a sector alone": ("#eef3e6", "#333333", "sector"),
    "law of each state": ("#d8e8d0", "#000000", "states"),
}
Classes = Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Spot:
    """What the map says of one place: a limit in numbers, words alone, or something else."""

    name: str
    limit: Period | None
    other: str | None = None


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


def drawn(area: str, title: str, found: Mapping[str, Spot], classes: Classes) -> str:
    """Draw the map of an area; ``classes`` are upper ends in hours, rising, with their words."""
    spots = {key: spot for key, spot in table("lawbook/tiles.toml")[area].items() if key != "title"}
    tiles = [
        _tile(code, found[code], spots[code], classes) for code in sorted(spots) if code in found
    ]
    columns = max(column for column, _ in spots.values()) + 1
    rows = max(row for _, row in spots.values()) + 1
    width = 2 * _MARGIN + columns * (_TILE + _GAP) - _GAP
    below = _HEAD + rows * (_TILE + _GAP)
    legend = _legend(found.values(), classes, width, below + 14)
    height = below + 20 + _LINE * -(-len(legend) // 4)
    return page(
        "lawbook/map.svg",
        {
            "title": title,
            "tiles": tiles,
            "size": _TILE,
            "width": width,
            "height": height,
            "legend": legend,
        },
    )


def _tile(code: str, spot: Spot, at: Sequence[int], classes: Classes) -> Tile:
    words, fill, ink = _class_of(spot, classes)
    x, y = _MARGIN + at[0] * (_TILE + _GAP), _HEAD + at[1] * (_TILE + _GAP)
    told = period_text(spot.limit) if spot.limit is not None else words
    name = f"{spot.name}: {told}"
    return Tile(code.rpartition("-")[2], name, _short(spot), fill, ink, x, y)


def _short(spot: Spot) -> str:
    if spot.other is not None:
        return _OTHER[spot.other][2]
    if spot.limit is None:
        return "words"
    unit = {"hour": "h", "day": "d", "working day": "wd", "month": "m"}
    return f"{spot.limit.amount} {unit.get(spot.limit.unit, spot.limit.unit)}"


def _class_of(spot: Spot, classes: Classes) -> tuple[str, str, str]:
    """Find the words, the fill and the ink of a place's class."""
    if spot.other is not None:
        return (spot.other, *_OTHER[spot.other][:2])
    if spot.limit is None:
        return _WORDS
    length = hours(spot.limit)
    number = next(n for n, (most, _) in enumerate(classes) if length <= most)
    return (classes[number][1], *_SHADES[number])


def _legend(
    spots: Collection[Spot], classes: Classes, width: int, y: int
) -> list[dict[str, object]]:
    """Explain the colours that the map has."""
    used = {_class_of(spot, classes)[0] for spot in spots}
    order = [words for _, words in classes] + [_WORDS[0], *_OTHER]
    fills = {_class_of(spot, classes)[0]: _class_of(spot, classes)[1] for spot in spots}
    shown = [words for words in order if words in used]
    step = (width - 2 * _MARGIN) // 4
    return [
        {"words": words, "fill": fills[words], "x": _MARGIN + number % 4 * step,
         "y": y + number // 4 * _LINE}
        for number, words in enumerate(shown)
    ]  # fmt: skip  # reason: one entry of the legend reads better in two lines
