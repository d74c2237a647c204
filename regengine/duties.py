"""The law in play, evaluated: each duty required, not required or open, with its proof.

A unit is one law file looked at from one place: its atoms are decided, its rules run,
and every duty of it that the facts select for that place gets a verdict. Units run in
the order in which their duties depend on each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from regengine.assessment import Why
from regengine.clauses import Clause, Context, Edition, Instrument, Leaf
from regengine.conditions import All, Any, Atom, Condition, Name, Not, fold, parse
from regengine.errors import Fault, LawError
from regengine.facts import Incident
from regengine.findings import Finding, Open, Scope, definition_on, first_day
from regengine.inference import Proposition, Rule, Step, infer_checked
from regengine.law import (
    Due,
    Each,
    LawFile,
    NamedCondition,
    Obligation,
    Protected,
    Selection,
    Stage,
    Version,
)
from regengine.matter import Matter
from regengine.people import ANYWHERE
from regengine.truth import Range, Truth, some

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
    told: dict[str, Why] = field(default_factory=dict)  # steps in words, by rule
    proofs: dict[Proposition, Proof] = field(default_factory=dict)  # by what they prove

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


# -- places in play -----------------------------------------------------------------


def places_in_play(matter: Matter) -> set[str]:
    """List the places that the facts name, with everything that they lie in.

    A status under a law names the place of that law, too: a manufacturer of products on the
    Union market is bound wherever it has its seat.
    """
    organisation = matter.incident.organisation
    homes = matter.corpus.regime_places
    named = {
        *(homes[regime] for regime in organisation.regimes or () if regime in homes),
        organisation.country,
        organisation.eu_main_establishment,
        organisation.eu_representative,
        *(organisation.establishments or ()),
        *(organisation.operates_in or ()),
        *people_places(matter.incident),
    } - {None, ANYWHERE}
    world = matter.corpus.world
    found = set()
    for place in named:
        if place is not None:
            found |= {place, *world.ancestors(place)}
    if matter.everything:
        for where in remainders(matter):
            found |= set(laws_within(matter, where))
    return found


def remainders(matter: Matter) -> dict[str, Range]:
    """Find the head-counts that name no single place: a country with states, or anywhere."""
    lawful = matter.corpus.places_with_law
    found: dict[str, Range] = {}
    if matter.incident.affected is None:
        return {ANYWHERE: Range()}
    for group in matter.incident.affected:
        people = {ANYWHERE: Range()} if group.people is None else group.people
        for place, count in people.items():
            wide = place in (ANYWHERE, "EU", "EEA") or any(
                other.startswith(f"{place}-") for other in lawful
            )
            if wide and count.at_most != 0:
                found[place] = found.get(place, Range.exactly(0)) + count
    return found


def laws_within(matter: Matter, where: str) -> dict[str, list[str]]:
    """List the places inside one, or anywhere, that have law, with their files."""
    corpus = matter.corpus
    found: dict[str, list[str]] = {}
    for name, raw in corpus.raw.items():
        inside = where == ANYWHERE or corpus.world.covers(where, raw.place)
        if inside and "obligation" in raw.data:
            found.setdefault(raw.place, []).append(name)
    return found


def people_places(incident: Incident) -> set[str]:
    """List the places where the file says people are or may be."""
    return {
        place
        for group in incident.affected or ()
        for place, count in (group.people or {}).items()
        if count.at_most != 0 and place != ANYWHERE
    }


def selected(each: Each, matter: Matter) -> list[str]:
    """List the places for which a duty has one result each."""
    found = _selected(each, each.of, matter)
    anywhere = Scope(each.in_, Context(), None, {})
    for also in each.also:
        met = matter.findings.evaluate(parse(also.if_), anywhere)
        found += _selected(each, also.of, matter) if met is not Truth.FALSE else []
    return list(dict.fromkeys(found))


def _selected(each: Each, of: Selection, matter: Matter) -> list[str]:
    organisation, world = matter.incident.organisation, matter.corpus.world
    establishments = [
        _level(place, each, matter)
        for place in matter.findings.establishments() or ()
        if world.covers(each.in_, place)
    ]
    affected = [
        _level(place, each, matter)
        for place in sorted(people_places(matter.incident))
        if world.covers(each.in_, place) and place != each.in_ and place not in ("EU", "EEA")
    ]
    if of == "main_establishment":
        main = main_establishment(matter, each.in_)
        found = [] if main is None else [_level(main, each, matter)]
    elif of == "establishment":
        found = establishments
    elif of == "seat":
        seat = organisation.country
        inside = seat is not None and world.covers(each.in_, seat)
        found = [_level(seat, each, matter)] if inside and seat else []
    elif of == "affected":
        found = [*affected, *_somewhere(each, matter)]
    elif of == "representative":
        agent = organisation.eu_representative
        inside = agent is not None and world.covers(each.in_, agent)
        found = [_level(agent, each, matter)] if inside and agent else []
    else:
        business = [
            _level(place, each, matter)
            for place in organisation.operates_in or ()
            if world.covers(each.in_, place) and place != each.in_
        ]
        found = [*establishments, *business, *affected]
    return found


def _somewhere(each: Each, matter: Matter) -> list[str]:
    """Keep the area itself for people who live in it, nobody has said yet where."""
    lumps = {each.in_, "EU", "EEA"} & people_places(matter.incident)
    return [each.in_] if any(matter.corpus.world.covers(each.in_, lump) for lump in lumps) else []


def _level(place: str, each: Each, matter: Matter) -> str:
    """Lift a place to the level of the selection: a member state, or a state of a country."""
    if "-" not in place or each.in_ == place.partition("-")[0]:
        return (
            matter.corpus.places.listed[place].law_of or place if _listed(place, matter) else place
        )
    return place.partition("-")[0]


def _listed(place: str, matter: Matter) -> bool:
    return place in matter.corpus.places.listed


def main_establishment(matter: Matter, area: str) -> str | None:
    """Find the main establishment: the one stated, else the seat, else the only one."""
    organisation, world = matter.incident.organisation, matter.corpus.world
    for place in (organisation.eu_main_establishment, organisation.country):
        if place is not None and world.covers(area, place):
            return place
    inside = [p for p in matter.findings.establishments() or () if world.covers(area, p)]
    return inside[0] if len(inside) == 1 else None


# -- versions -----------------------------------------------------------------------


def starting_events(due: Due | None) -> list[str]:
    """List the events that start a due's clocks; a filing counts as ``discovered``.

    >>> from regengine.law import Due
    >>> starting_events(Due(within="1 day", starts="earlier(detected, aware)"))
    ['detected', 'aware']
    """
    if due is None:
        return []
    found: list[str] = []
    if due.starts is not None:
        call, _, inside = due.starts.partition("(")
        if not inside:
            found.append(call)
        elif call in ("earlier", "later", "year_end"):
            found += [part.strip() for part in inside.rstrip(")").split(",")]
        else:
            found.append("discovered")
    for limb in (*due.earliest, *due.latest, *due.cases):
        found += starting_events(limb)
    return [event for event in dict.fromkeys(found) if event.replace("_", "").isalpha()]


def applying_events(text: str) -> list[str]:
    """Read the events that choose a version: one, ``a or b``, ``later(a, b)``.

    >>> applying_events("later(discovered, determined)")
    ['discovered', 'determined']
    """
    inside = text.partition("(")[2].rstrip(")") or text
    return [event.strip() for event in re.split(r",|\||\bor\b", inside)]


def event_day(matter: Matter, edition: Edition, place: str) -> date | None:
    """Find the day that chooses the version: ``as_of``, else that of the law's own event."""
    if matter.as_of is not None:
        return matter.as_of
    version = edition.version
    pick: Callable[[list[date]], date] = min
    if version.applies_by is not None:
        # "later(...)": the law reaches whatever comes last.
        pick = max if version.applies_by.startswith("later(") else min
        events = applying_events(version.applies_by)
    else:
        stages = version.stage or ()
        events = starting_events(version.due or (stages[0].due if stages else None))
    days = [
        day
        for event in events or ["discovered"]
        if (day := matter.dates.day_of(event, edition.obligation.id, place)) is not None
    ]
    return pick(days) if days else None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The version that applies, whether it is in force, and why not."""

    edition: Edition
    in_force: bool
    note: str | None = None
    open: tuple[Open, ...] = ()
    also: Edition | None = None
    day: date | None = None  # the day of the law's own event, where known


def choose(matter: Matter, editions: list[Edition], place: str) -> Chosen:
    """Pick the version in force on the day that the law itself names."""
    newest = editions[-1]
    own = event_day(matter, newest, place)
    day = own or (matter.now.date() if matter.now else None)
    if day is None:
        return Chosen(newest, in_force=True)
    begun = [item for item in editions if _begins(item, matter) <= day]
    if not begun:
        first = editions[0].version.from_
        note = f"not in force on {day}: it begins on {first}; earlier law is not in the corpus"
        return Chosen(editions[0], in_force=False, note=note, day=own)
    edition = begun[-1]
    until = edition.version.until
    if until is not None and until < day:
        note = f"no longer in force on {day}: it ended on {until}"
        return Chosen(edition, in_force=False, note=note, day=own)
    also = _runs_besides(matter, editions, edition)
    missing = _entity_start(matter, edition)
    return Chosen(edition, in_force=True, open=missing, also=also, day=own)


def _begins(edition: Edition, matter: Matter) -> date:
    """Take the entity's own first day where the law starts with each entity apart."""
    own = edition.version.from_fact
    if own is not None:
        value, _ = matter.findings.judged(own)
        if value is not None:
            day = value[: len("2026-01-15")]  # of an instant its date
            return first_day(day) if len(day) == len("2026-01") else date.fromisoformat(day)
    return first_day(edition.version.from_)


def _entity_start(matter: Matter, edition: Edition) -> tuple[Open, ...]:
    own = edition.version.from_fact
    if own is None or matter.findings.judged(own)[0] is not None:
        return ()
    declared = matter.corpus.judgements.get(own)
    question = declared.question if declared else f"From which day does {own} hold?"
    return (Open(f"judgements.{own}", question, edition.version.cite),)


def _runs_besides(matter: Matter, editions: list[Edition], chosen: Edition) -> Edition | None:
    """Find a newer version without transition clause that has begun by today."""
    if matter.now is None or matter.as_of is not None:
        return None
    later = editions[editions.index(chosen) + 1 :]
    for edition in reversed(later):
        begun = first_day(edition.version.from_) <= matter.now.date()
        if begun and edition.version.transition == "both":
            return edition
    return None


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
    instrument = matter.corpus.instrument(name, place)
    editions = matter.corpus.editions(name, place)
    chosen = {
        obligation.id: choose(matter, editions[obligation.id], place)
        for obligation in file.obligation
        if place in _places_of(state, obligation, file.place)
    }
    unit = _infer(state, instrument, place, chosen, _elsewhere(state, file, editions, place))
    for obligation in file.obligation:
        if obligation.id in chosen:
            yield from _verdicts(state, obligation, chosen[obligation.id], unit)


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
    instrument: Instrument,
    place: str,
    chosen: Mapping[str, Chosen],
    elsewhere: Mapping[str, Chosen],
) -> Unit:
    """Decide the atoms that the chosen versions need, and run the rules over them."""
    matter = state.matter
    wanted = _wanted(instrument, chosen)
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
    return Unit(instrument, place, found, tuple(steps), proved, values, definitions)


def _wanted(instrument: Instrument, chosen: Mapping[str, Chosen]) -> list[str]:
    """Name the leaves on which the chosen versions rest, through other duties too."""
    names: set[str] = set()
    for duty, choice in chosen.items():
        for edition in (choice.edition, choice.also):
            if edition is not None:
                names |= instrument.rests_on.get((duty, edition.label), frozenset())
    return sorted(names)


def _chosen_truth(matter: Matter, leaf: Leaf, chosen: Mapping[str, Chosen], place: str) -> Truth:
    """Tell whether a version applies; unknown where it is doubtful that it binds."""
    duty, label = leaf.atom.subject, leaf.atom.words[0]
    choice = chosen.get(duty)
    if choice is None or not choice.in_force or choice.edition.status in NO_DUTY | COMING:
        return Truth.of(label == "none")
    if label != choice.edition.label:
        return Truth.FALSE
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
    in_view = state.matter.everything or _in_view(clause, unit, state.matter)
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


# -- what is in view, what is open ---------------------------------------------------


PUBLIC = "organisation.public"
_SIZES = frozenset({"organisation.employees", "organisation.turnover_eur"})


def statuses_of(tree: Condition, conditions: Mapping[str, NamedCondition]) -> set[str] | None:
    """Name the statuses of a condition that asks about nothing else, else ``None``.

    >>> sorted(statuses_of(parse("regime us.ncua or organisation.public"), {}) or ())
    ['organisation.public', 'organisation.regimes.us.ncua']

    A status is a regime, or being a public body; how large the organisation is may stand
    beside. What asks that a status be absent is no gate.
    """
    if isinstance(tree, Atom):
        return _status_of(tree)
    if isinstance(tree, Name):
        held = conditions.get(tree.name) if tree.kind == "name" else None
        if held is not None:
            return statuses_of(parse(held.if_), conditions)
        return {PUBLIC} if tree.name == PUBLIC else None
    parts = [None if isinstance(tree, Not) else statuses_of(t, conditions) for t in _terms(tree)]
    known = [part for part in parts if part is not None]
    return None if len(known) < len(parts) else set().union(*known)


def _status_of(atom: Atom) -> set[str] | None:
    if atom.kind == "fact" and atom.subject in _SIZES:
        return set()
    return {f"organisation.regimes.{atom.subject}"} if atom.kind == "regime" else None


def _terms(tree: Not | All | Any) -> tuple[Condition, ...]:
    return (tree.term,) if isinstance(tree, Not) else tree.terms


def _in_view(clause: Clause, unit: Unit, matter: Matter) -> bool:
    """Tell whether the statuses that a duty is gated on are in play."""
    possible = matter.incident.organisation.regimes_possible
    for term in clause.positives:
        statuses = statuses_of(term, unit.instrument.conditions)
        if not statuses:
            continue
        value = evaluate(term, unit, clause.context)
        named = {f"organisation.regimes.{regime}" for regime in possible}
        open_to_all = possible == "unknown" and statuses != {PUBLIC}
        if value is Truth.FALSE or (
            value is Truth.UNKNOWN and not open_to_all and not statuses & named
        ):
            return False
    return True


def gates(verdict: Verdict) -> set[str]:
    """Name the undecided statuses on which a duty out of view hangs."""
    if verdict.truth is Truth.FALSE:
        return set()  # no answer could bring it about
    # A stage hangs on its duty, and the duty on the statuses.
    key = verdict.obligation.id, verdict.edition.label, None
    clause, unit = verdict.unit.instrument.clauses[key], verdict.unit
    found: set[str] = set()
    for term in clause.positives:
        statuses = statuses_of(term, unit.instrument.conditions)
        if statuses and evaluate(term, unit, clause.context) is Truth.UNKNOWN:
            found |= statuses
    return found


def evaluate(tree: Condition, unit: Unit, context: Context) -> Truth:
    """Evaluate a condition over a unit's findings, the same way inference proves it."""

    def decide(leaf: Atom | Name) -> Truth:
        if isinstance(leaf, Name) and leaf.kind != "name":
            return _evaluate_duty(leaf, unit)
        held = unit.instrument.conditions.get(leaf.name) if isinstance(leaf, Name) else None
        if held is not None:
            return evaluate(parse(held.if_), unit, context)
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
            return asked_of_facts(parse(held.if_), verdict, matter)
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
    if isinstance(tree, Name):
        kind, text = ("owed", f"owed({tree.name})") if tree.kind == "owed" else ("fact", tree.name)
    else:
        kind, text = tree.kind, tree.text
    plain = f"{kind}::{text}"
    own = f"{plain} [{context.label}]"
    return own if own in unit.instrument.leaves else plain
