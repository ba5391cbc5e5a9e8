"""What every mailbox can do, whatever it is made of.

In: a `MailboxSection`. Out: `Mailbox` (the protocol that `imap` and `maildir` fulfil), `MailboxStatus`, `FetchFailure`.
Which class serves which `kind` stands in `mailbox_kinds`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from inboxbot.message import Glance, RawMessage

After = Literal["nothing", "keyword", "move"]

OVERSIZE_BYTES = 256 * 1024  # how much of a message over the size limit is fetched: the header and where text parts lie


@dataclass(frozen=True, slots=True)
class MailboxStatus:
    """A mailbox as it was when it was opened. No message has a UID of `uidnext` or above yet (RFC 3501, 2.3.1.1)."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """A message that is there but that the mailbox does not hand out properly; `words` say what was wrong."""

    uid: int
    words: str
    final: bool = False  # it was asked for often enough: another try would only break the connection once more


class Mailbox(Protocol):
    """One mailbox. Calls block; one thread owns the object, only `interrupt` may come from another.

    Every call may raise MailboxTemporaryError: then the connection is gone, and `open` makes a new one. UIDs count
    under the UIDVALIDITY that the last `open` returned.
    """

    @property
    def name(self) -> str:
        """The mailbox's name in the configuration."""

    def open(self) -> MailboxStatus:
        """Connect, or connect anew; raises MailboxRefusedError when trying again the same way cannot help."""

    def uids_after(self, uid: int) -> list[int]:
        """The UIDs strictly above `uid`, ascending."""

    def uids_since(self, moment: datetime) -> list[int]:
        """The UIDs of messages that came on that day or later (by INTERNALDATE), ascending; a day more does no harm."""

    def glance(self, uids: Collection[int]) -> list[Glance]:
        """The headers of these messages, in the order of their UIDs, without their bodies.

        What is gone is left out, and so is what breaks the connection time after time: `fetch` tells of that.
        """

    def fetch(self, uids: Collection[int]) -> Iterator[RawMessage | FetchFailure]:
        """The messages in the order of their UIDs, but what broke the connection before comes last; one that is gone is left out.

        A message over the size limit comes incomplete: its first `OVERSIZE_BYTES` and its full size.
        """

    def mark(self, uid: int, outcome: str, after: After, move_to: str = "") -> bool:
        """Show people what became of a message; decoration only, and safe to repeat.

        `outcome` is an `Outcome`'s value. A message that is no longer there counts as done; False when the mailbox
        would not do it.
        """

    def wait(self, seconds: float) -> None:
        """Return when there may be new mail, on `interrupt`, or after `seconds`: a hint, look with `uids_after`."""

    def interrupt(self) -> None:
        """End the present `wait`, or the next one, at once."""

    def close(self) -> None:
        """Log out and let go; never raises. `open` may follow."""
