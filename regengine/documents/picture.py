"""The time line of a matter as numbers to draw: a row for each event, then for each clock.

Breach clocks run from hours to months, so the scale is logarithmic around the start of the
first clock; the picture says so. All instants are aware; positions are pixels.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from regengine.documents.outputs import phrase
from regengine.documents.wording import instant_text, joined

WIDTH = 640
LABELS = 236  # the column of names on the left: nothing is drawn in it
LEFT, RIGHT = LABELS + 12, 16
LINE = 9.5  # height of one line of a name
_GAP = 4.5  # between two rows
_TOP = 24  # above the first row: the names of the grid lines, and of now
_EVENTS = 24
_CLOCKS = 14
_LABEL = 56  # characters of a line of a name
_MARKS = (24, 72, 24 * 7, 24 * 30, 24 * 60, 24 * 180, 24 * 365)
_MARK_ROOM = 30  # pixels that a mark's name needs
_NOW_ROOM = 24
_HOUR = timedelta(hours=1)
_DAY_HOURS = 24
_NAMES = 5  # that one clock shows


class Event(NamedTuple):
    """A moment that is known; ``kind`` is ``filed`` where a notice went out.

    ``said`` is the moment in words where it is no instant, such as a day or a month.
    """

    at: datetime
    name: str
    kind: str = "event"
    said: str | None = None


class Clock(NamedTuple):
    """One due instant and who must be told by then; ``possible`` where that is open."""

    start: datetime
    due: datetime
    names: tuple[str, ...]
    possible: bool


class Dot(NamedTuple):
    """An event as drawn; ``names`` are the lines of its name, ``y`` the middle of its row."""

    x: float
    y: float
    names: tuple[str, ...]
    top: float
    kind: str = "event"


class Bar(NamedTuple):
    """A clock as drawn."""

    x: float
    width: float
    y: float
    names: tuple[str, ...]
    top: float
    kind: str


class Mark(NamedTuple):
    """A grid line."""

    x: float
    name: str


class Picture(NamedTuple):
    """Everything that the drawing template needs, and what it says in words."""

    width: int
    height: float
    line: float
    left: int
    axis: float
    dots: tuple[Dot, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    now: float | None
    now_anchor: str
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


def _lines(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, _LABEL, subsequent_indent="  ")) or ("",)


def _named(clock: Clock) -> tuple[str, ...]:
    shown = clock.names if len(clock.names) <= _NAMES else clock.names[: _NAMES - 1]
    lines = [line for name in shown for line in _lines(name)]
    more = len(clock.names) - len(shown)
    return (*lines, phrase("more_notices", count=more)) if more else tuple(lines)


def _kind(clock: Clock, now: datetime | None) -> str:
    if clock.possible:  # also where its time has passed: late is only what is owed
        return "possible"
    return "late" if now is not None and clock.due < now else "running"


def _dots(events: Sequence[Event], scale: _Scale, top: float) -> tuple[tuple[Dot, ...], float]:
    """Give each event a row of its own; say where the next row begins."""
    dots = []
    for event in events:
        names = _lines(event.name)
        height = len(names) * LINE
        dots.append(
            Dot(scale.x(event.at), round(top + height / 2, 1), names, round(top, 1), event.kind)
        )
        top += height + _GAP
    return tuple(dots), top


def _bars(
    clocks: Sequence[Clock], scale: _Scale, top: float, now: datetime | None
) -> tuple[tuple[Bar, ...], float]:
    bars = []
    for clock in clocks:
        names = _named(clock)
        height = len(names) * LINE
        x, end = scale.x(clock.start), scale.x(clock.due)
        middle = round(top + height / 2, 1)
        width = round(max(end - x, 2), 1)
        bars.append(Bar(x, width, middle, names, round(top, 1), _kind(clock, now)))
        top += height + _GAP
    return tuple(bars), top


def _marks(origin: datetime, last: datetime, scale: _Scale) -> tuple[Mark, ...]:
    """Draw the grid lines whose names have room."""
    marks: list[Mark] = []
    for hours in _MARKS:
        at = origin + timedelta(hours=hours)
        x = scale.x(at)
        free = not marks or x - marks[-1].x >= _MARK_ROOM
        if at <= last and free and x < WIDTH - _MARK_ROOM:
            marks.append(Mark(x, _mark_name(hours)))
    return tuple(marks)


def draw(
    events: Sequence[Event], clocks: Sequence[Clock], now: datetime | None, zone: str
) -> Picture | None:
    """Lay out the picture; ``None`` where there is nothing to show.

    Each event and each clock has a row, with its name in a column of its own.
    ``zone`` is used for the words of the alternative text only.
    """
    if not events and not clocks:
        return None
    clocks = sorted(clocks, key=lambda clock: clock.due)[:_CLOCKS]
    events = sorted(events, key=lambda event: event.at)[-_EVENTS:]
    origin = min((clock.start for clock in clocks), default=None) or events[0].at
    instants = [
        *(x.at for x in events),
        *(x.start for x in clocks),
        *(x.due for x in clocks),
        *([now] if now else []),
    ]
    scale = _Scale(origin, instants)
    dots, axis = _dots(events, scale, _TOP)
    bars, bottom = _bars(clocks, scale, axis + _GAP, now)
    here = scale.x(now) if now else None
    return Picture(
        width=WIDTH,
        height=round(bottom, 1),
        line=LINE,
        left=LABELS,
        axis=round(axis, 1),
        dots=dots,
        bars=bars,
        marks=_marks(origin, max(instants), scale),
        now=here,
        now_anchor="end" if here is not None and here > WIDTH - _NOW_ROOM else "start",
        alt=_alt(events, clocks, now, zone),
    )


def _mark_name(hours: int) -> str:
    if hours <= 3 * _DAY_HOURS:
        return phrase("hours_after", amount=hours)
    return phrase("days_after", amount=hours // _DAY_HOURS)


def _alt(events: Sequence[Event], clocks: Sequence[Clock], now: datetime | None, zone: str) -> str:
    happened = [
        phrase("picture_event", name=event.name, at=event.said or instant_text(event.at, zone))
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
