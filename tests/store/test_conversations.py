"""Conversations: opened, continued, reopened; every change leaves an audit row in the same transaction."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from factories import NOW, a_conversation, decided_mail, open_store
from sqlmodel import Session

from inboxbot.conversation import ConversationStatus, Note
from inboxbot.decision import Priority
from inboxbot.errors import NotFoundError
from inboxbot.store import conversations, export
from inboxbot.store.engine import Store

LATER = NOW + timedelta(hours=1)
URGENCY = [Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.transaction() as session:
        yield session


def audited(session: Session) -> list[tuple[object, ...]]:
    return [(row["who"], row["what"], row["conversation_id"]) for row in export.audit(session)]


def go_on(session: Session, number: int, priority: Priority = Priority.NORMAL) -> None:
    conversations.continue_with(session, number, primary="balance_query", priority=priority, reasons=["new: words"], draft="d2", now=LATER)


def test_a_new_conversation_is_open_and_unread(session: Session) -> None:
    number = conversations.open_new(session, a_conversation(assignee="billing", draft="d1"), NOW)
    found = conversations.get(session, number)
    assert (found.status, found.assignee, found.customer_id, found.primary) == (ConversationStatus.OPEN, "billing", "C1", "dispute")
    assert (found.created_at, found.updated_at, found.notes, found.reasons) == (NOW, NOW, (), ("not_routine: a person's",))
    assert conversations.draft(session, number) == "d1"
    assert audited(session) == [("inboxbot", "opened", number)]


@pytest.mark.parametrize("status", list(ConversationStatus))
def test_a_further_mail_opens_it_again_whatever_it_was(session: Session, status: ConversationStatus) -> None:
    number = conversations.open_new(session, a_conversation(assignee="ann"), NOW)
    conversations.set_status(session, number, status, "ann", NOW)
    go_on(session, number)
    found = conversations.get(session, number)
    assert (found.status, found.assignee) == (ConversationStatus.OPEN, "ann")
    assert (found.primary, found.reasons, found.updated_at) == ("balance_query", ("new: words",), LATER)
    assert conversations.draft(session, number) == "d2"
    assert audited(session)[-1][1] == ("continued" if status is ConversationStatus.OPEN else "reopened")


@pytest.mark.parametrize(("before", "after"), list(product(URGENCY, URGENCY)))
def test_its_priority_only_rises(session: Session, before: Priority, after: Priority) -> None:
    number = conversations.open_new(session, a_conversation(priority=before), NOW)
    go_on(session, number, after)
    assert conversations.get(session, number).priority is max(before, after, key=URGENCY.index)


def test_the_queue_shows_the_urgent_and_then_the_old_first(session: Session) -> None:
    for subject, priority, age in [("d", "low", 9), ("c", "normal", 1), ("b", "normal", 2), ("a", "urgent", 0)]:
        conversations.open_new(session, a_conversation(subject=subject, priority=Priority(priority)), NOW - timedelta(hours=age))
    assert [one.subject for one in conversations.listing(session)] == ["a", "b", "c", "d"]
    assert [one.subject for one in conversations.listing(session, limit=2)] == ["a", "b"]


def test_the_queue_can_be_narrowed(session: Session) -> None:
    mine = conversations.open_new(session, a_conversation(assignee="ann"), NOW)
    closed = conversations.open_new(session, a_conversation(), NOW)
    conversations.set_status(session, closed, ConversationStatus.CLOSED, "ann", NOW)
    everything = {one.conversation_id for one in conversations.listing(session, status=None)}
    assert everything == {mine, closed}
    assert [one.conversation_id for one in conversations.listing(session)] == [mine]
    assert [one.conversation_id for one in conversations.listing(session, assignee="joe")] == []
    assert [one.conversation_id for one in conversations.listing(session, status=ConversationStatus.CLOSED)] == [closed]
    assert conversations.count_open(session) == 1


def test_messages_are_counted_and_listed_oldest_first(store: Store) -> None:
    with store.transaction() as session:
        number = conversations.open_new(session, a_conversation(), NOW)
    rows = [decided_mail(store, uid, conversation_id=number) for uid in (1, 2)]
    with store.transaction() as session:
        assert conversations.get(session, number).messages == conversations.listing(session)[0].messages == 2
        assert conversations.message_rows(session, number) == rows
        assert conversations.texts(session, number) == [("ann@alder.example", NOW, "Please resend INV-1.")] * 2


def test_people_assign_note_and_close_under_their_names(session: Session) -> None:
    number = conversations.open_new(session, a_conversation(), NOW)
    conversations.assign(session, number, "joe", "ann", LATER)
    conversations.add_note(session, number, "called them", "joe", LATER)
    conversations.set_status(session, number, ConversationStatus.CLOSED, "joe", LATER)
    found = conversations.get(session, number)
    assert (found.assignee, found.status, found.notes) == ("joe", ConversationStatus.CLOSED, (Note("joe", "called them", LATER),))
    assert audited(session)[1:] == [("ann", "assigned", number), ("joe", "noted", number), ("joe", "status", number)]
    assert [row["detail"] for row in export.audit(session)][1] == {"from": None, "to": "joe"}


@pytest.mark.parametrize(
    "act",
    [
        lambda session: conversations.get(session, 9),
        lambda session: conversations.draft(session, 9),
        lambda session: go_on(session, 9),
        lambda session: conversations.assign(session, 9, None, "ann", NOW),
        lambda session: conversations.add_note(session, 9, "x", "ann", NOW),
        lambda session: conversations.set_status(session, 9, ConversationStatus.OPEN, "ann", NOW),
    ],
)
def test_a_conversation_that_is_not_there_is_named(session: Session, act: Callable[[Session], object]) -> None:
    with pytest.raises(NotFoundError, match="there is no conversation 9"):
        act(session)
    assert audited(session) == []
