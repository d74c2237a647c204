"""Deadlines as a calendar and as a table: all of them, in UTC, and nothing that runs."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

import regengine
from regengine.assessment import (
    Assessment,
    Bound,
    Deadline,
    Filed,
    Held,
    LawUsed,
    Ordered,
    People,
    Result,
    Start,
    To,
)
from regengine.documents.ics import calendar_bytes
from regengine.documents.spreadsheet import COLUMNS, deadlines_csv, harmless
from regengine.law import Period
from regengine.plan import Lead, plan_of

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AWARE = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
DUE = AWARE + timedelta(hours=72)
EXAMPLES = sorted(Path("examples").glob("*.yaml"))


def deadline(**more: Any) -> Deadline:
    values: dict[str, Any] = {
        "kind": "fixed",
        "starts": Start(event="aware", at=AWARE),
        "due_at": DUE,
        "text": "within 72 hours",
        "zone": "Europe/Dublin",
    }
    return Deadline(**{**values, **more})


def result(id_: str = "xx-office", due: Deadline | None = None, **more: Any) -> Result:
    values: dict[str, Any] = {
        "id": id_,
        "key": f"{id_}@IE" + (f"/{more['stage']}" if more.get("stage") else ""),
        "jurisdiction": "IE",
        "title": "Notify the office",
        "recipient": To(kind="regulator", name="Data Protection Commission"),
        "bound": Bound(),
        "people": People(at_least=5, at_most=9),
        "status": "required",
        "law_status": "in_force",
        "deadline": due or deadline(),
        "citation": "Breach Act s 4(1)",
        "confidence": "high",
        "method": "online form",
        "portal": "https://authority.example/notify?a=1;b=2,c",
    }
    return Result(**{**values, **more})


def assessment(*results: Result, **more: Any) -> Assessment:
    values: dict[str, Any] = {
        "incident": "EX-1",
        "title": "A matter",
        "now": NOW,
        "checked": True,
        "engine": "0.1.0",
        "law": LawUsed(version="2026.11.23", sha256="ab" * 32),
        "obligations": results,
    }
    return Assessment(**{**values, **more})


@cache
def example(path: Path) -> Assessment:
    return regengine.assess(regengine.load_incident(path), now=NOW)


def entries(content: bytes, kind: str = "VEVENT") -> list[Any]:
    return list(Calendar.from_ical(content).walk(kind))


def only(*results: Result) -> Any:
    (found,) = entries(calendar_bytes(assessment(*results)))
    return found


# -- the calendar -----------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_another_library_reads_every_open_duty_at_its_instant(path: Path) -> None:
    found = example(path)
    read = vobject.readOne(calendar_bytes(found).decode())
    events = getattr(read, "vevent_list", [])
    told = {(x.dtstart.value.astimezone(UTC), "Act earlier" in x.summary.value) for x in events}
    owed = [
        x
        for x in found.obligations
        if x.status != "not_required" and x.deadline.kind != "none" and not x.filed
    ]
    instants = {x.deadline.due_at or x.deadline.projected_due_at for x in owed}
    assert {at for at, earlier in told if not earlier} == {
        at.astimezone(UTC) for at in instants if at
    }
    without = [x for x in owed if not (x.deadline.due_at or x.deadline.projected_due_at)]
    assert len(getattr(read, "vtodo_list", [])) == len(without)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_line_is_folded_and_no_letter_is_cut(path: Path) -> None:
    content = calendar_bytes(example(path))
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        line.decode()
    identities = [str(x["uid"]) for kind in ("VEVENT", "VTODO") for x in entries(content, kind)]
    assert len(identities) == len(set(identities))
    for event in entries(content):
        assert event["dtstart"].dt.utcoffset() == timedelta(0)
        assert event["dtstart"].to_ical().endswith(b"Z")
        assert "dtend" not in event  # an end that is not later than the start is no calendar


def test_an_event_says_what_counsel_needs_and_links_to_the_portal() -> None:
    later = DUE + timedelta(minutes=30)
    event = only(
        result(
            due=deadline(
                latest_defensible=later,
                not_before=AWARE,
                held=(Held(why="the police asked for it"),),
            )
        )
    )
    assert str(event["summary"]) == "Due: Notify the office (Ireland)"
    assert event["dtstart"].dt == DUE
    assert event["status"] == "CONFIRMED"
    assert event["url"] == "https://authority.example/notify?a=1;b=2,c"
    assert str(event["location"]) == "https://authority.example/notify?a=1;b=2,c"
    assert [str(x) for x in event["categories"].cats] == ["Required", "Authority", "Ireland"]
    said = str(event["description"]).split("\n")
    assert said[0] == "Act before 23 November 2026 at 16:30 GMT (UTC+00:00)."
    assert "To: Data Protection Commission." in said
    assert "Not before 20 November 2026 at 16:30 GMT (UTC+00:00)." in said
    assert any(x.startswith("Latest defensible: 23 November 2026 at 17:00 GMT") for x in said)
    assert "Held: The police asked for it." in said
    assert "Terms: within 72 hours." in said
    assert "How: Online form." in said
    assert said[-1] == "Ground: Breach Act s 4(1)."


def test_reminders_ring_a_day_and_four_hours_before() -> None:
    alarms = only(result()).walk("VALARM")
    assert [x["trigger"].dt for x in alarms] == [timedelta(hours=-24), timedelta(hours=-4)]
    assert {x["action"] for x in alarms} == {"DISPLAY"}


def test_what_is_only_possible_or_projected_is_tentative() -> None:
    waiting = deadline(kind="not_started", due_at=None, projected_due_at=DUE, starts=None)
    possible, projected = entries(
        calendar_bytes(assessment(result("a", status="possible"), result("b", waiting)))
    )
    assert possible["status"] == projected["status"] == "TENTATIVE"
    assert str(possible["summary"]).startswith("Possibly due: ")
    assert str(projected["summary"]).startswith("Clock not started, earliest due: ")
    assert projected["dtstart"].dt == DUE
    assert str(projected["categories"].cats[0]) == "Projected"
    assert "The clock has not started." in str(projected["description"])


def test_a_duty_without_an_instant_is_a_thing_to_do_and_does_not_disappear() -> None:
    soft = deadline(kind="soft", due_at=None, text="without undue delay")
    waiting = deadline(kind="not_started", due_at=None, starts=None)
    content = calendar_bytes(assessment(result("a", soft), result("b", waiting)))
    assert entries(content) == []
    first, second = entries(content, "VTODO")
    assert str(first["summary"]) == "To do: Notify the office (Ireland)"
    assert first["dtstart"].dt == AWARE
    assert "Terms: without undue delay." in str(first["description"])
    assert first["status"] == "NEEDS-ACTION"
    assert "dtstart" not in second


def test_what_is_filed_or_not_owed_is_not_in_the_calendar() -> None:
    none = deadline(kind="none", due_at=None)
    found = assessment(
        result("a", filed=(Filed(at=NOW),)),
        result("b", none, status="not_required"),
        result("c", none, status="required"),
    )
    assert entries(calendar_bytes(found)) + entries(calendar_bytes(found), "VTODO") == []


@pytest.mark.parametrize("how", ["refused", "withdrawn"])
def test_a_notice_that_was_refused_or_taken_back_is_still_in_the_calendar(how: str) -> None:
    found = assessment(result(filed=(Filed(at=NOW, how=how),)))
    assert len(entries(calendar_bytes(found))) == 1


def test_stages_are_told_apart() -> None:
    event = only(result(stage="early_warning"))
    assert str(event["summary"]) == "Due: Notify the office – early warning (Ireland)"  # noqa: RUF001


def test_a_date_that_moves_moves_its_event_and_makes_no_second_one() -> None:
    waiting = deadline(kind="not_started", due_at=None, projected_due_at=DUE)
    assert only(result(due=waiting))["uid"] == only(result())["uid"]
    assert only(result())["uid"] != only(result("other"))["uid"]


def test_an_assumed_start_and_lateness_are_said() -> None:
    event = only(
        result(due=deadline(starts=Start(event="aware", at=AWARE, assumed=True), late_by=60))
    )
    assert "The start is assumed" in str(event["description"])
    assert "overdue" in str(event["description"])


def test_a_notice_that_another_waits_for_is_due_with_it() -> None:
    first = result("first", deadline(order=Ordered(before=("second@IE",))))
    second = result("second", deadline(due_at=AWARE + timedelta(hours=24)))
    found = entries(calendar_bytes(assessment(first, second)))
    (earlier,) = [x for x in found if str(x["summary"]).startswith("Act earlier: ")]
    assert earlier["dtstart"].dt == AWARE + timedelta(hours=24)
    assert "second@IE binds it" in str(earlier["description"])
    assert len(found) == 3


def test_steps_that_have_to_begin_before_have_their_own_instants() -> None:
    one = assessment(result())
    plan = plan_of(
        one, [Lead("printing", Period.read("6 hours")), Lead("check", Period.read("2 hours"))]
    )
    found = {str(x["summary"]): x["dtstart"].dt for x in entries(calendar_bytes(one, plan))}
    assert found["Begin printing: Notify the office (Ireland)"] == DUE - timedelta(hours=8)
    assert found["Begin check: Notify the office (Ireland)"] == DUE - timedelta(hours=2)


def test_a_portal_that_is_no_address_is_no_link() -> None:
    event = only(result(portal="by telephone"))
    assert "url" not in event
    assert str(event["location"]) == "by telephone"


@given(text=st.text(min_size=1, max_size=300))
def test_no_text_breaks_the_calendar(text: str) -> None:
    hostile = f"{text}\r\nEND:VEVENT\r\nBEGIN:VEVENT"
    content = calendar_bytes(
        assessment(
            result(title=hostile, method=hostile, recipient=To(kind="regulator", name=hostile)),
            title=hostile,
        )
    )
    (event,) = entries(content)
    assert event["dtstart"].dt == DUE
    assert content.count(b"\r\nBEGIN:VEVENT") == 1
    (read,) = vobject.readOne(content.decode()).vevent_list
    assert read.dtstart.value == DUE
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_long_words_in_any_script_survive_folding() -> None:
    name = "数据保护委员会🔒" * 40 + "مفوضية" * 30
    event = only(result(title=name + "\ud800"))
    assert name in str(event["summary"])
    read = vobject.readOne(calendar_bytes(assessment(result(title=name))).decode("utf-8"))
    assert name in read.vevent.summary.value


def test_the_same_assessment_gives_the_same_bytes() -> None:
    found = example(EXAMPLES[0])
    assert calendar_bytes(found) == calendar_bytes(found.model_copy())


# -- the table --------------------------------------------------------------------------


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_table_has_a_row_for_every_result(path: Path) -> None:
    found = example(path)
    read = rows(deadlines_csv(found))
    assert sorted(x["key"] for x in read) == sorted(x.key for x in found.obligations)
    assert all(set(x) == set(COLUMNS) for x in read)


def test_a_row_says_the_instant_in_utc_and_where_it_is_owed() -> None:
    one = result(
        due=deadline(
            zone="America/New_York", latest_defensible=DUE + timedelta(hours=1), late_by=9
        ),
        filed=(Filed(at=NOW, reference="R-1"), Filed(at=NOW.date(), how="received")),
    )
    (row,) = rows(deadlines_csv(assessment(one), {"xx-office@IE": "9 of 11"}))
    assert row["due_at"] == "2026-11-23T16:30:00+00:00"
    assert row["due_local"] == "2026-11-23T11:30:00-05:00"
    assert row["zone"] == "America/New_York"
    assert row["latest_defensible"] == "2026-11-23T17:30:00+00:00"
    assert (row["starts_event"], row["starts_assumed"]) == ("aware", "false")
    assert row["filed"] == "2026-11-21T09:00:00+00:00 sent R-1; 2026-11-21 received"
    assert (row["readiness"], row["late_by_seconds"]) == ("9 of 11", "9")


def test_rows_come_in_the_order_in_which_they_are_due() -> None:
    none = deadline(kind="none", due_at=None)
    later = deadline(due_at=DUE + timedelta(days=1))
    waiting = deadline(kind="not_started", due_at=None, projected_due_at=DUE)
    found = assessment(
        result("none", none, status="not_required"),
        result("waiting", waiting),
        result("later", later),
        result("first"),
    )
    keys = [x["key"].partition("@")[0] for x in rows(deadlines_csv(found))]
    assert keys == ["first", "later", "waiting", "none"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|'/c calc'!A0", "＝1", "\n=1", "\0=1"],  # noqa: RUF001
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")
    (row,) = rows(deadlines_csv(assessment(result(title=text))))
    assert row["title"].startswith("'")


@given(text=st.text(max_size=80))
def test_any_text_comes_back_as_one_cell(text: str) -> None:
    content = deadlines_csv(assessment(result(title=text, recipient=To(kind="other", name=text))))
    (row,) = rows(content)
    assert row["key"] == "xx-office@IE"
    assert re.sub(r"^'", "", row["title"]) == re.sub(r"^'", "", harmless(text))
    assert not row["title"].lstrip().startswith(("=", "+", "-", "@"))


def test_lines_end_as_the_standard_says_and_quotes_are_doubled() -> None:
    content = deadlines_csv(assessment(result(title='say "a", b\nc')))
    assert content.count(b"\r\n") == 2
    assert b'"say ""a"", b\nc"' in content
    assert deadlines_csv(assessment(), bom=True) == b"\xef\xbb\xbf" + deadlines_csv(assessment())
