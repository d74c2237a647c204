"""Memos of a matter: decisions not to notify, when clocks started, reasons for delay.

They are written from the facts, the assessment and the law files; nothing is argued that
these do not hold. What only counsel can say is marked as a gap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from string import ascii_uppercase

from regengine.assess import open_corpus
from regengine.assessment import Assessment, Deadline, Result
from regengine.awareness import Disputed, View, disputed
from regengine.corpus import Corpus
from regengine.documents.delay import DelayWriter
from regengine.documents.document import Document
from regengine.documents.memo import (
    Memo,
    Part,
    Signature,
    Style,
    Table,
    document,
    file_slug,
    say,
    style_of,
)
from regengine.documents.no_notice import Writer, decisions, open_decisions
from regengine.documents.outputs import label, table
from regengine.documents.wording import joined, span_text
from regengine.facts import Candidate, Incident
from regengine.timeline import STOOD_FOR

_COLUMNS = 3  # views that stand side by side


def house_style(incident: Incident) -> Style:
    """Take the organisation's zone, dates and paper.

    >>> from regengine.facts import Organisation
    >>> house_style(Incident(reference="R", organisation=Organisation(country="US"))).american
    True
    """
    country = incident.organisation.country or ""
    letter = table("filing/index.toml")["letter"]
    return style_of(incident, american=any(fnmatchcase(country, x) for x in letter))


def papers(
    incident: Incident,
    assessment: Assessment,
    *,
    corpus: Corpus | None = None,
    all_: bool = False,
) -> tuple[Memo, ...]:
    """Write every memo of a matter before it is laid out.

    The annex, one memo for each finding because of which a duty is not owed, the awareness
    memo, the reasons for delay. ``all_`` adds a shell for each law whose exemptions are
    presumed not to apply.

    >>> from regengine import assess, load_incident
    >>> laptop = load_incident("examples/lost-laptop.yaml")
    >>> [memo.name for memo in papers(laptop, assess(laptop))][-1]
    'memo--annex-not-owed'
    """
    law = corpus or open_corpus()
    style = house_style(incident)
    writer = Writer(incident, assessment, law, style)
    made, bare = decisions(incident, assessment, law)
    found = [writer.no_notice(decision) for decision in made]
    if all_:
        found += [writer.shell(decision) for decision in open_decisions(incident, assessment, law)]
    clocks = _awareness(incident, assessment, law, style)
    late = DelayWriter(incident, assessment, law, style).memo()
    found += [memo for memo in (clocks, late) if memo is not None]
    return (*found, writer.annex(made, bare))


def memos(
    incident: Incident,
    assessment: Assessment,
    *,
    corpus: Corpus | None = None,
    all_: bool = False,
) -> tuple[Document, ...]:
    """Print every memo of a matter: those of ``papers``, as PDF, HTML and JSON.

    Dates are those of the organisation; nothing reads the clock. Raise
    ``fonts.MissingFontError`` where a script has no font.
    """
    style = house_style(incident)
    found = papers(incident, assessment, corpus=corpus, all_=all_)
    return tuple(document(memo, incident, assessment, style) for memo in found)


def awareness_memo(
    incident: Incident, assessment: Assessment, *, corpus: Corpus | None = None
) -> Document | None:
    """Print the memo of when the clocks started; ``None`` where nothing is in dispute."""
    style = house_style(incident)
    memo = _awareness(incident, assessment, corpus or open_corpus(), style)
    return document(memo, incident, assessment, style) if memo is not None else None


def delay_memo(
    incident: Incident, assessment: Assessment, *, corpus: Corpus | None = None
) -> Document | None:
    """Print the reasons for delay; ``None`` where no notice is late or suspended."""
    style = house_style(incident)
    memo = DelayWriter(incident, assessment, corpus or open_corpus(), style).memo()
    return document(memo, incident, assessment, style) if memo is not None else None


# -- when the clocks started ---------------------------------------------------------------


def _awareness(
    incident: Incident, assessment: Assessment, law: Corpus, style: Style
) -> Memo | None:
    found = disputed(incident, assessment.as_of, assessment.now, corpus=law)
    stood_in = _stood_in(incident, assessment)
    if not found and not stood_in:
        return None
    writer = _Clocks(incident, assessment, style)
    parts = [part for each in found for part in writer.views(each)]
    parts += [writer.assumed(event, rows) for event, rows in stood_in.items()]
    keys = dict.fromkeys(key for each in found for key in each.keys)
    keys |= dict.fromkeys(result.key for rows in stood_in.values() for result in rows)
    signatory = incident.signatory
    return Memo(
        name=file_slug("memo", "awareness"),
        kind="memo",
        title=say("awareness_title"),
        subject=say("awareness_subject"),
        handling=say("handling_internal"),
        keys=tuple(keys),
        parts=tuple(parts),
        signatures=(
            Signature(say("sign_decided"), signatory.name if signatory else None),
            Signature(say("sign_reviewed")),
        ),
    )


def _stood_in(incident: Incident, assessment: Assessment) -> dict[str, list[Result]]:
    """List, for each event that is not on record, the clocks for which another stands in."""
    found: dict[str, list[Result]] = {}
    for result in assessment.obligations:
        starts = result.deadline.starts
        if result.status == "not_required" or starts is None or not starts.assumed:
            continue
        # The start may be composed, like "earlier(discovered, processor_told)".
        for event in dict.fromkeys(re.findall(r"[a-z_]+", starts.event)):
            if event in STOOD_FOR and event not in incident.timeline:
                found.setdefault(event, []).append(result)
    return found


class _Clocks:
    """Writes the parts of the awareness memo."""

    def __init__(self, incident: Incident, assessment: Assessment, style: Style) -> None:
        self.incident, self.style = incident, style
        self.results = {result.key: result for result in assessment.obligations}

    def views(self, found: Disputed) -> list[Part]:
        """Set the views of one event side by side, then have one chosen."""
        event = label("events", found.event)
        title = say("awareness_disputed", event=event, count=len(found.views))
        says = self._test(found.event)
        if found.lacks_reason:
            says = (*says, say("decision_lacking"))
        candidates = [view.candidate for view in found.views]
        rows = tuple(
            self._candidate(found.event, number, candidates) for number in range(len(candidates))
        )
        head = (say("view"), say("view_at"), say("view_for"), say("view_against"))
        clocks = self._clocks(found)
        after = () if clocks else (say("view_same"),)
        return [
            Part(title, says, tables=(Table(say("views"), head, rows), *clocks), after=after),
            self._decision(event),
        ]

    def _test(self, event: str) -> tuple[str, ...]:
        said = table("memo/words.toml")["tests"].get(event)
        return (str(said),) if said else ()

    def _candidate(
        self, event: str, number: int, candidates: Sequence[Candidate]
    ) -> tuple[str, ...]:
        one = candidates[number]
        others = [
            f"{say('view_letter', letter=_letter(index))}: {each.why}"
            for index, each in enumerate(candidates)
            if index != number and each.why
        ]
        against = self.incident.answers.get(f"memo.{event}.against.{number + 1}")
        name = say("view_letter", letter=_letter(number))
        if one.chosen:
            name += f"\n{say('view_chosen')}"
            name += f" {say('view_chosen_for', laws=joined(one.laws))}" if one.laws else ""
        return (
            name,
            self.style.moment(one.at) or say("not_known"),
            one.why or say("for_none"),
            str(against) if against is not None else "\n".join(others) or say("for_none"),
        )

    def _clocks(self, found: Disputed) -> list[Table]:
        """Give each deadline under each view, a few views to a table."""
        keys = [
            key
            for key in found.keys
            if key in self.results and self.results[key].status != "not_required"
        ]
        if not keys:
            return []
        tables = []
        for first in range(0, len(found.views), _COLUMNS):
            some = list(enumerate(found.views))[first : first + _COLUMNS]
            head = (
                say("delay_key"),
                *(say("view_letter", letter=_letter(number)) for number, _ in some),
            )
            rows = tuple(
                (self._named(key), *(self._due(view, key) for _, view in some)) for key in keys
            )
            tables.append(Table(say("view_clocks"), head, rows))
        return tables

    def _named(self, key: str) -> str:
        return f"{self.results[key].title} ({key})"

    def _due(self, view: View, key: str) -> str:
        deadline = view.deadlines.get(key)
        at = self._at(deadline)
        if at is None:
            return say("view_none")
        if deadline is not None and deadline.late_by is not None:
            return say("view_late", at=at, span=span_text(deadline.late_by))
        return at

    def _at(self, deadline: Deadline | None) -> str | None:
        if deadline is None:
            return None
        return self.style.instant(deadline.due_at or deadline.projected_due_at, deadline.zone)

    def assumed(self, event: str, rows: Sequence[Result]) -> Part:
        """Say which clocks another event starts while this one is not on record."""
        title = say("awareness_assumed", event=label("events", event))
        says = (*self._test(event), say("assumed_says"))
        head = (say("delay_key"), say("assumed_from"), say("assumed_due"))
        lines = tuple(
            (
                self._named(result.key),
                self._source(result),
                self._at(result.deadline) or result.deadline.soft or say("view_none"),
            )
            for result in rows
        )
        return Part(
            title,
            says,
            tables=(Table(say("assumed_clocks"), head, lines),),
            blanks=(say("decision_line"), say("decision_because")),
        )

    def _source(self, result: Result) -> str:
        starts = result.deadline.starts
        if starts is None:
            return ""
        at = self.style.instant(starts.at)
        return "\n".join(part for part in (starts.note, at) if part)

    def _decision(self, event: str) -> Part:
        title = f"{say('decision')}: {event}"
        blanks = (say("decision_line"), say("decision_because"), say("decision_laws"))
        return Part(title, blanks=blanks)


def _letter(number: int) -> str:
    """Name a view: A to Z, then A2.

    >>> _letter(1), _letter(26)
    ('B', 'A2')
    """
    turn, index = divmod(number, len(ascii_uppercase))
    return ascii_uppercase[index] + (str(turn + 1) if turn else "")
