"""Letters to people: one for each variant, in every format, with the reason for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from regengine.assessment import Assessment, Result
from regengine.documents import word
from regengine.documents.content import Matter
from regengine.documents.document import Document, print_page, when_of
from regengine.documents.letterhead import date_line, draft_lines, sender_of
from regengine.documents.outputs import ENGLISH, in_language, label, language, phrase, table
from regengine.documents.paper import Paper, gaps, said
from regengine.documents.provenance import provenance
from regengine.documents.readability import Reading, harder_than_plain, reading, running_text
from regengine.documents.templates import TemplateShape, template_at
from regengine.documents.tongues import spoken_at
from regengine.documents.translation import place_words
from regengine.documents.variant_papers import matters_of, names_of, variant_paper
from regengine.documents.variants import Variant, variants
from regengine.documents.wording import joined
from regengine.facts import Incident


class Letter(NamedTuple):
    """A variant as a document. ``reading`` is ``None`` where the language has no measure."""

    variant: Variant
    paper: Paper
    document: Document
    reading: Reading | None


def letters(incident: Incident, assessment: Assessment, results: Iterable[Result]) -> list[Letter]:
    """Write the fewest letters that tell the people whom these results name.

    Raise ``BarredError`` where a text of the organisation holds what a law forbids,
    ``fonts.MissingFontError`` where a script has no font.
    """
    found = variants(incident, assessment, results)
    names = names_of(found, assessment)
    return [
        letter(incident, assessment, variant, name)
        for variant, name in zip(found, names, strict=True)
    ]


def letter(
    incident: Incident,
    assessment: Assessment,
    variant: Variant,
    name: str,
    *,
    template: TemplateShape | None = None,
    marks: Sequence[str] = (),
) -> Letter:
    """Write one variant as PDF, DOCX, HTML and text.

    ``template`` stands in for the variant's own, ``marks`` are more lines of the draft mark.
    """
    shape = template or template_at(variant.template)
    with in_language(variant.language.text):
        paper = variant_paper(incident, assessment, variant, shape)
        lang = variant.language.text
        read = reading(running_text(paper), lang)
        names = _page_names(incident, assessment, variant, paper, read, marks)
        matter = matters_of(incident, assessment, variant)[0]
    printed = print_page(
        "letter/letter.html",
        names,
        when=when_of(assessment),
        engine=assessment.engine,
        american=variant.american,
        styles=("letter/letter.css",),
        enclosures=[provenance(incident, assessment, matter.result.key)],
    )
    docx = word.letter(names, paper, when=when_of(assessment), american=variant.american)
    text = said(paper)
    files = {
        ".pdf": printed.pdf,
        ".docx": docx,
        ".html": printed.page,
        ".txt": (_plain(paper) + "\n").encode(),
    }
    document = Document(
        name,
        "letter",
        names["title"],
        variant.results,
        files,
        text,
        printed.pages,
        paper.to_follow,
        variant.template,
        printed.families,
    )
    return Letter(variant, paper, document, read)


def _plain(paper: Paper) -> str:
    """Write a letter as text alone, for an e-mail or a web page; gaps in brackets."""
    parts = [paper.title, *(line for line in paper.intro if line)]
    for section in paper.sections:
        lines = (
            f"- {line}" if block.bullets else line
            for block in section.blocks
            for line in block.lines
        )
        parts.append("\n".join((section.title, *lines)))
    parts.append("\n".join(paper.closing))
    text = "\n\n".join(parts)
    for found in gaps(text):
        mark = found if found == phrase("to_follow") else f"{phrase('to_follow')}: {found}"
        text = text.replace(f"\ue000{found}\ue001", f"[{mark}]")
    return text


# -- around the text ---------------------------------------------------------------------


def _page_names(
    incident: Incident,
    assessment: Assessment,
    variant: Variant,
    paper: Paper,
    read: Reading | None,
    marks: Sequence[str],
) -> dict[str, Any]:
    matter = matters_of(incident, assessment, variant)[0]
    own = table("letter/variants.toml")["page"]
    words = {**table("letter/words/en.toml")["page"]}
    words |= table(f"letter/words/{language()}.toml")["page"]
    to = [] if variant.reader == "everyone" else [phrase("addressee"), phrase("addressee_address")]
    draft = _draft(incident, assessment, variant, paper, read, marks)
    return {
        "lang": variant.language.text,
        "title": own["title"].format(title=paper.title, reference=incident.reference),
        "layout": "letter",
        "paper": paper,
        "words": words,
        "reference": incident.reference,
        "engine": assessment.engine,
        "law_version": assessment.law.version,
        "sender": sender_of(incident, letter=True),
        "to": to,
        "date": date_line(matter),
        "meta": [],
        "draft": draft,
        "signatory": None,
    }


def _draft(
    incident: Incident,
    assessment: Assessment,
    variant: Variant,
    paper: Paper,
    read: Reading | None,
    marks: Sequence[str],
) -> list[str]:
    """Say why this is a draft, and for whom; empty where nothing is open.

    Counsel reads it in English. A letter without any mark can go out as it is.
    """
    results = [assessment.result(key) for key in variant.results]
    with in_language(ENGLISH):
        lines = [
            *variant.conflicts,
            *marks,
            *draft_lines(_settled(incident, assessment, variant, results), paper),
            *_open_places(results),
            *_language_lines(variant, paper, results),
            *_hard(incident, variant, paper),
            *_minors(incident, variant),
        ]
        if not lines:
            return []
        return [variant.reason, *lines, *_level(read)]


def _settled(
    incident: Incident, assessment: Assessment, variant: Variant, results: Sequence[Result]
) -> Matter:
    """Take one duty as if it were settled: what is open is told for all places at once."""
    deadline = results[0].deadline.model_copy(update={"kind": "soft"})
    update = {
        "status": "required",
        "deadline": deadline,
        "confidence": "high",
        "unread": None,
        "law_status": "in_force",
        "sources": (),
        "languages": (),
    }
    several = any(len(Matter(incident, result).groups()) > 1 for result in results)
    group = variant.group if several else None
    return Matter(incident, results[0].model_copy(update=update), assessment, group=group)


def _open_places(results: Sequence[Result]) -> Iterator[str]:
    """Name the places for which the duty, its clock or its law is not sure."""
    words = table("letter/variants.toml")["mark"]
    unsure = [
        x
        for x in results
        if x.confidence == "low"
        or x.unread
        or x.law_status == "unverified"
        or "unsourced" in x.sources
    ]
    held = [x for x in results if any(one.counts for one in x.deadline.held)]
    for name, found in (
        ("possible", [x for x in results if x.status == "possible"]),
        ("not_started", [x for x in results if x.deadline.kind == "not_started"]),
        ("unsure", unsure),
        ("delay_part", held if len(held) < len(results) else []),
    ):
        if found:
            places = joined(dict.fromkeys(place_words(x.jurisdiction) for x in found))
            yield words[name].format(places=places)


def _language_lines(variant: Variant, paper: Paper, results: Sequence[Result]) -> Iterator[str]:
    words = table("letter/variants.toml")["mark"]
    nowhere = [x for x in results if not (x.languages or spoken_at(x.jurisdiction))]
    if nowhere:
        yield words["language_open"].format(duties=joined(x.recipient.name for x in nowhere))
    if variant.language.wanted:
        names = joined(label("languages", code) for code in variant.language.wanted)
        yield words["unlanguaged"].format(languages=names)
    if any(gap.startswith("to be translated") for gap in paper.to_follow):
        yield words["own_text"].format(language=variant.language.text)


def _level(read: Reading | None) -> Iterator[str]:
    if read is not None:
        words = table("letter/variants.toml")["mark"]
        yield words["reading"].format(grade=level_words(read))


def level_words(read: Reading) -> str:
    """Say how a text reads.

    >>> level_words(Reading("Flesch-Kincaid grade", 6.2, True, True, 100, 10))
    'Flesch-Kincaid grade 6.2'
    """
    words = table("letter/variants.toml")["mark"]
    return str(words["grade"].format(scale=read.scale, score=f"{read.score:g}"))


def _hard(incident: Incident, variant: Variant, paper: Paper) -> Iterator[str]:
    """Warn where the organisation's own words read harder than they should."""
    description = incident.description
    own = (
        description.nature,
        description.consequences,
        description.measures_taken,
        description.measures_proposed,
        description.advice_to_people,
    )
    text = said(paper)
    found = harder_than_plain(
        [part.strip() for part in own if part and part.strip() in text], variant.language.text
    )
    if found is not None and variant.language.text == ENGLISH:
        words = table("letter/variants.toml")["mark"]
        yield words["hard"].format(grade=level_words(found))


def _minors(incident: Incident, variant: Variant) -> Iterator[str]:
    groups = [x for x in incident.affected or () if variant.group in (None, x.group)]
    if variant.reader == "person" and any(group.children is None for group in groups):
        yield str(table("letter/variants.toml")["mark"]["minors_open"])
