"""What the terminal shows of a case: lists, facts with their sources, the time line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.case import Case
    from regengine.casefile.entries import Entry
    from regengine.casefile.history import Change
    from regengine.casefile.store import MatterLine

_UTC = "UTC"
_SHORT = 16  # digits of a hash that a person compares
_DAYS = 72  # hours from which a length is told in days
_LONG = 96  # characters of a value in a table


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write a row for JSON: instants in ISO 8601."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in row.items()
    }


def table(*columns: str) -> Table:
    """Begin a table in the one style of all."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for name in columns:
        made.add_column(name, overflow="fold")
    return made


def show_matters(lines: Sequence[MatterLine]) -> None:
    """Print the list of matters."""
    out = console()
    if not lines:
        out.print("No matter is open here. regengine case new FILE opens one.")
        return
    made = table("matter", "title", "next due", "duties", "entries", "changed")
    for line in lines:
        due = instant(line.next_due, _UTC) if line.next_due else "-"
        late = f", {line.late} late" if line.late else ""
        duties = (
            "not assessed"
            if line.required is None
            else f"{line.required} required, {line.possible} possible{late}"
        )
        style = "bold red" if line.late else "dim" if line.state != "open" else ""
        made.add_row(
            Text(line.reference, style="bold"),
            Text(line.title or ""),
            Text(f"{due}\n{line.next_key or ''}".strip(), style=style),
            Text(duties, style=style),
            str(line.entries),
            instant(line.updated_at, _UTC),
        )
    out.print(made)


def show_case(
    case: Case, known: datetime | None, recorded: datetime | None, reader_zone: str | None
) -> None:
    """Print the facts with who said so, when it was learned and how sure it is."""
    from regengine.casefile import history  # noqa: PLC0415  # reason: needs the extra

    out = console()
    line = case.line
    then = [
        f"as known at {instant(known, reader_zone or _UTC)}" if known else "",
        f"as recorded at {instant(recorded, reader_zone or _UTC)}" if recorded else "",
    ]
    head = f"{line.title or ''}\n{line.state}, {line.entries} entries, head {line.head[:_SHORT]}"
    said = ", ".join(filter(None, then))
    out.print(Panel(Text(f"{head}\n{said}".strip()), title=line.reference, title_align="left"))
    made = table("entry", "fact", "value", "learned", "by", "source")
    effective = history.in_force(case.changes, known=known, recorded=recorded)
    for change in {x.path: x for x in effective}.values():
        made.add_row(*_change(change, reader_zone))
    out.print(made)


def _change(change: Change, reader_zone: str | None) -> tuple[str, Text, Text, str, str, str]:
    sure = "" if change.confidence == "confirmed" else f"{change.confidence}: "
    return (
        str(change.seq),
        Text(change.path),
        Text(value_text(change.value), style="" if change.value is not None else "yellow"),
        instant(change.learned, reader_zone or _UTC),
        change.by,
        f"{sure}{change.source or ''}".removesuffix(": "),
    )


def value_text(value: object) -> str:
    """Write a value on one short line.

    >>> value_text({"at_least": 400, "at_most": 700})
    '400 to 700'
    """
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        if value.keys() == {"at_least", "at_most"}:
            return f"{value['at_least']} to {value['at_most']}"
        text = ", ".join(f"{key}: {value_text(held)}" for key, held in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(map(value_text, value))
    else:
        text = " ".join(str(value).split())
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def span_text(seconds: float) -> str:
    """Write a length of time as a person says it.

    >>> span_text(93_600)
    '26 h'
    """
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours >= _DAYS:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def show_changes(case: Case, made: Sequence[Change]) -> None:
    """Print what was changed."""
    out = console()
    if not made:
        out.print("Nothing was changed: the record says so already.")
        return
    for change in made:
        before = value_text(change.before)
        line = Text(f"{change.seq:>5}  ").append(change.path, style="bold")
        out.print(line.append(f": {before} → {value_text(change.value)}"))
    out.print(Text(f"{case.reference}: head {case.head[:_SHORT]}", style="dim"))


def show_timeline(case: Case, entries: Iterable[Entry], reader_zone: str | None) -> None:
    """Print the entries, one line each."""
    from regengine.casefile.telling import told  # noqa: PLC0415  # reason: needs the extra

    out = console()
    made = table("entry", "recorded", "by", "kind", "what")
    for entry in entries:
        style = "magenta" if entry.track == "advice" else ""
        made.add_row(
            str(entry.seq),
            instant(entry.at, reader_zone or _UTC),
            entry.by,
            Text(entry.kind.replace("_", " "), style=style),
            Text(told(entry)),
        )
    out.print(made)
    out.print(Text(f"{case.reference}: head {case.head}", style="dim"))
