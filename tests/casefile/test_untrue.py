"""Which notices that went out say what is not so any more, and where."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Clock
from typer.testing import CliRunner

from regengine import load_incident
from regengine.casefile import filings, law_change, papers, untrue
from regengine.casefile.case import Case
from regengine.casefile.commands import options
from regengine.casefile.commands.app import app
from regengine.casefile.store import Store
from regengine.casefile.untrue import Difference, Statement, compared_records
from regengine.documents import records
from regengine.documents.paper import gap
from regengine.documents.records import ChoiceRecord, FieldRecord, FilingRecord

RETAIL = Path(__file__).parents[2] / "examples" / "retail-ransomware.yaml"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEAD = "eu-gdpr-lead-sa@IE"
LETTER = "eu-gdpr-individuals@IE"
PEOPLE = "affected.customers.people"


def opened(store: Store, clock: Clock, tmp_path: Path, *keys: str) -> Case:
    """Open the retailer's matter, and send some of its notices."""
    clock.at = NOW
    case = Case.new(store, load_incident(RETAIL), by="A. Counsel")
    papers.write(case, tmp_path / "papers", now=NOW, only=keys)
    clock.move(hours=2)
    for key in keys:
        filings.mark(case, key, "sent")
    clock.move(hours=2)
    return case


def rows_of(case: Case, key: str) -> dict[str | None, Statement]:
    return {row.field: row for row in untrue.untrue(case).rows if row.key == key}


def test_a_notice_stays_true_while_no_fact_changes_though_time_passes_and_it_was_sent(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    clock.move(days=20)
    found = untrue.untrue(case)
    assert (found.rows, found.compared) == ((), 1)


def test_what_was_stated_and_is_otherwise_is_untrue_at_its_field_by_its_entry(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    made = case.set({f"{PEOPLE}.IE": 5400, "description.systems": "The order system."})
    rows = rows_of(case, LEAD)
    people, systems = rows["r68_subject_count_area"], rows["r63_systems"]
    assert people.kind == systems.kind == "untrue"
    assert people.before == ("Between 7,190 and 7,490 people",)
    assert people.now == ("Between 7,390 and 7,690 people",)
    assert people.section
    assert [x.entry for x in people.causes] == [made[0].seq]
    assert [x.path for x in systems.causes] == ["description.systems"]
    assert people.document == LEAD


def test_what_was_to_follow_and_is_known_is_news_and_not_untrue(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    case.set({"timeline.occurred_to": "2026-11-20T16:30:00+00:00"})
    rows = rows_of(case, LEAD)
    assert rows["r47_end"].kind == "now_known"
    assert rows["r47_end"].before == ("(to follow)",)
    assert not [x for x in rows.values() if x.kind == "untrue"]


def test_what_was_stated_and_is_unknown_again_is_no_longer_sure(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    case.set({"description.cause": "unknown"})
    row = rows_of(case, LEAD)["r62_cause_text"]
    assert row.kind == "no_longer_sure"
    assert row.before == ("Remote access of a logistics supplier without a second factor.",)


def test_a_letter_is_told_by_its_paragraph(store: Store, clock: Clock, tmp_path: Path) -> None:
    case = opened(store, clock, tmp_path, LETTER)
    case.set({"timeline.aware": "2026-11-19T16:30:00+00:00"})
    found = untrue.untrue(case).of("untrue")
    assert len(found) == 1
    assert found[0].paragraph is not None
    assert "20 November 2026" in found[0].before[0]
    assert "19 November 2026" in found[0].now[0]
    assert found[0].document.startswith("letter-")


def test_a_notice_of_what_is_not_owed_any_more_is_told_as_a_whole(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    case.set({"eu.gdpr.risk": "unlikely"})
    found = untrue.untrue(case)
    assert [(x.key, x.kind) for x in found.rows] == [(LEAD, "not_owed")]
    draft = untrue.supplements(case)
    assert draft is not None
    assert [x.record.act for x in draft.made] == ["withdrawal"]


def test_a_notice_that_was_withdrawn_or_refused_says_nothing_any_more(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    case.set({f"{PEOPLE}.IE": 5400})
    assert untrue.untrue(case).compared == 1
    filings.mark(case, LEAD, "refused", why="wrong portal")
    assert untrue.untrue(case).compared == 0


def test_a_notice_without_a_paper_is_listed_as_not_compared(store: Store, clock: Clock) -> None:
    clock.at = NOW
    case = Case.new(store, load_incident(RETAIL), by="A. Counsel")
    filings.mark(case, LEAD, "sent", channel="telephone")
    found = untrue.untrue(case)
    assert LEAD in [x.key for x in found.unread]
    assert found.compared == 0


def test_a_supplement_begins_with_what_changed_and_once_sent_the_notice_is_true_again(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    assert untrue.supplements(case) is None
    case.set({f"{PEOPLE}.IE": 5400})
    draft = untrue.write_supplements(case, tmp_path / "drafts")
    assert draft is not None
    assert (tmp_path / "drafts" / f"{LEAD}--supplement-1.pdf").exists()
    record = next(x.record for x in draft.made)
    assert record.act == "supplement"
    assert "Between 7,390 and 7,690 people" in [x for row in record.changes or () for x in row.now]
    assert untrue.untrue(case).of("untrue")
    clock.move(hours=1)
    filings.mark(case, LEAD, "sent")
    assert untrue.untrue(case).rows == ()


def test_what_another_engine_words_otherwise_on_the_same_facts_is_not_called_untrue(
    store: Store, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    case.set({"description.systems": "The order system."})
    written = records.record_of

    def worded(*given: Any) -> FilingRecord:
        made = written(*given)
        first = made.fields[0].model_copy(update={"lines": ("A new notification",)})
        return made.model_copy(update={"fields": (first, *made.fields[1:])})

    law = law_change.law_now(case.corpus).model_copy(update={"engine": "9.9.9"})
    monkeypatch.setattr(untrue, "record_of", worded)
    monkeypatch.setattr(untrue, "law_now", lambda _: law)
    rows = rows_of(case, LEAD)
    assert rows["r3_type"].kind == "reworded"
    assert [x.ground for x in rows["r3_type"].causes] == ["law"]
    assert rows["r63_systems"].kind == "untrue"


def test_a_later_notice_of_the_duty_answers_for_what_it_says_again(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    case.set({f"{PEOPLE}.IE": 5400})
    untrue.write_supplements(case, tmp_path / "one")
    clock.move(hours=1)
    filings.mark(case, LEAD, "sent")
    case.set({f"{PEOPLE}.IE": 5500})
    found = untrue.untrue(case).of("untrue")
    assert {x.document for x in found} == {f"{LEAD}--supplement-1"}
    draft = untrue.write_supplements(case, tmp_path / "two")
    assert draft is not None
    assert [x.document.name for x in draft.made] == [f"{LEAD}--supplement-2"]


def test_what_must_be_told_stands_on_the_checklist_of_filings(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    assert list(untrue.standing(case, clock.at)) == []
    case.set({f"{PEOPLE}.IE": 5400})
    (row,) = untrue.standing(case, clock.at)
    assert (row.stream, row.record, row.state) == ("filings", LEAD, "sent")
    assert row.warning is not None
    assert row.warning.startswith("untrue now in ")


def test_the_command_ends_with_status_3_and_drafts_the_supplement(
    store: Store, url: str, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(store, clock, tmp_path, LEAD)
    monkeypatch.setattr(options, "clock", clock)
    given = ["diff", case.reference, "--store", url]
    before = CliRunner().invoke(app, given)
    assert before.exit_code == 0, before.output
    case.set({f"{PEOPLE}.IE": 5400})
    out = tmp_path / "drafts"
    shown = CliRunner().invoke(app, [*given, "--out", str(out)])
    assert shown.exit_code == 3, shown.output
    assert "Between 7,190 and 7,490 people" in shown.output
    assert "1 notice that went out is untrue now" in shown.output
    assert (out / f"{LEAD}--supplement-1.pdf").exists()
    told = json.loads(CliRunner().invoke(app, [*given, "--format", "json"]).output)
    assert {x["kind"] for x in told["sent"]["rows"]} >= {"untrue"}


# -- single places ---------------------------------------------------------------------------


def field(state: str, *lines: str, kind: str = "text", **chosen: bool | None) -> FieldRecord:
    return FieldRecord.model_validate(
        {
            "key": "f",
            "answer": "form.f",
            "section": "S",
            "label": "L",
            "kind": kind,
            "state": state,
            "required": "always",
            "lines": lines,
            "value": "\n".join(lines),
            "choices": [ChoiceRecord(say=say, chosen=held) for say, held in chosen.items()],
        }
    )


def record(*fields: FieldRecord, paragraphs: tuple[str, ...] = ()) -> FilingRecord:
    ready = {"form": "xx", "required": 1, "ready": 1}
    return FilingRecord.model_validate(
        {
            "key": "xx@XX",
            "keys": ("xx@XX",),
            "act": "initial",
            "form": "xx",
            "title": "T",
            "incident": "R",
            "recipient": "Office",
            "citation": "s 1",
            "readiness": ready,
            "fields": fields,
            "paragraphs": paragraphs,
        }
    )


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (field("known", "A"), field("known", "A"), None),
        (field("known", "A"), field("known", "B"), "untrue"),
        (field("known", "A"), field("not_applicable"), "untrue"),
        (field("known", "A"), field("to_follow"), "no_longer_sure"),
        (field("known", "A"), field("blank"), "no_longer_sure"),
        (field("to_follow"), field("known", "A"), "now_known"),
        (field("blank"), field("known", "A"), "now_known"),
        (field("to_follow"), field("to_follow"), None),
        # A number that was open says a bound all the same.
        (
            field("to_follow", "At least 400 people; the final figure is open", kind="number"),
            field("known", "300 people", kind="number"),
            "untrue",
        ),
        (
            field("to_follow", "At least 400 people; the final figure is open", kind="number"),
            field("known", "500 people", kind="number"),
            "now_known",
        ),
        # A box that was ticked is a statement, though the others were open.
        (
            field("to_follow", "a", kind="multi_choice", a=True, b=None),
            field("known", "b", kind="multi_choice", a=False, b=True),
            "untrue",
        ),
        # A range that is told more exactly was true.
        (
            field("known", "Between 400 and 700 people", kind="number"),
            field("known", "500 people", kind="number"),
            "now_known",
        ),
        (
            field("known", "Between 400 and 700 people", kind="number"),
            field("known", "Between 400 and 800 people", kind="number"),
            "untrue",
        ),
        (
            field("known", "one", kind="long_text"),
            field("known", "one", "two", kind="long_text"),
            "now_known",
        ),
        (
            field("known", "one", "two", kind="long_text"),
            field("known", "one", kind="long_text"),
            "untrue",
        ),
    ],
)
def test_a_field_is_judged_by_what_it_stated(
    before: FieldRecord, now: FieldRecord, kind: str | None
) -> None:
    found = compared_records(record(before), record(now))
    assert [x.kind for x in found] == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        ("It began on 3 May.", "It began on 3 May.", None),
        ("It began on 3 May.", "It began on 4 May.", "untrue"),
        (f"It began on {gap('the day')}.", "It began on 4 May.", "now_known"),
        (f"It began on 3 May; the end is open. {gap('the end')}", "It began on 3 May, ended on 5 May.", "now_known"),
        (f"It began on 3 May; the end is open. {gap('the end')}", "It began on 2 May, ended on 5 May.", "untrue"),
        ("It began on 3 May. All is well.", f"It began on 3 May. {gap('how it is')}", "no_longer_sure"),
    ],
)  # fmt: skip  # reason: one case a line
def test_a_paragraph_is_judged_by_what_it_stated(before: str, now: str, kind: str | None) -> None:
    found = compared_records(
        record(paragraphs=("Dear A,", before)), record(paragraphs=("Dear A,", now))
    )
    assert [(x.kind, x.paragraph) for x in found] == ([] if kind is None else [(kind, 2)])


def test_a_kind_of_data_that_was_named_and_is_not_concerned_is_untrue() -> None:
    found = compared_records(
        record(paragraphs=("We hold:", "name", "address", "Yours")),
        record(paragraphs=("We hold:", "name", "Yours")),
    )
    assert found == [Difference("untrue", "", "text", None, 3, ("address",), ())]
