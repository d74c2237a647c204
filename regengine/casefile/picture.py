"""The time line of a matter as a picture: one page that stands alone, and the same in words."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from regengine.assessment import Result
from regengine.calendars import zone as zone_of
from regengine.casefile import communication, filings, history, tasks
from regengine.casefile.case import Case
from regengine.casefile.telling import told
from regengine.documents.outputs import folder, home_zone, label
from regengine.documents.pages import alone, page
from regengine.documents.wording import instant_text, moment_text, printable, span_text
from regengine.facts import Moment

_WIDTH, _LEFT, _RIGHT = 1080, 400, 30
_PANEL = 40  # rows of one drawing
_TOP, _BAND, _LINE, _GAP = 30, 24, 13, 8
_LABEL, _SHOWN = 62, 180  # characters of a line, and of a name in the drawing
_ROOM = 62  # pixels that the name of a mark needs
_MOST_MARKS = 400
_LANES: Final = ("Events", "Facts learned", "Notices", "Messages and tasks")
_DAY = timedelta(days=1)


class Row(NamedTuple):
    """One row; ``signs`` are kinds with instants, ``drawn`` is false for a row of the table alone."""

    lane: str
    what: str
    start: datetime | None = None
    due: datetime | None = None
    said_from: str = ""
    said_due: str = ""
    state: str = ""
    signs: tuple[tuple[str, datetime], ...] = ()
    late: bool = False
    possible: bool = False
    drawn: bool = True

    @property
    def instants(self) -> list[datetime]:
        """Every instant of the row."""
        return [*filter(None, (self.start, self.due)), *(at for _, at in self.signs)]


class Drawn(NamedTuple):
    """A row in pixels."""

    row: Row
    lines: list[str]
    top: float
    y: float
    bar: tuple[float, float] | None
    due: float | None
    signs: list[tuple[str, float]]


def picture(case: Case, now: datetime, *, advice: bool = False) -> bytes:
    """Draw a matter as a page without scripts; rows of the advice track only if asked.

    Times are told in the organisation's zone, else in UTC. Nothing is recorded.
    """
    zone = home_zone(case.incident().organisation)
    rows = [
        row._replace(what=printable(row.what), state=printable(row.state))
        for row in _rows(case, now, zone, advice=advice)
    ]
    drawn = [row for row in rows if row.drawn and row.instants]
    title = f": {case.line.title}" if case.line.title else ""
    shared = {
        "heading": printable(f"{case.reference}{title}"),
        "reference": case.reference,
        "now": instant_text(now, zone),
        "zone": zone,
        "entries": len(case.entries),
        "head": case.head[:16],
        "advice": advice,
        "rows": [row for row in rows if row.state != _GROUP],
        "undrawn": sum(not row.instants for row in rows),
        "width": _WIDTH,
    }
    html = page("casefile/picture.html", shared | _drawing(drawn, now, zone))
    css = folder().joinpath("casefile/picture.css").read_text(encoding="utf-8")
    return alone(html.strip(), css)


_GROUP: Final = "group of facts"  # a row of the drawing, whose facts stand in the table each


def _rows(case: Case, now: datetime, zone: str, *, advice: bool) -> Iterator[Row]:
    yield from _events(case, zone)
    yield from _facts(case, zone, advice=advice)
    yield from _notices(case, now, zone)
    yield from _messages(case, zone, advice=advice)
    yield from _tasks(case, now, zone, advice=advice)


def _events(case: Case, zone: str) -> Iterator[Row]:
    rows = []
    for event, views in case.incident().timeline.items():
        for view in views:
            start, end = _span(view.at, zone)
            why = f": {view.why}" if view.why else ""
            several = "" if len(views) == 1 else "chosen" if view.chosen else "one of several views"
            signs = (("event", start),) if start else ()
            what = f"{label('events', event)}{why}"
            said = moment_text(view.at, zone)
            rows.append(Row(_LANES[0], what, start, end, said, "", several, signs))
    yield from sorted(rows, key=lambda row: row.start or datetime.max.replace(tzinfo=UTC))


def _span(at: Moment, zone: str) -> tuple[datetime | None, datetime | None]:
    """Give the first instant of a point of the time line, and the end of a day or month."""
    if at.at is not None or at.day is None:
        return at.at, None
    last = at.day + _DAY
    if at.precision == "month":
        last = (at.day.replace(day=1) + 32 * _DAY).replace(day=1)
    return _midnight(at.day, zone), _midnight(last, zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), zone_of(zone))


def _facts(case: Case, zone: str, *, advice: bool) -> Iterator[Row]:
    hidden = {x.seq for x in case.entries if x.track == "advice" and not advice}
    entries = {entry.seq: entry for entry in case.entries}
    made = sorted((x for x in case.changes if x.seq not in hidden), key=lambda x: x.learned)
    for _, group in groupby(
        made, key=lambda x: x.learned.replace(minute=0, second=0, microsecond=0)
    ):
        found = list(group)
        at = found[0].learned
        yield Row(
            _LANES[1],
            _named(found),
            at,
            said_from=instant_text(at, zone),
            state=_GROUP,
            signs=(("group", at),),
        )
        for change in found:
            until = instant_text(change.until, zone) if change.until else ""
            said, what = instant_text(change.learned, zone), told(entries[change.seq])
            yield Row(
                _LANES[1], what, change.learned, None, said, until, change.confidence, drawn=False
            )


def _named(found: Sequence[history.Change]) -> str:
    count = len(found)
    more = f" and {count - 1} more" if count > 1 else ""
    return f"{count} fact{'s' if count > 1 else ''}: {found[0].path}{more}"


def _notices(case: Case, now: datetime, zone: str) -> Iterator[Row]:
    found = case.assess(now=now, record=False)
    late = datetime.max.replace(tzinfo=UTC)
    for result in sorted(found.obligations, key=lambda x: x.deadline.due_at or late):
        if result.status != "not_required" or result.deadline.due_at or result.filed:
            yield _notice(result, zone)
    known = {result.key for result in found.obligations}
    for notice in filings.notices(case):
        if notice.key not in known:
            yield _other_notice(notice, zone)


def _notice(result: Result, zone: str) -> Row:
    clock = result.deadline
    due = clock.due_at or clock.projected_due_at
    sent = [(_kind(x.how), _first(x.at, zone)) for x in result.filed]
    late = clock.late_by is not None
    words = [result.status.replace("_", " ")]
    words += [f"late by {span_text(clock.late_by)}"] if clock.late_by is not None else []
    words += [f"{x.how} {_said(x.at, zone)}" for x in result.filed]
    start = clock.starts.at if clock.starts else None
    said = instant_text(due, zone) if due else clock.text or clock.soft or "no instant"
    if due and not clock.due_at:
        said = f"projected: {said}"
    return Row(
        _LANES[2], f"{result.title} → {result.recipient.name} ({result.key})", start, due,
        instant_text(start, zone) if start else "no start known", said, "; ".join(words),
        tuple(sent), late and result.status == "required", result.status != "required",
    )  # fmt: skip


def _other_notice(notice: filings.Notice, zone: str) -> Row:
    """Tell of a notice on record that the law asks no more."""
    signs = [
        (_kind(x.told["state"]), datetime.fromisoformat(x.told["at"]))
        for x in notice.entries
        if "T" in str(x.told["at"])
    ]
    words = "; ".join(f"{x.told['state']} {x.told['at']}" for x in notice.entries)
    said = instant_text(signs[0][1], zone) if signs else ""
    start = signs[0][1] if signs else None
    return Row(_LANES[2], notice.key, start, None, said, "no due time now", words, tuple(signs))


def _kind(how: str) -> str:
    return how if how in ("sent", "received", "refused", "withdrawn") else "event"


def _first(at: datetime | date, zone: str) -> datetime:
    return at if isinstance(at, datetime) else _midnight(at, zone)


def _said(at: datetime | date, zone: str) -> str:
    return instant_text(at, zone) if isinstance(at, datetime) else at.isoformat()


def _messages(case: Case, zone: str, *, advice: bool) -> Iterator[Row]:
    for made in {x.record.id: x for x in communication.MESSAGES.versions(case)}.values():
        if made.entry.track == "advice" and not advice:
            continue
        one = made.record
        at = one.sent_at or made.entry.at
        what = f"{one.id} to {one.audience}: {one.title}"
        yield Row(
            _LANES[3], what, at, None, instant_text(at, zone), "", one.state,
            (("sent" if one.sent_at else "event", at),),
        )  # fmt: skip


def _tasks(case: Case, now: datetime, zone: str, *, advice: bool) -> Iterator[Row]:
    versions = tasks.TASKS.versions(case)
    opened = {x.record.id: x.entry.at for x in reversed(versions)}
    for made in {x.record.id: x for x in versions}.values():
        if made.entry.track == "advice" and not advice:
            continue
        one, start = made.record, opened[made.record.id]
        late = one.state == "open" and one.due is not None and one.due < now
        end = {"done": "done", "dropped": "withdrawn"}.get(one.state)
        signs = ((end, one.ended),) if end and one.ended else (("event", start),)
        words = f"{one.state}, {one.owner or 'nobody owns it'}{', overdue' if late else ''}"
        due = instant_text(one.due, zone) if one.due else ""
        what = f"{one.id} {one.title}"
        yield Row(
            _LANES[3], what, start, one.due, instant_text(start, zone), due, words, signs, late
        )


class _Scale:
    """Place instants: wide around the origin, narrow far from it."""

    def __init__(self, origin: datetime, instants: Sequence[datetime]) -> None:
        self._origin = origin
        values = [self._value(at) for at in instants]
        self._low, self._span = min(values), (max(values) - min(values)) or 1

    def _value(self, at: datetime) -> float:
        days = (at - self._origin) / _DAY
        return math.copysign(math.log1p(abs(days)), days)

    def x(self, at: datetime) -> float:
        part = (self._value(at) - self._low) / self._span
        return round(_LEFT + 10 + part * (_WIDTH - _LEFT - 10 - _RIGHT), 1)


def _drawing(rows: Sequence[Row], now: datetime, zone: str) -> dict[str, object]:
    if not rows:
        return {"panels": [], "marks": [], "here": 0}
    instants = [now, *(at for row in rows for at in row.instants)]
    starts = [x.start for x in rows if x.lane == _LANES[2] and x.start]
    scale = _Scale(min(starts or [now]), instants)
    panels = [_panel(rows[x : x + _PANEL], scale) for x in range(0, len(rows), _PANEL)]
    marks = _marks(min(instants), max(instants), starts or [now], scale, zone)
    return {"panels": panels, "marks": marks, "here": scale.x(now)}


def _panel(rows: Sequence[Row], scale: _Scale) -> dict[str, object]:
    top, lane = float(_TOP), ""
    bands, drawn = [], []
    for row in rows:
        if row.lane != lane:
            lane = row.lane
            bands.append({"y": top, "name": lane})
            top += _BAND
        short = textwrap.shorten(row.what, _SHOWN, placeholder=" …")
        lines = textwrap.wrap(short, _LABEL, break_on_hyphens=False) or [""]
        height = len(lines) * _LINE
        drawn.append(_row(row, lines, top, top + height / 2, scale))
        top += height + _GAP
    alt = ". ".join(f"{x.lane}: {x.what}, {x.said_from}, {x.said_due}, {x.state}" for x in rows)
    return {"bands": bands, "drawn": drawn, "height": top, "alt": alt}


def _row(row: Row, lines: list[str], top: float, y: float, scale: _Scale) -> Drawn:
    start, due = (scale.x(at) if at else None for at in (row.start, row.due))
    bar = None
    if due is not None:
        left = min(start if start is not None else due, due)
        bar = (left, round(max(abs(due - (start if start is not None else due)), 2), 1))
    signs = [(kind, scale.x(at)) for kind, at in row.signs]
    if start is not None and due is None and not signs:
        signs = [("runs", start)]  # a clock that runs to no instant
    return Drawn(row, lines, top, y, bar, due, signs)


def _marks(
    first: datetime, last: datetime, starts: Sequence[datetime], scale: _Scale, zone: str
) -> list[dict[str, object]]:
    """Name days, nearest to the start first, then hours, wherever there is room."""
    there, origin = zone_of(zone), min(starts)
    step = max(1, (last - first).days // _MOST_MARKS)
    begin = origin.astimezone(there).date()
    low, high = (first.astimezone(there).date(), last.astimezone(there).date())
    days = [low + n * _DAY for n in range(0, (high - low).days + 1, step)]
    days.sort(key=lambda day: abs(day - begin))
    near = [begin + n * _DAY for n in (0, 1, 2)]
    hours = [datetime.combine(day, time(h), there) for day in near for h in (12, 6, 18)]
    found: list[dict[str, object]] = []
    taken: list[float] = []
    for at in [*(_midnight(day, zone) for day in days), *hours]:
        x = scale.x(at)
        if first <= at <= last and all(abs(x - other) >= _ROOM for other in taken):
            taken.append(x)
            found.append({"x": x, "name": f"{at:%H:%M}" if at.hour else f"{at.day} {at:%b %y}"})
    return found
