"""The shapes of the files in rules/ and jurisdictions/: law as data, nothing computed.

Every model is frozen and refuses unknown keys. What the shapes cannot express on their
own (references between files, gaps between versions, limits of the inference engine) is
checked in ``corpus``. docs/writing-rules.md shows each shape with an example.
"""

from __future__ import annotations

import re
from datetime import date, time
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from regengine.conditions import All, Atom, Condition, ConditionError, parse

Confidence = Literal["high", "medium", "low"]
Burden = Literal["law", "claimant"]
Status = Literal[
    "in_force",
    "in_force_start_unknown",
    "superseded",
    "proposed",
    "pending",
    "adopted_maybe_not_effective",
    "unverified",
    "not_transposed",
    "contractual",
    "no_duty",
]
RecipientKind = Literal[
    "regulator",
    "law_enforcement",
    "individuals",
    "consumer_reporting_agencies",
    "media",
    "controller",
    "customers",
    "public",
    "internal",
    "other",
    "none",
]
Role = Literal["controller", "joint_controller", "processor"]
# Where the facts fill an item of a notice's content; documents/ renders each.
Fill = Literal[
    "nature",
    "cause",
    "systems",
    "consequences",
    "measures_taken",
    "measures_proposed",
    "measures",
    "advice",
    "occurred",
    "discovered",
    "dates",
    "determined",
    "timeline",
    "malicious",
    "ransom_demanded",
    "ransom_paid",
    "data_types",
    "people_total",
    "people_here",
    "records",
    "organisation",
    "reference",
    "contact",
    "dpo",
    "reporter",
    "signatory",
    "law_enforcement",
    "delay_reasons",
    "credit_agencies",
    "ftc",
    "state_attorney_general",
    "identity_protection",
    "sample_letter",
    "notice_date",
    "people_told",
    "places",
    "vendor",
    "loss",
    "outage",
    "encryption",
    "authorities_told",
    "open",
]

_OBLIGATION_ID = r"^[a-z][a-z0-9]*(-[a-z0-9.]+)+$"
_DOTTED = r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$"
ObligationId = Annotated[str, StringConstraints(pattern=_OBLIGATION_ID)]
DottedId = Annotated[str, StringConstraints(pattern=_DOTTED)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000)]

LONGEST = 100  # years of a period; more may run past the last year that a date can have
MAX_STARTS = 500  # characters; each call in it is one level of depth
_LEAP_YEAR = 2000
PERIOD = re.compile(
    r"^(\d+) (minute|hour|day|calendar day|working day|business day|week|month|year)s?$",
)
_UNITS = {"calendar day": "day", "business day": "working day"}
STARTS = re.compile(
    r"^(?P<event>[a-z_]+)$"
    r"|^(?P<call>filed|first_filed|last_filed|received|due|year_end|threshold_known|"
    r"earlier|later)\((?P<inside>.+)\)$"
)


class Period(BaseModel):
    """A length of time as the law states it.

    >>> Period.read("14 working days")
    Period(amount=14, unit='working day')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: int = Field(ge=0, le=10_000)
    unit: Literal["minute", "hour", "day", "working day", "week", "month", "year"]

    @classmethod
    def read(cls, text: str) -> Period:
        """Read "72 hours", "14 working days", "1 month"; raise ``ValueError`` else.

        >>> str(Period.read("4 business days")), str(Period.read("30 calendar days"))
        ('4 working days', '30 days')
        """
        match = PERIOD.match(text)
        if match is None:
            message = (
                f"{text!r} is no period; write a whole number and one of minutes, hours, "
                "days, working days, weeks, months, years"
            )
            raise ValueError(message)
        unit: Any = _UNITS.get(match[2], match[2])
        return cls(amount=int(match[1]), unit=unit)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


def _period(value: object) -> object:
    if not isinstance(value, str):
        return value
    period = Period.read(value)
    if period.unit == "year" and period.amount > LONGEST:
        message = f"{period} is longer than {LONGEST} years"
        raise ValueError(message)
    return period


def _clock(text: str) -> str:
    try:
        time.fromisoformat(text)
    except ValueError:
        message = f'"{text}" is no time of day; write it like 17:30'
        raise ValueError(message) from None
    return text


def _month_day(text: str) -> str:
    try:
        date.fromisoformat(f"{_LEAP_YEAR}-{text}")
    except ValueError:
        message = f'"{text}" is no day of a year; write it like 03-01'
        raise ValueError(message) from None
    return text


def _condition(text: str) -> str:
    try:
        parse(text)
    except ConditionError as error:
        raise ValueError(str(error)) from None
    return text


def _starts(text: str) -> str:
    if len(text) > MAX_STARTS:
        message = f"what starts a clock has at most {MAX_STARTS} characters, found {len(text)}"
        raise ValueError(message)
    match = STARTS.match(text)
    if match is None:
        message = (
            f"{text!r} starts no clock; write an event, or filed(ID/stage), first_filed(ID), "
            "last_filed(ID), received(ID), due(ID), year_end(EVENT), threshold_known(ID), "
            "earlier(a, b), later(a, b)"
        )
        raise ValueError(message)
    return text


def arguments(text: str) -> list[str]:
    """Split what a call of a start holds, at the commas outside parentheses.

    >>> arguments("year_end(aware), earlier(detected, aware)")
    ['year_end(aware)', 'earlier(detected, aware)']
    """
    parts, depth, begin = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[begin:index].strip())
            begin = index + 1
    parts.append(text[begin:].strip())
    return parts


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


PeriodText = Annotated[Period, BeforeValidator(_period)]
ConditionText = Annotated[str, AfterValidator(_condition)]
StartsText = Annotated[str, AfterValidator(_starts)]
Clock = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$"), AfterValidator(_clock)]
MonthDay = Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$"), AfterValidator(_month_day)]
# A day, a month of which the first day is taken, or not known ("in force today").
Day = date | Annotated[str, StringConstraints(pattern=r"^(unknown|[12]\d{3}(-(0[1-9]|1[0-2]))?)$")]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Provenance(_Shape):
    """Where a legal value stands and how sure we are of it.

    ``verified`` is the day on which the text itself (statute, rule, the authority's page)
    was read; where it was not, ``unread`` says what the value rests on instead.
    """

    cite: Words | None = None
    sources: tuple[str, ...] = ()
    verified: date | None = None
    unread: Words | None = None
    confidence: Confidence | None = None


# -- deadlines --------------------------------------------------------------------


class Extension(_Shape):
    """More time that the law gives on a condition; counts only once it is met."""

    by: PeriodText | None = None  # None: no number, "as long as needed"
    if_: ConditionText = Field(alias="if")
    cite: Words
    note: Words | None = None


class Relief(_Shape):
    """A later outer instant by another counting rule (weekend or holiday relief)."""

    counts: DottedId
    unless: ConditionText | None = None
    cite: Words


class Due(_Shape):
    """When an act is owed: one of seven forms, the last two of them compound.

    ``within`` + ``starts`` | ``with`` | ``before`` | ``by`` + ``starts`` | ``soft`` alone |
    ``earliest`` / ``latest`` of several | ``cases`` (the first whose ``if`` holds).
    ``soft`` words may stand beside any form: they bind besides the number.
    """

    within: PeriodText | None = None
    starts: StartsText | None = None
    latest_within: PeriodText | None = None  # a range: the smaller number is the safe one
    with_: ObligationId | None = Field(default=None, alias="with")
    before: ObligationId | None = None
    by: MonthDay | None = None
    soft: Words | None = None
    earliest: tuple[Due, ...] = ()
    latest: tuple[Due, ...] = ()
    cases: tuple[Case, ...] = ()
    pick: Literal["first", "shortest"] = "first"
    counts: DottedId | None = None  # a counting rule; default: that of the place
    calendar: DottedId | None = None
    cutoff: Clock | None = None
    zone: str | None = None
    extend: tuple[Extension, ...] = ()
    relief: Relief | None = None
    lapses_after: StartsText | None = None  # dropped where this comes after its instant
    met: Literal["sent", "received"] = "sent"
    derived: bool = False  # the number is borrowed from another duty
    readings: tuple[Reading, ...] = ()
    cite: Words | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = {
            "within": self.within is not None,
            "with": self.with_ is not None,
            "before": self.before is not None,
            "by": self.by is not None,
            "earliest": bool(self.earliest),
            "latest": bool(self.latest),
            "cases": bool(self.cases),
        }
        chosen = [name for name, given in forms.items() if given]
        if len(chosen) > 1:
            message = f"a due has one form, found {' and '.join(chosen)}"
            raise ValueError(message)
        if not chosen and self.soft is None:
            message = f"a due needs one of {', '.join(forms)} or soft"
            raise ValueError(message)
        if chosen in (["within"], ["by"]) and self.starts is None:
            message = f'"{chosen[0]}" needs "starts": the event that starts the clock'
            raise ValueError(message)
        if self.latest_within is not None and self.within is None:
            message = '"latest_within" needs "within"'
            raise ValueError(message)
        return self


class Case(Due):
    """One branch of ``cases``; the last may leave out ``if``."""

    if_: ConditionText | None = Field(default=None, alias="if")


class Reading(_Shape):
    """Another arguable reading of the same deadline, shown beside the safe one."""

    ground: Words
    cite: Words
    due: Due
    binding: bool = False  # True: it also bounds ``latest_defensible``


class Then(_Shape):
    """What follows the end of a hold.

    ``later``: the later of this term and the original limit. ``replace``: this term alone.
    ``if_past``: the original limit, and this term only where it had ended meanwhile.
    """

    within: PeriodText
    mode: Literal["later", "replace", "if_past"] = "later"


class Hold(_Shape):
    """A delay for law enforcement that suspends this duty, and its end."""

    cite: Words
    granted_by: Words | None = None  # only this body may grant it
    form: Literal["any", "written"] = "any"
    oral_days: int | None = Field(default=None, ge=1)  # an oral hold dies after so many
    written_days: int | None = Field(default=None, ge=1)  # so does a written one
    steps: tuple[PeriodText, ...] = ()  # successive terms from the original due instant
    then: Then | None = None
    scope: Literal["notice", "publication"] = "notice"


class NotBefore(_Shape):
    """The earliest permitted instant of an act."""

    after: PeriodText
    starts: StartsText
    cite: Words
    counts: DottedId | None = None
    calendar: DottedId | None = None


class Order(_Shape):
    """Order against other duties, apart from time."""

    before: tuple[ObligationId, ...] = ()
    with_: tuple[ObligationId, ...] = Field(default=(), alias="with")
    after: tuple[ObligationId, ...] = ()


# -- conditions of a duty -----------------------------------------------------------


class Ground(_Shape):
    """One of several named and cited alternatives, each enough for the duty."""

    name: Words
    if_: ConditionText = Field(alias="if")
    cite: Words


class Unless(_Shape):
    """A ground on which the duty is not owed, with whose burden it is.

    ``claimant``: while unknown it is presumed not to apply and the duty stays required.
    ``law``: part of the duty's own test; while unknown the duty is possible.
    """

    if_: ConditionText = Field(alias="if")
    burden: Burden = "law"
    cite: Words
    question: Words | None = None
    displaces: Words | None = None  # what takes its place, in words
    instead: tuple[ObligationId, ...] = ()  # the duties that take its place
    after: StartsText | None = None  # holds only once this filing is on record
    form: tuple[str, ...] = ()  # "written", "consulted AUTHORITY": what the law asks
    keep: Words | None = None


class Recipient(_Shape):
    """Who is to be told; ``{place}`` in ``authority`` is the place in lower case."""

    kind: RecipientKind
    authority: str | None = None
    name: Words | None = None
    suffix: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")] | None = None

    @property
    def end(self) -> str:
        """The word that tells this recipient of a duty from the others."""
        return self.suffix or self.kind

    def authority_in(self, place: str) -> str | None:
        """Spell out the authority for a place.

        >>> Recipient(kind="regulator", authority="{place}.office").authority_in("US-CA")
        'us_ca.office'
        """
        if self.authority is None:
            return None
        return self.authority.replace("{place}", place.lower().replace("-", "_"))


class Content(_Shape):
    """One thing that a notice must say, and which facts fill it."""

    say: Words
    fill: Fill | None = None


class Extra(_Shape):
    """Something that a law asks besides the notice: monitoring, copies, a free number.

    ``months`` is how long it must be offered or kept up, ``copies`` how many are sent;
    ``if`` limits it, to some data for one.
    """

    kind: Literal[
        "credit_monitoring", "identity_protection", "toll_free_number", "copies", "website"
    ]
    say: Words
    cite: Words
    months: int | None = Field(default=None, ge=1)
    copies: int | None = Field(default=None, ge=1)
    if_: ConditionText | None = Field(default=None, alias="if")


class Stage(_Shape):
    """One of several filings of a duty, in order."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
    due: Due
    when: Annotated[tuple[ConditionText, ...], BeforeValidator(_listed)] = ()
    unless: tuple[Unless, ...] = ()
    on: Literal["request"] | None = None
    repeats: PeriodText | bool = False
    cite: Words | None = None
    content: tuple[Content, ...] = ()
    note: Words | None = None


_Conditions = Annotated[tuple[ConditionText, ...], BeforeValidator(_listed)]
_Recipients = Annotated[tuple[Recipient, ...], BeforeValidator(_listed)]


class Scope(_Shape):
    """Whose heads ``people`` counts: of the place unless this says more."""

    everywhere: bool = False
    everywhere_if: ConditionText | None = None
    also_without_law_in: str | None = None  # also people of places there without a law
    place: str | None = None  # another place than the result's own; "not EEA": all but it


class Terms(Provenance):
    """What a version of an obligation may say; unset terms are the obligation's own."""

    to: _Recipients | None = None
    when: _Conditions | None = None
    grounds: tuple[Ground, ...] | None = None
    unless: tuple[Unless, ...] | None = None
    protects: str | None = None
    scope: Scope | None = None
    due: Due | None = None
    stage: tuple[Stage, ...] | None = None
    applies_by: str | None = None
    transition: Literal["both"] | None = None
    hold: Hold | None = None
    not_before: NotBefore | None = None
    order: Order | None = None
    content: tuple[Content, ...] | None = None
    forbidden: tuple[Words, ...] | None = None
    extras: tuple[Extra, ...] | None = None
    method: Words | None = None
    portal: str | None = None
    languages: tuple[str, ...] | None = None
    keep: Words | None = None
    late: Words | None = None  # what the law says of a late notice
    notes: tuple[Words, ...] | None = None
    status: Status | None = None


class Version(Terms):
    """The terms of an obligation between two days, both inclusive."""

    from_: Day = Field(alias="from")
    until: date | None = None
    from_fact: DottedId | None = None  # a judgement that holds this entity's own first day


class Overlay(Version):
    """A place's own terms over a rule of a larger legal order."""

    of: ObligationId
    unless_also: tuple[Unless, ...] = ()  # exemptions besides those of the base rule
    anchors: dict[str, str] = {}  # the base rule's events, replaced by this place's
    drop: tuple[str, ...] = ()  # stages of the base rule that this place does not have


Selection = Literal[
    "main_establishment", "establishment", "seat", "affected", "market", "representative"
]


class Also(_Shape):
    """A further selection of places, for organisations that meet a condition."""

    of: Selection
    if_: ConditionText = Field(alias="if")


class Each(_Shape):
    """One result per place of ``in`` that the facts select.

    ``of``: ``main_establishment``, ``establishment``, ``seat``, ``affected`` (people are
    or may be there), ``market`` (any of these, or does business there),
    ``representative`` (the one appointed in the Union is there). ``otherwise``
    takes the place of a selection that finds none, so that the duty is not lost.
    """

    in_: str = Field(alias="in")
    of: Selection
    also: Annotated[tuple[Also, ...], BeforeValidator(_listed)] = ()
    overlays: Literal["optional", "required"] = "optional"
    otherwise: str | None = None


class Obligation(Terms):
    """One duty to tell somebody something, with all its versions."""

    id: ObligationId
    title: Words
    law: Words | None = None
    to: _Recipients
    bound: tuple[Role, ...] = ("controller", "joint_controller")
    each: Each | None = None
    when: _Conditions = ()
    grounds: tuple[Ground, ...] = ()
    unless: tuple[Unless, ...] = ()
    complements: tuple[ObligationId, ...] = ()  # one of these and this one is owed
    instead: tuple[ObligationId, ...] = ()  # exactly one of these and this one is owed
    version: tuple[Version, ...] = Field(min_length=1)


# -- definitions ------------------------------------------------------------------


class Combination(_Shape):
    """Elements that together are protected: all of ``with``, one of each list.

    ``safe_needs`` stands in for that of the definition where a law says it otherwise
    for this combination.
    """

    with_: tuple[str, ...] = Field(default=(), alias="with")
    one_of: tuple[str, ...] = ()
    and_one_of: tuple[str, ...] = ()
    when: ConditionText | None = None
    safe_needs: Literal["elements", "every"] | None = None


class Safe(_Shape):
    """A state of the data that takes it out of the definition (encryption, redaction)."""

    if_: ConditionText = Field(alias="if")
    burden: Burden = "claimant"
    cite: Words
    question: Words | None = None


class Protected(Provenance):
    """Which data a law protects, decided for each affected group.

    ``any`` lists combinations; the element ``*`` stands for any personal data.
    ``safe_needs``: ``elements`` (default) looks at the sensitive members alone;
    ``every`` asks that the ``with`` members are safe as well.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")] = "default"
    any: tuple[Combination, ...] = Field(min_length=1)
    safe: tuple[Safe, ...] = ()
    safe_needs: Literal["elements", "every"] = "elements"
    paper: bool = True  # False: computerised data only
    from_: Day = Field(alias="from")
    until: date | None = None


class NamedCondition(Provenance):
    """A condition with a name: local to its file, or global where dotted."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*$")]
    if_: ConditionText = Field(alias="if")
    says: Words | None = None  # what pages say in its place; it is spelled out once
    from_: Day = Field(default="unknown", alias="from")
    until: date | None = None

    @cached_property
    def tree(self) -> Condition:
        """What it means: the condition, and the days between which it is law."""
        if self.from_ == "unknown" and self.until is None:
            return parse(self.if_)
        days = (str(self.from_), str(self.until or ""))
        first = "" if self.from_ == "unknown" else f" from {self.from_}"
        last = "" if self.until is None else f" until {self.until}"
        text = f"law{first}{last}"
        return All((Atom("dated", words=days, text=text), parse(self.if_)))


class Regime(Provenance):
    """A status under special law that opens sector duties."""

    question: Words
    sectors: tuple[str, ...] = ()  # sectors of which it is plausible
    implies: tuple[DottedId, ...] = ()


class Judgement(Provenance):
    """A legal conclusion that counsel draws; ``values`` are in rising order.

    ``falls_back`` names judgements whose answer stands in for a missing one, and which
    of their values gives which of ours: ``{"us.misuse_likely" = {true = "true"}}``.
    ``events`` names the event that drawing a value is, where the judgement tells when:
    ``{true = "materiality_determined"}``; an event on the timeline goes before it.
    ``criteria`` names the shared condition by which the law itself decides it: an answer
    that the facts contradict is warned of.
    """

    question: Words
    values: tuple[str, ...] = ("false", "true")
    type: Literal["choice", "date", "number"] = "choice"
    falls_back: dict[DottedId, dict[str, str]] = {}
    events: dict[str, str] = {}
    criteria: DottedId | None = None


class LawFile(_Shape):
    """One file of rules/: a place or an instrument."""

    place: str
    title: Words
    law: Words | None = None
    family: str | None = None  # places of one family share a summary row
    protected: tuple[Protected, ...] = ()
    condition: tuple[NamedCondition, ...] = ()
    regime: dict[DottedId, Regime] = {}
    judgement: dict[DottedId, Judgement] = {}
    obligation: tuple[Obligation, ...] = ()
    overlay: tuple[Overlay, ...] = ()
    no_law: Words | None = None  # a place that is known to have no duty, and why


# -- jurisdictions ----------------------------------------------------------------


class Authority(Provenance):
    """A body that receives notices."""

    id: DottedId
    name: Words
    local_name: str | None = None
    city: str | None = None
    url: str | None = None
    portal: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    zone: str | None = None
    languages: tuple[str, ...] = ()
    method: str | None = None
    hours: str | None = None
    same_as: DottedId | None = None


class Roll(_Shape):
    """Where a last day that is no working day goes."""

    to: Literal["next_working_day", "noon_of_next_working_day", "previous_working_day"]
    cite: Words
    calendar: DottedId | None = None  # whose closed days move; default: the rule's


class Counting(Provenance):
    """How one convention counts; the safe reading, and what is arguable besides.

    ``first_day``: ``excluded`` (the event's day is day 0) or ``included`` (it is day 1).
    ``roll`` binds; ``arguable_roll`` only bounds ``latest_defensible``. ``full_hours``:
    the hour of the event is arguably not counted. ``minimum_working_days``: a period of
    two days or more arguably holds so many.
    """

    title: Words
    also_called: tuple[str, ...] = ()  # shorter names for whoever types one
    first_day: Literal["excluded", "included"] = "excluded"
    roll: Roll | None = None
    arguable_roll: Roll | None = None
    rolls_hours: bool = False  # the rolls apply to periods in hours as well
    arguable_full_hours: bool = False
    arguable_minimum_working_days: int = 0
    arguable_ground: Words | None = None
    month_end: Literal["last_day", "next_day"] = "last_day"
    cutoff: Clock | None = None
    zone: str | None = None  # of the cut-off; default: the recipient's
    calendar: DottedId | None = None
    full_days: bool = False  # so many whole days must pass: due on the day after
    starts_on_working_day: bool = False  # an event on a closed day counts from the next


class Closure(_Shape):
    """A dated correction of a calendar: closed, or open against the library."""

    day: date
    open: bool = False
    why: Words
    cite: Words | None = None


class Calendar(Provenance):
    """Working days: weekend, public holidays, dated corrections, years covered."""

    title: Words | None = None
    weekend: Annotated[
        tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(max_length=6)
    ] = ("sat", "sun")  # some day is open, or no working day would ever come
    holidays: str | None = None  # a country or "US-CA" or "NYSE" of the holidays library
    categories: tuple[str, ...] = ("public",)
    shared_with: str | None = None  # closed only on holidays that this one has as well
    # Holidays of the library, by a part of their names, of which it is in doubt whether they
    # close here: they count as working days.
    doubtful: tuple[str, ...] = ()
    swapped: bool = False  # official swaps of a working day and a weekend day count
    closures: tuple[Closure, ...] = ()
    also_closed: tuple[MonthDay, ...] = ()
    years: tuple[int, int] = (2018, 2030)
    provisional: bool = True  # not yet checked against an official list
    note: str | None = None


class Jurisdiction(_Shape):
    """One file of jurisdictions/: a place, its authorities, calendars, counting rules."""

    place: str
    name: Words
    parent: str | None = None
    groups: tuple[str, ...] = ()
    zone: str | None = None  # the easternmost inhabited one; a regulator may name another
    languages: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    law_of: str | None = None  # a territory under another place's law
    default_counting: DottedId | None = None
    calendar: Calendar | None = None
    calendars: dict[DottedId, Calendar] = {}
    counting: dict[DottedId, Counting] = {}
    authority: tuple[Authority, ...] = ()
