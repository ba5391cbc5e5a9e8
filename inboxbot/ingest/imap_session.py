"""A logged-in IMAP connection.

In: a `MailboxSection`, timeouts, a `Credential`. Out: an `IMAPClient` with a verified TLS connection (unless the section says
"none"), logged in and with its folder selected, or our errors.
"""

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from inboxbot.config import MailboxSection
from inboxbot.credentials import NO_TOKEN, Credential
from inboxbot.errors import ConfigError, MailboxRefusedError, MailboxTemporaryError, TokenError, TokenRefusedError
from inboxbot.ingest.imap_errors import explained, explained_login, explained_select
from inboxbot.ingest.mailbox import MailboxStatus

_ATOM = re.compile(r"[A-Za-z0-9.@_+=-]+")  # what LOGIN takes unquoted (RFC 3501, 9: astring), and a little less
# Seconds of silence before the first probe, between probes, and probes: a dead peer shows within about two minutes.
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, and for every answer on it."""

    connect: float = 15
    read: float = 60


def connect(section: MailboxSection, timeouts: Timeouts, credential: Credential) -> IMAPClient:
    """A logged-in connection; raises MailboxRefusedError (also for a secret that does not lie there), or MailboxTemporaryError.

    A token that the server no longer takes is tried no second time, but a new one is.
    """
    secret = _secret(credential)
    try:
        return _logged_in(section, timeouts, secret)
    except MailboxRefusedError:
        if not credential.refused(secret):
            raise
    return _logged_in(section, timeouts, _secret(credential))


def _secret(credential: Credential) -> str:
    """What is shown at the login. That all secrets lie in their places is made sure at the start; later one is perhaps being renewed."""
    try:
        return credential.get()
    except ConfigError as error:
        raise MailboxRefusedError(str(error)) from None
    except TokenRefusedError as error:
        raise MailboxRefusedError(f"{NO_TOKEN}{error}") from None
    except TokenError as error:
        raise MailboxTemporaryError(f"{NO_TOKEN}{error}", retry_after=error.retry_after) from None


def _logged_in(section: MailboxSection, timeouts: Timeouts, secret: str) -> IMAPClient:
    where = f"{section.host}:{section.port}"
    with explained(f"cannot connect to {where}"):
        client = _connected(section, timeouts)
    try:
        with explained(f"cannot speak to {where}"):
            _secured(client, section)
        with explained_login(f"cannot log in to {where} as {section.username}"):
            _log_in(client, section, secret)
    except BaseException:
        hang_up(client)
        raise
    return client


def _connected(section: MailboxSection, timeouts: Timeouts) -> IMAPClient:
    tls = section.security == "tls"
    context = _context(section) if tls else None
    timeout = SocketTimeout(timeouts.connect, timeouts.read)
    client = IMAPClient(section.host, section.port, ssl=tls, ssl_context=context, timeout=timeout)
    # IMAPClient formats every literal for a log that nobody reads; without it fetching is five times as fast.
    client._imap.debug = 0  # noqa: SLF001 - there is no public switch
    client.normalise_times = False  # aware INTERNALDATEs instead of naive local ones
    _keep_alive(client.socket())
    # A command and its line end leave in two writes: without this the second waits for the first one's acknowledgement, 40 ms.
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _context(section: MailboxSection) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(section.ca_file) if section.ca_file else None)


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        option = getattr(socket, name, None)  # not on every platform
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _secured(client: IMAPClient, section: MailboxSection) -> None:
    """STARTTLS, where asked for, happens or nothing does: an offer may have been stripped on the way."""
    if section.security != "starttls":
        return
    if not client.has_capability("STARTTLS"):
        raise MailboxTemporaryError(f"{section.host}:{section.port} does not offer STARTTLS; nothing was sent in clear")
    client.starttls(_context(section))


def _log_in(client: IMAPClient, section: MailboxSection, secret: str) -> None:
    if section.auth == "xoauth2":
        client.oauth2_login(section.username, secret)
    else:
        client.login(_astring(section.username), secret)  # the library quotes the password but not the name


def _astring(text: str) -> str:
    r"""`text` as a quoted string where it must be one, such as `DOMAIN\user` (RFC 3501, 4.3)."""
    if _ATOM.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder that was opened: its status, how many messages it holds, and whether nothing can be changed in it."""

    status: MailboxStatus
    exists: int
    read_only: bool


def select(client: IMAPClient, folder: str, *, read_only: bool) -> Selected:
    """Open `folder`: with EXAMINE where nothing is to be changed, and where the server lets nothing be changed (RFC 3501, 6.3.2)."""
    with explained_select(f"cannot open the folder {folder}"):
        answer, read_only = _opened(client, folder, read_only=read_only)
        uidvalidity = answer.get(b"UIDVALIDITY")
        uidnext = next_uid(client, folder, answer)
    if uidvalidity is None:
        raise MailboxTemporaryError(f"the folder {folder} has no UIDVALIDITY: its messages cannot be told apart for good")
    return Selected(MailboxStatus(int(uidvalidity), uidnext), int(answer.get(b"EXISTS", 0)), read_only)


def _opened(client: IMAPClient, folder: str, *, read_only: bool) -> tuple[Mapping[bytes, Any], bool]:
    if read_only:
        answer: Mapping[bytes, Any] = client.select_folder(folder, readonly=True)
        if b"UIDVALIDITY" in answer:
            return answer, True
    try:
        return client.select_folder(folder), False
    except client._imap.readonly:  # noqa: SLF001 - what imaplib makes of "OK [READ-ONLY]"
        return client.select_folder(folder, readonly=True), True


def next_uid(client: IMAPClient, folder: str, answer: Mapping[bytes, Any]) -> int:
    """The UID that the next message will have, from the answer to SELECT; where that keeps it back, STATUS knows it (RFC 3501, 6.3.1)."""
    uidnext = answer.get(b"UIDNEXT")
    return int(client.folder_status(folder, ["UIDNEXT"])[b"UIDNEXT"] if uidnext is None else uidnext)


def hang_up(client: IMAPClient) -> None:
    """Drop the connection without a word; never raises."""
    with suppress(Exception):
        client.shutdown()


def log_out(client: IMAPClient, seconds: float = 5) -> None:
    """End the connection politely, but wait for the answer no longer than `seconds`; never raises."""
    try:
        client.socket().settimeout(seconds)
        client.logout()
    except Exception:  # noqa: BLE001 - whatever a dying connection says, we are done with it
        hang_up(client)
