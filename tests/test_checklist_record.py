"""What is on record in the workstreams stands in counsel's papers, and advice in one alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from icalendar import Calendar

import regengine
from regengine.assessment import Assessment
from regengine.casefile.standing import Standing, Stream
from regengine.documents import ics, matter_papers
from regengine.documents.briefs import shift_brief
from regengine.documents.counsel import checklist_document
from regengine.documents.spreadsheet import deadlines_csv
from regengine.documents.tracked import part_of
from regengine.facts import Incident

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NASTY = "<script>alert(1)</script> {{ 7 * 7 }} {% raw %} \x07 =1+1 " + "W" * 900
HOUR = timedelta(hours=1)


@cache
def matter() -> tuple[Incident, Assessment]:
    path = Path(__file__).parents[1] / "examples" / "lost-laptop.yaml"
    incident = regengine.load_incident(path)
    return incident, regengine.assess(incident, now=NOW)


def rows(advice: bool = True) -> list[Standing]:
    made = [
        Standing("evidence", "T1", "Image the servers", "open", "K.", NOW - HOUR, "overdue"),
        Standing("communication", "T2", "Answer the press", "open", None, NOW + HOUR),
    ]
    secret = Standing("legal", "T3", "Weigh the opinion", "open", "A.", NOW + HOUR, None, True)
    return [*made, secret] if advice else made


def test_without_a_record_the_pages_hold_nothing_of_one() -> None:
    page = checklist_document(*matter()).files[".html"].decode()
    assert "On record" not in page
    assert ".plan.record" not in page
    assert page == checklist_document(*matter(), standing=()).files[".html"].decode()


def test_a_warning_is_said_in_words_and_stands_first() -> None:
    found = [Standing("evidence", "E1", "Quiet", "kept"), *rows()]
    text = checklist_document(*matter(), standing=found).text
    block = text[text.index("Evidence to preserve") :]
    assert block.index("Warning") < block.index("Image the servers") < block.index("Quiet")


def test_the_checklist_says_that_it_holds_advice_and_only_then() -> None:
    assert "stays with counsel" in checklist_document(*matter(), standing=rows()).text
    assert "stays with counsel" not in checklist_document(*matter(), standing=rows(False)).text


def test_advice_is_in_no_other_paper_unless_it_is_asked_for() -> None:
    incident, found = matter()
    for name in ("board brief", "shift brief"):
        (made,) = matter_papers.make(name, incident, found, None, rows())
        assert "Weigh the opinion" not in made.text
    for content in matter_papers.data(found, {}, rows()).values():
        assert b"Weigh the opinion" not in content
    asked = shift_brief(incident, found, standing=rows(), advice=True).text
    assert "Weigh the opinion" in asked


def test_the_shift_brief_names_owners_and_what_is_overdue() -> None:
    text = shift_brief(*matter(), standing=rows()).text
    assert "Who owns what" in text
    assert "1, 1 overdue (T1)" in text
    assert "Nobody" in text


def test_tasks_stand_apart_from_deadlines_in_calendar_and_table() -> None:
    _, found = matter()
    made = Calendar.from_ical(ics.calendar_bytes(found, standing=rows()))
    tasks = [x for x in made.walk("VEVENT") if str(x["summary"]).startswith("Task ")]
    assert [str(x["summary"]) for x in tasks] == [
        "Task T1: Image the servers",
        "Task T2: Answer the press",
    ]
    assert [x.decoded("dtstart") for x in tasks] == [NOW - HOUR, NOW + HOUR]
    assert all("no deadline of law" in str(x["description"]) for x in tasks)
    lines = deadlines_csv(found, standing=rows()).decode().splitlines()
    assert [line.split(",")[0] for line in lines if ",record," in line] == ["T1", "T2"]
    assert deadlines_csv(found, standing=()) == deadlines_csv(found)
    assert ics.calendar_bytes(found, standing=()) == ics.calendar_bytes(found)


def test_a_row_that_tells_of_a_notice_is_not_counted_beside_its_clock() -> None:
    _, found = matter()
    row = Standing("filings", found.obligations[0].key, "Draft", "draft", None, NOW + HOUR)
    assert ics.calendar_bytes(found, standing=[row]) == ics.calendar_bytes(found)


@pytest.mark.parametrize("stream", get_args(Stream))
def test_every_workstream_has_a_part_of_the_checklist(stream: Stream) -> None:
    found = [Standing(stream, "R1", f"Row of {stream}", "kept")]
    assert f"Row of {stream}" in checklist_document(*matter(), standing=found).text
    assert part_of(stream)


@pytest.mark.parametrize("number", [1, 200])
def test_hostile_and_long_text_in_every_field_stays_text(number: int) -> None:
    found = [
        Standing("evidence", f"{NASTY}{x}", NASTY, NASTY, NASTY, NOW + HOUR, NASTY, bool(x % 2))
        for x in range(number)
    ]
    for made in (
        checklist_document(*matter(), standing=found),
        shift_brief(*matter(), standing=found, advice=True),
    ):
        page = made.files[".html"].decode()
        assert "<script" not in page
        assert "\x07" not in page
        assert "&lt;script&gt;" in page
        assert "{{ 7 * 7 }}" in page


def test_without_a_first_sign_due_rows_are_counted_and_not_lost() -> None:
    incident = Incident(reference="R")
    found = regengine.assess(incident)
    text = checklist_document(incident, found, standing=rows(False)).text
    assert "2 rows on record have a due time" in text
    assert "Image the servers" in text
