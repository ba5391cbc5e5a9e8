"""Every machine-readable output of the real commands keeps to its schema; one prepared store for all of them."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from contract.office import COMPANY, MAILDIR, TRUST, Ended, Office, mail, open_office, smtp_server
from contract.schemas import FOLDER, faults

EXPORTS = ("decisions", "conversations", "promises", "disputes", "outbox", "audit")
CORPUS_MAIL = {
    "id": "w01-001", "subject": "Invoice copy", "from": "m.fuller@alderstone.example", "date": "2026-11-17T08:02:00-06:00", "lang": "en",
    "intents": ["invoice_copy"], "outcome": "answer", "invoices": ["INV-20294"],
    "segments": [["invoice_copy", "Please send me a copy of INV-20294.\n"]],
}  # fmt: skip


def invoice_of(office: Office, customer_id: str) -> list[str]:
    rows = (line.split(",") for line in (office.folder / "ledger" / "invoices.csv").read_text(encoding="utf-8").splitlines())
    return next(row for row in rows if row[1] == customer_id)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which one round of real mail was handled, and people have worked on the queue."""
    office = open_office(tmp_path_factory.mktemp("worked"), day=datetime.now(UTC).date())
    number = invoice_of(office, "C1001")[0]
    with smtp_server() as (_, smtp):
        office.configure(COMPANY + TRUST + MAILDIR + smtp + '[[rule]]\nname = "owner"\nthen = { assign = "account_owner" }\n')
        for raw in (
            mail("Megan Fuller <m.fuller@alderstone.example>", "Invoice copy please", f"Hi,\n\nCould you please send me a copy of invoice {number}?\n\nThanks,\nMegan"),
            mail("m.fuller@alderstone.example", f"Invoice {number}", f"Hi,\n\nThe price on {number} is wrong. We dispute this invoice.\n\nMegan"),
            mail("ap@alderstone.example", "Bank details", "Hello,\n\nplease confirm your bank account number and IBAN for payment.\n\nThanks"),
            mail("y.sato@nakamura-trading.example", "Out of office", "I am away until Monday.", headers={"Auto-Submitted": "auto-replied"}),
            mail("invoices@cobaltrobotics.example", "Statement", "Please send us a statement of account.", trusted=False),
        ):  # fmt: skip
            office.deliver(raw)
        ended = office.run("run", "--once", "--only", "ingest,process,send")
        assert ended.code == 0, ended.err
    office.deliver(mail("joe.tran@bayline-marine.example", "Later", "This one has not been read yet."))
    for command in (("note", "1", "called them"), ("assign", "1", "sam.okafor@brightwater.example"), ("reply", "2", "--text", "We look into it.")):
        ended = office.run("queue", *command, "--as", "dana")
        assert ended.code == 0, ended.err
    yield office


def one(ended: Ended) -> Any:
    """The one JSON value on the one line of an output."""
    assert ended.complaints == []
    return ended.lines[0]


def test_every_schema_is_used_and_is_itself_valid() -> None:
    used = {f"export_{what}" for what in EXPORTS} | {"explain", "queue_list", "queue_show", "status", "audit", "outbox_list", "evaluate"}

    assert {path.stem for path in FOLDER.glob("*.json")} == used
    assert [faults(name, None) for name in used if not faults(name, None)] == []  # check_schema, and none takes just anything


def test_queue_list(worked: Office) -> None:
    ended = worked.run("queue", "list", "--status", "all", "--json")

    listed = one(ended)
    assert faults("queue_list", listed) == []
    assert Counter(item["primary"] for item in listed) == {"dispute": 1, "bank_details": 1, "statement_request": 1}
    assert listed[0]["priority"] == "urgent"
    assert ended.code == 0


def test_queue_list_shows_what_is_open_or_what_was_asked_for(worked: Office) -> None:
    opened = one(worked.run("queue", "list", "--json"))
    sams = one(worked.run("queue", "list", "--assignee", "sam.okafor@brightwater.example", "--json"))

    assert all(item["status"] == "open" for item in opened)
    assert len(opened) == 2  # the third was replied to and is pending
    assert [item["id"] for item in sams] == [1]


def test_queue_show(worked: Office) -> None:
    shown = one(worked.run("queue", "show", "1", "--json"))

    assert faults("queue_show", shown) == []
    assert (shown["assignee"], [note["text"] for note in shown["notes"]]) == ("sam.okafor@brightwater.example", ["called them"])
    assert "We dispute this invoice" in shown["mails"][0]["text"]


def test_status(worked: Office) -> None:
    ended = worked.run("status", "--json")

    found = one(ended)
    assert faults("status", found) == []
    assert {key: found["messages"][key] for key in ("answer", "route", "file")} == {"answer": 1, "route": 3, "file": 1}
    assert (found["outbox"]["sent"], found["outbox"]["ready"]) == (1, 1)
    assert (ended.code, found["needs_person"]) == (1, ["2 open conversations"])


def test_audit(worked: Office) -> None:
    ended = worked.run("audit", "--json")

    found = one(ended)
    assert faults("audit", found) == []
    assert found == {"mailbox": "ar", "in_mailbox": 6, "recorded": 5, "unknown": [], "unread": 1}
    assert ended.code == 0


def test_outbox_list(worked: Office) -> None:
    listed = one(worked.run("outbox", "list", "--json"))
    ready = one(worked.run("outbox", "list", "--state", "ready", "--json"))

    assert faults("outbox_list", listed) == []
    assert [(item["kind"], item["state"]) for item in listed] == [("answer", "sent"), ("staff", "ready")]
    assert [item["kind"] for item in ready] == ["staff"]


@pytest.mark.parametrize("what", EXPORTS)
def test_export(worked: Office, what: str) -> None:
    ended = worked.run("export", "--what", what)

    assert [fault for row in ended.lines for fault in faults(f"export_{what}", row)] == []
    assert (ended.code, ended.complaints) == (0, [])
    assert len(ended.lines) == {"decisions": 5, "conversations": 3, "promises": 0, "disputes": 1, "outbox": 2}.get(what, len(ended.lines))


def test_export_takes_decisions_for_granted_oldest_first(worked: Office) -> None:
    rows = worked.run("export").lines

    assert [row["uid"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["outcome"] for row in rows] == ["answer", "route", "route", "file", "route"]
    assert rows[0]["outbox"] == [
        {
            "message_id": rows[0]["outbox"][0]["message_id"], "to": "m.fuller@alderstone.example", "kind": "answer", "state": "sent",
            "attachments": [invoice_of(worked, "C1001")[-1]],
        }
    ]  # fmt: skip
    assert rows[1]["assignee"] == "dana.reyes@brightwater.example"


def test_nothing_but_the_queue_shows_what_people_wrote(worked: Office) -> None:
    everything = "".join(worked.run("export", "--what", what).out for what in ("decisions", "conversations", "disputes", "audit"))

    assert "called them" not in everything  # a note
    assert "Could you please" not in everything.replace("Could you please send me a copy", "", 1)  # beyond the evidence


def test_promises_are_exported(tmp_path: Path) -> None:
    """A promise row from the store itself: whether a mail makes one is the understanding's matter, not the export's."""
    row = {
        "id": 1, "customer_id": "C1005", "message_id": 1, "promised_for": "2026-11-27", "amount": "11286.57", "currency": "USD",
        "invoice_numbers": ["INV-20139"], "state": "open", "created_at": "2026-11-20T09:30:00Z",
    }  # fmt: skip
    assert faults("export_promises", row) == []
    assert faults("export_promises", {**row, "state": "maybe"}) != []
    assert tmp_path.is_dir()


def test_evaluate(office: Office) -> None:
    corpus = office.folder / "corpus"
    (corpus / "mails").mkdir(parents=True)
    (corpus / "ledger").symlink_to(office.folder / "ledger")
    (corpus / "splits.json").write_text('{"train": [], "calibration": ["w01"], "test": []}', encoding="utf-8")
    (corpus / "mails" / "w01.jsonl").write_text(json.dumps(CORPUS_MAIL) + "\n", encoding="utf-8")
    from contract.office import INBOXBOT, run  # noqa: PLC0415

    ended = run([INBOXBOT, "evaluate", "--corpus", str(corpus), "--json", "--model", str(Path(__file__).parents[2] / "models" / "artifact")])

    figures = one(ended)
    assert faults("evaluate", figures) == []
    assert (ended.code, figures["mails"]) == (0, "1")
