"""Paper: filings, letters, counsel's checklist, memos and calendars of an assessment.

Importing these names needs the extra ``regengine[documents]``. Each is loaded when it is
first asked for: what only counts what is missing does not wait for what lays out pages.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regengine.documents.briefs import board_brief, shift_brief
    from regengine.documents.consistency import Contradiction, contradictions
    from regengine.documents.consistency import as_json as contradictions_json
    from regengine.documents.content import Filled, fill
    from regengine.documents.counsel import checklist
    from regengine.documents.dossier import Dossier, Written, build, file
    from regengine.documents.ics import calendar
    from regengine.documents.memos import memos
    from regengine.documents.notices import with_readiness, withdrawal_waits
    from regengine.documents.receipt import verify
    from regengine.documents.records import earlier
    from regengine.documents.register import register_export
    from regengine.documents.shelf import put_file
    from regengine.documents.signing import sign
    from regengine.documents.single import deadlines

__all__ = [
    "Contradiction",
    "Dossier",
    "Filled",
    "Written",
    "board_brief",
    "build",
    "calendar",
    "checklist",
    "contradictions",
    "contradictions_json",
    "deadlines",
    "earlier",
    "file",
    "fill",
    "memos",
    "put_file",
    "register_export",
    "shift_brief",
    "sign",
    "verify",
    "with_readiness",
    "withdrawal_waits",
]

# Where each name is at home, and what it is called there.
_ROOMS = {
    "Contradiction": ("consistency", "Contradiction"),
    "Dossier": ("dossier", "Dossier"),
    "Filled": ("content", "Filled"),
    "Written": ("dossier", "Written"),
    "board_brief": ("briefs", "board_brief"),
    "build": ("dossier", "build"),
    "calendar": ("ics", "calendar"),
    "checklist": ("counsel", "checklist"),
    "contradictions": ("consistency", "contradictions"),
    "contradictions_json": ("consistency", "as_json"),
    "deadlines": ("single", "deadlines"),
    "earlier": ("records", "earlier"),
    "file": ("dossier", "file"),
    "fill": ("content", "fill"),
    "memos": ("memos", "memos"),
    "put_file": ("shelf", "put_file"),
    "register_export": ("register", "register_export"),
    "shift_brief": ("briefs", "shift_brief"),
    "sign": ("signing", "sign"),
    "verify": ("receipt", "verify"),
    "with_readiness": ("notices", "with_readiness"),
    "withdrawal_waits": ("notices", "withdrawal_waits"),
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    room, known_as = _ROOMS[name]
    return getattr(import_module(f"{__name__}.{room}"), known_as)
