"""The folder of templates, and the few names of places and authorities that paper needs."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from regengine.facts import Organisation
from regengine.places import Places, load

# The date that goes into files where nothing else gives one: any fixed one will do.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_CHECKOUT = Path(__file__).resolve().parents[2]
ENGLISH = "en"
_LANGUAGE = ContextVar("language", default=ENGLISH)


@cache
def folder(name: str = "outputs") -> Path:
    """Find a data folder: the one in the wheel, else that of the checkout.

    >>> folder().joinpath("base.css").is_file()
    True
    """
    packed = Path(str(resources.files("regengine"))) / "_data" / name
    return packed if packed.is_dir() else _CHECKOUT / name


@cache
def table(path: str) -> dict[str, Any]:
    """Read one TOML file of the templates; ``path`` is relative to their folder.

    >>> table("words.toml")["elements"]["ssn"]
    'Social Security number'
    """
    with folder().joinpath(path).open("rb") as file:
        return tomllib.load(file)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Say words in a language that has a file in letter/words, as far as the file goes.

    >>> with in_language("de"):
    ...     label("elements", "name"), phrase("and", first="A", last="B")
    ('Name', 'A und B')

    Holds for this thread and task alone.
    """
    token = _LANGUAGE.set(code)
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def language() -> str:
    """Return the language in which words are said; English unless another is set."""
    return _LANGUAGE.get()


def own_words(group: str) -> Mapping[str, Any]:
    """Return the words of one group that the language has of its own; none for English."""
    if language() == ENGLISH:
        return {}
    found: dict[str, Any] = table(f"letter/words/{language()}.toml").get(group, {})
    return found


def label(group: str, word: str) -> str:
    """Say a vocabulary's word in plain words; an unlisted one loses its underscores.

    >>> label("elements", "dob")
    'date of birth'
    >>> label("elements", "new_thing")
    'new thing'
    """
    own = own_words(group).get(word)
    return str(own or table("words.toml")[group].get(word, word.replace("_", " ")))


def phrase(name: str, /, **values: object) -> str:
    """Fill one phrase of words.toml.

    >>> phrase("range", low="400", high="700")
    'between 400 and 700'
    """
    source = own_words("phrases").get(name) or table("words.toml")["phrases"][name]
    return str(source).format(**values)


@cache
def _authorities() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder("jurisdictions").rglob("*.toml")):
        with path.open("rb") as file:
            read = tomllib.load(file)
        found |= {row["id"]: row for row in read.get("authority", ())}
    return found


@cache
def _places() -> Places:
    return load()


def place_name(code: str) -> str:
    """Name a place; a code that is no place stays as it is.

    >>> place_name("IE"), place_name("unknown")
    ('Ireland', 'place not known')
    """
    words = table("words.toml")["places"]
    if code in words:
        return str(words[code])
    try:
        return _places()[code].name
    except KeyError:
        return code


def address_of(organisation: Organisation) -> list[str]:
    """List the address and, where it does not name it, the country of an organisation.

    >>> address_of(Organisation(country="DE-HE", address="Mainzer Str. 1, Frankfurt"))
    ['Mainzer Str. 1, Frankfurt', 'Germany']
    """
    address = organisation.address or ""
    country = place_name(organisation.country.partition("-")[0]) if organisation.country else ""
    return [part for part in (address, "" if country in address else country) if part]


def home_zone(organisation: Organisation) -> str:
    """Name the zone in which facts are told: the organisation's, else UTC.

    >>> home_zone(Organisation(country="IE"))
    'Europe/Dublin'
    """
    return organisation.home_zone(_places()) or "UTC"


def residence(code: str) -> str:
    """Name a place where people live, saying so where only a larger place is known.

    >>> residence("US")
    'United States, state not known'
    """
    return str(table("words.toml")["remainders"].get(code) or place_name(code))


def authority(dotted: str | None) -> dict[str, Any]:
    """Return what jurisdictions/ holds of an authority; empty where it holds nothing.

    >>> authority(None)
    {}
    """
    return _authorities().get(dotted or "", {})


@cache
def fingerprint() -> str:
    """Hash every template, so that a receipt names the exact paper that was used."""
    root = folder()
    total = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(root).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
