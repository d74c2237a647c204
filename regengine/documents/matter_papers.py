"""The papers of the matter as a whole: checklist, briefs, memos, register; calendar and data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from regengine.assessment import Assessment, Readiness
from regengine.casefile.standing import Standing
from regengine.corpus import Corpus
from regengine.documents import ics
from regengine.documents.briefs import board_brief, shift_brief
from regengine.documents.counsel import checklist_document
from regengine.documents.document import Document
from regengine.documents.memos import memos
from regengine.documents.outputs import phrase
from regengine.documents.register import register_entry
from regengine.documents.spreadsheet import deadlines_csv
from regengine.facts import Incident

_Maker = Callable[[Incident, Assessment, Corpus | None, Sequence[Standing]], tuple[Document, ...]]

_MAKERS: dict[str, _Maker] = {
    "checklist": lambda incident, found, _, rows: (
        checklist_document(incident, found, standing=rows),
    ),
    "board brief": lambda incident, found, _, __: (board_brief(incident, found),),
    "shift brief": lambda incident, found, _, rows: (shift_brief(incident, found, standing=rows),),
    "memos": lambda incident, found, law, _: memos(incident, found, corpus=law),
    "register": lambda incident, found, law, _: (register_entry(incident, found, corpus=law),),
}

NAMES = tuple(_MAKERS)


def make(
    name: str,
    incident: Incident,
    assessment: Assessment,
    corpus: Corpus | None = None,
    standing: Sequence[Standing] = (),
) -> tuple[Document, ...]:
    """Make the papers of one name; memos are several.

    ``standing`` are rows of the case file: of the advice track, the checklist alone tells.

    >>> NAMES
    ('checklist', 'board brief', 'shift brief', 'memos', 'register')
    """
    return _MAKERS[name](incident, assessment, corpus, standing)


def data(
    assessment: Assessment, ready: Mapping[str, Readiness], standing: Sequence[Standing] = ()
) -> dict[str, bytes]:
    """Write the matter's deadlines and its assessment as files for programs and calendars.

    Of ``standing``, what is due stands apart from the deadlines; advice is left out.
    """
    told = {
        key: phrase("ready_of", ready=one.ready, required=one.required)
        for key, one in ready.items()
    }
    return {
        "assessment.json": assessment.to_json().encode(),
        "deadlines.ics": ics.calendar_bytes(assessment, standing=standing),
        "deadlines.csv": deadlines_csv(assessment, told, standing=standing),
    }
