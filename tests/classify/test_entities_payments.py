import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from entity_facts import FRIDAY_NOON, facts

from inboxbot.classify.entities.disputes import dispute_reason
from inboxbot.classify.entities.extract import extract, to_entities
from inboxbot.classify.entities.ledger_view import LedgerViews
from inboxbot.classify.entities.lexicon import fold, tables
from inboxbot.classify.entities.tokens import tokenise
from inboxbot.classify.training import corpus
from inboxbot.understanding import DisputeReason, PaymentMethod


@pytest.mark.parametrize(
    ("text", "method", "reference"),
    [
        ("check 15336 went out", PaymentMethod.CHECK, "15336"),
        ("did 15336 clear?", PaymentMethod.CHECK, "15336"),
        ("our cheque no. 92421 for 99.90", PaymentMethod.CHECK, "92421"),
        ("ACH842747 cleared?", PaymentMethod.ACH, "ACH842747"),
        ("our wire WIRE651020 of yesterday", PaymentMethod.WIRE, "WIRE651020"),
        ("NEFT done, UTR no. SBIN426324118875", PaymentMethod.ACH, "SBIN426324118875"),
        ("wired yesterday, ref 884120", PaymentMethod.WIRE, "884120"),
        ("per Überweisung", PaymentMethod.WIRE, None),
        ("by direct debit", PaymentMethod.DIRECT_DEBIT, None),
        ("paid by card", PaymentMethod.CARD, None),
        ("please check with your bank", None, None),
        ("20101 please", None, None),
    ],
)
def test_method_and_reference(text: str, method: PaymentMethod | None, reference: str | None) -> None:
    entities = to_entities(extract("", text, facts(), FRIDAY_NOON))
    assert (entities.payment_method, entities.payment_reference) == (method, reference)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("you billed 6.95, the quote says 6.20", DisputeReason.PRICING),
        ("we were charged for 48 and received only 36", DisputeReason.QUANTITY),
        ("two came cracked", DisputeReason.DAMAGED),
        ("das Paket ist nie angekommen", DisputeReason.NOT_RECEIVED),
        ("this is billed twice", DisputeReason.DUPLICATE),
        ("we are exempt from sales tax", DisputeReason.TAX),
        ("abzüglich 2 % Skonto", DisputeReason.TERMS),
        ("please reissue it with our PO on it", DisputeReason.MISSING_PO),
        ("the epoxy never cured", DisputeReason.QUALITY),
        ("we dispute this", DisputeReason.OTHER),
        ("thank you", None),
    ],
)
def test_dispute_reasons(text: str, reason: DisputeReason | None) -> None:
    assert to_entities(extract("", text, facts(), FRIDAY_NOON)).dispute_reason is reason


def work(text: str) -> int:
    """How many calls reading a text takes: unlike seconds they do not depend on what else the machine does."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        extract("", text, facts(), FRIDAY_NOON)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "\n",
            "20101, ",
            "Friday ",
            "$1.23 ",
            "1-",
            "a.",
            "(",
            "less 12.50 deducted ",
            "- 1\n",
            "1 and ",
            "1/2/",
            "Dec 1, ",
            "in a week ",
        ),
        *("next week ", "two ", "2% 100.00 ", "$5 ", "invoice 20101 and ", "the ", "@", "a@", "http://", "1,", "PO-4500 ", "not paid, "),
    ],
)
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    work(piece * 40)  # word lists are compiled once
    assert work((piece * 20_000)[:20_000]) < 4.6 * work((piece * 5_000)[:5_000]) + 500


def test_plain_words_cost_hardly_any_work() -> None:
    text = "Thank you so much for getting back to me about this, it really helped us close our books on time. " * 20
    work(text)
    assert work(text) < 14 * len(text.split())


def test_a_ledgers_view_is_kept_until_the_ledger_changes() -> None:
    views, known = LedgerViews(), facts()
    assert views.of(known) is views.of(replace(known, as_of=datetime(2027, 1, 1, tzinfo=UTC)))
    assert views.of(known) is not views.of(facts())
    assert views.of(known) is not views.of(replace(known, customer=None))
    text = "we paid 20101, 1,234.56, and 20103 by check 15336"
    kept, fresh = (extract("", text, known, FRIDAY_NOON, views=one) for one in (views, None))
    assert kept == fresh


def test_looking_cues_up_by_their_first_word_finds_what_searching_finds() -> None:
    cues = [(int(cue["weight"]), cue["reason"], re.compile("|".join(cue["patterns"]), re.IGNORECASE)) for cue in tables("disputes")["cue"]]
    for mail in corpus.read(Path("models/corpus/mails/w01.jsonl")):
        text = fold(f"{mail.subject}\n{mail.new_text}")
        found = [(weight, reason) for weight, reason, pattern in cues if pattern.search(text)]
        heaviest = next((reason for weight, reason in found if weight == max(found)[0]), None)
        assert dispute_reason(tokenise(text)) == heaviest, mail.id


@pytest.mark.parametrize(
    "text", ["1\u00b2", "on the \u00b2th", "12/\u00b3", "\u0661\u0662/\u0661\u0661", "\u00bd of 20101", "\u2460", "KW \u00b2"]
)
def test_digits_that_are_no_numbers_break_nothing(text: str) -> None:
    extract(text, text, facts(), FRIDAY_NOON)
