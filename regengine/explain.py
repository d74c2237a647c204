"""Why a duty is owed, open or not owed: the proof in order, what was presumed, what is open.

The proof is read back from the steps that inference logged: nothing is argued anew here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from regengine.assessment import OpenFact, Presumed, Why
from regengine.clauses import Clause, Context
from regengine.conditions import All, Any, Atom, Condition, Name, Not
from regengine.duties import Proof, Unit, Verdict, evaluate, leaf_name
from regengine.found import Open, Presumption
from regengine.inference import Proposition, Rule
from regengine.law import Unless
from regengine.truth import Truth

_BINDS_NOBODY = {
    "no_duty": "law without a duty",
    "not_transposed": "the place has no act that transposes the directive",
    "proposed": "proposed law binds nobody yet",
    "pending": "passed, and not yet in force",
    "unverified": "not verified, so that no duty is drawn from it: ask local counsel",
}
_SAYS = {"T": "", "F": "not: ", "N": "not shown: ", "P": "not excluded: "}


def proof_of(unit: Unit, goal: Proposition) -> Proof:
    """Collect the fired rules on which a proved proposition rests.

    Where several rules proved the same thing all of them are kept: a second ground is
    worth knowing. A proposition that was not proved gives an empty proof.
    """
    if goal not in unit.proofs:
        unit.proofs[goal] = _collected(unit, goal)
    return unit.proofs[goal]


def _collected(unit: Unit, goal: Proposition) -> Proof:
    proving = unit.proving
    rules: dict[str, Rule] = {}
    leaves: dict[Proposition, None] = {}
    entered: set[Proposition] = set()
    agenda: list[tuple[Proposition, bool]] = [(goal, False)]
    while agenda:
        item, done = agenda.pop()
        if done:
            rules.update((rule.id, rule) for rule in proving[item])
            continue
        if item in entered:
            continue
        entered.add(item)
        if item not in proving:
            leaves.setdefault(item)
            continue
        agenda.append((item, True))
        for rule in reversed(proving[item]):
            agenda += [(premise, False) for premise in reversed(rule.premises)]
    return Proof(tuple(rules.values()), tuple(leaves))


def goal_of(verdict: Verdict) -> Proposition | None:
    """Name the proposition that settles a verdict, ``None`` where nothing does."""
    if verdict.truth is Truth.UNKNOWN or not verdict.in_force:
        return None
    return verdict.clause.name, verdict.truth.value


def why(verdict: Verdict) -> tuple[Why, ...]:
    """Tell the proof of a verdict, step by step, from the facts to the duty."""
    if not verdict.in_force:
        return (Why(rule=verdict.edition.label, because=(verdict.note or "",)),)
    if verdict.edition.status in _BINDS_NOBODY:
        return (_why_nobody(verdict),)
    goal = goal_of(verdict)
    if goal is None:
        return _open_why(verdict)
    proof = proof_of(verdict.unit, goal)
    told = tuple(_told(verdict.unit, rule) for rule in proof.rules)
    return told or (Why(rule=verdict.edition.label, because=(verdict.note or "",)),)


def _why_nobody(verdict: Verdict) -> Why:
    """Tell why law of this status asks nothing of anybody: its first note gives the reason."""
    version = verdict.version
    reason = next(iter(version.notes or verdict.obligation.notes or ()), None)
    said = _BINDS_NOBODY[verdict.edition.status]
    return Why(
        rule=f"{verdict.obligation.id}::{verdict.edition.label}",
        because=(f"{said}: {reason}" if reason else said,),
        citation=version.cite or verdict.obligation.cite,
    )


def _told(unit: Unit, rule: Rule) -> Why:
    """Tell one step; duties of a unit share most of their steps."""
    if rule.id not in unit.told:
        unit.told[rule.id] = Why(
            rule=rule.id,
            because=tuple(_said(unit, premise) for premise in rule.premises),
            concludes=_said(unit, rule.conclusion),
            citation=rule.cite,
        )
    return unit.told[rule.id]


def _said(unit: Unit, proposition: Proposition) -> str:
    """Say a proposition; steps of a unit share most of theirs."""
    if proposition not in unit.said:
        unit.said[proposition] = say(unit, proposition)
    return unit.said[proposition]


def _open_why(verdict: Verdict) -> tuple[Why, ...]:
    """Tell what is known of an open duty: each condition with its truth."""
    because = tuple(_known_of(verdict.clause, verdict.unit))
    return (Why(rule=verdict.clause.name, because=because, citation=verdict.version.cite),)


def _known_of(clause: Clause, unit: Unit) -> Iterator[str]:
    """Tell each condition of a duty with its truth; a stage tells those of its duty first."""
    for term in clause.positives:
        whole = _whole(term, clause, unit)
        if whole is not None:
            yield from _known_of(whole, unit)
            continue
        yield f"{_plain(str(term))}: {_WORDS[evaluate(term, unit, clause.context)]}"
    for exemption in clause.exemptions:
        truth = evaluate(exemption.tree, unit, clause.context)
        yield f"exempt if {exemption.unless.if_}: {_WORDS[truth]}"


def _whole(term: Condition, clause: Clause, unit: Unit) -> Clause | None:
    """Find the duty of which a clause is a stage, where the term asks just for that."""
    if clause.stage is None or not (isinstance(term, Name) and term.kind == "duty"):
        return None
    whole = unit.instrument.clauses.get((clause.obligation, clause.label, None))
    return whole if whole is not None and whole.name == term.name else None


_WORDS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "not known"}


def say(unit: Unit, proposition: Proposition) -> str:
    """Say a proposition in words, an atom with the reason that findings gave."""
    name, rail = proposition
    finding = unit.found.get(name)
    text = _plain(name.partition("::")[2] or name)
    if name.startswith(("condition::", "so::")) or finding is not None:
        said = f"{_SAYS[rail]}{text}"
    elif "::version " in name:
        return f"the version in force begins on {name.rpartition(' ')[2]}"
    else:
        duty, _, rest = name.partition("::")
        said = f"{_SAYS[rail]}{_duty_words(duty, rest)}"
    return f"{said} ({finding.reason})" if finding is not None else said


def _duty_words(duty: str, rest: str) -> str:
    if " exempt " in rest:
        return f"{duty}: exemption {rest.rpartition(' ')[2]} applies"
    if " ground " in rest:
        return f"{duty}: ground {rest.partition(' ground ')[2]}"
    stage = rest.partition("/")[2]
    return f"{duty} is owed" + (f" ({stage})" if stage else "")


def _plain(text: str) -> str:
    return text.partition(" [")[0] if text.endswith("]") and ";" in text else text


# -- presumptions ----------------------------------------------------------------------


def presumed(verdict: Verdict) -> tuple[Presumed, ...]:
    """List what an answer takes as not given, with the question that tests it.

    Of several proofs the one that presumes least is told: what another ground settles
    need not be presumed. A duty that gives way to one that is itself presumed to be owed
    rests on the same presumptions.
    """
    goal = goal_of(verdict)
    if goal is None:
        return ()
    found = _rests_on(verdict.unit, proof_of(verdict.unit, goal)).get(goal, {})
    return tuple(found[key] for key in sorted(found))


_Presumptions = dict[tuple[str, str], Presumed]


def _rests_on(unit: Unit, proof: Proof) -> dict[Proposition, _Presumptions]:
    """For each proposition of a proof: the fewest presumptions on which it rests.

    What another proof of the unit rested on is not worked out again.
    """
    held = unit.rests_on
    rules = [rule for rule in proof.rules if rule.conclusion not in held]
    claims = _claims(unit, (rule.conclusion for rule in rules))
    for leaf in proof.leaves:
        if leaf not in held:
            finding = unit.found.get(leaf[0])
            items = finding.presumed if finding is not None else ()
            held[leaf] = {(item.fact, item.question): _presumed(item) for item in items}
    changed = True
    while changed:  # once through in most cases: premises come before conclusions
        changed = False
        for rule in rules:
            if any(premise not in held for premise in rule.premises):
                continue
            own: _Presumptions = dict(claims.get(rule.conclusion, {}))
            for premise in rule.premises:
                own |= held[premise]
            known = held.get(rule.conclusion)
            if known is None or len(own) < len(known):
                held[rule.conclusion] = own
                changed = True
    return held


def _claims(unit: Unit, concluded: Iterable[Proposition]) -> dict[Proposition, _Presumptions]:
    """List the open exemptions that their bound persons would have to show.

    Each under the proposition that it is not shown, as far as a proof concludes that.
    """
    found: dict[Proposition, _Presumptions] = {}
    for name, rail in concluded:
        claim = unit.instrument.claims.get(name) if rail == "N" else None
        if claim is None or (name, rail) in found:
            continue
        context, exemption = claim
        # That a claim fails is not proved as such: only that it is not shown.
        if evaluate(exemption.tree, unit, context) is Truth.UNKNOWN:
            found[name, rail] = {
                (item.fact, item.question): item
                for item in _claim(exemption.unless, exemption.tree, unit, context)
            }
    return found


def _claim(unless: Unless, tree: Condition, unit: Unit, context: Context) -> Iterator[Presumed]:
    # Where no fact would settle it (doubtful law), the ground itself is named.
    ground = Open(unless.if_, unless.question or f"Does this hold: {unless.if_}?", unless.cite)
    for item in tuple(opened(tree, unit, context)) or (ground,):
        yield Presumed(
            fact=item.fact,
            value=False,
            question=unless.question or item.question,
            citation=unless.cite,
        )


def _presumed(item: Presumption) -> Presumed:
    return Presumed(fact=item.fact, value=item.value, question=item.question, citation=item.cite)


# -- open facts ------------------------------------------------------------------------


def open_facts(verdict: Verdict) -> tuple[OpenFact, ...]:
    """List the unknown facts on which an open duty depends."""
    if verdict.truth is not Truth.UNKNOWN:
        return ()
    found = dict.fromkeys(verdict.open)
    found |= dict.fromkeys(_clause_open(verdict.clause, verdict.unit, set()))
    if not found:
        fact = f"law.{verdict.obligation.id}"
        question = "Does this duty bind here, and on which terms? Ask local counsel."
        found[Open(fact, question, verdict.version.cite)] = None
    return tuple(
        OpenFact(fact=item.fact, question=item.question, citation=item.cite) for item in found
    )


def _clause_open(clause: Clause, unit: Unit, seen: set[str]) -> Iterator[Open]:
    if clause.name in seen:
        return
    seen.add(clause.name)
    for term in clause.positives:
        yield from opened(term, unit, clause.context, seen)
    for exemption in clause.exemptions:
        if exemption.unless.burden == "law" and unit.truth(exemption.name) is Truth.UNKNOWN:
            yield from opened(exemption.tree, unit, clause.context, seen)


def opened(
    tree: Condition, unit: Unit, context: Context, seen: set[str] | None = None
) -> Iterator[Open]:
    """Walk a condition down its unknown branches to the facts that are not known."""
    passed = set() if seen is None else seen
    if evaluate(tree, unit, context) is not Truth.UNKNOWN:
        return
    if isinstance(tree, Not):
        yield from opened(tree.term, unit, context, passed)
    elif isinstance(tree, All | Any):
        for term in tree.terms:
            yield from _unanswered(term, unit, context)
            yield from opened(term, unit, context, passed)
    elif isinstance(tree, Name) and tree.kind in ("duty", "owed"):
        yield from _open_duty(tree, unit, passed)
    elif isinstance(tree, Name) and tree.name in unit.instrument.conditions:
        held = unit.instrument.conditions[tree.name].tree
        yield from opened(held, unit, context, passed)
    else:
        yield from _open_leaf(tree, unit, context)


def _unanswered(term: Condition, unit: Unit, context: Context) -> Iterable[Open]:
    """Name a conclusion of counsel in whose absence alone the facts are asked."""
    if isinstance(term, Not) and isinstance(term.term, Atom) and term.term.kind == "answered":
        return _open_leaf(term.term, unit, context)
    return ()


def _open_duty(tree: Name, unit: Unit, seen: set[str]) -> Iterator[Open]:
    defined = unit.instrument.defined.get(tree.name)
    if defined is not None:
        yield from opened(defined[0], unit, defined[1], seen)
        return
    for clause in unit.instrument.clauses.values():
        chosen = (f"{tree.name}::version {clause.label}", "P") in unit.proved
        whole = clause.obligation == tree.name and clause.stage is None
        if clause.name == tree.name or (whole and chosen):
            yield from _clause_open(clause, unit, seen)


def _open_leaf(tree: Atom | Name, unit: Unit, context: Context) -> Iterable[Open]:
    finding = unit.found.get(leaf_name(tree, unit, context))
    return () if finding is None else finding.open
