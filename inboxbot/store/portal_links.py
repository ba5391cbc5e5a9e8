"""Links to a customer's account page: an unguessable token, of which only the hash is kept.

In: customer ids. Out: tokens, and the customer behind a token while it is valid.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inboxbot.store.tables import PortalLinkRow

TOKEN_BYTES = 32  # 256 bits


def new_token() -> str:
    """A fresh token; it is worth nothing until `add` has written its hash."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def add(session: Session, token: str, customer_id: str, days: int, now: datetime) -> None:
    """Make a token valid for a customer's page for some days."""
    session.add(PortalLinkRow(token_sha256=_digest(token), customer_id=customer_id, created_at=now, expires_at=now + timedelta(days=days)))


def customer_behind(session: Session, token: str, now: datetime) -> str | None:
    """The customer whose page a token opens; None for an unknown, expired or revoked one (which of them is not told)."""
    row = session.exec(select(PortalLinkRow).where(PortalLinkRow.token_sha256 == _digest(token))).first()
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    row.used_at = now
    session.add(row)
    return row.customer_id


def revoke(session: Session, customer_id: str, now: datetime) -> int:
    """Revoke every valid link of a customer; how many there were."""
    statement = select(PortalLinkRow).where(
        PortalLinkRow.customer_id == customer_id, col(PortalLinkRow.revoked_at).is_(None), PortalLinkRow.expires_at > now
    )
    rows = list(session.exec(statement))
    for row in rows:
        row.revoked_at = now
        session.add(row)
    return len(rows)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
