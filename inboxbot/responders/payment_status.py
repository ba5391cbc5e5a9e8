"""The answer to `payment_status`: which payment arrived, when, and what it was applied to.

In: an `AnswerContext`. Out: a `Section`; what is not in the ledger is said to be not there, as of the ledger's moment.
"""

from inboxbot.responders.context import AnswerContext, Section
from inboxbot.responders.named import invoice_table, invoices_of
from inboxbot.responders.received import Received, by_amounts, by_invoices, by_reference, payment_table, received
from inboxbot.responders.wording import listed, one_line

_LAST_PAYMENTS = 3


def section(context: AnswerContext) -> Section:
    """The payments the mail names by reference, invoice or amount; the last ones when it names none."""
    found, sought = _search(context)
    missing = [words for words, hits in sought if not hits]
    values = {"found": len(found), "named": bool(sought), "missing": listed(missing, "or"), "as_of": context.as_of}
    tables = (*payment_table(context, found), *invoice_table(context, invoices_of(context)))
    return Section(title="Payment status", template="payment_status", values=values, tables=tables)


def _search(context: AnswerContext) -> tuple[tuple[Received, ...], list[tuple[str, tuple[Received, ...]]]]:
    """The payments found, newest first, and per thing named (in words) what was found for it; with nothing named the last ones."""
    payments = received(context.facts)
    sought = _by_reference(context, payments) + _by_invoices(context, payments)
    # An amount alone also fits older payments: it counts only where nothing surer is named, or nothing surer was found.
    if not any(hits for _, hits in sought):
        sought += _by_amount(context, payments)
    if not sought:
        return payments[:_LAST_PAYMENTS], []
    hits = {id(hit) for _, some in sought for hit in some}
    return tuple(payment for payment in payments if id(payment) in hits), sought


def _by_reference(context: AnswerContext, payments: tuple[Received, ...]) -> list[tuple[str, tuple[Received, ...]]]:
    reference = context.understanding.entities.payment_reference
    return [(f"with the reference {one_line(reference, 40)}", by_reference(payments, reference))] if reference else []


def _by_invoices(context: AnswerContext, payments: tuple[Received, ...]) -> list[tuple[str, tuple[Received, ...]]]:
    numbers = [invoice.invoice_number for invoice in invoices_of(context)]
    return [(f"on invoice {one_line(number)}", by_invoices(payments, [number])) for number in numbers]


def _by_amount(context: AnswerContext, payments: tuple[Received, ...]) -> list[tuple[str, tuple[Received, ...]]]:
    amounts = context.understanding.entities.amounts
    currency = context.facts.currency
    return [(f"of {context.money(a.value, a.currency)}", by_amounts(payments, [a], currency)) for a in amounts]
