"""What destroys evidence is said before; records of services bear out facts and overwrite none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from conftest import START, Clock

from regengine import InputError
from regengine.casefile import containment, tasks
from regengine.casefile.case import Case
from regengine.casefile.entries import Draft
from regengine.casefile.paths import find, read


def fact(case: Case, path: str) -> object:
    return read(case.facts(), find(path, case.corpus.vocabulary))


def evidence(case: Case, **fields: object) -> None:
    body = {"id": "E1", "title": "x", "system": None, **fields}
    case.record(Draft(kind="evidence", body=body))


def rows(case: Case, *, so_far: bool = False) -> dict[str, containment.Proposal]:
    return {x.path: x for x in containment.impact(case, so_far=so_far)}


def financial(case: Case) -> None:
    case.set({"organisation.regimes": ["eu.dora.financial_entity"]})


def test_a_step_that_destroys_evidence_is_warned_of_before_and_opens_tasks(
    case: Case, clock: Clock
) -> None:
    at = clock.at + timedelta(hours=3)
    planned = containment.plan_step(case, "reimage", "mail-01", at)
    assert planned.lacking == ("image", "memory")
    assert "time stamps" in planned.destroys
    assert [(x.stream, x.due, x.origin) for x in planned.asked] == [("evidence", at, "X1")] * 2
    assert "not secured" in str(next(containment.standing(case, clock.at)).warning)


def test_an_image_of_another_system_or_of_the_memory_is_no_image_of_this_disk(case: Case) -> None:
    evidence(case, id="E1", title="Disk image", system="mail-02")
    evidence(case, id="E2", title="Memory image", system="Mail-01")
    evidence(case, id="E3", title="Planning catalogue", system="mail-01")
    assert containment.lacking(case, "mail-01", ("image", "memory", "log")) == ("image", "log")
    evidence(case, id="E4", title="taken Friday", what="image", system="mail-01")
    assert containment.lacking(case, "mail-01", ("image",)) == ()


def test_evidence_that_was_moved_to_another_system_no_longer_counts(case: Case) -> None:
    evidence(case, what="image", system="mail-01")
    evidence(case, what="image", system="mail-02")
    assert containment.lacking(case, "mail-01", ("image",)) == ("image",)


def test_a_step_is_done_without_evidence_only_for_a_reason_that_stays_visible(
    case: Case, clock: Clock
) -> None:
    containment.plan_step(case, "power_off", "db-1")
    number = len(case.entries)
    with pytest.raises(InputError, match="memory of db-1 is not on record"):
        containment.did_step(case, "X1")
    assert len(case.entries) == number
    done = containment.did_step(case, "X1", despite="it was encrypting the backups")
    assert (done.state, done.lacking) == ("done", ("memory",))
    assert [x.state for x in tasks.TASKS.all(case)] == ["dropped"]
    assert "encrypting the backups" in str(next(containment.standing(case, clock.at)).warning)
    with pytest.raises(InputError, match="done already"):
        containment.did_step(case, "X1")


def test_a_step_whose_evidence_is_on_record_asks_nothing_and_warns_of_nothing(
    case: Case, clock: Clock
) -> None:
    evidence(case, what="memory", system="db-1")
    assert containment.plan_step(case, "power_off", "db-1").asked == ()
    assert containment.did_step(case, "X1").state == "done"
    assert list(containment.standing(case, clock.at)) == []


def test_a_step_that_is_given_up_takes_its_tasks_with_it(case: Case) -> None:
    containment.plan_step(case, "wipe", "db-1")
    with pytest.raises(InputError, match="say which"):
        containment.drop_step(case, "X1", " ")
    containment.drop_step(case, "X1", "the disk is sealed")
    assert {x.state for x in tasks.TASKS.all(case)} == {"dropped"}


def test_an_unknown_step_is_refused_with_the_nearest(case: Case) -> None:
    with pytest.raises(InputError, match="reimage"):
        containment.plan_step(case, "reimag", "db-1")


def test_every_step_of_the_table_needs_known_evidence_and_has_a_ground() -> None:
    for row in containment.kinds_of_step().values():
        assert set(row["needs"]) <= {"image", "memory", "log", "file"}
        assert row["needs"]
        assert row["ground"].startswith("Guidance: ")


def test_a_closed_outage_bears_out_its_length_and_its_end_with_their_source(case: Case) -> None:
    begun = datetime(2026, 11, 20, 6, 0, tzinfo=timezone(timedelta(hours=1)))
    containment.service(case, "Shop", down_from=begun, down_until=START - timedelta(minutes=30))
    made = {x.path: x for x in containment.feed(case)}
    assert made["incident.outage.hours"].value == 2.5
    assert made["timeline.restored"].value == "2026-11-20T07:30:00+00:00"
    assert {x.source for x in made.values()} == {"containment S1"}
    assert "timeline.impact_ended" not in made
    assert containment.feed(case) == []
    assert containment.feed(case, only=["timeline.impact_ended"])[0].path == "timeline.impact_ended"


def test_an_outage_one_second_over_two_hours_is_over_two_hours(case: Case) -> None:
    end = START - timedelta(hours=1)
    begun = end - timedelta(hours=2, seconds=1)
    containment.service(case, "Shop", down_from=begun, down_until=end)
    assert 2 < rows(case)["incident.outage.hours"].value < 2.001


def test_an_outage_that_goes_on_has_no_length_until_it_is_asked_for(
    case: Case, clock: Clock
) -> None:
    containment.service(case, "Shop", down_from=clock.at)
    clock.move(hours=30)
    row = rows(case)["incident.outage.hours"]
    assert (row.state, row.value, row.sources) == ("open", None, ("S1",))
    assert "30 hours so far" in str(row.note)
    assert [x.path for x in containment.feed(case)] == ["incident.unavailable"]
    assert rows(case)["timeline.restored"].state == "open"
    with pytest.raises(InputError, match="do not bear it out"):
        containment.feed(case, only=["incident.outage.hours"])
    made = {x.path: x.value for x in containment.feed(case, so_far=True)}
    assert made == {"incident.outage.hours": 30}


def test_a_fact_that_says_something_else_is_shown_and_stays_unless_replaced(
    case: Case, clock: Clock
) -> None:
    case.set({"incident.outage.hours": 1}, source="first call")
    begun = START - timedelta(hours=5)
    containment.service(case, "Shop", down_from=begun, down_until=START)
    row = rows(case)["incident.outage.hours"]
    assert (row.state, row.before, row.value) == ("differs", 1, 5)
    containment.feed(case)
    assert fact(case, "incident.outage.hours") == 1
    assert any("the facts say 1" in str(x.warning) for x in containment.standing(case, clock.at))
    containment.feed(case, replace=["incident.outage.hours"])
    assert fact(case, "incident.outage.hours") == 5


def test_clients_shares_and_states_feed_only_an_organisation_of_the_regime(case: Case) -> None:
    told = {"clients": 1200, "clients_share": 12.5, "countries": ("IE", "FR"), "critical": True}
    containment.service(case, "Payments", down_from=START, down_until=START, **told)
    assert not any(x.startswith("judgements.eu.dora") for x in rows(case))
    financial(case)
    made = {x.path: x.value for x in containment.feed(case)}
    assert made["judgements.eu.dora.clients"] == 1200
    assert made["judgements.eu.dora.clients_share"] == 12.5
    assert made["judgements.eu.dora.member_states"] == 2
    assert made["judgements.eu.dora.critical_functions"] is True
    assert case.incident().judgements["eu.dora.critical_functions"].value == "true"
    assert {x.state for x in containment.impact(case)} <= {"same", "asks"}


def test_clients_of_two_services_may_be_the_same_people_and_are_not_added_up(case: Case) -> None:
    financial(case)
    containment.service(case, "Cards", down_from=START, clients=700, clients_share=8)
    containment.service(case, "Loans", down_from=START, clients=500, clients_share=11)
    assert rows(case)["judgements.eu.dora.clients"].state == "open"
    assert rows(case)["judgements.eu.dora.clients_share"].value == 11
    containment.service(case, "Web", down_from=START)
    assert rows(case)["judgements.eu.dora.clients_share"].state == "open"


def test_one_country_is_no_answer_while_another_service_is_silent(case: Case) -> None:
    financial(case)
    containment.service(case, "Cards", down_from=START, countries=("IE",))
    containment.service(case, "Loans", down_from=START)
    assert rows(case)["judgements.eu.dora.member_states"].state == "open"


def test_users_outside_the_union_leave_the_number_in_it_open(case: Case) -> None:
    case.set({"organisation.regimes": ["eu.nis2.important"]})
    containment.service(case, "Cloud", down_from=START, users=900, countries=("IE", "US"))
    row = rows(case)["judgements.eu.nis2.limited_users"]
    assert (row.state, row.note) == ("open", "not known for EU alone: countries")
    containment.service(case, "Cloud", countries=("IE",))
    assert rows(case)["judgements.eu.nis2.limited_users"].value == 900


def test_a_service_of_which_nothing_is_known_keeps_the_end_open(case: Case) -> None:
    containment.service(case, "Cards", down_from=START, down_until=START)
    containment.service(case, "Loans")
    row = rows(case)["timeline.restored"]
    assert (row.state, row.sources) == ("open", ("S2",))
    containment.service(case, "S2", up=True)
    assert rows(case)["timeline.restored"].state == "new"


def test_an_estimate_is_fed_as_probable(case: Case) -> None:
    financial(case)
    containment.service(case, "Cards", down_from=START, clients=700, estimate=True)
    made = {x.path: x.confidence for x in containment.feed(case)}
    assert made["judgements.eu.dora.clients"] == "probable"


def test_a_service_changed_by_its_name_keeps_its_history(case: Case) -> None:
    containment.service(case, "Shop", down_from=START)
    containment.service(case, "shop", down_until=START)
    assert [x.record.down_until for x in containment.SERVICES.history(case, "S1")] == [None, START]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"up": True, "down_from": START}, "not both"),
        ({"down_until": START}, "needs down_from"),
        ({"down_from": START + timedelta(days=1)}, "after now"),
        ({"down_from": datetime(2026, 11, 20, 6, 0)}, "no offset"),  # noqa: DTZ001  # reason: that is the fault
        ({"clients_share": 101}, "less than or equal to 100"),
        ({"countries": ("ZZZ",)}, "unknown place"),
        ({"colour": "red"}, "extra inputs"),
    ],
)
def test_a_service_that_cannot_be_is_refused_and_nothing_is_written(
    case: Case, fields: dict[str, object], message: str
) -> None:
    number = len(case.entries)
    with pytest.raises(InputError, match=message):
        containment.service(case, "Shop", **fields)
    assert len(case.entries) == number


def test_an_isolation_asks_for_evidence_unless_it_was_secured(case: Case, clock: Clock) -> None:
    containment.isolate(case, "mail-01", secured="no", who="B")
    containment.isolate(case, "mail-02", secured="yes", contained=True)
    assert [x.title for x in tasks.TASKS.all(case)] == [
        "Secure the evidence of mail-01 before anything is changed on it"
    ]
    assert [
        x.record for x in containment.standing(case, clock.at) if x.what.endswith("isolated")
    ] == ["I1"]
    assert rows(case)["timeline.contained"].value == START.astimezone(UTC).isoformat()


def test_a_backup_that_was_not_tested_opens_a_task_and_stands_with_a_warning(
    case: Case, clock: Clock
) -> None:
    containment.recover(case, "Mail from Thursday", at=START, from_backup=True)
    assert [x.stream for x in tasks.TASKS.all(case)] == ["containment"]
    assert "not known whether tested" in [x.warning for x in containment.standing(case, clock.at)]
    assert rows(case)["incident.outage.restored_from_backup"].value is True
