"""The law on disk: found, read, hashed; only the places in play are loaded and compiled.

A corpus is immutable once opened. The bytes of every law file enter its hash; a file is
validated when a place brings it into play, and compiled into rules once per process.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from regengine import places
from regengine.calendars import Days, zone
from regengine.clauses import Compiler, Edition, Instrument
from regengine.conditions import parse
from regengine.editions import editions_of
from regengine.errors import Fault, LawError, suggest
from regengine.facts import JudgementWords, Vocabulary
from regengine.gates import Gate, gates_of
from regengine.law import (
    Authority,
    Calendar,
    Counting,
    Judgement,
    Jurisdiction,
    LawFile,
    NamedCondition,
    Overlay,
    Regime,
)
from regengine.law_errors import shape_faults
from regengine.lawfiles import RawFile, read_folder
from regengine.people import Geography

# One duty, or several with "|" between them.
_OWED = re.compile(r"\b(?:owed|notified)\s*\(([^)]*)\)")
_NAME = re.compile(r"[\w.-]+")

_Word = TypeVar("_Word", Judgement, Regime)


def _folders(path: Path | None) -> tuple[Path, Path]:
    """Find rules/ and jurisdictions/: the given folder, a checkout, or the package's own."""
    if path is not None:
        return path / "rules", path / "jurisdictions"
    installed = Path(str(resources.files("regengine"))) / "_data"
    home = installed if installed.is_dir() else Path(__file__).parents[1]
    return home / "rules", home / "jurisdictions"


@dataclass(frozen=True)
class Corpus:
    """All law files of one folder, under one hash.

    >>> corpus = Corpus.open()
    >>> "us-ca-residents" in corpus.home, len(corpus.sha256)
    (True, 64)
    """

    raw: Mapping[str, RawFile]
    raw_places: Mapping[str, RawFile]
    sha256: str
    _files: dict[str, LawFile] = field(default_factory=dict)
    _jurisdictions: dict[str, Jurisdiction] = field(default_factory=dict)
    _days: dict[tuple[str, str | None], Days] = field(default_factory=dict)
    _instruments: dict[tuple[str, str], Instrument] = field(default_factory=dict)
    _editions: dict[tuple[str, str], dict[str, list[Edition]]] = field(default_factory=dict)
    _gates: dict[tuple[str, str], dict[tuple[str, str], tuple[Gate, ...]]] = field(
        default_factory=dict
    )
    _before: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def open(cls, path: str | Path | None = None) -> Corpus:
        """Read the law; ``None`` is the law that comes with the package.

        >>> Corpus.open().raw["us/ca"].place
        'US-CA'

        Raises ``LawError`` for a folder without law or a file that is no TOML.
        """
        rules, jurisdictions = _folders(None if path is None else Path(path))
        if not rules.is_dir():
            raise LawError([Fault(str(rules), "", "no folder of law files here")])
        ours = path is None
        raw = {item.name: item for item in read_folder(rules, by_lines=ours)}
        known = {item.name: item for item in read_folder(jurisdictions, by_lines=ours)}
        digest = hashlib.sha256()
        for item in (*raw.values(), *known.values()):
            digest.update(f"{item.name}\0".encode())
            digest.update(item.content)
        if path is not None:
            for item in raw.values():
                _ = item.data  # a file of rules that is no TOML is refused at once
        return cls(raw, known, digest.hexdigest())

    # -- files --------------------------------------------------------------------

    @property
    def version(self) -> str:
        """The corpus's calendar version: the newest day on which a text was verified."""
        return f"{self.day:%Y.%m.%d}" if self.day > date.min else "0"

    @cached_property
    def day(self) -> date:
        """The newest day on which a text was verified; the first of all days if none was."""
        days = (day for item in self.raw.values() for day in item.read_on)
        return max(days, default=date.min)

    def file(self, name: str) -> LawFile:
        """Return one validated law file; raise ``LawError`` with all its faults."""
        if name not in self._files:
            raw = self.raw[name]
            try:
                made = LawFile.model_validate(dict(raw.data))
            except ValidationError as error:
                raise LawError(shape_faults(f"rules/{name}.toml", error, raw.data)) from None
            # Of two threads the first wins: findings tell definitions apart by identity.
            return self._files.setdefault(name, made)
        return self._files[name]

    def names_in_play(self, in_play: Iterable[str]) -> list[str]:
        """List the files of rules/ whose place is among the given ones, in order."""
        wanted = set(in_play)
        return [name for name, place in self._dutiful if place in wanted]

    @cached_property
    def _dutiful(self) -> list[tuple[str, str]]:
        """The files that have obligations, each with its place."""
        dutiful = [name for name, raw in sorted(self.raw.items()) if "obligation" in raw.tables]
        # A file that is of no place would never be in play: its shape tells what is wrong.
        return [(name, self.raw[name].place or self.file(name).place) for name in dutiful]

    def overlays(self, place: str) -> list[str]:
        """List the files that hold a place's own terms over another rule."""
        return self._overlays.get(place, [])

    @cached_property
    def _overlays(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, raw in sorted(self.raw.items()):
            if "overlay" in raw.tables:
                found.setdefault(raw.place, []).append(name)
        return found

    @cached_property
    def places_with_law(self) -> frozenset[str]:
        """The places that have a duty of their own, or a file that says "no duty"."""
        return frozenset(
            raw.place for raw in self.raw.values() if raw.tables or "no_law" in raw.head
        )

    def lawless(self, area: str) -> tuple[str, ...]:
        """List the places inside an area that are known to have no duty of their own."""
        return tuple(
            raw.place
            for raw in self.raw.values()
            if "no_law" in raw.head and self.world.covers(area, raw.place)
        )

    # -- words --------------------------------------------------------------------

    @cached_property
    def judgements(self) -> dict[str, Judgement]:
        """Every judgement that a law file declares."""
        return self._words("judgement", Judgement)

    @cached_property
    def regimes(self) -> dict[str, Regime]:
        """Every regime that a law file declares."""
        return self._words("regime", Regime)

    @cached_property
    def regime_places(self) -> dict[str, str]:
        """The place whose law declares each regime."""
        _ = self.regimes  # a faulty table is refused there
        return {key: raw.place for raw in self.raw.values() for key in raw.head.get("regime", {})}

    def _words(self, kind: str, shape: type[_Word]) -> dict[str, _Word]:
        """Collect what the heads of all files declare; raise ``LawError`` for a faulty one."""
        found: dict[str, _Word] = {}
        for name, raw in self.raw.items():
            try:
                for key, value in raw.head.get(kind, {}).items():
                    found[key] = shape.model_validate(value)
            except (AttributeError, ValidationError):
                self.file(name)  # tells all that is wrong with its shape
                raise
        return found

    @cached_property
    def regimes_with_rules(self) -> frozenset[str]:
        """The regimes on which some rule turns; the others are words without law as yet."""
        texts = "\n".join(raw.words for raw in self.raw.values())
        return frozenset(re.findall(r"\bregime ([a-z][\w.]*\w)", texts))

    @cached_property
    def sectors(self) -> frozenset[str]:
        """The words for an organisation's sector on which some law turns."""
        named = {word for item in self.regimes.values() for word in item.sectors}
        texts = "\n".join(raw.words for raw in self.raw.values())
        return frozenset(named | set(re.findall(r"organisation\.sector = ([a-z_]+)", texts)))

    @cached_property
    def shared_conditions(self) -> dict[str, NamedCondition]:
        """The dotted conditions, which every file may use."""
        found: dict[str, NamedCondition] = {}
        for name, raw in self.raw.items():
            try:
                for item in raw.head.get("condition", ()):
                    if "." in item.get("name", ""):
                        found[item["name"]] = NamedCondition.model_validate(item)
            except (AttributeError, TypeError, ValidationError):
                self.file(name)
                raise
        return found

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that an incident file may use under this law."""
        judgements = {
            key: JudgementWords(item.values, item.type) for key, item in self.judgements.items()
        }
        return Vocabulary(
            places=self.places,
            regimes=frozenset(self.regimes),
            judgements=judgements,
            obligations=frozenset(self.home),
        )

    @cached_property
    def home(self) -> dict[str, str]:
        """Map each obligation id to the file that declares it."""
        return {duty: name for name, raw in self.raw.items() for duty in raw.duties}

    # -- places -------------------------------------------------------------------

    @cached_property
    def places(self) -> places.Places:
        """The table of places with its aliases."""
        own = self.raw_places.get("places")
        if own is None:
            return places.load()
        aliases = self.raw_places.get("aliases")
        try:
            return places.listed(own.data, aliases.data if aliases else {"alias": {}})
        except (AttributeError, KeyError, TypeError) as error:
            message = f"is no table of places: {type(error).__name__} {error}"
            raise LawError([Fault("jurisdictions/places.toml", "", message)]) from None

    @cached_property
    def world(self) -> Geography:
        """Which place lies in which."""
        listed = self.places.listed
        return Geography(
            {code: place.groups for code, place in listed.items()},
            {code: place.law_of for code, place in listed.items() if place.law_of},
        )

    def place_name(self, code: str) -> str:
        """Name a place in English; the code itself where no table has it."""
        try:
            return self.places[code].name
        except KeyError:
            return code

    def jurisdiction(self, code: str) -> Jurisdiction | None:
        """Return what is known of a place's authorities, calendar and counting."""
        if code not in self._jurisdictions:
            raw = self._by_place.get(code)
            if raw is None:
                return None
            try:
                self._jurisdictions[code] = Jurisdiction.model_validate(dict(raw.data))
            except ValidationError as error:
                raise LawError(
                    shape_faults(f"jurisdictions/{raw.name}.toml", error, raw.data)
                ) from None
        return self._jurisdictions[code]

    @cached_property
    def _by_place(self) -> dict[str, RawFile]:
        return {raw.place: raw for raw in self.raw_places.values() if raw.place}

    @cached_property
    def _declared(self) -> dict[str, dict[str, str]]:
        """For authorities, counting rules and calendars: which place declares each id."""
        found: dict[str, dict[str, str]] = {
            kind: {} for kind in ("authority", "counting", "calendars")
        }
        for raw in self.raw_places.values():
            for kind, ids in found.items():
                ids.update(dict.fromkeys(raw.declares(kind), raw.place))
        return found

    def authority(self, dotted: str) -> Authority | None:
        """Find an authority by its dotted id."""
        place = self._declared["authority"].get(dotted)
        declared = self.jurisdiction(place) if place else None
        if declared is None:
            return None
        return next((item for item in declared.authority if item.id == dotted), None)

    @property
    def authority_ids(self) -> frozenset[str]:
        """The ids of all authorities."""
        return frozenset(self._declared["authority"])

    def counting(self, dotted: str) -> Counting:
        """Find a counting rule; raise ``LawError`` where no place declares it."""
        place = self._declared["counting"].get(dotted)
        declared = self.jurisdiction(place) if place else None
        if declared is None:
            message = f'no counting rule "{dotted}"{suggest(dotted, self._declared["counting"])}'
            raise LawError([Fault("jurisdictions", dotted, message)])
        return declared.counting[dotted]

    def default_counting(self, place: str) -> str | None:
        """Name the counting rule of a place, or of the place that it lies in."""
        for code in (place, *self.world.ancestors(place)):
            declared = self.jurisdiction(code)
            if declared is not None and declared.default_counting is not None:
                return declared.default_counting
        return None

    def calendar(self, place: str, dotted: str | None = None) -> Calendar:
        """Return a named calendar, or the one of a place or of what it lies in."""
        if dotted is not None:
            home = self._declared["calendars"].get(dotted)
            declared = self.jurisdiction(home) if home else None
            if declared is None:
                message = f'no calendar "{dotted}"{suggest(dotted, self._declared["calendars"])}'
                raise LawError([Fault("jurisdictions", dotted, message)])
            return declared.calendars[dotted]
        for code in (place, *self.world.ancestors(place)):
            declared = self.jurisdiction(code)
            if declared is not None and declared.calendar is not None:
                return declared.calendar
        return Calendar(note="no calendar of this place: weekends alone are closed")

    def days(self, place: str, dotted: str | None = None) -> Days:
        """Return the working days of a calendar, found as ``calendar`` finds it."""
        key = (place, dotted)
        if key not in self._days:
            self._days[key] = Days(self.calendar(place, dotted))
        return self._days[key]

    def zone_of(self, place: str) -> ZoneInfo:
        """Return the zone of a place: its own file's, else its easternmost inhabited one.

        >>> Corpus.open().zone_of("US-CA").key
        'America/Los_Angeles'
        """
        declared = self.jurisdiction(place)
        if declared is not None and declared.zone is not None:
            return zone(declared.zone)
        try:
            return zone(self.places[place].zone)
        except KeyError:
            return zone("UTC")

    # -- compiled law ---------------------------------------------------------------

    def instrument(self, name: str, place: str) -> Instrument:
        """Compile one file's rules for a place, with that place's own terms if any."""
        overlays = self._overlays_over(name, place)
        variant = place if overlays else ""
        key = (name, variant)
        if key not in self._instruments:
            file = self.file(name)
            editions = [each for some in self.editions(name, place).values() for each in some]
            conditions = self.conditions(name, [item for item, _ in overlays])
            title = f"{name}@{variant}" if variant else name
            compiler = Compiler(title, file, editions, conditions)
            return self._instruments.setdefault(key, compiler.compile())
        return self._instruments[key]

    def gates(self, name: str, place: str) -> dict[tuple[str, str], tuple[Gate, ...]]:
        """Find the statuses that gate each version of a file's duties, by duty and label."""
        overlays = self._overlays_over(name, place)
        key = (name, place if overlays else "")
        if key not in self._gates:
            conditions = self.conditions(name, [item for item, _ in overlays])
            editions = [each for some in self.editions(name, place).values() for each in some]
            try:
                found = {
                    (each.obligation.id, each.label): gates_of(
                        map(parse, each.version.when or ()), conditions
                    )
                    for each in editions
                }
            except RecursionError:
                message = "conditions depend on each other in a circle"
                raise LawError([Fault(f"rules/{name}.toml", "condition", message)]) from None
            # The first wins: findings tell the trees apart by identity.
            return self._gates.setdefault(key, found)
        return self._gates[key]

    def conditions(self, name: str, overlaid: Iterable[str] = ()) -> dict[str, NamedCondition]:
        """Collect the conditions that a file may name: shared, an overlay's, its own."""
        found = dict(self.shared_conditions)
        for item in (*overlaid, name):
            found |= {each.name: each for each in self.file(item).condition}
        return found

    def files_before(self, name: str) -> list[str]:
        """List the files whose duties decide some of this one, in order."""
        if name not in self._before:
            shared = self.shared_conditions
            self.file(name)  # whose shape is then known to be sound
            texts = list(_conditions_of(self.raw[name].data))
            for item in self._asking_overlays:
                if any(self.home.get(each.of) == name for each in self.file(item).overlay):
                    texts += _conditions_of(self.raw[item].data)
            named: set[str] = set()
            # A shared condition may name another one in its turn.
            while more := set(_NAME.findall(" ".join(texts))) & shared.keys() - named:
                named |= more
                texts += [shared[key].if_ for key in sorted(more)]
            duties = set(_NAME.findall(" ".join(_OWED.findall(" ".join(texts)))))
            homes = {self.home.get(duty, "") for duty in duties}
            self._before[name] = sorted(homes - {name, ""})
        return self._before[name]

    @cached_property
    def _asking_overlays(self) -> list[str]:
        """The files with terms over another rule that ask whether some duty is owed."""
        return [
            name
            for name, raw in sorted(self.raw.items())
            if "overlay" in raw.tables and _OWED.search(raw.words)
        ]

    def editions(self, name: str, place: str) -> dict[str, list[Edition]]:
        """List the versions of each obligation of a file, as they stand for a place."""
        overlays = self._overlays_over(name, place)
        key = (name, place if overlays else "")
        if key not in self._editions:
            found: dict[str, list[Edition]] = {}
            for edition in editions_of(self.file(name), [each for _, each in overlays], key[1]):
                found.setdefault(edition.obligation.id, []).append(edition)
            return self._editions.setdefault(key, found)  # told apart by identity, too
        return self._editions[key]

    def _overlays_over(self, name: str, place: str) -> list[tuple[str, Overlay]]:
        """List a place's own terms over a file, each with the file that holds it."""
        return [
            (item, overlay)
            for item in self.overlays(place)
            for overlay in self.file(item).overlay
            if self.home.get(overlay.of) == name
        ]


def _conditions_of(data: Mapping[str, Any]) -> Iterator[str]:
    """List the texts of a law file by which duties are decided, as they stand in it."""
    yield from (item.get("if", "") for item in data.get("condition", ()))
    for obligation in (*data.get("obligation", ()), *data.get("overlay", ())):
        for terms in (obligation, *obligation.get("version", ())):
            for part in (terms, *terms.get("stage", ())):
                when = part.get("when", ())
                yield from (when,) if isinstance(when, str) else when
                for name in ("unless", "unless_also"):
                    yield from (item.get("if", "") for item in part.get(name, ()))
            yield from (item.get("if", "") for item in terms.get("grounds", ()))
