"""A message that is too large to be fetched, without what makes it large: header and text are there, the rest is named.

In: an `IMAPClient` with a folder selected, a UID. Out: a MIME message of the original's header, its first text parts, and an
empty part with type and file name for everything else; or None where the server does not describe the message's parts.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as MimeMessage
from email.utils import decode_rfc2231
from itertools import islice
from typing import Any
from urllib.parse import unquote

from imapclient import IMAPClient

from inboxbot.ingest import imap_fetch
from inboxbot.ingest.imap_fetch import Fetched

MOST_TEXTS, MOST_PARTS = 3, 200
TEXT_BYTES = 128 * 1024  # of each text part
_CONTENT_FIELDS = re.compile(rb"^(?:Content-[!-9;-~]*|MIME-Version):.*\r?\n(?:[ \t].*\r?\n)*", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One part that holds no parts, as BODYSTRUCTURE tells (RFC 3501, 7.4.2)."""

    section: str
    content_type: str
    parameters: dict[str, str]
    encoding: str
    size: int
    disposition: str
    file_name: str

    @property
    def is_text(self) -> bool:
        return self.content_type in ("text/plain", "text/html") and self.disposition != "attachment" and not self.file_name


def fetch(client: IMAPClient, uid: int) -> tuple[bytes, Fetched] | None:
    """The message's skeleton and its own header; None for one without parts, whose beginning tells as much."""
    leaves = _described(imap_fetch.structure(client, uid))
    header = imap_fetch.headers(client, [uid]).get(uid) if leaves else None
    if header is None:
        return None
    texts = [leaf for leaf in leaves if leaf.is_text][:MOST_TEXTS]
    bodies = {leaf.section: imap_fetch.part(client, uid, leaf.section, TEXT_BYTES) for leaf in texts}
    return _assembled(header.body or b"", leaves, bodies), header


def _described(structure: Any) -> list[_Leaf]:
    """The leaves of a message of several parts; none where there are no parts, or where what was answered describes nothing."""
    try:
        return list(islice(_leaves(structure), MOST_PARTS)) if structure is not None and structure.is_multipart else []
    except (IndexError, TypeError, AttributeError, ValueError, RecursionError):
        return []


def _leaves(structure: Any, section: str = "") -> Iterator[_Leaf]:
    if structure.is_multipart:
        for number, part in enumerate(structure[0], start=1):
            yield from _leaves(part, f"{section}.{number}".lstrip("."))
        return
    parameters = _pairs(structure[2])
    disposition = next((field for field in structure[8:] if isinstance(field, tuple) and field and isinstance(field[0], bytes)), ())
    more = _pairs(disposition[1]) if len(disposition) > 1 else {}
    yield _Leaf(
        section=section or "1",
        content_type=f"{_text(structure[0])}/{_text(structure[1])}".lower(),
        parameters=parameters,
        encoding=_text(structure[5]).lower(),
        size=structure[6] if isinstance(structure[6], int) else 0,
        disposition=_text(disposition[0]).lower() if disposition else "",
        file_name=more.get("filename") or parameters.get("name", ""),
    )


def _pairs(values: Any) -> dict[str, str]:
    """Parameters by name; what RFC 2231 encodes is decoded."""
    flat = [_text(value) for value in values] if isinstance(values, tuple) else []
    found = {}
    for name, value in zip(flat[::2], flat[1::2], strict=False):
        charset, _, words = decode_rfc2231(value) if name.endswith("*") else (None, None, value)
        found[name.lower().rstrip("*")] = unquote(words, _known(charset), "replace") if charset else words
    return found


def _known(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except LookupError:
        return "utf-8"


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _assembled(header: bytes, leaves: list[_Leaf], bodies: dict[str, bytes | None]) -> bytes:
    """Deterministic: the same message has the same skeleton, by which it is known again after a renumbering."""
    boundary = b"inboxbot-" + hashlib.sha256(header).hexdigest()[:32].encode()
    head = _CONTENT_FIELDS.sub(b"", header.rstrip(b"\r\n") + b"\r\n")
    pieces = [head + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n']
    start = b"--" + boundary + b"\r\n"
    pieces += [start + _part_header(leaf) + b"\r\n" + (bodies.get(leaf.section) or b"") + b"\r\n" for leaf in leaves]
    return b"".join([*pieces, b"--" + boundary + b"--\r\n"])


def _part_header(leaf: _Leaf) -> bytes:
    part = MimeMessage()
    part.add_header("Content-Type", leaf.content_type, **({"charset": leaf.parameters["charset"]} if "charset" in leaf.parameters else {}))
    if leaf.is_text:
        part["Content-Transfer-Encoding"] = re.sub(r"[^a-z0-9-]", "", leaf.encoding) or "7bit"
    else:
        name = re.sub(r"[\x00-\x1f\x7f]", "", leaf.file_name) or f"part-{leaf.section}"
        part.add_header(
            "Content-Disposition", "attachment", filename=("utf-8", "", name) if not name.isascii() else name, size=str(leaf.size)
        )
    return part.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").rstrip(b"\r\n") + b"\r\n"
