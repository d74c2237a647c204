"""The options that commands share, and how each is read: one clear line for each fault."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Annotated, NoReturn

import typer

from regengine import lawcheck
from regengine.assess import assess as assess_incident
from regengine.assess import open_corpus
from regengine.assessment import Assessment, is_named, named_results
from regengine.calendars import UnknownZoneError, zone
from regengine.corpus import Corpus
from regengine.errors import Fault, InputError, LawError
from regengine.facts import Incident
from regengine.inference import Engine, durable_available
from regengine.intake import load_incident

_CASE = "case:"
_FIRST_YEAR, _LAST_YEAR = 1900, 2200  # of the dates and instants of an option


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
    Path,
    typer.Argument(
        help="the incident: .yaml, .toml or .json; or case:MATTER, as its record stands",
        show_default=False,
    ),
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


def instant(text: str | None, option: str = "--now") -> datetime:
    """Read an instant with its offset; none at all is the clock's."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        refuse(option, f'"{text}" is no instant; write it like 2026-11-21T09:00:00+00:00')
    within_reach(found, text, option)
    if found.utcoffset() is None:
        refuse(option, f'"{text}" has no offset; add one, like {found.isoformat()}+00:00')
    return found


def day(text: str | None) -> date | None:
    """Read the day of --as-of."""
    return None if text is None else calendar_date(text, "--as-of")


def calendar_date(text: str, option: str) -> date:
    """Read a date."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        refuse(option, f'"{text}" is no date; write it like 2026-11-21')
    within_reach(found, text, option)
    return found


def within_reach(found: date, text: str, option: str) -> None:
    """Refuse years in which no incident was, and whose arithmetic overflows."""
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        refuse(option, f'"{text}" is beyond the years {_FIRST_YEAR} to {_LAST_YEAR}')


def zone_of(key: str | None) -> str | None:
    """Read the name of a zone."""
    if key is not None:
        try:
            zone(key)
        except UnknownZoneError as error:
            refuse("--zone", str(error))
    return key


def refuse(place: str, message: str) -> NoReturn:
    """Refuse what the user gave, in one line."""
    raise InputError([Fault("", place, message)])


def corpus_at(path: Path | None) -> Corpus:
    """Open the law; one that the user brings is checked before anything rests on it."""
    if path is None:
        return open_corpus()
    corpus = Corpus.open(path)
    found = lawcheck.check(corpus)
    if found.faults:
        raise LawError(found.faults)
    return corpus


def opened(incident_file: Path, law: Path | None) -> tuple[Corpus, Incident]:
    """Open the law, and read the incident in its words."""
    corpus = corpus_at(law)
    return corpus, incident_at(incident_file, corpus)


def incident_at(path: Path, corpus: Corpus) -> Incident:
    """Read an incident from its file, or from the record of a matter (``case:MATTER``)."""
    name = str(path)
    if not name.startswith(_CASE):
        return load_incident(path, corpus.vocabulary)
    # The case file needs an extra, and takes the options of this module for its own commands.
    from regengine.casefile.commands.options import author, casefile  # noqa: PLC0415  # reason: as above

    with casefile().Store.open() as store:
        case = casefile().Case(store, name.removeprefix(_CASE), author(None), corpus=corpus)
        found: Incident = case.incident()
    return found


def assessed(
    incident: Incident,
    corpus: Corpus,
    *,
    as_of: str | None,
    now: str | None,
    engine: EngineName | None = None,
    everything: bool = False,
) -> Assessment:
    """Assess under the options of the command line."""
    chosen: Engine | None = engine.value if engine else None
    if engine is EngineName.durable and not durable_available():
        refuse("--engine", "durable-rules cannot be imported on this Python; use chainer")
    return assess_incident(
        incident, day(as_of), instant(now), corpus=corpus, engine=chosen, everything=everything
    )


def ready(incident: Incident, found: Assessment) -> Assessment:
    """Add how ready each notice is, where the paper's libraries are installed."""
    try:
        from regengine.documents.notices import with_readiness  # noqa: PLC0415  # reason: an extra
    except ImportError:
        return found
    return with_readiness(incident, found)


def narrowed(found: Assessment, text: str | None) -> Assessment:
    """Keep the results that a list of statuses and obligations names."""
    if text is None:
        return found
    words = words_of(text)
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


def words_of(text: str | None) -> list[str]:
    """Split a list of --only; an empty one would quietly mean none, or all."""
    words = [word.strip() for word in (text or "").split(",") if word.strip()]
    if text is not None and not words:
        refuse("--only", "names nothing; write statuses or obligations, by comma")
    return words


def documents() -> ModuleType:
    """Import the paper's libraries only where paper is wanted."""
    try:
        from regengine import documents  # noqa: PLC0415  # reason: an extra
        from regengine.documents import dossier  # noqa: F401, PLC0415  # reason: all of its parts
    except ImportError as error:
        refuse("documents", f"{error.name} is missing: pip install 'regengine[documents]'")
    return documents


def warn(lines: tuple[str, ...]) -> None:
    """Print warnings where errors go."""
    for line in lines:
        sys.stderr.write(f"warning: {line}\n")
