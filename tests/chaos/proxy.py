"""An IMAP proxy before a real server: it cuts, stalls, splits and falsifies on command. Clear text on loopback only.

In: the real server's port. Out: `ImapProxy`, whose methods are the faults. Threads, one pair a connection.
"""

import random
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

Falsify = Callable[[bytes, random.Random], bytes]
_LOGIN = re.compile(rb"(\S+) (?:LOGIN|AUTHENTICATE) ", re.IGNORECASE)
_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")


class ImapProxy(socketserver.ThreadingTCPServer):
    """Listens on a free port. `falsify` changes one whole line of the server (a literal that follows is left alone)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, upstream: int, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Link)
        self.upstream, self.chance = upstream, random.Random(seed)
        self.refuse_login = ""  # the words of a NO to every login
        self.split = False  # the server's words arrive in crumbs
        self.frozen = False  # half-open: nothing passes, nothing is closed
        self.falsify: Falsify | None = None
        self.listening = False  # note what the client asks, and how long the server's lines are
        self.commands: list[bytes] = []
        self.longest_line = 0
        self.logins = self.connections = 0
        self._links: set[_Link] = set()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def cut(self) -> None:
        """Close every connection without a word."""
        for link in list(self._links):
            link.close()

    def bye(self) -> None:
        """Say BYE on every connection and close it (RFC 3501, 7.1.5)."""
        for link in list(self._links):
            link.to_client(b"* BYE system shutdown\r\n")
            link.close()

    def say(self, words: bytes) -> None:
        """An unsolicited line on every connection."""
        for link in list(self._links):
            link.to_client(words)

    def add(self, link: "_Link") -> None:
        self._links.add(link)
        self.connections += 1

    def remove(self, link: "_Link") -> None:
        self._links.discard(link)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.frozen = False
        self.cut()
        self.server_close()


class _Link(socketserver.BaseRequestHandler):
    server: ImapProxy

    def handle(self) -> None:
        self.lock = threading.Lock()
        self.upstream = socket.create_connection(("127.0.0.1", self.server.upstream), 10)
        self.upstream.settimeout(None)
        self.server.add(self)
        back = threading.Thread(target=self._from_server, daemon=True)
        back.start()
        with suppress(OSError):
            self._from_client()
        self.close()
        back.join(5)
        self.server.remove(self)

    def close(self) -> None:
        for sock in (self.request, self.upstream):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                sock.close()

    def to_client(self, data: bytes) -> None:
        with suppress(OSError), self.lock:
            if not self.server.split:
                self.request.sendall(data)
                return
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while data:
                size = self.server.chance.choice((1, 2, 5, 40, 1000, 20_000))
                self.request.sendall(data[:size])
                data = data[size:]
                if size < 40:
                    time.sleep(0.0005)

    def _from_client(self) -> None:
        stream = self.request.makefile("rb")
        while line := stream.readline():
            self._wait_while_frozen()
            if self.server.listening:
                self.server.commands.append(line)
            login = _LOGIN.match(line)
            if login:
                self.server.logins += 1
                if self.server.refuse_login:
                    self.to_client(login[1] + b" NO " + self.server.refuse_login.encode() + b"\r\n")
                    continue
            self.upstream.sendall(line)

    def _from_server(self) -> None:
        stream = self.upstream.makefile("rb")
        with suppress(OSError, ValueError):
            while line := stream.readline():
                literal = _LITERAL.search(line)
                if self.server.listening:
                    self.server.longest_line = max(self.server.longest_line, len(line))
                if self.server.falsify is not None:
                    line = self.server.falsify(line, self.server.chance)
                self._wait_while_frozen()
                self.to_client(line)
                if literal:
                    content = stream.read(int(literal[1]))
                    if b"NIL" in line[-8:]:  # the body was taken away: its bytes and the rest of its answer go too
                        stream.readline()
                    else:
                        self._pass_on(content)
        self.close()

    def _pass_on(self, data: bytes) -> None:
        self._wait_while_frozen()
        self.to_client(data)

    def _wait_while_frozen(self) -> None:
        while self.server.frozen:
            time.sleep(0.02)


def wrong_literals(line: bytes, chance: random.Random) -> bytes:
    """Now and then a literal is said to be shorter or longer than it is."""
    found = _LITERAL.search(line)
    if found is None or b"BODY[" not in line or chance.random() > _OFTEN:
        return line
    size = int(found[1])
    wrong = max(0, size + chance.choice((-30, -1, 1, 25)))
    return line[: found.start()] + b"{%d}\r\n" % wrong


def missing_uids(line: bytes, chance: random.Random) -> bytes:
    """Now and then a FETCH answer does not say whose body it brings."""
    return re.sub(rb"\(UID \d+ ", b"(", line) if b"BODY[" in line and chance.random() < _OFTEN else line


def foreign_fetches(line: bytes, chance: random.Random) -> bytes:
    """Somebody else's changes are told in between, with and without UID, and with a body that is nobody's."""
    if not line.startswith(b"* ") or b" FETCH (" not in line or chance.random() > _OFTEN:
        return line
    sequence = chance.randrange(1, 200)
    noise = (
        b"* %d FETCH (FLAGS (\\Seen))\r\n" % sequence,
        b"* %d FETCH (FLAGS (\\Seen) BODY[] {6}\r\nnobody)\r\n" % sequence,
        b"* OK still here\r\n",
    )
    return chance.choice(noise) + line


def nil_bodies(line: bytes, chance: random.Random) -> bytes:
    """Now and then a body is said to be NIL."""
    return re.sub(rb"BODY\[\] \{\d+\}\r\n$", b"BODY[] NIL)\r\n", line) if chance.random() < _OFTEN else line


def phantoms(line: bytes, chance: random.Random) -> bytes:
    """Every look lists messages that are not there, with numbers far above all others."""
    if not line.startswith(b"* SEARCH"):
        return line
    return line.rstrip(b"\r\n") + b" %d 4294967294\r\n" % (2_000_000 + chance.randrange(3))


_OFTEN = 0.02
