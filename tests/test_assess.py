"""What the whole refuses, and what no way of writing a fact may change."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from regengine.assess import assess, open_corpus
from regengine.assessment import Assessment
from regengine.errors import InputError
from regengine.facts import Incident, Moment, Organisation
from regengine.intake import read_incident
from regengine.plan import plan_of
from regengine.reckoning import reckon_period

NOON = datetime(2026, 11, 23, 12)  # noqa: DTZ001  # reason: naive on purpose
NOW = NOON.replace(tzinfo=UTC)


def incident(**facts: Any) -> Incident:
    base = {"reference": "R", "timeline": {"discovered": "2026-11-02"}}
    return read_incident({**base, **facts}, open_corpus().vocabulary)


def assessed(given: Incident, now: datetime = NOW) -> Assessment:
    return assess(given, now=now, engine="chainer", check=False, everything=True)


def test_a_naive_instant_is_refused_wherever_it_comes_in() -> None:
    with pytest.raises(ValueError, match="no offset"):
        Moment.of(NOON)
    with pytest.raises(ValueError, match="timezone"):
        Moment(at=NOON)
    with pytest.raises(ValueError, match="no offset"):
        reckon_period(open_corpus(), NOON, "72 hours", "BE")
    with pytest.raises(ValueError, match="no offset"):
        assess(incident(), now=NOON)


def test_the_law_stood_on_a_day_not_at_an_hour() -> None:
    with pytest.raises(ValueError, match="without a time"):
        assess(incident(), as_of=NOW)
    assert assess(incident(), as_of=NOW.date(), check=False).as_of == date(2026, 11, 23)


def test_the_same_instant_gives_the_same_answer_in_every_offset() -> None:
    far = datetime.fromisoformat("2026-01-01T00:30:00+14:00")
    given = incident(organisation={"country": "US-CA"})
    assert assessed(given, far) == assessed(given, far.astimezone(UTC))


@pytest.mark.parametrize(("place", "said"), [("ZZ", 'unknown place "ZZ"'), ("UK", '"GB"')])
def test_a_place_that_no_table_holds_is_refused_not_left_out(place: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        assess(Incident(reference="R", organisation=Organisation(country=place)))


@pytest.mark.parametrize("first", ["2026-01", "2026-01-01", "2026-01-01T10:00:00+01:00"])
def test_an_entity_s_own_first_day_may_be_written_as_any_moment(first: str) -> None:
    organisation = {"country": "IT", "regimes": ["eu.nis2.essential"], "role": "controller"}
    judged = {"it.nis2.reports_from": first}
    found = assessed(incident(organisation=organisation, judgements=judged))
    status = {item.key: item.status for item in found.obligations}
    assert status["eu-nis2-csirt@IT/notification"] != "not_required"
    later = assessed(
        incident(organisation=organisation, judgements={"it.nis2.reports_from": "2026-12"})
    )
    status = {item.key: item.status for item in later.obligations}
    assert status["eu-nis2-csirt@IT/notification"] == "not_required"


def _matter(organisation: dict[str, Any], **facts: Any) -> Assessment:
    base: dict[str, Any] = {
        "reference": "R",
        "organisation": {"name": "X", "role": "controller", **organisation},
        "timeline": {"aware": "2026-11-20T09:00:00+00:00"},
        "incident": {"accessed": True, "acquired": True, "malicious": True},
        "affected": [{"group": "g", "people": {"IE": 5}, "data": ["name"]}],
    }
    return assess(read_incident({**base, **facts}, open_corpus().vocabulary), now=NOW)


def test_a_status_of_any_sector_that_a_complete_list_leaves_out_is_told() -> None:
    """CERT-In's rule binds bodies of every sector: leaving it out is an assumption."""
    found = _matter({"country": "SG", "operates_in": ["IN"], "regimes": []})
    assert any("in.cert_in" in text for text in found.assumptions)
    stated = _matter({"country": "SG", "operates_in": ["IN"], "regimes": ["in.cert_in"]})
    assert not any("in.cert_in" in text for text in stated.assumptions)
    elsewhere = _matter({"country": "IE", "regimes": []})
    assert not any("in.cert_in" in text for text in elsewhere.assumptions)


def test_a_sector_that_no_law_knows_is_told_with_the_nearest_word() -> None:
    found = _matter({"country": "IE", "sector": "paymnts"})
    assert any('"paymnts"; did you mean "payments"?' in text for text in found.assumptions)
    known = _matter({"country": "IE", "sector": "payments"})
    assert not any("organisation.sector" in text for text in known.assumptions)


def test_a_directive_that_a_state_has_not_transposed_is_named_and_not_silently_gone() -> None:
    regimes = ["eu.nis2.essential"]
    found = _matter({"country": "IE", "regimes": regimes}, judgements={"eu.nis2.significant": True})
    named = {(item.jurisdiction, item.subject) for item in found.not_covered}
    assert ("IE", "eu-nis2-csirt") in named
    quiet = _matter(
        {"country": "IE", "regimes": regimes}, judgements={"eu.nis2.significant": False}
    )
    assert not [item for item in quiet.not_covered if item.subject == "eu-nis2-csirt"]


def test_what_is_owed_on_request_has_not_started_until_somebody_asks() -> None:
    regimes = ["eu.nis2.essential"]
    found = _matter({"country": "BE", "regimes": regimes}, judgements={"eu.nis2.significant": True})
    asked = found.result("eu-nis2-csirt@BE/intermediate")
    assert (asked.status, asked.deadline.kind) == ("required", "not_started")
    assert asked.deadline.due_at is None
    act = next(act for act in plan_of(found).acts if act.key == asked.key)
    assert act.waiting


def test_a_possible_stage_tells_what_its_duty_turns_on() -> None:
    found = _matter({"country": "BE", "regimes": ["eu.nis2.essential"]})
    said = found.result("eu-nis2-csirt@BE/early_warning").why[0].because
    assert "eu.nis2.is_significant: not known" in said
