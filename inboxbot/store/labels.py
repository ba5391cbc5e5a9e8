"""Corrections as labels: what a person put right, with what the machine had said.

In: a message and what is right. Out: rows, and the latest word on each message for training.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from inboxbot.errors import NotFoundError
from inboxbot.store.tables import DecisionRow, MessageRow
from inboxbot.store.tables_staff import LabelRow

WHAT = ("intents", "entities", "customer", "outcome")


def present_word(session: Session, message_id: int, what: str) -> Any:
    """What is held to be right now: the latest correction, else what the machine said."""
    latest = session.exec(
        select(LabelRow).where(LabelRow.message_id == message_id, LabelRow.what == what).order_by(col(LabelRow.id).desc())
    ).first()
    if latest is not None:
        return latest.after
    return machine_word(session, message_id, what)


def machine_word(session: Session, message_id: int, what: str) -> Any:
    """What the machine said."""
    message, decision = session.get(MessageRow, message_id), session.get(DecisionRow, message_id)
    if message is None:
        raise NotFoundError(f"there is no message {message_id}")
    match what:
        case "intents":
            return [item["intent"] for item in decision.intents] if decision else []
        case "entities":
            return dict(decision.entities) if decision else {}
        case "customer":
            return message.customer_id
        case _:
            return message.outcome


def add(session: Session, message_id: int, conversation_id: int | None, what: str, before: Any, after: Any, who: str, now: datetime) -> int:
    """Write a correction down."""
    row = LabelRow(message_id=message_id, conversation_id=conversation_id, what=what, before=before, after=after, who=who, at=now)
    session.add(row)
    session.flush()
    return row.id or 0


def corrected(session: Session) -> Iterator[dict[str, Any]]:
    """One object per corrected message, oldest first: its text, and what is right by the latest word on each point."""
    rows = list(session.exec(select(LabelRow).order_by(col(LabelRow.id))))
    for message_id in dict.fromkeys(row.message_id for row in rows):
        message = session.get(MessageRow, message_id)
        if message is None:
            continue
        mine = [row for row in rows if row.message_id == message_id]
        yield {
            "message_id": message_id,
            "raw_sha256": message.raw_sha256,
            "from": message.from_email,
            "subject": message.subject,
            "text": message.text,
            "received_at": message.received_at.isoformat(),
            "machine": {what: machine_word(session, message_id, what) for what in WHAT},
            "right": {what: present_word(session, message_id, what) for what in WHAT},
            "corrected": sorted({row.what for row in mine}),
            "who": sorted({row.who for row in mine}),
            "at": max(row.at for row in mine).isoformat(),
        }
