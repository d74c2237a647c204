"""The facts of a matter as an answer to what a text says: true, untrue, or not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import cached_property
from typing import Any, NamedTuple

from regengine.assessment import Assessment, Result
from regengine.calendars import zone as zone_of
from regengine.documents.claims import rows
from regengine.documents.content import headcount, people_by_place
from regengine.documents.mentions import CountSaid, DateSaid
from regengine.documents.outputs import home_zone, place_name, residence
from regengine.documents.wording import moment_text
from regengine.facts import Group, Incident, Moment
from regengine.places import load
from regengine.truth import Range, Truth, every, some

_ROUND = 10  # an "about" may be off by one part in so many
_HALF = 2
_AREAS = ("EU", "EEA", "US")


class Seen(NamedTuple):
    """One view of an event; ``chosen`` where it counts (no other was chosen)."""

    path: str
    at: Moment
    chosen: bool


class Record:
    """The facts of one matter, asked for what texts speak of."""

    def __init__(self, incident: Incident, assessment: Assessment, *, american: bool) -> None:
        self.incident, self.assessment, self.american = incident, assessment, american
        self.groups: tuple[Group, ...] = incident.affected or ()
        self.zone = home_zone(incident.organisation)
        self.results: Mapping[str, Result] = {x.key: x for x in assessment.obligations}

    # -- claims -----------------------------------------------------------------------

    def judged(self, claim: str, keys: Sequence[str]) -> tuple[Truth, str]:
        """Say whether a claim's facts (of several, any) are so, and which fact decides it.

        ``keys`` are the duties of the paper that makes the claim.
        """
        row = rows("claim")[claim]
        told = [(path, self._fact(path, row, keys)) for path in row["fact"]]
        truth = some(value for _, value in told)
        return truth, next(name for name, value in told if value is truth)

    def settled(self, claim: str) -> bool:
        """Say whether an event, or the kind of incident, leaves nothing to ask of a claim."""
        row = rows("claim")[claim]
        happening = self.incident.incident
        kinds = {*(happening.kinds or ()), *happening.kinds_possible}
        return bool(
            kinds & set(row.get("unless_kinds", ()))
            or set(self.incident.timeline) & set(row.get("settled_by", ()))
        )

    def _fact(self, path: str, row: Mapping[str, Any], keys: Sequence[str]) -> Truth:
        room, _, name = path.partition(".")
        if room == "incident":
            return Truth.of(getattr(self.incident.incident, name))
        if room == "timeline":
            return Truth.TRUE if name in self.incident.timeline else Truth.UNKNOWN
        readers: dict[str, Callable[[], Truth]] = {
            "affected.encrypted": self._encrypted,
            "affected.key_taken": lambda: some(Truth.of(x.key_taken) for x in self.groups),
            "affected.children": self._children,
            "affected.many": lambda: self.total.compare(">", row["more_than"]),
            "filings.late": lambda: _late(self.assessment.required),
            "filings.late_itself": lambda: _late(
                self.results[x] for x in keys if x in self.results
            ),
            "judgements.risk": lambda: self._judged(row["judgements"]),
            "law_enforcement.told": self._police,
            "law_enforcement.delays": self._held,
        }
        return readers[path]()

    def _encrypted(self) -> Truth:
        if not self.groups:
            return Truth.UNKNOWN
        return every(_encrypted(group) for group in self.groups)

    def _children(self) -> Truth:
        told = [Truth.of("children_data" in (x.data or ()) or x.children) for x in self.groups]
        return some(told) if told else Truth.UNKNOWN

    def _judged(self, words: Mapping[str, Sequence[str]]) -> Truth:
        given = self.incident.judgements
        return Truth.of(any(name in given and given[name].value in words[name] for name in words))

    def _police(self) -> Truth:
        told = self.incident.law_enforcement
        known = told.agency or told.reference or told.contact or told.delays
        return Truth.TRUE if known else Truth.UNKNOWN

    def _held(self) -> Truth:
        return some(Truth.of(x.granted) for x in self.incident.law_enforcement.delays)

    # -- events -----------------------------------------------------------------------

    def seen(self, events: Iterable[str]) -> list[Seen]:
        """List the views of when events happened, in the order of the events."""
        return [view for event in events for view in self._views(event)]

    def _views(self, event: str) -> Iterator[Seen]:
        if event == "filings":
            for index, filing in enumerate(self.incident.filings):
                yield Seen(f"filings[{index}]", filing.at, chosen=True)
            return
        candidates = self.incident.timeline.get(event, ())
        undecided = not any(one.chosen for one in candidates)
        for one in candidates:
            yield Seen(f"timeline.{event}", one.at, undecided or one.chosen)

    def zones(self, keys: Iterable[str]) -> tuple[tzinfo, ...]:
        """List the zones in which a paper may tell a day: ours, and its recipients' own."""
        names = [self.zone]
        names += [self.results[x].deadline.zone or self.zone for x in keys if x in self.results]
        return tuple(zone_of(name) for name in dict.fromkeys(names))

    def say(self, moment: Moment) -> str:
        """Write a moment in the organisation's zone."""
        return moment_text(moment, self.zone, american=self.american)

    def within_span(self, said: DateSaid, zones: tuple[tzinfo, ...]) -> bool | None:
        """Tell whether a day lies in the time of the incident; ``None`` while its end is open."""
        first = [x.at for x in self.seen(["occurred_from"])]
        last = [x.at for x in self.seen(["occurred_to"])]
        if not first or said.yearless:
            return None
        begun = min(_earliest(moment, zones) for moment in first)
        if all(day < begun for day in said.days):
            return False
        if not last:
            return None
        ended = max(_latest(moment, zones) for moment in last)
        return any(begun <= day <= ended for day in said.days)

    # -- people -----------------------------------------------------------------------

    @cached_property
    def total(self) -> Range:
        """How many people are affected in all."""
        return headcount(self.groups) if self.groups else Range(0, None)

    def totals(self, groups: Iterable[str]) -> tuple[Range, ...]:
        """Give what "in all" may count: everybody, one group, or the groups of a paper."""
        wanted = set(groups)
        chosen = [x for x in self.groups if x.group in wanted]
        found = [self.total, *(headcount([group]) for group in self.groups)]
        return (*found, headcount(chosen)) if chosen else tuple(found)

    @property
    def counted(self) -> bool:
        """Whether the facts hold any number of people."""
        return any(group.people for group in self.groups)

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """Every number of people that the facts give for anybody: all, groups, places, duties."""
        found = [self.total, *(headcount([group]) for group in self.groups)]
        for groups in (self.groups, *((group,) for group in self.groups)):
            found += [count for _, count in people_by_place(groups)]
            found += [self._area(groups, area) for area in self._wider]
        found += [Range(x.people.at_least, x.people.at_most) for x in self.assessment.obligations]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _wider(self) -> tuple[str, ...]:
        countries = {code.partition("-")[0] for code in self.incident.places_affected}
        return (*_AREAS, *sorted(countries - set(_AREAS)))

    def _area(self, groups: Sequence[Group], area: str) -> Range:
        places = load()
        inside, open_ = Range(0, 0), Range(0, 0)
        for code, count in people_by_place(groups):
            if code == "unknown":
                open_ = count
            elif places.within(code, area):
                inside += count
        high = None if None in (inside.at_most, open_.at_most) else inside + open_
        return Range(inside.at_least, high.at_most if high else None)

    @cached_property
    def places(self) -> dict[str, str]:
        """Names of the places that people or duties are in, small, with their codes."""
        codes = {*self.incident.places_affected, *(x.jurisdiction for x in self.results.values())}
        people = {code for group in self.groups for code in group.people or {}}
        named = {place_name(code).lower(): code for code in codes}
        named |= {place_name(area).lower(): area for area in _AREAS}
        return named | {residence(code).lower(): code for code in people}

    def of_place(self, code: str) -> tuple[Range, ...]:
        """Every number that the facts give for one place."""
        found = []
        for groups in (self.groups, *((group,) for group in self.groups)):
            by_place = dict(people_by_place(groups))
            if code in by_place:
                found.append(by_place[code])
            if code in self._wider:
                found.append(self._area(groups, code))
        here = [x.people for x in self.assessment.obligations if x.jurisdiction == code]
        found += [Range(people.at_least, people.at_most) for people in here]
        return tuple(dict.fromkeys(found))

    # -- data -------------------------------------------------------------------------

    def data(self, groups: Iterable[str]) -> tuple[set[str], set[str], bool]:
        """Give the kinds of data of groups that are certain, those possible, and if that is all."""
        wanted = set(groups)
        chosen = [x for x in self.groups if not wanted or x.group in wanted] or self.groups
        possible = {word for group in chosen for word in group.data_possible}
        certain = {word for group in chosen for word in group.data or ()}
        settled = bool(chosen) and all(group.data is not None for group in chosen)
        return certain, possible, settled


def _late(results: Iterable[Result]) -> Truth:
    return Truth.of(any(result.is_late for result in results))


def _encrypted(group: Group) -> Truth:
    state = group.encrypted
    if not isinstance(state, tuple):
        return Truth.of(state)
    if group.data is None:
        return Truth.UNKNOWN
    return Truth.of(set(group.data) <= set(state))


def _earliest(moment: Moment, zones: tuple[tzinfo, ...]) -> Any:
    return moment.day if moment.at is None else min(moment.at.astimezone(x).date() for x in zones)


def _latest(moment: Moment, zones: tuple[tzinfo, ...]) -> Any:
    return moment.day if moment.at is None else max(moment.at.astimezone(x).date() for x in zones)


def agrees(said: CountSaid, count: Range) -> bool:
    """Tell whether a number in a text is one that a count bears out.

    >>> five = CountSaid(0, 1, 5200, 5200, "exact", "people")
    >>> agrees(five, Range(5200, None)), agrees(five, Range(5201, 5201))
    (True, False)
    >>> agrees(five._replace(low=5000, high=5000, operator="about"), Range(5200, 5200))
    True
    """
    low, high = count.at_least, count.at_most
    ends = [low] if high is None else [low, high]
    if said.low != said.high:
        whole = high is not None and said.low <= low and high <= said.high
        return whole and (said.high - said.low) <= _HALF * max(1, (high or 0) - low)
    number = said.low
    if said.operator == "least":
        return low >= number and number * _HALF >= low
    if said.operator == "most":
        return high is not None and high <= number <= high * _HALF
    if number in ends or (high is not None and low < number < high):
        return True
    return said.operator == "about" and any(abs(number - end) * _ROUND <= end for end in ends)
