"""A mail of ours came back, or somebody complained about it: tie the report to the mail, mark the contact, tell people.

In: a recorded report, parsed. Out: rows, within the caller's transaction. A report is believed only where it names the mail
by something that only its receiver can know: our signed return address, our signed Message-ID, our signed mark. Whom it names
as recipient is not believed: what is stopped is the address to which that very mail went.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from inboxbot.config import Config
from inboxbot.decision import Understood
from inboxbot.message import BounceAction, BounceReport, MachineClass, Message
from inboxbot.responders import freeze
from inboxbot.store import bounces, doubt, undelivered
from inboxbot.store.engine import Session

# Where servers write down for whom a mail came in, besides To: none stands in an RFC, Delivered-To in RFC 9228.
_RECEIVED_FOR = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-rcpt-to")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Proof:
    """By what a report is tied: Message-IDs of ours, or tokens of them, and the words for it."""

    message_ids: tuple[str, ...]
    tokens: tuple[str, ...]
    words: str


def note(session: Session, row_id: int, understood: Understood, config: Config, key: bytes, now: datetime) -> None:
    """Write down everything that a report entails; nothing for one that proves no mail of ours."""
    report = understood.report
    proof = prove(understood.message, report, config, key) if report else None
    item = bounces.item_behind(session, proof.message_ids, proof.tokens) if proof else None
    if report is None or proof is None or item is None:
        _log.info("report_not_proven", message=row_id)
        return
    if not bounces.record(session, row_id, item, report, proof.words, now):
        return
    doubt.prove(session, [item.message_id], f"a report came back, proven by its {proof.words}", now)
    complaint = understood.machine is MachineClass.COMPLAINT
    if not complaint and not report.permanent:
        return
    why = words(report, complaint=complaint)
    outbox_id = item.id or 0
    if complaint or concerns(report, item.rcpt_to):
        failed = bounces.stop(session, item.rcpt_to, why, now, outbox_id=outbox_id)
        for other in failed:
            undelivered.show(session, other, f"stopped_address: mail to {item.rcpt_to} is stopped: {why}", now)
        _log.warning("address_stopped", outbox=outbox_id, why=why)
    undelivered.show(session, outbox_id, f"{'complaint' if complaint else 'bounced'}: {item.rcpt_to}: {why}", now)


def prove(message: Message, report: BounceReport, config: Config, key: bytes) -> Proof | None:
    """What ties a report to a mail of ours, the surest first; None where nothing does."""
    template = config.smtp.bounce_address if config.smtp else None
    tokens = tuple(filter(None, (freeze.returned_token(address, template or "", key) for address in _received_for(message))))
    if tokens:
        return Proof((), tokens, "return address")
    if freeze.is_ours(report.original_message_id, key):
        return Proof((report.original_message_id,), (), "Message-ID")
    tokens = tuple(freeze.mark_token(mark, key) for mark in report.marks)
    return Proof((), tokens, "mark") if any(tokens) else None


def concerns(report: BounceReport, rcpt_to: str) -> bool:
    """Whether it is this address that failed, not one to which its server passed the mail on."""
    return not report.final_recipient or report.final_recipient == rcpt_to


def words(report: BounceReport, *, complaint: bool) -> str:
    """Why, for people."""
    if complaint:
        return "its owner called our mail unwanted"
    detail = report.diagnostic or ("could not be delivered" if report.action is BounceAction.FAILED else report.action.value)
    return f"{report.status} {detail}".strip()[:300]


def _received_for(message: Message) -> Iterator[str]:
    for name in _RECEIVED_FOR:
        for value in message.headers.get(name, ()):
            yield from (piece.strip("<>\"',;").lower() for piece in value.replace(",", " ").split() if "@" in piece)
