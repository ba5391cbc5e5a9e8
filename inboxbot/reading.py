"""From a mailbox into the store: record what is new, mark what is decided. Nothing is parsed here.

In: an open `Mailbox` and the `Store`. Out: recorded messages. The store is the only truth about what was seen; the
mailbox's flags are decoration. Blocking: each mailbox is read by a thread of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import structlog

from inboxbot.config import MailboxSection
from inboxbot.ingest.mailbox import FetchFailure, Mailbox, MailboxStatus
from inboxbot.message import MessageKey, RawMessage
from inboxbot.store import messages
from inboxbot.store.engine import Store
from inboxbot.store.messages import Position

BATCH = 50  # messages recorded in one transaction
MOST_FETCH_FAILURES = 3  # then a stub stands in for the message, so that a person sees it and the rest goes on
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_log = structlog.get_logger(__name__)


@dataclass
class MailboxReader:
    """Reads one mailbox into the store. `zone` is the company's time zone, in which a `since` date begins."""

    section: MailboxSection
    mailbox: Mailbox
    store: Store
    zone: ZoneInfo
    now: Callable[[], datetime]
    _status: MailboxStatus | None = None
    _failures: dict[int, int] = field(default_factory=dict)

    def catch_up(self) -> int:
        """Record everything that is new, oldest first; how many messages that were. Opens the mailbox where needed.

        After any MailboxTemporaryError the next call opens it anew.
        """
        try:
            position = self.open()
            return self._record_after(position, position.uidvalidity)
        except Exception:
            self._status = None
            raise

    @property
    def unfinished(self) -> bool:
        """Whether a message could not be fetched and is to be tried again; after the third time a stub stands for it."""
        return bool(self._failures)

    def open(self) -> Position:
        """Where reading stands; opens the mailbox where needed."""
        if self._status is None:
            self._status = self.mailbox.open()
        return self._position(self._status)

    def mark_decided(self) -> bool:
        """Show in the mailbox what became of decided messages, one batch of them; True when there may be more.

        Best effort, after the commit. After any MailboxTemporaryError the next `catch_up` opens the mailbox anew.
        """
        if self.section.after == "nothing" or self._status is None:
            return False
        try:
            return self._mark_batch(self._status.uidvalidity)
        except Exception:
            self._status = None
            raise

    def _mark_batch(self, uidvalidity: int) -> bool:
        with self.store.transaction() as session:
            todo = messages.unmarked(session, self.section.name, uidvalidity, limit=BATCH)
        for uid, outcome in todo:
            if not self.mailbox.mark(uid, outcome, self.section.after, self.section.move_to):
                _log.warning("mark_refused", mailbox=self.section.name, uid=uid)
        if todo:
            with self.store.transaction() as session:
                messages.set_marked(session, self.section.name, uidvalidity, [uid for uid, _ in todo], self.now())
        return len(todo) == BATCH

    def wait(self) -> None:
        """Until there may be new mail, at the latest until the next poll."""
        try:
            self.mailbox.wait(self.section.poll_seconds)
        except Exception:
            self._status = None
            raise

    def close(self) -> None:
        """Log out."""
        self._status = None
        self.mailbox.close()

    def _position(self, status: MailboxStatus) -> Position:
        """Where to read on: from the configured start the first time, from the beginning after a renumbering."""
        with self.store.transaction() as session:
            known = messages.position(session, self.section.name)
            if known is not None and known.uidvalidity == status.uidvalidity:
                return known
            if known is None:
                begin = self._first_start(status)
            else:
                _log.warning("uidvalidity_changed", mailbox=self.section.name, was=known.uidvalidity, now=status.uidvalidity)
                begin = Position(status.uidvalidity, 0, known.watched_since, backlog_until=status.uidnext - 1)
            messages.start(session, self.section.name, begin)
            return begin

    def _first_start(self, status: MailboxStatus) -> Position:
        """What lies there already is left alone unless `since` says otherwise: old mail is never answered."""
        since, there = self.section.since, status.uidnext - 1
        if since == "now":
            return Position(status.uidvalidity, there, self.now(), there)
        watched_since = datetime.combine(since, time.min, self.zone) if isinstance(since, date) else _LONG_AGO
        return Position(status.uidvalidity, 0, watched_since, there)

    def _record_after(self, position: Position, uidvalidity: int) -> int:
        recorded = 0
        for uids in _batches(self.mailbox.uids_after(position.last_uid)):
            raws = [raw for raw in self._fetch(uids, uidvalidity) if position.concerns_us(raw)]
            with self.store.transaction() as session:
                recorded += sum(messages.record(session, raw, self.now()) for raw in raws)
                messages.advance(session, self.section.name, self._last_done(uids), self.now())
            if self._failures:
                break  # the failed one is tried again from where we stand before anything behind it is
        return recorded

    def _fetch(self, uids: Sequence[int], uidvalidity: int) -> Iterator[RawMessage]:
        self._failures = {uid: count for uid, count in self._failures.items() if uid in uids}
        for item in self.mailbox.fetch(uids):
            if isinstance(item, RawMessage):
                self._failures.pop(item.key.uid, None)
                yield item
            elif stub := self._count_failure(item, uidvalidity):
                yield stub

    def _count_failure(self, failure: FetchFailure, uidvalidity: int) -> RawMessage | None:
        """The third failure of the same message makes a stub of it."""
        self._failures[failure.uid] = self._failures.get(failure.uid, 0) + 1
        _log.warning("fetch_failed", mailbox=self.section.name, uid=failure.uid, words=failure.words, attempt=self._failures[failure.uid])
        if self._failures[failure.uid] < MOST_FETCH_FAILURES:
            return None
        del self._failures[failure.uid]
        raw = f"Subject: (message {failure.uid} of {self.section.name} could not be fetched)\r\n\r\n{failure.words}\r\n".encode()
        return RawMessage(MessageKey(self.section.name, uidvalidity, failure.uid), raw, self.now(), complete=False)

    def _last_done(self, uids: Sequence[int]) -> int:
        """The highest UID below which nothing is outstanding."""
        return min(self._failures) - 1 if self._failures else uids[-1]


def _batches(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), BATCH):
        yield uids[start : start + BATCH]
