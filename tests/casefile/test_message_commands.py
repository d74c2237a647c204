"""The commands of messages, tasks and containment: what they print, and their exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import START, Clock
from typer.testing import CliRunner, Result

from regengine.casefile.case import Case
from regengine.casefile.commands import options
from regengine.casefile.commands.app import app
from regengine.casefile.telling import told

pytestmark = pytest.mark.usefixtures("case")


@pytest.fixture(autouse=True)
def at_the_tests_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock, url: str) -> None:
    monkeypatch.setattr(options, "clock", clock)
    monkeypatch.setenv("REGENGINE_STORE", url)
    monkeypatch.setenv("REGENGINE_BY", "A. Counsel")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refused(*words: str) -> str:
    """Run what is refused, and give what was said: the main program prints it and exits with 2."""
    made = run(*words)
    assert made.exit_code != 0
    return f"{made.output} {made.exception}"


def test_a_message_is_drafted_approved_and_sent_and_its_promise_is_a_task(case: Case) -> None:
    text = "We are sorry. We will write to you within 10 days."
    assert run("message", "draft", "EX-7", "partners", "--text", text).exit_code == 0
    assert run("message", "approve", "EX-7", "M1", "--who", "C. Chief").exit_code == 0
    assert run("message", "send", "EX-7", "M1", "--reached", "12").exit_code == 0
    listed = json.loads(run("task", "list", "EX-7", "--format", "json").stdout)
    assert [(x["origin"], x["due"]) for x in listed] == [("M1", "2026-11-30T08:00:00Z")]
    shown = json.loads(run("message", "show", "EX-7", "M1", "--format", "json").stdout)
    assert (shown["approved_by"], shown["reached"], shown["state"]) == ("C. Chief", 12, "sent")
    assert "M1 to partners" in told(case.entries[-2])


def test_a_contradiction_is_refused_and_the_check_ends_with_3() -> None:
    wrong = "The incident affects 12,000 customers."
    run("message", "draft", "EX-7", "partners", "--text", wrong)
    assert "12,000 customers" in refused("message", "approve", "EX-7", "M1")
    made = run("message", "check", "EX-7", "--format", "json")
    assert made.exit_code == 3
    assert json.loads(made.stdout)[0]["severity"] == "contradiction"
    done = run("message", "approve", "EX-7", "M1", "--despite", "a drill")
    assert "a drill" in done.output


def test_a_text_comes_from_the_option_or_a_file_and_not_from_both(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes("We are sorry, Zoë.".encode())
    assert run("message", "draft", "EX-7", "press", "--file", str(file)).exit_code == 0
    assert refused("message", "draft", "EX-7", "press")
    assert refused("message", "draft", "EX-7", "press", "--text", "x", "--file", str(file))
    file.write_bytes(b"\xff\xfe\x00")
    assert refused("message", "draft", "EX-7", "press", "--file", str(file))
    assert json.loads(run("message", "list", "EX-7", "--format", "json").stdout)[0]["text"] == (
        "We are sorry, Zoë."
    )


def test_a_holding_statement_is_printed_alone_or_drafted(case: Case) -> None:
    number = len(case.entries)
    assert "Example DAC" in run("message", "holding", "EX-7", "press", "--dry").stdout
    assert len(case.entries) == number
    assert "M1: draft" in run("message", "holding", "EX-7", "press").stdout


def test_audiences_told_different_things_end_with_3() -> None:
    for count, audience in (("900", "partners"), ("700", "press")):
        run("message", "draft", "EX-7", audience, "--text", f"{count} customers are affected.")
    for one in ("M1", "M2"):
        run("message", "approve", "EX-7", one, "--despite", "a drill")
        run("message", "send", "EX-7", one, "--despite", "a drill")
    made = run("message", "told", "EX-7", "--format", "json")
    assert made.exit_code == 3
    assert json.loads(made.stdout)["apart"] == ["count.customers"]


def test_promises_are_listed_added_and_taken_away() -> None:
    run("message", "draft", "EX-7", "partners", "--text", "We will call you.")
    due = "2026-12-01T09:00:00+01:00"
    run("message", "promise", "EX-7", "M1", "--promise", "New passes", "--due", due, "--owner", "B")
    run("message", "promise", "EX-7", "M1", "--none", "We will call you.", "--why", "no")
    made = json.loads(run("message", "promise", "EX-7", "M1", "--format", "json").stdout)
    assert [(x["text"], x["due"]) for x in made] == [("New passes", "2026-12-01T08:00:00Z")]
    bare = "2026-12-01T09:00"
    assert "offset" in refused("message", "promise", "EX-7", "M1", "--promise", "x", "--due", bare)


def test_tasks_are_added_ended_and_overdue_ones_end_with_3(clock: Clock) -> None:
    due = "2026-11-20T09:00:00+00:00"
    assert run("task", "add", "EX-7", "Call", "--stream", "experts", "--due", due).exit_code == 0
    assert run("task", "list", "EX-7").exit_code == 0
    clock.move(hours=2)
    assert run("task", "list", "EX-7").exit_code == 3
    assert run("task", "done", "EX-7", "T1").exit_code == 0
    assert run("task", "list", "EX-7").exit_code == 0
    assert refused("task", "add", "EX-7", "Call", "--stream", "expert")
    run("task", "add", "EX-7", "Write", "--stream", "experts")
    assert "say which" in refused("task", "drop", "EX-7", "T2")


def test_a_destructive_step_ends_with_3_and_is_done_only_despite(case: Case) -> None:
    assert run("contain", "plan", "EX-7", "reimage", "mail-01").exit_code == 3
    assert "not on record" in refused("contain", "did", "EX-7", "X1")
    made = run("contain", "did", "EX-7", "X1", "--despite", "the disk was failing")
    assert "the disk was failing" in made.output
    assert told(case.entries[-3]).endswith("done, without the evidence")


def test_facts_are_fed_from_services_and_a_difference_ends_with_3(case: Case) -> None:
    case.set({"incident.outage.hours": 1})
    begun, end = "2026-11-20T04:00:00+00:00", START.isoformat()
    run("contain", "service", "EX-7", "Shop", "--down-from", begun, "--down-until", end)
    made = run("contain", "feed", "EX-7", "--format", "json")
    assert made.exit_code == 3
    states = {x["path"]: (x["state"], x["set"]) for x in json.loads(made.stdout)}
    assert states["incident.outage.hours"] == ("differs", False)
    assert states["incident.unavailable"] == ("new", True)
    assert run("contain", "feed", "EX-7", "--replace", "incident.outage.hours").exit_code == 0
    assert run("contain", "list", "EX-7").exit_code == 0
    assert refused("contain", "service", "EX-7", "Shop", "--critical", "perhaps")
