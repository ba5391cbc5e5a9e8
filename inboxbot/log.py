"""Structured logs on standard error: one named event a line, with the message's identity and never a body.

In: events. Out: JSON lines, or readable ones on a terminal.
"""

import logging
import sys
from collections.abc import Iterable
from typing import TextIO, cast

import structlog

from inboxbot.redact import Redactor, exception_frames


def configure(stream: TextIO | None = None, *, debug: bool = False, secrets: Iterable[str] = ()) -> None:
    """Set up logging for a process, on standard error unless another stream is given; `secrets` are values never shown.

    Called by the command line when it starts, and again when it knows the configuration's secrets.
    """
    target: TextIO | None = stream or sys.stderr  # None: whoever started us closed it
    readable = target is not None and target.isatty()
    renderer = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            exception_frames,
            Redactor(secrets),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Patient(target))),
        cache_logger_on_first_use=False,
    )


class _Patient:
    """A stream that never fails: a full disk or a reader that went away costs lines of the log, and no mail its step.

    When lines can be written again, one says how many were lost.
    """

    def __init__(self, target: TextIO | None) -> None:
        self._target, self._lost = target, 0

    def write(self, line: str) -> int:
        if self._target is None:
            return len(line)
        told = f'{{"event": "log_lines_lost", "level": "warning", "lines": {self._lost}}}\n' if self._lost else ""
        try:
            self._target.write(told + line)
            self._target.flush()
        except (OSError, ValueError):  # ValueError: it is closed
            self._lost += 1
        else:
            self._lost = 0
        return len(line)

    def flush(self) -> None:
        """Every line is flushed when it is written."""
