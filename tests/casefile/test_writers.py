"""Many writers at once, in threads and in processes: none loses an entry."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import databases
import pytest
from conftest import FACTS, Clock

from regengine import InputError
from regengine.casefile import store as module
from regengine.casefile.case import Case
from regengine.casefile.chain import verify
from regengine.casefile.entries import Draft
from regengine.casefile.store import Store, StoreError

_EACH = 25


def _note(text: str) -> Draft:
    return Draft(kind="note", body={"text": text})


def _write(store: Store, matter: str, name: str) -> None:
    for number in range(_EACH):
        with store.writing(matter, name) as journal:
            kept = journal.keep("same.bin", number.to_bytes(4, "big") * 500)
            body = {"text": f"{name} {number}"}
            journal.add(Draft(kind="note", body=body, files=(kept,)))


def _together(count: int, work: Callable[[int], object]) -> list[object]:
    """Let so many threads begin at one instant."""
    gate = Barrier(count)

    def one(number: int) -> object:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def _all_there(store: Store, matter: str, names: list[str]) -> None:
    entries = store.entries(matter)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    for name in names:
        told = [entry.told["text"] for entry in entries if entry.by == name]
        assert told == [f"{name} {number}" for number in range(_EACH)]
    assert len(entries) == 1 + len(names) * _EACH
    assert verify(store) == []


def test_threads_that_write_one_matter_wait_for_each_other(store: Store) -> None:
    matter = store.begin_matter("EX-1", None, "A")
    names = [f"W{number}" for number in range(6)]
    _together(6, lambda number: _write(store, matter, names[number]))
    _all_there(store, matter, names)


def test_threads_that_write_matters_of_their_own_lose_nothing(store: Store) -> None:
    matters = [store.begin_matter(f"EX-{number}", None, "A") for number in range(4)]
    _together(4, lambda number: _write(store, matters[number], "W"))
    for matter in matters:
        _all_there(store, matter, ["W"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_forked_processes_write_through_connections_of_their_own(store: Store, url: str) -> None:
    """The store is open in the parent, with a connection that the children must leave alone."""
    matter = store.begin_matter("EX-1", None, "A")
    names = [f"P{number}" for number in range(4)]
    children = []
    for number, name in enumerate(names):
        child = os.fork()
        if child == 0:
            status = 1
            with suppress(BaseException):
                if number % 2:
                    _write(store, matter, name)
                else:
                    with Store.open(url, clock=store.clock) as other:
                        _write(other, matter, name)
                status = 0
            os._exit(status)
        children.append(child)
    while store.matter(matter).entries < _EACH:  # the parent reads meanwhile
        assert store.entries(matter)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    _all_there(store, matter, names)


def test_two_who_open_one_new_store_at_once_make_it_once(url: str, tmp_path: Path) -> None:
    def work(number: int) -> object:
        with Store.open(url) as store:
            return store.begin_matter(f"EX-{number}", None, "A")

    assert len(set(_together(6, work))) == 6
    with Store.open(url) as store:
        assert sorted(line.number for line in store.matters()) == list(range(1, 7))
        assert verify(store) == []
    assert not list(tmp_path.glob("*before*")), "nothing was there to be kept aside"


def test_of_two_who_open_a_matter_of_one_reference_one_wins(store: Store) -> None:
    def work(number: int) -> object:
        try:
            return Case.new(store, FACTS, by=f"W{number}").id
        except InputError as error:
            return str(error)

    told = [str(x) for x in _together(5, work)]
    refused = [text for text in told if text.endswith('a matter "EX-7" is there already')]
    assert len(refused) == 4
    assert len(store.matters()) == 1
    assert verify(store) == []


def test_the_same_bytes_kept_by_many_at_once_are_kept_once(store: Store) -> None:
    content = os.urandom(20_000)

    def work(number: int) -> object:
        matter = store.begin_matter(f"EX-{number}", None, "A")
        with store.writing(matter, "A") as journal:
            kept = journal.keep("a.bin", content)
            journal.add(Draft(kind="note", body={}, files=(kept,)))
        return kept.sha256

    digests = set(_together(6, work))
    assert len(digests) == 1
    assert store.content(str(digests.pop())) == content
    assert verify(store) == []


def test_a_check_while_others_write_finds_nothing_wrong(store: Store) -> None:
    matter = store.begin_matter("EX-1", None, "A")

    def work(number: int) -> object:
        if number:
            return _write(store, matter, f"W{number}")
        for _ in range(20):
            line, rows = store.held(matter)
            assert (line.entries, line.head) == (rows[-1].seq, rows[-1].hash)
        return None

    _together(3, work)
    assert verify(store) == []


def test_a_writer_that_waits_too_long_is_told_in_one_line(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(url) as first:
        matter = first.begin_matter("EX-1", None, "A")
        monkeypatch.setattr(module, "_WAIT", 1)
        monkeypatch.setattr(
            module, "_WRITTEN_THROUGH", module._WRITTEN_THROUGH.replace("60s", "1s")
        )
        with Store.open(url) as second, first.writing(matter, "A") as journal:
            journal.add(_note("held"))
            with pytest.raises(StoreError) as caught:
                second.writing(matter, "B").__enter__()
            assert "another has held the" in str(caught.value)
            assert "\n" not in str(caught.value)
            assert second.entries(matter)[-1].seq == 1, "who reads does not wait"
        assert [x.kind for x in first.entries(matter)] == ["opened", "note"]


def test_a_writer_killed_under_the_lock_holds_nobody_up(
    url: str, postgresql: databases.Server | None
) -> None:
    assert postgresql is not None or url.startswith("sqlite")
    with Store.open(url) as store:
        matter = store.begin_matter("EX-1", None, "A")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with Store.open(url) as store, store.writing(matter, "A") as journal:
            journal.add(_note("never"))
            os.write(write, b".")
            signal.pause()
    os.read(read, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(read)
    os.close(write)
    with Store.open(url) as store:
        with store.writing(matter, "B") as journal:
            journal.add(_note("next"))
        assert [x.kind for x in store.entries(matter)] == ["opened", "note"]
        assert store.entries(matter)[-1].told == {"text": "next"}


def test_an_error_inside_takes_back_all_that_was_added(case: Case) -> None:
    before = list(case.entries)

    def interrupted() -> None:
        with case.writing() as journal:
            journal.add(_note("one"))
            journal.keep("a.bin", b"bytes")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert list(case.entries) == before
    assert case.store.entries(case.id) == before
    case.record(_note("two"))
    assert verify(case.store) == []


def test_clocks_that_differ_by_little_do_not_disturb_the_order(store: Store, clock: Clock) -> None:
    matter = store.begin_matter("EX-1", None, "A")
    clock.move(seconds=-3)
    with store.writing(matter, "A") as journal:
        kept = journal.add(_note("behind"))
    assert kept.at == clock.at + timedelta(seconds=3)
    assert verify(store) == []


def test_a_clock_that_was_set_back_is_recorded_as_it_is_and_told(
    store: Store, clock: Clock
) -> None:
    matter = store.begin_matter("EX-1", None, "A")
    clock.move(hours=-3)
    with store.writing(matter, "A") as journal:
        assert journal.add(_note("back")).at == clock.at
    assert [found.kind for found in verify(store)] == ["clock"]


@pytest.mark.skipif(sys.platform == "win32", reason="no modes of files")
def test_only_the_owner_reads_what_sqlite_writes(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = tmp_path / "new" / "matters.db"
        with Store.open(path) as store:
            store.begin_matter("EX-1", None, "A")
            modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes == dict.fromkeys(["matters.db", "matters.db-wal", "matters.db-shm"], 0o600)
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_commits_are_written_through(store: Store) -> None:
    with store._writing.begin() as connection:
        if store._engine.dialect.name == "sqlite":
            asked = ("PRAGMA journal_mode", "PRAGMA synchronous", "PRAGMA foreign_keys")
            told = [connection.exec_driver_sql(line).scalar() for line in asked]
            assert told == ["wal", 3, 1]
        else:
            asked = ("synchronous_commit", "lock_timeout", "transaction_isolation")
            told = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in asked]
            # The server of the tests has synchronous_commit off.
            assert told == ["on", "1min", "read committed"]


def test_a_page_bound_of_sqlite_is_told_as_a_full_disk(tmp_path: Path) -> None:
    with Store.open(tmp_path / "m.db") as store:
        case = Case.new(store, FACTS, by="A")
        with store._engine.connect() as connection:
            pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar() or 0)
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 1}").close()
        before = list(case.entries)
        with pytest.raises(StoreError, match="the disk is full: nothing was written"):
            case.record(Draft(kind="note", body={"text": "x" * 50_000}))
        assert list(case.entries) == before
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=100000").close()
        case.record(Draft(kind="note", body={"text": "x" * 50_000}))
        assert verify(store) == []
    with closing(sqlite3.connect(tmp_path / "m.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
