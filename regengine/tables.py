"""What the terminal shows: tables, proofs, progress; and the same as markdown."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from regengine import facts
from regengine.assessment import Assessment, Deadline, Readiness, Result, Why
from regengine.awareness import Disputed, View
from regengine.calendars import zone
from regengine.catalogue import Change, Entry, listed
from regengine.corpus import Corpus
from regengine.plan import Act, Plan
from regengine.reckoning import Reckoned
from regengine.severity import Severity
from regengine.timeline import words_of

if TYPE_CHECKING:
    from regengine.documents.consistency import Contradiction
    from regengine.documents.dossier import Written
    from regengine.documents.missing import Missing
    from regengine.documents.receipt import Finding

ORDER = {"required": 0, "possible": 1, "not_required": 2}
_COLOUR = {"required": "bold red", "possible": "yellow", "not_required": "dim"}
_MARK = {"high": "high", "medium": "medium", "low": "low, verify"}
_KIND_ORDER = {"fixed": 0, "soft": 1, "not_started": 2, "none": 3}
_DAY = timedelta(days=1)
_LABEL = {"required": "Required", "possible": "Possible", "not_required": "Not required"}
_STATUS = "organisation.regimes."
_QUESTIONS_SHOWN = 8
_MISSING_SHOWN = 3  # of a notice
_READY_WIDTH = len("100 of 100")
_DUE_WIDTH = 28  # "Sun 2026-12-13 23:59 AEDT" and "= " before the reader's own
_WIDE = 116  # from here on recipient and confidence have columns of their own
_WIDTH = 100  # of paper and pipes, where no terminal says its own

Advance = Callable[[int, int, str], None]


def console() -> Console:
    """Make the console: as wide as the terminal, plain where output is piped."""
    made = Console(highlight=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made = Console(highlight=False, width=140)
    return made


def by_time(results: Iterable[Result]) -> list[Result]:
    """Sort results: required first, then by what is due first."""
    far = datetime.max.replace(tzinfo=UTC)

    def key(result: Result) -> tuple[int, int, datetime, str]:
        due = result.deadline.due_at or result.deadline.projected_due_at or far
        return ORDER[result.status], _KIND_ORDER[result.deadline.kind], due, result.key

    return sorted(results, key=key)


# -- one deadline in words --------------------------------------------------------------


def instant(at: datetime, key: str | None) -> str:
    """Write an instant in a zone with its weekday and the zone's abbreviation.

    >>> instant(datetime(2026, 11, 23, 16, 30, tzinfo=UTC), "Europe/Dublin")
    'Mon 2026-11-23 16:30 GMT'
    """
    local = at.astimezone(zone(key)) if key else at
    # The last second of a day, or of an hour elsewhere, stands for its end.
    seconds = f":{local:%S}" if local.second not in (0, 59) else ""
    name = local.strftime("%Z")
    return f"{local:%a %Y-%m-%d %H:%M}{seconds} {name}"


def due_text(deadline: Deadline, key: str | None = None) -> str:
    """Say when it is due, in the recipient's zone or another."""
    where = key or deadline.zone
    if deadline.kind == "fixed" and deadline.due_at is not None:
        return instant(deadline.due_at, where)
    if deadline.kind == "not_started":
        if deadline.projected_due_at is not None:
            return f"not started (projected {instant(deadline.projected_due_at, where)})"
        return "not started"
    if deadline.kind == "soft":
        return "promptly"
    return "-"


def left_text(deadline: Deadline, now: datetime | None) -> str:
    """Say how much time is left, or by how much it is late.

    >>> moment = datetime(2026, 11, 23, tzinfo=UTC)
    >>> left_text(Deadline(kind="fixed", due_at=moment), moment - timedelta(hours=50))
    '2 d 2 h'
    """
    if deadline.due_at is None or now is None:
        return ""
    if deadline.late_by is not None:
        return f"late by {_length(timedelta(seconds=deadline.late_by))}"
    if deadline.due_at < now:
        return "met"
    return _length(deadline.due_at - now)


def _length(span: timedelta) -> str:
    hours, minutes = divmod(span.seconds // 60, 60)
    if span >= _DAY:
        return f"{span.days} d {hours} h"
    return f"{hours} h {minutes} min"


def _words(deadline: Deadline) -> str:
    return deadline.text or deadline.soft or ""


# -- the table of obligations -------------------------------------------------------------


def show(found: Assessment, reader_zone: str | None, *, everything: bool) -> None:
    """Print an assessment as tables."""
    out = console()
    out.print(_heading(found))
    _show_gaps(out, found)
    results = by_time(found.obligations)
    for status, label in _LABEL.items():
        listed_ones = [item for item in results if item.status == status]
        if listed_ones and (everything or status != "not_required"):
            out.print(_table(found, listed_ones, label, reader_zone, out.width >= _WIDE))
    hidden = sum(item.status == "not_required" for item in results)
    if hidden and not everything:
        out.print(f"[dim]{hidden} more are not required; --all lists them with the reason.[/dim]")
    _show_rest(out, found)


def _heading(found: Assessment) -> Panel:
    count = dict.fromkeys(ORDER, 0)
    for result in found.obligations:
        count[result.status] += 1
    now = f"now {instant(found.now, 'UTC')}" if found.now else "no clock"
    checked = "both engines agree" if found.checked else "one engine, unchecked"
    lines = [
        Text(found.title or found.incident, style="bold"),
        Text(f"{found.incident}; {now}"),
        Text(
            f"law {found.law.version} ({found.law.sha256[:12]}), engine {found.engine}, {checked}"
        ),
        Text(f"{count['required']} required", style=_COLOUR["required"])
        + Text(f", {count['possible']} possible", style=_COLOUR["possible"])
        + Text(f", {count['not_required']} not required", style=_COLOUR["not_required"]),
    ]
    if found.as_of:
        lines.append(Text(f"the law as it stood on {found.as_of}", style="bold yellow"))
    return Panel(Group(*lines), box=box.ROUNDED, border_style="cyan")


def _table(
    found: Assessment, results: Sequence[Result], label: str, reader_zone: str | None, wide: bool
) -> Table:
    """Lay out the results of one status: when, what, to whom, how sure.

    A narrow terminal stacks recipient and confidence under the obligation.
    """
    table = Table(
        title=Text(label, style=_COLOUR[results[0].status]), title_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False, expand=True, leading=1,
    )  # fmt: skip  # reason: a table's looks in two lines
    dated = results[0].status != "not_required"
    if dated:
        table.add_column("Due, in the recipient's zone", width=_DUE_WIDTH)
    table.add_column("Obligation" if wide else "Obligation, recipient, confidence", ratio=5)
    if wide:
        table.add_column("Recipient", ratio=3)
        table.add_column("Confidence", width=len("low, verify"))
    for result in results:
        cells = [_when(found, result, reader_zone)] if dated else []
        cells.append(_told(result, stacked=not wide))
        if wide:
            cells += [Text(result.recipient.name), _confidence(result)]
        table.add_row(*cells)
    return table


def _confidence(result: Result) -> Text:
    return Text(_MARK[result.confidence], style="" if result.confidence == "high" else "yellow")


def _when(found: Assessment, result: Result, reader_zone: str | None) -> Text:
    """Say when a result is due: its instant, the reader's, the outer one, what is left."""
    deadline = result.deadline
    waiting = deadline.kind == "not_started"
    said = "not started" if waiting else due_text(deadline)
    lines = [Text(said, style=_urgency(found, result))]
    if reader_zone and deadline.due_at is not None:
        lines.append(Text(f"= {instant(deadline.due_at, reader_zone)}", style="dim"))
    lines += _standing(found, result)
    if deadline.kind == "fixed" and deadline.starts is not None and deadline.starts.assumed:
        lines.append(Text("may be earlier (assumed)", style="dim"))
        lines += [
            Text(f"another reading\n{instant(reading.due_at, deadline.zone)}", style="dim")
            for reading in deadline.readings[:1]
            if reading.due_at is not None
        ]
    if deadline.latest_defensible is not None:
        outer = instant(deadline.latest_defensible, deadline.zone)
        lines.append(Text(f"arguable until\n{outer}", style="dim"))
    if waiting and deadline.projected_due_at is not None:
        projected = instant(deadline.projected_due_at, deadline.zone)
        lines.append(Text(f"projected\n{projected}", style="dim"))
    return Text("\n").join(lines)


def _urgency(found: Assessment, result: Result) -> str:
    """Colour a date: red where it is late or due within a day, yellow within a week."""
    due = result.deadline.due_at
    if due is None or found.now is None or _done(result):
        return ""
    left = due - found.now
    return "bold red" if left < _DAY else "yellow" if left < 7 * _DAY else "bold"


def _standing(found: Assessment, result: Result) -> list[Text]:
    """Say what was filed, else how much time is left."""
    done = result.went_out
    if done:
        timely = {True: ", in time", False: ", late", None: ""}[done[0].on_time]
        style = "red" if done[0].on_time is False else "green"
        at = done[0].at
        return [Text(f"filed {at:%Y-%m-%d}{timely}", style=style)]
    left = left_text(result.deadline, found.now)
    if not left:
        return []
    late = left.startswith("late")
    return [Text(left if late else f"{left} left", style="bold red" if late else "")]


def _done(result: Result) -> bool:
    return bool(result.went_out)


def _told(result: Result, *, stacked: bool) -> Text:
    """Say what is owed under its key; stacked, also to whom and how sure that is."""
    deadline = result.deadline
    lines = [Text(_title(result), style="bold")]
    if stacked:
        name = result.recipient.name
        lines.append(Text(f"to {f'the {name[4:]}' if name.startswith('The ') else name}"))
    if result.status == "not_required":
        lines = [Text(_title(result)), Text(_reason(result), style="dim")]
    if deadline.kind in ("soft", "not_started") and _words(deadline):
        lines.append(Text(_words(deadline), style="italic"))
    if deadline.late_by is not None and not _done(result) and result.late:
        lines.append(Text(f"late: {result.late}", style="red"))
    key = Text(result.key, style="cyan", overflow="fold")
    if result.readiness is not None:
        key += _ready(result.readiness)
    if stacked:
        key += Text("  confidence ", style="dim") + _confidence(result)
    return Text("\n").join([*lines, key])


def _ready(found: Readiness) -> Text:
    """Say how much of the notice is known."""
    told = f"  notice {found.ready} of {found.required}"
    return Text(told, style="green" if not found.missing else "yellow")


def _title(result: Result) -> str:
    stage = f": {result.stage.replace('_', ' ')}" if result.stage else ""
    return f"{result.title}{stage}"


def _reason(result: Result) -> str:
    """Say in one line why a result is not owed."""
    if result.instead:
        return f"owed instead: {', '.join(result.instead)}"
    last = result.why[-1] if result.why else None
    return "; ".join(last.because) if last else ""


def _show_rest(out: Console, found: Assessment) -> None:
    if found.summaries:
        _show_summaries(out, found)
    if found.open_questions:
        _show_questions(out, found)
    if found.coming:
        names = ", ".join(sorted({item.id for item in found.coming}))
        out.print(f"[dim]coming or unverified law: {escape(names)}[/dim]")
    for assumption in found.assumptions:
        out.print(f"[dim]assumed: {escape(assumption)}[/dim]")
    out.print(
        "[dim]regengine works out dates from facts and law as entered; counsel decides.[/dim]"
    )


def _show_summaries(out: Console, found: Assessment) -> None:
    """Sum up, question by question, the laws that people of unknown residence could bring in."""
    asked = dict.fromkeys(item.question for item in found.summaries)
    for question in asked:
        families = [
            f"{item.laws} {'duty' if item.laws == 1 else 'duties'} in "
            f"{item.places} {'place' if item.places == 1 else 'places'} ({item.family})"
            for item in found.summaries
            if item.question == question
        ]
        told = f"{question} They could bring in {'; '.join(families)}."
        out.print(Text.assemble(("possible ", _COLOUR["possible"]), told))


def _show_gaps(out: Console, found: Assessment) -> None:
    """Say loudly, before anything else, on what the law corpus is silent."""
    for missing in found.not_covered:
        where = missing.jurisdiction or missing.subject or ""
        style = "dim" if where == "contracts" else "bold red"
        out.print(Text.assemble(("not covered ", style), f"{where}: {missing.reason}"))


def _show_questions(out: Console, found: Assessment) -> None:
    table = Table(
        title=Text("What to find out first", style="bold"), title_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False, expand=True,
    )  # fmt: skip  # reason: a table's looks in two lines
    table.add_column("Settles", justify="right", no_wrap=True)
    table.add_column("Question, and the fact that answers it", ratio=1)
    for question in found.open_questions[:_QUESTIONS_SHOWN]:
        asked = Text(question.question) + Text(f"\n{question.fact}", style="cyan")
        table.add_row(str(len(question.decides)), asked)
    out.print(table)
    more = found.open_questions[_QUESTIONS_SHOWN:]
    if more:
        out.print(f"[dim]{len(more)} more open questions; --format json lists them all.[/dim]")
    statuses = [item for item in more if item.fact.startswith(_STATUS)]
    if statuses:
        # Duties behind them are not listed: they are not to be missed for that.
        named = ", ".join(item.fact.removeprefix(_STATUS) for item in statuses)
        duties = len({key for item in statuses for key in item.decides})
        what = "1 duty waits" if duties == 1 else f"{duties} duties wait"
        said = f"{what} for an answer whether the organisation has a status"
        out.print(Text.assemble((f"{said}: ", "yellow"), named))


# -- the awareness file ----------------------------------------------------------------------


def show_awareness(found: Sequence[Disputed]) -> None:
    """Print each disputed event with the deadlines under every view of it, side by side."""
    out = console()
    for item in found:
        words = words_of(item.event)
        out.print(Text.assemble((f"{words[:1].upper()}{words[1:]}", "bold"), f" ({item.event})"))
        out.print(_views(item))
        if item.lacks_reason:
            out.print(
                "[yellow]A choice needs a reason on record; without a choice the earliest leads.[/yellow]"
            )
    if not found:
        out.print("No event has several candidates.")


def _views(item: Disputed) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, leading=1)
    table.add_column("Notice", ratio=2, overflow="fold")
    for view in item.views:
        candidate = view.candidate
        at = instant(candidate.at.at, None) if candidate.at.at else str(candidate.at.day)
        chosen = Text("  chosen", style="green") if candidate.chosen else Text()
        head = Text(at) + chosen + Text(f"\n{candidate.why or 'no reason given'}", style="dim")
        table.add_column(head, ratio=3)
    for key in item.keys:
        table.add_row(Text(key, style="cyan"), *(_view(view, key) for view in item.views))
    if not item.keys:
        table.add_row("no notice turns on it", *("" for _ in item.views))
    return table


def _view(view: View, key: str) -> Text:
    deadline = view.deadlines.get(key)
    if deadline is None:
        return Text("-")
    late = deadline.late_by
    told = Text(due_text(deadline), style="bold red" if late else "")
    if late:
        told += Text(f"\nlate by {_length(timedelta(seconds=late))}", style="red")
    return told


# -- contradictions --------------------------------------------------------------------------


def show_contradictions(found: Sequence[Any]) -> None:
    """Print each finding: where, what it says, what that stands against, and why it matters.

    ``found`` are those of ``regengine.documents.consistency.contradictions``.
    """
    out = console()
    colours = {"contradiction": "bold red", "unproven": "yellow", "look": "cyan"}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, leading=1)
    for title, ratio in (("Where", 3), ("Says", 4), ("Against", 3), ("Why", 4)):
        table.add_column(title, ratio=ratio, overflow="fold")
    for one in found:
        mark = Text(f"{one.severity}\n", style=colours[one.severity]) + Text(one.where[0])
        if one.also:
            mark.append(f"\nand {len(one.also)} more", style="dim")
        why = Text(one.why) + Text(f"\n{one.ground}", style="dim")
        table.add_row(mark, Text(one.where[1]), Text(f"{one.against[0]}: {one.against[1]}"), why)
    if found:
        out.print(table)
    told = {name: sum(one.severity == name for one in found) for name in colours}
    out.print(
        f"Contradictions: {told['contradiction']}. Unproven: {told['unproven']}. "
        f"To look at: {told['look']}."
    )


# -- the plan of notices ---------------------------------------------------------------------


def show_plan(plan: Plan) -> None:
    """Print notices in the order in which they can go out, and what stands against it."""
    out = console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, leading=1)
    table.add_column("", justify="right", width=3)
    table.add_column("Act by", width=_DUE_WIDTH)
    table.add_column("Notice", ratio=1)
    for number, act in enumerate(plan.acts, start=1):
        table.add_row(str(number), _act_by(act), _act(act))
    out.print(table)
    for conflict in plan.conflicts:
        out.print(Text.assemble(("conflict ", "bold red"), conflict))
    if not plan.conflicts:
        out.print("[dim]No notice stands in the way of another.[/dim]")


def _act_by(act: Act) -> Text:
    if act.done:
        return Text("sent", style="green")
    said = "not started" if act.waiting else "promptly"
    lines = [Text(instant(act.act_by, act.zone) if act.act_by else said, style="bold")]
    if act.projected and not act.act_by:
        lines.append(Text(f"projected\n{instant(act.projected, act.zone)}", style="dim"))
    if act.because:
        lines.append(Text(f"since {act.because} waits", style="dim", overflow="fold"))
    if act.not_before:
        lines.append(Text(f"not before {instant(act.not_before, act.zone)}", style="yellow"))
    return Text("\n").join(lines)


def _act(act: Act) -> Text:
    lines = [Text(act.title, style="bold"), Text(f"to {act.recipient}")]
    if act.after:
        lines.append(Text(f"after {', '.join(act.after)}", style="italic"))
    if act.together:
        lines.append(Text(f"with {', '.join(act.together)}", style="italic"))
    lines += [Text(f"begin {each.step} by {instant(each.at, act.zone)}") for each in act.begin]
    return Text("\n").join([*lines, Text(act.key, style="cyan", overflow="fold")])


def plan_json(plan: Plan) -> str:
    """Write a plan as JSON."""
    return json.dumps(asdict(plan), indent=2, default=datetime.isoformat) + "\n"


# -- severity -----------------------------------------------------------------------------


def show_severity(found: Severity) -> None:
    """Print the score of each group of people with the reasons of every factor."""
    out = console()
    out.print(Text(found.method, style="bold"))
    out.print(Text(f"{found.formula}. {found.caution}", style="italic"))
    if not found.groups:
        out.print("No people are affected: there is nothing to score.")
    for group in found.groups:
        levels = " to ".join((group.levels[0], group.levels[-1])[: len(group.levels)])
        out.print(
            Text.assemble(
                (f"\n{group.group}", "bold"), f", {group.people} people: ",
                (f"{_span(group.least, group.most)}, {levels}", "bold"),
            )
        )  # fmt: skip  # reason: one sentence
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
        table.add_column("Factor", ratio=2)
        table.add_column("Score", justify="right", width=11)
        table.add_column("Because", ratio=4)
        for score in (group.context, group.identification, *group.circumstances):
            said = Text("; ".join(score.because) or "-")
            if score.advice:
                said.append(f"\n{score.advice}", style="dim")
            table.add_row(score.title, _span(score.least, score.most), said)
        out.print(table)
        for flag in group.flags:
            out.print(Text.assemble(("note ", "yellow"), flag))


def _span(least: float, most: float) -> str:
    return f"{least:g}" if least == most else f"{least:g} to {most:g}"


# -- one proof ----------------------------------------------------------------------------


def show_proof(result: Result, reader_zone: str | None) -> None:
    """Print why a result is what it is, and how its deadline was counted."""
    out = console()
    colour = _COLOUR[result.status]
    status = result.status.replace("_", " ")
    tree = Tree(Text.assemble((result.title, "bold"), f"  {result.key}  ", (status, colour)))
    tree.add(Text(f"law: {result.citation} (confidence {_MARK[result.confidence]})"))
    tree.add(Text(f"recipient: {result.recipient.name}"))
    _proof(tree.add(Text("why", style="bold")), result)
    if result.deadline.kind != "none":
        _deadline(tree.add(Text("deadline", style="bold")), result.deadline, reader_zone)
    _list(tree, "presumed not to apply, since the organisation would have to show it", [
        f"{item.question} [{item.fact}; {item.citation}]" for item in result.presumed
    ])  # fmt: skip  # reason: the label and its lines read as one
    _list(tree, "open", [f"{item.question} [{item.fact}]" for item in result.open_facts])
    _list(tree, "owed instead", list(result.instead or ()))
    _list(tree, "beside the notice", [
        f"{'' if extra.status == 'required' else 'perhaps '}{extra.say} [{extra.citation}]"
        for extra in result.extras
    ])  # fmt: skip  # reason: the label and its lines read as one
    if result.late:
        _list(tree, "if it is late", [result.late])
    _list(tree, "notes", list(result.notes))
    if result.unread:
        _list(tree, "the text itself was not read", [result.unread])
    _list(tree, "sources", list(result.sources))
    out.print(tree)


def _proof(branch: Tree, result: Result) -> None:
    """Show the proof from its conclusion down: under each step the steps that it rests on."""
    steps: dict[str, list[Why]] = {}
    for step in result.why:
        steps.setdefault(step.concludes or step.rule, []).append(step)
    last = result.why[-1] if result.why else None
    if last is not None and last.concludes is None:
        for reason in last.because:  # an open duty: what is known of each condition
            branch.add(Text(reason))
    elif last is not None and last.concludes is not None:
        _step(branch, last.concludes, steps, set())


def _step(branch: Tree, said: str, steps: Mapping[str, Sequence[Why]], shown: set[str]) -> None:
    proving = steps.get(said, ())
    if not proving:
        branch.add(Text(said, style="dim"))
        return
    if said in shown:
        branch.add(Text(f"{said} (shown above)", style="dim"))
        return
    shown.add(said)
    node: Tree | None = None
    previous: Why | None = None
    for step in proving:
        # Grounds of one premise each, under one citation, stand under one head.
        if node is None or previous is None or not _alike(previous, step):
            cite = f"  [{step.citation}]" if step.citation else ""
            node = branch.add(Text(said) + Text(cite, style="dim"))
        for reason in step.because:
            _step(node, reason, steps, shown)
        previous = step


def _alike(one: Why, other: Why) -> bool:
    return one.citation == other.citation and len(one.because) == len(other.because) == 1


def _deadline(branch: Tree, deadline: Deadline, reader_zone: str | None) -> None:
    branch.add(Text(f"due: {due_text(deadline)}", style="bold"))
    if reader_zone and deadline.due_at is not None:
        branch.add(Text(f"due in {reader_zone}: {due_text(deadline, reader_zone)}"))
    if deadline.latest_defensible is not None:
        outer = instant(deadline.latest_defensible, deadline.zone)
        branch.add(Text(f"arguable until: {outer}"))
    if deadline.not_before is not None:
        branch.add(Text(f"not before: {instant(deadline.not_before, deadline.zone)}"))
    if deadline.text:
        branch.add(Text(f"the law's words: {deadline.text}"))
    for step in deadline.trace:
        edges = " -> ".join(part for part in (step.from_, step.to) if part)
        cite = f"  [{step.citation}]" if step.citation else ""
        shown = f"{step.step}: {edges}" if edges else step.step
        branch.add(Text(shown) + Text(cite, style="dim"))
    for reading in deadline.readings:
        when = instant(reading.due_at, deadline.zone) if reading.due_at else "no date"
        late = reading.late_by
        told = f" (late by {_length(timedelta(seconds=late))})" if late else ""
        branch.add(Text(f"another reading: {when}{told}, {reading.ground}", style="yellow"))
    for hold in deadline.held:
        branch.add(Text(f"hold: {hold.why}", style="yellow"))


def _list(tree: Tree, label: str, lines: Sequence[str]) -> None:
    if lines:
        branch = tree.add(Text(label, style="bold"))
        for line in lines:
            branch.add(Text(line))


# -- markdown -----------------------------------------------------------------------------


def markdown(found: Assessment, reader_zone: str | None) -> str:
    """Write an assessment as markdown; text from the file is escaped."""
    lines = [f"# {_md(found.title or found.incident)}", ""]
    now = instant(found.now, "UTC") if found.now else "not given"
    checked = "both engines agree" if found.checked else "one engine, unchecked"
    law = f"law {found.law.version} (`{found.law.sha256[:12]}`), engine {found.engine}"
    lines += [f"Reference {_md(found.incident)}; now {now}; {law}, {checked}.", ""]
    for status, label in (
        ("required", "Required"),
        ("possible", "Possible"),
        ("not_required", "Not required"),
    ):
        results = [item for item in by_time(found.obligations) if item.status == status]
        if results:
            lines += [f"## {label}", "", *_md_table(found, results, reader_zone), ""]
    if found.open_questions:
        lines += ["## Open questions", ""]
        lines += [f"* {_md(q.question)} (settles {len(q.decides)})" for q in found.open_questions]
        lines.append("")
    if found.not_covered:
        lines += ["## Not covered", ""]
        for item in found.not_covered:
            lines.append(
                f"* **{_md(item.jurisdiction or item.subject or '')}**: {_md(item.reason)}"
            )
        lines.append("")
    if found.assumptions:
        lines += ["## Assumed", "", *(f"* {_md(item)}" for item in found.assumptions), ""]
    lines.append("regengine works out dates from facts and law as entered; counsel decides.")
    return "\n".join(lines) + "\n"


def _md_table(found: Assessment, results: Sequence[Result], reader_zone: str | None) -> list[str]:
    head = ["Obligation", "Recipient", "Due, recipient's zone"]
    head += [f"Due, {reader_zone}"] if reader_zone else []
    head += ["Left", "Citation", "Confidence"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for result in results:
        deadline = result.deadline
        due = due_text(deadline)
        if deadline.kind in ("soft", "not_started"):
            due = f"{due}: {_words(deadline)}" if _words(deadline) else due
        cells = [f"{_md(result.title)} (`{result.key}`)", _md(result.recipient.name), _md(due)]
        cells += [_md(due_text(deadline, reader_zone))] if reader_zone else []
        cells += [left_text(deadline, found.now), _md(result.citation), _MARK[result.confidence]]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _md(text: str) -> str:
    for sign in ("\\", "|", "*", "_", "`", "<", "[", "]", "#"):
        text = text.replace(sign, f"\\{sign}" if sign != "<" else "&lt;")
    return " ".join(text.split())


# -- vocabulary, progress, files ------------------------------------------------------------


def vocabulary(corpus: Corpus) -> dict[str, Any]:
    """Collect every word that an incident file may use, with the questions of the law."""
    return {
        "events": list(facts.EVENTS),
        "elements": list(facts.ELEMENTS),
        "kinds": list(facts.KINDS),
        "media": list(facts.MEDIA),
        "roles": list(facts.ROLES),
        "sectors": sorted(corpus.sectors),
        "regimes": {
            key: {"question": item.question, "sectors": list(item.sectors)}
            for key, item in sorted(corpus.regimes.items())
        },
        "judgements": {
            key: {"question": item.question, "type": item.type, "values": list(item.values)}
            for key, item in sorted(corpus.judgements.items())
        },
        "places": sorted(corpus.places.all),
    }


def show_vocabulary(words: dict[str, Any]) -> None:
    """Print the vocabulary as tables."""
    out = console()
    for kind in ("events", "elements", "kinds", "media", "roles", "sectors", "places"):
        out.print(Panel(Text(", ".join(words[kind])), title=kind, title_align="left"))
    for kind in ("regimes", "judgements"):
        table = Table(
            title=Text(kind, style="bold"), title_justify="left", box=box.SIMPLE_HEAD,
            pad_edge=False, expand=True, leading=1,
        )  # fmt: skip  # reason: a table's looks in two lines
        table.add_column("Word", no_wrap=True)
        table.add_column("Question, and its answers or sectors", ratio=1)
        for key, item in words[kind].items():
            beside = ", ".join(item.get("values") or item.get("sectors") or ("any",))
            table.add_row(key, Text(item["question"]) + Text(f"\n{beside}", style="dim"))
        out.print(table)


@contextmanager
def progress(label: str) -> Iterator[Advance]:
    """Show a bar while something long goes on; call it with done, total and what."""
    shown_on = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TextColumn("[dim]{task.fields[what]}"), console=shown_on, transient=True,
        disable=not shown_on.is_terminal,
    ) as bar:  # fmt: skip  # reason: the columns in their order
        task = bar.add_task(label, total=None, what="")

        def advance(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, what=what)

        yield advance


def show_written(written: Sequence[Written], waiting: Sequence[Missing], folder: Path) -> None:
    """Print what was written: each notice with how ready it is, then what they wait for."""
    out = console()
    notices = [one for one in written if one.kind in ("filing", "letter")]
    if notices:
        out.print(_notices(notices))
    if waiting:
        out.print(_waiting(waiting))
    papers = [one for one in written if one.kind not in ("filing", "letter")]
    if papers:
        names = ", ".join(one.path.name for one in papers)
        out.print(Text("The matter: ", style="bold") + Text(names))
    out.print(Text(f"{len(written)} papers in {folder}; begin with ") + Text("index.html", "bold"))


def _notices(notices: Sequence[Written]) -> Table:
    table = Table(
        title=Text("Filings and letters", style="bold"), title_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False, expand=True,
    )  # fmt: skip  # reason: a table's looks in two lines
    table.add_column("File", ratio=3, overflow="fold")
    table.add_column("Ready", width=_READY_WIDTH)
    table.add_column("Missing to file", ratio=4)
    for one in notices:
        style = "green" if one.ready == one.required else "yellow"
        missing = list(one.lacking[:_MISSING_SHOWN])
        more = len(one.lacking) - len(missing)
        told = "; ".join(missing) + (f"; and {more} more" if more > 0 else "")
        ready = Text(f"{one.ready} of {one.required}", style=style)
        table.add_row(Text(one.path.name, style="cyan"), ready, Text(told, style="dim"))
    return table


def _waiting(waiting: Sequence[Missing]) -> Table:
    table = Table(
        title=Text("To be answered", style="bold"), title_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False, expand=True,
    )  # fmt: skip  # reason: as above
    table.add_column("Question", ratio=4)
    table.add_column("Where", ratio=3, overflow="fold")
    table.add_column("Notices", width=len("Notices"), justify="right")
    for item in waiting[:_QUESTIONS_SHOWN]:
        where = item.fact or f"answers: {item.answer}"
        table.add_row(Text(item.question), Text(where, style="cyan"), str(len(item.filings)))
    more = len(waiting) - _QUESTIONS_SHOWN
    if more > 0:
        table.caption = Text(f"{more} more in answers.yaml, to be filled in and given back")
    return table


def written_json(
    written: Sequence[Written], waiting: Sequence[Missing], apart: Sequence[Contradiction]
) -> str:
    """Write what was written as JSON: papers, open questions, contradictions."""
    papers = [
        {**one._asdict(), "path": str(one.path), "docx": str(one.docx) if one.docx else None}
        for one in written
    ]
    made = {
        "papers": papers,
        "missing": [item._asdict() for item in waiting],
        "contradictions": [item._asdict() for item in apart],
    }
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def show_findings(found: Sequence[Finding], folder: Path) -> None:
    """Print what in a folder does not agree with its receipt."""
    out = console()
    if not found:
        out.print(Text(f"{folder}: every paper is the one that its receipt names", style="green"))
        return
    for item in found:
        where = Text(f"{item.file or item.about}: ", style="bold red")
        out.print(where + Text(item.message))
    out.print(Text(f"{len(found)} finding{'' if len(found) == 1 else 's'}", style="red"))


def findings_json(found: Sequence[Finding]) -> str:
    """Write findings as JSON."""
    return json.dumps([item._asdict() for item in found], indent=2, ensure_ascii=False) + "\n"


# -- single deadlines and the law -------------------------------------------------------------


def show_deadlines(found: Sequence[Reckoned]) -> None:
    """Print deadlines that stand without an incident, with their arithmetic."""
    out = console()
    for item in found:
        tree = Tree(Text(item.label, style="bold"))
        _deadline(tree, item.deadline, None)
        out.print(tree)


def deadlines_json(found: Sequence[Reckoned]) -> str:
    """Write deadlines as JSON: one object, or a list where there are several."""
    written = [
        {"obligation": item.label, **item.deadline.model_dump(mode="json", by_alias=True)}
        for item in found
    ]
    return json.dumps(written[0] if len(written) == 1 else written, indent=2) + "\n"


def show_law(found: Sequence[Entry]) -> None:
    """Print the list of obligations."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column("Obligation", ratio=1)
    table.add_column("In force from", no_wrap=True)
    table.add_column("Due now", no_wrap=True)
    for entry in found:
        item = listed(entry)
        versions = item["versions"]
        told = Text(item["title"], style="bold")
        told += Text(f"\n{item['id']}@{item['place']}", style="cyan")
        if item["confidence"] != "high":
            told += Text(f"  confidence {_MARK[item['confidence']]}", style="yellow")
        since = Text(versions[-1]["from"])
        if len(versions) > 1:
            since += Text(f"\n{len(versions)} versions", style="dim")
        table.add_row(told, since, _due_in_short(versions[-1]))
    out = console()
    out.print(table)
    out.print(f"{len(found)} {'entry' if len(found) == 1 else 'entries'}")


def _due_in_short(version: Mapping[str, Any]) -> str:
    if version["within"]:
        return str(version["within"])
    if not version["due"]:
        return "in stages" if version.get("stages") else "-"
    return "words" if set(version["due"]) <= {"soft", "starts", "cite"} else "compound"


def show_rule(item: dict[str, Any]) -> None:
    """Print one rule with all its terms."""
    tree = Tree(Text.assemble((item["title"], "bold"), f"  {item['id']}@{item['place']}"))
    tree.add(Text("; ".join(filter(None, (item["law"], item["file"])))))
    for terms in item["terms"]:
        until = terms.get("until") or "still in force"
        branch = tree.add(Text(f"from {terms['from']} until {until}", style="bold"))
        for key, value in terms.items():
            if key not in ("from", "until"):
                _term(branch, key, value)
    console().print(tree)


def _term(branch: Tree, key: str, value: Any) -> None:
    if isinstance(value, list) and value:
        node = branch.add(Text(key, style="cyan"))
        for each in value:
            node.add(Text(_inline(each)))
    else:
        branch.add(Text.assemble((f"{key}: ", "cyan"), _inline(value)))


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(
            f"{key}: {_inline(item)}"
            for key, item in value.items()
            if item not in (None, [], {}, False)
        )
    if isinstance(value, list):
        return ", ".join(_inline(item) for item in value)
    return str(value)


def show_changes(found: Sequence[Change], before: str, after: str) -> None:
    """Print what differs in law between two days."""
    out = console()
    for change in found:
        colour = {"added": "green", "ended": "red", "changed": "yellow"}[change.what]
        head = Text.assemble((change.what, colour), f"  {change.id}@{change.place}  {change.title}")
        tree = Tree(head)
        for name, old, new in change.terms:
            node = tree.add(Text(name, style="cyan"))
            node.add(Text(f"- {old}", style="red"))
            node.add(Text(f"+ {new}", style="green"))
        out.print(tree)
    out.print(f"{len(found)} obligations differ between {before} and {after}")
