"""Two briefs of a matter: one page for the board, and the hand-over from shift to shift.

Both say what the checklist says, in fewer words: they are cut with "and n more", never
silently.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from regengine.assessment import Assessment, Result
from regengine.calendars import zone as zone_of
from regengine.casefile.standing import Standing
from regengine.documents.content import (
    counted,
    elements,
    headcount,
    instant_of,
    people_by_place,
)
from regengine.documents.docket import Docket, who_of
from regengine.documents.document import Document
from regengine.documents.outputs import label, phrase, place_name, residence, table
from regengine.documents.printed import document
from regengine.documents.provenance import provenance
from regengine.documents.tracked import Tracked, facts_only, line_of
from regengine.documents.tracked import printed as printed_rows
from regengine.documents.wording import joined, range_text
from regengine.documents.workstreams import Decision, OpenQuestionRow, Situation, Task, is_judgement
from regengine.errors import Fault, InputError
from regengine.facts import Group, Incident, Moment

_NEWS, _CLOCKS, _TASKS, _WAITING, _HOLDERS = 14, 10, 12, 3, 8
_SOFT = 4  # notices without an instant that are named
_ROWS, _OWNERS = 14, 12  # of the record
_NAME = 160  # characters of a name
_REFERENCE = 60  # at the foot of each page


class Cuts(NamedTuple):
    """How much of each part the board's page shows; ``text`` is in characters."""

    text: int
    clocks: int
    exposure: int
    decisions: int
    unknown: int


# From ample to short: the first that fits one page is taken.
_CUTS = (
    Cuts(700, 5, 4, 5, 5),
    Cuts(450, 5, 3, 4, 4),
    Cuts(280, 5, 2, 3, 3),
    Cuts(160, 4, 1, 2, 2),
    Cuts(90, 3, 1, 1, 1),
)


class ClockLine(NamedTuple):
    """One clock in a line."""

    who: str
    when: str
    left: str | None
    late: bool
    possible: bool


def _word(name: str, /, **values: object) -> str:
    return str(table("brief/words.toml")[name]).format(**values)


def _more(count: int) -> str | None:
    return _word("more", count=count) if count > 0 else None


def clip(text: str, most: int) -> str:
    """Cut a text at a word and say so; a word longer than all is cut itself.

    >>> clip("one two three", 9), clip("one", 9)
    ('one two …', 'one')
    """
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head = text[: most - 1]
    kept = head.rpartition(" ")[0] or head
    joint = " " if " " in head else ""
    return f"{kept}{joint}{_word('cut')}"


def board_brief(incident: Incident, assessment: Assessment) -> Document:
    """Write one page for the board: what happened, what is due, what it must decide.

    The page is measured after it is laid out and cut until it fits. Penalties stand there
    only where the law files hold them. ``missing`` lists what is not known.
    """
    board = _Board(incident, assessment)
    made = _board_page(board, _CUTS[0])
    for cuts in _CUTS[1:]:
        if made.pages == 1:
            break
        made = _board_page(board, cuts)
    return made


def _board_page(board: _Board, cuts: Cuts) -> Document:
    return document(
        "board-brief",
        "brief",
        "brief/board.html",
        board.page(cuts),
        board.docket.assessment,
        styles=("brief/brief.css",),
        keys=[result.key for result in board.docket.open("required")],
        american=board.docket.american,
        enclosures=[provenance(board.docket.incident, board.docket.assessment, None)],
        missing=[row.question for row in board.unknown],
    )


def shift_brief(
    incident: Incident,
    assessment: Assessment,
    hours: float = 12,
    since: datetime | None = None,
    *,
    standing: Sequence[Standing] = (),
    advice: bool = False,
) -> Document:
    """Write the hand-over of a shift: what is new, what the next hours bring, who is awaited.

    What is new counts from the aware instant ``since``, by default ``hours`` before
    ``assessment.now``; a date without a time is new on its whole day. Without a ``now``
    everything on record is new, and the first clocks stand for the next hours. Of the case
    file's rows in ``standing``, those with a warning and those that are due stand there, and
    who owns how many; the advice track only with ``advice``. Raise
    ``InputError`` for hours that are not above zero, and a ``since`` without an offset or
    after now.
    """
    rows = standing if advice else facts_only(standing)
    shift = _Shift(incident, assessment, hours, since, rows)
    styles = ("brief/brief.css", *(("brief/record.css",) if rows else ()))
    return document(
        "shift-brief",
        "brief",
        "brief/shift.html",
        shift.page(),
        assessment,
        styles=styles,
        keys=[result.key for result in shift.due()],
        american=shift.docket.american,
        enclosures=[provenance(incident, assessment, None)],
        missing=[question.question for question in assessment.open_questions],
    )


class _Brief:
    """What both briefs need of a matter."""

    def __init__(self, incident: Incident, assessment: Assessment) -> None:
        self.incident, self.assessment = incident, assessment
        self.docket = Docket(incident, assessment)
        self.situation = Situation(self.docket)

    def names(self) -> dict[str, Any]:
        names = self.docket.names()
        for name in ("matter", "organisation"):
            names[name] = clip(names[name], _NAME)
        names["reference"] = clip(names["reference"], _REFERENCE)
        return names

    def line(self, result: Result) -> ClockLine:
        row = self.docket.row(result, full=False)
        name = phrase("at_stage", name=row.recipient, stage=row.stage) if row.stage else ""
        return ClockLine(
            clip(name or row.recipient, _NAME),
            clip(row.when[0], _NAME),
            row.left,
            row.late,
            result.status == "possible",
        )

    def soft(self) -> str | None:
        """Name what is owed at once though no instant is fixed."""
        owed = [x for x in self.docket.open("required") if x.deadline.kind == "soft"]
        names = list(dict.fromkeys(clip(who_of(x), _NAME) for x in owed))
        if not names:
            return None
        shown, more = joined(names[:_SOFT]), len(names) - _SOFT
        text = _word("more_of", text=shown, count=more) if more > 0 else shown
        return _word(
            "soft_note_one" if len(owed) == 1 else "soft_note", count=len(owed), names=text
        )


class _Board(_Brief):
    """The board's page."""

    def __init__(self, incident: Incident, assessment: Assessment) -> None:
        super().__init__(incident, assessment)
        self.unknown: list[OpenQuestionRow] = self.situation.questions()
        self.decisions: list[Decision] = [x for x in self.situation.decisions() if x.board]
        self.exposure = list(self._exposure())

    def page(self, cuts: Cuts) -> dict[str, Any]:
        incident = self.incident
        what = incident.summary or incident.description.nature or incident.title
        owed = self.docket.open("required")
        timed = [x for x in owed if x.deadline.due_at is not None]
        shown = timed[: cuts.clocks]
        return {
            **self.names(),
            "layout": "brief",
            "title": _word("board_title", reference=clip(incident.reference, _NAME)),
            "what": clip(what or phrase("not_known"), cuts.text),
            "concerned": [(name, clip(text, cuts.text)) for name, text in self._concerned()],
            "clocks": [self.line(result) for result in shown],
            "clock_notes": list(self._notes(len(timed) - len(shown))),
            "exposure": [
                (place, clip(text, cuts.text), clip(cite, _NAME))
                for place, text, cite in self.exposure[: cuts.exposure]
            ],
            "more_exposure": _more(len(self.exposure) - cuts.exposure),
            "none_held": _word("none_held"),
            "decisions": [
                x._replace(question=clip(x.question, cuts.text))
                for x in self.decisions[: cuts.decisions]
            ],
            "more_decisions": _more(len(self.decisions) - cuts.decisions),
            "unknown": [
                x._replace(question=clip(x.question, cuts.text))
                for x in self.unknown[: cuts.unknown]
            ],
            "more_unknown": _more(len(self.unknown) - cuts.unknown),
        }

    def _concerned(self) -> list[tuple[str, str]]:
        words = table("words.toml")["checklist"]
        groups = self.incident.affected or ()
        known = dict.fromkeys(word for group in groups for word in group.data or ())
        maybe = dict.fromkeys(word for group in groups for word in group.data_possible)
        # Data that are sure for one group are no mere possibility for the board.
        data = elements(
            Group(
                group="all",
                data=tuple(known) or None,
                data_possible=tuple(word for word in maybe if word not in known),
            )
        ).text
        places = people_by_place(groups)
        told = joined(
            phrase("place_line", place=residence(place), count=range_text(count))
            for place, count in places
        )
        people = counted(headcount(groups)).text if self.incident.affected else None
        values = {"people": people, "places": told, "data": data}
        return [
            (str(words[f"summary_{name}"]), value or phrase("not_known"))
            for name, value in values.items()
        ]

    def _notes(self, more: int) -> Iterator[str]:
        """Say what the page leaves out, so that nothing seems to be all."""
        if more > 0:
            yield _word("more", count=more)
        soft = self.soft()
        if soft is not None:
            yield soft
        waiting = [x for x in self.docket.open("required") if x.deadline.kind == "not_started"]
        if waiting:
            yield _word("waiting_one" if len(waiting) == 1 else "waiting", count=len(waiting))
        possible = len(self.docket.open("possible"))
        if possible:
            yield _word("possible_note_one" if possible == 1 else "possible_note", count=possible)
        # A duty that may be owed tomorrow must not hide in a count.
        dated = [x for x in self.docket.open("possible") if x.deadline.due_at is not None]
        if dated:
            first = min(dated, key=lambda x: x.deadline.due_at or datetime.max.replace(tzinfo=UTC))
            line = self.line(first)
            yield _word("possible_first", who=line.who, when=line.when)

    def _exposure(self) -> Iterator[tuple[str, str, str]]:
        """Take what the law says of late notices, whole, where it names a sanction."""
        pattern = re.compile(table("brief/words.toml")["exposure"])
        seen = set()
        for result in self.docket.open("required"):
            said = (place_name(result.jurisdiction), result.late or "")
            if pattern.search(said[1]) and said not in seen:
                seen.add(said)
                yield *said, result.citation


class _Shift(_Brief):
    """The hand-over of a shift."""

    def __init__(
        self,
        incident: Incident,
        assessment: Assessment,
        hours: float,
        since: datetime | None,
        standing: Sequence[Standing] = (),
    ) -> None:
        super().__init__(incident, assessment)
        self.rows = printed_rows(self.docket, standing)
        now = assessment.now
        self.hours = _checked_hours(hours)
        self.since = _checked_since(since, now)
        if self.since is None and now is not None:
            self.since = now - timedelta(hours=hours)
        self.until = now + timedelta(hours=hours) if now is not None else None

    def page(self) -> dict[str, Any]:
        docket = self.docket
        news, due, tasks = self._news(), self.due(), self._tasks()
        return {
            **self.names(),
            "layout": "brief",
            "title": _word("shift_title", reference=clip(self.incident.reference, _NAME)),
            "hours": f"{self.hours:g}",
            "since": docket.at(self.since) if self.since else None,
            "until": docket.at(self.until) if self.until else None,
            "news": [clip(text, _NAME * 2) for text in news[-_NEWS:]],
            "more_news": _more(len(news) - _NEWS),
            "clocks": [self.line(result) for result in due[:_CLOCKS]],
            "clock_notes": list(self._notes(len(due) - _CLOCKS)),
            "then": self._then(),
            "tasks": tasks[:_TASKS],
            "more_tasks": _more(len(tasks) - _TASKS),
            "earlier": self._earlier(),
            "waiting": self._waiting(),
            **self._on_record(),
        }

    # -- since ------------------------------------------------------------------------

    def _is_new(self, moment: Moment) -> bool:
        """Say whether a moment lies in the shift; a date does where its day touches it."""
        now = self.assessment.now
        if moment.at is not None:
            return (self.since is None or self.since <= moment.at) and (
                now is None or moment.at <= now
            )
        if moment.day is None or moment.precision == "month":
            return self.since is None
        home = zone_of(self.docket.zone)
        begun = self.since is None or self.since.astimezone(home).date() <= moment.day
        return begun and (now is None or moment.day <= now.astimezone(home).date())

    def _news(self) -> list[str]:
        """List in order what was learned, sent and concluded in the shift."""
        found = [*self._events(), *self._filings(), *self._judged(), *self._holds()]
        return [text for _, text in sorted((instant_of(at), text) for at, text in found)]

    def _events(self) -> Iterator[tuple[Moment, str]]:
        for event, candidates in self.incident.timeline.items():
            for candidate in candidates:
                if self._is_new(candidate.at):
                    name = "event_why" if candidate.why else "event"
                    at = self.docket.moment(candidate.at)
                    yield (
                        candidate.at,
                        _word(name, name=label("events", event), at=at, why=candidate.why),
                    )

    def _filings(self) -> Iterator[tuple[Moment, str]]:
        for _, name, filed in self.docket.filings():
            at = Moment.of(filed.at)
            if self._is_new(at):
                word = "filed_reference" if filed.reference else "filed"
                told = self.docket.moment(at)
                yield at, _word(word, name=name, at=told, reference=filed.reference)

    def _judged(self) -> Iterator[tuple[Moment, str]]:
        for name, given in self.incident.judgements.items():
            if given.at is not None and given.value is not None and self._is_new(given.at):
                by = _word("by", by=given.by) if given.by else ""
                at = self.docket.moment(given.at)
                value = label("judgement_values", given.value)
                yield given.at, _word("judged", name=name, value=value, by=by, at=at)

    def _holds(self) -> Iterator[tuple[Moment, str]]:
        for delay in self.incident.law_enforcement.delays:
            if delay.from_ is not None and self._is_new(delay.from_):
                who = delay.requested_by or delay.granted_by
                who = who or label("recipient_kinds", "law_enforcement")
                at = self.docket.moment(delay.from_)
                yield delay.from_, _word("hold", who=who, at=at)

    # -- next -------------------------------------------------------------------------

    def due(self) -> list[Result]:
        """List clocks that end in the next hours, and those that ended unmet before."""
        open_ = [x for x in self.docket.open("required", "possible") if _instant(x) is not None]
        if self.until is None:
            return open_
        return [x for x in open_ if _ends_before(x, self.until)]

    def _then(self) -> list[ClockLine]:
        """Name the first clock after these hours that runs, and what could end before it."""
        if self.until is None:
            return []
        later = sorted(
            (instant, x.key)
            for x in self.docket.open("required", "possible")
            if (instant := _instant(x)) is not None and instant > self.until
        )
        results = [self.docket.by_key[key] for _, key in later]
        runs = [x for x in results if x.status == "required" and x.deadline.due_at is not None]
        shown = [*results[:1], *runs[:1]]
        return [self.line(self.docket.by_key[key]) for key in dict.fromkeys(x.key for x in shown)]

    def _notes(self, more: int) -> Iterator[str]:
        if more > 0:
            yield _word("more", count=more)
        soft = self.soft()
        if soft is not None:
            yield soft
        for hold in self.situation.holds():
            soon = self.until is None or (hold.ends is not None and hold.ends <= self.until)
            if hold.ends is not None and soon:
                yield _word("ends", who=hold.who, at=self.docket.at(hold.ends))

    def _tasks(self) -> list[Task]:
        """List the tasks of the phases that the next hours touch."""
        return [
            task
            for phase in self.situation.plan()
            if phase.state == "now"
            or (phase.state == "ahead" and self.until and phase.start and phase.start < self.until)
            for task in phase.tasks
        ]

    def _earlier(self) -> str | None:
        numbers = [
            task.number
            for phase in self.situation.plan()
            if phase.state == "past"
            for task in phase.tasks
        ]
        if not numbers:
            return None
        name = "earlier_task" if len(numbers) == 1 else "earlier_tasks"
        return _word(name, count=len(numbers), numbers=joined(numbers))

    # -- the record -------------------------------------------------------------------

    def _on_record(self) -> dict[str, Any]:
        """Lay out what is wrong or due on record in these hours, and who owns what is open."""
        soon = [
            row
            for row in self.rows
            if row.warning
            or row.late
            or (row.at is not None and (self.until is None or row.at <= self.until))
        ]
        owners = self._owners()
        return {
            "tracked": soon[:_ROWS],
            "more_tracked": _more(len(soon) - _ROWS),
            "owners": owners[:_OWNERS],
            "more_owners": _more(len(owners) - _OWNERS),
            "has_advice": any(row.advice for row in self.rows),
        }

    def _owners(self) -> list[tuple[str, str, str]]:
        """Say for each owner which rows are open, how many are late, what is due first."""
        held: dict[str, list[Tracked]] = {}
        for row in self.rows:
            if row.warning or row.at is not None or row.state == "open":
                held.setdefault(row.who or _word("nobody"), []).append(row)
        found = []
        for who, rows in held.items():
            late = sum(row.late for row in rows)
            name = "owns_late" if late else "owns"
            said = _word(name, count=len(rows), late=late, records=joined(x.record for x in rows))
            timed = sorted((x.at, x.due or "") for x in rows if x.at is not None)
            found.append((who, clip(said, _NAME), timed[0][1] if timed else ""))
        return found

    # -- waiting ----------------------------------------------------------------------

    def _waiting(self) -> list[tuple[str, list[str], str | None]]:
        """List by holder what is awaited, the holder of the most first as the facts rank."""
        asked: dict[str, list[str]] = {}
        for who, text in self._awaited():
            asked.setdefault(clip(who, _NAME), []).append(clip(text, _NAME * 2))
        found = [
            (who, list(dict.fromkeys(lines))[:_WAITING], _more(len(set(lines)) - _WAITING))
            for who, lines in asked.items()
        ]
        if len(found) > _HOLDERS:
            rest = sum(len(lines) for lines in list(asked.values())[_HOLDERS:])
            found = [*found[:_HOLDERS], (_word("others"), [], _more(rest))]
        return found

    def _awaited(self) -> Iterator[tuple[str, str]]:
        for row in self.rows:
            if row.late and row.who:
                yield row.who, line_of(row._replace(who=row.left, warning=None))
        for question in self.assessment.open_questions:
            if is_judgement(question.fact):
                yield self.situation.decider(question.fact)[0], question.question
            else:
                yield self.situation.holder(question.fact), question.question
        for result in self.assessment.obligations:
            for filed in result.filed:
                if filed.how == "sent" and not filed.reference:
                    at = self.docket.moment(Moment.of(filed.at))
                    yield _word("receipt_of", who=who_of(result)), _word("receipt", at=at)
        for delay in self.incident.law_enforcement.delays:
            if delay.granted is None:
                who = delay.granted_by or delay.requested_by
                yield who or label("recipient_kinds", "law_enforcement"), _word("hold_answer")


def _instant(result: Result) -> datetime | None:
    return result.deadline.due_at or result.deadline.projected_due_at


def _ends_before(result: Result, until: datetime) -> bool:
    instant = _instant(result)
    return instant is not None and instant <= until


def _checked_hours(hours: float) -> float:
    if not math.isfinite(hours) or hours <= 0:
        message = f"a shift lasts {hours} hours; it must be above 0"
        raise InputError([Fault("hours", "", message)])
    return hours


def _checked_since(since: datetime | None, now: datetime | None) -> datetime | None:
    if since is None:
        return None
    if since.utcoffset() is None:
        message = f"{since.isoformat()} has no offset; write one, such as {since.isoformat()}+00:00"
        raise InputError([Fault("since", "", message)])
    if now is not None and since > now:
        message = f"{since.isoformat()} is after now, {now.isoformat()}"
        raise InputError([Fault("since", "", message)])
    return since
