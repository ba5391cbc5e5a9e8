"""What must be there before an answer is; release; and what makes two requests the same."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from factories import (
    NOW,
    VERIFIED,
    a_message,
    an_invoice,
    codes,
    money,
    some_facts,
    strangers_facts,
    understood_as,
)  # fmt: skip

from inboxbot.config import SecuritySection
from inboxbot.facts import SenderStanding
from inboxbot.message import Address, Authenticity, AuthenticityStatus
from inboxbot.policy.release import withheld
from inboxbot.policy.request import request_key
from inboxbot.policy.requirements import unmet, wanted_invoices
from inboxbot.understanding import Entities, Intent

TODAY = NOW.date()
COPY, PROMISE, REMITTANCE, STATEMENT = (
    Intent.INVOICE_COPY, Intent.PROMISE_TO_PAY, Intent.REMITTANCE_ADVICE, Intent.STATEMENT_REQUEST,
)  # fmt: skip
MANY = tuple(an_invoice(f"M-{n}", "1", po_number="PO-M") for n in range(21))


@pytest.mark.parametrize(
    ("intent", "entities", "facts", "expected"),
    [
        (COPY, Entities(("INV-1",)), {}, []),
        (COPY, Entities(po_numbers=("PO-1",)), {}, []),
        (COPY, Entities(), {}, ["no_invoice_named"]),
        (COPY, Entities(("INV-1", "INV-9")), {}, ["foreign_invoice"]),
        (COPY, Entities(("INV-404",)), {}, ["unknown_invoice", "no_invoice_named"]),
        (COPY, Entities(("INV-1",), ("PO-9",)), {}, ["foreign_po"]),
        (COPY, Entities(("INV-1",), ("PO-404",)), {}, ["unknown_po"]),
        (COPY, Entities(("INV-1",)), {"missing_documents": frozenset({"INV-1"})}, ["document_missing"]),
        (STATEMENT, Entities(("INV-1",)), {"missing_documents": frozenset({"INV-1"})}, []),
        (COPY, Entities(po_numbers=("PO-M",)), {"invoices": MANY[:20]}, []),
        (COPY, Entities(po_numbers=("PO-M",)), {"invoices": MANY}, ["too_many_documents"]),
        (COPY, Entities(("INV-1",), amounts=(money("3"),)), {}, ["amount_differs"]),
        (STATEMENT, Entities(), {"incomplete": ("invoices.csv:7: amount is empty",)}, ["ledger_incomplete"]),
        (STATEMENT, Entities(("INV-9",)), {}, ["foreign_invoice"]),  # whatever is asked
        (PROMISE, Entities(("INV-1",), promise_date=TODAY), {}, []),
        (PROMISE, Entities(("INV-1",), promise_date=TODAY + timedelta(days=120)), {}, []),
        (PROMISE, Entities(("INV-1",), promise_date=TODAY + timedelta(days=121)), {}, ["promise_far"]),
        (PROMISE, Entities(("INV-1",), promise_date=TODAY - timedelta(days=1)), {}, ["promise_past"]),
        (PROMISE, Entities(("INV-1",)), {}, ["promise_undated"]),
        (REMITTANCE, Entities(("INV-1",), amounts=(money("100"),)), {}, []),
        (REMITTANCE, Entities(("INV-1",), amounts=(money("-100"),)), {}, ["amount_differs", "negative_amount"]),
        (Intent.DISPUTE, Entities(), {}, []),  # not routine; nothing is needed to route it
    ],
)
def test_what_an_answer_needs(intent: Intent, entities: Entities, facts: dict[str, Any], expected: list[str]) -> None:
    assert codes(unmet(understood_as(intent, entities=entities), some_facts(**facts), TODAY)) == expected


def test_every_intent_has_its_own_needs_and_each_reason_comes_once() -> None:
    both = understood_as(PROMISE, COPY, entities=Entities(("INV-9",)))
    assert codes(unmet(both, some_facts(), TODAY)) == ["foreign_invoice", "no_invoice_named", "promise_undated"]


def test_an_invoice_named_twice_over_is_wanted_once_and_an_empty_order_wants_nothing() -> None:
    named = Entities(("INV-1", "INV-9"), ("PO-1", ""))
    assert [i.invoice_number for i in wanted_invoices(named, some_facts())] == ["INV-1"]


def failed(words: str) -> Authenticity:
    return Authenticity(AuthenticityStatus.FAILED, "alder.example", words)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"message": a_message(from_=None)}, ["no_sender"]),
        ({"authenticity": failed("dmarc=fail")}, ["authentication_failed"]),
        ({"authenticity": replace(VERIFIED, status=AuthenticityStatus.UNVERIFIED)}, ["not_authenticated"]),
        ({"facts": strangers_facts()}, ["unknown_sender"]),
        ({"facts": strangers_facts(SenderStanding.FREE_MAIL)}, ["free_mail"]),
        ({"facts": strangers_facts(SenderStanding.AMBIGUOUS)}, ["ambiguous_sender"]),
        ({"facts": strangers_facts(SenderStanding.COLLEAGUE)}, ["colleague"]),
        ({"facts": strangers_facts(SenderStanding.CONTACT)}, ["unknown_sender"]),  # a ledger that contradicts itself
        ({"facts": strangers_facts(SenderStanding.OWN_DOMAIN)}, ["unknown_sender"]),
        ({"facts": some_facts(standing=SenderStanding.OWN_DOMAIN, contact=None)}, []),
    ],
)
def test_who_is_told_nothing(changes: dict[str, Any], expected: list[str]) -> None:
    given = {"message": a_message(), "authenticity": VERIFIED, "facts": some_facts(), **changes}
    assert codes(withheld(**given, security=SecuritySection())) == expected


def test_release_can_be_narrowed_to_stored_contacts() -> None:
    narrow = SecuritySection(release_to="contacts")
    assert codes(withheld(a_message(), VERIFIED, some_facts(standing=SenderStanding.OWN_DOMAIN), narrow)) == ["not_a_contact"]
    assert withheld(a_message(), VERIFIED, some_facts(), narrow) == ()


def test_every_reason_against_is_told_with_its_proof() -> None:
    found = withheld(a_message(from_=None), failed("dmarc=fail by mx"), strangers_facts(), SecuritySection())
    assert codes(found) == ["no_sender", "authentication_failed", "unknown_sender"]
    assert found[1].words == "dmarc=fail by mx"


ASKED = understood_as(COPY, PROMISE, entities=Entities(("INV-1", "INV-2"), ("PO-1",), (money("100"),), TODAY))


@pytest.mark.parametrize(
    ("message", "understanding"),
    [
        (a_message(message_id="<2@x>", subject="other", new_text="other words"), ASKED),
        (a_message(), understood_as(PROMISE, COPY, entities=replace(ASKED.entities, invoice_numbers=("INV-2", "INV-1")))),
        (a_message(), replace(ASKED, confidence=0.1, scores={}, model_version="2")),
        (a_message(from_=Address("ann+1@alder.example")), ASKED),
        (a_message(from_=Address("ann+a+b@alder.example", "Another Name")), ASKED),
    ],
)
def test_the_same_request_in_other_words_is_the_same(message: Any, understanding: Any) -> None:
    assert request_key(message, understanding) == request_key(a_message(), ASKED)


@pytest.mark.parametrize(
    ("message", "understanding"),
    [
        (a_message(from_=Address("joe@alder.example")), ASKED),
        (a_message(from_=Address("joe+ann@alder.example")), ASKED),
        (a_message(from_=Address("ann@uk.alder.example")), ASKED),
        (a_message(), understood_as(COPY, entities=ASKED.entities)),
        (a_message(), replace(ASKED, entities=replace(ASKED.entities, invoice_numbers=("INV-1",)))),
        (a_message(), replace(ASKED, entities=replace(ASKED.entities, po_numbers=()))),
        (a_message(), replace(ASKED, entities=replace(ASKED.entities, amounts=(money("100", "EUR"),)))),
        (a_message(), replace(ASKED, entities=replace(ASKED.entities, promise_date=TODAY + timedelta(days=1)))),
        (a_message(), replace(ASKED, entities=replace(ASKED.entities, payment_reference="W-1"))),
    ],
)
def test_another_request_is_another(message: Any, understanding: Any) -> None:
    assert request_key(message, understanding) not in {request_key(a_message(), ASKED), ""}


def test_where_nothing_routine_is_asked_or_nobody_asks_there_is_no_key() -> None:
    assert request_key(a_message(), understood_as(Intent.DISPUTE)) == ""
    assert request_key(a_message(from_=None), ASKED) == ""
