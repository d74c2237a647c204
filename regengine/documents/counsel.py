"""Counsel's checklist: the plan of a matter by time and by workstream."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from regengine.assess import open_corpus
from regengine.assessment import Assessment, Result
from regengine.casefile.standing import Standing
from regengine.documents import pdf
from regengine.documents.content import counted, headcount, people_by_place, person_text
from regengine.documents.docket import (
    Docket,
    Row,
    chained,
    is_done,
    joined_names,
    reason,
    say,
    told_apart,
    who_of,
)
from regengine.documents.document import Document
from regengine.documents.letterhead import date_line
from regengine.documents.outputs import authority, label, phrase, residence, table
from regengine.documents.printed import document
from regengine.documents.provenance import OnRecord, facts_hash, on_record, provenance
from regengine.documents.shelf import put_file
from regengine.documents.tracked import Tracked, dated, line_of, part_of, printed
from regengine.documents.wording import labels, range_text
from regengine.documents.workstreams import Situation, is_judgement, phases
from regengine.errors import InputError
from regengine.facts import Contract, Incident, Moment, Person
from regengine.promises import PREFIX
from regengine.severity import Severity, enisa, severity

__all__ = ["checklist", "checklist_document", "checklist_pdf", "reason"]

_PLACES = 8  # that the summary names
_GLANCE = 6  # clocks that the first page shows
_DUTIES = 4  # that one presumption names
_OWN_PARTS = ("clocks", "decisions")  # parts of the page that are no workstream, with records


class Call(NamedTuple):
    """Somebody to call and about what."""

    who: str
    why: str


class Presumption(NamedTuple):
    """A ground of exemption that nobody claims, and what rests on that."""

    question: str
    citation: str
    who: str
    duties: str


class Promise(NamedTuple):
    """A contract as printed, with the clock that was counted for it."""

    party: str
    promise: str
    starts: str | None
    due: str | None
    address: str | None


def checklist(
    incident: Incident,
    assessment: Assessment,
    path: str | Path,
    *,
    standing: Sequence[Standing] = (),
    record: OnRecord | None = None,
) -> Path:
    """Write counsel's checklist as one PDF and return its path.

    The full assessment is inside as JSON. Instants are shown in the recipient's zone and in
    the organisation's; time left counts from ``assessment.now``, never from the clock. The
    file appears whole or not at all. ``standing`` are the rows of the case file's
    workstreams, advice too: the paper is counsel's own, and says so where it holds any.
    ``record`` is the entry of a case file on which it rests: its head stands in the foot.
    Raise ``fonts.MissingFontError`` where a script has no font.
    """
    target = Path(path)
    with on_record(record):
        put_file(target, checklist_pdf(incident, assessment, standing=standing))
    return target


def checklist_pdf(
    incident: Incident, assessment: Assessment, *, standing: Sequence[Standing] = ()
) -> bytes:
    """Build the PDF of ``checklist`` in memory."""
    return checklist_document(incident, assessment, standing=standing).files[".pdf"]


def checklist_document(
    incident: Incident, assessment: Assessment, *, standing: Sequence[Standing] = ()
) -> Document:
    """Build counsel's checklist as PDF, with the assessment inside, and as HTML.

    ``missing`` lists the questions that are still open; ``standing`` as in ``checklist``.
    """
    view = _View(incident, assessment, standing)
    styles = ("checklist/checklist.css", *(("checklist/record.css",) if standing else ()))
    return document(
        "checklist",
        "checklist",
        "checklist/page.html",
        view.names(),
        assessment,
        styles=styles,
        keys=[result.key for result in assessment.obligations],
        american=view.american,
        enclosures=[
            pdf.Enclosure(
                "assessment.json",
                assessment.to_json().encode(),
                phrase("assessment_enclosed_whole"),
            ),
            provenance(incident, assessment, None),
        ],
        missing=[question.question for question in assessment.open_questions],
    )


class _View(Docket):
    """The checklist's parts, as the page template takes them."""

    def __init__(
        self, incident: Incident, assessment: Assessment, standing: Sequence[Standing] = ()
    ) -> None:
        super().__init__(incident, assessment)
        self.situation = Situation(self)
        self.standing = standing

    def severity(self) -> Severity | None:
        """Score the breach where one of the decisions is the one that the score helps."""
        facts = [decision.fact for decision in self.situation.decisions() if decision.fact]
        asked = {fact.removeprefix("judgements.") for fact in facts if is_judgement(fact)}
        if not asked & set(enisa().helps) or not self.incident.affected:
            return None
        try:
            return severity(self.incident)
        except InputError:  # a place that a law folder of one's own has, and ours has not
            return None

    def presumptions(self) -> list[Presumption]:
        """List what was taken as not given: question, ground, who says, the duties."""
        merged: dict[tuple[str, str, str], list[str]] = {}
        for result, presumed in self.situation.presumed():
            who = self.situation.decider(presumed.fact)[0] if is_judgement(presumed.fact) else ""
            asked = (presumed.question, presumed.citation or "", who or say("presumed_who"))
            merged.setdefault(asked, []).append(result.key)
        return [
            Presumption(question, cite, who, self.duties(keys, _DUTIES))
            for (question, cite, who), keys in merged.items()
        ]

    def order(self) -> list[tuple[str, str]]:
        """List what must be sent before, with or after what."""
        words = table("words.toml")["checklist"]
        names = told_apart(self.assessment.obligations)
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
                    others = joined_names([names.get(key, key) for key in keys])
                    found.append((names[result.key], words[name].format(keys=others)))
        return found

    def kept(self) -> list[tuple[str, str]]:
        """List what a duty or a conclusion of this matter asks to keep, with its ground."""
        kept = [
            (result.keep, f"{result.citation} ({result.key})")
            for result in self.assessment.obligations
            if result.keep and result.status != "not_required"
        ]
        for name, given in self.incident.judgements.items():
            if given.value is not None and not given.written:
                kept.append(self._conclusion(name))
        return list(dict.fromkeys(kept))

    def _conclusion(self, name: str) -> tuple[str, str]:
        """Ask for a conclusion in writing, by its question where the law base has it."""
        text = table("words.toml")["evidence"]["judgement"]
        declared = open_corpus().judgements.get(name)
        return text.format(name=declared.question if declared else name), name if declared else ""

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
            who = chained(police.agency, police.contact, police.reference)
            found.append(Call(who, words["call_police"]))
        for result in self.ordered():
            known = authority(result.recipient.id)
            if result.status == "required" and known.get("phone"):
                found.append(Call(chained(result.recipient.name, known["phone"]), result.title))
        for contract in incident.contracts:
            if contract.address:
                who = chained(contract.party, contract.address)
                found.append(Call(who, contract.clause or contract.id))
        return list(dict.fromkeys(found))

    def contracts(self) -> list[Promise]:
        """List promises with the instants that the assessment counted for them."""
        return [
            Promise(
                contract.party or contract.id,
                chained(contract.within, contract.clause),
                label("events", contract.starts) if contract.starts else None,
                self._promised(contract),
                contract.address,
            )
            for contract in self.incident.contracts
        ]

    def _promised(self, contract: Contract) -> str | None:
        mine = [x for x in self.assessment.obligations if x.id == PREFIX + contract.id]
        return self.when(mine[0])[0] if mine and mine[0].deadline.due_at else None

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
        """Count duties by where they stand; what was filed counts whether owed or possible."""
        words = table("words.toml")["checklist"]
        results = self.assessment.obligations
        open_ = self.open("required")
        values = {
            "count_required": sum(x.status == "required" for x in results),
            "count_fixed": sum(x.deadline.kind == "fixed" for x in open_),
            "count_late": sum(map(self.is_late, open_)),
            "count_filed": sum(map(is_done, results)),
            "count_possible": sum(x.status == "possible" for x in results),
            "count_none": sum(x.status == "not_required" for x in results),
        }
        return [(words[name], value) for name, value in values.items()]

    def next_due(self, status: str = "required") -> Row | None:
        """Find the first clock of a status that still runs."""
        for result in self.open(status):
            due = result.deadline.due_at
            if due is not None and (self.now is None or due >= self.now):
                return self.row(result)
        return None

    def sooner(self) -> Row | None:
        """Find a possible duty that would be due before the next one that is owed."""
        owed, maybe = self.next_due(), self.next_due("possible")
        if maybe is None:
            return None
        first = self.by_key[maybe.key].deadline.due_at
        other = self.by_key[owed.key].deadline.due_at if owed else None
        return maybe if other is None or (first is not None and first < other) else None

    def names(self) -> dict[str, Any]:
        """Gather everything that the page uses."""
        assessment, incident = self.assessment, self.incident
        required = self.rows(status="required")
        return {
            **super().names(),
            "layout": "checklist",
            "title": phrase("checklist_title", reference=incident.reference),
            "law_hash": assessment.law.sha256,
            "facts_hash": facts_hash(incident),
            "date": date_line(self.matter),
            "as_of": self.moment(Moment.of(assessment.as_of)) if assessment.as_of else None,
            "checked": assessment.checked,
            "summary": self.summary(),
            "counts": self.counts(),
            "overdue": [row for row in required if row.late],
            "next_due": self.next_due(),
            "sooner": self.sooner(),
            "glance": [row for row in required if not row.done][:_GLANCE],
            "picture": self.picture(),
            **self.on_record(),
            "phases": self.phases(),
            "untimed": sum(x.deadline.due_at is None for x in self.open("required")),
            "required": required,
            "possible": self.rows(status="possible"),
            "not_required": [
                (x, reason(x)) for x in assessment.obligations if x.status == "not_required"
            ],
            "decisions": self.situation.decisions(),
            "severity": self.severity(),
            "group_names": {x.group: x.label or x.group for x in self.incident.affected or ()},
            "questions": self.situation.questions(),
            "remainders": self.situation.remainders(),
            "presumptions": self.presumptions(),
            "order": self.order(),
            "streams": self.situation.streams,
            "phase_titles": {phase.id: phase.title for phase in phases()},
            "kept": self.kept(),
            "claims": self.situation.claims(),
            "audiences": self.situation.audiences(),
            "holds": self.situation.holds(),
            "calls": self.calls(),
            "contracts": self.contracts(),
            "coming": assessment.coming,
            "not_covered": assessment.not_covered,
            "assumptions": assessment.assumptions,
            "warnings": assessment.warnings,
        }

    def on_record(self) -> dict[str, Any]:
        """Lay the rows of the case file into the parts where they stand."""
        parts: dict[str, list[Standing]] = {}
        for row in self.standing:
            parts.setdefault(part_of(row.stream), []).append(row)
        advice = sum(row.advice for row in self.standing)
        unphased = len(self.dated) if self.situation.began is None else 0
        return {
            "on_record": {
                part: printed(self, parts.get(part, ())) for part in (*_OWN_PARTS, *parts)
            },
            "record_warnings": sum(row.warning is not None for row in self.standing),
            "advice_said": _counted("advice_row_one", "advice_rows", advice),
            "unphased": _counted("unphased_one", "unphased", unphased),
        }

    @cached_property
    def dated(self) -> list[Tracked]:
        """List what is due on record beside the clocks, in the order of time."""
        return dated(self, self.standing)

    def _together(self, results: Sequence[Result]) -> list[tuple[str, str, str]]:
        """Put clocks of one instant and one standing into one line: when, who, which state."""
        lines: dict[tuple[str, str], list[str]] = {}
        for result in results:
            state = "overdue" if self.is_late(result) else result.status
            stage = result.stage.replace("_", " ") if result.stage else None
            name = phrase("at_stage", name=who_of(result), stage=stage) if stage else who_of(result)
            lines.setdefault((self.when(result)[0], state), []).append(name)
        return [(when, "; ".join(dict.fromkeys(x)), state) for (when, state), x in lines.items()]

    def phases(self) -> list[dict[str, Any]]:
        """Lay the plan out by time, with the clocks that end in each part."""
        found = []
        for phase in self.situation.plan():
            span = None
            if phase.start is not None:
                start, end = self.at(phase.start), self.at(phase.end) if phase.end else None
                span = say("window", start=start, end=end) if end else say("from", at=start)
            found.append(
                {
                    "title": phase.title,
                    "span": span,
                    "state": {"past": say("passed"), "now": say("running")}.get(phase.state),
                    "clocks": self._together(phase.clocks),
                    "tasks": phase.tasks,
                    "rows": [
                        line_of(row) for row in self.dated if self.situation.falls_in(row.at, phase)
                    ],
                }
            )
        return found


def _counted(one: str, many: str, count: int) -> str | None:
    return say(one if count == 1 else many, count=count) if count else None


def _some(places: list[str]) -> str:
    """List the first places, and how many follow where that is shorter."""
    if len(places) <= _PLACES + 1:
        return "; ".join(places)
    more = str(table("words.toml")["checklist"]["more_places"])
    return "; ".join(places[:_PLACES]) + more.format(count=len(places) - _PLACES)
