"""Structured logs on standard error: one named event a line, with the message's identity and never a body.

In: events. Out: JSON lines, or readable ones on a terminal.
"""

import logging
import sys
from typing import TextIO

import structlog


def configure(stream: TextIO | None = None, *, debug: bool = False) -> None:
    """Set up logging for a process, on standard error unless another stream is given; called once by the command line."""
    target = stream or sys.stderr
    renderer = structlog.dev.ConsoleRenderer() if target.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
