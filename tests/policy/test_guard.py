"""The guard on values: order, words, edges, and that no marker ever passes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.config import LimitsSection
from inboxbot.decision import History
from inboxbot.message import Address, Attachment, MachineClass, Message, MessageKey
from inboxbot.policy.guard import OwnIdentity, guard

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OWN = OwnIdentity(frozenset({"ar@brightwater.example"}), "brightwater.example")
PLAIN = Message(
    message_id="<1@customer.example>",
    subject="invoice 20108",
    from_=Address("ann@customer.example"),
    received_at=NOW,
    date=NOW,
    to=(Address("ar@brightwater.example"),),
    headers={"from": ("ann@customer.example",)},
    text="Please resend it.",
    new_text="Please resend it.",
)
MARKERS = {
    "auto-submitted": ["auto-replied", "auto-generated (x)", "AUTO-NOTIFIED", "", "whatever"],
    "precedence": ["bulk", "Junk", "list (all)", "auto_reply", "auto-reply"],
    "return-path": ["<>", " <> "],
    "list-id": ["<a.b>"],
    "list-unsubscribe": ["<mailto:x@y.example>"],
    "list-archive": [""],
    "feedback-id": ["1:2:3:4"],
    "x-auto-response-suppress": ["All", "OOF", "DR, AutoReply"],
    "x-autoreply": ["yes", ""],
    "x-autorespond": ["x"],
    "x-failed-recipients": ["a@b.example"],
    "x-loop": ["a"],
    "x-inboxbot-id": ["1"],
    "x-ack": ["no", "NO (thanks)"],
    "x-spam-flag": ["YES"],
}


def codes(
    message: Message = PLAIN, *, machine: MachineClass = MachineClass.PERSON, history: History | None = None, **limits: int
) -> list[str]:
    return [reason.code for reason in guard(message, machine, history or History(), LimitsSection.model_validate(limits), OWN, NOW)]


def test_a_plain_mail_may_be_answered() -> None:
    assert codes() == []


@pytest.mark.parametrize("machine", [kind for kind in MachineClass if kind is not MachineClass.PERSON])
def test_no_machine_is_answered(machine: MachineClass) -> None:
    assert codes(machine=machine) == [machine.value]


def test_reasons_come_in_the_order_of_the_docstring() -> None:
    worst = replace(
        PLAIN,
        headers={"auto-submitted": ("auto-replied",), "list-id": ("<x>",), "sender": ("z@y.example",), "message-id": ("<1>", "<2>")},
        to=(),
        received_at=NOW - timedelta(days=30),
    )
    history = History(
        duplicate_of=MessageKey("ar", 1, 1), reused_message_id=True, own_message=True, same_request_answered=True, answers_in_thread=9,
        answers_to_sender=99, answers_to_domain=999, answers_in_hour=9999, answered_by_staff=True,
    )  # fmt: skip
    found = codes(worst, machine=MachineClass.BULK, history=history)
    docstring = (guard.__doc__ or "").replace(",", " ").replace(";", " ").replace(".", " ").replace(":", " ").split()
    assert found == sorted(found, key=docstring.index)
    assert len(found) == 16


def test_every_reason_has_plain_words() -> None:
    for reason in guard(replace(PLAIN, to=(), from_=None), MachineClass.ROBOT, History(answers_in_hour=500), LimitsSection(), OWN, NOW):
        assert reason.words
        assert reason.code in (guard.__doc__ or "")


@pytest.mark.parametrize(
    ("age", "expected"), [(timedelta(days=14), []), (timedelta(days=14, seconds=1), ["old_mail"]), (timedelta(days=-400), [])]
)
def test_mail_is_old_after_fourteen_days_by_either_clock(age: timedelta, expected: object) -> None:
    assert codes(replace(PLAIN, date=NOW - age)) == expected
    assert codes(replace(PLAIN, received_at=NOW - age)) == expected


@pytest.mark.parametrize(("recipients", "expected"), [(20, []), (21, ["many_recipients"])])
def test_more_than_twenty_recipients_are_many(recipients: int, expected: object) -> None:
    others = tuple(Address(f"p{n}@customer.example") for n in range(recipients - 1))
    assert codes(replace(PLAIN, cc=others)) == expected


def test_a_cap_of_nothing_stops_everything() -> None:
    assert codes(per_thread_day=0) == ["thread_cap"]


def test_an_address_with_a_tag_is_ours_too() -> None:
    assert codes(replace(PLAIN, to=(Address("ar+invoices@brightwater.example"),))) == []


def test_a_subdomain_of_ours_is_a_colleagues_and_a_look_alike_is_not() -> None:
    assert codes(replace(PLAIN, from_=Address("d@uk.brightwater.example"))) == ["colleague"]
    assert codes(replace(PLAIN, from_=Address("d@notbrightwater.example"))) == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sender": ("Ann <ANN@customer.example>",)}, []),
        ({"sender": ("joann@customer.example",)}, ["sender_differs"]),
        ({"sender": ("ann@customer.example", "bob@agency.example")}, ["sender_differs"]),
        ({"sender": ("ann@customer.example, bob@agency.example",)}, ["sender_differs"]),
        ({"sender": ("<>",)}, ["sender_differs"]),
        ({"reply-to": ("=?x?q?unreadable?=",)}, ["reply_to_elsewhere"]),
    ],
)
def test_fields_that_no_parser_read_still_count(headers: dict[str, tuple[str, ...]], expected: object) -> None:
    assert codes(replace(PLAIN, headers=headers)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"new_text": "", "quoted_text": ""}, []),  # all is said in the subject
        ({"new_text": "", "quoted_text": "", "subject": ""}, ["only_quote"]),
        ({"new_text": " \n", "quoted_text": "> Your invoice"}, ["only_quote"]),
        ({"new_text": "", "attachments": (Attachment("r.pdf", "application/pdf", 1, ""),)}, ["only_attachment"]),
        ({"new_text": "", "attachments": (Attachment("logo.png", "image/png", 1, "", inline=True),)}, []),
    ],
)
def test_a_mail_must_say_something(changes: dict[str, Any], expected: object) -> None:
    assert codes(replace(PLAIN, **changes)) == expected


@given(st.sampled_from([(name, value) for name, values in MARKERS.items() for value in values]), st.text(max_size=40), st.text(max_size=40))
def test_no_automatic_marker_ever_passes(marker: tuple[str, str], subject: str, text: str) -> None:
    name, value = marker
    message = replace(PLAIN, subject=subject, new_text=text, headers={name: (value,)})
    assert codes(message)


FIELDS = st.sampled_from([*MARKERS, "from", "sender", "reply-to", "message-id"])


@given(
    st.dictionaries(FIELDS, st.lists(st.text(max_size=30), max_size=3).map(tuple)),
    st.one_of(st.none(), st.text(min_size=1, max_size=30).map(Address)),
    st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)), st.datetimes()),
    st.text(max_size=30),
)
def test_the_guard_never_raises(headers: dict[str, tuple[str, ...]], sender: Address | None, date: datetime | None, text: str) -> None:
    message = replace(PLAIN, headers=headers, from_=sender, date=date, new_text=text, to=() if sender is None else (sender,))
    for machine in MachineClass:
        guard(message, machine, History(), LimitsSection(), OWN, NOW)
