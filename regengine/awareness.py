"""The awareness file: each view of when an event happened, with every deadline under it.

Where the file holds several candidates for an event, the incident is assessed once for
each as if it were the only one. What differs is set side by side: which notice would be
due when, and which would be late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from regengine.assess import assess, open_corpus
from regengine.assessment import Deadline
from regengine.corpus import Corpus
from regengine.facts import Candidate, Incident


@dataclass(frozen=True, slots=True)
class View:
    """One candidate, and the deadlines as they would be if it were the only one."""

    candidate: Candidate
    deadlines: Mapping[str, Deadline]

    @property
    def late(self) -> tuple[str, ...]:
        """The keys of the notices that are late under this view."""
        return tuple(
            key for key, deadline in self.deadlines.items() if deadline.late_by is not None
        )


@dataclass(frozen=True, slots=True)
class Disputed:
    """An event with several candidates; ``keys`` are the results that they date differently."""

    event: str
    views: tuple[View, ...]
    keys: tuple[str, ...]

    @property
    def lacks_reason(self) -> bool:
        """Tell whether a candidate was chosen, or none, without saying why."""
        chosen = [view.candidate for view in self.views if view.candidate.chosen]
        return not chosen or any(not candidate.why for candidate in chosen)


def disputed(
    incident: Incident,
    as_of: date | None = None,
    now: datetime | None = None,
    *,
    corpus: Corpus | None = None,
) -> tuple[Disputed, ...]:
    """Work out every deadline under each candidate of each event that has several.

    >>> from regengine import load_incident
    >>> retail = load_incident("examples/retail-ransomware.yaml")
    >>> found = disputed(retail)[0]
    >>> found.event, len(found.views)
    ('aware', 2)

    Views come in the order of time. Results that every view dates alike are left out.
    """
    law = corpus or open_corpus()
    return tuple(
        _disputed(incident, event, candidates, as_of, now, law)
        for event, candidates in sorted(incident.timeline.items())
        if len(candidates) > 1
    )


def _disputed(
    incident: Incident,
    event: str,
    candidates: tuple[Candidate, ...],
    as_of: date | None,
    now: datetime | None,
    law: Corpus,
) -> Disputed:
    found = []
    for candidate in sorted(candidates, key=lambda each: str(each.at.at or each.at.day)):
        alone = candidate.model_copy(update={"chosen": True, "laws": ()})
        timeline = {**incident.timeline, event: (alone,)}
        supposed = incident.model_copy(update={"timeline": timeline})
        answer = assess(supposed, as_of, now, corpus=law, engine="chainer", check=False)
        deadlines = {result.key: result.deadline for result in answer.obligations}
        found.append((candidate, deadlines))
    keys = tuple(
        key for key in found[0][1] if len({_due(deadlines.get(key)) for _, deadlines in found}) > 1
    )
    views = tuple(
        View(candidate, {key: deadlines[key] for key in keys if key in deadlines})
        for candidate, deadlines in found
    )
    return Disputed(event, views, keys)


def _due(deadline: Deadline | None) -> datetime | None:
    if deadline is None:
        return None
    return deadline.due_at or deadline.projected_due_at
