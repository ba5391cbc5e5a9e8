"""An SMTP server that misbehaves on cue.

In: a script, from a moment of the conversation to what the server does then. Out: what it was told, kept for the test.
Moments: connect, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, body (the first body bytes are in), dot, RSET, NOOP, QUIT.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

CUT = "<cut>"  # close the connection
RESET = "<reset>"  # close it with a TCP reset
SILENCE = "<silence>"  # say nothing more

POLITE = {
    "connect": "220 test.example ESMTP", "EHLO": "250-test.example\r\n250-SIZE 1000000\r\n250 8BITMIME",
    "AUTH": "235 welcome", "MAIL": "250 sender ok", "RCPT": "250 recipient ok", "DATA": "354 go ahead",
    "dot": "250 queued as 42", "RSET": "250 reset", "NOOP": "250 fine", "QUIT": "221 bye",
}  # fmt: skip


@dataclass
class ScriptedSmtp:
    """What the server will do (`script` over the polite answers) and what it has seen."""

    script: Mapping[str, str]
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)  # those whose final dot came, as on the wire
    partial: bytes = b""  # body bytes without a final dot
    _open: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open += 1
        self._idle.clear()
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._converse(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        self._open -= 1
        if self._open == 0:
            self._idle.set()

    async def settled(self) -> None:
        """Wait until the last connection has ended and everything it sent has been read."""
        async with asyncio.timeout(5):
            await self._idle.wait()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        going = await self._say("connect", reader, writer)
        while going and (line := await reader.readline()):
            command = line.decode("latin-1").strip()
            self.commands.append(command)
            moment = command.split(" ")[0].upper()
            going = await self._say(moment, reader, writer)
            if going and moment == "DATA" and self._answer(moment).startswith("354"):
                going = await self._read_body(reader, writer)

    async def _read_body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        body = b""
        while not (body == b".\r\n" or body.endswith(b"\r\n.\r\n")):
            chunk = await reader.read(1 if self._answer("body") else 65536)
            body += chunk
            self.partial = body
            if not chunk:
                return False
            if self._answer("body"):
                return await self._say("body", reader, writer)
        self.messages.append(body)
        self.partial = b""
        return await self._say("dot", reader, writer)

    def _answer(self, moment: str) -> str:
        return self.script.get(moment, POLITE.get(moment, "" if moment == "body" else "502 what?"))

    async def _say(self, moment: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Do what the script has for this moment; False when that ends the conversation."""
        for part in self._answer(moment).split("|"):
            if part == CUT:
                return False
            if part == RESET:
                writer.transport.abort()
                return False
            if part == SILENCE:
                await reader.read()
                return False
            writer.write(part.encode("latin-1") + b"\r\n")
            await writer.drain()
        return True


@contextlib.asynccontextmanager
async def scripted_smtp(**script: str) -> AsyncIterator[ScriptedSmtp]:
    """A running server; in a script "250 ok|<cut>" is a reply and then a cut."""
    state = ScriptedSmtp(script)
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        await server.wait_closed()
        if state.connections:
            await state.settled()
