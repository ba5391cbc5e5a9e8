"""The answer to `promise_to_pay`: the promise as we noted it.

In: an `AnswerContext`. Out: a `Section`; without a date it has a problem, because a promise without a day is none.
"""

from inboxbot.errors import ReplyError
from inboxbot.responders.context import AnswerContext, Section
from inboxbot.responders.named import invoice_table, invoices_of, named_amounts
from inboxbot.responders.wording import GAP, day, listed, one_line


def section(context: AnswerContext) -> Section:
    """Thanks, the day, the amounts, and the invoices as they stand."""
    promised = context.understanding.entities.promise_date
    invoices = invoices_of(context)
    values = {
        "day": day(promised) if promised else GAP,
        "amounts": named_amounts(context),
        "count": len(invoices),
        "numbers": listed([one_line(i.invoice_number) for i in invoices]),
        "as_of": context.as_of,
    }
    problem = None if promised else ReplyError("the promise has no date")
    return Section("Your promised payment", "promise_to_pay", values, invoice_table(context, invoices), problem=problem)
