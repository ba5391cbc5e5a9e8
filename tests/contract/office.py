"""A small company for the contract tests: a folder with configuration, ledger, documents, a Maildir and a store.

In: a folder and extra lines of TOML. Out: `Office`, whose `run` is the real command in a process of its own
and whose `call` is the same command line in this process.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from io import StringIO
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from servers.ports import Ports

from inboxbot.cli import run_command
from inboxbot.demo import sample_ledger

GATEWAY = "mx.example.test"
ADDRESS = sample_ledger.COMPANY_ADDRESS
LEDGER_DAY = date(2026, 11, 20)  # the cases' and golden mails' dates lie around it
INBOXBOT = str(Path(sys.executable).parent / "inboxbot")

COMPANY = f'[company]\nname = "Brightwater Components"\naddress = "{ADDRESS}"\n[ledger]\npath = "ledger"\n[documents]\npath = "documents"\n'
TRUST = f'[security]\ntrusted_authserv_ids = ["{GATEWAY}"]\n'
MAILDIR = '[[mailbox]]\nname = "ar"\nkind = "maildir"\npath = "maildir"\nsince = "all"\n'


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
    def complaints(self) -> list[str]:
        """The plain lines of standard error, without the log's JSON lines."""
        return [line for line in self.err.splitlines() if not line.startswith("{")]


@dataclass
class Office:
    """A folder in which inboxbot works."""

    folder: Path
    mails: int = field(default=0)

    @property
    def config(self) -> Path:
        return self.folder / "inboxbot.toml"

    def run(self, *arguments: str, config: Path | None = None, **environment: str) -> Ended:
        """The real command, in a process of its own."""
        return run([INBOXBOT, *arguments, "--config", str(config or self.config)], **environment)

    def call(self, *arguments: str, config: Path | None = None) -> Ended:
        """The same command line in this process: quicker, where a process is not the point."""
        return call(*arguments, "--config", str(config or self.config))

    def deliver(self, raw: bytes) -> None:
        """Put a mail into the Maildir, as a mail server does."""
        self.mails += 1
        name = f"{1_700_000_000 + self.mails}.M{self.mails}P1.test"
        (self.folder / "maildir" / "tmp" / name).write_bytes(raw)
        (self.folder / "maildir" / "tmp" / name).rename(self.folder / "maildir" / "new" / name)

    def configure(self, text: str) -> None:
        self.config.write_text(text, encoding="utf-8")


def run(command: list[str], **environment: str) -> Ended:
    """A command to its end, with `environment` on top of a clean one."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("INBOXBOT", "OMP_"))}
    ended = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=90, check=False, stdin=subprocess.DEVNULL,
        env={**clean, "COLUMNS": "200", "OMP_NUM_THREADS": "1", **environment},
    )  # fmt: skip
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def call(*arguments: str) -> Ended:
    """A command line in this process."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run_command(list(arguments))
    return Ended(code, out.getvalue(), err.getvalue())


def open_office(folder: Path, text: str = COMPANY + TRUST, *, day: date = LEDGER_DAY) -> Office:
    """A new office with the sample ledger as of `day` and a document for every invoice."""
    ledger = sample_ledger.build(day)
    sample_ledger.write(ledger, folder / "ledger")
    documents = folder / "documents"
    documents.mkdir()
    for row in ledger.invoices:
        (documents / row[-1]).write_bytes(b"%PDF-1.4\n% " + row[0].encode())
    for part in ("tmp", "new", "cur"):
        (folder / "maildir" / part).mkdir(parents=True)
    office = Office(folder)
    office.configure(text)
    return office


def mail(
    sender: str, subject: str, text: str, *, message_id: str | None = None, at: datetime | None = None, trusted: bool = True,
    headers: dict[str, str] | None = None,
) -> bytes:  # fmt: skip
    """A plain mail as our gateway hands it over, dated now unless `at` says otherwise; "" as `message_id` leaves it out."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=200))
    if trusted:
        domain = sender.rpartition("@")[2].rstrip(">")
        message["Authentication-Results"] = f"{GATEWAY}; dmarc=pass header.from={domain}"
    message["From"], message["To"] = sender, ADDRESS
    message["Subject"] = subject
    message["Date"] = format_datetime(at or datetime.now(UTC))
    if message_id != "":
        message["Message-ID"] = message_id or f"<{hashlib.sha256((sender + subject + text).encode()).hexdigest()[:20]}@mail.example.test>"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes()


class Postbox:
    """What an SMTP server of the test took in."""

    def __init__(self, refuse: str = "") -> None:
        self.mails: list[bytes] = []
        self.refuse = refuse

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 welcome"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope.content)
        return "250 taken"


@contextmanager
def smtp_server(refuse: str = "") -> Iterator[tuple[Postbox, str]]:
    """A running SMTP server on this machine (`refuse`: its answer to every recipient), and the [smtp] section that leads to it."""
    postbox = Postbox(refuse)
    port = Ports.free().smtp
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield postbox, f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
    finally:
        controller.stop()
