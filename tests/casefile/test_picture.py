"""The picture of a matter loses no row, and what it shows is escaped."""

from __future__ import annotations

import re

from conftest import Clock

from regengine.casefile import tasks
from regengine.casefile.case import Case
from regengine.casefile.picture import picture
from regengine.casefile.store import Store


def test_hostile_text_is_escaped(case: Case, clock: Clock) -> None:
    tasks.add(case, "<script>alert(1)</script>{{ 7*7 }}", "legal")
    html = picture(case, clock.at).decode()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in html


def test_every_notice_is_in_the_table(case: Case, clock: Clock) -> None:
    table = picture(case, clock.at).decode().partition("<tbody>")[2]
    found = [x for x in case.assess(now=clock.at, record=False).obligations if x.deadline.due_at]
    assert found
    assert all(f"({x.key})" in table for x in found)


def test_a_long_matter_is_drawn_in_several_parts_without_a_row_lost(
    case: Case, clock: Clock
) -> None:
    for number in range(90):
        tasks.add(case, f"Step {number} of many", "legal")
    drawing, _, table = picture(case, clock.at).decode().partition("<tbody>")
    assert drawing.count('role="img"') >= 3
    for part in (drawing, table):
        assert {int(x) for x in re.findall(r"Step (\d+) of many", part)} == set(range(90))


def test_a_matter_of_which_nothing_is_known_has_a_page(store: Store, clock: Clock) -> None:
    html = picture(Case.new(store, {"reference": "EX-0"}, by="A"), clock.at).decode()
    assert "EX-0" in html


def test_advice_is_left_out_unless_asked_for(case: Case, clock: Clock) -> None:
    tasks.add(case, "Ask counsel quietly", "legal", track="advice")
    assert b"Ask counsel quietly" not in picture(case, clock.at)
    assert b"Ask counsel quietly" in picture(case, clock.at, advice=True)
