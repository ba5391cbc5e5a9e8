"""The answer to `balance_query`: what is open, what is overdue, what falls due next, and how the named invoices stand.

In: an `AnswerContext`. Out: a `Section`.
"""

from inboxbot.responders.context import AnswerContext, Section
from inboxbot.responders.named import invoice_table, invoices_of, totals_table


def section(context: AnswerContext) -> Section:
    """The account's totals always; the named invoices one by one where the mail names any."""
    invoices = invoices_of(context)
    return Section(
        title="Account balance",
        template="balance_query",
        values={"count": len(invoices), "settled": not context.facts.open_invoices, "as_of": context.as_of},
        tables=(*invoice_table(context, invoices, pay_links=True), totals_table(context)),
    )
