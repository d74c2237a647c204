"""Time stamps: what an authority vouches for, and what no longer fits its token."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from databases_edit import edit
from pyhanko.sign.timestamps import DummyTimeStamper

from regengine.casefile import stamping
from regengine.casefile.case import Case
from regengine.casefile.chain import verify
from regengine.casefile.entries import Draft
from regengine.casefile.stamping import read, stamp, stamps
from regengine.errors import InputError

AT = datetime(2026, 11, 20, 8, 1, tzinfo=UTC)


@cache
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(name: str = "Example Time Stamps") -> bytes:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(private().public_key())
        .serial_number(7)
        .not_valid_before(AT - timedelta(days=30))
        .not_valid_after(AT + timedelta(days=30))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(private(), hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


def authority(at: datetime = AT) -> DummyTimeStamper:
    held = private().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    own = asn1_x509.Certificate.load(certificate())
    return DummyTimeStamper(own, keys.PrivateKeyInfo.load(held), certs_to_embed=[own], fixed_dt=at)


@contextmanager
def served(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    """Serve one authority on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            status, content = answer(asked)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def granted(asked: bytes) -> tuple[int, bytes]:
    made = asyncio.run(authority().async_request_tsa_response(tsp.TimeStampReq.load(asked)))
    return 200, made.dump()


def test_a_stamp_covers_the_head_and_is_kept_as_an_entry_of_its_own(case: Case) -> None:
    head, seq = case.head, case.entries[-1].seq
    entry = stamp(case, authority())
    assert entry.kind == "stamp"
    assert (entry.told["covers"], entry.told["head"]) == (seq, head)
    ((kept, found),) = stamps(case)
    assert kept == entry
    assert found == stamping.Stamp("Common Name: Example Time Stamps", AT, head, True, None)
    assert verify(case.store) == []


def test_a_stamp_is_asked_for_over_http(case: Case) -> None:
    with served(granted) as address:
        entry = stamp(case, address)
    assert entry.told["address"] == address
    assert verify(case.store) == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda _: (500, b""), "gave no stamp"),
        (lambda _: (200, b"not a stamp"), "no answer of a time-stamp authority"),
        (lambda _: (200, b"\x30" + b"0" * (2 << 20)), "more than 1048576 bytes"),
    ],
)
def test_an_authority_that_gives_no_stamp_leaves_the_record_as_it_was(
    case: Case, answer: Callable[[bytes], tuple[int, bytes]], message: str
) -> None:
    before = case.head
    with served(answer) as address, pytest.raises(InputError, match=message):
        stamp(case, address)
    assert case.head == before


def test_an_authority_that_answers_too_slowly_is_given_up(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "_PATIENCE", 0.3)
    wait = threading.Event()
    with served(lambda _: (wait.wait(1.5) or 200, b"")) as address:  # type: ignore[arg-type,return-value]  # reason: False or 200
        with pytest.raises(InputError, match="gave no stamp"):
            stamp(case, address)
        wait.set()


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://127.0.0.1/", "example"])
def test_only_an_address_of_the_web_is_asked(case: Case, address: str) -> None:
    with pytest.raises(InputError, match="no time-stamp address"):
        stamp(case, address)


def test_nobody_there_is_told_in_one_line(case: Case) -> None:
    with pytest.raises(InputError, match="gave no stamp"):
        stamp(case, "http://127.0.0.1:1/")


def test_a_token_of_another_head_is_refused(case: Case) -> None:
    class Other(DummyTimeStamper):
        async def async_timestamp(self, _: bytes, md_algorithm: str) -> object:
            return await authority().async_timestamp(b"\x00" * 32, md_algorithm)

    other = Other.__new__(Other)
    with pytest.raises(InputError, match="not of this head"):
        stamp(case, other)
    assert all(entry.kind != "stamp" for entry in case.entries)


def test_a_chain_made_anew_no_longer_fits_its_stamp(case: Case) -> None:
    entry = stamp(case, authority())
    covers = entry.told["covers"]
    edit(case.store, "UPDATE entry SET hash = :h WHERE matter = :m AND seq = :s",
         h="0" * 64, m=case.id, s=covers)  # fmt: skip  # reason: one statement
    told = [one.message for one in verify(case.store) if one.kind == "stamp"]
    assert len(told) == 1
    assert f"entry {covers} has 0000000000000000" in told[0]


def test_a_token_that_was_altered_does_not_hold(case: Case) -> None:
    stamp(case, authority())
    token = case.store.content(case.entries[-1].files[0].sha256)
    head, unsound = case.entries[-2].hash, 0
    for place in range(0, len(token), 29):
        altered = bytearray(token)
        altered[place] ^= 1
        found = read(bytes(altered))
        assert found is None or not found.sound or (found.imprint, found.at) == (head, AT)
        unsound += found is None or not found.sound
    assert unsound > 20


def test_a_token_that_is_gone_is_found(case: Case) -> None:
    entry = stamp(case, authority())
    edit(case.store, "DELETE FROM blob WHERE sha256 = :h", h=entry.files[0].sha256)
    kinds = {(one.kind, one.seq) for one in verify(case.store)}
    assert ("stamp", entry.seq) in kinds
    assert stamps(case)[0][1] is None


def test_the_authority_is_trusted_only_through_a_named_certificate(case: Case) -> None:
    stamp(case, authority())
    assert verify(case.store, roots=[certificate()]) == []
    (one,) = verify(case.store, roots=[other_root()])
    assert "does not lead to a certificate that was named" in one.message
    ((_, found),) = stamps(case, [certificate()])
    assert found is not None
    assert found.trusted is True


@cache
def other_root() -> bytes:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Another Root")])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(other.public_key())
        .serial_number(8)
        .not_valid_before(AT - timedelta(days=30))
        .not_valid_after(AT + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(other, hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


def test_an_entry_later_than_its_own_stamp_is_told(case: Case) -> None:
    stamp(case, authority(AT - timedelta(hours=2)))
    (one,) = verify(case.store)
    assert "and entry" in one.message
    assert "says it is of" in one.message


def test_a_stamp_whose_entry_tells_another_time_is_found(case: Case) -> None:
    before = case.entries[-1]
    entry = stamp(case, authority())
    told = {**entry.told, "at": "2026-11-19T08:00:00+00:00"}
    case.record(Draft(kind="stamp", body=told, files=entry.files))
    (one,) = verify(case.store)
    assert one.seq == before.seq + 2
    assert "its entry says 2026-11-19" in one.message


@pytest.mark.parametrize("token", [b"", b"\x30\x00", b"text", b"\x30\x82\xff\xff"])
def test_what_is_no_token_is_none(token: bytes) -> None:
    assert read(token) is None
