"""``regengine case evidence``, ``hold``, ``note``, ``engagement``, ``conflict``, ``privilege``."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from regengine.casefile.commands import options

Ran = Any
Run = Callable[..., Ran]
WORD = "zyxomma"  # a word that stands in advice alone
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
INCIDENT = """\
reference: EX-7
organisation: {name: Example DAC, country: IE, role: controller, regimes: []}
timeline: {occurred_from: 2026-11-01T10:00:00+00:00, aware: 2026-11-20T07:45:00+00:00}
"""


class Hands:
    """The clock of the commands, stopped until it is moved."""

    at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    clock = Hands()
    monkeypatch.setattr(options, "clock", clock)
    return clock


@pytest.fixture
def run(terminal: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hands: Hands) -> Run:
    """Run ``regengine case VERB ... EX-7`` in a store of its own, with one matter."""
    assert hands.at == START
    monkeypatch.setenv("REGENGINE_STORE", str(tmp_path / "matters.db"))
    monkeypatch.setenv("REGENGINE_BY", "A. Counsel")
    path = tmp_path / "incident.yaml"
    path.write_text(INCIDENT)
    assert terminal("case", "new", path).status == 0

    def go(words: str, *more: object) -> Ran:
        return terminal("case", *words.split(), "EX-7", *more)

    return go


def done(ran: Ran, *parts: str) -> str:
    """It went well and said so."""
    assert ran.status == 0, ran.err
    for part in parts:
        assert part in ran.out
    return str(ran.out)


def refused(ran: Ran, part: str) -> None:
    """Bad input: status 2, one line, nothing on standard output."""
    assert (ran.status, ran.out) == (2, ""), ran.err
    assert "Traceback" not in ran.err
    assert part in ran.err


def test_evidence_from_the_image_to_the_court(run: Run, tmp_path: Path, hands: Hands) -> None:
    image = tmp_path / "disk.img"
    image.write_bytes(b"sectors")
    words = ("Disk [bold]of[/bold] the laptop", "--what", "image", "--file", image)
    done(run("evidence add", *words, "--taken-by", "B. Lab"), "E1: Disk [bold]of", "SHA-256 ")
    refused(run("evidence add", *words, "--hash", f"md5={'0' * 32}"), "the file's is")
    refused(run("evidence add", *words, "--hash", "md5"), "is not NAME=DIGITS")
    refused(
        run("evidence hand-over", "E1", "--from", "X", "--to", "C", "--why", "analysis"),
        "its custodian is B. Lab",
    )
    done(
        run("evidence hand-over", "E1", "--from", "B. Lab", "--to", "C", "--why", "analysis"),
        "HO1: E1 from B. Lab to C",
    )
    done(run("evidence acknowledge", "HO1", "--who", "C"), "acknowledged by C")
    done(run("evidence check"), "same")
    image.write_bytes(b"Sectors")
    hands.at += timedelta(hours=1)
    found = run("evidence check", "E1")
    assert found.status == 3
    assert "changed" in found.out
    done(run("evidence list"), "Disk [bold]of[/bold]", "changed", "C")
    told = json.loads(done(run("evidence show", "e1", "--format", "json")))
    assert [x["holder"] for x in told["custody"]] == ["B. Lab", "C"]
    assert [x["outcome"] for x in told["checks"]] == ["same", "changed"]
    assert told["checks"][1]["at"] == "2026-11-20T09:00:00+00:00"
    done(run("evidence show", "E1"), "analysis")
    done(run("timeline"), "HO1 E1 from B. Lab to C", "the file of E1 is changed")


def test_several_items_are_handed_over_together_or_not_at_all(run: Run) -> None:
    for title in ("One", "Two"):
        done(run("evidence add", title, "--what", "device", "--custodian", "B"))
    done(run("evidence add", "Three", "--what", "device"))
    words = ("--from", "B", "--to", "C", "--why", "x")
    refused(run("evidence hand-over", "E1,E3", *words), "E3")
    assert json.loads(run("evidence show", "E1", "--format", "json").out)["custody"][-1][
        "holder"
    ] == ("B")
    done(run("evidence hand-over", "E1, E2", *words), "HO2: E2")
    done(run("evidence amend", "E3", "--custodian", "B", "--why", "asked"))
    refused(run("evidence amend", "E3", "--why", "asked"), "says nothing new")
    done(run("evidence check"), "not checked, no hash or no place: E1, E2, E3")


def test_logs_count_down_and_the_unknown_stays_unknown(run: Run) -> None:
    done(
        run("evidence log", "Firewall", "--keeps", "30 days", "--owner", "B"),
        "LS1: Firewall, later, needed records until Tue 2026-12-01 10:00 UTC",
    )
    done(run("evidence log", "Door access"), "not known", "How long does Door access keep")
    refused(run("evidence log", "Proxy", "--keeps", "long"), "is no period")
    refused(run("evidence log", "Proxy", "--item", "E1"), "says who secured it")
    rows = json.loads(
        done(run("evidence logs", "--format", "json", "--now", "2026-11-30T00:00:00Z"))
    )
    assert [(x["id"], x["level"], x["lost_at"]) for x in rows] == [
        ("LS1", "urgent", "2026-12-01T10:00:00+00:00"),
        ("LS2", "unknown", None),
    ]
    out = done(run("evidence logs", "--zone", "Asia/Tokyo"), "2026-12-01 19:00")
    assert "unknown" in out
    done(run("evidence log", "LS2", "--keeps", "unlimited"), "kept without end")
    done(run("evidence log", "ls1", "--secured-by", "B"), "secured")
    refused(run("evidence log", "LS1", "--secured-by", "B"), "secured already")


def test_the_tasks_of_logs_move_with_the_time_line(run: Run) -> None:
    done(run("evidence log", "Firewall", "--keeps", "30 days"))
    done(run("set", "timeline.occurred_from=2026-10-25T10:00:00+00:00"))
    done(run("evidence logs", "--redate"))
    rows = json.loads(done(run("timeline", "--kinds", "task", "--format", "json")))
    assert [x["body"]["due"][:10] for x in rows] == ["2026-12-01", "2026-11-24"]


def test_the_three_phases_are_listed_with_what_shows_them(run: Run) -> None:
    done(run("evidence add", "Policy export", "--what", "file"))
    done(run("evidence control", "Disk encrypted", "--kind", "encryption"), "EP1")
    done(run("evidence control", "Ransom note", "--phase", "intruder"), "EP2")
    refused(run("evidence control", "x", "--phase", "during"), "phase")
    refused(run("evidence control", "x", "--item", "E7"), "no evidence")
    refused(run("evidence control", "EP1"), "whether it was in force")
    done(run("evidence control", "EP1", "--in-force", "--item", "E1"))
    done(run("evidence phases"), "What the intruder left", "encryption", "nothing on record")
    told = json.loads(done(run("evidence phases", "--format", "json")))
    assert [(x["working"], x["items"]) for x in told["before"]] == [(True, ["E1"])]
    assert told["intruder"][0]["working"] is None


def test_a_hold_from_the_draft_to_the_release(run: Run, hands: Hands) -> None:
    words = ("Mail on the laptop", "--reason", "claims", "--contact", "c@example.org")
    done(
        run("hold start", *words, "--custodian", "Ann", "--system", "chat"),
        "LH1: begun; custodians: 1",
    )
    done(run("hold extend", "LH1", "--custodian", "Ben"), "custodians: 2")
    done(run("hold send", "LH1", "--draft"), "To: Ann, Ben", "Mail on the laptop")
    done(run("hold show"), "not sent", "still deletes")
    done(run("hold send", "LH1"), "Please keep these records: EX-7")
    refused(run("hold send", "LH1"), "nobody is left")
    done(run("hold acknowledge", "LH1", "Ann"), "1 of 2 acknowledged")
    done(run("hold remind", "LH1"), "nobody is silent")
    hands.at += timedelta(days=3)
    done(run("hold remind", "LH1"), "reminded: Ben")
    done(run("hold off", "LH1", "chat", "--who", "IT"), "deletes no more")
    told = json.loads(done(run("hold show", "--format", "json")))
    assert [len(x["reminded"]) for x in told[0]["custodians"]] == [0, 1]
    done(run("hold release", "LH1", "--why", "settled"), "has ended on 2026-11-23: settled.")
    refused(run("hold release", "LH1", "--why", "again"), "was released")
    done(run("hold show"), "released")


def test_the_facts_of_every_command_are_free_of_advice(run: Run, tmp_path: Path) -> None:
    done(
        run(
            "engagement add", "Firm LLP", "--role", "outside_counsel", "--purpose", "advice",
            "--engaged-by", "G", "--since", "2026-11-19", "--privilege", "US",
            "--person", "A. Counsel", "--client", "C. Chief",
        ),
        "EN1: Firm LLP",
    )  # fmt: skip  # reason: one line of a command
    done(run("note add", "The laptop was in the car."), "N1: facts")
    paper = tmp_path / f"{WORD}.txt"
    paper.write_text(WORD)
    advice = ("--advice", "--label", "attorney-client", "--to", "C. Chief")
    out = done(run("note add", f"We should {WORD}.", *advice, "--file", paper), "N2: advice")
    assert WORD not in out
    assert "beware" not in out
    done(run("note share", "N2", "--to", "Press", "--how", WORD), "outside the engaged circle")
    done(run("note add", "Nothing suggests misuse.", "--kind", "message"), "N3: facts")
    done(
        run("conflict open", WORD, "--advice", "N2", "--message", "N3", "--option", WORD),
        "CF1: open",
    )
    refused(run("note add", "As N2 says."), "names N2, which is advice")
    refused(run("note add", "x", "--label", "attorney-client"), "say that it is advice")
    hold = (WORD, "--reason", WORD, "--contact", "c", "--custodian", "Ann", "--advice")
    done(run("hold start", *hold))
    done(
        run(
            "engagement add", "Talks", "--role", "negotiator", "--purpose", WORD,
            "--engaged-by", "Firm LLP", "--advice",
        )
    )  # fmt: skip  # reason: one line of a command
    for verb in (
        "note list", "hold show", "engagement list", "privilege log", "evidence list",
        "evidence logs", "evidence phases",
    ):  # fmt: skip  # reason: a list of words
        for form in ("table", "json"):
            assert WORD not in done(run(verb, "--format", form)), verb
    assert WORD in done(run("note list", "--advice"))
    assert WORD in done(run("hold show", "--advice"))
    assert WORD in done(run("engagement list", "--advice"))
    assert WORD in done(run("conflict list"), "open")
    log = json.loads(done(run("privilege log", "--format", "json")))
    assert [x["record"] for x in log] == ["N2", "DI1", "CF1", "LH1", "EN2"]
    assert log[0]["recipients"] == ["C. Chief", "Press"]
    risks = run("privilege check")
    assert risks.status == 3
    assert "Press" in risks.out
    assert WORD not in risks.out
    done(
        run("conflict decide", "CF1", "1", "--who", "C. Chief", "--why", "not proven"),
        "decided by C. Chief",
    )
    done(run("conflict list"), WORD, "not proven")
    done(run("engagement end", "EN1", "--on", "2026-11-20"), "ended 2026-11-20")
    refused(run("engagement end", "EN1", "--on", "20.11.2026"), "is no date")


def test_tracks_that_are_apart_are_said_to_be(run: Run) -> None:
    done(run("note add", "The laptop was in the car."))
    done(run("privilege check"), "The tracks are apart")


def test_the_card_is_printed_with_every_label(terminal: Run) -> None:
    out = done(terminal("case", "privilege", "card"), "How to write in this matter")
    for label in ("none", "attorney-client", "work-product", "common-interest", "eu-lpp"):
        assert f"--label {label}:" in out
    assert "C-550/07 P" in out
