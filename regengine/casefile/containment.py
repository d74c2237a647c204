"""Containment and continuity: what was isolated, what stayed up, what was brought back.

Before a step that destroys evidence the record says what it destroys, and asks for that to be
secured. The records of services bear out facts of the incident (how long it was out of reach,
for whom); they are proposed with their sources and never written over a fact unasked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args

from pydantic import AfterValidator, Field, model_validator

from regengine.casefile import tasks
from regengine.casefile.case import Case
from regengine.casefile.history import Change, Confidence
from regengine.casefile.paths import find, read
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant
from regengine.documents.outputs import table
from regengine.errors import Fault, InputError, suggest
from regengine.places import load

Secured = Literal["yes", "no", "unknown"]
SECURED: Final = get_args(Secured)
State = Literal["new", "same", "differs", "open", "asks"]
_TABLE: Final = "casefile/containment.toml"
_EVIDENCE: Final = "evidence"
_HOUR: Final = 3600
_FINE: Final = 10_000  # hours are told to four decimals, rounded up: no second is lost


def _place(code: str) -> str:
    try:
        return load().canonical(code.strip())
    except KeyError as error:
        raise ValueError(str(error.args[0])) from None


_Place = Annotated[str, AfterValidator(_place)]
_Share = Annotated[float, Field(ge=0, le=100)]
_Count = Annotated[int, Field(ge=0)]


class Isolation(Record):
    """A system that was cut off; ``secured``: whether its evidence was secured before.

    ``contained``: with this the incident was contained.
    """

    system: str = Field(min_length=1)
    at: Instant
    who: str | None = None
    how: str | None = None
    secured: Secured = "unknown"
    contained: bool = False


class Service(Record):
    """What the house gives to others, and how the incident touched it.

    ``up``: it stayed up; ``kept`` says what of it did. ``limited``: it was not out of reach but
    worse. ``down_until`` is left out while it is down. Shares are percentages; ``countries`` is
    complete where given. ``estimate``: its numbers are estimates.
    """

    name: str = Field(min_length=1)
    up: bool | None = None
    kept: str | None = None
    down_from: Instant | None = None
    down_until: Instant | None = None
    limited: bool = False
    users: _Count | None = None
    users_share: _Share | None = None
    clients: _Count | None = None
    clients_share: _Share | None = None
    counterparts_share: _Share | None = None
    transactions_share: _Share | None = None
    amount_share: _Share | None = None
    countries: tuple[_Place, ...] | None = None
    line: str | None = None
    critical: bool | None = None
    estimate: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Service:
        if self.up and self.down_from is not None:
            message = "stayed up, or was down: not both"
            raise ValueError(message)
        if self.down_until is not None and self.down_from is None:
            message = "down_until needs down_from"
            raise ValueError(message)
        if self.down_from and self.down_until and self.down_until < self.down_from:
            message = "down_until is before down_from"
            raise ValueError(message)
        return self

    @property
    def down(self) -> bool:
        """Whether it was out of reach."""
        return self.down_from is not None and not self.limited

    @property
    def unclear(self) -> bool:
        """Whether nothing says if it stayed up."""
        return self.down_from is None and self.up is None


class Recovery(Record):
    """A step back to work; ``tested``: what was brought back was tested before use."""

    what: str = Field(min_length=1)
    system: str | None = None
    at: Instant | None = None
    who: str | None = None
    from_backup: bool | None = None
    tested: bool | None = None
    tested_at: Instant | None = None


class Step(Record):
    """A step that destroys evidence: planned, and done or given up."""

    step: str
    system: str = Field(min_length=1)
    planned: Instant | None = None
    who: str | None = None
    how: str | None = None
    state: Literal["planned", "done", "dropped"] = "planned"
    done: Instant | None = None
    lacking: tuple[str, ...] = ()
    despite: str | None = None


ISOLATIONS: Final = Shelf("isolation", Isolation, "I")
SERVICES: Final = Shelf("service", Service, "S")
RECOVERIES: Final = Shelf("recovery", Recovery, "RC")
STEPS: Final = Shelf("destructive_step", Step, "X")


# -- what is recorded ----------------------------------------------------------------------


def isolate(
    case: Case,
    system: str,
    at: datetime | None = None,
    *,
    who: str | None = None,
    how: str | None = None,
    secured: Secured = "unknown",
    contained: bool = False,
) -> Isolation:
    """Record that a system was cut off; where its evidence was not secured a task asks for it."""
    with case.writing():
        moment = _past(case, "isolation.at", at)
        made = ISOLATIONS.add(
            case, system=system, at=moment, who=who, how=how, secured=secured, contained=contained
        )
        if secured != "yes" and lacking(case, system, ("image", "memory")):
            tasks.add(
                case,
                f"Secure the evidence of {system} before anything is changed on it",
                "evidence",
                origin=made.id,
            )
    return made


def service(case: Case, name: str, **fields: Any) -> Service:
    """Record how a service fares, or change what is on record of it.

    ``name`` is an id (S1) or the service's own name; fields are those of ``Service``.
    """
    with case.writing():
        for field in ("down_from", "down_until"):
            if fields.get(field) is not None:
                fields[field] = _past(case, f"service.{field}", fields[field])
        for there in SERVICES.all(case):
            if name.casefold() in (there.id.casefold(), there.name.casefold()):
                return SERVICES.change(case, there.id, **fields)
        return SERVICES.add(case, name=name, **fields)


def recover(case: Case, what: str, **fields: Any) -> Recovery:
    """Record a step back to work; one from a backup that was not tested opens a task."""
    with case.writing():
        for field in ("at", "tested_at"):
            if fields.get(field) is not None:
                fields[field] = _past(case, f"recovery.{field}", fields[field])
        made = RECOVERIES.add(case, what=what, **fields)
        if made.from_backup and made.tested is not True:
            title = f"Test what was brought back: {made.what}"
            tasks.add(case, title, "containment", owner=made.who, origin=made.id)
    return made


def _past(case: Case, field: str, at: datetime | None) -> datetime:
    """Check an instant of what happened; without one, now."""
    now = case.store.clock()
    if at is None:
        return now.replace(microsecond=0)
    if at.utcoffset() is None:
        message = f"{at.isoformat()} has no offset; add one, like {at.isoformat()}+00:00"
        raise InputError([Fault(case.reference, field, message)])
    if at > now:
        message = f"{at.isoformat()} is after now ({now.isoformat(timespec='seconds')})"
        raise InputError([Fault(case.reference, field, message)])
    return at.astimezone(UTC)


# -- steps that destroy evidence -----------------------------------------------------------


class Planned(NamedTuple):
    """A planned step, what it destroys, and what is to be secured first (its tasks)."""

    step: Step
    destroys: str
    ground: str
    lacking: tuple[str, ...]
    asked: tuple[tasks.Task, ...]


def kinds_of_step() -> Mapping[str, Mapping[str, Any]]:
    """List the steps that destroy evidence, by id.

    >>> kinds_of_step()["power_off"]["needs"]
    ['memory']
    """
    return {row["id"]: row for row in table(_TABLE)["step"]}


def lacking(case: Case, system: str, needs: Sequence[str]) -> tuple[str, ...]:
    """Say which kinds of evidence of a system are not on record."""
    held = {
        str(entry.told["id"]): entry.told for entry in case.entries if entry.kind == _EVIDENCE
    }.values()
    own = [x for x in held if _same(x.get("system"), system)]
    return tuple(need for need in needs if not any(_shows(item, need) for item in own))


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and one.strip().casefold() == other.strip().casefold()


def _shows(item: Mapping[str, Any], need: str) -> bool:
    """Tell whether an item is of a kind: by what it is, else by the words of its title."""
    if item.get("what") in table(_TABLE)["needs"]:
        return bool(item["what"] == need)
    words = "|".join(map(re.escape, table(_TABLE)["needs"][need]["words"]))
    title = f"{item.get('what') or ''} {item.get('title') or ''}"
    # An image of the memory is no image of the disk.
    if need == "image" and _names("memory|ram", title):
        return False
    return _names(words, title)


def _names(words: str, title: str) -> bool:
    return re.search(rf"\b(?:{words})\b", title, re.IGNORECASE) is not None


def plan_step(
    case: Case,
    step: str,
    system: str,
    planned: datetime | None = None,
    *,
    who: str | None = None,
    how: str | None = None,
) -> Planned:
    """Plan a step that destroys evidence; what is not secured yet becomes tasks, due before it.

    ``step`` is one of ``kinds_of_step()``. Raise ``InputError`` for another word.
    """
    row = _row(case, step)
    with case.writing():
        short = lacking(case, system, row["needs"])
        made = STEPS.add(
            case, step=step, system=system, planned=planned, who=who, how=how, lacking=short
        )
        asked = tuple(
            tasks.add(
                case,
                f"Secure {_says(need)} of {system} before: {row['says']}",
                "evidence",
                due=planned,
                origin=made.id,
                why=f"It destroys {row['destroys']}.",
            )
            for need in short
        )
    return Planned(made, str(row["destroys"]), str(row["ground"]), short, asked)


def did_step(
    case: Case, name: str, at: datetime | None = None, *, despite: str | None = None
) -> Step:
    """Record that a planned step was done.

    Raise ``InputError`` where evidence that it destroys is not on record, unless ``despite``
    says why it was done all the same; then the record says both.
    """
    step = _open(case, name)
    with case.writing():
        moment = _past(case, f"{step.id}.at", at)
        short = lacking(case, step.system, _row(case, step.step)["needs"])
        if short and not despite:
            words = " and ".join(map(_says, short))
            message = f"{words} of {step.system} is not on record; say why it was done despite that"
            raise InputError([Fault(case.reference, step.id, message)])
        made = STEPS.change(
            case, step.id, state="done", done=moment, lacking=short, despite=despite
        )
        why = f"{step.id} was done without it: {despite}" if short else "secured"
        for task in _tasks_of(case, step.id):
            tasks.end(case, task.id, "dropped" if short else "done", why)
    return made


def drop_step(case: Case, name: str, why: str) -> Step:
    """Give a planned step up, for a reason; its tasks fall with it."""
    step = _open(case, name)
    if not why.strip():
        raise InputError([Fault(case.reference, step.id, "is given up for a reason: say which")])
    with case.writing():
        for task in _tasks_of(case, step.id):
            tasks.end(case, task.id, "dropped", why)
        return STEPS.change(case, step.id, state="dropped", despite=why)


def _open(case: Case, name: str) -> Step:
    step = STEPS.one(case, name)
    if step.state != "planned":
        raise InputError([Fault(case.reference, step.id, f"is {step.state} already")])
    return step


def _row(case: Case, step: str) -> Mapping[str, Any]:
    known = kinds_of_step()
    if step not in known:
        message = (
            f'"{step}" is no step of the table{suggest(step, known)}; allowed: {", ".join(known)}'
        )
        raise InputError([Fault(case.reference, "step", message)])
    return known[step]


def _says(need: str) -> str:
    return str(table(_TABLE)["needs"][need]["says"])


def _tasks_of(case: Case, origin: str) -> list[tasks.Task]:
    return [x for x in tasks.TASKS.all(case) if x.origin == origin and x.state == "open"]


# -- what the records of services bear out -------------------------------------------------


class Proposal(NamedTuple):
    """One fact that the records bear out, or one that they leave open (``note`` says why).

    ``state``: "new" where the fact is not known, "same", "differs" from what is on record,
    "asks" where it is set only if it is named, "open". ``sources`` are ids of records.
    """

    path: str
    value: Any
    before: Any
    state: State
    sources: tuple[str, ...]
    confidence: Confidence
    ground: str
    note: str | None = None


class _Found(NamedTuple):
    value: Any
    by: tuple[Record, ...] = ()
    note: str | None = None


class _Seen(NamedTuple):
    """What the measures look at; ``within`` is the area that a fact is about."""

    services: tuple[Service, ...]
    isolations: tuple[Isolation, ...]
    recoveries: tuple[Recovery, ...]
    people: tuple[str, ...]
    now: datetime
    within: str | None
    so_far: bool


def _hours(services: Sequence[Service], seen: _Seen) -> _Found | None:
    """Give the longest outage; while one lasts its length is open."""
    if not services:
        return None
    spans = {
        x: ((x.down_until or seen.now) - x.down_from).total_seconds()
        for x in services
        if x.down_from is not None and x.down_from <= seen.now
    }
    if not spans:
        return None
    longest = max(spans, key=lambda x: spans[x])
    hours = math.ceil(spans[longest] / _HOUR * _FINE) / _FINE
    running = tuple(x for x in spans if x.down_until is None or x.down_until > seen.now)
    if running and not seen.so_far:
        return _Found(None, running, f"goes on: {hours:g} hours so far; the length is not known")
    return _Found(hours, (longest,), f"{hours:g} hours so far, it goes on" if running else None)


def _over(seen: _Seen, services: Sequence[Service]) -> _Found | None:
    """Give the instant at which all of them were back."""
    if not services:
        return None
    unclear = tuple(x for x in seen.services if x.unclear)
    running = tuple(x for x in services if x.down_until is None)
    if running or unclear:
        word = "not back yet" if running else "not known whether it stayed up"
        return _Found(None, (*running, *unclear), word)
    last = max(services, key=lambda x: x.down_until or seen.now)
    return _Found(None if last.down_until is None else last.down_until.isoformat(), (last,))


def _touched(seen: _Seen) -> tuple[Service, ...]:
    """List the services that the incident touched, in reach or in numbers."""
    numbers = [x for x in Service.model_fields if x.endswith("_share")] + ["users", "clients"]
    return tuple(
        x
        for x in seen.services
        if x.down_from is not None or any(getattr(x, name) for name in numbers)
    )


def _number(name: str, *, largest: bool) -> Callable[[_Seen], _Found | None]:
    """Give a number of the touched services: the largest share, or the one count there is."""

    def measured(seen: _Seen) -> _Found | None:
        touched = _touched(seen)
        told = [x for x in touched if getattr(x, name) is not None]
        if not told:
            return None
        silent = tuple(x for x in touched if getattr(x, name) is None)
        if silent:
            return _Found(None, silent, f"{name.replace('_', ' ')} not known")
        beyond = tuple(x for x in told if not _inside(x, seen.within))
        if beyond:
            return _Found(None, beyond, f"not known for {seen.within} alone: countries")
        if not largest and len(told) > 1:
            return _Found(None, tuple(told), "of several services, perhaps the same people")
        most = max(told, key=lambda x: getattr(x, name))
        return _Found(getattr(most, name), (most,))

    return measured


def _inside(service: Service, area: str | None) -> bool:
    if area is None:
        return True
    places = load()
    return bool(service.countries) and all(places.within(x, area) for x in service.countries or ())


def _countries(seen: _Seen) -> _Found | None:
    touched = _touched(seen)
    if not any(x.countries for x in touched):
        return None
    silent = tuple(x for x in touched if x.countries is None)
    places = load()
    codes = {*seen.people, *(code for x in touched for code in x.countries or ())}
    inside = {places[x].country for x in codes if places.within(x, seen.within or "EEA")}
    # Two are two, whatever the others add; one may be more.
    if silent and len(inside) <= 1:
        return _Found(None, silent, "countries not known")
    return _Found(len(inside), touched)


def _any(records: Sequence[Record]) -> _Found | None:
    return _Found(True, tuple(records)) if records else None


def _contained(seen: _Seen) -> _Found | None:
    told = [x for x in seen.isolations if x.contained]
    last = max(told, key=lambda x: x.at, default=None)
    return None if last is None else _Found(last.at.isoformat(), (last,))


_MEASURES: Final[Mapping[str, Callable[[_Seen], _Found | None]]] = {
    "any_down": lambda seen: _any([x for x in seen.services if x.down]),
    "down_hours": lambda seen: _hours([x for x in seen.services if x.down], seen),
    "limited_hours": lambda seen: _hours(seen.services, seen),
    "restored": lambda seen: _over(seen, [x for x in seen.services if x.down]),
    "ended": lambda seen: _over(seen, [x for x in seen.services if x.down_from]),
    "from_backup": lambda seen: _any([x for x in seen.recoveries if x.from_backup and x.at]),
    "contained": _contained,
    "critical": lambda seen: _any([x for x in _touched(seen) if x.critical]),
    "countries": _countries,
    "users": _number("users", largest=False),
    "users_share": _number("users_share", largest=True),
    "clients": _number("clients", largest=False),
    "clients_share": _number("clients_share", largest=True),
    "counterparts_share": _number("counterparts_share", largest=True),
    "transactions_share": _number("transactions_share", largest=True),
    "amount_share": _number("amount_share", largest=True),
}


def impact(case: Case, now: datetime | None = None, *, so_far: bool = False) -> list[Proposal]:
    """List the facts that the records of services bear out, with what is on record of each.

    An outage that goes on has no length yet, so that no limit is taken as kept; ``so_far``
    gives the hours until now all the same.
    """
    incident = case.incident()
    regimes = {*(incident.organisation.regimes or ()), *_possible(incident)}
    tree = case.facts()
    seen = _Seen(
        tuple(SERVICES.all(case)),
        tuple(ISOLATIONS.all(case)),
        tuple(RECOVERIES.all(case)),
        tuple(x for x in incident.places_affected if x != "unknown"),
        now or case.store.clock(),
        None,
        so_far,
    )
    found = []
    for row in table(_TABLE)["fact"]:
        if row.get("regimes") and not regimes & set(row["regimes"]):
            continue
        told = _MEASURES[row["measure"]](seen._replace(within=row.get("within")))
        if told is not None:
            before = read(tree, find(row["path"], case.corpus.vocabulary))
            found.append(_proposal(row, told, before))
    return found


def _possible(incident: Any) -> tuple[str, ...]:  # reason: facts of one shape, read in one place
    possible = incident.organisation.regimes_possible
    return () if isinstance(possible, str) else tuple(possible)


def _proposal(row: Mapping[str, Any], told: _Found, before: Any) -> Proposal:
    state: State = "new"
    if told.value is None:
        state = "open"
    elif before is not None:
        state = "same" if _alike(before, told.value) else "differs"
    elif row.get("asks"):
        state = "asks"
    estimated = any(isinstance(x, Service) and x.estimate for x in told.by)
    return Proposal(
        row["path"],
        told.value,
        before,
        state,
        tuple(x.id for x in told.by),
        "probable" if estimated else "confirmed",
        row["ground"],
        told.note,
    )


def _alike(before: Any, value: Any) -> bool:
    held: Any = before.get("value") if isinstance(before, Mapping) else before
    if isinstance(value, str) and isinstance(held, str):
        try:
            return datetime.fromisoformat(held) == datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return held == value
    if isinstance(held, bool) != isinstance(value, bool):
        return str(held).lower() == str(value).lower()
    try:
        return float(held) == float(value)
    except (TypeError, ValueError):
        return bool(held == value)


def feed(
    case: Case,
    *,
    only: Collection[str] = (),
    replace: Collection[str] = (),
    so_far: bool = False,
    why: str | None = None,
) -> list[Change]:
    """Set the facts that the records bear out, each with its source ("containment S2").

    ``only`` names paths, else all are meant, but those that ask to be named. What says
    something else on record stays, unless its path is in ``replace``. Raise ``InputError``
    for a path that the records do not bear out.
    """
    with case.writing():
        rows = {x.path: x for x in impact(case, so_far=so_far)}
        for path in (*only, *replace):
            if path not in rows or rows[path].state == "open":
                note = rows[path].note if path in rows else None
                message = f"the records do not bear it out{f': {note}' if note else ''}"
                raise InputError([Fault(case.reference, path, message)])
        named = set(only) or {x for x, row in rows.items() if row.state != "asks"}
        wanted = named | set(replace)
        made: list[Change] = []
        for path in sorted(wanted, key=list(rows).index):
            row = rows[path]
            if row.state in ("new", "asks") or (row.state == "differs" and path in replace):
                made += case.set(
                    {path: row.value},
                    source=f"containment {', '.join(row.sources)}",
                    confidence=row.confidence,
                    why=why,
                )
    return made


# -- where it stands -----------------------------------------------------------------------


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of services that are down, steps planned without evidence, facts that differ."""
    for one in ISOLATIONS.all(case):
        if one.secured != "yes" and lacking(case, one.system, ("image", "memory")):
            state = "evidence not secured" if one.secured == "no" else "evidence secured? not known"
            warning = "no image or memory of it is on record"
            what = f"{one.system} is isolated"
            yield Standing("containment", one.id, what, state, one.who, None, warning)
    for service_ in SERVICES.all(case):
        if service_.down_from is not None and service_.down_until is None:
            state = "limited" if service_.limited else "down"
            yield Standing("containment", service_.id, service_.name, state)
        elif service_.unclear:
            warning = "not known whether it stayed up"
            yield Standing("containment", service_.id, service_.name, "unknown", warning=warning)
    yield from _steps_stand(case)
    for recovery in RECOVERIES.all(case):
        if recovery.from_backup and recovery.tested is not True:
            warning = "not tested" if recovery.tested is False else "not known whether tested"
            yield Standing(
                "containment", recovery.id, recovery.what, "restored", recovery.who, None, warning
            )
    yield from _facts_stand(case, now)


def _steps_stand(case: Case) -> Iterator[Standing]:
    for step in STEPS.all(case):
        row = kinds_of_step().get(step.step)
        if row is None or step.state == "dropped":
            continue
        what = f"{row['says']}: {step.system}"
        if step.state == "done" and step.despite:
            warning = f"done without {' and '.join(map(_says, step.lacking))}: {step.despite}"
            if step.lacking:
                yield Standing("containment", step.id, what, "done", step.who, None, warning)
        elif step.state == "planned":
            short = lacking(case, step.system, row["needs"])
            lost = f"destroys {row['destroys']}; not secured: {', '.join(map(_says, short))}"
            yield Standing(
                "containment",
                step.id,
                what,
                "planned",
                step.who,
                step.planned,
                lost if short else None,
            )


def _facts_stand(case: Case, now: datetime) -> Iterator[Standing]:
    for row in impact(case, now):
        if row.state in ("new", "differs"):
            source = row.sources[0]
            said = f"{row.path} = {row.value} by {', '.join(row.sources)}"
            warning = f"the facts say {row.before}" if row.state == "differs" else "not fed yet"
            yield Standing("containment", source, said, row.state, warning=warning)
