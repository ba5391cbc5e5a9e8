"""The configuration: one TOML file in, one frozen `Config` out, or a `ConfigError` that names file, line and key.

Defaults stand at the fields below and nowhere else. Relative paths count from the config file's folder. Secrets are
named by `*_env` or `*_file` and read only when somebody asks for them, so that `explain` works without any.
"""

import difflib
import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from inboxbot.decision import Priority
from inboxbot.errors import ConfigError
from inboxbot.understanding import Intent

ACCOUNT_OWNER = "account_owner"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Section(BaseModel):
    """A table of the file: unknown keys are errors, values are fixed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Secret(BaseModel):
    """Where a secret lies; `read` fetches it."""

    model_config = ConfigDict(frozen=True)
    env: str | None = None
    file: Path | None = None

    def read(self, key: str) -> str:
        """The secret itself, or a ConfigError that names `key` and the place that was empty."""
        if self.env:
            value = os.environ.get(self.env)
            if not value:
                raise ConfigError(f"the environment variable {self.env} is not set", key=f"{key}_env")
            return value
        if self.file:
            return _read_secret_file(self.file, f"{key}_file")
        raise ConfigError(f"is needed: set {key}_env or {key}_file", key=key)


def _read_secret_file(path: Path, key: str) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"cannot read the secret file {path}", key=key) from error
    if not value:
        raise ConfigError(f"the secret file {path} is empty", key=key)
    return value


class CompanySection(Section):
    """Who we are."""

    name: str
    address: str
    aliases: tuple[str, ...] = ()
    timezone: str = "UTC"
    locale: str = "en_US"
    currency: str = "USD"

    @field_validator("address")
    @classmethod
    def _one_address(cls, value: str) -> str:
        return _address(value)

    @field_validator("aliases")
    @classmethod
    def _addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_address(value) for value in values)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"expected a time zone such as 'Europe/Berlin', got {value!r}") from None
        return value

    @field_validator("currency")
    @classmethod
    def _iso_currency(cls, value: str) -> str:
        if not _CURRENCY.fullmatch(value):
            raise ValueError(f"expected a three-letter currency code such as 'USD', got {value!r}")
        return value

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that is us, lower case."""
        return frozenset({self.address, *self.aliases})

    @property
    def domain(self) -> str:
        """The domain of our address."""
        return self.address.rpartition("@")[2]


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError(f"expected one mail address such as 'ar@company.com', got {value!r}")
    return value.lower()


class MailboxSection(Section):
    """One mailbox to read."""

    name: str = "ar"
    kind: Literal["imap", "maildir"]
    host: str = ""
    port: int = Field(993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: Path | None = None
    username: str = ""
    password_env: str | None = None
    password_file: Path | None = None
    auth: Literal["password", "xoauth2"] = "password"
    folder: str = "INBOX"
    poll_seconds: float = Field(60, gt=0)
    since: Literal["now", "all"] | date = "now"
    after: Literal["nothing", "keyword", "move"] = "nothing"
    move_to: str = ""
    path: Path | None = None

    @property
    def password(self) -> Secret:
        """Where the password (or the OAuth token) lies."""
        return Secret(env=self.password_env, file=self.password_file)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "maildir" and self.path is None:
            raise ValueError("a maildir needs `path`")
        if self.kind == "imap" and not (self.host and self.username):
            raise ValueError("an imap mailbox needs `host` and `username`")
        if self.after == "move" and not self.move_to:
            raise ValueError('`after = "move"` needs `move_to`')
        return self


class SmtpSection(Section):
    """Where replies are handed in."""

    host: str
    port: int = Field(587, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "starttls"
    ca_file: Path | None = None
    username: str = ""
    password_env: str | None = None
    password_file: Path | None = None
    auth: Literal["password"] = "password"
    sender: str | None = None
    bounce_address: str | None = None

    @field_validator("sender", "bounce_address")
    @classmethod
    def _one_address(cls, value: str | None) -> str | None:
        return None if value is None else _address(value)

    @property
    def password(self) -> Secret:
        """Where the password lies; needed only with a username."""
        return Secret(env=self.password_env, file=self.password_file)


class StoreSection(Section):
    """Where our own records lie."""

    url: str = "sqlite:///inboxbot.db"


class LedgerSection(Section):
    """Where the facts about money come from."""

    source: Literal["csv"] = "csv"
    path: Path
    sync_minutes: float = Field(15, gt=0)


class DocumentsSection(Section):
    """Where the invoice documents lie."""

    path: Path | None = None
    pattern: str = "{document}"

    @field_validator("pattern")
    @classmethod
    def _known_placeholders(cls, value: str) -> str:
        known = {"document", "invoice_number", "customer_id"}
        unknown = set(re.findall(r"{([^{}]*)}", value)) - known
        if unknown:
            raise ValueError(f"unknown placeholder {{{min(unknown)}}}; known are {', '.join(f'{{{k}}}' for k in sorted(known))}")
        return value


class AnswersSection(Section):
    """What may be answered without a person."""

    invoice_copy: bool = True
    statement_request: bool = True
    balance_query: bool = True
    payment_status: bool = True
    promise_to_pay: bool = True
    remittance_advice: bool = True
    acknowledge: Literal["off", "known"] = "off"

    def allows(self, intent: Intent) -> bool:
        """Whether this routine intent may be answered at all."""
        return intent.routine and bool(getattr(self, intent.value))


class SecuritySection(Section):
    """Whom we believe, and to whom we release."""

    authentication: Literal["gateway", "microsoft365", "gmail", "dkim", "off"] = "gateway"
    trusted_authserv_ids: tuple[str, ...] = ()
    release_to: Literal["domain", "contacts"] = "domain"
    extra_free_mail_domains: tuple[str, ...] = ()
    secret_env: str | None = None
    secret_file: Path | None = None
    allow_insecure: bool = False

    @property
    def secret(self) -> Secret | None:
        """Where our own key lies; None: beside the store."""
        return Secret(env=self.secret_env, file=self.secret_file) if self.secret_env or self.secret_file else None


class LimitsSection(Section):
    """Caps on automatic mail (counts) and on sizes (megabytes)."""

    per_thread_day: int = Field(3, ge=0)
    per_sender_day: int = Field(10, ge=0)
    per_domain_day: int = Field(50, ge=0)
    per_hour: int = Field(500, ge=0)
    max_message_mb: float = Field(40, gt=0)
    max_reply_mb: float = Field(15, gt=0)


class AlertsSection(Section):
    """Whom to wake."""

    to: tuple[str, ...] = ()
    webhook: str | None = None


class PortalSection(Section):
    """The customer's own account page."""

    base_url: str | None = None
    link_days: int = Field(14, ge=1)
    pay_url_template: str | None = None


class WebSection(Section):
    """Where the daemon listens."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)


class ModelSection(Section):
    """Which model understands the mail, and how much risk its answers may carry."""

    path: Path | None = None
    risk: float = Field(0.02, gt=0, lt=1)
    confidence: float = Field(0.95, gt=0, lt=1)


class TeamSection(Section):
    """People who share work."""

    name: str
    members: tuple[str, ...] = ()


class RuleWhen(Section):
    """When a rule applies: every condition that is given must hold; none given: always."""

    intents: tuple[Intent, ...] = ()
    customers: tuple[str, ...] = ()
    min_amount: float | None = None


class RuleThen(Section):
    """What a rule does."""

    assign: str | None = None
    priority: Priority | None = None
    answer: bool | None = None


class RuleSection(Section):
    """One rule; they apply in the order of the file."""

    name: str
    when: RuleWhen = RuleWhen()
    then: RuleThen = RuleThen()
    stop: bool = False


class Config(Section):
    """The whole file."""

    company: CompanySection
    mailbox: tuple[MailboxSection, ...] = ()
    smtp: SmtpSection | None = None
    store: StoreSection = StoreSection()
    ledger: LedgerSection
    documents: DocumentsSection = DocumentsSection()
    answers: AnswersSection = AnswersSection()
    security: SecuritySection = SecuritySection()
    limits: LimitsSection = LimitsSection()
    alerts: AlertsSection = AlertsSection()
    portal: PortalSection = PortalSection()
    web: WebSection = WebSection()
    model: ModelSection = ModelSection()
    team: tuple[TeamSection, ...] = ()
    rule: tuple[RuleSection, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for table, names in (("mailbox", [m.name for m in self.mailbox]), ("team", [t.name for t in self.team]),
                             ("rule", [r.name for r in self.rule])):  # fmt: skip
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise ValueError(f"two [[{table}]] tables are named {twice!r}; names must differ")
        return self

    @model_validator(mode="after")
    def _rules_assign_to_somebody(self) -> Self:
        teams = {team.name for team in self.team}
        for rule in self.rule:
            to = rule.then.assign
            if to is not None and "@" not in to and to not in teams | {ACCOUNT_OWNER}:
                known = ", ".join([ACCOUNT_OWNER, *sorted(teams)])
                raise ValueError(
                    f"rule {rule.name!r} assigns to {to!r}: expected a mail address, a [[team]]'s name or account_owner (known: {known})"
                )
        return self

    @property
    def sender(self) -> str:
        """The From address of every mail we send."""
        return (self.smtp.sender if self.smtp else None) or self.company.address

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that is us: company, aliases, sender, bounces."""
        extra = (self.smtp.sender, self.smtp.bounce_address) if self.smtp else ()
        return self.company.own_addresses | {address for address in extra if address}


_PATH_KEYS = {
    "mailbox": ("ca_file", "password_file", "path"),
    "smtp": ("ca_file", "password_file"),
    "ledger": ("path",),
    "documents": ("path",),
    "security": ("secret_file",),
    "model": ("path",),
}


def load(path: Path) -> Config:
    """Read and validate the file; raises ConfigError with file, line, key and what was expected."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("cannot be read", file=path) from error
    return parse(text, path)


def parse(text: str, path: Path) -> Config:
    """Validate `text` as the contents of `path`; the file itself is not read."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise ConfigError(f"not valid TOML: {error}", file=path, line=int(found[1]) if found else None) from None
    _resolve_paths(data, path.resolve().parent)
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise _explain(min(error.errors(), key=_misspelling_first), text, path) from None
    _check_security(config, text, path)
    return config


def with_rules(config: Config, path: Path) -> Config:
    """The same configuration under the [[rule]] and [[team]] tables of another file (teams stay when it has none)."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("cannot be read", file=path) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}", file=path) from None
    current = config.model_dump(mode="python", exclude_unset=True)
    current["rule"] = data.get("rule", [])
    current["team"] = data.get("team", current.get("team", []))
    try:
        return Config.model_validate(current)
    except ValidationError as error:
        raise _explain(min(error.errors(), key=_misspelling_first), text, path) from None


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
            raise ConfigError(words, file=path, line=_line_of(text, location), key=_dotted(location))


def _misspelling_first(error: ErrorDetails) -> bool:
    """A misspelt key also makes the right one missing: the misspelling is what the reader needs to hear."""
    return error["type"] != "extra_forbidden"


def _explain(error: ErrorDetails, text: str, path: Path) -> ConfigError:
    """A pydantic error as a ConfigError in plain words."""
    location = tuple(part for part in error["loc"] if not _is_union_branch(part))
    kind, words = error["type"], error["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        words = f"unknown key{_nearest(location)}"
    elif kind == "missing":
        words = "is required"
    elif kind != "value_error":
        words = f"{words[0].lower()}{words[1:]}, got {error['input']!r}"
    return ConfigError(words, file=path, line=_line_of(text, location), key=_dotted(location))


def _is_union_branch(part: str | int) -> bool:
    return isinstance(part, str) and (part.startswith("literal[") or part == "date")


def _nearest(location: tuple[str | int, ...]) -> str:
    """The known key nearest to the one that was written, as a question."""
    section: type[BaseModel] = Config
    for part in location[:-1]:
        if isinstance(part, str):
            section = _section_type(section, part)
    known = list(section.model_fields)
    near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    return f"; did you mean `{near[0]}`?" if near else f"; known here are {', '.join(known)}"


def _section_type(section: type[BaseModel], key: str) -> type[BaseModel]:
    annotation = section.model_fields[key].annotation
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))


def _dotted(location: tuple[str | int, ...]) -> str:
    """`('mailbox', 0, 'port')` as `mailbox[1].port`: people count from one."""
    words = ""
    for part in location:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else part
    return words


def _line_of(text: str, location: tuple[str | int, ...]) -> int | None:
    """The line on which a key (or, failing that, its table) is written; None when the file does not hold it."""
    wanted = [part for part in location if isinstance(part, str)] or [""]  # "": the error is about the file as a whole
    index = next((part for part in location if isinstance(part, int)), None)
    best: int | None = None
    table: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[{1,2}\s*([\w.\-]+)\s*\]", line)
        if header:
            table = header[1].split(".")
            seen[header[1]] = seen.get(header[1], -1) + 1
        here = bool(table) and table[0] == wanted[0] and (index is None or seen.get(table[0], 0) == index)
        if header and here:
            best = number
        key = re.match(r"\s*[\"']?([\w\-]+)[\"']?\s*[=.]", line)
        if key and ((here and key[1] == wanted[-1]) or (not table and key[1] == wanted[0])):
            return number
        if key and here and len(wanted) > 2 and key[1] == wanted[1] and wanted[-1] in line:
            return number
    return best
