"""The process inside the cage: bounds itself, then parses what it is handed until the line is closed.

In: pickled `RawMessage`s over a socket, from our own process. Out: pickled verdicts: ("ok", Message), ("unreadable", words),
or ("exhausted", words) where memory ran out and this process is not to be used again.
"""

import contextlib
import math
import pickle
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable

from inboxbot.errors import UnreadableMessageError
from inboxbot.ingest import parse
from inboxbot.message import Message, RawMessage

_LENGTH = struct.Struct(">Q")
_OPEN_FILES = 64


def main(arguments: list[str]) -> None:
    """Serve the line whose descriptor, and the limits, are given: seconds of computing and megabytes."""
    line, seconds, memory_mb = socket.socket(fileno=int(arguments[0])), float(arguments[1]), float(arguments[2])
    confine(memory_mb)
    with line, line.makefile("rb") as incoming:
        while len(head := incoming.read(_LENGTH.size)) == _LENGTH.size:
            data = incoming.read(_LENGTH.unpack(head)[0])
            allow_computing(seconds)
            answer = pickle.dumps(verdict(pickle.loads(data), parse.parse))  # noqa: S301 - from our own process
            line.sendall(_LENGTH.pack(len(answer)) + answer)


def confine(memory_mb: float) -> None:
    """No more memory than this, no files written, no dump of a customer's mail, and the parent alone ends us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    size = int(memory_mb * 1024 * 1024)
    limits = ((resource.RLIMIT_AS, size), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, _OPEN_FILES))
    for which, most in limits:
        with contextlib.suppress(ValueError, OSError):  # a system without this limit, or with a lower one
            resource.setrlimit(which, (most, most))


def allow_computing(seconds: float) -> None:
    """So many seconds of computing from now on, whole ones; the system ends the process after them."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = math.ceil(usage.ru_utime + usage.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


def verdict(raw: RawMessage, read: Callable[[RawMessage], Message]) -> tuple[str, Message | str]:
    """What became of one mail."""
    try:
        return "ok", read(raw)
    except MemoryError:
        return "exhausted", "parsing needs more memory than it is given"
    except UnreadableMessageError as error:
        exhausted = isinstance(error.__cause__, MemoryError)
        return ("exhausted", "parsing needs more memory than it is given") if exhausted else ("unreadable", str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
