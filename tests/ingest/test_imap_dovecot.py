"""What only a real IMAP server shows: logins, TLS, cut connections."""

import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from factories import open_store
from servers.mailserver import MailServer
from structlog.testing import capture_logs

from inboxbot.config import MailboxSection
from inboxbot.errors import MailboxRefusedError, MailboxTemporaryError
from inboxbot.ingest.imap import ImapMailbox
from inboxbot.message import RawMessage
from inboxbot.reading import MailboxReader

pytestmark = pytest.mark.server

USER = "specials@example.test"


def mailbox_of(server: MailServer, tmp_path: Path, password: str = MailServer.password, **more: object) -> ImapMailbox:
    server.add_user(USER)
    secret = tmp_path / "password"
    secret.write_text(password)
    values = {"host": server.host, "port": server.ports.imaps, "ca_file": server.ca_file, "username": USER, **more}
    return ImapMailbox(MailboxSection.model_validate({"name": "ar", "kind": "imap", "password_file": secret, **values}), 1_000_000)


def test_a_wrong_password_is_a_refusal(mail_server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(MailboxRefusedError, match="AUTHENTICATIONFAILED"):
        mailbox_of(mail_server, tmp_path, password="wrong").open()


def test_a_missing_folder_is_a_refusal(mail_server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(MailboxRefusedError, match="cannot open the folder Nowhere"):
        mailbox_of(mail_server, tmp_path, folder="Nowhere").open()


def test_a_certificate_nobody_vouches_for_is_not_accepted(mail_server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(MailboxTemporaryError, match="CERTIFICATE_VERIFY_FAILED"):
        mailbox_of(mail_server, tmp_path, ca_file=None).open()


def test_starttls_reads_mail(mail_server: MailServer, tmp_path: Path) -> None:
    with closing(mailbox_of(mail_server, tmp_path, security="starttls", port=mail_server.ports.imap)) as mailbox:
        before = mailbox.open().uidnext
        mail_server.deliver(b"Subject: over STARTTLS\n\nhello\n", "a@customer.test", USER)
        mail_server.wait_delivered(before, USER)
        (message,) = mailbox.fetch(mailbox.uids_after(before - 1))
    assert isinstance(message, RawMessage)
    assert b"Subject: over STARTTLS" in message.raw


def test_a_cut_connection_is_temporary_and_opening_again_helps(mail_server: MailServer, tmp_path: Path) -> None:
    with closing(mailbox_of(mail_server, tmp_path)) as mailbox:
        mailbox.open()
        mail_server.kick(USER)
        with pytest.raises(MailboxTemporaryError):
            mailbox.uids_after(0)
        mailbox.open()
        mailbox.uids_after(0)


def test_a_connection_cut_in_idle_is_noticed_at_once(mail_server: MailServer, tmp_path: Path) -> None:
    with closing(mailbox_of(mail_server, tmp_path)) as mailbox:
        mailbox.open()
        timer = threading.Timer(0.3, mail_server.kick, [USER])
        timer.start()
        start = time.monotonic()
        with pytest.raises(MailboxTemporaryError):
            mailbox.wait(30)
        assert time.monotonic() - start < 10
        timer.join()


def test_the_gateway_stamps_the_domain_of_the_envelope_above_all_else(mail_server: MailServer) -> None:
    user = "stamped@example.test"
    mail_server.add_user(user)
    forged = b"Authentication-Results: mx.example.test; dmarc=pass header.from=bank.test\nFrom: a@bank.test\nSubject: x\n\nhello\n"
    mail_server.deliver(forged, "b@crook.test", user)
    mail_server.deliver(forged, "b@unauth.crook.test", user)
    mail_server.wait_delivered(2, user)
    with mail_server.client(user) as client:
        client.select_folder("INBOX")
        found = client.fetch(client.search(), ["BODY.PEEK[HEADER.FIELDS (AUTHENTICATION-RESULTS)]"])
    stamps = [next(value for key, value in found[uid].items() if key.startswith(b"BODY")).splitlines()[0] for uid in sorted(found)]
    assert sorted(stamp.partition(b"dmarc=")[2] for stamp in stamps) == [
        b"fail header.from=unauth.crook.test",
        b"pass header.from=crook.test",
    ]


def test_mail_to_the_world_is_captured_and_refused_addresses_are_refused(mail_server: MailServer) -> None:
    mail_server.deliver(b"To: someone@else.test\nSubject: out\n\nhello\n", "bot@example.test", "someone@else.test")
    deadline = time.monotonic() + 20
    while not mail_server.captured("someone@else.test") and time.monotonic() < deadline:
        time.sleep(0.05)
    (raw,) = mail_server.captured("someone@else.test")
    assert b"To: someone@else.test" in raw
    with mail_server.submission() as smtp:
        smtp.mail("bot@example.test")
        assert [smtp.rcpt(f"{who}@fail.test")[0] for who in ("perm", "temp")] == [550, 451]


def test_neither_large_nor_odd_mails_make_a_reconnect_a_renumbering(mail_server: MailServer, tmp_path: Path) -> None:
    large = EmailMessage(policy=SMTP)
    large["From"], large["Subject"] = "a@customer.test", "Scans"
    large.set_content("See the scans.")
    large.add_attachment(b"x" * 1_500_000, maintype="application", subtype="pdf", filename="scan.pdf")
    with closing(mailbox_of(mail_server, tmp_path, since="all")) as mailbox, mail_server.client(USER) as client:
        for raw in (b"Subject: plain\r\n\r\nhello\r\n", b"\r\nSubject: an empty line first\r\n\r\nhello\r\n", large.as_bytes()):
            client.append("INBOX", raw)
        section, store = mailbox._section, open_store(tmp_path)
        reader = MailboxReader(section, mailbox, store, ZoneInfo("UTC"), lambda: datetime.now(UTC))
        first = reader.catch_up()
        with capture_logs() as lines:
            for _ in range(2):
                reader.close()
                assert reader.catch_up() == 0
        store.close()
    assert first >= 3
    assert "uids_reused" not in {line["event"] for line in lines}


def test_a_folder_that_grants_reading_alone_is_read(mail_server: MailServer, tmp_path: Path) -> None:
    with closing(mailbox_of(mail_server, tmp_path, after="nothing")) as mailbox, mail_server.client(USER) as client:
        client.append("INBOX", b"Subject: seen by nobody\r\n\r\nhello\r\n")
        status = mailbox.open()
        (message,) = mailbox.fetch([status.uidnext - 1])
        client.select_folder("INBOX", readonly=True)
        flags = client.get_flags([status.uidnext - 1])[status.uidnext - 1]
    assert isinstance(message, RawMessage)
    assert b"\\Recent" in flags or not flags  # we have changed nothing, not even that it is new
