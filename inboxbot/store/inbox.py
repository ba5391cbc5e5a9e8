"""What the shared inbox shows: every question names the `Scope` that is asked in, and nothing outside it is ever found.

In: a filter, a place in the list, a scope. Out: pages of conversations, counts, and everything about one conversation. The
web's pages, the API and the terminal all read through here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, func, tuple_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from inboxbot.conversation import Conversation
from inboxbot.errors import NotFoundError
from inboxbot.message import RawMessage
from inboxbot.staff import QueueFilter, Scope
from inboxbot.store import messages
from inboxbot.store.approvals import ApprovalState
from inboxbot.store.conversations import as_conversation
from inboxbot.store.tables import (
    ApprovalRow,
    AuditRow,
    ConversationRow,
    DecisionRow,
    DisputeRow,
    MessageRow,
    NoteRow,
    OutboxRow,
    PromiseRow,
)
from inboxbot.store.tables_staff import LabelRow, MentionRow, TagRow

COUNT_UP_TO = 1000  # a larger count is shown as "999+": nobody reads more, and the query stays quick
IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose queue it is: what "me" and "my teams" mean in a filter."""

    me: str
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some conversations in order; `after` is where the next page begins, None at the end."""

    conversations: tuple[Conversation, ...]
    after: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Mail:
    """A customer's mail in a conversation, with what was understood and decided."""

    row_id: int
    sender: str
    subject: str
    text: str
    received_at: datetime
    outcome: str
    machine: str
    decision: dict[str, Any]  # {} for one that waits


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of ours in a conversation."""

    outbox_id: int
    kind: str
    state: str
    to: str
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    last_error: str
    automatic: bool
    documents: tuple[str, ...]
    mime: bytes
    claimed: bool


@dataclass(frozen=True, slots=True)
class NoteEntry:
    """A colleague's note."""

    note_id: int
    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the audit trail."""

    event_id: int
    at: datetime
    who: str
    what: str
    conversation_id: int | None
    message_id: int | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Correction:
    """A label: what a person put right."""

    message_id: int
    what: str
    before: Any
    after: Any
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FiledMail:
    """A mail that nobody had to see."""

    row_id: int
    sender: str
    subject: str
    text: str
    received_at: datetime
    machine: str
    primary: str
    outcome: str
    customer_id: str | None
    conversation_id: int | None
    thread_root: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a conversation's rank hangs on beside time and priority."""

    conversation_id: int
    customer_id: str | None
    invoice_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything about one conversation."""

    conversation: Conversation
    draft: str
    mails: tuple[Mail, ...]
    sent: tuple[Sent, ...]
    notes: tuple[NoteEntry, ...]
    events: tuple[Event, ...]
    corrections: tuple[Correction, ...]


def page(
    session: Session, wanted: QueueFilter, place: Place, scope: Scope, *, after: tuple[int, int] | None = None, limit: int = 50
) -> Page:
    """One page of a view; `after` is the last page's own."""
    sort = _newest if wanted.newest_first else _most_urgent
    statement = sort(select(ConversationRow).where(*_conditions(wanted, place, scope)), after).limit(limit + 1)
    rows = list(session.exec(statement))
    more = len(rows) > limit
    rows = rows[:limit]
    counts = _message_counts(session, [row.id or 0 for row in rows])
    found = tuple(as_conversation(row, (), counts.get(row.id or 0, 0)) for row in rows)
    return Page(found, _key(rows[-1], wanted) if more and rows else None)


def neighbours(session: Session, conversation_id: int, wanted: QueueFilter, place: Place, scope: Scope) -> tuple[int | None, int | None]:
    """The conversations before and after this one in a view."""
    row = _row(session, conversation_id, scope)
    base = select(ConversationRow.id).where(*_conditions(wanted, place, scope))
    first, second = (ConversationRow.updated_at, ConversationRow.id) if wanted.newest_first else (ConversationRow.rank, ConversationRow.id)
    value: Any = row.updated_at if wanted.newest_first else row.rank
    place_of_it = tuple_(col(first), col(second))
    later, earlier = place_of_it > (value, conversation_id), place_of_it < (value, conversation_id)
    above = session.exec(base.where(earlier).order_by(col(first).desc(), col(second).desc()).limit(1)).first()
    below = session.exec(base.where(later).order_by(col(first), col(second)).limit(1)).first()
    return (below, above) if wanted.newest_first else (above, below)


def counts(session: Session, filters: Sequence[QueueFilter], place: Place, scope: Scope) -> list[int]:
    """How many conversations each filter shows, counted up to COUNT_UP_TO."""
    result = []
    for wanted in filters:
        some = select(ConversationRow.id).where(*_conditions(wanted, place, scope)).limit(COUNT_UP_TO).subquery()
        result.append(session.exec(select(func.count()).select_from(some)).one())
    return result


def get(session: Session, conversation_id: int, scope: Scope) -> Conversation:
    """One conversation; NotFoundError for one outside the scope, as for one that is not there."""
    row = _row(session, conversation_id, scope)
    return as_conversation(row, (), _message_counts(session, [conversation_id]).get(conversation_id, 0))


def check(session: Session, conversation_id: int, scope: Scope) -> None:
    """Raise NotFoundError unless the conversation is there and in scope."""
    _row(session, conversation_id, scope)


def by_ids(session: Session, ids: Sequence[int], scope: Scope) -> list[Conversation]:
    """These conversations in this order, as far as they are in scope."""
    rows = {row.id: row for row in session.exec(select(ConversationRow).where(col(ConversationRow.id).in_(ids), *_in_scope(scope)))}
    numbers = _message_counts(session, list(ids))
    return [as_conversation(rows[i], (), numbers.get(i, 0)) for i in ids if i in rows]


def thread(session: Session, conversation_id: int, scope: Scope, *, internal: bool) -> Thread:
    """Everything about a conversation; without `internal` no notes, no audit trail, no corrections."""
    row = _row(session, conversation_id, scope)
    mails = session.exec(
        select(MessageRow, DecisionRow)
        .outerjoin(DecisionRow, col(DecisionRow.message_id) == col(MessageRow.id))
        .where(MessageRow.conversation_id == conversation_id)
        .order_by(col(MessageRow.received_at), col(MessageRow.id))
    )
    found = tuple(_mail(message, decision) for message, decision in mails)
    sent = session.exec(select(OutboxRow).where(OutboxRow.conversation_id == conversation_id).order_by(col(OutboxRow.id)))
    return Thread(
        conversation=as_conversation(row, (), len(found)),
        draft=row.draft,
        mails=found,
        sent=tuple(_sent(item) for item in sent),
        notes=_notes(session, conversation_id) if internal else (),
        events=tuple(events(session, scope, conversation_id=conversation_id, limit=500)) if internal else (),
        corrections=_corrections(session, conversation_id) if internal else (),
    )


def raw_of(session: Session, message_id: int, scope: Scope) -> RawMessage:
    """The bytes of a conversation's mail; NotFoundError outside the scope."""
    found = session.get(MessageRow, message_id)
    if found is None or found.conversation_id is None:
        raise NotFoundError(f"there is no message {message_id}")
    _row(session, found.conversation_id, scope)
    return messages.raw_message(session, message_id)


def conversation_of_message(session: Session, message_id: int, scope: Scope) -> int:
    """The conversation a mail is in; NotFoundError outside the scope."""
    found = session.get(MessageRow, message_id)
    if found is None or found.conversation_id is None:
        raise NotFoundError(f"there is no message {message_id}")
    return _row(session, found.conversation_id, scope).id or 0


def conversation_of_outbox(session: Session, outbox_id: int, scope: Scope) -> int:
    """The conversation a mail of ours is in; NotFoundError outside the scope."""
    found = session.get(OutboxRow, outbox_id)
    if found is None or found.conversation_id is None:
        raise NotFoundError(f"there is no outbox item {outbox_id}")
    return _row(session, found.conversation_id, scope).id or 0


def previews(session: Session, conversation_ids: Sequence[int], scope: Scope, length: int = 160) -> dict[int, str]:
    """The beginning of each conversation's latest mail."""
    latest = (
        select(func.max(MessageRow.id))
        .where(col(MessageRow.conversation_id).in_(conversation_ids))
        .group_by(col(MessageRow.conversation_id))
    )
    statement = (
        select(MessageRow.conversation_id, func.substr(MessageRow.text, 1, length))
        .join(ConversationRow, col(ConversationRow.id) == col(MessageRow.conversation_id))
        .where(col(MessageRow.id).in_(latest), *_in_scope(scope))
    )
    return {conversation_id or 0: " ".join(text.split()) for conversation_id, text in session.exec(statement)}


def of_customer(session: Session, customer_id: str, scope: Scope, *, but: int | None = None, limit: int = 10) -> list[Conversation]:
    """A customer's conversations, the latest first."""
    statement = (
        select(ConversationRow)
        .where(ConversationRow.customer_id == customer_id, col(ConversationRow.merged_into).is_(None), *_in_scope(scope))
        .order_by(col(ConversationRow.updated_at).desc(), col(ConversationRow.id).desc())
        .limit(limit + 1)
    )
    return [as_conversation(row, (), 0) for row in session.exec(statement) if row.id != but][:limit]


def promises(session: Session, customer_id: str, scope: Scope, limit: int = 20) -> list[PromiseRow]:
    """A customer's promises, the latest first."""
    if not scope.covers(customer_id):
        return []
    return list(
        session.exec(select(PromiseRow).where(PromiseRow.customer_id == customer_id).order_by(col(PromiseRow.id).desc()).limit(limit))
    )


def disputes(session: Session, customer_id: str, scope: Scope, limit: int = 20) -> list[DisputeRow]:
    """A customer's disputes, the latest first."""
    if not scope.covers(customer_id):
        return []
    return list(
        session.exec(select(DisputeRow).where(DisputeRow.customer_id == customer_id).order_by(col(DisputeRow.id).desc()).limit(limit))
    )


def any_to_wake(session: Session, now: datetime) -> bool:
    """Whether a snooze has come to its end."""
    statement = select(ConversationRow.id).where(ConversationRow.status == "snoozed", col(ConversationRow.snoozed_until) <= now).limit(1)
    return session.exec(statement).first() is not None


def became_due(session: Session, now: datetime, since: datetime) -> list[Conversation]:
    """Open conversations whose answer became due since then."""
    statement = (
        select(ConversationRow)
        .where(ConversationRow.status == "open", col(ConversationRow.due_at) <= now, col(ConversationRow.due_at) > since)
        .order_by(col(ConversationRow.due_at))
        .limit(1000)
    )
    return [as_conversation(row, (), 0) for row in session.exec(statement)]


def to_rank(session: Session, after: int, limit: int) -> list[Ranked]:
    """Open conversations with the invoices their latest mail names, by number."""
    latest = select(func.max(MessageRow.id)).where(MessageRow.conversation_id == ConversationRow.id).scalar_subquery()
    statement = (
        select(ConversationRow.id, ConversationRow.customer_id, DecisionRow.entities)
        .outerjoin(DecisionRow, col(DecisionRow.message_id) == latest)
        .where(ConversationRow.status == "open", col(ConversationRow.id) > after)
        .order_by(col(ConversationRow.id))
        .limit(limit)
    )
    return [
        Ranked(number or 0, customer, tuple((entities or {}).get("invoice_numbers") or ()))
        for number, customer, entities in session.exec(statement)
    ]


def open_promises(session: Session) -> list[PromiseRow]:
    """Every promise that is open, for the ranking."""
    return list(session.exec(select(PromiseRow).where(PromiseRow.state == "open")))


def events(  # noqa: PLR0913 - a page of the audit trail is narrowed in that many ways
    session: Session,
    scope: Scope,
    *,
    conversation_id: int | None = None,
    who: str = "",
    what: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Event]:
    """The audit trail, the latest first; a narrowed scope sees only its customers' conversations."""
    statement = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
    if scope.customers is not None:
        within = select(ConversationRow.id).where(*_in_scope(scope))
        statement = statement.where(col(AuditRow.conversation_id).in_(within))
    if conversation_id is not None:
        statement = statement.where(AuditRow.conversation_id == conversation_id)
    if who:
        statement = statement.where(AuditRow.who == who)
    if what:
        statement = statement.where(AuditRow.what == what)
    if since is not None:
        statement = statement.where(col(AuditRow.at) >= since)
    if until is not None:
        statement = statement.where(col(AuditRow.at) < until)
    if before is not None:
        statement = statement.where(col(AuditRow.id) < before)
    return [_event(row) for row in session.exec(statement)]


def replied_with(session: Session, conversation_id: int, outbox_id: int) -> dict[str, Any]:
    """What was written down when a reply was made: its mails (one to each recipient), since when the customer waited; {} if nothing."""
    for event in events(session, Scope(), conversation_id=conversation_id, what="replied", limit=50):
        ids = event.detail.get("outbox")
        if outbox_id in (ids if isinstance(ids, list) else [ids]):
            return event.detail
    return {}


def events_after(session: Session, event_id: int, limit: int = 500) -> list[Event]:
    """What happened since an event, oldest first, for the live feed."""
    return [_event(r) for r in session.exec(select(AuditRow).where(col(AuditRow.id) > event_id).order_by(col(AuditRow.id)).limit(limit))]


def last_event(session: Session) -> int:
    """The number of the latest event; 0 when there is none."""
    return session.exec(select(func.max(AuditRow.id))).one() or 0


def customer_ids_of(session: Session, conversation_ids: Collection[int]) -> dict[int, str | None]:
    """Whose conversations these are, for the live feed."""
    statement = select(ConversationRow.id, ConversationRow.customer_id).where(col(ConversationRow.id).in_(conversation_ids))
    return {conversation_id or 0: customer_id for conversation_id, customer_id in session.exec(statement)}


def filed(session: Session, scope: Scope, *, before: int | None = None, limit: int = 50) -> list[FiledMail]:
    """Mail that was filed and is in no conversation, the latest first."""
    statement = (
        select(MessageRow, DecisionRow)
        .outerjoin(DecisionRow, col(DecisionRow.message_id) == col(MessageRow.id))
        .where(MessageRow.outcome == "file", col(MessageRow.conversation_id).is_(None), col(MessageRow.duplicate_of).is_(None))
        .order_by(col(MessageRow.id).desc())
        .limit(limit)
    )
    if scope.customers is not None:
        statement = statement.where(col(MessageRow.customer_id).in_(sorted(scope.customers)))
    if before is not None:
        statement = statement.where(col(MessageRow.id) < before)
    return [_filed(message, decision) for message, decision in session.exec(statement)]


def filed_mail(session: Session, message_id: int, scope: Scope) -> FiledMail:
    """One filed mail; NotFoundError outside the scope, and for one that was not filed."""
    message = session.get(MessageRow, message_id)
    if message is None or message.outcome != "file" or not scope.covers(message.customer_id):
        raise NotFoundError(f"there is no filed mail {message_id}")
    return _filed(message, session.get(DecisionRow, message_id))


def known_tags(session: Session, scope: Scope, limit: int = 100) -> list[str]:
    """The tags in use."""
    statement = select(TagRow.tag).distinct().order_by(TagRow.tag).limit(limit)
    if scope.customers is not None:
        statement = statement.where(col(TagRow.conversation_id).in_(select(ConversationRow.id).where(*_in_scope(scope))))
    return list(session.exec(statement))


def _conditions(wanted: QueueFilter, place: Place, scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = _in_scope(scope)
    if not wanted.status or "closed" in wanted.status:  # whatever was merged is closed; not asking spares the look at every row
        found.append(col(ConversationRow.merged_into).is_(None))
    if wanted.status:
        status = col(ConversationRow.status)
        found.append(status == wanted.status[0] if len(wanted.status) == 1 else status.in_(wanted.status))
    found += _assigned(wanted.assignee, place)
    for column, value in (
        (ConversationRow.customer_id, wanted.customer_id),
        (ConversationRow.primary_intent, wanted.intent),
        (ConversationRow.priority, wanted.priority),
    ):
        if value:
            found.append(col(column) == value)
    if wanted.tag:
        found.append(col(ConversationRow.id).in_(select(TagRow.conversation_id).where(TagRow.tag == wanted.tag)))
    if wanted.lane:  # asked for apart: hardly a conversation has a lane, and statistics do not tell the planner so
        found.append(col(ConversationRow.id).in_(select(ConversationRow.id).where(ConversationRow.lane == wanted.lane)))
    if wanted.in_doubt:
        found.append(col(ConversationRow.id).in_(select(OutboxRow.conversation_id).where(OutboxRow.state == IN_DOUBT)))
    if wanted.to_approve:
        waits = select(ApprovalRow.conversation_id).where(ApprovalRow.state == ApprovalState.WAITING.value)
        found.append(col(ConversationRow.id).in_(waits))
    if wanted.mentions_me:
        mentioned = select(MentionRow.conversation_id).where(MentionRow.email == place.me, col(MentionRow.seen_at).is_(None))
        found.append(col(ConversationRow.id).in_(mentioned))
    return found


def _assigned(assignee: str, place: Place) -> list[ColumnElement[bool]]:
    column = col(ConversationRow.assignee)
    if assignee == "nobody":
        return [column.is_(None)]
    if assignee == "my_teams":
        return [column.in_(place.teams)] if place.teams else [false()]
    return [column == (place.me if assignee == "me" else assignee)] if assignee else []


def _in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    return [] if scope.customers is None else [col(ConversationRow.customer_id).in_(sorted(scope.customers))]


def _most_urgent(statement: SelectOfScalar[ConversationRow], after: tuple[int, int] | None) -> SelectOfScalar[ConversationRow]:
    rank, row_id = col(ConversationRow.rank), col(ConversationRow.id)
    if after is not None:
        statement = statement.where(tuple_(rank, row_id) > after)
    return statement.order_by(rank, row_id)


def _newest(statement: SelectOfScalar[ConversationRow], after: tuple[int, int] | None) -> SelectOfScalar[ConversationRow]:
    at, row_id = col(ConversationRow.updated_at), col(ConversationRow.id)
    if after is not None:
        statement = statement.where(tuple_(at, row_id) < (_moment(after[0]), after[1]))
    return statement.order_by(at.desc(), row_id.desc())


def _key(row: ConversationRow, wanted: QueueFilter) -> tuple[int, int]:
    return (_micros(row.updated_at) if wanted.newest_first else row.rank, row.id or 0)


def _micros(value: datetime) -> int:
    return int(value.timestamp()) * 1_000_000 + value.microsecond


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, UTC) + timedelta(microseconds=micros % 1_000_000)


def _message_counts(session: Session, ids: Sequence[int]) -> dict[int, int]:
    statement = (
        select(MessageRow.conversation_id, func.count())
        .where(col(MessageRow.conversation_id).in_(ids))
        .group_by(col(MessageRow.conversation_id))
    )
    return {conversation_id or 0: count for conversation_id, count in session.exec(statement)}


def _row(session: Session, conversation_id: int, scope: Scope) -> ConversationRow:
    row = session.get(ConversationRow, conversation_id)
    if row is None or not scope.covers(row.customer_id):
        raise NotFoundError(f"there is no conversation {conversation_id}")
    return row


def _mail(message: MessageRow, decision: DecisionRow | None) -> Mail:
    return Mail(
        row_id=message.id or 0,
        sender=message.from_email,
        subject=message.subject,
        text=message.text,
        received_at=message.received_at,
        outcome=message.outcome,
        machine=message.machine,
        decision=decision.model_dump() if decision else {},
    )


def _sent(row: OutboxRow) -> Sent:
    return Sent(
        outbox_id=row.id or 0,
        kind=row.kind,
        state=row.state,
        to=row.rcpt_to,
        created_at=row.created_at,
        due_at=row.next_attempt_at,
        finished_at=row.finished_at,
        last_error=row.last_error,
        automatic=row.automatic,
        documents=tuple(document[0] for document in row.documents),
        mime=row.mime,
        claimed=row.lease_until is not None,
    )


def _filed(message: MessageRow, decision: DecisionRow | None) -> FiledMail:
    return FiledMail(
        row_id=message.id or 0,
        sender=message.from_email,
        subject=message.subject,
        text=message.text,
        received_at=message.received_at,
        machine=message.machine,
        primary=message.primary_intent,
        outcome=message.outcome,
        customer_id=message.customer_id,
        conversation_id=message.conversation_id,
        thread_root=message.thread_root,
        reasons=tuple(decision.reasons) if decision else (),
    )


def _notes(session: Session, conversation_id: int) -> tuple[NoteEntry, ...]:
    rows = session.exec(select(NoteRow).where(NoteRow.conversation_id == conversation_id).order_by(col(NoteRow.id)))
    return tuple(NoteEntry(row.id or 0, row.author, row.text, row.created_at) for row in rows)


def _corrections(session: Session, conversation_id: int) -> tuple[Correction, ...]:
    rows = session.exec(select(LabelRow).where(LabelRow.conversation_id == conversation_id).order_by(col(LabelRow.id)))
    return tuple(Correction(row.message_id, row.what, row.before, row.after, row.who, row.at) for row in rows)


def _event(row: AuditRow) -> Event:
    return Event(row.id or 0, row.at, row.who, row.what, row.conversation_id, row.message_id, row.detail)
