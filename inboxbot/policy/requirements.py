"""Is everything there that each routine answer needs?

In: understanding and facts. Out: the reasons why an intent cannot be answered. Each check is one small function in
`_CHECKS`; what all answers need comes first.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from inboxbot.decision import Reason
from inboxbot.facts import Facts, Invoice
from inboxbot.policy.amounts import disagreeing, table_problems
from inboxbot.understanding import Entities, Intent, Understanding

LONGEST_PROMISE = timedelta(days=120)
MOST_DOCUMENTS = 20


def unmet(understanding: Understanding, facts: Facts, today: date) -> tuple[Reason, ...]:
    """Why this cannot be answered from the ledger; empty when it can. `today` is the mail's own day."""
    entities = understanding.entities
    reasons = [*_named_things(entities, facts), *_figures(facts)]
    for intent in sorted(understanding.asserted):
        check = _CHECKS.get(intent)
        if check:
            reasons.extend(check(entities, facts, today))
    return tuple(dict.fromkeys(reasons))


def wanted_invoices(entities: Entities, facts: Facts) -> tuple[Invoice, ...]:
    """The customer's invoices that a message names, by number or by purchase order, oldest first."""
    numbers, orders = set(entities.invoice_numbers), set(entities.po_numbers)
    return tuple(i for i in facts.invoices if i.invoice_number in numbers or (i.po_number and i.po_number in orders))


def _named_things(entities: Entities, facts: Facts) -> Iterator[Reason]:
    own = {invoice.invoice_number for invoice in facts.invoices}
    own_orders = {invoice.po_number for invoice in facts.invoices if invoice.po_number}
    for number in entities.invoice_numbers:
        if number not in own and number in facts.all_invoice_numbers:
            yield Reason("foreign_invoice", f"{number} belongs to another customer")
        elif number not in own:
            yield Reason("unknown_invoice", f"{number} is not in the ledger")
    for number in entities.po_numbers:
        if number not in own_orders:
            foreign = number in facts.all_po_numbers
            yield Reason("foreign_po" if foreign else "unknown_po", f"purchase order {number} is not this customer's")
    for amount in disagreeing(entities.amounts, entities.invoice_numbers, facts):
        yield Reason("amount_differs", f"{amount} agrees with nothing in the ledger")


def _figures(facts: Facts) -> Iterator[Reason]:
    for problem in facts.incomplete:
        yield Reason("ledger_incomplete", f"a ledger row of this customer was rejected: {problem}")


def _copy(entities: Entities, facts: Facts, _today: date) -> Iterator[Reason]:
    invoices = wanted_invoices(entities, facts)
    if not invoices:
        yield Reason("no_invoice_named", "a copy is asked for, but no invoice of this customer is named")
    if len(invoices) > MOST_DOCUMENTS:
        yield Reason("too_many_documents", f"{len(invoices)} documents at once are a person's decision")
    for invoice in invoices:
        if invoice.invoice_number in facts.missing_documents:
            yield Reason("document_missing", f"the document of {invoice.invoice_number} is not there")


def _promise(entities: Entities, _facts: Facts, today: date) -> Iterator[Reason]:
    if entities.promise_date is None:
        yield Reason("promise_undated", "a promise to pay without a date that can be told")
    elif entities.promise_date < today:
        yield Reason("promise_past", f"the promised date {entities.promise_date} is past")
    elif entities.promise_date > today + LONGEST_PROMISE:
        yield Reason("promise_far", f"the promised date {entities.promise_date} is more than {LONGEST_PROMISE.days} days away")


def _remittance(entities: Entities, facts: Facts, _today: date) -> Iterator[Reason]:
    for amount in entities.amounts:
        if amount.value < 0:
            yield Reason("negative_amount", f"{amount} is deducted")
    for remittance in entities.remittances:
        for problem in table_problems(remittance, facts):
            yield Reason("remittance_differs", f"{remittance.file}: {problem}" if remittance.file else problem)


_CHECKS: dict[Intent, Callable[[Entities, Facts, date], Iterator[Reason]]] = {
    Intent.INVOICE_COPY: _copy,
    Intent.PROMISE_TO_PAY: _promise,
    Intent.REMITTANCE_ADVICE: _remittance,
}
