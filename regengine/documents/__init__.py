"""Paper: filings, letters, counsel's checklist and the calendar of one assessment.

The verbs are loaded on first use, so that ``import regengine.documents`` pulls in none of
the libraries of the ``documents`` extra.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regengine.documents.content import Filled, fill
    from regengine.documents.counsel import checklist
    from regengine.documents.filings import Written, file
    from regengine.documents.ics import calendar

__all__ = ["Filled", "Written", "calendar", "checklist", "file", "fill"]

_HOMES = {
    "Filled": "content",
    "Written": "filings",
    "calendar": "ics",
    "checklist": "counsel",
    "file": "filings",
    "fill": "content",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
