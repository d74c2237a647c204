"""Open, list, show and change matters; their time line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regengine import plain
from regengine.casefile.commands import shown
from regengine.casefile.commands.options import (
    By,
    Learned,
    Name,
    Source,
    Where,
    Why,
    author,
    casefile,
    moment,
    opened_case,
    opened_store,
    value_of,
)
from regengine.options import (
    File,
    Law,
    Listing,
    ListingOption,
    Zone,
    corpus_at,
    refuse,
    zone_of,
)

if TYPE_CHECKING:
    from regengine.casefile.case import Case
    from regengine.casefile.history import Change

Sure = Annotated[str, typer.Option("--confidence", help="confirmed, probable, reported or assumed")]


def new(
    incident_file: File,
    where: Where = None,
    by: By = None,
    learned: Learned = None,
    source: Source = None,
    confidence: Sure = "confirmed",
    law: Law = None,
) -> None:
    """Open a matter from an incident file; a reference alone is enough."""
    corpus = corpus_at(law)
    facts = plain.read_file(incident_file)
    with opened_store(where) as store:
        case = casefile().Case.new(
            store,
            facts,
            author(by),
            learned=moment(learned, "--learned"),
            source=source or str(incident_file.name),
            confidence=confidence,
            corpus=corpus,
        )
        sys.stdout.write(
            f"{case.reference}: opened with {len(case.changes)} facts, head {case.head[:16]}\n"
        )


def list_(
    where: Where = None,
    everything: Annotated[bool, typer.Option("--all", help="closed ones too")] = False,
    form: ListingOption = Listing.table,
) -> None:
    """List the matters: the next due instant first."""
    with opened_store(where) as store:
        lines = store.matters(state=None if everything else "open")
    if form is Listing.json:
        rows = [shown.plain_row(line._asdict()) for line in lines]
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        shown.show_matters(lines)


def show(
    name: Name,
    where: Where = None,
    known: Annotated[
        str | None,
        typer.Option("--known", metavar="INSTANT", help="the facts as the house knew them then"),
    ] = None,
    recorded: Annotated[
        str | None,
        typer.Option(
            "--recorded", metavar="INSTANT", help="the facts as the record held them then"
        ),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="table, yaml (an incident file) or json")
    ] = "table",
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """Show what is known, from whom and since when; or what was known at an instant."""
    if form not in ("table", "yaml", "json"):
        refuse("--format", f'"{form}" is no form; table, yaml or json')
    then = {"known": moment(known, "--known"), "recorded": moment(recorded, "--recorded")}
    with opened_case(name, where, law=law) as case:
        if form == "table":
            shown.show_case(case, then["known"], then["recorded"], zone_of(reader_zone))
            return
        from regengine.intake import dump  # noqa: PLC0415  # reason: for this form alone

        held = dump(case.incident(**then))
    sys.stdout.write(
        _yaml(held) if form == "yaml" else json.dumps(held, indent=2, ensure_ascii=False) + "\n"
    )


def _yaml(held: Mapping[str, Any]) -> str:
    from io import StringIO  # noqa: PLC0415  # reason: for this form alone

    from ruamel.yaml import YAML  # noqa: PLC0415  # reason: as above

    out = StringIO()
    writer = YAML()
    writer.width = 100
    writer.dump(dict(held), out)
    return out.getvalue()


def set_(
    name: Name,
    changes: Annotated[
        list[str],
        typer.Argument(
            help="PATH=VALUE, or an incident file whose facts are taken in",
            metavar="FACT...",
            show_default=False,
        ),
    ],
    where: Where = None,
    by: By = None,
    learned: Learned = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="INSTANT", help="it was believed until then, and is no more"
        ),
    ] = None,
    source: Source = None,
    confidence: Sure = "confirmed",
    why: Why = None,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="the file is all that is known: what it leaves out is unknown"
        ),
    ] = False,
    law: Law = None,
) -> None:
    """Change facts: affected.customers.people.US-TX=130 eu.gdpr.risk=high timeline.contained=unknown."""
    files, values = _parted(changes)
    if whole and len(files) != 1:
        refuse("--whole", "goes with one incident file")
    ended = moment(until, "--until")
    if ended is not None and files:
        refuse("--until", "is of single facts, PATH=VALUE")
    told: dict[str, Any] = {
        "learned": moment(learned, "--learned"),
        "source": source,
        "confidence": confidence,
        "why": why,
    }
    with opened_case(name, where, by, law) as case:
        with case.writing():
            made = []
            for path in files:
                given = {**told, "source": source or path.name}
                made += case.take(plain.read_file(path), whole=whole, **given)
            made += case.set(values, until=ended, **told) if values else []
        _redate(case, made)
        shown.show_changes(case, made)


def _redate(case: Case, made: Sequence[Change]) -> None:
    """Date tasks about logs anew where the time line was moved: they count from it."""
    if any(change.path.startswith("timeline.") for change in made):
        from regengine.casefile import logs  # noqa: PLC0415  # reason: needs the extra

        logs.redate(case)


def _parted(changes: list[str]) -> tuple[list[Path], dict[str, Any]]:
    """Part files from PATH=VALUE."""
    files, values = [], {}
    for text in changes:
        path, equals, value = text.partition("=")
        if equals:
            values[path.strip()] = value_of(value, path.strip())
        elif Path(text).suffix in (".yaml", ".yml", ".toml", ".json"):
            files.append(Path(text))
        else:
            refuse("FACT", f'"{text}" is neither PATH=VALUE nor an incident file')
    return files, values


def undo(
    name: Name,
    entry: Annotated[int, typer.Argument(help="the number of the entry", show_default=False)],
    where: Where = None,
    by: By = None,
    why: Why = None,
    law: Law = None,
) -> None:
    """Take a change of a fact back, by a new entry; the old one stays."""
    with opened_case(name, where, by, law) as case:
        made = [case.undo(entry, why)]
        _redate(case, made)
        shown.show_changes(case, made)


def timeline(
    name: Name,
    where: Where = None,
    kinds: Annotated[
        str | None, typer.Option("--kinds", help="only these kinds of entry, by comma")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="INSTANT", help="only what was recorded since")
    ] = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """Tell the matter entry by entry: what happened, what was learned, decided and sent."""
    wanted = {word.strip() for word in (kinds or "").split(",") if word.strip()}
    begin: datetime | None = moment(since, "--since")
    with opened_case(name, where) as case:
        entries = [
            entry
            for entry in case.entries
            if (not wanted or entry.kind in wanted) and (begin is None or entry.at >= begin)
        ]
        if form is Listing.json:
            rows = [entry.model_dump(mode="json") for entry in entries]
            sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        else:
            shown.show_timeline(case, entries, zone_of(reader_zone))


COMMANDS: dict[str, Callable[..., None]] = {
    "new": new,
    "list": list_,
    "show": show,
    "set": set_,
    "undo": undo,
    "timeline": timeline,
}
