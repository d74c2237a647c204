"""How a store of many matters keeps up: each operation beside itself on a small store."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import insert

from regengine.casefile import store as module
from regengine.casefile.case import Case
from regengine.casefile.chain import verify
from regengine.casefile.entries import GENESIS, Draft, Entry, chained, matter_link, stamp
from regengine.casefile.store import Store

_START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_SMALL, _LARGE = (10, 100), (10_000, 100)  # matters, entries of each
_LONG = 10_000  # entries of the one matter that goes on for years
_FACTS = {
    "organisation": {"country": "IE", "role": "controller", "regimes": []},
    "affected": [{"group": "customers", "people": {"IE": 900}, "data": ["name", "email"]}],
}


class Compared(NamedTuple):
    """One operation, in wall milliseconds, on the small store and on the large one."""

    database: str
    name: str
    small: float
    large: float


def measured(rounds: int, large: tuple[int, int] = _LARGE) -> Iterator[Compared]:
    """Time every operation on both databases; PostgreSQL where there is one."""
    with _databases() as found:
        for database, address in found.items():
            times = []
            for matters, entries in (_SMALL, large):
                with Store.open(address(), clock=lambda: _START + timedelta(days=90)) as store:
                    fill(store, matters, entries)
                    times.append(_times(store, rounds))
            for name in times[0]:
                yield Compared(database, name, times[0][name], times[1][name])


def fill(store: Store, matters: int, entries: int) -> None:
    """Fill a store with matters whose chains hold, many at once."""
    previous = GENESIS
    for start in range(0, matters, 50):
        lines, rows = [], []
        for number in range(start + 1, min(start + 50, matters) + 1):
            chain = _chain(f"{number:032x}", f"M-{number:05}", entries)
            first, last = chain[0], chain[-1]
            previous = matter_link(number, first.matter, first.hash, previous)
            due = stamp(_START + timedelta(hours=number)) if number % 3 else None
            line = {
                "id": first.matter,
                "number": number,
                "reference": f"M-{number:05}",
                "opened_at": stamp(first.at),
                "link": previous,
                "head_seq": last.seq,
                "head_hash": last.hash,
                "title": "Stolen laptop",
                "state": "open",
                "updated_at": stamp(last.at),
                "next_due": due,
            }
            lines.append(line)
            rows += [module._row(entry) for entry in chain]  # noqa: SLF001  # reason: in bulk
        with store._writing.begin() as connection:  # noqa: SLF001  # reason: as above
            connection.execute(insert(module._MATTERS), lines)  # noqa: SLF001  # reason: as above
            connection.execute(insert(module._ENTRIES), rows)  # noqa: SLF001  # reason: as above


def _chain(identity: str, reference: str, count: int) -> list[Entry]:
    made: list[Entry] = []
    drafts = [Draft(kind="opened", body={"reference": reference, "title": "Stolen laptop"})]
    drafts += [_fact(number) for number in range(count - 1)]
    for number, draft in enumerate(drafts):
        head = made[-1].hash if made else GENESIS
        at = _START + timedelta(minutes=number)
        made.append(chained(draft, identity, number + 1, at, "A. Counsel", head))
    return made


def _fact(number: int) -> Draft:
    body = {
        "path": "affected.customers.people.IE",
        "value": 900 + number,
        "before": 899 + number,
        "learned": stamp(_START),
        "until": None,
        "source": "vendor",
        "confidence": "probable",
        "why": None,
        "undoes": None,
    }
    return Draft(kind="fact", body=body)


def _times(store: Store, rounds: int) -> dict[str, float]:
    count = len(store.matters())
    usual = f"M-{count // 2:05}"
    Case.new(store, {"reference": "LIVE", **_FACTS}, by="A")
    live = Case(store, "LIVE", "A")
    live.assess(record=False)
    jobs: dict[str, Callable[[], object]] = {
        "list 100 matters": lambda: store.matters(limit=100),
        "list all, for each matter": store.matters,
        "show: facts of 100 entries": lambda: Case(store, usual, "A").facts(),
        "append an entry": lambda: live.record(Draft(kind="note", body={"text": "x"})),
        "assess, not recorded": lambda: live.assess(record=False),
        "verify one matter": lambda: verify(store, usual),
        "a name that is not there": lambda: _absent(store),
    }
    found = {name: _median(job, rounds) for name, job in jobs.items()}
    found["list all, for each matter"] /= count
    with store.writing(live.id, "A") as journal:
        for number in range(_LONG):
            journal.add(_fact(number))
    found[f"show: facts of {_LONG:,} entries"] = _median(
        lambda: Case(store, "LIVE", "A").facts(), 3
    )
    found[f"verify {_LONG:,} entries"] = _median(lambda: verify(store, "LIVE"), 3)
    return found


def _absent(store: Store) -> None:
    try:
        store.matter("M-X0017")
    except module.InputError:
        return


def _median(job: Callable[[], object], rounds: int) -> float:
    """Wall milliseconds: what a server or a disk takes counts."""
    job()
    samples = []
    for _ in range(rounds):
        start = time.perf_counter()
        job()
        samples.append((time.perf_counter() - start) * 1000)
    return median(samples)


@contextmanager
def _databases() -> Iterator[dict[str, Callable[[], str]]]:
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(100))
        found: dict[str, Callable[[], str]] = {
            "SQLite": lambda: f"sqlite:///{folder}/{next(numbers)}.db"
        }
        tests = Path(__file__).parents[1] / "tests" / "casefile"
        sys.path.insert(0, str(tests))
        import databases  # noqa: PLC0415  # reason: found on the line above

        if databases.programs() is None or importlib.util.find_spec("psycopg") is None:
            yield found
            return
        server = databases.Server(durable=True)
        try:
            yield found | {"PostgreSQL": server.database}
        finally:
            server.stop()
