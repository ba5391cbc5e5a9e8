"""The files in a mail that belong to its form and hold nothing for a person to read.

In: the compat32 message. Out: for each such part what it is; none for a part that only claims to be one. Whoever signs mail, shows a
logo or adds a card must be answered as everybody is: the words of such a mail stand in its text, and that is read in full.
"""

import re
from collections.abc import Iterator
from email.message import Message as MimeMessage
from urllib.parse import unquote

from inboxbot.ingest import body, charset, disclaimers, html_text

SIGNATURE, KEY, CARD, FOOTER = "signature", "public key", "business card", "disclaimer"
_MOST_SIGNATURE = 20_000  # bytes: with a whole chain of certificates it has less than ten thousand
_MOST_BESIDE = 60_000  # bytes of a key or a card, with a picture in it
_MOST_FOOTER = 5_000
_PKCS7 = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})  # RFC 8551, 3.5.3
_PGP = "application/pgp-signature"  # RFC 3156, 5
_KEYS = "application/pgp-keys"  # RFC 3156, 7
_CARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory", "application/vcard"})  # RFC 6350, 10.1; RFC 2426
_ENDINGS = {SIGNATURE: ("p7s", "asc", "sig", "pgp", "gpg"), KEY: ("asc", "key", "pgp", "gpg", "pub"), CARD: ("vcf", "vcard")}
_SEQUENCE = b"\x30"  # with which every PKCS #7 structure begins, in DER and in BER
_ARMOUR = b"-----BEGIN PGP SIGNATURE-----"
_CARD = re.compile(rb"\s*BEGIN:VCARD(?:\s|$)", re.IGNORECASE)
_NOTE = re.compile(rb"^(?:[\w-]+\.)?NOTE[^:\r\n]*:[^\r\n]*\w", re.IGNORECASE | re.MULTILINE)
_EXCHANGES = re.compile(r"ATT\d{5}\.(?:txt|html?)", re.IGNORECASE)  # what Exchange calls a text that follows a file
_MAIL = "Please send us a copy.\n\nThanks\nMegan\n\n"  # some disclaimers are known by standing below a mail
_DIGIT = re.compile(r"\d")
_CID = re.compile(r"""\bcid:([^"'<>\s)]{1,250})""", re.IGNORECASE)  # RFC 2392, 2


def parts(message: MimeMessage) -> dict[int, str]:
    """What the harmless parts of a message are, by their identity."""
    return {id(part): kind for part, kind in _harmless(message)}


def shown(html: str) -> frozenset[str]:
    """The Content-IDs of what an HTML text shows in itself."""
    return frozenset(unquote(match[1]) for match in _CID.finditer(html))


def _harmless(part: MimeMessage) -> Iterator[tuple[MimeMessage, str]]:
    if part.get_content_maintype() == "message":
        return
    if not part.is_multipart():
        if kind := _beside(part):
            yield part, kind
        return
    kids = [kid for kid in part.get_payload() if isinstance(kid, MimeMessage)]
    if part.get_content_type() == "multipart/signed" and len(kids) == 2 and _is_signature(kids[1], _protocol(part)):  # noqa: PLR2004 - RFC 1847, 2.1
        yield kids[1], SIGNATURE
    for kid in kids:
        yield from _harmless(kid)


def _protocol(signed: MimeMessage) -> str:
    """What kind of signature a multipart/signed says it has (RFC 1847, 2.1); '' where it does not say."""
    value = signed.get_param("protocol")
    return value.strip().lower() if isinstance(value, str) else ""


def _is_signature(part: MimeMessage, protocol: str) -> bool:
    """Whether a part of the right type, size and name begins as a signature does."""
    kind, content = part.get_content_type(), _content(part)
    if (
        len(content) > _MOST_SIGNATURE
        or not _is_called(part, SIGNATURE)
        or (protocol and protocol.replace("/x-", "/") != kind.replace("/x-", "/"))
    ):
        return False
    return (kind in _PKCS7 and content.startswith(_SEQUENCE)) or (kind == _PGP and content.lstrip().startswith(_ARMOUR))


def _beside(part: MimeMessage) -> str:
    """What a part is that stands by itself: a key, a card, a footer; '' for anything else."""
    kind, content = part.get_content_type(), _content(part)
    if len(content) > _MOST_BESIDE:
        return ""
    if kind == _KEYS and _is_called(part, KEY):
        return KEY
    if kind in _CARDS and _is_called(part, CARD) and _CARD.match(content) and not _NOTE.search(content):
        return CARD
    if kind in ("text/plain", "text/html") and _EXCHANGES.fullmatch(part.get_filename() or "") and _says_nothing(part, content):
        return FOOTER
    return ""


def _says_nothing(part: MimeMessage, content: bytes) -> bool:
    """Whether a text is empty, or a disclaimer and no more."""
    if len(content) > _MOST_FOOTER:
        return False
    text = charset.decode(content, str(part.get_content_charset() or ""))
    if part.get_content_subtype() == "html":
        rendered = html_text.render(text)
        if rendered.hidden_text:
            return False
        text = rendered.text
    return not _written(text) or (
        disclaimers.is_about_secrecy(text) and not _DIGIT.search(text) and _written(_MAIL + text) == _written(_MAIL)
    )


def _written(text: str) -> str:
    """The words of a text that are neither quote, signature nor disclaimer."""
    new = body.split(charset.tidy(text)).new_text
    return new if any(map(str.isalnum, new)) else ""


def _is_called(part: MimeMessage, kind: str) -> bool:
    """Whether a part has no name, or one that such a file has: a reader goes by it."""
    name = part.get_filename() or ""
    return "." not in name or name.rpartition(".")[2].lower() in _ENDINGS[kind]


def _content(part: MimeMessage) -> bytes:
    payload = None if part.is_multipart() else part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
