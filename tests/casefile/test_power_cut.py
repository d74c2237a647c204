"""The power goes, or the disk is full: what was acknowledged is there, and nothing by halves.

A library in C notes what a writer does to its disk. From the notes the tests build what a
power cut may leave at any moment: what was synced is there; of what came later any part is,
down to single sectors, in any order.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from regengine import InputError
from regengine.casefile.chain import verify
from regengine.casefile.store import Store

_CRASH = Path(__file__).parent / "crash"
_HEAD = struct.Struct("=5Q")
_SECTOR = 512


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("a disk that takes notes needs Linux and a C compiler (cc)")
    made = tmp_path_factory.mktemp("disk") / "disk.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(made), str(_CRASH / "disk.c"), "-ldl"]
    subprocess.run(command, check=True)  # noqa: S603  # reason: our own source
    return made


def _run(disk: Path, folder: Path, job: str, **more: Any) -> tuple[Path, list[Any]]:
    """Do a job on the disk that takes notes; give the notes and what was acknowledged."""
    folder.mkdir(exist_ok=True)
    log = folder.with_suffix(".log")
    told = {"job": job, "url": f"sqlite:///{folder / 'matters.db'}", "acks": f"{folder}/acks"}
    environment = {"LD_PRELOAD": str(disk), "DISK_FOLDER": str(folder), "DISK_LOG": str(log)}
    subprocess.run(  # noqa: S603  # reason: our own program
        [sys.executable, str(_CRASH / "writer.py"), json.dumps(told | more)],
        env=os.environ | environment,
        check=True,
    )
    acks = (folder / "acks").read_text(encoding="utf-8").splitlines()
    return log, [json.loads(line) for line in acks]


class Note(NamedTuple):
    what: str
    name: str
    offset: int
    length: int
    data: bytes


def _notes(log: Path, folder: Path) -> Iterator[Note]:
    read, at = log.read_bytes(), 0
    while at < len(read):
        what, path, offset, length, held = _HEAD.unpack_from(read, at)
        at += _HEAD.size
        name = read[at : at + path].decode()
        data = read[at + path : at + path + held]
        at += path + held
        yield Note(chr(what), os.path.relpath(name, folder), offset, length, data)


@dataclass
class File:
    """What is on disk for certain, and what was asked of it since."""

    synced: bytes = b""
    asked: list[Note] = field(default_factory=list)

    def whole(self) -> bytearray:
        held = bytearray(self.synced)
        for note in self.asked:
            _apply(held, note)
        return held

    def sync(self) -> None:
        self.synced, self.asked = bytes(self.whole()), []

    def after_cut(self, chance: random.Random) -> bytes:
        """Make of what was not synced any part, as a disk may."""
        held = bytearray(self.synced)
        for note in self.asked:
            fate = chance.choice(["done", "done", "lost", "torn"])
            if fate == "lost":
                continue
            if fate == "done" or note.what == "t":
                _apply(held, note)
                continue
            for start in range(
                note.offset // _SECTOR * _SECTOR, note.offset + note.length, _SECTOR
            ):
                first, last = (
                    max(start, note.offset),
                    min(start + _SECTOR, note.offset + note.length),
                )
                if chance.random() < 0.5:
                    part = note.data[first - note.offset : last - note.offset]
                    _apply(held, Note("w", note.name, first, last - first, part))
        return bytes(held)


def _apply(held: bytearray, note: Note) -> None:
    if note.what == "t":
        del held[note.length :]
        held.extend(bytes(note.length - len(held)))
        return
    held.extend(bytes(max(0, note.offset - len(held))))
    held[note.offset : note.offset + note.length] = note.data


class Disk:
    """Files, and a folder whose names are on disk only once the folder was synced."""

    def __init__(self) -> None:
        self.acks = b""
        self._now: dict[str, File] = {}
        self._named: dict[str, File] = {}
        self._renamed: list[tuple[str, File | None]] = []

    def take(self, note: Note) -> None:
        if note.name == "acks":
            self.acks += note.data
        elif note.name == ".":
            self._name(self._renamed, self._named)
            self._renamed = []
        elif note.what == "c":
            self._turn([(note.name, File())])
        elif note.what == "u":
            self._turn([(note.name, None)])
        elif note.what == "r":
            to = os.path.basename(note.data.decode())  # noqa: PTH119  # reason: text alone
            self._turn([(to, self._now[note.name]), (note.name, None)])
        elif note.what == "s":
            self._now[note.name].sync()
        else:
            self._now[note.name].asked.append(note)

    def _turn(self, changes: list[tuple[str, File | None]]) -> None:
        self._name(changes, self._now)
        self._renamed += changes

    @staticmethod
    def _name(changes: list[tuple[str, File | None]], names: dict[str, File]) -> None:
        for name, file in changes:
            if file is None:
                names.pop(name, None)
            else:
                names[name] = file

    def cut(self, folder: Path, chance: random.Random) -> list[Any]:
        """Write what is left after a power cut now; give what had been acknowledged."""
        names = dict(self._named)
        # A file system keeps the order in which names came and went.
        self._name(self._renamed[: chance.randint(0, len(self._renamed))], names)
        folder.mkdir()
        for name, file in names.items():
            if not name.endswith("-shm"):  # memory, for the time of a run
                (folder / name).write_bytes(file.after_cut(chance))
        return [json.loads(line) for line in self.acks.splitlines()]


def _cuts(
    log: Path, folder: Path, states: Path, count: int, seed: int
) -> Iterator[tuple[Path, list[Any]]]:
    """Cut the power at so many moments, and give each folder that is left."""
    chance = random.Random(seed)  # noqa: S311  # reason: no secret
    notes = list(_notes(log, folder))
    moments = sorted(chance.choices(range(1, len(notes) + 1), k=count))
    held, done = Disk(), 0
    states.mkdir(exist_ok=True)
    for number, moment in enumerate(moments):
        for note in notes[done:moment]:
            held.take(note)
        done = moment
        left = states / f"{seed}-{number}"
        yield left, held.cut(left, chance)
        shutil.rmtree(left)


def _lost(left: Path, acks: list[Any]) -> int:
    """Open what is left, check all of it, and count acknowledged entries that are gone."""
    with Store.open(left / "matters.db") as store:
        assert verify(store) == []
        try:
            there = {row.seq: row.hash for row in store.rows(store.matter("K").id)}
        except InputError:
            there = {}
    return sum(there.get(seq) != digest for seq, digest in acks)


_QUICK = {"synchronous": "OFF", "wal_autocheckpoint": 8}


def _survived(disk: Path, folder: Path, count: int, seeds: range) -> int:
    seen = 0
    for seed in seeds:
        pages = 8 if seed % 2 else 1000
        run = folder / f"run{seed}"
        log, acks = _run(
            disk,
            run,
            "append",
            reference="K",
            count=40,
            seed=seed,
            pragmas={"wal_autocheckpoint": pages},
        )
        assert len(acks) > 40
        for left, told in _cuts(log, run, folder / "states", count, seed):
            assert _lost(left, told) == 0, f"of {len(told)} acknowledged entries"
            seen += bool(told)
    return seen


def test_a_power_cut_loses_nothing_that_was_acknowledged(disk: Path, tmp_path: Path) -> None:
    assert _survived(disk, tmp_path, 100, range(3)) > 250


@pytest.mark.long
def test_thousands_of_power_cuts_lose_nothing(disk: Path, tmp_path: Path) -> None:
    assert _survived(disk, tmp_path, 500, range(10, 20)) > 4000


def test_without_syncs_the_same_cuts_lose_entries(disk: Path, tmp_path: Path) -> None:
    """The other tests can fail: a store that does not write through is found out."""
    run = tmp_path / "run"
    log, _ = _run(disk, run, "append", reference="K", count=40, seed=1, pragmas=_QUICK)
    harmed = 0
    for left, told in _cuts(log, run, tmp_path / "states", 40, 1):
        try:
            harmed += _lost(left, told) > 0
        except (InputError, AssertionError):  # broken, or its chain is
            harmed += 1
    assert harmed > 10


def test_a_power_cut_while_a_store_is_made_leaves_one_that_opens(
    disk: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    log, _ = _run(disk, run, "start")
    for left, told in _cuts(log, run, tmp_path / "states", 100, 5):
        if told:
            assert (left / "matters.db").stat().st_size
        with Store.open(left / "matters.db") as store:
            store.begin_matter("EX-1", None, "A")
            assert verify(store) == []


def test_a_full_disk_refuses_in_one_line_and_goes_on_when_there_is_room(
    disk: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    rooms = [0, 1, 100, 5_000, 20_000, 33_333, 50_001, 100_000]
    _, told = _run(disk, run, "fill", rooms=rooms)
    assert [row[0] for row in told] == rooms
    for _, _, refused, remembered, findings in told:
        assert "the disk is full: nothing was written; make room and try again" in refused
        assert "\n" not in refused
        assert remembered, "the open case remembers what is not there"
        assert findings == []
    assert told[-1][1] > 0
    with Store.open(run / "matters.db") as store:
        notes = [x.told["n"] for x in store.entries(store.matter("EX-1").id) if x.kind == "note"]
    pairs = [n for n in notes if n != -1]
    assert pairs[::2] == pairs[1::2], "half of a transaction is there"
    assert notes.count(-1) == len(rooms)
    assert len(pairs) == 2 * sum(row[1] for row in told)


def test_a_file_that_may_only_be_read_is_told_in_one_line(disk: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    with Store.open(run / "matters.db") as store:
        store.begin_matter("EX-1", None, "A")
    before = (run / "matters.db").read_bytes()
    (run / "acks").touch()
    _, told = _run(disk, run, "closed")
    assert len(told) == 1
    assert "read-only" in told[0]
    assert (run / "matters.db").read_bytes() == before


def test_the_notes_tell_what_the_disk_holds(disk: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    log, _ = _run(disk, run, "append", reference="K", count=5, seed=3)
    held = Disk()
    for note in _notes(log, run):
        held.take(note)
    assert held._now["matters.db"].whole() == (run / "matters.db").read_bytes()
    assert set(held._now) - {"matters.db-shm"} == {"matters.db"}
