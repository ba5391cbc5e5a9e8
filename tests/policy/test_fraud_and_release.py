"""Account numbers in a mail, the fraud lane, the day's share, outsiders who want to be served."""

from dataclasses import replace
from typing import Any

import pytest
from factories import (
    COMPANY,
    NOW,
    a_case,
    a_config,
    a_message,
    an_invoice,
    codes,
    no_history,
    some_facts,
    strangers_facts,
    understood_as,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.decision import Decision, Outcome, Priority, Released
from inboxbot.facts import Likeness, SenderStanding
from inboxbot.message import Address, Attachment, MachineClass
from inboxbot.policy.bank_numbers import bank_numbers
from inboxbot.policy.decide import decide
from inboxbot.understanding import Entities, Intent, Veto

IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"Please pay to {IBAN} from now on", "IBAN"),
        ("our new account: DE89370400440532013000", "IBAN"),
        ("de89-3704-0044-0532-0130-00", "IBAN"),
        ("DE89.3704.0044.0532.0130.00", "IBAN"),
        ("IBAN:GB29NWBK60161331926819", "IBAN"),
        ("GB29 NWBK 6016 1331 9268 19 thanks", "IBAN"),
        ("FR14 2004 1010 0505 0001 3M02 606", "IBAN"),
        ("NO93 8601 1117 947", "IBAN"),
        ("ＤＥ８９３７０４００４４０５３２０１３０００", "IBAN"),  # noqa: RUF001  full-width
        ("Konto DE89\n3704 0044 0532 0130 00", "IBAN"),
        ("SWIFT: DEUTDEFF", "BIC"),
        ("BIC DEUT DE FF 500", "BIC"),
        ("swift code is nwbkgb2l", "BIC"),
        ("Pay to Deutsche Bank, SWIFT DEUTDEFF please", "BIC"),
        ("bic: deutdeff", "BIC"),
        ("the swift code is nwbkgb2l", "BIC"),
        ("please refund to my card 4111 1111 1111 1111", "card number"),
        ("ABA 021000021", "routing number"),
        ("routing no. 0210-00021, account 12345678", "routing number"),
        ("sort code 60-16-13", "sort code"),
        ("Sort Code: 601613 A/C: 31926819", "sort code"),
        ("new bank account 31926819", "account number"),
        ("Kontonummer: 532013000", "account number"),
        ("our new a/c is 0012 3456 789", "account number"),
        ("Acct: 8812004471", "account number"),
        ("acct no. 8812 0044 71", "account number"),
        ("ACCT# 8812004471", "account number"),
        ("Refunds: 8812004471 / 021000021", "routing number"),
    ],
)
def test_an_account_number_is_found(text: str, kind: str) -> None:
    assert kind in {number.kind for number in bank_numbers(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Please send invoice INV-20155 and INV-20156", "We paid 12,500.00 USD on 2026-11-03, reference 4412233445", "PO 4500012345",
        "INVOICES PAYMENTS STATEMENT DOCUMENT", "DE89 3704 0044 0532 0130 01",  # the check digits are wrong
        "call me on +49 30 1234567", "our VAT number is DE123456789", "tracking 1Z999AA10123456784", "021000021", "order 60-16-13",
        "please credit our account with 1,200.00", "customer account 100234 has 3 open invoices", "acct 100234", "our account: 88120044", "ID AB12 3456", "swiftly resend invoice 10234567",  # noqa: E501
        "Please find that 20202 was paid per SWIFT on Friday", "the SWIFT copy is attached", "PLEASE FIND SWIFT COPY ATTACHED",
        "paid by Swift, see the document", "SWIFT confirmation for our customer", "the SWIFT was in February",
    ],
)  # fmt: skip
def test_what_is_no_account_number_is_not(text: str) -> None:
    assert list(bank_numbers(text)) == []


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    list(bank_numbers(text))


@given(st.integers(0, 6), st.sampled_from([" ", "-", ".", "  ", " - "]))
def test_an_iban_is_found_however_it_is_spaced(group: int, gap: str) -> None:
    plain = "DE89370400440532013000"
    spaced = gap.join(plain[i : i + group + 2] for i in range(0, len(plain), group + 2))
    assert any(number.bare == plain for number in bank_numbers(f"pay to {spaced} please"))


def decided(
    message: dict[str, Any] | None = None, history: dict[str, Any] | None = None, config: dict[str, Any] | None = None, **case: Any
) -> Decision:
    if message is not None:
        case["message"] = a_message(**message)
    return decide(a_case(**case), no_history(**(history or {})), a_config(**(config or {})), NOW)


def fraud(decision: Decision) -> tuple[Outcome, Priority, bool, bool, bool]:
    return decision.outcome, decision.priority, decision.suspicious, decision.automatic_mail, "call_back" in codes(decision.reasons)


LANE = (Outcome.ROUTE, Priority.URGENT, True, False, True)
LOOK_ALIKE = some_facts(likenesses=(Likeness("look_alike", "a1der.example looks like alder.example"),))


@pytest.mark.parametrize(
    "case",
    [
        {"message": {"new_text": f"Please resend INV-1. Our account is {IBAN}."}},
        {"message": {"subject": f"Invoice INV-1, pay to {IBAN}"}},
        {"facts": LOOK_ALIKE},
        {"understanding": understood_as(Intent.INVOICE_COPY, Intent.BANK_DETAILS)},
        {"understanding": understood_as(vetoes=(Veto("bank_words", "bank details are mentioned"),))},
        {"message": {"attachments": (Attachment("New Bank Details.pdf", "application/pdf", 10, "0"),)}},
        {"message": {"attachments": (Attachment("change_of_bank_account.docx", "application/x", 10, "0"),)}},
        {"message": {"attachments": (Attachment("Remit-To Update.pdf", "application/pdf", 10, "0"),)}},
        {"message": {"attachments": (Attachment("Notice_of_Factoring.pdf", "application/pdf", 10, "0"),)}},
        {"message": {"attachments": (Attachment("Bankverbindung.xlsx", "application/x", 10, "0"),)}},
    ],
)
def test_the_fraud_lane_is_never_automatic_always_urgent_and_says_what_to_do(case: dict[str, Any]) -> None:
    rule = [{"name": "calm", "then": {"priority": "low"}}]
    assert fraud(decided(**case, config={"answers": {"acknowledge": "known"}, "rule": rule})) == LANE


@pytest.mark.parametrize(
    "name", ["Remittance advice 4711.pdf", "ACH_remittance_20261120.csv", "invoice INV-1.pdf", "swiftly.png", "scan.pdf"]
)
def test_ordinary_files_do_not_lead_there(name: str) -> None:
    assert not decided({"attachments": (Attachment(name, "application/pdf", 10, "0"),)}).suspicious


def test_our_own_account_in_a_remittance_does_not_lead_there() -> None:
    text = {"new_text": f"We paid INV-1 to your account {IBAN} today."}
    assert decided(text).suspicious
    assert not decided(text, config={"company": {"name": "B", "address": COMPANY, "bank_accounts": ["de89370400440532013000"]}}).suspicious


@pytest.mark.parametrize(("machine", "intent"), [(MachineClass.BULK, Intent.SPAM), (MachineClass.AUTO_REPLY, Intent.AUTO_REPLY)])
def test_the_marks_of_bulk_mail_do_not_hide_a_look_alike(machine: MachineClass, intent: Intent) -> None:
    facts = replace(strangers_facts(), likenesses=LOOK_ALIKE.likenesses)
    said = understood_as(intent, entities=Entities())
    assert fraud(decided(machine=machine, facts=facts, understanding=said)) == LANE
    assert decided(machine=machine, facts=strangers_facts(), understanding=said).outcome is Outcome.FILE


def test_a_bank_change_by_a_stranger_is_not_filed_as_spam() -> None:
    spam = understood_as(Intent.SPAM, entities=Entities(), scores={Intent.SPAM: 0.99})
    assert decided({"new_text": "cheap pills"}, facts=strangers_facts(), understanding=spam).outcome is Outcome.FILE
    assert fraud(decided({"new_text": f"new account {IBAN}"}, facts=strangers_facts(), understanding=spam)) == LANE


@pytest.mark.parametrize(
    "message",
    [
        {"new_text": "Please resend INV-1. Our bank changed."},
        {"new_text": "Please resend INV-1.", "subject": "Bank changed"},
        {"new_text": "We transferred INV-1 yesterday to Revolut as instructed."},
        {"new_text": "Bitte INV-1 senden. Wir sind jetzt bei der Sparkasse."},
        {"new_text": "Please resend INV-1. \u6211\u4eec\u6362\u4e86\u94f6\u884c\u3002"},
        {"new_text": "Please resend INV-1 and wire d\u0435tails."},  # a Cyrillic e
        {"new_text": "Please resend INV-1. Acct: 8812004471"},
        {"new_text": "Please resend INV-1. Refunds: 8812004471 / 021000021"},
        {"signature": "This e-mail is confidential. IMPORTANT: our bank details have changed."},
        {"signature": "CONFIDENTIAL\nNew bank: Chase, account 8812004471"},
        {"signature": f"Ann Alder\nPlease remit to {IBAN}"},
        {"signature": f"Ann Alder\nUse from now on:\n{IBAN}"},
        {"signature": f"Ann Alder\nBitte überweisen Sie künftig auf {IBAN}"},
        {"quoted_text": f"On Monday ar@brightwater.example wrote:\nOur bank details have changed. New IBAN {IBAN}"},
        {"quoted_text": f"We have moved to a new bank.\n\nKind regards\nSam\n\n{IBAN}"},
        {"quoted_text": f"Unsere Bank hat gewechselt:\n{IBAN.replace(' ', '')}"},
        {"quoted_text": f"Account {IBAN} is closed. {'All the best. ' * 60}Our bank changed, use {IBAN}."},
    ],
)
def test_a_change_of_bank_leads_there_wherever_it_stands(message: dict[str, Any]) -> None:
    assert fraud(decided(message, config={"answers": {"acknowledge": "known"}})) == LANE


@pytest.mark.parametrize(
    "message",
    [
        {"new_text": "Please resend INV-1. We have now instructed our bank to pay."},
        {"new_text": "Please resend INV-1, the payment left our bank before the bank holiday."},
        {"new_text": "We paid acct PO-1 for INV-1 today."},
        {"signature": f"Alder GmbH, Neue Straße 1, Neuss\nSparkasse Neuss, IBAN {IBAN}"},  # a letterhead
        {"signature": f"Alder Sp. z o.o., ul. Nowa 1, Nowy Sącz, Bank Pekao, {IBAN}"},
        {"signature": f"Alder SA, Monterrey, Nuevo León, Banco Azteca, {IBAN}"},
        {"signature": f"Alder, 1 New Street, New York, Chase Bank, {IBAN}"},
        {"signature": f"Alder Kft., Új utca 5., bankszámlaszám: {IBAN}"},
        {"signature": f"Ann Alder\nAccounts Payable\nBankverbindung: {IBAN}, BIC DEUTDEFF"},
        {"signature": "Our bank details never change by e-mail. If you are told so, call us."},
        {"quoted_text": f"Please pay INV-1 to {IBAN}."},  # no word of a change
        {"quoted_text": "Our bank has changed its opening hours. Our bank changed."},  # no account
    ],
)
def test_a_letterhead_a_warning_and_our_own_quoted_mail_do_not(message: dict[str, Any]) -> None:
    assert decided(message).outcome is Outcome.ANSWER


def test_our_own_accounts_in_a_quote_are_no_reason() -> None:
    company = {"name": "B", "address": COMPANY, "bank_accounts": [IBAN]}
    message = {"quoted_text": f"Our bank changed last year, here is {IBAN} again."}
    assert decided(message).suspicious
    assert decided(message, config={"company": company}).outcome is Outcome.ANSWER


def test_a_number_that_the_ledger_knows_is_no_account() -> None:
    order = an_invoice("INV-1", "10.00", po_number="4200821495")
    message = {"new_text": "Please resend INV-1, acct 4200821495"}
    assert decided(message).suspicious
    assert not decided(message, facts=some_facts(invoices=(order,))).suspicious


def test_the_number_is_not_repeated_in_full() -> None:
    found = decided({"new_text": f"pay to {IBAN}"})
    assert not any("0532" in reason.words for reason in found.reasons)


# the day's share


def share(wanted: int, released: Released, release: dict[str, Any] | None = None, *intents: Intent, **facts: Any) -> Decision:
    invoices = tuple(an_invoice(f"INV-{n}", "10.00") for n in range(wanted))
    entities = Entities(invoice_numbers=tuple(invoice.invoice_number for invoice in invoices))
    known = some_facts(invoices=invoices, all_invoice_numbers=frozenset(entities.invoice_numbers), **facts)
    meaning = understood_as(*(intents or (Intent.INVOICE_COPY,)), entities=entities)
    return decided(facts=known, understanding=meaning, history={"released": released}, config={"release": release or {}})


def told(count: int) -> frozenset[str]:
    return frozenset(f"OLD-{n}" for n in range(count))


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (lambda: share(3, Released()), None),
        (lambda: share(20, Released()), None),
        (lambda: share(20, Released(documents=20)), None),
        (lambda: share(20, Released(documents=21)), "document_cap"),
        (lambda: share(1, Released(documents=40)), "document_cap"),
        (lambda: share(4, Released(), {"documents_per_mail": 3}), "bulk_request"),
        (lambda: share(3, Released(), {"documents_per_mail": 3}), None),
        (lambda: share(0, Released(documents=40), None, Intent.STATEMENT_REQUEST), "document_cap"),
        (lambda: share(0, Released(documents=39), None, Intent.STATEMENT_REQUEST), None),
        (lambda: share(0, Released(documents=400), None, Intent.BALANCE_QUERY), None),  # no document
        (lambda: share(2, Released(invoices=told(79))), "invoice_cap"),
        (lambda: share(2, Released(invoices=told(78))), None),
        (lambda: share(2, Released(invoices=told(79) | {"INV-0"})), "invoice_cap"),
        (lambda: share(2, Released(invoices=told(78) | {"INV-0", "INV-1"})), None),  # the same ones again
        (lambda: share(2, Released(invoices=told(80)), None, Intent.PAYMENT_STATUS), "invoice_cap"),
        (lambda: share(1, Released(sender_known=False)), None),
        (lambda: share(1, Released(sender_known=False), {"first_time": "hold"}), "first_time"),
        (lambda: share(1, Released(sender_known=True), {"first_time": "hold"}), None),
        (lambda: share(1, Released(sender_known=False), {"first_time": "hold_unlisted"}), None),
        (lambda: share(1, Released(sender_known=False), {"first_time": "hold_unlisted"}, standing=SenderStanding.OWN_DOMAIN), "first_time"),
        (lambda: share(1, Released(documents=1), {"documents_per_day": 0}), "document_cap"),
    ],
)
def test_a_customers_share_of_a_day(decision: Any, code: str | None) -> None:
    made = decision()
    assert (made.outcome, code is None or code in codes(made.reasons)) == (Outcome.ANSWER if code is None else Outcome.ROUTE, True)


# outsiders


def with_cc(text: str, *cc: str, name: str = "", **facts: Any) -> Decision:
    message = {"new_text": text, "cc": tuple(Address(email, name) for email in cc)}
    return decided(message, facts=some_facts(outsiders=cc, **facts))


@pytest.mark.parametrize(
    "text",
    [
        "Please send INV-1 to me and everyone in cc.", "Please reply to all with INV-1.", "Please resend INV-1, our accountant is copied.",
        "Please resend INV-1 to Marvin as well.", "Bitte INV-1 senden, mein Kollege in Kopie braucht es auch.", "Please CC him on the copy.",  # noqa: E501
        "Please send INV-1 to marvin@evil.example", "Kindly send the copy to both of us.", "merci d'envoyer INV-1, mon collègue est en copie",  # noqa: E501
    ],
)  # fmt: skip
def test_an_outsider_who_is_to_be_served_is_a_persons_decision(text: str) -> None:
    found = with_cc(text, "marvin@evil.example", name="Marvin Crook")
    assert (found.outcome, "outsider" in codes(found.reasons), found.automatic_mail) == (Outcome.ROUTE, True, False)


@pytest.mark.parametrize("text", ["Please resend INV-1.", "Could you send us a copy of INV-1? Thank you."])
def test_an_outsider_who_only_reads_along_is_no_reason(text: str) -> None:
    found = with_cc(text, "marvin@evil.example")
    assert (found.outcome, found.recipient and found.recipient.email) == (Outcome.ANSWER, "ann@alder.example")


def test_another_customer_in_cc_is() -> None:
    found = with_cc("Please resend INV-1.", "bob@bayline.example", other_customers=("bob@bayline.example",))
    assert "other_customer" in codes(found.reasons)


def test_our_own_alias_in_cc_is_no_outsider() -> None:
    company = {"name": "B", "address": COMPANY, "aliases": ["billing@other.example"]}
    message = {"new_text": "Please resend INV-1, see cc.", "cc": (Address("billing@other.example"),)}
    assert decided(message, facts=some_facts(outsiders=("billing@other.example",)), config={"company": company}).outcome is Outcome.ANSWER


@pytest.mark.parametrize("numbers", [("INV-9",), ("INV-1", "INV-9")])
def test_a_foreign_invoice_gets_not_even_a_receipt(numbers: tuple[str, ...]) -> None:
    found = decided(understanding=understood_as(entities=Entities(invoice_numbers=numbers)), config={"answers": {"acknowledge": "known"}})
    assert (found.outcome, found.automatic_mail) == (Outcome.ROUTE, False)


@pytest.mark.parametrize("standing", [SenderStanding.UNKNOWN, SenderStanding.FREE_MAIL, SenderStanding.AMBIGUOUS])
@pytest.mark.parametrize("number", ["INV-1", "INV-9", "INV-77"])
def test_an_outsider_hears_nothing_whatever_exists(standing: SenderStanding, number: str) -> None:
    meaning = understood_as(entities=Entities(invoice_numbers=(number,)))
    found = decided(facts=strangers_facts(standing), understanding=meaning, config={"answers": {"acknowledge": "known"}})
    assert (found.outcome, found.automatic_mail) == (Outcome.ROUTE, False)
