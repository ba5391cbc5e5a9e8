"""Rounds over a mailbox that has its troubles: a message that cannot be had, a mark that fails."""

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inboxbot import config
from inboxbot.app import App
from inboxbot.config import MailboxSection
from inboxbot.demo import sample_ledger
from inboxbot.errors import MailboxTemporaryError
from inboxbot.ingest.mailbox import FetchFailure, MailboxStatus
from inboxbot.message import Glance, MessageKey, RawMessage, header_digest
from inboxbot.once import run_once
from inboxbot.reading import BATCH, MailboxReader
from inboxbot.store import export

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CONFIG = """\
[company]
name = "Brightwater Components"
address = "ar@brightwater.example"
[ledger]
path = "ledger"
"""


@dataclass
class TroubledMailbox:
    """A mailbox in memory: `broken` messages cannot be had, `mark` fails while `marks_fail`."""

    count: int
    broken: frozenset[int] = frozenset()
    marks_fail: int = 0
    opened: int = 0
    connected: bool = False
    marks: dict[int, str] = field(default_factory=dict)
    name: str = "ar"

    def open(self) -> MailboxStatus:
        self.opened, self.connected = self.opened + 1, True
        return MailboxStatus(1, self.count + 1)

    def uids_after(self, uid: int) -> list[int]:
        self._need_connection()
        return list(range(uid + 1, self.count + 1))

    def fetch(self, uids: Collection[int]) -> Iterator[RawMessage | FetchFailure]:
        for uid in uids:
            raw = f"From: p{uid}@nobody.example\r\nSubject: Question {uid}\r\nMessage-ID: <{uid}@nobody.example>\r\n\r\nHello?\r\n".encode()
            yield FetchFailure(uid, "no body") if uid in self.broken else RawMessage(MessageKey("ar", 1, uid), raw, NOW, len(raw))

    def uids_since(self, _moment: datetime) -> list[int]:
        return self.uids_after(0)

    def glance(self, uids: Collection[int]) -> list[Glance]:
        found = [item for item in self.fetch(uids) if isinstance(item, RawMessage)]
        return [Glance(raw.key.uid, raw.size, raw.received_at, header_digest(raw.raw)) for raw in found]

    def mark(self, uid: int, outcome: str, _after: str, _move_to: str = "") -> bool:
        self._need_connection()
        if self.marks_fail:
            self.marks_fail, self.connected = self.marks_fail - 1, False
            raise MailboxTemporaryError("cut")
        self.marks[uid] = outcome
        return True

    def _need_connection(self) -> None:
        if not self.connected:
            raise MailboxTemporaryError("not connected")

    def wait(self, _seconds: float) -> None:
        self._need_connection()

    def interrupt(self) -> None: ...

    def close(self) -> None:
        self.connected = False


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    sample_ledger.write(sample_ledger.build(NOW.date()), tmp_path / "ledger")
    app = App(config.parse(CONFIG, tmp_path / "inboxbot.toml"), now=lambda: NOW)
    yield app
    app.store.close()


def reader_of(app: App, mailbox: TroubledMailbox) -> MailboxReader:
    section = MailboxSection(kind="imap", host="mail.example", username="u", since="all", after="keyword")
    return MailboxReader(section, mailbox, app.store, ZoneInfo("UTC"), app.now)


def one_run(app: App, reader: MailboxReader) -> int:
    parts = frozenset({"ingest", "process"})
    machinery = app.machinery(frozenset({"process"}))
    machinery.readers.append(reader)
    return asyncio.run(run_once(machinery, parts))


def outcomes(app: App) -> dict[int, str]:
    with app.store.transaction() as session:
        return {row["uid"]: row["outcome"] for row in export.decisions(session)}


def test_one_run_marks_more_than_a_batch(app: App) -> None:
    mailbox = TroubledMailbox(BATCH + 10)
    assert one_run(app, reader_of(app, mailbox)) == 0
    assert set(mailbox.marks) == set(range(1, BATCH + 11))


def test_a_message_that_cannot_be_fetched_is_routed_in_the_same_run(app: App) -> None:
    mailbox = TroubledMailbox(3, broken=frozenset({2}))
    assert one_run(app, reader_of(app, mailbox)) == 0
    assert outcomes(app) == {1: "route", 2: "route", 3: "route"}


def test_after_a_mark_that_failed_the_mailbox_is_opened_anew(app: App) -> None:
    mailbox = TroubledMailbox(2, marks_fail=1)
    reader = reader_of(app, mailbox)
    assert one_run(app, reader) == 0  # marks are decoration
    reader.catch_up()
    mailbox.marks_fail = 1
    with pytest.raises(MailboxTemporaryError):
        reader.mark_decided()
    reader.catch_up()
    reader.mark_decided()
    assert set(mailbox.marks) == {1, 2}
