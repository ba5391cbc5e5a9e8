"""The shared inbox: conversations, notes, and the audit trail of who did what.

In: what pipeline and people do. Out: `Conversation`s. Every change writes an audit row in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from inboxbot.conversation import Conversation, ConversationStatus, NewConversation, Note
from inboxbot.decision import Priority
from inboxbot.errors import NotFoundError
from inboxbot.store.tables import AuditRow, ConversationRow, MessageRow, NoteRow

_URGENCY = {Priority.URGENT.value: 0, Priority.HIGH.value: 1, Priority.NORMAL.value: 2, Priority.LOW.value: 3}


def open_new(session: Session, new: NewConversation, now: datetime) -> int:
    """A new conversation; its id."""
    row = ConversationRow(
        subject=new.subject,
        status=ConversationStatus.OPEN.value,
        priority=new.priority.value,
        assignee=new.assignee,
        customer_id=new.customer_id,
        correspondent=new.correspondent,
        primary_intent=new.primary,
        reasons=list(new.reasons),
        tags=[],
        draft=new.draft,
        thread_root=new.thread_root,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    audit(session, who="inboxbot", what="opened", now=now, conversation_id=row.id, detail={"assignee": new.assignee})
    return row.id or 0


def continue_with(
    session: Session,
    conversation_id: int,
    *,
    primary: str,
    priority: Priority,
    reasons: Sequence[str],
    draft: str,
    now: datetime,
    assignee: str | None = None,
) -> None:
    """A further message came: the conversation is open again, with what it says now; whoever has it keeps it."""
    row = _row(session, conversation_id)
    reopened = row.status != ConversationStatus.OPEN.value
    row.status, row.updated_at = ConversationStatus.OPEN.value, now
    row.primary_intent, row.reasons, row.draft = primary, list(reasons), draft
    row.assignee = row.assignee or assignee
    if _URGENCY[priority.value] < _URGENCY[row.priority]:
        row.priority = priority.value
    session.add(row)
    audit(session, who="inboxbot", what="reopened" if reopened else "continued", now=now, conversation_id=conversation_id)


def resolve(session: Session, conversation_id: int, *, reasons: Sequence[str], words: str, now: datetime) -> None:
    """Something that needed people is settled: a note says how; with no other reason left an open conversation is closed."""
    row = _row(session, conversation_id)
    row.reasons, row.updated_at = list(reasons) or row.reasons, now
    session.add(row)
    add_note(session, conversation_id, words, "inboxbot", now)
    if not reasons and row.status == ConversationStatus.OPEN.value:
        set_status(session, conversation_id, ConversationStatus.CLOSED, "inboxbot", now)


def get(session: Session, conversation_id: int) -> Conversation:
    """One conversation with its notes."""
    row = _row(session, conversation_id)
    notes = session.exec(select(NoteRow).where(NoteRow.conversation_id == conversation_id).order_by(col(NoteRow.id)))
    return _conversation(row, tuple(Note(n.author, n.text, n.created_at) for n in notes), _message_count(session, conversation_id))


def listing(
    session: Session, *, status: ConversationStatus | None = ConversationStatus.OPEN, assignee: str | None = None, limit: int = 200
) -> list[Conversation]:
    """Conversations, the most urgent and then the oldest first."""
    urgency = case(_URGENCY, value=col(ConversationRow.priority), else_=len(_URGENCY))
    messages = select(MessageRow.conversation_id, func.count().label("messages")).group_by(col(MessageRow.conversation_id)).subquery()
    statement = (
        select(ConversationRow, messages.c.messages)
        .outerjoin(messages, messages.c.conversation_id == ConversationRow.id)
        .order_by(urgency, col(ConversationRow.created_at), col(ConversationRow.id))
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(ConversationRow.status == status.value)
    if assignee is not None:
        statement = statement.where(ConversationRow.assignee == assignee)
    return [_conversation(row, (), count or 0) for row, count in session.exec(statement)]


def draft(session: Session, conversation_id: int) -> str:
    """The prepared draft's text."""
    return _row(session, conversation_id).draft


def message_rows(session: Session, conversation_id: int) -> list[int]:
    """Row ids of the conversation's messages, oldest first."""
    statement = select(MessageRow.id).where(MessageRow.conversation_id == conversation_id).order_by(col(MessageRow.id))
    return [row_id for row_id in session.exec(statement) if row_id is not None]


def texts(session: Session, conversation_id: int) -> list[tuple[str, datetime, str]]:
    """(from, received at, newest text) of the conversation's messages, oldest first."""
    statement = select(MessageRow).where(MessageRow.conversation_id == conversation_id).order_by(col(MessageRow.id))
    return [(row.from_email, row.received_at, row.text) for row in session.exec(statement)]


def assign(session: Session, conversation_id: int, assignee: str | None, who: str, now: datetime) -> None:
    """Give a conversation to a person or team (None: to nobody)."""
    row = _row(session, conversation_id)
    before, row.assignee, row.updated_at = row.assignee, assignee, now
    session.add(row)
    audit(session, who=who, what="assigned", now=now, conversation_id=conversation_id, detail={"from": before, "to": assignee})


def add_note(session: Session, conversation_id: int, text: str, who: str, now: datetime) -> None:
    """Write a note on a conversation."""
    _row(session, conversation_id)
    session.add(NoteRow(conversation_id=conversation_id, author=who, text=text, created_at=now))
    audit(session, who=who, what="noted", now=now, conversation_id=conversation_id)


def set_status(session: Session, conversation_id: int, status: ConversationStatus, who: str, now: datetime) -> None:
    """Open, close, or set a conversation to pending."""
    row = _row(session, conversation_id)
    before, row.status, row.updated_at = row.status, status.value, now
    session.add(row)
    audit(session, who=who, what="status", now=now, conversation_id=conversation_id, detail={"from": before, "to": status.value})


def count_open(session: Session) -> int:
    """How many conversations are open."""
    statement = select(func.count()).select_from(ConversationRow).where(ConversationRow.status == ConversationStatus.OPEN.value)
    return session.exec(statement).one()


def audit(
    session: Session,
    *,
    who: str,
    what: str,
    now: datetime,
    conversation_id: int | None = None,
    message_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down who did what."""
    session.add(AuditRow(at=now, who=who, what=what, conversation_id=conversation_id, message_id=message_id, detail=detail or {}))


def _row(session: Session, conversation_id: int) -> ConversationRow:
    row = session.get(ConversationRow, conversation_id)
    if row is None:
        raise NotFoundError(f"there is no conversation {conversation_id}")
    return row


def _message_count(session: Session, conversation_id: int) -> int:
    return session.exec(select(func.count()).select_from(MessageRow).where(MessageRow.conversation_id == conversation_id)).one()


def _conversation(row: ConversationRow, notes: tuple[Note, ...], messages: int) -> Conversation:
    return Conversation(
        conversation_id=row.id or 0,
        subject=row.subject,
        status=ConversationStatus(row.status),
        priority=Priority(row.priority),
        assignee=row.assignee,
        customer_id=row.customer_id,
        correspondent=row.correspondent,
        primary=row.primary_intent,
        created_at=row.created_at,
        updated_at=row.updated_at,
        reasons=tuple(row.reasons),
        tags=tuple(row.tags),
        notes=notes,
        messages=messages,
    )
