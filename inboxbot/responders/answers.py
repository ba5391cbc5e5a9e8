"""The routine answers, one line each, in the order in which a combined letter gives them.

In: nothing. Out: `ANSWERS`. A new answer is a module with a `section` function, a template under replies/, and a line here.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from inboxbot.responders import balance_query, invoice_copy, payment_status, promise_to_pay, remittance_advice, statement_request
from inboxbot.responders.context import AnswerContext, Section
from inboxbot.understanding import Intent

ANSWERS: Mapping[Intent, Callable[[AnswerContext], Section]] = MappingProxyType(
    {
        Intent.REMITTANCE_ADVICE: remittance_advice.section,
        Intent.PROMISE_TO_PAY: promise_to_pay.section,
        Intent.PAYMENT_STATUS: payment_status.section,
        Intent.INVOICE_COPY: invoice_copy.section,
        Intent.BALANCE_QUERY: balance_query.section,
        Intent.STATEMENT_REQUEST: statement_request.section,
    }
)
