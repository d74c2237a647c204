"""What a delay for law enforcement does to a deadline, and what follows its end.

The safe side: a hold that the law does not clearly admit does not count, and a hold that
has ended leaves the later of the original limit and its own end. That the clock stood
still meanwhile is only arguable, unless the law itself says what follows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from regengine import law
from regengine.assessment import Held, TraceStep
from regengine.calendars import zone as zone_of
from regengine.clocks import Case
from regengine.counting import (
    Convention,
    calendar_day,
    counted,
    counted_on,
    instant_of,
    last_instant,
    shown,
)
from regengine.facts import Delay, Moment
from regengine.law import Period
from regengine.outcomes import Outcome, iso, trace_step
from regengine.timeline import has_prefix


class Holds:
    """What law-enforcement delays do to one duty."""

    def __init__(self, case: Case, rule: law.Hold | None, how: Convention) -> None:
        self._case = case
        self._rule = rule
        self._how = how

    def apply(self, outcome: Outcome) -> tuple[Outcome, tuple[Held, ...]]:
        """Suspend the duty while a hold runs, and count what follows its end."""
        delays = sorted(
            (each for each in self._case.holds if self._concerns(each)),
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
        if self._rule is None or not counting or outcome.kind == "not_started":
            return outcome, tuple(held)
        return self._suspended(outcome, counting), tuple(held)

    def _concerns(self, delay: Delay) -> bool:
        ours = self._case.obligation_id
        return not delay.laws or any(has_prefix(ours, each) for each in delay.laws)

    def _instant(self, moment: Moment) -> datetime:
        return instant_of(moment, self._case.organisation_zone)

    def _from(self, delay: Delay) -> datetime | None:
        return self._instant(delay.from_) if delay.from_ else None

    def _limit_after(self, limit: datetime | None, delay: Delay, nth: int) -> datetime | None:
        """By when the next hold must begin to follow on without a gap."""
        end = self._end(delay, limit, nth)
        if limit is None or end is None:
            return None
        return max(limit, end)

    # -- does it count ------------------------------------------------------------------

    def _refusal(self, delay: Delay, limit: datetime | None, before: int) -> str | None:
        """Say why a hold does not suspend this duty; ``None``: it does."""
        rule = self._rule
        if rule is None:
            return "this law gives no delay for law enforcement"
        if delay.granted is not True:
            return "refused" if delay.granted is False else "not known to be granted"
        reasons = (
            (rule.scope == "publication", "it defers publication alone, not this notice"),
            (not _granted_by(rule, delay), f"only {rule.granted_by} may grant it"),
            (rule.form == "written" and delay.written is not True, "the law asks for writing"),
            (
                self._days(delay) is not None and delay.from_ is None,
                f"the day of the {self._manner(delay)} request is missing",
            ),
            (self._too_late(delay, limit), "it began after the time limit had ended"),
            (bool(rule.steps) and before >= len(rule.steps), "the law's terms are used up"),
        )
        return next((reason for applies, reason in reasons if applies), None)

    def _days(self, delay: Delay) -> int | None:
        """Say after how many days a request of its manner ends by the law itself."""
        if self._rule is None:
            return None
        return self._rule.written_days if delay.written is True else self._rule.oral_days

    @staticmethod
    def _manner(delay: Delay) -> str:
        return "written" if delay.written is True else "oral"

    def _too_late(self, delay: Delay, limit: datetime | None) -> bool:
        began = self._from(delay)
        return began is not None and limit is not None and began > limit

    def _held(self, delay: Delay, refusal: str | None) -> Held:
        zone = self._how.recipient_zone
        began, until = self._from(delay), self._until(delay)
        why = refusal or ("suspends the duty" if until else "suspends the duty until it ends")
        days = self._days(delay)
        if refusal is None and days is not None:
            article = "a" if delay.written is True else "an"
            why += f"; {article} {self._manner(delay)} request lasts {days} days at most"
        return Held.model_validate(
            {
                "requested_by": delay.requested_by,
                "granted_by": delay.granted_by,
                "from": shown(began, zone) if began else None,
                "until": shown(until, zone) if until else None,
                "counts": refusal is None,
                "why": why,
                "citation": self._rule.cite if self._rule else None,
            }
        )

    # -- when it ends -------------------------------------------------------------------

    def _until(self, delay: Delay) -> datetime | None:
        if delay.until is None:
            return None
        if delay.until.at is not None:
            return self._instant(delay.until)
        day = calendar_day(delay.until, self._how.recipient_zone, self._how.organisation_zone)
        return last_instant(day, self._how.recipient_zone)[0]

    def _end(self, delay: Delay, limit: datetime | None, nth: int) -> datetime | None:
        """Find when a hold ends by its own words or by the law; ``None``: it is open."""
        ends = [self._until(delay)]
        rule = self._rule
        days = self._days(delay)
        if days is not None and delay.from_:
            length = Period(amount=days, unit="day")
            ends.append(counted(delay.from_, length, self._plain()).due_at)
        if rule and rule.steps and limit is not None:
            step = rule.steps[min(nth, len(rule.steps)) - 1]
            ends.append(counted_on(limit, step, self._plain()).due_at)
        known = [each for each in ends if each is not None]
        return min(known) if known else None

    def _plain(self) -> Convention:
        """Count a hold's own days without rolls, by the day and hour of the duty."""
        cite = self._rule.cite if self._rule else None
        rule = self._how.rule.model_copy(
            update={"roll": None, "arguable_roll": None, "first_day": "excluded"}
        )
        return replace(self._how, rule=rule, cite=cite)

    # -- what follows ---------------------------------------------------------------------

    def _suspended(self, outcome: Outcome, delays: list[Delay]) -> Outcome:
        ends: list[datetime] = []
        limit = outcome.due
        for nth, delay in enumerate(delays, start=1):
            end = self._end(delay, limit, nth)
            if end is None:
                return self._open(outcome)
            ends.append(end)
            limit = max(limit, end) if limit is not None else None
        return self._ended(outcome, max(ends), self._suspension(outcome, delays, ends))

    def _open(self, outcome: Outcome) -> Outcome:
        label = "suspended by law enforcement: the clock runs again once the delay ends"
        cite = self._rule.cite if self._rule else None
        step = trace_step(label, iso(outcome.due, outcome.zone), None, cite)
        return replace(
            outcome,
            kind="not_started",
            due=None,
            latest=None,
            projected=outcome.due,
            steps=(*outcome.steps, step),
        )

    def _ended(self, outcome: Outcome, end: datetime, suspended: timedelta) -> Outcome:
        rule = self._rule
        if rule is None:
            return outcome
        label = "the delay for law enforcement ends"
        steps = [trace_step(label, None, iso(end, outcome.zone), rule.cite)]
        if rule.then is not None:
            return self._then(outcome, end, rule.then, steps)
        if outcome.due is None:
            return replace(outcome, steps=(*outcome.steps, *steps))
        due = max(outcome.due, end)
        label = "the later of the original limit and the end of the delay counts"
        edges = iso(outcome.due, outcome.zone), iso(due, outcome.zone)
        steps.append(trace_step(label, *edges, rule.cite))
        tolled = self._tolled(outcome, suspended)
        latest = max(filter(None, (outcome.latest, tolled)), default=None)
        if latest is not None and latest > due and not rule.steps:
            label = "arguably later: the time of the delay is added to the period"
            steps.append(
                trace_step(label, iso(due, outcome.zone), iso(latest, outcome.zone), rule.cite)
            )
        else:
            latest = outcome.latest
        return replace(outcome, due=due, latest=latest, steps=(*outcome.steps, *steps))

    def _then(
        self, outcome: Outcome, end: datetime, then: law.Then, steps: list[TraceStep]
    ) -> Outcome:
        cite = self._rule.cite if self._rule else None
        how = replace(self._how, cite=cite)
        after = counted(Moment.of(end), then.within, how)
        label = f"{then.within} from the end of the delay"
        steps.append(
            trace_step(label, iso(end, outcome.zone), iso(after.due_at, outcome.zone), cite)
        )
        due, latest = after.due_at, after.latest
        stays = _why_original_stays(then, outcome.due, end, due)
        if stays and outcome.due is not None:
            due, latest = outcome.due, outcome.latest
            steps.append(trace_step(stays, None, iso(due, outcome.zone), cite))
        return replace(
            outcome,
            kind="fixed",
            due=due,
            latest=latest,
            text=f"{outcome.text}; {then.within} from the end of the delay",
            steps=(*outcome.steps, *steps),
        )

    def _suspension(self, outcome: Outcome, delays: list[Delay], ends: list[datetime]) -> timedelta:
        """Add up how long the clock stood still, overlapping holds counted once."""
        start = outcome.start.moment if outcome.start else None
        clock = self._instant(start) if start else None
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

    def _tolled(self, outcome: Outcome, suspended: timedelta) -> datetime | None:
        if outcome.due is None or not suspended:
            return None
        if not outcome.in_days:
            return outcome.due + suspended
        zone = zone_of(outcome.zone)
        local = outcome.due.astimezone(zone)
        # Whole days alone: a part of a day adds nothing to a period in days.
        day = local.date() + timedelta(days=suspended.days)
        return last_instant(day, zone, local.time())[0]


def _why_original_stays(
    then: law.Then, original: datetime | None, end: datetime, after: datetime
) -> str | None:
    """Say why the original limit outlives a hold; ``None``: what the law lets follow counts."""
    if original is None:
        return None
    if then.mode == "later" and original > after:
        return "the original limit is later"
    if then.mode == "if_past" and original >= end:
        return "the original limit had not ended when the delay did"
    return None


def _granted_by(rule: law.Hold, delay: Delay) -> bool:
    if rule.granted_by is None:
        return True
    given = _name_words(delay.granted_by or "")
    # Where the law names several, each may grant it.
    return any(_name_words(one) <= given for one in rule.granted_by.split(" or "))


def _name_words(text: str) -> set[str]:
    folded = text.casefold().replace("u.s.", "united states").replace(",", " ").replace(".", " ")
    words = set(folded.split())
    if "us" in words:
        words = (words - {"us"}) | {"united", "states"}
    return words - {"the", "of"}
