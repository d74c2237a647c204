"""Evidence: hashes, custody without gaps, logs before they are lost, holds that are answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import START, Clock

from regengine import InputError
from regengine.casefile import custody, evidence, litigation_hold, logs, tasks
from regengine.casefile.case import Case
from regengine.casefile.chain import verify
from regengine.casefile.store import Store
from regengine.errors import Fault


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "disk.img"
    path.write_bytes(b"sector " * 1000)
    return path


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


# -- the register -------------------------------------------------------------------------


def test_an_item_carries_the_hash_and_size_of_its_file_which_stays_where_it_is(
    case: Case, store: Store, image: Path
) -> None:
    item = evidence.add(case, "Disk of the laptop", "image", path=image, taken_by="B. Lab")
    assert item.sha256 == hashlib.sha256(image.read_bytes()).hexdigest()
    assert (item.size, item.file, item.kept, item.custodian) == (7000, "disk.img", False, "B. Lab")
    with pytest.raises(KeyError):
        store.content(str(item.sha256))


def test_a_file_is_kept_only_when_that_is_asked(case: Case, store: Store, image: Path) -> None:
    item = evidence.add(case, "Disk", "image", path=image, keep=True)
    assert item.kept
    assert store.content(str(item.sha256)) == image.read_bytes()
    image.unlink()
    assert evidence.check(case, item.id).outcome == "same"


def test_a_file_too_large_to_keep_is_refused_and_nothing_is_written(
    case: Case, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "KEEP_LIMIT", 6999)
    number = len(case.entries)
    with pytest.raises(InputError, match="the most that the store keeps"):
        evidence.add(case, "Disk", "image", path=image, keep=True)
    assert len(case.entries) == number
    assert evidence.add(case, "Disk", "image", path=image).size == 7000


def test_a_hash_of_the_laboratory_that_differs_from_the_file_is_refused(
    case: Case, image: Path
) -> None:
    right = hashlib.md5(image.read_bytes(), usedforsecurity=False).hexdigest()
    number = len(case.entries)
    with pytest.raises(InputError, match="is not the file whose hash was given"):
        evidence.add(case, "Disk", "image", path=image, hashes={"md5": "0" * 32})
    assert len(case.entries) == number
    made = evidence.add(case, "Disk", "image", path=image, hashes={"md5": right.upper()})
    assert made.hashes == {"md5": right}


@pytest.mark.parametrize(
    ("given", "word"),
    [({"md5": "abc"}, "32 hexadecimal"), ({"sha-1": "0" * 40}, "sha1"), ({"crc": "1"}, "allowed")],
)
def test_a_hash_that_is_none_is_refused(case: Case, given: dict[str, str], word: str) -> None:
    with pytest.raises(InputError, match=word):
        evidence.add(case, "Disk", "image", hashes=given)


def test_a_folder_a_missing_file_and_an_instant_to_come_are_refused(
    case: Case, tmp_path: Path, clock: Clock
) -> None:
    with pytest.raises(InputError, match="is no file"):
        evidence.add(case, "Folder", "file", path=tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        evidence.add(case, "Gone", "file", path=tmp_path / "gone")
    with pytest.raises(InputError, match="after now"):
        evidence.add(case, "Later", "file", taken_at=clock.at + timedelta(minutes=1))
    with pytest.raises(InputError, match="has no offset"):
        evidence.add(case, "Naive", "file", taken_at=datetime(2026, 11, 20))  # noqa: DTZ001  # reason: what is refused
    assert evidence.ITEMS.all(case) == []


def test_a_files_name_neither_commands_a_terminal_nor_breaks_the_store(
    case: Case, tmp_path: Path
) -> None:
    path = tmp_path / "a\x1b[31m\udcff.img"
    path.write_bytes(b"x")
    item = evidence.add(case, "Odd", "file", path=path)
    assert item.file is not None
    assert item.file.isprintable()
    assert item.path is None
    with pytest.raises(InputError, match="place is not on record"):
        evidence.check(case, item.id)
    assert evidence.check(case, item.id, path).outcome == "same"


def test_a_check_finds_a_changed_and_a_missing_file_and_is_recorded(
    case: Case, image: Path, clock: Clock
) -> None:
    item = evidence.add(case, "Disk", "image", path=image, taken_by="B")
    assert evidence.check(case, item.id).outcome == "same"
    image.write_bytes(image.read_bytes()[:-1] + b"!")
    assert evidence.check(case, item.id).outcome == "changed"
    rows = {x.record: x for x in evidence.standing(case, clock.at)}
    assert rows[item.id].warning == "its file is changed"
    image.unlink()
    assert evidence.check(case, item.id).outcome == "missing"
    assert [x.outcome for x in evidence.CHECKS.all(case)] == ["same", "changed", "missing"]
    assert evidence.ITEMS.one(case, item.id) == item


def test_a_kept_file_whose_place_holds_another_one_is_changed(case: Case, image: Path) -> None:
    item = evidence.add(case, "Disk", "image", path=image, keep=True)
    image.write_bytes(b"other")
    assert evidence.check(case, item.id).outcome == "changed"


def test_what_has_no_hash_is_not_checked(case: Case) -> None:
    evidence.add(case, "The laptop itself", "device", sealed="bag 17")
    with pytest.raises(InputError, match="no hash"):
        evidence.check(case, "E1")


def test_an_item_is_amended_with_a_reason_but_its_hash_never(case: Case, image: Path) -> None:
    evidence.add(case, "Disk", "image", path=image, taken_by="B")
    made = evidence.amend(case, "E1", "the label was misread", sealed="bag 18")
    assert (made.sealed, made.why) == ("bag 18", "the label was misread")
    assert [x.record.sealed for x in evidence.ITEMS.history(case, "E1")] == [None, "bag 18"]
    with pytest.raises(InputError, match="not amended"):
        evidence.amend(case, "E1", "no", sha256="0" * 64)
    with pytest.raises(InputError, match="a change of it is a hand-over"):
        evidence.amend(case, "E1", "no", custodian="C")


# -- custody ------------------------------------------------------------------------------


def test_the_chain_of_custody_has_no_gap(case: Case, clock: Clock) -> None:
    clock.move(hours=10)
    evidence.add(case, "Laptop", "device", taken_by="B. Lab", taken_at=at(9), place="safe 1")
    with pytest.raises(InputError, match=r"its custodian is B\. Lab"):
        custody.hand_over(case, "E1", giver="D", taker="C", at=at(10), why="analysis")
    custody.hand_over(
        case, "E1", giver="b. lab", taker="C", at=at(10), why="analysis", place="lab 2"
    )
    assert custody.holder(case, "E1") == "C"
    with pytest.raises(InputError, match="its custodian is C"):
        custody.hand_over(case, "E1", giver="B. Lab", taker="D", at=at(11), why="again")
    with pytest.raises(InputError, match="before its custodian got it"):
        custody.hand_over(case, "E1", giver="C", taker="D", at=at(9, 30), why="early")
    with pytest.raises(InputError, match="to the same"):
        custody.hand_over(case, "E1", giver="C", taker="c", at=at(11), why="none")
    with pytest.raises(InputError, match="after now"):
        custody.hand_over(case, "E1", giver="C", taker="D", at=at(19), why="to come")
    links = custody.chain(case, "E1")
    assert [(x.holder, x.since, x.place) for x in links] == [
        ("B. Lab", at(9), "safe 1"),
        ("C", at(10), "lab 2"),
    ]


def test_instants_of_other_zones_are_compared_as_instants(case: Case, clock: Clock) -> None:
    clock.move(hours=10)
    evidence.add(case, "Laptop", "device", taken_by="B", taken_at=at(9))
    tokyo = timezone(timedelta(hours=9))
    early = datetime(2026, 11, 20, 17, 59, tzinfo=tokyo)  # 08:59 UTC
    with pytest.raises(InputError, match="before its custodian"):
        custody.hand_over(case, "E1", giver="B", taker="C", at=early, why="x")
    later = custody.hand_over(
        case, "E1", giver="B", taker="C", at=early + timedelta(minutes=2), why="x"
    )
    assert later.at == at(9, 1)


def test_an_item_without_a_custodian_is_handed_over_by_nobody_until_one_is_named(
    case: Case,
) -> None:
    evidence.add(case, "Found on a desk", "device")
    assert custody.holder(case, "E1") is None
    assert [x.warning for x in custody.standing(case, START)] == [
        "nobody is on record as its custodian"
    ]
    with pytest.raises(InputError, match="nobody is on record"):
        custody.hand_over(case, "E1", giver="B", taker="C", at=START, why="x")
    evidence.amend(case, "E1", "asked", custodian="B")
    assert custody.holder(case, "E1") == "B"


def test_a_hand_over_is_acknowledged_by_the_taker_and_until_then_warned_of(
    case: Case, clock: Clock
) -> None:
    evidence.add(case, "Laptop", "device", taken_by="B")
    clock.move(hours=1)
    made = custody.hand_over(case, "E1", giver="B", taker="Lab Ltd", at=clock.at, why="analysis")
    assert [x.warning for x in custody.standing(case, clock.at)] == [
        "the hand-over was not acknowledged"
    ]
    with pytest.raises(InputError, match="B gave it"):
        custody.acknowledge(case, made.id, "B")
    with pytest.raises(InputError, match="before the hand-over"):
        custody.acknowledge(case, made.id, "C. Doe", clock.at - timedelta(minutes=1))
    custody.acknowledge(case, made.id, "C. Doe")
    assert list(custody.standing(case, clock.at)) == []
    with pytest.raises(InputError, match="already"):
        custody.acknowledge(case, made.id, "C. Doe")


def test_two_who_hand_over_at_once_do_not_both_succeed(case: Case, store: Store) -> None:
    evidence.add(case, "Laptop", "device", taken_by="B")
    other = Case(store, case.reference, "Z")
    assert custody.holder(other, "E1") == "B"
    custody.hand_over(case, "E1", giver="B", taker="C", at=START, why="x")
    with pytest.raises(InputError, match="its custodian is C"):
        custody.hand_over(other, "E1", giver="B", taker="D", at=START, why="y")
    assert verify(store) == []


# -- phases -------------------------------------------------------------------------------


def test_what_protected_what_was_left_and_what_was_done_are_three_lists(case: Case) -> None:
    evidence.add(case, "Policy export", "file", phase="before")
    evidence.add(case, "Ransom note", "note", phase="intruder")
    evidence.point(case, "before", "Disk encrypted", control="encryption", items=["e1"])
    evidence.point(case, "after", "Password changed", at=START, facts=["timeline.contained"])
    found = evidence.phases(case)
    assert list(found) == ["before", "intruder", "after"]
    assert [(x.record, x.items) for x in found["before"]] == [("EP1", ("E1",)), ("E1", ("E1",))]
    assert [x.record for x in found["intruder"]] == ["E2"]
    assert found["after"][0].facts == ("timeline.contained",)


def test_whether_a_control_was_in_force_stays_unknown_until_somebody_says(case: Case) -> None:
    evidence.add(case, "Policy export", "file")
    evidence.point(case, "before", "Disk encrypted", control="encryption")

    def row() -> tuple[str, str | None]:
        return next(
            (x.state, x.warning) for x in evidence.standing(case, START) if x.record == "EP1"
        )

    assert row() == ("not known", "whether it was in force is not known")
    evidence.settle(case, "EP1", working=False)
    assert row() == ("not in force", "no item of evidence shows it")
    evidence.settle(case, "EP1", working=True, items=["E1"])
    assert row() == ("in force", None)


def test_a_point_names_only_items_and_facts_that_there_are(case: Case) -> None:
    for wrong in ({"items": ["E9"]}, {"facts": ["timeline.nonsense"]}):
        with pytest.raises(InputError):
            evidence.point(case, "before", "x", **wrong)
    assert evidence.POINTS.all(case) == []


def test_a_phase_without_anything_is_told_and_not_left_out(case: Case) -> None:
    rows = [x.record for x in evidence.standing(case, START)]
    assert rows == ["phase before", "phase intruder", "phase after"]


# -- logs ---------------------------------------------------------------------------------


def known_start(case: Case, when: str) -> None:
    case.set({"timeline.occurred_from": when})


def test_the_countdown_ends_when_the_oldest_needed_records_are_overwritten(
    case: Case, clock: Clock
) -> None:
    known_start(case, "2026-11-01T10:00:00+00:00")
    log = logs.add(case, "Firewall", system="fw1", keeps="30 days", owner="B")
    found = logs.countdown(case, log, clock.at)
    assert (found.needed, found.lost_at) == (at(10, day=1), datetime(2026, 12, 1, 10, tzinfo=UTC))
    assert (found.level, found.warnings) == ("later", ())
    task = tasks.TASKS.one(case, "T1")
    assert (task.due, task.owner, task.stream) == (found.lost_at, "B", "evidence")


@pytest.mark.parametrize(
    ("before", "level"),
    [
        (timedelta(days=7, seconds=1), "later"),
        (timedelta(days=7), "soon"),
        (timedelta(hours=48, seconds=1), "soon"),
        (timedelta(hours=48), "urgent"),
        (timedelta(seconds=1), "urgent"),
        (timedelta(0), "gone"),
        (timedelta(days=-1), "gone"),
    ],
)
def test_the_level_of_warning_rises_until_the_records_are_gone(
    case: Case, before: timedelta, level: str
) -> None:
    known_start(case, "2026-11-01T10:00:00+00:00")
    log = logs.add(case, "Firewall", keeps="30 days")
    lost = datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert logs.countdown(case, log, lost - before).level == level
    row = next(logs.standing(case, lost - before))
    assert (row.warning is None) == (level == "later")
    assert row.due == lost


def test_an_unknown_start_is_counted_from_the_earliest_event_with_a_warning(
    case: Case, clock: Clock
) -> None:
    log = logs.add(case, "Firewall", keeps="24 hours")
    found = logs.countdown(case, log, clock.at)
    assert found.needed == at(7, 45)
    assert found.lost_at == at(7, 45, day=21)
    assert (
        "the start of the incident is not known: counted from becoming aware" in found.warnings[0]
    )


def test_without_any_event_nothing_is_counted(store: Store, clock: Clock) -> None:
    case = Case.new(store, {"reference": "EX-9"}, by="A")
    log = logs.add(case, "Firewall", keeps="24 hours")
    found = logs.countdown(case, log, clock.at)
    assert (found.needed, found.lost_at, found.level) == (None, None, "unknown")
    assert found.warnings == ("no event of the incident is dated: nothing to count from",)
    assert tasks.TASKS.one(case, "T1").due is None


def test_an_unknown_retention_stays_unknown_and_becomes_a_question(
    case: Case, clock: Clock
) -> None:
    log = logs.add(case, "Door access", size="rolls at 2 GB")
    found = logs.countdown(case, log, clock.at)
    assert (found.lost_at, found.level) == (None, "unknown")
    assert found.question is not None
    assert "How long does Door access keep" in found.question
    row = next(logs.standing(case, clock.at))
    assert row.warning is not None
    assert "how long it keeps its records is not known" in row.warning
    known_start(case, "2026-11-19T10:00:00+00:00")
    logs.change(case, log.id, keeps="3 days")
    assert tasks.TASKS.one(case, "T1").due == at(10, day=22)


def test_the_task_moves_when_the_start_of_the_incident_is_learned(case: Case, clock: Clock) -> None:
    logs.add(case, "Firewall", keeps="30 days")
    assert tasks.TASKS.one(case, "T1").due == at(7, 45) + timedelta(days=30)
    known_start(case, "2026-11-05T10:00:00+00:00")
    assert [x.id for x in logs.redate(case)] == ["T1"]
    assert tasks.TASKS.one(case, "T1").due == datetime(2026, 12, 5, 10, tzinfo=UTC)
    assert logs.redate(case) == []
    assert next(logs.standing(case, clock.at)).due == datetime(2026, 12, 5, 10, tzinfo=UTC)


def test_a_day_without_a_time_is_counted_from_its_beginning_in_the_zone_of_the_house(
    case: Case, store: Store
) -> None:
    known_start(case, "2026-11-10")
    assert logs.needed_from(case).at == at(0, day=10)  # Dublin in winter is UTC
    case.set({"organisation.zone": "America/New_York"})
    found = logs.needed_from(case)
    assert found.at == at(5, day=10)
    assert "America/New_York" in found.warnings[0]
    facts = {"reference": "EX-8", "timeline": {"occurred_from": "2026-11-10"}}
    homeless = Case.new(store, facts, by="A")
    assert logs.needed_from(homeless).at == at(10, day=9)


def test_a_stated_instant_leads_where_it_is_earlier_and_needs_no_start(
    store: Store, clock: Clock
) -> None:
    case = Case.new(store, {"reference": "EX-9"}, by="A")
    log = logs.add(case, "Chat", overwritten=at(9, day=22))
    found = logs.countdown(case, log, clock.at)
    assert (found.lost_at, found.level, found.warnings) == (at(9, day=22), "soon", ())
    both = logs.change(case, log.id, keeps="1 hour", counted_from=at(6, day=22))
    assert logs.countdown(case, both, clock.at).lost_at == at(7, day=22)


def test_months_end_with_the_shorter_month() -> None:
    start = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert logs.later(start, "1 month") == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert logs.later(start, "13 months") == datetime(2027, 2, 28, 12, tzinfo=UTC)
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    assert logs.later(leap, "1 year") == datetime(2029, 2, 28, tzinfo=UTC)
    assert logs.later(start, "2 weeks") == datetime(2026, 2, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize("keeps", ["for a while", "14 working days", "101 years", ""])
def test_a_retention_that_is_no_period_is_refused(case: Case, keeps: str) -> None:
    with pytest.raises(InputError, match="keeps"):
        logs.add(case, "Firewall", keeps=keeps)
    assert logs.LOGS.all(case) == []
    assert tasks.TASKS.all(case) == []


def test_a_log_kept_without_end_needs_no_task(case: Case, clock: Clock) -> None:
    log = logs.add(case, "Archive", keeps="Unlimited")
    assert logs.countdown(case, log, clock.at).level == "never"
    assert tasks.TASKS.all(case) == []


def test_securing_ends_the_task_and_says_when_it_came_too_late(case: Case, clock: Clock) -> None:
    known_start(case, "2026-11-01T10:00:00+00:00")
    evidence.add(case, "Copy", "log", taken_by="B")
    logs.add(case, "Firewall", keeps="30 days")
    logs.add(case, "Proxy", keeps="5 days")
    logs.add(case, "Mail", keeps="30 days")
    logs.secure(case, "LS1", "B", item="e1")
    logs.secure(case, "LS2", "B")
    logs.secure(case, "LS3", "B", covers_from=at(10, day=3))
    assert {x.state for x in tasks.TASKS.all(case)} == {"done"}
    rows = {x.record: x.warning for x in logs.standing(case, clock.at)}
    assert rows["LS1"] is None
    assert "after the oldest records" in str(rows["LS2"])
    assert "the copy begins at 2026-11-03 10:00 UTC" in str(rows["LS3"])
    assert logs.LOGS.one(case, "LS1").item == "E1"
    with pytest.raises(InputError, match="already"):
        logs.secure(case, "LS1", "C")


def test_what_is_lost_first_is_listed_first_and_the_unknown_is_not_left_out(
    case: Case, clock: Clock
) -> None:
    logs.add(case, "A", keeps="unlimited")
    logs.add(case, "B")
    logs.add(case, "C", keeps="30 days")
    logs.add(case, "D", keeps="2 days")
    assert [x.log.name for x in logs.countdowns(case, clock.at)] == ["D", "C", "B", "A"]


# -- the hold -----------------------------------------------------------------------------


@pytest.fixture
def hold(case: Case) -> litigation_hold.Hold:
    return litigation_hold.start(
        case,
        "Mail and chat about the laptop",
        "claims are expected",
        issued_by="A. Counsel",
        contact="counsel@example.org",
        custodians=["Ann", "Ben"],
        systems=["chat"],
    )


def test_the_notice_says_what_to_keep_from_whom_and_who_is_asked(
    case: Case, hold: litigation_hold.Hold
) -> None:
    text = litigation_hold.notice(case, hold.id)
    for part in ("EX-7", "Ann, Ben", "Mail and chat about the laptop", "chat", "within 3 days"):
        assert part in text
    assert "{" not in text


def test_braces_in_the_scope_are_words_and_no_places_to_fill(case: Case) -> None:
    made = litigation_hold.start(
        case, "{reason.__class__}", "{0}", issued_by="A", contact="{contact}"
    )
    assert "{reason.__class__}" in litigation_hold.notice(case, made.id)


def test_what_was_sent_is_kept_word_for_word(
    case: Case, store: Store, hold: litigation_hold.Hold
) -> None:
    text = litigation_hold.notice(case, hold.id)
    litigation_hold.send(case, hold.id)
    litigation_hold.extend(case, hold.id, ["Cem"])
    sent = next(x for x in case.entries if x.kind == "hold_notice")
    assert store.content(sent.files[0].sha256).decode() == text
    assert sent.told["to"] == ["Ann", "Ben"]


def test_each_custodian_acknowledges_and_the_silent_are_reminded(
    case: Case, clock: Clock, hold: litigation_hold.Hold
) -> None:
    litigation_hold.send(case, hold.id)
    sent = clock.at
    due = {x.title: x.due for x in tasks.TASKS.all(case)}
    assert due == dict.fromkeys(
        ("Ann acknowledges the hold LH1", "Ben acknowledges the hold LH1"),
        sent + timedelta(days=3),
    )
    clock.move(days=1)
    litigation_hold.acknowledge(case, hold.id, "ann", how="mail")
    assert litigation_hold.remind(case, hold.id) == []
    clock.move(days=2)
    assert litigation_hold.remind(case, hold.id) == ["Ben"]
    assert litigation_hold.remind(case, hold.id) == []
    again = next(x for x in tasks.TASKS.all(case) if x.title.startswith("Remind"))
    assert again.due == clock.at + timedelta(days=3)
    clock.move(days=3)
    row = next(litigation_hold.standing(case, clock.at))
    assert row.state == "1 of 2 acknowledged"
    assert "no answer from Ben" in str(row.warning)
    litigation_hold.acknowledge(case, hold.id, "Ben")
    assert {x.state for x in tasks.TASKS.all(case)} == {"done"}


def test_nobody_acknowledges_what_was_not_sent_or_twice(
    case: Case, clock: Clock, hold: litigation_hold.Hold
) -> None:
    with pytest.raises(InputError, match="was not sent"):
        litigation_hold.acknowledge(case, hold.id, "Ann")
    litigation_hold.send(case, hold.id, ["Ann"])
    with pytest.raises(InputError, match="before the notice"):
        litigation_hold.acknowledge(case, hold.id, "Ann", at=clock.at - timedelta(hours=1))
    litigation_hold.acknowledge(case, hold.id, "Ann")
    with pytest.raises(InputError, match="already"):
        litigation_hold.acknowledge(case, hold.id, "Ann")
    with pytest.raises(InputError, match="did you mean"):
        litigation_hold.acknowledge(case, hold.id, "Benn")
    with pytest.raises(InputError, match="had it already"):
        litigation_hold.send(case, hold.id, ["Ann"])
    row = next(litigation_hold.standing(case, clock.at))
    assert "was not sent to Ben" in str(row.warning)


def test_a_system_that_still_deletes_is_warned_of_until_it_is_switched_off(
    case: Case, hold: litigation_hold.Hold
) -> None:
    assert "still deletes by itself: chat" in str(
        next(litigation_hold.standing(case, START)).warning
    )
    litigation_hold.switch_off(case, hold.id, "Chat", "IT")
    litigation_hold.switch_off(case, hold.id, "mail", "IT")
    assert "deletes" not in str(next(litigation_hold.standing(case, START)).warning)
    with pytest.raises(InputError, match="already"):
        litigation_hold.switch_off(case, hold.id, "chat", "IT")


def test_a_hold_is_released_for_a_reason_and_then_nothing_more_is_done_to_it(
    case: Case, hold: litigation_hold.Hold
) -> None:
    litigation_hold.send(case, hold.id)
    with pytest.raises(InputError, match="say which"):
        litigation_hold.release(case, hold.id, " ")
    with pytest.raises(InputError, match="has not been released"):
        litigation_hold.release_notice(case, hold.id)
    litigation_hold.release(case, hold.id, "all claims are settled.")
    assert "all claims are settled. The usual" in litigation_hold.release_notice(case, hold.id)
    assert {x.state for x in tasks.TASKS.all(case)} == {"dropped"}
    assert list(litigation_hold.standing(case, START)) == []
    with pytest.raises(InputError, match="was released"):
        litigation_hold.remind(case, hold.id)


def test_a_hold_of_the_advice_track_keeps_its_notice_and_tasks_there(case: Case) -> None:
    made = litigation_hold.start(
        case,
        "Everything on the settlement talks",
        "x",
        issued_by="A",
        contact="A",
        custodians=["Ann"],
        track="advice",
    )
    litigation_hold.send(case, made.id)
    litigation_hold.acknowledge(case, made.id, "Ann")
    new = [x for x in case.entries if x.kind in ("litigation_hold", "hold_notice", "task")]
    assert len(new) >= 5
    assert {x.track for x in new} == {"advice"}


def test_a_custodian_named_twice_is_refused(case: Case, hold: litigation_hold.Hold) -> None:
    with pytest.raises(InputError) as told:
        litigation_hold.extend(case, hold.id, ["ann"])
    assert told.value.faults == (Fault("EX-7", "hold", '"ann" is named twice'),)


def test_the_parts_of_a_hold_are_checked_like_every_record(
    case: Case, hold: litigation_hold.Hold
) -> None:
    litigation_hold.send(case, hold.id)
    number, long = len(case.entries), "x" * 501
    tries: tuple[Callable[[], object], ...] = (
        lambda: litigation_hold.extend(case, hold.id, [" "]),
        lambda: litigation_hold.extend(case, hold.id, systems=[long]),
        lambda: litigation_hold.switch_off(case, hold.id, "chat", ""),
        lambda: litigation_hold.acknowledge(case, hold.id, "Ann", how=long),
    )
    for each in tries:
        with pytest.raises(InputError, match=r"litigation hold\."):
            each()
    assert len(case.entries) == number
    assert litigation_hold.HOLDS.one(case, hold.id).custodians[0].acknowledged is None


def test_a_custodian_may_come_with_an_address(case: Case, hold: litigation_hold.Hold) -> None:
    made = litigation_hold.extend(case, hold.id, ["Cem Ak <cem@example.org>", "Dee <"])
    assert [(x.name, x.address) for x in made.custodians[2:]] == [
        ("Cem Ak", "cem@example.org"),
        ("Dee <", None),
    ]


def test_a_month_without_a_day_is_counted_from_its_beginning(case: Case) -> None:
    known_start(case, "2026-10")
    found = logs.needed_from(case)
    assert found.at == datetime(2026, 9, 30, 23, tzinfo=UTC)  # Dublin in summer
    assert "from the beginning of its month" in found.warnings[0]
