"""The balance: every message in the mailbox has a fate in our records, and whoever has none is named."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, Clock, a_decision, decided_mail, open_store, raw_mail
from sqlmodel import select

from inboxbot import health
from inboxbot.config import MailboxSection
from inboxbot.decision import Outcome
from inboxbot.ingest.maildir import MaildirMailbox
from inboxbot.reading import MailboxReader
from inboxbot.store import messages
from inboxbot.store.engine import Store
from inboxbot.store.tables import MessageRow

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(tmp_path)
    yield found
    found.close()


@pytest.fixture
def reader(store: Store, tmp_path: Path) -> Iterator[MailboxReader]:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    section = MailboxSection(kind="maildir", path=tmp_path / "mail", since="all")
    found = MailboxReader(section, MaildirMailbox(section, 1_000_000), store, ZoneInfo("UTC"), Clock())
    yield found
    found.close()


def arrive(reader: MailboxReader, number: int) -> None:
    assert reader.section.path is not None
    stamp = int(NOW.astimezone(UTC).timestamp()) + number
    text = f"From: c{number}@alder.example\r\nSubject: question {number}\r\n\r\nhello {number}\r\n"
    (reader.section.path / "new" / f"{stamp}.M{number}.host").write_text(text, newline="")


def test_what_is_recorded_balances_and_what_is_not_read_yet_is_counted(reader: MailboxReader) -> None:
    for number in range(3):
        arrive(reader, number)
    reader.catch_up()
    arrive(reader, 3)
    found = health.audit(reader)
    assert (found.in_mailbox, found.recorded, found.unread, found.lost, found.words) == (4, 3, 1, (), "")


def test_a_message_that_was_passed_over_is_named_with_sender_and_subject(reader: MailboxReader, store: Store) -> None:
    for number in range(3):
        arrive(reader, number)
    reader.catch_up()
    with store.transaction() as session:
        uid = sorted(messages.known_uids(session, "ar", reader.open().uidvalidity))[1]
        session.delete(session.exec(select(MessageRow).where(MessageRow.uid == uid)).one())
    found = health.audit(reader)
    assert found.unknown == (uid,)
    assert found.words == "the fate of 1 messages is unknown"
    assert (found.lost[0].sender, found.lost[0].subject) == ("c1@alder.example", "question 1")


def test_a_recorded_message_without_an_end_is_named(store: Store) -> None:
    answered = decided_mail(store, 1, decision=a_decision(Outcome.ANSWER), at=NOW)
    routed = decided_mail(store, 2, decision=a_decision(Outcome.ROUTE), at=NOW)
    decided_mail(store, 3, decision=a_decision(Outcome.FILE), at=NOW)
    with store.transaction() as session:
        messages.record(session, raw_mail(4, b"Subject: waits\r\n\r\nwaits"), NOW)
    with store.transaction() as session:
        found = messages.unsettled(session, "ar", 7, NOW + timedelta(seconds=1))
        assert messages.unsettled(session, "ar", 7, NOW - DAY) == []  # what came in just now is still on its way
    assert sorted((one.uid, one.why.split(",")[0]) for one in found) == [
        (1, "it counts as answered"), (2, "it counts as routed"), (4, "it was recorded"),
    ]  # fmt: skip
    assert answered != routed


def test_a_span_leaves_earlier_messages_out(store: Store) -> None:
    for uid, age in ((1, 30), (2, 3), (3, 1)):
        with store.transaction() as session:
            messages.record(session, raw_mail(uid, f"Subject: {uid}\r\n\r\n".encode(), received_at=NOW - age * DAY), NOW)
    with store.transaction() as session:
        assert messages.known_uids(session, "ar", 7, NOW - 8 * DAY) == {2, 3}
        assert [one.uid for one in messages.unsettled(session, "ar", 7, NOW + DAY, NOW - 2 * DAY)] == [3]
