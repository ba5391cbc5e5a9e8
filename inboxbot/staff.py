"""The nouns of the people who work here: a user, a role and what it may do, and the `Viewer` that every action names.

In: nothing (values only). Out: `Role`, `Permission`, `Scope`, `User`, `Viewer`, `QueueFilter`; kept by `store`, enforced
by `desk`, shown by the web.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is here."""

    ADMIN = "admin"
    MANAGER = "manager"
    AGENT = "agent"
    INQUIRY = "inquiry"  # reads the conversations of named customers until a day: collectors, auditors, bookkeepers


class Permission(StrEnum):
    """One thing a person may do."""

    READ = "read"  # conversations of the customers in scope
    READ_INTERNAL = "read_internal"  # notes, mentions, who did what: never for people from outside
    WORK = "work"  # assign, answer, close, note, tag, correct
    CONFIRM_CONTACT = "confirm_contact"  # make an address a customer's contact: it opens that customer's figures
    SHARE = "share"  # canned replies and saved views for everybody
    AUDIT = "audit"  # the audit page and its export
    USERS = "users"  # accounts and invitations


_WORKING = frozenset({Permission.READ, Permission.READ_INTERNAL, Permission.WORK})
_MANAGING = _WORKING | {Permission.CONFIRM_CONTACT, Permission.SHARE, Permission.AUDIT}
PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.ADMIN: _MANAGING | {Permission.USERS},
        Role.MANAGER: _MANAGING,
        Role.AGENT: _WORKING,
        Role.INQUIRY: frozenset({Permission.READ}),
    }
)
TOKEN_SCOPES: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {"read": frozenset({Permission.READ, Permission.READ_INTERNAL}), "work": _WORKING, "manage": _MANAGING | {Permission.USERS}}
)
EVERYTHING = frozenset(Permission)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose conversations somebody may see; `customers` None: everybody's, also those of no known customer."""

    customers: frozenset[str] | None = None

    def covers(self, customer_id: str | None) -> bool:
        """Whether a conversation of this customer is within it."""
        return self.customers is None or (customer_id is not None and customer_id in self.customers)


@dataclass(frozen=True, slots=True)
class User:
    """A person's account."""

    user_id: int
    email: str  # lower case
    name: str
    role: Role
    active: bool = True
    customers: frozenset[str] = frozenset()  # with `inquiry` (or to narrow another role): only these
    timezone: str = ""  # "": the company's
    theme: str = "system"  # system, light or dark
    notify: frozenset[str] = frozenset()  # what is told by mail: assigned, mentioned, sla_due
    expires_at: datetime | None = None
    created_at: datetime | None = None
    last_seen_at: datetime | None = None

    @property
    def scope(self) -> Scope:
        """An inquiry account without customers sees nothing; another role without customers sees all."""
        return Scope(self.customers) if self.customers or self.role is Role.INQUIRY else Scope()

    def works_at(self, now: datetime) -> bool:
        """Whether the account opens anything at this moment."""
        return self.active and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks or acts: what every function of `desk` wants first."""

    who: str  # the address, or the login name at a terminal
    name: str
    scope: Scope
    permissions: frozenset[Permission]
    user_id: int | None = None
    teams: tuple[str, ...] = ()
    timezone: str = "UTC"
    theme: str = "system"
    role: Role | None = None

    def may(self, permission: Permission) -> bool:
        """Whether this one thing is allowed."""
        return permission in self.permissions


def terminal(who: str) -> Viewer:
    """Whoever has a shell on this machine and can read the store may do everything."""
    return Viewer(who, who, Scope(), EVERYTHING)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which conversations a view shows; what is empty does not narrow. `assignee`: me, nobody, my_teams, or a name."""

    status: tuple[str, ...] = ()
    assignee: str = ""
    customer_id: str = ""
    intent: str = ""
    priority: str = ""
    tag: str = ""
    lane: str = ""  # fraud
    in_doubt: bool = False  # a mail of ours whose fate is unknown
    to_approve: bool = False  # a colleague's reply waits for a second pair of eyes
    mentions_me: bool = False
    newest_first: bool = False  # instead of the most urgent first


@dataclass(frozen=True, slots=True)
class View:
    """A named filter in the sidebar."""

    key: str
    name: str
    filter: QueueFilter
    own: bool = False  # saved by a person; its key is its number
    shared: bool = False


_ACTIVE = ("open", "pending", "snoozed")
VIEWS: tuple[View, ...] = (
    View("mine", "Mine", QueueFilter(("open",), assignee="me")),
    View("unassigned", "Unassigned", QueueFilter(("open",), assignee="nobody")),
    View("team", "My teams", QueueFilter(("open",), assignee="my_teams")),
    View("open", "All open", QueueFilter(("open",))),
    View("mentions", "Mentions", QueueFilter(_ACTIVE, mentions_me=True)),
    View("fraud", "Fraud lane", QueueFilter(_ACTIVE, lane="fraud")),
    View("doubt", "In doubt", QueueFilter(_ACTIVE, in_doubt=True)),
    View("approve", "To approve", QueueFilter(_ACTIVE, to_approve=True)),
    View("waiting", "Waiting for customer", QueueFilter(("pending",), newest_first=True)),
    View("snoozed", "Snoozed", QueueFilter(("snoozed",), newest_first=True)),
    View("closed", "Closed", QueueFilter(("closed",), newest_first=True)),
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An offer to make an account; the token itself is nowhere kept."""

    invitation_id: int
    email: str
    name: str
    role: Role
    customers: frozenset[str]
    account_expires_at: datetime | None
    invited_by: str
    expires_at: datetime
    accepted_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A signed-in browser."""

    session_id: int
    user: User
    csrf: str
    created_at: datetime
    last_seen_at: datetime
    client: str = field(default="")
    agent: str = field(default="")
