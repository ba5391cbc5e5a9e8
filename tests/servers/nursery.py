"""Starts the program from a process that has imported it already: the real command, without the second that every start takes.

In: arguments, an environment, a file for what it says. Out: `Child`, with the few things of `subprocess.Popen` that tests need.
The nursery is a process that has imported the program and read the model; for every start it forks, and the child runs
`inboxbot.cli.main` with a clean environment and its own output, as the installed command does. A start with a
preloaded library needs an interpreter of its own; whoever wants that starts it as a user does.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from inboxbot import cli, failpoints

_READ = 1 << 16


class Child:
    """A process that the nursery started; `pid` is its own."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._said = line, b""
        self.returncode: int | None = None
        self.pid = int(self._word(None) or 0)

    def poll(self) -> int | None:
        """The exit code, or None while it runs; minus the signal's number where one ended it."""
        if self.returncode is None and (word := self._word(0)) is not None:
            self.returncode = int(word)
            self._line.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, when there is one."""
        end = time.monotonic() + timeout if timeout is not None else None
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("inboxbot", timeout or 0)
            time.sleep(0.01)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _word(self, timeout: float | None) -> str | None:
        """The next line that its minder says; None when there is none yet."""
        self._line.settimeout(timeout)
        while b"\n" not in self._said:
            try:
                more = self._line.recv(_READ)
            except (BlockingIOError, TimeoutError):
                return None
            if not more:
                raise RuntimeError("the nursery ended before its child")
            self._said += more
        word, _, self._said = self._said.partition(b"\n")
        return word.decode()


class Nursery:
    """The process; a context manager. It ends with whoever made it, at the latest."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="nursery-")
        self._path = f"{self._folder.name}/line"

    def __enter__(self) -> Self:
        given = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parent.parent)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "servers.nursery", self._path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=given
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError("the nursery did not come up")
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._folder.cleanup()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], output: Path, errors: Path | None = None) -> Child:
        """`inboxbot ARGUMENTS`, in this environment and no other; what it says is appended to the files (`errors`: to the same)."""
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._path)
        order = {"arguments": list(arguments), "environment": dict(environment), "output": str(output), "errors": str(errors or output)}
        line.sendall(json.dumps(order).encode() + b"\n")
        return Child(line)


def _serve(path: str) -> None:
    """The nursery's own life: one minder per order, until whoever made us is gone."""
    _preload()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    listener.settimeout(1)
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            line, _ = listener.accept()
        except TimeoutError:
            continue
        if os.fork() == 0:
            listener.close()
            _mind(line)
        line.close()


def _mind(line: socket.socket) -> None:
    """Fork the child, say its number, and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line.settimeout(None)
    order = json.loads(line.makefile("rb").readline())
    child = os.fork()
    if child == 0:
        line.close()
        _become(order)
    line.sendall(f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(order: Mapping[str, Any]) -> None:
    """From here on this process is the command."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    output, errors = (os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) for name in ("output", "errors"))
    for number, target in ((nothing, 0), (output, 1), (errors, 2)):
        os.dup2(number, target)
        os.close(number)
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["inboxbot", *order["arguments"]]
    _arm(order["environment"].get(failpoints.VARIABLE, ""))
    cli.main()


def _arm(specification: str) -> None:
    """What importing the program under this specification would have done: every module's `reach` does what it says."""
    if not specification:
        return
    idle, armed = failpoints.reach, failpoints.armed(specification)
    for module in [module for name, module in sys.modules.items() if name.startswith("inboxbot")]:
        if getattr(module, "reach", None) is idle:
            module.reach = armed  # type: ignore[attr-defined]


def _preload() -> None:
    """Import what the program imports, and read once what every start reads anew: the model, the word lists."""
    import functools  # noqa: PLC0415 - in the nursery alone

    import babel.dates  # noqa: F401, PLC0415 - what the program loads when it first needs it
    import typst  # noqa: F401, PLC0415
    from apscheduler.schedulers import background  # noqa: F401, PLC0415

    from inboxbot import daemon, domains, machinery, sending  # noqa: F401, PLC0415
    from inboxbot.app import shipped_model  # noqa: PLC0415
    from inboxbot.classify import artifact, machine_words, word_lists  # noqa: PLC0415
    from inboxbot.classify.understand import Understander  # noqa: PLC0415, F401
    from inboxbot.store.engine import Store  # noqa: PLC0415

    artifact.load = functools.cache(artifact.load)  # type: ignore[assignment]
    word_lists.load_word_lists = functools.cache(word_lists.load_word_lists)
    artifact.load(shipped_model())
    word_lists.load_word_lists()
    machine_words.found("absence", "")
    domains.organizational("inboxbot.example")
    Store("sqlite://").close()  # the schema's changes, all of them


if __name__ == "__main__":
    _serve(sys.argv[1])
