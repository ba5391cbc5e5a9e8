"""A mailbox call that never comes back ends the process with a clear line: a supervisor starts it anew."""

import asyncio
import threading
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, open_store, some_tools
from shell.test_machinery import Listed, write_ledger
from structlog.testing import capture_logs

from inboxbot import daemon as daemon_module
from inboxbot.alarms.pulses import Pulses
from inboxbot.config import LedgerSection, MailboxSection
from inboxbot.daemon import Daemon
from inboxbot.ledger.source import LedgerSource
from inboxbot.machinery import Machinery
from inboxbot.reading import MailboxReader
from inboxbot.store import messages
from inboxbot.store.engine import Store


class Hanging(Listed):
    """A mailbox whose wait never ends, whatever is done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def wait(self, _seconds: float) -> None:
        self.released.wait(20)

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_mailbox_that_cries_new_mail_and_has_none_keeps_no_processor_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Crying(Hanging):
        looks = 0

        def uids_after(self, _uid: int) -> list[int]:
            self.looks += 1
            return []

        def wait(self, _seconds: float) -> None:
            """Something is there, it says."""

    write_ledger(tmp_path)
    mailbox, store, pauses = Crying(), open_store(tmp_path), list[float]()
    section = MailboxSection(kind="maildir", path=tmp_path, poll_seconds=60)
    reader = MailboxReader(section, mailbox, store, ZoneInfo("UTC"), lambda: NOW)
    machinery: Any = Machinery(
        store=store, tools=some_tools(tmp_path), ledger=LedgerSource(LedgerSection(path=tmp_path)), ledger_minutes=15,
        readers=[reader], sender=None, serve_web=None, now=lambda: NOW,
    )  # fmt: skip
    daemon = Daemon(machinery)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        daemon.request_stop()

    monkeypatch.setattr(daemon, "_pause", pause)
    assert asyncio.run(daemon.run(frozenset({"ingest"}))) == 0
    assert pauses == [daemon_module.HOLLOW_SECONDS]
    assert mailbox.looks == daemon_module.MOST_HOLLOW + 1


def store_count(store: Store) -> int:
    with store.reading() as session:
        return messages.counts(session)["recorded"]


class Slow(Listed):
    """A mailbox whose mail comes slowly: each portion takes a while."""

    def fetch(self, uids: Any) -> Any:
        time.sleep(0.3)
        return super().fetch(uids)

    def wait(self, _seconds: float) -> None:
        time.sleep(0.05)


class Stuck(Slow):
    """And one that stops in the middle."""

    def fetch(self, uids: Any) -> Any:
        if 101 in uids:
            time.sleep(4)
        return super().fetch(uids)


@pytest.mark.parametrize(("kind", "exits"), [(Slow, []), (Stuck, [1])])
def test_a_round_may_take_long_as_long_as_it_moves_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Slow], exits: list[int]
) -> None:
    monkeypatch.setattr(daemon_module, "LONGEST_ROUND", 2.0)
    write_ledger(tmp_path)
    mailbox, store = kind(*range(1, 400)), open_store(tmp_path)
    section = MailboxSection(name="ar", kind="maildir", path=tmp_path, poll_seconds=0.1, since="all")
    reader = MailboxReader(section, mailbox, store, ZoneInfo("UTC"), lambda: NOW)
    exited, beats, pulses = list[int](), list[float](), Pulses(store, lambda: NOW)
    monkeypatch.setattr(pulses, "ok", lambda name: beats.append(time.monotonic()) if name == "mailbox:ar" else None)
    machinery: Any = Machinery(
        store=store, tools=some_tools(tmp_path), ledger=LedgerSource(LedgerSection(path=tmp_path)), ledger_minutes=15,
        readers=[reader], sender=None, serve_web=None, now=lambda: NOW, pulses=pulses,
    )  # fmt: skip
    daemon = Daemon(machinery, exit_now=exited.append)

    async def main() -> None:
        running = asyncio.create_task(daemon.run(frozenset({"ingest"})))
        for _ in range(200):
            if running.done() or store_count(store) == 399:
                break
            await asyncio.sleep(0.1)
        daemon.request_stop()
        await running

    with capture_logs():
        asyncio.run(main())
    assert (exited, store_count(store)) == (exits, 100 if exits else 399)
    assert len(beats) >= (8 if not exits else 2)  # one for each portion: it is read all the time


def test_a_call_that_never_comes_back_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon_module, "LONGEST_OVER_POLL", 0.2)
    write_ledger(tmp_path)
    mailbox, store = Hanging(), open_store(tmp_path)
    section = MailboxSection(kind="maildir", path=tmp_path, poll_seconds=0.1)
    reader = MailboxReader(section, mailbox, store, ZoneInfo("UTC"), lambda: NOW)
    exits: list[int] = []

    def exit_now(code: int) -> None:
        exits.append(code)
        mailbox.released.set()  # a real exit ends the thread too

    machinery: Any = Machinery(
        store=store, tools=some_tools(tmp_path), ledger=LedgerSource(LedgerSection(path=tmp_path)), ledger_minutes=15,
        readers=[reader], sender=None, serve_web=None, now=lambda: NOW,
    )  # fmt: skip
    with capture_logs() as lines:
        code = asyncio.run(Daemon(machinery, exit_now=exit_now).run(frozenset({"ingest"})))

    assert (exits, code) == ([1], 1)
    died = next(line for line in lines if line["event"] == "task_died")
    assert "did not come back from a call within 0.3 seconds" in str(died["reason"])
