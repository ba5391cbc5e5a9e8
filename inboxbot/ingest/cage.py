"""Parsing in a cage: a worker process with a bound on memory and time, which a hostile mail may kill without harm.

In: `RawMessage`. Out: `Message`, or UnreadableMessageError where the mail is over a limit or took the worker down with it. The
worker lives on from mail to mail and is made anew after a death, or after many mails; parsing there is `parse.parse` and
nothing else. One mail can delay the others by no more than its own time limit.
"""

import io
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
import weakref
from typing import Any

from inboxbot.errors import UnreadableMessageError, WorkerError
from inboxbot.message import Message, RawMessage

SECONDS = 10.0  # of computing, for one mail
MEMORY_MB = 512
MOST_MAILS = 1_000  # then the worker is made anew: what a library leaks goes with it
_LENGTH = struct.Struct(">Q")
_MOST_BYTES = 64_000_000  # of a parsed message; its texts have limits far below
_BUSY = 3  # on a machine that others use, the clock runs so many times faster than our own computing
_GRACE_SECONDS = 10.0  # and a start takes a while
_MODULE = ["-m", "inboxbot.ingest.caged"]
_KNOWN = {"inboxbot.message": None, "datetime": {"datetime", "timezone", "timedelta"}}  # what a parsed message is made of


class Cage:
    """One worker; calls from several threads take turns."""

    def __init__(self, seconds: float = SECONDS, memory_mb: float = MEMORY_MB, most_mails: int = MOST_MAILS) -> None:
        """Limits of one mail; nothing is started before the first one."""
        self._seconds, self._memory_mb, self._most_mails = seconds, memory_mb, most_mails
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def parse(self, raw: RawMessage) -> Message:
        """The message; raises UnreadableMessageError for what is over a limit or broke the worker, WorkerError when there is none."""
        with self._lock:
            try:
                return self._ask(raw)
            except _Died as death:
                if death.own_doing:
                    raise UnreadableMessageError(str(death)) from None
            try:
                return self._ask(raw)  # somebody else may have killed it; a second death is this mail's
            except _Died as death:
                raise UnreadableMessageError(str(death)) from None

    def close(self) -> None:
        """End the worker; the next mail starts another."""
        with self._lock:
            self._drop()

    def _ask(self, raw: RawMessage) -> Message:
        if self._worker is None or self._worker.served >= self._most_mails or self._worker.gone:
            self._drop()
            self._worker = _Worker(self._seconds, self._memory_mb)
        try:
            verdict, value = self._worker.ask(raw)
        except _Died:
            self._drop()
            raise
        if verdict == "exhausted":
            self._drop()
        if isinstance(value, Message):
            return value
        raise UnreadableMessageError(str(value))

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


class _Died(Exception):  # noqa: N818 - an event inside this module
    """The worker is no more. `own_doing`: it ran into its limits, so the mail is to blame."""

    def __init__(self, words: str, *, own_doing: bool) -> None:
        super().__init__(words)
        self.own_doing = own_doing


class _Worker:
    """The process and the line to it."""

    def __init__(self, seconds: float, memory_mb: float) -> None:
        self.served = 0
        self._seconds, self._memory_mb = seconds, memory_mb
        self._line, theirs = socket.socketpair()
        command = [sys.executable, *_MODULE, str(theirs.fileno()), str(seconds), str(memory_mb)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True
            )
        except OSError as error:
            self._line.close()
            raise WorkerError("the process that parses mail could not be started") from error
        finally:
            theirs.close()
        self._finish = weakref.finalize(self, _end, self._process, self._line)

    @property
    def gone(self) -> bool:
        return self._process.poll() is not None

    def ask(self, raw: RawMessage) -> tuple[str, Any]:
        """The worker's verdict; raises _Died."""
        self._line.settimeout(self._seconds * _BUSY + _GRACE_SECONDS)
        try:
            data = pickle.dumps(raw)
            self._line.sendall(_LENGTH.pack(len(data)) + data)
            answer = self._receive(_LENGTH.unpack(self._receive(_LENGTH.size))[0])
        except TimeoutError:
            raise _Died(f"parsing took longer than {self._seconds * _BUSY + _GRACE_SECONDS:g} seconds", own_doing=True) from None
        except (OSError, EOFError) as error:
            raise self._death() from error
        self.served += 1
        try:
            verdict, value = _Unpickler(io.BytesIO(answer)).load()
        except Exception as error:  # a worker that talks nonsense is a broken one
            raise _Died(f"the process that parses mail gave no sense: {type(error).__name__}", own_doing=True) from error
        return verdict, value

    def end(self) -> None:
        self._finish()

    def _receive(self, size: int) -> bytes:
        if size > _MOST_BYTES:
            raise EOFError
        parts, left = [], size
        while left:
            part = self._line.recv(min(left, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _death(self) -> _Died:
        try:
            code = self._process.wait(timeout=_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            code = 0
        if code == -signal.SIGXCPU:
            return _Died(f"parsing took more than {self._seconds:g} seconds of computing", own_doing=True)
        return _Died(f"parsing brought its process down ({_named(code)})", own_doing=False)


class _Unpickler(pickle.Unpickler):
    """Takes nothing but what a parsed message is made of: the worker has touched hostile bytes."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = _KNOWN.get(module, set())
        if "." in name or (allowed is not None and name not in allowed):  # a dotted name would lead to whatever a module imports
            raise pickle.UnpicklingError(f"{module}.{name}")
        found = super().find_class(module, name)
        if not (isinstance(found, type) and found.__module__ == module):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


def _named(code: int) -> str:
    try:
        return signal.Signals(-code).name if code < 0 else f"exit {code}"
    except ValueError:
        return f"exit {code}"


def _end(process: subprocess.Popen[bytes], line: socket.socket) -> None:
    line.close()
    process.kill()
    process.wait()
