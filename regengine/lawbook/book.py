"""Writes the book: a page for each place of an area, comparisons, the map, an index."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from regengine.corpus import Corpus
from regengine.documents.outputs import folder, label, table
from regengine.errors import Fault, InputError
from regengine.facts import ELEMENTS
from regengine.law import Authority, Protected
from regengine.lawbook import map as map_of_places
from regengine.lawbook.digest import (
    Duty,
    duties_of,
    hours,
    protection_of,
    provenance,
    residents_duty,
)
from regengine.lawbook.in_words import Wording, bound_text, capital, period_text

# Elements that say nothing of who is protected, or stand for all data.
_NO_ELEMENTS = frozenset({"name", "none", "*"})


def write_pages(corpus: Corpus, area: str, into: Path, day: date | None = None) -> list[Path]:
    """Write the pages of an area; give their paths, the index first.

    ``area`` is a country whose parts have law of their own ("US"); ``day`` is the day on
    which the law is shown, by default that of the corpus. Pages that no place has any more
    are not removed. Raises ``InputError`` for an area of which no map is laid out, ``OSError``
    where the folder cannot be written.
    """
    laid_out = table("lawbook/tiles.toml")
    if area not in laid_out:
        message = f"no pages are laid out for this area; allowed: {', '.join(sorted(laid_out))}"
        raise InputError([Fault("", area, message)])
    into.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in Book(corpus, area, day or corpus.day).pages().items():
        path = into / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


class Book:
    """The law of an area on one day, ready to be written."""

    def __init__(self, corpus: Corpus, area: str, day: date) -> None:
        self.corpus, self.area, self.day = corpus, area, day
        # A place that no table lists could be the name of any file.
        own = {raw.place for raw in corpus.raw.values()} & corpus.places.listed.keys()
        inside = {area, *(place for place in own if place.startswith(f"{area}-"))}
        self.duties = duties_of(corpus, inside, day)
        self.questions = {
            **{name: declared.question for name, declared in corpus.judgements.items()},
            **{name: declared.question for name, declared in corpus.regimes.items()},
        }

    def pages(self) -> dict[str, str]:
        """Render every page, by its file's name."""
        found = {"index.md": self._index()}
        for name, title, rows in self._comparisons():
            found[f"{name}.md"] = _render(f"lawbook/{name}.md", title=title, rows=rows, book=self)
        found["elements.md"] = _render("lawbook/elements.md", rows=self._elements(), book=self)
        found["map.svg"] = self._map()
        for place, duties in self.duties.items():
            found[f"{_file(place)}.md"] = self._place(place, duties)
        return found

    @cached_property
    def states(self) -> list[str]:
        """The parts of the area, by name."""
        parts = [place for place in self.duties if place != self.area]
        return sorted(parts, key=self.name)

    def name(self, place: str) -> str:
        """Name a place."""
        return self.corpus.place_name(place)

    def link(self, place: str) -> str:
        """Link to a place's page."""
        return f"[{self.name(place)}]({_file(place)}.md)"

    # -- a place ----------------------------------------------------------------------

    def _place(self, place: str, duties: list[Duty]) -> str:
        files = sorted({duty.entry.file for duty in duties} | self._files(place))
        counting = self.corpus.default_counting(place)
        return _render(
            "lawbook/place.md",
            book=self,
            place=place,
            name=self.name(place),
            duties=[self._duty(duty) for duty in duties],
            definitions=[
                self._definition(file, item)
                for file in files
                for item in self.corpus.file(file).protected
            ],
            authorities=self._authorities(place),
            counting=self.corpus.counting(counting) if counting else None,
            no_law=[text for file in files if (text := self.corpus.file(file).no_law)],
            files=files,
        )

    def _files(self, place: str) -> set[str]:
        return {name for name, raw in self.corpus.raw.items() if raw.place == place}

    def _wording(self, duty: Duty) -> Wording:
        return Wording(duty.conditions, self.questions, self.name(duty.place))

    def _duty(self, duty: Duty) -> dict[str, Any]:
        version, wording = duty.version, self._wording(duty)
        stages = version.stage or ()
        return {
            "it": duty,
            "bound": bound_text(duty.obligation.bound),
            "short": self._limit_of(wording, version),
            "when": [capital(wording.condition(text)) for text in version.when or ()],
            "grounds": [
                (item.name, wording.condition(item.if_), item.cite) for item in version.grounds or ()
            ],
            "unless": [self._unless(wording, item) for item in version.unless or ()],
            "limit": wording.due(version.due) if version.due else "",
            "stages": [(stage.name.replace("_", " "), wording.due(stage.due)) for stage in stages],
            "readings": [
                (each.ground, wording.due(each.due), each.cite)
                for due in (version.due, *(stage.due for stage in stages))
                if due
                for each in due.readings
            ],
            "hold": wording.hold(version.hold) if version.hold else "",
            "read": provenance(version),
            "status": table("lawbook/words.toml")["status"][duty.edition.status],
            "versions": [
                (item.version.from_, item.version.until, self._limit_of(wording, item.version),
                 item.version.cite or item.obligation.cite)
                for item in duty.entry.editions
            ],
            "cite": version.cite or duty.obligation.cite,
        }  # fmt: skip  # reason: one entry a line where it fits

    def _limit_of(self, wording: Wording, version: Any) -> str:
        if version.stage:
            return "; ".join(f"{stage.name}: {wording.due(stage.due)}" for stage in version.stage)
        return wording.due(version.due) if version.due else "none"

    def _unless(self, wording: Wording, item: Any) -> dict[str, Any]:
        asked = [word.partition(" ")[2] for word in item.form if word.startswith("consulted")]
        named = [self.corpus.authority(one) for one in asked]
        form = ["in writing"] if "written" in item.form else []
        form += [f"after consulting {one.name}" for one in named if one]
        return {
            "said": item.question or capital(wording.condition(item.if_)),
            "burden": table("lawbook/words.toml")["burden"][item.burden],
            "form": ", ".join(form),
            "keep": item.keep,
            "cite": item.cite,
            "instead": item.displaces,
        }

    def _definition(self, file: str, item: Protected) -> dict[str, Any]:
        wording = Wording(self.corpus.conditions(file), self.questions)
        lines = list(wording.protected(item))
        return {"it": item, "lines": lines, "read": provenance(item)}

    def _authorities(self, place: str) -> list[Authority]:
        known = self.corpus.jurisdiction(place)
        return list(known.authority) if known else []

    # -- comparisons --------------------------------------------------------------------

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
                "said": self._limit_of(self._wording(duty), duty.version),
                "soft": due.soft if due else "",
                "read": provenance(duty.version),
                "cite": duty.version.cite or duty.obligation.cite,
            }
        return row

    def _rows_to(self, *kinds: str) -> list[dict[str, Any]]:
        """List the notices to some kinds of recipient that bind without a special status."""
        return [
            {
                "place": place,
                "duty": duty,
                "to": ", ".join(duty.recipients),
                "people": ", ".join(duty.thresholds) or "any number",
                "limit": self._limit_of(self._wording(duty), duty.version),
                "read": provenance(duty.version),
                "cite": duty.version.cite or duty.obligation.cite,
            }
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
                "if": self._wording(duty).condition(extra.if_) if extra.if_ else "",
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
            own = self._wording(duty)
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
            found[place] = (self.name(place), duty.limit if duty else None, duty is not None)
        title = f"{self.name(self.area)}: the outer limit of the notice to the people"
        return map_of_places.drawn(self.area, title, found)

    def _index(self) -> str:
        every = [duty for duties in self.duties.values() for duty in duties]
        limited = [
            (place, duty.limit)
            for place in self.states
            if (duty := residents_duty(self.duties[place])) and duty.limit
        ]
        return _render(
            "lawbook/index.md",
            book=self,
            name=self.name(self.area),
            every=every,
            read=[duty for duty in every if duty.read],
            low=[duty for duty in every if duty.confidence != "high"],
            shortest=sorted(limited, key=lambda item: (hours(item[1]), item[0]))[:10],
        )


def _file(place: str) -> str:
    return place.lower()


def _render(template: str, **names: Any) -> str:
    text = _environment().get_template(template).render(**names)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # reason: Markdown; the filters below escape it
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": _cell, "plain": _plain, "capital": capital, "url": _url}
    return environment


def _plain(text: object) -> str:
    """Keep a text from being read as HTML or as a link by Markdown."""
    said = " ".join(str(text).split()).replace("\\", "\\\\")
    return said.replace("&", "&amp;").replace("<", "&lt;").replace("[", "\\[")


def _cell(text: object) -> str:
    """Write a text for a cell of a table."""
    return _plain(text).replace("|", "\\|")


def _url(text: str) -> str:
    """Write an address as a link; anything else as text."""
    return f"<{text}>" if re.fullmatch(r"https?://[^\s<>]+", text) else _plain(text)
