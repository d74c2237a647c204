"""Letters as DOCX, so that counsel can edit them and merge names: the only python-docx."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.shared import Mm, Pt, RGBColor

from regengine.documents.outputs import phrase
from regengine.documents.paper import GAP_CLOSES, GAP_OPENS

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.text.paragraph import Paragraph

    from regengine.documents.paper import Paper

# The earliest date that a zip archive can hold.
_ZIP_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)


def letter(names: Mapping[str, Any], paper: Paper, *, when: datetime, american: bool) -> bytes:
    """Write a letter; the same arguments give the same bytes.

    ``names`` are those of the letter's page. Gaps are highlighted.
    """
    document = Document()
    _page(document, american=american)
    _head(document, names)
    document.add_heading(paper.title, level=1)
    for line in paper.intro:
        _say(document.add_paragraph(), line)
    for section in paper.sections:
        document.add_heading(section.title, level=2)
        for block in section.blocks:
            for line in block.lines:
                style = "List Bullet" if block.bullets else None
                _say(document.add_paragraph(style=style), line)
    for line in paper.closing:
        _say(document.add_paragraph(), line)
    return _fixed(document, names, when)


def _page(document: Doc, *, american: bool) -> None:
    section = document.sections[0]
    width, height = (215.9, 279.4) if american else (210, 297)
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(25)
    normal = document.styles["Normal"]
    normal.font.name = "Noto Serif"
    normal.font.size = Pt(10.5)
    for name, size in (("Heading 1", 14), ("Heading 2", 11)):
        heading = document.styles[name]
        heading.font.name, heading.font.size = "Noto Sans", Pt(size)
        heading.font.color.rgb = RGBColor(0x1F, 0x3A, 0x5F)


def _head(document: Doc, names: Mapping[str, Any]) -> None:
    document.add_paragraph().add_run(names["sender"]["name"]).bold = True
    for line in (*names["sender"]["lines"], "", *names["to"], "", names["date"]):
        document.add_paragraph(line).paragraph_format.space_after = Pt(0)
    document.add_paragraph(names["reference"])
    for line in names["draft"]:
        document.add_paragraph().add_run(line).italic = True


def _say(paragraph: Paragraph, text: str) -> None:
    for part in re.split(f"({GAP_OPENS}.*?{GAP_CLOSES})", text, flags=re.DOTALL):
        if part.startswith(GAP_OPENS):
            run = paragraph.add_run(f"[{phrase('to_follow')}: {part[1:-1]}]")
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        elif part:
            paragraph.add_run(part)


def _fixed(document: Doc, names: Mapping[str, Any], when: datetime) -> bytes:
    """Save with fixed properties, and write the archive anew with fixed times."""
    moment = when.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = document.core_properties
    properties.title, properties.author = names["title"], names["sender"]["name"]
    properties.created = properties.modified = moment
    properties.last_modified_by, properties.revision = names["sender"]["name"], 1
    properties.language = names["lang"]
    first = io.BytesIO()
    document.save(first)
    stamp = max(when.astimezone(UTC), _ZIP_EPOCH).timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w") as archive:
        for name in sorted(source.namelist(), key=lambda x: (x != "[Content_Types].xml", x)):
            info = zipfile.ZipInfo(name, date_time=stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, source.read(name))
    return out.getvalue()
