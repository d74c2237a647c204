"""From which day law holds: first days, and the definition that held on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from regengine.law import Protected


def definition_on(
    definitions: Iterable[Protected], name: str, day: date | None
) -> Protected | None:
    """Pick what a law protected on a day: the newest version that had begun.

    ``None`` where the law has no definition of that name. A day before the first version
    takes the first one, so that data do not fall out of protection silently.
    """
    found = [item for item in definitions if item.name == name]
    if not found:
        return None
    found.sort(key=lambda item: first_day(item.from_))
    chosen = found[0]
    for item in found:
        if day is None or first_day(item.from_) <= day:
            chosen = item
    return chosen


def first_day(value: date | str) -> date:
    """Read a first day: a date, the first day of a month or year, or "unknown" (always).

    >>> first_day("2026-02")
    datetime.date(2026, 2, 1)
    >>> first_day("2026-02-17")
    datetime.date(2026, 2, 17)
    """
    if isinstance(value, date):
        return value
    if value == "unknown":
        return date.min
    year, month, day = [*value.split("-"), "1", "1"][:3]
    return date(int(year), int(month), int(day))
