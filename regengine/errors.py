"""Faults in what a user gave, each with its file, place and nearest known word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

# What people call a thing whose word here is another.
_MEANT = {
    "social_security_number": "ssn",
    "social_security": "ssn",
    "date_of_birth": "dob",
    "birthdate": "dob",
    "driver_license": "drivers_license",
    "driving_licence": "drivers_license",
    "credit_card": "card_number",
    "iban": "financial_account",
    "bank_account": "financial_account",
    "address": "postal_address",
    "cvv": "card_code",
    "owner": "controller",
    "licensee": "controller",
    "covered_entity": "controller",
    "service_provider": "processor",
    "business_associate": "processor",
    "vendor": "processor",
}


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Find the known word that was probably meant.

    >>> nearest("pasport", ["passport", "photo"]), nearest("SSN", ["ssn"])
    ('passport', 'ssn')
    >>> nearest("social security number", ["ssn", "security_answers"])
    'ssn'
    """
    known = list(allowed)
    plain = word.casefold().strip().replace(" ", "_").replace("-", "_")
    meant = _MEANT.get(plain)
    if meant in known:
        return meant
    for each in known:
        if each.casefold().replace("-", "_") == plain:
            return each
    for each in known:  # a part of a dotted word, like the name of an act
        if plain in each.split("."):
            return each
    matches = get_close_matches(word, known, n=1, cutoff=0.6)
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
