"""The decision table, row by row; acknowledgements; and that nothing against an answer is ever outvoted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from factories import (
    NOW,
    VERIFIED,
    a_case,
    a_config,
    a_message,
    codes,
    no_history,
    some_facts,
    strangers_facts,
    understood_as,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.decision import Decision, History, Outcome, Priority, Understood
from inboxbot.facts import SenderStanding
from inboxbot.message import Address, Attachment, Authenticity, AuthenticityStatus, MachineClass, MessageKey
from inboxbot.policy.decide import decide, own_identity
from inboxbot.policy.guard import guard
from inboxbot.policy.release import withheld
from inboxbot.policy.requirements import unmet
from inboxbot.understanding import Entities, Family, Intent, Unexplained, Veto

ANSWER, ROUTE, FILE = Outcome.ANSWER, Outcome.ROUTE, Outcome.FILE
DUPLICATE = MessageKey("ar", 7, 1)
UNVERIFIED = Authenticity(AuthenticityStatus.UNVERIFIED, "alder.example")
FAILED = Authenticity(AuthenticityStatus.FAILED, "alder.example", "dmarc=fail")
LOOSE = (Unexplained("and another thing", "no intent says this"),)
FRAUD = (Veto("fraud", "it looks like fraud"),)
THANKS = understood_as(Intent.OTHER, entities=Entities(), only_courtesy=True)
ONLY_COURTESY: Mapping[str, Any] = {"understanding": THANKS}


def of(machine: str) -> dict[str, Any]:
    return {"machine": MachineClass(machine)}


def sender(standing: SenderStanding) -> dict[str, Any]:
    return {"facts": strangers_facts(standing)}


def meaning(*intents: Intent, **changes: Any) -> dict[str, Any]:
    return {"understanding": understood_as(*intents, **changes)}


def decided(case: Mapping[str, Any], history: History | None = None, **config: Any) -> Decision:
    return decide(a_case(**case), history or no_history(), a_config(**config), NOW)


@pytest.mark.parametrize(
    ("case", "history", "outcome", "code"),
    [
        # own mail come back, duplicate of a recorded message
        (of("own"), {}, FILE, "own_mail"),
        ({}, {"own_message": True}, FILE, "own_mail"),
        ({}, {"duplicate_of": DUPLICATE}, FILE, "duplicate"),
        (of("unreadable"), {"duplicate_of": DUPLICATE}, FILE, "duplicate"),
        # bounce, delivery report, read receipt, complaint report
        (of("bounce"), {}, FILE, "bounce"),
        (of("receipt"), {}, FILE, "read_receipt"),
        (of("complaint"), {}, FILE, "complaint"),
        # temporary automatic reply, list, marketing
        (of("auto_reply") | meaning(Intent.AUTO_REPLY), {}, FILE, "auto_reply"),
        (of("auto_reply") | meaning(Intent.INVOICE_COPY, Intent.AUTO_REPLY), {}, ROUTE, "robot"),
        (of("bulk"), {}, FILE, "bulk"),
        # machine mail with a person's business in it
        (of("auto_reply_change"), {}, ROUTE, "contact_change"),
        (of("robot"), {}, ROUTE, "robot"),
        # unreadable, encrypted, calendar
        (of("unreadable"), {}, ROUTE, "unreadable"),
        (of("encrypted"), {}, ROUTE, "encrypted"),
        (of("calendar"), {}, ROUTE, "calendar"),
        # a person's: not authenticated, unknown, ambiguous, free-mail
        ({"authenticity": UNVERIFIED}, {}, ROUTE, "not_authenticated"),
        ({"authenticity": FAILED}, {}, ROUTE, "authentication_failed"),
        ({"message": a_message(from_=None)}, {}, ROUTE, "no_sender"),
        (sender(SenderStanding.UNKNOWN), {}, ROUTE, "unknown_sender"),
        (sender(SenderStanding.AMBIGUOUS), {}, ROUTE, "ambiguous_sender"),
        (sender(SenderStanding.FREE_MAIL), {}, ROUTE, "free_mail"),
        (sender(SenderStanding.COLLEAGUE), {}, ROUTE, "colleague"),
        # a person's, known: not everything explained, a non-routine intent, a veto, not sure
        (meaning(unexplained=LOOSE), {}, ROUTE, "unexplained"),
        (meaning(Intent.INVOICE_COPY, Intent.DISPUTE), {}, ROUTE, "not_routine"),
        (meaning(vetoes=FRAUD), {}, ROUTE, "fraud"),
        (meaning(confidence=0.89), {}, ROUTE, "not_sure"),
        (meaning(drafted=frozenset({Family.ENQUIRY})), {}, ROUTE, "family_drafted"),
        (meaning(Intent.INVOICE_COPY, Intent.PROMISE_TO_PAY, drafted=frozenset({Family.PROMISE})), {}, ROUTE, "family_drafted"),
        (meaning(entities=Entities(("INV-9",))), {}, ROUTE, "foreign_invoice"),
        ({"facts": some_facts(missing_documents=frozenset({"INV-1"}))}, {}, ROUTE, "document_missing"),
        ({"facts": some_facts(incomplete=("a row",))}, {}, ROUTE, "ledger_incomplete"),
        ({}, {"answers_in_thread": 3}, ROUTE, "thread_cap"),
        ({}, {"reused_message_id": True}, ROUTE, "reused_message_id"),
        ({}, {"same_request_answered": True}, ROUTE, "same_request"),
        ({"message": a_message(received_at=NOW - timedelta(days=15))}, {}, ROUTE, "old_mail"),
        # a person's, known, everything explained and routine, documents there, caps free
        ({}, {}, ANSWER, "verified"),
        (meaning(confidence=0.9), {}, ANSWER, "sure"),
        (meaning(drafted=frozenset({Family.PAYMENT, Family.PROMISE})), {}, ANSWER, "sure"),
        ({"facts": some_facts(standing=SenderStanding.OWN_DOMAIN, contact=None)}, {}, ANSWER, "belongs"),
        (meaning(Intent.INVOICE_COPY, Intent.STATEMENT_REQUEST, Intent.BALANCE_QUERY), {}, ANSWER, "explained"),
        # pure thanks
        (ONLY_COURTESY, {}, FILE, "thanks"),
        ({**ONLY_COURTESY, "authenticity": UNVERIFIED}, {}, ROUTE, "not_authenticated"),
        ({**ONLY_COURTESY, **sender(SenderStanding.UNKNOWN)}, {}, ROUTE, "unknown_sender"),
        ({"understanding": replace(THANKS, vetoes=FRAUD)}, {}, ROUTE, "fraud"),
        ({**ONLY_COURTESY, "message": a_message(attachments=(Attachment("a.pdf", "application/pdf", 1, ""),))}, {}, ROUTE, "not_routine"),
        ({**ONLY_COURTESY, **of("robot")}, {}, ROUTE, "robot"),
        # no machine mark, but words that need nobody
        ({**sender(SenderStanding.UNKNOWN), **meaning(Intent.SPAM, entities=Entities())}, {}, FILE, "spam"),
        ({**sender(SenderStanding.FREE_MAIL), **meaning(Intent.SPAM, entities=Entities())}, {}, FILE, "spam"),
        ({**sender(SenderStanding.UNKNOWN), **meaning(Intent.SPAM)}, {}, ROUTE, "unknown_sender"),  # it names an invoice
        (meaning(Intent.SPAM, entities=Entities()), {}, ROUTE, "not_routine"),  # from a contact
        (
            {**sender(SenderStanding.UNKNOWN), **meaning(Intent.SPAM, entities=Entities(), scores={Intent.SPAM: 0.89})},
            {},
            ROUTE,
            "not_routine",
        ),
        ({**sender(SenderStanding.UNKNOWN), **meaning(Intent.SPAM, Intent.DISPUTE, entities=Entities())}, {}, ROUTE, "not_routine"),
        (meaning(Intent.AUTO_REPLY), {}, FILE, "auto_reply"),
        (meaning(Intent.BOUNCE), {}, FILE, "bounce"),
        (meaning(Intent.AUTO_REPLY, Intent.INVOICE_COPY), {}, ROUTE, "not_routine"),
    ],
)
def test_the_decision_table(case: Mapping[str, Any], history: dict[str, Any], outcome: Outcome, code: str) -> None:
    found = decided(case, no_history(**history))
    assert found.outcome is outcome
    assert code in codes(found.reasons)
    assert found.automatic_mail is (outcome is ANSWER)
    assert found.rules_hash


@pytest.mark.parametrize("intent", [intent for intent in Intent if not intent.routine])
def test_no_intent_beyond_the_routine_ones_is_ever_answered(intent: Intent) -> None:
    for intents in ((intent,), (Intent.INVOICE_COPY, intent), (intent, Intent.INVOICE_COPY)):
        assert decided(meaning(*intents)).outcome is not ANSWER


@pytest.mark.parametrize("intent", [intent for intent in Intent if intent.routine])
def test_every_routine_intent_can_be_switched_off(intent: Intent) -> None:
    entities = Entities(("INV-1",), promise_date=NOW.date())
    asked = meaning(intent, Intent.STATEMENT_REQUEST, entities=entities)
    assert decided(asked).outcome is ANSWER
    found = decided(asked, answers={intent.value: False})
    assert (found.outcome, codes(found.reasons)) == (ROUTE, ["answer_off"])


def test_an_answer_goes_to_the_sender_and_answers_everything_asked() -> None:
    asked = meaning(Intent.INVOICE_COPY, Intent.BALANCE_QUERY)
    message = a_message(reply_to=(Address("other@alder.example"),), cc=(Address("cc@alder.example"),))
    found = decided({**asked, "message": message})
    assert (found.recipient, found.answers) == (message.from_, (Intent.INVOICE_COPY, Intent.BALANCE_QUERY))
    assert all(reason.words for reason in found.reasons)


def test_a_routed_mail_names_what_its_draft_could_answer() -> None:
    found = decided(meaning(Intent.DISPUTE, Intent.INVOICE_COPY))
    assert (found.outcome, found.answers, found.automatic_mail) == (ROUTE, (Intent.INVOICE_COPY,), False)


def test_each_reason_is_told_once_and_all_of_them_are_told() -> None:
    found = decided(
        {**meaning(Intent.DISPUTE, vetoes=FRAUD * 2, unexplained=LOOSE), "authenticity": UNVERIFIED}, no_history(answers_in_hour=500)
    )
    assert codes(found.reasons) == ["not_authenticated", "hour_cap", "not_routine", "fraud", "unexplained", "call_back"]


def test_the_mails_own_day_counts_for_its_promise() -> None:
    promise = meaning(Intent.PROMISE_TO_PAY, entities=Entities(("INV-1",), promise_date=NOW.date()))
    late = a_message(date=NOW.replace(hour=23))
    assert decided({**promise, "message": late}).outcome is ANSWER
    company = {"name": "B", "address": "ar@brightwater.example", "timezone": "Asia/Tokyo"}  # there it is tomorrow already
    assert codes(decided({**promise, "message": late}, company=company).reasons) == ["promise_past"]


# acknowledgements


@pytest.mark.parametrize(
    ("case", "history", "expected"),
    [
        (meaning(Intent.DISPUTE), {}, True),
        (meaning(unexplained=LOOSE), {}, True),
        (meaning(confidence=0.1), {}, True),
        (meaning(Intent.BANK_DETAILS), {}, False),
        (meaning(Intent.DISPUTE, Intent.BANK_DETAILS), {}, False),
        (meaning(Intent.SPAM), {}, False),
        (meaning(vetoes=FRAUD), {}, False),
        (meaning(vetoes=(Veto("bank_words", "a bank account is spoken of"),)), {}, False),
        (meaning(vetoes=(Veto("hidden_text", "text that nobody sees"),)), {}, False),
        (meaning(vetoes=(Veto("instruction", "it gives the machine orders"),)), {}, False),
        (meaning(entities=Entities(("INV-9",))), {}, False),  # a foreign invoice
        (meaning(entities=Entities(("INV-1",), ("PO-9",))), {}, False),  # a foreign order
        ({**meaning(Intent.DISPUTE), "authenticity": UNVERIFIED}, {}, False),
        ({**meaning(Intent.DISPUTE), "authenticity": FAILED}, {}, False),
        ({**meaning(Intent.DISPUTE), **sender(SenderStanding.UNKNOWN)}, {}, False),
        ({**meaning(Intent.DISPUTE), **of("robot")}, {}, False),
        (meaning(Intent.DISPUTE), {"answers_to_sender": 10}, False),
        (meaning(Intent.DISPUTE), {"same_request_answered": True}, False),
        (meaning(Intent.DISPUTE), {"acknowledged": True}, False),
        (meaning(Intent.DISPUTE), {"acknowledged_in_domain": 2}, True),
        (meaning(Intent.DISPUTE), {"acknowledged_in_domain": 3}, False),
        ({**meaning(Intent.DISPUTE), "message": a_message(headers={"precedence": ("bulk",)})}, {}, False),
        ({**meaning(Intent.DISPUTE), "message": a_message(reply_to=(Address("ann@evil.test"),))}, {}, False),
    ],
)
def test_who_gets_an_acknowledgement(case: Mapping[str, Any], history: dict[str, Any], expected: bool) -> None:
    found = decided(case, no_history(**history), answers={"acknowledge": "known"})
    assert (found.outcome, found.acknowledge, found.automatic_mail) == (ROUTE, expected, expected)
    assert not decided(case, no_history(**history)).automatic_mail  # "off" is the default


def test_what_is_answered_or_filed_is_not_acknowledged_too() -> None:
    for case in ({}, ONLY_COURTESY, of("bounce")):
        assert not decided(case, answers={"acknowledge": "known"}).acknowledge


def test_who_was_acknowledged_lately_is_answered_all_the_same() -> None:
    assert decided({}, no_history(acknowledged=True, acknowledged_in_domain=3), answers={"acknowledge": "known"}).outcome is ANSWER


# priority and rules


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (meaning(Intent.DISPUTE), Priority.NORMAL),
        (meaning(Intent.BANK_DETAILS), Priority.URGENT),
        (meaning(vetoes=FRAUD), Priority.URGENT),
        (meaning(vetoes=(Veto("bank_words", "x"),)), Priority.URGENT),
        (meaning(Intent.SPAM), Priority.LOW),
    ],
)
def test_priority_without_rules(case: Mapping[str, Any], expected: Priority) -> None:
    assert decided(case).priority is expected


def test_a_rule_assigns_forbids_and_is_named() -> None:
    rule = {"name": "big ones", "when": {"min_amount": 100}, "then": {"assign": "account_owner", "priority": "high", "answer": False}}
    found = decided({}, rule=[rule])
    assert (found.outcome, codes(found.reasons), found.rules) == (ROUTE, ["rule"], ("big ones",))
    assert (found.assignee, found.priority) == ("owen@brightwater.example", Priority.HIGH)


@pytest.mark.parametrize(
    "case",
    [
        meaning(Intent.DISPUTE), {"authenticity": UNVERIFIED}, sender(SenderStanding.UNKNOWN), meaning(vetoes=FRAUD),
        meaning(unexplained=LOOSE), meaning(confidence=0.5), of("robot"), of("bounce"),
    ],
)  # fmt: skip
def test_no_rule_can_make_an_answer_of_what_is_none(case: Mapping[str, Any]) -> None:
    assert decided(case, rule=[{"name": "answer all", "then": {"answer": True}}]).outcome is not ANSWER


# whatever comes together


@st.composite
def cases(draw: st.DrawFn) -> tuple[Understood, History]:
    """A mail that could be answered, with any number of things the matter with it."""

    def some(*others: Any) -> Any:
        return draw(st.sampled_from(others))

    def perhaps(normal: Any, *others: Any) -> Any:
        return normal if draw(st.integers(0, 9)) else some(*others)

    intents = (
        draw(st.lists(st.sampled_from(Intent), min_size=1, max_size=3, unique=True)) if draw(st.booleans()) else [Intent.STATEMENT_REQUEST]
    )
    understanding = understood_as(
        *intents,
        entities=perhaps(Entities(), Entities(("INV-1",)), Entities(("INV-9",)), Entities(po_numbers=("PO-9",)), Entities(("INV-5",))),
        unexplained=perhaps((), LOOSE), vetoes=perhaps((), FRAUD), confidence=perhaps(0.95, 0.2), only_courtesy=perhaps(False, True),
    )  # fmt: skip
    message = a_message(
        from_=perhaps(Address("ann@alder.example"), None),
        received_at=perhaps(NOW, NOW - timedelta(days=99)),
        to=perhaps((Address("ar@brightwater.example"),), ()),
        headers=perhaps({}, {"auto-submitted": ("auto-replied",)}, {"list-id": ("<x>",)}), reply_to=perhaps((), (Address("x@evil.test"),)),
    )  # fmt: skip
    facts = perhaps(some_facts(), *(strangers_facts(standing) for standing in SenderStanding), some_facts(incomplete=("a row",)))
    history = no_history(
        answers_in_thread=perhaps(0, 3), answers_in_hour=perhaps(0, 500), duplicate_of=perhaps(None, DUPLICATE),
        own_message=perhaps(False, True),
        reused_message_id=perhaps(False, True), same_request_answered=perhaps(False, True), answered_by_staff=perhaps(False, True),
    )  # fmt: skip
    machine = perhaps(MachineClass.PERSON, *MachineClass)
    return Understood(message, machine, "", perhaps(VERIFIED, UNVERIFIED, FAILED), facts, understanding), history


@given(cases(), st.booleans())
def test_nothing_is_answered_while_anything_speaks_against_it(both: tuple[Understood, History], acknowledge: bool) -> None:
    case, history = both
    config = a_config(answers={"acknowledge": "known" if acknowledge else "off"})
    found = decide(case, history, config, NOW)
    release = withheld(case.message, case.authenticity, case.facts, config.security)
    guarded = guard(case.message, case.machine, history, config.limits, own_identity(config), NOW)
    meaning = case.understanding
    needs = unmet(meaning, case.facts, NOW.date())
    sure = meaning.confidence >= meaning.threshold and not meaning.vetoes and not meaning.unexplained
    if found.automatic_mail:
        assert not release
        assert not guarded
        assert case.facts.customer is not None
        assert Intent.BANK_DETAILS not in meaning.asserted
        assert "foreign_invoice" not in codes(needs)
    if found.outcome is ANSWER:
        assert sure
        assert not needs
        assert all(intent.routine for intent in meaning.asserted)
        assert set(found.answers) == meaning.asserted
        assert found.recipient == case.message.from_
    elif found.outcome is ROUTE:
        assert release or guarded or needs or not sure or not all(intent.routine for intent in meaning.asserted)
    assert found.reasons
