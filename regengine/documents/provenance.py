"""From what a paper was made: hashes of the facts, the law and the engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from regengine.assessment import Assessment, Result
from regengine.documents import pdf
from regengine.documents.outputs import phrase
from regengine.facts import Incident

_SHOWN = 32  # digits of a head in a foot line: 128 bits, which nobody finds twice


class OnRecord(NamedTuple):
    """The entry of a matter's record on which papers rest.

    ``matter`` is the reference, ``entry`` the number, ``head`` the whole hash of that entry:
    whoever holds a paper can ask whether the record still has it.
    """

    matter: str
    entry: int
    head: str

    @property
    def line(self) -> str:
        """Write the record on one line for the foot of a page.

        >>> OnRecord("EX-1", 105, "3fa9" * 16).line
        'Record EX-1 · entry 105 · 3fa93fa93fa93fa93fa93fa93fa93fa9'
        """
        head = self.head[:_SHOWN]
        return phrase("on_record", matter=self.matter, entry=self.entry, head=head)


# Not an argument of every paper's maker: it changes nothing that a paper says, only what
# is enclosed and printed at the foot of all that are made together.
_ON_RECORD: ContextVar[OnRecord | None] = ContextVar("regengine_on_record", default=None)


@contextmanager
def on_record(record: OnRecord | None) -> Iterator[None]:
    """Let all papers made inside name the entry of the record on which they rest."""
    before = _ON_RECORD.set(record)
    try:
        yield
    finally:
        _ON_RECORD.reset(before)


def recorded() -> OnRecord | None:
    """Name the entry on which papers rest that are made now; ``None`` without a record."""
    return _ON_RECORD.get()


def sha256(content: bytes) -> str:
    """Hash bytes.

    >>> sha256(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def facts_hash(incident: Incident) -> str:
    """Hash the facts, so that paper can be matched with what it was made from."""
    return sha256(incident.model_dump_json(by_alias=True).encode())


def provenance(incident: Incident, assessment: Assessment, key: str | None) -> pdf.Enclosure:
    """Enclose the hashes from which a paper was made: no facts."""
    record = recorded()
    content: dict[str, Any] = {
        "schema": "regengine.provenance/1",
        "incident": incident.reference,
        "key": key,
        "incident_sha256": facts_hash(incident),
        "law": {"version": assessment.law.version, "sha256": assessment.law.sha256},
        "engine": assessment.engine,
        **({} if record is None else {"record": record._asdict()}),
    }
    return pdf.Enclosure(
        "provenance.json",
        (json.dumps(content, indent=2) + "\n").encode(),
        phrase("provenance_enclosed"),
        "Supplement",
    )


def narrowed(assessment: Assessment, result: Result) -> Assessment:
    """Reduce an assessment to what the recipient of one notice may see.

    Other duties and counsel's own material (open questions, presumptions, other readings,
    the outer instant, a start that was only assumed) stay out: a notice leaves the house.
    """
    starts = result.deadline.starts
    if starts is not None:
        starts = None if starts.assumed else starts.model_copy(update={"note": None})
    deadline = result.deadline.model_copy(
        update={"latest_defensible": None, "readings": (), "trace": (), "starts": starts}
    )
    shown = result.model_copy(
        update={"deadline": deadline, "presumed": (), "open_facts": (), "notes": (), "why": ()}
    )
    nothing: dict[str, tuple[()]] = dict.fromkeys(
        ("summaries", "open_questions", "not_covered", "coming", "assumptions", "warnings"), ()
    )
    return assessment.model_copy(update={"obligations": (shown,), **nothing})


def enclosures(
    incident: Incident, assessment: Assessment, result: Result, attach: str
) -> list[pdf.Enclosure]:
    """Enclose what the recipient gets as data: its own result, or the hashes alone."""
    enclosed = []
    if attach == "result":
        content = narrowed(assessment, result).to_json().encode()
        enclosed.append(pdf.Enclosure("assessment.json", content, phrase("assessment_enclosed")))
    enclosed.append(provenance(incident, assessment, result.key))
    return enclosed
