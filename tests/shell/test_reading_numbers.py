"""A mailbox whose numbers change their meaning, and mail that appears below what was read: nothing lost, nothing new twice."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, Clock, mail_bytes, open_store
from sqlmodel import select

from inboxbot.config import MailboxSection
from inboxbot.ingest.mailbox import FetchFailure, MailboxStatus
from inboxbot.message import Glance, MessageKey, RawMessage, header_digest
from inboxbot.reading import MailboxReader
from inboxbot.store import messages
from inboxbot.store.engine import Store
from inboxbot.store.tables import MessageRow

LONG_AGO = NOW - timedelta(days=400)


def mail(name: str) -> bytes:
    return mail_bytes(f"This is {name}.", message_id=f"<{name}@alder.example>")


@dataclass
class Box:
    """A mailbox in memory; what was asked for is noted."""

    uidvalidity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    received: dict[int, datetime] = field(default_factory=dict)
    uidnext: int = 1
    fetched: list[int] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)
    vanishing: set[int] = field(default_factory=set)
    phantom: int = 0
    name: str = "ar"

    def put(self, *names: str, at: datetime = NOW) -> None:
        for name in names:
            self.mails[self.uidnext] = mail(name)
            self.received[self.uidnext] = at
            self.uidnext += 1

    def open(self) -> MailboxStatus:
        return MailboxStatus(self.uidvalidity, self.uidnext)

    def uids_after(self, uid: int) -> list[int]:
        return sorted(one for one in (*self.mails, *([self.phantom] if self.phantom else ())) if one > uid)

    def uids_since(self, moment: datetime) -> list[int]:
        return sorted(uid for uid, at in self.received.items() if uid in self.mails and at >= moment)

    def glance(self, uids: Collection[int]) -> list[Glance]:
        here = sorted(uid for uid in uids if uid in self.mails)
        return [Glance(uid, len(self.mails[uid]), self.received[uid], header_digest(self.mails[uid])) for uid in here]

    def fetch(self, uids: Collection[int]) -> Iterator[RawMessage | FetchFailure]:
        for uid in sorted(uids):
            self.fetched.append(uid)
            if uid in self.broken:
                yield FetchFailure(uid, "no body")
            elif uid in self.mails and uid not in self.vanishing:
                raw = self.mails[uid]
                yield RawMessage(MessageKey("ar", self.uidvalidity, uid), raw, self.received[uid], len(raw))

    def mark(self, *_: object) -> bool:
        return True

    def wait(self, _seconds: float) -> None: ...
    def interrupt(self) -> None: ...
    def close(self) -> None: ...


@dataclass
class Desk:
    store: Store
    box: Box = field(default_factory=Box)
    clock: Clock = field(default_factory=Clock)
    since: str = "all"

    def look(self) -> int:
        """One visit of a process that has just started."""
        return self.reader().catch_up()

    def reader(self) -> MailboxReader:
        section = MailboxSection(kind="imap", host="mail.example", username="u", since=self.since)  # type: ignore[arg-type]
        return MailboxReader(section, self.box, self.store, ZoneInfo("UTC"), self.clock)

    def rows(self) -> dict[str, int]:
        """Every recorded mail's name, and its UID."""
        with self.store.transaction() as session:
            found = session.exec(select(MessageRow)).all()
            texts = {row.id: messages.raw_message(session, row.id or 0).raw for row in found}
        return {texts[row.id].decode().partition("This is ")[2].strip(".\r\n "): row.uid for row in found}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(tmp_path)
    yield Desk(store)
    store.close()


def test_a_renumbered_mailbox_is_known_by_its_headers_alone(desk: Desk) -> None:
    desk.box.put("a", "b", "c")
    assert desk.look() == 3
    desk.box = Box(uidvalidity=8)
    desk.box.put("c", "new", "a")
    assert desk.look() == 1
    assert desk.box.fetched == [2]
    assert {name: desk.rows()[name] for name in ("a", "c", "new")} == {"a": 3, "c": 1, "new": 2}


def test_a_mailbox_put_back_to_an_older_state_gives_numbers_again(desk: Desk) -> None:
    desk.box.put("a", "b", "c", "d")
    desk.look()
    desk.box = Box()
    desk.box.put("a", "b", "e")  # 3 was c
    assert desk.look() == 1
    assert desk.rows()["e"] == 3
    assert desk.rows()["c"] < 0
    desk.box.put("c", "f")  # c comes once more
    assert desk.look() == 1
    rows = desk.rows()
    assert (rows["a"], rows["b"], rows["e"], rows["c"], rows["f"], len(rows)) == (1, 2, 3, 4, 5, 6)


def test_it_is_noticed_even_when_more_mail_has_come_since(desk: Desk) -> None:
    desk.box.put("a", "b", "c")
    desk.look()
    desk.box = Box()
    desk.box.put("a", "x", "y", "z", "c")
    assert desk.look() == 3
    assert {name: uid for name, uid in desk.rows().items() if uid > 0} == {"a": 1, "x": 2, "y": 3, "z": 4, "c": 5}


def test_a_mailbox_that_lost_messages_to_colleagues_is_not_taken_for_a_restored_one(desk: Desk) -> None:
    desk.box.put("a", "b", "c")
    desk.look()
    del desk.box.mails[3]
    desk.box.put("d")
    assert desk.look() == 1
    assert desk.rows()["c"] == 3


def test_after_a_renumbering_old_mail_is_still_left_alone_and_not_even_fetched(desk: Desk) -> None:
    desk.since = "now"
    desk.box.put("old", at=LONG_AGO)
    assert desk.look() == 0
    desk.clock.move(minutes=5)
    desk.box.put("a", at=desk.clock())
    assert desk.look() == 1
    desk.box = Box(uidvalidity=9)
    desk.box.put("old", at=LONG_AGO)
    desk.box.put("a", at=desk.clock())
    assert desk.look() == 0
    assert desk.box.fetched == []


def test_mail_that_appears_below_what_was_read_is_found_at_night(desk: Desk) -> None:
    desk.box.put("a", "hole", "c")
    late = desk.box.mails.pop(2)
    assert desk.look() == 2
    desk.box.mails[2] = late
    assert desk.look() == 0
    desk.clock.move(hours=25)
    assert desk.look() == 1
    assert desk.rows()["hole"] == 2
    assert desk.look() == 0


def test_late_mail_that_cannot_be_had_is_shown_to_a_person(desk: Desk) -> None:
    desk.box.put("a", "hole", "c")
    late = desk.box.mails.pop(2)
    desk.look()
    desk.box.mails[2] = late
    desk.box.broken.add(2)
    desk.clock.move(hours=25)
    assert desk.look() == 1


def test_late_mail_from_before_the_start_stays_alone(desk: Desk) -> None:
    desk.since = "now"
    desk.box.put("old", at=LONG_AGO)
    desk.look()
    desk.clock.move(hours=25)
    assert desk.look() == 0
    assert desk.rows() == {}


def test_numbers_behind_which_nothing_lies_hide_no_mail_to_come(desk: Desk) -> None:
    """A server may list what is not there; reading on from such a number would pass over everything below."""
    desk.box.put("a")
    reader = desk.reader()
    phantom = desk.box.phantom = 4_294_967_294
    desk.box.broken.add(phantom)
    for _ in range(4):
        reader.catch_up()
    desk.box.put("b", "c")
    reader.catch_up()
    assert {name: uid for name, uid in desk.rows().items() if name} == {"a": 1, "b": 2, "c": 3}
    asked = desk.box.fetched.count(phantom)
    for _ in range(3):
        reader.catch_up()
    assert (asked, desk.box.fetched.count(phantom)) == (3, 3)  # a person was told of it; nobody asks for ever


def test_what_vanished_while_it_was_fetched_is_passed_by_the_next_mail(desk: Desk) -> None:
    desk.box.put("a", "b")
    desk.box.vanishing.add(2)
    reader = desk.reader()
    assert reader.catch_up() == 1
    desk.box.mails.pop(2)
    desk.box.put("c")
    assert reader.catch_up() == 1
    assert reader.catch_up() == 0
    with desk.store.transaction() as session:
        known = messages.position(session, "ar")
    assert known is not None
    assert known.last_uid == 3
