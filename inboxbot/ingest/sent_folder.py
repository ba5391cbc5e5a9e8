"""The folder in which an account keeps what it sent: looked into for a mail of ours, and given a copy.

In: a `MailboxSection` of kind "imap", Message-IDs, a mail's bytes. Out: what lies there. A connection of its own, made
when it is needed and closed after each use: the folder is looked at seldom. An empty search proves nothing (servers differ
in how they search headers), so the newest mails' headers are read as well.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from imapclient import IMAPClient
from imapclient.imapclient import SENT

from inboxbot.config import MailboxSection
from inboxbot.credentials import Credential, stored
from inboxbot.errors import MailboxRefusedError
from inboxbot.ingest import headers, imap_fetch, imap_search
from inboxbot.ingest.imap_errors import explained
from inboxbot.ingest.imap_session import Timeouts, connect, hang_up, log_out, next_uid
from inboxbot.reply import SentMail

NEWEST = 200  # mails whose headers are read where a search finds nothing
WINDOW = 500  # headers fetched at once
FIELDS = ("MESSAGE-ID", "X-INBOXBOT-ID", "IN-REPLY-TO", "REFERENCES", "TO", "DATE", "AUTO-SUBMITTED")
_SELF_FILING_HOSTS = re.compile(r"(^|\.)(gmail|googlemail|office365|outlook)\.com$", re.IGNORECASE)
_MARK = re.compile(rb"^X-Inboxbot-Id:[ \t]*([!-~]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FoundMail:
    """One mail in the Sent folder: what it says of itself, its loop mark, and the header fields that were read."""

    mail: SentMail
    mark: str
    header: bytes


class SentFolder(Protocol):
    """Where an account keeps what it sent. Calls block; each may raise a MailboxError."""

    @property
    def mailbox(self) -> str:
        """The name of the mailbox whose Sent folder it is."""

    @property
    def filed_by_server(self) -> bool:
        """Whether this kind of server is known to put every mail that it takes for sending there by itself."""

    def find(self, message_id: str, mark: str, sent_at: datetime) -> str:
        """The Message-ID under which a mail lies there: exactly this one, or (known by our mark) a relay's; '' when none does."""

    def append(self, message_id: str, mark: str, mime: bytes, sent_at: datetime) -> str:
        """Put a copy there unless one lies there already; the Message-ID under which it lies there now."""

    def since(self, moment: datetime) -> Iterator[FoundMail]:
        """Every mail that came there on that day or later."""


def mark_of(mime: bytes) -> str:
    """The loop mark in the header of a mail of ours, or ''."""
    found = _MARK.search(headers.block(mime))
    return found[1].decode("ascii") if found else ""


class ImapSentFolder:
    """A `SentFolder` on an IMAP server; `folder` "" is the one that the server marks as Sent (RFC 6154), else "Sent"."""

    def __init__(self, section: MailboxSection, folder: str = "", credential: Credential | None = None) -> None:
        self._credential = credential or stored(section)
        self._section, self._folder = section, folder
        self._timeouts = Timeouts(section.connect_seconds, section.read_seconds)

    @property
    def mailbox(self) -> str:
        """See `SentFolder`."""
        return self._section.name

    @property
    def filed_by_server(self) -> bool:
        """See `SentFolder`."""
        return bool(_SELF_FILING_HOSTS.search(self._section.host))

    def find(self, message_id: str, mark: str, sent_at: datetime) -> str:
        """See `SentFolder`."""
        with self._opened("looking for a sent mail") as (client, folder):
            return _find(client, folder, message_id, mark, sent_at)

    def append(self, message_id: str, mark: str, mime: bytes, sent_at: datetime) -> str:
        """See `SentFolder`."""
        with self._opened("filing a sent mail") as (client, folder):
            there = _find(client, folder, message_id, mark, sent_at)
            if not there:
                client.append(folder, mime, (b"\\Seen",), sent_at)
            return there or message_id

    def since(self, moment: datetime) -> Iterator[FoundMail]:
        """See `SentFolder`."""
        with self._opened("reading the Sent folder") as (client, folder):
            uids = _since(client, _all_of(client, folder), _day_before(moment))
            for start in range(0, len(uids), WINDOW):
                for answer in imap_fetch.headers(client, uids[start : start + WINDOW], FIELDS).values():
                    yield _read(answer.body or b"", answer.received_at)

    @contextmanager
    def _opened(self, doing: str) -> Iterator[tuple[IMAPClient, str]]:
        client = connect(self._section, self._timeouts, self._credential)
        try:
            with explained(f"{self._section.name}: {doing}"):
                yield client, self._name(client)
        except BaseException:
            hang_up(client)
            raise
        log_out(client)

    def _name(self, client: IMAPClient) -> str:
        name = self._folder or client.find_special_folder(SENT) or "Sent"
        if not client.folder_exists(name):
            if self._folder:
                raise MailboxRefusedError(f"there is no folder {name} ([smtp] sent_folder)")
            client.create_folder(name)
        return str(name)


def _all_of(client: IMAPClient, folder: str) -> list[str]:
    """Select the folder; the UID ranges in which it is searched."""
    answer = client.select_folder(folder, readonly=True)
    return list(imap_search.windows(1, next_uid(client, folder, answer), int(answer[b"EXISTS"])))


def _since(client: IMAPClient, ranges: Sequence[str], day: date) -> list[int]:
    """UIDs of mails that came there on that day or later, ascending."""
    return sorted(imap_search.search(client, ranges, "SINCE", day))


def _find(client: IMAPClient, folder: str, message_id: str, mark: str, sent_at: datetime) -> str:
    ranges = _all_of(client, folder)
    for name, value in (("Message-ID", message_id), ("X-Inboxbot-Id", mark)):
        found = client.search(["HEADER", name, value]) if value else []
        if there := _among(client, list(map(int, found))[-WINDOW:], message_id, mark):
            return there
    return _among(client, _since(client, ranges, _day_before(sent_at))[-NEWEST:], message_id, mark)


def _among(client: IMAPClient, uids: list[int], message_id: str, mark: str) -> str:
    mails = [_read(answer.body or b"", None) for answer in imap_fetch.headers(client, uids, FIELDS).values()]
    ours = (one.mail.message_id for one in mails if one.mail.message_id == message_id or (mark and one.mark == mark))
    return next((one or message_id for one in ours), "")


def _read(header: bytes, received_at: datetime | None) -> FoundMail:
    values = headers.mapping(headers.parse(header))

    def first(name: str) -> str:
        return " ".join(next(iter(values.get(name, ())), "").split())

    references = first("references").split()
    answers = headers.message_id(first("in-reply-to"))
    to = first("to")
    mail = SentMail(
        message_id=headers.message_id(first("message-id")),
        in_reply_to=answers,
        thread_root=references[0] if references else answers,
        to=(to.rpartition("<")[2].rstrip(">") if "<" in to else to).strip().lower(),
        at=headers.date(first("date")) or received_at or datetime.now(UTC),
        automatic=first("auto-submitted").lower() not in ("", "no"),
    )
    return FoundMail(mail, first("x-inboxbot-id"), header)


def _day_before(moment: datetime) -> date:
    """SEARCH SINCE counts in days of the server's own zone (RFC 3501, 6.4.4)."""
    return (moment - timedelta(days=1)).date()
