"""How long a customer waits: from Dovecot's 250 for his mail to Postfix's 250 for the answer.

In: a folder with the sample company's books. Out: rows. In the same run, turn by turn, a bare script does the least that
any program must: wake from IDLE, fetch the mail, hand one like the answer to the same server over a kept connection.
"""

import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from e2e import company as companies
from e2e.company import STATEMENT_PLEASE, Company
from e2e.correspondence import GATEWAY, compose
from e2e.process import Daemon, wait_for
from imapclient import IMAPClient
from servers.mailserver import MailServer

from benchmarks.figures import Row, ratio, row
from inboxbot.demo.sample_ledger import CUSTOMERS

MESSAGES = 15  # of each kind
OFFICE, FLOOR = "office@example.test", "floor@example.test"
COPY_PLEASE = "Hello,\n\nCan you email me a copy of invoice {number}?\n\nKind regards\n"


def measure(folder: Path) -> list[Row]:
    """One mail at a time, ours and the floor in turn."""
    with MailServer() as server:
        company = _company(folder, server)
        with company.daemon() as daemon, floor(server) as least:
            daemon.wait_for("started")
            time.sleep(2)  # the reader is in IDLE from now on
            copies, floors = _in_turn(_copies(company), company, daemon, least)
            statements, more = _in_turn(_statements(), company, daemon, least)
    floors += more
    return [
        row("floor: IDLE wake, fetch, one mail sent", floors, "1"),
        row("mail delivered -> invoice copy accepted", copies, f"{ratio(copies, floors)} the floor"),
        row("mail delivered -> statement made and accepted", statements, f"{ratio(statements, floors)} the floor"),
    ]


def _company(folder: Path, server: MailServer) -> Company:
    own = folder / "company"
    own.mkdir()
    company = companies.found(own, server, OFFICE, folder)
    server.add_user(FLOOR)
    company.configure(poll_seconds=3600)
    return company


def _in_turn(
    asked: Iterator[tuple[str, str, str]], company: Company, daemon: Daemon, least: Callable[[], float]
) -> tuple[list[float], list[float]]:
    ours, floors = [], []
    for sender, subject, text in asked:
        floors.append(least())
        ours.append(_ours(company, daemon, sender, subject, text))
    return [seconds for seconds in ours if seconds is not None], floors


def _ours(company: Company, daemon: Daemon, sender: str, subject: str, text: str) -> float | None:
    """Seconds from delivery to the answer's acceptance; None when a person gets the mail."""
    decided, sent = len(daemon.events("decided")), len(daemon.events("sent"))
    start = deliver(company.server, OFFICE, sender, subject, text)
    if daemon.wait_for("decided", decided + 1)[decided]["outcome"] != "answer":
        return None
    return _moment(daemon.wait_for("sent", sent + 1)[sent]) - start


def _moment(event: dict[str, Any]) -> float:
    return datetime.fromisoformat(event["timestamp"]).timestamp()


def deliver(server: MailServer, user: str, sender: str, subject: str, text: str) -> float:
    """Straight into Dovecot by LMTP, stamped as the gateway would; when it said 250."""
    domain = sender.rpartition("@")[2]
    stamp = f"Authentication-Results: {GATEWAY}; dmarc=pass header.from={domain}\r\n".encode()
    raw = stamp + compose(sender, user, subject, text, message_id=make_msgid(domain=domain), at=datetime.now(UTC))
    with smtplib.LMTP("127.0.0.1", server.ports.lmtp) as lmtp:
        lmtp.sendmail(sender, [user], raw)
        return time.time()


def _contacts() -> Iterator[tuple[str, str]]:
    """(customer, address) of contacts that belong to one customer only."""
    for customer in CUSTOMERS[:MESSAGES]:
        yield customer.customer_id, f"{customer.contacts[0][0]}@{customer.domain}"


def _statements() -> Iterator[tuple[str, str, str]]:
    for _, sender in _contacts():
        yield sender, "Statement of account", STATEMENT_PLEASE


def _copies(company: Company) -> Iterator[tuple[str, str, str]]:
    invoices = (company.ledger / "invoices.csv").read_text(encoding="utf-8").splitlines()
    for customer_id, sender in _contacts():
        number = next(line.split(",")[0] for line in reversed(invoices) if line.split(",")[1] == customer_id)
        yield sender, f"Copy of {number}", COPY_PLEASE.format(number=number)


@contextmanager
def floor(server: MailServer) -> Iterator[Callable[[], float]]:
    """The bare script, connected; each call is one mail's way through it, in seconds."""
    answer = EmailMessage(policy=SMTP)
    answer["From"], answer["To"], answer["Subject"] = FLOOR, "somebody@customer.example", "An answer"
    answer.set_content("Here it is.\n")
    with server.client(FLOOR) as client, server.submission() as smtp:
        client.select_folder("INBOX")
        yield lambda: _one(server, client, smtp, answer.as_bytes())


def _one(server: MailServer, client: IMAPClient, smtp: smtplib.SMTP, answer: bytes) -> float:
    known = len(client.search("ALL"))
    client.idle()
    start = deliver(server, FLOOR, "somebody@customer.example", "A question", "Hello.\n")
    wait_for(lambda: any(b"EXISTS" in line for line in client.idle_check(30)), "EXISTS")
    client.idle_done()
    client.fetch(client.search("ALL")[known:], ["BODY.PEEK[]"])
    smtp.sendmail(FLOOR, ["somebody@customer.example"], answer)
    return time.time() - start
