"""The tables of the shared inbox's people and their work: accounts, sessions, tokens, views, drafts, labels, presence.

In: nothing. Out: SQLModel classes for the other modules of this package. The same rules as in `tables`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from inboxbot.store.tables import UtcDateTime


def _json() -> Any:
    return Column(JSON, nullable=False)


class StaffUserRow(SQLModel, table=True):
    """An account. Rows are switched off, never deleted: the audit trail names them."""

    __tablename__ = "staff_user"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)  # lower case
    name: str
    role: str
    password_hash: str = ""  # argon2id; "" until an invitation is accepted
    active: bool = True
    customers: list[str] = Field(sa_column=_json())
    timezone: str = ""
    theme: str = "system"
    notify: list[str] = Field(sa_column=_json())
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffSessionRow(SQLModel, table=True):
    """A signed-in browser; only the token's hash is kept."""

    __tablename__ = "staff_session"
    id: int | None = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    user_id: int = Field(foreign_key="staff_user.id", index=True)
    csrf: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    client: str = ""
    agent: str = ""


class ApiTokenRow(SQLModel, table=True):
    """A user's token for scripts; only its hash is kept."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    user_id: int = Field(foreign_key="staff_user.id", index=True)
    name: str
    scope: str  # read, work, manage
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class InvitationRow(SQLModel, table=True):
    """An offer to make an account."""

    __tablename__ = "invitation"
    id: int | None = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True)
    email: str
    name: str
    role: str
    customers: list[str] = Field(sa_column=_json())
    account_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    invited_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInFailureRow(SQLModel, table=True):
    """A sign-in that did not succeed, for the throttle."""

    __tablename__ = "sign_in_failure"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    account: str = Field(index=True)
    client: str = Field(index=True)


class MentionRow(SQLModel, table=True):
    """A colleague named in a note."""

    __tablename__ = "mention"
    __table_args__ = (Index("ix_mention_email_seen", "email", "seen_at"),)
    id: int | None = Field(default=None, primary_key=True)
    note_id: int = Field(foreign_key="note.id")
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    email: str
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TagRow(SQLModel, table=True):
    """A tag on a conversation, for finding; the conversation's own list is for showing."""

    __tablename__ = "conversation_tag"
    tag: str = Field(primary_key=True)
    conversation_id: int = Field(primary_key=True, foreign_key="conversation.id")


class SavedViewRow(SQLModel, table=True):
    """A filter that a person (or, shared, everybody) has in the sidebar."""

    __tablename__ = "saved_view"
    id: int | None = Field(default=None, primary_key=True)
    owner: str = Field(index=True)
    shared: bool = False
    name: str
    filter: dict[str, Any] = Field(sa_column=_json())
    created_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PresenceRow(SQLModel, table=True):
    """Who has a conversation open right now; a row that is not renewed means nothing."""

    __tablename__ = "presence"
    conversation_id: int = Field(primary_key=True, foreign_key="conversation.id")
    who: str = Field(primary_key=True)
    name: str
    typing: bool = False
    until: datetime = Field(sa_type=UtcDateTime, index=True)


class ReplyDraftRow(SQLModel, table=True):
    """A colleague's reply that is not sent yet."""

    __tablename__ = "reply_draft"
    conversation_id: int = Field(primary_key=True, foreign_key="conversation.id")
    who: str = Field(primary_key=True)
    text: str
    documents: list[str] = Field(sa_column=_json())  # invoice numbers, "statement"
    cc: list[str] = Field(sa_column=_json())
    updated_at: datetime = Field(sa_type=UtcDateTime)


class LabelRow(SQLModel, table=True):
    """A person's correction of what the machine understood or decided."""

    __tablename__ = "label"
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    what: str  # intents, entities, customer, outcome
    before: Any = Field(sa_column=Column(JSON, nullable=True))
    after: Any = Field(sa_column=Column(JSON, nullable=True))
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class CannedReplyRow(SQLModel, table=True):
    """A reply kept ready; facts are filled into its {placeholders}."""

    __tablename__ = "canned_reply"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    text: str
    created_by: str
    updated_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LearnedContactRow(SQLModel, table=True):
    """An address that a person says belongs to a customer; it counts as a contact only once confirmed."""

    __tablename__ = "learned_contact"
    __table_args__ = (UniqueConstraint("customer_id", "email"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str
    email: str
    proposed_by: str
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id")
    confirmed_by: str = ""
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class NotificationRow(SQLModel, table=True):
    """Something a person is to be told; mailed when they chose so."""

    __tablename__ = "notification"
    __table_args__ = (UniqueConstraint("email", "kind", "subject_key"),)
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(index=True)
    kind: str  # assigned, mentioned, sla_due
    subject_key: str  # what it is about, so that nobody is told the same thing twice
    conversation_id: int = Field(foreign_key="conversation.id")
    words: str
    at: datetime = Field(sa_type=UtcDateTime)
    mailed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id")


class SearchDocumentRow(SQLModel, table=True):
    """Words that can be searched for; the index over them is the database's own (FTS5, tsvector)."""

    __tablename__ = "search_document"
    __table_args__ = (UniqueConstraint("kind", "ref_id"),)
    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    kind: str  # message, reply, note
    ref_id: int
    words: str = Field(sa_column=Column(Text, nullable=False))
