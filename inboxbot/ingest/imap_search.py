"""SEARCH in windows of UIDs, so that no answer is longer than a line may be.

In: a connection with a folder selected, where to begin, what the folder holds. Out: UIDs. UIDs may lie far apart: windows grow with
the numbers, up to what fits on a line even when every UID is taken.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from imapclient import IMAPClient

SEARCH_WINDOW = 5_000  # UIDs a SEARCH: imaplib takes no line above 1,000,000 bytes
LARGEST_WINDOW = 80_000
MOST_WINDOWS = 1_000  # then windows grow


def windows(first: int, next_unseen: int, exists: int) -> Iterator[str]:
    """UID ranges that cover all from `first`; the last is open and holds only what came since `next_unseen` was read."""
    if exists > SEARCH_WINDOW:  # in a smaller folder no answer can be too long
        size = max(SEARCH_WINDOW, min(LARGEST_WINDOW, (next_unseen - first) // MOST_WINDOWS))
        while first < next_unseen:
            last = min(first + size, next_unseen) - 1
            yield f"{first}:{last}"
            first = last + 1
    yield f"{first}:*"


def search(client: IMAPClient, ranges: Iterable[str], *criteria: str | date) -> set[int]:
    """The UIDs in any of these ranges that fit."""
    return {int(uid) for one in ranges for uid in client.search(["UID", one, *criteria])}
