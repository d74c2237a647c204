"""Where people are and how many: places inside places, counts known only as ranges.

A count for a whole country, or for "somewhere", may hold people of any place inside it:
it widens that place's range upwards. No person is counted twice in one sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from regengine.facts import Group
from regengine.truth import Range, Truth

ANYWHERE = "unknown"
OUTSIDE = "not "  # before the area that a count leaves out


class Geography:
    """Which place lies in which: subdivision, country, parent law, group of states.

    >>> world = Geography({"DE": ("EU", "EEA")}, {"RE": "FR"})
    >>> world.covers("EEA", "DE-BY"), world.covers("DE", "FR")
    (True, False)
    """

    def __init__(self, groups: Mapping[str, Iterable[str]], parent_law: Mapping[str, str]) -> None:
        self._groups = {place: tuple(names) for place, names in groups.items()}
        self._parent_law = dict(parent_law)
        self._members: dict[str, list[str]] = {}
        for place, names in self._groups.items():
            for name in names:
                self._members.setdefault(name, []).append(place)
        self.ancestors = cache(self._ancestors)

    def _ancestors(self, place: str) -> tuple[str, ...]:
        """List the places that contain this one, nearest first, itself left out."""
        found: list[str] = []
        step = place
        while True:
            above = self._parent_law.get(step) or (step.partition("-")[0] if "-" in step else "")
            if not above or above in found or above == step:
                break
            found.append(above)
            step = above
        found += [group for group in self._groups.get(step, ()) if group not in found]
        found += [group for group in self._groups.get(place, ()) if group not in found]
        return tuple(found)

    def covers(self, outer: str, inner: str) -> bool:
        """Tell whether a place contains another, or is it."""
        if ANYWHERE in (outer, inner):
            return outer == ANYWHERE
        return outer == inner or outer in self.ancestors(inner)

    def is_group(self, place: str) -> bool:
        """Tell whether other places name this one as their group."""
        return place in self._members

    def members(self, group: str) -> tuple[str, ...]:
        """List the places that name this group, in order; a group inside it is no place."""
        named = self._members.get(group, ())
        return tuple(sorted(place for place in named if place not in self._members))


class Spread:
    """One group's people by place, looked up without going through every place.

    >>> world = Geography({"IE": ("EEA",)}, {})
    >>> spread = Spread({"IE": Range.exactly(3), "US-TX": Range.exactly(10)}, world)
    >>> spread.in_place("EEA"), spread.in_place("US"), spread.in_place("US-CA")
    (Range(at_least=3, at_most=3), Range(at_least=10, at_most=10), Range(at_least=0, at_most=0))
    """

    def __init__(self, people: Mapping[str, Range], world: Geography) -> None:
        self.people = people
        self.world = world
        self._inside: dict[str, list[str]] = {}
        for place in people:
            for outer in dict.fromkeys((place, *world.ancestors(place))):
                self._inside.setdefault(outer, []).append(place)

    def in_place(self, place: str) -> Range:
        """Count the people of a place: those in it, and perhaps those somewhere around it."""
        if place == ANYWHERE or place.startswith(OUTSIDE):
            return residents(self.people, place, self.world)
        total = Range.exactly(0)
        for where in self._inside.get(place, ()):
            total += self.people[where]
        for where in dict.fromkeys((*self.world.ancestors(place), ANYWHERE)):
            if where in self.people:
                total += Range(0, self.people[where].at_most)
        return total


def residents(people: Mapping[str, Range] | None, place: str, world: Geography) -> Range:
    """Count a group's people in one place.

    >>> world = Geography({}, {})
    >>> residents({"US-TX": Range.exactly(10), "US": Range.exactly(80)}, "US-TX", world)
    Range(at_least=10, at_most=90)

    ``None`` for ``people``: nothing is known, so none to no bound. "not EEA" counts those
    who live anywhere else.
    """
    if people is None:
        return Range()
    if place.startswith(OUTSIDE):
        return _outside(people, place.removeprefix(OUTSIDE), world)
    total = Range.exactly(0)
    for where, count in people.items():
        if place == ANYWHERE or world.covers(place, where):
            total += count
        elif where == ANYWHERE or world.covers(where, place):
            total += Range(0, count.at_most)
    return total


def _outside(people: Mapping[str, Range], area: str, world: Geography) -> Range:
    total = Range.exactly(0)
    for where, count in people.items():
        if where == ANYWHERE or (where != area and world.covers(where, area)):
            total += Range(0, count.at_most)
        elif not world.covers(area, where):
            total += count
    return total


def add_groups(counts: Iterable[tuple[Group, Range, Truth]]) -> Range:
    """Add up groups, each with its count and whether it is in scope.

    A group of which that is unknown only raises the upper bound. Groups that may overlap
    add up to between their largest and their sum.
    """
    apart, shared = Range.exactly(0), []
    for group, count, inside in counts:
        if inside is Truth.FALSE:
            continue
        seen = count if inside is Truth.TRUE else Range(0, count.at_most)
        if group.overlaps:
            shared.append(seen)
        else:
            apart += seen
    if shared:
        total = sum(shared, Range.exactly(0))
        apart += Range(max(seen.at_least for seen in shared), total.at_most)
    return apart
