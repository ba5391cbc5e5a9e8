import pytest
from entity_facts import FRIDAY_NOON, facts, stranger

from inboxbot.classify.entities.extract import extract, to_entities
from inboxbot.classify.entities.findings import How, Owner
from inboxbot.facts import Facts


def invoices(text: str, subject: str = "", known: Facts | None = None) -> list[str]:
    found = extract(subject, text, known or facts(), FRIDAY_NOON, "en")
    return [number.removeprefix("INV-") for number in to_entities(found).invoice_numbers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("please resend INV-20101", ["20101"]),
        ("please resend inv 20101, inv#20103 and INV20105.", ["20101", "20103", "20105"]),
        ("need 20101 again", ["20101"]),
        ("copies of #20101 and 20103", ["20101", "20103"]),
        ("20101/20103/20105 please", ["20101", "20103", "20105"]),
        ("20145/46", ["20145", "20146"]),
        ("20101/103/05", ["20101", "20103", "20105"]),
        ("20101 - 20105", ["20101", "20103", "20105"]),
        ("from 20101 to 20105 please", ["20101", "20103", "20105"]),
        ("Rechnung Nr. 20101 fehlt", ["20101"]),
        ("la facture n° 20103", ["20103"]),
        ("Ihre RG 20105", ["20105"]),
        ("RE 20105", ["20105"]),
        ("Invoice    Net\n20101      1,234.56\n20103      800.00", ["20101", "20103"]),
        ("Rechnung   Bestellung\n20101      PO-45008866", ["20101"]),
        ("two oh one oh five please", ["20105"]),
    ],
)
def test_own_invoices_are_found_however_written(text: str, expected: list[str]) -> None:
    assert invoices(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "we paid $20101 yesterday",
        "20101.50 was wired",
        "our check 20101 went out",
        "purchase order 20101",
        "call me at phone 20101",
        "Chicago, IL 20101",
        "VAT no. 20101",
        "20101 pcs were delivered",
        "EUR 20101",
        "vendor number 20101",
    ],
)
def test_a_bare_number_with_another_role_is_no_invoice(text: str) -> None:
    assert invoices(text) == []


@pytest.mark.parametrize(
    ("text", "number", "owner"),
    [
        ("copy of invoice 20671 please", "INV-20671", Owner.UNKNOWN),
        ("copy of invoice 4417 please", "INV-4417", Owner.UNKNOWN),
        ("copy of INV-20200", "INV-20200", Owner.FOREIGN),
        ("please send copies, we have 20101 but lack 20200", "INV-20200", Owner.FOREIGN),
    ],
)
def test_foreign_and_unknown_invoices_are_kept(text: str, number: str, owner: Owner) -> None:
    mentions = {mention.number: mention.owner for mention in extract("", text, facts(), FRIDAY_NOON).invoices}
    assert mentions[number] is owner


def test_a_number_listed_with_an_own_one_is_kept_even_when_nobody_knows_it() -> None:
    assert invoices("please send 20101, 20103 and 29197") == ["20101", "20103", "29197"]


def test_a_lonely_unknown_number_is_nothing() -> None:
    assert invoices("the crate weighs about 29197 all told") == []


def test_the_subject_counts() -> None:
    assert invoices("please send it again", subject="20103") == ["20103"]


def test_a_range_takes_only_the_customers_own() -> None:
    mentions = extract("", "20101 - 20112", facts(), FRIDAY_NOON).invoices
    assert [m.number for m in mentions if m.how is How.RANGE] == ["INV-20103", "INV-20105"]


def test_lines_of_a_list_are_no_range() -> None:
    assert invoices("- 20101\n- 20112") == ["20101", "20112"]


@pytest.mark.parametrize(
    ("text", "expected"), [("pls send invoice 20101", ["20101"]), ("INV-20101", ["20101"]), ("box of 20101 screws", [])]
)
def test_a_stranger_needs_an_invoice_word(text: str, expected: list[str]) -> None:
    assert invoices(text, known=stranger()) == expected


def test_addresses_hold_no_invoices() -> None:
    assert invoices("see https://portal.example/20101 or write to 20101@alder.example") == []


@pytest.mark.parametrize(
    "text", ["PO-45008866", "po 45008866", "PO45008866", "our purchase order 45008866", "PO# 45008866", "Bestellnummer 45008866"]
)
def test_purchase_orders_are_found_however_spaced(text: str) -> None:
    assert to_entities(extract("", text, facts(), FRIDAY_NOON)).po_numbers == ("PO-45008866",)


@pytest.mark.parametrize(
    ("po", "text"), [("IE/0048/26", "ie 0048/26"), ("4200403533", "order 4200403533"), ("704615", "704615"), ("VT.19953", "VT 19953")]
)
def test_purchase_orders_have_the_ledgers_shapes(po: str, text: str) -> None:
    assert to_entities(extract("", text, facts(po=po), FRIDAY_NOON)).po_numbers == (po,)


@pytest.mark.parametrize(("text", "owner"), [("PO-45009999", Owner.UNKNOWN), ("CR-26-2556", Owner.FOREIGN)])
def test_other_purchase_orders_are_kept_as_such(text: str, owner: Owner) -> None:
    assert [m.owner for m in extract("", text, facts(), FRIDAY_NOON).purchase_orders] == [owner]


def test_every_explained_number_has_a_span() -> None:
    findings = extract("20101", "paid 1,234.56 on 11/18, check 15336, bring 4711 bolts", facts(), FRIDAY_NOON)
    explained = [findings.text[span.start : span.end] for span in findings.spans]
    assert explained == ["20101", "1,234.56", "11/18", "15336"]
