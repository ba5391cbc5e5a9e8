"""`inboxbot demo`: the whole thing on embedded servers.

In: nothing that needs preparing. Out: a running made-up company.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from inboxbot.errors import UsageError


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the sample mails.")] = False,
    folder: Annotated[Path | None, typer.Option("--folder", help="An empty folder to work in (default: a temporary one).")] = None,
) -> None:
    """Run a made-up company: embedded IMAP and SMTP servers, a sample ledger with PDFs, sample mails, the real daemon.

    Example: inboxbot demo --once
    """
    from rich.console import Console

    from inboxbot.demo import show

    console = Console()
    if folder is not None:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"--folder {folder} is not empty")
        folder.mkdir(parents=True, exist_ok=True)
        raise typer.Exit(asyncio.run(show.run(folder.resolve(), once=once, console=console)))
    with tempfile.TemporaryDirectory(prefix="inboxbot-demo-") as temporary:
        raise typer.Exit(asyncio.run(show.run(Path(temporary), once=once, console=console)))
