"""Facts that may be disclosed, advice that may not: the two never mix."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import START, Clock

from regengine import InputError
from regengine.casefile import (
    custody,
    evidence,
    legal,
    litigation_hold,
    logs,
    privilege,
    records,
    tasks,
)
from regengine.casefile.case import Case
from regengine.casefile.entries import Draft

OPINION = (
    "Our exposure in Texas is real because the board was warned in March and did nothing about it"
)
WORD = "zyxomma"  # a word that stands in advice alone


@pytest.fixture
def engaged(case: Case) -> Case:
    legal.engage(
        case,
        "Firm LLP",
        "outside_counsel",
        "advice on the incident",
        engaged_by="G. Counsel",
        since=date(2026, 11, 19),
        law="New York law",
        people=["A. Counsel", "B. Partner"],
        client=["C. Chief"],
    )
    return case


def advice(case: Case, text: str = OPINION, **fields: Any) -> legal.Note:
    given = {"label": "attorney-client", "author": "B. Partner", "to": ["C. Chief"], **fields}
    return legal.note(case, text, advice=True, **given)


def shown(case: Case) -> str:
    """Everything that may leave the house, as one text."""
    now = case.store.clock()
    rooms = (evidence, custody, logs, litigation_hold, legal, privilege, tasks)
    rows = [x for room in rooms for x in room.standing(case, now) if not x.advice]
    parts = [
        [x.model_dump(mode="json") for x in privilege.disclosable(case)],
        [x._asdict() for x in privilege.privilege_log(case)],
        [x._asdict() for x in rows],
        [x.record.model_dump(mode="json") for x in legal.notes(case, "facts")],
        {phase: [x._asdict() for x in lines] for phase, lines in evidence.phases(case).items()},
        [x.log.model_dump(mode="json") for x in logs.countdowns(case, now)],
    ]
    return json.dumps(parts, default=str)


# -- two tracks ---------------------------------------------------------------------------


def test_a_note_is_on_exactly_one_track_and_label_and_word_must_agree(case: Case) -> None:
    with pytest.raises(InputError, match="say that it is advice"):
        legal.note(case, "x", label="work-product")
    with pytest.raises(InputError, match="needs a label of privilege"):
        legal.note(case, "x", advice=True)
    with pytest.raises(InputError, match='did you mean "work-product"'):
        legal.note(case, "x", advice=True, label="work product")
    with pytest.raises(InputError, match="no kind"):
        legal.note(case, "x", kind="memmo")
    assert legal.NOTES.all(case) == []
    legal.note(case, "The laptop was in the car.")
    advice(case)
    assert [x.entry.track for x in legal.NOTES.versions(case)] == ["facts", "advice"]
    assert [x.record.id for x in legal.notes(case, "facts")] == ["N1"]


def test_what_advice_says_appears_in_nothing_that_may_be_disclosed(
    engaged: Case, tmp_path: Path, clock: Clock
) -> None:
    case = engaged
    paper = tmp_path / f"{WORD}-opinion.txt"
    paper.write_text(OPINION)
    legal.note(case, "The laptop was in the car at 08:00 UTC.")
    advice(case, f"{OPINION} {WORD}", path=paper)
    legal.share(case, "N2", "D. Board", how=f"by hand, {WORD}")
    tasks.add(case, f"Settle {WORD}", "legal", track="advice")
    message = legal.note(case, "Nothing suggests misuse.", kind="message")
    legal.oppose(case, "N2", message.id, f"says {WORD}", [f"drop {WORD}", "keep"])
    legal.decide(case, "CF1", "1", "C. Chief", f"because {WORD}")
    legal.engage(
        case, "Talks Ltd", "negotiator", f"about {WORD}", engaged_by="Firm LLP", track="advice"
    )
    made = litigation_hold.start(
        case, WORD, WORD, issued_by="A", contact="A", custodians=["E"], track="advice"
    )
    litigation_hold.send(case, made.id)
    evidence.add(case, "Laptop", "device", taken_by="B", taken_at=START)
    custody.hand_over(case, "E1", giver="B", taker="C", at=START, why="analysis")
    logs.add(case, "Firewall", keeps="30 days")
    evidence.point(case, "after", "Password changed")
    clock.move(days=4)
    case.assess()
    inside = json.dumps([x.model_dump(mode="json") for x in case.entries])
    assert inside.count(WORD) > 10  # it is all there, for those who may read it
    there = {x.kind for x in privilege.disclosable(case)}
    assert {"opened", "fact", "evidence", "handover", "log_source", "assessment"} <= there
    out = shown(case)
    assert WORD not in out
    assert "Our exposure" not in out
    for place in (0, 40, 80):
        assert OPINION[place : place + 12] not in out


def test_a_file_of_advice_goes_with_its_entry_and_no_facts_entry_names_it(
    engaged: Case, tmp_path: Path
) -> None:
    path = tmp_path / "opinion.txt"
    path.write_text(OPINION)
    advice(engaged, path=path)
    digest = engaged.entries[-1].files[0].sha256
    assert engaged.store.content(digest) == OPINION.encode()
    kept = {file.sha256 for entry in privilege.disclosable(engaged) for file in entry.files}
    assert digest not in kept


@pytest.mark.parametrize("text", ["As N1 says, pay.", "see n1", "(N1)", "N1"])
def test_a_note_of_facts_that_names_advice_is_refused(engaged: Case, text: str) -> None:
    advice(engaged)
    number = len(engaged.entries)
    with pytest.raises(InputError, match="names N1, which is advice"):
        legal.note(engaged, text)
    assert len(engaged.entries) == number


def test_a_note_of_facts_about_advice_is_refused_and_one_about_facts_is_not(
    engaged: Case,
) -> None:
    advice(engaged)
    legal.note(engaged, "The laptop was in the car.")
    with pytest.raises(InputError, match="names N1"):
        legal.note(engaged, "More on it.", about=["n1"])
    with pytest.raises(InputError, match="names N1"):
        legal.note(engaged, "More on it.", nature="belongs to N1")
    assert legal.note(engaged, "More on it.", about=["n2"]).about == ("N2",)
    with pytest.raises(InputError, match="no record"):
        legal.note(engaged, "More on it.", about=["N77"])


def test_a_number_that_only_contains_the_id_is_no_mention(engaged: Case) -> None:
    advice(engaged)
    assert legal.note(engaged, "Server N12 and XN1 restarted.").id == "N2"


def test_advice_may_speak_of_facts(engaged: Case) -> None:
    legal.note(engaged, "The laptop was in the car.")
    made = advice(engaged, "On N1: say nothing of it yet.", about=["N1"])
    assert made.about == ("N1",)
    assert privilege.leaks(engaged) == []


def test_a_note_of_facts_that_repeats_the_words_of_advice_is_refused_without_quoting_them(
    engaged: Case,
) -> None:
    advice(engaged)
    copied = f"I heard that {OPINION.upper()}!"
    with pytest.raises(InputError) as told:
        legal.note(engaged, copied)
    assert "repeats the words of N1" in str(told.value)
    assert "EXPOSURE" not in str(told.value).upper()


def test_a_fact_stays_a_fact_when_advice_quotes_it(engaged: Case) -> None:
    fact = "The disk was taken from the laptop in the car on the morning of Friday"
    legal.note(engaged, fact)
    advice(engaged, f"You wrote: {fact}. Keep it so.")
    assert legal.note(engaged, f"Again: {fact}.").id == "N3"
    assert privilege.leaks(engaged) == []


def test_other_rooms_of_evidence_and_law_refuse_to_name_advice(engaged: Case) -> None:
    advice(engaged)
    evidence.add(engaged, "Laptop", "device", taken_by="B")
    litigation_hold.start(engaged, "Mail", "claims", issued_by="A", contact="A", custodians=["E"])
    litigation_hold.send(engaged, "LH1")
    number = len(engaged.entries)
    tries: list[Any] = [
        lambda: evidence.add(engaged, "As in N1", "note"),
        lambda: evidence.amend(engaged, "E1", "after N1", sealed="x"),
        lambda: evidence.point(engaged, "after", "as N1 asks"),
        lambda: custody.hand_over(
            engaged, "E1", giver="B", taker="C", at=START, why="N1 asks for it"
        ),
        lambda: logs.add(engaged, "Firewall", source="N1"),
        lambda: litigation_hold.start(engaged, "N1", "x", issued_by="A", contact="A"),
        lambda: litigation_hold.acknowledge(engaged, "LH1", "E", how="after N1"),
        lambda: litigation_hold.release(engaged, "LH1", "N1 says so"),
        lambda: legal.engage(engaged, "X", "other", "see N1", engaged_by="A"),
    ]
    for each in tries:
        with pytest.raises(InputError, match="names N1, which is advice"):
            each()
    assert len(engaged.entries) == number


def test_what_names_advice_by_another_way_is_withheld_logged_and_warned_of(
    engaged: Case,
) -> None:
    advice(engaged)
    engaged.set({"title": "Laptop"}, source="the memo N1")
    seq = engaged.entries[-1].seq
    assert [(x.seq, x.record) for x in privilege.leaks(engaged)] == [(seq, "fact")]
    assert seq not in {x.seq for x in privilege.disclosable(engaged)}
    assert [x.seqs for x in privilege.privilege_log(engaged)][-1] == (seq,)
    rows = list(privilege.standing(engaged, START))
    assert [(x.what, x.state) for x in rows] == [(f"entry {seq}", "withheld")]


def test_a_record_that_was_moved_from_advice_to_facts_is_withheld(engaged: Case) -> None:
    tasks.add(engaged, "Prepare", "legal", track="advice")
    tasks.TASKS.change(engaged, "T1", track="facts", title="Prepare more")
    assert [x.kind for x in privilege.disclosable(engaged) if x.kind == "task"] == []
    assert "on the advice track too" in privilege.leaks(engaged)[0].how


def test_two_records_of_different_kinds_may_share_an_id_without_being_one(case: Case) -> None:
    class Other(records.Record):
        words: str

    records.Shelf("one_kind", Other, "Z").add(case, track="advice", words="x")
    records.Shelf("other_kind", Other, "Z").add(case, words="y")
    assert [x.kind for x in privilege.disclosable(case)][-1] == "other_kind"


def test_every_record_of_the_advice_track_is_in_the_log_whatever_its_kind(case: Case) -> None:
    class Other(records.Record):
        words: str

    shelf = records.Shelf("strange_kind", Other, "Z")
    shelf.add(case, track="advice", words=WORD)
    case.record(Draft(kind="loose", body={"text": WORD}, track="advice"))
    rows = privilege.privilege_log(case)
    assert [(x.record, x.kind, x.ground) for x in rows] == [
        ("Z1", "strange kind", "no label on record"),
        (f"entry {case.entries[-1].seq}", "loose", "no label on record"),
    ]
    assert WORD not in json.dumps([x._asdict() for x in rows], default=str)


# -- the log of what is withheld -----------------------------------------------------------


def test_the_log_tells_date_author_recipients_kind_label_and_ground_but_nothing_it_says(
    engaged: Case, clock: Clock
) -> None:
    clock.move(days=1)
    advice(engaged, kind="mail", at=START, nature="answer of counsel to a question of the board")
    legal.share(engaged, "N1", "D. Board")
    row = privilege.privilege_log(engaged)[0]
    assert (row.record, row.at, row.author) == ("N1", START, "B. Partner")
    assert row.recipients == ("C. Chief", "D. Board")
    assert (row.kind, row.label) == ("e-mail", "attorney-client privilege")
    assert "26(b)(5)(A)" in row.ground
    assert row.nature == "answer of counsel to a question of the board"
    assert OPINION[:20] not in str(row)


@pytest.mark.parametrize(
    "nature", [OPINION, f"mail: {OPINION}", "the board was warned in March", OPINION.lower()]
)
def test_words_for_the_log_that_tell_what_the_note_says_are_refused(
    engaged: Case, nature: str
) -> None:
    with pytest.raises(InputError, match="only what kind of thing"):
        advice(engaged, nature=nature)
    assert legal.NOTES.all(engaged) == []


def test_facts_alone_give_an_empty_log_and_all_is_disclosable(case: Case) -> None:
    legal.note(case, "The laptop was in the car.")
    assert privilege.privilege_log(case) == []
    assert privilege.disclosable(case) == list(case.entries)


def test_every_label_has_a_meaning_and_those_of_privilege_a_ground() -> None:
    for name, held in privilege.words()["label"].items():
        assert held["meaning"]
        assert held["track"] in ("facts", "advice")
        assert bool(held["ground"]) == (name != "none")
        assert set(held.get("needs", ())) <= set(privilege.words()["role"])


# -- the circle ---------------------------------------------------------------------------


def test_whoever_got_privileged_words_outside_the_circle_is_warned_of(
    engaged: Case, clock: Clock
) -> None:
    advice(engaged)
    assert legal.note_warnings(engaged, "N1") == []
    legal.share(engaged, "N1", "Press office", how="forwarded")
    assert legal.outside(engaged, "N1") == ["Press office"]
    row = next(x for x in legal.standing(engaged, clock.at) if x.record == "N1")
    assert row.advice
    assert "Press office" in str(row.warning)
    with pytest.raises(InputError, match="may go to anybody"):
        legal.share(engaged, legal.note(engaged, "A fact.").id, "Anyone")


def test_an_engagement_without_a_claim_of_privilege_brings_nobody_into_the_circle(
    engaged: Case,
) -> None:
    legal.engage(engaged, "Loud PR", "communication", "press", engaged_by="C. Chief")
    advice(engaged, to=["C. Chief", "loud  pr"])
    assert legal.outside(engaged, "N1") == ["loud  pr"]


def test_who_got_it_after_the_engagement_had_ended_is_outside(engaged: Case, clock: Clock) -> None:
    advice(engaged)
    clock.move(days=2)
    legal.disengage(engaged, "EN1", date(2026, 11, 21))
    legal.share(engaged, "N1", "A. Counsel")
    assert legal.outside(engaged, "N1") == ["A. Counsel"]
    with pytest.raises(InputError, match="already"):
        legal.disengage(engaged, "EN1", date(2026, 11, 22))


def test_a_privileged_note_without_any_engagement_is_warned_of(case: Case) -> None:
    advice(case)
    said = " ".join(legal.note_warnings(case, "N1"))
    assert "C. Chief" in said
    assert "belongs to no engagement" in said
    assert "no counsel whom the label needs" in said


def test_in_house_counsel_alone_gives_no_privilege_of_the_union(case: Case) -> None:
    legal.engage(
        case, "Legal department", "inhouse_counsel", "advice", engaged_by="Board",
        law="Irish law", since=date(2026, 11, 1), people=["I. House"], client=["C. Chief"],
    )  # fmt: skip  # reason: one row
    advice(case, author="I. House", label="eu-lpp")
    assert any("C-550/07 P" in x for x in legal.note_warnings(case, "N1"))
    advice(case, author="I. House", label="legal-advice")
    assert legal.note_warnings(case, "N2") == []


def test_an_expert_who_was_not_engaged_by_counsel_is_warned_of(engaged: Case) -> None:
    fields: dict[str, Any] = {"law": "US federal law", "since": date(2026, 11, 20)}
    made = legal.engage(
        engaged, "Lab", "forensic", "analysis", engaged_by="C. Chief", reports_to="IT", **fields
    )
    assert [x.split(",")[0] for x in legal.engagement_warnings(engaged, made)] == [
        "claims privilege",
        "claims privilege",
    ]
    good = legal.engage(
        engaged, "Lab 2", "forensic", "analysis", engaged_by="Firm LLP",
        reports_to="b. partner", **fields,
    )  # fmt: skip  # reason: one row
    assert legal.engagement_warnings(engaged, good) == []
    undated = legal.engage(engaged, "Lab 3", "auditor", "x", engaged_by="X", law="US")
    assert legal.engagement_warnings(engaged, undated) == [
        "the date of the engagement is not on record"
    ]


def test_an_engagement_of_a_role_that_is_none_or_of_a_day_to_come_is_refused(
    case: Case,
) -> None:
    with pytest.raises(InputError, match='did you mean "forensic"'):
        legal.engage(case, "Lab", "forensics", "x", engaged_by="A")
    with pytest.raises(InputError, match="a day to come"):
        legal.engage(case, "Lab", "forensic", "x", engaged_by="A", since=date(2026, 11, 22))
    with pytest.raises(InputError, match="is before"):
        legal.engage(
            case, "Lab", "forensic", "x", engaged_by="A",
            since=date(2026, 11, 20), ended=date(2026, 11, 19),
        )  # fmt: skip  # reason: one row
    assert legal.ENGAGEMENTS.all(case) == []


def test_a_note_older_than_every_engagement_is_warned_of(engaged: Case) -> None:
    advice(engaged, at=datetime(2026, 11, 18, 12, tzinfo=UTC))
    assert any("is older than" in x for x in legal.note_warnings(engaged, "N1"))


# -- conflicts ----------------------------------------------------------------------------


def test_a_conflict_is_open_with_a_warning_until_somebody_decides_it_with_a_reason(
    engaged: Case, clock: Clock
) -> None:
    advice(engaged)
    message = legal.note(engaged, "We know nothing of misuse.", kind="message")
    legal.oppose(engaged, "N1", message.id, "the message says more", ["change it", "wait"])
    row = next(x for x in legal.standing(engaged, clock.at) if x.record == "CF1")
    assert (row.state, row.advice) == ("open", True)
    assert "nobody has decided" in str(row.warning)
    for lacking in (("1", " ", "why"), ("1", "C. Chief", ""), (" ", "C. Chief", "why")):
        with pytest.raises(InputError):
            legal.decide(engaged, "CF1", *lacking)
    with pytest.raises(InputError, match="there are 2"):
        legal.decide(engaged, "CF1", "3", "C. Chief", "why")
    clock.move(hours=1)
    done = legal.decide(engaged, "CF1", "1", "C. Chief", "it is not proven")
    assert (done.decision, done.decided_at) == ("change it", START + timedelta(hours=1))
    assert [x for x in legal.standing(engaged, clock.at) if x.record == "CF1"] == []
    with pytest.raises(InputError, match="already"):
        legal.decide(engaged, "CF1", "2", "C. Chief", "again")


def test_a_conflict_is_between_advice_and_something_of_the_facts_track(engaged: Case) -> None:
    advice(engaged)
    advice(engaged, "Other advice")
    legal.note(engaged, "A fact.")
    with pytest.raises(InputError, match="is advice itself"):
        legal.oppose(engaged, "N1", "N2", "x")
    with pytest.raises(InputError, match="is a note of facts"):
        legal.oppose(engaged, "N3", "N3", "x")
    with pytest.raises(InputError, match="no record"):
        legal.oppose(engaged, "N1", "M9", "x")
    assert legal.CONFLICTS.all(engaged) == []


# -- law ----------------------------------------------------------------------------------


def test_the_versions_of_the_law_that_were_used_are_listed_once_each(
    case: Case, clock: Clock
) -> None:
    assert legal.law_versions(case) == []
    case.assess()
    first = clock.at
    clock.move(days=1)
    case.assess()
    found = legal.law_versions(case)
    assert [(x.first, x.last, x.answers) for x in found] == [(first, clock.at, 2)]
    body = {**case.assessments()[0].told, "law": {"version": "2026.12", "sha256": "f" * 64}}
    clock.move(days=1)
    case.record(Draft(kind="assessment", body=body))
    assert [x.version for x in legal.law_versions(case)][-1] == "2026.12"
    row = next(x for x in legal.standing(case, clock.at) if x.record == "law")
    assert row.what == "2 versions of the law were used, last 2026.12"


def test_entries_that_tell_what_new_law_changed_are_listed(case: Case) -> None:
    case.record(Draft(kind="law_change", body={"to": "2026.12"}))
    assert [x.told["to"] for x in legal.law_changes(case)] == ["2026.12"]


def test_the_card_tells_how_to_write() -> None:
    text = privilege.card()
    assert text.startswith("How to write in this matter\n")
    assert "never both in one note" in " ".join(text.split()).lower().replace("write ", "")
