"""Signatures in PDFs (PAdES baseline B, with a time stamp where asked): the only pyHanko.

Maintainer's note. A signature is an incremental update: the bytes that were signed stay
at the front of the file, unchanged, so that a receipt still knows them. The field has no
appearance and lies outside the page: what PDF/UA asks of a field in sight (a place in the
structure tree, a name read aloud) and what PDF/A asks of its fonts then do not arise.
pyHanko would read the clock for the moment of signing; a session of its own takes ours.
"""

from __future__ import annotations

import asyncio
import io
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

import pikepdf
from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from regengine.errors import Fault, InputError

# pyHanko reports on chains of trust, which are not judged here.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

_PAPER = "PDF"
_FIELD = "Signature"
_ADDRESSES = ("https://", "http://")
_LARGEST_KEY = 1 << 20  # bytes of a PKCS#12 file: real ones hold a few thousand


class Signature(NamedTuple):
    """One signature as found in a file; nothing is said on whether to trust its signer.

    ``intact``: what it covers is as it was signed. ``whole``: and nothing came after it
    but further signatures.
    """

    signer: str
    at: datetime | None
    intact: bool
    whole: bool
    time_stamped: bool


def sign(
    content: bytes,
    key: str | Path,
    passphrase: str | bytes | None,
    *,
    when: datetime,
    reason: str | None = None,
    tsa: str | None = None,
) -> bytes:
    """Sign a PDF with the key of a PKCS#12 file; what was there stays byte for byte.

    ``when`` is an aware instant, written as the claimed time of signing: the certificate
    must be valid then. ``tsa`` is the address of a time-stamp authority, and the only
    reason to use the network. Raise ``InputError`` for a file that is no PKCS#12 or not
    there, a wrong passphrase, a certificate out of its time or not made for signing, and
    an authority that does not answer.
    """
    if when.tzinfo is None:
        message = "when has no offset"
        raise ValueError(message)
    secret = passphrase.encode() if isinstance(passphrase, str) else passphrase
    signer = _signer(Path(key), secret, when)
    stamps = _time_stamper(tsa)
    try:
        return asyncio.run(_signed(content, signer, when.astimezone(UTC), reason, stamps))
    except SigningError as error:
        raise _fault(_PAPER, str(error)) from None
    except PdfError as error:
        raise _fault(_PAPER, f"cannot be read: {error}") from None
    except OSError as error:  # TimestampRequestError is one
        raise _fault(tsa or "", f"the time-stamp authority gave no stamp: {error}") from None


def _fault(file: object, message: str) -> InputError:
    return InputError([Fault(str(file), "", message)])


def _signer(path: Path, passphrase: bytes | None, when: datetime) -> SimpleSigner:
    """Read the key, and refuse one that makes no signature worth having."""
    try:
        if path.stat().st_size > _LARGEST_KEY:
            raise _fault(path, f"is larger than {_LARGEST_KEY} bytes: not a key")
        data = path.read_bytes()
    except OSError as error:
        raise _fault(path, f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    try:
        asn1.Pfx.load(data, strict=True).native  # noqa: B018  # reason: parses all of it
    except (ValueError, TypeError):
        raise _fault(path, "is not a PKCS#12 file (.p12 or .pfx)") from None
    try:
        found, certificate, _ = pkcs12.load_key_and_certificates(data, passphrase)
    except ValueError:
        how = "wrong passphrase" if passphrase else "needs a passphrase, and none was given"
        raise _fault(path, how) from None
    if found is None or certificate is None:
        raise _fault(path, "holds no private key with its certificate")
    _check_certificate(path, certificate, when)
    signer: SimpleSigner = SimpleSigner.load_pkcs12_data(data, (), passphrase)
    return signer


def _check_certificate(path: Path, certificate: x509.Certificate, when: datetime) -> None:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    name = certificate.subject.rfc4514_string() or "its subject"
    if when < first:
        raise _fault(path, f"the certificate of {name} is not valid before {_iso(first)}")
    if when > last:
        raise _fault(path, f"the certificate of {name} expired at {_iso(last)}")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return  # a certificate that says nothing of its use may be used
    if not (usage.digital_signature or usage.content_commitment):
        message = (
            f"the certificate of {name} is not for signing: its key usage has neither "
            "digitalSignature nor nonRepudiation"
        )
        raise _fault(path, message)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _time_stamper(address: str | None) -> TimeStamper | None:
    if address is None:
        return None
    if not address.lower().startswith(_ADDRESSES):
        raise _fault(address, f"is no time-stamp address: begin with {' or '.join(_ADDRESSES)}")
    return HTTPTimeStamper(address)


class _Addition(IncrementalPdfFileWriter):
    """Adds to a file and leaves its metadata as they are.

    pyHanko would write the clock's time into them, and XMP without the schema that PDF/A
    asks for.
    """

    def _update_meta(self) -> None:
        return


async def _signed(
    content: bytes,
    signer: SimpleSigner,
    when: datetime,
    reason: str | None,
    stamps: TimeStamper | None,
) -> bytes:
    writer = _Addition(io.BytesIO(content))
    field = f"{_FIELD}{len(writer.prev.embedded_signatures) + 1}"
    meta = PdfSignatureMetadata(
        field_name=field, reason=reason, subfilter=SigSeedSubFilter.PADES, md_algorithm=None
    )
    place = SigFieldSpec(field, invis_sig_settings=InvisSigSettings(box_out_of_bounds=True))
    made = PdfSigner(meta, signer=signer, timestamper=stamps, new_field_spec=place)
    session = made.init_signing_session(writer)
    session.system_time = when
    reserved = await session.estimate_signature_container_size(None)
    pending = session.prepare_tbs_document(None, bytes_reserved=reserved)
    prepared, out = pending.digest_tbs_document()
    attributes = PdfCMSSignedAttributes(signing_time=when)
    done = await pending.perform_signature(prepared.document_digest, attributes)
    await done.post_signature_processing(out)
    out.seek(0)
    return bytes(out.read())


def signatures(content: bytes) -> list[Signature]:
    """List the signatures of a PDF in the order in which they were made; use no network.

    Raise ``InputError`` where the file cannot be read.

    >>> signatures(b"text")
    Traceback (most recent call last):
    regengine.errors.InputError: PDF: cannot be read: Illegal PDF header
    """
    try:
        found = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
        return [_read(one) for one in found]
    except Exception as error:  # noqa: BLE001  # reason: spoiled bytes fail anywhere in the reader
        raise _fault(_PAPER, f"cannot be read: {error}") from None


def is_only_signed(before: bytes, after: bytes) -> bool:
    """Tell whether a file is another one to which signatures out of sight were added alone.

    An update at the end of a PDF may paint over every page: that the first bytes are
    unchanged says nothing of what a reader sees.
    """
    if not after.startswith(before):
        return False
    try:
        found = signatures(after)
        return bool(found) and all(one.whole for one in found) and _shows_the_same(before, after)
    except Exception:  # noqa: BLE001  # reason: what cannot be read is not known to be harmless
        return False


def _shows_the_same(before: bytes, after: bytes) -> bool:
    """Compare object by object: only the form and fields of signatures may be new."""
    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(after)) as new:
        if new.Root.objgen != old.Root.objgen or len(new.pages) != len(old.pages):
            return False
        may = {_number(page.obj): {"/Annots"} for page in old.pages}
        may[_number(old.Root)] = {"/AcroForm", "/Extensions", "/DSS"}
        fields: list[Any] = list(cast("Any", new.Root.AcroForm.Fields))
        if not all(_out_of_sight(field) for field in fields):
            return False
        signed = {_number(field) for field in fields}
        if any(
            _marks(now) - _marks(then) - signed
            for now, then in zip(new.pages, old.pages, strict=True)
        ):
            return False
        return all(
            _content(thing, may.get(_number(thing), set()))
            == _content(new.get_object(_number(thing)), may.get(_number(thing), set()))
            for thing in old.objects
        )


def _number(thing: Any) -> tuple[int, int]:  # reason: pikepdf's own nodes
    number, generation = thing.objgen
    return int(number), int(generation)


def _marks(page: Any) -> set[tuple[int, int]]:  # reason: as above
    return {_number(mark) for mark in page.get("/Annots", ())}


def _out_of_sight(field: Any) -> bool:  # reason: pikepdf's own nodes
    left, low, right, high = (float(x) for x in field.Rect)
    return str(field.FT) == "/Sig" and left == right and low == high


def _content(thing: Any, without: set[str]) -> tuple[object, bytes]:
    """Take one object apart so that two can be compared; references stay references."""
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return thing.unparse(), b""
    said = {key: _unparsed(value) for key, value in thing.items() if key not in without}
    return said, thing.read_raw_bytes() if isinstance(thing, pikepdf.Stream) else b""


def _unparsed(value: Any) -> object:
    return value.unparse() if isinstance(value, pikepdf.Object) else value


def _harmless(level: ModificationLevel | None) -> bool:
    return level is not None and level <= ModificationLevel.FORM_FILLING


def _read(one: EmbeddedPdfSignature) -> Signature:
    at = one.self_reported_timestamp
    moment = at.astimezone(UTC) if at is not None else None
    # Without roots nothing is trusted, and nothing is fetched; the moment spares the clock.
    context = ValidationContext(trust_roots=[], allow_fetching=False, moment=moment)
    status = validate_pdf_signature(one, context, context)
    intact = bool(status.intact and status.valid)
    certificate = one.signer_cert
    return Signature(
        signer=certificate.subject.human_friendly if certificate is not None else "",
        at=moment,
        intact=intact,
        whole=intact and _harmless(status.modification_level),
        time_stamped=status.timestamp_validity is not None,
    )
