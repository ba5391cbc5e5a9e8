"""Reading the shared inbox: views with their counts, a page of the queue, search, one conversation, the audit trail.

In: a viewer and what to show. Out: values. Everything is asked within the viewer's scope.
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from inboxbot.conversation import Conversation
from inboxbot.decision import Priority
from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.errors import NotFoundError, UsageError
from inboxbot.message import RawMessage
from inboxbot.staff import VIEWS, Permission, QueueFilter, View, Viewer
from inboxbot.store import conversations, inbox, saved_views, search
from inboxbot.store.inbox import Event, Page, Place, Thread
from inboxbot.understanding import Intent

MOST_PER_PAGE = 200
_STATUS = ("open", "pending", "snoozed", "closed")
_INTERNAL_VIEWS = frozenset({"mine", "team", "mentions", "unassigned", "approve", "fraud", "doubt"})  # for who works here
_APPROVALS = "approve"  # a view only where every reply takes two people


@dataclass(frozen=True, slots=True)
class Found:
    """A page of search results."""

    conversations: tuple[Conversation, ...]
    after: int | None


def views(desk: Desk, viewer: Viewer) -> list[View]:
    """The views in the sidebar: ours, the shared ones, the viewer's own."""
    require(viewer, Permission.READ)
    works, two_people = viewer.may(Permission.WORK), desk.config.security.four_eyes == "all"
    standard = [view for view in VIEWS if (works or view.key not in _INTERNAL_VIEWS) and (two_people or view.key != _APPROVALS)]
    with desk.store.reading() as session:
        return standard + saved_views.of(session, viewer.who)


def view(desk: Desk, viewer: Viewer, key: str) -> View:
    """One view by its key; raises NotFoundError."""
    found = next((one for one in views(desk, viewer) if one.key == key), None)
    if found is None:
        raise NotFoundError(f"there is no view {key}")
    return found


def counts(desk: Desk, viewer: Viewer, wanted: list[View]) -> dict[str, int]:
    """How many conversations each view shows, up to `inbox.COUNT_UP_TO`; closed ones are not counted."""
    require(viewer, Permission.READ)
    counted = [one for one in wanted if one.filter.status != ("closed",)]
    with desk.store.reading() as session:
        numbers = inbox.counts(session, [one.filter for one in counted], place(viewer), viewer.scope)
    return {one.key: number for one, number in zip(counted, numbers, strict=True)}


def queue(desk: Desk, viewer: Viewer, wanted: QueueFilter, after: tuple[int, int] | None = None, limit: int = 50) -> Page:
    """One page of a view, in its order."""
    require(viewer, Permission.READ)
    with desk.store.reading() as session:
        return inbox.page(session, wanted, place(viewer), viewer.scope, after=after, limit=max(1, min(limit, MOST_PER_PAGE)))


def previews(desk: Desk, viewer: Viewer, conversation_ids: list[int]) -> dict[int, str]:
    """The beginning of each conversation's latest mail."""
    require(viewer, Permission.READ)
    with desk.store.reading() as session:
        return inbox.previews(session, conversation_ids, viewer.scope)


def find(desk: Desk, viewer: Viewer, query: str, before: int | None = None, limit: int = 50) -> Found:
    """Full-text search over subject, text, customer, invoice and PO; the newest match first. `#12` finds conversation 12."""
    require(viewer, Permission.READ)
    limit = max(1, min(limit, MOST_PER_PAGE))
    with desk.store.reading() as session:
        number = query.strip().removeprefix("#")
        named = [int(number)] if query.strip().startswith("#") and number.isascii() and number.isdigit() and len(number) < 10 else []  # noqa: PLR2004
        if named:
            return Found(tuple(inbox.by_ids(session, named, viewer.scope)), None)
        internal = viewer.may(Permission.READ_INTERNAL)
        hits = search.find(session, query, viewer.scope, internal=internal, before=before, limit=limit)
        found = inbox.by_ids(session, [hit.conversation_id for hit in hits], viewer.scope)
    return Found(tuple(found), hits[-1].position if len(hits) == limit else None)


def conversation(desk: Desk, viewer: Viewer, conversation_id: int) -> Conversation:
    """One conversation's head."""
    require(viewer, Permission.READ)
    with desk.store.reading() as session:
        return inbox.get(session, conversation_id, viewer.scope)


def thread(desk: Desk, viewer: Viewer, conversation_id: int) -> Thread:
    """Everything about a conversation that the viewer may see."""
    require(viewer, Permission.READ)
    with desk.store.reading() as session:
        return inbox.thread(session, conversation_id, viewer.scope, internal=viewer.may(Permission.READ_INTERNAL))


def neighbours(desk: Desk, viewer: Viewer, conversation_id: int, wanted: QueueFilter) -> tuple[int | None, int | None]:
    """The conversations above and below this one in a view."""
    require(viewer, Permission.READ)
    with desk.store.reading() as session:
        return inbox.neighbours(session, conversation_id, wanted, place(viewer), viewer.scope)


def raw_message(desk: Desk, viewer: Viewer, message_id: int) -> RawMessage:
    """A mail's bytes."""
    require(viewer, Permission.READ)
    with desk.store.reading() as session:
        return inbox.raw_of(session, message_id, viewer.scope)


def save_view(desk: Desk, viewer: Viewer, name: str, wanted: QueueFilter, *, shared: bool) -> View:
    """Save a filter under a name; sharing it needs a permission."""
    require(viewer, Permission.SHARE if shared else Permission.WORK)
    if not name.strip():
        raise UsageError("a view needs a name")
    with desk.store.transaction() as session:
        saved = saved_views.add(session, viewer.who, name.strip()[:60], wanted, shared=shared, now=desk.now())
        conversations.audit(session, who=viewer.who, what="saved view", now=desk.now(), detail={"name": saved.name, "shared": shared})
    return saved


def remove_view(desk: Desk, viewer: Viewer, key: str) -> None:
    """Remove a saved view: one's own, or a shared one with the permission."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        name = saved_views.remove(session, key, viewer.who, may_shared=viewer.may(Permission.SHARE), now=desk.now())
        conversations.audit(session, who=viewer.who, what="removed view", now=desk.now(), detail={"name": name})


def audit_trail(  # noqa: PLR0913 - a page of the trail is narrowed in that many ways
    desk: Desk,
    viewer: Viewer,
    *,
    who: str = "",
    what: str = "",
    conversation_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Event]:
    """Who did what, the latest first."""
    require(viewer, Permission.AUDIT)
    with desk.store.reading() as session:
        return inbox.events(
            session,
            viewer.scope,
            who=who,
            what=what,
            conversation_id=conversation_id,
            since=since,
            until=until,
            before=before,
            limit=max(1, min(limit, 1000)),
        )


def tags(desk: Desk, viewer: Viewer) -> list[str]:
    """The tags in use."""
    require(viewer, Permission.READ_INTERNAL)
    with desk.store.reading() as session:
        return inbox.known_tags(session, viewer.scope)


def queue_filter(values: dict[str, Any]) -> QueueFilter:
    """A filter from names and values; what it does not know, or an impossible value, raises UsageError."""
    known = {field.name for field in fields(QueueFilter)}
    unknown = sorted(values.keys() - known)
    if unknown:
        raise UsageError(f"a filter has no {unknown[0]!r}; it has {', '.join(sorted(known))}")
    status = values.get("status") or ()
    wanted = {**values, "status": (status,) if isinstance(status, str) else tuple(status)}
    for name, allowed in (("intent", list(Intent)), ("priority", list(Priority)), ("lane", ["fraud"])):
        if wanted.get(name) and wanted[name] not in allowed:
            raise UsageError(f"{wanted[name]!r} is no {name}")
    if not set(wanted["status"]) <= set(_STATUS):
        raise UsageError(f"a status is one of {', '.join(_STATUS)}")
    return QueueFilter(**wanted)


def filter_values(wanted: QueueFilter) -> dict[str, Any]:
    """The filter as names and values, without what does not narrow."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(wanted).items() if value}


def place(viewer: Viewer) -> Place:
    """What "me" and "my teams" mean."""
    return Place(viewer.who, viewer.teams)
