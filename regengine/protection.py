"""Whether a group's data are protected under a law's definition, and what that rests on.

Every element that a definition names is looked at in one group: is it involved, and is it
readable. A safe state that the bound person must show (encryption with a safe key) is
presumed not to hold while it is unknown, and the presumption is kept.
"""

from __future__ import annotations

from typing import Protocol

from regengine.clauses import GROUP_FACTS
from regengine.conditions import All, Any, Atom, Condition, Name, Not, fold, parse
from regengine.facts import Group
from regengine.found import NOWHERE, Open, Presumption, Scope
from regengine.law import Combination, Protected, Safe
from regengine.truth import Truth, every, some


class Facts(Protocol):
    """What a group's data ask of the findings."""

    def involved(self, group: Group, element: str) -> Truth:
        """Tell whether an element is involved."""
        ...  # a protocol has no body

    def evaluate(self, tree: Condition, scope: Scope, group: Group | None = None) -> Truth:
        """Evaluate a condition for a group."""
        ...

    def leaf_open(self, leaf: Atom | Name, scope: Scope) -> tuple[Open, ...]:
        """List the facts on which an atom is open."""
        ...

    def state_open(self, group: Group, state: str) -> Open:
        """Ask for a state of a group's data."""
        ...

    def data_open(self, group: Group) -> Open:
        """Ask which data of a group are concerned."""
        ...


class GroupData:
    """One group's data under one definition: which elements are readable."""

    def __init__(
        self, findings: Facts, group: Group, definition: Protected, *, presuming: bool = True
    ) -> None:
        self.findings = findings
        self.group = group
        self.definition = definition
        self.presuming = presuming  # False: what a claimant did not show stays open
        self.took = False  # whether a ground was taken as not shown
        listed = group.data is not None
        self._listed = {*(group.data or ()), *group.data_possible} if listed else None
        self._known_safe: dict[tuple[int, str], Truth] = {}
        self._missing: dict[Open, None] = {}
        self._presumptions: dict[Presumption, None] = {}

    def combination(self, item: Combination) -> Truth:
        """Decide one combination: all of ``with``, one of each list, readable."""
        if item.when is None and not all(self._may_hold(word) for word in item.with_):
            return Truth.FALSE
        held = every(self.findings.involved(self.group, word) for word in item.with_)
        if item.when is not None:
            held = held & self._qualified(item.when)
        if held is Truth.FALSE:
            return held
        choices = [
            self._choice(item, (first, second))
            for first in self._involved(item.one_of)
            for second in self._involved(item.and_one_of)
        ]
        return held & some(choices)

    def _involved(self, words: tuple[str, ...]) -> list[str]:
        """List the words of a choice that are involved or may be; one blank for no choice."""
        return [word for word in words if self._may_hold(word)] if words else [""]

    def _may_hold(self, word: str) -> bool:
        if self._listed is None or word in self._listed:
            return True
        return word == "*" and self.findings.involved(self.group, word) is not Truth.FALSE

    def _qualified(self, text: str) -> Truth:
        tree = parse(text)
        truth = self.findings.evaluate(tree, NOWHERE, self.group)
        if truth is Truth.UNKNOWN:
            self._missing.update(dict.fromkeys(item for item, _ in self._unknown_parts(tree, "")))
        return truth

    def _choice(self, item: Combination, pair: tuple[str, str]) -> Truth:
        members = [word for word in pair if word] or list(item.with_)
        involved = every(self.findings.involved(self.group, word) for word in members)
        if involved is Truth.FALSE:
            return involved
        if involved is Truth.UNKNOWN:
            self._missing[self.findings.data_open(self.group)] = None
        if (item.safe_needs or self.definition.safe_needs) == "every":
            members = list(dict.fromkeys((*item.with_, *members)))
            return involved & ~every(self._safe(word) for word in members)
        return involved & ~some(self._safe(word) for word in members)

    def _safe(self, element: str) -> Truth:
        return some(self._safe_by(safe, element) for safe in self.definition.safe)

    def _safe_by(self, safe: Safe, element: str) -> Truth:
        # A state of all the data is the same for each element.
        key = (id(safe), element if isinstance(self.group.encrypted, tuple) else "")
        if key not in self._known_safe:
            self._known_safe[key] = self._decide_safe(safe, element)
        return self._known_safe[key]

    def _decide_safe(self, safe: Safe, element: str) -> Truth:
        truth = self._state(parse(safe.if_), element)
        if truth is not Truth.UNKNOWN:
            return truth
        missing = self._unknown_parts(parse(safe.if_), element)
        if safe.burden == "law" or not self.presuming:
            self._missing.update(dict.fromkeys(item for item, _ in missing))
            return truth
        self.took = True
        for item, favours in missing:
            # The answer taken is the one on which the ground fails.
            value = False if safe.question else not favours
            question = safe.question or item.question
            self._presumptions[Presumption(item.fact, value, question, safe.cite)] = None
        return Truth.FALSE

    def _state(self, tree: Condition, element: str) -> Truth:
        """Evaluate a state of the data for one element: a list names what is encrypted."""

        def decide(leaf: Atom | Name) -> Truth:
            held = self.group.encrypted
            if isinstance(held, tuple) and isinstance(leaf, Name) and leaf.name == "encrypted":
                return Truth.of(element in held)
            return self.findings.evaluate(leaf, NOWHERE, self.group)

        return fold(tree, decide)

    def _unknown_parts(self, tree: Condition, element: str) -> list[tuple[Open, bool]]:
        """List the facts on which a condition about this group is open.

        Each with the answer that speaks for the condition.
        """
        found: list[tuple[Open, bool]] = []
        stack = [(tree, True)]
        while stack:
            node, favours = stack.pop()
            if isinstance(node, Not):
                stack.append((node.term, not favours))
            elif isinstance(node, All | Any):
                unknown = [t for t in node.terms if self._state(t, element) is Truth.UNKNOWN]
                stack += [(term, favours) for term in unknown]
            elif isinstance(node, Name) and node.name in GROUP_FACTS:
                found.append((self.findings.state_open(self.group, node.name), favours))
            else:
                found += [(item, favours) for item in self.findings.leaf_open(node, NOWHERE)]
        return found

    def opened(self) -> tuple[Open, ...]:
        """List the facts on which the answer is open."""
        return tuple(self._missing) or (self.findings.data_open(self.group),)

    def presumed(self) -> tuple[Presumption, ...]:
        """List what was taken as not given."""
        return tuple(self._presumptions)


def group_state(group: Group, state: str) -> Truth:
    """Read a fact of a group; some elements encrypted count as encrypted."""
    value = getattr(group, state)
    return Truth.of(bool(value) if isinstance(value, tuple) else value)
