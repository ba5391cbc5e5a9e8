"""Waiting for new mail in IDLE (RFC 2177), as a hint.

In: an `IMAPClient` with a folder selected. Out: whether there may be news. IMAPClient's `idle_check` takes a closed
connection for silence and a line in two pieces for an error; here lines are read whole, and every IDLE ends with the
server's own answer, which a closed connection cannot give.
"""

import re
import time

from imapclient import IMAPClient

from inboxbot.ingest.wakeup import Wakeup

_NEWS = re.compile(rb"\* \d+ (?:EXISTS|RECENT)", re.IGNORECASE)  # flags and "* OK Still here" are none


def idle(client: IMAPClient, wakeup: Wakeup, seconds: float, read_timeout: float) -> bool:
    """Wait in IDLE; True when it ended before its time. Raises what the library raises when the connection is gone."""
    deadline = time.monotonic() + seconds
    client.idle()
    early = _listen(client, wakeup, deadline, read_timeout)
    client.idle_done()
    return early


def _listen(client: IMAPClient, wakeup: Wakeup, deadline: float, read_timeout: float) -> bool:
    lines = _lines_here(client, read_timeout)  # the answer to IDLE may have brought news along
    while not any(map(_NEWS.match, lines)):
        if wakeup.wait(deadline - time.monotonic(), client.socket()):
            return True
        lines = _lines_here(client, read_timeout)
        if not lines:  # time is up, or the connection was closed
            return time.monotonic() < deadline
    return True


def _lines_here(client: IMAPClient, read_timeout: float) -> list[bytes]:
    """The lines that arrived so far, without waiting for more."""
    lines: list[bytes] = []
    sock = client.socket()
    try:
        while line := _line_here(client):
            if not line.endswith(b"\n"):
                sock.settimeout(read_timeout)  # the rest is on its way
                line += client._imap.readline()  # noqa: SLF001 - see `_line_here`
            lines.append(line)
    finally:
        sock.settimeout(read_timeout)
    return lines


def _line_here(client: IMAPClient) -> bytes:
    """One line, or the beginning of one, or b"" when nothing is there (or nothing will ever be)."""
    client.socket().settimeout(0)
    try:
        return bytes(client._imap.readline())  # noqa: SLF001 - imaplib buffers: select alone does not see what it holds
    except OSError:  # TLS's way to say "nothing yet"
        return b""
