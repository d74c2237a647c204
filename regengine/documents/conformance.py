"""A checker of our own for the marks of PDF/A-3u and PDF/UA-1 in a finished file.

It looks for what those standards ask and what goes wrong in practice; it is no validator,
and an empty list is not a certificate.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pikepdf

_SPACES = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
_HEADING = re.compile(r"^/H([1-6])$")
_MARKED = re.compile(rb"/([A-Za-z0-9]+)\s*(?:<<\s*/MCID\s+(\d+)\s*>>\s*BDC|BMC)")
_PAINTS = re.compile(rb"\b(?:Tj|TJ|Do|f|F|S|s|B|b|sh)\b")


class Finding(NamedTuple):
    """One mark that is missing or wrong."""

    standard: str
    message: str


def check(content: bytes) -> list[Finding]:
    """List what a file lacks; empty where every mark that we know of is there.

    >>> check(b"%PDF-1.7 not really")[0].message
    'not a PDF that can be read'
    """
    try:
        pdf = pikepdf.open(io.BytesIO(content))
    except pikepdf.PdfError:
        return [Finding("PDF", "not a PDF that can be read")]
    with pdf:
        found = [Finding("PDF/A-3u", message) for message in _archival(pdf)]
        return found + [Finding("PDF/UA-1", message) for message in _accessible(pdf)]


def _packet(pdf: pikepdf.Pdf) -> ET.Element | None:
    if "/Metadata" not in pdf.Root:
        return None
    try:
        return ET.fromstring(pdf.Root.Metadata.read_bytes())  # noqa: S314  # reason: our own file
    except ET.ParseError:
        return None


def _said(packet: ET.Element, name: str) -> str | None:
    """Find a property of the XMP packet, as an element or as an attribute."""
    space, _, local = name.partition(":")
    full = f"{{{_SPACES[space]}}}{local}"
    for element in packet.iter():
        if element.tag == full:
            return "".join(element.itertext()).strip()
        if full in element.attrib:
            return element.attrib[full]
    return None


def _archival(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.is_encrypted:
        yield "the file is encrypted"
    packet = _packet(pdf)
    if packet is None:
        yield "no XMP metadata that can be read"
    else:
        if (_said(packet, "pdfaid:part"), _said(packet, "pdfaid:conformance")) != ("3", "U"):
            yield "XMP does not say part 3, conformance U"
        uris = [x.text for x in packet.iter(f"{{{_SPACES['pdfaSchema']}}}namespaceURI")]
        if _said(packet, "pdfuaid:part") and _SPACES["pdfuaid"] not in uris:
            yield "XMP uses the PDF/UA property without its extension schema"
        title = str(pdf.docinfo.get("/Title", ""))
        if title and title not in (_said(packet, "dc:title") or ""):
            yield "the title in XMP is not that of the document information"
    intents = pdf.Root.get("/OutputIntents", pikepdf.Array())
    if not any(
        str(intent.get("/S")) == "/GTS_PDFA1" and "/DestOutputProfile" in intent
        for intent in _each(intents)
    ):
        yield "no PDF/A output intent with a profile"
    if "/ID" not in pdf.trailer:
        yield "no file identifier"
    for name in _loose_fonts(pdf):
        yield f"font {name} is not embedded, or cannot be read as text"
    if "/OpenAction" in pdf.Root and "/S" in pdf.Root.OpenAction:
        yield "an action starts when the file opens"
    yield from _attachments(pdf)


def _each(array: Any) -> Iterator[Any]:  # reason: pikepdf's own nodes
    yield from array if isinstance(array, pikepdf.Array) else ()


def _loose_fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Dictionary) or thing.get("/Type") != "/Font":
            continue
        if str(thing.get("/Subtype")) == "/Type0" and "/ToUnicode" not in thing:
            yield str(thing.get("/BaseFont"))
        descriptor = thing.get("/FontDescriptor")
        files = ("/FontFile", "/FontFile2", "/FontFile3")
        if descriptor is not None and not any(name in descriptor for name in files):
            yield str(thing.get("/BaseFont"))
        if descriptor is None and str(thing.get("/Subtype")) not in ("/Type0", "/Type3"):
            yield str(thing.get("/BaseFont"))


def _attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    listed = {spec.objgen for spec in _each(pdf.Root.get("/AF"))}
    for name, attached in pdf.attachments.items():
        spec = attached.obj
        if spec.objgen not in listed:
            yield f"attachment {name} is not listed under AF"
        if "/AFRelationship" not in spec:
            yield f"attachment {name} has no relationship"
        if "/Subtype" not in spec.EF.F or "/ModDate" not in spec.EF.F.get("/Params", {}):
            yield f"attachment {name} has no type or no date"
        if "/UF" not in spec:
            yield f"attachment {name} has no Unicode name"


def _flag(root: Any, table: str, name: str) -> bool:
    return table in root and bool(root[table].get(name, False))


def _accessible(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if not _flag(root, "/MarkInfo", "/Marked"):
        yield "not marked as tagged"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not str(pdf.docinfo.get("/Title", "")):
        yield "no title"
    if not _flag(root, "/ViewerPreferences", "/DisplayDocTitle"):
        yield "the title is not shown"
    packet = _packet(pdf)
    if packet is None or _said(packet, "pdfuaid:part") != "1":
        yield "XMP does not say PDF/UA part 1"
    if "/StructTreeRoot" not in root:
        yield "no structure tree"
        return
    nodes = list(_walk(root.StructTreeRoot))
    yield from _headings(nodes)
    yield from _figures(nodes)
    yield from _tables(nodes)
    yield from _pages(pdf, nodes)


def _number(thing: Any) -> tuple[int, int]:
    """Return the number and generation of an object, by which pages are told apart."""
    number, generation = thing.objgen
    return int(number), int(generation)


def _walk(node: Any) -> Iterator[Any]:  # reason: pikepdf's own nodes
    """Walk the structure tree in reading order."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        kids = current.get("/K")
        listed = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        pending.extend(
            kid
            for kid in reversed(listed)
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") != "/OBJR"
        )


def _kind(node: Any) -> str:  # reason: pikepdf's own nodes
    return str(node.get("/S", ""))


def _headings(nodes: list[Any]) -> Iterator[str]:
    last = 0
    for node in nodes:
        match = _HEADING.match(_kind(node))
        if match is None:
            continue
        level = int(match[1])
        if level > last + 1:
            yield f"heading H{level} follows {f'H{last}' if last else 'no H1'}"
        last = level
    if last == 0:
        yield "no heading"


def _figures(nodes: list[Any]) -> Iterator[str]:
    for node in nodes:
        if _kind(node) == "/Figure" and not str(node.get("/Alt", "")):
            yield "a figure has no alternative text"


def _tables(nodes: list[Any]) -> Iterator[str]:
    for node in nodes:
        if _kind(node) == "/TH" and "/Scope" not in node.get("/A", pikepdf.Dictionary()):
            yield "a header cell has no scope"
        if _kind(node) == "/Table" and not any(_kind(x) == "/TH" for x in _walk(node)):
            yield "a table has no header cell"


def _pages(pdf: pikepdf.Pdf, nodes: list[Any]) -> Iterator[str]:
    """Check that all content is either in the tree or an artifact, and the tab order."""
    reached: dict[tuple[int, int], set[int]] = {}
    for node in nodes:
        kids = node.get("/K")
        for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int) and "/Pg" in node:
                reached.setdefault(_number(node.Pg), set()).add(kid)
    for number, page in enumerate(pdf.pages, start=1):
        if str(page.get("/Tabs", "")) != "/S":
            yield f"page {number}: the tab order does not follow the structure"
        content = page.Contents.read_bytes()
        used = {int(match[2]) for match in _MARKED.finditer(content) if match[2]}
        if used - reached.get(_number(page.obj), set()):
            yield f"page {number}: marked content that the tree does not reach"
        if _unmarked(content):
            yield f"page {number}: content that is neither tagged nor an artifact"


def _unmarked(content: bytes) -> bool:
    """Say whether something is painted outside any marked content."""
    depth = 0
    for token in re.finditer(rb"<[0-9A-Fa-f\s]*>|\((?:\\.|[^\\)])*\)|[^\s<>()\[\]]+", content):
        word = token[0]
        if word in (b"BDC", b"BMC"):
            depth += 1
        elif word == b"EMC":
            depth -= 1
        elif not depth and _PAINTS.fullmatch(word):
            return True
    return False
