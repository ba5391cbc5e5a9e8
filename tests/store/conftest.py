"""The store's contract is held by both databases: SQLite, and a real PostgreSQL server where there is one."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from servers.postgresql import PostgreSQL

from inboxbot.store.engine import Store

BOTH = {
    "test_brake",
    "test_conversations",
    "test_history",
    "test_ledger_notes",
    "test_messages",
    "test_outbox",
    "test_outbox_race",
    "test_portal_links",
    "test_search",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2] in BOTH:
        metafunc.fixturenames.append("engine")
        metafunc.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.server)], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """With "postgresql", `open_store` of the test's module opens a database there, one for each folder."""
    if request.param == "sqlite":
        yield request.param
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with ExitStack() as stack:
        urls: dict[Path, str] = {}

        def open_store(folder: Path) -> Store:
            if folder not in urls:
                urls[folder] = stack.enter_context(server.database())
            store = Store(urls[folder])
            stack.callback(store.close)
            return store

        monkeypatch.setattr(request.module, "open_store", open_store)
        yield request.param
