"""The pipeline: an incident and the law in, an assessment out; a pure function of both.

Facts become findings, findings duties (with proof), duties results, results deadlines.
Deadlines are worked out on demand, since one may count from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from regengine import results
from regengine.assessment import (
    Assessment,
    Deadline,
    Filed,
    LawUsed,
    Ordered,
    ReadingResult,
    Result,
)
from regengine.calendars import Days, zone
from regengine.conditions import All, Any, Condition, Name, Not, parse
from regengine.corpus import Corpus
from regengine.counting import calendar_day, instant_of
from regengine.deadlines import deadline_of, shown
from regengine.duties import (
    AT_MOST_POSSIBLE,
    Matter,
    Verdict,
    places_in_play,
    verdicts,
)
from regengine.errors import Fault, InputError
from regengine.facts import Candidate, Delay, Filing, Incident, Moment
from regengine.findings import Findings, Scope, Words, first_day
from regengine.inference import Engine, durable_available
from regengine.law import Calendar, Counting, Due, Order, Stage, Version
from regengine.promises import promised
from regengine.results import Row
from regengine.timeline import EventTime, Timeline
from regengine.truth import Truth, every, some
from regengine.version import VERSION

_UTC = "UTC"
_PLAIN = Counting(title="the day of the event is not counted; nothing rolls")
_MET = ("sent", "received")
_ENDS = ("handled", "resolved", "impact_ended")


def assess(
    incident: Incident,
    as_of: date | None = None,
    now: datetime | None = None,
    *,
    corpus: Corpus | None = None,
    engine: Engine | None = None,
    check: bool = True,
    everything: bool = False,
) -> Assessment:
    """Work out every obligation of an incident, its deadline, and what is open.

    >>> from regengine import load_incident
    >>> found = assess(load_incident("examples/lost-laptop.yaml"))
    >>> found.checked
    True

    ``as_of`` overrides every choice of version ("as the law stood"). ``now`` must carry an
    offset; without it no lateness is told. ``engine`` is ``durable`` where durable-rules
    can be imported, else ``chainer``; with ``check`` both run and must prove the same.
    ``everything`` also lists duties whose regime is not in play.

    Raises ``LawError`` for a faulty law file, ``ValueError`` for a naive ``now``, and
    ``EnginesDisagreeError`` rather than an answer on which the engines differ.
    """
    if now is not None and now.tzinfo is None:
        message = 'now has no offset: write it like "2026-11-21T09:00:00+00:00"'
        raise ValueError(message)
    law = corpus or open_corpus()
    chosen: Engine = engine or ("durable" if durable_available() else "chainer")
    matter = matter_of(incident, law, as_of, now, chosen, check=check, everything=everything)
    return _assessment(matter, verdicts(matter))


@cache
def open_corpus() -> Corpus:
    """Open the law that comes with the package, once per process."""
    return Corpus.open()


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
    """Put an incident beside the law and the clock."""
    home = _home_zone(incident, corpus)
    timeline = Timeline(_with_conclusions(incident, corpus), now, home)
    dates = _Dates(timeline, corpus, incident, home)
    words = Words(corpus.judgements, corpus.regimes, corpus.place_name, corpus.lawless)
    findings = Findings(incident, dates.timeline, words, corpus.world)
    return Matter(incident, corpus, findings, dates, now, as_of, engine, check, everything)


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


def _home_zone(incident: Incident, corpus: Corpus) -> ZoneInfo:
    """Take the organisation's zone: the one stated, else its country's easternmost."""
    organisation = incident.organisation
    if organisation.zone is not None:
        return zone(organisation.zone)
    if organisation.country is not None:
        return zone(corpus.places[organisation.country].zone)
    return zone(_UTC)


@dataclass(frozen=True)
class _Dates:
    """The timeline with the zones of places."""

    timeline: Timeline
    corpus: Corpus
    incident: Incident
    home: ZoneInfo
    _days: dict[tuple[str, str, str], date | None] = field(default_factory=dict)
    _events: dict[tuple[str, str, bool | None], EventTime | None] = field(default_factory=dict)

    def event(
        self, name: str, obligation: str, *, controller: bool | None = None
    ) -> EventTime | None:
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
        key = (event, obligation if self._by_law else "", place)
        if key not in self._days:
            found = self.event(event, obligation)
            there = place_zone(self.corpus, place)
            self._days[key] = calendar_day(found.moment, there, self.home) if found else None
        return self._days[key]


def place_zone(corpus: Corpus, place: str) -> ZoneInfo:
    """Return the zone of a place: its own file's, else its easternmost inhabited one."""
    declared = corpus.jurisdiction(place)
    if declared is not None and declared.zone is not None:
        return zone(declared.zone)
    try:
        return zone(corpus.places[place].zone)
    except KeyError:
        return zone(_UTC)


# -- deadlines ------------------------------------------------------------------------


@dataclass
class _Schedule:
    """The deadlines of all rows, each worked out once, when asked for."""

    matter: Matter
    rows: Sequence[Row]
    done: dict[str, Deadline] = field(default_factory=dict)
    asking: set[str] = field(default_factory=set)

    @cached_property
    def _by_duty(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.verdict.obligation.id, []).append(row)
        return found

    def of(self, row: Row) -> Deadline | None:
        """Return a row's deadline; ``None`` where it would count from itself."""
        if row.key in self.done:
            return self.done[row.key]
        if row.key in self.asking:
            return None
        self.asking.add(row.key)
        self.done[row.key] = self._work_out(row)
        self.asking.discard(row.key)
        return self.done[row.key]

    def find(self, obligation: str, place: str, stage: str | None) -> Row | None:
        """Find the row of a duty or stage that is owed or open: here first, then anywhere."""
        fitting = [
            row
            for row in self._by_duty.get(obligation, ())
            if row.verdict.truth is not Truth.FALSE
            and (stage is None or (row.verdict.stage and row.verdict.stage.name == stage))
        ]
        here = [row for row in fitting if row.verdict.place == place]
        return next(iter(here or fitting), None)

    def _work_out(self, row: Row) -> Deadline:
        verdict = row.verdict
        if verdict.truth is Truth.FALSE:
            return Deadline(kind="none")
        if verdict.version.status in AT_MOST_POSSIBLE:
            return Deadline(kind="none", text="no date: whether this law is in effect is open")
        found = self._under(row, verdict.version)
        if verdict.also is None:
            return found
        return _both(found, self._under(row, verdict.also.version), verdict)

    def _under(self, row: Row, version: Version) -> Deadline:
        """Work out the deadline under one version of the law."""
        stage = row.verdict.stage
        due = stage.due if stage is not None else version.due
        if due is None:
            return Deadline(kind="none")
        case = _Case(self, row)
        next_one = case.repeated(stage) if stage is not None else None
        return deadline_of(
            next_one or due,
            case,
            hold=version.hold,
            not_before=version.not_before,
            order=_order(due, version.order),
            cite=(stage.cite if stage else None) or version.cite,
            done_at=None if next_one else case.done_at(),
        )


def _both(older: Deadline, newer: Deadline, verdict: Verdict) -> Deadline:
    """Let the earlier of two versions lead where the law has no transition clause.

    The newer text cannot have been late before it was law: where its time would have run
    out by then, it is told as a reading without a date.
    """
    version = verdict.also.version if verdict.also else verdict.version
    ground = "the law has no transition clause: the other version of it gives this"
    if newer.due_at is not None and newer.due_at.date() < first_day(version.from_):
        ground = f"the newer text, in force from {version.from_}, had run out before it began"
        newer = newer.model_copy(update={"due_at": None, "kind": "soft"})
    lead, other = older, newer
    if newer.due_at is not None and (older.due_at is None or newer.due_at < older.due_at):
        lead, other = newer, older
    reading = ReadingResult(
        due_at=other.due_at, ground=f"{ground} ({other.text})", citation=version.cite
    )
    return lead.model_copy(update={"readings": (*lead.readings, reading)})


def _order(due: Due, stated: Order | None) -> Order | None:
    """Add to the stated order what the form of the due itself says."""
    limbs = (due, *due.earliest, *due.latest)
    together = tuple(limb.with_ for limb in limbs if limb.with_)
    first = tuple(limb.before for limb in limbs if limb.before)
    if not together and not first:
        return stated
    base = stated or Order()
    return Order(before=(*base.before, *first), with_=(*base.with_, *together), after=base.after)


class _Case:
    """One row as the deadline algebra sees it (see ``deadlines.Case``)."""

    def __init__(self, schedule: _Schedule, row: Row) -> None:
        self._schedule = schedule
        self._row = row
        self._verdict = row.verdict
        self._corpus = schedule.matter.corpus
        self._incident = schedule.matter.incident

    @property
    def obligation_id(self) -> str:
        return self._verdict.obligation.id

    @property
    def now(self) -> datetime | None:
        return self._schedule.matter.now

    @property
    def recipient_zone(self) -> ZoneInfo:
        dotted = self._row.recipient.id
        authority = self._corpus.authority(dotted) if dotted else None
        if authority is not None and authority.zone is not None:
            return zone(authority.zone)
        return place_zone(self._corpus, self._verdict.place)

    @property
    def organisation_zone(self) -> ZoneInfo:
        return _home_zone(self._incident, self._corpus)

    @property
    def holds(self) -> Sequence[Delay]:
        return self._incident.law_enforcement.delays

    def event(self, name: str) -> EventTime | None:
        bound = self._verdict.obligation.bound
        return self._schedule.matter.dates.event(
            name, self.obligation_id, controller="controller" in bound
        )

    def first_possible(self, name: str) -> EventTime | None:
        if name in _ENDS and self._incident.incident.ongoing and self.now is not None:
            return EventTime(name, Moment.of(self.now), name)  # it goes on, so not before now
        return self._schedule.matter.dates.timeline.first_possible(name, self.obligation_id)

    def filings(self, obligation_id: str, stage: str | None) -> Sequence[Filing]:
        return [
            filing
            for filing in self._incident.filings
            if filing.obligation == obligation_id
            and (stage is None or filing.stage == stage)
            and self._concerns(filing)
        ]

    def _concerns(self, filing: Filing) -> bool:
        if filing.jurisdiction in (None, self._verdict.place):
            return True
        # A filing made elsewhere counts for a duty that has no result here.
        return not any(
            row.verdict.obligation.id == filing.obligation
            and row.verdict.place == self._verdict.place
            for row in self._schedule.rows
        )

    def due_of(self, obligation_id: str, stage: str | None) -> Deadline | None:
        row = self._schedule.find(obligation_id, self._verdict.place, stage)
        return None if row is None else self._schedule.of(row)

    def decide(self, condition: str) -> Truth:
        return self._decide(parse(condition))

    def _decide(self, tree: Condition) -> Truth:
        if isinstance(tree, Not):
            return ~self._decide(tree.term)
        if isinstance(tree, All):
            return every(self._decide(term) for term in tree.terms)
        if isinstance(tree, Any):
            return some(self._decide(term) for term in tree.terms)
        if isinstance(tree, Name) and tree.kind == "owed":
            row = self._schedule.find(tree.name, self._verdict.place, None)
            return Truth.FALSE if row is None else row.verdict.truth
        unit, context = self._verdict.unit, self._verdict.clause.context
        if isinstance(tree, Name) and tree.name in unit.instrument.conditions:
            return self._decide(parse(unit.instrument.conditions[tree.name].if_))
        place, matter = self._verdict.place, self._schedule.matter
        scope = Scope(place, context, unit.definitions.get(context.label), {})
        return matter.findings.evaluate(tree, scope)

    def counting(self, rule_id: str | None) -> Counting:
        dotted = rule_id or self._corpus.default_counting(self._verdict.place)
        return _PLAIN if dotted is None else self._corpus.counting(dotted)

    def calendar(self, calendar_id: str | None) -> Days:
        return _days(self._corpus.calendar(self._verdict.place, calendar_id))

    # -- what was filed -----------------------------------------------------------------

    def own_filings(self) -> list[Filing]:
        """List the filings that belong to this row."""
        stage = self._verdict.stage
        return [
            filing
            for filing in self.filings(self.obligation_id, None)
            if filing.stage is None or stage is None or filing.stage == stage.name
        ]

    def done_at(self) -> datetime | None:
        """Tell when the duty was met: the first filing that counts."""
        home = self.organisation_zone
        instants = [
            instant_of(filing.at, home) for filing in self.own_filings() if filing.how in _MET
        ]
        return min(instants, default=None)

    def repeated(self, stage: Stage) -> Due | None:
        """Count the next of several like reports from the last one on record, if there is one.

        None comes next once the incident is over.
        """
        over = self._incident.incident.ongoing is False or self._verdict.truth is Truth.FALSE
        if isinstance(stage.repeats, bool) or over:
            return None
        if not any(item.how in _MET and item.stage == stage.name for item in self.own_filings()):
            return None
        starts = f"last_filed(self/{stage.name})"
        return Due(within=stage.repeats, starts=starts, counts=stage.due.counts)

    def filed(self, deadline: Deadline) -> tuple[Filed, ...]:
        """Report the filings on record and whether each was in time.

        Of like reports that repeat, none is done for good: the next one is open.
        """
        stage = self._verdict.stage
        if stage is not None and self.repeated(stage) is not None:
            return ()
        home = self.organisation_zone
        found = []
        for filing in self.own_filings():
            at = instant_of(filing.at, home)
            timely = None
            if filing.how in _MET and deadline.due_at is not None:
                day_alone = filing.at.day is not None
                timely = at <= deadline.due_at or (
                    day_alone and filing.at.day == deadline.due_at.date()
                )
            moment: datetime | date = filing.at.day or shown(at, self.recipient_zone)
            found.append(
                Filed(
                    at=moment,
                    stage=filing.stage,
                    reference=filing.reference,
                    how=filing.how,
                    on_time=timely,
                )
            )
        return tuple(found)


@cache
def _days(calendar: Calendar) -> Days:
    return Days(calendar)


# -- the whole ------------------------------------------------------------------------


def _assessment(matter: Matter, found: Sequence[Verdict]) -> Assessment:
    visible = [item for item in found if item.in_view and not _only_coming(item)]
    hidden = [item for item in found if not item.in_view]
    rows = results.rows_of(matter, visible)
    _refuse_unclear_filings(matter, rows)
    schedule = _Schedule(matter, rows)
    obligations = (
        *(_result(matter, schedule, row) for row in rows),
        *_promised(matter),
    )
    unplaced = results.summaries(matter, places_in_play(matter))
    return Assessment(
        incident=matter.incident.reference,
        title=matter.incident.title,
        as_of=matter.as_of,
        now=matter.now,
        checked=matter.check and durable_available(),
        engine=VERSION,
        inference=matter.engine,
        law=LawUsed(version=matter.corpus.version, sha256=matter.corpus.sha256),
        obligations=obligations,
        summaries=unplaced,
        open_questions=results.open_questions(matter, obligations, hidden, unplaced),
        not_covered=results.not_covered(matter),
        coming=results.coming_of(matter, found),
        assumptions=_assumptions(obligations),
    )


def _promised(matter: Matter) -> Iterator[Result]:
    home = _home_zone(matter.incident, matter.corpus)
    return promised(matter.incident, matter.dates.timeline, matter.corpus, home, matter.now)


def _refuse_unclear_filings(matter: Matter, rows: Sequence[Row]) -> None:
    """Refuse a filing that could belong to several results, and name them."""
    faults = []
    for number, filing in enumerate(matter.incident.filings):
        fitting = [
            row
            for row in rows
            if row.verdict.obligation.id == filing.obligation
            and row.verdict.truth is not Truth.FALSE
            and row.number == 0
            and filing.jurisdiction in (None, row.verdict.place)
            and filing.stage in (None, row.verdict.stage.name if row.verdict.stage else None)
        ]
        if len(fitting) > 1:
            keys = ", ".join(row.key for row in fitting)
            message = f"could belong to several results; name one of {keys}"
            faults.append(Fault("", f"filings[{number}]", message))
    if faults:
        raise InputError(faults)


def _only_coming(verdict: Verdict) -> bool:
    """Tell whether law that does not bind yet is all there is of a duty."""
    return (verdict.version.status or "in_force") in ("proposed", "pending", "unverified")


def _result(matter: Matter, schedule: _Schedule, row: Row) -> Result:
    deadline = schedule.of(row) or Deadline(kind="none")
    row.deadline = deadline.model_copy(update={"order": _keys(schedule, row, deadline.order)})
    result = results.result_of(matter, row, schedule.rows)
    filed = _Case(schedule, row).filed(row.deadline)
    return result.model_copy(update={"filed": filed}) if filed else result


def _keys(schedule: _Schedule, row: Row, order: Ordered) -> Ordered:
    """Name the results that an order speaks of, where they are in view."""

    def named(ids: Iterable[str]) -> tuple[str, ...]:
        found = []
        for each in ids:
            other = schedule.find(each, row.verdict.place, None)
            found.append(other.key if other is not None else each)
        return tuple(dict.fromkeys(found))

    if order == Ordered():
        return order
    return Ordered(before=named(order.before), with_=named(order.with_), after=named(order.after))


def _assumptions(obligations: Iterable[Result]) -> tuple[str, ...]:
    """Collect what stands in for facts that are not on record, each once."""
    notes: Mapping[str, None] = dict.fromkeys(
        f"{result.deadline.starts.event}: {result.deadline.starts.note}"
        for result in obligations
        if result.deadline.starts is not None and result.deadline.starts.assumed
    )
    return tuple(notes)
