"""The papers of the matter as a whole: checklist, briefs, memos, register, calendar, data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regengine.assessment import Assessment, Readiness
from regengine.documents import ics
from regengine.documents.counsel import checklist_pdf
from regengine.documents.document import Document
from regengine.facts import Incident

_Maker = Callable[[Incident, Assessment], Document]


def _checklist(incident: Incident, assessment: Assessment) -> Document:
    content = checklist_pdf(incident, assessment)
    return Document("checklist", "checklist", "Checklist", (), {".pdf": content}, "")


_MAKERS: dict[str, _Maker] = {"checklist": _checklist}


def names(incident: Incident, assessment: Assessment) -> tuple[str, ...]:
    """List the papers that a matter has."""
    del incident, assessment
    return tuple(_MAKERS)


def make(name: str, incident: Incident, assessment: Assessment) -> Document:
    """Make one paper of the matter."""
    return _MAKERS[name](incident, assessment)


def data(assessment: Assessment, ready: Mapping[str, Readiness]) -> dict[str, bytes]:
    """Write the matter's deadlines and its assessment as data."""
    del ready
    return {
        "assessment.json": assessment.to_json().encode(),
        "deadlines.ics": ics.calendar_bytes(assessment),
    }
