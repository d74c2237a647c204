"""Papers against the record: does it still hold the entry that they name, and keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from regengine.casefile.chain import Finding, check_record
from regengine.casefile.entries import sha256
from regengine.casefile.store import Store, entry_of
from regengine.documents import receipt
from regengine.documents.receipt import RECEIPT
from regengine.errors import InputError

_KEPT: Final = "documents"  # the kind of entry that keeps papers


def check_papers(store: Store, folder: str | Path) -> Iterator[Finding]:
    """List what in a folder of papers agrees neither with its receipt nor with the record.

    Raise ``InputError`` where there is no receipt that can be read.
    """
    root = Path(folder)
    found = receipt.read_receipt(root)
    matter = found.record.matter if found.record is not None else found.incident
    entry = found.record.entry if found.record is not None else 0
    for one in receipt.verify(root):
        place = f"{one.file}: " if one.file else ""
        yield Finding("paper", matter, entry, f"{place}{one.message}")
    if found.record is None:
        yield Finding("paper", matter, 0, f"{root}: its receipt names no entry of a record")
        return
    yield from check_record(store, matter, entry, found.record.head)
    digest = sha256((root / RECEIPT).read_bytes())
    if digest not in _receipts(store, matter):
        message = f"{root}: no entry keeps this receipt: these papers are not those on record"
        yield Finding("paper", matter, entry, message)


def _receipts(store: Store, matter: str) -> set[str]:
    """List the hashes of every receipt that the record keeps."""
    try:
        line = store.matter(matter)
    except InputError:
        return set()
    found: set[str] = set()
    for row in store.rows(line.id):
        if row.kind != _KEPT or row.body is None:
            continue
        try:
            found |= {file.sha256 for file in entry_of(row).files if file.name == RECEIPT}
        except ValueError:
            continue  # told by the check of the chain
    return found
