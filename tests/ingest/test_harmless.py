"""Signed mail and what comes with it: the words are read in full, and what only claims to be harmless is a file like any other."""

# ruff: noqa: E501  mails stand as they are

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.classify.completeness import vetoes
from inboxbot.ingest import clearsigned, parse
from inboxbot.message import Message, MessageKey, RawMessage

HEAD = "From: Tom Baker <tom@customer.com>\r\nTo: ar@brightwater.example\r\nSubject: copy\r\nMIME-Version: 1.0\r\n"
WORDS = "Please send a copy of 20155.\r\n\r\nThanks\r\nTom"
TEXT = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{WORDS}"
DER = base64.b64encode(b"\x30\x82\x01\x0a" + b"x" * 300).decode()
ARMOUR = "-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAEBCAAdFiEE\r\n=aB3d\r\n-----END PGP SIGNATURE-----"
PNG = base64.b64encode(b"\x89PNG" + b"x" * 3000).decode()
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Tom Baker\r\nTEL:+1 555 0100\r\nNOTE:\r\nEND:VCARD"


def part(kind: str, content: str, name: str = "", encoding: str = "7bit", disposition: str = "attachment", more: str = "") -> str:
    named = f'; name="{name}"' if name else ""
    as_file = f'; filename="{name}"' if name else ""
    shown = f"Content-Disposition: {disposition}{as_file}\r\n" if disposition else ""
    return f"Content-Type: {kind}{named}\r\nContent-Transfer-Encoding: {encoding}\r\n{shown}{more}\r\n{content}"


def multi(kind: str, *parts: str, boundary: str = "b") -> str:
    return (
        f'Content-Type: {kind}; boundary="{boundary}"\r\n\r\n'
        + "".join(f"--{boundary}\r\n{one}\r\n" for one in parts)
        + f"--{boundary}--\r\n"
    )


def read(content: str) -> Message:
    raw = (HEAD + content).encode()
    return parse.parse(RawMessage(MessageKey("ar", 1, 1), raw, datetime(2026, 11, 20, 8, tzinfo=UTC), size=len(raw)))


def held(message: Message) -> bool:
    return "attachment" in {veto.code for veto in vetoes(message, (), {}, 0.0)}


SMIME = 'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256'
SMIME_X = 'multipart/signed; protocol="application/x-pkcs7-signature"; micalg=sha1'
PGP = 'multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256'
P7S = part("application/pkcs7-signature", DER, "smime.p7s", "base64")
ASC = part("application/pgp-signature", ARMOUR, "signature.asc")
KEY = part("application/pgp-keys", "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmQ", "OpenPGP_0x1234.asc")
LOGO = part("image/png", PNG, "image001.png", "base64", more="Content-ID: <logo@01.x>\r\n")
SHOWING = "Content-Type: text/html\r\n\r\n<p>Please send a copy of 20155.</p><img src='cid:logo%4001.x'>"

GENUINE = {
    "S/MIME": multi(SMIME, TEXT, P7S),
    "S/MIME, the old type": multi(SMIME_X, TEXT, part("application/x-pkcs7-signature", DER, "smime.p7s", "base64")),
    "S/MIME, old and new type": multi(SMIME, TEXT, part("application/x-pkcs7-signature", DER, "smime.p7s", "base64")),
    "S/MIME, without names": multi(SMIME, TEXT, part("application/pkcs7-signature", DER, "", "base64", "")),
    "S/MIME, protocol in capitals": multi(SMIME.replace("application", "APPLICATION"), TEXT, P7S),
    "S/MIME, protocol left out": multi("multipart/signed", TEXT, P7S),
    "S/MIME, two forms of the text": multi(SMIME, multi("multipart/alternative", TEXT, SHOWING.split("<img", maxsplit=1)[0], boundary="c"), P7S),
    "PGP": multi(PGP, TEXT, ASC),
    "PGP, as Thunderbird writes it": multi(PGP, multi("multipart/mixed", multi("multipart/mixed", TEXT, boundary="d"), KEY, boundary="c"), part("application/pgp-signature", ARMOUR, "OpenPGP_signature")),
    "PGP, signed inside a list's frame": multi("multipart/mixed", multi(PGP, TEXT, ASC, boundary="c"), "Content-Type: text/plain\r\n\r\n-- \r\nThis e-mail is confidential."),
    "a public key": multi("multipart/mixed", TEXT, KEY),
    "a card": multi("multipart/mixed", TEXT, part("text/vcard", CARD, "tom.vcf")),
    "an old card": multi("multipart/mixed", TEXT, part("text/x-vcard", CARD, "tom.vcf")),
    "a logo": multi("multipart/related", SHOWING, part("image/png", PNG, "image001.png", "base64", "inline", "Content-ID: <logo@01.x>\r\n")),
    "a logo as a file": multi("multipart/related", SHOWING, LOGO),
    "a logo beside, as a file": multi("multipart/mixed", SHOWING, LOGO),
    "an empty text of Exchange's": multi("multipart/mixed", TEXT, part("text/plain", "\r\n", "ATT00001.txt")),
    "a disclaimer of Exchange's": multi("multipart/mixed", TEXT, part("text/plain", "This mail is confidential.", "ATT00001.txt")),
    "a longer one": multi("multipart/mixed", TEXT, part("text/plain", "This email and any attachments are confidential and intended solely for the addressee.", "ATT00002.txt")),
    "one in HTML": multi("multipart/mixed", TEXT, part("text/html", "<html><body><br></body></html>", "ATT00001.htm")),
}  # fmt: skip

CLAIMED = {
    "signature, another type": multi(SMIME, TEXT, part("application/pdf", DER, "smime.p7s", "base64")),
    "signature, octets": multi(SMIME, TEXT, part("application/octet-stream", DER, "smime.p7s", "base64")),
    "signature, another than the protocol's": multi(PGP, TEXT, P7S),
    "signature, large": multi(SMIME, TEXT, part("application/pkcs7-signature", base64.b64encode(b"\x30" * 100_000).decode(), "smime.p7s", "base64")),
    "signature, a document's bytes": multi(SMIME, TEXT, part("application/pkcs7-signature", base64.b64encode(b"%PDF-1.4").decode(), "smime.p7s", "base64")),
    "signature, a document's name": multi(SMIME, TEXT, part("application/pkcs7-signature", DER, "order.pdf", "base64")),
    "signature, words": multi(PGP, TEXT, part("application/pgp-signature", "and cancel 20156", "signature.asc")),
    "signature, not in a signed mail": multi("multipart/mixed", TEXT, P7S),
    "signature, the first part": multi(SMIME, P7S, TEXT),
    "signature, the third part": multi(SMIME, TEXT, "Content-Type: text/plain\r\n\r\nand 20156", P7S),
    "signature, one of two": multi(SMIME, TEXT, P7S, P7S),
    "a file in a signed mail": multi(SMIME, multi("multipart/mixed", TEXT, part("application/pdf", "x", "order.pdf"), boundary="c"), P7S),
    "a file instead of the signature": multi(SMIME, TEXT, part("application/pdf", "x", "order.pdf")),
    "a key with another name": multi("multipart/mixed", TEXT, part("application/pgp-keys", "key", "order.pdf")),
    "a key, large": multi("multipart/mixed", TEXT, part("application/pgp-keys", "k" * 70_000, "key.asc")),
    "no card": multi("multipart/mixed", TEXT, part("text/vcard", "Please cancel 20156.", "tom.vcf")),
    "a card with a note": multi("multipart/mixed", TEXT, part("text/vcard", CARD.replace("NOTE:", "NOTE:Our bank changed"), "tom.vcf")),
    "a picture that nobody shows": multi("multipart/mixed", SHOWING, LOGO.replace("logo@01.x", "scan@01.x")),
    "a picture without a name of its own": multi("multipart/mixed", SHOWING, part("image/png", PNG, "scan.png", "base64")),
    "a large picture": multi("multipart/mixed", SHOWING, LOGO.replace(PNG, base64.b64encode(b"x" * 90_000).decode())),
    "no picture": multi("multipart/mixed", SHOWING, LOGO.replace("image/png", "application/pdf")),
    "a request in Exchange's text": multi("multipart/mixed", TEXT, part("text/plain", "Please also send 20156.", "ATT00001.txt")),
    "a request in a disclaimer": multi("multipart/mixed", TEXT, part("text/plain", "Confidential. Please also send us the statement.", "ATT00001.txt")),
    "a bank in a disclaimer": multi("multipart/mixed", TEXT, part("text/plain", "This mail is confidential. Pay to DE89370400440532013000.", "ATT00001.txt")),
    "a text with a name of its own": multi("multipart/mixed", TEXT, part("text/plain", "This mail is confidential.", "order.txt")),
    "a signed mail inside": multi("multipart/mixed", TEXT, "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + multi(SMIME, TEXT, P7S, boundary="c")),
}  # fmt: skip


@pytest.mark.parametrize("name", GENUINE)
def test_what_belongs_to_the_mail_is_no_file_to_be_read(name: str) -> None:
    message = read(GENUINE[name])
    assert not held(message), message.attachments
    assert message.new_text.startswith("Please send a copy of 20155.")


@pytest.mark.parametrize("name", CLAIMED)
def test_what_only_claims_to_is_one(name: str) -> None:
    assert held(read(CLAIMED[name]))


def test_all_of_a_signed_mail_is_read() -> None:
    both = multi("multipart/mixed", TEXT, "Content-Type: text/plain\r\n\r\nAnd call me about 20156.", boundary="c")
    assert "And call me about 20156." in read(multi(SMIME, both, P7S)).new_text
    assert [(one.name, one.harmless) for one in read(multi(PGP, TEXT, ASC)).attachments] == [("signature.asc", "signature")]


FRAME = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{}\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=aB3d\n-----END PGP SIGNATURE-----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FRAME.format("Please send 20155.\n\nTom"), "Please send 20155.\n\nTom"),
        ("Hi,\n" + FRAME.format("Please send 20155.") + "\nAnd call me.", "Hi,\nPlease send 20155.\nAnd call me."),
        (FRAME.format("- -- \nTom"), "-- \nTom"),
        (FRAME.format("- - first\n- - second"), "- first\n- second"),
        (FRAME.replace("Hash: SHA256\n", "").format("a"), "a"),
        (FRAME.replace("\n\niQ", "\nVersion: GnuPG v2\nComment: Using GnuPG with Thunderbird\n\niQ").format("a"), "a"),
        (FRAME.format("a") + "\n" + FRAME.format("b"), "a\nb"),
        (FRAME.format("a").replace("\n", " \n"), "a "),
    ],
)
def test_the_frame_of_a_signed_text_is_taken_off(text: str, expected: str) -> None:
    assert clearsigned.opened(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        FRAME.format("a").rpartition("\n")[0],  # no end
        FRAME.format("a").replace("iQEzBAEBCAAdFiEE", "and please cancel 20156"),
        FRAME.format("a").replace("\n\niQ", "\nComment: please cancel 20156\n\niQ"),
        FRAME.format("a").replace("Hash: SHA256", "Please: cancel 20156"),
        FRAME.format("a").replace("-----BEGIN PGP SIGNATURE-----", "signature"),
        "> " + FRAME.format("a").replace("\n", "\n> "),
        FRAME.format("-----BEGIN PGP SIGNED MESSAGE-----"),
        "we write -----BEGIN PGP SIGNED MESSAGE----- above our mails",
        "-----BEGIN PGP SIGNED MESSAGE-----",
        "",
    ],
)
def test_what_is_no_such_frame_stays_to_be_seen(text: str) -> None:
    assert clearsigned.opened(text) == text


@given(st.lists(st.sampled_from([*FRAME.split("\n"), "- x", "", "words"]), max_size=20))
def test_no_word_outside_armour_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert clearsigned.opened(text).count("words") == text.count("words")


def test_a_signed_text_is_read_without_its_frame() -> None:
    message = read("Content-Type: text/plain\r\n\r\n" + FRAME.format("Please send a copy of 20155.").replace("\n", "\r\n"))
    assert (message.new_text, message.attachments) == ("Please send a copy of 20155.", ())
