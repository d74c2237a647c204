"""The fewest groups in which no two clash: an exact answer for the small cases of paper.

Maintainer's note. It is the colouring of a graph. Things that clash with the same others
and not with each other may always stand together, so they count as one; what is left is
small (a law that forbids something is rare), and a search that tries every assignment for
one colour, then two, then three is exact and quick.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
_EXACT = 24  # kinds of things beyond which the greedy answer is taken


def fewest_groups(
    things: Sequence[Thing], clash: Callable[[Thing, Thing], bool]
) -> list[list[Thing]]:
    """Part things into as few groups as can be, so that none holds two that clash.

    >>> fewest_groups([1, 2, 3, 4], lambda a, b: a + b == 5)
    [[1, 2], [3, 4]]

    ``clash`` must be symmetric. The order of the things decides among equal answers; each
    goes into the earliest group that takes it. With more than 24 different kinds of things
    the number of groups is small, but not proved to be the smallest.
    """
    beside = [
        frozenset(j for j, other in enumerate(things) if j != i and clash(thing, other))
        for i, thing in enumerate(things)
    ]
    kinds: dict[frozenset[int], list[int]] = {}
    for i, others in enumerate(beside):
        kinds.setdefault(others, []).append(i)
    heads = [members[0] for members in kinds.values()]
    near = {head: beside[head] & set(heads) for head in heads}
    colour = _coloured(heads, near)
    groups: dict[int, list[int]] = {}
    for members in kinds.values():
        groups.setdefault(colour[members[0]], []).extend(members)
    ordered = sorted(sorted(members) for members in groups.values())
    return [[things[i] for i in members] for members in ordered]


def _coloured(heads: Sequence[int], near: dict[int, frozenset[int]]) -> dict[int, int]:
    # Those with the most clashes are placed first: a dead end shows early.
    order = sorted(heads, key=lambda head: (-len(near[head]), head))
    greedy = _placed(order, near, len(order), exact=False) or {}
    if len(order) > _EXACT:
        return greedy
    used = len(set(greedy.values()))
    for limit in range(1, used):
        found = _placed(order, near, limit, exact=True)
        if found is not None:
            return found
    return greedy


def _placed(
    order: Sequence[int], near: dict[int, frozenset[int]], limit: int, *, exact: bool
) -> dict[int, int] | None:
    """Place everything in at most so many groups; ``None`` where that cannot be done."""
    colour: dict[int, int] = {}

    def place(position: int) -> bool:
        if position == len(order):
            return True
        head = order[position]
        taken = {colour[other] for other in near[head] if other in colour}
        # A group that nobody is in yet is like any other of that kind: one try is enough.
        opened = max(colour.values(), default=-1) + 1
        for number in range(min(opened + 1, limit)):
            if number not in taken:
                colour[head] = number
                if place(position + 1):
                    return True
                del colour[head]
                if not exact:
                    return False
        return False

    return colour if place(0) else None
