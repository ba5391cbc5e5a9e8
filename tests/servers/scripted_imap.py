"""An IMAP server that says exactly what a test tells it to, however wrong.

In: replies by command. Out: `ScriptedImap`, a context manager that listens on a free loopback port and notes what it
was asked. A reply is bytes in which `{tag}` stands for the command's tag; `CUT` closes the connection at that place.
A line without a tag is answered as "DONE" or "LINE".
"""

import re
import socket
import socketserver
import threading
from collections import defaultdict
from collections.abc import Mapping
from typing import Self

CUT = b"<cut>"

_COMMAND = re.compile(rb"(\S+) ((?:UID )?\S+) ?(.*)", re.DOTALL)
_OK = b"{tag} OK done\r\n"
_REPLIES: Mapping[str, bytes] = {
    "greeting": b"* OK ready\r\n",
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE UIDPLUS\r\n" + _OK,
    "LOGIN": _OK,
    "SELECT": b"* FLAGS ()\r\n* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\n" + _OK,
    "UID SEARCH": b"* SEARCH 9\r\n" + _OK,
    "IDLE": b"+ idling\r\n",
    "DONE": _OK,
    "LOGOUT": b"* BYE bye\r\n" + _OK + CUT,
}


class ScriptedImap(socketserver.ThreadingTCPServer):
    """A list of replies to a command is used up one by one; the last stays."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, replies: Mapping[str, bytes | list[bytes]] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self._replies = {name: reply if isinstance(reply, list) else [reply] for name, reply in {**_REPLIES, **(replies or {})}.items()}
        self.asked: defaultdict[str, list[bytes]] = defaultdict(list)  # command -> its arguments, each time
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def reply_to(self, name: str, arguments: bytes = b"") -> bytes:
        self.asked[name].append(arguments)
        replies = self._replies.get("SELECT" if name == "EXAMINE" and name not in self._replies else name, [_OK])
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def opened(self, sock: socket.socket) -> None:
        self._open.add(sock)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        for sock in self._open:
            sock.close()
        self.server_close()
        self._thread.join()


class _Session(socketserver.StreamRequestHandler):
    server: ScriptedImap

    def handle(self) -> None:
        self.server.opened(self.request)
        try:
            self._talk()
        except (OSError, ValueError):  # the client went away, or the test is over
            return

    def _talk(self) -> None:
        going = self._say(self.server.reply_to("greeting"), b"")
        tag = b""
        while going and (line := self.rfile.readline().strip()):
            found = _COMMAND.match(line)
            if found:
                tag, name, arguments = found[1], found[2].decode().upper(), found[3]
            else:  # what follows a "+" belongs to the command before
                name, arguments = ("DONE" if line == b"DONE" else "LINE"), line
            going = self._say(self.server.reply_to(name, arguments), tag)

    def _say(self, reply: bytes, tag: bytes) -> bool:
        words, cut, _ = reply.partition(CUT)
        self.wfile.write(words.replace(b"{tag}", tag))
        return not cut
