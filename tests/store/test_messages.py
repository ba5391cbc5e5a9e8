"""Recorded mail: recorded once whatever happens, taken up once, decided once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from factories import (
    NOW,
    a_case,
    a_decision,
    decided_mail,
    open_store,
    raw_mail,
    record_mail,
    understood_as,
)  # fmt: skip

from inboxbot.decision import Decision, Outcome
from inboxbot.errors import NotFoundError, StoreError
from inboxbot.message import Glance, MessageKey, RawMessage
from inboxbot.store import export, messages
from inboxbot.store.engine import Store
from inboxbot.store.messages import Position
from inboxbot.store.tables import DecisionRow
from inboxbot.understanding import Evidence, Intent, evidence_as_json

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NEW = MessageKey("ar", 7, 99)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


def record(store: Store, raw: RawMessage) -> bool:
    with store.transaction() as session:
        return messages.record(session, raw, NOW)


def waiting(store: Store) -> list[int]:
    with store.transaction() as session:
        return messages.waiting(session, 100)


def renumbered(raw: RawMessage, uid: int) -> RawMessage:
    return replace(raw, key=MessageKey("ar", 8, uid))


# recording


def test_a_message_is_recorded_once(store: Store) -> None:
    assert record(store, raw_mail())
    assert not record(store, raw_mail())
    assert len(waiting(store)) == 1


def test_its_bytes_come_back_as_they_were(store: Store) -> None:
    raw = raw_mail(3, b"\x00\xff\r\nnot even a mail\n", size=90_000_000, complete=False)
    record(store, raw)
    with store.transaction() as session:
        assert messages.raw_message(session, 1) == raw


def test_equal_bytes_under_two_uids_are_two_messages_with_one_content(store: Store) -> None:
    assert record(store, raw_mail(1))
    assert record(store, raw_mail(2))
    assert len(waiting(store)) == 2


def test_equal_bytes_in_two_mailboxes_are_two_messages(store: Store) -> None:
    assert record(store, raw_mail())
    assert record(store, replace(raw_mail(), key=MessageKey("billing", 7, 1)))


def test_a_renumbered_message_keeps_its_row_and_its_decision(store: Store) -> None:
    raw = raw_mail(5)
    row_id = record_mail(store, raw)
    with store.transaction() as session:
        messages.write_decision(session, row_id, a_case(), a_decision(), duplicate_of=None, conversation_id=None, now=NOW)
        messages.set_marked(session, "ar", 7, [5], NOW)
    assert not record(store, renumbered(raw, 1))
    assert waiting(store) == []
    with store.transaction() as session:
        assert messages.raw_message(session, row_id).key == MessageKey("ar", 8, 1)
        assert messages.known_uids(session, "ar", 8) == {1}
        assert messages.unmarked(session, "ar", 8, 10) == [(1, "route")]  # the new mailbox shows no mark


def test_two_equal_copies_both_keep_their_rows_through_a_renumbering(store: Store) -> None:
    for uid in (5, 6):
        record(store, raw_mail(uid))
    assert [record(store, renumbered(raw_mail(), uid)) for uid in (1, 2)] == [False, False]
    with store.transaction() as session:
        assert messages.known_uids(session, "ar", 8) == {1, 2}
    assert record(store, renumbered(raw_mail(), 3))  # a third copy is new mail


def test_a_new_mail_that_takes_an_old_uid_after_a_renumbering_is_new(store: Store) -> None:
    record(store, raw_mail(1))
    assert record(store, renumbered(raw_mail(1, b"Subject: another\r\n\r\n"), 1))


# positions


def test_a_renumbering_moves_the_position_but_not_the_day_the_watch_began(store: Store) -> None:
    with store.transaction() as session:
        messages.start(session, "ar", Position(7, 20, NOW, 20))
        messages.start(session, "ar", Position(8, 0, NOW + DAY, 4))
        assert messages.position(session, "ar") == Position(8, 0, NOW, 4)


def test_the_position_advances_and_needs_a_start(store: Store) -> None:
    with store.transaction() as session:
        messages.start(session, "ar", Position(7, 0, NOW))
        messages.advance(session, "ar", 12, NOW)
        assert messages.position(session, "ar") == Position(7, 12, NOW)
        assert messages.position(session, "other") is None
        with pytest.raises(NotFoundError, match="mailbox other was never started"):
            messages.advance(session, "other", 1, NOW)


@pytest.mark.parametrize(("uid", "age", "expected"), [(20, SECOND, False), (20, timedelta(0), True), (21, DAY, True)])
def test_mail_from_before_the_watch_is_left_alone(uid: int, age: timedelta, expected: bool) -> None:
    assert Position(7, 0, NOW, 20).concerns_us(raw_mail(uid, received_at=NOW - age)) is expected


# taking up and deciding


def test_each_taking_up_counts_and_a_decided_message_is_not_taken_up_again(store: Store) -> None:
    row_id = record_mail(store)
    with store.transaction() as session:
        again = messages.begin(session, row_id)
    assert again == messages.Recorded(row_id, raw_mail(), 2)
    with store.transaction() as session:
        messages.write_decision(session, row_id, a_case(), a_decision(), duplicate_of=None, conversation_id=None, now=NOW)
        assert messages.begin(session, row_id) is None
        assert messages.begin(session, 4711) is None


def test_messages_wait_in_the_order_in_which_they_were_recorded(store: Store) -> None:
    for uid in (9, 3, 7):
        record(store, raw_mail(uid))
    with store.transaction() as session:
        assert messages.waiting(session, 2) == [1, 2]


def test_a_message_is_decided_once(store: Store) -> None:
    row_id = decided_mail(store)
    with pytest.raises(StoreError, match="UNIQUE"), store.transaction() as session:
        messages.write_decision(session, row_id, a_case(), a_decision(), duplicate_of=None, conversation_id=None, now=NOW)


def test_a_decision_keeps_everything_it_rests_on(store: Store) -> None:
    decided_mail(store, decision=a_decision(rules=("big ones",), rules_hash="abc", assignee="ann"))
    with store.transaction() as session:
        (row,) = export.decisions(session)
    assert row["intents"] == [{"intent": "invoice_copy", "probability": 0.99, "evidence": ""}]
    assert (row["outcome"], row["reasons"], row["assignee"]) == ("route", ["not_routine: a person's"], "ann")
    assert (row["customer_id"], row["from"], row["message_id"]) == ("C1", "ann@alder.example", "<1@alder.example>")


def test_counts_cover_every_message(store: Store) -> None:
    record(store, raw_mail(50))
    for uid, outcome in enumerate((Outcome.ANSWER, Outcome.ROUTE, Outcome.ROUTE, Outcome.FILE)):
        decided_mail(store, uid + 1, decision=a_decision(outcome))
    with store.transaction() as session:
        assert messages.counts(session) == {"recorded": 1, "answer": 1, "route": 2, "file": 1}


def test_decided_messages_wait_to_be_marked_once(store: Store) -> None:
    for uid in (1, 2, 3):
        decided_mail(store, uid)
    record(store, raw_mail(4))
    with store.transaction() as session:
        messages.set_marked(session, "ar", 7, [1, 3], NOW)
        assert messages.unmarked(session, "ar", 7, 10) == [(2, "route")]
        assert messages.unmarked(session, "ar", 8, 10) == []


def test_duplicates_are_no_mail_of_their_own_to_look_back_on(store: Store) -> None:
    first = decided_mail(store, 1)
    decided_mail(store, 2, duplicate_of=MessageKey("ar", 7, 1))
    with store.transaction() as session:
        assert messages.decided_since(session, NOW) == [first]
        assert messages.decided_since(session, NOW + SECOND) == []


def test_what_is_written_of_a_missing_message_is_refused(store: Store) -> None:
    with store.transaction() as session, pytest.raises(NotFoundError, match="there is no message 5"):
        messages.raw_message(session, 5)


def test_a_decision_on_a_duplicate_names_the_row_of_the_first(store: Store) -> None:
    decided_mail(store, 1)
    filed: Decision = a_decision(Outcome.FILE)
    second = decided_mail(store, 2, decision=filed, duplicate_of=MessageKey("ar", 7, 1))
    with store.transaction() as session:
        assert messages._row(session, second).duplicate_of == 1


def test_a_decision_keeps_which_words_showed_what(store: Store) -> None:
    shown = Evidence("entity", "invoice_numbers", "text", 7, 12, "20103", "INV-20103")
    row_id = decided_mail(store, case=a_case(understanding=understood_as(Intent.INVOICE_COPY, evidence=(shown,))))
    with store.transaction() as session:
        row = session.get(DecisionRow, row_id)
        assert row is not None
        assert row.evidence == [evidence_as_json(shown)]


# headers by which messages are known


def headers_of(store: Store) -> dict[int, str]:
    with store.transaction() as session:
        return messages.latest(session, "ar", 7, 10)


def test_only_whole_messages_with_a_header_of_their_own_tell_whether_numbers_changed(store: Store) -> None:
    for uid in range(1, 16):
        record(store, replace(raw_mail(uid, f"Subject: {uid}\r\n\r\n".encode()), complete=uid % 3 > 0))
    record(store, raw_mail(16, b"\r\nno header"))
    assert sorted(headers_of(store)) == [1, 2, 4, 5, 7, 8, 10, 11, 13, 14]


def test_a_message_of_which_another_form_is_kept_is_known_by_the_header_it_has_in_the_mailbox(store: Store) -> None:
    stub = replace(raw_mail(1, b"Subject: (could not be fetched)\r\n\r\n", size=500), complete=False, header_sha256="abc")
    unseen = replace(raw_mail(2, b"Subject: (could not be fetched either)\r\n\r\n"), complete=False, header_sha256="")
    record(store, stub)
    record(store, unseen)
    with store.transaction() as session:
        assert messages.recognise(session, "ar", 8, [Glance(11, 500, NOW, "abc"), Glance(12, unseen.size, NOW, "")]) == {11}
