"""The board's page and the hand-over of a shift."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import regengine
from regengine.assessment import Assessment, Filed
from regengine.documents.briefs import _CUTS, _Board, _Shift, board_brief, clip, shift_brief
from regengine.documents.conformance import check
from regengine.documents.document import Document
from regengine.errors import InputError
from regengine.facts import (
    Candidate,
    Delay,
    Incident,
    JudgementGiven,
    LawEnforcement,
    Moment,
    Vendor,
)

EXAMPLES = Path(__file__).parents[1] / "examples"
NOWS = dict(
    re.findall(
        r"([\w-]+\.(?:yaml|toml|json)).*?(20\d\d-\d\d-\d\dT[\d:]+\+[\d:]+)",
        (EXAMPLES / "README.md").read_text(encoding="utf-8"),
    )
)
RETAIL = "retail-ransomware.yaml"
NASTY = "<script>x</script> {{ 7 * 7 }} {% raw %} " + "W" * 900 + " \u05e9\u05dc\u05d5\u05dd"
each = pytest.mark.parametrize("name", sorted(NOWS))


@cache
def matter(name: str) -> tuple[Incident, Assessment]:
    incident = regengine.load_incident(EXAMPLES / name)
    return incident, regengine.assess(incident, now=datetime.fromisoformat(NOWS[name]))


@cache
def board_of(name: str) -> Document:
    return board_brief(*matter(name))


def at_instant(text: str) -> Moment:
    return Moment.of(datetime.fromisoformat(text))


def nasty() -> tuple[Incident, Assessment]:
    incident, assessment = matter(RETAIL)
    groups = tuple(x.model_copy(update={"label": NASTY}) for x in incident.affected or ())
    questions = tuple(
        x.model_copy(update={"question": f"{x.question} {NASTY}"})
        for x in assessment.open_questions
    )
    changed = {
        "title": NASTY,
        "reference": "R" * 300,
        "summary": f"{NASTY} " * 20,
        "affected": groups,
        "organisation": incident.organisation.model_copy(update={"name": NASTY}),
        "incident": incident.incident.model_copy(update={"vendor": Vendor(name=NASTY)}),
        "law_enforcement": LawEnforcement(agency=NASTY),
    }
    later = tuple(
        x.model_copy(
            update={
                "late": f"Fines of 5 dollars. {'Long words about fines. ' * 40}",
                "recipient": x.recipient.model_copy(update={"name": NASTY}),
            }
        )
        for x in assessment.obligations
    )
    return incident.model_copy(update=changed), assessment.model_copy(
        update={"open_questions": questions, "obligations": later}
    )


# -- the board --------------------------------------------------------------------------


@each
def test_the_board_gets_one_page(name: str) -> None:
    made = board_of(name)
    assert made.pages == 1
    assert check(made.files[".pdf"]) == []
    assert (made.kind, sorted(made.files)) == ("brief", [".html", ".pdf"])


def test_the_board_gets_one_page_whatever_a_user_writes() -> None:
    made = board_brief(*nasty())
    assert made.pages == 1
    assert check(made.files[".pdf"]) == []
    html = made.files[".html"].decode()
    assert "<script" not in html
    assert "49" not in re.sub(r"\d{3,}", "", made.text.split("What we must do")[0])
    assert "{{ 7 * 7 }}" in made.text


@each
def test_what_the_board_does_not_see_is_counted(name: str) -> None:
    """Shown and more make all, at every depth of the cut."""
    board = _Board(*matter(name))
    timed = [x for x in board.docket.open("required") if x.deadline.due_at is not None]
    for cuts in _CUTS:
        page = board.page(cuts)
        for part, more, total in (
            ("decisions", page["more_decisions"], len(board.decisions)),
            ("unknown", page["more_unknown"], len(board.unknown)),
            ("exposure", page["more_exposure"], len(board.exposure)),
        ):
            left = total - len(page[part])
            assert more == (f"and {left} more" if left else None)
        left = len(timed) - len(page["clocks"])
        assert (f"and {left} more" in page["clock_notes"]) == bool(left)


def test_the_board_sees_what_is_overdue_first_and_the_possible_as_a_number_alone() -> None:
    board = _Board(*matter(RETAIL))
    page = board.page(_CUTS[0])
    assert page["clocks"][0].who == "PayHub Acquiring SA"
    assert page["clocks"][0].late
    assert not any(line.possible for line in page["clocks"])
    possible = len(board.docket.open("possible"))
    assert f"{possible} notices are only possible: open facts decide." in page["clock_notes"]


def test_exposure_is_what_the_law_files_say_and_nothing_else() -> None:
    incident, assessment = matter(RETAIL)
    held = {(x.late, x.citation) for x in assessment.obligations}
    found = _Board(incident, assessment).exposure
    assert found
    assert {(text, cite) for _, text, cite in found} <= held
    assert all(re.search(r"(?:EUR|GBP|USD|\$) ?\d|\d+ dollars", text) for _, text, _ in found)
    bare = tuple(x.model_copy(update={"late": None}) for x in assessment.obligations)
    silent = board_brief(incident, assessment.model_copy(update={"obligations": bare}))
    assert "The law files hold no figure for the notices in play" in silent.text


def test_the_board_reads_data_that_were_perhaps_taken_and_the_first_date_of_a_possible_duty() -> (
    None
):
    incident, _ = matter(RETAIL)
    groups = tuple(
        x.model_copy(update={"data": ("name",), "data_possible": ("card_code",)})
        for x in incident.affected or ()
    )
    unsure = incident.model_copy(update={"affected": groups})
    assessment = regengine.assess(unsure, now=datetime.fromisoformat(NOWS[RETAIL]))
    board = _Board(unsure, assessment)
    page = board.page(_CUTS[0])
    assert dict(page["concerned"])["Data"] == "name; possibly also payment card security code"
    dated = [x for x in assessment.obligations if x.status == "possible" and x.deadline.due_at]
    first = min(dated, key=lambda x: x.deadline.due_at or datetime.max.replace(tzinfo=UTC))
    line = board.line(first)
    assert f"The first of those that have a date: {line.who}, {line.when}." in page["clock_notes"]


def test_the_board_decides_what_is_the_boards() -> None:
    questions = [row.question for row in _Board(*matter(RETAIL)).decisions]
    assert any("ransom" in question for question in questions)
    letter = [row.question for row in _Board(*matter("misdirected-letter.json")).decisions]
    assert not any("ransom" in question for question in letter)


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two …"),
        ("W" * 50, 10, "W" * 9 + "…"),
        ("a\n  b", 5, "a b"),
    ],
)
def test_a_text_is_cut_at_a_word(text: str, most: int, cut: str) -> None:
    assert clip(text, most) == cut
    assert len(clip(text, most)) <= most


# -- the shift --------------------------------------------------------------------------


def shift(
    *, hours: float = 12, since: datetime | None = None, now: str | None = None, **facts: Any
) -> _Shift:
    incident, assessment = matter(RETAIL)
    moved = assessment.model_copy(update={"now": datetime.fromisoformat(now)} if now else {})
    return _Shift(incident.model_copy(update=facts), moved, hours, since)


@each
def test_a_shift_brief_of_every_example_conforms(name: str) -> None:
    made = shift_brief(*matter(name))
    assert check(made.files[".pdf"]) == []
    assert made.pages <= 2


def test_a_shift_brief_takes_whatever_a_user_writes() -> None:
    made = shift_brief(*nasty(), hours=1000)
    assert check(made.files[".pdf"]) == []
    assert "<script" not in made.files[".html"].decode()


def test_what_is_new_lies_between_since_and_now() -> None:
    found = shift(hours=12, now="2026-11-21T15:00:00+00:00").page()["news"]
    assert not any("16:30" in line for line in found)  # aware the evening before
    assert any(line.startswith("Sent: National Cyber Security Centre") for line in found)
    assert "reference NCSC-26-0711" in " ".join(found)
    assert any(line.startswith("The incident was contained") for line in found)
    assert not any("materia" in line for line in found)  # the day after


def test_both_ends_of_the_shift_are_in_it() -> None:
    contained = "2026-11-21T13:30:00+00:00"
    at_now = shift(now=contained, hours=1).page()["news"]
    at_since = shift(
        now="2026-11-21T14:30:00+00:00", since=datetime.fromisoformat(contained)
    ).page()["news"]
    after = shift(
        now="2026-11-21T14:30:00+00:00",
        since=datetime.fromisoformat("2026-11-21T13:30:01+00:00"),
    ).page()["news"]
    said = "The incident was contained: 21 November 2026 at 13:30 GMT (UTC+00:00)"
    assert said in at_now
    assert said in at_since
    assert said not in after


@pytest.mark.parametrize(
    ("day", "new"),
    [(20, False), (21, True), (22, True), (23, False)],
)
def test_a_date_without_a_time_is_new_on_its_whole_day(day: int, new: bool) -> None:
    moment = Moment.of(date(2026, 11, day))
    timeline = {"restored": (Candidate(at=moment),)}
    found = shift(now="2026-11-22T03:00:00+00:00", hours=6, timeline=timeline).page()["news"]
    assert any("restored" in line for line in found) is new


def test_a_month_is_no_news_of_a_shift() -> None:
    moment = Moment(day=date(2026, 11, 1), precision="month")
    timeline = {"restored": (Candidate(at=moment),)}
    found = shift(timeline=timeline).page()["news"]
    assert not any("restored" in line for line in found)


def test_conclusions_and_holds_of_the_shift_are_news() -> None:
    given = JudgementGiven(value="true", by="C. Walsh", at=at_instant("2026-11-23T08:00:00+00:00"))
    delay = Delay(
        requested_by="FBI",
        granted=True,
        **{"from": at_instant("2026-11-23T07:00:00+00:00")},
        until=at_instant("2026-11-23T20:00:00+00:00"),
    )
    page = shift(
        judgements={"us.sec.material": given}, law_enforcement=LawEnforcement(delays=(delay,))
    ).page()
    assert page["news"][-2:] == [
        "Hold asked for by FBI: 23 November 2026 at 07:00 GMT (UTC+00:00)",
        "Concluded: us.sec.material = yes (C. Walsh), 23 November 2026 at 08:00 GMT (UTC+00:00)",
    ]
    ends = "The hold asked for by FBI ends: 23 November 2026 at 20:00 GMT (UTC+00:00)"
    assert ends in page["clock_notes"]
    late = shift(hours=6, law_enforcement=LawEnforcement(delays=(delay,))).page()
    assert ends not in late["clock_notes"]


def test_the_next_hours_hold_their_clocks_and_those_that_were_missed() -> None:
    page = shift(hours=12).page()
    assert [(line.who, line.late) for line in page["clocks"]] == [
        ("PayHub Acquiring SA", True),
        ("Data Protection Commission, Ireland", False),
    ]
    sooner, first = page["then"]
    assert sooner.possible
    assert (first.who.rpartition(" ")[2], first.possible) == ("initial", False)
    assert first.when == "27 November 2026 at 17:30 EST (UTC-05:00)"
    short = shift(hours=7).page()
    assert [line.who for line in short["clocks"]] == ["PayHub Acquiring SA"]
    assert short["then"][0].who == "Data Protection Commission, Ireland"


def test_a_clock_that_ends_with_the_shift_is_in_it() -> None:
    assert len(shift(hours=7.5).due()) == 2
    assert len(shift(hours=7.499).due()) == 1


def test_a_possible_clock_of_the_shift_says_that_it_is_only_possible() -> None:
    lines = shift(hours=24 * 30).page()["clocks"]
    possible = [line for line in lines if line.possible]
    assert possible
    assert all(line.when.startswith("if owed: ") for line in possible)


def test_tasks_are_those_of_the_hours_and_earlier_ones_are_called_back() -> None:
    page = shift(hours=12).page()
    assert {task.phase for task in page["tasks"]} == {"week"}
    assert page["earlier"].endswith("of the checklist).")
    early = shift(now="2026-11-20T08:00:00+00:00", hours=12).page()
    assert {task.phase for task in early["tasks"]} <= {"h4", "h24"}
    assert early["more_tasks"] is not None
    assert early["earlier"] is None


def test_those_who_owe_an_answer_are_named_with_what_they_owe() -> None:
    waiting = {who: (lines, more) for who, lines, more in shift().page()["waiting"]}
    data, more = waiting["Data team (customer and personnel records)"]
    assert data[0].startswith("Where do the people live")
    assert len(data) == 3
    assert more is not None
    assert any(who.startswith("The board") for who in waiting)


def test_a_notice_without_a_receipt_and_a_hold_without_an_answer_are_awaited() -> None:
    incident, assessment = matter(RETAIL)
    filed = Filed(at=datetime(2026, 11, 22, 9, tzinfo=UTC), how="sent")
    obligations = tuple(
        x.model_copy(update={"filed": (filed,)}) if x.key == "eu-gdpr-lead-sa@IE" else x
        for x in assessment.obligations
    )
    asked = incident.model_copy(
        update={"law_enforcement": LawEnforcement(delays=(Delay(requested_by="BKA"),))}
    )
    found = _Shift(asked, assessment.model_copy(update={"obligations": obligations}), 12, None)
    awaited = list(found._awaited())
    assert ("BKA", "Decision on the hold, in writing, with a last day") in awaited
    assert (
        "Data Protection Commission, Ireland (receipt)",
        "Receipt or reference of the notice sent 22 November 2026 at 09:00 GMT (UTC+00:00)",
    ) in awaited


def test_without_a_now_everything_is_new_and_the_first_clocks_are_next() -> None:
    incident, assessment = matter(RETAIL)
    found = _Shift(incident, assessment.model_copy(update={"now": None}), 12, None)
    page = found.page()
    assert page["since"] is page["until"] is None
    assert page["then"] == []
    assert any(line.startswith("The incident began") for line in page["news"])
    assert page["clocks"][0].left is None
    assert len(page["clocks"]) == 10


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: shift(hours=0), "a shift lasts 0 hours; it must be above 0"),
        (lambda: shift(hours=float("nan")), "must be above 0"),
        (lambda: shift(hours=float("inf")), "must be above 0"),
        (
            lambda: shift(since=datetime(2026, 11, 23)),  # noqa: DTZ001  # reason: what is refused
            "has no offset; write one",
        ),
        (
            lambda: shift(since=datetime(2026, 11, 23, 9, 0, 1, tzinfo=UTC)),
            "is after now",
        ),
    ],
)
def test_a_shift_that_cannot_be_is_refused(make: Callable[[], _Shift], words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        make()


def test_the_same_shift_makes_the_same_bytes() -> None:
    since = datetime(2026, 11, 21, tzinfo=UTC)
    first, second = (shift_brief(*matter(RETAIL), since=since) for _ in range(2))
    assert first.files == second.files
    assert first.pages <= 2
