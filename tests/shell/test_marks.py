"""Marks are decoration: a message that breaks the connection while it is marked keeps neither others' marks nor the reading."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from factories import NOW, Clock, decided_mail, open_store
from shell.test_daemon_rounds import Box, House, reader_of
from structlog.testing import capture_logs

from inboxbot.errors import MailboxTemporaryError, StoreError
from inboxbot.ingest.mailbox import MailboxStatus
from inboxbot.message import Glance, header_digest
from inboxbot.reading import BATCH, MOST_MARK_BREAKS, MailboxReader
from inboxbot.store import messages


class Breaking(Box):
    """A mailbox of decided mail: marking some of it breaks the connection."""

    def __init__(self, *uids: int, bad: set[int] | None = None, error: Exception | None = None) -> None:
        super().__init__("ar", *uids)
        self.bad, self.error, self.validity = bad or set(), error or MailboxTemporaryError("BYE"), 7
        self.tries: Counter[int] = Counter()
        self.marked: list[int] = []

    def open(self) -> MailboxStatus:
        super().open()
        return MailboxStatus(self.validity, self.uidnext)

    def glance(self, uids: Any) -> list[Glance]:
        return [Glance(uid, 1, NOW, header_digest(f"Subject: ar {uid}\r\n\r\n".encode())) for uid in uids]

    def mark(self, uid: int, _outcome: str, _after: object, _move_to: str = "") -> bool:
        self.tries[uid] += 1
        if uid in self.bad:
            raise self.error
        self.marked.append(uid)
        return True


def decided(folder: Path, box: Breaking) -> MailboxReader:
    store = open_store(folder)
    with store.transaction() as session:
        messages.start(session, "ar", messages.Position(7, max(box.uids), Clock()(), 0))
    for uid in box.uids:
        decided_mail(store, uid)
    reader = reader_of(store, box, folder, after="keyword", reconcile_days=0)
    reader.catch_up()
    return reader


def rounds(reader: MailboxReader, count: int) -> int:
    """So many rounds of marking, each after opening again where needed; how many of them broke."""
    breaks = 0
    for _ in range(count):
        reader.catch_up()
        try:
            while reader.mark_decided():
                pass
        except (MailboxTemporaryError, KeyError):
            breaks += 1
    return breaks


def unmarked(reader: MailboxReader) -> list[int]:
    with reader.store.transaction() as session:
        return [uid for uid, _ in messages.unmarked(session, "ar", 7, 1000)]


@pytest.mark.parametrize("bad", [{1}, {3}, {5}, {1, 2}, {2, 4}, {1, 2, 3, 4, 5}])
@pytest.mark.parametrize("error", [MailboxTemporaryError("BYE"), KeyError("x")], ids=["cut", "program"])
def test_the_others_are_marked_and_the_bad_ones_given_up(tmp_path: Path, bad: set[int], error: Exception) -> None:
    box = Breaking(*range(1, 6), bad=bad, error=error)
    reader = decided(tmp_path, box)
    with capture_logs() as lines:
        assert rounds(reader, 20) == MOST_MARK_BREAKS * len(bad)
    assert box.marked == [uid for uid in box.uids if uid not in bad]  # each once
    assert all(box.tries[uid] == MOST_MARK_BREAKS for uid in bad)
    assert unmarked(reader) == []
    assert {line["uid"] for line in lines if line["event"] == "mark_given_up"} == bad


def test_after_the_first_break_all_others_are_marked_first(tmp_path: Path) -> None:
    box = Breaking(*range(1, 6), bad={1, 3})
    reader = decided(tmp_path, box)
    assert rounds(reader, 3) == 3
    assert sorted(box.marked) == [2, 4, 5]
    assert unmarked(reader) == [1, 3]


def test_what_was_marked_before_a_break_is_written_down(tmp_path: Path) -> None:
    box = Breaking(*range(1, BATCH + 10), bad={30})
    reader = decided(tmp_path, box)
    assert rounds(reader, 1) == 1
    assert unmarked(reader)[0] == 30
    assert box.marked == list(range(1, 30))


def test_a_busy_server_is_not_held_against_a_message(tmp_path: Path) -> None:
    box = Breaking(1, bad={1}, error=MailboxTemporaryError("THROTTLED", retry_after=60))
    reader = decided(tmp_path, box)
    assert rounds(reader, 10) == 10
    box.bad = set()
    assert rounds(reader, 1) == 0
    assert box.marked == [1]


def test_a_break_of_a_moment_costs_no_mark(tmp_path: Path) -> None:
    box = Breaking(1, 2, 3, bad={1})
    reader = decided(tmp_path, box)
    rounds(reader, MOST_MARK_BREAKS - 1)
    box.bad = set()
    assert rounds(reader, 1) == 0
    assert sorted(box.marked) == [1, 2, 3]


def test_what_a_number_did_says_nothing_after_a_renumbering(tmp_path: Path) -> None:
    box = Breaking(1, bad={1})
    reader = decided(tmp_path, box)
    rounds(reader, MOST_MARK_BREAKS)
    assert reader._mark_breaks == {(7, 1): MOST_MARK_BREAKS}
    assert reader._mark_breaks[8, 1] == 0


class MarkingHouse(House):
    """A daemon over one mailbox of decided mail."""

    def __init__(self, folder: Path, box: Breaking) -> None:
        decided(folder, box)
        box.opened = box.looks = 0
        super().__init__(folder, box, after="keyword", reconcile_days=0, retry_seconds=0.05, longest_retry_seconds=0.2)


@pytest.mark.parametrize("error", [MailboxTemporaryError("BYE"), KeyError("somebody's mail")], ids=["cut", "program"])
def test_reading_goes_on_while_every_mark_breaks(tmp_path: Path, error: Exception) -> None:
    box = Breaking(*range(1, 6), bad=set(range(1, 6)), error=error)
    house = MarkingHouse(tmp_path, box)
    good: list[str] = []
    beat = house.machine.beat
    house.machine.beat = lambda name, trouble="": (good.append(trouble), beat(name, trouble))  # type: ignore[method-assign, assignment]
    house.run(until=lambda: sum(box.tries.values()) >= 6)
    assert house.pauses == []  # reading never waits for marks
    assert set(good) == {""}
    assert house.pulses.here()["mailbox:ar"].trouble == ""
    failed = [line for line in house.lines if line["event"] == "mark_failed"]
    assert [line["wait_seconds"] for line in failed][:4] == [0.05, 0.1, 0.2, 0.2]
    assert all(("exc_info" in line) is isinstance(error, KeyError) for line in failed)
    assert not any("somebody" in line["why"] for line in failed)
    assert box.opened <= len(failed) + 1  # one login for each break, and no more


def test_new_mail_is_read_between_two_breaks(tmp_path: Path) -> None:
    box = Breaking(1, 2, bad={1, 2, 3, 4, 5, 6})
    house = MarkingHouse(tmp_path, box)

    def arrive(times: int) -> None:
        if times in (3, 6, 9, 12):
            box.uids.append(len(box.uids) + 1)

    box.look = arrive
    house.run(until=lambda: house.recorded() == 4)
    assert house.recorded() == 4


def test_a_server_that_wants_to_be_left_alone_while_marking_is(tmp_path: Path) -> None:
    box = Breaking(1, bad={1}, error=MailboxTemporaryError("THROTTLED", retry_after=77))
    house = MarkingHouse(tmp_path, box)
    house.run(until=lambda: len(house.pauses) >= 1)
    assert house.pauses[0] == 77


def test_trouble_of_our_records_while_marking_is_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise StoreError("disk full")

    decided(tmp_path, box := Breaking(1, 2))
    house = House(tmp_path, box, after="keyword", reconcile_days=0, retry_seconds=60)
    monkeypatch.setattr(messages, "set_marked", full)
    looks = box.looks
    house.run(until=lambda: box.looks >= looks + 5)
    assert "store_trouble" in {line["event"] for line in house.lines}
    assert box.tries == {1: 1, 2: 1}  # marks wait for their time, and mail is read meanwhile
