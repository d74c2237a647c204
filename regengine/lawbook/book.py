"""What every book of the law has: a page for each place, its duties in words, links."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from regengine.corpus import Corpus
from regengine.documents.outputs import folder, table
from regengine.law import Authority, Protected
from regengine.lawbook.digest import (
    Duty,
    duties_of,
    provenance,
)
from regengine.lawbook.in_words import Wording, bound_text, capital


class Book(ABC):
    """The law of some places on one day, ready to be written."""

    def __init__(self, corpus: Corpus, area: str, places: Iterable[str], day: date) -> None:
        self.corpus, self.area, self.day = corpus, area, day
        self.duties = duties_of(corpus, places, day)
        self.questions = {
            **{name: declared.question for name, declared in corpus.judgements.items()},
            **{name: declared.question for name, declared in corpus.regimes.items()},
        }

    def pages(self) -> dict[str, str]:
        """Render every page, by its file's name: the index first, then the comparisons."""
        found = {"index.md": self.index(), **self.comparisons()}
        for place, duties in self.duties.items():
            found[f"{file_of(place)}.md"] = self._place(place, duties)
        return found

    @abstractmethod
    def index(self) -> str:
        """Write the first page."""

    @abstractmethod
    def comparisons(self) -> dict[str, str]:
        """Write the pages that compare places, and the map."""

    def name(self, place: str) -> str:
        """Name a place."""
        return self.corpus.place_name(place)

    def status(self, duty: Duty) -> str:
        """Say what kind of law a duty is."""
        return str(table("lawbook/words.toml")["status"][duty.edition.status])

    def above(self, place: str) -> list[str]:
        """List the larger orders whose law binds in a place as well, and that have pages here."""
        found = self.corpus.world.ancestors(place)
        return [item for item in sorted(found) if item in self.duties and item != place]

    def link(self, place: str) -> str:
        """Link to a place's page."""
        return f"[{self.name(place)}]({file_of(place)}.md)"

    # -- a place ----------------------------------------------------------------------

    def _place(self, place: str, duties: list[Duty]) -> str:
        files = sorted({duty.entry.file for duty in duties} | self._files(place))
        counting = self.corpus.default_counting(place)
        return render(
            "lawbook/place.md",
            book=self,
            place=place,
            name=self.name(place),
            above=self.above(place),
            duties=[self._duty(duty) for duty in duties],
            definitions=[
                self._definition(file, item)
                for file in files
                for item in self.corpus.file(file).protected
            ],
            criteria=[
                (item, Wording(self.corpus.conditions(file), self.questions).condition(item.if_))
                for file in files
                for item in self.corpus.file(file).condition
                if item.says
            ],
            authorities=self._authorities(place),
            counting=self.corpus.counting(counting) if counting else None,
            no_law=[text for file in files if (text := self.corpus.file(file).no_law)],
            files=files,
        )

    def _files(self, place: str) -> set[str]:
        return {name for name, raw in self.corpus.raw.items() if raw.place == place}

    def wording(self, duty: Duty) -> Wording:
        """Say what a duty asks in words, for its place."""
        return Wording(duty.conditions, self.questions, self.name(duty.place))

    def _duty(self, duty: Duty) -> dict[str, Any]:
        version, wording = duty.version, self.wording(duty)
        stages = version.stage or ()
        return {
            "it": duty,
            "bound": bound_text(duty.obligation.bound),
            "short": self.limit_of(wording, version),
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
            "status": self.status(duty),
            "versions": [
                (item.version.from_, item.version.until, self.limit_of(wording, item.version),
                 item.version.cite or item.obligation.cite)
                for item in duty.entry.editions
            ],
            "cite": version.cite or duty.obligation.cite,
        }  # fmt: skip  # reason: one entry a line where it fits

    def limit_of(self, wording: Wording, version: Any) -> str:
        """Say when a version is due, stage by stage where it has stages."""
        if version.stage:
            return "; ".join(f"{stage.name}: {wording.due(stage.due)}" for stage in version.stage)
        return wording.due(version.due) if version.due else "none"

    def row_of(self, duty: Duty) -> dict[str, Any]:
        """Tell a notice in one row of a comparison."""
        return {
            "place": duty.place,
            "duty": duty,
            "to": ", ".join(duty.recipients),
            "people": ", ".join(duty.thresholds) or "any number",
            "limit": self.limit_of(self.wording(duty), duty.version),
            "read": provenance(duty.version),
            "cite": duty.version.cite or duty.obligation.cite,
        }

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


def file_of(place: str) -> str:
    """Name the file of a place's page, without its ending."""
    return place.lower()


def render(template: str, **names: Any) -> str:
    """Fill in a template; more than one empty line in a row is one too many."""
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
