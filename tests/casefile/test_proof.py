"""The commands that prove a matter: verify, stamp, export, import, keys; papers and record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from databases_edit import edit
from typer.testing import CliRunner, Result

from regengine.casefile import papers, telling
from regengine.casefile.case import Case
from regengine.casefile.chain import verify
from regengine.casefile.commands import options
from regengine.casefile.commands.app import app
from regengine.casefile.on_paper import check_papers
from regengine.casefile.signature import Keys
from regengine.errors import InputError

SECRET = "correct horse battery"  # noqa: S105  # reason: of files that live for one test
KEY = "eu-gdpr-sa@IE"


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keys:
    monkeypatch.setenv("REGENGINE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("REGENGINE_PASSPHRASE", raising=False)
    return Keys()


def run(*given: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in given])


@pytest.fixture
def at_its_clock(case: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(options, "clock", case.store.clock)
    return case


def test_verify_says_that_all_is_as_recorded_and_which_head_stands(case: Case, url: str) -> None:
    made = run("verify", "EX-7", "--store", url, "--head", case.head[:20])
    assert made.exit_code == 0
    assert f"{case.line.entries} entries, all as recorded" in made.output
    assert case.head in made.output
    assert "1 matters, " in run("verify", "--store", url).output


def test_verify_ends_with_status_3_and_says_where(case: Case, url: str) -> None:
    edit(case.store, "UPDATE entry SET \"by\" = 'X' WHERE seq = 2")
    made = run("verify", "--store", url)
    assert made.exit_code == 3
    assert "EX-7, entry 2: its kind, instant, author" in made.output
    rows = json.loads(run("verify", "--store", url, "--format", "json").output)
    assert {(row["matter"], row["seq"]) for row in rows} == {("EX-7", 2)}


def test_a_head_that_was_printed_and_is_gone_is_told(case: Case, url: str) -> None:
    made = run("verify", case.reference, "--store", url, "--head", "0" * 64)
    assert made.exit_code == 3
    assert "was printed: entries were replaced" in made.output
    wrong = run("verify", "--store", url, "--head", "none")
    assert isinstance(wrong.exception, InputError)


def test_a_matter_goes_from_one_store_to_the_other_by_commands(
    at_its_clock: Case, url: str, tmp_path: Path
) -> None:
    case, there = at_its_clock, f"sqlite:///{tmp_path / 'there.db'}"
    out = tmp_path / "EX-7.regengine"
    made = run("export", "EX-7", "--store", url, "--out", out, "--by", "A. Counsel")
    assert made.exit_code == 0, made.output
    assert "not encrypted" in made.output
    assert case.head in made.output
    looked = run("import", out, "--store", there, "--check")
    assert "sound, nothing was taken in" in looked.output
    taken = run("import", out, "--store", there)
    assert "signed by your own key" in taken.output
    assert f"taken in with {case.line.entries} entries" in taken.output
    assert "is here already" in run("import", out, "--store", there).output
    assert run("verify", "--store", there, "--head", case.head).exit_code == 0


def test_an_archive_is_encrypted_with_the_passphrase_of_the_environment(
    at_its_clock: Case, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, there = tmp_path / "x.regengine", tmp_path / "there.db"
    refused = run("export", at_its_clock.reference, "--store", url, "--out", out, "--encrypt")
    assert refused.exit_code != 0
    assert not out.exists()
    monkeypatch.setenv("REGENGINE_PASSPHRASE", SECRET)
    made = run("export", "EX-7", "--store", url, "--out", out, "--encrypt", "--track", "facts")
    assert "encrypted" in made.output
    assert run("import", out, "--store", there).exit_code == 0
    monkeypatch.delenv("REGENGINE_PASSPHRASE")
    assert run("import", out, "--store", tmp_path / "none.db").exit_code != 0


def test_an_unknown_track_is_refused(case: Case, url: str, tmp_path: Path) -> None:
    made = run("export", case.reference, "--store", url, "--out", tmp_path / "x", "--track", "lies")
    assert made.exit_code != 0
    assert list(tmp_path.glob("x")) == []


def test_keys_are_listed_trusted_and_forgotten(keys: Keys) -> None:
    assert "your own key" in run("keys", "list").output
    other = "3fa9" * 16
    assert (
        "is trusted as Example Forensics"
        in run("keys", "trust", other, "--name", "Example Forensics").output
    )
    assert "Example Forensics" in run("keys", "list").output
    assert keys.trusted() == {other: "Example Forensics"}
    assert "no longer trusted" in run("keys", "forget", other).output


def test_stamping_needs_an_address_and_an_answer(case: Case, url: str) -> None:
    before = case.head
    made = run("stamp", "EX-7", "--store", url, "--tsa", "http://127.0.0.1:1/")
    assert isinstance(made.exception, InputError)
    assert "gave no stamp" in str(made.exception)
    assert case.head == before


def test_a_certificate_that_is_none_is_refused(case: Case, url: str, tmp_path: Path) -> None:
    path = tmp_path / "root.pem"
    path.write_text("no certificate")
    assert run("verify", case.reference, "--store", url, "--tsa-cert", path).exit_code != 0
    assert run("verify", "--store", url, "--tsa-cert", tmp_path / "none").exit_code != 0


# -- papers ----------------------------------------------------------------------------------


@pytest.fixture
def folder(case: Case, tmp_path: Path) -> Path:
    papers.write(case, tmp_path / "papers", now=case.store.clock(), only=[KEY])
    return tmp_path / "papers"


def test_papers_of_a_record_are_those_that_it_keeps(case: Case, url: str, folder: Path) -> None:
    assert list(check_papers(case.store, folder)) == []
    assert run("verify", "EX-7", "--store", url, "--papers", folder).exit_code == 0


def test_a_paper_that_was_changed_is_found_beside_a_sound_record(
    case: Case, url: str, folder: Path
) -> None:
    path = next(folder.glob("*.docx"))
    path.write_bytes(path.read_bytes() + b"x")
    made = run("verify", "EX-7", "--store", url, "--papers", folder)
    assert made.exit_code == 3
    assert f"{path.name}: was changed" in made.output
    assert verify(case.store) == []


def test_papers_tell_that_the_record_was_made_anew_behind_them(case: Case, folder: Path) -> None:
    named = json.loads((folder / "receipt.json").read_text())["record"]
    edit(case.store, "UPDATE entry SET hash = :h WHERE seq = :s", h="0" * 64, s=named["entry"])
    (one,) = check_papers(case.store, folder)
    assert (one.kind, one.seq) == ("head", named["entry"])
    assert "entries were replaced" in one.message


def test_papers_that_the_record_does_not_keep_are_told(
    case: Case, folder: Path, tmp_path: Path
) -> None:
    receipt = json.loads((folder / "receipt.json").read_text())
    (folder / "receipt.json").write_text(json.dumps(receipt))  # the same words, other bytes
    (one,) = check_papers(case.store, folder)
    assert "no entry keeps this receipt" in one.message
    receipt.pop("record")
    (folder / "receipt.json").write_text(json.dumps(receipt))
    told = [one.message for one in check_papers(case.store, folder)]
    assert any("names no entry of a record" in message for message in told)
    with pytest.raises(InputError, match="cannot be read"):
        list(check_papers(case.store, tmp_path))


def test_the_time_line_tells_of_exports(at_its_clock: Case, url: str, tmp_path: Path) -> None:
    run("export", "EX-7", "--store", url, "--out", tmp_path / "x.regengine")
    assert telling.told(at_its_clock.entries[-1]).startswith("x.regengine: 1")
