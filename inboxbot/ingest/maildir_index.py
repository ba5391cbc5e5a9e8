"""Stable UIDs for the files of a Maildir.

In: the names of the files that are there. Out: `MaildirIndex`, which gives each a UID that it keeps for ever, whatever
its flags and whether it lies in `new` or `cur`. Kept in one small file beside them, which several processes may use.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from inboxbot.ingest.mailbox import MailboxStatus

_FILE, _LOCK = ".inboxbot-uids.json", ".inboxbot-uids.lock"
_SPARE = 1_000  # names of vanished files that are kept at least


def unique(file_name: str) -> str:
    """The part of a file's name that stays: without its flags (`:2,S`)."""
    return file_name.partition(":")[0]


@dataclass
class MaildirIndex:
    """UIDs by unique name, as the file holds them."""

    uidvalidity: int
    uidnext: int = 1
    uids: dict[str, int] = field(default_factory=dict)

    @property
    def status(self) -> MailboxStatus:
        """What a mailbox tells when it is opened."""
        return MailboxStatus(self.uidvalidity, self.uidnext)

    def learn(self, names: list[str]) -> bool:
        """Give UIDs to the new among `names`, in their order; True when something changed."""
        new = [name for name in names if name not in self.uids]
        for uid, name in enumerate(new, start=self.uidnext):
            self.uids[name] = uid
        self.uidnext += len(new)
        return self._forget(names) or bool(new)

    def _forget(self, names: list[str]) -> bool:
        """Drop the names of vanished files, but only when they have become many.

        A file whose flags change while the folder is listed is missed now and then; it must come back as itself.
        """
        if len(self.uids) <= 2 * len(names) + _SPARE:
            return False
        present = set(names)
        self.uids = {name: uid for name, uid in self.uids.items() if name in present}
        return True


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    """Hold the index's lock: one process at a time gives UIDs."""
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load(folder: Path) -> MaildirIndex:
    """The index; a new one, with a new UIDVALIDITY, when there is none or it cannot be understood."""
    try:
        data = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return MaildirIndex(int(data["uidvalidity"]), int(data["uidnext"]), {str(k): int(v) for k, v in data["uids"].items()})
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return MaildirIndex(uidvalidity=int(time.time()))  # larger than every one before (RFC 3501, 2.3.1.1)


def save(folder: Path, index: MaildirIndex) -> None:
    """Replace the file as a whole, so that a crash leaves the old one or the new one."""
    draft = folder / f"{_FILE}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump({"uidvalidity": index.uidvalidity, "uidnext": index.uidnext, "uids": index.uids}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _FILE)
