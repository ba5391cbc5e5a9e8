"""Messages during which the connection broke: who is asked for alone, and who is given up.

In: what was asked for when it broke, and what came. Out: verdicts. A server that is ill breaks the connection over every
message; only one that gives others over the same connection shows that a message is to blame.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TRIES = 3  # breaks after which a message is given up: one in company or unproven, the others while others came
MOST_TRIES = 9  # ... where no other message was there to tell


@dataclass
class _Breaks:
    count: int = 0
    proven: int = 0  # asked for alone, over a connection that had given another message
    busy: bool = False  # the server's last words were that it is busy


class Suspects:
    """What is remembered of breaks, over connections, until a message comes."""

    def __init__(self) -> None:
        self._breaks: dict[int, _Breaks] = {}

    def forget(self) -> None:
        """The UIDs have a new meaning: nothing is known about them any more."""
        self._breaks.clear()

    def broke(self, uids: Sequence[int], *, gave_others: bool, busy: bool) -> None:
        """The connection broke, or the server said no, when these were asked for together."""
        for uid in uids:
            breaks = self._breaks.setdefault(uid, _Breaks())
            breaks.count, breaks.busy = breaks.count + 1, busy
            breaks.proven += gave_others and len(uids) == 1

    def came(self, uids: Iterable[int]) -> None:
        """These came, or are no longer there."""
        for uid in uids:
            self._breaks.pop(uid, None)

    def __contains__(self, uid: int) -> bool:
        return uid in self._breaks

    def parted(self, uids: Iterable[int]) -> tuple[list[int], list[int]]:
        """Those of which nothing bad is known, and the suspects: the least suspected first, that the others come before a break."""
        ordered = sorted(uids)
        suspects = [uid for uid in ordered if uid in self._breaks]
        return [uid for uid in ordered if uid not in self._breaks], sorted(suspects, key=lambda uid: self._breaks[uid].count)

    def given_up(self, uid: int) -> bool:
        """Whether it is no use to ask for this one again. A server that is merely busy is not held against the only message there is."""
        breaks = self._breaks.get(uid, _Breaks())
        return breaks.proven >= TRIES - 1 or (breaks.count >= MOST_TRIES and not breaks.busy)

    def times(self, uid: int) -> int:
        """How often the connection broke over this one."""
        return self._breaks[uid].count if uid in self._breaks else 0
