"""A daemon in a process of its own, watched through its log.

In: how it is started. Out: `Daemon`, a context manager; `wait_for`.
"""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from servers.nursery import Child

PATIENCE = 30.0  # seconds; a test waits for what happens, and never measures how long it took


class Daemon:
    """A running `inboxbot run`."""

    def __init__(self, start: Callable[[Path], "subprocess.Popen[bytes] | Child"], log: Path) -> None:
        """`start` runs it; what it says on standard error goes to the end of the file it is given."""
        self._start, self._log = start, log

    def __enter__(self) -> Self:
        self._log.write_bytes(b"")
        self._process = self._start(self._log)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process.poll() is None:
            self.stop()

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log's lines with this event, oldest first."""
        whole = self._log.read_text(encoding="utf-8").rpartition("\n")[0]
        lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def wait_for(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until the log holds an event `count` times."""
        wait_for(lambda: len(self.events(name)) >= count or self._process.poll() is not None, f"{count} x {name}")
        found = self.events(name)
        assert len(found) >= count, f"the daemon ended: {self._log.read_text(encoding='utf-8')[-2000:]}"
        return found

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end; the exit code."""
        try:
            return self._process.wait(PATIENCE + 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise


def wait_for(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until `condition` holds; a TimeoutError names `what` did not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.02)
