"""The register of breaches: one entry for each matter, and the table of all of them.

An entry holds the facts, the effects, the remedial action and the decisions with their
reasons, under every law in view that asks for a record. The table comes as CSV, JSON or PDF.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from regengine.assess import open_corpus
from regengine.assessment import Assessment, Filed, Result
from regengine.corpus import Corpus
from regengine.documents.content import (
    FILLS,
    Matter,
    elements,
    filled,
    headcount,
    people_by_place,
    reading_order,
)
from regengine.documents.delay import delayed
from regengine.documents.docket import reason, with_titles
from regengine.documents.document import Document, print_page, when_of
from regengine.documents.items import content_items
from regengine.documents.memo import (
    Memo,
    Part,
    Signature,
    Style,
    Table,
    document,
    entry,
    file_slug,
)
from regengine.documents.memo import say as say_memo
from regengine.documents.memos import house_style
from regengine.documents.no_notice import decisions, group_table
from regengine.documents.outputs import EPOCH, label, place_name, residence, table
from regengine.documents.paper import Entry, gap
from regengine.documents.pdf import Enclosure
from regengine.documents.provenance import facts_hash
from regengine.documents.spreadsheet import harmless
from regengine.documents.wording import capital, joined, labels, range_text, span_text
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Incident, JudgementGiven, Moment
from regengine.version import VERSION

FORMS = ("csv", "json", "pdf")
SCHEMA = "regengine.register/1"
_BOM = b"\xef\xbb\xbf"
_EVENTS = (
    "occurred_from",
    "occurred_to",
    "detected",
    "aware",
    "discovered",
    "contained",
    "resolved",
)
_FACTS = (
    "nature",
    "cause",
    "systems",
    "vendor",
    "people_total",
    "records",
)
_REMEDIES = ("measures_taken", "measures_proposed", "advice", "law_enforcement")
_EFFECTS = (
    "accessed",
    "acquired",
    "exfiltrated",
    "disclosed",
    "altered",
    "lost",
    "unavailable",
    "misuse_seen",
    "recovered",
)
_SAID = {*_FACTS, *_REMEDIES, "consequences", "occurred", "discovered", "dates", "measures"}


def say(name: str, /, **values: object) -> str:
    """Fill one phrase of the register.

    >>> say("keep")
    'Kept for'
    """
    return str(table("register/words.toml")["phrases"][name]).format(**values)


def _cell(value: object) -> str:
    """Write a value as text that no spreadsheet takes for a formula.

    >>> _cell("=1+1"), _cell(["-2", "b"]), _cell(None), _cell(5)
    ("'=1+1", "'-2; b", '', '5')
    """
    if value is None:
        return ""
    return harmless("; ".join(map(str, value)) if isinstance(value, list) else str(value))


# -- one entry ------------------------------------------------------------------------------


class _Entry:
    """What the register says of one matter."""

    def __init__(
        self, incident: Incident, assessment: Assessment, corpus: Corpus, style: Style
    ) -> None:
        self.incident, self.assessment = incident, assessment
        self.corpus, self.style = corpus, style
        results = assessment.obligations
        self.kept = [
            x for x in results if x.recipient.kind == "internal" and x.status != "not_required"
        ]
        self.told = [
            x
            for x in results
            if x.recipient.kind != "internal" and (x.status != "not_required" or x.filed)
        ]
        self.made, _ = decisions(incident, assessment, corpus)
        first = (self.kept or list(results))[:1]
        self.matter = Matter(incident, first[0], assessment, style.american) if first else None

    def memo(self) -> Memo:
        """Write the entry."""
        parts = [
            self._laws(),
            self._facts(),
            self._effects(),
            self._remedies(),
            self._decisions(),
            self._notices(),
            *self._not_given(),
            *self._delay(),
            *self._more(),
        ]
        return Memo(
            name=file_slug("register", self.incident.reference),
            kind="register",
            title=say("title", reference=self.incident.reference),
            subject=say("subject"),
            handling=say_memo("handling"),
            keys=tuple(result.key for result in self.kept),
            parts=tuple(parts),
            signatures=(Signature(say("entered")),),
            template="register",
        )

    def _laws(self) -> Part:
        rows = tuple(
            (f"{x.title} ({x.key})", x.citation, x.keep or say("keep_none")) for x in self.kept
        )
        if not rows:
            return Part(say("laws"), (say("laws_none"),))
        head = (say("law"), say("provision"), say("keep"))
        return Part(say("laws"), tables=(Table(say("laws"), head, rows, "second"),))

    def _filled(self, keys: Iterable[str]) -> tuple[Entry, ...]:
        """Say each item; what is not known stays open, what does not apply is left out."""
        found = []
        for key in keys:
            if self.matter is None:
                break
            text, known = filled(key, self.matter)
            if text is None and known:
                continue
            title = label("fills", key)
            found.append(entry(key, title[:1].upper() + title[1:], text, open_=text is None))
        return tuple(found)

    def _facts(self) -> Part:
        groups = self.incident.affected or ()
        events = tuple((label("events", name), at) for name, at in self.events())
        tables = [Table(say("events"), (say("event"), say("at")), events)] if events else []
        if groups:
            tables.append(group_table(self.incident))
        places = tuple(
            (residence(place), range_text(count)) for place, count in people_by_place(groups)
        )
        if places:
            head = (say_memo("annex_place"), say_memo("people"))
            tables.append(Table(say("places"), head, places))
        return Part(say("facts"), entries=self._filled(_FACTS), tables=tuple(tables))

    def events(self) -> list[tuple[str, str]]:
        """List the events of the register that are on record, in order of time."""
        found, disputed = [], []
        for name in _EVENTS:
            moment = self.matter.moment(name) if self.matter is not None else None
            if moment is not None:
                row = (name, self.style.moment(moment) or "")
                found.append((reading_order(moment, self.style.zone), row))
            elif views := self.incident.timeline.get(name):
                disputed.append((name, say("disputed", count=len(views))))
        found.sort(key=lambda event: event[0])
        return [row for _, row in found] + disputed

    def effects(self) -> list[tuple[str, bool | None]]:
        """Name what happened to the data, with its truth."""
        facts = table("memo/words.toml")["facts"]
        happening = self.incident.incident
        return [(str(facts[f"incident.{name}"]), getattr(happening, name)) for name in _EFFECTS]

    def _effects(self) -> Part:
        own = [
            entry(
                name,
                name,
                None if value is None else say_memo("yes" if value else "no"),
            )
            for name, value in self.effects()
        ]
        return Part(say("effects"), entries=(*self._filled(("consequences",)), *own))

    def _remedies(self) -> Part:
        return Part(say("remedies"), entries=self._filled(_REMEDIES))

    def _decisions(self) -> Part:
        rows = tuple(
            self._decision(name, given)
            for name, given in self.incident.judgements.items()
            if given.value is not None
        )
        if not rows:
            return Part(say("decisions"), (say("decisions_none"),))
        head = (say("conclusion"), say("value"), say("by"), say("why"))
        return Part(say("decisions"), tables=(Table(say("decisions"), head, rows),))

    def _decision(self, name: str, given: JudgementGiven) -> tuple[str, ...]:
        declared = self.corpus.judgements.get(name)
        question = f"{declared.question} ({name})" if declared else name
        by = [given.by, self.style.moment(given.at)]
        consulted = joined(self._authority(x.authority) for x in given.consulted or ())
        written = say("not_recorded")
        if given.written is not None:
            written = say_memo("yes" if given.written else "no")
        why = say(
            "formal",
            why=given.why or say("not_recorded"),
            written=written,
            consulted=consulted or say("nobody"),
        )
        who = ", ".join(x for x in by if x) or say("not_recorded")
        return (question, label("judgement_values", given.value or ""), who, why)

    def _authority(self, dotted: str) -> str:
        known = self.corpus.authority(dotted)
        return known.name if known is not None else dotted

    def _notices(self) -> Part:
        if not self.told:
            return Part(say("notices"), (say("notices_none"),))
        rows = tuple(
            (f"{_named(x)}: {x.title}", x.citation, self.due(x), self.sent(x))
            for x in self.told
            if x.status == "required" or x.filed
        )
        head = (say("recipient"), say("provision"), say("due"), say("sent"))
        tables = [Table(say("notices"), head, rows)] if rows else []
        if open_ := self.open_notices():
            undecided = tuple((_named(x), x.title, self.due(x)) for x in open_)
            open_head = (say("recipient"), say("law"), say("due"))
            tables.append(Table(say("possible"), open_head, undecided))
        return Part(say("notices"), tables=tuple(tables))

    def open_notices(self) -> list[Result]:
        """List the notices of which it is not decided yet whether they are owed."""
        return [x for x in self.told if x.status == "possible" and not x.went_out]

    def due(self, result: Result) -> str:
        """Write when a notice is owed, in the recipient's zone and ours, or in words."""
        deadline = result.deadline
        at = self.style.instant(deadline.due_at, deadline.zone)
        text = deadline.soft or deadline.text or say_memo("not_due")
        return at or with_titles(text, self.assessment.obligations)

    def sent(self, result: Result) -> str:
        """Write each filing of a notice, or that there is none."""
        if result.filed:
            return "\n".join(self._filing(each) for each in result.filed)
        if result.status == "possible":
            return say("possible")
        if result.deadline.late_by is not None:
            return say("not_sent_late", span=span_text(result.deadline.late_by))
        return say("not_sent")

    def _filing(self, filed: Filed) -> str:
        parts = [say(f"how_{filed.how}")]
        if filed.on_time is not None:
            parts.append(say("in_time" if filed.on_time else "late"))
        name = "sent_reference" if filed.reference else "sent_at"
        at = self.style.moment(Moment.of(filed.at))
        return say(name, at=at, how=", ".join(parts), reference=filed.reference)

    def _not_given(self) -> list[Part]:
        rows = tuple(
            (f"{x.title} ({x.key})", reason(x), x.citation)
            for decision in self.made
            for x in decision.results
        )
        if not rows:
            return []
        head = (say("law"), say("reason"), say("provision"))
        return [Part(say("not_given"), tables=(Table(say("not_given"), head, rows, "second"),))]

    def _delay(self) -> list[Part]:
        late = delayed(self.assessment)
        if not late:
            return []
        entries = tuple(
            entry(x.key, f"{x.recipient.name}: {x.title}", self.delay_reason(x), basis=x.key)
            for x in late
        )
        return [Part(say("delay"), entries=entries)]

    def delay_reason(self, result: Result) -> str:
        """Say why a notice is late or suspended, as far as the record tells."""
        answers = self.incident.answers
        for key in (f"{result.id}.delay_reasons", "notice.delay_reasons"):
            if answers.get(key) is not None:
                return str(answers[key])
        held = [x for x in result.deadline.held if x.counts]
        if held and result.deadline.late_by is None:
            return joined(f"{x.requested_by or x.granted_by or ''}: {x.why}" for x in held)
        return gap(say("delay_gap", key=result.key))

    def _more(self) -> list[Part]:
        """Answer what a law wants in its record and no part above says."""
        found: dict[str, Entry] = {}
        for result in self.kept:
            matter = Matter(self.incident, result, self.assessment, self.style.american)
            for item in content_items(result):
                if item.fill in _SAID:
                    continue
                text = filled(item.fill, matter).text if item.fill in FILLS else None
                found.setdefault(
                    item.say, entry(item.say, capital(item.say), text, basis=result.citation)
                )
        return [Part(say("more"), entries=tuple(found.values()))] if found else []

    # -- as one row -----------------------------------------------------------------------

    def row(self) -> dict[str, Any]:
        """Return the entry as plain values under the keys of ``[columns]``."""
        incident, described = self.incident, self.incident.description
        groups = incident.affected or ()
        count = headcount(groups) if incident.affected is not None else None
        people = [f"{place}: {range_text(n)}" for place, n in people_by_place(groups)]
        data = dict.fromkeys(text for group in groups if (text := elements(group).text))
        row: dict[str, Any] = {
            "reference": incident.reference,
            "title": incident.title,
            "organisation": incident.organisation.name,
            "role": [label("roles", role) for role in incident.organisation.role or ()],
            "country": incident.organisation.country,
        }
        row |= {name: self._iso(name) for name in _EVENTS}
        row |= {
            "kinds": [label("kinds", kind) for kind in incident.incident.kinds or ()],
            "nature": described.nature or incident.summary,
            "cause": described.cause,
            "systems": described.systems,
            "data": list(data),
            "people_at_least": int(count.at_least) if count else None,
            "people_at_most": int(count.at_most)
            if count is not None and count.at_most is not None
            else None,
            "people_by_place": people,
            "records": range_text(incident.records) if incident.records else None,
            "effects": [name for name, value in self.effects() if value],
            "consequences": described.consequences,
            "measures_taken": described.measures_taken,
            "measures_proposed": described.measures_proposed,
        }
        return row | self._row_of_decisions()

    def _row_of_decisions(self) -> dict[str, Any]:
        assessment = self.assessment
        unsent = [x for x in self.told if not x.went_out]
        judged = [
            f"{name} = {given.value}" + "".join(f"; {x}" for x in (given.by, given.why) if x)
            for name, given in self.incident.judgements.items()
            if given.value is not None
        ]
        return {
            "decisions": judged,
            "notices_sent": [f"{x.key}: {self.sent(x)}" for x in self.told if x.filed],
            "notices_owed": [
                f"{x.key}: {self._due_iso(x)}" for x in unsent if x.status == "required"
            ],
            "notices_open": [x.key for x in unsent if x.status == "possible"],
            "not_notified": [
                f"{x.key}: {reason(x)}" for decision in self.made for x in decision.results
            ],
            "delay": [f"{x.key}: {_plain(self.delay_reason(x))}" for x in delayed(assessment)],
            "laws": list(dict.fromkeys(x.citation for x in self.kept)),
            "retention": list(
                dict.fromkeys(f"{x.keep} ({x.citation})" for x in self.kept if x.keep)
            ),
            "assessed_at": assessment.now.isoformat() if assessment.now else None,
            "law_version": assessment.law.version,
            "facts_sha256": facts_hash(self.incident),
        }

    def _iso(self, event: str) -> str | None:
        moment = self.matter.moment(event) if self.matter is not None else None
        if moment is None:
            return None
        if moment.at is not None:
            return moment.at.isoformat()
        day = moment.day.isoformat() if moment.day is not None else ""
        return day[:7] if moment.precision == "month" else day

    def _due_iso(self, result: Result) -> str:
        due = result.deadline.due_at
        return due.isoformat() if due is not None else self.due(result)


def _named(result: Result) -> str:
    return f"{result.recipient.name} ({result.key})"


def _plain(text: str) -> str:
    """Take the marks of a gap off: a cell says what is missing in square brackets."""
    return text.replace("\ue000", f"[{say('open')}: ").replace("\ue001", "]")


def register_entry(
    incident: Incident, assessment: Assessment, *, corpus: Corpus | None = None
) -> Document:
    """Print the entry of one matter in the register of breaches.

    Raise ``fonts.MissingFontError`` where a script has no font.
    """
    law, style = corpus or open_corpus(), house_style(incident)
    writer = _Entry(incident, assessment, law, style)
    data = {"schema": SCHEMA, "entries": [writer.row()]}
    return document(writer.memo(), incident, assessment, style, data=data)


def entry_paper(
    incident: Incident, assessment: Assessment, *, corpus: Corpus | None = None
) -> Memo:
    """Write the entry of one matter before it is laid out.

    >>> from regengine import assess, load_incident
    >>> laptop = load_incident("examples/lost-laptop.yaml")
    >>> entry_paper(laptop, assess(laptop)).parts[1].title
    'The facts'
    """
    law, style = corpus or open_corpus(), house_style(incident)
    return _Entry(incident, assessment, law, style).memo()


# -- all matters ---------------------------------------------------------------------------


class Line(NamedTuple):
    """One matter in the printed table."""

    reference: str
    title: str | None
    organisation: str | None
    happened: list[str]
    concerned: list[str]
    answered: list[str]
    decided: list[str]
    told: list[str]
    kept: list[str]


def register_export(
    matters: Sequence[tuple[Incident, Assessment]],
    form: str = "csv",
    *,
    bom: bool = False,
    corpus: Corpus | None = None,
) -> bytes:
    """Write the register of all matters as ``csv``, ``json`` or ``pdf``, in the order given.

    >>> register_export([], "csv").decode().split(",")[0]
    '"Reference"'

    CSV is that of RFC 4180 in UTF-8; ``bom`` adds the mark by which some spreadsheets know
    it. A cell that would be taken for a formula begins with an apostrophe. Instants are ISO
    8601. Raise ``InputError`` for another form.
    """
    if form not in FORMS:
        message = f'no form "{form}"; allowed: {", ".join(FORMS)}{suggest(form, FORMS)}'
        raise InputError([Fault("--format", "", message)])
    law = corpus or open_corpus()
    entries = [
        _Entry(incident, assessment, law, house_style(incident)) for incident, assessment in matters
    ]
    if form == "csv":
        return _csv(entries, bom=bom)
    content = _json(entries)
    return content if form == "json" else _pdf(entries, matters, content)


def _csv(entries: Iterable[_Entry], *, bom: bool) -> bytes:
    columns = table("register/words.toml")["columns"]
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns.values())
    for each in entries:
        row = each.row()
        writer.writerow([_cell(row[name]) for name in columns])
    return (_BOM if bom else b"") + out.getvalue().encode()


def _json(entries: Iterable[_Entry]) -> bytes:
    content = {"schema": SCHEMA, "entries": [each.row() for each in entries]}
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _pdf(
    entries: Sequence[_Entry], matters: Sequence[tuple[Incident, Assessment]], content: bytes
) -> bytes:
    names = dict.fromkeys(x.organisation.name for x, _ in matters if x.organisation.name)
    times = [when_of(assessment) for _, assessment in matters]
    versions = {assessment.law.version for _, assessment in matters}
    title = say("all_title")
    printed = print_page(
        "register/table.html",
        {
            "lang": "en",
            "layout": "memo",
            "title": title,
            "subject": say("all_of", organisations=joined(names) or say_memo("not_stated")),
            "reference": title,
            "engine": VERSION,
            "law_version": joined(sorted(versions)) or None,
            "rows": [_line(each) for each in entries],
            "words": table("register/words.toml")["phrases"],
        },
        when=max(times, default=EPOCH),
        engine=VERSION,
        styles=("memo/memo.css", "register/register.css"),
        enclosures=[Enclosure("register.json", content, say("enclosed"))],
    )
    return printed.pdf


def _line(each: _Entry) -> Line:
    row = each.row()
    events = [f"{label('events', name)}: {at}" for name, at in each.events()]
    people = range_text(headcount(each.incident.affected)) if each.incident.affected else ""
    by_place = [
        f"{place_name(place)}: {range_text(n)}"
        for place, n in people_by_place(each.incident.affected or ())
    ]
    open_ = each.open_notices()
    told = [f"{_named(x)}: {each.sent(x)}" for x in each.told if x not in open_]
    if open_:
        told.append(say("undecided", count=len(open_)))
    remedies = [row["measures_taken"], row["measures_proposed"]]
    return Line(
        reference=row["reference"],
        title=row["title"],
        organisation=row["organisation"],
        happened=[
            row["nature"] or "",
            labels("kinds", each.incident.incident.kinds or ()),
            *events,
        ],
        concerned=[people, *by_place, *row["data"]],
        answered=[joined(row["effects"]), row["consequences"] or "", *(x or "" for x in remedies)],
        decided=[*row["decisions"], *row["not_notified"], *row["delay"]],
        told=told,
        kept=row["retention"] or row["laws"],
    )
