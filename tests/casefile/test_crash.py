"""A writer, or the server, is killed at any moment: what was acknowledged is there."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import databases
import pytest
import releases

from regengine import InputError
from regengine.casefile.chain import verify
from regengine.casefile.store import Store, entry_of
from regengine.casefile.tables import HEAD

_PROGRAM = Path(__file__).parent / "crash" / "writer.py"
_CHANCE = random.Random(7)  # noqa: S311  # reason: no secret


class Zygote:
    """The program that forks a writer for each round."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  # reason: our own program
            [sys.executable, str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def kill(self, job: str, url: str, delay: float, **more: Any) -> list[Any]:
        """Do a job, kill it after so many seconds, give what it acknowledged."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        told = {"job": job, "url": url, "delay": delay, **more}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        assert not found["errors"], found["errors"]
        return list(found["acks"])

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    made.end()


@pytest.fixture(scope="module")
def durable(postgresql: databases.Server) -> Iterator[databases.Server]:
    """A server that syncs, and may be killed; asked for after the one that is there at all."""
    assert postgresql
    yield from databases.served(durable=True)


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    return releases.write(tmp_path, HEAD, recreate="always")


def _compare(url: str, reference: str, acks: list[Any]) -> int:
    """Check one matter after a kill and count the entries that were acknowledged."""
    with Store.open(url) as store:
        try:
            line = store.matter(reference)
        except InputError:
            assert not acks, f"{reference} was acknowledged and is gone"
            return 0
        assert verify(store, reference) == []
        rows = store.rows(line.id)
    there = {row.seq: row.hash for row in rows}
    lost = [ack for ack in acks if there.get(ack[0]) != ack[1]]
    assert not lost, f"{len(lost)} of {len(acks)} acknowledged entries are gone"
    batches = [entry_of(row).told for row in rows[1:]]
    sizes = Counter((told["batch"], told["of"]) for told in batches)
    halves = [batch for batch, size in sizes.items() if batch[1] != size]
    assert not halves, "a transaction was kept in part"
    assert len(there) - len(acks) <= 4, "more than one transaction was not acknowledged"
    return len(acks)


def _rounds(zygote: Zygote, url: str, rounds: int, longest: float) -> None:
    Store.open(url).close()
    acknowledged = 0
    for number in range(rounds):
        pragmas = {"wal_autocheckpoint": 3} if url.startswith("sqlite") and number % 2 else {}
        reference = f"K-{number}"
        delay = _CHANCE.uniform(0, longest)
        acks = zygote.kill("append", url, delay, reference=reference, pragmas=pragmas)
        acknowledged += _compare(url, reference, acks)
    assert acknowledged > rounds, "the writer was always killed before it wrote"
    with Store.open(url) as store:
        assert verify(store) == []


def test_three_hundred_kills_lose_nothing_that_was_acknowledged(
    zygote: Zygote, tmp_path: Path
) -> None:
    _rounds(zygote, f"sqlite:///{tmp_path / 'matters.db'}", 300, 0.03)


@pytest.mark.long
def test_three_thousand_kills_lose_nothing(zygote: Zygote, tmp_path: Path) -> None:
    _rounds(zygote, f"sqlite:///{tmp_path / 'matters.db'}", 3000, 0.05)


def test_killed_clients_of_a_server_lose_nothing(zygote: Zygote, durable: databases.Server) -> None:
    _rounds(zygote, durable.database(), 60, 0.2)


def test_a_server_that_stops_at_once_loses_nothing(durable: databases.Server) -> None:
    url = durable.database()
    with Store.open(url) as store:
        store.begin_matter("K-0", None, "A")
    for number in range(1, 4):
        reference = f"K-{number}"
        job = {"job": "append", "url": url, "reference": reference, "acks": "/dev/stdout"}
        with subprocess.Popen(  # noqa: S603  # reason: our own program
            [sys.executable, str(_PROGRAM), json.dumps(job)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdout is not None
            assert writer.stderr is not None
            acks = [json.loads(writer.stdout.readline()) for _ in range(20)]
            durable.kill()
            acks += [json.loads(line) for line in writer.stdout if line.endswith("\n")]
            told = writer.stderr.read()
        assert "StoreError" in told, "the writer was not told"
        assert _compare(url, reference, acks) >= 20
    with Store.open(url) as store:
        assert verify(store) == []


@pytest.mark.parametrize("kind", ["sqlite", "durable"])
def test_a_matter_that_is_being_opened_is_there_as_a_whole_or_not_at_all(
    zygote: Zygote, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url, longest = f"sqlite:///{tmp_path / 'matters.db'}", 0.06
    if kind == "durable":
        url, longest = request.getfixturevalue("durable").database(), 0.25
    Store.open(url).close()
    acks: dict[str, str] = {}
    for number in range(40):
        delay = _CHANCE.uniform(0.001, longest)
        acks |= dict(zygote.kill("begin", url, delay, reference=f"N{number}"))
    with Store.open(url) as store:
        assert verify(store) == []
        lines = {line.reference: line for line in store.matters()}
        assert {name: lines[name].head for name in acks} == acks
        assert {line.entries for line in lines.values()} == {lines[next(iter(acks))].entries}
    assert len(acks) > 10


def test_a_store_killed_while_it_is_made_opens_again(zygote: Zygote, tmp_path: Path) -> None:
    made = 0
    for number in range(60):
        url = f"sqlite:///{tmp_path / str(number) / 'matters.db'}"
        made += len(zygote.kill("start", url, _CHANCE.uniform(0, 0.03)))
        with Store.open(url) as store:
            store.begin_matter("EX-1", None, "A")
            assert verify(store) == []
    assert made < 60, "no kill came in time"


def test_a_server_s_store_killed_while_it_is_made_opens_again(
    zygote: Zygote, durable: databases.Server
) -> None:
    for _ in range(8):
        url = durable.database()
        zygote.kill("start", url, _CHANCE.uniform(0.005, 0.05))
        with Store.open(url) as store:
            store.begin_matter("EX-1", None, "A")
            assert verify(store) == []


def test_a_kill_in_the_middle_of_a_migration_leaves_the_old_or_the_new(
    zygote: Zygote, tmp_path: Path, next_release: Path
) -> None:
    """A copy that was made aside is whole, and entries are what they were."""
    before = tmp_path / "before.db"
    with Store.open(before) as store:
        matter = store.begin_matter("EX-1", None, "A")
        rows = store.rows(matter)
    seen = Counter[str]()
    for number in range(60):
        path = tmp_path / str(number) / "matters.db"
        path.parent.mkdir()
        shutil.copy(before, path)
        delay = _CHANCE.uniform(0, 0.04)
        zygote.kill("migrate", f"sqlite:///{path}", delay, migrations=str(next_release))
        revision = _whole_revision(path)
        seen[revision] += 1
        aside = path.with_name("matters.db.before-0001")
        if revision == "9999":
            assert aside.exists()
        for held in (aside, path) if revision == "0001" else (aside,):
            if held.exists():
                with Store.open(held) as store:
                    assert store.rows(matter) == rows
                    assert verify(store) == []
    assert set(seen) == {"0001", "9999"}, seen


def _whole_revision(path: Path) -> str:
    """Read which revision a file has, and that its tables are those of it."""
    with closing(sqlite3.connect(path)) as file:
        (revision,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
        columns = {row[1] for row in file.execute("PRAGMA table_info(entry)")}
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert ("colour" in columns) == (revision == "9999")
    return str(revision)
