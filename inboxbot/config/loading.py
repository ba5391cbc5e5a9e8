"""Reading the file: TOML in, a frozen `Config` out, or a `ConfigError`. Relative paths count from the file's folder.

In: a path (or a text and the path it stands for). Out: `Config`.
"""

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from inboxbot.config.problems import dotted, explain, line_of
from inboxbot.config.sections import ACCOUNT_OWNER, LOOPBACK, Config, MailboxSection, SmtpSection, StoreSection
from inboxbot.errors import ConfigError

MOST_BYTES = 1_000_000  # of a configuration file: nobody writes more, and reading must not take long
_PATH_KEYS = {
    "mailbox": ("ca_file", "password_file", "path"),
    "oauth": ("client_secret_file", "refresh_token_file"),
    "smtp": ("ca_file", "password_file"),
    "ledger": ("path",),
    "documents": ("path",),
    "security": ("secret_file",),
    "model": ("path",),
}


def load(path: Path) -> Config:
    """Read and validate the file; raises ConfigError with file, line, key and what was expected."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"is larger than {MOST_BYTES // 1000} kB", file=path)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("cannot be read", file=path) from error
    return parse(text, path)


def parse(text: str, path: Path) -> Config:
    """Validate `text` as the contents of `path`; the file itself is not read."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(error, path) from None
    _resolve_paths(data, path.resolve().parent)
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise explain(error.errors(), text, path) from None
    _check_security(config, text, path)
    _check_webhook(config, text, path)
    _check_oauth(config, text, path)
    _check_names(config, text, path)
    return config


def _not_toml(error: tomllib.TOMLDecodeError, path: Path) -> ConfigError:
    found = re.search(r"at line (\d+)", str(error))
    return ConfigError(f"not valid TOML: {error}", file=path, line=int(found[1]) if found else None)


def with_rules(config: Config, path: Path) -> Config:
    """The same configuration under the [[rule]] and [[team]] tables of another file (teams stay when it has none)."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("cannot be read", file=path) from error
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(error, path) from None
    current = config.model_dump(mode="python", exclude_unset=True)
    current["rule"] = data.get("rule", [])
    current["team"] = data.get("team", current.get("team", []))
    try:
        changed = Config.model_validate(current)
        _check_names(changed, text, path)
    except ValidationError as error:
        raise explain(error.errors(), text, path) from None
    return changed


def _resolve_paths(data: dict[str, Any], folder: Path) -> None:
    for table, keys in _PATH_KEYS.items():
        section = data.get(table)
        for one in section if isinstance(section, list) else [section]:
            for key in keys:
                if isinstance(one, dict) and isinstance(one.get(key), str):
                    one[key] = folder / one[key]
    store = data.get("store")
    if isinstance(store, dict) or store is None:
        url = (store or {}).get("url", StoreSection().url)
        if isinstance(url, str):
            data["store"] = {**(store or {}), "url": _absolute_sqlite(url, folder)}


def _absolute_sqlite(url: str, folder: Path) -> str:
    prefix = "sqlite:///"
    name = url.removeprefix(prefix)
    if not url.startswith(prefix) or name in ("", ":memory:"):
        return url
    return f"{prefix}{folder / name}"


def _check_security(config: Config, text: str, path: Path) -> None:
    """TLS may be left out only on this machine itself, unless the file says that it is meant."""
    if config.security.allow_insecure:
        return
    ends = [(("mailbox", i, "security"), m.host, m.security) for i, m in enumerate(config.mailbox) if m.kind == "imap"]
    if config.smtp:
        ends.append((("smtp", "security"), config.smtp.host, config.smtp.security))  # type: ignore[arg-type]
    for location, host, security in ends:
        if security == "none" and host not in LOOPBACK:
            words = (
                f'"none" would send passwords and mail to {host} in clear; use "tls" or "starttls", or set [security] allow_insecure = true'
            )
            raise ConfigError(words, file=path, line=line_of(text, location), key=dotted(location))


def _check_webhook(config: Config, text: str, path: Path) -> None:
    """Alerts name customers and addresses: they do not travel in clear."""
    target = urlsplit(config.alerts.webhook or "https://")
    if target.scheme != "https" and target.hostname not in LOOPBACK and not config.security.allow_insecure:
        words = f"{target.scheme or 'no scheme'} would send alerts in clear; use https, or set [security] allow_insecure = true"
        _refuse(words, ("alerts", "webhook"), text, path)


def _check_oauth(config: Config, text: str, path: Path) -> None:
    """Tokens and the secrets they are bought with do not travel in clear, and whoever names a table finds it."""
    known = [one.name for one in config.oauth]
    for index, one in enumerate(config.oauth):
        target = urlsplit(one.token_url)
        loopback = target.scheme == "http" and (target.hostname in LOOPBACK or config.security.allow_insecure)
        if not target.hostname or not (target.scheme == "https" or loopback):
            _refuse(f"expected an address that begins with https://, got {one.token_url!r}", ("oauth", index, "token_url"), text, path)
    ends: list[tuple[tuple[str | int, ...], MailboxSection | SmtpSection]] = [
        (("mailbox", i, "oauth"), mailbox) for i, mailbox in enumerate(config.mailbox)
    ]
    ends += [(("smtp", "oauth"), config.smtp)] if config.smtp else []
    for location, end in ends:
        if end.oauth and end.oauth not in known:
            _refuse(
                f"expected the name of an [[oauth]] table (known: {', '.join(known) or 'none'}), got {end.oauth!r}", location, text, path
            )
        if end.oauth and end.auth != "xoauth2":
            _refuse('is used only with auth = "xoauth2"', location, text, path)


def _check_names(config: Config, text: str, path: Path) -> None:
    """Names that must differ differ, and rules assign to somebody that exists."""
    tables = {
        "mailbox": [mailbox.name for mailbox in config.mailbox],
        "oauth": [one.name for one in config.oauth],
        "team": [team.name for team in config.team],
        "rule": [rule.name for rule in config.rule],
    }
    for table, names in tables.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                _refuse(f"two [[{table}]] tables are named {name!r}; names must differ", (table, index, "name"), text, path)
    if config.smtp and config.mailbox and config.smtp.sent_mailbox not in ("", *tables["mailbox"]):
        words = f"expected the name of a [[mailbox]] (known: {', '.join(tables['mailbox'])}), got {config.smtp.sent_mailbox!r}"
        _refuse(words, ("smtp", "sent_mailbox"), text, path)
    known = [ACCOUNT_OWNER, *sorted(team.name for team in config.team)]
    for index, rule in enumerate(config.rule):
        to = rule.then.assign
        if to is not None and "@" not in to and to not in known:
            words = f"expected a mail address, a [[team]]'s name or account_owner (known: {', '.join(known)}), got {to!r}"
            _refuse(words, ("rule", index, "then", "assign"), text, path)


def _refuse(words: str, location: tuple[str | int, ...], text: str, path: Path) -> None:
    raise ConfigError(words, file=path, line=line_of(text, location), key=dotted(location))
