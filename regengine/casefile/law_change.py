"""What a new version of the law, or of the engine, does to matters that were answered before.

The same facts are assessed again at the same instant: what differs is then the law's alone.
No matter is left out: one that cannot be answered under the new law is told with its fault.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from regengine.assess import open_corpus
from regengine.assessment import Assessment
from regengine.casefile.case import ASSESSMENT, Case
from regengine.casefile.delta import Delta, at_point, compare, recorded_answer
from regengine.casefile.entries import Draft, Entry
from regengine.casefile.store import MatterLine, Store
from regengine.corpus import Corpus
from regengine.errors import InputError
from regengine.version import VERSION

LAW_CHANGE: Final = "law_change"
Verdict = Literal["differs", "same_answer", "same_law", "not_assessed", "error"]
Progress = Callable[[int, int, str], None]

# What a record that was altered may raise where it is replayed.
_FAULTS: Final = (
    InputError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    zlib.error,
)
_LONGEST: Final = 200  # characters of what an altered record raised
_ORDER: Final = ("error", "differs", "same_answer", "not_assessed", "same_law")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class LawVersion(_Shape):
    """A version of the law with the engine that read it."""

    version: str
    sha256: str
    engine: str


class MatterReport(_Shape):
    """What the new law does to one matter.

    ``assessment`` is the entry of the answer that was worked out again, ``recorded`` the entry
    that keeps this report. ``error`` says why no answer could be given, line by line.
    """

    matter: str
    reference: str
    title: str | None = None
    state: str
    verdict: Verdict
    before: LawVersion | None = None
    assessment: int | None = None
    delta: Delta | None = None
    error: tuple[str, ...] = ()
    recorded: int | None = None


class LawReport(_Shape):
    """The new law against every matter; what needs counsel's eye stands first."""

    schema_: str = Field(default="regengine.law-report/1", alias="schema")
    now: LawVersion
    matters: tuple[MatterReport, ...]

    def of(self, *verdicts: Verdict) -> tuple[MatterReport, ...]:
        """List the matters of some verdicts."""
        return tuple(matter for matter in self.matters if matter.verdict in verdicts)


class Used(NamedTuple):
    """A version of the law that a matter met, and the first entry that speaks of it."""

    law: LawVersion
    entry: int
    at: datetime
    answered: bool


def law_report(
    store: Store,
    corpus: Corpus | None = None,
    by: str = "law report",
    *,
    closed_within: timedelta | None = None,
    record: bool = False,
    progress: Progress | None = None,
) -> LawReport:
    """Work out the last answer of every open matter again, under another law.

    ``corpus`` is that law; without it, the one that comes with the package. With
    ``closed_within`` also matters that were last changed within that time and are closed.
    ``record`` writes an entry into each matter whose law or engine changed, once for each
    version. ``progress`` is told how many are done, of how many, and which comes next.
    """
    law = corpus or open_corpus()
    lines = list(_wanted(store, closed_within))
    found = []
    for number, line in enumerate(lines):
        if progress is not None:
            progress(number, len(lines), line.reference)
        found.append(_report(Case(store, line, by, corpus=law), line, record=record))
    if progress is not None:
        progress(len(lines), len(lines), "")
    found.sort(key=lambda matter: (_ORDER.index(matter.verdict), matter.reference))
    return LawReport(now=law_now(law), matters=tuple(found))


def law_now(corpus: Corpus) -> LawVersion:
    """Name a law with the engine that runs here."""
    return LawVersion(version=corpus.version, sha256=corpus.sha256, engine=VERSION)


def _wanted(store: Store, closed_within: timedelta | None) -> Iterable[MatterLine]:
    since = store.clock() - closed_within if closed_within is not None else None
    for line in store.matters():
        if line.state == "open" or (since is not None and line.updated_at >= since):
            yield line


def _report(case: Case, line: MatterLine, *, record: bool) -> MatterReport:
    """Report on one matter; whatever is wrong with its record, the others are told too."""
    made = MatterReport(
        matter=line.id,
        reference=line.reference,
        title=line.title,
        state=line.state,
        verdict="not_assessed",
    )
    try:
        made = _judged(case, made)
        if not record or made.verdict in ("not_assessed", "same_law"):
            return made
        return made.model_copy(update={"recorded": _recorded(case, made)})
    except _FAULTS as error:
        return made.model_copy(update={"verdict": "error", "error": _lines(error)})


def _judged(case: Case, made: MatterReport) -> MatterReport:
    answers = case.assessments()
    if not answers:
        return made
    last = answers[-1]
    before = _law_of(last)
    made = made.model_copy(update={"before": before, "assessment": last.seq})
    if before == law_now(case.corpus):
        return made.model_copy(update={"verdict": "same_law"})
    try:
        delta = against(case, last)
    except _FAULTS as error:
        return made.model_copy(update={"verdict": "error", "error": _lines(error)})
    verdict = "differs" if _differs(delta) else "same_answer"
    return made.model_copy(update={"verdict": verdict, "delta": delta})


def _lines(error: Exception) -> tuple[str, ...]:
    """Say what is wrong with a record, line by line."""
    if isinstance(error, InputError):
        return tuple(str(error).splitlines())
    what = " ".join(str(error).split())[:_LONGEST]
    return (f"the record cannot be read ({type(error).__name__}: {what}): verify the matter",)


def _law_of(entry: Entry) -> LawVersion:
    told = entry.told
    return LawVersion(**told["law"], engine=told["engine"])


def _differs(delta: Delta) -> bool:
    return bool(
        delta.rows or delta.questions_came or delta.questions_went or delta.came or delta.went
    )


def against(case: Case, entry: Entry) -> Delta:
    """Set a recorded answer beside the one that the case's law gives on the same facts.

    Facts and notices are those that the answer rested on, ``now`` and ``as_of`` are its own.
    Raise ``InputError`` where a word of the record is none of this law, or the answer cannot be
    read.
    """
    recorded = recorded_answer(case, entry)
    then = at_point(case, int(entry.told["facts_until"]))
    found: Assessment = then.answer(recorded.now, recorded.as_of)
    return compare(recorded, found)


def _recorded(case: Case, made: MatterReport) -> int:
    """Keep the report in the matter, unless it is there already."""
    law = law_now(case.corpus)
    with case.writing() as journal:
        for entry in case.entries:
            if entry.kind != LAW_CHANGE or entry.told["assessment"] != made.assessment:
                continue
            if entry.told["now"] == law.model_dump():
                return entry.seq
        rows = made.delta.model_dump(mode="json")["rows"] if made.delta else []
        body = {
            "assessment": made.assessment,
            "before": made.before.model_dump() if made.before else None,
            "now": law.model_dump(),
            "verdict": made.verdict,
            "rows": rows,
            "error": list(made.error),
        }
        return journal.add(Draft(kind=LAW_CHANGE, body=body)).seq


def versions_used(case: Case) -> tuple[Used, ...]:
    """List the versions of the law that a matter met, in order of their first entry.

    ``answered``: an answer was given under it; else it was only held against an older one.
    """
    found: dict[LawVersion, Used] = {}
    for entry in case.entries:
        if entry.kind == LAW_CHANGE:
            law = LawVersion(**entry.told["now"])
        elif entry.kind == ASSESSMENT:
            law = _law_of(entry)
        else:
            continue
        answered = entry.kind != LAW_CHANGE
        first = found.get(law)
        if first is None:
            found[law] = Used(law, entry.seq, entry.at, answered)
        elif answered and not first.answered:
            found[law] = first._replace(answered=True)
    return tuple(found.values())
