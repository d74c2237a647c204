"""Words of a letter in its reader's language, and what still has to be translated.

Fixed texts, names of data, dates and numbers come from outputs/letter/words. What the
organisation wrote itself is never translated here: it stands as it is, with a mark, until
the incident file brings its own text under ``letter.<language>.<key>``.
"""

from __future__ import annotations

from functools import cache
from gettext import translation as translation_of

import pycountry

from regengine.documents.content import Matter, answered
from regengine.documents.outputs import (
    ENGLISH,
    folder,
    in_language,
    label,
    language,
    place_name,
    table,
)
from regengine.documents.paper import gap

# Items that say what the description of the incident says, and where it stands there.
_DESCRIBED = {
    "nature": ("nature",),
    "cause": ("cause",),
    "systems": ("systems",),
    "consequences": ("consequences",),
    "measures_taken": ("measures_taken",),
    "measures_proposed": ("measures_proposed",),
    "measures": ("measures_taken", "measures_proposed"),
    "advice": ("advice_to_people",),
}
# Items that read alike in every language: names, addresses, numbers.
_ALIKE = ("contact", "dpo", "reporter", "signatory", "organisation", "reference")


@cache
def languages() -> tuple[str, ...]:
    """List the languages in which letters have words of their own.

    >>> "de" in languages()
    True
    """
    return tuple(sorted(x.stem for x in folder().joinpath("letter/words").glob("*.toml")))


def letter_word(key: str, **values: object) -> str:
    """Say one text of letters; where the language lacks it, in English with a mark.

    >>> with in_language("de"):
    ...     letter_word("general_you")
    'Was Sie tun können'

    Raise ``KeyError`` for a key that English does not have.
    """
    own = table(f"letter/words/{language()}.toml")["letter"]
    if key in own:
        return str(own[key]).format(**values)
    text = str(table(f"letter/words/{ENGLISH}.toml")["letter"][key]).format(**values)
    return f"{text} {_to_translate(key.replace('_', ' '))}" if text else text


def _to_translate(item: str) -> str:
    """Mark a text as to be translated into the language of the letter."""
    words = table("letter/variants.toml")["mark"]
    name = in_english("languages", language())
    return gap(words["translate"].format(item=item, language=name))


def in_english(group: str, word: str) -> str:
    """Say a word for counsel, who reads the marks of a draft in English."""
    with in_language(ENGLISH):
        return label(group, word)


def translation(key: str, matter: Matter) -> str | None:
    """Find the organisation's own text of an item in the language of the letter.

    A text for one group of people, ``letter.<language>.<group>.<key>``, goes first.
    """
    own = (f"{matter.group}.{key}",) if matter.group is not None else ()
    for name in (*own, key):
        given = matter.incident.answers.get(f"letter.{language()}.{name}")
        if given is not None:
            return str(given)
    return None


def is_own_text(key: str, matter: Matter) -> bool:
    """Say whether an item's words are the organisation's own, hence in its language."""
    if key in _ALIKE:
        return False
    description = matter.incident.description
    described = any(getattr(description, name) for name in _DESCRIBED.get(key, ()))
    return described or answered(key, matter) is not None


def spoken(key: str, text: str, matter: Matter) -> str:
    """Give an item's text in the letter's language, or mark it as to be translated."""
    given = translation(key, matter)
    if given is not None:
        return given
    if language() == ENGLISH or not is_own_text(key, matter):
        return text
    return f"{text} {_to_translate(in_english('fills', key))}"


def place_words(code: str) -> str:
    """Name a place in the language of the letter, as far as it is listed there.

    >>> with in_language("de"):
    ...     place_words("AT"), place_words("CA-QC")
    ('Österreich', 'Québec')
    """
    english = place_name(code)
    if language() == ENGLISH:
        return english
    domain = "iso3166-2" if "-" in code else "iso3166-1"
    names = translation_of(domain, pycountry.LOCALES_DIR, [language()], fallback=True)
    return str(names.gettext(english))
