"""Mail of ours that comes back: tied to its outbox item by proof alone, its address stopped, people told."""

from datetime import timedelta
from pathlib import Path

import pytest
from factories import NOW, Clock, Understands, mail_bytes, open_store, raw_mail, record_mail, some_tools, understood_as

from inboxbot import desk, pipeline
from inboxbot.decision import Decision, Outcome
from inboxbot.errors import NotFoundError, UsageError
from inboxbot.pipeline import Tools
from inboxbot.reply import OutboxState
from inboxbot.responders import freeze
from inboxbot.store import bounces, conversations, export, messages, outbox
from inboxbot.store.engine import Store
from inboxbot.store.tables import OutboxRow
from inboxbot.understanding import Entities

KEY = b"key"
VERP = {"host": "smtp.example", "bounce_address": "ar-bounces+{id}@brightwater.example"}
REPORT = """From: MAILER-DAEMON@mx.alder.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Fri, 20 Nov 2026 12:05:00 +0000
Message-ID: <dsn{n}@mx.alder.example>
Content-Type: multipart/report; report-type={kind}; boundary=b

--b

See below.
--b
Content-Type: message/{kind}

Reporting-MTA: dns; mx.alder.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user
Feedback-Type: abuse

--b
Content-Type: text/rfc822-headers

Message-ID: {original}
X-Inboxbot-Id: {mark}
--b--
"""


class Office:
    """One company's store and pipeline."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = open_store(folder)
        meanings = {
            f"other question {n}": lambda n=n: understood_as(entities=Entities(("INV-1",), payment_reference=str(n))) for n in range(9)
        }
        self.tools: Tools = some_tools(folder, Understands(words=meanings), smtp=VERP)
        self.clock = Clock()
        self._uid = 0

    def arrives(self, content: bytes) -> Decision:
        self._uid += 1
        row_id = record_mail(self.store, raw_mail(self._uid, content))
        with self.store.transaction() as session:
            recorded = messages.begin(session, row_id)
        assert recorded is not None
        return pipeline.handle(recorded, self.tools, self.store, self.clock())

    def asks(self, n: int) -> Decision:
        self.clock.move(days=2)  # past every window of earlier answers
        content = mail_bytes(f"Please resend INV-1, {n}.", subject=f"Copy {n}", message_id=f"<ask{n}@alder.example>")
        return self.arrives(content.replace(b"20 Nov 2026 12:00:00", f"{self.clock():%d %b %Y %H:%M:%S}".encode()))

    def comes_back(self, **changes: str) -> Decision:
        plain = {
            "to": "ar@brightwater.example", "n": str(self._uid), "kind": "delivery-status", "recipient": "ann@alder.example",
            "action": "failed", "status": "5.1.1", "original": "<x@elsewhere.example>", "mark": "none",
        }  # fmt: skip
        return self.arrives(REPORT.format(**{**plain, **changes}).replace("\n", "\r\n").encode())

    @property
    def sent(self) -> list[OutboxRow]:
        with self.store.transaction() as session:
            return [outbox.get(session, row["id"]) for row in export.outbox(session)]

    @property
    def stopped(self) -> list[str]:
        with self.store.transaction() as session:
            return [row["email"] for row in bounces.list_stopped(session)]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = Office(tmp_path)
    assert found.asks(1).outcome is Outcome.ANSWER
    return found


def proofs(office: Office) -> dict[str, dict[str, str]]:
    row = office.sent[0]
    return {
        "return address": {"to": row.mail_from},
        "Message-ID": {"original": row.message_id},
        "mark": {"mark": freeze.loop_mark(KEY, row.message_id)},
    }


@pytest.mark.parametrize("proof", ["return address", "Message-ID", "mark"])
def test_a_proven_failure_stops_the_address_until_a_person_releases_it(office: Office, proof: str) -> None:
    report = office.comes_back(**proofs(office)[proof])
    assert report.outcome is Outcome.FILE
    assert office.stopped == ["ann@alder.example"]
    with office.store.transaction() as session:
        found = conversations.get(session, office.sent[0].conversation_id or 0)
    assert found.priority == "high"
    assert any(reason.startswith("bounced: ann@alder.example: 5.1.1") for reason in found.reasons)

    held = office.asks(2)
    assert held.outcome is Outcome.ROUTE
    assert "stopped_address" in {reason.code for reason in held.reasons}
    assert len(office.sent) == 1
    with office.store.transaction() as session:
        desk.release_address(session, "Ann@alder.example", "joe", office.clock())
    assert office.asks(3).outcome is Outcome.ANSWER


@pytest.mark.parametrize(
    "forged",
    [
        {},  # backscatter: a mail that we never sent
        {"original": f"<inboxbot.{'a' * 24}.{'b' * 24}@brightwater.example>"},
        {"to": f"ar-bounces+{'a' * 24}{'b' * 12}@brightwater.example"},
        {"mark": f"{'a' * 24}.{'b' * 24}"},
        {"recipient": "bob@bayline.example"},
    ],
)
def test_what_proves_nothing_stops_nobody(office: Office, forged: dict[str, str]) -> None:
    assert office.comes_back(**forged).outcome is Outcome.FILE
    assert office.stopped == []
    assert office.asks(2).outcome is Outcome.ANSWER


def test_a_report_can_stop_no_address_but_the_one_the_mail_went_to(office: Office) -> None:
    office.comes_back(**proofs(office)["Message-ID"], recipient="bob@bayline.example")
    assert office.stopped == []
    with office.store.transaction() as session:
        assert office.sent[0].conversation_id is not None
        assert conversations.count_open(session) == 1  # people see that something came back all the same


def test_a_delay_stops_nothing_and_calls_nobody(office: Office) -> None:
    office.comes_back(**proofs(office)["Message-ID"], action="delayed", status="4.4.1")
    assert office.stopped == []
    with office.store.transaction() as session:
        assert conversations.count_open(session) == 0


def test_a_complaint_stops_the_address(office: Office) -> None:
    assert office.comes_back(**proofs(office)["return address"], kind="feedback-report").outcome is Outcome.FILE
    assert office.stopped == ["ann@alder.example"]


def test_a_mail_that_waits_for_a_stopped_address_fails_and_is_shown(office: Office) -> None:
    with office.store.transaction() as session:
        desk.stop_address(session, "Ann@Alder.example", "left the company", "joe", NOW)
    row = office.sent[0]
    assert row.state == OutboxState.FAILED.value
    assert "left the company" in row.last_error
    with office.store.transaction() as session:
        assert conversations.count_open(session) == 1


def test_staff_cannot_write_to_a_stopped_address_without_releasing_it(office: Office) -> None:
    office.comes_back(**proofs(office)["Message-ID"])
    number = office.sent[0].conversation_id or 0
    with office.store.transaction() as session, pytest.raises(UsageError, match=r"inboxbot address release ann@alder\.example"):
        desk.reply(session, number, "Hello?", "joe", office.tools.config, KEY, NOW)


def test_only_a_stopped_address_can_be_released(office: Office) -> None:
    with office.store.transaction() as session, pytest.raises(NotFoundError):
        desk.release_address(session, "ann@alder.example", "joe", NOW)


def test_the_same_report_twice_counts_once(office: Office) -> None:
    proof = proofs(office)["return address"]
    office.comes_back(**proof, n="same")
    office.comes_back(**proof, n="same")
    with office.store.transaction() as session:
        assert bounces.list_stopped(session)[0]["times"] == 1


def test_every_mail_has_its_own_signed_return_address(office: Office) -> None:
    office.asks(2)
    one, two = (row.mail_from for row in office.sent)
    assert one != two
    assert one.startswith("ar-bounces+")
    assert freeze.returned_token(one.upper(), VERP["bounce_address"], KEY) in office.sent[0].message_id
    assert freeze.returned_token(one, VERP["bounce_address"], b"another key") == ""
    assert freeze.returned_token("ar-bounces@brightwater.example", VERP["bounce_address"], KEY) == ""


def test_a_second_question_in_a_thread_is_answered_and_a_cut_thread_still_counts(office: Office) -> None:
    """A client that names only its parent begins no new thread."""
    for n in range(2, 6):
        answer = office.sent[-1]
        office.clock.move(hours=1)
        lines = f"Subject: Re: more {n}\r\nIn-Reply-To: {answer.message_id}\r\n"
        content = mail_bytes(f"An other question {n}.", message_id=f"<ask{n}@alder.example>")
        decision = office.arrives(content.replace(b"Subject: Invoice INV-1\r\n", lines.encode()))
        expected = Outcome.ANSWER if n <= 3 else Outcome.ROUTE  # three a day in a thread
        assert decision.outcome is expected, (n, decision.reasons)
    assert {row.thread_root for row in office.sent} == {"<ask1@alder.example>"}


def test_who_answers_an_automatic_mail_within_seconds_is_no_person(office: Office) -> None:
    row = office.sent[0]
    with office.store.transaction() as session:
        for item in outbox.claim(session, office.clock(), timedelta(minutes=5), 10):
            outbox.begin_sending(session, item, NOW - timedelta(seconds=20), timedelta(minutes=5))
            outbox.finish(session, item, OutboxState.SENT, NOW - timedelta(seconds=19))
    content = mail_bytes("Please resend INV-2.", message_id="<quick@alder.example>")
    decision = office.arrives(content.replace(b"Subject:", f"In-Reply-To: {row.message_id}\r\nSubject:".encode()))
    assert "too_quick" in {reason.code for reason in decision.reasons}
