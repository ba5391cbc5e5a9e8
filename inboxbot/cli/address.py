"""`inboxbot address`: addresses to which nothing is sent because mail to them came back.

In: a configuration's store. Out: a table or JSON; released and stopped addresses.
"""

from typing import Annotated

import typer

from inboxbot.cli.options import AsJson, ConfigPath, load_app, load_store, me, print_json

app = typer.Typer(help="Addresses to which nothing is sent.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="The mail address.")]
Who = Annotated[str, typer.Option("--as", help="Who says so (default: the login name).")]


@app.command("list")
def list_stopped(config: ConfigPath, json: AsJson = False) -> None:
    """List the addresses to which nothing is sent, and why.

    Example: inboxbot address list --config inboxbot.toml
    """
    from inboxbot.store import bounces

    with load_store(config).transaction() as session:
        rows = bounces.list_stopped(session)
    if json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['email']:<40} since {row['since'][:10]}  {row['reason']}")
    typer.echo(f"{len(rows)} addresses")


@app.command("release")
def release(email: Email, config: ConfigPath, who: Who = "") -> None:
    """Let mail go to an address again: it is alive, or has been put right.

    Example: inboxbot address release bob@customer.example --config inboxbot.toml
    """
    from inboxbot import desk

    app_ = load_app(config)
    with app_.store.transaction() as session:
        desk.release_address(session, email, who or me(), app_.now())


@app.command("stop")
def stop(email: Email, config: ConfigPath, reason: Annotated[str, typer.Option("--reason", help="Why.")], who: Who = "") -> None:
    """Send nothing more to an address until it is released.

    Example: inboxbot address stop bob@customer.example --reason "left the company" --config inboxbot.toml
    """
    from inboxbot import desk

    app_ = load_app(config)
    with app_.store.transaction() as session:
        desk.stop_address(session, email, reason, who or me(), app_.now())
