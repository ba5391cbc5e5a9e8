"""What the web needs from the rest of the program, as callables and values.

In: nothing. Out: `WebServices`; made by the composition root, or by a test from plain functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from inboxbot.config import CompanySection
from inboxbot.desk.office import Desk
from inboxbot.facts import Facts, Invoice
from inboxbot.reply import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class WebServices:
    """The callables may block (they run in worker threads) and must be safe to call from several threads."""

    company: CompanySection
    customer_behind: Callable[[str], str | None]  # a link's token -> the customer; None: unknown, expired or revoked
    facts_of: Callable[[str], Facts | None]
    document_of: Callable[[Invoice], Document]  # raises DocumentMissingError
    statement_of: Callable[[Facts], Document] | None = None
    pay_url_template: str | None = None  # {invoice_number}, {customer_id}, {amount}, {currency}
    health: Callable[[], Mapping[str, object]]  # an item "ok" that is False makes /healthz answer 503
    now: Callable[[], datetime]  # aware
    desk: Desk | None = None  # the shared inbox; None: only customers' pages are served
