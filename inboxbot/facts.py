"""The nouns of money, as the ledger (the ERP's read-only view) tells them, and `Facts`: one sender's part of it.

In: nothing (values only). Out: `Customer`, `Contact`, `Invoice`, `Payment`, `Facts`; made by `ledger`, read by
`classify`, `policy` and `responders`. Amounts are `Decimal` in the currency's own unit.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, as customers.csv has it."""

    customer_id: str
    name: str
    currency: str
    credit_limit: Decimal | None = None
    terms_days: int | None = None
    account_owner: str = ""  # an address, or ""
    on_hold: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or role address that belongs to a customer."""

    customer_id: str
    email: str  # lower case
    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice (negative amount: a credit note), as invoices.csv has it."""

    invoice_number: str
    customer_id: str
    po_number: str
    issue_date: date
    due_date: date
    currency: str
    amount: Decimal
    balance: Decimal
    document: str

    @property
    def is_open(self) -> bool:
        """True while something is left to pay (or to credit)."""
        return self.balance != 0

    def days_overdue(self, today: date) -> int:
        """Days past the due date; 0 when not yet due or nothing is open."""
        return max(0, (today - self.due_date).days) if self.is_open else 0


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment received, as payments.csv has it; one row per invoice it was applied to."""

    payment_id: str
    customer_id: str
    invoice_number: str
    date: date
    amount: Decimal
    currency: str
    method: str = ""
    reference: str = ""


class SenderStanding(StrEnum):
    """How the From address stands in the ledger."""

    CONTACT = "contact"  # a contact of exactly one customer
    OWN_DOMAIN = "own_domain"  # not a contact, but under a customer's own domain
    AMBIGUOUS = "ambiguous"  # belongs to two customers
    COLLEAGUE = "colleague"  # our own domain
    FREE_MAIL = "free_mail"  # a free-mail address that is no contact
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Likeness:
    """Something that only looks like what we know: `kind` is "look_alike" (a domain) or "display_name"."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger knows that bears on one sender: their customer and that customer's items, as of one moment."""

    as_of: datetime
    standing: SenderStanding = SenderStanding.UNKNOWN
    customer: Customer | None = None
    contact: Contact | None = None
    contacts: tuple[Contact, ...] = ()
    invoices: tuple[Invoice, ...] = ()  # all of the customer's, oldest first
    payments: tuple[Payment, ...] = ()
    missing_documents: frozenset[str] = frozenset()  # invoice numbers whose document file is not there
    incomplete: tuple[str, ...] = ()  # rejected ledger rows of this customer, in words: its figures cannot be trusted
    all_invoice_numbers: frozenset[str] = frozenset()  # every customer's: tells a foreign invoice from an unknown one
    all_po_numbers: frozenset[str] = frozenset()
    company_currency: str = ""  # what an amount without a currency is in where there is no customer
    invoice_shapes: tuple[str, ...] = ("INV-#####",)  # how this ledger's numbers look, '#' for a digit, commonest first
    po_shapes: tuple[str, ...] = ()
    likenesses: tuple[Likeness, ...] = ()  # what the mail's addresses and names only look like
    outsiders: tuple[str, ...] = ()  # addresses in To and Cc that are neither ours nor the customer's
    strange_reply_to: tuple[str, ...] = ()  # addresses in Reply-To under the sender's domain, yet not the customer's (free mail)
    other_customers: tuple[str, ...] = ()  # addresses in To and Cc that are another customer's
    named_customers: tuple[str, ...] = ()  # other customers whose name the new text bears

    @property
    def open_invoices(self) -> tuple[Invoice, ...]:
        """The customer's open items, oldest due date first."""
        return tuple(sorted((i for i in self.invoices if i.is_open), key=lambda i: (i.due_date, i.invoice_number)))

    @property
    def currency(self) -> str:
        """The customer's currency, else the company's own."""
        return self.customer.currency if self.customer else self.company_currency

    def balance(self) -> dict[str, Decimal]:
        """What is open, by currency."""
        totals: dict[str, Decimal] = {}
        for invoice in self.open_invoices:
            totals[invoice.currency] = totals.get(invoice.currency, Decimal(0)) + invoice.balance
        return totals

    def overdue(self, today: date) -> dict[str, Decimal]:
        """What is past due on `today`, by currency."""
        totals: dict[str, Decimal] = {}
        for invoice in self.open_invoices:
            if invoice.due_date < today:
                totals[invoice.currency] = totals.get(invoice.currency, Decimal(0)) + invoice.balance
        return totals

    def invoice(self, number: str) -> Invoice | None:
        """The customer's invoice of that number (ledger form), or None."""
        return next((i for i in self.invoices if i.invoice_number == number), None)
