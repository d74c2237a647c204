"""All workstreams of a matter in the terminal: warnings first, with the time that is left."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import Name, Where, now_of, opened_case
from regengine.errors import suggest
from regengine.options import Listing, ListingOption, Zone, refuse, zone_of
from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.standing import Standing

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def streams(
    name: Name,
    where: Where = None,
    stream: Annotated[
        list[str] | None, typer.Option("--stream", help="only this workstream; may be repeated")
    ] = None,
    facts_only: Annotated[
        bool, typer.Option("--facts-only", help="without the rows of the advice track")
    ] = False,
    now: Annotated[
        str | None, typer.Option("--now", metavar="INSTANT", help="count from here; else from now")
    ] = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """Show where every workstream stands: warnings first, then what is due first."""
    at = now_of(now)
    with opened_case(name, where) as case:
        from regengine.casefile.workstreams import standings  # noqa: PLC0415  # reason: needs the extra

        wanted = _checked(stream or [])
        rows = standings(case, at, streams=wanted, advice=not facts_only)
        if form is Listing.json:
            plain = [shown.plain_row(row._asdict()) for row in rows]
            sys.stdout.write(json.dumps(plain, indent=2, ensure_ascii=False) + "\n")
        else:
            _show(case.reference, rows, at, zone_of(reader_zone) or "UTC")


def _checked(given: Sequence[str]) -> list[str]:
    from regengine.casefile.tasks import STREAMS  # noqa: PLC0415  # reason: needs the extra

    for word in given:
        if word not in STREAMS:
            allowed = ", ".join(STREAMS)
            refuse("--stream", f'"{word}" is none; allowed: {allowed}{suggest(word, STREAMS)}')
    return list(given)


def _show(reference: str, rows: Sequence[Standing], now: datetime, zone: str) -> None:
    out = console()
    if not rows:
        out.print(Text(f"{reference}: nothing is on record in these workstreams."))
        return
    made = shown.table("workstream", "record", "what", "state", "who", "due")
    for row in rows:
        what = Text()
        if row.warning:
            what.append("! ", style="bold red").append(f"{row.warning}\n", style="bold red")
        if row.advice:
            what.append("advice: ", style="magenta")
        what.append(shown.value_text(row.what))
        made.add_row(
            Text(row.stream),
            Text(row.record, style="bold"),
            what,
            Text(row.state.replace("_", " ")),
            Text(row.who or "nobody", style="" if row.who else "yellow"),
            _due(row.due, now, zone),
        )
    out.print(made)
    warned, advice = sum(bool(x.warning) for x in rows), sum(x.advice for x in rows)
    kept = f"; {advice} of advice, not to leave counsel" if advice else ""
    out.print(Text(f"{reference}: {len(rows)} rows, {warned} with a warning (!){kept}", "dim"))


def _due(due: datetime | None, now: datetime, zone: str) -> Text:
    if due is None:
        return Text("-", style="dim")
    seconds = int((due - now).total_seconds())
    said = f"{_span(abs(seconds))} left" if seconds >= 0 else f"late by {_span(-seconds)}"
    style = "bold red" if seconds < 0 else "yellow" if seconds < _DAY else ""
    return Text(f"{instant(due, zone)}\n").append(said, style=style)


def _span(seconds: int) -> str:
    """Write a length of time in its two largest units, cut.

    >>> _span(90_000), _span(59)
    ('1 d 1 h', 'less than a minute')
    """
    units = (("d", _DAY), ("h", _HOUR), ("min", _MINUTE))
    parts = []
    for word, size in units:
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount} {word}")
    return " ".join(parts[:2]) or "less than a minute"
