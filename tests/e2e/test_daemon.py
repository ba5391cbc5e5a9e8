"""`inboxbot run` on real servers: it wakes for mail, survives what happens to it, and never runs half dead."""

import socket
from pathlib import Path

import pytest
from e2e.company import Company, add_contacts

pytestmark = [pytest.mark.server, pytest.mark.slow]

ASKER = "invoices@cobaltrobotics.example"
OTHER = "payables@drummondfoods.example"
NEWCOMER = "new.clerk@newly-bought.example"


def test_mail_that_comes_in_is_answered_without_waiting_for_the_next_poll(own_company: Company) -> None:
    own_company.configure(poll_seconds=3600)
    with own_company.daemon() as daemon:
        daemon.wait_for("started")
        asked = own_company.write(ASKER)
        daemon.wait_for("sent")
        (answer,) = own_company.wait_sent(1)
        assert answer["In-Reply-To"] == asked
        assert daemon.stop() == 0


def test_a_cut_idle_connection_is_opened_again(own_company: Company) -> None:
    own_company.configure(poll_seconds=3600)
    with own_company.daemon() as daemon:
        own_company.write(ASKER)
        daemon.wait_for("sent")
        own_company.server.kick(own_company.address)
        daemon.wait_for("mailbox_unreachable")
        own_company.write(OTHER)
        daemon.wait_for("sent", 2)
        assert len(own_company.wait_sent(2)) == 2
        assert daemon.stop() == 0


def test_the_ledger_is_read_again_when_it_changed_and_kept_when_it_broke(own_company: Company) -> None:
    contacts = own_company.ledger / "contacts.csv"
    with own_company.daemon() as daemon:
        daemon.wait_for("started")
        add_contacts(own_company, "C1003", NEWCOMER)
        daemon.wait_for("ledger_read", 2)
        first = own_company.write(NEWCOMER)
        daemon.wait_for("sent")
        replace(contacts, "this,is,no,list,of,contacts\n")
        (kept,) = daemon.wait_for("ledger_kept")
        assert "contacts.csv" in kept["why"]
        second = own_company.write(NEWCOMER, "Copy of INV-20314", "Hello,\n\nCan you email me a copy of invoice INV-20314?\n")
        daemon.wait_for("sent", 2)
        assert {str(mail["In-Reply-To"]) for mail in own_company.wait_sent(2)} == {first, second}
        assert daemon.stop() == 0


def replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def test_a_missing_password_is_an_error_at_start(own_company: Company) -> None:
    (own_company.folder / "imap-password").unlink()
    ended = own_company.run("run")
    assert ended.code == 2
    assert len(ended.complaints) == 1
    assert "imap-password" in ended.complaints[0]


def test_a_taken_web_port_is_an_error_at_start(own_company: Company) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        own_company.configure(web_port=port)
        ended = own_company.run("run")
    assert ended.code == 1
    assert len(ended.complaints) == 1
    assert f"127.0.0.1:{port}" in ended.complaints[0]


def test_a_password_that_is_away_for_a_while_ends_nothing(own_company: Company) -> None:
    password = own_company.folder / "imap-password"
    with own_company.daemon() as daemon:
        own_company.write(ASKER)
        daemon.wait_for("sent")
        right = password.read_text()
        password.unlink()  # without it there is no way back into the mailbox
        own_company.server.kick(own_company.address)
        refused = daemon.wait_for("mailbox_refused")[0]
        assert "imap-password" in refused["why"]
        own_company.write(OTHER)
        password.write_text(right)
        password.chmod(0o600)
        daemon.wait_for("sent", 2)
        assert daemon.stop() == 0


def test_a_renewed_password_is_tried_at_once_after_refusals(own_company: Company) -> None:
    password = own_company.folder / "imap-password"
    right = password.read_text()
    password.write_text("expired")
    with own_company.daemon() as daemon:
        daemon.wait_for("mailbox_refused", 3)  # from now on it is left alone for half an hour
        own_company.write(ASKER)
        password.write_text(right)
        daemon.wait_for("sent")
        assert daemon.stop() == 0


def test_two_daemons_on_one_store_are_refused(own_company: Company) -> None:
    with own_company.daemon() as daemon:
        daemon.wait_for("started")
        second = own_company.run("run")
        assert second.code == 1
        assert "another inboxbot process" in second.complaints[0]
        assert daemon.stop() == 0
