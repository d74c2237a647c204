"""The incident file: read into facts, written back, described, and looked over.

``layout`` says which fields there are. Faults of a file are collected and raised together;
what is odd but possible comes back as warnings.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from regengine import facts, leaves, plain
from regengine.errors import Fault, InputError
from regengine.facts import Incident, Moment
from regengine.layout import INCIDENT
from regengine.leaves import Reading, or_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from regengine.facts import Candidate, Group, Happening, Organisation, Vocabulary

# -- reading and writing ------------------------------------------------------------


def load_incident(path: Path, vocabulary: Vocabulary) -> Incident:
    r"""Read an incident from a ``.yaml``, ``.yml``, ``.toml`` or ``.json`` file.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from regengine.places import load
    >>> words = facts.Vocabulary(load())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "case.yaml")
    ...     _ = file.write_text("reference: EX-1\norganisation: {country: NO}")
    ...     load_incident(file, words).organisation.country
    'NO'

    Raise ``InputError`` with every fault of the file, one line each.
    """
    return read_incident(plain.read_file(path), vocabulary, str(path))


def read_incident(
    data: Mapping[str, Any], vocabulary: Vocabulary, file: str = "incident"
) -> Incident:
    """Read an incident from plain values; dates may be Python dates or aware datetimes.

    >>> from regengine.places import load
    >>> words = facts.Vocabulary(load())
    >>> read_incident({"reference": "EX-1", "records": 12}, words).records
    Range(at_least=12, at_most=12)

    Raise ``InputError`` with every fault, named after ``file``.
    """
    unfit = [Fault(file, place, message) for place, message in plain.unfit(data)]
    if unfit:
        raise InputError(unfit)
    reading = Reading(file, vocabulary)
    try:
        made = INCIDENT.read(reading, "", data)
    except leaves.TooManyFaultsError:
        most = f"the first {leaves.MAX_FAULTS} faults are shown"
        raise InputError([*reading.faults, Fault(file, "", most)]) from None
    if reading.faults:
        raise InputError(reading.faults)
    return Incident.model_validate(made)


def answers_from(path: Path, vocabulary: Vocabulary) -> dict[str, Any]:
    """Read the ``answers`` of a file of its own; those left empty stay unknown.

    Raise ``InputError`` with every fault of the file, one line each.
    """
    data = plain.read_file(path)
    other = [key for key in data if key != "answers"]
    if other:
        message = f'a file of answers holds "answers" alone, found "{other[0]}"'
        raise InputError([Fault(str(path), str(other[0]), message)])
    given = {"reference": path.name, "answers": data.get("answers")}
    found = read_incident(given, vocabulary, str(path)).answers
    return {key: value for key, value in found.items() if value is not None}


def dump(incident: Incident) -> dict[str, Any]:
    """Write an incident in the shape of its file; reading it gives the same facts.

    >>> from regengine.truth import Range
    >>> dump(Incident(reference="EX-1", records=Range(400, 700)))["records"]
    {'at_least': 400, 'at_most': 700}
    """
    return {"schema": facts.SCHEMA, **INCIDENT.write(incident)}


def schema(vocabulary: Vocabulary | None = None) -> dict[str, Any]:
    """Describe the incident file as JSON Schema (draft 2020-12).

    Every leaf may be ``unknown``, counts may be ranges. With a vocabulary it lists the
    regimes and judgements too; without, it states their form.

    >>> schema()["title"]
    'Incident'
    """
    whole = {"type": "integer", "minimum": 0, "maximum": leaves.MAX_COUNT}
    bound = or_unknown(whole)
    bounds = {"at_least": bound, "at_most": bound}
    count = [whole, {"type": "object", "properties": bounds, "additionalProperties": False}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{facts.SCHEMA}.schema.json",
        "title": "Incident",
        "description": "What is known of one incident. Every leaf may be left out or unknown.",
        **INCIDENT.schema(vocabulary),
        "$defs": {
            "unknown": {"description": "not known yet", "enum": [leaves.UNKNOWN, "", None]},
            "count": {"description": "a whole number or its bounds", "anyOf": count},
        },
    }


# -- warnings -------------------------------------------------------------------------

# The first of each pair cannot come after the second.
_ORDER = (
    *(("occurred_from", later) for later in facts.EVENTS if later != "occurred_from"),
    ("suspected", "confirmed"),
    ("detected", "aware"),
    ("detected", "discovered"),
    ("detected", "confirmed"),
    ("discovered", "determined"),
    ("discovered", "scope_determined"),
    ("discovered", "identified_people"),
    ("aware", "determined"),
    ("aware", "classified"),
    ("vendor_discovered", "processor_told"),
    ("significance_known", "significance_concluded"),
    ("ransom_demanded", "ransom_paid"),
    ("detected", "contained"),
    ("detected", "handled"),
    ("detected", "resolved"),
)
# Data taken but not seen is no contradiction: a stolen device may be encrypted.
_CONTRADICTIONS = (
    ("exfiltrated", True, "acquired", False),
    ("good_faith", True, "malicious", True),
    ("good_faith", True, "misuse_seen", True),
    ("recovered", True, "misuse_seen", True),
)
# What a kind of incident says about one truth value.
_KINDS_SAY = (
    ("ransomware", "malicious"),
    ("malware", "malicious"),
    ("credential_stuffing", "malicious"),
    ("exfiltration", "exfiltrated"),
    ("outage", "unavailable"),
)
_ENDINGS = ("impact_ended", "handled", "resolved")
# A day begins 14 hours before it does in UTC at the earliest, and ends 12 hours later.
_EARLIEST, _LATEST = timedelta(hours=14), timedelta(hours=12)


def warnings(incident: Incident, now: datetime | None = None) -> tuple[str, ...]:
    """List what is odd in the facts, though possible: order, contradictions, the future.

    Only what is odd in every zone is listed. ``now`` is an aware instant; without it nothing
    is compared with it.

    >>> from regengine.facts import Happening
    >>> happened = Happening(exfiltrated=True, acquired=False)
    >>> warnings(Incident(reference="EX-1", incident=happened))
    ('incident.exfiltrated is true, but incident.acquired is false',)

    Raise ``ValueError`` for a naive ``now``.
    """
    if now is not None and now.utcoffset() is None:
        message = "now needs an offset"
        raise ValueError(message)
    found = [
        *_out_of_order(incident),
        *_contradictions(incident),
        *_odd_organisation(incident.organisation),
        *(text for group in incident.affected or () for text in _odd_group(group)),
        *_odd_holds(incident),
        *_odd_filings(incident),
        *(_in_future(incident, Moment.of(now)) if now is not None else ()),
    ]
    return tuple(dict.fromkeys(found))


def contradictions(incident: Incident) -> tuple[str, ...]:
    """List facts that cannot both be so; a subset of ``warnings``.

    >>> from regengine.facts import Happening
    >>> contradictions(Incident(reference="EX-1", incident=Happening(exfiltrated=True)))
    ()
    """
    return tuple(_contradictions(incident))


def _out_of_order(incident: Incident) -> Iterator[str]:
    for first, second in _ORDER:
        earlier, later = _taken(incident, first), _taken(incident, second)
        if earlier and later and all(_after(a, b) for a in earlier for b in later):
            yield (
                f"timeline.{second} ({_show(later[0])}) is before "
                f"timeline.{first} ({_show(earlier[0])})"
            )
    for name, candidates in incident.timeline.items():
        if len(candidates) > 1 and not any(one.chosen or one.laws for one in candidates):
            yield f"timeline.{name} has {len(candidates)} candidates and none is chosen"
    if {"harm_determined", "no_harm_determined"} <= incident.timeline.keys():
        yield "timeline.harm_determined and timeline.no_harm_determined are both given"


def _taken(incident: Incident, event: str) -> tuple[Moment, ...]:
    """List the moments at which an event may have been: the chosen one, else each."""
    candidates: tuple[Candidate, ...] = incident.timeline.get(event, ())
    chosen = [one for one in candidates if one.chosen and not one.laws]
    return tuple(one.at for one in chosen or candidates)


def _contradictions(incident: Incident) -> Iterator[str]:
    happened = incident.incident
    for one, value, other, against in _CONTRADICTIONS:
        if getattr(happened, one) is value and getattr(happened, other) is against:
            said, but = str(value).lower(), str(against).lower()
            yield f"incident.{one} is {said}, but incident.{other} is {but}"
    for kind, name in _KINDS_SAY:
        if kind in (happened.kinds or ()) and getattr(happened, name) is False:
            yield f"incident.kinds has {kind}, but incident.{name} is false"
    yield from _odd_course(happened)
    for ending in _ENDINGS:
        if happened.ongoing and ending in incident.timeline:
            yield f"incident.ongoing is true, but timeline.{ending} is given"


def _odd_course(happened: Happening) -> Iterator[str]:
    hours = happened.outage.hours if happened.outage else None
    if hours and happened.unavailable is False:
        yield "incident.outage has hours, but incident.unavailable is false"
    untouched = (happened.accessed, happened.acquired, happened.disclosed) == (False,) * 3
    if happened.misuse_seen and untouched:
        yield "incident.misuse_seen is true, but nothing was accessed, acquired or disclosed"
    yield from _twice("incident.kinds", happened.kinds, happened.kinds_possible)


def _odd_organisation(organisation: Organisation) -> Iterator[str]:
    present = organisation.establishments
    countries = {_country(place) for place in present or ()}
    seat, main = organisation.country, organisation.eu_main_establishment
    for place, name in ((seat, "the seat"), (main, "eu_main_establishment")):
        if place and present is not None and _country(place) not in countries:
            yield f"organisation.establishments does not name {name}, {place}"
    possible = organisation.regimes_possible
    if isinstance(possible, tuple):
        yield from _twice("organisation.regimes", organisation.regimes, possible)


def _country(place: str) -> str:
    return place.partition("-")[0]


def _twice(place: str, sure: tuple[str, ...] | None, possible: tuple[str, ...]) -> Iterator[str]:
    for word in possible:
        if word in (sure or ()):
            yield f"{place} and {place}_possible both name {word}; it counts as certain"
    if sure is None and possible:
        yield f"{place} is unknown, so {place}_possible adds nothing"


def _odd_group(group: Group) -> Iterator[str]:
    if group.data == () and not group.data_possible:
        yield f"affected.{group.group}.data is an empty list: it says that no data are involved"
    place = f"affected.{group.group}"
    people = any(count.at_least > 0 for count in (group.people or {}).values())
    if group.data == ("none",) and people:
        yield f"{place} names people, but its data are none"
    if group.key_taken and group.encrypted is False:
        yield f"{place}.key_taken is true, but {place}.encrypted is false"
    yield from _twice(f"{place}.data", group.data, group.data_possible)


def _odd_holds(incident: Incident) -> Iterator[str]:
    for index, hold in enumerate(incident.law_enforcement.delays):
        if hold.from_ and hold.until and _after(hold.from_, hold.until):
            yield (
                f"law_enforcement.delays[{index}] ends ({_show(hold.until)}) "
                f"before it begins ({_show(hold.from_)})"
            )


def _odd_filings(incident: Incident) -> Iterator[str]:
    known = [moment for event in incident.timeline for moment in _taken(incident, event)]
    for index, filing in enumerate(incident.filings):
        if known and all(_after(moment, filing.at) for moment in known):
            yield f"filings[{index}] ({_show(filing.at)}) is before every event of the timeline"


def _in_future(incident: Incident, now: Moment) -> Iterator[str]:
    for event in incident.timeline:
        for moment in _taken(incident, event):
            if _after(moment, now):
                yield f"timeline.{event} ({_show(moment)}) is after now ({_show(now)})"
    for index, filing in enumerate(incident.filings):
        if _after(filing.at, now):
            yield f"filings[{index}] ({_show(filing.at)}) is after now ({_show(now)})"


def _after(one: Moment, other: Moment) -> bool:
    """Tell whether a moment is after another in every zone that they may be meant in."""
    if one.day is not None and other.day is not None:
        return one.day > _last_day(other, other.day)
    return _begin(one) > _end(other)


def _last_day(moment: Moment, day: date) -> date:
    return (
        day.replace(day=monthrange(day.year, day.month)[1]) if moment.precision == "month" else day
    )


def _begin(moment: Moment) -> datetime:
    return moment.at or _midnight(moment.day or date.min) - _EARLIEST


def _end(moment: Moment) -> datetime:
    day = moment.day or date.min
    return moment.at or _midnight(_last_day(moment, day)) + timedelta(days=1) + _LATEST


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _show(moment: Moment) -> str:
    if moment.at is not None:
        return moment.at.isoformat()
    return str(moment.day)[: len("2026-11") if moment.precision == "month" else None]
