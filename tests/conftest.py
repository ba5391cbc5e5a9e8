"""Fixtures that live as long as the test session."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from servers.mailserver import MailServer, unavailable
from servers.postgresql import PostgreSQL
from servers.postgresql import unavailable as no_postgresql

settings.register_profile("inboxbot", deadline=None)  # timings are never asserted
settings.load_profile("inboxbot")


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """Dovecot and Postfix; each xdist worker has its own. Tests that want peace add a user of their own."""
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server; each xdist worker has its own, each test a database of its own."""
    reason = no_postgresql()
    if reason:
        pytest.skip(reason)
    with PostgreSQL() as server:
        yield server
