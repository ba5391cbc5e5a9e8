"""The demo's mail world: the company's mailbox over IMAP, its gateway over SMTP, and the customers' own mailboxes.

In: the company's address and a password, a folder, a callback. Out: two loopback ports. Mail to the company is stamped
as its gateway would and lands in the INBOX; mail to anybody else is saved in the folder and handed to the callback.
"""

import asyncio
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from inboxbot.demo import gateway
from inboxbot.demo.imap_server import ImapServer

OnDelivered = Callable[[str, bytes], None]
HOST = "127.0.0.1"
_SIZE_LIMIT = 64 * 1024 * 1024  # bytes; more than any reply of ours may have
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")


class EmbeddedMail:
    """Both servers as one thing. A stopped one may be started again: on new ports, with an empty mailbox."""

    def __init__(
        self, address: str, customers_folder: Path, on_delivered: OnDelivered | None = None, *, password: str | None = None
    ) -> None:
        """`address` is the company's mailbox and the IMAP user; `password` is drawn at random when not given."""
        self.host = HOST
        self.address = address.lower()
        self.password = password or secrets.token_urlsafe(12)
        self.smtp_port = 0
        self._folder = customers_folder
        self._on_delivered = on_delivered
        self._imap = ImapServer(self.address, self.password)
        self._smtp_connections: set[_SmtpConnection] = set()

    @property
    def imap_port(self) -> int:
        """The IMAP port; 0 while stopped."""
        return self._imap.port

    async def start(self) -> None:
        """Listen on two free loopback ports."""
        self._folder.mkdir(parents=True, exist_ok=True)
        await self._imap.start(HOST)
        self._listener = await asyncio.get_running_loop().create_server(self._new_connection, HOST, 0)
        self.smtp_port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close both ports and every connection; returns when nothing of ours runs any more."""
        self._listener.close()
        await asyncio.gather(*(connection.abort() for connection in tuple(self._smtp_connections)))
        await self._listener.wait_closed()
        await self._imap.stop()
        self.smtp_port = 0

    async def deliver(self, mail_from: str, raw: bytes) -> None:
        """Put a mail into the company's INBOX as if it had come in by SMTP just now."""
        now = datetime.now(UTC)
        await self._imap.append(gateway.stamp(raw, mail_from, self.address, now), now)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by the SMTP server for each mail; a bytes body is what it hands over by default."""
        raw = bytes(envelope.content or b"")
        mail_from = (envelope.mail_from or "").strip("<>")  # aiosmtpd hands the null path over as "<>"
        for recipient in envelope.rcpt_tos:
            if recipient.lower() == self.address:
                await self.deliver(mail_from, raw)
            else:
                self._keep(recipient, raw)
        return "250 OK"

    def _keep(self, recipient: str, raw: bytes) -> None:
        number = sum(1 for _ in self._folder.glob("*.eml")) + 1
        (self._folder / f"{number:04d}-{_UNSAFE.sub('_', recipient)}.eml").write_bytes(raw)
        if self._on_delivered:
            self._on_delivered(recipient, raw)

    def _new_connection(self) -> "_SmtpConnection":
        return _SmtpConnection(self, self._smtp_connections)


class _SmtpConnection(SMTP):  # type: ignore[misc]
    """One SMTP connection that is listed while it is open, so that a stop can end it."""

    def __init__(self, handler: EmbeddedMail, open_connections: "set[_SmtpConnection]") -> None:
        self._open_connections = open_connections
        super().__init__(
            handler, hostname=gateway.AUTHSERV_ID, data_size_limit=_SIZE_LIMIT, enable_SMTPUTF8=True, loop=asyncio.get_running_loop()
        )

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._open_connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._open_connections.discard(self)
        super().connection_lost(error)

    async def abort(self) -> None:
        """Drop the connection and wait for its task."""
        task = self._handler_coroutine
        if self.transport is not None:
            self.transport.abort()
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)
