"""The API's reading: views, lists, search, conversations, mails, customers, filed mail, the audit trail.

In: a token's viewer. Out: JSON, a page at a time.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import AfterValidator, AwareDatetime

from inboxbot.desk import accounts, corrections, customer, reading, replies
from inboxbot.desk.office import Desk
from inboxbot.errors import UsageError
from inboxbot.staff import Permission, Viewer
from inboxbot.store.inbox import Page
from inboxbot.web.api import given, shown
from inboxbot.web.api.given import LARGEST, PathName, PathNumber, storable
from inboxbot.web.staff.queue import parse_place, show_place

Holder = Callable[..., Viewer]
Limit = Annotated[int, Query(ge=1, le=reading.MOST_PER_PAGE)]
Place = Annotated[str, Query(max_length=40, description="`after` of the page before.")]
Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
Words = Annotated[str, Query(max_length=200), AfterValidator(storable)]


def reading_routes(desk: Desk, holder: Holder) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["reading"])
    _list_routes(router, desk, holder)
    _conversation_routes(router, desk, holder)
    _other_routes(router, desk, holder)
    return router


def _list_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.get("/me")
    def me(viewer: Annotated[Viewer, Depends(holder)]) -> shown.Me:
        """Whose token this is, and what it may do."""
        scope = viewer.scope.customers
        return shown.Me(
            who=viewer.who,
            name=viewer.name,
            role=viewer.role.value if viewer.role else None,
            teams=list(viewer.teams),
            timezone=viewer.timezone,
            permissions=sorted(viewer.permissions),
            customers=None if scope is None else sorted(scope),
        )

    @router.get("/views")
    def views(viewer: Annotated[Viewer, Depends(holder)]) -> list[shown.ViewOut]:
        """The views of the sidebar with their counts (up to 1000; closed ones are not counted)."""
        found = reading.views(desk, viewer)
        counts = reading.counts(desk, viewer, found)
        return [shown.view(one, counts.get(one.key), reading.filter_values(one.filter)) for one in found]

    @router.get("/views/{key}")
    def view(key: PathName, viewer: Annotated[Viewer, Depends(holder)], after: Place = "", limit: Limit = 50) -> shown.PageOut:
        """The conversations of a view, in its order."""
        return _page(reading.queue(desk, viewer, reading.view(desk, viewer, key).filter, parse_place(after), limit))

    @router.get("/conversations")
    def conversations(wanted: Annotated[given.Filter, Query()], viewer: Annotated[Viewer, Depends(holder)]) -> shown.PageOut:
        """Conversations, narrowed. The most urgent come first."""
        values = wanted.model_dump(exclude={"after", "limit"})
        return _page(reading.queue(desk, viewer, reading.queue_filter(values), parse_place(wanted.after), wanted.limit))

    @router.get("/search")
    def search(q: Words, viewer: Annotated[Viewer, Depends(holder)], after: Before = None, limit: Limit = 50) -> shown.PageOut:
        """Full-text search over subject, text, customer, invoice and PO; the newest match first."""
        found = reading.find(desk, viewer, q, after, limit)
        return shown.PageOut(
            conversations=[shown.conversation(one) for one in found.conversations], after=str(found.after) if found.after else None
        )


def _conversation_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.get("/conversations/{conversation_id}")
    def conversation(conversation_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.ThreadOut:
        """A conversation with its mails, what was understood, our replies, notes and changes."""
        thread = reading.thread(desk, viewer, conversation_id)
        return shown.thread(thread, replies.mark_of(desk, viewer, conversation_id))

    @router.get(
        "/messages/{message_id}/raw",
        response_class=Response,
        responses={200: {"content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    def raw(message_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> Response:
        """A mail as it came, byte for byte."""
        mail = reading.raw_message(desk, viewer, message_id)
        headers = {"Content-Disposition": f'attachment; filename="{message_id}.eml"', "Cache-Control": "no-store"}
        return Response(mail.raw, media_type="message/rfc822", headers=headers)

    @router.get("/messages/{message_id}/right")
    def right(message_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> dict[str, Any]:
        """What is held to be right of a mail now, corrections included."""
        return corrections.right(desk, viewer, message_id)


def _other_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.get("/customers/{customer_id}")
    def customer_card(customer_id: PathName, viewer: Annotated[Viewer, Depends(holder)]) -> shown.CustomerOut:
        """A customer: what is open and how old, payments, promises, disputes, contacts, conversations."""
        return shown.customer(customer.card(desk, viewer, customer_id), internal=viewer.may(Permission.READ_INTERNAL))

    @router.get("/filed")
    def filed(viewer: Annotated[Viewer, Depends(holder)], before: Before = None, limit: Limit = 50) -> list[shown.FiledOut]:
        """Mail that nobody had to see, the latest first; `before` is the last `row_id` of the page before."""
        return [shown.filed(one) for one in corrections.filed(desk, viewer, before, limit)]

    @router.get("/tags")
    def tags(viewer: Annotated[Viewer, Depends(holder)]) -> list[str]:
        """The tags in use."""
        return reading.tags(desk, viewer)

    @router.get("/colleagues")
    def colleagues(viewer: Annotated[Viewer, Depends(holder)]) -> list[shown.ColleagueOut]:
        """Who can be given work or mentioned."""
        return [shown.ColleagueOut.model_validate(one) for one in accounts.colleagues(desk, viewer)]

    @router.get("/audit")
    def audit(
        viewer: Annotated[Viewer, Depends(holder)],
        who: Words = "",
        what: Words = "",
        conversation_id: Before = None,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        before: Before = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[shown.EventOut]:
        """Who did what, the latest first; `before` is the last `event_id` of the page before."""
        if any(moment is not None and not 1970 < moment.year < 9000 for moment in (since, until)):  # noqa: PLR2004
            raise UsageError("since and until are times of our days")
        found = reading.audit_trail(
            desk, viewer, who=who, what=what, conversation_id=conversation_id, since=since, until=until, before=before, limit=limit
        )
        return [shown.event(one) for one in found]


def _page(page: Page) -> shown.PageOut:
    return shown.PageOut(
        conversations=[shown.conversation(one) for one in page.conversations], after=show_place(page.after) if page.after else None
    )
