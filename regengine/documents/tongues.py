"""In which language a letter to people goes out, by the law's own words or by the place."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

from regengine.assessment import Result
from regengine.documents.outputs import ENGLISH, folder, table
from regengine.documents.translation import languages


class Tongue(NamedTuple):
    """A language of a letter.

    ``text`` is the language of the fixed words, ``wanted`` those in which the letter is to
    be sent and for which there are no words here: the text is English then.
    """

    text: str
    wanted: tuple[str, ...] = ()


@cache
def spoken_at(place: str) -> tuple[str, ...]:
    """List the languages of letters to the people of a place.

    >>> spoken_at("BE"), spoken_at("AT"), spoken_at("EEA")
    (('nl', 'fr'), ('de',), ())
    """
    for row in table("letter/languages.toml")["place"]:
        if any(fnmatchcase(place, code) for code in _narrowest(place, row["codes"])):
            return tuple(row["languages"])
    own = _of_place(place).get("languages") or _of_place(place.partition("-")[0]).get("languages")
    return tuple(own or ())


def _narrowest(place: str, codes: list[str]) -> list[str]:
    """Leave patterns out for a place that another row names by its own code."""
    rows = table("letter/languages.toml")["place"]
    named = any(place in row["codes"] for row in rows)
    return [code for code in codes if code == place or not named]


@cache
def _of_place(place: str) -> dict[str, Any]:
    path = folder("jurisdictions") / f"{place.lower()}.toml"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return tomllib.load(file)


def tongues(result: Result) -> tuple[Tongue, ...]:
    """List the languages in which the letter of a duty is written, each a letter of its own.

    A language without words here is joined to the English text, which is then a draft for
    translation. A place whose languages are not known gets English.
    """
    wanted = result.languages or spoken_at(result.jurisdiction)
    known = [code for code in wanted if code in languages()]
    foreign = tuple(code for code in wanted if code not in languages())
    found = [Tongue(code) for code in known if not (foreign and code == ENGLISH)]
    if foreign or not found:
        found.append(Tongue(ENGLISH, foreign))
    return tuple(found)
