"""What people do: a reply in a conversation, and settling a mail in doubt."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from factories import COMPANY, NOW, a_case, a_config, a_conversation, a_decision, frozen_mail, mail_bytes, open_store, raw_mail, record_mail

from inboxbot import desk
from inboxbot.conversation import ConversationStatus, NewConversation
from inboxbot.errors import NotFoundError, ReplyError, UsageError
from inboxbot.reply import OutboxState
from inboxbot.store import conversations, export, messages, outbox
from inboxbot.store.engine import Store

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def conversation(store: Store, new: NewConversation | None = None) -> int:
    with store.transaction() as session:
        return conversations.open_new(session, new or a_conversation(), NOW)


def add_mail(store: Store, number: int, uid: int, content: bytes) -> None:
    row_id = record_mail(store, raw_mail(uid, content))
    with store.transaction() as session:
        messages.write_decision(session, row_id, a_case(), a_decision(), duplicate_of=None, conversation_id=number, now=NOW)


def reply(store: Store, number: int, text: str = "We have looked into it.") -> int:
    with store.transaction() as session:
        return desk.reply(session, number, text, "joe", a_config(), b"key", LATER)


def test_a_reply_goes_to_the_correspondent_in_the_thread_and_waits_for_them(store: Store) -> None:
    number = conversation(store)
    add_mail(store, number, 1, mail_bytes("first", message_id="<1@alder.example>"))
    add_mail(store, number, 2, mail_bytes("second", message_id="<2@alder.example>"))
    outbox_id = reply(store, number)
    with store.transaction() as session:
        row = outbox.get(session, outbox_id)
        found = conversations.get(session, number)
    mail = message_from_bytes(row.mime, policy=default)
    assert (row.rcpt_to, row.kind, row.automatic, row.conversation_id) == ("ann@alder.example", "staff", False, number)
    assert (mail["To"], mail["Subject"], mail["In-Reply-To"]) == ("ann@alder.example", "Re: Our account", "<2@alder.example>")
    assert "Auto-Submitted" not in mail
    assert COMPANY in mail["From"]
    assert "We have looked into it." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert found.status is ConversationStatus.PENDING


def test_who_replied_is_on_record(store: Store) -> None:
    number = conversation(store)
    outbox_id = reply(store, number)
    with store.transaction() as session:
        told = [(row["who"], row["what"], row["detail"]) for row in export.audit(session)]
    assert ("joe", "replied", {"outbox": outbox_id}) in told


def test_a_conversation_without_a_readable_mail_can_still_be_replied_to(store: Store) -> None:
    number = conversation(store)
    add_mail(store, number, 1, b"\xff\x00 no mail")
    assert reply(store, number)
    assert reply(store, conversation(store))


@pytest.mark.parametrize("text", ["Dear Ann, […] regards", "Dear Ann, [… the deduction]"])
def test_a_gap_left_from_the_draft_is_not_sent(store: Store, text: str) -> None:
    number = conversation(store)
    with pytest.raises(ReplyError, match="still holds a gap"):
        reply(store, number, text)
    with store.transaction() as session:
        assert conversations.get(session, number).status is ConversationStatus.OPEN
        assert outbox.counts(session)["ready"] == 0


def test_there_must_be_somebody_to_reply_to(store: Store) -> None:
    with pytest.raises(UsageError, match="conversation 1 has no correspondent"):
        reply(store, conversation(store, a_conversation(correspondent="")))
    with pytest.raises(NotFoundError, match="there is no conversation 77"):
        reply(store, 77)


@pytest.mark.parametrize(("was_sent", "state"), [(True, "sent"), (False, "ready")])
def test_settling_a_doubt_is_on_record(store: Store, was_sent: bool, state: str) -> None:
    number = conversation(store)
    with store.transaction() as session:
        outbox.add(session, frozen_mail(), NOW, conversation_id=number)
        (item,) = outbox.claim(session, NOW, timedelta(minutes=5), 1)
        outbox.finish(session, item, OutboxState.IN_DOUBT, NOW)
    with store.transaction() as session:
        desk.settle(session, 1, was_sent=was_sent, who="joe", now=LATER)
        assert outbox.get(session, 1).state == state
        last = list(export.audit(session))[-1]
    assert (last["who"], last["conversation_id"], last["detail"]) == ("joe", number, {"outbox": 1})
    with pytest.raises(NotFoundError), store.transaction() as session:
        desk.settle(session, 1, was_sent=True, who="joe", now=LATER)
