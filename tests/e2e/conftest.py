"""Fixtures of the tests on real servers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from e2e import company
from e2e.company import Company
from servers.mailserver import MailServer
from servers.nursery import Nursery

from inboxbot.demo import sample_documents, sample_ledger


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample ledger as of today and its real PDFs."""
    folder = tmp_path_factory.mktemp("books")
    ledger = sample_ledger.build(datetime.now(UTC).date())
    sample_ledger.write(ledger, folder / "ledger")
    sample_documents.write(ledger, folder / "documents")
    return folder


@pytest.fixture
def own_company(tmp_path: Path, mail_server: MailServer, books: Path, nursery: Nursery) -> Company:
    """A company of the test's own, with an empty mailbox."""
    return company.found(tmp_path, mail_server, f"ar-{tmp_path.name.replace('_', '-')}@example.test", books, nursery)
