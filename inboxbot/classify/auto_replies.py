"""Automatic replies: out of office, "we have received your message", and those that change a contact for good.

In: a `Message`. Out: what shows that it is an automatic reply, and whether it says something that lasts. A header or a
subject that only machines write is enough; words in the body alone must leave nothing over that a person would say.
"""

import re

from inboxbot import markers
from inboxbot.classify import machine_words as words
from inboxbot.message import Message

_NO_WISH = re.compile(r"please (?:do not|don't|note|be (?:advised|aware))")
_DECORATION = " *#=~-_+|>[(<{\"'"  # what machines set their notices off with
_GREETING = 8  # words beside the note: a greeting and a name
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
    return words.found("change", _body(message)) or words.found("change", words.subject(message.subject))


def rejected(message: Message) -> str:
    """The words by which an automatic answer turns down a document of ours, or ''."""
    body = _body(message)
    return "" if words.found("absence", body) else words.found("rejected", body)


def passing(message: Message) -> bool:
    """Whether it says that somebody is away for a while, or that our mail has arrived: what nobody needs to see.

    What only calls itself automatic may be any business of a system's: it must say either in so many words. Where the header or
    the subject is that of automatic replies, a day or a promise to answer is enough, and so is saying nothing. What asks for
    something is left to those who understand what.
    """
    subject, body = words.subject(message.subject), _body(message)
    if _any(("absence", "receipt"), body) or words.found("absence", subject):
        return True
    named = words.begins("sure_subject", subject) or words.begins("likely_subject", subject)
    named = named or words.found("calls_itself_reply", words.found("sure_body", body))
    proven = by_header(message) or named or markers.null_return_path(message.return_path, message.headers)
    silent = not any(char.isalnum() for char in body)
    return bool(proven) and (silent or bool(_any(("until", "passing"), f"{subject} {body}") or words.found("asks", body)))


def resembles(message: Message) -> str:
    """The words by which it looks like an automatic reply although nothing proves it, or ''.

    Somebody who is away and asks for something is a person; whether this one is, a person has to see.
    """
    subject, body = words.subject(message.subject), _body(message)
    away = words.found("absence", body)
    if likely := words.begins("likely_subject", subject):
        return likely if (away or _any(("boilerplate", "receipt"), body)) and not _own_business(message) else ""
    if not away:
        return ""
    alone = len(_leftover(message).split()) <= _GREETING
    return away if (alone or words.found("boilerplate", body)) and not _own_business(message) else ""


def machine_made(message: Message) -> str:
    """The words by which a machine says that it wrote this, or that nobody reads answers, or ''. It may ask like a person."""
    if said := words.begins("machine_subject", words.subject(message.subject)):
        return said
    text = _said(message) if not message.quoted_text else f"{message.new_text}\n{message.signature}"
    if said := _any(("sure_body", "machine_made"), words.fold(text)):
        return said
    openings = (words.begins("machine_opening", sentence.lstrip(_DECORATION)) for sentence in words.sentences(text))
    return next(filter(None, openings), "")


def _own_business(message: Message) -> bool:
    """Whether it asks for something or speaks of money beside what automatic replies say: then a person wrote it."""
    left = _leftover(message)
    return bool(words.found("asks", _NO_WISH.sub("", left)) or words.found("receivables", left))


def _by_subject(message: Message) -> str:
    subject = words.subject(message.subject)
    if sure := words.begins("sure_subject", subject):
        return sure
    likely, body = words.begins("likely_subject", subject), _body(message)
    if not likely or not _any(("absence", "receipt", "boilerplate"), body):
        return ""
    if _generated(message):
        return "" if words.found("reference", body) or words.found("asks", _leftover(message)) else likely
    return "" if _own_business(message) else likely


def _by_body(message: Message) -> str:
    body = _body(message)
    if sure := words.found("sure_body", body):
        return "" if words.found("asks", _leftover(message)) else sure
    if len(body.split()) > _MOST_WORDS:
        return ""
    said = words.found("absence", body)
    said = said if said and (_any(("boilerplate", "referral"), body) or _nothing_but(message)) else ""
    said = said or words.found("receipt", body) if _generated(message) or said else _only_receipt(message, body)
    if not said:
        return ""
    return "" if _own_business(message) else said


def _nothing_but(message: Message) -> bool:
    """An absence, until when, and a greeting: a note, not an answer to a question."""
    return bool(words.found("until", _body(message))) and len(_leftover(message).split()) <= _GREETING


def _only_receipt(message: Message, body: str) -> str:
    """A receipt under our own subject: what a person would add is missing, and two things say that it is one."""
    said = words.found("receipt", body)
    if not said or words.found("reference", body):
        return ""
    return said if sum(1 for part in words.sentences(_said(message)) if _usual(part)) > 1 else ""


def _leftover(message: Message) -> str:
    """What it says beside an automatic reply's own phrases."""
    parts = words.sentences(_said(message))
    return " \n ".join(part for part in parts if not _usual(part))


def _usual(sentence: str) -> bool:
    """Whether a sentence is one of those that automatic replies are made of."""
    if words.found("reference", sentence):
        return False
    if _any(("receipt", "boilerplate", "referral", "sure_body"), sentence):
        return True
    return bool(words.found("absence", sentence)) and not words.found("receivables", sentence) and "?" not in sentence


def _generated(message: Message) -> bool:
    sender = message.from_.email if message.from_ else ""
    return bool(markers.auto_submitted(message.headers) or markers.precedence(message.headers) or markers.robot_sender(sender))


def _any(kinds: tuple[str, ...], folded: str) -> str:
    return next((hit for kind in kinds if (hit := words.found(kind, folded))), "")


def _body(message: Message) -> str:
    return words.fold(_said(message))


def _said(message: Message) -> str:
    """What it says, with what the reader takes for a disclaimer: machines say there what they are. Quotes are another's words."""
    return message.text if message.text and not message.quoted_text else message.new_text or message.text
