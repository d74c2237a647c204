"""Notice clauses of contracts: ``regengine case contract``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import (
    By,
    Learned,
    Name,
    Source,
    Where,
    Why,
    moment,
    now_of,
    opened_case,
    value_of,
)
from regengine.options import Listing, ListingOption, Now, refuse
from regengine.tables import console, instant

app = typer.Typer(
    no_args_is_help=True,
    help="Promises to customers, partners, card brands, insurers: what their clauses ask, by when.",
)
Fields = Annotated[
    list[str],
    typer.Argument(help="FIELD=VALUE, lists as [a, b]", metavar="FIELD...", show_default=False),
]
Table = Annotated[Path, typer.Argument(help="a table (CSV)", show_default=False)]


def fields_of(given: list[str]) -> dict[str, Any]:
    """Read FIELD=VALUE: words as they stand, truth values, lists in brackets.

    >>> fields_of(["party=Acme", "flow_down=true", "covers=[staff, customers]"])
    {'party': 'Acme', 'flow_down': True, 'covers': ['staff', 'customers']}
    """
    found: dict[str, Any] = {}
    for text in given:
        field, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not field:
            refuse("FIELD", f'"{text}" is no FIELD=VALUE')
        if field in found:
            refuse(field, "is given twice")
        if value.startswith("[") or value in ("true", "false"):
            found[field] = value_of(value, field)
        else:
            found[field] = None if value in ("", "unknown") else value
    return found


@app.command("import")
def import_(
    name: Name,
    file: Table,
    where: Where = None,
    by: By = None,
    learned: Learned = None,
    source: Source = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="clauses on record are changed to what the table says")
    ] = False,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="a column to pass over; may be repeated")
    ] = None,
) -> None:
    """Take the clauses of a table in, all of them or none."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import contracts  # noqa: PLC0415  # reason: needs the extra

        made = contracts.import_contracts(
            case,
            file,
            learned=moment(learned, "--learned"),
            source=source,
            replace=replace,
            ignore=ignore or (),
        )
        sys.stdout.write(
            f"{case.reference}: {len(made.added)} added, {len(made.changed)} changed, "
            f"{len(made.same)} known already; SHA-256 {made.sha256}\n"
        )


@app.command()
def add(
    name: Name,
    identity: Annotated[
        str, typer.Argument(metavar="ID", help="the clause's own id", show_default=False)
    ],
    fields: Fields,
    where: Where = None,
    by: By = None,
    learned: Learned = None,
    source: Source = None,
    why: Why = None,
) -> None:
    """Enter a clause, or change one: party=Acme within="24 hours" trigger=suspected."""
    given = fields_of(fields)
    unknown = [f"contracts.{identity}.{field}" for field, value in given.items() if value is None]
    with opened_case(name, where, by) as case:
        from regengine.casefile import contracts  # noqa: PLC0415  # reason: needs the extra

        told: dict[str, Any] = {
            "learned": moment(learned, "--learned"),
            "source": source,
            "why": why,
        }
        with case.writing():
            made = contracts.add(case, identity, **told, **given)
            made += case.set(dict.fromkeys(unknown), **told) if unknown else []
        shown.show_changes(case, made)


@app.command("list")
def list_(
    name: Name, where: Where = None, now: Now = None, form: ListingOption = Listing.table
) -> None:
    """List the clauses with what each asks, and by when."""
    with opened_case(name, where) as case:
        from regengine.casefile import contracts  # noqa: PLC0415  # reason: needs the extra

        results = contracts.owed(case, now_of(now))
    if form is Listing.json:
        rows = [result.model_dump(mode="json", by_alias=True) for result in results]
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    made = shown.table("clause", "to", "due", "latest", "asks", "address", "notes")
    for result in results:
        due, latest = result.deadline.due_at, result.deadline.latest_defensible
        zone = result.deadline.zone or "UTC"
        late = result.deadline.late_by is not None
        made.add_row(
            result.id.removeprefix("contract-"),
            Text(result.recipient.name),
            Text(
                instant(due, zone) if due else result.deadline.kind.replace("_", " "),
                style="bold red" if late else "",
            ),
            instant(latest, zone) if latest else "-",
            Text(result.deadline.text or result.status.replace("_", " ")),
            Text(result.method or "no address"),
            Text("\n".join(result.notes[1:])),
        )
    console().print(made)


@app.command()
def export(
    name: Name,
    file: Annotated[Path, typer.Argument(help="the table to write (CSV)", show_default=False)],
    where: Where = None,
) -> None:
    """Write the clauses as a table that comes in again."""
    with opened_case(name, where) as case:
        from regengine.casefile import contracts  # noqa: PLC0415  # reason: needs the extra

        number = contracts.export_contracts(case, file)
        sys.stdout.write(f"{case.reference}: {number} clauses written to {file.name}\n")
