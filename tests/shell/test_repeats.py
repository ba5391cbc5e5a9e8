"""Once per sender and span, through the whole pipeline: copies, repeats, acknowledgements, and machines that answer at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from factories import Clock, Understands, mail_bytes, open_store, raw_mail, record_mail, some_tools, understood_as

from inboxbot.decision import Decision, Outcome
from inboxbot.pipeline import handle
from inboxbot.reply import OutboxState
from inboxbot.store import export, messages, outbox
from inboxbot.store.engine import Store
from inboxbot.understanding import Entities, Intent

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


def test_twenty_tags_are_one_sender(office: Office) -> None:
    found = []
    for number in range(20):
        found.append(office.arrives("Please resend INV-1.", f"ann+{number}@alder.example"))
        office.clock.move(seconds=30)
    assert [decision.outcome for decision in found] == [Outcome.ANSWER] + [Outcome.ROUTE] * 19
    assert all(codes(decision) == ["same_request"] for decision in found[1:])
    assert office.sent() == ["answer"]


def test_another_question_a_colleague_and_the_same_question_after_the_window_are_answered(office: Office) -> None:
    assert office.arrives("Please resend INV-1.").outcome is Outcome.ANSWER
    office.clock.move(minutes=5)
    thread = {"References": "<1@alder.example>"}
    assert office.arrives("What is our balance?", **thread).outcome is Outcome.ANSWER  # another question in the same thread
    assert office.arrives("Please resend INV-1.", "joe@alder.example").outcome is Outcome.ANSWER
    assert codes(office.arrives("Please resend INV-1.", "ann+ap@alder.example")) == ["same_request"]
    office.clock.move(hours=24)
    assert office.arrives("Please resend INV-1.").outcome is Outcome.ANSWER


def test_the_cap_of_a_sender_counts_all_tags(office: Office) -> None:
    office.tools.understander.words.update(  # type: ignore[attr-defined]
        {f"number {n}.": lambda n=n: understood_as(entities=Entities(("INV-1",), payment_reference=str(n))) for n in range(12)}
    )
    found = [office.arrives(f"Question number {n}.", f"ann+{n}@alder.example") for n in range(12)]
    assert [decision.outcome for decision in found] == [Outcome.ANSWER] * 10 + [Outcome.ROUTE] * 2
    assert codes(found[-1]) == ["sender_cap"]


@pytest.mark.parametrize("sender", ["ann@alder.example", "ann+{n}@alder.example"])
def test_a_sender_gets_one_acknowledgement_in_a_week(office: Office, sender: str) -> None:
    for number in range(6):  # one a day: none of the caps stands in the way
        found = office.arrives(f"Please look into {number}.", sender.format(n=number))
        assert (found.outcome, found.acknowledge) == (Outcome.ROUTE, number == 0)
        office.clock.move(hours=25)
    office.clock.move(days=1)
    assert office.arrives("Please look into it.").acknowledge


def test_a_robot_that_changes_its_address_gets_few_acknowledgements(office: Office) -> None:
    found = [office.arrives("Please look into it.", f"ap{number}@alder.example") for number in range(20)]
    assert [decision.acknowledge for decision in found] == [True] * 3 + [False] * 17
    assert office.arrives("Please resend INV-1.").outcome is Outcome.ANSWER  # the others are answered as before


def leave(office: Office) -> str:
    """Whatever waits leaves now; the Message-ID of the last."""
    with office.store.transaction() as session:
        items = outbox.claim(session, office.clock(), timedelta(minutes=5), 10)
        for item in items:
            outbox.begin_sending(session, item, office.clock(), timedelta(minutes=5))
            outbox.finish(session, item, OutboxState.SENT, office.clock())
    return items[-1].message_id


@pytest.mark.parametrize(
    "headers",
    [
        {"In_Reply_To": "{ours}"},
        {"References": "<x@y.example> {ours}"},
        {"References": "{ours} <t@alder.example>", "In_Reply_To": "<t@alder.example>"},
        {"Subject": "Re: Copy"},
        {"Subject": "Automatische Antwort: Copy"},
        {"Subject": "[T-12] Re: Copy", "In_Reply_To": "<t@alder.example>"},
        {"Subject": "Re: Copy", "References": "<1@alder.example>"},  # tickets hang on the id of their first mail
    ],
)
@pytest.mark.parametrize(("seconds", "expected"), [(3, True), (70, False)])
def test_who_answers_ours_at_once_is_no_person(office: Office, headers: dict[str, str], seconds: int, expected: bool) -> None:
    office.arrives("Please resend INV-1.", Subject="Copy")
    ours = leave(office)
    office.clock.move(seconds=seconds)
    found = office.arrives("What is our balance?", **{name: value.format(ours=ours) for name, value in headers.items()})
    assert ("too_quick" in codes(found)) is expected


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("ann@alder.example", {"Subject": "Balance"}),
        ("ann@alder.example", {"Subject": "Copy"}),
        ("ann@alder.example", {"Subject": "Re: Balance"}),
        ("joe@alder.example", {"Subject": "Re: Copy"}),
    ],
)
def test_a_second_mail_soon_after_the_first_is_answered(office: Office, sender: str, headers: dict[str, str]) -> None:
    office.arrives("Please resend INV-1.", Subject="Copy")
    leave(office)
    office.clock.move(seconds=3)
    assert office.arrives("What is our balance?", sender, **headers).outcome is Outcome.ANSWER
