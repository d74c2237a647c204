"""Papers for a word processor: sound inside, laid out by styles, and read back by a program."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

import regengine
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.edits import read_fields, read_text
from regengine.documents.letterhead import page_names
from regengine.documents.paper import Block, Change, Choice, Entry, Paper, Section, gap
from regengine.documents.templates import TemplateShape, american, route, template_at
from regengine.documents.word import Grid, Lines, Part, Text, form, letter, notice, text
from regengine.errors import InputError

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
NAMES: dict[str, Any] = {
    "lang": "en",
    "title": "Notification, Office, EX-1",
    "layout": "form",
    "reference": "EX-1",
    "engine": "0.1.0",
    "law_version": "2026.11.23",
    "sender": {"name": "Example DAC", "lines": ["1 Quay", "Ireland"]},
    "to": ["Data Protection Commission", "Dublin"],
    "date": "21 November 2026",
    "meta": [("Portal", "https://authority.example/")],
    "draft": ["Two items to follow."],
    "signatory": "Cormac Walsh, Chief Executive Officer",
}
REAL = (
    ("examples/retail-ransomware.yaml", "eu-gdpr-lead-sa@IE"),
    ("examples/lost-laptop.yaml", "us-ca-residents@US-CA"),
    ("examples/lost-laptop.yaml", "us-ma-ag@US-MA"),
)


@cache
def real(path: str, key: str) -> tuple[dict[str, Any], Paper, bool]:
    incident = regengine.load_incident(path)
    assessment = regengine.assess(incident, now=NOW)
    result = assessment.result(key)
    matter = Matter(incident, result, assessment, american(result))
    paper = compose(template_at(route(result)), matter)
    return page_names(matter, assessment, paper), paper, matter.american


@cache
def written(path: str, key: str) -> bytes:
    names, paper, us = real(path, key)
    return notice(names, paper, when=NOW, american=us)


def shape(layout: str = "form", **more: Any) -> TemplateShape:
    section = [{"title": "A", "field": [{"key": "k", "label": "L"}]}]
    return TemplateShape.model_validate(
        {"id": "xx", "layout": layout, "title": "T", "subject": "S", "section": section, **more}
    )


def entry(key: str = "nature", *lines: str, state: str = "known", **more: Any) -> Entry:
    return Entry(key, f"Label of {key}", lines, state, field=f"xx.{key}", **more)  # type: ignore[arg-type]


def paper(*entries: Entry, **more: Any) -> Paper:
    values: dict[str, Any] = {
        "template": shape(),
        "title": "Notification",
        "subject": "A breach",
        "intro": ("We notify you.",),
        "closing": ("We remain at your disposal.",),
        "sections": (Section("The incident", entries, ()),),
        "to_follow": (),
    }
    return Paper(**{**values, **more})


def made(*entries: Entry, **more: Any) -> bytes:
    return form(NAMES, paper(*entries, **more), when=NOW, american=False)


def post(*blocks: Block, **more: Any) -> bytes:
    given_ = paper(
        template=shape("letter"), sections=(Section("What happened", (), blocks),), **more
    )
    return letter({**NAMES, "to": ["«Name»", "«Address»"]}, given_, when=NOW, american=True)


def part(content: bytes, name: str = "word/document.xml") -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ET.fromstring(archive.read(name))  # noqa: S314  # reason: our own file


def changed(content: bytes, change: Callable[[str], str]) -> bytes:
    """Edit the body as a word processor would."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            read = old.read(name)
            new.writestr(
                name, change(read.decode()).encode() if name == "word/document.xml" else read
            )
    return out.getvalue()


def styles_used(content: bytes) -> set[str]:
    body = part(content)
    marks = ("pStyle", "rStyle", "tblStyle")
    return {x.get(f"{W}val", "") for mark in marks for x in body.iter(f"{W}{mark}")}


def style_of(content: bytes, said: str) -> str:
    for each in part(content).iter(f"{W}p"):
        if "".join(x.text or "" for x in each.iter(f"{W}t")) == said:
            found = each.find(f"{W}pPr/{W}pStyle")
            return found.get(f"{W}val", "") if found is not None else ""
    raise AssertionError(said)


# -- what is inside ---------------------------------------------------------------------


@pytest.mark.parametrize(("path", "key"), REAL)
def test_every_part_is_sound_and_another_library_opens_it(path: str, key: str) -> None:
    content = written(path, key)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314  # reason: our own file
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 21, 9, 0, 0)}
    names, made_, _ = real(path, key)
    opened = Document(io.BytesIO(content))
    assert opened.core_properties.title == names["title"]
    assert opened.core_properties.created == NOW
    assert made_.title in [x.text for x in opened.paragraphs if x.style.name == "Heading 1"]


@pytest.mark.parametrize(("path", "key"), REAL)
def test_layout_stands_in_styles_and_every_style_exists(path: str, key: str) -> None:
    content = written(path, key)
    known = {x.get(f"{W}styleId") for x in part(content, "word/styles.xml").iter(f"{W}style")}
    assert styles_used(content) <= known
    for properties in part(content).iter(f"{W}rPr"):
        assert {x.tag for x in properties} <= {f"{W}rStyle", f"{W}rtl"}


_ORDERS = {
    "pPr": ["pStyle", "keepNext", "bidi"],
    "sdtPr": ["alias", "tag", "id", "lock", "showingPlcHdr", "checkbox"],
    "tblPr": ["tblStyle", "tblW", "tblLayout", "tblLook", "tblCaption"],
    "tcPr": ["tcW"],
    "trPr": ["cantSplit", "tblHeader"],
    "rPr": ["rStyle", "rtl"],
    "sectPr": ["headerReference", "footerReference", "pgSz", "pgMar", "cols", "titlePg"],
}


@pytest.mark.parametrize(("path", "key"), REAL)
def test_elements_stand_in_the_order_that_the_schema_asks_for(path: str, key: str) -> None:
    seen = set()
    for node in part(written(path, key)).iter():
        order = _ORDERS.get(node.tag.removeprefix(W))
        if order is not None:
            found = [order.index(x.tag.partition("}")[2]) for x in node]
            assert found == sorted(found)
            seen.add(node.tag.removeprefix(W))
    assert "sectPr" in seen
    cells = list(part(written(path, key)).iter(f"{W}tc"))
    assert all(cell[-1].tag == f"{W}p" for cell in cells)


@pytest.mark.parametrize(("path", "key"), REAL)
def test_numbers_of_controls_are_their_own(path: str, key: str) -> None:
    found = [x.get(f"{W}val") for x in part(written(path, key)).iter(f"{W}id")]
    assert len(found) == len(set(found)) > 0


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert made(entry("a", "one")) == made(entry("a", "one"))
    assert made(entry("a", "one")) != made(entry("a", "two"))


@pytest.mark.parametrize(
    ("lang", "us", "found"),
    [("en", False, "en-GB"), ("en", True, "en-US"), ("de", True, "de-DE"), ("ja", False, "ja")],
)
def test_the_language_is_set_for_the_spelling_checker(lang: str, us: bool, found: str) -> None:
    content = form({**NAMES, "lang": lang}, paper(entry("a", "x")), when=NOW, american=us)
    (set_,) = part(content, "word/styles.xml").iter(f"{W}lang")
    assert set_.get(f"{W}val") == found
    assert Document(io.BytesIO(content)).core_properties.language == found


@pytest.mark.parametrize(("us", "width"), [(False, 11906), (True, 12240)])
def test_tables_are_as_wide_as_the_text_of_the_sheet(us: bool, width: int) -> None:
    content = form(NAMES, paper(entry("a", "x")), when=NOW, american=us)
    (sheet,) = part(content).iter(f"{W}pgSz")
    (margin,) = part(content).iter(f"{W}pgMar")
    assert int(sheet.get(f"{W}w", "")) == width
    room = width - int(margin.get(f"{W}left", "")) - int(margin.get(f"{W}right", ""))
    assert sum(int(x.get(f"{W}w", "")) for x in part(content).iter(f"{W}gridCol")) == room


def test_pages_are_numbered_and_bear_the_reference() -> None:
    content = made(entry("a", "x"))
    fields = [x.text for x in part(content, "word/footer1.xml").iter(f"{W}instrText")]
    assert fields == [" PAGE ", " NUMPAGES "]
    footer = "".join(x.text or "" for x in part(content, "word/footer1.xml").iter(f"{W}t"))
    assert footer == "Ref. EX-1Prepared with regengine 0.1.0, law 2026.11.23Page 1 of 1"
    header = "".join(x.text or "" for x in part(content, "word/header1.xml").iter(f"{W}t"))
    assert header == "Example DACRef. EX-1"
    kinds = [x.get(f"{W}type") for x in part(content).iter(f"{W}headerReference")]
    assert kinds == ["default"]  # the first page has its letterhead


# -- forms ------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "key"), REAL)
def test_every_field_of_a_real_paper_is_read_back(path: str, key: str) -> None:
    _, made_, _ = real(path, key)
    read = read_fields(written(path, key))
    assert {x.field or x.key for x in made_.entries} <= set(read)
    for one in made_.entries:
        said = [x for line in one.lines if "\ue000" not in line for x in line.split("\n")]
        assert set(said) <= set(read[one.field or one.key].split("\n"))
        if not one.lines:
            assert read[one.field or one.key] == ""


def test_a_field_says_its_number_label_ground_and_limit() -> None:
    content = made(entry("a", "x", basis="art 33(3)", limit=400, local="Beschreibung"))
    said = read_text(content).split("\n")
    assert said[said.index("1.1 Label of a") :][:5] == [
        "1.1 Label of a",
        "Beschreibung",
        "art 33(3)",
        "At most 400 characters",
        "x",
    ]
    mirrored = made(sections=(Section("2.1 Controller", (entry("a", "x"),), ()),))
    assert "2.1 Controller" in read_text(mirrored).split("\n")
    assert "Label of a" in read_text(mirrored).split("\n")


def test_each_state_of_a_field_has_its_own_look_and_reads_as_empty() -> None:
    content = made(
        entry("a", state="to_follow"),
        entry("b", state="not_applicable"),
        entry("c", state="blank"),
        entry("d", "known"),
        entry("e", "half", state="to_follow"),
    )
    assert style_of(content, "Not known at this time; to follow.") == "FieldToFollow"
    assert style_of(content, "Not applicable.") == "NotApplicable"
    assert style_of(content, "Left blank: not required.") == "NotApplicable"
    assert style_of(content, "known") == "FieldValue"
    assert style_of(content, "Not yet complete; to follow.") == "FieldToFollow"
    assert read_fields(content) == {
        "xx.a": "",
        "xx.b": "",
        "xx.c": "",
        "xx.d": "known",
        "xx.e": "half",
    }


def test_head_rows_are_repeated_and_short_rows_are_not_broken() -> None:
    content = made(entry("a", "x"), entry("b", "word " * 200))
    (table,) = part(content).iter(f"{W}tbl")
    rows = list(table.iter(f"{W}tr"))
    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
    assert [row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows] == [True, True, False]
    (look,) = table.iter(f"{W}tblLook")
    assert (look.get(f"{W}firstRow"), look.get(f"{W}firstColumn")) == ("1", "1")


def test_options_are_boxes_and_the_ticked_ones_are_read() -> None:
    choices = (Choice("Yes", True), Choice("No", False), Choice("Partly", None))
    content = made(entry("a", "Yes", "by hand", kind="choice", choices=choices))
    assert read_fields(content) == {"xx.a": "by hand\nYes"}
    assert "☐ Partly (still open)" in _shown(content)
    assert "☒ Yes" in _shown(content)

    def tick(body: str) -> str:
        first, *rest = body.split('<w14:checked w14:val="0"/>')
        return first + '<w14:checked w14:val="1"/>' + '<w14:checked w14:val="0"/>'.join(rest)

    assert read_fields(changed(content, tick)) == {"xx.a": "by hand\nYes\nNo"}


def _shown(content: bytes) -> list[str]:
    return ["".join(x.text or "" for x in p.iter(f"{W}t")) for p in part(content).iter(f"{W}p")]


def test_what_has_changed_since_the_notice_before_stands_in_a_table() -> None:
    change = Change("Number of people", ("100",), ("140", "of whom 3 children"))
    said = read_text(made(entry("a", "x"), changes=(change,)))
    assert "Changes since the notice before\nItem\nBefore\nNow\nNumber of people\n100\n140" in said
    assert "has changed since" in read_text(made(entry("a", "x"), changes=()))
    assert "hanged since" not in read_text(made(entry("a", "x")))


def test_a_form_without_a_signature_has_no_line_for_one() -> None:
    unsigned = made(entry("a", "x"), template=shape(signature=False))
    assert "SignatureLine" in styles_used(made(entry("a", "x")))
    assert "SignatureLine" not in styles_used(unsigned)
    unnamed = form({**NAMES, "signatory": None}, paper(entry("a", "x")), when=NOW, american=False)
    assert "[to follow: the signatory]" in read_text(unnamed)


# -- letters ----------------------------------------------------------------------------


def test_a_letter_can_be_merged_with_names_and_addresses() -> None:
    content = post(Block(("Text.",), bullets=False), intro=("Dear «Name»,",))
    fields = [x.text for x in part(content).iter(f"{W}instrText")]
    assert fields == [" MERGEFIELD Name ", " MERGEFIELD Address ", " MERGEFIELD Name "]
    assert read_fields(content)["intro"] == "Dear «Name»,"


def test_the_frame_of_a_letter_to_people_is_in_their_language() -> None:
    words = {"date": "Datum", "reference": "Unser Zeichen", "colon": ":", "page": "Seite"}
    names = {**NAMES, "to": ["«Name»"], "words": {**words, "of": "von"}, "lang": "de"}
    content = letter(names, paper(template=shape("letter")), when=NOW, american=False)
    footer = "".join(x.text or "" for x in part(content, "word/footer1.xml").iter(f"{W}t"))
    assert footer == "Unser Zeichen: EX-1Seite 1 von 1"
    body = [x.text for x in part(content).iter(f"{W}t")]
    assert any(x.startswith("Datum ") for x in body if x)
    assert "Unser Zeichen EX-1" in body
    assert not any("Our reference" in x or x.startswith("Date ") for x in body if x)


def test_each_paragraph_of_a_letter_can_be_read_back() -> None:
    content = post(
        Block(("One.", "Two."), bullets=False), Block(("a", f"b {gap('the date')}"), bullets=True)
    )
    read = read_fields(content)
    assert read["what_happened.1"] == "One.\nTwo."
    assert read["what_happened.2"] == "a\nb [to follow: the date]"
    assert read["closing"] == "We remain at your disposal."
    assert style_of(content, "a") == "ListBullet"
    assert "ToFollow" in styles_used(content)


def test_a_line_that_leads_to_a_list_stays_with_it() -> None:
    content = post(Block(("As follows:",), bullets=False), Block(("a",), bullets=True))
    kept = [
        "".join(x.text or "" for x in p.iter(f"{W}t"))
        for p in part(content).iter(f"{W}p")
        if p.find(f"{W}pPr/{W}keepNext") is not None
    ]
    assert "As follows:" in kept
    assert "a" not in kept


def test_the_massachusetts_letter_tells_no_nature_in_any_control() -> None:
    path = "examples/lost-laptop.yaml"
    incident = regengine.load_incident(path)
    said = read_text(written(path, "us-ma-residents@US-MA"))
    assert incident.description.nature is not None
    assert incident.description.nature not in said
    assert "Dana Whitfield" in said


# -- other texts ------------------------------------------------------------------------


def test_a_memo_holds_paragraphs_lists_boxes_and_tables() -> None:
    memo = Text(
        "Memo",
        (
            Part("Facts", (Lines(("One.",), key="facts"), Lines(("a", "b"), "bullets"))),
            Part("Steps", (Lines(("Call the bank",), "boxes", key="steps"),), 3),
            Part("", (Grid(("Who", "When"), (("Máire", "1\n2"), ("Seán", ""))),)),
        ),
        subject="No notice",
        sender="Example DAC",
        reference="EX-1",
        draft=("Not signed.",),
        engine="0.1.0",
    )
    content = text(memo, when=NOW)
    assert read_fields(content) == {"facts": "One.", "steps": ""}
    assert _shown(content)[:5] == ["Memo", "No notice", "DRAFT – Not signed.", "Facts", "One."]  # noqa: RUF001
    assert style_of(content, "Steps") == "Heading3"
    assert "☐ Call the bank" in _shown(content)
    (table,) = Document(io.BytesIO(content)).tables
    assert [[x.text for x in row.cells] for row in table.rows] == [
        ["Who", "When"],
        ["Máire", "1\n2"],
        ["Seán", ""],
    ]


def test_a_table_takes_the_widths_that_it_is_given() -> None:
    grid = Grid(("a", "b"), (("1", "2"),), (75, 25))
    content = text(Text("T", (Part("P", (grid,)),)), when=NOW)
    first, second = (int(x.get(f"{W}w", "")) for x in part(content).iter(f"{W}gridCol"))
    assert abs(first - 3 * second) <= 3


# -- what users may write ---------------------------------------------------------------

HOSTILE = (
    "</w:t></w:r><w:r><w:instrText>INCLUDETEXT /etc/passwd</w:instrText></w:r>",
    "{{ 7 * 7 }} {% raw %}",
    "]]> & <!-- &#x0; \" '",
    "\x00\x07\x1b[2J\ud800",
    "مرحبا بالعالم",
    "W" * 5000,
    "line\nline\ttab",
)


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_gets_out_of_its_field(said: str) -> None:
    plain = made(entry("a", "x"))
    content = made(entry("a", said, basis=said, local=said), title=said, subject=said)
    named = form(
        {**NAMES, "title": said, "reference": said, "sender": {"name": said, "lines": [said]}},
        paper(entry("a", said)),
        when=NOW,
        american=False,
    )
    for each in (content, named):
        Document(io.BytesIO(each))
        assert len(list(part(each).iter(f"{W}sdt"))) == len(list(part(plain).iter(f"{W}sdt")))
        assert not list(part(each).iter(f"{W}instrText"))
    kept = "".join(x for x in said if x in "\n\t" or (x.isprintable() and x != "\ud800"))
    assert read_fields(content)["xx.a"] == kept.strip()


@settings(max_examples=60, deadline=None)
@given(said=st.text(min_size=1, max_size=120))
def test_any_text_is_read_back_as_it_was_written(said: str) -> None:
    content = made(entry("a", said))
    kept = "".join(x for x in said if x in "\n\t" or not re.match(r"[\x00-\x1f\x7f-\x9f]", x))
    expected = re.sub("\ue000(.*?)\ue001", r"[to follow: \1]", kept, flags=re.DOTALL)
    assert read_fields(content)["xx.a"].split() == expected.split()


def test_what_runs_from_right_to_left_is_marked_so() -> None:
    content = made(entry("a", "مرحبا"), entry("b", "hello"))
    marked = [p for p in part(content).iter(f"{W}p") if p.find(f"{W}pPr/{W}bidi") is not None]
    assert len(marked) == 1
    assert len(list(part(content).iter(f"{W}rtl"))) == 1


def test_a_key_longer_than_a_tag_may_be_is_read_back_whole() -> None:
    long = "us-somewhere-residents." + "x" * 60
    other = "us-somewhere-residents." + "x" * 61
    content = made(
        Entry(long, "L", ("one",), "known", field=long),
        Entry(other, "L" * 200, ("two",), "known", field=other),
    )
    assert read_fields(content) == {long: "one", other: "two"}
    tags = [x.get(f"{W}val", "") for x in part(content).iter(f"{W}tag")]
    titles = [x.get(f"{W}val", "") for x in part(content).iter(f"{W}alias")]
    assert all(len(x) <= 64 for x in (*tags, *titles))


# -- what counsel does to them ----------------------------------------------------------


def test_an_edit_is_read_back() -> None:
    content = changed(made(entry("a", "before")), lambda body: body.replace(">before<", ">after<"))
    assert read_fields(content) == {"xx.a": "after"}


def test_a_placeholder_that_was_typed_over_is_an_answer() -> None:
    def type_over(body: str) -> str:
        return body.replace("<w:showingPlcHdr/>", "").replace(
            ">Not known at this time; to follow.<", ">Now known<"
        )

    assert read_fields(changed(made(entry("a", state="to_follow")), type_over)) == {
        "xx.a": "Now known"
    }


def test_a_line_that_was_added_belongs_to_the_field() -> None:
    def add(body: str) -> str:
        opened = body.index("<w:sdtContent>") + len("<w:sdtContent>")
        closed = body.index("</w:sdtContent>")
        inside = body[opened:closed]
        return f"{body[:opened]}<w:p>{inside}</w:p><w:p>{inside}</w:p>{body[closed:]}"

    assert read_fields(changed(made(entry("a", "x")), add)) == {"xx.a": "x\nx"}


def test_what_was_struck_out_under_review_does_not_count() -> None:
    def strike(body: str) -> str:
        run = '<w:r><w:t xml:space="preserve">before</w:t></w:r>'
        struck = '<w:del w:id="90" w:author="C"><w:r><w:delText>before</w:delText></w:r></w:del>'
        added = '<w:ins w:id="91" w:author="C"><w:r><w:t>after</w:t></w:r></w:ins>'
        return body.replace(run, struck + added)

    content = changed(made(entry("a", "before")), strike)
    assert read_fields(content) == {"xx.a": "after"}
    assert "before" not in read_text(content)


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * ((64 << 20) + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (lambda: b"text", "is no document that can be read: File is not a zip file"),
        (lambda: changed(made(), lambda _: "<w:p>"), "holds XML that cannot be read"),
        (
            lambda: changed(made(), lambda _: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
            "declares a document type",
        ),
        (_bomb, "is larger than"),
    ],
)
def test_what_is_no_document_is_one_line(content: Callable[[], bytes], found: str) -> None:
    with pytest.raises(InputError, match=found) as caught:
        read_fields(content())
    assert str(caught.value).startswith("DOCX: ")
    assert "\n" not in str(caught.value)


# -- in a word processor ----------------------------------------------------------------

OFFICE = shutil.which("soffice")


def _converted(folder: Path, content: bytes, kind: str) -> bytes:
    source = folder / "paper.docx"
    source.write_bytes(content)
    out = folder / "out"
    subprocess.run(  # noqa: S603  # reason: our own words
        [
            str(OFFICE),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(out),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (out / f"paper.{kind}").read_bytes()


@pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
def test_a_word_processor_that_saves_keeps_the_fields_or_their_loss_is_told(tmp_path: Path) -> None:
    choices = (Choice("Yes", True), Choice("No", False))
    before = made(
        entry("a", "one", f"two {gap('the date')}"),
        entry("b", state="to_follow"),
        entry("c", "Yes", kind="choice", choices=choices),
    )
    after = _converted(tmp_path, before, "docx")
    assert after != before
    assert read_text(after).split("\n") == read_text(before).split("\n")
    if b"w:tag " in zipfile.ZipFile(io.BytesIO(after)).read("word/document.xml"):
        assert read_fields(after) == read_fields(before)
    else:
        with pytest.raises(InputError, match="fields have lost their keys"):
            read_fields(after)


def test_a_document_without_fields_has_none() -> None:
    plain = text(Text("T", (Part("P", (Lines(("One.",)),)),)), when=NOW)
    assert read_fields(plain) == {}


@pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
def test_a_word_processor_lays_out_a_form_of_several_pages(tmp_path: Path) -> None:
    from pypdf import PdfReader  # noqa: PLC0415

    pages = PdfReader(io.BytesIO(_converted(tmp_path, written(*REAL[0]), "pdf"))).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page.extract_text()
