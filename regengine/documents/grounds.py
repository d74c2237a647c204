"""On what a duty's absence rests: counsel's findings, or what the facts alone settle.

The proof of a result is read back, alternative by alternative. Where one of them needs no
finding (no people there, another role, too few people), nothing has to be decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from regengine.assess import assess
from regengine.assessment import Assessment, OpenFact, Presumed, Result, Why
from regengine.clauses import Clause
from regengine.conditions import Name, leaves, parse
from regengine.corpus import Corpus
from regengine.facts import Group, Happening, Incident
from regengine.in_force import definition_on
from regengine.law import Unless, Version

_EXEMPT = re.compile(r"^(?P<name>.+ exempt \d+) T \d+$")
_JUDGED = re.compile(r"([\w.]+) is judged ([\w.-]+)(?: \(from ([\w.]+), judged)?")
_FORMAL = re.compile(r"^(?:not: )?([\w.]+) is (?:written|consulted)\b")
# What happened to the data: to say that it did not is a finding, too.
_HAPPENED = re.compile(
    r"^(?:not: )?(incident\.(?:accessed|acquired|exfiltrated|disclosed|good_faith|misuse_seen"
    r"|recovered)|encrypted|redacted|key_taken)\b"
)
_FILINGS = re.compile(r"filed\(([^)]*)\)")
_ANSWERED = ("answered ", "not: answered ")
_STATES = ("encrypted", "redacted")


class Finding(NamedTuple):
    """A conclusion or a fact on which it rests that a duty is not owed.

    ``name`` is a judgement's, or a fact like ``incident.good_faith``; ``value`` is what was
    judged, ``None`` where nothing is on record; ``source`` is the judgement that stands in.
    """

    name: str
    value: str | None = None
    source: str | None = None


class Ground(NamedTuple):
    """One ground on which a duty is not owed, with what the law wants of it.

    ``kind``: ``exemption`` (the organisation must show it), ``law`` (part of the duty's own
    test), ``test`` (a condition of the duty is not met), ``safe`` (the data were protected).
    ``first`` are duties whose filing comes before the ground, or takes the duty's place.
    """

    kind: str
    cite: str | None
    question: str | None
    findings: tuple[Finding, ...]
    form: tuple[str, ...] = ()
    keep: str | None = None
    displaces: str | None = None
    first: tuple[str, ...] = ()


def _leaf_finding(leaf: str) -> Finding | None:
    if leaf.startswith(_ANSWERED):  # that counsel has answered, either way, frees of nothing
        return None
    judged = _JUDGED.search(leaf)
    if judged is not None:
        return Finding(judged[1], judged[2], judged[3])
    formal = _FORMAL.match(leaf)
    if formal is not None:
        return Finding(formal[1])
    happened = _HAPPENED.match(leaf)
    return Finding(happened[1]) if happened is not None else None


class Proof:
    """The proof of one result, by what each step concludes."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.steps: dict[str, list[Why]] = {}
        for step in result.why:
            if step.concludes is not None:
                self.steps.setdefault(step.concludes, []).append(step)
        last = result.why[-1].concludes if result.why else None
        self.goal = last if last is not None and last.startswith("not: ") else None
        self._bare: dict[str, bool] = {}

    def is_bare(self, said: str | None = None) -> bool:
        """Tell whether the facts alone settle something, without any finding of counsel."""
        said = said if said is not None else self.goal
        if said is None:
            return True
        if said not in self._bare:
            self._bare[said] = True  # a circle proves nothing by itself
            steps = self.steps.get(said)
            self._bare[said] = (
                _leaf_finding(said) is None
                if steps is None
                else any(all(self.is_bare(premise) for premise in step.because) for step in steps)
            )
        return self._bare[said]

    def reached(self, said: str) -> Iterator[Why]:
        """Walk the steps on which something rests."""
        agenda, seen = [said], {said}
        while agenda:
            for step in self.steps.get(agenda.pop(), ()):
                yield step
                new = [premise for premise in step.because if premise not in seen]
                seen.update(new)
                agenda += new

    def findings(self, said: str) -> tuple[Finding, ...]:
        """List the findings on which something rests, each once, the judged before the bare."""
        premises = [premise for step in self.reached(said) for premise in step.because]
        found: dict[str, Finding] = {}
        for leaf in (said, *premises):
            one = _leaf_finding(leaf) if leaf not in self.steps else None
            if one is not None and (one.name not in found or found[one.name].value is None):
                found[one.name] = one
        return tuple(found.values())


def grounds(result: Result, corpus: Corpus) -> tuple[Ground, ...]:
    """List the findings because of which a duty is not owed; empty where none is needed.

    >>> from regengine import assess, load_incident, open_corpus
    >>> bare = assess(load_incident("examples/lost-laptop.yaml")).obligations
    >>> [grounds(each, open_corpus()) for each in bare if each.status == "required"][0]
    ()
    """
    if result.status != "not_required":
        return ()
    proof = Proof(result)
    if proof.is_bare() or proof.goal is None:
        return ()
    found: dict[Ground, None] = {}
    for step in proof.reached(proof.goal):
        exempt = _EXEMPT.match(step.rule)
        if exempt is not None and step.concludes is not None:
            unless = _unless(corpus, result, exempt["name"])
            findings = proof.findings(step.concludes)
            if unless is not None and findings:
                found[_ground(unless, findings)] = None
    told = {finding.name for ground in found for finding in ground.findings}
    for finding in proof.findings(proof.goal):
        if finding.name not in told:
            found[_tested(finding, result, corpus)] = None
    return tuple(found)


def _tested(finding: Finding, result: Result, corpus: Corpus) -> Ground:
    declared = corpus.judgements.get(finding.name)
    cite = (declared.cite if declared else None) or result.citation
    question = declared.question if declared else None
    return Ground("test", cite, question, (finding,), keep=result.keep)


def _ground(unless: Unless, findings: tuple[Finding, ...]) -> Ground:
    named = " ".join(_FILINGS.findall(f"{unless.if_} {unless.after or ''}"))
    first = [*unless.instead, *re.findall(r"[a-z][a-z0-9]*(?:-[a-z0-9.]+)+", named)]
    return Ground(
        "exemption" if unless.burden == "claimant" else "law",
        unless.cite,
        unless.question,
        findings,
        unless.form,
        unless.keep,
        unless.displaces,
        tuple(dict.fromkeys(first)),
    )


def _unless(corpus: Corpus, result: Result, name: str) -> Unless | None:
    """Find the exemption of that name in the law file that holds it."""
    duty = name.partition("::")[0]
    for clause in _clauses(corpus, duty, result.jurisdiction):
        for exemption in clause.exemptions:
            if exemption.name == name:
                return exemption.unless
    return None


def _clauses(corpus: Corpus, duty: str, place: str) -> Iterable[Clause]:
    home = corpus.home.get(duty)
    return corpus.instrument(home, place).clauses.values() if home is not None else ()


def version_of(result: Result, corpus: Corpus) -> Version | None:
    """Find the terms that were applied to a result; ``None`` where they are not of this law."""
    home = corpus.home.get(result.id)
    if home is None or result.version is None:
        return None
    editions = corpus.editions(home, result.jurisdiction).get(result.id, [])
    for edition in editions:
        if str(edition.version.from_) == str(result.version.from_):
            return edition.version
    return None


def claimable(result: Result, incident: Incident, corpus: Corpus) -> tuple[Ground, ...]:
    """List the grounds that counsel may still claim against a duty that is owed or open.

    Those that are presumed not to hold, and those that turn on a conclusion of which nothing
    is on record: a ground that needs a filing first fails until then, and may still be had.
    """
    version = version_of(result, corpus)
    if result.status == "not_required" or version is None:
        return ()
    open_: list[Presumed | OpenFact] = [*result.presumed, *result.open_facts]
    found: dict[Ground, None] = {}
    for unless in version.unless or ():
        items = [item for item in open_ if item.citation == unless.cite]
        asked = [item for item in items if unless.question in (None, item.question)] or items
        names = [name for item in asked if (name := _conclusion(item.fact)) is not None]
        names = names or list(_unanswered(unless, incident, corpus))
        if unless.burden == "claimant" and names:
            found[_ground(unless, tuple(map(Finding, dict.fromkeys(names))))] = None
    return tuple(found)


def _unanswered(unless: Unless, incident: Incident, corpus: Corpus) -> Iterator[str]:
    """Name the conclusions in an exemption that nobody has drawn, nor one that stands in."""
    for leaf in leaves(parse(unless.if_)):
        name = leaf.name if isinstance(leaf, Name) else leaf.subject
        declared = corpus.judgements.get(name)
        if declared is None:
            continue
        given = (incident.judgements.get(other) for other in (name, *declared.falls_back))
        if not any(each is not None and each.value is not None for each in given):
            yield name


def replacements(assessment: Assessment, corpus: Corpus) -> frozenset[str]:
    """Name the duties that come in only where another one falls away, which does not here.

    That they are not owed is no decision not to notify: the notice itself goes out.
    """
    found: set[str] = set()
    for result in assessment.obligations:
        version = version_of(result, corpus) if result.status != "not_required" else None
        for unless in (version.unless if version is not None else None) or ():
            found.update(_ground(unless, ()).first)
    return frozenset(found)


def _conclusion(fact: str) -> str | None:
    """Name the conclusion, or the state of the data, that an open fact belongs to.

    >>> _conclusion("judgements.us.xx.harm.written"), _conclusion("affected.staff.redacted")
    ('us.xx.harm', 'redacted')
    >>> _conclusion("organisation.employees") is None
    True
    """
    if fact.startswith("judgements."):
        return re.sub(r"\.(written|consulted)$", "", fact.removeprefix("judgements."))
    if fact.startswith("affected."):
        state = fact.rpartition(".")[2]
        return state if state in (*_STATES, "key_taken") else None
    return fact if _HAPPENED.match(fact) else None


# -- what would be without the findings --------------------------------------------------


def without(incident: Incident, findings: Iterable[Finding]) -> Incident:
    """Take findings out of the facts, as though nobody had made them.

    >>> from regengine.facts import JudgementGiven
    >>> given = Incident(reference="R", judgements={"xx.harm": JudgementGiven(value="false")})
    >>> dict(without(given, [Finding("xx.harm", "false")]).judgements)
    {}
    """
    names = {name for finding in findings for name in (finding.name, finding.source)} - {None}
    judgements = {key: given for key, given in incident.judgements.items() if key not in names}
    happening = incident.incident.model_copy(
        update={field: None for field in Happening.model_fields if f"incident.{field}" in names}
    )
    affected = incident.affected
    if names & {*_STATES, "key_taken"} and affected is not None:
        affected = tuple(_unprotected(group) for group in affected)
    return incident.model_copy(
        update={"judgements": judgements, "incident": happening, "affected": affected}
    )


def _unprotected(group: Group) -> Group:
    update = {name: None for name in _STATES if getattr(group, name)}
    return group.model_copy(update=update)


def supposed(incident: Incident, assessment: Assessment, corpus: Corpus) -> dict[str, Result]:
    """Assess other facts of the same matter, on the same day, under the same law."""
    found = assess(
        incident, assessment.as_of, assessment.now, corpus=corpus, engine="chainer", check=False
    )
    return {result.key: result for result in found.obligations}


def protected(
    incident: Incident, assessment: Assessment, corpus: Corpus
) -> dict[str, tuple[Ground, ...]]:
    """List the duties that are not owed because the data were encrypted or redacted, by key.

    Found by trial: those that would be owed or open if nothing were known of it.
    """
    states = [
        name for name in _STATES if any(getattr(group, name) for group in incident.affected or ())
    ]
    if not states:
        return {}
    findings = tuple(map(Finding, states))
    bare = supposed(without(incident, findings), assessment, corpus)
    day = assessment.as_of or (assessment.now.date() if assessment.now else None)
    return {
        result.key: (_safe(result, findings, corpus, day),)
        for result in assessment.obligations
        if result.status == "not_required"
        and result.key in bare
        and bare[result.key].status != "not_required"
        and not grounds(result, corpus)
    }


def _safe(
    result: Result, findings: tuple[Finding, ...], corpus: Corpus, day: date | None
) -> Ground:
    """Cite the definition that lets protected data out, as far as the law file holds one."""
    version = version_of(result, corpus)
    home = corpus.home[result.id]
    name = (version.protects if version else None) or "default"
    definition = definition_on(corpus.file(home).protected, name, day)
    safe = definition.safe if definition is not None else ()
    cites = dict.fromkeys(item.cite for item in safe)
    questions = dict.fromkeys(item.question for item in safe if item.question)
    return Ground(
        "safe",
        "; ".join(cites) or result.citation,
        " ".join(questions) or None,
        findings,
        keep=result.keep,
    )
