"""The guard: may this message get any automatic mail at all? Every path that sends asks it.

In: a `Message`, its machine class, what our records say, the caps, who we are, and the time. Out: every reason against,
in order; none means that an automatic mail is allowed (not that there is anything to say).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inboxbot import domains, markers
from inboxbot.config import LimitsSection
from inboxbot.decision import History, Reason
from inboxbot.message import MachineClass, Message
from inboxbot.policy.spam_marks import verdict

OLDEST = timedelta(days=14)  # older mail is history: people have long dealt with it
QUICKEST = 60.0  # seconds: who answers an automatic mail sooner has not read it
CAPS = ("thread_cap", "sender_cap", "domain_cap", "hour_cap")
MOST_ACKNOWLEDGED = 3  # acknowledgements to one domain within a day: a robot that changes its address hears no more of them
MOST_RECIPIENTS = 20  # in To and Cc together: mail to so many is no question to us

_ADDRESS_ENDS = re.compile(r"[\s<>,;\"]+")


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """Who we are: every address of ours, and our domain, lower case."""

    addresses: frozenset[str]
    domain: str


def guard(
    message: Message, machine: MachineClass, history: History, limits: LimitsSection, own: OwnIdentity, now: datetime
) -> tuple[Reason, ...]:
    """Every reason why this message gets no automatic mail, in this order; empty when it may.

    A machine wrote it: bounce, receipt, complaint, auto_reply, auto_reply_change, bulk, robot, calendar, encrypted,
    unreadable, own; auto_submitted, null_return_path, auto_reply_field, precedence, list_mail, feedback_id, suppressed,
    no_ack, x_loop, spam_verdict.
    The sender cannot be answered: no_from, several_from, robot_sender, role_sender, relayed_sender, own_address, colleague,
    sender_differs, reply_to_elsewhere.
    It was not written to us alone, or not now: not_addressed, many_recipients, double_message_id, only_quote,
    only_attachment, old_mail.
    We, or our people, have dealt with it: own_message, duplicate, reused_message_id, same_request, answered_by_staff, too_quick.
    Its sender's address is dead: stopped_address.
    Enough was sent: thread_cap, sender_cap, domain_cap, hour_cap.
    """
    return (
        *_written_by_machine(message, machine),
        *_sender_cannot_be_answered(message, own),
        *_not_written_to_us(message, own),
        *_old(message, history, now),
        *_dealt_with(history),
        *_capped(history, limits),
    )


def _written_by_machine(message: Message, machine: MachineClass) -> Iterator[Reason]:
    if machine is not MachineClass.PERSON:
        yield Reason(machine.value, f"it is not a person's mail but {machine.value.replace('_', ' ')}")
    for code, words, sign in _SIGNS:
        if said := sign(message):
            yield Reason(code, f"{words} ({said})")


def _auto_submitted(message: Message) -> str:
    return ", ".join(sorted(markers.auto_submitted(message.headers)))  # RFC 3834, 2 and 5


def _null_return_path(message: Message) -> str:
    return "<>" if markers.null_return_path(message.return_path, message.headers) else ""  # RFC 3834, 2


def _auto_reply_field(message: Message) -> str:
    marks = (markers.auto_reply_fields, markers.generated_fields, markers.unread_paths)
    return ", ".join((*(name for found in marks for name in found(message.headers)), *_bounce_fields(message)))


def _bounce_fields(message: Message) -> tuple[str, ...]:
    report = (message.report_type,) if message.report_type else ()  # RFC 6522, 3
    return (*(name for name in markers.BOUNCE_FIELDS if name in message.headers), *report)


def _precedence(message: Message) -> str:
    return ", ".join(sorted(markers.precedence(message.headers)))  # RFC 3834, 2 (no standard, yet in wide use)


def _list_mail(message: Message) -> str:
    return ", ".join(markers.list_fields(message.headers))  # RFC 5230, 4.6


def _feedback_id(message: Message) -> str:
    return ", ".join(markers.campaign_fields(message.headers))


def _suppressed(message: Message) -> str:
    return ", ".join(sorted(markers.suppressed(message.headers)))


def _no_ack(message: Message) -> str:
    return "X-Ack" if any(markers.keyword(value) == "no" for value in message.headers.get("x-ack", ())) else ""


def _spam_verdict(message: Message) -> str:
    return verdict(message.headers)


def _x_loop(message: Message) -> str:
    """Anybody's loop mark, and those that our own mail and that of others of our kind carries."""
    ours = markers.another_inboxbot(message.message_id, message.headers)
    return ", ".join(dict.fromkeys((*markers.loop_fields(message.headers), *filter(None, (ours,)))))


_SIGNS: tuple[tuple[str, str, Callable[[Message], str]], ...] = (
    ("auto_submitted", "Auto-Submitted says that no person sent it", _auto_submitted),
    ("null_return_path", "its return path is empty", _null_return_path),
    ("auto_reply_field", "it carries a field of machines' mail", _auto_reply_field),
    ("precedence", "its Precedence is that of mail to many", _precedence),
    ("list_mail", "it carries a mailing list's fields", _list_mail),
    ("feedback_id", "it carries a mass sender's mark", _feedback_id),
    ("suppressed", "X-Auto-Response-Suppress forbids it", _suppressed),
    ("no_ack", "its sender wants no acknowledgement", _no_ack),
    ("x_loop", "it carries the mark of a loop", _x_loop),
    ("spam_verdict", "our own gateway holds it for spam", _spam_verdict),
)


def _sender_cannot_be_answered(message: Message, own: OwnIdentity) -> Iterator[Reason]:
    if message.from_ is None:
        yield _unclear_from(message)
        return
    sender = message.from_.email
    if len(message.headers.get("from", ())) > 1:  # RFC 5322, 3.6: exactly one
        yield _unclear_from(message)
    unread = next((one for one in (sender, *(address.email for address in message.reply_to)) if markers.robot_sender(one)), "")
    if unread:  # RFC 5230, 4.6; RFC 3834, 2
        yield Reason("robot_sender", f"nobody reads {unread}")
    if markers.role_sender(sender):  # RFC 5230, 4.6: often a person, so people see it
        yield Reason("role_sender", f"{sender} looks after mail, not after invoices")
    if markers.relayed_sender(sender):
        yield Reason("relayed_sender", f"mail to {sender} may go on to somebody else")
    if markers.same_mailbox(sender, own.addresses):  # RFC 5230, 4.6
        yield Reason("own_address", f"{sender} is our own address")
    elif _within(message.from_.domain, own.domain):
        yield Reason("colleague", f"{sender} is one of us")
    yield from _answer_would_go_astray(message, sender, message.from_.domain)


def _unclear_from(message: Message) -> Reason:
    if any(value.strip(" <>") for value in message.headers.get("from", ())):
        return Reason("several_from", "From does not name exactly one address on which all readers agree")
    return Reason("no_from", "it has no From address")


def _answer_would_go_astray(message: Message, sender: str, domain: str) -> Iterator[Reason]:
    behalf = _behalf(message, sender)
    if behalf:  # RFC 5322, 3.6.2
        yield Reason("sender_differs", f"{behalf} sent it on behalf of {sender}")
    elsewhere = [address.email for address in message.reply_to if address.domain != domain]
    if not message.reply_to and message.header("reply-to").strip():  # a field that could not be read hides where
        elsewhere.append(message.header("reply-to").strip())
    if elsewhere:
        yield Reason("reply_to_elsewhere", f"it asks for answers to {elsewhere[0]}, outside {domain}")


def _behalf(message: Message, sender: str) -> str:
    """Who is named in Sender besides the sender himself; '' for nobody."""
    for value in markers.values(message.headers, "sender"):
        named = [domains.address(part) for part in _ADDRESS_ENDS.split(value) if "@" in part]
        if value and set(named) != {sender}:
            return next((one for one in named if one != sender), value)
    return message.sender.email if message.sender and message.sender.email != sender else ""


def _not_written_to_us(message: Message, own: OwnIdentity) -> Iterator[Reason]:
    recipients = (*message.to, *message.cc)
    if not any(markers.same_mailbox(address.email, own.addresses) for address in recipients):  # RFC 3834, 2; RFC 5230, 4.5
        yield Reason("not_addressed", "none of our addresses is in To or Cc")
    if len(recipients) > MOST_RECIPIENTS:
        yield Reason("many_recipients", f"it went to {len(recipients)} addresses")
    if len(message.headers.get("message-id", ())) > 1:  # RFC 5322, 3.6: at most one
        yield Reason("double_message_id", "it has several Message-IDs")
    if not message.new_text.strip() and (message.quoted_text.strip() or not message.subject.strip()):
        yield Reason("only_quote", "it says nothing new")
    elif not message.new_text.strip() and any(not part.inline for part in message.attachments):
        yield Reason("only_attachment", "what it says is in an attachment")


def _old(message: Message, history: History, now: datetime) -> Iterator[Reason]:
    oldest = min(_aware(moment) for moment in (message.received_at, message.date) if moment is not None)
    if _aware(now) - oldest > OLDEST:
        yield Reason("old_mail", f"it is from {oldest:%Y-%m-%d}, more than {OLDEST.days} days ago")
    elif history.received_before_start:
        yield Reason("old_mail", "it is older than the watch on this mailbox")


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dealt_with(history: History) -> Iterator[Reason]:
    if history.own_message:
        yield Reason("own_message", "it carries a Message-ID that we gave")
    if history.duplicate_of is not None:
        yield Reason("duplicate", f"it is the same as {history.duplicate_of}")
    if history.reused_message_id:  # RFC 5322, 3.6.4: unique
        yield Reason("reused_message_id", "another mail, with another text or from another sender, bore its Message-ID")
    if history.same_request_answered:  # RFC 3834, 2; RFC 5230, 4.2
        yield Reason("same_request", "the same sender had this answer already")
    if history.answered_by_staff:
        yield Reason("answered_by_staff", "it has been answered already")

    if history.seconds_since_answer is not None and history.seconds_since_answer < QUICKEST:
        yield Reason("too_quick", f"it answers our automatic mail within {history.seconds_since_answer:.0f} seconds")
    if history.address_stopped:  # RFC 3464 reports failure; people decide whether the address lives again
        yield Reason("stopped_address", f"mail to this address is stopped: {history.address_stopped}")


def _capped(history: History, limits: LimitsSection) -> Iterator[Reason]:
    """Caps stop the loops that no mark gives away (RFC 3834, 2: several of them guard each other)."""
    caps = (
        ("thread_cap", "in this thread within a day", history.answers_in_thread, limits.per_thread_day),
        ("sender_cap", "to this sender within a day", history.answers_to_sender, limits.per_sender_day),
        ("domain_cap", "to this domain within a day", history.answers_to_domain, limits.per_domain_day),
        ("hour_cap", "within the hour", history.answers_in_hour, limits.per_hour),
    )
    for code, words, sent, most in caps:
        if sent >= most:
            yield Reason(code, f"{sent} automatic mails {words}, the most is {most}")


def acknowledged_enough(history: History) -> bool:
    """Whether this sender, or those around him, had the same few words lately: once in some days is enough (RFC 3834, 2; RFC 5230, 4.2)."""
    return history.acknowledged or history.acknowledged_in_domain >= MOST_ACKNOWLEDGED


def _within(domain: str, own: str) -> bool:
    return bool(own) and (domain == own or domain.endswith(f".{own}"))
