"""Which messages are asked for together, and what is believed of the answers.

In: UIDs. Out: `RawMessage`s in the order of their UIDs, and a `FetchFailure` for each message that is there but cannot
be had; one bad message never keeps the others from being read.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from imapclient import IMAPClient

from inboxbot.errors import MailboxTemporaryError
from inboxbot.ingest import imap_fetch, imap_skeleton
from inboxbot.ingest.imap_fetch import Fetched
from inboxbot.ingest.mailbox import OVERSIZE_BYTES, FetchFailure
from inboxbot.message import MessageKey, RawMessage

BATCH_MESSAGES = 50
BATCH_BYTES = 8 * 1024 * 1024  # imaplib holds a whole batch in memory
TRIES = 3  # a message that breaks the connection this often is given up


class ImapReader:
    """Reads messages over a connection that `connection` lends for one command at a time.

    A reader outlives connections: it remembers during which messages they broke. Such a message is asked for alone,
    and after `TRIES` times it is a FetchFailure.
    """

    def __init__(self, connection: Callable[[str], AbstractContextManager[IMAPClient]], max_message_bytes: int) -> None:
        self._connection, self._max_bytes = connection, max_message_bytes
        self._broke: Counter[int] = Counter()

    def forget(self) -> None:
        """The UIDs have a new meaning: nothing is known about them any more."""
        self._broke.clear()

    def read(self, uids: list[int], key: Callable[[int], MessageKey]) -> Iterator[RawMessage | FetchFailure]:
        """The messages with `uids` (ascending); those that are no longer there are left out."""
        for start in range(0, len(uids), BATCH_MESSAGES):
            sizes = self._sizes(uids[start : start + BATCH_MESSAGES])
            for batch in self._batches(sizes):
                yield from self._read_batch(batch, sizes, key)

    def _sizes(self, uids: list[int]) -> dict[int, int]:
        """UID -> size, in order. What has no size although it is there gets 0: asking for its body shows what it is."""
        with self._connection("fetching sizes") as client:
            sizes = imap_fetch.sizes(client, uids)
        there = self._there([uid for uid in uids if uid not in sizes])
        return {uid: sizes.get(uid, 0) for uid in uids if uid in sizes or uid in there}

    def _there(self, uids: list[int]) -> frozenset[int]:
        """Which of `uids` the mailbox still lists."""
        if not uids:
            return frozenset()
        with self._connection("looking for what did not come") as client:
            return frozenset(map(int, client.search(["UID", ",".join(map(str, uids))])))

    def _batches(self, sizes: dict[int, int]) -> Iterator[list[int]]:
        """The UIDs in their order, cut so that a batch stays small and whatever is special is alone."""
        batch: list[int] = []
        room = BATCH_BYTES
        for uid, size in sizes.items():
            alone = self._broke[uid] > 0 or size > self._max_bytes
            if batch and (alone or size > room):
                yield batch
                batch, room = [], BATCH_BYTES
            batch.append(uid)
            room = -1 if alone else room - size
        if batch:
            yield batch

    def _read_batch(self, batch: list[int], sizes: dict[int, int], key: Callable[[int], MessageKey]) -> Iterator[RawMessage | FetchFailure]:
        if self._broke[batch[0]] >= TRIES:
            del self._broke[batch[0]]
            yield FetchFailure(batch[0], f"the connection broke {TRIES} times while it was fetched")
            return
        if sizes[batch[0]] > self._max_bytes and (skeleton := self._skeleton(batch[0], sizes, key)):
            yield skeleton
            return
        answers = self._ask(batch, sizes)
        for uid in batch:
            answer = answers.get(uid)
            if not self._plausible(answer, sizes):
                answer = self._second_look(uid, answer, sizes)
            if answer is not None:
                yield self._raw(answer, sizes, key)
            elif self._there([uid]):
                yield FetchFailure(uid, "the server does not give its body, or not twice the same")

    def _skeleton(self, uid: int, sizes: dict[int, int], key: Callable[[int], MessageKey]) -> RawMessage | None:
        """A message over the limit without its attachments; None: its beginning has to do."""
        with self._connection("fetching the text of a large message") as client:
            raw = imap_skeleton.fetch(client, uid)
            times = imap_fetch.headers(client, [uid]) if raw else {}
        if raw is None or uid not in times:
            return None
        head = times[uid]
        return RawMessage(key(uid), raw, head.received_at or datetime.now(UTC), sizes[uid], complete=False, answered=head.answered)

    def _ask(self, batch: list[int], sizes: dict[int, int]) -> dict[int, Fetched]:
        """What the server answers; when the connection breaks, remember during which messages."""
        first_bytes = OVERSIZE_BYTES if sizes[batch[0]] > self._max_bytes else None
        try:
            with self._connection("fetching") as client:
                answers = imap_fetch.bodies(client, batch, first_bytes)
        except MailboxTemporaryError as error:
            if error.retry_after is None:  # a busy server says nothing about the message
                self._broke.update(batch)
            raise
        for uid in batch:
            self._broke.pop(uid, None)
        return answers

    def _second_look(self, uid: int, first: Fetched | None, sizes: dict[int, int]) -> Fetched | None:
        """Asked for alone: an answer that is as long as stated, or the same twice (Exchange states sizes roughly)."""
        second = self._ask([uid], sizes).get(uid)
        agreed = second is not None and first is not None and second.body == first.body
        return second if agreed or self._plausible(second, sizes) else None

    def _plausible(self, answer: Fetched | None, sizes: dict[int, int]) -> bool:
        if answer is None or answer.body is None:
            return False
        size = sizes[answer.uid]
        return len(answer.body) == (size if size <= self._max_bytes else min(size, OVERSIZE_BYTES))

    def _raw(self, answer: Fetched, sizes: dict[int, int], key: Callable[[int], MessageKey]) -> RawMessage:
        body = answer.body or b""
        complete = sizes[answer.uid] <= self._max_bytes
        size = len(body) if complete else sizes[answer.uid]
        received_at = answer.received_at or datetime.now(UTC)  # no readable INTERNALDATE: it is new to us now
        return RawMessage(key(answer.uid), body, received_at, size, complete, answer.answered)
