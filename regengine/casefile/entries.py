"""One entry of a matter's record: what was done, by whom, when; chained to the one before.

An entry's hash covers its place in the chain, its author, its instant and the hash of its
body; the body's hash is salted. So an entry can be shown without its body (advice that
stays in the house) and the chain still be checked, and nobody can guess a short body.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from regengine.errors import Fault, InputError

Track = Literal["facts", "advice"]
TRACKS: Final = ("facts", "advice")

GENESIS: Final = "0" * 64
_FORMAT: Final = "regengine.entry/1"
_LINK: Final = "regengine.matter/1"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptFile(_Shape):
    """A file that an entry speaks of; ``kept``: its bytes lie in the store."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    kept: bool = True


class Draft(_Shape):
    """What is to be recorded; the store adds the place, the instant and the hashes."""

    kind: str = Field(pattern=r"^[a-z][a-z_]{0,39}$")
    body: Mapping[str, Any]
    files: tuple[KeptFile, ...] = ()
    track: Track = "facts"


class Entry(_Shape):
    """One recorded entry; ``body`` and ``salt`` are ``None`` where they were left out.

    ``at`` is when it was recorded, in UTC. ``previous`` is the hash of the entry before, of
    the first one 64 zeros.
    """

    matter: str
    seq: int = Field(ge=1)
    kind: str
    at: AwareDatetime
    by: str
    track: Track
    body: Mapping[str, Any] | None
    files: tuple[KeptFile, ...] = ()
    salt: str | None
    body_sha256: str
    previous: str
    hash: str

    @property
    def told(self) -> Mapping[str, Any]:
        """The body; raise ``InputError`` where it was left out of this copy of the matter."""
        if self.body is None:
            message = f"its content ({self.kind}) was left out of this copy, and is needed here"
            raise InputError([Fault("", f"entry {self.seq}", message)])
        return self.body


def canonical(value: object) -> str:
    """Write plain values in one way only: sorted keys, no spaces, UTF-8.

    >>> canonical({"b": 1, "a": "ü"})
    '{"a":"ü","b":1}'

    Raise ``ValueError`` for NaN and infinity, ``TypeError`` for what is no plain value.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def sha256(content: bytes) -> str:
    """Hash bytes, in hexadecimal digits.

    >>> sha256(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def body_text(body: Mapping[str, Any], files: tuple[KeptFile, ...]) -> str:
    """Write what an entry says, with its files, as the text that is stored and hashed."""
    return canonical({"body": dict(body), "files": [file.model_dump() for file in files]})


def body_hash(salt: str, text: str) -> str:
    """Hash the text of a body with its salt."""
    return sha256(f"{salt}:{text}".encode())


def stamp(at: datetime) -> str:
    """Write an instant in the one form that is hashed and sorted: UTC, microseconds.

    >>> stamp(datetime(2026, 11, 23, 9, tzinfo=UTC))
    '2026-11-23T09:00:00.000000+00:00'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def entry_hash(
    matter: str, seq: int, kind: str, at: str, by: str, track: str, body_sha256: str, previous: str
) -> str:
    """Hash an entry over its predecessor (SHA-256 of a canonical JSON object).

    The form is public, so that another program can check the chain.
    """
    head = {
        "format": _FORMAT,
        "matter": matter,
        "seq": seq,
        "kind": kind,
        "at": at,
        "by": by,
        "track": track,
        "body": body_sha256,
        "previous": previous,
    }
    return sha256(canonical(head).encode())


def matter_link(number: int, identity: str, first: str, previous: str) -> str:
    """Hash the opening of a matter over the one before it in the store.

    So a matter cannot be taken out of a store without a trace. ``first`` is the hash of its
    first entry, ``previous`` the link of the matter before (64 zeros: none).
    """
    head = {
        "format": _LINK,
        "number": number,
        "matter": identity,
        "first": first,
        "previous": previous,
    }
    return sha256(canonical(head).encode())


def chained(draft: Draft, matter: str, seq: int, at: datetime, by: str, previous: str) -> Entry:
    """Give a draft its place: number, instant, author, salt and hashes.

    >>> made = chained(Draft(kind="note", body={"text": "x"}), "m", 1, datetime.now(UTC), "A", GENESIS)
    >>> len(made.hash), made.previous == GENESIS
    (64, True)
    """
    salt = secrets.token_hex(16)
    digest = body_hash(salt, body_text(draft.body, draft.files))
    return Entry(
        matter=matter,
        seq=seq,
        kind=draft.kind,
        at=at.astimezone(UTC),
        by=by,
        track=draft.track,
        body=dict(draft.body),
        files=draft.files,
        salt=salt,
        body_sha256=digest,
        previous=previous,
        hash=entry_hash(matter, seq, draft.kind, stamp(at), by, draft.track, digest, previous),
    )
