"""A made-up customer, another one, and an application that knows both."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import httpx
from fastapi import FastAPI

from inboxbot.config import CompanySection
from inboxbot.errors import DocumentMissingError
from inboxbot.facts import Customer, Facts, Invoice, Payment
from inboxbot.reply import Document
from inboxbot.web.app import WebServices, create_app

COMPANY = CompanySection(name="Brightwater Components", address="ar@brightwater.example", timezone="Europe/Berlin")
AS_OF = datetime(2026, 11, 28, 13, 5, tzinfo=UTC)
TOKEN = "alder-0123456789abcdef"
OTHER_TOKEN = "bayline-0123456789abcdef"


def an_invoice(number: str, due: date, balance: str, **changes: object) -> Invoice:
    values = {
        "invoice_number": number, "customer_id": "C1", "po_number": "PO-7", "issue_date": due - timedelta(days=30), "due_date": due,
        "currency": "USD", "amount": Decimal("1000.00"), "balance": Decimal(balance), "document": f"{number}.pdf",
    }  # fmt: skip
    return Invoice(**{**values, **changes})  # type: ignore[arg-type]


ALDER = Facts(
    as_of=AS_OF,
    customer=Customer("C1", "Alder & Stone <Construction>", "USD"),
    invoices=(
        an_invoice("INV-1", date(2026, 8, 1), "1000.00"),
        an_invoice("INV-2", date(2026, 11, 18), "250.50"),
        an_invoice("INV-3", date(2026, 12, 20), "1000.00"),
        an_invoice("INV-4", date(2026, 10, 1), "0.00"),
        an_invoice("CN-5", date(2026, 11, 1), "-100.00", amount=Decimal("-100.00")),
        an_invoice("INV/6", date(2026, 12, 24), "99.00", currency="EUR", po_number=""),
    ),
    payments=(Payment("P1", "C1", "INV-4", date(2026, 10, 3), Decimal("1000.00"), "USD"),),
)
BAYLINE = Facts(
    as_of=AS_OF, customer=Customer("C2", "Bayline", "GBP"), invoices=(an_invoice("INV-9", date(2026, 12, 1), "77.00", customer_id="C2"),)
)
EMPTY = Facts(as_of=AS_OF, customer=Customer("C3", "Nothing Ltd", "USD"))


def a_document(invoice: Invoice) -> Document:
    if invoice.invoice_number == "INV-3":
        raise DocumentMissingError(invoice.document, "the folder")
    return Document(invoice.document, "application/pdf", b"%PDF " + invoice.invoice_number.encode(), "", invoice.customer_id)


def a_statement(facts: Facts) -> Document:
    assert facts.customer
    return Document("statement.pdf", "application/pdf", b"%PDF statement", "", facts.customer.customer_id)


@dataclass
class Clock:
    """A moment that the test moves."""

    moment: datetime = AS_OF

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Links:
    """Which token opens whose page, and what was asked."""

    behind: dict[str, str] = field(default_factory=lambda: {TOKEN: "C1", OTHER_TOKEN: "C2", "nothing-0123456789abcdef": "C3"})
    asked: list[str] = field(default_factory=list)

    def __call__(self, token: str) -> str | None:
        self.asked.append(token)
        return self.behind.get(token)


KNOWN = MappingProxyType({"C1": ALDER, "C2": BAYLINE, "C3": EMPTY})


def services(
    clock: Callable[[], datetime] | None = None, links: Callable[[str], str | None] | None = None, **changes: object
) -> WebServices:
    values = {
        "company": COMPANY, "customer_behind": links or Links(), "facts_of": KNOWN.get, "document_of": a_document,
        "statement_of": a_statement, "health": lambda: {"ok": True}, "now": clock or Clock(),
    }  # fmt: skip
    return WebServices(**{**values, **changes})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Browser:
    """Opens pages of an application, one at a time; what breaks in it is shown as a server would."""

    app: FastAPI

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def ask(self, method: str, path: str) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as client:
                return await client.request(method, path)

        return asyncio.run(once())


def browser(clock: Callable[[], datetime] | None = None, **changes: object) -> Browser:
    return Browser(create_app(services(clock, **changes)))  # type: ignore[arg-type]
