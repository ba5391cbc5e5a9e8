"""Addresses to which nothing is sent: a person lets mail go there again, or stops it.

In: an address and who says so. Out: rows, an audit row.
"""

from datetime import datetime

from inboxbot.store import bounces, conversations, undelivered
from inboxbot.store.engine import Session


def release_address(session: Session, email: str, who: str, now: datetime) -> None:
    """A person says that mail may go to an address again."""
    bounces.release(session, email, who, now)
    conversations.audit(session, who=who, what="address released", now=now, detail={"address": email.lower()})


def stop_address(session: Session, email: str, reason: str, who: str, now: datetime) -> None:
    """A person says that nothing more is to go to an address; waiting mails to it fail, and are shown."""
    for outbox_id in bounces.stop(session, email.lower(), reason, now):
        undelivered.show(session, outbox_id, f"stopped_address: mail to {email.lower()} is stopped: {reason}", now)
    conversations.audit(session, who=who, what="address stopped", now=now, detail={"address": email.lower(), "reason": reason})
