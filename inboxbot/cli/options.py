"""Options that several commands share, and loading what they name.

In: option values. Out: a `Config`, an `App`, a time.
"""

import getpass
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inboxbot.errors import UsageError

if TYPE_CHECKING:
    from inboxbot.app import App
    from inboxbot.config import Config
    from inboxbot.store.engine import Store

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration file (TOML).", envvar="INBOXBOT_CONFIG")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_SPAN = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def load_app(path: Path) -> "App":
    """The composition root for a configuration file."""
    from inboxbot.app import App

    return App(load_config(path))


def load_store(path: Path) -> "Store":
    """Our own records alone: commands that only look at them wait for nothing else to be loaded."""
    from inboxbot.store.engine import Store

    section = load_config(path).store
    return Store(section.url, busy_seconds=section.busy_seconds)


def load_config(path: Path) -> "Config":
    """The configuration, and a log that shows none of its secrets."""
    from inboxbot import config, log

    log.configure()
    loaded = config.load(path)
    log.configure(secrets=[secret.peek() for secret in loaded.secrets])
    return loaded


def parse_time(value: str) -> datetime:
    """An ISO time (UTC where it names no zone), or a UsageError."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{value!r} is not an ISO time such as 2026-11-20T09:00:00+01:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def parse_span(value: str) -> timedelta:
    """`30d`, `12h`, `90m`, `2w` as a duration, or a UsageError."""
    match = _SPAN.fullmatch(value.strip())
    if not match:
        raise UsageError(f"{value!r} is not a span such as 30d, 12h or 90m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def me() -> str:
    """Who works at this terminal."""
    return getpass.getuser()


def print_json(value: Any) -> None:
    """One JSON value on one line."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))
