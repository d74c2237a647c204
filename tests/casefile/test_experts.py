"""Experts and insurers: who was retained by whom, what is owed, what needs consent first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from conftest import Clock

from regengine import InputError
from regengine.casefile import experts, insurance, tasks
from regengine.casefile.case import Case

POLICY = {
    "number": "CY-88", "within": "72 hours", "starts": "aware", "clause": "condition 4",
    "address": "claims@insurer.example", "consent": ("vendors", "ransom"),
}  # fmt: skip


def open_tasks(case: Case) -> list[str]:
    return [task.title for task in tasks.TASKS.all(case) if task.state == "open"]


def warned(case: Case, clock: Clock) -> str:
    rows = insurance.standing(case, clock.at)
    return "\n".join(f"{row.record}: {row.warning}" for row in rows if row.warning)


def test_a_forensic_firm_that_counsel_did_not_retain_stands_with_a_neutral_word(
    case: Case, clock: Clock
) -> None:
    lab = experts.add(case, "Lab Ltd", "forensic", engaged=clock.at, retained_by_counsel=False)
    assert experts.warnings(case, lab) == [
        "not retained by counsel: its reports may have to be disclosed"
    ]
    retained = experts.change(case, lab.id, retained_by_counsel=True, counsel="Firm LLP")
    assert experts.warnings(case, retained) == []
    assert len(experts.EXPERTS.history(case, "EX1")) == 2


def test_an_engagement_of_which_it_is_unknown_who_gave_it_opens_a_question(case: Case) -> None:
    lab = experts.add(case, "Lab Ltd", "forensic")
    assert "not on record: ask" in experts.warnings(case, lab)[0]
    assert "Find out who retained Lab Ltd" in open_tasks(case)
    centre = experts.add(case, "Hosts", "data_centre")
    assert experts.warnings(case, centre) == ["when it was engaged is not on record"]


def test_a_report_is_awaited_until_it_comes(case: Case, clock: Clock) -> None:
    due = clock.at + timedelta(hours=5)
    lab = experts.add(
        case, "Lab Ltd", "hosting", engaged=clock.at, report_due=due, report_to="counsel"
    )
    assert [task.due for task in tasks.TASKS.all(case)] == [due]
    clock.move(hours=6)
    assert "its report is overdue" in (next(iter(experts.standing(case, clock.at))).warning or "")
    done = experts.report(case, lab.id)
    assert (done.reported, open_tasks(case)) == (clock.at, [])
    assert next(iter(experts.standing(case, clock.at))).warning is None


def test_what_is_still_to_come_is_not_recorded_as_done(case: Case, clock: Clock) -> None:
    number = len(case.entries)
    later = clock.at + timedelta(hours=1)
    with pytest.raises(InputError, match="after now"):
        experts.add(case, "Lab Ltd", "forensic", engaged=later)
    assert len(case.entries) == number


def test_an_expert_of_the_advice_track_never_leaves_the_house(case: Case, clock: Clock) -> None:
    experts.add(case, "Lab Ltd", "forensic", track="advice")
    assert [row.advice for row in experts.standing(case, clock.at)] == [True]
    assert {x.entry.track for x in tasks.TASKS.versions(case)} == {"advice"}


def test_the_notice_of_a_policy_is_an_obligation_with_deadline_and_proof(
    case: Case, clock: Clock
) -> None:
    policy = insurance.add(case, "Insurer SA", **POLICY)
    notice = case.assess().result("contract-policy-1@IE")
    assert notice.deadline.due_at is not None
    assert notice.deadline.due_at.isoformat() == "2026-11-23T07:45:00+00:00"
    assert {step.citation for step in notice.deadline.trace} == {"condition 4"}
    assert tasks.TASKS.one(case, "T1").due == notice.deadline.due_at
    clock.move(hours=2)
    insurance.notify(case, policy.id, reference="CL-1")
    assert "Notify Insurer SA (POL1)" not in open_tasks(case)
    filed = case.assess().result("contract-policy-1@IE").filed
    assert [(x.on_time, x.reference) for x in filed] == [(True, "CL-1")]
    rows = [row for row in insurance.standing(case, clock.at) if row.record == "POL1"]
    assert rows[0].state == "notified"


def test_a_late_notice_puts_cover_at_risk(case: Case, clock: Clock) -> None:
    insurance.add(case, "Insurer SA", **POLICY)
    clock.move(days=5)
    assert "COVERAGE AT RISK: the notice is late" in warned(case, clock)


def test_without_a_policy_or_its_conditions_a_gate_knows_nothing(case: Case) -> None:
    assert insurance.gate(case, "ransom").verdict == "unknown"
    insurance.add(case, "Insurer SA")
    assert insurance.gate(case, "ransom").verdict == "unknown"
    assert "Read what Insurer SA (POL1) must consent to" in open_tasks(case)
    insurance.change(case, "POL1", consent=())
    assert insurance.gate(case, "ransom").verdict == "allowed"


def test_consent_that_is_given_opens_the_gate_and_revoked_closes_it(
    case: Case, clock: Clock
) -> None:
    insurance.add(case, "Insurer SA", **POLICY)
    start = clock.at
    assert insurance.gate(case, "ransom").verdict == "consent missing"
    insurance.consent(case, "POL1", "ransom", "asked")
    assert "was asked for" in insurance.gate(case, "ransom").why[0]
    clock.move(hours=1)
    insurance.consent(case, "POL1", "ransom", who="Claims desk")
    assert insurance.gate(case, "ransom").verdict == "allowed"
    assert insurance.gate(case, "ransom", at=start).verdict == "consent missing"
    assert not [title for title in open_tasks(case) if "ransom" in title]
    clock.move(hours=1)
    insurance.consent(case, "POL1", "ransom", "revoked")
    assert insurance.gate(case, "ransom").verdict == "consent missing"
    insurance.change(case, "POL1", hotline="+353 1")
    assert not [title for title in open_tasks(case) if "ransom" in title]


def test_every_policy_must_allow_it(case: Case) -> None:
    insurance.add(case, "Insurer SA", **POLICY)
    insurance.add(case, "Other SE", consent=("ransom",))
    insurance.consent(case, "POL1", "ransom")
    found = insurance.gate(case, "ransom")
    assert found.verdict == "consent missing"
    assert found.why == ("Other SE must consent before paying a ransom",)
    insurance.change(case, "POL2", state="withdrawn")
    assert insurance.gate(case, "ransom").verdict == "allowed"
    found_now = case.assess(record=False)
    assert found_now.result("contract-policy-2@IE").status == "not_required"
    insurance.change(case, "POL2", state="held")
    assert case.assess(record=False).result("contract-policy-2@IE").status == "required"


def test_a_consent_for_one_vendor_is_none_for_another(case: Case) -> None:
    insurance.add(case, "Insurer SA", consent=("vendors",))
    insurance.consent(case, "POL1", "vendors", about="Lab Ltd")
    assert insurance.gate(case, "vendors", vendor="lab ltd").verdict == "allowed"
    assert insurance.gate(case, "vendors", vendor="Other").verdict == "consent missing"
    assert insurance.gate(case, "vendors").verdict == "consent missing"


@pytest.mark.parametrize(
    ("panel", "verdict"), [(True, "allowed"), (False, "consent missing"), (None, "unknown")]
)
def test_a_vendor_outside_the_panel_needs_consent_and_one_inside_none(
    case: Case, panel: bool | None, verdict: str
) -> None:
    insurance.add(case, "Insurer SA", consent=("vendors_outside_panel",))
    assert insurance.gate(case, "vendors", vendor="Lab Ltd", panel=panel).verdict == verdict
    insurance.change(case, "POL1", panel=("Lab Ltd",))
    assert insurance.gate(case, "vendors", vendor="Lab Ltd").verdict == "allowed"


def test_what_was_done_before_consent_is_recorded_and_stands_with_a_loud_warning(
    case: Case, clock: Clock
) -> None:
    insurance.add(case, "Insurer SA", **POLICY)
    experts.add(case, "Lab Ltd", "forensic", engaged=clock.at, retained_by_counsel=True)
    clock.move(hours=2)
    insurance.consent(case, "POL1", "vendors")
    case.set({"timeline.ransom_paid": clock.at.isoformat()})
    said = warned(case, clock)
    assert "EX1: COVERAGE AT RISK: Lab Ltd was engaged, and Insurer SA, policy CY-88" in said
    assert "timeline.ransom_paid: COVERAGE AT RISK: a ransom was paid" in said
    clock.move(hours=1)
    experts.add(case, "Second Lab", "forensic", engaged=clock.at, retained_by_counsel=True)
    assert [name for name, _ in insurance.at_risk(case)] == ["EX1", "timeline.ransom_paid"]


def test_an_incident_before_the_retroactive_date_and_a_period_that_ended_are_told(
    case: Case, clock: Clock
) -> None:
    case.set({"timeline.occurred_from": "2025-12-30"})
    insurance.add(
        case, "Insurer SA", **POLICY, retroactive=date(2026, 1, 1), ends=date(2026, 11, 19)
    )
    said = warned(case, clock)
    assert "began before the retroactive date 2026-01-01" in said
    assert "the period ended on 2026-11-19" in said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"consent": ("ransoms",)}, "ransom"),
        ({"within": "72 hrs"}, "no period"),
        ({"starts": "woke"}, "event"),
    ],
)
def test_a_policy_that_does_not_fit_is_refused_and_nothing_is_recorded(
    case: Case, fields: dict[str, object], said: str
) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match=said):
        insurance.add(case, "Insurer SA", **fields)
    assert len(case.entries) == number
    with pytest.raises(InputError, match="no such thing"):
        insurance.gate(case, "ransoms")
