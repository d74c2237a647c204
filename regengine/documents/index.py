"""The index of a matter's folder: each paper, how ready it is, what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from regengine.assessment import Assessment
from regengine.documents import pages
from regengine.documents.document import Document
from regengine.documents.filings import Made
from regengine.documents.missing import Missing
from regengine.documents.outputs import folder, home_zone, label, phrase
from regengine.documents.wording import instant_text
from regengine.facts import Incident


class Row(NamedTuple):
    """One paper as the index shows it; ``links`` are its files, by what they are."""

    title: str
    keys: tuple[str, ...]
    recipient: str
    due: str | None
    form: str | None
    url: str | None
    required: int
    ready: int
    lacking: tuple[str, ...]
    reason: str | None
    links: tuple[tuple[str, str], ...]


def page(
    incident: Incident,
    assessment: Assessment,
    made: Sequence[Made],
    papers: Sequence[Document],
    waiting: Sequence[Missing],
    others: Sequence[str],
) -> bytes:
    """Write the index as a page that stands alone: links to files beside it, no others."""
    zone = home_zone(incident.organisation)
    names: dict[str, Any] = {
        "lang": "en",
        "layout": "index",
        "title": phrase("index_title", reference=incident.reference),
        "matter": incident.title,
        "reference": incident.reference,
        "engine": assessment.engine,
        "law_version": assessment.law.version,
        "now": instant_text(assessment.now, zone) if assessment.now else None,
        "notices": [_notice(one, zone) for one in made],
        "papers": [_paper(one) for one in papers],
        "others": [(label("files", name), name) for name in others],
        "waiting": waiting,
    }
    css = folder().joinpath("filing", "index.css").read_text(encoding="utf-8")
    return pages.alone(pages.page("filing/index.html", names), css)


def _links(one: Document) -> tuple[tuple[str, str], ...]:
    endings = zip(one.files, one.paths(), strict=True)
    return tuple((label("endings", ending), path) for ending, path in endings)


def _notice(one: Made, zone: str) -> Row:
    result, record = one.notice.result, one.record
    due = result.deadline.due_at
    portal = one.paper.template.portal
    return Row(
        title=one.document.title,
        keys=record.keys,
        recipient=result.recipient.name,
        due=instant_text(due, result.deadline.zone or zone) if due else result.deadline.soft,
        form=one.paper.template.title if one.paper.template.mirrors else None,
        url=portal.url if portal else result.portal,
        required=record.readiness.required,
        ready=record.readiness.ready,
        lacking=record.readiness.missing,
        reason=record.reason,
        links=_links(one.document),
    )


def _paper(one: Document) -> Row:
    return Row(one.title, one.keys, "", None, None, None, 0, 0, (), None, _links(one))
