"""Variants: the fewest letters that serve all places in play, and the reason for each."""

from __future__ import annotations

import itertools
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regengine
from regengine.assessment import Assessment, ContentItem, Result
from regengine.documents.colouring import fewest_groups
from regengine.documents.outputs import label
from regengine.documents.tongues import Tongue, spoken_at, tongues
from regengine.documents.variants import Variant, letter_template, variants
from regengine.facts import Incident

NOW = datetime.fromisoformat("2026-11-23T09:00:00+00:00")


def matter(people: dict[str, Any], **more: Any) -> tuple[Incident, Assessment]:
    """Assess an incident whose data bring every state's law into play."""
    group = {
        "group": "clients",
        "label": "Clients",
        "people": people,
        "data": ["name", "ssn", "financial_account"],
        "encrypted": False,
        "children": False,
    }
    facts: dict[str, Any] = {
        "reference": "EX-1",
        "organisation": {
            "name": "Example Ltd",
            "country": "US",
            "zone": "America/New_York",
            "role": "controller",
            "regimes": [],
        },
        "timeline": {"occurred_from": "2026-11-17", "discovered": "2026-11-20"},
        "incident": {"kinds": ["intrusion"], "accessed": True, "acquired": True},
        "affected": [group],
        "judgements": {"us.misuse_likely": True, "eu.gdpr.risk": "high", "uk.gdpr.risk": "high"},
    }
    for key, value in more.items():
        if key == "group":
            facts["affected"] = [{**group, **value}]
        elif isinstance(value, dict) and isinstance(facts.get(key), dict):
            facts[key] = {**facts[key], **value}
        else:
            facts[key] = value
    incident = regengine.read_incident(facts)
    return incident, regengine.assess(incident, now=NOW)


def owed(assessment: Assessment) -> list[Result]:
    return [
        x
        for x in assessment.obligations
        if x.recipient.kind == "individuals" and x.status != "not_required"
    ]


def found(people: dict[str, Any], **more: Any) -> list[Variant]:
    incident, assessment = matter(people, **more)
    return variants(incident, assessment, owed(assessment))


def serving(made: list[Variant], place: str) -> list[Variant]:
    return [
        x for x in made if any(key.partition("/")[0].endswith(f"@{place}") for key in x.results)
    ]


# -- the fewest groups -------------------------------------------------------------------


def _smallest(size: int, edges: set[tuple[int, int]]) -> int:
    """Try every assignment: the brute force that the quick answer is held against."""
    for colours in range(1, size + 1):
        for given_ in itertools.product(range(colours), repeat=size):
            if all(given_[a] != given_[b] for a, b in edges):
                return colours
    return 0


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_no_assignment_whatever_needs_fewer_groups(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 6))
    pairs = list(itertools.combinations(range(size), 2))
    edges = set(data.draw(st.lists(st.sampled_from(pairs), unique=True))) if pairs else set()

    def clash(one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) in edges

    groups = fewest_groups(range(size), clash)
    assert sorted(x for group in groups for x in group) == list(range(size))
    for group in groups:
        assert not any(clash(a, b) for a, b in itertools.combinations(group, 2))
    assert len(groups) == _smallest(size, edges)


def test_where_nothing_clashes_there_is_one_group_and_of_nothing_none() -> None:
    assert fewest_groups([3, 1, 2], lambda _a, _b: False) == [[3, 1, 2]]
    assert fewest_groups([], lambda _a, _b: True) == []


def test_a_crown_where_taking_the_first_that_fits_fails_still_gets_two_groups() -> None:
    # a0 clashes with every b but b0, and so on: greedy in the order a0 b0 a1 b1 needs four.
    things = [(side, number) for number in range(4) for side in "ab"]

    def clash(one: tuple[str, int], other: tuple[str, int]) -> bool:
        return one[0] != other[0] and one[1] != other[1]

    assert len(fewest_groups(things, clash)) == 2


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_random_laws_get_as_few_letters_as_trying_every_partition_gives(
    data: st.DataObject,
) -> None:
    incident, assessment = _states()
    fills = ["people_total", "records", "cause", "consequences"]
    bars = {"people_total": "the number of people", "records": "how many records", "cause": "x"}
    chosen = data.draw(
        st.lists(
            st.sampled_from(owed(assessment)), min_size=1, max_size=5, unique_by=lambda x: x.key
        )
    )
    made = []
    for result in chosen:
        asks = data.draw(st.lists(st.sampled_from(fills), unique=True))
        forbids = data.draw(st.lists(st.sampled_from(sorted(bars)), unique=True))
        items = tuple(ContentItem(say=label("fills", key), fill=key) for key in asks)
        forbidden = tuple(bars[key] for key in forbids)
        made.append(
            result.model_copy(
                update={"content_items": items, "content": (), "forbidden": forbidden}
            )
        )
    edges = {
        (a, b)
        for (a, one), (b, two) in itertools.combinations(enumerate(made), 2)
        if _contradict(one, two) or _contradict(two, one)
    }
    assert len(variants(incident, assessment, made)) == _smallest(len(made), edges)


def _contradict(one: Result, other: Result) -> bool:
    numbers = {"people_total", "records"}  # words of a number bar both
    forbids = numbers if any("number" in x or "how many" in x for x in one.forbidden) else set()
    return bool(forbids & {item.fill for item in other.content_items})


@cache
def _states() -> tuple[Incident, Assessment]:
    return matter({f"US-{x}": 50 for x in ("CA", "FL", "NY", "TX", "OH", "WA")})


# -- laws --------------------------------------------------------------------------------


def test_one_letter_serves_all_states_that_forbid_nothing() -> None:
    made = found({f"US-{x}": 50 for x in ("CA", "FL", "NY", "WA", "NC")})
    assert len(made) == 1
    assert made[0].template == "letter/california"
    assert "nothing that one of these laws asks for is forbidden by another" in made[0].reason


def test_massachusetts_gets_a_letter_of_its_own_and_the_reason_says_why() -> None:
    made = found({"US-CA": 50, "US-MA": 50})
    (own,) = serving(made, "US-MA")
    assert own.template == "letter/restricted"
    assert len(own.results) == 1
    assert "Massachusetts forbids the nature of the incident" in own.reason
    assert len(made) == 2


def test_rhode_island_wants_the_number_that_illinois_forbids() -> None:
    made = found({"US-IL": 50, "US-RI": 50, "US-FL": 50})
    assert len(made) == 2
    (illinois,), (rhode,) = serving(made, "US-IL"), serving(made, "US-RI")
    assert illinois is not rhode
    assert serving(made, "US-FL") == [illinois]  # what nobody minds joins the leaner letter
    assert "Illinois forbids the number of people affected, which Rhode Island asks for" in (
        rhode.reason
    )


def test_a_federal_duty_joins_the_states_and_its_clash_with_massachusetts_is_told() -> None:
    made = found(
        {"US-MA": 600, "US-TX": 40},
        organisation={"regimes": ["us.hipaa.covered_entity"], "sector": "health"},
        group={"data": ["name", "ssn", "phi", "medical"]},
    )
    persons = [x for x in made if x.reader == "person"]
    (federal,) = [x for x in persons if "us-hipaa-individuals@US" in x.results]
    assert "us-tx-residents@US-TX" in federal.results
    (own,) = [x for x in persons if "us-ma-residents@US-MA" in x.results]
    assert own.results == ("us-ma-residents@US-MA",)
    for one in (federal, own):
        assert any("counsel decides" in line and "Massachusetts" in line for line in one.conflicts)


def test_people_who_died_are_written_to_through_their_kin_where_the_law_says_so() -> None:
    made = found(
        {"US-TX": 600},
        organisation={"regimes": ["us.hipaa.covered_entity"], "sector": "health"},
        group={"data": ["name", "phi", "medical"]},
    )
    (kin,) = [x for x in made if x.reader == "kin"]
    assert kin.results == ("us-hipaa-individuals@US",)
    assert "kin" not in {x.reader for x in found({"US-TX": 600})}


@pytest.mark.parametrize("children", [True, False, None])
def test_a_letter_to_parents_is_written_where_children_are_among_the_people(
    *, children: bool | None
) -> None:
    value = "unknown" if children is None else children
    readers = {x.reader for x in found({"US-TX": 60}, group={"children": value})}
    assert ("guardian" in readers) is (children is True)


def test_each_group_of_people_gets_letters_of_its_own() -> None:
    groups = [
        {"group": "a", "people": {"US-TX": 5, "US-FL": 6}, "data": ["name", "ssn"]},
        {"group": "b", "people": {"US-TX": 7}, "data": ["name", "drivers_license"]},
    ]
    made = found({}, affected=groups)
    assert {(x.group, len(x.results)) for x in made} == {("a", 2), ("b", 1)}


def test_a_letter_that_went_out_already_is_not_written_with_the_first_ones() -> None:
    filed = [{"obligation": "us-tx-residents", "jurisdiction": "US-TX", "at": "2026-11-22"}]
    made = found({"US-TX": 60, "US-FL": 60}, filings=filed)
    assert serving(made, "US-TX") != serving(made, "US-FL")


# -- languages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "spoken"),
    [
        ("DE", ("de",)),
        ("AT", ("de",)),
        ("DE-BY", ("de",)),
        ("FR", ("fr",)),
        ("LU", ("fr",)),
        ("BE", ("nl", "fr")),
        ("NL", ("nl",)),
        ("ES", ("es",)),
        ("IT", ("it",)),
        ("PT", ("pt",)),
        ("BR", ("pt",)),
        ("PL", ("pl",)),
        ("CA-QC", ("fr",)),
        ("US-PR", ("es", "en")),
        ("US-TX", ("en",)),
        ("IE", ("en",)),
    ],
)
def test_a_letter_is_in_the_language_of_the_place(place: str, spoken: tuple[str, ...]) -> None:
    assert spoken_at(place) == spoken


def test_germany_and_austria_share_a_letter_and_belgium_gets_two() -> None:
    made = found(
        {"DE": 5, "AT": 6, "BE": 7}, organisation={"country": "DE", "zone": "Europe/Berlin"}
    )
    german = serving(made, "DE")
    assert german
    assert german == serving(made, "AT")
    assert {x.language.text for x in serving(made, "BE")} == {"nl", "fr"}


def test_a_language_without_words_is_written_in_english_and_named() -> None:
    made = found({"FI": 5}, organisation={"country": "FI", "zone": "Europe/Helsinki"})
    (one,) = [x for x in serving(made, "FI") if x.reader == "person"]
    assert one.language == Tongue("en", ("fi", "sv"))
    assert "Finnish and Swedish" in one.reason


def test_the_law_s_own_language_leads_over_that_of_the_place() -> None:
    _, assessment = _states()
    result = owed(assessment)[0].model_copy(update={"languages": ("fr", "ja")})
    assert tongues(result) == (Tongue("fr"), Tongue("en", ("ja",)))


# -- for every law -----------------------------------------------------------------------


def test_no_letter_serves_a_law_that_forbids_what_another_one_of_it_asks() -> None:
    states = [
        "AL",
        "CA",
        "CO",
        "CT",
        "DC",
        "FL",
        "IA",
        "IL",
        "MA",
        "MD",
        "MI",
        "NC",
        "NH",
        "NM",
        "NY",
        "OR",
        "RI",
        "VT",
        "WA",
        "WV",
        "WY",
        "TX",
        "PA",
        "HI",
        "VA",
    ]
    incident, assessment = matter({f"US-{state}": 1200 for state in states})
    made = variants(incident, assessment, owed(assessment))
    assert sorted(key for x in made for key in x.results) == sorted(x.key for x in owed(assessment))
    assert len(made) == 3
    for one in made:
        results = [assessment.result(key) for key in one.results]
        silent = [letter_template(x) for x in results]
        assert len(set(silent)) == 1
        asks = {item.fill for x in results for item in x.content_items}
        if any("number" in bar for x in results for bar in x.forbidden):
            assert not asks & {"people_total", "people_here"}


def test_other_recipients_get_no_letter_to_people() -> None:
    incident, assessment = matter({"US-TX": 20000})
    others = [x for x in assessment.obligations if x.recipient.kind != "individuals"]
    assert others
    assert variants(incident, assessment, others) == []
