"""Which breach notices are owed, to whom, by which instant, with what proof.

>>> import regengine
>>> incident = regengine.load_incident("examples/lost-laptop.yaml")
>>> regengine.assess(incident).incident
'EX-2026-006'

The public names are below; everything else may change. Documents need the extra
``regengine[documents]``.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from regengine.assess import assess, open_corpus
from regengine.assessment import Assessment, Result
from regengine.corpus import Corpus
from regengine.errors import Fault, InputError, LawError
from regengine.facts import Incident
from regengine.version import VERSION as __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regengine.documents import Written

__all__ = [
    "Assessment",
    "Corpus",
    "Fault",
    "Incident",
    "InputError",
    "LawError",
    "Result",
    "__version__",
    "assess",
    "explain",
    "file",
    "load_incident",
]
