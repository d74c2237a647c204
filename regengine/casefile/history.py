"""What was known when: each change of a fact, and the facts as they stood at any instant.

Two times belong to a change: when it was *learned*, and when it was *recorded*. What is
recorded later leads. What was believed once and is entered afterwards says *until* when it
was believed: it tells of the past, and changes nothing of the present.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, get_args

from regengine.casefile.entries import Entry
from regengine.casefile.paths import Spot, Tree, apply, find, read
from regengine.errors import Fault, InputError
from regengine.facts import Vocabulary

KIND: Final = "fact"
Confidence = Literal["confirmed", "probable", "reported", "assumed"]
CONFIDENCES: Final = get_args(Confidence)


class Change(NamedTuple):
    """One change of a fact; ``value`` is ``None`` where it became unknown.

    ``before`` is what was on record when it was entered. ``undoes`` is the number of the
    entry that it takes back.
    """

    seq: int
    path: str
    value: Any
    before: Any
    learned: datetime
    until: datetime | None
    recorded: datetime
    by: str
    source: str | None
    confidence: Confidence
    why: str | None
    undoes: int | None


def changes(entries: Iterable[Entry]) -> list[Change]:
    """List the changes of facts among entries, in the order in which they were recorded."""
    return [_change(entry) for entry in entries if entry.kind == KIND]


def _change(entry: Entry) -> Change:
    told = entry.told
    return Change(
        seq=entry.seq,
        path=told["path"],
        value=told["value"],
        before=told["before"],
        learned=datetime.fromisoformat(told["learned"]),
        until=datetime.fromisoformat(told["until"]) if told["until"] else None,
        recorded=entry.at,
        by=entry.by,
        source=told["source"],
        confidence=told["confidence"],
        why=told["why"],
        undoes=told["undoes"],
    )


def in_force(
    made: Iterable[Change], *, known: datetime | None = None, recorded: datetime | None = None
) -> list[Change]:
    """List the changes that count: those learned, and recorded, until an instant; in order."""
    entered = [change for change in made if recorded is None or change.recorded <= recorded]
    # A belief that was entered by mistake was never held, whenever it was taken back.
    beliefs = {change.seq for change in entered if change.until is not None}
    taken_back = {change.undoes for change in entered} & beliefs
    return [
        change
        for change in entered
        if change.seq not in taken_back
        and change.undoes not in beliefs
        and (known is None or change.learned <= known)
        and (change.until is None or (known is not None and known < change.until))
    ]


def tree_of(made: Iterable[Change], reference: str, words: Vocabulary) -> Tree:
    """Replay changes, in their order, into the facts that they leave."""
    tree: Tree = {"reference": reference}
    for change in made:
        apply(tree, find(change.path, words), change.value, words)
    return tree


def body_of(
    spot: Spot,
    value: Any,
    tree: Mapping[str, Any],
    *,
    learned: datetime,
    until: datetime | None = None,
    source: str | None,
    confidence: Confidence,
    why: str | None,
    undoes: int | None = None,
) -> dict[str, Any]:
    """Write the body of a fact's entry.

    Raise ``InputError`` for a confidence that is none.
    """
    if confidence not in CONFIDENCES:
        message = f'"{confidence}" is no confidence; allowed: {", ".join(CONFIDENCES)}'
        raise InputError([Fault("facts", spot.path, message)])
    return {
        "path": spot.path,
        "value": value,
        "before": read(tree, spot),
        "learned": learned.isoformat(),
        "until": until.isoformat() if until else None,
        "source": source,
        "confidence": confidence,
        "why": why,
        "undoes": undoes,
    }
