"""A new version of the law against every matter that was answered before."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import START, Clock
from databases_edit import edit
from typer.testing import CliRunner

from regengine.casefile import law_change, telling
from regengine.casefile.case import Case
from regengine.casefile.commands import options
from regengine.casefile.commands.app import app
from regengine.casefile.entries import Draft
from regengine.casefile.store import Store
from regengine.corpus import Corpus

ROOT = Path(__file__).parents[2]
LAW = """
place = "SG"
title = "Xland"
law = "Xland Act"
{words}
[[obligation]]
id = "sg-office"
title = "Tell the office"
to = {{ kind = "regulator" }}
sources = ["https://law.example/"]
verified = {verified}
confidence = "high"

[[obligation.version]]
from = 2020-01-01
cite = "s 1"
due = {{ within = "{within}", starts = "discovered" }}
{more}
"""
WORD = """
[judgement."sg.serious"]
question = "Is it serious?"
cite = "s 2"
"""


def law(
    folder: Path, within: str, *, more: str = "", words: str = "", verified: str = "2026-11-01"
) -> Corpus:
    """Write a law of one duty."""
    (folder / "rules").mkdir(parents=True)
    (folder / "jurisdictions").mkdir()
    text = LAW.format(within=within, more=more, words=words, verified=verified)
    (folder / "rules" / "sg.toml").write_text(text, encoding="utf-8")
    for name in ("places.toml", "aliases.toml"):
        copied = (ROOT / "jurisdictions" / name).read_text(encoding="utf-8")
        (folder / "jurisdictions" / name).write_text(copied, encoding="utf-8")
    return Corpus.open(folder)


@pytest.fixture
def old(tmp_path: Path) -> Corpus:
    return law(tmp_path / "old", "3 days")


def matter(store: Store, corpus: Corpus, name: str = "SG-1", **more: object) -> Case:
    facts = {
        "reference": name,
        "organisation": {"country": "SG", "role": "controller"},
        "timeline": {"discovered": "2026-11-02"},
        **more,
    }
    return Case.new(store, facts, by="A. Counsel", corpus=corpus)


def test_a_shorter_period_of_the_new_law_moves_the_duty_of_an_open_matter(
    store: Store, old: Corpus, tmp_path: Path
) -> None:
    case = matter(store, old)
    answered = case.assess(now=START)
    new = law(tmp_path / "new", "2 days", verified="2026-11-20")
    report = law_change.law_report(store, new, "Law desk")
    (found,) = report.matters
    assert found.verdict == "differs"
    assert found.before is not None
    assert (found.before.sha256, report.now.sha256) == (old.sha256, new.sha256)
    assert found.delta is not None
    (row,) = found.delta.rows
    due = next(x for x in row.shifts if x.field == "due_at")
    assert (row.key, row.citation, due.moved_by) == ("sg-office@SG", "s 1", -86_400)
    assert due.before == answered.obligations[0].deadline.due_at.isoformat()  # type: ignore[union-attr]  # reason: 3 days are a fixed time


def test_facts_and_instant_are_those_of_the_answer_so_the_law_alone_differs(
    store: Store, old: Corpus, clock: Clock, tmp_path: Path
) -> None:
    case = matter(store, old)
    case.assess(now=START)
    clock.move(days=30)
    # A later fact of its own, and thirty days: neither is the law's doing.
    case.set({"timeline.discovered": "2026-11-10"})
    new = law(tmp_path / "new", "3 days", verified="2026-11-20")
    (found,) = law_change.law_report(store, new).matters
    assert found.verdict == "same_answer"
    assert found.delta is not None
    assert found.delta.now.now == START


def test_a_duty_that_the_new_law_lifts_is_told_as_gone(
    store: Store, old: Corpus, tmp_path: Path
) -> None:
    matter(store, old).assess(now=START)
    ended = "until = 2020-12-31"
    new = law(tmp_path / "new", "3 days", more=ended)
    (found,) = law_change.law_report(store, new).matters
    assert found.delta is not None
    assert [x.kind for x in found.delta.rows] == ["disappeared"]


def test_a_matter_under_the_same_law_is_listed_as_such(store: Store, old: Corpus) -> None:
    matter(store, old).assess(now=START)
    (found,) = law_change.law_report(store, old).matters
    assert (found.verdict, found.delta) == ("same_law", None)


def test_a_matter_that_was_never_assessed_is_listed_as_such(
    store: Store, old: Corpus, tmp_path: Path
) -> None:
    matter(store, old)
    new = law(tmp_path / "new", "2 days")
    (found,) = law_change.law_report(store, new, record=True).matters
    assert (found.verdict, found.before, found.recorded) == ("not_assessed", None, None)


def test_a_word_that_the_new_law_does_not_have_is_told_and_the_matter_never_dropped(
    store: Store, tmp_path: Path
) -> None:
    with_word = law(tmp_path / "old", "3 days", words=WORD, more='when = "sg.serious"')
    case = matter(store, with_word, "SG-2", judgements={"sg.serious": "true"})
    case.assess(now=START)
    matter(store, with_word, "SG-1").assess(now=START)
    new = law(tmp_path / "new", "2 days")
    report = law_change.law_report(store, new)
    assert [x.reference for x in report.matters] == ["SG-2", "SG-1"]
    assert report.matters[0].verdict == "error"
    assert "sg.serious" in report.matters[0].error[0]
    assert len(case.entries) == len(Case(store, "SG-2", "B").entries)


def test_an_answer_of_another_version_that_cannot_be_read_is_told_with_the_matter(
    store: Store, old: Corpus, tmp_path: Path
) -> None:
    case = matter(store, old)
    case.assess(now=START)
    told = dict(case.entries[-1].told)
    with case.writing() as journal:
        file = journal.keep("assessment.json", b'{"schema": "regengine.assessment/0"}')
        journal.add(Draft(kind="assessment", body=told, files=(file,)))
    (found,) = law_change.law_report(store, law(tmp_path / "new", "2 days")).matters
    assert found.verdict == "error"
    assert "of another shape" in found.error[0]


def test_a_report_that_is_kept_says_both_versions_and_is_kept_once(
    store: Store, old: Corpus, tmp_path: Path
) -> None:
    case = matter(store, old)
    case.assess(now=START)
    new = law(tmp_path / "new", "2 days", verified="2026-11-20")
    (first,) = law_change.law_report(store, new, "Law desk", record=True).matters
    (second,) = law_change.law_report(store, new, "Law desk", record=True).matters
    assert first.recorded == second.recorded == case.entries[-1].seq
    entry = case.entries[-1]
    assert (entry.kind, entry.by) == ("law_change", "Law desk")
    assert entry.told["before"]["sha256"] == old.sha256
    assert entry.told["now"]["sha256"] == new.sha256
    assert [row["key"] for row in entry.told["rows"]] == ["sg-office@SG"]
    assert "1 obligation" in telling.told(entry)
    used = law_change.versions_used(case)
    assert [(x.law.sha256, x.answered) for x in used] == [(old.sha256, True), (new.sha256, False)]


def test_a_report_that_is_not_kept_writes_nothing(
    store: Store, old: Corpus, tmp_path: Path
) -> None:
    case = matter(store, old)
    case.assess(now=START)
    count = len(case.entries)
    law_change.law_report(store, law(tmp_path / "new", "2 days"))
    assert len(case.entries) == count


def test_closed_matters_are_left_out_unless_those_of_late_are_wanted(
    store: Store, old: Corpus, clock: Clock, tmp_path: Path
) -> None:
    case = matter(store, old)
    case.assess(now=START)
    with case.writing() as journal:
        journal.rename(state="closed")
        journal.add(Draft(kind="closed", body={"why": "done", "unmet": [], "despite": None}))
    clock.move(days=10)
    new = law(tmp_path / "new", "2 days")
    assert law_change.law_report(store, new).matters == ()
    assert law_change.law_report(store, new, closed_within=timedelta(days=5)).matters == ()
    (found,) = law_change.law_report(store, new, closed_within=timedelta(days=20)).matters
    assert (found.state, found.verdict) == ("closed", "differs")


def test_progress_is_told_for_each_matter(store: Store, old: Corpus) -> None:
    for number in (1, 2, 3):
        matter(store, old, f"SG-{number}")
    told: list[tuple[int, int, str]] = []
    law_change.law_report(store, old, progress=lambda *step: told.append(step))
    assert [x[:2] for x in told] == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_the_command_ends_with_status_3_where_the_new_law_answers_otherwise(
    store: Store,
    url: str,
    old: Corpus,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(options, "clock", clock)
    matter(store, old).assess(now=START)
    law(tmp_path / "new", "2 days")
    given = ["law-report", "--store", url, "--by", "Law desk", "--law", str(tmp_path / "new")]
    shown = CliRunner().invoke(app, given)
    assert shown.exit_code == 3, shown.output
    assert "24 h earlier" in shown.output
    same = CliRunner().invoke(app, [*given[:-1], str(tmp_path / "old"), "--format", "json"])
    assert same.exit_code == 0, same.output
    assert json.loads(same.output)["matters"][0]["verdict"] == "same_law"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '{}' WHERE matter = :m",
        "UPDATE entry SET body = replace(body, 'engine', 'motor') WHERE matter = :m",
        "UPDATE entry SET body = replace(body, 'path', 'way') WHERE matter = :m",
        "DELETE FROM blob WHERE :m <> ''",
    ],
)
def test_a_record_that_cannot_be_read_is_told_and_stops_no_report(
    store: Store, old: Corpus, tmp_path: Path, statement: str
) -> None:
    first = matter(store, old)
    first.assess(now=START)
    matter(store, old, "SG-2")
    edit(store, statement, m=first.id)
    report = law_change.law_report(store, law(tmp_path / "new", "2 days"), record=True)
    (bad,) = report.of("error")
    assert bad.reference == "SG-1"
    assert bad.error
    assert [one.reference for one in report.of("not_assessed")] == ["SG-2"]
