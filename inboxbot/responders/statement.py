"""The statement of account: one customer's open items as a PDF, made on the spot.

In: the company and the facts. Out: a `Document`; the same facts give the same bytes. Aging is by due date as of the
ledger's day; a credit counts in the bucket of its own due date and is named apart as well.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale

from inboxbot.config import CompanySection
from inboxbot.errors import ReplyError
from inboxbot.facts import Customer, Facts, Invoice
from inboxbot.reply import Document
from inboxbot.responders import templates
from inboxbot.responders.wording import day, figure, moment, money, one_line

BUCKETS = (("Current", 0), ("1-30 days", 30), ("31-60 days", 60), ("61-90 days", 90))  # name, last day overdue
_LAST_BUCKET = "90+ days"
_LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE", "GT", "CR", "PR"})
_LAST_EMBEDDED = "\u052f"  # typst's own fonts hold Latin, Greek and Cyrillic; anything beyond needs the machine's fonts


def make(company: CompanySection, facts: Facts) -> Document:
    """The customer's statement as of `facts.as_of`; raises ReplyError when there is no customer or typst fails."""
    if facts.customer is None:
        raise ReplyError("a statement needs a customer")
    today = facts.as_of.astimezone(ZoneInfo(company.timezone)).date()
    content = _compile(json.dumps(_values(company, facts, facts.customer, today), ensure_ascii=False), facts)
    who = re.sub(r"[^A-Za-z0-9-]+", "-", facts.customer.customer_id).strip("-")
    name = f"statement-{who}-{today.isoformat()}.pdf"
    return Document(name, "application/pdf", content, hashlib.sha256(content).hexdigest(), facts.customer.customer_id)


def aging(invoices: Sequence[Invoice], today: date) -> dict[str, Decimal]:
    """What is open by age; every bucket is there, and together they are the balance."""
    totals = {name: Decimal(0) for name, _ in BUCKETS} | {_LAST_BUCKET: Decimal(0)}
    for invoice in invoices:
        late = (today - invoice.due_date).days
        totals[next((name for name, last in BUCKETS if late <= last), _LAST_BUCKET)] += invoice.balance
    return totals


def _values(company: CompanySection, facts: Facts, customer: Customer, today: date) -> dict[str, object]:
    """Everything the template sets, ready to print: typst only lays out."""
    by_currency: dict[str, list[Invoice]] = {facts.currency: []}
    for invoice in facts.open_invoices:
        by_currency.setdefault(invoice.currency, []).append(invoice)
    used = [c for c in sorted(by_currency, key=lambda c: (c != facts.currency, c)) if by_currency[c]] or [facts.currency]
    return {
        "company": one_line(company.name),
        "address": company.address,
        "customer": one_line(customer.name),
        "customer_id": one_line(customer.customer_id),
        "as_of": moment(facts.as_of, company.timezone),
        "day": day(today),
        "terms": f"{customer.terms_days} days" if customer.terms_days else "",
        "paper": "us-letter" if Locale.parse(company.locale).territory in _LETTER_COUNTRIES else "a4",
        "accounts": [_account(c, by_currency[c], today, company.locale) for c in used],
    }


def _account(currency: str, invoices: Sequence[Invoice], today: date, locale: str) -> dict[str, object]:
    """One currency's part of the statement."""
    balance = sum((i.balance for i in invoices), Decimal(0))
    overdue = max(sum((i.balance for i in invoices if i.due_date < today), Decimal(0)), Decimal(0))  # nobody is late with a credit
    credit = sum((i.balance for i in invoices if i.balance < 0), Decimal(0))
    return {
        "currency": currency,
        "balance": money(balance, currency, locale),
        "overdue": money(overdue, currency, locale),
        "is_overdue": overdue > 0,
        "credit": money(credit, currency, locale) if credit else "",
        "total": figure(balance, currency, locale),
        "amounts": figure(sum((i.amount for i in invoices), Decimal(0)), currency, locale),
        "aging": [[name, figure(value, currency, locale)] for name, value in aging(invoices, today).items()],
        "items": [_item(invoice, today, locale) for invoice in invoices],
    }


def _item(invoice: Invoice, today: date, locale: str) -> list[str]:
    late = invoice.days_overdue(today) if invoice.balance > 0 else 0
    return [
        one_line(invoice.invoice_number, 40),
        day(invoice.issue_date),
        "credit" if invoice.balance < 0 else day(invoice.due_date),
        one_line(invoice.po_number, 40),
        figure(invoice.amount, invoice.currency, locale),
        figure(invoice.balance, invoice.currency, locale),
        str(late) if late else "",
    ]


def _compile(data: str, facts: Facts) -> bytes:
    import typst  # noqa: PLC0415 - heavy, and most replies carry no statement

    try:
        made = typst.compile(
            templates.folder() / "statement.typ",
            format="pdf",
            sys_inputs={"data": data},
            timestamp=int(facts.as_of.timestamp()),
            ignore_system_fonts=all(char <= _LAST_EMBEDDED or "\u2000" <= char <= "\u20cf" for char in data),
        )
    except typst.TypstError as error:
        raise ReplyError("the statement could not be set") from error
    if not isinstance(made, bytes):
        raise ReplyError("the statement could not be set")
    return made
