"""Check a store: is every entry what was recorded, in its place, and none missing.

Whoever can write to the database can make a whole chain anew. What such a person cannot
change is what has left the house: the head hash that is printed on papers and in archives,
and time stamps. ``verify`` takes such heads and says whether the chain still holds them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from regengine.casefile.entries import GENESIS, body_hash, entry_hash, matter_link, sha256
from regengine.casefile.store import MatterLine, Store, entry_of
from regengine.casefile.tables import EntryRow


class Finding(NamedTuple):
    """What does not agree: in which matter, at which entry (0: the matter as a whole)."""

    kind: str
    matter: str
    seq: int
    message: str


def verify(
    store: Store, reference: str | None = None, *, heads: Iterable[str] = ()
) -> list[Finding]:
    """List what is not as it was recorded; empty where all is.

    Of one matter, or of all and their order. ``heads`` are hashes that were printed or sent:
    each must be that of an entry. Kept files are read and hashed.
    """
    chosen = store.matters() if reference is None else [store.matter(reference)]
    findings: list[Finding] = []
    hashes: set[str] = set()
    firsts: dict[int, str] = {}
    for line in sorted(chosen, key=lambda line: line.number):
        rows = store.rows(line.id)
        hashes |= {row.hash for row in rows}
        if rows and rows[0].seq == 1:
            firsts[line.number] = rows[0].hash
        findings += check(line, rows)
        findings += _files(store, line, rows)
    if reference is None:
        findings += _order(sorted(chosen, key=lambda line: line.number), firsts)
    for head in heads:
        if not any(known.startswith(head.lower()) for known in hashes):
            where = reference or "the store"
            message = f"no entry has the hash {head}, which was printed: entries were replaced"
            findings.append(Finding("head", where, 0, message))
    return findings


def check(line: MatterLine, rows: Sequence[EntryRow]) -> Iterator[Finding]:
    """Check the chain of one matter: rows in the order of their numbers."""
    name = line.reference
    by_hash = {row.hash: row.seq for row in rows}
    expected, previous, clock = 1, None, ""
    for row in rows:
        if row.seq != expected:
            gone = (
                f"entry {expected}"
                if row.seq == expected + 1
                else f"entries {expected} to {row.seq - 1}"
            )
            are = "is" if row.seq == expected + 1 else "are"
            yield Finding("missing", name, expected, f"{gone} {are} missing")
        yield from _sound(name, row)
        if row.seq == expected and previous is not None and row.previous != previous:
            yield Finding("order", name, row.seq, _moved(row, by_hash))
        if row.at < clock:
            message = f"was recorded at {row.at}, before the entry before it ({clock})"
            yield Finding("clock", name, row.seq, message)
        expected, previous, clock = row.seq + 1, row.hash, row.at
    if line.entries >= expected:
        message = f"entries {expected} to {line.entries} are missing: the end was cut off"
        yield Finding("missing", name, expected, message)
    elif (line.entries, line.head) != (expected - 1, previous):
        message = f"the matter's head is entry {line.entries} ({line.head[:16]}...), the chain ends otherwise"
        yield Finding("head", name, expected - 1, message)
    yield from _named(line, rows)


def _sound(name: str, row: EntryRow) -> Iterator[Finding]:
    """Check that an entry says what was hashed."""
    if row.body is not None and body_hash(row.salt or "", row.body) != row.body_sha256:
        yield Finding("changed", name, row.seq, "its content is not what was recorded")
    made = _hash(row, row.seq)
    if made == row.hash:
        return
    others = [
        seq for seq in range(max(1, row.seq - 1000), row.seq + 1000) if _hash(row, seq) == row.hash
    ]
    if others:
        message = f"stands in the place of another: it was recorded as entry {others[0]}"
        yield Finding("order", name, row.seq, message)
    else:
        message = "its kind, instant, author, track, hash or place in the chain was changed"
        yield Finding("changed", name, row.seq, message)


def _hash(row: EntryRow, seq: int) -> str:
    return entry_hash(
        row.matter, seq, row.kind, row.at, row.by, row.track, row.body_sha256, row.previous
    )


def _moved(row: EntryRow, by_hash: dict[str, int]) -> str:
    after = by_hash.get(row.previous)
    if after is not None:
        return f"follows entry {after}, not entry {row.seq - 1}: the order was changed"
    return f"does not follow entry {row.seq - 1} as it stands: that one was replaced"


def _named(line: MatterLine, rows: Sequence[EntryRow]) -> Iterator[Finding]:
    """Check that the matter bears the name under which it was opened."""
    if not rows or rows[0].seq != 1 or rows[0].body is None:
        return
    try:
        told = entry_of(rows[0]).told
    except ValueError:
        yield Finding("changed", line.reference, 1, "cannot be read")
        return
    if told.get("reference") != line.reference:
        message = f'was opened as "{told.get("reference")}"'
        yield Finding("changed", line.reference, 1, message)


def _order(lines: Sequence[MatterLine], firsts: Mapping[int, str]) -> Iterator[Finding]:
    """Check that no matter as a whole is missing: each is linked to the one before."""
    expected, previous = 1, GENESIS
    for line in lines:
        if line.number != expected:
            message = f"matters {expected} to {line.number - 1} of the store are missing"
            yield Finding("missing", "the store", 0, message)
        elif firsts.get(line.number) is not None:
            made = matter_link(line.number, line.id, firsts[line.number], previous)
            if made != line.link:
                message = "is not linked to the matter before it: one of them was replaced"
                yield Finding("order", line.reference, 1, message)
        expected, previous = line.number + 1, line.link


def _files(store: Store, line: MatterLine, rows: Iterable[EntryRow]) -> Iterator[Finding]:
    """Check that every kept file is there with its bytes."""
    checked: set[str] = set()
    for row in rows:
        try:
            files = entry_of(row).files
        except ValueError:
            continue  # told above: its content is not what was recorded
        for file in files:
            if not file.kept or file.sha256 in checked:
                continue
            checked.add(file.sha256)
            try:
                sound = sha256(store.content(file.sha256)) == file.sha256
            except KeyError:
                yield Finding("file", line.reference, row.seq, f'"{file.name}" is missing')
                continue
            except zlib.error:
                sound = False
            if not sound:
                yield Finding("file", line.reference, row.seq, f'"{file.name}" was changed')
