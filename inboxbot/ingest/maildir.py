"""A mailbox that is a Maildir folder: what a mail server on this machine, or a synchroniser, writes to `new` and `cur`.

In: a `MailboxSection` of kind "maildir". Out: `MaildirMailbox`, a `Mailbox`. Bytes are those of the file, INTERNALDATE
is its modification time, and UIDs come from an index file of ours (see `maildir_index`).
"""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from inboxbot.config import MailboxSection
from inboxbot.errors import MailboxRefusedError, MailboxTemporaryError
from inboxbot.ingest import maildir_index
from inboxbot.ingest.mailbox import OVERSIZE_BYTES, After, FetchFailure, MailboxStatus
from inboxbot.ingest.maildir_index import MaildirIndex, unique
from inboxbot.ingest.wakeup import Wakeup
from inboxbot.message import Glance, MessageKey, RawMessage, header_digest

_POLL_SECONDS = 0.2
# A Maildir has no keywords that every program knows; its flags come near: Replied and Seen; Flagged, for a person has
# to look at it; Seen.
FLAGS = {"answer": "RS", "route": "F", "file": "S"}


class MaildirMailbox:
    """One Maildir folder."""

    def __init__(self, section: MailboxSection, max_message_bytes: int) -> None:
        if section.path is None:
            raise ValueError("a maildir needs a path")
        self.name = section.name
        self._folder, self._max_bytes = section.path, max_message_bytes
        self._status = MailboxStatus(0, 1)
        self._files: dict[int, Path] = {}
        self._looked: tuple[int, ...] = ()  # the folders' change times when they were last listed
        self._wakeup = Wakeup()

    def open(self) -> MailboxStatus:
        """See `Mailbox`."""
        with self._explained("opening"):
            self._status = self._look().status
        return self._status

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise MailboxRefusedError(f"{self.name}: {doing}: {error}") from None
        except OSError as error:
            raise MailboxTemporaryError(f"{self.name}: {doing}: {error}") from None

    def _look(self) -> MaildirIndex:
        """List the folders and give UIDs to what is new."""
        with maildir_index.shared(self._folder):
            self._looked = self._change_times()
            files = self._list()
            index = maildir_index.load(self._folder)
            if index.learn(list(files)) or index.uidnext == 1:
                maildir_index.save(self._folder, index)
        self._files = {index.uids[name]: path for name, path in files.items()}
        return index

    def _change_times(self) -> tuple[int, ...]:
        return tuple((self._folder / part).stat().st_mtime_ns for part in ("new", "cur"))

    def _list(self) -> dict[str, Path]:
        """Unique name -> file, oldest first. `new` before `cur`: a file that moves meanwhile is seen twice, not never."""
        found: dict[str, tuple[int, str, Path]] = {}
        for part in ("new", "cur"):
            with os.scandir(self._folder / part) as entries:
                for entry in entries:
                    arrived = _arrival(entry)
                    if arrived is not None:
                        found[unique(entry.name)] = (arrived, entry.name, Path(entry.path))
        return {name: path for name, (_, _, path) in sorted(found.items(), key=lambda item: item[1][:2])}

    def uids_after(self, uid: int) -> list[int]:
        """See `Mailbox`."""
        self._look_again("looking for new mail")
        return sorted(one for one in self._files if one > uid)

    def _look_again(self, doing: str) -> None:
        with self._explained(doing):
            validity = self._look().uidvalidity
        if validity != self._status.uidvalidity:
            raise MailboxTemporaryError(f"{self.name}: {doing}: the UIDs have been given anew; open again")

    def uids_since(self, moment: datetime) -> list[int]:
        """See `Mailbox`."""
        self._look_again("looking for late mail")
        with self._explained("looking for late mail"):
            return sorted(uid for uid, path in self._files.items() if _came_since(path, moment.timestamp()))

    def glance(self, uids: Collection[int]) -> list[Glance]:
        """See `Mailbox`."""
        raws = [item for item in self.fetch(uids) if isinstance(item, RawMessage)]
        return [Glance(raw.key.uid, raw.size, raw.received_at, header_digest(raw.raw)) for raw in raws]

    def fetch(self, uids: Collection[int]) -> Iterator[RawMessage | FetchFailure]:
        """See `Mailbox`."""
        for uid in sorted(set(uids)):
            try:
                path = self._find(uid)
                if path is not None:
                    yield self._read(uid, path)
            except OSError as error:  # also when it was renamed this moment: the next try will tell
                yield FetchFailure(uid, str(error))

    def _read(self, uid: int, path: Path) -> RawMessage:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            complete = stat.st_size <= self._max_bytes
            raw = file.read(stat.st_size if complete else OVERSIZE_BYTES)
        received_at = datetime.fromtimestamp(stat.st_mtime, UTC)
        answered = "R" in path.name.partition(":2,")[2]
        return RawMessage(MessageKey(self.name, self._status.uidvalidity, uid), raw, received_at, stat.st_size, complete, answered)

    def _find(self, uid: int) -> Path | None:
        """Where the message lies now: its name changes with its flags."""
        path = self._files.get(uid)
        if path is None or not path.exists():
            self._look_again("looking for a message")
            path = self._files.get(uid)
        return path

    def mark(self, uid: int, outcome: str, after: After, move_to: str = "") -> bool:
        """See `Mailbox`. `move_to` is another Maildir; a relative path counts from this one."""
        if after == "nothing":
            return True
        try:
            path = self._find(uid)
            if path is not None:
                self._put(uid, path, outcome, move_to if after == "move" else "")
        except FileNotFoundError:  # somebody was faster
            return True
        except OSError:
            return False
        return True

    def _put(self, uid: int, path: Path, outcome: str, move_to: str) -> None:
        del self._files[uid]
        if move_to:
            path.rename(_maildir(self._folder / move_to) / "cur" / path.name)
        else:
            self._files[uid] = path.rename(self._folder / "cur" / _flagged(path.name, FLAGS[outcome]))

    def wait(self, seconds: float) -> None:
        """See `Mailbox`. Looks at the folders' change times several times a second."""
        deadline = time.monotonic() + seconds
        with self._explained("waiting for new mail"):
            while (left := deadline - time.monotonic()) > 0 and self._change_times() == self._looked:
                if self._wakeup.wait(min(left, _POLL_SECONDS)):
                    return

    def interrupt(self) -> None:
        """See `Mailbox`."""
        self._wakeup.ring()

    def close(self) -> None:
        """See `Mailbox`. A folder holds nothing open."""


def _arrival(entry: os.DirEntry[str]) -> int | None:
    """When the message came, in nanoseconds; None for what is no message or has just gone.

    What cannot even be looked at (a symbolic link to itself, a bad block) may be one: it is listed, and reading it tells what is wrong.
    """
    if entry.name.startswith("."):
        return None
    try:
        return entry.stat().st_mtime_ns if entry.is_file() else None
    except FileNotFoundError:
        return None
    except OSError:
        return 0


def _came_since(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime >= moment
    except FileNotFoundError:
        return False
    except OSError:  # see `_arrival`
        return True


def _flagged(file_name: str, flags: str) -> str:
    """`file_name` with `flags` added; flags stand in ASCII order after ":2,"."""
    present = file_name.partition(":2,")[2]
    return f"{unique(file_name)}:2,{''.join(sorted({*present, *flags}))}"


def _maildir(folder: Path) -> Path:
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return folder
