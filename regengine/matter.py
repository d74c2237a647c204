"""One incident under one law: what an assessment depends on, put together once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from regengine.calendars import zone
from regengine.corpus import Corpus
from regengine.counting import calendar_day
from regengine.errors import Fault, InputError
from regengine.facts import Candidate, Incident
from regengine.findings import Findings
from regengine.found import Words
from regengine.inference import Engine
from regengine.timeline import EventTime, Timeline


@dataclass(frozen=True)
class Dates:
    """What duties and deadlines ask of the timeline; ``home`` is the organisation's zone."""

    timeline: Timeline
    corpus: Corpus
    incident: Incident
    home: ZoneInfo
    _days: dict[tuple[str, str, str], date | None] = field(default_factory=dict)
    _events: dict[tuple[str, str, bool | None], EventTime | None] = field(default_factory=dict)

    def event(
        self, name: str, obligation: str, *, controller: bool | None = None
    ) -> EventTime | None:
        """Say when an event happened for an obligation, ``None`` while unknown."""
        key = (name, obligation if self._by_law else "", controller)
        if key not in self._events:
            self._events[key] = self.timeline.event(name, obligation, controller=controller)
        return self._events[key]

    @cached_property
    def _by_law(self) -> bool:
        """Tell whether a candidate or a hold is for some laws alone."""
        events, holds = self.incident.timeline, self.incident.law_enforcement.delays
        return any(hold.laws for hold in holds) or any(
            candidate.laws for candidates in events.values() for candidate in candidates
        )

    def day_of(self, event: str, obligation: str, place: str) -> date | None:
        """Find the calendar date of an event in a place, ``None`` while unknown."""
        key = (event, obligation if self._by_law else "", place)
        if key not in self._days:
            found = self.event(event, obligation)
            there = self.corpus.zone_of(place)
            self._days[key] = calendar_day(found.moment, there, self.home) if found else None
        return self._days[key]


@dataclass(frozen=True)
class Matter:
    """One incident under one law: everything that an assessment depends on."""

    incident: Incident
    corpus: Corpus
    findings: Findings
    dates: Dates
    now: datetime | None
    as_of: date | None
    engine: Engine
    check: bool = True
    everything: bool = False  # also duties whose regime is not in play


def matter_of(
    incident: Incident,
    corpus: Corpus,
    as_of: date | None,
    now: datetime | None,
    engine: Engine,
    *,
    check: bool = True,
    everything: bool = False,
) -> Matter:
    """Put an incident beside the law and the clock.

    Raises ``InputError`` for places that no table holds.
    """
    _refuse_unknown_places(incident, corpus)
    home = zone(incident.organisation.home_zone(corpus.places) or "UTC")
    timeline = Timeline(_with_conclusions(incident, corpus), now, home)
    dates = Dates(timeline, corpus, incident, home)
    words = Words(corpus.judgements, corpus.regimes, corpus.place_name, corpus.lawless)
    days = _days(dates, now) if as_of is None else (as_of,)
    findings = Findings(incident, timeline, words, corpus.world, days)
    return Matter(incident, corpus, findings, dates, now, as_of, engine, check, everything)


def _days(dates: Dates, now: datetime | None) -> tuple[date, ...]:
    """Find the days of the matter: of awareness and of discovery, else today."""
    known = (dates.event(name, "") for name in ("aware", "discovered"))
    days = {calendar_day(found.moment, dates.home, dates.home) for found in known if found}
    return tuple(sorted(days)) or ((now.date(),) if now else ())


def _refuse_unknown_places(incident: Incident, corpus: Corpus) -> None:
    """Refuse a place that would bring no law into play: a duty would disappear."""
    faults = []
    for place in incident.places_named:
        try:
            canonical = corpus.places.canonical(place)
        except KeyError as error:
            faults.append(Fault("", place, str(error.args[0])))
            continue
        if canonical != place:
            faults.append(Fault("", place, f'write the place "{place}" as "{canonical}"'))
    if faults:
        raise InputError(faults)


def _with_conclusions(incident: Incident, corpus: Corpus) -> Incident:
    """Put on the timeline when a conclusion was drawn, where the law counts from that.

    What the timeline holds itself goes before it.
    """
    drawn: dict[str, tuple[Candidate, ...]] = {}
    for name, given in sorted(incident.judgements.items()):
        declared = corpus.judgements.get(name)
        event = declared.events.get(given.value or "") if declared else None
        if event is None or given.at is None:
            continue
        if event not in incident.timeline:
            drawn[event] = (Candidate(at=given.at, why=f"{name} was then judged {given.value}"),)
    if not drawn:
        return incident
    return incident.model_copy(update={"timeline": {**incident.timeline, **drawn}})
