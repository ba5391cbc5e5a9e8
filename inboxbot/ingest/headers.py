"""Headers, read once more by the standard library's compat32 policy.

In: raw bytes, or the compat32 message made of them. Out: limits kept or UnreadableMessageError; header values, dates,
Message-IDs, decoded words. `email.policy.default` is never used: one subject of many encoded words makes it take
gigabytes.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message as MimeMessage
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime

from inboxbot.errors import UnreadableMessageError
from inboxbot.ingest import charset

MAX_HEADER_BYTES = 256 * 1024
MAX_HEADERS = 2_000
MAX_HEADER_VALUE = 64 * 1024
MAX_LINES = 2_000_000
MAX_PARTS = 1_000
MAX_DEPTH = 50
MAX_REFERENCES = 200

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_HEADER_LINE = re.compile(rb"^[!-9;-~]+[ \t]*:", re.MULTILINE)
_BOUNDARY = re.compile(rb"boundary\s{0,20}=\s{0,20}(?:\"([^\"\r\n]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_DELIMITER = re.compile(rb"^--([^\r\n]{1,204})", re.MULTILINE)
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")
_SINGLE = ("From", "Subject", "Date", "Message-ID", "To", "Sender", "Reply-To")  # RFC 5322, 3.6: at most once
_TRACE = frozenset({"received", "authentication-results"})
_SMUGGLED = re.compile(rb"\r(?!\n)|\x00|^(?:from|sender|reply-to|to|cc)[ \t]+:", re.IGNORECASE | re.MULTILINE)  # RFC 5322, 4.5: obsolete

Headers = Mapping[str, tuple[str, ...]]


def block(raw: bytes) -> bytes:
    """The header block of `raw`, cut off at one byte more than the limit."""
    found = _HEADER_END.search(raw, 0, MAX_HEADER_BYTES + 4)
    return raw[: found.end()] if found else raw[: MAX_HEADER_BYTES + 1]


def check_limits(raw: bytes) -> None:
    """Raises UnreadableMessageError, naming the limit, for what is too big to be worth parsing."""
    head = block(raw)
    if len(head) > MAX_HEADER_BYTES:
        raise UnreadableMessageError(f"the header is larger than {MAX_HEADER_BYTES} bytes")
    if sum(1 for _ in _HEADER_LINE.finditer(head)) > MAX_HEADERS:
        raise UnreadableMessageError(f"the message has more than {MAX_HEADERS} headers")
    if raw.count(b"\n") > MAX_LINES:
        raise UnreadableMessageError(f"the message has more than {MAX_LINES} lines")
    _check_structure(raw)


def _check_structure(raw: bytes) -> None:
    """Counts MIME delimiters without parsing: parts cost memory, and nesting costs time for every line."""
    boundaries = {(quoted or bare).rstrip() for quoted, bare in _BOUNDARY.findall(raw)}
    parts = 0
    open_: list[bytes] = []
    for found in _DELIMITER.finditer(raw) if boundaries else ():
        line = found[1].rstrip()
        name = line if line in boundaries else line.removesuffix(b"--")
        if name not in boundaries:
            continue
        parts += name == line
        if name in open_:
            del open_[open_.index(name) + (name == line) :]
        else:
            open_.append(name)
        _check_counts(parts, len(open_))


def _check_counts(parts: int, depth: int) -> None:
    if parts > MAX_PARTS:
        raise UnreadableMessageError(f"the message has more than {MAX_PARTS} parts")
    if depth > MAX_DEPTH:
        raise UnreadableMessageError(f"the message is nested more than {MAX_DEPTH} levels deep")


def check_tree(message: MimeMessage) -> None:
    """The same limits on the parsed tree, where parts without a boundary (message/rfc822) show too."""
    waiting, parts = [(message, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        parts += 1
        _check_counts(parts, depth)
        if part.is_multipart():
            waiting.extend((kid, depth + 1) for kid in part.get_payload() if isinstance(kid, MimeMessage))


def parse(raw: bytes) -> MimeMessage:
    """The compat32 message of `raw`; its MIME tree is complete, its headers are undecoded."""
    return BytesParser(policy=compat32).parsebytes(raw)


def mapping(message: MimeMessage) -> Headers:
    """Every header, unfolded: lower-case name -> values as sent, topmost first; 8-bit values are decoded."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        if len(value) > MAX_HEADER_VALUE:
            raise UnreadableMessageError(f"the header {name[:40]} is larger than {MAX_HEADER_VALUE} bytes")
        found.setdefault(name.lower(), []).append(unfold(value))
    return {name: tuple(values) for name, values in found.items()}


def trace(message: MimeMessage) -> tuple[tuple[str, str], ...]:
    """The lines that servers on the way wrote, (lower-case name, unfolded value), topmost first: their order is evidence."""
    return tuple((name.lower(), unfold(value)) for name, value in message.raw_items() if name.lower() in _TRACE)


def unfold(value: str) -> str:
    """A raw value on one line (RFC 5322, 2.2.3), with its 8-bit bytes decoded."""
    plain = _FOLD.sub(" ", value).replace("\x00", "")
    if plain.isascii():
        return plain.strip()
    return charset.decode(plain.encode("utf-8", "surrogateescape")).strip()


def decoded(value: str) -> str:
    """An unfolded value with its encoded words (RFC 2047) decoded, on one line."""
    if "=?" not in value:
        return charset.one_line(value)
    try:
        pieces = decode_header(value)
    except Exception:  # noqa: BLE001  binascii, ValueError, HeaderParseError: broken words stay as they are
        return charset.one_line(value)
    return charset.one_line("".join(_piece(data, label) for data, label in pieces))


def _piece(data: bytes | str, label: str | None) -> str:
    if isinstance(data, str):
        return data
    if label is None:  # what stands between encoded words comes as raw-unicode-escape bytes
        return data.decode("raw_unicode_escape", "replace")
    return charset.decode(data, label.split("*", 1)[0])  # RFC 2231, 5: a language may follow the charset


def message_ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a value, in order, each once; the first and the latest where there are very many."""
    found = tuple(dict.fromkeys(_MESSAGE_ID.findall(value)))
    return found if len(found) <= MAX_REFERENCES else (found[0], *found[1 - MAX_REFERENCES :])


def message_id(value: str) -> str:
    """The Message-ID in a value; where it lacks its angle brackets, the first word; '' for none, as "<>" is."""
    found = _MESSAGE_ID.search(value)
    word = "" if found else next(iter(value.split()), "")[:990]
    return found[0] if found else word if word.strip("<>") else ""


def date(value: str) -> datetime | None:
    """The moment a Date value names, with its own offset; None where it names none."""
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # RFC 5322, 3.3: "-0000" is UTC
        moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return moment


def defects(raw: bytes, headers: Headers) -> Iterable[str]:
    """What is wrong with the headers' form, in words."""
    for name in _SINGLE:
        count = len(headers.get(name.lower(), ()))
        if count > 1:
            yield f"{name}: appears {count} times"
    if smuggled(raw):
        yield "header: a bare CR, a NUL or a blank before the colon of an address field stands in the header block"
    if headers.get("date") and date(headers["date"][0]) is None:
        yield "Date: cannot be read"


def smuggled(raw: bytes) -> bool:
    """Whether the header block holds what parsers read in different ways: where a header ends, or what it is called."""
    return _SMUGGLED.search(block(raw)) is not None
