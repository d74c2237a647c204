"""The papers of a matter, made from the record and kept with it: what was sent can be read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from regengine.assess import assess
from regengine.assessment import Assessment, named_results
from regengine.casefile.case import FILING, Case, origin
from regengine.casefile.entries import Draft, Entry, Track, sha256
from regengine.casefile.store import Journal
from regengine.casefile.workstreams import standings
from regengine.documents.document import Document
from regengine.documents.dossier import Dossier, Progress, Written, file
from regengine.documents.provenance import OnRecord
from regengine.documents.receipt import RECEIPT
from regengine.documents.records import SCHEMA, FilingRecord, base_of
from regengine.facts import Incident

DOCUMENTS: Final = "documents"
_RECORDS = "json/"
# Kinds of paper that are counsel's own, and files that name them.
_COUNSELS: Final = ("checklist", "brief", "memo")
_NAMING: Final = ("index.html",)


class Papers(NamedTuple):
    """What was written, and the entry that keeps it."""

    written: list[Written]
    dossier: Dossier
    assessment: Assessment
    entry: Entry


def write(
    case: Case,
    out: str | Path,
    as_of: date | None = None,
    now: datetime | None = None,
    *,
    only: Collection[str] = (),
    everything: bool = False,
    progress: Progress | None = None,
    workers: int = 1,
    finish: Callable[[Dossier], Dossier] | None = None,
) -> Papers:
    """Assess, write the papers that are due to a folder, and keep every one of them.

    A notice that follows one that was sent begins with what has changed since. ``only`` names
    results by id, id@PLACE or key. Raise what ``documents.file`` raises; then nothing is
    written or kept.
    """
    incident, seq = case.at_once()
    found = assess(incident, as_of, now or case.store.clock(), corpus=case.corpus)
    head = case.keep_assessment(incident, found, seq)
    keys = tuple(result.key for name in only for result in named_results(found, name))
    made: list[Dossier] = []

    def finished(dossier: Dossier) -> Dossier:
        made.append(finish(dossier) if finish is not None else dossier)
        return made[-1]

    written = file(
        incident,
        found,
        out,
        only=keys,
        all_=everything or bool(keys),
        since=records_as_sent(case) or None,
        corpus=case.corpus,
        progress=progress,
        workers=workers,
        finish=finished,
        record=OnRecord(case.reference, head.seq, head.hash),
        standing=standings(case, found.now or case.store.clock()),
    )
    return Papers(written, made[-1], found, keep(case, incident, found, made[-1], seq))


def keep(case: Case, incident: Incident, found: Assessment, made: Dossier, seq: int) -> Entry:
    """Keep the files of a dossier, with the hashes of what they were made from.

    Counsel's own papers (checklist, briefs, memos, and the index that names them) are kept
    by an entry of their own on the advice track; the entry of what may be shown is returned.
    """
    theirs = [one for one in made.documents if one.kind in _COUNSELS]
    private = {name for one in theirs for name in one.paths()}
    if theirs:
        private |= {name for name in _NAMING if name in made.files}
    shown = [one for one in made.documents if one.kind not in _COUNSELS]
    body = {
        **origin(incident, found),
        "facts_until": seq,
        "now": found.now.isoformat() if found.now else None,
        "receipt": sha256(made.files[RECEIPT]),
    }
    with case.writing() as journal:
        if theirs:
            journal.add(_kept(journal, made, private, theirs, body, "advice"))
        return journal.add(_kept(journal, made, made.files.keys() - private, shown, body, "facts"))


def _kept(
    journal: Journal,
    made: Dossier,
    names: Collection[str],
    documents: Sequence[Document],
    body: Mapping[str, Any],
    track: Track,
) -> Draft:
    """Keep some files, and write the entry that lists their documents."""
    files = tuple(journal.keep(name, made.files[name]) for name in made.files if name in names)
    rows = [
        {
            "name": one.name,
            "kind": one.kind,
            "title": one.title,
            "keys": list(one.keys),
            "missing": list(one.missing),
        }
        for one in documents
    ]
    told = {**body, "label": "work-product" if track == "advice" else "none", "documents": rows}
    return Draft(kind=DOCUMENTS, body=told, files=files, track=track)


def records_of(case: Case, entry: Entry) -> Iterator[FilingRecord]:
    """Read the notices of an entry again, as data."""
    for held in entry.files:
        if not held.name.startswith(_RECORDS):
            continue
        content = json.loads(case.store.content(held.sha256))
        if isinstance(content, dict) and content.get("schema") == SCHEMA:
            yield FilingRecord.model_validate(content)


def records_as_sent(case: Case) -> dict[str, FilingRecord]:
    """Give the notices that went out last and stand, by their duty and place.

    Those of which no paper is kept (sent by telephone, or before the matter was opened) are
    not among them.
    """
    found: dict[str, FilingRecord] = {}
    for entry in case.entries:
        if entry.kind != FILING:
            continue
        told = entry.told
        base = base_of(told["key"])
        if told["state"] == "withdrawn":
            found.pop(base, None)
        if told["state"] != "sent" or told.get("documents") is None:
            continue
        kept = case.entries[told["documents"] - 1]
        for record in records_of(case, kept):
            if told["key"] in record.keys:
                found[base] = record
    return found
