"""From a mailbox into the store: record what is new, mark what is decided. Nothing is parsed here.

In: an open `Mailbox` and the `Store`. Out: recorded messages. The store is the only truth about what was seen; the
mailbox's flags are decoration. Blocking: each mailbox is read by a thread of its own.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from inboxbot.config import MailboxSection
from inboxbot.credentials import Credential
from inboxbot.errors import MailboxTemporaryError
from inboxbot.failpoints import reach
from inboxbot.ingest.mailbox import FetchFailure, Mailbox, MailboxStatus
from inboxbot.message import Glance, MessageKey, RawMessage
from inboxbot.store import messages
from inboxbot.store.engine import Store
from inboxbot.store.messages import Position

BATCH = 50  # messages recorded in one transaction
PROBES = 10  # of the messages recorded last, looked at again at every opening
PORTION_BYTES = 16 * 1024 * 1024  # fetched, then recorded in one transaction: so much is in memory at once, and one message more
MOST_MARK_BREAKS = 3  # then a message is left without its mark
MOST_FETCH_FAILURES = 3  # then a stub stands in for the message, so that a person sees it and the rest goes on
MOST_OUTSTANDING = 10  # messages to be tried again; with more of them it is the mailbox that ails, and nothing behind them is asked for
MOST_PROBE_BREAKS = 3  # messages whose headers break the connection at an opening
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_log = structlog.get_logger(__name__)


@dataclass
class _Round:
    """One reading of what is new: how much was recorded, and up to where all is done."""

    position: Position
    last: int
    recorded: int = 0


def _no_progress() -> None:
    """Nobody wants to know."""


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
    _phantoms: set[int] = field(default_factory=set)  # UIDs for which a stub stands, and of which nothing but the number was ever seen
    _mark_breaks: Counter[tuple[int, int]] = field(default_factory=Counter)  # (UIDVALIDITY, UID) -> breaks while it was marked
    _stale: bool = False  # rows of ours wait to be known again after a renumbering
    _last: int = 0  # where reading stood when we last knew
    _progress: Callable[[], None] = _no_progress

    def catch_up(self, progress: Callable[[], None] = _no_progress) -> int:
        """Record everything that is new, oldest first; how many messages that were. Opens the mailbox where needed.

        Now and then also what appeared late, below what was read already. After any MailboxTemporaryError the next call
        opens the mailbox anew; what had come before is recorded. `progress` is called after every committed portion.
        """
        self._progress = progress
        try:
            position = self.open()
            recorded = self._record_after(position)
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
        opened = self._status is None
        if self._status is None:
            status, reused = self._opened()
            if reused:
                with self.store.transaction() as session:
                    messages.displace(session, self.section.name, status.uidvalidity)
                    known = messages.position(session, self.section.name)
                    messages.start(session, self.section.name, self._begun_anew(known, status))
            self._status = status
        position = self._position(self._status)
        if opened or position.last_uid < self._last:  # another process may have found the numbers changed
            with self.store.transaction() as session:
                self._stale = messages.any_stale(session, self.section.name, position.uidvalidity)
        self._last = position.last_uid
        return position

    def look(self) -> Position:
        """Where reading would stand; opens the mailbox anew and changes nothing in our records, which another reader may be at work on."""
        status, reused = self._opened()
        with self.store.transaction() as session:
            known = messages.position(session, self.section.name)
        return self._begun_anew(known, status) if reused else self._stands(known, status)

    def _opened(self) -> tuple[MailboxStatus, bool]:
        """The mailbox's status, and whether it gives numbers again that were other messages'; opens it.

        One that was restored from a backup may do so under the same UIDVALIDITY: then its next UID lies below what was
        read, or the messages read last have other headers now.
        """
        name, status = self.section.name, self.mailbox.open()
        with self.store.transaction() as session:
            known = messages.position(session, name)
            latest = messages.latest(session, name, status.uidvalidity, PROBES)
        if known is None or known.uidvalidity != status.uidvalidity:
            return status, False
        back = status.uidnext <= known.last_uid
        glances, status = self._probed(list(latest), status) if latest else ([], status)
        changed = [one.uid for one in glances if one.header_sha256 and one.header_sha256 != latest[one.uid]]
        if back or changed:
            _log.warning("uids_reused", mailbox=name, uidnext=status.uidnext, read_to=known.last_uid, changed=changed[:3])
        return status, bool(back or changed)

    def _probed(self, uids: Sequence[int], status: MailboxStatus) -> tuple[list[Glance], MailboxStatus]:
        """These messages' headers. Where they break the connection they are asked for one by one, and what breaks it again is left out."""
        try:
            return self.mailbox.glance(uids), status
        except MailboxTemporaryError as error:
            if error.retry_after is not None:
                raise
            _log.warning("probe_failed", mailbox=self.section.name, why=str(error))
        now, breaks, found = self.mailbox.open(), 0, list[Glance]()
        for uid in sorted(uids, reverse=True):
            try:
                found += self.mailbox.glance([uid])
            except MailboxTemporaryError as error:
                _log.warning("probe_failed", mailbox=self.section.name, uid=uid, why=str(error))
                now, breaks = self.mailbox.open(), breaks + 1
            if breaks == MOST_PROBE_BREAKS:
                break
        if now.uidvalidity != status.uidvalidity:
            raise MailboxTemporaryError(f"{self.section.name}: opening: the UIDs have been given anew; open again")
        return found, now

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
            stands = self._stands(known, status)
            if known == stands:
                return known
            if known is not None:
                _log.warning("uidvalidity_changed", mailbox=self.section.name, was=known.uidvalidity, now=status.uidvalidity)
            messages.start(session, self.section.name, stands)
            if known is None:
                messages.set_reconciled(session, self.section.name, self.now())
            return stands

    def _stands(self, known: Position | None, status: MailboxStatus) -> Position:
        return known if known is not None and known.uidvalidity == status.uidvalidity else self._begun_anew(known, status)

    def _begun_anew(self, known: Position | None, status: MailboxStatus) -> Position:
        if known is None:
            return self._first_start(status)
        return Position(status.uidvalidity, 0, known.watched_since, backlog_until=status.uidnext - 1)

    def _first_start(self, status: MailboxStatus) -> Position:
        """What lies there already is left alone unless `since` says otherwise: old mail is never answered."""
        since, there = self.section.since, status.uidnext - 1
        if since == "now":
            return Position(status.uidvalidity, there, self.now(), there)
        watched_since = datetime.combine(since, time.min, self.zone) if isinstance(since, date) else _LONG_AGO
        return Position(status.uidvalidity, 0, watched_since, there)

    def _record_after(self, position: Position) -> int:
        listed = self._unrecorded(self.mailbox.uids_after(position.last_uid), position.uidvalidity)
        there = frozenset(listed)
        self._failures = {uid: count for uid, count in self._failures.items() if uid in there}
        now = _Round(position, position.last_uid)
        for uids in _batches(listed):
            self._record_batch(uids, now)
            if len(self._failures) > MOST_OUTSTANDING:
                return now.recorded
        if self._stale and not self._failures:
            _log.info("renumbered", mailbox=self.section.name, uidvalidity=position.uidvalidity, new=now.recorded)
            self._stale = False
        return now.recorded

    def _record_batch(self, uids: Sequence[int], now: _Round) -> None:
        """Record these, in portions. The position passes none that is outstanding: what failed is tried again from there."""
        wanted = self._unknown(uids, now.position)
        left, seen = set(wanted), set(uids) - set(wanted)  # not come yet; fetched, known again, or none of ours
        for raws, done in _portions(self._fetch(wanted, now.position.uidvalidity)):
            reach("ingest.fetched")
            left -= {raw.key.uid for raw in raws}
            seen |= {raw.key.uid for raw in raws} - self._phantoms
            now.last = max(now.last, _last_done(seen, self._failures if done else left | set(self._failures)))
            with self.store.transaction() as session:
                now.recorded += sum(messages.record(session, raw, self.now()) for raw in raws if now.position.concerns_us(raw))
                messages.advance(session, self.section.name, now.last, self.now())
                reach("ingest.recording")
            reach("ingest.recorded")
            self._last = now.last
            raws.clear()  # their memory is wanted for the next portion
            self._progress()

    def _unknown(self, uids: Sequence[int], position: Position) -> Sequence[int]:
        """Of what lay there at the start, or before a renumbering: those that concern us and are not known under another number."""
        old = [uid for uid in uids if uid <= position.backlog_until]
        if not old or not (self._stale or position.watched_since > _LONG_AGO):
            return uids
        glances = {glance.uid: glance for glance in self.mailbox.glance(old)}
        known: Collection[int] = ()
        if self._stale:
            with self.store.transaction() as session:
                known = messages.recognise(session, self.section.name, position.uidvalidity, list(glances.values()))
        return [uid for uid in _ours(uids, glances, position) if uid not in known]

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
            wanted = _ours(uids, {glance.uid: glance for glance in self.mailbox.glance(uids)}, position)
            for raws, _ in _portions(self._seen_once(item, validity) for item in self.mailbox.fetch(wanted)):
                with self.store.transaction() as session:
                    recorded += sum(messages.record(session, raw, self.now()) for raw in raws if position.concerns_us(raw))
                raws.clear()
                self._progress()
        if recorded:
            _log.warning("late_messages", mailbox=name, messages=recorded)
        with self.store.transaction() as session:
            messages.set_reconciled(session, name, self.now())
        return recorded

    def _seen_once(self, item: RawMessage | FetchFailure, uidvalidity: int) -> RawMessage:
        """Of a late message that cannot be had a person is told at once."""
        return item if isinstance(item, RawMessage) else self._stub(item, uidvalidity)

    def _fetch(self, uids: Sequence[int], uidvalidity: int) -> Iterator[RawMessage]:
        for item in self.mailbox.fetch(uids):
            if isinstance(item, RawMessage):
                self._failures.pop(item.key.uid, None)
                yield item
            elif stub := self._count_failure(item, uidvalidity):
                yield stub

    def _count_failure(self, failure: FetchFailure, uidvalidity: int) -> RawMessage | None:
        """The third failure of the same message makes a stub of it, and one that is final at once."""
        self._failures[failure.uid] = self._failures.get(failure.uid, 0) + 1
        _log.warning("fetch_failed", mailbox=self.section.name, uid=failure.uid, words=failure.words, attempt=self._failures[failure.uid])
        if self._failures[failure.uid] < MOST_FETCH_FAILURES and not failure.final:
            return None
        del self._failures[failure.uid]
        return self._stub(failure, uidvalidity)

    def _stub(self, failure: FetchFailure, uidvalidity: int) -> RawMessage:
        """What is known of it stands in the records, so that it is known again after a renumbering, and no second person is troubled."""
        raw = f"Subject: (message {failure.uid} of {self.section.name} could not be fetched)\r\n\r\n{failure.words}\r\n".encode()
        key = MessageKey(self.section.name, uidvalidity, failure.uid)
        try:
            glance = next(iter(self.mailbox.glance([failure.uid])), None)
        except MailboxTemporaryError as error:  # the connection is gone with it
            _log.warning("glance_failed", mailbox=self.section.name, uid=failure.uid, why=str(error))
            self._status, glance = None, None
        if glance is None:
            self._phantoms.add(failure.uid)
            return RawMessage(key, raw, self.now(), complete=False, header_sha256="")
        return RawMessage(key, raw, glance.received_at, glance.size, complete=False, header_sha256=glance.header_sha256)

    def _unrecorded(self, uids: Sequence[int], uidvalidity: int) -> list[int]:
        """Those that are not recorded yet: the position passes no UID of which nothing but the number was ever seen."""
        if not uids:
            return []
        with self.store.transaction() as session:
            known = messages.recorded_above(session, self.section.name, uidvalidity, uids[0])
        return [uid for uid in uids if uid not in known]


def _last_done(seen: Collection[int], outstanding: Collection[int]) -> int:
    """The highest UID below which nothing is outstanding, of those whose message was really there; 0 for none.

    A server may list numbers behind which nothing lies. Reading on from such a one would pass over all mail to come.
    """
    below = min(outstanding, default=max(seen, default=0) + 1)
    return max((uid for uid in seen if uid < below), default=0)


def _ours(uids: Sequence[int], glances: Mapping[int, Glance], position: Position) -> list[int]:
    """Those that concern us by their headers, and those whose headers did not come: fetching them shows what they are."""
    return [uid for uid in uids if uid not in glances or position.was_ours(uid, glances[uid].received_at)]


def _portions(raws: Iterable[RawMessage]) -> Iterator[tuple[list[RawMessage], bool]]:
    """What is fetched in portions that memory holds, and whether this one is the last.

    What came before an error is handed out before the error is raised.
    """
    portion: list[RawMessage] = []
    size = 0
    try:
        for raw in raws:
            portion.append(raw)
            size += len(raw.raw)
            if size >= PORTION_BYTES:
                yield portion, False
                portion, size = [], 0
    except Exception:
        if portion:
            yield portion, False
        raise
    yield portion, True


def _batches(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), BATCH):
        yield uids[start : start + BATCH]
