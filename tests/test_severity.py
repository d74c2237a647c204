"""The severity score: published examples, unknown facts, counsel's own figures."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

import regengine
from regengine.documents.counsel import checklist_pdf
from regengine.severity import GroupSeverity, severity

QUIET: dict[str, Any] = {
    "malicious": False, "accessed": False, "acquired": False, "exfiltrated": False,
    "disclosed": False, "altered": False, "lost": False, "unavailable": False,
}  # fmt: skip  # reason: a list of facts reads better in lines


def scored(
    data: list[str] | None, kinds: list[str], people: int = 10, **more: Any
) -> GroupSeverity:
    group: dict[str, Any] = {"group": "g", "people": {"IE": people}, "children": False}
    if data is not None:
        group["data"] = data
    judgements = more.pop("judgements", {})
    group |= more.pop("group", {})
    incident = regengine.read_incident(
        {
            "schema": "regengine.incident/1",
            "reference": "SEVERITY",
            "incident": {**QUIET, "kinds": kinds, **more},
            "affected": [group],
            "judgements": judgements,
        }
    )
    return severity(incident).groups[0]


@pytest.mark.parametrize(
    ("data", "kinds", "more", "score", "level"),
    [
        (["name", "email"], ["publication"], {}, 1.5, "low"),
        (["name", "email"], ["publication"], {"malicious": True}, 2.0, "medium"),
        (
            ["name", "card_number", "card_code"],
            ["intrusion"],
            {"malicious": True, "acquired": True, "exfiltrated": True},
            5.0,
            "very high",
        ),
        (["name", "medical"], ["misdirected"], {"disclosed": True}, 4.25, "very high"),
        (
            ["name", "email"],
            ["misdirected"],
            {"disclosed": True, "judgements": {"eu.enisa.dpc": 2}},
            2.25,
            "medium",
        ),
        (
            ["name", "email"],
            ["ransomware"],
            {"malicious": True, "unavailable": True, "outage": {"restored_from_backup": False}},
            1.75,
            "low",
        ),
        (
            ["name", "postal_address", "dob"],
            ["stolen_device"],
            {"malicious": True, "judgements": {"eu.enisa.dpc": 2}},
            2.5,
            "medium",
        ),
        (["ip_address"], ["publication"], {"judgements": {"eu.enisa.dpc": 3}}, 1.25, "low"),
    ],
)
def test_worked_examples_come_out_as_published(
    data: list[str], kinds: list[str], more: dict[str, Any], score: float, level: str
) -> None:
    found = scored(data, kinds, **more)
    assert (found.least, found.most) == (score, score)
    assert found.levels == (level,)


def test_open_facts_make_a_range_and_never_a_guess() -> None:
    found = scored(["name", "email"], ["intrusion"], malicious="unknown", exfiltrated="unknown")
    assert (found.least, found.most) == (1.5, 2.0)
    assert found.levels == ("low", "medium")
    nothing = scored(None, ["outage"])
    assert nothing.least == pytest.approx(0.25)
    assert nothing.most == pytest.approx(4.0)


def test_credentials_count_as_what_they_open_which_no_fact_tells() -> None:
    found = scored(["name", "email", "password"], ["intrusion"], malicious=True)
    assert (found.context.least, found.context.most) == (1, 4)


def test_counsel_s_figure_stays_within_the_scale() -> None:
    found = scored(["name"], ["other"], judgements={"eu.enisa.dpc": 9, "eu.enisa.ei": 1})
    assert found.context.most == 4


@pytest.mark.parametrize(("people", "flagged"), [(100, False), (101, True)])
def test_many_people_are_a_flag_and_no_score(
    people: int, flagged: bool
) -> None:  # reason: a table of cases
    few, found = scored(["name"], ["other"]), scored(["name"], ["other"], people)
    assert found.least == few.least
    assert any("more than 100 people" in flag for flag in found.flags) is flagged


def test_encryption_with_a_safe_key_is_a_flag() -> None:
    found = scored(["name"], ["other"], group={"encrypted": True, "key_taken": False})
    assert any("encrypted" in flag for flag in found.flags)


def test_the_reasons_are_those_that_make_the_score() -> None:
    found = scored(["name", "email", "health"], ["misdirected"], disclosed=True)
    assert found.context.because == ("sensitive data",)


def test_the_command_prints_scores_and_their_caution(terminal: Any) -> None:
    said = terminal("severity", "examples/lost-laptop.yaml")
    assert said.status == 0
    assert "never" in said.out
    assert "Data processing context" in said.out
    assert (
        '"formula": "SE = DPC x EI + CB"'
        in terminal("severity", "examples/lost-laptop.yaml", "--format", "json").out
    )


def test_the_checklist_shows_the_score_beside_the_decision_that_it_helps() -> None:
    """Counsel has not judged the risk: the score stands there; once judged, it is gone."""
    facts: dict[str, Any] = {
        "reference": "R",
        "organisation": {"name": "X", "country": "IE", "role": "controller"},
        "timeline": {"aware": "2026-11-20T16:30:00+00:00"},
        "incident": {**QUIET, "kinds": ["intrusion"], "accessed": True, "malicious": True},
        "affected": [{"group": "g", "people": {"IE": 5}, "data": ["name", "email"]}],
    }
    texts = []
    for judgements in ({}, {"eu.gdpr.risk": "risk"}):
        incident = regengine.read_incident({**facts, "judgements": judgements})
        content = checklist_pdf(incident, regengine.assess(incident))
        pages = PdfReader(io.BytesIO(content)).pages
        texts.append(" ".join(" ".join(page.extract_text() for page in pages).split()))
    assert "severity by ENISA's method" in texts[0]
    assert "g: 1.75 (low)" in texts[0]
    assert "severity by ENISA's method" not in texts[1]


def test_nobody_affected_is_nothing_to_score(terminal: Any, tmp_path: Path) -> None:
    path = tmp_path / "nobody.yaml"
    path.write_text("reference: R\naffected: []\n", encoding="utf-8")
    assert severity(regengine.load_incident(path)).groups == ()
    assert "nothing to score" in terminal("severity", path).out
    assert severity(regengine.read_incident({"reference": "R"})).groups[0].most == 6


def test_a_figure_beyond_the_method_is_told_to_be_held() -> None:
    context = scored(["name"], ["other"], judgements={"eu.enisa.dpc": 9}).context
    assert context.most == 4
    assert context.because == ("counsel's own figure (eu.enisa.dpc): 9, held to 1 to 4",)


def test_a_place_of_a_law_folder_of_ones_own_leaves_the_checklist_without_a_score() -> None:
    facts: dict[str, Any] = {
        "reference": "R",
        "organisation": {"name": "X", "country": "IE", "role": "controller"},
        "affected": [{"group": "g", "people": {"IE": 5}, "data": ["name", "email"]}],
    }
    incident = regengine.read_incident(facts)
    organisation = incident.organisation.model_copy(update={"operates_in": ("XQ",)})
    elsewhere = incident.model_copy(update={"organisation": organisation})
    content = checklist_pdf(elsewhere, regengine.assess(incident))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "severity by ENISA" not in " ".join(text.split())
