"""Promises: each clause is counted as it reads, and what it leaves open stands beside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import regengine
from regengine import InputError
from regengine.assess import open_corpus
from regengine.assessment import Result
from regengine.facts import Incident
from regengine.intake import dump, read_incident

AWARE = "2026-11-20T15:30:00+00:00"  # a Friday


def matter(
    contract: dict[str, Any], timeline: dict[str, Any] | None = None, **facts: Any
) -> Incident:
    given = {
        "reference": "R",
        "organisation": {"country": "IE", "role": "controller", "regimes": []},
        "timeline": {"aware": AWARE} if timeline is None else timeline,
        "contracts": [{"id": "acme", "party": "Acme", **contract}],
        **facts,
    }
    return read_incident(given, open_corpus().vocabulary)


def told(contract: dict[str, Any], timeline: dict[str, Any] | None = None, **facts: Any) -> Result:
    incident = matter(contract, timeline, **facts)
    now = datetime(2026, 11, 20, 18, tzinfo=UTC)
    found = regengine.assess(incident, now=now, engine="chainer", check=False)
    return next(x for x in found.obligations if x.id == "contract-acme")


def due(result: Result) -> str:
    assert result.deadline.due_at is not None
    return result.deadline.due_at.isoformat()


def readings(result: Result) -> list[str]:
    return [x.due_at.isoformat() for x in result.deadline.readings if x.due_at]


def test_working_days_are_those_of_the_place_that_the_clause_names() -> None:
    # 26 November 2026 is a holiday in New York and none in London.
    ny = told({"within": "4 business days", "business_days": "US-NY", "starts": "aware"})
    gb = told({"within": "4 business days", "business_days": "GB", "starts": "aware"})
    assert due(ny)[:10] == "2026-11-27"
    assert due(gb)[:10] == "2026-11-26"
    assert not readings(ny)


def test_working_days_of_nobody_in_particular_count_by_the_seat_with_the_safe_reading() -> None:
    found = told({"within": "2 working days", "starts": "aware"})
    assert due(found)[:10] == "2026-11-24"
    assert [at[:10] for at in readings(found)] == ["2026-11-22"]
    assert any("Whose working days count is not entered" in note for note in found.notes)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("business_days", "US-NYY", "unknown place"),
        ("business_hours", "5 pm", "17:00"),
        ("zone", "Europe/Dublinn", "unknown zone"),
        ("trigger", "suspect", "suspected"),
        ("counts", "first", "next_day"),
        ("consent", ["ransoms"], "ransom"),
        ("covers", ["Big Group"], "an id of"),
        ("receipt", "posted", "received"),
    ],
)
def test_a_word_that_is_none_is_refused(field: str, value: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        matter({field: value})


def test_a_day_of_the_other_side_ends_at_its_hour_in_its_zone() -> None:
    found = told({
        "within": "3 days", "starts": "aware", "business_hours": "17:00", "zone": "America/New_York",
    })  # fmt: skip
    assert due(found) == "2026-11-23T17:00:00-05:00"


def test_without_a_zone_the_day_ends_where_it_ends_first() -> None:
    east = told({"within": "3 days", "starts": "aware", "business_days": "JP"})
    west = told({"within": "3 days", "starts": "aware", "business_days": "US-NY"})
    assert due(east).endswith("+09:00")
    assert due(west).endswith("+00:00")


def test_the_day_of_the_event_may_be_day_one() -> None:
    assert due(told({"within": "3 days", "starts": "aware"}))[:10] == "2026-11-23"
    included = told({"within": "3 days", "starts": "aware", "counts": "same_day"})
    assert due(included)[:10] == "2026-11-22"


SUSPECTED = {
    "suspected": "2026-11-19T10:00:00+00:00",
    "aware": AWARE,
    "confirmed": "2026-11-21T09:00:00+00:00",
}


@pytest.mark.parametrize(
    ("contract", "hour", "others"),
    [
        ({"trigger": "suspected"}, "2026-11-20T10:00", []),
        ({"trigger": "confirmed"}, "2026-11-22T09:00", []),
        ({}, "2026-11-20T10:00", ["2026-11-21T15:30"]),
        ({"starts": "aware"}, "2026-11-21T15:30", []),
        ({"starts": "aware", "trigger": "suspected"}, "2026-11-20T10:00", ["2026-11-21T15:30"]),
        ({"starts": "aware", "trigger": "confirmed"}, "2026-11-21T15:30", ["2026-11-22T09:00"]),
    ],
)
def test_suspicion_or_confirmation_starts_the_clock_and_the_safe_one_where_it_is_not_said(
    contract: dict[str, Any], hour: str, others: list[str]
) -> None:
    found = told({"within": "24 hours", **contract}, SUSPECTED)
    assert due(found)[:16] == hour
    assert [at[:16] for at in readings(found)] == others
    latest = found.deadline.latest_defensible
    assert (latest and latest.isoformat()[:16]) == (others[0] if others else None)


def test_a_confirmation_that_is_not_on_record_is_taken_from_awareness_and_says_so() -> None:
    found = told({"within": "24 hours", "trigger": "confirmed"})
    assert due(found)[:16] == "2026-11-21T15:30"
    assert found.deadline.starts is not None
    assert found.deadline.starts.assumed


def test_an_incident_that_is_not_confirmed_makes_the_promise_possible_without_a_date() -> None:
    found = told(
        {"within": "24 hours", "trigger": "confirmed"}, {"aware": AWARE, "confirmed": False}
    )
    assert (found.status, found.deadline.kind) == ("possible", "not_started")
    assert [x.fact for x in found.open_facts] == ["timeline.confirmed"]


def test_a_promise_whose_event_has_not_come_has_no_date() -> None:
    found = told({"within": "24 hours", "starts": "determined"})
    assert (found.deadline.kind, found.deadline.due_at) == ("not_started", None)
    assert found.deadline.projected_due_at is not None


def test_a_promise_that_is_met_by_receipt_is_not_met_by_sending() -> None:
    filing = {"obligation": "contract-acme", "at": "2026-11-20T17:00:00+00:00"}
    clause = {"within": "24 hours", "starts": "aware", "receipt": "received"}
    sent = told(clause, filings=[filing])
    arrived = told(clause, filings=[{**filing, "how": "received"}])
    assert (sent.deadline.met, sent.filed[0].on_time) == ("received", None)
    assert arrived.filed[0].on_time is True


@pytest.mark.parametrize(
    ("affected", "status"),
    [
        (None, "possible"),
        ([], "not_required"),
        ([{"group": "patients", "people": {"IE": 5}}], "required"),
        ([{"group": "patients"}], "required"),
        ([{"group": "patients", "people": {"IE": 0}}], "not_required"),
        ([{"group": "patients", "people": {"IE": {"at_most": 9}}}], "possible"),
        ([{"group": "patients", "people": {"IE": 0, "FR": "unknown"}}], "required"),
        ([{"group": "staff", "people": {"IE": 5}}], "not_required"),
        ([{"group": "patient", "people": {"IE": 5}}], "possible"),
    ],
)
def test_a_clause_for_certain_people_is_owed_only_where_they_are_affected(
    affected: list[dict[str, Any]] | None, status: str
) -> None:
    facts = {} if affected is None else {"affected": affected}
    found = told({"within": "24 hours", "starts": "aware", "covers": ["patients"]}, **facts)
    assert found.status == status
    assert (found.deadline.kind == "none") == (status == "not_required")
    assert bool(found.open_facts) == (status == "possible")


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ("2026-11-19", "possible"),
        ("2026-11-20", "required"),
        ("2026-11", "required"),
        ("2026-10", "possible"),
        ("2026-11-20T15:00:00+00:00", "possible"),
    ],
)
def test_an_agreement_that_ended_before_leaves_the_question_whether_its_clause_lives_on(
    ends: str, status: str
) -> None:
    found = told({"within": "24 hours", "starts": "aware", "ends": ends})
    assert found.status == status
    assert due(found)[:16] == "2026-11-21T15:30"


def test_silence_flow_down_and_consent_stand_as_notes() -> None:
    found = told({
        "kind": "insurer", "within": "promptly", "confidential": True, "flow_down": True,
        "consent": ["ransom", "vendors"], "deemed": "two days after posting",
    })  # fmt: skip
    notes = " ".join(found.notes)
    for said in ("forbids telling others", "flows down", "paying a ransom", "two days after"):
        assert said in notes
    assert found.deadline.kind == "soft"


def test_every_date_has_its_trace_with_the_clause_as_citation() -> None:
    found = told({"within": "2 working days", "clause": "DPA s 9", "starts": "aware"})
    assert found.deadline.trace
    assert {step.citation for step in found.deadline.trace} == {"DPA s 9"}
    assert {x.citation for x in found.deadline.readings} == {"DPA s 9"}


def test_what_is_entered_is_written_again_as_it_was() -> None:
    contract = {
        "kind": "landlord", "within": "24 hours", "agreement": "Lease", "ends": "2027-01-31",
        "trigger": "suspected", "counts": "same_day", "business_days": "UK",
        "business_hours": "17:00", "zone": "Europe/London", "receipt": "received",
        "covers": ["staff"], "confidential": False, "consent": ["spending"],
    }  # fmt: skip
    held = dump(matter(contract))["contracts"][0]
    assert held == {"id": "acme", "party": "Acme", **contract, "business_days": "GB"}
