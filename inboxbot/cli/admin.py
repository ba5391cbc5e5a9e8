"""`inboxbot check`, `status`, `audit`, `export`, `ledger sync`: for whoever keeps it running.

In: a configuration file. Out: what is well and what is not, in plain lines or JSON.
"""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from inboxbot.cli.options import AsJson, ConfigPath, load_app, load_store, parse_span, print_json
from inboxbot.errors import UsageError

ledger_app = typer.Typer(help="The facts about money.", no_args_is_help=True)


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("check")(check)
    app.command("status")(status)
    app.command("audit")(audit)
    app.command("export")(export)


def check(
    config: ConfigPath, connect: Annotated[bool, typer.Option("--connect", help="Also log in to every mailbox and SMTP server.")] = False
) -> None:
    """Validate the configuration, the rules, the templates, the model and the ledger.

    With --connect it also says who vouches for the senders of each mailbox's latest mails, and which setting fits.

    Example: inboxbot check --config inboxbot.toml --connect
    """
    app = load_app(config)
    problems = app.check()
    for warning in app.warnings():
        typer.echo(f"warning: {warning}")
    if connect:
        problems += asyncio.run(app.check_connections(typer.echo))
    for problem in problems:
        typer.echo(f"inboxbot: {problem}", err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("everything is in order")


def status(config: ConfigPath, json: AsJson = False) -> None:
    """Show health and what is waiting; exit code 1 when something needs a person.

    Example: inboxbot status --config inboxbot.toml --json
    """
    from inboxbot import health

    found = health.status(load_store(config), datetime.now(UTC))
    if json:
        print_json(found)
    else:
        for name in ("messages", "outbox"):
            typer.echo(f"{name:<14}" + ", ".join(f"{count} {state}" for state, count in found[name].items()))
        ledger = found["ledger"]
        typer.echo(f"ledger        {ledger['invoices']} invoices, read {ledger['at']}" if ledger else "ledger        not read yet")
        for words in found["needs_person"]:
            typer.echo(f"needs a person: {words}")
    raise typer.Exit(1 if found["needs_person"] else 0)


def audit(
    config: ConfigPath,
    json: AsJson = False,
    since: Annotated[str, typer.Option("--since", help="Only what came in within this span, such as 7d.")] = "",
) -> None:
    """Compare every mailbox with our records; exit code 1 when a message's fate is unknown.

    Example: inboxbot audit --since 7d --config inboxbot.toml
    """
    from dataclasses import asdict

    from inboxbot import health

    app = load_app(config)
    begin = app.now() - parse_span(since) if since else None
    balances = []
    for reader in app.readers():
        try:
            balances.append(health.audit(reader, begin))
        finally:
            reader.close()
    for balance in balances:
        if json:
            print_json({key: value for key, value in asdict(balance).items() if key != "lost"})
        else:
            typer.echo(
                f"{balance.mailbox}: {balance.in_mailbox} in the mailbox, {balance.recorded} recorded, {balance.unread} not read yet"
            )
            for lost in balance.lost:
                typer.echo(f"inboxbot: {balance.mailbox}: fate unknown: {lost}", err=True)
    raise typer.Exit(1 if any(balance.unknown for balance in balances) else 0)


def export(
    config: ConfigPath,
    what: Annotated[
        str, typer.Option("--what", help="decisions, conversations, promises, disputes, outbox, audit or labels.")
    ] = "decisions",
) -> None:
    """Print records as JSON, one object a line, oldest first.

    Example: inboxbot export --config inboxbot.toml --what decisions
    """
    from inboxbot.store.export import EXPORTS

    if what not in EXPORTS:
        raise UsageError(f"--what does not know {what!r}; it takes {', '.join(EXPORTS)}")
    with load_store(config).transaction() as session:
        for row in EXPORTS[what](session):
            print_json(row)


@ledger_app.command("sync")
def ledger_sync(config: ConfigPath) -> None:
    """Read the ledger now and say what is in it; exit code 1 when rows had to be rejected.

    Example: inboxbot ledger sync --config inboxbot.toml
    """
    from inboxbot.machinery import note_sync

    app = load_app(config)
    ledger = app.ledger.current
    typer.echo(f"{len(ledger.customers)} customers, {len(ledger.invoices)} invoices, {len(ledger.payments)} payments")
    for problem in ledger.problems:
        typer.echo(f"inboxbot: {problem}", err=True)
    note_sync(app.store, ledger, app.now())
    raise typer.Exit(1 if ledger.problems else 0)
