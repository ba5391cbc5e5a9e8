"""The nouns of the shared inbox: a conversation, its notes, and who did what.

In: nothing (values only). Out: `Conversation`, `NewConversation`, `Note`, `Promise` and their states; made by `store`, shown by
the terminal and the web.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from inboxbot.decision import Priority
from inboxbot.urgency import NOTHING_AT_STAKE, Stake

FRAUD = "fraud"  # the lane of mail that may be after money


class ConversationStatus(StrEnum):
    """Where a conversation stands."""

    OPEN = "open"
    PENDING = "pending"  # waiting for the customer
    SNOOZED = "snoozed"
    CLOSED = "closed"


class PromiseState(StrEnum):
    """Where a promise to pay stands."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Note:
    """A colleague's note; customers never see it."""

    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """One matter with one customer, as the queue shows it."""

    conversation_id: int
    subject: str
    status: ConversationStatus
    priority: Priority
    assignee: str | None
    customer_id: str | None
    correspondent: str  # the customer's address
    primary: str  # the primary intent of its latest message
    created_at: datetime
    updated_at: datetime
    reasons: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    messages: int = 1
    team: str | None = None  # whose work it is, whoever of them has it
    lane: str = ""  # "fraud"
    urgency: tuple[str, ...] = ()  # why it stands where it stands in the queue, "code: words"
    due_at: datetime | None = None  # when an answer is due; None while none is
    waiting_since: datetime | None = None  # the oldest mail that nobody answered
    snoozed_until: datetime | None = None  # None while snoozed: until a reply
    merged_into: int | None = None
    version: int = 0
    rank: int = 0  # the smaller, the more urgent


@dataclass(frozen=True, slots=True)
class NewConversation:
    """What a conversation begins with."""

    subject: str
    correspondent: str
    customer_id: str | None
    primary: str
    priority: Priority
    reasons: tuple[str, ...]
    assignee: str | None = None
    draft: str = ""
    thread_root: str = ""
    stake: Stake = NOTHING_AT_STAKE
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A customer's word that money will come."""

    customer_id: str
    promised_for: date
    amount: Decimal | None
    currency: str
    invoice_numbers: tuple[str, ...]
    state: PromiseState = PromiseState.OPEN
