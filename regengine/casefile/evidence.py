"""The register of evidence: each item with the hash of its file, checked again when asked.

Items, and what else is known of protection, belong to a phase: what guarded the data before
the attack, what the intruder left, what was done after.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args

from pydantic import Field, field_validator

from regengine.casefile import privilege
from regengine.casefile.case import Case
from regengine.casefile.entries import KeptFile, sha256
from regengine.casefile.paths import find
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant
from regengine.documents.outputs import table
from regengine.errors import Fault, InputError, suggest

TABLE: Final = "casefile/evidence.toml"
KEEP_LIMIT: Final = 64 * 1024 * 1024  # bytes of a file that the store itself keeps
_CHUNK: Final = 1024 * 1024
_LONG = 120  # characters of a text on a checklist

Phase = Literal["before", "intruder", "after"]
PHASES: Final = get_args(Phase)
Outcome = Literal["same", "changed", "missing", "unreadable"]
Line = Annotated[str, Field(min_length=1, max_length=500)]
# What laboratories give besides SHA-256, with the number of hexadecimal digits of each.
_DIGITS: Final = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}


class Item(Record):
    """One item of evidence.

    ``custodian`` and ``place`` are the first ones; those of now follow from the hand-overs.
    ``path`` is where the file lay when it was hashed; ``hashes`` are those that a laboratory
    gave, by algorithm. ``kept``: the store holds the bytes too.
    """

    title: Line
    what: Line
    system: Line | None = None
    taken_at: Instant | None = None
    taken_by: Line | None = None
    custodian: Line | None = None
    place: Line | None = None
    source: Line | None = None
    file: str | None = None
    path: str | None = None
    sha256: str | None = None
    size: int | None = Field(default=None, ge=0)
    kept: bool = False
    hashes: dict[str, str] = Field(default_factory=dict)
    sealed: Line | None = None
    labels: tuple[Line, ...] = ()
    phase: Phase | None = None
    why: str | None = None

    @field_validator("hashes")
    @classmethod
    def _known(cls, given: dict[str, str]) -> dict[str, str]:
        return {name: _digits(name, text) for name, text in given.items()}

    @field_validator("sha256")
    @classmethod
    def _whole(cls, given: str | None) -> str | None:
        return None if given is None else _digits("sha256", given)


def _digits(name: str, text: str) -> str:
    if name not in _DIGITS:
        message = f'"{name}" is no hash{suggest(name, _DIGITS)} allowed: {", ".join(_DIGITS)}'
        raise ValueError(message)
    plain = text.strip().casefold()
    if not re.fullmatch(r"[0-9a-f]+", plain) or len(plain) != _DIGITS[name]:
        message = f"{name} has {_DIGITS[name]} hexadecimal digits"
        raise ValueError(message)
    return plain


class Check(Record):
    """One check of an item's file; ``where`` is what was hashed."""

    item: str
    outcome: Outcome
    where: str
    sha256: str | None = None
    size: int | None = None


class Point(Record):
    """What protected the data, what the intruder left, or what was done.

    ``working``: whether it was in force when the attack came; ``None`` where nobody knows.
    ``items`` are the ids of the evidence, ``facts`` paths of facts of the matter.
    """

    phase: Phase
    text: str = Field(min_length=1)
    control: Line | None = None
    working: bool | None = None
    system: Line | None = None
    items: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    at: Instant | None = None
    source: Line | None = None


ITEMS: Final = Shelf("evidence", Item, "E")
CHECKS: Final = Shelf("evidence_check", Check, "EC")
POINTS: Final = Shelf("evidence_point", Point, "EP")


def words() -> Mapping[str, Any]:
    """Read the words of the evidence workstream."""
    return table(TABLE)


def past(case: Case, at: datetime | None, place: str) -> datetime | None:
    """Check an instant of the past: with an offset, and not after the store's clock.

    Raise ``InputError`` otherwise. What nobody knows stays ``None``.
    """
    if at is None:
        return None
    if at.utcoffset() is None:
        message = f"{at.isoformat()} has no offset; add one, like {at.isoformat()}+00:00"
        raise InputError([Fault(case.reference, place, message)])
    now = case.store.clock()
    if at > now:
        message = f"{at.isoformat()} is after now ({now.isoformat(timespec='seconds')})"
        raise InputError([Fault(case.reference, place, message)])
    return at.astimezone(UTC)


# -- files ------------------------------------------------------------------------------


class Hashed(NamedTuple):
    """What a file was found to be; ``content`` only where it was asked for."""

    sha256: str
    size: int
    hashes: Mapping[str, str]
    content: bytes | None = None


def hashed(path: Path, also: Iterable[str] = (), *, keep: bool = False) -> Hashed:
    """Hash a file piece by piece, however large it is.

    Raise ``OSError`` where it cannot be read, ``InputError`` for what is no file, and where it
    is to be kept and is larger than ``KEEP_LIMIT``.
    """
    if path.exists() and not path.is_file():
        raise InputError([Fault(path.name, "", "is no file: hash an image or an archive of it")])
    found = {name: hashlib.new(name, usedforsecurity=False) for name in {"sha256", *also}}
    size, pieces = 0, []
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            size += len(piece)
            for each in found.values():
                each.update(piece)
            if keep and size > KEEP_LIMIT:
                limit = KEEP_LIMIT // _CHUNK
                message = (
                    f"is larger than {limit} MiB, the most that the store keeps: register it "
                    "without keeping it, and say in which place it lies"
                )
                raise InputError([Fault(path.name, "keep", message)])
            if keep:
                pieces.append(piece)
    digests = {name: each.hexdigest() for name, each in found.items()}
    return Hashed(digests["sha256"], size, digests, b"".join(pieces) if keep else None)


def printable(name: str) -> str:
    """Write a file's name so that it can neither command a terminal nor break a line."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in name)


def _compare(case: Case, path: Path, found: Hashed, given: Mapping[str, str]) -> None:
    faults = [
        Fault(case.reference, name, f"the file's is {found.hashes[name]}, the one given {text}")
        for name, text in given.items()
        if found.hashes[name] != text
    ]
    if faults:
        message = f"{printable(path.name)} is not the file whose hash was given"
        raise InputError([*faults, Fault(case.reference, "", message)])


# -- items --------------------------------------------------------------------------------


def add(
    case: Case,
    title: str,
    what: str,
    *,
    path: Path | None = None,
    keep: bool = False,
    **fields: Any,
) -> Item:
    """Register an item, with the hash of its file where it has one.

    The file stays where it is unless ``keep``. Hashes that a laboratory gave are compared
    with those of the file. Without a custodian, whoever took it is the first one. Raise
    ``InputError`` where a hash differs, the file cannot be read, or a field does not fit.
    """
    if keep and path is None:
        raise InputError([Fault(case.reference, "keep", "needs the file")])
    fields = {"custodian": fields.get("taken_by"), **_given(fields)}
    fields["taken_at"] = past(case, fields.get("taken_at"), "taken_at")
    draft = _drafted(case, {"title": title, "what": what, **fields})
    found = None
    if path is not None:
        given = draft.hashes | ({"sha256": draft.sha256} if draft.sha256 else {})
        found = _read(case, path, given, keep=keep)
        _compare(case, path, found, given)
        fields |= {"sha256": found.sha256, "size": found.size, "kept": keep}
        whole = str(path.absolute())
        fields["file"] = printable(path.name)
        fields["path"] = whole if whole == printable(whole) else None
    with case.writing() as journal:
        privilege.guard(case, {"title": title, "what": what, **_plain(fields)}, "evidence")
        files: tuple[KeptFile, ...] = ()
        if found is not None and found.content is not None:
            files = (journal.keep(str(fields["file"]), found.content),)
        return ITEMS.add(case, files=files, title=title, what=what, **fields)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: x.isoformat() if isinstance(x, datetime) else x for name, x in fields.items()}


def _drafted(case: Case, fields: Mapping[str, Any]) -> Item:
    """Check the fields before a file of any size is read."""
    return ITEMS._read(case, {"id": "E0", **fields})  # noqa: SLF001  # reason: the shelf's own reading, without an entry


def _read(case: Case, path: Path, also: Iterable[str], *, keep: bool) -> Hashed:
    try:
        return hashed(path, also, keep=keep)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise InputError([Fault(case.reference, printable(path.name), message)]) from None


_AMENDABLE: Final = (
    "title", "what", "system", "taken_at", "taken_by", "custodian", "place", "source", "sealed",
    "labels", "phase",
)  # fmt: skip  # reason: a list of words


def amend(case: Case, name: str, why: str, **fields: Any) -> Item:
    """Correct what is said of an item, with the reason; its hash is never changed.

    A custodian and a place are named where none was; from then on hand-overs change them.
    Raise ``InputError`` for any other field.
    """
    item = ITEMS.one(case, name)
    for field in fields:
        if field not in _AMENDABLE:
            message = f"{field} is not amended; allowed: {', '.join(_AMENDABLE)}"
            raise InputError([Fault(case.reference, item.id, message)])
        if field in ("custodian", "place") and getattr(item, field) is not None:
            message = f"has a {field} already: a change of it is a hand-over"
            raise InputError([Fault(case.reference, item.id, message)])
    if "taken_at" in fields:
        fields["taken_at"] = past(case, fields["taken_at"], "taken_at")
    with case.writing():
        privilege.guard(case, {**_plain(fields), "why": why}, item.id)
        return ITEMS.change(case, item.id, **fields, why=why)


# -- checks -------------------------------------------------------------------------------


def check(case: Case, name: str, path: Path | None = None) -> Check:
    """Hash an item's file again, compare, and record what was found.

    ``path`` is where the file lies now; without it, where it lay when it was registered.
    Bytes that the store keeps are hashed too, and the worse finding leads. Raise
    ``InputError`` for an item without a hash, and where no place of its file is known.
    """
    item = ITEMS.one(case, name)
    if item.sha256 is None:
        raise InputError([Fault(case.reference, item.id, "has no hash of a file to compare with")])
    found = list(_found(case, item, path))
    if not found:
        message = "the file's place is not on record: say where it lies"
        raise InputError([Fault(case.reference, item.id, message)])
    worst = max(found, key=lambda made: get_args(Outcome).index(made["outcome"]))
    with case.writing():
        return CHECKS.add(case, item=item.id, **worst)


def _found(case: Case, item: Item, path: Path | None) -> Iterator[dict[str, Any]]:
    at = path or (Path(item.path) if item.path else None)
    # A file that is kept may have left its place: only a place that is named must hold it.
    if at is not None and (path is not None or not item.kept or at.exists()):
        yield _at_place(item, at)
    if item.kept:
        yield _in_store(case, item)


def _at_place(item: Item, path: Path) -> dict[str, Any]:
    where = printable(str(path))
    try:
        found = hashed(path)
    except FileNotFoundError:
        return {"outcome": "missing", "where": where}
    except (OSError, InputError):
        return {"outcome": "unreadable", "where": where}
    return {"outcome": _outcome(item, found.sha256), "where": where, **_numbers(found)}


def _numbers(found: Hashed) -> dict[str, Any]:
    return {"sha256": found.sha256, "size": found.size}


def _outcome(item: Item, digest: str) -> Outcome:
    return "same" if hmac.compare_digest(digest, item.sha256 or "") else "changed"


def _in_store(case: Case, item: Item) -> dict[str, Any]:
    where = "the store"
    try:
        content = case.store.content(item.sha256 or "")
    except KeyError:
        return {"outcome": "missing", "where": where}
    except zlib.error:
        return {"outcome": "unreadable", "where": where}
    digest = sha256(content)
    numbers = {"sha256": digest, "size": len(content)}
    return {"outcome": _outcome(item, digest), "where": where, **numbers}


def last_check(case: Case, name: str) -> Check | None:
    """Give the last check of an item; ``None`` where it was never checked."""
    found = [made for made in CHECKS.all(case) if made.item == name]
    return found[-1] if found else None


# -- phases ---------------------------------------------------------------------------------


class PhaseLine(NamedTuple):
    """One line of a phase; ``working`` is ``None`` where nobody knows or nobody asked."""

    record: str
    text: str
    control: str | None
    working: bool | None
    system: str | None
    items: tuple[str, ...]
    facts: tuple[str, ...]
    at: datetime | None


def point(case: Case, phase: Phase, text: str, **fields: Any) -> Point:
    """Record what protected the data before, what the intruder left, or what was done after.

    Raise ``InputError`` for an item of evidence or a fact that there is not.
    """
    with case.writing():
        items = tuple(ITEMS.one(case, name).id for name in fields.pop("items", ()))
        facts = tuple(find(path, case.corpus.vocabulary).path for path in fields.pop("facts", ()))
        at = past(case, fields.pop("at", None), "at")
        privilege.guard(case, {"text": text, **fields}, "evidence point")
        return POINTS.add(case, phase=phase, text=text, items=items, facts=facts, at=at, **fields)


def settle(case: Case, name: str, *, working: bool, items: Iterable[str] = ()) -> Point:
    """Say whether a control was in force when the attack came, and what shows it."""
    with case.writing():
        found = POINTS.one(case, name)
        shown = (ITEMS.one(case, each).id for each in items)
        return POINTS.change(
            case, found.id, working=working, items=tuple(dict.fromkeys((*found.items, *shown)))
        )


def phases(case: Case) -> dict[Phase, list[PhaseLine]]:
    """Give the three lists: before the attack, by the intruder, after it.

    Every point stands in its phase, and every item of evidence that was given one.
    """
    made: dict[Phase, list[PhaseLine]] = {phase: [] for phase in PHASES}
    for each in POINTS.all(case):
        made[each.phase].append(
            PhaseLine(
                each.id, each.text, each.control, each.working, each.system, each.items,
                each.facts, each.at,
            )
        )  # fmt: skip  # reason: one row
    for item in ITEMS.all(case):
        if item.phase is not None:
            made[item.phase].append(
                PhaseLine(
                    item.id, item.title, None, None, item.system, (item.id,), (), item.taken_at
                )
            )
    return made


def standing(case: Case, now: datetime) -> Iterator[Standing]:  # noqa: ARG001  # reason: the shape of every room
    """Tell of items whose file has changed or is gone, and of controls that nothing shows."""
    for item in ITEMS.all(case):
        last = last_check(case, item.id)
        state = last.outcome if last else "not checked since" if item.sha256 else "without a hash"
        bad = last is not None and last.outcome != "same"
        warning = f"its file is {last.outcome}" if bad and last else None
        yield Standing("evidence", item.id, item.title, state, item.custodian, None, warning)
    for phase, lines in phases(case).items():
        if not lines:
            title = words()["phase"][phase]
            yield Standing("evidence", f"phase {phase}", title, "nothing on record")
    for each in POINTS.all(case):
        if each.phase != "before":
            continue
        lacks = "whether it was in force is not known" if each.working is None else None
        lacks = lacks or (None if each.items else "no item of evidence shows it")
        force = {None: "not known", True: "in force", False: "not in force"}[each.working]
        yield Standing("evidence", each.id, _short(each.text), force, None, None, lacks)


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= _LONG else one[: _LONG - 1] + "…"
