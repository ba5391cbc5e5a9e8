"""Mail on its way out: frozen once, claimed under a lease, moved from state to state by fenced updates.

In: frozen mails. Out: `OutboxItem`s for the sender. Every change of state is a conditional UPDATE that names the claim
it belongs to: a sender that slept past its lease finds its claim gone and must not send (fencing).
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, func, or_, update
from sqlmodel import Session, col, select

from inboxbot.errors import NotFoundError
from inboxbot.reply import FrozenMail, OutboxItem, OutboxState
from inboxbot.store.tables import OutboxRow


def add(
    session: Session, frozen: FrozenMail, now: datetime, *, answers_message_id: int | None = None, conversation_id: int | None = None
) -> int:
    """Write a frozen mail into the outbox; its id. At most one of a kind answers a message (a unique constraint)."""
    row = OutboxRow(
        answers_message_id=answers_message_id,
        conversation_id=conversation_id,
        kind=frozen.kind,
        state=OutboxState.READY.value,
        message_id=frozen.message_id,
        thread_root=frozen.thread_root,
        mail_from=frozen.mail_from,
        rcpt_to=frozen.rcpt_to,
        mime=frozen.mime,
        customer_id=frozen.customer_id,
        documents=[list(d) for d in frozen.documents],
        automatic=frozen.automatic,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def claim(session: Session, now: datetime, lease: timedelta, limit: int) -> list[OutboxItem]:
    """Take up to `limit` due items under a lease, oldest first."""
    free = or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) < now)
    statement = (
        select(OutboxRow)
        .where(OutboxRow.state == OutboxState.READY.value, OutboxRow.next_attempt_at <= now, free)
        .order_by(col(OutboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    items = []
    for row in session.exec(statement):
        row.claim, row.lease_until = secrets.token_hex(8), now + lease
        row.attempts += 1
        session.add(row)
        items.append(_item(row))
    return items


def begin_sending(session: Session, item: OutboxItem, now: datetime, lease: timedelta) -> bool:
    """Commit that the body is about to leave. False: the claim is no longer ours, nothing may be sent."""
    return _move(session, item, OutboxState.READY, state=OutboxState.SENDING.value, sending_at=now, lease_until=now + lease)


def finish(session: Session, item: OutboxItem, state: OutboxState, now: datetime, *, error: str = "", reply: str = "") -> bool:
    """The item has reached an end: sent, failed or in doubt."""
    return _move(
        session,
        item,
        OutboxState.READY,
        OutboxState.SENDING,
        state=state.value,
        finished_at=now,
        lease_until=None,
        last_error=error,
        server_reply=reply,
    )


def retry_later(session: Session, item: OutboxItem, at: datetime, error: str) -> bool:
    """The server certainly does not have it: ready again at `at`."""
    return _move(
        session,
        item,
        OutboxState.READY,
        OutboxState.SENDING,
        state=OutboxState.READY.value,
        next_attempt_at=at,
        lease_until=None,
        last_error=error,
        sending_at=None,
    )


def give_back(session: Session, item: OutboxItem) -> bool:
    """A claim that was not used: as if it had never been made."""
    return _move(session, item, OutboxState.READY, lease_until=None, attempts=item.attempts - 1)


def doubt_abandoned(session: Session, now: datetime, *, whatever_lease: bool = False) -> list[int]:
    """Items whose sender died while the body was leaving are in doubt; their ids.

    `whatever_lease`: the caller knows that no other sender lives, and need not wait for the leases to run out.
    """
    statement = select(OutboxRow).where(OutboxRow.state == OutboxState.SENDING.value)
    if not whatever_lease:
        statement = statement.where(col(OutboxRow.lease_until) < now)
    ids = []
    for row in session.exec(statement):
        row.state, row.finished_at, row.lease_until = OutboxState.IN_DOUBT.value, now, None
        row.last_error = "the sender stopped after it had begun to send the body"
        session.add(row)
        ids.append(row.id or 0)
    return ids


def settle(session: Session, outbox_id: int, *, was_sent: bool, now: datetime) -> None:
    """A person says what became of an item in doubt: it was sent, or it shall be sent again (and its day begins anew)."""
    row = session.get(OutboxRow, outbox_id)
    if row is None or row.state != OutboxState.IN_DOUBT.value:
        raise NotFoundError(f"there is no outbox item {outbox_id} in doubt")
    row.state = (OutboxState.SENT if was_sent else OutboxState.READY).value
    row.next_attempt_at = now
    row.finished_at = now if was_sent else None
    row.created_at = row.created_at if was_sent else now
    session.add(row)


def get(session: Session, outbox_id: int) -> OutboxRow:
    """One item's row."""
    row = session.get(OutboxRow, outbox_id)
    if row is None:
        raise NotFoundError(f"there is no outbox item {outbox_id}")
    return row


def free_claims(session: Session) -> None:
    """Give back every claim: the caller knows that no other sender lives."""
    session.exec(update(OutboxRow).where(col(OutboxRow.state) == OutboxState.READY.value).values(lease_until=None))


def counts(session: Session) -> dict[str, int]:
    """How many items are in each state."""
    found = dict(session.exec(select(OutboxRow.state, func.count()).group_by(col(OutboxRow.state))).all())
    return {state.value: found.get(state.value, 0) for state in OutboxState}


def next_due(session: Session) -> datetime | None:
    """When the earliest ready item may be tried; None when nothing is ready."""
    return session.exec(select(func.min(OutboxRow.next_attempt_at)).where(OutboxRow.state == OutboxState.READY.value)).one()


def sending(session: Session) -> int:
    """How many items are leaving right now."""
    return session.exec(select(func.count()).select_from(OutboxRow).where(OutboxRow.state == OutboxState.SENDING.value)).one()


def count_automatic(
    session: Session, *, since: datetime, thread_root: str | None = None, address: str | None = None, domain: str | None = None
) -> int:
    """Automatic mails since a moment: to a thread, an address, a domain, or (none given) to anybody."""
    wanted: list[ColumnElement[bool]] = [col(OutboxRow.automatic).is_(True), col(OutboxRow.created_at) >= since]
    for given, condition in (
        (thread_root, col(OutboxRow.thread_root) == thread_root),
        (address, col(OutboxRow.rcpt_to) == address),
        (domain, col(OutboxRow.rcpt_to).endswith(f"@{domain}", autoescape=True)),
    ):
        if given == "":
            return 0
        if given is not None:
            wanted.append(condition)
    return session.exec(select(func.count()).select_from(OutboxRow).where(*wanted)).one()


def conversation_behind(session: Session, message_ids: list[str], address: str) -> int | None:
    """The conversation in which we sent one of these mails to this address."""
    statement = select(OutboxRow.conversation_id).where(
        col(OutboxRow.message_id).in_(message_ids), col(OutboxRow.conversation_id).is_not(None), OutboxRow.rcpt_to == address
    )
    return session.exec(statement).first()


def _move(session: Session, item: OutboxItem, *allowed: OutboxState, **values: object) -> bool:
    statement = (
        update(OutboxRow)
        .where(
            col(OutboxRow.id) == item.outbox_id,
            col(OutboxRow.claim) == item.claim,
            col(OutboxRow.state).in_([s.value for s in allowed]),
        )
        .values(**values)
    )
    result: CursorResult[object] = session.exec(statement)
    return result.rowcount == 1


def _item(row: OutboxRow) -> OutboxItem:
    return OutboxItem(
        outbox_id=row.id or 0,
        message_id=row.message_id,
        mail_from=row.mail_from,
        rcpt_to=row.rcpt_to,
        mime=row.mime,
        kind=row.kind,
        customer_id=row.customer_id,
        documents=tuple((d[0], d[1], d[2]) for d in row.documents),
        attempts=row.attempts,
        claim=row.claim,
        created_at=row.created_at,
    )
