"""The people who work here: accounts, signed-in browsers, tokens, invitations, and failures to sign in.

In: values. Out: `User`, `StaffSession`, `Invitation`. Tokens are kept as hashes: the store cannot leak a working one.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from inboxbot.errors import NotFoundError
from inboxbot.staff import Invitation, Role, StaffSession, User
from inboxbot.store.tables_staff import ApiTokenRow, InvitationRow, SignInFailureRow, StaffSessionRow, StaffUserRow

TOKEN_BYTES = 32
_SEEN_STEP = timedelta(minutes=1)  # "last seen" is written at most this often


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its owner sees it."""

    token_id: int
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


def new_token() -> str:
    """An unguessable token, worth nothing until its hash is written."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def add_user(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    password_hash: str,
    now: datetime,
    customers: Collection[str] = (),
    expires_at: datetime | None = None,
) -> User:
    """A new account; the address must be free (`by_email`)."""
    row = StaffUserRow(
        email=email.lower(),
        name=name,
        role=role.value,
        password_hash=password_hash,
        customers=sorted(customers),
        notify=["assigned", "mentioned", "sla_due"],
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return _user(row)


def by_email(session: Session, email: str) -> User | None:
    """The account of an address."""
    row = _by_email(session, email)
    return _user(row) if row else None


def by_id(session: Session, user_id: int) -> User:
    """One account; raises NotFoundError."""
    return _user(_row(session, user_id))


def password_hash(session: Session, email: str) -> str:
    """The hash of an address's password; "" where there is none."""
    row = _by_email(session, email)
    return row.password_hash if row else ""


def set_password(session: Session, user_id: int, hashed: str) -> None:
    """Another password (hashed)."""
    row = _row(session, user_id)
    row.password_hash = hashed
    session.add(row)


def users(session: Session) -> list[User]:
    """Every account, by name."""
    return [_user(row) for row in session.exec(select(StaffUserRow).order_by(col(StaffUserRow.name), col(StaffUserRow.id)))]


def change_user(  # noqa: PLR0913 - an account has that many sides
    session: Session,
    user_id: int,
    *,
    name: str | None = None,
    role: Role | None = None,
    active: bool | None = None,
    customers: Collection[str] | None = None,
    expires_at: datetime | None = None,
    forget_expiry: bool = False,
    timezone: str | None = None,
    theme: str | None = None,
    notify: Collection[str] | None = None,
) -> User:
    """Change what is given, leave the rest."""
    row = _row(session, user_id)
    row.name = row.name if name is None else name
    row.role = row.role if role is None else role.value
    row.active = row.active if active is None else active
    row.customers = row.customers if customers is None else sorted(customers)
    row.expires_at = None if forget_expiry else expires_at or row.expires_at
    row.timezone = row.timezone if timezone is None else timezone
    row.theme = row.theme if theme is None else theme
    row.notify = row.notify if notify is None else sorted(notify)
    session.add(row)
    session.flush()
    return _user(row)


def open_session(session: Session, user_id: int, token: str, now: datetime, *, client: str = "", agent: str = "") -> str:
    """Sign a browser in; its CSRF token."""
    csrf = new_token()
    session.add(
        StaffSessionRow(
            token_sha256=_digest(token), user_id=user_id, csrf=csrf, created_at=now, last_seen_at=now, client=client[:64], agent=agent[:200]
        )
    )
    return csrf


def session_behind(session: Session, token: str, now: datetime, *, idle: timedelta, absolute: timedelta) -> StaffSession | None:
    """The signed-in browser a token stands for; None when it is unknown, revoked, idle too long, too old, or its account is closed."""
    row = session.exec(select(StaffSessionRow).where(StaffSessionRow.token_sha256 == _digest(token))).first()
    if row is None or row.revoked_at is not None or now - row.last_seen_at > idle or now - row.created_at > absolute:
        return None
    user = _user(_row(session, row.user_id))
    return _session(row, user) if user.works_at(now) else None


def seen(session: Session, session_id: int, now: datetime) -> None:
    """The browser is in use."""
    row = session.get(StaffSessionRow, session_id)
    if row is None or row.revoked_at is not None:
        return
    row.last_seen_at = now
    session.add(row)
    user = _row(session, row.user_id)
    user.last_seen_at = now
    session.add(user)


def seen_person(session: Session, user_id: int, now: datetime) -> None:
    """Somebody signed in."""
    user = _row(session, user_id)
    user.last_seen_at = now
    session.add(user)


def needs_seen(found: StaffSession, now: datetime) -> bool:
    """Whether it is worth a write to note that the browser is in use."""
    return now - found.last_seen_at >= _SEEN_STEP


def sessions(session: Session, user_id: int) -> list[StaffSession]:
    """A user's signed-in browsers, the latest first."""
    user = by_id(session, user_id)
    statement = (
        select(StaffSessionRow)
        .where(StaffSessionRow.user_id == user_id, col(StaffSessionRow.revoked_at).is_(None))
        .order_by(col(StaffSessionRow.last_seen_at).desc())
    )
    return [_session(row, user) for row in session.exec(statement)]


def revoke_session(session: Session, user_id: int, session_id: int, now: datetime) -> bool:
    """Sign one browser of this user out; False when it is not theirs."""
    row = session.get(StaffSessionRow, session_id)
    if row is None or row.user_id != user_id:
        return False
    row.revoked_at = row.revoked_at or now
    session.add(row)
    return True


def revoke_sessions(session: Session, user_id: int, now: datetime, *, but: int | None = None) -> int:
    """Sign a user out everywhere (but in one browser); how many there were."""
    rows = [
        row
        for row in session.exec(
            select(StaffSessionRow).where(StaffSessionRow.user_id == user_id, col(StaffSessionRow.revoked_at).is_(None))
        )
        if row.id != but
    ]
    for row in rows:
        row.revoked_at = now
        session.add(row)
    return len(rows)


def add_token(session: Session, user_id: int, token: str, name: str, scope: str, now: datetime, expires_at: datetime | None) -> int:
    """A token for scripts; its number."""
    row = ApiTokenRow(token_sha256=_digest(token), user_id=user_id, name=name, scope=scope, created_at=now, expires_at=expires_at)
    session.add(row)
    session.flush()
    return row.id or 0


def token_behind(session: Session, token: str, now: datetime) -> tuple[int, str, User] | None:
    """(number, scope, user) of a valid token."""
    row = session.exec(select(ApiTokenRow).where(ApiTokenRow.token_sha256 == _digest(token))).first()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    user = _user(_row(session, row.user_id))
    return (row.id or 0, row.scope, user) if user.works_at(now) else None


def token_used(session: Session, token_id: int, now: datetime) -> None:
    """Note that a token was used, at most once a minute."""
    row = session.get(ApiTokenRow, token_id)
    if row is not None and (row.last_used_at is None or now - row.last_used_at >= _SEEN_STEP):
        row.last_used_at = now
        session.add(row)


def tokens(session: Session, user_id: int) -> list[ApiToken]:
    """A user's tokens, the newest first."""
    rows = session.exec(select(ApiTokenRow).where(ApiTokenRow.user_id == user_id).order_by(col(ApiTokenRow.id).desc()))
    return [ApiToken(r.id or 0, r.name, r.scope, r.created_at, r.expires_at, r.last_used_at, r.revoked_at) for r in rows]


def revoke_token(session: Session, user_id: int, token_id: int, now: datetime) -> bool:
    """Make a token of this user worthless; False when it is not theirs."""
    row = session.get(ApiTokenRow, token_id)
    if row is None or row.user_id != user_id:
        return False
    row.revoked_at = row.revoked_at or now
    session.add(row)
    return True


def invite(  # noqa: PLR0913 - an offer has that many sides
    session: Session,
    token: str,
    *,
    email: str,
    name: str,
    role: Role,
    customers: Collection[str],
    account_expires_at: datetime | None,
    invited_by: str,
    now: datetime,
    lasts: timedelta,
) -> int:
    """An offer to make an account; earlier open ones to the address are void."""
    for earlier in session.exec(
        select(InvitationRow).where(InvitationRow.email == email.lower(), col(InvitationRow.accepted_at).is_(None))
    ):
        earlier.revoked_at = earlier.revoked_at or now
        session.add(earlier)
    row = InvitationRow(
        token_sha256=_digest(token),
        email=email.lower(),
        name=name,
        role=role.value,
        customers=sorted(customers),
        account_expires_at=account_expires_at,
        invited_by=invited_by,
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def invitation_behind(session: Session, token: str, now: datetime) -> Invitation | None:
    """The open invitation a token stands for."""
    row = session.exec(select(InvitationRow).where(InvitationRow.token_sha256 == _digest(token))).first()
    if row is None or row.accepted_at is not None or row.revoked_at is not None or row.expires_at <= now:
        return None
    return _invitation(row)


def accept(session: Session, invitation_id: int, now: datetime) -> None:
    """The invitation became an account."""
    row = session.get(InvitationRow, invitation_id)
    if row is not None:
        row.accepted_at = now
        session.add(row)


def invitations(session: Session) -> list[Invitation]:
    """Invitations that nobody accepted or took back, the newest first."""
    statement = (
        select(InvitationRow)
        .where(col(InvitationRow.accepted_at).is_(None), col(InvitationRow.revoked_at).is_(None))
        .order_by(col(InvitationRow.id).desc())
    )
    return [_invitation(row) for row in session.exec(statement)]


def revoke_invitation(session: Session, invitation_id: int, now: datetime) -> None:
    """Take an invitation back; raises NotFoundError."""
    row = session.get(InvitationRow, invitation_id)
    if row is None:
        raise NotFoundError(f"there is no invitation {invitation_id}")
    row.revoked_at = row.revoked_at or now
    session.add(row)


def failed(session: Session, account: str, client: str, now: datetime) -> int:
    """A sign-in did not succeed (as far as is known yet); its number. Those of yesterday are forgotten."""
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.at) < now - timedelta(days=1)))
    row = SignInFailureRow(at=now, account=account[:254].lower(), client=client[:64])
    session.add(row)
    session.flush()
    return row.id or 0


def did_not_fail(session: Session, number: int) -> None:
    """It did succeed."""
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.id) == number))


def failures(session: Session, since: datetime, *, account: str | None = None, client: str | None = None) -> int:
    """How many sign-ins failed since then, for an account, a client, or both together."""
    statement = select(func.count()).select_from(SignInFailureRow).where(SignInFailureRow.at >= since)
    if account is not None:
        statement = statement.where(SignInFailureRow.account == account[:254].lower())
    if client is not None:
        statement = statement.where(SignInFailureRow.client == client[:64])
    return session.exec(statement).one()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _by_email(session: Session, email: str) -> StaffUserRow | None:
    return session.exec(select(StaffUserRow).where(StaffUserRow.email == email.lower())).first()


def _row(session: Session, user_id: int) -> StaffUserRow:
    row = session.get(StaffUserRow, user_id)
    if row is None:
        raise NotFoundError(f"there is no user {user_id}")
    return row


def _user(row: StaffUserRow) -> User:
    return User(
        user_id=row.id or 0,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        active=row.active,
        customers=frozenset(row.customers),
        timezone=row.timezone,
        theme=row.theme,
        notify=frozenset(row.notify),
        expires_at=row.expires_at,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )


def _session(row: StaffSessionRow, user: User) -> StaffSession:
    return StaffSession(row.id or 0, user, row.csrf, row.created_at, row.last_seen_at, row.client, row.agent)


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        invitation_id=row.id or 0,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        customers=frozenset(row.customers),
        account_expires_at=row.account_expires_at,
        invited_by=row.invited_by,
        expires_at=row.expires_at,
        accepted_at=row.accepted_at,
        revoked_at=row.revoked_at,
    )
