"""The papers of a matter: all of them made in memory, checked, then on disk at once.

Papers are made in processes of their own where there are many: laying out pages takes
most of the time, and each paper stands alone. The result is the same bytes as one by one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from regengine.assessment import Assessment
from regengine.documents import filings, index, matter_papers
from regengine.documents.document import Document
from regengine.documents.filings import Made
from regengine.documents.missing import Missing, answers_file, check_answers, missing
from regengine.documents.notices import Notice, choose, notices
from regengine.documents.provenance import sha256
from regengine.documents.receipt import RECEIPT, receipt
from regengine.documents.records import FilingRecord
from regengine.documents.shelf import folder_at, put
from regengine.facts import Incident

Progress = Callable[[int, int, str], None]
_FEW = 6  # papers that are made sooner than a process starts


_Given = tuple[Incident, Assessment, Mapping[str, FilingRecord] | None]


class Job(NamedTuple):
    """One thing to make: a notice, or a paper of the matter by name."""

    label: str
    notice: Notice | None = None
    paper: str = ""


class Dossier(NamedTuple):
    """Everything that is written for a matter, in memory; ``files`` by their names."""

    made: tuple[Made, ...]
    documents: tuple[Document, ...]
    files: Mapping[str, bytes]
    missing: tuple[Missing, ...]


class Written(NamedTuple):
    """One document on disk.

    ``path`` is its PDF, ``to_follow`` names what is missing in it. ``replaced``: a file of
    that name was there before. ``group`` is the one group of people whom a letter is for,
    where a place has several.
    """

    path: Path
    key: str
    keys: tuple[str, ...]
    kind: str
    template: str | None
    pages: int
    to_follow: tuple[str, ...]
    sha256: str
    required: int = 0
    ready: int = 0
    lacking: tuple[str, ...] = ()
    docx: Path | None = None
    replaced: bool = False
    group: str | None = None


def build(
    incident: Incident,
    assessment: Assessment,
    only: Collection[str] = (),
    *,
    all_: bool = False,
    whole: bool | None = None,
    since: Mapping[str, FilingRecord] | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Dossier:
    """Make all papers of a matter in memory.

    ``only`` names results by id, id@PLACE or key. ``whole`` adds the papers of the matter
    (checklist, briefs, memos, register), as is done where nothing is named. ``since`` are the records of an earlier run.
    ``workers`` is how many processes make papers; one makes them here. Raise ``InputError``
    for a bad name or answer, ``fonts.MissingFontError`` where a script has no font.
    """
    check_answers(incident)
    results = choose(assessment, only, all_=all_)
    jobs = [Job(one.result.key, notice=one) for one in notices(incident, results)]
    whole = not only if whole is None else whole
    if whole:
        jobs += [Job(name, paper=name) for name in matter_papers.names(incident, assessment)]
    outcomes = _all(incident, assessment, jobs, since, progress, workers)
    made = tuple(one for one in outcomes if isinstance(one, Made))
    papers = tuple(one for one in outcomes if isinstance(one, Document))
    waiting = missing((one.notice.result.key, one.paper) for one in made)
    documents = (*(one.document for one in made), *papers)
    others = _others(incident, assessment, made, papers, waiting, whole=whole)
    files = {name: content for one in documents for name, content in one.paths().items()}
    files |= others
    files[RECEIPT] = receipt(incident, assessment, documents, others)
    return Dossier(made, documents, files, waiting)


def file(
    incident: Incident,
    assessment: Assessment,
    out_dir: str | Path,
    only: Collection[str] = (),
    *,
    all_: bool = False,
    since: Mapping[str, FilingRecord] | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
    finish: Callable[[Dossier], Dossier] | None = None,
) -> list[Written]:
    """Write the notice of every required duty whose clock runs, and the matter's papers.

    Where people of several groups in one place must be told, each group gets a letter of
    its own, which says that group's data alone. A receipt.json beside the papers holds the
    hashes of what they were made from. ``finish`` may change what is written, such as sign
    it. ``progress`` is told how many are done, of how many, and the key. Raises what
    ``build`` raises, and ``InputError`` for a bad folder; then nothing is written.
    """
    target = folder_at(out_dir)
    made = build(
        incident,
        assessment,
        only,
        all_=all_,
        since=since,
        progress=progress,
        workers=workers,
    )
    if finish is not None:
        made = finish(made)
    before = {name for name in made.files if (target / name).exists()}
    put(target, made.files)
    return list(_written(target, made, before))


def _written(target: Path, dossier: Dossier, before: set[str]) -> Iterator[Written]:
    notices_ = {one.document.name: one for one in dossier.made}
    for one in dossier.documents:
        if ".pdf" not in one.files:
            continue
        notice = notices_.get(one.name)
        name = f"{one.name}.pdf"
        yield Written(
            path=target / name,
            key=notice.notice.result.key if notice else one.name,
            keys=one.keys,
            kind=one.kind,
            template=one.template,
            pages=one.pages,
            to_follow=one.missing,
            sha256=sha256(dossier.files[name]),
            required=notice.record.readiness.required if notice else 0,
            ready=notice.record.readiness.ready if notice else 0,
            lacking=notice.record.readiness.missing if notice else (),
            docx=target / f"{one.name}.docx" if ".docx" in one.files else None,
            replaced=name in before,
            group=notice.notice.group if notice else None,
        )


def _others(
    incident: Incident,
    assessment: Assessment,
    made: Iterable[Made],
    papers: Iterable[Document],
    waiting: tuple[Missing, ...],
    *,
    whole: bool,
) -> dict[str, bytes]:
    """Write the files that are no papers: data of the whole matter, and its index."""
    made, papers = tuple(made), tuple(papers)
    files: dict[str, bytes] = {}
    if waiting:
        files["answers.yaml"] = answers_file(waiting)
    if whole:
        ready = {one.notice.result.key: one.record.readiness for one in made}
        files |= matter_papers.data(assessment, ready)
    files["index.html"] = index.page(incident, assessment, made, papers, waiting, tuple(files))
    return files


# -- one by one, or in processes of their own --------------------------------------------


def _all(
    incident: Incident,
    assessment: Assessment,
    jobs: list[Job],
    since: Mapping[str, FilingRecord] | None,
    progress: Progress | None,
    workers: int | None,
) -> list[Made | Document]:
    """Make everything in the order of the jobs."""
    count = workers if workers is not None else (os.cpu_count() or 1)
    if count < 2 or len(jobs) <= _FEW:  # noqa: PLR2004  # reason: one process is no pool
        made = []
        for number, job in enumerate(jobs):
            _tell(progress, number, jobs, job.label)
            made.append(_do(incident, assessment, since, job))
        _tell(progress, len(jobs), jobs, "")
        return made
    return _pooled((incident, assessment, since), jobs, progress, count)


def _tell(progress: Progress | None, done: int, jobs: list[Job], label: str) -> None:
    if progress is not None:
        progress(done, len(jobs), label)


def _pooled(
    given: _Given, jobs: list[Job], progress: Progress | None, count: int
) -> list[Made | Document]:
    # Spawned, not forked: this process may have threads, and a fork would copy their locks.
    pool = ProcessPoolExecutor(
        min(count, len(jobs)),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=given,
    )
    with pool:
        futures = [pool.submit(_one, job) for job in jobs]
        try:
            return [
                _result(future, jobs, number, progress) for number, future in enumerate(futures)
            ]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _result(
    future: Future[Made | Document], jobs: list[Job], number: int, progress: Progress | None
) -> Made | Document:
    _tell(progress, number, jobs, jobs[number].label)
    found = future.result()
    _tell(progress, number + 1, jobs, jobs[number].label)
    return found


_given: _Given


def _begin(
    incident: Incident, assessment: Assessment, since: Mapping[str, FilingRecord] | None
) -> None:
    """Keep in a worker what all its jobs are made from."""
    global _given  # noqa: PLW0603  # reason: the one thing that a worker process is given
    _given = (incident, assessment, since)


def _one(job: Job) -> Made | Document:
    return _do(_given[0], _given[1], _given[2], job)


def _do(
    incident: Incident,
    assessment: Assessment,
    since: Mapping[str, FilingRecord] | None,
    job: Job,
) -> Made | Document:
    if job.notice is not None:
        return filings.make(incident, assessment, job.notice, since)
    return matter_papers.make(job.paper, incident, assessment)
