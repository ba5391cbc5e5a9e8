"""Signatures made and verified for real: the genuine ones hold, and the four mails of which a library alone says True do not."""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import dkim
import nacl.encoding
import nacl.signing
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxbot.config import SecuritySection
from inboxbot.errors import LookupFailedError
from inboxbot.ingest import parse
from inboxbot.ingest.authenticity import authenticate
from inboxbot.message import Authenticity, MessageKey, RawMessage

NOW = datetime.now(UTC).replace(microsecond=0)
SIGNED = ("from", "to", "subject", "date", "message-id", "reply-to", "cc", "sender")
BODY = "Please resend invoice INV-1.\r\n\r\nKind regards\r\nAnn\r\n"
Zone = dict[str, bytes]


def rsa_key(bits: int = 2048) -> tuple[bytes, bytes]:
    """(private PEM, public key record)."""
    return _made_key(bits)


@cache
def _made_key(bits: int) -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(65537, bits)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem, b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def mail(*extra: str, sender: str = "Ann <ann@customer.com>", body: str = BODY, date: datetime = NOW) -> bytes:
    head = (f"From: {sender}", "To: ar@example.test", "Subject: Invoice INV-1", f"Date: {date:%a, %d %b %Y %H:%M:%S +0000}")
    return "\r\n".join((*extra, *head, "Message-ID: <1@customer.com>", "", body)).encode()


def signed(
    content: bytes, domain: str = "customer.com", headers: Sequence[str] = SIGNED, *, length: bool = False, bits: int = 2048
) -> bytes:
    there = [name for name in headers if f"\n{name}:".encode() in b"\n" + content.lower()]
    signature = dkim.sign(content, b"k1", domain.encode(), rsa_key(bits)[0], include_headers=[n.encode() for n in there], length=length)
    return bytes(signature) + content


def zone(**records: bytes) -> Zone:
    return {"k1._domainkey.customer.com": rsa_key()[1], **{name.replace("__", "."): value for name, value in records.items()}}


def judge(content: bytes, known: Zone | None = None, received_at: datetime = NOW) -> Authenticity:
    raw = RawMessage(MessageKey("ar", 1, 1), content, received_at)
    records = zone() if known is None else known

    def lookup(name: str) -> tuple[bytes, ...]:
        return (records[name],) if name in records else ()

    return authenticate(parse.parse(raw), raw, SecuritySection(authentication="dkim"), lookup)


GENUINE: dict[str, Callable[[], bytes]] = {
    "plain": lambda: signed(mail()),
    "with Cc and Reply-To signed": lambda: signed(mail("Cc: bob@customer.com", "Reply-To: ap@customer.com")),
    "from a subdomain": lambda: signed(mail(sender="ann@mail.customer.com")),
    "beside a signature of the mail service": lambda: signed(signed(mail()), "service.example"),
    "a relay on the way added its lines": lambda: b"Received: from a by b; today\r\nX-Spam: no\r\n" + signed(mail()),
    "three days in a queue": lambda: signed(mail(date=NOW - timedelta(days=3))),
}


@pytest.mark.parametrize("name", GENUINE)
def test_a_genuine_signature_holds(name: str) -> None:
    answer = judge(GENUINE[name]())
    assert answer.verified, answer.proof


def test_an_ed25519_signature_holds() -> None:
    key = nacl.signing.SigningKey.generate()
    content = mail()
    names = [b"from", b"to", b"subject", b"date"]
    private = key.encode(nacl.encoding.Base64Encoder)
    signature = dkim.sign(content, b"k1", b"customer.com", private, include_headers=names, signature_algorithm=b"ed25519-sha256")
    record = b"v=DKIM1; k=ed25519; p=" + key.verify_key.encode(nacl.encoding.Base64Encoder)
    assert judge(bytes(signature) + content, {"k1._domainkey.customer.com": record}).verified


def _after(content: bytes, more: bytes) -> bytes:
    return content + more


ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "text appended below l=": (lambda: _after(signed(mail(), length=True), b"\r\nSend all invoices to crook@evil.example\r\n"), "l="),
    "l= although nothing is appended": (lambda: signed(mail(), length=True), "l="),
    "a second Subject above": (lambda: b"Subject: All invoices please\r\n" + signed(mail()), "Subject stands there 2 times"),
    "a second From above": (lambda: b"From: crook@evil.example\r\n" + signed(mail()), ""),
    "a second From below": (lambda: signed(mail()).replace(b"Message-ID:", b"From: crook@evil.example\r\nMessage-ID:", 1), ""),
    "a second Date": (lambda: b"Date: Fri, 20 Nov 2026 12:00:00 +0000\r\n" + signed(mail()), "Date stands there 2 times"),
    "a second To": (lambda: b"To: ar@example.test\r\n" + signed(mail()), "To stands there 2 times"),
    "a second Content-Type": (lambda: b"Content-Type: text/html\r\nContent-Type: text/plain\r\n" + signed(mail()), "2 times"),
    "an added Reply-To": (lambda: b"Reply-To: crook@evil.example\r\n" + signed(mail()), "Reply-To is not signed"),
    "an added Cc to us": (lambda: b"Cc: ar@example.test\r\n" + signed(mail()), "Cc is not signed"),
    "an added Sender": (lambda: b"Sender: crook@evil.example\r\n" + signed(mail()), "Sender is not signed"),
    "three years old": (lambda: signed(mail(date=NOW - timedelta(days=3 * 365))), "sent again"),
    "eight days old": (lambda: signed(mail(date=NOW - timedelta(days=8))), "sent again"),
    "from tomorrow": (lambda: signed(mail(date=NOW + timedelta(days=1))), "after it arrived"),
    "no Date that can be read": (lambda: signed(mail().replace(b"Date: ", b"Date: the day after ")), "cannot be read"),
    "Subject not signed": (lambda: signed(mail(), headers=("from", "to", "date")), "Subject is not signed"),
    "To not signed": (lambda: signed(mail(), headers=("from", "subject", "date")), "To is not signed"),
    "Date not signed": (lambda: signed(mail(), headers=("from", "to", "subject")), "Date is not signed"),
    "no To at all": (lambda: signed(mail().replace(b"To: ar@example.test\r\n", b"")), "there is no To"),
    "another's signature": (lambda: signed(mail(), "evil.example"), "not customer.com's"),
    "a look-alike's signature": (lambda: signed(mail(), "customer.com.evil.example"), "not customer.com's"),
    "the words changed": (lambda: signed(mail()).replace(b"INV-1.", b"INV-9."), "does not hold"),
    "the subject changed": (lambda: signed(mail()).replace(b"Subject: Invoice", b"Subject: Refund"), "does not hold"),
    "the sender changed": (lambda: signed(mail()).replace(b"Ann <ann@customer.com>", b"Bob <bob@customer.com>"), "does not hold"),
    "rsa-sha1": (lambda: signed(mail()).replace(b"a=rsa-sha256", b"a=rsa-sha1"), "rsa-sha1"),
    "no signature": (mail, "not signed"),
    "garbage for a signature": (lambda: b"DKIM-Signature: v=1; a=;;; d\r\n" + mail(), ""),
    "a signature of nothing": (lambda: b"DKIM-Signature:\r\n" + mail(), ""),
    "hidden behind five others": (lambda: b"DKIM-Signature: v=1\r\n" * 5 + signed(mail()), ""),
    "a header no parser agrees on": (lambda: b"From : crook@evil.example\r\n" + signed(mail()), ""),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_a_signature_does_not_prove(name: str) -> None:
    make, words = ATTACKS[name]
    answer = judge(make(), zone(**{"k1._domainkey.evil.example": rsa_key()[1], "k1._domainkey.customer.com.evil.example": rsa_key()[1]}))
    assert not answer.verified
    assert words in answer.proof


KEYS: dict[str, tuple[bytes, str]] = {
    "withdrawn": (b"v=DKIM1; k=rsa; p=", "withdrawn"),
    "only testing": (rsa_key()[1] + b"; t=y", "testing"),
    "not for mail": (rsa_key()[1] + b"; s=tlsrpt", "not for mail"),
    "for sha1": (rsa_key()[1] + b"; h=sha1", "hash"),
    "another's": (rsa_key(1024)[1], "does not hold"),
    "no key": (b"hello world", ""),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_proves_nothing(name: str) -> None:
    record, words = KEYS[name]
    answer = judge(signed(mail()), {"k1._domainkey.customer.com": record})
    assert (answer.verified, words in answer.proof) == (False, True)


def test_a_short_key_proves_nothing() -> None:
    short = rsa_key(1024)
    assert judge(signed(mail(), bits=1024), {"k1._domainkey.customer.com": short[1]}).verified  # the least that counts (RFC 8301)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("inboxbot.ingest.dkim_check.LEAST_KEY_BITS", 1536)
        assert not judge(signed(mail(), bits=1024), {"k1._domainkey.customer.com": short[1]}).verified


def test_several_keys_under_one_name_prove_nothing() -> None:
    raw = RawMessage(MessageKey("ar", 1, 1), signed(mail()), NOW)
    answer = authenticate(parse.parse(raw), raw, SecuritySection(authentication="dkim"), lambda _: (rsa_key()[1], rsa_key()[1]))
    assert (answer.verified, "several keys" in answer.proof) == (False, True)


def test_no_key_and_no_answer_are_said_as_such() -> None:
    def silent(name: str) -> tuple[bytes, ...]:
        raise LookupFailedError(f"{name} cannot be looked up: Timeout")

    raw = RawMessage(MessageKey("ar", 1, 1), signed(mail()), NOW)
    answer = authenticate(parse.parse(raw), raw, SecuritySection(authentication="dkim"), silent)
    assert (answer.verified, "cannot be looked up" in answer.proof) == (False, True)
    assert "no key" in judge(signed(mail()), {}).proof


def test_a_domain_may_ask_for_strict_alignment() -> None:
    strict = zone(**{"_dmarc.customer.com": b"v=DMARC1; p=reject; adkim=s"})
    assert judge(signed(mail()), strict).verified
    assert not judge(signed(mail(sender="ann@mail.customer.com")), strict).verified
    relaxed = zone(**{"_dmarc.customer.com": b"v=DMARC1; p=reject; adkim=r"})
    assert judge(signed(mail(sender="ann@mail.customer.com")), relaxed).verified


def test_a_mail_that_was_not_read_whole_proves_nothing() -> None:
    raw = RawMessage(MessageKey("ar", 1, 1), signed(mail()), NOW, size=10**9, complete=False)
    assert not authenticate(parse.parse(raw), raw, SecuritySection(authentication="dkim"), lambda _: (rsa_key()[1],)).verified


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2000), st.integers(1, 255))
def test_no_single_changed_byte_of_what_is_signed_goes_unnoticed(place: int, change: int) -> None:
    content = bytearray(signed(mail()))
    start = content.index(b"From: Ann")
    place = start + place % (len(content) - start)
    before = bytes(content)
    content[place] ^= change
    try:
        answer = judge(bytes(content))
    except Exception:  # noqa: BLE001 - what cannot be parsed goes to people
        return
    same = b"".join(bytes(content).lower().split()) == b"".join(before.lower().split())  # relaxed: case of names, white space
    assert same or not answer.verified or b"Message-ID" in before[place - 12 : place + 12]
