"""SEARCH in windows of UIDs, so that no answer is longer than a line may be.

In: a connection with a folder selected, where to begin, what the folder holds. Out: UIDs. UIDs may lie far apart: windows grow with
the numbers, up to what fits on a line even when every UID is taken.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from imapclient import IMAPClient
from imapclient.exceptions import ProtocolError

SEARCH_WINDOW = 5_000  # UIDs a SEARCH: imaplib takes no line above 1,000,000 bytes
LARGEST_WINDOW = 80_000
MOST_WINDOWS = 1_000  # then windows grow
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # whatever the locale
_LINE = re.compile(rb"((?: *\d+)*) *(?:\(MODSEQ \d+\))? *", re.IGNORECASE)  # RFC 3501, 7.2.5; RFC 7162, 3.1.5


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
    return {uid for one in ranges for uid in _found(client, "UID", one, *map(_word, criteria))}


def _word(criterion: str | date) -> str:
    return f"{criterion.day:02}-{_MONTHS[criterion.month - 1]}-{criterion.year}" if isinstance(criterion, date) else criterion


def _found(client: IMAPClient, *criteria: str) -> Iterator[int]:
    """All that the answer names: some servers say it in several lines, which the library's own `search` does not take."""
    typ, lines = client._imap.uid("SEARCH", *criteria)  # noqa: SLF001 - see above
    if typ != "OK":
        raise IMAPClient.Error(f"search failed: {lines!r}")
    for line in filter(None, lines):
        named = _LINE.fullmatch(line)
        if named is None:
            raise ProtocolError(f"not an answer to SEARCH: {line!r}")
        yield from map(int, named[1].split())
