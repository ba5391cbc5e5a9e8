"""What customers announced about money (promises, remittances, disputes), and each reading of the ledger's source.

In: what pipeline understood. Out: rows. The ledger itself is read-only and never written here.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inboxbot.conversation import Promise, PromiseState
from inboxbot.store.tables import DisputeRow, LedgerSyncRow, PromiseRow, RemittanceRow
from inboxbot.understanding import Entities


def add_promise(session: Session, promise: Promise, message_id: int, now: datetime) -> None:
    """Record a promise; an open one over the same invoices is superseded by it."""
    earlier = select(PromiseRow).where(PromiseRow.customer_id == promise.customer_id, PromiseRow.state == PromiseState.OPEN.value)
    for row in session.exec(earlier):
        if set(row.invoice_numbers) == set(promise.invoice_numbers):
            row.state = PromiseState.SUPERSEDED.value
            session.add(row)
    session.add(
        PromiseRow(
            customer_id=promise.customer_id,
            message_id=message_id,
            promised_for=promise.promised_for,
            amount=None if promise.amount is None else f"{promise.amount:.2f}",
            currency=promise.currency,
            invoice_numbers=list(promise.invoice_numbers),
            state=promise.state.value,
            created_at=now,
        )
    )


def add_remittance(session: Session, customer_id: str, entities: Entities, message_id: int, now: datetime) -> None:
    """Record a payment that a customer says is made."""
    session.add(
        RemittanceRow(
            customer_id=customer_id,
            message_id=message_id,
            amounts=[str(a) for a in entities.amounts],
            invoice_numbers=list(entities.invoice_numbers),
            method=entities.payment_method,
            reference=entities.payment_reference,
            created_at=now,
        )
    )


def add_dispute(
    session: Session, customer_id: str, entities: Entities, message_id: int, conversation_id: int | None, now: datetime
) -> None:
    """Record that a customer contests something."""
    session.add(
        DisputeRow(
            customer_id=customer_id,
            message_id=message_id,
            conversation_id=conversation_id,
            reason=entities.dispute_reason,
            invoice_numbers=list(entities.invoice_numbers),
            state="open",
            created_at=now,
        )
    )


def add_sync(
    session: Session, *, fingerprint: str, customers: int, invoices: int, payments: int, problems: Sequence[str], now: datetime
) -> None:
    """Record one reading of the ledger's source."""
    session.add(
        LedgerSyncRow(at=now, fingerprint=fingerprint, customers=customers, invoices=invoices, payments=payments, problems=list(problems))
    )


def last_sync(session: Session) -> LedgerSyncRow | None:
    """The latest reading of the ledger's source."""
    return session.exec(select(LedgerSyncRow).order_by(col(LedgerSyncRow.id).desc())).first()
