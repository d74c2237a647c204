"""Tables of text that others made: encoding and delimiter found, sizes limited.

A file is read twice through one handle: first for its hash and its encoding, then row by
row. Nothing of it is guessed that would change a value: bytes that fit no encoding are
refused.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from regengine.errors import Fault, InputError

DELIMITERS: Final = (",", ";", "\t", "|")
# What a spreadsheet would run instead of showing.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BLOCK: Final = 1 << 20
_SAMPLE: Final = 64 * 1024  # characters by which the delimiter is found
_SAMPLE_ROWS: Final = 20
_COLUMNS: Final = 200
_HALF_ZERO: Final = 0.3  # of the bytes at even or odd places, in UTF-16 without a mark


@dataclass(frozen=True)
class Sheet:
    """A table with its heading; ``rows`` gives each row with the line on which it ends."""

    name: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    encoding: str
    delimiter: str
    sha256: str
    size: int


def safe(text: str) -> str:
    """Make a cell that no spreadsheet runs as a formula.

    >>> safe("=1+1"), safe("24 hours")
    ("'=1+1", '24 hours')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def bare(text: str) -> str:
    """Take the quote away that ``safe`` puts before a cell.

    >>> bare("'=1+1"), bare("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def is_blank(row: list[str]) -> bool:
    """Tell whether a row says nothing.

    >>> is_blank(["", " "]), is_blank([])
    (True, True)
    """
    return not any(cell.strip() for cell in row)


@contextmanager
def opened(path: str | Path, *, most: int) -> Iterator[Sheet]:
    """Open a table of at most so many bytes.

    Raise ``InputError`` for a file that cannot be read, is too large, has no heading or
    whose bytes fit neither UTF-8, UTF-16 nor Windows-1252.
    """
    name = Path(path).name
    try:
        file = Path(path).open("rb")  # noqa: SIM115  # reason: closed below; a fault here is told
    except OSError as error:
        raise InputError([Fault(name, "", f"cannot be read: {error.strerror}")]) from None
    with file:
        digest, size, encoding = _looked_over(file, name, most)
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        yield _sheet(text, name, encoding, digest, size)


def _sheet(text: io.TextIOWrapper, name: str, encoding: str, digest: str, size: int) -> Sheet:
    try:
        sample = text.read(_SAMPLE)
    except UnicodeError:
        raise InputError([Fault(name, "", f"is no text in {encoding}")]) from None
    text.seek(0)
    told = re.match(r"\s*sep=(.)\r?\n", sample, re.IGNORECASE)
    delimiter = told[1] if told else _delimiter(sample)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    rows = _rows(reader, name, encoding)
    if told:
        next(rows, None)
    header = next((row for _, row in rows if not is_blank(row)), [])
    if not header:
        raise InputError([Fault(name, "", "is empty: the first row names the columns")])
    if len(header) > _COLUMNS:
        raise InputError([Fault(name, "", f"has more than {_COLUMNS} columns")])
    names = tuple(cell.strip() for cell in header)
    return Sheet(name, names, rows, encoding, delimiter, digest, size)


def _rows(reader: Iterator[list[str]], name: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Give the rows, also those of empty cells alone; a fault of the file names the line."""
    while True:
        line = getattr(reader, "line_num", 0) + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError([Fault(name, f"line {line}", f"is no row: {error}")]) from None
        except UnicodeError:
            raise InputError([Fault(name, f"line {line}", f"is no text in {encoding}")]) from None
        yield getattr(reader, "line_num", line), row


def _looked_over(file: BinaryIO, name: str, most: int) -> tuple[str, int, str]:
    """Hash a file and find its encoding."""
    digest, size = hashlib.sha256(), 0
    utf8, zeros, begin = codecs.getincrementaldecoder("utf-8")(), [0, 0], b""
    fits = True
    while block := file.read(_BLOCK):
        begin = begin or block[:4]
        digest.update(block)
        size += len(block)
        if size > most:
            raise InputError([Fault(name, "", f"larger than {most:,} bytes")])
        zeros = [zeros[0] + block[::2].count(0), zeros[1] + block[1::2].count(0)]
        fits = fits and _decodes(utf8, block)
    fits = fits and _decodes(utf8, b"", last=True)
    return digest.hexdigest(), size, _encoding(begin, zeros, size, name, fits=fits)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, last: bool = False) -> bool:
    try:
        decoder.decode(block, final=last)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(begin: bytes, zeros: list[int], size: int, name: str, *, fits: bool) -> str:
    if begin.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InputError([Fault(name, "", "is UTF-32; save it as UTF-8")])
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if begin.startswith(codecs.BOM_UTF8) and fits:
        return "utf-8-sig"
    if any(zeros):
        # Text in Western letters has a zero in every second byte of UTF-16, and nowhere else.
        for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if zeros[place] > _HALF_ZERO * size / 2 and not zeros[1 - place]:
                return encoding
        raise InputError([Fault(name, "", "is no text: it holds zero bytes")])
    return "utf-8" if fits else "cp1252"


def _delimiter(sample: str) -> str:
    """Find what parts the cells: what gives the most rows as wide as the first."""

    def fit(mark: str) -> tuple[int, int]:
        lines = io.StringIO(sample, newline="")
        found = []
        try:
            for row in csv.reader(lines, delimiter=mark):
                found.append(len(row))
                if len(found) > _SAMPLE_ROWS:
                    break
        except csv.Error:
            return 0, 0
        width = found[0] if found else 0
        return (sum(each == width for each in found), width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=fit)
