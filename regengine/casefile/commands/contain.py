"""What was isolated, what stayed up, what was brought back: ``regengine case contain``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import By, Name, Where, Why, moment, now_of, opened_case
from regengine.options import Listing, ListingOption, Zone, refuse, zone_of
from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.case import Case
    from regengine.casefile.containment import Proposal

app = typer.Typer(
    no_args_is_help=True,
    help="Containment and continuity: systems cut off, services, recovery, steps that destroy evidence.",
)

At = Annotated[
    str | None, typer.Option("--at", metavar="INSTANT", help="when it happened; else now")
]
Who = Annotated[str | None, typer.Option("--who", help="who does or did it")]
How = Annotated[str | None, typer.Option("--how", help="in which way")]
System = Annotated[str, typer.Argument(help="the system, as evidence names it", show_default=False)]
Share = Annotated[float | None, typer.Option(help="per cent")]

_STYLE = {"new": "green", "same": "dim", "differs": "bold red", "open": "yellow", "asks": "cyan"}
_TRUE, _FALSE = ("yes", "true"), ("no", "false")


def _truth(text: str | None, option: str) -> bool | None:
    """Read yes, no or unknown."""
    if text is None or text == "unknown":
        return None
    if text not in (*_TRUE, *_FALSE):
        refuse(option, f'"{text}" is none of yes, no, unknown')
    return text in _TRUE


@app.command()
def isolate(
    name: Name,
    system: System,
    where: Where = None,
    by: By = None,
    at: At = None,
    who: Who = None,
    how: How = None,
    secured: Annotated[
        str, typer.Option("--secured", help="was its evidence secured before: yes, no or unknown")
    ] = "unknown",
    contained: Annotated[
        bool, typer.Option("--contained", help="with this the incident was contained")
    ] = False,
) -> None:
    """Record that a system was cut off."""
    from regengine.casefile import containment  # noqa: PLC0415  # reason: needs the extra

    if secured not in containment.SECURED:
        refuse("--secured", f'"{secured}" is none of {", ".join(containment.SECURED)}')
    with opened_case(name, where, by) as case:
        made = containment.isolate(
            case,
            system,
            moment(at, "--at"),
            who=who,
            how=how,
            secured=secured,  # type: ignore[arg-type]  # reason: checked above
            contained=contained,
        )
    sys.stdout.write(f"{made.id}: {made.system} isolated at {made.at.isoformat()}\n")


@app.command()
def service(
    name: Name,
    what: Annotated[str, typer.Argument(help="the service, or its id (S1)", show_default=False)],
    where: Where = None,
    by: By = None,
    up: Annotated[str | None, typer.Option("--up", help="it stayed up: yes, no or unknown")] = None,
    kept: Annotated[str | None, typer.Option("--kept", help="what of it stayed up")] = None,
    down_from: Annotated[
        str | None, typer.Option("--down-from", metavar="INSTANT", help="out of reach since")
    ] = None,
    down_until: Annotated[
        str | None, typer.Option("--down-until", metavar="INSTANT", help="back since")
    ] = None,
    limited: Annotated[
        bool | None, typer.Option("--limited/--out", help="worse, but not out of reach")
    ] = None,
    users: Annotated[int | None, typer.Option("--users", help="users touched")] = None,
    users_share: Share = None,
    clients: Annotated[int | None, typer.Option("--clients", help="clients touched")] = None,
    clients_share: Share = None,
    counterparts_share: Share = None,
    transactions_share: Share = None,
    amount_share: Share = None,
    countries: Annotated[
        str | None, typer.Option("--countries", help="where they are, all of them, by comma")
    ] = None,
    line: Annotated[str | None, typer.Option("--line", help="the line of business")] = None,
    critical: Annotated[
        str | None,
        typer.Option("--critical", help="supports a critical function: yes, no or unknown"),
    ] = None,
    estimate: Annotated[
        bool | None, typer.Option("--estimate/--counted", help="the numbers are estimates")
    ] = None,
) -> None:
    """Record how a service fares, or change what is on record of it."""
    given: dict[str, Any] = {
        "kept": kept,
        "down_from": moment(down_from, "--down-from"),
        "down_until": moment(down_until, "--down-until"),
        "limited": limited,
        "users": users,
        "users_share": users_share,
        "clients": clients,
        "clients_share": clients_share,
        "counterparts_share": counterparts_share,
        "transactions_share": transactions_share,
        "amount_share": amount_share,
        "countries": tuple(countries.split(",")) if countries else None,
        "line": line,
        "estimate": estimate,
    }
    fields = {field: value for field, value in given.items() if value is not None}
    # An unknown that is said takes back what was said before.
    for field, text in (("up", up), ("critical", critical)):
        if text is not None:
            fields[field] = _truth(text, f"--{field}")
    from regengine.casefile import containment  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        made = containment.service(case, what, **fields)
    sys.stdout.write(f"{made.id}: {made.name}\n")


@app.command()
def recover(
    name: Name,
    what: Annotated[str, typer.Argument(help="what was brought back", show_default=False)],
    where: Where = None,
    by: By = None,
    system: Annotated[str | None, typer.Option("--system", help="of which system")] = None,
    at: At = None,
    who: Who = None,
    from_backup: Annotated[
        str | None, typer.Option("--from-backup", help="yes, no or unknown")
    ] = None,
    tested: Annotated[
        str | None, typer.Option("--tested", help="tested before use: yes, no or unknown")
    ] = None,
    tested_at: Annotated[str | None, typer.Option("--tested-at", metavar="INSTANT")] = None,
) -> None:
    """Record a step back to work."""
    from regengine.casefile import containment  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        made = containment.recover(
            case,
            what,
            system=system,
            at=moment(at, "--at"),
            who=who,
            from_backup=_truth(from_backup, "--from-backup"),
            tested=_truth(tested, "--tested"),
            tested_at=moment(tested_at, "--tested-at"),
        )
    sys.stdout.write(f"{made.id}: {made.what}\n")


@app.command()
def plan(
    name: Name,
    step: Annotated[
        str, typer.Argument(help="power_off, reimage, restore, wipe...", show_default=False)
    ],
    system: System,
    where: Where = None,
    by: By = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="INSTANT", help="when it is to be done")
    ] = None,
    who: Who = None,
    how: How = None,
) -> None:
    """Plan a step that destroys evidence: what it destroys, and what to secure first.

    Exit status 3 where something is to be secured first.
    """
    from regengine.casefile import containment  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        made = containment.plan_step(case, step, system, moment(at, "--at"), who=who, how=how)
    out = console()
    out.print(Text(f"{made.step.id}: {step} {system} destroys {made.destroys}."))
    for task in made.asked:
        out.print(Text(f"{task.id}: {task.title}", style="bold red"))
    out.print(Text(made.ground, style="dim"))
    if made.lacking:
        raise typer.Exit(3)


@app.command()
def did(
    name: Name,
    step: Annotated[str, typer.Argument(help="the planned step (X1)", show_default=False)],
    where: Where = None,
    by: By = None,
    at: At = None,
    despite: Annotated[
        str | None, typer.Option("--despite", metavar="WHY", help="done without the evidence")
    ] = None,
    dropped: Annotated[
        str | None, typer.Option("--dropped", metavar="WHY", help="it is not done after all")
    ] = None,
) -> None:
    """Record that a planned step was done, or given up."""
    from regengine.casefile import containment  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        if dropped is not None:
            made = containment.drop_step(case, step, dropped)
        else:
            made = containment.did_step(case, step, moment(at, "--at"), despite=despite)
    sys.stdout.write(f"{made.id}: {made.state}\n")
    if made.state == "done" and made.lacking:
        console().print(Text(f"evidence was not secured before: {despite}", style="bold red"))


@app.command("list")
def list_(
    name: Name,
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List systems, services, recoveries and steps with their warnings."""
    with opened_case(name, where) as case:
        rows = list(_rows(case, zone_of(reader_zone)))
        if form is Listing.json:
            _json([{"id": a, "what": b, "state": c, "warning": d} for a, b, c, d in rows])
            return
    made = shown.table("id", "what", "state", "warning")
    for one, what, state, warning in rows:
        made.add_row(one, Text(what), Text(state), Text(warning, style="bold red"))
    console().print(made if rows else "Nothing of containment is on record.")


def _rows(case: Case, zone: str | None) -> list[tuple[str, str, str, str]]:
    from regengine.casefile import containment  # noqa: PLC0415  # reason: needs the extra

    now = case.store.clock()
    warned: dict[str, list[str]] = {}
    for one in containment.standing(case, now):
        if one.warning:
            warned.setdefault(one.record, []).append(one.warning)
    rows = [
        (x.id, x.system, f"isolated {instant(x.at, zone or 'UTC')}, evidence secured: {x.secured}")
        for x in containment.ISOLATIONS.all(case)
    ]
    for service_ in containment.SERVICES.all(case):
        ends = [service_.down_from, service_.down_until]
        span = " to ".join(instant(x, zone or "UTC") for x in ends if x)
        word = "limited" if service_.limited else "down"
        up = {True: "stayed up", False: "not up", None: "unknown"}[service_.up]
        rows.append((service_.id, service_.name, f"{word} {span}" if span else up))
    rows += [(x.id, x.what, "recovered") for x in containment.RECOVERIES.all(case)]
    rows += [(x.id, f"{x.step} {x.system}", x.state) for x in containment.STEPS.all(case)]
    return [(*row, "; ".join(warned.get(row[0], ()))) for row in rows]


@app.command()
def feed(
    name: Name,
    where: Where = None,
    by: By = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="PATH", help="these facts alone")
    ] = None,
    replace: Annotated[
        list[str] | None,
        typer.Option("--replace", metavar="PATH", help="also where the facts say something else"),
    ] = None,
    so_far: Annotated[
        bool, typer.Option("--so-far", help="of an outage that goes on, the hours until now")
    ] = False,
    dry: Annotated[bool, typer.Option("--dry", help="show, and set nothing")] = False,
    why: Why = None,
    form: ListingOption = Listing.table,
    now: Annotated[str | None, typer.Option("--now", metavar="INSTANT")] = None,
) -> None:
    """Set the facts that the records bear out, each with its source.

    Exit status 3 where a fact says something else and was left.
    """
    from regengine.casefile import containment  # noqa: PLC0415  # reason: needs the extra

    if now is not None and not dry:
        refuse("--now", "goes with --dry")
    with opened_case(name, where, by) as case:
        rows = containment.impact(case, now_of(now) if dry else None, so_far=so_far)
        made = (
            []
            if dry
            else containment.feed(
                case, only=only or (), replace=replace or (), so_far=so_far, why=why
            )
        )
        if form is Listing.json:
            _json([row._asdict() | {"set": row.path in {x.path for x in made}} for row in rows])
        else:
            _show(rows)
            if not dry:
                shown.show_changes(case, made)
    left = [x for x in rows if x.state == "differs" and x.path not in (replace or ())]
    if left:
        raise typer.Exit(3)


def _show(rows: list[Proposal]) -> None:
    made = shown.table("fact", "by the records", "on record", "state", "source", "note")
    for row in rows:
        made.add_row(
            row.path,
            Text(shown.value_text(row.value) if row.state != "open" else "-"),
            Text(shown.value_text(row.before)),
            Text(row.state, style=_STYLE[row.state]),
            ", ".join(row.sources),
            Text(row.note or ""),
        )
    console().print(made if rows else "The records of services bear out no fact yet.")


def _json(rows: object) -> None:
    sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
