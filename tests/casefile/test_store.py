"""What is opened is a store of ours, or is refused in one line and left as it was."""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from conftest import FACTS

from regengine import InputError
from regengine.casefile import tables
from regengine.casefile.case import Case
from regengine.casefile.chain import verify
from regengine.casefile.store import Store, StoreError, default_url


def _refused(where: str | Path) -> str:
    with pytest.raises(StoreError) as caught:
        Store.open(where)
    told = str(caught.value)
    assert "\n" not in told
    return told


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_store_of_a_newer_release_is_refused_and_left_as_it_is(
    store: Store, url: str, tmp_path: Path
) -> None:
    matter = store.begin_matter("EX-1", None, "A")
    with store._writing.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    rows = store.rows(matter)
    path = tmp_path / "matters.db"
    store.close()
    before = _digest(path) if path.exists() else ""
    told = _refused(url)
    assert f"newer regengine (tables of revision 0099, this one knows {tables.HEAD})" in told
    assert "upgrade regengine; nothing was changed" in told
    assert store.rows(matter) == rows
    store.close()
    if path.exists():
        assert _digest(path) == before
        assert [each.name for each in tmp_path.iterdir()] == ["matters.db"]


def test_a_file_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE invoice (id INTEGER)")
        file.execute("CREATE TABLE alembic_version (version_num TEXT)")
    before = _digest(path)
    assert "is no store of regengine: it holds other tables (alembic_version, invoice)" in _refused(
        path
    )
    assert _digest(path) == before
    assert [each.name for each in tmp_path.iterdir()] == ["other.db"]


def test_a_database_with_other_tables_is_refused(url: str, store: Store) -> None:
    with store._writing.begin() as connection:
        connection.exec_driver_sql("DROP TABLE entry")
    store.close()
    assert "is no store of regengine: it holds other tables" in _refused(url)


@pytest.mark.parametrize("content", [b"Dear counsel,\n" * 100, os.urandom(4096), b"x"])
def test_a_file_that_is_no_database_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(content)
    assert _refused(path).endswith("letter.txt: is no SQLite file")
    assert path.read_bytes() == content


def test_a_broken_store_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "matters.db"
    with Store.open(path) as store:
        matter = store.begin_matter("EX-1", None, "A")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    with pytest.raises(StoreError, match="is broken: restore the last copy"):
        Store.open(path).entries(matter)


def test_a_store_cut_short_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "matters.db"
    with Store.open(path) as store:
        matter = store.begin_matter("EX-1", None, "A")
    os.truncate(path, 9000)
    with pytest.raises(StoreError, match="is broken: restore the last copy"):
        Store.open(path).entries(matter)


def test_the_folders_of_a_new_store_are_made(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a" / "b c%20?" / "matters.db") as store:
        assert store.matters() == []
    assert (tmp_path / "a" / "b c%20?" / "matters.db").exists()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be made: " in _refused(tmp_path / "file" / "matters.db")
    assert "cannot be made: " in _refused(tmp_path / "file" / "more" / "matters.db")
    assert _refused(tmp_path).endswith("is no file")


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("sqlite://", "matters are kept in a file"),
        ("sqlite:///:memory:", "matters are kept in a file"),
        ("sqlite:///file:x?uri=true", "matters are kept in a file"),
        ("mysql://me:s3cret@host/x", '"mysql" is no database for matters'),
        ("postgresql://me:s3cret@host:port/x", "is no URL of a database"),
        ("nothing at all://me:s3cret@x", "is no URL of a database"),
        ("postgresql://me:s3cret@/x?host=/nowhere", "connection"),
        ("postgresql://me@/x?host=/nowhere&password=s3cret", "connection"),
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(where: str, told: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(where)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value.with_traceback(None)))


def test_a_server_that_does_not_answer_is_told_in_one_line() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        told = _refused(f"postgresql://me:s3cret@127.0.0.1:{port}/x?connect_timeout=2")
    assert "timeout" in told
    assert "s3cret" not in told


def test_the_name_of_a_store_hides_its_password(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if url.startswith("sqlite"):
        assert store.name == url
        return
    with Store.open(url.replace("regengine@", "regengine:s3cret@")) as other:
        assert "s3cret" not in other.name
        assert "regengine:***@" in other.name
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    with Store.open(f"{url}&password=s3cret") as other:
        assert "s3cret" not in other.name


def test_the_store_without_a_name_is_that_of_the_environment(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGENGINE_STORE", url)
    assert default_url() == url
    with Store.open() as store:
        store.begin_matter("EX-1", None, "A")
    with Store.open(url) as store:
        assert [line.reference for line in store.matters()] == ["EX-1"]


def test_a_store_opens_again_with_what_it_held(case: Case, url: str) -> None:
    with case.store.writing(case.id, "A") as journal:
        kept = journal.keep("a.bin", b"\x00\xff" * 5000)
    entries = case.store.entries(case.id)
    case.store.close()
    with Store.open(url) as store:
        assert store.entries(case.id) == entries
        assert store.content(kept.sha256) == b"\x00\xff" * 5000
        assert verify(store) == []
        with pytest.raises(KeyError):
            store.content("0" * 64)


def test_lists_are_given_in_pages(store: Store) -> None:
    for number in range(7):
        store.begin_matter(f"EX-{number}", None, "A")
    whole = [line.reference for line in store.matters()]
    pages = [[x.reference for x in store.matters(limit=3, offset=at)] for at in (0, 3, 6, 9)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert sum(pages, []) == whole  # noqa: RUF017  # reason: seven of them
    assert [line.reference for line in store.matters(offset=5)] == whole[5:]


@pytest.mark.parametrize("typed", ["EX-70", "ex-700", "EX-7O0", "XE-700"])
def test_the_nearest_reference_is_named(store: Store, typed: str) -> None:
    store.begin_matter("EX-700", None, "A")
    store.begin_matter("Other", None, "A")
    with pytest.raises(InputError, match='did you mean "EX-700"'):
        store.matter(typed)


def test_a_reference_that_is_taken_is_refused_and_nothing_is_written(store: Store) -> None:
    case = Case.new(store, FACTS, by="A")
    before = store.entries(case.id)
    with pytest.raises(InputError, match="is there already"):
        Case.new(store, FACTS, by="B")
    with pytest.raises(InputError, match="is there already"):
        store.begin_matter("EX-7", None, "B")
    assert store.entries(case.id) == before
    assert len(store.matters()) == 1


def test_facts_that_do_not_fit_open_no_matter(store: Store) -> None:
    with pytest.raises(InputError):
        Case.new(store, {"reference": "EX-1", "organisation": {"country": "Utopia"}}, by="A")
    assert store.matters() == []


def test_a_matter_that_is_not_there_cannot_be_written(store: Store) -> None:
    with pytest.raises(InputError, match='no matter of the id "nobody"'):
        store.writing("nobody", "A").__enter__()
    with pytest.raises(InputError, match='no matter of the id "nobody"'):
        store.held("nobody")
