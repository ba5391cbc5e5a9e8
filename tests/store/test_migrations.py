"""The migrations make exactly the tables that the classes describe, from nothing and from an older store."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from factories import NOW, frozen_mail, raw_mail
from servers.postgresql import PostgreSQL
from sqlalchemy import inspect
from sqlmodel import SQLModel, col, select

import inboxbot.store.migrations
from inboxbot import markers
from inboxbot.store import messages, outbox
from inboxbot.store.engine import Store
from inboxbot.store.tables import OutboxRow

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


ADDRESSES = {
    "ann@alder.example": "ann@alder.example",
    "ann+1@alder.example": "ann@alder.example",
    "ann+a+b@alder.example": "ann@alder.example",
    "Ann@Alder.example": "ann@alder.example",
    "joe@googlemail.com": "joe@gmail.com",
    "joe+x@googlemail.com": "joe@gmail.com",
    "+x@alder.example": "+x@alder.example",
    "": "",
}


def check_mailboxes_of_older_mail(store: Store) -> None:
    """One revision back and on again: what was sent keeps its rows, and is known by its mailbox."""
    with store.transaction() as session:
        for number, address in enumerate(ADDRESSES):
            outbox.add(session, frozen_mail(number, rcpt_to=address), NOW)
        before = [row.model_dump() for row in session.exec(select(OutboxRow).order_by(col(OutboxRow.id)))]
    move(store, "0011")
    assert "rcpt_bare" not in {column["name"] for column in inspect(store.engine).get_columns("outbox")}
    move(store, "head")
    with store.transaction() as session:
        after = [row.model_dump() for row in session.exec(select(OutboxRow).order_by(col(OutboxRow.id)))]
    assert after == before
    assert {row["rcpt_to"]: row["rcpt_bare"] for row in after} == ADDRESSES == {address: markers.bare(address) for address in ADDRESSES}


def move(store: Store, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(inboxbot.store.migrations.__file__).parent))
    with store.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        (command.upgrade if revision == "head" else command.downgrade)(config, revision)


def test_mail_that_was_sent_before_is_known_by_its_mailbox(tmp_path: Path) -> None:
    store = opened(tmp_path)
    check_mailboxes_of_older_mail(store)
    assert differences(store) == []


@pytest.mark.server
def test_mail_that_was_sent_before_is_known_by_its_mailbox_on_postgresql_too(postgresql: PostgreSQL) -> None:
    with postgresql.database(empty=True) as url:
        store = Store(url)
        check_mailboxes_of_older_mail(store)
        store.close()


def test_two_processes_may_open_an_empty_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'inboxbot.db'}"
    both = [subprocess.Popen([sys.executable, "-c", OPEN, url], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in both] == [("", 0), ("", 0)]
    assert differences(opened(tmp_path)) == []
