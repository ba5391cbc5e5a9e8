"""Delivery reports: is this message one, and what does it say?

In: a `Message`. Out: what shows that it is one, and its `BounceReport`. Structure is believed before words (RFC 3464), and
words only from a mail system, or where nobody speaks in person: people forward bounces and talk about them.
"""

import re
from collections.abc import Callable, Iterator

from inboxbot import markers
from inboxbot.classify import machine_words as words
from inboxbot.message import BounceAction, BounceReport, Message

_FIELD = {
    name: re.compile(rf"^[ \t>]*{name}[ \t]*:[ \t]*([^\n]*)", re.IGNORECASE | re.MULTILINE)
    for name in (
        "action", "final-recipient", "original-recipient", "status", "diagnostic-code", "to", "message-id",
        "(?:x-)?original-message-id", "x-inboxbot-id",
    )
}  # fmt: skip
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]|\w)")  # RFC 3463, 2
_TROUBLE = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]|\w)")  # words speak of trouble; 2.x.x there is a version
_BESIDE_CODE = re.compile(r"(?:\b[45]\d\d[ -]|[#(])\s?([45]\.\d{1,3}\.\d{1,3})(?![\d.]|\w)")  # RFC 2034, 4; "(#5.1.1)"
_REPLY_CODE = re.compile(r"(?<![\d.])([245])[0-5]\d(?:[ -]|$)", re.MULTILINE)  # RFC 5321, 4.2
_ADDRESS = re.compile(r"[^\s<>\"'(),:;\[\]=|\uff1a\uff1c\u3010\u300c]+@[\w-]+(?:\.[\w-]+)+")
_MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_MAIL_SYSTEM = re.compile(
    r"mailer-daemon|mail delivery|mail (administrator|gateway|system)|postmaster|(mail )?delivery (sub)?system"
    r"|system administrator|microsoft ?(exchange|outlook)|courier mail server|mail server\b"
)
_MAILER = re.compile(r"mail(er)?[._-]?daemon|mdaemon")
_FORWARDED = re.compile(r"(?:re|aw|sv|vs|antw|odp|r|ynt|fwd?|wg|tr|rv|i|enc|doorst|vb|pd)\s*:")
_PASSED_ON = re.compile(r"(?:fwd?|wg|tr|rv|i|enc|doorst|vb|pd)\s*:")
_RETURNED = re.compile(  # what stands below is the mail that came back, not the report
    r"^(?:[ \t>*=_-]*(?:this is a copy|below (?:this line )?is a copy|(?:the )?(?:possibly truncated )?original message follows|"
    r"(?:the )?headers? of the (?:original|source)|enclosed are the original headers|(?:returned|original) (?:message|mail|headers?)|"
    r"unsent message below|message header follows|die ursprungliche nachricht|message d'origine)\b.*|Received: .*|Return-Path: .*)$",
    re.IGNORECASE | re.MULTILINE,
)


_NO_WISH = re.compile(r"please (do not|don't) \w+|please check|to (try|send|resend) again")
_LONGEST_REPORT = 20_000  # characters: a transcript, and the header that came back below it
_FEW_WORDS = 60
_STATUS_SAID = "an SMTP status beside an address"


def read(message: Message, is_ours: Callable[[str], bool]) -> BounceReport:
    """What a delivery report says. `is_ours` tells Message-IDs of our own mail."""
    said = message.text or message.new_text
    words_above = _above_returned(said[:_LONGEST_REPORT])
    block = _block(message.report_text)
    status = _status(block, words_above)
    everything = f"{message.report_text}\n{said[:_LONGEST_REPORT]}"
    return BounceReport(
        action=_action(message, block, words_above, status),
        recipient=_recipient(message, block, words_above),
        status=status,
        original_message_id=_original(message, everything, is_ours),
        final_recipient=next((found.lower() for found in _ADDRESS.findall(_field("final-recipient", block))), ""),
        marks=tuple(dict.fromkeys(value.strip() for value in _FIELD["x-inboxbot-id"].findall(everything))),
        diagnostic=_field("diagnostic-code", block)[:300],
    )


def by_structure(message: Message) -> str:
    """What in the header or the parts says that this is a delivery report, or ''."""
    passed_on = _FORWARDED.match(words.subject(message.subject)) and message.content_type != "multipart/report"
    if message.report_type.lower() == "delivery-status" and not passed_on:  # RFC 3462, RFC 6522
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
    body = words.fold(message.new_text or message.text)
    said = words.begins("bounce_subject", subject)
    tells = words.found("bounce_body", body)
    if _from_daemon(message):
        return said or tells or _from_mailer(message)
    personal = _in_person(body) or bool(words.found("asks", _NO_WISH.sub("", words.fold(_own_words(message)))))
    if _from_mail_system(message) and not _FORWARDED.match(subject):
        proven = said or tells or (_STATUS_SAID if _technical(message) and _names_somebody(message) and not personal else "")
        return proven if _technical(message) or not personal or (said and tells and not _in_person(body)) else ""
    if personal or not (tells or (said and _technical(message))):
        return ""
    if said:
        return said if _technical(message) or _names_somebody(message) else ""
    short = len(body.split()) <= _FEW_WORDS and _names_somebody(message) and not _PASSED_ON.match(subject)
    return words.found("bounce_subject", subject) if short else ""  # a report under our own subject


def resembles(message: Message) -> str:
    """The words by which it looks like a delivery report although nothing proves it, or ''."""
    subject = words.subject(message.subject)
    said = words.begins("bounce_subject", subject)
    body = words.fold(message.new_text or message.text)
    return said if said and words.found("bounce_body", body) and not _in_person(body) and not words.found("asks", body) else ""


def _in_person(body: str) -> bool:
    return bool(words.found("person", body))


def _from_daemon(message: Message) -> bool:
    """From an address at which nobody reads; postmaster is often a person (RFC 5230, 4.6)."""
    if message.from_ is None:
        return bool(_MAIL_SYSTEM.search(words.fold(message.header("from"))))
    return markers.daemon_sender(message.from_.email)


def _from_mailer(message: Message) -> str:
    """The name under which nobody writes but a mail system about mail."""
    sender = message.from_.email if message.from_ else words.fold(message.header("from"))
    found = _MAILER.match(sender.lower())
    return found[0] if found else ""


def _from_mail_system(message: Message) -> bool:
    """From where delivery reports may come, though other mail does too."""
    if markers.null_return_path(message.return_path, message.headers):
        return True
    sender = message.from_
    return sender is not None and (markers.role_sender(sender.email) or bool(_MAIL_SYSTEM.match(words.fold(sender.name))))


def _technical(message: Message) -> bool:
    """Whether the text holds what only mail systems write: an SMTP status or a reply code."""
    text = message.text or message.new_text
    return bool(_TROUBLE.search(text) or _REPLY_CODE.search(text))


def _names_somebody(message: Message) -> bool:
    """Whether it names an address that the mail was for, or encloses that mail."""
    return bool(_ADDRESS.search(_own_words(message))) or any(part.content_type == "message/rfc822" for part in message.attachments)


def _own_words(message: Message) -> str:
    return _above_returned(message.text or message.new_text)


def _above_returned(text: str) -> str:
    found = _RETURNED.search(text)
    return text[: found.start()] if found and found.start() > 0 else text


def _field(name: str, text: str) -> str:
    match = _FIELD[name].search(text)
    return match[1].strip() if match else ""


def _block(report_text: str) -> str:
    """The block of the recipient that matters most: who was not reached before who was."""
    blocks = [block for block in report_text.split("\n\n") if _FIELD["final-recipient"].search(block) or _FIELD["action"].search(block)]
    return min(blocks, key=_urgency, default="")


def _urgency(block: str) -> int:
    action = _field("action", block).lower()
    return next((rank for rank, name in enumerate(("failed", "delayed")) if action.startswith(name)), 2)


def _status(block: str, said: str) -> str:
    """The Status field (RFC 3464, 2.3.4); else the one beside a reply code; else any of trouble."""
    stated = _STATUS.search(_field("status", block))
    if stated and not stated[1].endswith(".0.0"):
        return stated[1]
    match = _BESIDE_CODE.search(_field("diagnostic-code", block)) or stated or _BESIDE_CODE.search(block) or _TROUBLE.search(block)
    match = match or _BESIDE_CODE.search(said) or _TROUBLE.search(said)
    return match[1] if match else ""


def _action(message: Message, block: str, said: str, status: str) -> BounceAction:
    """The Action field (RFC 3464, 2.3.3); else what the status or the words say."""
    stated = (_field("action", block) or _field("action", message.report_text)).lower().partition(" ")[0]
    if stated in set(BounceAction):
        return BounceAction(stated)
    if not status.startswith("5") and words.found("delay", words.fold(f"{message.subject} {said}")):
        return BounceAction.DELAYED
    code = status[:1] or (match[1] if (match := _REPLY_CODE.search(said)) else "")
    return BounceAction.DELAYED if code == "4" else BounceAction.FAILED


def _recipient(message: Message, block: str, said: str) -> str:
    """Final-Recipient (RFC 3464, 2.3.2), X-Failed-Recipients, or the first foreign address in the words."""
    return next(_candidates(message, block, said), "")


def _candidates(message: Message, block: str, said: str) -> Iterator[str]:
    ours = {address.email for address in (*message.to, *message.cc)}
    ours.add(message.from_.email if message.from_ else "")
    places = (
        _field("final-recipient", block),
        _field("original-recipient", block),
        message.header("x-failed-recipients"),
        said,
        _field("to", message.report_text),
    )
    for place in places:
        for found in _ADDRESS.findall(place):
            address = found.lower().rstrip(".")
            if address not in ours and not markers.daemon_sender(address) and not (place is said and markers.role_sender(address)):
                yield address


def _original(message: Message, text: str, is_ours: Callable[[str], bool]) -> str:
    """The Message-ID of the mail reported on: one of ours, wherever it stands; else the one the returned header states."""
    everywhere = (message.in_reply_to, *message.references, *_MESSAGE_ID.findall(text))
    proven = next((found for found in everywhere if found and is_ours(found)), "")
    stated = _field("(?:x-)?original-message-id", text) or _field("message-id", text)
    match = _MESSAGE_ID.search(stated)
    return proven or (match[0] if match else "")
