"""The sample mails: what a receivables mailbox gets on an ordinary day, with what should become of each.

In: the files `mails/<outcome>/<name>.eml` and a moment. Out: `SampleMail` values, dated within the hours before that
moment. A file is a mail without Date and Message-ID, with two things of our own: a header `Envelope-From` where the
envelope sender is not the From address, and `{{now-3d %d %b %Y}}` for a day near the moment. To add a mail, add a file.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Literal, get_args

from inboxbot.demo.gateway import UNAUTHENTICATED

Outcome = Literal["answer", "route", "file"]

_FOLDER = Path(__file__).parent / "mails"
_SPACING = timedelta(minutes=5)
_DAY = re.compile(rb"\{\{now-(\d+)d ([^}]+)\}\}")
_ENVELOPE_FROM = re.compile(rb"^Envelope-From:.*\r\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SampleMail:
    """A mail as a customer's server would hand it over, and where it should end."""

    name: str
    mail_from: str  # envelope sender; "" is the null path
    raw: bytes
    expected_outcome: Outcome
    authenticated: bool  # whether the gateway vouches for the envelope sender


def build(now: datetime) -> list[SampleMail]:
    """All sample mails, oldest first; `now` is aware. The same moment gives the same bytes."""
    paths = sorted((path.stem, outcome, path) for outcome in get_args(Outcome) for path in (_FOLDER / outcome).glob("*.eml"))
    first = now - _SPACING * len(paths)
    return [_build(path, outcome, first + _SPACING * index) for index, (_, outcome, path) in enumerate(paths)]


def _build(path: Path, outcome: Outcome, sent_at: datetime) -> SampleMail:
    template = re.sub(rb"\r?\n", b"\r\n", path.read_bytes())
    parsed = message_from_bytes(template)
    mail_from = _envelope_sender(parsed)
    raw = _headers(path, parsed, sent_at) + _ENVELOPE_FROM.sub(b"", _dated(template, sent_at), count=1)
    return SampleMail(f"{outcome}/{path.stem}", mail_from, raw, outcome, _vouched_for(mail_from))


def _dated(template: bytes, sent_at: datetime) -> bytes:
    def day(found: re.Match[bytes]) -> bytes:
        return f"{sent_at - timedelta(days=int(found[1])):{found[2].decode()}}".encode()

    return _DAY.sub(day, template)


def _envelope_sender(parsed: Message) -> str:
    return parseaddr(parsed["Envelope-From"] or parsed["From"])[1]


def _headers(path: Path, parsed: Message, sent_at: datetime) -> bytes:
    domain = parseaddr(parsed["From"])[1].rpartition("@")[2]
    message_id = f"<{path.parent.name}-{path.stem}.{sent_at:%Y%m%d%H%M%S}@{domain}>"
    return f"Message-ID: {message_id}\r\nDate: {format_datetime(sent_at)}\r\n".encode()


def _vouched_for(mail_from: str) -> bool:
    domain = mail_from.rpartition("@")[2]
    return bool(domain) and not domain.startswith(UNAUTHENTICATED)
