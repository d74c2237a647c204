"""Deadlines that stand without an incident, as a calendar or as one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from regengine.assessment import Deadline
from regengine.documents import fonts, ics, pages, pdf
from regengine.documents.outputs import EPOCH, phrase
from regengine.documents.wording import instant_text, start_text
from regengine.errors import Fault, InputError, suggest
from regengine.version import VERSION

FORMS = ("ics", "pdf")


class Labelled(Protocol):
    """A deadline with the name of what it belongs to."""

    @property
    def label(self) -> str: ...

    @property
    def deadline(self) -> Deadline: ...


def deadlines(found: Sequence[Labelled], form: str) -> bytes:
    """Write deadlines as an iCalendar file (``ics``) or as one page (``pdf``).

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
    return pdf.render(
        html,
        css=pages.style(fonts.families(html), letter=False),
        title=phrase("deadlines_title"),
        when=stamp,
        creator=f"regengine {VERSION}",
    ).content


def _stamp(found: Sequence[Labelled]) -> datetime:
    starts = [x.deadline.starts.at for x in found if x.deadline.starts and x.deadline.starts.at]
    return min(starts, default=EPOCH)


def _moment(text: str | None, zone: str) -> str:
    """Write an instant of the trace in words; what is none stays as it is."""
    try:
        instant = datetime.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return instant_text(instant, zone) if instant.tzinfo else text or ""


def _row(item: Labelled) -> dict[str, Any]:
    deadline = item.deadline
    zone = deadline.zone or "UTC"

    def at(instant: datetime | None) -> str | None:
        return instant_text(instant, zone) if instant else None

    return {
        "label": item.label,
        "due": at(deadline.due_at) or deadline.soft or deadline.text or phrase("not_known"),
        "latest": at(deadline.latest_defensible),
        "starts": start_text(deadline.starts.event) if deadline.starts else None,
        "text": deadline.text,
        "trace": [
            (step.step, _moment(step.from_, zone), _moment(step.to, zone), step.citation or "")
            for step in deadline.trace
        ],
    }
