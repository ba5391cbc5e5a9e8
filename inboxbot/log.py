"""Structured logs on standard error: one named event a line, with the message's identity and never a body.

In: events. Out: JSON lines, or readable ones on a terminal.
"""

import logging
import sys
from collections.abc import Iterable
from typing import TextIO

import structlog

from inboxbot.redact import Redactor, exception_frames


def configure(stream: TextIO | None = None, *, debug: bool = False, secrets: Iterable[str] = ()) -> None:
    """Set up logging for a process, on standard error unless another stream is given; `secrets` are values never shown.

    Called by the command line when it starts, and again when it knows the configuration's secrets.
    """
    target = stream or sys.stderr
    renderer = structlog.dev.ConsoleRenderer() if target.isatty() else structlog.processors.JSONRenderer()
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
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
