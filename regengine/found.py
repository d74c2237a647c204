"""What findings are made of: truth with its reason, what is open, what was presumed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from regengine.clauses import Context
from regengine.law import Judgement, Protected, Regime
from regengine.truth import Range, Truth


@dataclass(frozen=True, slots=True)
class Open:
    """A fact that is not known, and the question that would settle it."""

    fact: str
    question: str
    cite: str | None = None


@dataclass(frozen=True, slots=True)
class Presumption:
    """A fact taken as not given, since the bound person would have to show it."""

    fact: str
    value: bool | str
    question: str
    cite: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """An atom with its truth, why, what is open and what was presumed."""

    truth: Truth
    reason: str
    open: tuple[Open, ...] = ()
    presumed: tuple[Presumption, ...] = ()


class Events(Protocol):
    """What findings ask of the timeline."""

    def happened(self, name: str) -> Truth:
        """Tell whether an event is known to have happened."""
        ...  # a protocol has no body


@dataclass(frozen=True)
class Words:
    """The judgements and regimes that the law files declare."""

    judgements: Mapping[str, Judgement]
    regimes: Mapping[str, Regime]
    place_names: Callable[[str], str]
    lawless: Callable[[str], tuple[str, ...]] = lambda _group: ()  # places without a law


@dataclass(frozen=True, slots=True)
class Inside:
    """Whether a group is in an obligation's scope, with what that rests on.

    ``bare`` is the answer without what was presumed.
    """

    truth: Truth
    open: tuple[Open, ...] = ()
    presumed: tuple[Presumption, ...] = ()
    bare: Truth = Truth.UNKNOWN

    @classmethod
    def plain(cls, truth: Truth, opened: Iterable[Open] = ()) -> Inside:
        """Hold an answer for which nothing had to be presumed."""
        return cls(truth, tuple(opened), (), truth)


@dataclass(frozen=True, slots=True)
class Heads:
    """How many people count; ``bare`` is the number without what was presumed."""

    number: Range
    bare: Range
    open: tuple[Open, ...] = ()
    presumed: tuple[Presumption, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """The place and the context in which an atom is decided."""

    place: str
    context: Context
    definition: Protected | None
    contexts: Mapping[str, tuple[Context, Protected | None]]


NOWHERE = Scope("", Context(), None, {})
