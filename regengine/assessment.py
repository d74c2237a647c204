"""What comes out: the frozen assessment and its parts, as published in JSON.

Instants are ISO 8601 strings with the offset of the zone that they are shown in; the
same instant in another zone is the same obligation. Field order is the JSON order.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from regengine.errors import Fault, InputError, suggest
from regengine.law import Confidence, RecipientKind, Status

Verdict = Literal["required", "possible", "not_required"]
WENT_OUT = ("sent", "received")


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class To(_Result):
    """The recipient of one result; ``id`` is the authority's dotted id."""

    kind: RecipientKind
    name: str
    id: str | None = None


class Bound(_Result):
    """Who owes the duty."""

    role: str | None = None
    entity: str | None = None


class People(_Result):
    """How many people the result concerns, and in which groups."""

    at_least: int = 0
    at_most: int | None = None
    groups: tuple[str, ...] = ()


class Start(_Result):
    """The event that started the clock; ``assumed`` where another stands in for it."""

    event: str
    at: datetime | None = None
    assumed: bool = False
    note: str | None = None


class TraceStep(_Result):
    """One step of a deadline's arithmetic."""

    step: str
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    citation: str | None = None


class ReadingResult(_Result):
    """Another reading of the law, or of which event started the clock.

    ``late_by`` is a number of seconds: under this reading the notice is, or was, late.
    """

    due_at: datetime | None = None
    ground: str
    citation: str | None = None
    late_by: int | None = None


class Ordered(_Result):
    """Keys of the results that come after, together with, or first."""

    before: tuple[str, ...] = ()
    with_: tuple[str, ...] = Field(default=(), alias="with")
    after: tuple[str, ...] = ()


class Held(_Result):
    """One law-enforcement hold and what it does to this deadline."""

    requested_by: str | None = None
    granted_by: str | None = None
    from_: datetime | None = Field(default=None, alias="from")
    until: datetime | None = None
    counts: bool = True
    why: str
    citation: str | None = None


class Deadline(_Result):
    """When a duty is owed: the safe instant, the outer one, and how both were found.

    ``due_at`` is the instant to act before. ``latest_defensible`` stands only where it is
    later and has its ground in ``trace``. ``late_by`` is a number of seconds.
    """

    kind: Literal["fixed", "soft", "not_started", "none"]
    starts: Start | None = None
    due_at: datetime | None = None
    latest_defensible: datetime | None = None
    projected_due_at: datetime | None = None
    not_before: datetime | None = None
    text: str | None = None
    soft: str | None = None
    zone: str | None = None
    order: Ordered = Ordered()
    held: tuple[Held, ...] = ()
    late_by: int | None = None
    derived: bool = False
    met: Literal["sent", "received"] = "sent"
    readings: tuple[ReadingResult, ...] = ()
    trace: tuple[TraceStep, ...] = ()


class VersionInForce(_Result):
    """The days between which the terms that were applied are in force."""

    from_: date | str = Field(alias="from")
    until: date | None = None


class Why(_Result):
    """One step of the proof."""

    rule: str
    because: tuple[str, ...] = ()
    concludes: str | None = None
    citation: str | None = None


class Presumed(_Result):
    """A fact taken as not given because the law puts its burden on the bound person."""

    fact: str
    value: bool | str | None = False
    question: str
    citation: str | None = None


class OpenFact(_Result):
    """An unknown fact on which the result depends."""

    fact: str
    question: str
    citation: str | None = None


class Filed(_Result):
    """A filing on record."""

    at: datetime | date
    stage: str | None = None
    reference: str | None = None
    how: str = "sent"
    on_time: bool | None = None


class ContentItem(_Result):
    """One thing that the notice must say; ``fill`` names the facts that fill it."""

    say: str
    fill: str | None = None


class ExtraAsked(_Result):
    """Something that the law asks besides the notice; ``possible`` while its limit is open."""

    kind: str
    say: str
    status: Verdict
    months: int | None = None
    copies: int | None = None
    citation: str


class Readiness(_Result):
    """How much of what a complete notice must say is known; ``missing`` names the rest.

    ``form`` is the template of the notice.
    """

    form: str
    required: int
    ready: int
    missing: tuple[str, ...] = ()


class Result(_Result):
    """One obligation towards one recipient in one place (and one stage).

    >>> import regengine
    >>> laptop = regengine.load_incident("examples/lost-laptop.yaml")
    >>> result = regengine.assess(laptop).result("us-ca-residents@US-CA")
    >>> result.status, result.deadline.kind
    ('required', 'fixed')
    """

    id: str
    key: str
    jurisdiction: str
    title: str
    recipient: To
    bound: Bound
    people: People
    status: Verdict
    law_status: Status
    stage: str | None = None
    deadline: Deadline
    law: str | None = None
    citation: str
    citations: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    version: VersionInForce | None = None
    confidence: Confidence
    verified: date | None = None
    unread: str | None = None
    why: tuple[Why, ...] = ()
    presumed: tuple[Presumed, ...] = ()
    open_facts: tuple[OpenFact, ...] = ()
    instead: tuple[str, ...] | None = None
    filed: tuple[Filed, ...] = ()
    method: str | None = None
    portal: str | None = None
    languages: tuple[str, ...] = ()
    keep: str | None = None
    late: str | None = None
    content: tuple[str, ...] = ()
    content_items: tuple[ContentItem, ...] = ()
    forbidden: tuple[str, ...] = ()
    extras: tuple[ExtraAsked, ...] = ()
    notes: tuple[str, ...] = ()
    readiness: Readiness | None = None

    @property
    def went_out(self) -> tuple[Filed, ...]:
        """List the filings by which the notice went out, in order of time, each notice once.

        One that was refused, or that takes a notice back, is none. A receipt belongs to the
        sending before it, and stands for it where receipt is what counts. A day counts from
        its first instant in UTC.
        """
        found = (filed for filed in self.filed if filed.how in WENT_OUT)
        kept: list[Filed] = []
        waiting: list[int] = []  # sendings of which no receipt is on record yet
        for filed in sorted(found, key=lambda filed: _first_instant(filed.at)):
            if filed.how == "received" and waiting:
                sent = waiting.pop(0)
                kept[sent] = filed if self.deadline.met == "received" else kept[sent]
                continue
            if filed.how == "sent":
                waiting.append(len(kept))
            kept.append(filed)
        return tuple(kept)

    @property
    def is_late(self) -> bool:
        """Whether the duty was met late, or is not met though it is due.

        What follows a notice that went out in time makes nothing late.
        """
        first = next(iter(self.went_out), None)
        overdue = self.deadline.late_by is not None
        return overdue or (first is not None and first.on_time is False)


def _first_instant(at: datetime | date) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time.min, UTC)


class OpenQuestion(_Result):
    """A fact to find out, and the results that it settles."""

    fact: str
    question: str
    decides: tuple[str, ...] = ()
    citation: str | None = None


class NotCovered(_Result):
    """A place or subject on which this law corpus is silent."""

    jurisdiction: str | None = None
    subject: str | None = None
    reason: str


class Coming(_Result):
    """Law that is proposed, pending or unverified: never a due date."""

    id: str
    jurisdiction: str
    title: str
    law_status: Status
    from_: str | None = Field(default=None, alias="from")
    citation: str | None = None
    note: str | None = None


class Summary(_Result):
    """Places that people of unknown residence may bring in, one row per law family."""

    family: str
    places: int
    laws: int
    people: People
    question: str
    fact: str
    decides: tuple[str, ...] = ()
    status: Verdict = "possible"


class LawUsed(_Result):
    """Which law was applied."""

    version: str
    sha256: str


class Assessment(_Result):
    """The answer to one incident under one law corpus at one ``now``.

    >>> import regengine
    >>> laptop = regengine.load_incident("examples/lost-laptop.yaml")
    >>> found = regengine.assess(laptop)
    >>> found.schema_, found.now
    ('regengine.assessment/1', None)
    """

    schema_: str = Field(default="regengine.assessment/1", alias="schema")
    incident: str
    title: str | None = None
    as_of: date | None = None
    now: datetime | None = None
    checked: bool
    engine: str
    inference: str = "durable"
    law: LawUsed
    obligations: tuple[Result, ...] = ()
    summaries: tuple[Summary, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    not_covered: tuple[NotCovered, ...] = ()
    coming: tuple[Coming, ...] = ()
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def result(self, key: str) -> Result:
        """Find one result by its key; raise ``KeyError`` where there is none."""
        for found in self.obligations:
            if found.key == key:
                return found
        known = [found.key for found in self.obligations]
        message = f'no result "{key}"{suggest(key, known)}; named_results takes an id as well'
        raise KeyError(message)

    @property
    def required(self) -> tuple[Result, ...]:
        """The results that are required."""
        return tuple(found for found in self.obligations if found.status == "required")

    @property
    def possible(self) -> tuple[Result, ...]:
        """The results that hang on open facts."""
        return tuple(found for found in self.obligations if found.status == "possible")

    def to_json(self) -> str:
        """Write the published JSON: stable field order, two spaces of indent."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Return the published form as plain Python values."""
        return self.model_dump(mode="json", by_alias=True)


def named_results(assessment: Assessment, name: str) -> tuple[Result, ...]:
    """Find the results that an id, ``id@PLACE``, ``id/stage`` or key names.

    Raises ``InputError`` with the nearest id where there is none.
    """
    found = tuple(result for result in assessment.obligations if is_named(result, name))
    if not found:
        known = {word for result in assessment.obligations for word in (result.id, result.key)}
        message = f'the assessment has no obligation "{name}"{suggest(name, known)}'
        raise InputError([Fault("", "", message)])
    return found


def is_named(result: Result, name: str) -> bool:
    """Tell whether a name means this result: its id, ``id@PLACE``, ``id/stage`` or key."""
    stage = f"/{result.stage}" if result.stage else ""
    here = f"{result.id}@{result.jurisdiction}"
    return name in (result.id, result.key, here, here + stage, result.id + stage)


def assessment_schema() -> dict[str, Any]:
    """Return the JSON Schema of an assessment.

    >>> assessment_schema()["title"]
    'Assessment'
    """
    found = Assessment.model_json_schema(by_alias=True, mode="serialization")
    for shape in (found, *found["$defs"].values()):
        if "description" in shape:  # an example in Python describes no JSON
            shape["description"] = shape["description"].partition("\n\n>>>")[0]
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "$id": "regengine.assessment/1.schema.json", **found}
