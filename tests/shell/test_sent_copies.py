"""The Sent folder: it settles doubt, gets a copy of what went out, and knows what restored records have forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from factories import NOW, Clock, a_conversation, a_message, decided_mail, frozen_mail, open_store

from inboxbot.conversation import Conversation, ConversationStatus
from inboxbot.errors import MailboxTemporaryError
from inboxbot.ingest.sent_folder import FoundMail
from inboxbot.message import MessageKey
from inboxbot.reply import OutboxState, SentMail
from inboxbot.responders.freeze import loop_mark, new_message_id
from inboxbot.sent_copies import SentCopies
from inboxbot.store import conversations, doubt, messages, outbox
from inboxbot.store.engine import Store
from inboxbot.store.tables import OutboxRow

KEY = b"key"
LOOKS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
MINUTE = timedelta(minutes=1)


@dataclass
class Folder:
    """A Sent folder in memory."""

    filed_by_server: bool = False
    mails: dict[str, FoundMail | None] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)  # our Message-ID -> a relay's
    reachable: bool = True
    looked: int = 0
    mailbox: str = "ar"

    def find(self, message_id: str, _mark: str, _sent_at: datetime) -> str:
        self.looked += 1
        if not self.reachable:
            raise MailboxTemporaryError("cut")
        return self.renamed.get(message_id, message_id if message_id in self.mails else "")

    def append(self, message_id: str, mark: str, _mime: bytes, sent_at: datetime) -> str:
        there = self.find(message_id, mark, sent_at)
        if not there:
            self.mails[message_id] = None
        return there or message_id

    def since(self, _moment: datetime) -> Iterator[FoundMail]:
        return (found for found in self.mails.values() if found)


@dataclass
class Office:
    store: Store
    folder: Folder = field(default_factory=Folder)
    clock: Clock = field(default_factory=Clock)
    copy: str = "auto"

    @property
    def copies(self) -> SentCopies:
        return SentCopies(self.store, self.folder, KEY, self.clock, self.copy, timedelta(seconds=30), LOOKS)  # type: ignore[arg-type]

    def post(self, state: OutboxState, number: int = 1, **changes: object) -> str:
        mail = frozen_mail(number, **changes)
        with self.store.transaction() as session:
            outbox.add(session, mail, self.clock())
            for item in outbox.claim(session, self.clock(), MINUTE, 1):
                outbox.begin_sending(session, item, self.clock(), MINUTE)
                outbox.finish(session, item, state, self.clock(), next_look_at=self.clock() + LOOKS[0])
        return mail.message_id

    def row(self, outbox_id: int = 1) -> OutboxRow:
        with self.store.transaction() as session:
            return outbox.get(session, outbox_id)

    def conversations(self) -> list[Conversation]:
        with self.store.transaction() as session:
            return conversations.listing(session, status=None)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(open_store(tmp_path))


def test_a_mail_in_doubt_that_lies_in_the_sent_folder_was_sent(office: Office) -> None:
    message_id = office.post(OutboxState.IN_DOUBT)
    office.folder.mails[message_id] = None
    office.copies.look_after()
    assert (office.row().state, office.folder.looked) == ("in_doubt", 0)  # not yet: the server needs its time
    office.clock.move(minutes=1)
    office.copies.look_after()
    row = office.row()
    assert (row.state, row.proof, row.filed_at) == ("sent", "it lies in the Sent folder", office.clock())


def test_a_mail_in_doubt_is_looked_for_four_times_and_stays_with_people(office: Office) -> None:
    office.post(OutboxState.IN_DOUBT)
    seen = []
    for minute in range(180):
        office.clock.moment = NOW + minute * MINUTE
        before = office.folder.looked
        office.copies.look_after()
        seen += [minute] * (office.folder.looked - before)
    assert seen == [1, 5, 15, 60]
    assert (office.row().state, office.row().next_look_at) == ("in_doubt", None)


def test_a_folder_that_cannot_be_had_costs_no_look(office: Office) -> None:
    message_id = office.post(OutboxState.IN_DOUBT)
    office.clock.move(minutes=1)
    office.folder.reachable = False
    with pytest.raises(MailboxTemporaryError):
        office.copies.look_after()
    office.folder.reachable, office.folder.mails[message_id] = True, None
    office.copies.look_after()
    assert office.row().state == "sent"


def test_a_copy_is_filed_once_and_not_before_the_server_had_its_chance(office: Office) -> None:
    message_id = office.post(OutboxState.SENT)
    office.copies.look_after()
    assert office.folder.mails == {}
    office.clock.move(seconds=30)
    office.copies.look_after()
    assert list(office.folder.mails) == [message_id]
    looked = office.folder.looked
    office.copies.look_after()
    assert office.folder.looked == looked


@pytest.mark.parametrize(("copy", "by_server", "filed"), [("server", False, False), ("auto", True, False), ("append", True, True)])
def test_who_files_the_copy(office: Office, copy: str, by_server: bool, filed: bool) -> None:
    office.copy, office.folder.filed_by_server = copy, by_server
    office.post(OutboxState.SENT)
    office.clock.move(minutes=1)
    office.copies.look_after()
    assert bool(office.folder.mails) is filed


def found(answers: str, *, ours: bool = True, key: bytes = KEY) -> FoundMail:
    message_id = new_message_id("us.example", key) if ours else "<17.x@outlook.example>"
    return FoundMail(SentMail(message_id, answers, answers, "ann@alder.example", NOW, automatic=True), "", b"Subject: Re: hello\r\n\r\n")


def test_records_older_than_the_sent_folder_learn_what_was_sent(office: Office) -> None:
    lost = found("<lost@alder.example>")
    office.folder.mails = {"a": lost, "b": found("<other@alder.example>", ours=False)}
    assert office.copies.reconcile() == 1
    with office.store.transaction() as session:
        assert outbox.answered(session, "<lost@alder.example>")
        assert not outbox.answered(session, "<other@alder.example>")
        counts = outbox.count_automatic(
            session, since=NOW - MINUTE, all_since=NOW, thread_root="", address="ann@alder.example", domain="alder.example"
        )
        assert (counts.in_thread, counts.to_address, counts.to_domain) == (0, 1, 1)
    assert office.copies.reconcile() == 0


def test_our_mail_is_known_in_our_own_sent_folder_even_when_the_key_was_lost_with_the_records(office: Office) -> None:
    office.folder.mails = {"a": found("<lost@alder.example>", key=b"the key of before")}
    assert office.copies.reconcile() == 1
    with office.store.transaction() as session:
        assert outbox.answered(session, "<lost@alder.example>")


def test_an_answer_made_a_second_time_from_old_records_does_not_leave(office: Office) -> None:
    with office.store.transaction() as session:
        outbox.add(session, frozen_mail(in_reply_to="<lost@alder.example>"), NOW)
        outbox.add(session, frozen_mail(2, in_reply_to="<new@alder.example>"), NOW)
    office.folder.mails = {"a": found("<lost@alder.example>")}
    office.copies.reconcile()
    assert (office.row(1).state, office.row(2).state) == ("sent", "ready")
    with office.store.transaction() as session:
        assert [item.outbox_id for item in outbox.claim(session, NOW, MINUTE, 9)] == [2]


def test_whoever_names_a_mail_in_doubt_has_had_it(office: Office) -> None:
    named = office.post(OutboxState.IN_DOUBT)
    with office.store.transaction() as session:
        assert doubt.prove(session, ["<unknown@a.example>"], "a reply", NOW) == []
        assert doubt.prove(session, [named], "a reply", NOW) == [1]
        assert doubt.prove(session, [named], "a reply", NOW) == []
    assert (office.row().state, office.row().proof, office.row().next_look_at) == ("sent", "a reply", None)


def test_a_conversation_that_was_about_the_doubt_alone_is_closed(office: Office) -> None:
    office.post(OutboxState.IN_DOUBT)
    with office.store.transaction() as session:
        only = conversations.open_new(session, a_conversation(reasons=("in_doubt: cut",)), NOW)
        outbox.get(session, 1).conversation_id = only
        doubt.prove(session, ["<out-1@brightwater.example>"], "a bounce", NOW)
    (shown,) = office.conversations()
    assert shown.status is ConversationStatus.CLOSED


def test_the_history_of_a_mail_says_that_it_was_answered_elsewhere(office: Office) -> None:
    decided_mail(office.store)
    office.folder.mails = {"a": found("<1@alder.example>")}
    office.copies.reconcile()
    with office.store.transaction() as session:
        history = messages.history(session, a_message(), MessageKey("ar", 7, 99), "r", NOW)
    assert history.answered_by_staff


def by_hand(answers: str, *, automatic: bool = False) -> FoundMail:
    return FoundMail(SentMail("<9@outlook.example>", answers, answers, "ann@alder.example", NOW, automatic=automatic), "", b"")


def test_a_colleague_who_was_faster_in_a_mail_program_keeps_our_answer_back(office: Office) -> None:
    with office.store.transaction() as session:
        outbox.add(session, frozen_mail(in_reply_to="<1@alder.example>"), NOW)
        outbox.add(session, frozen_mail(2, in_reply_to="<2@alder.example>"), NOW)
    office.folder.mails = {"a": by_hand("<1@alder.example>"), "b": by_hand("<2@alder.example>", automatic=True)}
    office.copies.look_after()
    assert office.row(1).state == "ready"  # young mail leaves before anybody could be faster: nobody looks
    office.clock.move(minutes=2)
    office.copies.look_after()
    assert [office.row(number).state for number in (1, 2)] == ["cancelled", "ready"]
    with office.store.transaction() as session:
        assert [item.outbox_id for item in outbox.claim(session, office.clock(), MINUTE, 9)] == [2]


def test_what_a_sender_has_taken_up_is_not_taken_back(office: Office) -> None:
    with office.store.transaction() as session:
        outbox.add(session, frozen_mail(in_reply_to="<1@alder.example>"), NOW)
        (item,) = outbox.claim(session, NOW, MINUTE, 1)
        assert outbox.note_colleagues(session, ["<1@alder.example>"], NOW) == []
        assert outbox.begin_sending(session, item, NOW, MINUTE)


def test_before_a_start_colleagues_replies_are_read(office: Office) -> None:
    office.folder.mails = {"a": by_hand("<1@alder.example>")}
    office.copies.reconcile()
    office.copies.reconcile()
    with office.store.transaction() as session:
        assert messages.history(session, a_message(), MessageKey("ar", 7, 99), "r", NOW).answered_by_staff


def test_the_id_that_a_relay_gave_is_learnt_and_known_again(office: Office) -> None:
    message_id = office.post(OutboxState.SENT)
    office.folder.renamed[message_id] = "<relay-1@relay.example>"
    office.clock.move(minutes=1)
    office.copies.look_after()
    assert (office.row().wire_id, office.folder.mails) == ("<relay-1@relay.example>", {})  # no second copy either
    with office.store.transaction() as session:
        assert outbox.known_message_ids(session, ["<relay-1@relay.example>"]) == {message_id, "<relay-1@relay.example>"}
        reply = a_message(message_id="<2@alder.example>", in_reply_to="<relay-1@relay.example>")
        found = messages.history(session, reply, MessageKey("ar", 7, 99), "r", NOW)
    assert found.thread_root == office.row().thread_root


def test_a_reply_that_names_the_relays_id_settles_a_doubt(office: Office) -> None:
    message_id = office.post(OutboxState.IN_DOUBT)
    with office.store.transaction() as session:
        outbox.learn_wire_id(session, 1, "<relay-1@relay.example>")
        assert doubt.prove(session, ["<relay-1@relay.example>"], "a reply", NOW) == [1]
    assert office.row().message_id == message_id


def test_a_renamed_mail_in_the_sent_folder_is_not_taken_for_one_that_the_records_lost(office: Office) -> None:
    ours = new_message_id("us.example", KEY)
    mail = frozen_mail(message_id=ours)
    with office.store.transaction() as session:
        outbox.add(session, mail, NOW)
    renamed = SentMail("<relay-1@relay.example>", "", "", "ann@alder.example", NOW, automatic=True)
    office.folder.mails = {"a": FoundMail(renamed, loop_mark(KEY, ours), b"")}
    assert office.copies.reconcile() == 0
    assert office.row().wire_id == "<relay-1@relay.example>"
