"""Every asserted intent, entity, veto and unexplained clause points at its words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from entity_facts import facts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inboxbot.classify.understand import Understander
from inboxbot.message import Address, MachineClass, Message
from inboxbot.understanding import Evidence, Intent, Understanding, marked

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KNOWN = facts()


def mail(subject: str, text: str) -> Message:
    return Message("<1@x.example>", subject, Address("ann@customer.example"), NOW, new_text=text)


def understood(understander: Understander, subject: str, text: str) -> Understanding:
    return understander.understand(mail(subject, text), KNOWN, MachineClass.PERSON)


def words(found: Understanding, kind: str, name: str) -> list[tuple[str, str]]:
    return [(one.words, one.value) for one in found.evidence if (one.kind, one.name) == (kind, name)]


def test_entities_point_at_their_words_in_subject_and_text(understander: Understander) -> None:
    found = understood(
        understander, "20101", "Hi,\ncould you resend inv 20103 as well?\nWe will pay 1,234.56 by check on 1 December.\nThanks"
    )
    assert words(found, "entity", "invoice_numbers") == [("20101", "INV-20101"), ("inv 20103", "INV-20103")]
    assert words(found, "entity", "amounts") == [("1,234.56", "1234.56 USD")]
    assert ("1 December", "2026-12-01") in words(found, "entity", "promise_date")
    assert {one.place for one in found.evidence if one.value == "INV-20101"} == {"subject"}


def test_every_asserted_intent_points_at_a_clause(understander: Understander) -> None:
    found = understood(understander, "question", "Hello,\ncould you send me a copy of 20103?\nAnd what do we owe you in total?\nThanks")
    for score in found.intents:
        assert words(found, "intent", score.intent.value), score.intent
    if Intent.INVOICE_COPY in found.asserted:
        assert any("copy" in piece for piece, _ in words(found, "intent", "invoice_copy"))


def test_vetoes_and_unexplained_clauses_point_at_their_words(understander: Understander) -> None:
    text = "Please send 20103 to pa@elsewhere.example, see www.more.example and mind ticket 998877. Our new bank account is ready."
    found = understood(understander, "copy", text)
    assert words(found, "veto", "address_in_text") == [("pa@elsewhere.example", "")]
    assert words(found, "veto", "link")[0][0].startswith("www.more.example")
    assert any("bank" in piece.lower() for piece, _ in words(found, "veto", "bank_words"))
    for item in found.unexplained:
        assert any(one.kind == "unexplained" and one.words == item.text for one in found.evidence), item


def test_a_payment_points_at_its_method_and_a_dispute_at_its_reason(understander: Understander) -> None:
    paid = understood(understander, "", "We sent the payment of 800.00 for 20103 by wire this morning.")
    if paid.entities.payment_method:
        assert words(paid, "entity", "payment_method")
    wrong = understood(understander, "", "We dispute 20103: the goods arrived damaged and we will not pay it.")
    assert wrong.entities.dispute_reason is not None
    assert words(wrong, "entity", "dispute_reason")


def test_a_mail_without_words_has_no_evidence(understander: Understander) -> None:
    assert understood(understander, "", "").evidence == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=40).filter(lambda text: "\n" not in text),
    st.lists(
        st.sampled_from(
            ["resend 20103 please", "we pay Friday", "it is wrong", "a@b.example", "\u00e9\u00a0\u2013", "1.234,56", "\n", "IBAN?"]
        )
    ).map(" ".join),
)
def test_offsets_are_those_of_the_words_whatever_the_text(understander: Understander, subject: str, text: str) -> None:
    found = understood(understander, subject, text)
    places = {"subject": subject, "text": text}
    for one in found.evidence:
        assert places[one.place][one.start : one.end] == one.words != ""
    for place, whole in places.items():
        assert "".join(piece for piece, _ in marked(whole, place, found.evidence)) == whole


def test_marks_may_overlap() -> None:
    clause, number = Evidence("intent", "invoice_copy", "text", 0, 12, "resend 20103"), Evidence("entity", "n", "text", 7, 12, "20103")
    assert marked("resend 20103!", "text", [clause, number]) == [("resend ", (clause,)), ("20103", (clause, number)), ("!", ())]
    assert marked("resend 20103!", "subject", [clause]) == [("resend 20103!", ())]
    assert marked("short", "text", [clause]) == [("short", ())]
    assert marked("", "text", []) == []


@pytest.mark.parametrize("kind", ["intent", "entity"])
def test_evidence_is_in_the_order_of_the_mail(understander: Understander, kind: str) -> None:
    found = understood(understander, "20101", "Resend 20103 and 20105, please. What do we owe?")
    places = [(one.place != "subject", one.start) for one in found.evidence if one.kind == kind]
    assert places == sorted(places)
    assert replace(found, evidence=()) != found
