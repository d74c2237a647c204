"""What one form of a due comes to: the value that the forms of a deadline combine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from regengine.assessment import ReadingResult, TraceStep
from regengine.calendars import zone as zone_of
from regengine.clocks import Anchor
from regengine.facts import Moment

Kind = Literal["fixed", "soft", "not_started"]
# Words that bind now go before a clock that has not started.
_RANK: dict[Kind, int] = {"fixed": 0, "soft": 1, "not_started": 2}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one form of a due comes to; instants in UTC."""

    kind: Kind
    text: str
    due: datetime | None = None
    latest: datetime | None = None
    projected: datetime | None = None
    start: Anchor | None = None
    soft: str | None = None
    readings: tuple[ReadingResult, ...] = ()
    steps: tuple[TraceStep, ...] = ()
    in_days: bool = False
    zone: str = "UTC"
    met: Literal["sent", "received"] = "sent"
    derived: bool = False

    @property
    def outer(self) -> datetime | None:
        """Return the latest arguable instant."""
        return self.latest or self.due

    def order(self) -> tuple[int, datetime]:
        """Sort by what must be acted on first."""
        far = datetime.max.replace(tzinfo=UTC)
        return _RANK[self.kind], self.due or self.projected or far


def trace_step(label: str, start: str | None, end: str | None, cite: str | None) -> TraceStep:
    """Write one step of a trace.

    >>> trace_step("30 days", "2026-11-02", "2026-12-02", "s 2").to
    '2026-12-02'
    """
    return TraceStep(step=label, to=end, citation=cite, **{"from": start})


def iso(at: datetime | None, zone: str) -> str | None:
    """Write an instant by the clock of a zone.

    >>> iso(datetime(2026, 7, 1, tzinfo=UTC), "Europe/Dublin")
    '2026-07-01T01:00:00+01:00'
    """
    return None if at is None else at.astimezone(zone_of(zone)).isoformat()


def moment_text(moment: Moment, zone: ZoneInfo) -> str:
    """Write a moment: a date as it stands, an instant by the clock of a zone.

    >>> from datetime import date
    >>> moment_text(Moment.of(date(2026, 11, 2)), zone_of("UTC"))
    '2026-11-02'
    """
    return str(moment.day) if moment.at is None else moment.at.astimezone(zone).isoformat()
