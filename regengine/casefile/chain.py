"""Check a store: is every entry what was recorded, in its place, and none missing.

Whoever can write to the database can make a whole chain anew. What such a person cannot
change is what has left the house: the head hash that is printed on papers and in archives,
and time stamps. ``verify`` takes such heads and says whether the chain still holds them.
Nor can a check see that the matter that was opened last is gone with all its entries, but
by its head.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from regengine.casefile.entries import (
    GENESIS,
    Entry,
    body_hash,
    entry_hash,
    matter_link,
    sha256,
    stamp,
)
from regengine.casefile.store import MatterLine, Outline, Store, UnreadableError, entry_of
from regengine.casefile.tables import EntryRow, MatterRow
from regengine.errors import Fault, InputError

Progress = Callable[[int, int, str], None]
STAMP: Final = "stamp"
EXPORTED: Final = "exported"
LEFT_OUT: Final = "left_out"
NOTES: Final = (LEFT_OUT,)  # findings that are no alteration by themselves
_LEAST: Final = 8  # digits of a head that name one entry and not any
_AROUND, _SEARCHES = 1000, 20  # places where a moved entry is sought, and for how many
_SHORT: Final = 16


class Finding(NamedTuple):
    """What does not agree: in which matter, at which entry (0: the matter as a whole)."""

    kind: str
    matter: str
    seq: int
    message: str


def verify(
    store: Store,
    reference: str | None = None,
    *,
    heads: Iterable[str] = (),
    roots: Sequence[bytes] = (),
    progress: Progress | None = None,
) -> list[Finding]:
    """List what is not as it was recorded; empty where all is.

    Findings of the kinds in ``NOTES`` tell of content that was left out of a copy.
    Of one matter, or of all and their order. ``heads`` are hashes that were printed or sent,
    or their first digits, eight at least: each must be that of an entry. Kept files are read
    and hashed, and time stamps checked; ``roots`` are the certificates (DER) that are trusted
    to issue those of time-stamp authorities. Raise ``InputError`` for a head that is none.
    """
    wanted = dict.fromkeys(map(_head, heads), False)
    places = _all(store) if reference is None else [_place(store, reference)]
    findings: list[Finding] = []
    firsts: dict[str, str] = {}
    for number, place in enumerate(places):
        if progress is not None:
            progress(number, len(places), place.reference)
        rows, told = _matter(store, place, roots)
        findings += told
        for head in wanted:
            wanted[head] |= any(str(row.hash).startswith(head) for row in rows)
        if rows and rows[0].seq == 1:
            firsts[place.id] = rows[0].hash
    if reference is None:
        findings += _order(places, firsts)
    for head, held in wanted.items():
        if not held:
            message = f"no entry has the hash {head}, which was printed: entries were replaced"
            findings.append(Finding("head", reference or "the store", 0, message))
    return findings


class _Place(NamedTuple):
    """Where a matter stands in the store; read even where the rest of its row cannot be."""

    id: str
    number: int
    reference: str
    link: str


def _all(store: Store) -> list[_Place]:
    table = MatterRow.__table__  # type: ignore[attr-defined]  # reason: sqlmodel sets it, untyped
    asked = select(table.c.id, table.c.number, table.c.reference, table.c.link)
    with store._reading() as connection:  # noqa: SLF001  # reason: the list reads whole rows alone
        return [_Place(*row) for row in connection.execute(asked.order_by(table.c.number))]


def _place(store: Store, name: str) -> _Place:
    found = next((each for each in _all(store) if name in (each.reference, each.id)), None)
    if found is not None:
        return found
    line = store.matter(name)
    return _Place(line.id, line.number, line.reference, line.link)


def _matter(
    store: Store, place: _Place, roots: Sequence[bytes]
) -> tuple[Sequence[EntryRow], list[Finding]]:
    """Check one matter in every respect; one that cannot be read does not stop the others."""
    rows: Sequence[EntryRow] = ()
    try:
        # The line and its rows of one instant.
        line, rows = store.held(place.id)
        return rows, [
            *check(line, rows),
            *_as_listed(line, rows),
            *_files(store, line, rows),
            *_stamps(store, line, rows, roots),
        ]
    except UnreadableError as error:
        message = error.faults[0].message
        rows = store.rows(place.id)
    except InputError:
        raise  # of the database, not of what it holds
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        message = f"cannot be checked: its rows cannot be read ({type(error).__name__})"
    return rows, [Finding("changed", place.reference, 0, message)]


def _head(text: str) -> str:
    """Read a head as it was printed: digits, in any case, with spaces or points of omission."""
    digits = re.sub(r"[\s.…]", "", text).lower()
    if not re.fullmatch(f"[0-9a-f]{{{_LEAST},64}}", digits):
        message = f'"{text}" is no head; it has {_LEAST} to 64 digits of 0-9 and a-f'
        raise InputError([Fault("--head", "", message)])
    return digits


def check_record(store: Store, matter: str, entry: int, head: str) -> Iterator[Finding]:
    """Check that the record still holds the entry that papers name.

    ``matter`` is the reference; a matter that is not there is a finding, not an error.
    """
    try:
        line = store.matter(matter)
    except UnreadableError as error:
        yield Finding("changed", matter, 0, error.faults[0].message)
        return
    except InputError:
        yield Finding("head", matter, entry, "papers name this matter, and the store has none such")
        return
    rows = {row.seq: row for row in store.rows(line.id)}
    found = rows.get(entry)
    if found is None:
        message = f"papers name this entry ({head[:_SHORT]}...), and it is not there"
        yield Finding("head", matter, entry, message)
    elif found.hash != head:
        message = (
            f"papers name the hash {head[:_SHORT]}..., the record has {found.hash[:_SHORT]}..."
        )
        yield Finding("head", matter, entry, f"{message}: entries were replaced")


def left_out(rows: Iterable[EntryRow]) -> list[int]:
    """List the entries whose content is not in this copy."""
    return [row.seq for row in rows if row.body is None]


def check(line: MatterLine, rows: Sequence[EntryRow]) -> Iterator[Finding]:
    """Check the chain of one matter: rows in the order of their numbers."""
    name = line.reference
    by_hash = {row.hash: row.seq for row in rows}
    expected, previous, clock = 1, GENESIS, ""
    yield from _sound(name, rows)
    for row in rows:
        if row.seq != expected:
            yield Finding("missing", name, expected, f"{_span(expected, row.seq - 1)} missing")
        elif row.previous != previous:
            yield Finding("order", name, row.seq, _moved(row, by_hash))
        if row.at < clock:
            message = f"was recorded at {row.at}, before the entry before it ({clock})"
            yield Finding("clock", name, row.seq, message)
        expected, previous, clock = row.seq + 1, row.hash, row.at
    if line.entries >= expected:
        message = f"{_span(expected, line.entries)} missing: the end was cut off"
        yield Finding("missing", name, expected, message)
    elif (line.entries, line.head) != (expected - 1, previous):
        message = (
            f"the matter's head is entry {line.entries} ({line.head[:_SHORT]}...), the chain "
            f"ends with entry {expected - 1} ({previous[:_SHORT]}...)"
        )
        yield Finding("head", name, expected - 1, message)
    yield from _named(line, rows)


def _span(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _sound(name: str, rows: Sequence[EntryRow]) -> Iterator[Finding]:
    """Check that each entry says what was hashed, where it was hashed."""
    told = _told_left_out(rows)
    gone = [row.seq for row in rows if row.body is None and row.seq in told]
    if gone:
        # A copy and a store that was wiped after an export look alike: never silent.
        named = ("entry " if len(gone) == 1 else "entries ") + ", ".join(map(str, gone))
        message = f"the content of {named} is not in this store: a copy without advice, or wiped"
        yield Finding(LEFT_OUT, name, 0, message)
    for row in rows:
        if row.body is None and row.seq not in told:
            yield Finding("changed", name, row.seq, "its content was taken out")
        elif row.body is not None and body_hash(row.salt or "", row.body) != row.body_sha256:
            yield Finding("changed", name, row.seq, "its content is not what was recorded")
    for was, run in groupby(_places(rows), key=lambda found: found[1]):
        seqs = [seq for seq, _ in run]
        # One line for entries that stand next to each other and have the same fault.
        first, last = seqs[0], seqs[-1]
        if was == 0:
            continue
        if was is None:
            what = "its kind, instant, author, track, hash or place in the chain was changed"
            until = "" if first == last else f" (and so on, to entry {last})"
            yield Finding("changed", name, first, what + until)
        elif first == last:
            message = f"stands in the place of another: it was recorded as entry {first + was}"
            yield Finding("order", name, first, message)
        else:
            message = (
                f"entries {first} to {last} stand in the places of others: they were recorded as "
                f"entries {first + was} to {last + was}"
            )
            yield Finding("order", name, first, message)


def _told_left_out(rows: Iterable[EntryRow]) -> set[int]:
    """List the entries of which the record itself says that a copy went out without them."""
    told: set[int] = set()
    for row in rows:
        if row.kind == EXPORTED and row.body is not None:
            try:
                told |= set(entry_of(row).told.get("left_out", ()))
            except (ValueError, TypeError, AttributeError):
                continue  # told elsewhere: its content is not what was recorded
    return told


def _places(rows: Iterable[EntryRow]) -> Iterator[tuple[int, int | None]]:
    """Say how far each entry is from where it was recorded; ``None``: its hash fits nowhere."""
    shift, searches = 0, 0
    for row in rows:
        if _hash(row, row.seq) == row.hash:
            yield row.seq, 0
            continue
        if _hash(row, row.seq + shift) == row.hash:
            yield row.seq, shift
            continue
        found = None
        if searches < _SEARCHES:
            searches += 1
            around = range(max(1, row.seq - _AROUND), row.seq + _AROUND)
            found = next((seq - row.seq for seq in around if _hash(row, seq) == row.hash), None)
        shift = found or shift
        yield row.seq, found


def _hash(row: EntryRow, seq: int) -> str:
    return entry_hash(
        row.matter, seq, row.kind, row.at, row.by, row.track, row.body_sha256, row.previous
    )


def _moved(row: EntryRow, by_hash: Mapping[str, int]) -> str:
    if row.seq == 1:
        return "follows another entry, and should be the first"
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
    if stamp(line.opened_at) != rows[0].at:
        message = f"is listed as opened at {stamp(line.opened_at)}, and was at {rows[0].at}"
        yield Finding("changed", line.reference, 1, message)


class Listed(NamedTuple):
    """What lists show of a matter, as its entries tell it."""

    title: str | None
    state: str
    outline: Outline | None


def listed(entries: Iterable[Entry]) -> Listed:
    """Read from the entries what lists show of a matter; what was left out tells nothing."""
    title, state, outline = None, "open", None
    for entry in entries:
        told = entry.body
        if told is None:
            continue
        if entry.kind == "opened" or (entry.kind == "fact" and told.get("path") == "title"):
            title = told.get("title", told.get("value")) or title
        elif entry.kind in ("closed", "reopened"):
            state = told["state"]
        elif entry.kind == "assessment" and told.get("listed", True):
            due = told["next_due"]
            outline = Outline(
                required=told["required"],
                possible=told["possible"],
                late=told["late"],
                next_due=datetime.fromisoformat(due) if due else None,
                next_key=told["next_key"],
            )
    return Listed(title, state, outline)


def _as_listed(line: MatterLine, rows: Sequence[EntryRow]) -> Iterator[Finding]:
    """Check that lists show what the record tells: title, state, duties, last change."""
    wanted = ("opened", "fact", "closed", "reopened", "assessment")
    try:
        told = listed([entry_of(row) for row in rows if row.kind in wanted])
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # told elsewhere: a content is not what was recorded
    if line.title != told.title:
        message = f'is listed with the title "{line.title}", and the record says "{told.title}"'
        yield Finding("listed", line.reference, 0, message)
    if line.state != told.state:
        message = f'is listed as "{line.state}", and the record says "{told.state}"'
        yield Finding("listed", line.reference, 0, message)
    shown = (line.required, line.possible, line.late, line.next_due, line.next_key)
    # Before the first answer lists show no duties.
    if shown != (told.outline or (None,) * len(shown)):
        message = "is listed with other duties, or another next due instant, than were recorded"
        yield Finding("listed", line.reference, 0, message)
    whole = bool(rows) and line.entries == rows[-1].seq
    if whole and stamp(line.updated_at) != rows[-1].at:
        message = f"is listed as changed last at {stamp(line.updated_at)}, and was at {rows[-1].at}"
        yield Finding("listed", line.reference, 0, message)


def _order(lines: Sequence[_Place], firsts: Mapping[str, str]) -> Iterator[Finding]:
    """Check that no matter as a whole is missing: each is linked to the one before."""
    expected, previous = 1, GENESIS
    for line in lines:
        if line.number != expected:
            last = line.number - 1
            those = (
                f"matter {expected} of the store is"
                if last == expected
                else f"matters {expected} to {last} of the store are"
            )
            message = f"{those} missing (before {line.reference})"
            yield Finding("missing", "the store", 0, message)
        elif firsts.get(line.id) is not None:
            made = matter_link(line.number, line.id, firsts[line.id], previous)
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


def _stamps(
    store: Store, line: MatterLine, rows: Sequence[EntryRow], roots: Sequence[bytes]
) -> Iterator[Finding]:
    """Check every time stamp; without the library that can, none is known to be good."""
    stamps = [row for row in rows if row.kind == STAMP and row.body is not None]
    if not stamps:
        return
    try:
        from regengine.casefile import stamping  # noqa: PLC0415  # reason: an extra
    except ImportError as error:
        message = f"is not checked: {error.name} is missing: pip install 'regengine[sign]'"
        for row in stamps:
            yield Finding(STAMP, line.reference, row.seq, message)
        return
    hashes: dict[int, tuple[str, str]] = {row.seq: (row.hash, row.at) for row in rows}
    for row in stamps:
        for message in stamping.faults(_token(store, row), hashes, row.seq, roots):
            yield Finding(STAMP, line.reference, row.seq, message)


def _token(store: Store, row: EntryRow) -> tuple[Mapping[str, Any], bytes | None]:
    """Give what an entry says of a stamp, and the stamp; ``None`` where it cannot be read."""
    try:
        entry = entry_of(row)
        return entry.told, store.content(entry.files[0].sha256)
    except (ValueError, KeyError, IndexError, zlib.error):
        return {}, None
