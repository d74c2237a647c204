"""Which papers the laws want kept, from when and until when; and the end of a matter.

The words of the law are read, never filled in: where they name no term, or no start, or the
start is not on record, the end stays open with the question. Nothing here says that a paper
may be destroyed: a term that has run out is for counsel, and while the matter is open or a
hold stands not even that.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from pydantic import Field

from regengine.assessment import Assessment, Result
from regengine.casefile.case import FILING, Case
from regengine.casefile.decisions import DECISIONS
from regengine.casefile.entries import Draft, Entry
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant
from regengine.corpus import Corpus
from regengine.documents.grounds import grounds
from regengine.documents.outputs import table
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Incident, Moment

_HOLD: Final = "litigation_hold"
_RELEASED: Final = "released"
_CLOSED, _OPEN = "closed", "open"
_MONTHS: Final = 12
_NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "five": 5, "six": 6, "seven": 7, "ten": 10}
_TERM: Final = re.compile(
    rf"\b(?P<count>\d{{1,4}}|{'|'.join(_NUMBERS)})\s+(?P<unit>year|month|day)s?\b", re.IGNORECASE
)
_END_OF_DAY: Final = time(23, 59, 59)


class Term(NamedTuple):
    """A length of time, in months or in days."""

    months: int
    days: int
    words: str

    def after(self, day: date) -> date:
        """Count from a day; where the month has no such day, the one after counts.

        >>> Term(12, 0, "1 year").after(date(2028, 2, 29))
        datetime.date(2029, 3, 1)
        """
        number = day.year * _MONTHS + day.month - 1 + self.months
        year, month = divmod(number, _MONTHS)
        last = monthrange(year, month + 1)[1]
        made = date(year, month + 1, min(day.day, last))
        return made + timedelta(days=self.days + (day.day > last))


class Demand(NamedTuple):
    """What one law wants kept of one paper; ``keys`` are the duties that say so.

    ``end`` is the last instant of the term in UTC, ``None`` where it is open: then ``question``
    says what is missing, and ``not_before`` is what the latest start on record would give.
    """

    paper: str
    keys: tuple[str, ...]
    citation: str
    words: str
    term: Term | None
    anchor: str | None
    start: datetime | None
    end: datetime | None
    not_before: datetime | None
    question: str | None
    because: str | None = None


class Kept(NamedTuple):
    """One paper with every demand on it, the longest first.

    ``end`` is the latest end where all are known; else ``None``, and ``not_before`` the latest
    that is known or likely. ``stays`` says what forbids to part with it, whatever has run out.
    """

    paper: str
    title: str
    demands: tuple[Demand, ...]
    end: datetime | None
    not_before: datetime | None
    entries: tuple[int, ...]
    stays: tuple[str, ...]
    by_hand: SetTerm | None = None

    @property
    def open_questions(self) -> tuple[str, ...]:
        """What must be answered before an end can be told."""
        if self.by_hand is not None:
            return ()
        return tuple(dict.fromkeys(x.question for x in self.demands if x.question))

    @property
    def doubt(self) -> str | None:
        """Say that a law's term may run longer than the end that counsel set."""
        likely = [x for x in self.demands if x.end is None and x.not_before is not None]
        longest = max(likely, key=lambda x: (x.not_before is not None, x.not_before), default=None)
        if self.end is None or longest is None or longest.not_before is None:
            return None
        if longest.not_before <= self.end:
            return None
        day = longest.not_before.date().isoformat()
        return f"{longest.citation} may want it until {day}, after the end set by hand"

    def state(self, now: datetime) -> str:
        """Say in one word or two where it stands."""
        if self.stays:
            return "kept"
        if self.end is None:
            return "end open"
        return "term runs" if now <= self.end else "for counsel"


class SetTerm(Record):
    """A term that counsel set by hand for a paper; it never shortens what a law demands."""

    paper: str = Field(min_length=1)
    until: Instant
    by: str = Field(min_length=1)
    why: str = Field(min_length=1)
    citation: str | None = None


TERMS: Final = Shelf("retention", SetTerm, "RT")


# -- reading the words of the law ------------------------------------------------------------


def term_of(words: str) -> Term | None:
    """Read the length of a term; ``None`` where the words name none.

    >>> term_of("At least 5 years from becoming aware")
    Term(months=60, days=0, words='5 years')
    >>> term_of("No term is known: as long as the regulator may ask.") is None
    True
    """
    found = _TERM.search(words)
    if found is None:
        return None
    count = found["count"].lower()
    number = _NUMBERS.get(count) or int(count)
    unit = found["unit"].lower()
    months = {"year": number * _MONTHS, "month": number, "day": 0}[unit]
    return Term(months, number if unit == "day" else 0, found[0])


def anchor_of(words: str) -> str | None:
    """Read from what a term counts; ``None`` where the words name no start.

    >>> anchor_of("5 years from the event: records of every cybersecurity event")
    'event'
    >>> anchor_of("5 years") is None
    True
    """
    row = _row("anchor", words)
    return row["name"] if row else None


def paper_of(words: str, *, internal: bool = False, ground: bool = False) -> str:
    """Read which paper is meant: by the words, else by what kind of duty asks for it."""
    if ground:
        return "determination"
    row = _row("paper", words)
    if row:
        return str(row["name"])
    return "register" if internal else str(_data()["rest"]["name"])


def _data() -> dict[str, Any]:
    return table("casefile/retention.toml")


def _row(kind: str, words: str) -> dict[str, Any] | None:
    plain = words.casefold()
    rows: list[dict[str, Any]] = _data()[kind]
    return next((x for x in rows if any(word in plain for word in x["words"])), None)


def papers() -> dict[str, str]:
    """List the papers that there are, with their titles."""
    rows = (*_data()["paper"], _data()["rest"])
    return {row["name"]: row["title"] for row in rows}


# -- demands -----------------------------------------------------------------------------------


class _Wanted(NamedTuple):
    """Words on keeping, before they are read."""

    result: Result
    words: str
    citation: str
    because: tuple[str, ...] = ()  # judgements on which a duty's absence rests


def _wanted(found: Assessment, corpus: Corpus) -> Iterator[_Wanted]:
    """List what is to be kept: of duties owed or open, and of the grounds why one is not owed."""
    for result in found.obligations:
        if result.status != "not_required":
            if result.keep:
                yield _Wanted(result, result.keep, result.citation)
            continue
        yield from _of_grounds(result, corpus)


def _of_grounds(result: Result, corpus: Corpus) -> Iterator[_Wanted]:
    """List what is to be kept of a decision that nobody is told; the duty's own words count too."""
    resting: dict[str, None] = {}
    for ground in grounds(result, corpus):
        names = tuple(dict.fromkeys(x.source or x.name for x in ground.findings))
        resting |= dict.fromkeys(names)
        if ground.keep and ground.keep != result.keep and not _says_more(result.keep, ground.keep):
            yield _Wanted(result, ground.keep, ground.cite or result.citation, names)
    if resting and result.keep:
        yield _Wanted(result, result.keep, result.citation, tuple(resting))


def _says_more(own: str | None, words: str) -> bool:
    """Tell whether a duty's own words name the same term, and its start, where others name none."""
    if own is None or anchor_of(words) is not None or anchor_of(own) is None:
        return False
    mine, other = term_of(own), term_of(words)
    return mine is not None and other is not None and mine[:2] == other[:2]


class _Starts:
    """The instants from which terms may count, as far as the record holds them."""

    def __init__(self, case: Case, incident: Incident) -> None:
        self.incident = incident
        self.corpus = case.corpus
        self.decided = {x.subject: x.at for x in DECISIONS.all(case) if x.sort == "judgement"}
        self.out = [
            (str(entry.told["key"]), str(entry.told["at"]))
            for entry in case.entries
            if entry.kind == FILING and entry.told["state"] in ("sent", "received")
        ]

    def day(self, anchor: str, wanted: _Wanted) -> tuple[datetime | None, date | None]:
        """Find the start of a term: its instant, and its day where the law applies."""
        place = wanted.result.jurisdiction
        match anchor:
            case "event":
                return self._event("occurred_to", place)
            case "aware":
                return self._event("aware", place)
            case "determination":
                return self._determined(wanted, place)
            case "report":
                return self._report(wanted.result, place)
        return None, None  # an end that no event of the record marks

    def latest(self, wanted: _Wanted) -> date | None:
        """Find the latest day on record from which a term might count."""
        place = wanted.result.jurisdiction
        events = ("occurred_from", "occurred_to", "aware", "determined")
        days = [self._event(name, place)[1] for name in events]
        days += [self._instant(at, place)[1] for at in self.decided.values()]
        days += [self._text(at, place)[1] for _, at in self.out]
        return max((day for day in days if day is not None), default=None)

    def _event(self, name: str, place: str) -> tuple[datetime | None, date | None]:
        held = self.incident.timeline.get(name, ())
        chosen = [x for x in held if x.chosen and not x.laws] or list(held)
        if len(chosen) != 1:
            return None, None
        return self._moment(chosen[0].at, place)

    def _determined(self, wanted: _Wanted, place: str) -> tuple[datetime | None, date | None]:
        for name in wanted.because:
            given = self.incident.judgements.get(name)
            if given is not None and given.at is not None:
                return self._moment(given.at, place)
            if name in self.decided:
                return self._instant(self.decided[name], place)
        return self._event("determined", place) if not wanted.because else (None, None)

    def _report(self, result: Result, place: str) -> tuple[datetime | None, date | None]:
        """Take the last time that the notice went out: it may be sent again."""
        found = [self._text(at, place) for key, at in self.out if key == result.key]
        return max(found, key=lambda x: x[1] or date.min, default=(None, None))

    def _text(self, at: str, place: str) -> tuple[datetime | None, date | None]:
        if "T" in at:
            return self._instant(datetime.fromisoformat(at), place)
        return None, date.fromisoformat(at)

    def _moment(self, at: Moment, place: str) -> tuple[datetime | None, date | None]:
        if at.at is not None:
            return self._instant(at.at, place)
        return (None, at.day) if at.precision == "day" else (None, None)

    def _instant(self, at: datetime, place: str) -> tuple[datetime, date]:
        return at.astimezone(UTC), at.astimezone(self.corpus.zone_of(place)).date()


def _demand(wanted: _Wanted, starts: _Starts) -> Demand:
    """Read the words of one law, and count where everything is on record."""
    result, words = wanted.result, wanted.words
    paper = paper_of(
        words, internal=result.recipient.kind == "internal", ground=bool(wanted.because)
    )
    term, row, asked = term_of(words), _row("anchor", words), _data()["open"]
    start, day = starts.day(row["name"], wanted) if row else (None, None)
    tied = any(word in words.casefold() for word in _data()["tied"]["words"])
    question = (
        asked["no_term"] if term is None
        else asked["no_anchor"] if row is None
        else row["question"] if day is None
        else asked["tied"] if tied
        else None
    )  # fmt: skip  # reason: one condition a line reads as a list
    last = starts.latest(wanted) if term is not None and question is not None else None
    return Demand(
        paper=paper,
        keys=(result.key,),
        citation=wanted.citation,
        words=words,
        term=term,
        anchor=row["name"] if row else None,
        start=start,
        end=_end(term, day, starts, result) if question is None else None,
        not_before=_end(term, last, starts, result),
        question=question,
        because=", ".join(wanted.because) or None,
    )


def _end(term: Term | None, day: date | None, starts: _Starts, result: Result) -> datetime | None:
    """Give the last instant of the last day, where the law applies."""
    if term is None or day is None:
        return None
    there = starts.corpus.zone_of(result.jurisdiction)
    return datetime.combine(term.after(day), _END_OF_DAY, there).astimezone(UTC)


# -- papers ------------------------------------------------------------------------------------


def papers_to_keep(
    case: Case, now: datetime | None = None, *, found: Assessment | None = None
) -> list[Kept]:
    """List every paper that a law wants kept, with its demands and its end.

    ``now`` is the store's clock unless given; the facts are assessed as of then, and the answer
    is not recorded, unless ``found`` is the answer to rest on. Several laws on one paper: the longest leads, and an open end is longer
    than any other. Papers for which counsel set a term by hand are listed as well.
    """
    found = found or case.assess(now=now or case.store.clock(), record=False)
    starts = _Starts(case, case.incident())
    by_paper: dict[str, list[Demand]] = {}
    for wanted in _wanted(found, case.corpus):
        demand = _demand(wanted, starts)
        by_paper.setdefault(demand.paper, []).append(demand)
    by_hand = {x.paper: x for x in TERMS.all(case)}
    stays = tuple(_stays(case))
    return [
        _kept(case, paper, title, by_paper.get(paper, []), by_hand.get(paper), stays)
        for paper, title in papers().items()
        if paper in by_paper or paper in by_hand
    ]


def _kept(
    case: Case,
    paper: str,
    title: str,
    demands: list[Demand],
    by_hand: SetTerm | None,
    stays: tuple[str, ...],
) -> Kept:
    far = datetime.max.replace(tzinfo=UTC)
    demands = sorted(
        _joined(demands), key=lambda x: (x.end or far, x.not_before or far), reverse=True
    )
    ends = [x.end for x in demands if x.end is not None]
    likely = [x.not_before for x in demands if x.not_before is not None]
    hand = [by_hand.until] if by_hand is not None else []
    known = all(x.end is not None for x in demands) or by_hand is not None
    return Kept(
        paper=paper,
        title=title,
        demands=tuple(demands),
        # What counsel set answers what the laws leave open; it shortens no term of theirs.
        end=max((*ends, *hand), default=None) if known else None,
        not_before=max((*ends, *likely, *hand), default=None),
        entries=tuple(_entries(case, paper)),
        stays=stays,
        by_hand=by_hand,
    )


def _joined(demands: Iterable[Demand]) -> list[Demand]:
    """Tell what several duties of one law say alike once, with all their keys."""
    found: dict[Demand, tuple[str, ...]] = {}
    for demand in demands:
        alike = demand._replace(keys=())
        found[alike] = (*found.get(alike, ()), *demand.keys)
    return [alike._replace(keys=keys) for alike, keys in found.items()]


def _entries(case: Case, paper: str) -> Iterator[int]:
    """Name the entries of the record that are, or prove, this paper."""
    kinds = {
        "determination": (DECISIONS.kind,),
        "notices": (FILING,),
        "register": ("documents",),
        "assessment": ("assessment",),
    }.get(paper, ())
    for entry in case.entries:
        if entry.kind in kinds:
            yield entry.seq


def _stays(case: Case) -> Iterator[str]:
    """Say what forbids to part with any paper of the matter."""
    for hold in holds(case):
        name = hold.told.get("id") or f"entry {hold.seq}"
        yield f"litigation hold {name} stands"
    if case.line.state != _CLOSED:
        yield "the matter is open"


def holds(case: Case) -> list[Entry]:
    """List the litigation holds that stand: those whose last entry does not release them."""
    last: dict[str, Entry] = {}
    for entry in case.entries:
        if entry.kind == _HOLD:
            last[str(entry.told.get("id") or entry.seq)] = entry
    return [entry for entry in last.values() if entry.told.get(_RELEASED) is None]


def set_term(
    case: Case,
    paper: str,
    until: datetime | date,
    *,
    why: str,
    by: str | None = None,
    citation: str | None = None,
) -> SetTerm:
    """Set the end of a paper's term by hand, where the laws leave it open or counsel wants more.

    A day counts to its last instant in UTC. Raise ``InputError`` for a paper that is none and
    for an end in the past.
    """
    known = papers()
    if paper not in known:
        message = f'"{paper}" is no paper{suggest(paper, known)}; allowed: {", ".join(known)}'
        raise InputError([Fault(case.reference, "retention.paper", message)])
    end = until if isinstance(until, datetime) else datetime.combine(until, _END_OF_DAY, UTC)
    if end.utcoffset() is None:
        message = f"{end.isoformat()} has no offset; add one, like {end.isoformat()}+00:00"
        raise InputError([Fault(case.reference, "retention.until", message)])
    now = case.store.clock()
    if end <= now:
        message = f"{end.isoformat()} is not after now ({now.isoformat(timespec='seconds')})"
        raise InputError([Fault(case.reference, "retention.until", message)])
    with case.writing():
        made = [x for x in TERMS.all(case) if x.paper == paper]
        told: dict[str, Any] = {
            "until": end,
            "by": by or case.by,
            "why": why,
            "citation": citation,
        }
        if made:
            return TERMS.change(case, made[-1].id, **told)
        return TERMS.add(case, paper=paper, **told)


# -- the end of a matter -----------------------------------------------------------------------


class Unmet(NamedTuple):
    """A required duty of which no notice went out; ``due`` in UTC, ``late`` at this instant."""

    key: str
    title: str
    due: datetime | None
    words: str
    late: bool


class Closing(NamedTuple):
    """What stands at the end of a matter."""

    entry: Entry
    unmet: tuple[Unmet, ...]
    waiting: tuple[Unmet, ...]
    kept: tuple[Kept, ...]


def unmet(found: Assessment) -> tuple[list[Unmet], list[Unmet]]:
    """List the required duties that nobody has met: those that are due, and those that wait.

    Due are those with an instant, past or to come, and those owed promptly; a clock that has
    not begun, and the house's own registers, wait.
    """
    due: list[Unmet] = []
    waiting: list[Unmet] = []
    for result in found.required:
        if result.went_out:
            continue
        deadline = result.deadline
        row = Unmet(
            result.key,
            result.title,
            deadline.due_at.astimezone(UTC) if deadline.due_at else None,
            deadline.text or deadline.soft or deadline.kind.replace("_", " "),
            deadline.late_by is not None,
        )
        runs = deadline.kind in ("fixed", "soft") and result.recipient.kind != "internal"
        (due if runs or row.late else waiting).append(row)
    return due, waiting


def close(case: Case, why: str, *, despite: str | None = None) -> Closing:
    """Close a matter, and say what stays to be kept and until when.

    Raise ``InputError`` where it is closed already, where no reason is given, and while duties
    are required, due and unmet, one line for each; ``despite`` says why it is closed all the
    same, and goes on record with them.
    """
    _reasoned(case, why)
    with case.writing() as journal:
        if case.line.state == _CLOSED:
            raise InputError([Fault(case.reference, "", "is closed already")])
        found = case.assess()
        due, waiting = unmet(found)
        if due and not (despite and despite.strip()):
            raise InputError(_refused(case, due))
        kept = papers_to_keep(case, found=found)
        body = {
            "state": _CLOSED,
            "why": why.strip(),
            "despite": despite.strip() if despite and due else None,
            "unmet": [_plain(row) for row in due],
            "waiting": [_plain(row) for row in waiting],
            "papers": [_paper(item) for item in kept],
        }
        entry = journal.add(Draft(kind="closed", body=body))
        journal.rename(state=_CLOSED)
    left = tuple(_without_opening(item) for item in kept)
    return Closing(entry, tuple(due), tuple(waiting), left)


def _refused(case: Case, due: Iterable[Unmet]) -> list[Fault]:
    faults = [
        Fault(
            case.reference,
            row.key,
            f"is required and unmet, {'late since' if row.late else 'due'} "
            f"{row.due.isoformat() if row.due else row.words}",
        )
        for row in due
    ]
    message = "is not closed while duties are due and unmet; --despite says why it is all the same"
    return [*faults, Fault(case.reference, "", message)]


def _without_opening(item: Kept) -> Kept:
    return item._replace(stays=tuple(x for x in item.stays if x != "the matter is open"))


def reopen(case: Case, why: str) -> Entry:
    """Open a closed matter again.

    Raise ``InputError`` where it is open, and where no reason is given.
    """
    _reasoned(case, why)
    with case.writing() as journal:
        if case.line.state != _CLOSED:
            raise InputError([Fault(case.reference, "", f"is {case.line.state}, not closed")])
        entry = journal.add(Draft(kind="reopened", body={"state": _OPEN, "why": why.strip()}))
        journal.rename(state=_OPEN)
    return entry


def _reasoned(case: Case, why: str) -> None:
    if not why.strip():
        raise InputError([Fault(case.reference, "why", "a reason is wanted: say which")])


def _plain(row: Unmet) -> dict[str, Any]:
    return {**row._asdict(), "due": row.due.isoformat() if row.due else None}


def _paper(item: Kept) -> dict[str, Any]:
    return {
        "paper": item.paper,
        "end": item.end.isoformat() if item.end else None,
        "not_before": item.not_before.isoformat() if item.not_before else None,
        "laws": [f"{x.words} ({x.citation})" for x in item.demands],
        "questions": list(item.open_questions),
    }


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of every paper that a law wants kept; of those without an end, what to ask."""
    found = case.recorded_assessment()
    for item in papers_to_keep(case, found=found) if found is not None else ():
        questions = item.open_questions
        warning = f"no end is known: {questions[0]}" if item.end is None and questions else None
        warning = warning or item.doubt
        number = len({x.citation for x in item.demands})
        what = f"{item.title} ({number} {'law' if number == 1 else 'laws'})"
        yield Standing("legal", item.paper, what, item.state(now), None, item.end, warning)
