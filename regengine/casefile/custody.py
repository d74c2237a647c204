"""The chain of custody: who held an item when, without a gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from regengine.casefile import privilege
from regengine.casefile.case import Case
from regengine.casefile.evidence import ITEMS, Item, Line, past
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant
from regengine.errors import Fault, InputError


class Handover(Record):
    """An item that went from one custodian to the next.

    ``place`` is where it lies from then on; ``None`` where that was not said.
    """

    item: str
    giver: Line
    taker: Line
    at: Instant
    why: Line
    place: Line | None = None
    acknowledged_by: Line | None = None
    acknowledged_at: Instant | None = None


HANDOVERS: Final = Shelf("handover", Handover, "HO")


class Link(NamedTuple):
    """One custodian of an item; ``since`` is ``None`` where it is not on record.

    ``acknowledged``: the custodian has said so; the first one took it and needs not.
    """

    holder: str
    since: datetime | None
    place: str | None
    why: str | None
    record: str
    acknowledged: bool


def chain(case: Case, name: str) -> list[Link]:
    """List the custodians of an item, the first one first; none where nobody is on record."""
    item = ITEMS.one(case, name)
    if item.custodian is None:
        return []
    links = [Link(item.custodian, item.taken_at, item.place, item.source, item.id, True)]
    for made in HANDOVERS.all(case):
        if made.item == item.id:
            signed = made.acknowledged_by is not None
            links.append(Link(made.taker, made.at, made.place, made.why, made.id, signed))
    return links


def holder(case: Case, name: str) -> str | None:
    """Name who has an item now; ``None`` where nobody is on record."""
    links = chain(case, name)
    return links[-1].holder if links else None


def hand_over(
    case: Case,
    name: str,
    *,
    giver: str,
    taker: str,
    at: datetime,
    why: str,
    place: str | None = None,
    acknowledged_by: str | None = None,
) -> Handover:
    """Record that an item went from its custodian to another.

    Raise ``InputError`` where the giver is not the custodian, where it is handed to the one
    who has it, where it is earlier than what is on record, and for an instant to come.
    """
    with case.writing():
        item = ITEMS.one(case, name)
        when = past(case, at, item.id)
        _refuse_gap(case, item, giver, taker, at)
        said = {"giver": giver, "taker": taker, "why": why, "place": place or ""}
        privilege.guard(case, said, item.id)
        return HANDOVERS.add(
            case,
            item=item.id,
            giver=giver,
            taker=taker,
            at=when,
            why=why,
            place=place,
            acknowledged_by=acknowledged_by,
            acknowledged_at=when if acknowledged_by else None,
        )


def _refuse_gap(case: Case, item: Item, giver: str, taker: str, at: datetime) -> None:
    links = chain(case, item.id)
    message = None
    if not links:
        message = "nobody is on record as its custodian: amend it with the first one"
    elif same(giver, taker):
        message = f"is handed from {giver} to the same"
    elif not same(giver, links[-1].holder):
        message = f"{giver} does not have it: its custodian is {links[-1].holder}"
    else:
        since = [link.since for link in links if link.since is not None]
        if since and at < max(since):
            message = f"{at.isoformat()} is before its custodian got it ({max(since).isoformat()})"
    if message is not None:
        raise InputError([Fault(case.reference, item.id, message)])


def same(one: str, other: str) -> bool:
    """Say whether two names are the same but for spaces and capitals.

    >>> same("A.  Lee ", "a. lee")
    True
    """
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def acknowledge(case: Case, name: str, by: str, at: datetime | None = None) -> Handover:
    """Record that the taker has acknowledged a hand-over, without ``at`` now.

    ``by`` may be a person of the firm that took it, but not whoever gave it. Raise
    ``InputError`` for that, for one acknowledged already, and before the hand-over itself.
    """
    with case.writing():
        made = HANDOVERS.one(case, name)
        when = past(case, at, made.id) or case.store.clock()
        message = None
        if made.acknowledged_by is not None:
            message = f"was acknowledged by {made.acknowledged_by} already"
        elif same(by, made.giver):
            message = f"{by} gave it: whoever took it acknowledges"
        elif when < made.at:
            message = f"{when.isoformat()} is before the hand-over ({made.at.isoformat()})"
        if message is not None:
            raise InputError([Fault(case.reference, made.id, message)])
        privilege.guard(case, by, made.id)
        return HANDOVERS.change(case, made.id, acknowledged_by=by, acknowledged_at=when)


def standing(case: Case, now: datetime) -> Iterator[Standing]:  # noqa: ARG001  # reason: the shape of every room
    """Tell of items that nobody is on record for, and of hand-overs nobody has acknowledged."""
    for item in ITEMS.all(case):
        if item.custodian is None:
            warning = "nobody is on record as its custodian"
            yield Standing("evidence", item.id, item.title, "no custodian", None, None, warning)
    titles = {item.id: item.title for item in ITEMS.all(case)}
    for made in HANDOVERS.all(case):
        if made.acknowledged_by is None:
            what = f"{titles[made.item]}: {made.giver} to {made.taker}"
            warning = "the hand-over was not acknowledged"
            yield Standing("evidence", made.id, what, "open", made.taker, None, warning)
