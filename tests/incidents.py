"""Random incidents of which much is unknown, and every way to learn what is unknown.

A slot is one unknown fact under the path that results use for it. Settling it gives the
incident with that fact known; what follows from it (an exfiltration is an acquisition) is
settled with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from regengine.corpus import Corpus
from regengine.facts import (
    Candidate,
    Consultation,
    Group,
    Happening,
    Incident,
    JudgementGiven,
    Loss,
    Moment,
    Organisation,
    Outage,
    Vendor,
    Vulnerability,
)
from regengine.law import Judgement
from regengine.people import ANYWHERE
from regengine.truth import Range

TRUTHS = (
    "malicious", "accessed", "acquired", "exfiltrated", "disclosed", "altered", "lost",
    "unavailable", "good_faith", "misuse_seen", "recovered", "ongoing",
)  # fmt: skip
STATES = ("encrypted", "key_taken", "redacted", "children")
KINDS = ("ransomware", "intrusion", "misdirected", "lost_device", "lost_paper", "vendor", "other")
ELECTRONIC = {"ransomware", "intrusion", "lost_device"}
ELEMENTS = (
    "name", "email", "ssn", "drivers_license", "national_id", "financial_account",
    "financial_account_code", "card_number", "card_code", "medical", "health_insurance_id",
    "biometric", "username", "password", "dob", "health", "phi", "npi", "tax_id", "none",
)  # fmt: skip
SECTORS = ("bank", "health", "retail", "telecom", "insurance", "energy")
ROLES = ("controller", "joint_controller", "processor")

# Countries whose parts have laws of their own: their people live in some part.
PARTS = {"US": ("US-CA", "US-TX", "US-MT"), "CA": ("CA-QC", "CA-ON")}
WIDE = (ANYWHERE, *PARTS)

Settle = Callable[[Random], Incident]


@dataclass(frozen=True)
class Slot:
    """An unknown fact and how to learn it."""

    path: str
    settle: Settle


@dataclass(frozen=True)
class Generator:
    """Makes incidents in the words of one corpus."""

    corpus: Corpus

    # -- what is known -------------------------------------------------------------

    def incident(self, random: Random) -> Incident:
        """Make an incident of which roughly half is known."""
        shy = random.choice((0.15, 0.4, 0.7))  # how much stays unknown

        def maybe(make: Callable[[], Any], odds: float = shy) -> Any:
            return None if random.random() < odds else make()

        places = self._places(random)
        return Incident(
            reference="R",
            organisation=self._organisation(random, places, maybe),
            timeline=self._timeline(random),
            incident=self._happening(random, maybe),
            affected=maybe(lambda: self._groups(random, places, maybe), 0.05),
            records=maybe(lambda: _range(random)),
            judgements=self._judged(random, shy, maybe),
        )

    def _places(self, random: Random) -> list[str]:
        known = sorted(self.corpus.places_with_law - {"EU", "EEA"})
        extra = ["DE-BY", "RE", "FR", "US-MT", "MX", "US-GU"]
        return random.sample(known, random.randint(1, 4)) + random.sample(extra, 1)

    def _organisation(self, random: Random, places: list[str], maybe: Any) -> Organisation:
        regimes = sorted(self.corpus.regimes)
        country = random.choice(places)
        held = tuple(random.sample(regimes, random.choice((0, 1, 1, 2, 3))))
        others = [name for name in regimes if name not in held]
        possible = random.choice(((), tuple(random.sample(others, 2)), "unknown"))
        given = maybe(lambda: held)
        return Organisation(
            country=country,
            zone="UTC",
            establishments=maybe(lambda: (country, *random.sample(places, 1))),
            operates_in=maybe(lambda: tuple(random.sample(places, 1))),
            eu_main_establishment=None,
            role=maybe(lambda: tuple(sorted({"controller", random.choice(ROLES)}))),
            sector=maybe(lambda: random.choice(SECTORS)),
            regimes=given,
            regimes_possible=() if given is None else possible,
            public=maybe(lambda: random.random() < 0.3),
            employees=maybe(lambda: _range(random)),
        )

    def _timeline(self, random: Random) -> dict[str, tuple[Candidate, ...]]:
        year = random.choice((2026, 2026, 2026, 2025, 2023))
        day = datetime(year, random.randint(1, 11), random.randint(1, 20), 12, tzinfo=UTC)
        names = ["discovered", *random.sample(["aware", "determined", "materiality_determined"], 1)]
        return {name: (Candidate(at=Moment.of(day)),) for name in names}

    def _happening(self, random: Random, maybe: Any) -> Happening:
        facts: dict[str, Any] = {name: maybe(lambda: random.random() < 0.5) for name in TRUTHS}
        if random.random() < 0.6:  # what most laws call a breach
            facts |= {"accessed": True, "acquired": True, "good_faith": False}
        if facts["exfiltrated"] and facts["acquired"] is False:
            facts["acquired"] = True
        kinds = maybe(lambda: tuple(random.sample(KINDS, random.choice((1, 2)))))
        media = maybe(lambda: _media(random, kinds))
        return Happening(
            kinds=kinds,
            kinds_possible=random.choice(((), ("other",))) if kinds else (),
            media=media,
            outage=maybe(lambda: Outage(hours=maybe(lambda: random.choice((1, 24, 30))))),
            loss=maybe(lambda: Loss(amount=maybe(lambda: 500_000.0))),
            **facts,
        )

    def _groups(self, random: Random, places: list[str], maybe: Any) -> tuple[Group, ...]:
        return tuple(
            self._group(random, f"g{number}", places, maybe)
            for number in range(random.choice((0, 1, 1, 1, 2, 2, 3)))
        )

    def _group(self, random: Random, name: str, places: list[str], maybe: Any) -> Group:
        people = {place: maybe(lambda: _range(random)) or Range() for place in places}
        people = {place: people[place] for place in places if random.random() < 0.7}
        if random.random() < 0.3:
            people["US"] = _range(random)
        if random.random() < 0.3:
            people[ANYWHERE] = _range(random)
        usual = random.choice(((), ("name", "ssn"), ("name", "medical", "phi")))
        data = maybe(lambda: (*usual, *random.sample(ELEMENTS, random.randint(0, 4))))
        encrypted = maybe(
            lambda: (
                random.choice((True, False, False, tuple(random.sample(data or ELEMENTS, 1))[:1]))
                if data != ()
                else False
            )
        )
        return Group(
            group=name,
            people=maybe(lambda: people, 0.05),
            data=data,
            data_possible=() if data is None else random.choice(((), ("ssn", "medical"))),
            encrypted=encrypted,
            key_taken=maybe(lambda: random.random() < 0.5),
            redacted=maybe(lambda: random.random() < 0.3),
            children=maybe(lambda: random.random() < 0.3),
            role=maybe(lambda: (random.choice(ROLES),), 0.8),
            overlaps=random.random() < 0.2,
        )

    def _judged(self, random: Random, shy: float, maybe: Any) -> dict[str, JudgementGiven]:
        found = {}
        for name, declared in sorted(self.corpus.judgements.items()):
            if random.random() < shy:
                continue
            found[name] = JudgementGiven(
                value=self._answer(random, declared),
                written=maybe(lambda: random.random() < 0.7),
                consulted=maybe(lambda: self._consulted(random)),
            )
        return found

    def _answer(self, random: Random, declared: Judgement) -> str:
        if declared.type == "date":
            return random.choice(("2024-06-01", "2026-12-31"))
        return "2" if declared.type == "number" else random.choice(declared.values)

    def _consulted(self, random: Random) -> tuple[Consultation, ...]:
        asked = random.choice(("", "us.al.attorney_general", "law enforcement"))
        return (Consultation(authority=asked),) if asked else ()

    # -- what is not known ---------------------------------------------------------

    def slots(self, incident: Incident, near: tuple[str, ...] = ()) -> list[Slot]:
        """List the unknown facts of an incident, each with the way to learn it.

        People of unknown residence turn up in the places ``near`` more often than elsewhere.
        """
        return [
            *self._happening_slots(incident),
            *self._organisation_slots(incident),
            *self._regime_slots(incident),
            *self._judgement_slots(incident),
            *self._group_slots(incident, near * 4 or incident.places_named),
        ]

    def _happening_slots(self, incident: Incident) -> Iterator[Slot]:
        happening = incident.incident
        for name in TRUTHS:
            if getattr(happening, name) is None:
                yield Slot(f"incident.{name}", _truth_settler(incident, name))
        if happening.kinds is None or happening.kinds_possible:
            yield Slot("incident.kinds", lambda random: _learn_kinds(incident, random))
        if happening.media is None:
            yield Slot("incident.media", lambda random: _learn_media(incident, random))
        yield from _part_slots(incident, "outage", Outage, _OUTAGE)
        yield from _part_slots(incident, "loss", Loss, _LOSS)
        yield from _part_slots(incident, "vulnerability", Vulnerability, _VULNERABILITY)
        yield from _part_slots(incident, "vendor", Vendor, _VENDOR)

    def _organisation_slots(self, incident: Incident) -> Iterator[Slot]:
        organisation = incident.organisation
        for name, make in _ORGANISATION.items():
            if getattr(organisation, name) is None:
                yield Slot(f"organisation.{name}", _organisation_settler(incident, name, make))
        if organisation.employees and not _exact(organisation.employees):
            held = organisation.employees
            yield Slot(
                "organisation.employees",
                lambda random: _organised(incident, employees=_within(held, random)),
            )
        records = incident.records
        if records is None or not _exact(records):
            yield Slot(
                "records",
                lambda random: incident.model_copy(
                    update={"records": _within(records or Range(), random)}
                ),
            )
        inside = [
            place
            for place in incident.organisation.establishments or ()
            if self.corpus.world.covers("EEA", place)
        ]
        outside = not self.corpus.world.covers("EEA", organisation.country or "")
        if len(inside) > 1 and outside and organisation.eu_main_establishment is None:
            yield Slot(
                "organisation.eu_main_establishment",
                lambda random: _organised(incident, eu_main_establishment=random.choice(inside)),
            )

    def _regime_slots(self, incident: Incident) -> Iterator[Slot]:
        for name in self._open_regimes(incident):
            yield Slot(f"organisation.regimes.{name}", self._regime_settler(incident, name))

    def _open_regimes(self, incident: Incident) -> list[str]:
        organisation = incident.organisation
        held = self.implied(organisation.regimes or ())
        if organisation.regimes is None or organisation.regimes_possible == "unknown":
            return sorted(set(self.corpus.regimes) - held)
        return sorted(set(organisation.regimes_possible) - held)

    def implied(self, names: tuple[str, ...]) -> set[str]:
        found = set(names)
        while (
            more := {other for name in found for other in self.corpus.regimes[name].implies} - found
        ):
            found |= more
        return found

    def _regime_settler(self, incident: Incident, name: str) -> Settle:
        def settle(random: Random) -> Incident:
            still = set(self._open_regimes(incident)) - {name}
            held = set(incident.organisation.regimes or ())
            if random.random() < 0.4:
                held |= self.implied((name,))
            else:  # what would bring it with it cannot hold either
                still -= {each for each in still if name in self.implied((each,))}
            return _organised(
                incident,
                regimes=tuple(sorted(held)),
                regimes_possible=tuple(sorted(still - held)),
            )

        return settle

    def _judgement_slots(self, incident: Incident) -> Iterator[Slot]:
        for name in sorted(self.corpus.judgements):
            yield from self._judgement(incident, name)

    def _judgement(self, incident: Incident, name: str) -> Iterator[Slot]:
        given = incident.judgements.get(name)
        if given is None or given.value is None:
            if not self._stands_in(incident, name):
                declared = self.corpus.judgements[name]
                yield Slot(f"judgements.{name}", self._judge(incident, name, declared))
            return
        if given.written is None:
            yield Slot(
                f"judgements.{name}.written",
                _amend(incident, name, lambda random: {"written": random.random() < 0.5}),
            )
        if given.consulted is None:
            yield Slot(
                f"judgements.{name}.consulted",
                _amend(incident, name, lambda random: {"consulted": self._consulted(random)}),
            )

    def _stands_in(self, incident: Incident, name: str) -> bool:
        """Tell whether another judgement's answer stands for this one."""
        return any(
            other in incident.judgements and incident.judgements[other].value in mapping
            for other, mapping in self.corpus.judgements[name].falls_back.items()
        )

    def _stood_for(self, incident: Incident) -> dict[str, str]:
        """List the answers that others give by standing for them."""
        found = {}
        for name, declared in self.corpus.judgements.items():
            for other, mapping in declared.falls_back.items():
                given = incident.judgements.get(other)
                if name not in incident.judgements and given and given.value in mapping:
                    found.setdefault(name, mapping[given.value])
        return found

    def _judge(self, incident: Incident, name: str, declared: Judgement) -> Settle:
        def settle(random: Random) -> Incident:
            given = incident.judgements.get(name, JudgementGiven())
            held = self._stood_for(incident)
            for _ in range(12):  # an answer beside which those that stand for others still do
                judged = given.model_copy(update={"value": self._answer(random, declared)})
                learnt = incident.model_copy(
                    update={"judgements": {**incident.judgements, name: judged}}
                )
                if held.items() <= self._stood_for(learnt).items():
                    break
            return learnt

        return settle

    # -- groups --------------------------------------------------------------------

    def _group_slots(self, incident: Incident, near: tuple[str, ...]) -> Iterator[Slot]:
        if incident.affected is None:
            yield Slot("affected", lambda random: self._describe(incident, random))
            return
        for index, group in enumerate(incident.affected):
            path = f"affected.{group.group}"
            if group.data is None or group.data_possible:
                yield Slot(f"{path}.data", _group_settler(incident, index, _learn_data))
            for state in STATES:
                if getattr(group, state) is None:
                    yield Slot(f"{path}.{state}", _group_settler(incident, index, _learn(state)))
            if group.people is None:
                yield Slot(
                    f"{path}.people", _group_settler(incident, index, self._learn_people(near))
                )
                continue
            for place, count in group.people.items():
                wide = place in WIDE and count.at_most != 0
                if wide or not _exact(count):
                    yield Slot(
                        f"{path}.people.{place}",
                        _group_settler(incident, index, self._learn_count(place, near)),
                    )

    def _describe(self, incident: Incident, random: Random) -> Incident:
        places = [*incident.places_named, "US-CA"]
        groups = self._groups(random, sorted(set(places)), lambda make, _odds=0.0: make())
        # Of people not yet described the organisation's own role holds.
        groups = tuple(group.model_copy(update={"role": None}) for group in groups)
        return incident.model_copy(update={"affected": groups})

    def _learn_people(self, near: tuple[str, ...]) -> Callable[[Group, Random], Group]:
        def learn(group: Group, random: Random) -> Group:
            place = random.choice((*near, "US-CA", "DE"))
            return group.model_copy(update={"people": {place: _within(Range(), random)}})

        return learn

    def _learn_count(self, place: str, near: tuple[str, ...]) -> Callable[[Group, Random], Group]:
        def learn(group: Group, random: Random) -> Group:
            people = dict(group.people or {})
            count = _within(people[place], random)
            if place not in WIDE:
                people[place] = count
                return group.model_copy(update={"people": people})
            del people[place]
            named = [each for each in near if each not in (*WIDE, "EEA", "EU")]
            others = [*named, random.choice(("US-CA", "US-MT", "CA-QC", "BR", "DE", "MX"))]
            if place in PARTS:
                part_of = [each for each in named if each.startswith(f"{place}-")]
                others = [*part_of, random.choice(PARTS[place])]
            left = int(count.at_least)
            while left:
                chosen = random.choice(others)
                part = random.choice((left, random.randint(1, left)))
                people[chosen] = people.get(chosen, Range.exactly(0)) + Range.exactly(part)
                left -= part
            return group.model_copy(update={"people": people})

        return learn

    # -- all of it -----------------------------------------------------------------

    def completion(
        self, incident: Incident, random: Random, keep: Callable[[str], bool] = lambda _: False
    ) -> Incident:
        """Learn every unknown fact except those that ``keep`` names."""
        while open_ := self._to_learn(incident, keep):
            random.shuffle(open_)
            # Answers to judgements and statuses do not change how others are learnt: many
            # at once.
            first = open_[0]
            incident = first.settle(random)
            for each in self._of_one_kind(incident, first.path, keep):
                found = self._slot(incident, each)
                incident = incident if found is None else found.settle(random)
        return incident

    def _to_learn(self, incident: Incident, keep: Callable[[str], bool]) -> list[Slot]:
        return [slot for slot in self.slots(incident) if not keep(slot.path)]

    def _of_one_kind(self, incident: Incident, path: str, keep: Callable[[str], bool]) -> list[str]:
        if path.startswith("organisation.regimes."):
            paths = [slot.path for slot in self._regime_slots(incident)]
        elif path.startswith("judgements."):
            paths = [slot.path for slot in self._judgement_slots(incident)]
        else:
            return []
        return [each for each in paths if not keep(each)]

    def _slot(self, incident: Incident, path: str) -> Slot | None:
        """Find one judgement or status again, if it is still unknown."""
        kind, _, name = path.partition(".")
        if kind == "organisation":
            regime = name.removeprefix("regimes.")
            still = regime in self._open_regimes(incident)
            return Slot(path, self._regime_settler(incident, regime)) if still else None
        asked = name.removesuffix(".written").removesuffix(".consulted")
        return next((slot for slot in self._judgement(incident, asked) if slot.path == path), None)


def _range(random: Random) -> Range:
    low = random.choice((0, 0, 1, 3, 80, 400, 500, 501, 1000, 5000))
    return random.choice((Range.exactly(low), Range(low, low + random.choice((1, 200, 10_000)))))


def _exact(number: Range) -> bool:
    return number.at_least == number.at_most


def _within(number: Range, random: Random) -> Range:
    """Settle a count inside its bounds, now and then on a bound or a threshold."""
    low = int(number.at_least)
    high = low + 20_000 if number.at_most is None else int(number.at_most)
    turns = [
        each for each in (0, 1, 249, 250, 499, 500, 501, 999, 1000, 1001) if low <= each <= high
    ]
    return Range.exactly(random.choice((low, high, random.randint(low, high), *turns)))


def _media(random: Random, kinds: tuple[str, ...] | None) -> tuple[str, ...]:
    media = random.choice((("electronic",), ("paper",), ("electronic", "paper"), ("oral",)))
    if ELECTRONIC.intersection(kinds or ()) and "electronic" not in media:
        return ("electronic", *media)
    return media


def _happened(incident: Incident, **facts: Any) -> Incident:
    return incident.model_copy(update={"incident": incident.incident.model_copy(update=facts)})


def _organised(incident: Incident, **facts: Any) -> Incident:
    return incident.model_copy(
        update={"organisation": incident.organisation.model_copy(update=facts)}
    )


def _truth_settler(incident: Incident, name: str) -> Settle:
    def settle(random: Random) -> Incident:
        value = random.random() < 0.5
        held = incident.incident
        if name == "acquired" and held.exfiltrated:
            value = True
        if name == "exfiltrated" and held.acquired is False:
            value = False
        return _happened(incident, **{name: value})

    return settle


def _learn_kinds(incident: Incident, random: Random) -> Incident:
    held = incident.incident
    media = held.media
    allowed = [
        kind for kind in KINDS if media is None or "electronic" in media or kind not in ELECTRONIC
    ]
    if held.kinds is None:
        kinds = tuple(random.sample(allowed, random.choice((1, 2))))
    else:
        kinds = (*held.kinds, *(k for k in held.kinds_possible if random.random() < 0.5))
    return _happened(incident, kinds=tuple(dict.fromkeys(kinds)), kinds_possible=())


def _learn_media(incident: Incident, random: Random) -> Incident:
    return _happened(incident, media=_media(random, incident.incident.kinds))


_Makers = dict[str, Callable[[Random], Any]]


def _yes(random: Random) -> bool:
    return random.random() < 0.5


_OUTAGE: _Makers = {
    "hours": lambda random: random.choice((0.5, 1, 4, 24, 25, 100)),
    "scheduled": _yes,
    "restored_from_backup": _yes,
}
_LOSS: _Makers = {
    "currency": lambda random: random.choice(("EUR", "USD", "CAD", "AUD")),
    "amount": lambda random: random.choice((0.0, 100.0, 1e5, 5e5, 1e6, 1e8)),
}
_VULNERABILITY: _Makers = {"actively_exploited": _yes}
_VENDOR: _Makers = {"role": lambda _random: "processor", "agent": _yes}
_ORGANISATION: _Makers = {
    "role": lambda random: (random.choice(ROLES),),
    "sector": lambda random: random.choice(SECTORS),
    "public": _yes,
    "employees": lambda random: _within(Range(), random),
}


def _part_slots(incident: Incident, part: str, model: Any, makers: _Makers) -> Iterator[Slot]:
    held = getattr(incident.incident, part)
    for name, make in makers.items():
        if held is None or getattr(held, name) is None:
            yield Slot(f"incident.{part}.{name}", _part_settler(incident, part, model, name, make))


def _part_settler(
    incident: Incident, part: str, model: Any, name: str, make: Callable[[Random], Any]
) -> Settle:
    def settle(random: Random) -> Incident:
        held = getattr(incident.incident, part) or model()
        return _happened(incident, **{part: held.model_copy(update={name: make(random)})})

    return settle


def _organisation_settler(incident: Incident, name: str, make: Callable[[Random], Any]) -> Settle:
    return lambda random: _organised(incident, **{name: make(random)})


def _amend(incident: Incident, name: str, make: Callable[[Random], dict[str, Any]]) -> Settle:
    def settle(random: Random) -> Incident:
        amended = incident.judgements[name].model_copy(update=make(random))
        return incident.model_copy(update={"judgements": {**incident.judgements, name: amended}})

    return settle


def _group_settler(
    incident: Incident, index: int, learn: Callable[[Group, Random], Group]
) -> Settle:
    def settle(random: Random) -> Incident:
        groups = list(incident.affected or ())
        groups[index] = learn(groups[index], random)
        return incident.model_copy(update={"affected": tuple(groups)})

    return settle


def _learn_data(group: Group, random: Random) -> Group:
    if group.data is None:
        data = tuple(random.sample(ELEMENTS, random.randint(0, 6)))
    else:
        data = (*group.data, *(word for word in group.data_possible if random.random() < 0.5))
    return group.model_copy(update={"data": tuple(dict.fromkeys(data)), "data_possible": ()})


def _learn(state: str) -> Callable[[Group, Random], Group]:
    def learn(group: Group, random: Random) -> Group:
        value: Any = random.random() < 0.5
        if state == "encrypted" and group.data and random.random() < 0.3:
            value = tuple(random.sample(group.data, 1))
        return group.model_copy(update={state: value})

    return learn
