"""Schema changes, by Alembic, run in the process: no `alembic.ini`, nothing to remember at an upgrade.

In: an engine. Out: the newest schema. A new change: a module in `versions/`, named by its revision and numbered on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

_HERE = Path(__file__).parent


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema, in one transaction."""
    with engine.connect() as connection, connection.begin():
        newest = _is_newest(connection)
    if newest:
        return
    from alembic import command  # noqa: PLC0415 - takes a quarter of a second, and is needed once in the life of a schema
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    with engine.connect() as connection, _foreign_keys_off(connection), connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newest_revision() -> str:
    """The last revision of `versions/`, by its file's name."""
    return max(path.name[:4] for path in (_HERE / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def _is_newest(connection: Connection) -> bool:
    """Whether the database says that it has the newest schema, and no other."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()) == [newest_revision()]


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew and dropping the old one, which would take the rows that refer to it along.

    The switch does nothing inside a transaction, so it is thrown before (https://sqlite.org/lang_altertable.html, 7).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()
