"""The legal workstream: who is engaged, notes on their track, conflicts, the law that was used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from pydantic import Field

from regengine.casefile import privilege
from regengine.casefile.case import Case
from regengine.casefile.custody import same
from regengine.casefile.entries import Entry, KeptFile, Track
from regengine.casefile.evidence import Line, hashed, past, printable
from regengine.casefile.records import Record, Shelf, Version
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant
from regengine.errors import Fault, InputError, suggest

LAW_CHANGE: Final = "law_change"


class Engagement(Record):
    """A firm or a person that was engaged for the matter.

    ``law``: under which law privilege is claimed, in words; ``None`` where none is.
    ``people`` are those of the firm, ``client`` those of the house who instruct it or get
    what it writes. ``since`` and ``ended`` are calendar days.
    """

    firm: Line
    role: str
    purpose: str = Field(min_length=1)
    engaged_by: Line
    since: date | None = None
    scope: str | None = None
    law: Line | None = None
    reports_to: Line | None = None
    people: tuple[Line, ...] = ()
    client: tuple[Line, ...] = ()
    ended: date | None = None


class Note(Record):
    """A note or a document, on one of the two tracks.

    ``at`` is when it was made; ``about`` the ids of other records. ``nature`` are words for
    the log of what is withheld: they say what kind of thing it is, never what it says.
    """

    text: str = Field(min_length=1)
    kind: str
    label: str = privilege.NONE
    author: Line
    to: tuple[Line, ...] = ()
    at: Instant | None = None
    about: tuple[str, ...] = ()
    nature: Line | None = None


class Distribution(Record):
    """Somebody who got a note of the advice track after it was written."""

    note: str
    to: Line
    at: Instant
    how: Line | None = None


class Conflict(Record):
    """Advice and a message that contradict each other, and what was decided about it."""

    advice: str
    message: str
    what: str = Field(min_length=1)
    options: tuple[Line, ...] = ()
    state: Literal["open", "decided"] = "open"
    decision: str | None = None
    decided_by: Line | None = None
    decided_at: Instant | None = None
    why: str | None = None


ENGAGEMENTS: Final = Shelf("engagement", Engagement, "EN")
NOTES: Final = Shelf("note", Note, "N")
DISTRIBUTIONS: Final = Shelf("distribution", Distribution, "DI")
CONFLICTS: Final = Shelf("conflict", Conflict, "CF")


# -- engagements ------------------------------------------------------------------------


def engage(
    case: Case, firm: str, role: str, purpose: str, *, track: Track = "facts", **fields: Any
) -> Engagement:
    """Record that a firm or a person was engaged.

    Raise ``InputError`` for a role that is none, a day to come, and an end before the start.
    """
    _known_word(case, "role", role)
    given = {"firm": firm, "role": role, "purpose": purpose, **fields}
    with case.writing():
        _days(case, given.get("since"), given.get("ended"))
        if track == "facts":
            plain = {k: x.isoformat() if isinstance(x, date) else x for k, x in given.items()}
            privilege.guard(case, plain, "engagement")
        return ENGAGEMENTS.add(case, track=track, **given)


def disengage(case: Case, name: str, ended: date) -> Engagement:
    """Record the day on which an engagement ended; raise ``InputError`` where it had."""
    with case.writing():
        found = ENGAGEMENTS.one(case, name)
        if found.ended is not None:
            message = f"ended on {found.ended} already"
            raise InputError([Fault(case.reference, found.id, message)])
        _days(case, found.since, ended)
        return ENGAGEMENTS.change(case, found.id, ended=ended)


def _days(case: Case, since: date | None, ended: date | None) -> None:
    # A day has begun somewhere up to 14 hours before it has in UTC.
    latest = date.fromordinal(case.store.clock().date().toordinal() + 1)
    for name, day in (("since", since), ("ended", ended)):
        if day is not None and day > latest:
            raise InputError([Fault(case.reference, name, f"{day} is a day to come")])
    if since is not None and ended is not None and ended < since:
        raise InputError([Fault(case.reference, "ended", f"{ended} is before {since}")])


def _known_word(case: Case, group: str, word: str) -> None:
    known: Mapping[str, Any] = privilege.words()[group]
    if word not in known:
        message = f'"{word}" is no {group}{suggest(word, known)} allowed: {", ".join(known)}'
        raise InputError([Fault(case.reference, group, message)])


def _role(found: Engagement) -> Mapping[str, Any]:
    held: Mapping[str, Any] = privilege.words()["role"].get(found.role, {})
    return held


def circle(case: Case, day: date | None = None) -> list[str]:
    """Name the firms and people of engagements that claim privilege.

    On a ``day``: without those that had ended before it. Whose start is not known counts.
    """
    names: dict[str, None] = {}
    for found in _claiming(case, day):
        insiders = (found.firm, found.engaged_by, found.reports_to, *found.people, *found.client)
        names |= dict.fromkeys(name for name in insiders if name)
    return list(names)


def _claiming(case: Case, day: date | None) -> list[Engagement]:
    return [
        found
        for found in ENGAGEMENTS.all(case)
        if found.law is not None and (day is None or found.ended is None or day <= found.ended)
    ]


def engagement_warnings(case: Case, found: Engagement) -> list[str]:
    """Say what weakens the privilege that an engagement claims."""
    said = privilege.words()["warning"]
    if found.law is None:
        return []
    made = [] if found.since else [said["no_date"]]
    if _role(found).get("under_counsel"):
        counsel = [
            name
            for each in ENGAGEMENTS.all(case)
            if _role(each).get("counsel")
            for name in (each.firm, *each.people)
        ]
        if not _among(found.engaged_by, counsel):
            made.append(said["under_counsel"])
        if found.reports_to is not None and not _among(found.reports_to, counsel):
            made.append(said["reports"].format(to=found.reports_to))
    return made


def _among(name: str, names: Iterable[str]) -> bool:
    return any(same(name, other) for other in names)


# -- notes ------------------------------------------------------------------------------


def note(
    case: Case,
    text: str,
    *,
    label: str = privilege.NONE,
    advice: bool = False,
    kind: str = "memo",
    author: str | None = None,
    to: Iterable[str] = (),
    at: datetime | None = None,
    about: Iterable[str] = (),
    nature: str | None = None,
    path: Path | None = None,
) -> Note:
    """Write a note, or register a document, on one of the two tracks for good.

    ``advice`` and the label must agree, so that a slip of one word puts nothing on the wrong
    track. The bytes of ``path`` are kept with it. Raise ``InputError`` for that, for a note
    of facts that names or repeats advice, for a record that there is not, and for a
    ``nature`` that tells what the note says.
    """
    track = _track(case, label, advice=advice)
    _known_word(case, "kind", kind)
    file = _content(case, path)
    with case.writing() as journal:
        records = tuple(_record(case, name) for name in about)
        when = past(case, at, "at")
        fields: dict[str, Any] = {
            "text": text,
            "kind": kind,
            "label": label,
            "author": author or case.by,
            "to": tuple(dict.fromkeys(to)),
            "about": records,
            "nature": nature,
        }
        if track == "facts":
            privilege.guard(case, [fields, file[0] if file else ""], "note")
        elif nature is not None and privilege.repeats(nature, text):
            message = "tells what the note says; say only what kind of thing it is"
            raise InputError([Fault(case.reference, "nature", message)])
        kept: tuple[KeptFile, ...] = (journal.keep(*file),) if file else ()
        return NOTES.add(case, track=track, files=kept, at=when, **fields)


def _track(case: Case, label: str, *, advice: bool) -> Track:
    on: Track = privilege.label(label)["track"]
    if advice and on == "facts":
        message = f'advice needs a label of privilege, not "{label}"'
        raise InputError([Fault(case.reference, "label", message)])
    if not advice and on == "advice":
        message = f'"{label}" is for the advice track: say that it is advice'
        raise InputError([Fault(case.reference, "label", message)])
    return on


def _record(case: Case, name: str) -> str:
    known = privilege.names_in(case)
    for each in known:
        if each.casefold() == name.casefold():
            return each
    message = f'no record "{name}"{suggest(name, known)}'
    raise InputError([Fault(case.reference, "about", message)])


def _content(case: Case, path: Path | None) -> tuple[str, bytes] | None:
    if path is None:
        return None
    name = printable(path.name)
    try:
        found = hashed(path, keep=True)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise InputError([Fault(case.reference, name, message)]) from None
    return name, found.content or b""


def notes(case: Case, track: Track) -> list[Version[Note]]:
    """List the notes of one track, each with its last entry."""
    last = {made.record.id: made for made in NOTES.versions(case)}
    return [made for made in last.values() if made.entry.track == track]


def _advice(case: Case, name: str) -> Version[Note]:
    made = NOTES.history(case, name)[-1]
    if made.entry.track != "advice":
        message = "is a note of facts: it may go to anybody"
        raise InputError([Fault(case.reference, made.record.id, message)])
    return made


def share(
    case: Case, name: str, to: str, *, at: datetime | None = None, how: str | None = None
) -> Distribution:
    """Record that somebody got a note of the advice track; nothing is sent.

    Raise ``InputError`` for a note of facts, which needs no list.
    """
    with case.writing():
        found = _advice(case, name).record
        when = past(case, at, "at") or case.store.clock()
        return DISTRIBUTIONS.add(case, track="advice", note=found.id, to=to, at=when, how=how)


def outside(case: Case, name: str) -> list[str]:
    """Name those who got a note of the advice track and belong to no engagement then.

    Each of them may cost the privilege.
    """
    made = _advice(case, name)
    written = made.record.at or NOTES.history(case, name)[0].entry.at
    got = [(who, written) for who in made.record.to]
    got += [(x.to, x.at) for x in DISTRIBUTIONS.all(case) if x.note == made.record.id]
    strangers = [who for who, when in got if not _among(who, circle(case, when.date()))]
    return list(dict.fromkeys(strangers))


def note_warnings(case: Case, name: str) -> list[str]:
    """Say what may cost a note of the advice track its privilege."""
    made = _advice(case, name)
    held, said = privilege.label(made.record.label), privilege.words()["warning"]
    written = (made.record.at or NOTES.history(case, name)[0].entry.at).date()
    found = []
    strangers = outside(case, name)
    if strangers:
        found.append(said["outside"].format(names=", ".join(strangers)))
    if not _among(made.record.author, circle(case, written)):
        found.append(said["author"].format(name=made.record.author))
    if not _party(case, made.record, held.get("needs", ()), written):
        found.append(str(held.get("lacks", said["needs"])))
    dated = [x.since for x in _claiming(case, written) if x.since is not None]
    if dated and len(dated) == len(_claiming(case, written)) and written < min(dated):
        found.append(said["early"])
    return found


def _party(case: Case, found: Note, roles: Sequence[str], day: date) -> bool:
    """Say whether counsel of one of the roles wrote a note or got it."""
    parties = (found.author, *found.to)
    return any(
        _among(name, (each.firm, *each.people))
        for each in _claiming(case, day)
        if each.role in roles
        for name in parties
    )


# -- conflicts between advice and communication ------------------------------------------


def oppose(
    case: Case, advice: str, message: str, what: str, options: Iterable[str] = ()
) -> Conflict:
    """Record that advice and a message contradict each other; it stays open until decided.

    It is on the advice track, since it tells of advice. Raise ``InputError`` where the first
    is no note of advice, or the second no record of the facts track.
    """
    with case.writing():
        found = _advice(case, advice).record
        other = _record(case, message)
        if privilege.is_advice(case, other):
            text = f"{other} is advice itself; name the message"
            raise InputError([Fault(case.reference, "message", text)])
        return CONFLICTS.add(
            case,
            track="advice",
            advice=found.id,
            message=other,
            what=what,
            options=tuple(options),
        )


def decide(
    case: Case, name: str, decision: str, by: str, why: str, *, at: datetime | None = None
) -> Conflict:
    """Record who decided a conflict, when, and why; a number stands for an option.

    Raise ``InputError`` without a person or a reason, and where it was decided already.
    """
    with case.writing():
        found = CONFLICTS.one(case, name)
        faults = [
            Fault(case.reference, found.id, f"is decided {lack}")
            for given, lack in (
                (by, "by somebody: say by whom"),
                (why, "for a reason: say which"),
                (decision, "in some way: say which"),
            )
            if not given.strip()
        ]
        if found.state == "decided":
            message = f"was decided by {found.decided_by} already"
            faults.append(Fault(case.reference, found.id, message))
        if faults:
            raise InputError(faults)
        return CONFLICTS.change(
            case,
            found.id,
            state="decided",
            decision=_option(case, found, decision),
            decided_by=by,
            decided_at=past(case, at, "at") or case.store.clock(),
            why=why,
        )


def _option(case: Case, found: Conflict, decision: str) -> str:
    if not decision.strip().isdecimal() or not found.options:
        return decision
    number = int(decision)
    if not 1 <= number <= len(found.options):
        message = f"{number} is no option; there are {len(found.options)}"
        raise InputError([Fault(case.reference, found.id, message)])
    return found.options[number - 1]


# -- the law that was used ----------------------------------------------------------------


class LawHeld(NamedTuple):
    """A version of the law under which answers of the matter were given."""

    version: str
    sha256: str
    first: datetime
    last: datetime
    answers: int


def law_versions(case: Case) -> list[LawHeld]:
    """List the versions of the law of the recorded answers, in the order of their first use."""
    found: dict[str, LawHeld] = {}
    for entry in case.assessments():
        law = entry.told["law"]
        old = found.get(law["sha256"])
        first, answers = (old.first, old.answers) if old else (entry.at, 0)
        found[law["sha256"]] = LawHeld(law["version"], law["sha256"], first, entry.at, answers + 1)
    return list(found.values())


def law_changes(case: Case) -> list[Entry]:
    """List the entries that tell what a new version of the law changed in the matter."""
    return [entry for entry in case.entries if entry.kind == LAW_CHANGE]


# -- standing -----------------------------------------------------------------------------


def standing(case: Case, now: datetime) -> Iterator[Standing]:  # noqa: ARG001  # reason: the shape of every room
    """Tell of engagements, privileged notes at risk, open conflicts, changed law."""
    for made in {x.record.id: x for x in ENGAGEMENTS.versions(case)}.values():
        yield _engagement_row(case, made)
    for each in notes(case, "advice"):
        warnings = "; ".join(note_warnings(case, each.record.id))
        if warnings:
            title = f"{privilege.words()['kind'][each.record.kind]} by {each.record.author}"
            state = each.record.label
            yield Standing("legal", each.record.id, title, state, None, None, warnings, True)
    for found in CONFLICTS.all(case):
        if found.state == "open":
            said = privilege.words()["warning"]["undecided"]
            what = f"{found.advice} against {found.message}: {found.what}"
            yield Standing("legal", found.id, what, "open", None, None, said, True)
    used = law_versions(case)
    if len(used) > 1:
        what = f"{len(used)} versions of the law were used, last {used[-1].version}"
        yield Standing("legal", "law", what, "changed during the matter")


def _engagement_row(case: Case, made: Version[Engagement]) -> Standing:
    found = made.record
    name = str(_role(found).get("name", found.role))
    state = f"ended {found.ended}" if found.ended else "engaged"
    warning = "; ".join(engagement_warnings(case, found)) or None
    advice = made.entry.track == "advice"
    return Standing(
        "legal", found.id, f"{found.firm}, {name}", state, found.firm, None, warning, advice
    )
