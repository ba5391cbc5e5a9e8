"""What each answer tells, alone and together."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from answer_cases import COMPANY, CUSTOMER, LINK, MEGAN, Ask, document, facts, invoice

from inboxbot.errors import DocumentMissingError, ReplyError
from inboxbot.facts import Contact
from inboxbot.responders import compose
from inboxbot.understanding import Amount, Entities, Intent, PaymentMethod

AS_OF = "21 Nov 2026, 22:30 EST"
TWO = Entities(invoice_numbers=("INV-2", "INV-1"))


def text_of(ask: Ask) -> str:
    return " ".join(compose.answer(ask.context).text.split())


def test_invoice_copies_are_attached_and_stand_in_the_text_with_their_figures() -> None:
    reply = compose.answer(Ask((Intent.INVOICE_COPY,), TWO).context)
    assert [d.name for d in reply.documents] == ["INV-2.pdf", "INV-1.pdf"]
    assert "INV-2: PO-8, issued 1 Oct 2026, due 1 Nov 2026, amount $2,169.54, balance $2,169.54, overdue by 20 days" in reply.text
    assert "fully paid on 3 Sep 2026" in reply.text
    assert AS_OF in " ".join(reply.text.split())


def test_a_purchase_order_names_all_its_invoices_and_each_only_once() -> None:
    reply = compose.answer(Ask((Intent.INVOICE_COPY,), Entities(invoice_numbers=("INV-4",), po_numbers=("PO-9",))).context)
    assert [d.name for d in reply.documents] == ["INV-4.pdf", "INV-3.pdf"]


def test_copies_too_large_for_a_mail_are_left_to_the_account_page() -> None:
    reply = compose.answer(Ask((Intent.INVOICE_COPY,), TWO, max_bytes=2000).context)
    assert reply.documents == ()
    assert "too large" in reply.text
    assert LINK in reply.text


def test_the_limit_counts_the_files_as_they_travel() -> None:
    documents = {"INV-2": document("INV-2", 57_000)}  # 78,000 bytes in base64 lines
    ask = Ask((Intent.INVOICE_COPY,), Entities(invoice_numbers=("INV-2",)), documents=documents)
    assert compose.answer(replace(ask, max_bytes=78_000).context).documents
    assert not compose.answer(replace(ask, max_bytes=77_999).context).documents


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(Ask((Intent.INVOICE_COPY,), TWO, max_bytes=1000, link=None), id="too large and no account page"),
        pytest.param(Ask((Intent.INVOICE_COPY,), TWO, documents={"INV-1": document("INV-1")}), id="one document is missing"),
    ],
)
def test_without_its_documents_a_copy_is_not_answered(ask: Ask) -> None:
    with pytest.raises(DocumentMissingError):
        compose.answer(ask.context)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(Ask((Intent.INVOICE_COPY,)), id="no invoice named"),
        pytest.param(Ask((Intent.PROMISE_TO_PAY,)), id="promise without a date"),
        pytest.param(Ask((Intent.BALANCE_QUERY,), Entities(invoice_numbers=("INV-99",))), id="foreign or unknown invoice"),
        pytest.param(Ask((Intent.BALANCE_QUERY,), Entities(po_numbers=("PO-77",))), id="foreign or unknown order"),
        pytest.param(Ask((Intent.BALANCE_QUERY,), facts=facts(customer=None)), id="no customer"),
        pytest.param(Ask((Intent.STATEMENT_REQUEST,), facts=facts(customer=None)), id="no customer for a statement"),
        pytest.param(Ask(()), id="nothing to answer"),
        pytest.param(Ask((Intent.DISPUTE,)), id="not routine"),
        pytest.param(
            Ask((Intent.INVOICE_COPY,), TWO, documents={n: document(n, customer_id="C9") for n in ("INV-1", "INV-2")}), id="theirs"
        ),
    ],
)
def test_what_cannot_be_answered_wholly_is_not_answered(ask: Ask) -> None:
    with pytest.raises(ReplyError):
        compose.answer(ask.context)


def test_a_balance_tells_open_overdue_and_next_due() -> None:
    text = text_of(Ask((Intent.BALANCE_QUERY,)))
    assert "USD: open $2,419.79, overdue $2,169.54, next due $200.00 on 28 Nov 2026" in text
    assert AS_OF in text


def test_a_balance_of_named_invoices_tells_each_of_them() -> None:
    text = text_of(Ask((Intent.BALANCE_QUERY,), Entities(invoice_numbers=("INV-3",), po_numbers=("PO-7",))))
    assert "balance $200.00, partly paid, not yet due" in text
    assert "INV-1: PO-7" in text
    assert "fully paid on 3 Sep 2026" in text


def test_an_open_invoice_carries_its_pay_link_and_a_paid_one_none() -> None:
    reply = compose.answer(Ask((Intent.BALANCE_QUERY,), TWO, pay="https://pay.example/{invoice_number}?a={amount}&c={currency}").context)
    assert "https://pay.example/INV-2?a=2169.54&c=USD" in reply.text
    assert 'href="https://pay.example/INV-2?a=2169.54&amp;c=USD"' in reply.html
    assert "pay.example/INV-1" not in reply.text


def test_several_currencies_are_never_added_up() -> None:
    items = (invoice("INV-2", date(2026, 11, 1), "10.00"), invoice("INV-9", date(2026, 11, 1), "7.00", currency="EUR"))
    text = text_of(Ask((Intent.BALANCE_QUERY,), facts=facts(items)))
    assert "USD: open $10.00" in text
    assert "EUR: open €7.00" in text
    assert text.index("USD:") < text.index("EUR:")
    assert "17.00" not in text


def test_an_empty_account_owes_nothing() -> None:
    text = text_of(Ask((Intent.BALANCE_QUERY,), facts=facts((), ())))
    assert "nothing is open" in text
    assert "open $0.00" in text


def test_money_takes_the_company_locale() -> None:
    german = COMPANY.model_copy(update={"locale": "de_DE", "timezone": "Europe/Berlin"})
    items = (invoice("INV-9", date(2026, 11, 1), "2169.54", currency="EUR"),)
    text = text_of(Ask((Intent.BALANCE_QUERY,), facts=facts(items), company=german))
    assert "2.169,54 €" in text
    assert "22 Nov 2026, 04:30 CET" in text


@pytest.mark.parametrize("reference", ["21072", "CK 21072", "check #21072"])
def test_a_payment_is_found_by_its_reference_however_it_is_written(reference: str) -> None:
    text = text_of(Ask((Intent.PAYMENT_STATUS,), Entities(payment_reference=reference)))
    assert "3 Sep 2026: amount $100.00, method check, reference 21072, applied to INV-1" in text
    assert "WIRE651020" not in text


def test_one_transfer_over_several_rows_is_one_payment() -> None:
    text = text_of(Ask((Intent.PAYMENT_STATUS,), Entities(payment_reference="651020")))
    assert "19 Nov 2026: amount $325.00, method wire, reference WIRE651020, applied to INV-3 ($300.00)" in text


@pytest.mark.parametrize(
    "entities",
    [
        pytest.param(Entities(invoice_numbers=("INV-1",)), id="by invoice"),
        pytest.param(Entities(po_numbers=("PO-7",)), id="by order"),
        pytest.param(Entities(amounts=(Amount(Decimal(100), "USD"),)), id="by amount"),
        pytest.param(Entities(amounts=(Amount(Decimal(100), ""),)), id="by amount without a currency"),
    ],
)
def test_a_payment_is_found_by_what_else_is_named(entities: Entities) -> None:
    text = text_of(Ask((Intent.PAYMENT_STATUS,), entities))
    assert "3 Sep 2026: amount $100.00" in text
    assert "no payment" not in text


@pytest.mark.parametrize(
    ("entities", "words"),
    [
        (Entities(payment_reference="99999"), "with the reference 99999"),
        (Entities(invoice_numbers=("INV-2",)), "on invoice INV-2"),
        (Entities(amounts=(Amount(Decimal("77.5"), "USD"),)), "of $77.50"),
        (Entities(amounts=(Amount(Decimal(100), "EUR"),)), "of €100.00"),
    ],
)
def test_a_payment_that_is_not_there_is_said_to_be_not_there(entities: Entities, words: str) -> None:
    text = text_of(Ask((Intent.PAYMENT_STATUS,), entities))
    assert f"As of {AS_OF}, we find no payment {words} in our ledger" in text
    assert "received" not in text


def test_found_and_not_found_are_both_told() -> None:
    text = text_of(Ask((Intent.PAYMENT_STATUS,), Entities(payment_reference="21072", invoice_numbers=("INV-2",))))
    assert "no payment on invoice INV-2" in text
    assert "reference 21072" in text


def test_with_nothing_named_the_last_payments_are_told() -> None:
    text = text_of(Ask((Intent.PAYMENT_STATUS,)))
    assert text.index("19 Nov 2026") < text.index("3 Sep 2026")


def test_with_no_payments_at_all_it_says_so() -> None:
    assert f"As of {AS_OF}, no payment from you is in our ledger" in text_of(Ask((Intent.PAYMENT_STATUS,), facts=facts(payments=())))


def test_a_promise_is_confirmed_with_day_amount_and_invoices() -> None:
    entities = Entities(invoice_numbers=("INV-2",), amounts=(Amount(Decimal(2000), "USD"),), promise_date=date(2026, 11, 28))
    text = text_of(Ask((Intent.PROMISE_TO_PAY,), entities))
    assert "your payment of $2,000.00 by 28 Nov 2026 for INV-2" in text
    assert "balance $2,169.54" in text


def test_a_payment_advice_is_noted_and_what_stays_open_is_told() -> None:
    amounts = tuple(Amount(Decimal(a), "USD") for a in ("2169.54", "50.25", "2219.79"))
    entities = Entities(
        invoice_numbers=("INV-2", "INV-4"), amounts=amounts, payment_method=PaymentMethod.ACH, payment_reference="ACH754314"
    )  # fmt: skip
    text = text_of(Ask((Intent.REMITTANCE_ADVICE,), entities))
    assert "your payment of $2,219.79 by ACH, reference ACH754314, for INV-2 and INV-4, and will apply it when it arrives" in text
    assert "balance $50.25" in text


def test_an_announced_payment_that_is_in_the_ledger_has_arrived() -> None:
    text = text_of(Ask((Intent.REMITTANCE_ADVICE,), Entities(payment_reference="WIRE651020")))
    assert "has arrived" in text
    assert "when it arrives" not in text
    assert "19 Nov 2026: amount $325.00" in text


def test_a_combined_answer_is_one_letter_without_repeated_tables() -> None:
    ask = Ask((Intent.STATEMENT_REQUEST, Intent.BALANCE_QUERY, Intent.INVOICE_COPY), TWO)
    reply = compose.answer(ask.context)
    assert reply.text.count("Dear Megan Fuller,") == 1
    assert reply.text.count("- INV-2:") == 1
    assert reply.text.count("- USD:") == 1
    assert reply.text.index("Invoice copies") < reply.text.index("Account balance") < reply.text.index("Statement of account\n")
    assert [d.name for d in reply.documents] == ["INV-2.pdf", "INV-1.pdf", "statement-C1001-2026-11-21.pdf"]


def test_all_six_together_still_make_one_letter() -> None:
    ask = Ask(tuple(i for i in Intent if i.routine), replace(TWO, promise_date=date(2026, 12, 1)))
    reply = compose.answer(ask.context)
    assert reply.text.count("- INV-1:") == 1
    assert reply.html.count("<h2") == 6


def test_the_reply_goes_to_the_decided_address_under_our_own_name_for_it() -> None:
    reply = compose.answer(Ask((Intent.BALANCE_QUERY,), subject="AW: Re: Our account").context)
    assert (reply.to.email, reply.to.name) == (MEGAN.email, "Megan Fuller")
    assert reply.subject == "Re: Our account"
    assert (reply.kind, reply.customer_id) == ("answer", "C1001")
    assert reply.in_reply_to == "<q@alderstone.example>"
    assert reply.references == ("<r@alderstone.example>", "<q@alderstone.example>")


def test_every_answer_ends_with_the_account_link_and_says_who_wrote_it() -> None:
    for intent in (Intent.BALANCE_QUERY, Intent.PAYMENT_STATUS, Intent.REMITTANCE_ADVICE):
        reply = compose.answer(Ask((intent,)).context)
        assert LINK in reply.text
        assert f'href="{LINK}"' in reply.html
        assert "answered automatically" in reply.text
        assert LINK not in compose.answer(Ask((intent,), link=None).context).text


@pytest.mark.parametrize(
    ("name", "email", "greeting"),
    [
        ("Megan Fuller", "m.fuller@a.example", "Dear Megan Fuller,"),
        ("Anne-Marie O'Neil", "am@a.example", "Dear Anne-Marie O'Neil,"),
        ("Accounts Payable", "ap@a.example", "Hello,"),
        ("Megan Fuller", "accounts@a.example", "Hello,"),
        ("Service Comptabilité", "compta@a.example", "Hello,"),
        ("Alder Desk", "x@a.example", "Hello,"),
        ("Fakturamottak", "faktura@a.example", "Hello,"),
        ("", "x@a.example", "Hello,"),
        ("{{7*7}}", "x@a.example", "Hello,"),
        ("<script>alert(1)</script>", "x@a.example", "Hello,"),
        ("visit http://evil.example", "x@a.example", "Hello,"),
    ],
)
def test_only_a_person_of_our_records_is_greeted_by_name(name: str, email: str, greeting: str) -> None:
    reply = compose.answer(Ask((Intent.BALANCE_QUERY,), facts=facts(contact=Contact("C1001", email, name))).context)
    assert reply.text.startswith(f"{greeting}\n")


@pytest.mark.parametrize("hostile", ["{{7*7}}", "{% include 'x' %}", "<script>alert(1)</script>", '"><img src=x>'])
def test_hostile_values_stay_words(hostile: str) -> None:
    entities = Entities(payment_reference=hostile, po_numbers=(hostile,))
    items = (invoice("INV-2", date(2026, 11, 1), "10.00", po=hostile),)
    ask = Ask(
        (Intent.PAYMENT_STATUS, Intent.REMITTANCE_ADVICE, Intent.BALANCE_QUERY), entities,
        facts=facts(items, customer=replace(CUSTOMER, name=hostile)), subject=hostile,
    )  # fmt: skip
    reply = compose.answer(ask.context)
    assert hostile[:20] in reply.text
    assert "49" not in reply.text
    assert "<script" not in reply.html
    assert "<img" not in reply.html


def test_an_acknowledgement_tells_nothing_of_the_account() -> None:
    reply = compose.acknowledgement(Ask((Intent.DISPUTE,), TWO).context)
    assert reply.kind == "acknowledgement"
    assert "received" in reply.text
    for secret in ("INV-", "$", "C1001", "Alder", LINK):
        assert secret not in reply.text
        assert secret not in reply.html


def test_a_reply_without_a_decided_recipient_is_refused() -> None:
    context = Ask((Intent.BALANCE_QUERY,)).context
    with pytest.raises(ReplyError, match="recipient"):
        compose.answer(replace(context, decision=replace(context.decision, recipient=None)))


def test_no_answer_ever_names_a_bank_account() -> None:
    reply = compose.answer(Ask(tuple(i for i in Intent if i.routine), replace(TWO, promise_date=date(2026, 12, 1))).context)
    for word in ("iban", "bank", "routing number", "account number", "swift"):
        assert word not in reply.text.lower()


def test_a_credit_alone_is_never_overdue() -> None:
    text = text_of(Ask((Intent.BALANCE_QUERY,), facts=facts((invoice("CN-1", date(2026, 8, 1), "-40.00"),))))
    assert "open -$40.00, overdue $0.00" in text
