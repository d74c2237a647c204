"""From the terms of a duty to its deadline: events, counting rules, holds, other duties.

A law states when an act is owed in a small algebra (``law.Due``). Here it is worked out
against a ``Case``, which answers what the algebra asks: events, filings, conditions,
calendars, the deadlines of other duties. Every form gives an ``_Outcome``; forms combine
outcomes; only the end turns one into the published ``Deadline``.

The safe instant leads everywhere. Where a condition is unknown or an event has several
candidates, the earliest leads and the others are readings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal, Protocol

from dateutil.relativedelta import relativedelta

from regengine.assessment import Deadline, Held, Ordered, ReadingResult, Start, TraceStep
from regengine.calendars import zone as zone_of
from regengine.counting import (
    Convention,
    Counted,
    WorkingDays,
    by_day,
    calendar_day,
    counted,
    instant_of,
    last_instant,
    relieved,
)
from regengine.facts import Moment
from regengine.law import STARTS, Period
from regengine.timeline import Alternative, EventTime, has_prefix, words_of
from regengine.truth import Truth

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from regengine import law
    from regengine.facts import Delay, Filing

Kind = Literal["fixed", "soft", "not_started"]
_ELAPSED_UNITS = ("minute", "hour")
_RANK: dict[Kind, int] = {"fixed": 0, "not_started": 1, "soft": 2}


class Case(Protocol):
    """One duty towards one recipient, as the deadline sees it.

    ``filings`` and ``due_of`` take an obligation id (``self`` is spelled out already) and
    a stage, ``None`` for the duty as a whole; they answer for the same place first.
    Zones are those of the recipient and of the organisation.
    """

    @property
    def obligation_id(self) -> str:
        """The id of the duty."""

    @property
    def now(self) -> datetime | None:
        """The instant against which lateness is told."""

    @property
    def recipient_zone(self) -> ZoneInfo:
        """Where periods in days end."""

    @property
    def organisation_zone(self) -> ZoneInfo:
        """Where a date without a time begins."""

    @property
    def holds(self) -> Sequence[Delay]:
        """Every law-enforcement delay on record, refused ones too."""

    def event(self, name: str) -> EventTime | None:
        """When the event happened; ``None`` where it starts no clock yet."""

    def first_possible(self, name: str) -> EventTime | None:
        """When a missing event could have come first."""

    def filings(self, obligation_id: str, stage: str | None) -> Sequence[Filing]:
        """List what was filed."""

    def due_of(self, obligation_id: str, stage: str | None) -> Deadline | None:
        """Return the deadline of another duty or stage; ``None`` where it is not in view."""

    def decide(self, condition: str) -> Truth:
        """Decide a condition."""

    def counting(self, rule_id: str | None) -> law.Counting:
        """Return a counting rule; ``None`` asks for the one of the place."""

    def calendar(self, calendar_id: str | None) -> WorkingDays | None:
        """Return a calendar; ``None`` asks for the one of the place."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What starts a clock: a moment, or where it is missing the first possible one."""

    name: str
    words: str
    moment: Moment | None = None
    assumed: bool = False
    note: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    possible: Moment | None = None

    def mapped(self, change: Callable[[Moment], Moment], name: str, words: str) -> _Anchor:
        """Move every moment alike."""
        return replace(
            self,
            name=name,
            words=words,
            moment=change(self.moment) if self.moment else None,
            alternatives=tuple(
                Alternative(change(each.moment), each.ground) for each in self.alternatives
            ),
            possible=change(self.possible) if self.possible else None,
        )


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one form of a due comes to; instants in UTC."""

    kind: Kind
    text: str
    due: datetime | None = None
    latest: datetime | None = None
    projected: datetime | None = None
    start: _Anchor | None = None
    soft: str | None = None
    readings: tuple[ReadingResult, ...] = ()
    steps: tuple[TraceStep, ...] = ()
    in_days: bool = False
    zone: str = "UTC"
    met: Literal["sent", "received"] = "sent"
    derived: bool = False

    @property
    def outer(self) -> datetime | None:
        """The latest arguable instant."""
        return self.latest or self.due

    def order(self) -> tuple[int, datetime]:
        """Sort by what must be acted on first."""
        far = datetime.max.replace(tzinfo=UTC)
        return _RANK[self.kind], self.due or self.projected or far


def deadline_of(  # noqa: PLR0913  # reason: the terms of a version that bear on time
    due: law.Due,
    case: Case,
    *,
    hold: law.Hold | None = None,
    not_before: law.NotBefore | None = None,
    order: law.Order | None = None,
    cite: str | None = None,
    done_at: datetime | None = None,
) -> Deadline:
    """Work out when a duty is owed.

    ``cite`` is the citation of the duty's version. ``done_at`` is the instant at which the
    duty was met: lateness is told against it instead of against ``case.now``.
    """
    reckoner = _Reckoner(case, cite)
    outcome = reckoner.outcome(due)
    outcome, held = _Holds(reckoner, hold, due).apply(outcome)
    opens, waits = reckoner.opening(not_before, outcome)
    return _published(outcome, case, held, order, opens, waits, done_at)


def lateness(due_at: datetime | None, at: datetime | None) -> int | None:
    """Count the seconds by which an instant comes after a due instant; ``None`` if not.

    >>> lateness(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 1, tzinfo=UTC))
    60
    """
    if due_at is None or at is None or at <= due_at:
        return None
    return int((at - due_at).total_seconds()) or 1


def shown(at: datetime, zone: ZoneInfo) -> datetime:
    """Give an instant the fixed offset that it has in a zone: it prints and pickles alike.

    >>> str(shown(datetime(2026, 7, 1, tzinfo=UTC), zone_of("Europe/Dublin")))
    '2026-07-01 01:00:00+01:00'
    """
    offset = at.astimezone(zone).utcoffset() or timedelta(0)
    return at.astimezone(timezone(offset) if offset else UTC)


def _published(  # noqa: PLR0913  # reason: each part comes from another step
    outcome: _Outcome,
    case: Case,
    held: tuple[Held, ...],
    order: law.Order | None,
    opens: datetime | None,
    waits: tuple[TraceStep, ...],
    done_at: datetime | None,
) -> Deadline:
    zone = zone_of(outcome.zone)

    def local(at: datetime | None) -> datetime | None:
        return None if at is None else shown(at, zone)

    fixed = outcome.kind == "fixed"
    latest = outcome.latest if fixed and outcome.due and outcome.latest else None
    if latest is not None and outcome.due is not None and latest <= outcome.due:
        latest = None
    ordered = Ordered()
    if order is not None:
        ordered = Ordered.model_validate(
            {"before": order.before, "with": order.with_, "after": order.after}
        )
    return Deadline(
        kind=outcome.kind,
        starts=_start(outcome.start, case, zone),
        due_at=local(outcome.due) if fixed else None,
        latest_defensible=local(latest),
        projected_due_at=None if fixed else local(outcome.projected),
        not_before=local(opens),
        text=outcome.text,
        soft=outcome.soft,
        zone=outcome.zone,
        order=ordered,
        held=held,
        late_by=lateness(outcome.due, done_at or case.now) if fixed else None,
        derived=outcome.derived,
        met=outcome.met,
        readings=_distinct(outcome, zone),
        trace=(*outcome.steps, *waits),
    )


def _start(anchor: _Anchor | None, case: Case, zone: ZoneInfo) -> Start | None:
    if anchor is None:
        return None
    at = instant_of(anchor.moment, case.organisation_zone) if anchor.moment else None
    return Start(
        event=anchor.name,
        at=None if at is None else shown(at, zone),
        assumed=anchor.assumed,
        note=anchor.note,
    )


def _distinct(outcome: _Outcome, zone: ZoneInfo) -> tuple[ReadingResult, ...]:
    """Keep readings that say something else than the deadline itself, each once."""
    kept: dict[tuple[datetime | None, str], ReadingResult] = {}
    for reading in outcome.readings:
        if reading.due_at is not None and reading.due_at == outcome.due:
            continue
        local = None if reading.due_at is None else shown(reading.due_at, zone)
        kept.setdefault((local, reading.ground), reading.model_copy(update={"due_at": local}))
    return tuple(kept.values())


class _Reckoner:
    """Works out dues for one case; holds nothing but the case and its citation."""

    def __init__(self, case: Case, cite: str | None) -> None:
        self.case = case
        self.cite = cite

    # -- conventions --------------------------------------------------------------

    def convention(self, due: law.Due, rule_id: str | None = None) -> Convention:
        """Collect by what a due is counted."""
        rule = self.case.counting(rule_id or due.counts)
        return Convention(
            rule=rule,
            calendar=self.case.calendar(due.calendar or rule.calendar),
            recipient_zone=self._zone(due.zone or rule.zone),
            organisation_zone=self.case.organisation_zone,
            cutoff=due.cutoff,
            cite=due.cite or self.cite,
            roll_calendar=self._roll_calendar(rule),
        )

    def _roll_calendar(self, rule: law.Counting) -> WorkingDays | None:
        """Return the calendar whose closed days move, where it is another than the rule's."""
        rolls = (rule.roll, rule.arguable_roll)
        named = next((roll.calendar for roll in rolls if roll and roll.calendar), None)
        return self.case.calendar(named) if named else None

    def _zone(self, key: str | None) -> ZoneInfo:
        return zone_of(key) if key else self.case.recipient_zone

    def instant(self, moment: Moment) -> datetime:
        """Return the UTC instant of a moment, a date's first at the organisation."""
        return instant_of(moment, self.case.organisation_zone)

    # -- forms --------------------------------------------------------------------

    def outcome(self, due: law.Due) -> _Outcome:
        """Work out one due, whatever its form."""
        if due.within is not None:
            found = self._period(due, due.within)
        elif due.by is not None:
            found = self._by(due, due.by)
        elif due.with_ is not None or due.before is not None:
            found = self._beside(due)
        elif due.earliest or due.latest:
            found = self._several(due)
        elif due.cases:
            found = self._cases(due)
        else:
            found = self._words(due)
        found = self._relieved(due, self._extended(due, found))
        return self._with_readings(due, self._dressed(due, found))

    def _dressed(self, due: law.Due, found: _Outcome) -> _Outcome:
        """Add the words and marks that stand beside any form."""
        text, soft = found.text, found.soft
        if due.soft is not None and due.soft != soft:
            soft = due.soft if soft is None else f"{due.soft}; {soft}"
            text = _joined(due.soft, text, found)
        steps = found.steps
        if due.derived and not found.derived:
            note = TraceStep(step="the number is borrowed from another duty", citation=due.cite)
            steps = (*steps, note)
        return replace(
            found,
            text=text,
            soft=soft,
            steps=steps,
            derived=found.derived or due.derived,
            met=due.met if due.met == "received" else found.met,
        )

    def _period(self, due: law.Due, length: Period) -> _Outcome:
        anchor = self.anchor(due.starts or "")
        how = self.convention(due)
        return self._clock(anchor, due, lambda start: self._ranged(start, length, due, how), how)

    @staticmethod
    def _ranged(start: Moment, length: Period, due: law.Due, how: Convention) -> Counted:
        safe = counted(start, length, how)
        if due.latest_within is None:
            return safe
        wide = counted(start, due.latest_within, how)
        step = _trace(f"the law's range ends after {due.latest_within}", safe, wide, how)
        latest = max(safe.outer, wide.outer)
        return replace(safe, latest=latest, steps=(*safe.steps, step))

    def _by(self, due: law.Due, month_day: str) -> _Outcome:
        anchor = self.anchor(due.starts or "")
        how = self.convention(due)

        def end(start: Moment) -> Counted:
            day = calendar_day(start, how.recipient_zone, how.organisation_zone)
            last = _next_date(day, month_day)
            return by_day(last, how, f"the next {month_day} after {day}")

        return self._clock(anchor, due, end, how)

    def _clock(
        self,
        anchor: _Anchor,
        due: law.Due,
        run: Callable[[Moment], Counted],
        how: Convention,
    ) -> _Outcome:
        """Run a clock from its anchor, or project it where the anchor is missing."""
        in_days = due.within is None or due.within.unit not in _ELAPSED_UNITS
        base = _Outcome(
            kind="not_started",
            text=_form_words(due, anchor),
            start=anchor,
            in_days=in_days,
            zone=_key(how.recipient_zone),
        )
        if anchor.moment is None:
            return self._projected(base, anchor, run, how)
        result = run(anchor.moment)
        return replace(
            base,
            kind="fixed",
            due=result.due_at,
            latest=result.latest,
            readings=self._other_starts(anchor, run, how),
            steps=(self._start_step(anchor, how), *result.steps, *_notes(result, how)),
        )

    def _projected(
        self,
        base: _Outcome,
        anchor: _Anchor,
        run: Callable[[Moment], Counted],
        how: Convention,
    ) -> _Outcome:
        step = TraceStep(
            step=f"the clock has not started: {anchor.words} is not on record",
            citation=how.cite,
        )
        if anchor.possible is None:
            return replace(base, steps=(step,))
        result = run(anchor.possible)
        project = _step(
            "projection: were it to start at the earliest possible moment",
            _moment_text(anchor.possible, how.recipient_zone),
            result.due_at.astimezone(how.recipient_zone).isoformat(),
            how.cite,
        )
        return replace(base, projected=result.due_at, steps=(step, project))

    def _start_step(self, anchor: _Anchor, how: Convention) -> TraceStep:
        label = f"the clock starts with {anchor.words}"
        if anchor.assumed:
            label += " (assumed)"
        if anchor.note:
            label += f": {anchor.note}"
        at = _moment_text(anchor.moment, how.recipient_zone) if anchor.moment else None
        return _step(label, at, at, how.cite)

    @staticmethod
    def _other_starts(
        anchor: _Anchor, run: Callable[[Moment], Counted], how: Convention
    ) -> tuple[ReadingResult, ...]:
        return tuple(
            ReadingResult(due_at=run(each.moment).due_at, ground=each.ground, citation=how.cite)
            for each in anchor.alternatives
        )

    def _words(self, due: law.Due) -> _Outcome:
        soft = due.soft or ""
        zone = _key(self._zone(due.zone))
        if due.starts is None:
            return _Outcome("soft", soft, soft=soft, zone=zone)
        anchor = self.anchor(due.starts)
        how = self.convention(due)
        if anchor.moment is None:
            label = f"the duty has not begun: {anchor.words} is not on record"
            steps = (TraceStep(step=label, citation=how.cite),)
            return _Outcome("not_started", soft, start=anchor, soft=soft, steps=steps, zone=zone)
        steps = (self._start_step(anchor, how),)
        return _Outcome("soft", soft, start=anchor, soft=soft, steps=steps, zone=zone)

    # -- together with or before another duty ---------------------------------------

    def _beside(self, due: law.Due) -> _Outcome:
        other = due.with_ or due.before or ""
        words = f"{'together with' if due.with_ else 'before'} {other}"
        how = self.convention(due)
        sent = self._sent(other, None)
        if sent:
            return self._beside_filed(due, min(sent, key=self.instant), words, how)
        theirs = self.case.due_of(other, None)
        if theirs is None or theirs.kind == "soft" or theirs.kind == "none":
            step = TraceStep(step=f"{words}, which has no fixed instant", citation=how.cite)
            start = self._taken_start(theirs)
            return _Outcome("soft", words, soft=words, start=start, steps=(step,), zone=_zone(how))
        at = theirs.due_at or theirs.projected_due_at
        label = f"{words}: its own instant until it is filed"
        step = _step(label, None, at.astimezone(how.recipient_zone).isoformat() if at else None, how.cite)
        return _Outcome(
            kind=theirs.kind,
            text=words,
            due=_utc(theirs.due_at),
            latest=_utc(theirs.latest_defensible),
            projected=_utc(theirs.projected_due_at),
            start=self._taken_start(theirs),
            readings=theirs.readings,
            steps=(*theirs.trace, step),
            in_days=True,
            zone=_zone(how),
        )

    def _beside_filed(self, due: law.Due, sent: Moment, words: str, how: Convention) -> _Outcome:
        at = self.instant(sent)
        latest = None
        if sent.at is None:
            day = calendar_day(sent, how.recipient_zone, how.organisation_zone)
            end = last_instant(day, how.recipient_zone)[0]
            at, latest = (end, None) if due.with_ else (min(at, end), end)
        label = f"{words}, which is on record as filed"
        shown_at = at.astimezone(how.recipient_zone).isoformat()
        steps = [_step(label, _moment_text(sent, how.recipient_zone), shown_at, how.cite)]
        if latest is not None:
            label = "the hour of that filing is not on record: at the latest the end of its day"
            steps.append(
                _step(label, shown_at, latest.astimezone(how.recipient_zone).isoformat(), how.cite)
            )
        start = _Anchor(f"filed({due.with_ or due.before})", "that filing", sent)
        return _Outcome(
            "fixed", words, at, latest, start=start, steps=tuple(steps), zone=_zone(how)
        )

    @staticmethod
    def _taken_start(theirs: Deadline | None) -> _Anchor | None:
        if theirs is None or theirs.starts is None:
            return None
        start = theirs.starts
        moment = Moment.of(start.at) if start.at else None
        return _Anchor(start.event, words_of(start.event), moment, start.assumed, start.note)

    # -- several dues ---------------------------------------------------------------

    def _several(self, due: law.Due) -> _Outcome:
        limbs = [(limb, self.outcome(_inherited(due, limb))) for limb in due.earliest or due.latest]
        running, lapsed = self._running(limbs)
        found = [outcome for _, outcome in running]
        word = "earlier" if due.earliest else "later"
        text = f"the {word} of: {'; '.join(each.text for _, each in limbs)}"
        fixed = [each for each in found if each.kind == "fixed"]
        waiting = tuple(
            TraceStep(step=f"another limb has not started: {each.text}", citation=self.cite)
            for each in found
            if each.kind == "not_started" and fixed
        )
        lead = self._lead(found, fixed, earliest=bool(due.earliest))
        soft = "; ".join(dict.fromkeys(each.soft for each in found if each.soft)) or None
        step = TraceStep(
            step=f"the {word} of {len(limbs)} limits counts",
            to=_iso(lead.due, lead.zone),
            citation=due.cite or self.cite,
        )
        steps = tuple(step for each in found for step in each.steps)
        outer = self._outer(fixed, earliest=bool(due.earliest))
        return replace(
            lead,
            text=text,
            soft=soft,
            latest=outer if lead.due and outer and outer > lead.due else None,
            readings=tuple(reading for each in found for reading in each.readings),
            steps=(*steps, *lapsed, *waiting, step),
            derived=any(each.derived for each in found),
        )

    @staticmethod
    def _lead(found: list[_Outcome], fixed: list[_Outcome], *, earliest: bool) -> _Outcome:
        if earliest or not fixed:
            return min(found, key=_Outcome.order)
        # A limb that has not started could only make the later of two later still.
        return max(fixed, key=_Outcome.order)

    @staticmethod
    def _outer(fixed: list[_Outcome], *, earliest: bool) -> datetime | None:
        ends = [each.outer for each in fixed if each.outer is not None]
        if not ends:
            return None
        return min(ends) if earliest else max(ends)

    def _running(
        self, limbs: list[tuple[law.Due, _Outcome]]
    ) -> tuple[list[tuple[law.Due, _Outcome]], tuple[TraceStep, ...]]:
        """Drop limbs that lapsed since their event came after their own instant."""
        kept, notes = [], []
        for limb, outcome in limbs:
            if limb.lapses_after is None or outcome.due is None:
                kept.append((limb, outcome))
                continue
            anchor = self.anchor(limb.lapses_after)
            if anchor.moment is None or self.instant(anchor.moment) <= outcome.due:
                kept.append((limb, outcome))
                continue
            label = f"falls away, since {anchor.words} came after it: {outcome.text}"
            at = _moment_text(anchor.moment, zone_of(outcome.zone))
            notes.append(_step(label, _iso(outcome.due, outcome.zone), at, limb.cite or self.cite))
        return (kept or limbs), tuple(notes) if kept else ()

    def _cases(self, due: law.Due) -> _Outcome:
        open_cases: list[tuple[law.Case, Truth]] = []
        for branch in due.cases:
            truth = Truth.TRUE if branch.if_ is None else self.case.decide(branch.if_)
            if truth is Truth.FALSE:
                continue
            open_cases.append((branch, truth))
            if truth is Truth.TRUE and due.pick == "first":
                break
        if not open_cases:
            words = "no case of the law applies: no time is stated"
            step = TraceStep(step=words, citation=due.cite or self.cite)
            return _Outcome("soft", words, soft=words, steps=(step,), zone=_key(self._zone(due.zone)))
        outcomes = [
            (branch, truth, self.outcome(_inherited(due, branch))) for branch, truth in open_cases
        ]
        return self._chosen_case(due, outcomes)

    def _chosen_case(
        self, due: law.Due, outcomes: list[tuple[law.Case, Truth, _Outcome]]
    ) -> _Outcome:
        lead_case, lead_truth, lead = min(outcomes, key=lambda each: each[2].order())
        readings = list(lead.readings)
        # The shortest of several that apply for sure leaves nothing to argue about.
        settled = due.pick == "shortest" and lead_truth is Truth.TRUE and lead.kind == "fixed"
        for branch, _, outcome in () if settled else outcomes:
            if branch is lead_case:
                continue
            readings.append(
                ReadingResult(
                    due_at=outcome.due or outcome.projected,
                    ground=f"{_branch_words(branch)}: {outcome.text}",
                    citation=branch.cite or due.cite or self.cite,
                )
            )
        state = "not known yet" if lead_truth is Truth.UNKNOWN else "applies"
        step = TraceStep(
            step=f"{_branch_words(lead_case)} ({state}): {lead.text}",
            citation=lead_case.cite or due.cite or self.cite,
        )
        return replace(lead, readings=tuple(readings), steps=(step, *lead.steps))

    # -- more time ------------------------------------------------------------------

    def _extended(self, due: law.Due, found: _Outcome) -> _Outcome:
        for extension in due.extend:
            truth = self.case.decide(extension.if_)
            if truth is Truth.TRUE and extension.by is not None and found.due is not None:
                found = self._extend_by(due, found, extension.by, extension)
                continue
            words = f"{extension.by} more" if extension.by else "as long as needed"
            if truth is Truth.TRUE and extension.by is None:
                label = f"the law allows more time ({words}) without a number: the limit stands"
            elif truth is Truth.TRUE:
                label = f"extended by {words} once the clock runs"
            else:
                label = f"not extended ({words}): {extension.if_} is {_state(truth)}"
            if extension.note:
                label += f"; {extension.note}"
            step = TraceStep(step=label, citation=extension.cite)
            found = replace(found, steps=(*found.steps, step))
        return found

    def _extend_by(
        self, due: law.Due, found: _Outcome, by: Period, extension: law.Extension
    ) -> _Outcome:
        if found.due is None:
            return found
        how = self.convention(due)
        longer = replace(how, cite=extension.cite)
        later = self._after(found.due, by, longer)
        outer = later.outer
        if found.latest is not None:
            outer = max(outer, self._after(found.latest, by, longer).outer)
        step = _step(
            f"extended by {by}, since {extension.if_}",
            _iso(found.due, found.zone),
            _iso(later.due_at, found.zone),
            extension.cite,
        )
        return replace(
            found,
            text=f"{found.text}, extended by {by}",
            due=later.due_at,
            latest=outer if outer > later.due_at else None,
            steps=(*found.steps, step),
        )

    def _after(self, at: datetime, by: Period, how: Convention) -> Counted:
        """Count on from a due instant: from its date at the recipient, or its instant."""
        if by.unit in _ELAPSED_UNITS:
            return counted(Moment.of(at), by, how)
        # The last day of the first period is day 0 of the next, however counting began.
        rule = how.rule.model_copy(update={"first_day": "excluded"})
        day = at.astimezone(how.recipient_zone).date()
        return counted(Moment.of(day), by, replace(how, rule=rule))

    def _relieved(self, due: law.Due, found: _Outcome) -> _Outcome:
        relief = due.relief
        if relief is None or found.due is None:
            return found
        refused = Truth.FALSE if relief.unless is None else self.case.decide(relief.unless)
        if refused is Truth.TRUE:
            step = TraceStep(step=f"no relief, since {relief.unless}", citation=relief.cite)
            return replace(found, steps=(*found.steps, step))
        how = replace(self.convention(due, relief.counts), cite=relief.cite)
        if not (found.in_days or how.rule.rolls_hours):
            return found
        later, steps = relieved(found.due, how)
        if later is None or later <= (found.outer or found.due):
            return found
        if refused is Truth.UNKNOWN:
            ground = f"relief, should {relief.unless} not hold"
            reading = ReadingResult(due_at=later, ground=ground, citation=relief.cite)
            step = TraceStep(
                step=f"no relief while it is not known: {relief.unless}", citation=relief.cite
            )
            return replace(
                found, readings=(*found.readings, reading), steps=(*found.steps, step)
            )
        return replace(found, latest=later, steps=(*found.steps, *steps))

    def _with_readings(self, due: law.Due, found: _Outcome) -> _Outcome:
        readings, latest, steps = list(found.readings), found.latest, list(found.steps)
        for reading in due.readings:
            other = self.outcome(_inherited(due, reading.due))
            at = other.due or other.projected
            readings.append(ReadingResult(due_at=at, ground=reading.ground, citation=reading.cite))
            if not reading.binding or other.due is None or found.due is None:
                continue
            if other.due > (latest or found.due):
                label = f"arguably later: {reading.ground}"
                edges = _iso(found.due, found.zone), _iso(other.due, found.zone)
                steps.append(_step(label, *edges, reading.cite))
                latest = other.due
        return replace(found, readings=tuple(readings), latest=latest, steps=tuple(steps))

    # -- what starts a clock ----------------------------------------------------------

    def anchor(self, starts: str) -> _Anchor:
        """Resolve what starts a clock, an event or a function of events and filings."""
        match = STARTS.match(starts)
        if match is None:
            message = f"{starts!r} starts no clock"
            raise ValueError(message)
        if match["event"]:
            return self._event(match["event"])
        inside = match["inside"]
        resolve: dict[str, Callable[[str], _Anchor]] = {
            "filed": lambda ids: self._filed("filed", ids, min),
            "first_filed": lambda ids: self._filed("first_filed", ids, min),
            "last_filed": lambda ids: self._filed("last_filed", ids, max),
            "received": self._received,
            "due": self._due,
            "year_end": self._year_end,
            "threshold_known": self._threshold,
            "earlier": lambda pair: self._pair("earlier", pair),
            "later": lambda pair: self._pair("later", pair),
        }
        return resolve[match["call"]](inside)

    def _event(self, name: str) -> _Anchor:
        found = self.case.event(name)
        if found is not None:
            return _Anchor(
                name, words_of(name), found.moment, found.assumed, found.note, found.alternatives
            )
        first = self.case.first_possible(name)
        return _Anchor(name, words_of(name), possible=first.moment if first else None)

    def _targets(self, text: str) -> list[tuple[str, str | None]]:
        """Read "ID", "ID/stage", "self/stage" and alternatives joined by "|"."""
        found = []
        for part in text.split("|"):
            name, _, stage = part.strip().partition("/")
            found.append((self.case.obligation_id if name == "self" else name, stage or None))
        return found

    def _sent(self, obligation_id: str, stage: str | None) -> list[Moment]:
        return [
            filing.at
            for filing in self.case.filings(obligation_id, stage)
            if filing.how in ("sent", "received")
        ]

    def _filed(
        self, call: str, text: str, pick: Callable[..., Moment]
    ) -> _Anchor:
        targets = self._targets(text)
        words = " or ".join(_filing_words(*each) for each in targets)
        name = f"{call}({text})"
        sent = [moment for each in targets for moment in self._sent(*each)]
        if sent:
            return _Anchor(name, words, pick(sent, key=self.instant))
        return _Anchor(name, words, possible=self._could_be_filed(targets))

    def _could_be_filed(self, targets: list[tuple[str, str | None]]) -> Moment | None:
        """Project a filing at its own due instant; a soft one from its start."""
        found = []
        for each in targets:
            theirs = self.case.due_of(*each)
            if theirs is None:
                continue
            start = theirs.starts.at if theirs.starts and theirs.kind == "soft" else None
            at = theirs.due_at or theirs.projected_due_at or start
            if at is not None:
                found.append(at)
        return Moment.of(min(found)) if found else None

    def _received(self, text: str) -> _Anchor:
        targets = self._targets(text)
        words = "receipt of " + " or ".join(_filing_words(*each) for each in targets)
        name = f"received({text})"
        filings = [one for each in targets for one in self.case.filings(*each)]
        arrived = [one.at for one in filings if one.how == "received"]
        if arrived:
            return _Anchor(name, words, min(arrived, key=self.instant))
        sent = [one.at for one in filings if one.how == "sent"]
        if sent:
            note = "receipt is not on record: taken from when it was sent"
            return _Anchor(name, words, min(sent, key=self.instant), assumed=True, note=note)
        return _Anchor(name, words, possible=self._could_be_filed(targets))

    def _due(self, text: str) -> _Anchor:
        name = f"due({text})"
        targets = self._targets(text)
        words = "the due instant of " + " or ".join(_target_words(*each) for each in targets)
        known, projected = [], []
        for each in targets:
            theirs = self.case.due_of(*each)
            if theirs is not None and theirs.due_at is not None:
                known.append(theirs.due_at)
            elif theirs is not None and theirs.projected_due_at is not None:
                projected.append(theirs.projected_due_at)
        if known:
            return _Anchor(name, words, Moment.of(min(known)))
        return _Anchor(name, words, possible=Moment.of(min(projected)) if projected else None)

    def _year_end(self, text: str) -> _Anchor:
        inner = self.anchor(text.strip())
        words = f"the end of the year of {inner.words}"

        def end(moment: Moment) -> Moment:
            zones = self.case.recipient_zone, self.case.organisation_zone
            return Moment.of(date(calendar_day(moment, *zones).year, 12, 31))

        return inner.mapped(end, f"year_end({text})", words)

    def _threshold(self, text: str) -> _Anchor:
        """Take when it became clear how many people are affected; else when anything did."""
        name, words = f"threshold_known({text})", "knowledge that the number is passed"
        stated = [
            found
            for event in ("scope_determined", "identified_people")
            if (found := self.case.event(event)) is not None
        ]
        if stated:
            first = min(stated, key=lambda one: self.instant(one.moment))
            note = f"taken from {words_of(first.name)}"
            return _Anchor(name, words, first.moment, first.assumed, note, first.alternatives)
        known = self.case.event("discovered")
        if known is None:
            return _Anchor(name, words)
        note = f"when the number became known is not on record: taken from {words_of(known.used)}"
        return _Anchor(name, words, known.moment, assumed=True, note=note)

    def _pair(self, call: str, text: str) -> _Anchor:
        anchors = [self.anchor(part) for part in _arguments(text)]
        name = f"{call}({text})"
        words = f"the {call} of {' and '.join(each.words for each in anchors)}"
        known = [each for each in anchors if each.moment is not None]
        if call == "earlier" and known:
            best = min(known, key=self._when)
            return replace(best, name=name, words=words)
        if call == "later" and len(known) == len(anchors):
            best = max(known, key=self._when)
            return replace(best, name=name, words=words)
        moments = [each.moment or each.possible for each in anchors]
        possible = [each for each in moments if each is not None]
        if not possible or (call == "later" and len(possible) < len(moments)):
            return _Anchor(name, words)
        pick = min if call == "earlier" else max
        return _Anchor(name, words, possible=pick(possible, key=self.instant))

    def _when(self, anchor: _Anchor) -> datetime:
        if anchor.moment is None:
            message = f"{anchor.name} has no moment"
            raise ValueError(message)
        return self.instant(anchor.moment)

    # -- acts that must wait ------------------------------------------------------------

    def opening(
        self, rule: law.NotBefore | None, outcome: _Outcome
    ) -> tuple[datetime | None, tuple[TraceStep, ...]]:
        """Find the earliest permitted instant of the act."""
        if rule is None:
            return None, ()
        anchor = self.anchor(rule.starts)
        if anchor.moment is None:
            label = f"not before {rule.after} have passed from {anchor.words}, not on record yet"
            return None, (TraceStep(step=label, citation=rule.cite),)
        counting = self.case.counting(rule.counts)
        how = Convention(
            counting,
            self.case.calendar(rule.calendar or counting.calendar),
            self.case.recipient_zone,
            self.case.organisation_zone,
            cite=rule.cite,
        )
        result = counted(anchor.moment, rule.after, how)
        opens = result.opens_at or result.due_at
        label = f"not before {rule.after} have passed from {anchor.words}"
        zone = how.recipient_zone
        steps = [_step(label, _moment_text(anchor.moment, zone), _iso(opens, _zone(how)), rule.cite)]
        if outcome.due is not None and opens > outcome.due:
            label = "the act may only be done after it is due: ask the authority"
            steps.append(TraceStep(step=label, citation=rule.cite))
        return opens, tuple(steps)


class _Holds:
    """What law-enforcement delays do to one duty."""

    def __init__(self, reckoner: _Reckoner, rule: law.Hold | None, due: law.Due) -> None:
        self.reckoner = reckoner
        self.rule = rule
        self.due = due
        self.case = reckoner.case
        self.how = reckoner.convention(due)

    def apply(self, outcome: _Outcome) -> tuple[_Outcome, tuple[Held, ...]]:
        """Suspend the duty while a hold runs, and count what follows its end."""
        delays = sorted(
            (each for each in self.case.holds if self._concerns(each)),
            key=lambda each: self._from(each) or datetime.min.replace(tzinfo=UTC),
        )
        held: list[Held] = []
        counting: list[Delay] = []
        limit = outcome.due
        for delay in delays:
            refusal = self._refusal(delay, limit, len(counting))
            held.append(self._held(delay, refusal))
            if refusal is None:
                counting.append(delay)
                limit = self._limit_after(limit, delay, len(counting))
        if self.rule is None or not counting or outcome.kind == "not_started":
            return outcome, tuple(held)
        return self._suspended(outcome, counting), tuple(held)

    def _concerns(self, delay: Delay) -> bool:
        ours = self.case.obligation_id
        return not delay.laws or any(has_prefix(ours, each) for each in delay.laws)

    def _from(self, delay: Delay) -> datetime | None:
        return self.reckoner.instant(delay.from_) if delay.from_ else None

    def _limit_after(self, limit: datetime | None, delay: Delay, nth: int) -> datetime | None:
        """By when the next hold must begin to follow on without a gap."""
        end = self._end(delay, limit, nth)
        if limit is None or end is None:
            return None
        return max(limit, end)

    # -- does it count ------------------------------------------------------------------

    def _refusal(self, delay: Delay, limit: datetime | None, before: int) -> str | None:
        """Say why a hold does not suspend this duty; ``None``: it does."""
        rule = self.rule
        if rule is None:
            return "this law gives no delay for law enforcement"
        if delay.granted is not True:
            return "refused" if delay.granted is False else "not known to be granted"
        reasons = (
            (rule.scope == "publication", "it defers publication alone, not this notice"),
            (not _granted_by(rule, delay), f"only {rule.granted_by} may grant it"),
            (rule.form == "written" and delay.written is not True, "the law asks for writing"),
            (self._oral(delay) and delay.from_ is None, "the day of the oral request is missing"),
            (self._too_late(delay, limit), "it began after the time limit had ended"),
            (bool(rule.steps) and before >= len(rule.steps), "the law's terms are used up"),
        )
        return next((reason for applies, reason in reasons if applies), None)

    def _oral(self, delay: Delay) -> bool:
        return bool(self.rule and self.rule.oral_days) and delay.written is not True

    def _too_late(self, delay: Delay, limit: datetime | None) -> bool:
        began = self._from(delay)
        return began is not None and limit is not None and began > limit

    def _held(self, delay: Delay, refusal: str | None) -> Held:
        zone = self.how.recipient_zone
        began, until = self._from(delay), self._until(delay)
        why = refusal or ("suspends the duty" if until else "suspends the duty until it ends")
        if refusal is None and self._oral(delay) and self.rule:
            why += f"; an oral request lasts {self.rule.oral_days} days at most"
        return Held.model_validate(
            {
                "requested_by": delay.requested_by,
                "granted_by": delay.granted_by,
                "from": shown(began, zone) if began else None,
                "until": shown(until, zone) if until else None,
                "counts": refusal is None,
                "why": why,
                "citation": self.rule.cite if self.rule else None,
            }
        )

    # -- when it ends -------------------------------------------------------------------

    def _until(self, delay: Delay) -> datetime | None:
        if delay.until is None:
            return None
        if delay.until.at is not None:
            return self.reckoner.instant(delay.until)
        day = calendar_day(delay.until, self.how.recipient_zone, self.how.organisation_zone)
        return last_instant(day, self.how.recipient_zone)[0]

    def _end(self, delay: Delay, limit: datetime | None, nth: int) -> datetime | None:
        """Find when a hold ends by its own words or by the law; ``None``: it is open."""
        ends = [self._until(delay)]
        rule = self.rule
        if rule and rule.oral_days and self._oral(delay) and delay.from_:
            length = Period(amount=rule.oral_days, unit="day")
            ends.append(counted(delay.from_, length, self._plain()).due_at)
        if rule and rule.steps and limit is not None:
            step = rule.steps[min(nth, len(rule.steps)) - 1]
            ends.append(self.reckoner._after(limit, step, self._plain()).due_at)  # noqa: SLF001  # reason: one module, one algebra
        known = [each for each in ends if each is not None]
        return min(known) if known else None

    def _plain(self) -> Convention:
        """Count a hold's own days without rolls, by the day and hour of the duty."""
        cite = self.rule.cite if self.rule else None
        rule = self.how.rule.model_copy(
            update={"roll": None, "arguable_roll": None, "first_day": "excluded"}
        )
        return replace(self.how, rule=rule, cite=cite)

    # -- what follows ---------------------------------------------------------------------

    def _suspended(self, outcome: _Outcome, delays: list[Delay]) -> _Outcome:
        ends: list[datetime] = []
        limit = outcome.due
        for nth, delay in enumerate(delays, start=1):
            end = self._end(delay, limit, nth)
            if end is None:
                return self._open(outcome)
            ends.append(end)
            limit = max(limit, end) if limit is not None else None
        return self._ended(outcome, max(ends), self._suspension(outcome, delays, ends))

    def _open(self, outcome: _Outcome) -> _Outcome:
        label = "suspended by law enforcement: the clock runs again once the delay ends"
        cite = self.rule.cite if self.rule else None
        step = _step(label, _iso(outcome.due, outcome.zone), None, cite)
        return replace(
            outcome,
            kind="not_started",
            due=None,
            latest=None,
            projected=outcome.due,
            steps=(*outcome.steps, step),
        )

    def _ended(self, outcome: _Outcome, end: datetime, suspended: timedelta) -> _Outcome:
        rule = self.rule
        if rule is None:
            return outcome
        label = "the delay for law enforcement ends"
        steps = [_step(label, None, _iso(end, outcome.zone), rule.cite)]
        if rule.then is not None:
            return self._then(outcome, end, rule.then, steps)
        if outcome.due is None:
            return replace(outcome, steps=(*outcome.steps, *steps))
        due = max(outcome.due, end)
        label = "the later of the original limit and the end of the delay counts"
        edges = _iso(outcome.due, outcome.zone), _iso(due, outcome.zone)
        steps.append(_step(label, *edges, rule.cite))
        tolled = self._tolled(outcome, suspended)
        latest = max(filter(None, (outcome.latest, tolled)), default=None)
        if latest is not None and latest > due and not rule.steps:
            label = "arguably later: the time of the delay is added to the period"
            steps.append(_step(label, _iso(due, outcome.zone), _iso(latest, outcome.zone), rule.cite))
        else:
            latest = outcome.latest
        return replace(outcome, due=due, latest=latest, steps=(*outcome.steps, *steps))

    def _then(
        self, outcome: _Outcome, end: datetime, then: law.Then, steps: list[TraceStep]
    ) -> _Outcome:
        cite = self.rule.cite if self.rule else None
        how = replace(self.how, cite=cite)
        after = counted(self._last_moment(end), then.within, how)
        label = f"{then.within} from the end of the delay"
        steps.append(_step(label, _iso(end, outcome.zone), _iso(after.due_at, outcome.zone), cite))
        due, latest = after.due_at, after.latest
        if then.mode == "later" and outcome.due is not None and outcome.due > due:
            due, latest = outcome.due, outcome.latest
            steps.append(
                _step("the original limit is later", None, _iso(due, outcome.zone), cite)
            )
        return replace(
            outcome,
            kind="fixed",
            due=due,
            latest=latest,
            text=f"{outcome.text}; {then.within} from the end of the delay",
            steps=(*outcome.steps, *steps),
        )

    def _last_moment(self, end: datetime) -> Moment:
        return Moment.of(end)

    def _suspension(
        self, outcome: _Outcome, delays: list[Delay], ends: list[datetime]
    ) -> timedelta:
        """Add up how long the clock stood still, overlapping holds counted once."""
        start = outcome.start.moment if outcome.start else None
        clock = self.reckoner.instant(start) if start else None
        total, reached = timedelta(0), clock
        for delay, end in zip(delays, ends, strict=True):
            began = self._from(delay)
            if began is None or reached is None:
                continue
            stood = end - max(began, reached)
            if stood > timedelta(0):
                total += stood
                reached = end
        return total

    def _tolled(self, outcome: _Outcome, suspended: timedelta) -> datetime | None:
        if outcome.due is None or not suspended:
            return None
        if not outcome.in_days:
            return outcome.due + suspended
        zone = zone_of(outcome.zone)
        local = outcome.due.astimezone(zone)
        # Whole days alone: a part of a day adds nothing to a period in days.
        day = local.date() + timedelta(days=suspended.days)
        return last_instant(day, zone, local.time())[0]


# -- words and small parts ----------------------------------------------------------------


def _granted_by(rule: law.Hold, delay: Delay) -> bool:
    if rule.granted_by is None:
        return True
    return bool(delay.granted_by) and _name_words(rule.granted_by) <= _name_words(
        delay.granted_by or ""
    )


def _name_words(text: str) -> set[str]:
    folded = text.casefold().replace("u.s.", "united states").replace(",", " ").replace(".", " ")
    words = set(folded.split())
    if "us" in words:
        words = (words - {"us"}) | {"united", "states"}
    return words - {"the", "of"}


def _inherited(outer: law.Due, limb: law.Due) -> law.Due:
    """Give a limb what its compound states for all limbs and it does not state itself."""
    names = ("counts", "calendar", "cutoff", "zone", "cite")
    update = {
        name: getattr(outer, name)
        for name in names
        if getattr(limb, name) is None and getattr(outer, name) is not None
    }
    return limb.model_copy(update=update) if update else limb


def _arguments(text: str) -> list[str]:
    """Split at the commas that stand outside parentheses."""
    parts, depth, begin = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[begin:index].strip())
            begin = index + 1
    parts.append(text[begin:].strip())
    return parts


def _next_date(day: date, month_day: str) -> date:
    """Find the first such date on or after a day; 29 February falls back to the 28th."""
    month, of_month = (int(part) for part in month_day.split("-"))
    # relativedelta takes the month's last day where the date does not exist.
    found = day + relativedelta(month=month, day=of_month)
    return found if found >= day else day + relativedelta(years=1, month=month, day=of_month)


def _joined(soft: str, text: str, found: _Outcome) -> str:
    if not text or text == soft:
        return soft
    number = text.split(" of ", maxsplit=1)[0].removeprefix("within ")
    return soft if found.kind != "soft" and number in soft else f"{soft}; {text}"


def _form_words(due: law.Due, anchor: _Anchor) -> str:
    if due.within is None:
        return f"by the next {due.by} after {anchor.words}"
    top = f" to {due.latest_within}" if due.latest_within else ""
    return f"within {due.within}{top} of {anchor.words}"


def _branch_words(branch: law.Case) -> str:
    return f"if {branch.if_}" if branch.if_ else "otherwise"


def _filing_words(obligation_id: str, stage: str | None) -> str:
    return f"the filing of {_target_words(obligation_id, stage)}"


def _target_words(obligation_id: str, stage: str | None) -> str:
    return f"{obligation_id} ({stage.replace('_', ' ')})" if stage else obligation_id


def _state(truth: Truth) -> str:
    return "not known" if truth is Truth.UNKNOWN else "not met"


def _notes(result: Counted, how: Convention) -> tuple[TraceStep, ...]:
    return tuple(
        TraceStep(step=note, citation=how.rule.cite or how.cite) for note in result.notes
    )


def _trace(label: str, safe: Counted, wide: Counted, how: Convention) -> TraceStep:
    zone = _zone(how)
    return _step(label, _iso(safe.due_at, zone), _iso(wide.due_at, zone), how.cite)


def _step(label: str, start: str | None, end: str | None, cite: str | None) -> TraceStep:
    return TraceStep(step=label, to=end, citation=cite, **{"from": start})


def _moment_text(moment: Moment, zone: ZoneInfo) -> str:
    return str(moment.day) if moment.at is None else moment.at.astimezone(zone).isoformat()


def _iso(at: datetime | None, zone: str) -> str | None:
    return None if at is None else at.astimezone(zone_of(zone)).isoformat()


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)


def _zone(how: Convention) -> str:
    return _key(how.recipient_zone)


def _key(zone: ZoneInfo) -> str:
    return zone.key


