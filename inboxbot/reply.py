"""The nouns of outgoing mail: a composed reply, the documents on it, and an outbox item's life.

In: nothing (values only). Out: `Document`, `Reply`, `Claim`, `FrozenMail`, `OutboxState`, `OutboxItem`; made by `responders`, frozen
and moved from state to state by `store`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from inboxbot.message import Address


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes out. `customer_id` is whose it is, from the ledger: the last check compares it."""

    name: str
    content_type: str
    content: bytes
    sha256: str
    customer_id: str
    invoice_number: str = ""  # "" for a statement


class Claim(NamedTuple):
    """A figure that a mail tells: of an invoice, or ("" as subject) of the whole account."""

    subject: str
    figure: str
    value: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A composed reply, before it becomes bytes."""

    to: Address
    subject: str
    text: str
    html: str
    kind: str  # "answer", "acknowledgement", "staff", "notice" or "alert"
    customer_id: str = ""
    documents: tuple[Document, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()  # every figure it tells


@dataclass(frozen=True, slots=True)
class FrozenMail:
    """A mail as it will be sent: these bytes, this envelope, this Message-ID, whatever happens later."""

    message_id: str
    thread_root: str
    mail_from: str
    rcpt_to: str
    mime: bytes
    kind: str
    customer_id: str
    documents: tuple[tuple[str, str, str, str], ...] = ()  # name, sha256, customer_id, invoice number ("" for a statement)
    automatic: bool = True
    in_reply_to: str = ""  # the Message-ID it answers
    claims: tuple[Claim, ...] = ()  # what the last check reads again


class OutboxState(StrEnum):
    """An outbox item's life: ready -> sending -> sent; back to ready, to failed, or into doubt.

    A claimed item is a ready one under a lease: until the first body byte nothing has happened that could not be
    taken back, so a lease that runs out in `ready` may be retaken, one in `sending` never.
    """

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    AWAITING = "awaiting_approval"  # a colleague's reply that a second one must approve; no sender takes it up
    CANCELLED = "cancelled"  # a person took it back before any sender took it up


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of ours as its copy in the Sent folder shows it."""

    message_id: str
    in_reply_to: str
    thread_root: str
    to: str
    at: datetime
    automatic: bool


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A mail frozen for sending: these bytes and no others, to this one recipient."""

    outbox_id: int
    message_id: str
    mail_from: str  # envelope sender
    rcpt_to: str  # the one envelope recipient
    mime: bytes
    kind: str
    customer_id: str
    documents: tuple[tuple[str, str, str, str], ...]  # name, sha256, customer_id, invoice number
    attempts: int
    claim: str  # the fencing token of this claim
    created_at: datetime
    claims: tuple[Claim, ...] = ()
