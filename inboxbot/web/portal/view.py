"""The values of the account page, ready to print: no figure is worked out in a template.

In: a customer's `Facts`, the company, the links. Out: `AccountView`. Overdue counts from the day the ledger's figures
are true for, as in our letters, so that page and letter never differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from inboxbot.config import CompanySection
from inboxbot.facts import Facts, Invoice
from inboxbot.responders import wording
from inboxbot.web.portal.aging import Bucket, aging, credits_in
from inboxbot.web.portal.links import AccountLinks

RECENTLY_PAID = 10


@dataclass(frozen=True, slots=True)
class Day:
    """A day in words and for machines."""

    words: str
    iso: str


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One row of a table; `""` where there is nothing to show."""

    number: str
    po_number: str
    issued: Day
    due: Day
    days_overdue: int
    amount: str
    balance: str
    credit: bool
    paid: Day | None
    pdf: str
    pay: str


@dataclass(frozen=True, slots=True)
class CurrencySummary:
    """What stands in one currency."""

    currency: str
    balance: str  # without its sign: `in_credit` says whose favor it is in
    overdue: str  # "" when nothing is
    credits: str  # open credits, already counted in the balance; "" when there are none
    in_credit: bool
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class AccountView:
    """The whole page."""

    company: str
    address: str
    customer: str
    customer_id: str
    as_of: str
    as_of_iso: str
    summaries: tuple[CurrencySummary, ...]
    open: tuple[InvoiceLine, ...]
    paid: tuple[InvoiceLine, ...]
    statement: str
    pay: str
    incomplete: bool

    @property
    def has_po(self) -> bool:
        """Whether any open row names a purchase order."""
        return any(line.po_number for line in self.open)


def account_view(facts: Facts, company: CompanySection, links: AccountLinks) -> AccountView:
    """The page's values; `facts.customer` must be set."""
    customer = facts.customer
    if customer is None:
        raise ValueError("an account page needs a customer")
    local = facts.as_of.astimezone(ZoneInfo(company.timezone))
    lines = _Lines(facts, company, links, local.date())
    return AccountView(
        company=company.name,
        address=company.address,
        customer=wording.one_line(customer.name),
        customer_id=customer.customer_id,
        as_of=wording.moment(facts.as_of, company.timezone),
        as_of_iso=local.isoformat(timespec="minutes"),
        summaries=_summaries(facts, company, local.date()),
        open=lines.of(facts.open_invoices),
        paid=lines.of(_recently_paid(facts)),
        statement=links.statement,
        pay=links.pay_account,
        incomplete=bool(facts.incomplete),
    )


def _summaries(facts: Facts, company: CompanySection, today: date) -> tuple[CurrencySummary, ...]:
    """By currency, the customer's own first; an account with nothing open shows a zero in the customer's currency."""
    own = facts.currency or company.currency
    currencies = {i.currency for i in facts.open_invoices} or {own}
    return tuple(_summary(c, facts, company.locale, today) for c in sorted(currencies, key=lambda c: (c != own, c)))


def _summary(currency: str, facts: Facts, locale: str, today: date) -> CurrencySummary:
    items = [i for i in facts.open_invoices if i.currency == currency]
    balance, overdue = facts.balance().get(currency, Decimal(0)), facts.overdue(today).get(currency, Decimal(0))
    return CurrencySummary(
        currency=currency,
        balance=wording.money(abs(balance), currency, locale),
        overdue=wording.money(overdue, currency, locale) if overdue > 0 else "",
        credits=credits_in(items, currency, locale),
        in_credit=balance < 0,
        buckets=aging(items, today, currency, locale),
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    facts: Facts
    company: CompanySection
    links: AccountLinks
    today: date

    def of(self, invoices: Iterable[Invoice]) -> tuple[InvoiceLine, ...]:
        return tuple(self._line(invoice) for invoice in invoices)

    def _line(self, invoice: Invoice) -> InvoiceLine:
        paid_on = _paid_on(invoice, self.facts)
        late = invoice.days_overdue(self.today) if invoice.balance > 0 else 0  # nobody is late with a credit
        return InvoiceLine(
            number=wording.one_line(invoice.invoice_number),
            po_number=wording.one_line(invoice.po_number),
            issued=_day(invoice.issue_date),
            due=_day(invoice.due_date),
            days_overdue=late,
            amount=wording.money(invoice.amount, invoice.currency, self.company.locale),
            balance=wording.money(invoice.balance, invoice.currency, self.company.locale),
            credit=invoice.amount < 0,
            paid=_day(paid_on) if paid_on else None,
            pdf="" if invoice.invoice_number in self.facts.missing_documents else self.links.invoice(invoice),
            pay=self.links.pay(invoice),
        )


def _recently_paid(facts: Facts) -> list[Invoice]:
    """Settled invoices, those last paid first."""
    settled = [invoice for invoice in facts.invoices if not invoice.is_open]
    settled.sort(key=lambda i: (_paid_on(i, facts) or i.due_date, i.invoice_number), reverse=True)
    return settled[:RECENTLY_PAID]


def _paid_on(invoice: Invoice, facts: Facts) -> date | None:
    """The day of the last payment on a settled invoice, where the ledger names one."""
    if invoice.is_open:
        return None
    return max((p.date for p in facts.payments if p.invoice_number == invoice.invoice_number), default=None)


def _day(value: date) -> Day:
    return Day(wording.day(value), value.isoformat())
