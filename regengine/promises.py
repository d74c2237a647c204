"""Promises to customers, insurers and card brands, as the incident file enters them.

A contract is no law: what it says is taken as entered, its clause is its citation, and it
is owed once it is stated. Its period is counted like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from regengine.assessment import (
    Bound,
    Deadline,
    Filed,
    People,
    Result,
    To,
    Why,
)
from regengine.calendars import Days
from regengine.corpus import Corpus
from regengine.counting import WorkingDays, instant_of
from regengine.deadlines import deadline_of, shown
from regengine.facts import Contract, Delay, Filing, Incident
from regengine.law import PERIOD, Counting, Due, Period, RecipientKind
from regengine.timeline import EventTime, Timeline
from regengine.truth import Truth

PREFIX = "contract-"
_KINDS: dict[str, RecipientKind] = {
    "customer": "customers",
    "controller": "controller",
    "regulator": "regulator",
}
_PLAIN = Counting(title="the day of the event is not counted; nothing rolls")
_MET = ("sent", "received")


class _Promise:
    """One contract as the deadline algebra sees it (see ``clocks.Case``)."""

    def __init__(
        self, contract: Contract, incident: Incident, timeline: Timeline, corpus: Corpus,
        home: ZoneInfo, now: datetime | None,
    ) -> None:  # fmt: skip  # reason: the parts of a matter in their usual order
        self.obligation_id = PREFIX + contract.id
        self.now = now
        # A contract names no zone of its own: it is kept where it was promised.
        self.recipient_zone = self.organisation_zone = home
        self.holds: Sequence[Delay] = ()
        self._incident = incident
        self._timeline = timeline
        self._place = incident.organisation.country or ""
        self._corpus = corpus

    def event(self, name: str) -> EventTime | None:
        return self._timeline.event(name, self.obligation_id)

    def first_possible(self, name: str) -> EventTime | None:
        return self._timeline.first_possible(name, self.obligation_id)

    def filings(self, obligation_id: str, stage: str | None) -> Sequence[Filing]:
        _ = stage  # a promise has one notice
        return [item for item in self._incident.filings if item.obligation == obligation_id]

    def due_of(self, obligation_id: str, stage: str | None) -> Deadline | None:
        _ = obligation_id, stage
        return None

    def decide(self, condition: str) -> Truth:
        _ = condition
        return Truth.UNKNOWN

    def counting(self, rule_id: str | None) -> Counting:
        _ = rule_id
        return _PLAIN

    def calendar(self, calendar_id: str | None) -> WorkingDays:
        return Days(self._corpus.calendar(self._place, calendar_id))

    def done_at(self) -> datetime | None:
        """Tell when the promise was kept."""
        instants = [
            instant_of(item.at, self.organisation_zone)
            for item in self.filings(self.obligation_id, None)
            if item.how in _MET
        ]
        return min(instants, default=None)


def promised(
    incident: Incident,
    timeline: Timeline,
    corpus: Corpus,
    home: ZoneInfo,
    now: datetime | None,
) -> Iterator[Result]:
    """Make one result for each contract that the file enters."""
    for contract in incident.contracts:
        case = _Promise(contract, incident, timeline, corpus, home, now)
        due = _due(contract)
        deadline = deadline_of(due, case, cite=contract.clause, done_at=case.done_at())
        yield _result(contract, incident, deadline, _filed(case, deadline))


def _due(contract: Contract) -> Due:
    """Read the promise: a period, or words alone."""
    text = contract.within or "promptly"
    starts = contract.starts or "aware"
    if PERIOD.match(text):
        return Due(within=Period.read(text), starts=starts)
    return Due(soft=text, starts=starts)


def _result(
    contract: Contract, incident: Incident, deadline: Deadline, filed: tuple[Filed, ...]
) -> Result:
    party = contract.party or contract.id
    place = incident.organisation.country or "unknown"
    cite = contract.clause or f"contract with {party}"
    return Result(
        id=PREFIX + contract.id,
        key=f"{PREFIX}{contract.id}@{place}",
        jurisdiction=place,
        title=f"Tell {party}, as promised",
        recipient=To(kind=_KINDS.get(contract.kind or "", "other"), name=party),
        bound=Bound(entity=incident.organisation.name),
        people=People(),
        status="required",
        law_status="contractual",
        deadline=deadline,
        law="contract",
        citation=cite,
        citations=(cite,),
        confidence="high",
        why=(Why(rule=PREFIX + contract.id, because=("entered as a promise",), citation=cite),),
        filed=filed,
        method=contract.address,
        notes=("Taken as entered; the contract itself was not read.",),
    )


def _filed(case: _Promise, deadline: Deadline) -> tuple[Filed, ...]:
    found = []
    for item in case.filings(case.obligation_id, None):
        at = instant_of(item.at, case.organisation_zone)
        timely = None
        if item.how in _MET and deadline.due_at is not None:
            timely = at <= deadline.due_at
        moment: datetime | date = item.at.day or shown(at, case.recipient_zone)
        found.append(Filed(at=moment, reference=item.reference, how=item.how, on_time=timely))
    return tuple(found)
