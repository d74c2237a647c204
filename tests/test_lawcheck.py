"""The check of the law: one small folder for each kind of fault, with the lines it must give.

A folder of bad/law holds only what differs from bad/law/clean, and ``expected``: every
line that ``regengine law check`` prints for the two together.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from regengine import assess
from regengine.corpus import Corpus
from regengine.errors import LawError
from regengine.intake import read_incident
from regengine.lawcheck import check
from regengine.lawfiles import MAX_LAW_FILE

FOLDER = Path(__file__).parent / "bad" / "law"
CLEAN = FOLDER / "clean"
FAULTS = sorted(path.name for path in FOLDER.iterdir() if path.name != "clean")
Terminal = Callable[..., Any]


def laid(tmp_path: Path, *names: str) -> Path:
    """Lay folders of faults over the clean law."""
    law = tmp_path / "law"
    shutil.copytree(CLEAN, law)
    for name in names:
        shutil.copytree(FOLDER / name, law, dirs_exist_ok=True)
    return law


def lines(law: Path) -> list[str]:
    try:
        faults = check(Corpus.open(law)).faults
    except LawError as error:  # a file that is no TOML: nothing can be checked
        faults = error.faults
    return [str(fault).replace(str(law), "LAW") for fault in faults]


# -- each fault ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_told(name: str, tmp_path: Path) -> None:
    expected = (FOLDER / name / "expected").read_text(encoding="utf-8").splitlines()
    assert expected
    assert lines(laid(tmp_path, name)) == expected


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_a_file_and_no_traceback(
    name: str, tmp_path: Path, terminal: Terminal
) -> None:
    ran = terminal("law", "check", "--law", laid(tmp_path, name))
    unreadable = name == "not_toml"
    assert ran.status == (2 if unreadable else 3)
    assert all(".toml: " in line or line.startswith("rules: ") for line in ran.faults)
    number = len(ran.faults)
    if not unreadable:
        assert ran.out.endswith(f": {number} fault{'' if number == 1 else 's'}\n")


def test_faults_of_several_files_come_in_one_run(tmp_path: Path) -> None:
    law = laid(tmp_path, "missing_citation", "counting_without_citation")
    shutil.copy(FOLDER / "bad_period" / "rules" / "de.toml", law / "rules" / "fr.toml")
    shutil.copy(FOLDER / "unknown_key" / "rules" / "de.toml", law / "rules" / "es.toml")
    assert {line.partition(": ")[0] for line in lines(law)} == {"rules/es.toml", "rules/fr.toml"}
    (law / "rules" / "es.toml").unlink()
    (law / "rules" / "fr.toml").unlink()
    assert {line.partition(": ")[0] for line in lines(law)} == {
        "rules/de.toml", "jurisdictions/de.toml",
    }  # fmt: skip


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    law = laid(tmp_path)
    (law / "rules" / "fr.toml").write_bytes(b"#" * (MAX_LAW_FILE + 1))
    assert lines(law) == [f"LAW/rules/fr.toml: a law file has at most {MAX_LAW_FILE} bytes"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    law = laid(tmp_path)
    (tmp_path / "secret.toml").write_text('token = "x"', encoding="utf-8")
    (law / "rules" / "fr.toml").symlink_to(tmp_path / "secret.toml")
    assert lines(law) == ["LAW/rules/fr.toml: leads out of the folder of law"]


def test_what_never_ends_is_not_opened(tmp_path: Path) -> None:
    law = laid(tmp_path)
    os.mkfifo(law / "rules" / "fr.toml")
    assert lines(law) == ["LAW/rules/fr.toml: is no regular file"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 3000 + "]" * 3000, "nested deeper than 40"),
        ("a" + ".a" * 200_000 + " = 1", "nested deeper than 40"),
        (r'title = "\u001b]0;mine\u0007"', "holds a control character"),
    ],
)
def test_a_law_file_can_neither_exhaust_nor_command(tmp_path: Path, text: str, said: str) -> None:
    law = laid(tmp_path)
    (law / "rules" / "fr.toml").write_text(text, encoding="utf-8")
    assert len(lines(law)) == 1
    assert said in lines(law)[0]


def test_a_name_cannot_command_a_terminal(tmp_path: Path) -> None:
    law = laid(tmp_path)
    (law / "rules" / "\x1b[31m.toml").write_text("", encoding="utf-8")
    assert lines(law)[0].startswith("LAW/rules/\\x1b[31m.toml: the name of a law file has")


def test_a_table_of_places_without_a_zone_is_told(tmp_path: Path) -> None:
    law = laid(tmp_path)
    (law / "jurisdictions" / "places.toml").write_text(
        '[place.DE]\nname = "Germany"\n', encoding="utf-8"
    )
    assert lines(law) == ["jurisdictions/places.toml: is no table of places: KeyError 'zone'"]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    law = laid(tmp_path)
    (law / "rules" / "fr.toml").write_bytes(b'title = "\xff"')
    assert lines(law)[0].startswith("LAW/rules/fr.toml: cannot be read as TOML: ")


# -- tests of the law ---------------------------------------------------------------------


def test_untested_rules_are_named(tmp_path: Path, terminal: Terminal) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "ie.toml").write_text('[[case]]\nexpect = [ { key = "ie-test-people@IE" } ]\n')
    ran = terminal("law", "check", "--law", CLEAN, "--tests", cases)
    assert ran.status == 3
    assert ran.faults == ["rules/ie.toml: ie-test-authority: no case tests this rule"]
    (cases / "more.toml").write_text(
        '[[case]]\nexpect = [ { key = "ie-test-authority@IE/initial" } ]\n'
    )
    assert terminal("law", "check", "--law", CLEAN, "--tests", cases).status == 0


def test_folder_of_cases_that_is_none(tmp_path: Path, terminal: Terminal) -> None:
    ran = terminal("law", "check", "--law", CLEAN, "--tests", tmp_path / "none")
    assert (ran.status, ran.out) == (2, "")
    assert ran.faults == [f"regengine: {tmp_path / 'none'}: no folder of cases here"]


@pytest.mark.parametrize(
    "text", ["case = 3", "case = [1]", "[[case]]\nexpect = 1", "[[case]]\nexpect = [2]"]
)
def test_misshapen_cases_test_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(text)
    found = check(Corpus.open(CLEAN), tmp_path).faults
    assert [fault.place for fault in found] == ["ie-test-authority", "ie-test-people"]


# -- law without fault --------------------------------------------------------------------


def test_the_law_of_the_package_is_clean(terminal: Terminal) -> None:
    ran = terminal("law", "check", "--tests", Path(__file__).parent / "law")
    assert ran.faults == []
    assert ran.status == 0
    assert ran.out.endswith(" obligations: clean\n")


def test_clean_law_passes(terminal: Terminal) -> None:
    ran = terminal("law", "check", "--law", CLEAN)
    assert (ran.status, ran.out, ran.err) == (0, "1 law files, 2 obligations: clean\n", "")


def test_clean_law_decides_a_matter(tmp_path: Path, terminal: Terminal) -> None:
    case = tmp_path / "case.toml"
    case.write_text(
        'reference = "X"\n'
        'organisation = { name = "X Ltd", country = "IE", role = "controller", regimes = [] }\n'
        "timeline = { aware = 2026-11-20T16:30:00+00:00 }\n"
        'incident = { kinds = ["intrusion"], acquired = true, disclosed = false }\n'
        'affected = [ { group = "g", people = { IE = 3 }, data = ["name", "email"], encrypted = false } ]\n'
        'filings = [ { obligation = "ie-test-authority", stage = "initial", at = 2026-11-21T10:00:00+00:00 } ]\n'
    )
    ran = terminal(
        "assess", case, "--law", CLEAN, "--format", "json", "--now", "2026-11-21T12:00:00Z"
    )
    found = {item["key"]: item for item in json.loads(ran.out)["obligations"]}
    due = {key: item["deadline"]["due_at"] for key, item in found.items()}
    assert due == {
        "ie-test-authority@IE/initial": "2026-11-23T16:30:00Z",
        "ie-test-authority@IE/final": "2026-12-21T23:59:59Z",
        "ie-test-people@IE": "2026-12-01T23:59:59Z",
    }
    assert {item["status"] for item in found.values()} == {"required"}


def test_the_version_of_the_day_decides() -> None:
    corpus = Corpus.open(CLEAN)
    incident = read_incident(
        {
            "reference": "X",
            "organisation": {"country": "IE", "role": "controller", "regimes": []},
            "timeline": {"aware": datetime(2022, 12, 31, 10, tzinfo=UTC)},
            "incident": {"acquired": True},
            "affected": [{"group": "g", "people": {"IE": 3}, "data": ["name", "email"], "encrypted": False}],
        },
        corpus.vocabulary,
    )  # fmt: skip
    found = {item.key: item.deadline for item in assess(incident, corpus=corpus).obligations}
    assert str(found["ie-test-authority@IE"].due_at) == "2023-01-05 23:59:59+00:00"
