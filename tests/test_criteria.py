"""Criteria by which the law itself decides, and counsel's own conclusion."""

from __future__ import annotations

from typing import Any

import pytest

import regengine
from regengine.facts import Incident

_BANK: dict[str, Any] = {
    "organisation": {
        "name": "Example Bank", "country": "DE", "role": "controller", "public": False,
        "regimes": ["eu.dora.credit_institution"],
    },
    "timeline": {"aware": "2026-02-02T10:00:00+01:00"},
    "incident": {"malicious": True, "accessed": True, "acquired": True, "unavailable": False},
    "affected": [{"group": "clients", "people": {"DE": 10}, "data": ["name"]}],
}  # fmt: skip  # reason: a matter reads better in few lines


def incident(facts: dict[str, Any]) -> Incident:
    return regengine.read_incident(
        {"schema": "regengine.incident/1", "reference": "CRITERIA", **facts}
    )


def _assessed(**judgements: object) -> regengine.Assessment:
    return regengine.assess(incident({**_BANK, "judgements": judgements}))


def _initial(found: regengine.Assessment) -> regengine.Result:
    return next(each for each in found.obligations if each.id == "eu-dora-initial")


def test_facts_that_meet_the_criteria_settle_what_counsel_has_not_answered() -> None:
    found = _assessed()
    assert _initial(found).status == "required"
    assert not found.warnings


@pytest.mark.parametrize(("answer", "status"), [("true", "required"), ("false", "not_required")])
def test_counsel_leads_and_a_contradiction_is_warned_of(answer: str, status: str) -> None:
    found = _assessed(**{"eu.dora.major": answer})
    assert _initial(found).status == status
    warned = [text for text in found.warnings if text.startswith("judgements.eu.dora.major")]
    assert len(warned) == (answer == "false")
    assert all("meet the criteria of Delegated Regulation" in text for text in warned)


def test_an_answer_that_would_settle_the_criteria_is_asked_for_beside_them() -> None:
    quiet = {**_BANK, "incident": {"malicious": False, "unavailable": False}}
    found = regengine.assess(incident(quiet))
    asked = [item.fact for item in _initial(found).open_facts]
    assert asked[0] == "judgements.eu.dora.major"
    assert "judgements.eu.dora.critical_functions" in asked


def test_law_without_a_duty_says_why() -> None:
    found = regengine.assess(
        incident({"affected": [{"group": "g", "people": {"AF": 5}, "data": ["name"]}]})
    )
    none = next(each for each in found.obligations if each.id == "af-none")
    assert none.status == "not_required"
    assert none.why[0].because[0].startswith("law without a duty: Afghanistan has no general law")
