"""Readability: how easily a letter reads, and that our own texts read easily."""

from __future__ import annotations

import re
import tomllib

import pytest

from regengine.documents.outputs import ENGLISH, folder, table
from regengine.documents.paper import Block, Paper, Section, gap
from regengine.documents.readability import (
    harder_than_plain,
    reading,
    running_text,
    syllables,
)
from regengine.documents.templates import template_at
from regengine.documents.translation import languages

WORDS = {
    1: [
        "breach",
        "freeze",
        "free",
        "used",
        "closed",
        "helped",
        "changed",
        "please",
        "need",
        "theft",
        "trade",
        "the",
        "be",
    ],
    2: [
        "notice",
        "credit",
        "account",
        "statements",
        "review",
        "password",
        "places",
        "table",
        "people",
        "victim",
    ],
    3: [
        "reporting",
        "agency",
        "attorney",
        "general",
        "consumer",
        "federal",
        "residents",
        "telephone",
        "services",
        "period",
        "medical",
        "incident",
        "notified",
        "personal",
        "media",
        "guardian",
        "annual",
        "serious",
    ],
    4: ["information", "identity", "security", "monitoring", "experience", "electronic", "society"],
}
HARD = (
    "Notwithstanding the aforementioned organisational modifications, unauthorised individuals "
    "nevertheless obtained considerable quantities of particularly confidential information "
    "concerning beneficiaries, necessitating comprehensive precautionary intervention."
)
FORMULAS = {  # the best known text of each measure, by hand: words, sentences, syllables
    "en": ("The cat sat on the mat. The dog ran to the old red barn today.", 15, 2, 16),
}


@pytest.mark.parametrize(("count", "word"), [(n, w) for n, words in WORDS.items() for w in words])
def test_syllables_of_english_words_of_letters_are_counted_as_they_are_spoken(
    count: int, word: str
) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("word", "lang", "count"),
    [
        ("Datenschutzbehörde", "de", 6),
        ("Maßnahmen", "de", 3),
        ("données", "fr", 2),
        ("personnes", "fr", 2),
        ("contraseña", "es", 4),
        ("persoonsgegevens", "nl", 5),
        ("zdarzenie", "pl", 3),
        ("bezpłatnie", "pl", 3),
    ],
)
def test_syllables_of_other_languages_are_counted_by_their_own_vowels(
    word: str, lang: str, count: int
) -> None:
    assert syllables(word, lang) == count


def test_the_grade_is_that_of_the_formula() -> None:
    text, words, sentences, spoken = FORMULAS["en"]
    found = reading(text)
    assert found is not None
    assert (found.words, found.sentences) == (words, sentences)
    grade = 0.39 * words / sentences + 11.8 * spoken / words - 15.59
    assert found.score == round(grade, 1)


@pytest.mark.parametrize("lang", languages())
def test_every_language_of_letters_has_a_measure_with_its_source(lang: str) -> None:
    measure = table("letter/reading.toml")[lang]
    assert measure["source"]
    assert reading("a b c d e f g h i j k l m. n o p.", lang) is not None


def _fixed(lang: str) -> list[tuple[str, str]]:
    path = folder() / f"letter/words/{lang}.toml"
    texts = tomllib.loads(path.read_text(encoding="utf-8"))["letter"]
    return [(key, re.sub(r"\{\w+\}", "Name", text)) for key, text in texts.items()]


@pytest.mark.parametrize("lang", languages())
def test_our_own_texts_of_a_language_are_plain_as_a_whole(lang: str) -> None:
    found = reading("\n".join(text for _, text in _fixed(lang) if text.count(" ") > 3), lang)
    assert found is not None
    assert found.plain, found


def test_no_longer_text_of_ours_is_above_grade_nine() -> None:
    for key, text in _fixed(ENGLISH):
        found = reading(text)
        if found is not None and found.words >= 25:
            assert found.score <= 9, (key, found)


def test_hard_words_of_the_organisation_are_found_and_plain_ones_are_not() -> None:
    found = harder_than_plain([HARD])
    assert found is not None
    assert found.score > 15
    assert harder_than_plain(["We shut the door. We told the police. We reset all keys."]) is None
    assert harder_than_plain([None, ""]) is None


def test_numbers_addresses_and_marks_are_no_words() -> None:
    plain = "We write to you today about your data and what you can do now."
    marked = plain + f" Call 1-877-322-8228 or see www.annualcreditreport.com. {gap('the date')}"
    bare, full = reading(plain), reading(marked)
    assert bare is not None
    assert full is not None
    assert full.words == bare.words + len(["Call", "or", "see"])


def test_what_is_still_to_be_translated_does_not_count_for_the_letter_s_language() -> None:
    open_ = f"English words. {gap('to be translated into German: the cause')}"
    block = Block(("Das sind deutsche Wörter.", open_), bullets=False)
    paper = Paper(
        template_at("letter/general"),
        "T",
        "S",
        ("Guten Tag",),
        (),
        (Section("H", (), (block,)),),
        (),
    )
    assert running_text(paper) == "Guten Tag\nDas sind deutsche Wörter."


def test_a_text_of_a_few_words_or_an_unknown_language_has_no_figure() -> None:
    assert reading("Too short.") is None
    assert reading("One two three four five six seven eight nine ten eleven.", "xx") is None
