"""Papers that rest on the record of a matter: they name its entry and the head of its chain."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pikepdf
import pypdf

import regengine
from regengine.assessment import Assessment
from regengine.documents import checklist
from regengine.documents.conformance import check
from regengine.documents.dossier import build, file
from regengine.documents.provenance import OnRecord, recorded
from regengine.documents.receipt import read_receipt, verify
from regengine.facts import Incident

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
RECORD = OnRecord("EX-1", 105, "3fa9c2d1" * 8)
KEYS = ("us-ca-residents@US-CA", "us-ma-ag@US-MA")


@cache
def matter() -> tuple[Incident, Assessment]:
    incident = regengine.load_incident("examples/lost-laptop.yaml")
    return incident, regengine.assess(incident, now=NOW)


def said(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def enclosed(content: bytes) -> object:
    with pikepdf.open(io.BytesIO(content)) as opened:
        held = opened.attachments["provenance.json"].get_file().read_bytes()
    return json.loads(held).get("record")


def test_counsels_papers_print_the_head_and_filings_only_enclose_it() -> None:
    made = build(*matter(), KEYS, all_=True, whole=True, record=RECORD)
    assert recorded() is None
    for paper in made.documents:
        content = paper.files[".pdf"]
        assert enclosed(content) == RECORD._asdict()
        leaves = paper.kind in ("filing", "letter")
        assert (RECORD.line in said(content)) is not leaves, paper.name
        assert check(content) == [], paper.name
    receipt = json.loads(made.files["receipt.json"])
    assert receipt["record"] == RECORD._asdict()


def test_without_a_record_no_paper_and_no_receipt_speaks_of_one() -> None:
    made = build(*matter(), KEYS, all_=True, whole=True)
    assert all(enclosed(paper.files[".pdf"]) is None for paper in made.documents)
    assert b'record"' not in made.files["receipt.json"]
    assert b"data-record" not in made.files["html/checklist.html"]


def test_papers_of_a_record_are_made_anew_with_the_same_bytes(tmp_path: Path) -> None:
    file(*matter(), tmp_path / "out", KEYS, all_=True, record=RECORD)
    assert verify(tmp_path / "out", matter()[0]) == []
    found = read_receipt(tmp_path / "out").record
    assert found is not None
    assert found.model_dump() == RECORD._asdict()


def test_a_receipt_whose_record_was_changed_disagrees_with_its_papers(tmp_path: Path) -> None:
    file(*matter(), tmp_path / "out", KEYS, all_=True, record=RECORD)
    path = tmp_path / "out" / "receipt.json"
    path.write_text(path.read_text().replace('"entry": 105', '"entry": 106'))
    found = verify(tmp_path / "out")
    assert {one.about for one in found} == {"provenance"}
    assert all("another record" in one.message for one in found)


def test_processes_beside_this_one_enclose_the_record_too() -> None:
    incident, assessment = matter()
    made = build(incident, assessment, all_=True, whole=False, record=RECORD, workers=2)
    papers = [paper for paper in made.documents if ".pdf" in paper.files]
    assert len(papers) > 6
    assert all(enclosed(paper.files[".pdf"]) == RECORD._asdict() for paper in papers)


def test_the_checklist_alone_prints_its_record(tmp_path: Path) -> None:
    path = checklist(*matter(), tmp_path / "list.pdf", record=RECORD)
    assert RECORD.line in said(path.read_bytes())
    with_head = RECORD._replace(head="0" * 64)
    assert with_head.line not in said(path.read_bytes())
