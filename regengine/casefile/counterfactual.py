"""What turned on a decision: every duty as it would be under each answer, side by side.

Beside it stands what the engine itself would have said, and the form that the law asks of a
conclusion that frees of a duty: without that form the duty stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from regengine.assess import assess
from regengine.assessment import Assessment, Result
from regengine.clauses import as_atom
from regengine.conditions import Atom, Condition, Name, fold, leaves, parse
from regengine.corpus import Corpus
from regengine.documents.grounds import version_of
from regengine.facts import Incident, JudgementGiven
from regengine.findings import Findings
from regengine.found import NOWHERE
from regengine.gates import spelled_out
from regengine.law import NamedCondition, Unless
from regengine.matter import matter_of
from regengine.truth import Truth

UNKNOWN = "unknown"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(_Shape):
    """One duty under one answer; ``due_at`` in UTC, ``projected`` where its clock does not run yet."""

    status: Literal["required", "possible", "not_required", "out_of_view"]
    due_at: datetime | None = None
    projected: bool = False
    late: bool = False


class Row(_Shape):
    """One duty: its cells in the order of the columns."""

    key: str
    title: str
    citation: str
    cells: tuple[Cell, ...]


class Views(_Shape):
    """Answers as columns, and the duties that they do not treat alike as rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...] = ()

    def column(self, name: str) -> dict[str, Cell]:
        """Give what one answer does to each of the duties."""
        place = self.columns.index(name)
        return {row.key: row.cells[place] for row in self.rows}


class Said(_Shape):
    """What the engine would have said; ``value`` is ``None`` where it would have left it open.

    ``by``: the law's own ``criteria``, another judgement that ``stands_in``, or ``nothing``.
    """

    by: Literal["criteria", "stands_in", "nothing"]
    value: str | None = None
    words: str
    citation: str | None = None
    open: tuple[str, ...] = ()


class FormAsked(_Shape):
    """A form without which a conclusion frees nobody; ``kept`` is ``None`` while unknown."""

    key: str
    judgement: str
    form: str
    kept: bool | None
    citation: str
    question: str | None = None

    @property
    def words(self) -> str:
        """Say what is asked: ``in writing``, ``consult xx.office``."""
        form, _, authority = self.form.partition(" ")
        return "in writing" if form == "written" else f"consult {authority or 'the authority'}"


# -- answers side by side ------------------------------------------------------------------


def answered(incident: Incident, corpus: Corpus, now: datetime) -> dict[str, Result]:
    """Assess facts that are only supposed, by the chainer alone; results by their keys."""
    found = assess(incident, None, now, corpus=corpus, engine="chainer", check=False)
    return {result.key: result for result in found.obligations}


def side_by_side(views: Mapping[str, Mapping[str, Result]]) -> Views:
    """Set answers side by side; only the duties that they do not treat alike are kept.

    >>> side_by_side({"true": {}, "false": {}})
    Views(columns=('true', 'false'), rows=())
    """
    keys = dict.fromkeys(key for held in views.values() for key in held)
    rows = []
    for key in keys:
        cells = tuple(_cell(held.get(key)) for held in views.values())
        told = next(held[key] for held in views.values() if key in held)
        owed = any(cell.status in ("required", "possible") for cell in cells)
        if owed and len(set(cells)) > 1:
            rows.append(Row(key=key, title=told.title, citation=told.citation, cells=cells))
    return Views(columns=tuple(views), rows=tuple(rows))


def _cell(result: Result | None) -> Cell:
    if result is None:
        return Cell(status="out_of_view")
    if result.status == "not_required":
        return Cell(status="not_required")
    deadline = result.deadline
    due = deadline.due_at or deadline.projected_due_at
    return Cell(
        status=result.status,
        due_at=due.astimezone(UTC) if due is not None else None,
        projected=deadline.due_at is None and due is not None,
        late=deadline.late_by is not None,
    )


def with_judgement(incident: Incident, name: str, given: JudgementGiven | None) -> Incident:
    """Suppose that a conclusion had been drawn otherwise, or (``None``) not at all.

    >>> supposed = with_judgement(Incident(reference="R"), "xx.harm", JudgementGiven(value="true"))
    >>> supposed.judgements["xx.harm"].value
    'true'
    """
    held = {key: each for key, each in incident.judgements.items() if key != name}
    if given is not None:
        held[name] = given
    return incident.model_copy(update={"judgements": held})


# -- the engine's own answer -----------------------------------------------------------------


def own_answer(incident: Incident, name: str, corpus: Corpus, now: datetime) -> Said:
    """Tell what the engine would have said of a judgement, had counsel said nothing."""
    declared = corpus.judgements[name]
    bare = with_judgement(incident, name, None)
    findings = matter_of(bare, corpus, None, now, "chainer", check=False).findings
    held = corpus.shared_conditions.get(declared.criteria or "")
    if held is not None:
        return _by_criteria(held, findings, corpus)
    value, note = findings.judged(name)
    if value is not None:
        words = f"it would have taken {value}{note}"
        return Said(by="stands_in", value=value, words=words, citation=declared.cite)
    words = "the law holds no criteria that decide it on the facts: it would have stayed open"
    return Said(by="nothing", words=words, citation=declared.cite, open=(declared.question,))


def _by_criteria(held: NamedCondition, findings: Findings, corpus: Corpus) -> Said:
    if not _is_law(held, findings):
        words = f"the criteria of {held.cite} are not law on the day of the matter"
        return Said(by="nothing", words=words, citation=held.cite)
    tree = spelled_out(held.tree, corpus.shared_conditions)
    truth = findings.evaluate(tree, NOWHERE)
    if truth is Truth.UNKNOWN:
        asked = dict.fromkeys(item.question for item in findings.unknown_parts(tree, NOWHERE))
        words = f"the facts on record leave the criteria of {held.cite} open"
        return Said(by="criteria", words=words, citation=held.cite, open=tuple(asked))
    met = truth is Truth.TRUE
    words = f"the facts on record {'meet' if met else 'do not meet'} the criteria of {held.cite}"
    return Said(by="criteria", value="true" if met else "false", words=words, citation=held.cite)


def _is_law(held: NamedCondition, findings: Findings) -> bool:
    dated = (leaf for leaf in leaves(held.tree) if isinstance(leaf, Atom) and leaf.kind == "dated")
    return all(findings.evaluate(leaf, NOWHERE) is Truth.TRUE for leaf in dated)


# -- the form that the law asks ----------------------------------------------------------------


def forms_asked(
    incident: Incident, name: str, found: Assessment | Iterable[Result], corpus: Corpus
) -> tuple[FormAsked, ...]:
    """List the forms that the law asks of a conclusion that would free of a duty, kept or not.

    Only conclusions that claim the exemption count, and those that stand in for one that does.
    """
    results = found.obligations if isinstance(found, Assessment) else tuple(found)
    names = {name, *_stands_for(incident, name, corpus)}
    now = found.now if isinstance(found, Assessment) else None
    findings = matter_of(incident, corpus, None, now, "chainer", check=False).findings
    asked: dict[FormAsked, None] = {}
    for result in results:
        version = version_of(result, corpus)
        for unless in (version.unless if version is not None else None) or ():
            if unless.form:
                asked |= dict.fromkeys(_asked(result, unless, names, findings))
    return tuple(asked)


def _stands_for(incident: Incident, name: str, corpus: Corpus) -> Iterator[str]:
    """Name the judgements that nobody has answered and for which this one stands in."""
    for other, declared in corpus.judgements.items():
        given = incident.judgements.get(other)
        if name in declared.falls_back and (given is None or given.value is None):
            yield other


def _asked(
    result: Result, unless: Unless, names: set[str], findings: Findings
) -> Iterator[FormAsked]:
    tree = parse(unless.if_)
    judged = [
        subject
        for leaf in leaves(tree)
        if (subject := _subject(leaf)) in names and findings.judged(subject)[0] is not None
    ]
    if not judged or not _may_hold(tree, names, findings):
        return
    for form in unless.form:
        for subject in judged:
            atom = Atom("form", subject, words=(form,), text=f"{subject} is {form}")
            truth = findings.evaluate(atom, NOWHERE)
            yield FormAsked(
                key=result.key,
                judgement=subject,
                form=form,
                kept=None if truth is Truth.UNKNOWN else truth is Truth.TRUE,
                citation=unless.cite,
                question=unless.question,
            )


def _subject(leaf: Atom | Name) -> str:
    return leaf.name if isinstance(leaf, Name) else leaf.subject


def _may_hold(tree: Condition, names: set[str], findings: Findings) -> bool:
    """Tell whether the conclusion claims the exemption, whatever else it asks."""

    def decide(leaf: Atom | Name) -> Truth:
        if _subject(leaf) not in names:
            return Truth.UNKNOWN
        atom = as_atom(leaf.name) if isinstance(leaf, Name) else leaf
        return findings.evaluate(atom, NOWHERE)

    return fold(tree, decide) is not Truth.FALSE
