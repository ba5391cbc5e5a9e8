"""The daemon's rounds over mailboxes that have troubles: none of them ends the process, keeps others waiting, or goes untold."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, NoReturn
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, Clock, open_store
from shell.test_machinery import Listed, Nowhere, machinery
from sqlalchemy import event
from structlog.testing import capture_logs

from inboxbot.alarms.conditions import Signs, raised
from inboxbot.alarms.pulses import Pulses
from inboxbot.alarms.watch import Watch
from inboxbot.config import MailboxSection
from inboxbot.config.sections import AlertsSection
from inboxbot.daemon import STORE_CHECK_SECONDS, Daemon
from inboxbot.errors import ConfigError, LedgerError, MailboxTemporaryError, StoreError
from inboxbot.machinery import Machinery
from inboxbot.message import MessageKey, RawMessage
from inboxbot.once import run_once
from inboxbot.reading import MailboxReader
from inboxbot.store import messages, watchbook
from inboxbot.store.engine import Session, Store
from inboxbot.store.watchbook import Pulse


class Box(Listed):
    """A mailbox that is told what to do in each look for new mail; waiting ends at once, in the end for good."""

    def __init__(self, name: str, *uids: int, look: Callable[[int], None] = lambda _: None) -> None:
        super().__init__(*uids)
        self.name, self.look, self.looks, self.opened = name, look, 0, 0
        self.over = threading.Event()

    def open(self) -> Any:
        self.opened += 1
        return super().open()

    def uids_after(self, uid: int) -> list[int]:
        self.looks += 1
        self.look(self.looks)
        return super().uids_after(uid)

    def wait(self, _seconds: float) -> None:
        self.over.wait(0.01)

    def interrupt(self) -> None:
        self.over.set()


def reader_of(store: Store, box: Box, folder: Path, **more: Any) -> MailboxReader:
    section = MailboxSection(name=box.name, kind="maildir", path=folder, since="all", **more)
    return MailboxReader(section, box, store, ZoneInfo("UTC"), Clock())


class House:
    """A daemon over some mailboxes; its pauses are noted and take no time."""

    lines: Sequence[Any] = ()  # of the log

    def __init__(self, folder: Path, *boxes: Box, most_pauses: int = 8, **more: Any) -> None:
        self.store, self.pauses, self.clock = open_store(folder), list[float](), Clock()
        readers = [reader_of(self.store, box, folder, **more) for box in boxes]
        self.pulses = Pulses(self.store, self.clock)
        self.machine: Machinery = machinery(self.store, folder, readers=readers, pulses=self.pulses)
        self.daemon = Daemon(self.machine)
        self.most_pauses = most_pauses
        self.daemon._pause = self.pause  # type: ignore[method-assign]

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) >= self.most_pauses:
            self.daemon.request_stop()
        await asyncio.sleep(0)

    def run(self, until: Callable[[], bool] = lambda: False) -> int:
        async def main() -> int:
            running = asyncio.create_task(self.daemon.run(frozenset({"ingest"})))
            for _ in range(1000):
                if until() or running.done():
                    break
                await asyncio.sleep(0.01)
            self.daemon.request_stop()
            return await running

        with capture_logs() as self.lines:
            return asyncio.run(main())

    def recorded(self) -> int:
        with self.store.transaction() as session:
            return messages.counts(session)["recorded"]


def raising(error: Exception) -> Callable[[int], NoReturn]:
    def look(_times: int) -> NoReturn:
        raise error

    return look


ERRORS = [
    OverflowError("date value out of range"), MemoryError(), RecursionError("too deep"), ValueError("what"), AttributeError("no such"),
    KeyError("x"), TypeError("x"), ConfigError("no password"), LedgerError("misplaced"), OSError("disk"), AssertionError(),
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_no_error_of_one_mailbox_ends_the_process_or_the_others_reading(tmp_path: Path, error: Exception) -> None:
    sick, well = Box("sick", 1, look=raising(error)), Box("well", 1, 2)
    house = House(tmp_path, sick, well)
    assert house.run(until=lambda: len(house.pauses) >= 8) == 0
    assert house.recorded() == 2
    assert house.pauses[:8] == [1, 2, 4, 8, 16, 32, 64, 128]  # ever more rarely
    failed = next(line for line in house.lines if line["event"] == "mailbox_failed")
    assert (failed["mailbox"], failed["error"], failed["exc_info"]) == ("sick", type(error).__name__, True)


def test_a_mailbox_that_fails_for_a_while_is_told(tmp_path: Path) -> None:
    house = House(tmp_path, Box("sick", 1, look=raising(KeyError("somebody's mail"))))
    house.run()
    house.clock.move(minutes=20)
    signs = Signs(house.clock(), house.clock() - timedelta(hours=1), ("sick",), house.pulses.here())
    (alarm,) = raised(signs, AlertsSection())
    assert alarm.name == "silent:sick"
    assert "KeyError" in alarm.words
    assert "somebody" not in alarm.words  # an error's words may be a mail's


def test_what_failed_once_goes_on(tmp_path: Path) -> None:
    def look(times: int) -> None:
        if times == 1:
            raise IndexError("once")

    house = House(tmp_path, Box("ar", 1, 2, 3, look=look))
    house.run(until=lambda: house.recorded() == 3)
    assert house.pulses.here()["mailbox:ar"].trouble == ""


def test_a_task_that_dies_stops_the_process_and_is_named(tmp_path: Path) -> None:
    house = House(tmp_path, Box("ar"))

    async def die() -> None:
        raise LookupError("no such word")

    house.daemon.process = die  # type: ignore[method-assign]
    with capture_logs() as lines:
        assert asyncio.run(house.daemon.run(frozenset({"ingest", "process"}))) == 1
    (death,) = [line for line in lines if line["event"] == "task_died"]
    assert (death["task"], death["reason"]) == ("process", "no such word")


class Full:
    """A store that takes no change for a while: `asked` counts how often it was."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, works: Callable[[int], bool]) -> None:
        self.asked, self._works, self._inner = 0, works, store.transaction
        monkeypatch.setattr(store, "transaction", self.transaction)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        if threading.current_thread().name.startswith("MainThread"):  # the test's own look
            with self._inner() as session:
                yield session
            return
        self.asked += 1
        if not self._works(self.asked):
            raise StoreError("database or disk is full")
        with self._inner() as session:
            yield session


def test_while_nothing_can_be_recorded_nobody_logs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box("ar", 1, 2)
    house = House(tmp_path, box, most_pauses=50)
    monkeypatch.setattr(house.machine, "recover", lambda: None)
    Full(house.store, monkeypatch, works=lambda asked: asked > 30)
    assert house.run(until=lambda: house.recorded() == 2) == 0
    assert box.opened == 2
    assert house.pauses == [1, *[STORE_CHECK_SECONDS] * (len(house.pauses) - 1)]  # it is seen soon that there is room again
    assert house.pulses.here()["mailbox:ar"].trouble == ""


def test_where_only_recording_fails_logins_become_rare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box("ar", 1, 2)
    house = House(tmp_path, box, most_pauses=130, retry_seconds=2)

    def full(*_: Any) -> NoReturn:
        raise StoreError("a large mail has no room")

    monkeypatch.setattr(messages, "record", full)
    assert house.run() == 0
    assert box.opened == 8  # at once, and after 2, 4, 8 ... 128 seconds
    assert "no room" in house.pulses.here()["mailbox:ar"].trouble


def test_a_disk_without_room_for_mail_is_told_although_small_things_can_be_written(tmp_path: Path) -> None:
    class Large(Box):
        def fetch(self, uids: Any) -> Iterator[RawMessage]:
            for uid in uids:
                yield RawMessage(MessageKey("ar", 7, uid), b"Subject: x\r\n\r\n" + b"x" * 100_000, NOW)

    house = House(tmp_path, Large("ar", 1), most_pauses=20)
    watch = Watch(house.store, AlertsSection(disk_free_mb=0), "Us", ("ar",), house.pulses, (), house.clock, None, str)
    house.pulses.ok("mailbox:ar")
    watch.look()
    event.listen(house.store.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=1"))
    house.store.engine.dispose()
    house.run()
    for _ in range(3):
        house.clock.move(minutes=1)
        watch.look()
    with house.store.transaction() as session:
        assert [(name, state.cleared_at) for name, state in watchbook.alarms(session).items()] == [("store", None)]


@pytest.mark.parametrize("part", ["process", "send"])
def test_every_part_tells_what_it_meets_with_at_the_store_and_when_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr("inboxbot.daemon.IDLE_SECONDS", 0.01)
    house, rounds = House(tmp_path), list[str]()

    def one_round() -> int:
        rounds.append(house.pulses.here().get(f"store:{part}", Pulse()).trouble)
        if len(rounds) < 3:
            raise StoreError("disk full")
        if len(rounds) > 4:
            house.daemon.request_stop()
        return 0

    class Drained:
        transport = Nowhere()

        def recover(self) -> None: ...

        async def drain(self, _stop: asyncio.Event) -> int:
            return one_round()

    house.machine.sender = Drained()  # type: ignore[assignment]
    monkeypatch.setattr(house.machine, "process_waiting", lambda *_: one_round())
    with capture_logs():
        assert asyncio.run(house.daemon.run(frozenset({part}))) == 0
    assert rounds == ["", "disk full", "disk full", "", ""]


def test_neither_the_store_nor_an_error_at_the_sent_folder_ends_the_sender(tmp_path: Path) -> None:
    class Drained:
        """A sender that says that it was let go."""

        def __init__(self) -> None:
            self.transport, self.rounds = Nowhere(), 0

        def recover(self) -> None: ...

        async def drain(self, _stop: asyncio.Event) -> int:
            self.rounds += 1
            house.daemon.request_stop()
            return 0

    class Copies:
        """The Sent folder, after some tries."""

        tries: ClassVar = [StoreError("locked"), KeyError("x"), MailboxTemporaryError("NO"), MemoryError()]

        def reconcile(self) -> int:
            if self.tries:
                raise self.tries.pop(0)
            return 0

    house, sender = House(tmp_path), Drained()
    house.machine.sender, house.machine.sent_copies = sender, Copies()  # type: ignore[assignment]
    house.daemon._pause_until_new_secret = lambda seconds, *_: house.pause(seconds)  # type: ignore[method-assign]
    with capture_logs():
        assert asyncio.run(house.daemon.run(frozenset({"send"}))) == 0
    assert (sender.rounds, house.pauses) == (1, [1, 2, 4, 8])


@pytest.mark.parametrize("error", [OverflowError("x"), KeyError("x"), MailboxTemporaryError("x")], ids=lambda error: type(error).__name__)
def test_one_run_reads_the_other_mailboxes_and_says_that_one_was_not_read(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inboxbot.once.PAUSE_SECONDS", 0)
    house = House(tmp_path, Box("sick", 1, look=raising(error)), Box("well", 1, 2))
    with capture_logs():
        assert asyncio.run(run_once(house.machine, frozenset({"ingest"}))) == 1
    assert house.recorded() == 2
