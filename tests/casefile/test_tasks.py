"""Tasks have owners and due times; none is opened twice, none vanishes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import Clock

from regengine import InputError
from regengine.casefile import tasks
from regengine.casefile.case import Case


def test_a_task_asked_for_twice_by_the_same_record_is_one_task(case: Case) -> None:
    first = tasks.add(case, "Answer the press", "communication", origin="message M1")
    again = tasks.add(case, "Answer the press", "communication", origin="message M1")
    assert first.id == again.id == "T1"
    tasks.end(case, "T1")
    assert tasks.add(case, "Answer the press", "communication", origin="message M1").id == "T2"


def test_an_overdue_task_and_one_without_an_owner_stand_with_a_warning(
    case: Case, clock: Clock
) -> None:
    tasks.add(case, "Image the servers", "evidence", owner="B", due=clock.at + timedelta(hours=2))
    tasks.add(case, "Call the insurer", "experts")
    now = clock.move(hours=3)
    assert [x.warning for x in tasks.standing(case, now)] == ["overdue", "nobody owns it"]
    assert [x.id for x in tasks.overdue(case, now)] == ["T1"]


def test_a_task_is_dropped_for_a_reason_and_ends_once(case: Case) -> None:
    tasks.add(case, "Call the insurer", "experts")
    with pytest.raises(InputError, match="say which"):
        tasks.end(case, "T1", "dropped")
    tasks.end(case, "T1", "dropped", "no policy")
    with pytest.raises(InputError, match="dropped already"):
        tasks.end(case, "T1")


def test_a_field_that_does_not_fit_is_told_and_nothing_is_written(case: Case) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match="title"):
        tasks.add(case, "", "experts")
    assert len(case.entries) == number
