"""Messages are approved as they stand, wait for what comes first, and are held to the facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from conftest import START, Clock

from regengine import InputError
from regengine.casefile import communication as room
from regengine.casefile import containment, filings, promised, tasks
from regengine.casefile.case import Case

PLAIN = "A laptop was stolen. Names and e-mail addresses were on it."
FALSE = "The incident affects 12,000 customers."
TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


def sent(case: Case, audience: str, text: str, **options: str) -> room.Sent:
    made = room.draft(case, "Note", audience, text)
    room.approve(case, made.id, despite=options.get("despite"))
    return room.send(case, made.id, despite=options.get("despite"))


def test_an_approval_falls_when_the_text_changes_and_every_version_stays(case: Case) -> None:
    room.draft(case, "Note", "partners", PLAIN)
    assert room.approve(case, "M1", who="C. Chief").approved_by == "C. Chief"
    revised = room.revise(case, "M1", PLAIN + " We are sorry.")
    assert (revised.state, revised.version, revised.approved_by) == ("draft", 2, None)
    with pytest.raises(InputError, match="not approved"):
        room.send(case, "M1")
    texts = [x.record.text for x in room.MESSAGES.history(case, "M1")]
    assert texts[0] == texts[1] == PLAIN


def test_an_unchanged_text_keeps_its_approval(case: Case) -> None:
    room.draft(case, "Note", "partners", PLAIN)
    room.approve(case, "M1")
    assert room.revise(case, "M1", f" {PLAIN}\n").state == "approved"


def test_what_contradicts_the_facts_is_not_approved_unless_somebody_says_why(
    case: Case, clock: Clock
) -> None:
    room.draft(case, "Note", "partners", FALSE)
    number = len(case.entries)
    with pytest.raises(InputError, match="12,000 customers"):
        room.approve(case, "M1")
    assert len(case.entries) == number
    made = room.approve(case, "M1", despite="the count is being corrected")
    assert "12,000 customers" in made.despite[0]
    assert "the count is being corrected" in made.despite[0]
    assert made.despite[0] in [x.warning for x in room.standing(case, clock.at)]


def test_a_denial_that_the_facts_do_not_bear_out_is_told_as_unproven(case: Case) -> None:
    room.draft(case, "Note", "partners", "There is no evidence that data were misused.")
    found = room.check(case, "M1")
    assert [(x.severity, x.against) for x in found] == [("unproven", "incident.misuse_seen")]


def test_a_denial_that_the_facts_do_not_bear_out_is_approved_for_a_reason_alone(
    case: Case,
) -> None:
    room.draft(case, "Note", "partners", "There is no evidence that data were misused.")
    with pytest.raises(InputError, match="is not borne out by"):
        room.approve(case, "M1")
    made = room.approve(case, "M1", despite="the laboratory says so, its report follows")
    assert made.state == "approved"
    assert "the laboratory says so" in made.despite[0]
    case.set({"incident.misuse_seen": False})
    room.draft(case, "Second note", "partners", "There is no evidence that data were misused.")
    assert room.approve(case, "M2").despite == ()


def test_a_sent_message_that_the_facts_overtake_is_named_with_its_sentence(
    case: Case, clock: Clock
) -> None:
    sent(case, "partners", "We are sorry. In all 900 customers are affected.")
    assert not [x for x in room.standing(case, clock.at) if x.warning]
    case.set({"affected.customers.people.IE": 2000})
    warning = next(x.warning for x in room.standing(case, clock.at) if x.warning)
    assert warning is not None
    assert warning.startswith('no longer true: "In all 900 customers are affected."')


def test_only_the_person_who_is_named_approves(case: Case) -> None:
    room.draft(case, "Note", "partners", PLAIN, approver="C. Chief")
    with pytest.raises(InputError, match=r"for C\. Chief to approve"):
        room.approve(case, "M1", who="B")
    assert room.approve(case, "M1", who="c. chief").state == "approved"


def test_a_message_waits_for_its_instant_and_for_the_notice_that_goes_first(
    case: Case, clock: Clock
) -> None:
    until = clock.at + timedelta(hours=2)
    room.draft(case, "Note", "press", PLAIN, not_before=until, after=["eu-gdpr-sa"])
    room.approve(case, "M1")
    with pytest.raises(InputError, match="not before") as refused:
        room.send(case, "M1")
    assert "eu-gdpr-sa@IE goes out first" in str(refused.value)
    clock.move(hours=3)
    filings.mark(case, "eu-gdpr-sa", "sent", at=clock.at)
    with pytest.raises(InputError, match="goes out first"):
        room.send(case, "M1", at=clock.at - timedelta(minutes=1))
    assert room.send(case, "M1", channel="wire", reached=40).message.reached == 40


def test_an_embargo_is_broken_only_for_a_reason_that_is_recorded(case: Case, clock: Clock) -> None:
    room.draft(case, "Note", "press", PLAIN, not_before=clock.at + timedelta(hours=2))
    room.approve(case, "M1")
    made = room.send(case, "M1", despite="a newspaper prints it tonight").message
    assert "a newspaper prints it tonight" in made.despite[-1]


def test_where_the_law_orders_the_authority_first_people_and_press_wait(case: Case) -> None:
    case.set({"affected.customers.people.US-VT": 40, "affected.customers.data": ["name", "ssn"]})
    keys = {x.key: x for x in case.assess(record=False).obligations}
    first = next(
        k for k, x in keys.items() if any("us-vt-residents" in y for y in x.deadline.order.before)
    )
    made = room.draft(case, "Letter", "customers", PLAIN)
    whys = [x.why for x in room.waits(case, made, case.store.clock())]
    assert any(why.startswith(f"{first} ") for why in whys)
    other = room.draft(case, "Note", "employees of the depot", PLAIN)
    assert room.waits(case, other, case.store.clock()) == []


def test_a_notice_of_which_only_the_day_is_known_keeps_the_same_day_waiting(case: Case) -> None:
    case.take({"filings": [{"obligation": "eu-gdpr-sa@IE", "at": "2026-11-20"}]})
    made = room.draft(case, "Note", "partners", PLAIN, after=["eu-gdpr-sa"])
    assert "hour of sending" in room.waits(case, made, START)[0].why
    assert room.waits(case, made, START + timedelta(days=1)) == []


def test_what_went_out_is_corrected_by_another_message_that_goes_out(case: Case) -> None:
    sent(case, "partners", PLAIN)
    with pytest.raises(InputError, match="by another message"):
        room.revise(case, "M1", "x")
    room.draft(case, "Correction", "partners", "It was a tablet.", corrects="M1")
    assert room.MESSAGES.one(case, "M1").state == "sent"
    room.approve(case, "M2")
    room.send(case, "M2")
    assert room.MESSAGES.one(case, "M1").state == "corrected"
    with pytest.raises(InputError, match="only what went out"):
        room.draft(case, "Again", "partners", "x", corrects="M1")


def test_a_message_is_withdrawn_for_a_reason(case: Case) -> None:
    sent(case, "partners", PLAIN)
    with pytest.raises(InputError, match="say which"):
        room.withdraw(case, "M1", "")
    assert room.withdraw(case, "M1", "wrong list").state == "withdrawn"


def test_promises_become_tasks_when_the_message_goes_out_and_not_before(case: Case) -> None:
    text = "We will inform you by Tuesday. We will offer credit monitoring. We hope we will learn more."
    room.draft(case, "Letter", "partners", text)
    room.approve(case, "M1")
    assert tasks.TASKS.all(case) == []
    opened = room.send(case, "M1").tasks
    assert [x.title for x in opened] == [
        "Promised: We will inform you by Tuesday.",
        "Promised: We will offer credit monitoring.",
    ]
    assert opened[0].due == datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)
    assert (opened[1].due, opened[1].origin) == (None, "M1")
    assert "it names no day" in str(opened[1].why)


def test_a_promise_is_added_by_hand_and_a_false_one_is_dropped_for_a_reason(case: Case) -> None:
    sent(case, "partners", "We will always value your trust. We will write to you.")
    due = START + timedelta(days=3)
    room.add_promise(case, "M1", "New passes for all drivers", due=due, owner="B")
    room.no_promise(case, "M1", "We will always value your trust.", "a courtesy")
    states = {x.title: x.state for x in tasks.TASKS.all(case)}
    assert states["Promised: We will always value your trust."] == "dropped"
    assert tasks.TASKS.all(case)[-1].due == due
    assert len(room.promises_of(case, room.MESSAGES.one(case, "M1"))) == 2
    with pytest.raises(InputError, match="not taken for a promise"):
        room.no_promise(case, "M1", "We are sorry.", "x")


@pytest.mark.parametrize(
    ("sentence", "due"),
    [
        ("We will inform you by Friday.", "2026-11-27T23:59:59+00:00"),
        ("We will inform you by 27 November 2026.", "2026-11-27T23:59:59+00:00"),
        ("We will inform you before 27 November 2026.", "2026-11-26T23:59:59+00:00"),
        ("We'll reply within 48 hours.", "2026-11-26T09:00:00+00:00"),
        ("You will be contacted within two weeks.", "2026-12-08T09:00:00+00:00"),
        ("We will, by Friday, write to you.", "2026-11-27T23:59:59+00:00"),
    ],
)
def test_a_day_that_can_be_read_one_way_is_the_due_instant(sentence: str, due: str) -> None:
    made = promised.found(sentence, TUESDAY, "Europe/Dublin")
    assert [x.due.isoformat() for x in made if x.due] == [due]


def test_the_end_of_a_day_is_that_of_the_organisations_zone() -> None:
    made = promised.found("We will write by Friday.", TUESDAY, "America/New_York")
    assert made[0].due == datetime(2026, 11, 28, 4, 59, 59, tzinfo=UTC)
    assert promised.found("We will write by Friday.", TUESDAY, None)[0].due is None


@pytest.mark.parametrize(
    "sentence",
    [
        "We will write by Tuesday.",
        "We will write by 5 pm on Friday.",
        "We will write by 03/04/2027.",
        "We will write by next Friday.",
        "We will write within five business days.",
        "We will write within 30 days of your request.",
        "We will write by 20 November 2026.",
        "We will write by Thursday or by Friday.",
        "We will write within two months.",
    ],
)
def test_a_day_that_can_be_read_in_several_ways_leaves_the_due_instant_open(sentence: str) -> None:
    made = promised.found(sentence, TUESDAY, "Europe/Dublin")
    assert [(x.due, bool(x.why_open)) for x in made] == [(None, True)]


@pytest.mark.parametrize(
    "sentence",
    [
        "We will not sell your data.",
        "We will never ask for your password.",
        "The police will contact you.",
        "We hope that we will know more soon.",
        "Will we pay for it?",
        "Nothing will be sent.",
        "You may be asked for a code.",
        "We informed you by letter.",
    ],
)
def test_a_denial_a_hope_and_the_act_of_another_are_no_promise(sentence: str) -> None:
    assert promised.found(sentence, TUESDAY, "Europe/Dublin") == []


@pytest.mark.parametrize(
    "audience", ["employees", "customers", "partners", "press", "regulators", "the works council"]
)
def test_a_holding_statement_says_what_is_known_and_contradicts_nothing(
    case: Case, audience: str
) -> None:
    case.set({"incident.acquired": None, "law_enforcement.agency": "Garda"})
    containment.service(case, "Web shop", down_from=START)
    text = room.holding(case, audience)
    assert "Web shop" in text
    assert "20 November 2026" in text
    assert "We do not know yet whether personal data were taken." in text
    assert "{" not in text
    made = room.draft(case, "Holding", audience, text)
    assert [x for x in room.check(case, made) if x.severity != "look"] == []


def test_a_holding_statement_leaves_out_what_is_not_known(case: Case) -> None:
    case.set({"organisation.name": None, "timeline.aware": None, "incident.acquired": False})
    text = room.holding(case, "press")
    assert (
        text
        == "We are dealing with a security incident.\nWe do not know yet whether personal data were taken."
    )
    case.set({"incident.exfiltrated": False})
    assert "taken" not in room.holding(case, "press")


def test_audiences_that_were_told_different_numbers_are_flagged_and_agreeing_ones_are_not(
    case: Case, clock: Clock
) -> None:
    case.set({"incident.misuse_seen": False})
    sent(
        case, "partners", "900 customers are affected. There is no evidence that data were misused."
    )
    sent(case, "press", "About 950 customers are affected.")
    assert room.apart(room.told(case)) == []
    sent(case, "employees", "1,400 customers are affected.", despite="drill")
    apart = room.apart(room.told(case))
    assert [x.question for x in apart] == ["count.customers"]
    assert {x.audience for x in apart[0].told} == {"partners", "press", "employees"}
    assert any("told different things" in x.what for x in room.standing(case, clock.at))
    room.withdraw(case, "M3", "wrong number")
    assert room.apart(room.told(case)) == []
    assert [x.standing for x in room.told(case) if x.message == "M3"] == [False]


def test_a_message_is_held_against_the_notice_that_went_out(case: Case, tmp_path: object) -> None:
    from regengine.casefile import papers  # noqa: PLC0415  # reason: heavy, for this test alone

    papers.write(case, str(tmp_path), only=["eu-gdpr-sa"])
    filings.mark(case, "eu-gdpr-sa", "sent")
    case.set({"affected.customers.people.IE": 2000})
    room.draft(case, "Note", "partners", "In all 2,000 people are affected.")
    found = room.check(case, "M1")
    assert any(x.against.endswith("as sent") for x in found)
