"""The commands for decisions, presumptions, views of awareness, papers and the end of a matter."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Clock
from typer.testing import CliRunner

from regengine import InputError
from regengine.casefile.case import Case
from regengine.casefile.commands import options
from regengine.casefile.commands.app import app

RISK = "eu.gdpr.risk"
Run = Callable[..., str]


@pytest.fixture
def run(case: Case, url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(options, "clock", clock)
    monkeypatch.setenv("REGENGINE_STORE", url)
    monkeypatch.setenv("REGENGINE_BY", "A. Counsel")
    monkeypatch.setenv("COLUMNS", "200")

    def ran(*words: str) -> str:
        assert case.reference in words
        found = CliRunner().invoke(app, words)
        if found.exception is not None:
            raise found.exception
        assert found.exit_code == 0
        return found.output

    return ran


def read(text: str) -> Any:
    return json.loads(text)


def test_a_judgement_is_decided_and_shown_with_what_turned_on_it(run: Run, case: Case) -> None:
    said = run(
        "decision", "set", "EX-7", f"{RISK}=unlikely", "--why", "the disk was wiped",
        "--who", "M. Lynch", "--written", "--consulted", "ie.dpc@2026-11-20T07:50:00+00:00",
        "--at", "2026-11-20T07:55:00+00:00",
    )  # fmt: skip  # reason: a command reads as a line
    assert "D1  eu.gdpr.risk: unknown → unlikely" in said
    assert "unlikely ✓" in said
    assert "in writing, consulted ie.dpc" in said
    assert "eu-gdpr-sa@IE" in said
    assert "Mon 2026-11-23 07:45 UTC" in said
    given = case.incident().judgements[RISK]
    assert (given.value, given.by) == ("unlikely", "M. Lynch")


def test_show_tells_the_whole_history_before_and_after(run: Run) -> None:
    run("decision", "set", "EX-7", f"{RISK}=unlikely", "--why", "wiped")
    run("decision", "set", "EX-7", f"{RISK}=high", "--why", "not wiped")
    said = run("decision", "show", "EX-7", RISK)
    assert "unknown → unlikely" in said
    assert "unlikely → high" in said
    assert [x["id"] for x in read(run("decision", "show", "EX-7", "D1", "--format", "json"))] == [
        "D1",
        "D2",
    ]


def test_the_list_has_what_holds_and_what_nobody_explained(run: Run, case: Case) -> None:
    case.set({"judgements.us.sec.material": "false"})
    run("decision", "set", "EX-7", f"{RISK}=unlikely", "--why", "w")
    run("decision", "set", "EX-7", f"{RISK}=unknown", "--why", "too early")
    run("decision", "other", "EX-7", "Pay [bold]?", "no", "--why", "w", "--option", "no")
    found = read(run("decision", "list", "EX-7", "--format", "json"))
    assert [(x["id"], x["chosen"]) for x in found["decisions"]] == [("D2", None), ("D3", "no")]
    assert found["unexplained"] == [{"name": "us.sec.material", "value": "false", "decided": None}]
    said = run("decision", "list", "EX-7", "--all")
    assert "D1" in said
    assert "Pay [bold]?" in said  # words of a user are no markup
    assert "no decision on record" in said


def test_presumptions_are_listed_and_confirmed(run: Run, case: Case) -> None:
    assert "never assessed" in run("decision", "presumed", "EX-7")
    case.assess()
    assert "P1: judgements.eu.gdpr.risk confirmed by M" in run(
        "decision", "confirm", "EX-7", RISK, "--why", "w", "--who", "M"
    )
    rows = read(
        run(
            "decision", "presumed", "EX-7", "--format", "json", "--now", "2026-11-22T20:00:00+00:00"
        )
    )
    states = {x["fact"]: (x["state"], x["warning"]) for x in rows}
    assert states[f"judgements.{RISK}"] == ("confirmed", None)
    assert "24 hours" in states["organisation.public"][1]
    assert "confirmed by M" in run("decision", "presumed", "EX-7")


def test_views_of_awareness_are_added_listed_and_chosen(run: Run) -> None:
    said = run(
        "decision", "aware", "EX-7", "2026-11-19T21:00:00+01:00", "--why", "an alert",
        "--says", "IT",
    )  # fmt: skip  # reason: a command reads as a line
    assert "C1: aware at 2026-11-19T20:00:00+00:00, says IT" in said
    assert "Sun 2026-11-22 20:00 UTC" in said
    said = run("decision", "choose", "EX-7", "C1", "--why", "it was read")
    assert "Thu 2026-11-19 20:00 UTC ✓" in said
    said = run("decision", "choose", "EX-7", "2026-11-20T07:45:00+00:00", "--why", "it was not")
    assert "replaces: D1" in said
    found = read(run("decision", "aware", "EX-7", "--format", "json"))
    assert [x["chosen"] for x in found["candidates"]] == [False, True]
    assert "No view of detected" in run("decision", "aware", "EX-7", "--event", "detected")


def test_papers_are_listed_and_a_term_is_set(run: Run) -> None:
    said = run("retention", "EX-7")
    assert "The law names no term" in said
    assert "that is for counsel" in said
    run("retention", "EX-7", "--paper", "register", "--until", "2032-06-30", "--why", "advice")
    (row,) = read(run("retention", "EX-7", "--format", "json"))
    assert (row["paper"], row["end"]) == ("register", "2032-06-30T23:59:59+00:00")
    assert row["stays"] == ["the matter is open"]
    assert row["laws"][0]["citation"] == "GDPR arts 33(5), 5(2)"


def test_a_matter_is_closed_despite_and_opened_again(run: Run, case: Case) -> None:
    with pytest.raises(InputError, match="is required and unmet"):
        run("close", "EX-7", "--why", "over")
    said = run("close", "EX-7", "--why", "over", "--despite", "the acquirer files")
    assert "EX-7: closed" in said
    assert "eu-gdpr-sa@IE: required and not met" in said
    assert "The register of incidents" in said
    assert case.line.state == "closed"
    assert "open again" in run("reopen", "EX-7", "--why", "new facts")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("decision", "set", "EX-7", RISK, "--why", "w"), "write NAME=VALUE"),
        (("decision", "set", "EX-7", f"{RISK}=", "--why", "w"), "write NAME=VALUE"),
        (("decision", "set", "EX-7", f"{RISK}=high"), "--why"),
        (("decision", "set", "EX-7", f"{RISK}=high", "--why", "w", "--at", "today"), "--at"),
        (("decision", "show", "EX-7", "D9"), 'no decision "D9"'),
        (("decision", "choose", "EX-7", "noon", "--why", "w"), "is no instant"),
        (("retention", "EX-7", "--paper", "register"), "goes with --until"),
        (("retention", "EX-7", "--paper", "register", "--until", "2032-01-01"), "--why"),
        (("close", "EX-7"), "--why"),
        (("reopen", "EX-7", "--why", "w"), "is open, not closed"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(
    run: Run, case: Case, words: tuple[str, ...], wanted: str
) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match=wanted):
        run(*words)
    assert len(case.entries) == number
