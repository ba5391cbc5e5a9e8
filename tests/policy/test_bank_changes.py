"""Words that have money go another way, in many languages and disguises; and what everybody writes about banks every day."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.policy.bank_changes import asks_for_money, bank_change, fold, without_warnings


def lines(name: str) -> list[str]:
    return (Path(__file__).parent / "bank_changes" / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("words", lines("changes.txt"))
def test_money_is_to_go_another_way(words: str) -> None:
    assert bank_change(words)
    assert bank_change(f"Please send a copy of INV-20021. {words} Thank you, Megan.")
    assert bank_change(f"Hi Sam,\n\n{words}\n\nPlease send a copy of INV-20021.\n\nThanks\nMegan")


@pytest.mark.parametrize("words", lines("everyday.txt"))
def test_what_everybody_writes_about_banks_is_nothing(words: str) -> None:
    assert bank_change(f"Please send a copy of INV-20021. {words} Thank you, Megan.") == ""


@pytest.mark.parametrize(
    "words",
    [
        "Our b\u0430nk changed.",  # a Cyrillic a
        "Our b\u0430nk d\u0435t\u0430ils ch\u0430nged.",
        "\u041eur b\u03b1nk changed.",  # a Cyrillic O, a Greek alpha
        "Our b\u200ban\u00adk changed.",
        "Our \uff42\uff41\uff4e\uff4b changed.",  # full width
        "Our \U0001d41b\U0001d41a\U0001d427\U0001d424 changed.",  # mathematical bold
        "Our b\u00e1nk changed.",
        "Our b@nk changed.",
        "Our b a n k has changed.",
        "Our b-a-n-k has changed.",
        "Our *bank* has changed.",
        "Our bank_has_changed.",
        "Our (bank) has changed.",
        "Our (new) bank: see the PDF.",
        "OUR BANK HAS CHANGED",
        "our bank\nhas changed",
        "Our\u00a0bank\u00a0has\u00a0changed.",
        "Our bnak has changed.",
        "A/C changed",
    ],
)
def test_a_disguise_does_not_hide_it(words: str) -> None:
    assert bank_change(f"Please send a copy of INV-20021. {words}")


def test_what_is_found_is_shown() -> None:
    assert bank_change("Hello. By the way, our BANK has changed. Bye.") == "bank has changed"


def test_sentences_are_kept_apart() -> None:
    assert bank_change("The payment left our bank. Changed tyres, too.") == ""
    assert bank_change("It is with our bank\n\nNow please send the copy") == ""


def test_addresses_and_links_say_nothing() -> None:
    assert bank_change("See https://new.bank.example/changed and new@bank.changed.example please") == ""


@pytest.mark.parametrize(
    "text",
    ["pay " * 5000, "we paid to your new " * 1000, "bank " * 4000, "our bank is now with " * 1000, "1@" * 10_000, "a " * 10_000],
)
def test_a_text_made_to_keep_it_busy_does_not(text: str) -> None:
    begun = time.process_time()
    bank_change(text)
    assert time.process_time() - begun < 3


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    bank_change(text)
    asks_for_money(without_warnings(text))
    assert fold(fold(text)) is not None


@pytest.mark.parametrize(
    "words",
    [
        "Please note that our bank details will never change by e-mail.",
        "If you receive a mail that our bank details have changed, call us.",
        "Beware of fraud: a message that our bank has changed is not from us.",
        "Our bank details have not changed.",
        "Unsere Bankverbindung wird sich niemals per E-Mail ändern.",
        "Vorsicht: E-Mails, dass unsere Bank gewechselt hat, sind Betrug.",
        "Nous ne changeons jamais de compte par e-mail.",
        "Nunca comunicamos por correo que nuestra cuenta ha cambiado.",
        "Dat onze bank is gewijzigd, melden wij nooit per e-mail.",
    ],
)
def test_a_warning_of_such_mail_is_none(words: str) -> None:
    assert bank_change(without_warnings(f"This e-mail is confidential. {words} Think before you print.")) == ""


@pytest.mark.parametrize(
    "words", ["Our bank details have changed.", "Note: our bank is now Chase.", "Unsere Bank hat gewechselt.", "Notre compte a changé."]
)
def test_beside_a_disclaimer_it_is_found(words: str) -> None:
    assert bank_change(without_warnings(f"If you are not the addressee, delete this mail. {words} Think before you print."))
