"""Counsel's checklist: everything to decide, send, confirm and keep, in the order of time."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from regengine.assessment import Assessment, Deadline, ExtraAsked, Presumed, Result
from regengine.documents import fonts, pages, pdf
from regengine.documents.content import (
    Matter,
    counted,
    events,
    headcount,
    people_by_place,
    person_text,
)
from regengine.documents.document import when_of
from regengine.documents.letterhead import date_line
from regengine.documents.outputs import (
    authority,
    folder,
    home_zone,
    label,
    phrase,
    place_name,
    residence,
    table,
)
from regengine.documents.picture import Clock, Event, Picture, draw
from regengine.documents.provenance import facts_hash, provenance
from regengine.documents.wording import (
    instant_text,
    joined,
    labels,
    moment_text,
    range_text,
    span_text,
    start_text,
)
from regengine.errors import InputError
from regengine.facts import Contract, Incident, Moment, Person
from regengine.law import Period
from regengine.severity import Severity, enisa, severity
from regengine.truth import Range

_FACT_ROOTS = (
    "affected",
    "incident",
    "organisation",
    "timeline",
    "records",
    "description",
    "filings",
    "regimes",
    "places",
)


_PLACES = 8  # that the summary names
_QUESTIONS = 3  # that a possible duty shows
_GLANCE = 6  # clocks that the first page shows


class Row(NamedTuple):
    """One clock as printed."""

    key: str
    title: str
    recipient: str
    status: str
    stage: str | None
    when: tuple[str, ...]
    left: str | None
    late: bool
    facts: tuple[tuple[str, str], ...]
    filed: tuple[str, ...]


class Call(NamedTuple):
    """Somebody to call and about what."""

    who: str
    why: str


def checklist(incident: Incident, assessment: Assessment, path: str | Path) -> Path:
    """Write counsel's checklist as one PDF and return its path.

    The full assessment is inside as JSON. Instants are shown in the recipient's zone and in
    the organisation's; time left counts from ``assessment.now``, never from the clock. The
    file appears whole or not at all. Raise ``fonts.MissingFontError`` where a script has no
    font.
    """
    target = Path(path)
    content = checklist_pdf(incident, assessment)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
    return target


def checklist_pdf(incident: Incident, assessment: Assessment) -> bytes:
    """Build the checklist of ``checklist`` in memory."""
    view = _View(incident, assessment)
    names = view.names()
    html = pages.page("checklist/page.html", names)
    style = pages.style(fonts.families(html), letter=view.american)
    more = folder().joinpath("checklist", "checklist.css").read_text(encoding="utf-8")
    return pdf.render(
        html,
        css=f"{style}\n{more}",
        title=names["title"],
        when=when_of(assessment),
        creator=f"regengine {assessment.engine}",
        enclosures=[
            pdf.Enclosure(
                "assessment.json",
                assessment.to_json().encode(),
                phrase("assessment_enclosed_whole"),
            ),
            provenance(incident, assessment, None),
        ],
    ).content


class _View:
    """The checklist's parts, as the page template takes them."""

    def __init__(self, incident: Incident, assessment: Assessment) -> None:
        self.incident = incident
        self.assessment = assessment
        country = incident.organisation.country or ""
        self.american = any(fnmatchcase(country, x) for x in table("filing/index.toml")["letter"])
        self.zone = home_zone(incident.organisation)
        self.now = assessment.now
        first = assessment.obligations[:1]
        self._matter = (
            Matter(incident, first[0], assessment, self.american, earliest=True) if first else None
        )

    # -- words ------------------------------------------------------------------------

    def at(self, instant: datetime, zone: str) -> str:
        return instant_text(instant, zone, american=self.american)

    def both(self, instant: datetime, zone: str | None) -> tuple[str, ...]:
        """Write an instant in the recipient's zone and, if it reads otherwise, in ours."""
        there, here = self.at(instant, zone or self.zone), self.at(instant, self.zone)
        return (there,) if there == here else (there, here)

    # -- clocks -----------------------------------------------------------------------

    def _sorted(self, results: Iterable[Result]) -> list[Result]:
        far = datetime.max.replace(tzinfo=when_of(self.assessment).tzinfo)

        def order(result: Result) -> tuple[int, datetime]:
            deadline = result.deadline
            instant = deadline.due_at or deadline.projected_due_at or far
            rank = {"fixed": 0, "soft": 1, "not_started": 2}.get(deadline.kind, 3)
            return (0 if deadline.due_at else rank, instant)

        return sorted(results, key=order)

    def rows(self, *, status: str) -> list[Row]:
        chosen = [x for x in self.assessment.obligations if x.status == status]
        return [self._row(result, full=status == "required") for result in self._sorted(chosen)]

    def _row(self, result: Result, *, full: bool = True) -> Row:
        deadline = result.deadline
        left, late = self._left(result)
        return Row(
            key=result.key,
            title=result.title,
            recipient=_who(result),
            status=result.status,
            stage=result.stage.replace("_", " ") if result.stage else None,
            when=self._when(deadline),
            left=left,
            late=late,
            facts=tuple(self._facts(result) if full else self._brief(result)),
            filed=tuple(self._filed(result)),
        )

    def _when(self, deadline: Deadline) -> tuple[str, ...]:
        if deadline.due_at is not None:
            return self.both(deadline.due_at, deadline.zone)
        if deadline.projected_due_at is not None:
            there = self.both(deadline.projected_due_at, deadline.zone)[0]
            return (phrase("projected", at=there),)
        if deadline.kind == "not_started":
            return (phrase("not_started"),)
        return (deadline.soft or deadline.text or phrase("not_known"),)

    def _left(self, result: Result) -> tuple[str | None, bool]:
        due = result.deadline.due_at
        if due is None or self.now is None or result.filed:
            return None, False
        seconds = int((due - self.now).total_seconds())
        late = seconds < 0
        return phrase("late" if late else "left", span=span_text(seconds)), late

    def _filed(self, result: Result) -> Iterable[str]:
        for filed in result.filed:
            at = self._moment(Moment.of(filed.at))
            name = "filed_reference" if filed.reference else "filed_at"
            yield phrase(name, at=at, reference=filed.reference)

    def _moment(self, moment: Moment) -> str:
        return moment_text(moment, self.zone, american=self.american)

    def _brief(self, result: Result) -> Iterable[tuple[str, str]]:
        """Say of a possible duty what decides it, and no more."""
        words = table("words.toml")["checklist"]
        questions = list(dict.fromkeys(fact.question for fact in result.open_facts))
        more = len(questions) - _QUESTIONS
        if more > 0:
            questions[_QUESTIONS:] = [words["more_questions"].format(count=more)]
        values = {
            "terms": result.deadline.text,
            "depends": " ".join(questions),
            "citation": result.citation,
            "confidence": self._confidence(result),
        }
        for name, value in values.items():
            if value:
                yield words[name], value

    def _facts(self, result: Result) -> Iterable[tuple[str, str]]:
        words = table("words.toml")["checklist"]
        deadline = result.deadline
        found = authority(result.recipient.id)
        values = {
            "terms": deadline.text,
            "latest": self._latest(deadline),
            "starts": self._starts(deadline),
            "not_before": self.at(deadline.not_before, deadline.zone or self.zone)
            if deadline.not_before
            else None,
            "how": result.method or found.get("method"),
            "portal": result.portal or found.get("portal"),
            "reach": _chained(found.get("email"), found.get("phone")),
            "languages": labels("languages", result.languages),
            "people": counted(Range(result.people.at_least, result.people.at_most)).text,
            "citation": "; ".join(_grounds(result)),
            "confidence": self._confidence(result),
            "forbidden": joined(result.forbidden),
            "extras": " ".join(self._extra(item) for item in result.extras),
            "why": reason(result),
            "received": words["received_only"] if deadline.met == "received" else None,
            "derived": words["derived_number"] if deadline.derived else None,
            "notes": " ".join(result.notes),
        }
        for name, value in values.items():
            if value:
                yield words[name], str(value)
        for held in deadline.held:
            who = held.requested_by or held.granted_by
            yield words["hold"], _chained(who, held.why, held.citation)
        for reading in deadline.readings:
            when = self.at(reading.due_at, deadline.zone or self.zone) if reading.due_at else None
            passed = reading.due_at and self.now and reading.due_at < self.now
            gone = words["passed"] if passed and not result.filed else None
            yield words["reading"], _chained(when, gone, reading.ground, reading.citation)

    def _latest(self, deadline: Deadline) -> str | None:
        if deadline.latest_defensible is None:
            return None
        return self.at(deadline.latest_defensible, deadline.zone or self.zone)

    def _starts(self, deadline: Deadline) -> str | None:
        start = deadline.starts
        if start is None:
            return None
        words = table("words.toml")["checklist"]
        parts = [start_text(start.event)]
        if start.at is not None:
            parts.append(self.at(start.at, self.zone))
        if start.assumed:
            parts.append(words["assumed"])
        if start.note:
            parts.append(start.note)
        return "; ".join(parts)

    def _confidence(self, result: Result) -> str:
        words = table("words.toml")["checklist"]
        parts = [label("confidence", result.confidence)]
        if result.verified is not None:
            verified = self._moment(Moment.of(result.verified))
            parts.append(words["verified"].format(at=verified))
        if result.unread is not None:
            parts.append(words["unread"].format(instead=result.unread))
        elif "unsourced" in result.sources or result.law_status == "unverified":
            parts.append(words["no_text_seen"])
        if result.law_status == "in_force_start_unknown":
            parts.append(words["start_unknown"])
        return "; ".join(parts)

    def _extra(self, extra: ExtraAsked) -> str:
        name = "extra" if extra.status == "required" else "extra_possible"
        words = table("words.toml")["checklist"]
        return str(words[name].format(say=extra.say, citation=extra.citation))

    # -- other parts ------------------------------------------------------------------

    def decisions(self) -> list[tuple[str, str, str]]:
        """List legal conclusions to be drawn: question, fact, ground."""
        seen: dict[str, tuple[str, str, str]] = {}
        for question in self.assessment.open_questions:
            if _is_judgement(question.fact):
                ground = question.citation or joined(question.decides)
                seen[question.fact] = (question.question, question.fact, ground)
        for _, presumed in self._presumed():
            if _is_judgement(presumed.fact) and presumed.fact not in seen:
                ground = presumed.citation or ""
                seen[presumed.fact] = (presumed.question, presumed.fact, ground)
        return list(seen.values())

    def severity(self) -> Severity | None:
        """Score the breach where one of the decisions is the one that the score helps."""
        asked = {fact.removeprefix("judgements.") for _, fact, _ in self.decisions()}
        if not asked & set(enisa().helps) or not self.incident.affected:
            return None
        try:
            return severity(self.incident)
        except InputError:  # a place that a law folder of one's own has, and ours has not
            return None

    def _presumed(self) -> list[tuple[Result, Presumed]]:
        return [
            (result, presumed)
            for result in self.assessment.obligations
            if result.status != "not_required"
            for presumed in result.presumed
        ]

    def presumptions(self) -> list[tuple[str, str, str]]:
        """List what was taken as not given: question, ground, the duties that rest on it."""
        merged: dict[tuple[str, str], list[str]] = {}
        for result, presumed in self._presumed():
            merged.setdefault((presumed.question, presumed.citation or ""), []).append(result.key)
        return [(question, cite, joined(keys)) for (question, cite), keys in merged.items()]

    def order(self) -> list[tuple[str, str]]:
        """List what must be sent before, with or after what."""
        words = table("words.toml")["checklist"]
        found = []
        for result in self.assessment.obligations:
            if result.status == "not_required":
                continue
            order = result.deadline.order
            for name, keys in (
                ("order_before", order.before),
                ("order_with", order.with_),
                ("order_after", order.after),
            ):
                if keys:
                    found.append((result.key, words[name].format(keys=joined(keys))))
        return found

    def evidence(self) -> list[tuple[str, str]]:
        """List what to keep, with its ground; what every matter needs comes first."""
        kept = [(text, "") for text in table("words.toml")["evidence"]["always"]]
        kept += [
            (result.keep, f"{result.citation} ({result.key})")
            for result in self.assessment.obligations
            if result.keep and result.status != "not_required"
        ]
        for name, given in self.incident.judgements.items():
            if given.value is not None and not given.written:
                text = table("words.toml")["evidence"]["judgement"].format(name=name)
                kept.append((text, ""))
        return list(dict.fromkeys(kept))

    def calls(self) -> list[Call]:
        """List whom to call: our own people, the police, authorities by their deadline."""
        words = table("words.toml")["checklist"]
        incident = self.incident
        people: list[tuple[Person | None, str]] = [
            (incident.signatory, words["call_signatory"]),
            (incident.organisation.dpo, words["call_dpo"]),
            (incident.reporter, words["call_reporter"]),
        ]
        found = [Call(person_text(person), why) for person, why in people if person is not None]
        police = incident.law_enforcement
        if police.agency:
            who = _chained(police.agency, police.contact, police.reference)
            found.append(Call(who, words["call_police"]))
        for result in self._sorted(self.assessment.obligations):
            known = authority(result.recipient.id)
            if result.status == "required" and known.get("phone"):
                found.append(Call(_chained(result.recipient.name, known["phone"]), result.title))
        for contract in incident.contracts:
            if contract.address:
                who = _chained(contract.party, contract.address)
                found.append(Call(who, contract.clause or contract.id))
        return list(dict.fromkeys(found))

    def contracts(self) -> list[dict[str, str | None]]:
        """List promises; an instant is computed only for elapsed hours from an instant."""
        return [
            {
                "party": contract.party or contract.id,
                "promise": _chained(contract.within, contract.clause),
                "starts": label("events", contract.starts) if contract.starts else None,
                "due": self._promised(contract),
                "address": contract.address,
            }
            for contract in self.incident.contracts
        ]

    def _promised(self, contract: Contract) -> str | None:
        candidates = self.incident.timeline.get(contract.starts or "", ())
        if not candidates or candidates[0].at.at is None or contract.within is None:
            return None
        try:
            period = Period.read(contract.within)
        except ValueError:
            return None
        unit = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1)}.get(period.unit)
        if unit is None:
            return None
        due = candidates[0].at.at + period.amount * unit
        return self.at(due, self.zone)

    def picture(self) -> Picture | None:
        """Lay out the time line of events and of clocks with a due instant."""
        names = _told_apart(self.assessment.obligations)
        clocks: dict[tuple[datetime, bool], tuple[datetime, list[str]]] = {}
        known = events(self._matter) if self._matter else []
        origin = known[0][0] if known else self.now
        for result in self.assessment.obligations:
            due = result.deadline.due_at
            if due is None or result.status == "not_required" or result.filed:
                continue
            started = result.deadline.starts.at if result.deadline.starts else None
            start = started or origin or due
            slot = clocks.setdefault((due, result.status == "possible"), (start, []))
            slot[1].append(result.key)
        drawn = [
            Clock(min(start, due), due, tuple(names[key] for key in keys), possible)
            for (due, possible), (start, keys) in clocks.items()
        ]
        moments = [Event(at, name) for at, name, _ in known]
        return draw(moments, drawn, self.now, self.zone)

    def summary(self) -> list[tuple[str, str]]:
        """Say the matter in a few lines."""
        words = table("words.toml")["checklist"]
        incident = self.incident
        groups = incident.affected or ()
        data = dict.fromkeys(word for group in groups for word in group.data or ())
        places = [
            phrase("place_line", place=residence(place), count=range_text(count))
            for place, count in people_by_place(groups)
        ]
        happening = incident.incident
        values = {
            "organisation": incident.organisation.name,
            "what": incident.summary or incident.description.nature or incident.title,
            "kind": labels("kinds", happening.kinds or ()),
            "people": counted(headcount(groups)).text if incident.affected else None,
            "places": _some(places),
            "data": labels("elements", list(data)),
        }
        return [
            (words[f"summary_{name}"], str(value or phrase("not_known")))
            for name, value in values.items()
        ]

    def counts(self) -> list[tuple[str, int]]:
        """Count duties by where they stand."""
        words = table("words.toml")["checklist"]
        results = self.assessment.obligations
        required = [x for x in results if x.status == "required"]
        open_ = [x for x in required if not x.filed]
        late = [
            x
            for x in open_
            if self.now and x.deadline.due_at is not None and x.deadline.due_at < self.now
        ]
        values = {
            "count_required": len(required),
            "count_fixed": sum(x.deadline.kind == "fixed" for x in open_),
            "count_late": len(late),
            "count_filed": len(required) - len(open_),
            "count_possible": sum(x.status == "possible" for x in results),
            "count_none": sum(x.status == "not_required" for x in results),
        }
        return [(words[name], value) for name, value in values.items()]

    def next_due(self) -> Row | None:
        """Find the first clock that still runs."""
        for result in self._sorted(self.assessment.obligations):
            due = result.deadline.due_at
            running = result.status == "required" and due is not None and not result.filed
            if running and due is not None and (self.now is None or due >= self.now):
                return self._row(result)
        return None

    def names(self) -> dict[str, Any]:
        """Gather everything that the page uses."""
        assessment, incident = self.assessment, self.incident
        return {
            "lang": "en",
            "layout": "checklist",
            "title": phrase("checklist_title", reference=incident.reference),
            "reference": incident.reference,
            "engine": assessment.engine,
            "law_version": assessment.law.version,
            "law_hash": assessment.law.sha256,
            "facts_hash": facts_hash(incident),
            "matter": incident.title or assessment.title or "",
            "organisation": incident.organisation.name or phrase("not_known"),
            "date": date_line(self._matter) if self._matter else phrase("undated"),
            "as_of": self._moment(Moment.of(assessment.as_of)) if assessment.as_of else None,
            "now": self.at(self.now, self.zone) if self.now else None,
            "checked": assessment.checked,
            "zone": self.zone,
            "summary": self.summary(),
            "counts": self.counts(),
            "overdue": [row for row in self.rows(status="required") if row.late],
            "next_due": self.next_due(),
            "glance": [x for x in self.rows(status="required") if not x.filed][:_GLANCE],
            "picture": self.picture(),
            "required": self.rows(status="required"),
            "possible": self.rows(status="possible"),
            "not_required": [
                (x, reason(x)) for x in assessment.obligations if x.status == "not_required"
            ],
            "decisions": self.decisions(),
            "severity": self.severity(),
            "questions": assessment.open_questions,
            "summaries": assessment.summaries,
            "presumptions": self.presumptions(),
            "order": self.order(),
            "evidence": self.evidence(),
            "calls": self.calls(),
            "contracts": self.contracts(),
            "coming": assessment.coming,
            "not_covered": assessment.not_covered,
            "assumptions": assessment.assumptions,
            "warnings": assessment.warnings,
        }


def _grounds(result: Result) -> list[str]:
    """List the citations, without those that another one holds."""
    cites = list(dict.fromkeys((result.citation, *result.citations)))
    return [x for x in cites if not any(x != other and x in other for other in cites)]


def _some(places: list[str]) -> str:
    """List the first places, and how many follow where that is shorter."""
    if len(places) <= _PLACES + 1:
        return "; ".join(places)
    more = str(table("words.toml")["checklist"]["more_places"])
    return "; ".join(places[:_PLACES]) + more.format(count=len(places) - _PLACES)


def _who(result: Result) -> str:
    """Name the recipient, and the place where the name does not hold it."""
    place = place_name(result.jurisdiction)
    name = result.recipient.name
    return name if place in name else f"{name}, {place}"


def _told_apart(results: Sequence[Result]) -> dict[str, str]:
    """Name each clock by its recipient; with the stage or the duty where that is not one."""
    named = {x.key: f"{x.recipient.name} ({x.jurisdiction})" for x in results}
    counts = Counter(named.values())
    found = {}
    for result in results:
        name = named[result.key]
        if result.stage:
            name = phrase("at_stage", name=name, stage=result.stage.replace("_", " "))
        if counts[named[result.key]] > 1:
            name = f"{name}: {result.title}"
        found[result.key] = name
    return found


def _chained(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)


def _is_judgement(fact: str) -> bool:
    """Say whether a fact is a legal conclusion: dotted, and no field of the incident."""
    if fact.startswith("judgements."):
        return True
    return "." in fact and fact.partition(".")[0] not in _FACT_ROOTS


def _shown(because: str) -> str:
    """Take the words in which the engine put a premise: those in brackets, else all."""
    match = re.search(r"\(([^()]+(?:\([^()]*\)[^()]*)*)\)$", because)
    return match[1] if match else because


def reason(result: Result) -> str:
    """Say in one line why a duty is owed or not; the full proof is in the assessment.

    Presumptions are left out: they have a part of their own.
    """
    goals = {f"{result.id} is owed", f"not: {result.id} is owed", None}
    steps = [step for step in result.why if step.concludes in goals] or list(result.why)
    by_conclusion = {step.concludes: step for step in result.why}
    found: dict[str, None] = {}
    for step in steps:
        for because in step.because:
            deeper = by_conclusion.get(because) if because not in goals else None
            behind = deeper.because if deeper is not None and deeper not in steps else (because,)
            for premise in behind:
                if not premise.startswith(("not shown", "owed(")) and premise not in goals:
                    found[_shown(premise)] = None
    return "; ".join(found)
