"""Every list as a CSV file: views, filters, search, filed mail, what stands on a customer's page, accounts, canned replies.

In: the same addresses as the lists, with `.csv`. Out: files, written while they are read, within the viewer's scope.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from inboxbot.conversation import Conversation
from inboxbot.desk import accounts, canned, corrections, customer, reading
from inboxbot.desk.customer import CustomerCard
from inboxbot.desk.office import Desk
from inboxbot.errors import NotFoundError
from inboxbot.staff import QueueFilter, View, Viewer
from inboxbot.store.inbox import Page
from inboxbot.web.staff import words
from inboxbot.web.staff.csv_file import Cell, csv_response
from inboxbot.web.staff.gate import Gate, Guest
from inboxbot.web.staff.queue import CUSTOM, FILTER_FIELDS, filter_of

MOST_ROWS = 100_000
CONVERSATION_COLUMNS = (
    "number",
    "subject",
    "status",
    "priority",
    "about",
    "customer",
    "customer name",
    "correspondent",
    "assignee",
    "tags",
    "urgency",
    "waiting since",
    "answer due",
    "created",
    "changed",
)


def export_routes(desk: Desk, gate: Gate) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/inbox/v/{key}.csv")
    def view(key: str, request: Request, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        viewer = guest.viewer
        if key == CUSTOM:
            wanted, name = filter_of({field: request.query_params.get(field, "") for field in FILTER_FIELDS}), "filtered"
        else:
            wanted, name = reading.view(desk, viewer, key).filter, key
        first = reading.queue(desk, viewer, wanted, None, reading.MOST_PER_PAGE)  # a problem is said before the file begins
        return _conversations(desk, viewer, name, _pages(desk, viewer, wanted, first))

    @router.get("/inbox/search.csv")
    def search(guest: Annotated[Guest, Depends(gate.reader)], q: str = "") -> Response:
        return _conversations(desk, guest.viewer, "search", _found(desk, guest.viewer, q[:200]))

    @router.get("/inbox/filed.csv")
    def filed(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        header = ("number", "received", "from", "subject", "kind", "about", "outcome", "customer", "why")
        return csv_response("filed", header, _filed(desk, guest.viewer), guest.viewer.timezone)

    @router.get("/inbox/customers/{customer_id}/{what}.csv")
    def of_customer(customer_id: str, what: str, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        card = customer.card(desk, guest.viewer, customer_id)
        if what not in CUSTOMER_LISTS:
            raise NotFoundError(f"there is no list {what!r}; there are {', '.join(CUSTOMER_LISTS)}")
        header, rows = CUSTOMER_LISTS[what]
        return csv_response(f"{customer_id}-{what}", header, rows(card), guest.viewer.timezone)

    @router.get("/inbox/people.csv")
    def people(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        found, _ = accounts.users(desk, guest.viewer)
        header = ("address", "name", "role", "active", "only customers", "ends", "made", "last seen")
        rows: list[tuple[Cell, ...]] = [
            (u.email, u.name, u.role.value, u.active, ", ".join(sorted(u.customers)), u.expires_at, u.created_at, u.last_seen_at)
            for u in found
        ]
        return csv_response("people", header, rows, guest.viewer.timezone)

    @router.get("/inbox/canned.csv")
    def canned_replies(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        header = ("name", "text", "by", "changed")
        rows: list[tuple[Cell, ...]] = [(one.name, one.text, one.created_by, one.updated_at) for one in canned.listing(desk, guest.viewer)]
        return csv_response("canned-replies", header, rows, guest.viewer.timezone)

    @router.get("/inbox/views.csv")
    def views(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        header = ("name", "shared", *FILTER_FIELDS)
        rows = (_view_row(one) for one in reading.views(desk, guest.viewer) if one.own)
        return csv_response("saved-views", header, rows, guest.viewer.timezone)

    return router


def _view_row(view: View) -> tuple[Cell, ...]:
    values = {name: ", ".join(value) if isinstance(value, list) else value for name, value in reading.filter_values(view.filter).items()}
    return (view.name, view.shared, *(values.get(name, "") for name in FILTER_FIELDS))


def _invoices(card: CustomerCard) -> list[tuple[Cell, ...]]:
    late = card.days_overdue
    return [
        (i.invoice_number, i.po_number, i.issue_date, i.due_date, late.get(i.invoice_number, 0), i.amount, i.balance, i.currency)
        for i in card.invoices
    ]


def _payments(card: CustomerCard) -> list[tuple[Cell, ...]]:
    return [(p.payment_id, p.date, p.amount, p.currency, p.invoice_number, p.method, p.reference) for p in card.all_payments]


def _promises(card: CustomerCard) -> list[tuple[Cell, ...]]:
    return [
        (p.promised_for, Decimal(p.amount) if p.amount else None, p.currency, ", ".join(p.invoice_numbers), p.state) for p in card.promises
    ]


def _disputes(card: CustomerCard) -> list[tuple[Cell, ...]]:
    return [(d.since, d.reason, ", ".join(d.invoice_numbers), d.state) for d in card.disputes]


def _contacts(card: CustomerCard) -> list[tuple[Cell, ...]]:
    return [(c.email, c.name, c.role) for c in card.contacts]


CUSTOMER_LISTS: Mapping[str, tuple[tuple[str, ...], Callable[[CustomerCard], list[tuple[Cell, ...]]]]] = MappingProxyType(
    {
        "invoices": (("invoice", "purchase order", "issued", "due", "days overdue", "amount", "open", "currency"), _invoices),
        "payments": (("payment", "date", "amount", "currency", "invoice", "method", "reference"), _payments),
        "promises": (("promised for", "amount", "currency", "invoices", "state"), _promises),
        "disputes": (("since", "reason", "invoices", "state"), _disputes),
        "contacts": (("address", "name", "role"), _contacts),
    }
)


def _conversations(desk: Desk, viewer: Viewer, name: str, found: Iterator[Conversation]) -> Response:
    customers = desk.ledger().customers

    def row(c: Conversation) -> tuple[Cell, ...]:
        known = customers.get(c.customer_id or "")
        why = "; ".join(": ".join(words.reason(one)) for one in c.urgency)
        about, status = words.intent(c.primary), words.status(c.status.value)
        head = (c.conversation_id, c.subject, status, c.priority.value, about, c.customer_id, known.name if known else "", c.correspondent)
        return (*head, c.assignee, ", ".join(c.tags), why, c.waiting_since, c.due_at, c.created_at, c.updated_at)

    return csv_response(name, CONVERSATION_COLUMNS, (row(one) for one in found), viewer.timezone)


def _pages(desk: Desk, viewer: Viewer, wanted: QueueFilter, page: Page) -> Iterator[Conversation]:
    count = 0
    while True:
        yield from page.conversations
        count += len(page.conversations)
        if page.after is None or count >= MOST_ROWS:
            return
        page = reading.queue(desk, viewer, wanted, page.after, reading.MOST_PER_PAGE)


def _found(desk: Desk, viewer: Viewer, query: str) -> Iterator[Conversation]:
    before, seen = None, set[int]()
    while len(seen) < MOST_ROWS:
        found = reading.find(desk, viewer, query, before, reading.MOST_PER_PAGE)
        for one in found.conversations:
            if one.conversation_id not in seen:
                seen.add(one.conversation_id)
                yield one
        if found.after is None:
            return
        before = found.after


def _filed(desk: Desk, viewer: Viewer) -> Iterator[tuple[Cell, ...]]:
    before, count = None, 0
    while count < MOST_ROWS:
        mails = corrections.filed(desk, viewer, before, reading.MOST_PER_PAGE)
        for m in mails:
            why = "; ".join(": ".join(words.reason(one)) for one in m.reasons)
            yield (m.row_id, m.received_at, m.sender, m.subject, m.machine, words.intent(m.primary), m.outcome, m.customer_id, why)
        if len(mails) < reading.MOST_PER_PAGE:
            return
        before, count = mails[-1].row_id, count + len(mails)
