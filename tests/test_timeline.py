"""Which moment an event has for a law: stated, chosen, assumed, or not yet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from regengine.facts import EVENTS, Incident, Moment
from regengine.timeline import WORDS, Timeline, has_prefix
from regengine.truth import Truth

LAW = "us-tx-residents"


def day(number: int, hour: int = 12) -> Moment:
    """An instant of November 2026."""
    return Moment.of(datetime(2026, 11, number, hour, tzinfo=UTC))


def timeline(
    events: dict[str, Moment | list[dict[str, Any]]],
    *,
    now: datetime | None = None,
    **facts: Any,  # reason: any part of an incident
) -> Timeline:
    """Build the timeline of an incident with these events."""
    stated = {
        name: tuple(value) if isinstance(value, list) else ({"at": value},)
        for name, value in events.items()
    }
    incident = Incident.model_validate({"reference": "R", "timeline": stated, **facts})
    return Timeline(incident, now)


def at(found: Timeline, name: str, law: str = LAW) -> Moment | None:
    """The moment that an event has for a law."""
    event = found.event(name, law)
    return None if event is None else event.moment


def test_an_event_on_record_is_taken_as_it_stands() -> None:
    """Nothing is assumed of what the file says."""
    found = timeline({"aware": day(20), "detected": day(18)}).event("aware", LAW)
    assert found is not None
    assert (found.moment, found.assumed, found.alternatives) == (day(20), False, ())


@pytest.mark.parametrize(("asked", "given"), [("aware", "discovered"), ("discovered", "aware")])
def test_aware_and_discovered_stand_for_each_other(asked: str, given: str) -> None:
    """One is taken from the other and shown as assumed."""
    found = timeline({given: day(20)}).event(asked, LAW)
    assert found is not None
    assert (found.moment, found.used, found.assumed) == (day(20), given, True)
    assert "not on record" in (found.note or "")


@pytest.mark.parametrize("name", ["reasonable_belief", "confirmed", "significance_known"])
def test_kinds_of_knowledge_fall_back_to_awareness(name: str) -> None:
    """Each takes aware, or what stands for it."""
    for given in ("aware", "discovered"):
        found = timeline({given: day(20)}).event(name, LAW)
        assert found is not None
        assert (found.moment, found.assumed, found.name) == (day(20), True, name)


def test_a_controller_is_aware_once_its_processor_has_told_it() -> None:
    """The earlier notice leads, the later awareness is a reading."""
    found = timeline({"aware": day(20), "processor_told": day(18)}).event("aware", LAW)
    assert found is not None
    assert (found.moment, found.used, found.assumed) == (day(18), "processor_told", True)
    assert [each.moment for each in found.alternatives] == [day(20)]


def test_a_later_notice_of_the_processor_changes_nothing() -> None:
    """Own awareness came first."""
    found = timeline({"aware": day(17), "processor_told": day(18)}).event("aware", LAW)
    assert found is not None
    assert (found.moment, found.assumed) == (day(17), False)


def test_a_processor_is_aware_by_its_own_knowledge() -> None:
    """Notices of sub-processors do not make a processor a controller."""
    facts: dict[str, Any] = {"organisation": {"role": ["processor"]}}
    found = timeline({"aware": day(20), "processor_told": day(18)}, **facts)
    assert at(found, "aware") == day(20)
    as_controller = found.event("aware", LAW, controller=True)
    assert as_controller is not None
    assert as_controller.moment == day(18)


def test_discovery_falls_back_to_the_processors_notice_too() -> None:
    """Alone on record, the notice is when the organisation learnt of it."""
    found = timeline({"processor_told": day(18), "occurred_from": day(1)}).event("discovered", LAW)
    assert found is not None
    assert (found.moment, found.assumed) == (day(18), True)


@pytest.mark.parametrize("name", ["detected", "suspected", "occurred_from"])
def test_what_must_have_happened_takes_the_earliest_event_on_record(name: str) -> None:
    """It is assumed, and may be earlier."""
    found = timeline({"confirmed": day(21), "aware": day(20)}).event(name, LAW)
    assert found is not None
    assert (found.moment, found.used, found.assumed) == (day(20), "aware", True)
    assert "may be earlier" in (found.note or "")


def test_detection_is_not_later_than_the_safe_side_allows() -> None:
    """The start of the incident leads; the first sign of knowledge is a reading."""
    found = timeline({"occurred_from": day(10), "aware": day(20)}).event("detected", LAW)
    assert found is not None
    assert found.moment == day(10)
    assert [each.moment for each in found.alternatives] == [day(20)]
    assert "may be earlier" not in (found.note or "")


def test_an_earlier_event_that_may_be_the_laws_own_is_a_reading() -> None:
    """Discovery is taken from awareness; detection came before."""
    found = timeline({"aware": day(20), "detected": day(18)}).event("discovered", LAW)
    assert found is not None
    assert found.moment == day(20)
    assert [each.moment for each in found.alternatives] == [day(18)]


def test_the_discovery_of_an_independent_vendor_is_not_the_organisations() -> None:
    """An agent's may be, and an unknown vendor's as well."""
    events = {"processor_told": day(20), "vendor_discovered": day(15)}
    for agent, readings in ((False, []), (True, [day(15)]), (None, [day(15)])):
        found = timeline({**events}, incident={"vendor": {"agent": agent}})
        event = found.event("discovered", LAW)
        assert event is not None
        assert [each.moment for each in event.alternatives] == readings


def test_a_vendors_own_discovery_takes_the_earliest_event_where_a_vendor_is_in_play() -> None:
    """Without a vendor there is nothing to assume."""
    assert at(timeline({"processor_told": day(18)}), "vendor_discovered") == day(18)
    assert at(timeline({"aware": day(18)}), "vendor_discovered") is None


@pytest.mark.parametrize(
    "name",
    ["determined", "classified", "materiality_determined", "harm_determined", "ransom_paid",
     "no_harm_determined", "impact_ended", "corrective_measure_available", "processor_told",
     "handled", "scope_determined", "made_public"],
)  # fmt: skip  # reason: a vocabulary reads better in lines of words
def test_what_has_yet_to_be_brought_about_starts_no_clock(name: str) -> None:
    """Absent, it is absent, however much else is known."""
    found = timeline({"aware": day(20), "detected": day(18), "contained": day(22)})
    assert found.event(name, LAW) is None
    first = found.first_possible(name, LAW)
    assert first is not None
    assert first.moment == day(20)


def test_a_ransom_can_first_be_paid_when_it_is_demanded() -> None:
    """The demand is the earliest moment of the payment."""
    found = timeline({"aware": day(20), "ransom_demanded": day(19)})
    first = found.first_possible("ransom_paid", LAW)
    assert first is not None
    assert first.moment == day(19)


def test_an_empty_timeline_gives_nothing() -> None:
    """No event can be assumed from none."""
    assert all(timeline({}).event(name, LAW) is None for name in EVENTS)


# -- candidates -----------------------------------------------------------------------


def views(*candidates: dict[str, Any]) -> Timeline:
    """A timeline with several views of one event."""
    return timeline({"aware": list(candidates)})


def test_the_earliest_candidate_leads_and_the_others_are_readings() -> None:
    """Nobody has chosen."""
    found = views({"at": day(20), "why": "forensics"}, {"at": day(18), "why": "first alert"})
    event = found.event("aware", LAW)
    assert event is not None
    assert event.moment == day(18)
    assert "none chosen (first alert)" in (event.note or "")
    assert [each.moment for each in event.alternatives] == [day(20)]
    assert "forensics" in event.alternatives[0].ground


def test_a_chosen_candidate_leads() -> None:
    """The earlier one becomes a reading."""
    event = views({"at": day(18)}, {"at": day(20), "chosen": True}).event("aware", LAW)
    assert event is not None
    assert (event.moment, event.note) == (day(20), None)
    assert [each.moment for each in event.alternatives] == [day(18)]


def test_a_candidate_chosen_for_some_laws_counts_for_them_alone() -> None:
    """Elsewhere the general choice stands, or the earliest."""
    texas = {"at": day(22), "chosen": True, "laws": ["uk", "us-tx"]}
    found = views({"at": day(18)}, {"at": day(20), "chosen": True}, texas)
    assert at(found, "aware", "us-tx-residents") == day(22)
    assert at(found, "aware", "uk-gdpr-ico") == day(22)
    assert at(found, "aware", "us-ca-residents") == day(20)
    undecided = views({"at": day(18)}, texas)
    assert at(undecided, "aware", "us-ca-residents") == day(18)


def test_the_longest_prefix_goes_first() -> None:
    """What is said of one law goes before what is said of its family."""
    family = {"at": day(18), "laws": ["us"]}
    found = views(family, {"at": day(20), "laws": ["us-tx-residents"]})
    assert at(found, "aware", "us-tx-residents") == day(20)
    assert at(found, "aware", "us-tx-ag") == day(18)


def test_prefixes_end_where_a_part_of_an_id_ends() -> None:
    """ "us-n" is no family; "us-ny" is one."""
    assert has_prefix("us-ny-ag", "us-ny")
    assert has_prefix("us-ny-ag", "us-")
    assert has_prefix("us-ny-ag", "us-ny-ag")
    assert not has_prefix("us-ny-ag", "us-n")
    assert not has_prefix("us-ny-ag", "us-ny-ag-extra")


def test_a_date_is_ordered_by_its_first_instant_at_the_organisation() -> None:
    """20 November in Auckland begins on the 19th, before noon UTC."""
    facts: dict[str, Any] = {"organisation": {"zone": "Pacific/Auckland"}}
    candidates = [{"at": day(19)}, {"at": Moment.of(date(2026, 11, 20))}]
    found = timeline({"aware": candidates}, **facts)
    assert at(found, "aware") == Moment.of(date(2026, 11, 20))


# -- happened ---------------------------------------------------------------------------


def test_an_event_on_record_has_happened_unless_it_is_still_to_come() -> None:
    """A later instant than now has not happened yet."""
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    found = timeline({"aware": day(20), "ransom_paid": day(21)}, now=now)
    assert found.happened("aware") is Truth.TRUE
    assert found.happened("ransom_paid") is Truth.FALSE
    assert timeline({"ransom_paid": day(21)}).happened("ransom_paid") is Truth.TRUE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ransom_paid", Truth.UNKNOWN),
        ("determined", Truth.FALSE),
        ("impact_ended", Truth.FALSE),
        ("ransom_demanded", Truth.UNKNOWN),
        ("made_public", Truth.UNKNOWN),
        ("processor_told", Truth.UNKNOWN),
        ("confirmed", Truth.UNKNOWN),
        ("detected", Truth.TRUE),
    ],
)
def test_absent_events(name: str, expected: Truth) -> None:
    """False only where somebody or time has yet to bring it about."""
    assert timeline({"aware": day(20)}).happened(name) is expected


def test_nothing_has_happened_for_sure_on_an_empty_timeline() -> None:
    """Even detection is unknown."""
    assert timeline({}).happened("detected") is Truth.UNKNOWN


# -- the end of a hold --------------------------------------------------------------------


def test_the_end_of_a_delay_is_taken_from_the_last_hold() -> None:
    """Once every hold of this law has an end."""
    first = {"granted": True, "until": day(22), "laws": ["us"]}
    second = {"granted": True, "until": day(28)}
    refused = {"granted": False}
    holds = {"delays": [first, second, refused]}
    assert at(timeline({}, law_enforcement=holds), "delay_ended") == day(28)
    running = {"delays": [first, {"granted": True}]}
    assert at(timeline({}, law_enforcement=running), "delay_ended") is None
    other = {"delays": [{"granted": True, "until": day(22), "laws": ["uk"]}]}
    assert at(timeline({}, law_enforcement=other), "delay_ended") is None


def test_every_event_has_a_name_in_words() -> None:
    """Texts never show a bare key of the vocabulary."""
    assert set(EVENTS) == set(WORDS)
