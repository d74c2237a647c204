"""Messages to those who must be told: ``regengine case message``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import By, Name, Where, Why, moment, opened_case
from regengine.options import Listing, ListingOption, Zone, refuse, zone_of
from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.communication import Apart, Finding, Told

app = typer.Typer(
    no_args_is_help=True,
    help="What is told to whom: drafts, approvals, embargoes, promises; checked against the facts.",
)

Number = Annotated[str, typer.Argument(help="the message (M1)", show_default=False)]
Audience = Annotated[
    str,
    typer.Argument(
        help="employees, customers, partners, press, regulators, or a name", show_default=False
    ),
]
Despite = Annotated[
    str | None,
    typer.Option("--despite", metavar="WHY", help="do it although it is refused; recorded"),
]
Title = Annotated[str | None, typer.Option("--title", help="what it is called")]
Channel = Annotated[str | None, typer.Option("--channel", help="mail, post, website, call...")]
Approver = Annotated[str | None, typer.Option("--approver", help="who must approve it")]
NotBefore = Annotated[
    str | None, typer.Option("--not-before", metavar="INSTANT", help="embargo until then")
]
After = Annotated[
    list[str] | None, typer.Option("--after", metavar="KEY", help="a notice that goes out first")
]
Serves = Annotated[
    list[str] | None,
    typer.Option("--serves", metavar="KEY", help="a duty whose order and embargo are its own"),
]

_LARGEST = 1 << 20  # bytes of a text file
_STYLE = {"contradiction": "bold red", "unproven": "yellow", "look": "cyan"}


def _text(text: str | None, file: Path | None) -> str:
    """Read the text from the option, or from a file."""
    if (text is None) == (file is None):
        refuse("--text", "give the text, or --file with one: one of the two")
    if file is None:
        return text or ""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            refuse(str(file), f"is longer than {_LARGEST} bytes")
        return content.decode("utf-8-sig")
    except OSError as error:
        refuse(str(file), f"cannot be read: {(error.strerror or str(error)).lower()}")
    except UnicodeDecodeError:
        refuse(str(file), "is no text in UTF-8")


@app.command()
def draft(
    name: Name,
    audience: Audience,
    where: Where = None,
    by: By = None,
    text: Annotated[str | None, typer.Option("--text", help="what it says")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="a text file that says it")] = None,
    title: Title = None,
    channel: Channel = None,
    approver: Approver = None,
    not_before: NotBefore = None,
    after: After = None,
    serves: Serves = None,
    corrects: Annotated[
        str | None, typer.Option("--corrects", metavar="M1", help="puts that message right")
    ] = None,
    revises: Annotated[
        str | None, typer.Option("--revises", metavar="M1", help="gives that message this text")
    ] = None,
) -> None:
    """Draft a message, or give one another text (then its approval falls)."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    said = _text(text, file)
    with opened_case(name, where, by) as case:
        if revises is not None:
            made = communication.revise(case, revises, said)
        else:
            made = communication.draft(
                case,
                title or f"To {audience}",
                audience,
                said,
                channel=channel,
                approver=approver,
                not_before=moment(not_before, "--not-before"),
                after=after or (),
                serves=serves or (),
                corrects=corrects,
            )
        sys.stdout.write(f"{made.id}: draft, version {made.version}\n")
        _findings(communication.check(case, made))


@app.command()
def holding(
    name: Name,
    audience: Audience,
    where: Where = None,
    by: By = None,
    title: Title = None,
    channel: Channel = None,
    approver: Approver = None,
    not_before: NotBefore = None,
    after: After = None,
    dry: Annotated[bool, typer.Option("--dry", help="print it alone")] = False,
) -> None:
    """Draft a first statement that says what is known and nothing else."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        text = communication.holding(case, audience)
        sys.stdout.write(f"{text}\n")
        if dry:
            return
        made = communication.draft(
            case,
            title or f"Holding statement to {audience}",
            audience,
            text,
            channel=channel,
            approver=approver,
            not_before=moment(not_before, "--not-before"),
            after=after or (),
        )
    sys.stdout.write(f"{made.id}: draft\n")


@app.command()
def approve(
    name: Name,
    message: Number,
    where: Where = None,
    by: By = None,
    who: Annotated[str | None, typer.Option("--who", help="who approves it; else --by")] = None,
    despite: Despite = None,
) -> None:
    """Approve a message as it stands; one that contradicts the record is refused."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        made = communication.approve(case, message, who=who, despite=despite)
        _loud(made.despite)
        sys.stdout.write(f"{made.id}: approved by {made.approved_by}\n")
        _findings(communication.check(case, made))


@app.command()
def send(
    name: Name,
    message: Number,
    where: Where = None,
    by: By = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="INSTANT", help="when it went out; else now")
    ] = None,
    channel: Channel = None,
    reached: Annotated[int | None, typer.Option("--reached", help="to how many")] = None,
    despite: Despite = None,
    withdrawn: Annotated[
        str | None, typer.Option("--withdrawn", metavar="WHY", help="it is withdrawn")
    ] = None,
) -> None:
    """Record that a message went out; what it promises becomes tasks."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        if withdrawn is not None:
            gone = communication.withdraw(case, message, withdrawn)
            sys.stdout.write(f"{gone.id}: withdrawn\n")
            return
        made = communication.send(
            case,
            message,
            at=moment(at, "--at"),
            channel=channel,
            reached=reached,
            despite=despite,
        )
    _loud(made.message.despite)
    sys.stdout.write(f"{made.message.id}: sent\n")
    for task in made.tasks:
        due = instant(task.due, "UTC") if task.due else "no due instant"
        sys.stdout.write(f"{task.id}: {task.title} ({due})\n")


def _loud(despite: tuple[str, ...]) -> None:
    for line in despite:
        console().print(Text(line, style="bold red"))


@app.command()
def promise(
    name: Name,
    message: Number,
    where: Where = None,
    by: By = None,
    text: Annotated[str | None, typer.Option("--promise", help="a promise that it makes")] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="INSTANT", help="by when")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="who keeps it")] = None,
    none: Annotated[
        str | None, typer.Option("--none", metavar="SENTENCE", help="this promises nothing (--why)")
    ] = None,
    why: Why = None,
    form: ListingOption = Listing.table,
) -> None:
    """List what a message promises, add a promise, or say that a sentence is none."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where, by) as case:
        if text is not None:
            communication.add_promise(case, message, text, due=moment(due, "--due"), owner=owner)
        if none is not None:
            communication.no_promise(case, message, none, why or "")
        made = communication.promises_of(case, communication.MESSAGES.one(case, message))
    if form is Listing.json:
        _json([x.model_dump(mode="json") for x in made])
        return
    for one in made:
        when = instant(one.due, "UTC") if one.due else "no due instant"
        console().print(Text(f"{one.text} ({when}, {one.owner or 'nobody owns it'})"))
    if not made:
        console().print(f"{message} promises nothing.")


@app.command()
def check(
    name: Name,
    message: Annotated[str | None, typer.Argument(help="one message; else all")] = None,
    where: Where = None,
    form: ListingOption = Listing.table,
) -> None:
    """Check messages against the facts and what was filed; exit status 3 for a contradiction."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where) as case:
        chosen = (
            [communication.MESSAGES.one(case, message)]
            if message is not None
            else [
                x
                for x in communication.MESSAGES.all(case)
                if x.state not in ("corrected", "withdrawn")
            ]
        )
        found = case.assess(record=False)
        rows = [row for one in chosen for row in communication.check(case, one, found)]
    if form is Listing.json:
        _json([row._asdict() for row in rows])
    else:
        _findings(rows)
        if not rows:
            console().print("Nothing was found that contradicts the record.")
    if any(row.severity == "contradiction" for row in rows):
        raise typer.Exit(3)


def _findings(rows: list[Finding]) -> None:
    if not rows:
        return
    made = shown.table("message", "finding", "sentence", "against", "why")
    for row in rows:
        made.add_row(
            row.message,
            Text(row.severity, style=_STYLE[row.severity]),
            Text(row.sentence),
            Text(f"{row.against}: {row.says}"),
            Text(row.why),
        )
    console().print(made)


@app.command()
def told(
    name: Name,
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """Show what each audience was told; exit status 3 where they were told different things."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where) as case:
        rows = communication.told(case)
    differ = communication.apart(rows)
    if form is Listing.json:
        _json(
            {
                "told": [shown.plain_row(row._asdict()) for row in rows],
                "apart": [x.question for x in differ],
            }
        )
    else:
        _show_told(rows, differ, zone_of(reader_zone) or "UTC")
    if differ:
        raise typer.Exit(3)


def _show_told(rows: list[Told], differ: list[Apart], zone: str) -> None:
    made = shown.table("question", "audience", "told", "message", "sent", "sentence")
    wrong = {row for one in differ for row in one.told}
    for row in sorted(rows, key=lambda x: (x.question, x.at)):
        style = "bold red" if row in wrong else "" if row.standing else "dim"
        sent = instant(row.at, zone)
        made.add_row(
            row.question,
            row.audience,
            Text(row.value, style=style),
            row.message,
            sent,
            Text(row.sentence),
        )
    console().print(made if rows else "Nobody was told anything that can be compared.")
    for one in differ:
        console().print(Text(f"audiences were told different things: {one.question}", "bold red"))


@app.command("list")
def list_(
    name: Name,
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List the messages."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where) as case:
        chosen = communication.MESSAGES.all(case)
        if form is Listing.json:
            _json([x.model_dump(mode="json") for x in chosen])
            return
        warned: dict[str, list[str]] = {}
        for row in communication.standing(case, case.store.clock()):
            if row.warning:
                warned.setdefault(row.record, []).append(row.warning)
    zone = zone_of(reader_zone) or "UTC"
    made = shown.table("message", "audience", "title", "state", "sent", "warning")
    for one in chosen:
        made.add_row(
            one.id,
            one.audience,
            Text(one.title),
            one.state,
            instant(one.sent_at, zone) if one.sent_at else "-",
            Text("\n".join(warned.get(one.id, ())), style="bold red"),
        )
    console().print(made if chosen else "No message is on record.")


@app.command()
def show(
    name: Name, message: Number, where: Where = None, form: ListingOption = Listing.table
) -> None:
    """Show a message with its text and what was done with it."""
    from regengine.casefile import communication  # noqa: PLC0415  # reason: needs the extra

    with opened_case(name, where) as case:
        one = communication.MESSAGES.one(case, message)
        versions = communication.MESSAGES.history(case, message)
    if form is Listing.json:
        _json(one.model_dump(mode="json"))
        return
    out = console()
    out.print(Text(f"{one.id} to {one.audience}: {one.title} ({one.state})", style="bold"))
    out.print(Text(one.text))
    _loud(one.despite)
    for made in versions:
        line = (
            f"{instant(made.entry.at, 'UTC')}  {made.record.state}, version {made.record.version}"
        )
        out.print(Text(f"{line}, by {made.entry.by}", style="dim"))


def _json(rows: object) -> None:
    sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
