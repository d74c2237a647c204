"""What counsel's edits left in a DOCX: the value of each field, and all of its text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from xml.etree import ElementTree as ET

from regengine.documents.outputs import table
from regengine.errors import Fault, InputError

CUSTOM = "docProps/custom.xml"  # where keys stand that are too long for a tag
_BODY = "word/document.xml"
_LARGEST = 64 << 20  # bytes of a part
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_HIDDEN = {f"{_W}del", f"{_W}moveFrom", f"{_W}pPr"}  # what was struck out, and what is no text


def read_fields(content: bytes) -> dict[str, str]:
    """Read what stands in the content controls of a document, by the key of each field.

    A field that still shows its placeholder reads as empty; of options, those that are
    ticked are read, one a line. What counsel struck out under review does not count.
    Raise ``InputError`` for bytes that are no DOCX, and for one saved by a program that
    drops the keys of controls, such as LibreOffice before 7.5.
    """
    body, properties = _opened(content)
    whole = _long_keys(properties)
    above = {child: parent for parent in body.iter() for child in parent}
    found: dict[str, list[str]] = {}
    controls = list(body.iter(f"{_W}sdt"))
    if controls and not any(True for _ in body.iter(f"{_W}tag")):
        message = "its fields have lost their keys: the program that saved it drops them"
        raise _refusal(message)
    for control in controls:
        tag = control.find(f"{_W}sdtPr/{_W}tag")
        if tag is not None:
            key = tag.get(f"{_W}val", "")
            found.setdefault(whole.get(key, key), []).extend(_values(control, above))
    return {key: "\n".join(lines) for key, lines in found.items()}


def read_text(content: bytes) -> str:
    """Read all that a document's body says, one paragraph a line.

    >>> read_text(b"text")
    Traceback (most recent call last):
    regengine.errors.InputError: DOCX: is no document that can be read: File is not a zip file

    Raise ``InputError`` for bytes that are no DOCX.
    """
    body, _ = _opened(content)
    return "\n".join(line for line in map(_line, body.iter(f"{_W}p")) if line)


def _refusal(message: str) -> InputError:
    return InputError([Fault("DOCX", "", message)])


def _opened(content: bytes) -> tuple[ET.Element, ET.Element | None]:
    """Parse the body and the custom properties."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            body = _part(archive, _BODY)
            return body, _part(archive, CUSTOM) if CUSTOM in archive.namelist() else None
    except ET.ParseError as error:
        message = f"holds XML that cannot be read: {error}"
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError) as error:
        message = f"is no document that can be read: {str(error).strip(chr(39))}"
    raise _refusal(message)


def _part(archive: zipfile.ZipFile, name: str) -> ET.Element:
    with archive.open(name) as part:
        read = part.read(_LARGEST + 1)
    if len(read) > _LARGEST:
        message = f"{name} is larger than {_LARGEST} bytes"
        raise _refusal(message)
    if b"<!DOCTYPE" in read or b"\0" in read:  # no word processor writes either
        message = f"{name} declares a document type, or is not in UTF-8"
        raise _refusal(message)
    return ET.fromstring(read)  # noqa: S314  # reason: without a document type no entity is declared


def _long_keys(properties: ET.Element | None) -> dict[str, str]:
    if properties is None:
        return {}
    return {row.get("name", ""): "".join(row.itertext()).strip() for row in properties}


def _values(control: ET.Element, above: dict[ET.Element, ET.Element]) -> list[str]:
    """List the lines that a control holds; of an option, its words where it is ticked."""
    properties = control.find(f"{_W}sdtPr")
    inside = control.find(f"{_W}sdtContent")
    if properties is None or inside is None or _is_struck(control, above):
        return []
    if _is_box(control):
        return [_line(_paragraph(control, above))] if _is_ticked(control) else []
    if properties.find(f"{_W}showingPlcHdr") is not None:
        return []
    # A word processor lets the control grow around paragraphs where a line is added.
    parts = list(inside.iter(f"{_W}p")) or [inside]
    return [line for line in map(_line, parts) if line and line not in _placeholders()]


def _is_struck(node: ET.Element, above: dict[ET.Element, ET.Element]) -> bool:
    while node in above:
        node = above[node]
        if node.tag in _HIDDEN:
            return True
    return False


def _paragraph(node: ET.Element, above: dict[ET.Element, ET.Element]) -> ET.Element:
    while node.tag != f"{_W}p" and node in above:
        node = above[node]
    return node


@cache
def _placeholders() -> frozenset[str]:
    words = table("word/words.toml")["words"]
    return frozenset(words[name] for name in ("follow", "blank", "not_applicable"))


def _is_ticked(box: ET.Element) -> bool:
    checked = box.find(f"{_W}sdtPr/{_W14}checkbox/{_W14}checked")
    return checked is not None and checked.get(f"{_W14}val") in ("1", "true", "on")


_MARKS: dict[str, Callable[[ET.Element], str]] = {
    f"{_W}t": lambda node: node.text or "",
    f"{_W}br": lambda _: "\n",
    f"{_W}cr": lambda _: "\n",
    f"{_W}tab": lambda _: "\t",
}


def _line(paragraph: ET.Element) -> str:
    parts: list[str] = []
    pending = [paragraph]
    while pending:
        node = pending.pop()
        if node.tag in _HIDDEN or _is_box(node):
            continue
        if node.tag in _MARKS:
            parts.append(_MARKS[node.tag](node))
        pending.extend(reversed(node))
    still_open = str(table("word/words.toml")["words"]["still_open"])
    return "".join(parts).strip().removesuffix(still_open).rstrip()


def _is_box(node: ET.Element) -> bool:
    return node.tag == f"{_W}sdt" and node.find(f"{_W}sdtPr/{_W14}checkbox") is not None
