"""Paper: filings, letters, counsel's checklist, memos and calendars of an assessment.

Importing these names needs the extra ``regengine[documents]``. Each is loaded when it is
first asked for: what only counts what is missing does not wait for what lays out pages.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regengine.documents.content import Filled, fill
    from regengine.documents.counsel import checklist
    from regengine.documents.dossier import Dossier, Written, build, file
    from regengine.documents.ics import calendar
    from regengine.documents.notices import with_readiness, withdrawal_waits
    from regengine.documents.receipt import verify
    from regengine.documents.records import earlier
    from regengine.documents.signing import sign
    from regengine.documents.single import deadlines

__all__ = [
    "Dossier",
    "Filled",
    "Written",
    "build",
    "calendar",
    "checklist",
    "deadlines",
    "earlier",
    "file",
    "fill",
    "sign",
    "verify",
    "with_readiness",
    "withdrawal_waits",
]

_ROOMS = {
    "Dossier": "dossier",
    "Filled": "content",
    "Written": "dossier",
    "build": "dossier",
    "calendar": "ics",
    "checklist": "counsel",
    "deadlines": "single",
    "earlier": "records",
    "file": "dossier",
    "fill": "content",
    "sign": "signing",
    "verify": "receipt",
    "with_readiness": "notices",
    "withdrawal_waits": "notices",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
