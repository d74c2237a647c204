"""Filings and letters: one paper for each notice, in all its formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from regengine.assessment import Assessment
from regengine.documents import machine, word
from regengine.documents.correspondence import letter
from regengine.documents.document import Document, print_page, when_of
from regengine.documents.letterhead import page_names
from regengine.documents.notices import Notice, folder_of, matter_of, paper_of
from regengine.documents.paper import Paper, said
from regengine.documents.portal import sheet
from regengine.documents.provenance import enclosures
from regengine.documents.records import FilingRecord, machine_record, record_of
from regengine.documents.templates import TemplateShape
from regengine.documents.variants import Variant
from regengine.facts import Incident

_LAYOUTS = {"form": "filing/page.html", "letter": "letter/page.html"}


class Made(NamedTuple):
    """A notice as a document, with what it says."""

    notice: Notice
    paper: Paper
    record: FilingRecord
    document: Document


def make(
    incident: Incident,
    assessment: Assessment,
    notice: Notice,
    before: Mapping[str, FilingRecord] | None = None,
) -> Made:
    """Write one notice in all its formats, in memory.

    Raise ``fonts.MissingFontError`` where a script has no font, and what ``compose`` raises.
    """
    if notice.variant is not None:
        return _letter(incident, assessment, notice, notice.variant)
    paper = paper_of(incident, assessment, notice, before)
    template, result = paper.template, notice.result
    matter = matter_of(incident, assessment, notice)
    names = page_names(matter, assessment, paper)
    printed = print_page(
        _LAYOUTS[template.layout],
        names,
        when=when_of(assessment),
        engine=assessment.engine,
        american=matter.american,
        enclosures=enclosures(incident, assessment, result, template.attach),
    )
    files = {".pdf": printed.pdf, ".html": printed.page}
    if template.docx:
        files[".docx"] = word.notice(
            names, paper, when=when_of(assessment), american=matter.american
        )
    if _pasted(template):
        files[".portal.html"] = sheet(names)
    read_by_machine = machine.document(template, matter)
    record = record_of(paper, matter, notice.act, (result.key,))
    if read_by_machine is not None:
        files[".authority.json"] = read_by_machine.content
        record = record.model_copy(update={"machine": machine_record(read_by_machine)})
    files[".json"] = record.to_json()
    document = Document(
        notice.name,
        "letter" if template.layout == "letter" else "filing",
        names["title"],
        (result.key,),
        files,
        said(paper),
        printed.pages,
        paper.to_follow,
        folder_of(notice),
        printed.families,
    )
    return Made(notice, paper, record, document)


def _letter(incident: Incident, assessment: Assessment, notice: Notice, variant: Variant) -> Made:
    """Write the letter of one variant, with its record."""
    made = letter(incident, assessment, variant, notice.name)
    matter = matter_of(incident, assessment, notice)
    record = record_of(made.paper, matter, notice.act, notice.keys)
    record = record.model_copy(update={"reason": variant.reason})
    files = {**made.document.files, ".json": record.to_json()}
    return Made(notice, made.paper, record, made.document._replace(files=files))


def _pasted(template: TemplateShape) -> bool:
    return template.portal is not None and not template.portal.uploads
