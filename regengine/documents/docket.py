"""The docket of a matter: its clocks in order, as words for counsel.

What the checklist and the briefs say of a clock comes from here, so that they agree.
Instants are shown in the recipient's zone and in the organisation's; time left counts from
``assessment.now``, never from the clock.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, NamedTuple

from regengine.assessment import (
    WENT_OUT,
    Assessment,
    Bound,
    Deadline,
    ExtraAsked,
    Filed,
    People,
    Result,
    To,
)
from regengine.calendars import zone as zone_of
from regengine.documents.content import Matter, counted, events, headcount
from regengine.documents.document import when_of
from regengine.documents.outputs import authority, home_zone, label, phrase, place_name, table
from regengine.documents.picture import Clock, Event, Picture, draw
from regengine.documents.wording import (
    instant_text,
    joined,
    labels,
    moment_text,
    span_text,
    start_text,
)
from regengine.facts import Group, Incident, Moment
from regengine.truth import Range

_QUESTIONS = 3  # that a possible duty shows


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
    done: bool


def say(name: str, /, **values: object) -> str:
    """Fill one phrase of checklist/words.toml.

    >>> say("more", count=3)
    'and 3 more'
    """
    return str(table("checklist/words.toml")[name]).format(**values)


def is_done(result: Result) -> bool:
    """Say whether a notice went out; one that was refused or withdrawn is still owed."""
    return bool(result.went_out)


def neutral(incident: Incident, assessment: Assessment, *, american: bool) -> Matter:
    """Ask of the facts without a duty: all groups, no law's own choice of an event."""
    country = incident.organisation.country or "unknown"
    nobody = Result(
        id="matter",
        key="matter",
        jurisdiction=country,
        title="",
        recipient=To(kind="internal", name=""),
        bound=Bound(),
        people=People(),
        status="required",
        law_status="in_force",
        deadline=Deadline(kind="none"),
        citation="",
        confidence="high",
    )
    return Matter(incident, nobody, assessment, american, earliest=True)


def who_of(result: Result) -> str:
    """Name the recipient, and the place where the name does not hold it.

    A party to a contract is named alone: nothing says that it is at home in our place.
    """
    place, name = place_name(result.jurisdiction), result.recipient.name
    alone = place in name or result.law_status == "contractual"
    return name if alone else f"{name}, {place}"


def told_apart(results: Sequence[Result]) -> dict[str, str]:
    """Name each clock by its recipient; with the stage or the duty where that is not one."""
    named = {
        x.key: x.recipient.name
        if x.law_status == "contractual"
        else f"{x.recipient.name} ({x.jurisdiction})"
        for x in results
    }
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


def with_titles(text: str, results: Sequence[Result]) -> str:
    """Write the titles of duties for their ids in words that the engine made.

    >>> with_titles("before us-xx-ag", ())
    'before us-xx-ag'
    """
    titles = {result.id: result.title for result in results}
    if not titles:
        return text
    ids = "|".join(re.escape(x) for x in sorted(titles, key=len, reverse=True))
    pattern = rf"(?<![\w.@/-])({ids})(?![\w@/-])"
    return re.sub(pattern, lambda found: f"“{titles[found[1]]}”", text)


def chained(*parts: str | None) -> str:
    """Join what is there by semicolons.

    >>> chained("a", None, "b")
    'a; b'
    """
    return "; ".join(part for part in parts if part)


def joined_names(names: Sequence[str], most: int = 4) -> str:
    """Join names, and say how many more there are.

    >>> joined_names(["a", "b", "c"], 2)
    'a; b; and 1 more'
    """
    shown = "; ".join(names[:most])
    more = len(names) - most
    return say("more_duties", duties=shown, count=more) if more > 0 else shown


def _people_in(groups: Iterable[Group], place: str) -> Range:
    """Count the people who live in a place or in a part of it."""
    inside = [
        group.model_copy(
            update={
                "people": {
                    code: count
                    for code, count in (group.people or {}).items()
                    if code == place or code.startswith(f"{place}-")
                }
            }
        )
        for group in groups
    ]
    return headcount(inside)


class Docket:
    """The clocks of one matter."""

    def __init__(self, incident: Incident, assessment: Assessment) -> None:
        self.incident = incident
        self.assessment = assessment
        country = incident.organisation.country or ""
        self.american = any(fnmatchcase(country, x) for x in table("filing/index.toml")["letter"])
        self.zone = home_zone(incident.organisation)
        self.now = assessment.now
        self.matter = neutral(incident, assessment, american=self.american)
        self.by_key = {result.key: result for result in assessment.obligations}

    # -- words ------------------------------------------------------------------------

    def at(self, instant: datetime, zone: str | None = None) -> str:
        """Write an instant in a zone; in the organisation's where none is given."""
        return instant_text(instant, zone or self.zone, american=self.american)

    def both(self, instant: datetime, zone: str | None) -> tuple[str, ...]:
        """Write an instant in the recipient's zone and, if it reads otherwise, in ours."""
        there, here = self.at(instant, zone), self.at(instant)
        return (there,) if there == here else (there, here)

    def moment(self, moment: Moment) -> str:
        """Write a point of the timeline in the organisation's zone."""
        return moment_text(moment, self.zone, american=self.american)

    def duties(self, keys: Iterable[str], most: int) -> str:
        """Name the duties of some keys by their recipients, and count the rest.

        Keys of places that are not in play have no name here and are counted alone.
        """
        wanted = list(dict.fromkeys(keys))
        named = list(dict.fromkeys(self._short(self.by_key[x]) for x in wanted if x in self.by_key))
        elsewhere = sum(key not in self.by_key for key in wanted)
        parts = [joined_names(named, most)] if named else []
        if elsewhere:
            parts.append(say("elsewhere_one" if elsewhere == 1 else "elsewhere", count=elsewhere))
        return "; ".join(parts)

    def _short(self, result: Result) -> str:
        name = self._names[result.key].partition(":")[0]
        return say("possible_duty" if result.status == "possible" else "duty", name=name)

    @cached_property
    def _names(self) -> dict[str, str]:
        return told_apart(self.assessment.obligations)

    # -- clocks -----------------------------------------------------------------------

    def ordered(self, results: Iterable[Result] | None = None) -> list[Result]:
        """Sort duties by their instants; those without one come last."""
        far = datetime.max.replace(tzinfo=when_of(self.assessment).tzinfo)

        def order(result: Result) -> tuple[int, datetime]:
            deadline = result.deadline
            instant = deadline.due_at or deadline.projected_due_at or far
            rank = {"fixed": 0, "soft": 1, "not_started": 2}.get(deadline.kind, 3)
            return (0 if deadline.due_at else rank, instant)

        return sorted(self.assessment.obligations if results is None else results, key=order)

    def open(self, *statuses: str) -> list[Result]:
        """List in the order of time the duties of these statuses that nobody has met."""
        wanted = [x for x in self.assessment.obligations if x.status in statuses]
        return self.ordered(x for x in wanted if not is_done(x))

    def is_late(self, result: Result) -> bool:
        """Say whether a duty is past its instant and not met."""
        due = result.deadline.due_at
        return due is not None and self.now is not None and due < self.now and not is_done(result)

    def rows(self, *, status: str) -> list[Row]:
        """Print every duty of a status, in the order of time."""
        chosen = [x for x in self.assessment.obligations if x.status == status]
        return [self.row(result, full=status == "required") for result in self.ordered(chosen)]

    def row(self, result: Result, *, full: bool = True) -> Row:
        """Print one duty; not in full, what it depends on stands in place of its details."""
        left, late = self._left(result)
        return Row(
            key=result.key,
            title=result.title,
            recipient=who_of(result),
            status=result.status,
            stage=result.stage.replace("_", " ") if result.stage else None,
            when=self.when(result),
            left=left,
            late=late,
            facts=tuple(self._facts(result) if full else self._brief(result)),
            filed=tuple(self._filed(result)),
            done=is_done(result),
        )

    def when(self, result: Result) -> tuple[str, ...]:
        """Say when to act; of a possible duty, that it is so only if the duty is owed."""
        lines = self._when(result.deadline)
        if result.status != "possible":
            return lines
        return (say("if_owed", at=lines[0]), *lines[1:])

    def _when(self, deadline: Deadline) -> tuple[str, ...]:
        if deadline.due_at is not None:
            return self.both(deadline.due_at, deadline.zone)
        if deadline.projected_due_at is not None:
            there = self.both(deadline.projected_due_at, deadline.zone)[0]
            return (phrase("projected", at=there),)
        if deadline.kind == "not_started":
            return (phrase("not_started"),)
        text = deadline.soft or deadline.text or phrase("not_known")
        return (self.titled(text),)

    def titled(self, text: str) -> str:
        """Name duties in a text by their titles."""
        return with_titles(text, self.assessment.obligations)

    def _left(self, result: Result) -> tuple[str | None, bool]:
        due = result.deadline.due_at
        if due is None or self.now is None or is_done(result):
            return None, False
        seconds = int((due - self.now).total_seconds())
        late = seconds < 0
        return phrase("late" if late else "left", span=span_text(seconds)), late

    def _filed(self, result: Result) -> Iterable[str]:
        for filed in result.filed:
            at = self.moment(Moment.of(filed.at))
            name = "filed_reference" if filed.reference else "filed_at"
            text = phrase(name, at=at, reference=filed.reference)
            yield text if filed.how in WENT_OUT else say(filed.how, name=text)

    def concerned(self, result: Result) -> str | None:
        """Say how many people a duty concerns, and where they live as far as that is known.

        An authority of one place may be told of people in many: the number stands with a
        place only where it is that place's own.
        """
        groups = self.incident.affected or ()
        count = Range(result.people.at_least, result.people.at_most)
        text = counted(count).text
        if text is None or not groups:
            return text
        here, place = _people_in(groups, result.jurisdiction), place_name(result.jurisdiction)
        if here == count != headcount(groups):
            return say("in_place", text=text, place=place)
        return say("everywhere", text=text) if count.at_least > here.at_least else text

    def _brief(self, result: Result) -> Iterable[tuple[str, str]]:
        """Say of a possible duty what decides it, and no more."""
        words = table("words.toml")["checklist"]
        questions = list(dict.fromkeys(fact.question for fact in result.open_facts))
        more = len(questions) - _QUESTIONS
        if more > 0:
            questions[_QUESTIONS:] = [words["more_questions"].format(count=more)]
        values = {
            "terms": self.titled(result.deadline.text or ""),
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
            "terms": self.titled(deadline.text or ""),
            "latest": self._latest(deadline),
            "starts": self._starts(deadline),
            "not_before": self.at(deadline.not_before, deadline.zone)
            if deadline.not_before
            else None,
            "how": result.method or found.get("method"),
            "portal": result.portal or found.get("portal"),
            "reach": chained(found.get("email"), found.get("phone")),
            "languages": labels("languages", result.languages),
            "people": self.concerned(result),
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
            yield words["hold"], chained(who, held.why, held.citation)
        for reading in deadline.readings:
            when = self.at(reading.due_at, deadline.zone) if reading.due_at else None
            passed = reading.due_at and self.now and reading.due_at < self.now
            gone = words["passed"] if passed and not is_done(result) else None
            yield words["reading"], chained(when, gone, reading.ground, reading.citation)

    def _latest(self, deadline: Deadline) -> str | None:
        if deadline.latest_defensible is None:
            return None
        return self.at(deadline.latest_defensible, deadline.zone)

    def _starts(self, deadline: Deadline) -> str | None:
        start = deadline.starts
        if start is None:
            return None
        words = table("words.toml")["checklist"]
        parts = [self.titled(start_text(start.event))]
        if start.at is not None:
            parts.append(self.at(start.at))
        if start.assumed:
            parts.append(words["assumed"])
        if start.note:
            parts.append(start.note)
        return "; ".join(parts)

    def _confidence(self, result: Result) -> str:
        words = table("words.toml")["checklist"]
        parts = [label("confidence", result.confidence)]
        if result.verified is not None:
            verified = self.moment(Moment.of(result.verified))
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

    # -- the time line ----------------------------------------------------------------

    def known_events(self) -> list[tuple[datetime, str, str]]:
        """List the events on record in order: where they stand, name, date in words."""
        return events(self.matter)

    def filings(self) -> list[tuple[datetime, str, Filed]]:
        """List what was filed, in order: when, to whom, and the record of it.

        A filing whose duty this assessment does not hold is named by what the file calls it.
        """
        names = self._names
        found = [
            (_instant(filed, self.matter), say(filed.how, name=names[result.key]), filed)
            for result in self.assessment.obligations
            for filed in result.filed
        ]
        ids = {result.id for result in self.assessment.obligations if result.filed}
        for filing in self.incident.filings:
            if filing.obligation in ids:
                continue
            at = filing.at.at or filing.at.day
            if at is not None:
                filed = Filed(at=at, stage=filing.stage, reference=filing.reference, how=filing.how)
                place = f" ({filing.jurisdiction})" if filing.jurisdiction else ""
                name = say(filing.how, name=f"{filing.obligation}{place}")
                found.append((_instant(filed, self.matter), name, filed))
        return sorted(found, key=lambda entry: (entry[0], entry[1]))

    def picture(self) -> Picture | None:
        """Lay out the time line: events, filings made, and clocks with a due instant."""
        names = self._names
        known = self.known_events()
        filings = self.filings()
        clocks: dict[tuple[datetime, bool], tuple[datetime, list[str]]] = {}
        origin = known[0][0] if known else self.now
        for result in self.open("required", "possible"):
            due = result.deadline.due_at
            if due is None:
                continue
            started = result.deadline.starts.at if result.deadline.starts else None
            start = started or origin or due
            slot = clocks.setdefault((due, result.status == "possible"), (start, []))
            slot[1].append(_marked(names[result.key], result, late=self.is_late(result)))
        drawn = [
            Clock(min(start, due), due, tuple(named), possible)
            for (due, possible), (start, named) in clocks.items()
        ]
        moments = [Event(at, name, said=said) for at, name, said in known]
        sent = [
            Event(at, name, "filed", self.matter.say(Moment.of(one.at)))
            for at, name, one in filings
        ]
        return draw([*moments, *sent], drawn, self.now, self.zone)

    def names(self) -> dict[str, Any]:
        """Gather what every page of the matter says of itself."""
        return {
            "lang": "en",
            "reference": self.incident.reference,
            "engine": self.assessment.engine,
            "law_version": self.assessment.law.version,
            "matter": self.incident.title or self.assessment.title or "",
            "organisation": self.incident.organisation.name or phrase("not_known"),
            "now": self.at(self.now) if self.now else None,
            "zone": self.zone,
        }


def _instant(filed: Filed, matter: Matter) -> datetime:
    if isinstance(filed.at, datetime):
        return filed.at
    return datetime.combine(filed.at, datetime.min.time(), zone_of(matter.zone))


def _marked(name: str, result: Result, *, late: bool) -> str:
    """Say in words what shade and stroke show, for readers of black and white."""
    if result.status == "possible":
        return say("possible_clock", name=name)
    return say("overdue_clock", name=name) if late else name


def _grounds(result: Result) -> list[str]:
    """List the citations, without those that another one holds."""
    cites = list(dict.fromkeys((result.citation, *result.citations)))
    return [x for x in cites if not any(x != other and x in other for other in cites)]


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
