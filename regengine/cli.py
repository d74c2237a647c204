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
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, NoReturn, get_args

import typer

from regengine import catalogue, lawcheck, tables
from regengine.assess import assess as assess_incident
from regengine.assessment import Assessment, assessment_schema, is_named, named_results
from regengine.awareness import disputed
from regengine.calendars import Days, UnknownZoneError, zone
from regengine.corpus import Corpus
from regengine.errors import Fault, InputError, LawError, suggest
from regengine.facts import Incident
from regengine.inference import Engine, EngineFaultError, durable_available
from regengine.intake import contradictions, load_incident, warnings
from regengine.intake import schema as incident_schema
from regengine.law import Period, RecipientKind
from regengine.plan import Lead, plan_of
from regengine.reckoning import Reckoned, reckon_obligation, reckon_period
from regengine.severity import severity as scored
from regengine.version import VERSION

_HELP = {"help_option_names": ["-h", "--help"]}
# What the parser of the command line raises at wrong use; its own module is private.
_WrongUseError: Any = typer.BadParameter.__mro__[1]
_FIRST_YEAR, _LAST_YEAR = 1900, 2200  # of the dates and instants of an option

app = typer.Typer(
    no_args_is_help=True,
    context_settings=_HELP,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Which breach notices are owed, to whom, by which instant, with what proof.",
)
law_app = typer.Typer(no_args_is_help=True, context_settings=_HELP, help="The rules themselves.")
app.add_typer(law_app, name="law")


class Form(StrEnum):
    """How an assessment is printed."""

    table = "table"
    json = "json"
    markdown = "markdown"


class Paper(StrEnum):
    """How one deadline is printed."""

    table = "table"
    json = "json"
    ics = "ics"
    pdf = "pdf"


class Listing(StrEnum):
    """How lists of rules and words are printed."""

    table = "table"
    json = "json"


class Schema(StrEnum):
    """The two published shapes."""

    incident = "incident"
    assessment = "assessment"


class EngineName(StrEnum):
    """Which inference engine leads."""

    durable = "durable"
    chainer = "chainer"


File = Annotated[
    Path, typer.Argument(help="the incident: .yaml, .toml or .json", show_default=False)
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="the law as it stood on DATE", metavar="DATE")
]
Now = Annotated[
    str | None,
    typer.Option("--now", help="INSTANT with offset; default: the clock", metavar="INSTANT"),
]
Zone = Annotated[
    str | None, typer.Option("--zone", help="your own zone, shown besides", metavar="ZONE")
]
Law = Annotated[
    Path | None,
    typer.Option("--law", help="a folder with rules/ and jurisdictions/", metavar="PATH"),
]
Everything = Annotated[
    bool, typer.Option("--all", help="also what is not owed, and regimes not in play")
]
Only = Annotated[
    str | None, typer.Option("--only", help="statuses or obligations, by comma", metavar="LIST")
]
ListingOption = Annotated[Listing, typer.Option("--format", help="how to print")]
EngineOption = Annotated[EngineName | None, typer.Option("--engine", help="which engine leads")]


# -- reading what the user gave --------------------------------------------------------


def _instant(text: str | None, option: str = "--now") -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        _refuse(option, f'"{text}" is no instant; write it like 2026-11-21T09:00:00+00:00')
    _within_reach(found, text, option)
    if found.utcoffset() is None:
        _refuse(option, f'"{text}" has no offset; add one, like {found.isoformat()}+00:00')
    return found


def _day(text: str | None) -> date | None:
    return None if text is None else _date(text, "--as-of")


def _date(text: str, option: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        _refuse(option, f'"{text}" is no date; write it like 2026-11-21')
    _within_reach(found, text, option)
    return found


def _within_reach(found: date, text: str, option: str) -> None:
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        _refuse(option, f'"{text}" is beyond the years {_FIRST_YEAR} to {_LAST_YEAR}')


def _zone(key: str | None) -> str | None:
    if key is not None:
        try:
            zone(key)
        except UnknownZoneError as error:
            _refuse("--zone", str(error))
    return key


def _refuse(place: str, message: str) -> NoReturn:
    raise InputError([Fault("", place, message)])


def _corpus(path: Path | None) -> Corpus:
    """Open the law; one that the user brings is checked before anything rests on it."""
    corpus = Corpus.open(path)
    if path is not None:
        found = lawcheck.check(corpus)
        if found.faults:
            raise LawError(found.faults)
    return corpus


def _opened(incident_file: Path, law: Path | None) -> tuple[Corpus, Incident]:
    """Open the law, and read the incident in its words."""
    corpus = _corpus(law)
    return corpus, load_incident(incident_file, corpus.vocabulary)


def _assessed(
    incident: Incident,
    corpus: Corpus,
    *,
    as_of: str | None,
    now: str | None,
    engine: EngineName | None = None,
    everything: bool = False,
) -> Assessment:
    chosen: Engine | None = engine.value if engine else None
    if engine is EngineName.durable and not durable_available():
        _refuse("--engine", "durable-rules cannot be imported on this Python; use chainer")
    moment = _instant(now)
    found = assess_incident(
        incident, _day(as_of), moment, corpus=corpus, engine=chosen, everything=everything
    )
    told = (*warnings(incident, moment), *found.warnings)
    return found.model_copy(update={"warnings": told})


def _only(found: Assessment, text: str | None) -> Assessment:
    """Keep the results that a list of statuses and obligations names."""
    if text is None:
        return found
    words = _words(text)
    statuses = {word for word in words if word in ("required", "possible", "not_required")}
    for word in words:
        if word not in statuses:
            named_results(found, word)
    kept = tuple(
        result
        for result in found.obligations
        if result.status in statuses or any(is_named(result, word) for word in words)
    )
    return found.model_copy(update={"obligations": kept})


def _words(text: str | None) -> list[str]:
    """Split a list of --only; an empty one would quietly mean none, or all."""
    words = [word.strip() for word in (text or "").split(",") if word.strip()]
    if text is not None and not words:
        _refuse("--only", "names nothing; write statuses or obligations, by comma")
    return words


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
    shown_zone = _zone(reader_zone)
    corpus, incident = _opened(incident_file, law)
    found = _assessed(incident, corpus, as_of=as_of, now=now, engine=engine, everything=everything)
    found = _only(found, only)
    _warn(found.warnings)
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
    shown_zone = _zone(reader_zone)
    corpus, incident = _opened(incident_file, law)
    found = _assessed(incident, corpus, as_of=as_of, now=now, everything=True)
    for result in named_results(found, obligation):
        tables.show_proof(result, shown_zone)


@app.command()
def file(
    incident_file: File,
    out: Annotated[Path, typer.Option("--out", help="the folder to write to", show_default=False)],
    as_of: AsOf = None,
    now: Now = None,
    only: Only = None,
    everything: Annotated[
        bool, typer.Option("--all", help="also what is only possible, or has not started")
    ] = False,
    law: Law = None,
) -> None:
    """Write the filings of every required obligation whose clock runs."""
    documents = _documents()
    corpus, incident = _opened(incident_file, law)
    found = _assessed(incident, corpus, as_of=as_of, now=now)
    words = _words(only)
    keys = tuple(result.key for word in words for result in named_results(found, word))
    with tables.progress("Writing filings") as advance:
        written = documents.file(
            incident, found, out, only=keys, all_=everything or bool(words), progress=advance
        )
    tables.show_written(written)


@app.command()
def checklist(
    incident_file: File,
    out: Annotated[Path, typer.Option("--out", help="the PDF to write", show_default=False)],
    as_of: AsOf = None,
    now: Now = None,
    law: Law = None,
) -> None:
    """Write counsel's checklist: clocks, decisions, open facts, evidence, people to call."""
    documents = _documents()
    corpus, incident = _opened(incident_file, law)
    found = _assessed(incident, corpus, as_of=as_of, now=now)
    tables.show_written([documents.checklist(incident, found, out)])


def _documents() -> ModuleType:
    """Import the paper's libraries only where paper is wanted."""
    try:
        from regengine import documents  # noqa: PLC0415  # reason: heavy, and an extra
    except ImportError as error:
        _refuse("documents", f"{error.name} is missing: pip install 'regengine[documents]'")
    return documents


def _lawbook() -> ModuleType:
    """Import the writer of law pages; it needs the paper's templates."""
    try:
        from regengine import lawbook  # noqa: PLC0415  # reason: as above
    except ImportError as error:
        _refuse("law pages", f"{error.name} is missing: pip install 'regengine[documents]'")
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
    corpus, incident = _opened(incident_file, law)
    found = _assessed(incident, corpus, as_of=as_of, now=now)
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
    corpus, incident = _opened(incident_file, law)
    tables.show_awareness(disputed(incident, _day(as_of), _instant(now), corpus=corpus))


@app.command()
def severity(
    incident_file: File,
    form: Annotated[Form, typer.Option("--format", help="table or json")] = Form.table,
    law: Law = None,
) -> None:
    """Score how severe the breach is for the people (ENISA): a help for counsel's judgement."""
    corpus, incident = _opened(incident_file, law)
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
            _refuse("--lead", f'unknown kind of recipient "{kind}"{suggest(kind, allowed)}')
    try:
        return Lead(step.strip(), Period.read(takes.strip()), wanted)
    except ValueError as error:
        _refuse("--lead", str(error))


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
    corpus = _corpus(law)
    found = _reckoned(corpus, _moment(start), within, place, rule, obligation)
    if form is Paper.table:
        tables.show_deadlines(found)
    elif form is Paper.json:
        sys.stdout.write(tables.deadlines_json(found))
    else:
        sys.stdout.buffer.write(_documents().deadlines(found, form.value))


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
            _refuse("--obligation", "stands without --within and --rule: it has its own")
        return reckon_obligation(corpus, obligation, start, place=place)
    if within is None or place is None:
        _refuse("deadline", "give --within and --place, or --obligation")
    return [reckon_period(corpus, start, within, place, rule=rule)]


def _moment(text: str) -> datetime | date:
    """Read a start: a date, or an instant with its offset."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return _instant(text, "--start")
    _within_reach(found, text, "--start")
    return found


def _place(corpus: Corpus, code: str, said: str = "--place") -> str:
    try:
        return corpus.places.canonical(code)
    except KeyError as error:
        _refuse(said, str(error.args[0]))


# -- the law itself -----------------------------------------------------------------------


@law_app.command("list")
def law_list(
    form: ListingOption = Listing.table,
    place: Annotated[str | None, typer.Option("--place", help="only this place")] = None,
    law: Law = None,
) -> None:
    """List every obligation with its versions."""
    corpus = _corpus(law)
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
    found = [catalogue.full(item) for item in catalogue.find(_corpus(law), obligation)]
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
    days = _date(before, "the first DATE"), _date(after, "the second DATE")
    found = catalogue.changes(_corpus(law), *days)
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
    corpus = _corpus(law)
    lawbook = _lawbook()
    chosen = _date(day, "--day") if day is not None else None
    named = area if area == lawbook.WORLD else _place(corpus, area, "AREA")
    written = lawbook.write_pages(corpus, named, out, chosen)
    sys.stdout.write(f"{len(written)} pages in {out}, beginning with {written[0].name}\n")


@app.command()
def schema(
    which: Annotated[Schema, typer.Argument(help="incident or assessment", show_default=False)],
) -> None:
    """Print the JSON Schema of the incident or of the assessment."""
    if which is Schema.incident:
        found = incident_schema(_corpus(None).vocabulary)
    else:
        found = assessment_schema()
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


@app.command()
def vocabulary(
    form: ListingOption = Listing.table,
    law: Law = None,
) -> None:
    """Print every word that an incident file may use."""
    words = tables.vocabulary(_corpus(law))
    if form is Listing.json:
        sys.stdout.write(json.dumps(words, indent=2, ensure_ascii=False) + "\n")
    else:
        tables.show_vocabulary(words)


@app.command()
def version() -> None:
    """Print the versions of the engine and of its law."""
    corpus = _corpus(None)
    sys.stdout.write(f"regengine {VERSION}, law {corpus.version} ({corpus.sha256[:12]})\n")


# -- the way out ----------------------------------------------------------------------


def _warn(lines: tuple[str, ...]) -> None:
    for line in lines:
        sys.stderr.write(f"warning: {line}\n")


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
