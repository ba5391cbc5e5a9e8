"""What staff put right becomes mails to learn from, with provenance; what cannot be used is named."""

from typing import Any

import pytest
from entity_facts import facts

from inboxbot.classify.training.corrections import WEIGHT, from_labels, provenance
from inboxbot.facts import Facts
from inboxbot.understanding import Intent

KNOWN = facts()
ENTITIES: dict[str, Any] = {
    "invoice_numbers": ["INV-1"], "po_numbers": [], "amounts": ["5.00 USD"], "promise_date": "2026-12-01", "payment_method": None,
    "payment_reference": None, "dispute_reason": None,
}  # fmt: skip


def label(**changes: Any) -> dict[str, Any]:
    right = {"intents": ["dispute", "invoice_copy"], "entities": ENTITIES, "customer": "C1", "outcome": "route"}
    good = {
        "message_id": 7, "from": "ann@customer.example", "subject": "20101", "text": "this is not what we ordered",
        "received_at": "2026-11-20T12:00:00+00:00", "right": right, "corrected": ["intents"], "who": ["dana"],
        "at": "2026-11-21T08:00:00+00:00",
    }  # fmt: skip
    return {**good, **changes}


def of(customer_id: str | None, _sender: str) -> Facts:
    assert customer_id == "C1"
    return KNOWN


def test_a_correction_becomes_a_labelled_mail() -> None:
    (one,), left_out = from_labels([label()], of)
    assert left_out == []
    assert (one.mail.intents, one.mail.outcome) == ((Intent.DISPUTE, Intent.INVOICE_COPY), "route")
    assert (one.mail.new_text, one.mail.writer, one.mail.invoice_numbers) == ("this is not what we ordered", "staff", ("INV-1",))
    assert one.facts is KNOWN


def test_what_nobody_looked_at_teaches_nothing() -> None:
    found, left_out = from_labels([label(corrected=["outcome", "customer"])], of)
    assert found == []
    assert left_out == ["message 7: only outcome, customer was put right, the intents nobody looked at"]


@pytest.mark.parametrize(
    "broken",
    [
        {"right": {**label()["right"], "intents": ["dreams"]}},
        {"right": {**label()["right"], "intents": []}},
        {"right": {**label()["right"], "entities": {"promise_date": "soon"}}},
        {"received_at": "yesterday"},
    ],
)
def test_a_label_that_cannot_be_read_is_named_and_the_others_count(broken: dict[str, Any]) -> None:
    found, left_out = from_labels([label(**broken), label(message_id=8)], of)
    assert [one.message_id for one in found] == [8]
    assert left_out[0].startswith("message 7: the label cannot be read (")


def test_the_card_says_who_and_when() -> None:
    found, _ = from_labels([label(), label(message_id=9, who=["ed", "dana"])], of)
    assert provenance(found) == {
        "mails": 2,
        "weight": WEIGHT,
        "labels": [
            {"message_id": 7, "who": ["dana"], "at": "2026-11-21T08:00:00+00:00"},
            {"message_id": 9, "who": ["ed", "dana"], "at": "2026-11-21T08:00:00+00:00"},
        ],
    }
