"""Delivery reports: is this message one, and what does it say?

In: a `Message`. Out: what shows that it is one, and its `BounceReport`. Structure is believed before words (RFC 3464), and
words only from a mail system's own address, or beside an SMTP status: people forward bounces and talk about them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from inboxbot import markers
from inboxbot.classify import machine_words as words
from inboxbot.message import Message

_FIELD = {
    name: re.compile(rf"^[ \t>]*{name}[ \t]*:[ \t]*([^\n]*)", re.IGNORECASE | re.MULTILINE)
    for name in ("action", "final-recipient", "original-recipient", "status", "original-message-id", "message-id")
}
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]|\w)")  # RFC 3463, 2
_REPLY_CODE = re.compile(r"(?<![\d.])([245])[0-5]\d[ -]")  # RFC 5321, 4.2
_ADDRESS = re.compile(r"[^\s<>\"'(),:;\[\]]+@[\w-]+(?:\.[\w-]+)+")
_MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_MAIL_SYSTEM = re.compile(r"mailer-daemon|mail delivery|mail (administrator|gateway)|postmaster|delivery (sub)?system")
_FORWARDED = re.compile(r"(re|aw|sv|vs|antw|fwd?|wg|tr|rv|i|enc|doorst|vb)\s*:")


class BounceAction(StrEnum):
    """What became of a recipient (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A delivery report's content as far as it could be read; nothing in it is proven. Empty strings where it is silent."""

    action: BounceAction
    recipient: str = ""  # lower case
    status: str = ""  # such as "5.1.1" (RFC 3463)
    original_message_id: str = ""  # one of ours where the report names one


def read(message: Message, is_ours: Callable[[str], bool]) -> BounceReport:
    """What a delivery report says. `is_ours` tells Message-IDs of our own mail."""
    text = "\n".join(part[: words.LONGEST] for part in (message.report_text, message.text or message.new_text) if part)
    status = _status(text)
    return BounceReport(_action(message, text, status), _recipient(message, text), status, _original(message, text, is_ours))


def by_structure(message: Message) -> str:
    """What in the header says that this is a delivery report, or ''."""
    if message.report_type.lower() == "delivery-status":  # RFC 3462, RFC 6522
        return "a delivery status report"
    if name := next((name for name in markers.BOUNCE_FIELDS if name in message.headers), ""):
        return name
    if any("(failure)" in value.lower() for value in message.headers.get("auto-submitted", ())):
        return "Auto-Submitted names a failure"
    return ""


def by_words(message: Message) -> str:
    """The words that make this a delivery report without the structure of one, or ''."""
    subject = words.subject(message.subject)
    if words.begins("sure_subject", subject):
        return ""
    said_above = words.begins("bounce_subject", subject)
    body = message.new_text or message.text
    if _from_daemon(message):
        return said_above or words.found("bounce_body", words.fold(body))
    if not _technical(body):
        return said_above if _from_mail_system(message) else ""
    if _from_mail_system(message) and not _FORWARDED.match(subject):
        return said_above or words.found("bounce_body", words.fold(body))
    return said_above if said_above and _machine_speaks(words.fold(body)) else ""


def _machine_speaks(body: str) -> bool:
    return bool(words.found("bounce_body", body)) and not words.found("asks", body)


def _from_daemon(message: Message) -> bool:
    """From an address at which nobody reads; postmaster is often a person (RFC 5230, 4.6)."""
    if message.from_ is None:
        return bool(_MAIL_SYSTEM.search(words.fold(message.header("from"))))
    return markers.daemon_sender(message.from_.email)


def _from_mail_system(message: Message) -> bool:
    """From where delivery reports may come, though other mail does too."""
    if markers.null_return_path(message.return_path, message.headers):
        return True
    sender = message.from_
    return sender is not None and (markers.role_sender(sender.email) or bool(_MAIL_SYSTEM.match(words.fold(sender.name))))


def _technical(text: str) -> bool:
    """Whether the text holds what only mail systems write: an SMTP status or a reply code."""
    return bool(_STATUS.search(text) or _REPLY_CODE.search(text))


def _field(name: str, text: str) -> str:
    match = _FIELD[name].search(text)
    return match[1].strip() if match else ""


def _status(text: str) -> str:
    match = _STATUS.search(_field("status", text)) or _STATUS.search(text)
    return match[1] if match else ""


def _action(message: Message, text: str, status: str) -> BounceAction:
    """The Action field (RFC 3464, 2.3.3); else what the status or the words say."""
    stated = _field("action", text).lower().partition(" ")[0]
    if stated in set(BounceAction):
        return BounceAction(stated)
    if not status.startswith("5") and words.found("delay", words.fold(f"{message.subject} {text}")):
        return BounceAction.DELAYED
    code = status[:1] or (match[1] if (match := _REPLY_CODE.search(text)) else "")
    return {"4": BounceAction.DELAYED, "2": BounceAction.DELIVERED}.get(code, BounceAction.FAILED)


def _recipient(message: Message, text: str) -> str:
    """Final-Recipient (RFC 3464, 2.3.2), X-Failed-Recipients, or the first foreign address in the text."""
    ours = {address.email for address in (*message.to, *message.cc)}
    sender = message.from_.email if message.from_ else ""
    places = (_field("final-recipient", text), _field("original-recipient", text), message.header("x-failed-recipients"), text)
    candidates = (match.lower().rstrip(".") for place in places for match in _ADDRESS.findall(place))
    return next((address for address in candidates if address not in ours and address != sender), "")


def _original(message: Message, text: str, is_ours: Callable[[str], bool]) -> str:
    """The Message-ID of the mail reported on: one of ours, wherever it stands; else the one the returned header states."""
    everywhere = (message.in_reply_to, *message.references, *_MESSAGE_ID.findall(text))
    proven = next((found for found in everywhere if found and is_ours(found)), "")
    stated = _field("original-message-id", text) or _field("message-id", text)
    match = _MESSAGE_ID.search(stated)
    return proven or (match[0] if match else "")
