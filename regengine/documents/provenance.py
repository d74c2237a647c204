"""From what a paper was made: hashes of the facts, the law and the engine."""

from __future__ import annotations

import hashlib
import json

from regengine.assessment import Assessment, Result
from regengine.documents import pdf
from regengine.documents.outputs import phrase
from regengine.facts import Incident


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
    content = {
        "schema": "regengine.provenance/1",
        "incident": incident.reference,
        "key": key,
        "incident_sha256": facts_hash(incident),
        "law": {"version": assessment.law.version, "sha256": assessment.law.sha256},
        "engine": assessment.engine,
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
