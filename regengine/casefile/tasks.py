"""Tasks with owners and due times, in every workstream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, Field

from regengine.casefile.case import Case
from regengine.casefile.entries import Track
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing, Stream
from regengine.errors import Fault, InputError

State = Literal["open", "done", "dropped"]
STREAMS: Final = get_args(Stream)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]


class Task(Record):
    """What somebody must do; ``origin`` names the record, duty or paper that asks for it."""

    title: str = Field(min_length=1)
    stream: Stream
    owner: str | None = None
    due: Instant | None = None
    state: State = "open"
    origin: str | None = None
    why: str | None = None
    ended: Instant | None = None


TASKS: Final = Shelf("task", Task, "T")


def add(
    case: Case,
    title: str,
    stream: Stream,
    *,
    owner: str | None = None,
    due: datetime | None = None,
    origin: str | None = None,
    why: str | None = None,
    track: Track = "facts",
) -> Task:
    """Open a task.

    >>> from tempfile import TemporaryDirectory
    >>> from regengine.casefile import Store
    >>> with TemporaryDirectory() as folder, Store.open(f"{folder}/m.db") as store:
    ...     case = Case.new(store, {"reference": "EX-1"}, by="A")
    ...     add(case, "Call the insurer", "experts", owner="B").id
    'T1'

    A task of the same origin and title that is open is given back, not opened twice.
    """
    if origin is not None:
        for task in TASKS.all(case):
            if (task.origin, task.title, task.state) == (origin, title, "open"):
                return task
    return TASKS.add(
        case,
        track=track,
        title=title,
        stream=stream,
        owner=owner,
        due=due,
        origin=origin,
        why=why,
    )


def end(case: Case, name: str, state: State = "done", why: str | None = None) -> Task:
    """End a task; one that is dropped says why.

    Raise ``InputError`` where it has ended already, and for one dropped without a reason.
    """
    task = TASKS.one(case, name)
    if task.state != "open":
        raise InputError([Fault(case.reference, task.id, f"is {task.state} already")])
    if state == "dropped" and not why:
        raise InputError([Fault(case.reference, task.id, "is dropped for a reason: say which")])
    return TASKS.change(case, task.id, state=state, ended=case.store.clock(), why=why or task.why)


def overdue(case: Case, now: datetime) -> list[Task]:
    """List the open tasks whose time has passed."""
    return [x for x in TASKS.all(case) if x.state == "open" and x.due and x.due < now]


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of every task that is open, those without an owner or overdue with a warning."""
    for made in {x.record.id: x for x in TASKS.versions(case)}.values():
        task = made.record
        if task.state != "open":
            continue
        late = task.due is not None and task.due < now
        warning = "overdue" if late else None if task.owner else "nobody owns it"
        advice = made.entry.track == "advice"
        yield Standing(
            task.stream, task.id, task.title, "open", task.owner, task.due, warning, advice
        )
