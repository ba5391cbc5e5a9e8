"""The answer to `remittance_advice`: thanks, what we noted, and what is still open on the invoices named.

In: an `AnswerContext`. Out: a `Section`; a payment that is in the ledger already is said to have arrived.
"""

from inboxbot.responders.context import AnswerContext, Section
from inboxbot.responders.named import invoice_table, invoices_of, named_amounts
from inboxbot.responders.received import Received, by_reference, method_words, payment_table, received
from inboxbot.responders.wording import listed, one_line


def section(context: AnswerContext) -> Section:
    """The payment the writer announces, as we understood it."""
    entities, invoices, arrived = context.understanding.entities, invoices_of(context), _arrived(context)
    values = {
        "amounts": named_amounts(context),
        "method": method_words(entities.payment_method or ""),
        "reference": one_line(entities.payment_reference or "", 40),
        "numbers": listed([one_line(i.invoice_number) for i in invoices]),
        "count": len(invoices),
        "arrived": bool(arrived),
        "as_of": context.as_of,
    }
    tables = (*payment_table(context, arrived), *invoice_table(context, invoices))
    return Section("Your payment advice", "remittance_advice", values, tables)


def _arrived(context: AnswerContext) -> tuple[Received, ...]:
    reference = context.understanding.entities.payment_reference
    return by_reference(received(context.facts), reference) if reference else ()
