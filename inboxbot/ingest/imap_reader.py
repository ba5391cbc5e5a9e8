"""Which messages are asked for together, and what is believed of the answers.

In: UIDs. Out: `RawMessage`s and, for each message that is there but cannot be had, a `FetchFailure`; headers. One bad
message never keeps the others from being read, whatever of it breaks the connection: its size, header, structure or body.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TypeVar

from imapclient import IMAPClient

from inboxbot.ingest import imap_fetch, imap_search, imap_skeleton
from inboxbot.ingest.imap_fetch import Fetched
from inboxbot.ingest.imap_suspects import TRIES, Suspects
from inboxbot.ingest.mailbox import OVERSIZE_BYTES, FetchFailure
from inboxbot.message import MessageKey, RawMessage, header_digest

__all__ = ["BATCH_BYTES", "BATCH_MESSAGES", "GLANCES", "TRIES", "ImapReader"]

BATCH_MESSAGES = 50
BATCH_BYTES = 8 * 1024 * 1024  # imaplib holds a whole batch in memory
GLANCES = 500  # headers a FETCH
SHORT = 0.9  # of the stated size: what is shorter was cut off, if this server states sizes exactly
# Words that say nothing about the message that was asked for (RFC 5530, 3; Exchange; Gmail).
_LEAVE_ALONE = re.compile(
    r"\[(?:THROTTLED|INUSE|OVERQUOTA)\]|throttl|back-?off|too many (?:\w+ )?(?:connections|sessions|requests|commands)", re.IGNORECASE
)

Found = TypeVar("Found")


class ImapReader:
    """Reads messages over a connection that `connection` lends for one command at a time.

    A reader outlives connections: it remembers during which messages they broke. Such a message is asked for alone and
    after all others; when the connection breaks over it again although the server gives others, it is a final FetchFailure.
    """

    def __init__(self, connection: Callable[[str], AbstractContextManager[IMAPClient]], max_message_bytes: int) -> None:
        self._connection, self._max_bytes = connection, max_message_bytes
        self._bodies, self._headers, self._structures = Suspects(), Suspects(), Suspects()
        self._gave = False  # whether this very connection has given a message
        self._good: int | None = None  # the message that came last: whether the server gives anything is tried with it
        self._exact, self._rough = 0, 0  # messages that were as long as the server states, and others

    def opened(self, *, renumbered: bool) -> None:
        """There is a new connection; `renumbered`: the UIDs have a new meaning."""
        self._gave = False
        if renumbered:
            self._good = None
            for suspects in (self._bodies, self._headers, self._structures):
                suspects.forget()

    def headers(self, uids: Collection[int]) -> Iterator[Fetched]:
        """What these messages' headers are, in the order of their UIDs; what is gone, or given up, is left out."""
        calm, suspects = self._headers.parted(set(uids))
        found: dict[int, Fetched] = {}
        for batch in [calm[start : start + GLANCES] for start in range(0, len(calm), GLANCES)]:
            found |= self._ask_headers(batch)
        for uid in suspects:
            if not self._headers.given_up(uid):
                self._try_another(uid)
                found |= self._ask_headers([uid])
        return (found[uid] for uid in sorted(found))

    def _ask_headers(self, uids: Sequence[int]) -> dict[int, Fetched]:
        found = self._ask(self._headers, uids, "fetching headers", lambda client: imap_fetch.headers(client, uids))
        self._headers.came(uids)
        self._gave = self._gave or bool(found)
        return found

    def read(self, uids: list[int], key: Callable[[int], MessageKey]) -> Iterator[RawMessage | FetchFailure]:
        """The messages with `uids`, those that are suspected last; those that are no longer there are left out."""
        calm, suspects = self._bodies.parted(uids)
        for start in range(0, len(calm), BATCH_MESSAGES):
            sizes = self._sizes(calm[start : start + BATCH_MESSAGES])
            for batch in self._batches(sizes):
                yield from self._read_batch(batch, sizes, key)
        for uid in suspects:
            yield from self._read_suspect(uid, key)

    def _read_suspect(self, uid: int, key: Callable[[int], MessageKey]) -> Iterator[RawMessage | FetchFailure]:
        if self._bodies.given_up(uid):
            if self._there([uid]):
                yield FetchFailure(uid, f"the connection broke {self._bodies.times(uid)} times while it was fetched", final=True)
            return
        self._try_another(uid)
        sizes = self._sizes([uid])
        if uid in sizes:
            yield from self._read_batch([uid], sizes, key)
        else:
            self._bodies.came([uid])

    def _ask(self, suspects: Suspects, uids: Sequence[int], doing: str, task: Callable[[IMAPClient], Found]) -> Found:
        """What the server answers; when the connection breaks, remember over which messages."""
        asked = False
        try:
            with self._connection(doing) as client:
                asked = True
                return task(client)
        except Exception as error:
            if asked and not _LEAVE_ALONE.search(str(error)):
                suspects.broke(uids, gave_others=self._gave, busy=getattr(error, "retry_after", None) is not None)
            raise

    def _try_another(self, uid: int) -> None:
        """Before a suspect: does this server give a message at all? One that it has given before shows it."""
        good, self._good = self._good, None
        if self._gave or good is None or good == uid:
            self._good = good
            return
        with self._connection("fetching a message once more") as client:
            self._gave = bool(imap_fetch.bodies(client, [good], 1))
        self._good = good if self._gave else None

    def _sizes(self, uids: list[int]) -> dict[int, int]:
        """UID -> size, in order. What has no size although it is there gets 0: asking for its body shows what it is."""
        sizes = self._ask(self._bodies, uids, "fetching sizes", lambda client: imap_fetch.sizes(client, uids))
        there = self._there([uid for uid in uids if uid not in sizes])
        return {uid: sizes.get(uid, 0) for uid in uids if uid in sizes or uid in there}

    def _there(self, uids: list[int]) -> set[int]:
        """Which of `uids` the mailbox still lists."""
        if not uids:
            return set()
        with self._connection("looking for what did not come") as client:
            return imap_search.search(client, [",".join(map(str, uids))])

    def _batches(self, sizes: dict[int, int]) -> Iterator[list[int]]:
        """The UIDs in their order, cut so that a batch stays small and whatever is too large is alone."""
        batch: list[int] = []
        room = BATCH_BYTES
        for uid, size in sizes.items():
            alone = size > self._max_bytes
            if batch and (alone or size > room):
                yield batch
                batch, room = [], BATCH_BYTES
            batch.append(uid)
            room = -1 if alone else room - size
        if batch:
            yield batch

    def _read_batch(self, batch: list[int], sizes: dict[int, int], key: Callable[[int], MessageKey]) -> Iterator[RawMessage | FetchFailure]:
        if sizes[batch[0]] > self._max_bytes and (skeleton := self._skeleton(batch[0], sizes, key)):
            self._bodies.came(batch)
            yield skeleton
            return
        answers = self._ask_bodies(batch, sizes)
        self._exact += sum(self._plausible(answer, sizes) for answer in answers.values())
        for uid in batch:
            answer = answers.pop(uid, None)
            if not self._plausible(answer, sizes):
                answer = self._second_look(uid, answer, sizes)
            if answer is not None:
                yield self._raw(answer, sizes, key)
            elif self._there([uid]):
                yield FetchFailure(uid, "the server does not give its body, or gives it empty, or not twice the same")

    def _skeleton(self, uid: int, sizes: dict[int, int], key: Callable[[int], MessageKey]) -> RawMessage | None:
        """A message over the limit without its attachments; None: its beginning has to do."""
        if uid in self._structures:  # describing it broke the connection
            return None
        found = self._ask(self._structures, [uid], "fetching the text of a large message", lambda client: imap_skeleton.fetch(client, uid))
        if found is None:
            return None
        raw, head = found
        self._gave, self._good = True, uid
        received_at, shown = head.received_at or datetime.now(UTC), header_digest(head.body or b"")
        return RawMessage(key(uid), raw, received_at, sizes[uid], complete=False, answered=head.answered, header_sha256=shown)

    def _ask_bodies(self, batch: list[int], sizes: dict[int, int]) -> dict[int, Fetched]:
        first_bytes = OVERSIZE_BYTES if sizes[batch[0]] > self._max_bytes else None
        answers = self._ask(self._bodies, batch, "fetching", lambda client: imap_fetch.bodies(client, batch, first_bytes))
        self._bodies.came(batch)
        if answers:
            self._gave, self._good = True, max(answers)
        return answers

    def _second_look(self, uid: int, first: Fetched | None, sizes: dict[int, int]) -> Fetched | None:
        """Asked for alone: an answer that is as long as stated, or the same twice and not empty (Exchange states sizes roughly)."""
        second = self._ask_bodies([uid], sizes).get(uid)
        if second is None or self._plausible(second, sizes):
            return second
        return second if second.body and first is not None and second.body == first.body else None

    def _plausible(self, answer: Fetched | None, sizes: dict[int, int]) -> bool:
        if answer is None or answer.body is None:
            return False
        size = sizes[answer.uid]
        return len(answer.body) == (size if size <= self._max_bytes else min(size, OVERSIZE_BYTES))

    def _raw(self, answer: Fetched, sizes: dict[int, int], key: Callable[[int], MessageKey]) -> RawMessage:
        body = answer.body or b""
        complete = sizes[answer.uid] <= self._max_bytes and not self._cut_off(answer, sizes)
        size = len(body) if complete else sizes[answer.uid]
        received_at = answer.received_at or datetime.now(UTC)  # no readable INTERNALDATE: it is new to us now
        return RawMessage(key(answer.uid), body, received_at, size, complete, answer.answered)

    def _cut_off(self, answer: Fetched, sizes: dict[int, int]) -> bool:
        """Whether a server that states sizes exactly gave much less than it states; one that states them roughly says nothing by that."""
        if self._plausible(answer, sizes):
            return False
        cut_off = len(answer.body or b"") < SHORT * sizes[answer.uid] and self._exact > self._rough
        self._rough += not cut_off
        return cut_off
