"""The time line of a matter as numbers to draw: events above, clocks below.

Breach clocks run from hours to months, so the scale is logarithmic around the start of the
first clock; the picture says so. All instants are aware; positions are pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from regengine.documents.outputs import phrase
from regengine.documents.wording import instant_text, joined

WIDTH = 640
LEFT, RIGHT = 14, 14
ROW = 17
_LEVEL = 13  # height of one row of event labels
_LEVELS = 6
_CHARACTER = 4.1  # mean width of a character of a label
_MARKS = (24, 72, 24 * 7, 24 * 30, 24 * 60, 24 * 180, 24 * 365)
_MARK_ROOM = 26  # pixels that a mark's name needs
_HOUR = timedelta(hours=1)
_DAY_HOURS = 24
_LABEL = 62


class Event(NamedTuple):
    """A moment that is known."""

    at: datetime
    name: str


class Clock(NamedTuple):
    """One due instant and who must be told by then; ``possible`` where that is open."""

    start: datetime
    due: datetime
    names: tuple[str, ...]
    possible: bool


class Dot(NamedTuple):
    """An event as drawn."""

    x: float
    y: float
    name: str
    anchor: str


class Bar(NamedTuple):
    """A clock as drawn."""

    x: float
    width: float
    y: float
    name: str
    label_x: float
    anchor: str
    kind: str


class Mark(NamedTuple):
    """A grid line."""

    x: float
    name: str


class Picture(NamedTuple):
    """Everything that the drawing template needs, and what it says in words."""

    width: int
    height: float
    axis: float
    dots: tuple[Dot, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    now: float | None
    alt: str


def _stretched(hours: float) -> float:
    return math.copysign(math.log1p(abs(hours) / _DAY_HOURS), hours)


class _Scale:
    """Place instants on the width of the picture."""

    def __init__(self, origin: datetime, instants: Sequence[datetime]) -> None:
        self._origin = origin
        values = [self._value(instant) for instant in (origin, *instants)]
        self._low, self._high = min(values), max(values)

    def _value(self, instant: datetime) -> float:
        return _stretched((instant - self._origin) / _HOUR)

    def x(self, instant: datetime) -> float:
        span = (self._high - self._low) or 1
        part = (self._value(instant) - self._low) / span
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)


def _dots(events: Sequence[Event], scale: _Scale) -> tuple[tuple[Dot, ...], int]:
    """Stack the labels of events so that none covers another; say how many rows it took.

    From the last to the first: an earlier label, which runs to the right over later
    stems, stands above all that it meets.
    """
    taken: list[tuple[float, float, int]] = []
    placed: list[tuple[float, int, str, str]] = []
    for event in reversed(events):
        x = scale.x(event.at)
        width = len(event.name) * _CHARACTER + 10
        fits = x + width <= WIDTH
        low, high = (x, x + width) if fits else (x - width, x)
        met = [level for a, b, level in taken if low < b and a < high]
        level = max(met, default=-1) + 1
        taken.append((low, high, level))
        placed.append((x, level, event.name, "start" if fits else "end"))
    rows = max((level for _, _, level in taken), default=-1) + 1
    dots = tuple(
        Dot(x, (rows - 1 - level) * _LEVEL + 4, name, side) for x, level, name, side in placed
    )
    return dots, rows


def _shortened(text: str) -> str:
    return text if len(text) <= _LABEL else text[: _LABEL - 1].rstrip() + "…"


def _bar(clock: Clock, scale: _Scale, y: float, now: datetime | None) -> Bar:
    x, end = scale.x(clock.start), scale.x(clock.due)
    name = clock.names[0] if len(clock.names) == 1 else ""
    name = name or f"{phrase('several_notices', count=len(clock.names))}: {joined(clock.names)}"
    late = now is not None and clock.due < now
    kind = "late" if late else "possible" if clock.possible else "running"
    name = _shortened(name)
    room = WIDTH - RIGHT - end
    fits = room > len(name) * _CHARACTER + 8
    label_x, anchor = (end + 6, "start") if fits else (end - 6, "end")
    return Bar(x, max(end - x, 2), y, name, label_x, anchor, kind)


def draw(
    events: Sequence[Event], clocks: Sequence[Clock], now: datetime | None, zone: str
) -> Picture | None:
    """Lay out the picture; ``None`` where there is nothing to show.

    ``zone`` is used for the words of the alternative text only.
    """
    if not events and not clocks:
        return None
    clocks = sorted(clocks, key=lambda clock: clock.due)[:14]
    events = sorted(events, key=lambda event: event.at)[-_LEVELS * 2 :]
    origin = min((clock.start for clock in clocks), default=None) or events[0].at
    instants = [*(x.at for x in events), *(x.due for x in clocks), *([now] if now else [])]
    scale = _Scale(origin, instants)
    dots, rows = _dots(events, scale)
    axis = rows * _LEVEL + 10
    bars = tuple(
        _bar(clock, scale, axis + 26 + number * ROW, now) for number, clock in enumerate(clocks)
    )
    last = max(instants)
    marks = tuple(
        Mark(scale.x(origin + timedelta(hours=hours)), _mark_name(hours))
        for hours in _MARKS
        if origin + timedelta(hours=hours) <= last
        and scale.x(origin + timedelta(hours=hours)) < WIDTH - _MARK_ROOM
    )
    return Picture(
        width=WIDTH,
        height=axis + 26 + len(bars) * ROW + 4,
        axis=axis,
        dots=dots,
        bars=bars,
        marks=marks,
        now=scale.x(now) if now else None,
        alt=_alt(events, clocks, now, zone),
    )


def _mark_name(hours: int) -> str:
    if hours <= 3 * _DAY_HOURS:
        return phrase("hours_after", amount=hours)
    return phrase("days_after", amount=hours // _DAY_HOURS)


def _alt(events: Sequence[Event], clocks: Sequence[Clock], now: datetime | None, zone: str) -> str:
    happened = [
        phrase("picture_event", name=event.name, at=instant_text(event.at, zone))
        for event in events
    ]
    due = [
        phrase("picture_deadline", at=instant_text(x.due, zone), names=joined(x.names))
        for x in clocks
    ]
    here = phrase("picture_now", at=instant_text(now, zone)) if now else ""
    return phrase(
        "picture_alt", events=" ".join(happened), deadlines=" ".join(due), now=here
    ).strip()
