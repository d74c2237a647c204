"""The United States as a whole: every place, every element, both engines, nothing lost."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from regengine.assess import assess, open_corpus
from regengine.assessment import Assessment
from regengine.facts import ELEMENTS, Incident
from regengine.inference import durable_available
from regengine.intake import read_incident

ROOT = Path(__file__).parents[1]
# The fifty states, the District, and the three territories that have a statute.
STATES = [
    "AL",
    "AK",
    "AZ",
    "AR",
    "CA",
    "CO",
    "CT",
    "DE",
    "DC",
    "FL",
    "GA",
    "GU",
    "HI",
    "ID",
    "IL",
    "IN",
    "IA",
    "KS",
    "KY",
    "LA",
    "ME",
    "MD",
    "MA",
    "MI",
    "MN",
    "MS",
    "MO",
    "MT",
    "NE",
    "NV",
    "NH",
    "NJ",
    "NM",
    "NY",
    "NC",
    "ND",
    "OH",
    "OK",
    "OR",
    "PA",
    "PR",
    "RI",
    "SC",
    "SD",
    "TN",
    "TX",
    "UT",
    "VT",
    "VA",
    "VI",
    "WA",
    "WV",
    "WI",
    "WY",
]
PLACES = tuple(f"US-{code}" for code in STATES)
# Georgia's statute binds information brokers (and public collectors) alone: so this is one.
BROKER = "us.ga.information_broker"
# Data that every statute protects in clear, with the name.
CORE = ("ssn", "drivers_license")


def incident(data: tuple[str, ...] | None, **facts: Any) -> Incident:
    """An exfiltration at a company in New York, with people in all places."""
    people = {place: facts.pop("count", 5_000) for place in PLACES}
    group: dict[str, Any] = {"group": "people", "people": people, "encrypted": False}
    if data is not None:
        group["data"] = list(data)
    base: dict[str, Any] = {
        "schema": "regengine.incident/1",
        "reference": "ALL",
        "organisation": {
            "name": "X Inc", "country": "US", "zone": "America/New_York", "role": "controller",
            "regimes": [BROKER], "public": False,
        },
        "timeline": {
            "discovered": "2026-11-02T10:00:00-05:00", "determined": "2026-11-03T10:00:00-05:00",
        },
        "incident": {
            "kinds": ["exfiltration"], "media": ["electronic"], "accessed": True,
            "acquired": True, "good_faith": False,
        },
        "judgements": {"us.misuse_likely": True},
        "affected": [group],
    }  # fmt: skip  # reason: a table of facts reads better in lines of words
    for key, value in facts.items():
        held = base.get(key)
        base[key] = {**held, **value} if isinstance(held, dict) else value
    return read_incident(base, open_corpus().vocabulary)


@cache
def assessed(data: tuple[str, ...] | None, engine: str = "durable") -> Assessment:
    return assess(incident(data), engine=engine, check=engine == "durable")  # type: ignore[arg-type]  # reason: one of two words


def residents(found: Assessment) -> Mapping[str, str]:
    """The status of each place's notice to its residents."""
    return {
        result.jurisdiction: result.status
        for result in found.obligations
        if result.id == f"{result.jurisdiction.lower()}-residents"
    }


def test_there_are_fifty_four_places_with_a_statute() -> None:
    assert len(PLACES) == len(set(PLACES)) == 54  # reason: the number is the point


@pytest.mark.parametrize("element", CORE)
def test_every_place_protects_the_core_elements_with_the_name(element: str) -> None:
    found = residents(assessed(("name", element)))
    assert {place: found.get(place) for place in PLACES} == dict.fromkeys(PLACES, "required")


def test_no_place_owes_a_notice_for_a_name_alone() -> None:
    """No statute protects a name with nothing else."""
    found = residents(assessed(("name",)))
    assert {place: found.get(place) for place in PLACES} == dict.fromkeys(PLACES, "not_required")


def test_unknown_data_leave_every_place_open() -> None:
    found = residents(assessed(None))
    assert {place: found.get(place) for place in PLACES} == dict.fromkeys(PLACES, "possible")


@pytest.mark.skipif(not durable_available(), reason="durable-rules cannot be imported here")
@pytest.mark.parametrize("element", ELEMENTS)
def test_both_engines_give_one_answer_for_each_element_in_all_places(element: str) -> None:
    """The durable run is checked step by step by the chainer; both whole answers are compared."""
    data = ("name", element) if element not in ("name", "none") else (element,)
    durable, chainer = assessed(data), assessed(data, "chainer")
    assert durable.checked
    assert durable.obligations == chainer.obligations
    assert durable.open_questions == chainer.open_questions


def test_an_element_that_joins_others_takes_no_duty_away() -> None:
    """More data can only make more duties: none of them may disappear."""
    before = {r.key for r in assessed(("name", "ssn")).obligations if r.status == "required"}
    everything = tuple(word for word in ELEMENTS if word != "none")
    after = {r.key for r in assessed(everything).obligations if r.status == "required"}
    assert before <= after


def test_people_of_whom_no_place_is_known_are_counted_as_possible_everywhere() -> None:
    """Residence unknown: no result is invented, and no law is lost; one summary names them all."""
    given = incident(("name", "ssn"))
    lost = given.model_copy(
        update={"affected": (given.affected[0].model_copy(update={"people": None}),)}
        if given.affected
        else {}
    )
    found = assess(lost)
    named = {key.partition("@")[2] for item in found.summaries for key in item.decides}
    # Georgia is in play by the organisation's status: there it has results of its own.
    named |= {r.jurisdiction for r in found.obligations if r.status == "possible"}
    assert set(PLACES) <= named


def _encrypted(*, key_taken: bool) -> Mapping[str, str]:
    base = incident(("name", "ssn"))
    assert base.affected is not None
    group = base.affected[0].model_copy(update={"encrypted": True, "key_taken": key_taken})
    return residents(assess(base.model_copy(update={"affected": (group,)})))


def test_encryption_with_a_safe_key_frees_every_place_but_wyoming() -> None:
    """Wyo. Stat. 40-12-501 takes out redacted data alone; every other statute encrypted data too."""
    found = _encrypted(key_taken=False)
    assert {place for place, status in found.items() if status != "not_required"} == {"US-WY"}


def test_encryption_frees_no_place_where_the_key_was_taken() -> None:
    """Most statutes say so; where one is silent the data count as readable, the safe side."""
    assert set(_encrypted(key_taken=True).values()) == {"required"}


def test_whoever_keeps_data_for_another_tells_the_owner_or_the_people() -> None:
    """South Dakota alone has no such duty; Rhode Island has its keepers tell the people."""
    given = incident(("name", "ssn"), organisation={"role": "processor", "regimes": []})
    found = assess(given, engine="chainer", check=False)
    bound = {r.jurisdiction for r in found.obligations if r.status == "required"}
    assert set(PLACES) - bound == {"US-GA", "US-SD"}  # Georgia: those who keep brokers' data
    told = {r.jurisdiction for r in found.obligations if r.recipient.kind == "controller"}
    assert set(PLACES) - told == {"US-RI", "US-SD"}


def test_the_ids_of_the_united_states_are_those_on_record() -> None:
    """Nobody loses a duty by a slip: an id that goes must go from this list as well."""
    kept = (ROOT / "tests" / "snapshots" / "us-obligations.txt").read_text(encoding="utf-8").split()
    found = []
    for path in (ROOT / "rules" / "us").rglob("*.toml"):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [duty["id"] for duty in content.get("obligation", ())]
    assert sorted(found) == kept


if __name__ == "__main__":
    ids = sorted(
        duty["id"]
        for path in (ROOT / "rules" / "us").rglob("*.toml")
        for duty in tomllib.loads(path.read_text(encoding="utf-8")).get("obligation", ())
    )
    kept = ROOT / "tests" / "snapshots" / "us-obligations.txt"
    kept.write_text("\n".join(ids) + "\n", encoding="utf-8")
