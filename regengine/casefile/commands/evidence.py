"""Evidence: the register, custody, logs and what protected the data: ``regengine case evidence``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import BaseModel
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import (
    By,
    Name,
    Source,
    Where,
    moment,
    now_of,
    opened_case,
)
from regengine.options import Listing, ListingOption, Now, Zone, refuse, zone_of
from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.case import Case
    from regengine.casefile.logs import Countdown

app = typer.Typer(
    no_args_is_help=True,
    help="Items with their hashes, who had them, logs before they are lost, what protected the data.",
)

ItemName = Annotated[str, typer.Argument(help="the item, like E3", show_default=False)]
At = Annotated[str | None, typer.Option("--at", metavar="INSTANT", help="when; else now")]
Items = Annotated[
    list[str] | None, typer.Option("--item", metavar="E", help="evidence of it; may be repeated")
]
System = Annotated[str | None, typer.Option("--system", help="the system it is of")]
Place = Annotated[str | None, typer.Option("--place", help="where it lies")]
PhaseName = Annotated[str | None, typer.Option("--phase", help="before, intruder or after")]

_UNKNOWN = "unknown"
_COLOUR = {
    "gone": "bold red",
    "urgent": "bold red",
    "soon": "yellow",
    "unknown": "yellow",
    "changed": "bold red",
    "missing": "bold red",
    "unreadable": "bold red",
}


def listed(
    form: Listing, columns: Sequence[str], rows: Iterable[Sequence[object]], plain: Iterable[Any]
) -> None:
    """Print rows as a table, or what they are made of as JSON."""
    if form is Listing.json:
        made = [x.model_dump(mode="json") if isinstance(x, BaseModel) else x for x in plain]
        sys.stdout.write(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
        return
    table = shown.table(*columns)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    console().print(table)


def said(case: Case, text: str) -> None:
    """Print what was recorded, with the head of the chain."""
    out = console()
    out.print(Text(text))
    out.print(Text(f"{case.reference}: head {case.head[:16]}", style="dim"))


def when(at: datetime | None, zone: str | None) -> str:
    """Write an instant for a table; one that nobody knows stays unknown."""
    return _UNKNOWN if at is None else instant(at, zone or "UTC")


# -- items --------------------------------------------------------------------------------


@app.command("add")
def add_(
    name: Name,
    title: Annotated[str, typer.Argument(help="what it is", show_default=False)],
    what: Annotated[
        str, typer.Option("--what", help="image, memory, log, file, device, note, screenshot, ...")
    ],
    where: Where = None,
    by: By = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="its file: hashed, and left where it lies")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="keep the file's bytes in the store too")
    ] = False,
    system: System = None,
    taken_at: Annotated[
        str | None, typer.Option("--taken-at", metavar="INSTANT", help="when it was taken")
    ] = None,
    taken_by: Annotated[str | None, typer.Option("--taken-by", help="who took it")] = None,
    custodian: Annotated[
        str | None, typer.Option("--custodian", help="who has it; else who took it")
    ] = None,
    place: Place = None,
    source: Source = None,
    hashes: Annotated[
        list[str] | None,
        typer.Option("--hash", metavar="NAME=DIGITS", help="given by a laboratory; repeatable"),
    ] = None,
    sealed: Annotated[str | None, typer.Option("--sealed", help="seal or bag")] = None,
    labels: Annotated[
        list[str] | None, typer.Option("--label", help="a label on it; may be repeated")
    ] = None,
    phase: PhaseName = None,
) -> None:
    """Register an item of evidence, with the SHA-256 of its file."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import evidence  # noqa: PLC0415  # reason: needs the extra

        given = dict(_hash(text) for text in hashes or ())
        item = evidence.add(
            case,
            title,
            what,
            path=file,
            keep=keep,
            system=system,
            taken_at=moment(taken_at, "--taken-at"),
            taken_by=taken_by,
            custodian=custodian,
            place=place,
            source=source,
            sha256=given.pop("sha256", None),
            hashes=given,
            sealed=sealed,
            labels=tuple(labels or ()),
            phase=phase,
        )
        digest = f", SHA-256 {item.sha256}" if item.sha256 else ""
        said(case, f"{item.id}: {item.title}{digest}")


def _hash(text: str) -> tuple[str, str]:
    name, equals, digits = text.partition("=")
    if not equals:
        refuse("--hash", f'"{text}" is not NAME=DIGITS, like sha1=...')
    return name.strip(), digits.strip()


@app.command("amend")
def amend_(
    name: Name,
    item: ItemName,
    why: Annotated[str, typer.Option("--why", help="the reason, for the record")],
    where: Where = None,
    by: By = None,
    title: Annotated[str | None, typer.Option("--title")] = None,
    system: System = None,
    taken_at: Annotated[str | None, typer.Option("--taken-at", metavar="INSTANT")] = None,
    taken_by: Annotated[str | None, typer.Option("--taken-by")] = None,
    custodian: Annotated[
        str | None, typer.Option("--custodian", help="the first one, where none was named")
    ] = None,
    place: Place = None,
    sealed: Annotated[str | None, typer.Option("--sealed")] = None,
    phase: PhaseName = None,
) -> None:
    """Correct what is said of an item, or complete it; its hash stays."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import evidence  # noqa: PLC0415  # reason: needs the extra

        fields = {
            "title": title,
            "system": system,
            "taken_at": moment(taken_at, "--taken-at"),
            "taken_by": taken_by,
            "custodian": custodian,
            "place": place,
            "sealed": sealed,
            "phase": phase,
        }
        given = {field: value for field, value in fields.items() if value is not None}
        if not given:
            refuse("evidence amend", "says nothing new")
        made = evidence.amend(case, item, why, **given)
        said(case, f"{made.id}: {made.title}")


@app.command("list")
def list_(
    name: Name,
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List the items, who has each and how its last check ended."""
    zone = zone_of(reader_zone)
    with opened_case(name, where) as case:
        from regengine.casefile import custody, evidence  # noqa: PLC0415  # reason: needs the extra

        rows = []
        items = evidence.ITEMS.all(case)
        for item in items:
            last = evidence.last_check(case, item.id)
            state = last.outcome if last else "-" if item.sha256 else "no hash"
            rows.append(
                (
                    item.id,
                    item.title,
                    item.what,
                    when(item.taken_at, zone),
                    custody.holder(case, item.id) or _UNKNOWN,
                    Text(state, style=_COLOUR.get(state, "")),
                )
            )
        listed(form, ("item", "title", "what", "taken", "custodian", "check"), rows, items)


@app.command("show")
def show_(
    name: Name,
    item: ItemName,
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """Show an item with its chain of custody and every check."""
    zone = zone_of(reader_zone)
    with opened_case(name, where) as case:
        from regengine.casefile import custody, evidence  # noqa: PLC0415  # reason: needs the extra

        found = evidence.ITEMS.one(case, item)
        links = custody.chain(case, found.id)
        checks = [x for x in evidence.CHECKS.versions(case) if x.record.item == found.id]
        if form is Listing.json:
            told = {
                "item": found.model_dump(mode="json"),
                "custody": [shown.plain_row(link._asdict()) for link in links],
                "checks": [
                    {**x.record.model_dump(mode="json"), "at": x.entry.at.isoformat()}
                    for x in checks
                ],
            }
            sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
            return
        held = found.model_dump(mode="json")
        fields = [(key, shown.value_text(held[key])) for key in held if held[key] not in (None, {})]
        listed(form, ("field", "value"), fields, ())
        rows = [_link(link, zone) for link in links]
        listed(form, ("custodian", "since", "place", "why", "acknowledged"), rows, ())
        done = [(x.record.outcome, when(x.entry.at, zone), x.record.where) for x in checks]
        listed(form, ("check", "at", "what was hashed"), done, ())


def _link(link: Any, zone: str | None) -> tuple[str, ...]:  # reason: a row of another room
    yes = "yes" if link.acknowledged else "no"
    return link.holder, when(link.since, zone), link.place or _UNKNOWN, link.why or "", yes


@app.command("check")
def check_(
    name: Name,
    item: Annotated[str | None, typer.Argument(help="the item; else every one")] = None,
    where: Where = None,
    by: By = None,
    file: Annotated[Path | None, typer.Option("--file", help="where its file lies now")] = None,
) -> None:
    """Hash files again and compare; exit status 3 where one is changed or missing."""
    if file is not None and item is None:
        refuse("--file", "is of one item: name it")
    bad = False
    with opened_case(name, where, by) as case:
        from regengine.casefile import evidence  # noqa: PLC0415  # reason: needs the extra

        names = [item] if item else [x.id for x in evidence.ITEMS.all(case) if _placed(x)]
        made = [evidence.check(case, each, file) for each in names]
        bad = any(x.outcome != "same" for x in made)
        rows = [
            (x.item, Text(x.outcome, style=_COLOUR.get(x.outcome, "green")), x.where) for x in made
        ]
        listed(Listing.table, ("item", "file is", "what was hashed"), rows, ())
        if item is None:
            left = [x.id for x in evidence.ITEMS.all(case) if not _placed(x)]
            if left:
                console().print(Text(f"not checked, no hash or no place: {', '.join(left)}"))
    if bad:
        raise typer.Exit(3)


def _placed(item: Any) -> bool:  # reason: an item of the room, loaded late
    return item.sha256 is not None and (item.path is not None or item.kept)


@app.command("hand-over")
def hand_over_(
    name: Name,
    items: Annotated[str, typer.Argument(help="items, by comma: E1,E2", show_default=False)],
    giver: Annotated[str, typer.Option("--from", help="who has it until then")],
    taker: Annotated[str, typer.Option("--to", help="who gets it")],
    why: Annotated[str, typer.Option("--why", help="the reason, for the record")],
    where: Where = None,
    by: By = None,
    at: At = None,
    place: Place = None,
    acknowledged: Annotated[
        str | None, typer.Option("--acknowledged-by", help="who signed for it")
    ] = None,
) -> None:
    """Record that items went from their custodian to another: all of them, or none."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import custody  # noqa: PLC0415  # reason: needs the extra

        with case.writing():
            instant_ = moment(at, "--at") or case.store.clock()
            made = [
                custody.hand_over(
                    case,
                    item.strip(),
                    giver=giver,
                    taker=taker,
                    at=instant_,
                    why=why,
                    place=place,
                    acknowledged_by=acknowledged,
                )
                for item in items.split(",")
            ]
        said(case, "\n".join(f"{x.id}: {x.item} from {x.giver} to {x.taker}" for x in made))


@app.command("acknowledge")
def acknowledge_(
    name: Name,
    handover: Annotated[str, typer.Argument(help="the hand-over, like HO2")],
    who: Annotated[str, typer.Option("--who", help="who acknowledges")],
    where: Where = None,
    by: By = None,
    at: At = None,
) -> None:
    """Record that the taker has acknowledged a hand-over."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import custody  # noqa: PLC0415  # reason: needs the extra

        made = custody.acknowledge(case, handover, who, moment(at, "--at"))
        said(case, f"{made.id}: acknowledged by {made.acknowledged_by}")


# -- logs ---------------------------------------------------------------------------------


@app.command("log")
def log_(
    name: Name,
    source_name: Annotated[
        str, typer.Argument(metavar="LOG", help="its name; its id (LS1) to say more of it")
    ],
    where: Where = None,
    by: By = None,
    system: System = None,
    keeps: Annotated[
        str | None, typer.Option("--keeps", help='"30 days" or unlimited; else unknown')
    ] = None,
    overwritten: Annotated[
        str | None,
        typer.Option("--overwritten", metavar="INSTANT", help="when the oldest is overwritten"),
    ] = None,
    size: Annotated[str | None, typer.Option("--size", help='like "rolls at 2 GB"')] = None,
    counted_from: Annotated[
        str | None,
        typer.Option("--counted-from", metavar="INSTANT", help="else from each record itself"),
    ] = None,
    needed_from: Annotated[
        str | None,
        typer.Option("--needed-from", metavar="INSTANT", help="else the start of the incident"),
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="who secures it")] = None,
    source: Source = None,
    secured_by: Annotated[
        str | None, typer.Option("--secured-by", help="it is secured: by whom")
    ] = None,
    secured_at: Annotated[
        str | None, typer.Option("--secured-at", metavar="INSTANT", help="else now")
    ] = None,
    covers_from: Annotated[
        str | None, typer.Option("--covers-from", metavar="INSTANT", help="where the copy begins")
    ] = None,
    item: Annotated[
        str | None, typer.Option("--item", metavar="E", help="the evidence that holds the copy")
    ] = None,
) -> None:
    """Name a log source, say more of one, or record that it was secured."""
    if secured_by is None and (secured_at or covers_from or item):
        refuse("--secured-by", "says who secured it")
    fields = {
        "system": system,
        "keeps": keeps,
        "overwritten": moment(overwritten, "--overwritten"),
        "size": size,
        "counted_from": moment(counted_from, "--counted-from"),
        "needed_from": moment(needed_from, "--needed-from"),
        "owner": owner,
        "source": source,
    }
    given = {field: value for field, value in fields.items() if value is not None}
    with opened_case(name, where, by) as case:
        from regengine.casefile import logs  # noqa: PLC0415  # reason: needs the extra

        with case.writing():
            known = logs.LOGS.all(case)
            there = {name.casefold(): x for x in known for name in (x.name, x.id)}
            old = there.get(source_name.casefold())
            log = old or logs.add(case, source_name, **given)
            if old is not None and given:
                log = logs.change(case, old.id, **given)
            if secured_by is not None:
                log = logs.secure(
                    case,
                    log.id,
                    secured_by,
                    at=moment(secured_at, "--secured-at"),
                    item=item,
                    covers_from=moment(covers_from, "--covers-from"),
                )
        state = logs.countdown(case, log, case.store.clock())
        lost = f", needed records until {when(state.lost_at, None)}" if state.lost_at else ""
        lines = [f"{log.id}: {log.name}, {_level(state)}{lost}", *state.warnings]
        said(case, "\n".join([*lines, *([state.question] if state.question else [])]))


def _level(state: Countdown) -> str:
    from regengine.casefile.evidence import words  # noqa: PLC0415  # reason: needs the extra

    return str(words()["level"][state.level])


@app.command("logs")
def logs_(
    name: Name,
    where: Where = None,
    by: By = None,
    now: Now = None,
    redate: Annotated[
        bool, typer.Option("--redate", help="date the tasks anew, after the time line changed")
    ] = False,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List the logs: whose needed records are lost first, first."""
    zone = zone_of(reader_zone)
    with opened_case(name, where, by) as case:
        from regengine.casefile import logs  # noqa: PLC0415  # reason: needs the extra

        if redate:
            logs.redate(case)
        states = logs.countdowns(case, now_of(now))
        rows = [_countdown(state, zone) for state in states]
        plain = [
            {
                **state.log.model_dump(mode="json"),
                "needed": state.needed.isoformat() if state.needed else None,
                "lost_at": state.lost_at.isoformat() if state.lost_at else None,
                "level": state.level,
                "warnings": list(state.warnings),
                "question": state.question,
            }
            for state in states
        ]
        columns = ("log", "name", "keeps", "needed from", "lost at", "state", "beware")
        listed(form, columns, rows, plain)


def _countdown(state: Countdown, zone: str | None) -> tuple[object, ...]:
    log = state.log
    beware = [*state.warnings, *([state.question] if state.question else [])]
    return (
        log.id,
        f"{log.name} ({log.system})" if log.system else log.name,
        log.keeps or log.size or _UNKNOWN,
        when(state.needed, zone),
        "never" if state.level == "never" else when(state.lost_at, zone),
        Text(_level(state), style=_COLOUR.get(state.level, "")),
        "\n".join(beware),
    )


# -- phases -------------------------------------------------------------------------------


@app.command("control")
def control_(
    name: Name,
    text: Annotated[
        str,
        typer.Argument(help="what protected, was left or done; an id (EP1) to say more of it"),
    ],
    where: Where = None,
    by: By = None,
    phase: Annotated[str, typer.Option("--phase", help="before, intruder or after")] = "before",
    kind: Annotated[
        str | None, typer.Option("--kind", help="encryption, mfa, logging, backups, ...")
    ] = None,
    working: Annotated[
        bool | None,
        typer.Option("--in-force/--not-in-force", help="when the attack came; else unknown"),
    ] = None,
    items: Items = None,
    facts: Annotated[
        list[str] | None, typer.Option("--fact", metavar="PATH", help="may be repeated")
    ] = None,
    system: System = None,
    at: Annotated[str | None, typer.Option("--at", metavar="INSTANT", help="since when")] = None,
    source: Source = None,
) -> None:
    """Record what protected the data, what the intruder left, or what was done after."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import evidence  # noqa: PLC0415  # reason: needs the extra

        if text.casefold() in {x.id.casefold() for x in evidence.POINTS.all(case)}:
            if working is None:
                refuse("--in-force", "says whether it was in force, or --not-in-force")
            made = evidence.settle(case, text, working=working, items=items or ())
        else:
            made = evidence.point(
                case,
                phase,  # type: ignore[arg-type]  # reason: the shape checks the word
                text,
                control=kind,
                working=working,
                items=tuple(items or ()),
                facts=tuple(facts or ()),
                system=system,
                at=moment(at, "--at"),
                source=source,
            )
        said(case, f"{made.id}: {made.text}")


@app.command("phases")
def phases_(
    name: Name,
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List what protected the data before, what the intruder left, what was done after."""
    zone = zone_of(reader_zone)
    with opened_case(name, where) as case:
        from regengine.casefile import evidence  # noqa: PLC0415  # reason: needs the extra

        found = evidence.phases(case)
        if form is Listing.json:
            told = {
                phase: [shown.plain_row(line._asdict()) for line in lines]
                for phase, lines in found.items()
            }
            sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
            return
        for phase, lines in found.items():
            console().print(Text(evidence.words()["phase"][phase], style="bold"))
            if not lines:
                console().print(Text("nothing on record", style="yellow"))
                continue
            rows = [
                (
                    x.record,
                    x.text,
                    x.control or "",
                    {None: _UNKNOWN, True: "yes", False: "no"}[x.working],
                    ", ".join(x.items),
                    when(x.at, zone),
                )
                for x in lines
            ]
            listed(form, ("record", "what", "kind", "in force", "evidence", "at"), rows, ())
