"""`inboxbot run`: the daemon.

In: a configuration file. Out: a running process, or with --once one round and an exit code.
"""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from inboxbot.cli.options import ConfigPath, load_app
from inboxbot.errors import UsageError

if TYPE_CHECKING:
    from inboxbot.app import App

PARTS = ("ingest", "process", "send", "web", "clock")


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("run")(run)


def run(
    config: ConfigPath,
    once: Annotated[bool, typer.Option("--once", help="Handle what is there, drain the outbox, and exit.")] = False,
    only: Annotated[str, typer.Option("--only", help=f"Run only these parts, comma separated: {', '.join(PARTS)}.")] = "",
) -> None:
    """Read the mailbox, answer, queue the rest; until stopped.

    Example: inboxbot run --config inboxbot.toml
    """
    parts = _parts(only)
    raise typer.Exit(run_app(load_app(config), parts, once=once))


def run_app(app: "App", parts: frozenset[str], *, once: bool) -> int:
    """Run an app's daemon (or one round of it) to its end; the exit code."""
    from inboxbot.daemon import Daemon
    from inboxbot.once import run_once
    from inboxbot.store import lock
    from inboxbot.store.engine import sqlite_path

    app.read_secrets()
    app.warn_at_start()
    machinery = app.machinery(parts - {"web"} if once else parts)
    with lock.hold(sqlite_path(app.config.store.url), sorted(parts & {"ingest", "process", "send"})):
        try:
            return asyncio.run(run_once(machinery, parts) if once else Daemon(machinery).run(parts))
        finally:
            app.store.close()


def _parts(only: str) -> frozenset[str]:
    chosen = frozenset(part.strip() for part in only.split(",") if part.strip()) or frozenset(PARTS)
    unknown = sorted(chosen - set(PARTS))
    if unknown:
        raise UsageError(f"--only does not know {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    return chosen
