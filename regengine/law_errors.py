"""What is wrong with the shape of a law file, in words: one line for each fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from regengine.errors import Fault, suggest
from regengine.law import (
    Authority,
    Calendar,
    Combination,
    Counting,
    Due,
    Extra,
    Judgement,
    Jurisdiction,
    LawFile,
    Obligation,
    Overlay,
    Protected,
    Recipient,
    Regime,
    Safe,
    Stage,
    Unless,
    Version,
)

_NAMING = ("id", "name")  # keys that name a member of a list
_KEYS = frozenset(
    field.alias or name
    for shape in (
        LawFile, Jurisdiction, Obligation, Version, Overlay, Stage, Due, Recipient, Unless, Authority,
        Calendar, Counting, Judgement, Regime, Protected, Combination, Safe, Extra,
    )
    for name, field in shape.model_fields.items()
)  # fmt: skip  # reason: a list of shapes reads better in lines


def shape_faults(
    path: str, error: ValidationError, data: Mapping[str, Any] | None = None
) -> list[Fault]:
    """Turn a shape's errors into one line each, with the place in the file.

    With the ``data`` of the file, members of a list are named by their id or name.
    """
    details = error.errors(include_url=False)
    places = [item["loc"] for item in details]
    found = []
    for item in details:
        place = item["loc"]
        if item["type"] == "too_short" and any(
            len(other) > len(place) and other[: len(place)] == place for other in places
        ):
            continue  # members with faults of their own are left out of the count
        found.append(Fault(path, _named(place, data), _said(item)))
    return found


def _said(item: Any) -> str:
    """Say in words what is wrong with one value."""
    kind, message = item["type"], item["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        key = str(item["loc"][-1])
        # A word of the law files in a table where it does not belong is no slip of the pen.
        return "stands in the wrong table" if key in _KEYS else f"unknown key{suggest(key, _KEYS)}"
    if kind == "missing":
        return "missing"
    shown = repr(item.get("input"))
    message = f"{message[:1].lower()}{message[1:]}"
    # The law's own checks say themselves what they found.
    told = kind == "value_error" or len(shown) >= 80  # noqa: PLR2004  # reason: a line's length
    return message if told else f"{message}, found {shown}"


def _named(place: tuple[int | str, ...], data: object) -> str:
    """Write a place like ``obligation us-ca-residents.due.within``."""
    parts: list[str] = []
    for part in place:
        member = data
        if isinstance(part, int) and isinstance(data, list) and part < len(data):
            member = data[part]
        elif isinstance(data, Mapping):
            member = data.get(str(part))
        named = None
        if isinstance(part, int) and isinstance(member, Mapping):
            named = next((member[key] for key in _NAMING if isinstance(member.get(key), str)), None)
        if named is not None and parts:
            parts[-1] += f" {named}"
        else:
            parts.append(str(part))
        data = member
    return ".".join(parts)
