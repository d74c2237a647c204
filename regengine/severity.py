"""How severe a breach is for the people concerned, by a published scoring method.

A score helps counsel to judge the risk and never replaces the judgement: no duty turns on
it. Facts that are not known make it a range. The scores stand in ``methods/``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from regengine.assess import open_corpus
from regengine.clauses import as_atom
from regengine.conditions import Atom, Name, fold, parse
from regengine.corpus import Corpus
from regengine.facts import Group, Incident
from regengine.found import NOWHERE
from regengine.law import ConditionText
from regengine.matter import Matter, matter_of
from regengine.protection import group_state
from regengine.truth import Range, Truth, every, some

CAUTION = (
    "Not binding, and no measure of likelihood: it helps the judgement of risk and never "
    "replaces it. A low score does not show that a risk is unlikely."
)


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Shape):
    """One line of a table of scores."""

    if_: ConditionText = Field(alias="if")
    says: str
    score: float | None = None
    least: float = 0
    most: float = 0
    known: bool = False  # scores only where its condition is known to hold

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest score of the line."""
        return (self.least, self.most) if self.score is None else (self.score, self.score)


class Factor(_Shape):
    """A factor of the score, with the judgement by which counsel corrects it."""

    title: str
    line: tuple[Line, ...]
    name: str = ""
    judgement: str | None = None
    floor: float = 0
    cap: float = 1
    advice: str | None = None


class Level(_Shape):
    """A level of severity and what it means; ``below`` is its open upper end."""

    name: str
    says: str
    below: float | None = None


class Method(_Shape):
    """A scoring method as its file says it."""

    title: str
    source: str
    unread: str
    formula: str
    people: int
    helps: tuple[str, ...]  # the judgements of counsel that the score helps
    context: Factor
    identification: Factor
    circumstances: tuple[Factor, ...]
    level: tuple[Level, ...]


class Score(_Shape):
    """One factor scored: both ends are the same where every fact is known."""

    title: str
    least: float
    most: float
    because: tuple[str, ...] = ()
    advice: str | None = None


class GroupSeverity(_Shape):
    """The score of one group of people."""

    group: str
    people: str
    least: float
    most: float
    levels: tuple[str, ...]
    context: Score
    identification: Score
    circumstances: tuple[Score, ...]
    flags: tuple[str, ...] = ()


class Severity(_Shape):
    """How severe a breach is by a method; ``caution`` belongs to every use of it.

    >>> from regengine import load_incident
    >>> severity(load_incident("examples/lost-laptop.yaml")).caution[:11]
    'Not binding'
    """

    method: str
    source: str
    unread: str
    formula: str
    groups: tuple[GroupSeverity, ...]
    caution: str = CAUTION


@cache
def enisa() -> Method:
    """Read the method of ENISA.

    >>> enisa().formula
    'SE = DPC x EI + CB'
    """
    installed = Path(str(resources.files("regengine"))) / "_data" / "methods"
    folder = installed if installed.is_dir() else Path(__file__).parents[1] / "methods"
    return Method.model_validate(tomllib.loads((folder / "enisa.toml").read_text("utf-8")))


def severity(incident: Incident, *, corpus: Corpus | None = None) -> Severity:
    """Score how severe the breach is for each group of people, with the reasons.

    >>> from regengine import load_incident
    >>> found = severity(load_incident("examples/lost-laptop.yaml"))
    >>> found.groups[0].least <= found.groups[0].most
    True

    Scores run from 0.25 to 6; a range tells that facts are open. Counsel's judgements
    ``eu.enisa.dpc`` and ``eu.enisa.ei`` stand in for the tables' scores. Raises
    ``InputError`` for a place that no table holds. Method: ENISA, severity methodology
    1.0 (2013).
    """
    law = corpus or open_corpus()
    matter = matter_of(incident, law, None, None, "chainer")
    # Nothing known of the people: one group of whom everything is unknown.
    groups = (Group(group="people"),) if incident.affected is None else incident.affected
    method = enisa()
    return Severity(
        method=method.title,
        source=method.source,
        unread=method.unread,
        formula=method.formula,
        groups=tuple(_scored(matter, method, group) for group in groups),
    )


def _scored(matter: Matter, method: Method, group: Group) -> GroupSeverity:
    context = _score(matter, method.context, group)
    identification = _score(matter, method.identification, group)
    circumstances = tuple(_score(matter, item, group) for item in method.circumstances)
    least = context.least * identification.least + sum(item.least for item in circumstances)
    most = context.most * identification.most + sum(item.most for item in circumstances)
    return GroupSeverity(
        group=group.group,
        people=str(_heads(group)),
        least=least,
        most=most,
        levels=tuple(_levels(method, least, most)),
        context=context,
        identification=identification,
        circumstances=circumstances,
        flags=tuple(_flags(method, group)),
    )


def _score(matter: Matter, factor: Factor, group: Group) -> Score:
    given, _ = matter.findings.judged(factor.judgement) if factor.judgement else (None, "")
    if given is not None:
        value = min(max(float(given), factor.floor), factor.cap)
        said = f"counsel's own figure ({factor.judgement})"
        if value != float(given):
            said += f": {given}, held to {factor.floor:g} to {factor.cap:g}"
        return Score(title=factor.title, least=value, most=value, because=(said,))
    held = [(line, _holds(matter, group, line.if_)) for line in factor.line]
    sure = [line for line, truth in held if truth is Truth.TRUE]
    maybe = [line for line, truth in held if truth is Truth.UNKNOWN and not line.known]
    least = max((line.span[0] for line in sure), default=factor.floor)
    most = max((line.span[1] for line in (*sure, *maybe)), default=factor.floor)
    # Of all lines that hold, those are told that make one of the two ends.
    ends = {most} if least < most else set()
    because = [line.says for line in sure if line.span[0] == least or line.span[1] in ends]
    because += [f"perhaps: {line.says}" for line in maybe if line.span[1] == most]
    return Score(
        title=factor.title,
        least=least,
        most=most,
        because=tuple(because),
        advice=factor.advice,
    )


def _holds(matter: Matter, group: Group, text: str) -> Truth:
    """Decide a condition for one group: data and their state are that group's own."""

    def decide(leaf: Atom | Name) -> Truth:
        atom = as_atom(leaf.name) if isinstance(leaf, Name) else leaf
        if atom.kind == "data":
            held = [matter.findings.involved(group, word) for word in atom.words]
            return every(held) if atom.subject == "all" else some(held)
        return matter.findings.evaluate(atom, NOWHERE, group)

    return fold(parse(text), decide)


def _levels(method: Method, least: float, most: float) -> Iterator[str]:
    """Name every level that the range touches, the lowest first."""
    above = 0.0
    for level in method.level:
        if (level.below is None or least < level.below) and most >= above:
            yield level.name
        above = level.below if level.below is not None else above


def _heads(group: Group) -> Range:
    if group.people is None:
        return Range()
    return sum(group.people.values(), Range.exactly(0))


def _flags(method: Method, group: Group) -> Iterator[str]:
    many = _heads(group).compare(">", method.people)
    if many is not Truth.FALSE:
        said = "" if many is Truth.TRUE else "perhaps "
        yield f"{said}more than {method.people} people: the score does not count heads"
    safe = group_state(group, "encrypted") & ~group_state(group, "key_taken")
    if safe is Truth.TRUE:
        yield "the data were encrypted and the key is safe: the severity may be far lower"
