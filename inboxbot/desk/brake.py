"""The brake on automatic mail: a person pulls it, or lets go of it.

In: who says so. Out: rows, an audit row.
"""

from datetime import datetime

from inboxbot.store import conversations, watchbook
from inboxbot.store.engine import Session


def hold_mail(session: Session, reason: str, who: str, now: datetime) -> None:
    """Let no automatic mail leave until somebody resumes it."""
    watchbook.hold(session, f"{reason} ({who})", now)
    conversations.audit(session, who=who, what="automatic mail held", now=now, detail={"reason": reason})


def resume_mail(session: Session, who: str, now: datetime) -> None:
    """Let automatic mail leave again; what waits now is not counted against the limit any more."""
    watchbook.release(session, who, now)
    conversations.audit(session, who=who, what="automatic mail resumed", now=now)
