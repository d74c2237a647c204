"""From verdicts to results: recipient, people, status, proof, content; dates come later."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from regengine.assessment import (
    Bound,
    Coming,
    ContentItem,
    Deadline,
    ExtraAsked,
    Filed,
    NotCovered,
    OpenQuestion,
    People,
    Result,
    Summary,
    To,
    VersionInForce,
)
from regengine.assessment import Verdict as Status
from regengine.conditions import parse
from regengine.duties import (
    COMING,
    Verdict,
    asked_of_facts,
    open_statuses,
)
from regengine.explain import open_facts, presumed, why
from regengine.facts import Filing
from regengine.found import Scope
from regengine.in_force import first_day
from regengine.law import Authority, Recipient
from regengine.matter import Matter
from regengine.people import ANYWHERE
from regengine.questions import WHO
from regengine.questions import question as question_about
from regengine.selection import laws_within, people_places, places_in_play, remainders
from regengine.timeline import STOOD_FOR, words_of
from regengine.truth import Range, Truth

STATUS: Mapping[Truth, Status] = {
    Truth.TRUE: "required",
    Truth.UNKNOWN: "possible",
    Truth.FALSE: "not_required",
}
_NAMES = {
    "individuals": "The people affected in {place}",
    "consumer_reporting_agencies": "The nationwide consumer reporting agencies",
    "media": "Prominent media in {place}",
    "controller": "The controller (owner of the data)",
    "customers": "The customers concerned",
    "public": "The public",
    "internal": "The organisation's own register",
    "regulator": "The competent authority of {place}",
    "law_enforcement": "The police of {place}",
    "other": "The recipient named by the rule",
    "none": "Nobody",
}


_REGIMES = "organisation.regimes."


@dataclass(frozen=True)
class Row:
    """One result in the making: a verdict and one of its recipients."""

    verdict: Verdict
    to: Recipient
    number: int
    key: str
    recipient: To

    def received(self, filing: Filing) -> bool:
        """Tell whether a filing of this duty went to this one of its recipients.

        One that names no recipient went to the first: to take it for all would let the
        duty to tell the others disappear.
        """
        first = filing.recipient is None and self.number == 0
        return first or filing.recipient == self.to.end


Rows = Mapping[str, Sequence[Row]]  # by duty


def by_duty(rows: Iterable[Row]) -> Rows:
    """Put rows together that belong to one duty."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.verdict.obligation.id, []).append(row)
    return found


def rows_of(matter: Matter, verdicts: Iterable[Verdict]) -> list[Row]:
    """Make one row per verdict and recipient; keys are unique."""
    return [
        Row(verdict, to, number, key_of(verdict, to, number), recipient(matter, verdict, to))
        for verdict in verdicts
        for number, to in enumerate(verdict.version.to or verdict.obligation.to)
    ]


def key_of(verdict: Verdict, to: Recipient, number: int) -> str:
    """Name a result: ``id@PLACE``, ``/stage`` where it has one, ``~who`` for a second recipient."""
    key = f"{verdict.obligation.id}@{verdict.place}"
    if verdict.stage is not None:
        key += f"/{verdict.stage.name}"
    if number:
        key += f"~{to.end}"
    return key


def recipient(matter: Matter, verdict: Verdict, to: Recipient) -> To:
    """Resolve who is told: a subdivision's own authority where the facts point there."""
    place = verdict.place
    name = matter.corpus.place_name(place)
    if to.authority is not None:
        for code in (*_subdivisions(matter, place), place):
            dotted, authority = _authority(matter, to, code)
            if authority is not None:
                # A name beside a fixed authority is what it was called under that version.
                own = None if "{place}" in to.authority else to.name
                return To(kind=to.kind, name=own or authority.name, id=dotted)
    said = to.name or _NAMES[to.kind].format(place=name)
    return To(kind=to.kind, name=said, id=to.authority_in(place))


def _authority(matter: Matter, to: Recipient, code: str) -> tuple[str, Authority | None]:
    """Find a place's authority; for a public body the one that it alone stands under."""
    dotted = to.authority_in(code) or ""
    if matter.incident.organisation.public and "{place}" in (to.authority or ""):
        public = matter.corpus.authority(f"{dotted}_public")
        if public is not None:
            return f"{dotted}_public", public
    return dotted, matter.corpus.authority(dotted)


def _subdivisions(matter: Matter, place: str) -> list[str]:
    """Name the subdivision whose authority is told: that of the main establishment.

    Several of equal rank point to none of them.
    """
    organisation = matter.incident.organisation
    ranks = (
        (organisation.eu_main_establishment,),
        (organisation.country,),
        organisation.establishments or (),
    )
    for rank in ranks:
        inside = {item for item in rank if item is not None and item.startswith(f"{place}-")}
        if inside:
            return list(inside) if len(inside) == 1 else []
    return []


def result_of(
    matter: Matter, row: Row, rows: Rows, deadline: Deadline, filed: tuple[Filed, ...]
) -> Result:
    """Fill in a result's final form; ``rows`` are those of the whole assessment, by duty."""
    verdict, version = row.verdict, row.verdict.version
    obligation = verdict.obligation
    content = verdict.edition.content[verdict.stage.name if verdict.stage else None]
    cite = version.cite or obligation.cite or ""
    authority = matter.corpus.authority(row.recipient.id) if row.recipient.id else None
    roles = matter.incident.organisation.role
    return Result(
        id=obligation.id,
        key=row.key,
        jurisdiction=verdict.place,
        title=obligation.title,
        recipient=row.recipient,
        bound=Bound(role=_role(obligation.bound, roles), entity=matter.incident.organisation.name),
        people=people_of(matter, verdict),
        status=STATUS[verdict.truth],
        law_status=verdict.edition.status,
        stage=verdict.stage.name if verdict.stage else None,
        deadline=deadline,
        law=obligation.law or verdict.unit.instrument.file.law,
        citation=(verdict.stage.cite if verdict.stage else None) or cite,
        citations=_citations(verdict, deadline),
        sources=version.sources or obligation.sources,
        version=VersionInForce(from_=version.from_, until=version.until),
        confidence=version.confidence or obligation.confidence or "low",
        verified=version.verified,
        unread=version.unread,
        why=why(verdict),
        presumed=presumed(verdict),
        open_facts=open_facts(verdict),
        instead=_instead(verdict, rows),
        filed=filed,
        method=version.method or (authority.method if authority else None),
        portal=version.portal or (authority.portal or authority.url if authority else None),
        languages=version.languages or (authority.languages if authority else ()),
        keep=version.keep,
        late=_late(version.late, content),
        content=tuple(item.say for item in content),
        content_items=content,
        forbidden=version.forbidden or (),
        extras=tuple(_extras(matter, verdict)),
        notes=_notes(verdict),
    )


def _role(bound: tuple[str, ...], roles: tuple[str, ...] | None) -> str | None:
    fitting = [role for role in roles or () if role in bound]
    return fitting[0] if fitting else bound[0]


def _late(words: str | None, content: Iterable[ContentItem]) -> str | None:
    """Say what the law asks of a late notice: in its own words, or by what it must hold."""
    asked = [item.say for item in content if item.fill == "delay_reasons"]
    if words is None and asked:
        return f"the notice must say: {'; '.join(asked)}"
    return words


def _extras(matter: Matter, verdict: Verdict) -> Iterator[ExtraAsked]:
    """List what the law asks besides the notice, as far as the facts leave it open or meet it."""
    for extra in verdict.version.extras or ():
        truth = verdict.truth
        if extra.if_ is not None:
            truth &= asked_of_facts(parse(extra.if_), verdict, matter)
        if truth is not Truth.FALSE:
            yield ExtraAsked(
                kind=extra.kind,
                say=extra.say,
                status=STATUS[truth],
                months=extra.months,
                copies=extra.copies,
                citation=extra.cite,
            )


def _citations(verdict: Verdict, deadline: Deadline) -> tuple[str, ...]:
    cites = [verdict.version.cite, verdict.obligation.cite]
    cites += [step.citation for step in deadline.trace]
    return tuple(dict.fromkeys(cite for cite in cites if cite))


def _notes(verdict: Verdict) -> tuple[str, ...]:
    notes = list(verdict.version.notes or ())
    if verdict.stage is not None and verdict.stage.note:
        notes.append(verdict.stage.note)
    if verdict.obligation.complements and verdict.truth is Truth.UNKNOWN:
        others = ", ".join(verdict.obligation.complements)
        notes.append(f"One of this duty and {others} is owed; the earliest date leads.")
    return tuple(notes)


def _instead(verdict: Verdict, rows: Rows) -> tuple[str, ...] | None:
    """Name the duties that take this one's place, as far as they are owed or open."""
    if verdict.truth is not Truth.FALSE:
        return None
    named = set(verdict.obligation.instead)
    whole = verdict.unit.instrument.clauses[verdict.obligation.id, verdict.edition.label, None]
    # What takes the place of the duty takes the place of each of its stages.
    for exemption in dict.fromkeys((*whole.exemptions, *verdict.clause.exemptions)):
        if verdict.unit.truth(exemption.name) is Truth.TRUE:
            named.update(exemption.unless.instead)
    if not named:
        return None
    found = [
        row.key
        for duty in rows
        if duty in named
        for row in rows[duty]
        if row.verdict.truth is not Truth.FALSE
    ]
    return tuple(dict.fromkeys(found)) or None


def people_of(matter: Matter, verdict: Verdict) -> People:
    """Count the people whom a result concerns."""
    context = verdict.clause.context
    scope = Scope(verdict.place, context, verdict.unit.definitions.get(context.label), {})
    number = matter.findings.count(scope).number
    groups = matter.findings.groups_in(scope)
    top = None if number.at_most is None else int(number.at_most)
    return People(at_least=int(number.at_least), at_most=top, groups=groups)


# -- beside the results -----------------------------------------------------------------


def coming_of(matter: Matter, verdicts: Iterable[Verdict]) -> tuple[Coming, ...]:
    """List law that is proposed, pending, unverified, or begins after now."""
    found: dict[tuple[str, str], Coming] = {}
    for verdict in verdicts:
        status = verdict.edition.status
        first = first_day(verdict.version.from_)
        later = matter.now is not None and first > matter.now.date()
        if status in COMING or later:
            key = (verdict.obligation.id, verdict.place)
            note = " ".join(verdict.version.notes or ()) or None
            found[key] = Coming(
                id=verdict.obligation.id,
                jurisdiction=verdict.place,
                title=verdict.obligation.title,
                law_status=status,
                citation=verdict.version.cite or verdict.obligation.cite,
                note=note,
                from_=str(verdict.version.from_),
            )
    return tuple(found.values())


def not_covered(
    matter: Matter, answered: Collection[str], verdicts: Iterable[Verdict]
) -> tuple[NotCovered, ...]:
    """Name the places and statuses in the facts on which this corpus is silent.

    ``answered`` are the places of the results, ``verdicts`` those in view.
    """
    found = [
        NotCovered(jurisdiction=place, reason=reason)
        for place in sorted(_named_places(matter))
        if (reason := _uncovered(matter, place)) is not None
    ]
    found += _sectors_alone(matter, answered)
    found += _not_transposed(verdicts)
    found += _thinly_covered(matter)
    found += [
        NotCovered(subject=regime, reason="no rule of the law corpus turns on this status yet")
        for regime in _stated_regimes(matter)
        if regime not in matter.corpus.regimes_with_rules
    ]
    if not places_in_play(matter):
        reason = (
            "no place is named, so that no law was looked at: name the seat and people's places"
        )
        found.append(NotCovered(subject="places", reason=reason))
    if not matter.incident.contracts:
        reason = "no promises to customers or insurers were entered"
        found.append(NotCovered(subject="contracts", reason=reason))
    return tuple(found)


def _stated_regimes(matter: Matter) -> list[str]:
    """List the statuses that the organisation has or may have."""
    organisation = matter.incident.organisation
    possible = organisation.regimes_possible
    named = (*(organisation.regimes or ()), *(() if isinstance(possible, str) else possible))
    return sorted(set(named))


def _named_places(matter: Matter) -> set[str]:
    organisation = matter.incident.organisation
    named = {
        organisation.country,
        *(organisation.establishments or ()),
        *(organisation.operates_in or ()),
        *people_places(matter.incident),
    }
    return {place for place in named if place is not None and place not in ("EU", "EEA")}


def _not_transposed(verdicts: Iterable[Verdict]) -> Iterator[NotCovered]:
    """Name places that lack the act under which a duty would be owed or open: not silently free."""
    seen = set()
    for verdict in verdicts:
        key = (verdict.obligation.id, verdict.place)
        met = verdict.unit.truth(verdict.clause.name) is not Truth.FALSE
        if verdict.edition.status == "not_transposed" and met and key not in seen:
            seen.add(key)
            note = next(iter(verdict.version.notes or verdict.obligation.notes or ()), "")
            reason = f"{verdict.obligation.title}: no act of this place transposes the duty. {note}"
            yield NotCovered(jurisdiction=verdict.place, subject=key[0], reason=reason.strip())


def _sectors_alone(matter: Matter, answered: Collection[str]) -> Iterator[NotCovered]:
    """Name places whose only law binds organisations of a status that this one has not."""
    corpus = matter.corpus
    for place in sorted(people_places(matter.incident) & corpus.places_with_law):
        around = {place, *corpus.world.ancestors(place)}
        if around.isdisjoint(answered) and corpus.world.members(place) == ():
            duties = [
                duty for raw in corpus.raw.values() if raw.place == place for duty in raw.duties
            ]
            known = f"the law corpus holds duties of some sectors alone ({', '.join(duties)})"
            unbound = "and by the statuses on file none of them is known to bind"
            reason = f"{known}, {unbound}; ask local counsel"
            if duties:
                yield NotCovered(jurisdiction=place, reason=reason)


def _thinly_covered(matter: Matter) -> Iterator[NotCovered]:
    """Say of how many parts of a country the law is missing, where people may be in any."""
    corpus = matter.corpus
    for where in sorted(remainders(matter)):
        parts = [code for code in corpus.places.all if code.startswith(f"{where}-")]
        missing = sum(code not in corpus.places_with_law for code in parts)
        # Where most parts have no law of their own, the country's law is theirs.
        if parts and missing and 2 * missing < len(parts):
            name = corpus.place_name(where)
            reason = f"the law corpus holds no law of {missing} of the {len(parts)} parts of {name}"
            yield NotCovered(jurisdiction=where, reason=f"{reason}, where people may live")


def _uncovered(matter: Matter, place: str) -> str | None:
    corpus = matter.corpus
    if place in corpus.places_with_law:
        no_law = next((f.head.get("no_law") for f in corpus.raw.values() if f.place == place), None)
        return None if no_law is None else f"known to have no duty: {no_law}"
    name = corpus.place_name(place)
    country = place.partition("-")[0]
    federal = any(other.startswith(f"{country}-") for other in corpus.places_with_law)
    if "-" in place and federal:
        return f"the law corpus holds no law of {name} itself; ask local counsel"
    if any(above in corpus.places_with_law for above in corpus.world.ancestors(place)):
        return None
    return f"the law corpus holds no law of {name}; ask local counsel"


def summaries(matter: Matter, in_play: set[str]) -> tuple[Summary, ...]:
    """Sum up, by family, the laws that people of unknown residence could bring in."""
    corpus = matter.corpus
    found = []
    for where, count in sorted(remainders(matter).items()):
        fact, question = _whereabouts(matter, where)
        families: dict[str, list[str]] = {}
        for place, names in laws_within(matter, where).items():
            if place not in in_play:
                for name in names:
                    family = str(corpus.raw[name].head.get("family", "other"))
                    families.setdefault(family, []).append(name)
        for family, names in sorted(families.items()):
            keys = _keys_of(matter, names)
            found.append(
                Summary(
                    family=family,
                    places=len({corpus.raw[name].place for name in names}),
                    laws=len(keys),
                    people=_people(count),
                    question=question,
                    fact=fact,
                    decides=keys,
                )
            )
    return tuple(found)


def _keys_of(matter: Matter, names: Iterable[str]) -> tuple[str, ...]:
    raw = matter.corpus.raw
    return tuple(f"{duty}@{raw[name].place}" for name in names for duty in raw[name].duties)


def _whereabouts(matter: Matter, where: str) -> tuple[str, str]:
    """Ask where people live of whom no single place is known, or who they are at all."""
    if matter.incident.affected is None:
        return "affected", WHO
    shown = "anywhere" if where == ANYWHERE else f"in {matter.corpus.place_name(where)}"
    question = f"Where do the people live of whom only '{shown}' is known?"
    return f"affected.people.{where}", question


def _people(count: Range) -> People:
    top = None if count.at_most is None else int(count.at_most)
    return People(at_least=0, at_most=top)


def open_questions(
    matter: Matter,
    results: Iterable[Result],
    hidden: Iterable[Verdict],
    unplaced: Iterable[Summary],
) -> tuple[OpenQuestion, ...]:
    """Rank the unknown facts: by how many results each settles, then by the earliest date."""
    questions: dict[str, OpenQuestion] = {}
    decides: dict[str, list[str]] = {}
    earliest: dict[str, str] = {}
    for result in results:
        due = result.deadline.due_at or result.deadline.projected_due_at
        for item in result.open_facts:
            questions.setdefault(
                item.fact,
                OpenQuestion(fact=item.fact, question=item.question, citation=item.citation),
            )
            decides.setdefault(item.fact, []).append(result.key)
            moment = due.isoformat() if due else "9999"
            earliest[item.fact] = min(earliest.get(item.fact, "9999"), moment)
        for asked in _start_questions(matter, result):
            questions.setdefault(asked.fact, asked)
            decides.setdefault(asked.fact, []).append(result.key)
            moment = due.isoformat() if due else "9999"
            earliest[asked.fact] = min(earliest.get(asked.fact, "9999"), moment)
    for summary in unplaced:
        questions.setdefault(
            summary.fact, OpenQuestion(fact=summary.fact, question=summary.question)
        )
        decides.setdefault(summary.fact, []).extend(summary.decides)
    for question in _status_questions(matter, hidden):
        questions.setdefault(question.fact, question)
        decides.setdefault(question.fact, []).extend(question.decides)
    order = sorted(
        questions, key=lambda fact: (-len(set(decides[fact])), earliest.get(fact, "9999"), fact)
    )
    return tuple(
        questions[fact].model_copy(update={"decides": tuple(dict.fromkeys(decides[fact]))})
        for fact in order
    )


def _start_questions(matter: Matter, result: Result) -> Iterator[OpenQuestion]:
    """Ask when the event was for which another stands in: the date may be earlier."""
    deadline = result.deadline
    starts = deadline.starts
    if result.status == "not_required" or deadline.kind != "fixed" or starts is None:
        return
    # The start may be composed, like "earlier(discovered, processor_told)".
    for event in re.findall(r"\w+", starts.event) if starts.assumed else ():
        if event in STOOD_FOR and event not in matter.incident.timeline:
            question = f"What are the date and time of {words_of(event)}?"
            yield OpenQuestion(fact=f"timeline.{event}", question=question)


def _status_questions(matter: Matter, hidden: Iterable[Verdict]) -> Iterator[OpenQuestion]:
    """Ask once for each status that the places and the sector make plausible."""
    sector = matter.incident.organisation.sector
    found: dict[str, list[str]] = {}
    for verdict in hidden:
        for fact in open_statuses(verdict, matter):
            declared = matter.corpus.regimes.get(fact.removeprefix(_REGIMES))
            sectors = declared.sectors if declared else ()
            if sector is None or not sectors or sector in sectors:
                found.setdefault(fact, []).append(f"{verdict.obligation.id}@{verdict.place}")
    for fact, keys in sorted(found.items()):
        declared = matter.corpus.regimes.get(fact.removeprefix(_REGIMES))
        yield OpenQuestion(
            fact=fact,
            question=declared.question if declared else question_about(fact),
            decides=tuple(dict.fromkeys(keys)),
            citation=declared.cite if declared else None,
        )
