"""What the cases of the deadline algebra have in common (see ``clocks.Case``).

A case answers what a deadline asks. A place alone answers by what it is counted; a matter
answers what happened and what was filed, and in time or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from regengine.assessment import Deadline, Filed
from regengine.calendars import Days
from regengine.corpus import Corpus
from regengine.counting import instant_of, shown
from regengine.facts import Delay, Filing, Moment
from regengine.law import Counting
from regengine.matter import Matter
from regengine.timeline import EventTime

PLAIN = Counting(title="the day of the event is not counted; nothing rolls")
MET = ("sent", "received")
# What cannot have come yet while the incident goes on.
_ENDS = ("handled", "resolved", "impact_ended")


class PlaceCase:
    """By what a period is counted in a place."""

    def __init__(self, corpus: Corpus, place: str) -> None:
        self.corpus = corpus
        self.place = place

    @property
    def recipient_zone(self) -> ZoneInfo:
        return self.corpus.zone_of(self.place)

    def counting(self, rule_id: str | None) -> Counting:
        dotted = rule_id or self.corpus.default_counting(self.place)
        return PLAIN if dotted is None else self.corpus.counting(dotted)

    def calendar(self, calendar_id: str | None) -> Days:
        return self.corpus.days(self.place, calendar_id)


class MatterCase(PlaceCase):
    """What a matter has on record for one duty: its events and its filings."""

    def __init__(self, matter: Matter, duty: str, place: str) -> None:
        super().__init__(matter.corpus, place)
        self.matter = matter
        self.obligation_id = duty

    @property
    def now(self) -> datetime | None:
        return self.matter.now

    @property
    def organisation_zone(self) -> ZoneInfo:
        return self.matter.dates.home

    @property
    def holds(self) -> Sequence[Delay]:
        return self.matter.incident.law_enforcement.delays

    def event(self, name: str) -> EventTime | None:
        return self.matter.dates.event(name, self.obligation_id)

    def first_possible(self, name: str) -> EventTime | None:
        if name in _ENDS and self.matter.incident.incident.ongoing and self.now is not None:
            return EventTime(name, Moment.of(self.now), name)  # it goes on, so not before now
        return self.matter.dates.timeline.first_possible(name, self.obligation_id)

    def filings(self, obligation_id: str, stage: str | None) -> Sequence[Filing]:
        return [
            filing
            for filing in self.matter.incident.filings
            if filing.obligation == obligation_id and (stage is None or filing.stage == stage)
        ]

    def own_filings(self) -> Sequence[Filing]:
        """List the filings that belong to this result."""
        return self.filings(self.obligation_id, None)

    def done_at(self) -> datetime | None:
        """Tell when the duty was met: the first filing that counts."""
        counting = [filing for filing in self.own_filings() if filing.how in MET]
        return min((self._instant(filing.at) for filing in counting), default=None)

    def filed(self, deadline: Deadline) -> tuple[Filed, ...]:
        """Report the filings on record and whether each was in time."""
        return tuple(
            Filed(
                at=filing.at.day or shown(self._instant(filing.at), self.recipient_zone),
                stage=filing.stage,
                reference=filing.reference,
                how=filing.how,
                on_time=self._timely(filing, deadline),
            )
            for filing in self.own_filings()
        )

    def _timely(self, filing: Filing, deadline: Deadline) -> bool | None:
        due_at = deadline.due_at
        if filing.how not in MET or due_at is None:
            return None
        # A filing of which the day alone is known is in time on the last day.
        timely = filing.at.day == due_at.date() or self._instant(filing.at) <= due_at
        # Where receipt is what counts, sending in time settles nothing.
        return None if timely and deadline.met == "received" and filing.how == "sent" else timely

    def _instant(self, at: Moment) -> datetime:
        return instant_of(at, self.organisation_zone)
