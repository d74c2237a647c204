"""How easily a letter reads: years of school, or a score, by a measure for each language.

Maintainer's note. The measures (outputs/letter/reading.toml) need words, sentences and
syllables alone. Syllables are counted by groups of vowels; in English a silent e is left
out and hiatus is not resolved, which comes out within a tenth of a syllable of the words
of a dictionary on running text. Numbers, addresses, telephone numbers, marks of a draft
and merge fields are no words: they would only make a text look harder or easier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple

from regengine.documents.outputs import ENGLISH, table
from regengine.documents.paper import GAP_CLOSES, GAP_OPENS, Paper

_VOWELS = {
    "en": "aeiouy",
    "de": "aeiouyäöü",
    "fr": "aeiouyàâäéèêëîïôöùûüÿœæ",
    "es": "aeiouáéíóúü",
    "it": "aeiouàèéìíòóùú",
    "pt": "aeiouáâãàéêíóôõúü",
    "nl": "aeiouyëïöüáéíóú",
    "pl": "aeouyąęó",  # i before a vowel only softens the consonant
}
_NO_WORD = re.compile(
    rf"{GAP_OPENS}.*?{GAP_CLOSES}|«[^»]*»|\S+@\S+|(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?",
    flags=re.DOTALL,
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_END = re.compile(r"[.!?](?=\s|$)|\n")
_LONG = 4  # syllables of a long word in Polish
_ENOUGH = 10  # words below which a measure says nothing


class Reading(NamedTuple):
    """How a text reads; ``score`` is a number of years of school or of points.

    ``years`` says which: more years read harder, more points read easier. ``plain`` says
    whether the text keeps the bound of its language.
    """

    scale: str
    score: float
    years: bool
    plain: bool
    words: int
    sentences: int


def syllables(word: str, lang: str = ENGLISH) -> int:
    """Count the syllables of a word; at least one.

    >>> [syllables(word) for word in ("breach", "notice", "information", "table")]
    [1, 2, 4, 2]
    >>> syllables("Verletzung", "de")
    3
    """
    low = word.lower()
    if lang == ENGLISH:
        return _english(low)
    if lang == "pl":
        low = re.sub(r"i(?=[aeouąęó])", "", low)
        return max(1, sum(letter in "aeiouyąęó" for letter in low))
    vowels = _VOWELS.get(lang, _VOWELS[ENGLISH])
    if lang == "fr":
        low = re.sub(r"(?<=[^aeiouy])e(?:s|nt)?$", "", low) or low
    return max(1, len(re.findall(f"[{vowels}]+", low)))


# An e that is not heard, and vowels side by side that are heard apart.
_SILENT = re.compile(
    r"(?<![^aeiouy]l)(?<=[a-z]{2})e$"
    r"|(?<=[aeiouy][^aeiouysxzcg])e(?=s$)|(?<=[aeiouy][^aeiouytd])e(?=d$)"
    r"|(?<=[^aeiouytd][^aeiouytd])e(?=d$)"
    r"|(?<=[aeiouy][^aeiouy])e(?=ments?$|ful|less|ly$|ness)"
)
_APART = re.compile(
    r"(?<![ct])ia(?!ge)|(?<![tscgx])io|iu|(?<![qg])ua|(?<!p)eo|iet(?=y|$)|(?<![ct])ien"
)


def _english(word: str) -> int:
    stem = _SILENT.sub("", word)
    return max(1, len(re.findall("[aeiouy]+", stem)) + len(_APART.findall(stem)))


def reading(text: str, lang: str = ENGLISH) -> Reading | None:
    """Measure a running text; ``None`` for a language without a measure, or too few words.

    >>> found = reading("We write to you about your data. Please read this page with care.")
    >>> found.plain, found.words, found.sentences
    (True, 13, 2)
    """
    measures = table("letter/reading.toml")
    if lang not in measures:
        return None
    cleaned = _NO_WORD.sub(" ", text)
    words = _WORD.findall(cleaned)
    if len(words) < _ENOUGH:
        return None
    parts = [part for part in _END.split(cleaned) if _WORD.search(part)]
    sentences = max(1, len(parts))
    found = measures[lang]
    score = round(_score(found, words, sentences, lang), 1)
    years = found["kind"] in ("grade", "pisarek")
    plain = score <= found["plain"] if years else score >= found["plain"]
    return Reading(found["scale"], score, years, plain, len(words), sentences)


def _score(measure: dict[str, float | str], words: list[str], sentences: int, lang: str) -> float:
    length = len(words) / sentences
    counts = [syllables(word, lang) for word in words]
    if measure["kind"] == "gulpease":
        letters = sum(len(word) for word in words)
        return 89 + (300 * sentences - 10 * letters) / len(words)
    if measure["kind"] == "pisarek":
        long = 100 * sum(count >= _LONG for count in counts) / len(words)
        return sqrt(length**2 + long**2) / 2
    per_word = sum(counts) / len(words)
    return (
        float(measure["base"])
        - float(measure["sentence"]) * length
        - float(measure["word"]) * per_word
    )


def running_text(paper: Paper) -> str:
    """Join what is read as prose in a letter: no headings, lists of addresses or signatures.

    Lines that are to be translated are left out: they are in another language still.
    """
    blocks = (block for part in paper.sections for block in part.blocks if not block.bullets)
    lines = [*paper.intro, *(line for block in blocks for line in block.lines)]
    mark = str(table("letter/variants.toml")["mark"]["translate"]).partition("{")[0]
    return "\n".join(line for line in lines if f"{GAP_OPENS}{mark}" not in line)


def harder_than_plain(texts: Iterable[str | None], lang: str = ENGLISH) -> Reading | None:
    """Measure what the organisation wrote itself; ``None`` where that is plain or too short."""
    found = reading("\n".join(text for text in texts if text), lang)
    return None if found is None or found.plain else found
