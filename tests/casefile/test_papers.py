"""Papers are made from the record and kept with it; what was sent can be read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Clock

from regengine import InputError, verify
from regengine.casefile import filings, papers, tasks
from regengine.casefile.case import Case

SA = "eu-gdpr-sa@IE"


def test_every_file_that_is_written_is_kept_with_its_hashes(case: Case, tmp_path: Path) -> None:
    made = papers.write(case, tmp_path / "out", only=[SA])
    assert verify(tmp_path / "out", case.incident()) == []
    told = made.entry.told
    assert told["law"] == made.assessment.law.model_dump()
    for held in made.entry.files:
        assert case.store.content(held.sha256) == (tmp_path / "out" / held.name).read_bytes()
    assert {x.name for x in made.entry.files} == {
        x.relative_to(tmp_path / "out").as_posix()
        for x in (tmp_path / "out").rglob("*")
        if x.is_file()
    }


def test_a_notice_that_follows_says_what_has_changed_since_the_one_that_was_sent(
    case: Case, clock: Clock, tmp_path: Path
) -> None:
    papers.write(case, tmp_path / "first", only=[SA])
    clock.move(hours=1)
    sent = filings.mark(case, SA, "sent")
    assert sent.entry.told["documents"] is not None
    case.set({"affected.customers.people.IE": 1200}, source="second count")
    papers.write(case, tmp_path / "second", only=[SA])
    assert (tmp_path / "second" / f"{SA}--supplement-1.pdf").exists()
    record = next(papers.records_of(case, case.entries[-1]))
    assert record.changes
    assert any("1,200" in line for change in record.changes for line in change.now)


def test_nothing_is_kept_where_nothing_can_be_written(case: Case, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        papers.write(case, tmp_path / "out", only=["eu-gdpr-nobody"])
    assert all(entry.kind != papers.DOCUMENTS for entry in case.entries)


def test_a_draft_that_was_never_sent_is_not_what_was_sent(case: Case, tmp_path: Path) -> None:
    papers.write(case, tmp_path / "first", only=[SA])
    assert filings.drafted(case, SA) == case.entries[-1]
    assert papers.records_as_sent(case) == {}
    filings.mark(case, SA, "sent")
    assert list(papers.records_as_sent(case)) == [SA]
    filings.mark(case, SA, "withdrawn")
    assert papers.records_as_sent(case) == {}


def test_counsels_own_papers_are_kept_apart_from_what_may_be_shown(
    case: Case, tmp_path: Path
) -> None:
    tasks.add(case, "Ask counsel whether to pay", "legal", track="advice")
    made = papers.write(case, tmp_path / "out")
    private, shown = case.entries[-2:]
    assert shown == made.entry
    assert (private.track, shown.track) == ("advice", "facts")
    kinds = {row["kind"] for row in private.told["documents"]}
    assert kinds == {"checklist", "brief", "memo"}
    assert kinds.isdisjoint(row["kind"] for row in shown.told["documents"])
    names = {x.name for x in private.files} | {x.name for x in shown.files}
    assert names == made.dossier.files.keys()
    assert "index.html" in {x.name for x in private.files}
    for held in shown.files:
        assert b"whether to pay" not in case.store.content(held.sha256)
