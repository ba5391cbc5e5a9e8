"""The nouns of deciding: what policy is told (`Understood`, `History`), and what it says (`Decision`).

In: nothing (values only). Out: `Understood`, `History`, `Reason`, `Decision`; decided by `policy`, written down by `store`.
"""

from dataclasses import dataclass
from enum import StrEnum

from inboxbot.facts import Facts
from inboxbot.message import Address, Authenticity, BounceReport, MachineClass, Message, MessageKey
from inboxbot.understanding import Intent, Understanding


class Outcome(StrEnum):
    """Where a message ends; every message ends in exactly one."""

    ANSWER = "answer"
    ROUTE = "route"
    FILE = "file"


class Priority(StrEnum):
    """How urgent a conversation is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Understood:
    """A message with everything that can be known of it without our own history."""

    message: Message
    machine: MachineClass
    machine_words: str  # why it is of that class
    authenticity: Authenticity
    facts: Facts
    understanding: Understanding
    request_key: str = ""  # equal for equal requests of one sender; "" when nothing routine is asked
    report: BounceReport | None = None  # what a bounce or a complaint says


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a decision: a stable code and plain words."""

    code: str
    words: str

    def __str__(self) -> str:
        return f"{self.code}: {self.words}"


@dataclass(frozen=True, slots=True)
class Released:
    """What was released to the sender's customer by mail in the last 24 hours, and whether we ever wrote to the sender."""

    documents: int = 0
    invoices: frozenset[str] = frozenset()  # their numbers
    sender_known: bool = True  # a mail of ours, by hand or machine, went to this address before


@dataclass(frozen=True, slots=True)
class History:
    """What our own records say that bears on one message. The default is "nothing known", as `explain` uses it."""

    duplicate_of: MessageKey | None = None  # same sender, Message-ID (or content) and newest text, recorded before
    reused_message_id: bool = False  # same Message-ID with another text, or from another sender
    own_message: bool = False  # it carries a Message-ID of our outbox
    same_request_answered: bool = False  # same sender, whatever the address's tag, same request, answered inside the window
    answers_in_thread: int = 0  # automatic mails in the last 24 hours
    answers_to_sender: int = 0  # to the sender's mailbox, whatever the address's tag
    answers_to_domain: int = 0
    acknowledged: bool = False  # an acknowledgement went to the sender's mailbox within a span of days
    acknowledged_in_domain: int = 0  # acknowledgements in the last 24 hours
    answers_in_hour: int = 0  # automatic mails to anybody in the last hour
    answered_by_staff: bool = False  # a mail of ours answers this very message already
    received_before_start: bool = False  # older than the day the mailbox was first watched
    conversation_id: int | None = None  # the conversation this message continues
    thread_root: str = ""  # the Message-ID its thread began with by our records; "" when they know no better than it does
    seconds_since_answer: float | None = None  # from the automatic mail that it answers until it came in
    address_stopped: str = ""  # why nothing more is sent to its sender's address, where that is so
    released: Released = Released()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done with a message, and every reason for it."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    answers: tuple[Intent, ...] = ()  # with ANSWER: what is answered; with ROUTE: what the draft answers
    recipient: Address | None = None  # whom an automatic mail would go to
    acknowledge: bool = False  # with ROUTE: a short automatic acknowledgement goes out
    assignee: str | None = None  # an address, a team's name, or nobody
    priority: Priority = Priority.NORMAL
    rules: tuple[str, ...] = ()  # names of the rules that applied, in order
    rules_hash: str = ""
    suspicious: bool = False  # it may be after money: the fraud lane

    @property
    def automatic_mail(self) -> bool:
        """Whether anything at all is sent without a person."""
        return self.outcome is Outcome.ANSWER or self.acknowledge
