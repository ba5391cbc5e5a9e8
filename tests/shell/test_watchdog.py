"""A mailbox call that never comes back ends the process with a clear line: a supervisor starts it anew."""

import asyncio
import threading
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, open_store, some_tools
from shell.test_machinery import Listed, write_ledger
from structlog.testing import capture_logs

from inboxbot import daemon as daemon_module
from inboxbot.config import LedgerSection, MailboxSection
from inboxbot.daemon import Daemon
from inboxbot.ledger.source import LedgerSource
from inboxbot.machinery import Machinery
from inboxbot.reading import MailboxReader


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
