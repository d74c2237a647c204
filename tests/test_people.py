from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regengine.assess import open_corpus
from regengine.facts import Group
from regengine.people import ANYWHERE, Geography, add_groups, residents
from regengine.truth import Range, Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
PLACES = ("US-CA", "US-TX", "US", "DE-BY", "DE", "FR", "RE", "SG", ANYWHERE)
# Where a single person may live, so far as the places above can tell.
HOMES = ("US-CA", "US-TX", "US-NV", "DE-BY", "DE", "FR", "RE", "SG", "BR")


@pytest.fixture(scope="module")
def world() -> Geography:
    return open_corpus().world


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("DE", "DE-BY", True),
        ("DE-BY", "DE", False),
        ("US", "US-CA", True),
        ("FR", "RE", True),
        ("EEA", "RE", True),
        ("EU", "RE", True),
        ("EEA", "DE-BY", True),
        ("EU", "IE", True),
        ("EEA", "NO", True),
        ("EU", "NO", False),
        ("EEA", "GB", False),
        ("EEA", "CH", False),
        ("CA", "CA-QC", True),
        ("CA", "US-CA", False),
        (ANYWHERE, "SG", True),
        (ANYWHERE, ANYWHERE, True),
        ("SG", ANYWHERE, False),
        ("SG", "SG", True),
    ],
)
def test_a_place_contains_its_parts_and_territories(
    world: Geography, outer: str, inner: str, *, expected: bool
) -> None:
    assert world.covers(outer, inner) is expected


def test_the_nearest_place_above_comes_first(world: Geography) -> None:
    assert world.ancestors("DE-BY")[0] == "DE"
    assert world.ancestors("RE")[0] == "FR"
    assert set(world.ancestors("RE")) >= {"FR", "EU", "EEA"}
    assert world.ancestors("SG") == ()


def test_a_circle_of_parents_ends() -> None:
    assert Geography({}, {"AA": "BB", "BB": "AA"}).ancestors("AA") == ("BB", "AA")


@pytest.mark.parametrize(
    ("people", "place", "expected"),
    [
        ({"DE-BY": 900}, "DE", Range.exactly(900)),
        ({"DE-BY": 900}, "DE-BY", Range.exactly(900)),
        ({"DE": 900}, "DE-BY", Range(0, 900)),
        ({"RE": 5, "FR": 10}, "FR", Range.exactly(15)),
        ({"FR": 10}, "RE", Range(0, 10)),
        ({"US-CA": 400, "US": 80}, "US-CA", Range(400, 480)),
        ({"US-CA": 400, "US": 80}, "US-TX", Range(0, 80)),
        ({"US-CA": 400, "US": 80}, "US", Range.exactly(480)),
        ({"US-CA": 400, "US": 80, ANYWHERE: 300}, "US-CA", Range(400, 780)),
        ({"US-CA": 400, "US": 80, ANYWHERE: 300}, "US", Range(480, 780)),
        ({"US-CA": 400, "US": 80, ANYWHERE: 300}, "IE", Range(0, 300)),
        ({"US-CA": 400, "US": 80, ANYWHERE: 300}, ANYWHERE, Range.exactly(780)),
        ({"IE": 1, "NO": 2, "GB": 4, "CH": 8}, "EEA", Range.exactly(3)),
        ({"SG": 7}, "IE", Range.exactly(0)),
        ({"US": 0, ANYWHERE: 0}, "US-CA", Range.exactly(0)),
        ({}, "IE", Range.exactly(0)),
        (None, "IE", Range()),
    ],
)
def test_remainders_widen_a_place_upwards_only(
    world: Geography, people: dict[str, int] | None, place: str, expected: Range
) -> None:
    ranges = None if people is None else {key: Range.exactly(n) for key, n in people.items()}
    assert residents(ranges, place, world) == expected


@given(st.dictionaries(st.sampled_from(PLACES), st.integers(0, 2), max_size=3),
       st.sampled_from(PLACES))  # fmt: skip
def test_the_range_is_what_the_possible_homes_allow(people: dict[str, int], place: str) -> None:
    world = open_corpus().world
    persons = [where for where, number in people.items() for _ in range(number)]
    options = [[home for home in HOMES if world.covers(where, home)] for where in persons]
    counts = [sum(world.covers(place, home) for home in homes) for homes in product(*options)]
    found = residents({key: Range.exactly(n) for key, n in people.items()}, place, world)
    assert found.at_least == min(counts)
    assert found.at_most == max(counts)


def _group(name: str, *, overlaps: bool = False) -> Group:
    return Group(group=name, overlaps=overlaps)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], Range.exactly(0)),
        ([(Range.exactly(5), T, False), (Range(1, 3), T, False)], Range(6, 8)),
        ([(Range.exactly(5), U, False), (Range(1, 3), T, False)], Range(1, 8)),
        ([(Range.exactly(5), F, False), (Range(1, 3), T, False)], Range(1, 3)),
        ([(Range(5), U, False)], Range()),
        ([(Range.exactly(5), T, True), (Range.exactly(8), T, True)], Range(8, 13)),
        ([(Range(5, 9), T, True), (Range(3), T, True)], Range(5)),
        ([(Range.exactly(5), T, True), (Range.exactly(8), U, True)], Range(5, 13)),
        ([(Range.exactly(5), T, True), (Range.exactly(8), F, True)], Range.exactly(5)),
        ([(Range.exactly(2), T, False), (Range.exactly(5), T, True), (Range.exactly(8), T, True)],
         Range(10, 15)),
    ],
)  # fmt: skip  # reason: a table reads better in its lines
def test_groups_add_up_between_their_largest_and_their_sum(
    groups: list[tuple[Range, Truth, bool]], expected: Range
) -> None:
    counted = [
        (_group(f"g{number}", overlaps=overlaps), count, inside)
        for number, (count, inside, overlaps) in enumerate(groups)
    ]
    assert add_groups(counted) == expected


@given(
    st.lists(
        st.tuples(st.frozensets(st.integers(0, 5)), st.sampled_from([T, F, U]), st.booleans()),
        max_size=4,
    )
)
def test_the_true_number_of_people_is_always_inside_the_sum(
    groups: list[tuple[frozenset[int], Truth, bool]],
) -> None:
    # Groups that do not overlap get people of their own.
    people = [
        {(number, who) if not overlaps else (-1, who) for who in members}
        for number, (members, _, overlaps) in enumerate(groups)
    ]
    counted = [
        (_group(f"g{n}", overlaps=overlaps), Range.exactly(len(members)), inside)
        for n, (members, inside, overlaps) in enumerate(groups)
    ]
    bounds = add_groups(counted)
    unsure = [n for n, (_, inside, _) in enumerate(groups) if inside is U]
    for really in product((True, False), repeat=len(unsure)):
        inside_now = {n for n, (_, inside, _) in enumerate(groups) if inside is T}
        inside_now |= {n for n, yes in zip(unsure, really, strict=True) if yes}
        number = len(set().union(*(people[n] for n in inside_now)))
        assert bounds.compare("=", number) is not F


def test_a_group_of_areas_is_no_member_place(world: Geography) -> None:
    members = world.members("EEA")
    assert "IE" in members
    assert "NO" in members
    assert "EU" not in members
    assert len(members) == len(set(members))
