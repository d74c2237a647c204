"""Keys that sign archives: one of your own, and the public ones of others that you trust.

The key is made when it is first wanted, and lies beside the matters, readable by its owner
alone. A signature proves who made an archive only as far as its key is known: compare the
fingerprint over another channel, then trust it once.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from regengine.casefile.entries import canonical, sha256
from regengine.errors import Fault, InputError

VARIABLE: Final = "REGENGINE_KEYS"
_KEY, _TRUSTED = "signing-key.pem", "trusted-keys.json"
_PURPOSE: Final = b"regengine.archive/1\n"  # a signature of this is one of nothing else
_LONGEST: Final = 80  # characters of the name of a key


class Signer(NamedTuple):
    """Whose key signed; ``name`` is ``None`` for a key that nobody here has trusted."""

    fingerprint: str
    name: str | None

    @property
    def known(self) -> bool:
        """Whether the key is your own, or one that you trust."""
        return self.name is not None


class Signature(BaseModel):
    """A signature as it lies in an archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["regengine.signature/1"] = Field("regengine.signature/1", alias="schema")
    algorithm: Literal["ed25519"] = "ed25519"
    key: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    signature: Annotated[str, Field(pattern="^[0-9a-f]{128}$")]

    def written(self) -> bytes:
        """Write it in one way only."""
        return (canonical(self.model_dump(by_alias=True)) + "\n").encode()


class Keys:
    """The keys of one person, in a folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     keys = Keys(folder)
    ...     made = keys.sign(b"what was said")
    ...     keys.signer(made, b"what was said").name
    'your own key'

    The folder is that of ``REGENGINE_KEYS``, else the user's data folder.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        given = folder or os.environ.get(VARIABLE) or user_data_path("regengine")
        self.folder = Path(given).expanduser()

    @property
    def fingerprint(self) -> str:
        """The fingerprint of your own key, in 64 digits; the key is made where there is none."""
        return fingerprint_of(self._own().public_key())

    def sign(self, content: bytes) -> bytes:
        """Sign with your own key."""
        key = self._own()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        made = Signature(key=public.hex(), signature=key.sign(_PURPOSE + content).hex())
        return made.written()

    def signer(self, signature: bytes, content: bytes) -> Signer:
        """Check a signature and say whose it is.

        Raise ``ValueError`` where it is none, or not of this content.
        """
        try:
            found = Signature.model_validate_json(signature)
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(found.key))
            public.verify(bytes.fromhex(found.signature), _PURPOSE + content)
        except ValidationError:
            message = "the signature cannot be read"
            raise ValueError(message) from None
        except InvalidSignature:
            message = "the signature does not hold: it was changed since it was signed"
            raise ValueError(message) from None
        if found.written() != signature:
            message = "the signature is not written as we write it"
            raise ValueError(message)
        print_ = fingerprint_of(public)
        own = self._there() is not None and self.fingerprint == print_
        return Signer(print_, "your own key" if own else self.trusted().get(print_))

    # -- trust --------------------------------------------------------------------------

    def trusted(self) -> dict[str, str]:
        """List the names of the keys that are trusted, by their fingerprints."""
        path = self.folder / _TRUSTED
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return {_digits(str(key)): str(name) for key, name in found.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as error:
            message = f"is no list of trusted keys: {error}"
            raise InputError([Fault(str(path), "", message)]) from None

    def trust(self, fingerprint: str, name: str) -> str:
        """Trust a key from now on, under a name, and return its fingerprint.

        Raise ``InputError`` for what is no fingerprint, and for a name that says nothing.
        """
        digits, called = _digits(fingerprint), " ".join(name.split())
        if not called or len(called) > _LONGEST or not called.isprintable():
            message = f"a key is trusted under a name of 1 to {_LONGEST} characters"
            raise InputError([Fault("keys", "name", message)])
        self._write({**self.trusted(), digits: called})
        return digits

    def forget(self, fingerprint: str) -> str:
        """Trust a key no more, and return its name."""
        digits, held = _digits(fingerprint), self.trusted()
        if digits not in held:
            raise InputError([Fault("keys", "", f"no key {digits[:16]}... is trusted here")])
        self._write({key: name for key, name in held.items() if key != digits})
        return held[digits]

    def _write(self, held: dict[str, str]) -> None:
        self._make_folder()
        _appear(
            self.folder / _TRUSTED, (json.dumps(held, indent=2, sort_keys=True) + "\n").encode()
        )

    # -- your own key ---------------------------------------------------------------------

    def _there(self) -> bytes | None:
        """Read the key's file, and refuse one that others can read."""
        path = self.folder / _KEY
        try:
            mode = path.stat().st_mode
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise InputError([Fault(str(path), "", f"cannot be read: {why}")]) from None
        if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            message = "others can read this key: chmod 600 it, or take it away for a new one"
            raise InputError([Fault(str(path), "", message)])
        return content

    def _own(self) -> Ed25519PrivateKey:
        content = self._there()
        if content is None:
            self._make()
            content = self._there() or b""
        try:
            key = load_pem_private_key(content, None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            message = "is no key of Ed25519 without a passphrase"
            raise InputError([Fault(str(self.folder / _KEY), "", message)])
        return key

    def _make(self) -> None:
        """Make a key; where another process was quicker, its key stays."""
        self._make_folder()
        made = Ed25519PrivateKey.generate()
        content = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _appear(self.folder / _KEY, content, keep=True)

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """Hash a public key, so that two people can compare it."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def spelled(fingerprint: str) -> str:
    """Write a fingerprint in groups, to be read aloud.

    >>> spelled("3fa9" * 16)[:14]
    '3fa9 3fa9 3fa9'
    """
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def _digits(fingerprint: str) -> str:
    digits = re.sub(r"[\s:]", "", fingerprint).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        message = f'"{fingerprint}" is no fingerprint; it has 64 digits of 0-9 and a-f'
        raise InputError([Fault("keys", "", message)])
    return digits


def _appear(path: Path, content: bytes, *, keep: bool = False) -> None:
    """Let a file of its owner's alone appear whole; ``keep``: not where one is there."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # of mode 0600
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not keep:
            beside.replace(path)
        elif not path.exists():
            beside.rename(path) if sys.platform == "win32" else os.link(beside, path)
    except FileExistsError:
        return  # another process made its key meanwhile
    finally:
        beside.unlink(missing_ok=True)
