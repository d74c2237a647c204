"""Clauses come in from a table whole or not at all, and stand beside what the law asks."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

import pytest
from conftest import Clock

from regengine import InputError
from regengine.casefile import contracts
from regengine.casefile.case import Case

TABLE = """Notice Period;Counterparty;Clock starts;E-mail;Section;Business-Days;Standard;NDA;Type
24h;Müller & Söhne;awareness;dpo@mueller.example;§ 9;gb;actual or suspected;yes;Card brand
within 3 business days;Beta Inc;;legal@beta.example;7.2;US-NY;confirmed;no;customer
"""


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "register.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
def test_columns_are_found_by_name_in_any_order_case_and_encoding(
    case: Case, tmp_path: Path, encoding: str
) -> None:
    made = contracts.import_contracts(case, written(tmp_path, TABLE, encoding))
    assert made.added == ("m-ller-s-hne", "beta-inc")
    first, second = contracts.listed(case)
    assert (first.party, first.within, first.starts) == ("Müller & Söhne", "24 hours", "aware")
    assert (first.business_days, first.trigger, first.confidential) == ("GB", "suspected", True)
    assert (second.within, second.starts, second.kind) == ("3 working days", None, "customer")
    assert first.kind == "card_brand"
    assert {x.source for x in case.changes[-2:]} == {f"register.csv (SHA-256 {made.sha256})"}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(case: Case, tmp_path: Path, mark: str) -> None:
    contracts.import_contracts(
        case, written(tmp_path, mark.join(["id", "within"]) + "\n" + mark.join(["a", "2 days"]))
    )
    assert contracts.listed(case)[0].within == "2 days"


def test_every_bad_cell_is_told_by_row_and_column_and_nothing_is_taken_in(
    case: Case, tmp_path: Path
) -> None:
    number = len(case.entries)
    rows = (
        "id,within,starts,ends\na,48,aware,2027-01-01\na,24 hours,awaken,soon\nb,24 hours,aware,\n"
    )
    with pytest.raises(InputError) as caught:
        contracts.import_contracts(case, written(tmp_path, rows))
    told = [str(fault) for fault in caught.value.faults]
    assert [line.split(": ")[1] for line in told] == [
        'line 2, column "within"', 'line 3, column "starts"', 'line 3, column "ends"', "line 3",
    ]  # fmt: skip
    assert 'did you mean "aware"' in told[1]
    assert len(case.entries) == number


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("id,within\n", "holds no contract"),
        ("id,withinn\na,2 days\n", 'column "withinn".*did you mean "within"'),
        ("id,within,deadline\na,2 days,2 days\n", "says the same"),
        ("within,clause\n2 days,4\n", "neither a column id nor a column party"),
        ("id,within\na,2 days,extra\n", "has 3 cells"),
        ('id,within\n"a,2 days\n', "is no row"),
        ("id,within\n" + "\n".join(f"c{i},2 days" for i in range(2001)), "more than 2,000"),
        ("id\0,within\na,2 days\n", "zero bytes"),
    ],
)
def test_a_table_that_cannot_be_read_for_certain_is_refused(
    case: Case, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        contracts.import_contracts(case, written(tmp_path, text))
    assert contracts.listed(case) == ()


def test_a_file_that_is_too_large_or_not_there_is_refused(case: Case, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"id,party\n" + b"a,b\n" * 1_300_000)
    with pytest.raises(InputError, match="larger than"):
        contracts.import_contracts(case, large)
    with pytest.raises(InputError, match="cannot be read"):
        contracts.import_contracts(case, tmp_path / "none.csv")
    utf32 = tmp_path / "wide.csv"
    utf32.write_bytes(codecs.BOM_UTF32_LE + "id".encode("utf-32-le"))
    with pytest.raises(InputError, match="UTF-32"):
        contracts.import_contracts(case, utf32)


def test_a_column_may_be_passed_over_by_name(case: Case, tmp_path: Path) -> None:
    path = written(tmp_path, "id,within,Account manager\na,2 days,Somebody\n")
    contracts.import_contracts(case, path, ignore=["account manager"])
    assert "Somebody" not in str(case.facts())


def test_a_clause_on_record_is_changed_only_where_that_is_said(case: Case, tmp_path: Path) -> None:
    contracts.import_contracts(case, written(tmp_path, "id,within\na,2 days\nb,3 days\n"))
    number = len(case.entries)
    again = contracts.import_contracts(case, written(tmp_path, "id,within\na,2 days\nb,3 days\n"))
    assert (again.added, again.same, len(case.entries)) == ((), ("a", "b"), number)
    other = written(tmp_path, "id,within\na,2 days\nb,1 day\nc,1 day\n")
    with pytest.raises(InputError, match="b: is on record"):
        contracts.import_contracts(case, other)
    assert len(case.entries) == number
    made = contracts.import_contracts(case, other, replace=True)
    assert (made.added, made.changed, made.same) == (("c",), ("b",), ("a",))


def test_what_is_given_out_comes_in_again_and_runs_no_formula(case: Case, tmp_path: Path) -> None:
    contracts.add(
        case, "a", party='=HYPERLINK("x")', within="24 hours", covers=["customers", "staff"]
    )
    contracts.add(case, "b", party="+49 GmbH", flow_down=False, ends="2027-01-31")
    before = case.facts()["contracts"]
    path = tmp_path / "out.csv"
    assert contracts.export_contracts(case, path) == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    again = contracts.import_contracts(case, path)
    assert again.same == ("a", "b")
    assert case.facts()["contracts"] == before
    with pytest.raises(InputError, match="cannot be written"):
        contracts.export_contracts(case, path)


def test_a_clause_stands_in_the_assessment_and_on_the_list_until_it_is_met(
    case: Case, clock: Clock
) -> None:
    contracts.add(case, "acme", party="Acme", within="24 hours", starts="aware", confidential=True)
    found = case.assess()
    assert found.result("contract-acme@IE").deadline.due_at is not None
    row = next(iter(contracts.standing(case, clock.move(hours=30))))
    assert row.warning == "late; no address for the notice; the clause forbids telling others"
    contracts.add(case, "acme", address="dpo@acme.example")
    assert contracts.listed(case)[0].within == "24 hours"


def test_a_field_that_is_none_is_refused_when_added(case: Case) -> None:
    with pytest.raises(InputError, match="deadline"):
        contracts.add(case, "acme", deadline="24 hours")
    assert contracts.listed(case) == ()
