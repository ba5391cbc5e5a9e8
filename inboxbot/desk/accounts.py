"""Accounts: signing in and out, who a browser or a token stands for, users, invitations, tokens.

In: addresses, passwords, tokens. Out: `Viewer`s and `SignedIn`. Signing in tells nobody whether an account exists: an
unknown address takes as long, is throttled the same, and gets the same words.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.desk.passwords import check_new
from inboxbot.errors import ForbiddenError, NotFoundError, SignInError, ThrottledError, UsageError
from inboxbot.staff import PERMISSIONS, TOKEN_SCOPES, Invitation, Permission, Role, StaffSession, User, Viewer
from inboxbot.store import conversations, staff
from inboxbot.store.engine import Session
from inboxbot.store.staff import ApiToken

WINDOW = timedelta(minutes=15)
PAIR, ACCOUNT, CLIENT = 5, 50, 30  # failures in the window: of one account from one client, of an account, from a client
ZONES = tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))))
_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser that is signed in; the token goes into its cookie and nowhere else."""

    token: str
    user: User


def sign_in(desk: Desk, email: str, password: str, *, client: str, agent: str = "", old_token: str = "") -> SignedIn:
    """Sign in; raises SignInError or ThrottledError. The session is always a new one, whatever cookie came along."""
    now, email = desk.now(), email.strip().lower()
    with desk.store.transaction() as session:
        _throttle(session, email, client, now)
        attempt = staff.failed(session, email, client, now)  # counted before it is judged: many at once do not slip through
        hashed, user = staff.password_hash(session, email), staff.by_email(session, email)
    fits = desk.passwords.fits(hashed, password)
    if not fits or user is None or not user.works_at(now):
        with desk.store.transaction() as session:
            conversations.audit(session, who=email[:254], what="sign-in failed", now=now, detail={"client": client})
        raise SignInError
    with desk.store.transaction() as session:
        staff.did_not_fail(session, attempt)
        if desk.passwords.is_stale(hashed):
            staff.set_password(session, user.user_id, desk.passwords.hash(password))
        return _open(session, desk, user, now, client, agent, old_token)


def sign_out(desk: Desk, found: StaffSession) -> None:
    """End this browser's session."""
    now = desk.now()
    with desk.store.transaction() as session:
        staff.revoke_session(session, found.user.user_id, found.session_id, now)
        conversations.audit(session, who=found.user.email, what="signed out", now=now)


def session_behind(desk: Desk, token: str) -> StaffSession | None:
    """The signed-in browser a cookie stands for."""
    now, inbox = desk.now(), desk.config.inbox
    idle, absolute = timedelta(hours=inbox.session_idle_hours), timedelta(days=inbox.session_days)
    with desk.store.reading() as session:
        found = staff.session_behind(session, token, now, idle=idle, absolute=absolute) if token else None
    if found and staff.needs_seen(found, now):
        with desk.store.transaction() as session:
            staff.seen(session, found.session_id, now)
    return found


def viewer(desk: Desk, user: User, permissions: frozenset[Permission] | None = None) -> Viewer:
    """Who acts; `permissions` narrow what the role allows (a token's scope)."""
    allowed = PERMISSIONS[user.role]
    return Viewer(
        who=user.email,
        name=user.name,
        scope=user.scope,
        permissions=allowed if permissions is None else allowed & permissions,
        user_id=user.user_id,
        teams=tuple(team.name for team in desk.config.team if user.email in {m.lower() for m in team.members}),
        timezone=user.timezone or desk.config.company.timezone,
        theme=user.theme,
        role=user.role,
    )


def viewer_behind_token(desk: Desk, token: str) -> Viewer | None:
    """Who acts with an API token, with no more than the token's scope."""
    now = desk.now()
    with desk.store.reading() as session:
        found = staff.token_behind(session, token, now) if token else None
    if found is None:
        return None
    token_id, scope, user = found
    with desk.store.transaction() as session:
        staff.token_used(session, token_id, now)
    return viewer(desk, user, TOKEN_SCOPES[scope])


def add_user(
    desk: Desk,
    actor: Viewer,
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    customers: Collection[str] = (),
    expires_at: datetime | None = None,
) -> User:
    """Make an account."""
    require(actor, Permission.USERS)
    email = check_address(email)
    check_new(password, email)
    _check_inquiry(desk, role, customers, expires_at)
    hashed, now = desk.passwords.hash(password), desk.now()
    with desk.store.transaction() as session:
        if staff.by_email(session, email):
            raise UsageError(f"{email} has an account already")
        user = staff.add_user(
            session,
            email=email,
            name=name.strip() or email,
            role=role,
            password_hash=hashed,
            now=now,
            customers=customers,
            expires_at=expires_at,
        )
        _audit_user(session, actor, "added user", user, now)
    return user


def invite(
    desk: Desk,
    actor: Viewer,
    *,
    email: str,
    name: str,
    role: Role,
    customers: Collection[str] = (),
    expires_at: datetime | None = None,
) -> str:
    """Invite somebody; the token of the invitation's link, shown once."""
    require(actor, Permission.USERS)
    email = check_address(email)
    _check_inquiry(desk, role, customers, expires_at)
    token, now = staff.new_token(), desk.now()
    with desk.store.transaction() as session:
        if staff.by_email(session, email):
            raise UsageError(f"{email} has an account already")
        staff.invite(
            session,
            token,
            email=email,
            name=name.strip(),
            role=role,
            customers=customers,
            account_expires_at=expires_at,
            invited_by=actor.who,
            now=now,
            lasts=timedelta(days=desk.config.inbox.invitation_days),
        )
        conversations.audit(session, who=actor.who, what="invited", now=now, detail={"email": email, "role": role.value})
    return token


def invitation_behind(desk: Desk, token: str) -> Invitation | None:
    """The open invitation behind a link."""
    with desk.store.reading() as session:
        return staff.invitation_behind(session, token, desk.now())


def accept(desk: Desk, token: str, name: str, password: str, *, client: str, agent: str = "") -> SignedIn:
    """Make the account that an invitation offers, and sign in; raises NotFoundError, UsageError."""
    now = desk.now()
    with desk.store.reading() as session:
        offered = staff.invitation_behind(session, token, now)
    if offered is None:
        raise NotFoundError("this invitation does not work any more")
    check_new(password, offered.email)
    hashed = desk.passwords.hash(password)
    with desk.store.transaction() as session:
        offered = staff.invitation_behind(session, token, now)
        if offered is None or staff.by_email(session, offered.email):
            raise NotFoundError("this invitation does not work any more")
        user = staff.add_user(
            session,
            email=offered.email,
            name=name.strip() or offered.name or offered.email,
            role=offered.role,
            password_hash=hashed,
            now=now,
            customers=offered.customers,
            expires_at=offered.account_expires_at,
        )
        staff.accept(session, offered.invitation_id, now)
        conversations.audit(session, who=user.email, what="accepted invitation", now=now, detail={"invited_by": offered.invited_by})
        return _open(session, desk, user, now, client, agent, "")


def users(desk: Desk, actor: Viewer) -> tuple[list[User], list[Invitation]]:
    """Every account and every open invitation."""
    require(actor, Permission.USERS)
    with desk.store.reading() as session:
        return staff.users(session), staff.invitations(session)


def colleagues(desk: Desk, actor: Viewer) -> list[User]:
    """Who can be given work or mentioned: active accounts that may work."""
    require(actor, Permission.READ_INTERNAL)
    now = desk.now()
    with desk.store.reading() as session:
        return [user for user in staff.users(session) if user.works_at(now) and user.role is not Role.INQUIRY]


def change_user(
    desk: Desk,
    actor: Viewer,
    user_id: int,
    *,
    role: Role,
    active: bool,
    customers: Collection[str],
    expires_at: datetime | None,
) -> User:
    """Change an account; whoever loses anything is signed out everywhere. The last admin stays one."""
    require(actor, Permission.USERS)
    _check_inquiry(desk, role, customers, expires_at)
    now = desk.now()
    with desk.store.transaction() as session:
        before = staff.by_id(session, user_id)
        if before.role is Role.ADMIN and (role is not Role.ADMIN or not active) and _admins(session, now) <= {before.user_id}:
            raise UsageError(f"{before.email} is the only admin; make another one first")
        after = staff.change_user(
            session, user_id, role=role, active=active, customers=customers, expires_at=expires_at, forget_expiry=expires_at is None
        )
        if (before.role, before.active, before.customers) != (after.role, after.active, after.customers):
            staff.revoke_sessions(session, user_id, now)
        _audit_user(session, actor, "changed user", after, now)
    return after


def revoke_invitation(desk: Desk, actor: Viewer, invitation_id: int) -> None:
    """Take an invitation back."""
    require(actor, Permission.USERS)
    with desk.store.transaction() as session:
        staff.revoke_invitation(session, invitation_id, desk.now())
        conversations.audit(session, who=actor.who, what="revoked invitation", now=desk.now(), detail={"invitation": invitation_id})


def change_own(desk: Desk, actor: Viewer, *, name: str, timezone: str, theme: str, notify: Collection[str]) -> User:
    """A person's own settings."""
    if timezone and timezone not in available_timezones():
        raise UsageError(f"{timezone!r} is no time zone; a valid one is Europe/Berlin")
    if theme not in ("system", "light", "dark"):
        raise UsageError(f"{theme!r} is no theme")
    wanted = frozenset(notify) & {"assigned", "mentioned", "sla_due"}
    with desk.store.transaction() as session:
        user = staff.change_user(session, _own_id(actor), name=name.strip()[:120] or None, timezone=timezone, theme=theme, notify=wanted)
        _audit_user(session, actor, "changed own settings", user, desk.now())
    return user


def change_password(desk: Desk, actor: Viewer, session_id: int | None, old: str, new: str, *, client: str) -> None:
    """A person's own password; every other browser of theirs is signed out. Guesses at the old one are throttled."""
    now, user_id = desk.now(), _own_id(actor)
    with desk.store.transaction() as session:
        _throttle(session, actor.who, client, now)
        attempt = staff.failed(session, actor.who, client, now)
        hashed = staff.password_hash(session, actor.who)
    if not desk.passwords.fits(hashed, old):
        raise SignInError("the present password is not right")
    with desk.store.transaction() as session:
        staff.did_not_fail(session, attempt)
    check_new(new, actor.who)
    fresh = desk.passwords.hash(new)
    with desk.store.transaction() as session:
        staff.set_password(session, user_id, fresh)
        staff.revoke_sessions(session, user_id, now, but=session_id)
        conversations.audit(session, who=actor.who, what="changed own password", now=now)


def set_password(desk: Desk, actor: Viewer, email: str, password: str) -> None:
    """Another person's password, for who forgot it; they are signed out everywhere."""
    require(actor, Permission.USERS)
    check_new(password, email)
    hashed, now = desk.passwords.hash(password), desk.now()
    with desk.store.transaction() as session:
        user = staff.by_email(session, email)
        if user is None:
            raise NotFoundError(f"there is no account {email}")
        staff.set_password(session, user.user_id, hashed)
        staff.revoke_sessions(session, user.user_id, now)
        _audit_user(session, actor, "set password", user, now)


def own_sessions(desk: Desk, actor: Viewer) -> list[StaffSession]:
    """Where a person is signed in."""
    with desk.store.reading() as session:
        return staff.sessions(session, _own_id(actor))


def revoke_own_session(desk: Desk, actor: Viewer, session_id: int) -> None:
    """Sign another browser of one's own out."""
    with desk.store.transaction() as session:
        if not staff.revoke_session(session, _own_id(actor), session_id, desk.now()):
            raise NotFoundError("there is no such session")
        conversations.audit(session, who=actor.who, what="revoked session", now=desk.now(), detail={"session": session_id})


def own_tokens(desk: Desk, actor: Viewer) -> list[ApiToken]:
    """A person's tokens for scripts."""
    with desk.store.reading() as session:
        return staff.tokens(session, _own_id(actor))


def add_token(desk: Desk, actor: Viewer, name: str, scope: str, days: int | None) -> str:
    """A token for scripts, shown once."""
    if scope not in TOKEN_SCOPES:
        raise UsageError(f"{scope!r} is no scope; there are {', '.join(TOKEN_SCOPES)}")
    if days is not None and not 0 < days <= 3650:  # noqa: PLR2004 - ten years
        raise UsageError("a token is valid for 1 to 3650 days")
    token, now = staff.new_token(), desk.now()
    with desk.store.transaction() as session:
        expires = now + timedelta(days=days) if days else None
        staff.add_token(session, _own_id(actor), token, name.strip()[:80] or "unnamed", scope, now, expires)
        conversations.audit(session, who=actor.who, what="made token", now=now, detail={"name": name.strip()[:80], "scope": scope})
    return token


def revoke_token(desk: Desk, actor: Viewer, token_id: int) -> None:
    """Make a token worthless."""
    with desk.store.transaction() as session:
        if not staff.revoke_token(session, _own_id(actor), token_id, desk.now()):
            raise NotFoundError("there is no such token")
        conversations.audit(session, who=actor.who, what="revoked token", now=desk.now(), detail={"token": token_id})


def check_address(email: str) -> str:
    """The address in lower case; raises UsageError."""
    email = email.strip().lower()
    if not _ADDRESS.fullmatch(email):
        raise UsageError(f"{email!r} is not one mail address")
    return email


def end_of_day(desk: Desk, day: str) -> datetime | None:
    """The end of an ISO day in the company's zone; None for ""."""
    if not day.strip():
        return None
    try:
        found = datetime.strptime(day.strip(), "%Y-%m-%d")  # noqa: DTZ007 - the zone follows
    except ValueError:
        raise UsageError(f"{day!r} is not a day such as 2026-12-31") from None
    return found.replace(tzinfo=ZoneInfo(desk.config.company.timezone)) + timedelta(days=1)


def nobody_yet(desk: Desk) -> bool:
    """Whether there is no account at all: the first one is made at the terminal."""
    with desk.store.reading() as session:
        return not staff.users(session)


def _open(session: Session, desk: Desk, user: User, now: datetime, client: str, agent: str, old_token: str) -> SignedIn:
    inbox = desk.config.inbox
    idle, absolute = timedelta(hours=inbox.session_idle_hours), timedelta(days=inbox.session_days)
    old = staff.session_behind(session, old_token, now, idle=idle, absolute=absolute) if old_token else None
    if old:
        staff.revoke_session(session, old.user.user_id, old.session_id, now)
    token = staff.new_token()
    staff.open_session(session, user.user_id, token, now, client=client, agent=agent)
    staff.seen_person(session, user.user_id, now)
    conversations.audit(session, who=user.email, what="signed in", now=now, detail={"client": client})
    return SignedIn(token, user)


def _throttle(session: Session, account: str, client: str, now: datetime) -> None:
    since = now - WINDOW
    over = (
        staff.failures(session, since, account=account, client=client) >= PAIR
        or staff.failures(session, since, account=account) >= ACCOUNT
        or staff.failures(session, since, client=client) >= CLIENT
    )
    if over:
        raise ThrottledError("too many attempts; try again in a quarter of an hour", retry_after=WINDOW.total_seconds())


def _check_inquiry(desk: Desk, role: Role, customers: Collection[str], expires_at: datetime | None) -> None:
    unknown = sorted(set(customers) - desk.ledger().customers.keys())
    if unknown:
        raise UsageError(f"the ledger has no customer {', '.join(unknown)}")
    if role is not Role.INQUIRY:
        return
    if not customers:
        raise UsageError("an inquiry account needs the customers it may see")
    if expires_at is None:
        raise UsageError("an inquiry account needs a day on which it ends")


def _admins(session: Session, now: datetime) -> set[int]:
    return {user.user_id for user in staff.users(session) if user.role is Role.ADMIN and user.works_at(now)}


def _own_id(actor: Viewer) -> int:
    if actor.user_id is None:
        raise ForbiddenError("this needs an account")
    return actor.user_id


def _audit_user(session: Session, actor: Viewer, what: str, user: User, now: datetime) -> None:
    detail = {
        "user": user.email,
        "role": user.role.value,
        "active": user.active,
        "customers": sorted(user.customers),
        "expires_at": user.expires_at.isoformat() if user.expires_at else None,
    }
    conversations.audit(session, who=actor.who, what=what, now=now, detail=detail)
