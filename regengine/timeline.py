"""When each event of an incident happened, for one law at a time.

What the file states leads. Where it is silent, another event may stand in, always to the
safe side and always shown as assumed; an event that counsel or time has yet to bring
about never does: it starts no clock while it is absent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from regengine.calendars import zone as zone_of
from regengine.counting import instant_of
from regengine.facts import Candidate, Incident, Moment
from regengine.law import arguments
from regengine.truth import Truth

# How an event is named in a sentence: "within 72 hours of becoming aware".
WORDS = {
    "occurred_from": "the start of the incident",
    "occurred_to": "the end of the incident",
    "suspected": "the first suspicion",
    "detected": "detection",
    "aware": "becoming aware",
    "discovered": "discovery",
    "reasonable_belief": "the reasonable belief",
    "vendor_discovered": "the vendor's discovery",
    "processor_told": "the processor's notice",
    "confirmed": "confirmation",
    "determined": "the determination",
    "scope_determined": "the determination of the scope",
    "identified_people": "the identification of the people affected",
    "investigation_concluded": "the end of the investigation",
    "assessment_completed": "the end of the assessment",
    "harm_determined": "the finding of harm",
    "no_harm_determined": "the finding of no harm",
    "significance_known": "knowledge of the significance",
    "significance_concluded": "the conclusion on significance",
    "classified": "classification",
    "materiality_determined": "the determination of materiality",
    "notice_decided": "the decision to notify",
    "ransom_demanded": "the ransom demand",
    "ransom_paid": "the ransom payment",
    "property_blocked": "the blocking of property",
    "authority_ordered": "the authority's order",
    "corrective_measure_available": "the availability of a corrective measure",
    "delay_ended": "the end of the delay",
    "contained": "containment",
    "restored": "restoration",
    "impact_ended": "the end of the impact",
    "handled": "the end of handling",
    "resolved": "the resolution",
    "made_public": "publication",
    "missing_information_available": "the availability of the missing information",
}

# Knowledge comes at some hour, noted or not: it cannot still be outstanding once
# anything at all is known of the incident.
MUST_HAVE_HAPPENED = frozenset({"occurred_from", "suspected", "detected", "discovered", "aware"})
# Events for which another may stand in, to the safe side.
STOOD_FOR = MUST_HAVE_HAPPENED | {"reasonable_belief", "confirmed", "significance_known"}
# Steps that somebody must take, or ends that must come: absent, they have not happened.
YET_TO_COME = frozenset({
    "determined", "scope_determined", "identified_people", "investigation_concluded",
    "assessment_completed", "harm_determined", "no_harm_determined",
    "significance_concluded", "classified", "materiality_determined", "notice_decided",
    "ransom_paid", "property_blocked", "authority_ordered",
    "corrective_measure_available", "delay_ended", "contained", "restored",
    "impact_ended", "handled", "resolved", "missing_information_available",
})  # fmt: skip  # reason: a vocabulary reads better in lines of words
# Acts that are known to somebody, but not always to whoever fills in the file.
_UNNOTICED = frozenset({"ransom_paid"})
_STANDS_FOR = {
    "discovered": "aware",
    "aware": "discovered",
    "reasonable_belief": "aware",
    "confirmed": "aware",
    "significance_known": "aware",
}
# Earlier events that are arguably the law's own where that one is not on record.
_ARGUABLE = ("suspected", "detected", "vendor_discovered")
_CONTROLLERS = frozenset({"controller", "joint_controller"})


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another moment from which the clock arguably runs, and why."""

    moment: Moment
    ground: str


@dataclass(frozen=True, slots=True)
class EventTime:
    """When an event happened; ``used`` is the event that stands for it where assumed."""

    name: str
    moment: Moment
    used: str
    assumed: bool = False
    note: str | None = None
    alternatives: tuple[Alternative, ...] = ()


def words_of(event: str) -> str:
    """Name an event in a sentence.

    >>> words_of("aware")
    'becoming aware'
    >>> words_of("earlier(detected, earlier(aware, discovered))")
    'detection or, if earlier, becoming aware or, if earlier, discovery'
    """
    call, _, inside = event.partition("(")
    if call in ("earlier", "later") and inside:
        return f" or, if {call}, ".join(words_of(part) for part in arguments(inside[:-1]))
    return WORDS.get(event, event.replace("_", " "))


def has_prefix(obligation_id: str, prefix: str) -> bool:
    """Tell whether a prefix names the obligation or a family of its id.

    >>> has_prefix("us-tx-residents", "us-tx"), has_prefix("us-tx-residents", "us-t")
    (True, False)

    Prefixes end where a part of the id ends.
    """
    head = prefix.rstrip("-.")
    return obligation_id == head or obligation_id.startswith((f"{head}-", f"{head}."))


class Timeline:
    """The events of one incident, read for any law.

    >>> from datetime import UTC
    >>> from regengine.facts import Incident, Candidate, Moment
    >>> noon = Moment.of(datetime(2026, 11, 20, 12, tzinfo=UTC))
    >>> incident = Incident(reference="R", timeline={"aware": (Candidate(at=noon),)})
    >>> timeline = Timeline(incident, None)
    >>> timeline.event("discovered", "us-ca-residents").assumed
    True
    >>> timeline.event("determined", "us-tx-residents") is None
    True

    ``zone`` is the organisation's; left out, the incident's own, else UTC. It orders
    dates without a time against instants. ``now`` decides what has happened, never from
    when a clock runs.
    """

    def __init__(
        self, incident: Incident, now: datetime | None, zone: ZoneInfo | None = None
    ) -> None:
        self._incident = incident
        self._now = now
        self._zone = zone or zone_of(incident.organisation.zone or "UTC")

    # -- what the law files ask ---------------------------------------------------

    def event(
        self, name: str, obligation_id: str, *, controller: bool | None = None
    ) -> EventTime | None:
        """Say when the event happened for this obligation; ``None``: not on record.

        >>> from regengine.facts import Incident
        >>> Timeline(Incident(reference="R"), None).event("aware", "eu-gdpr-sa") is None
        True

        ``controller``: whether the duty binds the organisation as a controller; left out,
        as the organisation's roles say.
        """
        if self._denied(name):
            return None
        stated = self._stated(name, obligation_id)
        if name == "aware" and self._is_controller(controller):
            return self._with_processor(stated, obligation_id) or self._absent(name, obligation_id)
        return stated or self._absent(name, obligation_id, controller=controller)

    def happened(self, name: str) -> Truth:
        """Tell whether the event has happened by now.

        >>> from regengine.facts import Incident
        >>> empty = Timeline(Incident(reference="R"), None)
        >>> empty.happened("ransom_paid"), empty.happened("detected")
        (Truth.UNKNOWN, Truth.UNKNOWN)

        An absent event is unknown where it may have happened unnoticed; false where
        somebody or time has yet to bring it about, or the file denies it. Without a
        ``now`` whatever is on record has happened.
        """
        if self._denied(name):
            return Truth.FALSE
        stated = self._stated(name, "")
        if stated is not None:
            return Truth.of(self._now is None or self.instant(stated.moment) <= self._now)
        if name in YET_TO_COME and name not in _UNNOTICED:
            return Truth.FALSE
        past = name in MUST_HAVE_HAPPENED and any(
            self.happened(other) is Truth.TRUE for other in self._incident.timeline
        )
        return Truth.TRUE if past else Truth.UNKNOWN

    def first_possible(self, name: str, obligation_id: str = "") -> EventTime | None:
        """Give the earliest moment at which an event that is still to come could come.

        >>> from regengine.facts import Incident
        >>> Timeline(Incident(reference="R"), None).first_possible("classified") is None
        True
        """
        if name == "ransom_paid":
            demanded = self._stated("ransom_demanded", obligation_id)
            if demanded is not None:
                return demanded
        return self.event("aware", obligation_id)

    def instant(self, moment: Moment) -> datetime:
        """Return the UTC instant of a moment, a date's first in the organisation's zone.

        >>> from datetime import date
        >>> from regengine.facts import Incident, Moment
        >>> Timeline(Incident(reference="R"), None).instant(Moment.of(date(2026, 1, 2)))
        datetime.datetime(2026, 1, 2, 0, 0, tzinfo=datetime.timezone.utc)
        """
        return instant_of(moment, self._zone)

    def _denied(self, name: str) -> bool:
        """Tell whether the file says that an event did not happen."""
        return self._incident.timeline.get(name) == ()

    # -- what the file states -----------------------------------------------------

    def _stated(self, name: str, obligation_id: str) -> EventTime | None:
        candidates = self._incident.timeline.get(name, ())
        if not candidates:
            return None
        chosen = self._chosen(candidates, obligation_id)
        best = min(chosen or candidates, key=lambda one: self.instant(one.at))
        others = tuple(
            Alternative(
                each.at, f"another view of {words_of(name)}: {each.why or 'no reason given'}"
            )
            for each in candidates
            if each is not best and each.at != best.at
        )
        note = best.why
        if others and not chosen:
            note = f"the earliest of {len(candidates)} candidates, none chosen"
            note += f" ({best.why})" if best.why else ""
        return EventTime(name, best.at, name, note=note, alternatives=others)

    @staticmethod
    def _chosen(candidates: tuple[Candidate, ...], obligation_id: str) -> tuple[Candidate, ...]:
        """Pick those chosen for this law; the longest prefix goes before a general choice."""

        def fit(candidate: Candidate) -> int:
            lengths = [len(each) for each in candidate.laws if has_prefix(obligation_id, each)]
            if lengths:
                return max(lengths)
            return 0 if candidate.chosen and not candidate.laws else -1

        best = max(fit(each) for each in candidates)
        return tuple(each for each in candidates if best >= 0 and fit(each) == best)

    # -- what stands in for a missing event ---------------------------------------

    def _is_controller(
        self, stated: bool | None
    ) -> bool:  # reason: three values, passed on as they came
        roles = self._incident.organisation.role
        return stated if stated is not None else roles is None or bool(_CONTROLLERS & {*roles})

    def _with_processor(self, aware: EventTime | None, obligation_id: str) -> EventTime | None:
        """Let a controller be aware from an earlier notice of its processor."""
        told = self._stated("processor_told", obligation_id)
        own = aware or self._renamed("discovered", "aware", obligation_id)
        if told is None or (own and self.instant(own.moment) <= self.instant(told.moment)):
            return own
        note = "a controller is taken to be aware once its processor has told it"
        found = EventTime("aware", told.moment, "processor_told", assumed=True, note=note)
        if own is None:
            return self._with_arguable(found, obligation_id)
        later = Alternative(own.moment, f"counted from {words_of(own.used)}, as on record")
        return replace(found, alternatives=(later, *own.alternatives))

    def _absent(
        self, name: str, obligation_id: str, *, controller: bool | None = None
    ) -> EventTime | None:
        if name == "delay_ended":
            return self._hold_end(obligation_id)
        if name == "vendor_discovered" and self._at_vendor():
            return self._earliest_known(name, obligation_id)
        if name == "discovered" and self._is_controller(controller):
            # The notice of a processor tells of the incident whatever the law calls it.
            aware = self._with_processor(self._stated("aware", obligation_id), obligation_id)
            found = None if aware is None else self._assumed(name, aware, obligation_id)
        else:
            found = self._renamed(_STANDS_FOR.get(name, ""), name, obligation_id)
        if found is None and name in _STANDS_FOR and name not in MUST_HAVE_HAPPENED:
            aware = self.event("aware", obligation_id, controller=controller)
            found = None if aware is None else self._assumed(name, aware, obligation_id)
        if found is None and name in MUST_HAVE_HAPPENED:
            found = self._earliest_known(name, obligation_id)
        return found

    def _renamed(self, stand_in: str, name: str, obligation_id: str) -> EventTime | None:
        found = self._stated(stand_in, obligation_id) if stand_in else None
        return None if found is None else self._assumed(name, found, obligation_id)

    def _assumed(self, name: str, found: EventTime, obligation_id: str) -> EventTime:
        note = (
            f"{words_of(name)} is not on record: taken from {words_of(found.used)}; may be earlier"
        )
        taken = replace(found, name=name, assumed=True, note=note)
        return self._with_arguable(taken, obligation_id)

    def _with_arguable(self, found: EventTime, obligation_id: str) -> EventTime:
        """Add earlier events on record that may be the law's own."""
        extra: list[Alternative] = []
        seen = {each.moment for each in found.alternatives}
        for name in _ARGUABLE:
            known = self._stated(name, obligation_id)
            if known is None or (name == "vendor_discovered" and self._independent_vendor()):
                continue
            if known.moment in seen:
                continue
            if self.instant(known.moment) < self.instant(found.moment):
                ground = f"if {words_of(name)} already was {words_of(found.name)}"
                extra.append(Alternative(known.moment, ground))
        return replace(found, alternatives=(*found.alternatives, *extra))

    def _earliest_known(self, name: str, obligation_id: str) -> EventTime | None:
        known = [
            found
            for other in self._incident.timeline
            if (found := self._stated(other, obligation_id)) is not None
        ]
        if not known:
            return None
        known.sort(key=lambda one: self.instant(one.moment))
        first = known[0]
        note = (
            f"{words_of(name)} is not on record: taken from {words_of(first.used)}, "
            "the earliest event on record"
        )
        if first.used != "occurred_from":
            note += "; may be earlier"
        later = tuple(
            Alternative(each.moment, f"counted from {words_of(each.used)}, by which it was known")
            for each in known[1:]
            if first.used.startswith("occurred") and not each.used.startswith("occurred")
        )[:1]
        return EventTime(
            name, first.moment, first.used, assumed=True, note=note, alternatives=later
        )

    def _hold_end(self, obligation_id: str) -> EventTime | None:
        """Take the end of the last hold from the holds themselves, once all have one."""
        ends = [
            delay.until
            for delay in self._incident.law_enforcement.delays
            if delay.granted
            and (not delay.laws or any(has_prefix(obligation_id, one) for one in delay.laws))
        ]
        known = [end for end in ends if end is not None]
        if not known or len(known) < len(ends):
            return None
        note = "taken from the end of the last law-enforcement delay"
        last = max(known, key=self.instant)
        return EventTime("delay_ended", last, "delay_ended", assumed=True, note=note)

    def _at_vendor(self) -> bool:
        happening = self._incident.incident
        told = "processor_told" in self._incident.timeline
        return told or happening.vendor is not None or "vendor" in (happening.kinds or ())

    def _independent_vendor(self) -> bool:
        vendor = self._incident.incident.vendor
        return vendor is not None and vendor.agent is False
