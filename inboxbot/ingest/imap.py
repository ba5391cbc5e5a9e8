"""A mailbox over IMAP (RFC 3501, with IDLE, MOVE and UIDPLUS where offered).

In: a `MailboxSection` of kind "imap". Out: `ImapMailbox`, a `Mailbox`. UIDs only, never sequence numbers; bodies by
PEEK; one connection, which is dropped as soon as anything about it is in doubt.
"""

import time
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from imapclient import IMAPClient

from inboxbot.config import MailboxSection
from inboxbot.credentials import Credential, stored
from inboxbot.errors import MailboxTemporaryError
from inboxbot.ingest import imap_idle, imap_mark, imap_search
from inboxbot.ingest.imap_errors import explained
from inboxbot.ingest.imap_reader import ImapReader
from inboxbot.ingest.imap_session import Timeouts, connect, hang_up, log_out, select
from inboxbot.ingest.mailbox import After, FetchFailure, MailboxStatus
from inboxbot.ingest.wakeup import Wakeup
from inboxbot.message import Glance, MessageKey, RawMessage, header_digest

_AT_ONCE_SECONDS = 2.0  # an IDLE that ends so soon was not meant
_MOST_IDLE_BREAKS = 3  # at once, one after the other
_MOST_IDLE_BREAKS_AN_HOUR = 8  # each costs a login; a new IDLE is begun every nine minutes anyway
_NO_IDLE_SECONDS = _HOUR = 3600.0

_log = structlog.get_logger(__name__)


class ImapMailbox:
    """One folder on an IMAP server."""

    def __init__(
        self, section: MailboxSection, max_message_bytes: int, timeouts: Timeouts | None = None, credential: Credential | None = None
    ) -> None:
        self._credential = credential or stored(section)
        self._section, self._timeouts = section, timeouts or Timeouts(section.connect_seconds, section.read_seconds)
        self._connection: IMAPClient | None = None
        self._status = MailboxStatus(0, 1)
        self._exists = 0
        self._read_only = False  # the folder is open for reading alone
        self._marks_refused = False  # ... because the server wants it so, although marks are wished for
        self._next_unseen = 1  # the lowest UID that no look at the mailbox has covered yet
        self._reader = ImapReader(self._client, max_message_bytes)
        self._wakeup = Wakeup()
        self._idle_breaks, self._no_idle_before = 0, 0.0  # breaks at once in a row
        self._idle_broke_at: deque[float] = deque(maxlen=_MOST_IDLE_BREAKS_AN_HOUR)

    @property
    def name(self) -> str:
        """See `Mailbox`."""
        return self._section.name

    def open(self) -> MailboxStatus:
        """See `Mailbox`. Reads UIDVALIDITY anew each time: it may change between two connections."""
        self.close()
        self._connection = connect(self._section, self._timeouts, self._credential)
        with self._client("opening") as client:
            selected = select(client, self._section.folder, read_only=self._section.after == "nothing")
        self._reader.opened(renumbered=selected.status.uidvalidity != self._status.uidvalidity)
        self._status, self._exists, self._next_unseen = selected.status, selected.exists, selected.status.uidnext
        self._note_access(read_only=selected.read_only, wished=self._section.after != "nothing")
        return self._status

    def _note_access(self, *, read_only: bool, wished: bool) -> None:
        """Whether the folder is open for reading alone; that marks are wished for and refused is said once."""
        if read_only and wished and not self._marks_refused:
            _log.warning("mailbox_read_only", mailbox=self.name, folder=self._section.folder)
        self._read_only, self._marks_refused = read_only, read_only and wished

    @contextmanager
    def _client(self, doing: str) -> Iterator[IMAPClient]:
        """The connection, for one task; any error in it drops the connection, for its state is then unknown."""
        if self._connection is None:
            raise MailboxTemporaryError(f"{self.name}: {doing}: not connected")
        try:
            with explained(f"{self.name}: {doing}"):
                yield self._connection
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            hang_up(connection)

    def uids_after(self, uid: int) -> list[int]:
        """See `Mailbox`."""
        with self._client("looking for new mail") as client:
            client.noop()  # a SEARCH alone answers for the mailbox as this connection last saw it
            found = imap_search.search(client, self._windows(uid + 1))
        if found:
            self._next_unseen = max(self._next_unseen, max(found) + 1)
        # "n:*" names the last message even when its UID is below n (RFC 3501, 6.4.8).
        return sorted(one for one in found if one > uid)

    def _windows(self, first: int) -> Iterator[str]:
        return imap_search.windows(first, self._next_unseen, self._exists)

    def uids_since(self, moment: datetime) -> list[int]:
        """See `Mailbox`."""
        day = moment.date() - timedelta(days=1)  # SINCE counts in days of the server's own zone (RFC 3501, 6.4.4)
        with self._client("looking for late mail") as client:
            return sorted(imap_search.search(client, self._windows(1), "SINCE", day))

    def glance(self, uids: Collection[int]) -> list[Glance]:
        """See `Mailbox`."""
        return [
            Glance(answer.uid, answer.size, answer.received_at, header_digest(answer.body or b""))
            for answer in self._reader.headers(uids)
            if answer.size is not None and answer.received_at is not None
        ]

    def fetch(self, uids: Collection[int]) -> Iterator[RawMessage | FetchFailure]:
        """See `Mailbox`, and `ImapReader` for what happens to messages that break the connection."""
        return self._reader.read(sorted(set(uids)), lambda uid: MessageKey(self.name, self._status.uidvalidity, uid))

    def mark(self, uid: int, outcome: str, after: After, move_to: str = "") -> bool:
        """See `Mailbox`."""
        keyword = imap_mark.KEYWORDS[outcome]
        if after == "nothing":
            return True
        with self._client("marking") as client:
            if self._read_only and not self._marks_refused:  # nothing was to be changed here until now
                self._note_access(read_only=select(client, self._section.folder, read_only=False).read_only, wished=True)
            if self._read_only:
                return True
            return imap_mark.move(client, uid, move_to) if after == "move" else imap_mark.add_keyword(client, uid, keyword)

    def wait(self, seconds: float) -> None:
        """See `Mailbox`. In IDLE where the server offers it and keeps to it, else asleep."""
        began = time.monotonic()
        with self._client("waiting for new mail") as client:
            if not client.has_capability("IDLE") or began < self._no_idle_before:
                self._wakeup.wait(seconds)
                return
            try:
                self._idle(client, began + seconds)
            except BaseException:
                self._idle_broke(time.monotonic() - began)
                raise
        self._idle_breaks = 0

    def _idle(self, client: IMAPClient, deadline: float) -> None:
        early = False
        while not early and (left := deadline - time.monotonic()) > 0:
            early = imap_idle.idle(client, self._wakeup, min(left, self._section.idle_seconds), self._timeouts.read)

    def _idle_broke(self, lasted: float) -> None:
        """A server (or what stands before it) that ends IDLE time after time offers what it does not keep: polling alone is quieter."""
        now = time.monotonic()
        self._idle_breaks = self._idle_breaks + 1 if lasted < _AT_ONCE_SECONDS else 0
        self._idle_broke_at.append(now)
        often = len(self._idle_broke_at) == _MOST_IDLE_BREAKS_AN_HOUR and now - self._idle_broke_at[0] < _HOUR
        if often or self._idle_breaks >= _MOST_IDLE_BREAKS:
            self._idle_breaks, self._no_idle_before = 0, now + _NO_IDLE_SECONDS

    def interrupt(self) -> None:
        """See `Mailbox`."""
        self._wakeup.ring()

    def close(self) -> None:
        """See `Mailbox`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            log_out(connection)
