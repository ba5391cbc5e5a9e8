"""The demo's IMAP server: pymap with its in-memory backend, run inside our own event loop.

In: an account name and its password. Out: a listening server whose INBOX `append` fills; IDLE clients see it at once.
Everything is in memory: a server started again begins with an empty mailbox and a new UIDVALIDITY.
"""

import asyncio
from argparse import Namespace
from datetime import datetime
from typing import Any

from proxyprotocol.noop import ProxyProtocolNoop
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Wildcard
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext


class _Mailbox(MailboxData):  # type: ignore[misc]
    @property
    def permanent_flags(self) -> frozenset[Any]:
        r"""Any keyword is kept: RFC 3501, 7.1, PERMANENTFLAGS with \*. Pymap's own drops keywords without a word."""
        return frozenset({*super().permanent_flags, Wildcard})


class _MailboxSet(MailboxSet):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Mailbox(self._content_cache, self._thread_cache)


class _Config(Config):  # type: ignore[misc]
    @property
    def greeting(self) -> bytes:
        """Pymap's own asks the DNS for our name, which can take seconds on a laptop."""
        return b"demo mailbox ready"


class ImapServer:
    """One account on one loopback port, without TLS. `start` and `stop` belong to the same event loop."""

    def __init__(self, username: str, password: str) -> None:
        self.username = username
        self.password = password
        self.port = 0
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self, host: str) -> None:
        """Listen on a free port of `host`, with an empty mailbox."""
        self._mailboxes = _MailboxSet()
        self._imap = await self._build()
        self._listener = await asyncio.start_server(self._serve, host, 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and every connection; returns when their tasks are done."""
        self._listener.close()
        for writer in self._connections.values():
            writer.transport.abort()  # the reader sees the end of the stream; a cancelled IDLE would leave a task behind
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._listener.wait_closed()
        self.port = 0

    async def append(self, raw: bytes, received_at: datetime) -> None:
        """Put a mail into the INBOX; `received_at` (aware) becomes its INTERNALDATE."""
        inbox = await self._mailboxes.get_mailbox("INBOX")
        await inbox.append(AppendMessage(raw, received_at), recent=True)

    async def _build(self) -> Any:
        config = _Config(
            Namespace(),
            host=None,
            port=0,
            tls_enabled=False,
            demo_data=False,
            demo_user=self.username,
            demo_password=self.password,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            proxy_protocol=ProxyProtocolNoop(),
        )
        config.set_cache[self.username] = (self._mailboxes, FilterSet())
        login = Login(config)
        await login.demo_user_identity.set(UserMetadata(config, self.username, password=self.password))
        return IMAPServer(login, config)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs us as a task
        self._connections[task] = writer
        try:
            await self._imap(reader, writer, SocketInfo.get(writer, None))
        finally:
            del self._connections[task]
