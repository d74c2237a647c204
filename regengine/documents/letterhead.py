"""What stands around a notice: sender, recipient, date, references, and why it is a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from regengine.assessment import Assessment, Result
from regengine.calendars import zone as zone_of
from regengine.documents import fonts
from regengine.documents.content import Matter, filled
from regengine.documents.outputs import address_of, authority, label, phrase, table
from regengine.documents.paper import Paper, said
from regengine.documents.templates import TemplateShape
from regengine.documents.wording import day_text, joined, labels
from regengine.facts import Incident

_SHOWN = 3  # items named on the draft mark


def sender_of(incident: Incident, *, letter: bool = False) -> dict[str, Any]:
    """Say what stands in the letterhead; a letter to people needs no registration numbers."""
    organisation = incident.organisation
    lines = [
        *address_of(organisation),
        *(
            phrase("identifier", name=name.upper(), value=value)
            for name, value in ({} if letter else organisation.identifiers).items()
        ),
    ]
    return {
        "name": organisation.name or phrase("undated"),
        "lines": lines,
    }


def _local_name(found: dict[str, Any], shown: str) -> str | None:
    """Take an authority's own name where there is a font for it: an ornament stops nothing."""
    name = found.get("local_name")
    if not name or name == shown:
        return None
    try:
        fonts.families(name)
    except fonts.MissingFontError:
        return None
    return str(name)


def _addressee(result: Result) -> list[str]:
    if result.recipient.kind == "individuals":
        return [phrase("addressee"), phrase("addressee_address")]
    found = authority(result.recipient.id)
    lines = [
        result.recipient.name,
        _local_name(found, result.recipient.name),
        *(found.get("address") or found.get("city") or "").split("\n"),
        found.get("email"),
    ]
    return [line for line in lines if line]


def _times(matter: Matter, paper: Paper) -> list[tuple[str, str]]:
    """Say which zone was assumed where a paper tells times of day."""
    if not matter.zone_assumed or not re.search(r"\bUTC\b", said(paper)):
        return []
    seat = matter.incident.organisation.country
    name = "zone_assumed" if seat else "zone_unknown"
    return [(phrase("times"), phrase(name, zone=matter.zone))]


def _meta(result: Result) -> list[tuple[str, str]]:
    rows = []
    if result.filed and result.filed[-1].reference:
        rows.append((phrase("your_reference"), result.filed[-1].reference))
    if result.portal and result.recipient.kind != "individuals":
        rows.append((phrase("portal"), result.portal))
    return rows


def date_line(matter: Matter) -> str:
    """Write the date of the paper: the day of the assessment where the organisation is."""
    if matter.now is None:
        return phrase("undated")
    day = matter.now.astimezone(zone_of(matter.zone)).date()
    return day_text(day, american=matter.american)


def _delicate(result: Result, paper: Paper) -> list[str]:
    """Point to words in a notice to people that may harm them or the sender."""
    delicate = table("words.toml")["delicate"]
    if result.recipient.kind not in delicate["kinds"]:
        return []
    hits = re.finditer(f"(?i)\\b(?:{delicate['pattern']})\\w*", said(paper))
    found = dict.fromkeys(hit[0].lower() for hit in hits)
    shown = joined(found)
    return [phrase("draft_delicate", found=shown)] if found else []


def _alone(matter: Matter) -> list[str]:
    """Name the group that a letter is for, and what was not written for it."""
    if matter.group is None:
        return []
    names = [group.label or group.group for group in matter.groups()]
    return [phrase("draft_group", group=joined(names), id=matter.group)]


def _follows(result: Result) -> bool:
    """Say whether a notice went out before."""
    return bool(result.went_out)


def draft_lines(matter: Matter, paper: Paper) -> list[str]:
    """Say on the first page why this is a draft; empty where nothing is missing."""
    result = matter.result
    return [
        *_alone(matter),
        *_delicate(result, paper),
        *_act(matter, paper),
        *_open(paper),
        *_form(matter, paper.template),
        *_law(result),
        *_printed(paper),
    ]


def _act(matter: Matter, paper: Paper) -> Iterator[str]:
    """Say what is to be known of a notice that follows another, or takes it back."""
    if matter.withdrawn:
        yield phrase("draft_withdrawal")
    if paper.template.layout == "form" and _follows(matter.result) and paper.changes is None:
        yield phrase("draft_no_earlier")
    if paper.changes:
        yield phrase("draft_compared")


def _open(paper: Paper) -> Iterator[str]:
    """Say how ready the notice is, and what is missing."""
    if paper.lacking and paper.template.mirrors:
        ready = paper.asked - len(paper.lacking)
        yield phrase("draft_readiness", ready=ready, required=paper.asked)
    if not paper.to_follow:
        return
    count = len(paper.to_follow)
    items = joined(paper.to_follow)
    if count > _SHOWN + 1:
        shown = "; ".join(paper.to_follow[:_SHOWN])
        items = phrase("draft_more", items=shown, count=count - _SHOWN)
    yield phrase("draft_item" if count == 1 else "draft_items", count=count, items=items)


def _form(matter: Matter, template: TemplateShape) -> Iterator[str]:
    """Say what the form wants besides its fields, and where it was not read in full."""
    if template.signs and matter.incident.signatory is None:
        yield phrase("draft_signs", who=template.signs)
    if template.portal is not None and template.portal.confidence == "low":
        yield phrase("draft_form", seen=template.portal.seen)


def _law(result: Result) -> Iterator[str]:
    """Say what is open or unsure about the duty itself."""
    if result.status == "possible":
        yield phrase("draft_possible")
    if result.deadline.kind == "not_started":
        yield phrase("draft_not_started")
    if result.confidence == "low":
        yield phrase("draft_confidence", confidence=label("confidence", result.confidence))
    if result.unread or result.law_status == "unverified" or "unsourced" in result.sources:
        yield phrase("draft_unverified")
    if result.languages and "en" not in result.languages:
        yield phrase("draft_language", languages=labels("languages", result.languages))


def _printed(paper: Paper) -> Iterator[str]:
    """Point to addresses of third parties that nobody has verified."""
    contacts = table("letter/contacts.toml")
    printed = any(row["details"] in said(paper) for row in contacts["credit_agencies"])
    if contacts["checked"] == "unverified" and printed:
        yield phrase("draft_contacts")


def page_names(matter: Matter, assessment: Assessment, paper: Paper) -> dict[str, Any]:
    """Return the names that the page of a notice uses."""
    result, incident = matter.result, matter.incident
    signatory = filled("signatory", matter).text
    title = phrase(
        "document_title",
        title=paper.title,
        recipient=result.recipient.name,
        reference=incident.reference,
    )
    return {
        "lang": "en",
        "title": title,
        "layout": paper.template.layout,
        "paper": paper,
        "reference": incident.reference,
        "engine": assessment.engine,
        "law_version": assessment.law.version,
        "sender": sender_of(incident, letter=paper.template.layout == "letter"),
        "to": _addressee(result),
        "date": date_line(matter),
        "meta": [*_meta(result), *_times(matter, paper)],
        "draft": draft_lines(matter, paper),
        "signatory": signatory,
    }
