"""What the shared inbox does by the clock, and the sender's and the ledger's side of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from inbox_office import Office, Watch, build
from sqlmodel import select

from inboxbot.conversation import ConversationStatus, NewConversation, Promise
from inboxbot.decision import Priority
from inboxbot.desk import accounts, reading, work
from inboxbot.desk.clock import DeskClock
from inboxbot.store import conversations, ledger_notes
from inboxbot.store.tables import OutboxRow
from inboxbot.store.tables_staff import NotificationRow

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path, watch: Watch) -> Iterator[Office]:
    made = build(tmp_path, now=watch.now, mails=False, documents=False, clock=watch)
    made.write("m.fuller@alderstone.example", "Price of INV-20294", "The price on INV-20294 is wrong. We will not pay it like this.")
    yield made
    made.app.store.close()


def told(office: Office) -> list[tuple[str, str]]:
    with office.app.store.reading() as session:
        return sorted((row.email, row.kind) for row in session.exec(select(NotificationRow)))


def test_a_snooze_ends_and_the_conversation_is_back_in_the_queue(office: Office, watch: Watch) -> None:
    work.snooze(office.desk, office.viewer("sam"), 1, watch.now + timedelta(hours=3))
    clock = DeskClock(office.desk)
    clock.round()
    assert reading.conversation(office.desk, office.viewer("sam"), 1).status is ConversationStatus.SNOOZED
    watch.turn(hours=3)
    clock.round()
    assert reading.conversation(office.desk, office.viewer("sam"), 1).status is ConversationStatus.OPEN


def test_what_is_due_is_told_once_to_everybody_of_the_team_that_has_it(office: Office, watch: Watch) -> None:
    clock = DeskClock(office.desk)
    clock.round()
    assert told(office) == []
    watch.turn(hours=5)
    for _ in range(3):
        clock.round()
    assert told(office) == [("dana@brightwater.example", "sla_due"), ("sam@brightwater.example", "sla_due")]


def test_a_broken_promise_moves_the_customers_conversations_up_and_says_so(office: Office, watch: Watch) -> None:
    before = reading.conversation(office.desk, office.viewer("sam"), 1)
    open_one = next(i for i in office.app.ledger.current.invoices.values() if i.customer_id == "C1001" and i.is_open)
    promise = Promise("C1001", watch.now.date() - timedelta(days=3), None, "USD", (open_one.invoice_number,))
    with office.app.store.transaction() as session:
        ledger_notes.add_promise(session, promise, 1, watch.now - timedelta(days=10))
    DeskClock(office.desk).round()
    after = reading.conversation(office.desk, office.viewer("sam"), 1)
    assert after.rank < before.rank
    assert f"broken_promise: {promise.promised_for.isoformat()}" in after.urgency


def test_ranking_anew_changes_nothing_when_nothing_changed(office: Office) -> None:
    clock = DeskClock(office.desk)
    clock.rank_anew()
    before = reading.conversation(office.desk, office.viewer("sam"), 1)
    assert clock.rank_anew() == 0
    assert DeskClock(office.desk).rank_anew() == 0
    assert reading.conversation(office.desk, office.viewer("sam"), 1) == before


def notices(office: Office) -> list[OutboxRow]:
    with office.app.store.reading() as session:
        return list(session.exec(select(OutboxRow).where(OutboxRow.kind == "notice")))


def test_a_notice_is_mailed_once_to_whom_wants_it_and_holds_no_customers_words(office: Office) -> None:
    accounts.change_own(office.desk, office.viewer("olga"), name="Olga", timezone="", theme="system", notify=["mentioned"])
    work.note(office.desk, office.viewer("sam"), 1, "@olga @mia please look")
    work.assign(office.desk, office.viewer("sam"), 1, "olga@brightwater.example")
    clock = DeskClock(office.desk)
    for _ in range(3):
        clock.round()
    found = notices(office)
    assert sorted(row.rcpt_to for row in found) == ["mia@brightwater.example", "olga@brightwater.example"]
    mail = message_from_bytes(found[0].mime, policy=policy.default)
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",)).get_content()
    assert "/inbox/c/1" in text
    assert "not pay it" not in text


def test_whom_a_rule_gave_new_work_is_told(office: Office, watch: Watch) -> None:
    new = NewConversation(
        "Short paid", "m.fuller@alderstone.example", "C1001", "deduction", Priority.NORMAL, (), "Olga@brightwater.example"
    )
    with office.app.store.transaction() as session:
        conversations.open_new(session, new, watch.now)
        conversations.open_new(session, replace(new, assignee="disputes"), watch.now)
        conversations.open_new(session, replace(new, assignee="sam@brightwater.example"), watch.now, who="sam@brightwater.example")
    assert told(office) == [("olga@brightwater.example", "assigned")]
    DeskClock(office.desk).round()
    assert [row.rcpt_to for row in notices(office)] == ["olga@brightwater.example"]


def test_what_is_opened_again_is_due_when_the_configuration_says(office: Office, watch: Watch) -> None:
    inbox = office.desk.config.inbox.model_copy(update={"high_hours": 1.0})
    desk = replace(office.desk, config=office.desk.config.model_copy(update={"inbox": inbox}))
    sam = office.viewer("sam")
    work.set_status(desk, sam, 1, ConversationStatus.CLOSED)
    work.set_status(desk, sam, 1, ConversationStatus.OPEN)
    assert reading.conversation(desk, sam, 1).due_at == watch.now + timedelta(hours=1)
    work.snooze(desk, sam, 1, watch.now + timedelta(hours=3))
    watch.turn(hours=3)
    DeskClock(desk).wake()
    assert reading.conversation(desk, sam, 1).due_at == watch.now - timedelta(hours=2)


def test_yesterdays_news_is_not_mailed(office: Office, watch: Watch) -> None:
    work.note(office.desk, office.viewer("sam"), 1, "@olga please look")
    watch.turn(hours=25)
    DeskClock(office.desk).round()
    assert [row.rcpt_to for row in notices(office) if row.rcpt_to == "olga@brightwater.example"] == []
