"""A company whose every customer writes one mail: the ledger, the mails, the configuration.

In: a count and a seed. Out: files, and `Letter`s. A letter's nonce is its Message-ID; its writer is a customer of its own, so
that no cap and no repeated request hides a second answer.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

US = "ar@chaos.test"
STATEMENT = "Hello,\n\nPlease send us a current statement of account.\n\nKind regards,\nAccounts Payable\n"
_ASKS = (
    STATEMENT,
    "Hello,\n\nWhat is our current balance with you?\n\nKind regards,\nAccounts Payable\n",
    "Hello,\n\nCould you tell us the total amount that is open on our account?\n\nBest regards,\nAccounts Payable\n",
    "Hi,\n\nPlease let me know our outstanding balance.\n\nThank you,\nAccounts Payable\n",
)
_PERSONS = "Hello,\n\nHalf of the pallets arrived broken and the driver refused to take them back. Who will call us?\n\nRegards\n"

_CONFIG = """\
[company]
name = "Chaos Components"
address = "{us}"

[[mailbox]]
name = "ar"
kind = "imap"
host = "{imap_host}"
port = {imap_port}
security = "none"
username = "{user}"
{login}
since = "{since}"
after = "{after}"
poll_seconds = {poll_seconds}
connect_seconds = 2
read_seconds = {read_seconds}
idle_seconds = 30
retry_seconds = 0.2
longest_retry_seconds = 1
refused_retry_seconds = {refused_retry_seconds}
reconcile_hours = {reconcile_hours}

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
connect_seconds = 2
command_seconds = 2
last_reply_seconds = {last_reply_seconds}
sent_copy = "{sent_copy}"

[sending]
claim_seconds = {claim_seconds}
first_retry_seconds = 0.3
longest_retry_seconds = {longest_retry_seconds}
doubt_minutes = [0.01, 0.03, 0.05, 0.2]
sent_copy_seconds = 0
check_seconds = 1

[store]
url = "{store_url}"
busy_seconds = {busy_seconds}

[ledger]
path = "ledger"

[security]
authentication = "off"
{key}

[limits]
per_thread_day = {per_thread_day}
per_sender_day = 10
per_domain_day = {per_domain_day}
per_hour = 1000000
{limits}

[portal]
base_url = "https://account.chaos.test"
{tables}
"""
DEFAULTS: dict[str, object] = {
    "us": US, "imap_host": "127.0.0.1", "after": "nothing", "poll_seconds": 1, "read_seconds": 2, "refused_retry_seconds": 1,
    "reconcile_hours": 24, "last_reply_seconds": 10, "sent_copy": "off", "claim_seconds": 2, "longest_retry_seconds": 2,
    "busy_seconds": 30, "per_thread_day": 3, "per_domain_day": 50, "store_url": "sqlite:///inboxbot.db", "since": "all",
    "login": 'password_file = "password"', "tables": "", "key": "", "limits": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """One customer's mail."""

    number: int
    sender: str
    nonce: str  # its Message-ID
    raw: bytes  # LF line ends, as a Maildir keeps it
    answerable: bool = True


def letters(count: int, seed: int) -> list[Letter]:
    """Every customer's mail; one in ten is for a person."""
    chance = random.Random(seed)
    return [letter(number, chance, for_person=number % 10 == 9) for number in range(count)]


def letter(number: int, chance: random.Random, *, for_person: bool = False, headers: str = "", text: str = "") -> Letter:
    sender = contact(number)
    nonce = f"<{number}.{chance.getrandbits(64):x}@{sender.rpartition('@')[2]}>"
    body = text or (_PERSONS if for_person else chance.choice(_ASKS))
    date = format_datetime(datetime.now(UTC) - timedelta(seconds=chance.randrange(600)))
    head = f"From: Accounts Payable <{sender}>\nTo: {US}\nSubject: Our account\nMessage-ID: {nonce}\nDate: {date}\n{headers}"
    return Letter(number, sender, nonce, f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}".encode(), not for_person)


def poisoned(number: int, headers: str, body: str, chance: random.Random) -> Letter:
    """A customer's mail that is meant to hurt; CRLF as it is written."""
    sender = contact(number)
    nonce = f"<{number}.{chance.getrandbits(64):x}@{sender.rpartition('@')[2]}>"
    head = f"From: {sender}\r\nTo: {US}\r\nDate: {format_datetime(datetime.now(UTC))}\r\nMessage-ID: {nonce}\r\n"
    return Letter(number, sender, nonce, f"{head}{headers}\r\n{body}".encode().replace(b"\r\n", b"\n"), answerable=False)


def contact(number: int) -> str:
    return f"ap@customer-{number:05}.example"


def write_ledger(folder: Path, count: int) -> None:
    """One customer, one contact and one open invoice for every mail."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "customers.csv": ("customer_id,name,currency,credit_limit,terms_days,account_owner,on_hold", "C{n:05},Customer {n:05},USD,,30,,"),
        "contacts.csv": ("customer_id,email,name,role", "C{n:05},ap@customer-{n:05}.example,Accounts Payable,ap"),
        "invoices.csv": (
            "invoice_number,customer_id,po_number,issue_date,due_date,currency,amount,balance,document",
            "INV-{n:05},C{n:05},,2026-10-01,2026-10-31,USD,100.00,100.00,",
        ),
        "payments.csv": ("payment_id,customer_id,invoice_number,date,amount,currency,method,reference", ""),
    }
    for name, (head, row) in tables.items():
        rows = [row.format(n=number) for number in range(count)] if row else []
        (folder / name).write_text("\n".join([head, *rows, ""]), encoding="utf-8")


def write_config(folder: Path, **values: object) -> Path:
    """The configuration, with every wait shortened; `values` over the defaults."""
    (folder / "password").write_text("secret", encoding="ascii")
    path = folder / "inboxbot.toml"
    path.write_text(_CONFIG.format(**{**DEFAULTS, **values}), encoding="utf-8")
    return path


def write_maildir_company(folder: Path, count: int) -> Path:
    """The same company with a Maildir and so many mails in it, for a start that needs no server; the configuration's path."""
    write_ledger(folder / "ledger", count)
    config = write_config(folder, imap_port=1, smtp_port=1, user="nobody@example.test")
    text = config.read_text(encoding="utf-8")
    mailbox = text[text.index("[[mailbox]]") : text.index("[smtp]")]
    config.write_text(text.replace(mailbox, '[[mailbox]]\nkind = "maildir"\npath = "box"\nsince = "all"\n\n'), encoding="utf-8")
    for name in ("new", "cur", "tmp"):
        (folder / "box" / name).mkdir(parents=True)
    for one in letters(count, seed=1):
        (folder / "box" / "new" / f"{one.number}.x").write_bytes(one.raw)
    return config
