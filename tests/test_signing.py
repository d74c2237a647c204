"""Signatures: what they prove, what they leave as it was, and which keys are refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper, TimestampRequestError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from regengine.documents import pdf, signing
from regengine.documents.conformance import check
from regengine.documents.signing import is_only_signed, sign, signatures
from regengine.errors import InputError

WHEN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SECRET = "correct horse"  # noqa: S105  # reason: of keys that live for one test
PAGE = (
    '<html lang="en"><head><title>T</title></head><body><h1>A notice</h1><p>Text.</p></body></html>'
)

USAGE = {
    "digital_signature": True,
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "key_cert_sign": False,
    "crl_sign": False,
    "encipher_only": False,
    "decipher_only": False,
}


@cache
def paper() -> bytes:
    enclosed = (pdf.Enclosure("provenance.json", b"{}", "Hashes", "Supplement"),)
    return pdf.render(
        PAGE, css="", title="T", when=WHEN, creator="regengine", enclosures=enclosed
    ).content


@cache
def _private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    *,
    first: datetime = WHEN - timedelta(days=30),
    last: datetime = WHEN + timedelta(days=30),
    usage: dict[str, bool] | None = USAGE,
    extended: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cormac Walsh")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(first)
        .not_valid_after(last)
    )
    if usage is not None:
        made = made.add_extension(x509.KeyUsage(**usage), critical=True)
    if extended is not None:
        made = made.add_extension(x509.ExtendedKeyUsage([extended]), critical=False)
    return made.sign(private, hashes.SHA256())


def key_file(
    folder: Path,
    made: x509.Certificate | None = None,
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    secret: str | None = SECRET,
) -> Path:
    private = private or _private()
    made = made or certificate(private)
    how = BestAvailableEncryption(secret.encode()) if secret else NoEncryption()
    path = folder / "key.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"key", private, made, None, how))
    return path


def trusted(content: bytes, made: x509.Certificate) -> bool:
    """Ask pyHanko's own validator, with our certificate as the root of trust."""
    root = asn1_x509.Certificate.load(made.public_bytes(Encoding.DER))
    (one,) = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=WHEN)
    return bool(validate_pdf_signature(one, context).bottom_line)


def test_a_validator_finds_the_signature_sound_and_trusts_it(tmp_path: Path) -> None:
    made = certificate(_private())
    signed = sign(paper(), key_file(tmp_path, made), SECRET, when=WHEN, reason="Filed by counsel")
    assert trusted(signed, made)
    assert signatures(signed) == [
        signing.Signature("Common Name: Cormac Walsh", WHEN, True, True, False)
    ]
    with pikepdf.open(io.BytesIO(signed)) as opened:
        held = opened.Root.AcroForm.Fields[0].V
        assert str(held.SubFilter) == "/ETSI.CAdES.detached"
        assert str(held.Reason) == "Filed by counsel"


def test_a_key_on_an_elliptic_curve_signs_as_well(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    made = certificate(private)
    assert trusted(sign(paper(), key_file(tmp_path, made, private), SECRET, when=WHEN), made)


def test_what_was_there_stays_byte_for_byte_and_keeps_the_marks(tmp_path: Path) -> None:
    signed = sign(paper(), key_file(tmp_path), SECRET, when=WHEN)
    assert signed.startswith(paper())
    assert check(paper()) == []
    assert check(signed) == []
    assert is_only_signed(paper(), signed)
    assert not is_only_signed(paper(), paper())


def test_the_field_of_a_signature_is_out_of_sight_and_may_be_printed(tmp_path: Path) -> None:
    signed = sign(paper(), key_file(tmp_path), SECRET, when=WHEN)
    with pikepdf.open(io.BytesIO(signed)) as opened:
        (field,) = opened.Root.AcroForm.Fields
        left, low, right, high = (int(x) for x in field.Rect)
        assert (left, low) == (right, high)
        assert left < 0
        assert int(field.F) & 0b110 == 0b100  # printed, not hidden: PDF/A asks for both


@pytest.mark.parametrize("part", [0.0005, 0.1, 0.3, 0.5, 0.9, 0.99])
def test_a_changed_byte_breaks_the_signature(tmp_path: Path, part: float) -> None:
    signed = sign(paper(), key_file(tmp_path), SECRET, when=WHEN)
    place = int(len(paper()) * part)
    broken = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    try:
        found = [one.intact for one in signatures(broken)]
    except InputError:
        found = []  # spoiled so that it cannot be read
    assert not any(found)
    assert not is_only_signed(broken[: len(paper())], broken)


def test_a_changed_byte_that_no_reader_minds_is_seen_by_the_validator(tmp_path: Path) -> None:
    signed = sign(paper(), key_file(tmp_path), SECRET, when=WHEN)
    broken = signed[:10] + b"!" + signed[11:]  # inside the comment of the header
    assert not trusted(broken, certificate(_private()))
    assert [(one.intact, one.whole) for one in signatures(broken)] == [(False, False)]


def test_a_page_painted_over_after_signing_is_seen(tmp_path: Path) -> None:
    signed = sign(paper(), key_file(tmp_path), SECRET, when=WHEN)
    painted = _updated(_narrow, signed)
    assert painted.startswith(signed)
    assert [(one.intact, one.whole) for one in signatures(painted)] == [(True, False)]
    assert not is_only_signed(paper(), painted)


def _updated(change: Callable[[IncrementalPdfFileWriter], None], content: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _narrow(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]["/Kids"]
    pages[0].raw_get("/MediaBox")[2] = generic.NumberObject(17)
    writer.mark_update(pages.raw_get(0))


def _other_content(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"% nothing"))
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0))


def _note(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    box = generic.ArrayObject([generic.NumberObject(x) for x in (0, 0, 600, 800)])
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Square"),
            generic.pdf_name("/Rect"): box,
        }
    )
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0))


@pytest.mark.parametrize("change", [_narrow, _other_content, _note])
def test_what_is_slipped_in_before_signing_is_seen(
    tmp_path: Path, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    changed = _updated(change, paper())
    signed = sign(changed, key_file(tmp_path), SECRET, when=WHEN)
    assert signed.startswith(paper())
    assert [(one.intact, one.whole) for one in signatures(signed)] == [(True, True)]
    assert not is_only_signed(paper(), signed)
    assert is_only_signed(changed, signed)


def test_two_people_may_sign(tmp_path: Path) -> None:
    key = key_file(tmp_path)
    once = sign(paper(), key, SECRET, when=WHEN)
    twice = sign(once, key, SECRET, when=WHEN + timedelta(hours=1))
    assert [(x.at, x.intact, x.whole) for x in signatures(twice)] == [
        (WHEN, True, True),
        (WHEN + timedelta(hours=1), True, True),
    ]
    assert is_only_signed(paper(), twice)
    assert check(twice) == []


def test_a_key_without_a_passphrase_signs_without_one(tmp_path: Path) -> None:
    signed = sign(paper(), key_file(tmp_path, secret=None), None, when=WHEN)
    assert len(signatures(signed)) == 1


def _refused(tmp_path: Path, key: Path, secret: str | None = SECRET, **more: str) -> str:
    with pytest.raises(InputError) as caught:
        sign(paper(), key, secret, when=WHEN, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(tmp_path), "")


def test_a_key_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    said = _refused(tmp_path, tmp_path / "no.p12")
    assert said == "/no.p12: cannot be read: no such file or directory"


def test_a_file_that_is_no_key_is_told_apart_from_a_wrong_passphrase(tmp_path: Path) -> None:
    text = tmp_path / "text.p12"
    text.write_text("-----BEGIN CERTIFICATE-----")
    assert _refused(tmp_path, text) == "/text.p12: is not a PKCS#12 file (.p12 or .pfx)"
    key = key_file(tmp_path)
    assert _refused(tmp_path, key, "wrong") == "/key.p12: wrong passphrase"
    assert _refused(tmp_path, key, None) == "/key.p12: needs a passphrase, and none was given"


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (-9, -1, "expired at 2026-11-20T09:00:00+00:00"),
        (1, 9, "is not valid before 2026-11-22T09:00:00+00:00"),
    ],
)
def test_a_certificate_out_of_its_time_is_refused(
    tmp_path: Path, first: int, last: int, found: str
) -> None:
    made = certificate(
        _private(), first=WHEN + timedelta(days=first), last=WHEN + timedelta(days=last)
    )
    said = _refused(tmp_path, key_file(tmp_path, made))
    assert said == f"/key.p12: the certificate of CN=Cormac Walsh {found}"


@pytest.mark.parametrize(("hours", "ok"), [(0, True), (1, False)])
def test_a_certificate_serves_up_to_its_last_instant(tmp_path: Path, hours: int, ok: bool) -> None:
    key = key_file(tmp_path, certificate(_private(), last=WHEN))
    when = WHEN + timedelta(hours=hours)
    if ok:
        assert signatures(sign(paper(), key, SECRET, when=when))[0].intact
    else:
        with pytest.raises(InputError, match="expired"):
            sign(paper(), key, SECRET, when=when)


def test_a_certificate_that_is_not_for_signing_is_refused(tmp_path: Path) -> None:
    other = {**USAGE, "digital_signature": False, "key_encipherment": True}
    said = _refused(tmp_path, key_file(tmp_path, certificate(_private(), usage=other)))
    assert "is not for signing" in said


@pytest.mark.parametrize(
    "usage", [None, {**USAGE, "digital_signature": False} | {"content_commitment": True}]
)
def test_nonrepudiation_or_no_word_on_usage_is_enough(
    tmp_path: Path, usage: dict[str, bool] | None
) -> None:
    made = certificate(_private(), usage=usage, extended=ExtendedKeyUsageOID.EMAIL_PROTECTION)
    assert signatures(sign(paper(), key_file(tmp_path, made), SECRET, when=WHEN))[0].intact


def test_what_is_no_pdf_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PDF: cannot be read"):
        sign(b"not a PDF", key_file(tmp_path), SECRET, when=WHEN)
    with pytest.raises(InputError, match="PDF: cannot be read"):
        signatures(b"not a PDF")


def test_an_instant_without_an_offset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no offset"):
        sign(paper(), key_file(tmp_path), SECRET, when=datetime(2026, 11, 21))  # noqa: DTZ001


def _stamper(private: rsa.RSAPrivateKey) -> DummyTimeStamper:
    made = certificate(private, extended=ExtendedKeyUsageOID.TIME_STAMPING)
    return DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(made.public_bytes(Encoding.DER)),
        tsa_key=keys.PrivateKeyInfo.load(
            private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        fixed_dt=WHEN,
    )


def _never(address: str) -> None:
    raise AssertionError(address)


def test_the_network_is_left_alone_unless_a_stamp_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def stamper(address: str) -> DummyTimeStamper:
        asked.append(address)
        return _stamper(_private())

    monkeypatch.setattr(signing, "HTTPTimeStamper", _never)
    plain = sign(paper(), key_file(tmp_path), SECRET, when=WHEN)
    assert [one.time_stamped for one in signatures(plain)] == [False]
    monkeypatch.setattr(signing, "HTTPTimeStamper", stamper)
    stamped = sign(paper(), key_file(tmp_path), SECRET, when=WHEN, tsa="https://tsa.example/")
    assert asked == ["https://tsa.example/"]
    assert [(x.intact, x.time_stamped) for x in signatures(stamped)] == [(True, True)]
    assert check(stamped) == []


def _failing(error: Exception) -> Callable[[str], object]:
    class Failing:
        def __init__(self, address: str) -> None:
            self.address = address

        async def async_dummy_response(self, _algorithm: str) -> None:
            raise error

    return Failing


def test_an_authority_that_does_not_answer_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "HTTPTimeStamper", _failing(TimestampRequestError("no answer")))
    said = _refused(tmp_path, key_file(tmp_path), tsa="https://tsa.example/")
    assert said == "https://tsa.example/: the time-stamp authority gave no stamp: no answer"
    said = _refused(tmp_path, key_file(tmp_path), tsa="ftp://tsa.example/")
    assert said.startswith("ftp://tsa.example/: is no time-stamp address")
