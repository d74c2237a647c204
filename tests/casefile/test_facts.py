"""Facts are only ever added; what was known at any instant can be asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from conftest import FACTS, START, Clock

from regengine import InputError
from regengine.casefile.case import Case
from regengine.casefile.store import Store

TX = "affected.customers.people.US-TX"


def test_a_matter_begins_with_what_its_file_says(case: Case, store: Store) -> None:
    assert case.facts()["affected"] == FACTS["affected"]
    assert {change.source for change in case.changes} == {"first call"}
    assert [line.reference for line in store.matters()] == ["EX-7"]


def test_each_change_keeps_who_when_learned_when_recorded_source_and_confidence(
    case: Case, clock: Clock
) -> None:
    clock.move(hours=5)
    learned = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
    made = case.set({TX: 130}, learned=learned, source="vendor", confidence="probable", why="draft")
    change = case.changes[-1]
    assert [change] == made
    assert (change.path, change.value, change.before) == (TX, 130, None)
    assert (change.learned, change.recorded) == (learned, clock.at)
    assert (change.by, change.source, change.confidence) == ("A. Counsel", "vendor", "probable")


def test_what_was_known_at_an_instant_is_what_had_been_learned_by_then(
    case: Case, clock: Clock
) -> None:
    clock.move(hours=5)
    case.set({TX: 130}, learned=datetime(2026, 11, 20, 11, 0, tzinfo=UTC))
    before = case.incident(known=datetime(2026, 11, 20, 10, 59, tzinfo=UTC))
    after = case.incident(known=datetime(2026, 11, 20, 11, 0, tzinfo=UTC))
    assert before.affected is not None
    assert after.affected is not None
    assert "US-TX" not in (before.affected[0].people or {})
    assert "US-TX" in (after.affected[0].people or {})


def test_what_the_record_held_at_an_instant_is_another_question(case: Case, clock: Clock) -> None:
    clock.move(hours=5)
    case.set({TX: 130}, learned=datetime(2026, 11, 20, 11, 0, tzinfo=UTC))
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert TX.endswith("US-TX")
    assert "US-TX" in case.facts(known=noon)["affected"][0]["people"]
    assert "US-TX" not in case.facts(recorded=noon)["affected"][0]["people"]


def test_what_was_believed_once_tells_of_the_past_and_changes_nothing_now(
    case: Case, clock: Clock
) -> None:
    clock.move(hours=8)
    nine, ten = (datetime(2026, 11, 20, hour, 0, tzinfo=UTC) for hour in (9, 10))
    case.set({TX: 70}, learned=nine, until=ten, why="the first estimate, entered late")
    assert "US-TX" not in case.facts()["affected"][0]["people"]
    half = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert case.facts(known=half)["affected"][0]["people"]["US-TX"] == 70
    assert "US-TX" not in case.facts(known=ten)["affected"][0]["people"]


def test_undo_is_a_new_entry_and_the_old_one_stays(case: Case) -> None:
    case.set({TX: 100})
    changed = case.set({TX: 130})[0]
    number = len(case.entries)
    case.undo(changed.seq)
    assert case.facts()["affected"][0]["people"]["US-TX"] == 100
    assert len(case.entries) == number + 1
    assert (case.changes[-1].undoes, case.changes[-2].value) == (changed.seq, 130)


def test_what_was_changed_again_is_not_undone_from_below(case: Case) -> None:
    first = case.set({TX: 100})[0]
    second = case.set({TX: 130})[0]
    with pytest.raises(InputError, match=f"changed again by entry {second.seq}"):
        case.undo(first.seq)


def test_faults_are_told_one_line_each_and_nothing_is_written(case: Case) -> None:
    number = len(case.entries)
    with pytest.raises(InputError) as caught:
        case.set({TX: "many", "incident.acquired": "perhaps", "description.cause": "a thief"})
    assert len(caught.value.faults) == 2
    assert len(case.entries) == number
    assert "description" not in case.facts()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("affected.customers.peeple.IE", 'did you mean "people"'),
        ("affected.customers.people.XX", "XX"),
        ("timeline.awoke", 'did you mean "aware"'),
        ("judgements.eu.gdpr.rsk", "eu.gdpr.risk"),
        ("filings", "regengine case filing"),
        ("reference", "keeps its reference"),
        ("title.short", "nothing stands in it"),
        ("judgements.eu.gdpr.risk.reason", 'no field "reason"'),
        ("law_enforcement.delays.first.granted", "number of an entry"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_what_is_allowed(
    case: Case, path: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        case.set({path: 1})


def test_places_are_folded_as_in_the_file(case: Case) -> None:
    case.set({"affected.customers.people.UK": 5})
    assert case.changes[-1].path == "affected.customers.people.GB"


def test_to_say_one_regime_of_a_list_that_is_unknown_opens_all_others(case: Case) -> None:
    case.set({"organisation.regimes": None})
    case.set({"organisation.regimes.eu.nis2.important": True})
    case.set({"organisation.regimes.us.sec.registrant": False})
    held = case.incident().organisation
    assert held.regimes == ("eu.nis2.important",)
    others = case.corpus.vocabulary.regimes - {"eu.nis2.important", "us.sec.registrant"}
    assert set(held.regimes_possible) == others


def test_one_member_of_a_list_that_is_known_changes_nothing_else(case: Case) -> None:
    case.set({"affected.customers.data.ssn": True, "affected.customers.data.email": False})
    assert case.facts()["affected"][0]["data"] == ["name", "ssn"]
    case.set({"affected.customers.data.ssn": "unknown"})
    group = case.facts()["affected"][0]
    assert (group["data"], group["data_possible"]) == (["name"], ["ssn"])


def test_a_list_without_open_members_is_given_as_a_whole(case: Case) -> None:
    case.set({"incident.media": None})
    with pytest.raises(InputError, match="give all of it"):
        case.set({"incident.media.paper": True})


def test_a_conclusion_that_changes_loses_the_grounds_of_the_one_before(case: Case) -> None:
    case.set({"eu.gdpr.risk": "risk", "judgements.eu.gdpr.risk.why": "a laptop in a bus"})
    assert case.facts()["judgements"]["eu.gdpr.risk"] == {
        "value": "risk",
        "why": "a laptop in a bus",
    }
    case.set({"eu.gdpr.risk": "high"})
    assert case.facts()["judgements"]["eu.gdpr.risk"] == "high"


def test_a_file_is_taken_in_fact_by_fact_and_leaves_the_rest(case: Case) -> None:
    case.set({"description.cause": "left on a seat"})
    made = case.take({"affected": [{"group": "customers", "people": {"IE": 900, "DE": 20}}]})
    assert [(change.path, change.value) for change in made] == [
        ("affected.customers.people.DE", 20)
    ]
    assert case.facts()["description"] == {"cause": "left on a seat"}


def test_a_file_that_is_all_that_is_known_makes_the_rest_unknown(case: Case) -> None:
    case.set({"description.cause": "left on a seat"})
    case.take(FACTS, whole=True)
    assert case.facts().get("description") in (None, {})
    assert case.incident().affected == case.incident(known=START).affected


def test_people_of_a_place_may_be_known_to_be_there_and_not_how_many(case: Case) -> None:
    case.set({TX: "unknown"})
    assert case.facts()["affected"][0]["people"]["US-TX"] == "unknown"
    case.undo(case.changes[-1].seq)
    assert "US-TX" not in case.facts()["affected"][0]["people"]


@pytest.mark.parametrize("value", [None, "unknown"])
def test_a_number_that_is_not_known_any_more_leaves_its_place_in_view(
    case: Case, value: str | None
) -> None:
    case.set({"affected.customers.people.IE": value})
    assert case.facts()["affected"][0]["people"] == {"IE": "unknown"}
    assert case.assess().result("eu-gdpr-sa@IE").status == "required"


@pytest.mark.parametrize("path", ["affected.customers", "contracts.acme"])
def test_a_group_or_a_promise_does_not_vanish_by_being_unknown(case: Case, path: str) -> None:
    case.set({"contracts.acme.party": "Acme"})
    with pytest.raises(InputError, match="what duties rest on"):
        case.set({path: "unknown"})


def test_nothing_is_learned_in_the_future_or_without_an_offset(case: Case, clock: Clock) -> None:
    with pytest.raises(InputError, match="is after now"):
        case.set({TX: 1}, learned=clock.at.replace(year=2027))
    with pytest.raises(InputError, match="has no offset"):
        case.set({TX: 1}, learned=datetime(2026, 11, 20, 7, 0))  # noqa: DTZ001  # reason: the fault


def test_every_answer_is_recorded_with_the_hashes_of_facts_law_and_engine(
    case: Case, store: Store
) -> None:
    found = case.assess()
    told = case.assessments()[-1].told
    assert told["law"] == found.law.model_dump()
    assert (told["engine"], told["facts_until"]) == (found.engine, len(case.entries) - 1)
    assert case.recorded_assessment() == found
    assert store.matter("EX-7").required == len(found.required)


def test_an_answer_on_the_facts_of_the_past_is_not_recorded(case: Case) -> None:
    number = len(case.entries)
    case.assess(known=START)
    assert len(case.entries) == number


def test_undo_does_not_throw_away_what_was_said_of_the_fact_since(case: Case) -> None:
    first = case.set({"affected.customers.data": ["name", "health"]})[0]
    second = case.set({"affected.customers.data.email": True})[0]
    with pytest.raises(InputError, match=f"changed again by entry {second.seq}"):
        case.undo(first.seq)
    case.undo(second.seq)
    case.undo(first.seq)
    assert case.facts()["affected"][0]["data"] == ["name", "email"]


def test_two_words_of_one_list_are_taken_back_each_by_itself(case: Case) -> None:
    first = case.set({"affected.customers.data.ssn": True})[0]
    case.set({"affected.customers.data.phone": True})
    case.undo(first.seq)
    assert case.facts()["affected"][0]["data"] == ["name", "email", "phone"]


def test_what_was_taken_back_is_not_taken_back_again_but_its_undo_is(case: Case) -> None:
    made = case.set({TX: 100})[0]
    back = case.undo(made.seq)
    with pytest.raises(InputError, match=f"taken back by entry {back.seq} already"):
        case.undo(made.seq)
    case.undo(back.seq)
    assert case.facts()["affected"][0]["people"]["US-TX"] == 100


def test_a_belief_that_was_entered_by_mistake_is_taken_back(case: Case, clock: Clock) -> None:
    clock.move(hours=8)
    nine, ten = (datetime(2026, 11, 20, hour, 0, tzinfo=UTC) for hour in (9, 10))
    wrong = case.set({"organisation.country": "FR"}, learned=nine, until=ten)[0]
    case.undo(wrong.seq)
    half = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert case.facts(known=half)["organisation"]["country"] == "IE"
    assert case.facts()["organisation"]["country"] == "IE"


@pytest.mark.parametrize("path", ["affected", "contracts"])
def test_all_groups_or_promises_do_not_vanish_at_once(case: Case, path: str) -> None:
    case.set({"contracts.acme.party": "Acme"})
    with pytest.raises(InputError, match="what duties rest on"):
        case.set({path: None})


def test_an_answer_rests_on_the_entries_that_it_names_though_others_write_on(
    case: Case, store: Store
) -> None:
    other = Case(store, "EX-7", by="B. Counsel")
    incident, seq = case.at_once()
    other.set({"affected.customers.people.FR": 7})
    assert seq == len(case.entries) - 1
    assert "FR" not in (incident.affected or ())[0].people  # type: ignore[operator]  # reason: it has people


def test_lists_follow_answers_about_the_present_alone(case: Case, store: Store) -> None:
    case.assess()
    shown = store.matter("EX-7")[7:]
    case.assess(as_of=datetime(2001, 1, 1, tzinfo=UTC).date())
    case.assess(now=START.replace(year=2027))
    now = store.matter("EX-7")
    assert now[9:] == shown[2:]
    assert [x.told["listed"] for x in case.assessments()] == [True, False, False]


def test_what_is_only_possible_and_overdue_is_seen_in_lists(case: Case, clock: Clock) -> None:
    case.set({"incident.acquired": "unknown", "incident.kinds": "unknown"})
    clock.move(hours=90)
    case.assess()
    line = case.line
    assert line.required == 0
    assert line.late
    assert line.next_key is not None
