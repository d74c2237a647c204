"""What changes of facts, law or time do to the obligations of a matter.

Two answers are set side by side by key. Which change did what is found by trying: each is
left out alone and the answer worked out again. Only what then differs is laid at its door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from regengine.assess import assess
from regengine.assessment import Assessment, OpenQuestion, Result, Verdict, Why
from regengine.casefile import history
from regengine.casefile.case import ASSESSMENT, FILING, TOLD, Case
from regengine.casefile.entries import Entry
from regengine.casefile.history import Change
from regengine.corpus import Corpus
from regengine.errors import Fault, InputError

Kind = Literal["appeared", "disappeared", "required", "possible", "late", "moved", "changed"]
Ground = Literal["entry", "law", "time", "together"]
Axis = Literal["recorded", "known"]
Instant = int | datetime

MOST_TRIED: Final = 12  # changes that are left out one by one; of more the effects are told alone
_REASONS: Final = 4  # lines of proof that a row tells
_STEPS: Final = 2  # steps of a count of time among them
_ORDER: Final = ("appeared", "disappeared", "required", "possible", "late", "moved", "changed")
# Fields whose value is an instant, and those that say when and how the clock runs.
_TIMES: Final = ("due_at", "latest_defensible", "projected_due_at", "not_before")
_CLOCK: Final = (*_TIMES, "clock", "start", "start_at", "soft", "readings", "law_version")


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Cause(_Shape):
    """What brought something about: an entry of the record, the law, or time that passed.

    ``together``: no entry alone did. ``path`` is the fact, or the notice, that the entry is of.
    """

    ground: Ground
    entry: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        """Say it in words."""
        if self.entry is not None:
            return f"entry {self.entry}: {self.path}"
        words = {"law": "the new law", "time": "the time that has passed"}
        return words.get(self.ground, self.ground)


class Shift(_Shape):
    """One thing about an obligation that is not as it was.

    ``moved_by`` is a number of seconds, negative for earlier; it stands where both are
    instants. ``causes`` is empty where nothing was tried.
    """

    field: str
    before: Any = None
    now: Any = None
    moved_by: int | None = None
    causes: tuple[Cause, ...] = ()


class Row(_Shape):
    """One obligation that is not as it was; a status of ``None``: not in view.

    ``due_at`` is as it is now, of what has gone as it was. ``reasons`` are the grounds that
    the proof has now and had not before.
    """

    key: str
    kind: Kind
    title: str
    recipient: str
    citation: str
    before: Verdict | None
    now: Verdict | None
    due_at: AwareDatetime | None = None
    late: bool = False
    shifts: tuple[Shift, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause of any shift, each once."""
        return tuple(dict.fromkeys(cause for shift in self.shifts for cause in shift.causes))


class Question(_Shape):
    """A fact that is open, and how many results hang on it."""

    fact: str
    question: str
    decides: tuple[str, ...] = ()
    citation: str | None = None


class Side(_Shape):
    """One of the two answers: on which entries, at which instant, under which law.

    ``until`` is the last entry that counts; ``at``, where it was asked for by an instant.
    """

    now: AwareDatetime | None = None
    as_of: date | None = None
    law: str
    law_sha256: str
    engine: str
    until: int | None = None
    at: AwareDatetime | None = None


class Delta(_Shape):
    """Two answers set side by side: the rows that differ, and what else came and went.

    ``came`` and ``went`` are lines on places that the law here does not cover, law that is
    coming, places of unknown residence, and warnings. ``entries`` are the numbers of the
    changes between; ``tried``: each of them was left out to find what it did.
    """

    schema_: str = Field(default="regengine.delta/1", alias="schema")
    matter: str
    before: Side
    now: Side
    rows: tuple[Row, ...] = ()
    questions_came: tuple[Question, ...] = ()
    questions_went: tuple[Question, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    tried: bool = False

    def of(self, *kinds: Kind) -> tuple[Row, ...]:
        """List the rows of some kinds."""
        return tuple(row for row in self.rows if row.kind in kinds)

    def row(self, key: str) -> Row | None:
        """Find the row of one result; ``None`` where it is as it was."""
        return next((row for row in self.rows if row.key == key), None)


class Between(NamedTuple):
    """What changed between two points of a record: facts, notices, and what that did."""

    delta: Delta
    changes: tuple[Change, ...]
    notices: tuple[Entry, ...]
    case: Case


# -- two answers ---------------------------------------------------------------------------


def compare(before: Assessment, now: Assessment) -> Delta:
    """Set two answers side by side.

    >>> import regengine
    >>> laptop = regengine.load_incident("examples/lost-laptop.yaml")
    >>> found = regengine.assess(laptop)
    >>> compare(found, found).rows
    ()

    The same instant in another zone is the same. What is not required before and after is
    left out.
    """
    old = {x.key: x for x in before.obligations}
    new = {x.key: x for x in now.obligations}
    keys = (*new, *(key for key in old if key not in new))
    # What would be due if a clock started now moves with every minute: it tells of no change.
    passed = before.now != now.now
    found = (_row(old.get(key), new.get(key), passed=passed) for key in keys)
    rows = [row for row in found if row is not None]
    asked = {x.fact: x for x in before.open_questions}
    asks = {x.fact: x for x in now.open_questions}
    said, says = list(_said(before)), list(_said(now))
    return Delta(
        matter=now.incident,
        before=_side(before),
        now=_side(now),
        rows=tuple(sorted(rows, key=_rank)),
        questions_came=tuple(_question(x) for fact, x in asks.items() if fact not in asked),
        questions_went=tuple(_question(x) for fact, x in asked.items() if fact not in asks),
        came=tuple(x for x in says if x not in said),
        went=tuple(x for x in said if x not in says),
    )


def _side(found: Assessment) -> Side:
    return Side(
        now=found.now,
        as_of=found.as_of,
        law=found.law.version,
        law_sha256=found.law.sha256,
        engine=found.engine,
    )


def _question(found: OpenQuestion) -> Question:
    return Question(
        fact=found.fact,
        question=found.question,
        decides=found.decides,
        citation=found.citation,
    )


def _said(found: Assessment) -> Iterator[str]:
    """Write what stands beside the obligations, one line each."""
    for gap in found.not_covered:
        where = ", ".join(filter(None, (gap.jurisdiction, gap.subject)))
        yield f"not covered: {where}: {gap.reason}"
    for each in found.summaries:
        most = "" if each.people.at_most is None else f" to {each.people.at_most}"
        yield (
            f"{each.status} in places not known yet: {each.family}, {each.places} places, "
            f"{each.people.at_least}{most} people"
        )
    for law in found.coming:
        yield f"coming: {law.id} ({law.jurisdiction}): {law.title}, {law.law_status}"
    yield from (f"warning: {text}" for text in found.warnings)
    yield from (f"assumed: {text}" for text in found.assumptions)


def _rank(row: Row) -> tuple[int, datetime, str]:
    return _ORDER.index(row.kind), row.due_at or datetime.max.replace(tzinfo=UTC), row.key


def _owed(result: Result | None) -> bool:
    return result is not None and result.status != "not_required"


def _row(before: Result | None, now: Result | None, *, passed: bool) -> Row | None:
    """Set one obligation side by side; ``None`` where nothing differs that counts."""
    if not (_owed(before) or _owed(now)):
        return None
    shifts = tuple(
        shift
        for shift in _shifts(before, now)
        if not (passed and shift.field == "projected_due_at")
    )
    if not shifts:
        return None
    told = now if _owed(now) or before is None else before
    if told is None:  # _owed has seen one of the two
        return None
    return Row(
        key=told.key,
        kind=_kind(before, now, shifts),
        title=told.title,
        recipient=told.recipient.name,
        citation=told.citation,
        before=before.status if before else None,
        now=now.status if now else None,
        due_at=told.deadline.due_at,
        late=_owed(now) and now is not None and now.is_late,
        shifts=shifts,
        reasons=_reasons(before, now),
    )


def _kind(before: Result | None, now: Result | None, shifts: Sequence[Shift]) -> Kind:
    fields = {shift.field: shift for shift in shifts}
    if not _owed(before):
        return "appeared"
    if not _owed(now):
        return "disappeared"
    if "status" in fields:
        return "required" if now is not None and now.status == "required" else "possible"
    if "late" in fields and fields["late"].now:
        return "late"
    return "moved" if any(name in fields for name in (*_CLOCK, "late")) else "changed"


def _shifts(before: Result | None, now: Result | None) -> Iterator[Shift]:
    """List what differs; of what came or went the status alone, and what it brings."""
    status = (before.status if before else None, now.status if now else None)
    if status[0] != status[1]:
        yield Shift(field="status", before=status[0], now=status[1])
    if not (_owed(before) and _owed(now)) or before is None or now is None:
        return
    old, new = _aspects(before), _aspects(now)
    for name, value in new.items():
        if old[name] != value:
            yield _shift(name, old[name], value)


def _shift(name: str, before: Any, now: Any) -> Shift:
    span = None
    if isinstance(before, datetime) and isinstance(now, datetime):
        span = int((now - before).total_seconds())
    return Shift(field=name, before=_plain(before), now=_plain(now), moved_by=span)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(held) for held in value]
    return value


def _aspects(result: Result) -> dict[str, Any]:
    """Take from a result what counsel acts on, by the names that rows show."""
    deadline = result.deadline
    starts = deadline.starts
    people = result.people
    return {
        **{name: getattr(deadline, name) for name in _TIMES},
        "clock": deadline.kind,
        "start": starts.event if starts else None,
        "start_at": starts.at if starts else None,
        "soft": deadline.soft or deadline.text,
        "readings": tuple((x.ground, x.due_at) for x in deadline.readings),
        "late": result.is_late,
        "law_version": result.version.from_ if result.version else None,
        "law_status": result.law_status,
        "citation": result.citation,
        "recipient": f"{result.recipient.name} ({result.recipient.kind})",
        "authority": result.recipient.id,
        "bound": result.bound.entity or result.bound.role,
        "people": (people.at_least, people.at_most),
        "groups": people.groups,
        "content": result.content or tuple(x.say for x in result.content_items),
        "forbidden": result.forbidden,
        "extras": tuple(f"{x.kind}: {x.say} ({x.status})" for x in result.extras),
        "instead": result.instead or (),
        "order": tuple(sorted({*deadline.order.before, *deadline.order.with_})),
        "held": tuple((x.why, x.until, x.counts) for x in deadline.held),
        "method": result.method,
        "portal": result.portal,
        "languages": result.languages,
        "went_out": tuple(x.at for x in result.went_out),
    }


def _reasons(before: Result | None, now: Result | None) -> tuple[str, ...]:
    """Take from the proofs what is new in them, and from the count of time its new steps."""
    old = _grounds(before.why) if before else {}
    new = _grounds(now.why) if now else {}
    if now is None:
        return ("no longer in view",)
    fresh = [text for name, text in new.items() if name not in old]
    if not fresh and not _owed(now):
        # Nothing new bears it: what bore the duty then does so no longer.
        fresh = [f"no longer: {text}" for name, text in old.items() if name not in new]
    if before is not None:
        past = {(x.step, x.from_, x.to) for x in before.deadline.trace}
        steps = [x.step for x in now.deadline.trace if (x.step, x.from_, x.to) not in past]
        fresh += steps[:_STEPS]
    return tuple(dict.fromkeys(fresh))[:_REASONS]


def _grounds(why: Iterable[Why]) -> dict[tuple[str, str], str]:
    """List the facts that a proof rests on, by their name and how they stand.

    A proof names a fact as "name (what is so)", a duty that is open as "name: yes". What its
    own steps conclude, and exemptions that are not shown, are no facts.
    """
    steps = list(why)
    drawn = {step.concludes for step in steps}
    found: dict[tuple[str, str], str] = {}
    for text in (text for step in steps for text in step.because if text not in drawn):
        if text.startswith(("not shown:", "owed(")) or "::" in text:
            continue
        open_ = text.endswith(": not known")
        name = text.partition(" (")[0].removeprefix("exempt if ")
        for ending in (": yes", ": no", ": not known"):
            name = name.removesuffix(ending)
        answered = "no" if text.endswith(": no") or text.startswith("not: ") else "yes"
        found.setdefault((name.removeprefix("not: "), "open" if open_ else answered), text)
    return found


# -- a record as it stood ------------------------------------------------------------------


class Then(Case):
    """A matter as some of its entries tell it; it is read, never written.

    >>> from regengine.casefile import Store
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Store.open(f"{folder}/matters.db") as store:
    ...     case = Case.new(store, {"reference": "EX-1"}, by="A. Counsel")
    ...     _ = case.set({"organisation.country": "IE"})
    ...     Then(case, case.entries[:-1]).incident().organisation.country
    """

    def __init__(
        self, case: Case, entries: Iterable[Entry], *, corpus: Corpus | None = None
    ) -> None:
        super().__init__(case.store, case.id, case.by, corpus=corpus or case.corpus)
        self._kept = tuple(entries)

    @property
    def entries(self) -> Sequence[Entry]:
        """The entries that count."""
        return self._kept

    def writing(self) -> Any:
        """Refuse: the past is read."""
        message = "a record as it stood is read, never written"
        raise TypeError(message)

    def answer(self, now: datetime | None, as_of: date | None = None) -> Assessment:
        """Assess by both engines, and record nothing."""
        return assess(self.incident(), as_of, now, corpus=self.corpus)

    def probe(self, now: datetime | None, as_of: date | None = None) -> Assessment:
        """Assess by the quick engine alone: for trials that are set against a checked answer."""
        return assess(
            self.incident(), as_of, now, corpus=self.corpus, engine="chainer", check=False
        )


def _bears(entry: Entry) -> bool:
    """Tell whether an entry says something that answers rest on."""
    return entry.kind == history.KIND or (entry.kind == FILING and entry.told["state"] in TOLD)


def last_entry(case: Case, point: Instant) -> int:
    """Name the last entry that was recorded by an instant; a number stands for itself.

    Raise ``InputError`` for a number that the matter does not have, an instant without an
    offset, and one before the matter was opened.
    """
    entries = case.entries
    if isinstance(point, int):
        if 1 <= point <= entries[-1].seq:
            return point
        message = f"no entry {point}; the matter has 1 to {entries[-1].seq}"
        raise InputError([Fault(case.reference, "", message)])
    if point.utcoffset() is None:
        message = f"{point.isoformat()} has no offset; add one, like {point.isoformat()}+00:00"
        raise InputError([Fault(case.reference, "", message)])
    found = [entry.seq for entry in entries if entry.at <= point]
    if not found:
        message = (
            f"{point.isoformat()} is before the matter was opened ({entries[0].at.isoformat()})"
        )
        raise InputError([Fault(case.reference, "", message)])
    return found[-1]


def at_point(case: Case, point: Instant, axis: Axis = "recorded") -> Then:
    """Give the matter as the record held it at a point, or as the house knew it then.

    Of an entry number ``known`` means the same as ``recorded``.
    """
    if axis == "recorded" or isinstance(point, int):
        last = last_entry(case, point)
        return Then(case, (x for x in case.entries if x.seq <= last))
    if point.utcoffset() is None:
        message = f"{point.isoformat()} has no offset; add one, like {point.isoformat()}+00:00"
        raise InputError([Fault(case.reference, "", message)])
    learned = {x.seq for x in history.in_force(case.changes, known=point)}
    kept = (
        x
        for x in case.entries
        if (x.kind == history.KIND and x.seq in learned)
        or (x.kind != history.KIND and (x.kind != FILING or _happened(x, point)))
    )
    return _Believed(case, kept)


class _Believed(Then):
    """What was believed at an instant, also where that has ended since."""

    @property
    def changes(self) -> list[Change]:
        """The changes that count then; their end lies after it."""
        return [change._replace(until=None) for change in super().changes]


def _happened(entry: Entry, point: datetime) -> bool:
    at = str(entry.told["at"])
    if "T" in at:
        return datetime.fromisoformat(at) <= point
    return date.fromisoformat(at) <= point.date()


# -- between two points --------------------------------------------------------------------


def between(
    case: Case,
    before: Instant,
    after: Instant,
    now: datetime | None = None,
    *,
    axis: Axis = "recorded",
    as_of: date | None = None,
) -> Between:
    """Tell what the changes of the record between two points do to the obligations.

    Both answers are worked out at the same ``now`` (without it, the store's clock) and under
    the same law, so that facts and notices alone differ. ``axis`` chooses what the house had
    recorded or what it had learned by an instant. Raise ``InputError`` where ``before`` is
    not before ``after``.
    """
    moment = now or case.store.clock()
    old, new = at_point(case, before, axis), at_point(case, after, axis)
    if axis == "recorded" and last_entry(case, before) > last_entry(case, after):
        message = "the first point lies after the second; turn them round"
        raise InputError([Fault(case.reference, "", message)])
    was, found = old.answer(moment, as_of), new.answer(moment, as_of)
    delta = compare(was, found)
    groups = differing(old, new)
    tried = attributed(delta, was, new, old, groups, lambda then: then.probe(moment, as_of))
    return _between(tried, old, new, before, after)


def _between(delta: Delta, old: Then, new: Then, before: Instant, after: Instant) -> Between:
    numbers = {x.seq for entries in differing(old, new).values() for x in entries}
    sides = {
        name: side.model_copy(
            update={
                "until": then.entries[-1].seq,
                "at": None if isinstance(point, int) else point.astimezone(UTC),
            }
        )
        for name, side, then, point in (
            ("before", delta.before, old, before),
            ("now", delta.now, new, after),
        )
    }
    made = {x.seq: x for x in (*old.changes, *new.changes)}
    return Between(
        delta.model_copy(update={**sides, "entries": tuple(sorted(numbers))}),
        tuple(made[seq] for seq in sorted(made) if seq in numbers),
        tuple(x for x in new.entries if x.seq in numbers and x.kind == FILING),
        new,
    )


def differing(old: Then, new: Then) -> dict[str, list[Entry]]:
    """Group the entries that count on one side alone by the fact or notice they are of."""
    groups: dict[str, list[Entry]] = {}
    sides = ({x.seq: x for x in side.entries if _bears(x)} for side in (old, new))
    was, now = sides
    for seq in sorted(was.keys() ^ now.keys()):
        entry = now[seq] if seq in now else was[seq]
        groups.setdefault(_of(entry), []).append(entry)
    return groups


def _of(entry: Entry) -> str:
    return str(entry.told["path" if entry.kind == history.KIND else "key"])


Answer = Callable[[Then], Assessment]


def attributed(
    delta: Delta,
    was: Assessment,
    new: Then,
    old: Then,
    groups: Mapping[str, Sequence[Entry]],
    answer: Answer,
) -> Delta:
    """Find which change causes which row: leave each out alone, and look what stays.

    Changes of one fact count as one. Of more than twelve facts nothing is tried; a change
    without which the rest cannot be read (the first of an entry of a list) causes nothing
    alone.
    """
    if not delta.rows or not groups or len(groups) > MOST_TRIED:
        return delta
    found = [
        (Cause(ground="entry", entry=entries[-1].seq, path=path), compare(was, without))
        for path, entries in groups.items()
        if (without := _without(new, old, entries, answer)) is not None
    ]
    if len(groups) == 1:  # what did it is plain, also where nothing can be read without it
        ((path, entries),) = groups.items()
        only = (Cause(ground="entry", entry=entries[-1].seq, path=path),)
        return _caused(delta, lambda _row, _shift: only).model_copy(update={"tried": True})

    def causes(row: Row, shift: Shift) -> tuple[Cause, ...]:
        alone = tuple(cause for cause, rest in found if not _still(rest, row, shift))
        if len(alone) == 1:
            return alone
        return (Cause(ground="together"), *alone)

    return _caused(delta, causes).model_copy(update={"tried": True})


def _caused(delta: Delta, causes: Callable[[Row, Shift], tuple[Cause, ...]]) -> Delta:
    rows = tuple(
        row.model_copy(
            update={
                "shifts": tuple(
                    shift
                    if shift.causes
                    else shift.model_copy(update={"causes": causes(row, shift)})
                    for shift in row.shifts
                )
            }
        )
        for row in delta.rows
    )
    return delta.model_copy(update={"rows": rows})


def _still(rest: Delta, row: Row, shift: Shift) -> bool:
    """Tell whether a shift is there all the same."""
    other = rest.row(row.key)
    if other is None:
        return False
    return any((x.field, x.now) == (shift.field, shift.now) for x in other.shifts)


def _without(new: Then, old: Then, left_out: Sequence[Entry], answer: Answer) -> Assessment | None:
    """Answer as if one change had not been made; ``None`` where nothing can be read then."""
    numbers = {entry.seq for entry in left_out}
    before = [x for x in old.entries if x.seq in numbers]
    kept = sorted(
        (*(x for x in new.entries if x.seq not in numbers), *before), key=lambda entry: entry.seq
    )
    try:
        return answer(type(new)(new, kept))
    except InputError:
        return None


# -- since the last answer -----------------------------------------------------------------


def since_last(case: Case, now: datetime | None = None, *, entry: Entry | None = None) -> Between:
    """Tell what is not as the last recorded answer says, by facts, by law and by time.

    ``now`` is the store's clock unless given; ``entry`` another recorded answer. What the
    law or the hours alone would have done to the same facts is laid at their door, the rest
    at that of the changes since. Raise ``InputError`` where no answer is recorded.
    """
    answers = case.assessments()
    chosen = entry or (answers[-1] if answers else None)
    if chosen is None or chosen.kind != ASSESSMENT:
        message = "no answer is recorded yet: assess the matter first, or name two points"
        raise InputError([Fault(case.reference, "", message)])
    recorded = recorded_answer(case, chosen)
    moment = now or case.store.clock()
    until = int(chosen.told["facts_until"])
    last = case.entries[-1].seq
    old, new = at_point(case, until), at_point(case, last)
    delta = compare(recorded, new.answer(moment, recorded.as_of))
    if delta.rows:
        delta = _by_law_and_time(delta, recorded, old, moment)
    groups = differing(old, new)
    tried = attributed(
        delta, recorded, new, old, groups, lambda then: then.probe(moment, recorded.as_of)
    )
    return _between(tried, old, new, until, last)


def recorded_answer(case: Case, entry: Entry) -> Assessment:
    """Read a recorded answer again.

    Raise ``InputError`` where another version of this program wrote it in another shape.
    """
    try:
        found = case.recorded_assessment(entry)
    except ValidationError as error:
        message = f"entry {entry.seq} holds an answer of another shape: {error.error_count()} fields do not fit"
        raise InputError([Fault(case.reference, "", message)]) from None
    if found is None:  # an entry of this kind holds its answer
        message = f"entry {entry.seq} holds no answer"
        raise InputError([Fault(case.reference, "", message)])
    return found


def _by_law_and_time(delta: Delta, recorded: Assessment, old: Then, moment: datetime) -> Delta:
    """Name what would have come without any change of a fact: by the law, or by time."""
    try:
        by_law = compare(recorded, old.probe(recorded.now, recorded.as_of))
        by_both = compare(recorded, old.probe(moment, recorded.as_of))
    except InputError:  # the facts of then cannot be read by the law of now
        return delta

    def causes(row: Row, shift: Shift) -> tuple[Cause, ...]:
        if _still(by_law, row, shift):
            return (Cause(ground="law"),)
        return (Cause(ground="time"),) if _still(by_both, row, shift) else ()

    return _caused(delta, causes)
