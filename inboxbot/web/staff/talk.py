"""One conversation: its page, a mail's own HTML in its frame, and a customer's page.

In: numbers. Out: pages. What changes something is in `actions`.
"""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from inboxbot.conversation import ConversationStatus
from inboxbot.desk import accounts, canned, corrections, customer, four_eyes, fraud, reading, replies, work
from inboxbot.desk.office import Desk
from inboxbot.errors import NotFoundError, UnreadableMessageError
from inboxbot.facts import Facts
from inboxbot.ingest import display, parse
from inboxbot.message import Message
from inboxbot.staff import Permission, QueueFilter, Viewer
from inboxbot.store.inbox import Thread
from inboxbot.understanding import DisputeReason, Intent, PaymentMethod
from inboxbot.web.staff.assets import Assets
from inboxbot.web.staff.files import file_headers
from inboxbot.web.staff.gate import Gate, Guest, Number
from inboxbot.web.staff.render import Pages
from inboxbot.web.staff.safe_html import FRAME_HEADERS, frame_page
from inboxbot.web.staff.talk_view import LISTED, named_beside, talk

FileNumber = Annotated[int, Path(ge=0, le=999)]
MOST_DOCUMENTS = 80  # invoices offered for attaching: the open ones first
MOST_PARSED = 40  # mails of a conversation that are shown with their quoted text; older ones as stored


def talk_routes(desk: Desk, gate: Gate, pages: Pages, assets: Assets, talks: "Talks") -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/inbox/c/{conversation_id}")
    def conversation(
        conversation_id: Number, guest: Annotated[Guest, Depends(gate.reader)], view: str = "", sent: int | None = None
    ) -> Response:
        return talks.page(guest, conversation_id, view, sent=sent)

    @router.get("/inbox/mail/{message_id}")
    def mail_frame(message_id: Number, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        raw = reading.raw_message(desk, guest.viewer, message_id)
        return HTMLResponse(frame_page(display.html_of(raw), assets["inbox.css"]), headers=FRAME_HEADERS)

    @router.get("/inbox/mail/{message_id}/files/{number}")
    def file(message_id: Number, number: FileNumber, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        name, content = display.file_of(reading.raw_message(desk, guest.viewer, message_id), number)
        return Response(content, media_type="application/octet-stream", headers=file_headers(name))

    @router.get("/inbox/customers")
    def suggest(guest: Annotated[Guest, Depends(gate.reader)], q: str = "") -> Response:
        found = [{"value": f"{one.customer_id} {one.name}"} for one in customer.suggested(desk, guest.viewer, q[:80])]
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    @router.get("/inbox/customers/{customer_id}")
    def customer_page(customer_id: str, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        viewer = guest.viewer
        sidebar = reading.views(desk, viewer)
        numbers = reading.counts(desk, viewer, sidebar)
        values: dict[str, Any] = {
            "card": customer.card(desk, viewer, customer_id),
            "people": people_of(desk, viewer),
            "back": f"/inbox/customers/{quote(customer_id)}",
        }
        return pages.page("customer.html.j2", guest, sidebar=sidebar, counts=numbers, here="", **values)

    return router


def people_of(desk: Desk, viewer: Viewer) -> dict[str, str]:
    """The colleagues' names by address, for whoever may know them."""
    return {user.email: user.name for user in accounts.colleagues(desk, viewer)} if viewer.may(Permission.READ_INTERNAL) else {}


class Talks:
    """Makes the pages of conversations."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        """What they are made with."""
        self._desk, self._pages = desk, pages

    def page(self, guest: Guest, conversation_id: int, view: str, status: int = 200, **more: Any) -> Response:
        """A conversation's page; a merged one leads to where its mails are now."""
        viewer, desk = guest.viewer, self._desk
        thread = reading.thread(desk, viewer, conversation_id)
        head = thread.conversation
        if head.merged_into is not None:
            return RedirectResponse(f"/inbox/c/{head.merged_into}", 303)
        sidebar = reading.views(desk, viewer)
        here = next((one for one in sidebar if one.key == view), None)
        above, below = reading.neighbours(desk, viewer, conversation_id, here.filter if here else QueueFilter((head.status.value,)))
        facts = desk.facts_of(head.customer_id) if viewer.scope.covers(head.customer_id) else None
        people, card = people_of(desk, viewer), self._card(viewer, head.customer_id, conversation_id)
        shown = talk(thread, self._parsed(viewer, thread), facts, desk.now())
        values: dict[str, Any] = {
            "talk": shown,
            "card": card,
            "listed": LISTED,
            "named": named_beside(shown, card, facts),
            "sidebar": sidebar,
            "counts": reading.counts(desk, viewer, sidebar),
            "here": view,
            "above": above,
            "below": below,
            "sent": None,
            "undo_seconds": desk.config.inbox.undo_seconds,
            "people": people,
            "assignees": [*((t.name, f"{t.name} (team)") for t in desk.config.team), *people.items()],
            **self._work(viewer, thread, conversation_id, facts),
            "back": f"/inbox/c/{conversation_id}{f'?view={view}' if here else ''}",
        }
        return self._pages.page("talk.html.j2", guest, status, **{**values, **more})

    def _work(self, viewer: Viewer, thread: Thread, conversation_id: Number, facts: Facts | None) -> dict[str, Any]:
        """What the buttons and forms of the page hold."""
        values: dict[str, Any] = {"problem": "", "meanwhile": False, "documents": (), "approvals": {}}
        values["corrections"] = thread.corrections[-8:]
        if not viewer.may(Permission.WORK):
            return values
        desk, latest = self._desk, thread.mails[-1] if thread.mails else None
        work.seen(desk, viewer, conversation_id)
        draft = replies.draft_of(desk, viewer, conversation_id)
        typed = {
            "text": draft.text if draft else (thread.draft if thread.conversation.status is not ConversationStatus.PENDING else ""),
            "documents": draft.documents if draft else (),
            "also_to": ", ".join(draft.also_to) if draft else "",
        }
        invoices = sorted(facts.invoices, key=lambda i: (not i.is_open, i.due_date)) if facts else []
        return values | {
            "typed": typed,
            "seen": replies.mark_of(desk, viewer, conversation_id),
            "canned": canned.listing(desk, viewer),
            "documents": invoices[:MOST_DOCUMENTS],
            "known_addresses": {c.email for c in facts.contacts} if facts else set(),
            "intents": [intent.value for intent in Intent],
            "methods": [method.value for method in PaymentMethod],
            "dispute_reasons": [reason.value for reason in DisputeReason],
            "approvals": {one.outbox_id: one for one in four_eyes.waiting_in(desk, viewer, conversation_id)},
            "two_people": desk.config.security.four_eyes != "off",
            "said_genuine": fraud.said_by(desk, viewer, conversation_id) if thread.conversation.lane == "fraud" else "",
            "right": corrections.right(desk, viewer, latest.row_id) if latest else {},
        }

    def _parsed(self, viewer: Viewer, thread: Thread) -> dict[int, Message]:
        found = {}
        for mail in thread.mails[-MOST_PARSED:]:
            try:
                found[mail.row_id] = parse.parse(reading.raw_message(self._desk, viewer, mail.row_id))
            except UnreadableMessageError:
                continue
        return found

    def _card(self, viewer: Viewer, customer_id: str | None, conversation_id: int) -> customer.CustomerCard | None:
        if customer_id is None:
            return None
        try:
            return customer.card(self._desk, viewer, customer_id, but=conversation_id)
        except NotFoundError:
            return None
