"""The commands that write and check paper."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regengine import tables
from regengine.assessment import named_results
from regengine.corpus import Corpus
from regengine.facts import Incident
from regengine.intake import answers_from
from regengine.options import (
    AsOf,
    File,
    Form,
    Law,
    Now,
    assessed,
    corpus_at,
    documents,
    incident_at,
    instant,
    opened,
    refuse,
    warn,
    words_of,
)

if TYPE_CHECKING:
    from regengine.documents import Contradiction, Dossier

_PASSPHRASE = "REGENGINE_PASSPHRASE"  # noqa: S105  # reason: the name of a variable

Out = Annotated[Path, typer.Option("--out", help="the folder to write to", show_default=False)]
Answers = Annotated[
    Path | None,
    typer.Option("--answers", help="answers.yaml of an earlier run, filled in", metavar="FILE"),
]
Since = Annotated[
    Path | None,
    typer.Option("--since", help="the folder of an earlier run: tell what has changed"),
]


def file(
    incident_file: File,
    out: Out,
    as_of: AsOf = None,
    now: Now = None,
    only: Annotated[
        str | None, typer.Option("--only", help="obligations, by comma", metavar="LIST")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="also what is only possible, or has not started")
    ] = False,
    answers: Answers = None,
    since: Since = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--sign",
            help="sign the PDFs with this PKCS#12 key; passphrase: REGENGINE_PASSPHRASE, or asked",
        ),
    ] = None,
    stamp: Annotated[
        str | None, typer.Option("--timestamp", help="address of a time-stamp authority")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table or json")] = Form.table,
    law: Law = None,
) -> None:
    """Write the filings and letters that are due, and the papers of the matter."""
    paper = documents()
    corpus, incident = opened(incident_file, law)
    incident = _answered(incident, answers, corpus)
    if stamp is not None and key is None:
        refuse("--timestamp", "stamps signatures; give --sign too")
    finish = signer(key, stamp)
    found = assessed(incident, corpus, as_of=as_of, now=now)
    warn(found.warnings)
    words = words_of(only)
    keys = tuple(result.key for word in words for result in named_results(found, word))
    earlier = paper.earlier(since, incident.reference) if since is not None else None
    made: list[Dossier] = []

    def finished(dossier: Dossier) -> Dossier:
        made.append(dossier)
        return finish(dossier, found.now)

    with tables.progress("Writing papers") as advance:
        written = paper.file(
            incident,
            found,
            out,
            only=keys,
            all_=everything or bool(words),
            since=earlier,
            corpus=corpus,
            progress=advance,
            workers=os.cpu_count() or 1,
            finish=finished,
        )
    apart = made[0].contradictions
    if form is Form.json:
        sys.stdout.write(tables.written_json(written, made[0].missing, apart))
    else:
        tables.show_written(written, made[0].missing, out)
        if apart:
            tables.show_contradictions(apart)
    waits = paper.withdrawal_waits(found)
    if waits and not words and not everything:
        warn((waits,))
    _end(apart)


def _end(apart: Sequence[Contradiction]) -> None:
    """End with status 3 where papers or facts contradict each other."""
    if any(one.severity == "contradiction" for one in apart):
        raise typer.Exit(3)


def contradictions(
    incident_file: File,
    papers: Annotated[
        Path | None,
        typer.Option("--papers", help="a folder of papers that counsel has edited"),
    ] = None,
    as_of: AsOf = None,
    now: Now = None,
    answers: Answers = None,
    form: Annotated[Form, typer.Option("--format", help="table or json")] = Form.table,
    law: Law = None,
) -> None:
    """Find dates, numbers, data and claims that cannot both be so, in facts, texts and papers."""
    paper = documents()
    corpus, incident = opened(incident_file, law)
    incident = _answered(incident, answers, corpus)
    found = assessed(incident, corpus, as_of=as_of, now=now)
    with tables.progress("Writing papers to compare") as advance:
        cores = os.cpu_count() or 1
        made = paper.build(incident, found, corpus=corpus, progress=advance, workers=cores)
    apart = paper.contradictions(incident, found, made.documents, papers)
    if form is Form.json:
        sys.stdout.write(paper.contradictions_json(apart, incident, found))
    else:
        tables.show_contradictions(apart)
    _end(apart)


def brief(
    incident_file: File,
    out: Annotated[Path, typer.Option("--out", help="the PDF to write", show_default=False)],
    shift: Annotated[
        float | None,
        typer.Option("--shift", help="for the next shift of so many hours, not for the board"),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="what is new since INSTANT", metavar="INSTANT")
    ] = None,
    as_of: AsOf = None,
    now: Now = None,
    law: Law = None,
) -> None:
    """Write one page for the board, or the hand-over from shift to shift."""
    paper = documents()
    if since is not None and shift is None:
        refuse("--since", "is of a shift; give --shift HOURS too")
    corpus, incident = opened(incident_file, law)
    found = assessed(incident, corpus, as_of=as_of, now=now)
    if shift is None:
        made = paper.board_brief(incident, found)
    else:
        begun = instant(since, "--since") if since is not None else None
        made = paper.shift_brief(incident, found, shift, begun)
    paper.put_file(out, made.files[".pdf"])
    sys.stdout.write(f"{out}\n")


def register(
    incident_files: Annotated[
        list[Path],
        typer.Argument(help="the incidents, one file (or case:MATTER) each", show_default=False),
    ],
    out: Annotated[
        Path, typer.Option("--out", help="a .csv, .json or .pdf to write", show_default=False)
    ],
    as_of: AsOf = None,
    now: Now = None,
    law: Law = None,
) -> None:
    """Write the register of breaches of all matters: facts, effects, remedies, decisions."""
    paper = documents()
    corpus = corpus_at(law)
    moment = now or instant(None).isoformat()
    matters = []
    for path in incident_files:
        incident = incident_at(path, corpus)
        matters.append((incident, assessed(incident, corpus, as_of=as_of, now=moment)))
    content = paper.register_export(matters, out.suffix.removeprefix("."), corpus=corpus)
    paper.put_file(out, content)
    sys.stdout.write(f"{out}\n")


def _answered(incident: Incident, answers: Path | None, corpus: Corpus) -> Incident:
    """Take in the answers of a file; they lead over those of the incident file."""
    if answers is None:
        return incident
    given = {**incident.answers, **answers_from(answers, corpus.vocabulary)}
    return incident.model_copy(update={"answers": given})


def signer(key: Path | None, stamp: str | None) -> Callable[[Dossier, Any], Dossier]:
    """Make what signs every PDF; the passphrase is asked for before any work is done."""
    if key is None:
        return lambda dossier, _: dossier
    if not key.is_file():
        refuse("--sign", f"{key}: no such file; the signer's key is a PKCS#12 file (.p12, .pfx)")
    passphrase = os.environ.get(_PASSPHRASE)
    if passphrase is None:
        if not sys.stdin.isatty():
            refuse("--sign", f"the key's passphrase is wanted: set {_PASSPHRASE}")
        passphrase = typer.prompt("Passphrase of the key", hide_input=True, err=True)
    paper = documents()

    def sign(dossier: Dossier, now: Any) -> Dossier:
        signed = {
            name: paper.sign(content, key, passphrase, when=now, tsa=stamp)
            if name.endswith(".pdf")
            else content
            for name, content in dossier.files.items()
        }
        return dossier._replace(files=signed)

    return sign


def checklist(
    incident_file: File,
    out: Annotated[Path, typer.Option("--out", help="the PDF to write", show_default=False)],
    as_of: AsOf = None,
    now: Now = None,
    law: Law = None,
) -> None:
    """Write counsel's checklist: clocks, decisions, open facts, evidence, people to call."""
    paper = documents()
    corpus, incident = opened(incident_file, law)
    found = assessed(incident, corpus, as_of=as_of, now=now)
    sys.stdout.write(f"{paper.checklist(incident, found, out)}\n")


def verify(
    folder: Annotated[
        Path, typer.Argument(help="a folder that file has written", show_default=False)
    ],
    incident_file: Annotated[
        Path | None,
        typer.Argument(help="the incident: make all papers anew and compare", show_default=False),
    ] = None,
    answers: Answers = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", help="the folder that was given to file as --since"),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table or json")] = Form.table,
    law: Law = None,
) -> None:
    """Check the papers of a folder against their receipt; offline."""
    paper = documents()
    incident = corpus = None
    if incident_file is not None:
        corpus, incident = opened(incident_file, law)
        incident = _answered(incident, answers, corpus)
    elif law is not None or answers is not None or since is not None:
        refuse("verify", "--law, --answers and --since belong to an incident file; give it too")
    reference = incident.reference if incident is not None else None
    before = paper.earlier(since, reference) if since is not None else None
    found = paper.verify(folder, incident, corpus=corpus, since=before)
    if form is Form.json:
        sys.stdout.write(tables.findings_json(found))
    else:
        tables.show_findings(found, folder)
    if found:
        raise typer.Exit(3)


COMMANDS: tuple[Callable[..., None], ...] = (
    file,
    checklist,
    brief,
    contradictions,
    register,
    verify,
)
