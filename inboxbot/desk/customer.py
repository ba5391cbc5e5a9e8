"""The customer beside a conversation: what is open and how old, payments, promises, disputes, earlier conversations, contacts.

In: a viewer and a customer's number. Out: `CustomerCard`; values only, worked out here and printed by pages and API.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from inboxbot.conversation import Conversation
from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.errors import NotFoundError
from inboxbot.facts import Contact, Customer, Facts, Invoice, Payment
from inboxbot.responders import statement
from inboxbot.staff import Permission, Viewer
from inboxbot.store import contacts, inbox
from inboxbot.store.contacts import LearnedContact

RECENT_PAYMENTS, MOST_SUGGESTED = 6, 12
LABELS = ("current", "1 to 30", "31 to 60", "61 to 90", "over 90")


@dataclass(frozen=True, slots=True)
class Aging:
    """What is open in one currency, by days past due."""

    currency: str
    balance: Decimal
    overdue: Decimal
    buckets: tuple[tuple[str, Decimal, int], ...]  # label, amount, share in percent of what is owed


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise, with what became of it as far as the ledger shows."""

    promised_for: date
    amount: str | None
    currency: str
    invoice_numbers: tuple[str, ...]
    state: str  # open, kept, broken, superseded


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """A dispute."""

    reason: str
    invoice_numbers: tuple[str, ...]
    state: str
    since: date


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """One customer, as staff see them."""

    customer: Customer
    aging: tuple[Aging, ...]
    invoices: tuple[Invoice, ...]  # open, oldest due first
    days_overdue: dict[str, int]
    missing_documents: frozenset[str]
    payments: tuple[Payment, ...]  # the latest few
    all_payments: tuple[Payment, ...]
    promises: tuple[PromiseLine, ...]
    disputes: tuple[DisputeLine, ...]
    conversations: tuple[Conversation, ...]
    contacts: tuple[Contact, ...]
    learned: tuple[LearnedContact, ...]
    incomplete: tuple[str, ...]


def card(desk: Desk, viewer: Viewer, customer_id: str, *, but: int | None = None) -> CustomerCard:
    """Everything about a customer in scope; `but` leaves one conversation out of the earlier ones."""
    require(viewer, Permission.READ)
    facts = desk.facts_of(customer_id) if viewer.scope.covers(customer_id) else None
    if facts is None or facts.customer is None:
        raise NotFoundError(f"there is no customer {customer_id}")
    today = desk.now().astimezone(ZoneInfo(desk.config.company.timezone)).date()
    payments = tuple(sorted(facts.payments, key=lambda p: (p.date, p.payment_id), reverse=True))
    with desk.store.reading() as session:
        promises, disputes = inbox.promises(session, customer_id, viewer.scope), inbox.disputes(session, customer_id, viewer.scope)
        earlier = inbox.of_customer(session, customer_id, viewer.scope, but=but)
        learned = contacts.of_customer(session, customer_id)
    return CustomerCard(
        customer=facts.customer,
        aging=_aging(facts, today),
        invoices=facts.open_invoices,
        days_overdue={i.invoice_number: i.days_overdue(today) for i in facts.open_invoices if i.balance > 0},
        missing_documents=facts.missing_documents,
        payments=payments[:RECENT_PAYMENTS],
        all_payments=payments,
        promises=tuple(
            PromiseLine(
                row.promised_for,
                row.amount,
                row.currency,
                tuple(row.invoice_numbers),
                promise_state(facts, row.state, row.promised_for, row.invoice_numbers, row.created_at.date(), today),
            )
            for row in promises
        ),
        disputes=tuple(DisputeLine(row.reason or "", tuple(row.invoice_numbers), row.state, row.created_at.date()) for row in disputes),
        conversations=tuple(earlier),
        contacts=facts.contacts,
        learned=tuple(contact for contact in learned if contact.confirmed_at is None),
        incomplete=facts.incomplete,
    )


def suggested(desk: Desk, viewer: Viewer, words: str) -> list[Customer]:
    """Customers in scope whose number begins with what was typed or whose name has every word of it, for a field that completes."""
    require(viewer, Permission.READ)
    wanted = words.casefold().split()
    if not wanted:
        return []
    every = sorted(desk.ledger().customers.values(), key=lambda one: one.customer_id)
    found = [
        one
        for one in every
        if viewer.scope.covers(one.customer_id)
        and (one.customer_id.casefold().startswith(words.strip().casefold()) or all(word in one.name.casefold() for word in wanted))
    ]
    return found[:MOST_SUGGESTED]


def promise_state(facts: Facts, state: str, promised_for: date, numbers: list[str], made_on: date, today: date) -> str:
    """What became of an open promise: kept when the named invoices are settled (or money came since), broken a day late."""
    if state != "open":
        return state
    named = [i for i in facts.invoices if i.invoice_number in numbers]
    if named and not any(i.is_open for i in named):
        return "kept"
    if not named and any(payment.date >= made_on for payment in facts.payments):
        return "kept"
    return "broken" if promised_for + timedelta(days=1) < today else "open"


def _aging(facts: Facts, today: date) -> tuple[Aging, ...]:
    own = facts.currency
    currencies = sorted({i.currency for i in facts.open_invoices}, key=lambda c: (c != own, c))
    return tuple(_in_currency(facts, currency, today) for currency in currencies)


def _in_currency(facts: Facts, currency: str, today: date) -> Aging:
    items = [i for i in facts.open_invoices if i.currency == currency]
    totals = list(statement.aging(items, today).values())
    owed = sum((max(total, Decimal(0)) for total in totals), Decimal(0))
    shares = [int(100 * max(total, Decimal(0)) / owed) if owed else 0 for total in totals]
    return Aging(
        currency,
        facts.balance().get(currency, Decimal(0)),
        facts.overdue(today).get(currency, Decimal(0)),
        tuple(zip(LABELS, totals, shares, strict=True)),
    )
