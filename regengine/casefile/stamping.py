"""Time stamps of RFC 3161 over the head of a matter: proof from outside that it stood then.

An authority signs the hash of an entry with its own time, and so vouches for every entry up
to it. The token is kept as a file with an entry of its own. Asking for one is the only time
that the network is used; a check needs none. Whether the authority itself is to be trusted
is judged only by certificates that the reader names.
"""

from __future__ import annotations

import asyncio
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from asn1crypto import cms, tsp, x509
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.timestamps.common_utils import set_tsp_headers
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from regengine.casefile.case import Case
from regengine.casefile.chain import STAMP
from regengine.casefile.entries import Draft, Entry
from regengine.errors import Fault, InputError

# pyHanko reports on chains of trust, which are judged by named roots alone.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

_ADDRESSES: Final = ("https://", "http://")
_DIGEST: Final = "sha256"
_LARGEST: Final = 1 << 20  # bytes of an answer: real ones hold a few thousand
_PATIENCE: Final = 20.0  # seconds for the whole of an answer
_APART: Final = timedelta(minutes=5)  # by which two honest clocks may differ


class Stamp(NamedTuple):
    """What a token says; ``at`` is the authority's time in UTC.

    ``sound``: the authority's signature holds. ``trusted``: and its certificate leads to one
    of the roots that were named; ``None`` where none were.
    """

    authority: str
    at: datetime
    imprint: str
    sound: bool
    trusted: bool | None


class _Answers(TimeStamper):
    """Asks an authority over HTTP: within a time, and for no more than so many bytes."""

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # reason: pyHanko's own
        self._address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        content = await asyncio.to_thread(_post, self._address, req.dump())
        try:
            return tsp.TimeStampResp.load(content, strict=True)
        except (ValueError, TypeError) as error:
            message = "what it sent is no answer of a time-stamp authority"
            raise TimestampRequestError(message) from error


def _post(address: str, content: bytes) -> bytes:
    """Send a request and read the answer, piece by piece, so that a slow one ends in time."""
    until = time.monotonic() + _PATIENCE
    asked = urllib.request.Request(  # noqa: S310  # reason: the scheme was checked
        address, data=content, headers=set_tsp_headers({})
    )
    got = bytearray()
    try:
        answer = urllib.request.urlopen(asked, timeout=_PATIENCE)  # noqa: S310  # reason: as above
    except urllib.error.HTTPError as error:
        error.close()
        message = f"it answered {error.code} {error.reason}"
        raise TimestampRequestError(message) from None
    with answer:
        while piece := answer.read1(1 << 14):
            got += piece
            if len(got) > _LARGEST:
                message = f"it sent more than {_LARGEST} bytes"
                raise TimestampRequestError(message)
            if time.monotonic() > until:
                message = f"its answer took longer than {_PATIENCE:.0f} seconds"
                raise TimestampRequestError(message)
    return bytes(got)


def stamp(case: Case, authority: str | TimeStamper) -> Entry:
    """Have the head of a matter stamped and keep the token, as a new entry.

    ``authority`` is the address of a time-stamp authority, the one reason to use the
    network; or what makes stamps otherwise. The matter stays open to other writers while it
    answers. Raise ``InputError`` for a bad address, an authority that does not answer, and a
    token that is not of this head; then nothing is recorded.
    """
    covered = case.entries[-1]
    name = authority if isinstance(authority, str) else "authority"
    token = _asked(name, authority, covered.hash)
    found = read(token)
    if found is None or not found.sound or found.imprint != covered.hash:
        raise _fault(name, "the time-stamp authority sent a token that is not of this head")
    with case.writing() as journal:
        kept = journal.keep(f"entry-{covered.seq}.tst", token)
        body = {
            "covers": covered.seq,
            "head": covered.hash,
            "at": found.at.isoformat(),
            "authority": found.authority,
            "address": name,
        }
        return journal.add(Draft(kind=STAMP, body=body, files=(kept,)))


def _asked(name: str, authority: str | TimeStamper, head: str) -> bytes:
    if isinstance(authority, str):
        if not authority.lower().startswith(_ADDRESSES):
            message = f"is no time-stamp address: begin with {' or '.join(_ADDRESSES)}"
            raise _fault(authority, message)
        authority = _Answers(authority)
    try:
        token = asyncio.run(authority.async_timestamp(bytes.fromhex(head), _DIGEST))
    except urllib.error.URLError as error:
        raise _fault(name, f"the time-stamp authority gave no stamp: {error.reason}") from None
    except (OSError, ValueError) as error:  # TimestampRequestError is one of the first
        raise _fault(name, f"the time-stamp authority gave no stamp: {error}") from None
    return bytes(token.dump())


def _fault(place: str, message: str) -> InputError:
    return InputError([Fault(place, "", message)])


def read(token: bytes, roots: Sequence[bytes] = ()) -> Stamp | None:
    """Read a token and check its signature; ``None`` for what is no token.

    ``roots`` are certificates (DER) that are trusted to issue those of authorities; nothing
    is fetched, so that a withdrawn certificate is not seen.
    """
    try:
        signed = _signed_data(token)
        info = signed["encap_content_info"]["content"].parsed
        at = info["gen_time"].native.astimezone(UTC)
        imprint = info["message_imprint"]
        digest = imprint["hashed_message"].native
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        anchors = [x509.Certificate.load(root, strict=True) for root in roots]
        told = _validated(signed, digest, at, anchors)
        signer = told["signing_cert"].subject.human_friendly
    except (ValueError, TypeError, KeyError, AttributeError, SignatureValidationError):
        return None
    sound = bool(told["intact"] and told["valid"]) and algorithm == _DIGEST
    trusted = None if not anchors else sound and told["trust_problem_indic"] is None
    return Stamp(signer, at, digest.hex(), sound, trusted)


def _signed_data(token: bytes) -> Any:  # reason: asn1crypto's own, untyped
    held = cms.ContentInfo.load(token, strict=True)
    if held["content_type"].native != "signed_data":
        message = "is no signed data"
        raise ValueError(message)
    return held["content"]


def _validated(
    signed: Any, digest: bytes, at: datetime, anchors: Sequence[Any]
) -> Mapping[str, Any]:
    """Let pyHanko check the signature at the token's own time, without the network."""
    context = ValidationContext(
        trust_roots=list(anchors), allow_fetching=False, moment=at, best_signature_time=at
    )
    try:
        told: dict[str, Any] = asyncio.run(
            validate_tst_signed_data(signed, context, lambda _: digest)
        )
    except (PathBuildingError, PathValidationError) as error:
        raise ValueError(str(error)) from None
    return {"trust_problem_indic": None, **told}


def faults(
    held: tuple[Mapping[str, Any], bytes | None],
    hashes: Mapping[int, tuple[str, str]],
    seq: int,
    roots: Sequence[bytes] = (),
) -> Iterator[str]:
    """Say what is wrong with a recorded stamp.

    ``held`` is what its entry says, and the token; ``hashes`` the hash and the instant of
    each entry by its number; ``seq`` the number of the stamp's own entry.
    """
    told, token = held
    found = None if token is None else read(token, roots)
    if found is None:
        yield "the token is missing or cannot be read"
        return
    covers = told.get("covers")
    there = hashes.get(covers) if isinstance(covers, int) and covers < seq else None
    if not found.sound:
        yield f"the signature of {found.authority} does not hold"
    if there is None:
        yield f"is of entry {covers}, which is not there"
    elif found.imprint != there[0]:
        yield (
            f"was given for {found.imprint[:16]}..., entry {covers} has {there[0][:16]}...: "
            "entries were replaced"
        )
    elif datetime.fromisoformat(there[1]) > found.at + _APART:
        yield f"is of {found.at.isoformat()}, and entry {covers} says it is of {there[1]}"
    if told.get("at") != found.at.isoformat():
        yield f"its entry says {told.get('at')}, the token {found.at.isoformat()}"
    if found.trusted is False:
        yield f"{found.authority} does not lead to a certificate that was named as trusted"


def stamps(case: Case, roots: Sequence[bytes] = ()) -> list[tuple[Entry, Stamp | None]]:
    """List the time stamps of a matter with what their tokens say."""
    found: list[tuple[Entry, Stamp | None]] = []
    for entry in case.entries:
        if entry.kind == STAMP and entry.body is not None:
            try:
                token = case.store.content(entry.files[0].sha256)
            except KeyError:
                found.append((entry, None))
                continue
            found.append((entry, read(token, roots)))
    return found
