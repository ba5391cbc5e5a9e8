"""Every machine-readable output of the real commands keeps to its schema; one prepared store for all of them."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from contract.office import COMPANY, INBOXBOT, MAILDIR, TRUST, Ended, Office, mail, open_office, run, smtp_server
from contract.schemas import FOLDER, faults

from inboxbot.conversation import Promise
from inboxbot.store import ledger_notes
from inboxbot.store.engine import Store

pytestmark = pytest.mark.slow  # real commands, one after the other

MEGAN = "m.fuller@alderstone.example"
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
def worked(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office in which one round of real mail was handled, and people have worked on the queue."""
    office = open_office(tmp_path_factory.mktemp("worked"), day=datetime.now(UTC).date())
    number = invoice_of(office, "C1001")[0]
    with smtp_server() as (_, smtp):
        office.configure(COMPANY + TRUST + MAILDIR + smtp + '[[rule]]\nname = "owner"\nthen = { assign = "account_owner" }\n')
        for raw in (
            mail(MEGAN, f"Copy of invoice {number}", f"Hello,\n\nplease resend invoice {number}.\n\nThank you\nMegan Fuller"),
            mail(MEGAN, f"Invoice {number}", f"Hi,\n\nThe price on {number} is wrong. We dispute this invoice.\n\nMegan"),
            mail("ap@alderstone.example", "Bank details", "Hello,\n\nplease confirm your bank account number and IBAN.\n\nThanks"),
            mail("y.sato@nakamura-trading.example", "Out of office", "I am away until Monday.", headers={"Auto-Submitted": "auto-replied"}),
            mail("invoices@cobaltrobotics.example", "Statement", "Please send us a statement of account.", trusted=False),
        ):  # fmt: skip
            office.deliver(raw)
        ended = office.run("run", "--once", "--only", "ingest,process,send")
        assert ended.code == 0, ended.err
    office.deliver(mail("joe.tran@bayline-marine.example", "Later", "This one has not been read yet."))
    for command in (
        ("note", "1", "called them"),
        ("assign", "1", "sam.okafor@brightwater.example"),
        ("reply", "3", "--text", "We look into it."),
    ):
        assert office.call("queue", *command, "--as", "dana").code == 0
    record_promise(office)
    return office


def record_promise(office: Office) -> None:
    """Whether a mail makes a promise is the understanding's matter; here is one for the export."""
    store = Store(f"sqlite:///{office.folder / 'inboxbot.db'}")
    with store.transaction() as session:
        promise = Promise("C1005", date(2026, 11, 27), Decimal("11286.57"), "USD", ("INV-20139",))
        ledger_notes.add_promise(session, promise, 1, datetime.now(UTC))
    store.close()


@pytest.fixture(scope="module")
def outputs(worked: Office) -> dict[str, Ended]:
    """What each command says of that store: one of each kind in a process of its own, two at a time."""
    commands = {
        "decisions": ("export", "--what", "decisions"), "queue show": ("queue", "show", "1", "--json"),
        "queue list": ("queue", "list", "--json"), "status": ("status", "--json"), "audit mailbox": ("audit", "--json"),
        "outbox list": ("outbox", "list", "--json"),
    }  # fmt: skip
    here = {
        **{what: ("export", "--what", what) for what in EXPORTS if what != "decisions"}, "export": ("export",),
        "queue list all": ("queue", "list", "--status", "all", "--json"),
        "queue list sam": ("queue", "list", "--assignee", "sam.okafor@brightwater.example", "--json"),
        "outbox ready": ("outbox", "list", "--state", "ready", "--json"),
    }  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        outputs = dict(zip(commands, pool.map(lambda command: worked.run(*command), commands.values()), strict=True))
    return outputs | {name: worked.call(*command) for name, command in here.items()}


def one(ended: Ended) -> Any:
    """The one JSON value on the one line of an output."""
    assert ended.complaints == []
    assert len(ended.lines) == 1
    return ended.lines[0]


def test_every_schema_is_used_and_is_itself_valid() -> None:
    used = {f"export_{what}" for what in EXPORTS} | {"explain", "queue_list", "queue_show", "status", "audit", "outbox_list", "evaluate"}

    assert {path.stem for path in FOLDER.glob("*.json")} == used
    assert [faults(name, None) for name in used if not faults(name, None)] == []  # check_schema, and none takes just anything


def test_queue_list(outputs: dict[str, Ended]) -> None:
    ended = outputs["queue list all"]

    listed = one(ended)
    assert faults("queue_list", listed) == []
    assert Counter(item["primary"] for item in listed) == {"dispute": 1, "bank_details": 1, "statement_request": 1}
    assert listed[0]["priority"] == "urgent"
    assert ended.code == 0


def test_queue_list_shows_what_is_open_or_what_was_asked_for(outputs: dict[str, Ended]) -> None:
    opened = one(outputs["queue list"])
    sams = one(outputs["queue list sam"])

    assert all(item["status"] == "open" for item in opened)
    assert len(opened) == 2  # the third was replied to and is pending
    assert [item["id"] for item in sams] == [1]


def test_queue_show(outputs: dict[str, Ended]) -> None:
    shown = one(outputs["queue show"])

    assert faults("queue_show", shown) == []
    assert (shown["assignee"], [note["text"] for note in shown["notes"]]) == ("sam.okafor@brightwater.example", ["called them"])
    assert "We dispute this invoice" in shown["mails"][0]["text"]


def test_status(outputs: dict[str, Ended]) -> None:
    ended = outputs["status"]

    found = one(ended)
    assert faults("status", found) == []
    assert {key: found["messages"][key] for key in ("answer", "route", "file")} == {"answer": 1, "route": 3, "file": 1}
    assert (found["outbox"]["sent"], found["outbox"]["ready"]) == (1, 1)
    assert (ended.code, found["needs_person"]) == (1, ["2 open conversations"])


def test_audit(outputs: dict[str, Ended]) -> None:
    ended = outputs["audit mailbox"]

    found = one(ended)
    assert faults("audit", found) == []
    assert found == {"mailbox": "ar", "in_mailbox": 6, "recorded": 5, "unknown": [], "unread": 1}
    assert ended.code == 0


def test_outbox_list(outputs: dict[str, Ended]) -> None:
    listed = one(outputs["outbox list"])
    ready = one(outputs["outbox ready"])

    assert faults("outbox_list", listed) == []
    assert [(item["kind"], item["state"]) for item in listed] == [("answer", "sent"), ("staff", "ready")]
    assert [item["kind"] for item in ready] == ["staff"]


@pytest.mark.parametrize("what", EXPORTS)
def test_export(outputs: dict[str, Ended], what: str) -> None:
    ended = outputs[what]

    assert [fault for row in ended.lines for fault in faults(f"export_{what}", row)] == []
    assert (ended.code, ended.complaints) == (0, [])
    assert len(ended.lines) == {"decisions": 5, "conversations": 3, "promises": 1, "disputes": 1, "outbox": 2}.get(what, len(ended.lines))


def test_export_takes_decisions_for_granted_oldest_first(worked: Office, outputs: dict[str, Ended]) -> None:
    rows = outputs["export"].lines

    assert [row["uid"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["outcome"] for row in rows] == ["answer", "route", "route", "file", "route"]
    assert rows[0]["outbox"] == [
        {
            "message_id": rows[0]["outbox"][0]["message_id"], "to": "m.fuller@alderstone.example", "kind": "answer", "state": "sent",
            "attachments": [invoice_of(worked, "C1001")[-1]],
        }
    ]  # fmt: skip
    assert rows[1]["assignee"] == "dana.reyes@brightwater.example"


def test_an_export_holds_no_more_of_a_mail_than_the_evidence(outputs: dict[str, Ended]) -> None:
    everything = "".join(outputs[what].out for what in EXPORTS)

    assert "called them" not in everything  # a note
    assert "Thank you" not in everything


def test_evaluate(office: Office) -> None:
    corpus = office.folder / "corpus"
    (corpus / "mails").mkdir(parents=True)
    (corpus / "ledger").symlink_to(office.folder / "ledger")
    (corpus / "splits.json").write_text('{"train": [], "calibration": ["w01"], "test": []}', encoding="utf-8")
    (corpus / "mails" / "w01.jsonl").write_text(json.dumps(CORPUS_MAIL) + "\n", encoding="utf-8")
    ended = run(
        [INBOXBOT, "evaluate", "--corpus", str(corpus), "--json", "--model", str(Path(__file__).parents[2] / "models" / "artifact")]
    )

    figures = one(ended)
    assert faults("evaluate", figures) == []
    assert (ended.code, figures["mails"]) == (0, 1)
