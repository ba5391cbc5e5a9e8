"""What is wrong with mails, ledger and documents is named, goes to people, and stops nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from contract.office import ADDRESS, COMPANY, GATEWAY, MAILDIR, TRUST, Ended, Office, mail, open_office, smtp_server

pytestmark = pytest.mark.slow  # real commands, one after the other

MEGAN, PRIYA = "m.fuller@alderstone.example", "priya.nair@cobaltrobotics.example"  # C1001, C1003
ROUND = ("run", "--once", "--only", "ingest,process,send")


@pytest.fixture
def today(tmp_path: Path) -> Office:
    """An office as of today, with a Maildir that is handled from its beginning."""
    return open_office(tmp_path, COMPANY + TRUST + MAILDIR, day=datetime.now(UTC).date())


def edit(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")


def invoice(office: Office, customer_id: str) -> tuple[int, str]:
    """(line in invoices.csv, number) of the customer's first invoice."""
    lines = (office.folder / "ledger" / "invoices.csv").read_text(encoding="utf-8").splitlines()
    return next((number, line.split(",")[0]) for number, line in enumerate(lines, start=1) if line.split(",")[1] == customer_id)


def copy_of(number: str, sender: str, **more: Any) -> bytes:
    return mail(sender, f"Copy of invoice {number}", f"Hello,\n\nplease resend invoice {number}.\n\nThank you\n", **more)


def decided(office: Office, *, code: int = 0) -> list[Any]:
    """One round, and what was decided, oldest first."""
    ended = office.call(*ROUND)
    assert ended.code == code, ended.err
    return office.call("export").lines


def codes(row: Any) -> list[str]:
    return [reason.partition(":")[0] for reason in row["reasons"]]


BAD_ROWS = {
    "a word for an amount": lambda row: ",".join([*row.split(",")[:6], "much", *row.split(",")[7:]]),
    "a date as people write it": lambda row: ",".join([*row.split(",")[:3], "13.10.2026", *row.split(",")[4:]]),
    "a decimal comma, quoted": lambda row: ",".join([*row.split(",")[:6], '"1234,56"', *row.split(",")[7:]]),
    "a decimal comma, not quoted": lambda row: ",".join([*row.split(",")[:6], "1234,56", *row.split(",")[7:]]),
    "a field too few": lambda row: row.rpartition(",")[0],
}


@pytest.mark.parametrize("broken", BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_ledger_row_is_named_and_only_its_customer_is_held_back(today: Office, broken: Callable[[str], str]) -> None:
    line, _ = invoice(today, "C1001")
    edit(today.folder / "ledger" / "invoices.csv", lambda rows: [*rows[: line - 1], broken(rows[line - 1]), *rows[line:]])
    place = f"{today.folder / 'ledger' / 'invoices.csv'}:{line}: "
    today.deliver(mail(MEGAN, "Statement of account", "Hello,\n\nPlease send us a current statement of account.\n\nKind regards\n"))
    today.deliver(copy_of(invoice(today, "C1003")[1], PRIYA))

    megans, priyas = decided(today)
    synced, checked, status = (today.call(*command) for command in (("ledger", "sync"), ("check",), ("status", "--json")))

    assert (megans["outcome"], codes(megans)) == ("route", ["ledger_incomplete"])
    assert place in megans["reasons"][0]
    assert priyas["outcome"] == "answer"
    assert (synced.code, checked.code, status.code) == (1, 1, 1)
    assert synced.err.startswith(f"inboxbot: {place}")
    assert place in checked.err
    assert "1 rejected ledger rows" in status.lines[0]["needs_person"]


def test_a_missing_column_is_named_with_file_and_line(today: Office) -> None:
    edit(today.folder / "ledger" / "payments.csv", lambda rows: [row.replace(",currency", ",curr") for row in rows])

    ended = today.call(*ROUND)

    assert ended.code == 1
    place = f"{today.folder / 'ledger' / 'payments.csv'}:1"
    expected = "payment_id,customer_id,invoice_number,date,amount,currency,method,reference"
    assert ended.complaints == [f"inboxbot: {place}: the header lacks currency (expected {expected})"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("contacts.csv", None, "cannot be read"),
        ("contacts.csv", b"", "header lacks"),
        ("invoices.csv", b"\xff\xfe\x00", "is not UTF-8"),
        ("customers.csv", b'customer_id,name,currency,credit_limit,terms_days,account_owner,on_hold\nC1,"open', "not valid CSV"),
    ],
    ids=["missing", "empty", "not UTF-8", "not CSV"],
)  # fmt: skip
def test_a_bad_ledger_file_is_named(today: Office, name: str, content: bytes | None, words: str) -> None:
    file = today.folder / "ledger" / name
    file.unlink() if content is None else file.write_bytes(content)

    ended = today.call("check")

    assert ended.code in (1, 2)
    assert len(ended.complaints) == 1
    assert str(file) in ended.err
    assert words in ended.err


def test_a_missing_document_routes_and_is_named(today: Office) -> None:
    (_, missing), (_, there) = invoice(today, "C1001"), invoice(today, "C1003")
    (today.folder / "documents" / f"{missing}.pdf").unlink()
    today.deliver(copy_of(missing, MEGAN))
    today.deliver(copy_of(there, PRIYA))

    megans, priyas = decided(today)

    assert (megans["outcome"], codes(megans)) == ("route", ["document_missing"])
    assert megans["reasons"] == [f"document_missing: the document of {missing} is not there"]
    assert priyas["outcome"] == "answer"


def test_every_bad_mail_is_routed_and_a_good_one_behind_them_is_answered(today: Office) -> None:
    number = invoice(today, "C1001")[1]
    big = f"From: {MEGAN}\nTo: {ADDRESS}\nSubject: Scans\n\n".encode() + b"x" * 41_000_000
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (level, level) for level in range(3_000))
    for raw in (b"", bytes(range(256)) * 100, big, f"From: {MEGAN}\nTo: {ADDRESS}\nMIME-Version: 1.0\n".encode() + deep):
        today.deliver(raw)
    today.deliver(copy_of(number, MEGAN))

    rows = decided(today)

    assert [row["outcome"] for row in rows] == [*["route"] * 4, "answer"]
    assert rows[2]["reasons"][0] == "unreadable: 41.0 MB, more than [limits] max_message_mb = 40"
    assert (rows[2]["from"], rows[2]["customer_id"]) == (MEGAN, "C1001")  # what its header saves
    assert all(row["conversation_id"] for row in rows[:4])
    assert all(row["outbox"] == [] for row in rows[:4])


def test_a_message_as_big_as_allowed_is_read(today: Office) -> None:
    today.configure(today.config.read_text(encoding="utf-8") + "[limits]\nmax_message_mb = 0.002\n")
    number = invoice(today, "C1001")[1]
    today.deliver(copy_of(number, MEGAN))
    today.deliver(copy_of(number, MEGAN, message_id="<big@x.example>", headers={"X-Filler": "x" * 2_000}))

    small, big = decided(today)

    assert (small["outcome"], big["outcome"], codes(big)) == ("answer", "route", codes(big))
    assert "unreadable" in codes(big)


def test_a_mail_without_message_id_is_answered_like_any_other(today: Office) -> None:
    today.deliver(copy_of(invoice(today, "C1001")[1], MEGAN, message_id=""))

    (row,) = decided(today)

    assert (row["message_id"], row["outcome"], len(row["outbox"])) == ("", "answer", 1)


def test_the_same_mail_twice_gets_one_answer(today: Office) -> None:
    number = invoice(today, "C1001")[1]
    for message_id in (None, ""):
        raw = copy_of(number, MEGAN, message_id=message_id, at=datetime.now(UTC))
        today.deliver(raw)
        today.deliver(raw)

    rows = decided(today)

    assert [row["outcome"] for row in rows] == ["answer", "file", "route", "file"]  # the third is the same request anew
    assert [codes(row)[0] for row in rows[1:]] == ["duplicate", "same_request", "duplicate"]
    assert sum(len(row["outbox"]) for row in rows) == 1


def test_a_second_round_finds_nothing_to_do(today: Office) -> None:
    today.deliver(copy_of(invoice(today, "C1001")[1], MEGAN))
    first = decided(today)

    assert decided(today) == first


def test_an_answer_reaches_the_sender_once_with_the_document(today: Office) -> None:
    number = invoice(today, "C1001")[1]
    today.deliver(copy_of(number, MEGAN))
    with smtp_server() as (postbox, smtp):
        today.configure(COMPANY + TRUST + MAILDIR + smtp)
        (row,) = decided(today)
        decided(today)

    assert len(postbox.mails) == 1
    assert f'filename="{number}.pdf"'.encode() in postbox.mails[0]
    assert (row["outbox"][0]["to"], row["outbox"][0]["state"]) == (MEGAN, "sent")
    assert row["outbox"][0]["attachments"] == [f"{number}.pdf"]


def test_a_recipient_that_the_server_refuses_is_shown_to_people(today: Office) -> None:
    today.deliver(copy_of(invoice(today, "C1001")[1], MEGAN))
    with smtp_server(refuse="550 5.1.1 no such user") as (postbox, smtp):
        today.configure(COMPANY + TRUST + MAILDIR + smtp)
        (row,) = decided(today)

    assert postbox.mails == []
    assert row["outbox"][0]["state"] == "failed"
    assert any("mails that could not be sent" in words for words in today.call("status", "--json").lines[0]["needs_person"])


def test_a_mail_server_that_is_down_is_a_retry_and_no_failure(today: Office) -> None:
    today.deliver(copy_of(invoice(today, "C1001")[1], MEGAN))
    with smtp_server() as (_, smtp):
        pass  # the port is free again
    today.configure(COMPANY + TRUST + MAILDIR + smtp)

    (row,) = decided(today)  # the next try is more than ten seconds away, so the round ends well

    assert row["outbox"][0]["state"] == "ready"


def test_a_maildir_that_is_not_there_ends_in_one_and_names_it(today: Office) -> None:
    today.configure(COMPANY + TRUST + MAILDIR.replace('"maildir"\nsince', '"elsewhere"\nsince'))

    ended = today.call(*ROUND)

    assert ended.code == 1
    assert str(today.folder / "elsewhere") in ended.err


@pytest.mark.parametrize("where", ["file-in-the-way/inboxbot.db", "no/such/folder/inboxbot.db", "/proc/inboxbot.db"])
def test_a_store_that_cannot_be_written_is_named(today: Office, where: str) -> None:
    (today.folder / "file-in-the-way").write_text("", encoding="utf-8")
    today.configure(COMPANY + TRUST + MAILDIR + f'[store]\nurl = "sqlite:///{where}"\n')

    ended = today.call(*ROUND)

    assert ended.code == 1
    assert len(ended.complaints) == 1
    assert where in ended.complaints[0]


IMAP = '[[mailbox]]\nname = "i"\nkind = "imap"\nhost = "127.0.0.1"\nport = 1\nusername = "u"\n'


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('password_env = "INBOXBOT_NOT_SET"\n', "password_env: the environment variable INBOXBOT_NOT_SET is not set"),
        ('password_file = "not-there"\n', "password_file: cannot read the secret file"),
        ("", "password_env or"),
    ],
    ids=["env", "file", "none"],
)
def test_a_secret_that_is_not_there_is_named_with_its_key(today: Office, line: str, place: str) -> None:
    with smtp_server() as (_, smtp):
        for section in (IMAP + line, smtp + 'username = "u"\n' + line):
            today.configure(COMPANY + TRUST + section)
            ended = today.call("check", "--connect")
            assert ended.code in (1, 2)
            assert place in ended.err
            assert "Traceback" not in ended.err


def test_a_round_without_its_secret_ends_badly_and_names_it(today: Office) -> None:
    today.configure(COMPANY + TRUST + IMAP + 'password_env = "INBOXBOT_NOT_SET"\n')

    ended = today.call(*ROUND)

    assert ended.code in (1, 2)
    assert "INBOXBOT_NOT_SET is not set" in ended.err
    assert "Traceback" not in ended.err


def test_nobody_is_believed_without_a_trusted_gateway_and_check_says_so(today: Office) -> None:
    today.configure(COMPANY + MAILDIR)
    today.deliver(copy_of(invoice(today, "C1001")[1], MEGAN))

    (row,) = decided(today)
    checked: Ended = today.call("check")

    assert (row["outcome"], codes(row)) == ("route", ["not_authenticated"])
    assert "trusted_authserv_ids is empty" in checked.out


def test_switched_off_authentication_is_warned_of_at_every_start(today: Office) -> None:
    today.configure(COMPANY + MAILDIR + '[security]\nauthentication = "off"\n')
    today.deliver(copy_of(invoice(today, "C1001")[1], MEGAN, trusted=False))

    for _ in range(2):
        assert 'authentication = \\"off\\"' in today.call(*ROUND).err
    assert today.call("export").lines[0]["outcome"] == "answer"
    assert GATEWAY not in today.config.read_text(encoding="utf-8")
