"""The engine: what SQLite is told, when a transaction locks, and how trouble is named."""

import sqlite3
import threading
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from factories import NOW, open_store, raw_mail
from servers.postgresql import PostgreSQL
from sqlalchemy import event
from sqlalchemy.exc import StatementError
from sqlmodel import text

from inboxbot.errors import NotFoundError, StoreError, StoreRefusedError
from inboxbot.store import messages, watchbook
from inboxbot.store.engine import Store, sqlite_path


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)])
def test_every_connection_is_durable_and_checks_its_keys(tmp_path: Path, pragma: str, value: object) -> None:
    store = open_store(tmp_path)
    with store.transaction() as session:
        assert session.exec(text(f"PRAGMA {pragma}")).scalar() == value  # type: ignore[call-overload]


def test_a_transaction_takes_the_write_lock_before_it_reads(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.transaction() as session, closing(sqlite3.connect(tmp_path / "inboxbot.db", timeout=0)) as other:
        messages.waiting(session, 1)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_what_was_read_stays_true_until_the_commit(tmp_path: Path) -> None:
    store, wrote = open_store(tmp_path), threading.Event()

    def write() -> None:
        with store.transaction() as session:
            messages.record(session, raw_mail(), NOW)
        wrote.set()

    with store.transaction() as session:
        before = messages.waiting(session, 10)
        writer = threading.Thread(target=write)
        writer.start()
        assert not wrote.wait(0.1)
        assert messages.waiting(session, 10) == before == []
    writer.join()
    with store.transaction() as session:
        assert len(messages.waiting(session, 10)) == 1


def test_a_block_that_raises_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def fail() -> None:
        with store.transaction() as session:
            messages.record(session, raw_mail(), NOW)
            messages.advance(session, "never started", 1, NOW)

    with pytest.raises(NotFoundError):
        fail()
    with store.transaction() as session:
        assert messages.waiting(session, 10) == []


def test_a_refused_change_is_a_store_error_that_names_the_file(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(StoreError, match=r"inboxbot\.db did not take a change .*FOREIGN KEY"), store.transaction() as session:
        session.exec(text("INSERT INTO note (conversation_id, author, text, created_at) VALUES (99, 'a', 'b', '2026-01-01')"))  # type: ignore[call-overload]


def test_a_locked_store_is_a_store_error(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=20")  # the pool hands out this one again
    with closing(sqlite3.connect(tmp_path / "inboxbot.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"), store.transaction() as session:
            messages.waiting(session, 1)


def test_a_connection_that_was_opened_on_a_read_only_disk_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "inboxbot.db"
    store = Store(f"sqlite:///{path}")
    store.engine.dispose()  # every connection is opened anew: the first one while the disk is read-only
    read_only = [True]

    def connect(*_arguments: Any) -> sqlite3.Connection | None:
        how = "?mode=ro" if read_only else ""
        read_only.clear()
        return sqlite3.connect(f"file:{path}{how}", uri=True, check_same_thread=False)

    event.listen(store.engine, "do_connect", connect)
    with pytest.raises(StoreError, match="readonly"), store.transaction() as session:
        watchbook.hold(session, "a reason", NOW)
    with store.transaction() as session:
        watchbook.hold(session, "a reason", NOW)
    with store.transaction() as session:
        assert watchbook.held(session) == "a reason"
    store.close()


def test_a_connection_that_is_given_up_is_gone(tmp_path: Path) -> None:
    """The error is kept, and with it a cursor. As long as that kept the connection, what it knew of the file was every other one's too.

    And as long as its transaction lived, the log could not be reused and grew until the disk was full.
    """
    store = open_store(tmp_path)
    with store.reading() as one, store.reading() as other:  # two more that lie idle afterwards
        for session in (one, other):
            session.exec(text("SELECT count(*) FROM outbox")).scalar()  # type: ignore[call-overload]

    def refused() -> None:
        with store.transaction() as session:
            session.exec(text("SELECT count(*) FROM outbox")).scalar()  # type: ignore[call-overload]
            session.exec(text("PRAGMA query_only=ON"))  # type: ignore[call-overload]
            watchbook.hold(session, "a reason", NOW)

    with pytest.raises(StoreError, match="readonly") as kept:
        refused()
    assert not _opened(tmp_path), kept
    with store.transaction() as session:
        watchbook.hold(session, "another reason", NOW)
    store.close()


def test_a_connection_that_is_given_up_keeps_no_lock_whoever_holds_a_cursor_of_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    kept: list[sqlite3.Cursor] = []

    def refused() -> None:
        with store.transaction() as session:
            kept.append(session.connection().connection.cursor())
            kept[0].execute("SELECT 1 FROM sqlite_master")  # and never read to its end
            session.exec(text("PRAGMA query_only=ON"))  # type: ignore[call-overload]
            watchbook.hold(session, "a reason", NOW)

    with pytest.raises(StoreError, match="readonly"):
        refused()
    with store.transaction() as session:
        watchbook.hold(session, "another reason", NOW)
    store.close()


def _opened(folder: Path) -> list[str]:
    """The database's files that this process has open."""
    names = []
    for link in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").exists() else ():
        with suppress(OSError):
            names.append(str(link.readlink()))
    return [name for name in names if name.startswith(f"{folder}/inboxbot.db")]


@pytest.mark.server
def test_a_connection_to_a_server_that_became_a_standby_is_opened_again(postgresql: PostgreSQL) -> None:
    with postgresql.database(empty=True) as url:
        store = Store(url)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")  # the pool hands out this one again
            connection.commit()
        with pytest.raises(StoreError, match="read-only"), store.transaction() as session:
            watchbook.hold(session, "a reason", NOW)
        with store.transaction() as session:
            watchbook.hold(session, "a reason", NOW)
        store.close()


def test_times_come_back_aware_and_a_naive_one_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    begin = messages.Position(7, 0, datetime.fromisoformat("2026-11-20T13:00:00+01:00"))
    with store.transaction() as session:
        messages.start(session, "ar", begin)
    with store.transaction() as session:
        found = messages.position(session, "ar")
    assert found is not None
    assert found.watched_since.isoformat() == "2026-11-20T12:00:00+00:00"
    with pytest.raises(StatementError, match="without a zone"), store.transaction() as session:
        messages.start(session, "other", messages.Position(7, 0, NOW.replace(tzinfo=None)))


@pytest.mark.parametrize(
    ("name", "words"), [("missing/inboxbot.db", "the folder .*missing does not exist"), ("folder", "folder cannot be opened or written")]
)
def test_a_store_that_cannot_be_opened_is_named(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match=words):
        Store(f"sqlite:///{tmp_path / name}")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "inboxbot.db").write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(StoreError, match=r"inboxbot\.db cannot be opened or written \(file is not a database\)"):
        open_store(tmp_path)


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as found:
        Store("postgresql+nodriver://me:hunter2@db.example/ar")
    assert "hunter2" not in str(found.value)
    assert "db.example" in str(found.value)


@pytest.mark.parametrize("url", ["nonsense", "", "nosuchengine://h/d"])
def test_a_url_that_names_no_database_is_a_store_error(url: str) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(url)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///a/b.db", Path("a/b.db")),
        ("sqlite:////a/b.db", Path("/a/b.db")),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql://h/d", None),
    ],
)
def test_only_a_sqlite_file_has_a_path(url: str, path: Path | None) -> None:
    assert sqlite_path(url) == path


def test_a_store_in_memory_keeps_what_it_was_told() -> None:
    store = Store("sqlite://")
    with store.transaction() as session:
        messages.record(session, raw_mail(), NOW)
    with store.transaction() as session:
        assert messages.waiting(session, 10) == [1]


def test_a_file_that_was_moved_away_or_replaced_is_written_no_more(tmp_path: Path) -> None:
    """SQLite would go on writing into it, and a restart would know nothing of what was done."""
    store = open_store(tmp_path)
    path, aside = tmp_path / "inboxbot.db", tmp_path / "aside.db"
    path.rename(aside)
    for _ in range(2):
        with pytest.raises(StoreError, match="moved, replaced or removed"), store.transaction():
            pass
        path.write_bytes(aside.read_bytes())
    path.unlink()
    aside.rename(path)
    with store.transaction() as session:
        assert messages.waiting(session, 10) == []


def test_a_change_that_can_never_be_taken_is_told_from_trouble_that_passes(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    again = text("INSERT INTO pulse (name, trouble) VALUES ('a', '')")
    with store.transaction() as session:
        session.exec(again)  # type: ignore[call-overload]
    with pytest.raises(StoreRefusedError), store.transaction() as session:
        session.exec(again)  # type: ignore[call-overload]
