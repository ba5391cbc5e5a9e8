"""Addresses that people say belong to a customer. They count only once somebody confirmed them.

In: addresses and customers. Out: `LearnedContact`s; the confirmed ones as the ledger's contacts are.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inboxbot.errors import NotFoundError
from inboxbot.store.tables_staff import LearnedContactRow


@dataclass(frozen=True, slots=True)
class LearnedContact:
    """An address learned from staff."""

    contact_id: int
    customer_id: str
    email: str
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None


def propose(session: Session, customer_id: str, email: str, who: str, conversation_id: int | None, now: datetime) -> int:
    """Note that an address seems to belong to a customer; proposing it again changes nothing."""
    row = session.exec(
        select(LearnedContactRow).where(LearnedContactRow.customer_id == customer_id, LearnedContactRow.email == email.lower())
    ).first()
    if row is None:
        row = LearnedContactRow(
            customer_id=customer_id, email=email.lower(), proposed_by=who, proposed_at=now, conversation_id=conversation_id
        )
    elif row.revoked_at is not None:
        row.revoked_at, row.confirmed_at, row.confirmed_by, row.proposed_by, row.proposed_at = None, None, "", who, now
    session.add(row)
    session.flush()
    return row.id or 0


def confirm(session: Session, contact_id: int, who: str, now: datetime) -> LearnedContact:
    """From now on the address is a contact of the customer."""
    row = _row(session, contact_id)
    row.confirmed_by, row.confirmed_at = who, now
    session.add(row)
    return _contact(row)


def revoke(session: Session, contact_id: int, now: datetime) -> LearnedContact:
    """The address is no contact (any more)."""
    row = _row(session, contact_id)
    row.revoked_at = now
    session.add(row)
    return _contact(row)


def of_customer(session: Session, customer_id: str) -> list[LearnedContact]:
    """A customer's learned addresses, confirmed or not."""
    statement = (
        select(LearnedContactRow)
        .where(LearnedContactRow.customer_id == customer_id, col(LearnedContactRow.revoked_at).is_(None))
        .order_by(col(LearnedContactRow.id))
    )
    return [_contact(row) for row in session.exec(statement)]


def confirmed(session: Session) -> list[LearnedContact]:
    """Every confirmed address."""
    statement = (
        select(LearnedContactRow)
        .where(col(LearnedContactRow.confirmed_at).is_not(None), col(LearnedContactRow.revoked_at).is_(None))
        .order_by(col(LearnedContactRow.id))
    )
    return [_contact(row) for row in session.exec(statement)]


def get(session: Session, contact_id: int) -> LearnedContact:
    """One of them."""
    return _contact(_row(session, contact_id))


def _row(session: Session, contact_id: int) -> LearnedContactRow:
    row = session.get(LearnedContactRow, contact_id)
    if row is None or row.revoked_at is not None:
        raise NotFoundError(f"there is no learned contact {contact_id}")
    return row


def _contact(row: LearnedContactRow) -> LearnedContact:
    return LearnedContact(row.id or 0, row.customer_id, row.email, row.proposed_by, row.proposed_at, row.confirmed_by, row.confirmed_at)
