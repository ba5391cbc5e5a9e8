"""The windows of a search: they cover everything, each fits on a line, and a sparse folder needs no more of them than a dense one."""

import pytest

from inboxbot.ingest.imap_search import LARGEST_WINDOW, MOST_WINDOWS, SEARCH_WINDOW, windows


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
