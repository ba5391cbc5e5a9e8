"""The windows of a search: they cover everything, each fits on a line, and a sparse folder needs no more of them than a dense one."""

from datetime import date

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import ProtocolError

from inboxbot.ingest.imap_search import LARGEST_WINDOW, MOST_WINDOWS, SEARCH_WINDOW, search, windows


def test_a_small_folder_is_searched_at_once() -> None:
    assert list(windows(7, 4_000_000_000, SEARCH_WINDOW)) == ["7:*"]


@pytest.mark.parametrize("next_unseen", [2, SEARCH_WINDOW, 12_001, 80_000_001])
def test_windows_cover_every_uid_once_and_stay_small(next_unseen: int) -> None:
    *closed, rest = windows(1, next_unseen, SEARCH_WINDOW + 1)
    ends = [tuple(map(int, one.split(":"))) for one in closed]
    assert [first for first, _ in ends] == [1, *(last + 1 for _, last in ends)][: len(ends)]
    assert all(0 <= last - first < LARGEST_WINDOW for first, last in ends)
    assert rest == f"{next_unseen}:*"


def test_uids_far_apart_need_few_windows() -> None:
    assert len(list(windows(1, 80_000_001, SEARCH_WINDOW + 1))) <= MOST_WINDOWS + 1


class Answering:
    """A connection whose server answers SEARCH with these lines."""

    def __init__(self, *lines: bytes | None, typ: str = "OK") -> None:
        self._imap, self._answer, self.asked = self, (typ, list(lines)), list[tuple[str, ...]]()

    def uid(self, *words: str) -> tuple[str, list[bytes | None]]:
        self.asked.append(words)
        return self._answer


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([b"1 2 3"], {1, 2, 3}),
        ([b"1 2", b"3"], {1, 2, 3}),
        ([b"1 2 3", b"1 2 3"], {1, 2, 3}),
        ([b"3 1", b"", b"2 "], {1, 2, 3}),
        ([b"1 2 3 (MODSEQ 917162500)"], {1, 2, 3}),
        ([b"1 2 (MODSEQ 5)", b"3 (modseq 6)"], {1, 2, 3}),
        ([b"4294967294"], {4294967294}),
        ([b""], set()),
        ([None], set()),
        ([], set()),
    ],
)
def test_an_answer_in_several_lines_is_read_as_one(lines: list[bytes | None], found: set[int]) -> None:
    assert search(Answering(*lines), ["1:*"]) == found  # type: ignore[arg-type]


@pytest.mark.parametrize("line", [b"1 2 three", b"-1", b"1,2", b"1:3", b"(MODSEQ x)", b"1 2 {3}"])
def test_what_is_no_answer_is_not_believed(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        search(Answering(line), ["1:*"])  # type: ignore[arg-type]


def test_a_no_is_an_error() -> None:
    with pytest.raises(IMAPClient.Error, match="busy"):
        search(Answering(b"busy", typ="NO"), ["1:*"])  # type: ignore[arg-type]


def test_days_are_written_as_the_protocol_has_them() -> None:
    client = Answering()
    search(client, ["1:5", "6:*"], "SINCE", date(2026, 3, 1))  # type: ignore[arg-type]
    assert client.asked == [("SEARCH", "UID", "1:5", "SINCE", "01-Mar-2026"), ("SEARCH", "UID", "6:*", "SINCE", "01-Mar-2026")]
