"""The machine-readable side of a report: delivery status, receipts, complaints, and the header of the mail they return.

In: the compat32 message. Out: the report's type and its fields as text. Nothing in it is proven: anybody can write one.
"""

import base64
import binascii
from collections.abc import Iterator
from email.message import Message as MimeMessage

from inboxbot.ingest import headers

MAX_TEXT = 60_000  # characters that are kept: a report is short, what it returns need not be
_MAX_PART = 20_000
_STATUS = {  # RFC 3464, 2.1; RFC 6533, 3; RFC 8098, 3.1; RFC 5965, 2
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "message/global-disposition-notification": "disposition-notification",
    "message/feedback-report": "feedback-report",
}
_TYPES = {"global-delivery-status": "delivery-status", "global-disposition-notification": "disposition-notification"}
_RETURNED = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})  # RFC 6522, 4; RFC 6533, 5
_ENCLOSED = frozenset({"message/rfc822", "message/global"})


def kind(message: MimeMessage) -> str:
    """The report's type: as the message states it (RFC 6522, 3), or as the parts of a wrapped one show it; '' for none."""
    stated = str(message.get_param("report-type") or "").strip().lower()
    if stated:
        return _TYPES.get(stated, stated)
    return next((_STATUS[part.get_content_type()] for part in _outside_enclosed(message) if part.get_content_type() in _STATUS), "")


def text(message: MimeMessage) -> str:
    """The fields of every report part, then the header of every returned mail, unfolded, blocks parted by blank lines."""
    parts = list(message.walk())
    status = [_fields(part) for part in parts if part.get_content_type() in _STATUS]
    returned = [_returned(part) for part in parts if part.get_content_type() in _RETURNED | _ENCLOSED]
    return "\n\n".join(piece[:_MAX_PART] for piece in (*status, *returned) if piece)[:MAX_TEXT]


def _outside_enclosed(part: MimeMessage) -> Iterator[MimeMessage]:
    yield part
    if part.get_content_type() not in _ENCLOSED and part.is_multipart():
        for kid in part.get_payload():
            if isinstance(kid, MimeMessage):
                yield from _outside_enclosed(kid)


def _fields(part: MimeMessage) -> str:
    """The blocks of fields: the library parses message/* parts as messages without a body."""
    if not part.is_multipart():
        return _plain(part)
    blocks = [kid for kid in part.get_payload() if isinstance(kid, MimeMessage)]
    if not any(block.keys() for block in blocks):
        return _decoded("\n".join(str(block.get_payload()) for block in blocks), part)
    return "\n\n".join(filter(None, (piece for block in blocks for piece in (_head(block), _rest(block)))))


def _rest(block: MimeMessage) -> str:
    """The later blocks of a part of which the library knows only that it is a message (message/global-delivery-status)."""
    body = block.get_payload()
    return body.replace("\r\n", "\n").strip() if isinstance(body, str) else ""


def _returned(part: MimeMessage) -> str:
    if part.is_multipart():
        inner = part.get_payload(0)
        return _head(inner) if isinstance(inner, MimeMessage) else ""
    head = _plain(part).replace("\r\n", "\n").partition("\n\n")[0]
    return _head(headers.parse(head.encode("utf-8", "surrogateescape")))


def _plain(part: MimeMessage) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _decoded(body: str, part: MimeMessage) -> str:
    """A status part that came in base64, against RFC 3464, 2.1: some gateways do so."""
    if str(part.get("content-transfer-encoding") or "").strip().lower() != "base64":
        return body
    try:
        return base64.b64decode(body, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return body


def _head(message: MimeMessage) -> str:
    return "\n".join(f"{name}: {headers.unfold(str(value))}" for name, value in message.raw_items())
