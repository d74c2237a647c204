"""The book of a country whose states have law of their own: tables of residents' notices."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from regengine.corpus import Corpus
from regengine.documents.outputs import label, table
from regengine.facts import ELEMENTS
from regengine.lawbook import map as map_of_places
from regengine.lawbook.book import Book, render
from regengine.lawbook.digest import hours, protection_of, provenance, residents_duty
from regengine.lawbook.in_words import period_text

# Elements that say nothing of who is protected, or stand for all data.
_NO_ELEMENTS = frozenset({"name", "none", "*"})
# The upper end of each class in hours, and its words.
_CLASSES = (
    (10 * 24, "10 days or fewer"),
    (30 * 24, "up to 30 days"),
    (45 * 24, "up to 45 days"),
    (60 * 24, "up to 60 days"),
    (float("inf"), "more than 60 days"),
)


class StatesBook(Book):
    """The law of a country and its parts on one day."""

    def __init__(self, corpus: Corpus, area: str, day: date) -> None:
        # A place that no table lists could be the name of any file.
        own = {raw.place for raw in corpus.raw.values()} & corpus.places.listed.keys()
        inside = {area, *(place for place in own if place.startswith(f"{area}-"))}
        super().__init__(corpus, area, inside, day)

    @cached_property
    def states(self) -> list[str]:
        """The parts of the area, by name."""
        parts = [place for place in self.duties if place != self.area]
        return sorted(parts, key=self.name)

    def comparisons(self) -> dict[str, str]:
        """Write the tables that compare the states, and the map."""
        found = {
            f"{name}.md": render(f"lawbook/{name}.md", title=title, rows=rows, book=self)
            for name, title, rows in self._comparisons()
        }
        found["elements.md"] = render("lawbook/elements.md", rows=self._elements(), book=self)
        found["map.svg"] = self._map()
        return found

    def _comparisons(self) -> list[tuple[str, str, list[dict[str, Any]]]]:
        area = self.name(self.area)
        return [
            ("deadlines", f"{area}: the notice to the people", [*map(self._people_row, self.states)]),
            ("authorities", f"{area}: notices to authorities",
             self._rows_to("regulator", "law_enforcement")),
            ("agencies", f"{area}: notices to the credit bureaus",
             self._rows_to("consumer_reporting_agencies")),
            ("monitoring", f"{area}: what is owed besides the notice", self._extras()),
            ("tests", f"{area}: what triggers the notice", [*map(self._test_row, self.states)]),
        ]  # fmt: skip  # reason: one comparison a line where it fits

    def _people_row(self, place: str) -> dict[str, Any]:
        duty = residents_duty(self.duties[place])
        row: dict[str, Any] = {"place": place, "duty": duty}
        if duty is not None:
            due = duty.version.due
            row |= {
                "limit": period_text(duty.limit) if duty.limit else "no number",
                "said": self.limit_of(self.wording(duty), duty.version),
                "soft": due.soft if due else "",
                "read": provenance(duty.version),
                "cite": duty.version.cite or duty.obligation.cite,
            }
        return row

    def _rows_to(self, *kinds: str) -> list[dict[str, Any]]:
        """List the notices to some kinds of recipient that bind without a special status."""
        return [
            self.row_of(duty)
            for place in self.states
            for duty in self.duties[place]
            if set(kinds) & set(duty.kinds) and duty.binds and not duty.gated
        ]

    def _extras(self) -> list[dict[str, Any]]:
        return [
            {
                "place": place,
                "duty": duty,
                "kind": table("lawbook/words.toml")["extras"][extra.kind],
                "say": extra.say,
                "months": extra.months,
                "if": self.wording(duty).condition(extra.if_) if extra.if_ else "",
                "cite": extra.cite,
            }
            for place in self.states
            for duty in self.duties[place]
            for extra in duty.extras
            if duty.binds
        ]

    def _test_row(self, place: str) -> dict[str, Any]:
        duty = residents_duty(self.duties[place])
        row: dict[str, Any] = {"place": place, "duty": duty}
        if duty is not None:
            shown = duty.protected
            safe = shown.safe if shown else ()
            own = self.wording(duty)
            row |= {
                "trigger": duty.trigger,
                "harm": duty.harm,
                "paper": "yes" if shown is None or shown.paper else "no",
                "safe": "; or ".join(own.condition(item.if_) for item in safe) or "none",
            }
        return row

    def _elements(self) -> list[dict[str, Any]]:
        """For each element: where it is protected beside a name, and where alone."""
        found = []
        for element in sorted(ELEMENTS, key=lambda w: label("elements", w)):
            if element in _NO_ELEMENTS:
                continue
            beside, alone = [], []
            for place in self.states:
                duty = residents_duty(self.duties[place])
                how = protection_of(duty.protected if duty else None, element)
                code = place.rpartition("-")[2]
                beside += [] if how.beside_name is None else [f"{code}{how.beside_name}"]
                alone += [] if how.alone is None else [f"{code}{how.alone}"]
            if beside or alone:
                found.append(
                    {"element": label("elements", element), "name": beside, "alone": alone}
                )
        return found

    # -- map and index --------------------------------------------------------------------

    def _map(self) -> str:
        found = {}
        for place in self.states:
            duty = residents_duty(self.duties[place])
            found[place] = map_of_places.Spot(
                self.name(place),
                duty.limit if duty else None,
                other=None if duty is not None else "no general statute",
            )
        title = f"{self.name(self.area)}: the outer limit of the notice to the people"
        return map_of_places.drawn(self.area, title, found, _CLASSES)

    def index(self) -> str:
        """Write the first page, with the shortest limits."""
        every = [duty for duties in self.duties.values() for duty in duties]
        limited = [
            (place, duty.limit)
            for place in self.states
            if (duty := residents_duty(self.duties[place])) and duty.limit
        ]
        return render(
            "lawbook/index.md",
            book=self,
            name=self.name(self.area),
            every=every,
            read=[duty for duty in every if duty.read],
            low=[duty for duty in every if duty.confidence != "high"],
            shortest=sorted(limited, key=lambda item: (hours(item[1]), item[0]))[:10],
        )
