"""Filings and letters: one PDF for each duty whose clock runs, and a receipt of them all.

Everything is rendered before anything is written; then the files appear at once, or, where
the folder exists already, one by one by atomic replacement. After an error nothing is left.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from regengine.assessment import Assessment, Result, named_results
from regengine.calendars import zone as zone_of
from regengine.documents import fonts, pages, pdf, word
from regengine.documents.composing import compose
from regengine.documents.content import Matter, fill
from regengine.documents.document import when_of
from regengine.documents.outputs import (
    address_of,
    authority,
    fingerprint,
    label,
    phrase,
    table,
)
from regengine.documents.paper import Paper, said
from regengine.documents.provenance import facts_hash, provenance, sha256
from regengine.documents.templates import american, route, template_at
from regengine.documents.wording import day_text, joined, labels
from regengine.errors import Fault, InputError
from regengine.facts import Incident

RUNNING = ("fixed", "soft")
RECEIPT = "receipt.json"
Progress = Callable[[int, int, str], None]
_LAYOUTS = {"form": "filing/page.html", "letter": "letter/page.html"}
_GROUP = 48  # characters of a group's name in the name of a file
_SHOWN = 3  # items named on the draft mark


@dataclass(frozen=True, slots=True)
class Written:
    """One notice on disk; ``to_follow`` names what is missing in it.

    ``replaced``: a file of that name was there before. ``docx`` stands beside letters that
    are meant to be edited or merged. ``group`` is the one group of people whom a letter is
    for, where a place has several.
    """

    path: Path
    key: str
    template: str
    pages: int
    to_follow: tuple[str, ...]
    sha256: str
    docx: Path | None = None
    replaced: bool = False
    group: str | None = None


class _Made(NamedTuple):
    """One notice in memory; ``name`` is that of its files, without their ending."""

    result: Result
    group: str | None
    name: str
    folder: str
    paper: Paper
    rendered: pdf.Rendered
    docx: bytes | None
    families: list[str]


def choose(
    assessment: Assessment, only: Collection[str] = (), *, all_: bool = False
) -> list[Result]:
    """Choose the results that are filed, in the order of the assessment.

    Required ones whose clock runs; with ``all_`` also possible and not started ones. Raise
    ``InputError`` for a name that the assessment does not have, and where nothing that is
    named can be filed.
    """
    found = [result for name in only for result in named_results(assessment, name)]
    wanted = {result.key for result in found}
    chosen = [
        result
        for result in assessment.obligations
        if _fileable(result, all_=all_) and (not only or result.key in wanted)
    ]
    if only and not chosen:
        states = joined(sorted({f"{x.status}, clock {x.deadline.kind}" for x in found}))
        message = f"nothing to file ({states})" + ("" if all_ else "; --all also writes open ones")
        raise InputError([Fault("--only", ", ".join(only), message)])
    return chosen


def _fileable(result: Result, *, all_: bool) -> bool:
    if result.status == "not_required" or result.deadline.kind == "none":
        return False
    return all_ or (result.status == "required" and result.deadline.kind in RUNNING)


def file_name(key: str) -> str:
    """Make a file name of a key; different keys give different names.

    >>> file_name("xx-office@XX/final")
    'xx-office@XX--final'
    """
    return key.replace("/", "--")


def _groups(incident: Incident, result: Result) -> list[str | None]:
    """List the groups that get a letter of their own; none where there is one for all."""
    if result.recipient.kind != "individuals":
        return [None]
    groups = Matter(incident, result).groups()
    return [group.group for group in groups] if len(groups) > 1 else [None]


def _name(key: str, group: str | None, taken: Collection[str]) -> str:
    """Make the name of a letter to one group; no two files share one."""
    if group is None:
        return file_name(key)
    safe = re.sub(r"[^\w.-]+", "_", group).strip("._-")[:_GROUP] or "group"
    found = base = f"{file_name(key)}--{safe}"
    number = 1
    names = {name.lower() for name in taken}  # some disks do not tell letters' case apart
    while found.lower() in names:
        number += 1
        found = f"{base}-{number}"
    return found


def file(
    incident: Incident,
    assessment: Assessment,
    out_dir: str | Path,
    only: Collection[str] = (),
    *,
    all_: bool = False,
    progress: Progress | None = None,
) -> list[Written]:
    """Write the notice of every required duty whose clock runs.

    Where people of several groups in one place must be told, each group gets a letter of
    its own, which says that group's data alone.

    ``only`` names results by id, id@PLACE or key. ``all_`` adds possible and not started
    ones. ``progress`` is told how many are done, of how many, and the key. A receipt.json
    beside the notices holds the hashes of what they were made from. Raise ``InputError``
    for a bad name or folder, ``fonts.MissingFontError`` where a script has no font; then
    nothing is written.
    """
    target = Path(out_dir)
    if target.exists() and not target.is_dir():
        raise InputError([Fault(str(target), "", "is a file; --out needs a folder")])
    chosen = choose(assessment, only, all_=all_)
    made: list[_Made] = []
    for number, result in enumerate(chosen):
        if progress is not None:
            progress(number, len(chosen), result.key)
        for group in _groups(incident, result):
            name = _name(result.key, group, {one.name for one in made})
            made.append(_make(incident, assessment, result, group, name))
    if progress is not None:
        progress(len(chosen), len(chosen), "")
    files = _files(made)
    files[RECEIPT] = _receipt(incident, assessment, made)
    before = {name for name in files if (target / name).exists()}
    _put(target, files)
    return [_written(target, one, before) for one in made]


def _written(target: Path, one: _Made, before: set[str]) -> Written:
    name = one.name
    return Written(
        path=target / f"{name}.pdf",
        key=one.result.key,
        template=one.folder,
        pages=one.rendered.pages,
        to_follow=one.paper.to_follow,
        sha256=sha256(one.rendered.content),
        docx=target / f"{name}.docx" if one.docx is not None else None,
        replaced=f"{name}.pdf" in before,
        group=one.group,
    )


def _files(made: Iterable[_Made]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for one in made:
        files[f"{one.name}.pdf"] = one.rendered.content
        if one.docx is not None:
            files[f"{one.name}.docx"] = one.docx
    return files


def _put(target: Path, files: dict[str, bytes]) -> None:
    """Let all files appear, or none where the folder is new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, content in files.items():
            (beside / name).write_bytes(content)
        beside.chmod(0o755)
        if not target.exists():
            beside.rename(target)
            return
        for name in files:
            os.replace(beside / name, target / name)  # noqa: PTH105  # reason: atomic by contract
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _make(
    incident: Incident, assessment: Assessment, result: Result, group: str | None, name: str
) -> _Made:
    folder = route(result)
    template = template_at(folder)
    matter = Matter(incident, result, assessment, american(result), group=group)
    paper = compose(template, matter)
    names = _names(matter, assessment, paper)
    html = pages.page(_LAYOUTS[template.layout], names)
    families = fonts.families(html)
    rendered = pdf.render(
        html,
        css=pages.style(families, letter=matter.american),
        title=names["title"],
        when=when_of(assessment),
        creator=f"regengine {assessment.engine}",
        enclosures=_enclosures(incident, assessment, result, template.attach),
    )
    docx = None
    if template.docx and template.layout == "letter":
        docx = word.letter(names, paper, when=when_of(assessment), american=matter.american)
    return _Made(result, group, name, folder, paper, rendered, docx, families)


def narrowed(assessment: Assessment, result: Result) -> Assessment:
    """Reduce an assessment to what the recipient of one notice may see.

    Other duties and counsel's own material (open questions, presumptions, other readings,
    the outer instant, a start that was only assumed) stay out: a notice leaves the house.
    """
    starts = result.deadline.starts
    if starts is not None:
        starts = None if starts.assumed else starts.model_copy(update={"note": None})
    deadline = result.deadline.model_copy(
        update={"latest_defensible": None, "readings": (), "trace": (), "starts": starts}
    )
    shown = result.model_copy(
        update={"deadline": deadline, "presumed": (), "open_facts": (), "notes": (), "why": ()}
    )
    nothing: dict[str, tuple[()]] = dict.fromkeys(
        ("summaries", "open_questions", "not_covered", "coming", "assumptions", "warnings"), ()
    )
    return assessment.model_copy(update={"obligations": (shown,), **nothing})


def _enclosures(
    incident: Incident, assessment: Assessment, result: Result, attach: str
) -> list[pdf.Enclosure]:
    enclosed = []
    if attach == "result":
        content = narrowed(assessment, result).to_json().encode()
        enclosed.append(pdf.Enclosure("assessment.json", content, phrase("assessment_enclosed")))
    enclosed.append(provenance(incident, assessment, result.key))
    return enclosed


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


def _draft(matter: Matter, paper: Paper) -> list[str]:
    """Say on the first page why this is a draft; empty where nothing is missing."""
    result = matter.result
    lines = [*_alone(matter), *_delicate(result, paper)]
    if paper.to_follow:
        count = len(paper.to_follow)
        items = joined(paper.to_follow)
        if count > _SHOWN + 1:
            shown = "; ".join(paper.to_follow[:_SHOWN])
            items = phrase("draft_more", items=shown, count=count - _SHOWN)
        name = "draft_item" if count == 1 else "draft_items"
        lines.append(phrase(name, count=count, items=items))
    if result.status == "possible":
        lines.append(phrase("draft_possible"))
    if result.deadline.kind == "not_started":
        lines.append(phrase("draft_not_started"))
    if result.confidence == "low":
        confidence = label("confidence", result.confidence)
        lines.append(phrase("draft_confidence", confidence=confidence))
    if result.unread or result.law_status == "unverified" or "unsourced" in result.sources:
        lines.append(phrase("draft_unverified"))
    if result.languages and "en" not in result.languages:
        names = labels("languages", result.languages)
        lines.append(phrase("draft_language", languages=names))
    contacts = table("letter/contacts.toml")
    printed = any(row["details"] in said(paper) for row in contacts["credit_agencies"])
    if contacts["checked"] == "unverified" and printed:
        lines.append(phrase("draft_contacts"))
    return lines


def _names(matter: Matter, assessment: Assessment, paper: Paper) -> dict[str, Any]:
    result, incident = matter.result, matter.incident
    signatory = fill("signatory", incident, result, assessment).text
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
        "draft": _draft(matter, paper),
        "signatory": signatory,
    }


def _receipt(incident: Incident, assessment: Assessment, made: Iterable[_Made]) -> bytes:
    made = list(made)
    families = {family for one in made for family in one.families}
    rows = []
    for one in made:
        name = one.name
        rows.append(
            {
                "key": one.result.key,
                "group": one.group,
                "file": f"{name}.pdf",
                "sha256": sha256(one.rendered.content),
                "pages": one.rendered.pages,
                "template": one.folder,
                "to_follow": list(one.paper.to_follow),
                "docx": f"{name}.docx" if one.docx is not None else None,
                "docx_sha256": sha256(one.docx) if one.docx is not None else None,
            }
        )
    content = {
        "schema": "regengine.receipt/1",
        "incident": incident.reference,
        "incident_sha256": facts_hash(incident),
        "assessment_sha256": sha256(assessment.to_json().encode()),
        "now": assessment.now.isoformat() if assessment.now else None,
        "engine": assessment.engine,
        "law": {"version": assessment.law.version, "sha256": assessment.law.sha256},
        "templates_sha256": fingerprint(),
        "renderer": pdf.RENDERER,
        "fonts": fonts.hashes(families) if made else {},
        "files": rows,
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
