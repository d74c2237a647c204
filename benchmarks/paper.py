"""The papers of a matter in twelve places: how long, and beside bare WeasyPrint."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, NamedTuple

import weasyprint

from regengine import assess, load_incident
from regengine.assessment import Assessment
from regengine.documents import build, document, file, pdf
from regengine.facts import Incident

MATTER = Path(__file__).parent / "twelve-places.yaml"
_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Row(NamedTuple):
    """One way of doing it: seconds of wall clock, CPU milliseconds for a page."""

    name: str
    wall: float | None
    page: float | None


class Measured(NamedTuple):
    """What was measured; ``bare`` is the page's cost in WeasyPrint alone."""

    papers: int
    pages: int
    bare: float
    rows: tuple[Row, ...]


def matter() -> tuple[Incident, Assessment]:
    """Load and assess the matter."""
    incident = load_incident(MATTER)
    return incident, assess(incident, now=_NOW)


def measured() -> Measured:
    """Make all papers in one process, on all cores, and lay out the same pages bare."""
    incident, assessment = matter()
    build(incident, assessment)  # what is read once is not counted
    pages: list[tuple[str, str]] = []
    start = process_time()
    made = build(incident, assessment)
    whole = process_time() - start
    count = sum(one.pages for one in made.documents)
    _watch(pages, incident, assessment)
    start = process_time()
    for html, css in pages:
        page = weasyprint.HTML(string=html, base_url=".")
        page.write_pdf(stylesheets=[weasyprint.CSS(string=css)])
    bare = (process_time() - start) * 1000 / count
    rows = (
        Row("bare WeasyPrint on the same HTML", None, bare),
        Row("all papers, all formats, one process", None, whole * 1000 / count),
        Row(f"regengine file, {os.cpu_count()} cores", _filed(incident, assessment), None),
    )
    return Measured(len(made.documents), count, bare, rows)


def _watch(pages: list[tuple[str, str]], incident: Incident, assessment: Assessment) -> None:
    """Collect every page that is laid out."""
    real = pdf.render

    def render(html: str, *, css: str, **more: Any) -> pdf.Rendered:
        pages.append((html, css))
        return real(html, css=css, **more)

    module: Mapping[str, Any] = vars(document)
    if module["pdf"] is not pdf:
        message = "pages are no longer laid out through document.print_page"
        raise AssertionError(message)
    pdf.render = render
    try:
        build(incident, assessment)
    finally:
        pdf.render = real


def _filed(incident: Incident, assessment: Assessment) -> float:
    with TemporaryDirectory() as folder:
        start = perf_counter()
        file(incident, assessment, Path(folder) / "out", workers=os.cpu_count() or 1)
        return perf_counter() - start
