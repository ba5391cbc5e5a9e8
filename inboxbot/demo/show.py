"""The demo, start to finish: a made-up company with its mail servers, the real daemon, sample mails, and what becomes of them.

In: a folder. Out: lines on the terminal as mails arrive and are handled, a summary table, and a company that goes on
running for the visitor's own mails.
"""

import asyncio
import shlex
import smtplib
import socket
import sys
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from inboxbot import config, log
from inboxbot.app import App
from inboxbot.daemon import PARTS, Daemon
from inboxbot.demo import gateway, sample_documents, sample_ledger, sample_mails
from inboxbot.demo.sample_mails import SampleMail
from inboxbot.demo.servers import EmbeddedMail
from inboxbot.desk import accounts
from inboxbot.staff import Role, terminal
from inboxbot.store import export
from inboxbot.store.engine import Store

_CONFIG = """\
# The demo's configuration. Try: inboxbot explain MAIL.eml --config {folder}/inboxbot.toml
[company]
name = "{name}"
address = "{address}"

[[mailbox]]
name = "ar"
kind = "imap"
host = "{host}"
port = {imap_port}
security = "none"           # allowed because it is this machine itself
username = "{address}"
password_file = "imap-password"
since = "all"
after = "keyword"

[smtp]
host = "{host}"
port = {smtp_port}
security = "none"

[store]
url = "sqlite:///inboxbot.db"

[ledger]
path = "ledger"

[documents]
path = "documents"

[answers]
acknowledge = "known"

[security]
authentication = "gateway"
trusted_authserv_ids = ["{authserv_id}"]

[web]
port = {web_port}

[portal]
base_url = "http://127.0.0.1:{web_port}"

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
_PASSWORD = "brightwater demo"  # noqa: S105 - of a made-up company that lives as long as the demo
_STAFF = (
    ("dana.reyes@brightwater.example", "Dana Reyes", Role.ADMIN),
    ("sam.okafor@brightwater.example", "Sam Okafor", Role.AGENT),
)
_PATIENCE = 90.0  # seconds for the sample mails
_STYLES = {"answer": "green", "route": "yellow", "file": "dim"}


async def run(folder: Path, *, once: bool, console: Console) -> int:
    """Run the demo in an empty folder; the daemon's exit code."""
    with (folder / "demo.log").open("w", encoding="utf-8") as log_file:
        log.configure(log_file)
        console.print("Making the sample company: a ledger, invoices as PDFs, two mail servers ...")
        ledger = sample_ledger.build(datetime.now(UTC).date())
        sample_ledger.write(ledger, folder / "ledger")
        await asyncio.to_thread(sample_documents.write, ledger, folder / "documents")
        mail = EmbeddedMail(sample_ledger.COMPANY_ADDRESS, folder / "customers", lambda to, raw: _print_reply(console, to, raw))
        await mail.start()
        try:
            return await _with_daemon(folder, mail, once=once, console=console)
        finally:
            await mail.stop()


async def _with_daemon(folder: Path, mail: EmbeddedMail, *, once: bool, console: Console) -> int:
    app = App(config.load(_write_config(folder, mail)))
    for email, name, role in _STAFF:
        accounts.add_user(app.desk, terminal("demo"), email=email, name=name, role=role, password=_PASSWORD)
    daemon = Daemon(app.machinery(frozenset(PARTS)))
    running = asyncio.create_task(daemon.run(frozenset(PARTS)))
    watching = asyncio.create_task(_watch(app.store, console))
    try:
        samples = sample_mails.build(datetime.now(UTC))
        console.print(f"Delivering {len(samples)} sample mails by SMTP; the daemon reads them by IMAP.\n")
        await asyncio.to_thread(_deliver, samples, mail)
        complete = await _until_handled(app.store, len(samples))
        await asyncio.sleep(0.5)  # let the watcher print the last lines
        _summary(app.store, console)
        if not once:
            _invite(app, folder, mail, console)
            await asyncio.wait([running])
    finally:
        watching.cancel()
        daemon.request_stop()
        code = await running
        app.store.close()
    return code if complete else 1


def _write_config(folder: Path, mail: EmbeddedMail) -> Path:
    (folder / "imap-password").write_text(mail.password, encoding="ascii")
    path = folder / "inboxbot.toml"
    text = _CONFIG.format(
        folder=folder,
        name=sample_ledger.COMPANY_NAME,
        address=mail.address,
        host=mail.host,
        imap_port=mail.imap_port,
        smtp_port=mail.smtp_port,
        authserv_id=gateway.AUTHSERV_ID,
        web_port=_free_port(),
    )
    path.write_text(text, encoding="utf-8")
    return path


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _deliver(samples: list[SampleMail], mail: EmbeddedMail) -> None:
    with smtplib.SMTP(mail.host, mail.smtp_port) as server:
        for sample in samples:
            server.sendmail(sample.mail_from, [mail.address], sample.raw)


async def _watch(store: Store, console: Console) -> None:
    """Print each message as it is decided."""
    seen = 0
    while True:
        decided = [row for row in await asyncio.to_thread(_decisions, store) if row["outcome"]]
        for row in decided[seen:]:
            _print_decision(console, row)
        seen = len(decided)
        await asyncio.sleep(0.3)


def _decisions(store: Store) -> list[dict[str, Any]]:
    with store.transaction() as session:
        return list(export.decisions(session))


async def _until_handled(store: Store, count: int) -> bool:
    """Until every sample mail is decided and every mail of ours is out; False when that takes too long."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while asyncio.get_running_loop().time() < deadline:
        rows = await asyncio.to_thread(_decisions, store)
        leaving = [item for row in rows for item in row["outbox"] if item["state"] in ("ready", "sending")]
        if len(rows) >= count and all(row["outcome"] for row in rows) and not leaving:
            return True
        await asyncio.sleep(0.2)
    return False


def _print_decision(console: Console, row: dict[str, Any]) -> None:
    what = ", ".join(intent["intent"] for intent in row["intents"])
    done = {"answer": "answered", "route": f"to {row['assignee'] or 'the queue'}", "file": "filed"}[row["outcome"]]
    line = Text(f"{row['from'] or '(no sender)'}: {what} ")
    line.append(done, style=_STYLES[row["outcome"]])
    if row["outcome"] == "route":
        line.append(f" ({row['reasons'][0]})", style="dim")
    console.print(line, soft_wrap=True)


def _print_reply(console: Console, recipient: str, raw: bytes) -> None:
    mail = message_from_bytes(raw, policy=compat32)
    files = [part.get_filename() for part in mail.walk() if part.get_filename()]
    attached = f" with {', '.join(map(str, files))}" if files else ""
    console.print(
        Text(f"    -> mail to {recipient}: {_decoded(mail['Subject'])}{attached}", style="cyan"),
        no_wrap=True,
        overflow="ellipsis",
        crop=True,
    )


def _decoded(subject: object) -> str:
    return str(make_header(decode_header(str(subject))))


def _summary(store: Store, console: Console) -> None:
    rows = _decisions(store)
    table = Table("Outcome", "Mails", "Mostly because", title="\nWhat became of the sample mails", title_justify="left")
    for outcome, words in (("answer", "Answered by itself"), ("route", "In front of a person"), ("file", "Filed, needs nobody")):
        mine = [row for row in rows if row["outcome"] == outcome]
        common = Counter(row["primary"] for row in mine).most_common(4)
        table.add_row(Text(words, style=_STYLES[outcome]), str(len(mine)), ", ".join(f"{name} ({count})" for name, count in common))
    console.print(table)
    sent = sum(item["state"] == "sent" for row in rows for item in row["outbox"])
    console.print(f"{len(rows)} mails in, {sent} mails out, nobody got two.")


def _invite(app: App, folder: Path, mail: EmbeddedMail, console: Console) -> None:
    python = shlex.quote(sys.executable)
    command = f'{python} -m inboxbot.demo.send --port {mail.smtp_port} --subject "Copy please" "Could you send me invoice INV-20299 again?"'
    console.print("\nThe company goes on running. Write to it as one of its customers, in another terminal:\n")
    console.print(f"  {command}\n", soft_wrap=True, markup=False, highlight=False)
    console.print(
        f"  IMAP {mail.host}:{mail.imap_port}   SMTP {mail.host}:{mail.smtp_port}   account pages {app.portal_base}", soft_wrap=True
    )
    console.print(
        f"  shared inbox {app.desk.base_url}/inbox   sign in as {_STAFF[0][0]} or {_STAFF[1][0]}, password: {_PASSWORD}", soft_wrap=True
    )
    console.print(f"  queue: inboxbot queue list --config {folder}/inboxbot.toml", soft_wrap=True, markup=False)
    console.print(f"  answers lie in {folder}/customers, the log in {folder}/demo.log. Ctrl-C ends it.", soft_wrap=True, markup=False)
