"""A program that writes matters as fast as it can, to be killed at any moment.

``python writer.py`` reads jobs, one JSON object a line, forks a child for each, kills it after
``delay`` seconds and prints what the child had acknowledged by then. Python starts only once.
``python writer.py JOB`` does one job in this process, unharmed.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Everything that is imported late, so that a child starts at once.
import alembic.ddl.postgresql
import alembic.ddl.sqlite  # noqa: F401  # reason: as said
import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite  # noqa: F401  # reason: as said
from sqlalchemy import event

from regengine.casefile import migrating, migrations, store, tables
from regengine.casefile.case import Case
from regengine.casefile.chain import verify
from regengine.casefile.entries import Draft
from regengine.casefile.store import Store, StoreError

Say = Callable[[object], None]
FACTS = {
    "title": "Stolen laptop",
    "organisation": {"country": "IE", "role": "controller", "regimes": []},
    "affected": [{"group": "customers", "people": {"IE": 900}, "data": ["name", "email"]}],
}


def opened(job: dict[str, Any]) -> Store:
    """Open a store, with settings of SQLite's that a test may want otherwise."""
    made = Store.open(job["url"])
    lines = [f"PRAGMA {name}={value}" for name, value in job.get("pragmas", {}).items()]
    if lines:

        def asked(connection: Any, _: object) -> None:
            for line in lines:
                connection.execute(line).close()

        made._engine.dispose()
        event.listen(made._engine, "connect", asked)
    return made


def append(job: dict[str, Any], say: Say) -> None:
    """Add entries to one matter: one to four at once, some of them with a file."""
    chance = random.Random(job.get("seed"))  # noqa: S311  # reason: no secret
    with opened(job) as held:
        matter = held.begin_matter(job["reference"], None, "A")
        say([1, held.matter(matter).head])
        for batch in range(job.get("count", sys.maxsize)):
            with held.writing(matter, "A") as journal:
                size = chance.randint(1, 4)
                for part in range(size):
                    name, content = f"{batch}.bin", chance.randbytes(chance.choice([10, 9000]))
                    files = (journal.keep(name, content),) if chance.random() < 0.3 else ()
                    body = {"batch": batch, "part": part, "of": size}
                    journal.add(Draft(kind="note", body=body, files=files))
            for entry in journal.added:
                say([entry.seq, entry.hash])


def begin(job: dict[str, Any], say: Say) -> None:
    """Open one matter after another."""
    with opened(job) as held:
        for count in range(job.get("count", sys.maxsize)):
            facts = {"reference": f"{job['reference']}-{count}", **FACTS}
            case = Case.new(held, facts, by="A", source="first call")
            say([case.reference, case.head])


def start(job: dict[str, Any], say: Say) -> None:
    """Open a store that is not there."""
    with opened(job):
        say(["open", ""])


def migrate(job: dict[str, Any], say: Say) -> None:
    """Bring a store to a revision that is still to come."""
    next_release(job["migrations"])
    with opened(job):
        say(["open", ""])


def next_release(folder: str) -> None:
    """Let this process know one revision more, whose file lies in a folder."""
    migrations.__file__ = str(Path(folder, "__init__.py"))
    store.REVISIONS = (*tables.REVISIONS, "9999")  # type: ignore[attr-defined]  # reason: for this process
    store.HEAD = "9999"  # type: ignore[attr-defined]  # reason: as above
    assert migrating.scripts().get_current_head() == "9999"


def fill(job: dict[str, Any], say: Say) -> None:
    """Write until the disk is full, make room, and go on; say how each time ended."""
    disk: Any = ctypes.CDLL(None)
    with opened(job) as held:
        case = Case.new(held, {"reference": "EX-1", **FACTS}, by="A")
        for room in job["rooms"]:
            disk.disk_room(ctypes.c_long(room))
            written, refused = 0, ""
            before = case.head
            while not refused and written < 200:
                try:
                    with case.writing() as journal:
                        kept = journal.keep("log.bin", os.urandom(3000))
                        journal.add(Draft(kind="note", body={"n": written}, files=(kept,)))
                        journal.add(Draft(kind="note", body={"n": written}))
                    written += 1
                    before = case.head
                except StoreError as error:
                    refused = str(error)
            remembered = case.entries[-1].hash == before
            disk.disk_room(ctypes.c_long(-1))
            same = Case(held, "EX-1", "A").head == before
            case.record(Draft(kind="note", body={"n": -1}))
            findings = [str(x) for x in verify(held)]
            say([room, written, refused, remembered and same, findings])


def closed(job: dict[str, Any], say: Say) -> None:
    """Write where nothing may be opened for writing."""
    disk: Any = ctypes.CDLL(None)
    disk.disk_readonly(1)
    try:
        with opened(job) as held:
            held.begin_matter("EX-2", None, "A")
    except StoreError as error:
        say(str(error))


JOBS = {x.__name__: x for x in (append, begin, start, migrate, fill, closed)}


def killed(job: dict[str, Any]) -> dict[str, Any]:
    """Do a job in a child, kill it, and give what it had acknowledged."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            JOBS[job["job"]](job, lambda ack: _put(write, ack))
        except BaseException:  # noqa: BLE001  # reason: a child must not run its parent's code
            _put(write, {"error": traceback.format_exc()})
        os._exit(0)
    os.close(write)
    told = _until(read, time.monotonic() + job["delay"])
    os.kill(child, signal.SIGKILL)
    while more := os.read(read, 1 << 16):
        told += more
    os.close(read)
    os.waitpid(child, 0)
    # The last line may be cut: such an entry was not acknowledged.
    acks = [json.loads(line) for line in told.split(b"\n")[:-1]]
    errors = [ack["error"] for ack in acks if isinstance(ack, dict)]
    return {"acks": [ack for ack in acks if isinstance(ack, list)], "errors": errors}


def _put(write: int, ack: object) -> None:
    os.write(write, json.dumps(ack).encode() + b"\n")


def _until(read: int, end: float) -> bytes:
    """Read until an instant; a pipe that nobody empties would hold the writer up."""
    told = b""
    while (left := end - time.monotonic()) > 0:
        if select.select([read], [], [], left)[0]:
            more = os.read(read, 1 << 16)
            if not more:
                break
            told += more
    return told


def main() -> None:
    if len(sys.argv) > 1:
        job = json.loads(sys.argv[1])
        # Written beside the store, so that its place among the store's own writes is known.
        where = os.open(job["acks"], os.O_CREAT | os.O_WRONLY, 0o600)
        JOBS[job["job"]](job, lambda ack: _put(where, ack))
        return
    with tempfile.TemporaryDirectory() as folder:  # reads the law, once for all children
        warm = {"job": "begin", "url": f"sqlite:///{folder}/m.db", "reference": "W", "count": 1}
        begin(warm, lambda _: None)
    for line in sys.stdin:
        print(json.dumps(killed(json.loads(line))), flush=True)  # noqa: T201  # reason: the answer


if __name__ == "__main__":
    main()
