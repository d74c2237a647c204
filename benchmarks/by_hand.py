"""What a programmer would write for one kind of matter, without an engine or law files.

The yardstick of the benchmark: the duties of the European Union, the United Kingdom, some
federal laws and eleven states for a controller with a seat in the Union, each decided by
straightforward Python, with its due instant. It explains nothing, cites nothing, knows one
version of each law and people of whole places only; ``decide`` answers with the keys, the
statuses and the instants that an assessment gives, and the benchmark checks that they are
equal before it times either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from regengine.calendars import zone
from regengine.facts import Group, Incident

Maybe = bool | None  # None: not known
Answer = tuple[str, datetime | None]
Answers = dict[str, Answer]
Count = tuple[float, float]

EEA = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI",
        "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU",
        "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
THANKSGIVING = date(2026, 11, 26)
DAY = timedelta(days=1)

STATE_IDS = frozenset({"ssn", "drivers_license", "state_id"})
ALL_IDS = STATE_IDS | {
    "passport", "military_id", "tribal_id", "tax_id", "national_id", "other_government_id",
}  # fmt: skip
HEALTH = frozenset(
    {"medical", "prescription", "claims_history", "health", "phi", "health_insurance_id"}
)
ACCOUNTS = frozenset({"financial_account", "card_number"})
CODES = frozenset({"financial_account_code", "access_code_alone", "card_code", "password"})
LOGINS = frozenset({"username", "email"})
SECRETS = frozenset({"password", "security_answers"})
PHI = HEALTH | {"genetic"}
NY_NAMES = frozenset(
    {
        "name", "email", "phone", "postal_address", "username", "ssn", "tax_id", "dob",
        "drivers_license", "state_id", "passport", "national_id", "other_government_id",
        "student_id", "work_id", "financial_account", "card_number", "health_insurance_id",
        "biometric", "photo",
    }
)  # fmt: skip


def both(*terms: Maybe) -> Maybe:
    """Join by "and"; unknown unless a term settles it."""
    if False in terms:
        return False
    return None if None in terms else True


def either(*terms: Maybe) -> Maybe:
    """Join by "or"; unknown unless a term settles it."""
    if True in terms:
        return True
    return None if None in terms else False


def at_least(count: Count, number: float) -> Maybe:
    """Compare a range with a threshold that counts."""
    low, high = count
    return True if low >= number else (False if high < number else None)


class People:
    """One group: what it holds, how it was kept, where it lives."""

    def __init__(self, group: Group) -> None:
        self.data = frozenset(group.data or ())
        self.possible = frozenset(group.data_possible)
        self.safe = group.encrypted is True and group.key_taken is False
        self.redacted = group.redacted is True
        top = float("inf")
        self.places = {
            place: (count.at_least, top if count.at_most is None else count.at_most)
            for place, count in (group.people or {}).items()
        }

    def has(self, *lists: frozenset[str]) -> Maybe:
        """Tell whether one element of each list is involved."""
        answer: Maybe = True
        for words in lists:
            if self.data.isdisjoint(words):
                if self.possible.isdisjoint(words):
                    return False
                answer = None
        return answer

    def named(self, *lists: frozenset[str]) -> Maybe:
        """Tell the same, together with a name."""
        return self.has(frozenset({"name"}), *lists)


Protects = Callable[[People], Maybe]


def anything(_: People) -> Maybe:
    """Protect any personal data."""
    return True


def intelligible(people: People) -> Maybe:
    """Protect data that others can read."""
    return not people.safe


def alabama(people: People) -> Maybe:
    """Protect what Alabama does."""
    if people.safe or people.redacted:
        return False
    return either(
        people.named(ALL_IDS),
        people.named(ACCOUNTS, CODES | {"card_expiry"}),
        people.named(frozenset({"financial_account_usable_alone"})),
        people.named(HEALTH),
        people.named(LOGINS, SECRETS),
    )


def california(people: People) -> Maybe:
    """Protect what California does."""
    if people.safe:
        return False
    return either(
        people.named(ALL_IDS | PHI | {"biometric", "licence_plate_reader"}),
        people.named(ACCOUNTS, frozenset({"financial_account_code", "card_code"})),
        people.has(LOGINS, SECRETS),
    )


def florida(people: People) -> Maybe:
    """Protect what Florida does."""
    if people.safe:
        return False
    return either(
        people.named(ALL_IDS - {"tax_id"}),
        people.named(ACCOUNTS, CODES),
        people.named(HEALTH | {"financial_account_usable_alone", "biometric", "geolocation"}),
        people.has(LOGINS, SECRETS),
    )


def massachusetts(people: People) -> Maybe:
    """Protect what Massachusetts does."""
    if people.safe:
        return False
    return people.named(STATE_IDS | ACCOUNTS | {"financial_account_usable_alone"})


def maryland(people: People) -> Maybe:
    """Protect what Maryland does."""
    if people.safe or people.redacted:
        return False
    return either(
        people.named(ALL_IDS - {"tribal_id", "national_id"}),
        people.named(ACCOUNTS, CODES),
        people.named(PHI | {"financial_account_usable_alone", "biometric"}),
        people.has(LOGINS, SECRETS),
    )


def new_jersey(people: People) -> Maybe:
    """Protect what New Jersey does."""
    if people.safe:
        return False
    return either(
        people.named(STATE_IDS | {"financial_account_usable_alone"}),
        people.named(ACCOUNTS, CODES),
        people.has(LOGINS | {"financial_account"}, SECRETS),
        # Linkable elements alone: a judgement that nobody has made.
        people.has(STATE_IDS | {"financial_account_usable_alone"}) and None,
    )


def new_york(people: People) -> Maybe:
    """Protect what New York does."""
    if people.safe:
        return False
    by_expiry = people.has(frozenset({"card_number"}), frozenset({"card_expiry"}))
    return either(
        people.has(STATE_IDS | {"financial_account_usable_alone", "biometric"}),
        people.has(ACCOUNTS, frozenset({"financial_account_code", "card_code"})),
        by_expiry and None,  # whether the date gives access is a judgement not made
        people.has(HEALTH, NY_NAMES),
        people.has(LOGINS, SECRETS),
    )


def oklahoma(people: People) -> Maybe:
    """Protect what Oklahoma does."""
    if people.safe or people.redacted:
        return False
    return either(
        people.named(ALL_IDS | {"voter_id"}),
        people.named(ACCOUNTS, CODES | {"card_expiry"}),
        people.named(frozenset({"financial_account_usable_alone", "biometric"})),
    )


def south_dakota(people: People) -> Maybe:
    """Protect what South Dakota does."""
    if people.safe:
        return False
    return either(
        people.named(ALL_IDS | HEALTH | {"voter_id", "financial_account_usable_alone"}),
        people.named(ACCOUNTS, (CODES - {"password"}) | {"card_expiry"}),
        people.named(
            frozenset({"work_id"}), frozenset({"password", "access_code_alone", "biometric"})
        ),
        people.has(LOGINS, SECRETS),
        people.has(ACCOUNTS, CODES),
    )


def texas(people: People) -> Maybe:
    """Protect what Texas does."""
    if people.safe:
        return False
    return either(
        people.named(ALL_IDS | {"voter_id", "financial_account_usable_alone"}),
        people.named(ACCOUNTS, CODES),
        people.has(HEALTH),
    )


def vermont(people: People) -> Maybe:
    """Protect what Vermont does."""
    if people.safe or people.redacted:
        return False
    return either(vermont_identifiable(people), people.has(LOGINS, SECRETS))


def vermont_identifiable(people: People) -> Maybe:
    """Protect what Vermont does, logins left out."""
    if people.safe or people.redacted:
        return False
    return either(
        people.named(ALL_IDS),
        people.named((CODES - {"password"}) | {"financial_account_usable_alone"}),
        people.named(ACCOUNTS) and None,  # usable without a code: a judgement not made
        people.named(PHI | {"biometric"}),
    )


@dataclass(slots=True)
class Case:
    """The facts of the matter, unpacked once, and the answers so far."""

    incident: Incident
    groups: list[People]
    answers: Answers

    # -- facts --------------------------------------------------------------------

    def judged(self, name: str, *others: str) -> Maybe:
        """Tell what was judged, or what a broader judgement lets stand for it."""
        for each in (name, *others):
            given = self.incident.judgements.get(each)
            if given is not None and given.value is not None:
                return given.value == "true"
        return None

    def claimed(self, *names: str) -> bool:
        """Tell whether the organisation has shown one of its exemptions."""
        return self.incident.incident.good_faith is True or any(
            self.judged(name) is True for name in names
        )

    def under(self, regime: str) -> bool:
        """Tell whether the organisation is under a regime; a list that is given is complete."""
        return regime in (self.incident.organisation.regimes or ())

    def has_role(self, *roles: str) -> bool:
        """Tell whether the organisation acts in one of the roles."""
        return any(role in roles for role in self.incident.organisation.role or ())

    def count(self, place: str, protects: Protects) -> Count:
        """Count the people of a place whose protected data are concerned."""
        return self._sum(protects, lambda each: each == place)

    def count_where(self, inside: Callable[[str], bool], protects: Protects) -> Count:
        """Count the same in every place that a test lets through."""
        return self._sum(protects, inside)

    def _sum(self, protects: Protects, inside: Callable[[str], bool]) -> Count:
        low = high = 0.0
        for people in self.groups:
            protected = protects(people)
            if protected is False:
                continue
            for place, (least, most) in people.places.items():
                if inside(place):
                    low += least if protected else 0
                    high += most
        return low, high

    def at(self, *events: str) -> datetime | None:
        """Find the earliest of some events, as far as they are on record."""
        found = [
            each.at.at
            for event in events
            for each in self.incident.timeline.get(event, ())
            if each.at.at is not None
        ]
        return min(found, default=None)

    # -- answers ------------------------------------------------------------------

    def say(self, key: str, owed: Maybe, due: datetime | None = None) -> None:
        """Note one answer; what is not owed has no instant."""
        if owed is False:
            self.answers[key] = ("not_required", None)
        else:
            self.answers[key] = ("required" if owed else "possible", due)


def hours_after(start: datetime | None, hours: int) -> datetime | None:
    """Count elapsed hours."""
    return None if start is None else start + timedelta(hours=hours)


def days_after(start: datetime | None, days: int, where: str) -> datetime | None:
    """Count days from the day of an event; the term ends with the last of them."""
    if start is None:
        return None
    return end_of(start.astimezone(zone(where)).date() + days * DAY, where)


def working_days_after(start: datetime | None, days: int, where: str) -> datetime | None:
    """Count weekdays that are no holiday."""
    if start is None:
        return None
    day = start.astimezone(zone(where)).date()
    while days:
        day += DAY
        days -= day.weekday() < 5 and day != THANKSGIVING
    return end_of(day, where)


def end_of(day: date, where: str) -> datetime:
    """Return the last second of a day."""
    return datetime.combine(day, time(23, 59, 59), zone(where)).astimezone(UTC)


def earlier(*instants: datetime | None) -> datetime | None:
    """Return the earliest instant that is known."""
    return min((each for each in instants if each is not None), default=None)


# -- Europe -----------------------------------------------------------------------------


def gdpr(case: Case) -> None:
    """Decide the duties of the General Data Protection Regulation."""
    organisation, answers = case.incident.organisation, case.answers
    breach = _any_breach(case)
    established = [each for each in organisation.establishments or () if each in EEA]
    affected = sorted({p for g in case.groups for p in g.places if p in EEA})
    seated = organisation.country in EEA
    in_scope = both(breach, bool(established) and (seated or bool(affected)))
    controller = case.has_role("controller", "joint_controller")
    risk = case.incident.judgements.get("eu.gdpr.risk")
    level = risk.value if risk else None
    unlikely = level == "unlikely"
    due = hours_after(case.at("aware"), 72)
    cross_border = len(established) > 1 or len(affected) > 1
    main = organisation.eu_main_establishment
    lead = both(in_scope, controller, main is not None and cross_border, not unlikely)
    if main is not None:
        case.say(f"eu-gdpr-lead-sa@{main}", lead, due)
    for place in established:
        case.say(f"eu-gdpr-sa@{place}", both(in_scope, controller, not unlikely, not lead), due)
    high = None if level is None else level == "high"
    told = both(in_scope, controller, high, not case.claimed("eu.gdpr.risk_averted"))
    for place in affected:
        case.say(f"eu-gdpr-sa-non-eu-controller@{place}", both(breach, not established), due)
        people = at_least(case.count(place, intelligible), 1)
        case.say(f"eu-gdpr-individuals@{place}", both(told, people))
    elsewhere = case.count_where(lambda place: place not in EEA, intelligible)
    case.say("eu-gdpr-individuals-elsewhere@EEA", both(told, seated, at_least(elsewhere, 1)))
    case.say("eu-gdpr-processor-controller@EEA", both(in_scope, case.has_role("processor")))
    answers["eu-gdpr-document@EEA"] = ("required" if in_scope and controller else "possible", None)


def _any_breach(case: Case) -> Maybe:
    happened = case.incident.incident
    return either(
        happened.accessed, happened.acquired, happened.exfiltrated, happened.disclosed,
        happened.altered, happened.lost, happened.unavailable,
    )  # fmt: skip


def nis2(case: Case) -> None:
    """Decide the reports of the NIS2 Directive where the organisation is established."""
    bound = case.under("eu.nis2.important") or case.under("eu.nis2.essential")
    significant = case.judged("eu.nis2.significant")
    aware = case.at("significance_known", "aware")
    ongoing = case.incident.incident.ongoing
    for place in ("DE", "IE"):
        known = place == "DE"  # Ireland has no act that transposes the directive
        owed = both(bound, significant, known)
        key = f"eu-nis2-csirt@{place}"
        case.say(f"{key}/early_warning", owed, hours_after(aware, 24))
        case.say(f"{key}/notification", owed, hours_after(aware, 72))
        case.say(f"{key}/intermediate", owed)
        case.say(f"{key}/progress", both(owed, ongoing))
        case.say(f"{key}/final", owed)
        ordered = case.judged("de.bsi.recipients_ordered") if place == "DE" else None
        threat = case.judged("eu.nis2.significant_threat")
        case.say(f"eu-nis2-recipients@{place}", both(bound, either(ordered, threat), known))


def united_kingdom(case: Case) -> None:
    """Decide the duties of the UK GDPR."""
    organisation = case.incident.organisation
    established = "GB" in (organisation.establishments or ())
    seated = organisation.country == "GB"
    present = any("GB" in people.places for people in case.groups)
    context = both(established, case.judged("uk.gdpr.establishment_context"))
    breach = _any_breach(case)
    in_scope = both(breach, either(seated, present, context))
    controller = case.has_role("controller", "joint_controller")
    risk = case.incident.judgements.get("uk.gdpr.risk") or case.incident.judgements.get(
        "eu.gdpr.risk"
    )
    level = risk.value if risk else None
    high = None if level is None else level == "high"
    due = hours_after(case.at("aware"), 72)
    case.say("uk-gdpr-ic@GB", both(in_scope, controller, level != "unlikely"), due)
    told = both(breach, controller, high, not case.claimed("uk.gdpr.risk_averted"))
    people = at_least(case.count("GB", intelligible), 1)
    case.say("uk-gdpr-individuals@GB", both(told, in_scope, people))
    elsewhere = case.count_where(lambda place: place != "GB", intelligible)
    far = both(told, either(seated, context), at_least(elsewhere, 1))
    case.say("uk-gdpr-individuals-elsewhere@GB", far)
    case.say("uk-gdpr-processor@GB", both(in_scope, case.has_role("processor")))
    case.say("uk-gdpr-record@GB", both(in_scope, controller))


# -- federal ----------------------------------------------------------------------------


def health(case: Case) -> None:
    """Decide the HIPAA breach notices, and New York's copy of the one to the Department."""
    happened = case.incident.incident
    breach = either(happened.acquired, happened.accessed, happened.disclosed)
    bound = both(case.under("us.hipaa.covered_entity"), breach, not case.claimed())
    excepted = case.judged("us.hipaa.exception") is True
    owed = both(bound, not excepted)
    from_patients = case.judged("us.hipaa.about_patients")

    def hipaa(people: People) -> Maybe:
        return not people.safe and either(people.has(PHI), from_patients)

    everybody = case.count_where(lambda _: True, hipaa)
    due = days_after(case.at("discovered"), 60, "America/New_York")
    many, some = at_least(everybody, 500), at_least(everybody, 1)
    case.say("us-hipaa-individuals@US", both(owed, some), due)
    case.say("us-hipaa-hhs-500plus@US", both(owed, many), due)
    fewer = both(owed, some, None if many is None else not many)
    case.say("us-hipaa-hhs-under500@US", fewer)
    for place in sorted({p for g in case.groups for p in g.places if p.startswith("US-")}):
        enough = at_least(case.count(place, hipaa), 501)
        case.say(f"us-hipaa-media@{place}", both(owed, enough), due)
    local = at_least(case.count("US-NY", hipaa), 1)
    here = "US-NY" in (case.incident.organisation.establishments or ())
    case.say("us-ny-hipaa-ag@US-NY", both(either(both(owed, many), fewer), either(local, here)))


def securities(case: Case) -> None:
    """Decide the current report of a registrant."""
    material = case.judged("us.sec.material")
    if "materiality_determined" in case.incident.timeline:
        material = True
    owed = both(case.under("us.sec.registrant"), material)
    case.say("us-sec-8k-105@US/initial", owed)
    case.say("us-sec-8k-105@US/amendment", both(owed, case.judged("us.sec.information_missing")))


def sanctions(case: Case) -> None:
    """Decide the report on blocked property."""
    happening, events = case.incident.incident, case.incident.timeline
    kinds = happening.kinds or ()
    ransomware = "ransomware" in kinds or (
        None if happening.kinds is None or "ransomware" in happening.kinds_possible else False
    )
    paid = True if "ransom_paid" in events else None
    blocked = case.judged("us.ofac.blocked")
    owed = either("property_blocked" in events, both(ransomware, paid, blocked))
    case.say("us-ofac-ransom@US", owed)


# -- states -----------------------------------------------------------------------------

DEEMED = ("us.deemed.own_procedures", "us.deemed.primary_regulator")


def _state(case: Case, place: str, protects: Protects, breach: Maybe) -> tuple[Maybe, Count]:
    """Tell whether residents are to be told, and how many there are."""
    people = case.count(place, protects)
    owed = both(breach, at_least(people, 1), not case.claimed(*DEEMED))
    return both(owed, case.has_role("controller", "joint_controller")), people


def _owner(case: Case, key: str, breach: Maybe) -> None:
    case.say(key, both(breach, case.has_role("processor")))


def south(case: Case) -> None:
    """Decide Alabama, Florida, Oklahoma and Texas."""
    taken, seen = case.incident.incident.acquired, case.incident.incident.accessed
    controller = case.has_role("controller", "joint_controller")

    owed, people = _state(case, "US-AL", alabama, taken)
    harm = case.judged("us.al.harm", "us.harm.substantial", "us.misuse_likely")
    owed = both(owed, harm)
    due = days_after(case.at("processor_told", "harm_determined"), 45, "America/Chicago")
    many = both(owed, at_least(people, 1001))
    case.say("us-al-residents@US-AL", owed, due)
    case.say("us-al-ag@US-AL", many, due)
    case.say("us-al-cra@US-AL", many)
    _owner(case, "us-al-third-party-agent@US-AL", taken)
    health_rules = both(case.under("us.hipaa.covered_entity"), case.judged("us.deemed.hipaa"))
    other_rules = either(case.judged("us.deemed.primary_regulator"), health_rules)
    copy = both(taken, controller, other_rules, at_least(people, 1001))
    case.say("us-al-ag-copy-exempt@US-AL", copy)

    owed, people = _state(case, "US-FL", florida, either(seen, taken))
    no_harm = case.judged("us.fl.no_harm")
    if no_harm is None and (likely := case.judged("us.misuse_likely")) is not None:
        no_harm = not likely
    due = days_after(case.at("determined", "reasonable_belief"), 30, "America/New_York")
    case.say("us-fl-residents@US-FL", owed, due)
    case.say("us-fl-ag@US-FL", both(owed, at_least(people, 500)), due)
    case.say("us-fl-ag-no-harm@US-FL", both(owed, no_harm))
    case.say("us-fl-cra@US-FL", both(owed, at_least(people, 1001)))
    _owner(case, "us-fl-third-party-agent@US-FL", either(seen, taken))

    fraud = case.judged("us.ok.fraud", "us.misuse_likely")
    owed, people = _state(case, "US-OK", oklahoma, both(taken, fraud))
    case.say("us-ok-residents@US-OK", owed)
    case.say("us-ok-ag@US-OK", both(owed, at_least(people, 500)))
    _owner(case, "us-ok-ag-maintainer@US-OK", taken)
    _owner(case, "us-ok-owner@US-OK", taken)

    owed, people = _state(case, "US-TX", texas, taken)
    determined = case.at("determined")
    case.say("us-tx-residents@US-TX", owed, days_after(determined, 60, "America/Chicago"))
    many = both(owed, at_least(people, 250))
    case.say("us-tx-ag@US-TX", many, days_after(determined, 30, "America/Chicago"))
    case.say("us-tx-cra@US-TX", both(owed, at_least(people, 10_001)))
    _owner(case, "us-tx-owner@US-TX", taken)
    _owner(case, "us-tx-ag-maintainer@US-TX", taken)


def west(case: Case) -> None:
    """Decide California and South Dakota."""
    taken = case.incident.incident.acquired
    discovered = case.at("discovered")

    owed, people = _state(case, "US-CA", california, taken)
    case.say("us-ca-residents@US-CA", owed, days_after(discovered, 30, "America/Los_Angeles"))
    case.say("us-ca-ag@US-CA", both(owed, at_least(people, 501)))
    _owner(case, "us-ca-owner@US-CA", taken)

    owed, people = _state(case, "US-SD", south_dakota, taken)
    harm = case.judged("us.sd.harm", "us.harm.any", "us.misuse_likely")
    first = earlier(discovered, case.at("processor_told"))
    due = days_after(first, 60, "America/Chicago")
    case.say("us-sd-residents@US-SD", owed, due)
    case.say("us-sd-ag@US-SD", both(owed, at_least(people, 251)), due)
    case.say("us-sd-ag-no-harm@US-SD", both(owed, None if harm is None else not harm), due)
    case.say("us-sd-cra@US-SD", owed)


def north_east(case: Case) -> None:
    """Decide Massachusetts, Maryland, New Jersey, New York and Vermont."""
    happened = case.incident.incident
    taken, seen = happened.acquired, happened.accessed
    eastern = "America/New_York"
    discovered = case.at("discovered")
    first = earlier(discovered, case.at("processor_told"))
    misuse = case.judged("us.misuse_likely")

    used = either(taken, happened.misuse_seen)
    risky = case.judged("us.ma.substantial_risk", "us.misuse_likely")
    breach = either(used, both(either(used, seen), risky))
    owed, people = _state(case, "US-MA", massachusetts, breach)
    for who in ("residents", "ag", "ocabr"):
        case.say(f"us-ma-{who}@US-MA", owed)
    agencies = both(owed, case.judged("us.ma.agencies_named"))
    case.say("us-ma-cra@US-MA", agencies)
    case.say("us-ma-cra@US-MA~state_agencies", agencies)
    _owner(case, "us-ma-owner@US-MA", breach)

    owed, people = _state(case, "US-MD", maryland, taken)
    due = days_after(first, 45, eastern)
    case.say("us-md-residents@US-MD", owed, due)
    case.say("us-md-ag@US-MD", owed, due)
    case.say("us-md-cra@US-MD", both(owed, at_least(people, 1000)))
    _owner(case, "us-md-owner@US-MD", taken)

    owed, people = _state(case, "US-NJ", new_jersey, either(seen, taken))
    case.say("us-nj-residents@US-NJ", owed)
    case.say("us-nj-state-police@US-NJ", owed)
    case.say("us-nj-cra@US-NJ", both(owed, at_least(people, 1001)))
    _owner(case, "us-nj-owner@US-NJ", either(seen, taken))

    owed, people = _state(case, "US-NY", new_york, either(seen, taken))
    due = days_after(discovered, 30, eastern)
    for who in ("residents", "ag", "dos", "nysp"):
        case.say(f"us-ny-{who}@US-NY", owed, due)
    case.say("us-ny-cra@US-NY", both(owed, at_least(people, 5001)))
    _owner(case, "us-ny-owner@US-NY", either(seen, taken))
    inadvertent = both(case.judged("us.ny.inadvertent"), at_least(people, 501))
    case.say("us-ny-inadvertent-ag@US-NY", inadvertent)

    vermont_duties(case, taken, first, misuse)


def vermont_duties(case: Case, taken: Maybe, first: datetime | None, misuse: Maybe) -> None:
    """Decide Vermont: three filings with the Attorney General, one of them sworn."""
    eastern = "America/New_York"
    owed, people = _state(case, "US-VT", vermont, taken)
    due = days_after(first, 45, eastern)
    case.say("us-vt-residents@US-VT", owed, due)
    identifiable, _ = _state(case, "US-VT", vermont_identifiable, taken)
    preliminary = earlier(working_days_after(case.at("discovered"), 14, eastern), due)
    sworn = case.judged("us.vt.sworn")
    case.say("us-vt-ag-preliminary@US-VT", both(identifiable, sworn is not True), preliminary)
    case.say("us-vt-ag-sworn@US-VT", both(owed, sworn), due)
    case.say("us-vt-ag-final@US-VT", owed, due)
    unused = None if misuse is None else not misuse
    case.say("us-vt-no-misuse-ag@US-VT", both(owed, unused))
    logins, _ = _state(case, "US-VT", lambda each: each.has(LOGINS, SECRETS), taken)
    case.say("us-vt-login-credentials-ag@US-VT", both(logins, not identifiable))
    case.say("us-vt-cra@US-VT", both(owed, at_least(people, 1001)))
    _owner(case, "us-vt-owner@US-VT", taken)


LAWS: Iterable[Callable[[Case], None]] = (
    gdpr, nis2, united_kingdom, health, securities, sanctions, south, west, north_east,
)  # fmt: skip


def decide(incident: Incident) -> Answers:
    """Decide every duty of the matter: key to status and due instant."""
    case = Case(incident, [People(group) for group in incident.affected or ()], {})
    for law in LAWS:
        law(case)
    return case.answers
