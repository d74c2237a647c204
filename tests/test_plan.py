"""The order of notices and the plan backwards from their dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from regengine.assessment import (
    Assessment,
    Bound,
    Deadline,
    Filed,
    LawUsed,
    Ordered,
    People,
    Result,
    To,
)
from regengine.calendars import Days
from regengine.law import Calendar, Period
from regengine.plan import Lead, Plan, backwards, plan_of


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def notice(key: str, due: datetime | None = None, **more: object) -> Result:
    """Make one result; ``before``, ``after``, ``together`` are keys, ``sent`` an instant."""
    order = Ordered.model_validate(
        {
            "before": more.get("before", ()),
            "after": more.get("after", ()),
            "with": more.get("together", ()),
        }
    )
    sent = more.get("sent")
    return Result(
        id=key,
        key=key,
        jurisdiction="XX",
        title=key,
        recipient=To(kind=str(more.get("kind", "regulator")), name=key),
        bound=Bound(),
        people=People(),
        status="required",
        law_status="in_force",
        deadline=Deadline(
            kind="fixed" if due else "soft",
            due_at=due,
            zone="UTC",
            order=order,
            not_before=more.get("not_before"),
        ),
        citation="s 1",
        confidence="high",
        filed=(Filed(at=sent),) if sent else (),
    )


def planned(*results: Result, leads: Sequence[Lead] = ()) -> Plan:
    found = Assessment(
        incident="R",
        checked=True,
        engine="0",
        law=LawUsed(version="0", sha256=""),
        obligations=results,
    )
    return plan_of(found, leads)


def test_the_police_come_before_the_residents_and_by_the_residents_date() -> None:
    plan = planned(notice("residents", at(20)), notice("police", before=("residents",)))
    assert [act.key for act in plan.acts] == ["police", "residents"]
    assert (plan.acts[0].act_by, plan.acts[0].because) == (at(20), "residents")
    assert not plan.conflicts


def test_an_own_earlier_date_stays_and_a_later_one_gives_way() -> None:
    plan = planned(
        notice("early", at(3), before=("residents",)),
        notice("late", at(28), before=("residents",)),
        notice("residents", at(20)),
    )
    assert {act.key: act.act_by for act in plan.acts} == {
        "early": at(3), "late": at(20), "residents": at(20)
    }  # fmt: skip


def test_a_notice_with_another_goes_by_its_date_and_does_not_bind_it() -> None:
    plan = planned(notice("copy", at(25), together=("residents",)), notice("residents", at(20)))
    assert {act.key: act.act_by for act in plan.acts} == {"copy": at(20), "residents": at(20)}
    plan = planned(notice("copy", at(5), together=("residents",)), notice("residents", at(20)))
    assert {act.key: act.act_by for act in plan.acts} == {"copy": at(5), "residents": at(20)}


def test_the_date_passes_through_a_chain_of_notices() -> None:
    plan = planned(notice("c", at(9), after=("b",)), notice("b", at(30), after=("a",)), notice("a"))
    assert [(act.key, act.act_by) for act in plan.acts] == [
        ("a", at(9)),
        ("b", at(9)),
        ("c", at(9)),
    ]


def test_notices_free_of_order_come_by_date_and_words_last() -> None:
    plan = planned(notice("words"), notice("later", at(9)), notice("sooner", at(2)))
    assert [act.key for act in plan.acts] == ["sooner", "later", "words"]


def test_notices_that_wait_for_each_other_are_a_conflict_and_both_stay() -> None:
    plan = planned(notice("a", at(9), before=("b",)), notice("b", at(8), before=("a",)))
    assert {act.key for act in plan.acts} == {"a", "b"}
    assert "wait for each other" in plan.conflicts[0]


def test_a_notice_due_before_it_may_go_out_is_a_conflict() -> None:
    plan = planned(notice("customers", at(5), not_before=at(10)))
    opens, due = "2026-12-10T12:00:00+00:00", "2026-12-05T12:00:00+00:00"
    assert plan.conflicts == (f"customers may not go out before {opens}, but is due by {due}",)
    assert not planned(notice("customers", at(10), not_before=at(10))).conflicts


def test_residents_told_before_the_police_are_a_conflict() -> None:
    police = notice("police", before=("residents",))
    plan = planned(police, notice("residents", at(20), sent=at(1)))
    assert "police, which comes first, has not" in plan.conflicts[0]
    told = notice("police", before=("residents",), sent=at(2))
    assert "before police on" in planned(told, notice("residents", sent=at(1))).conflicts[0]
    told = notice("police", before=("residents",), sent=at(1))
    assert not planned(told, notice("residents", sent=at(1))).conflicts


def test_lead_times_run_backwards_in_the_order_in_which_they_happen() -> None:
    leads = [
        Lead("translation", Period.read("2 days")),
        Lead("printing", Period.read("3 working days")),
    ]
    # Friday 18: three working days back is Tuesday 15, two days more Sunday 13, so Friday 11.
    begin = backwards(at(18), leads, "UTC")
    assert [(step.step, step.at) for step in begin] == [
        ("translation", at(11)),
        ("printing", at(15)),
    ]


def test_a_lead_time_in_working_days_passes_over_holidays() -> None:
    days = Days(Calendar(holidays="US"))
    begin = backwards(at(1), [Lead("printing", Period.read("3 working days"))], "UTC", days)
    # Tuesday 1 December: Monday 30, Friday 27, and Wednesday 25, since Thanksgiving is closed.
    assert begin[0].at == datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_hours_run_backwards_without_regard_to_the_night() -> None:
    assert backwards(at(3, 2), [Lead("signature", Period.read("4 hours"))], "UTC")[0].at == at(
        2, 22
    )


def test_the_clock_time_is_kept_over_a_change_of_the_clocks() -> None:
    due = datetime(
        2026, 10, 26, 16, tzinfo=UTC
    )  # 17:00 in Berlin, a day after the clocks went back
    begin = backwards(due, [Lead("printing", Period.read("3 days"))], "Europe/Berlin")
    assert begin[0].at.isoformat() == "2026-10-23T17:00:00+02:00"


@pytest.mark.parametrize(("kind", "steps"), [("individuals", 1), ("regulator", 0)])
def test_letters_are_printed_and_filings_are_not(kind: str, steps: int) -> None:
    leads = [Lead("printing", Period.read("3 days"), ("individuals",))]
    plan = planned(notice("n", at(20), kind=kind), leads=leads)
    assert len(plan.acts[0].begin) == steps


def test_nothing_is_left_to_begin_for_a_notice_that_went_out() -> None:
    leads = [Lead("printing", Period.read("3 days"))]
    assert not planned(notice("n", at(20), sent=at(1)), leads=leads).acts[0].begin
