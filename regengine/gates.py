"""Statuses that gate a duty: which organisations it can bind at all.

A condition that asks about nothing but statuses (a regime, being a public body) is a gate.
Where a gate is shut the duty is out of view and is not evaluated; where it is open to
doubt, a question stands for all the duties behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from regengine.conditions import All, Any, Atom, Condition, Name, Not
from regengine.law import NamedCondition

PUBLIC = "organisation.public"
_SIZES = frozenset({"organisation.employees", "organisation.turnover_eur"})


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on statuses alone, spelled out, and the statuses that it names."""

    tree: Condition
    statuses: frozenset[str]


def gates_of(
    positives: Iterable[Condition], conditions: Mapping[str, NamedCondition]
) -> tuple[Gate, ...]:
    """Find the gates among the conditions of a duty.

    >>> from regengine.conditions import parse
    >>> gates_of([parse("regime us.ncua"), parse("incident.lost")], {})[0].statuses
    frozenset({'organisation.regimes.us.ncua'})
    """
    found = []
    for term in positives:
        statuses = statuses_of(term, conditions)
        if statuses:
            tree = _undated(spelled_out(term, conditions))
            found.append(Gate(tree, frozenset(statuses)))
    return tuple(found)


def _undated(tree: Condition) -> Condition:
    """Leave the days of conditions out: a gate asks of statuses, whatever the day is."""
    if not isinstance(tree, All | Any):
        return tree
    kept = (item for item in tree.terms if not (isinstance(item, Atom) and item.kind == "dated"))
    return type(tree)(tuple(map(_undated, kept)))


def spelled_out(tree: Condition, conditions: Mapping[str, NamedCondition]) -> Condition:
    """Put the conditions of the law file in place of their names."""
    if isinstance(tree, Not):
        return Not(spelled_out(tree.term, conditions))
    if isinstance(tree, All | Any):
        return type(tree)(tuple(spelled_out(term, conditions) for term in tree.terms))
    held = conditions.get(tree.name) if isinstance(tree, Name) and tree.kind == "name" else None
    return tree if held is None else spelled_out(held.tree, conditions)


def statuses_of(tree: Condition, conditions: Mapping[str, NamedCondition]) -> set[str] | None:
    """Name the statuses of a condition that asks about nothing else, else ``None``.

    >>> from regengine.conditions import parse
    >>> sorted(statuses_of(parse("regime us.ncua or organisation.public"), {}) or ())
    ['organisation.public', 'organisation.regimes.us.ncua']

    A status is a regime, or being a public body; how large the organisation is may stand
    beside. What asks that a status be absent is no gate.
    """
    if isinstance(tree, Atom):
        return _status_of(tree)
    if isinstance(tree, Name):
        held = conditions.get(tree.name) if tree.kind == "name" else None
        if held is not None:
            return statuses_of(held.tree, conditions)
        return {PUBLIC} if tree.name == PUBLIC else None
    parts = [None if isinstance(tree, Not) else statuses_of(t, conditions) for t in _terms(tree)]
    known = [part for part in parts if part is not None]
    return None if len(known) < len(parts) else set().union(*known)


def _status_of(atom: Atom) -> set[str] | None:
    if atom.kind == "dated" or (atom.kind == "fact" and atom.subject in _SIZES):
        return set()
    return {f"organisation.regimes.{atom.subject}"} if atom.kind == "regime" else None


def _terms(tree: Not | All | Any) -> tuple[Condition, ...]:
    return (tree.term,) if isinstance(tree, Not) else tree.terms
