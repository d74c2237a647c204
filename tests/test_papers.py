"""The commands of paper: written whole or not at all, answered, followed up, signed, checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regengine import load_incident
from regengine.documents.records import earlier
from regengine.errors import InputError

NOW = "2026-11-23T09:00:00+00:00"
LATER = "2026-11-25T09:00:00+00:00"
TEXT = """
reference: EX-9
title: A misdirected file
reporter: {name: Dana Reyes, title: Counsel, email: dana@example.org, phone: "+353 1 5550100"}
signatory: {name: Dana Reyes, title: Counsel}
organisation: {name: Example DAC, country: IE, zone: Europe/Dublin, establishments: [IE], operates_in: [IE], role: controller, public: false}
timeline: {occurred_from: 2026-11-20T10:00:00+00:00, aware: 2026-11-21T10:00:00+00:00}
incident: {kinds: [misdirected], accessed: true, acquired: false, disclosed: true, malicious: false, contact_data_missing: false}
description: {nature: A list went to the wrong client., cause: A wrong address.}
affected:
  - {group: clients, label: Clients, people: {IE: 40}, data: [name, email], encrypted: false, children: false}
judgements: {eu.gdpr.risk: risk}
"""
DPC = "eu-gdpr-sa@IE"
Terminal = Callable[..., Any]


@pytest.fixture
def incident(tmp_path: Path) -> Path:
    path = tmp_path / "incident.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def record(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "json" / f"{name}.json").read_text())
    return found


def fields(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    return {field["key"]: field for field in record(folder, name)["fields"]}


def test_a_filing_says_how_ready_it_is_and_assess_says_the_same(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    out = tmp_path / "out"
    ran = terminal("file", incident, "--out", out, "--only", DPC, "--now", NOW)
    assert (ran.status, ran.err) == (0, "")
    ready = record(out, DPC)["readiness"]
    assert 0 < ready["ready"] < ready["required"]
    assert len(ready["missing"]) == ready["required"] - ready["ready"]
    assert f"{ready['ready']} of {ready['required']}" in ran.out
    told = json.loads(terminal("assess", incident, "--now", NOW, "--format", "json").out)
    (result,) = [x for x in told["obligations"] if x["key"] == DPC]
    assert result["readiness"] == ready
    table = terminal("assess", incident, "--now", NOW).out
    assert f"notice {ready['ready']} of {ready['required']}" in table


def test_what_is_missing_is_asked_for_in_a_file_that_is_filled_in_and_given_back(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    terminal("file", incident, "--out", first, "--only", DPC, "--now", NOW)
    asked = (first / "answers.yaml").read_text()
    assert "  notice.measures_before:\n" in asked
    filled = asked.replace("  notice.measures_before:\n", "  notice.measures_before: Training\n")
    answers = tmp_path / "answers.yaml"
    answers.write_text(filled)
    words = ("--only", DPC, "--now", NOW, "--answers", answers)
    assert terminal("file", incident, "--out", second, *words).status == 0
    assert "notice.measures_before" not in (second / "answers.yaml").read_text()
    before, after = record(first, DPC)["readiness"], record(second, DPC)["readiness"]
    assert after["ready"] > before["ready"]
    assert any(field["lines"] == ["Training"] for field in fields(second, DPC).values())


def test_an_untouched_file_of_answers_changes_nothing(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    terminal("file", incident, "--out", first, "--only", DPC, "--now", NOW)
    words = ("--only", DPC, "--now", NOW, "--answers", first / "answers.yaml")
    assert terminal("file", incident, "--out", second, *words).status == 0
    assert (first / f"{DPC}.pdf").read_bytes() == (second / f"{DPC}.pdf").read_bytes()


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ("answers: {ie-dpc.r14_sectr: x}", 'no field "r14_sectr"; did you mean "r14_sector"'),
        ("answers: {ie-dpc.r14_sector: Neither}", '"Neither" is no option'),
        ("facts: {}", 'holds "answers" alone, found "facts"'),
        ("answers: [", "answers.yaml"),
    ],
)
def test_an_answer_that_cannot_be_is_one_line_and_nothing_is_written(
    answers: str, fault: str, incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(answers)
    words = ("--only", DPC, "--now", NOW, "--answers", file)
    ran = terminal("file", incident, "--out", tmp_path / "out", *words)
    assert ran.status == 2
    assert len(ran.faults) == 1
    assert fault in ran.faults[0]
    assert not (tmp_path / "out").exists()


def test_a_supplement_is_a_document_of_its_own_that_tells_what_has_changed(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    terminal("file", incident, "--out", first, "--only", DPC, "--now", NOW)
    more = TEXT.replace("IE: 40", "IE: 55") + "filings:\n"
    more += f"  - {{obligation: {DPC}, at: 2026-11-23T10:00:00+00:00, reference: IN-7}}\n"
    incident.write_text(more)
    words = ("--only", DPC, "--now", LATER, "--since", first)
    assert terminal("file", incident, "--out", second, *words).status == 0
    made = record(second, f"{DPC}--supplement-1")
    assert made["act"] == "supplement"
    changes = {x["label"]: (x["before"], x["now"]) for x in made["changes"]}
    assert (["40 people"], ["55 people"]) in changes.values()
    assert all(before != now for before, now in changes.values())
    page = (second / "html" / f"{DPC}--supplement-1.html").read_text()
    assert "compare with what was sent" in page


def test_without_the_earlier_folder_the_draft_says_that_changes_are_not_shown(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    sent = f"filings:\n  - {{obligation: {DPC}, at: 2026-11-23T10:00:00+00:00}}\n"
    incident.write_text(TEXT + sent)
    out = tmp_path / "out"
    terminal("file", incident, "--out", out, "--only", DPC, "--now", LATER)
    assert record(out, f"{DPC}--supplement-1")["changes"] is None
    page = (out / "html" / f"{DPC}--supplement-1.html").read_text()
    assert "its record is not at hand" in page


def test_a_duty_that_was_filed_and_is_not_owed_can_be_withdrawn(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    unlikely = "{value: unlikely, by: DPO, at: 2026-11-24, why: Returned unread., written: true}"
    text = TEXT.replace("eu.gdpr.risk: risk", f"eu.gdpr.risk: {unlikely}")
    text += f"filings:\n  - {{obligation: {DPC}, at: 2026-11-23T10:00:00+00:00, reference: IN-7}}\n"
    incident.write_text(text)
    out, whole = tmp_path / "out", tmp_path / "whole"
    ran = terminal("file", incident, "--out", whole, "--now", LATER)
    assert "no longer owed on these facts: eu-gdpr-sa@IE" in ran.err
    assert not (whole / f"{DPC}--withdrawal.pdf").exists()
    ran = terminal("file", incident, "--out", out, "--only", DPC, "--now", LATER)
    assert ran.status == 0
    made = record(out, f"{DPC}--withdrawal")
    assert made["act"] == "withdrawal"
    assert "Withdraw only if counsel" in (out / "html" / f"{DPC}--withdrawal.html").read_text()


def test_papers_that_are_changed_are_found_by_their_receipt(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    out = tmp_path / "out"
    terminal("file", incident, "--out", out, "--only", DPC, "--now", NOW)
    assert terminal("verify", out, incident).status == 0
    (out / f"{DPC}.docx").write_bytes(b"other")
    (out / "note.txt").write_text("counsel's own")
    ran = terminal("verify", out, "--format", "json")
    assert ran.status == 3
    told = {(one["about"], one["file"]) for one in json.loads(ran.out)}
    assert told == {("changed", f"{DPC}.docx"), ("unlisted", "note.txt")}


def test_verify_wants_an_incident_for_what_belongs_to_one(
    tmp_path: Path, terminal: Terminal
) -> None:
    ran = terminal("verify", tmp_path, "--answers", tmp_path / "a.yaml")
    assert ran.status == 2
    assert "belong to an incident file" in ran.faults[0]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--sign", "nowhere.p12"), "nowhere.p12: no such file"),
        (("--timestamp", "https://tsa.example"), "give --sign too"),
    ],
)
def test_a_signer_who_is_missing_is_told_before_anything_is_written(
    words: tuple[str, ...], fault: str, incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    ran = terminal("file", incident, "--out", tmp_path / "out", "--now", NOW, *words)
    assert ran.status == 2
    assert fault in ran.faults[0]
    assert not (tmp_path / "out").exists()


def test_a_claim_that_the_facts_deny_ends_with_status_three(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    text = TEXT.replace("A wrong address.", "A wrong address. There is no evidence of misuse.")
    incident.write_text(text.replace("accessed: true", "accessed: true, misuse_seen: true"))
    ran = terminal("file", incident, "--out", tmp_path / "out", "--only", DPC, "--now", NOW)
    assert ran.status == 3
    assert (tmp_path / "out" / "contradictions.pdf").is_file()
    ran = terminal("contradictions", incident, "--now", NOW, "--format", "json")
    assert ran.status == 3
    assert json.loads(ran.out)["found"]["contradiction"] > 0


def test_briefs_and_the_register_are_written_alone(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    board, shift = tmp_path / "board.pdf", tmp_path / "shift.pdf"
    assert terminal("brief", incident, "--out", board, "--now", NOW).status == 0
    words = ("--shift", "8", "--since", "2026-11-23T01:00:00+00:00")
    assert terminal("brief", incident, "--out", shift, "--now", NOW, *words).status == 0
    assert board.read_bytes()[:5] == shift.read_bytes()[:5] == b"%PDF-"
    ran = terminal("brief", incident, "--out", board, "--since", NOW)
    assert "give --shift HOURS too" in ran.faults[0]
    table = tmp_path / "register.csv"
    words = (incident, "examples/lost-laptop.yaml", "--out", table, "--now", NOW)
    assert terminal("register", *words).status == 0
    rows = table.read_text(encoding="utf-8-sig").splitlines()
    assert sum(row.startswith(('"EX-9"', '"EX-2026-006"')) for row in rows) == 2
    ran = terminal("register", incident, "--out", tmp_path / "register.xls", "--now", NOW)
    assert 'no form "xls"' in ran.faults[0]


def test_a_folder_without_records_is_no_earlier_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no notices of an earlier run"):
        earlier(tmp_path)
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "a.json").write_text('{"schema": "regengine.filing/1"}')
    with pytest.raises(InputError, match=r"a\.json.*field required"):
        earlier(tmp_path)


def test_every_format_of_a_notice_stands_beside_it(
    incident: Path, tmp_path: Path, terminal: Terminal
) -> None:
    out = tmp_path / "out"
    terminal("file", incident, "--out", out, "--now", NOW)
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {f"{DPC}.pdf", f"{DPC}.docx", f"html/{DPC}.html", f"json/{DPC}.json"} <= found
    assert f"portal/{DPC}.portal.html" in found
    sheet = (out / "portal" / f"{DPC}.portal.html").read_text()
    assert "default-src 'none'" in sheet
    assert "<script" not in sheet
    assert load_incident(incident).reference == "EX-9"
