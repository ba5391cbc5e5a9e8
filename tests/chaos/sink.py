"""An SMTP server that remembers what it accepted, and misbehaves by plan. Half of the oracle.

In: a plan, asked at every moment of a conversation (connect, EHLO, MAIL, RCPT, DATA, body, dot, QUIT) what happens there.
Out: `Sink.accepted`: every mail that this server took responsibility for, whether or not it could still say so.
"""

import asyncio
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a conversation stands."""

    name: str
    recipient: str = ""
    attempt: int = 0  # how often this recipient was named before, this time included
    connection: int = 0  # the how manieth connection it is


@dataclass(frozen=True, slots=True)
class Fate:
    """What the server does: waits, keeps the mail (at the dot) or not, says something, ends the connection."""

    say: str = ""
    keep: bool = True
    wait: float = 0
    end: str = ""  # "cut" or "reset"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One mail that the server has."""

    message_id: str
    answers: str  # In-Reply-To
    recipient: str
    raw: bytes
    at: float


Plan = Callable[[Moment], Fate | None]
_POLITE = {
    "connect": "220 sink ESMTP", "EHLO": "250-sink\r\n250-SIZE 100000000\r\n250 8BITMIME", "MAIL": "250 ok", "RCPT": "250 ok",
    "DATA": "354 go ahead", "dot": "250 2.0.0 queued", "RSET": "250 ok", "NOOP": "250 ok", "QUIT": "221 bye",
}  # fmt: skip


def polite(_moment: Moment) -> Fate | None:
    return None


@dataclass
class Sink:
    """The server, in a thread of its own. `sent_folder`: a Maildir into which it files a copy, as Gmail does."""

    plan: Plan = polite
    sent_folder: Path | None = None
    accepted: list[Accepted] = field(default_factory=list)
    attempts: Counter[str] = field(default_factory=Counter)
    commands: Counter[str] = field(default_factory=Counter)
    body_bytes: int = 0
    port: int = 0
    connections: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 24))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            await _Conversation(self, reader, writer, self.connections).talk()
        with suppress(OSError):
            writer.close()

    def keep(self, body: bytes, recipient: str) -> None:
        """Take responsibility for a mail, on disk first where a copy is filed."""
        mail = message_from_bytes(body)
        one = Accepted(str(mail["Message-ID"]), str(mail["In-Reply-To"]), recipient, body, time.time())
        if self.sent_folder is not None:
            _file(self.sent_folder, body, len(self.accepted))
        self.accepted.append(one)


@dataclass
class _Conversation:
    sink: Sink
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    recipient: str = ""

    async def talk(self) -> None:
        going = await self._at("connect")
        while going and (line := await self.reader.readline()):
            words = line.decode("latin-1").strip()
            verb = words.partition(" ")[0].upper()
            self.sink.commands[verb] += 1
            if verb == "RCPT":
                self.recipient = words.partition("<")[2].partition(">")[0]
                self.sink.attempts[self.recipient] += 1
            going = await self._at(verb)
            if going == "354":
                going = await self._body()

    async def _at(self, name: str) -> str:
        """What happens at a moment; "" when the conversation is over, else the reply's code."""
        fate = self.sink.plan(self._moment(name)) or Fate()
        return await self._do(name, fate)

    def _moment(self, name: str) -> Moment:
        return Moment(name, self.recipient, self.sink.attempts[self.recipient], self.number)

    async def _do(self, name: str, fate: Fate) -> str:
        await asyncio.sleep(fate.wait)
        said = fate.say or ("" if fate.end else _POLITE.get(name, "502 what?"))
        if said:
            self.writer.write(said.encode() + b"\r\n")
            with suppress(OSError):
                await self.writer.drain()
        if fate.end == "reset":
            self.writer.transport.abort()
        return "" if fate.end or name == "QUIT" else said[:3]

    async def _body(self) -> str:
        fate = self.sink.plan(self._moment("body"))
        if fate is not None:  # the body's beginning is in, its end will never be
            self.sink.body_bytes += len(await self.reader.read(100))
            return await self._do("body", fate)
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            piece = await self.reader.read(1 << 16)
            if not piece:
                return ""
            self.sink.body_bytes += len(piece)
            body += piece
        fate = self.sink.plan(self._moment("dot")) or Fate()
        if fate.keep:
            self.sink.keep(body[:-3].replace(b"\r\n..", b"\r\n."), self.recipient)
        return await self._do("dot", fate)


def _file(folder: Path, body: bytes, number: int) -> None:
    name = f"{time.time_ns()}.{number}.sink"
    (folder / "tmp" / name).write_bytes(body.replace(b"\r\n", b"\n"))
    if os.geteuid() == 0:
        shutil.chown(folder / "tmp" / name, "mail", "mail")
    (folder / "tmp" / name).rename(folder / "new" / name)
