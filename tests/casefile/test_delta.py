"""What a change of facts does to the obligations, and which change did what."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import START, Clock
from typer.testing import CliRunner

from regengine import InputError, load_incident
from regengine.casefile import delta, filings
from regengine.casefile.case import Case
from regengine.casefile.commands import options
from regengine.casefile.commands.app import app
from regengine.casefile.store import Store

PEOPLE = "affected.customers.people"
RETAIL = Path(__file__).parents[2] / "examples" / "retail-ransomware.yaml"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def retail(store: Store, clock: Clock) -> Case:
    clock.at = NOW
    return Case.new(store, load_incident(RETAIL), by="A. Counsel")


def test_a_place_that_becomes_known_brings_its_duties_with_their_ground(
    case: Case, clock: Clock
) -> None:
    before = case.entries[-1].seq
    clock.move(hours=1)
    seq = case.set({f"{PEOPLE}.FR": 120})[0].seq
    found = delta.between(case, before, seq).delta
    row = found.row("eu-gdpr-individuals@FR")
    assert row is not None
    assert (row.kind, row.before) == ("appeared", None)
    assert row.now in ("required", "possible")
    assert row.citation
    assert row.reasons
    assert [str(x) for x in row.causes] == [f"entry {seq}: {PEOPLE}.FR"]


def test_a_duty_that_is_gone_is_told_and_never_silent(case: Case) -> None:
    before = case.set({f"{PEOPLE}.FR": 120})[0].seq
    after = case.set({f"{PEOPLE}.FR": 0})[0].seq
    found = delta.between(case, before, after).delta
    row = found.row("eu-gdpr-individuals@FR")
    assert row is not None
    assert row.kind == "disappeared"
    assert row.now in (None, "not_required")
    assert row.reasons


def test_a_status_that_is_settled_or_opened_is_told_with_both_sides(case: Case) -> None:
    case.set({"eu.gdpr.risk": "high"})
    first = case.entries[-1].seq
    last = case.set({"eu.gdpr.risk": "unknown"})[0].seq
    settled = delta.between(case, first, last).delta.row("eu-gdpr-individuals@IE")
    assert settled is not None
    assert (settled.kind, settled.before, settled.now) == ("possible", "required", "possible")
    back = case.set({"eu.gdpr.risk": "high"})[0].seq
    again = delta.between(case, last, back).delta
    row = again.row("eu-gdpr-individuals@IE")
    assert row is not None
    assert (row.kind, row.before, row.now) == ("required", "possible", "required")


def test_an_open_fact_is_a_question_that_comes_and_goes(case: Case) -> None:
    first = case.set({"eu.gdpr.risk": "high"})[0].seq
    last = case.set({"eu.gdpr.risk": "unknown"})[0].seq
    there = delta.between(case, first, last).delta
    assert any("gdpr.risk" in x.fact for x in there.questions_came)
    assert not any("gdpr.risk" in x.fact for x in there.questions_went)
    back = case.set({"eu.gdpr.risk": "high"})[0].seq
    gone = delta.between(case, last, back).delta
    assert any("gdpr.risk" in x.fact for x in gone.questions_went)


def test_a_clock_that_starts_earlier_says_by_how_much_in_any_zone(retail: Case) -> None:
    before = retail.entries[-1].seq
    # 01:30 of the 20th in Tokyo is 16:30 UTC of the 19th: 24 hours before the first one
    after = retail.set({"timeline.aware": "2026-11-20T01:30:00+09:00"})[0].seq
    early = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    row = delta.between(retail, before, after, early).delta.row("eu-gdpr-lead-sa@IE")
    assert row is not None
    assert row.kind == "moved"
    due = next(x for x in row.shifts if x.field == "due_at")
    assert due.moved_by == -86_400
    assert datetime.fromisoformat(due.now) == datetime(2026, 11, 22, 16, 30, tzinfo=UTC)


def test_the_same_instant_in_another_zone_moves_nothing(retail: Case) -> None:
    retail.set({"timeline.aware": "2026-11-20T16:30:00+00:00"})
    before = retail.entries[-1].seq
    after = retail.set({"timeline.aware": "2026-11-20T11:30:00-05:00"})[0].seq
    found = delta.between(retail, before, after).delta
    assert [row.key for row in found.rows] == []


def test_what_became_late_leads_what_moved(retail: Case) -> None:
    before = retail.entries[-1].seq
    after = retail.set({"timeline.aware": "2026-11-19T16:30:00+00:00"})[0].seq
    found = delta.between(retail, before, after, NOW).delta
    row = found.row("eu-gdpr-lead-sa@IE")
    assert row is not None
    assert row.kind == "late"
    assert row.late
    kinds = [x.kind for x in found.rows]
    assert kinds.index("late") < kinds.index("moved")


def test_each_row_is_laid_at_the_door_of_the_change_that_did_it(retail: Case) -> None:
    before = retail.entries[-1].seq
    made = retail.set(
        {f"{PEOPLE}.US-TX": 130_000, "timeline.aware": "2026-11-19T16:30:00+00:00"},
        source="forensic report",
    )
    found = delta.between(retail, before, made[-1].seq).delta
    assert found.tried
    sec = found.row("us-sec-8k-105@US/initial")
    lead = found.row("eu-gdpr-lead-sa@IE")
    assert sec is not None
    assert lead is not None
    assert [x.path for x in sec.causes] == [f"{PEOPLE}.US-TX"]
    assert [x.path for x in lead.causes] == ["timeline.aware"]
    assert [x.path for x in delta.between(retail, before, made[-1].seq).changes] == [
        f"{PEOPLE}.US-TX",
        "timeline.aware",
    ]


def test_what_no_change_does_alone_is_told_as_done_together(retail: Case) -> None:
    before = retail.entries[-1].seq
    made = retail.set({f"{PEOPLE}.FR": 1000, f"{PEOPLE}.DE": 2000})
    row = delta.between(retail, before, made[-1].seq).delta.row("eu-gdpr-lead-sa@IE")
    assert row is not None
    people = next(x for x in row.shifts if x.field == "people")
    assert [x.ground for x in people.causes] == ["together", "entry", "entry"]
    assert {x.entry for x in people.causes[1:]} == {x.seq for x in made}


def test_changes_of_one_fact_count_as_one_and_the_last_is_named(case: Case) -> None:
    before = case.entries[-1].seq
    case.set({f"{PEOPLE}.FR": 50})
    last = case.set({f"{PEOPLE}.FR": 80})[0].seq
    row = delta.between(case, before, last).delta.row("eu-gdpr-individuals@FR")
    assert row is not None
    assert [x.entry for x in row.causes] == [last]


def test_of_too_many_changes_none_is_tried_and_none_is_blamed(case: Case) -> None:
    before = case.entries[-1].seq
    case.set(
        {
            f"{PEOPLE}.{place}": 10
            for place in [
                "FR",
                "DE",
                "BE",
                "NL",
                "AT",
                "ES",
                "IT",
                "PT",
                "SE",
                "FI",
                "DK",
                "PL",
                "CZ",
            ]
        }
    )
    found = delta.between(case, before, case.entries[-1].seq).delta
    assert len(found.entries) > delta.MOST_TRIED
    assert found.rows
    assert not found.tried
    assert not any(row.causes for row in found.rows)


def test_both_answers_are_of_the_same_instant_so_that_hours_change_nothing(
    retail: Case, clock: Clock
) -> None:
    first = retail.entries[-1].seq
    clock.move(days=30)
    last = retail.set({"title": "Another title"})[0].seq
    found = delta.between(retail, first, last)
    assert found.delta.rows == ()
    assert [x.path for x in found.changes] == ["title"]


def test_a_notice_that_went_out_is_a_change_too(retail: Case, clock: Clock) -> None:
    before = retail.entries[-1].seq
    clock.move(hours=1)
    filings.mark(retail, "eu-gdpr-lead-sa@IE", "sent")
    found = delta.between(retail, before, retail.entries[-1].seq)
    assert [x.told["key"] for x in found.notices] == ["eu-gdpr-lead-sa@IE"]
    row = found.delta.row("eu-gdpr-lead-sa@IE")
    assert row is not None
    assert [x.path for x in row.causes] == ["eu-gdpr-lead-sa@IE"]


def test_points_are_entries_or_instants_and_both_say_the_same(case: Case, clock: Clock) -> None:
    first = case.entries[-1].seq
    at = clock.move(hours=1)
    last = case.set({f"{PEOPLE}.FR": 50})[0].seq
    by_number = delta.between(case, first, last).delta.rows
    by_instant = delta.between(case, START + timedelta(minutes=1), at).delta.rows
    assert by_number
    assert by_number == by_instant


def test_what_was_learned_and_what_was_recorded_are_two_questions(case: Case, clock: Clock) -> None:
    learned = START + timedelta(hours=2)
    clock.move(hours=10)
    case.set({f"{PEOPLE}.FR": 50}, learned=learned)
    span = (START + timedelta(hours=1), START + timedelta(hours=3))
    assert delta.between(case, *span, axis="known").delta.row("eu-gdpr-individuals@FR") is not None
    assert delta.between(case, *span).delta.rows == ()


def test_what_was_believed_for_a_time_is_a_change_while_it_was_believed(
    case: Case, clock: Clock
) -> None:
    clock.move(hours=10)
    two, four = (START + timedelta(hours=x) for x in (2, 4))
    case.set({f"{PEOPLE}.FR": 50}, learned=two, until=four, why="the first estimate")
    there = delta.between(case, START + timedelta(hours=1), two, axis="known")
    gone = delta.between(case, two, four, axis="known")
    assert [x.kind for x in there.delta.rows if x.key == "eu-gdpr-individuals@FR"] == ["appeared"]
    assert [x.kind for x in gone.delta.rows if x.key == "eu-gdpr-individuals@FR"] == ["disappeared"]
    assert [x.path for x in gone.changes] == [f"{PEOPLE}.FR"]


@pytest.mark.parametrize("point", [0, 9999, START - timedelta(days=1), datetime(2026, 11, 20, 9)])  # noqa: DTZ001  # reason: that it has no offset is the case
def test_a_point_that_the_matter_does_not_have_is_refused(case: Case, point: delta.Instant) -> None:
    with pytest.raises(InputError):
        delta.between(case, point, case.entries[-1].seq)


def test_points_the_wrong_way_round_are_refused(case: Case) -> None:
    with pytest.raises(InputError, match="turn them round"):
        delta.between(case, case.entries[-1].seq, 1)


# -- since the last answer -------------------------------------------------------------------


def test_without_a_recorded_answer_there_is_nothing_to_compare_with(case: Case) -> None:
    with pytest.raises(InputError, match="no answer is recorded"):
        delta.since_last(case)


def test_what_time_alone_did_is_laid_at_the_door_of_time(retail: Case, clock: Clock) -> None:
    retail.assess()
    clock.move(hours=10)
    found = delta.since_last(retail)
    row = found.delta.row("eu-gdpr-lead-sa@IE")
    assert row is not None
    assert row.kind == "late"
    assert [x.ground for x in row.causes] == ["time"]
    assert found.changes == ()
    assert not any(x.field == "projected_due_at" for y in found.delta.rows for x in y.shifts)


def test_since_the_last_answer_the_changes_since_are_named_and_nothing_is_recorded(
    retail: Case, clock: Clock
) -> None:
    retail.assess()
    clock.move(minutes=5)
    seq = retail.set({f"{PEOPLE}.PT": 7})[0].seq
    entries = len(retail.entries)
    found = delta.since_last(retail)
    row = found.delta.row("eu-gdpr-individuals@PT")
    assert row is not None
    assert (row.kind, [x.entry for x in row.causes]) == ("appeared", [seq])
    assert len(retail.entries) == entries


def test_a_record_as_it_stood_is_never_written(case: Case) -> None:
    then = delta.at_point(case, 2)
    with pytest.raises(TypeError, match="never written"):
        then.set({f"{PEOPLE}.FR": 1})


# -- the command -----------------------------------------------------------------------------


def test_the_command_tells_facts_rows_and_causes(
    case: Case, url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "clock", clock)
    before = case.entries[-1].seq
    seq = case.set({f"{PEOPLE}.FR": 120}, source="the host's list")[0].seq
    given = ["diff", "EX-7", "--store", url, "--from", str(before)]
    shown = CliRunner().invoke(app, given, env={**os.environ, "COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert f"{PEOPLE}.FR" in shown.output
    assert "unknown → 120" in shown.output
    assert "the host's list" in shown.output
    assert "+ eu-gdpr-individuals@FR" in shown.output
    assert f"by entry {seq}: {PEOPLE}.FR" in shown.output


def test_the_command_refuses_what_does_not_go_together(case: Case, url: str) -> None:
    for given in (["--to", "3"], ["--known"], ["--from", "1", "--to", "2", "--out", "x"]):
        shown = CliRunner().invoke(app, ["diff", case.reference, "--store", url, *given])
        assert isinstance(shown.exception, InputError), (given, shown.output)
        assert str(shown.exception).startswith(given[0] if len(given) < 3 else "--out")
