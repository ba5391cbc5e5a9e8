"""Whose address is this? And what of the ledger does that sender's mail get to see?"""

from dataclasses import replace
from typing import Any

import pytest
from factories import ALDER, ANN, BAYLINE, BOB, FOREIGN, INVOICES, NOW, RESOLVER, a_ledger, a_payment, an_invoice

from inboxbot.facts import Contact, SenderStanding
from inboxbot.ledger.free_mail import FREE_MAIL_DOMAINS
from inboxbot.ledger.model import Ledger


def contact(customer_id: str, email: str) -> Contact:
    return Contact(customer_id, email)


@pytest.mark.parametrize(
    ("address", "standing", "customer_id"),
    [
        ("ann@alder.example", SenderStanding.CONTACT, "C1"),
        ("joe@alder.example", SenderStanding.OWN_DOMAIN, "C1"),
        ("joe@mail.alder.example", SenderStanding.UNKNOWN, None),  # a subdomain may be anybody's
        ("joe@notalder.example", SenderStanding.UNKNOWN, None),
        ("joe@alder.example.evil.test", SenderStanding.UNKNOWN, None),
        ("ar@brightwater.example", SenderStanding.COLLEAGUE, None),
        ("carl@gmail.com", SenderStanding.CONTACT, "C1"),
        ("dora@gmail.com", SenderStanding.FREE_MAIL, None),
        ("shared@agency.example", SenderStanding.AMBIGUOUS, None),
        ("other@agency.example", SenderStanding.AMBIGUOUS, None),
        ("only@agency.example", SenderStanding.CONTACT, "C2"),  # an exact contact of one customer, on a shared domain
        ("joe@alder.test", SenderStanding.OWN_DOMAIN, "C1"),
        ("twice@alder.example", SenderStanding.CONTACT, "C1"),
        ("", SenderStanding.UNKNOWN, None),
        ("nobody", SenderStanding.UNKNOWN, None),
        ("nobody@", SenderStanding.UNKNOWN, None),
    ],
)
def test_an_address_resolves_to_one_customer_or_to_none(address: str, standing: SenderStanding, customer_id: str | None) -> None:
    contacts = (
        ANN, BOB, contact("C1", "carl@gmail.com"), contact("C1", "shared@agency.example"), contact("C2", "shared@agency.example"),
        contact("C2", "only@agency.example"), contact("C1", "twice@alder.example"), contact("C1", "twice@alder.example"),
    )  # fmt: skip
    ledger = a_ledger(contacts=contacts, extra_domains=(("alder.test", "C1"), ("gmail.com", "C1"), ("brightwater.example", "C2")))
    assert ledger.resolve(address, RESOLVER) == (standing, customer_id)
    facts = ledger.facts_for(address, RESOLVER)
    assert (facts.standing, facts.customer.customer_id if facts.customer else None) == (standing, customer_id)


def test_one_contact_at_a_payables_platform_does_not_make_it_the_customers() -> None:
    ledger, resolver = a_ledger(contacts=(contact("C1", "alder@bill.com"),)), replace(RESOLVER, free_mail_domains=FREE_MAIL_DOMAINS)
    assert ledger.resolve("alder@bill.com", resolver) == (SenderStanding.CONTACT, "C1")
    assert ledger.resolve("bayline@bill.com", resolver) == (SenderStanding.FREE_MAIL, None)


def test_a_domain_that_two_customers_claim_is_neithers() -> None:
    ledger = a_ledger(extra_domains=(("alder.example", "C2"),))
    assert ledger.resolve("joe@alder.example", RESOLVER) == (SenderStanding.AMBIGUOUS, None)
    assert ledger.resolve("ann@alder.example", RESOLVER) == (SenderStanding.CONTACT, "C1")


def test_a_sender_sees_his_own_customers_items_only() -> None:
    payments = (a_payment("5"), a_payment("7", payment_id="P2", customer_id="C2"))
    facts = a_ledger(payments=payments, incomplete={"C1": ("x:1: bad",), "C2": ("x:2: bad",)}).facts_for("ann@alder.example", RESOLVER)
    assert (facts.customer, facts.contact, facts.invoices) == (ALDER, ANN, INVOICES)
    assert (facts.payments, facts.incomplete, facts.contacts) == (payments[:1], ("x:1: bad",), (ANN,))


def test_a_stranger_sees_that_numbers_exist_but_nobodys_items() -> None:
    facts = a_ledger().facts_for("joe@elsewhere.example", RESOLVER)
    assert (facts.customer, facts.invoices, facts.payments, facts.contacts) == (None, (), (), ())
    assert facts.all_invoice_numbers == {"INV-1", "INV-2", "INV-9"}
    assert facts.all_po_numbers == {"PO-1", "PO-9"}
    assert facts.company_currency == "USD"


def test_a_customers_own_page_shows_that_customer() -> None:
    facts = a_ledger().facts_of("C2")
    assert facts is not None
    assert (facts.customer, facts.invoices, facts.as_of) == (BAYLINE, (FOREIGN,), NOW)
    assert a_ledger().facts_of("C9") is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("INV-#",)),
        ({"invoices": {n: an_invoice(n, "1") for n in ("A1", "B-22", "B-33")}}, ("B-##", "A#")),
        ({"invoices": {}}, ()),
    ],
)
def test_the_commonest_form_of_the_numbers_comes_first(changes: dict[str, Any], expected: object) -> None:
    ledger: Ledger = a_ledger(**changes)
    assert ledger.facts_for("ann@alder.example", RESOLVER).invoice_shapes == expected


def test_open_items_come_by_due_date_and_sums_by_currency() -> None:
    items = (an_invoice("B", "10", currency="EUR"), an_invoice("A", "5"), an_invoice("C", "-3"), an_invoice("D", "9", "0"))
    facts = replace(a_ledger(invoices={i.invoice_number: i for i in items}).facts_for("ann@alder.example", RESOLVER))
    assert [i.invoice_number for i in facts.open_invoices] == ["A", "B", "C"]
    assert facts.balance() == {"USD": 2, "EUR": 10}
    assert facts.overdue(NOW.date()) == {}
