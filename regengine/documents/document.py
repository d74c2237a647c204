"""One paper of a matter in memory, and the one way from a page template to a PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from regengine.assessment import Assessment
from regengine.documents import fonts, pages, pdf
from regengine.documents.outputs import EPOCH, folder
from regengine.documents.provenance import recorded

# Where a file lies in the folder of a matter: what counsel opens first stands at the top.
_ROOMS = {".html": "html/", ".portal.html": "portal/"}
# Papers that stay with counsel bear the entry of the record in their foot; what leaves the
# house has it in its provenance alone.
_HOUSE = ("brief/", "checklist/", "contradictions/", "memo/", "register/")

Kind = Literal["filing", "letter", "checklist", "brief", "memo", "register", "data"]


class Document(NamedTuple):
    """A paper in all its formats; nothing is on disk yet.

    ``name`` is that of its files without their ending, and ``files`` holds their bytes by
    ending (".pdf", ".docx", ".html", ".json", ".txt"). ``keys`` are the results that it
    serves, ``text`` all that it says, ``missing`` what is to follow in it, ``families``
    the font families it needs beside the base fonts.
    """

    name: str
    kind: Kind
    title: str
    keys: tuple[str, ...]
    files: Mapping[str, bytes]
    text: str
    pages: int = 0
    missing: tuple[str, ...] = ()
    template: str | None = None
    families: tuple[str, ...] = ()

    def paths(self) -> dict[str, bytes]:
        """Name each file as it lies in the folder of the matter.

        >>> list(Document("a", "filing", "A", (), {".pdf": b"", ".json": b""}, "").paths())
        ['a.pdf', 'json/a.json']
        """
        return {
            f"{_room(ending)}{self.name}{ending}": content for ending, content in self.files.items()
        }


def _room(ending: str) -> str:
    return _ROOMS.get(ending) or ("json/" if ending.endswith(".json") else "")


class Printed(NamedTuple):
    """A page template filled and rendered; ``page`` stands alone in a browser."""

    html: str
    pdf: bytes
    pages: int
    families: tuple[str, ...]
    page: bytes


def when_of(assessment: Assessment) -> datetime:
    """Take the instant that goes into files: the assessment's, else a fixed one."""
    return assessment.now or EPOCH


def print_page(
    layout: str,
    names: Mapping[str, Any],
    *,
    when: datetime,
    engine: str,
    american: bool = False,
    styles: Sequence[str] = (),
    enclosures: Sequence[pdf.Enclosure] = (),
) -> Printed:
    """Fill a page template of outputs/ and render it as PDF/A-3u with tags.

    ``names`` must hold what the template uses, ``title`` and ``lang`` among it. ``styles``
    are style sheets of outputs/ that come after base.css; ``american`` chooses Letter paper.
    Raise ``fonts.MissingFontError`` where a script has no font.
    """
    record = recorded() if layout.startswith(_HOUSE) else None
    if record is not None:
        names, styles = {**names, "record": record.line}, (*styles, "record.css")
    html = pages.page(layout, names)
    families = fonts.families(html)
    sheets = [pages.style(families, letter=american)]
    sheets += [folder().joinpath(path).read_text(encoding="utf-8") for path in styles]
    css = "\n".join(sheets)
    rendered = pdf.render(
        html,
        css=css,
        title=names["title"],
        when=when,
        creator=f"regengine {engine}",
        enclosures=enclosures,
    )
    alone = pages.alone(html, css)
    return Printed(html, rendered.content, rendered.pages, tuple(families), alone)
