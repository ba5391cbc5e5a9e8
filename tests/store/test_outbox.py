"""The outbox: from state to state, one step at a time, and never by somebody whose claim is gone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from factories import NOW, Clock, decided_mail, frozen_mail, open_store

from inboxbot.errors import NotFoundError, StoreError
from inboxbot.reply import OutboxItem, OutboxState
from inboxbot.store import outbox
from inboxbot.store.engine import Store

LEASE = timedelta(minutes=5)


class Outbox:
    """The outbox of one store at the clock's time; each call is one transaction."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, Clock()

    def add(self, number: int = 1) -> int:
        with self.store.transaction() as session:
            return outbox.add(session, frozen_mail(number), self.clock())

    def claim(self, limit: int = 10) -> list[OutboxItem]:
        with self.store.transaction() as session:
            return outbox.claim(session, self.clock(), LEASE, limit)

    def begin(self, item: OutboxItem) -> bool:
        with self.store.transaction() as session:
            return outbox.begin_sending(session, item, self.clock(), LEASE)

    def finish(self, item: OutboxItem, state: OutboxState = OutboxState.SENT) -> bool:
        with self.store.transaction() as session:
            return outbox.finish(session, item, state, self.clock(), error="e", reply="250 ok")

    def retry(self, item: OutboxItem, wait: timedelta = timedelta(0)) -> bool:
        with self.store.transaction() as session:
            return outbox.retry_later(session, item, self.clock() + wait, "451 later")

    def give_back(self, item: OutboxItem) -> bool:
        with self.store.transaction() as session:
            return outbox.give_back(session, item)

    def doubt(self, *, whatever_lease: bool = False) -> list[int]:
        with self.store.transaction() as session:
            return outbox.doubt_abandoned(session, self.clock(), whatever_lease=whatever_lease)

    def free(self) -> None:
        with self.store.transaction() as session:
            outbox.free_claims(session)

    def settle(self, outbox_id: int, *, was_sent: bool) -> None:
        with self.store.transaction() as session:
            outbox.settle(session, outbox_id, was_sent=was_sent, now=self.clock())

    def state(self, outbox_id: int = 1) -> str:
        with self.store.transaction() as session:
            return outbox.get(session, outbox_id).state


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    store = open_store(tmp_path)
    yield Outbox(store)
    store.close()


def test_a_claimed_item_is_what_was_frozen(box: Outbox) -> None:
    box.add()
    (item,) = box.claim()
    frozen = frozen_mail()
    assert (item.mime, item.mail_from, item.rcpt_to, item.message_id) == (frozen.mime, frozen.mail_from, frozen.rcpt_to, frozen.message_id)
    assert (item.documents, item.customer_id, item.kind, item.attempts) == (frozen.documents, "C1", "answer", 1)


def test_items_are_claimed_oldest_first_and_only_once(box: Outbox) -> None:
    for number in (1, 2, 3):
        box.add(number)
    assert [item.outbox_id for item in box.claim(2)] == [1, 2]
    assert [item.outbox_id for item in box.claim()] == [3]
    assert box.claim() == []


def test_a_claim_may_be_retaken_when_its_lease_is_over(box: Outbox) -> None:
    box.add()
    (first,) = box.claim()
    box.clock.move(minutes=5)
    assert box.claim() == []
    box.clock.move(seconds=1)
    (second,) = box.claim()
    assert (second.attempts, second.claim == first.claim) == (2, False)


def test_a_sender_that_slept_past_its_lease_may_not_send(box: Outbox) -> None:
    box.add()
    (slow,) = box.claim()
    box.clock.move(minutes=6)
    (quick,) = box.claim()
    assert not box.begin(slow)
    assert box.begin(quick)
    assert [box.finish(slow), box.retry(slow), box.give_back(slow)] == [False, False, False]
    assert box.state() == "sending"
    assert box.finish(quick)


def test_the_body_begins_once(box: Outbox) -> None:
    box.add()
    (item,) = box.claim()
    assert box.begin(item)
    assert not box.begin(item)


def test_what_is_leaving_is_never_claimed_again(box: Outbox) -> None:
    box.add()
    (item,) = box.claim()
    box.begin(item)
    box.clock.move(days=400)
    box.free()
    assert box.claim() == []


@pytest.mark.parametrize("end", [OutboxState.SENT, OutboxState.FAILED, OutboxState.IN_DOUBT])
def test_an_end_is_an_end(box: Outbox, end: OutboxState) -> None:
    box.add()
    (item,) = box.claim()
    box.begin(item)
    assert box.finish(item, end)
    assert [box.finish(item), box.retry(item), box.begin(item), box.give_back(item)] == [False] * 4
    box.clock.move(days=1)
    assert (box.claim(), box.doubt(), box.state()) == ([], [], end.value)
    with box.store.transaction() as session:
        row = outbox.get(session, 1)
        assert (row.finished_at, row.lease_until, row.last_error, row.server_reply) == (NOW, None, "e", "250 ok")


def test_what_the_server_does_not_have_comes_due_again(box: Outbox) -> None:
    box.add()
    (item,) = box.claim()
    box.begin(item)
    assert box.retry(item, timedelta(minutes=10))
    with box.store.transaction() as session:
        assert outbox.next_due(session) == NOW + timedelta(minutes=10)
    assert box.claim() == []
    box.clock.move(minutes=10)
    (again,) = box.claim()
    assert again.attempts == 2


def test_an_unused_claim_is_as_if_never_made(box: Outbox) -> None:
    box.add()
    (item,) = box.claim()
    assert box.give_back(item)
    (again,) = box.claim()
    assert again.attempts == 1


def test_what_is_leaving_cannot_be_given_back(box: Outbox) -> None:
    box.add()
    (item,) = box.claim()
    box.begin(item)
    assert not box.give_back(item)


def test_an_abandoned_body_is_in_doubt_when_its_lease_is_over(box: Outbox) -> None:
    for number in (1, 2):
        box.add(number)
    begun, _untouched = box.claim()
    box.begin(begun)
    assert box.doubt() == []
    box.clock.move(minutes=6)
    assert box.doubt() == [1]
    assert box.doubt() == []
    assert (box.state(1), box.state(2)) == ("in_doubt", "ready")
    assert not box.finish(begun, OutboxState.IN_DOUBT)
    assert box.finish(begun)  # the sender was only slow, and the server's word is clear


def test_at_a_start_nobody_else_lives_and_no_lease_is_waited_for(box: Outbox) -> None:
    for number in (1, 2):
        box.add(number)
    begun, _untouched = box.claim()
    box.begin(begun)
    box.free()
    assert box.doubt(whatever_lease=True) == [1]
    assert [item.outbox_id for item in box.claim()] == [2]


@pytest.mark.parametrize(("was_sent", "state"), [(True, "sent"), (False, "ready")])
def test_a_person_settles_a_doubt(box: Outbox, was_sent: bool, state: str) -> None:
    box.add()
    (item,) = box.claim()
    box.finish(item, OutboxState.IN_DOUBT)
    box.settle(1, was_sent=was_sent)
    assert box.state() == state
    assert len(box.claim()) == (0 if was_sent else 1)


@pytest.mark.parametrize("number", [1, 4711])
def test_only_a_doubt_can_be_settled(box: Outbox, number: int) -> None:
    box.add()
    with pytest.raises(NotFoundError, match=f"no outbox item {number} in doubt"):
        box.settle(number, was_sent=True)
    with box.store.transaction() as session, pytest.raises(NotFoundError, match="no outbox item 4711"):
        outbox.get(session, 4711)


def test_a_message_has_one_mail_of_each_kind(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    row_id = decided_mail(store)
    with store.transaction() as session:
        outbox.add(session, frozen_mail(1), NOW, answers_message_id=row_id)
        outbox.add(session, frozen_mail(2, kind="staff"), NOW, answers_message_id=row_id)
    with pytest.raises(StoreError, match="UNIQUE"), store.transaction() as session:
        outbox.add(session, frozen_mail(3), NOW, answers_message_id=row_id)


def test_a_message_id_goes_out_once(box: Outbox) -> None:
    box.add()
    with pytest.raises(StoreError, match="UNIQUE"):
        box.add()


def test_people_may_write_as_often_as_they_like(box: Outbox) -> None:
    assert [box.add(number) for number in (1, 2, 3)] == [1, 2, 3]


def test_states_are_counted(box: Outbox) -> None:
    for number in (1, 2, 3):
        box.add(number)
    one, two, _three = box.claim()
    box.finish(one)
    box.begin(two)
    with box.store.transaction() as session:
        assert outbox.counts(session) == {
            "ready": 1,
            "sending": 1,
            "sent": 1,
            "failed": 0,
            "in_doubt": 0,
            "awaiting_approval": 0,
            "cancelled": 0,
        }
        assert outbox.sending(session) == 1
