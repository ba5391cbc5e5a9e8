"""Which invoices a mail is about, and how each of them stands.

In: what the mail names, and the facts. Out: `named_invoices`, `unknown_items`, `named_amounts`, `invoice_table`,
`totals_table`. Only the customer's own items are ever looked at: a number that is not among them names nothing.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from urllib.parse import quote

from inboxbot.errors import ReplyError
from inboxbot.facts import Facts, Invoice
from inboxbot.responders.context import AnswerContext, Table
from inboxbot.responders.wording import day, days, listed, one_line
from inboxbot.understanding import Entities

_COLUMNS = ("invoice", "PO", "issued", "due", "amount", "balance", "status")


def named_invoices(entities: Entities, facts: Facts) -> tuple[Invoice, ...]:
    """The customer's invoices that the mail names by number or by purchase order, each once, in order of appearance."""
    by_number = [i for number in entities.invoice_numbers for i in facts.invoices if i.invoice_number == number]
    by_order = [i for order in entities.po_numbers for i in facts.invoices if i.po_number == order]
    return tuple(dict.fromkeys(by_number + by_order))


def unknown_items(entities: Entities, facts: Facts) -> tuple[str, ...]:
    """Invoice numbers and purchase orders the mail names that are not this customer's."""
    numbers = {i.invoice_number for i in facts.invoices}
    orders = {i.po_number for i in facts.invoices}
    unknown = [n for n in entities.invoice_numbers if n not in numbers] + [o for o in entities.po_numbers if o not in orders]
    return tuple(one_line(item, 60) for item in unknown)


def invoices_of(context: AnswerContext) -> tuple[Invoice, ...]:
    """The same for a whole context."""
    return named_invoices(context.understanding.entities, context.facts)


def named_amounts(context: AnswerContext) -> str:
    """The amounts the mail names, in words; only the total where the others add up to it."""
    amounts = context.understanding.entities.amounts
    total = max(amounts, key=lambda amount: amount.value, default=None)
    if total and len({a.currency for a in amounts}) == 1 and sum(a.value for a in amounts) == 2 * total.value:
        amounts = (total,)
    return listed([context.money(amount.value, amount.currency) for amount in amounts])


def invoice_table(context: AnswerContext, invoices: Iterable[Invoice], *, pay_links: bool = False) -> tuple[Table, ...]:
    """One row per invoice; no table at all for none."""
    rows = [_row(context, invoice) for invoice in invoices]
    links = [_pay_link(context, invoice) for invoice in invoices] if pay_links else []
    if any(links):
        return (Table("invoices", (*_COLUMNS, "pay online"), tuple((*row, link) for row, link in zip(rows, links, strict=True))),)
    return (Table("invoices", _COLUMNS, tuple(rows)),) if rows else ()


def totals_table(context: AnswerContext) -> Table:
    """Open and overdue by currency, the customer's own currency first; one row of zeros for an empty account."""
    facts = context.facts
    balance, overdue = facts.balance(), facts.overdue(context.today)
    currencies = sorted(balance, key=lambda currency: (currency != facts.currency, currency)) or [facts.currency]
    rows = (
        (
            c,
            context.money(balance.get(c, Decimal(0)), c),
            context.money(max(overdue.get(c, Decimal(0)), Decimal(0)), c),
            _next_due(context, c),
        )
        for c in currencies
    )
    return Table("totals", ("currency", "open", "overdue", "next due"), tuple(rows))


def _next_due(context: AnswerContext, currency: str) -> str:
    """What falls due next, all of that day together, or ''."""
    coming = [i for i in context.facts.open_invoices if i.currency == currency and i.due_date >= context.today and i.balance > 0]
    if not coming:
        return ""
    first = coming[0].due_date
    return f"{context.money(sum((i.balance for i in coming if i.due_date == first), Decimal(0)), currency)} on {day(first)}"


def _row(context: AnswerContext, invoice: Invoice) -> tuple[str, ...]:
    return (
        one_line(invoice.invoice_number),
        one_line(invoice.po_number),
        day(invoice.issue_date),
        day(invoice.due_date),
        context.money(invoice.amount, invoice.currency),
        context.money(invoice.balance, invoice.currency),
        status(invoice, context.facts, context.today),
    )


def status(invoice: Invoice, facts: Facts, today: date) -> str:
    """How an invoice stands, in a few words."""
    if invoice.balance == 0:
        return _settled(invoice, facts)
    if invoice.balance < 0:
        return "credit in your favor" if invoice.amount < 0 else "overpaid, a credit in your favor"
    part = "partly paid, " if invoice.balance < invoice.amount else ""
    late = invoice.days_overdue(today)
    return f"{part}overdue by {days(late)}" if late else f"{part}not yet due" if invoice.due_date > today else f"{part}due today"


def _settled(invoice: Invoice, facts: Facts) -> str:
    paid = [p.date for p in facts.payments if p.invoice_number == invoice.invoice_number]
    return f"fully paid on {day(max(paid))}" if paid and invoice.amount > 0 else "settled, nothing is open"


def _pay_link(context: AnswerContext, invoice: Invoice) -> str:
    template = context.pay_url_template
    if not template or invoice.balance <= 0:
        return ""
    values = {
        "invoice_number": invoice.invoice_number,
        "customer_id": invoice.customer_id,
        "amount": f"{invoice.balance:.2f}",
        "currency": invoice.currency,
    }
    try:
        return template.format_map({key: quote(value, safe="") for key, value in values.items()})
    except (KeyError, IndexError, ValueError) as error:
        raise ReplyError("[portal] pay_url_template cannot be filled in") from error
