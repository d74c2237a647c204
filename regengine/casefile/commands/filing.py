"""Notices and what became of them: ``regengine case filing``."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import By, Name, Where, Why, moment, opened_case
from regengine.options import Law, Listing, ListingOption, Zone, refuse, zone_of
from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.case import Case
    from regengine.casefile.filings import Marked, Notice

Key = Annotated[
    str | None, typer.Argument(help="the notice: id, id@PLACE or key", show_default=False)
]
_COLOUR = {
    "draft": "yellow",
    "approved": "cyan",
    "sent": "green",
    "received": "bold green",
    "refused": "bold red",
    "withdrawn": "magenta",
    "supplemented": "green",
}


def filing(
    name: Name,
    key: Key = None,
    state: Annotated[
        str | None,
        typer.Argument(
            help="draft, approved, sent, received, refused or withdrawn", show_default=False
        ),
    ] = None,
    where: Where = None,
    by: By = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="INSTANT", help="when it happened; else now")
    ] = None,
    who: Annotated[str | None, typer.Option("--who", help="who approved it, or took it in")] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="portal, e-mail, post, telephone...")
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="the reference that the recipient gave")
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", help="a file that proves it; it is kept")
    ] = None,
    people: Annotated[int | None, typer.Option("--people", help="how many people it told")] = None,
    reasons: Annotated[
        str | None, typer.Option("--reasons", help="the reasons for the delay of a late notice")
    ] = None,
    why: Why = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """List the notices of a matter, or record what became of one."""
    zone = zone_of(reader_zone)
    with opened_case(name, where, by, law) as case:
        from regengine.casefile import filings  # noqa: PLC0415  # reason: needs the extra

        if key is None:
            _list(case, form, zone)
            return
        if state is None:
            if reasons is None:
                refuse("STATE", f"say what became of it: {', '.join(filings.STATES)}")
            given = filings.give_reasons(case, key, reasons)
            sys.stdout.write(f"{given.key}: reasons for the delay are on record\n")
            return
        marked = filings.mark(
            case,
            key,
            state,  # type: ignore[arg-type]  # reason: mark refuses other words, with the nearest
            at=moment(at, "--at"),
            who=who,
            channel=channel,
            reference=reference,
            receipt=receipt,
            people=people,
            reasons=reasons,
            why=why,
        )
        _show_marked(case, marked, zone)


def _list(case: Case, form: Listing, zone: str | None) -> None:
    from regengine.casefile import filings  # noqa: PLC0415  # reason: needs the extra

    if form is Listing.json:
        rows = filings.as_rows(case)
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    out = console()
    found = filings.notices(case)
    if not found:
        out.print("Nothing was drafted or sent yet.")
        return
    made = shown.table("notice", "state", "when", "by", "channel", "reference", "paper")
    for notice in found:
        made.add_row(*_row(notice, zone))
    out.print(made)


def _row(notice: Notice, zone: str | None) -> tuple[Text | str, ...]:
    told = notice.entries[-1].told
    act = "" if notice.act == "first" else f"\n{notice.act} ({notice.number})"
    at = str(told["at"])
    when = instant(datetime.fromisoformat(at), zone or "UTC") if "T" in at else at
    late = told.get("late_by")
    paper = next((x.told["documents"] for x in notice.entries if x.told.get("documents")), None)
    return (
        Text(f"{notice.key}{act}"),
        Text(notice.state, style=_COLOUR.get(notice.state, "")),
        Text(when + (f"\n{shown.span_text(late)} late" if late else "")),
        told.get("who") or notice.entries[-1].by,
        told.get("channel") or "",
        told.get("reference") or "",
        f"entry {paper}" if paper else "-",
    )


def _show_marked(case: Case, marked: Marked, zone: str | None) -> None:
    out = console()
    told = marked.entry.told
    out.print(
        Text(f"{marked.entry.seq:>5}  ")
        .append(marked.notice.key, style="bold")
        .append(f": {told['state']}", style=_COLOUR[told["state"]])
        .append(f" at {instant(datetime.fromisoformat(told['at']), zone or 'UTC')}")
    )
    for warning in marked.warnings:
        out.print(Text(f"       ! {warning}", style="yellow"))
    if marked.late_by is not None:
        late = f"       ! {shown.span_text(marked.late_by.total_seconds())} late"
        out.print(Text(late, style="bold red"))
    if marked.reasons_wanted:
        ask = f'regengine case filing {case.reference} {marked.notice.key} --reasons "..."'
        out.print(Text(f"       Why was it late? A task asks; answer with: {ask}"))
    for moved in marked.moved:
        ends = [instant(x, zone or "UTC") if x else "no instant" for x in moved[1:]]
        out.print(Text(f"       {moved.key}: {ends[0]} → {ends[1]}"))
    out.print(Text(f"{case.reference}: head {case.head[:16]}", style="dim"))
