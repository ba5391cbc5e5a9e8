"""The ledger together with the contacts that staff confirmed.

In: the ledger's source, the store. Out: a `Ledger` in which a confirmed address resolves to its customer. Another process's
confirmation is seen within seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic

from inboxbot.facts import Contact
from inboxbot.ledger.model import Ledger
from inboxbot.store import contacts
from inboxbot.store.engine import Store

LOOK_EVERY = 2.0  # seconds


@dataclass
class LearnedLedger:
    """Callable that gives the present ledger; safe to call from several threads."""

    source: Callable[[], Ledger]
    store: Callable[[], Store]
    _lock: Lock = field(default_factory=Lock)
    _looked: float = float("-inf")
    _learned: tuple[Contact, ...] = ()
    _made: tuple[Ledger, tuple[Contact, ...], Ledger] | None = None

    def __call__(self) -> Ledger:
        """The ledger with what was learned."""
        ledger = self.source()
        with self._lock:
            if monotonic() - self._looked >= LOOK_EVERY:
                self._learned, self._looked = self._confirmed(), monotonic()
            if not self._learned:
                return ledger
            if self._made is None or self._made[0] is not ledger or self._made[1] != self._learned:
                self._made = (ledger, self._learned, replace(ledger, learned=self._learned))
            return self._made[2]

    def look_again(self) -> None:
        """A contact was confirmed or revoked just now."""
        with self._lock:
            self._looked = float("-inf")

    def _confirmed(self) -> tuple[Contact, ...]:
        with self.store().reading() as session:
            return tuple(Contact(c.customer_id, c.email, role="confirmed by staff") for c in contacts.confirmed(session))
