"""Two people for one reply: what waits is sent by nobody, what was approved leaves word for word, nobody approves the own one."""

import asyncio
from email import message_from_bytes
from pathlib import Path

import pytest
from factories import ANN, INVOICES, NOW, a_config, a_conversation, a_ledger, open_store
from shell.test_sending import Office

from inboxbot.conversation import FRAUD, ConversationStatus
from inboxbot.desk import four_eyes, replies
from inboxbot.errors import ConflictError, NotFoundError, UsageError
from inboxbot.store import approvals, conversations, outbox

KEY = b"key"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(open_store(tmp_path), ledger=a_ledger(invoices={i.invoice_number: i for i in INVOICES}))


def converse(office: Office, lane: str = "") -> int:
    with office.store.transaction() as session:
        return conversations.open_new(session, a_conversation(lane=lane), NOW)


def reply(office: Office, conversation_id: int, setting: str, who: str = "dana", text: str = "We call you.") -> int:
    config = a_config(security={"four_eyes": setting})
    with office.store.transaction() as session:
        return replies.reply(session, conversation_id, text, who, config, KEY, office.clock())


def waiting(office: Office) -> list[int]:
    with office.store.transaction() as session:
        return [one.approval_id for one in approvals.waiting(session)]


def state(office: Office, outbox_id: int) -> str:
    with office.store.transaction() as session:
        return outbox.get(session, outbox_id).state


@pytest.mark.parametrize(("setting", "lane", "waits"), [("off", "", False), ("off", FRAUD, False), ("fraud", "", False), ("all", "", True)])
def test_when_a_reply_waits(office: Office, setting: str, lane: str, waits: bool) -> None:
    outbox_id = reply(office, converse(office, lane), setting)
    assert state(office, outbox_id) == ("awaiting_approval" if waits else "ready")
    assert office.drain() == (0 if waits else 1)
    assert len(office.server.taken) == (0 if waits else 1)


@pytest.mark.parametrize("setting", ["fraud", "all"])
def test_in_the_fraud_lane_nobody_replies_alone(office: Office, setting: str) -> None:
    with pytest.raises(UsageError, match="two people"):
        reply(office, converse(office, FRAUD), setting)
    assert office.drain() == 0


def test_what_waits_is_sent_by_nobody_ever(office: Office) -> None:
    outbox_id = reply(office, converse(office), "all")
    for _ in range(3):
        office.clock.move(days=2)
        office.sender.recover()
        assert asyncio.run(office.sender.drain(asyncio.Event())) == 0
    assert (office.server.taken, state(office, outbox_id)) == ([], "awaiting_approval")


def test_the_conversation_stays_open_while_its_reply_waits(office: Office) -> None:
    conversation_id = converse(office)
    reply(office, conversation_id, "all")
    with office.store.transaction() as session:
        assert conversations.get(session, conversation_id).status is ConversationStatus.OPEN


def test_what_was_approved_leaves_word_for_word(office: Office) -> None:
    outbox_id = reply(office, converse(office), "all", text="Please call us back.")
    with office.store.transaction() as session:
        frozen = outbox.get(session, outbox_id).mime
        four_eyes.let_go(session, approvals.waiting(session)[0].approval_id, "sam", office.clock())
    assert office.drain() == 1
    (sent,) = office.server.taken
    assert (sent.mime, sent.rcpt_to) == (frozen, ANN.email)
    assert "Please call us back." in str(message_from_bytes(sent.mime).get_payload()[0])  # type: ignore[index]
    assert waiting(office) == []


@pytest.mark.parametrize("who", ["dana", "DANA", " dana "])
def test_nobody_approves_the_own_reply(office: Office, who: str) -> None:
    outbox_id = reply(office, converse(office), "all", who="dana")
    with office.store.transaction() as session, pytest.raises(UsageError, match="somebody else"):
        four_eyes.let_go(session, approvals.waiting(session)[0].approval_id, who, NOW)
    assert state(office, outbox_id) == "awaiting_approval"


def test_what_was_rejected_never_leaves_and_its_words_stay_in_a_note(office: Office) -> None:
    conversation_id = converse(office)
    outbox_id = reply(office, conversation_id, "all", text="our IBAN is ...")
    with office.store.transaction() as session:
        four_eyes.turn_down(session, approvals.waiting(session)[0].approval_id, "call them first", "sam", NOW)
    assert office.drain() == 0
    assert state(office, outbox_id) == "cancelled"
    with office.store.transaction() as session:
        note = conversations.get(session, conversation_id).notes[-1]
    assert "call them first" in note.text
    assert "our IBAN is ..." in note.text


def test_it_is_decided_once(office: Office) -> None:
    reply(office, converse(office), "all")
    with office.store.transaction() as session:
        approval_id = approvals.waiting(session)[0].approval_id
        four_eyes.let_go(session, approval_id, "sam", NOW)
    for decide in (
        lambda s: four_eyes.let_go(s, approval_id, "olga", NOW),
        lambda s: four_eyes.turn_down(s, approval_id, "no", "olga", NOW),
    ):
        with pytest.raises(ConflictError), office.store.transaction() as session:
            decide(session)
    assert office.drain() == 1
    assert len(office.server.taken) == 1


def test_what_came_into_the_lane_meanwhile_is_approved_by_nobody(office: Office) -> None:
    conversation_id = converse(office)
    outbox_id = reply(office, conversation_id, "all")
    with office.store.transaction() as session:
        conversations.set_lane(session, conversation_id, FRAUD, "olga", NOW)
    with office.store.transaction() as session, pytest.raises(UsageError, match="fraud lane"):
        four_eyes.let_go(session, approvals.waiting(session)[0].approval_id, "sam", NOW)
    assert (state(office, outbox_id), office.drain()) == ("awaiting_approval", 0)


def test_an_approval_that_does_not_exist_is_named(office: Office) -> None:
    with office.store.transaction() as session, pytest.raises(NotFoundError):
        four_eyes.let_go(session, 4711, "sam", NOW)
