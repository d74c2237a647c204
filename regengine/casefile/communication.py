"""What was told to whom: messages with approver and embargo, checked against facts and notices.

A message is drafted, approved as it stands, and sent. One that contradicts the facts is not
approved, one that is not approved or waits is not sent, unless somebody says why; then the
record says so. What it promises becomes tasks when it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, NamedTuple

from pydantic import Field

from regengine.assessment import Assessment, Result, named_results
from regengine.casefile import containment, promised, tasks
from regengine.casefile.case import Case
from regengine.casefile.entries import sha256
from regengine.casefile.papers import records_as_sent
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant, Task
from regengine.documents import claims
from regengine.documents.consistency import Contradiction, contradictions
from regengine.documents.document import Document
from regengine.documents.mentions import CountSaid, sentences
from regengine.documents.outputs import home_zone, table
from regengine.documents.wording import moment_text
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Description, Incident

State = Literal["draft", "approved", "sent", "corrected", "withdrawn"]
_TABLE: Final = "casefile/communication.toml"
_OUT: Final = ("sent", "corrected", "withdrawn")
_TITLE: Final = 200  # characters of a task's title
_ABOUT: Final = 10  # an "about" may be off by one part in so many


class Pledge(Record):
    """A promise that a message makes; ``id`` counts within the message."""

    text: str = Field(min_length=1)
    due: Instant | None = None
    owner: str | None = None


class Message(Record):
    """One message to one audience.

    ``version`` counts its texts. It waits for ``not_before`` and for the notices ``after``;
    ``serves`` names duties whose own order and embargo are the message's. ``approved_text`` is
    the SHA-256 of the text that was approved. ``despite`` holds what was done against a
    refusal, and why; ``no_promise`` the sentences that are none, and why.
    """

    title: str = Field(min_length=1)
    audience: str = Field(min_length=1)
    channel: str | None = None
    text: str = Field(min_length=1)
    version: int = 1
    state: State = "draft"
    approver: str | None = None
    approved_by: str | None = None
    approved_at: Instant | None = None
    approved_text: str | None = None
    not_before: Instant | None = None
    after: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    sent_at: Instant | None = None
    reached: int | None = Field(default=None, ge=0)
    corrects: str | None = None
    promises: tuple[Pledge, ...] = ()
    no_promise: tuple[tuple[str, str], ...] = ()
    despite: tuple[str, ...] = ()
    why: str | None = None


# What keeps a text from being approved, and how that is said.
_AGAINST: Final = {"contradiction": "contradicts", "unproven": "is not borne out by"}
MESSAGES: Final = Shelf("message", Message, "M")


class Finding(NamedTuple):
    """What a sentence of a message says against the record, and how grave that is."""

    message: str
    sentence: str
    severity: str
    against: str
    says: str
    why: str
    ground: str


class Wait(NamedTuple):
    """Why a message must not go out yet; ``until`` where that is an instant."""

    why: str
    until: datetime | None = None
    citation: str | None = None


class Sent(NamedTuple):
    """A message that went out, and the tasks of its promises."""

    message: Message
    tasks: tuple[Task, ...]


class Told(NamedTuple):
    """One thing that an audience was told; ``standing``: not corrected or withdrawn since."""

    audience: str
    question: str
    value: str
    message: str
    sentence: str
    at: datetime
    standing: bool


class Apart(NamedTuple):
    """One question on which audiences were told different things."""

    question: str
    told: tuple[Told, ...]


# -- writing -------------------------------------------------------------------------------


def draft(
    case: Case,
    title: str,
    audience: str,
    text: str,
    *,
    channel: str | None = None,
    approver: str | None = None,
    not_before: datetime | None = None,
    after: Sequence[str] = (),
    serves: Sequence[str] = (),
    corrects: str | None = None,
) -> Message:
    """Draft a message; ``audience`` is a word of the table or a name of one's own.

    ``after`` and ``serves`` name notices by id, id@PLACE or key. With ``corrects`` it puts
    right a message that went out. Raise ``InputError`` for a name that leads to no notice.
    """
    found = case.assess(record=False) if after or serves else None
    with case.writing():
        if corrects is not None:
            wrong = MESSAGES.one(case, corrects)
            _refuse(
                case,
                wrong,
                wrong.state != "sent",
                f"is {wrong.state}; only what went out is corrected",
            )
            corrects = wrong.id
        return MESSAGES.add(
            case,
            title=title,
            audience=audience,
            text=text,
            channel=channel,
            approver=approver,
            not_before=not_before,
            corrects=corrects,
            after=_keys(found, after),
            serves=_keys(found, serves),
        )


def _keys(found: Assessment | None, names: Sequence[str]) -> tuple[str, ...]:
    if found is None:
        return ()
    return tuple(dict.fromkeys(x.key for name in names for x in named_results(found, name)))


def revise(case: Case, name: str, text: str) -> Message:
    """Give a message another text; an approval falls with the text that it was given to."""
    with case.writing():
        message = MESSAGES.one(case, name)
        _refuse(case, message, message.state in _OUT, "went out; correct it by another message")
        if message.text == text.strip():
            return message
        return MESSAGES.change(
            case,
            message.id,
            text=text,
            version=message.version + 1,
            state="draft",
            approved_by=None,
            approved_at=None,
            approved_text=None,
        )


def approve(
    case: Case, name: str, *, who: str | None = None, despite: str | None = None
) -> Message:
    """Approve a message as it stands, by ``who`` (without it, the author of the record).

    Raise ``InputError`` with a line for each sentence that contradicts the record or that it
    does not bear out, and where another person is to approve it, unless ``despite`` says why
    it is approved all the same.
    """
    found = case.assess(record=False)
    with case.writing():
        message = MESSAGES.one(case, name)
        _refuse(case, message, message.state != "draft", f"is {message.state} already")
        by = who or case.by
        faults = [
            f'"{x.sentence}" {_AGAINST[x.severity]} {x.against} ({x.says})'
            for x in check(case, message, found)
            if x.severity in _AGAINST
        ]
        if message.approver and by.casefold() != message.approver.casefold():
            faults.append(f"is for {message.approver} to approve, not for {by}")
        return MESSAGES.change(
            case,
            message.id,
            state="approved",
            approved_by=by,
            approved_at=case.store.clock(),
            approved_text=sha256(message.text.encode()),
            despite=_despite(case, message, "approved", faults, despite),
        )


def send(
    case: Case,
    name: str,
    *,
    at: datetime | None = None,
    channel: str | None = None,
    reached: int | None = None,
    despite: str | None = None,
) -> Sent:
    """Record that a message went out, to how many, and open the tasks of its promises.

    Raise ``InputError`` where it is not approved, contradicts the record by now, or waits at
    that instant, unless ``despite`` says why it went out all the same.
    """
    found = case.assess(record=False)
    with case.writing():
        message = MESSAGES.one(case, name)
        _refuse(case, message, message.state in _OUT, f"is {message.state} already")
        moment = _past(case, message, at)
        faults = [] if _stands_approved(message) else ["is not approved as it stands"]
        faults += [f"waits: {x.why}" for x in waits(case, message, moment, found)]
        faults += [
            f'is no longer true: "{x.sentence}" ({x.against}: {x.says})'
            for x in check(case, message, found)
            if x.severity == "contradiction"
        ]
        made = MESSAGES.change(
            case,
            message.id,
            state="sent",
            sent_at=moment,
            channel=channel or message.channel,
            reached=reached,
            despite=_despite(case, message, "sent", faults, despite),
        )
        if made.corrects is not None:
            MESSAGES.change(case, made.corrects, state="corrected", why=f"corrected by {made.id}")
        opened = tuple(_open_task(case, made, pledge) for pledge in promises_of(case, made))
    return Sent(made, opened)


def withdraw(case: Case, name: str, why: str) -> Message:
    """Withdraw a message, for a reason; what was told stays on record."""
    with case.writing():
        message = MESSAGES.one(case, name)
        _refuse(case, message, message.state == "withdrawn", "is withdrawn already")
        _refuse(case, message, not why.strip(), "is withdrawn for a reason: say which")
        return MESSAGES.change(case, message.id, state="withdrawn", why=why)


def _stands_approved(message: Message) -> bool:
    return message.state == "approved" and message.approved_text == sha256(message.text.encode())


def _refuse(case: Case, message: Message, wrong: bool, why: str) -> None:
    if wrong:
        raise InputError([Fault(case.reference, message.id, why)])


def _despite(
    case: Case, message: Message, act: str, faults: Sequence[str], despite: str | None
) -> tuple[str, ...]:
    """Refuse, or record against what it was done and why."""
    if not faults:
        return message.despite
    if not despite or not despite.strip():
        raise InputError([Fault(case.reference, message.id, x) for x in faults])
    return (*message.despite, f"{act} despite: {'; '.join(faults)}. Why: {despite.strip()}")


def _past(case: Case, message: Message, at: datetime | None) -> datetime:
    now = case.store.clock()
    if at is None:
        return now.replace(microsecond=0)
    _refuse(case, message, at.utcoffset() is None, f"{at.isoformat()} has no offset; add one")
    _refuse(case, message, at > now, f"{at.isoformat()} is after now ({now.isoformat()})")
    return at.astimezone(UTC)


# -- embargo -------------------------------------------------------------------------------


def waits(
    case: Case, message: Message, at: datetime, found: Assessment | None = None
) -> list[Wait]:
    """Say for what a message must wait at an instant: its own embargo, and that of the law."""
    assessed = found or case.assess(record=False)
    results = {x.key: x for x in assessed.obligations}
    made = []
    if message.not_before is not None and at < message.not_before:
        made.append(Wait(f"not before {message.not_before.isoformat()}", message.not_before))
    for key in message.after:
        made += _not_out(results.get(key), key, at, "its embargo")
    row = table(_TABLE)["audience"].get(message.audience, {})
    for result in assessed.obligations:
        named = result.key in message.serves
        if result.status != "not_required" and (
            named or result.recipient.kind in row.get("recipients", ())
        ):
            made += _by_law(result, results, at)
    return list(dict.fromkeys(made))


def _by_law(result: Result, results: Mapping[str, Result], at: datetime) -> Iterator[Wait]:
    deadline, cite = result.deadline, result.citation
    if deadline.not_before is not None and at < deadline.not_before:
        until = deadline.not_before
        yield Wait(f"{result.key} may not go out before {until.isoformat()}", until, cite)
    for held in deadline.held:
        if held.counts and (held.until is None or at < held.until):
            who = held.requested_by or "law enforcement"
            yield Wait(f"a hold of {who} stands on {result.key}", held.until, held.citation)
    firsts = [*deadline.order.after]
    firsts += [x.key for x in results.values() if result.key in x.deadline.order.before]
    for key in dict.fromkeys(firsts):
        other = results.get(key)
        if other is not None and other.status != "not_required":
            yield from _not_out(other, key, at, f"{result.key} comes after it", cite)


def _not_out(
    result: Result | None, key: str, at: datetime, why: str, cite: str | None = None
) -> Iterator[Wait]:
    """Tell where a notice had not gone out by an instant; a day alone leaves its hour open."""
    gone = [x.at for x in result.went_out] if result is not None else []
    if any(_surely_before(x, at) for x in gone):
        return
    unsure = ", whose hour of sending is not on record" if gone else ""
    yield Wait(f"{key}{unsure} goes out first ({why})", None, cite)


def _surely_before(gone: datetime | date, at: datetime) -> bool:
    if isinstance(gone, datetime):
        return gone <= at
    return gone < at.astimezone(UTC).date()


# -- checking ------------------------------------------------------------------------------


def check(case: Case, message: Message | str, found: Assessment | None = None) -> list[Finding]:
    """Compare each sentence of a message with the facts and the notices that went out.

    "contradiction": not both can be so; "unproven": the facts are silent; "look": odd.
    """
    one = MESSAGES.one(case, message) if isinstance(message, str) else message
    assessed = found or case.assess(record=False)
    incident = _without_texts(case.incident())
    papers = [
        Document(f"{base} as sent", "filing", base, record.keys, {".json": record.to_json()}, "")
        for base, record in records_as_sent(case).items()
    ]
    own = Document(one.id, "letter", one.title, one.serves, {}, one.text)
    made = contradictions(incident, assessed, [own, *papers])
    return [_finding(one, x) for x in made if one.id in (x.where[0], x.against[0])]


def _finding(message: Message, found: Contradiction) -> Finding:
    own, other = found.where, found.against
    if own[0] != message.id:
        own, other = other, own
    return Finding(message.id, own[1], found.severity, other[0], other[1], found.why, found.ground)


def _without_texts(incident: Incident) -> Incident:
    """Leave out what counsel wrote in words, so that a message answers to facts alone."""
    groups = incident.affected
    return incident.model_copy(
        update={
            "title": None,
            "summary": None,
            "description": Description(),
            "answers": {},
            "affected": groups and tuple(x.model_copy(update={"label": None}) for x in groups),
            "judgements": {
                name: x.model_copy(update={"why": None}) for name, x in incident.judgements.items()
            },
            "contracts": tuple(x.model_copy(update={"clause": None}) for x in incident.contracts),
        }
    )


# -- promises ------------------------------------------------------------------------------


def promises_of(case: Case, message: Message, at: datetime | None = None) -> list[Pledge]:
    """List what a message promises: what was added by hand, and what its text says."""
    organisation = case.incident().organisation
    names = (organisation.name,) if organisation.name else ()
    zone = home_zone(organisation) if organisation.zone or organisation.country else None
    sent = message.sent_at or at or case.store.clock()
    none = {sentence for sentence, _ in message.no_promise}
    made = list(message.promises)
    there = {_bare(x.text) for x in made}
    for said in promised.found(message.text, sent, zone, names):
        if said.text not in none and _bare(said.text) not in there:
            made.append(Pledge(id=f"{len(made) + 1}", text=said.text, due=said.due))
    return made


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def add_promise(
    case: Case,
    name: str,
    text: str,
    *,
    due: datetime | None = None,
    owner: str | None = None,
) -> Message:
    """Add a promise to a message, or give one of its sentences a due instant and an owner.

    Of a message that went out it becomes a task at once.
    """
    with case.writing():
        message = MESSAGES.one(case, name)
        kept = [x for x in message.promises if _bare(x.text) != _bare(text)]
        fields = {"id": f"{len(kept) + 1}", "text": text, "due": due, "owner": owner}
        made = MESSAGES.change(case, message.id, promises=(*(x.model_dump() for x in kept), fields))
        if made.state in _OUT and made.sent_at is not None:
            _open_task(case, made, made.promises[-1])
        return made


def no_promise(case: Case, name: str, sentence: str, why: str) -> Message:
    """Say of a sentence that it promises nothing, for a reason; its task is dropped.

    Raise ``InputError`` for a sentence that was not taken for a promise.
    """
    with case.writing():
        message = MESSAGES.one(case, name)
        known = {_bare(x.text): x.text for x in promises_of(case, message)}
        said = known.get(_bare(sentence))
        if said is None:
            text = f"was not taken for a promise{suggest(sentence, known.values())}"
            raise InputError([Fault(case.reference, message.id, f'"{sentence}" {text}')])
        _refuse(case, message, not why.strip(), "a promise is dropped for a reason: say which")
        for task in tasks.TASKS.all(case):
            if (task.origin, task.title, task.state) == (message.id, _task_title(said), "open"):
                tasks.end(case, task.id, "dropped", why)
        return MESSAGES.change(
            case,
            message.id,
            promises=[x.model_dump() for x in message.promises if x.text != said],
            no_promise=(*message.no_promise, (said, why)),
        )


def _task_title(text: str) -> str:
    title = f"Promised: {' '.join(text.split())}"
    return title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"


def _open_task(case: Case, message: Message, pledge: Pledge) -> Task:
    why = f"promised to {message.audience} in {message.id}"
    if pledge.due is None:
        zone = home_zone(case.incident().organisation)
        _, open_ = promised.due_of(pledge.text, message.sent_at or case.store.clock(), zone)
        why = f"{why}; no due instant: {open_ or 'none was given'}"
    return tasks.add(
        case,
        _task_title(pledge.text),
        "communication",
        owner=pledge.owner,
        due=pledge.due,
        origin=message.id,
        why=why,
    )


# -- holding statements --------------------------------------------------------------------


def holding(case: Case, audience: str) -> str:
    """Write a first statement from what is known, and say nothing that is not.

    ``audience`` is a word of the table; another name gets the words that anybody gets.
    """
    known = _known(case)
    who = audience if audience in table(_TABLE)["audience"] else "other"
    return "\n".join(
        row["text"].format(**known)
        for row in table(_TABLE)["holding"]
        if who in row["audiences"] and _says(row, known)
    )


def _says(row: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    fields = re.findall(r"\{(\w+)\}", row["text"])
    return (
        all(known[x] is not None for x in fields)
        and all(known[x] is None for x in row.get("without", ()))
        and ("if" not in row or known[row["if"]] is True)
        and ("unknown" not in row or known[row["unknown"]] is None)
    )


def _known(case: Case) -> dict[str, Any]:
    """Tell what a holding statement may say; ``None`` where it is not known."""
    incident = case.incident()
    happening, organisation = incident.incident, incident.organisation
    views = incident.timeline.get("aware", ()) or incident.timeline.get("discovered", ())
    chosen = [x for x in views if x.chosen] or list(views)
    zone = home_zone(organisation)
    # Two views and none chosen: the day is not settled.
    aware = moment_text(chosen[0].at, zone, american=False) if len(chosen) == 1 else None
    down = [x.name for x in containment.SERVICES.all(case) if x.down and x.down_until is None]
    signs = (happening.acquired, happening.exfiltrated)
    told = case.assess(record=False).obligations
    police = incident.law_enforcement
    reporter = incident.reporter
    return {
        "organisation": organisation.name,
        "aware": aware,
        "down": ", ".join(down) or None,
        "isolated": True if containment.ISOLATIONS.all(case) else None,
        "taken": True if True in signs else False if signs == (False, False) else None,
        "police": True if police.agency or police.reference else None,
        "authority": True
        if any(x.recipient.kind == "regulator" and x.went_out for x in told)
        else None,
        "contact": (reporter.email or reporter.phone) if reporter is not None else None,
    }


# -- one voice -----------------------------------------------------------------------------


def told(case: Case) -> list[Told]:
    """List what each audience was told: claims, kinds of data, dates and numbers of people."""
    rows = []
    for message in MESSAGES.all(case):
        if message.sent_at is None:
            continue
        for sentence in (x for line in message.text.splitlines() for x in sentences(line)):
            for question, value in _answers(sentence):
                rows.append(
                    Told(
                        message.audience,
                        question,
                        value,
                        message.id,
                        sentence,
                        message.sent_at,
                        message.state == "sent",
                    )
                )
    return rows


def _answers(sentence: str) -> Iterator[tuple[str, str]]:
    said = claims.read(sentence)
    for claim in said.claims:
        yield f"claim.{claim.claim}", claim.polarity
    for data in said.data:
        yield f"data.{data.element}", data.polarity
    for when in said.dates:
        if when.date is not None:
            days = "/".join(x.isoformat() for x in when.date.days)
            yield f"date.{when.cue}", days
    for number in said.counts:
        scope = re.match(r"\s(?:in|of) ([A-Z]\w+)", number.follows)
        word = f".{scope[1]}" if scope else ""
        yield f"count.{number.said.noun}{word}", _count(number.said)


def _count(said: CountSaid) -> str:
    low, high = said.low, said.high
    if said.operator == "about":
        return f"{low - low // _ABOUT} to {high + high // _ABOUT}"
    if said.operator == "least":
        return f"{low} to any"
    if said.operator == "most":
        return f"0 to {high}"
    return f"{low} to {high}"


def apart(rows: Iterable[Told]) -> list[Apart]:
    """Find the questions on which audiences were told what cannot both be so, as it stands."""
    by_question: dict[str, list[Told]] = {}
    for row in rows:
        if row.standing:
            by_question.setdefault(row.question, []).append(row)
    found = []
    for question, group in by_question.items():
        different = [
            x
            for x in group
            if any(x.audience != y.audience and _differ(question, x.value, y.value) for y in group)
        ]
        if different:
            found.append(Apart(question, tuple(different)))
    return found


def _differ(question: str, one: str, other: str) -> bool:
    kind = question.partition(".")[0]
    if kind == "count":
        (low, high), (floor, top) = (_ends(x) for x in (one, other))
        return high < floor or top < low
    if kind == "date":
        days, others = set(one.split("/")), set(other.split("/"))
        return not any(_same_day(a, b) for a in days for b in others)
    return one != other


def _ends(value: str) -> tuple[float, float]:
    low, _, high = value.partition(" to ")
    return float(low), float("inf") if high == "any" else float(high)


def _same_day(one: str, other: str) -> bool:
    """Compare days; a year that was not written (1904) agrees with any."""
    yearless = "1904" in (one[:4], other[:4])
    return one == other or (yearless and one[4:] == other[4:])


# -- where it stands -----------------------------------------------------------------------


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of drafts and embargoes, of what is no longer true, and of audiences told apart."""
    made = MESSAGES.all(case)
    if not made:
        return
    found = case.assess(now=now, record=False)
    for message in made:
        yield from _message_stands(case, message, now, found)
    for row in apart(told(case)):
        words = "; ".join(dict.fromkeys(f"{x.audience} ({x.message}): {x.value}" for x in row.told))
        yield Standing(
            "communication", row.told[0].message, f"audiences were told different things: {row.question}",
            "sent", warning=words,
        )  # fmt: skip


def _message_stands(
    case: Case, message: Message, now: datetime, found: Assessment
) -> Iterator[Standing]:
    what = f"{message.title} ({message.audience})"
    who = message.approved_by or message.approver

    def row(warning: str | None) -> Standing:
        due = message.not_before if message.state not in _OUT else None
        return Standing("communication", message.id, what, message.state, who, due, warning)

    for reason in message.despite:
        yield row(reason)
    if message.state in ("corrected", "withdrawn"):
        return
    untrue = [x for x in check(case, message, found) if x.severity == "contradiction"]
    word = "no longer true" if message.state != "draft" else "not true"
    for finding in untrue:
        yield row(f'{word}: "{finding.sentence}" ({finding.against}: {finding.says})')
    if message.state == "sent":
        return
    held = waits(case, message, now, found)
    for wait in held:
        yield row(f"waits: {wait.why}")
    if not untrue and not held:
        yield row(None if who else "nobody is named to approve it")
