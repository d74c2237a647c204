"""Assess a matter, and write its papers, from the record."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from regengine import tables
from regengine.casefile.commands.options import By, Name, Where, moment, now_of, opened_case
from regengine.options import (
    AsOf,
    EngineOption,
    Everything,
    Form,
    Law,
    Now,
    Only,
    Zone,
    day,
    documents,
    narrowed,
    ready,
    refuse,
    warn,
    words_of,
    zone_of,
)


def assess(
    name: Name,
    where: Where = None,
    by: By = None,
    as_of: AsOf = None,
    now: Now = None,
    known: Annotated[
        str | None,
        typer.Option(
            "--known", metavar="INSTANT", help="on what the house knew then; not recorded"
        ),
    ] = None,
    reader_zone: Zone = None,
    form: Annotated[Form, typer.Option("--format", help="how to print")] = Form.table,
    only: Only = None,
    everything: Everything = False,
    engine: EngineOption = None,
    law: Law = None,
) -> None:
    """Work out every obligation on the facts of the record, and record the answer."""
    shown_zone = zone_of(reader_zone)
    then = moment(known, "--known")
    with opened_case(name, where, by, law) as case:
        found = case.assess(
            day(as_of),
            now_of(now),
            known=then,
            engine=engine.value if engine else None,
            everything=everything,
        )
        incident = case.incident(known=then)
    found = narrowed(ready(incident, found), only)
    warn(found.warnings)
    if form is Form.json:
        sys.stdout.write(found.to_json())
    elif form is Form.markdown:
        sys.stdout.write(tables.markdown(found, shown_zone))
    else:
        tables.show(found, shown_zone, everything=everything or only is not None)


def file(
    name: Name,
    out: Annotated[Path, typer.Option("--out", help="the folder to write to", show_default=False)],
    where: Where = None,
    by: By = None,
    as_of: AsOf = None,
    now: Now = None,
    only: Annotated[
        str | None, typer.Option("--only", help="obligations, by comma", metavar="LIST")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="also what is only possible, or has not started")
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option(
            "--sign",
            help="sign the PDFs with this PKCS#12 key; passphrase: REGENGINE_PASSPHRASE, or asked",
        ),
    ] = None,
    stamp: Annotated[
        str | None, typer.Option("--timestamp", help="address of a time-stamp authority")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table or json")] = Form.table,
    law: Law = None,
) -> None:
    """Write the notices that are due and the papers of the matter, and keep every one."""
    documents()
    if stamp is not None and key is None:
        refuse("--timestamp", "stamps signatures; give --sign too")
    from regengine.casefile import papers  # noqa: PLC0415  # reason: needs two extras
    from regengine.papers import signer  # noqa: PLC0415  # reason: as above

    sign, at = signer(key, stamp), now_of(now)
    with (
        opened_case(name, where, by, law) as case,
        tables.progress("Writing papers") as advance,
    ):
        made = papers.write(
            case,
            out,
            day(as_of),
            at,
            only=words_of(only),
            everything=everything,
            progress=advance,
            workers=os.cpu_count() or 1,
            finish=lambda dossier: sign(dossier, at),
        )
    apart: Any = made.dossier.contradictions
    if form is Form.json:
        sys.stdout.write(tables.written_json(made.written, made.dossier.missing, apart))
    else:
        tables.show_written(made.written, made.dossier.missing, out)
        if apart:
            tables.show_contradictions(apart)
        sys.stdout.write(f"kept as entry {made.entry.seq}, head {made.entry.hash[:16]}\n")
    if any(one.severity == "contradiction" for one in apart):
        raise typer.Exit(3)


COMMANDS: dict[str, Callable[..., None]] = {"assess": assess, "file": file}
