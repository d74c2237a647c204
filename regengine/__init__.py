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
    "severity",
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
    corpus: Corpus | None = None,
) -> list[Written]:
    """Write the filings of every required result whose clock runs, as PDF.

    >>> from tempfile import TemporaryDirectory
    >>> laptop = load_incident("examples/lost-laptop.yaml")
    >>> with TemporaryDirectory() as folder:
    ...     written = file(laptop, folder, only=["us-ca-residents"])
    >>> written[0].path.name
    'us-ca-residents@US-CA.pdf'

    Needs the extra ``regengine[documents]``. ``everything`` also writes those that are
    only possible or not started. Raises ``InputError`` for a name in ``only`` that the
    assessment does not have.
    """
    # The paper's libraries are heavy, and an assessment needs none of them.
    from regengine import documents  # noqa: PLC0415  # reason: as above

    found = assess(incident, as_of, now, corpus=corpus)
    only = (only,) if isinstance(only, str) else only
    keys = [result.key for name in only for result in named_results(found, name)]
    return documents.file(incident, found, Path(out), only=tuple(keys), all_=everything)
