"""What a deadline asks of its case, and what starts a clock.

A law names what starts a period: an event of the timeline, a filing, the due instant of
another duty, the end of a year, the earlier or the later of two. ``Starts`` resolves such
an expression to an ``Anchor``: a moment, or where it is missing the first possible one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from regengine import law
from regengine.assessment import Deadline
from regengine.counting import WorkingDays, calendar_day, instant_of
from regengine.facts import Delay, Filing, Moment
from regengine.law import STARTS, arguments
from regengine.timeline import Alternative, EventTime, words_of
from regengine.truth import Truth


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
class Anchor:
    """What starts a clock: a moment, or where it is missing the first possible one."""

    name: str
    words: str
    moment: Moment | None = None
    assumed: bool = False
    note: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    possible: Moment | None = None

    def mapped(self, change: Callable[[Moment], Moment], name: str, words: str) -> Anchor:
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


class Starts:
    """Resolves what starts a clock, for one case."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def of(self, starts: str) -> Anchor:
        """Resolve what starts a clock, an event or a function of events and filings."""
        match = STARTS.match(starts)
        if match is None:
            message = f"{starts!r} starts no clock"
            raise ValueError(message)
        if match["event"]:
            return self._event(match["event"])
        inside = match["inside"]
        resolve: dict[str, Callable[[str], Anchor]] = {
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

    def _event(self, name: str) -> Anchor:
        found = self._case.event(name)
        if found is not None:
            return Anchor(
                name, words_of(name), found.moment, found.assumed, found.note, found.alternatives
            )
        first = self._case.first_possible(name)
        return Anchor(name, words_of(name), possible=first.moment if first else None)

    def _targets(self, text: str) -> list[tuple[str, str | None]]:
        """Read "ID", "ID/stage", "self/stage" and alternatives joined by "|"."""
        found = []
        for part in text.split("|"):
            name, _, stage = part.strip().partition("/")
            found.append((self._case.obligation_id if name == "self" else name, stage or None))
        return found

    def sent(self, obligation_id: str, stage: str | None) -> list[Moment]:
        """List the moments of the filings that count: not refused, not withdrawn."""
        return [
            filing.at
            for filing in self._case.filings(obligation_id, stage)
            if filing.how in ("sent", "received")
        ]

    def _filed(self, call: str, text: str, pick: Callable[..., Moment]) -> Anchor:
        targets = self._targets(text)
        words = " or ".join(_filing_words(*each) for each in targets)
        name = f"{call}({text})"
        sent = [moment for each in targets for moment in self.sent(*each)]
        if sent:
            return Anchor(name, words, pick(sent, key=self._instant))
        return Anchor(name, words, possible=self._could_be_filed(targets))

    def _could_be_filed(self, targets: list[tuple[str, str | None]]) -> Moment | None:
        """Project a filing at its own due instant; a soft one from its start."""
        found = []
        for each in targets:
            theirs = self._case.due_of(*each)
            if theirs is None:
                continue
            start = theirs.starts.at if theirs.starts and theirs.kind == "soft" else None
            at = theirs.due_at or theirs.projected_due_at or start
            if at is not None:
                found.append(at)
        return Moment.of(min(found)) if found else None

    def _received(self, text: str) -> Anchor:
        targets = self._targets(text)
        words = "receipt of " + " or ".join(_filing_words(*each) for each in targets)
        name = f"received({text})"
        filings = [one for each in targets for one in self._case.filings(*each)]
        arrived = [one.at for one in filings if one.how == "received"]
        if arrived:
            return Anchor(name, words, min(arrived, key=self._instant))
        sent = [one.at for one in filings if one.how == "sent"]
        if sent:
            note = "receipt is not on record: taken from when it was sent"
            return Anchor(name, words, min(sent, key=self._instant), assumed=True, note=note)
        return Anchor(name, words, possible=self._could_be_filed(targets))

    def _due(self, text: str) -> Anchor:
        name = f"due({text})"
        targets = self._targets(text)
        words = "the due instant of " + " or ".join(_target_words(*each) for each in targets)
        known, projected = [], []
        for each in targets:
            theirs = self._case.due_of(*each)
            if theirs is not None and theirs.due_at is not None:
                known.append(theirs.due_at)
            elif theirs is not None and theirs.projected_due_at is not None:
                projected.append(theirs.projected_due_at)
        if known:
            return Anchor(name, words, Moment.of(min(known)))
        return Anchor(name, words, possible=Moment.of(min(projected)) if projected else None)

    def _year_end(self, text: str) -> Anchor:
        inner = self.of(text.strip())
        words = f"the end of the year of {inner.words}"

        def end(moment: Moment) -> Moment:
            zones = self._case.recipient_zone, self._case.organisation_zone
            return Moment.of(date(calendar_day(moment, *zones).year, 12, 31))

        return inner.mapped(end, f"year_end({text})", words)

    def _threshold(self, text: str) -> Anchor:
        """Take when it became clear how many people are affected; else when anything did."""
        name, words = f"threshold_known({text})", "knowledge that the number is passed"
        stated = [
            found
            for event in ("scope_determined", "identified_people")
            if (found := self._case.event(event)) is not None
        ]
        if stated:
            first = min(stated, key=lambda one: self._instant(one.moment))
            note = f"taken from {words_of(first.name)}"
            return Anchor(name, words, first.moment, first.assumed, note, first.alternatives)
        known = self._case.event("discovered")
        if known is None:
            return Anchor(name, words)
        note = f"when the number became known is not on record: taken from {words_of(known.used)}"
        return Anchor(name, words, known.moment, assumed=True, note=note)

    def _pair(self, call: str, text: str) -> Anchor:
        anchors = [self.of(part) for part in arguments(text)]
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
            return Anchor(name, words)
        pick = min if call == "earlier" else max
        return Anchor(name, words, possible=pick(possible, key=self._instant))

    def _when(self, anchor: Anchor) -> datetime:
        if anchor.moment is None:
            message = f"{anchor.name} has no moment"
            raise ValueError(message)
        return self._instant(anchor.moment)

    def _instant(self, moment: Moment) -> datetime:
        return instant_of(moment, self._case.organisation_zone)


def _filing_words(obligation_id: str, stage: str | None) -> str:
    return f"the filing of {_target_words(obligation_id, stage)}"


def _target_words(obligation_id: str, stage: str | None) -> str:
    return f"{obligation_id} ({stage.replace('_', ' ')})" if stage else obligation_id
