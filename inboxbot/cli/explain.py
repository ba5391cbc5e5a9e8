"""`inboxbot explain` and `inboxbot simulate`: what would be done, without doing it.

In: mail files, or recorded mail and other rules. Out: JSON lines or plain words.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inboxbot.cli.options import AsJson, ConfigPath, load_app, parse_span, parse_time, print_json

if TYPE_CHECKING:
    from inboxbot.app import App
    from inboxbot.explain import Explained

REGRESSIONS = 3  # exit code


def add_commands(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command("explain")(explain)
    app.command("simulate")(simulate)


def explain(
    files: Annotated[list[Path], typer.Argument(help="Mail files (.eml).")],
    config: ConfigPath,
    json: AsJson = False,
    at: Annotated[str, typer.Option("--at", help="Take this ISO time as now (default: each mail's own date).")] = "",
    with_history: Annotated[bool, typer.Option("--with-history", help="Take our records of earlier mail into account.")] = False,
) -> None:
    """Say what would be done with these mails and why. Changes nothing and needs no mailbox.

    Example: inboxbot explain mail.eml --config inboxbot.toml --json
    """
    now = parse_time(at) if at else None
    for found in _explain_all(load_app(config), files, now, with_history):
        if json:
            print_json(found.as_json())
        else:
            _print_words(found)


def _explain_all(app: "App", files: list[Path], now: Any, with_history: bool) -> Iterator["Explained"]:
    from inboxbot import explain as explaining

    tools = app.tools(with_store=with_history)
    look_back = app.look_back if with_history else explaining.no_history
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            yield explaining.explained_unreadable_file(str(file), f"the file cannot be read: {error.strerror or error}", tools)
        else:
            yield explaining.explained(str(file), content, tools, now, look_back)


def _print_words(explained: "Explained") -> None:
    from rich.console import Console

    from inboxbot.cli import marked_text

    found = explained.as_json()
    entities = {key: value for key, value in found["entities"].items() if value}
    intents = ", ".join(f"{one['intent']} ({one['probability']:.2f})" for one in found["intents"])
    typer.echo(f"{found['file']}: {found['outcome'].upper()}")
    typer.echo(f"  from       {found['from'] or '(nobody)'}  customer {found['customer_id'] or '-'}  {found['authenticity']['status']}")
    typer.echo(f"  intents    {intents}")
    typer.echo(f"  entities   {', '.join(f'{key} {value}' for key, value in entities.items()) or '-'}")
    if found["answers"]:
        typer.echo(f"  answers    {', '.join(found['answers'])}")
    if found["assignee"]:
        typer.echo(f"  assignee   {found['assignee']}")
    for reason in found["reasons"]:
        typer.echo(f"  because    {reason}")
    message = explained.understood.message
    marked_text.show(Console(highlight=False), message.subject, message.new_text, explained.understood.understanding.evidence)


def simulate(
    config: ConfigPath,
    rules: Annotated[Path, typer.Option("--rules", help="A TOML file with the new [[rule]] (and [[team]]) tables.")],
    since: Annotated[str, typer.Option("--since", help="How far back: 30d, 12h ...")] = "30d",
) -> None:
    """Say what new rules would change over recorded mail; exit code 3 when they would let a machine answer more.

    Example: inboxbot simulate --config inboxbot.toml --rules new-rules.toml --since 30d
    """
    from inboxbot import config as configuration
    from inboxbot.simulation import simulate as simulate_rules

    span = parse_span(since)
    app = load_app(config)
    new = configuration.with_rules(app.config, rules)
    differences = list(simulate_rules(app.store, app.tools(), new, app.now() - span))
    for difference in differences:
        before, after = (f"{d.outcome.value} ({d.assignee or 'nobody'}, {d.priority.value})" for d in (difference.before, difference.after))
        mark = "REGRESSION " if difference.regression else ""
        typer.echo(f"{mark}{difference.message} {difference.subject[:60]!r}: {before} -> {after}")
    regressions = sum(difference.regression for difference in differences)
    typer.echo(f"{len(differences)} messages would be treated otherwise, {regressions} regressions")
    raise typer.Exit(REGRESSIONS if regressions else 0)
