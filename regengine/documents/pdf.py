"""HTML to PDF/A-3u with tags and the marks of PDF/UA: the only place with WeasyPrint.

Maintainer's note. WeasyPrint can mark one standard at a time and leaves some of what
PDF/UA asks undone, so its output is finished with pikepdf: the identifiers of both
standards in one XMP packet (with the extension schema that PDF/A asks for the second),
header cells with a scope, headers and footers as artifacts. Bytes depend on the HTML, the
attachments, ``when`` and the installed fonts alone: the identifier is a hash of the first
two, and the font table's date comes through SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

import pikepdf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import (
    FatalURLFetchingError,
    URLFetcher,
    URLFetcherResponse,
)

from regengine.documents.outputs import folder

# WeasyPrint warns about what slows it down; only its errors concern a reader of paper.
logging.getLogger("weasyprint").setLevel(logging.ERROR)

# What bytes depend on besides facts, law, now and fonts.
RENDERER = f"WeasyPrint {weasyprint.__version__}"

# SOURCE_DATE_EPOCH belongs to the process: one rendering at a time.
_LOCK = threading.Lock()


class RefusedAddressError(ValueError):
    """A template asks for something outside the folder of templates."""


class Enclosure(NamedTuple):
    """A file inside the PDF; ``relationship`` is its AFRelationship."""

    name: str
    content: bytes
    description: str
    relationship: Literal["Data", "Supplement"] = "Data"


class Rendered(NamedTuple):
    """A PDF and its number of pages."""

    content: bytes
    pages: int


class _Templates(URLFetcher):  # type: ignore[misc]  # reason: WeasyPrint has no stubs
    """Reads files of the templates' folder, and nothing else anywhere."""

    def fetch(self, url: str, headers: object = None) -> object:
        del headers
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        inside = parts.scheme == "file" and path.is_relative_to(folder().resolve())
        if not inside or not path.is_file():
            message = f"{url!r} lies outside {folder().name}/"
            raise FatalURLFetchingError(message)
        return URLFetcherResponse(url, path.read_bytes())


@contextmanager
def _source_date(when: datetime) -> Iterator[None]:
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(when.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def render(
    html: str,
    *,
    css: str,
    title: str,
    when: datetime,
    creator: str,
    enclosures: Sequence[Enclosure] = (),
) -> Rendered:
    """Render a page to PDF/A-3u; the same arguments and fonts give the same bytes.

    ``when`` is an aware instant, written as the date of creation. Raise
    ``RefusedAddressError`` where the page asks for a network address or a file outside
    the templates.
    """
    digest = hashlib.sha256()
    for part in (html.encode(), css.encode(), *(x.content for x in enclosures)):
        digest.update(hashlib.sha256(part).digest())
    fetcher = _Templates()
    base = folder().as_uri() + "/"
    attachments = [
        weasyprint.Attachment(
            string=x.content,
            name=x.name,
            description=x.description,
            relationship=x.relationship,
            url_fetcher=fetcher,
            created=when.astimezone(UTC),
            modified=when.astimezone(UTC),
        )
        for x in enclosures
    ]
    with _LOCK, _source_date(when), warnings.catch_warnings():
        # WeasyPrint opens its colour profile and leaves the closing to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            fonts = FontConfiguration()
            style = weasyprint.CSS(
                string=css, font_config=fonts, base_url=base, url_fetcher=fetcher
            )
            page = weasyprint.HTML(string=html, base_url=base, url_fetcher=fetcher)
            document = page.render(stylesheets=[style], font_config=fonts)
            raw = document.write_pdf(
                pdf_variant="pdf/a-3u",
                pdf_tags=True,
                attachments=attachments,
                pdf_identifier=digest.hexdigest()[:32].encode(),
            )
        except FatalURLFetchingError as error:
            raise RefusedAddressError(str(error)) from None
    return Rendered(_finish(raw, title, creator, when), len(document.pages))


def _finish(raw: bytes, title: str, creator: str, when: datetime) -> bytes:
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        _mark(pdf, title, creator, when)
        reached = _structure(pdf)
        _artifacts(pdf, reached)
        out = io.BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
    return out.getvalue()


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{when}</xmp:CreateDate>
<xmp:ModifyDate>{when}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the standard that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def _mark(pdf: pikepdf.Pdf, title: str, creator: str, when: datetime) -> None:
    """Write document information and XMP so that both say the same."""
    moment = when.astimezone(UTC).replace(microsecond=0)
    producer = str(pdf.docinfo.get("/Producer", "WeasyPrint"))
    stamp = moment.strftime("D:%Y%m%d%H%M%SZ")
    pdf.docinfo = pdf.make_indirect(
        pikepdf.Dictionary(
            Title=title,
            Creator=creator,
            Producer=producer,
            CreationDate=stamp,
            ModDate=stamp,
        )
    )
    packet = _XMP.format(
        title=escape(title),
        creator=escape(creator),
        producer=escape(producer),
        when=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lang=escape(str(pdf.Root.Lang)),
    )
    stream = pdf.make_stream(packet.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    pdf.Root.Metadata = stream
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)


def _structure(pdf: pikepdf.Pdf) -> dict[tuple[int, int], set[int]]:
    """Give header cells a scope; list the marked content that the tree reaches, by page."""
    reached: dict[tuple[int, int], set[int]] = {}
    pending: list[tuple[Any, str]] = [(pdf.Root.StructTreeRoot, "")]
    while pending:
        node, above = pending.pop()
        kind = str(node.get("/S", ""))
        if kind in ("/TH", "/TD"):
            _scope(node, kind, above)
        kids = node.get("/K")
        if kids is None:
            continue
        for kid in cast("Any", kids) if isinstance(kids, pikepdf.Array) else (kids,):
            if isinstance(kid, pikepdf.Dictionary):
                inside = kind if kind in ("/THead", "/TBody") else above
                pending.append((kid, inside))
            elif "/Pg" in node:
                reached.setdefault(_number(node.Pg), set()).add(int(kid))
    return reached


def _number(thing: Any) -> tuple[int, int]:
    """Return the number and generation of an object, by which pages are told apart."""
    number, generation = thing.objgen
    return int(number), int(generation)


def _scope(cell: Any, kind: str, above: str) -> None:  # reason: pikepdf's own nodes
    # Headers by id need an id tree and break where a header row repeats: scope says it.
    attributes = cell.get("/A", pikepdf.Dictionary(O=pikepdf.Name.Table))
    if "/Headers" in attributes:
        del attributes["/Headers"]
    if "/ID" in cell:
        del cell["/ID"]
    if kind == "/TH":
        attributes.Scope = pikepdf.Name("/Column" if above == "/THead" else "/Row")
    cell.A = attributes


def _artifacts(pdf: pikepdf.Pdf, reached: dict[tuple[int, int], set[int]]) -> None:
    """Turn marked content that the tree does not reach (headers, footers) into artifacts."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    by_page = {int(cast("Any", numbers[i])): numbers[i + 1] for i in range(0, len(numbers), 2)}
    for page in pdf.pages:
        kept = reached.get(_number(page.obj), set())
        parents = cast("Any", by_page[int(page.StructParents)])
        content = page.Contents.read_bytes()
        page.Contents.write(_without_marks(content, kept))
        for number in range(len(parents)):
            if number not in kept:
                parents[number] = None


_MARK = re.compile(rb"/[A-Za-z0-9]+\s*<<\s*/MCID\s+(\d+)\s*>>\s*BDC")


def _without_marks(content: bytes, kept: set[int]) -> bytes:
    def replace(match: re.Match[bytes]) -> bytes:
        return match[0] if int(match[1]) in kept else b"/Artifact BMC"

    return _MARK.sub(replace, content)
