"""Tasks with owners and due times: ``regengine case task``."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import By, Name, Where, Why, moment, now_of, opened_case
from regengine.errors import suggest
from regengine.options import Listing, ListingOption, Zone, refuse, zone_of
from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.tasks import Task

app = typer.Typer(no_args_is_help=True, help="What somebody must do, by when, and why.")

Number = Annotated[str, typer.Argument(help="the task (T1)", show_default=False)]
Room = Annotated[
    str,
    typer.Option(
        "--stream", help="communication, containment, evidence, legal, experts or filings"
    ),
]


@app.command()
def add(
    name: Name,
    title: Annotated[str, typer.Argument(help="what must be done", show_default=False)],
    stream: Room,
    where: Where = None,
    by: By = None,
    owner: Annotated[str | None, typer.Option("--owner", help="who must do it")] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="INSTANT", help="by when")] = None,
    origin: Annotated[
        str | None, typer.Option("--origin", help="the record, duty or paper that asks for it")
    ] = None,
    why: Why = None,
    advice: Annotated[
        bool, typer.Option("--advice", help="privileged: it never leaves the house")
    ] = False,
) -> None:
    """Open a task; one of the same origin and title that is open is not opened twice."""
    from regengine.casefile import tasks  # noqa: PLC0415  # reason: needs the extra

    if stream not in tasks.STREAMS:
        allowed = ", ".join(tasks.STREAMS)
        refuse("--stream", f'"{stream}" is no stream{suggest(stream, tasks.STREAMS)}; {allowed}')
    with opened_case(name, where, by) as case:
        made = tasks.add(
            case,
            title,
            stream,  # type: ignore[arg-type]  # reason: checked above
            owner=owner,
            due=moment(due, "--due"),
            origin=origin,
            why=why,
            track="advice" if advice else "facts",
        )
    sys.stdout.write(f"{made.id}: {made.title}\n")


@app.command("list")
def list_(
    name: Name,
    where: Where = None,
    stream: Annotated[str | None, typer.Option("--stream", help="of one stream alone")] = None,
    everything: Annotated[bool, typer.Option("--all", help="ended ones too")] = False,
    now: Annotated[str | None, typer.Option("--now", metavar="INSTANT")] = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List tasks, the next due first; exit status 3 where one is overdue."""
    from regengine.casefile import tasks  # noqa: PLC0415  # reason: needs the extra

    if stream is not None and stream not in tasks.STREAMS:
        refuse("--stream", f'"{stream}" is no stream{suggest(stream, tasks.STREAMS)}')
    at = now_of(now)
    with opened_case(name, where) as case:
        chosen = [
            x
            for x in tasks.TASKS.all(case)
            if (everything or x.state == "open") and stream in (None, x.stream)
        ]
    chosen.sort(key=lambda x: (x.state != "open", x.due is None, x.due or at))
    late = {x.id for x in chosen if x.state == "open" and x.due is not None and x.due < at}
    if form is Listing.json:
        rows = [x.model_dump(mode="json") | {"overdue": x.id in late} for x in chosen]
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        _show(chosen, late, zone_of(reader_zone))
    if late:
        raise typer.Exit(3)


def _show(chosen: list[Task], late: set[str], zone: str | None) -> None:
    made = shown.table("task", "due", "what", "owner", "stream", "state", "from")
    for task in chosen:
        style = "bold red" if task.id in late else "" if task.state == "open" else "dim"
        made.add_row(
            task.id,
            Text(_when(task.due, zone) + (" overdue" if task.id in late else ""), style=style),
            Text(task.title),
            Text(task.owner or "nobody", style="" if task.owner else "yellow"),
            task.stream,
            task.state,
            Text(task.origin or ""),
        )
    console().print(made if chosen else "No task is open.")


def _when(due: datetime | None, zone: str | None) -> str:
    return instant(due, zone or "UTC") if due is not None else "open"


@app.command()
def done(name: Name, task: Number, where: Where = None, by: By = None, why: Why = None) -> None:
    """Record that a task is done."""
    from regengine.casefile import tasks  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        made = tasks.end(case, task, why=why)
    sys.stdout.write(f"{made.id}: {made.state}\n")


@app.command()
def drop(name: Name, task: Number, where: Where = None, by: By = None, why: Why = None) -> None:
    """Drop a task, for a reason (--why)."""
    from regengine.casefile import tasks  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        made = tasks.end(case, task, "dropped", why)
    sys.stdout.write(f"{made.id}: {made.state}\n")
