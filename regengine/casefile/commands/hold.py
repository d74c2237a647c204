"""Litigation holds: ``regengine case hold``."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.text import Text

from regengine.casefile.commands.evidence import At, listed, said, when
from regengine.casefile.commands.options import By, Name, Where, moment, now_of, opened_case
from regengine.options import Listing, ListingOption, Now, Zone, zone_of
from regengine.tables import console

app = typer.Typer(
    no_args_is_help=True,
    help="Who must keep what, who was told, who has said yes, which systems still delete.",
)

HoldName = Annotated[str, typer.Argument(help="the hold, like LH1", show_default=False)]
People = Annotated[
    list[str] | None,
    typer.Option("--custodian", help='who must keep: "Ann <ann@example.org>"; may be repeated'),
]
Systems = Annotated[
    list[str] | None, typer.Option("--system", help="what deletes by itself; may be repeated")
]


@app.command("start")
def start_(
    name: Name,
    scope: Annotated[str, typer.Argument(help="which records are kept", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", help="why, for the notice")],
    contact: Annotated[str, typer.Option("--contact", help="whom to ask")],
    where: Where = None,
    by: By = None,
    issued_by: Annotated[str | None, typer.Option("--issued-by", help="else --by")] = None,
    custodians: People = None,
    systems: Systems = None,
    begin: Annotated[
        str | None, typer.Option("--records-from", metavar="INSTANT", help="else without a begin")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--records-to", metavar="INSTANT", help="else without an end")
    ] = None,
    days: Annotated[int, typer.Option("--days", help="to acknowledge within")] = 3,
    advice: Annotated[
        bool, typer.Option("--advice", help="the hold and its notice are privileged")
    ] = False,
) -> None:
    """Begin a hold; nobody is told yet."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import litigation_hold  # noqa: PLC0415  # reason: needs the extra

        made = litigation_hold.start(
            case,
            scope,
            reason,
            issued_by=issued_by or case.by,
            contact=contact,
            custodians=custodians or (),
            systems=systems or (),
            track="advice" if advice else "facts",
            records_from=moment(begin, "--records-from"),
            records_to=moment(end, "--records-to"),
            days=days,
        )
        said(case, f"{made.id}: begun; custodians: {len(made.custodians)}")


@app.command("extend")
def extend_(
    name: Name,
    hold: HoldName,
    where: Where = None,
    by: By = None,
    custodians: People = None,
    systems: Systems = None,
) -> None:
    """Add custodians and systems."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import litigation_hold  # noqa: PLC0415  # reason: needs the extra

        made = litigation_hold.extend(case, hold, custodians or (), systems or ())
        said(case, f"{made.id}: custodians: {len(made.custodians)}, systems: {len(made.systems)}")


@app.command("send")
def send_(
    name: Name,
    hold: HoldName,
    where: Where = None,
    by: By = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="else all who have not had it; repeatable")
    ] = None,
    at: At = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="print the notice, and record nothing")
    ] = False,
) -> None:
    """Record that the notice went out, and print it; it is sent by you, not by this program."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import litigation_hold  # noqa: PLC0415  # reason: needs the extra

        if not draft:
            litigation_hold.send(case, hold, to or (), at=moment(at, "--at"))
        sys.stdout.write(litigation_hold.notice(case, hold))


@app.command("acknowledge")
def acknowledge_(
    name: Name,
    hold: HoldName,
    person: Annotated[str, typer.Argument(help="the custodian", show_default=False)],
    where: Where = None,
    by: By = None,
    at: At = None,
    how: Annotated[str | None, typer.Option("--how", help="mail, call, form")] = None,
) -> None:
    """Record that a custodian has read the notice and will follow it."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import litigation_hold  # noqa: PLC0415  # reason: needs the extra

        made = litigation_hold.acknowledge(case, hold, person, at=moment(at, "--at"), how=how)
        yes = sum(x.acknowledged is not None for x in made.custodians)
        said(case, f"{made.id}: {yes} of {len(made.custodians)} acknowledged")


@app.command("remind")
def remind_(name: Name, hold: HoldName, where: Where = None, by: By = None, at: At = None) -> None:
    """Record that those who are silent were reminded, and name them."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import litigation_hold  # noqa: PLC0415  # reason: needs the extra

        names = litigation_hold.remind(case, hold, at=moment(at, "--at"))
        said(case, f"reminded: {', '.join(names)}" if names else "nobody is silent for so long")


@app.command("off")
def off_(
    name: Name,
    hold: HoldName,
    system: Annotated[str, typer.Argument(help="the system", show_default=False)],
    who: Annotated[str, typer.Option("--who", help="who switched its deletion off")],
    where: Where = None,
    by: By = None,
    at: At = None,
) -> None:
    """Record that a system has stopped deleting by itself."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import litigation_hold  # noqa: PLC0415  # reason: needs the extra

        made = litigation_hold.switch_off(case, hold, system, who, at=moment(at, "--at"))
        said(case, f"{made.id}: {system} deletes no more")


@app.command("release")
def release_(
    name: Name,
    hold: HoldName,
    why: Annotated[str, typer.Option("--why", help="the reason, for the record")],
    where: Where = None,
    by: By = None,
    at: At = None,
) -> None:
    """End a hold, and print the notice of it."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import litigation_hold  # noqa: PLC0415  # reason: needs the extra

        litigation_hold.release(case, hold, why, at=moment(at, "--at"))
        sys.stdout.write(litigation_hold.release_notice(case, hold))


@app.command("show")
def show_(
    name: Name,
    where: Where = None,
    now: Now = None,
    advice: Annotated[bool, typer.Option("--advice", help="privileged holds too")] = False,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """Show the holds: each custodian, each system, and what is lacking."""
    zone = zone_of(reader_zone)
    with opened_case(name, where) as case:
        from regengine.casefile import litigation_hold as room  # noqa: PLC0415  # reason: needs the extra

        holds = [
            hold for hold in room.HOLDS.all(case) if advice or room.track(case, hold.id) == "facts"
        ]
        if form is Listing.json:
            told = [hold.model_dump(mode="json") for hold in holds]
            sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
            return
        warnings = {x.record: x.warning for x in room.standing(case, now_of(now))}
        out = console()
        for hold in holds:
            state = f"released {when(hold.released, zone)}" if hold.released else "in force"
            out.print(Text(f"{hold.id}, {state}: {hold.scope}", style="bold"))
            if warnings.get(hold.id):
                out.print(Text(str(warnings[hold.id]), style="yellow"))
            rows = [
                (
                    x.name,
                    when(x.sent, zone) if x.sent else "not sent",
                    when(x.acknowledged, zone) if x.acknowledged else "no",
                    len(x.reminded),
                )
                for x in hold.custodians
            ]
            listed(form, ("custodian", "sent", "acknowledged", "reminders"), rows, ())
            machines = [
                (x.name, when(x.off, zone) if x.off else "still deletes", x.by or "")
                for x in hold.systems
            ]
            if machines:
                listed(form, ("system", "deletion off since", "by"), machines, ())
        if not holds:
            out.print("No hold is on record.")
