"""The answer to `statement_request`: the statement of account as a PDF, its totals in the text.

In: an `AnswerContext`. Out: a `Section` that asks for the statement to be attached.
"""

from inboxbot.responders.context import AnswerContext, Section
from inboxbot.responders.named import totals_table


def section(context: AnswerContext) -> Section:
    """All open items, as of the ledger's moment."""
    count = len(context.facts.open_invoices)
    return Section(
        title="Statement of account",
        template="statement_request",
        values={"count": count, "as_of": context.as_of},
        tables=(totals_table(context),),
        attach_statement=True,
    )
