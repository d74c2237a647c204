"""A litigation hold: who must keep what, who was told when, and who has said yes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from regengine.casefile import privilege, tasks
from regengine.casefile.case import Case
from regengine.casefile.custody import same
from regengine.casefile.entries import Draft, Track
from regengine.casefile.evidence import Line, past, words
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import TASKS, Instant
from regengine.errors import Fault, InputError, suggest

# A name, and an address in angle brackets.
_ADDRESSED: Final = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<address>[^<>\s]+)>")

NOTICE: Final = "hold_notice"
_DAYS: Final = 3  # to acknowledge, unless the hold says another number


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Custodian(_Part):
    """Somebody who may hold records; each instant is ``None`` until it has come."""

    name: Line
    address: Line | None = None
    sent: Instant | None = None
    acknowledged: Instant | None = None
    how: Line | None = None
    reminded: tuple[Instant, ...] = ()


class System(_Part):
    """A system that deletes by itself; ``off``: when that was switched off, ``None``: not yet."""

    name: Line
    off: Instant | None = None
    by: Line | None = None


class Hold(Record):
    """One hold: its scope, the people it binds, the systems it stops.

    ``records_from`` and ``records_to`` bound the records, ``None`` where they are unbounded.
    ``days``: within how many days each custodian acknowledges.
    """

    scope: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    issued_by: Line
    contact: Line
    records_from: Instant | None = None
    records_to: Instant | None = None
    days: int = Field(default=_DAYS, ge=1, le=60)
    custodians: tuple[Custodian, ...] = ()
    systems: tuple[System, ...] = ()
    released: Instant | None = None
    released_by: Line | None = None
    released_why: str | None = None


HOLDS: Final = Shelf("litigation_hold", Hold, "LH")


def start(
    case: Case,
    scope: str,
    reason: str,
    *,
    issued_by: str,
    contact: str,
    custodians: Iterable[str] = (),
    systems: Iterable[str] = (),
    track: Track = "facts",
    **fields: Any,
) -> Hold:
    """Begin a hold; nobody is told yet.

    On the advice track its notices and tasks are privileged too. Raise ``InputError`` for a
    custodian or system named twice, and for fields that do not fit.
    """
    with case.writing():
        people = tuple(map(_custodian, custodians))
        _once(case, [each["name"] for each in people])
        machines = tuple({"name": name} for name in _once(case, systems))
        told = {"scope": scope, "reason": reason, "issued_by": issued_by, "contact": contact}
        if track == "facts":
            names = [each["name"] for each in (*people, *machines)]
            privilege.guard(case, {**told, "names": names}, "hold")
        fields |= {**told, "custodians": people, "systems": machines}
        return HOLDS.add(case, track=track, **fields)


def _custodian(text: str) -> dict[str, Any]:
    """Read "Ann <ann@example.org>"; the address may be left out."""
    found = _ADDRESSED.fullmatch(text.strip())
    return {"name": text.strip(), "address": None} if found is None else found.groupdict()


def _once(case: Case, names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        if any(same(name, other) for other in found):
            raise InputError([Fault(case.reference, "hold", f'"{name}" is named twice')])
        found.append(name)
    return found


def _running(case: Case, name: str) -> Hold:
    hold = HOLDS.one(case, name)
    if hold.released is not None:
        message = f"was released on {hold.released:%Y-%m-%d}: begin a new one"
        raise InputError([Fault(case.reference, hold.id, message)])
    return hold


def _guarded(case: Case, hold: Hold, *texts: str | None) -> None:
    if track(case, hold.id) == "facts":
        privilege.guard(case, [text for text in texts if text], hold.id)


def track(case: Case, name: str) -> Track:
    """Say on which track a hold is."""
    return HOLDS.history(case, name)[-1].entry.track


def extend(
    case: Case, name: str, custodians: Iterable[str] = (), systems: Iterable[str] = ()
) -> Hold:
    """Add custodians and systems to a hold; they have not been told yet."""
    with case.writing():
        hold = _running(case, name)
        people, machines = list(map(_custodian, custodians)), list(systems)
        _guarded(case, hold, *(x["name"] for x in people), *machines)
        _once(case, [*(x.name for x in hold.custodians), *(x["name"] for x in people)])
        _once(case, [*(x.name for x in hold.systems), *machines])
        return HOLDS.change(
            case,
            hold.id,
            custodians=(*hold.custodians, *people),
            systems=(*hold.systems, *({"name": x} for x in machines)),
        )


def notice(case: Case, name: str) -> str:
    """Write the notice to the custodians of a hold, as the hold stands now."""
    hold = HOLDS.one(case, name)
    said = words()["hold"]
    subject = said["subject"].format(reference=case.reference)
    body = said["notice"].format(
        custodians=", ".join(x.name for x in hold.custodians) or "-",
        issued_by=hold.issued_by,
        reference=case.reference,
        scope=hold.scope,
        reason=hold.reason,
        period=_period(hold),
        systems=", ".join(x.name for x in hold.systems) or said["no_systems"],
        days="1 day" if hold.days == 1 else f"{hold.days} days",
        contact=hold.contact,
    )
    return f"{subject}\n\n{body.strip()}\n"


def _period(hold: Hold) -> str:
    said = words()["hold"]
    known = {
        "start": f"{hold.records_from:%Y-%m-%d %H:%M} UTC" if hold.records_from else None,
        "end": f"{hold.records_to:%Y-%m-%d %H:%M} UTC" if hold.records_to else None,
    }
    form = {
        (True, True): "both",
        (True, False): "no_end",
        (False, True): "no_start",
        (False, False): "no_period",
    }[known["start"] is not None, known["end"] is not None]
    return str(said[form]).format(**known)


def _person(case: Case, hold: Hold, name: str) -> Custodian:
    for each in hold.custodians:
        if same(each.name, name):
            return each
    message = f'"{name}" is no custodian{suggest(name, [x.name for x in hold.custodians])}'
    raise InputError([Fault(case.reference, hold.id, message)])


def _with(hold: Hold, changed: Iterable[Custodian]) -> list[dict[str, Any]]:
    """Write the custodians anew, as plain values: the shelf checks each of them again."""
    new = {each.name: each for each in changed}
    return [new.get(each.name, each).model_dump() for each in hold.custodians]


def send(case: Case, name: str, to: Iterable[str] = (), *, at: datetime | None = None) -> Hold:
    """Record that the notice went out, to those named, else to all who have not had it.

    The text as it stood is kept with the entry. Each custodian has a task to acknowledge.
    Raise ``InputError`` where everybody has had it, and for somebody who had it already.
    """
    with case.writing() as journal:
        hold = _running(case, name)
        when = past(case, at, "sent") or case.store.clock()
        people = [_person(case, hold, x) for x in to]
        people = people or [x for x in hold.custodians if x.sent is None]
        had = [x.name for x in people if x.sent is not None]
        if had or not people:
            message = f"{', '.join(had)} had it already" if had else "nobody is left to send it to"
            raise InputError([Fault(case.reference, hold.id, message)])
        sent = [x.model_copy(update={"sent": when}) for x in people]
        where = track(case, hold.id)
        file = journal.keep(f"{hold.id}-notice.txt", notice(case, hold.id).encode())
        told = {"hold": hold.id, "to": [x.name for x in people], "at": when.isoformat()}
        journal.add(Draft(kind=NOTICE, body=told, files=(file,), track=where))
        made = HOLDS.change(case, hold.id, custodians=_with(hold, sent))
        for each in people:
            _ask(case, hold, each.name, "task", when + timedelta(days=hold.days))
        return made


def _title(hold: Hold, name: str, form: str) -> str:
    return str(words()["hold"][form].format(name=name, id=hold.id))


def _ask(case: Case, hold: Hold, name: str, form: str, due: datetime) -> None:
    origin = f"hold {hold.id}"
    title, where = _title(hold, name, form), track(case, hold.id)
    task = tasks.add(
        case, title, "evidence", owner=hold.issued_by, due=due, origin=origin, track=where
    )
    if task.due != due:
        TASKS.change(case, task.id, due=due)


def _open_tasks(case: Case, hold: Hold, person: str | None = None) -> list[tasks.Task]:
    titles = {_title(hold, person, form) for form in ("task", "again")} if person else None
    return [
        task
        for task in TASKS.all(case)
        if task.origin == f"hold {hold.id}"
        and task.state == "open"
        and (titles is None or task.title in titles)
    ]


def acknowledge(
    case: Case, name: str, person: str, *, at: datetime | None = None, how: str | None = None
) -> Hold:
    """Record that a custodian has acknowledged; the task for that ends.

    Raise ``InputError`` for somebody who was not sent the notice, or has acknowledged already.
    """
    with case.writing():
        hold = _running(case, name)
        found = _person(case, hold, person)
        when = past(case, at, "acknowledged") or case.store.clock()
        message = None
        if found.sent is None:
            message = f"{found.name} was not sent the notice"
        elif found.acknowledged is not None:
            message = f"{found.name} has acknowledged already"
        elif when < found.sent:
            message = f"{when.isoformat()} is before the notice was sent ({found.sent.isoformat()})"
        if message is not None:
            raise InputError([Fault(case.reference, hold.id, message)])
        _guarded(case, hold, how)
        yes = found.model_copy(update={"acknowledged": when, "how": how})
        made = HOLDS.change(case, hold.id, custodians=_with(hold, [yes]))
        for task in _open_tasks(case, hold, found.name):
            tasks.end(case, task.id)
        return made


def silent(hold: Hold, now: datetime) -> list[Custodian]:
    """List who was sent the notice and has been silent for the days that the hold gives.

    After a reminder the days run anew.
    """
    span = timedelta(days=hold.days)
    return [
        each
        for each in hold.custodians
        if each.acknowledged is None
        and each.sent is not None
        and max((each.sent, *each.reminded)) + span <= now
    ]


def remind(case: Case, name: str, *, at: datetime | None = None) -> list[str]:
    """Record that those who are silent were reminded, and give their names.

    Each has a task to be asked again, due when the days have run anew.
    """
    with case.writing():
        hold = _running(case, name)
        when = past(case, at, "reminded") or case.store.clock()
        people = silent(hold, when)
        if people:
            again = [x.model_copy(update={"reminded": (*x.reminded, when)}) for x in people]
            HOLDS.change(case, hold.id, custodians=_with(hold, again))
        for each in people:
            _ask(case, hold, each.name, "again", when + timedelta(days=hold.days))
        return [each.name for each in people]


def switch_off(case: Case, name: str, system: str, by: str, *, at: datetime | None = None) -> Hold:
    """Record that a system has stopped deleting by itself; a new system is added.

    Raise ``InputError`` where it was switched off already.
    """
    with case.writing():
        hold = _running(case, name)
        _guarded(case, hold, system, by)
        when = past(case, at, "off") or case.store.clock()
        there = [x for x in hold.systems if same(x.name, system)]
        if there and there[0].off is not None:
            message = f"{there[0].name} was switched off already"
            raise InputError([Fault(case.reference, hold.id, message)])
        done = {"name": there[0].name if there else system, "off": when, "by": by}
        machines = tuple(done if same(x.name, system) else x for x in hold.systems)
        return HOLDS.change(case, hold.id, systems=machines if there else (*machines, done))


def release(case: Case, name: str, why: str, *, at: datetime | None = None) -> Hold:
    """End a hold, with the reason; the tasks that it opened are dropped.

    Raise ``InputError`` without a reason, and where it has ended already.
    """
    with case.writing():
        hold = _running(case, name)
        if not why.strip():
            raise InputError(
                [Fault(case.reference, hold.id, "is released for a reason: say which")]
            )
        when = past(case, at, "released") or case.store.clock()
        _guarded(case, hold, why)
        for task in _open_tasks(case, hold):
            tasks.end(case, task.id, "dropped", f"hold {hold.id} was released")
        return HOLDS.change(case, hold.id, released=when, released_by=case.by, released_why=why)


def release_notice(case: Case, name: str) -> str:
    """Write the notice that a hold has ended; raise ``InputError`` while it has not."""
    hold = HOLDS.one(case, name)
    if hold.released is None:
        raise InputError([Fault(case.reference, hold.id, "has not been released")])
    said = words()["hold"]["released"]
    text = said.format(
        reference=case.reference,
        id=hold.id,
        at=f"{hold.released:%Y-%m-%d}",
        why=(hold.released_why or "").rstrip("."),
    )
    return f"{text.strip()}\n"


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of every hold that is in force: who was not told, who is silent, what still deletes."""
    for made in {x.record.id: x for x in HOLDS.versions(case)}.values():
        hold = made.record
        if hold.released is not None:
            continue
        yes = sum(x.acknowledged is not None for x in hold.custodians)
        state = f"{yes} of {len(hold.custodians)} acknowledged"
        warning = "; ".join(_lacks(hold, now)) or None
        waits = [
            max((x.sent, *x.reminded)) + timedelta(days=hold.days)
            for x in hold.custodians
            if x.sent is not None and x.acknowledged is None
        ]
        due, advice = min(waits, default=None), made.entry.track == "advice"
        what = " ".join(hold.scope.split())[:120]
        yield Standing("evidence", hold.id, what, state, hold.issued_by, due, warning, advice)


def _lacks(hold: Hold, now: datetime) -> Iterator[str]:
    if not hold.custodians:
        yield "nobody is named as custodian"
    for lack, names in (
        ("was not sent to", [x.name for x in hold.custodians if x.sent is None]),
        ("no answer from", [x.name for x in silent(hold, now)]),
        ("still deletes by itself:", [x.name for x in hold.systems if x.off is None]),
    ):
        if names:
            yield f"{lack} {', '.join(names)}"
