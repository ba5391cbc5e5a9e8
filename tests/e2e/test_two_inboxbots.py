"""Two inboxbots, each the other's customer, left alone; and partners that answer every answer.

The oracle stands outside: the SMTP server between them, which delivers into both mailboxes and counts.
"""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from inboxbot import config
from inboxbot.app import App
from inboxbot.once import run_once
from inboxbot.store.export import EXPORTS

pytestmark = [pytest.mark.slow]

ROUNDS = 6
PARTS = frozenset({"ingest", "process", "send"})
REQUEST = "Hello,\r\n\r\nPlease send us a copy of invoice {invoice}.\r\n\r\nThanks\r\n"
_CONFIG = """\
[company]
name = "{name}"
address = "ar@{name}.example"
[[mailbox]]
kind = "maildir"
path = "mail"
since = "all"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[ledger]
path = "ledger"
[documents]
path = "documents"
[answers]
acknowledge = "known"
[security]
authentication = "off"
"""


class Company:
    """One company, with the other one for its only customer."""

    def __init__(self, folder: Path, name: str, other: str, port: int) -> None:
        self.folder, self.name, self.count = folder, name, 0
        for part in ("ledger", "documents", "mail/new", "mail/cur", "mail/tmp"):
            (folder / part).mkdir(parents=True)
        (folder / "inboxbot.toml").write_text(_CONFIG.format(name=name, port=port), encoding="utf-8")
        ledger = folder / "ledger"
        (ledger / "customers.csv").write_text(
            f"customer_id,name,currency,credit_limit,terms_days,account_owner,on_hold\nC1,{other},USD,,30,,\n"
        )
        (ledger / "contacts.csv").write_text(f"customer_id,email,name,role\nC1,ar@{other}.example,Accounts,ap\n")
        rows = "".join(f"INV-{20100 + n},C1,,2026-10-31,2026-12-31,USD,100.00,100.00,INV.pdf\n" for n in range(40))
        (ledger / "invoices.csv").write_text(
            f"invoice_number,customer_id,po_number,issue_date,due_date,currency,amount,balance,document\n{rows}"
        )
        (ledger / "payments.csv").write_text("payment_id,customer_id,invoice_number,date,amount,currency,method,reference\n")
        (folder / "documents" / "INV.pdf").write_bytes(b"%PDF-1.4 a small one")
        self.app = App(config.load(folder / "inboxbot.toml"))

    def deliver(self, content: bytes) -> None:
        self.count += 1
        (self.folder / "mail" / "new" / f"{int(time.time())}.M{self.count}.host").write_bytes(content)

    def run(self) -> None:
        assert asyncio.run(run_once(self.app.machinery(PARTS), PARTS)) == 0

    def audited(self) -> list[str]:
        with self.app.store.transaction() as session:
            return [row["what"] for row in EXPORTS["audit"](session)]


class Between:
    """The SMTP server between the two: remembers every mail, and hands it on as `relay` makes it."""

    def __init__(self) -> None:
        self.passed: list[Message] = []
        self.companies: dict[str, Company] = {}
        self.relay: Callable[[Message], list[tuple[str, bytes]]] = lambda mail: [(str(mail["To"]), mail.as_bytes(policy=SMTP))]

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802 - the library's name
        mail = message_from_bytes(envelope.content)  # type: ignore[attr-defined]
        self.passed.append(mail)
        for to, content in self.relay(mail):
            name = re.search(r"@(\w+)\.example", to)
            assert name is not None
            self.companies[name[1]].deliver(content)
        return "250 OK"


@pytest.fixture
def between(tmp_path: Path) -> Iterator[Between]:
    found = Between()
    server = Controller(found, hostname="127.0.0.1", port=0)
    server.port = _free_port()
    server.start()
    for name, other in (("alpha", "beta"), ("beta", "alpha")):
        found.companies[name] = Company(tmp_path / name, name, other, server.port)
    found.companies["beta"].app.__dict__["understander"] = found.companies["alpha"].app.understander  # the model is loaded once
    yield found
    server.stop()
    for company in found.companies.values():
        company.app.store.close()
    assert threading.active_count() < 50


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def asks(between: Between, sender: str, to: str, number: int, **headers: str) -> None:
    """A person at one company asks the other for a copy."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = f"ar@{sender}.example", f"ar@{to}.example", f"Copy of invoice INV-{number}"
    mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain=f"{sender}.example")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(REQUEST.format(invoice=f"INV-{number}"))
    between.companies[to].deliver(mail.as_bytes())


def left_alone(between: Between) -> None:
    for _ in range(ROUNDS):
        for company in between.companies.values():
            company.run()


def roots(mails: list[Message]) -> list[str]:
    return [str(mail["References"] or mail["In-Reply-To"]).split()[0] for mail in mails]


def test_two_inboxbots_exchange_one_automatic_mail_per_thread_at_most(between: Between) -> None:
    asks(between, "beta", "alpha", 20101)
    asks(between, "beta", "alpha", 20102)
    asks(between, "alpha", "beta", 20103)
    left_alone(between)
    assert len(between.passed) == 3  # one answer each, and nothing answers an answer
    assert len(set(roots(between.passed))) == 3


def test_a_relay_that_strips_every_mark_starts_no_loop(between: Between) -> None:
    def strip(mail: Message) -> list[tuple[str, bytes]]:
        for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Inboxbot-Id", "Message-ID"):
            del mail[name]
        mail["Message-ID"] = make_msgid(domain="relay.example")
        return [(str(mail["To"]), mail.as_bytes(policy=SMTP))]

    between.relay = strip
    asks(between, "beta", "alpha", 20101)
    asks(between, "alpha", "beta", 20103)
    left_alone(between)
    assert len(between.passed) == 2


def test_a_partner_that_asks_again_at_every_answer_gets_one_per_thread(between: Between) -> None:
    """It answers at once, with a new question, in the thread: no person does so."""
    asked = 20101

    def ask_again(mail: Message) -> list[tuple[str, bytes]]:
        nonlocal asked
        asked += 1
        asks(between, "beta", "alpha", asked, In_Reply_To=str(mail["Message-ID"]), References=f"{mail['References']} {mail['Message-ID']}")
        return []

    between.relay = ask_again
    asks(between, "beta", "alpha", 20101)
    left_alone(between)
    assert len(between.passed) == 1


def test_a_partner_that_hides_every_thread_is_stopped_by_the_caps_and_an_alarm_is_raised(between: Between) -> None:
    asked = 20101

    def ask_anew(_mail: Message) -> list[tuple[str, bytes]]:
        nonlocal asked
        asked += 1
        asks(between, "beta", "alpha", asked)
        return []

    between.relay = ask_anew
    asks(between, "beta", "alpha", 20101)
    for _ in range(13):
        between.companies["alpha"].run()
    alpha = between.companies["alpha"]
    assert len(between.passed) == alpha.app.config.limits.per_sender_day
    assert "loop" in alpha.audited()
