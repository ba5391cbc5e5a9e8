"""A company on the test's mail servers: configuration, ledger, documents, and the real command in processes of its own.

In: a `MailServer` and a folder. Out: `Company`, whose mailbox is a user of Dovecot, and what its customers got.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import Any

from e2e.correspondence import GATEWAY, compose
from e2e.process import Daemon, wait_for
from servers.mailserver import CAPTURE, MailServer
from servers.nursery import Child, Nursery

from inboxbot import config
from inboxbot.store.engine import Store
from inboxbot.store.export import EXPORTS

INBOXBOT = str(Path(sys.executable).parent / "inboxbot")
STATEMENT_PLEASE = "Hello,\n\nPlease send us a current statement of account.\n\nKind regards,\nAccounts Payable\n"
KEYWORDS = {"answer": b"$InboxbotAnswered", "route": b"$InboxbotRouted", "file": b"$InboxbotFiled"}

_CONFIG = """\
[company]
name = "Brightwater Components"
address = "{address}"

[[mailbox]]
name = "ar"
kind = "imap"
host = "{host}"
port = {imap_port}
ca_file = "{ca_file}"
username = "{address}"
password_file = "imap-password"
since = "{since}"
after = "{after}"
move_to = "{move_to}"
poll_seconds = {poll_seconds}

[smtp]
host = "{host}"
port = {smtp_port}
security = "starttls"
ca_file = "{ca_file}"
username = "{address}"
password_file = "smtp-password"

[ledger]
path = "ledger"

[documents]
path = "{documents}"

[answers]
acknowledge = "off"

[security]
authentication = "gateway"
trusted_authserv_ids = ["{gateway}"]

[portal]
base_url = "https://account.example.test"

[web]
port = {web_port}

[[team]]
name = "disputes"
members = ["sam.okafor@brightwater.example"]

[[rule]]
name = "everything to the account owner"
then = {{ assign = "account_owner" }}

[[rule]]
name = "disputes to their team"
when = {{ intents = ["dispute", "deduction"] }}
then = {{ assign = "disputes", priority = "high" }}
"""


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON, one value a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def log(self) -> list[dict[str, Any]]:
        """The log's lines on standard error."""
        return [json.loads(line) for line in self.err.splitlines() if line.startswith("{")]

    @property
    def complaints(self) -> list[str]:
        """The plain lines of standard error."""
        return [line for line in self.err.splitlines() if not line.startswith("{")]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == name]


@dataclass
class Company:
    """One company: a folder, and a mailbox of its own on the servers."""

    folder: Path
    server: MailServer
    address: str
    documents: Path
    nursery: Nursery | None = None  # the program starts from there; else in an interpreter of its own, as a user starts it
    delivered: int = field(default=0)

    @property
    def config(self) -> Path:
        return self.folder / "inboxbot.toml"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    def configure(self, **changes: object) -> None:
        """Write the configuration anew; `changes` are the template's values by name."""
        ports = self.server.ports
        values: dict[str, object] = {
            "address": self.address, "host": self.server.host, "ca_file": self.server.ca_file, "imap_port": ports.imaps,
            "smtp_port": ports.submission, "since": "all", "after": "keyword", "move_to": "", "poll_seconds": 20,
            "documents": self.documents, "gateway": GATEWAY, "web_port": 0, **changes,
        }  # fmt: skip
        self.config.write_text(_CONFIG.format(**values), encoding="utf-8")

    def run(self, *arguments: str) -> Ended:
        """The real command to its end."""
        out, err = self.folder / "said", self.folder / "errors"
        for path in (out, err):
            path.write_bytes(b"")
        code = self._start(arguments, out, err).wait(120)
        return Ended(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def _start(self, arguments: Sequence[str], out: Path, err: Path) -> "subprocess.Popen[bytes] | Child":
        whole = [*arguments, "--config", str(self.config)]
        if self.nursery is not None:
            return self.nursery.start(whole, _environment(), out, err)
        with out.open("ab") as said, err.open("ab") as errors:
            return subprocess.Popen([INBOXBOT, *whole], stdin=subprocess.DEVNULL, stdout=said, stderr=errors, env=_environment())

    def run_once(self) -> Ended:
        return self.run("run", "--once")

    @contextmanager
    def daemon(self) -> Iterator[Daemon]:
        """The daemon, started; whatever the test did not end is ended with SIGTERM."""
        with Daemon(partial(self._start, ["run"], Path(os.devnull)), self.folder / "daemon.log") as running:
            yield running

    def export(self, what: str) -> list[dict[str, Any]]:
        """The rows that `inboxbot export` prints, without a process for it."""
        store = Store(config.load(self.config).store.url)
        try:
            with store.transaction() as session:
                return list(EXPORTS[what](session))
        finally:
            store.close()

    def write(
        self, sender: str, subject: str = "Statement of account", text: str = STATEMENT_PLEASE, message_id: str = "",
        headers: dict[str, str] | None = None,
    ) -> str:  # fmt: skip
        """A customer writes; the Message-ID. Returns when the mail lies in the mailbox."""
        email = parseaddr(sender)[1]
        message_id = message_id or f"<{self.delivered}.{self.folder.name}@{email.rpartition('@')[2]}>"
        raw = compose(sender, self.address, subject, text, message_id=message_id, at=datetime.now(UTC), headers=headers)
        self.deliver(email, raw)
        return message_id

    def deliver(self, mail_from: str, *raws: bytes) -> None:
        """Mails come in by SMTP; returns when all lie in the mailbox."""
        for raw in raws:
            self.server.deliver(raw, mail_from, self.address)
        self.delivered += len(raws)
        self.server.wait_delivered(self.delivered, self.address)

    def sent(self) -> list[EmailMessage]:
        """Every mail of ours that reached a customer, oldest first."""
        with self.server.client(CAPTURE) as client:
            client.select_folder("INBOX", readonly=True)
            ours = client.search(["HEADER", "From", self.address])
            found = client.fetch(ours, ["BODY.PEEK[]"]) if ours else {}
        return [message_from_bytes(found[uid][b"BODY[]"], policy=policy.default) for uid in sorted(found)]

    def wait_sent(self, count: int) -> list[EmailMessage]:
        """As `sent`, when `count` mails have come through; the SMTP server queues what it accepted."""
        wait_for(lambda: len(self.sent()) >= count, f"{count} mails to customers")
        return self.sent()

    def flags(self, folder: str = "INBOX") -> dict[int, set[bytes]]:
        """UID -> flags, as another mail program sees them."""
        with self.server.client(self.address) as client:
            client.select_folder(folder, readonly=True)
            uids = client.search("ALL")
            return {uid: set(fields[b"FLAGS"]) - {b"\\Recent"} for uid, fields in client.fetch(uids, ["FLAGS"]).items()} if uids else {}


def found(folder: Path, server: MailServer, address: str, books: Path, nursery: Nursery | None = None) -> Company:
    """A new company with an empty mailbox and its own copy of the ledger in `books`."""
    server.add_user(address)
    company = Company(folder, server, address, books / "documents", nursery)
    shutil.copytree(books / "ledger", company.ledger)
    for name in ("imap-password", "smtp-password"):
        (folder / name).write_text(server.password, encoding="ascii")
    company.configure()
    return company


def add_contacts(company: Company, customer_id: str, *emails: str) -> None:
    """Put contacts into the company's ledger, whole file at a time as an ERP's export does."""
    path = company.ledger / "contacts.csv"
    rows = "".join(f"{customer_id},{email},Somebody,ap\n" for email in emails)
    fresh = path.with_suffix(".new")
    fresh.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")
    fresh.replace(path)


def _environment() -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("INBOXBOT")}
    return {**clean, "OMP_NUM_THREADS": "1", "COLUMNS": "200"}
