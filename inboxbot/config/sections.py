"""The tables of the configuration file; defaults stand at the fields below and nowhere else.

In: values from TOML. Out: frozen pydantic models. What a value may be is checked where it is declared.
"""

import re
from datetime import date
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from inboxbot.config import patterns
from inboxbot.config.secret import Secret
from inboxbot.decision import Priority
from inboxbot.understanding import Intent

ACCOUNT_OWNER = "account_owner"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
_RETURN_ID = 36  # characters of a filled-in {id}
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
MOST_RULES = 500
_CURRENCY = re.compile(r"[A-Z]{3}")


class Section(BaseModel):
    """A table of the file: unknown keys are errors, values are fixed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class CompanySection(Section):
    """Who we are."""

    name: str
    address: str
    aliases: tuple[str, ...] = ()
    timezone: str = "UTC"
    locale: str = "en_US"
    currency: str = "USD"
    bank_accounts: tuple[str, ...] = ()

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

    @field_validator("locale")
    @classmethod
    def _known_locale(cls, value: str) -> str:
        from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - its data is large, and most commands need none

        try:
            Locale.parse(value)
        except (UnknownLocaleError, ValueError):
            raise ValueError(f"expected a locale such as 'en_US', got {value!r}") from None
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
    password_credential: str | None = None
    auth: Literal["password", "xoauth2"] = "password"
    oauth: str = ""
    folder: str = "INBOX"
    poll_seconds: float = Field(60, gt=0)
    since: Literal["now", "all"] | date = "now"
    after: Literal["nothing", "keyword", "move"] = "nothing"
    move_to: str = ""
    path: Path | None = None
    connect_seconds: float = Field(15, gt=0)
    read_seconds: float = Field(60, gt=0)
    idle_seconds: float = Field(540, gt=0)
    retry_seconds: float = Field(1, gt=0)
    longest_retry_seconds: float = Field(300, gt=0)
    refused_retry_seconds: float = Field(1800, gt=0)
    reconcile_hours: float = Field(24, gt=0)
    reconcile_days: float = Field(7, ge=0)

    @property
    def password(self) -> Secret:
        """Where the password (or the OAuth token) lies."""
        return Secret(env=self.password_env, file=self.password_file, credential=self.password_credential)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "maildir" and self.path is None:
            raise ValueError("a maildir needs `path`")
        if self.kind == "imap" and not (self.host and self.username):
            raise ValueError("an imap mailbox needs `host` and `username`")
        if self.after == "move" and not self.move_to:
            raise ValueError('`after = "move"` needs `move_to`')
        return self


class OAuthSection(Section):
    """Where an access token comes from."""

    name: str
    token_url: str
    client_id: str
    client_secret_env: str | None = None
    client_secret_file: Path | None = None
    client_secret_credential: str | None = None
    scope: str = ""
    refresh_token_env: str | None = None
    refresh_token_file: Path | None = None
    refresh_token_credential: str | None = None

    @property
    def client_secret(self) -> Secret:
        """Where the client's secret lies; public clients have none."""
        return Secret(env=self.client_secret_env, file=self.client_secret_file, credential=self.client_secret_credential)

    @property
    def refresh_token(self) -> Secret:
        """Where the refresh token lies; without one the client asks in its own name."""
        return Secret(env=self.refresh_token_env, file=self.refresh_token_file, credential=self.refresh_token_credential)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not (self.client_secret.named or self.refresh_token.named):
            raise ValueError("needs client_secret_env or client_secret_file, or refresh_token_env or refresh_token_file")
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
    password_credential: str | None = None
    auth: Literal["password", "xoauth2"] = "password"
    oauth: str = ""
    sender: str | None = None
    bounce_address: str | None = None
    connect_seconds: float = Field(15, gt=0)
    command_seconds: float = Field(60, gt=0)
    last_reply_seconds: float = Field(600, gt=0)
    sent_copy: Literal["auto", "append", "server", "off"] = "auto"
    sent_mailbox: str = ""
    sent_folder: str = ""

    @field_validator("sender", "bounce_address")
    @classmethod
    def _one_address(cls, value: str | None) -> str | None:
        return None if value is None else _address(value)

    @field_validator("bounce_address")
    @classmethod
    def _room_for_the_id(cls, value: str | None) -> str | None:
        local = (value or "").rpartition("@")[0]
        if local.count("{id}") > 1 or (value or "").count("{") > local.count("{id}"):
            raise ValueError(f"expected an address with {{id}} at most once, before the @, got {value!r}")
        if "{id}" in local and len(local) - len("{id}") + _RETURN_ID > _LONGEST_LOCAL:
            raise ValueError(f"too long: {{id}} becomes {_RETURN_ID} characters, and what stands before the @ may have {_LONGEST_LOCAL}")
        return value

    @property
    def password(self) -> Secret:
        """Where the password lies; needed only with a username."""
        return Secret(env=self.password_env, file=self.password_file, credential=self.password_credential)


class SendingSection(Section):
    """The outbox's waits."""

    claim_seconds: float = Field(300, gt=0)
    first_retry_seconds: float = Field(20, gt=0)
    longest_retry_seconds: float = Field(3600, gt=0)
    give_up_hours: float = Field(24, gt=0)
    doubt_minutes: tuple[float, ...] = (1, 5, 15, 60)
    sent_copy_seconds: float = Field(30, ge=0)
    check_seconds: float = Field(30, gt=0)


class StoreSection(Section):
    """Where our own records lie."""

    url: str = "sqlite:///inboxbot.db"
    busy_seconds: float = Field(30, gt=0)


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
    secret_credential: str | None = None
    allow_insecure: bool = False
    four_eyes: Literal["off", "fraud", "all"] = "fraud"

    @property
    def secret(self) -> Secret | None:
        """Where our own key lies; None: beside the store."""
        named = self.secret_env or self.secret_file or self.secret_credential
        return Secret(env=self.secret_env, file=self.secret_file, credential=self.secret_credential) if named else None


class ReleaseSection(Section):
    """How much one customer is told by mail without a person; counts within 24 hours."""

    documents_per_mail: int = Field(20, ge=1, le=20)
    documents_per_day: int = Field(40, ge=0)
    invoices_per_day: int = Field(80, ge=0)
    first_time: Literal["answer", "hold_unlisted", "hold"] = "answer"


class LimitsSection(Section):
    """Caps on automatic mail (counts) and on sizes (megabytes)."""

    per_thread_day: int = Field(3, ge=0)
    per_sender_day: int = Field(10, ge=0)
    per_domain_day: int = Field(50, ge=0)
    per_hour: int = Field(500, ge=0)
    max_message_mb: float = Field(40, gt=0)
    max_reply_mb: float = Field(15, gt=0)
    parse_seconds: float = Field(10, ge=1)
    parse_memory_mb: float = Field(512, ge=128)


class AlertsSection(Section):
    """Whom to wake."""

    to: tuple[str, ...] = ()
    webhook: str | None = None
    silent_minutes: float = Field(15, gt=0)
    disk_free_mb: float = Field(500, ge=0)
    check_seconds: float = Field(30, gt=0)
    audit_hours: float = Field(24, gt=0)

    @field_validator("to")
    @classmethod
    def _addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_address(value) for value in values)

    @field_validator("webhook")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://[^\s/]+", value):
            raise ValueError(f"expected an address that begins with https:// or http://, got {value!r}")
        return value


class PortalSection(Section):
    """The customer's own account page."""

    base_url: str | None = None
    link_days: int = Field(14, ge=1)
    pay_url_template: str | None = None


class WebSection(Section):
    """Where the daemon listens."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)


class InboxSection(Section):
    """The shared inbox of the staff."""

    base_url: str | None = None
    urgent_hours: float = Field(2, gt=0)
    high_hours: float = Field(4, gt=0)
    normal_hours: float = Field(8, gt=0)
    low_hours: float = Field(24, gt=0)
    undo_seconds: float = Field(10, ge=0, le=120)
    session_idle_hours: float = Field(12, gt=0)
    session_days: float = Field(7, gt=0)
    invitation_days: float = Field(7, gt=0)

    @property
    def answer_within(self) -> dict[Priority, float]:
        """Hours in which an answer is due, by priority."""
        return {
            Priority.URGENT: self.urgent_hours,
            Priority.HIGH: self.high_hours,
            Priority.NORMAL: self.normal_hours,
            Priority.LOW: self.low_hours,
        }


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
    subject: tuple[str, ...] = ()
    text: tuple[str, ...] = ()

    @field_validator("subject", "text")
    @classmethod
    def _re2(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return patterns.checked(values)


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
    oauth: tuple[OAuthSection, ...] = ()
    smtp: SmtpSection | None = None
    sending: SendingSection = SendingSection()
    store: StoreSection = StoreSection()
    ledger: LedgerSection
    documents: DocumentsSection = DocumentsSection()
    answers: AnswersSection = AnswersSection()
    security: SecuritySection = SecuritySection()
    release: ReleaseSection = ReleaseSection()
    limits: LimitsSection = LimitsSection()
    alerts: AlertsSection = AlertsSection()
    portal: PortalSection = PortalSection()
    web: WebSection = WebSection()
    inbox: InboxSection = InboxSection()
    model: ModelSection = ModelSection()
    team: tuple[TeamSection, ...] = ()
    rule: tuple[RuleSection, ...] = Field((), max_length=MOST_RULES)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Where every secret lies that this file names."""
        own = (self.security.secret,) if self.security.secret else ()
        tokens = (secret for one in self.oauth for secret in (one.client_secret, one.refresh_token))
        return (*(mailbox.password for mailbox in self.mailbox), *((self.smtp.password,) if self.smtp else ()), *own, *tokens)

    @property
    def sender(self) -> str:
        """The From address of every mail we send."""
        return (self.smtp.sender if self.smtp else None) or self.company.address

    @property
    def return_path(self) -> str:
        """The envelope sender of every mail we send; `{id}` in it is filled in for each."""
        return (self.smtp.bounce_address if self.smtp else None) or self.sender

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that is us: company, aliases, sender, bounces."""
        extra = (self.smtp.sender, self.smtp.bounce_address) if self.smtp else ()
        return self.company.own_addresses | {address.replace("{id}", "") for address in extra if address}
