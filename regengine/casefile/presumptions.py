"""What was presumed because the law puts its burden on the house, and who has confirmed it.

To confirm is to stand by a presumption for now, with a name and a reason; it answers
nothing. A confirmation falls when the fact changes, or when nothing rests on it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from pydantic import Field

from regengine.assessment import Assessment, Result
from regengine.casefile.case import Case
from regengine.casefile.entries import Entry
from regengine.casefile.paths import find, read
from regengine.casefile.records import Record, Shelf, Version
from regengine.casefile.standing import Standing
from regengine.errors import Fault, InputError, suggest

State = Literal["open", "confirmed", "answered", "gone"]

SOON: Final = timedelta(hours=24)


class Confirmation(Record):
    """Somebody's word that a presumption may stand, with the facts as they were then."""

    fact: str = Field(min_length=1)
    value: bool | str | None
    by: str = Field(min_length=1)
    why: str = Field(min_length=1)


CONFIRMATIONS: Final = Shelf("presumption", Confirmation, "P")


class Presumption(NamedTuple):
    """One presumed fact: what it was taken for, who is bound by it, and where it stands.

    ``keys`` are the duties that rest on it and ``due`` is the earliest of their instants;
    ``answered``: the fact is on record now; ``gone``: nothing rests on it any more.
    ``fell`` says why an earlier confirmation no longer counts.
    """

    fact: str
    value: bool | str | None
    questions: tuple[str, ...]
    citations: tuple[str, ...]
    keys: tuple[str, ...]
    due: datetime | None
    late: bool
    state: State
    confirmed: Version[Confirmation] | None = None
    fell: str | None = None

    def warning(self, now: datetime) -> str | None:
        """Say what is wrong: unconfirmed, though a duty that rests on it is due within a day."""
        if self.state != "open":
            return None
        if self.late:
            return "unconfirmed, and a duty that rests on it is late"
        if self.due is not None and self.due - now <= SOON:
            return "unconfirmed, and a duty that rests on it is due within 24 hours"
        return f"to be confirmed again: {self.fell}" if self.fell else None


def presumed(case: Case, *, everything: bool = True) -> list[Presumption]:
    """List what the last recorded assessment presumes, what is due first at the head.

    With ``everything`` also what earlier ones presumed and is answered or gone since. A
    matter that was never assessed presumes nothing yet.
    """
    last = case.recorded_assessment()
    if last is None:
        return []
    held = _Confirmations(case)
    now_resting = _resting(last.obligations)
    found = [held.judge(fact, rows) for fact, rows in now_resting.items()]
    if everything:
        found += [held.past(fact, told) for fact, told in _earlier(case, set(now_resting)).items()]
    order = {"open": 0, "confirmed": 1, "answered": 2, "gone": 3}
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda x: (order[x.state], x.due or far, x.fact))


def confirm(case: Case, fact: str, *, why: str, by: str | None = None) -> Confirmation:
    """Record who stands by a presumption, and why.

    Raise ``InputError`` for a fact that the last assessment does not presume.
    """
    with case.writing():
        open_ = {x.fact: x for x in presumed(case, everything=False)}
        found = open_.get(fact) or open_.get(f"judgements.{fact}")
        if found is None:
            if not case.assessments():
                message = "nothing is presumed yet: the matter was never assessed"
            else:
                message = f'"{fact}" is not presumed by the last assessment{suggest(fact, open_)}'
            raise InputError([Fault(case.reference, "presumption", message)])
        return CONFIRMATIONS.add(
            case, fact=found.fact, value=found.value, by=by or case.by, why=why
        )


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of the presumptions that duties rest on; of those unconfirmed near a due time, a warning."""
    for item in presumed(case, everything=False):
        who = item.confirmed.record.by if item.state == "confirmed" and item.confirmed else None
        what = f"presumed {_word(item.value)}: {item.questions[0]}"
        yield Standing("filings", item.fact, what, item.state, who, item.due, item.warning(now))


def _word(value: bool | str | None) -> str:
    if isinstance(value, bool):
        return "to hold" if value else "not to hold"
    return value or "unknown"


# -- what rests on what ------------------------------------------------------------------


class _Resting(NamedTuple):
    result: Result
    value: bool | str | None
    question: str
    citation: str | None


def _resting(results: Iterable[Result]) -> dict[str, list[_Resting]]:
    """List by fact the duties that rest on its presumption."""
    found: dict[str, list[_Resting]] = {}
    for result in results:
        if result.status == "not_required":
            continue
        for item in result.presumed:
            row = _Resting(result, item.value, item.question, item.citation)
            found.setdefault(item.fact, []).append(row)
    return found


def _earlier(case: Case, now: set[str]) -> dict[str, list[_Resting]]:
    """List what earlier assessments presumed and the last one does not; the newest tells of it."""
    found: dict[str, list[_Resting]] = {}
    seen: set[str] = set()
    for entry in reversed(case.assessments()[:-1]):
        digest = entry.files[0].sha256
        if digest in seen:
            continue
        seen.add(digest)
        for fact, rows in _resting(_read(case, entry).obligations).items():
            if fact not in now:
                found.setdefault(fact, rows)
    return found


def _read(case: Case, entry: Entry) -> Assessment:
    return Assessment.model_validate_json(case.store.content(entry.files[0].sha256))


class _Confirmations:
    """The confirmations of a matter, and what has become of each."""

    def __init__(self, case: Case) -> None:
        self.last = {x.record.fact: x for x in CONFIRMATIONS.versions(case)}
        self.changes = case.changes
        self.case = case
        self.tree: Mapping[str, Any] = case.facts()
        self._rested: dict[str, frozenset[str]] = {}

    def judge(self, fact: str, rows: list[_Resting]) -> Presumption:
        """Say where a presumption stands on which duties rest."""
        made = self.last.get(fact)
        fell = self._fell(made, rows[0].value) if made is not None else None
        state: State = "confirmed" if made is not None and fell is None else "open"
        return _made(fact, rows, state, made, fell)

    def past(self, fact: str, rows: list[_Resting]) -> Presumption:
        """Say what became of a presumption on which nothing rests any more."""
        state: State = "answered" if self._known(fact) else "gone"
        return _made(fact, rows, state, self.last.get(fact), None)._replace(due=None, late=False)

    def _fell(self, made: Version[Confirmation], value: object) -> str | None:
        if made.record.value != value:
            return "it was presumed otherwise when it was confirmed"
        for change in self.changes:
            if change.seq > made.entry.seq and _touches(change.path, made.record.fact):
                return f"{change.path} was changed by entry {change.seq} since"
        gone = self._gone_since(made)
        return f"nothing rested on it in the answer of entry {gone}" if gone else None

    def _gone_since(self, made: Version[Confirmation]) -> int | None:
        """Find an answer since the confirmation in which the presumption was not made."""
        for entry in self.case.assessments():
            if entry.seq > made.entry.seq and made.record.fact not in self._facts_of(entry):
                return entry.seq
        return None

    def _facts_of(self, entry: Entry) -> frozenset[str]:
        """Name the facts that an answer presumed; each answer is read once."""
        digest = entry.files[0].sha256
        if digest not in self._rested:
            self._rested[digest] = frozenset(_resting(_read(self.case, entry).obligations))
        return self._rested[digest]

    def _known(self, fact: str) -> bool:
        try:
            spot = find(fact, self.case.corpus.vocabulary)
        except InputError:  # a ground in words that no fact of the file answers
            return False
        return read(self.tree, spot) is not None


def _touches(changed: str, fact: str) -> bool:
    """Tell whether a change of one path may change a fact.

    >>> _touches("affected.staff", "affected.staff.encrypted"), _touches("records", "affected")
    (True, False)
    """
    return changed == fact or fact.startswith(f"{changed}.") or changed.startswith(f"{fact}.")


def _made(
    fact: str,
    rows: list[_Resting],
    state: State,
    confirmed: Version[Confirmation] | None,
    fell: str | None,
) -> Presumption:
    open_ = [row.result for row in rows if not row.result.went_out]
    dues = [x.deadline.due_at.astimezone(UTC) for x in open_ if x.deadline.due_at is not None]
    return Presumption(
        fact=fact,
        value=rows[0].value,
        questions=tuple(dict.fromkeys(row.question for row in rows)),
        citations=tuple(dict.fromkeys(row.citation for row in rows if row.citation)),
        keys=tuple(dict.fromkeys(row.result.key for row in rows)),
        due=min(dues, default=None),
        late=any(x.deadline.late_by is not None for x in open_),
        state=state,
        confirmed=confirmed,
        fell=fell,
    )
