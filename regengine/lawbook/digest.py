"""A place's law digested into what comparisons ask: limits, thresholds, elements, tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from regengine.catalogue import Entry, entries
from regengine.clauses import Edition, as_atom
from regengine.conditions import Any, Atom, Condition, Name, fold, leaves, parse
from regengine.corpus import Corpus
from regengine.duties import AT_MOST_POSSIBLE, COMING, NO_DUTY
from regengine.gates import PUBLIC, spelled_out
from regengine.in_force import definition_on
from regengine.law import (
    Due,
    Extra,
    NamedCondition,
    Obligation,
    Period,
    Protected,
    Provenance,
    Unless,
    Version,
)
from regengine.lawbook.in_words import threshold
from regengine.truth import Truth

_HOURS = {"minute": 1 / 60, "hour": 1, "day": 24, "working day": 24, "week": 168, "month": 720,
          "year": 8760}  # fmt: skip  # reason: a table of lengths reads better in two lines
_HARM = ("us.misuse_likely", "us.harm.")


@dataclass(frozen=True)
class Duty:
    """One duty of a place as it stands on the day of the book."""

    entry: Entry
    edition: Edition
    place: str
    corpus: Corpus
    in_force: bool = True  # on the day of the book: not adopted for a later one

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def obligation(self) -> Obligation:
        return self.edition.obligation

    @property
    def version(self) -> Version:
        return self.edition.version

    @property
    def binds(self) -> bool:
        """Tell whether it is law that gives dates."""
        return self.edition.status not in COMING | NO_DUTY

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(to.kind for to in self.version.to or self.obligation.to)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Name who is told, authorities by their own names."""
        found = []
        for to in self.version.to or self.obligation.to:
            known = self.corpus.authority(to.authority_in(self.place) or "")
            found.append(to.name or (known.name if known else to.kind.replace("_", " ")))
        return tuple(found)

    @property
    def gated(self) -> bool:
        """Tell whether it binds only organisations of some status, by denying every status."""

        def decide(leaf: Atom | Name) -> Truth:
            atom = as_atom(leaf.name) if isinstance(leaf, Name) else leaf
            status = atom.kind == "regime" or atom.subject == PUBLIC
            return Truth.FALSE if status else Truth.UNKNOWN

        trees = [spelled_out(parse(text), self.conditions) for text in self.version.when or ()]
        return any(fold(tree, decide) is Truth.FALSE for tree in trees)

    @cached_property
    def conditions(self) -> Mapping[str, NamedCondition]:
        """The conditions that its file may name."""
        return self.corpus.conditions(self.entry.file)

    @property
    def limit(self) -> Period | None:
        """Find the shortest limit in numbers that it may have."""
        dues = [stage.due for stage in self.version.stage or ()]
        dues += [self.version.due] if self.version.due else []
        found = [period for due in dues for period in limits(due)]
        return min(found, key=hours, default=None)

    @property
    def thresholds(self) -> tuple[str, ...]:
        """Say from how many people on it is owed, and whether they are affected or told."""
        found = []
        for text in (
            *(self.version.when or ()),
            *(item.if_ for item in self.version.grounds or ()),
        ):
            for leaf in leaves(spelled_out(parse(text), self.conditions)):
                if isinstance(leaf, Atom) and leaf.kind in ("people", "reach"):
                    said = threshold(leaf.operator, float(leaf.value or 0))
                    told = "told" if leaf.kind == "reach" else "affected"
                    where = {"here": "", "everywhere": " anywhere"}.get(leaf.subject, "")
                    found.append(f"{said} {told}{where if leaf.kind == 'people' else ''}")
        return tuple(dict.fromkeys(found))

    @property
    def protected(self) -> Protected | None:
        """What the law protects on the day of the book."""
        file = self.corpus.file(self.entry.file)
        return definition_on(file.protected, self.version.protects or "default", None)

    @property
    def extras(self) -> tuple[Extra, ...]:
        return self.version.extras or ()

    @property
    def trigger(self) -> str:
        """Say whether access or acquisition is needed, by trying each alone."""
        alone = {
            word: self._triggered({f"incident.{word}": Truth.TRUE})
            for word in ("accessed", "acquired")
        }
        if all(alone.values()):
            return "access or acquisition"
        if any(alone.values()):
            return "access" if alone["accessed"] else "acquisition"
        return (
            "access and acquisition"
            if self._triggered({"incident.accessed": Truth.TRUE, "incident.acquired": Truth.TRUE})
            else "as the law says"
        )

    def _triggered(self, known: Mapping[str, Truth]) -> bool:
        """Tell whether the conditions can hold where of all happenings just these are true."""
        texts = list(self.version.when or ())
        trees = [spelled_out(parse(text), self.conditions) for text in texts]
        grounds = [
            spelled_out(parse(item.if_), self.conditions) for item in self.version.grounds or ()
        ]
        trees += [Any(tuple(grounds))] if grounds else []

        def decide(leaf: Atom | Name) -> Truth:
            atom = as_atom(leaf.name) if isinstance(leaf, Name) else leaf
            if atom.kind == "kind":
                return Truth.FALSE
            if atom.kind != "fact" or not atom.subject.startswith("incident."):
                return Truth.UNKNOWN
            held = known.get(atom.subject, Truth.FALSE)
            return held if str(atom.value) == "true" else ~held

        return all(fold(tree, decide) is not Truth.FALSE for tree in trees)

    @property
    def harm(self) -> str:
        """Say whether a test of harm stands, and on whose side."""
        if any(
            self._asks_harm(spelled_out(parse(text), self.conditions))
            for text in (
                *(self.version.when or ()),
                *(item.if_ for item in self.version.grounds or ()),
            )
        ):
            return "only if harm or misuse is likely"
        for item in self.version.unless or ():
            if self._asks_harm(spelled_out(parse(item.if_), self.conditions)):
                return f"unless harm or misuse is unlikely{_documented(item)}"
        return "none"

    def _asks_harm(self, tree: Condition) -> bool:
        for leaf in leaves(tree):
            subject = leaf.name if isinstance(leaf, Name) else leaf.subject
            declared = self.corpus.judgements.get(subject)
            backs = [subject, *(declared.falls_back if declared else ())]
            if declared is not None and any(item.startswith(_HARM) for item in backs):
                return True
        return False

    @property
    def read(self) -> date | None:
        """The day on which its text was read, if it was."""
        return self.version.verified

    @property
    def confidence(self) -> str:
        return self.version.confidence or self.obligation.confidence or "low"


def duties_of(corpus: Corpus, places: Iterable[str], day: date) -> dict[str, list[Duty]]:
    """List the duties of places as they stand on a day; what has ended is left out.

    >>> found = duties_of(Corpus.open(), ["US-SD"], date(2026, 11, 23))
    >>> [duty.id for duty in found["US-SD"]][:2]
    ['us-sd-residents', 'us-sd-ag']
    """
    wanted = set(places)
    order = {key: number for number, key in enumerate(corpus.home)}
    found: dict[str, list[Duty]] = {place: [] for place in sorted(wanted)}
    for entry in sorted(entries(corpus), key=lambda item: order[item.id]):
        held = entry.in_force(day)
        edition = held or entry.newest
        ended = edition.version.until is not None and edition.version.until < day
        if entry.place in wanted and not ended:
            now = held is not None and edition.status not in COMING | AT_MOST_POSSIBLE
            found[entry.place].append(Duty(entry, edition, entry.place, corpus, now))
    return found


def residents_duty(duties: Iterable[Duty]) -> Duty | None:
    """Pick the notice to the people that binds whoever owns their data.

    Where only some organisations are bound (brokers in Georgia) it is theirs, and ``gated``.
    """
    found = [
        duty
        for duty in duties
        if "individuals" in duty.kinds and duty.binds and "controller" in duty.obligation.bound
    ]
    general = [duty for duty in found if not duty.gated]
    named = [duty for duty in (*general, *found) if duty.id == f"{duty.place.lower()}-residents"]
    return next(iter((*named, *general)), None)


def limits(due: Due) -> Iterator[Period]:
    """List the limits in numbers of a deadline, those of its branches too."""
    if due.within is not None:
        yield due.within
    for limb in (*due.earliest, *due.latest, *due.cases):
        yield from limits(limb)


def hours(period: Period) -> float:
    """Give a period's length in hours, roughly: for sorting and for colours alone."""
    return period.amount * _HOURS[period.unit]


# How far an element is protected: as it is, with another element, under a condition.
MARKS = ("", "*", "\u00b0")


@dataclass(frozen=True, slots=True)
class Protection:
    """How a place protects one element: the mark of the least that is asked, or ``None``."""

    beside_name: str | None = None
    alone: str | None = None


def protection_of(definition: Protected | None, element: str) -> Protection:
    """Tell how a definition protects an element, beside the name and without it.

    >>> from regengine.law import Combination
    >>> card = Combination(with_=("name",), one_of=("card_number",), and_one_of=("card_code",))
    >>> protection_of(Protected(any=(card,), from_="unknown"), "card_number")
    Protection(beside_name='*', alone=None)
    """
    beside: list[int] = []
    alone: list[int] = []
    for item in definition.any if definition else ():
        others = [word for word in item.with_ if word not in ("name", element)]
        if element not in (*item.one_of, *(set(item.with_) - {"name"})):
            continue
        paired = bool(item.and_one_of or others or (element in item.with_ and item.one_of))
        rank = 2 if item.when else int(paired)
        (beside if "name" in item.with_ else alone).append(rank)
    return Protection(*(MARKS[min(ranks)] if ranks else None for ranks in (beside, alone)))


def _documented(item: Unless) -> str:
    form = [word for word in item.form if word == "written"]
    asked = [word.partition(" ")[2] for word in item.form if word.startswith("consulted")]
    parts = ["in writing"] if form else []
    parts += [f"kept {item.keep}"] if item.keep else []
    parts += ["an authority consulted"] if asked else []
    return f" ({', '.join(parts)})" if parts else ""


def provenance(terms: Provenance) -> str:
    """Say when a text was read, or what stands for a reading."""
    return f"{terms.verified:%Y-%m-%d}" if terms.verified else "not read"
