"""From what a paper was made: hashes of the facts, the law and the engine."""

from __future__ import annotations

import hashlib
import json

from regengine.assessment import Assessment
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
