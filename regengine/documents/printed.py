"""A page template as a document: its PDF, its HTML with its own style, its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from regengine.assessment import Assessment
from regengine.documents import pdf
from regengine.documents.document import Document, Kind, print_page, when_of

_UNREAD = ("style", "head")


class _Words(HTMLParser):
    """Collects the text of a page, without its head."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._inside += tag in _UNREAD

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in _UNREAD

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.parts.append(" ".join(data.split()))


def plain(html: str) -> str:
    """Take the words of a page, one piece on each line.

    >>> plain("<p>A &lt; B</p><p>C</p>").splitlines()
    ['A < B', 'C']
    """
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "\n".join(reader.parts)


def document(
    name: str,
    kind: Kind,
    layout: str,
    names: Mapping[str, Any],
    assessment: Assessment,
    *,
    styles: Sequence[str],
    keys: Sequence[str] = (),
    american: bool = False,
    enclosures: Sequence[pdf.Enclosure] = (),
    missing: Sequence[str] = (),
) -> Document:
    """Print a page template as PDF and as HTML that needs no other file.

    ``styles`` are style sheets of outputs/. Raise ``fonts.MissingFontError`` where a script
    has no font.
    """
    printed = print_page(
        layout,
        names,
        when=when_of(assessment),
        engine=assessment.engine,
        american=american,
        styles=styles,
        enclosures=enclosures,
    )
    return Document(
        name=name,
        kind=kind,
        title=str(names["title"]),
        keys=tuple(keys),
        files={".pdf": printed.pdf, ".html": printed.page},
        text=plain(printed.html),
        pages=printed.pages,
        missing=tuple(missing),
        template=layout,
        families=printed.families,
    )
