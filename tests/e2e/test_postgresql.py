"""The whole daemon on an empty PostgreSQL database: mail in, decided, queued, and the books agree."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from servers.postgresql import PostgreSQL

from inboxbot.demo import gateway, sample_documents, sample_ledger, sample_mails

pytestmark = pytest.mark.server
MAILS = 12
CONFIG = """\
[company]
name = "{name}"
address = "{address}"
[[mailbox]]
kind = "maildir"
path = "mail"
since = "all"
[store]
url = "{url}"
[ledger]
path = "ledger"
[documents]
path = "documents"
[security]
trusted_authserv_ids = ["{authserv_id}"]
secret_file = "key"
"""


def inboxbot(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("inboxbot"), *arguments, "--config", folder / "inboxbot.toml"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_round_on_an_empty_database(tmp_path: Path, postgresql: PostgreSQL) -> None:
    now = datetime.now(UTC)
    ledger = sample_ledger.build(now.date())
    sample_ledger.write(ledger, tmp_path / "ledger")
    (tmp_path / "documents").mkdir()
    sample_documents.write(ledger, tmp_path / "documents")
    for name in ("new", "cur", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    for number, sample in enumerate(sample_mails.build(now)[:MAILS]):
        raw = gateway.stamp(sample.raw, sample.mail_from, sample_ledger.COMPANY_ADDRESS, now)
        (tmp_path / "mail" / "new" / f"{number}.eml").write_bytes(raw)
    (tmp_path / "key").write_text("a secret of the tests, long enough to sign with", encoding="utf-8")
    (tmp_path / "key").chmod(0o600)
    values = {"name": sample_ledger.COMPANY_NAME, "address": sample_ledger.COMPANY_ADDRESS, "authserv_id": gateway.AUTHSERV_ID}
    with postgresql.database(empty=True) as url:
        (tmp_path / "inboxbot.toml").write_text(CONFIG.format(url=url, **values), encoding="utf-8")
        for _ in range(2):  # the second round finds nothing to do
            assert inboxbot(tmp_path, "run", "--once").returncode == 0
        decisions = [json.loads(line) for line in inboxbot(tmp_path, "export", "--what", "decisions").stdout.splitlines()]
        audit = inboxbot(tmp_path, "audit")
    assert len(decisions) == MAILS
    assert {one["outcome"] for one in decisions} >= {"answer", "route"}
    assert (audit.returncode, f"{MAILS} in the mailbox, {MAILS} recorded" in audit.stdout) == (0, True)
