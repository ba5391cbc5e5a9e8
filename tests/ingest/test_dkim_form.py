"""The form in which mail is signed: as the RFC and a library of others have it, and in a time that grows with the mail alone."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

import dkim
import pytest
from dkim.canonicalization import Relaxed, Simple
from growth import grows_no_faster_than_its_input
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.test_dkim import NOW, mail, rsa_key, signed, zone

from inboxbot.ingest import dkim_check
from inboxbot.ingest.dkim_check import by_signature
from inboxbot.ingest.dkim_form import Form, MalformedError, canonical_body, tags
from inboxbot.message import Authenticity

LIBRARY = {b"simple": Simple, b"relaxed": Relaxed}
FORMS = [(header, body) for header in LIBRARY for body in LIBRARY]
NAMES = [b"from", b"to", b"subject", b"date", b"message-id"]
RFC_8463 = (  # A.3: the RSA signature of the mail of A.1
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
    b" d=football.example.com; i=@football.example.com;\r\n"
    b" q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
    b" date : message-id : from : subject : date;\r\n"
    b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    b" b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
    b" DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
    b" dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"
    b"From: Joe SixPack <joe@football.example.com>\r\n"
    b"To: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    b"\r\n"
    b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
)
RFC_8463_KEY = (
    b"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3F"
    b"utACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)


def judged(raw: bytes, known: dict[str, bytes] | None = None, received_at: datetime = NOW) -> Authenticity:
    records = zone() if known is None else known
    return by_signature(raw, "customer.com", received_at, lambda name: (records[name],) if name in records else ())


def in_form(content: bytes, header: bytes, body: bytes) -> bytes:
    key = rsa_key()[0]
    return bytes(dkim.sign(content, b"k1", b"customer.com", key, canonicalize=(header, body), include_headers=NAMES)) + content


def test_the_signature_in_the_rfc_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dkim_check, "_check_fresh", lambda *_: None)  # its Date is years before its t=
    answer = by_signature(
        RFC_8463,
        "football.example.com",
        datetime.fromtimestamp(1528637909, UTC),
        lambda name: (RFC_8463_KEY,) if name == "test._domainkey.football.example.com" else (),
    )
    assert answer.verified, answer.proof


def test_the_bodies_in_the_rfc() -> None:
    body = b" C \r\nD \t E\r\n\r\n\r\n"  # RFC 6376, 3.4.5
    assert canonical_body(body, b"relaxed") == b" C\r\nD E\r\n"
    assert canonical_body(body, b"simple") == b" C \r\nD \t E\r\n"
    assert (canonical_body(b"", b"simple"), canonical_body(b"", b"relaxed")) == (b"\r\n", b"")  # 3.4.3 and 3.4.4


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"\n", b"\r", b"a", b"\x0b", b"\xff"]), max_size=30).map(b"".join))
def test_a_body_is_what_the_library_of_others_makes_of_it(body: bytes) -> None:
    with_line_ends = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    for name, library in LIBRARY.items():
        assert canonical_body(body, name) == library.canonicalize_body(with_line_ends)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([" ", "\t", "\r\n ", "\r\n\t", "Invoice", "é", "=?utf-8?q?a?=", ":", ";", "  "]), max_size=12).map("".join),
    st.lists(st.sampled_from([" ", "\t", "\r\n", "a", "Please", ".", "\r\n\r\n"]), max_size=20).map("".join),
)
def test_what_the_library_of_others_signs_holds_in_every_form(subject: str, body: str) -> None:
    content = mail(body=body).replace(b"Subject: Invoice INV-1", b"Subject: x" + subject.encode() + b"y")
    for header, form in FORMS:
        answer = judged(in_form(content, header, form))
        assert answer.verified, (header, form, answer.proof)


@pytest.mark.parametrize(("header", "body"), FORMS)
def test_lines_that_end_in_lf_alone_are_the_same_mail(header: bytes, body: bytes) -> None:
    assert judged(in_form(mail(), header, body).replace(b"\r\n", b"\n")).verified


@pytest.mark.parametrize(("header", "body"), FORMS)
def test_ten_megabytes_hold(header: bytes, body: bytes) -> None:
    content = mail(body="Please resend the invoice,  as attached. \r\n" * 240_000)
    found = in_form(content, header, body)
    assert judged(found).verified
    assert not judged(found + b"x\r\n").verified


def test_blanks_change_nothing_where_the_form_is_relaxed() -> None:
    found = in_form(mail(), b"relaxed", b"relaxed")
    assert judged(
        found.replace(b"Subject: Invoice INV-1", b"SUBJECT:  Invoice\r\n\tINV-1  ").replace(b"Kind regards", b"Kind \t regards ")
    ).verified
    assert not judged(in_form(mail(), b"simple", b"simple").replace(b"Kind regards", b"Kind  regards")).verified


def _resigned(found: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The mail with its signature's field changed and signed anew, by the arithmetic of the library alone."""
    form = Form(found)
    name, value = form.fields[0]
    changed = change(value)
    digest = form.header_hash(b"relaxed", NAMES, (name, changed))
    private = dkim.parse_pem_private_key(rsa_key()[0])
    signature = base64.b64encode(dkim.RSASSA_PKCS1_v1_5_sign(digest, private))
    old = tags(value)[b"b"]
    return name + b":" + changed.replace(old, signature) + found[found.index(b"From: Ann") :]


def _moved(found: bytes) -> bytes:
    def first(value: bytes) -> bytes:
        signature = tags(value)[b"b"]
        return b" b=" + signature + b";" + value.replace(signature, b"").rstrip().removesuffix(b"b=") + b"\r\n"

    return _resigned(found, first)


GENUINE_SIGNATURES: dict[str, Callable[[bytes], bytes]] = {
    "b= is the first tag": _moved,
    "it ends with a semicolon": lambda found: _resigned(found, lambda value: value.rstrip(b"\r\n") + b";\r\n"),
    "tags that nobody knows": lambda found: _resigned(found, lambda value: value.replace(b" d=", b" x-new=1; d=")),
    "blanks around the equals sign": lambda found: _resigned(found, lambda value: value.replace(b" s=", b" s = ")),
    "a header's text holds b=": lambda found: _resigned(found, lambda value: value.replace(b" d=", b" z=Subject:a|b=c; d=")),
    "it expires next week": lambda found: _resigned(
        found, lambda value: value.replace(b" d=", f" x={int(NOW.timestamp()) + 600_000}; d=".encode())
    ),
}


@pytest.mark.parametrize("name", GENUINE_SIGNATURES)
def test_a_signature_that_is_written_in_another_way_holds(name: str) -> None:
    answer = judged(GENUINE_SIGNATURES[name](in_form(mail(), b"relaxed", b"relaxed")))
    assert answer.verified, answer.proof


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((b"c=relaxed/relaxed", b"c=relaxed/unknown"), "no known form"),
        ((b"c=relaxed/relaxed", b"c=relaxed/relaxed/simple"), "no known form"),
        ((b" bh=", b" bh=!"), "not well formed"),
        ((b" d=", b" d=customer.com; d="), "not well formed"),
        ((b"s=k1", b"s=" + b"k." * 200 + b"k1"), "no plain domain"),
        ((b"a=rsa-sha256", b"a=ed25519-sha256"), "algorithm"),
        ((b" d=", b" x=1; d="), "expired"),
    ],
)
def test_a_signature_that_does_not_count(change: tuple[bytes, bytes], words: str) -> None:
    answer = judged(in_form(mail(), b"relaxed", b"relaxed").replace(*change))
    assert (answer.verified, words in answer.proof) == (False, True), answer.proof


@pytest.mark.parametrize("head", [b" folded first\r\nA: b", b"no colon", b"A b: c", b": c", b"A\xe9: b"])
def test_a_header_that_holds_something_else_is_no_form(head: bytes) -> None:
    with pytest.raises(MalformedError):
        Form(head + b"\r\n\r\nx\r\n")


def test_the_line_of_an_mbox_is_no_field() -> None:
    assert judged(b"From ann@customer.com Fri Nov 20 12:00:00 2026\r\n" + signed(mail())).verified


BODIES: dict[str, str] = {
    "blanks": " ",
    "tabs": "\t",
    "blanks and tabs": " \t",
    "lines of a blank": " \r\n",
    "empty lines": "\r\n",
    "line feeds": "\n",
    "carriage returns": "\r",
    "every second a blank": "a ",
    "pairs of blanks": "a  ",
    "one word": "x",
}


@pytest.mark.parametrize("end", ["", "x", "\r\n", " \r\nx\r\n"])
@pytest.mark.parametrize("piece", BODIES)
def test_no_body_takes_more_time_than_its_size(piece: str, end: str) -> None:
    head = hostile()

    def make(size: int) -> bytes:
        return head + ("x" + BODIES[piece] * (size // len(BODIES[piece])) + end).encode()

    grows_no_faster_than_its_input(make, judged, 500_000)


SIGNATURES: dict[str, Callable[[int], bytes]] = {
    "blanks in b=": lambda size: hostile(b=b"A" + b" " * size + b"!"),
    "folds in b=": lambda size: hostile(b=b"A" + b"\r\n " * (size // 3) + b"!"),
    "folds behind a b": lambda size: hostile(more=b" b" + b"\r\n " * (size // 3) + b"x=1;"),
    "many tags b": lambda size: hostile(more=b"".join(b" b%d=;" % n for n in range(size // 8))),
    "many names in h=": lambda size: hostile(h=b"".join(b":x%x" % n for n in range(size // 6))),
    "From many times in h=": lambda size: hostile(h=b":from" * (size // 5)),
    "semicolons": lambda size: hostile(more=b";" * size),
    "a long selector": lambda size: hostile(more=b" s=" + b"a-" * (size // 2) + b";"),
    "a huge t=": lambda size: hostile(more=b" t=" + b"9" * size + b";"),
    "a long bh=": lambda size: hostile(bh=b"A" * size),
    "a header of empty folds": lambda size: hostile(above=b"X: a\r\n" + b" \n" * (size // 2)),
    "a header of blanks": lambda size: hostile(above=b"X: a" + b" " * size + b"b\r\n"),
    "many headers": lambda size: hostile(above=b"X: a\r\n" * (size // 6)),
    "many signatures": lambda size: hostile(above=hostile() * (size // 300)),
    "no colon": lambda size: b"a" * size,
    "a Date of commas": lambda size: hostile(date=b"(," * (size // 2)),
    "a Date of blanks": lambda size: hostile(date=b"1 " * (size // 2)),
    "an address of brackets": lambda size: hostile(above=b"Cc: " + b"(" * size + b"\r\n"),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_no_header_takes_more_time_than_its_size(name: str) -> None:
    grows_no_faster_than_its_input(lambda size: SIGNATURES[name](size) + b"\r\nbody\r\n", judged, 30_000)


def test_a_megabyte_of_header_is_refused_at_once() -> None:
    grows_no_faster_than_its_input(
        lambda size: hostile(above=b"X: a\r\n" + b" \n" * (size // 2)) + b"\r\nbody\r\n", judged, 500_000, most=0.2
    )


@pytest.mark.parametrize(("modulus", "exponent"), [(1_024, 9), (1_400, 1_400), (20_000, 20_000), (60_000, 3), (10, 1)])
def test_a_key_that_would_take_long_is_refused(modulus: int, exponent: int) -> None:
    key = _der(0x30, _der(2, b"\x00" + b"\xff" * modulus) + _der(2, b"\x7f" + b"\xff" * exponent))
    known = {"k1._domainkey.customer.com": b"k=rsa; p=" + base64.b64encode(key)}
    grows_no_faster_than_its_input(lambda _: (hostile() * 2) + b"\r\nbody\r\n", lambda raw: judged(raw, known), 1, most=0.2)
    answer = judged(signed(mail()), known)
    assert (answer.verified, "the key" in answer.proof) == (False, True), answer.proof


def _der(tag: int, content: bytes) -> bytes:
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag]) + (size if len(content) < 0x80 else bytes([0x80 | len(size)]) + size) + content


def hostile(
    *, h: bytes = b"", b: bytes = b"AAAA", more: bytes = b"", above: bytes = b"", date: bytes = b"", bh: bytes | None = None
) -> bytes:
    """A header whose signatures, in both forms, are looked at as closely as any: the body's hash is right for "body"."""
    body_hash = base64.b64encode(sha256(b"body\r\n").digest()) if bh is None else bh
    lines = [
        b"DKIM-Signature: v=1; a=rsa-sha256; c=%s; d=customer.com; s=k1; h=from:to:subject:date%s;%s bh=%s; b=%s"
        % (form, h, more, body_hash, b)
        for form in (b"relaxed/relaxed", b"simple/simple", b"relaxed/simple")
    ]
    head = [b"From: ann@customer.com", b"To: ar@example.test", b"Subject: s", f"Date: {NOW:%a, %d %b %Y %H:%M:%S +0000}".encode() + date]
    return above + b"\r\n".join((*lines, *head)) + b"\r\n"
