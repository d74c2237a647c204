"""A matter as one file that opens on another machine: entries, kept files, all signed.

An archive holds every entry as it was hashed, so that whoever has it can check the chain
without us. The track of advice may be left out: its entries stay as hashes, and the chain
still holds. An import adds nothing to a matter, so that two copies of it stay one record:
whoever works on goes on from the same head, and the other takes in what is new.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple
from unicodedata import category

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from regengine.casefile import privilege, sealing
from regengine.casefile.case import Case
from regengine.casefile.chain import EXPORTED, NOTES, STAMP, check, listed, verify
from regengine.casefile.entries import (
    GENESIS,
    Draft,
    Entry,
    KeptFile,
    body_hash,
    body_text,
    canonical,
    entry_hash,
    sha256,
    stamp,
)
from regengine.casefile.filings import State
from regengine.casefile.history import Confidence
from regengine.casefile.sealing import BrokenError, Container
from regengine.casefile.signature import Keys, Signer, spelled
from regengine.casefile.store import MatterLine, Store
from regengine.errors import Fault, InputError
from regengine.version import VERSION

Scope = Literal["all", "facts"]
Outcome = Literal["new", "continued", "identical", "older"]
SCHEMA: Final = "regengine.archive/1"
_MANIFEST, _SIGNATURE, _ENTRIES = "manifest.json", "signature.json", "entries.jsonl.gz"
_FAMILY: Final = "regengine.archive/"
_TOTAL: Final = 4 << 30  # bytes that the files of an archive may unpack to
# What a check tells that is no alteration: a clock that was set back, a stamp that is not
# trusted, content that a copy is without.
_HARMLESS: Final = ("clock", STAMP, *NOTES)
_SHOWN: Final = 5  # faults that are told of a record that does not verify
_LONGEST: Final = 300  # characters of a reference, a title or an author

_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Shape):
    """One member of the container, as it lies there."""

    name: str
    sha256: _Hash
    size: int = Field(ge=0)


class Manifest(_Shape):
    """What an archive says of itself; this is what is signed."""

    schema_: Literal["regengine.archive/1"] = Field(SCHEMA, alias="schema")
    matter: str = Field(min_length=1, max_length=_LONGEST)
    reference: str = Field(min_length=1, max_length=_LONGEST)
    entries: int = Field(ge=1)
    head: _Hash
    entries_size: int = Field(ge=1)
    track: Scope
    left_out: tuple[int, ...] = ()
    at: AwareDatetime
    by: str = Field(max_length=_LONGEST)
    engine: str = Field(max_length=_LONGEST)
    law: Mapping[str, str]
    members: tuple[Member, ...]

    def written(self) -> bytes:
        """Write it in one way only."""
        told = {**self.model_dump(mode="json", by_alias=True), "at": stamp(self.at)}
        return (canonical(told) + "\n").encode()


# -- what the core replays --------------------------------------------------------------


def _instant(written: str) -> str:
    """Check an instant with its offset, of a year that UTC has, too."""
    at = datetime.fromisoformat(written)
    if at.utcoffset() is None:
        message = "is an instant without an offset"
        raise ValueError(message)
    try:
        at.astimezone(UTC)
    except OverflowError:
        message = "is an instant of no year"
        raise ValueError(message) from None
    return written


def _day(written: str) -> str:
    """Check a day, or an instant with its offset."""
    if len(written) > len("2026-11-23"):
        return _instant(written)
    date.fromisoformat(written)
    return written


def _words(written: str) -> str:
    """Check words that lists show: no control characters."""
    if any(category(mark) in ("Cc", "Cs") for mark in written):
        message = "holds control characters"
        raise ValueError(message)
    return written


_Instant = Annotated[str, AfterValidator(_instant)]
_Day = Annotated[str, AfterValidator(_day)]
_Words = Annotated[str, AfterValidator(_words)]
_Count = Annotated[int, Field(ge=0, le=(1 << 31) - 1)]  # what a column of a list holds
_Seq = Annotated[int, Field(ge=1, le=(1 << 31) - 1)]


class _Body(BaseModel):
    """A body as the core reads it; more may stand in it."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)


class _Opened(_Body):
    reference: _Words
    title: _Words | None


class _Fact(_Body):
    path: _Words
    value: Any
    before: Any
    learned: _Instant
    until: _Instant | None
    source: str | None
    confidence: Confidence
    why: str | None
    undoes: _Seq | None


class _Title(_Fact):
    value: _Words | None


class _Filing(_Body):
    key: _Words
    state: State
    at: _Day
    reference: str | None = None
    people: _Count | None = None
    documents: _Seq | None = None
    due_at: _Instant | None = None
    late_by: int | None = None


class _Law(_Shape):
    version: str
    sha256: str


class _Answered(_Body):
    law: _Law
    engine: str
    facts_sha256: str
    facts_until: _Seq
    now: _Instant | None
    as_of: _Day | None
    required: _Count
    possible: _Count
    late: _Count
    next_due: _Instant | None
    next_key: _Words | None
    listed: bool = True


class _Closed(_Body):
    state: Literal["closed"]
    why: str


class _Reopened(_Body):
    state: Literal["open"]
    why: str


class _Gone(_Body):
    name: str
    left_out: list[_Seq]
    entries: _Seq
    key: str
    encrypted: bool


class _Paper(_Body):
    name: str
    kind: str
    keys: list[str]


class _Papers(_Body):
    documents: list[_Paper]


_BODIES: Final[Mapping[str, type[_Body]]] = {
    "opened": _Opened,
    "fact": _Fact,
    "filing": _Filing,
    "assessment": _Answered,
    "closed": _Closed,
    "reopened": _Reopened,
    EXPORTED: _Gone,
    "documents": _Papers,
}


def _check_body(entry: Entry) -> None:
    """Refuse a body that could not be replayed, though it was chained and signed."""
    _check_names(entry)
    shape = _BODIES.get(entry.kind)
    if shape is None or entry.body is None:
        return
    if entry.kind == "fact" and entry.body.get("path") == "title":
        shape = _Title
    try:
        shape.model_validate(entry.body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        what = "".join(x for x in f"{place}: {first['msg']}".lower() if x.isprintable())
        message = f"entry {entry.seq} is no {entry.kind} that can be read: {what[:_LONGEST]}"
        raise BrokenError(message) from None
    if entry.kind == "assessment" and not any(file.kept for file in entry.files[:1]):
        message = f"entry {entry.seq} keeps no answer"
        raise BrokenError(message)


def _check_names(entry: Entry) -> None:
    """Check author and kind, which stand in every list."""
    by = entry.by.replace("\xa0", " ")
    if not (by.isprintable() and entry.kind.isprintable() and entry.matter.isprintable()):
        message = f"entry {entry.seq} is not written as we write it: its author or kind"
        raise BrokenError(message)


class Exported(NamedTuple):
    """What was exported: where to, the entry that says so, whose key signed it."""

    path: Path
    entry: Entry
    fingerprint: str
    left_out: tuple[int, ...]
    size: int


class Imported(NamedTuple):
    """What an import did.

    ``new``: the matter was not here; ``continued``: ``added`` entries came to it;
    ``identical``: nothing was missing; ``older``: the matter here goes further.
    """

    outcome: Outcome
    reference: str
    added: int
    head: str
    signer: Signer
    left_out: tuple[int, ...]


class Archive:
    """An archive that was read and checked in every part; nothing is written yet."""

    def __init__(
        self, manifest: Manifest, entries: Sequence[Entry], files: Container, signer: Signer
    ) -> None:
        self.manifest, self.entries, self.signer = manifest, entries, signer
        self._files = files

    @property
    def reference(self) -> str:
        """The reference of the matter."""
        return self.manifest.reference

    def file(self, kept: KeptFile) -> bytes:
        """Give the bytes of a kept file."""
        return _file(self._files, kept)


# -- out ----------------------------------------------------------------------------------


def export(
    case: Case,
    path: str | Path,
    *,
    track: Scope = "all",
    passphrase: str | None = None,
    keys: Keys | None = None,
) -> Exported:
    """Write a matter to one signed file, and record that it went out.

    ``track="facts"`` leaves the content of the advice track out, with its files. With
    ``passphrase`` the file is encrypted. Raise ``InputError`` where a file is there already,
    where the record does not verify, and for a short passphrase; then nothing is written.
    """
    target, signing = Path(path), keys or Keys()
    if target.exists():
        raise _fault(target, "is there already; an export replaces no file")
    _refuse_unsound(case)
    fingerprint = signing.fingerprint
    beside: Path | None = None
    try:
        with case.writing() as journal:
            hidden = _hidden(case, track)
            body = {
                "name": target.name,
                "track": track,
                "left_out": list(hidden),
                "entries": journal.seq,
                "head": journal.head,
                "key": fingerprint,
                "encrypted": passphrase is not None,
                "engine": VERSION,
                "law": {"version": case.corpus.version, "sha256": case.corpus.sha256},
            }
            entry = journal.add(Draft(kind=EXPORTED, body=body))
            content = _written(case, entry, track, hidden, signing)
            if passphrase is not None:
                content = sealing.seal(content, passphrase)
            if len(content) > sealing.LARGEST:
                message = f"would be larger than {sealing.LARGEST} bytes"
                raise _fault(target, message)
            beside = _beside(target, content)
        beside.replace(target)
    except BrokenError as error:
        raise _fault(target, str(error)) from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise _fault(target, f"cannot be written: {why}") from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
    return Exported(target, entry, fingerprint, hidden, len(content))


def _fault(place: object, message: str) -> InputError:
    return InputError([Fault(str(place), "", message)])


def _refuse_unsound(case: Case) -> None:
    """Let nothing go out signed that is not as it was recorded."""
    found = [x for x in verify(case.store, case.id) if x.kind not in _HARMLESS]
    if found:
        raise InputError(
            [Fault(case.reference, f"entry {x.seq}", x.message) for x in found[:_SHOWN]]
        )


def _hidden(case: Case, track: Scope) -> tuple[int, ...]:
    """Find the numbers of the entries whose content stays at home.

    Without the track of advice, what tells of advice on the track of facts stays, too.
    """
    mixed = {leak.seq for leak in privilege.leaks(case)} if track == "facts" else set()
    return tuple(
        entry.seq
        for entry in case.entries
        if entry.body is None
        or entry.seq in mixed
        or (track == "facts" and entry.track == "advice")
    )


def _written(case: Case, last: Entry, track: Scope, hidden: Collection[int], keys: Keys) -> bytes:
    entries = [
        entry.model_copy(update={"body": None, "salt": None, "files": ()})
        if entry.seq in hidden
        else entry
        for entry in case.entries
    ]
    lines = "".join(_line(entry) for entry in entries).encode()
    parts = {_ENTRIES: sealing.packed(lines)}
    for file in _kept(entries):
        parts[_name(file)] = sealing.packed(case.store.content(file.sha256))
    manifest = Manifest(
        schema=SCHEMA,
        matter=case.id,
        reference=case.reference,
        entries=last.seq,
        head=last.hash,
        entries_size=len(lines),
        track=track,
        left_out=tuple(entry.seq for entry in entries if entry.body is None),
        at=last.at,
        by=last.by,
        engine=VERSION,
        law=last.told["law"],
        members=tuple(
            Member(name=name, sha256=sha256(content), size=len(content))
            for name, content in parts.items()
        ),
    ).written()
    signed = {_MANIFEST: manifest, _SIGNATURE: keys.sign(manifest), **parts}
    return sealing.container(signed)


def _line(entry: Entry) -> str:
    """Write an entry on one line, in one way only."""
    return canonical({**entry.model_dump(mode="json"), "at": stamp(entry.at)}) + "\n"


def _kept(entries: Iterable[Entry]) -> Iterator[KeptFile]:
    """List the files whose bytes belong to entries, each once, in the order of their hashes."""
    found = {file.sha256: file for entry in entries for file in entry.files if file.kept}
    yield from (found[digest] for digest in sorted(found))


def _name(file: KeptFile) -> str:
    return f"files/{file.sha256}.gz"


def _beside(target: Path, content: bytes) -> Path:
    """Write to a file of its owner's alone beside the target, through to the disk."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


# -- in -----------------------------------------------------------------------------------


def is_encrypted(path: str | Path) -> bool:
    """Tell whether an archive needs a passphrase."""
    return sealing.is_sealed(_read(Path(path)))


def open_archive(
    path: str | Path, *, passphrase: str | None = None, keys: Keys | None = None
) -> Archive:
    """Read an archive and check its signature, every hash and the chain.

    Nothing is fetched, nothing written. Raise ``InputError`` with one line for what is wrong.
    """
    source = Path(path)
    content = _read(source)
    try:
        return _checked(Container(_plain(content, passphrase)), keys or Keys())
    except RecursionError:
        raise _fault(source, "is nested deeper than any archive is") from None
    except (UnicodeError, OverflowError):
        message = "holds a character or an instant that cannot be written"
        raise _fault(source, message) from None
    except BrokenError as error:
        raise _fault(source, str(error)) from None


def _plain(content: bytes, passphrase: str | None) -> bytes:
    if sealing.is_sealed(content):
        if passphrase is None:
            message = "is encrypted: its passphrase is wanted"
            raise BrokenError(message)
        content = sealing.unseal(content, passphrase)
    if not content.startswith(b"PK"):
        message = "is no archive of a matter"
        raise BrokenError(message)
    return content


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > sealing.LARGEST:
            raise _fault(path, f"is larger than {sealing.LARGEST} bytes")
        return path.read_bytes()
    except OSError as error:
        raise _fault(path, f"cannot be read: {(error.strerror or str(error)).lower()}") from None


def _checked(held: Container, keys: Keys) -> Archive:
    manifest = _manifest(held)
    try:
        signer = keys.signer(held[_SIGNATURE], held[_MANIFEST])
    except KeyError:
        message = "is not signed"
        raise BrokenError(message) from None
    except ValueError as error:
        raise BrokenError(str(error)) from None
    names = [_MANIFEST, _SIGNATURE, *(member.name for member in manifest.members)]
    if list(held) != names:
        message = "does not hold the members that its manifest lists"
        raise BrokenError(message)
    for member in manifest.members:
        content = held[member.name]
        if (sha256(content), len(content)) != (member.sha256, member.size):
            message = f"{member.name} is not what was signed"
            raise BrokenError(message)
    entries = _entries(held, manifest)
    _check_files(held, entries)
    return Archive(manifest, entries, held, signer)


def _manifest(held: Container) -> Manifest:
    if _MANIFEST not in held:
        message = "is no archive of a matter: it has no manifest"
        raise BrokenError(message)
    content = held[_MANIFEST]
    try:
        told = json.loads(content)
    except ValueError:
        message = "its manifest cannot be read"
        raise BrokenError(message) from None
    schema = told.get("schema") if isinstance(told, dict) else None
    if schema != SCHEMA and str(schema).startswith(_FAMILY):
        message = f"was written by a newer regengine ({str(schema)[:40]!r}): upgrade regengine"
        raise BrokenError(message)
    try:
        found = Manifest.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        message = f"its manifest is none: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise BrokenError(message.lower()) from None
    texts = (found.matter, found.reference, found.by, found.engine, *found.law.values())
    if found.written() != content or not all(text.isprintable() for text in texts):
        message = "its manifest is not written as we write it"
        raise BrokenError(message)
    return found


def _entries(held: Container, manifest: Manifest) -> list[Entry]:
    """Read the entries and check their chain from the first to the head."""
    if _ENTRIES not in held:
        message = "holds no entries"
        raise BrokenError(message)
    text = sealing.unpacked(held[_ENTRIES], manifest.entries_size)
    found = [_entry(line, number) for number, line in enumerate(text.splitlines(True), 1)]
    if len(found) != manifest.entries or found[-1].hash != manifest.head:
        message = f"does not end with entry {manifest.entries}, {manifest.head[:16]}..."
        raise BrokenError(message)
    previous = GENESIS
    for number, entry in enumerate(found, 1):
        _check_entry(entry, number, previous, manifest)
        _check_body(entry)
        previous = entry.hash
    said = {seq for x in found if x.kind == EXPORTED and x.body for seq in x.body["left_out"]}
    unsaid = [x.seq for x in found if x.body is None and x.seq not in said]
    if unsaid:
        message = f"the content of entry {unsaid[0]} was taken out"
        raise BrokenError(message)
    first = found[0]
    if first.kind != "opened" or (first.body or {}).get("reference") != manifest.reference:
        message = f"does not begin with the opening of {manifest.reference}"
        raise BrokenError(message)
    return found


def _entry(line: bytes, number: int) -> Entry:
    try:
        found = Entry.model_validate(json.loads(line))
        same = _line(found).encode() == line
    except (ValueError, TypeError, OverflowError):
        message = f"entry {number} cannot be read"
        raise BrokenError(message) from None
    if same and "\0" not in found.by + found.kind + found.matter:
        return found
    message = f"entry {number} is not written as we write it"
    raise BrokenError(message)


def _check_entry(entry: Entry, number: int, previous: str, manifest: Manifest) -> None:
    made = entry_hash(
        entry.matter,
        number,
        entry.kind,
        stamp(entry.at),
        entry.by,
        entry.track,
        entry.body_sha256,
        previous,
    )
    if (entry.matter, entry.seq, entry.previous) != (manifest.matter, number, previous):
        message = f"entry {number} does not follow the one before it"
        raise BrokenError(message)
    if made != entry.hash:
        message = f"entry {number} is not what was recorded"
        raise BrokenError(message)
    if entry.body is None:
        if number not in manifest.left_out or entry.files:
            message = f"the content of entry {number} was taken out"
            raise BrokenError(message)
        return
    said = body_hash(entry.salt or "", body_text(entry.body, entry.files))
    if said != entry.body_sha256 or number in manifest.left_out:
        message = f"the content of entry {number} is not what was recorded"
        raise BrokenError(message)
    if manifest.track == "facts" and entry.track == "advice":
        message = f"says that it holds facts alone, and entry {number} is advice"
        raise BrokenError(message)


def _check_files(held: Container, entries: Sequence[Entry]) -> None:
    """Check that every kept file is there with its bytes, and no other is."""
    files = list(_kept(entries))
    if [_ENTRIES, *map(_name, files)] != list(held)[2:]:
        message = "does not hold the files that its entries keep"
        raise BrokenError(message)
    if sum(file.size for file in files) > _TOTAL:
        message = f"its files would take more than {_TOTAL} bytes"
        raise BrokenError(message)
    for file in files:
        _file(held, file)


def _file(held: Container, file: KeptFile) -> bytes:
    content = sealing.unpacked(held[_name(file)], file.size)
    if sha256(content) != file.sha256:
        message = f'"{file.name}" is not the file that was kept'
        raise BrokenError(message)
    return content


def import_archive(
    store: Store,
    path: str | Path,
    *,
    passphrase: str | None = None,
    keys: Keys | None = None,
    unknown_key: bool = False,
) -> Imported:
    """Take a matter in from an archive, or what is new of it.

    A matter that is here is continued where the archive goes on from its head, by a key that
    is known (or any, with ``unknown_key``). Nothing is added to the record of the matter.
    Raise ``InputError`` where the archive does not hold, and where the two records part,
    naming the entry; then nothing is written.
    """
    found = open_archive(path, passphrase=passphrase, keys=keys)
    line = _there(store, found, path)
    if line is None:
        _take_new(store, found)
        return _told("new", found, len(found.entries))
    local = [x for x in check(line, store.rows(line.id)) if x.kind not in _HARMLESS]
    if local:
        message = f"the record that is here does not verify: {local[0].message}"
        raise _fault(line.reference, message)
    return _continue(store, found, unknown_key=unknown_key)


def _told(outcome: Outcome, found: Archive, added: int) -> Imported:
    manifest = found.manifest
    return Imported(outcome, found.reference, added, manifest.head, found.signer, manifest.left_out)


def _there(store: Store, found: Archive, path: str | Path) -> MatterLine | None:
    lines = {line.id: line for line in store.matters()}
    here = lines.get(found.manifest.matter)
    taken = next((x for x in lines.values() if x.reference == found.reference), None)
    if here is None and taken is not None:
        message = (
            f'another matter "{found.reference}" is here, opened at {taken.opened_at.isoformat()}: '
            "import into another store"
        )
        raise _fault(path, message)
    return here


def _take_new(store: Store, found: Archive) -> None:
    shown = listed(found.entries)
    store.take_matter(
        found.reference,
        shown.title,
        found.entries,
        _Files(found),
        state=shown.state,
        outline=shown.outline,
    )


class _Files(Mapping[str, bytes]):
    """The kept files of an archive by their hashes, unpacked one at a time."""

    def __init__(self, found: Archive) -> None:
        self._found = found
        self._kept = {file.sha256: file for file in _kept(found.entries)}

    def __getitem__(self, digest: str) -> bytes:
        return self._found.file(self._kept[digest])

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _continue(store: Store, found: Archive, *, unknown_key: bool) -> Imported:
    with store.writing(found.manifest.matter, "import") as journal:
        here = journal.entries()
        for ours, theirs in zip(here, found.entries, strict=False):
            if ours.hash != theirs.hash:
                raise _parted(found.reference, ours, theirs)
        _refuse_gaps(found, here)
        more = found.entries[len(here) :]
        if not more:
            return _told("identical" if len(here) == len(found.entries) else "older", found, 0)
        if not found.signer.known and not unknown_key:
            message = (
                f"goes on by {len(more)} entries, signed by a key that is not known here: "
                f"compare its fingerprint, then trust it ({spelled(found.signer.fingerprint)})"
            )
            raise _fault(found.reference, message)
        for file in _kept(more):
            journal.keep(file.name, found.file(file))
        for entry in more:
            journal.take(entry)
        shown = listed([*here, *more])
        journal.rename(title=shown.title, state=shown.state)
        if shown.outline is not None:
            journal.outline(shown.outline)
    return _told("continued", found, len(more))


def _refuse_gaps(found: Archive, here: Sequence[Entry]) -> None:
    """Do not call a copy whole that stays without content which the archive has."""
    pairs = zip(here, found.entries, strict=False)
    gaps = [ours.seq for ours, theirs in pairs if ours.body is None and theirs.body is not None]
    if gaps:
        named = ("entry " if len(gaps) == 1 else "entries ") + ", ".join(map(str, gaps))
        message = (
            f"this store holds a copy without the content of {named}: import the whole archive "
            "into an empty store; nothing was taken in"
        )
        raise _fault(found.reference, message)


def _parted(reference: str, ours: Entry, theirs: Entry) -> InputError:
    sides = [f"{x.kind} by {x.by} at {stamp(x.at)[:19]}Z" for x in (ours, theirs)]
    message = (
        f"the two records part at entry {ours.seq}: here {sides[0]}, in the archive {sides[1]}; "
        "nothing was taken in"
    )
    return _fault(reference, message)
