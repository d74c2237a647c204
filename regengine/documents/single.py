"""Deadlines that stand without an incident: as a calendar, or as proof sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from regengine.assessment import Deadline
from regengine.documents import fonts, ics, pages, pdf
from regengine.documents.outputs import EPOCH, folder, phrase
from regengine.documents.wording import day_text, instant_text, start_text
from regengine.errors import Fault, InputError, suggest
from regengine.version import VERSION

FORMS = ("ics", "pdf")
_DAY = 10  # characters of a date without a time


_WIDTH, _SIDE = 640, 8  # the drawing, and what it leaves free on either side


class Line(NamedTuple):
    """The time line of one deadline as numbers to draw; ``latest`` where it is later."""

    width: int
    start: float
    due: float
    latest: float | None
    due_anchor: str
    alt: str


class Labelled(Protocol):
    """A deadline with the name of what it belongs to."""

    @property
    def label(self) -> str: ...

    @property
    def deadline(self) -> Deadline: ...


def deadlines(found: Sequence[Labelled], form: str) -> bytes:
    """Write deadlines as an iCalendar file (``ics``) or as proof sheets (``pdf``).

    A sheet is a page: a time line, the instants, and each step of the count.

    Nothing reads the clock: the files bear the instant from which the first one runs.
    """
    if form not in FORMS:
        message = f'no form "{form}"; allowed: {", ".join(FORMS)}{suggest(form, FORMS)}'
        raise InputError([Fault("--format", "", message)])
    stamp = _stamp(found)
    if form == "ics":
        return ics.bare(((item.label, item.deadline) for item in found), stamp)
    names = {
        "lang": "en",
        "layout": "checklist",
        "title": phrase("deadlines_title"),
        "reference": phrase("deadlines_title"),
        "engine": VERSION,
        "law_version": None,
        "rows": [_row(item) for item in found],
    }
    html = pages.page("checklist/deadlines.html", names)
    more = folder().joinpath("checklist", "deadlines.css").read_text(encoding="utf-8")
    return pdf.render(
        html,
        css=f"{pages.style(fonts.families(html), letter=False)}\n{more}",
        title=phrase("deadlines_title"),
        when=stamp,
        creator=f"regengine {VERSION}",
    ).content


def _stamp(found: Sequence[Labelled]) -> datetime:
    starts = [x.deadline.starts.at for x in found if x.deadline.starts and x.deadline.starts.at]
    return min(starts, default=EPOCH)


def _moment(text: str | None, zone: str) -> str:
    """Write a day or an instant of the trace in words; what is neither stays as it is."""
    try:
        if len(text or "") == _DAY:
            return day_text(date.fromisoformat(text or ""))
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return instant_text(instant, zone) if instant.tzinfo else text or ""


def _start(deadline: Deadline, zone: str) -> str | None:
    """Write when the clock starts: a day where the count knows no more of it."""
    if deadline.starts is None or deadline.starts.at is None:
        return None
    given = next((step.from_ for step in deadline.trace if step.from_), None)
    if given is not None and len(given) == _DAY:
        return _moment(given, zone)
    return instant_text(deadline.starts.at, zone)


def line_of(deadline: Deadline) -> Line | None:
    """Lay out a time line to scale; ``None`` where the start or the end has no instant.

    >>> from regengine.assessment import Start
    >>> at = datetime.fromisoformat
    >>> start = Start(event="aware", at=at("2026-11-20T16:00:00+00:00"))
    >>> line = line_of(Deadline(kind="fixed", starts=start, due_at=at("2026-11-21T16:00Z")))
    >>> (line.start, line.due, line.latest)
    (8, 632.0, None)
    """
    start = deadline.starts.at if deadline.starts else None
    due, latest = deadline.due_at, deadline.latest_defensible
    if start is None or due is None or due < start:
        return None
    span = ((latest or due) - start).total_seconds() or 1

    def x(instant: datetime) -> float:
        part = (instant - start).total_seconds() / span
        return round(_SIDE + part * (_WIDTH - 2 * _SIDE), 1)

    zone = deadline.zone or "UTC"
    words = [f"{phrase('clock_start')}: {_start(deadline, zone)}."]
    words.append(f"{phrase('safe_instant')}: {instant_text(due, zone)}.")
    if latest is not None:
        words.append(f"{phrase('latest_defensible')}: {instant_text(latest, zone)}.")
    return Line(
        width=_WIDTH,
        start=_SIDE,
        due=x(due),
        latest=x(latest) if latest is not None else None,
        due_anchor="end" if x(due) > _WIDTH / 2 else "start",
        alt=phrase("picture_alt", events=" ".join(words), deadlines="", now="").strip(),
    )


def _row(item: Labelled) -> dict[str, Any]:
    deadline = item.deadline
    zone = deadline.zone or "UTC"

    def at(instant: datetime | None) -> str | None:
        return instant_text(instant, zone) if instant else None

    starts = deadline.starts
    return {
        "label": item.label,
        "due": at(deadline.due_at) or deadline.soft or deadline.text or phrase("not_known"),
        "fixed": deadline.due_at is not None,
        "latest": at(deadline.latest_defensible),
        "event": start_text(starts.event) if starts else None,
        "start": _start(deadline, zone),
        "assumed": starts is not None and starts.assumed,
        "note": starts.note if starts else None,
        "not_before": at(deadline.not_before),
        "text": deadline.text,
        "zone": zone,
        "readings": [
            (at(reading.due_at) or "", reading.ground, reading.citation or "")
            for reading in deadline.readings
        ],
        "line": line_of(deadline),
        "trace": [
            (step.step, _moment(step.from_, zone), _moment(step.to, zone), step.citation or "")
            for step in deadline.trace
        ],
    }
