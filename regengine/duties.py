"""The law in play, evaluated: each duty required, not required or open, with its proof.

A unit is one law file looked at from one place: its atoms are decided, its rules run,
and every duty of it that the facts select for that place gets a verdict. Units run in
the order in which their duties depend on each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from regengine.assessment import Presumed, Why
from regengine.clauses import Clause, Context, Edition, Instrument, Leaf
from regengine.conditions import Atom, Condition, Name, fold, leaves
from regengine.errors import Fault, LawError
from regengine.found import Finding, Open, Scope
from regengine.gates import PUBLIC, Gate
from regengine.in_force import definition_on
from regengine.inference import Proposition, Rule, Step, infer_checked
from regengine.law import LawFile, Obligation, Protected, Stage, Version
from regengine.matter import Matter
from regengine.selection import places_in_play, selected
from regengine.truth import Truth, some
from regengine.versions import Chosen, choose

RAILS_OF = {Truth.TRUE: ("T", "P"), Truth.FALSE: ("F", "N"), Truth.UNKNOWN: ("N", "P")}
COMING = frozenset({"proposed", "pending", "unverified"})
# Statuses under which a duty is at most possible, and those under which there is none.
AT_MOST_POSSIBLE = frozenset({"adopted_maybe_not_effective"})
NO_DUTY = frozenset({"no_duty", "not_transposed"})


@dataclass(frozen=True)
class Proof:
    """The steps from the facts to one proposition, premises before conclusions."""

    rules: tuple[Rule, ...]
    leaves: tuple[Proposition, ...]


@dataclass(frozen=True)
class Unit:
    """One law file seen from one place, with what was found and proved."""

    instrument: Instrument
    place: str
    found: Mapping[str, Finding]
    steps: tuple[Step, ...]
    proved: frozenset[Proposition]
    values: Mapping[str, Truth]  # of duties in other files
    definitions: Mapping[str, Protected | None]  # what the law protects, by context
    gates: Mapping[tuple[str, str], tuple[Gate, ...]]  # of each version of its duties
    told: dict[str, Why] = field(default_factory=dict)  # steps in words, by rule
    said: dict[Proposition, str] = field(default_factory=dict)  # propositions in words
    proofs: dict[Proposition, Proof] = field(default_factory=dict)  # by what they prove
    # The fewest presumptions on which each proposition rests, by fact and question.
    rests_on: dict[Proposition, dict[tuple[str, str], Presumed]] = field(default_factory=dict)

    @cached_property
    def proving(self) -> dict[Proposition, list[Rule]]:
        """The rules that fired, by what they proved, in the order of the proof."""
        rules = self.instrument.ruleset.by_id
        found: dict[Proposition, list[Rule]] = {}
        for step in self.steps:
            found.setdefault(step.conclusion, []).append(rules[step.rule])
        return found

    def truth(self, name: str) -> Truth:
        """Tell what was proved of a proposition."""
        if (name, "T") in self.proved:
            return Truth.TRUE
        return Truth.FALSE if (name, "F") in self.proved else Truth.UNKNOWN


@dataclass(frozen=True)
class Verdict:
    """What is known of one duty (or one stage of it) in one place."""

    obligation: Obligation
    edition: Edition
    place: str
    stage: Stage | None
    truth: Truth
    clause: Clause
    unit: Unit
    in_force: bool = True
    note: str | None = None
    open: tuple[Open, ...] = ()
    in_view: bool = True
    also: Edition | None = None  # an older version that runs besides (no transition clause)

    @property
    def version(self) -> Version:
        """The terms that apply."""
        return self.edition.version


@dataclass
class _State:
    matter: Matter
    owed: dict[tuple[str, str], Truth] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)  # selected, by duty


# -- evaluation ---------------------------------------------------------------------


def verdicts(matter: Matter) -> list[Verdict]:
    """Evaluate every law in play; in the order of files, duties, places and stages."""
    state = _State(matter)
    found: list[Verdict] = []
    for name in _in_order(matter, matter.corpus.names_in_play(places_in_play(matter))):
        for place in _unit_places(state, name):
            found += _evaluate(state, name, place)
    return found


def _in_order(matter: Matter, names: list[str]) -> list[str]:
    """Order files so that a duty comes after those on which it depends."""
    known = set(names)
    graph: dict[str, list[str]] = {}
    for name in names:
        graph[name] = [other for other in matter.corpus.files_before(name) if other in known]
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise LawError([Fault("rules", circle, "these files depend on each other")]) from None


def _unit_places(state: _State, name: str) -> list[str]:
    file = state.matter.corpus.file(name)
    found: list[str] = []
    for obligation in file.obligation:
        found += _places_of(state, obligation, file.place)
    return sorted(dict.fromkeys(found))


def _places_of(state: _State, obligation: Obligation, place: str) -> list[str]:
    if obligation.each is None:
        return [place]
    if obligation.id not in state.places:
        found = selected(obligation.each, state.matter)
        state.places[obligation.id] = found or [obligation.each.otherwise or obligation.each.in_]
    return state.places[obligation.id]


def _evaluate(state: _State, name: str, place: str) -> Iterator[Verdict]:
    matter = state.matter
    file = matter.corpus.file(name)
    editions = matter.corpus.editions(name, place)
    chosen = {
        obligation.id: choose(matter, editions[obligation.id], place)
        for obligation in file.obligation
        if place in _places_of(state, obligation, file.place)
    }
    gates = matter.corpus.gates(name, place)
    shut = {
        duty
        for duty, choice in chosen.items()
        if all(_is_shut(matter, gates[duty, edition.label]) for edition in choice.editions)
    }
    state.owed |= {(duty, place): Truth.FALSE for duty in shut}
    if len(shut) == len(chosen):
        return  # nothing of this law can bind: no rule of it is run, nor even compiled
    elsewhere = _elsewhere(state, file, editions, place)
    unit = _infer(state, name, place, chosen, elsewhere, shut)
    for obligation in file.obligation:
        if obligation.id in chosen and obligation.id not in shut:
            yield from _verdicts(state, obligation, chosen[obligation.id], unit)


def _is_shut(matter: Matter, gates: Iterable[Gate]) -> bool:
    """Tell whether a status that a duty is gated on is known not to be the organisation's."""
    return not matter.everything and any(
        matter.findings.status(gate.tree) is Truth.FALSE for gate in gates
    )


def _elsewhere(
    state: _State, file: LawFile, editions: Mapping[str, list[Edition]], place: str
) -> dict[str, Chosen]:
    """Choose the versions of duties that have their results in other places only.

    Another duty here may ask whether they are owed: a local authority, about the lead.
    """
    return {
        obligation.id: choose(state.matter, editions[obligation.id], place)
        for obligation in file.obligation
        if obligation.each is not None and place not in _places_of(state, obligation, file.place)
    }


def _infer(
    state: _State,
    file: str,
    place: str,
    chosen: Mapping[str, Chosen],
    elsewhere: Mapping[str, Chosen],
    shut: set[str],
) -> Unit:
    """Decide the atoms that the chosen versions need, and run the rules over them.

    Of a duty behind a shut gate only the gate is decided: that proves it not owed.
    """
    matter = state.matter
    instrument, gates = matter.corpus.instrument(file, place), matter.corpus.gates(file, place)
    wanted = _wanted(instrument, chosen, shut, gates)
    definitions = _definitions(matter, instrument, chosen)
    contexts = _contexts(instrument, chosen, definitions)
    found: dict[str, Finding] = {}
    values: dict[str, Truth] = {}
    atoms: list[Proposition] = []
    everywhere = {**elsewhere, **chosen}
    for name in wanted:
        leaf = instrument.leaves[name]
        if leaf.atom.kind == "version":
            truth = _chosen_truth(matter, leaf, everywhere, place)
            atoms += [(name, rail) for rail in RAILS_OF[truth] if truth is not Truth.FALSE]
            continue
        if leaf.atom.kind == "owed":
            truth = values[name] = _owed(state, leaf.atom.subject, place)
        else:
            definition = definitions.get(leaf.context.label)
            found[name] = matter.findings.decide(leaf, place, definition, contexts)
            truth = found[name].truth
        atoms += [(name, rail) for rail in RAILS_OF[truth]]
    if matter.check:
        steps = infer_checked(instrument.ruleset, atoms, matter.engine)
    else:
        steps = instrument.ruleset.infer(atoms, matter.engine)
    proved = frozenset([*atoms, *(step.conclusion for step in steps)])
    return Unit(instrument, place, found, tuple(steps), proved, values, definitions, gates)


def _wanted(
    instrument: Instrument,
    chosen: Mapping[str, Chosen],
    shut: set[str],
    gates: Mapping[tuple[str, str], Iterable[Gate]],
) -> list[str]:
    """Name the leaves on which the chosen versions rest, through other duties too."""
    names: set[str] = set()
    for duty, choice in chosen.items():
        if duty in shut:
            for gate in gates[duty, choice.edition.label]:
                names |= {_plain_leaf(leaf) for leaf in leaves(gate.tree)}
            continue
        for edition in choice.editions:
            names |= instrument.rests_on.get((duty, edition.label), frozenset())
    return sorted(names & instrument.leaves.keys())


def _chosen_truth(matter: Matter, leaf: Leaf, chosen: Mapping[str, Chosen], place: str) -> Truth:
    """Tell whether a version applies; unknown where it is doubtful that it binds."""
    duty, label, *besides = leaf.atom.subject, *leaf.atom.words
    choice = chosen.get(duty)
    if choice is None or not choice.in_force or choice.edition.status in NO_DUTY | COMING:
        return Truth.of(label == "none")
    if label != choice.edition.label:
        return Truth.FALSE
    if besides:
        return Truth.of(besides == [choice.also.label if choice.also else "none"])
    doubtful = _doubtful(matter, choice.edition.obligation, choice, place)
    return Truth.UNKNOWN if doubtful else Truth.TRUE


def _contexts(
    instrument: Instrument,
    chosen: Mapping[str, Chosen],
    definitions: Mapping[str, Protected | None],
) -> dict[str, tuple[Context, Protected | None]]:
    found = {}
    for duty, choice in chosen.items():
        clause = instrument.clauses[duty, choice.edition.label, None]
        context = clause.context
        found[duty] = (context, definitions[context.label])
    return found


def _definitions(
    matter: Matter, instrument: Instrument, chosen: Mapping[str, Chosen]
) -> dict[str, Protected | None]:
    """Pick what the law protected, by context: on the day of the duty's event, else today.

    Where duties of one context were chosen by different days the latest counts, since
    definitions have grown: data do not fall out of protection by a detail of one duty.
    """
    today = matter.now.date() if matter.now else None
    days: dict[str, tuple[Context, date | None]] = {}
    for duty, choice in chosen.items():
        context = instrument.clauses[duty, choice.edition.label, None].context
        held = days.get(context.label, (context, None))[1]
        known = [day for day in (held, choice.day) if day is not None]
        days[context.label] = (context, max(known, default=None))
    for duty, choice in chosen.items():
        if choice.also is not None:
            context = instrument.clauses[duty, choice.also.label, None].context
            days.setdefault(context.label, (context, today))
    return {
        label: definition_on(instrument.file.protected, context.protects, day or today)
        for label, (context, day) in days.items()
    }


def _owed(state: _State, duty: str, place: str) -> Truth:
    """Tell whether a duty of another file is owed: here first, else anywhere."""
    here = state.owed.get((duty, place))
    if here is not None:
        return here
    return some(truth for (each, _), truth in state.owed.items() if each == duty)


def _verdicts(
    state: _State, obligation: Obligation, choice: Chosen, unit: Unit
) -> Iterator[Verdict]:
    edition = choice.edition
    stages: Iterable[Stage | None] = edition.version.stage or (None,)
    clause = unit.instrument.clauses[obligation.id, edition.label, None]
    whole = _truth(state.matter, obligation, choice, unit, clause)
    state.owed[obligation.id, unit.place] = whole
    in_view = state.matter.everything or any(
        _in_view(unit.gates[obligation.id, each.label], state.matter) for each in choice.editions
    )
    for stage in stages:
        own, truth = clause, whole
        if stage is not None:
            own = unit.instrument.clauses[obligation.id, edition.label, stage.name]
            truth = _truth(state.matter, obligation, choice, unit, own)
        yield Verdict(
            obligation, edition, unit.place, stage, truth, own, unit,
            in_force=choice.in_force, note=choice.note, open=choice.open, in_view=in_view,
            also=choice.also,
        )  # fmt: skip  # reason: one argument a line would hide that these only pass through


def _truth(
    matter: Matter, obligation: Obligation, choice: Chosen, unit: Unit, clause: Clause
) -> Truth:
    status = choice.edition.status
    if not choice.in_force or status in NO_DUTY or status in COMING:
        return Truth.FALSE
    truth = unit.truth(clause.name)
    if choice.also is not None and truth is Truth.FALSE:
        # Without a transition clause it is open which version binds: neither frees alone.
        newer = unit.instrument.clauses.get((obligation.id, choice.also.label, clause.stage))
        if newer is not None and unit.truth(newer.name) is not Truth.FALSE:
            truth = Truth.UNKNOWN
    doubtful = _doubtful(matter, obligation, choice, unit.place)
    return Truth.UNKNOWN if doubtful and truth is Truth.TRUE else truth


def _doubtful(matter: Matter, obligation: Obligation, choice: Chosen, place: str) -> bool:
    """Tell whether it is open that a duty binds, whatever the facts are."""
    return bool(
        choice.edition.status in AT_MOST_POSSIBLE
        or choice.open
        or obligation.id.endswith("-unverified")
        or _lacks_overlay(matter, obligation, place)
    )


def _lacks_overlay(matter: Matter, obligation: Obligation, place: str) -> bool:
    """Tell whether the place's own act is needed and not in the corpus."""
    if obligation.each is None or obligation.each.overlays != "required":
        return False
    return not any(
        overlay.of == obligation.id
        for name in matter.corpus.overlays(place)
        for overlay in matter.corpus.file(name).overlay
    )


# -- what is in view ------------------------------------------------------------------


def _in_view(gates: Iterable[Gate], matter: Matter) -> bool:
    """Tell whether the statuses that a duty is gated on are in play."""
    possible = matter.incident.organisation.regimes_possible
    for gate in gates:
        value = matter.findings.status(gate.tree)
        named = {f"organisation.regimes.{regime}" for regime in possible}
        open_to_all = possible == "unknown" and gate.statuses != {PUBLIC}
        if value is Truth.FALSE or (
            value is Truth.UNKNOWN and not open_to_all and not gate.statuses & named
        ):
            return False
    return True


def open_statuses(verdict: Verdict, matter: Matter) -> set[str]:
    """Name the undecided statuses on which a duty out of view hangs."""
    if verdict.truth is Truth.FALSE:
        return set()  # no answer could bring it about
    found: set[str] = set()
    editions = [each for each in (verdict.edition, verdict.also) if each is not None]
    gates = verdict.unit.gates
    for gate in (gate for each in editions for gate in gates[verdict.obligation.id, each.label]):
        if matter.findings.status(gate.tree) is Truth.UNKNOWN:
            found |= gate.statuses
    return found


# -- conditions over what was found -------------------------------------------------------


def evaluate(tree: Condition, unit: Unit, context: Context) -> Truth:
    """Evaluate a condition over a unit's findings, the same way inference proves it."""

    def decide(leaf: Atom | Name) -> Truth:
        if isinstance(leaf, Name) and leaf.kind != "name":
            return _evaluate_duty(leaf, unit)
        held = unit.instrument.conditions.get(leaf.name) if isinstance(leaf, Name) else None
        if held is not None:
            return evaluate(held.tree, unit, context)
        finding = unit.found.get(leaf_name(leaf, unit, context))
        return Truth.UNKNOWN if finding is None else finding.truth

    return fold(tree, decide)


def asked_of_facts(tree: Condition, verdict: Verdict, matter: Matter) -> Truth:
    """Decide a condition that no rule of inference asks: of an extension, of an extra.

    It may name conditions of the law file, but no other duty.
    """
    unit, context = verdict.unit, verdict.clause.context
    scope = Scope(verdict.place, context, unit.definitions.get(context.label), {})

    def decide(leaf: Atom | Name) -> Truth:
        held = unit.instrument.conditions.get(leaf.name) if isinstance(leaf, Name) else None
        if held is not None:
            return asked_of_facts(held.tree, verdict, matter)
        return matter.findings.evaluate(leaf, scope)

    return fold(tree, decide)


def _evaluate_duty(tree: Name, unit: Unit) -> Truth:
    """Tell whether another duty, or a named ground of this one, is proved."""
    if tree.kind == "duty":
        return unit.truth(tree.name)
    outside = f"owed::owed({tree.name})"
    if outside in unit.values:
        return unit.values[outside]
    return unit.truth(f"{tree.name}::owed")


def leaf_name(tree: Atom | Name, unit: Unit, context: Context) -> str:
    """Name the leaf that an atom is in a unit, in its context if it depends on one."""
    plain = _plain_leaf(tree)
    own = f"{plain} [{context.label}]"
    return own if own in unit.instrument.leaves else plain


def _plain_leaf(tree: Atom | Name) -> str:
    """Name the leaf that an atom is where it depends on no context."""
    if isinstance(tree, Atom):
        return f"{tree.kind}::{tree.text}"
    return f"owed::owed({tree.name})" if tree.kind == "owed" else f"fact::{tree.name}"
