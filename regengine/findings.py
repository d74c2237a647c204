"""Facts in, findings out: each atom of the law decided true, false or unknown.

A finding keeps its reason in words, the facts on which it is open, and what was presumed
because the law puts the burden on the bound person. Findings decide atoms over facts;
what follows from them is inference's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from regengine.clauses import GROUP_FACTS, Context, Leaf, as_atom
from regengine.conditions import All, Any, Atom, Condition, Name, Not, fold, parse
from regengine.facts import ROLES, Group, Incident, JudgementGiven
from regengine.found import NOWHERE, Events, Finding, Heads, Inside, Open, Presumption, Scope, Words
from regengine.in_force import first_day
from regengine.law import Protected
from regengine.people import ANYWHERE, OUTSIDE, Geography, Spread, add_groups
from regengine.protection import GroupData, group_state
from regengine.questions import WHO, question
from regengine.truth import Range, Truth, every, some

_Item = TypeVar("_Item")

# Kinds of incident that cannot have touched paper alone.
_ELECTRONIC = frozenset(
    {
        "ransomware", "malware", "intrusion", "credential_stuffing", "phishing",
        "exfiltration", "lost_device", "stolen_device", "misconfiguration", "vulnerability",
        "outage",
    }
)  # fmt: skip  # reason: a vocabulary reads better in lines of words

# Atoms that are the same wherever they are asked.
_PLACELESS = frozenset(
    {"fact", "form", "regime", "happened", "answered", "dated", "kind", "media", "role"}
)

_WHEN = "When did the organisation become aware of the incident?"

# The area in which an organisation has one main establishment (the fact's own words: "eu_").
_UNION = "EEA"


class Findings:
    """Decides atoms for one incident; one place at a time."""

    def __init__(
        self,
        incident: Incident,
        events: Events,
        words: Words,
        world: Geography,
        days: tuple[date, ...] = (),  # by each of which dated conditions are law or not
    ) -> None:
        self.days = days
        self.incident = incident
        self.events = events
        self.words = words
        self.world = world
        groups = incident.affected
        # Nothing known of the people: one group of whom everything is unknown.
        self.groups = (Group(group="people"),) if groups is None else groups
        # Asked for again by nearly every duty; groups and definitions outlive this object.
        self._protected: dict[tuple[int, int], Inside] = {}
        self._placeless: dict[str, Finding] = {}
        self._statuses: dict[int, Truth] = {}
        self._roles: dict[tuple[int, tuple[str, ...]], Inside] = {}
        self._insides: dict[tuple[int, tuple[str, ...], int], Inside] = {}
        self._residents: dict[tuple[int, str], Range] = {}
        self._spreads: dict[int, Spread] = {}
        self._present_in: dict[str, list[tuple[Group, Range]]] = {}
        self._heads: dict[tuple[str, tuple[str, ...], int, str | None], Heads] = {}

    def without(self, judgement: str) -> Findings:
        """Decide anew as though counsel had not drawn one conclusion."""
        held = {key: each for key, each in self.incident.judgements.items() if key != judgement}
        incident = self.incident.model_copy(update={"judgements": held})
        return Findings(incident, self.events, self.words, self.world, self.days)

    # -- one atom -----------------------------------------------------------------

    def decide(
        self,
        leaf: Leaf,
        place: str,
        definition: Protected | None,
        contexts: Mapping[str, tuple[Context, Protected | None]] | None = None,
    ) -> Finding:
        """Decide one leaf for one place.

        ``definition``: what the law protects under the leaf's context (``None``: any
        personal data). ``contexts``: the same of other duties, for the people they reach.
        """
        atom = leaf.atom
        scope = Scope(place, leaf.context, definition, contexts or {})
        if atom.kind not in _PLACELESS or atom.subject in GROUP_FACTS:
            return self._by_kind(atom, scope)
        if leaf.name not in self._placeless:
            self._placeless[leaf.name] = self._by_kind(atom, scope)
        return self._placeless[leaf.name]

    # -- facts and judgements -----------------------------------------------------

    def _decide_fact(self, atom: Atom, scope: Scope) -> Finding:
        subject = atom.subject
        if subject in self.words.judgements:
            return self._judgement(atom)
        if subject in GROUP_FACTS:
            return self._group_fact(atom, scope)
        value, path = self._value(subject)
        if value is None:
            return _unknown(path, question(path))
        truth = _compare(value, atom)
        return Finding(truth, f"{path} is {_shown(value)}")

    def _value(self, subject: str) -> tuple[object, str]:
        """Find a fact by its path; ``acquired`` follows from ``exfiltrated``."""
        if subject == "role":
            return self.incident.organisation.role, "organisation.role"
        happening = self.incident.incident
        if subject == "incident.acquired" and happening.acquired is None and happening.exfiltrated:
            return True, "incident.exfiltrated"
        value: object = self.incident
        for part in subject.split("."):
            value = getattr(value, part, None)
            if value is None:
                return None, subject
        return value, subject

    def _judgement(self, atom: Atom) -> Finding:
        subject = atom.subject
        declared = self.words.judgements[subject]
        value, note = self.judged(subject)
        if value is None:
            return _unknown(f"judgements.{subject}", declared.question, declared.cite)
        if declared.type == "choice" and atom.operator not in ("=", "!="):
            order = {word: number for number, word in enumerate(declared.values)}
            rank = Range.exactly(order[value])
            truth = rank.compare(atom.operator, order[str(atom.value)])
        elif declared.type == "number":
            truth = Range.exactly(float(value)).compare(atom.operator, float(atom.value or 0))
        else:
            truth = Truth.of((value == str(atom.value)) == (atom.operator == "="))
        return Finding(truth, f"{subject} is judged {value}{note}")

    def judged(self, subject: str) -> tuple[str | None, str]:
        """Find what was judged, or what another judgement lets stand for it."""
        given = self.incident.judgements.get(subject)
        if given is not None and given.value is not None:
            return given.value, ""
        standing: dict[str, str] = {}
        for other, value in self._standing(subject):
            standing.setdefault(value, f" (from {other}, judged {value})")
        # Judgements that would answer differently leave the question open.
        return next(iter(standing.items())) if len(standing) == 1 else (None, "")

    def _standing(self, subject: str) -> Iterator[tuple[str, str]]:
        """List the judgements that may stand for one, each with the value that it gives."""
        declared = self.words.judgements.get(subject)
        for other, mapping in (declared.falls_back if declared else {}).items():
            held = self.incident.judgements.get(other)
            if held is not None and held.value in mapping:
                yield other, mapping[held.value]

    def _decide_dated(self, atom: Atom, _scope: Scope) -> Finding:
        """Decide whether a condition is law on the day of the matter.

        While no day is on record the law of today counts; whether that has ended, nobody
        knows. Days of one matter of which it is law on some alone leave it open.
        """
        first, last = atom.words
        if not self.days:
            truth = Truth.UNKNOWN if last else Truth.TRUE
            opened = (Open("timeline.aware", _WHEN),) if last else ()
            return Finding(truth, "no day is on record: the law of today", opened)
        end = date.fromisoformat(last) if last else date.max
        held = {first_day(first) <= day <= end for day in self.days}
        said = " and ".join(map(str, self.days))
        truth = Truth.of(held.pop() if len(held) == 1 else None)
        return Finding(truth, f"{atom.text}; the matter is of {said}")

    def _decide_answered(self, atom: Atom, _scope: Scope) -> Finding:
        value, note = self.judged(atom.subject)
        if value is None:
            declared = self.words.judgements.get(atom.subject)
            fact = f"judgements.{atom.subject}"
            asked, cite = (declared.question, declared.cite) if declared else (question(fact), None)
            otherwise = f"Has counsel concluded otherwise than the facts say? {asked}"
            return Finding(
                Truth.FALSE,
                f"counsel has not answered {atom.subject}",
                (Open(fact, asked, cite),),
                (Presumption(fact, False, otherwise, cite),),
            )
        return Finding(Truth.TRUE, f"{atom.subject} is judged {value}{note}")

    def _decide_form(self, atom: Atom, _scope: Scope) -> Finding:
        """Decide whether a judgement has the form that the law asks of it.

        Where another one stands for it, so does that one's form.
        """
        form, _, authority = atom.words[0].partition(" ")
        path = f"judgements.{atom.subject}"
        if form == "written":
            source, written = self._kept(atom.subject, lambda given: given.written)
            if written is None:
                return _unknown(f"{path}.written", "Is the conclusion kept in writing?")
            return Finding(Truth.of(written), f"judgements.{source}.written is {written}")
        source, consulted = self._kept(atom.subject, lambda given: given.consulted)
        if consulted is None:
            return _unknown(f"{path}.consulted", f"Was {authority or 'the authority'} consulted?")
        names = [item.authority for item in consulted]
        asked = bool(names) if not authority else authority in names
        return Finding(Truth.of(asked), f"consulted: {', '.join(names) or 'nobody'}")

    def _kept(
        self, subject: str, part: Callable[[JudgementGiven], _Item | None]
    ) -> tuple[str, _Item | None]:
        """Find a part of a judgement's form, its own or that of one which stands for it."""
        own = self.incident.judgements.get(subject, JudgementGiven())
        names = [subject]
        if own.value is None and self.judged(subject)[0] is not None:
            names += [other for other, _ in self._standing(subject)]
        for name in names:
            found = part(self.incident.judgements.get(name, JudgementGiven()))
            if found is not None:
                return name, found
        return subject, None

    def _decide_regime(self, atom: Atom, _scope: Scope) -> Finding:
        organisation, name = self.incident.organisation, atom.subject
        declared = self.words.regimes.get(name)
        question = declared.question if declared else f"Is the organisation under {name}?"
        given = organisation.regimes or ()
        if name in given:
            return Finding(Truth.TRUE, f"the organisation is under {name}")
        for other in given:
            if name in self._implied(other):
                return Finding(Truth.TRUE, f"the organisation is under {other}, hence {name}")
        possible = organisation.regimes_possible
        if organisation.regimes is None or possible == "unknown" or name in possible:
            return _unknown(f"organisation.regimes.{name}", question)
        for other in possible:
            if name in self._implied(other):
                wider = self.words.regimes[other]
                return _unknown(f"organisation.regimes.{other}", wider.question)
        return Finding(Truth.FALSE, f"the organisation is not under {name}")

    def _implied(self, regime: str) -> set[str]:
        """List what a regime brings with it, by one step or several."""
        found: set[str] = set()
        agenda = [regime]
        while agenda:
            declared = self.words.regimes.get(agenda.pop())
            fresh = set(declared.implies if declared else ()) - found
            found |= fresh
            agenda += fresh
        return found

    def _decide_happened(self, atom: Atom, _scope: Scope) -> Finding:
        truth = self.events.happened(atom.subject)
        if truth is Truth.UNKNOWN:
            words = atom.subject.replace("_", " ")
            return _unknown(f"timeline.{atom.subject}", f"Has this happened, and when: {words}?")
        known = "is in the timeline" if truth is Truth.TRUE else "has not happened yet"
        return Finding(truth, f"{atom.subject} {known}")

    def _decide_filed(self, atom: Atom, scope: Scope) -> Finding:
        for filing in self.incident.filings:
            if filing.how in ("refused", "withdrawn"):
                continue
            if filing.jurisdiction not in (None, scope.place):
                continue
            if {filing.obligation, f"{filing.obligation}/{filing.stage}"} & set(atom.words):
                return Finding(Truth.TRUE, f"a filing of {filing.obligation} is on record")
        return Finding(Truth.FALSE, f"no filing of {' or '.join(atom.words)} is on record")

    def _decide_kind(self, atom: Atom, _scope: Scope) -> Finding:
        happening = self.incident.incident
        return self._listed(atom, happening.kinds, happening.kinds_possible, "incident.kinds")

    def _decide_media(self, atom: Atom, _scope: Scope) -> Finding:
        media = self.incident.incident.media
        if media is None and "electronic" in atom.words and self._surely_electronic():
            return Finding(Truth.TRUE, "this kind of incident concerns electronic data")
        return self._listed(atom, media, (), "incident.media")

    def _surely_electronic(self) -> bool:
        return bool(_ELECTRONIC.intersection(self.incident.incident.kinds or ()))

    def _listed(
        self, atom: Atom, given: tuple[str, ...] | None, possible: Iterable[str], path: str
    ) -> Finding:
        wanted = set(atom.words)
        if given is not None and wanted.intersection(given):
            return Finding(Truth.TRUE, f"{path} holds {_words(wanted.intersection(given))}")
        if given is None or wanted.intersection(possible):
            return _unknown(path, question(path))
        return Finding(Truth.FALSE, f"{path} holds none of {_words(wanted)}")

    # -- places -------------------------------------------------------------------

    def _decide_seat(self, atom: Atom, scope: Scope) -> Finding:
        seat = self.incident.organisation.country
        return self._located(atom, scope, None if seat is None else (seat,), "organisation.country")

    def _decide_main(self, atom: Atom, scope: Scope) -> Finding:
        """Decide where the main establishment in the Union is: stated, else the seat there."""
        organisation = self.incident.organisation
        path = "organisation.eu_main_establishment"
        if organisation.eu_main_establishment is not None:
            return self._located(atom, scope, (organisation.eu_main_establishment,), path)
        seat, places = organisation.country, self.establishments()
        if seat is not None and self.world.covers(_UNION, seat):
            return self._located(atom, scope, (seat,), "organisation.country")
        if places is None:
            return _unknown(path, question(path))
        inside = {self._country(place) for place in places if self.world.covers(_UNION, place)}
        if len(inside) > 1:
            return _unknown(path, question(path))
        return self._located(atom, scope, tuple(inside), "organisation.establishments")

    def _decide_established(self, atom: Atom, scope: Scope) -> Finding:
        return self._located(atom, scope, self.establishments(), "organisation.establishments")

    def _decide_operates(self, atom: Atom, scope: Scope) -> Finding:
        organisation = self.incident.organisation
        given = self.establishments()
        places = (*(given or ()), *(organisation.operates_in or ()))
        found = self._located(atom, scope, places, "organisation.operates_in")
        if found.truth is Truth.FALSE and organisation.operates_in is None:
            # Left out, it means wherever people are affected.
            where = Atom("affected", atom.subject, text=atom.text)
            return self._decide_affected(where, scope)
        return found

    def establishments(self) -> tuple[str, ...] | None:
        """List the places of establishment: the seat alone where none are given."""
        return self.incident.organisation.establishments_or_seat

    def _located(
        self, atom: Atom, scope: Scope, places: tuple[str, ...] | None, path: str
    ) -> Finding:
        where = scope.place if atom.subject == "here" else atom.subject
        if places is None:
            return _unknown(path, question(path))
        reason = f"{path}: {_words(places) or 'none'}"
        if any(self.world.covers(where, place) for place in places):
            return Finding(Truth.TRUE, reason)
        # Somewhere in a country is perhaps in one of its parts.
        if any(self.world.covers(place, where) for place in places):
            return _unknown(path, question(path))
        return Finding(Truth.FALSE, reason)

    def _decide_establishments(self, atom: Atom, scope: Scope) -> Finding:
        places = self.establishments()
        if places is None:
            path = "organisation.establishments"
            return _unknown(path, question(path))
        where = scope.place if atom.subject == "here" else atom.subject
        inside = {self._country(place) for place in places if self.world.covers(where, place)}
        truth = Range.exactly(len(inside)).compare(atom.operator, float(atom.value or 0))
        return Finding(truth, f"established in {_words(sorted(inside)) or 'none'} of {where}")

    def _country(self, place: str) -> str:
        above = [item for item in self.world.ancestors(place) if not self.world.is_group(item)]
        return above[-1] if above else place

    # -- people and data ----------------------------------------------------------

    def _decide_role(self, atom: Atom, _scope: Scope) -> Finding:
        inside = [self._role(group, atom.words) for group in self.groups]
        truth = some(item.truth for item in inside) if inside else self._own_role(atom.words)
        if truth is Truth.UNKNOWN:
            return _unknown("organisation.role", question("organisation.role"))
        roles = self.incident.organisation.role or ()
        return Finding(truth, f"the organisation acts as {_words(roles) or 'given by group'}")

    def _own_role(self, bound: Iterable[str]) -> Truth:
        if set(bound).issuperset(ROLES):
            return Truth.TRUE  # whatever the role, the duty binds
        roles = self.incident.organisation.role
        return Truth.of(None if roles is None else bool(set(bound).intersection(roles)))

    def _role(self, group: Group, bound: tuple[str, ...]) -> Inside:
        key = (id(group), bound)
        if key not in self._roles:
            self._roles[key] = self._decide_group_role(group, bound)
        return self._roles[key]

    def _decide_group_role(self, group: Group, bound: tuple[str, ...]) -> Inside:
        if group.role is not None and not set(bound).issuperset(ROLES):
            return Inside.plain(Truth.of(bool(set(bound).intersection(group.role))))
        truth = self._own_role(bound)
        if truth is Truth.UNKNOWN:
            asked = Open("organisation.role", question("organisation.role"))
            return Inside.plain(truth, [asked])
        return Inside.plain(truth)

    def _inside(self, group: Group, scope: Scope) -> Inside:
        """Decide whether a group's people count: the role, and the data protected."""
        key = (id(group), scope.context.bound, id(scope.definition))
        if key not in self._insides:
            self._insides[key] = self._decide_inside(group, scope)
        return self._insides[key]

    def _decide_inside(self, group: Group, scope: Scope) -> Inside:
        role = self._role(group, scope.context.bound)
        if role.truth is Truth.FALSE:
            return role
        data = self.protected(group, scope.definition)
        return Inside(
            role.truth & data.truth, (*role.open, *data.open), data.presumed, role.truth & data.bare
        )

    def count(self, scope: Scope, where: str | None = None) -> Heads:
        """Count the people in scope, with what the count leaves open or presumes."""
        if where is not None:
            return self._count_in(scope, where, local=False)
        reaches, opened = self._everywhere(scope)
        here = self._count_in(scope, self._nearest(scope), local=True)
        if reaches is not Truth.UNKNOWN:
            return here
        everywhere = self._count_in(scope, ANYWHERE, local=True)
        return Heads(
            Range(here.number.at_least, everywhere.number.at_most),
            Range(here.bare.at_least, everywhere.bare.at_most),
            _unique((*opened, *here.open, *everywhere.open)),
            _unique((*here.presumed, *everywhere.presumed)),
        )

    def _count_in(self, scope: Scope, place: str, *, local: bool) -> Heads:
        rule = scope.context.scope
        wider = rule.also_without_law_in if local and rule else None
        key = (place, scope.context.bound, id(scope.definition), wider)
        if key not in self._heads:
            self._heads[key] = self._count_groups(scope, place, local=local)
        return self._heads[key]

    def _count_groups(self, scope: Scope, place: str, *, local: bool) -> Heads:
        counted: list[tuple[Group, Range, Truth]] = []
        bare: list[tuple[Group, Range, Truth]] = []
        opened: list[Open] = []
        presumed: list[Presumption] = []
        for group, number in self._in_scope(scope, place, local=local):
            inside = self._inside(group, scope)
            counted.append((group, number, inside.truth))
            bare.append((group, number, inside.bare))
            if inside.truth is Truth.FALSE:
                continue
            opened += inside.open
            presumed += inside.presumed
            if number.at_least != number.at_most:
                opened.append(self._head_count(group, place))
        return Heads(add_groups(counted), add_groups(bare), _unique(opened), _unique(presumed))

    def _in_scope(self, scope: Scope, place: str, *, local: bool) -> Iterable[tuple[Group, Range]]:
        """List the groups that have, or may have, people there; of others no data matter."""
        rule = scope.context.scope
        if local and rule is not None and rule.also_without_law_in is not None:
            widened = (
                (group, self._widen(self._people(group, place), group, scope, place))
                for group in self.groups
            )
            return [item for item in widened if item[1].at_most != 0]
        if place not in self._present_in:
            numbers = [(group, self._people(group, place)) for group in self.groups]
            self._present_in[place] = [item for item in numbers if item[1].at_most != 0]
        return self._present_in[place]

    def _people(self, group: Group, place: str) -> Range:
        key = (id(group), place)
        if key not in self._residents:
            self._residents[key] = self._spread(group, place)
        return self._residents[key]

    def _spread(self, group: Group, place: str) -> Range:
        if group.people is None:
            return Range()
        if id(group) not in self._spreads:
            self._spreads[id(group)] = Spread(group.people, self.world)
        return self._spreads[id(group)].in_place(place)

    def groups_in(self, scope: Scope) -> tuple[str, ...]:
        """Name the groups whose people count, or may count, in a scope."""
        if self.incident.affected is None:
            return ()
        place = self._widest(scope)
        return tuple(
            group.group
            for group, _ in self._in_scope(scope, place, local=False)
            if self._inside(group, scope).truth is not Truth.FALSE
        )

    def _widen(self, number: Range, group: Group, scope: Scope, place: str) -> Range:
        """Add people of places that have no law of their own, where the law takes them."""
        rule = scope.context.scope
        if rule is None or rule.also_without_law_in is None or place == ANYWHERE:
            return number
        for other in self.words.lawless(rule.also_without_law_in):
            if group.people and other in group.people:
                number += group.people[other]
        return number

    def _everywhere(self, scope: Scope) -> tuple[Truth, tuple[Open, ...]]:
        """Tell whether the people of all places count, and on what that is open."""
        rule = scope.context.scope
        if rule is None or rule.everywhere or rule.everywhere_if is None:
            return Truth.of(rule is not None and rule.everywhere), ()
        tree = parse(rule.everywhere_if)
        truth = self.evaluate(tree, scope)
        return truth, tuple(self.unknown_parts(tree, scope)) if truth is Truth.UNKNOWN else ()

    def _nearest(self, scope: Scope) -> str:
        """Name the place of the people who count in any case."""
        if self._everywhere(scope)[0] is Truth.TRUE:
            return ANYWHERE
        rule = scope.context.scope
        return (rule.place if rule else None) or scope.place

    def _widest(self, scope: Scope) -> str:
        """Name the place of the people who count or may count."""
        open_ = self._everywhere(scope)[0] is Truth.UNKNOWN
        return ANYWHERE if open_ else self._nearest(scope)

    def _ask(self, group: Group, part: str, question: str) -> Open:
        """Ask for a part of a group; for the groups themselves where none is described."""
        if self.incident.affected is None:
            return Open("affected", WHO)
        return Open(f"affected.{group.group}.{part}", question)

    def _head_count(self, group: Group, place: str) -> Open:
        label = group.label or group.group
        where = "people" if place == ANYWHERE or place.startswith(OUTSIDE) else f"people.{place}"
        name = "" if where == "people" else self.words.place_names(place)
        question = f"How many of {label} are in {name}?" if name else f"How many are {label}?"
        return self._ask(group, where, question)

    def _decide_people(self, atom: Atom, scope: Scope) -> Finding:
        where = {"here": None, "everywhere": ANYWHERE}.get(atom.subject, atom.subject)
        heads = self.count(scope, where)
        return self._counted(atom, heads, "people whose protected data are concerned")

    def _decide_affected(self, atom: Atom, scope: Scope) -> Finding:
        where = scope.place if atom.subject == "here" else atom.subject
        asked = Atom("people", where, ">=", 1, text=atom.text)
        return self._counted(asked, self.count(scope, where), f"people in {where}")

    def _decide_reach(self, atom: Atom, scope: Scope) -> Finding:
        """Count the people whom a notice must reach; those told already are sure of them."""
        context, definition = scope.contexts.get(atom.subject, (scope.context, scope.definition))
        heads = self.count(Scope(scope.place, context, definition, scope.contexts))
        told = sum(
            filing.people or 0
            for filing in self.incident.filings
            if filing.obligation == atom.subject
            and filing.how in ("sent", "received")
            and filing.jurisdiction in (None, scope.place)
        )
        number, bare = (_at_least(each, told) for each in (heads.number, heads.bare))
        reached = Heads(number, bare, heads.open, heads.presumed)
        return self._counted(atom, reached, f"people whom {atom.subject} reaches")

    def _counted(self, atom: Atom, heads: Heads, what: str) -> Finding:
        """Compare a head-count; what was presumed is told where the answer rests on it."""
        threshold = float(atom.value or 0)
        truth = heads.number.compare(atom.operator, threshold)
        rests = heads.bare.compare(atom.operator, threshold) is not truth
        return Finding(
            truth,
            f"{what}: {heads.number}",
            heads.open if truth is Truth.UNKNOWN else (),
            heads.presumed if rests else (),
        )

    def _decide_places(self, atom: Atom, scope: Scope) -> Finding:
        where = scope.place if atom.subject == "here" else atom.subject
        sure = maybe = 0
        opened: list[Open] = []
        presumed: list[Presumption] = []
        for member in self.world.members(where):
            heads = self.count(scope, member)
            presence = heads.number.compare(">=", 1)
            sure += presence is Truth.TRUE
            maybe += presence is not Truth.FALSE
            rests = heads.bare.compare(">=", 1) is not presence
            presumed += heads.presumed if rests else ()
            opened += heads.open if presence is Truth.UNKNOWN else ()
        most = self.count(scope, where).number.at_most  # nobody lives in two places
        number = Range(sure, maybe if most is None else min(maybe, max(sure, most)))
        truth = number.compare(atom.operator, float(atom.value or 0))
        shown = self._in_which(opened, where) if truth is Truth.UNKNOWN else ()
        reason = f"places in {where} with people concerned: {number}"
        return Finding(truth, reason, shown, _unique(presumed))

    def _in_which(self, opened: Iterable[Open], area: str) -> tuple[Open, ...]:
        """Ask once for each group where its people are; for a place that it names, by name."""
        found: list[Open] = []
        name = self.words.place_names(area)
        for item in opened:
            group = self._counted_group(item.fact)
            if group is None:
                found.append(item)
                continue
            described = self.incident.affected is not None
            who = f"of {group.label or group.group} are" if described else "people are affected"
            question = f"How many {who} in which place of {name}?"
            found.append(self._ask(group, "people", question))
        return _unique(found)

    def _counted_group(self, fact: str) -> Group | None:
        """Find the group whose people a fact counts, in a place that the group does not name."""
        for group in self.groups:
            path = f"affected.{group.group}.people."
            if fact.startswith(path) and fact.removeprefix(path) not in (group.people or ()):
                return group
        return None

    def _decide_data(self, atom: Atom, scope: Scope) -> Finding:
        found: list[Truth] = []
        opened: list[Open] = []
        for group in self.groups:
            anybody = atom.operator == "everywhere"
            present = Truth.TRUE if anybody else self._present(group, scope)
            involved = [self.involved(group, word) for word in atom.words]
            joined = some(involved) if atom.subject == "any" else every(involved)
            truth = present & joined
            if truth is Truth.UNKNOWN and joined is Truth.UNKNOWN:
                opened.append(self.data_open(group))
            if truth is Truth.UNKNOWN and present is Truth.UNKNOWN:
                opened += self._presence_open(group, scope)
            found.append(truth)
        truth = some(found)
        reason = f"data: {_words(word for group in self.groups for word in group.data or ())}"
        return Finding(truth, reason, _unique(opened) if truth is Truth.UNKNOWN else ())

    def _present(self, group: Group, scope: Scope) -> Truth:
        wide = self._people(group, self._widest(scope))
        near = self._people(group, self._nearest(scope))
        number = Range(near.at_least, wide.at_most)
        return number.compare(">=", 1) & self._role(group, scope.context.bound).truth

    def _presence_open(self, group: Group, scope: Scope) -> list[Open]:
        """List on what it is open whether a group has people in scope."""
        place = self._widest(scope)
        number = self._people(group, place)
        unsure = number.compare(">=", 1) is Truth.UNKNOWN
        head_count = [self._head_count(group, place)] if unsure else []
        wider = self._everywhere(scope)[1]
        return [*self._role(group, scope.context.bound).open, *wider, *head_count]

    def data_open(self, group: Group) -> Open:
        label = group.label or group.group
        return self._ask(group, "data", f"Which data of {label} are concerned?")

    def _group_fact(self, atom: Atom, scope: Scope) -> Finding:
        found, opened = [], []
        for group in self.groups:
            truth = group_state(group, atom.subject)
            asked = truth if (str(atom.value) == "true") == (atom.operator == "=") else ~truth
            present = self._present(group, scope)
            held = present & asked
            if held is Truth.UNKNOWN and truth is Truth.UNKNOWN:
                opened.append(self.state_open(group, atom.subject))
            if held is Truth.UNKNOWN and present is Truth.UNKNOWN:
                opened += self._presence_open(group, scope)
            found.append(held)
        truth = some(found)
        shown = _unique(opened) if truth is Truth.UNKNOWN else ()
        return Finding(truth, f"{atom.subject} of the groups concerned", shown)

    def state_open(self, group: Group, state: str) -> Open:
        label = group.label or group.group
        question = {
            "encrypted": f"Were the data of {label} encrypted?",
            "key_taken": f"Was the key to the data of {label} taken or within reach?",
            "redacted": f"Were the data of {label} redacted or truncated?",
            "children": f"Are there children among {label}?",
        }[state]
        return self._ask(group, state, question)

    # -- what a law protects --------------------------------------------------------

    def involved(self, group: Group, element: str) -> Truth:
        """Tell whether an element is involved; ``*`` stands for any personal data."""
        if element == "*":
            if any(word != "none" for word in group.data or ()):
                return Truth.TRUE
            return Truth.of(None if group.data is None or group.data_possible else False)
        if element in (group.data or ()):
            return Truth.TRUE
        if group.data is None or element in group.data_possible:
            return Truth.UNKNOWN
        return Truth.FALSE

    def protected(self, group: Group, definition: Protected | None) -> Inside:
        """Decide whether a group's data are protected, with presumptions made."""
        key = (id(group), id(definition))
        if key not in self._protected:
            self._protected[key] = self._decide_protected(group, definition)
        return self._protected[key]

    def _decide_protected(self, group: Group, definition: Protected | None) -> Inside:
        if definition is None:
            truth = self.involved(group, "*")
            unknown = truth is Truth.UNKNOWN
            return Inside.plain(truth, [self.data_open(group)] if unknown else [])
        medium = Truth.TRUE if definition.paper else self._electronic()
        if medium is Truth.FALSE:
            return Inside.plain(medium)
        data = GroupData(self, group, definition)
        held = some(data.combination(item) for item in definition.any)
        sure = medium & held
        if data.took:
            bare = GroupData(self, group, definition, presuming=False)
            sure = medium & some(bare.combination(item) for item in definition.any)
        truth = held & medium
        presumed = data.presumed() if truth is not sure else ()
        opened: list[Open] = []
        if truth is Truth.UNKNOWN and medium is Truth.UNKNOWN:
            opened.append(Open("incident.media", question("incident.media")))
        if truth is Truth.UNKNOWN and held is Truth.UNKNOWN:
            opened += data.opened()
        return Inside(truth, tuple(opened), presumed, sure)

    def _electronic(self) -> Truth:
        atom = Atom("media", "any", words=("electronic",), text="media any [electronic]")
        return self._decide_media(atom, NOWHERE).truth

    # -- conditions outside inference -------------------------------------------------

    def evaluate(self, tree: Condition, scope: Scope, group: Group | None = None) -> Truth:
        """Evaluate a condition directly, for a group where one is given."""

        def decide(leaf: Atom | Name) -> Truth:
            atom = as_atom(leaf.name) if isinstance(leaf, Name) else leaf
            if group is not None and atom.kind == "fact" and atom.subject in GROUP_FACTS:
                return group_state(group, atom.subject)
            return self._by_kind(atom, scope).truth

        return fold(tree, decide)

    def _by_kind(self, atom: Atom, scope: Scope) -> Finding:
        method: Callable[[Atom, Scope], Finding] | None
        method = getattr(self, f"_decide_{atom.kind}", None)
        if method is None:
            message = f"no way to decide {atom.text!r}"
            raise ValueError(message)
        found: Finding = method(atom, scope)
        return found

    def status(self, tree: Condition) -> Truth:
        """Decide a condition on the organisation's statuses: the same in every place.

        ``tree`` belongs to the law and outlives this object.
        """
        if id(tree) not in self._statuses:
            self._statuses[id(tree)] = self.evaluate(tree, NOWHERE)
        return self._statuses[id(tree)]

    def unknown_parts(self, tree: Condition, scope: Scope) -> list[Open]:
        """List the facts on which a condition is open, outside inference."""
        if self.evaluate(tree, scope) is not Truth.UNKNOWN:
            return []
        if isinstance(tree, Not):
            return self.unknown_parts(tree.term, scope)
        if isinstance(tree, All | Any):
            return [item for term in tree.terms for item in self.unknown_parts(term, scope)]
        return list(self.leaf_open(tree, scope))

    def leaf_open(self, leaf: Atom | Name, scope: Scope) -> tuple[Open, ...]:
        """List the facts on which one atom is open."""
        atom = as_atom(leaf.name) if isinstance(leaf, Name) else leaf
        return self._by_kind(atom, scope).open


def _compare(value: object, atom: Atom) -> Truth:
    if isinstance(value, bool):
        return Truth.of((value == (str(atom.value) == "true")) == (atom.operator != "!="))
    if isinstance(value, Range):
        return value.compare(atom.operator, float(atom.value or 0))
    if isinstance(value, int | float):
        return Range.exactly(value).compare(atom.operator, float(atom.value or 0))
    if isinstance(value, tuple):
        return Truth.of((str(atom.value) in value) == (atom.operator == "="))
    return Truth.of((str(value) == str(atom.value)) == (atom.operator == "="))


def _at_least(number: Range, told: int) -> Range:
    top = None if number.at_most is None else max(number.at_most, told)
    return Range(max(number.at_least, told), top)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(words: Iterable[str]) -> str:
    return ", ".join(sorted(dict.fromkeys(words)))


def _unknown(fact: str, question: str, cite: str | None = None) -> Finding:
    return Finding(Truth.UNKNOWN, f"{fact} is not known", (Open(fact, question, cite),))


def _unique(items: Iterable[_Item]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(items))
