"""Every table, one class each. Times are aware UTC; money is text (exact decimal); lists and maps are JSON.

In: nothing. Out: SQLModel classes for the other modules of this package; nobody outside imports them. A change here
needs a migration beside it (`tests/store/test_migrations.py` compares the two).
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Index, LargeBinary, TypeDecorator, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To UTC; a naive time is a defect of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the store")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_EMPTY = {"server_default": text("''")}  # a column that came later has a default in the database too: no table is made anew for it
_NO = {"server_default": false()}


def _json() -> Any:
    return Column(JSON, nullable=False)


class MailboxRow(SQLModel, table=True):
    """How far a mailbox has been read, within one UIDVALIDITY."""

    __tablename__ = "mailbox"
    name: str = Field(primary_key=True)
    uidvalidity: int
    last_uid: int  # every UID up to here is recorded or lies before the start
    watched_since: datetime = Field(sa_type=UtcDateTime)  # mail received before is never answered
    backlog_until: int = 0  # up to this UID, mail from before `watched_since` is left alone altogether
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reconciled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # late and lower UIDs were last looked for


class RawRow(SQLModel, table=True):
    """A message's bytes as they came, each content once."""

    __tablename__ = "raw"
    sha256: str = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class MessageRow(SQLModel, table=True):
    """A message that lay in a mailbox. Columns below `state` are filled when it is decided."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("mailbox", "uidvalidity", "uid"),)
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    uidvalidity: int
    uid: int  # negative: its number has since come to mean another message, and it has not been seen under a new one
    raw_sha256: str = Field(foreign_key="raw.sha256", index=True)
    size: int
    complete: bool = True
    received_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="recorded", index=True)  # recorded, decided
    attempts: int = 0  # how often deciding was begun; after three deaths of the process a message is routed unread
    message_id: str = Field(default="", index=True)
    content_key: str = Field(default="", index=True)
    text_key: str = ""
    request_key: str = Field(default="", index=True)  # sender and what is asked: the same request is answered once
    thread_root: str = Field(default="", index=True)
    from_email: str = Field(default="", index=True)
    subject: str = ""
    text: str = ""  # the newest text, for the queue
    customer_id: str | None = Field(default=None, index=True)
    machine: str = ""
    outcome: str = ""
    primary_intent: str = ""
    duplicate_of: int | None = Field(default=None, foreign_key="message.id")
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    marked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # in the mailbox, best effort
    header_sha256: str = Field(
        default="", index=True, sa_column_kwargs=_EMPTY
    )  # by which a renumbered message is known again without its body
    answered_elsewhere: bool = Field(default=False, sa_column_kwargs=_NO)  # it was answered in a mail program before we had it


class DecisionRow(SQLModel, table=True):
    """What was decided about a message and why; enough to explain and to replay it."""

    __tablename__ = "decision"
    message_id: int = Field(primary_key=True, foreign_key="message.id")
    outcome: str
    answers: list[str] = Field(sa_column=_json())
    acknowledge: bool
    reasons: list[str] = Field(sa_column=_json())
    intents: list[dict[str, Any]] = Field(sa_column=_json())
    scores: dict[str, float] = Field(sa_column=_json())
    entities: dict[str, Any] = Field(sa_column=_json())
    unexplained: list[dict[str, str]] = Field(sa_column=_json())
    vetoes: list[dict[str, str]] = Field(sa_column=_json())
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default=text("'[]'")))
    authenticity: dict[str, str] = Field(sa_column=_json())
    assignee: str | None = None
    priority: str
    rules: list[str] = Field(sa_column=_json())
    rules_hash: str
    model_version: str
    threshold: float
    certificate: str
    facts_as_of: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime = Field(sa_type=UtcDateTime)


class ConversationRow(SQLModel, table=True):
    """One matter in the shared inbox."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_status_rank", "status", "rank", "id"),
        Index("ix_conversation_status_updated", "status", "updated_at", "id"),
        Index("ix_conversation_assignee_status_rank", "assignee", "status", "rank", "id"),
        Index("ix_conversation_customer_status_rank", "customer_id", "status", "rank", "id"),
        Index("ix_conversation_customer_updated", "customer_id", "updated_at", "id"),
        Index("ix_conversation_lane", "lane", "status"),
    )
    id: int | None = Field(default=None, primary_key=True)
    subject: str
    status: str
    priority: str
    assignee: str | None = None
    customer_id: str | None = None
    correspondent: str = ""
    primary_intent: str = ""
    reasons: list[str] = Field(sa_column=_json())
    tags: list[str] = Field(sa_column=_json())
    draft: str = ""
    thread_root: str = Field(default="", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    rank: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})  # the smaller, the more urgent
    urgency: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )  # why it stands where it stands
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)  # when an answer is due; NULL while none is
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the oldest mail that nobody answered
    team: str | None = None  # whose work it is, whoever of them has it
    lane: str = Field(default="", sa_column_kwargs={"server_default": text("''")})  # "fraud"
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)  # NULL while snoozed: until a reply
    merged_into: int | None = Field(default=None, foreign_key="conversation.id")
    version: int = Field(
        default=0, sa_column_kwargs={"server_default": "0"}
    )  # counts changes, so that two people cannot unknowingly undo each other


class ApprovalRow(SQLModel, table=True):
    """A colleague's reply that waits for a second pair of eyes."""

    __tablename__ = "approval"
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    author: str
    text: str
    state: str = Field(index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id")


class AttachmentRow(SQLModel, table=True):
    """A file that came with a message. Its bytes stay in the raw mail; `sha256` finds them and proves them."""

    __tablename__ = "attachment"
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    sha256: str = Field(index=True)
    name: str  # normalised: safe as a file's name everywhere
    content_type: str
    size: int


class NoteRow(SQLModel, table=True):
    """A colleague's note on a conversation."""

    __tablename__ = "note"
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    author: str
    text: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class AuditRow(SQLModel, table=True):
    """Who did what, when. Rows are only ever added."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    who: str = Field(index=True)
    what: str
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id")
    detail: dict[str, Any] = Field(sa_column=_json())


class OutboxRow(SQLModel, table=True):
    """A mail frozen for sending: bytes, envelope and Message-ID never change after the insert."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("answers_message_id", "kind"),
        Index("ix_outbox_customer", "customer_id", "automatic", "created_at"),
        Index("ix_outbox_counted", "automatic", "created_at", "thread_root", "rcpt_bare", "kind"),  # all that the count of a day looks at
        Index("ix_outbox_mailbox", "rcpt_bare", "automatic", "created_at", "kind", "sending_at"),  # what one sender had lately
    )
    id: int | None = Field(default=None, primary_key=True)
    answers_message_id: int | None = Field(default=None, foreign_key="message.id")  # NULL: a mail that staff or the clock began
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    kind: str
    state: str = Field(index=True)
    message_id: str = Field(unique=True)
    thread_root: str = Field(default="", index=True)
    mail_from: str
    rcpt_to: str = Field(index=True)
    mime: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    customer_id: str
    documents: list[list[str]] = Field(sa_column=_json())  # name, sha256, customer_id, invoice number
    claims: list[list[str]] = Field(sa_column=_json())  # subject, figure, value: what the last check reads again
    automatic: bool = True
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    claim: str = ""  # fencing token of the present claim
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    sending_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str = ""
    server_reply: str = ""
    in_reply_to: str = Field(default="", index=True, sa_column_kwargs=_EMPTY)  # the Message-ID it answers
    answer_key: str | None = Field(default=None, unique=True, index=True)  # one automatic answer to a request, thread and day
    proof: str = Field(default="", sa_column_kwargs=_EMPTY)  # how it came out that a mail in doubt was sent
    looks: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # how often a mail in doubt was looked for
    next_look_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)  # in the Sent folder
    filed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # its copy lies in the Sent folder
    wire_id: str = Field(default="", index=True, sa_column_kwargs=_EMPTY)  # the Message-ID that a relay gave it instead of ours
    rcpt_bare: str = Field(default="", sa_column_kwargs=_EMPTY)  # the receiver's mailbox: the address without its tag, see markers.bare


class ColleagueReplyRow(SQLModel, table=True):
    """A message that a colleague answered in a mail program of their own, as the Sent folder shows."""

    __tablename__ = "colleague_reply"
    message_id: str = Field(primary_key=True)  # of the message that was answered
    seen_at: datetime = Field(sa_type=UtcDateTime)


class PromiseRow(SQLModel, table=True):
    """A customer's word that money will come."""

    __tablename__ = "promise"
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(index=True)
    message_id: int = Field(foreign_key="message.id")
    promised_for: date
    amount: str | None = None
    currency: str
    invoice_numbers: list[str] = Field(sa_column=_json())
    state: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class RemittanceRow(SQLModel, table=True):
    """A payment that a customer says is made."""

    __tablename__ = "remittance"
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(index=True)
    message_id: int = Field(foreign_key="message.id")
    amounts: list[str] = Field(sa_column=_json())
    invoice_numbers: list[str] = Field(sa_column=_json())
    method: str | None = None
    reference: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class DisputeRow(SQLModel, table=True):
    """An invoice (or several) that a customer contests."""

    __tablename__ = "dispute"
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(index=True)
    message_id: int = Field(foreign_key="message.id")
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id")
    reason: str | None = None
    invoice_numbers: list[str] = Field(sa_column=_json())
    state: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class PortalLinkRow(SQLModel, table=True):
    """A link to a customer's account page. Only the token's hash is kept: the store cannot leak a working link."""

    __tablename__ = "portal_link"
    id: int | None = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    customer_id: str = Field(index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LedgerSyncRow(SQLModel, table=True):
    """One reading of the ledger's source."""

    __tablename__ = "ledger_sync"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    fingerprint: str
    customers: int
    invoices: int
    payments: int
    problems: list[str] = Field(sa_column=_json())


class BounceRow(SQLModel, table=True):
    """A delivery report, or a complaint, that proved to be about a mail of ours."""

    __tablename__ = "bounce"
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    outbox_id: int = Field(foreign_key="outbox.id", index=True)
    action: str
    status: str = ""
    recipient: str = ""  # whom the report names: not proven
    diagnostic: str = ""
    proof: str  # by what it is tied to the mail
    at: datetime = Field(sa_type=UtcDateTime)


class StoppedAddressRow(SQLModel, table=True):
    """An address to which nothing more is sent until a person says so."""

    __tablename__ = "stopped_address"
    email: str = Field(primary_key=True)
    reason: str
    since: datetime = Field(sa_type=UtcDateTime)
    times: int = 0
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id")
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: str = ""


class PulseRow(SQLModel, table=True):
    """When a part of the program last did its work, and what is the matter with it if anything is."""

    __tablename__ = "pulse"
    name: str = Field(primary_key=True)  # "mailbox:ar", "send", "audit:ar", ...
    ok_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    trouble: str = ""
    trouble_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AlarmRow(SQLModel, table=True):
    """Something that a person has been, or is to be, told."""

    __tablename__ = "alarm"
    name: str = Field(primary_key=True)
    words: str
    raised_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cleared_told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BrakeRow(SQLModel, table=True):
    """Automatic mail is held until a person says so."""

    __tablename__ = "brake"
    name: str = Field(primary_key=True)
    reason: str = ""
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: str = ""
