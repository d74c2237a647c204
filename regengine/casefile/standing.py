"""Where a workstream stands: one row for each thing that counsel should see on the checklist."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

Stream = Literal["communication", "containment", "evidence", "legal", "experts", "filings"]


class Standing(NamedTuple):
    """One row; ``warning`` says what is wrong or about to be, ``due`` by when it must be done.

    ``record`` is the id of the record that it tells of. Rows of the advice track never
    leave the house.
    """

    stream: Stream
    record: str
    what: str
    state: str
    who: str | None = None
    due: datetime | None = None
    warning: str | None = None
    advice: bool = False
