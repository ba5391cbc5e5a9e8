"""`inboxbot run --once` on real servers: what it says and how it ends when something is not as it should be."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from e2e.company import KEYWORDS, STATEMENT_PLEASE, Company, Ended, add_contacts
from e2e.correspondence import compose
from e2e.process import wait_for
from servers.ports import Ports

pytestmark = [pytest.mark.server, pytest.mark.slow]

ASKER = "invoices@cobaltrobotics.example"
OTHER = "payables@drummondfoods.example"
REFUSED, PUT_OFF = "perm@fail.test", "temp@fail.test"
MEGABYTE = 1_000_000


def parents(mails: list[EmailMessage]) -> list[str]:
    return sorted(str(mail["In-Reply-To"]) for mail in mails)


def states(company: Company) -> dict[str, str]:
    return {item["rcpt_to"]: item["state"] for item in company.export("outbox")}


def outcomes(company: Company) -> list[str]:
    return sorted(row["outcome"] for row in company.export("decisions"))


def ended_well(ended: Ended) -> None:
    assert ended.code == 0, ended.err


def test_an_unreachable_mailbox_is_named_and_ends_with_1(own_company: Company) -> None:
    port = Ports.free().imaps
    own_company.configure(imap_port=port)
    ended = own_company.run_once()
    assert ended.code == 1
    assert ended.complaints == []
    assert {(line["mailbox"], f"localhost:{port}" in line["why"]) for line in ended.events("mailbox_unreachable")} == {("ar", True)}


def test_a_refused_login_is_tried_three_times_at_most(own_company: Company) -> None:
    (own_company.folder / "imap-password").write_text("wrong")
    ended = own_company.run_once()
    assert ended.code == 1
    assert "cannot log in" in ended.events("mailbox_refused")[0]["why"]
    log = (own_company.server.root / "log" / "dovecot.log").read_text(errors="replace")
    tries = [line for line in log.splitlines() if "imap-login" in line and f"user=<{own_company.address}>" in line]
    assert 1 <= sum("auth failed" in line for line in tries) <= 3


def test_a_missing_password_is_one_plain_line(own_company: Company) -> None:
    (own_company.folder / "imap-password").unlink()
    ended = own_company.run_once()
    assert ended.code == 2
    assert len(ended.complaints) == 1
    assert "imap-password" in ended.complaints[0]


def test_a_taken_web_port_does_not_matter_where_nothing_is_served(own_company: Company) -> None:
    own_company.configure(web_port=own_company.server.ports.smtp)
    ended_well(own_company.run("run", "--once", "--only", "ingest,process,send"))


def test_smtp_trouble_of_every_kind(own_company: Company) -> None:
    """Down, then up: what can be sent is sent once, a refusal is final and people see it, what was put off is tried again."""
    add_contacts(own_company, "C1001", REFUSED, PUT_OFF)
    asked = own_company.write(ASKER)
    refused, put_off = own_company.write(REFUSED), own_company.write(PUT_OFF)

    own_company.server.stop_smtp()
    try:
        down = own_company.run_once()
    finally:
        own_company.server.start_smtp()
    ended_well(down)
    assert len(down.events("send_later")) == 1  # one connection tells what three would
    assert all(f":{own_company.server.ports.submission}" in line["why"] for line in down.events("send_later"))
    assert states(own_company) == {ASKER: "ready", REFUSED: "ready", PUT_OFF: "ready"}

    up = run_when_due(own_company)
    assert states(own_company) == {ASKER: "sent", REFUSED: "failed", PUT_OFF: "ready"}
    assert [line["why"].split(": ")[0] for line in up.events("send_refused")] == ["RCPT TO"]
    assert parents(own_company.wait_sent(1)) == [asked]

    items = {item["rcpt_to"]: item for item in own_company.export("outbox")}
    assert "550" in items[REFUSED]["last_error"]
    assert "451" in items[PUT_OFF]["last_error"]
    assert datetime.fromisoformat(items[PUT_OFF]["next_attempt_at"]) > datetime.fromisoformat(items[REFUSED]["finished_at"])
    assert_in_the_queue(own_company, REFUSED)

    again = own_company.run_once()
    assert (again.events("sent"), again.events("send_refused")) == ([], [])
    attempts = {item["rcpt_to"]: item["attempts"] for item in own_company.export("outbox")}
    assert attempts == {ASKER: items[ASKER]["attempts"], REFUSED: items[REFUSED]["attempts"], PUT_OFF: items[PUT_OFF]["attempts"]}
    assert len(own_company.sent()) == 1
    assert {refused, put_off}.isdisjoint(parents(own_company.sent()))


def run_when_due(company: Company) -> Ended:
    """A later run, when what waits is due so soon that the run waits for it."""
    due = [datetime.fromisoformat(item["next_attempt_at"]) for item in company.export("outbox")]
    wait_for(lambda: datetime.now(UTC) > max(due) - timedelta(seconds=8), "the next try")
    ended = company.run_once()
    ended_well(ended)
    return ended


def assert_in_the_queue(company: Company, correspondent: str) -> None:
    queue: list[dict[str, Any]] = company.run("queue", "list", "--json").lines[0]
    (conversation,) = [one for one in queue if one["correspondent"] == correspondent]
    assert conversation["priority"] == "high"
    assert any("failed" in reason for reason in conversation["reasons"])


def test_the_same_mail_twice_and_a_copy_of_it_get_one_answer(own_company: Company) -> None:
    asked = own_company.write(ASKER)
    own_company.write(ASKER, message_id=asked)
    with own_company.server.client(own_company.address) as client:
        client.select_folder("INBOX")
        client.copy([1], "INBOX")
    ended_well(own_company.run_once())
    assert outcomes(own_company) == ["answer", "file", "file"]
    assert parents(own_company.wait_sent(1)) == [asked]
    assert sorted(own_company.flags().values(), key=sorted) == [{KEYWORDS["answer"]}, {KEYWORDS["file"]}, {KEYWORDS["file"]}]


def test_a_mail_of_41_megabytes_goes_to_a_person(own_company: Company) -> None:
    head = compose(
        ASKER,
        own_company.address,
        "Statement of account",
        STATEMENT_PLEASE,
        message_id="<big@cobaltrobotics.example>",
        at=datetime.now(UTC),
    )
    own_company.deliver(ASKER, head + b"x" * 75 + b"\r\n" + (b"y" * 77 + b"\n") * (41 * MEGABYTE // 79))
    small = own_company.write(OTHER)
    ended_well(own_company.run_once())
    rows = {row["message_id"]: row for row in own_company.export("decisions")}
    assert rows["<big@cobaltrobotics.example>"]["outcome"] == "route"
    assert any(reason.startswith("unreadable: 41") for reason in rows["<big@cobaltrobotics.example>"]["reasons"])
    assert parents(own_company.wait_sent(1)) == [small]


def test_the_first_start_leaves_old_mail_alone(own_company: Company) -> None:
    own_company.configure(since="now")
    own_company.write(ASKER)
    ended_well(own_company.run_once())
    assert own_company.export("decisions") == []
    new = own_company.write(OTHER)
    ended_well(own_company.run_once())
    assert outcomes(own_company) == ["answer"]
    assert parents(own_company.wait_sent(1)) == [new]


def test_a_renumbered_mailbox_answers_nothing_twice(own_company: Company) -> None:
    asked = own_company.write(ASKER)
    ended_well(own_company.run_once())
    with own_company.server.client(own_company.address) as client:
        client.select_folder("INBOX", readonly=True)
        raw = client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"]
    own_company.server.new_uidvalidity(own_company.address)
    with own_company.server.client(own_company.address) as client:
        client.append("INBOX", raw)
    new = own_company.write(OTHER)
    ended = own_company.run_once()
    ended_well(ended)
    assert len(ended.events("uidvalidity_changed")) == 1
    assert parents(own_company.wait_sent(2)) == sorted([asked, new])
    assert outcomes(own_company) == ["answer", "answer"]


def test_handled_mail_can_be_moved_away(own_company: Company) -> None:
    own_company.configure(after="move", move_to="Handled")
    asked = [own_company.write(sender) for sender in (ASKER, OTHER)]
    ended_well(own_company.run_once())
    assert parents(own_company.wait_sent(2)) == sorted(asked)
    assert own_company.flags() == {}
    assert list(own_company.flags("Handled").values()) == [set(), set()]
    ended_well(own_company.run_once())
    assert len(own_company.sent()) == 2


def test_every_handled_mail_of_a_large_backlog_is_marked(own_company: Company) -> None:
    now = datetime.now(UTC)
    crowd = [
        compose(f"p{n}@nobody.example", own_company.address, "Question", f"Number {n}.\n", message_id=f"<{n}@nobody.example>", at=now)
        for n in range(60)
    ]
    own_company.deliver("p@nobody.example", *crowd)
    ended_well(own_company.run_once())
    assert len(own_company.export("decisions")) == 60
    assert [uid for uid, flags in own_company.flags().items() if not flags & set(KEYWORDS.values())] == []
