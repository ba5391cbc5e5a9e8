"""Fixtures that live as long as the test session."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from servers.mailserver import MailServer, unavailable

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
