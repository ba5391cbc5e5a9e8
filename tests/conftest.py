"""Fixtures that live as long as the test session."""

from collections import Counter
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings
from servers.mailserver import MailServer, unavailable
from servers.nursery import Nursery
from servers.postgresql import PostgreSQL
from servers.postgresql import unavailable as no_postgresql
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

settings.register_profile("inboxbot", deadline=None)  # timings are never asserted
settings.load_profile("inboxbot")


ONE_BY_ONE = ("tests/chaos/test_fault_table.py",)  # their tests share nothing and take long: they may run beside each other


class FileByFile(LoadScopeScheduling):
    """Each file goes to one worker as a whole, so that what its tests share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return nodeid if file in ONE_BY_ONE else file


@pytest.hookimpl(optionalhook=True)  # without xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Who runs which test, where there are several workers (xdist asks)."""
    return FileByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What waits for servers longest comes first, so that no worker is left with one of them at the end."""
    yield  # other plugins shuffle
    waits = Counter(item.path for item in items if item.get_closest_marker("server") or item.get_closest_marker("slow"))
    first = {path: place for place, path in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (-waits[item.path], first[item.path]))  # stable: within a file nothing moves


@pytest.fixture(autouse=True)
def log_of_its_own() -> Iterator[None]:
    """What a test makes of the log ends with it: the next one's goes to where that one looks, not into what pytest has closed."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """Dovecot and Postfix; each xdist worker has its own. Tests that want peace add a user of their own."""
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where most starts of the program come from; each xdist worker has its own."""
    with Nursery() as ours:
        yield ours


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server; each xdist worker has its own, each test a database of its own."""
    reason = no_postgresql()
    if reason:
        pytest.skip(reason)
    with PostgreSQL() as server:
        yield server
