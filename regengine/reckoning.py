"""One deadline without an incident: a period, a place and a rule, or a rule of the law.

The start is taken as given: as the event, or the filing, from which the law counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from regengine.assessment import Deadline
from regengine.calendars import zone
from regengine.cases import PlaceCase
from regengine.catalogue import Entry, find
from regengine.corpus import Corpus
from regengine.deadlines import deadline_of
from regengine.errors import Fault, InputError
from regengine.facts import Delay, Filing, Moment
from regengine.law import Counting, Due, Period
from regengine.timeline import EventTime
from regengine.truth import Truth


@dataclass(frozen=True)
class Reckoned:
    """One deadline with what it belongs to."""

    label: str
    deadline: Deadline


class _Start(PlaceCase):
    """A case of which only the start is known."""

    now: datetime | None = None
    holds: Sequence[Delay] = ()

    def __init__(
        self, corpus: Corpus, place: str, start: Moment, *, home: str | None = None,
        duty: str = "none", rule: str | None = None, authority: str | None = None,
    ) -> None:  # fmt: skip  # reason: the parts of a case in their order
        super().__init__(corpus, place)
        self.start = start
        self.home = zone(home) if home else corpus.zone_of(place)
        self.obligation_id = duty
        self.rule = rule
        declared = corpus.authority(authority) if authority else None
        self._authority_zone = declared.zone if declared else None

    @property
    def recipient_zone(self) -> ZoneInfo:
        return zone(self._authority_zone) if self._authority_zone else super().recipient_zone

    @property
    def organisation_zone(self) -> ZoneInfo:
        return self.home

    def event(self, name: str) -> EventTime | None:
        return EventTime(name, self.start, name)

    def first_possible(self, name: str) -> EventTime | None:
        return self.event(name)

    def filings(self, obligation_id: str, stage: str | None) -> Sequence[Filing]:
        return (Filing(obligation=obligation_id, stage=stage, at=self.start),)

    def due_of(self, obligation_id: str, stage: str | None) -> Deadline | None:
        at = self.start.at
        if at is None and self.start.day is not None:
            at = datetime.combine(self.start.day, datetime.min.time(), UTC)
        label = f"{obligation_id}/{stage}" if stage else obligation_id
        return Deadline(kind="fixed", due_at=at, text=f"the instant given for {label}")

    def decide(self, condition: str) -> Truth:
        _ = condition  # nothing is known of the incident
        return Truth.UNKNOWN

    def counting(self, rule_id: str | None) -> Counting:
        return super().counting(self.rule or rule_id)


def reckon_period(
    corpus: Corpus,
    start: datetime | date,
    within: str,
    place: str,
    *,
    rule: str | None = None,
    home: str | None = None,
) -> Reckoned:
    """Count a period in a place.

    >>> start = datetime(2026, 11, 24, 11, 17, tzinfo=UTC)
    >>> found = reckon_period(Corpus.open(), start, "72 hours", "BE")
    >>> str(found.deadline.due_at)
    '2026-11-27 12:17:00+01:00'

    ``rule`` names a counting rule of jurisdictions/ (default: the place's). ``home`` is the
    zone in which a date without a time begins (default: the place's). Raises
    ``InputError`` for a period, place or rule that is none.
    """
    try:
        period = Period.read(within)
    except ValueError as error:
        raise InputError([Fault("", "--within", str(error))]) from None
    code = _canonical(corpus, place)
    case = _Start(corpus, code, Moment.of(start), home=home, rule=_rule(corpus, code, rule))
    due = Due(within=period, starts="discovered")
    try:
        found = deadline_of(due, case)
    except ValueError as error:  # past the last year that a date can have
        raise InputError([Fault("", "--within", str(error))]) from None
    # The start is whatever the user means by it, and no event of a law.
    steps = [
        step.model_copy(update={"step": step.step.replace("with discovery", "at the start given")})
        for step in found.trace
    ]
    told = {"text": f"within {period} of the start given", "trace": tuple(steps)}
    found = found.model_copy(update=told)
    return Reckoned(f"{period} in {corpus.place_name(code)}", found)


def _rule(corpus: Corpus, place: str, name: str | None) -> str | None:
    """Find a counting rule by its id or by what else the place calls it."""
    for code in (place, *corpus.world.ancestors(place)):
        declared = corpus.jurisdiction(code)
        for dotted, rule in declared.counting.items() if declared and name else ():
            if name in rule.also_called:
                return dotted
    return name


def reckon_obligation(
    corpus: Corpus, name: str, start: datetime | date, *, place: str | None = None
) -> list[Reckoned]:
    """Count an obligation's own period (and those of its stages) from a start.

    >>> start = datetime(2026, 11, 23, 15, tzinfo=UTC)
    >>> [found.label for found in reckon_obligation(Corpus.open(), "us-ca-residents", start)]
    ['us-ca-residents@US-CA']

    The version in force on the start's date applies. ``place``, or ``@PLACE`` in the name,
    picks a place's own terms where it has some. Raises ``InputError`` where the obligation
    is none, does not reach the place, or is not in force.
    """
    duty, _, stated = name.partition("@")
    listed = find(corpus, duty)
    wanted = place or stated
    if not wanted:
        return [item for entry in listed for item in _reckoned(corpus, entry, start, entry.place)]
    where = _canonical(corpus, wanted)
    own = [entry for entry in listed if entry.place == where]
    wider = [entry for entry in listed if corpus.world.covers(entry.place, where)]
    if not own and not wider:
        places = ", ".join(entry.place for entry in listed)
        raise InputError([Fault("", duty, f"does not reach {where}, but {places}")])
    return _reckoned(corpus, (own or wider)[0], start, where)


def _reckoned(corpus: Corpus, entry: Entry, start: datetime | date, place: str) -> list[Reckoned]:
    day = start.date() if isinstance(start, datetime) else start
    edition = entry.in_force(day)
    if edition is None:
        raise InputError([Fault("", entry.id, f"not in force on {day}")])
    version = edition.version
    authority = (version.to or edition.obligation.to)[0].authority_in(place)
    case = _Start(corpus, place, Moment.of(start), duty=entry.id, authority=authority)
    terms = [(f"/{stage.name}", stage.due) for stage in version.stage or ()]
    if version.due is not None:
        terms.insert(0, ("", version.due))
    return [
        Reckoned(
            f"{entry.id}@{place}{suffix}",
            deadline_of(due, case, not_before=version.not_before, cite=version.cite),
        )
        for suffix, due in terms
    ]


def _canonical(corpus: Corpus, place: str) -> str:
    try:
        return corpus.places.canonical(place)
    except KeyError as error:
        raise InputError([Fault("", "--place", str(error.args[0]))]) from None
