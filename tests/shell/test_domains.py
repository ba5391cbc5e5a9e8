"""Domains and addresses have one form in which they are compared, and no spelling of somebody else's has that of a customer's."""

from pathlib import Path

import pytest
from factories import RESOLVER
from hypothesis import given
from hypothesis import strategies as st

from inboxbot import domains
from inboxbot.facts import SenderStanding
from inboxbot.ingest.addresses import normalized
from inboxbot.ledger import csv_source

# ruff: noqa: RUF001


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ann@Customer.COM", "ann@customer.com"),
        ("ap@müller.example", "ap@xn--mller-kva.example"),
        ("AP@MÜLLER.example", "ap@xn--mller-kva.example"),
        ("ap@mu\u0308ller.example", "ap@xn--mller-kva.example"),  # the same letter in two parts
        ("ap@straße.example", "ap@xn--strae-oqa.example"),
        ("ap@xn--mller-kva.example", "ap@xn--mller-kva.example"),
        ("ap@bücher.example.", ""),
        ("m.fuller@ａlderstone.example", ""),  # a full-width letter
        ("m.fuller@alderstone。example", ""),  # a full stop of another script
        ("m.fuller@ban\u212a.example", ""),  # the Kelvin sign
        ("m.fuller@alder\u00adstone.example", ""),
        ("m.fuller@alder\u200dstone.example", ""),
        ("\u212aate@customer.com", "\u212aate@customer.com"),  # not kate
        ("no at", ""),
    ],
)
def test_an_address_in_the_form_that_is_compared(written: str, meant: str) -> None:
    assert normalized(written) == meant


@given(st.text(max_size=40))
def test_only_ascii_becomes_ascii(text: str) -> None:
    found = domains.a_labels(text)
    assert not found or found.startswith("xn--") or "xn--" in found or text.isascii()


def test_a_contact_with_letters_of_the_own_language_is_found(tmp_path: Path) -> None:
    rows = {
        "customers.csv": "customer_id,name,currency,credit_limit,terms_days,account_owner,on_hold,domain\nC1,Müller,EUR,,,,,grün.example\n",
        "contacts.csv": "customer_id,email,name,role\nC1,AP@Müller.example,Ann,ap\n",
        "invoices.csv": "invoice_number,customer_id,po_number,issue_date,due_date,currency,amount,balance,document\n",
        "payments.csv": "payment_id,customer_id,invoice_number,date,amount,currency,method,reference\n",
    }
    for name, content in rows.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    ledger = csv_source.read(tmp_path)
    assert ledger.problems == ()
    assert ledger.resolve(normalized("ap@müller.example"), RESOLVER) == (SenderStanding.CONTACT, "C1")
    assert ledger.resolve(normalized("x@grün.example"), RESOLVER) == (SenderStanding.OWN_DOMAIN, "C1")
