"""Who has which conversation open, and what happened since somebody looked.

In: a viewer and a conversation. Out: presences that fade when they are not renewed; events for the live feed.
"""

from collections.abc import Collection

from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.staff import Permission, Viewer
from inboxbot.store import desk_notes, inbox, staff
from inboxbot.store.desk_notes import Present
from inboxbot.store.inbox import Event


def here(desk: Desk, viewer: Viewer, conversation_id: int, *, typing: bool) -> None:
    """The viewer has the conversation open."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        inbox.check(session, conversation_id, viewer.scope)
        desk_notes.here(session, conversation_id, viewer.who, viewer.name, desk.now(), typing=typing)


def gone(desk: Desk, viewer: Viewer, conversation_id: int) -> None:
    """The viewer left it."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        inbox.check(session, conversation_id, viewer.scope)
        desk_notes.gone(session, conversation_id, viewer.who)


def names(desk: Desk, addresses: Collection[str]) -> dict[str, str]:
    """The names of people with an account, by address."""
    if not addresses:
        return {}
    with desk.store.reading() as session:
        return {user.email: user.name for user in staff.users(session) if user.email in addresses}


def latest(desk: Desk) -> int:
    """The number of the latest event: by it a page knows whether something happened since it was made."""
    with desk.store.reading() as session:
        return inbox.last_event(session)


def happenings(desk: Desk, since: int | None) -> tuple[int, list[tuple[Event, str | None]], list[Present]]:
    """(the latest event's number, events since with their conversation's customer, who is present); the caller filters by viewer."""
    with desk.store.reading() as session:
        present = desk_notes.present(session, desk.now())
        if since is None:
            return inbox.last_event(session), [], present
        events = inbox.events_after(session, since)
        customers = inbox.customer_ids_of(session, {e.conversation_id for e in events if e.conversation_id is not None})
    last = events[-1].event_id if events else since
    return last, [(event, customers.get(event.conversation_id or 0)) for event in events], present
