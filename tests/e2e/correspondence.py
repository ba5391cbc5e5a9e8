"""The mails of the great test, each with what is right.

In: the company's address and a moment. Out: `Sample` values: the demo's mails and those of mails/further.toml.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

from inboxbot.demo import gateway, sample_ledger, sample_mails

_FOLDER = Path(__file__).parent / "mails"
GATEWAY = "mx.example.test"
STATEMENT = "statement"  # stands for any statement of account


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail and its right end: `then` is "answer: INTENTS", "route: ASSIGNEE or nobody", or "file"."""

    name: str
    mail_from: str  # envelope sender; "" is the null path
    raw: bytes
    message_id: str
    then: str
    attachments: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        return self.then.startswith("answer")


def samples(company: str, now: datetime) -> list[Sample]:
    """Every sample mail, written to `company`."""
    return [*_demo(company, now), *_further(company, now)]


def _demo(company: str, now: datetime) -> Iterator[Sample]:
    expected = tomllib.loads((_FOLDER / "demo.toml").read_text(encoding="utf-8"))
    theirs = {sample_ledger.COMPANY_ADDRESS: company, gateway.AUTHSERV_ID: GATEWAY}
    for mail in sample_mails.build(now):
        raw = mail.raw
        for old, new in theirs.items():
            raw = raw.replace(old.encode(), new.encode())
        outcome, _, name = mail.name.partition("/")
        right: dict[str, Any] = expected.get(outcome, {}).get(name, {})
        then = f"{outcome}: {right['then']}" if right else outcome
        yield Sample(mail.name, mail.mail_from, raw, _message_id(raw), then, tuple(right.get("attachments", ())))


def _message_id(raw: bytes) -> str:
    return raw.partition(b"\r\n")[0].removeprefix(b"Message-ID: ").decode()


def _further(company: str, now: datetime) -> Iterator[Sample]:
    table = tomllib.loads((_FOLDER / "further.toml").read_text(encoding="utf-8"))
    for index, row in enumerate(table["mail"]):
        sender = parseaddr(row["from"])[1]
        message_id = f"<{row['name']}.{now:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
        raw = compose(
            row["from"], row.get("to", company), row["subject"], row["text"], message_id=message_id,
            at=now - timedelta(minutes=index), headers=row.get("headers", {}),
        )  # fmt: skip
        yield Sample(f"further/{row['name']}", sender, raw, message_id, row["then"], tuple(row.get("attachments", ())))


def compose(
    sender: str, to: str, subject: str, text: str, *, message_id: str, at: datetime, headers: dict[str, str] | None = None
) -> bytes:
    """A plain mail as a customer's program writes it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, subject, format_datetime(at)
    mail["Message-ID"] = message_id
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()
