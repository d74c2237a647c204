"""The time line of a matter as a picture: ``regengine case picture``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regengine.casefile.commands.options import Name, Where, now_of, opened_case
from regengine.options import Law, Now
from regengine.tables import console


def picture(
    name: Name,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="the page to write (HTML)")],
    where: Where = None,
    now: Now = None,
    advice: Annotated[
        bool, typer.Option("--advice", help="with the rows of the advice track")
    ] = False,
    law: Law = None,
) -> None:
    """Draw events, facts, notices, messages and tasks on one time line."""
    with opened_case(name, where, law=law) as case:
        from regengine.casefile.picture import picture as drawn  # noqa: PLC0415  # reason: needs the extra
        from regengine.documents.shelf import put_file  # noqa: PLC0415  # reason: as above

        put_file(out, drawn(case, now_of(now), advice=advice))
    console().print(f"{out} was written", markup=False)
