"""Promises to customers, insurers and card brands, as the incident file enters them.

A contract is no law: what it says is taken as entered, its clause is its citation, and it
is owed once it is stated. Its period is counted like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from regengine.assessment import Bound, Deadline, Filed, People, Result, To, Why
from regengine.cases import PLAIN, MatterCase
from regengine.deadlines import deadline_of
from regengine.facts import Contract, Delay, Filing, Incident
from regengine.law import PERIOD, Counting, Due, Period, RecipientKind
from regengine.matter import Matter
from regengine.truth import Truth

PREFIX = "contract-"
_KINDS: dict[str, RecipientKind] = {
    "customer": "customers",
    "controller": "controller",
    "regulator": "regulator",
}


class _Promise(MatterCase):
    """One contract as the deadline algebra sees it."""

    def __init__(self, matter: Matter, contract: Contract) -> None:
        super().__init__(matter, PREFIX + contract.id, matter.incident.organisation.country or "")

    @property
    def recipient_zone(self) -> ZoneInfo:
        # A contract names no zone of its own: it is kept where it was promised.
        return self.organisation_zone

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
        return PLAIN


def promised(matter: Matter) -> Iterator[Result]:
    """Make one result for each contract that the file enters."""
    for contract in matter.incident.contracts:
        case = _Promise(matter, contract)
        deadline = deadline_of(_due(contract), case, cite=contract.clause, done_at=case.done_at())
        yield _result(contract, matter.incident, deadline, case.filed(deadline))


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
