"""One round of work: what waits is decided in order, one bad mail holds nobody up; the ledger is looked after; health."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pytest
from factories import NOW, RESOLVER, Clock, Understands, a_conversation, frozen_mail, mail_bytes, open_store, raw_mail, some_tools
from structlog.testing import capture_logs

from inboxbot import health, pipeline
from inboxbot.alarms.pulses import Pulses
from inboxbot.alarms.watch import Watch
from inboxbot.config import LedgerSection, MailboxSection
from inboxbot.config.sections import AlertsSection
from inboxbot.errors import MailboxRefusedError, MailboxTemporaryError, StoreError
from inboxbot.ingest.mailbox import FetchFailure, MailboxStatus
from inboxbot.ledger.csv_source import COLUMNS
from inboxbot.ledger.source import LedgerSource
from inboxbot.machinery import BATCH, Machinery
from inboxbot.message import Glance, MessageKey, RawMessage
from inboxbot.pipeline import Tools
from inboxbot.reading import MailboxReader
from inboxbot.reply import OutboxItem, OutboxState
from inboxbot.sending import Sender
from inboxbot.store import conversations, export, ledger_notes, messages, outbox, watchbook
from inboxbot.store.engine import Store
from inboxbot.store.messages import Recorded


def write_ledger(folder: Path, *rows: str) -> None:
    for name, columns in COLUMNS.items():
        lines = [",".join(columns), *(rows if name == "customers.csv" else ())]
        (folder / name).write_text("\n".join(lines) + "\n")


class Nowhere:
    """A transport that was never to be used."""

    closed = False

    async def send(self, item: OutboxItem, begin: object) -> str:
        raise AssertionError((item, begin))

    async def aclose(self) -> None:
        self.closed = True


class Listed:
    """A mailbox that holds these UIDs."""

    name = "ar"

    def __init__(self, *uids: int) -> None:
        self.uids, self.uidnext, self.closed = list(uids), max(uids, default=0) + 1, False

    def open(self) -> MailboxStatus:
        return MailboxStatus(7, self.uidnext)

    def uids_after(self, uid: int) -> list[int]:
        return [one for one in self.uids if one > uid]

    def fetch(self, uids: Any) -> Iterator[RawMessage | FetchFailure]:
        for uid in uids:
            yield RawMessage(MessageKey("ar", 7, uid), f"Subject: {uid}\r\n\r\n".encode(), NOW)

    def glance(self, uids: Any) -> list[Glance]:
        """Headers of mail that lies there since yesterday."""
        return [Glance(uid, 1, NOW - timedelta(days=1), "") for uid in uids]

    def mark(self, uid: int, outcome: str, after: object, move_to: str = "") -> bool:
        raise AssertionError((uid, outcome, after, move_to))

    def wait(self, seconds: float) -> None:
        raise AssertionError(seconds)

    def interrupt(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def machinery(store: Store, folder: Path, tools: Tools | None = None, **changes: Any) -> Machinery:
    if not (folder / "customers.csv").exists():
        write_ledger(folder, "C1,Alder,USD,,,,")
    source = LedgerSource(LedgerSection(path=folder))
    return Machinery(**{
        "store": store, "tools": tools or some_tools(folder), "ledger": source, "ledger_minutes": 15, "readers": [], "sender": None,
        "serve_web": None, "now": Clock(), **changes,
    })  # fmt: skip


def record(store: Store, *texts: str) -> None:
    with store.transaction() as session:
        for uid, text in enumerate(texts, 1):
            messages.record(session, raw_mail(uid, mail_bytes(text, message_id=f"<{uid}@alder.example>")), NOW)


def outcomes(store: Store) -> list[tuple[str, str]]:
    with store.transaction() as session:
        return [(row["outcome"], row["reasons"][0].partition(":")[0]) for row in export.decisions(session)]


def process(machine: Machinery) -> int:
    return machine.process_waiting(lambda: False, lambda: None)


def test_one_bad_mail_holds_nobody_up(store: Store, tmp_path: Path) -> None:
    def break_down() -> NoReturn:
        raise LookupError("no such word")

    record(store, "first please", "poison", "third please")
    woken: list[int] = []
    machine = machinery(store, tmp_path, some_tools(tmp_path, Understands(words={"poison": break_down})))
    assert machine.process_waiting(lambda: False, lambda: woken.append(1)) == 3
    assert outcomes(store) == [("answer", "verified"), ("route", "crashed"), ("route", "same_request")]
    assert len(woken) == 3
    assert process(machine) == 0


def test_a_stop_is_obeyed_between_two_mails(store: Store, tmp_path: Path) -> None:
    record(store, "one", "two", "three")
    machine, done = machinery(store, tmp_path), []
    assert machine.process_waiting(lambda: len(done) == 2, lambda: done.append(1)) == 2
    with store.transaction() as session:
        assert messages.counts(session)["recorded"] == 1


def test_a_mail_at_which_the_process_keeps_dying_is_routed(store: Store, tmp_path: Path) -> None:
    class Killed(BaseException):
        """As a kill would end it."""

    def die() -> NoReturn:
        raise Killed

    record(store, "deadly")
    machine = machinery(store, tmp_path, some_tools(tmp_path, Understands(words={"deadly": die})))
    for _ in range(3):
        with pytest.raises(Killed):
            process(machine)
    assert process(machine) == 1
    assert outcomes(store) == [("route", "crashed")]


def test_a_round_is_a_batch(store: Store, tmp_path: Path) -> None:
    with store.transaction() as session:
        for uid in range(BATCH + 1):
            messages.record(session, raw_mail(uid + 1, b"%d" % uid), NOW)
    machine = machinery(store, tmp_path)
    assert machine.process_waiting(lambda: False, lambda: None) == BATCH
    with store.transaction() as session:
        assert messages.counts(session)["recorded"] == 1


def test_each_reading_of_the_ledger_is_noted_and_a_bad_one_changes_nothing(store: Store, tmp_path: Path) -> None:
    machine = machinery(store, tmp_path)
    machine.recover()
    machine.refresh_ledger(force=False)
    write_ledger(tmp_path, "C1,Alder,USD,,,,", "C2,Bayline,dollars,,,,")
    machine.refresh_ledger(force=False)
    (tmp_path / "invoices.csv").write_text("nonsense")
    machine.refresh_ledger(force=False)
    assert machine.ledger.error is not None
    with store.transaction() as session:
        last = ledger_notes.last_sync(session)
    assert last is not None
    assert (last.id, last.customers, len(last.problems)) == (2, 1, 1)


@pytest.mark.parametrize(("alone", "state"), [(True, "in_doubt"), (False, "sending")])
def test_only_a_process_that_is_alone_takes_what_was_leaving_for_abandoned(store: Store, tmp_path: Path, alone: bool, state: str) -> None:
    machine = machinery(store, tmp_path, alone=alone)
    machine.sender = Sender(store, Nowhere(), lambda: machine.ledger.current, RESOLVER, Clock())
    with store.transaction() as session:
        outbox.add(session, frozen_mail(), NOW)
        (item,) = outbox.claim(session, NOW, timedelta(minutes=5), 1)
        outbox.begin_sending(session, item, NOW, timedelta(minutes=5))
    machine.recover()
    with store.transaction() as session:
        assert outbox.get(session, 1).state == state


def test_closing_logs_out_everywhere(store: Store, tmp_path: Path) -> None:
    there, transport = Listed(), Nowhere()
    machine = machinery(store, tmp_path, readers=[reader(store, there)])
    machine.sender = Sender(store, transport, lambda: machine.ledger.current, RESOLVER, Clock())
    asyncio.run(machine.close())
    assert (there.closed, transport.closed) == (True, True)


class Copies:
    """What looks after a Sent folder, or fails at it."""

    mailbox = "ar"

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.looks_fail = error, False

    def reconcile(self) -> int:
        if self.error:
            raise self.error
        return 0

    def look_after(self) -> None:
        if self.looks_fail and self.error:
            raise self.error


REFUSED_FOLDER = MailboxRefusedError("there is no folder Sendt ([smtp] sent_folder)")


@pytest.mark.parametrize("error", [MailboxTemporaryError("SELECT: NO"), REFUSED_FOLDER, KeyError("x"), MemoryError()], ids=str)
def test_a_sent_folder_that_cannot_be_read_is_told_and_so_is_its_end(store: Store, tmp_path: Path, error: Exception) -> None:
    clock, copies = Clock(), Copies(error)
    pulses = Pulses(store, clock)
    watch = Watch(store, AlertsSection(disk_free_mb=0), "Us", (), pulses, (), clock, None, str, sent_mailbox="ar")
    machine = machinery(store, tmp_path, now=clock, pulses=pulses, sent_copies=copies, refused_seconds=0)

    def alarms() -> set[str]:
        watch.look()
        with store.transaction() as session:
            return {name for name, state in watchbook.alarms(session).items() if state.cleared_at is None}

    with store.transaction() as session:
        outbox.add(session, frozen_mail(), NOW)
    for _ in range(17):
        with capture_logs():
            assert not machine.reconcile_sent()
        machine.look_after_sent()  # nothing is to be done there, which does not mean that it could be
        assert alarms() == set()
        clock.move(minutes=0.9)
    assert alarms() == {"sent_folder", "unsent"}
    copies.error = None
    assert machine.reconcile_sent()
    assert alarms() == {"unsent"}


def test_a_sent_folder_that_breaks_later_is_told_while_something_is_to_be_done_there(store: Store, tmp_path: Path) -> None:
    copies, pulses = Copies(), Pulses(store, Clock())
    machine = machinery(store, tmp_path, pulses=pulses, sent_copies=copies)
    assert machine.reconcile_sent()
    copies.error, copies.looks_fail = MailboxTemporaryError("cut"), True
    machine.look_after_sent()
    assert pulses.here()["sent folder"].trouble == "cut"
    copies.looks_fail = False  # a person has settled what was in doubt
    machine.look_after_sent()
    assert pulses.here()["sent folder"].trouble == ""


def test_a_clock_that_is_set_back_leaves_no_sent_folder_alone_for_a_day(store: Store, tmp_path: Path) -> None:
    clock, copies = Clock(), Copies(REFUSED_FOLDER)
    machine = machinery(store, tmp_path, now=clock, sent_copies=copies)
    assert not machine.reconcile_sent()
    copies.error = None
    clock.move(minutes=1)
    assert not machine.reconcile_sent()  # half an hour has not passed
    clock.move(days=-1)
    assert machine.reconcile_sent()


def test_trouble_of_the_store_is_not_the_sent_folders(store: Store, tmp_path: Path) -> None:
    pulses = Pulses(store, Clock())
    machine = machinery(store, tmp_path, pulses=pulses, sent_copies=Copies(StoreError("locked")))
    with pytest.raises(StoreError):
        machine.reconcile_sent()
    assert pulses.here() == {}


# health


def reader(store: Store, mailbox: Listed, since: str = "all") -> MailboxReader:
    section = MailboxSection(name="ar", kind="maildir", path=Path("x"), since=since)  # type: ignore[arg-type]
    return MailboxReader(section, mailbox, store, ZoneInfo("UTC"), Clock())


def test_an_empty_house_needs_nobody(store: Store) -> None:
    found = health.status(store)
    assert found["needs_person"] == []
    assert found["messages"] == {"recorded": 0, "answer": 0, "route": 0, "file": 0}
    assert (found["conversations_open"], found["ledger"]) == (0, None)


def test_what_needs_a_person_is_said_in_words(store: Store) -> None:
    with store.transaction() as session:
        conversations.open_new(session, a_conversation(), NOW)
        for number, state in enumerate((OutboxState.IN_DOUBT, OutboxState.FAILED, OutboxState.SENT)):
            outbox.add(session, frozen_mail(number), NOW)
            (item,) = outbox.claim(session, NOW, timedelta(minutes=5), 1)
            outbox.finish(session, item, state, NOW)
        ledger_notes.add_sync(session, fingerprint="x", customers=1, invoices=2, payments=3, problems=["a:1: b", "a:2: c"], now=NOW)
    found = health.status(store)
    assert found["needs_person"] == ["1 open conversations", "1 mails in doubt", "1 mails that could not be sent", "2 rejected ledger rows"]
    assert found["ledger"] == {"at": NOW.astimezone(UTC).isoformat(), "invoices": 2, "problems": ["a:1: b", "a:2: c"]}


def test_the_balance_holds_after_reading(store: Store) -> None:
    ours = reader(store, Listed(1, 2, 5))
    assert ours.catch_up() == 3
    assert health.audit(ours) == health.Balance("ar", 3, 3, (), 0)


def test_the_balance_names_what_was_passed_over_and_counts_what_is_new(store: Store) -> None:
    there = Listed(1, 2, 5)
    ours = reader(store, there)
    ours.catch_up()
    there.uids += [3, 9]  # 3 appeared below what was read, which no server should do
    with store.transaction() as session:
        messages.advance(session, "ar", 5, NOW)
        begun = messages.position(session, "ar")
        assert begun is not None
        messages.start(session, "ar", messages.Position(7, 5, begun.watched_since, 0))
    assert health.audit(ours) == health.Balance("ar", 5, 3, (3,), 1)


def test_old_mail_that_was_left_alone_is_not_missed(store: Store) -> None:
    there = Listed(1, 2)
    ours = reader(store, there, since="now")
    assert ours.catch_up() == 0
    assert health.audit(ours) == health.Balance("ar", 2, 0, (), 0)


def test_a_mail_that_breaks_even_what_is_done_with_broken_ones_holds_nobody_up(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(recorded: Recorded, *rest: Any) -> Any:
        if b"poison" in recorded.raw.raw:
            raise RecursionError("even this")
        return pipeline.handle(recorded, *rest)

    monkeypatch.setattr("inboxbot.machinery.handle", stuck)
    record(store, "first please", "poison", "third please")
    machine = machinery(store, tmp_path)
    assert process(machine) == 2
    assert process(machine) == 0  # it waits, for an alarm to tell of it, and nobody spins
    with store.transaction() as session:
        assert messages.counts(session)["recorded"] == 1


def test_trouble_of_the_store_does_not_count_against_the_mail(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: Any) -> Any:
        raise StoreError("locked")

    record(store, "please")
    machine = machinery(store, tmp_path)
    for _ in range(9):
        monkeypatch.setattr("inboxbot.machinery.handle", locked)
        with pytest.raises(StoreError):
            process(machine)
    monkeypatch.setattr("inboxbot.machinery.handle", pipeline.handle)
    assert process(machine) == 1
    assert outcomes(store)[0][1] != "crashed"
