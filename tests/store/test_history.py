"""What the records say about a message that is being decided: copies, counts, and the conversation it continues."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from factories import (
    NOW,
    a_case,
    a_conversation,
    a_decision,
    a_message,
    decided_mail,
    frozen_mail,
    open_store,
    raw_mail,
)  # fmt: skip

from inboxbot.decision import History, Outcome
from inboxbot.message import Address, Message, MessageKey, RawMessage
from inboxbot.store import conversations, messages, outbox
from inboxbot.store.engine import Store
from inboxbot.store.messages import Position

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


def history(store: Store, message: Message | None = None, *, key: MessageKey = NEW, request_key: str = "request-1") -> History:
    with store.transaction() as session:
        return messages.history(session, message or a_message(), key, request_key, NOW)


def test_nothing_is_known_of_the_first_message(store: Store) -> None:
    assert history(store) == History()


def test_the_same_id_and_text_is_a_duplicate_through_any_mailbox(store: Store) -> None:
    decided_mail(store, 1, mailbox="billing")
    found = history(store)
    assert found.duplicate_of == MessageKey("billing", 7, 1)
    assert not found.reused_message_id


def test_the_same_id_with_another_text_is_a_reused_id(store: Store) -> None:
    decided_mail(store)
    found = history(store, a_message(text_key="text-2", content_key="content-2"))
    assert (found.duplicate_of, found.reused_message_id) == (None, True)


def test_the_right_copy_is_found_behind_one_with_another_text(store: Store) -> None:
    decided_mail(store, 1, a_case(message=a_message(text_key="text-2", content_key="content-2")))
    decided_mail(store, 2)
    found = history(store)
    assert (found.duplicate_of, found.reused_message_id) == (MessageKey("ar", 7, 2), False)


STRANGER, LIST = Address("ann@evil.example"), Address("ap@lists.alder.example", "'Ann' via AP")


@pytest.mark.parametrize("first", [STRANGER, LIST, Address("joe@alder.example"), None])
def test_anothers_copy_of_a_mail_is_not_that_mail(store: Store, first: Address | None) -> None:
    decided_mail(store, 1, a_case(message=a_message(from_=first)))
    found = history(store)
    assert (found.duplicate_of, found.reused_message_id) == (None, True)
    decided_mail(store, 2)
    assert history(store).duplicate_of == MessageKey("ar", 7, 2)  # behind the stranger's, the sender's own


@pytest.mark.parametrize("second", [STRANGER, LIST, None])
def test_a_copy_under_another_name_is_no_duplicate_of_the_senders_own(store: Store, second: Address | None) -> None:
    decided_mail(store)
    found = history(store, a_message(from_=second))
    assert (found.duplicate_of, found.reused_message_id) == (None, True)


def test_the_senders_copy_under_another_display_name_is_a_duplicate(store: Store) -> None:
    decided_mail(store)
    assert history(store, a_message(from_=Address("ann@alder.example", "Alder, Ann"))).duplicate_of == MessageKey("ar", 7, 1)


@pytest.mark.parametrize("message_id", ["", "<other@alder.example>"])
def test_the_same_content_from_another_sender_is_not_the_same_mail(store: Store, message_id: str) -> None:
    decided_mail(store, 1, a_case(message=a_message(message_id="", from_=STRANGER)))
    found = history(store, a_message(message_id=message_id))
    assert (found.duplicate_of, found.reused_message_id) == (None, False)


def test_a_mail_without_an_id_is_known_by_its_content(store: Store) -> None:
    without = a_message(message_id="")
    decided_mail(store, 1, a_case(message=without))
    assert history(store, without).duplicate_of == MessageKey("ar", 7, 1)
    assert history(store, replace(without, content_key="content-2")) == replace(History(), conversation_id=None)


@pytest.mark.parametrize(("days", "date", "is_known"), [(0.5, None, True), (-0.5, None, True), (21, None, False), (21, NOW, True)])
def test_the_same_words_on_another_day_are_another_mail_unless_a_date_says_otherwise(
    store: Store, days: float, date: datetime | None, is_known: bool
) -> None:
    decided_mail(store, 1, a_case(message=a_message(message_id="", date=date)))
    again = a_message(message_id="", date=date, received_at=raw_mail(1).received_at + timedelta(days=days))
    assert (history(store, again).duplicate_of is not None) is is_known


def test_two_mails_without_id_or_content_key_are_not_the_same(store: Store) -> None:
    bare = a_message(message_id="", content_key="", text_key="")
    decided_mail(store, 1, a_case(message=bare))
    assert history(store, bare).duplicate_of is None


def test_a_message_is_no_duplicate_of_itself_or_of_one_that_waits(store: Store) -> None:
    decided_mail(store, 1)
    assert history(store, key=MessageKey("ar", 7, 1)) == History()
    record(store, raw_mail(2))
    assert history(store, key=MessageKey("ar", 7, 1)).duplicate_of is None


@pytest.mark.parametrize(
    ("outcome", "age", "sender", "key", "expected"),
    [
        (Outcome.ANSWER, timedelta(0), "ann@alder.example", "request-1", True),
        (Outcome.ANSWER, DAY, "ann@alder.example", "request-1", True),
        (Outcome.ANSWER, DAY + SECOND, "ann@alder.example", "request-1", False),
        (Outcome.ROUTE, timedelta(0), "ann@alder.example", "request-1", False),
        (Outcome.ANSWER, timedelta(0), "joe@alder.example", "request-1", False),
        (Outcome.ANSWER, timedelta(0), "ann+1@alder.example", "request-1", True),
        (Outcome.ANSWER, timedelta(0), "Ann+a+b@alder.example", "request-1", True),
        (Outcome.ANSWER, timedelta(0), "joe+ann@alder.example", "request-1", False),
        (Outcome.ANSWER, timedelta(0), "ann@uk.alder.example", "request-1", False),
        (Outcome.ANSWER, timedelta(0), "ann@alder.example", "request-2", False),
        (Outcome.ANSWER, timedelta(0), "ann@alder.example", "", False),
    ],
)
def test_a_request_is_answered_once_in_a_day(store: Store, outcome: Outcome, age: timedelta, sender: str, key: str, expected: bool) -> None:
    earlier = a_message(message_id="<0@alder.example>", content_key="content-0", from_=Address(sender))
    decided_mail(store, 1, a_case(message=earlier, request_key=key), a_decision(outcome), at=NOW - age)
    assert history(store, request_key="request-1" if key else "").same_request_answered is expected


def send(store: Store, number: int, age: timedelta, **changes: Any) -> None:
    with store.transaction() as session:
        outbox.add(session, frozen_mail(number, **changes), NOW - age)


def test_automatic_mail_is_counted_by_thread_sender_domain_and_hour(store: Store) -> None:
    send(store, 1, timedelta(0))
    send(store, 2, 2 * HOUR, thread_root="<other@alder.example>")
    send(store, 3, 2 * HOUR, rcpt_to="joe@alder.example", thread_root="")
    send(store, 4, timedelta(0), rcpt_to="x@notalder.example", thread_root="")
    send(store, 5, timedelta(0), automatic=False)
    send(store, 6, DAY + SECOND)
    found = history(store)
    counted = (found.answers_in_thread, found.answers_to_sender, found.answers_to_domain, found.answers_in_hour)
    assert counted == (1, 2, 3, 2)


@pytest.mark.parametrize("sender", ["ann@alder.example", "ann+9@alder.example", "ann+a+b@alder.example"])
def test_a_tag_makes_no_other_sender_of_anybody(store: Store, sender: str) -> None:
    for number in range(4):
        send(store, number, timedelta(0), rcpt_to=f"ann+{number}@alder.example", thread_root="")
    send(store, 4, timedelta(0), rcpt_to="joann@alder.example", thread_root="")
    send(store, 5, timedelta(0), rcpt_to="an@alder.example", thread_root="")
    found = history(store, a_message(from_=Address(sender)))
    assert (found.answers_to_sender, found.answers_to_domain) == (4, 6)


def test_googlemail_is_gmail(store: Store) -> None:
    send(store, 1, timedelta(0), rcpt_to="ann@googlemail.com", thread_root="")
    send(store, 2, timedelta(0), rcpt_to="ann+x@gmail.com", thread_root="")
    for sender in ("ann@gmail.com", "ann@googlemail.com"):
        found = history(store, a_message(from_=Address(sender)))
        assert (found.answers_to_sender, found.answers_to_domain) == (2, 2)


WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("to", "kind", "age", "expected"),
    [
        ("ann@alder.example", "acknowledgement", timedelta(0), (True, 1)),
        ("ann+7@alder.example", "acknowledgement", timedelta(0), (True, 1)),
        ("ann@alder.example", "acknowledgement", DAY + SECOND, (True, 0)),
        ("ann@alder.example", "acknowledgement", WEEK, (True, 0)),
        ("ann@alder.example", "acknowledgement", WEEK + SECOND, (False, 0)),
        ("joe@alder.example", "acknowledgement", timedelta(0), (False, 1)),
        ("joe@uk.alder.example", "acknowledgement", timedelta(0), (False, 1)),
        ("joe@bayline.example", "acknowledgement", timedelta(0), (False, 0)),
        ("ann@alder.example", "answer", timedelta(0), (False, 0)),
    ],
)
def test_acknowledgements_are_known_by_mailbox_and_domain(store: Store, to: str, kind: str, age: timedelta, expected: object) -> None:
    send(store, 1, age, rcpt_to=to, kind=kind, thread_root="")
    for sender in ("ann@alder.example", "ann+1@alder.example"):
        found = history(store, a_message(from_=Address(sender)))
        assert (found.acknowledged, found.acknowledged_in_domain) == expected


def test_nothing_is_counted_for_nobody(store: Store) -> None:
    send(store, 1, timedelta(0), rcpt_to="", thread_root="")
    found = history(store, a_message(from_=None, message_id=""))
    assert (found.answers_in_thread, found.answers_to_sender, found.answers_to_domain, found.answers_in_hour) == (0, 0, 0, 1)


def test_a_wildcard_in_an_address_is_a_letter_like_any_other(store: Store) -> None:
    send(store, 1, timedelta(0), rcpt_to="ann@alderXexample")
    assert history(store, a_message(from_=Address("ann@alder_example"))).answers_to_domain == 0


def test_our_own_mail_is_known_by_its_id(store: Store) -> None:
    send(store, 1, timedelta(0))
    assert history(store, a_message(message_id="<out-1@brightwater.example>")).own_message
    assert not history(store, a_message(message_id="")).own_message


def answered_at(store: Store, number: int, seconds: float, subject: str = "Copy of INV-1", **changes: Any) -> None:
    """An automatic answer to a mail with this subject left so many seconds before NOW."""
    asked = a_message(message_id=f"<ask-{number}@alder.example>", content_key=f"content-{number}", subject=subject)
    row_id = decided_mail(store, 50 + number, a_case(message=asked))
    left = NOW - timedelta(seconds=seconds)
    with store.transaction() as session:
        item = outbox.add(session, frozen_mail(number, **changes), left, answers_message_id=row_id)
        outbox.get(session, item).sending_at = left


OURS, OLDER, FOREIGN = "<out-1@brightwater.example>", "<out-2@brightwater.example>", "<t@alder.example>"


@pytest.mark.parametrize(
    ("in_reply_to", "references", "expected"),
    [
        (OURS, (), 3),
        (OURS, (FOREIGN, OURS), 3),
        (FOREIGN, (OURS, FOREIGN), 3),  # a ticket system's own id is the nearest
        ("", (OURS, FOREIGN), 3),
        ("", (FOREIGN, OURS), 3),
        (FOREIGN, (OURS, "<a@x.example>", "<b@x.example>", FOREIGN), 3),
        (OLDER, (OLDER,), 600),
        (OLDER, (OURS, OLDER), 3),  # the latest of ours counts
        (FOREIGN, (FOREIGN,), None),
        ("", (), None),
    ],
)
def test_an_answer_to_ours_names_it_anywhere(store: Store, in_reply_to: str, references: tuple[str, ...], expected: object) -> None:
    answered_at(store, 1, 3)
    answered_at(store, 2, 600)
    answer = a_message(message_id="<new@alder.example>", subject="Another matter", in_reply_to=in_reply_to, references=references)
    assert history(store, answer).seconds_since_answer == expected


@pytest.mark.parametrize(
    ("seconds", "subject", "changes", "expected"),
    [
        (3, "Re: Copy of INV-1", {}, 3),
        (60, "AW: Copy of INV-1", {}, 60),
        (61, "Re: Copy of INV-1", {}, None),  # people have had the time to write
        (-1, "Re: Copy of INV-1", {}, 0),  # the mail server tells whole seconds
        (-6, "Re: Copy of INV-1", {}, None),  # it came in before ours left
        (3, "[T-1] Re: Copy of INV-1", {}, 3),
        (3, "Copy of INV-1", {}, None),  # a mail of its own
        (3, "Re: Statement", {}, None),
        (3, "Re: Copy of INV-1", {"rcpt_to": "ann+9@alder.example"}, 3),
        (3, "Re: Copy of INV-1", {"rcpt_to": "joe@alder.example"}, None),
        (3, "Re: Copy of INV-1", {"automatic": False}, None),  # people do answer people at once
        (3, "Re: Copy of INV-1", {"kind": "acknowledgement"}, 3),
    ],
)
def test_an_answer_at_once_is_known_by_our_subject(
    store: Store, seconds: float, subject: str, changes: dict[str, Any], expected: object
) -> None:
    answered_at(store, 1, seconds, **changes)
    for references in ((), (FOREIGN,), ("<ask-1@alder.example>",)):
        answer = a_message(message_id="<new@alder.example>", subject=subject, references=references)
        assert history(store, answer).seconds_since_answer == expected
    assert history(store, a_message(message_id="<new@alder.example>", subject=subject, from_=None)).seconds_since_answer is None


def test_a_mail_that_has_not_left_is_answered_by_nobody(store: Store) -> None:
    row_id = decided_mail(store, 50, a_case(message=a_message(message_id="<ask-1@alder.example>", subject="Copy")))
    with store.transaction() as session:
        outbox.add(session, frozen_mail(), NOW, answers_message_id=row_id)
    answer = a_message(message_id="<new@alder.example>", subject="Re: Copy", in_reply_to=OURS)
    assert history(store, answer).seconds_since_answer is None


@pytest.mark.parametrize(("age", "expected"), [(HOUR, False), (HOUR + SECOND, True), (-HOUR, False)])
def test_mail_from_before_the_watch_is_old_beyond_the_clocks_skew(store: Store, age: timedelta, expected: bool) -> None:
    with store.transaction() as session:
        messages.start(session, "ar", Position(7, 0, NOW))
    assert history(store, a_message(received_at=NOW - age)).received_before_start is expected


def conversation(store: Store) -> int:
    with store.transaction() as session:
        return conversations.open_new(session, a_conversation(), NOW)


def reply_to(*ids: str, **changes: Any) -> Message:
    return a_message(message_id="<2@alder.example>", content_key="content-2", references=ids, **changes)


def test_a_reply_continues_the_conversation_of_the_mail_it_names(store: Store) -> None:
    number = conversation(store)
    decided_mail(store, conversation_id=number)
    assert history(store, reply_to("<1@alder.example>")).conversation_id == number
    assert history(store, reply_to(in_reply_to="<1@alder.example>")).conversation_id == number
    assert history(store, reply_to("<unknown@alder.example>")).conversation_id is None


def test_a_stranger_cannot_enter_a_conversation_by_naming_its_mail(store: Store) -> None:
    number = conversation(store)
    decided_mail(store, conversation_id=number)
    assert history(store, reply_to("<1@alder.example>", from_=Address("bob@bayline.example"))).conversation_id is None
    assert history(store, reply_to("<1@alder.example>", from_=None)).conversation_id is None


def test_a_reply_to_our_mail_continues_only_for_whom_we_wrote_to(store: Store) -> None:
    number = conversation(store)
    with store.transaction() as session:
        outbox.add(session, frozen_mail(), NOW, conversation_id=number)
    named = "<out-1@brightwater.example>"
    assert history(store, reply_to(named)).conversation_id == number
    assert history(store, reply_to(named, from_=Address("bob@bayline.example"))).conversation_id is None


def test_a_mail_that_was_answered_in_a_mail_program_before_we_had_it_is_answered(store: Store) -> None:
    with store.transaction() as session:
        messages.record(session, replace(raw_mail(99), answered=True), NOW)
    assert history(store, key=MessageKey("ar", 7, 99)).answered_by_staff
    assert not history(store, key=MessageKey("ar", 7, 98)).answered_by_staff
