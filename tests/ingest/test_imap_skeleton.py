"""A message over the size limit: its header and text come, the rest is named, and nothing large crosses the wire."""

from contextlib import closing
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from servers.mailserver import MailServer

from inboxbot.config import MailboxSection
from inboxbot.ingest import parse
from inboxbot.ingest.imap import ImapMailbox
from inboxbot.message import RawMessage

pytestmark = pytest.mark.server

USER = "large@example.test"
LIMIT = 200_000


def large_mail(text: str, *, subtype: str = "plain", first: bool = False) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "Ann <ann@alder.example>", "ar@us.example", "Our scans"
    mail["Message-ID"] = "<large@alder.example>"
    mail.set_content(text, subtype=subtype)
    mail.add_attachment(b"%PDF" + b"x" * 400_000, maintype="application", subtype="pdf", filename="Größe.pdf")
    if first:  # the attachment stands before the text
        mail.get_payload().reverse()
    return mail.as_bytes()


def read(server: MailServer, folder: Path, raw: bytes) -> RawMessage:
    server.add_user(USER)
    secret = folder / "password"
    secret.write_text(server.password)
    values = {"host": server.host, "port": server.ports.imaps, "ca_file": server.ca_file, "username": USER, "password_file": secret}
    with closing(ImapMailbox(MailboxSection.model_validate({"name": "ar", "kind": "imap", **values}), LIMIT)) as mailbox:
        before = mailbox.open().uidnext
        server.deliver(raw, "ann@alder.example", USER)
        server.wait_delivered(before, USER)
        (message,) = mailbox.fetch(mailbox.uids_after(before - 1))
    assert isinstance(message, RawMessage)
    return message


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_text_and_names_come_and_the_bulk_does_not(mail_server: MailServer, tmp_path: Path, subtype: str, first: bool) -> None:
    words = "Here are the scans of März."
    text = f"<p>{words}</p>" if subtype == "html" else words
    message = read(mail_server, tmp_path, large_mail(text, subtype=subtype, first=first))
    assert (message.complete, message.size > 400_000, len(message.raw) < 10_000) == (False, True, True)
    parsed = parse.parse(message)
    assert words in parsed.new_text
    assert (parsed.subject, parsed.message_id, parsed.from_ and parsed.from_.email) == (
        "Our scans", "<large@alder.example>", "ann@alder.example",
    )  # fmt: skip
    assert [attachment.name for attachment in parsed.attachments] == ["Größe.pdf"]


def test_the_same_message_has_the_same_skeleton(mail_server: MailServer, tmp_path: Path) -> None:
    raw = large_mail("Once.")
    assert parse.parse(read(mail_server, tmp_path, raw)).text == parse.parse(read(mail_server, tmp_path, raw)).text
