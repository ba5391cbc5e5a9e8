"""The rows of `inboxbot export`, as plain JSON values, oldest first.

In: an open session. Out: an iterator of dicts in the outside contract's shape. No mail body leaves by this door.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from inboxbot.store.labels import corrected
from inboxbot.store.tables import AuditRow, ConversationRow, DecisionRow, DisputeRow, MessageRow, OutboxRow, PromiseRow

_QUOTING = ("unexplained:",)
_QUOTED = re.compile(r": (['\"]).*\1$", re.DOTALL)
Rows = Iterator[dict[str, Any]]


def decisions(session: Session) -> Rows:
    """One object per recorded message; one that waits has no outcome yet."""
    outbox: dict[int | None, list[OutboxRow]] = {}
    for item in session.exec(select(OutboxRow).order_by(col(OutboxRow.id))):
        outbox.setdefault(item.answers_message_id, []).append(item)
    statement = (
        select(MessageRow, DecisionRow)
        .outerjoin(DecisionRow, col(DecisionRow.message_id) == col(MessageRow.id))
        .order_by(col(MessageRow.received_at), col(MessageRow.id))
    )
    for message, decision in session.exec(statement):
        yield {
            "mailbox": message.mailbox,
            "uidvalidity": message.uidvalidity,
            "uid": message.uid,
            "message_id": message.message_id,
            "from": message.from_email,
            "received_at": message.received_at.isoformat(),
            "customer_id": message.customer_id,
            "intents": [{**intent, "evidence": ""} for intent in decision.intents] if decision else [],
            "primary": message.primary_intent or None,
            "outcome": message.outcome or None,
            "answers": decision.answers if decision and message.outcome == "answer" else [],
            "reasons": _told(decision.reasons) if decision else [],
            "conversation_id": message.conversation_id,
            "assignee": decision.assignee if decision else None,
            "outbox": [_outbox(item) for item in outbox.get(message.id, [])],
        }


def conversations(session: Session) -> Rows:
    """One object per conversation."""
    for row in session.exec(select(ConversationRow).order_by(col(ConversationRow.id))):
        yield {**_plain(row, leave_out={"draft"}), "reasons": _told(row.reasons)}


def promises(session: Session) -> Rows:
    """One object per promise to pay."""
    for row in session.exec(select(PromiseRow).order_by(col(PromiseRow.id))):
        yield _plain(row)


def disputes(session: Session) -> Rows:
    """One object per dispute."""
    for row in session.exec(select(DisputeRow).order_by(col(DisputeRow.id))):
        yield _plain(row)


def outbox(session: Session) -> Rows:
    """One object per mail that was, or is to be, sent."""
    for row in session.exec(select(OutboxRow).order_by(col(OutboxRow.id))):
        plain = _plain(row, leave_out={"mime", "claim", "documents", "answer_key", "rcpt_bare"})
        yield {**plain, "attachments": [document[0] for document in row.documents]}


def audit(session: Session) -> Rows:
    """One object per thing that somebody did."""
    for row in session.exec(select(AuditRow).order_by(col(AuditRow.id))):
        yield _plain(row)


EXPORTS: dict[str, Callable[[Session], Rows]] = {
    "decisions": decisions,
    "conversations": conversations,
    "promises": promises,
    "disputes": disputes,
    "outbox": outbox,
    "audit": audit,
    "labels": corrected,
}


def _told(reasons: list[str]) -> list[str]:
    """Reasons without the words of the mail that some of them quote: no mail body leaves by this door."""
    return [_QUOTED.sub("", reason) if reason.startswith(_QUOTING) else reason for reason in reasons]


def _outbox(item: OutboxRow) -> dict[str, Any]:
    return {
        "message_id": item.message_id,
        "to": item.rcpt_to,
        "kind": item.kind,
        "state": item.state,
        "attachments": [document[0] for document in item.documents],
    }


def _plain(row: SQLModel, leave_out: set[str] | None = None) -> dict[str, Any]:
    return row.model_dump(mode="json", exclude=leave_out)
