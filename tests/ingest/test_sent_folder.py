"""A real server's Sent folder: mails are found by exactly their Message-ID, and get one copy."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers.mailserver import MailServer

from inboxbot.config import MailboxSection
from inboxbot.errors import MailboxRefusedError
from inboxbot.ingest.sent_folder import ImapSentFolder, mark_of

pytestmark = pytest.mark.server

NOW = datetime.now(UTC)


def mail(number: int, mark: str = "made.tag") -> bytes:
    lines = (
        "From: ar@us.example", f"To: Ann <ANN{number}@alder.example>", "Subject: Re: hello", f"Message-ID: <inboxbot.{number}@us.example>",
        f"In-Reply-To: <{number}@alder.example>", f"References: <root@alder.example> <{number}@alder.example>",
        f"Date: {NOW:%a, %d %b %Y %H:%M:%S +0000}", "Auto-Submitted: auto-replied", f"X-Inboxbot-Id: {mark}",
    )  # fmt: skip
    return "\r\n".join((*lines, "", "hello", "")).encode()


def folder_of(server: MailServer, tmp_path: Path, name: str = "") -> ImapSentFolder:
    user = f"sent-{tmp_path.name.replace('_', '-')}@example.test"
    server.add_user(user)
    secret = tmp_path / "password"
    secret.write_text(server.password)
    values = {"host": server.host, "port": server.ports.imaps, "ca_file": server.ca_file, "username": user, "password_file": secret}
    return ImapSentFolder(MailboxSection.model_validate({"kind": "imap", **values}), name)


@pytest.mark.parametrize("name", ["", "Sent"])
def test_a_copy_is_filed_once_and_found_by_its_id(mail_server: MailServer, tmp_path: Path, name: str) -> None:
    folder = folder_of(mail_server, tmp_path, name)
    assert not folder.find("<inboxbot.1@us.example>", "made.tag", NOW)
    assert folder.append("<inboxbot.1@us.example>", "made.tag", mail(1), NOW) == "<inboxbot.1@us.example>"
    assert folder.append("<inboxbot.1@us.example>", "made.tag", mail(1), NOW) == "<inboxbot.1@us.example>"
    assert folder.find("<inboxbot.1@us.example>", "", NOW) == "<inboxbot.1@us.example>"
    (found,) = folder.since(NOW - timedelta(days=1))
    assert (found.mail.message_id, found.mail.in_reply_to, found.mail.thread_root) == (
        "<inboxbot.1@us.example>", "<1@alder.example>", "<root@alder.example>",
    )  # fmt: skip
    assert (found.mail.to, found.mail.automatic, found.mark) == ("ann1@alder.example", True, "made.tag")
    assert abs(found.mail.at - NOW) < timedelta(seconds=2)


def test_another_mail_is_not_taken_for_it(mail_server: MailServer, tmp_path: Path) -> None:
    folder = folder_of(mail_server, tmp_path)
    folder.append("<inboxbot.12@us.example>", "a.b", mail(12, "a.b"), NOW)
    assert not folder.find("<inboxbot.1@us.example>", "a.bc", NOW)  # a search finds pieces of a value too


def test_a_relay_that_gave_it_another_id_left_our_mark(mail_server: MailServer, tmp_path: Path) -> None:
    folder = folder_of(mail_server, tmp_path)
    folder.append("<x@relay.example>", "its.mark", mail(7, "its.mark").replace(b"<inboxbot.7@us.example>", b"<x@relay.example>"), NOW)
    assert mark_of(mail(7, "its.mark")) == "its.mark"
    assert folder.find("<inboxbot.7@us.example>", "its.mark", NOW) == "<x@relay.example>"
    assert folder.append("<inboxbot.7@us.example>", "its.mark", mail(7, "its.mark"), NOW) == "<x@relay.example>"


def test_many_mails_are_read_in_windows(mail_server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inboxbot.ingest.sent_folder.WINDOW", 4)
    folder = folder_of(mail_server, tmp_path)
    for number in range(9):
        folder.append(f"<inboxbot.{number}@us.example>", f"m.{number}", mail(number, f"m.{number}"), NOW)
    assert [found.mark for found in folder.since(NOW)] == [f"m.{number}" for number in range(9)]


def test_a_folder_that_is_named_and_not_there_is_named(mail_server: MailServer, tmp_path: Path) -> None:
    with pytest.raises(MailboxRefusedError, match="Elsewhere"):
        folder_of(mail_server, tmp_path, "Elsewhere").find("<1@a.example>", "", NOW)
