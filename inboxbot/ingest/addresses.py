"""Who a message says it is from, and to whom.

In: the compat32 message and its unfolded headers. Out: `Address` values; a From address only where two parsers, built
by different people, read exactly one and the same address.

One parser reading `ar@customer.com <crook@evil.com>` as the customer and another as the crook is all it takes to send
an invoice to the crook, so whatever can be read in two ways is nobody's address.
"""

import re
from dataclasses import dataclass
from email.message import Message as MimeMessage
from email.utils import getaddresses

from mailparser import MailParser

from inboxbot import domains
from inboxbot.ingest import charset, headers
from inboxbot.ingest.headers import Headers
from inboxbot.message import Address

_LOCAL = re.compile(r"[^\s@<>()\[\]:;,\\\"\x00-\x1f\x7f]{1,64}")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_ADDRESS_IN_NAME = re.compile(r"[^\s@<>\"'(),;:\[\]]{1,64}@[^\s@<>\"'(),;:\[\]]{1,253}")
_OPAQUE = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)|=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]*\?=')  # quoted, comment, encoded
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT_INSIDE = re.compile(r"<[^>]*\(|\S\([^()]*\)[^\s<]")  # within the brackets, or amid the address: who reads it how?
_HARMLESS = frozenset({"overlong-encoded-word", "invalid-utf8", "invalid-encoded-word"})  # about the name, not the address
_WANTED = ("from", "sender", "reply-to", "to", "cc")


@dataclass(frozen=True, slots=True)
class Parties:
    """The addresses of a message; `defect` says why `from_` is None."""

    from_: Address | None
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    defect: str = ""


def parties(message: MimeMessage, values: Headers) -> Parties:
    """Every address field of the message; may raise whatever mail-parser raises."""
    parser = MailParser(_address_headers(message))
    from_, defect = _from(parser, values)
    return Parties(
        from_=from_,
        sender=next(iter(_all(parser.sender)), None),
        reply_to=_all(parser.reply_to),
        to=_all(parser.to),
        cc=_all(parser.cc),
        defect=defect,
    )


def _address_headers(message: MimeMessage) -> MimeMessage:
    """A message of the address headers alone: mail-parser need not decode bodies that nobody asks it for.

    A field that stands there several times (RFC 5322, 3.6 forbids it) counts with all its addresses; From is judged elsewhere.
    """
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        if name.lower() in _WANTED:
            found.setdefault(name.lower(), []).append(value)
    view = MimeMessage(policy=message.policy)
    for name, values in found.items():
        for value in values if name == "from" else [", ".join(values)]:
            view[name] = value
    return view


def _from(parser: MailParser, values: Headers) -> tuple[Address | None, str]:
    """The From address, or None and why not (RFC 5322, 3.6.2: one From header)."""
    present = values.get("from", ())
    if len(present) != 1:
        return None, f"From: appears {len(present)} times" if present else "From: missing"
    strict = _strict(present[0])
    read = parser.from_
    if strict is None:
        return None, "From: not exactly one plain address"
    if len(read) != 1 or normalized(read[0][1]) != strict.email:
        return None, "From: two parsers read different addresses"
    if any(d["header"] == "from" and d["reason"] not in _HARMLESS for d in parser.address_header_defects):
        return None, "From: the form is ambiguous"
    name = headers.decoded(charset.one_line(strict.name or read[0][0]))
    if any(normalized(shown) != strict.email for shown in _ADDRESS_IN_NAME.findall(f"{name} {read[0][0]}")):
        return None, "From: the name shows another address"
    return Address(strict.email, name), ""


def _strict(value: str) -> Address | None:
    """The one address of a From value as the standard library reads it, or None; no groups, no routes (RFC 5322, 3.4, 4.4)."""
    if {":", ";", ","} & set(_OPAQUE.sub("", value)) or _COMMENT_INSIDE.search(_QUOTED.sub("", value)):
        return None
    found = getaddresses([value])
    if len(found) != 1 or "=?" in found[0][1]:
        return None
    email = normalized(found[0][1])
    return Address(email, found[0][0]) if email else None


def _all(pairs: object) -> tuple[Address, ...]:
    """mail-parser's pairs as addresses; what is no address is left out."""
    found = []
    for name, spec in pairs if isinstance(pairs, list) else ():
        email = normalized(spec)
        if email:
            found.append(Address(email, charset.one_line(name)))
    return tuple(found)


def normalized(spec: str) -> str:
    """An address in lower case with its domain in A-labels (RFC 5890, 2.3.2.1); '' for what is no plain address."""
    local = spec.strip().rpartition("@")[0]
    if not _LOCAL.fullmatch(local) or charset.one_line(local) != local:
        return ""
    whole = domains.address(spec)
    domain = whole.rpartition("@")[2]
    return whole if len(domain) <= 253 and _DOMAIN.fullmatch(domain) else ""  # noqa: PLR2004  RFC 1035, 2.3.4
