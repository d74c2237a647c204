"""A store of every released revision comes up to date with all that it held."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import releases
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from conftest import FACTS, Clock
from sqlalchemy import insert, text
from sqlmodel import SQLModel

from regengine import InputError
from regengine.casefile import migrating, migrations, tables, tasks
from regengine.casefile import store as module
from regengine.casefile.case import Case
from regengine.casefile.chain import verify
from regengine.casefile.store import Store, StoreError

_STORES = Path(__file__).parent / "stores"
_TABLES = ("matter", "entry", "blob")


def _load(url: str, revision: str, tmp_path: Path) -> None:
    """Make a store as a release of that revision left it."""
    dump = (_STORES / f"{revision}.sql").read_text(encoding="utf-8")
    path = tmp_path / "matters.db"
    if url.startswith("sqlite"):
        _pour(dump, path)
        return
    source = tmp_path / "source.db"
    _pour(dump, source)
    engine = module._engine(module._url(url))
    with engine.begin() as connection, closing(sqlite3.connect(source)) as file:
        migrating.migrate(connection, revision)
        made = MigrationContext.configure(connection)
        assert made.get_current_revision() == revision
        file.row_factory = sqlite3.Row
        for name in _TABLES:
            held = [dict(row) for row in file.execute(f'SELECT * FROM "{name}"')]  # noqa: S608  # reason: our own names
            if held:
                connection.execute(insert(SQLModel.metadata.tables[name]), held)
    engine.dispose()


def _pour(dump: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(dump)


def _expected(revision: str) -> dict[str, Any]:
    return dict(json.loads((_STORES / f"{revision}.json").read_text(encoding="utf-8")))


def _summary(store: Store) -> dict[str, Any]:
    """Tell what a store holds, as the fixtures' JSON does: it must stay for ever."""
    found: dict[str, Any] = {}
    for line in sorted(store.matters(), key=lambda line: line.number):
        rows = store.rows(line.id)
        files = {x.sha256 for entry in store.entries(line.id) for x in entry.files}
        found[line.reference] = {
            "number": line.number,
            "link": line.link,
            "title": line.title,
            "hashes": [row.hash for row in rows],
            "kinds": [row.kind for row in rows],
            "bodies": [row.body for row in rows],
            "files": {name: len(store.content(name)) for name in sorted(files)},
        }
    return found


def test_there_is_a_store_of_every_released_revision() -> None:
    assert sorted(path.stem for path in _STORES.glob("*.sql")) == sorted(tables.REVISIONS)


@pytest.mark.parametrize("revision", tables.REVISIONS)
def test_a_released_store_opens_with_all_that_it_held(
    revision: str, url: str, tmp_path: Path
) -> None:
    _load(url, revision, tmp_path)
    with Store.open(url) as store:
        assert _summary(store) == _expected(revision)
        assert verify(store) == []
        with store._engine.begin() as connection:
            assert module._revision(connection, "") == tables.HEAD
        case = Case(store, "OLD-1", "B")
        assert case.incident().organisation.country == "IE"
        case.set({"incident.acquired": False})
        tasks.add(case, "Go on", "legal")
        assert verify(store) == []
    aside = tmp_path / f"matters.db.before-{revision}"
    assert aside.exists() == (url.startswith("sqlite") and revision != tables.HEAD)


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """This release, with one revision more."""
    made = releases.write(tmp_path, tables.HEAD, recreate="always")
    monkeypatch.setattr(migrations, "__file__", str(made / "__init__.py"))
    monkeypatch.setattr(module, "REVISIONS", (*tables.REVISIONS, releases.NEXT))
    monkeypatch.setattr(module, "HEAD", releases.NEXT)
    return tables.HEAD


def test_a_later_release_keeps_the_old_store_aside_and_every_entry(
    next_release: str, url: str, tmp_path: Path
) -> None:
    """Both tables are made anew, the one that entries refer to as well."""
    _load(url, next_release, tmp_path)
    with Store.open(url) as store:
        assert _summary(store) == _expected(next_release)
        assert verify(store) == []
        with store._engine.begin() as connection:
            assert module._revision(connection, "") == releases.NEXT
            colours = connection.execute(text("SELECT DISTINCT colour FROM entry")).scalars()
            assert list(colours) == ["red"]
    if url.startswith("sqlite"):
        aside = tmp_path / f"matters.db.before-{next_release}"
        assert aside.stat().st_mode & 0o777 == 0o600
        with closing(sqlite3.connect(aside)) as file:
            assert file.execute("SELECT version_num FROM alembic_version").fetchone() == (
                next_release,
            )
            (count,) = file.execute("SELECT count(*) FROM entry").fetchone()
        assert count == sum(len(x["hashes"]) for x in _expected(next_release).values())
        assert not list(tmp_path.glob("*.partial"))


def test_a_copy_that_was_cut_off_is_made_again(next_release: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'matters.db'}"
    _load(url, next_release, tmp_path)
    (tmp_path / f"matters.db.before-{next_release}.partial").write_bytes(b"half")
    Store.open(url).close()
    with closing(sqlite3.connect(tmp_path / f"matters.db.before-{next_release}")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_migration_that_fails_changes_nothing(
    next_release: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _load(url, next_release, tmp_path)
    step = Path(migrations.__file__).parent / "versions" / "v9999_next.py"
    with step.open("a", encoding="utf-8") as file:
        file.write('    op.execute("SELECT 1 FROM nowhere")\n')
    with pytest.raises(InputError, match="nowhere"):
        Store.open(url)
    monkeypatch.undo()
    with Store.open(url) as store:
        assert _summary(store) == _expected(next_release)
        assert verify(store) == []


def test_the_older_release_refuses_what_the_later_one_made(
    next_release: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _load(url, next_release, tmp_path)
    Store.open(url).close()
    monkeypatch.undo()
    with pytest.raises(StoreError, match=r"newer regengine \(tables of revision 9999"):
        Store.open(url)


def test_the_newest_revision_is_the_last_one_of_the_list() -> None:
    scripts = migrating.scripts()
    in_order = [script.revision for script in scripts.walk_revisions()][::-1]
    assert tuple(in_order) == tables.REVISIONS
    assert scripts.get_heads() == [tables.HEAD]


def test_the_models_are_what_the_revisions_make(store: Store) -> None:
    with store._engine.begin() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []


def _make(folder: Path) -> None:
    """Write a released store down, once: ``python tests/casefile/test_migrations.py``."""
    clock = Clock()
    path = folder / f"{tables.HEAD}.db"
    with Store.open(path, clock=clock) as store:
        case = Case.new(store, {**FACTS, "reference": "OLD-1"}, by="A. Counsel", source="call")
        clock.move(hours=2)
        case.set(
            {"affected.customers.people.US-TX": 130, "title": "Stolen laptop, “Limerick”"},
            learned=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
            confidence="probable",
            why="vendor's letter",
        )
        task = tasks.add(case, "Call the insurer", "experts", owner="B", due=clock.move(days=1))
        tasks.end(case, task.id)
        tasks.add(case, "Ask about the notice", "legal", track="advice")
        case.assess()
        with case.writing() as journal:
            kept = journal.keep("letter.txt", "Dear counsel, été\n".encode() * 40)
            journal.add(module.Draft(kind="note", body={"text": "letter"}, files=(kept,)))
        Case.new(store, {"reference": "OLD-2"}, by="B. Officer")
        store.begin_matter("OLD-3", "Nothing known", "B. Officer")
        summary = _summary(store)
    with closing(sqlite3.connect(path)) as file:
        marks = f"PRAGMA application_id={module._APPLICATION};\n"
        lines = list(file.iterdump())
    (folder / f"{tables.HEAD}.sql").write_text(marks + "\n".join(lines) + "\n", encoding="utf-8")
    told = json.dumps(summary, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{tables.HEAD}.json").write_text(told, encoding="utf-8")
    path.unlink()


if __name__ == "__main__":
    _make(_STORES)
