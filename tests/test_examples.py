"""Every example under every command; what a matter's results are is kept in snapshots.

After a change of law or engine that is meant to change results, write the snapshots anew
with ``python tests/test_examples.py`` (or ``make snapshots``) and read the difference line
by line before it is committed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from regengine import assess, load_incident, options
from regengine.assess import open_corpus
from regengine.assessment import Assessment, Result, assessment_schema, is_named
from regengine.documents import with_readiness
from regengine.inference import durable_available
from regengine.intake import dump, read_incident, schema, warnings
from regengine.plain import read_file

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples"
SNAPSHOTS = Path(__file__).parent / "snapshots"
ZONE = "Asia/Tokyo"
_ROW = re.compile(r"^\| \[([^\]]+)\]\(\1\) \| (\S+) \|", re.MULTILINE)
# Paper takes a while: these write every kind of it.
ON_PAPER = (
    "misdirected-letter.json",
    "product-vulnerability.yaml",
    "hospital-business-associate.toml",
)

NOWS = dict(_ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8")))
NAMES = sorted(NOWS)
each = pytest.mark.parametrize("name", NAMES)


@cache
def assessed(name: str, *, everything: bool = False) -> Assessment:
    incident = load_incident(FOLDER / name)
    return assess(incident, now=datetime.fromisoformat(NOWS[name]), everything=everything)


@cache
def published() -> Any:
    return jsonschema.Draft202012Validator(assessment_schema())


def summary(found: Assessment) -> list[dict[str, Any]]:
    """Keep of each result what a lawyer would look at first."""
    lines = [
        {
            "key": result.key,
            "status": result.status,
            "kind": result.deadline.kind,
            "due_at": _written(result.deadline.due_at),
            "latest_defensible": _written(result.deadline.latest_defensible),
        }
        for result in found.obligations
    ]
    return sorted(lines, key=lambda line: str(line["key"]))


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def snapshot(name: str) -> str:
    """Write a summary with one result a line, so that a change is a line of a diff."""
    lines = ",\n".join(json.dumps(line, ensure_ascii=False) for line in summary(assessed(name)))
    return f"[\n{lines}\n]\n"


def kept(name: str) -> Path:
    return SNAPSHOTS / f"{name.partition('.')[0]}.json"


# -- the files ----------------------------------------------------------------------------


def test_every_example_is_listed_with_its_now() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.is_file()} - {"README.md"}
    assert files == set(NAMES)
    assert len(NAMES) >= 9


@each
def test_header_says_the_now_that_the_list_says(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert datetime.fromisoformat(NOWS[name]).utcoffset() is not None
    if not name.endswith(".json"):  # JSON has no comments
        assert f"# now: {NOWS[name]}\n" in text


@each
def test_file_is_valid_and_written_back_unchanged(name: str) -> None:
    incident = load_incident(FOLDER / name)
    words = open_corpus().vocabulary
    assert read_incident(dump(incident), words) == incident
    jsonschema.validate(json.loads(json.dumps(dump(incident), default=str)), schema(words))
    assert read_file(FOLDER / name)["schema"] == "regengine.incident/1"


@each
def test_facts_raise_no_warning(name: str) -> None:
    assert warnings(load_incident(FOLDER / name), datetime.fromisoformat(NOWS[name])) == ()


# -- the results --------------------------------------------------------------------------


@each
def test_results_are_as_they_were_read_and_kept(name: str) -> None:
    assert json.loads(snapshot(name)) == json.loads(kept(name).read_text(encoding="utf-8"))


def test_no_snapshot_is_left_behind() -> None:
    assert {path.name for path in SNAPSHOTS.glob("*.json")} == {kept(name).name for name in NAMES}


@pytest.mark.skipif(not durable_available(), reason="durable-rules cannot be imported here")
@each
def test_both_engines_agree(name: str) -> None:
    found = assessed(name)
    assert found.checked
    incident, now = load_incident(FOLDER / name), datetime.fromisoformat(NOWS[name])
    other = assess(incident, now=now, engine="chainer")
    assert (found.inference, other.inference) == ("durable", "chainer")
    assert other.obligations == found.obligations


@each
def test_every_obligation_is_one_of_the_law(name: str) -> None:
    contracts = {f"contract-{item.id}" for item in load_incident(FOLDER / name).contracts}
    known = set(open_corpus().home) | contracts
    for result in assessed(name, everything=True).obligations:
        assert result.id in known
        assert result.key.startswith(f"{result.id}@{result.jurisdiction}")


@each
def test_keys_are_unique(name: str) -> None:
    keys = [result.key for result in assessed(name, everything=True).obligations]
    assert len(keys) == len(set(keys))


def _required(name: str) -> Iterator[Result]:
    return (item for item in assessed(name).obligations if item.status == "required")


@each
def test_every_required_date_has_its_proof(name: str) -> None:
    for result in _required(name):
        deadline = result.deadline
        assert result.citation, result.key
        assert result.sources or result.law_status == "contractual", result.key
        assert result.why, result.key
        assert deadline.kind != "none", result.key
        if deadline.kind == "fixed":
            assert deadline.due_at is not None, result.key
            assert deadline.due_at.utcoffset() is not None, result.key
            assert deadline.trace, result.key
            assert any(step.citation for step in deadline.trace), result.key
            assert deadline.starts is not None, result.key


@each
def test_the_safe_instant_is_never_later_than_the_arguable_one(name: str) -> None:
    for result in assessed(name, everything=True).obligations:
        deadline = result.deadline
        if deadline.due_at is not None and deadline.latest_defensible is not None:
            assert deadline.due_at < deadline.latest_defensible, result.key
            assert any(step.to for step in deadline.trace), result.key


@each
def test_what_is_not_required_says_why_and_has_no_date(name: str) -> None:
    for result in assessed(name, everything=True).obligations:
        if result.status == "not_required":
            assert result.deadline.kind == "none", result.key
            assert result.deadline.due_at is None, result.key
            assert any(step.because or step.concludes for step in result.why), result.key
        if result.status == "possible":
            assert result.open_facts or result.law_status != "in_force", result.key


@each
def test_open_questions_settle_results_of_the_list(name: str) -> None:
    listed = assessed(name, everything=True).obligations
    for question in assessed(name).open_questions:
        assert question.question
        assert question.decides
        elsewhere = question.fact in {item.fact for item in assessed(name).summaries}
        for word in question.decides:
            # Where people of unknown residence live decides laws of places not in play, too.
            known = elsewhere and word.partition("@")[0] in open_corpus().home
            assert known or any(is_named(result, word) for result in listed), word


@each
def test_all_adds_and_never_takes_away(name: str) -> None:
    some = {item.key: item.status for item in assessed(name).obligations}
    whole = {item.key: item.status for item in assessed(name, everything=True).obligations}
    assert some.items() <= whole.items()


# -- the commands -------------------------------------------------------------------------


@each
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_assess_prints_every_form(
    name: str, form: str, terminal: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if form != "json":  # the same results, printed in another form
        monkeypatch.setattr(options, "assess_incident", lambda *_, **__: assessed(name))
    ran = terminal("assess", FOLDER / name, "--now", NOWS[name], "--format", form, "--zone", ZONE)
    assert (ran.status, ran.err) == (0, "")
    plain = ran.out.replace("\\", "")
    assert all(result.key in plain for result in _required(name))
    if form == "json":
        published().validate(json.loads(ran.out))
        assert json.loads(ran.out)["checked"] is durable_available()


@each
def test_assess_takes_all_only_and_as_of(name: str, terminal: Callable[..., Any]) -> None:
    base = ("assess", FOLDER / name, "--now", NOWS[name], "--format", "json")
    whole = json.loads(terminal(*base, "--all").out)
    published().validate(whole)
    assert len(whole["obligations"]) >= len(assessed(name).obligations)
    only = json.loads(terminal(*base, "--only", "possible,required").out)["obligations"]
    assert {item["status"] for item in only} <= {"possible", "required"}
    earlier = json.loads(terminal(*base, "--as-of", "2024-06-30").out)
    published().validate(earlier)
    assert earlier["as_of"] == "2024-06-30"


@each
def test_explain_proves_every_required_result(
    name: str, terminal: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = assessed(name, everything=True)
    monkeypatch.setattr(options, "assess_incident", lambda *_, **__: whole)
    for duty in sorted({item.id for item in _required(name)}):
        ran = terminal("explain", FOLDER / name, duty, "--now", NOWS[name], "--zone", ZONE)
        assert (ran.status, ran.err) == (0, "")
        assert duty in ran.out


@pytest.mark.filterwarnings(
    # The library that subsets fonts leaves them to the garbage collector.
    "ignore:Exception ignored in.*FileIO:pytest.PytestUnraisableExceptionWarning",
    "ignore:unclosed file.*[.]ttf:ResourceWarning",
)
@pytest.mark.parametrize("name", ON_PAPER)
def test_filings_and_checklist_are_written(
    name: str, terminal: Callable[..., Any], tmp_path: Path
) -> None:
    pytest.importorskip("weasyprint", reason="the extra regengine[documents] is not installed")
    papers, list_ = tmp_path / "papers", tmp_path / "list.pdf"
    words = ("file", FOLDER / name, "--out", papers, "--now", NOWS[name], "--format", "json")
    ran = terminal(*words)
    assert ran.status == 0
    written = json.loads(ran.out)
    running = [item for item in _required(name) if item.deadline.kind in ("fixed", "soft")]
    assert len(running) >= 1
    told = {key for paper in written["papers"] for key in paper["keys"]}
    assert {item.key for item in running} <= told
    assert {Path(paper["path"]).parent for paper in written["papers"]} == {papers}
    assert all(Path(paper["path"]).stat().st_size for paper in written["papers"])
    assert written["contradictions"] == [] or not any(
        one["severity"] == "contradiction" for one in written["contradictions"]
    )
    assert {path.name for path in papers.iterdir()} >= {
        "checklist.pdf", "deadlines.ics", "deadlines.csv", "assessment.json", "receipt.json",
        "index.html", "board-brief.pdf", "shift-brief.pdf",
    }  # fmt: skip  # reason: a list of names
    assert terminal("verify", papers).status == 0
    ran = terminal("checklist", FOLDER / name, "--out", list_, "--now", NOWS[name])
    assert ran.status == 0
    assert list_.read_bytes().startswith(b"%PDF-")


# -- the same anywhere ----------------------------------------------------------------------


def _bytes(name: str, machine_zone: str, seed: str, *words: str) -> bytes:
    code = "from regengine.cli import run; run()"
    command = [
        sys.executable,
        "-c",
        code,
        "assess",
        f"examples/{name}",
        "--now",
        NOWS[name],
        *words,
    ]
    surroundings = os.environ | {"TZ": machine_zone, "PYTHONHASHSEED": seed, "COLUMNS": "100"}
    return subprocess.run(  # noqa: S603  # reason: this interpreter, on our own file
        command, cwd=ROOT, env=surroundings, check=True, capture_output=True
    ).stdout


@pytest.mark.parametrize("name", ["retail-ransomware.yaml", "world-insurer.toml"])
def test_the_machine_s_zone_and_hash_seed_change_no_byte(name: str) -> None:
    first = _bytes(name, "Pacific/Kiritimati", "1", "--format", "json")
    assert first == _bytes(name, "America/Adak", "2", "--format", "json")
    incident = load_incident(FOLDER / name)
    now = datetime.fromisoformat(NOWS[name])
    found = with_readiness(incident, assess(incident, now=now))
    assert first.decode() == found.to_json()


def test_the_table_is_the_same_in_another_zone() -> None:
    name = "lost-laptop.yaml"
    assert _bytes(name, "Asia/Kolkata", "1") == _bytes(name, "UTC", "2")


@pytest.mark.parametrize("name", ["bank-dora.yaml", "telecom.yaml"])
def test_now_in_another_offset_is_the_same_now(name: str, terminal: Callable[..., Any]) -> None:
    utc = datetime.fromisoformat(NOWS[name]).astimezone(UTC)
    shifted = utc.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+09:00").tzinfo)
    words = ("assess", FOLDER / name, "--format", "json", "--now")
    first = json.loads(terminal(*words, utc.isoformat()).out)
    second = json.loads(terminal(*words, shifted.isoformat()).out)
    assert datetime.fromisoformat(first.pop("now")) == datetime.fromisoformat(second.pop("now"))
    assert first == second


if __name__ == "__main__":
    SNAPSHOTS.mkdir(exist_ok=True)
    for kept_name in NAMES:
        kept(kept_name).write_text(snapshot(kept_name), encoding="utf-8")
