"""Hands one frozen mail at a time to the SMTP server, in phases that tell apart what the server has and has not.

In: an `OutboxItem` and `begin`, which commits that its body is about to leave. Out: the server's reply, or one of the
`Send*Error`s: up to the body's first byte the server certainly has nothing; from then on only its reply to the final
dot tells, and without a clear one the mail is in doubt.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic

import aiosmtplib

from inboxbot.config import SmtpSection
from inboxbot.credentials import NO_TOKEN, Credential, stored
from inboxbot.errors import (
    ConfigError,
    SendError,
    SendInDoubtError,
    SendNoTokenError,
    SendPermanentError,
    SendRefusedLoginError,
    SendTemporaryError,
    SendUnreachableError,
    TokenError,
    TokenRefusedError,
)
from inboxbot.failpoints import reach
from inboxbot.reply import OutboxItem

_ADDRESS = re.compile(r"[!-~]+@[!-~]+")
_ADDRESS_SPECIALS = frozenset('<>(),;:\\"[]')
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")
_ACCEPTED, _NOT_NOW, _NEVER = 2, 4, 5  # a reply's first digit, which alone may decide (RFC 5321, 4.3.2)
_GREETINGS = frozenset({220, 221})  # "ready" and "closing": whatever they mean after a body, it is not "I have it"
_LOGIN_CODES = frozenset({530, 534, 535, 538})  # RFC 4954, 6: our standing with the server, not this mail
_SES_HOST = re.compile(r"email-smtp(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com")
_SES_REPLY = re.compile(r"250 Ok ([0-9A-Za-z-]{20,80})", re.IGNORECASE)
SLOW_LINE = 20_000  # bytes per second: the slowest upload that is waited for
_REPLY_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `last_reply` is the wait after the final dot (RFC 5321, 4.5.3.2.6); `idle` how long a kept connection is trusted."""

    connect: float = 15
    command: float = 60
    last_reply: float = 600
    idle: float = 30
    goodbye: float = 5


DEFAULT_TIMEOUTS = Timeouts()


class SmtpTransport:
    """A connection to the configured SMTP server, opened when first needed and kept between mails."""

    def __init__(
        self,
        section: SmtpSection,
        *,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        local_hostname: str | None = None,
        credential: Credential | None = None,
    ) -> None:
        """Nothing is connected yet. `local_hostname` is what EHLO says; None: this machine's full name."""
        self._section = section
        self._credential = credential or stored(section)
        self._timeouts = timeouts
        self._local_hostname = local_hostname
        self._smtp: aiosmtplib.SMTP | None = None
        self._used_at = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def send(self, item: OutboxItem, begin: Callable[[], Awaitable[bool]]) -> str:
        """Hand a mail over; the server's words of acceptance.

        `begin` is awaited when the server has said 354 and nothing of the body has left; when it returns False the claim
        is lost and nothing is sent. Raises SendTemporaryError, SendPermanentError or SendRefusedLoginError when the
        server certainly does not have the mail, SendInDoubtError when it may.
        """
        async with self._one_at_a_time:
            try:
                reply = await self._transact(item, begin)
            except BaseException:
                self._drop()  # never talk on after trouble: the two ends may be out of step
                raise
            self._used_at = monotonic()
            return reply

    async def check(self) -> None:
        """Connect, secure, log in, and leave again; raises as `send` does."""
        smtp = await self._open()
        try:
            with _step("NOOP", SendRefusedLoginError):
                await smtp.noop()
        finally:
            await _leave(smtp, self._timeouts.goodbye)

    async def aclose(self) -> None:
        """Say goodbye and close; never raises for a server that is gone."""
        async with self._one_at_a_time:
            smtp, self._smtp = self._smtp, None
            if smtp is not None:
                await _leave(smtp, self._timeouts.goodbye)

    async def _transact(self, item: OutboxItem, begin: Callable[[], Awaitable[bool]]) -> str:
        _require_plain_addresses(item)
        payload = wire_form(item.mime)
        smtp = await self._session()
        await _announce(smtp, item)
        reach("send.announced")
        if not await begin():
            raise SendTemporaryError("the claim on this mail is lost; nothing was sent")
        protocol = smtp.protocol
        if protocol is None or not protocol.is_connected:
            raise SendTemporaryError("the server hung up before the first byte of the body")
        if protocol._buffer:  # noqa: SLF001 - aiosmtplib would take it for the reply to the body, which it cannot be
            raise SendTemporaryError("the server talks out of turn; nothing was sent")
        # aiosmtplib's own data() sends DATA and the body in one go. The two calls below are the public half of it.
        reach("send.begun")
        try:
            half = len(payload) // 2
            protocol.write(payload[:half])
            reach("send.half")
            protocol.write(payload[half:])
            reach("send.dotted")
            response = await protocol.read_response(timeout=self._timeouts.last_reply + len(payload) / SLOW_LINE)
        except Exception as error:
            raise SendInDoubtError("the connection failed after the body was begun") from error
        reach("send.accepted")
        return _verdict(response)

    async def _session(self) -> aiosmtplib.SMTP:
        """The kept connection if it is young and still answers, else a new one."""
        smtp = self._smtp
        if smtp is not None and smtp.is_connected and monotonic() - self._used_at <= self._timeouts.idle:
            with suppress(aiosmtplib.SMTPException, OSError):
                await smtp.rset()
                return smtp
        self._drop()
        self._smtp = await self._open()
        return self._smtp

    async def _open(self) -> aiosmtplib.SMTP:
        """As `_connected`; a token that the server no longer takes is tried no second time, but a new one is."""
        secret = await self._secret() if self._section.username else ""
        try:
            return await self._connected(secret)
        except SendRefusedLoginError:
            if not (secret and self._credential.refused(secret)):
                raise
        return await self._connected(await self._secret())

    async def _connected(self, secret: str) -> aiosmtplib.SMTP:
        """Connected, secured as configured, logged in where a username is set. There is no way to clear text from here."""
        section, tls = self._section, self._tls_context()
        smtp = aiosmtplib.SMTP(
            hostname=section.host,
            port=section.port,
            timeout=self._timeouts.command,
            local_hostname=self._local_hostname,
            use_tls=section.security == "tls",
            start_tls=False,
            tls_context=tls,
        )
        try:
            with _step(f"connecting to {section.host}:{section.port}", SendRefusedLoginError):
                await smtp.connect(timeout=self._timeouts.connect)
            await self._introduce(smtp, secret)
        except SendTemporaryError as error:
            _abort(smtp)
            raise SendUnreachableError(str(error)) from None
        except BaseException:
            _abort(smtp)
            raise
        self._local_hostname = smtp.local_hostname  # looking it up can take seconds: once is enough
        return smtp

    async def _introduce(self, smtp: aiosmtplib.SMTP, secret: str) -> None:
        with _step("EHLO", SendRefusedLoginError):
            await smtp.ehlo()
        if self._section.security == "starttls":
            with _step("STARTTLS", SendRefusedLoginError):
                await smtp.starttls()
                await smtp.ehlo()  # RFC 3207, 4.2: what was said in clear does not count
        if self._section.username:
            with _step("AUTH", SendRefusedLoginError):
                await self._log_in(smtp, secret)

    async def _log_in(self, smtp: aiosmtplib.SMTP, secret: str) -> None:
        if self._section.auth == "xoauth2":
            await smtp.auth_xoauth2(self._section.username, secret)
        else:
            await smtp.login(self._section.username, secret)

    async def _secret(self) -> str:
        """The password or token; fetching a token may take a while."""
        try:
            return await asyncio.to_thread(self._credential.get)
        except ConfigError as error:
            raise SendRefusedLoginError("there is no password to log in with") from error
        except TokenRefusedError as error:
            raise SendRefusedLoginError(f"{NO_TOKEN}{error}") from None
        except TokenError as error:
            raise SendNoTokenError(f"{NO_TOKEN}{error}") from None

    def _tls_context(self) -> ssl.SSLContext | None:
        """Certificates are always verified: against `ca_file` alone where it is set, else the system's authorities."""
        if self._section.security == "none":
            return None
        try:
            return ssl.create_default_context(cafile=self._section.ca_file)
        except OSError as error:
            raise SendRefusedLoginError(f"smtp.ca_file {self._section.ca_file} cannot be used") from error

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            _abort(smtp)


def given_id(host: str, reply: str) -> str:
    """The Message-ID that a server gives to our mail instead of ours, where its words of acceptance tell; else ''.

    Amazon SES does: "250 Ok ID" becomes <ID@email.amazonses.com>, outside us-east-1 <ID@REGION.amazonses.com>.
    """
    server, said = _SES_HOST.fullmatch(host.lower()), _SES_REPLY.fullmatch(reply)
    if not (server and said):
        return ""
    return f"<{said[1]}@{'email' if server[1] == 'us-east-1' else server[1]}.amazonses.com>"


def wire_form(mime: bytes) -> bytes:
    """A mail as DATA wants it: CRLF line ends, leading dots doubled, the final dot (RFC 5321, 4.5.2).

    Lone CR and LF become CRLF, so that no server can read an end of data into the middle of a mail.
    """
    text = _LINE_END.sub(b"\r\n", mime)
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    return _LEADING_DOT.sub(b"..", text) + b".\r\n"


async def _announce(smtp: aiosmtplib.SMTP, item: OutboxItem) -> None:
    """The envelope, with exactly one recipient, up to the server's go-ahead for the body."""
    with _step("MAIL FROM", SendPermanentError):
        await smtp.mail(item.mail_from, options=_mail_options(smtp, item.mime))
    with _step("RCPT TO", SendPermanentError):
        await smtp.rcpt(item.rcpt_to)
    with _step("DATA", SendPermanentError):
        response = await smtp.execute_command(b"DATA")
        if response.code != aiosmtplib.SMTPStatus.start_input:
            raise aiosmtplib.SMTPDataError(response.code, response.message)


def _mail_options(smtp: aiosmtplib.SMTP, mime: bytes) -> list[str]:
    """SIZE (RFC 1870) lets a server refuse before the body; BODY=8BITMIME (RFC 6152) is owed for 8-bit text."""
    options = [f"SIZE={len(mime)}"] if smtp.supports_extension("size") else []
    if not mime.isascii() and smtp.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    return options


def _require_plain_addresses(item: OutboxItem) -> None:
    """Refuse an envelope that could mean more, or other, than one plain ASCII address; only the sender may be null."""
    for address in (item.rcpt_to, item.mail_from):
        plain = _ADDRESS.fullmatch(address) and address.count("@") == 1 and not _ADDRESS_SPECIALS & set(address)
        if not plain and not (address == "" and item.rcpt_to):
            raise SendPermanentError(f"{address!r} is not one plain mail address")


def _verdict(response: aiosmtplib.SMTPResponse) -> str:
    """What the reply to the final dot means."""
    words, kind = _words(response.code, response.message), response.code // 100
    if kind == _ACCEPTED and response.code not in _GREETINGS:
        return words
    if kind == _NOT_NOW:
        raise SendTemporaryError(f"the mail was not taken for now: {words}")
    if kind == _NEVER:
        raise SendPermanentError(f"the mail was refused: {words}")
    raise SendInDoubtError(f"the reply to the mail makes no sense: {words}")


@contextmanager
def _step(step: str, refused: type[SendError]) -> Iterator[None]:
    """One step before the body; `refused` is what a 5xx reply means there. Whatever happens, the server has no mail."""
    try:
        yield
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal(error.code, refused)(f"{step}: {_words(error.code, error.message)}") from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise (SendRefusedLoginError if _our_terms(error) else SendTemporaryError)(f"{step} failed") from error


def _refusal(code: int, refused: type[SendError]) -> type[SendError]:
    if code // 100 != _NEVER:
        return SendTemporaryError
    return SendRefusedLoginError if code in _LOGIN_CODES else refused


def _our_terms(error: BaseException | None) -> bool:
    """True when trying again cannot help: no TLS or login to be had, or a certificate we do not trust."""
    if isinstance(error, ssl.SSLError):
        return not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError)
    if isinstance(error, aiosmtplib.SMTPServerDisconnected | aiosmtplib.SMTPTimeoutError):
        return False
    if isinstance(error, aiosmtplib.SMTPConnectError):
        return _our_terms(error.__cause__)
    return isinstance(error, aiosmtplib.SMTPException)


def _words(code: int, message: str) -> str:
    """A server's reply as one clean line that any log or table can hold."""
    text = message.encode("utf-8", "replace").decode("utf-8")
    printable = "".join(c if c.isprintable() else " " for c in text)
    return f"{code} {' '.join(printable.split())}"[:_REPLY_LENGTH].strip()


async def _leave(smtp: aiosmtplib.SMTP, seconds: float) -> None:
    """QUIT as far as the server still listens; whatever it says, every mail's fate is known already."""
    try:
        with suppress(aiosmtplib.SMTPException, OSError):
            await smtp.quit(timeout=seconds)
    finally:
        _abort(smtp)


def _abort(smtp: aiosmtplib.SMTP) -> None:
    """Close at once: a polite TLS farewell would wait half a minute for a silent server."""
    transport = smtp.transport
    smtp.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
