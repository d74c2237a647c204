"""People counted by place from a table: ``regengine case counts``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import By, Learned, Name, Where, Why, moment, opened_case
from regengine.options import Listing, ListingOption
from regengine.tables import console

if TYPE_CHECKING:
    from regengine.casefile.counts import Counts


def counts(
    name: Name,
    file: Annotated[Path, typer.Argument(help="a table of people (CSV)", show_default=False)],
    country: Annotated[
        str | None, typer.Option("--country", metavar="COL", help="the column of countries")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="COL", help="the column of states")
    ] = None,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="COL", help="whose values are people: each counts once"),
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="COL", help="the column of groups")
    ] = None,
    within: Annotated[
        str | None,
        typer.Option("--within", metavar="PLACE", help="the country of rows that name none"),
    ] = None,
    apply: Annotated[
        str | None,
        typer.Option("--apply", metavar="GROUP", help="make the counts the people of this group"),
    ] = None,
    where: Where = None,
    by: By = None,
    learned: Learned = None,
    why: Why = None,
    form: ListingOption = Listing.table,
) -> None:
    """Count people by place; numbers and the file's hash are recorded, no row is kept."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import counts as room  # noqa: PLC0415  # reason: needs the extra

        known = [held["group"] for held in case.facts().get("affected") or ()]
        with Status("reading", console=Console(stderr=True)) as status:
            found = room.count_people(
                file,
                country=country,
                state=state,
                person=person,
                group=group,
                groups=known,
                within=within,
                progress=lambda rows: status.update(f"{rows:,} rows"),
            )
        if apply is None:
            room.record(case, found)
        else:
            room.apply(case, found, apply, learned=moment(learned, "--learned"), why=why)
    if form is Listing.json:
        told = {**asdict(found), "people": found.people, "applied": apply}
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    else:
        _show(found, apply)


def _show(found: Counts, applied: str | None) -> None:
    out = console()
    made = shown.table("group", "place", "people")
    for group, places in found.groups.items():
        for place, number in places.items():
            made.add_row(group, place, f"{number:,}")
        made.add_row(group, Text("in all", style="bold"), f"{found.total(group):,}")
    out.print(made)
    used = ", ".join(f"{kind}: {column}" for kind, column in found.columns.items())
    lines = [f"{found.rows:,} rows; columns used: {used}", f"SHA-256 {found.sha256}"]
    said = {
        f"{found.unmatched:,} rows name no place for certain ({found.spellings:,} spellings)": (
            found.unmatched
        ),
        f"{found.misaligned:,} rows have more or fewer cells than the heading": found.misaligned,
        f"{found.several:,} people stand in places that contradict": found.several,
        f"{found.blank:,} blank rows end the table and are not counted": found.blank,
        f"{found.unnamed:,} rows name no person; each counts as one": found.unnamed,
    }
    lines += [text for text, number in said.items() if number]
    if applied is not None:
        lines.append(f"people of {applied} are now these counts")
    for line in lines:
        out.print(Text(line))
