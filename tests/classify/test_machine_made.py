"""Machines by their own words, in many languages: those that ask like people, those with business, leavers; and people beside them."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.classify import machine_words
from inboxbot.classify.machine import classify
from inboxbot.message import Address, MachineClass, Message

TABLE: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "machines" / "made.toml").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ASK = "Could you please send me a copy of invoice 20108?"
REPLIED = {"auto-submitted": ("auto-replied",)}
PLAIN = Message("<1@customer.example>", "Invoice 20108", Address("ap@customer.example"), NOW, to=(Address("ar@brightwater.example"),))


def machine(text: str, subject: str = "Invoice 20108", headers: dict[str, tuple[str, ...]] | None = None) -> MachineClass:
    message = replace(PLAIN, subject=subject, text=text, new_text=text, headers=headers or {})
    return classify(message, frozenset({"ar@brightwater.example"}), lambda _: False).machine


@pytest.mark.parametrize("notice", TABLE["notices"])
def test_what_says_below_that_a_machine_wrote_it_is_a_robots(notice: str) -> None:
    assert machine(f"{ASK}\n\n{notice}") is MachineClass.ROBOT


@pytest.mark.parametrize("opening", TABLE["openings"])
def test_what_begins_as_machines_begin_is_a_robots(opening: str) -> None:
    assert machine(f"{opening}\n\n{ASK}") is MachineClass.ROBOT


@pytest.mark.parametrize("subject", TABLE["subjects"])
def test_a_subject_of_machines_makes_no_persons_mail(subject: str) -> None:
    assert machine(ASK, subject) is not MachineClass.PERSON


@pytest.mark.parametrize("text", TABLE["persons"])
def test_people_who_speak_of_machines_stay_people(text: str) -> None:
    assert machine(text.replace("{ask}", ASK)) is MachineClass.PERSON


@pytest.mark.parametrize("subject", TABLE["persons_subjects"])
def test_people_with_such_subjects_stay_people(subject: str) -> None:
    assert machine(ASK, subject) is MachineClass.PERSON


def test_a_notice_in_what_a_person_quotes_is_not_that_persons() -> None:
    notice = "This is an automated message, do not reply."
    quoting = replace(PLAIN, text=f"{ASK}\n\n> {notice}", new_text=ASK, quoted_text=f"> {notice}")
    assert classify(quoting, frozenset(), lambda _: False).machine is MachineClass.PERSON
    assert classify(replace(quoting, signature=notice), frozenset(), lambda _: False).machine is MachineClass.ROBOT


@pytest.mark.parametrize("text", TABLE["lasting"])
def test_who_has_left_is_a_change_for_good(text: str) -> None:
    assert machine(text, "Re: Invoice 20108", REPLIED) is MachineClass.AUTO_REPLY_CHANGE


def test_a_change_that_only_the_subject_tells_is_one() -> None:
    assert machine("I have hung up my calculator.", "Automatic reply: Retirement!", REPLIED) is MachineClass.AUTO_REPLY_CHANGE


@pytest.mark.parametrize("text", TABLE["business"])
def test_business_that_calls_itself_automatic_is_seen_by_people(text: str) -> None:
    assert machine(text, "Payment advice") is MachineClass.ROBOT


@pytest.mark.parametrize("text", TABLE["business_replies"])
def test_business_in_an_automatic_reply_is_seen_by_people(text: str) -> None:
    assert machine(text, "Re: Invoice 20108", REPLIED) is MachineClass.ROBOT


@pytest.mark.parametrize("text", TABLE["passing"])
def test_what_passes_is_filed(text: str) -> None:
    assert machine(text, "Re: Invoice 20108", REPLIED) is MachineClass.AUTO_REPLY


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        ("ab|c", ["ab|c"]),
        ("(a|b) c", ["a c", "b c"]),
        ("(the )?(mail|note) x", ["the (mail|note) x", "mail x", "note x"]),
        ("(a(x|y)|b)z", ["a(x|y)z", "bz"]),
        (r"(\(|[|)]q)r", [r"\(r", "[|)]qr"]),
        ("(a|b)+c", ["(a|b)+c"]),
        ("(?:a|b)c", ["(?:a|b)c"]),
        ("ご?返信", ["ご返信", "返信"]),
        (r"\w+ x", [r"\w+ x"]),
    ],
)
def test_an_entry_is_led_by_letters_where_it_can_be(entry: str, parts: list[str]) -> None:
    assert machine_words._led_by_letters(entry) == parts


PIECES = st.text("abc ", min_size=1, max_size=3)
GROUPS = st.builds(
    lambda options, mark: f"({'|'.join(options)}){mark}", st.lists(PIECES, min_size=1, max_size=3), st.sampled_from(["", "?", "+"])
)
ENTRIES = st.lists(st.one_of(PIECES, GROUPS), min_size=1, max_size=4).map("".join)


@given(ENTRIES, st.text("abc ", max_size=12))
def test_an_entry_led_by_letters_finds_the_same(entry: str, text: str) -> None:
    plain, led = (re.compile(pattern).match(text) for pattern in (entry, "|".join(machine_words._led_by_letters(entry))))
    assert (plain and plain[0]) == (led and led[0])
