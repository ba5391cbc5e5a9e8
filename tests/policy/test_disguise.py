"""Another customer's invoice in a mail is noticed, however it is written; the own one and ordinary numbers are not."""

# ruff: noqa: RUF001

from dataclasses import replace

import pytest
from factories import a_message, an_invoice, some_facts
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.policy.disguise import disguised

OWN = an_invoice("INV-20021", "100.00")
FACTS = some_facts(
    invoices=(OWN,), all_invoice_numbers=frozenset({"INV-20021", "INV-20041", "30115"}), invoice_shapes=("INV-#####", "#####")
)


def found(text: str = "", quoted: str = "", subject: str = "", read: tuple[str, ...] = ("INV-20021",)) -> list[str]:
    message = replace(a_message(), subject=subject, new_text=text, quoted_text=quoted)
    return [reason.code for reason in disguised(message, FACTS, read)]


@pytest.mark.parametrize(
    "said",
    [
        {"quoted": "please send INV-20041"},
        {"quoted": "Rechnung 30115, bitte"},
        {"quoted": "invoice #30115"},
        {"text": "and INV-2OO41"},
        {"text": "and 2oo4l too"},
        {"subject": "INV 2OO41"},
        {"text": "and two zero zero four one"},
        {"text": "und zwei null null vier eins"},
        {"text": "et deux zéro zéro quatre un"},
        {"text": "two, oh, oh, four, one"},
        {"text": "ＩＮＶ－２ＯＯ４１"},
    ],
    ids=str,
)
def test_anothers_invoice_is_noticed(said: dict[str, str]) -> None:
    assert found(**said) == ["foreign_invoice"]


@pytest.mark.parametrize(
    "said",
    [
        {"quoted": "please send INV-20021"},
        {"quoted": "77 Main Street, Springfield 30115"},  # a postal code that happens to be an invoice's number
        {"quoted": "call +1 555 30115"},
        {"text": "one two three, here we go"},
        {"text": "We have two orders and one two-day delay"},
        {"text": "the SOLO 20 and the 5S program"},
        {"text": "two zero zero two one"},  # the own one, and it was read
    ],
    ids=str,
)
def test_nothing_else_is(said: dict[str, str]) -> None:
    assert found(**said) == []


def test_the_own_one_that_was_not_read_is_for_a_person() -> None:
    assert found("two zero zero two one", read=()) == ["disguised_number"]
    assert found("INV-2OO21", read=()) == ["disguised_number"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_searched(text: str, quoted: str) -> None:
    found(text, quoted)
