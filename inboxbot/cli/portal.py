"""`inboxbot portal`: the links to customers' account pages.

In: a configuration's store. Out: revoked links.
"""

from typing import Annotated

import typer

from inboxbot.cli.options import ConfigPath, load_app

app = typer.Typer(help="Links to customers' account pages.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `revoke` a command of its own while it is the only one."""


@app.command("revoke")
def revoke(customer_id: Annotated[str, typer.Argument(help="Whose links no longer open anything.")], config: ConfigPath) -> None:
    """Revoke every valid link to a customer's account page.

    Example: inboxbot portal revoke C1001 --config inboxbot.toml
    """
    from inboxbot.store import portal_links

    app_ = load_app(config)
    with app_.store.transaction() as session:
        count = portal_links.revoke(session, customer_id, app_.now())
    typer.echo(f"{count} links revoked")
