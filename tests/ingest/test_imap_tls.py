"""No password reaches an IMAP server whose certificate does not hold, or that talks the way out of TLS."""

import contextlib
import socket
import ssl
from pathlib import Path

import pytest
from ingest.test_imap_misbehaviour import OK, section
from servers.certificates import Certificate, make_certificate
from servers.scripted_imap import CUT, ScriptedImap

from inboxbot.errors import MailboxRefusedError, MailboxTemporaryError
from inboxbot.ingest.imap import ImapMailbox
from inboxbot.ingest.imap_session import Timeouts

SHORT = Timeouts(connect=5, read=1)
OFFERED = b"* CAPABILITY IMAP4rev1 STARTTLS IDLE\r\n" + OK


class ImapOverTls(ScriptedImap):
    """The scripted server behind TLS from the first byte."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__()
        self._context = context

    def get_request(self) -> tuple[socket.socket, object]:
        sock, client = super().get_request()
        return self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), client


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificate]:
    names = {"own": ("IP:127.0.0.1",), "foreign": ("DNS:elsewhere.example",)}
    return {name: make_certificate(tmp_path_factory.mktemp(name), *named) for name, named in names.items()}


def logins(server: ScriptedImap, tmp_path: Path, **settings: object) -> list[bytes]:
    """Log in as the settings say; whatever the server was told that holds the password."""
    mailbox = ImapMailbox(section(tmp_path, server.port, **settings), 1000, SHORT)
    with contextlib.suppress(MailboxTemporaryError, MailboxRefusedError), contextlib.closing(mailbox):
        mailbox.open()
    return [said for told in server.asked.values() for said in told if b"secret" in said]


def test_a_certificate_that_holds_is_accepted(certificates: dict[str, Certificate], tmp_path: Path) -> None:
    own = certificates["own"]
    with ImapOverTls(own.server_context()) as server:
        assert logins(server, tmp_path, security="tls", ca_file=own.certificate)


@pytest.mark.parametrize(("shown", "trusted"), [("own", None), ("own", "foreign"), ("foreign", "foreign")], ids=str)
def test_no_other_certificate_is(shown: str, trusted: str | None, certificates: dict[str, Certificate], tmp_path: Path) -> None:
    """Of an authority that nobody knows, of another one than ours, of ours but for another name."""
    more = {"ca_file": certificates[trusted].certificate} if trusted else {}
    with ImapOverTls(certificates[shown].server_context()) as server:
        assert logins(server, tmp_path, security="tls", **more) == []


@pytest.mark.parametrize(
    "script",
    [
        {},  # not offered, or stripped from the offer on the way
        {"greeting": b"* PREAUTH welcome, you are logged in already\r\n", "CAPABILITY": OFFERED},
        {"CAPABILITY": OFFERED, "STARTTLS": b"{tag} NO not today\r\n"},
        {"CAPABILITY": OFFERED, "STARTTLS": b"{tag} BAD what?\r\n"},
        {"CAPABILITY": OFFERED, "STARTTLS": b"{tag} OK go on\r\n"},  # and nobody shakes hands
        {"CAPABILITY": OFFERED, "STARTTLS": b"{tag} OK go on\r\nthis is no handshake\r\n"},
        {"CAPABILITY": OFFERED, "STARTTLS": b"{tag} OK go on\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + CUT},
    ],
    ids=str,
)
def test_starttls_happens_or_nothing_does(script: dict[str, bytes], tmp_path: Path) -> None:
    with ScriptedImap(script) as server:
        assert logins(server, tmp_path, security="starttls") == []
    assert server.asked["LOGIN"] == server.asked["SELECT"] == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_speaks_in_clear_where_tls_was_asked_for_hears_nothing(security: str, tmp_path: Path) -> None:
    with ScriptedImap() as server:
        assert logins(server, tmp_path, security=security) == []
