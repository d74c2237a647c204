"""Which version of a duty applies: by the day of the event that the law itself names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from regengine.clauses import Edition
from regengine.found import Open
from regengine.in_force import first_day
from regengine.law import Due
from regengine.matter import Matter


def starting_events(due: Due | None) -> list[str]:
    """List the events that start a due's clocks; a filing counts as ``discovered``.

    >>> from regengine.law import Due
    >>> starting_events(Due(within="1 day", starts="earlier(detected, aware)"))
    ['detected', 'aware']
    """
    if due is None:
        return []
    found: list[str] = []
    if due.starts is not None:
        call, _, inside = due.starts.partition("(")
        if not inside:
            found.append(call)
        elif call in ("earlier", "later", "year_end"):
            found += [part.strip() for part in inside.rstrip(")").split(",")]
        else:
            found.append("discovered")
    for limb in (*due.earliest, *due.latest, *due.cases):
        found += starting_events(limb)
    return [event for event in dict.fromkeys(found) if event.replace("_", "").isalpha()]


def applying_events(text: str) -> list[str]:
    """Read the events that choose a version: one, ``a or b``, ``later(a, b)``.

    >>> applying_events("later(discovered, determined)")
    ['discovered', 'determined']
    """
    inside = text.partition("(")[2].rstrip(")") or text
    return [event.strip() for event in re.split(r",|\||\bor\b", inside)]


@lru_cache(maxsize=4096)
def _choosing(edition: Edition) -> tuple[Callable[[list[date]], date], tuple[str, ...]]:
    """Find the events whose date chooses the version, and which of several dates counts."""
    version = edition.version
    if version.applies_by is not None:
        # "later(...)": the law reaches whatever comes last.
        pick = max if version.applies_by.startswith("later(") else min
        return pick, tuple(applying_events(version.applies_by))
    stages = version.stage or ()
    events = starting_events(version.due or (stages[0].due if stages else None))
    return min, tuple(events) or ("discovered",)


def event_day(matter: Matter, edition: Edition, place: str) -> date | None:
    """Find the day that chooses the version: ``as_of``, else that of the law's own event."""
    if matter.as_of is not None:
        return matter.as_of
    pick, events = _choosing(edition)
    days = [
        day
        for event in events
        if (day := matter.dates.day_of(event, edition.obligation.id, place)) is not None
    ]
    return pick(days) if days else None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The version that applies, whether it is in force, and why not."""

    edition: Edition
    in_force: bool
    note: str | None = None
    open: tuple[Open, ...] = ()
    also: Edition | None = None
    day: date | None = None  # the day of the law's own event, where known

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The version that applies, with the newer one that runs besides."""
        return (self.edition,) if self.also is None else (self.edition, self.also)


def choose(matter: Matter, editions: list[Edition], place: str) -> Chosen:
    """Pick the version in force on the day that the law itself names."""
    newest = editions[-1]
    own = event_day(matter, newest, place)
    day = own or (matter.now.date() if matter.now else None)
    if day is None:
        return Chosen(newest, in_force=True)
    begun = [item for item in editions if _begins(item, matter) <= day]
    if not begun:
        first = editions[0].version.from_
        note = f"not in force on {day}: it begins on {first}; earlier law is not in the corpus"
        return Chosen(editions[0], in_force=False, note=note, day=own)
    edition = begun[-1]
    until = edition.version.until
    if until is not None and until < day:
        note = f"no longer in force on {day}: it ended on {until}"
        return Chosen(edition, in_force=False, note=note, day=own)
    also = _runs_besides(matter, editions, edition)
    missing = _entity_start(matter, edition)
    return Chosen(edition, in_force=True, open=missing, also=also, day=own)


def _begins(edition: Edition, matter: Matter) -> date:
    """Take the entity's own first day where the law starts with each entity apart.

    The law itself is never brought forward by it.
    """
    first = first_day(edition.version.from_)
    own = edition.version.from_fact
    if own is not None:
        value, _ = matter.findings.judged(own)
        if value is not None:
            day = value[: len("2026-01-15")]  # of an instant its date
            return max(first, first_day(day))
    return first


def _entity_start(matter: Matter, edition: Edition) -> tuple[Open, ...]:
    own = edition.version.from_fact
    if own is None or matter.findings.judged(own)[0] is not None:
        return ()
    declared = matter.corpus.judgements.get(own)
    question = declared.question if declared else f"From which day does {own} hold?"
    return (Open(f"judgements.{own}", question, edition.version.cite),)


def _runs_besides(matter: Matter, editions: list[Edition], chosen: Edition) -> Edition | None:
    """Find a newer version without transition clause that has begun by today."""
    if matter.now is None or matter.as_of is not None:
        return None
    later = editions[editions.index(chosen) + 1 :]
    for edition in reversed(later):
        begun = first_day(edition.version.from_) <= matter.now.date()
        if begun and edition.version.transition == "both":
            return edition
    return None
