"""Papers to keep, and the end of a matter: ``regengine case retention``, ``close``, ``reopen``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from regengine import options
from regengine.casefile.commands import shown
from regengine.casefile.commands.options import By, Name, Where, Why, now_of, opened_case
from regengine.options import Law, Listing, ListingOption, Now, Zone, refuse, zone_of
from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.retention import Demand, Kept, Unmet

_NEVER = "Nothing here says that a paper may be destroyed: that is for counsel."


def retention(
    name: Name,
    where: Where = None,
    by: By = None,
    paper: Annotated[
        str | None, typer.Option("--paper", help="set the term of this paper by hand")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="its end: a day or an instant")
    ] = None,
    cite: Annotated[str | None, typer.Option("--cite", help="on what the term rests")] = None,
    why: Why = None,
    now: Now = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """List the papers that a law wants kept, from when and until when; or set a term by hand."""
    zone, at = zone_of(reader_zone), now_of(now)
    if (paper is None) != (until is None):
        refuse("--paper", "goes with --until: which paper, and until when")
    with opened_case(name, where, by, law) as case:
        from regengine.casefile import retention as room  # noqa: PLC0415  # reason: needs the extra

        if paper is not None and until is not None:
            if not why:
                refuse("--why", "is wanted: who sets a term says why")
            made = room.set_term(case, paper, _when(until), why=why, citation=cite)
            sys.stdout.write(f"{made.id}: {made.paper} until {made.until.isoformat()}\n")
            return
        found = room.papers_to_keep(case, at)
    if form is Listing.json:
        rows = [_row(item, at) for item in found]
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    _show(found, at, zone)


def close(
    name: Name,
    why: Why = None,
    despite: Annotated[
        str | None,
        typer.Option("--despite", metavar="WHY", help="why, though duties are due and unmet"),
    ] = None,
    where: Where = None,
    by: By = None,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """Close a matter; it says what stays to be kept, and until when."""
    if not why:
        refuse("--why", "is wanted: a matter is closed for a reason")
    zone, at = zone_of(reader_zone), now_of(None)
    with opened_case(name, where, by, law) as case:
        from regengine.casefile import retention as room  # noqa: PLC0415  # reason: needs the extra

        closing = room.close(case, why, despite=despite)
        out = console()
        out.print(Text(f"{case.reference}: closed, head {case.head[:16]}", style="bold"))
    for row in closing.unmet:
        out.print(Text(f"  ! {_unmet(row, zone)}", style="bold red"))
    for row in closing.waiting:
        out.print(Text(f"  - {_unmet(row, zone)}", style="yellow"))
    _show(closing.kept, at, zone)


def reopen(name: Name, why: Why = None, where: Where = None, by: By = None) -> None:
    """Open a closed matter again."""
    if not why:
        refuse("--why", "is wanted: a matter is opened again for a reason")
    with opened_case(name, where, by) as case:
        from regengine.casefile import retention as room  # noqa: PLC0415  # reason: needs the extra

        room.reopen(case, why)
        sys.stdout.write(f"{case.reference}: open again, head {case.head[:16]}\n")


def _when(text: str) -> datetime | date:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return options.calendar_date(text, "--until")
    return options.instant(text, "--until")


def _unmet(row: Unmet, zone: str | None) -> str:
    when = instant(row.due, zone or "UTC") if row.due else row.words
    return f"{row.key}: required and not met, {'late since' if row.late else 'due'} {when}"


def _show(found: Sequence[Kept], now: datetime, zone: str | None) -> None:
    out = console()
    if not found:
        out.print("No law that is in play names a paper to keep.")
        return
    made = shown.table("paper", "until", "asked by", "state")
    for item in found:
        made.add_row(
            Text(item.paper, style="bold").append(f"\n{item.title}", style="dim not bold"),
            _end(item, zone),
            Text("\n").join(_demand(x, zone) for x in item.demands),
            _state(item, now),
        )
    out.print(made)
    out.print(Text(_NEVER, style="dim"))


def _end(item: Kept, zone: str | None) -> Text:
    if item.end is not None:
        said = Text(instant(item.end, zone or "UTC"))
    else:
        said = Text("open", style="yellow")
        if item.not_before is not None:
            text = f"\nnot before {instant(item.not_before, zone or 'UTC')}"
            said.append(text, style="dim")
    if item.by_hand is not None:
        said.append(f"\nset by {item.by_hand.by} ({item.by_hand.id})", style="cyan")
    for question in item.open_questions:
        said.append(f"\n{question}", style="yellow")
    if item.doubt:
        said.append(f"\n! {item.doubt}", style="yellow")
    return said


def _demand(item: Demand, zone: str | None) -> Text:
    end = instant(item.end, zone or "UTC") if item.end else "open"
    because = f"; decided: {item.because}" if item.because else ""
    said = Text(f"{item.citation}: ", style="bold").append(item.words, style="not bold")
    return said.append(f" [{end}{because}]", style="dim not bold")


def _state(item: Kept, now: datetime) -> Text:
    said = Text(item.state(now))
    for reason in item.stays:
        said.append(f"\n{reason}", style="dim")
    return said


def _row(item: Kept, now: datetime) -> dict[str, Any]:
    return {
        "paper": item.paper,
        "title": item.title,
        "end": item.end.isoformat() if item.end else None,
        "not_before": item.not_before.isoformat() if item.not_before else None,
        "state": item.state(now),
        "stays": list(item.stays),
        "questions": list(item.open_questions),
        "doubt": item.doubt,
        "entries": list(item.entries),
        "set_by_hand": item.by_hand.model_dump(mode="json") if item.by_hand else None,
        "laws": [
            {
                **shown.plain_row(x._asdict()),
                "keys": list(x.keys),
                "term": x.term.words if x.term else None,
            }
            for x in item.demands
        ],
    }


COMMANDS: dict[str, Callable[..., None]] = {
    "retention": retention,
    "close": close,
    "reopen": reopen,
}
