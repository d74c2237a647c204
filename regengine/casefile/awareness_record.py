"""When the house became aware, on record: each view, who holds it, which one was chosen and why.

The facts hold the candidates of an event, as the engine reads them. The record keeps besides
who brought each forward, and, for each choice, every deadline under every view as of that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from pydantic import Field

from regengine.casefile.case import Case
from regengine.casefile.counterfactual import Views, answered, side_by_side
from regengine.casefile.decisions import DECISIONS, Decision, past
from regengine.casefile.entries import Track
from regengine.casefile.paths import find, read
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.errors import Fault, InputError
from regengine.facts import EVENTS, Candidate, Incident, Moment
from regengine.leaves import not_a_word

AWARE: Final = "aware"


class Brought(Record):
    """A view of when an event happened, as somebody brought it forward.

    ``at`` is an instant in UTC, or a day where no time is known.
    """

    event: str
    at: str
    why: str = Field(min_length=1)
    says: str = Field(min_length=1)


BROUGHT: Final = Shelf("candidate", Brought, "C")


class Contender(NamedTuple):
    """One candidate of an event as the facts hold it, with who brought it forward.

    ``id`` is ``None`` for one that came with the facts. ``laws`` are those for which alone it
    is chosen, by the beginning of their ids.
    """

    id: str | None
    event: str
    at: str
    why: str | None
    says: str | None
    chosen: bool
    laws: tuple[str, ...]


def candidates(case: Case, event: str = AWARE) -> list[Contender]:
    """List the candidates of an event, the earliest first; none where nothing is known."""
    name = _event(case, event)
    brought = {(x.event, x.at): x for x in BROUGHT.all(case)}
    found = []
    for held in case.incident().timeline.get(name, ()):
        made = brought.get((name, _text(held.at)))
        found.append(
            Contender(
                id=made.id if made else None,
                event=name,
                at=_text(held.at),
                why=held.why,
                says=made.says if made else None,
                chosen=held.chosen,
                laws=held.laws,
            )
        )
    return sorted(found, key=lambda x: x.at)


def add_candidate(
    case: Case,
    at: datetime | date,
    *,
    why: str,
    says: str | None = None,
    event: str = AWARE,
) -> Brought:
    """Bring a view forward: when the event happened, what speaks for it, who says so.

    Nothing is chosen by that; while nothing is, the engine counts from the safe side. Raise
    ``InputError`` for an instant without an offset or after now, for one that is on record
    already, and for an event that is recorded as one that did not happen.
    """
    name = _event(case, event)
    told = _text(_moment(case, at))
    with case.writing():
        listed = _listed(case, name)
        if any(_text_of(row) == told for row in listed):
            message = f"{told} is a candidate already"
            raise InputError([Fault(case.reference, f"timeline.{name}", message)])
        made = BROUGHT.add(case, event=name, at=told, why=why, says=says or case.by)
        case.set(
            {f"timeline.{name}": [*listed, {"at": told, "why": made.why}]},
            source=made.says,
            why=f"{made.id} is a view of it",
        )
    return made


def choose(
    case: Case,
    candidate: str | datetime | date,
    *,
    why: str,
    event: str = AWARE,
    laws: Sequence[str] = (),
    by: str | None = None,
    at: datetime | None = None,
    counsel: str | None = None,
    dissent: str | None = None,
    track: Track = "facts",
) -> Decision:
    """Choose from which candidate deadlines count, for all laws or for some.

    ``candidate`` is an id (C1) or the instant itself, ``laws`` are beginnings of ids of duties
    (``us-ny``). The decision keeps the deadlines under each view as they are on that day, and
    the answer that holds after it is recorded. Raise ``InputError`` for what is no candidate.
    """
    if not why.strip():
        message = "a choice has reasons: say which"
        raise InputError([Fault(case.reference, "decision.why", message)])
    with case.writing():
        moment = past(case, at)
        name, wanted = _named(case, candidate, event)
        before = _said(candidates(case, name))
        listed = [_marked(row, _text_of(row) == wanted, tuple(laws)) for row in _listed(case, name)]
        case.set(
            {f"timeline.{name}": listed},
            learned=moment,
            source=f"decision of {by or case.by}",
        )
        found = case.assess()
        last = [x for x in DECISIONS.all(case) if (x.sort, x.subject) == ("event", name)]
        # A choice for some laws alone leaves the one for the others standing.
        same = [x for x in last if x.laws == tuple(laws)]
        return DECISIONS.add(
            case,
            track=track,
            sort="event",
            subject=name,
            chosen=wanted,
            before=before,
            by=by or case.by,
            at=moment,
            why=why,
            options=tuple(x.at for x in candidates(case, name)),
            laws=tuple(laws),
            counsel=counsel,
            dissent=dissent,
            replaces=same[-1].id if same else None,
            turned=_within(views(case, name, found.now), tuple(laws)),
        )


def views(case: Case, event: str = AWARE, now: datetime | None = None) -> Views:
    """Work out every deadline under each candidate of an event, as if it were the only one.

    Only the duties that the views do not treat alike are listed. ``now`` is the store's clock
    unless given.
    """
    incident, moment = case.incident(), now or case.store.clock()
    held = sorted(incident.timeline.get(_event(case, event), ()), key=lambda x: _text(x.at))
    return side_by_side(
        {_text(x.at): answered(_alone(incident, event, x), case.corpus, moment) for x in held}
    )


def _within(found: Views, laws: tuple[str, ...]) -> Views:
    """Keep the duties for which a choice is made."""
    rows = tuple(row for row in found.rows if not laws or row.key.startswith(laws))
    return found.model_copy(update={"rows": rows})


def standing(case: Case, now: datetime) -> Iterator[Standing]:  # noqa: ARG001  # reason: one signature for every room
    """Tell of every event of which there are several views, or whose choice was overtaken."""
    decided: dict[tuple[str, tuple[str, ...]], Decision] = {
        (x.subject, x.laws): x for x in DECISIONS.all(case) if x.sort == "event"
    }
    several = {name for name, held in case.incident().timeline.items() if len(held) > 1}
    for name in sorted(several | {event for event, _ in decided}):
        held = candidates(case, name)
        blanket = [x for x in held if x.chosen and not x.laws]
        made = decided.get((name, ()))
        state = f"{len(held)} views, {blanket[0].at} chosen" if blanket else f"{len(held)} views"
        yield Standing(
            "legal",
            made.id if made else f"timeline.{name}",
            f"when: {name}",
            state,
            made.by if made else None,
            warning=_overtaken(held, [x for (event, _), x in decided.items() if event == name]),
        )


def _overtaken(held: Sequence[Contender], decided: Sequence[Decision]) -> str | None:
    """Say what is wrong: nothing chosen, chosen without a decision, or otherwise than decided."""
    if len(held) > 1 and not any(x.chosen for x in held):
        return "several views, and none is chosen"
    if any(x.chosen for x in held) and not decided:
        return "a view is chosen, and no decision on record says by whom"
    for made in decided:
        for law in made.laws or ("",):
            now = _counted(held, law)
            later = [x for x in decided if x.at > made.at and law in (x.laws or ("",))]
            if not later and now != made.chosen:
                scope = f" for {law}" if law else ""
                return f"{made.id} chose {made.chosen}{scope}; the facts now say {now or 'none'}"
    return None


def _counted(held: Sequence[Contender], law: str) -> str | None:
    """Find the candidate that counts for the beginning of an id; the longest one leads."""
    found: tuple[int, str] | None = None
    for item in held:
        fits = item.laws or ("",) if item.chosen else ()
        for prefix in fits:
            if law.startswith(prefix) and (found is None or len(prefix) > found[0]):
                found = (len(prefix), item.at)
    if found is not None:
        return found[1]
    return held[0].at if len(held) == 1 else None


def _alone(incident: Incident, event: str, candidate: Candidate) -> Incident:
    alone = candidate.model_copy(update={"chosen": True, "laws": ()})
    return incident.model_copy(update={"timeline": {**incident.timeline, event: (alone,)}})


# -- the list in the facts -----------------------------------------------------------------


def _listed(case: Case, event: str) -> list[dict[str, Any]]:
    """Give the candidates as the file writes them, a bare moment as the only one."""
    held = read(case.facts(), find(f"timeline.{event}", case.corpus.vocabulary))
    if held is False:
        message = "is recorded as an event that did not happen; change that first"
        raise InputError([Fault(case.reference, f"timeline.{event}", message)])
    if held is None:
        return []
    rows = held if isinstance(held, list) else [held]
    return [dict(row) if isinstance(row, dict) else {"at": row} for row in rows]


def _marked(row: dict[str, Any], wanted: bool, laws: tuple[str, ...]) -> dict[str, Any]:
    """Mark the chosen row, and take from the others what was chosen for the same laws."""
    told = {key: value for key, value in row.items() if key not in ("chosen", "laws")}
    chosen, held = bool(row.get("chosen")), tuple(row.get("laws") or ())
    everything = chosen and not held
    if wanted:
        if not laws or everything:
            return {**told, "chosen": True}
        return {**told, "chosen": True, "laws": [*dict.fromkeys((*held, *laws))]}
    if everything:
        return {**told, "chosen": True} if laws else told
    kept = [law for law in held if law not in laws]
    return {**told, "chosen": True, "laws": kept} if kept else told


def _named(case: Case, candidate: str | datetime | date, event: str) -> tuple[str, str]:
    """Find the event and the moment of a candidate that is told by id or by its instant."""
    if isinstance(candidate, str):
        made = BROUGHT.one(case, candidate)
        name, wanted = made.event, made.at
    else:
        name, wanted = _event(case, event), _text(_moment(case, candidate))
    known = [x.at for x in candidates(case, name)]
    if wanted not in known:
        listed = ", ".join(known) or "none"
        message = f"{wanted} is no candidate; on record: {listed}"
        raise InputError([Fault(case.reference, f"timeline.{name}", message)])
    return name, wanted


def _said(held: Sequence[Contender]) -> str | None:
    """Say which candidate was counted from; ``None`` where none was chosen."""
    said = [f"{x.at} (for {', '.join(x.laws)})" if x.laws else x.at for x in held if x.chosen]
    return ", ".join(said) or (held[0].at if len(held) == 1 else None)


def _event(case: Case, event: str) -> str:
    if event not in EVENTS:
        raise InputError([Fault(case.reference, "timeline", not_a_word("event", event, EVENTS))])
    return event


def _moment(case: Case, at: datetime | date) -> Moment:
    now = case.store.clock()
    if isinstance(at, datetime):
        past(case, at)
    elif at > now.date():
        message = f"{at.isoformat()} is after now ({now.date().isoformat()})"
        raise InputError([Fault(case.reference, "timeline", message)])
    return Moment.of(at)


def _text(at: Moment) -> str:
    """Write a moment in one way: the instant in UTC, else the day or month."""
    if at.at is not None:
        return at.at.astimezone(UTC).isoformat()
    day = str(at.day)
    return day[: len("2026-11")] if at.precision == "month" else day


def _text_of(row: dict[str, Any]) -> str:
    """Write the moment of a row of the facts in the same way."""
    held = str(row["at"])
    if len(held) <= len("2026-11-20"):
        return held
    return datetime.fromisoformat(held).astimezone(UTC).isoformat()
