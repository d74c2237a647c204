"""Decisions on record: what was decided, by whom, when, why, in which form, and what turned on it.

A decision is never changed. To decide otherwise is a new decision that names the one it
replaces. A judgement's decision sets the facts that the engine reads, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from regengine.assessment import Assessment
from regengine.casefile.case import Case
from regengine.casefile.counterfactual import (
    UNKNOWN,
    FormAsked,
    Said,
    Views,
    answered,
    forms_asked,
    own_answer,
    side_by_side,
    with_judgement,
)
from regengine.casefile.entries import Track
from regengine.casefile.paths import find, read
from regengine.casefile.records import Record, Shelf, Version
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Consultation, Incident, JudgementGiven, Moment
from regengine.leaves import not_a_word

Consulted = str | tuple[str, datetime | None]


class Asked(BaseModel):
    """An authority that was consulted, and when where that is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    authority: str = Field(min_length=1)
    at: Instant | None = None


class Decision(Record):
    """One decision; ``sort`` tells a legal judgement, the time of an event, or anything else.

    ``subject`` is the judgement, the event, or the question in words. ``chosen`` is ``None``
    where a judgement was taken back. ``at`` is when it was decided, in UTC; ``replaces`` the
    decision before it on the same subject. ``turned`` shows what hung on it on that day.
    """

    sort: Literal["judgement", "event", "other"]
    subject: str = Field(min_length=1)
    chosen: str | None
    before: str | None = None
    by: str = Field(min_length=1)
    at: Instant
    why: str = Field(min_length=1)
    written: bool | None = None
    consulted: tuple[Asked, ...] | None = None
    options: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    board: str | None = None
    counsel: str | None = None
    dissent: str | None = None
    replaces: str | None = None
    engine: Said | None = None
    forms: tuple[FormAsked, ...] = ()
    turned: Views | None = None

    @property
    def forms_missing(self) -> tuple[FormAsked, ...]:
        """List the forms that the law asks and the record does not show."""
        return tuple(form for form in self.forms if not form.kept)

    @property
    def against_engine(self) -> bool:
        """Whether the engine would have answered otherwise."""
        said = self.engine.value if self.engine is not None else None
        return said is not None and self.chosen is not None and said != self.chosen


DECISIONS: Final = Shelf("decision", Decision, "D")
_IN_FORM: Final = ", in due form"


# -- judgements ----------------------------------------------------------------------------


def decide(
    case: Case,
    judgement: str,
    value: str | bool | float | date | None,
    *,
    why: str,
    by: str | None = None,
    at: datetime | None = None,
    written: bool | None = None,
    consulted: Sequence[Consulted] | None = None,
    board: str | None = None,
    counsel: str | None = None,
    dissent: str | None = None,
    track: Track = "facts",
) -> Decision:
    """Record a judgement, set its facts, and keep what turned on it.

    >>> from tempfile import TemporaryDirectory
    >>> from regengine.casefile import Store
    >>> with TemporaryDirectory() as folder, Store.open(f"{folder}/m.db") as store:
    ...     case = Case.new(store, {"reference": "EX-1"}, by="A")
    ...     made = decide(case, "eu.gdpr.risk", "high", why="health data", written=True)
    ...     made.id, made.before, case.incident().judgements["eu.gdpr.risk"].value
    ('D1', None, 'high')

    ``value`` is a word of the judgement's vocabulary; ``None`` takes the conclusion back.
    ``at`` must carry an offset and lie in the past (without it, now); ``by`` is who decided
    (without it, who records). Authorities are ``consulted`` by their dotted ids, alone or with
    the instant. On the advice track the reasons stay out of the facts. The answer that holds
    after the decision is recorded too. Raise ``InputError``; then nothing is written.
    """
    name = _judgement(case, judgement)
    with case.writing():
        moment = past(case, at)
        asked = None if consulted is None else tuple(_asked(case, x, moment) for x in consulted)
        before = _value_of(read(case.facts(), find(f"judgements.{name}", case.corpus.vocabulary)))
        given = {
            "value": value,
            "by": by or case.by,
            "at": moment.isoformat(),
            "why": _reason(case, why) if track == "facts" else None,
            "written": written,
            "consulted": None if asked is None else [_consulted(item) for item in asked],
        }
        told = None if value is None else {key: x for key, x in given.items() if x is not None}
        case.set(
            {f"judgements.{name}": told},
            learned=moment,
            source=f"decision of {by or case.by}"
            if track == "advice"
            else f"decision {DECISIONS.next_id(case)} of {by or case.by}",
        )
        incident = case.incident()
        held = incident.judgements.get(name)
        return DECISIONS.add(
            case,
            track=track,
            sort="judgement",
            subject=name,
            chosen=held.value if held is not None else None,
            before=before,
            by=by or case.by,
            at=moment,
            why=why,
            written=written,
            consulted=asked,
            options=_options(case, name),
            board=board,
            counsel=counsel,
            dissent=dissent,
            replaces=_last_id(case, name, track),
            **_weighed(case, name, incident, before),
        )


def _weighed(case: Case, name: str, incident: Incident, before: str | None) -> dict[str, Any]:
    """Work out what hung on a judgement, on the facts as they are now with it."""
    found = case.assess()
    now = found.now or case.store.clock()
    owed = {x.key for x in found.obligations if x.status != "not_required"}
    forms = tuple(
        form
        for form in forms_asked(incident, name, found, case.corpus)
        if form.kept or form.key in owed
    )
    views = {}
    for column, supposed in _suppositions(case, name, incident, before, forms).items():
        views[column] = (
            {x.key: x for x in found.obligations}
            if supposed is incident
            else answered(supposed, case.corpus, now)
        )
    return {
        "engine": own_answer(incident, name, case.corpus, now),
        "forms": forms,
        "turned": side_by_side(views),
    }


def _suppositions(
    case: Case,
    name: str,
    incident: Incident,
    before: str | None,
    forms: tuple[FormAsked, ...],
) -> dict[str, Incident]:
    """Name the answers that are compared: every word that there is, and none.

    Where a form is missing, the answer stands a second time as it would be in that form.
    """
    held = incident.judgements.get(name, JudgementGiven())
    declared = case.corpus.judgements[name]
    words = declared.values if declared.type == "choice" else (before, held.value)
    found: dict[str, Incident] = {}
    for word in dict.fromkeys(filter(None, words)):
        given = held.model_copy(update={"value": word})
        found[word] = incident if word == held.value else with_judgement(incident, name, given)
        if word == held.value and any(not form.kept for form in forms):
            formal = _in_form(held, forms)
            found[word + _IN_FORM] = with_judgement(incident, name, formal)
    found[UNKNOWN] = incident if held.value is None else with_judgement(incident, name, None)
    return found


def _in_form(held: JudgementGiven, forms: tuple[FormAsked, ...]) -> JudgementGiven:
    """Suppose that every form that the law asks had been kept."""
    wanted = [form.form.partition(" ") for form in forms]
    there = held.consulted or ()
    names = {item.authority for item in there}
    new = [
        Consultation(authority=authority or "the authority", at=held.at or Moment())
        for form, _, authority in wanted
        if form == "consulted" and authority not in names
    ]
    written = held.written or any(form == "written" for form, _, _ in wanted) or None
    return held.model_copy(
        update={"written": written, "consulted": (*there, *dict.fromkeys(new)) or held.consulted}
    )


def _judgement(case: Case, name: str) -> str:
    words = case.corpus.vocabulary
    plain = name.strip().removeprefix("judgements.")
    if plain not in words.judgements:
        message = not_a_word("judgement", plain, [*words.judgements])
        raise InputError([Fault(case.reference, "decision", message)])
    return plain


def _options(case: Case, name: str) -> tuple[str, ...]:
    declared = case.corpus.judgements[name]
    return declared.values if declared.type == "choice" else ()


def _value_of(held: Any) -> str | None:  # reason: a plain value of the facts' tree
    value = held.get("value") if isinstance(held, Mapping) else held
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _asked(case: Case, item: Consulted, decided: datetime) -> Asked:
    """Read who was consulted; the law asks for it before the conclusion is drawn."""
    authority, at = (item, None) if isinstance(item, str) else item
    place = "decision.consulted"
    if not authority.strip():
        raise InputError([Fault(case.reference, place, "names no authority")])
    if at is not None and past(case, at) > decided:
        message = (
            f"{authority} was consulted at {at.isoformat()}, after the decision "
            f"({decided.isoformat()}): decide again after it"
        )
        raise InputError([Fault(case.reference, place, message)])
    return Asked(authority=authority, at=at)


def _consulted(item: Asked) -> dict[str, str]:
    at = {} if item.at is None else {"at": item.at.isoformat()}
    return {"authority": item.authority, **at}


def _reason(case: Case, why: str) -> str:
    if not why.strip():
        message = "a decision has reasons: say which"
        raise InputError([Fault(case.reference, "decision.why", message)])
    return why.strip()


def past(case: Case, at: datetime | None) -> datetime:
    """Read when something was decided: now unless told.

    Raise ``InputError`` for an instant without an offset or after now.
    """
    now = case.store.clock()
    if at is None:
        return now.replace(microsecond=0)
    if at.utcoffset() is None:
        message = f"{at.isoformat()} has no offset; add one, like {at.isoformat()}+00:00"
        raise InputError([Fault(case.reference, "decision.at", message)])
    if at > now:
        message = f"{at.isoformat()} is after now ({now.isoformat(timespec='seconds')})"
        raise InputError([Fault(case.reference, "decision.at", message)])
    return at


# -- other decisions -------------------------------------------------------------------------


def other(
    case: Case,
    question: str,
    chosen: str,
    *,
    why: str,
    options: Sequence[str] = (),
    by: str | None = None,
    at: datetime | None = None,
    written: bool | None = None,
    board: str | None = None,
    counsel: str | None = None,
    dissent: str | None = None,
    replaces: str | None = None,
    track: Track = "facts",
) -> Decision:
    """Record a decision that no law has a word for: to pay or not, whom to engage.

    ``options`` are what was on the table; where they are given, one of them is chosen. The
    same question again replaces the decision before; ``replaces`` names another one. Raise
    ``InputError`` for a choice that was no option; then nothing is written.
    """
    offered = tuple(dict.fromkeys(item.strip() for item in options if item.strip()))
    if offered and chosen.strip() not in offered:
        message = (
            f'"{chosen.strip()}" was no option{suggest(chosen, offered)}; '
            f"on the table: {', '.join(offered)}"
        )
        raise InputError([Fault(case.reference, "decision.chosen", message)])
    if not chosen.strip():
        message = "says nothing: what was decided?"
        raise InputError([Fault(case.reference, "decision.chosen", message)])
    with case.writing():
        moment = past(case, at)
        before = _replaced(case, replaces) if replaces else _last(case, question)
        if before is not None and track == "facts" and _is_advice(case, before):
            before = None  # what was decided on the track of advice is not told on that of facts
        return DECISIONS.add(
            case,
            track=track,
            sort="other",
            subject=before.subject if before is not None and not replaces else question,
            chosen=chosen.strip(),
            before=before.chosen if before is not None else None,
            by=by or case.by,
            at=moment,
            why=_reason(case, why),
            written=written,
            options=offered,
            board=board,
            counsel=counsel,
            dissent=dissent,
            replaces=before.id if before is not None else None,
        )


def _replaced(case: Case, name: str) -> Decision:
    """Find the decision that a new one reverses: one that stands, and no judgement."""
    found = DECISIONS.one(case, name)
    place = f"decision.{found.id}"
    if found.sort != "other":
        message = f"is of {found.subject}: decide that again"
        raise InputError([Fault(case.reference, place, message)])
    later = [x.id for x in DECISIONS.all(case) if x.replaces == found.id]
    if later:
        message = f"was replaced by {later[-1]} already; name that one"
        raise InputError([Fault(case.reference, place, message)])
    return found


def _last(case: Case, subject: str) -> Decision | None:
    plain = subject.strip().casefold()
    made = [x for x in DECISIONS.all(case) if x.subject.casefold() == plain and not x.laws]
    return made[-1] if made else None


def _last_id(case: Case, subject: str, track: Track) -> str | None:
    found = _last(case, subject)
    if found is None or (track == "facts" and _is_advice(case, found)):
        return None
    return found.id


def _is_advice(case: Case, decision: Decision) -> bool:
    return DECISIONS.history(case, decision.id)[-1].entry.track == "advice"


# -- reading -----------------------------------------------------------------------------------


def history(case: Case, subject: str) -> list[Version[Decision]]:
    """List the decisions on one subject, oldest first; a replaced one stays with its reasons.

    ``subject`` is a judgement, an event, the words of a question, or the id of one of them.
    """
    plain = subject.strip().removeprefix("judgements.").casefold()
    made = DECISIONS.versions(case)
    by_id = {x.record.id.casefold(): x.record.subject.casefold() for x in made}
    wanted = by_id.get(plain, plain)
    chain = {x.record.id for x in made if x.record.subject.casefold() == wanted}
    for version in reversed(made):  # a decision under another name that was replaced belongs to it
        if version.record.id in chain and version.record.replaces:
            chain.add(version.record.replaces)
    return [x for x in made if x.record.id in chain]


def standing_decisions(case: Case) -> list[Version[Decision]]:
    """List the decisions that hold: those that no later one replaced."""
    made = DECISIONS.versions(case)
    replaced = {x.record.replaces for x in made}
    return [x for x in made if x.record.id not in replaced]


def unrecorded(case: Case) -> list[tuple[str, str, str | None]]:
    """List the judgements whose value no standing decision explains: name, value, decided.

    They were set as plain facts, or changed since the decision.
    """
    decided = {x.record.subject: x.record.chosen for x in standing_decisions(case)}
    found = []
    for name, given in sorted(case.incident().judgements.items()):
        if given.value is not None and decided.get(name) != given.value:
            found.append((name, given.value, decided.get(name)))
    return found


def standing(case: Case, now: datetime) -> Iterator[Standing]:  # noqa: ARG001  # reason: one signature for every room
    """Tell of the decisions that hold; of those without the form that their law asks, a warning."""
    incident, found = case.incident(), case.recorded_assessment()
    for version in standing_decisions(case):
        made = version.record
        yield Standing(
            "legal",
            made.id,
            f"{made.subject}: {made.chosen or UNKNOWN}",
            "decided",
            made.by,
            warning=_warning(case, made, incident, found),
            advice=version.entry.track == "advice",
        )
    for name, value, decided in unrecorded(case):
        lacks = (
            "no decision on record says who drew it and why"
            if decided is None
            else f"the decision on record says {decided}"
        )
        yield Standing("legal", name, f"{name}: {value}", "undecided", warning=lacks)


def _warning(
    case: Case, made: Decision, incident: Incident, found: Assessment | None
) -> str | None:
    if made.sort != "judgement" or made.chosen is None or found is None:
        return None
    owed = tuple(x for x in found.obligations if x.status != "not_required")
    missing = [x for x in forms_asked(incident, made.subject, owed, case.corpus) if not x.kept]
    if not missing:
        return None
    words = " and ".join(dict.fromkeys(form.words for form in missing))
    keys = ", ".join(dict.fromkeys(form.key for form in missing))
    return f"form missing ({words}): {keys} stays owed without it"
