"""The papers of a matter: all of them made in memory, checked, then on disk at once.

Papers are made in processes of their own where there are many: laying out pages takes
most of the time, and each paper stands alone. The result is the same bytes as one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from regengine.assessment import Assessment
from regengine.casefile.standing import Standing
from regengine.corpus import Corpus
from regengine.documents import filings, index, matter_papers
from regengine.documents.consistency import Contradiction, contradictions, report
from regengine.documents.document import Document
from regengine.documents.filings import Made
from regengine.documents.missing import Missing, answers_file, check_answers, missing
from regengine.documents.notices import Notice, choose, notices
from regengine.documents.provenance import OnRecord, on_record, recorded, sha256
from regengine.documents.receipt import RECEIPT, receipt
from regengine.documents.records import FilingRecord
from regengine.documents.shelf import folder_at, put
from regengine.documents.substitute import substitute_notices
from regengine.facts import Incident

Progress = Callable[[int, int, str], None]
_FEW = 6  # papers that are made sooner than a process starts


_Given = tuple[Incident, Assessment, Mapping[str, FilingRecord] | None]


class Dossier(NamedTuple):
    """Everything that is written for a matter, in memory; ``files`` by their names."""

    made: tuple[Made, ...]
    documents: tuple[Document, ...]
    files: Mapping[str, bytes]
    missing: tuple[Missing, ...]
    contradictions: tuple[Contradiction, ...]


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
    corpus: Corpus | None = None,
    record: OnRecord | None = None,
    standing: Sequence[Standing] = (),
    progress: Progress | None = None,
    workers: int = 1,
) -> Dossier:
    """Make all papers of a matter in memory.

    ``only`` names results by id, id@PLACE or key. ``whole`` adds the papers of the matter
    (checklist, briefs, memos, register), as is done where nothing is named. ``since`` are
    the records of an earlier run, ``corpus`` the law where it is not the packaged one.
    ``record`` is the entry of a case file on which the papers rest: all enclose it, those
    for counsel print it, the receipt holds it. ``standing`` are the rows of its workstreams,
    for the checklist, the shift brief and the calendar.
    ``workers`` is how many processes make notices beside this one, which must be started
    from a file whose main code is guarded; without, all are made here. Raise
    ``InputError`` for a bad name or answer, ``fonts.MissingFontError`` where a script has no
    font.
    """
    if record is not None and record != recorded():
        with on_record(record):
            return build(
                incident,
                assessment,
                only,
                all_=all_,
                whole=whole,
                since=since,
                corpus=corpus,
                standing=standing,
                progress=progress,
                workers=workers,
            )
    check_answers(incident)
    whole = not only if whole is None else whole
    chosen = choose(assessment, only, all_=all_)
    wanted = notices(incident, assessment, chosen)
    tally = _Tally(progress, len(wanted) + (len(matter_papers.NAMES) if whole else 0))

    def papers() -> list[Document]:
        found: list[Document] = []
        for name in matter_papers.NAMES if whole else ():
            tally.begin(name)
            found += matter_papers.make(name, incident, assessment, corpus, standing)
            tally.end()
        posted = substitute_notices(incident, assessment, chosen, prepared=all_ and whole)
        return [*found, *(one.document for one in posted)]

    made, others = _made((incident, assessment, since), wanted, papers, tally, workers)
    tally.begin("")
    documents = (*(one.document for one in made), *others)
    apart = contradictions(incident, assessment, documents)
    if apart:
        documents = (*documents, report(apart, incident, assessment))
    waiting = missing((one.notice.result.key, one.paper) for one in made)
    data = _data(
        incident,
        assessment,
        made,
        documents[len(made) :],
        waiting,
        whole=whole,
        standing=standing,
    )
    files = {name: content for one in documents for name, content in one.paths().items()}
    files |= data
    files[RECEIPT] = receipt(incident, assessment, documents, data, everything=all_)
    return Dossier(tuple(made), documents, files, waiting, apart)


def file(
    incident: Incident,
    assessment: Assessment,
    out_dir: str | Path,
    only: Collection[str] = (),
    *,
    all_: bool = False,
    since: Mapping[str, FilingRecord] | None = None,
    corpus: Corpus | None = None,
    record: OnRecord | None = None,
    standing: Sequence[Standing] = (),
    progress: Progress | None = None,
    workers: int = 1,
    finish: Callable[[Dossier], Dossier] | None = None,
) -> list[Written]:
    """Write the notice of every required duty whose clock runs, and the matter's papers.

    People are told by the fewest letters that serve all their places; each group gets a
    letter of its own, which says that group's data alone. A receipt.json beside the papers holds the
    hashes of what they were made from; ``record`` as for ``build``. ``finish`` may change what is written, such as sign
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
        corpus=corpus,
        record=record,
        standing=standing,
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
            group=_group(notice),
        )


def _group(made: Made | None) -> str | None:
    variant = made.notice.variant if made is not None else None
    return variant.group if variant is not None else None


def _data(
    incident: Incident,
    assessment: Assessment,
    made: Sequence[Made],
    papers: Sequence[Document],
    waiting: tuple[Missing, ...],
    *,
    whole: bool,
    standing: Sequence[Standing] = (),
) -> dict[str, bytes]:
    """Write the files that are no papers: data of the whole matter, and its index."""
    files: dict[str, bytes] = {}
    if waiting:
        files["answers.yaml"] = answers_file(waiting)
    if whole:
        ready = {key: one.record.readiness for one in made for key in one.notice.keys}
        files |= matter_papers.data(assessment, ready, standing)
    files["index.html"] = index.page(incident, assessment, made, papers, waiting, tuple(files))
    return files


# -- one by one, or in processes of their own --------------------------------------------


class _Tally:
    """How many papers are made, of how many; told to whoever wants to know."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def begin(self, label: str) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total, label)

    def end(self) -> None:
        self._done += 1


def _made(
    given: _Given,
    wanted: Sequence[Notice],
    papers: Callable[[], list[Document]],
    tally: _Tally,
    workers: int,
) -> tuple[list[Made], list[Document]]:
    """Make the notices in their order, and the papers of the matter.

    Where there are many, notices are made beside this process, which makes the others.
    """
    if workers > 1 and len(wanted) > _FEW:
        return _side_by_side(given, wanted, papers, tally, workers)
    made = []
    for notice in wanted:
        tally.begin(notice.result.key)
        made.append(filings.make(given[0], given[1], notice, given[2]))
        tally.end()
    return made, papers()


def _side_by_side(
    given: _Given,
    wanted: Sequence[Notice],
    papers: Callable[[], list[Document]],
    tally: _Tally,
    count: int,
) -> tuple[list[Made], list[Document]]:
    # Spawned, not forked: this process may have threads, and a fork would copy their locks.
    pool = ProcessPoolExecutor(
        min(count, len(wanted)),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(given, recorded()),
    )
    with pool:
        try:
            futures = [pool.submit(_one, notice) for notice in wanted]
            others = papers()
            made = []
            for notice, future in zip(wanted, futures, strict=True):
                tally.begin(notice.result.key)
                made.append(future.result())
                tally.end()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return made, others


_given: _Given
_record: OnRecord | None


def _begin(given: _Given, record: OnRecord | None) -> None:
    """Keep in a worker what all its notices are made from."""
    global _given, _record  # reason: the one thing that a worker process is given
    _given, _record = given, record


def _one(notice: Notice) -> Made:
    with on_record(_record):
        return filings.make(_given[0], _given[1], notice, _given[2])
