"""Records are written again, never over; their ids tell them apart."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import pytest

from regengine import InputError, casefile
from regengine.casefile import tasks
from regengine.casefile.case import Case
from regengine.casefile.records import Shelf
from regengine.casefile.telling import _KINDS


def _shelves() -> dict[str, Shelf]:  # type: ignore[type-arg]  # reason: of every shape
    found = {}
    for room in iter_modules(casefile.__path__):
        if room.name not in ("migrations", "commands"):
            module = import_module(f"regengine.casefile.{room.name}")
            for held in vars(module).values():
                if isinstance(held, Shelf):
                    found[held.kind] = held
    return found


def test_no_two_kinds_of_record_share_the_beginning_of_their_ids() -> None:
    prefixes = [shelf.prefix for shelf in _shelves().values()]
    assert len(prefixes) > 15
    assert sorted(set(prefixes)) == sorted(prefixes)


def test_every_version_of_a_record_stays(case: Case) -> None:
    tasks.add(case, "Call the insurer", "experts")
    tasks.TASKS.change(case, "T1", owner="B")
    tasks.TASKS.change(case, "t1", owner="C")
    assert [x.record.owner for x in tasks.TASKS.history(case, "T1")] == [None, "B", "C"]
    assert [x.owner for x in tasks.TASKS.all(case)] == ["C"]


def test_a_change_that_changes_nothing_is_no_entry(case: Case) -> None:
    tasks.add(case, "Call the insurer", "experts")
    number = len(case.entries)
    tasks.TASKS.change(case, "T1", owner=None)
    assert len(case.entries) == number


def test_a_record_that_is_not_there_is_told_with_the_nearest(case: Case) -> None:
    tasks.add(case, "Call the insurer", "experts")
    with pytest.raises(InputError, match='no task "T11"; did you mean "T1"'):
        tasks.TASKS.one(case, "T11")


def test_the_time_line_has_words_for_the_kinds_that_carry_most() -> None:
    told = {"opened", "fact", "assessment", "filing", "documents", "decision", "message"}
    assert told <= _KINDS.keys()
