"""The migrations make exactly the tables that the classes describe, from nothing and from an older store."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from factories import NOW, raw_mail
from servers.postgresql import PostgreSQL
from sqlalchemy import inspect
from sqlmodel import SQLModel

import inboxbot.store.migrations
from inboxbot.store import messages
from inboxbot.store.engine import Store

OPEN = "import sys; from inboxbot.store.engine import Store; Store(sys.argv[1]).close()"


def opened(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'inboxbot.db'}")


def ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """The full-text index and its own tables have no class."""
    return not (kind == "table" and (name or "").startswith("search_fts")) and name != "ix_search_document_words"


def differences(store: Store, *, defaults: bool = True) -> list[Any]:
    with store.engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": defaults, "include_object": ours}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, SQLModel.metadata))


def test_the_migrations_and_the_classes_agree(tmp_path: Path) -> None:
    assert differences(opened(tmp_path)) == []


def test_the_newest_revision_is_known_without_alembic() -> None:
    scripts = ScriptDirectory(str(Path(inboxbot.store.migrations.__file__).parent))
    assert inboxbot.store.migrations.newest_revision() == scripts.get_current_head()


def test_a_store_of_the_newest_schema_opens_without_alembic(tmp_path: Path) -> None:
    opened(tmp_path).close()
    code = f"{OPEN}; assert 'alembic' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code, f"sqlite:///{tmp_path / 'inboxbot.db'}"], check=False).returncode == 0


@pytest.mark.server
def test_the_migrations_and_the_classes_agree_on_postgresql_too(postgresql: PostgreSQL) -> None:
    with postgresql.database(empty=True) as url:
        store = Store(url)
        assert differences(store, defaults=False) == []  # its own words for the same defaults
        store.close()
        Store(url).close()  # a second start finds nothing to do


@pytest.mark.server
def test_several_processes_that_start_at_once_make_one_schema(postgresql: PostgreSQL) -> None:
    with postgresql.database(empty=True) as url:
        starts = [subprocess.Popen([sys.executable, "-c", OPEN, url]) for _ in range(3)]
        assert [one.wait(60) for one in starts] == [0, 0, 0]


def test_unique_constraints_are_in_the_database_itself(tmp_path: Path) -> None:
    found = inspect(opened(tmp_path).engine)
    unique = {(table, tuple(one["column_names"])) for table in found.get_table_names() for one in found.get_unique_constraints(table)}
    assert unique == {
        ("message", ("mailbox", "uidvalidity", "uid")),
        ("outbox", ("answers_message_id", "kind")),
        ("outbox", ("message_id",)),
        ("portal_link", ("token_sha256",)),
        ("staff_user", ("email",)),
        ("staff_session", ("token_sha256",)),
        ("api_token", ("token_sha256",)),
        ("invitation", ("token_sha256",)),
        ("learned_contact", ("customer_id", "email")),
        ("notification", ("email", "kind", "subject_key")),
        ("search_document", ("kind", "ref_id")),
    }


def test_there_is_one_line_of_revisions() -> None:
    scripts = ScriptDirectory(str(Path(inboxbot.store.migrations.__file__).parent))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_an_existing_store_keeps_its_rows(tmp_path: Path) -> None:
    first = opened(tmp_path)
    with first.transaction() as session:
        messages.record(session, raw_mail(), NOW)
    first.close()
    second = opened(tmp_path)
    with second.transaction() as session:
        assert messages.raw_message(session, 1) == raw_mail()
    assert differences(second) == []


def test_two_processes_may_open_an_empty_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'inboxbot.db'}"
    both = [subprocess.Popen([sys.executable, "-c", OPEN, url], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in both] == [("", 0), ("", 0)]
    assert differences(opened(tmp_path)) == []
