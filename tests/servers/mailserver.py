"""A real mail server for tests: Dovecot and Postfix on free loopback ports, in a folder of their own.

In: nothing but the installed programs and root. Out: `MailServer`, a context manager. Mail to example.test lands in
its users' mailboxes, mail to anywhere else in capture@example.test (X-Original-To names who it was for); perm@fail.test
and temp@fail.test are refused on the submission ports; mail to dead.test is accepted and then comes back as a delivery
report. Several instances run side by side.
"""

import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from pathlib import Path
from typing import Self

from imapclient import IMAPClient

from servers import dovecot, postfix
from servers.certificates import make_certificate
from servers.ports import Ports
from servers.token_endpoint import TokenEndpoint

BOT, CAPTURE = "bot@example.test", "capture@example.test"
PASSWORD = "secret"
_PROGRAMS = ("dovecot", "doveadm", "postfix", "/usr/lib/dovecot/lmtp", "openssl")
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def unavailable() -> str:
    """Why there can be no mail server here; "" when there can."""
    missing = [program for program in _PROGRAMS if not shutil.which(program, path=_PATH)]
    if missing:
        return f"not installed: {', '.join(missing)} (`make servers` installs them)"
    return "" if os.geteuid() == 0 else "Dovecot and Postfix by hand need root"


class MailServer:
    """Dovecot and Postfix. `host` goes with `ca_file`; every user's password is `password`."""

    host = "localhost"
    password = PASSWORD

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="inboxbot-mail-"))
        self.ports = Ports.free()
        self.tokens = TokenEndpoint()
        self.ca_file = self.root / "tls" / "server.pem"
        self._smtp: smtplib.SMTP | None = None
        self._tokens_closed = False

    def __enter__(self) -> Self:
        try:
            self.tokens.__enter__()
            self._prepare()
            self._run("dovecot", "-c", str(self._dovecot_conf))
            self._run("postfix", "-c", str(self._postfix_etc), "start")
            _wait_for(lambda: all(map(_listens, self.ports)), "the ports to open")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def _dovecot_conf(self) -> Path:
        return self.root / "dovecot.conf"

    @property
    def _postfix_etc(self) -> Path:
        return self.root / "pf" / "etc"

    def _prepare(self) -> None:
        for name in ("tls", "run", "state", "vmail", "users", "log", "pf", "pf/etc", "pf/spool", "pf/data"):
            (self.root / name).mkdir()
        self.root.chmod(0o755)  # the servers' own users must get in
        shutil.chown(self.root / "vmail", "mail", "mail")
        shutil.chown(self.root / "pf" / "data", "postfix")
        make_certificate(self.ca_file.parent, "DNS:localhost", "IP:127.0.0.1")
        (self.root / "oauth2.conf").write_text(dovecot.oauth2(self.tokens.port))
        self._dovecot_conf.write_text(dovecot.configuration(self.root, self.ports))
        for name, text in postfix.configuration(self.root, self.ports).items():
            (self._postfix_etc / name).write_text(text)
        for address in (BOT, CAPTURE):
            self.add_user(address)

    def _run(self, *command: str) -> None:
        # A file, not a pipe: the daemons keep what they were given open, and a pipe would never end.
        with tempfile.TemporaryFile("w+") as said:
            environment = {**os.environ, "PATH": _PATH}
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, check=False)
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)}: {said.read()}")

    def stop(self) -> None:
        """End both servers and remove the folder; safe to repeat."""
        self._hang_up()
        for command in (("postfix", "-c", str(self._postfix_etc), "abort"), ("doveadm", "-c", str(self._dovecot_conf), "stop")):
            with suppress(RuntimeError, OSError):  # it never came up, or is down already
                self._run(*command)
        with suppress(TimeoutError):
            _wait_for(lambda: not any(_listens(port) for port in self.ports), "the ports to close")
        shutil.rmtree(self.root, ignore_errors=True)
        if not self._tokens_closed:
            self._tokens_closed = True
            self.tokens.__exit__()

    def add_user(self, address: str) -> None:
        """Give `address` (under example.test) a mailbox. One file each: Dovecot sees changes of a file by the second."""
        (self.root / "users" / address).write_text(f"{address}:{{PLAIN}}{PASSWORD}\n")

    def deliver(self, raw: bytes, mail_from: str, *rcpt_to: str) -> None:
        """Hand a mail in as its sender's server would, on a kept connection. Line ends become CRLF."""
        if self._smtp is None:
            self._smtp = smtplib.SMTP("127.0.0.1", self.ports.smtp, timeout=30)
        crlf = b"\r\n".join(raw.replace(b"\r\n", b"\n").split(b"\n"))
        try:
            self._smtp.sendmail(mail_from, rcpt_to or (BOT,), crlf, () if raw.isascii() else ("BODY=8BITMIME",))
        except smtplib.SMTPServerDisconnected:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def wait_delivered(self, n: int, user: str = BOT, seconds: float = 30) -> None:
        """Wait until `n` mails in all have reached the user's inbox, wherever they went from there."""
        with self.client(user) as client:
            _wait_for(lambda: client.folder_status("INBOX", ["UIDNEXT"])[b"UIDNEXT"] > n, f"{n} mails for {user}", seconds)

    @contextmanager
    def client(self, user: str = BOT) -> Iterator[IMAPClient]:
        """A logged-in connection with no folder selected."""
        with IMAPClient("127.0.0.1", self.ports.imap, ssl=False, timeout=30) as client:
            client.login(user, PASSWORD)
            yield client

    def captured(self, rcpt: str) -> list[bytes]:
        """The mails that went to `rcpt`, an address outside example.test, oldest first."""
        with self.client(CAPTURE) as client:
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
        raws = [found[uid][b"BODY[]"] for uid in sorted(found)]
        return [raw for raw in raws if rcpt in message_from_bytes(raw).get_all("X-Original-To", [])]

    def submission(self) -> smtplib.SMTP:
        """A logged-in connection to the submission port, as the user BOT."""
        smtp = smtplib.SMTP(self.host, self.ports.submission, timeout=30)
        smtp.starttls(context=ssl.create_default_context(cafile=str(self.ca_file)))
        smtp.login(BOT, PASSWORD)
        return smtp

    def kick(self, user: str = BOT) -> None:
        """Cut the user's IMAP connections."""
        self._run("doveadm", "-c", str(self._dovecot_conf), "kick", user)

    def new_uidvalidity(self, user: str = BOT) -> None:
        """Empty the user's mailbox for good: its next UIDVALIDITY is another one."""
        with suppress(RuntimeError):  # nobody is connected
            self.kick(user)
        shutil.rmtree(self.root / "vmail" / user, ignore_errors=True)

    def stop_smtp(self) -> None:
        """From now on nothing listens on the SMTP ports."""
        self._hang_up()
        self._run("postfix", "-c", str(self._postfix_etc), "abort")
        _wait_for(lambda: not _listens(self.ports.submission), "Postfix to stop")

    def start_smtp(self) -> None:
        """Undo `stop_smtp`."""
        self._run("postfix", "-c", str(self._postfix_etc), "start")
        _wait_for(lambda: _listens(self.ports.submission), "Postfix to start")


def _listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(condition: Callable[[], bool], what: str, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)
