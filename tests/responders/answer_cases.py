"""One small account, and contexts that ask about it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from inboxbot.config import CompanySection
from inboxbot.decision import Decision, Outcome
from inboxbot.facts import Contact, Customer, Facts, Invoice, Payment, SenderStanding
from inboxbot.message import Address, Message
from inboxbot.reply import Document
from inboxbot.responders.context import AnswerContext
from inboxbot.understanding import Entities, Intent, IntentScore, Understanding

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)  # the evening before in New York
COMPANY = CompanySection(name="Brightwater Components", address="ar@brightwater.example", timezone="America/New_York")
CUSTOMER = Customer("C1001", "Alder & Stone Construction", "USD", terms_days=30)
MEGAN = Contact("C1001", "m.fuller@alderstone.example", "Megan Fuller", "ap manager")
LINK = "https://ar.brightwater.example/account/abc"


def invoice(number: str, due: date, amount: str, balance: str | None = None, *, po: str = "", currency: str = "USD") -> Invoice:
    """An invoice of the account, issued on the first of October."""
    left = Decimal(amount if balance is None else balance)
    return Invoice(number, "C1001", po, date(2026, 10, 1), due, currency, Decimal(amount), left, f"{number}.pdf")


INVOICES = (
    invoice("INV-1", date(2026, 9, 1), "100.00", "0", po="PO-7"),
    invoice("INV-2", date(2026, 11, 1), "2169.54", po="PO-8"),
    invoice("INV-3", date(2026, 11, 28), "500.00", "200.00", po="PO-9"),
    invoice("INV-4", date(2026, 12, 20), "50.25", po="PO-9"),
)
PAYMENTS = (
    Payment("P1", "C1001", "INV-1", date(2026, 9, 3), Decimal("100.00"), "USD", "check", "21072"),
    Payment("P2", "C1001", "INV-3", date(2026, 11, 19), Decimal("300.00"), "USD", "wire", "WIRE651020"),
    Payment("P3", "C1001", "", date(2026, 11, 19), Decimal("25.00"), "USD", "wire", "WIRE651020"),
)


def facts(
    invoices: Iterable[Invoice] = INVOICES, payments: Iterable[Payment] = PAYMENTS, customer: Customer | None = CUSTOMER,
    contact: Contact | None = MEGAN,
) -> Facts:  # fmt: skip
    """The account as of the evening of 21 November in New York."""
    return Facts(NOW, SenderStanding.CONTACT, customer, contact, (), tuple(invoices), tuple(payments))


def document(number: str, size: int = 900, customer_id: str = "C1001") -> Document:
    """A file of that many bytes."""
    content = (number.encode() * size)[:size]
    return Document(f"{number}.pdf", "application/pdf", content, hashlib.sha256(content).hexdigest(), customer_id, number)


@dataclass(frozen=True)
class Ask:
    """What a mail asks; `context` makes it an AnswerContext."""

    intents: tuple[Intent, ...]
    entities: Entities = field(default_factory=Entities)
    facts: Facts = field(default_factory=facts)
    documents: Mapping[str, Document] = field(default_factory=lambda: {i.invoice_number: document(i.invoice_number) for i in INVOICES})
    link: str | None = LINK
    max_bytes: int = 15_000_000
    company: CompanySection = COMPANY
    subject: str = "Our account"
    pay: str | None = None

    @property
    def context(self) -> AnswerContext:
        message = Message(
            "<q@alderstone.example>", self.subject, Address(MEGAN.email, "Mallory"), NOW, references=("<r@alderstone.example>",)
        )
        understanding = Understanding(tuple(IntentScore(i, 0.99) for i in self.intents), self.entities)
        decision = Decision(Outcome.ANSWER, (), self.intents, Address(MEGAN.email, "Mallory"))
        return AnswerContext(
            self.company, message, understanding, self.facts, decision, self.documents, self.link, self.pay, self.max_bytes, NOW
        )  # fmt: skip
