"""The law as pages to read: a page for each place, tables that compare them, a map.

Everything is built from rules/ and jurisdictions/ alone, as they stand on one day.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from regengine.corpus import Corpus
from regengine.documents.outputs import table
from regengine.errors import Fault, InputError
from regengine.lawbook.book import Book
from regengine.lawbook.states import StatesBook
from regengine.lawbook.world import WORLD, WorldBook

__all__ = ["WORLD", "book_of", "write_pages"]


def book_of(corpus: Corpus, area: str, day: date | None = None) -> Book:
    """Open the book of an area: a country whose parts have law of their own, or ``WORLD``.

    >>> book_of(Corpus.open(), "US").area
    'US'

    ``day`` is the day on which the law is shown, by default that of the corpus. Raises
    ``InputError`` for an area of which no map is laid out.
    """
    laid_out = table("lawbook/tiles.toml")
    if area not in laid_out:
        message = f"no pages are laid out for this area; allowed: {', '.join(sorted(laid_out))}"
        raise InputError([Fault("", area, message)])
    shown = day or corpus.day
    return WorldBook(corpus, shown) if area == WORLD else StatesBook(corpus, area, shown)


def write_pages(corpus: Corpus, area: str, into: Path, day: date | None = None) -> list[Path]:
    """Write the pages of an area; give their paths, the index first.

    Pages that no place has any more are not removed. Raises ``InputError`` for an area of
    which no map is laid out, ``OSError`` where the folder cannot be written.
    """
    found = book_of(corpus, area, day).pages()
    into.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in found.items():
        path = into / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written
