"""Which places a matter brings into play, and for which of them a duty has a result each."""

from __future__ import annotations

from regengine.clauses import Context
from regengine.conditions import parse
from regengine.facts import Incident
from regengine.found import Scope
from regengine.law import Each, Selection
from regengine.matter import Matter
from regengine.people import ANYWHERE
from regengine.truth import Range, Truth


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
    parted = {place.partition("-")[0] for place in matter.corpus.places_with_law if "-" in place}
    found: dict[str, Range] = {}
    if matter.incident.affected is None:
        return {ANYWHERE: Range()}
    for group in matter.incident.affected:
        people = {ANYWHERE: Range()} if group.people is None else group.people
        for place, count in people.items():
            wide = place in (ANYWHERE, "EU", "EEA") or place in parted
            if wide and count.at_most != 0:
                found[place] = found.get(place, Range.exactly(0)) + count
    return found


def laws_within(matter: Matter, where: str) -> dict[str, list[str]]:
    """List the places inside one, or anywhere, that have law, with their files."""
    corpus = matter.corpus
    found: dict[str, list[str]] = {}
    for name, raw in corpus.raw.items():
        inside = where == ANYWHERE or corpus.world.covers(where, raw.place)
        if inside and "obligation" in raw.tables:
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
    if "-" in each.in_:
        return each.in_  # a part of a country, selected as a whole
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
