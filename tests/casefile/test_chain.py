"""The chain: every way in which somebody may alter a database is found, and told where."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from databases_edit import edit
from sqlalchemy import text

from regengine.casefile.case import Case
from regengine.casefile.chain import Finding, check_record, left_out, listed, verify
from regengine.casefile.entries import GENESIS, Draft, body_hash, chained, entry_hash, stamp
from regengine.casefile.store import Outline, Store, entry_of
from regengine.errors import InputError

Row = dict[str, object]


@pytest.fixture
def worked(case: Case) -> Case:
    """A matter with facts, advice and a kept file, and two other matters after it."""
    case.set({"affected.customers.people.IE": 950}, source="log")
    with case.writing() as journal:
        kept = journal.keep("log.txt", b"a line of a log")
        journal.add(Draft(kind="evidence", body={"id": "E1"}, files=(kept,)))
        journal.add(Draft(kind="note", body={"text": "advice"}, track="advice"))
        journal.add(Draft(kind="note", body={"text": "a fact"}))
    for name in ("EX-8", "EX-9"):
        Case.new(case.store, {"reference": name}, by="B. Counsel")
    return case


def found(case: Case, **more: object) -> set[tuple[str, str, int]]:
    return {one[:3] for one in verify(case.store, **more)}  # type: ignore[arg-type]  # reason: of tests


def last(case: Case) -> int:
    return case.line.entries


def test_a_store_that_nobody_touched_is_sound(worked: Case) -> None:
    seen: list[tuple[int, int, str]] = []
    assert verify(worked.store, progress=lambda *told: seen.append(told)) == []
    assert verify(worked.store, "EX-7") == []
    assert seen == [(0, 3, "EX-7"), (1, 3, "EX-8"), (2, 3, "EX-9")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("by", "Somebody Else"),
        ("at", "2026-11-20T08:00:00.000001+00:00"),
        ("kind", "remark"),
        ("track", "advice"),
        ("body_sha256", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_whatever_is_changed_of_an_entry_is_found_there(
    worked: Case, column: str, value: str
) -> None:
    edit(worked.store, f'UPDATE entry SET "{column}" = :value WHERE matter = :m AND seq = 3',  # noqa: S608  # reason: a column of the list above
         value=value, m=worked.id)  # fmt: skip  # reason: one statement
    kinds = {(kind, seq) for kind, matter, seq in found(worked) if matter == "EX-7"}
    assert ("changed", 3) in kinds
    assert {seq for _, seq in kinds} <= {3, 4}


def test_a_changed_body_is_found_and_nothing_else_is_blamed(worked: Case) -> None:
    edit(worked.store, "UPDATE entry SET body = replace(body, 'a fact', 'another') WHERE matter = :m AND seq = :s",
         m=worked.id, s=last(worked))  # fmt: skip  # reason: one statement
    assert verify(worked.store) == [
        Finding("changed", "EX-7", last(worked), "its content is not what was recorded")
    ]


@pytest.mark.parametrize("seq", [3, None])
def test_content_that_was_taken_out_is_found_of_facts_and_of_advice(
    worked: Case, seq: int | None
) -> None:
    chosen = seq or last(worked) - 1  # the entry of the advice track
    edit(worked.store, "UPDATE entry SET body = NULL, salt = NULL WHERE matter = :m AND seq = :s",
         m=worked.id, s=chosen)  # fmt: skip  # reason: one statement
    assert verify(worked.store) == [Finding("changed", "EX-7", chosen, "its content was taken out")]
    assert left_out(worked.store.rows(worked.id)) == [chosen]


def test_an_entry_whose_hash_was_made_anew_no_longer_carries_the_next_one(worked: Case) -> None:
    row = worked.store.rows(worked.id)[2]
    body = (row.body or "").replace('"', '"', 1).replace("customers", "suppliers")
    digest = body_hash(row.salt or "", body)
    made = entry_hash(row.matter, 3, row.kind, row.at, "X", row.track, digest, row.previous)
    edit(worked.store, 'UPDATE entry SET body = :b, body_sha256 = :d, "by" = :x, hash = :h WHERE matter = :m AND seq = 3',
         b=body, d=digest, x="X", h=made, m=worked.id)  # fmt: skip  # reason: one statement
    assert verify(worked.store) == [
        Finding("order", "EX-7", 4, "does not follow entry 3 as it stands: that one was replaced")
    ]


def test_an_entry_that_was_deleted_is_missed_in_the_middle(worked: Case) -> None:
    edit(worked.store, "DELETE FROM entry WHERE matter = :m AND seq = 4", m=worked.id)
    assert verify(worked.store) == [Finding("missing", "EX-7", 4, "entry 4 is missing")]


def test_entries_that_were_deleted_at_the_end_are_missed(worked: Case) -> None:
    end = last(worked)
    edit(worked.store, "DELETE FROM entry WHERE matter = :m AND seq >= :s", m=worked.id, s=end - 1)
    message = f"entries {end - 1} to {end} are missing: the end was cut off"
    assert verify(worked.store) == [Finding("missing", "EX-7", end - 1, message)]


def test_an_end_cut_off_with_its_head_mended_is_found_by_a_printed_head(worked: Case) -> None:
    end, printed = last(worked), worked.head
    before = worked.store.rows(worked.id)[-2]
    edit(worked.store, "DELETE FROM entry WHERE matter = :m AND seq = :s", m=worked.id, s=end)
    edit(worked.store, "UPDATE matter SET head_seq = :s, head_hash = :h, updated_at = :at WHERE id = :m",
         s=end - 1, h=before.hash, at=before.at, m=worked.id)  # fmt: skip  # reason: one statement
    assert verify(worked.store) == []
    (one,) = verify(worked.store, heads=[printed[:16]])
    assert (one.kind, one.matter) == ("head", "the store")
    assert printed[:16] in one.message
    (named,) = check_record(worked.store, "EX-7", end, printed)
    assert named.seq == end


def test_a_head_that_is_none_of_the_chain_is_found(worked: Case) -> None:
    edit(worked.store, "UPDATE matter SET head_hash = :h WHERE id = :m", h="0" * 64, m=worked.id)
    assert found(worked) == {("head", "EX-7", last(worked))}


def test_two_entries_that_changed_places_are_both_named(worked: Case) -> None:
    for was, now in ((3, 999), (4, 3), (999, 4)):
        edit(worked.store, "UPDATE entry SET seq = :now WHERE matter = :m AND seq = :was",
             now=now, was=was, m=worked.id)  # fmt: skip  # reason: one statement
    told = {(one.seq, one.message) for one in verify(worked.store)}
    assert (3, "stands in the place of another: it was recorded as entry 4") in told
    assert (4, "stands in the place of another: it was recorded as entry 3") in told


def test_entries_that_were_renumbered_over_a_gap_are_told_in_one_line(worked: Case) -> None:
    end = last(worked)
    edit(worked.store, "DELETE FROM entry WHERE matter = :m AND seq = 3", m=worked.id)
    for seq in range(4, end + 1):
        edit(worked.store, "UPDATE entry SET seq = :to WHERE matter = :m AND seq = :s",
             to=seq - 1, s=seq, m=worked.id)  # fmt: skip  # reason: one statement
    edit(worked.store, "UPDATE matter SET head_seq = :s WHERE id = :m", s=end - 1, m=worked.id)
    told = [one for one in verify(worked.store) if "recorded as" in one.message]
    assert [one.seq for one in told] == [3]
    assert f"recorded as entries 4 to {end}" in told[0].message
    assert ("order", "EX-7", 3) in found(worked)


def test_an_entry_that_was_slipped_in_is_found(worked: Case) -> None:
    rows = worked.store.rows(worked.id)
    made = chained(Draft(kind="note", body={"text": "never said"}), worked.id, 4,
                   datetime.fromisoformat(rows[2].at), "X", rows[2].hash)  # fmt: skip  # reason: one call
    for seq in range(len(rows), 3, -1):
        edit(worked.store, "UPDATE entry SET seq = :to WHERE matter = :m AND seq = :s",
             to=seq + 1, s=seq, m=worked.id)  # fmt: skip  # reason: one statement
    insert(worked.store, made)
    edit(
        worked.store, "UPDATE matter SET head_seq = :s WHERE id = :m", s=len(rows) + 1, m=worked.id
    )
    told = {(one.kind, one.seq) for one in verify(worked.store)}
    assert ("order", 5) in told
    assert ("order", 4) not in told


def insert(store: Store, entry: object) -> None:
    held = entry.model_dump()  # type: ignore[attr-defined]  # reason: an entry
    body = json.dumps({"body": held["body"], "files": []}, sort_keys=True, separators=(",", ":"))
    edit(store, 'INSERT INTO entry (matter, seq, kind, at, "by", track, body, salt, body_sha256, previous, hash) '
         "VALUES (:matter, :seq, :kind, :at, :by, :track, :body, :salt, :body_sha256, :previous, :hash)",
         **{**{k: v for k, v in held.items() if k != "files"}, "body": body, "at": stamp(held["at"])})  # fmt: skip  # reason: one statement


def test_an_entry_of_another_author_at_the_end_needs_the_head_too(worked: Case) -> None:
    end = last(worked)
    made = chained(Draft(kind="note", body={"text": "x"}), worked.id, end + 1,
                   worked.entries[-1].at, "X", worked.head)  # fmt: skip  # reason: one call
    insert(worked.store, made)
    (one,) = verify(worked.store)
    assert (one.kind, one.seq) == ("head", end + 1)
    assert f"the matter's head is entry {end}" in one.message


def test_a_matter_that_was_deleted_leaves_a_gap(worked: Case) -> None:
    gone = worked.store.matter("EX-8").id
    edit(worked.store, "DELETE FROM entry WHERE matter = :m", m=gone)
    edit(worked.store, "DELETE FROM matter WHERE id = :m", m=gone)
    message = "matter 2 of the store is missing (before EX-9)"
    assert verify(worked.store) == [Finding("missing", "the store", 0, message)]


def test_matters_that_were_renumbered_over_a_gap_are_found(worked: Case) -> None:
    gone = worked.store.matter("EX-8").id
    edit(worked.store, "DELETE FROM entry WHERE matter = :m", m=gone)
    edit(worked.store, "DELETE FROM matter WHERE id = :m", m=gone)
    edit(worked.store, "UPDATE matter SET number = 2 WHERE reference = 'EX-9'")
    assert found(worked) == {("order", "EX-9", 1)}


def test_a_matter_opened_last_and_deleted_is_found_by_its_head(worked: Case) -> None:
    gone = worked.store.matter("EX-9")
    edit(worked.store, "DELETE FROM entry WHERE matter = :m", m=gone.id)
    edit(worked.store, "DELETE FROM matter WHERE id = :m", m=gone.id)
    assert verify(worked.store) == []
    assert [one.kind for one in verify(worked.store, heads=[gone.head])] == ["head"]
    (one,) = check_record(worked.store, "EX-9", gone.entries, gone.head)
    assert "the store has none such" in one.message


def test_all_entries_of_a_matter_gone_are_missed(worked: Case) -> None:
    edit(worked.store, "DELETE FROM entry WHERE matter = :m", m=worked.id)
    assert ("missing", "EX-7", 1) in found(worked)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM blob", '"log.txt" is missing'),
        ("UPDATE blob SET packed = :other", '"log.txt" was changed'),
        ("UPDATE blob SET packed = :broken", '"log.txt" was changed'),
    ],
)
def test_a_kept_file_that_was_changed_or_deleted_is_found(
    worked: Case, statement: str, message: str
) -> None:
    values = {"other": zlib.compress(b"another line"), "broken": b"\x00\x01"}
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    edit(worked.store, statement, **used)
    assert ("file", message) in {(one.kind, one.message) for one in verify(worked.store)}


def test_a_matter_under_another_name_is_found(worked: Case) -> None:
    edit(worked.store, "UPDATE matter SET reference = 'EX-70' WHERE id = :m", m=worked.id)
    assert verify(worked.store) == [Finding("changed", "EX-70", 1, 'was opened as "EX-7"')]


def test_a_day_of_opening_that_is_not_the_entry_s_is_found(worked: Case) -> None:
    edit(worked.store, "UPDATE matter SET opened_at = :at WHERE id = :m",
         at=stamp(datetime(2026, 11, 19, tzinfo=UTC)), m=worked.id)  # fmt: skip  # reason: one statement
    assert found(worked) == {("changed", "EX-7", 1)}


def test_a_chain_that_was_made_anew_is_found_by_what_left_the_house_alone(worked: Case) -> None:
    printed, number = worked.head, last(worked)
    remake(worked, lambda row: row.update(by="X"))
    assert verify(worked.store, "EX-7") == []
    assert found(worked) == {("order", "EX-7", 1)}  # the link of matters still tells
    (one,) = verify(worked.store, "EX-7", heads=[printed.upper()])
    assert (one.kind, one.matter) == ("head", "EX-7")
    (named,) = check_record(worked.store, "EX-7", number, printed)
    assert "entries were replaced" in named.message


def remake(case: Case, change: Callable[[Row], None]) -> None:
    """Do what somebody with the database and this code can: hash everything anew."""
    previous = GENESIS
    rows = case.store.rows(case.id)
    for row in rows:
        held: Row = dict(entry_of(row).model_dump())
        change(held)
        made = entry_hash(case.id, row.seq, row.kind, row.at, str(held["by"]), row.track,
                          row.body_sha256, previous)  # fmt: skip  # reason: one call
        edit(case.store, 'UPDATE entry SET "by" = :by, previous = :p, hash = :h WHERE matter = :m AND seq = :s',
             by=held["by"], p=previous, h=made, m=case.id, s=row.seq)  # fmt: skip  # reason: one statement
        previous = made
    edit(case.store, "UPDATE matter SET head_hash = :h WHERE id = :m", h=previous, m=case.id)


def test_a_chain_that_begins_with_another_entry_is_found(worked: Case) -> None:
    previous = "1" * 64
    row = worked.store.rows(worked.store.matter("EX-8").id)[0]
    made = entry_hash(row.matter, 1, row.kind, row.at, row.by, row.track, row.body_sha256, previous)
    edit(worked.store, "UPDATE entry SET previous = :p, hash = :h WHERE matter = :m AND seq = 1",
         p=previous, h=made, m=row.matter)  # fmt: skip  # reason: one statement
    told = [one.message for one in verify(worked.store, "EX-8")]
    assert "follows another entry, and should be the first" in told


@pytest.mark.parametrize("head", ["", "3fa9", "no head at all", "g" * 16, "0" * 65])
def test_a_head_that_would_fit_anything_is_refused(worked: Case, head: str) -> None:
    with pytest.raises(InputError, match="is no head"):
        verify(worked.store, heads=[head])


def test_a_head_is_read_as_it_was_printed(worked: Case) -> None:
    head = worked.head
    assert verify(worked.store, heads=[f"{head[:8]} {head[8:16]}…", head, head.upper()]) == []
    assert list(check_record(worked.store, "EX-7", last(worked), head)) == []


def test_a_clock_that_went_back_is_told(worked: Case) -> None:
    # The store's own clock was set back between two entries: nobody altered anything.
    worked.store.clock.move(hours=-3)  # type: ignore[attr-defined]  # reason: the clock of the tests
    worked.record(Draft(kind="note", body={"text": "later, and earlier"}))
    assert found(worked) == {("clock", "EX-7", last(worked))}


def test_an_entry_whose_content_is_no_json_is_told_not_raised(worked: Case) -> None:
    edit(
        worked.store, "UPDATE entry SET body = 'no json' WHERE matter = :m AND seq = 1", m=worked.id
    )
    assert ("changed", "EX-7", 1) in found(worked)
    with worked.store._engine.begin() as connection:  # reason: a test looks inside
        assert connection.execute(text("SELECT count(*) FROM matter")).scalar() == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("next_due = '2027-01-01T00:00:00.000000+00:00'", "another next due instant"),
        ("required = 0", "other duties"),
        ("state = 'closed'", 'is listed as "closed", and the record says "open"'),
        ("title = 'Another'", 'is listed with the title "Another"'),
        ("updated_at = '2026-01-01T00:00:00.000000+00:00'", "is listed as changed last at"),
    ],
)
def test_a_list_that_shows_other_than_the_record_is_found(
    worked: Case, change: str, message: str
) -> None:
    worked.assess()
    assert verify(worked.store) == []
    edit(worked.store, f"UPDATE matter SET {change} WHERE reference = 'EX-7'")  # noqa: S608  # reason: of the list above
    (one,) = verify(worked.store)
    assert (one.kind, one.matter, one.seq) == ("listed", "EX-7", 0)
    assert message in one.message


def test_what_was_read_of_lists_is_what_the_store_lists(worked: Case) -> None:
    worked.set({"title": "Stolen and found"})
    worked.assess()
    line, told = worked.line, listed(worked.entries)
    assert (told.title, told.state) == (line.title, line.state) == ("Stolen and found", "open")
    assert told.outline == Outline(
        line.required,
        line.possible,
        line.late,
        line.next_due,
        line.next_key,  # type: ignore[arg-type]  # reason: assessed above
    )


def test_duties_that_no_answer_told_are_found_in_the_list(worked: Case) -> None:
    edit(worked.store, "UPDATE matter SET required = 5 WHERE reference = 'EX-7'")
    assert found(worked) == {("listed", "EX-7", 0)}


def test_an_answer_that_says_that_lists_do_not_follow_it_changes_no_list(worked: Case) -> None:
    body = {"required": 1, "possible": 0, "late": 0, "next_due": None, "next_key": None}
    worked.record(Draft(kind="assessment", body={**body, "listed": False}))
    assert listed(worked.entries).outline is None
    assert verify(worked.store) == []
    worked.record(Draft(kind="assessment", body=body))
    assert listed(worked.entries).outline == Outline(1, 0, 0, None, None)


@pytest.mark.parametrize("body", ["{}", "[]", "7", '{"body":{}}', '{"body":[],"files":[]}'])
def test_bodies_of_another_shape_are_findings(worked: Case, body: str) -> None:
    edit(worked.store, "UPDATE entry SET body = :body", body=body)
    told = found(worked)
    assert {("changed", "EX-7", 1), ("changed", "EX-8", 1), ("changed", "EX-9", 1)} <= told
    with pytest.raises(ValueError, match=r"cannot be read|valid"):
        entry_of(worked.store.rows(worked.id)[0])


@pytest.mark.parametrize(
    ("column", "value"),
    [("opened_at", "x"), ("updated_at", "2026-11-20T08:00:00"), ("next_due", "soon")],
)
def test_a_matter_that_cannot_be_read_is_named_and_the_others_are_checked(
    worked: Case, column: str, value: str
) -> None:
    edit(worked.store, f"UPDATE matter SET {column} = :v WHERE reference = 'EX-8'", v=value)  # noqa: S608  # reason: of the list above
    edit(worked.store, "UPDATE matter SET title = 'Y' WHERE reference = 'EX-9'")
    assert found(worked) == {("changed", "EX-8", 0), ("listed", "EX-9", 0)}
    assert [one.matter for one in verify(worked.store, "EX-8")] == ["EX-8"]
    (one,) = check_record(worked.store, "EX-8", 1, "0" * 64)
    assert "cannot be read" in one.message


def test_an_instant_of_an_entry_that_is_none_is_a_finding(worked: Case) -> None:
    edit(worked.store, "UPDATE entry SET at = 'x' WHERE matter = :m AND seq = 1", m=worked.id)
    assert ("changed", "EX-7", 1) in found(worked)


def test_content_that_an_export_told_is_a_note_and_other_content_is_not(worked: Case) -> None:
    worked.record(Draft(kind="exported", body={"left_out": [3]}))
    edit(worked.store, "UPDATE entry SET body = NULL, salt = NULL WHERE matter = :m AND seq IN (3, 4)",
         m=worked.id)  # fmt: skip  # reason: one statement
    told = {one.kind: one for one in verify(worked.store) if one.kind != "file"}
    assert told["left_out"].message.startswith("the content of entry 3 is not in this store")
    assert told["changed"].seq == 4
