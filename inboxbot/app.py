"""The composition root: the only place that builds adapters and connects them.

In: a `Config`. Out: `App`, from which the command line and the daemon take what they need. Reading this one file shows
what is connected to what.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog

from inboxbot.alarms.channels import Channel, MailChannel, Webhook
from inboxbot.alarms.notices import Notice
from inboxbot.alarms.pulses import Pulses
from inboxbot.alarms.watch import Watch
from inboxbot.config import LOOPBACK, Config, MailboxSection, SmtpSection, write_secret
from inboxbot.credentials import Credential, OAuthToken, stored
from inboxbot.decision import History, Understood
from inboxbot.desk.learned import LearnedLedger
from inboxbot.errors import ConfigError, InboxbotError
from inboxbot.facts import Facts
from inboxbot.ingest import survey
from inboxbot.ingest.authenticity import nobody_answers
from inboxbot.ingest.cage import Cage
from inboxbot.ingest.dns import DnsResolver, TxtLookup
from inboxbot.ingest.mailbox import Mailbox
from inboxbot.ingest.mailbox_kinds import open_mailbox
from inboxbot.ingest.sent_folder import ImapSentFolder
from inboxbot.ledger.documents import Documents
from inboxbot.ledger.free_mail import FREE_MAIL_DOMAINS
from inboxbot.ledger.model import Resolver
from inboxbot.ledger.source import LedgerSource
from inboxbot.machinery import Machinery
from inboxbot.message import RawMessage
from inboxbot.pipeline import MEGABYTE, Tools, Understands, look_back
from inboxbot.reading import MailboxReader
from inboxbot.reply import OutboxItem
from inboxbot.responders import alert
from inboxbot.responders.templates import compile_all
from inboxbot.responders.transport import SmtpTransport, Timeouts, given_id
from inboxbot.sending import Pace, Sender
from inboxbot.sent_copies import SentCopies
from inboxbot.store import portal_links
from inboxbot.store.engine import Store, sqlite_path

if TYPE_CHECKING:
    from inboxbot.classify.understand import Understander
    from inboxbot.desk.office import Desk
    from inboxbot.web.services import WebServices

_KEY_BYTES = 32
_log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The clock; everything else is told the time."""
    return datetime.now(UTC)


@dataclass
class App:
    """Everything that one process of inboxbot is made of, built when it is first asked for."""

    config: Config
    now: Callable[[], datetime] = utc_now

    @cached_property
    def store(self) -> Store:
        """Our own records."""
        return Store(self.config.store.url, busy_seconds=self.config.store.busy_seconds)

    @cached_property
    def ledger(self) -> LedgerSource:
        """The facts about money."""
        return LedgerSource(self.config.ledger)

    @cached_property
    def documents(self) -> Documents:
        """The invoice documents."""
        return Documents(self.config.documents)

    @cached_property
    def resolver(self) -> Resolver:
        """Who is a colleague, and which domains are nobody's."""
        extra = {domain.lower() for domain in self.config.security.extra_free_mail_domains}
        return Resolver(frozenset({self.config.company.domain}), FREE_MAIL_DOMAINS | extra, self.config.company.currency)

    @cached_property
    def understander(self) -> "Understander":
        """The model, loaded."""
        from inboxbot.classify.artifact import load as load_artifact  # noqa: PLC0415 - NumPy is needed only where mail is read
        from inboxbot.classify.intents import IntentModel  # noqa: PLC0415 - the same
        from inboxbot.classify.understand import Understander  # noqa: PLC0415 - the same
        from inboxbot.classify.word_lists import load_word_lists  # noqa: PLC0415 - the same

        artifact = load_artifact(self.config.model.path or shipped_model())
        section = self.config.model
        return Understander(IntentModel(artifact), load_word_lists(), risk=section.risk, confidence=section.confidence)

    @cached_property
    def lookup(self) -> TxtLookup:
        """The DNS, where signatures are verified here; else nobody is asked."""
        return DnsResolver() if self.config.security.authentication == "dkim" else nobody_answers

    @cached_property
    def key(self) -> bytes:
        """Our own secret: signs Message-IDs."""
        named = self.config.security.secret
        return named.read("security.secret").encode() if named else _own_key(self.config)

    def tools(self, *, with_store: bool = True, understander: Understands | None = None) -> Tools:
        """What the pipeline works with; without a store (explain) nothing is signed and nothing is written."""
        return Tools(
            config=self.config,
            ledger=self.learned if with_store else lambda: self.ledger.current,
            documents=self.documents,
            resolver=self.resolver,
            understander=understander or self.understander,
            key=self.key if with_store else b"",
            portal_base=self.portal_base,
            parse=self.cage.parse,
            lookup=self.lookup,
        )

    @cached_property
    def cage(self) -> Cage:
        """Where mail is parsed."""
        return Cage(self.config.limits.parse_seconds, self.config.limits.parse_memory_mb)

    @property
    def portal_base(self) -> str | None:
        """Where customers reach the account page; None where they cannot: then no answer carries a link."""
        web = self.config.web
        reachable = web.host not in LOOPBACK and web.port != 0
        return self.config.portal.base_url or (f"http://{web.host}:{web.port}" if reachable else None)

    def readers(self) -> list[MailboxReader]:
        """One reader per mailbox."""
        limit = int(self.config.limits.max_message_mb * MEGABYTE)
        zone = ZoneInfo(self.config.company.timezone)
        sections = [(section, self.credential(section)) for section in self.config.mailbox]
        return [
            MailboxReader(section, open_mailbox(section, limit, credential), self.store, zone, self.now, credential)
            for section, credential in sections
        ]

    def credential(self, section: MailboxSection | SmtpSection) -> Credential:
        """What is shown at a login there. Whoever names the same [[oauth]] table shares its token."""
        if section.oauth:
            return self._tokens[section.oauth]
        return stored(section)

    @cached_property
    def _tokens(self) -> dict[str, OAuthToken]:
        return {one.name: OAuthToken(one) for one in self.config.oauth}

    def transport(self) -> SmtpTransport:
        """The way out; raises ConfigError without an [smtp] section."""
        smtp = self.smtp
        return SmtpTransport(
            smtp, timeouts=Timeouts(smtp.connect_seconds, smtp.command_seconds, smtp.last_reply_seconds), credential=self.credential(smtp)
        )

    @property
    def smtp(self) -> SmtpSection:
        """The [smtp] section, which a sending process needs."""
        if self.config.smtp is None:
            raise ConfigError("is needed to send mail", key="smtp")
        return self.config.smtp

    def sender(self) -> Sender:
        """What drains the outbox."""
        pace = Pace.of(self.config.sending, self.smtp)
        return Sender(
            self.store,
            self.transport(),
            self.learned,
            self.resolver,
            self.now,
            pace,
            self.documents.fetch,
            most_per_hour=self.config.limits.per_hour,
            report=lambda words: self.pulses.trouble("smtp", words) if words else self.pulses.ok("smtp"),
            given_id=partial(given_id, self.smtp.host),
            seal=self.credential(self.smtp).seal,
        )

    def sent_copies(self) -> SentCopies | None:
        """What looks after the Sent folder; None without an IMAP mailbox, or where [smtp] sent_copy = "off"."""
        smtp, sending = self.config.smtp, self.config.sending
        mailbox = self._sent_mailbox
        if smtp is None or smtp.sent_copy == "off" or mailbox is None:
            return None
        return SentCopies(
            self.store,
            ImapSentFolder(mailbox, smtp.sent_folder, self.credential(mailbox)),
            self.key,
            self.now,
            smtp.sent_copy,
            timedelta(seconds=sending.sent_copy_seconds),
            tuple(timedelta(minutes=minutes) for minutes in sending.doubt_minutes),
        )

    @property
    def _sent_mailbox(self) -> MailboxSection | None:
        """The mailbox whose Sent folder is looked after."""
        smtp = self.config.smtp
        if smtp is None or smtp.sent_copy == "off":
            return None
        return next((m for m in self.config.mailbox if m.kind == "imap" and smtp.sent_mailbox in ("", m.name)), None)

    def machinery(self, parts: frozenset[str]) -> Machinery:
        """What the daemon's tasks work with, built and checked for these parts."""
        return Machinery(
            store=self.store,
            tools=self.tools(),
            ledger=self.ledger,
            ledger_minutes=self.config.ledger.sync_minutes,
            readers=self.readers() if "ingest" in parts else [],
            sender=self.sender() if "send" in parts and self.config.smtp else None,
            serve_web=self._web_task() if "web" in parts else None,
            now=self.now,
            chores=self._chores() if "clock" in parts else lambda: None,
            alone=sqlite_path(self.config.store.url) is not None,
            sent_copies=self.sent_copies() if "send" in parts else None,
            check_seconds=self.config.sending.check_seconds,
            refused_seconds=self._sent_mailbox.refused_retry_seconds if self._sent_mailbox else 0,
            sent_seal=self.credential(self._sent_mailbox).seal if self._sent_mailbox else str,
            pulses=self.pulses,
            watch=self.watch(),
            watch_seconds=self.config.alerts.check_seconds,
            audit_hours=self.config.alerts.audit_hours,
            audit_readers=self.readers,
        )

    @cached_property
    def pulses(self) -> Pulses:
        """When each part of this process last did its work."""
        return Pulses(self.store, self.now)

    def watch(self) -> Watch:
        """What looks at all parts and tells people."""
        path = sqlite_path(self.config.store.url)
        return Watch(
            store=self.store,
            alerts=self.config.alerts,
            company=self.config.company.name,
            mailboxes=tuple(mailbox.name for mailbox in self.config.mailbox),
            pulses=self.pulses,
            channels=self._channels(),
            now=self.now,
            folder=path.parent if path else None,
            ledger_trouble=lambda: str(self.ledger.error or ""),
            sent_mailbox=self._sent_mailbox.name if self._sent_mailbox else "",
            sends=self.config.smtp is not None,
        )

    def _channels(self) -> list[Channel]:
        alerts, found = self.config.alerts, list[Channel]()
        if alerts.to and self.config.smtp:
            write = partial(_alert_mail, sender=self.config.sender, key=self.key)
            found.append(MailChannel(alerts.to, self.transport, write))
        if alerts.webhook:
            found.append(Webhook(alerts.webhook))
        return found

    def warn_at_start(self) -> None:
        """Say what an operator must know at every start."""
        for words in self.warnings():
            _log.warning("configuration", warning=words)

    def warnings(self) -> list[str]:
        """What the configuration allows but an operator should know."""
        security, found = self.config.security, []
        if security.authentication == "off":
            found.append('[security] authentication = "off": every From address is believed; only for closed networks and tests')
        elif security.authentication == "gateway" and not security.trusted_authserv_ids:
            found.append("[security] trusted_authserv_ids is empty: nobody is authenticated, so nothing will be answered")
        elif security.authentication != "gateway" and security.trusted_authserv_ids:
            found.append(f'[security] trusted_authserv_ids means nothing with authentication = "{security.authentication}"')
        found += [words for secret in self.config.secrets if (words := secret.loose)]
        if self.config.smtp is None:
            found.append("there is no [smtp] section: answers are prepared but not sent")
        if self.portal_base is None:
            found.append("[portal] base_url is not set: answers carry no link to the customer's account page")
        if not self.config.mailbox:
            found.append("there is no [[mailbox]]: nothing is read")
        return found

    def check(self) -> list[str]:
        """What is wrong with what the configuration names: model, templates, ledger rows, documents."""
        problems = list(self.ledger.current.problems)
        checks: list[Callable[[], object]] = [self.read_secrets, lambda: self.understander, compile_all]
        for one in checks:
            try:
                one()
            except InboxbotError as error:
                problems.append(str(error))
        folder = self.config.documents.path
        if folder is not None and not folder.is_dir():
            problems.append(f"[documents] path: {folder} is not a folder")
        return problems

    def read_secrets(self) -> None:
        """Read every secret that the configuration names; raises ConfigError for the first that is not there."""
        for index, mailbox in enumerate(self.config.mailbox, start=1):
            if mailbox.kind == "imap" and not mailbox.oauth:
                mailbox.password.read(f"mailbox[{index}].password")
        if self.config.smtp and self.config.smtp.username and not self.config.smtp.oauth:
            self.config.smtp.password.read("smtp.password")
        for index, one in enumerate(self.config.oauth, start=1):
            for secret, name in ((one.client_secret, "client_secret"), (one.refresh_token, "refresh_token")):
                if secret.named:
                    secret.read(f"oauth[{index}].{name}")

    async def check_connections(self, tell: Callable[[str], None]) -> list[str]:
        """Log in everywhere; what did not work. `tell` hears what each mailbox's own mail looks like."""
        problems = []
        for reader in self.readers():
            try:
                await asyncio.to_thread(reader.mailbox.open)
                for line in await asyncio.to_thread(self._survey, reader.mailbox):
                    tell(f"mailbox {reader.section.name}: {line}")
            except InboxbotError as error:
                problems.append(f"mailbox {reader.section.name}: {error}")
            finally:
                await asyncio.to_thread(reader.close)
        if self.config.smtp:
            transport = self.transport()
            try:
                await transport.check()
            except InboxbotError as error:
                problems.append(f"smtp: {error}")
            finally:
                await transport.aclose()
        return problems

    def _survey(self, mailbox: Mailbox) -> list[str]:
        """Who vouches for the senders of a mailbox's latest mails, and which setting fits."""
        fetched = mailbox.fetch(survey.latest(mailbox.uids_after(0)))
        mails = [raw for raw in fetched if isinstance(raw, RawMessage)]
        found = survey.survey(mails, self.config.security, frozenset({self.config.company.domain}), self.lookup)
        return found.lines(self.config.security)

    @cached_property
    def learned(self) -> LearnedLedger:
        """The present ledger with the contacts that staff confirmed."""
        return LearnedLedger(lambda: self.ledger.current, lambda: self.store)

    @cached_property
    def desk(self) -> "Desk":
        """What people's actions work with: the pages, the API and the terminal."""
        from inboxbot.desk.office import Desk  # noqa: PLC0415 - argon2 is needed only where people are
        from inboxbot.responders import statement  # noqa: PLC0415 - the same

        web = self.config.web
        return Desk(
            store=self.store,
            config=self.config,
            key=self.key,
            ledger=self.learned,
            contacts_changed=self.learned.look_again,
            resolver=self.resolver,
            documents=self.documents,
            statement_of=lambda facts: statement.make(self.config.company, facts),
            now=self.now,
            base_url=(self.config.inbox.base_url or (f"http://{web.host}:{web.port}" if web.port else "")).rstrip("/"),
        )

    def look_back(self, understood: Understood, raw: RawMessage, now: datetime) -> History:
        """What our records say about a mail that is only being explained."""
        with self.store.transaction() as session:
            return look_back(session, understood, raw.key, now)

    def _facts_of(self, customer_id: str) -> Facts | None:
        """A customer's facts for their own page, with which documents are there."""
        facts = self.ledger.current.facts_of(customer_id)
        return replace(facts, missing_documents=self.documents.missing(facts.invoices)) if facts else None

    def _chores(self) -> Callable[[], None]:
        """What the shared inbox does by the clock."""
        from inboxbot.desk.clock import DeskClock  # noqa: PLC0415 - with the desk

        return DeskClock(self.desk).round

    def _web_task(self) -> Callable[[asyncio.Event], Coroutine[Any, Any, None]]:
        """Bind the port now (an error at start is better than one at night) and serve later."""
        from inboxbot.web.serve import listen, serve  # noqa: PLC0415 - FastAPI is needed only where pages are served

        listener = listen(self.config.web.host, self.config.web.port)
        return lambda stop: serve(self.web_services(), listener, stop)

    def web_services(self) -> "WebServices":
        """What the web pages show and where they get it from."""
        from inboxbot.responders import statement  # noqa: PLC0415 - with the web only
        from inboxbot.web.services import WebServices  # noqa: PLC0415 - the same

        def customer_behind(token: str) -> str | None:
            with self.store.transaction() as session:
                return portal_links.customer_behind(session, token, self.now())

        return WebServices(
            customer_behind=customer_behind,
            facts_of=self._facts_of,
            document_of=self.documents.fetch,
            statement_of=lambda facts: statement.make(self.config.company, facts),
            company=self.config.company,
            pay_url_template=self.config.portal.pay_url_template,
            health=lambda: {"ok": self.ledger.error is None},
            now=self.now,
            desk=self.desk,
        )


def _alert_mail(notice: Notice, to: str, now: datetime, *, sender: str, key: bytes) -> OutboxItem:
    return alert.item(notice.subject, notice.text, to=to, sender=sender, key=key, now=now)


def shipped_model() -> Path:
    """The model that ships: inside the wheel, or in the checkout's models/ folder."""
    packaged = Path(str(resources.files("inboxbot"))) / "_data" / "model"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "models" / "artifact"


def _own_key(config: Config) -> bytes:
    """The key beside the store, made with mode 0600 when absent."""
    path = sqlite_path(config.store.url)
    if path is None:
        raise ConfigError("is needed with this store: set secret_env or secret_file", key="security.secret_file")
    key_file = path.with_name(f"{path.name}.secret")
    try:
        if not key_file.exists():
            write_secret(key_file, secrets.token_hex(_KEY_BYTES), anew=False)
        key = bytes.fromhex(key_file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigError(f"the secret file {key_file} cannot be made or read", key="security.secret_file") from error
    if len(key) < _KEY_BYTES:
        words = f"the secret file {key_file} holds no whole key: put it back from a backup, or remove it and lose what it signed"
        raise ConfigError(words, key="security.secret_file")
    return key
