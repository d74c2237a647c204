"""Forms, letters and other texts as DOCX, for counsel to edit and a program to read back.

Maintainer's note. The parts of a document are Jinja templates in outputs/word/, filled
with autoescape like the pages: layout stands in their styles, never in a run. Around each
field's value stands a content control whose tag is the field's key; Word takes tags of 64
characters at most, so a longer key is cut and stands whole in the custom properties. A
field that is empty shows a placeholder, which is no answer when the field is read. python-
docx knows neither controls nor fields, so that it would only be a wrapper around the same
XML; it reads our files in the tests.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, NamedTuple

from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from regengine.documents.edits import CUSTOM, read_fields, read_text
from regengine.documents.outputs import phrase, table
from regengine.documents.pages import sandbox
from regengine.documents.paper import GAP_CLOSES, GAP_OPENS, Change, Paper, gap
from regengine.documents.wording import printable, slug

__all__ = [
    "Grid",
    "Lines",
    "Part",
    "Text",
    "form",
    "letter",
    "notice",
    "read_fields",
    "read_text",
    "text",
]

# The earliest date that a zip archive can hold.
_ZIP_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
_PARTS = {  # name in the package: template, with the body's in place of the first
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "docProps/app.xml": "app.xml",
    "docProps/core.xml": "core.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/fontTable.xml": "font_table.xml",
    "word/footer1.xml": "footer.xml",
    "word/header1.xml": "header.xml",
    "word/numbering.xml": "numbering.xml",
    "word/settings.xml": "settings.xml",
    "word/styles.xml": "styles.xml",
}
_BODY = "word/document.xml"
_TWIPS = 1440 / 25.4  # a millimetre in twentieths of a point
_TAG = 64  # characters that Word takes in a tag


class Lines(NamedTuple):
    """Paragraphs, bullets or boxes to tick; with ``key`` they can be read back.

    A caption or label stays with what follows it.
    """

    lines: tuple[str, ...]
    kind: Literal["paragraphs", "bullets", "boxes", "caption", "label"] = "paragraphs"
    key: str | None = None


class Grid(NamedTuple):
    """A table: its head is repeated on each page; ``widths`` are parts of a hundred."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


class Part(NamedTuple):
    """A heading, of level 2 or 3, and what stands under it; no title, no heading."""

    title: str
    blocks: tuple[Lines | Grid, ...]
    level: Literal[2, 3] = 2


class Text(NamedTuple):
    """A memo, checklist or other text without an addressee.

    ``sender`` and ``reference`` stand in the running heads, ``draft`` in a mark above all,
    ``record`` at the foot.
    """

    title: str
    parts: tuple[Part, ...]
    subject: str = ""
    sender: str = ""
    reference: str = ""
    draft: tuple[str, ...] = ()
    engine: str = ""
    law_version: str | None = None
    lang: str = "en"
    record: str = ""


def letter(names: Mapping[str, Any], paper: Paper, *, when: datetime, american: bool) -> bytes:
    """Write a letter; the same arguments give the same bytes.

    ``names`` are those of the letter's page. Gaps are highlighted; the name and address of
    the addressee are merge fields where it is not one recipient alone.
    """
    return _written("letter.xml", {**names, "paper": paper}, when, american=american)


def form(names: Mapping[str, Any], paper: Paper, *, when: datetime, american: bool) -> bytes:
    """Write a form, each field in a content control under its key for ``answers``.

    ``names`` are those of the form's page.
    """
    given = {**names, "paper": paper, "changed_rows": _rows(paper.changes or ())}
    return _written("form.xml", given, when, american=american)


def notice(names: Mapping[str, Any], paper: Paper, *, when: datetime, american: bool) -> bytes:
    """Write a form or a letter, as the layout of its template asks."""
    write = letter if paper.template.layout == "letter" else form
    return write(names, paper, when=when, american=american)


def text(given: Text, *, when: datetime, american: bool = False) -> bytes:
    """Write a memo, a checklist or another text.

    >>> memo = Text("Memo", (Part("Facts", (Lines(("One.",), key="facts"),)),))
    >>> read_fields(text(memo, when=datetime(2026, 11, 21, tzinfo=UTC)))
    {'facts': 'One.'}
    """
    names = {
        "text": given,
        "title": given.title,
        "lang": given.lang,
        "reference": given.reference,
        "engine": given.engine,
        "law_version": given.law_version,
        "record": given.record,
        "sender": {"name": given.sender, "lines": ()},
        "draft": given.draft,
        "evenly": lambda block: _Sheet(american).columns(*_even(block)),
    }
    return _written("text.xml", names, when, american=american)


def _even(block: Grid) -> list[int]:
    columns = max((len(block.head), *(len(row) for row in block.rows)), default=1)
    return [1] * max(columns, 1)


def _rows(changes: Sequence[Change]) -> list[tuple[str, str, str]]:
    nothing = _words()["nothing"]
    return [
        (one.label, "\n".join(one.before) or nothing, "\n".join(one.now) or nothing)
        for one in changes
    ]


# -- writing -----------------------------------------------------------------------------


def _words() -> dict[str, str]:
    return dict(table("word/words.toml")["words"])


class _Sheet:
    """The measures of a page, in twips."""

    def __init__(self, american: bool) -> None:
        measures = table("word/words.toml")["page"]
        paper, margin = measures["letter" if american else "a4"], measures["margin"]
        self.width, self.height = (round(paper[x] * _TWIPS) for x in ("width", "height"))
        self.side, self.top = (round(margin[x] * _TWIPS) for x in ("side", "top"))
        self.bottom, self.edge = (round(margin[x] * _TWIPS) for x in ("bottom", "edge"))
        self.text = self.width - 2 * self.side

    def columns(self, *parts: int) -> list[int]:
        """Share the width of the text out; the last column takes what rounding leaves."""
        widths = [self.text * part // sum(parts) for part in parts]
        return [*widths[:-1], self.text - sum(widths[:-1])]


class _Tags:
    """Gives out the tags and numbers of one document's controls."""

    def __init__(self) -> None:
        self.count = 0
        self.long: dict[str, str] = {}

    def number(self) -> int:
        self.count += 1
        return self.count

    def tag(self, key: str) -> str:
        if len(key) <= _TAG:
            return key
        digest = hashlib.sha256(key.encode()).hexdigest()[:8]
        short = f"{key[: _TAG - 9]}~{digest}"
        self.long[short] = key
        return short


def _written(body: str, names: Mapping[str, Any], when: datetime, *, american: bool) -> bytes:
    words, sheet, tags = _words(), _Sheet(american), _Tags()
    people = names.get("words")  # of a letter to people: its frame is in their language
    if people:
        words |= {name: people[name] for name in ("page", "of", "date")}
        words["our_reference"] = people["reference"]
        words["reference"] = "{reference}{colon} {{reference}}".format(**people)
    named = {"engine": names["engine"], "law": names["law_version"]}
    prepared = words["prepared_law" if names["law_version"] else "prepared"].format(**named)
    moment = when.astimezone(UTC).replace(microsecond=0)
    given = {
        **names,
        "words": words,
        "sheet": sheet,
        "columns": sheet.columns,
        "number": tags.number,
        "tag": tags.tag,
        "missing": gap,
        "language": _language(names["lang"], american=american),
        "author": names["sender"]["name"],
        "running": words["reference"].format(reference=names["reference"])
        if names["reference"]
        else "",
        "prepared": prepared if names["engine"] and not people else "",
        "moment": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    parts = {_BODY: _fill(body, given)}
    parts |= {name: _fill(source, given) for name, source in _PARTS.items()}
    parts[CUSTOM] = _fill("custom.xml", {**given, "long_keys": tags.long.items()})
    return _packed(parts, when)


def _language(lang: str, *, american: bool) -> str:
    tags = table("word/words.toml")["languages"]
    return str(tags["american"] if american and lang == "en" else tags.get(lang, lang))


def _fill(source: str, names: Mapping[str, Any]) -> bytes:
    return _environment().get_template(f"word/{source}").render(**names).strip().encode()


def _packed(parts: Mapping[str, bytes], when: datetime) -> bytes:
    """Write the package with fixed times and in one order."""
    stamp = max(when.astimezone(UTC), _ZIP_EPOCH).timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(parts, key=lambda x: (x != "[Content_Types].xml", x)):
            info = zipfile.ZipInfo(name, date_time=stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, parts[name])
    return out.getvalue()


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = sandbox(finalize=_clean)
    environment.filters |= {
        "runs": runs,
        "is_rtl": is_rtl,
        "slug": slug,
        "short": lambda title: title if len(title) <= _TAG else f"{title[: _TAG - 1]}…",
    }
    return environment


def _clean(value: object) -> object:
    """Drop what XML cannot hold from a text that comes to be printed."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return printable(value, "\n\t")


def is_rtl(line: str) -> bool:
    """Tell whether a line is written from right to left, by its first letter.

    >>> is_rtl("Data"), is_rtl("(بيانات)"), is_rtl("12")
    (False, True, False)
    """
    kinds = (unicodedata.bidirectional(x) for x in line)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


def runs(line: str) -> Markup:
    r"""Write a line as runs: gaps marked, merge fields as fields, breaks as breaks.

    >>> str(runs("a < b"))
    '<w:r><w:t xml:space="preserve">a &lt; b</w:t></w:r>'
    """
    merged = table("word/words.toml")["merge"]
    words = "|".join(re.escape(word) for word in merged)
    out = Markup("")
    for part in re.split(f"({GAP_OPENS}.*?{GAP_CLOSES}|{words})", line, flags=re.DOTALL):
        if part.startswith(GAP_OPENS):
            inside, follow = part[1:-1], phrase("to_follow")
            shown = inside if inside == follow else f"{follow}: {inside}"
            out += _run(f"[{shown}]", "ToFollow")
        elif part in merged:
            out += _field(f"MERGEFIELD {merged[part]}", part)
        elif part:
            out += _run(part)
    return out


def _run(said: str, style: str = "") -> Markup:
    properties = Markup('<w:rStyle w:val="{}"/>').format(style) if style else Markup("")
    if is_rtl(said):
        properties += Markup("<w:rtl/>")
    opened = Markup("<w:rPr>{}</w:rPr>").format(properties) if properties else Markup("")
    shown = escape(_clean(said))
    for mark, element in (("\n", Markup("<w:br/>")), ("\t", Markup("<w:tab/>"))):
        closed = Markup('</w:t>{}<w:t xml:space="preserve">').format(element)
        shown = shown.replace(mark, closed)
    held = Markup('<w:t xml:space="preserve">{}</w:t>').format(shown)
    return Markup("<w:r>{}{}</w:r>").format(opened, held)


def _field(instruction: str, shown: str) -> Markup:
    """Write a field that a word processor fills, with what it shows until then."""
    mark = Markup('<w:r><w:fldChar w:fldCharType="{}"/></w:r>')
    asked = Markup('<w:r><w:instrText xml:space="preserve"> {} </w:instrText></w:r>')
    return (
        mark.format("begin")
        + asked.format(instruction)
        + mark.format("separate")
        + _run(shown)
        + mark.format("end")
    )
