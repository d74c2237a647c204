"""Places: one canonical code for each, its name, zone and the areas that it lies in.

The table stands in jurisdictions/places.toml, other spellings in jurisdictions/aliases.toml.
A subdivision that the table does not list is looked up in pycountry, and only then is that
library imported.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regengine.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUBDIVISION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


class UnknownPlaceError(KeyError):
    """A place that no table holds; the message names the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Place:
    """One place under its canonical code.

    ``zone`` is the easternmost inhabited zone; ``groups`` are the areas it belongs to;
    ``law_of`` is set for a territory under the law of another place.
    """

    code: str
    name: str
    zone: str
    groups: tuple[str, ...] = ()
    law_of: str | None = None

    @property
    def country(self) -> str:
        """Name the country that a subdivision is part of, or the place itself.

        >>> Place("US-CA", "California", "America/Los_Angeles").country
        'US'
        """
        return self.code.partition("-")[0]

    @property
    def is_area(self) -> bool:
        """Tell whether the code stands for several countries."""
        return self.code in ("EU", "EEA")


@dataclass(frozen=True, eq=False)
class Places:
    """The table of places, with aliases folded.

    >>> load().canonical("UK"), load().canonical("PR"), load()["DE-BY"].zone
    ('GB', 'US-PR', 'Europe/Berlin')
    """

    listed: Mapping[str, Place]
    aliases: Mapping[str, str]

    @cached_property
    def all(self) -> frozenset[str]:
        """The canonical codes of the table; unlisted subdivisions are known besides."""
        return frozenset(self.listed)

    def canonical(self, code: str) -> str:
        """Fold the aliases of a place.

        >>> load().canonical("EL")
        'GR'

        Raise ``UnknownPlaceError``, a ``KeyError``, with the nearest known code.
        """
        return self[code].code

    def __getitem__(self, code: str) -> Place:
        folded = self.aliases.get(code, code)
        place = self.listed.get(folded) or self._subdivision(folded)
        if place is None:
            message = f'unknown place "{code}"{self._hint(code)}'
            raise UnknownPlaceError(message)
        return place

    def within(self, code: str, area: str) -> bool:
        """Tell whether a place lies in an area, a country, or is the same place.

        Territories lie in the country whose law holds there.

        >>> load().within("RE", "EEA"), load().within("US-GU", "US"), load().within("GB", "EU")
        (True, True, False)
        """
        place, wider = self[code], self.canonical(area)
        if wider in (place.code, place.country) or wider in place.groups:
            return True
        parent = place.law_of or (place.country if place.country != place.code else None)
        return parent is not None and self.within(parent, wider)

    def _subdivision(self, code: str) -> Place | None:
        """Find a subdivision that the table does not list, as a part of its country."""
        if _SUBDIVISION.fullmatch(code) is None or code[:2] not in self.listed:
            return None
        name = _subdivision_name(code)
        return None if name is None else Place(code, name, self.listed[code[:2]].zone)

    def _hint(self, code: str) -> str:
        """Suggest a code by its capitals, by the name of the place, then by spelling."""
        spelling = code.upper().replace("_", "-")
        if spelling in self.listed or spelling in self.aliases:
            return f'; did you mean "{self.aliases.get(spelling, spelling)}"?'
        named = {place.name.casefold(): place.code for place in self.listed.values()}
        name = nearest(code.casefold(), named) if len(code) > len("US-CA") else None
        match = named[name] if name else nearest(spelling, sorted(self.listed))
        return f'; did you mean "{match}"?' if match else ""


@cache
def _subdivision_name(code: str) -> str | None:
    # reason: half of the start-up time of a small matter, and seldom needed
    import pycountry  # noqa: PLC0415

    found = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]  # reason: the library is partly typed
    return None if found is None else str(found.name)


def _folder() -> Path:
    installed = Path(str(resources.files("regengine"))) / "_data" / "jurisdictions"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "jurisdictions"


@cache
def load(folder: Path | None = None) -> Places:
    """Read the table of places; ``None`` is the one that comes with the package.

    >>> load()["IE"].name
    'Ireland'
    """
    home = folder or _folder()
    table, aliases = (
        tomllib.loads((home / name).read_text(encoding="utf-8"))
        for name in ("places.toml", "aliases.toml")
    )
    return listed(table, aliases)


def listed(table: Mapping[str, Any], aliases: Mapping[str, Any]) -> Places:
    """Make the table of places from the content of its two files.

    >>> made = listed({"place": {"IE": {"name": "Ireland", "zone": "Europe/Dublin"}}}, {"alias": {}})
    >>> made["IE"].zone
    'Europe/Dublin'
    """
    places = {
        code: Place(
            code, entry["name"], entry["zone"], tuple(entry.get("groups", ())), entry.get("law_of")
        )
        for code, entry in table["place"].items()
    }
    return Places(places, aliases["alias"])
