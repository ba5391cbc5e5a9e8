"""Which reader a configuration asks for, and keeping the last good ledger while a new one is bad.

In: the `[ledger]` section. Out: `LedgerSource`, whose `current` is always a whole, validated `Ledger`. A new source
kind is a module with `read` and `fingerprint`, and one line in `_KINDS`.
"""

from collections.abc import Callable
from pathlib import Path

from inboxbot.config import LedgerSection
from inboxbot.errors import InboxbotError
from inboxbot.ledger import csv_source
from inboxbot.ledger.model import Ledger

_KINDS: dict[str, tuple[Callable[[Path], Ledger], Callable[[Path], str]]] = {
    "csv": (csv_source.read, csv_source.fingerprint),
}


class LedgerSource:
    """The present ledger. `refresh` swaps in a new one as a whole, or keeps the old one and says why."""

    def __init__(self, section: LedgerSection) -> None:
        """Read the ledger for the first time; raises LedgerError or ConfigError when there is none to begin with."""
        self._path = section.path
        self._read, self._fingerprint = _KINDS[section.source]
        self.current = self._read(section.path)
        self.error: InboxbotError | None = None  # why the last refresh kept the old ledger

    def refresh(self, *, force: bool = False) -> bool:
        """Read the source again if it changed (or `force`); True when `current` is a new ledger."""
        try:
            if not force and self._fingerprint(self._path) == self.current.fingerprint:
                self.error = None
                return False
            self.current = self._read(self._path)
        except InboxbotError as error:
            self.error = error
            return False
        self.error = None
        return True
