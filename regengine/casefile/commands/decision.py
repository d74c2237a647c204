"""Decisions, presumptions and views of awareness: ``regengine case decision``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from regengine import options
from regengine.casefile.commands import shown
from regengine.casefile.commands.options import (
    By,
    Name,
    Where,
    Why,
    moment,
    now_of,
    opened_case,
    value_of,
)
from regengine.options import Law, Listing, ListingOption, Now, Zone, refuse, zone_of
from regengine.tables import console, instant

if TYPE_CHECKING:
    from regengine.casefile.case import Case
    from regengine.casefile.counterfactual import Cell, Views
    from regengine.casefile.decisions import Decision
    from regengine.casefile.presumptions import Presumption

app = typer.Typer(
    no_args_is_help=True,
    help="What was decided, by whom, why, in which form, and what turned on it.",
)

At = Annotated[
    str | None, typer.Option("--at", metavar="INSTANT", help="when it was decided; else now")
]
Written = Annotated[
    bool | None, typer.Option("--written/--oral", help="whether it is documented in writing")
]
Board = Annotated[str | None, typer.Option("--board", help="which body decided or was told")]
Counsel = Annotated[str | None, typer.Option("--counsel", help="which counsel advised")]
Dissent = Annotated[str | None, typer.Option("--dissent", help="who was against it, and why")]
Privileged = Annotated[
    bool, typer.Option("--advice", help="advice: the reasons never leave the house")
]
Event = Annotated[str, typer.Option("--event", help="an event of the timeline")]

_STATUS = {
    "required": ("required", "bold red"),
    "possible": ("possible", "yellow"),
    "not_required": ("not required", "dim"),
    "out_of_view": ("-", "dim"),
}
_STATE = {"open": "yellow", "confirmed": "green", "answered": "dim", "gone": "dim"}


@app.command("set")
def set_(
    name: Name,
    judgement: Annotated[
        str,
        typer.Argument(help="NAME=VALUE, like eu.gdpr.risk=high; unknown takes it back"),
    ],
    why: Why = None,
    where: Where = None,
    by: By = None,
    who: Annotated[str | None, typer.Option("--who", help="who decided; else --by")] = None,
    at: At = None,
    written: Written = None,
    consulted: Annotated[
        list[str] | None,
        typer.Option("--consulted", metavar="AUTHORITY[@INSTANT]", help="may be repeated"),
    ] = None,
    board: Board = None,
    counsel: Counsel = None,
    dissent: Dissent = None,
    advice: Privileged = False,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """Decide a judgement: its facts are set, and what turned on it is kept."""
    subject, equals, value = judgement.partition("=")
    if not equals or not value.strip():
        refuse("JUDGEMENT", f'"{judgement}" has no value; write NAME=VALUE')
    given = value_of(value, subject.strip())
    zone = zone_of(reader_zone)
    with opened_case(name, where, by, law) as case:
        from regengine.casefile import decisions  # noqa: PLC0415  # reason: needs the extra

        made = decisions.decide(
            case,
            subject,
            None if given == "unknown" else given,
            why=_reason(why),
            by=who,
            at=moment(at, "--at"),
            written=written,
            consulted=None if consulted is None else [_consulted(item) for item in consulted],
            board=board,
            counsel=counsel,
            dissent=dissent,
            track="advice" if advice else "facts",
        )
        _tell(case, made, form, zone)


@app.command("other")
def other_(
    name: Name,
    question: Annotated[str, typer.Argument(help="what was to be decided")],
    chosen: Annotated[str, typer.Argument(help="what was decided")],
    why: Why = None,
    where: Where = None,
    by: By = None,
    who: Annotated[str | None, typer.Option("--who", help="who decided; else --by")] = None,
    at: At = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="what was on the table; may be repeated")
    ] = None,
    written: Written = None,
    board: Board = None,
    counsel: Counsel = None,
    dissent: Dissent = None,
    replaces: Annotated[
        str | None, typer.Option("--replaces", metavar="ID", help="the decision that it reverses")
    ] = None,
    advice: Privileged = False,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """Record a decision that no law has a word for: to pay or not, whom to engage."""
    zone = zone_of(reader_zone)
    with opened_case(name, where, by) as case:
        from regengine.casefile import decisions  # noqa: PLC0415  # reason: needs the extra

        made = decisions.other(
            case,
            question,
            chosen,
            why=_reason(why),
            options=option or (),
            by=who,
            at=moment(at, "--at"),
            written=written,
            board=board,
            counsel=counsel,
            dissent=dissent,
            replaces=replaces,
            track="advice" if advice else "facts",
        )
        _tell(case, made, form, zone)


@app.command("list")
def list_(
    name: Name,
    where: Where = None,
    everything: Annotated[bool, typer.Option("--all", help="replaced ones too")] = False,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """List the decisions that hold, and the judgements that nobody has explained."""
    zone = zone_of(reader_zone)
    with opened_case(name, where, law=law) as case:
        from regengine.casefile import decisions  # noqa: PLC0415  # reason: needs the extra

        held = decisions.standing_decisions(case)
        made = decisions.DECISIONS.versions(case) if everything else held
        bare = decisions.unrecorded(case)
        if form is Listing.json:
            rows = [x.record.model_dump(mode="json") for x in made]
            bare_rows = [dict(zip(("name", "value", "decided"), x, strict=True)) for x in bare]
            _json({"decisions": rows, "unexplained": bare_rows})
            return
        out = console()
        if not made and not bare:
            out.print("Nothing was decided yet.")
            return
        standing = {x.record.id for x in held}
        listed = shown.table("id", "what", "before → after", "when", "by", "remarks")
        for version in made:
            record = version.record
            style = "" if record.id in standing else "dim strike"
            listed.add_row(
                Text(record.id, style="magenta" if version.entry.track == "advice" else "bold"),
                Text(record.subject, style=style),
                Text(_change(record), style=style),
                instant(record.at, zone or "UTC"),
                Text(record.by),
                Text("\n".join(_remarks(record))),
            )
        for subject, value, decided in bare:
            lack = f"decided {decided}, changed since" if decided else "no decision on record"
            listed.add_row("-", subject, Text(value), "-", "-", Text(lack, style="yellow"))
        out.print(listed)


@app.command("show")
def show_(
    name: Name,
    decision: Annotated[str, typer.Argument(help="its id, or the judgement, event or question")],
    where: Where = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """Show a decision with its history and what turned on it."""
    zone = zone_of(reader_zone)
    with opened_case(name, where) as case:
        from regengine.casefile import decisions  # noqa: PLC0415  # reason: needs the extra

        made = decisions.history(case, decision)
        if not made:
            decisions.DECISIONS.one(case, decision)  # refuses with the nearest id
        if form is Listing.json:
            _json([x.record.model_dump(mode="json") for x in made])
            return
        plain = decision.casefold()
        wanted = [x.record for x in made if x.record.id.casefold() == plain]
        _show(wanted[-1] if wanted else made[-1].record, zone)
        if len(made) > 1:
            out = console()
            listed = shown.table("id", "before → after", "when", "by", "why")
            for version in made:
                record = version.record
                when = instant(record.at, zone or "UTC")
                cells = (_change(record), when, record.by, record.why)
                listed.add_row(record.id, *map(Text, cells))
            out.print(listed)


@app.command("presumed")
def presumed_(
    name: Name,
    where: Where = None,
    now: Now = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """List what was presumed, which duties rest on it, and who has confirmed it."""
    zone, at = zone_of(reader_zone), now_of(now)
    with opened_case(name, where, law=law) as case:
        from regengine.casefile import presumptions  # noqa: PLC0415  # reason: needs the extra

        found = presumptions.presumed(case)
        if form is Listing.json:
            _json([_presumption(x, at) for x in found])
            return
        out = console()
        if not found:
            out.print(
                "Nothing is presumed."
                if case.assessments()
                else "The matter was never assessed: nothing is presumed yet."
            )
            return
        listed = shown.table("fact", "presumed", "duties", "due", "state")
        for item in found:
            listed.add_row(*_presumption_row(item, at, zone))
        out.print(listed)


@app.command("confirm")
def confirm_(
    name: Name,
    fact: Annotated[str, typer.Argument(help="the fact that is presumed")],
    why: Why = None,
    where: Where = None,
    by: By = None,
    who: Annotated[str | None, typer.Option("--who", help="who confirms it; else --by")] = None,
    law: Law = None,
) -> None:
    """Confirm that a presumption may stand; it falls when the fact changes."""
    with opened_case(name, where, by, law) as case:
        from regengine.casefile import presumptions  # noqa: PLC0415  # reason: needs the extra

        made = presumptions.confirm(case, fact, why=_reason(why), by=who)
        sys.stdout.write(f"{made.id}: {made.fact} confirmed by {made.by}\n")


@app.command("aware")
def aware_(
    name: Name,
    at: Annotated[
        str | None,
        typer.Argument(help="a view to add: an instant or a day; without it, the views are listed"),
    ] = None,
    event: Event = "aware",
    why: Why = None,
    says: Annotated[str | None, typer.Option("--says", help="who holds this view")] = None,
    where: Where = None,
    by: By = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """List the views of when the house became aware, with what each means; or add one."""
    zone = zone_of(reader_zone)
    with opened_case(name, where, by, law) as case:
        from regengine.casefile import awareness_record  # noqa: PLC0415  # reason: needs the extra

        if at is not None:
            made = awareness_record.add_candidate(
                case, _when(at, "AT"), why=_reason(why), says=says, event=event
            )
            sys.stdout.write(f"{made.id}: {made.event} at {made.at}, says {made.says}\n")
        held = awareness_record.candidates(case, event)
        views = awareness_record.views(case, event)
        if form is Listing.json:
            rows = [x._asdict() for x in held]
            _json({"candidates": rows, "views": views.model_dump(mode="json")})
            return
        out = console()
        if not held:
            out.print(f"No view of {event} is on record.")
            return
        listed = shown.table("id", "when", "who says so", "what speaks for it", "chosen")
        for item in held:
            chosen = ", ".join(item.laws) or "for all laws" if item.chosen else ""
            listed.add_row(
                item.id or "-",
                _moment_text(item.at, zone),
                Text(item.says or ""),
                Text(item.why or ""),
                Text(chosen, style="green"),
            )
        out.print(listed)
        _show_views(views, None, zone)


@app.command("choose")
def choose_(
    name: Name,
    candidate: Annotated[str, typer.Argument(help="its id (C1), or the instant itself")],
    why: Why = None,
    event: Event = "aware",
    laws: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="PREFIX", help="only for duties whose id begins so"),
    ] = None,
    where: Where = None,
    by: By = None,
    who: Annotated[str | None, typer.Option("--who", help="who decided; else --by")] = None,
    at: At = None,
    counsel: Counsel = None,
    dissent: Dissent = None,
    advice: Privileged = False,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """Choose the view from which deadlines count, for all laws or for some."""
    zone = zone_of(reader_zone)
    named = candidate if re.fullmatch(r"[Cc]\d+", candidate) else _when(candidate, "CANDIDATE")
    with opened_case(name, where, by, law) as case:
        from regengine.casefile import awareness_record  # noqa: PLC0415  # reason: needs the extra

        made = awareness_record.choose(
            case,
            named,
            why=_reason(why),
            event=event,
            laws=laws or (),
            by=who,
            at=moment(at, "--at"),
            counsel=counsel,
            dissent=dissent,
            track="advice" if advice else "facts",
        )
        _tell(case, made, form, zone)


# -- reading options -----------------------------------------------------------------------


def _reason(why: str | None) -> str:
    if why is None or not why.strip():
        refuse("--why", "is wanted: a decision without reasons proves nothing")
    return why


def _when(text: str, option: str) -> datetime | date:
    """Read an instant, or a day where no time is known."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return options.calendar_date(text, option)
    return options.instant(text, option)


def _consulted(text: str) -> str | tuple[str, datetime | None]:
    authority, mark, at = text.partition("@")
    return (authority, moment(at, "--consulted")) if mark else authority


# -- showing ---------------------------------------------------------------------------------


def _json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _tell(case: Case, made: Decision, form: Listing, zone: str | None) -> None:
    if form is Listing.json:
        _json(made.model_dump(mode="json"))
        return
    _show(made, zone)
    console().print(Text(f"{case.reference}: head {case.head[:16]}", style="dim"))


def _show(made: Decision, zone: str | None) -> None:
    out = console()
    named = made.subject + (f" (for {', '.join(made.laws)})" if made.laws else "")
    out.print(Text(f"{made.id}  ").append(named, style="bold").append(f": {_change(made)}"))
    board = {"board": made.board, "counsel": made.counsel, "dissent": made.dissent}
    rows = {
        "decided": f"{instant(made.at, zone or 'UTC')} by {made.by}",
        "why": made.why,
        "form": ", ".join(_form(made)),
        "options": ", ".join(made.options) if made.sort == "other" else "",
        **board,
        "replaces": made.replaces,
        "the engine": _engine(made),
    }
    for label, text in rows.items():
        if text:
            out.print(Text(f"      {label}: ", style="dim").append(text, style="not dim"))
    for warning in _missing(made):
        out.print(Text(f"      ! {warning}", style="yellow"))
    if made.turned is not None:
        chosen = made.chosen or "unknown"
        _show_views(made.turned, chosen if chosen in made.turned.columns else None, zone)
        if not made.turned.rows:
            out.print("      No duty turned on it, as the facts stood.")


def _engine(made: Decision) -> str:
    if made.engine is None:
        return ""
    against = "; the decision says otherwise" if made.against_engine else ""
    return f"{made.engine.words}{against}"


def _form(made: Decision) -> list[str]:
    written = {True: ["in writing"], False: ["not in writing"], None: []}[made.written]
    asked = [
        f"consulted {x.authority}{f' at {x.at.isoformat()}' if x.at else ''}"
        for x in made.consulted or ()
    ]
    return [*written, *asked]


def _missing(made: Decision) -> list[str]:
    """Say which form is missing, for which duties, each once."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for form in made.forms_missing:
        found.setdefault((form.words, form.citation), {})[form.key] = None
    return [
        f"form missing: {words} ({cite}); without it stays {', '.join(keys)}"
        for (words, cite), keys in found.items()
    ]


def _remarks(made: Decision) -> list[str]:
    missing = ", ".join(dict.fromkeys(x.words for x in made.forms_missing))
    said = [
        f"replaces {made.replaces}" if made.replaces else "",
        f"form missing: {missing}" if missing else "",
        "against the criteria of the law" if made.against_engine else "",
        f"dissent: {made.dissent}" if made.dissent else "",
        f"{len(made.turned.rows)} duties turned on it" if made.turned and made.turned.rows else "",
    ]
    return [text for text in said if text]


def _change(made: Decision) -> str:
    """Write before → after."""
    return f"{made.before or 'unknown'} → {made.chosen or 'unknown'}"


def _show_views(views: Views, chosen: str | None, zone: str | None) -> None:
    """Print duties as rows and answers as columns; the one that was chosen in bold."""
    if not views.rows:
        return
    names = [_moment_text(name, zone) for name in views.columns]
    marked = [
        f"[bold]{escape(name)} ✓[/bold]" if column == chosen else escape(name)
        for name, column in zip(names, views.columns, strict=True)
    ]
    made = shown.table("duty", *marked)
    for row in views.rows:
        made.add_row(Text(row.key), *(_cell(cell, zone) for cell in row.cells))
    console().print(made)


def _cell(cell: Cell, zone: str | None) -> Text:
    words, style = _STATUS[cell.status]
    if cell.due_at is None:
        return Text(words, style=style)
    projected = "projected " if cell.projected else ""
    late = ", late" if cell.late else ""
    return Text(f"{words}\n{projected}{instant(cell.due_at, zone or 'UTC')}{late}", style=style)


def _moment_text(text: str, zone: str | None) -> str:
    """Write an instant for people; anything else stays as it is."""
    return instant(datetime.fromisoformat(text), zone or "UTC") if "T" in text else text


def _presumption_row(item: Presumption, now: datetime, zone: str | None) -> Sequence[Text | str]:
    warning = item.warning(now)
    by = item.confirmed.record.by if item.confirmed and item.state == "confirmed" else ""
    state = Text(f"{item.state}{f' by {by}' if by else ''}", style=_STATE[item.state])
    if warning:
        state.append(f"\n! {warning}", style="bold red" if item.late else "yellow")
    return (
        Text(item.fact).append(f"\n{item.questions[0]}", style="dim"),
        shown.value_text(item.value),
        Text("\n".join(item.keys)),
        instant(item.due, zone or "UTC") if item.due else "-",
        state,
    )


def _presumption(item: Presumption, now: datetime) -> dict[str, Any]:
    confirmed = item.confirmed.record.model_dump(mode="json") if item.confirmed else None
    return {
        **shown.plain_row(item._asdict()),
        "confirmed": confirmed,
        "warning": item.warning(now),
    }
