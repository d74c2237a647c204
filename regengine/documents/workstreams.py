"""What must be done and decided beside the notices, as the facts of a matter ask for it.

Tasks, decisions, claims and who holds an answer stand in outputs/checklist/; this module
asks their conditions of the facts. What is not known leaves a task in, under its condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from regengine.assessment import Presumed, Result, Summary
from regengine.documents.content import instant_of
from regengine.documents.docket import Docket, is_done, joined_names, say, told_apart
from regengine.documents.expressions import both, either, names_for, truth_of, words
from regengine.documents.outputs import label, table
from regengine.documents.wording import capital, joined
from regengine.facts import Candidate, Delay, Group
from regengine.severity import enisa

_PATH = "checklist/workstreams.toml"
_DECISIONS = "checklist/decisions.toml"
_STARTS = ("detected", "suspected", "aware", "discovered", "confirmed")
_DUTIES = 4  # that one question names
_CYBER = (
    "ransomware", "malware", "intrusion", "credential_stuffing", "phishing", "exfiltration",
    "vulnerability", "insider",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words
_CARDS = ("card_number", "card_expiry", "card_code")
_NOT_A_CRIME = ("misdirected", "lost_device", "lost_paper", "misconfiguration", "outage")
_FACT_ROOTS = (
    "affected", "incident", "organisation", "timeline", "records", "description", "filings",
    "regimes", "places",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words

State = Literal["past", "now", "ahead", "open"]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class _Conditional(_Shape):
    when: str | None = None
    if_: str | None = Field(default=None, alias="if")

    @model_validator(mode="after")
    def _said(self) -> _Conditional:
        if (self.when is None) != (self.if_ is None):
            message = "'when' and 'if' go together: what is not known must be said"
            raise ValueError(message)
        return self


class PhaseShape(_Shape):
    """A part of the time since the matter began; the last one has no end."""

    id: str
    title: str
    until_hours: float | None = None


class StreamShape(_Shape):
    """One workstream."""

    id: str
    title: str
    intro: str


class TaskShape(_Conditional):
    """One thing to do, with its ground and who does it as a rule."""

    stream: str
    phase: str
    title: str
    text: str
    ground: str
    owner: str


class AudienceShape(_Conditional):
    """Somebody who hears of the matter; ``kinds`` are kinds of recipients."""

    who: str
    kinds: tuple[str, ...]
    may: str
    ground: str


class ClaimShape(_Shape):
    """A claim that texts like to make, and the expression that bears it."""

    say: str
    proven: str


class DecisionShape(_Conditional):
    """Something to decide that no law's condition asks for."""

    ask: str
    who: str
    ground: str
    turns: str
    board: bool = False


class DeciderShape(_Shape):
    """Who draws the conclusions of some facts."""

    facts: tuple[str, ...]
    who: str
    ground: str
    board: bool = False


class HolderShape(_Shape):
    """Who holds the answer to some facts; ``sure``: only where ``when`` is known to hold."""

    facts: tuple[str, ...]
    who: str
    when: str | None = None
    sure: bool = False


class Task(NamedTuple):
    """One task of this matter; ``number`` is that of the printed list."""

    number: str
    stream: str
    phase: str
    title: str
    text: str
    ground: str
    owner: str
    condition: str | None


class Stream(NamedTuple):
    """One workstream with its tasks in the order of time."""

    number: int
    id: str
    title: str
    intro: str
    tasks: tuple[Task, ...]


class Phase(NamedTuple):
    """One part of the plan by time."""

    id: str
    title: str
    start: datetime | None
    end: datetime | None
    state: State
    clocks: tuple[Result, ...]
    tasks: tuple[Task, ...]


class Decision(NamedTuple):
    """A question to decide, who decides it, and what it turns on."""

    question: str
    fact: str | None
    ground: str | None
    who: str
    who_ground: str
    turns: str
    board: bool


class OpenQuestionRow(NamedTuple):
    """A fact to find out, how much it settles, by when, and who holds the answer."""

    question: str
    fact: str
    citation: str | None
    settles: int
    duties: str
    first: str | None
    holder: str


class Audience(NamedTuple):
    """Who may hear what, and when."""

    who: str
    may: str
    when: tuple[str, ...]
    must_not: str
    ground: str


class Hold(NamedTuple):
    """A law-enforcement hold as printed."""

    who: str
    state: str
    since: str | None
    until: str
    laws: str
    moves: str
    ends: datetime | None


@cache
def _rows(path: str, name: str) -> tuple[dict[str, Any], ...]:
    return tuple(table(path).get(name, ()))


@cache
def phases() -> tuple[PhaseShape, ...]:
    """Return the phases in their order.

    >>> [phase.id for phase in phases()]
    ['h4', 'h24', 'h72', 'week', 'after']
    """
    return tuple(map(PhaseShape.model_validate, _rows(_PATH, "phase")))


@cache
def _tasks() -> tuple[TaskShape, ...]:
    return tuple(map(TaskShape.model_validate, _rows(_PATH, "task")))


@cache
def _streams() -> tuple[StreamShape, ...]:
    return tuple(map(StreamShape.model_validate, _rows(_PATH, "stream")))


def is_judgement(fact: str) -> bool:
    """Say whether a fact is a legal conclusion: dotted, and no field of the incident.

    >>> is_judgement("xx.act.risk"), is_judgement("incident.ongoing")
    (True, False)
    """
    if fact.startswith("judgements."):
        return True
    return "." in fact and fact.partition(".")[0] not in _FACT_ROOTS


class Situation:
    """A matter as the conditions of tasks see it."""

    first_stream = 4  # clocks, decisions and open facts stand before the workstreams

    def __init__(self, docket: Docket) -> None:
        self.docket = docket
        self.incident = docket.incident
        self.assessment = docket.assessment

    # -- conditions -------------------------------------------------------------------

    @cached_property
    def names(self) -> dict[str, Any]:
        """Return the names that conditions and texts of outputs/checklist/ may use."""
        asked = names_for(self.docket.matter)
        return {
            **asked,
            **self._truths(asked),
            **self._words(),
            "status": self._status,
            "contract": self._contract,
            "labelled": self._labelled,
            "duty_to": lambda kind: self._duty_to(asked, kind),
            "record": lambda event: True if self.incident.timeline.get(event) else None,
            "capital": capital,
        }

    def _truths(self, asked: Mapping[str, Any]) -> dict[str, bool | None]:
        incident = self.incident
        happening = incident.incident
        malicious = happening.malicious
        cyber = either(asked["kind"](*_CYBER), both(malicious, self._electronic()))
        ransom = {"ransom_demanded", "ransom_paid"} & set(incident.timeline)
        by_chance = happening.kinds is not None and set(happening.kinds) <= set(_NOT_A_CRIME)
        amount = happening.loss.amount if happening.loss is not None else None
        vendor = True if happening.vendor is not None else asked["kind"]("vendor")
        delays = incident.law_enforcement.delays
        return {
            "cyber": False if by_chance and malicious is not True else cyber,
            "electronic": self._electronic(),
            "crime": malicious if malicious is not None or not by_chance else False,
            "extortion": True if ransom else asked["kind"]("ransomware"),
            "cards": asked["data"](*_CARDS),
            "loss": None if amount is None else amount > 0,
            "vendor_involved": vendor,
            "processor": self._processor(),
            "listed": self._status(*table(_PATH)["listed"]),
            "hold": any(delay.granted is not False for delay in delays),
            "dpo": True if incident.organisation.dpo is not None else None,
            "signer": incident.signatory is not None,
            "gaps": bool(self.assessment.not_covered),
            "encrypted": self._encrypted(),
            "final_count": True if incident.affected and asked["exact_total"] else None,
            "all_told": self._all_told(),
        }

    def _words(self) -> dict[str, str | None]:
        vendor = self.incident.incident.vendor
        policy = next((x for x in self.incident.contracts if _is_policy(x.kind)), None)
        party = policy.party if policy else None
        return {
            "vendor": vendor.name if vendor and vendor.name else say("vendor"),
            "insurer": party or say("insurer"),
            "insurer_ground": (policy.clause if policy else None) or say("policy_ground"),
            "agency": self.incident.law_enforcement.agency,
        }

    def _electronic(self) -> bool | None:
        media = self.incident.incident.media
        if media is not None:
            return "electronic" in media
        kinds = self.incident.incident.kinds
        return False if kinds is not None and set(kinds) <= {"lost_paper"} else None

    def _processor(self) -> bool | None:
        roles = self.incident.organisation.role
        return None if roles is None else "processor" in roles

    def _encrypted(self) -> bool | None:
        groups = self.incident.affected
        if not groups:
            return None
        return both(*(_all_encrypted(group) for group in groups))

    def _all_told(self) -> bool | None:
        owed = [x for x in self.assessment.obligations if x.recipient.kind == "individuals"]
        wanted = [x for x in owed if x.status != "not_required"]
        if not wanted:
            return None
        # A notice that is not on record may have gone out all the same.
        return True if all(is_done(result) for result in wanted) else None

    def _duty_to(self, asked: Mapping[str, Any], kind: str) -> bool | None:
        """Say whether recipients of a kind are owed a notice; open while places are."""
        found: bool | None = asked["owed"](kind, here=False)
        unplaced = self.incident.affected is None or bool(self.assessment.summaries)
        return None if found is False and unplaced else found

    def _status(self, *patterns: str) -> bool | None:
        """Say whether the organisation has a status of special law that a pattern names."""
        organisation = self.incident.organisation
        held, possible = organisation.regimes, organisation.regimes_possible
        if held is not None and _any_matches(held, patterns):
            return True
        if held is None or possible == "unknown":
            return None
        return None if _any_matches(possible, patterns) else False

    def _contract(self, *patterns: str) -> bool | None:
        """Say whether a contract of a kind is on record; silence does not say that none is."""
        kinds = [(contract.kind or "").lower() for contract in self.incident.contracts]
        return True if _any_matches(kinds, patterns) else None

    def _labelled(self, *wanted: str) -> bool | None:
        """Say whether a group's name or label holds one of these words, in their plural too."""
        pattern = re.compile(rf"\b({'|'.join(map(re.escape, wanted))})(e?s)?\b", re.IGNORECASE)
        groups = self.incident.affected
        said = [f"{group.group.replace('_', ' ')} {group.label or ''}" for group in groups or ()]
        if any(pattern.search(text) for text in said):
            return True
        return None if groups is None else False if not groups else None

    def _truth(self, condition: str | None, place: str) -> bool | None:
        return truth_of(condition, self.names, place)

    def _say(self, text: str, place: str) -> str:
        return words(text, self.names, place) if "{{" in text else text

    # -- tasks ------------------------------------------------------------------------

    @cached_property
    def streams(self) -> tuple[Stream, ...]:
        """List the workstreams with the tasks that the facts ask for."""
        order = [phase.id for phase in phases()]
        found = []
        for number, shape in enumerate(_streams(), self.first_stream):
            mine = [x for x in _tasks() if x.stream == shape.id]
            mine.sort(key=lambda task: order.index(task.phase))
            asked = [(x, self._truth(x.when, f"{_PATH}: {x.title}")) for x in mine]
            kept = [(x, truth) for x, truth in asked if truth is not False]
            tasks = tuple(
                self._task(f"{number}.{index}", x, sure=truth is True)
                for index, (x, truth) in enumerate(kept, 1)
            )
            found.append(Stream(number, shape.id, shape.title, shape.intro, tasks))
        return tuple(found)

    def _task(self, number: str, shape: TaskShape, *, sure: bool) -> Task:
        place = f"{_PATH}: {shape.title}"
        return Task(
            number,
            shape.stream,
            shape.phase,
            self._say(shape.title, place),
            self._say(shape.text, place),
            self._say(shape.ground, place),
            shape.owner,
            None if sure else shape.if_,
        )

    @cached_property
    def began(self) -> datetime | None:
        """Find when the matter began for those who handle it; the plan counts from there."""
        found = [self.docket.matter.moment(event) for event in _STARTS]
        instants = [instant_of(moment) for moment in found if moment is not None]
        return min(instants, default=None)

    def plan(self) -> tuple[Phase, ...]:
        """Lay clocks and tasks out by time; clocks without an instant stand in no phase."""
        tasks = [task for stream in self.streams for task in stream.tasks]
        clocks = self.docket.open("required", "possible")
        found = []
        start = self.began
        for shape in phases():
            hours = shape.until_hours
            end = None
            if self.began is not None and hours is not None:
                end = self.began + timedelta(hours=hours)
            inside = [x for x in clocks if _within(x.deadline.due_at, start, end, shape.id)]
            mine = tuple(task for task in tasks if task.phase == shape.id)
            state = _state(self.docket.now, start, end)
            found.append(Phase(shape.id, shape.title, start, end, state, tuple(inside), mine))
            start = end
        return tuple(found)

    def falls_in(self, due: datetime | None, phase: Phase) -> bool:
        """Say whether an instant of the record falls in a part of the plan."""
        return _within(due, phase.start, phase.end, phase.id)

    # -- decisions and open facts -----------------------------------------------------

    def presumed(self) -> list[tuple[Result, Presumed]]:
        """List what was taken as not given, with the duty that rests on it."""
        return [
            (result, presumed)
            for result in self.assessment.obligations
            if result.status != "not_required"
            for presumed in result.presumed
        ]

    def decisions(self) -> list[Decision]:
        """List what must be decided: conclusions of law, the start of clocks, and the rest.

        An exemption that nobody claims is confirmed, not decided: it stands with the
        presumptions, save the level of risk, on which much turns.
        """
        return [*self._conclusions(), *self._starts(), *self._further()]

    def _conclusions(self) -> list[Decision]:
        asked: dict[str, tuple[str, str | None, list[str]]] = {}
        for question in self.assessment.open_questions:
            if is_judgement(question.fact):
                asked[question.fact] = (
                    question.question,
                    question.citation,
                    list(question.decides),
                )
        rests: dict[str, list[str]] = {}
        for result, presumed in self.presumed():
            if presumed.fact.removeprefix("judgements.") in enisa().helps:
                asked.setdefault(presumed.fact, (presumed.question, presumed.citation, []))
                rests.setdefault(presumed.fact, []).append(result.key)
        found = []
        for fact, (text, citation, keys) in asked.items():
            who, ground, board = self.decider(fact)
            turns = self.docket.duties(dict.fromkeys([*keys, *rests.get(fact, [])]), _DUTIES)
            found.append(Decision(text, fact, citation, who, ground, turns, board))
        return found

    def decider(self, fact: str) -> tuple[str, str, bool]:
        """Name who draws a conclusion, on which ground, and whether it is the board's."""
        path = fact if fact.startswith("judgements.") else f"judgements.{fact}"
        for row in map(DeciderShape.model_validate, _rows(_DECISIONS, "decider")):
            if _any_matches([path], row.facts):
                return row.who, row.ground, row.board
        default = table(_DECISIONS)["default"]
        return str(default["who"]), str(default["ground"]), False

    def _starts(self) -> list[Decision]:
        """Ask for a choice where the record has several views of an event, and for its reason."""
        found = []
        for event, candidates in self.incident.timeline.items():
            if len({candidate.at for candidate in candidates}) < 2:  # noqa: PLR2004  # reason: views
                continue
            text = self._disputed(event, candidates)
            keys = [x.key for x in self.docket.open("required", "possible") if _starts(x, event)]
            if text is not None and keys:
                duties = self.docket.duties(keys, _DUTIES)
                who, ground = say("disputed_who"), say("disputed_ground")
                found.append(Decision(text, f"timeline.{event}", None, who, ground, duties, False))
        return found

    def _disputed(self, event: str, candidates: tuple[Candidate, ...]) -> str | None:
        chosen = [candidate for candidate in candidates if candidate.chosen]
        name = label("events", event)
        if not chosen:
            views = joined(self.docket.moment(candidate.at) for candidate in candidates)
            return say("disputed", event=name, views=views)
        silent = [candidate for candidate in chosen if not candidate.why]
        if not silent:
            return None
        said = joined(self.docket.moment(candidate.at) for candidate in silent)
        return say("disputed_reason", event=name, chosen=said)

    def _further(self) -> list[Decision]:
        found = []
        for row in map(DecisionShape.model_validate, _rows(_DECISIONS, "decision")):
            truth = self._truth(row.when, f"{_DECISIONS}: {row.ask}")
            if truth is not False:
                text = row.ask if truth else say("conditional", condition=row.if_, text=row.ask)
                found.append(Decision(text, None, None, row.who, row.ground, row.turns, row.board))
        return found

    def questions(self) -> list[OpenQuestionRow]:
        """List the open facts in the order of what they settle; conclusions are decisions."""
        found = []
        for question in self.assessment.open_questions:
            if is_judgement(question.fact):
                continue
            known = [self.docket.by_key[x] for x in question.decides if x in self.docket.by_key]
            due = [x for x in self.docket.ordered(known) if x.deadline.due_at and not is_done(x)]
            found.append(
                OpenQuestionRow(
                    question.question,
                    question.fact,
                    question.citation,
                    len(question.decides),
                    self.docket.duties(question.decides, _DUTIES),
                    self.docket.when(due[0])[0] if due else None,
                    self.holder(question.fact),
                )
            )
        return found

    def remainders(self) -> list[OpenQuestionRow]:
        """List whose residence is not known, and how many laws that could bring in."""
        merged: dict[tuple[str, str], list[Summary]] = {}
        for summary in self.assessment.summaries:
            merged.setdefault((summary.question, summary.fact), []).append(summary)
        found = []
        for (question, fact), parts in merged.items():
            families = joined(
                say("family", family=part.family.replace("_", " "), places=part.places)
                for part in parts
            )
            laws = sum(part.laws for part in parts)
            brings = say("brings", laws=f"{laws:,}", families=families)
            found.append(
                OpenQuestionRow(question, fact, None, laws, brings, None, self.holder(fact))
            )
        return found

    def holder(self, fact: str) -> str:
        """Name who holds the answer to an open fact.

        An answer that the vendor holds is asked of the vendor only where one is on record.
        """
        for row in map(HolderShape.model_validate, _rows(_DECISIONS, "holder")):
            if not _any_matches([fact], row.facts) and not (
                is_judgement(fact) and _any_matches([f"judgements.{fact}"], row.facts)
            ):
                continue
            truth = self._truth(row.when, f"{_DECISIONS}: {row.who}")
            if truth is True or (truth is None and not row.sure):
                return self._say(row.who, f"{_DECISIONS}: {row.who}")
        return str(table(_DECISIONS)["default"]["who"])

    # -- communications and holds -----------------------------------------------------

    def claims(self) -> list[tuple[str, str]]:
        """List what no text may claim now, and whether it is untrue or not established."""
        found = []
        for row in map(ClaimShape.model_validate, _rows(_PATH, "claim")):
            truth = self._truth(row.proven, f"{_PATH}: {row.say}")
            if truth is not True:
                found.append((row.say, say("unproven" if truth is None else "untrue")))
        return found

    def audiences(self) -> list[Audience]:
        """List who may hear what and when, so that no text runs before a filing."""
        found = []
        for row in map(AudienceShape.model_validate, _rows(_PATH, "audience")):
            truth = self._truth(row.when, f"{_PATH}: {row.who}")
            if truth is False:
                continue
            mine = [
                x for x in self.docket.open("required", "possible") if x.recipient.kind in row.kinds
            ]
            forbidden = dict.fromkeys(item for x in mine for item in x.forbidden)
            may = row.may if truth else say("conditional", condition=row.if_, text=row.may)
            must_not = say("must_not", items=joined(forbidden)) if forbidden else ""
            found.append(Audience(row.who, may, tuple(self._told_when(mine)), must_not, row.ground))
        return found

    def _told_when(self, results: list[Result]) -> Iterable[str]:
        """Say how many notices an audience is owed, and what stands before them."""
        if not results:
            return
        owed = [x for x in results if x.status == "required"]
        yield say("notices", required=len(owed), possible=len(results) - len(owed))
        due = [x for x in results if x.deadline.due_at]
        if due:
            yield say("notices_by", at=self.docket.when(due[0])[0])
        early = [x.deadline.not_before for x in results if x.deadline.not_before]
        if early:
            yield say("wait_until", at=self.docket.at(max(early)))
        names = told_apart(self.assessment.obligations)
        orders = [x.deadline.order for x in results]
        for word, keys in (
            ("wait_for", [key for order in orders for key in order.after]),
            ("together", [key for order in orders for key in order.with_]),
        ):
            open_ = [x for x in dict.fromkeys(keys) if not self._met(x)]
            if open_:
                yield say(word, names=joined_names([names.get(x, x) for x in open_]))
        if any(held.counts for x in results for held in x.deadline.held):
            yield say("held")

    def _met(self, key: str) -> bool:
        return key in self.docket.by_key and is_done(self.docket.by_key[key])

    def holds(self) -> list[Hold]:
        """List every law-enforcement hold on record, refused ones too."""
        return [self._hold(delay) for delay in self.incident.law_enforcement.delays]

    def _hold(self, delay: Delay) -> Hold:
        granted = {True: "hold_granted", False: "hold_refused", None: "hold_open"}[delay.granted]
        form = "hold_written" if delay.written else "hold_oral" if delay.oral else None
        who = delay.requested_by or delay.granted_by or label("recipient_kinds", "law_enforcement")
        moved = sum(
            any(held.counts and held.requested_by == delay.requested_by for held in x.deadline.held)
            for x in self.docket.open("required", "possible")
        )
        moves = "hold_moves_one" if moved == 1 else "hold_moves" if moved else "hold_none"
        until = delay.until
        return Hold(
            who,
            "; ".join(say(name) for name in (granted, form) if name),
            say("from", at=self.docket.moment(delay.from_)) if delay.from_ else None,
            say("until", at=self.docket.moment(until)) if until else say("hold_no_end"),
            say("hold_laws", laws=joined(delay.laws)) if delay.laws else say("hold_all"),
            say(moves, count=moved),
            instant_of(until) if until else None,
        )


def _any_matches(values: Iterable[str], patterns: Iterable[str]) -> bool:
    patterns = tuple(patterns)
    return any(fnmatchcase(value, pattern) for value in values for pattern in patterns)


def _is_policy(kind: str | None) -> bool:
    return _any_matches([(kind or "").lower()], ["*insur*"])


def _all_encrypted(group: Group) -> bool | None:
    """Say whether all data of a group were encrypted and the key is safe."""
    state = group.encrypted
    if isinstance(state, tuple):
        state = None if group.data is None else set(group.data) <= set(state)
    return both(state, None if group.key_taken is None else not group.key_taken)


def _starts(result: Result, event: str) -> bool:
    start = result.deadline.starts
    return start is not None and re.search(rf"\b{re.escape(event)}\b", start.event) is not None


def _within(due: datetime | None, start: datetime | None, end: datetime | None, phase: str) -> bool:
    """Say whether a clock ends in a phase; the first phase takes what ended before it."""
    if due is None or start is None:
        return False
    after = phase == phases()[0].id or start < due
    return after and (end is None or due <= end)


def _state(now: datetime | None, start: datetime | None, end: datetime | None) -> State:
    if now is None or start is None:
        return "open"
    if end is not None and end < now:
        return "past"
    return "now" if start <= now else "ahead"
