"""Logging in and securing the connection, against real SMTP servers with TLS and AUTH."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from servers.certificates import Certificate, make_certificate
from servers.scripted_smtp import CUT, ScriptedSmtp, scripted_smtp

from inboxbot.config import SmtpSection
from inboxbot.errors import SendError, SendRefusedLoginError, SendUnreachableError
from inboxbot.reply import OutboxItem
from inboxbot.responders.transport import SmtpTransport, Timeouts

ITEM = OutboxItem(
    1, "<1@a.example>", "ar@a.example", "ap@b.example", b"Subject: hi\r\n\r\n.dot\r\n", "answer", "C1", (), 1, "x",
    datetime(2026, 11, 28, tzinfo=UTC),
)  # fmt: skip
SHORT = Timeouts(connect=2, command=2, last_reply=2, goodbye=0.3)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1", "DNS:localhost")


@pytest.fixture(scope="session")
def foreign_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("foreign"), "DNS:elsewhere.example")


class Keeper:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.mails: list[tuple[str | None, list[str], bytes]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 kept"


def known(_server: object, _session: object, _envelope: object, _mechanism: str, login: object) -> AuthResult:
    right = isinstance(login, LoginPassword) and (login.login, login.password) == (b"bot", b"s3cret")
    return AuthResult(success=right, handled=False)


@contextlib.asynccontextmanager
async def real_server(keeper: Keeper, context: ssl.SSLContext, *, at_once: bool) -> AsyncIterator[int]:
    """A submission server that takes mail only over TLS and after AUTH; its port."""
    loop = asyncio.get_running_loop()
    protocols: list[SMTP] = []

    def protocol() -> SMTP:
        made = SMTP(
            keeper, hostname="test.example", loop=loop, tls_context=None if at_once else context, require_starttls=not at_once,
            auth_required=True, auth_require_tls=not at_once, authenticator=known,
        )  # fmt: skip
        protocols.append(made)
        return made

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if at_once else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
        for one in protocols:
            if one.transport is not None:
                one.transport.abort()  # type: ignore[attr-defined]
        await asyncio.sleep(0.05)


def section(port: int, tmp_path: Path, **changes: object) -> SmtpSection:
    password = tmp_path / "password"
    password.write_text("s3cret\n")
    values = {"host": "127.0.0.1", "port": port, "security": "starttls", "username": "bot", "password_file": password}
    return SmtpSection(**{**values, **changes})  # type: ignore[arg-type]


async def yes() -> bool:
    return True


async def send_once(transport: SmtpTransport) -> str:
    try:
        return await transport.send(ITEM, yes)
    finally:
        await transport.aclose()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_over_tls_after_login(security: str, certificate: Certificate, tmp_path: Path) -> None:
    keeper = Keeper()

    async def scene() -> str:
        async with real_server(keeper, certificate.server_context(), at_once=security == "tls") as port:
            there = section(port, tmp_path, security=security, ca_file=certificate.certificate)
            return await send_once(SmtpTransport(there, timeouts=SHORT, local_hostname="bot.a.example"))

    assert asyncio.run(scene()) == "250 kept"
    assert keeper.mails == [("ar@a.example", ["ap@b.example"], ITEM.mime)]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("which", "changes"),
    [
        ("own", {}),  # no ca_file: the system does not know this authority
        ("foreign", {"ca_file": "foreign"}),  # trusted, but made for another name
        ("own", {"ca_file": "foreign"}),  # another authority
        ("own", {"ca_file": "nowhere"}),
        ("own", {"ca_file": "own", "username": "mallory"}),
    ],
    ids=str,
)
def test_without_trust_or_login_no_mail_leaves(
    *, security: str, which: str, changes: dict[str, str], certificate: Certificate, foreign_certificate: Certificate, tmp_path: Path
) -> None:
    keeper = Keeper()
    made = {"own": certificate, "foreign": foreign_certificate}
    files = {name: one.certificate for name, one in made.items()} | {"nowhere": tmp_path / "nowhere.pem"}
    settings = {key: files[value] if key == "ca_file" else value for key, value in changes.items()}

    async def scene() -> None:
        async with real_server(keeper, made[which].server_context(), at_once=security == "tls") as port:
            await send_once(
                SmtpTransport(section(port, tmp_path, security=security, **settings), timeouts=SHORT, local_hostname="a.example")
            )

    with pytest.raises(SendRefusedLoginError):
        asyncio.run(scene())
    assert keeper.mails == []


def test_check_logs_in_and_sends_nothing(certificate: Certificate, tmp_path: Path) -> None:
    keeper = Keeper()

    async def scene() -> None:
        async with real_server(keeper, certificate.server_context(), at_once=False) as port:
            await SmtpTransport(
                section(port, tmp_path, ca_file=certificate.certificate), timeouts=SHORT, local_hostname="a.example"
            ).check()

    asyncio.run(scene())
    assert keeper.mails == []


LOGIN_TROUBLE = [
    ("starttls", {}, SendRefusedLoginError),  # STARTTLS stripped
    ("starttls", {"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "454 not now"}, SendUnreachableError),
    ("starttls", {"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "500 never"}, SendRefusedLoginError),
    ("starttls", {"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "220 go|" + CUT}, SendUnreachableError),
    ("starttls", {"EHLO": "250-a\r\n250 STARTTLS", "STARTTLS": "220 go|this is no handshake"}, SendRefusedLoginError),
    ("tls", {}, SendRefusedLoginError),  # a server that speaks in clear where TLS was expected
    ("none", {}, SendRefusedLoginError),  # no AUTH offered
    ("none", {"EHLO": "250-a\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 wrong"}, SendRefusedLoginError),
    ("none", {"EHLO": "250-a\r\n250 AUTH PLAIN", "AUTH": "454 4.7.0 directory is away"}, SendUnreachableError),
    ("none", {"EHLO": "250-a\r\n250 AUTH PLAIN", "AUTH": "421 closing|" + CUT}, SendUnreachableError),
    ("none", {"EHLO": "250-a\r\n250 AUTH PLAIN", "AUTH": CUT}, SendUnreachableError),
]


@pytest.mark.parametrize(("security", "script", "expected"), LOGIN_TROUBLE, ids=str)
def test_login_trouble_is_told_apart_and_shows_the_server_no_mail(
    security: str, script: dict[str, str], expected: type[SendError], tmp_path: Path
) -> None:
    async def scene() -> tuple[Exception | None, ScriptedSmtp]:
        async with scripted_smtp(**script) as server:
            transport = SmtpTransport(section(server.port, tmp_path, security=security), timeouts=SHORT, local_hostname="a.example")
            try:
                await send_once(transport)
            except SendError as error:
                return error, server
            return None, server

    error, server = asyncio.run(scene())
    assert type(error) is expected
    assert not any(command.startswith(("MAIL", "RCPT", "DATA")) for command in server.commands)
    assert security == "none" or not any(command.startswith("AUTH") for command in server.commands)
    assert "s3cret" not in str(error)


def test_a_secret_that_cannot_be_read_is_a_login_matter(tmp_path: Path) -> None:
    async def scene() -> None:
        async with scripted_smtp(EHLO="250-a\r\n250 AUTH PLAIN") as server:
            there = section(server.port, tmp_path, security="none", password_file=tmp_path / "gone")
            await send_once(SmtpTransport(there, timeouts=SHORT, local_hostname="a.example"))

    with pytest.raises(SendRefusedLoginError, match="gone"):
        asyncio.run(scene())
