"""The case file of a matter: what was known when, what was decided, sent and why; nothing is lost.

>>> from tempfile import TemporaryDirectory
>>> from regengine.casefile import Case, Store
>>> with TemporaryDirectory() as folder, Store.open(f"{folder}/matters.db") as store:
...     case = Case.new(store, {"reference": "EX-1"}, by="A. Counsel")
...     [entry.kind for entry in case.entries]
['opened']

Needs the extra ``regengine[casefile]``; PostgreSQL also ``regengine[postgresql]``. Names are
loaded when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regengine.casefile.case import Case
    from regengine.casefile.chain import Finding, verify
    from regengine.casefile.store import Store, StoreError

__all__ = ["Case", "Finding", "Store", "StoreError", "verify"]

_ROOMS = {
    "Case": "case",
    "Finding": "chain",
    "Store": "store",
    "StoreError": "store",
    "verify": "chain",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
