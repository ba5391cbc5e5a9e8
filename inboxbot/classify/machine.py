"""What kind of sender wrote a message: a person, or which kind of machine?

In: a `Message`, our addresses, and a test for our own Message-IDs and marks. Out: a `MachineVerdict`. Structure and header fields
come before words; whatever a machine wrote that may hold a person's business is ROBOT, for a person to see.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from inboxbot import markers
from inboxbot.classify import auto_replies, bounces
from inboxbot.classify import machine_words as words
from inboxbot.message import BounceReport, MachineClass, Message

_PGP = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)  # RFC 4880, 6.2
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted", "application/pgp-encrypted"})
_LIST_SENDER = re.compile(r"news(letters?)?|marketing|promo(tions?)?|offers?|events?|campaigns?|mailings?|webinars?|deals?")
# How lists and services name a writer whose address they have replaced: 'Ann Miller' via AP, Ann Miller (via Coupa). In capitals
# Via is a street or a firm.
_PASSED_ON = re.compile(r"\S['\")\]]? via \S|\(via |^['\"][^'\"]+['\"] (?:über|tramite|par|mediante|a través de|przez|через) ")
_ANSWER_SUBJECT = re.compile(r"(re|aw|sv|vs|antw|fwd?|wg|tr|rv|ref)\s*:")


@dataclass(frozen=True, slots=True)
class MachineVerdict:
    """The class of a message, why in plain words, and the content of a bounce or a complaint."""

    machine: MachineClass
    words: str = ""
    bounce: BounceReport | None = None


def classify(message: Message, own_addresses: frozenset[str], is_ours: Callable[[str], bool]) -> MachineVerdict:
    """The first class that fits, in this order: own mail, reports, encrypted, calendar, automatic reply, bulk, robot, doubtful, person."""
    return (
        _own(message, own_addresses, is_ours)
        or _report(message, is_ours, bounces.by_structure)
        or _receipt(message)
        or _complaint(message, is_ours)
        or _unopenable(message)
        or _calendar(message)
        or _report(message, is_ours, bounces.by_words)
        or _auto_reply(message)
        or _list_or_robot(message)
        or _doubtful(message)
        or MachineVerdict(MachineClass.PERSON, "nothing shows a machine")
    )


def _own(message: Message, own_addresses: frozenset[str], is_ours: Callable[[str], bool]) -> MachineVerdict | None:
    if message.from_ and markers.same_mailbox(message.from_.email, own_addresses):
        return MachineVerdict(MachineClass.OWN, f"it comes from our own address {message.from_.email}")
    if message.message_id and is_ours(message.message_id):
        return MachineVerdict(MachineClass.OWN, f"its Message-ID {message.message_id} is one that we gave")
    if any(is_ours(mark) for mark in markers.values(message.headers, "x-inboxbot-id")):  # a relay gave it another Message-ID
        return MachineVerdict(MachineClass.OWN, "it carries a mark that we gave")
    return None


def _report(message: Message, is_ours: Callable[[str], bool], sign: Callable[[Message], str]) -> MachineVerdict | None:
    said = sign(message)
    return MachineVerdict(MachineClass.BOUNCE, said, bounces.read(message, is_ours)) if said else None


def _receipt(message: Message) -> MachineVerdict | None:
    if message.report_type.lower() == "disposition-notification":  # RFC 8098, 3
        return MachineVerdict(MachineClass.RECEIPT, "a disposition notification")
    said = words.begins("read_subject", words.subject(message.subject))
    if said and words.found("read_body", words.fold(message.new_text or message.text)) and not message.references:
        return MachineVerdict(MachineClass.RECEIPT, said)
    return None


def _complaint(message: Message, is_ours: Callable[[str], bool]) -> MachineVerdict | None:
    said = ""
    if message.report_type.lower() == "feedback-report":  # RFC 5965, 2
        said = "a feedback report"
    elif words.subject(message.subject).startswith("complaint about message from"):  # Hotmail's, which is no multipart/report
        said = "complaint about message"
    return MachineVerdict(MachineClass.COMPLAINT, said, bounces.read(message, is_ours)) if said else None


def _unopenable(message: Message) -> MachineVerdict | None:
    """S/MIME (RFC 8551, 3.2; opaque signatures too: what they hold cannot be read here) and PGP (RFC 3156, 4)."""
    types = (message.content_type, *(part.content_type for part in message.attachments))
    if kind := next((kind.lower() for kind in types if kind.lower() in _SEALED), ""):
        return MachineVerdict(MachineClass.ENCRYPTED, kind)
    if _PGP.search(message.text or message.new_text):
        return MachineVerdict(MachineClass.ENCRYPTED, "a PGP message in the text")
    return None


def _calendar(message: Message) -> MachineVerdict | None:
    types = (message.content_type, *(part.content_type for part in message.attachments))
    if any(kind.lower() == "text/calendar" for kind in types):  # RFC 6047, 2.4
        return MachineVerdict(MachineClass.CALENDAR, "text/calendar")
    if "calendarmessage" in message.header("content-class").lower():
        return MachineVerdict(MachineClass.CALENDAR, "Content-Class: calendarmessage")
    if name := next((name for name in message.headers if name.startswith("x-ms-exchange-calendar-")), ""):
        return MachineVerdict(MachineClass.CALENDAR, name)
    return None


def _auto_reply(message: Message) -> MachineVerdict | None:
    """A null return path is enough where no business is in sight: nothing else is sent so (RFC 3834, 3.3)."""
    null_path = markers.null_return_path(message.return_path, message.headers)
    said = auto_replies.sign(message) or ("a null return path" if null_path and not _has_business(message) else "")
    if not said:
        return None
    if refusal := auto_replies.rejected(message):
        return MachineVerdict(MachineClass.ROBOT, f"{said}, but {refusal}")
    if change := auto_replies.lasting(message):
        return MachineVerdict(MachineClass.AUTO_REPLY_CHANGE, f"{said}; {change}")
    if not auto_replies.passing(message):
        return MachineVerdict(MachineClass.ROBOT, f"{said}, but neither an absence nor a receipt")
    return MachineVerdict(MachineClass.AUTO_REPLY, said)


def _list_or_robot(message: Message) -> MachineVerdict | None:
    sender = message.from_.email if message.from_ else ""
    automatic = (
        *(f"Auto-Submitted: {keyword}" for keyword in sorted(markers.auto_submitted(message.headers))),
        *(f"Precedence: {value}" for value in sorted(markers.precedence(message.headers)) if value.startswith("auto")),
        *markers.generated_fields(message.headers),
        *(["Return-Path: <>"] if markers.null_return_path(message.return_path, message.headers) else ()),
    )
    wide = markers.many_receivers(message.headers)
    if wide and _is_marketing(message, automatic=bool(automatic)):
        return MachineVerdict(MachineClass.BULK, wide[0])
    unread = (markers.robot_sender(address) for address in (sender, *(one.email for one in message.reply_to)))
    said = next(iter((*automatic, *wide, *markers.unread_paths(message.headers), *filter(None, (*unread, _robot_name(message))))), "")
    return MachineVerdict(MachineClass.ROBOT, said) if said else None


def _robot_name(message: Message) -> str:
    """What in the writer's display name shows that a machine, a list or a service wrote it, or ''."""
    name = message.from_.name if message.from_ else ""
    if _PASSED_ON.search(name):
        return name
    return words.found("robot_name", words.fold(name)) if name else ""


def _doubtful(message: Message) -> MachineVerdict | None:
    """Nothing proves a machine, but it may well be one: people see it, and nothing answers it."""
    if name := markers.another_inboxbot(message.message_id, message.headers):
        return MachineVerdict(MachineClass.ROBOT, f"another inboxbot wrote it ({name})")
    if said := auto_replies.machine_made(message):
        return MachineVerdict(MachineClass.ROBOT, f"it says that a machine wrote it: {said!r}")
    if said := bounces.resembles(message) or auto_replies.resembles(message):
        return MachineVerdict(MachineClass.ROBOT, f"it reads like a machine's mail: {said!r}")
    return None


def _is_marketing(message: Message, *, automatic: bool) -> bool:
    """Whether list mail may be filed: it names no document, continues no thread, and either advertises or is not about money.

    Customers' systems send remittances and inquiries with the same header fields, and people write through lists that
    take posts (RFC 2369, 3.4): what could be theirs is not marketing.
    """
    text = _subject_and_body(message)
    if _names_documents(message) or words.found("case_reference", text) or _is_conversation(message):
        return False
    about_money = bool(words.found("receivables", text))
    local = message.from_.email.partition("@")[0] if message.from_ else ""
    if words.found("marketing", text) or _LIST_SENDER.match(local):
        return not (automatic and about_money)
    return not about_money


def _is_conversation(message: Message) -> bool:
    threaded = message.in_reply_to or message.references or _ANSWER_SUBJECT.match(words.subject(message.subject))
    return bool(threaded) or "list-post" in message.headers


def _names_documents(message: Message) -> bool:
    return bool(words.found("reference", _subject_and_body(message)))


def _has_business(message: Message) -> bool:
    body = words.fold(message.new_text or message.text)
    return any(words.found(kind, body) for kind in ("reference", "asks", "receivables"))


def _subject_and_body(message: Message) -> str:
    return words.fold(f"{message.subject}\n{message.new_text or message.text}")
