"""True, false or unknown, and counts known only as ranges.

Strong Kleene logic: an unknown operand makes the result unknown unless the other
operands settle it. Nothing in this module knows about incidents or law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Truth(Enum):
    """A truth value of strong Kleene logic.

    >>> Truth.TRUE & Truth.UNKNOWN, Truth.FALSE & Truth.UNKNOWN
    (Truth.UNKNOWN, Truth.FALSE)
    >>> ~Truth.UNKNOWN
    Truth.UNKNOWN
    """

    TRUE = "T"
    FALSE = "F"
    UNKNOWN = "U"

    def __and__(self, other: Truth) -> Truth:
        return self if self is Truth.FALSE or other is Truth.TRUE else other

    def __or__(self, other: Truth) -> Truth:
        return self if self is Truth.TRUE or other is Truth.FALSE else other

    def __invert__(self) -> Truth:
        if self is Truth.UNKNOWN:
            return self
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE

    def __repr__(self) -> str:
        return f"Truth.{self.name}"

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        """Read a fact: ``None`` stands for "not known yet".

        >>> Truth.of(None)
        Truth.UNKNOWN
        """
        if value is None:
            return cls.UNKNOWN
        return cls.TRUE if value else cls.FALSE


def every(values: Iterable[Truth]) -> Truth:
    """Join by "and"; true for no operands.

    >>> every([Truth.TRUE, Truth.UNKNOWN])
    Truth.UNKNOWN
    """
    result = Truth.TRUE
    for value in values:
        if value is Truth.FALSE:
            return value
        if value is Truth.UNKNOWN:
            result = value
    return result


def some(values: Iterable[Truth]) -> Truth:
    """Join by "or"; false for no operands.

    >>> some([Truth.FALSE, Truth.UNKNOWN])
    Truth.UNKNOWN
    """
    result = Truth.FALSE
    for value in values:
        if value is Truth.TRUE:
            return value
        if value is Truth.UNKNOWN:
            result = value
    return result


@dataclass(frozen=True, slots=True)
class Range:
    """A number of which only bounds are known; ``at_most`` ``None`` is "no bound".

    >>> Range(400, 700).compare(">=", 500)
    Truth.UNKNOWN
    >>> Range(400, 700) + Range.exactly(100)
    Range(at_least=500, at_most=800)
    """

    at_least: float = 0
    at_most: float | None = None

    @classmethod
    def exactly(cls, number: float) -> Range:
        """Hold one known number.

        >>> Range.exactly(3)
        Range(at_least=3, at_most=3)
        """
        return cls(number, number)

    def __add__(self, other: Range) -> Range:
        bounded = self.at_most is not None and other.at_most is not None
        top = (self.at_most or 0) + (other.at_most or 0) if bounded else None
        return Range(self.at_least + other.at_least, top)

    def __str__(self) -> str:
        low = f"{self.at_least:,.10g}"
        if self.at_most is None:
            return "unknown" if self.at_least == 0 else f"at least {low}"
        high = f"{self.at_most:,.10g}"
        if self.at_most == self.at_least:
            return low
        return f"at most {high}" if self.at_least == 0 else f"{low} to {high}"

    def compare(self, operator: str, threshold: float) -> Truth:
        """Compare with a threshold; unknown where the range straddles it.

        ``operator`` is one of ``= != < <= > >=``. "At least 500" is ``>= 500`` and
        "more than 500" is ``> 500``: they differ for exactly 500.

        >>> Range.exactly(500).compare(">", 500), Range.exactly(500).compare(">=", 500)
        (Truth.FALSE, Truth.TRUE)
        """
        top = float("inf") if self.at_most is None else self.at_most
        low = self.at_least
        if operator in ("<", "<=", "!="):
            inverse = {"<": ">=", "<=": ">", "!=": "="}[operator]
            return ~self.compare(inverse, threshold)
        if operator == "=":
            if low == top == threshold:
                return Truth.TRUE
            return Truth.UNKNOWN if low <= threshold <= top else Truth.FALSE
        if operator not in (">", ">="):
            message = f"unknown comparison {operator!r}; allowed: = != < <= > >="
            raise ValueError(message)
        strict = operator == ">"
        if low > threshold or (low == threshold and not strict):
            return Truth.TRUE
        if top < threshold or (top == threshold and strict):
            return Truth.FALSE
        return Truth.UNKNOWN
