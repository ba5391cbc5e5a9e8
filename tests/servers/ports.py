"""Free ports. In: nothing. Out: `Ports`, each free on the loopback address a moment ago."""

import socket
from contextlib import ExitStack
from typing import NamedTuple, Self


class Ports(NamedTuple):
    imap: int
    imaps: int
    lmtp: int
    smtp: int
    submission: int
    smtps: int

    @classmethod
    def free(cls) -> Self:
        """All are held at once before they are let go, so that none comes twice."""
        with ExitStack() as stack:
            sockets = [stack.enter_context(socket.socket()) for _ in cls._fields]
            for sock in sockets:
                sock.bind(("127.0.0.1", 0))
            return cls(*(sock.getsockname()[1] for sock in sockets))
