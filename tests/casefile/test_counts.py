"""People are counted by place, and nothing but numbers is kept of them."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from pathlib import Path

import pytest

from regengine import InputError
from regengine.casefile import counts
from regengine.casefile.case import Case
from regengine.casefile.counts import count_people, place_of

ROWS = """Name,E-mail,Country,State
Ann Able,ann@x.example,US,CA
Bob Best,bob@x.example,usa,california
Cy Cole,cy@x.example,United States,Atlantis
Dee Dole,dee@x.example,DEU,Bayern
Eve Eames,eve@x.example,Österreich,
Flo Fine,flo@x.example,,
Gus Good,gus@x.example,Wonderland,
Hal Hill,hal@x.example,Georgia,
Ann Able,ann@x.example,US,TX
"""


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_people_are_counted_by_place_with_what_is_unknown_in_its_own_bucket(
    tmp_path: Path,
) -> None:
    found = count_people(written(tmp_path, ROWS))
    assert found.groups == {
        "people": {
            "AT": 1, "DE-BY": 1, "GE": 1, "US": 1, "US-CA": 2, "US-TX": 1, "unknown": 2,
        }
    }  # fmt: skip
    assert (found.rows, found.people, found.unmatched, found.spellings) == (9, 9, 3, 2)
    assert found.columns == {"country": "Country", "state": "State"}


def test_each_person_is_counted_once_and_a_contradiction_goes_to_what_both_places_share(
    tmp_path: Path,
) -> None:
    found = count_people(written(tmp_path, ROWS), person="e-mail")
    assert found.groups["people"]["US"] == 2
    assert "US-TX" not in found.groups["people"]
    assert (found.people, found.several, found.unnamed) == (8, 1, 0)
    blank = ROWS.replace("bob@x.example", "").replace("cy@x.example", "")
    assert count_people(written(tmp_path, blank), person="E-mail").unnamed == 2


@pytest.mark.parametrize(
    ("country", "state", "place"),
    [
        ("GB", "", "GB"), ("UK", "", "GB"), ("el", "", "GR"), ("Deutschland", "", "DE"),
        ("日本", "", "JP"), ("España", "", "ES"), ("U.S.A.", "ny", "US-NY"), ("PR", "", "US-PR"),
        ("US", "PR", "US-PR"), ("Canada", "Québec", "CA-QC"), ("US-CA", "", "US-CA"),
        ("", "US-CA", "US-CA"), ("", "CA", "unknown"), ("", "Georgia", "unknown"),
        ("DE", "US-CA", "unknown"), ("US", "AE", "US"), ("Narnia", "CA", "unknown"),
        ("XK", "", "XK"), ("Scotland", "", "GB-SCT"), ("EU", "", "EU"),
        ("Narnia", "US-CA", "unknown"),
    ],
)  # fmt: skip
def test_places_are_known_by_codes_and_names_and_never_guessed(
    country: str, state: str, place: str
) -> None:
    assert place_of(country, state)[0] == place


def test_a_state_alone_is_read_only_within_a_country_that_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "id,state\n1,CA\n2,Georgia\n3,\n")
    assert count_people(path).groups["people"] == {"unknown": 3}
    assert count_people(path, within="US").groups["people"] == {"US": 1, "US-CA": 1, "US-GA": 1}
    with pytest.raises(InputError, match="no country"):
        count_people(path, within="US-CA")


def test_a_row_with_moved_cells_counts_as_unknown(tmp_path: Path) -> None:
    path = written(tmp_path, "name,country\nAble, Ann,DE\nBob,FR\n")
    found = count_people(path)
    assert found.groups["people"] == {"FR": 1, "unknown": 1}
    assert found.misaligned == 1


def test_a_row_that_says_nothing_is_somebody_unknown_unless_the_table_ends_with_it(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "country,state\n,\nUS,CA\n,\n\nDE,\n,\n,\n\n")
    found = count_people(path)
    assert found.groups["people"] == {"DE": 1, "US-CA": 1, "unknown": 3}
    assert (found.rows, found.blank) == (5, 3)


def test_no_value_of_a_cell_is_told_where_columns_are_not_found(tmp_path: Path) -> None:
    path = written(tmp_path, "Ann Able,ann@x.example\nBob Best,bob@x.example\n")
    for options in ({}, {"country": "Ann Ablee"}, {"country": "nation", "person": "mail"}):
        with pytest.raises(InputError) as caught:
            count_people(path, **options)
        assert "ann@x" not in str(caught.value)
        assert '"Ann Able"' not in str(caught.value)


def test_two_columns_that_may_be_the_country_are_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "Billing Country,Mailing Country\nDE,FR\n")
    with pytest.raises(InputError, match="2 columns may be it"):
        count_people(path)
    assert count_people(path, country="mailing country").groups["people"] == {"FR": 1}


def test_groups_are_counted_apart_and_words_that_are_none_stay_unnamed(tmp_path: Path) -> None:
    path = written(tmp_path, "kind,country\ncustomers,DE\nStaff,FR\nAnn Able,FR\n")
    found = count_people(path, group="kind", groups=["customers", "staff"])
    assert found.groups == {
        "customers": {"DE": 1}, "staff": {"FR": 1}, "other groups": {"FR": 1},
    }  # fmt: skip
    assert "Able" not in str(found)


def test_what_is_applied_replaces_the_people_of_the_group_and_names_its_source(
    case: Case, tmp_path: Path
) -> None:
    path = written(tmp_path, ROWS)
    found = count_people(path)
    counts.apply(case, found, "customers")
    assert case.facts()["affected"][0]["people"] == found.groups["people"]
    change = case.changes[-1]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert change.path == "affected.customers.people"
    assert digest in (change.source or "")
    held = json.dumps([entry.model_dump(mode="json") for entry in case.entries])
    for word in ("Able", "Wonderland", "Atlantis", "@x.example"):
        assert word not in held
    assert [entry.told["people"] for entry in case.entries if entry.kind == "count"] == [9]


def test_a_group_that_is_spelled_like_another_or_counted_nobody_is_refused(
    case: Case, tmp_path: Path
) -> None:
    number = len(case.entries)
    found = count_people(written(tmp_path, ROWS))
    with pytest.raises(InputError, match='did you mean "customers"'):
        counts.apply(case, found, "custommers")
    empty = count_people(written(tmp_path, "country\n"))
    with pytest.raises(InputError, match="nobody"):
        counts.apply(case, empty, "customers")
    assert len(case.entries) == number
    counts.apply(case, found, "staff")
    assert [group["group"] for group in case.facts()["affected"]] == ["customers", "staff"]


@pytest.mark.parametrize("person", [None, "id"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, person: str | None) -> None:
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,country,state\n")
        for number in range(60_000):
            file.write(f"person-{number},US,{('CA', 'TX', f'odd {number}')[number % 3]}\n")
    place_of("US", "CA")  # the tables of names are there before memory is watched
    told: list[int] = []
    tracemalloc.start()
    found = count_people(path, person=person, progress=told.append)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.people, found.spellings) == (60_000, 10_000)
    assert told == [20_000, 40_000, 60_000, 60_000]
    assert peak < 24_000_000
