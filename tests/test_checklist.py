"""Counsel's checklist: tasks, decisions, open facts and the plan by time follow the facts."""

from __future__ import annotations

import io
import itertools
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

import regengine
from regengine.assessment import Assessment, Filed
from regengine.documents.conformance import check
from regengine.documents.counsel import _View, checklist_document
from regengine.documents.docket import Docket
from regengine.documents.document import Document
from regengine.documents.outputs import table
from regengine.documents.picture import Clock, Event, draw
from regengine.documents.workstreams import Situation, Stream, Task, phases
from regengine.facts import Candidate, Delay, Incident, LawEnforcement, Moment, Vendor
from regengine.truth import Range

EXAMPLES = Path(__file__).parents[1] / "examples"
NOWS = {
    path.name: found[0]
    for path in sorted(EXAMPLES.iterdir())
    if (
        found := re.findall(
            rf"{re.escape(path.name)}.*?(20\d\d-\d\d-\d\dT[\d:]+\+[\d:]+)",
            (EXAMPLES / "README.md").read_text(encoding="utf-8"),
        )
    )
}
RETAIL = "retail-ransomware.yaml"
LETTER = "misdirected-letter.json"
VENDOR = "hospital-business-associate.toml"
NASTY = (
    "<script>alert(1)</script><b>bold</b> {{ 7 * 7 }} {% raw %} &amp; "
    + "W" * 400
    + " \u05e9\u05dc\u05d5\u05dd "
    + "%s {0} \\ ' \""
)


@cache
def matter(name: str) -> tuple[Incident, Assessment]:
    incident = regengine.load_incident(EXAMPLES / name)
    return incident, regengine.assess(incident, now=datetime.fromisoformat(NOWS[name]))


def changed(name: str, **facts: Any) -> Situation:
    """Ask the same assessment of other facts: what hangs on the facts alone moves."""
    incident, assessment = matter(name)
    return Situation(Docket(incident.model_copy(update=facts), assessment))


@cache
def printed(name: str) -> Document:
    return checklist_document(*matter(name))


@cache
def unknown() -> tuple[Incident, Assessment]:
    incident = Incident(reference="R")
    return incident, regengine.assess(incident)


def situation(name: str) -> Situation:
    return Situation(Docket(*matter(name)))


def tasks(streams: tuple[Stream, ...]) -> dict[str, Task]:
    return {task.title: task for stream in streams for task in stream.tasks}


def happening(name: str, **facts: Any) -> Situation:
    incident = matter(name)[0]
    return changed(name, incident=incident.incident.model_copy(update=facts))


# -- the tables -------------------------------------------------------------------------


def test_every_task_has_a_ground_an_owner_a_stream_and_a_phase_that_exist() -> None:
    read = table("checklist/workstreams.toml")
    streams = {row["id"] for row in read["stream"]}
    known = [phase.id for phase in phases()]
    for row in read["task"]:
        assert row["stream"] in streams
        assert row["phase"] in known
        assert row["ground"].strip()
        assert row["owner"].strip()
        assert ("when" in row) == ("if" in row), row["title"]
    assert {row["stream"] for row in read["task"]} == streams


def test_every_example_has_a_now() -> None:
    files = (path for path in EXAMPLES.iterdir() if path.is_file())
    shown = {path.name for path in files if path.name != "README.md"}
    assert set(NOWS) == shown


@pytest.mark.parametrize("name", sorted(NOWS))
def test_every_condition_can_be_asked_of_every_example(name: str) -> None:
    asked = situation(name)
    assert len(asked.streams) == 5
    assert all(stream.tasks for stream in asked.streams if stream.id != "police")
    assert all(decision.who and decision.who_ground for decision in asked.decisions())
    assert all(row.holder for row in (*asked.questions(), *asked.remainders()))
    assert all("{{" not in task.text + task.ground for task in tasks(asked.streams).values())


# -- tasks ------------------------------------------------------------------------------


def test_tasks_of_ransomware_stand_for_ransomware_and_not_for_a_letter() -> None:
    ransomware, letter = tasks(situation(RETAIL).streams), tasks(situation(LETTER).streams)
    for title in (
        "Protect the backups",
        "Sanctions check before any talk of money",
        "Image disks and memory before cleaning",
        "Close trading windows, open the insider list",
        "Change nothing in the card environment",
    ):
        assert title in ransomware
        assert ransomware[title].condition is None
        assert title not in letter
    assert "Get the data back from the wrong recipient" in letter
    assert "Get the data back from the wrong recipient" not in ransomware


def test_what_is_not_known_leaves_every_task_in_under_its_condition() -> None:
    """A task that any example needs stands already while nothing is known."""
    all_tasks = tasks(Situation(Docket(*unknown())).streams)
    for name in sorted(NOWS):
        wanted = tasks(situation(name).streams)
        assert {_stem(title) for title in wanted} <= {_stem(title) for title in all_tasks} | {
            "Diarise the end of the hold"  # a hold is on record or it is not
        }
    assert all_tasks["Protect the backups"].condition == (
        "data were encrypted, destroyed or out of reach"
    )
    assert all_tasks["Open the log of who knew what, and when"].condition is None


def _stem(title: str) -> str:
    return title.partition(" to ")[0]


@pytest.mark.parametrize(
    ("facts", "title", "condition"),
    [
        ({"unavailable": None, "lost": None, "kinds": None}, "Protect the backups", "data were"),
        ({"ongoing": True}, "Ask counsel before watching instead of closing", None),
        ({"ongoing": None}, "Ask counsel before watching instead of closing", "the intrusion"),
        ({"vendor": Vendor(name="Hosting Ltd")}, "Cut and check the vendor's access", None),
    ],
)
def test_a_fact_settles_its_task(facts: dict[str, Any], title: str, condition: str | None) -> None:
    task = tasks(happening(RETAIL, **facts).streams)[title]
    assert (task.condition or "").startswith(condition or "")
    assert (task.condition is None) == (condition is None)


def test_a_fact_that_is_not_so_takes_its_task_away() -> None:
    gone = "Ask counsel before watching instead of closing"
    assert gone not in tasks(happening(RETAIL, ongoing=False).streams)


def test_the_vendor_and_the_police_on_record_are_named_in_the_tasks() -> None:
    found = tasks(happening(RETAIL, vendor=Vendor(name="Hosting {{ 7 }} Ltd")).streams)
    assert "Hosting {{ 7 }} Ltd" in found["Cut and check the vendor's access"].text
    assert "Report the crime to An Garda Síochána" in found


def test_tasks_are_numbered_without_gaps_in_the_order_of_time() -> None:
    order = [phase.id for phase in phases()]
    for stream in situation(RETAIL).streams:
        assert [task.number for task in stream.tasks] == [
            f"{stream.number}.{index}" for index in range(1, len(stream.tasks) + 1)
        ]
        ranks = [order.index(task.phase) for task in stream.tasks]
        assert ranks == sorted(ranks)


# -- the plan by time -------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(NOWS))
def test_each_open_clock_and_each_task_stands_in_one_phase(name: str) -> None:
    asked = situation(name)
    plan = asked.plan()
    clocks = [result.key for phase in plan for result in phase.clocks]
    wanted = [
        x.key for x in asked.docket.open("required", "possible") if x.deadline.due_at is not None
    ]
    assert sorted(clocks) == sorted(wanted)
    numbers = [task.number for phase in plan for task in phase.tasks]
    assert sorted(numbers) == sorted(task.number for task in tasks(asked.streams).values())


def test_phases_follow_each_other_and_know_where_now_is() -> None:
    plan = situation(RETAIL).plan()
    assert plan[0].start == datetime(2026, 11, 20, 7, 45, tzinfo=UTC)
    assert all(a.end == b.start for a, b in itertools.pairwise(plan))
    assert plan[0].end == datetime(2026, 11, 20, 11, 45, tzinfo=UTC)
    assert plan[-1].end is None
    # 23 November 09:00 is hour 73 and a quarter.
    assert [phase.state for phase in plan] == ["past", "past", "past", "now", "ahead"]


def test_without_a_start_no_phase_has_an_instant() -> None:
    plan = Situation(Docket(*unknown())).plan()
    assert {(phase.start, phase.end, phase.state) for phase in plan} == {(None, None, "open")}
    assert any(phase.tasks for phase in plan)


# -- decisions and open facts -----------------------------------------------------------


def _views(*, chosen: bool, why: str | None) -> dict[str, tuple[Candidate, ...]]:
    first = datetime(2026, 11, 20, 7, 45, tzinfo=UTC)
    return {
        **matter(RETAIL)[0].timeline,
        "aware": (
            Candidate(at=Moment.of(first), why="first alert"),
            Candidate(at=Moment.of(first + timedelta(hours=9)), why=why, chosen=chosen),
        ),
    }


@pytest.mark.parametrize(
    ("chosen", "why", "words"),
    [
        (False, "forensics", "Which instant counts as “The organisation became aware”"),
        (True, None, "Write down why this instant counts"),
        (True, "forensics", None),
    ],
)
def test_views_of_awareness_ask_for_a_choice_and_its_reason(
    chosen: bool, why: str | None, words: str | None
) -> None:
    found = changed(RETAIL, timeline=_views(chosen=chosen, why=why)).decisions()
    mine = [x for x in found if x.fact == "timeline.aware"]
    if words is None:
        assert mine == []
    else:
        assert words in mine[0].question
        assert "Data Protection Commission (IE)" in mine[0].turns


@pytest.mark.parametrize(
    ("fact", "who", "board"),
    [
        ("us.sec.material", "disclosure committee", True),
        ("judgements.eu.gdpr.risk", "data protection officer", False),
        ("eu.nis2.significant", "Management body", True),
        ("us.hipaa.low_probability", "Privacy officer", False),
        ("us.harm.substantial", "Counsel, after inquiry", False),
        ("xx.never_heard_of", "Counsel", False),
    ],
)
def test_each_conclusion_has_somebody_who_draws_it(fact: str, who: str, board: bool) -> None:
    found = situation(RETAIL).decider(fact)
    assert who in found[0]
    assert found[2] is board
    assert found[1]


@pytest.mark.parametrize(
    ("fact", "kinds", "holder"),
    [
        ("incident.exfiltrated", ("vendor",), "Hosting Ltd, and our examiners"),
        ("incident.exfiltrated", ("intrusion",), "Forensic examiners and IT"),
        ("incident.exfiltrated", None, "Forensic examiners and IT"),
        ("affected.customers.people.US-TX", ("vendor",), "Data team"),
        ("organisation.regimes.eu.telecom", None, "Company secretary"),
        ("judgements.eu.gdpr.risk", None, "Data protection officer"),
        ("no.such.fact", None, "Counsel"),
    ],
)
def test_each_open_fact_has_somebody_to_ask(
    fact: str, kinds: tuple[str, ...] | None, holder: str
) -> None:
    vendor = Vendor(name="Hosting Ltd") if kinds == ("vendor",) else None
    found = happening(RETAIL, vendor=vendor, kinds=kinds).holder(fact)
    assert found.startswith(holder)


def test_open_facts_keep_their_rank_and_duties_are_cut_with_a_count() -> None:
    rows = situation("almost-nothing.yaml").questions()
    assert rows[0].settles == max(row.settles for row in rows) > 1000
    assert "duties of places that are not in play yet" in rows[0].duties
    assert all(len(row.duties) < 600 for row in rows)
    assert printed("almost-nothing.yaml").pages < 25


def test_no_question_is_left_out_of_decisions_and_facts() -> None:
    for name in (RETAIL, "telecom.yaml"):
        asked = situation(name)
        shown = {row.fact for row in asked.questions()} | {x.fact for x in asked.decisions()}
        assert {question.fact for question in matter(name)[1].open_questions} <= shown


# -- what may be said -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("acquired", "exfiltrated", "state"),
    [
        (True, None, "untrue on the record"),
        (None, False, "not established"),
        (None, None, "not established"),
        (False, False, None),
    ],
)
def test_a_claim_stands_only_where_the_facts_bear_it(
    acquired: bool | None, exfiltrated: bool | None, state: str | None
) -> None:
    claims = dict(happening(RETAIL, acquired=acquired, exfiltrated=exfiltrated).claims())
    assert claims.get("that no data were taken") == state


def test_a_range_of_people_is_no_final_number() -> None:
    asked = situation(RETAIL)
    assert dict(asked.claims())["a number of people as final"] == "not established"
    letter = dict(situation(LETTER).claims())
    assert "a number of people as final" not in letter


def test_people_may_not_be_told_what_a_law_forbids() -> None:
    people = next(x for x in situation(RETAIL).audiences() if x.who == "People affected")
    assert "number of residents of Massachusetts" in people.must_not
    assert any(line.startswith("after Maryland Attorney General") for line in people.when)


def test_every_hold_is_listed_with_what_it_moves() -> None:
    at = Moment.of(datetime(2026, 11, 21, 8, tzinfo=UTC))
    delays = (
        Delay(requested_by="FBI", granted=True, oral=True, **{"from": at}, laws=("us",)),
        Delay(requested_by="BKA", granted=False),
        Delay(granted_by="Court"),
    )
    found = changed(RETAIL, law_enforcement=LawEnforcement(delays=delays)).holds()
    assert [hold.who for hold in found] == ["FBI", "BKA", "Court"]
    assert found[0].state == "granted; by word of mouth: confirm in writing"
    assert found[0].until == "no last day on record: ask for one"
    assert found[0].moves == "moves no clock of this matter"
    assert found[1].state == "refused"
    assert found[2].state == "not decided"


def test_a_hold_that_moves_clocks_says_how_many() -> None:
    incident = regengine.load_incident(EXAMPLES / RETAIL)
    at = Moment.of(datetime(2026, 11, 21, 8, tzinfo=UTC))
    delay = Delay(requested_by="FBI", granted=True, written=True, **{"from": at})
    held = incident.model_copy(update={"law_enforcement": LawEnforcement(delays=(delay,))})
    assessment = regengine.assess(held, now=datetime.fromisoformat(NOWS[RETAIL]))
    asked = Situation(Docket(held, assessment))
    counted = sum(
        any(x.counts for x in result.deadline.held)
        for result in asked.docket.open("required", "possible")
    )
    assert counted > 1
    assert asked.holds()[0].moves == f"moves {counted} clocks"


# -- clocks -----------------------------------------------------------------------------


def test_a_party_to_a_contract_is_not_given_our_country() -> None:
    rows = {row.key: row for row in _View(*matter(RETAIL)).rows(status="required")}
    assert rows["contract-pay-hub@IE"].recipient == "PayHub Acquiring SA"
    assert "PayHub Acquiring SA, Ireland" not in printed(RETAIL).text


def test_a_number_of_people_stands_with_a_place_only_where_it_is_that_places_own() -> None:
    docket = Docket(*matter(RETAIL))
    everywhere = docket.concerned(docket.by_key["eu-gdpr-lead-sa@IE"])
    assert everywhere is not None
    assert everywhere.endswith("wherever they live")
    plain = Docket(*matter("lost-laptop.yaml"))
    for result in plain.assessment.obligations:
        said = plain.concerned(result) or ""
        if " in " in said and result.status == "required":
            here = [
                count
                for group in plain.incident.affected or ()
                for place, count in (group.people or {}).items()
                if place == result.jurisdiction
            ]
            assert sum(here, Range(0, 0)) == Range(result.people.at_least, result.people.at_most), (
                result.key
            )


def test_what_is_only_possible_says_so_wherever_it_has_a_date() -> None:
    view = _View(*matter(RETAIL))
    rows = view.rows(status="possible")
    assert rows
    assert all(row.when[0].startswith("if owed: ") for row in rows)
    required = view.rows(status="required")
    assert not any(row.when[0].startswith("if owed") for row in required)
    picture = view.picture()
    assert picture is not None
    for bar in picture.bars:
        assert (bar.kind == "possible") == any(name.endswith(" possible") for name in bar.names)


def _refile(how: str) -> Assessment:
    assessment = matter(RETAIL)[1]
    filed = Filed.model_validate({"at": datetime(2026, 11, 22, 9, tzinfo=UTC), "how": how})
    obligations = tuple(
        x.model_copy(update={"filed": (filed,)}) if x.key == "eu-gdpr-lead-sa@IE" else x
        for x in assessment.obligations
    )
    return assessment.model_copy(update={"obligations": obligations})


@pytest.mark.parametrize(
    ("how", "done", "word"),
    [
        ("sent", True, "Sent"),
        ("received", True, "Received"),
        ("refused", False, "Refused"),
        ("withdrawn", False, "Withdrawn"),
    ],
)
def test_a_notice_that_was_refused_or_withdrawn_is_still_owed(
    how: str, done: bool, word: str
) -> None:
    view = _View(matter(RETAIL)[0], _refile(how))
    row = view.row(view.by_key["eu-gdpr-lead-sa@IE"])
    assert row.done is done
    assert (row.left is None) is done
    assert (view.next_due() or row).key == ("us-sec-8k@US/initial" if done else row.key) or done
    names = [name for _, name, _ in view.filings()]
    assert any(name.startswith(f"{word}: Data Protection Commission (IE)") for name in names)


def test_filings_made_stand_on_the_time_line_beside_events() -> None:
    picture = _View(*matter(RETAIL)).picture()
    assert picture is not None
    filed = [dot for dot in picture.dots if dot.kind == "filed"]
    assert ["Sent: National Cyber Security Centre" in " ".join(dot.names) for dot in filed] == [
        True
    ]
    assert "Sent: National Cyber Security Centre (IE)" in picture.alt


def test_a_filing_of_a_duty_out_of_view_is_drawn_by_its_id() -> None:
    incident, assessment = matter(RETAIL)
    bare = assessment.model_copy(update={"obligations": ()})
    names = [name for _, name, _ in Docket(incident, bare).filings()]
    assert names == ["Sent: eu-nis2-csirt (IE)"]


def test_a_filing_and_an_event_are_drawn_apart() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    clock = Clock(at, at + timedelta(days=3), ("A",), possible=False)
    picture = draw([Event(at, "E"), Event(at, "F", "filed")], [clock], None, "UTC")
    assert picture is not None
    assert [dot.kind for dot in picture.dots] == ["event", "filed"]


@pytest.mark.parametrize(
    ("within", "due"),
    [
        ("24 hours", "21 November 2026 at 16:30 GMT (UTC+00:00)"),
        ("2 working days", "24 November 2026 at 23:59:59 GMT (UTC+00:00)"),
        ("at once", None),
    ],
)
def test_a_promise_shows_the_instant_that_was_counted_for_it(within: str, due: str | None) -> None:
    incident = matter(RETAIL)[0]
    contract = incident.contracts[0].model_copy(update={"within": within})
    promised = incident.model_copy(update={"contracts": (contract,)})
    assessment = regengine.assess(promised, now=datetime.fromisoformat(NOWS[RETAIL]))
    assert _View(promised, assessment).contracts()[0].due == due


def test_a_possible_duty_that_would_come_first_is_named_beside_the_next_one() -> None:
    view = _View(*matter(RETAIL))
    assert view.sooner() is None  # the first possible one is weeks away
    bare = _View(
        view.incident,
        view.assessment.model_copy(
            update={"obligations": tuple(view.open("possible"))},
        ),
    )
    assert bare.next_due() is None
    sooner = bare.sooner()
    assert sooner is not None
    assert sooner.when[0].startswith("if owed: ")


# -- the page ---------------------------------------------------------------------------


def test_the_checklist_is_one_document_in_two_formats() -> None:
    made = printed(RETAIL)
    assert (made.name, made.kind, sorted(made.files)) == (
        "checklist",
        "checklist",
        [".html", ".pdf"],
    )
    assert set(made.keys) == {result.key for result in matter(RETAIL)[1].obligations}
    assert len(made.missing) == len(matter(RETAIL)[1].open_questions)
    assert check(made.files[".pdf"]) == []
    html = made.files[".html"].decode()
    assert "<style>" in html
    assert not re.search(r"<(link|script|img|iframe)\b", html)


def test_no_page_ends_with_hours_or_a_duty_whose_rows_stand_on_the_next() -> None:
    made = printed(RETAIL)
    phases = {row["title"] for row in table("checklist/workstreams.toml")["phase"]}
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made.files[".pdf"])).pages]
    for page in pages:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        last = [x for x in lines if not x.startswith(("Ref. ", "Prepared with", "Page "))][-1]
        assert last not in phases
        assert not last.startswith("Terms ")


def test_a_proposed_law_without_a_day_is_said_to_be_proposed_and_no_more() -> None:
    html = printed(RETAIL).files[".html"].decode()
    assert "from unknown" not in html
    assert "<td>Proposed. " in html


def test_every_stream_every_task_and_every_ground_is_printed() -> None:
    text = " ".join(printed(RETAIL).text.split())
    for stream in situation(RETAIL).streams:
        assert f"{stream.number} {stream.title}" in text
        for task in stream.tasks:
            assert task.text in text
            assert task.ground in text
    for decision in situation(RETAIL).decisions():
        assert decision.question in text
        assert decision.who in text


def test_the_same_matter_makes_the_same_bytes() -> None:
    again = checklist_document(*matter(LETTER))
    assert again.files == printed(LETTER).files


def test_an_incident_of_which_nothing_is_known_has_a_checklist() -> None:
    made = checklist_document(*unknown())
    assert check(made.files[".pdf"]) == []
    assert "4.1" in made.text


def nasty(name: str) -> tuple[Incident, Assessment]:
    """Put markup, template marks, a word without end and Hebrew into every text of a user."""
    incident, assessment = matter(name)
    groups = tuple(
        group.model_copy(update={"label": f"Staff {NASTY}"}) for group in incident.affected or ()
    )
    happening_ = incident.incident.model_copy(update={"vendor": Vendor(name=NASTY)})
    contracts = tuple(
        x.model_copy(update={"party": NASTY, "clause": NASTY, "kind": "cyber_insurance"})
        for x in incident.contracts
    )
    delay = Delay(requested_by=NASTY, granted=True)
    return incident.model_copy(
        update={
            "title": NASTY,
            "summary": NASTY * 3,
            "organisation": incident.organisation.model_copy(update={"name": NASTY}),
            "incident": happening_,
            "affected": groups,
            "contracts": contracts,
            "law_enforcement": LawEnforcement(agency=NASTY, contact=NASTY, delays=(delay,)),
        }
    ), assessment


def test_what_a_user_writes_is_printed_and_never_obeyed() -> None:
    made = checklist_document(*nasty(RETAIL))
    assert check(made.files[".pdf"]) == []
    html = made.files[".html"].decode()
    assert "<script" not in html
    assert "<b>bold" not in html
    assert "{{ 7 * 7 }}" in made.text
    assert "{% raw %}" in made.text
    assert "cyber_insurance" not in made.text
