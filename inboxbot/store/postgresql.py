"""PostgreSQL as the engine: the same promises to the rest of the store that SQLite gives.

In: a database URL. Out: an engine. A transaction that changes something takes one lock first, so that what it read stays true
until its commit, on any number of machines; one that only reads sees one consistent state and waits for nobody. The only place
that knows psycopg.
"""

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url

_WRITING = 0x696E626F78  # the key of the lock; other programs in the same database take another
_CONNECT_SECONDS = 10
ONLY_READS = "inboxbot_only_reads"


def engine_of(url: str, busy_seconds: float) -> Engine:
    """The engine; for `busy_seconds` a transaction waits for another one that changes something."""
    found = make_url(url)
    if found.drivername == "postgresql":
        found = found.set(drivername="postgresql+psycopg")
    # A server may be set to say "committed" before it is: then a restart forgets that a mail was about to leave.
    options = f"-c lock_timeout={int(busy_seconds * 1000)} -c timezone=UTC -c synchronous_commit=on"
    arguments = {"options": options, "connect_timeout": _CONNECT_SECONDS} if found.drivername == "postgresql+psycopg" else {}
    engine = create_engine(found, pool_pre_ping=True, pool_size=10, max_overflow=20, connect_args=arguments)
    text = _storable_text()
    event.listen(engine, "connect", lambda connection, _record: connection.adapters.register_dumper(str, text))
    event.listen(engine, "begin", _begin)
    return engine


def _storable_text() -> type:
    """PostgreSQL keeps no NUL in a text (https://www.postgresql.org/docs/current/datatype-character.html); mails may hold some."""
    from psycopg.types.string import StrDumper  # noqa: PLC0415 - who keeps records in a file needs no driver

    class StorableText(StrDumper):
        def dump(self, obj: str) -> Any:
            """The text, with what nobody can read replaced."""
            return super().dump(obj.replace("\x00", "\ufffd") if "\x00" in obj else obj)

    return StorableText


def _begin(connection: Any) -> None:
    reads = connection.get_execution_options().get(ONLY_READS)
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ" if reads else f"SELECT pg_advisory_xact_lock({_WRITING})")
