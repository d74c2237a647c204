"""Promises to customers, insurers and card brands, as the incident file enters them.

A contract is no law: what it says is taken as entered, its clause is its citation, and it
is owed once it is stated. Its period is counted like any other. Where the clause leaves
open from when or in which days it counts, the other reading stands beside the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from regengine.assessment import (
    Bound,
    Deadline,
    OpenFact,
    People,
    Result,
    To,
    Verdict,
    Why,
)
from regengine.calendars import Days, zone
from regengine.cases import PLAIN, MatterCase
from regengine.counting import ELAPSED_UNITS, instant_of
from regengine.deadlines import deadline_of
from regengine.errors import nearest
from regengine.facts import Contract, Delay, Filing, Group, Incident
from regengine.law import PERIOD, Counting, Due, Period, Reading, RecipientKind
from regengine.matter import Matter
from regengine.outcomes import moment_text
from regengine.timeline import words_of
from regengine.truth import Truth

PREFIX = "contract-"
KINDS = (
    "customer", "partner", "processor", "controller", "card_brand", "card_acquirer",
    "insurer", "bank", "landlord", "regulator",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words
_KINDS: dict[str, RecipientKind] = {
    "customer": "customers",
    "controller": "controller",
    "regulator": "regulator",
}
_SAME_DAY = Counting(title="the day of the event is day one; nothing rolls", first_day="included")
_CONSENT = {
    "spending": "before spending",
    "vendors": "before engaging vendors",
    "vendors_outside_panel": "before engaging vendors that are not on the panel",
    "ransom": "before paying a ransom",
    "liability": "before admitting liability",
}


def consent_words(action: str) -> str:
    """Say before what a consent is asked for.

    >>> consent_words("ransom")
    'before paying a ransom'
    """
    return _CONSENT[action]


class _Promise(MatterCase):
    """One contract as the deadline algebra sees it."""

    def __init__(self, matter: Matter, contract: Contract) -> None:
        super().__init__(matter, PREFIX + contract.id, matter.incident.organisation.country or "")
        self.contract = contract

    @property
    def recipient_zone(self) -> ZoneInfo:
        contract, home = self.contract, self.organisation_zone
        if contract.zone is not None:
            return zone(contract.zone)
        if contract.business_days is None:
            # A contract that names no zone is kept where it was promised.
            return home
        # Of two places the one whose day ends first gives the safe end.
        there = self.corpus.zone_of(contract.business_days)
        known = self.event("aware") or self.event("detected")
        if known is None:
            return home
        at = instant_of(known.moment, home)
        offsets = [at.astimezone(each).utcoffset() or timedelta() for each in (home, there)]
        return there if offsets[1] > offsets[0] else home

    @property
    def holds(self) -> Sequence[Delay]:
        return ()  # delays that the law gives suspend no promise

    def filings(self, obligation_id: str, stage: str | None) -> Sequence[Filing]:
        _ = stage  # a promise has one notice
        return super().filings(obligation_id, None)

    def due_of(self, obligation_id: str, stage: str | None) -> Deadline | None:
        _ = obligation_id, stage
        return None

    def decide(self, condition: str) -> Truth:
        _ = condition
        return Truth.UNKNOWN

    def counting(self, rule_id: str | None) -> Counting:
        _ = rule_id
        return _SAME_DAY if self.contract.counts == "same_day" else PLAIN

    def calendar(self, calendar_id: str | None) -> Days:
        return self.corpus.days(self.contract.business_days or self.place, calendar_id)


def promised(matter: Matter) -> Iterator[Result]:
    """Make one result for each contract that the file enters."""
    for contract in matter.incident.contracts:
        yield _Reader(matter, contract).result()


class _Reader:
    """Reads one contract against the matter."""

    def __init__(self, matter: Matter, contract: Contract) -> None:
        self.incident: Incident = matter.incident
        self.contract = contract
        self.case = _Promise(matter, contract)
        self.party = contract.party or contract.id
        self.cite = contract.clause or contract.agreement or f"contract with {self.party}"

    def result(self) -> Result:
        """Make the result."""
        contract, case = self.contract, self.case
        affected, groups = self._affected()
        deadline = deadline_of(
            self._due(), case, cite=contract.clause or contract.agreement, done_at=case.done_at()
        )
        doubts = self._doubts(affected, deadline)
        if affected is Truth.FALSE:
            deadline = Deadline(kind="none")
        place = self.incident.organisation.country or "unknown"
        name = PREFIX + contract.id
        named = ", ".join(contract.covers or ())
        because = f"covers {named}: none of them is affected" if named else "holds for nobody"
        reason = because if affected is Truth.FALSE else "entered as a promise"
        cites = dict.fromkeys(filter(None, (self.cite, contract.agreement)))
        return Result(
            id=name,
            key=f"{name}@{place}",
            jurisdiction=place,
            title=f"Tell {self.party}, as promised",
            recipient=To(kind=_KINDS.get(contract.kind or "", "other"), name=self.party),
            bound=Bound(entity=self.incident.organisation.name),
            people=People(groups=groups),
            status=_status(affected, doubts),
            law_status="contractual",
            deadline=deadline,
            law="contract",
            citation=self.cite,
            citations=tuple(cites),
            confidence="high",
            why=(Why(rule=name, because=(reason,), citation=self.cite),),
            open_facts=doubts,
            filed=case.filed(deadline),
            method=contract.address,
            notes=tuple(self._notes(deadline)),
        )

    # -- when it is owed -------------------------------------------------------------

    def _due(self) -> Due:
        """Read the promise: a period, or words alone."""
        starts, others = self._starts()
        met, period = self.contract.receipt or "sent", self._period
        if period is None:
            return Due(soft=self.contract.within or "promptly", starts=starts, met=met)
        cutoff = self.contract.business_hours
        readings = [
            Reading(
                ground=ground,
                cite=self.cite,
                due=Due(within=period, starts=other, cutoff=cutoff),
                binding=True,
            )
            for other, ground in others
        ]
        if self._undefined_days:
            every = Period(amount=period.amount, unit="day")
            ground = "if every day counts: the clause's working days are not entered"
            due = Due(within=every, starts=starts, cutoff=cutoff)
            readings.append(Reading(ground=ground, cite=self.cite, due=due))
        return Due(within=period, starts=starts, cutoff=cutoff, met=met, readings=tuple(readings))

    @property
    def _period(self) -> Period | None:
        text = self.contract.within or ""
        return Period.read(text) if PERIOD.match(text) else None

    @property
    def _undefined_days(self) -> bool:
        """Whether it counts working days and does not say whose."""
        period = self._period
        undefined = self.contract.business_days is None
        return undefined and period is not None and period.unit == "working day"

    def _starts(self) -> tuple[str, list[tuple[str, str]]]:
        """Find what starts the clock, the safe event first, and other readings."""
        stated, trigger = self.contract.starts, self.contract.trigger
        suspicion, proof = (self._on_record(name) for name in ("suspected", "confirmed"))
        if stated is None and trigger is not None:
            return trigger, []
        starts = stated or "aware"
        if suspicion and starts != "suspected" and self._by_suspicion:
            ground = f"if suspicion alone does not start it, counted from {words_of(starts)}"
            return f"earlier(suspected, {starts})", [(starts, ground)]
        if proof and starts != "confirmed" and (trigger == "confirmed" or stated is None):
            return starts, [("confirmed", "if only a confirmed incident starts it")]
        return starts, []

    @property
    def _by_suspicion(self) -> bool:
        """Whether suspicion starts the clock, or may for all that was entered."""
        contract = self.contract
        unsaid = contract.starts is None and contract.trigger is None
        return unsaid or contract.trigger == "suspected"

    def _on_record(self, event: str) -> bool:
        return bool(self.incident.timeline.get(event))

    # -- whether it is owed ----------------------------------------------------------

    def _affected(self) -> tuple[Truth, tuple[str, ...]]:
        """Tell whether any of the groups that it covers is affected, and which."""
        covers, listed = self.contract.covers, self.incident.affected
        if covers is None:
            return Truth.TRUE, ()
        if not covers:
            return Truth.FALSE, ()
        if listed is None:
            return Truth.UNKNOWN, covers
        named = {group.group: group for group in listed}
        found = {name: _is_affected(named[name]) for name in covers if name in named}
        groups = tuple(name for name, truth in found.items() if truth is not Truth.FALSE)
        if any(truth is Truth.TRUE for truth in found.values()):
            return Truth.TRUE, groups
        # A slip of the pen must not make a promise disappear.
        slip = any(name not in named and nearest(name, named) for name in covers)
        return Truth.UNKNOWN if groups or slip else Truth.FALSE, groups

    def _doubts(self, affected: Truth, deadline: Deadline) -> tuple[OpenFact, ...]:
        """List what must be found out before it is owed for certain."""
        contract = self.contract
        asked = []
        if affected is Truth.UNKNOWN:
            names = ", ".join(contract.covers or ())
            question = f"Is anybody affected whom the clause covers ({names})?"
            asked.append(OpenFact(fact="affected", question=question, citation=self.cite))
        if self._has_ended(deadline):
            question = (
                f"The agreement with {self.party} ended on {self._end_text}: "
                "does the clause outlive it?"
            )
            fact = f"contracts.{contract.id}.ends"
            asked.append(OpenFact(fact=fact, question=question, citation=self.cite))
        if contract.trigger == "confirmed" and self.incident.timeline.get("confirmed") == ():
            question = "When was the incident confirmed?"
            asked.append(OpenFact(fact="timeline.confirmed", question=question, citation=self.cite))
        return tuple(asked)

    @property
    def _end_text(self) -> str:
        ends = self.contract.ends
        return moment_text(ends, self.case.recipient_zone) if ends else ""

    def _has_ended(self, deadline: Deadline) -> bool:
        """Tell whether the agreement ended before the clock started."""
        start = deadline.starts.at if deadline.starts else None
        ends = self.contract.ends
        if ends is None or start is None:
            return False
        if ends.at is not None:
            return ends.at < start
        day = start.astimezone(self.case.recipient_zone).date()
        if ends.day is None or ends.precision == "day":
            return ends.day is not None and ends.day < day
        return (ends.day.year, ends.day.month) < (day.year, day.month)

    # -- what to know besides --------------------------------------------------------

    def _notes(self, deadline: Deadline) -> Iterator[str]:
        contract = self.contract
        yield "Taken as entered; the contract itself was not read."
        if contract.starts is None and contract.trigger is None:
            yield "Whether suspicion is enough is not entered: the earlier reading leads."
        if self._undefined_days:
            yield (
                "Whose working days count is not entered: those of the organisation's seat do, "
                "and the reading by calendar days is the safe one."
            )
        if contract.business_days is not None:
            note = self.case.corpus.calendar(contract.business_days).note
            if note:
                yield f"Working days of {contract.business_days}: {note}."
        yield from self._on_receipt(deadline)
        if contract.confidential:
            yield (
                "The clause forbids telling others: see whether notices that the law asks for "
                "are excepted, and record the conflict before they go out."
            )
        if contract.flow_down:
            yield "The promise flows down: pass it on to sub-contractors."
        for action in contract.consent or ():
            yield f"{self.party} must consent {consent_words(action)}."

    def _on_receipt(self, deadline: Deadline) -> Iterator[str]:
        contract = self.contract
        if deadline.met == "received":
            yield "It is met when the notice arrives, not when it is sent."
        if contract.deemed:
            yield f"When it counts as received, by the clause: {contract.deemed}."
        if contract.business_hours and (self._period is None or self._period.unit in ELAPSED_UNITS):
            yield (
                f"What arrives after {contract.business_hours} may count as received on the "
                "next business day only."
            )


def _status(affected: Truth, doubts: tuple[OpenFact, ...]) -> Verdict:
    if affected is Truth.FALSE:
        return "not_required"
    return "possible" if doubts else "required"


def _is_affected(group: Group) -> Truth:
    """Tell whether anybody of a group is affected.

    A group that is listed is, unless its counts leave room for nobody.
    """
    counts = [] if group.people is None else list(group.people.values())
    if not counts or any(count.at_least > 0 or count.at_most is None for count in counts):
        return Truth.TRUE
    return Truth.FALSE if all(count.at_most == 0 for count in counts) else Truth.UNKNOWN
