"""The shared inbox: conversations, notes, and the audit trail of who did what.

In: what pipeline and people do. Out: `Conversation`s. Every change writes an audit row in the same transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CursorResult, case, func, or_
from sqlmodel import Session, col, delete, select, update

from inboxbot.conversation import FRAUD, Conversation, ConversationStatus, NewConversation, Note
from inboxbot.decision import Priority
from inboxbot.errors import NotFoundError
from inboxbot.store import desk_notes, search
from inboxbot.store.tables import ApprovalRow, AuditRow, ConversationRow, DisputeRow, MessageRow, NoteRow, OutboxRow
from inboxbot.store.tables_staff import LabelRow, MentionRow, TagRow
from inboxbot.urgency import ANSWER_WITHIN, Stake, urgency

_URGENCY = {Priority.URGENT.value: 0, Priority.HIGH.value: 1, Priority.NORMAL.value: 2, Priority.LOW.value: 3}


def open_new(
    session: Session, new: NewConversation, now: datetime, within: Mapping[Priority, float] = ANSWER_WITHIN, who: str = "inboxbot"
) -> int:
    """A new conversation; its id. `within`: hours in which an answer is due, by priority. Whom a rule gave it to is told."""
    first = urgency(now, new.priority, new.stake, within, suspicious=new.lane == FRAUD)
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
        lane=new.lane,
        draft=new.draft,
        thread_root=new.thread_root,
        created_at=now,
        updated_at=now,
        rank=first.rank,
        urgency=list(first.reasons),
        due_at=first.due_at,
        waiting_since=now,
        team=new.assignee if new.assignee and "@" not in new.assignee else None,
    )
    session.add(row)
    session.flush()
    audit(session, who="inboxbot", what="opened", now=now, conversation_id=row.id, detail={"assignee": new.assignee})
    _tell(session, row, new.assignee, who, now)
    return row.id or 0


def continue_with(  # noqa: PLR0913 - what a message changes about its conversation
    session: Session,
    conversation_id: int,
    *,
    primary: str,
    priority: Priority,
    reasons: Sequence[str],
    draft: str,
    now: datetime,
    assignee: str | None = None,
    stake: Stake | None = None,
    within: Mapping[Priority, float] = ANSWER_WITHIN,
    lane: str = "",
) -> None:
    """A further message came: the conversation is open again, with what it says now; whoever has it keeps it."""
    row = _row(session, conversation_id)
    reopened = row.status != ConversationStatus.OPEN.value
    row.status, row.snoozed_until = ConversationStatus.OPEN.value, None
    row.waiting_since = row.waiting_since or now
    row.primary_intent, row.reasons, row.draft = primary, list(reasons), draft
    if row.assignee is None and assignee is not None:
        row.assignee = assignee
        _tell(session, row, assignee, "inboxbot", now)
    row.lane = row.lane or lane
    if _URGENCY[priority.value] < _URGENCY[row.priority]:
        row.priority = priority.value
    _rank(row, stake if stake is not None else _stake(row), within)
    _changed(session, row, now)
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
    return as_conversation(row, tuple(Note(n.author, n.text, n.created_at) for n in notes), _message_count(session, conversation_id))


def listing(
    session: Session, *, status: ConversationStatus | None = ConversationStatus.OPEN, assignee: str | None = None, limit: int = 200
) -> list[Conversation]:
    """Conversations, the most urgent and then the oldest first."""
    by_priority = case(_URGENCY, value=col(ConversationRow.priority), else_=len(_URGENCY))
    messages = select(MessageRow.conversation_id, func.count().label("messages")).group_by(col(MessageRow.conversation_id)).subquery()
    statement = (
        select(ConversationRow, messages.c.messages)
        .outerjoin(messages, messages.c.conversation_id == ConversationRow.id)
        .order_by(by_priority, col(ConversationRow.created_at), col(ConversationRow.id))
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(ConversationRow.status == status.value)
    if assignee is not None:
        statement = statement.where(ConversationRow.assignee == assignee)
    return [as_conversation(row, (), count or 0) for row, count in session.exec(statement)]


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
    before, row.assignee = row.assignee, assignee
    if assignee is not None and "@" not in assignee:
        row.team = assignee
    _changed(session, row, now)
    audit(session, who=who, what="assigned", now=now, conversation_id=conversation_id, detail={"from": before, "to": assignee})


def take(session: Session, conversation_id: int, who: str, free: Collection[str], now: datetime) -> bool:
    """Take a conversation that nobody has, or one of the teams in `free`; False: somebody else was faster.

    One conditional UPDATE: of any number of people at the same moment exactly one gets it.
    """
    before = _row(session, conversation_id).assignee
    statement = (
        update(ConversationRow)
        .where(
            col(ConversationRow.id) == conversation_id,
            or_(col(ConversationRow.assignee).is_(None), col(ConversationRow.assignee).in_([*free, who])),
        )
        .values(assignee=who, updated_at=now, version=col(ConversationRow.version) + 1)
    )
    result: CursorResult[object] = session.exec(statement)
    if result.rowcount != 1:
        return False
    session.expire_all()
    if before != who:
        audit(session, who=who, what="assigned", now=now, conversation_id=conversation_id, detail={"from": before, "to": who})
    return True


def add_note(session: Session, conversation_id: int, text: str, who: str, now: datetime) -> int:
    """Write a note on a conversation; its id."""
    row = _row(session, conversation_id)
    note = NoteRow(conversation_id=conversation_id, author=who, text=text, created_at=now)
    session.add(note)
    session.flush()
    search.index_note(session, note)
    _changed(session, row, now)
    audit(session, who=who, what="noted", now=now, conversation_id=conversation_id, detail={"note": note.id})
    return note.id or 0


def set_status(
    session: Session,
    conversation_id: int,
    status: ConversationStatus,
    who: str,
    now: datetime,
    waiting_since: datetime | None = None,
    within: Mapping[Priority, float] = ANSWER_WITHIN,
) -> None:
    """Open, close, or set a conversation to pending; only an open one has an answer due, counted from `waiting_since` or now."""
    row = _row(session, conversation_id)
    before, row.status, row.snoozed_until = row.status, status.value, None
    if status is ConversationStatus.OPEN:
        row.waiting_since = row.waiting_since or waiting_since or now
        _rank(row, _stake(row), within)
    else:
        row.waiting_since, row.due_at = None, None
    _changed(session, row, now)
    audit(session, who=who, what="status", now=now, conversation_id=conversation_id, detail={"from": before, "to": status.value})


def snooze(session: Session, conversation_id: int, until: datetime | None, who: str, now: datetime) -> None:
    """Out of sight until a time (None: until the customer writes); what is due stays due."""
    row = _row(session, conversation_id)
    before, row.status, row.snoozed_until = row.status, ConversationStatus.SNOOZED.value, until
    _changed(session, row, now)
    detail = {"from": before, "until": until.isoformat() if until else "a reply"}
    audit(session, who=who, what="snoozed", now=now, conversation_id=conversation_id, detail=detail)


def wake_due(session: Session, now: datetime, within: Mapping[Priority, float] = ANSWER_WITHIN) -> list[int]:
    """Open again what was snoozed until now; the ids."""
    statement = select(ConversationRow).where(
        ConversationRow.status == ConversationStatus.SNOOZED.value, col(ConversationRow.snoozed_until) <= now
    )
    woken = []
    for row in session.exec(statement):
        row.status, row.snoozed_until = ConversationStatus.OPEN.value, None
        row.waiting_since = row.waiting_since or now
        _rank(row, _stake(row), within)
        _changed(session, row, now)
        audit(session, who="inboxbot", what="woke", now=now, conversation_id=row.id)
        woken.append(row.id or 0)
    return woken


def set_priority(
    session: Session, conversation_id: int, priority: Priority, who: str, now: datetime, within: Mapping[Priority, float] = ANSWER_WITHIN
) -> None:
    """More or less urgent."""
    row = _row(session, conversation_id)
    before, row.priority = row.priority, priority.value
    _rank(row, _stake(row), within)
    _changed(session, row, now)
    audit(session, who=who, what="priority", now=now, conversation_id=conversation_id, detail={"from": before, "to": priority.value})


def set_stake(session: Session, conversation_id: int, stake: Stake, within: Mapping[Priority, float] = ANSWER_WITHIN) -> bool:
    """What hangs on a conversation changed in the ledger; whether that moved it."""
    row = _row(session, conversation_id)
    before = (row.rank, list(row.urgency))
    _rank(row, stake, within)
    session.add(row)
    return before != (row.rank, row.urgency)


def set_tags(session: Session, conversation_id: int, tags: Collection[str], who: str, now: datetime) -> None:
    """These tags and no others."""
    row = _row(session, conversation_id)
    before, wanted = list(row.tags), sorted(set(tags))
    session.exec(delete(TagRow).where(col(TagRow.conversation_id) == conversation_id))
    session.add_all(TagRow(tag=tag, conversation_id=conversation_id) for tag in wanted)
    row.tags = wanted
    _changed(session, row, now)
    audit(session, who=who, what="tagged", now=now, conversation_id=conversation_id, detail={"from": before, "to": wanted})


def set_customer(session: Session, conversation_id: int, customer_id: str | None, who: str, now: datetime) -> None:
    """The conversation is about this customer."""
    row = _row(session, conversation_id)
    before, row.customer_id = row.customer_id, customer_id
    _changed(session, row, now)
    audit(session, who=who, what="customer", now=now, conversation_id=conversation_id, detail={"from": before, "to": customer_id})


def set_primary(session: Session, conversation_id: int, primary: str, now: datetime) -> None:
    """What the conversation is about, corrected; the caller writes the label and the audit row."""
    row = _row(session, conversation_id)
    row.primary_intent = primary
    _changed(session, row, now)


def put_message(session: Session, message_id: int, conversation_id: int) -> None:
    """A recorded message belongs to a conversation from now on."""
    message = session.get(MessageRow, message_id)
    if message is None:
        raise NotFoundError(f"there is no message {message_id}")
    message.conversation_id = conversation_id
    session.add(message)
    session.flush()
    search.index_message(session, message)


def set_lane(
    session: Session, conversation_id: int, lane: str, who: str, now: datetime, within: Mapping[Priority, float] = ANSWER_WITHIN
) -> None:
    """Into a lane ("fraud"), or out of it ("")."""
    row = _row(session, conversation_id)
    before, row.lane = row.lane, lane
    _rank(row, _stake(row), within)
    _changed(session, row, now)
    audit(session, who=who, what="lane", now=now, conversation_id=conversation_id, detail={"from": before, "to": lane})


def merge(
    session: Session, conversation_id: int, into: int, who: str, now: datetime, within: Mapping[Priority, float] = ANSWER_WITHIN
) -> None:
    """Move everything of one conversation into another; the emptied one stays as a closed signpost."""
    row, target = _row(session, conversation_id), _row(session, into)
    for table in (MessageRow, NoteRow, OutboxRow, ApprovalRow, DisputeRow, MentionRow, LabelRow):
        session.exec(update(table).where(col(table.conversation_id) == conversation_id).values(conversation_id=into))
    search.move(session, conversation_id, into)
    if row.status == ConversationStatus.OPEN.value and target.status != ConversationStatus.OPEN.value:
        target.status, target.draft, target.snoozed_until = row.status, row.draft, None
    target.waiting_since = min((t for t in (row.waiting_since, target.waiting_since) if t), default=None)
    target.lane = target.lane or row.lane  # a suspicious mail stays one wherever it is moved
    _rank(target, _stake(target), within)
    row.status, row.merged_into, row.due_at, row.waiting_since = ConversationStatus.CLOSED.value, into, None, None
    _changed(session, row, now)
    _changed(session, target, now)
    audit(session, who=who, what="merged", now=now, conversation_id=conversation_id, detail={"into": into})
    audit(session, who=who, what="merged", now=now, conversation_id=into, detail={"from": conversation_id})


def split(session: Session, message_id: int, who: str, now: datetime, within: Mapping[Priority, float] = ANSWER_WITHIN) -> int:
    """A message becomes a conversation of its own; the new conversation's id."""
    message = session.get(MessageRow, message_id)
    if message is None or message.conversation_id is None:
        raise NotFoundError(f"message {message_id} is in no conversation")
    old = _row(session, message.conversation_id)
    new = ConversationRow(
        subject=message.subject,
        status=ConversationStatus.OPEN.value,
        priority=old.priority,
        assignee=old.assignee,
        team=old.team,
        customer_id=message.customer_id or old.customer_id,
        correspondent=message.from_email,
        primary_intent=message.primary_intent,
        reasons=[f"split_off: from conversation {old.id}"],
        tags=[],
        thread_root=message.message_id,
        lane=old.lane,  # as in merge
        created_at=now,
        updated_at=now,
        waiting_since=message.received_at,
    )
    _rank(new, Stake(), within)
    session.add(new)
    session.flush()
    message.conversation_id = new.id
    session.add(message)
    session.flush()
    search.move_one(session, "message", message_id, new.id or 0)
    _changed(session, old, now)
    audit(session, who=who, what="split", now=now, conversation_id=old.id, message_id=message_id, detail={"to": new.id})
    audit(session, who=who, what="opened", now=now, conversation_id=new.id, message_id=message_id, detail={"from": old.id})
    return new.id or 0


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


def _tell(session: Session, row: ConversationRow, assignee: str | None, who: str, now: datetime) -> None:
    """A person to whom a new conversation was given by somebody else finds a notice of it."""
    if assignee and "@" in assignee and assignee.lower() != who.lower():
        words, number = f"New work for you: {row.subject}", row.id or 0
        desk_notes.notify(session, assignee.lower(), "assigned", f"conversation:{number}:{row.version}:rule", number, words, now)


def _changed(session: Session, row: ConversationRow, now: datetime) -> None:
    row.updated_at, row.version = now, row.version + 1
    session.add(row)


def _rank(row: ConversationRow, stake: Stake, within: Mapping[Priority, float] = ANSWER_WITHIN) -> None:
    found = urgency(row.waiting_since or row.created_at, Priority(row.priority), stake, within, suspicious=row.lane == FRAUD)
    row.rank, row.urgency = found.rank, list(found.reasons)
    row.due_at = found.due_at if row.status == ConversationStatus.OPEN.value else row.due_at


def _stake(row: ConversationRow) -> Stake:
    """What the urgency's own reasons say hangs on it."""
    stake = Stake()
    for code, _, words in (reason.partition(": ") for reason in row.urgency):
        if code == "at_stake":
            amount, _, currency = words.partition(" ")
            stake = replace(stake, amount=Decimal(amount), currency=currency)
        elif code == "broken_promise":
            stake = replace(stake, broken_promise=date.fromisoformat(words))
    return stake


def _row(session: Session, conversation_id: int) -> ConversationRow:
    row = session.get(ConversationRow, conversation_id)
    if row is None:
        raise NotFoundError(f"there is no conversation {conversation_id}")
    return row


def _message_count(session: Session, conversation_id: int) -> int:
    return session.exec(select(func.count()).select_from(MessageRow).where(MessageRow.conversation_id == conversation_id)).one()


def as_conversation(row: ConversationRow, notes: tuple[Note, ...], messages: int) -> Conversation:
    """A row as the noun."""
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
        team=row.team,
        lane=row.lane,
        urgency=tuple(row.urgency),
        due_at=row.due_at,
        waiting_since=row.waiting_since,
        snoozed_until=row.snoozed_until,
        merged_into=row.merged_into,
        version=row.version,
        rank=row.rank,
    )
