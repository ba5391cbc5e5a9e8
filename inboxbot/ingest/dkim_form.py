"""A mail in the forms in which DKIM signs it (RFC 6376, 3.4), made in a time that grows with the mail's size and no faster.

In: a message's raw bytes. Out: `Form`: its header fields, and the hashes of its body and of chosen fields under "simple" or
"relaxed"; a signature's or a key record's tags. `MalformedError` for what is no mail or no list of tags.

Anybody may send 40 MB of blanks, so nothing here searches with a pattern that could begin anywhere in a run of them, and the
body is put into a form and hashed once, however many signatures there are.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from inboxbot.ingest import headers

RELAXED = b"relaxed"
_FORMS = (b"simple", RELAXED)
_EMPTY_LINE = re.compile(rb"^\r?\n", re.MULTILINE)
_NAME = re.compile(rb"[!-9;-~]+(?=:)")  # RFC 5322, 2.2
_TAG_NAME = re.compile(rb"[A-Za-z]\w*")  # RFC 6376, 3.2
_LINE = b"\r\n"
_MANY_LINES = 4096
_TAB_IS_BLANK = bytes.maketrans(b"\t", b" ")

Tags = Mapping[bytes, bytes]
Field = tuple[bytes, bytes]  # the name as written; all that stands behind the colon, CRLF at the end of each line


class MalformedError(Exception):
    """It cannot be read; the words say what."""


class Form:
    """One message."""

    def __init__(self, raw: bytes) -> None:
        """Raises MalformedError for a header that two readers might read in two ways, or that is over the limit."""
        end = _EMPTY_LINE.search(raw, 0, headers.MAX_HEADER_BYTES + len(_LINE))
        if end is None and len(raw) > headers.MAX_HEADER_BYTES:
            raise MalformedError(f"the header is larger than {headers.MAX_HEADER_BYTES} bytes")
        self.fields: tuple[Field, ...] = _split(raw[: end.start()] if end else raw)
        self._body = raw[end.end() :] if end else b""
        self._hashes: dict[bytes, bytes] = {}

    def body_hash(self, form: bytes) -> bytes:
        """SHA-256 over the body in this form (RFC 6376, 3.4.3 and 3.4.4)."""
        if form not in self._hashes:
            self._hashes[form] = sha256(canonical_body(self._body, form)).digest()
        return self._hashes[form]

    def header_hash(self, form: bytes, names: Sequence[bytes], signature: Field) -> Any:
        """SHA-256 over the fields of these names (lower case), each time the lowest not taken yet, and the signature (3.7, 5.4.2).

        As hashlib's object, which is what dkimpy takes.
        """
        left: dict[bytes, list[Field]] = {}
        for field in self.fields:
            left.setdefault(field[0].lower(), []).append(field)
        chosen = [left[name].pop() for name in names if left.get(name)]
        last = _canonical_field((signature[0], _without_its_value(signature[1])), form).rstrip()
        return sha256(b"".join(_canonical_field(field, form) for field in chosen) + last)


def forms(value: bytes) -> tuple[bytes, bytes]:
    """The header's and the body's form that a c= names (RFC 6376, 3.5)."""
    header, slash, body = value.partition(b"/")
    found = (header, body if slash else _FORMS[0])
    if not set(found) <= set(_FORMS):
        raise MalformedError("it is in no known form (c=)")
    return found


def tags(value: bytes) -> Tags:
    """A tag list (RFC 6376, 3.2)."""
    *pieces, last = value.strip().split(b";")
    found: dict[bytes, bytes] = {}
    for piece in (*pieces, last) if last else pieces:
        name, equals, text = piece.partition(b"=")
        name = name.strip()
        if not equals or not _TAG_NAME.match(name):
            raise MalformedError("something in it is no tag")
        if name in found:
            raise MalformedError("it has a tag twice")
        found[name] = text.strip()
    return found


def canonical_body(body: bytes, form: bytes) -> bytes:
    """The body as it is hashed; a line may end in LF alone."""
    body = body.replace(_LINE, b"\n").replace(b"\n", _LINE)
    if form == RELAXED:
        body = _one_blank(body).replace(b" " + _LINE, _LINE)
    end = len(body)
    for count in (_MANY_LINES, 1):
        while body.endswith(_LINE * count, 0, end):
            end -= count * len(_LINE)
    return b"" if form == RELAXED and not end else body[:end] + _LINE


def _split(head: bytes) -> tuple[Field, ...]:
    """The fields (RFC 5322, 2.2); the line with which an mbox begins a mail is passed over."""
    found: list[tuple[bytes, list[bytes]]] = []
    *lines, last = head.replace(_LINE, b"\n").split(b"\n")
    for line in (*lines, last) if last else lines:
        if line[:1] in (b" ", b"\t") and found:
            found[-1][1].append(line)
        elif name := _NAME.match(line):
            found.append((name[0], [line[name.end() + 1 :]]))
        elif not line.startswith(b"From "):
            raise MalformedError("the header holds a line that is no field")
    return tuple((name, b"".join(line + _LINE for line in lines)) for name, lines in found)


def _canonical_field(field: Field, form: bytes) -> bytes:
    """A field as it is hashed (RFC 6376, 3.4.1 and 3.4.2)."""
    name, value = field
    if form != RELAXED:
        return name + b":" + value
    return name.lower() + b":" + _one_blank(value.replace(_LINE, b"")).strip() + _LINE


def _one_blank(text: bytes) -> bytes:
    """Every run of blanks and tabs as one blank; each round halves the longest, so that there are no more than twenty-odd."""
    text = text.translate(_TAB_IS_BLANK)
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _without_its_value(signature: bytes) -> bytes:
    """The signature field with nothing behind its b= (RFC 6376, 3.5)."""
    pieces = signature.split(b";")
    names = [piece.partition(b"=") for piece in pieces]
    return b";".join(name + equals if name.strip() == b"b" else piece for piece, (name, equals, _) in zip(pieces, names, strict=True))
