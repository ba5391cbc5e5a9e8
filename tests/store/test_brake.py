"""The brake: more automatic mail in an hour than the limit stops it, until a person lets go; people's mail goes on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from factories import NOW, Clock, frozen_mail, open_store

from inboxbot.errors import NotFoundError
from inboxbot.reply import OutboxState
from inboxbot.store import outbox, watchbook
from inboxbot.store.engine import Store

LEASE = timedelta(minutes=5)


class Office:
    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.number = store, Clock(), 0

    def add(self, count: int = 1, *, automatic: bool = True) -> None:
        with self.store.transaction() as session:
            for _ in range(count):
                self.number += 1
                outbox.add(session, frozen_mail(self.number, automatic=automatic), self.clock())

    def send(self, most: int) -> int:
        """One round of a sender with this limit; how many left."""
        with self.store.transaction() as session:
            watchbook.brake(session, most, self.clock())
            items = outbox.claim(session, self.clock(), LEASE, 100)
            for item in items:
                outbox.begin_sending(session, item, self.clock(), LEASE)
                outbox.finish(session, item, OutboxState.SENT, self.clock())
        return len(items)

    @property
    def held(self) -> str:
        with self.store.transaction() as session:
            return watchbook.held(session)

    def release(self) -> None:
        with self.store.transaction() as session:
            watchbook.release(session, "joe", self.clock())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = open_store(tmp_path)
    yield Office(store)
    store.close()


def test_up_to_the_limit_everything_leaves(office: Office) -> None:
    office.add(5)
    assert office.send(5) == 5
    assert office.held == ""


def test_a_start_with_too_much_waiting_sends_nothing_and_asks(office: Office) -> None:
    office.add(6)
    assert office.send(5) == 0
    assert "6 automatic mails" in office.held
    with office.store.transaction() as session:
        assert outbox.next_due(session) is None  # nobody waits for what a person has to release


def test_what_left_within_the_hour_counts(office: Office) -> None:
    office.add(4)
    office.send(5)
    office.clock.move(minutes=30)
    office.add(2)
    assert office.send(5) == 0


def test_what_left_earlier_does_not(office: Office) -> None:
    office.add(4)
    office.send(5)
    office.clock.move(minutes=61)
    office.add(2)
    assert office.send(5) == 2


def test_peoples_mail_goes_on(office: Office) -> None:
    office.add(6)
    office.add(2, automatic=False)
    assert office.send(5) == 2


def test_a_person_lets_go_and_what_waited_leaves(office: Office) -> None:
    office.add(6)
    office.send(5)
    office.clock.move(minutes=1)
    office.release()
    assert office.send(5) == 6
    office.clock.move(minutes=1)
    office.add(6)
    assert office.send(5) == 0  # it counts anew from the release on


def test_only_what_is_held_can_be_released(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office.release()


def test_it_stays_held_over_a_restart(tmp_path: Path, office: Office) -> None:
    office.add(6)
    office.send(5)
    office.clock.move(days=1)
    assert Office(open_store(tmp_path)).held
    assert office.send(5) == 0
    assert office.clock() > NOW
