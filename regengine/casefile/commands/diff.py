"""What changed, and what it means: ``regengine case diff`` and ``regengine case law-report``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.options import (
    By,
    Name,
    Where,
    author,
    now_of,
    opened_case,
    opened_store,
)
from regengine.options import Law, Listing, ListingOption, Now, Zone, corpus_at, refuse, zone_of
from regengine.options import instant as instant_of
from regengine.tables import console, instant, progress

if TYPE_CHECKING:
    from regengine.casefile.delta import Between, Cause, Delta, Row, Shift
    from regengine.casefile.law_change import LawReport, MatterReport
    from regengine.casefile.untrue import Statement, Truth

_FOUND = 3  # exit status: a notice that went out is untrue
_RECENT = timedelta(days=90)
_LISTED = 3  # members of a list that came or went, before the rest is counted
_SHOWN = 12  # rows of one kind, and lines of news beside them, before the rest is counted

# How each kind of row is headed: sign, words, colour.
_KINDS = {
    "appeared": ("+", "Appeared", "bold green"),
    "disappeared": ("-", "Gone", "bold magenta"),
    "required": ("▲", "Possible before, required now", "bold red"),
    "possible": ("▽", "Required before, open now", "yellow"),
    "late": ("!", "Late now", "bold red"),
    "moved": ("→", "Moved", "cyan"),
    "changed": ("~", "Changed", "blue"),
}
_SAID = {
    "untrue": ("✗", "untrue", "bold red"),
    "not_owed": ("✗", "no longer owed", "bold magenta"),
    "no_longer_sure": ("?", "no longer sure", "yellow"),
    "now_known": ("+", "now known", "green"),
    "reworded": ("~", "worded otherwise by the law or the engine", "dim"),
}
_LABELS = {
    "due_at": "due",
    "latest_defensible": "latest defensible",
    "projected_due_at": "due if it started now",
    "not_before": "not before",
    "start": "clock event",
    "start_at": "clock started",
    "law_version": "terms in force from",
    "law_status": "status of the law",
    "went_out": "on record as sent",
    "soft": "when",
}
# Told by the head of a row, or by another shift beside it.
_UNTOLD = ("status", "late")
_VERDICTS = {
    "error": ("bold red", "cannot be answered under the new law"),
    "differs": ("bold yellow", "answered otherwise by the new law"),
    "same_answer": ("green", "same answer under the new law"),
    "not_assessed": ("dim", "never assessed"),
    "same_law": ("dim", "answered under this law already"),
}


def diff(
    name: Name,
    where: Where = None,
    by: By = None,
    before: Annotated[
        str | None,
        typer.Option("--from", metavar="INSTANT|ENTRY", help="else the last recorded assessment"),
    ] = None,
    after: Annotated[
        str | None, typer.Option("--to", metavar="INSTANT|ENTRY", help="else the last entry")
    ] = None,
    known: Annotated[
        bool, typer.Option("--known", help="by what the house had learned, not what it recorded")
    ] = False,
    now: Now = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="a folder for the drafted supplements")
    ] = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """Tell what changed: facts, obligations, and notices sent that are untrue now (exit 3)."""
    zone = zone_of(reader_zone)
    moment = now_of(now)
    _check_points(before, after, out, known=known)
    with opened_case(name, where, by, law) as case:
        from regengine.casefile import delta, untrue  # noqa: PLC0415  # reason: needs the extra

        if before is None:
            found = delta.since_last(case, moment)
        else:
            last = _point(after, "--to") if after else case.entries[-1].seq
            axis: Any = "known" if known else "recorded"
            found = delta.between(case, _point(before, "--from"), last, moment, axis=axis)
        truth = untrue.untrue(found.case if after else case)
        drafts = untrue.write_supplements(case, out, moment, found=truth) if out else None
        if form is Listing.json:
            _print_json(found, truth)
        else:
            _show(found, truth, zone)
            if out is not None:
                names = [x for x in drafts.files if x.endswith(".pdf")] if drafts else []
                _show_drafts(names, out)
    if truth.of("untrue", "not_owed"):
        raise typer.Exit(_FOUND)


def _check_points(before: str | None, after: str | None, out: Path | None, *, known: bool) -> None:
    if before is None and (after is not None or known):
        refuse("--to" if after is not None else "--known", "goes with --from")
    if out is not None and after is not None:
        refuse("--out", "drafts from the facts as they are now; leave --to out")


def _point(text: str, option: str) -> int | datetime:
    return int(text) if text.isdecimal() and text.isascii() else instant_of(text, option)


def _print_json(found: Between, truth: Truth) -> None:
    told = {
        "delta": found.delta.model_dump(mode="json", by_alias=True),
        "changes": [shown.plain_row(x._asdict()) for x in found.changes],
        "notices": [{"entry": x.seq, **x.told} for x in found.notices],
        "sent": truth.model_dump(mode="json", by_alias=True),
    }
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


# -- on the terminal -----------------------------------------------------------------------


def _show(found: Between, truth: Truth, zone: str | None) -> None:
    out = console()
    out.print(_head(found, zone))
    _show_facts(out, found, zone)
    _show_rows(out, found.delta, zone)
    _show_questions(out, found.delta)
    _show_notices(out, truth)
    out.print(_sum(found, truth))


def _head(found: Between, zone: str | None) -> Panel:
    delta = found.delta
    sides = [
        f"entry {side.until}" + (f" ({instant(side.at, zone)})" if side.at else "")
        for side in (delta.before, delta.now)
    ]
    now = f"both as of {instant(delta.now.now, zone)}" if delta.now.now else ""
    if delta.before.now != delta.now.now and delta.before.now and delta.now.now:
        now = f"{instant(delta.before.now, zone)}  →  {instant(delta.now.now, zone)}"
    law = f"law {delta.now.law}"
    if (delta.before.law_sha256, delta.before.engine) != (delta.now.law_sha256, delta.now.engine):
        law = (
            f"law {delta.before.law}, engine {delta.before.engine}  →  "
            f"law {delta.now.law}, engine {delta.now.engine}"
        )
    text = Text(f"{sides[0]}  →  {sides[1]}\n").append(f"{now}\n{law}".strip(), style="dim")
    return Panel(text, title=Text(f"{delta.matter}: what changed"), title_align="left")


def _heading(words: str, count: int, style: str = "bold") -> Text:
    return Text().append(f"\n{words}", style=style).append(f"  {count}", style="dim")


def _show_facts(out: Console, found: Between, zone: str | None) -> None:
    if not found.changes and not found.notices:
        out.print(Text("\nNo fact has changed.", style="dim"))
        return
    if found.changes:
        out.print(_heading("Facts", len(found.changes)))
    for change in found.changes[:_SHOWN]:
        line = Text().append(f"{change.seq:>5}  ", style="dim").append(change.path, style="bold")
        line.append("  ").append_text(_arrow(change.before, change.value))
        said = ", ".join(filter(None, (change.by, change.source)))
        out.print(line.append(f"  {said}", style="dim"))
    _rest(out, len(found.changes))
    if found.notices:
        out.print(_heading("Notices", len(found.notices)))
    for entry in found.notices:
        told = entry.told
        at = datetime.fromisoformat(told["at"]) if "T" in told["at"] else None
        line = Text().append(f"{entry.seq:>5}  ", style="dim").append(told["key"], style="bold")
        out.print(line.append(f"  {told['state']} {instant(at, zone) if at else told['at']}"))


def _arrow(before: object, now: object) -> Text:
    line = Text().append(shown.value_text(before), style="red" if before is not None else "dim")
    line.append(" → ")
    return line.append(shown.value_text(now), style="green" if now is not None else "yellow")


def _rest(out: Console, count: int) -> None:
    if count > _SHOWN:
        out.print(Text(f"       and {count - _SHOWN} more (--format json lists all)", style="dim"))


def _show_rows(out: Console, delta: Delta, zone: str | None) -> None:
    if not delta.rows:
        out.print(Text("\nNo obligation has changed.", style="green"))
    for kind, rows in groupby(delta.rows, key=lambda row: row.kind):
        sign, words, style = _KINDS[kind]
        listed = list(rows)
        out.print(_heading(words, len(listed), style))
        for row in listed[:_SHOWN]:
            out.print(_row(row, sign, style, zone))
        _rest(out, len(listed))


def _row(row: Row, sign: str, style: str, zone: str | None) -> Group:
    head = Text().append(f"  {sign} ", style=style).append(row.key, style="bold")
    if row.before != row.now:
        words = (_status(row.before), _status(row.now))
        head.append(f"  {words[0]} → ", style="").append(words[1], style=style)
    if row.due_at is not None:
        gone = row.kind == "disappeared"
        head.append(f"  {'was due' if gone else 'due'} {instant(row.due_at, zone)}")
    if row.late:
        head.append("  LATE", style="bold red")
    parts: list[RenderableType] = [
        head,
        _under(Text(f"{row.title}: {row.recipient} ({row.citation})", style="dim")),
    ]
    parts += [_under(_shift(x, zone)) for x in row.shifts if x.field not in _UNTOLD]
    if row.now is not None and row.kind in ("appeared", "disappeared", "required", "possible"):
        parts += [_under(Text(f"because {x}", style="italic")) for x in row.reasons]
    causes = _causes(row.causes)
    if causes:
        parts.append(_under(Text(causes, style="cyan")))
    return Group(*parts)


def _under(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 6))


def _status(status: str | None) -> str:
    return status.replace("_", " ") if status else "not in view"


def _shift(shift: Shift, zone: str | None) -> Text:
    label = _LABELS.get(shift.field, shift.field.replace("_", " "))
    line = Text(f"{label}: ")
    if isinstance(shift.before, list) and isinstance(shift.now, list) and shift.field != "people":
        return line.append_text(_lists(shift.before, shift.now, zone))
    line.append(_value(shift.before, zone, shift.field), style="red")
    line.append(" → ").append(_value(shift.now, zone, shift.field), style="green")
    if shift.moved_by:
        way = "earlier" if shift.moved_by < 0 else "later"
        style = "bold red" if shift.moved_by < 0 else "bold green"
        line.append(f"  {shown.span_text(abs(shift.moved_by))} {way}", style=style)
    return line


def _lists(before: list[Any], now: list[Any], zone: str | None) -> Text:
    """Show what a list lost and gained; each is one line."""
    line = Text()
    for sign, style, items in (
        ("-", "red", [x for x in before if x not in now]),
        ("+", "green", [x for x in now if x not in before]),
    ):
        for item in items[:_LISTED]:
            line.append(f"\n  {sign} {_value(item, zone)}", style=style)
        if len(items) > _LISTED:
            line.append(f"\n  {sign} {len(items) - _LISTED} more", style=style)
    return line if line.plain else Text("in another order", style="dim")


def _value(value: Any, zone: str | None, field: str = "") -> str:
    if field == "people" and isinstance(value, list):
        least, most = value
        if most is None:
            return f"at least {least:,}"
        return f"{least:,}" if least == most else f"{least:,} to {most:,}"
    if isinstance(value, list):
        return ", ".join(_value(held, zone) for held in value if held is not None)
    if isinstance(value, str) and "T" in value[10:11]:
        try:
            return instant(datetime.fromisoformat(value), zone)
        except ValueError:
            return value
    return "none" if value is None else shown.value_text(value)


def _causes(causes: Sequence[Cause]) -> str:
    """Say what brought something about: the entry, or several together."""
    alone = [str(cause) for cause in causes if cause.ground != "together"]
    together = any(cause.ground == "together" for cause in causes)
    if not causes:
        return ""
    if not alone:
        return "by the changes together; none alone does it"
    return f"{'together, by ' if together else 'by '}{'; '.join(alone)}"


def _show_questions(out: Console, delta: Delta) -> None:
    came, went = delta.questions_came, delta.questions_went
    if came or went:
        out.print(_heading("Questions", len(came) + len(went)))
    for sign, style, asked in (("?", "yellow", came), ("✓", "green", went)):
        for one in asked[:_SHOWN]:
            decides = f"  decides {len(one.decides)}" if one.decides else ""
            line = Text().append(f"  {sign} ", style=style).append(one.question, style="")
            out.print(line.append(f"  {one.fact}{decides}", style="dim"))
        _rest(out, len(asked))
    if delta.came or delta.went:
        out.print(_heading("Besides", len(delta.came) + len(delta.went)))
    for sign, style, lines in (("+", "green", delta.came), ("-", "magenta", delta.went)):
        for text in lines[:_SHOWN]:
            out.print(Text().append(f"  {sign} ", style=style).append(text, style=""))
        _rest(out, len(lines))


def _show_notices(out: Console, truth: Truth) -> None:
    if truth.rows:
        out.print(_heading("Notices that went out", len(truth.rows)))
    for (_, document), rows in groupby(truth.rows, key=lambda row: (row.key, row.document)):
        listed = list(rows)
        head = Text(f"  {document}", style="bold")
        out.print(head.append(f"  {listed[0].title}, entry {listed[0].entry}", style="dim"))
        for row in listed:
            out.print(_under(_statement(row)))
    for lost in truth.unread:
        out.print(Text(f"  {lost.key}: not compared: {lost.why}", style="yellow"))


def _statement(row: Statement) -> Text:
    sign, words, style = _SAID[row.kind]
    line = Text().append(f"{sign} {words}  ", style=style).append(row.where, style="bold")
    gone = [x for x in row.before if x not in row.now]
    new = [x for x in row.now if x not in row.before]
    for mark, colour, texts in (("-", "red", gone), ("+", "green", new)):
        for text in texts[:_LISTED]:
            line.append(f"\n    {mark} {shown.value_text(text)}", style=colour)
        if len(texts) > _LISTED:
            line.append(f"\n    {mark} {len(texts) - _LISTED} more lines", style=colour)
    causes = _causes(row.causes)
    return line.append(f"\n    {causes}", style="cyan") if causes else line


def _sum(found: Between, truth: Truth) -> Text:
    counts = [
        f"{len(list(rows))} {_KINDS[kind][1].lower()}"
        for kind, rows in groupby(found.delta.rows, key=lambda row: row.kind)
    ]
    line = Text(f"\n{', '.join(counts) or 'no obligation changed'}. ", style="bold")
    wrong = {row.document for row in truth.of("untrue", "not_owed")}
    if wrong:
        papers = "notice that went out is" if len(wrong) == 1 else "notices that went out are"
        return line.append(f"{len(wrong)} {papers} untrue now.", style="bold red")
    if truth.compared:
        return line.append(
            f"{truth.compared} compared: what was stated still holds.", style="green"
        )
    return line


def _show_drafts(names: Sequence[str], out: Path) -> None:
    to = console()
    if not names:
        to.print("Nothing is to be told to a recipient: no supplement was drafted.")
        return
    to.print(_heading(f"Drafted in {out}", len(names)))
    for name in names:
        to.print(Text(f"  {name}"))


# -- the law-change report -----------------------------------------------------------------


def law_report(
    where: Where = None,
    by: By = None,
    record: Annotated[
        bool, typer.Option("--record", help="keep the report in each matter that it concerns")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="also matters that were closed in the last 90 days")
    ] = False,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """Hold the law as it is now against the last answer of every open matter (exit 3: differs)."""
    zone = zone_of(reader_zone)
    corpus = corpus_at(law)
    with opened_store(where) as store:
        from regengine.casefile import law_change  # noqa: PLC0415  # reason: needs the extra

        with progress("matters") as advance:
            found = law_change.law_report(
                store,
                corpus,
                author(by),
                closed_within=_RECENT if everything else None,
                record=record,
                progress=advance,
            )
    if form is Listing.json:
        sys.stdout.write(found.model_dump_json(by_alias=True, indent=2) + "\n")
    else:
        _show_report(found, zone)
    if found.of("differs", "error"):
        raise typer.Exit(_FOUND)


def _show_report(found: LawReport, zone: str | None) -> None:
    out = console()
    law = found.now
    text = Text(f"law {law.version} ({law.sha256[:16]}), engine {law.engine}\n")
    text.append(f"{len(found.matters)} matters", style="dim")
    out.print(Panel(text, title="The law against every matter", title_align="left"))
    for verdict, matters in groupby(found.matters, key=lambda one: one.verdict):
        style, words = _VERDICTS[verdict]
        listed = list(matters)
        out.print(_heading(words[:1].upper() + words[1:], len(listed), style))
        for one in listed:
            _show_matter(out, one, style, zone)


def _show_matter(out: Console, one: MatterReport, style: str, zone: str | None) -> None:
    head = (
        Text()
        .append(f"  {one.reference}", style="bold")
        .append(f"  {one.title or ''}", style="dim")
    )
    if one.state != "open":
        head.append(f"  {one.state}", style="dim")
    if one.before is not None and one.verdict != "same_law":
        head.append(f"  law {one.before.version}, entry {one.assessment}", style="dim")
    if one.recorded is not None:
        head.append(f"  kept as entry {one.recorded}", style="cyan")
    out.print(head)
    for text in one.error:
        out.print(_under(Text(text, style=style)))
    if one.delta is None:
        return
    for row in one.delta.rows[:_SHOWN]:
        sign, _, colour = _KINDS[row.kind]
        out.print(_under_group(_row(row, sign, colour, zone)))
    _rest(out, len(one.delta.rows))
    _show_questions(out, one.delta)


def _under_group(group: Group) -> Padding:
    return Padding(group, (0, 0, 0, 2))


COMMANDS: dict[str, Callable[..., None]] = {"diff": diff, "law-report": law_report}
