"""Mail of ours that came back, and the addresses to which nothing more is sent until people act.

In: what a delivery report says, once it is tied to an outbox item. Out: rows, the words why an address is stopped. An address
is stopped only by a report that proves to be about a mail of ours to that very address.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from inboxbot.errors import NotFoundError
from inboxbot.message import BounceReport
from inboxbot.reply import OutboxState
from inboxbot.store.outbox import known_as
from inboxbot.store.tables import BounceRow, OutboxRow, StoppedAddressRow


def item_behind(session: Session, message_ids: Iterable[str], tokens: Iterable[str]) -> OutboxRow | None:
    """The outbox item that one of these Message-IDs, or the tokens of one, belongs to. The caller has checked their tags."""
    names = [known_as([message_id]) for message_id in message_ids if message_id]
    names += [col(OutboxRow.message_id).startswith(f"<inboxbot.{token}.", autoescape=True) for token in tokens if token]
    if not names:
        return None
    return session.exec(select(OutboxRow).where(or_(*names)).order_by(col(OutboxRow.id))).first()


def record(session: Session, row_id: int, item: OutboxRow, report: BounceReport, proof: str, now: datetime) -> bool:
    """Tie a report to the mail it is about; False when this report was tied before."""
    known = session.exec(select(BounceRow.id).where(BounceRow.message_id == row_id, BounceRow.outbox_id == item.id)).first()
    if known is not None:
        return False
    session.add(
        BounceRow(
            message_id=row_id,
            outbox_id=item.id or 0,
            action=report.action.value,
            status=report.status,
            recipient=report.recipient,
            diagnostic=report.diagnostic,
            proof=proof,
            at=now,
        )
    )
    session.flush()
    return True


def stop(session: Session, email: str, reason: str, now: datetime, *, outbox_id: int | None = None) -> list[int]:
    """Send nothing more to an address; ids of the waiting mails that therefore failed."""
    row = session.get(StoppedAddressRow, email) or StoppedAddressRow(email=email, reason=reason, since=now)
    again = row.released_at is not None
    row.since = now if again else row.since
    row.reason, row.outbox_id, row.times = reason, outbox_id, row.times + 1
    row.released_at, row.released_by = None, ""
    session.add(row)
    waiting = select(OutboxRow).where(
        OutboxRow.rcpt_to == email, OutboxRow.state == OutboxState.READY.value, col(OutboxRow.lease_until).is_(None)
    )
    failed = []
    for item in session.exec(waiting):
        item.state, item.finished_at, item.last_error = OutboxState.FAILED.value, now, f"mail to {email} is stopped: {reason}"
        session.add(item)
        failed.append(item.id or 0)
    session.flush()
    return failed


def stopped(session: Session, email: str) -> str:
    """Why nothing is sent to an address, or '' when mail may go there."""
    row = session.get(StoppedAddressRow, email.lower())
    return "" if row is None or row.released_at is not None else f"{row.reason} ({row.since:%Y-%m-%d})"


def release(session: Session, email: str, who: str, now: datetime) -> None:
    """A person says that mail may go there again."""
    row = session.get(StoppedAddressRow, email.lower())
    if row is None or row.released_at is not None:
        raise NotFoundError(f"mail to {email} is not stopped")
    row.released_at, row.released_by = now, who
    session.add(row)


def list_stopped(session: Session) -> list[dict[str, Any]]:
    """Every address to which nothing is sent now, the latest first."""
    statement = select(StoppedAddressRow).where(col(StoppedAddressRow.released_at).is_(None)).order_by(col(StoppedAddressRow.since).desc())
    return [
        {"email": row.email, "reason": row.reason, "since": row.since.isoformat(), "times": row.times, "outbox_id": row.outbox_id}
        for row in session.exec(statement)
    ]
