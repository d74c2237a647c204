"""Which breach notices are owed, to whom, by which instant, with what proof.

>>> import regengine
>>> incident = regengine.load_incident("examples/lost-laptop.yaml")
>>> regengine.assess(incident).incident
'EX-2026-006'

The public names are below; everything else may change. Documents need the extra
``regengine[documents]``.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regengine import intake
from regengine.assess import assess, open_corpus
from regengine.assessment import Assessment, Result, named_results
from regengine.corpus import Corpus
from regengine.errors import Fault, InputError, LawError
from regengine.facts import Incident
from regengine.severity import Severity, severity
from regengine.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regengine.documents import Written
    from regengine.documents.receipt import Finding

__version__ = VERSION

__all__ = [
    "Assessment",
    "Corpus",
    "Fault",
    "Incident",
    "InputError",
    "LawError",
    "Result",
    "Severity",
    "__version__",
    "assess",
    "explain",
    "file",
    "load_incident",
    "read_incident",
    "readiness",
    "severity",
    "verify",
]


def load_incident(path: str | Path, *, corpus: Corpus | None = None) -> Incident:
    """Read an incident file: YAML, TOML or JSON by its suffix.

    >>> load_incident("examples/lost-laptop.yaml").reference
    'EX-2026-006'

    Raises ``InputError`` with one line for every fault of the file.
    """
    return intake.load_incident(Path(path), (corpus or open_corpus()).vocabulary)


def read_incident(facts: Mapping[str, Any], *, corpus: Corpus | None = None) -> Incident:
    """Read an incident from plain values, in the shape of an incident file.

    >>> read_incident({"reference": "R", "organisation": {"country": "IE"}}).organisation.country
    'IE'

    Raises ``InputError`` with one line for every fault.
    """
    return intake.read_incident(dict(facts), (corpus or open_corpus()).vocabulary)


def explain(
    incident: Incident,
    obligation: str,
    as_of: date | None = None,
    now: datetime | None = None,
    *,
    corpus: Corpus | None = None,
) -> tuple[Result, ...]:
    """Give the results of one obligation with their proof, deadline trace and open facts.

    >>> laptop = load_incident("examples/lost-laptop.yaml")
    >>> explain(laptop, "us-ca-residents")[0].why[-1].concludes
    'us-ca-residents is owed'

    ``obligation`` is an id, ``id@PLACE`` or a key; an id gives all its results. Raises
    ``InputError`` where the assessment has none of that name.
    """
    found = assess(incident, as_of, now, corpus=corpus, everything=True)
    return named_results(found, obligation)


def file(
    incident: Incident,
    out: str | Path,
    as_of: date | None = None,
    now: datetime | None = None,
    *,
    only: Sequence[str] = (),
    everything: bool = False,
    since: str | Path | None = None,
    corpus: Corpus | None = None,
    workers: int = 1,
) -> list[Written]:
    """Write the filings and letters that are due, and the papers of the matter, to a folder.

    >>> from tempfile import TemporaryDirectory
    >>> laptop = load_incident("examples/lost-laptop.yaml")
    >>> with TemporaryDirectory() as folder:
    ...     written = file(laptop, folder, only=["us-ma-ag"])
    >>> written[0].path.name, written[0].ready <= written[0].required
    ('us-ma-ag@US-MA.pdf', True)

    Needs the extra ``regengine[documents]``. ``only`` names results, and leaves out the
    papers of the matter (checklist, briefs, memos, register). ``everything`` also writes
    those that are only possible or not started. ``since`` is the folder of an earlier run:
    a notice that follows another then tells what has changed. ``workers`` processes make
    notices side by side where there are many; a program that asks for more than one must
    guard its main code, as for every pool of processes. Raises ``InputError`` for a name in
    ``only`` that the assessment does not have, and for answers that a form does not take;
    then nothing is written.
    """
    # The paper's libraries are heavy, and an assessment needs none of them.
    from regengine import documents  # noqa: PLC0415  # reason: as above

    found = assess(incident, as_of, now, corpus=corpus)
    only = (only,) if isinstance(only, str) else only
    keys = [result.key for name in only for result in named_results(found, name)]
    return documents.file(
        incident,
        found,
        Path(out),
        only=tuple(keys),
        all_=everything,
        since=documents.earlier(since) if since is not None else None,
        corpus=corpus,
        workers=workers,
    )


def readiness(incident: Incident, assessment: Assessment) -> Assessment:
    """Say of each duty that would be filed now how much of its notice is known.

    >>> laptop = load_incident("examples/lost-laptop.yaml")
    >>> told = readiness(laptop, assess(laptop)).result("us-ma-ag@US-MA").readiness
    >>> told.form, told.ready + len(told.missing) == told.required
    ('us-ma-ag', True)

    Needs the extra ``regengine[documents]``.
    """
    from regengine import documents  # noqa: PLC0415  # reason: an extra

    return documents.with_readiness(incident, assessment)


def verify(
    folder: str | Path, incident: Incident | None = None, *, corpus: Corpus | None = None
) -> list[Finding]:
    """List what in a folder of papers does not agree with its receipt; empty where all does.

    >>> from tempfile import TemporaryDirectory
    >>> laptop = load_incident("examples/lost-laptop.yaml")
    >>> with TemporaryDirectory() as folder:
    ...     _ = file(laptop, folder, only=["us-ma-ag"])
    ...     verify(folder)
    []

    Offline. With the incident all papers are made anew, and what differs is told from its
    cause. Raises ``InputError`` where there is no receipt that can be read.
    """
    from regengine import documents  # noqa: PLC0415  # reason: an extra

    return documents.verify(folder, incident, corpus=corpus)
