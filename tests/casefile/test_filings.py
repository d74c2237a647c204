"""Notices: their states, what may follow what, and the clocks that they move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Clock

from regengine import InputError
from regengine.casefile import filings, tasks
from regengine.casefile.case import Case
from regengine.casefile.store import Store

SA = "eu-gdpr-sa@IE"
NIS2 = {
    "reference": "EX-8",
    "organisation": {
        "name": "Example DAC",
        "country": "BE",
        "regimes": ["eu.nis2.important"],
        "role": "controller",
    },
    "timeline": {"aware": "2026-11-20T07:45:00+00:00"},
    "incident": {"kinds": ["ransomware"], "unavailable": True},
    "judgements": {"eu.nis2.significant": True},
}


@pytest.fixture
def nis2(store: Store) -> Case:
    return Case.new(store, NIS2, by="A. Counsel")


def test_a_notice_goes_from_draft_to_approval_to_sending_to_receipt(
    case: Case, clock: Clock, tmp_path: Path
) -> None:
    proof = tmp_path / "receipt.txt"
    proof.write_bytes(b"No 4711")
    clock.move(hours=1)
    filings.mark(case, SA, "draft")
    filings.mark(case, SA, "approved", who="B. Partner")
    sent = filings.mark(case, SA, "sent", channel="portal", reference="4711", receipt=proof)
    clock.move(hours=1)
    filings.mark(case, SA, "received", who="the Commission")
    notice = filings.on_record(case, SA)[-1]
    assert (notice.state, notice.approved_by, notice.number) == ("received", "B. Partner", 1)
    assert sent.warnings == ()
    assert case.store.content(sent.entry.files[0].sha256) == b"No 4711"
    result = case.assess().result(SA)
    assert [(x.how, x.reference) for x in result.filed] == [("sent", "4711"), ("received", None)]
    assert len(result.went_out) == 1


@pytest.mark.parametrize("state", ["received", "refused", "withdrawn"])
def test_what_never_went_out_cannot_come_back(case: Case, state: filings.State) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match="nothing of it is on record"):
        filings.mark(case, SA, state)
    assert len(case.entries) == number


def test_nothing_is_received_before_it_was_sent_or_in_the_future(case: Case, clock: Clock) -> None:
    clock.move(hours=2)
    filings.mark(case, SA, "sent")
    with pytest.raises(InputError, match="before it was sent"):
        filings.mark(case, SA, "received", at=clock.at - timedelta(hours=1))
    with pytest.raises(InputError, match="is after now"):
        filings.mark(case, SA, "received", at=clock.at + timedelta(minutes=1))


def test_a_notice_that_was_refused_counts_as_not_sent_and_is_sent_again(
    case: Case, clock: Clock
) -> None:
    clock.move(hours=1)
    filings.mark(case, SA, "sent")
    assert case.assess().result(SA).went_out
    filings.mark(case, SA, "refused", why="the portal was down")
    assert case.assess().result(SA).went_out == ()
    filings.mark(case, SA, "sent")
    notice = filings.on_record(case, SA)[-1]
    assert (notice.number, notice.act, notice.state) == (2, "again", "sent")
    assert len(case.assess().result(SA).went_out) == 1


def test_a_second_notice_is_a_supplement_of_the_first(case: Case, clock: Clock) -> None:
    clock.move(hours=1)
    filings.mark(case, SA, "sent")
    filings.mark(case, SA, "draft")
    assert [x.state for x in filings.on_record(case, SA)] == ["sent", "draft"]
    filings.mark(case, SA, "approved")
    filings.mark(case, SA, "sent")
    made = filings.on_record(case, SA)
    assert [(x.act, x.state) for x in made] == [("first", "supplemented"), ("supplement", "sent")]


def test_an_approval_falls_when_the_notice_is_drafted_anew(case: Case) -> None:
    filings.mark(case, SA, "approved", who="B. Partner")
    filings.mark(case, SA, "draft")
    assert filings.on_record(case, SA)[-1].approved_by is None
    assert "no approval is on record" in filings.mark(case, SA, "sent").warnings


def test_later_stages_run_from_the_instant_really_sent(nis2: Case, clock: Clock) -> None:
    clock.move(hours=10)
    notification = "eu-nis2-csirt@BE/notification"
    final = "eu-nis2-csirt@BE/final"
    before = nis2.assess().result(final).deadline
    assert (before.kind, before.due_at) == ("not_started", None)
    marked = filings.mark(nis2, notification, "sent")
    after = nis2.assess().result(final).deadline
    assert after.starts is not None
    assert after.starts.at == clock.at
    assert after.due_at is not None
    # One month from 20 November, by the end of the day in Brussels.
    assert after.due_at.astimezone(UTC) == datetime(2026, 12, 20, 22, 59, 59, tzinfo=UTC)
    assert (final, None, after.due_at) in [tuple(x) for x in marked.moved]


def test_a_late_notice_asks_for_its_reasons_and_they_go_into_the_papers(
    case: Case, clock: Clock
) -> None:
    clock.move(hours=80)
    late = filings.mark(case, SA, "sent")
    assert late.late_by is not None
    assert late.late_by > timedelta(hours=7)
    assert late.reasons_wanted
    asked = [x for x in tasks.TASKS.all(case) if x.state == "open"]
    assert [x.origin for x in asked] == [f"late {SA}"]
    filings.give_reasons(case, SA, "the laptop's owner was abroad")
    assert case.facts()["answers"] == {"eu-gdpr-sa.delay_reasons": "the laptop's owner was abroad"}
    assert [x.state for x in tasks.TASKS.all(case)] == ["done"]


def test_reasons_given_with_a_late_notice_leave_nothing_to_ask(case: Case, clock: Clock) -> None:
    clock.move(hours=80)
    assert not filings.mark(case, SA, "sent", reasons="a strike").reasons_wanted
    assert tasks.TASKS.all(case) == []


def test_a_notice_in_time_asks_for_no_reasons(case: Case, clock: Clock) -> None:
    clock.move(hours=1)
    marked = filings.mark(case, SA, "sent")
    assert (marked.late_by, marked.reasons_wanted) == (None, False)


def test_a_name_that_means_several_notices_is_refused_with_their_keys(nis2: Case) -> None:
    with pytest.raises(InputError, match="eu-nis2-csirt@BE/notification"):
        filings.mark(nis2, "eu-nis2-csirt", "sent")
    with pytest.raises(InputError, match="did you mean"):
        filings.mark(nis2, "eu-nis2-csrt@BE", "sent")


def test_a_notice_that_is_not_required_is_recorded_and_says_so(case: Case) -> None:
    case.set({"eu.gdpr.risk": "unlikely", "judgements.eu.gdpr.risk.written": True})
    assert any("not required" in x for x in filings.mark(case, SA, "sent").warnings)


def test_a_receipt_that_cannot_be_read_records_nothing(case: Case, tmp_path: Path) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match="cannot be read"):
        filings.mark(case, SA, "sent", receipt=tmp_path / "none.pdf")
    assert len(case.entries) == number


def test_drafts_that_are_due_soon_and_refused_notices_stand_with_a_warning(
    case: Case, clock: Clock
) -> None:
    filings.mark(case, SA, "draft")
    assert [x.warning for x in filings.standing(case, clock.at)] == [None]
    assert [x.warning for x in filings.standing(case, clock.move(hours=65))] == [
        "due soon, not sent"
    ]
    assert [x.warning for x in filings.standing(case, clock.move(hours=20))] == [
        "overdue, not sent"
    ]
    filings.mark(case, SA, "sent")
    filings.mark(case, SA, "refused", why="wrong portal")
    assert [x.warning for x in filings.standing(case, clock.at)] == ["wrong portal"]


def test_what_was_sent_by_an_instant_is_part_of_what_was_known_then(
    case: Case, clock: Clock
) -> None:
    clock.move(hours=1)
    filings.mark(case, SA, "sent")
    assert case.incident(known=clock.at - timedelta(minutes=1)).filings == ()
    assert len(case.incident(known=clock.at).filings) == 1
