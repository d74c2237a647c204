"""The deadlines of all results, worked out on demand: one may count from another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from regengine.assessment import Deadline, Filed, Ordered, ReadingResult
from regengine.calendars import zone
from regengine.cases import MET, MatterCase
from regengine.conditions import Atom, Condition, Name, fold, parse
from regengine.deadlines import deadline_of
from regengine.duties import AT_MOST_POSSIBLE, Verdict, asked_of_facts
from regengine.facts import Filing
from regengine.in_force import first_day
from regengine.law import Due, Order, Stage, Version
from regengine.matter import Matter
from regengine.results import Row
from regengine.timeline import EventTime
from regengine.truth import Truth


@dataclass
class Schedule:
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

    def published(self, row: Row) -> Deadline:
        """Return a row's deadline with the results that its order speaks of by their keys."""
        found = self.of(row) or Deadline(kind="none")
        order, place = found.order, row.verdict.place
        if order == Ordered():
            return found
        named = Ordered(
            before=self._keys(order.before, place),
            with_=self._keys(order.with_, place),
            after=self._keys(order.after, place),
        )
        return found.model_copy(update={"order": named})

    def _keys(self, duties: Iterable[str], place: str) -> tuple[str, ...]:
        rows = {duty: self.find(duty, place, None) for duty in duties}
        return tuple(dict.fromkeys(row.key if row else duty for duty, row in rows.items()))

    def filed(self, row: Row) -> tuple[Filed, ...]:
        """Report what was filed of a row, and whether in time."""
        return _RowCase(self, row).filed(self.of(row) or Deadline(kind="none"))

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
        if verdict.edition.status in AT_MOST_POSSIBLE:
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
        case = _RowCase(self, row)
        next_one = case.repeated(stage) if stage is not None else None
        found = deadline_of(
            next_one or due,
            case,
            hold=version.hold,
            not_before=version.not_before,
            order=_order(due, version.order),
            cite=(stage.cite if stage else None) or version.cite,
            done_at=None if next_one else case.done_at(),
        )
        asked = stage is not None and stage.on == "request" and due.starts is None
        # Until the authority asks nothing is owed; that it asked is not on record as an event.
        return found.model_copy(update={"kind": "not_started"}) if asked else found


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


class _RowCase(MatterCase):
    """One row as the deadline algebra sees it."""

    def __init__(self, schedule: Schedule, row: Row) -> None:
        super().__init__(schedule.matter, row.verdict.obligation.id, row.verdict.place)
        self._schedule = schedule
        self._row = row
        self._verdict = row.verdict

    @property
    def recipient_zone(self) -> ZoneInfo:
        dotted = self._row.recipient.id
        authority = self.corpus.authority(dotted) if dotted else None
        if authority is not None and authority.zone is not None:
            return zone(authority.zone)
        return super().recipient_zone

    def event(self, name: str) -> EventTime | None:
        controller = "controller" in self._verdict.obligation.bound
        return self.matter.dates.event(name, self.obligation_id, controller=controller)

    def filings(self, obligation_id: str, stage: str | None) -> Sequence[Filing]:
        found = super().filings(obligation_id, stage)
        return [filing for filing in found if self._concerns(filing)]

    def _concerns(self, filing: Filing) -> bool:
        if filing.jurisdiction in (None, self.place):
            return True
        # A filing made elsewhere counts for a duty that has no result here.
        return not any(
            row.verdict.obligation.id == filing.obligation and row.verdict.place == self.place
            for row in self._schedule.rows
        )

    def own_filings(self) -> Sequence[Filing]:
        stage = self._verdict.stage
        return [
            item
            for item in super().own_filings()
            if self._row.received(item) and (stage is None or item.stage in (None, stage.name))
        ]

    def due_of(self, obligation_id: str, stage: str | None) -> Deadline | None:
        row = self._schedule.find(obligation_id, self.place, stage)
        return None if row is None else self._schedule.of(row)

    def decide(self, condition: str) -> Truth:
        return fold(parse(condition), self._decide)

    def _named(self, tree: Condition) -> Truth:
        return fold(tree, self._decide)

    def _decide(self, leaf: Atom | Name) -> Truth:
        if isinstance(leaf, Name) and leaf.kind == "owed":
            row = self._schedule.find(leaf.name, self.place, None)
            return Truth.FALSE if row is None else row.verdict.truth
        conditions = self._verdict.unit.instrument.conditions
        if isinstance(leaf, Name) and leaf.name in conditions:
            return self._named(conditions[leaf.name].tree)
        return asked_of_facts(leaf, self._verdict, self.matter)

    def repeated(self, stage: Stage) -> Due | None:
        """Count the next of several like reports from the last one on record, if there is one.

        None comes next once the incident is over.
        """
        over = self.matter.incident.incident.ongoing is False
        if isinstance(stage.repeats, bool) or over or self._verdict.truth is Truth.FALSE:
            return None
        if not any(item.how in MET and item.stage == stage.name for item in self.own_filings()):
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
        return super().filed(deadline)
