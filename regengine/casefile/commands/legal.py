"""Notes on two tracks, engagements, conflicts, privilege: ``regengine case note``, ``engagement``, ..."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.evidence import At, listed, said, when
from regengine.casefile.commands.options import (
    By,
    Name,
    Where,
    casefile,
    moment,
    opened_case,
)
from regengine.options import Listing, ListingOption, Zone, calendar_date, zone_of
from regengine.tables import console

if TYPE_CHECKING:
    from regengine.casefile.case import Case
    from regengine.casefile.entries import Entry
    from regengine.casefile.legal import Note
    from regengine.casefile.privilege import Withheld

note = typer.Typer(
    no_args_is_help=True, help="Notes and documents: facts that may be shown, advice that may not."
)
engagement = typer.Typer(
    no_args_is_help=True, help="Who is engaged, by whom, for what, under which privilege."
)
conflict = typer.Typer(
    no_args_is_help=True, help="Advice against a message: what was decided, by whom, why."
)
privilege = typer.Typer(
    no_args_is_help=True, help="What is withheld and why; how to write; what is at risk."
)

NoteName = Annotated[str, typer.Argument(help="the note, like N2", show_default=False)]
Advice = Annotated[bool, typer.Option("--advice", help="advice: it never leaves the house")]


# -- notes --------------------------------------------------------------------------------


@note.command("add")
def note_add(
    name: Name,
    text: Annotated[str, typer.Argument(help="what it says", show_default=False)],
    where: Where = None,
    by: By = None,
    advice: Advice = False,
    label: Annotated[
        str, typer.Option("--label", help="attorney-client, work-product, eu-lpp, ...; else none")
    ] = "none",
    kind: Annotated[str, typer.Option("--kind", help="memo, mail, letter, report, call")] = "memo",
    author: Annotated[str | None, typer.Option("--author", help="who wrote it; else --by")] = None,
    to: Annotated[list[str] | None, typer.Option("--to", help="who got it; repeatable")] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="INSTANT", help="when it was made")
    ] = None,
    about: Annotated[
        list[str] | None, typer.Option("--about", metavar="ID", help="a record; repeatable")
    ] = None,
    nature: Annotated[
        str | None,
        typer.Option("--nature", help="what kind of thing it is, for the log of what is withheld"),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="the document: kept with the note")
    ] = None,
) -> None:
    """Write a note, or register a document, on one of the two tracks for good."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra

        made = legal.note(
            case,
            text,
            label=label,
            advice=advice,
            kind=kind,
            author=author,
            to=to or (),
            at=moment(at, "--at"),
            about=about or (),
            nature=nature,
            path=file,
        )
        lines = [f"{made.id}: {'advice' if advice else 'facts'}"]
        if advice:
            lines += [f"beware: {x}" for x in legal.note_warnings(case, made.id)]
        said(case, "\n".join(lines))


@note.command("list")
def note_list(
    name: Name,
    where: Where = None,
    advice: Annotated[
        bool, typer.Option("--advice", help="the advice track, in place of the facts")
    ] = False,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List the notes of one track: the facts, or with --advice the advice; never both."""
    zone = zone_of(reader_zone)
    with opened_case(name, where) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra
        from regengine.casefile import privilege as room  # noqa: PLC0415  # reason: as above

        found = legal.notes(case, "advice" if advice else "facts")
        rows = [
            _note(made.record, made.entry, room.shared_with(case, made.record.id), zone)
            for made in found
        ]
        columns = ("note", "made", "author", "to", "kind", "label", "what it says")
        listed(form, columns, rows, [made.record for made in found])


def _note(found: Note, entry: Entry, shared: list[str], zone: str | None) -> tuple[object, ...]:
    files = "".join(f" [{file.name}]" for file in entry.files)
    return (
        found.id,
        when(found.at or entry.at, zone),
        found.author,
        ", ".join((*found.to, *shared)),
        found.kind,
        found.label,
        f"{found.text}{files}",
    )


@note.command("share")
def note_share(
    name: Name,
    found: NoteName,
    to: Annotated[str, typer.Option("--to", help="who got it")],
    where: Where = None,
    by: By = None,
    at: At = None,
    how: Annotated[str | None, typer.Option("--how", help="mail, by hand")] = None,
) -> None:
    """Record that somebody got a note of advice; nothing is sent."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra

        made = legal.share(case, found, to, at=moment(at, "--at"), how=how)
        lines = [f"{made.note}: went to {made.to}"]
        said(case, "\n".join([*lines, *legal.note_warnings(case, made.note)]))


# -- engagements --------------------------------------------------------------------------


@engagement.command("add")
def engagement_add(
    name: Name,
    firm: Annotated[str, typer.Argument(help="the firm or the person", show_default=False)],
    role: Annotated[
        str, typer.Option("--role", help="outside_counsel, inhouse_counsel, forensic, ...")
    ],
    purpose: Annotated[str, typer.Option("--purpose", help="for what")],
    engaged_by: Annotated[str, typer.Option("--engaged-by", help="who signed the letter")],
    where: Where = None,
    by: By = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="the date")] = None,
    scope: Annotated[str | None, typer.Option("--scope", help="what it is to do")] = None,
    law: Annotated[
        str | None, typer.Option("--privilege", help="claimed under which law; else none is")
    ] = None,
    reports_to: Annotated[
        str | None, typer.Option("--reports-to", help="who gets its work")
    ] = None,
    people: Annotated[
        list[str] | None, typer.Option("--person", help="of the firm; may be repeated")
    ] = None,
    client: Annotated[
        list[str] | None, typer.Option("--client", help="who instructs it; may be repeated")
    ] = None,
    advice: Advice = False,
) -> None:
    """Record that a firm or a person was engaged."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra

        made = legal.engage(
            case,
            firm,
            role,
            purpose,
            track="advice" if advice else "facts",
            engaged_by=engaged_by,
            since=calendar_date(since, "--since") if since else None,
            scope=scope,
            law=law,
            reports_to=reports_to,
            people=tuple(people or ()),
            client=tuple(client or ()),
        )
        warnings = legal.engagement_warnings(case, made)
        said(case, "\n".join([f"{made.id}: {made.firm}", *(f"beware: {x}" for x in warnings)]))


@engagement.command("end")
def engagement_end(
    name: Name,
    found: Annotated[str, typer.Argument(help="the engagement, like EN1")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="its last day")],
    where: Where = None,
    by: By = None,
) -> None:
    """Record the last day of an engagement; from then on it is outside the circle."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra

        made = legal.disengage(case, found, calendar_date(on, "--on"))
        said(case, f"{made.id}: ended {made.ended}")


@engagement.command("list")
def engagement_list(
    name: Name,
    where: Where = None,
    advice: Annotated[bool, typer.Option("--advice", help="those of the advice track too")] = False,
    form: ListingOption = Listing.table,
) -> None:
    """List who is engaged, and what weakens the privilege that is claimed."""
    with opened_case(name, where) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra

        versions = legal.ENGAGEMENTS.versions(case)
        last = {x.record.id: x for x in versions}.values()
        found = [x.record for x in last if advice or x.entry.track == "facts"]
        rows = [
            (
                x.id,
                x.firm,
                x.role,
                f"{x.since or 'unknown'}{f' to {x.ended}' if x.ended else ''}",
                x.engaged_by,
                x.law or "none claimed",
                x.purpose,
                "\n".join(legal.engagement_warnings(case, x)),
            )
            for x in found
        ]
        columns = ("id", "firm", "role", "since", "by", "privilege", "purpose", "beware")
        listed(form, columns, rows, found)


# -- conflicts ----------------------------------------------------------------------------


@conflict.command("open")
def conflict_open(
    name: Name,
    what: Annotated[str, typer.Argument(help="what contradicts what", show_default=False)],
    advice: Annotated[str, typer.Option("--advice", metavar="N", help="the note of advice")],
    message: Annotated[str, typer.Option("--message", metavar="ID", help="what it is against")],
    where: Where = None,
    by: By = None,
    options: Annotated[
        list[str] | None, typer.Option("--option", help="a way out; may be repeated")
    ] = None,
) -> None:
    """Record that advice and a message contradict each other."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra

        made = legal.oppose(case, advice, message, what, options or ())
        said(case, f"{made.id}: open")


@conflict.command("decide")
def conflict_decide(
    name: Name,
    found: Annotated[str, typer.Argument(help="the conflict, like CF1")],
    decision: Annotated[str, typer.Argument(help="the number of an option, or other words")],
    who: Annotated[str, typer.Option("--who", help="who decided")],
    why: Annotated[str, typer.Option("--why", help="the reason")],
    where: Where = None,
    by: By = None,
    at: At = None,
) -> None:
    """Record how a conflict was decided, by whom and why."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra

        made = legal.decide(case, found, decision, who, why, at=moment(at, "--at"))
        said(case, f"{made.id}: decided by {made.decided_by}")


@conflict.command("list")
def conflict_list(
    name: Name,
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List the conflicts; they are advice and stay in the house."""
    zone = zone_of(reader_zone)
    with opened_case(name, where) as case:
        from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra

        found = legal.CONFLICTS.all(case)
        rows = [
            (
                x.id,
                f"{x.advice} against {x.message}",
                x.what,
                "\n".join(f"{i}. {text}" for i, text in enumerate(x.options, 1)),
                x.decision or Text("open", style="yellow"),
                f"{x.decided_by}, {when(x.decided_at, zone)}: {x.why}" if x.decision else "",
            )
            for x in found
        ]
        listed(form, ("id", "what", "why", "options", "decision", "by"), rows, found)


# -- privilege ----------------------------------------------------------------------------


@privilege.command("log")
def privilege_log(
    name: Name,
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List what is withheld: date, author, recipients, kind, ground; never what it says."""
    zone = zone_of(reader_zone)
    with opened_case(name, where) as case:
        from regengine.casefile import privilege as room  # noqa: PLC0415  # reason: needs the extra

        found = room.privilege_log(case)
        rows = [_withheld(row, zone) for row in found]
        plain = [shown.plain_row(row._asdict()) for row in found]
        columns = ("record", "date", "author", "recipients", "kind", "nature", "label", "ground")
        listed(form, columns, rows, plain)


def _withheld(row: Withheld, zone: str | None) -> tuple[str, ...]:
    recipients = ", ".join(row.recipients)
    return (
        row.record,
        when(row.at, zone),
        row.author,
        recipients,
        row.kind,
        row.nature,
        row.label,
        row.ground,
    )


@privilege.command("card")
def privilege_card() -> None:
    """Print how to write in a matter, and what each label means."""
    casefile()
    from regengine.casefile import privilege as room  # noqa: PLC0415  # reason: needs the extra

    sys.stdout.write(room.card())
    for key, held in room.words()["label"].items():
        ground = f" Ground: {held['ground']}." if held["ground"] else ""
        sys.stdout.write(f"\n--label {key}: {held['name']}. {held['meaning']}{ground}\n")


@privilege.command("check")
def privilege_check(name: Name, where: Where = None) -> None:
    """Look for mixed tracks and privilege at risk; exit status 3 where there is any."""
    with opened_case(name, where) as case:
        rows = list(_risks(case))
    if not rows:
        console().print("The tracks are apart, and no privilege is seen at risk.")
        return
    listed(Listing.table, ("record", "what", "beware"), rows, ())
    raise typer.Exit(3)


def _risks(case: Case) -> list[tuple[str, str, str]]:
    from regengine.casefile import legal  # noqa: PLC0415  # reason: needs the extra
    from regengine.casefile import privilege as room  # noqa: PLC0415  # reason: as above

    now = case.store.clock()
    rows = [*room.standing(case, now), *legal.standing(case, now)]
    # What a row of advice says stays out: this list is read over shoulders.
    found = [(x.record, "advice" if x.advice else x.what, x.warning) for x in rows if x.warning]
    how = {f"entry {x.seq}": x.how for x in room.leaks(case)}
    return [(record, what, f"{how.get(what, '')} {said_}".strip()) for record, what, said_ in found]
