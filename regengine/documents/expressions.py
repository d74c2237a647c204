"""What the expressions of templates may ask of one matter.

They run in Jinja's sandbox over the names of ``names_for``. A fact that is not known is
``None`` there, never an error, while a misspelt one is; ``either``, ``both`` and ``nay``
join answers so that an unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

from regengine.assessment import WENT_OUT, Filed, Result
from regengine.documents.content import (
    FILLS,
    UNKNOWN,
    Filled,
    Matter,
    answered,
    discovery,
    filled,
    happening,
    headcount,
    instant_of,
    named,
    people_by_place,
)
from regengine.documents.outputs import address_of, label, phrase, place_name, residence, table
from regengine.documents.paper import gap
from regengine.documents.templates import TemplateFaultError
from regengine.documents.wording import joined, labels, range_text, sentence
from regengine.errors import Fault, InputError, suggest
from regengine.facts import Delay, Group, Moment
from regengine.places import load as load_places
from regengine.timeline import has_prefix
from regengine.truth import Range, Truth, every, some


class BarredError(InputError):
    """A notice that would say what its law forbids."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__([Fault(key, "", message)])


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    # Plain text, escaped when the page is laid out.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False
    )  # reason: text, not html


@cache
def _expression(source: str) -> Callable[..., Any]:
    return _environment().compile_expression(source, undefined_to_none=False)


def _told(truth: Truth) -> bool | None:
    return None if truth is Truth.UNKNOWN else truth is Truth.TRUE


def either(*values: bool | None) -> bool | None:
    """Join by "or"; ``None`` where an unknown could still make it true.

    >>> either(True, None), either(False, None), either(False, False)
    (True, None, False)
    """
    return _told(some(Truth.of(value) for value in values))


def both(*values: bool | None) -> bool | None:
    """Join by "and"; ``None`` where an unknown could still make it false.

    >>> both(True, None), both(False, None), both(True, True)
    (None, False, True)
    """
    return _told(every(Truth.of(value) for value in values))


def nay(value: bool | None) -> bool | None:
    """Turn an answer round; what is not known stays so.

    >>> nay(True), nay(None)
    (False, None)
    """
    return None if value is None else not value


def _read(matter: Matter, path: str) -> object:
    """Read a fact for printing; a range becomes words."""
    found = _walk(matter, path)
    return range_text(found) if isinstance(found, Range) else found


def _walk(matter: Matter, path: str) -> object:
    """Walk to a fact; ``None`` while unknown, ``AttributeError`` for a wrong path."""
    found: object = matter.incident
    for part in path.split("."):
        if found is None:
            return None
        if isinstance(found, Mapping):
            found = found.get(part)
            continue
        names = type(found).model_fields if isinstance(found, BaseModel) else {}
        name = f"{part}_" if f"{part}_" in names else part
        if name not in names:
            message = f'no fact "{path}" (at "{part}")'
            raise AttributeError(message)
        found = getattr(found, name)
    return found


def _with_gap(sentence_: Filled, key: str) -> str:
    """Mark in a sentence what is missing of it; all of it where nothing is known."""
    if sentence_.text is None:
        return gap(label("fills", key))
    missing = gap(phrase("in_full", item=label("fills", key)))
    return sentence_.text if sentence_.known else f"{sentence_.text} {missing}"


def _stands(delay: Delay, notices: Iterable[Result]) -> bool:
    """Say whether a request of law enforcement, not refused, may reach one of these notices."""
    reached = not delay.laws or any(has_prefix(x.id, y) for x in notices for y in delay.laws)
    return reached and delay.granted is not False


def _held_together(group: Group, lists: Iterable[set[str]]) -> bool | None:
    """Say whether a group's data held one element of each list."""
    if group.data is None:
        return None
    certain, possible = set(group.data) - set(group.data_possible), set(group.data_possible)
    return both(*(True if certain & x else (None if possible & x else False) for x in lists))


_OWN_SIGNS = ("suspected", "detected", "aware", "discovered")
_AREAS = ("EU", "EEA")  # of several countries: people there are told country by country


def _country(place: str) -> str:
    """Find the country of a part or an overseas place; an area, or nowhere, stays itself."""
    if place == "unknown":
        return place
    return load_places()[place].law_of or place.partition("-")[0]


def _by_country(groups: Iterable[Group]) -> list[Group]:
    """Add up the people of each group by country."""
    found = []
    for group in groups:
        people: dict[str, Range] = {}
        for place, count in (group.people or {}).items():
            people[_country(place)] = people.get(_country(place), Range(0, 0)) + count
        found.append(group.model_copy(update={"people": people}))
    return found


class _Asked:
    """What a template's expressions may ask of one matter; ``None`` means not known."""

    def __init__(self, matter: Matter, bars: frozenset[str]) -> None:
        self.matter, self.bars = matter, bars
        self.happening = matter.incident.incident

    # -- items ----------------------------------------------------------------------

    def filled(self, key: str) -> Filled:
        if key in self.bars:
            raise BarredError(self.matter.result.key, f'the law forbids "{key}" in this notice')
        return filled(key, self.matter) if key in FILLS else self._asked_for(key)

    def _asked_for(self, key: str) -> Filled:
        """Answer a question of filing/questions.toml: by an answer, else by its expression."""
        asked = questions()
        if key not in asked:
            message = f'unknown item "{key}"{suggest(key, (*FILLS, *asked))}'
            raise KeyError(message)
        given = answered(key, self.matter)
        if given is not None:
            return given
        source = asked[key].get("value")
        if source is None:
            return UNKNOWN
        lines = lines_of(evaluate(source, self.names(), f"filing/questions.toml: {key}"))
        return Filled("\n".join(lines), known=True) if lines else UNKNOWN

    def fill(self, key: str) -> str | None:
        return self.filled(key).text

    def told(self, key: str) -> str | None:
        """Say an item, and mark what it lacks: for a field that holds several."""
        found = self.filled(key)
        if found.known or key in FILLS:
            return found.text if found.known else _with_gap(found, key)
        return gap(str(questions()[key]["ask"]))

    def known(self, key: str) -> bool:
        return self.filled(key).known

    def answer(self, key: str) -> object:
        return self.matter.incident.answers.get(key)

    # -- facts ----------------------------------------------------------------------

    def fact(self, path: str) -> object:
        return _read(self.matter, path)

    def kind(self, *words: str) -> bool | None:
        """Say whether it was of one of these kinds."""
        kinds, possible = self.happening.kinds, self.happening.kinds_possible
        if kinds is not None and set(kinds) & set(words) - set(possible):
            return True
        return None if kinds is None or set(possible) & set(words) else False

    def data(self, *words: str) -> bool | None:
        """Say whether one of these data elements was involved."""
        groups = self.matter.groups()
        if self.held(*words):
            return True
        unsettled = any(
            group.data is None or set(group.data_possible) & set(words) for group in groups
        )
        return None if unsettled or not groups else False

    def together(self, *lists: Iterable[str]) -> bool | None:
        """Say whether the same people's data held one element of each list."""
        wanted = [set(words) for words in lists]
        groups = self.matter.groups()
        return either(*(_held_together(group, wanted) for group in groups)) if groups else None

    def held(self, *words: str) -> list[str]:
        present = {
            word
            for group in self.matter.groups()
            for word in group.data or ()
            if word not in group.data_possible
        }
        return [word for word in words if word in present]

    def data_only(self, *words: str) -> bool | None:
        """Say whether no other data elements than these were involved."""
        groups = self.matter.groups()
        if not groups or any(group.data is None for group in groups):
            return None
        involved = {
            word for group in groups for word in (*(group.data or ()), *group.data_possible)
        }
        return involved <= set(words)

    def regime(self, name: str) -> bool | None:
        """Say whether a status under special law holds."""
        organisation = self.matter.incident.organisation
        if organisation.regimes is None or organisation.regimes_possible == "unknown":
            return True if name in (organisation.regimes or ()) else None
        if name in organisation.regimes:
            return True
        return None if name in organisation.regimes_possible else False

    def sector(self, *words: str) -> bool | None:
        """Say whether the organisation works in one of these sectors."""
        own = self.matter.incident.organisation.sector
        return None if own is None else own in words

    def judgement(self, name: str) -> str | None:
        given = self.matter.incident.judgements.get(name)
        return given.value if given else None

    def judgement_why(self, name: str) -> str | None:
        given = self.matter.incident.judgements.get(name)
        return given.why if given else None

    def judged(self, name: str, operator: str = "=", threshold: float | None = None) -> bool | None:
        """Say whether a conclusion is a yes, or its number compares so."""
        given = self.judgement(name)
        if given is None or threshold is None:
            return {"true": True, "false": False}.get(given or "")
        return _compared(Range.exactly(float(given)), operator, threshold)

    def compare(self, path: str, operator: str, threshold: float) -> bool | None:
        return _compared(_walk(self.matter, path), operator, threshold)

    def people(self, operator: str, threshold: float) -> bool | None:
        """Compare the number of people of this duty with a threshold."""
        counted = self.matter.result.people
        return _compared(Range(counted.at_least, counted.at_most), operator, threshold)

    def everyone(self, operator: str, threshold: float) -> bool | None:
        """Compare the number of people of the whole incident with a threshold."""
        affected = self.matter.incident.affected
        if affected is None:
            return None
        return _compared(headcount(affected), operator, threshold)

    def sealed(self) -> bool | None:
        """Say whether nobody's data could be read; ``None`` where not known, or of some only.

        Sealed: redacted, or encrypted with the key safe. Not sealed: neither, for everybody.
        """
        groups = self.matter.groups()
        sealed = [either(x.redacted, both(x.encrypted is True, nay(x.key_taken))) for x in groups]
        plain = [x.encrypted is False and x.redacted is False for x in groups]
        if not groups:
            return None
        return True if both(*sealed) else (False if all(plain) else None)

    def countries_within(self, area: str) -> list[str]:
        """List the countries of an area in which people are affected."""
        # People of whom only the area is known name no country.
        return [place_name(place) for place, _ in self._within(area) if place not in _AREAS]

    def seats_within(self, area: str) -> list[str]:
        """List the countries of an area in which there are establishments, each once."""
        places, seats = load_places(), self.matter.incident.organisation.establishments
        found = [_country(seat) for seat in seats or () if places.within(seat, area)]
        return [place_name(seat) for seat in dict.fromkeys(found)]

    def people_within(self, area: str) -> list[str]:
        """Count the people of an area, a line for each of its countries."""
        return [
            phrase("place_line", place=residence(place), count=range_text(count))
            for place, count in self._within(area)
        ]

    def _within(self, area: str) -> list[tuple[str, Range]]:
        places = load_places()
        groups = self.matter.groups()
        return [
            (place, count)
            for place, count in people_by_place(_by_country(groups) if area in _AREAS else groups)
            if place != "unknown" and count.at_most != 0 and places.within(place, area)
        ]

    def people_in(self, *places: str) -> str | None:
        """Count the people of places (codes) in words; ``None`` where nothing is known."""
        affected = self.matter.incident.affected
        if affected is None or any(group.people is None for group in affected):
            return None
        counts = dict(people_by_place(affected))
        total = sum((counts.get(place, Range(0, 0)) for place in places), Range(0, 0))
        return range_text(total)

    def touched_countries(self, area: str) -> int:
        """Count the countries of an area in which somebody is certainly affected."""
        places = load_places()
        found = {
            _country(place)
            for place, count in people_by_place(self.matter.incident.affected or ())
            if place != "unknown" and count.at_least > 0 and places.within(place, area)
        }
        return len(found)

    def touched(self, area: str) -> bool | None:
        """Say whether somebody in an area is certainly affected: nothing shows that none is."""
        return self.touched_countries(area) > 0 or None

    # -- time -----------------------------------------------------------------------

    def _first(self, events: Iterable[str]) -> Moment | None:
        found = (self.matter.moment(event) for event in events)
        return next((moment for moment in found if moment is not None), None)

    def moment(self, *events: str, zone: str | None = None) -> str | None:
        """Say when the first of these events that is on record happened."""
        found = self._first(events)
        return self.matter.say(found, zone) if found else None

    def clock_start(self, *events: str) -> str | None:
        """Say, by its own name, from which of these events this duty's clock runs.

        A day alone is the one from which days are counted: that of the recipient's zone
        where it is earlier than the organisation's own.
        """
        starts = self.matter.result.deadline.starts
        for event in events:
            found = self._first([event])
            if found is not None and starts is not None and self._is_at(found, starts.at):
                at = self.matter.say(found)
                if self.matter.days_only and found.at is not None:
                    at = self.matter.say(Moment.of(self._first_day(found)))
                return phrase("event_line", event=label("events", event), at=at)
        return None

    def _is_at(self, moment: Moment, instant: datetime | None) -> bool:
        """Say whether an instant is this moment; a day begins where the organisation is."""
        if moment.at is not None or instant is None:
            return instant is not None and moment.at == instant
        return self.matter.local_day(Moment.of(instant)) == moment.day

    def _first_day(self, moment: Moment) -> date:
        theirs = self.matter.result.deadline.zone
        return min(self.matter.local_day(moment), self.matter.local_day(moment, theirs))

    def instant(self, *events: str) -> str | None:
        """Write the same instant for machines, in UTC; ``None`` for what has only a date."""
        found = self._first(events)
        if found is None or found.at is None:
            return None
        return found.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def iso_day(self, *events: str) -> str | None:
        """Write the calendar date of an event for machines."""
        found = self._first(events)
        if found is None or found.precision == "month":
            return None
        return self.matter.local_day(found).isoformat()

    def hours_between(self, start: str, end: str) -> float | None:
        """Count the hours between two events that are known to the minute."""
        first, last = self._first([start]), self._first([end])
        if first is None or last is None or first.at is None or last.at is None:
            return None
        return round((last.at - first.at).total_seconds() / 3600, 2)

    def clock(self, hours: float | None) -> str | None:
        """Write hours as days, hours and minutes (DD:HH:MM)."""
        if hours is None:
            return None
        minutes = round(hours * 60)
        return f"{minutes // 1440:02}:{minutes // 60 % 24:02}:{minutes % 60:02}"

    def told_first(self) -> bool:
        """Say whether a processor's or vendor's notice came before all that we knew ourselves."""
        told = self.matter.moment("processor_told")
        own = [x for x in _OWN_SIGNS if self.passed(x)]
        return told is not None and all(
            found is not None and self._not_before(found, told)
            for found in map(self.matter.moment, own)
        )

    def _not_before(self, later: Moment, first: Moment) -> bool:
        """Say whether a moment is certainly not before another; the same day counts as that."""
        if later.at is not None and first.at is not None:
            return later.at >= first.at
        if first.precision == "month":
            return False
        return self.matter.local_day(later) >= self.matter.local_day(first)

    def passed(self, event: str) -> bool:
        """Say whether an event is on record as having happened."""
        return bool(self.matter.incident.timeline.get(event))

    def named(self, event: str, zone: str | None = None) -> str | None:
        return named(self.matter, event, zone)

    def happened(self) -> str:
        return _with_gap(happening(self.matter), "occurred")

    def found(self) -> str:
        return _with_gap(discovery(self.matter), "discovered")

    def moment_text_of(self, filed: Filed) -> str:
        return self.matter.say(Moment.of(filed.at))

    # -- other notices --------------------------------------------------------------

    def _others(self, kind: str, *, here: bool, ids: str = "*") -> list[Result]:
        assessment = self.matter.assessment
        place = self.matter.result.jurisdiction
        return [
            other
            for other in (assessment.obligations if assessment else ())
            if other.recipient.kind == kind
            and (not here or other.jurisdiction == place)
            and fnmatchcase(other.id, ids)
            and other.key != self.matter.result.key
        ]

    def owed(self, kind: str, *, here: bool = True, ids: str = "*") -> bool | None:
        """Say whether a notice to recipients of this kind is owed (in this place).

        ``ids`` is a pattern of the duties that are meant: one law's alone.
        """
        if self.matter.assessment is None:
            return None
        statuses = {other.status for other in self._others(kind, here=here, ids=ids)}
        if "required" in statuses:
            return True
        return None if "possible" in statuses else False

    def sent(self, kind: str, *, here: bool = True, ids: str = "*") -> str | None:
        """Say when the first notice to recipients of this kind went out (in this place)."""
        filed = [
            filed
            for other in self._others(kind, here=here, ids=ids)
            for filed in other.filed
            if filed.how in WENT_OUT
        ]
        moments = sorted((Moment.of(one.at) for one in filed), key=instant_of)
        return self.matter.say(moments[0]) if moments else None

    def number_sent(self, kind: str) -> str | None:
        """Count whom notices of one duty to recipients of this kind (in this place) told.

        ``None`` where a notice on record has no number, or several duties may have told the
        same people.
        """
        ids = {other.id for other in self._others(kind, here=True)}
        sent = [
            filing
            for filing in self.matter.incident.filings
            if filing.obligation in ids
            and filing.how in WENT_OUT
            and filing.jurisdiction in (None, self.matter.result.jurisdiction)
        ]
        counts = [filing.people for filing in sent if filing.people is not None]
        if not sent or len(counts) < len(sent) or len({x.obligation for x in sent}) > 1:
            return None
        return f"{sum(counts):,}"

    def places_sent(self, kind: str, *, ids: str = "*") -> list[str]:
        """List the places in which a notice to recipients of this kind went out."""
        return [
            place_name(other.jurisdiction)
            for other in self._others(kind, here=False, ids=ids)
            if other.went_out
        ]

    def delayed(self, kind: str | None = None) -> bool | None:
        """Say whether law enforcement holds this notice, or those of a kind here, back.

        ``None`` too where a request stands that no law lets count, or that may be granted yet:
        somebody may have waited for it.
        """
        notices = [self.matter.result] if kind is None else self._others(kind, here=True)
        if any(held.counts for notice in notices for held in notice.deadline.held):
            return True
        asked = self.matter.incident.law_enforcement.delays
        standing = any(_stands(delay, notices) for delay in asked)
        return False if asked and notices and not standing else None

    def first_notice(self) -> bool | None:
        """Say whether no earlier notice of this duty is on record."""
        if self.matter.assessment is None:
            return None
        return not self.matter.result.went_out

    def late(self) -> bool | None:
        """Say whether this notice comes after its due instant."""
        deadline = self.matter.result.deadline
        if deadline.due_at is None or self.matter.now is None:
            return None
        if deadline.starts is not None and deadline.starts.assumed:
            return None  # the true start may make it late, or in time
        return bool(deadline.late_by)

    def same_duty(self) -> list[str]:
        """List who else is owed this duty."""
        result, assessment = self.matter.result, self.matter.assessment
        return [
            other.recipient.name
            for other in (assessment.obligations if assessment else ())
            if other.id == result.id and other.key != result.key and other.status == "required"
        ]

    def exact_total(self) -> bool | None:
        """Say whether the facts give one number; ``None`` where an answer in words leads."""
        if answered("people_total", self.matter) is not None:
            return None
        people = headcount(self.matter.incident.affected or ())
        return people.at_least == people.at_most

    def names(self) -> dict[str, Any]:
        matter, groups = self.matter, self.matter.groups()
        total = headcount(matter.incident.affected or ())
        counted = matter.incident.affected is not None
        children = [group.children for group in groups]
        return {
            **{name: getattr(self, name) for name in _ASKED},
            "result": matter.result,
            "us": matter.american,
            "place": place_name(matter.result.jurisdiction),
            "address": address_of(matter.incident.organisation),
            "place_of": lambda code: place_name(code) if code else None,
            "place_names": lambda codes: joined(place_name(code) for code in codes or ()),
            "places": [
                phrase("place_line", place=residence(code), count=range_text(count))
                for code, count in people_by_place(groups)
            ],
            "children": either(*children) if groups else None,
            "group_labels": [group.label or group.group for group in groups],
            "exact_total": self.exact_total(),
            "fewest": (total.at_least or None) if counted else None,
            "most": total.at_most if counted else None,
            "same_duty": self.same_duty(),
            "told_before": [x for x in matter.result.filed if x.how in WENT_OUT],
            "withdrawn": matter.withdrawn,
            "stage": matter.stage,
            "open_items": 0,
            "barred": self.bars,
            "gap": lambda text: text,
            "missing": gap,
            "either": either,
            "both": both,
            "nay": nay,
            "joined": joined,
            "label": label,
            "labels": labels,
            "sentence": sentence,
        }


_ASKED = (
    "fill", "known", "fact", "kind", "data", "data_only", "held", "regime", "judgement",
    "judgement_why", "judged", "touched", "touched_countries", "clock",
    "compare", "people", "everyone", "people_in", "moment", "instant",
    "iso_day", "hours_between", "passed", "named", "happened", "found", "moment_text_of",
    "owed", "sent", "delayed", "late", "answer", "together", "sector", "first_notice", "told",
    "sealed", "countries_within", "seats_within", "people_within", "clock_start", "places_sent",
    "number_sent", "told_first",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words


def _compared(count: object, operator: str, threshold: float) -> bool | None:
    return _told(count.compare(operator, threshold)) if isinstance(count, Range) else None


def questions() -> dict[str, dict[str, Any]]:
    """Return what several forms ask and no law's item names, by key."""
    found: dict[str, dict[str, Any]] = table("filing/questions.toml")["question"]
    return found


def names_for(matter: Matter, bars: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the names that a template's expressions may use."""
    return _Asked(matter, bars).names()


def evaluate(source: str, names: Mapping[str, Any], place: str) -> Any:
    """Evaluate one expression; ``place`` names it in the fault of a template."""
    try:
        return _expression(source)(**names)
    except BarredError:
        raise
    except Exception as error:
        message = f"{place}: {source!r}: {error}"
        raise TemplateFaultError(message) from error


def words(source: str, names: Mapping[str, Any], place: str) -> str:
    """Fill one running text of a template."""
    try:
        return _environment().from_string(source).render(**names).strip()
    except BarredError:
        raise
    except Exception as error:
        message = f"{place}: {source!r}: {error}"
        raise TemplateFaultError(message) from error


def truth_of(condition: str | None, names: Mapping[str, Any], place: str) -> bool | None:
    """Decide a condition; none at all holds, and what is not known is ``None``."""
    if condition is None:
        return True
    found = evaluate(condition, names, place)
    return None if found is None else bool(found)


def holds(condition: str | None, names: Mapping[str, Any], place: str) -> bool:
    """Say whether something is to be printed: what is not known yet is."""
    return truth_of(condition, names, place) is not False


def lines_of(value: object) -> tuple[str, ...]:
    """Write a value as lines: nothing for what is not known."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(line for line in value.split("\n") if line.strip())
    if isinstance(value, bool):
        return (label("judgement_values", str(value).lower()),)
    if isinstance(value, list | tuple):
        # An item may itself hold several lines: a course of events among other answers.
        return tuple(line for item in value for line in str(item).split("\n") if line.strip())
    return (str(value),)
