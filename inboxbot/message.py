"""The nouns of incoming mail: where a message lies, its raw bytes, what parsing made of it, who really sent it.

In: nothing (values only). Out: `MessageKey`, `RawMessage`, `Glance`, `Address`, `Attachment`, `Message`, `MachineClass`,
`BounceReport`, `Authenticity`; made by `ingest`, read by every later step.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

_EMPTY_LINE = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True, order=True)
class MessageKey:
    """Where a message lies. (mailbox, UIDVALIDITY, UID) names a message once and for all (RFC 3501, 2.3.1.1)."""

    mailbox: str
    uidvalidity: int
    uid: int

    def __str__(self) -> str:
        return f"{self.mailbox}/{self.uidvalidity}/{self.uid}"


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message as the mailbox gave it: nothing is parsed yet.

    `received_at` is IMAP's INTERNALDATE (aware). A message over the size limit comes with its header and the beginning
    of its body only: then `complete` is False and `size` (bytes, as the mailbox states it) is larger than `raw`. So does one
    of which the mailbox gives less than it states, and a stub that stands for one that it does not give at all.
    """

    key: MessageKey
    raw: bytes
    received_at: datetime
    size: int = 0
    complete: bool = True
    answered: bool = False  # somebody has answered it in a mail program of their own (\\Answered; RFC 3501, 2.3.2)
    # `header_digest` of the header as the mailbox shows it, where `raw` has one of ours; '': nobody has seen it.
    header_sha256: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Glance:
    """A message's header, without its body: enough to know it again under another number.

    `size` is what the mailbox states for the whole message; `header_sha256` is `header_digest` of the header.
    """

    uid: int
    size: int
    received_at: datetime
    header_sha256: str


def header_digest(raw: bytes) -> str:
    """SHA-256 over what stands before the first empty line, whatever the line ends; of a message or of its header alone.

    '' where that is nothing (a message that begins with an empty line): by such a header no message can be known.
    """
    end = _EMPTY_LINE.search(raw)
    head = b"" if raw.startswith((b"\n", b"\r\n")) else raw[: end.start() + 1 if end else None].replace(b"\r\n", b"\n").rstrip(b"\n")
    return sha256(head).hexdigest() if head else ""


@dataclass(frozen=True, slots=True)
class Address:
    """One mail address; `email` is lower-cased and never empty."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the last @, or ''."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a message: described here, its bytes stay in the raw message."""

    name: str
    content_type: str
    size: int  # bytes, decoded
    sha256: str
    inline: bool = False
    text: str = ""  # a table's or a PDF's rows, where they could be read; "": unread
    harmless: str = ""  # what it is that nobody need read: the mail's signature, a key, a card, a disclaimer; "": a file


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed message. Text fields hold plain text with LF line ends, whatever the mail's own form was."""

    message_id: str  # with its angle brackets; "" when the mail has none
    subject: str
    from_: Address | None  # None when there is not exactly one address that two parsers agree on
    received_at: datetime
    date: datetime | None = None  # the Date header, aware
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    return_path: str | None = None  # "" is the null path "<>"; None when the header is absent
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # lower-case name -> raw values, topmost first
    trace: tuple[tuple[str, str], ...] = ()  # its Received and Authentication-Results in their order, topmost first
    text: str = ""  # the whole body as text
    new_text: str = ""  # what the writer wrote now: no quote, no forward, no signature, no disclaimer
    only_points: bool = False  # the newest text says no more than "see below": what is wanted stands in others' words
    quoted_text: str = ""
    signature: str = ""
    has_html: bool = False
    hidden_text: bool = False  # the HTML holds text that a reader cannot see
    content_type: str = "text/plain"  # of the whole message
    report_type: str = ""  # of a multipart/report (RFC 6522), or of one that a gateway has wrapped
    report_text: str = ""  # its machine-readable part, and the header of every mail that is enclosed
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()  # what was wrong with the mail's form, in words
    content_key: str = ""  # SHA-256 over Message-ID, From, Date, Subject and body
    text_key: str = ""  # SHA-256 over the bare subject and the newest text, white space folded

    def header(self, name: str) -> str:
        """The topmost raw value of a header, or ''."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""

    @property
    def sent_at(self) -> datetime:
        """The mail's own date where it has one, else when it was received."""
        return self.date or self.received_at

    @property
    def thread_root(self) -> str:
        """The Message-ID the thread began with, as far as this mail knows (RFC 5322, 3.6.4)."""
        return next(iter(self.references), "") or self.in_reply_to or self.message_id


class MachineClass(StrEnum):
    """What kind of sender wrote a message, by structure and headers; the first column of the decision table."""

    PERSON = "person"
    OWN = "own"  # our own mail come back
    BOUNCE = "bounce"  # delivery failed or is delayed (RFC 3464), or says so in words
    RECEIPT = "receipt"  # read receipt (RFC 8098)
    COMPLAINT = "complaint"  # feedback report (RFC 5965)
    AUTO_REPLY = "auto_reply"  # temporary: out of office, ticket receipt
    AUTO_REPLY_CHANGE = "auto_reply_change"  # automatic, but changes a contact for good
    BULK = "bulk"  # lists and marketing
    ROBOT = "robot"  # machine mail with a person's business in it
    CALENDAR = "calendar"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"


class BounceAction(StrEnum):
    """What became of a recipient (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A delivery report's (or a complaint's) content as far as it could be read; nothing in it is proven. Empty where silent."""

    action: BounceAction
    recipient: str = ""  # lower case
    status: str = ""  # such as "5.1.1" (RFC 3463)
    original_message_id: str = ""  # one of ours where the report names one
    final_recipient: str = field(default="", compare=False)  # as the Final-Recipient field states it (RFC 3464, 2.3.2)
    marks: tuple[str, ...] = field(default=(), compare=False)  # X-Inboxbot-Id values of the returned mail
    diagnostic: str = field(default="", compare=False)  # the remote server's words (RFC 3464, 2.3.6)

    @property
    def permanent(self) -> bool:
        """Whether the mail will not arrive any more."""
        return self.action is BounceAction.FAILED


class AuthenticityStatus(StrEnum):
    """Whether the sender is who he says."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"  # nobody we trust said anything
    FAILED = "failed"  # somebody we trust said no


@dataclass(frozen=True, slots=True)
class Authenticity:
    """Is the sender who he says? With the proof in words, for the record and for staff."""

    status: AuthenticityStatus
    domain: str = ""
    proof: str = ""

    @property
    def verified(self) -> bool:
        """True only when something we trust vouched for the From domain."""
        return self.status is AuthenticityStatus.VERIFIED
