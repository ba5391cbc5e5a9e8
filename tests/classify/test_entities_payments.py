import time

import pytest
from entity_facts import FRIDAY_NOON, facts

from inboxbot.classify.entities.extract import extract, to_entities
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


@pytest.mark.parametrize("piece", ["\n", "20101, ", "Friday ", "$1.23 ", "1-", "a.", "(", "less 12.50 deducted "])
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        start = time.process_time()
        extract("", text, facts(), FRIDAY_NOON)
        return time.process_time() - start

    seconds(1_000)
    assert seconds(16_000) < 12 * seconds(4_000) + 0.05
