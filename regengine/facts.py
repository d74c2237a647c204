"""The incident: what is known about it, with unknown as a value.

Every leaf may be left out or be ``unknown``; both become ``None`` here. A list that is
given is complete. Counts are ``truth.Range``. Nothing in this module knows law: the
words of regimes, judgements and places come in as a ``Vocabulary``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from regengine.truth import Range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regengine.places import Places

SCHEMA: Final = "regengine.incident/1"

EVENTS = (
    "occurred_from", "occurred_to", "suspected", "detected", "aware", "discovered",
    "reasonable_belief", "vendor_discovered", "processor_told", "confirmed", "determined",
    "scope_determined", "identified_people", "investigation_concluded",
    "assessment_completed", "harm_determined", "no_harm_determined", "significance_known",
    "significance_concluded", "classified", "materiality_determined", "notice_decided",
    "ransom_demanded", "ransom_paid", "property_blocked", "authority_ordered",
    "corrective_measure_available", "delay_ended", "contained", "restored", "impact_ended",
    "handled", "resolved", "made_public", "missing_information_available",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words

ELEMENTS = (
    "name", "email", "phone", "postal_address", "dob", "ssn", "ssn_partial",
    "drivers_license", "state_id", "passport", "military_id", "tribal_id", "tax_id",
    "ip_pin", "national_id", "other_government_id", "student_id", "voter_id",
    "financial_account", "financial_account_code", "financial_account_usable_alone",
    "access_code_alone", "card_number", "card_expiry", "card_code", "medical",
    "health_insurance_id", "claims_history", "prescription", "biometric", "genetic",
    "neural", "username", "password", "password_hash", "security_answers",
    "mothers_maiden_name", "electronic_signature", "work_id", "licence_plate_reader",
    "tax_information", "work_evaluation", "private_key", "geolocation", "ip_address", "communications", "traffic_data",
    "student_record", "financial_status", "purchase_history", "photo",
    "marriage_or_birth_certificate", "criminal_record", "race_or_ethnicity", "politics",
    "religion", "trade_union", "sex_life", "health", "children_data", "vulnerable_people",
    "phi", "npi", "cui", "none",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words

KINDS = (
    "ransomware", "malware", "intrusion", "credential_stuffing", "phishing", "exfiltration",
    "insider", "misdirected", "lost_device", "stolen_device", "lost_paper", "publication",
    "misconfiguration", "vulnerability", "outage", "vendor", "other",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words

# What an agreement may make depend on the other side's consent.
CONSENTS = ("spending", "vendors", "vendors_outside_panel", "ransom", "liability")

MEDIA = ("electronic", "paper", "oral")
ROLES = ("controller", "joint_controller", "processor")


@dataclass(frozen=True, slots=True)
class JudgementWords:
    """The answers that one judgement takes; ``values`` of a choice, in rising order.

    >>> JudgementWords(("unlikely", "risk", "high")).type
    'choice'
    """

    values: tuple[str, ...] = ("false", "true")
    type: Literal["choice", "date", "number"] = "choice"


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words that the law corpus and the table of places let an incident use.

    ``obligations`` are ids without a place or a stage.
    """

    places: Places
    regimes: frozenset[str] = frozenset()
    judgements: Mapping[str, JudgementWords] = field(default_factory=dict)
    obligations: frozenset[str] = frozenset()


class Fixed(dict[str, Any]):
    """A table that cannot be changed, like the facts that hold it.

    >>> Fixed(a=1) == {"a": 1}
    True
    """

    def _refuse(self, *_: Any, **__: Any) -> Any:
        message = "facts cannot be changed; make new ones with model_copy"
        raise TypeError(message)

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return Fixed, (dict(self),)


def _fixed(table: dict[str, Any]) -> dict[str, Any]:
    return Fixed(table)


_Item = TypeVar("_Item")
_Table = Annotated[dict[str, _Item], AfterValidator(_fixed)]


class _Fact(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        arbitrary_types_allowed=True,
    )


class Moment(_Fact):
    """A point of the timeline: an instant, or a day (or month) without a time.

    ``at`` is the UTC instant where a time was given; ``day`` the calendar date where it
    was not (the first day of a month).
    """

    at: AwareDatetime | None = None
    day: date | None = None
    precision: Literal["instant", "day", "month"] = "instant"

    @classmethod
    def of(cls, value: datetime | date) -> Moment:
        """Hold an aware ``datetime`` or a ``date``.

        >>> Moment.of(date(2026, 11, 23)).precision
        'day'

        Raises ``ValueError`` for a naive ``datetime``.
        """
        if isinstance(value, datetime):
            if value.utcoffset() is None:
                message = f"{value.isoformat()} has no offset"
                raise ValueError(message)
            return cls(at=value.astimezone(UTC))
        return cls(day=value, precision="day")


class Candidate(_Fact):
    """One view of when an event happened; ``laws`` are prefixes of obligation ids."""

    at: Moment
    why: str | None = None
    chosen: bool = False
    laws: tuple[str, ...] = ()


class Person(_Fact):
    """Somebody who can be reached."""

    name: str | None = None
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None


class Organisation(_Fact):
    """The organisation that is bound."""

    name: str | None = None
    country: str | None = None
    zone: str | None = None
    establishments: tuple[str, ...] | None = None
    operates_in: tuple[str, ...] | None = None
    eu_main_establishment: str | None = None
    eu_representative: str | None = None
    role: tuple[str, ...] | None = None
    sector: str | None = None
    regimes: tuple[str, ...] | None = None
    regimes_possible: tuple[str, ...] | Literal["unknown"] = ()
    public: bool | None = None
    employees: Range | None = None
    turnover_eur: float | None = None
    address: str | None = None
    identifiers: _Table[str] = Fixed()
    dpo: Person | None = None

    @property
    def seat(self) -> str | None:
        """The place of the seat.

        >>> Organisation(country="IE").seat
        'IE'
        """
        return self.country

    @property
    def establishments_or_seat(self) -> tuple[str, ...] | None:
        """The places of establishment: those that are stated, else the seat alone.

        ``None`` where neither is known.

        >>> Organisation(country="IE").establishments_or_seat
        ('IE',)
        """
        if self.establishments is not None:
            return self.establishments
        return None if self.country is None else (self.country,)

    def home_zone(self, places: Places) -> str | None:
        """Name the zone of the organisation: the stated one, else the seat's easternmost.

        >>> from regengine.places import load
        >>> Organisation(country="US").home_zone(load())
        'America/New_York'
        """
        if self.zone is not None or self.country is None:
            return self.zone
        return places[self.country].zone

    def main_establishment(self, places: Places) -> str | None:
        """Name the main establishment in the EEA: the stated one, else a seat there.

        ``None`` where neither is known. An organisation with a seat elsewhere has one only
        if ``eu_main_establishment`` says so.

        >>> from regengine.places import load
        >>> Organisation(country="IE").main_establishment(load())
        'IE'
        """
        if self.eu_main_establishment is not None or self.country is None:
            return self.eu_main_establishment
        return self.country if places.within(self.country, "EEA") else None


class Outage(_Fact):
    """How long a service was not reachable."""

    hours: float | None = None
    scheduled: bool | None = None
    restored_from_backup: bool | None = None


class Vulnerability(_Fact):
    """What is known of the weakness that was used."""

    actively_exploited: bool | None = None


class Vendor(_Fact):
    """The vendor at whom it happened."""

    name: str | None = None
    role: str | None = None
    agent: bool | None = None


class Loss(_Fact):
    """Money lost."""

    currency: str | None = None
    amount: float | None = None


class Happening(_Fact):
    """What happened to the data; each truth value ``None`` while not known."""

    kinds: tuple[str, ...] | None = None
    kinds_possible: tuple[str, ...] = ()
    malicious: bool | None = None
    accessed: bool | None = None
    acquired: bool | None = None
    exfiltrated: bool | None = None
    disclosed: bool | None = None
    altered: bool | None = None
    lost: bool | None = None
    unavailable: bool | None = None
    good_faith: bool | None = None
    misuse_seen: bool | None = None
    recovered: bool | None = None
    media: tuple[str, ...] | None = None
    ongoing: bool | None = None
    outage: Outage | None = None
    vulnerability: Vulnerability | None = None
    vendor: Vendor | None = None
    loss: Loss | None = None
    contact_data_missing: bool | None = None
    notice_cost: float | None = None


class Description(_Fact):
    """Free text for the filings."""

    nature: str | None = None
    cause: str | None = None
    systems: str | None = None
    consequences: str | None = None
    measures_taken: str | None = None
    measures_proposed: str | None = None
    advice_to_people: str | None = None


class Group(_Fact):
    """People about whom the same data was involved.

    ``encrypted`` is a truth value or the elements that were encrypted. ``people`` maps
    canonical places (and ``unknown``) to ranges; ``None``: nothing known of them.
    """

    group: str
    label: str | None = None
    people: _Table[Range] | None = None
    data: tuple[str, ...] | None = None
    data_possible: tuple[str, ...] = ()
    encrypted: bool | tuple[str, ...] | None = None
    key_taken: bool | None = None
    redacted: bool | None = None
    children: bool | None = None
    role: tuple[str, ...] | None = None
    overlaps: bool = False


class Consultation(_Fact):
    """An authority that was asked before a conclusion was drawn."""

    authority: str
    at: Moment | None = None


class JudgementGiven(_Fact):
    """A legal conclusion; ``value`` is a word of its vocabulary ("true" for a yes)."""

    value: str | None = None
    by: str | None = None
    at: Moment | None = None
    why: str | None = None
    written: bool | None = None
    consulted: tuple[Consultation, ...] | None = None


class Delay(_Fact):
    """One law-enforcement hold; ``laws`` are prefixes of obligation ids, empty: all."""

    requested_by: str | None = None
    granted_by: str | None = None
    granted: bool | None = None
    written: bool | None = None
    oral: bool | None = None
    from_: Moment | None = Field(default=None, alias="from")
    until: Moment | None = None
    laws: tuple[str, ...] = ()


class LawEnforcement(_Fact):
    """Contacts with law enforcement."""

    delays: tuple[Delay, ...] = ()
    agency: str | None = None
    reference: str | None = None
    contact: str | None = None


class Filing(_Fact):
    """A notice that went out (or was refused, withdrawn); ``people``: how many it told.

    >>> at = Moment.of(date(2026, 11, 23))
    >>> Filing(obligation="eu-nis2-csirt@BE/notification", at=at).stage
    'notification'

    An obligation may be named by its key, ``id@PLACE/stage~recipient``; the parts go where
    they belong. Without a recipient it went to the first of several.
    """

    obligation: str
    jurisdiction: str | None = None
    stage: str | None = None
    recipient: str | None = None
    at: Moment
    how: Literal["sent", "received", "refused", "withdrawn"] = "sent"
    reference: str | None = None
    people: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _parts(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("obligation"), str):
            return given
        key, _, recipient = given["obligation"].partition("~")
        whole, _, stage = key.partition("/")
        name, _, place = whole.partition("@")
        parts = {"jurisdiction": place, "stage": stage, "recipient": recipient}
        named = {key: value for key, value in parts.items() if value and not given.get(key)}
        return {**given, "obligation": name, **named}


class Contract(_Fact):
    """A promise to a customer, a partner, an insurer or a card brand.

    >>> Contract(id="acme", within="2 working days", business_days="US-NY").receipt is None
    True

    ``trigger``: whether suspicion is enough. ``counts``: which day is day one.
    ``business_days`` is the place whose working days count, ``business_hours`` the hour
    ("17:00") at which its day ends. ``covers`` are groups of people for which alone it
    holds. ``consent`` lists what needs the other side's consent first.
    """

    id: str
    party: str | None = None
    kind: str | None = None
    within: str | None = None
    starts: str | None = None
    address: str | None = None
    clause: str | None = None
    agreement: str | None = None
    ends: Moment | None = None
    trigger: Literal["suspected", "confirmed"] | None = None
    counts: Literal["next_day", "same_day"] | None = None
    business_days: str | None = None
    business_hours: str | None = None
    zone: str | None = None
    receipt: Literal["sent", "received"] | None = None
    deemed: str | None = None
    covers: tuple[str, ...] | None = None
    confidential: bool | None = None
    flow_down: bool | None = None
    consent: tuple[str, ...] | None = None


class Incident(_Fact):
    """Everything that is known of one incident (contract: ``regengine.incident/1``).

    >>> Incident(reference="EX-1").affected is None
    True

    What is not known is ``None``; of ``affected`` also an empty tuple says something:
    nobody is.
    """

    schema_: Literal["regengine.incident/1"] = Field(default=SCHEMA, alias="schema")
    reference: str
    title: str | None = None
    summary: str | None = None
    reporter: Person | None = None
    signatory: Person | None = None
    organisation: Organisation = Organisation()
    timeline: _Table[tuple[Candidate, ...]] = Fixed()
    incident: Happening = Happening()
    description: Description = Description()
    affected: tuple[Group, ...] | None = None
    records: Range | None = None
    judgements: _Table[JudgementGiven] = Fixed()
    law_enforcement: LawEnforcement = LawEnforcement()
    filings: tuple[Filing, ...] = ()
    contracts: tuple[Contract, ...] = ()
    answers: _Table[Any] = Fixed()

    @property
    def places_named(self) -> tuple[str, ...]:
        """The places that the file names anywhere, in order, each once.

        >>> Incident(reference="R", organisation=Organisation(country="IE")).places_named
        ('IE',)
        """
        organisation = self.organisation
        stated = (
            *filter(None, (organisation.country, organisation.eu_main_establishment)),
            *(organisation.establishments or ()),
            *(organisation.operates_in or ()),
            *filter(None, (organisation.eu_representative,)),
            *self.places_affected,
        )
        return tuple(dict.fromkeys(stated))

    @property
    def places_affected(self) -> tuple[str, ...]:
        """The places that the groups of people name, in order, each once.

        A place with no people (0) is named too; ``unknown`` is no place.
        """
        groups = self.affected or ()
        named = (place for group in groups for place in group.people or {} if place != "unknown")
        return tuple(dict.fromkeys(named))

    @property
    def operating_places(self) -> tuple[str, ...] | None:
        """The places of business: the stated ones, with every establishment.

        Where none are stated: the establishments and wherever people are affected.
        ``None`` where nothing is known of either.

        >>> Incident(reference="R", organisation=Organisation(country="IE")).operating_places
        ('IE',)
        """
        organisation = self.organisation
        present = organisation.establishments_or_seat
        if organisation.operates_in is not None:
            return tuple(dict.fromkeys((*(present or ()), *organisation.operates_in)))
        if present is None and not self.places_affected:
            return None
        affected = [
            place
            for group in self.affected or ()
            for place, count in (group.people or {}).items()
            if place != "unknown" and count.at_most != 0
        ]
        return tuple(dict.fromkeys((*(present or ()), *affected)))
