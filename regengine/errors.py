"""Faults in what a user gave, each with its file, place and nearest known word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Find the known word that was probably meant.

    >>> nearest("pasport", ["passport", "photo"])
    'passport'
    """
    matches = get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return matches[0] if matches else None


def suggest(word: str, allowed: Iterable[str]) -> str:
    """Say "; did you mean ...?" where a near word exists, else nothing.

    >>> suggest("emial", ["email"])
    '; did you mean "email"?'
    """
    match = nearest(word, allowed)
    return f'; did you mean "{match}"?' if match else ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in an input, on one line.

    >>> print(Fault("case.yaml", "timeline.aware", "an instant needs an offset"))
    case.yaml: timeline.aware: an instant needs an offset
    """

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        line = ": ".join(part for part in (self.file, self.place, self.message) if part)
        # A fault repeats words of the input: none of them may break or command a terminal.
        return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in line)


class InputError(ValueError):
    """Bad input: carries every fault found, one line each; nothing was written.

    >>> print(InputError([Fault("a.yaml", "", "is empty"), Fault("b.yaml", "", "is a list")]))
    a.yaml: is empty
    b.yaml: is a list
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class LawError(InputError):
    """A law file that cannot be used: every fault found, one line each.

    >>> issubclass(LawError, InputError)
    True
    """
