"""The book of the world: every place outside the United States, and how soon it asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from regengine.catalogue import entries
from regengine.corpus import Corpus
from regengine.documents.outputs import table
from regengine.in_force import first_day
from regengine.law import Period
from regengine.lawbook import map as map_of_places
from regengine.lawbook.book import Book, render
from regengine.lawbook.digest import Duty, hours
from regengine.lawbook.in_words import period_text

WORLD = "WORLD"
_STATES = "US"  # has a book of its own
_UNION = "EEA"
_SHORT = 24  # hours: what the first page lists
_AUTHORITIES = frozenset({"regulator", "law_enforcement"})
_OUTWARD = _AUTHORITIES | {"individuals"}
# The upper end of each class of the map in hours, and its words.
_CLASSES = (
    (24, "24 hours or less"),
    (72, "up to 72 hours or 3 days"),
    (7 * 24, "up to a week"),
    (31 * 24, "up to a month"),
    (float("inf"), "more than a month"),
)


class WorldBook(Book):
    """The law of every place but the United States on one day."""

    def __init__(self, corpus: Corpus, day: date) -> None:
        named = {raw.place for raw in corpus.raw.values()}
        # Free zones and states of a federation may stand in the file of their country.
        named |= {entry.place for entry in entries(corpus)}
        own = named & corpus.places.listed.keys()
        members = {place for place in corpus.places.listed if self._member(corpus, place)}
        inside = {place for place in own | members if place.partition("-")[0] != _STATES}
        super().__init__(corpus, WORLD, inside, day)

    @staticmethod
    def _member(corpus: Corpus, place: str) -> bool:
        """Tell whether a place is a state of the Union's area, not a territory or a part."""
        listed = corpus.places.listed[place]
        return _UNION in listed.groups and not listed.law_of and len(place) == len(_STATES)

    @cached_property
    def places(self) -> list[str]:
        """Every place of the book, by name."""
        return sorted(self.duties, key=self.name)

    @cached_property
    def unknown(self) -> list[str]:
        """The countries and territories of which no law file speaks."""
        listed = self.corpus.places.listed
        return sorted(
            (
                place
                for place, item in listed.items()
                if "-" not in place
                and place not in self.duties
                and not item.law_of
                and place not in ("EU", _STATES)
            ),
            key=self.name,
        )

    @cached_property
    def territories(self) -> dict[str, list[str]]:
        """The territories that stand under the law of another place, by that place."""
        found: dict[str, list[str]] = {}
        for place, item in sorted(self.corpus.places.listed.items()):
            if item.law_of and "-" not in place:
                found.setdefault(item.law_of, []).append(place)
        return found

    def link(self, place: str) -> str:
        """Link to a place's page; that of the United States stands in a book of its own."""
        if place.partition("-")[0] == _STATES:
            return f"[{self.name(place)}](../us/index.md)"
        return super().link(place)

    # -- comparisons ----------------------------------------------------------------------

    def comparisons(self) -> dict[str, str]:
        """Write the tables that compare places, and the map."""
        tables = {
            "authorities": self._rows(_AUTHORITIES),
            "people": self._rows({"individuals"}),
            "processors": self._rows({"controller"}),
            "stages": self._staged(),
            "sectors": self._sectors(),
            "silent": [],
        }
        found = {
            f"{name}.md": render(f"lawbook/world/{name}.md", rows=rows, book=self)
            for name, rows in tables.items()
        }
        found["map.svg"] = self._map()
        return found

    def _rows(self, kinds: Iterable[str]) -> list[dict[str, Any]]:
        """List the notices to some kinds of recipient that bind without a special status."""
        return [
            self._row(duty)
            for place in self.places
            for duty in self.duties[place]
            if set(kinds) & set(duty.kinds) and duty.binds and not duty.gated
        ]

    def _row(self, duty: Duty) -> dict[str, Any]:
        row = self.row_of(duty)
        if first_day(duty.version.from_) > self.day:
            row["limit"] += f" (from {duty.version.from_} on)"
        elif not duty.in_force:
            row["limit"] += f" ({self.status(duty)})"
        return row

    def _staged(self) -> list[dict[str, Any]]:
        """List the reports in stages, a line for each stage."""
        found = []
        for place in self.places:
            for duty in self.duties[place]:
                wording = self.wording(duty)
                for number, stage in enumerate(duty.version.stage or ()):
                    row = {"first": number == 0, "stage": stage.name.replace("_", " ")}
                    row |= self._row(duty) | {"limit": wording.due(stage.due)}
                    found.append(row)
        return found

    def _sectors(self) -> list[dict[str, Any]]:
        """List the notices that bind organisations of a special status alone."""
        return [
            self._row(duty)
            for place in self.places
            for duty in self.duties[place]
            if duty.gated and duty.binds and _OUTWARD & set(duty.kinds) and duty.place != _UNION
        ]

    # -- map and index ----------------------------------------------------------------------

    def strictest(self, place: str) -> Duty | None:
        """Find the outward notice with the shortest limit that binds without a special status.

        The law of the larger orders counts: a member state's is that of the Union.
        """
        found = [duty for duty in self._general(place) if duty.limit is not None]
        return min(found, key=lambda duty: (hours(_limit(duty)), duty.id), default=None)

    def _general(self, place: str) -> list[Duty]:
        return [
            duty
            for where in (place, *self.above(place))
            for duty in self.duties[where]
            if duty.in_force and self._outward(duty)
        ]

    @staticmethod
    def _outward(duty: Duty) -> bool:
        """Tell whether a notice goes to authorities or people, and binds without a status."""
        return bool(
            duty.edition.status != "no_duty"
            and not duty.gated
            and _OUTWARD & set(duty.kinds)
            and "controller" in duty.obligation.bound
            and not duty.id.endswith("-unverified")
        )

    def standing(self, place: str) -> str | None:
        """Say what a place has instead of a general notice; ``None`` where it has one."""
        if self._general(place):
            return None
        duties = self.duties[place]
        if not duties:
            return "not covered"
        if any(duty.id.endswith("-unverified") for duty in duties):
            return "unclear: ask local counsel"
        if any(self._outward(duty) and duty.edition.status != "proposed" for duty in duties):
            return "adopted, not yet in effect"
        if any(duty.in_force and duty.binds for duty in duties):
            return "duties of a sector alone"
        return "law without a duty"

    def _map(self) -> str:
        found = {_STATES: map_of_places.Spot(self.name(_STATES), None, "law of each state")}
        for place in self.places:
            duty = self.strictest(place)
            limit = duty.limit if duty else None
            found[place] = map_of_places.Spot(self.name(place), limit, self.standing(place))
        title = "The shortest limit of a notice that binds every organisation, by place"
        return map_of_places.drawn(WORLD, title, found, _CLASSES)

    def index(self) -> str:
        """Write the first page: the places by region, and the shortest limits."""
        every = [duty for duties in self.duties.values() for duty in duties]
        found = [(place, duty) for place in self.places if (duty := self.strictest(place))]
        ranked = sorted(found, key=lambda item: (hours(_limit(item[1])), self.name(item[0])))
        return render(
            "lawbook/world/index.md",
            book=self,
            every=every,
            read=[duty for duty in every if duty.read],
            low=[duty for duty in every if duty.confidence != "high"],
            shortest=[
                (place, duty, period_text(_limit(duty)))
                for place, duty in ranked
                if hours(_limit(duty)) <= _SHORT
            ],
        )

    @cached_property
    def regions(self) -> dict[str, list[str]]:
        """The places by region, as the families of their law files tell it."""
        words = table("lawbook/words.toml")["regions"]
        found: dict[str, list[str]] = {title: [] for title in words.values()}
        for place in self.places:
            found[words.get(self._family(place), words["world"])].append(place)
        return {title: places for title, places in found.items() if places}

    def _family(self, place: str) -> str:
        files = [raw for raw in self.corpus.raw.values() if raw.place == place]
        named = [str(raw.head["family"]) for raw in files if "family" in raw.head]
        return next(iter(named), "eu" if self._member(self.corpus, place) else "world")


def _limit(duty: Duty) -> Period:
    """Give the limit of a duty that is known to have one."""
    if duty.limit is None:
        message = f"{duty.id} has no limit in numbers"
        raise ValueError(message)
    return duty.limit
