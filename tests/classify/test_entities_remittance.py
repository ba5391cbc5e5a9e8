from dataclasses import replace
from decimal import Decimal

import pytest
from entity_facts import facts

from inboxbot.classify.entities.ledger_view import LedgerView
from inboxbot.classify.entities.remittance import read_remittance
from inboxbot.policy.amounts import table_problems
from inboxbot.understanding import Remittance


def read(text: str) -> Remittance | None:
    return read_remittance(text, LedgerView(facts()))


def rows(text: str) -> list[tuple[str, str, str]]:
    found = read(text)
    return [(row.invoice_number, str(row.discount), str(row.paid)) for row in found.rows] if found else []


TWO = [("INV-20101", "0", "1234.56"), ("INV-20103", "0", "800.00")]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice | Amount\nINV-20101 | 1,234.56\nINV-20103 | 800.00",
        "Doc      Amount USD\n20101    1,234.56\n20103      800.00",
        "20101\t1.234,56\n20103\t800,00",
        "INV-20101 ........ 1 234,56\nINV-20103 ...... 800,00\nTotal EUR ...... 2 034,56",
        "20101 1 234,56 EUR\n20103 800,00 EUR",
        "INV-20101;1234.56\nINV-20103;800.00\nTotal;2034.56",
        "Remittance advice\nyour invoice 20101 | 10/01/2026 | 1,234.56\nyour invoice 20103 | 10/02/2026 | 800.00\nTotal paid: 2,034.56",
    ],
)
def test_rows_however_set(text: str) -> None:
    assert rows(text) == TWO


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Invoice | Gross | Discount | Net\n20101 | 1,234.56 | 24.69 | 1,209.87", [("INV-20101", "24.69", "1209.87")]),
        ("Rechnung | Brutto | Skonto | Zahlbetrag\n20101 | 1.234,56 | -24,69 | 1.209,87", [("INV-20101", "24.69", "1209.87")]),
        ("20103 | 800.00 | 0.00 | 800.00", [("INV-20103", "0.00", "800.00")]),
        ("20101  1,234.56  1,209.87", [("INV-20101", "24.69", "1209.87")]),
        ("PO-45008866 | 1,234.56", [("INV-20101", "0", "1234.56")]),
        ("INV-20200 | 75.00", [("INV-20200", "0", "75.00")]),
    ],
)  # fmt: skip
def test_discounts_orders_and_other_peoples_numbers(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize("text", ["please send 20101", "we pay 800.00 on Friday", "", "20101 and 20103 | 2,034.56", "| | |\n---"])
def test_what_is_no_table(text: str) -> None:
    assert read(text) is None


def test_lines_with_other_numbers_are_kept_for_people() -> None:
    found = read("Invoice | Amount\n20101 | 1,234.56\nIBAN DE89 3704 0044 0532 0130 00")
    assert found is not None
    assert found.others == ("IBAN DE89 3704 0044 0532 0130 00",)


def problems(text: str) -> tuple[str, ...]:
    found = read(text)
    assert found is not None
    return table_problems(found, facts())


def test_a_table_that_agrees_has_no_problems() -> None:
    assert problems("Invoice | Amount\nINV-20101 | 1,234.56\nINV-20103 | 800.00\nTotal | 2,034.56") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20101 | 1,234.56\n20103 | 800.00\nTotal | 2,000.00", "the total says 2000.00"),
        ("Invoice | Gross | Discount | Net\n20101 | 1,234.56 | 24.69 | 1,209.87", "24.69 is taken off"),
        ("INV-20200 | 75.00", "not this customer's"),
        ("20101 | 1,234.50", "neither its amount nor its balance"),
        ("20101 | 1,234.56\n20101 | 1,234.56", "there twice"),
        ("20101 | 1,234.56\nnew account 4711 4712 4713", "without a known role"),
        ("Invoice | Gross | Discount | Net\n20101 | 1,234.56 | 0.00 | 800.00", "less 0.00 is not 800.00"),
        ("20101 | -1,234.56", "neither its amount"),
    ],
)
def test_what_does_not_agree_is_said(text: str, words: str) -> None:
    assert any(words in problem for problem in problems(text))


def test_a_part_already_paid_is_in_the_ledger() -> None:
    known = facts()
    half = replace(known.payments[0], amount=Decimal("617.28"))
    found = read_remittance("20101 | 617.28", LedgerView(known))
    assert found is not None
    assert table_problems(found, replace(known, payments=(half,))) == ()
