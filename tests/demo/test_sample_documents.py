"""The sample invoices add up and are the same bytes every time."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from inboxbot.demo import sample_documents, sample_ledger
from inboxbot.demo.sample_ledger import HEADERS, SampleLedger

LEDGER = sample_ledger.build(date(2026, 11, 20))
PARTS = tomllib.loads((Path(sample_documents.__file__).parent / "invoice.toml").read_text(encoding="utf-8"))


def some(*numbers: str) -> SampleLedger:
    return SampleLedger(customers=LEDGER.customers, invoices=[row for row in LEDGER.invoices if row[0] in numbers])


def test_lines_and_tax_of_every_invoice_add_up_to_its_amount() -> None:
    names = {row[0]: row[1] for row in LEDGER.customers}
    for row in LEDGER.invoices:
        invoice = dict(zip(HEADERS["invoices"], row, strict=True))
        page = sample_documents.content(invoice, names[row[1]], PARTS)
        printed = [Decimal(line["amount"].replace(",", "")) for line in page["lines"]]
        tax = Decimal(page["sums"][1][1].replace(",", "")) if page["sums"] else Decimal(0)

        assert 1 <= len(printed) <= 5
        assert min(printed) > 0
        assert sum(printed) + tax == Decimal(invoice["amount"])


@pytest.mark.parametrize("amount", ["0.01", "90.00", "14500.00", "870000.00"])
def test_a_line_is_quantity_times_price_to_the_cent(amount: str) -> None:
    invoice = {"invoice_number": "INV-1", "currency": "EUR"}

    lines = sample_documents.lines(invoice, Decimal(amount), PARTS)

    assert sum(line.amount for line in lines) == Decimal(amount)


def test_the_same_invoice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        sample_documents.write(some("INV-20302", "INV-20299"), tmp_path / name)

    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["INV-20299.pdf", "INV-20302.pdf"]
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_page_says_what_the_ledger_says(tmp_path: Path) -> None:
    sample_documents.write(some("INV-20302"), tmp_path)

    (page,) = PdfReader(tmp_path / "INV-20302.pdf").pages
    text = page.extract_text()

    expected = ("Brightwater Components", "Gruber Maschinenbau GmbH", "INV-20302", "BE-2026-6724", "EUR 8,457.06", "USt 19%")
    assert [words for words in (*expected, "Our bank details never change by e-mail.") if words not in text] == []


@pytest.mark.parametrize(("number", "width"), [("INV-20299", 612), ("INV-20302", 595)])
def test_america_prints_on_letter_and_the_others_on_a4(tmp_path: Path, number: str, width: int) -> None:
    sample_documents.write(some(number), tmp_path)

    assert int(PdfReader(tmp_path / f"{number}.pdf").pages[0].mediabox.width) == width
