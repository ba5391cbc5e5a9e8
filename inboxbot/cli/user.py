"""`inboxbot user`: accounts of the shared inbox.

In: addresses, roles, passwords (asked for, or read from standard input). Out: accounts, and invitations' links.
"""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inboxbot.cli.options import AsJson, ConfigPath, load_app, me, print_json
from inboxbot.errors import UsageError

if TYPE_CHECKING:
    from inboxbot.staff import Role

app = typer.Typer(help="Accounts of the shared inbox.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="ADDRESS", help="The person's mail address; they sign in with it.")]
RoleName = Annotated[str, typer.Option("--role", help="admin, manager, agent or inquiry (reads named customers until a day).")]
Customers = Annotated[list[str] | None, typer.Option("--customer", help="See only this customer; may be given several times.")]
Until = Annotated[str, typer.Option("--until", help="The account's last day, such as 2026-12-31.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")]


@app.command("add")
def add(
    email: Email,
    config: ConfigPath,
    name: Annotated[str, typer.Option("--name", help="How colleagues see the person.")] = "",
    role: RoleName = "agent",
    customer: Customers = None,
    until: Until = "",
    password_stdin: FromStdin = False,
) -> None:
    """Make an account; the password is asked for.

    Example: inboxbot user add dana@company.com --name "Dana Kim" --role admin --config inboxbot.toml
    """
    from inboxbot.desk import accounts
    from inboxbot.staff import terminal

    desk = load_app(config).desk
    user = accounts.add_user(
        desk,
        terminal(me()),
        email=email,
        name=name,
        role=_role(role),
        password=_password(from_stdin=password_stdin),
        customers=customer or (),
        expires_at=accounts.end_of_day(desk, until),
    )
    typer.echo(f"{user.email} is {user.role.value} and can sign in{f' at {desk.base_url}/inbox' if desk.base_url else ''}")


@app.command("invite")
def invite(
    email: Email,
    config: ConfigPath,
    name: Annotated[str, typer.Option("--name", help="How colleagues see the person.")] = "",
    role: RoleName = "agent",
    customer: Customers = None,
    until: Until = "",
) -> None:
    """Print a link with which the person makes the account; it works once.

    Example: inboxbot user invite sam@company.com --role agent --config inboxbot.toml
    """
    from inboxbot.desk import accounts
    from inboxbot.staff import terminal

    desk = load_app(config).desk
    expires_at = accounts.end_of_day(desk, until)
    token = accounts.invite(desk, terminal(me()), email=email, name=name, role=_role(role), customers=customer or (), expires_at=expires_at)
    typer.echo(f"{desk.base_url or 'http://HOST:PORT'}/inbox/invitation/{token}")


@app.command("list")
def list_users(config: ConfigPath, json: AsJson = False) -> None:
    """List accounts and open invitations.

    Example: inboxbot user list --config inboxbot.toml
    """
    from inboxbot.desk import accounts
    from inboxbot.staff import terminal

    users, invitations = accounts.users(load_app(config).desk, terminal(me()))
    plain: list[dict[str, Any]] = [
        {
            "email": user.email,
            "name": user.name,
            "role": user.role.value,
            "active": user.active,
            "customers": sorted(user.customers),
            "expires_at": user.expires_at.isoformat() if user.expires_at else None,
        }
        for user in users
    ]
    if json:
        print_json(plain)
        return
    for one in plain:
        scope = f" only {', '.join(one['customers'])}" if one["customers"] else ""
        typer.echo(f"{one['email']:<36} {one['role']:<8} {'' if one['active'] else 'off '}{one['name']}{scope}")
    for offer in invitations:
        typer.echo(f"{offer.email:<36} {offer.role.value:<8} invited, until {offer.expires_at:%Y-%m-%d}")


@app.command("password")
def password(email: Email, config: ConfigPath, password_stdin: FromStdin = False) -> None:
    """Set another password; the person is signed out everywhere.

    Example: inboxbot user password dana@company.com --config inboxbot.toml
    """
    from inboxbot.desk import accounts
    from inboxbot.staff import terminal

    accounts.set_password(load_app(config).desk, terminal(me()), email, _password(from_stdin=password_stdin))
    typer.echo(f"{email} has a new password")


@app.command("off")
def off(email: Email, config: ConfigPath) -> None:
    """Switch an account off; it is signed out everywhere, and everything it did stays on record.

    Example: inboxbot user off sam@company.com --config inboxbot.toml
    """
    from inboxbot.desk import accounts
    from inboxbot.errors import NotFoundError
    from inboxbot.staff import terminal

    desk = load_app(config).desk
    users, _ = accounts.users(desk, terminal(me()))
    user = next((user for user in users if user.email == email.lower()), None)
    if user is None:
        raise NotFoundError(f"there is no account {email}")
    accounts.change_user(
        desk, terminal(me()), user.user_id, role=user.role, active=False, customers=user.customers, expires_at=user.expires_at
    )
    typer.echo(f"{user.email} is off")


def _role(name: str) -> "Role":
    from inboxbot.staff import Role

    if name not in list(Role):
        raise UsageError(f"--role does not know {name!r}; it takes {', '.join(Role)}")
    return Role(name)


def _password(*, from_stdin: bool) -> str:
    if from_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
