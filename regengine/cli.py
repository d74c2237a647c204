"""The command line: the only place that reads the clock; one clear line for each fault.

Exit status: 0 done; 1 a fault of the program; 2 bad input, nothing written; 3 done, and a
check found something.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, get_args

import typer

from regengine import catalogue, lawcheck, papers, tables
from regengine.assessment import assessment_schema, named_results
from regengine.awareness import disputed
from regengine.calendars import Days
from regengine.casefile.commands import app as case_app
from regengine.corpus import Corpus
from regengine.errors import InputError, suggest
from regengine.inference import EngineFaultError
from regengine.intake import contradictions
from regengine.intake import schema as incident_schema
from regengine.law import Period, RecipientKind
from regengine.options import (
    AsOf,
    EngineOption,
    Everything,
    File,
    Form,
    Law,
    Listing,
    ListingOption,
    Now,
    Only,
    Paper,
    Schema,
    Zone,
    assessed,
    calendar_date,
    corpus_at,
    day,
    documents,
    instant,
    narrowed,
    opened,
    ready,
    refuse,
    warn,
    within_reach,
    zone_of,
)
from regengine.plan import Lead, plan_of
from regengine.reckoning import Reckoned, reckon_obligation, reckon_period
from regengine.severity import severity as scored
from regengine.version import VERSION

_HELP = {"help_option_names": ["-h", "--help"]}
# What the parser of the command line raises at wrong use; its own module is private.
_WrongUseError: Any = typer.BadParameter.__mro__[1]

app = typer.Typer(
    no_args_is_help=True,
    context_settings=_HELP,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Which breach notices are owed, to whom, by which instant, with what proof.",
)
law_app = typer.Typer(no_args_is_help=True, context_settings=_HELP, help="The rules themselves.")
app.add_typer(law_app, name="law")
app.add_typer(case_app, name="case")


# -- commands -------------------------------------------------------------------------


@app.command()
def assess(
    incident_file: File,
    as_of: AsOf = None,
    now: Now = None,
    reader_zone: Zone = None,
    form: Annotated[Form, typer.Option("--format", help="how to print")] = Form.table,
    only: Only = None,
    everything: Everything = False,
    engine: EngineOption = None,
    law: Law = None,
) -> None:
    """Work out every obligation, its deadline, and what is still open."""
    shown_zone = zone_of(reader_zone)
    corpus, incident = opened(incident_file, law)
    found = assessed(incident, corpus, as_of=as_of, now=now, engine=engine, everything=everything)
    found = narrowed(ready(incident, found), only)
    warn(found.warnings)
    if form is Form.json:
        sys.stdout.write(found.to_json())
    elif form is Form.markdown:
        sys.stdout.write(tables.markdown(found, shown_zone))
    else:
        tables.show(found, shown_zone, everything=everything or only is not None)
    if contradictions(incident):
        raise typer.Exit(3)


@app.command()
def explain(
    incident_file: File,
    obligation: Annotated[str, typer.Argument(help="id, id@PLACE or key", show_default=False)],
    as_of: AsOf = None,
    now: Now = None,
    reader_zone: Zone = None,
    law: Law = None,
) -> None:
    """Tell why, step by step, with citations and the deadline's arithmetic."""
    shown_zone = zone_of(reader_zone)
    corpus, incident = opened(incident_file, law)
    found = assessed(incident, corpus, as_of=as_of, now=now, everything=True)
    for result in named_results(found, obligation):
        tables.show_proof(result, shown_zone)


def _lawbook() -> ModuleType:
    """Import the writer of law pages; it needs the paper's templates."""
    try:
        from regengine import lawbook  # noqa: PLC0415  # reason: as above
    except ImportError as error:
        refuse("law pages", f"{error.name} is missing: pip install 'regengine[documents]'")
    return lawbook


@app.command()
def plan(
    incident_file: File,
    as_of: AsOf = None,
    now: Now = None,
    leads: Annotated[
        list[str] | None,
        typer.Option(
            "--lead", help='STEP=PERIOD[@KIND], like "printing=5 working days@individuals"'
        ),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table or json")] = Form.table,
    law: Law = None,
) -> None:
    """Put the notices in order: who before whom, act by when, begin each step by when."""
    corpus, incident = opened(incident_file, law)
    found = assessed(incident, corpus, as_of=as_of, now=now)
    seat = incident.organisation.country
    days = Days(corpus.calendar(seat)) if seat else None
    made = plan_of(found, [_lead(text) for text in leads or ()], days)
    if form is Form.json:
        sys.stdout.write(tables.plan_json(made))
    else:
        tables.show_plan(made)
    if made.conflicts:
        raise typer.Exit(3)


@app.command()
def awareness(
    incident_file: File,
    as_of: AsOf = None,
    now: Now = None,
    law: Law = None,
) -> None:
    """Set the views of a disputed event side by side: what is due, and late, under each."""
    corpus, incident = opened(incident_file, law)
    tables.show_awareness(disputed(incident, day(as_of), instant(now), corpus=corpus))


@app.command()
def severity(
    incident_file: File,
    form: Annotated[Form, typer.Option("--format", help="table or json")] = Form.table,
    law: Law = None,
) -> None:
    """Score how severe the breach is for the people (ENISA): a help for counsel's judgement."""
    corpus, incident = opened(incident_file, law)
    found = scored(incident, corpus=corpus)
    if form is Form.json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    else:
        tables.show_severity(found)


def _lead(text: str) -> Lead:
    """Read a lead time: a step, how long it takes, before which kinds of notice."""
    step, _, rest = text.partition("=")
    takes, _, kinds = rest.partition("@")
    wanted = tuple(kind.strip() for kind in kinds.split(",") if kind.strip())
    for kind in wanted:
        if kind not in get_args(RecipientKind):
            allowed = get_args(RecipientKind)
            refuse("--lead", f'unknown kind of recipient "{kind}"{suggest(kind, allowed)}')
    try:
        return Lead(step.strip(), Period.read(takes.strip()), wanted)
    except ValueError as error:
        refuse("--lead", str(error))


@app.command()
def deadline(
    start: Annotated[str, typer.Option("--start", help="INSTANT with offset, or DATE")],
    within: Annotated[str | None, typer.Option("--within", help='like "72 hours"')] = None,
    place: Annotated[str | None, typer.Option("--place", help="where it is counted")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="a counting rule")] = None,
    obligation: Annotated[str | None, typer.Option("--obligation", help="id or id@PLACE")] = None,
    form: Annotated[Paper, typer.Option("--format", help="how to print")] = Paper.table,
    law: Law = None,
) -> None:
    """Count one deadline: a period in a place, or an obligation's own."""
    corpus = corpus_at(law)
    found = _reckoned(corpus, _moment(start), within, place, rule, obligation)
    if form is Paper.table:
        tables.show_deadlines(found)
    elif form is Paper.json:
        sys.stdout.write(tables.deadlines_json(found))
    else:
        sys.stdout.buffer.write(documents().deadlines(found, form.value))


def _reckoned(
    corpus: Corpus,
    start: datetime | date,
    within: str | None,
    place: str | None,
    rule: str | None,
    obligation: str | None,
) -> list[Reckoned]:
    if obligation is not None:
        if within is not None or rule is not None:
            refuse("--obligation", "stands without --within and --rule: it has its own")
        return reckon_obligation(corpus, obligation, start, place=place)
    if within is None or place is None:
        refuse("deadline", "give --within and --place, or --obligation")
    return [reckon_period(corpus, start, within, place, rule=rule)]


def _moment(text: str) -> datetime | date:
    """Read a start: a date, or an instant with its offset."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return instant(text, "--start")
    within_reach(found, text, "--start")
    return found


def _place(corpus: Corpus, code: str, said: str = "--place") -> str:
    try:
        return corpus.places.canonical(code)
    except KeyError as error:
        refuse(said, str(error.args[0]))


# -- the law itself -----------------------------------------------------------------------


@law_app.command("list")
def law_list(
    form: ListingOption = Listing.table,
    place: Annotated[str | None, typer.Option("--place", help="only this place")] = None,
    law: Law = None,
) -> None:
    """List every obligation with its versions."""
    corpus = corpus_at(law)
    wanted = _place(corpus, place) if place is not None else None
    found = [item for item in catalogue.entries(corpus) if wanted in (None, item.place)]
    if form is Listing.json:
        listed = [catalogue.listed(item) for item in found]
        sys.stdout.write(json.dumps(listed, indent=2, ensure_ascii=False) + "\n")
    else:
        tables.show_law(found)


@law_app.command("show")
def law_show(
    obligation: Annotated[str, typer.Argument(help="id or id@PLACE", show_default=False)],
    form: ListingOption = Listing.table,
    law: Law = None,
) -> None:
    """Show one obligation with all its terms, versions and sources."""
    found = [catalogue.full(item) for item in catalogue.find(corpus_at(law), obligation)]
    if form is Listing.json:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    else:
        for item in found:
            tables.show_rule(item)


@law_app.command("diff")
def law_diff(
    before: Annotated[str, typer.Argument(metavar="DATE", show_default=False)],
    after: Annotated[str, typer.Argument(metavar="DATE", show_default=False)],
    form: ListingOption = Listing.table,
    law: Law = None,
) -> None:
    """Compare the law in force on two days."""
    days = calendar_date(before, "the first DATE"), calendar_date(after, "the second DATE")
    found = catalogue.changes(corpus_at(law), *days)
    if form is Listing.json:
        sys.stdout.write(json.dumps([asdict(item) for item in found], indent=2) + "\n")
    else:
        tables.show_changes(found, before, after)


@law_app.command("check")
def law_check(
    tests: Annotated[
        Path | None, typer.Option("--tests", help="a folder of cases: name rules that none tests")
    ] = None,
    law: Law = None,
) -> None:
    """Check every law file; report all faults in one run."""
    found = lawcheck.check(Corpus.open(law), tests)
    for fault in found.faults:
        sys.stderr.write(f"{fault}\n")
    number = len(found.faults)
    verdict = f"{number} fault{'' if number == 1 else 's'}" if number else "clean"
    sys.stdout.write(f"{found.files} law files, {found.rules} obligations: {verdict}\n")
    if found.faults:
        raise typer.Exit(3)


@law_app.command("pages")
def law_pages(
    area: Annotated[
        str, typer.Argument(help="US, or WORLD for every other place", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", help="a folder", show_default=False)],
    day: Annotated[
        str | None, typer.Option("--day", metavar="DATE", help="the law as it stands then")
    ] = None,
    law: Law = None,
) -> None:
    """Write the law of an area as pages: each place, comparisons, a map."""
    corpus = corpus_at(law)
    lawbook = _lawbook()
    chosen = calendar_date(day, "--day") if day is not None else None
    named = area if area == lawbook.WORLD else _place(corpus, area, "AREA")
    written = lawbook.write_pages(corpus, named, out, chosen)
    sys.stdout.write(f"{len(written)} pages in {out}, beginning with {written[0].name}\n")


@app.command()
def schema(
    which: Annotated[Schema, typer.Argument(help="incident or assessment", show_default=False)],
) -> None:
    """Print the JSON Schema of the incident or of the assessment."""
    if which is Schema.incident:
        found = incident_schema(corpus_at(None).vocabulary)
    else:
        found = assessment_schema()
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


@app.command()
def vocabulary(
    form: ListingOption = Listing.table,
    law: Law = None,
) -> None:
    """Print every word that an incident file may use."""
    words = tables.vocabulary(corpus_at(law))
    if form is Listing.json:
        sys.stdout.write(json.dumps(words, indent=2, ensure_ascii=False) + "\n")
    else:
        tables.show_vocabulary(words)


@app.command()
def version() -> None:
    """Print the versions of the engine and of its law."""
    corpus = corpus_at(None)
    sys.stdout.write(f"regengine {VERSION}, law {corpus.version} ({corpus.sha256[:12]})\n")


# -- paper ----------------------------------------------------------------------------

for _command in papers.COMMANDS:
    app.command()(_command)


# -- the way out ----------------------------------------------------------------------


@contextmanager
def _one_line_per_fault() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # The reader of the pipe has seen enough; nothing is left to flush to it.
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # reason: open until the end
        sys.exit(0)
    except Exception as error:  # the last door: no traceback passes it
        status, lines = _ending(error)
        for line in lines:
            sys.stderr.write(f"regengine: {line}\n")
        if status == 1 and sys.flags.dev_mode:
            raise  # python -X dev shows where
        sys.exit(status)


def _ending(error: Exception) -> tuple[int, tuple[str, ...]]:
    """Give the exit status of an exception and a line for each fault."""
    status = 2
    match error:
        case InputError():
            lines = tuple(map(str, error.faults))
        case OSError():
            where = error.filename2 or error.filename
            text = (error.strerror or str(error)).lower()
            lines = (f"{where}: {text}" if where else text,)
        case UnicodeError():
            lines = (str(error),)
        case OverflowError():
            lines = ("a date falls beyond the years 1 to 9999",)
        case _WrongUseError():
            lines = (_wrong_use(error),)
        case EngineFaultError():
            status, lines = 1, (f"{error}; no answer is given, please report this",)
        case _:
            fault = " ".join(f"{type(error).__name__}: {error}".split())
            status, lines = 1, (f"a fault of the program, {fault}; please report this",)
    return status, lines


def _wrong_use(error: Any) -> str:
    """Say on one line what is wrong with the command line."""
    message = " ".join(str(error.format_message()).split()).rstrip(".?")
    message = message.replace("Value error, ", "")
    command = error.ctx.command_path if error.ctx is not None else "regengine"
    return f"{message[:1].lower()}{message[1:]}; see {command} --help"


def run() -> None:
    """Run the command line; no traceback reaches a user."""
    with _one_line_per_fault():
        sys.exit(app(prog_name="regengine", standalone_mode=False) or 0)
