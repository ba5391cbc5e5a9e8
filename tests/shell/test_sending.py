"""The sender over a transport that does as it is told: every way in which a send can end, and what is written of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from factories import ANN, NOW, RESOLVER, Clock, a_conversation, a_ledger, fetched, frozen_mail, open_store

from inboxbot.conversation import Conversation, ConversationStatus
from inboxbot.decision import Priority
from inboxbot.errors import (
    InboxbotError,
    SendError,
    SendInDoubtError,
    SendPermanentError,
    SendRefusedLoginError,
    SendTemporaryError,
    SendUnreachableError,
    StoreError,
)  # fmt: skip
from inboxbot.ledger.model import Ledger
from inboxbot.reply import FrozenMail, OutboxItem, OutboxState
from inboxbot.responders.transport import given_id
from inboxbot.sending import BATCH, Pace, Sender
from inboxbot.store import conversations, outbox
from inboxbot.store.engine import Store
from inboxbot.store.tables import OutboxRow

Begin = Callable[[], Awaitable[bool]]
PACE = Pace()


@dataclass
class Server:
    """Keeps what it is given; `early` is raised before the body, `late` after it was begun."""

    early: InboxbotError | None = None
    late: InboxbotError | None = None
    taken: list[OutboxItem] = field(default_factory=list)
    before_begin: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None

    async def send(self, item: OutboxItem, begin: Begin) -> str:
        if self.early:
            raise self.early
        self.before_begin()
        if not await begin():
            raise SendTemporaryError("the claim is lost")
        if self.late:
            raise self.late
        self.taken.append(item)
        self.after()
        return "250 2.0.0 queued as 17"

    async def aclose(self) -> None:
        pass


@dataclass
class Office:
    """A store, a server, and the sender between them."""

    store: Store
    server: Server = field(default_factory=Server)
    clock: Clock = field(default_factory=Clock)
    ledger: Ledger = field(default_factory=a_ledger)

    @property
    def sender(self) -> Sender:
        return Sender(self.store, self.server, lambda: self.ledger, RESOLVER, self.clock, fetch=fetched)

    def post(self, number: int = 1, mail: FrozenMail | None = None, conversation_id: int | None = None) -> int:
        with self.store.transaction() as session:
            return outbox.add(session, mail or frozen_mail(number), self.clock(), conversation_id=conversation_id)

    def drain(self) -> int:
        return asyncio.run(self.sender.drain(asyncio.Event()))

    def row(self, outbox_id: int = 1) -> OutboxRow:
        with self.store.transaction() as session:
            return outbox.get(session, outbox_id)

    def conversations(self) -> list[Conversation]:
        with self.store.transaction() as session:
            return conversations.listing(session, status=None)

    def claimed(self) -> OutboxItem:
        with self.store.transaction() as session:
            (item,) = outbox.claim(session, self.clock(), timedelta(minutes=5), 1)
        return item


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(open_store(tmp_path))


def test_what_the_server_took_is_sent_once(office: Office) -> None:
    office.post()
    assert office.drain() == 1
    assert [(item.mime, item.rcpt_to) for item in office.server.taken] == [(frozen_mail().mime, ANN.email)]
    row = office.row()
    assert (row.state, row.server_reply, row.finished_at) == ("sent", "250 2.0.0 queued as 17", NOW)
    assert office.conversations() == []
    office.clock.move(days=9)
    assert office.drain() == 0


def test_everything_due_is_sent_oldest_first(office: Office) -> None:
    for number in range(BATCH + 3):
        office.post(number)
    assert office.drain() == BATCH + 3
    assert [item.outbox_id for item in office.server.taken] == list(range(1, BATCH + 4))


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize(
    ("error", "state", "shown"),
    [
        (SendTemporaryError("450 busy"), OutboxState.READY, False),
        (SendRefusedLoginError("535 no"), OutboxState.READY, False),
        (SendError("something"), OutboxState.READY, False),
        (SendPermanentError("550 no such user"), OutboxState.FAILED, True),
        (SendInDoubtError("cut after the dot"), OutboxState.IN_DOUBT, True),
    ],
)
def test_each_error_has_its_state(office: Office, error: InboxbotError, state: OutboxState, shown: bool, begun: bool) -> None:
    office.server = Server(late=error) if begun else Server(early=error)
    office.post()
    assert office.drain() == 1
    row, found = office.row(), office.conversations()
    assert (row.state, row.last_error, row.sending_at is None) == (state.value, str(error), not begun or state is OutboxState.READY)
    assert bool(found) is shown
    for conversation in found:
        assert (conversation.priority, conversation.correspondent, conversation.customer_id) == (Priority.HIGH, ANN.email, "C1")
        assert conversation.reasons == (f"{state.value}: {error}",)
        assert row.conversation_id == conversation.conversation_id


def test_an_undelivered_mail_reopens_its_conversation_and_takes_nothing_from_it(office: Office) -> None:
    with office.store.transaction() as session:
        number = conversations.open_new(session, a_conversation(draft="a draft", assignee="joe"), NOW)
        conversations.set_status(session, number, ConversationStatus.CLOSED, "joe", NOW)
    office.server = Server(early=SendPermanentError("550 no"))
    office.post(conversation_id=number)
    office.drain()
    (found,) = office.conversations()
    assert (found.conversation_id, found.status, found.priority) == (number, ConversationStatus.OPEN, Priority.HIGH)
    assert (found.primary, found.assignee) == ("dispute", "joe")
    assert found.reasons == ("not_routine: a person's", "failed: 550 no")
    with office.store.transaction() as session:
        assert conversations.draft(session, number) == "a draft"


# trying again


def test_waits_double_from_twenty_seconds_to_an_hour() -> None:
    waits = [PACE.retry(attempt).total_seconds() for attempt in (0, 1, 2, 3, 8, 9, 10, 1000)]
    assert waits == [20, 20, 40, 80, 2560, 3600, 3600, 3600]


def test_a_temporary_error_is_tried_again_until_it_passes(office: Office) -> None:
    office.server = Server(early=SendTemporaryError("450 busy"))
    office.post()
    for attempt in (1, 2, 3):
        assert office.drain() == 1
        assert office.row().next_attempt_at == office.clock() + PACE.retry(attempt)
        assert office.drain() == 0
        office.clock.moment = office.row().next_attempt_at
    office.server = Server()
    assert office.drain() == 1
    assert office.row().state == "sent"


@pytest.mark.parametrize(("span", "state"), [(PACE.give_up, "ready"), (PACE.give_up + timedelta(seconds=1), "failed")])
def test_after_a_day_it_is_given_up_and_shown(office: Office, span: timedelta, state: str) -> None:
    office.server = Server(early=SendTemporaryError("450 busy"))
    office.post()
    office.clock.moment += span
    office.drain()
    assert office.row().state == state
    assert len(office.conversations()) == (state == "failed")


def test_a_refused_login_is_soon_tried_once_an_hour_only(office: Office) -> None:
    office.server = Server(early=SendRefusedLoginError("535 no"))
    office.post()
    waits = []
    for _ in range(4):
        office.drain()
        waits.append(office.row().next_attempt_at - office.clock())
        office.clock.moment = office.row().next_attempt_at
    assert waits == [PACE.retry(1), PACE.retry(2), PACE.longest_retry, PACE.longest_retry]


@pytest.mark.parametrize("error", [SendUnreachableError("nobody listens"), SendRefusedLoginError("535 no")])
def test_a_server_that_cannot_be_used_is_asked_once_for_all(office: Office, error: SendError) -> None:
    office.server = Server(early=error)
    for number in range(BATCH + 5):
        office.post(number)
    assert office.drain() == 1
    rows = [office.row(number) for number in range(1, BATCH + 6)]
    assert {row.next_attempt_at for row in rows} == {NOW + PACE.retry(1)}
    assert {row.attempts for row in rows[1:]} == {0}
    office.server = Server()
    office.clock.move(seconds=21)
    assert office.drain() == BATCH + 5


def test_while_a_server_rests_new_mail_waits_with_it(office: Office) -> None:
    office.server = Server(early=SendUnreachableError("nobody listens"))
    sender = office.sender
    office.post(1)
    asyncio.run(sender.drain(asyncio.Event()))
    office.server.early = None
    office.post(2)
    assert asyncio.run(sender.drain(asyncio.Event())) == 0
    office.clock.move(seconds=21)
    assert asyncio.run(sender.drain(asyncio.Event())) == 2


def test_with_the_server_everything_that_is_too_old_is_given_up_and_shown(office: Office) -> None:
    office.server = Server(early=SendUnreachableError("nobody listens"))
    for number in (1, 2, 3):
        office.post(number)
    office.clock.move(hours=25)
    office.post(4)
    for _ in range(4):
        office.drain()
        office.clock.move(hours=2)
    assert [office.row(number).state for number in (1, 2, 3, 4)] == ["failed", "failed", "failed", "ready"]
    assert len(office.conversations()) == 3


def test_times_that_a_wrong_clock_wrote_have_come(office: Office) -> None:
    office.clock.move(days=1)
    office.post(1)
    office.claimed()
    office.post(2)
    office.clock.moment = NOW  # the clock is put right
    assert office.drain() == 2


def test_a_clock_that_is_set_back_leaves_no_server_alone_for_a_day(office: Office) -> None:
    office.server = Server(early=SendUnreachableError("nobody listens"))
    sender = office.sender
    office.post()
    asyncio.run(sender.drain(asyncio.Event()))
    office.server.early = None
    assert asyncio.run(sender.drain(asyncio.Event())) == 0
    office.clock.move(days=-1)
    assert asyncio.run(sender.drain(asyncio.Event())) == 1


def test_what_people_want_sent_next_week_is_sent_next_week(office: Office) -> None:
    office.post(1, frozen_mail(automatic=False))
    with office.store.transaction() as session:
        outbox.get(session, 1).next_attempt_at = NOW + timedelta(days=7)
    assert office.drain() == 0
    office.clock.move(days=7)
    assert office.drain() == 1


def test_a_result_is_written_until_the_store_takes_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inboxbot.sending._WRITE_AGAIN_SECONDS", 0.01)
    real, failures = outbox.finish, iter([True, True, False])

    def sometimes(*arguments: object, **values: object) -> bool:
        if next(failures):
            raise StoreError("disk full")
        return real(*arguments, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "finish", sometimes)
    office.post()
    assert office.drain() == 1
    assert (office.row().state, len(office.server.taken)) == ("sent", 1)


def test_without_a_record_of_the_beginning_nothing_leaves(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    real, failures = outbox.begin_sending, iter([True, False])

    def sometimes(*arguments: object) -> bool:
        if next(failures):
            raise StoreError("disk full")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "begin_sending", sometimes)
    office.post()
    sender = office.sender
    with pytest.raises(StoreError):
        asyncio.run(sender.drain(asyncio.Event()))
    assert office.server.taken == []
    assert asyncio.run(sender.drain(asyncio.Event())) == 1
    assert (office.row().state, len(office.server.taken)) == ("sent", 1)


# claims, stops and crashes


def test_a_sender_whose_claim_was_taken_over_sends_nothing_and_says_so(office: Office) -> None:
    office.post()
    item = office.claimed()
    office.clock.move(minutes=6)
    office.claimed()  # another sender has it now
    assert asyncio.run(office.sender.send(item)) is None
    assert office.server.taken == []
    assert office.row().state == "ready"
    assert office.conversations() == []


def test_what_was_put_in_doubt_while_its_sender_slept_takes_the_servers_word(office: Office) -> None:
    def sleep_past_the_lease() -> None:
        office.clock.move(minutes=16)
        office.sender.doubt_abandoned()

    office.server = Server(after=sleep_past_the_lease)
    office.post()
    assert asyncio.run(office.sender.send(office.claimed())) is OutboxState.SENT
    assert office.row().state == "sent"
    (shown,) = office.conversations()
    assert shown.status is ConversationStatus.CLOSED


def test_a_stop_gives_the_unsent_back_untouched(office: Office) -> None:
    stop = asyncio.Event()
    office.server = Server(after=stop.set)
    for number in (1, 2):
        office.post(number)
    assert asyncio.run(office.sender.drain(stop)) == 1
    assert (office.row(1).state, office.row(2).state, office.row(2).attempts) == ("sent", "ready", 0)
    office.server = Server()
    assert office.drain() == 1


def test_the_state_is_sending_before_the_first_byte(office: Office) -> None:
    seen: list[str] = []
    office.server = Server(before_begin=lambda: seen.append(office.row().state), after=lambda: seen.append(office.row().state))
    office.post()
    office.drain()
    assert seen == ["ready", "sending"]


def test_after_a_crash_what_had_begun_is_in_doubt_and_the_rest_is_sent(office: Office) -> None:
    for number in (1, 2):
        office.post(number)
    with office.store.transaction() as session:
        begun, _claimed = outbox.claim(session, NOW, timedelta(hours=1), 5)
        outbox.begin_sending(session, begun, NOW, timedelta(hours=1))
    office.sender.recover()
    assert office.drain() == 1
    assert (office.row(1).state, office.row(2).state) == ("in_doubt", "sent")
    (shown,) = office.conversations()
    assert shown.reasons == ("in_doubt: the program stopped while this mail was leaving",)


def test_a_living_sender_is_not_taken_for_dead(office: Office) -> None:
    office.post()
    with office.store.transaction() as session:
        (begun,) = outbox.claim(session, NOW, timedelta(hours=1), 5)
        outbox.begin_sending(session, begun, NOW, timedelta(hours=1))
    office.sender.doubt_abandoned()
    assert office.row().state == "sending"


def test_a_new_password_ends_the_wait_that_a_refused_login_began(office: Office) -> None:
    shown = ["old"]
    office.server.early = SendRefusedLoginError("535 no")
    sender = office.sender
    sender.seal = lambda: shown[0]
    for number in range(3):
        office.post(number)
    drain = lambda: asyncio.run(sender.drain(asyncio.Event()))  # noqa: E731
    for _ in range(3):
        drain()
        office.clock.move(hours=1, minutes=1)
    office.clock.move(hours=-1)
    office.server.early = None
    assert drain() == 0  # closed for an hour, whatever the server would say now
    shown[0] = "new"
    assert drain() == 3
    assert len(office.server.taken) == 3


@pytest.mark.parametrize(
    ("host", "reply", "expected"),
    [
        ("email-smtp.eu-west-1.amazonaws.com", "250 Ok 0102018d2c5c-4a33-000000", "<0102018d2c5c-4a33-000000@eu-west-1.amazonses.com>"),
        ("email-smtp.us-east-1.amazonaws.com", "250 Ok 0102018d2c5c-4a33-000000", "<0102018d2c5c-4a33-000000@email.amazonses.com>"),
        ("email-smtp.us-east-1.amazonaws.com", "250 2.0.0 queued", ""),
        ("smtp.us.example", "250 Ok 0102018d2c5c-4a33-000000", ""),
        ("email-smtp.us-east-1.amazonaws.com.evil.example", "250 Ok 0102018d2c5c-4a33-000000", ""),
    ],
)
def test_a_relay_that_says_which_id_it_gave(office: Office, host: str, reply: str, expected: str) -> None:
    assert given_id(host, reply) == expected
    office.post()
    sender = office.sender
    sender.given_id = lambda _reply: expected
    asyncio.run(sender.drain(asyncio.Event()))
    assert office.row().wire_id == expected
