"""From a mailbox into the store: record what is new, mark what is decided. Nothing is parsed here.

In: an open `Mailbox` and the `Store`. Out: recorded messages. The store is the only truth about what was seen; the
mailbox's flags are decoration. Blocking: each mailbox is read by a thread of its own.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from inboxbot.config import MailboxSection
from inboxbot.credentials import Credential
from inboxbot.failpoints import reach
from inboxbot.ingest.mailbox import FetchFailure, Mailbox, MailboxStatus
from inboxbot.message import MessageKey, RawMessage
from inboxbot.store import messages
from inboxbot.store.engine import Store
from inboxbot.store.messages import Position

BATCH = 50  # messages recorded in one transaction
PROBES = 10  # of the messages recorded last, looked at again at every opening
MOST_MARK_BREAKS = 3  # then a message is left without its mark
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
    credential: Credential | None = None  # what the mailbox logs in with, where it logs in
    _status: MailboxStatus | None = None
    _failures: dict[int, int] = field(default_factory=dict)
    _stubs: set[int] = field(default_factory=set)  # UIDs for which a stub stands
    _mark_breaks: Counter[tuple[int, int]] = field(default_factory=Counter)  # (UIDVALIDITY, UID) -> breaks while it was marked
    _stale: bool = False  # rows of ours wait to be known again after a renumbering

    def catch_up(self) -> int:
        """Record everything that is new, oldest first; how many messages that were. Opens the mailbox where needed.

        Now and then also what appeared late, below what was read already. After any MailboxTemporaryError the next call
        opens the mailbox anew.
        """
        try:
            position = self.open()
            recorded = self._record_after(position, position.uidvalidity)
            if not self._failures and self._reconcile_due():
                recorded += self._reconcile(position)
        except Exception:
            self._status = None
            raise
        return recorded

    @property
    def unfinished(self) -> bool:
        """Whether a message could not be fetched and is to be tried again; after the third time a stub stands for it."""
        return bool(self._failures)

    def open(self) -> Position:
        """Where reading stands; opens the mailbox where needed."""
        if self._status is None:
            status = self.mailbox.open()
            self._check_numbers(status)
            position = self._position(status)
            with self.store.transaction() as session:
                self._stale = messages.any_stale(session, self.section.name, position.uidvalidity)
            self._status = status
        return self._position(self._status)

    def _check_numbers(self, status: MailboxStatus) -> None:
        """A mailbox restored from a backup may give numbers again that were other messages', under the same UIDVALIDITY.

        Then its next UID lies below what was read, or the messages read last have other headers now.
        """
        name = self.section.name
        with self.store.transaction() as session:
            known = messages.position(session, name)
            latest = messages.latest(session, name, status.uidvalidity, PROBES)
        if known is None or known.uidvalidity != status.uidvalidity:
            return
        back = status.uidnext <= known.last_uid
        changed = [one.uid for one in self.mailbox.glance(latest) if one.header_sha256 != latest[one.uid]] if latest else []
        if not (back or changed):
            return
        _log.warning("uids_reused", mailbox=name, uidnext=status.uidnext, read_to=known.last_uid, changed=changed[:3])
        with self.store.transaction() as session:
            messages.displace(session, name, status.uidvalidity)
            messages.start(session, name, Position(status.uidvalidity, 0, known.watched_since, status.uidnext - 1))

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
        """One batch; those at which it broke before come last, and a third break is the last: no message keeps the others from theirs."""
        with self.store.transaction() as session:
            todo = messages.unmarked(session, self.section.name, uidvalidity, limit=BATCH)
        done: list[int] = []
        try:
            for uid, outcome in sorted(todo, key=lambda one: self._mark_breaks[uidvalidity, one[0]]):
                if self._mark(uid, outcome, uidvalidity):
                    done.append(uid)
        finally:  # what was marked before a break is not marked again
            if done:
                with self.store.transaction() as session:
                    messages.set_marked(session, self.section.name, uidvalidity, done, self.now())
        return len(todo) == BATCH

    def _mark(self, uid: int, outcome: str, uidvalidity: int) -> bool:
        """Whether that is done with, one way or the other."""
        which = (uidvalidity, uid)
        if self._mark_breaks[which] >= MOST_MARK_BREAKS:
            _log.warning("mark_given_up", mailbox=self.section.name, uid=uid)
            del self._mark_breaks[which]
            return True
        try:
            if not self.mailbox.mark(uid, outcome, self.section.after, self.section.move_to):
                _log.warning("mark_refused", mailbox=self.section.name, uid=uid)
        except Exception as error:
            if getattr(error, "retry_after", None) is None:  # a busy server says nothing about the message
                self._mark_breaks[which] += 1
            raise
        del self._mark_breaks[which]
        return True

    def wait(self) -> None:
        """Until there may be new mail, at the latest until the next poll."""
        try:
            self.mailbox.wait(self.section.poll_seconds)
        except Exception:
            self._status = None
            raise

    def seal(self) -> str:
        """Changes when the password, or what tokens are bought with, has changed."""
        return self.credential.seal() if self.credential else ""

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
            if known is None:
                messages.set_reconciled(session, self.section.name, self.now())
            return begin

    def _first_start(self, status: MailboxStatus) -> Position:
        """What lies there already is left alone unless `since` says otherwise: old mail is never answered."""
        since, there = self.section.since, status.uidnext - 1
        if since == "now":
            return Position(status.uidvalidity, there, self.now(), there)
        watched_since = datetime.combine(since, time.min, self.zone) if isinstance(since, date) else _LONG_AGO
        return Position(status.uidvalidity, 0, watched_since, there)

    def _record_after(self, position: Position, uidvalidity: int) -> int:
        recorded, last = 0, position.last_uid
        for uids in _batches(self._unrecorded(self.mailbox.uids_after(position.last_uid), uidvalidity)):
            wanted = self._unknown(uids, position)
            raws = list(self._fetch(wanted, uidvalidity))
            reach("ingest.fetched")
            real = ({raw.key.uid for raw in raws} - self._stubs) | (set(uids) - set(wanted))  # fetched, or known again
            last = max(last, self._last_done(real))
            with self.store.transaction() as session:
                recorded += sum(messages.record(session, raw, self.now()) for raw in raws if position.concerns_us(raw))
                messages.advance(session, self.section.name, last, self.now())
                reach("ingest.recording")
            reach("ingest.recorded")
            if self._failures:
                return recorded  # the failed one is tried again from where we stand before anything behind it is
        if self._stale:
            _log.info("renumbered", mailbox=self.section.name, uidvalidity=uidvalidity, new=recorded)
            self._stale = False
        return recorded

    def _unknown(self, uids: Sequence[int], position: Position) -> Sequence[int]:
        """After a renumbering: those that are not known by their headers under another number, and concern us."""
        if not self._stale or uids[0] > position.backlog_until:
            return uids
        glances = {glance.uid: glance for glance in self.mailbox.glance(uids)}
        with self.store.transaction() as session:
            known = messages.recognise(session, self.section.name, position.uidvalidity, list(glances.values()))
        return [uid for uid in uids if uid not in known and (uid not in glances or position.was_ours(uid, glances[uid].received_at))]

    def _reconcile_due(self) -> bool:
        if not self.section.reconcile_days:
            return False
        with self.store.transaction() as session:
            last = messages.reconciled_at(session, self.section.name)
        return last is None or self.now() - last >= timedelta(hours=self.section.reconcile_hours)

    def _reconcile(self, position: Position) -> int:
        """Record what lies below the position and was never recorded: servers repair and restore mailboxes; how many."""
        name, validity = self.section.name, position.uidvalidity
        there = self.mailbox.uids_since(self.now() - timedelta(days=self.section.reconcile_days))
        with self.store.transaction() as session:
            position = messages.position(session, name) or position
            known = messages.known_uids(session, name, validity)
        late = [uid for uid in there if uid <= position.last_uid and uid not in known]
        recorded = 0
        for uids in _batches(late):
            wanted = [glance.uid for glance in self.mailbox.glance(uids) if position.was_ours(glance.uid, glance.received_at)]
            raws = [self._seen_once(item, validity) for item in self.mailbox.fetch(wanted)]
            with self.store.transaction() as session:
                recorded += sum(messages.record(session, raw, self.now()) for raw in raws)
        if recorded:
            _log.warning("late_messages", mailbox=name, messages=recorded)
        with self.store.transaction() as session:
            messages.set_reconciled(session, name, self.now())
        return recorded

    def _seen_once(self, item: RawMessage | FetchFailure, uidvalidity: int) -> RawMessage:
        """Of a late message that cannot be had a person is told at once."""
        return item if isinstance(item, RawMessage) else self._stub(item, uidvalidity)

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
        return self._stub(failure, uidvalidity)

    def _stub(self, failure: FetchFailure, uidvalidity: int) -> RawMessage:
        raw = f"Subject: (message {failure.uid} of {self.section.name} could not be fetched)\r\n\r\n{failure.words}\r\n".encode()
        self._stubs.add(failure.uid)
        return RawMessage(MessageKey(self.section.name, uidvalidity, failure.uid), raw, self.now(), complete=False)

    def _unrecorded(self, uids: Sequence[int], uidvalidity: int) -> list[int]:
        """Those that are not recorded yet: the position passes no UID of which nothing but the number was ever seen."""
        if not uids:
            return []
        with self.store.transaction() as session:
            known = messages.recorded_above(session, self.section.name, uidvalidity, uids[0])
        return [uid for uid in uids if uid not in known]

    def _last_done(self, seen: Collection[int]) -> int:
        """The highest UID below which nothing is outstanding, of those whose message was really there; 0 for none.

        A server may list numbers behind which nothing lies. Reading on from such a one would pass over all mail to come.
        """
        below = min(self._failures, default=max(seen, default=0) + 1)
        return max((uid for uid in seen if uid < below), default=0)


def _batches(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), BATCH):
        yield uids[start : start + BATCH]
