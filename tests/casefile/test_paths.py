"""Every fact has one path; what a file says can be told change by change, and back."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import regengine
from regengine import InputError, read_incident
from regengine.assess import open_corpus
from regengine.casefile.paths import Tree, apply, differences, find, read
from regengine.intake import dump

EXAMPLES = sorted(
    path for path in Path("examples").glob("*.*") if path.suffix in (".yaml", ".toml", ".json")
)
WORDS = open_corpus().vocabulary


def _facts(path: Path) -> Tree:
    written = dump(regengine.load_incident(path))
    return {key: value for key, value in written.items() if key not in ("filings", "schema")}


def _moved(before: Tree, now: Tree, *, whole: bool) -> Tree:
    """Take one tree to another by its differences, each through its written path."""
    tree = dump(read_incident(before))
    for spot, value in list(differences(tree, now, whole=whole)):
        found = find(spot.path, WORDS)
        assert found.path == spot.path
        apply(tree, found, value, WORDS)
    return {key: value for key, value in tree.items() if key != "schema"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_what_a_file_says_can_be_told_change_by_change(path: Path) -> None:
    facts = _facts(path)
    made = _moved({"reference": facts["reference"]}, facts, whole=False)
    assert read_incident(made) == read_incident(facts)


@pytest.mark.parametrize("pair", list(pairwise(EXAMPLES)), ids=str)
def test_any_file_can_become_any_other(pair: tuple[Path, Path]) -> None:
    before, now = map(_facts, pair)
    now["reference"] = before["reference"]
    assert read_incident(_moved(before, now, whole=True)) == read_incident(now)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_question_that_an_answer_asks_can_be_answered_by_its_path(path: Path) -> None:
    found = regengine.assess(regengine.load_incident(path))
    for question in found.open_questions:
        if (
            not question.fact.startswith(("law.", "affected.people."))
            and question.fact != "affected"
        ):
            assert find(question.fact, WORDS)


def test_a_question_about_the_law_or_about_people_of_no_group_is_told_apart() -> None:
    with pytest.raises(InputError, match="asks what the law is"):
        find("law.bz-unverified", WORDS)
    with pytest.raises(InputError, match=r"affected\.GROUP\.people"):
        find("affected.people.US", WORDS)


_VALUES = st.sampled_from([True, False, "unknown", None])
_PATHS = st.sampled_from(
    [
        "incident.acquired",
        "organisation.regimes.eu.nis2.important",
        "organisation.regimes.us.sec.registrant",
        "affected.staff.data.ssn",
        "affected.staff.data.name",
        "incident.kinds.ransomware",
        "judgements.us.misuse_likely",
    ]
)


@given(st.lists(st.tuples(_PATHS, _VALUES), max_size=12))
def test_what_was_said_last_of_each_fact_is_what_the_record_says(
    said: list[tuple[str, bool | str | None]],
) -> None:
    tree: Tree = {"reference": "R", "affected": [{"group": "staff"}]}
    last: dict[str, bool | None] = {}
    for path, value in said:
        apply(tree, find(path, WORDS), value, WORDS)
        last[path] = None if value == "unknown" else value  # type: ignore[assignment]  # reason: no other word
    for path, value in last.items():
        assert read(tree, find(path, WORDS)) is value
    read_incident(tree)
