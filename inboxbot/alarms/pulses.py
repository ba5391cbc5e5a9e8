"""When each part last did its work, and what is the matter with it.

In: reports of the parts, from any thread. Out: pulses, kept in memory and, as often as is useful, in the store, so that
`status` and the watch of another process see them too. A broken store breaks no part: memory goes on, and knows that the store
is broken. What is the matter with the store itself (a name that begins with "store:") is kept in memory alone.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from inboxbot.errors import StoreError
from inboxbot.store import watchbook
from inboxbot.store.engine import Store
from inboxbot.store.watchbook import Pulse

STORE = "store:"
_WRITTEN_EVERY = timedelta(seconds=20)  # where nothing changes


class Pulses:
    """The pulses of this process's parts."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        """Nothing has been heard yet."""
        self._store, self._now = store, now
        self._lock = threading.Lock()
        self._pulses: dict[str, Pulse] = {}
        self._written: dict[str, datetime] = {}
        self._store_trouble = ""

    @property
    def store_trouble(self) -> str:
        """Why the last pulse could not be written; '' when it could."""
        return self._store_trouble

    def ok(self, name: str) -> None:
        """A part has done its work."""
        with self._lock:
            before = self._pulses.get(name, Pulse())
            self._pulses[name] = Pulse(self._now())
            written = self._written.get(name)
            stale = written is None or abs(self._now() - written) >= _WRITTEN_EVERY  # a clock that was set back makes nothing fresh
        if before.trouble or stale:
            self._write(name)

    def trouble(self, name: str, words: str) -> None:
        """A part could not do its work."""
        with self._lock:
            before = self._pulses.get(name, Pulse())
            since = before.trouble_at if before.trouble else self._now()
            self._pulses[name] = Pulse(before.ok_at, words, since)
        if before.trouble != words:
            self._write(name)

    def forget(self, name: str) -> None:
        """A part has ended in order: its silence means nothing."""
        with self._lock:
            self._pulses[name] = Pulse()
        self._write(name)

    def here(self) -> dict[str, Pulse]:
        """The pulses of this process."""
        with self._lock:
            return dict(self._pulses)

    def _write(self, name: str) -> None:
        if name.startswith(STORE):
            return
        try:
            with self._store.transaction() as session:
                watchbook.set_pulse(session, name, self._pulses[name])
        except StoreError as error:
            self._store_trouble = str(error)
            return
        self._store_trouble = ""
        self._written[name] = self._now()
