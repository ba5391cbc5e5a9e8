"""The list of conversations: views, filters, search, bulk actions, saved views.

In: a view's key or a query. Out: pages, a page's further rows, redirects after a change.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from inboxbot.conversation import Conversation
from inboxbot.desk import accounts, reading
from inboxbot.desk.office import Desk
from inboxbot.errors import NotFoundError, UsageError
from inboxbot.staff import Permission, QueueFilter, View, Viewer
from inboxbot.understanding import Intent
from inboxbot.web.staff.gate import Before, Gate, Guest, field, form_of
from inboxbot.web.staff.render import Pages

PER_PAGE = 50
CUSTOM = "custom"
_FLAGS = ("in_doubt", "to_approve", "mentions_me", "newest_first")
FILTER_FIELDS = ("status", "assignee", "intent", "priority", "customer_id", "tag", "lane", *_FLAGS)
_PLACE = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says: why it is empty and what to do about it."""

    heading: str
    words: str
    steps: tuple[str, ...] = ()


def queue_routes(desk: Desk, gate: Gate, pages: Pages) -> APIRouter:
    """The routes."""
    router, lists = APIRouter(), Lists(desk, pages)

    @router.get("/")
    @router.get("/inbox")
    def home(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        return RedirectResponse(f"/inbox/v/{'mine' if guest.viewer.may(Permission.WORK) else 'open'}", 303)

    @router.get("/inbox/v/{key}")
    def view(key: str, request: Request, guest: Annotated[Guest, Depends(gate.reader)], after: str = "") -> Response:
        return lists.view(guest, key, request, after)

    @router.get("/inbox/search")
    def search(guest: Annotated[Guest, Depends(gate.reader)], q: str = "", before: Before = None) -> Response:
        return lists.search(guest, q[:200], before)

    @router.get("/inbox/side")
    def side(guest: Annotated[Guest, Depends(gate.reader)], here: str = "") -> Response:
        return lists.side(guest, here)

    @router.post("/inbox/views")
    def save(guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        wanted = filter_of({name: field(form, name, 200) for name in FILTER_FIELDS})
        saved = reading.save_view(desk, guest.viewer, field(form, "name", 60), wanted, shared=bool(field(form, "shared", 1)))
        return RedirectResponse(f"/inbox/v/{saved.key}", 303)

    @router.post("/inbox/views/{key}/remove")
    def remove(key: str, guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        reading.remove_view(desk, guest.viewer, key)
        return RedirectResponse("/inbox", 303)

    return router


class Lists:
    """Makes the pages of lists."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        """What lists are made with."""
        self._desk, self._pages = desk, pages

    def view(self, guest: Guest, key: str, request: Request, after: str) -> Response:
        """A view's page."""
        viewer = guest.viewer
        sidebar = reading.views(self._desk, viewer)
        if key == CUSTOM:
            given = {name: request.query_params.get(name, "") for name in FILTER_FIELDS}
            view = View(CUSTOM, "Filtered", filter_of(given))
        else:
            view = _named(sidebar, key)
        said = request.query_params.get("said", "")[:300]
        page = reading.queue(self._desk, viewer, view.filter, parse_place(after), PER_PAGE)
        query = {name: value for name, value in request.query_params.items() if name in FILTER_FIELDS and value} if key == CUSTOM else {}
        numbers = reading.counts(self._desk, viewer, sidebar)
        total = numbers.get(key) if key in numbers else None
        if key == CUSTOM:
            total = reading.counts(self._desk, viewer, [view])[CUSTOM] if view.filter.status != ("closed",) else None
        more = f"/inbox/v/{key}?{urlencode({**query, 'after': show_place(page.after)})}" if page.after else ""
        return self._list(
            guest,
            page.conversations,
            here=key,
            heading=view.name,
            sidebar=sidebar,
            counts=numbers,
            total=total,
            sorted="newest first" if view.filter.newest_first else "most urgent first",
            filters=view.filter,
            narrowed=key == CUSTOM,
            own_view=view.own,
            filter_fields=_fields(view.filter),
            more=more,
            back=f"/inbox/v/{key}{'?' + urlencode(query) if query else ''}",
            csv=f"/inbox/v/{key}.csv{'?' + urlencode(query) if query else ''}",
            said=said,
            empty=None if page.conversations else self._empty(viewer, view),
        )

    def search(self, guest: Guest, query: str, before: int | None) -> Response:
        """Search results, the newest match first."""
        found = reading.find(self._desk, guest.viewer, query, before, PER_PAGE)
        sidebar = reading.views(self._desk, guest.viewer)
        more = f"/inbox/search?{urlencode({'q': query, 'before': found.after})}" if found.after else ""
        return self._list(
            guest,
            found.conversations,
            here="search",
            heading=f"Search: {query}" if query.strip() else "Search",
            sidebar=sidebar,
            counts=reading.counts(self._desk, guest.viewer, sidebar),
            total=None,
            sorted="",
            filters=None,
            narrowed=False,
            own_view=False,
            filter_fields=(),
            more=more,
            back=f"/inbox/search?{urlencode({'q': query})}",
            csv=f"/inbox/search.csv?{urlencode({'q': query})}",
            query=query,
            said="",
            empty=Empty(
                "Nothing found", "Every word must occur; parts of numbers count (20155 finds INV-20155), and so do beginnings of words."
            )
            if query.strip()
            else Empty("What are you looking for?", "An invoice or PO number, a customer, an address, or words of the mail."),
        )

    def side(self, guest: Guest, here: str) -> Response:
        """The sidebar alone, for the live counts."""
        sidebar = reading.views(self._desk, guest.viewer)
        numbers = reading.counts(self._desk, guest.viewer, sidebar)
        return self._pages.page("side.html.j2", guest, sidebar=sidebar, counts=numbers, here=here)

    def _list(self, guest: Guest, conversations: Sequence[Conversation], **values: Any) -> Response:
        viewer = guest.viewer
        customers = self._desk.ledger().customers
        work = viewer.may(Permission.WORK)
        people = {user.email: user.name for user in accounts.colleagues(self._desk, viewer)} if viewer.may(Permission.READ_INTERNAL) else {}
        teams = [(team.name, f"{team.name} (team)") for team in self._desk.config.team]
        return self._pages.page(
            "queue.html.j2",
            guest,
            conversations=conversations,
            previews=reading.previews(self._desk, viewer, [c.conversation_id for c in conversations]),
            customers={c.customer_id: customers[c.customer_id].name for c in conversations if c.customer_id and c.customer_id in customers},
            people=people,
            assignees=[*teams, *people.items()] if work else [],
            intents=[intent.value for intent in Intent],
            tags=reading.tags(self._desk, viewer) if viewer.may(Permission.READ_INTERNAL) else [],
            **values,
        )

    def _empty(self, viewer: Viewer, view: View) -> Empty:
        """What an empty view says."""
        if self._nothing_ever(viewer):
            steps = (
                "inboxbot check --connect: can we log in everywhere?",
                "Send a test mail to the mailbox.",
                "It appears here within seconds.",
            )
            return Empty("No mail has needed a person yet", "New conversations appear here by themselves. While you wait:", steps)
        if view.key == "team" and not viewer.teams:
            return Empty("Nothing waits for your teams", "You are in no team; [[team]] in the configuration names members.")
        return _EMPTY.get(view.key, _EMPTY[""])

    def _nothing_ever(self, viewer: Viewer) -> bool:
        return not reading.queue(self._desk, viewer, QueueFilter(), limit=1).conversations


_EMPTY = {
    "": Empty("Nothing here", "No conversation is like this at the moment."),
    "mine": Empty("Nothing waits for you", "Take the most urgent of what nobody has: press g, then u."),
    "unassigned": Empty("Everything has somebody", "New mail that no rule assigns appears here."),
    "team": Empty("Nothing waits for your teams", "What the rules assign to a team appears here until somebody takes it."),
    "fraud": Empty("Nothing suspicious", "Mail that looks like fraud is kept here, and two people decide about it."),
    "doubt": Empty(
        "No mail in doubt", "A mail of ours whose fate the mail server never told appears here. It is never sent again by itself."
    ),
    "approve": Empty("No reply waits for you", "Replies of colleagues that need a second pair of eyes appear here."),
    "snoozed": Empty("Nothing is snoozed", "Press s on a conversation to see it again when it matters."),
    "waiting": Empty("We wait for no customer", "Conversations that you answered wait here until the customer writes."),
    "mentions": Empty("Nobody needs you", "Notes that name you with @ appear here until you have seen them."),
}


def _named(sidebar: Sequence[View], key: str) -> View:
    found = next((view for view in sidebar if view.key == key), None)
    if found is None:
        raise NotFoundError(f"there is no view {key}")
    return found


def filter_of(given: dict[str, str]) -> QueueFilter:
    """A filter from query or form fields."""
    values: dict[str, Any] = {name: value for name, value in given.items() if value and name not in _FLAGS}
    values |= {name: True for name in _FLAGS if given.get(name)}
    return reading.queue_filter(values)


def _fields(wanted: QueueFilter) -> list[tuple[str, str]]:
    values = reading.filter_values(wanted)
    values["status"] = (values.get("status") or [""])[0]
    return [(name, "1" if value is True else str(value)) for name, value in values.items() if value]


def parse_place(text: str) -> tuple[int, int] | None:
    """`123.45` as the place in a list."""
    if not text:
        return None
    if not _PLACE.fullmatch(text):
        raise UsageError("this is no place in a list")
    first, _, second = text.partition(".")
    return int(first), int(second)


def show_place(place: tuple[int, int] | None) -> str:
    """The place in a list as it stands in an address."""
    return f"{place[0]}.{place[1]}" if place else ""
