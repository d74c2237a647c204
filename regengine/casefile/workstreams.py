"""Every workstream at one instant: what each room of the case file says of where it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from regengine import casefile
from regengine.casefile.case import Case
from regengine.casefile.standing import Standing

_FAR: Final = datetime.max.replace(tzinfo=UTC)

Teller = Callable[[Case, datetime], Iterator[Standing]]


@cache
def rooms() -> dict[str, Teller]:
    """Name the rooms that tell where they stand.

    >>> "tasks" in rooms()
    True

    A room is asked because it has a function ``standing``: no list can forget one.
    """
    found: dict[str, Teller] = {}
    for info in iter_modules(casefile.__path__):
        module = import_module(f"{casefile.__name__}.{info.name}")
        teller = getattr(module, "standing", None)
        if callable(teller) and teller.__module__ == module.__name__:
            found[info.name] = teller
    return found


def standings(
    case: Case,
    now: datetime,
    *,
    streams: Collection[str] = (),
    advice: bool = True,
) -> list[Standing]:
    """List where every workstream stands, warnings first, then what is due first.

    ``streams`` are the only ones wanted; none means all. Without ``advice`` the rows of the
    advice track are left out. A row that two rooms tell stands once.
    """
    rows = dict.fromkeys(row for tell in rooms().values() for row in tell(case, now))
    wanted = [
        row for row in rows if (not streams or row.stream in streams) and (advice or not row.advice)
    ]
    return sorted(wanted, key=lambda x: (x.warning is None, x.due or _FAR, x.stream, x.record))
