"""Paper: filings, letters, counsel's checklist and calendars of an assessment.

Importing this package needs the extra ``regengine[documents]``.
"""

from __future__ import annotations

from regengine.documents.content import Filled, fill
from regengine.documents.counsel import checklist
from regengine.documents.dossier import Written, build, file
from regengine.documents.ics import calendar
from regengine.documents.single import deadlines

__all__ = ["Filled", "Written", "build", "calendar", "checklist", "deadlines", "file", "fill"]
