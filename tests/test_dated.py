"""Conditions that are law between two days, and what a matter without one clear day gets."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_duties import NOW, duty, incident, law

from regengine.assess import assess
from regengine.assessment import Assessment

_LOST: dict[str, Any] = {"incident": {"lost": True}}


def _condition(days: str, text: str = "incident.lost") -> str:
    return f'[[condition]]\nname = "c"\ncite = "s 9"\nif = "{text}"\n{days}\n'


def _assessed(
    folder: Path, extra: str, as_of: date | None = None, now: Any = NOW, **facts: Any
) -> Assessment:
    corpus = law(folder, duty("sg-office", 'when = ["c"]'), extra=extra)
    return assess(incident(corpus, **facts), as_of=as_of, now=now, corpus=corpus)


@pytest.mark.parametrize(
    ("days", "discovered", "status"),
    [
        ('from = "2026-11"', "2026-10-31", "not_required"),
        ('from = "2026-11"', "2026-11-01", "required"),
        ("until = 2026-11-02", "2026-11-02", "required"),
        ("until = 2026-11-02", "2026-11-03", "not_required"),
    ],
)
def test_first_and_last_day_count(tmp_path: Path, days: str, discovered: str, status: str) -> None:
    found = _assessed(tmp_path, _condition(days), timeline={"discovered": discovered}, **_LOST)
    assert found.obligations[0].status == status


def test_a_stated_day_goes_before_those_of_the_matter(tmp_path: Path) -> None:
    found = _assessed(tmp_path, _condition("until = 2026-11-01"), date(2026, 11, 1), **_LOST)
    assert found.obligations[0].status == "required"
    assert "law until 2026-11-01 (" in found.obligations[0].why[0].because[0]


def test_law_of_one_day_of_a_matter_alone_leaves_the_duty_open(tmp_path: Path) -> None:
    days = {"discovered": "2026-04-30", "aware": "2026-05-02"}
    found = _assessed(tmp_path, _condition("from = 2026-05-01"), timeline=days, **_LOST)
    assert found.obligations[0].status == "possible"


def test_without_a_day_nobody_knows_whether_law_has_ended(tmp_path: Path) -> None:
    dateless = {"timeline": {"discovered": None}, **_LOST}
    found = _assessed(tmp_path, _condition("until = 2027-11-01"), now=None, **dateless)
    assert found.obligations[0].status == "possible"
    assert [item.fact for item in found.obligations[0].open_facts] == ["timeline.aware"]
    begun = _assessed(tmp_path, _condition("from = 2020-11-01"), now=None, **dateless)
    assert begun.obligations[0].status == "required"


@pytest.mark.parametrize(
    ("aware", "status"), [("2026-05-02", "possible"), ("2026-04-30", "not_required")]
)
def test_days_leave_a_duty_of_the_organisations_status_in_view(
    tmp_path: Path, aware: str, status: str
) -> None:
    extra = '[regime."sg.bank"]\nquestion = "Bank?"\n'
    extra += _condition("from = 2026-05-01", "regime sg.bank")
    days = {"discovered": "2026-04-30", "aware": aware}
    found = _assessed(tmp_path, extra, timeline=days, organisation={"regimes": ["sg.bank"]})
    assert [item.status for item in found.obligations] == [status]
    other = _assessed(tmp_path, extra, timeline=days, organisation={"regimes": []})
    assert not other.obligations
