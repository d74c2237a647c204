"""What the facts can say for each item that a notice must hold.

``fill`` is the only door. It answers from the facts alone, never by inference: what is not
known stays marked as such, so that a draft shows each gap. The words are those of
outputs/words.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple, get_args

from regengine.assessment import WENT_OUT
from regengine.calendars import zone as zone_of
from regengine.documents.outputs import (
    address_of,
    authority,
    home_zone,
    label,
    phrase,
    place_name,
    residence,
    table,
)
from regengine.documents.wording import (
    joined,
    labels,
    moment_text,
    range_text,
    sentence,
)
from regengine.errors import suggest
from regengine.facts import Filing, Group, Incident, Moment, Person
from regengine.law import Fill
from regengine.timeline import has_prefix
from regengine.truth import Range

if TYPE_CHECKING:
    from regengine.assessment import Assessment, Result

FILLS: tuple[str, ...] = get_args(Fill)


class Filled(NamedTuple):
    """What one item says.

    ``text`` with ``known`` is an answer. ``text`` without ``known`` is an answer that is not
    complete yet. No text but ``known``: the item does not apply. Neither: to follow.
    """

    text: str | None
    known: bool


UNKNOWN = Filled(None, known=False)
NOT_APPLICABLE = Filled(None, known=True)


@dataclass(frozen=True, slots=True)
class Matter:
    """One notice to be written: the facts, the duty, and how dates are to be written."""

    incident: Incident
    result: Result
    assessment: Assessment | None = None
    american: bool = False
    days_only: bool = False  # a letter to people needs no minutes
    group: str | None = None  # the one group of people that a letter is written to
    earliest: bool = False  # of candidates among which none is chosen: for counsel's own eyes
    stage: str | None = None  # of the form, where it has several
    withdrawn: bool = False  # the notice takes an earlier one back
    reader: str = "person"  # whom a letter addresses, where not the person: "guardian", "kin"

    @property
    def zone(self) -> str:
        """The zone in which the facts are told: the organisation's own."""
        return home_zone(self.incident.organisation)

    @property
    def now(self) -> datetime | None:
        """The instant of the assessment; never the clock's."""
        return self.assessment.now if self.assessment else None

    def groups(self) -> tuple[Group, ...]:
        """Return the affected groups whom this duty concerns; all where it names none."""
        affected = self.incident.affected or ()
        named = (self.group,) if self.group is not None else self.result.people.groups
        return tuple(group for group in affected if not named or group.group in named)

    def moment(self, event: str) -> Moment | None:
        """Find when an event happened: as on record, or as chosen for this duty.

        ``None`` where views differ and none is chosen, unless ``earliest`` is wanted.
        """
        candidates = self.incident.timeline.get(event, ())
        chosen = [
            candidate
            for candidate in candidates
            if candidate.chosen
            and (not candidate.laws or any(has_prefix(self.result.id, x) for x in candidate.laws))
        ]
        # A choice for this law goes before a general one.
        chosen.sort(key=lambda candidate: not candidate.laws)
        if chosen:
            return chosen[0].at
        views = {candidate.at for candidate in candidates}
        if len(views) == 1 or (views and self.earliest):
            return min(views, key=instant_of)
        return None

    @property
    def zone_assumed(self) -> bool:
        """Say whether the zone was only taken from where the organisation is."""
        return self.incident.organisation.zone is None

    def local_day(self, moment: Moment, zone: str | None = None) -> date:
        """Find the calendar date of a moment where the organisation is, or in a zone."""
        if moment.at is None:
            return moment.day or date.min
        return moment.at.astimezone(zone_of(zone or self.zone)).date()

    def say(self, moment: Moment, zone: str | None = None) -> str:
        """Write a moment in the style of this notice: in its zone, or in the one asked for."""
        if self.days_only and moment.at is not None:
            moment = Moment.of(self.local_day(moment, zone))
        return moment_text(moment, zone or self.zone, american=self.american)


def fill(
    key: str,
    incident: Incident,
    result: Result,
    assessment: Assessment | None = None,
    *,
    american: bool = False,
) -> Filled:
    """Say what the facts give for one item of a notice.

    >>> from regengine.facts import Description
    >>> incident = Incident(reference="X", description=Description(cause="A stolen key"))
    >>> from regengine.assessment import Bound, Deadline, People, Result, To
    >>> result = Result(
    ...     id="xx-office", key="xx-office@XX", jurisdiction="XX", title="Tell the Office",
    ...     recipient=To(kind="regulator", name="Office"), bound=Bound(), people=People(),
    ...     status="required", law_status="in_force", deadline=Deadline(kind="soft"),
    ...     citation="s 1", confidence="high")
    >>> fill("cause", incident, result)
    Filled(text='A stolen key', known=True)
    >>> fill("nature", incident, result)
    Filled(text=None, known=False)

    ``assessment`` gives the date of the notice and the names of authorities told before. An
    answer in the incident file under ``<obligation id>.<key>`` or ``notice.<key>`` leads;
    in a letter to one group of several, ``affected.<group>.<key>`` before both.
    Raise ``KeyError`` for a key that ``law.Fill`` does not hold.
    """
    return filled(key, Matter(incident, result, assessment, american))


def filled(key: str, matter: Matter) -> Filled:
    """Say what the facts give for one item, as ``fill`` does, in the style of a matter."""
    if key not in _FILLS:
        message = f'unknown item "{key}"{suggest(key, _FILLS)}'
        raise KeyError(message)
    return answered(key, matter) or _FILLS[key](matter)


def answered(key: str, matter: Matter) -> Filled | None:
    """Find the answer that leads over the facts; ``None`` where the file gives none."""
    answers = matter.incident.answers
    own = (f"affected.{matter.group}.{key}",) if matter.group is not None else ()
    for place in (*own, f"{matter.result.id}.{key}", f"notice.{key}"):
        if answers.get(place) is not None:
            return Filled(str(answers[place]), known=True)
    return None


def _text(value: str | None) -> Filled:
    return Filled(value.strip(), known=True) if value and value.strip() else UNKNOWN


def _happenings(matter: Matter) -> list[str]:
    happening = matter.incident.incident
    words = table("words.toml")["happenings"]
    return [str(text) for name, text in words.items() if getattr(happening, name) is True]


def _nature(matter: Matter) -> Filled:
    described = matter.incident.description.nature
    if described:
        return _text(described)
    kinds = matter.incident.incident.kinds
    parts = []
    if kinds:
        parts.append(phrase("kinds", kinds=labels("kinds", kinds)))
    if happened := _happenings(matter):
        parts.append(phrase("happened", what=joined(happened)))
    text = " ".join(sentence(part) for part in parts)
    return Filled(text, known=bool(kinds)) if text else UNKNOWN


def _cause(matter: Matter) -> Filled:
    described = matter.incident.description.cause
    malicious = matter.incident.incident.malicious
    if described or malicious is None:
        return _text(described)
    return Filled(phrase("malicious" if malicious else "not_malicious"), known=False)


def _measures(matter: Matter) -> Filled:
    description = matter.incident.description
    lines = [
        phrase(name, text=getattr(description, name))
        for name in ("measures_taken", "measures_proposed")
        if getattr(description, name)
    ]
    return Filled("\n".join(lines), known=len(lines) > 1) if lines else UNKNOWN


def _described(name: str) -> Callable[[Matter], Filled]:
    return lambda matter: _text(getattr(matter.incident.description, name))


def _occurred(matter: Matter) -> Filled:
    start, end = matter.moment("occurred_from"), matter.moment("occurred_to")
    if start is None:
        return UNKNOWN
    begun = matter.say(start)
    if end is not None:
        ended = matter.say(end)
        same = begun == ended
        text = begun if same else phrase("from_to", start=begun, end=ended)
        return Filled(text, known=True)
    if matter.incident.incident.ongoing:
        return Filled(phrase("from_ongoing", start=begun), known=True)
    return Filled(phrase("from_open", start=begun), known=False)


def named(matter: Matter, event: str, zone: str | None = None) -> str | None:
    """Say an event by its own name with its date; ``None`` where it is not on record."""
    moment = matter.moment(event)
    if moment is None:
        return None
    return phrase("event_line", event=label("events", event), at=matter.say(moment, zone))


def _discovered(matter: Matter) -> Filled:
    """Say the discovery that is on record; another event in its place says its own name."""
    moment = matter.moment("discovered")
    if moment is not None:
        return Filled(matter.say(moment), known=True)
    for event, known in (("aware", True), ("detected", False)):
        text = named(matter, event)
        if text is not None:
            # A first technical sign is not yet a discovery: somebody must look.
            return Filled(text, known=known)
    return UNKNOWN


def discovery(matter: Matter) -> Filled:
    """Say in a sentence when we discovered it, or became aware of it: what is on record."""
    for event in ("discovered", "aware"):
        moment = matter.moment(event)
        if moment is not None:
            return Filled(phrase(f"we_{event}", at=matter.say(moment)), known=True)
    return UNKNOWN


def happening(matter: Matter) -> Filled:
    """Say in a sentence when it took place."""
    when = _occurred(matter)
    if when.text is None:
        return UNKNOWN
    start, end = matter.moment("occurred_from"), matter.moment("occurred_to")
    one_day = start and end and matter.say(start) == matter.say(end)
    precise = start is not None and start.precision != "month"
    name = ("took_place_on" if precise else "took_place_in") if one_day else "took_place_from"
    return Filled(phrase(name, at=when.text), known=when.known)


def _dates(matter: Matter) -> Filled:
    """Say when it happened and when it was discovered, and nothing else of the course."""
    found = _discovered(matter)
    plain = matter.moment("discovered") is not None
    took = _occurred(matter)
    lines = [phrase("took_place", at=took.text)] if took.text else []
    if found.text:
        lines.append(phrase("found", at=found.text) if plain else found.text)
    return Filled("\n".join(lines), known=took.known and found.known) if lines else UNKNOWN


def _determined(matter: Matter) -> Filled:
    """Say when it was concluded that there is a breach; a confirmation says its own name."""
    moment = matter.moment("determined")
    if moment is not None:
        return Filled(matter.say(moment), known=True)
    text = named(matter, "confirmed")
    return UNKNOWN if text is None else Filled(text, known=True)


def _ransom(event: str) -> Callable[[Matter], Filled]:
    """Say that it happened and when; that the record is silent does not say that it did not."""

    def say(matter: Matter) -> Filled:
        line = named(matter, event)
        return UNKNOWN if line is None else Filled(line, known=True)

    return say


def _malicious(matter: Matter) -> Filled:
    malicious = matter.incident.incident.malicious
    if malicious is None:
        return UNKNOWN
    return Filled(phrase("suspected_malicious" if malicious else "not_suspected"), known=True)


def instant_of(moment: Moment) -> datetime:
    """Place a moment on a time line; a day counts from its first instant in UTC.

    >>> instant_of(Moment(day=date(2026, 11, 3), precision="day")).isoformat()
    '2026-11-03T00:00:00+00:00'

    For drawing and sorting only: no deadline is computed from it.
    """
    if moment.at is not None:
        return moment.at
    day = moment.day or date.min
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def reading_order(moment: Moment, zone: str) -> tuple[date, bool, datetime]:
    """Order moments as their words read in a zone: a bare day comes first of that day.

    >>> evening = Moment.of(datetime(2026, 11, 15, 6, 10, tzinfo=UTC))
    >>> day = Moment(day=date(2026, 11, 15), precision="day")
    >>> reading_order(evening, "America/Los_Angeles") < reading_order(day, "UTC")
    True
    """
    at = instant_of(moment)
    day = at.date() if moment.at is None else at.astimezone(zone_of(zone)).date()
    return day, moment.at is not None, at


def events(matter: Matter, *, outward: bool = False) -> list[tuple[datetime, str, str]]:
    """List the events that are known, in order: where they stand, name, date in words.

    ``outward`` leaves out what words.toml keeps in the house: conclusions that counsel
    draws, and dealings with an extortionist. A law that asks for one has a key for it.
    """
    words = table("words.toml")
    kept_in = words["kept_in"]["events"] if outward else ()
    found = []
    for event in words["events"]:
        if event in kept_in:
            continue
        moment = matter.moment(event)
        if moment is not None:
            row = (instant_of(moment), label("events", event), matter.say(moment))
            found.append((reading_order(moment, matter.zone), row))
    return [row for _, row in sorted(found, key=lambda entry: entry[0])]


def _timeline(matter: Matter) -> Filled:
    lines = [
        phrase("event_line", event=name, at=at) for _, name, at in events(matter, outward=True)
    ]
    return Filled("\n".join(lines), known=True) if lines else UNKNOWN


def elements(group: Group) -> Filled:
    """Say which data of a group were involved.

    >>> elements(Group(group="g", data=("name", "ssn")))
    Filled(text='name and Social Security number', known=True)
    """
    known = [word for word in group.data or () if word not in group.data_possible]
    possible = labels("elements", group.data_possible)
    if group.data is None and not possible:
        return UNKNOWN
    certain = labels("elements", known)
    if not possible:
        return Filled(certain, known=True)
    text = (
        phrase("possibly", known=certain, possible=possible)
        if certain
        else phrase("possibly_only", possible=possible)
    )
    return Filled(text, known=False)


def _by_group(matter: Matter, say: Callable[[Group], Filled]) -> Filled:
    """Say one thing of every group, with the groups' names where there are several."""
    groups = matter.groups()
    said = [(group, say(group)) for group in groups]
    known = bool(said) and all(filled.known for _, filled in said)
    texts = {filled.text for _, filled in said}
    if texts <= {None}:
        return UNKNOWN
    if len(texts) == 1:
        return Filled(texts.pop(), known=known)
    lines = [
        phrase(
            "group_line",
            group=group.label or group.group,
            text=filled.text or phrase("not_known"),
        )
        for group, filled in said
    ]
    return Filled("\n".join(lines), known=known)


def _data_types(matter: Matter) -> Filled:
    return _by_group(matter, elements)


def _protection(group: Group) -> Filled:
    """Say how a group's data were protected."""
    if group.redacted:
        return Filled(phrase("redacted"), known=True)
    state = group.encrypted
    if state is None:
        return UNKNOWN
    if isinstance(state, tuple) and state:
        return Filled(phrase("encrypted_some", elements=labels("elements", state)), known=True)
    if not state:
        return Filled(phrase("not_encrypted"), known=True)
    name = {None: "encrypted_key_unknown", True: "encrypted_key_taken"}.get(
        group.key_taken, "encrypted_key_safe"
    )
    return Filled(phrase(name), known=group.key_taken is not None)


def _encryption(matter: Matter) -> Filled:
    return _by_group(matter, _protection)


def counted(count: Range, where: str | None = None) -> Filled:
    """Write a number of people; known only where it is one number or has both bounds.

    >>> counted(Range(5200, None)).known
    False
    >>> counted(Range(30, 30), "Puerto Rico").text
    '30 people (Puerto Rico)'
    """
    if count.at_most is None and not count.at_least:
        return UNKNOWN
    one = count.at_least == count.at_most == 1
    text = phrase("people_one" if one else "people_many", count=range_text(count))
    if where is not None:
        text = phrase("people_where", text=text, place=where)
    if count.at_most is None:
        return Filled(phrase("not_final", text=text), known=False)
    return Filled(text, known=True)


def headcount(groups: Sequence[Group]) -> Range:
    """Add up people; groups that overlap make a range from the largest to the sum.

    >>> headcount([Group(group="a", people={"IE": Range(5, 5)})])
    Range(at_least=5, at_most=5)
    >>> headcount([Group(group="a")])
    Range(at_least=0, at_most=None)
    """
    sums = [
        sum((group.people or {}).values(), Range(0, 0))
        if group.people is not None
        else Range(0, None)
        for group in groups
    ]
    apart = [number for group, number in zip(groups, sums, strict=True) if not group.overlaps]
    shared = [number for group, number in zip(groups, sums, strict=True) if group.overlaps]
    total = sum(sums, Range(0, 0))
    if not shared:
        return total
    largest = max(number.at_least for number in shared)
    return Range(sum((x.at_least for x in apart), 0) + largest, total.at_most)


def _people_total(matter: Matter) -> Filled:
    if matter.incident.affected is None:
        return UNKNOWN
    alone = matter.group is not None
    return counted(headcount(matter.groups() if alone else matter.incident.affected))


def _people_here(matter: Matter) -> Filled:
    if matter.group is not None:
        return UNKNOWN  # the duty counts all groups of the place together
    people, place = matter.result.people, matter.result.jurisdiction
    # A law that asks "how many" without a place must not be read as told the whole number.
    part = any(fnmatchcase(place, x) for x in table("filing/index.toml")["named"])
    return counted(Range(people.at_least, people.at_most), place_name(place) if part else None)


def people_by_place(groups: Sequence[Group]) -> list[tuple[str, Range]]:
    """Count people by place, the largest number first.

    >>> group = Group(group="a", people={"IE": Range(5, 5), "DE": Range(9, 9)})
    >>> [place for place, _ in people_by_place([group])]
    ['DE', 'IE']
    """
    places: dict[str, list[Group]] = {}
    for group in groups:
        for place, count in (group.people or {}).items():
            single = group.model_copy(update={"people": {place: count}})
            places.setdefault(place, []).append(single)
    counts = [(place, headcount(parts)) for place, parts in places.items()]
    return sorted(counts, key=lambda entry: (-entry[1].at_least, entry[0]))


def _places(matter: Matter) -> Filled:
    groups = matter.groups()
    counts = people_by_place(groups)
    if not counts:
        return UNKNOWN
    lines = [
        phrase("place_line", place=residence(place), count=range_text(count))
        for place, count in counts
    ]
    settled = all(group.people is not None for group in groups) and all(
        count.at_most is not None and place != "unknown" for place, count in counts
    )
    return Filled("\n".join(lines), known=settled)


def _records(matter: Matter) -> Filled:
    records = matter.incident.records
    if records is None or (records.at_most is None and not records.at_least):
        return UNKNOWN
    return Filled(phrase("records", count=range_text(records)), known=records.at_most is not None)


def _organisation(matter: Matter) -> Filled:
    organisation = matter.incident.organisation
    if organisation.name is None:
        return UNKNOWN
    identifiers = [
        phrase("identifier", name=name.upper(), value=value)
        for name, value in organisation.identifiers.items()
    ]
    parts = [organisation.name, *address_of(organisation), *identifiers]
    return Filled(", ".join(parts), known=True)


def person_text(person: Person) -> str:
    """Write how somebody can be reached.

    >>> person_text(Person(name="A. Byrne", title="Counsel", phone="+353 1 5550100"))
    'A. Byrne, Counsel, telephone +353 1 5550100'
    """
    phone = phrase("telephone", value=person.phone) if person.phone else ""
    parts = (person.name, person.title, phone, person.email, person.address)
    return ", ".join(part for part in parts if part)


def _reachable(person: Person | None) -> bool:
    return person is not None and any((person.email, person.phone, person.address))


def _person(person: Person | None, *, reach: bool = True) -> Filled:
    if person is None or not person_text(person):
        return UNKNOWN
    return Filled(person_text(person), known=_reachable(person) or not reach)


def _contact(matter: Matter) -> Filled:
    for person in (matter.incident.organisation.dpo, matter.incident.reporter):
        if person is not None and _reachable(person):
            return Filled(person_text(person), known=True)
    return UNKNOWN


def _law_enforcement(matter: Matter) -> Filled:
    told = matter.incident.law_enforcement
    lines = []
    if told.agency:
        name = "agency_reference" if told.reference else "agency_told"
        lines.append(phrase(name, agency=told.agency, reference=told.reference))
    for delay in told.delays:
        if delay.laws and not any(matter.result.id.startswith(x) for x in delay.laws):
            continue
        who = delay.requested_by or delay.granted_by or label("recipient_kinds", "law_enforcement")
        since = phrase("hold_since", at=matter.say(delay.from_)) if delay.from_ else ""
        refused = delay.granted is False
        lines.append(phrase("hold_refused" if refused else "hold", who=who, since=since))
    if not lines:
        return UNKNOWN
    return Filled("\n".join(sentence(line) for line in lines), known=True)


def _delay_reasons(matter: Matter) -> Filled:
    deadline = matter.result.deadline
    counted_holds = [held for held in deadline.held if held.counts]
    if counted_holds:
        why = joined(held.why for held in counted_holds)
        return Filled(phrase("held_notice", why=why), known=True)
    due, now = deadline.due_at, matter.now
    assumed = deadline.starts is not None and deadline.starts.assumed
    if due is not None and now is not None and not deadline.late_by and not assumed:
        return Filled(phrase("in_time"), known=True)
    return NOT_APPLICABLE if deadline.kind == "soft" and not deadline.late_by else UNKNOWN


def _contacts(name: str) -> Callable[[Matter], Filled]:
    def say(_: Matter) -> Filled:
        entries = table("letter/contacts.toml")[name]
        lines = [
            phrase("contact_line", name=entry["name"], details=entry["details"])
            for entry in entries
        ]
        return Filled("\n".join(lines), known=True)

    return say


def _state_attorney_general(matter: Matter) -> Filled:
    place = matter.result.jurisdiction
    if "-" not in place:  # a duty under the law of the whole country names no state
        return NOT_APPLICABLE
    dotted = place.lower().replace("-", ".") + ".attorney_general"
    found = authority(dotted)
    own = table("letter/contacts.toml").get("attorneys_general", {}).get(place)
    if own:
        return Filled(phrase("contact_line", name=own["name"], details=own["details"]), known=True)
    phone = phrase("telephone", value=found["phone"]) if found.get("phone") else ""
    details = ", ".join(x for x in (found.get("address"), phone, found.get("url")) if x)
    if not details:
        return UNKNOWN
    return Filled(phrase("contact_line", name=found["name"], details=details), known=True)


def _identity_protection(matter: Matter) -> Filled:
    """Ask for the offer where the data call for one; say nothing of an offer otherwise."""
    calls = set(table("letter/contacts.toml")["identity_protection_elements"])
    groups = matter.groups()
    held = {word for group in groups for word in (*(group.data or ()), *group.data_possible)}
    undecided = not groups or any(group.data is None for group in groups)
    return UNKNOWN if undecided or held & calls else NOT_APPLICABLE


def _letters_here(matter: Matter) -> Iterator[Result]:
    for result in matter.assessment.obligations if matter.assessment else ():
        same_place = result.jurisdiction == matter.result.jurisdiction
        if result.recipient.kind == "individuals" and same_place:
            yield result


def _sample_letter(matter: Matter) -> Filled:
    # Only a letter whose clock runs is written, and can be enclosed.
    written = any(
        letter.status == "required" and letter.deadline.kind in ("fixed", "soft")
        for letter in _letters_here(matter)
    )
    return Filled(phrase("enclosed_letter"), known=True) if written else UNKNOWN


def _notice_date(matter: Matter) -> Filled:
    if matter.result.recipient.kind == "individuals":
        if matter.now is None:
            return UNKNOWN
        today = matter.now.astimezone(zone_of(matter.zone)).date()
        return Filled(matter.say(Moment.of(today)), known=True)
    ids = {letter.id for letter in _letters_here(matter)}
    for filing in matter.incident.filings:
        here = filing.jurisdiction in (None, matter.result.jurisdiction)
        if filing.obligation.partition("@")[0] in ids and here and filing.how in WENT_OUT:
            return Filled(matter.say(filing.at), known=True)
    return UNKNOWN


def _vendor(matter: Matter) -> Filled:
    happening = matter.incident.incident
    if happening.vendor is not None and happening.vendor.name:
        vendor = happening.vendor
        if not vendor.role:
            return Filled(vendor.name, known=True)
        role = label("roles", vendor.role)
        return Filled(phrase("vendor_named", name=vendor.name, role=role), known=True)
    return UNKNOWN  # another word for what happened does not say that no vendor was involved


def _loss(matter: Matter) -> Filled:
    loss = matter.incident.incident.loss
    if loss is None or loss.amount is None:
        return UNKNOWN
    text = phrase("loss", currency=loss.currency or "", amount=f"{loss.amount:,.10g}")
    return Filled(text.strip(), known=loss.currency is not None)


def _outage(matter: Matter) -> Filled:
    outage = matter.incident.incident.outage
    if outage is None or outage.hours is None:
        return NOT_APPLICABLE if matter.incident.incident.unavailable is False else UNKNOWN
    text = phrase("outage", hours=f"{outage.hours:g}")
    text += phrase("outage_scheduled") if outage.scheduled else ""
    text += phrase("outage_backup") if outage.restored_from_backup else ""
    return Filled(text, known=True)


def _went_out(matter: Matter) -> Iterator[tuple[Filing, Result | None]]:
    """List the notices on record that went out, each with its duty where one is known."""
    obligations = matter.assessment.obligations if matter.assessment else ()
    for filing in matter.incident.filings:
        if filing.how not in WENT_OUT:
            continue
        named = [x for x in obligations if x.id == filing.obligation]
        here = [x for x in named if filing.jurisdiction in (None, x.jurisdiction)]
        yield filing, next(iter(here or named), None)


def _authorities_told(matter: Matter) -> Filled:
    lines = []
    for filing, duty in _went_out(matter):
        if duty is not None and duty.recipient.kind not in ("regulator", "law_enforcement"):
            continue
        if duty is not None and duty.recipient == matter.result.recipient:
            continue  # the reader knows what itself was told
        name = "told_reference" if filing.reference else "told"
        told = duty.recipient.name if duty else filing.obligation
        at = matter.say(filing.at)
        lines.append(phrase(name, authority=told, at=at, reference=filing.reference))
    # That none is on record does not say that none was told: somebody must look.
    return Filled("\n".join(lines), known=True) if lines else UNKNOWN


def _people_told(matter: Matter) -> Filled:
    """List the notices to people of this place; a Union's or federal duty looks everywhere."""
    place = matter.result.jurisdiction
    wide = place in table("words.toml")["remainders"]
    lines = []
    for filing, duty in _went_out(matter):
        if duty is None or duty.recipient.kind not in ("individuals", "media"):
            continue
        if not wide and duty.jurisdiction != place:
            continue
        name = "people_told" if filing.people is None else "people_told_count"
        to, where = duty.recipient.name, place_name(duty.jurisdiction)
        to = to if where in to else phrase("people_where", text=to, place=where)
        count = f"{filing.people or 0:,}"
        lines.append(phrase(name, to=to, at=matter.say(filing.at), count=count))
    return Filled("\n".join(lines), known=True) if lines else UNKNOWN


_TRACKED = ("nature", "cause", "occurred", "data_types", "people_total", "consequences")


def _open(matter: Matter) -> Filled:
    missing = [key for key in _TRACKED if not _FILLS[key](matter).known]
    if not missing:
        return Filled(phrase("nothing_open"), known=True)
    return Filled(
        phrase("still_open", items=joined(label("fills", x) for x in missing)), known=True
    )


_FILLS: dict[str, Callable[[Matter], Filled]] = {
    "nature": _nature,
    "cause": _cause,
    "systems": _described("systems"),
    "consequences": _described("consequences"),
    "measures_taken": _described("measures_taken"),
    "measures_proposed": _described("measures_proposed"),
    "measures": _measures,
    "advice": _described("advice_to_people"),
    "occurred": _occurred,
    "discovered": _discovered,
    "dates": _dates,
    "determined": _determined,
    "timeline": _timeline,
    "malicious": _malicious,
    "ransom_demanded": _ransom("ransom_demanded"),
    "ransom_paid": _ransom("ransom_paid"),
    "data_types": _data_types,
    "people_total": _people_total,
    "people_here": _people_here,
    "records": _records,
    "organisation": _organisation,
    "reference": lambda matter: _text(matter.incident.reference),
    "contact": _contact,
    "dpo": lambda matter: _person(matter.incident.organisation.dpo),
    "reporter": lambda matter: _person(matter.incident.reporter),
    "signatory": lambda matter: _person(matter.incident.signatory, reach=False),
    "law_enforcement": _law_enforcement,
    "delay_reasons": _delay_reasons,
    "credit_agencies": _contacts("credit_agencies"),
    "ftc": _contacts("ftc"),
    "state_attorney_general": _state_attorney_general,
    "identity_protection": _identity_protection,
    "sample_letter": _sample_letter,
    "notice_date": _notice_date,
    "people_told": _people_told,
    "places": _places,
    "vendor": _vendor,
    "loss": _loss,
    "outage": _outage,
    "encryption": _encryption,
    "authorities_told": _authorities_told,
    "open": _open,
}
