"""`inboxbot outbox`: mail on its way out, and what a person says of one in doubt.

In: a configuration's store. Out: a table or JSON; settled items.
"""

from typing import Annotated

import typer

from inboxbot.cli.options import AsJson, ConfigPath, load_app, load_store, me, print_json
from inboxbot.errors import UsageError

app = typer.Typer(help="Mail on its way out.", no_args_is_help=True)
Who = Annotated[str, typer.Option("--as", help="Who says so (default: the login name).")]


@app.command("list")
def list_items(
    config: ConfigPath, json: AsJson = False, state: Annotated[str, typer.Option("--state", help="Only items in this state.")] = ""
) -> None:
    """List outgoing mail.

    Example: inboxbot outbox list --config inboxbot.toml --state in_doubt
    """
    from inboxbot.store import export

    with load_store(config).transaction() as session:
        rows = [row for row in export.outbox(session) if state in ("", row["state"])]
    if json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['id']:>6}  {row['state']:<9} {row['kind']:<15} {row['rcpt_to']:<40} {row['last_error']}")
    typer.echo(f"{len(rows)} items")


@app.command("hold")
def hold(config: ConfigPath, reason: Annotated[str, typer.Option("--reason", help="Why.")] = "asked for", who: Who = "") -> None:
    """Let no automatic mail leave until it is resumed; people's replies still go out.

    Example: inboxbot outbox hold --reason "the new ledger looks wrong" --config inboxbot.toml
    """
    from inboxbot.desk import brake

    app_ = load_app(config)
    with app_.store.transaction() as session:
        brake.hold_mail(session, reason, who or me(), app_.now())


@app.command("resume")
def resume(config: ConfigPath, who: Who = "") -> None:
    """Let automatic mail leave again after it was held.

    Example: inboxbot outbox resume --config inboxbot.toml
    """
    from inboxbot.desk import brake

    app_ = load_app(config)
    with app_.store.transaction() as session:
        brake.resume_mail(session, who or me(), app_.now())


@app.command("settle")
def settle(
    outbox_id: Annotated[int, typer.Argument(metavar="ID", help="The item in doubt.")],
    config: ConfigPath,
    was_sent: Annotated[bool, typer.Option("--was-sent", help="It arrived.")] = False,
    send_again: Annotated[bool, typer.Option("--send-again", help="It did not arrive: send the same mail again.")] = False,
    who: Annotated[str, typer.Option("--as", help="Who says so (default: the login name).")] = "",
) -> None:
    """Say what became of a mail in doubt; inboxbot never decides that by itself.

    Example: inboxbot outbox settle 7 --was-sent --config inboxbot.toml
    """
    from inboxbot import desk

    if was_sent == send_again:
        raise UsageError("say either --was-sent or --send-again")
    app_ = load_app(config)
    with app_.store.transaction() as session:
        desk.settle(session, outbox_id, was_sent=was_sent, who=who or me(), now=app_.now())
