"""Criteria by which the law itself decides, and counsel's own conclusion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_duties import duty, law
from test_duties import incident as case

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


_OWN = """
[judgement."sg.x"]
question = "X?"
criteria = "sg.{criteria}"
[[condition]]
name = "sg.meets"
cite = "s 9"
if = "incident.lost"
{days}
[[condition]]
name = "sg.decided"
cite = "s 8"
if = "answered sg.x and sg.x or not answered sg.x and sg.meets"
"""


@pytest.mark.parametrize("criteria", ["meets", "decided"])
@pytest.mark.parametrize(("lost", "warned"), [(True, 0), (False, 1), (None, 0)])
def test_criteria_are_asked_as_though_counsel_had_not_answered(
    tmp_path: Path, criteria: str, lost: bool | None, warned: int
) -> None:
    corpus = law(tmp_path, duty("sg-office"), extra=_OWN.format(criteria=criteria, days=""))
    facts = case(corpus, incident={"lost": lost}, judgements={"sg.x": True})
    assert len(regengine.assess(facts, corpus=corpus).warnings) == warned


def test_nobody_is_held_to_criteria_of_later_law(tmp_path: Path) -> None:
    extra = _OWN.format(criteria="meets", days="from = 2026-11-03")
    corpus = law(tmp_path, duty("sg-office"), extra=extra)
    for day, warned in (("2026-11-02", 0), ("2026-11-03", 1)):
        facts = case(
            corpus,
            incident={"lost": False},
            judgements={"sg.x": True},
            timeline={"discovered": day},
        )
        assert len(regengine.assess(facts, corpus=corpus).warnings) == warned


def test_misspelt_words_leave_the_answer_open(tmp_path: Path) -> None:
    extra = _OWN.format(criteria="nothing", days="").replace("answered sg.x", "answered sg.y")
    corpus = law(tmp_path, duty("sg-office", 'when = ["sg.decided"]'), extra=extra)
    found = regengine.assess(case(corpus, judgements={"sg.x": True}), corpus=corpus)
    assert found.obligations[0].status == "possible"
    assert not found.warnings


def test_law_of_a_sector_alone_does_not_say_that_an_unknown_status_frees() -> None:
    """Whether the organisation is a telecom of Kuwait is asked: nothing is said to be settled."""
    facts = {"affected": [{"group": "g", "people": {"KW": 3}, "data": ["name"]}]}
    found = regengine.assess(incident(facts))
    assert "organisation.regimes.kw.citra" in [item.fact for item in found.open_questions]
    said = next(item.reason for item in found.not_covered if item.jurisdiction == "KW")
    assert "by the statuses on file none of them is known to bind" in said
