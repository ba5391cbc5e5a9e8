"""A mail of ours that did not certainly arrive, put before people.

In: an outbox item and why. Out: its conversation, opened or continued.
"""

from datetime import datetime

from sqlmodel import Session

from inboxbot.conversation import NewConversation
from inboxbot.decision import Priority
from inboxbot.store import conversations, outbox


def show(session: Session, outbox_id: int, reason: str, now: datetime, priority: Priority = Priority.HIGH) -> None:
    """A mail that did not arrive becomes (or stays in) a conversation."""
    row = outbox.get(session, outbox_id)
    if row.conversation_id is not None:
        known = conversations.get(session, row.conversation_id)
        conversations.continue_with(
            session,
            row.conversation_id,
            primary=known.primary,
            priority=priority,
            reasons=[*known.reasons, reason],
            draft=conversations.draft(session, row.conversation_id),
            now=now,
        )
        return
    new = NewConversation(
        subject=f"Undelivered {row.kind}",
        correspondent=row.rcpt_to,
        customer_id=row.customer_id or None,
        primary="other",
        priority=priority,
        reasons=(reason,),
        thread_root=row.thread_root,
    )
    row.conversation_id = conversations.open_new(session, new, now)
    session.add(row)
