"""Contradictions of a matter: dates, numbers, kinds of data and claims in all of its texts.

Three questions are asked: does a text of the incident file or a paper say what the facts do
not, do two papers give different answers to one question, and can all the facts be so. What
a text claims is read by ``claims``; what is so is told by ``on_record``. Precision leads: a
number or a date counts only where the words beside it say what it is the number or date of.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from regengine import intake
from regengine.assessment import Assessment
from regengine.documents import readback
from regengine.documents.claims import (
    ClaimSaid,
    DataSaid,
    Number,
    When,
    lists_data,
    opens_list,
    read,
    rows,
    word,
)
from regengine.documents.docket import neutral
from regengine.documents.document import Document, print_page, when_of
from regengine.documents.letterhead import date_line
from regengine.documents.mentions import CountSaid, bare_count, sentences
from regengine.documents.on_record import Record, Seen, agrees
from regengine.documents.outputs import label, residence, table
from regengine.documents.paper import GAP_CLOSES, GAP_OPENS
from regengine.documents.provenance import provenance
from regengine.documents.wording import range_text
from regengine.facts import Incident
from regengine.truth import Range, Truth

Severity = Literal["contradiction", "unproven", "look"]
SEVERITIES: tuple[Severity, ...] = ("contradiction", "unproven", "look")
# They quote law, warn of claims and weigh views: only their lists of events are told as facts.
_DISCUSSES = ("checklist", "memo", "data")
_INWARD = ("checklist", "brief", "memo", "register", "data")
_SHOWN = 240  # characters of an excerpt
_LABEL = 160  # a longer line is no label of the next one
_VALUE = 12  # characters before a number that is the value of a field
_TELLING = 5  # characters of the first word of a name that may stand for all of it
_NAMED = 3  # other papers named on the report
_GAP = re.compile(f"{GAP_OPENS}[^{GAP_CLOSES}]*{GAP_CLOSES}")  # what is to follow is not said
_SMALL = 10  # below, a number of people may be anybody


class Contradiction(NamedTuple):
    """One finding: what a place says, what it stands against, why it matters, on what ground.

    ``where`` and ``against`` are a paper's name or a fact's path, and the words there.
    ``also`` names the other papers that say the same as ``where``.
    """

    severity: Severity
    question: str
    where: tuple[str, str]
    against: tuple[str, str]
    why: str
    ground: str
    also: tuple[str, ...] = ()


class _Text(NamedTuple):
    """One text to be read, and which duties and groups it speaks for."""

    name: str
    lines: tuple[str, ...]
    fact: bool = False
    inward: bool = False
    label: str = ""
    keys: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class _Statement(NamedTuple):
    """One answer that a text gives; ``backed`` where the facts bear it out."""

    text: _Text
    question: str
    value: ClaimSaid | DataSaid | When | CountSaid
    excerpt: str
    backed: bool
    place: str | None = None
    slight: bool = False  # the facts know it as another event's, or as a view not chosen


def contradictions(
    incident: Incident,
    assessment: Assessment,
    documents: Iterable[Document] = (),
    edited: Path | None = None,
) -> tuple[Contradiction, ...]:
    """Find what cannot both be so in the facts, their texts and the papers of a matter.

    >>> import regengine
    >>> from regengine.facts import Description, Happening
    >>> said = Description(consequences="There is no evidence of misuse.")
    >>> incident = Incident(
    ...     reference="EX-1", description=said, incident=Happening(misuse_seen=True))
    >>> found = contradictions(incident, regengine.assess(incident))
    >>> found[0].severity, found[0].where, found[0].against
    ('contradiction', ('description.consequences', 'There is no evidence of misuse.'),
     ('incident.misuse_seen', 'yes'))

    ``edited`` is a folder of papers that counsel has changed (.docx, .html, .txt). Where the
    facts are silent a claim is "unproven"; what is only odd is to "look" at. Raise
    ``InputError`` for a folder or file that cannot be read.
    """
    record = Record(incident, assessment, american=_american(incident))
    papers = tuple(documents)
    found_edited = readback.read_folder(edited, papers) if edited is not None else readback.NOTHING
    changed = {paper.title for paper in found_edited.papers}  # each stands for its original
    kept = [x for x in papers if x.name not in changed]
    texts = [*_fact_texts(incident), *(_paper(record, x) for x in (*kept, *found_edited.papers))]
    check = _Check(record)
    for text in texts:
        check.read(text)
    found = [*check.found, *check.across(), *_facts_apart(incident, assessment)]
    found += [_unread(name) for name in found_edited.unread]
    return tuple(sorted(_merged(found), key=_order))


def _order(one: Contradiction) -> tuple[int, str, str, str, str]:
    return (
        SEVERITIES.index(one.severity),
        one.where[0],
        one.question,
        one.where[1],
        one.against[0],
    )


def _american(incident: Incident) -> bool:
    country = incident.organisation.country or ""
    return any(fnmatchcase(country, pattern) for pattern in table("filing/index.toml")["letter"])


# -- texts ------------------------------------------------------------------------------


def _fact_texts(incident: Incident) -> Iterator[_Text]:
    """List the free texts of an incident file under their paths."""
    given: list[tuple[str, str | None]] = [("title", incident.title), ("summary", incident.summary)]
    described = incident.description
    given += [(f"description.{x}", getattr(described, x)) for x in type(described).model_fields]
    for group in incident.affected or ():
        given.append((f"affected.{group.group}.label", group.label))
    given += [(f"judgements.{name}.why", x.why) for name, x in incident.judgements.items()]
    for contract in incident.contracts:
        given.append((f"contracts.{contract.id}.clause", contract.clause))
    for path, value in given:
        if value and value.strip():
            yield _Text(path, tuple(value.splitlines()), fact=True)
    for key, answer in incident.answers.items():
        if isinstance(answer, str):
            name = re.sub(r"[._-]+", " ", key.partition(".")[2] or key)
            yield _Text(f"answers.{key}", tuple(answer.splitlines()), fact=True, label=name)


def _paper(record: Record, document: Document) -> _Text:
    whole = "\n".join((document.text, *_fields(document)))
    lines = _GAP.sub(" ", whole).splitlines()
    if document.kind in _DISCUSSES:
        told_apart = (part for line in lines for part in sentences(line))
        lines = [part for part in told_apart if part.startswith(_event_labels())]
    return _Text(
        document.name,
        tuple(lines),
        inward=document.kind in _INWARD,
        keys=document.keys,
        groups=_groups_of(record, document),
    )


@cache
def _event_labels() -> tuple[str, ...]:
    return tuple(f"{name}: " for name in table("words.toml")["events"].values())


def _groups_of(record: Record, document: Document) -> tuple[str, ...]:
    """List the groups that a paper speaks for: the one it is named after, else its duties'."""
    own = [x.group for x in record.groups if document.name.endswith(f"--{x.group}")]
    if own:
        return tuple(own)
    named = [record.results[x].people.groups for x in document.keys if x in record.results]
    if len(named) < len(document.keys) or not all(named):
        return ()
    return tuple(dict.fromkeys(group for groups in named for group in groups))


def _fields(document: Document) -> Iterator[str]:
    """Give the fields of a filing's data as lines of label and value."""
    raw = document.files.get(".json")
    if raw is None or document.kind != "filing":
        return
    try:
        content = json.loads(raw)
    except ValueError:
        return
    for field in _walk(content):
        value = field["value"]
        lines = value if isinstance(value, list) else [value]
        said = [str(line) for line in lines if isinstance(line, str | int) and line is not True]
        if said:
            yield str(field["label"])
            yield from (part for line in said for part in line.splitlines())


def _walk(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        if {"label", "value"} <= content.keys():
            yield content
        for value in content.values():
            yield from _walk(value)
    elif isinstance(content, list):
        for value in content:
            yield from _walk(value)


# -- one text against the facts ---------------------------------------------------------


class _Check:
    """All texts, read one after the other, and what was found in them."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.found: list[Contradiction] = []
        self.statements: list[_Statement] = []
        self.sums: list[tuple[_Text, Range, str, bool]] = []
        names = "|".join(sorted(map(re.escape, record.places), key=len, reverse=True))
        self._line = re.compile(rf"({names}): (.{{1,60}})", re.IGNORECASE) if names else None
        self._here = (
            re.compile(
                rf"(?:\s\((?:{names})\)|[^.;]{{0,40}}?\b(?:in|of) (?:{names})\b)", re.IGNORECASE
            )
            if names
            else None
        )
        vendor = record.incident.incident.vendor
        own = (vendor.name if vendor else None) or ""
        short = own.split(" ")[0] if len(own.split(" ")[0]) >= _TELLING else own
        self._vendor = re.compile(rf"{re.escape(own)}|\b{re.escape(short)}\b" if own else r"(?!)")
        self._name = re.compile(names, re.IGNORECASE) if names else None

    def read(self, text: _Text) -> None:
        """Read one text and compare each thing that it says with the facts."""
        before, listed = text.label, False
        places: list[tuple[str, CountSaid]] = []
        for raw in text.lines:
            line = _plain(raw)
            if not line:
                continue
            listed = (len(before) < _LABEL and opens_list(before)) or (listed and lists_data(line))
            at_place = self._place_line(line)
            dated = False
            if at_place is not None:
                places.append(at_place)
                self._count(text, Number(at_place[1], True, False, ""), line, at_place[0])
            else:
                dated = self._line_said(text, line, before, listed)
            # A line that has its own date is complete: it is no label of the next one.
            before = line if len(line) < _LABEL and not dated else ""
        self._sum(text, places)

    def _line_said(self, text: _Text, line: str, before: str, listed: bool) -> bool:
        """Read one line; say whether it holds a date."""
        dated = False
        for sentence in sentences(line):
            said = read(self._vendor.sub("vendor", sentence), before, listed)
            for claim in said.claims:
                self._claim(text, claim, sentence)
            for data in said.data:
                self._data(text, data, sentence)
            for when in said.dates:
                self._date(text, when, _with(before, sentence) if when.labelled else sentence)
            for number in said.counts:
                shown = _with(before, line) if number.said.noun == "bare" else sentence
                self._count(text, number, shown, self._place_of(number, before))
            dated = dated or bool(said.dates)
        return dated

    def _place_line(self, line: str) -> tuple[str, CountSaid] | None:
        match = self._line.fullmatch(line) if self._line else None
        said = bare_count(match[2]) if match else None
        return (
            None if match is None or said is None else (self.record.places[match[1].lower()], said)
        )

    def _place_of(self, number: Number, before: str) -> str | None:
        """Find the place that a number is of: after it, or in the label that it is the value of."""
        if self._here is None or self._name is None:
            return None
        match = self._here.match(number.follows)
        if match is None and number.said.start <= _VALUE:
            match = self._here.search(before)
        if match is None:
            return None
        return self.record.places[self._name.findall(match[0])[-1].lower()]

    def _tell(
        self,
        text: _Text,
        severity: Severity,
        question: str,
        excerpt: str,
        against: tuple[str, str],
        reason: str,
        ground: str,
        /,
        **values: object,
    ) -> None:
        if text.inward and severity == "look":
            return  # counsel's own papers weigh other views
        why = word("reason", reason, **values)
        shown = (text.name, _cut(excerpt))
        self.found.append(Contradiction(severity, question, shown, against, why, ground))

    # -- claims -----------------------------------------------------------------------

    def _claim(self, text: _Text, said: ClaimSaid, excerpt: str) -> None:
        row = rows("claim")[said.claim]
        if self.record.settled(said.claim):
            return
        truth, path = self.record.judged(said.claim, text.keys)
        untrue = Truth.TRUE if said.polarity == "denied" else Truth.FALSE
        question = f"claim.{said.claim}.{said.polarity}"
        kept = truth is not untrue
        self.statements.append(_Statement(text, f"claim.{said.claim}", said, excerpt, kept))
        value = {Truth.TRUE: "value_true", Truth.FALSE: "value_false"}.get(truth, "value_unknown")
        against = (path, word("what", value))
        known = "unknown" if truth is Truth.UNKNOWN else "true"
        if truth is untrue:
            severity: Severity = "contradiction"
        elif truth is Truth.UNKNOWN:
            severity = "unproven" if said.polarity == "denied" else "look"
        elif row.get("floor"):
            severity, known = "look", ""
        else:
            return
        reason = f"{said.polarity}_{known}" if known else "floor"
        self._tell(
            text, severity, question, excerpt, against, reason, row["ground"], says=row["says"]
        )

    # -- kinds of data ------------------------------------------------------------------

    def _data(self, text: _Text, said: DataSaid, excerpt: str) -> None:
        words = set(rows("element")[said.element]["words"])
        certain, possible, settled = self.record.data(text.groups)
        path = f"affected.{text.groups[0]}.data" if len(text.groups) == 1 else "affected.data"
        shown = (path, _listed((words & certain) or certain))
        if said.polarity == "stated":
            if words & (certain | possible):
                return
            severity: Severity = "contradiction" if settled else "unproven"
            reason = "data_named" if settled else "data_named_unknown"
        elif words & certain:
            severity, reason = "contradiction", "data_denied"
        elif words & possible or not settled:
            severity, reason = "unproven", "data_denied_unknown"
        else:
            return
        question = f"data.{said.element}.{said.polarity}"
        ground = word("ground", "data")
        self._tell(text, severity, question, excerpt, shown, reason, ground, what=said.element)

    # -- dates ------------------------------------------------------------------------

    def _date(self, text: _Text, when: When, excerpt: str) -> None:
        row = rows("cue")[when.cue]
        question = f"date.{when.cue}"
        if when.date is None:
            against = (word("words", "facts"), word("what", "value_unknown"))
            ground = word("ground", "relative")
            self._tell(text, "look", question, excerpt, against, "date_relative", ground)
            return
        verdict = self._judge_date(row, when, self.record.zones(text.keys))
        backed = verdict is None
        slight = verdict is not None and verdict[0] == "look"
        statement = _Statement(text, question, when, excerpt, backed, slight=slight)
        self.statements.append(statement)
        if verdict is not None:
            severity, reason, view = verdict
            shown = self.record.say(view.at) if view else word("what", "value_unknown")
            against = (view.path if view else f"timeline.{row['events'][0]}", shown)
            ground = word("ground", "date")
            told = f"{question}.{_told(when)}"
            self._tell(text, severity, told, excerpt, against, reason, ground, what=row["says"])

    def _judge_date(  # noqa: PLR0911  # reason: each way in which a date can stand to an event
        self, row: dict[str, Any], when: When, zones: tuple[tzinfo, ...]
    ) -> tuple[Severity, str, Seen | None] | None:
        """Compare a date with the views of its event; ``None`` where it is borne out."""
        said = when.date
        own = self.record.seen(row["events"])
        stand_in = [] if own else self.record.seen(row.get("instead", ()))
        views = own or stand_in
        if said is None or (not views and row.get("loose")):
            return None
        kin = self.record.seen(row.get("kin", ()))
        meant = [view for view in views if said.names(view.at, zones)]
        chosen = [view for view in meant if view.chosen]
        if chosen:
            if not all(said.tells_other_time(view.at) for view in chosen):
                return None
            same = any(said.instant == view.at.at for view in (*meant, *kin))
            return (
                ("look", "date_kin", chosen[0])
                if same
                else ("contradiction", "time_other", chosen[0])
            )
        near = meant or [view for view in kin if said.names(view.at, zones)]
        counted = next((view for view in views if view.chosen), None)
        if near:
            return ("look", "date_kin", counted or near[0])
        if counted is None:
            return ("unproven", "date_unknown", None)
        inside = self.record.within_span(said, zones) if row.get("span") else False
        if inside is None:
            return ("unproven", "date_other", counted)
        severity: Severity = "look" if row.get("loose") else "contradiction"
        return None if inside else (severity, "date_other", counted)

    # -- counts -----------------------------------------------------------------------

    def _count(self, text: _Text, number: Number, excerpt: str, place: str | None) -> None:
        said, record = number.said, self.record
        if said.noun == "customers" and self._serves():
            return  # the customers of a processor are organisations
        verdict = (
            self._judge_records(said)
            if said.noun == "records"
            else self._judge(number, place, text.groups)
        )
        scope = place or ("total" if number.total else "")
        question = f"count.{scope or 'people'}"
        self.statements.append(_Statement(text, question, said, excerpt, verdict is None, scope))
        if verdict is None:
            return
        severity, reason = verdict
        if said.noun == "records":
            path, count, what = "records", record.incident.records, word("what", "records")
        elif place is not None:
            path, what = (
                f"affected.people.{place}",
                word("what", "people_in", place=residence(place)),
            )
            count = next(iter(record.of_place(place)), None)
        else:
            path, count, what = "affected.people", record.total, word("what", "people")
        shown = word("what", "value_unknown") if count is None else range_text(count)
        told = f"{question}.{said.low}-{said.high}.{said.operator}"
        ground = word("ground", "count")
        self._tell(text, severity, told, excerpt, (path, shown), reason, ground, what=what)

    def _serves(self) -> bool:
        """Tell whether the organisation acts for others in any of this."""
        roles = {*(self.record.incident.organisation.role or ())}
        roles |= {role for group in self.record.groups for role in group.role or ()}
        return "processor" in roles

    def _judge_records(self, said: CountSaid) -> tuple[Severity, str] | None:
        records = self.record.incident.records
        if any(agrees(said, count) for count in (*self.record.ranges, records) if count):
            return None
        if records is None:
            return ("look", "count_unknown")
        return _beyond(said, records, whole=True)

    def _judge(
        self, number: Number, place: str | None, groups: Sequence[str]
    ) -> tuple[Severity, str] | None:
        said, record = number.said, self.record
        if not record.counted:
            return ("unproven", "count_unknown") if number.affected else None
        known = record.of_place(place) if place is not None else record.ranges
        if number.total and place is None:
            known = record.totals(groups)
        records = record.incident.records if said.noun == "accounts" else None
        if any(agrees(said, count) for count in (*known, records) if count):
            return None
        if place is not None and known:
            verdicts = [_beyond(said, count, whole=True) for count in known]
            return None if None in verdicts else verdicts[0]
        found = _beyond(said, record.total, whole=number.affected)
        if number.affected or found is None:
            return found
        # Nothing says that these people are affected: they may be all that there are.
        telling = found[0] == "contradiction" or said.low != said.high
        return ("look", found[1]) if telling and not self._own(said) else None

    def _own(self, said: CountSaid) -> bool:
        employees = self.record.incident.organisation.employees
        return employees is not None and agrees(said, employees)

    # -- sums -------------------------------------------------------------------------

    def _sum(self, text: _Text, places: Sequence[tuple[str, CountSaid]]) -> None:
        """Add up the places that a paper lists; a part that is only a bound opens the sum."""
        if len({code for code, _ in places}) < len(places) or len(places) <= 1:
            return
        if any(group.overlaps for group in self.record.groups):
            return
        low = sum(said.low for _, said in places)
        open_ = any(said.operator != "exact" for _, said in places) or "unknown" in dict(places)
        high = None if open_ else sum(said.high for _, said in places)
        backed = all(
            any(agrees(said, count) for count in self.record.of_place(code))
            for code, said in places
        )
        self.sums.append((text, Range(low, high), range_text(Range(low, high)), backed))

    # -- papers against papers ----------------------------------------------------------

    def across(self) -> Iterator[Contradiction]:
        """Compare the answers that papers give to one question."""
        by_question: dict[str, list[_Statement]] = {}
        for one in self.statements:
            if not one.text.inward and not one.text.fact:
                by_question.setdefault(one.question, []).append(one)
        for question, group in by_question.items():
            yield from self._apart(question, group)
        yield from self._sums_apart(by_question.get("count.total", ()))

    def _apart(self, question: str, group: Sequence[_Statement]) -> Iterator[Contradiction]:
        distinct = list({(x.text.name, _told(x.value)): x for x in group}.values())
        distinct.sort(key=lambda x: x.backed)  # what the facts do not bear out comes first
        seen: set[str] = set()
        for one in distinct:
            if one.backed and not question.startswith("claim."):
                continue
            told = _told(one.value)
            other = next(
                (x for x in distinct if x.text.name != one.text.name and _differ(one, x)), None
            )
            if other is None or told in seen:
                continue
            seen |= {told, _told(other.value)} if not other.backed else {told}
            yield self._pair(question, told, one, other)
            if question.startswith("claim."):
                return  # a claim and its denial: one pair says it

    def _pair(self, question: str, told: str, one: _Statement, other: _Statement) -> Contradiction:
        kind, _, name = question.partition(".")
        if kind == "claim":
            why = word("reason", "papers_claim", says=rows("claim")[name]["says"])
        elif kind == "date":
            why = word("reason", "papers_date", what=rows("cue")[name]["says"])
        else:
            what = word("what", "total")
            if name not in ("total", "people"):
                what = word("what", "people_in", place=residence(name))
            why = word("reason", "papers_count", what=what)
        return Contradiction(
            "look" if one.slight and (other.slight or other.backed) else "contradiction",
            f"papers.{question}.{told}",
            (one.text.name, _cut(one.excerpt)),
            (other.text.name, _cut(other.excerpt)),
            why,
            word("ground", "papers"),
        )

    def _sums_apart(self, totals: Sequence[_Statement]) -> Iterator[Contradiction]:
        for text, sum_, shown, sum_backed in self.sums:
            for one in totals:
                said = one.value
                if not isinstance(said, CountSaid) or (one.backed and sum_backed):
                    continue
                low, high = _bounds(said)
                above = sum_.at_most is not None and low > sum_.at_most
                if above or (high is not None and high < sum_.at_least):
                    yield Contradiction(
                        "contradiction",
                        f"papers.sum.{said.low}-{said.high}",
                        (one.text.name, _cut(one.excerpt)),
                        (text.name, shown),
                        word("reason", "papers_sum"),
                        word("ground", "papers"),
                    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(label("elements", x) for x in sorted(words)) or word("what", "value_unknown")


def _plain(line: str) -> str:
    """Take out marks that are not seen, but turn, split or hide what is."""
    return "".join(mark for mark in line if unicodedata.category(mark) != "Cf").strip()


def _with(label_: str, line: str) -> str:
    return f"{label_}: {line}" if label_ else line


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"


def _bounds(said: CountSaid) -> tuple[int, int | None]:
    if said.operator == "least":
        return said.low, None
    if said.operator == "most":
        return 0, said.high
    if said.operator == "about":
        return said.low * 9 // 10, said.high * 11 // 10
    return said.low, said.high


def _beyond(said: CountSaid, count: Range, *, whole: bool) -> tuple[Severity, str] | None:
    """Say how a number that no count bears out stands to the one it speaks of.

    ``whole``: it claims to be all of them. A smaller number may else be of a part.
    """
    low, high = _bounds(said)
    if count.at_most is not None and low > count.at_most:
        return ("contradiction", "count_above")
    if high is not None and high < count.at_least:
        if whole:
            return ("contradiction", "count_other")
        return ("look", "count_other") if said.low >= _SMALL else None
    if said.operator == "least":
        return ("unproven", "count_unproven") if low > count.at_least else ("look", "count_low")
    if count.at_most is None:
        return ("unproven", "count_unproven")
    return ("look", "count_other")


def _told(value: object) -> str:
    """Give an answer a short name of its own: the same for the same answer."""
    if isinstance(value, ClaimSaid | DataSaid):
        return value.polarity
    if isinstance(value, When):
        said = value.date
        return "" if said is None else str(said.instant or "/".join(map(str, said.days)))
    if isinstance(value, CountSaid):
        return f"{value.low}-{value.high}.{value.operator}"
    return ""


def _differ(one: _Statement, other: _Statement) -> bool:
    a, b = one.value, other.value
    if isinstance(a, ClaimSaid) and isinstance(b, ClaimSaid):
        return a.polarity != b.polarity
    if isinstance(a, CountSaid) and isinstance(b, CountSaid):
        return bool(one.place) and _apart(_bounds(a), _bounds(b))
    if isinstance(a, When) and isinstance(b, When) and a.date and b.date:
        row = rows("cue")[a.cue]
        return not row.get("loose") and not row.get("span") and not _same_day(a, b)
    return False


def _apart(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    return (one[1] is not None and one[1] < other[0]) or (
        other[1] is not None and other[1] < one[0]
    )


def _same_day(one: When, other: When) -> bool:
    a, b = one.date, other.date
    if a is None or b is None or a.yearless or b.yearless:
        return True  # not comparable
    if a.instant is not None and b.instant is not None:
        return a.instant == b.instant
    if a.month_only or b.month_only:
        return bool({(x.year, x.month) for x in a.days} & {(x.year, x.month) for x in b.days})
    return bool(set(a.days) & set(b.days))


# -- facts, files, and the whole --------------------------------------------------------


def _facts_apart(incident: Incident, assessment: Assessment) -> Iterator[Contradiction]:
    """Tell what the intake finds odd in the facts themselves."""
    never = set(intake.contradictions(incident))
    for text in intake.warnings(incident, assessment.now):
        impossible = text in never or " is before timeline." in text
        first, _, second = re.sub(r",? (but|is before) ", "\n", text, count=1).partition("\n")
        facts = word("words", "facts")
        yield Contradiction(
            "contradiction" if impossible else "look",
            f"facts.{text}",
            (facts, first if impossible else text),
            (facts, second if impossible and second else word("what", "value_unknown")),
            word("reason", "facts_facts" if impossible else "facts_odd"),
            word("ground", "facts"),
        )


def _unread(name: str) -> Contradiction:
    nothing = (word("words", "facts"), word("what", "value_unknown"))
    why, ground = word("reason", "unread"), word("ground", "unread")
    return Contradiction("look", f"unread.{name}", (name, name), nothing, why, ground)


def _merged(found: Iterable[Contradiction]) -> list[Contradiction]:
    """Tell once what several papers say alike."""
    kept: dict[tuple[str, str, str, tuple[str, str]], Contradiction] = {}
    for one in found:
        paper = one.against[0] if one.question.startswith("papers.") else ""
        key = (one.severity, one.question, paper, ("", "") if paper else one.against)
        first = kept.get(key)
        if first is None:
            kept[key] = one
        elif one.where[0] != first.where[0] and one.where[0] not in first.also:
            kept[key] = first._replace(also=(*first.also, one.where[0]))
    return list(kept.values())


# -- the report -------------------------------------------------------------------------


def as_json(found: Sequence[Contradiction], incident: Incident, assessment: Assessment) -> str:
    """Write the findings as data: schema ``regengine.contradictions/1``."""
    content = {
        "schema": "regengine.contradictions/1",
        "incident": incident.reference,
        "now": assessment.now.isoformat() if assessment.now else None,
        "engine": assessment.engine,
        "found": {name: sum(x.severity == name for x in found) for name in SEVERITIES},
        "findings": [
            {
                "severity": one.severity,
                "question": one.question,
                "where": {"name": one.where[0], "says": one.where[1]},
                "against": {"name": one.against[0], "says": one.against[1]},
                "why": one.why,
                "ground": one.ground,
                "also": list(one.also),
            }
            for one in found
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def also_text(names: Sequence[str]) -> str:
    """Name the other papers that say the same, the first few by name.

    >>> also_text(["a", "b", "c", "d", "e"])
    'also in a; b; c and 2 more'
    """
    if not names:
        return ""
    shown = "; ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return word("words", "also_more" if more > 0 else "also", names=shown, count=more)


def report(found: Sequence[Contradiction], incident: Incident, assessment: Assessment) -> Document:
    """Write the findings as a memo for counsel, as PDF and as data.

    Nothing reads the clock: the memo bears the instant of the assessment.
    """
    words = table("claims.toml")["words"]
    american = _american(incident)
    now = assessment.now
    sections = [
        (word("headings", severity), [_row(one) for one in found if one.severity == severity])
        for severity in SEVERITIES
    ]
    title = word("words", "title", reference=incident.reference)
    totals = {name: sum(x.severity == name for x in found) for name in SEVERITIES}
    summary = word(
        "words",
        "summary",
        contradictions=totals["contradiction"],
        unproven=totals["unproven"],
        looks=totals["look"],
    )
    names = {
        "lang": "en",
        "layout": "checklist",
        "title": title,
        "reference": incident.reference,
        "engine": assessment.engine,
        "law_version": assessment.law.version,
        "words": words,
        "date": date_line(neutral(incident, assessment, american=american)) if now else None,
        "organisation": incident.organisation.name,
        "subject": incident.title,
        "summary": summary,
        "sections": [(name, part) for name, part in sections if part],
    }
    printed = print_page(
        "contradictions/page.html",
        names,
        when=when_of(assessment),
        engine=assessment.engine,
        american=american,
        styles=("contradictions/contradictions.css",),
        enclosures=[provenance(incident, assessment, None)],
    )
    said = [title, summary, *(f"{x.where[0]}: {x.where[1]} {x.why}" for x in found)]
    data = as_json(found, incident, assessment).encode()
    files = {".pdf": printed.pdf, ".html": printed.page, ".json": data}
    return Document(
        name="contradictions",
        kind="memo",
        title=title,
        keys=(),
        files=files,
        text="\n".join(said),
        pages=printed.pages,
        template="contradictions",
        families=printed.families,
    )


def _row(one: Contradiction) -> dict[str, str]:
    return {
        "name": one.where[0],
        "says": one.where[1],
        "other": one.against[0],
        "against": one.against[1],
        "why": one.why,
        "ground": one.ground,
        "also": also_text(one.also),
    }
