"""Every way in which handing a mail over can go wrong, and which error tells what the server has."""

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from servers.scripted_smtp import CUT, RESET, SILENCE, ScriptedSmtp, scripted_smtp

from inboxbot.config import SmtpSection
from inboxbot.errors import (
    SendError,
    SendInDoubtError,
    SendPermanentError,
    SendRefusedLoginError,
    SendTemporaryError,
    SendUnreachableError,
)
from inboxbot.reply import OutboxItem
from inboxbot.responders.transport import SmtpTransport, Timeouts

BODY = b"Subject: your invoice\r\n\r\nHello\r\n"
SHORT = Timeouts(connect=0.3, command=0.3, last_reply=0.3, goodbye=0.3)


def an_item(**changes: object) -> OutboxItem:
    values = {
        "outbox_id": 1, "message_id": "<1@a.example>", "mail_from": "ar@a.example", "rcpt_to": "ap@b.example", "mime": BODY,
        "kind": "answer", "customer_id": "C1", "documents": (), "attempts": 1, "claim": "x",
        "created_at": datetime(2026, 11, 28, tzinfo=UTC),
    }  # fmt: skip
    return OutboxItem(**{**values, **changes})  # type: ignore[arg-type]


class Begin:
    """The commit before the body: counts, and says what it is told to say."""

    def __init__(self, answer: bool = True, then: Callable[[], object] | None = None) -> None:
        self.answer, self.then, self.calls = answer, then, 0

    async def __call__(self) -> bool:
        self.calls += 1
        if self.then is not None:
            self.then()
            await asyncio.sleep(0.05)
        return self.answer


def transport_to(server: ScriptedSmtp, **changes: object) -> SmtpTransport:
    section = SmtpSection(host="127.0.0.1", **{"port": server.port, "security": "none", **changes})  # type: ignore[arg-type]
    return SmtpTransport(section, timeouts=SHORT, local_hostname="bot.a.example")


def send_to(begin: Begin, item: OutboxItem | None = None, **script: str) -> tuple[str | Exception, ScriptedSmtp]:
    """What one send ended with, and the server afterwards."""

    async def scene() -> tuple[str | Exception, ScriptedSmtp]:
        async with scripted_smtp(**script) as server:
            transport = transport_to(server)
            try:
                result: str | Exception = await transport.send(item or an_item(), begin)
            except Exception as error:  # noqa: BLE001
                result = error
            await transport.aclose()
            await server.settled()
            return result, server

    return asyncio.run(scene())


def test_a_polite_server_gets_the_exact_mail_and_its_reply_is_returned() -> None:
    begin = Begin()
    reply, server = send_to(begin)
    assert reply == "250 queued as 42"
    assert server.commands == [
        "EHLO bot.a.example", f"MAIL FROM:<ar@a.example> SIZE={len(BODY)}", "RCPT TO:<ap@b.example>", "DATA", "QUIT",
    ]  # fmt: skip
    assert server.messages == [BODY + b".\r\n"]
    assert begin.calls == 1


REFUSED_BEFORE_THE_BODY = [
    ({"connect": "421 busy|" + CUT}, SendUnreachableError),
    ({"connect": "554 not you"}, SendRefusedLoginError),
    ({"connect": CUT}, SendUnreachableError),
    ({"connect": SILENCE}, SendUnreachableError),
    ({"connect": "hello there"}, SendUnreachableError),
    ({"EHLO": "421 busy|" + CUT}, SendUnreachableError),
    ({"EHLO": "550 not you"}, SendRefusedLoginError),
    ({"EHLO": CUT}, SendUnreachableError),
    ({"MAIL": "421 closing|" + CUT}, SendTemporaryError),
    ({"MAIL": "451 later"}, SendTemporaryError),
    ({"MAIL": "452 no room"}, SendTemporaryError),
    ({"MAIL": "550 not from you"}, SendPermanentError),
    ({"MAIL": "552 too big"}, SendPermanentError),
    ({"MAIL": "530 log in first"}, SendRefusedLoginError),
    ({"MAIL": CUT}, SendTemporaryError),
    ({"MAIL": RESET}, SendTemporaryError),
    ({"MAIL": "gibberish"}, SendTemporaryError),
    ({"RCPT": "421 closing|" + CUT}, SendTemporaryError),
    ({"RCPT": "450 greylisted"}, SendTemporaryError),
    ({"RCPT": "550 5.1.1 no such user"}, SendPermanentError),
    ({"RCPT": CUT}, SendTemporaryError),
    ({"RCPT": SILENCE}, SendTemporaryError),
    ({"DATA": "421 closing|" + CUT}, SendTemporaryError),
    ({"DATA": "451 later"}, SendTemporaryError),
    ({"DATA": "554 no"}, SendPermanentError),
    ({"DATA": "250 what body?"}, SendTemporaryError),
    ({"DATA": CUT}, SendTemporaryError),
    ({"DATA": SILENCE}, SendTemporaryError),
]


@pytest.mark.parametrize(("script", "expected"), REFUSED_BEFORE_THE_BODY, ids=str)
def test_before_the_body_the_server_certainly_has_nothing(script: dict[str, str], expected: type[SendError]) -> None:
    begin = Begin()
    result, server = send_to(begin, **script)
    assert type(result) is expected
    assert begin.calls == 0
    assert (server.messages, server.partial) == ([], b"")


AFTER_THE_BODY_BEGAN = [
    ({"dot": "451 4.3.0 later"}, SendTemporaryError, 1),
    ({"dot": "421 closing|" + CUT}, SendTemporaryError, 1),
    ({"dot": "552 5.2.2 mailbox full"}, SendPermanentError, 1),
    ({"dot": "550 5.7.1 spam"}, SendPermanentError, 1),
    ({"dot": CUT}, SendInDoubtError, 1),
    ({"dot": RESET}, SendInDoubtError, 1),
    ({"dot": SILENCE}, SendInDoubtError, 1),
    ({"dot": "gibberish"}, SendInDoubtError, 1),
    ({"dot": "999 what"}, SendInDoubtError, 1),
    ({"dot": "354 more please"}, SendInDoubtError, 1),
    ({"body": CUT}, SendInDoubtError, 0),
    ({"body": RESET}, SendInDoubtError, 0),
    ({"body": SILENCE}, SendInDoubtError, 0),
]


@pytest.mark.parametrize(("script", "expected", "received"), AFTER_THE_BODY_BEGAN, ids=str)
def test_after_the_body_began_only_a_clear_reply_decides(script: dict[str, str], expected: type[Exception], received: int) -> None:
    begin = Begin()
    result, server = send_to(begin, **script)
    assert type(result) is expected
    assert begin.calls == 1
    assert len(server.messages) == received


@pytest.mark.parametrize("script", [{"dot": "250 queued as 42|" + CUT}, {"QUIT": CUT}, {"QUIT": SILENCE}, {"QUIT": "500 no"}], ids=str)
def test_a_mail_accepted_before_the_connection_fails_is_sent(script: dict[str, str]) -> None:
    result, server = send_to(Begin(), **script)
    assert result == "250 queued as 42"
    assert len(server.messages) == 1


def test_a_lost_claim_sends_nothing() -> None:
    result, server = send_to(Begin(answer=False))
    assert type(result) is SendTemporaryError
    assert (server.messages, server.partial) == ([], b"")
    assert server.commands[-1] == "DATA"


def test_an_error_while_committing_sends_nothing_and_is_passed_on() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    result, server = send_to(Begin(then=fail))
    assert type(result) is ZeroDivisionError
    assert (server.messages, server.partial) == ([], b"")


def test_a_server_that_hangs_up_while_we_commit_has_nothing() -> None:
    result, server = send_to(Begin(then=lambda: None), DATA="354 go ahead|" + CUT)
    assert type(result) is SendTemporaryError
    assert server.messages == []


def test_a_refused_connection_is_temporary() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        transport = SmtpTransport(SmtpSection(host="127.0.0.1", port=closed.getsockname()[1], security="none"), local_hostname="a.example")
        with pytest.raises(SendTemporaryError, match="connecting"):
            asyncio.run(transport.send(an_item(), Begin()))


def test_cancelling_leaves_no_connection_behind_to_talk_on() -> None:
    async def scene() -> ScriptedSmtp:
        async with scripted_smtp(RCPT=SILENCE) as server:
            transport = transport_to(server)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await transport.send(an_item(), Begin())
            await server.settled()
            return server

    assert asyncio.run(scene()).messages == []


@pytest.mark.parametrize(
    "rcpt_to",
    [
        "",
        "a@b.example, evil@c.example",
        "<a@b.example> NOTIFY=NEVER",
        "a@b.example\r\nRCPT TO:<evil@c.example>",
        "jörg@b.example",
        "nobody",
    ],
)
def test_an_envelope_that_is_not_one_plain_address_never_reaches_the_server(rcpt_to: str) -> None:
    async def scene() -> ScriptedSmtp:
        async with scripted_smtp() as server:
            with pytest.raises(SendPermanentError):
                await transport_to(server).send(an_item(rcpt_to=rcpt_to), Begin())
            return server

    assert asyncio.run(scene()).connections == 0


def test_the_null_sender_is_allowed() -> None:
    reply, server = send_to(Begin(), an_item(mail_from=""))
    assert reply == "250 queued as 42"
    assert f"MAIL FROM:<> SIZE={len(BODY)}" in server.commands


@pytest.mark.parametrize(
    ("mime", "wire"),
    [
        (b"a\r\n.b\r\n..\r\n", b"a\r\n..b\r\n...\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"no end", b"no end\r\n.\r\n"),
        (b"a\n.\nb\n", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r.\rMAIL FROM:<x@y>\r", b"a\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n"),
        (b"a\r\n.\rb\r\n", b"a\r\n..\r\nb\r\n.\r\n"),
    ],
)
def test_no_body_can_end_the_data_early(mime: bytes, wire: bytes) -> None:
    _, server = send_to(Begin(), an_item(mime=mime))
    assert server.messages == [wire]


def test_an_eight_bit_body_is_announced() -> None:
    _, server = send_to(Begin(), an_item(mime="Grüße\r\n".encode()))
    assert any(command.endswith("BODY=8BITMIME") for command in server.commands)


def test_a_large_mail_arrives_whole() -> None:
    mime = b"Subject: big\r\n\r\n" + b"x" * 76 + b"\r\n" + b"0123456789abcdef\r\n" * 300_000
    reply, server = send_to(Begin(), an_item(mime=mime))
    assert reply == "250 queued as 42"
    assert server.messages == [mime + b".\r\n"]


def test_a_servers_words_are_kept_as_one_clean_line() -> None:
    reply, _ = send_to(Begin(), dot="250-queued\r\n250 as\x1b[31m\tred \xff")
    assert isinstance(reply, str)
    assert reply.isprintable()
    assert reply.encode()
    result, _ = send_to(Begin(), RCPT="550 5.1.1 no such user")
    assert str(result) == "RCPT TO: 550 5.1.1 no such user"


def send_twice(pause: float = 0.0, idle: float = 30, **script: str) -> ScriptedSmtp:
    async def scene() -> ScriptedSmtp:
        async with scripted_smtp(**script) as server:
            section = SmtpSection(host="127.0.0.1", port=server.port, security="none")
            transport = SmtpTransport(section, timeouts=Timeouts(0.3, 0.3, 0.3, idle, 0.3), local_hostname="a.example")
            await transport.send(an_item(), Begin())
            await asyncio.sleep(pause)
            await transport.send(an_item(), Begin())
            await transport.aclose()
            await server.settled()
            return server

    return asyncio.run(scene())


def test_a_connection_is_kept_for_the_next_mail() -> None:
    assert send_twice().connections == 1


@pytest.mark.parametrize("script", [{"dot": "250 ok|" + CUT}, {"RSET": "421 enough|" + CUT}, {"RSET": CUT}, {"RSET": SILENCE}], ids=str)
def test_a_kept_connection_that_has_gone_stale_is_opened_anew(script: dict[str, str]) -> None:
    server = send_twice(**script)
    assert (server.connections, len(server.messages)) == (2, 2)


def test_an_idle_connection_is_opened_anew() -> None:
    assert send_twice(pause=0.05, idle=0.01).connections == 2


def test_after_a_refusal_the_next_mail_starts_on_a_fresh_connection() -> None:
    async def scene() -> ScriptedSmtp:
        async with scripted_smtp(RCPT="550 no") as server:
            transport = transport_to(server)
            for _ in range(2):
                with pytest.raises(SendPermanentError):
                    await transport.send(an_item(), Begin())
            await server.settled()
            return server

    assert asyncio.run(scene()).connections == 2


def test_two_mails_at_once_take_turns() -> None:
    async def scene() -> ScriptedSmtp:
        async with scripted_smtp() as server:
            transport = transport_to(server)
            await asyncio.gather(*(transport.send(an_item(), Begin()) for _ in range(5)))
            await transport.aclose()
            return server

    server = asyncio.run(scene())
    assert (server.connections, len(server.messages)) == (1, 5)


def test_closing_an_unused_transport_does_nothing() -> None:
    asyncio.run(SmtpTransport(SmtpSection(host="127.0.0.1", security="none")).aclose())


@pytest.mark.parametrize("reply", ["221 2.0.0 closing", "220 ready", "354 go on"])
def test_what_is_no_acceptance_leaves_a_doubt(reply: str) -> None:
    result, server = send_to(Begin(), dot=reply)
    assert isinstance(result, SendInDoubtError)
    assert len(server.messages) == 1


def test_a_verdict_before_the_body_is_no_verdict() -> None:
    """It would be read as the reply to the body, whatever the server says of that."""
    result, server = send_to(Begin(), DATA="354 go ahead\r\n250 queued", dot="554 never")
    assert isinstance(result, SendTemporaryError)
    assert not server.messages
