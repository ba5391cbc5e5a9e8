"""Opens the database and hands out transactions.

In: a database URL. Out: `Store`. SQLite runs in WAL mode with `synchronous=FULL`: a committed transaction survives a
power loss (NORMAL may roll committed ones back), which "nothing is answered twice" rests on.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from inboxbot.errors import StoreError, StoreRefusedError
from inboxbot.store import postgresql
from inboxbot.store.filesystem import network_kind
from inboxbot.store.migrations import upgrade
from inboxbot.store.postgresql import ONLY_READS

__all__ = ["Session", "Store", "sqlite_path"]  # other packages name Session through this door

BUSY_SECONDS = 30.0
_PRAGMAS: tuple[tuple[str, str, tuple[object, ...]], ...] = (
    ("journal_mode", "WAL", ("wal", "memory")),  # a database in memory keeps its own
    ("synchronous", "FULL", (2,)),
    ("foreign_keys", "ON", (1,)),
)
_ONLY_READS_NOW = "25006"  # read_only_sql_transaction (PostgreSQL's documentation, appendix A)
_REFUSALS = (DataError, IntegrityError, ProgrammingError)


class Store:
    """The database; every use of it is one `transaction`."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        """Open (and bring to the newest schema) the database at `url`; raises StoreError that names the place.

        For `busy_seconds` a transaction waits for another one, of this program or another, that changes something.
        """
        self.url = url
        self._path = sqlite_path(url)
        try:
            self.engine = _engine(url, busy_seconds)
            upgrade(self.engine)
            self._file = _identity(self._path)
        except (SQLAlchemyError, OSError, ImportError) as error:  # ImportError: the database's driver is not installed
            raise StoreError(f"the store {_shown(url)} cannot be opened or written") from _short(error)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        It takes the write lock at once (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock), so that what was read stays true
        until the commit. Raises StoreError, and StoreRefusedError where the change itself is at fault.
        """
        self._require_our_file()
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except (DBAPIError, PoolTimeoutError) as error:
                session.rollback()
                kind = StoreRefusedError if isinstance(error, _REFUSALS) and not error.connection_invalidated else StoreError
                raise kind(f"the store {_shown(self.url)} did not take a change") from _short(error)
            except BaseException:
                session.rollback()
                raise

    def _require_our_file(self) -> None:
        """SQLite goes on writing into a file that was moved away or replaced: then nothing would be known after a restart."""
        if self._path is not None and _identity(self._path) != self._file:
            raise StoreError(f"the store {self._path} was moved, replaced or removed while inboxbot ran; stop inboxbot and start it again")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent look at the records that waits for no writer; what it changes is thrown away."""
        with Session(self.engine.execution_options(**{ONLY_READS: True}), expire_on_commit=False) as session:
            try:
                yield session
            except DBAPIError as error:
                raise StoreError(f"the store {_shown(self.url)} cannot be read") from _short(error)
            finally:
                session.expunge_all()  # what was read stays readable
                session.rollback()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _identity(path: Path | None) -> tuple[int, int] | None:
    """Which file it is, whatever it is called; None where there is none."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite URL; None for PostgreSQL and for a database in memory."""
    name = url.removeprefix("sqlite:///")
    return Path(name) if url.startswith("sqlite:///") and name not in ("", ":memory:") else None


def _engine(url: str, busy_seconds: float) -> Engine:
    if not url.startswith("sqlite"):
        server = postgresql.engine_of(url, busy_seconds)
        event.listen(server, "handle_error", _open_again)
        event.listen(server, "before_cursor_execute", _storable, retval=True)
        return server
    path = sqlite_path(url)
    if path is not None and not path.parent.is_dir():
        raise StoreError(f"the store {path} cannot be opened: the folder {path.parent} does not exist")
    kind = network_kind(path.parent) if path is not None else ""
    if kind:
        raise StoreError(
            f"the store {path} lies on a network file system ({kind}): SQLite is not safe there; use a local disk or PostgreSQL"
        )
    pool: dict[str, Any] = {} if path else {"poolclass": StaticPool}
    engine = create_engine(url, connect_args={"timeout": busy_seconds, "check_same_thread": False}, **pool)
    event.listen(engine, "connect", lambda connection, _record: _set_pragmas(connection, busy_seconds))
    event.listen(engine, "begin", _begin_immediate)
    event.listen(engine, "handle_error", _open_again)
    event.listen(engine, "invalidate", _end_transaction)
    event.listen(engine, "before_cursor_execute", _storable, retval=True)
    return engine


def _storable(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> tuple[str, Any]:  # noqa: FBT001
    """Text that a database cannot hold (lone surrogates; on PostgreSQL also NUL) with a mark in its place: no mail may stop the rest."""
    return statement, _cleaned(parameters)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cleaned(one) for one in value)
    return value


def _set_pragmas(connection: Any, busy_seconds: float) -> None:
    """Set what durability rests on, and make sure that it is set: a build or a wrapper may have other ideas."""
    connection.isolation_level = None  # we say BEGIN ourselves (below)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
    for name, value, expected in _PRAGMAS:
        cursor.execute(f"PRAGMA {name}={value}")
        found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        if found not in expected:
            raise StoreError(f"SQLite does not take PRAGMA {name}={value} (it says {found!r}): a committed change could be lost")
    cursor.close()


def _open_again(context: ExceptionContext) -> None:
    """Give a connection up that cannot write: it stays so for ever, while a new one may be able to.

    SQLite opens what it may only read without a word (https://sqlite.org/c3ref/open.html, SQLITE_OPEN_READWRITE), as on a disk
    that was read-only for a moment. A PostgreSQL server that became a standby goes on serving its old connections.
    """
    error = context.original_exception
    if getattr(error, "sqlite_errorname", "").startswith("SQLITE_READONLY"):
        context.is_disconnect = True
        _close_all(context)
    elif getattr(error, "sqlstate", "") == _ONLY_READS_NOW:
        context.is_disconnect = True


def _close_all(context: ExceptionContext) -> None:
    """Close what keeps a SQLite file open as it was: all connections of a process share what they hold of its log's index.

    Idle ones are closed at once. The refused one is closed by who gave it up, but lives on while a cursor of it does
    (https://sqlite.org/c3ref/close.html, "zombie"), and the traceback of the very error may keep that one long.
    """
    cursor = getattr(context.execution_context, "cursor", None)
    if cursor is not None:
        cursor.close()
    if context.engine is not None:
        context.engine.pool.dispose()


def _end_transaction(connection: Any, _record: Any, _error: Any) -> None:
    """End the transaction of a connection that is given up, whoever keeps a cursor of it: its lock would keep all others from writing."""
    with suppress(sqlite3.Error):
        connection.rollback()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(ONLY_READS) else "BEGIN IMMEDIATE")


def _short(error: Exception) -> Exception:
    """The driver's own words without SQLAlchemy's essay around them."""
    original = getattr(error, "orig", None)
    return original if isinstance(original, Exception) else error


def _shown(url: str) -> str:
    """The URL without its password."""
    path = sqlite_path(url)
    if path:
        return str(path)
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
