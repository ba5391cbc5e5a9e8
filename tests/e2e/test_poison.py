"""A thousand mails with a poison mail every fiftieth: the others are handled, memory stays bounded."""

import os
import subprocess
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from chaos.poison import memory, poisons
from e2e.company import INBOXBOT

from inboxbot import config
from inboxbot.store.engine import Store
from inboxbot.store.export import EXPORTS

pytestmark = [pytest.mark.slow]

MAILS, EVERY = 1000, 50
MOST_MEMORY_MB = 512
_CONFIG = """\
[company]
name = "Brightwater"
address = "ar@brightwater.example"
[[mailbox]]
kind = "maildir"
path = "mail"
since = "all"
[ledger]
path = "ledger"
[documents]
path = "documents"
[security]
authentication = "off"
[limits]
per_domain_day = 5000
per_hour = 5000
parse_seconds = 3
parse_memory_mb = 200
[release]
documents_per_day = 5000
invoices_per_day = 5000
"""
_HEAD = "From: {sender}\r\nTo: ar@brightwater.example\r\nDate: {date}\r\nMessage-ID: <{n}@alder.example>\r\n{more}\r\n{body}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:

    date = format_datetime(datetime.now(UTC))
    for name in ("ledger", "documents", "mail/new", "mail/cur", "mail/tmp"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "inboxbot.toml").write_text(_CONFIG, encoding="utf-8")
    ledger = tmp_path / "ledger"
    (ledger / "customers.csv").write_text("customer_id,name,currency,credit_limit,terms_days,account_owner,on_hold\nC1,Alder,USD,,30,,\n")
    contacts = "".join(f"C1,c{n}@alder.example,C {n},ap\n" for n in range(MAILS))
    (ledger / "contacts.csv").write_text(f"customer_id,email,name,role\n{contacts}")
    invoice = "INV-20108,C1,,2026-10-31,2026-12-31,USD,100.00,100.00,INV-20108.pdf\n"
    (ledger / "invoices.csv").write_text(
        f"invoice_number,customer_id,po_number,issue_date,due_date,currency,amount,balance,document\n{invoice}"
    )
    (ledger / "payments.csv").write_text("payment_id,customer_id,invoice_number,date,amount,currency,method,reference\n")
    (tmp_path / "documents" / "INV-20108.pdf").write_bytes(b"%PDF-1.4 a small one")
    poison = poisons()
    for n in range(MAILS):
        plain = ("Subject: Copy of invoice INV-20108\r\n", "Hello,\r\n\r\nPlease send us a copy of invoice INV-20108.\r\n\r\nThanks\r\n")
        more, body = next(poison) if n % EVERY == EVERY - 1 else plain
        text = _HEAD.format(sender=f"c{n}@alder.example", date=date, n=n, more=more, body=body)
        (tmp_path / "mail" / "new" / f"{1_700_000_000 + n}.M{n}.host").write_text(text, encoding="utf-8", newline="")
    return tmp_path


def test_poison_mails_go_to_people_and_delay_nobody(folder: Path) -> None:
    command = [INBOXBOT, "run", "--once", "--only", "ingest,process", "--config", str(folder / "inboxbot.toml")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"})
        most = 0
        while process.poll() is None:
            most = max(most, memory(process.pid))
            time.sleep(0.1)
    assert process.returncode == 0, (folder / "log").read_text()[-3000:]
    store = Store(config.load(folder / "inboxbot.toml").store.url)
    with store.transaction() as session:
        rows = list(EXPORTS["decisions"](session))
    store.close()
    assert len(rows) == MAILS
    poisoned = {f"<{n}@alder.example>" for n in range(MAILS) if n % EVERY == EVERY - 1}
    assert {row["from"] for row in rows if row["outcome"] != "answer"} == {f"c{m.partition('@')[0][1:]}@alder.example" for m in poisoned}
    assert all(row["outcome"] == "route" for row in rows if row["outcome"] != "answer")
    assert 0 < most <= MOST_MEMORY_MB
