"""The receipt: what it lists, what its check sees, and that all can be made anew."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import regengine
from regengine.assess import open_corpus
from regengine.assessment import Assessment
from regengine.documents import dossier, fonts
from regengine.documents.document import Document
from regengine.documents.ics import calendar_bytes
from regengine.documents.receipt import read_receipt, receipt, verify
from regengine.documents.records import earlier
from regengine.errors import InputError
from regengine.facts import Filing, Incident, Moment

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KEYS = ("us-ca-residents@US-CA", "us-ma-ag@US-MA")


@cache
def matter() -> tuple[Incident, Assessment]:
    incident = regengine.load_incident("examples/lost-laptop.yaml")
    return incident, regengine.assess(incident, now=NOW)


def documents_in(written: Sequence[dossier.Written]) -> list[Document]:
    made = []
    for one in written:
        stem = one.path.name.removesuffix(".pdf")
        files = {".pdf": one.path.read_bytes()}
        if one.docx is not None:
            files[".docx"] = one.docx.read_bytes()
        made.append(
            Document(
                stem, one.kind, stem, one.keys, files, "", one.pages, one.to_follow, one.template
            )
        )
    return made


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two notices, the assessment, a calendar and their receipt."""
    beside = tmp_path_factory.mktemp("papers")
    folder = beside / "out"
    folder.mkdir()
    incident, assessment = matter()
    written = dossier.file(incident, assessment, beside / "notices", KEYS, all_=True)
    made = documents_in(written)
    files = {one.name + ending: content for one in made for ending, content in one.files.items()}
    others = {
        "assessment.json": assessment.to_json().encode(),
        "deadlines.ics": calendar_bytes(assessment),
    }
    files["receipt.json"] = receipt(incident, assessment, made, others)
    for name, content in {**files, **others}.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clean, tmp_path / "out"))


def letter(folder: Path) -> Path:
    return folder / "letter-01--US-CA--members--en.pdf"


def told(folder: Path, **more: object) -> list[tuple[str, str]]:
    return [(x.about, x.file) for x in verify(folder, **more)]  # type: ignore[arg-type]


def edit(folder: Path, **values: object) -> None:
    path = folder / "receipt.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_folder_as_it_was_made_agrees_with_its_receipt(folder: Path) -> None:
    assert verify(folder) == []


def test_the_receipt_lists_every_file_with_its_hash_length_and_what_it_serves(
    folder: Path,
) -> None:
    found = read_receipt(folder)
    listed = {row.file for row in found.listed()}
    assert listed | {"receipt.json"} == {x.name for x in folder.iterdir()}
    assert letter(folder).stat().st_size in {row.bytes_ for row in found.listed()}
    assert {key for paper in found.documents for key in paper.keys} == set(KEYS)
    assert {paper.kind for paper in found.documents} == {"letter", "filing"}
    assert found.now == NOW
    assert found.law == matter()[1].law
    assert found.fonts == fonts.hashes()
    assert found.libraries["weasyprint"] in found.renderer


def test_a_receipt_tells_no_fact_but_the_reference(folder: Path) -> None:
    incident, _ = matter()
    text = (folder / "receipt.json").read_text()
    assert incident.reference in text
    assert incident.organisation.name is not None
    assert incident.organisation.name not in text


def test_the_same_documents_give_the_same_receipt() -> None:
    incident, assessment = matter()
    one = Document("a", "memo", "A", (), {".txt": b"text"}, "text")
    assert receipt(incident, assessment, [one]) == receipt(incident, assessment, [one])


def test_two_files_of_one_name_are_refused() -> None:
    incident, assessment = matter()
    one = Document("a", "memo", "A", (), {".txt": b"text"}, "text")
    with pytest.raises(ValueError, match=r'two files are called "A\.txt"'):
        receipt(incident, assessment, [one], {"A.txt": b""})
    with pytest.raises(ValueError, match=r'two files are called "receipt\.json"'):
        receipt(incident, assessment, [], {"receipt.json": b""})


def _remove(folder: Path) -> None:
    letter(folder).unlink()


def _become_folder(folder: Path) -> None:
    letter(folder).unlink()
    letter(folder).mkdir()


def _spoil(folder: Path) -> None:
    content = bytearray(letter(folder).read_bytes())
    content[200] ^= 1
    letter(folder).write_bytes(content)


def _cut(folder: Path) -> None:
    letter(folder).write_bytes(letter(folder).read_bytes()[:-1])


def _append(folder: Path) -> None:
    letter(folder).write_bytes(letter(folder).read_bytes() + b"\n%%EOF\n")


def _edit_word(folder: Path) -> None:
    path = letter(folder).with_suffix(".docx")
    path.write_bytes(path.read_bytes() + b" ")


def _add(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "other.pdf").write_bytes(b"")


def _swap(folder: Path) -> None:
    one, two = letter(folder), folder / "deadlines.ics"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_remove, [("missing", "letter-01--US-CA--members--en.pdf")]),
        (_become_folder, [("missing", "letter-01--US-CA--members--en.pdf")]),
        (_spoil, [("changed", "letter-01--US-CA--members--en.pdf")]),
        (_cut, [("changed", "letter-01--US-CA--members--en.pdf")]),
        (_append, [("signature", "letter-01--US-CA--members--en.pdf")]),
        (_edit_word, [("changed", "letter-01--US-CA--members--en.docx")]),
        (_add, [("unlisted", "sub/other.pdf")]),
        (_swap, [("changed", "letter-01--US-CA--members--en.pdf"), ("changed", "deadlines.ics")]),
    ],
)
def test_each_change_of_a_file_is_told_by_its_name(
    folder: Path, change: Callable[[Path], None], expected: list[tuple[str, str]]
) -> None:
    change(folder)
    assert told(folder) == expected


def test_a_link_that_is_not_listed_is_told(folder: Path) -> None:
    (folder / "more").symlink_to(folder.parent)
    assert told(folder) == [("unlisted", "more")]


@settings(max_examples=25, deadline=None)
@given(part=st.floats(0, 0.999), flip=st.integers(1, 255))
def test_no_changed_byte_of_any_file_stays_unseen(clean: Path, part: float, flip: int) -> None:
    names = sorted(row.file for row in read_receipt(clean).listed())
    name = names[int(part * 1000) % len(names)]
    path = clean / name
    before = path.read_bytes()
    place = int(part * len(before))
    path.write_bytes(before[:place] + bytes([before[place] ^ flip]) + before[place + 1 :])
    try:
        assert ("changed", name) in told(clean)
    finally:
        path.write_bytes(before)


def test_a_signed_notice_still_agrees_and_a_painted_one_does_not(
    folder: Path, tmp_path: Path
) -> None:
    from test_signing import SECRET, _narrow, _updated, key_file  # noqa: PLC0415

    from regengine.documents.signing import sign  # noqa: PLC0415

    key = key_file(tmp_path)
    plain = letter(folder).read_bytes()
    letter(folder).write_bytes(sign(plain, key, SECRET, when=NOW))
    assert verify(folder) == []
    letter(folder).write_bytes(sign(_updated(_narrow, plain), key, SECRET, when=NOW))
    assert told(folder) == [("signature", "letter-01--US-CA--members--en.pdf")]


def test_a_signature_that_cannot_be_looked_at_is_not_taken_for_granted(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from test_signing import SECRET, key_file  # noqa: PLC0415

    from regengine import documents  # noqa: PLC0415
    from regengine.documents.signing import sign  # noqa: PLC0415

    signed = sign(letter(folder).read_bytes(), key_file(tmp_path), SECRET, when=NOW)
    letter(folder).write_bytes(signed)
    monkeypatch.delattr(documents, "signing")
    monkeypatch.setitem(sys.modules, "regengine.documents.signing", None)
    (found,) = verify(folder)
    assert found.about == "signature"
    assert "regengine[sign]" in found.message


def test_a_receipt_of_other_facts_does_not_pass_for_these_papers(folder: Path) -> None:
    edit(folder, incident_sha256="0" * 64)
    papers = {(about, name) for about, name in told(folder)}
    assert ("provenance", "letter-01--US-CA--members--en.pdf") in papers
    assert {about for about, _ in papers} == {"provenance"}


def test_a_receipt_that_gives_a_paper_to_another_duty_is_told(folder: Path) -> None:
    found = json.loads((folder / "receipt.json").read_text())
    for paper in found["documents"]:
        paper["keys"] = ["us-xx@US-XX"]
    edit(folder, documents=found["documents"])
    assert {about for about, _ in told(folder)} == {"provenance"}


def test_an_assessment_that_is_not_the_papers_own_is_told(folder: Path) -> None:
    edit(folder, assessment_sha256="0" * 64)
    assert told(folder) == [("assessment", "assessment.json")]


# -- receipts that are none ------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../out.pdf", "/etc/passwd", "a/../../b", "", "a//b", "c:\\x", "a\\b", ".", "a\nb"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(folder: Path, name: str) -> None:
    edit(folder, files=[{"file": name, "sha256": "0" * 64, "bytes": 1}])
    with pytest.raises(InputError, match=r"files.0.file: .*no name of a file inside the folder"):
        verify(folder)


def test_what_is_no_receipt_is_one_line_for_each_fault(folder: Path) -> None:
    edit(folder, schema="regengine.receipt/9", engine=7, more=1)
    with pytest.raises(InputError) as caught:
        verify(folder)
    places = [fault.place for fault in caught.value.faults]
    assert places == ["schema", "engine", "more"]
    (folder / "receipt.json").write_text("[" * 9999)
    with pytest.raises(InputError, match=r"receipt.json"):
        verify(folder)
    (folder / "receipt.json").unlink()
    with pytest.raises(InputError, match="cannot be read: no such file or directory"):
        verify(folder)


def test_a_receipt_that_lists_a_file_twice_is_refused(folder: Path) -> None:
    row = {"file": "a.txt", "sha256": "0" * 64, "bytes": 1}
    edit(folder, files=[row, row])
    with pytest.raises(InputError, match=r'two files are called "a\.txt"'):
        verify(folder)


# -- made anew --------------------------------------------------------------------------


def whole(incident: Incident, assessment: Assessment, keys: Sequence[str]) -> Mapping[str, bytes]:
    """Make all that the receipt lists, as a program that writes more than filings would."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415

    with TemporaryDirectory() as beside:
        root = Path(beside) / "x"
        dossier.file(incident, assessment, root, keys, all_=True)
        made = {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()}
    made["assessment.json"] = assessment.to_json().encode()
    made["deadlines.ics"] = calendar_bytes(assessment)
    return made


def test_everything_made_anew_has_the_same_bytes(folder: Path) -> None:
    assert verify(folder, matter()[0], anew=whole) == []


def test_contradictions_beside_chosen_notices_are_made_anew_as_they_were(tmp_path: Path) -> None:
    incident = matter()[0]
    said = incident.description.model_copy(update={"nature": "It happened on 1 January 2020."})
    wrong = incident.model_copy(update={"description": said})
    found = regengine.assess(wrong, now=NOW)
    written = dossier.file(wrong, found, tmp_path / "x", KEYS[1:], all_=True)
    assert "contradictions" in [one.key for one in written]
    assert verify(tmp_path / "x", wrong) == []


def test_a_supplement_is_made_anew_against_the_notice_that_it_follows(tmp_path: Path) -> None:
    incident, assessment = matter()
    dossier.file(incident, assessment, tmp_path / "first", KEYS[1:], all_=True)
    said = incident.description.model_copy(update={"cause": "The car was not locked."})
    sent = Filing(obligation=KEYS[1], at=Moment.of(NOW))
    later = incident.model_copy(update={"description": said, "filings": (sent,)})
    before = earlier(tmp_path / "first")
    found = regengine.assess(later, now=NOW)
    dossier.file(later, found, tmp_path / "second", KEYS[1:], all_=True, since=before)
    assert verify(tmp_path / "second", later, since=before) == []
    assert "file" in [one.about for one in verify(tmp_path / "second", later)]


def test_no_notice_is_compared_with_those_of_another_matter(tmp_path: Path) -> None:
    incident, assessment = matter()
    dossier.file(incident, assessment, tmp_path / "first", KEYS[1:], all_=True)
    assert set(earlier(tmp_path / "first", incident.reference)) == set(KEYS[1:])
    with pytest.raises(InputError, match='not of "OTHER-1"'):
        earlier(tmp_path / "first", "OTHER-1")


def test_what_is_not_made_anew_is_told(folder: Path) -> None:
    assert told(folder, incident=matter()[0]) == [
        ("file", "assessment.json"),
        ("file", "deadlines.ics"),
    ]


def test_other_facts_are_the_cause_that_is_told(folder: Path) -> None:
    other = matter()[0].model_copy(update={"title": "Another"})
    assert told(folder, incident=other) == [("facts", "")]


def test_another_law_and_another_engine_are_the_cause(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    other = replace(open_corpus(), sha256="0" * 64)
    assert told(folder, incident=matter()[0], corpus=other) == [("law", "")]
    monkeypatch.setattr("regengine.documents.receipt.VERSION", "9.9.9")
    assert told(folder, incident=matter()[0]) == [("engine", "")]


def test_rules_that_cannot_run_here_are_told_and_not_taken_for_another_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regengine.documents.receipt.durable_available", lambda: False)
    edit(folder, inference="durable")
    (found,) = verify(folder, matter()[0])
    assert found.about == "engine"
    assert "durable-rules" in found.message


def test_a_forged_receipt_does_not_survive_being_made_anew(folder: Path) -> None:
    """Whoever changes a paper and its hash is seen once the papers are made again."""
    from regengine.documents.provenance import sha256  # noqa: PLC0415

    path = folder / "deadlines.ics"
    path.write_bytes(path.read_bytes().replace(b"2026", b"2027"))
    found = json.loads((folder / "receipt.json").read_text())
    row = next(x for x in found["files"] if x["file"] == path.name)
    row["sha256"] = sha256(path.read_bytes())
    edit(folder, files=found["files"])
    assert verify(folder) == []
    assert told(folder, incident=matter()[0], anew=whole) == [("file", "deadlines.ics")]


def test_another_layout_is_told_by_its_part(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_receipt(folder)
    edit(
        folder,
        templates_sha256="0" * 64,
        libraries={**read.libraries, "weasyprint": "1.0"},
        fonts={**read.fonts, "NotoSans-Bold.ttf": "0" * 64},
    )
    assert told(folder, incident=matter()[0], anew=whole) == [
        ("templates", ""),
        ("renderer", ""),
        ("fonts", ""),
    ]
    monkeypatch.setattr(fonts, "_installed", dict)
    found = [x for x in verify(folder, matter()[0], anew=lambda *_: {}) if x.about == "fonts"]
    assert "is not installed" in found[0].message


def test_an_assessment_that_comes_out_otherwise_is_told(folder: Path) -> None:
    edit(folder, assessment_sha256="0" * 64)
    assert told(folder, incident=matter()[0]) == [
        ("assessment", "assessment.json"),
        ("assessment", ""),
    ]


def test_nothing_is_written_while_checking(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    verify(folder, matter()[0], anew=whole)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
