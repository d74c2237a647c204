"""From the terms of a duty to its deadline: events, counting rules, holds, other duties.

A law states when an act is owed in a small algebra (``law.Due``). Here it is worked out
against a ``Case``, which answers what the algebra asks: events, filings, conditions,
calendars, the deadlines of other duties. Every form gives an ``Outcome``; forms combine
outcomes; only the end turns one into the published ``Deadline``.

The safe instant leads everywhere. Where a condition is unknown or an event has several
candidates, the earliest leads and the others are readings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from regengine import law
from regengine.assessment import Deadline, Held, Ordered, ReadingResult, Start, TraceStep
from regengine.calendars import zone as zone_of
from regengine.clocks import Anchor, Case, Starts
from regengine.counting import (
    ELAPSED_UNITS,
    Convention,
    Counted,
    WorkingDays,
    by_day,
    calendar_day,
    counted,
    counted_on,
    instant_of,
    last_instant,
    relieved,
    shown,
)
from regengine.facts import Moment
from regengine.holds import Holds
from regengine.law import Period
from regengine.outcomes import Outcome, iso, moment_text, trace_step
from regengine.timeline import words_of
from regengine.truth import Truth

__all__ = ["Case", "deadline_of", "lateness", "shown"]


def deadline_of(
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
    outcome, held = Holds(case, hold, reckoner.convention(due)).apply(outcome)
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


def _published(
    outcome: Outcome,
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
        readings=_distinct(outcome, zone, done_at or case.now),
        trace=(*outcome.steps, *waits),
    )


def _start(anchor: Anchor | None, case: Case, zone: ZoneInfo) -> Start | None:
    if anchor is None:
        return None
    at = instant_of(anchor.moment, case.organisation_zone) if anchor.moment else None
    return Start(
        event=anchor.name,
        at=None if at is None else shown(at, zone),
        assumed=anchor.assumed,
        note=anchor.note,
    )


def _distinct(outcome: Outcome, zone: ZoneInfo, at: datetime | None) -> tuple[ReadingResult, ...]:
    """Keep readings that say something else than the deadline itself, each once.

    ``at`` is the instant against which lateness is told.
    """
    kept: dict[tuple[datetime | None, str], ReadingResult] = {}
    for reading in outcome.readings:
        if reading.due_at is not None and reading.due_at == outcome.due:
            continue
        local = None if reading.due_at is None else shown(reading.due_at, zone)
        late = lateness(reading.due_at, at)
        told = reading.model_copy(update={"due_at": local, "late_by": late})
        kept.setdefault((local, reading.ground), told)
    return tuple(kept.values())


class _Reckoner:
    """Works out dues for one case; holds nothing but the case and its citation."""

    def __init__(self, case: Case, cite: str | None) -> None:
        self.case = case
        self.cite = cite
        self.starts = Starts(case)

    # -- conventions --------------------------------------------------------------

    def convention(self, due: law.Due, rule_id: str | None = None) -> Convention:
        """Collect by what a due is counted."""
        found = self._counted_by(rule_id or due.counts, due.calendar, due.cite or self.cite)
        zone = zone_of(due.zone) if due.zone else found.recipient_zone
        return replace(found, recipient_zone=zone, cutoff=due.cutoff)

    def _counted_by(
        self, rule_id: str | None, calendar_id: str | None, cite: str | None
    ) -> Convention:
        rule = self.case.counting(rule_id)
        return Convention(
            rule=rule,
            calendar=self.case.calendar(calendar_id or rule.calendar),
            recipient_zone=self._zone(rule.zone),
            organisation_zone=self.case.organisation_zone,
            cite=cite,
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

    def outcome(self, due: law.Due) -> Outcome:
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

    def _dressed(self, due: law.Due, found: Outcome) -> Outcome:
        """Add the words and marks that stand beside any form."""
        text, soft = found.text, found.soft
        if due.soft is not None and due.soft != soft:
            soft = due.soft if soft is None else f"{due.soft}; {soft}"
            text = _joined(due.soft, text, found)
        steps = found.steps
        if due.derived and not found.derived:
            note = TraceStep(
                step="the number is borrowed from another duty", citation=due.cite or self.cite
            )
            steps = (*steps, note)
        return replace(
            found,
            text=text,
            soft=soft,
            steps=steps,
            derived=found.derived or due.derived,
            met=due.met if due.met == "received" else found.met,
        )

    def _period(self, due: law.Due, length: Period) -> Outcome:
        anchor = self.starts.of(due.starts or "")
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

    def _by(self, due: law.Due, month_day: str) -> Outcome:
        anchor = self.starts.of(due.starts or "")
        how = self.convention(due)

        def end(start: Moment) -> Counted:
            day = calendar_day(start, how.recipient_zone, how.organisation_zone)
            last = _next_date(day, month_day)
            return by_day(last, how, f"the next {month_day} after {day}")

        return self._clock(anchor, due, end, how)

    def _clock(
        self,
        anchor: Anchor,
        due: law.Due,
        run: Callable[[Moment], Counted],
        how: Convention,
    ) -> Outcome:
        """Run a clock from its anchor, or project it where the anchor is missing."""
        in_days = due.within is None or due.within.unit not in ELAPSED_UNITS
        base = Outcome(
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
        base: Outcome,
        anchor: Anchor,
        run: Callable[[Moment], Counted],
        how: Convention,
    ) -> Outcome:
        step = TraceStep(
            step=f"the clock has not started: {anchor.words} is not on record",
            citation=how.cite,
        )
        if anchor.possible is None:
            return replace(base, steps=(step,))
        result = run(anchor.possible)
        project = trace_step(
            "projection: were it to start at this moment",
            moment_text(anchor.possible, how.recipient_zone),
            result.due_at.astimezone(how.recipient_zone).isoformat(),
            how.cite,
        )
        return replace(base, projected=result.due_at, steps=(step, project))

    def _start_step(self, anchor: Anchor, how: Convention) -> TraceStep:
        label = f"the clock starts with {anchor.words}"
        if anchor.assumed:
            label += " (assumed)"
        if anchor.note:
            label += f": {anchor.note}"
        at = moment_text(anchor.moment, how.recipient_zone) if anchor.moment else None
        return trace_step(label, at, at, how.cite)

    @staticmethod
    def _other_starts(
        anchor: Anchor, run: Callable[[Moment], Counted], how: Convention
    ) -> tuple[ReadingResult, ...]:
        return tuple(
            ReadingResult(due_at=run(each.moment).due_at, ground=each.ground, citation=how.cite)
            for each in anchor.alternatives
        )

    def _words(self, due: law.Due) -> Outcome:
        soft = due.soft or ""
        zone = _key(self._zone(due.zone))
        if due.starts is None:
            return Outcome("soft", soft, soft=soft, zone=zone)
        anchor = self.starts.of(due.starts)
        how = self.convention(due)
        if anchor.moment is None:
            label = f"the duty has not begun: {anchor.words} is not on record"
            steps = (TraceStep(step=label, citation=how.cite),)
            return Outcome("not_started", soft, start=anchor, soft=soft, steps=steps, zone=zone)
        steps = (self._start_step(anchor, how),)
        return Outcome("soft", soft, start=anchor, soft=soft, steps=steps, zone=zone)

    # -- together with or before another duty ---------------------------------------

    def _beside(self, due: law.Due) -> Outcome:
        other = due.with_ or due.before or ""
        words = f"{'together with' if due.with_ else 'before'} {other}"
        how = self.convention(due)
        sent = self.starts.sent(other, None)
        if sent:
            return self._beside_filed(due, min(sent, key=self.instant), words, how)
        theirs = self.case.due_of(other, None)
        if theirs is None or theirs.kind == "none" or theirs.kind == "soft":  # noqa: PLR1714  # reason: narrows the type
            step = TraceStep(step=f"{words}, which has no fixed instant", citation=how.cite)
            start = self._taken_start(theirs)
            return Outcome("soft", words, soft=words, start=start, steps=(step,), zone=_zone(how))
        at = theirs.due_at or theirs.projected_due_at
        label = f"{words}: its own instant until it is filed"
        step = trace_step(
            label, None, at.astimezone(how.recipient_zone).isoformat() if at else None, how.cite
        )
        return Outcome(
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

    def _beside_filed(self, due: law.Due, sent: Moment, words: str, how: Convention) -> Outcome:
        at = self.instant(sent)
        latest = None
        if sent.at is None:
            day = calendar_day(sent, how.recipient_zone, how.organisation_zone)
            end = last_instant(day, how.recipient_zone)[0]
            at, latest = (end, None) if due.with_ else (min(at, end), end)
        label = f"{words}, which is on record as filed"
        shown_at = at.astimezone(how.recipient_zone).isoformat()
        steps = [trace_step(label, moment_text(sent, how.recipient_zone), shown_at, how.cite)]
        if latest is not None:
            label = "the hour of that filing is not on record: at the latest the end of its day"
            steps.append(
                trace_step(
                    label, shown_at, latest.astimezone(how.recipient_zone).isoformat(), how.cite
                )
            )
        start = Anchor(f"filed({due.with_ or due.before})", "that filing", sent)
        return Outcome("fixed", words, at, latest, start=start, steps=tuple(steps), zone=_zone(how))

    @staticmethod
    def _taken_start(theirs: Deadline | None) -> Anchor | None:
        if theirs is None or theirs.starts is None:
            return None
        start = theirs.starts
        moment = Moment.of(start.at) if start.at else None
        return Anchor(start.event, words_of(start.event), moment, start.assumed, start.note)

    # -- several dues ---------------------------------------------------------------

    def _several(self, due: law.Due) -> Outcome:
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
            to=iso(lead.due, lead.zone),
            citation=due.cite or self.cite,
        )
        steps = tuple(step for each in found for step in each.steps)
        outer = self._outer(fixed, earliest=bool(due.earliest))
        return replace(
            lead,
            text=text,
            soft=soft,
            latest=outer if lead.due and outer and outer > lead.due else None,
            projected=min((each.projected for each in found if each.projected), default=None),
            readings=self._limb_readings(found, earliest=bool(due.earliest)),
            steps=(*steps, *lapsed, *waiting, step),
            derived=any(each.derived for each in found),
        )

    @staticmethod
    def _lead(found: list[Outcome], fixed: list[Outcome], *, earliest: bool) -> Outcome:
        if earliest or not fixed:
            return min(found, key=Outcome.order)
        # A limb that has not started could only make the later of two later still.
        return max(fixed, key=Outcome.order)

    @staticmethod
    def _limb_readings(found: list[Outcome], *, earliest: bool) -> tuple[ReadingResult, ...]:
        """Put each reading of one limb beside the other limbs, as the whole does."""
        pick = min if earliest else max
        readings = []
        for limb in found:
            others = [each.due for each in found if each is not limb and each.due is not None]
            for reading in limb.readings:
                at = reading.due_at and pick([reading.due_at, *others])
                readings.append(reading.model_copy(update={"due_at": at}))
        return tuple(readings)

    @staticmethod
    def _outer(fixed: list[Outcome], *, earliest: bool) -> datetime | None:
        ends = [each.outer for each in fixed if each.outer is not None]
        if not ends:
            return None
        return min(ends) if earliest else max(ends)

    def _running(
        self, limbs: list[tuple[law.Due, Outcome]]
    ) -> tuple[list[tuple[law.Due, Outcome]], tuple[TraceStep, ...]]:
        """Drop limbs that lapsed since their event came after their own instant."""
        kept, notes = [], []
        for limb, outcome in limbs:
            if limb.lapses_after is None or outcome.due is None:
                kept.append((limb, outcome))
                continue
            anchor = self.starts.of(limb.lapses_after)
            if anchor.moment is None or self.instant(anchor.moment) <= outcome.due:
                kept.append((limb, outcome))
                continue
            label = f"falls away, since {anchor.words} came after it: {outcome.text}"
            at = moment_text(anchor.moment, zone_of(outcome.zone))
            notes.append(
                trace_step(label, iso(outcome.due, outcome.zone), at, limb.cite or self.cite)
            )
        return (kept or limbs), tuple(notes) if kept else ()

    def _cases(self, due: law.Due) -> Outcome:
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
            return Outcome(
                "soft", words, soft=words, steps=(step,), zone=_key(self._zone(due.zone))
            )
        outcomes = [
            (branch, truth, self.outcome(_inherited(due, branch))) for branch, truth in open_cases
        ]
        return self._chosen_case(due, outcomes)

    def _chosen_case(
        self, due: law.Due, outcomes: list[tuple[law.Case, Truth, Outcome]]
    ) -> Outcome:
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

    def _extended(self, due: law.Due, found: Outcome) -> Outcome:
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
        self, due: law.Due, found: Outcome, by: Period, extension: law.Extension
    ) -> Outcome:
        if found.due is None:
            return found
        how = self.convention(due)
        longer = replace(how, cite=extension.cite)
        later = counted_on(found.due, by, longer)
        outer = later.outer
        if found.latest is not None:
            outer = max(outer, counted_on(found.latest, by, longer).outer)
        step = trace_step(
            f"extended by {by}, since {extension.if_}",
            iso(found.due, found.zone),
            iso(later.due_at, found.zone),
            extension.cite,
        )
        return replace(
            found,
            text=f"{found.text}, extended by {by}",
            due=later.due_at,
            latest=outer if outer > later.due_at else None,
            steps=(*found.steps, step),
        )

    def _relieved(self, due: law.Due, found: Outcome) -> Outcome:
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
            return replace(found, readings=(*found.readings, reading), steps=(*found.steps, step))
        return replace(found, latest=later, steps=(*found.steps, *steps))

    def _with_readings(self, due: law.Due, found: Outcome) -> Outcome:
        readings, latest, steps = list(found.readings), found.latest, list(found.steps)
        for reading in due.readings:
            other = self.outcome(_inherited(due, reading.due))
            at = other.due or other.projected
            readings.append(ReadingResult(due_at=at, ground=reading.ground, citation=reading.cite))
            if not reading.binding or other.due is None or found.due is None:
                continue
            if other.due > (latest or found.due):
                label = f"arguably later: {reading.ground}"
                edges = iso(found.due, found.zone), iso(other.due, found.zone)
                steps.append(trace_step(label, *edges, reading.cite))
                latest = other.due
        return replace(found, readings=tuple(readings), latest=latest, steps=tuple(steps))

    # -- acts that must wait ------------------------------------------------------------

    def opening(
        self, rule: law.NotBefore | None, outcome: Outcome
    ) -> tuple[datetime | None, tuple[TraceStep, ...]]:
        """Find the earliest permitted instant of the act."""
        if rule is None:
            return None, ()
        anchor = self.starts.of(rule.starts)
        if anchor.moment is None:
            label = f"not before {rule.after} have passed from {anchor.words}, not on record yet"
            return None, (TraceStep(step=label, citation=rule.cite),)
        how = self._counted_by(rule.counts, rule.calendar, rule.cite)
        result = counted(anchor.moment, rule.after, how)
        opens = result.opens_at or result.due_at
        label = f"not before {rule.after} have passed from {anchor.words}"
        zone = how.recipient_zone
        steps = [
            trace_step(label, moment_text(anchor.moment, zone), iso(opens, _zone(how)), rule.cite)
        ]
        if outcome.due is not None and opens > outcome.due:
            label = "the act may only be done after it is due: ask the authority"
            steps.append(TraceStep(step=label, citation=rule.cite))
        return opens, tuple(steps)


# -- words and small parts ----------------------------------------------------------------


def _inherited(outer: law.Due, limb: law.Due) -> law.Due:
    """Give a limb what its compound states for all limbs and it does not state itself."""
    names = ("counts", "calendar", "cutoff", "zone", "cite")
    update = {
        name: getattr(outer, name)
        for name in names
        if getattr(limb, name) is None and getattr(outer, name) is not None
    }
    return limb.model_copy(update=update) if update else limb


def _next_date(day: date, month_day: str) -> date:
    """Find the first such date on or after a day; 29 February falls back to the 28th."""
    month, of_month = (int(part) for part in month_day.split("-"))
    # relativedelta takes the month's last day where the date does not exist.
    found = day + relativedelta(month=month, day=of_month)
    return found if found >= day else day + relativedelta(years=1, month=month, day=of_month)


def _joined(soft: str, text: str, found: Outcome) -> str:
    if not text or text == soft:
        return soft
    number = text.split(" of ", maxsplit=1)[0].removeprefix("within ")
    return soft if found.kind != "soft" and number in soft else f"{soft}; {text}"


def _form_words(due: law.Due, anchor: Anchor) -> str:
    if due.within is None:
        return f"by the next {due.by} after {anchor.words}"
    length, top = due.within, due.latest_within
    if top is None:
        return f"within {length} of {anchor.words}"
    low = str(length.amount) if length.unit == top.unit else str(length)
    return f"within {low} to {top} of {anchor.words}"


def _branch_words(branch: law.Case) -> str:
    return f"if {branch.if_}" if branch.if_ else "otherwise"


def _state(truth: Truth) -> str:
    return "not known" if truth is Truth.UNKNOWN else "not met"


def _notes(result: Counted, how: Convention) -> tuple[TraceStep, ...]:
    return tuple(TraceStep(step=note, citation=how.rule.cite or how.cite) for note in result.notes)


def _trace(label: str, safe: Counted, wide: Counted, how: Convention) -> TraceStep:
    zone = _zone(how)
    return trace_step(label, iso(safe.due_at, zone), iso(wide.due_at, zone), how.cite)


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)


def _zone(how: Convention) -> str:
    return _key(how.recipient_zone)


def _key(zone: ZoneInfo) -> str:
    return zone.key
