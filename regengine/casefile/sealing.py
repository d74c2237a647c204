"""The container of an archive: a plain zip written in one way only, sealed where asked.

Its members are stored, and packed one by one, so that the same matter gives the same bytes
and that a container is what it is read as: it is written again and compared. What is
unpacked has a stated length, and never more. Sealing is age with a passphrase (scrypt).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from pyrage import (  # type: ignore[import-untyped]  # reason: it ships no types
    DecryptError,
    passphrase,
)

LARGEST: Final = 1 << 30  # bytes of an archive, and of one thing in it
_MEMBERS: Final = 200_000
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_NAME: Final = re.compile(
    r"manifest\.json|signature\.json|entries\.jsonl\.gz|files/[0-9a-f]{64}\.gz"
)
_SEALED: Final = b"age-encryption.org/"
_GZIP: Final = 31  # zlib's word for gzip
_LEAST: Final = 8  # characters of a passphrase


class BrokenError(ValueError):
    """A container that cannot be what we wrote; the message says why."""


def container(members: Mapping[str, bytes]) -> bytes:
    """Write members in their order, with fixed times.

    >>> container({"manifest.json": b"{}"}) == container({"manifest.json": b"{}"})
    True
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _WHEN)
            info.create_system, info.external_attr = 3, 0o600 << 16
            archive.writestr(info, content)
    return out.getvalue()


class Container(Mapping[str, bytes]):
    """The members of a container, in their order; each is read when it is asked for.

    Raise ``BrokenError`` for what is no container of ours: other names, a name twice, a member
    that is packed or hidden, a byte that belongs to none.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._members = self._listed(len(content))
            again = container(self)
        except (zipfile.BadZipFile, NotImplementedError, OverflowError, EOFError) as error:
            message = f"is cut off or damaged ({str(error).lower() or 'no zip'})"
            raise BrokenError(message) from None
        except BrokenError:
            raise
        except (RuntimeError, OSError, ValueError, LookupError, struct.error) as error:
            message = f"cannot be read ({str(error).lower()})"
            raise BrokenError(message) from None
        if again != content:
            message = "is not written as archives are: something was added or changed"
            raise BrokenError(message)

    def _listed(self, length: int) -> dict[str, zipfile.ZipInfo]:
        infos = self._archive.infolist()
        if len(infos) > _MEMBERS:
            message = f"has {len(infos)} members, and at most {_MEMBERS} are read"
            raise BrokenError(message)
        found: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if not _NAME.fullmatch(info.filename):
                message = f"holds {info.filename[:80]!r}, which is no part of an archive"
                raise BrokenError(message)
            if info.filename in found:
                message = f"holds {info.filename} twice"
                raise BrokenError(message)
            if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
                message = f"holds {info.filename} packed or hidden, and members are stored"
                raise BrokenError(message)
            found[info.filename] = info
        stated = sum(info.file_size for info in infos)
        if stated > length:
            message = f"says that it holds {stated} bytes, and has {length}"
            raise BrokenError(message)
        return found

    def __getitem__(self, name: str) -> bytes:
        return self._archive.read(self._members[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


def packed(content: bytes) -> bytes:
    """Pack bytes with gzip, without a time or a name.

    >>> unpacked(packed(b"abc"), 3)
    b'abc'
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return packer.compress(content) + packer.flush()


def unpacked(content: bytes, length: int) -> bytes:
    """Unpack bytes of a stated length; raise ``BrokenError`` where it is another, unpacking no more."""
    if length > LARGEST:
        message = f"says that it holds {length} bytes, and at most {LARGEST} are read"
        raise BrokenError(message)
    reader = zlib.decompressobj(_GZIP)
    try:
        found = reader.decompress(content, length + 1)
    except zlib.error:
        message = "cannot be unpacked"
        raise BrokenError(message) from None
    if len(found) != length or not reader.eof or reader.unused_data:
        message = f"does not unpack to the {length} bytes that are stated"
        raise BrokenError(message)
    return found


def is_sealed(content: bytes) -> bool:
    """Tell whether bytes are encrypted, from how they begin."""
    return content.startswith(_SEALED)


def seal(content: bytes, secret: str) -> bytes:
    """Encrypt with a passphrase; raise ``BrokenError`` for one that is too short to keep anything."""
    if len(secret) < _LEAST:
        message = f"a passphrase has at least {_LEAST} characters"
        raise BrokenError(message)
    return bytes(passphrase.encrypt(content, secret))


def unseal(content: bytes, secret: str) -> bytes:
    """Decrypt; raise ``BrokenError`` where the passphrase is another, or a byte was changed."""
    try:
        return bytes(passphrase.decrypt(content, secret))
    except DecryptError as error:
        message = f"cannot be decrypted: wrong passphrase, or it was changed ({error})"
        raise BrokenError(message) from None
