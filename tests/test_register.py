"""The register of breaches: an entry for each matter, and the table of all."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from regengine import assess, load_incident, read_incident
from regengine.assessment import Assessment
from regengine.documents.conformance import check
from regengine.documents.memo import Memo, text_of
from regengine.documents.register import entry_paper, register_entry, register_export
from regengine.errors import InputError
from regengine.facts import Incident

NOW = datetime.fromisoformat("2026-11-24T09:00:00+00:00")


def _matter(**more: Any) -> tuple[Incident, Assessment]:
    facts = {
        "reference": "R-1",
        "organisation": {"name": "Beta GmbH", "country": "DE", "role": "controller", "regimes": []},
        "timeline": {"aware": "2026-11-20T10:00:00+01:00"},
        "incident": {"accessed": True, "acquired": False},
        "description": {"nature": "A letter to the wrong person", "measures_taken": "Called back"},
        "affected": [
            {"group": "a", "people": {"DE": 4}, "data": ["name", "email"]},
            {"group": "b", "people": {"FR": 3}, "data": ["name", "dob"]},
        ],
        **more,
    }
    incident = read_incident(facts)
    return incident, assess(incident, now=NOW)


def _example(name: str) -> tuple[Incident, Assessment]:
    incident = load_incident(f"examples/{name}")
    return incident, assess(incident, now=NOW)


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _cells(memo: Memo, title: str) -> list[tuple[str, ...]]:
    part = next(part for part in memo.parts if part.title == title)
    return [row for rows in part.tables for row in rows.rows]


def test_the_entry_holds_facts_effects_remedial_action_and_decisions_with_reasons() -> None:
    incident, assessment = _matter(
        judgements={
            "eu.gdpr.risk": {
                "value": "risk",
                "by": "J. Reiter",
                "why": "lists of debts",
                "written": True,
            }
        },
        filings=[
            {"obligation": "eu-gdpr-lead-sa", "at": "2026-11-22T18:00:00+01:00", "reference": "X9"}
        ],
    )
    memo = entry_paper(incident, assessment)
    titles = [part.title for part in memo.parts]
    # Art 33(5) GDPR: the facts, the effects and the remedial action taken.
    assert titles[1:5] == [
        "The facts",
        "The effects",
        "Remedial action",
        "Decisions and their reasons",
    ]
    assert memo.keys == ("eu-gdpr-document@EEA",)
    decision = _cells(memo, "Decisions and their reasons")[0]
    assert decision[1] == "risk"
    assert "lists of debts (written: yes" in decision[3]
    told = next(row for row in _cells(memo, "Notices") if "eu-gdpr-lead-sa" in row[0])
    assert "reference X9" in told[3]
    assert "in time" in told[3]


def test_the_entry_tells_every_group_not_only_those_of_one_law() -> None:
    incident, assessment = _example("retail-ransomware.yaml")
    text = text_of(entry_paper(incident, assessment))
    for group in incident.affected or ():
        assert (group.label or group.group) in text


def test_retention_comes_from_the_law_file() -> None:
    incident, assessment = _example("world-insurer.toml")
    rows = _cells(entry_paper(incident, assessment), "Laws under which this entry is kept")
    kept = {row[0].rpartition("(")[2].rstrip(")"): row[2] for row in rows}
    # Breach of Security Safeguards Regulations s 6(1): 24 months.
    assert kept["ca-pipeda-record@CA"].startswith("24 months")


def test_a_decision_not_to_notify_stands_in_the_register_with_its_reason() -> None:
    incident, assessment = _matter(
        judgements={"eu.gdpr.risk": {"value": "unlikely", "why": "sealed", "written": True}}
    )
    row = json.loads(register_export([(incident, assessment)], "json"))["entries"][0]
    assert any(x.startswith("eu-gdpr-lead-sa@DE: ") for x in row["not_notified"])
    assert row["decisions"] == ["eu.gdpr.risk = unlikely; sealed"]
    assert row["notices_owed"] == []


def test_disputed_events_are_told_as_disputed_and_get_no_date() -> None:
    incident, assessment = _matter(
        timeline={
            "aware": [{"at": "2026-11-20T10:00:00+01:00"}, {"at": "2026-11-21T10:00:00+01:00"}]
        }
    )
    row = json.loads(register_export([(incident, assessment)], "json"))["entries"][0]
    assert row["aware"] is None
    assert "in dispute: 2 views" in text_of(entry_paper(incident, assessment))


def test_a_late_notice_without_reasons_is_an_open_item_of_the_entry() -> None:
    incident, assessment = _matter()
    document = register_entry(incident, assessment)
    assert any("lead supervisory authority" in item for item in document.missing)


def test_a_refused_notice_stays_among_those_that_are_owed() -> None:
    refused = {"obligation": "eu-gdpr-lead-sa", "at": "2026-11-21T10:00:00+01:00", "how": "refused"}
    incident, assessment = _matter(filings=[refused])
    result = next(x for x in assessment.obligations if x.filed)
    (row,) = _rows(register_export([(incident, assessment)]))
    column = {"required": "Notices owed and not sent", "possible": "Notices not yet decided"}
    assert result.key in row[column[result.status]]


@pytest.mark.parametrize(
    "dangerous",
    ["=cmd|'/c calc'!A1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1+1"],
)
def test_no_cell_begins_like_a_formula(dangerous: str) -> None:
    incident, assessment = _matter()
    incident = incident.model_copy(
        update={
            "title": dangerous,
            "description": incident.description.model_copy(update={"nature": dangerous}),
        }
    )
    rows = _rows(register_export([(incident, assessment)]))
    assert rows[0]["Title"].startswith("'")
    assert rows[0]["What happened"].startswith("'")
    for value in rows[0].values():
        assert not value.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))


def test_csv_is_that_of_rfc_4180_and_survives_commas_quotes_and_lines() -> None:
    text = 'He said "no", twice;\nthen left'
    incident, assessment = _matter(description={"nature": text})
    content = register_export([(incident, assessment)])
    assert _rows(content)[0]["What happened"] == text
    header, _, rest = content.partition(b"\r\n")
    assert header.startswith(b'"Reference","Title",')
    assert rest.endswith(b'"\r\n')
    assert not content.startswith(b"\xef\xbb\xbf")
    assert register_export([(incident, assessment)], bom=True) == b"\xef\xbb\xbf" + content


def test_columns_cover_every_value_of_a_row() -> None:
    incident, assessment = _matter()
    row = json.loads(register_export([(incident, assessment)], "json"))["entries"][0]
    rows = _rows(register_export([(incident, assessment)]))
    assert len(rows[0]) == len(row)
    assert rows[0]["People, at least"] == "7"
    assert rows[0]["Aware"] == "2026-11-20T09:00:00+00:00"


def test_matters_stand_in_the_order_given() -> None:
    matters = [_example("retail-ransomware.yaml"), _example("bank-dora.yaml")]
    rows = _rows(register_export(matters))
    assert [row["Reference"] for row in rows] == ["EX-2026-001", "EX-2026-004"]


def test_the_printed_table_is_a_sound_pdf_and_holds_the_entries_as_data() -> None:
    names = sorted(p.name for p in Path("examples").iterdir() if p.is_file() and p.suffix != ".md")
    matters = [_example(name) for name in names]
    content = register_export(matters, "pdf")
    assert not check(content)
    with pikepdf.open(io.BytesIO(content)) as file:
        held = json.loads(file.attachments["register.json"].get_file().read_bytes())
    assert [x["reference"] for x in held["entries"]] == [x.reference for x, _ in matters]
    assert register_export(matters, "pdf") == content


def test_an_empty_register_is_a_register() -> None:
    assert not check(register_export([], "pdf"))
    assert _rows(register_export([])) == []


def test_each_entry_is_a_sound_pdf() -> None:
    incident, assessment = _example("world-insurer.toml")
    document = register_entry(incident, assessment)
    assert document.kind == "register"
    assert not check(document.files[".pdf"])
    assert json.loads(document.files[".json"])["schema"] == "regengine.register/1"


def test_an_unknown_form_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="csv"):
        register_export([], "cvs")


def test_markup_in_facts_stays_text() -> None:
    incident, assessment = _matter(title="<script>x</script>{{ 7*7 }}")
    html = register_entry(incident, assessment).files[".html"].decode()
    assert "<script>" not in html
    assert "&lt;script&gt;x&lt;/script&gt;{{ 7*7 }}" in html
