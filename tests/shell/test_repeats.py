"""Once per sender and span, through the whole pipeline: copies, repeats, acknowledgements, and machines that answer at once."""

from pathlib import Path

import pytest
from factories import Clock, Understands, mail_bytes, open_store, raw_mail, record_mail, some_tools, understood_as

from inboxbot.decision import Decision, Outcome
from inboxbot.pipeline import handle
from inboxbot.store import export, messages
from inboxbot.store.engine import Store
from inboxbot.understanding import Intent

MEANINGS = Understands(
    words={
        "statement": lambda: understood_as(Intent.STATEMENT_REQUEST),
        "balance": lambda: understood_as(Intent.BALANCE_QUERY),
        "look into": lambda: understood_as(Intent.DISPUTE),
    }
)


class Office:
    """One company's store and pipeline, whose clock the test moves; mail is dated by it."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.store: Store = open_store(folder)
        self.tools = some_tools(folder, MEANINGS, answers={"acknowledge": "known"})
        self._uid = 0

    def arrives(self, text: str, sender: str = "ann@alder.example", message_id: str = "", **headers: str) -> Decision:
        self._uid += 1
        content = mail_bytes(text, headers.pop("Subject", f"Question {self._uid}"), sender, message_id or f"<{self._uid}@alder.example>")
        content = content.replace(b"20 Nov 2026 12:00:00", f"{self.clock():%d %b %Y %H:%M:%S}".encode())
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        row_id = record_mail(self.store, raw_mail(self._uid, lines.encode() + content, received_at=self.clock()))
        with self.store.transaction() as session:
            recorded = messages.begin(session, row_id)
        assert recorded is not None
        return handle(recorded, self.tools, self.store, self.clock())

    def sent(self) -> list[str]:
        with self.store.transaction() as session:
            return [item["kind"] for row in export.decisions(session) for item in row["outbox"]]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


@pytest.mark.parametrize("first", ["crook@evil.example", "\"'Ann' via AP\" <ap@lists.example>"])
def test_a_strangers_copy_does_not_hide_the_senders_own_mail(office: Office, first: str) -> None:
    office.arrives("Please resend INV-1.", first, "<shared@alder.example>", Subject="Copy")
    own = office.arrives("Please resend INV-1.", message_id="<shared@alder.example>", Subject="Copy")
    assert (own.outcome, codes(own)) == (Outcome.ROUTE, ["reused_message_id"])
    again = office.arrives("Please resend INV-1.", message_id="<shared@alder.example>", Subject="Copy")
    assert (again.outcome, codes(again)) == (Outcome.FILE, ["duplicate"])
    assert office.sent() == []
    with office.store.transaction() as session:
        assert [row["conversation_id"] for row in export.decisions(session)] == [1, 2, None]


def test_the_senders_own_copy_is_filed(office: Office) -> None:
    assert office.arrives("Please resend INV-1.", message_id="<1@alder.example>", Subject="Copy").outcome is Outcome.ANSWER
    copy = office.arrives("Please resend INV-1.", message_id="<1@alder.example>", Subject="Re: Copy")
    assert (copy.outcome, codes(copy), office.sent()) == (Outcome.FILE, ["duplicate"], ["answer"])
