"""The pipeline: an incident and the law in, an assessment out; a pure function of both.

Facts become findings, findings duties (with proof), duties results, results deadlines.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import get_args

from regengine import results
from regengine.assessment import Assessment, LawUsed, Result
from regengine.conditions import Atom, leaves
from regengine.corpus import Corpus
from regengine.duties import COMING, Verdict, verdicts
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Incident
from regengine.found import NOWHERE
from regengine.gates import spelled_out
from regengine.inference import Engine, durable_available
from regengine.intake import warnings
from regengine.law import NamedCondition
from regengine.matter import Matter, matter_of
from regengine.promises import promised
from regengine.results import Row
from regengine.schedule import Schedule
from regengine.selection import places_in_play
from regengine.timeline import words_of
from regengine.truth import Truth
from regengine.version import VERSION


def assess(
    incident: Incident,
    as_of: date | None = None,
    now: datetime | None = None,
    *,
    corpus: Corpus | None = None,
    engine: Engine | None = None,
    check: bool = True,
    everything: bool = False,
) -> Assessment:
    """Work out every obligation of an incident, its deadline, and what is open.

    >>> from regengine import load_incident
    >>> found = assess(load_incident("examples/lost-laptop.yaml"))
    >>> found.checked
    True

    ``as_of`` overrides every choice of version ("as the law stood"). ``now`` must carry an
    offset; without it no lateness is told. ``engine`` is ``durable`` where durable-rules
    can be imported, else ``chainer``; with ``check`` both run and must prove the same.
    ``everything`` also lists duties whose regime is not in play.

    Raises ``LawError`` for a faulty law file, ``InputError`` for a place that no table
    holds or a filing that could belong to several results, ``ValueError`` for a naive
    ``now`` or an ``as_of`` with a time, and ``EnginesDisagreeError`` rather than an answer
    on which the engines differ.
    """
    _check_arguments(incident, as_of, now, engine)
    if isinstance(as_of, datetime):
        message = "as_of is a date without a time"
        raise ValueError(message)  # noqa: TRY004  # reason: one kind of error for both
    if now is not None:
        if now.utcoffset() is None:
            message = 'now has no offset: write it like "2026-11-21T09:00:00+00:00"'
            raise ValueError(message)
        now = now.astimezone(UTC)  # the same instant is the same day, however it is written
    law = corpus or open_corpus()
    chosen: Engine = engine or ("durable" if durable_available() else "chainer")
    with _uncollected():
        matter = matter_of(incident, law, as_of, now, chosen, check=check, everything=everything)
        return _assessment(matter, verdicts(matter))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the search for cyclic garbage off for the milliseconds of one assessment.

    Nearly everything that is built lives on in the answer, and nothing of it is a cycle:
    walking over it, and over all the law, took a fifth of the time and found nothing.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _check_arguments(incident: object, as_of: object, now: object, engine: object) -> None:
    """Refuse what is no incident, date, instant or engine, with how to make one."""
    if not isinstance(incident, Incident):
        kind = type(incident).__name__
        message = (
            f"assess takes an Incident, found {kind}; load_incident or read_incident makes one"
        )
        raise TypeError(message)
    if not isinstance(as_of, date | None):
        message = f"as_of is a date, found {type(as_of).__name__}; write date(2026, 11, 21)"
        raise TypeError(message)
    if not isinstance(now, datetime | None):
        message = f"now is a datetime with an offset, found {type(now).__name__}"
        raise TypeError(message)
    if engine not in (None, *get_args(Engine)):
        message = f'unknown engine "{engine}"; allowed: {", ".join(get_args(Engine))}'
        raise ValueError(message)


@cache
def open_corpus() -> Corpus:
    """Open the law that comes with the package, once per process."""
    return Corpus.open()


def _assessment(matter: Matter, found: Sequence[Verdict]) -> Assessment:
    # Law that does not bind yet is listed as coming, and gives no result.
    coming = results.coming_of(matter, (item for item in found if item.in_view))
    visible = [item for item in found if item.in_view and item.edition.status not in COMING]
    hidden = [item for item in found if not item.in_view]
    rows = results.rows_of(matter, visible)
    _refuse_unclear_filings(matter, rows)
    schedule = Schedule(matter, rows)
    duties = results.by_duty(rows)
    obligations = (
        *(
            results.result_of(matter, row, duties, schedule.published(row), schedule.filed(row))
            for row in rows
        ),
        *promised(matter),
    )
    answered = {each.jurisdiction for each in obligations} | {each.jurisdiction for each in coming}
    unplaced = results.summaries(matter, places_in_play(matter))
    return Assessment(
        incident=matter.incident.reference,
        title=matter.incident.title,
        as_of=matter.as_of,
        now=matter.now,
        checked=matter.check and durable_available(),
        engine=VERSION,
        inference=matter.engine,
        law=LawUsed(version=matter.corpus.version, sha256=matter.corpus.sha256),
        obligations=obligations,
        summaries=unplaced,
        open_questions=results.open_questions(matter, obligations, hidden, unplaced),
        not_covered=results.not_covered(matter, answered, (item for item in found if item.in_view)),
        coming=coming,
        assumptions=(*_home_assumed(matter), *_unknown_sector(matter), *_assumptions(obligations)),
        warnings=(
            *warnings(matter.incident, matter.now),
            *_idle_filings(matter, obligations),
            *_against_criteria(matter),
        ),
    )


def _refuse_unclear_filings(matter: Matter, rows: Sequence[Row]) -> None:
    """Refuse a filing that could belong to several results, and name them."""
    faults = []
    for number, filing in enumerate(matter.incident.filings):
        fitting = [
            row
            for row in rows
            if row.verdict.obligation.id == filing.obligation
            and row.verdict.truth is not Truth.FALSE
            and row.received(filing)
            and filing.jurisdiction in (None, row.verdict.place)
            and filing.stage in (None, row.verdict.stage.name if row.verdict.stage else None)
        ]
        if len(fitting) > 1:
            keys = ", ".join(row.key for row in fitting)
            message = f"could belong to several results; name one of {keys}"
            faults.append(Fault("", f"filings[{number}]", message))
    if faults:
        raise InputError(faults)


def _idle_filings(matter: Matter, obligations: Iterable[Result]) -> tuple[str, ...]:
    """Name filings on record that belong to no result: perhaps a slip of the pen."""
    fitting = {
        (result.id, place, stage)
        for result in obligations
        for place in (result.jurisdiction, None)
        for stage in (result.stage, None)
    }
    return tuple(
        f"filings[{number}] ({filing.obligation}) belongs to no result that is in view"
        for number, filing in enumerate(matter.incident.filings)
        if (filing.obligation, filing.jurisdiction, filing.stage) not in fitting
    )


def _against_criteria(matter: Matter) -> Iterator[str]:
    """Name conclusions of counsel that the law's own criteria do not bear out.

    Counsel's answer leads all the same: the facts on record may be behind what counsel knows.
    """
    conditions = matter.corpus.shared_conditions
    for name, given in matter.incident.judgements.items():
        declared = matter.corpus.judgements.get(name)
        held = conditions.get(declared.criteria or "") if declared else None
        if held is None or given.value is None:
            continue
        tree = spelled_out(held.tree, conditions)
        truth = matter.findings.without(name).evaluate(tree, NOWHERE)
        if truth is Truth.of(given.value != "true") and _is_law(held, matter):
            met = "meet" if truth is Truth.TRUE else "do not meet"
            yield (
                f"judgements.{name} is {given.value}, but the facts on record {met} the "
                f"criteria of {held.cite}"
            )


def _is_law(held: NamedCondition, matter: Matter) -> bool:
    """Tell whether a condition is law on the day of the matter: nobody fails earlier law."""
    dated = (leaf for leaf in leaves(held.tree) if isinstance(leaf, Atom) and leaf.kind == "dated")
    return all(matter.findings.evaluate(leaf, NOWHERE) is Truth.TRUE for leaf in dated)


def _unknown_sector(matter: Matter) -> Iterator[str]:
    """Say that no law turns on the sector as it is written: perhaps a slip of the pen."""
    sector, known = matter.incident.organisation.sector, matter.corpus.sectors
    if sector is not None and sector not in known:
        yield (
            f'organisation.sector: no law turns on "{sector}"{suggest(sector, known)} '
            "(regengine vocabulary lists the sectors that laws name)"
        )


def _home_assumed(matter: Matter) -> Iterator[str]:
    """Say what stands in for a zone and for statuses that the file does not give."""
    organisation, corpus = matter.incident.organisation, matter.corpus
    if organisation.zone is None and organisation.country is not None:
        key = corpus.places[organisation.country].zone
        yield f"organisation.zone: not given; {key}, the easternmost of the country, stands in"
    if organisation.regimes is None:
        return
    known = (*organisation.regimes, *organisation.regimes_possible)
    in_play = places_in_play(matter)
    others = [
        name
        for name, regime in sorted(corpus.regimes.items())
        if (not regime.sectors or organisation.sector in regime.sectors)
        and name not in known
        and _order_of(matter, name) in in_play
    ]
    if others:
        yield f"organisation.regimes: a complete list, so that none of {', '.join(others)} holds"


def _order_of(matter: Matter, regime: str) -> str:
    """Name the place whose law a regime belongs to: ``us.tx.adviser`` is of US-TX."""
    order, inner, *_ = regime.split(".")
    country = {"eu": "EU", "uk": "GB"}.get(order, order.upper())
    part = f"{country}-{inner.upper()}"
    return part if part in matter.corpus.places.listed else country


def _named(event: str) -> str:
    """Name an event as the file does; of several, in words."""
    return words_of(event) if "(" in event else event


def _assumptions(obligations: Iterable[Result]) -> tuple[str, ...]:
    """Collect what stands in for facts that are not on record, each once."""
    notes = dict.fromkeys(
        f"{_named(result.deadline.starts.event)}: {result.deadline.starts.note}"
        for result in obligations
        if result.deadline.starts is not None and result.deadline.starts.assumed
    )
    return tuple(notes)
