"""Automatic replies: out of office, "we have received your message", and those that change a contact for good.

In: a `Message`. Out: what shows that it is an automatic reply, and whether it says something that lasts. A header or a
subject that only machines write is enough; words in the body alone must leave nothing over that a person would say.
"""

from inboxbot import markers
from inboxbot.classify import machine_words as words
from inboxbot.message import Message

_MOST_WORDS = 120  # a body longer than this is no out-of-office note unless something else says so


def sign(message: Message) -> str:
    """What shows that this is an automatic reply, in words, or '' when nothing does."""
    return by_header(message) or _by_subject(message) or _by_body(message)


def by_header(message: Message) -> str:
    """The header field that only automatic replies carry, or ''."""
    if "auto-replied" in markers.auto_submitted(message.headers):  # RFC 3834, 5.1
        return "Auto-Submitted: auto-replied"
    if markers.precedence(message.headers) & {"auto_reply", "autoreply"}:
        return "Precedence: auto_reply"
    return next(iter(markers.auto_reply_fields(message.headers)), "")


def lasting(message: Message) -> str:
    """The words by which it changes something for good (somebody left, an address is given up), or ''."""
    return words.found("change", _body(message))


def rejected(message: Message) -> str:
    """The words by which an automatic answer turns down a document of ours, or ''."""
    body = _body(message)
    return "" if words.found("absence", body) else words.found("rejected", body)


def _by_subject(message: Message) -> str:
    subject = words.subject(message.subject)
    if sure := words.begins("sure_subject", subject):
        return sure
    likely, body = words.begins("likely_subject", subject), _body(message)
    if not likely or not _any(("absence", "receipt", "boilerplate"), body) or words.found("asks", body):
        return ""
    if _generated(message):
        return "" if words.found("reference", body) else likely
    return "" if _speaks_of_money(message) else likely


def _by_body(message: Message) -> str:
    body = _body(message)
    if sure := words.found("sure_body", body):
        return "" if words.found("asks", body) else sure
    if len(body.split()) > _MOST_WORDS:
        return ""
    said = words.found("absence", body) if words.found("boilerplate", body) else ""
    said = said or (words.found("receipt", body) if _generated(message) else "")
    return said if said and not words.found("asks", body) and not _speaks_of_money(message) else ""


def _generated(message: Message) -> bool:
    sender = message.from_.email if message.from_ else ""
    return bool(markers.auto_submitted(message.headers) or markers.precedence(message.headers) or markers.robot_sender(sender))


def _speaks_of_money(message: Message) -> bool:
    """Whether money is spoken of outside an automatic reply's own phrases; an absence beside it may be a person's."""
    parts = words.sentences(message.new_text or message.text)
    return any(words.found("receivables", part) for part in parts if not _any(("receipt", "boilerplate"), part))


def _any(kinds: tuple[str, ...], folded: str) -> str:
    return next((hit for kind in kinds if (hit := words.found(kind, folded))), "")


def _body(message: Message) -> str:
    return words.fold(message.new_text or message.text)
