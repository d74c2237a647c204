"""Papers that counsel has changed, read back as text: Word, HTML and plain text.

A PDF is not read: its text cannot be had with certainty without a library for it. One that
is byte for byte a paper of the matter needs no reading, and neither does its unchanged Word
form; any other is named as unread.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from regengine.documents import edits
from regengine.documents.document import Document
from regengine.documents.provenance import sha256
from regengine.errors import Fault, InputError

_MOST_BYTES = 20_000_000  # of one file
_READ = (".docx", ".html", ".htm", ".txt", ".pdf")
_UNSEEN = ("script", "style", "head", "template")
_INLINE = ("a", "abbr", "b", "em", "i", "small", "span", "strong", "sub", "sup", "u", "wbr")


class Readback(NamedTuple):
    """What a folder holds: papers whose text was read, and names of files that were not."""

    papers: tuple[Document, ...]
    unread: tuple[str, ...]


NOTHING = Readback((), ())


def read_folder(folder: Path, known: Iterable[Document] = ()) -> Readback:
    """Read the papers in a folder, those left out that are unchanged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = Path(name, "press.txt").write_text("Nothing was taken.")
    ...     read_folder(Path(name)).papers[0].text
    'Nothing was taken.'

    Unchanged are files that are byte for byte a form of a paper in ``known``, or that
    receipt.json in the folder lists with their hash. Raise ``InputError`` with one line for
    each file that cannot be read.
    """
    if not folder.is_dir():
        raise InputError([Fault(str(folder), "", "is no folder; papers are read from one")])
    documents = tuple(known)
    originals = {paper.name: paper for paper in documents}
    unchanged = {sha256(content) for paper in documents for content in paper.files.values()}
    unchanged |= _receipted(folder)
    papers: list[Document] = []
    unread: list[str] = []
    faults: list[Fault] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _READ or path.is_symlink() or not path.is_file():
            continue
        try:
            content = _content(path)
            if sha256(content) in unchanged:
                continue
            if path.suffix.lower() == ".pdf":
                unread.append(path.name)
                continue
            text = text_of(content, path)
        except InputError as error:
            faults += error.faults
            continue
        original = originals.get(path.stem)
        kind, keys = (original.kind, original.keys) if original else ("letter", ())
        papers.append(Document(path.name, kind, path.stem, keys, {}, text))
    if faults:
        raise InputError(faults)
    return Readback(tuple(papers), tuple(unread))


def _content(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        message = f"is larger than {_MOST_BYTES:,} bytes"
        raise InputError([Fault(str(path), "", message)])
    return path.read_bytes()


def _receipted(folder: Path) -> set[str]:
    """Take the hashes of a receipt beside the papers; without one there are none."""
    path = folder / "receipt.json"
    if not path.is_file():
        return set()
    try:
        return set(_hashes(json.loads(path.read_bytes())))
    except (ValueError, RecursionError) as error:
        message = f"is no receipt: {error}"
        raise InputError([Fault(str(path), "", message)]) from error


def _hashes(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            if isinstance(value, str) and name.endswith("sha256"):
                yield value
            else:
                yield from _hashes(value)
    elif isinstance(content, list):
        for value in content:
            yield from _hashes(value)


def text_of(content: bytes, path: Path) -> str:
    """Take the text of a Word, HTML or text file, a paragraph or cell on each line.

    >>> text_of(b"<p>No <b>data</b></p><script>x</script>", Path("a.html"))
    'No data'
    """
    if path.suffix.lower() == ".docx":
        return _word(content, path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text (byte {error.start})"
        raise InputError([Fault(str(path), "", message)]) from error
    if path.suffix.lower() == ".txt":
        return text
    reader = _Lines()
    reader.feed(text)
    reader.close()
    return reader.text()


class _Lines(HTMLParser):
    """The text of a page; each block on a line of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, _attrs: Sequence[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag not in _INLINE:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag not in _INLINE:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._parts.append(data.replace("\n", " "))

    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)


def _word(content: bytes, path: Path) -> str:
    """Read a Word file with what stands in its controls, as our own papers have them."""
    try:
        return edits.read_text(content)
    except InputError as error:
        message = f"is no Word document: {error.faults[0].message}"
        raise InputError([Fault(str(path), "", message)]) from error
