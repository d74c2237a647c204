"""The command line: every command and option, every exit status, one line for each fault."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regengine import options
from regengine.inference import durable_available
from regengine.version import VERSION

ROOT = Path(__file__).parents[1]
LAPTOP = ROOT / "examples" / "lost-laptop.yaml"
NOW = "2026-11-23T09:00:00+00:00"
CLEAN = Path(__file__).parent / "bad" / "law" / "clean"
COMMANDS = (
    "assess",
    "explain",
    "file",
    "checklist",
    "deadline",
    "law",
    "schema",
    "vocabulary",
    "version",
)
LAW_COMMANDS = ("list", "show", "diff", "check")
Terminal = Callable[..., Any]


def refused(ran: Any, *wanted: str) -> None:
    """Bad input: status 2, a line for each fault, nothing on standard output."""
    assert ran.status == 2, ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert len(ran.faults) == len(wanted), ran.err
    for line, part in zip(ran.faults, wanted, strict=True):
        assert line.startswith("regengine: ")
        assert part in line


# -- help ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("--help",), ("-h",)])
def test_help_names_every_command(words: tuple[str, ...], terminal: Terminal) -> None:
    ran = terminal(*words)
    assert (ran.status, ran.err) == (0, "")
    for command in COMMANDS:
        assert re.search(rf"^│ {command} +[A-Z]", ran.out, re.MULTILINE), command


@pytest.mark.parametrize(
    "words",
    [*((name,) for name in COMMANDS), *(("law", name) for name in LAW_COMMANDS)],
    ids=" ".join,
)
def test_each_command_has_help_that_says_something_of_every_option(
    words: tuple[str, ...], terminal: Terminal
) -> None:
    ran = terminal(*words, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert f"regengine {' '.join(words)}" in ran.out
    for line in ran.out.splitlines():
        option = re.match(r"│ [* ] +(--[a-z-]+)|│ (--[a-z-]+)", line)
        if option:
            assert re.search(r"[a-z]{2,}", line[option.end() :]), line


def test_no_command_shows_the_help(terminal: Terminal) -> None:
    assert "Usage: regengine" in terminal().out


# -- wrong use ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("asess", "x.yaml"), "no such command 'asess'"),
        (("assess",), "missing argument 'incident_file'"),
        (("assess", LAPTOP, "--formt", "json"), "no such option: --formt"),
        (("assess", LAPTOP, "--format", "tabel"), "'tabel' is not one of 'table', 'json', 'markdown'"),
        (("assess", LAPTOP, "--engine", "rete"), "'rete' is not one of 'durable', 'chainer'"),
        (("assess", LAPTOP, "more"), "unexpected extra argument"),
        (("explain", LAPTOP), "missing argument 'obligation'"),
        (("file", LAPTOP), "missing option '--out'"),
        (("checklist", LAPTOP), "missing option '--out'"),
        (("deadline",), "missing option '--start'"),
        (("schema", "law"), "'law' is not one of 'incident', 'assessment'"),
        (("law", "list", "--format", "markdown"), "'markdown' is not one of 'table', 'json'"),
        (("law", "diff", "2026-01-01"), "missing argument"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line_and_points_to_help(
    words: tuple[object, ...], wanted: str, terminal: Terminal
) -> None:
    ran = terminal(*words)
    refused(ran, wanted)
    assert ran.err.rstrip().endswith("--help")


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--now", "2026-11-23T09:00:00"), '--now: "2026-11-23T09:00:00" has no offset; add one, like 2026-11-23T09:00:00+00:00'),
        (("--now", "2026-11-23"), "has no offset; add one, like 2026-11-23T00:00:00+00:00"),
        (("--now", "yesterday"), '--now: "yesterday" is no instant'),
        (("--now", "0001-01-01T00:00:00+14:00"), '--now: "0001-01-01T00:00:00+14:00" is beyond the years'),
        (("--as-of", "2026-02-30"), '--as-of: "2026-02-30" is no date; write it like 2026-11-21'),
        (("--as-of", "21.11.2026"), '--as-of: "21.11.2026" is no date'),
        (("--as-of", "9999-12-31"), '--as-of: "9999-12-31" is beyond the years'),
        (("--zone", "Europe/Dubln"), 'did you mean "Europe/Dublin"?'),
        (("--zone", "../../etc/passwd"), "--zone: "),
        (("--zone", ""), "--zone: "),
        (("--only", "us-ca-resident"), 'did you mean "us-ca-residents'),
        (("--only", " , "), "--only: names nothing"),
        (("--law", "/nonexistent"), "/nonexistent/rules: no folder of law files here"),
    ],
)  # fmt: skip
def test_wrong_options_are_refused(
    options: tuple[str, ...], wanted: str, terminal: Terminal
) -> None:
    refused(terminal("assess", LAPTOP, *options), wanted)


def test_unknown_obligation_is_refused_with_the_nearest_name(terminal: Terminal) -> None:
    refused(terminal("explain", LAPTOP, "us-ca-resident"), 'did you mean "us-ca-residents')
    refused(terminal("law", "show", "us-ca-resident"), 'did you mean "us-ca-residents"?')
    refused(terminal("deadline", "--obligation", "us-ca-resident", "--start", "2026-11-21"),
            'did you mean "us-ca-residents"?')  # fmt: skip


# -- files --------------------------------------------------------------------------------


def test_missing_file(terminal: Terminal, tmp_path: Path) -> None:
    refused(terminal("assess", tmp_path / "none.yaml"), "none.yaml: no such file")


def test_folder_for_a_file(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "case.yaml"
    folder.mkdir()
    refused(terminal("assess", folder), "case.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("reference: X")
    file.chmod(0)
    refused(terminal("assess", file), "case.yaml")


def test_every_fault_of_a_file_has_its_line(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(
        "reference: X\norganisation: {country: XX, regimes: [eu.nis3]}\ntimeline: {awear: 2026-01-01}\n"
    )
    refused(
        terminal("assess", file),
        "organisation.country",
        "organisation.regimes[0]",
        "timeline.awear",
    )


def test_a_promise_past_the_end_of_dates_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(
        'reference: X\ncontracts: [{id: a, party: P, within: "9000 years", starts: aware}]\n'
    )
    refused(terminal("assess", file), "contracts[0].within: 9000 years is longer than 100 years")


@pytest.mark.parametrize("command", ["file", "checklist"])
def test_bad_input_writes_nothing(command: str, terminal: Terminal, tmp_path: Path) -> None:
    file, out = tmp_path / "case.yaml", tmp_path / "out"
    file.write_text("reference: X\nsurprise: 1\n")
    refused(terminal(command, file, "--out", out), "surprise")
    refused(terminal(command, LAPTOP, "--out", out, "--as-of", "never"), "--as-of")
    assert not out.exists()


def test_out_that_is_a_file(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("mine")
    ran = terminal("file", LAPTOP, "--out", out, "--now", NOW, "--only", "us-ca-residents")
    refused(ran, str(out))
    assert out.read_text() == "mine"


def test_checklist_out_that_is_a_folder(terminal: Terminal, tmp_path: Path) -> None:
    ran = terminal("checklist", LAPTOP, "--out", tmp_path, "--now", NOW)
    refused(ran, str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_missing_extra_says_what_to_install(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("regengine.documents")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("regengine.documents", raising=False)
    for name in ("weasyprint", "jinja2", "pikepdf", "icalendar", "docx"):
        monkeypatch.setitem(sys.modules, name, None)
    refused(
        terminal("checklist", LAPTOP, "--out", tmp_path / "x.pdf"),
        "pip install 'regengine[documents]'",
    )


# -- assess -------------------------------------------------------------------------------


def test_only_keeps_what_it_names(terminal: Terminal) -> None:
    words = ("assess", LAPTOP, "--now", NOW, "--format", "json", "--only")
    by_id = json.loads(terminal(*words, "us-ca-residents,us-ny-ag@US-NY").out)["obligations"]
    assert {item["id"] for item in by_id} == {"us-ca-residents", "us-ny-ag"}
    by_status = json.loads(terminal(*words, "not_required").out)["obligations"]
    assert {item["status"] for item in by_status} == {"not_required"}


@pytest.mark.parametrize("engine", ["durable", "chainer"] if durable_available() else ["chainer"])
def test_either_engine_may_lead(engine: str, terminal: Terminal) -> None:
    ran = terminal("assess", LAPTOP, "--now", NOW, "--format", "json", "--engine", engine)
    assert json.loads(ran.out)["inference"] == engine


def test_all_lists_what_is_not_required_with_its_reason(terminal: Terminal) -> None:
    some = terminal("assess", LAPTOP, "--now", NOW)
    whole = terminal("assess", LAPTOP, "--now", NOW, "--all")
    assert "more are not required; --all lists them" in some.out
    assert "Not required" in whole.out
    assert "Not required" not in some.out


def test_warnings_go_to_standard_error(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(LAPTOP.read_text().replace("good_faith: false", "good_faith: true"))
    ran = terminal("assess", file, "--now", NOW, "--format", "json")
    assert ran.status == 3  # done, and a check found a contradiction
    assert ran.faults == ["warning: incident.good_faith is true, but incident.malicious is true"]
    assert json.loads(ran.out)["warnings"] == [ran.faults[0].removeprefix("warning: ")]


def test_the_clock_is_read_where_no_now_is_given(terminal: Terminal) -> None:
    ran = terminal("assess", LAPTOP, "--format", "json")
    assert json.loads(ran.out)["now"] is not None


def test_text_of_the_file_is_escaped(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("reference: X\ntitle: '[red]a[/red] | b'\norganisation: {country: IE}\n")
    assert "[red]a[/red] | b" in terminal("assess", file, "--now", NOW).out
    shown = terminal("assess", file, "--now", NOW, "--format", "markdown").out
    assert "# \\[red\\]a\\[/red\\] \\| b" in shown


@pytest.mark.parametrize("columns", ["80", "100", "140"])
def test_the_table_keeps_to_the_terminal_and_breaks_no_date(
    columns: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ran = terminal("assess", LAPTOP, "--now", NOW, "--zone", "Australia/Sydney")
    assert max(map(len, ran.out.splitlines())) <= int(columns)
    assert "Sun 2026-12-13 23:59 EST" in ran.out
    assert "= Mon 2026-12-14 15:59 AEDT" in ran.out
    assert "…" not in ran.out


# -- explain ------------------------------------------------------------------------------


def test_explain_shows_steps_citations_and_arithmetic(terminal: Terminal) -> None:
    ran = terminal("explain", LAPTOP, "us-ca-residents", "--now", NOW, "--zone", "Asia/Tokyo")
    assert ran.status == 0
    for part in ("us-ca-residents is owed", "§ 1798.82", "30 days", "2026-12-13", "JST", "sources"):
        assert part in ran.out


def test_explain_takes_a_key_and_an_id_at_a_place(terminal: Terminal) -> None:
    for name in ("us-sd-residents", "us-sd-residents@US-SD"):
        ran = terminal("explain", LAPTOP, name, "--now", NOW)
        assert ran.status == 0
        assert "How many of Members" in ran.out


# -- deadline -----------------------------------------------------------------------------


def test_deadline_of_a_period(terminal: Terminal) -> None:
    words = (
        "deadline",
        "--start",
        "2026-11-20T16:30:00+00:00",
        "--within",
        "72 hours",
        "--place",
        "IE",
    )
    found = json.loads(terminal(*words, "--format", "json").out)
    assert found["due_at"] == "2026-11-23T16:30:00Z"
    assert found["latest_defensible"] == "2026-11-23T17:00:00Z"
    assert found["trace"]
    assert "Mon 2026-11-23 16:30 GMT" in terminal(*words).out


def test_deadline_by_another_counting_rule(terminal: Terminal) -> None:
    words = (
        "deadline",
        "--start",
        "2026-11-20",
        "--within",
        "30 days",
        "--place",
        "US-NY",
        "--format",
        "json",
    )
    plain = json.loads(terminal(*words).out)
    union = json.loads(terminal(*words, "--rule", "eu.1182").out)
    assert plain["due_at"] == "2026-12-20T23:59:59-05:00"
    assert "1182" in json.dumps(union["trace"])
    assert "1182" not in json.dumps(plain["trace"])


def test_deadline_of_an_obligation(terminal: Terminal) -> None:
    ran = terminal(
        "deadline", "--obligation", "us-ca-residents", "--start", "2026-11-13", "--format", "json"
    )
    assert json.loads(ran.out)["due_at"] == "2026-12-13T23:59:59-08:00"


def test_deadline_of_an_obligation_uses_the_places_own_terms(terminal: Terminal) -> None:
    words = ("deadline", "--start", "2026-11-20T16:30:00+00:00", "--format", "json", "--obligation")
    found = json.loads(terminal(*words, "eu-nis2-csirt@FR").out)
    assert [item["obligation"] for item in found][:2] == [
        "eu-nis2-csirt@FR/early_warning", "eu-nis2-csirt@FR/notification",
    ]  # fmt: skip
    assert found[0]["due_at"] == "2026-11-21T17:30:00+01:00"
    assert json.loads(terminal(*words, "eu-nis2-csirt", "--place", "FR").out) == found


def test_deadline_before_the_law_began_is_refused(terminal: Terminal) -> None:
    ran = terminal("deadline", "--obligation", "eu-dora-initial", "--start", "2019-01-01")
    refused(ran, "not in force on 2019-01-01")


@pytest.mark.parametrize("form", ["ics", "pdf"])
def test_deadline_on_paper(form: str, terminal: Terminal) -> None:
    pytest.importorskip("weasyprint", reason="the extra regengine[documents] is not installed")
    ran = terminal(
        "deadline",
        "--start",
        "2026-11-20",
        "--within",
        "30 days",
        "--place",
        "IE",
        "--format",
        form,
    )
    assert ran.status == 0
    assert ran.raw.startswith({"ics": b"BEGIN:VCALENDAR", "pdf": b"%PDF-"}[form])


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--start", "2026-11-20"), "give --within and --place, or --obligation"),
        (("--start", "2026-11-20", "--within", "3 days"), "give --within and --place"),
        (("--start", "soon", "--within", "3 days", "--place", "IE"), '--start: "soon" is no instant'),
        (("--start", "2026-11-20T10:00", "--within", "3 days", "--place", "IE"), "has no offset"),
        (("--start", "2026-11-20", "--within", "three days", "--place", "IE"), "--within: 'three days' is no period"),
        (("--start", "2199-11-20", "--within", "9999 years", "--place", "IE"), "--within: 9999 years from"),
        (("--start", "2026-11-20", "--within", "3 days", "--place", "XX"), 'unknown place "XX"'),
        (("--start", "2026-11-20", "--within", "3 days", "--place", "IE", "--rule", "eu.1128"), 'did you mean "eu.1182"?'),
        (("--start", "2026-11-20", "--obligation", "us-ca-residents", "--within", "3 days"), "stands without"),
        (("--start", "2026-11-20", "--obligation", "us-ca-residents", "--place", "DE"), "does not reach DE, but US-CA"),
    ],
)  # fmt: skip
def test_wrong_deadlines_are_refused(
    options: tuple[str, ...], wanted: str, terminal: Terminal
) -> None:
    refused(terminal("deadline", *options), wanted)


# -- law ----------------------------------------------------------------------------------


def test_law_list_has_the_published_form(terminal: Terminal) -> None:
    found = json.loads(terminal("law", "list", "--format", "json").out)
    ids = {item["id"] for item in found}
    assert {"us-ca-residents", "eu-gdpr-lead-sa"} <= ids
    for item in found:
        assert set(item) == {
            "id", "place", "title", "recipient_kind", "regimes", "confidence", "verified", "status",
            "versions",
        }  # fmt: skip
        for version in item["versions"]:
            assert {"from", "until", "within", "starts", "due"} <= set(version)


def test_law_list_of_a_place(terminal: Terminal) -> None:
    found = json.loads(terminal("law", "list", "--place", "UK", "--format", "json").out)
    assert {item["place"] for item in found} == {"GB"}
    assert "uk-gdpr-ic" in terminal("law", "list", "--place", "GB").out
    refused(terminal("law", "list", "--place", "ZZ"), '--place: unknown place "ZZ"')


def test_law_show_gives_every_term(terminal: Terminal) -> None:
    found = json.loads(terminal("law", "show", "us-ca-residents", "--format", "json").out)
    assert found[0]["terms"][-1]["due"]["within"] == "30 days"
    assert "1798.82" in terminal("law", "show", "us-ca-residents").out


def test_law_diff_of_two_days(terminal: Terminal) -> None:
    found = json.loads(terminal("law", "diff", "2025-12-31", "2026-01-01", "--format", "json").out)
    changed = {item["id"]: item["what"] for item in found}
    assert changed["us-ca-residents"] == "changed"
    assert "obligations differ between" in terminal("law", "diff", "2025-12-31", "2026-01-01").out
    assert (
        json.loads(terminal("law", "diff", "2026-01-01", "2026-01-01", "--format", "json").out)
        == []
    )
    refused(terminal("law", "diff", "2026-01-01", "2026-13-01"), "the second DATE")


def test_law_that_the_user_brings_is_used(terminal: Terminal) -> None:
    ran = terminal("law", "list", "--law", CLEAN, "--format", "json")
    assert {item["id"] for item in json.loads(ran.out)} == {"ie-test-authority", "ie-test-people"}


def test_law_with_faults_is_refused_with_all_of_them(terminal: Terminal, tmp_path: Path) -> None:
    shutil.copytree(CLEAN, tmp_path / "law")
    file = tmp_path / "law" / "rules" / "ie.toml"
    file.write_text(
        file.read_text()
        .replace('starts = "aware"', 'starts = "awear"')
        .replace('"email"', '"emial"')
    )
    ran = terminal("assess", LAPTOP, "--law", tmp_path / "law")
    assert ran.status == 2
    assert ran.out == ""
    assert any('unknown event "awear"; did you mean "aware"?' in line for line in ran.faults)
    assert any('unknown data element "emial"; did you mean "email"?' in line for line in ran.faults)


def test_misshapen_law_is_refused_without_a_traceback(terminal: Terminal, tmp_path: Path) -> None:
    for text in ("judgement = 3", "obligation = 5", 'place = 1\ncondition = ["x"]', "[regime.x]\nq = 1",
                 "[[obligation]]\nid = [1]", "[[condition]]\nname = 3"):  # fmt: skip
        folder = tmp_path / "law" / "rules"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "x.toml").write_text(text)
        for words in (("assess", LAPTOP), ("vocabulary",), ("law", "list"), ("law", "show", "x-y")):
            ran = terminal(*words, "--law", tmp_path / "law")
            assert (ran.status, ran.out) == (2, ""), ran.err
            assert all(line.startswith("regengine: rules/x.toml: ") for line in ran.faults)


# -- schema, vocabulary, version --------------------------------------------------------------


@pytest.mark.parametrize("which", ["incident", "assessment"])
def test_schemas_are_json_schema(which: str, terminal: Terminal) -> None:
    found = json.loads(terminal("schema", which).out)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["title"].lower() == which


def test_vocabulary_holds_the_words_with_their_questions(terminal: Terminal) -> None:
    words = json.loads(terminal("vocabulary", "--format", "json").out)
    assert words["judgements"]["eu.gdpr.risk"]["values"] == ["unlikely", "risk", "high"]
    assert words["regimes"]["us.hipaa.covered_entity"]["question"].endswith("?")
    assert {"IE", "US-CA", "CA-QC"} <= set(words["places"])
    shown = terminal("vocabulary").out
    for word in ("eu.gdpr.risk", "us.hipaa.covered_entity", "credential_stuffing", "passport"):
        assert word in shown


def test_version_names_engine_and_law(terminal: Terminal) -> None:
    assert re.fullmatch(
        rf"regengine {re.escape(VERSION)}, law \d{{4}}\.\d\d\.\d\d \([0-9a-f]{{12}}\)\n",
        terminal("version").out,
    )


# -- whatever is thrown at it -----------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".yaml", ".yml", ".toml", ".json", ".txt", ""])
def test_random_bytes_are_refused(suffix: str, terminal: Terminal, tmp_path: Path) -> None:
    noise = random.Random(suffix)  # noqa: S311  # reason: noise for a test
    for size in (0, 1, 7, 60, 900):
        file = tmp_path / f"case{suffix}"
        file.write_bytes(noise.randbytes(size))
        ran = terminal("assess", file, "--now", NOW)
        assert ran.status == 2, ran.err
        assert ran.out == ""
        assert ran.faults
        assert all(line.startswith("regengine: ") for line in ran.faults)


@pytest.mark.parametrize("seed", range(8))
def test_mangled_examples_are_answered_or_refused(
    seed: int, terminal: Terminal, tmp_path: Path
) -> None:
    noise = random.Random(seed)  # noqa: S311  # reason: noise for a test
    source = noise.choice(sorted((ROOT / "examples").glob("*.[ytj]*")))
    content = bytearray(source.read_bytes())
    for _ in range(noise.randint(1, 4)):
        content[noise.randrange(len(content))] = noise.choice(
            b"{}[]:,\"'-0123456789xTZ\n\t #\x00\xff"
        )
    file = tmp_path / source.name
    file.write_bytes(content)
    ran = terminal("assess", file, "--now", NOW, "--format", "json")
    assert ran.status in (0, 2), ran.err
    assert (ran.out == "") == (ran.status == 2)
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "option", ["--as-of", "--now", "--zone", "--format", "--only", "--engine", "--law"]
)
def test_random_option_values_are_answered_or_refused(option: str, terminal: Terminal) -> None:
    noise = random.Random(option)  # noqa: S311  # reason: noise for a test
    signs = "0123456789-:+TZ./, abcé\u202e\u0660%{}[]"
    for _ in range(12):
        value = "".join(noise.choice(signs) for _ in range(noise.randint(0, 24)))
        ran = terminal("assess", ROOT / "examples" / "almost-nothing.yaml", f"{option}={value}")
        assert ran.status in (0, 2), (value, ran.err)
        assert (ran.out == "") == (ran.status == 2)


def test_a_fault_of_the_program_is_one_line_and_status_1(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        message = "two\nlines"
        raise RuntimeError(message)

    monkeypatch.setattr(options, "assess_incident", broken)
    ran = terminal("assess", LAPTOP, "--now", NOW)
    assert (ran.status, ran.out) == (1, "")
    assert ran.faults == [
        "regengine: a fault of the program, RuntimeError: two lines; please report this"
    ]


# -- as a program of its own --------------------------------------------------------------------


def _started(*words: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from regengine.cli import run; run()", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # noqa: S603  # reason: our own


def test_exit_statuses_reach_the_shell(tmp_path: Path) -> None:
    assert _started("version").returncode == 0
    bad = _started("assess", "none.yaml")
    assert (bad.returncode, bad.stdout) == (2, b"")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "x.toml").write_text('place = "IE"\n')
    assert _started("law", "check", "--law", str(tmp_path)).returncode == 3


def test_a_closed_pipe_is_no_fault() -> None:
    script = f'"{sys.executable}" -c "from regengine.cli import run; run()" vocabulary | head -1'
    ran = subprocess.run(script, shell=True, cwd=ROOT, capture_output=True, check=True)  # noqa: S602  # reason: a pipe
    assert ran.stdout
    assert ran.stderr == b""


def test_a_counting_rule_answers_to_what_people_call_it(terminal: Terminal) -> None:
    words = ["--start", "2026-11-25T17:31-05:00", "--within", "4 business days", "--place", "US"]
    done = terminal("deadline", *words, "--rule", "sec.8k", "--format", "json")
    # Thanksgiving is closed: 27 and 30 November, 1 and 2 December.
    assert json.loads(done.out)["due_at"] == "2026-12-02T17:30:00-05:00"


def test_statuses_that_nobody_stated_are_named_below_the_questions(
    terminal: Terminal, tmp_path: Path
) -> None:
    """A payment firm of Nigeria: the Central Bank's hours wait behind a status."""
    file = tmp_path / "case.toml"
    file.write_text(
        'reference = "R"\n[organisation]\ncountry = "NG"\nrole = "controller"\n'
        'sector = "payments"\noperates_in = ["KE", "ZA"]\n[timeline]\n'
        'aware = "2026-11-20T09:00:00Z"\n[incident]\naccessed = true\n[[affected]]\n'
        'group = "g"\npeople = { NG = 5, KE = 7, ZA = 3, GB = 3, DE = 9 }\ndata = ["name"]\n'
    )
    said = " ".join(terminal("assess", file, "--now", NOW).out.split())
    assert "for an answer whether the organisation has a status: " in said
    assert "ng.cbn" in said
