"""What the desk works with.

In: adapters built by the composition root. Out: `Desk`, the first argument of every function of this package.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from inboxbot.config import Config
from inboxbot.desk.passwords import Passwords
from inboxbot.facts import Facts
from inboxbot.ledger.documents import Documents
from inboxbot.ledger.model import Ledger, Resolver
from inboxbot.reply import Document
from inboxbot.store.engine import Store


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The adapters, connected; safe to use from several threads."""

    store: Store
    config: Config
    key: bytes  # signs our Message-IDs
    ledger: Callable[[], Ledger]  # the present ledger
    resolver: Resolver
    documents: Documents
    statement_of: Callable[[Facts], Document]
    now: Callable[[], datetime]
    outbox_changed: Callable[[], None] = lambda: None  # wakes the sender
    contacts_changed: Callable[[], None] = lambda: None  # the ledger looks at the confirmed contacts anew
    base_url: str = ""  # where staff reach the inbox; "" where nobody can
    passwords: Passwords = field(default_factory=Passwords)

    def facts_of(self, customer_id: str | None) -> Facts | None:
        """A customer's facts, with which documents are there; None for an unknown one."""
        facts = self.ledger().facts_of(customer_id) if customer_id else None
        return replace(facts, missing_documents=self.documents.missing(facts.invoices)) if facts else None
