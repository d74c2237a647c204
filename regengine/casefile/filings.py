"""Notices and what became of them: drafted, approved, sent, received, refused, withdrawn.

A result may have several notices: one that was refused is sent again, one that went out is
followed by a supplement. What really happened is recorded even where it should not have
happened so: unapproved, late, out of order; then it says that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

from regengine.assessment import Assessment, Result, named_results
from regengine.casefile import tasks
from regengine.casefile.case import FILING, Case
from regengine.casefile.entries import Draft, Entry
from regengine.casefile.standing import Standing
from regengine.errors import Fault, InputError, suggest

State = Literal["draft", "approved", "sent", "received", "refused", "withdrawn"]
STATES: Final = get_args(State)
Act = Literal["first", "again", "supplement"]

# What may follow what; "none" is a result of which nothing is on record.
_FOLLOWS: Final[Mapping[str, tuple[State, ...]]] = {
    "none": ("draft", "approved", "sent"),
    "draft": ("draft", "approved", "sent"),
    "approved": ("draft", "approved", "sent"),
    "sent": ("received", "refused", "withdrawn", "draft", "approved", "sent"),
    "received": ("refused", "withdrawn", "draft", "approved", "sent"),
    "refused": ("draft", "approved", "sent"),
    "withdrawn": ("draft", "approved", "sent"),
}
_BEGINS: Final = ("draft", "approved", "sent")
_OUT: Final = ("sent", "received")
_LARGEST = 64 << 20  # bytes of a receipt
_SOON = timedelta(hours=12)


class Notice(NamedTuple):
    """One notice of a result, with its states in order.

    ``number`` counts the notices of the result; ``act`` says whether it is the first, one
    sent again after a refusal, or a supplement. ``supplemented``: one that followed it went out.
    """

    key: str
    number: int
    act: Act
    entries: tuple[Entry, ...]
    supplemented: bool = False

    @property
    def state(self) -> str:
        """The last state; ``supplemented`` where another went out after it."""
        last = str(self.entries[-1].told["state"])
        return "supplemented" if self.supplemented and last in _OUT else last

    def at(self, state: State) -> datetime | str | None:
        """Tell when it came to a state; a day where no more is known."""
        for entry in reversed(self.entries):
            if entry.told["state"] == state:
                text = str(entry.told["at"])
                return datetime.fromisoformat(text) if "T" in text else text
        return None

    @property
    def approved_by(self) -> str | None:
        """Who approved it, unless it was drafted anew since."""
        for entry in reversed(self.entries):
            if entry.told["state"] == "draft":
                return None
            if entry.told["state"] == "approved":
                return str(entry.told["who"])
        return None


class Moved(NamedTuple):
    """A deadline that runs otherwise since a notice went out; ``None``: no instant."""

    key: str
    before: datetime | None
    now: datetime | None


class Marked(NamedTuple):
    """What was recorded, what is wrong with it, and which deadlines it moved."""

    entry: Entry
    notice: Notice
    warnings: tuple[str, ...]
    moved: tuple[Moved, ...]
    late_by: timedelta | None
    reasons_wanted: bool


def notices(case: Case) -> list[Notice]:
    """List every notice of the matter, in the order in which they were begun."""
    found: list[Notice] = []
    open_: dict[str, int] = {}
    for entry in case.entries:
        if entry.kind != FILING:
            continue
        key, state = str(entry.told["key"]), str(entry.told["state"])
        place = open_.get(key)
        before = found[place] if place is not None else None
        if before is None or _begins(before, state):
            open_[key] = len(found)
            found.append(_begun(key, before, entry))
        elif place is not None:
            found[place] = before._replace(entries=(*before.entries, entry))
        if state == "sent" and found[open_[key]].act == "supplement" and before is not None:
            _mark_supplemented(found, key, open_[key])
    return found


def _begins(before: Notice, state: str) -> bool:
    """Tell whether a state begins another notice: after one that went out, or came back."""
    last = before.entries[-1].told["state"]
    return state in _BEGINS and last not in ("draft", "approved")


def _begun(key: str, before: Notice | None, entry: Entry) -> Notice:
    if before is None:
        return Notice(key, 1, "first", (entry,))
    gone = before.entries[-1].told["state"] in ("refused", "withdrawn")
    return Notice(key, before.number + 1, "again" if gone else "supplement", (entry,))


def _mark_supplemented(found: list[Notice], key: str, place: int) -> None:
    for index, notice in enumerate(found[:place]):
        if notice.key == key:
            found[index] = notice._replace(supplemented=True)


def on_record(case: Case, key: str) -> list[Notice]:
    """List the notices of one result."""
    return [notice for notice in notices(case) if notice.key == key]


def mark(
    case: Case,
    key: str,
    state: State,
    *,
    at: datetime | None = None,
    who: str | None = None,
    channel: str | None = None,
    reference: str | None = None,
    receipt: str | Path | None = None,
    people: int | None = None,
    reasons: str | None = None,
    why: str | None = None,
) -> Marked:
    """Record what became of a notice, and work out what that moves.

    ``key`` names one result of the matter. ``at`` is when it happened (without it, now), ``who``
    approved it or took it in, ``receipt`` a file that proves it; its bytes are kept. Later
    stages then run from the instant really sent or received, as their law asks. A late notice
    wants ``reasons``: they go into its papers; without them a task asks for them.

    Raise ``InputError`` for a key that names no result or several, for a state that cannot
    follow, and for an instant that cannot be.
    """
    if state not in STATES:
        message = f'"{state}" is no state{suggest(state, STATES)}; allowed: {", ".join(STATES)}'
        raise InputError([Fault(case.reference, key, message)])
    content = _receipt(receipt)
    before = case.assess(record=False)
    result = _result(case, before, key)
    with case.writing() as journal:
        moment = _instant(case, result.key, at)
        _refuse_impossible(case, result.key, state, moment)
        warned = tuple(_warnings(case, result, before, state, moment))
        late_by = _late_by(result, moment) if state == "sent" else None
        files = (journal.keep(content[0], content[1]),) if content else ()
        kept = drafted(case, result.key) if state in _BEGINS else None
        body = {
            "key": result.key,
            "state": state,
            "at": moment.isoformat(),
            "who": who or (case.by if state == "approved" else None),
            "channel": channel,
            "reference": reference,
            "people": people,
            "documents": kept.seq if kept is not None else None,
            "due_at": result.deadline.due_at.isoformat() if result.deadline.due_at else None,
            "late_by": int(late_by.total_seconds()) if late_by else None,
            "reasons": reasons,
            "why": why,
            "warnings": list(warned),
        }
        entry = journal.add(Draft(kind=FILING, body=body, files=files))
        wanted = late_by is not None and not reasons
        _ask_reasons(case, result, reasons, wanted=wanted)
    moved: tuple[Moved, ...] = ()
    if state not in ("draft", "approved"):
        moved = tuple(_moved(before, case.assess(), result.key))
    return Marked(entry, on_record(case, result.key)[-1], warned, moved, late_by, wanted)


def _result(case: Case, found: Assessment, name: str) -> Result:
    named = named_results(found, name)
    # An id means all its results; of those that are not owed none is meant.
    owed = [x for x in named if x.status != "not_required"] or list(named)
    if len(owed) > 1:
        keys = ", ".join(x.key for x in owed)
        message = f"could be several results; name one of {keys}"
        raise InputError([Fault(case.reference, name, message)])
    return owed[0]


def _instant(case: Case, key: str, at: datetime | None) -> datetime:
    now = case.store.clock()
    if at is None:
        return now.replace(microsecond=0)
    if at.utcoffset() is None:
        message = f"{at.isoformat()} has no offset; add one, like {at.isoformat()}+00:00"
        raise InputError([Fault(case.reference, key, message)])
    if at > now:
        message = f"{at.isoformat()} is after now ({now.isoformat(timespec='seconds')})"
        raise InputError([Fault(case.reference, key, message)])
    return at.astimezone(UTC)


def _refuse_impossible(case: Case, key: str, state: State, moment: datetime) -> None:
    made = on_record(case, key)
    last = made[-1].entries[-1].told if made else None
    word = str(last["state"]) if last else "none"
    if state not in _FOLLOWS[word]:
        now = "nothing of it is on record" if last is None else f"it is {word}"
        allowed = ", ".join(_FOLLOWS[word])
        message = f"cannot be {state}: {now}; what may follow: {allowed}"
        raise InputError([Fault(case.reference, key, message)])
    if state in ("received", "refused", "withdrawn") and last is not None:
        sent = made[-1].at("sent")
        if isinstance(sent, datetime) and moment < sent:
            message = f"cannot be {state} at {moment.isoformat()}, before it was sent ({sent.isoformat()})"
            raise InputError([Fault(case.reference, key, message)])


def _warnings(
    case: Case, result: Result, found: Assessment, state: State, moment: datetime
) -> Iterator[str]:
    """Say what is wrong with what happened."""
    if state not in ("approved", "sent"):
        return
    if result.status == "not_required":
        yield "by the facts on record this notice is not required"
    if state != "sent":
        return
    made = on_record(case, result.key)
    if not made or made[-1].approved_by is None or made[-1].entries[-1].told["state"] != "approved":
        yield "no approval is on record"
    start = result.deadline.not_before
    if start is not None and moment < start:
        yield f"was sent before {start.isoformat()}, the first instant that the law allows"
    for held in result.deadline.held:
        if held.counts and (held.until is None or moment < held.until):
            yield f"was sent while a hold of {held.requested_by or 'law enforcement'} stands"
    by_key = {x.key: x for x in found.obligations}
    for key in result.deadline.order.after:
        other = by_key.get(key)
        if other is not None and other.status != "not_required" and not other.went_out:
            yield f"{key} comes first by the law, and is not on record as sent"


def _late_by(result: Result, moment: datetime) -> timedelta | None:
    due = result.deadline.due_at
    return moment - due if due is not None and moment > due and not result.went_out else None


def drafted(case: Case, key: str) -> Entry | None:
    """Find the last entry that keeps a notice of a result."""
    for entry in reversed(case.entries):
        if entry.kind != "documents" or entry.body is None or entry.track == "advice":
            continue
        if any(key in row["keys"] for row in entry.body["documents"]):
            return entry
    return None


def _receipt(path: str | Path | None) -> tuple[str, bytes] | None:
    if path is None:
        return None
    file = Path(path)
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError([Fault(str(file), "", f"cannot be read: {why}")]) from None
    if len(content) > _LARGEST:
        raise InputError([Fault(str(file), "", f"is longer than {_LARGEST} bytes")])
    return file.name, content


def _ask_reasons(case: Case, result: Result, reasons: str | None, *, wanted: bool) -> None:
    """Put the reasons for delay where papers take them from, or ask for them."""
    if reasons:
        case.set({f"answers.{result.id}.delay_reasons": reasons}, source="the notice as sent")
        for task in tasks.TASKS.all(case):
            if task.origin == f"late {result.key}" and task.state == "open":
                tasks.end(case, task.id)
    elif wanted:
        law = f"; {result.late}" if result.late else ""
        tasks.add(
            case,
            f"State the reasons for the delay of {result.key}",
            "filings",
            origin=f"late {result.key}",
            why=f"{result.citation}{law}",
        )


def give_reasons(case: Case, key: str, reasons: str) -> Result:
    """Give the reasons for a delay afterwards; the task that asks for them ends."""
    result = _result(case, case.assess(record=False), key)
    with case.writing():
        _ask_reasons(case, result, reasons, wanted=False)
    return result


def _moved(before: Assessment, now: Assessment, own: str) -> Iterator[Moved]:
    old = {x.key: x.deadline for x in before.obligations}
    for result in now.obligations:
        was = old.get(result.key)
        if was is None or result.key == own or result.status == "not_required":
            continue
        if was.due_at != result.deadline.due_at:
            yield Moved(result.key, was.due_at, result.deadline.due_at)


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of notices under way, refused ones, and late ones that still lack their reasons."""
    for notice in notices(case):
        last = notice.entries[-1]
        told = last.told
        what = f"{notice.key}, notice {notice.number}" if notice.number > 1 else notice.key
        who = told.get("who")
        if notice.state in ("draft", "approved"):
            due = datetime.fromisoformat(told["due_at"]) if told.get("due_at") else None
            soon = due is not None and due - now < _SOON
            warning = None
            if soon:
                warning = (
                    "due soon, not sent" if due is not None and due > now else "overdue, not sent"
                )
            yield Standing("filings", notice.key, what, notice.state, who, due, warning)
        elif notice.state == "refused":
            warning = told.get("why") or "was refused: it counts as not sent"
            yield Standing("filings", notice.key, what, "refused", who, None, warning)
        elif notice.state == "sent" and told.get("warnings"):
            warning = "; ".join(told["warnings"])
            yield Standing("filings", notice.key, what, "sent", who, None, warning)


def as_rows(case: Case) -> list[dict[str, Any]]:
    """List the notices for programs: key, number, act, state, and each step."""
    return [
        {
            "key": notice.key,
            "number": notice.number,
            "act": notice.act,
            "state": notice.state,
            "approved_by": notice.approved_by,
            "steps": [
                {"entry": x.seq, "by": x.by, **{k: v for k, v in x.told.items() if k != "key"}}
                for x in notice.entries
            ],
        }
        for notice in notices(case)
    ]
