"""The statement of account, read back from the PDF."""

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from answer_cases import COMPANY, CUSTOMER, INVOICES, facts, invoice
from pypdf import PdfReader

from inboxbot.errors import ReplyError
from inboxbot.facts import Invoice
from inboxbot.responders import statement

TODAY = date(2026, 11, 21)


def pages(invoices: tuple[Invoice, ...], **changes: object) -> list[str]:
    made = statement.make(COMPANY.model_copy(update=changes), facts(invoices))
    return [page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages]


def many(count: int) -> tuple[Invoice, ...]:
    return tuple(
        invoice(f"INV-{5000 + n}", date(2026, 7, 1) + timedelta(days=n), str(Decimal(-1250 if n % 20 == 7 else 10_017 + n * 331) / 100))
        for n in range(count)
    )  # fmt: skip


def test_it_shows_whose_it_is_when_it_was_true_and_every_open_item() -> None:
    (text,) = pages(INVOICES)
    for words in (
        "Brightwater Components", "Alder & Stone Construction", "C1001", "21 Nov 2026, 22:30 EST", "INV-2", "PO-8", "1 Nov 2026",
        "2,169.54",
        "INV-3", "INV-4", "$2,419.79", "Page 1 of 1",
    ):  # fmt: skip
        assert words in text
    assert "INV-1" not in text
    assert text.index("INV-2") < text.index("INV-3") < text.index("INV-4")


def test_two_hundred_items_run_over_numbered_pages_and_add_up() -> None:
    items = many(200)
    texts = pages(items)
    whole = "\n".join(texts)
    assert len(texts) > 3
    assert all(f"Page {n} of {len(texts)}" in text for n, text in enumerate(texts, start=1))
    assert all(i.invoice_number in whole for i in items)
    total = sum(i.balance for i in items)
    assert whole.count(f"{total:,.2f}") >= 3  # on top, in the aging, under the items
    assert f"-${-sum(i.balance for i in items if i.balance < 0):,.2f}" in whole
    assert "Overdue, days" in texts[1]


def test_the_buckets_add_up_to_the_balance() -> None:
    items = many(200)
    aging = statement.aging(items, TODAY)
    assert list(aging) == ["Current", "1-30 days", "31-60 days", "61-90 days", "90+ days"]
    assert sum(aging.values()) == facts(items).balance()["USD"]
    assert sum(list(aging.values())[1:]) == facts(items).overdue(TODAY)["USD"]


@pytest.mark.parametrize(
    ("late", "bucket"),
    [(-5, "Current"), (0, "Current"), (1, "1-30 days"), (30, "1-30 days"), (31, "31-60 days"), (60, "31-60 days"), (61, "61-90 days"),
     (90, "61-90 days"), (91, "90+ days")],
)  # fmt: skip
def test_an_item_falls_into_the_bucket_of_its_age(late: int, bucket: str) -> None:
    item = invoice("INV-1", TODAY - timedelta(days=late), "10")
    assert {name for name, value in statement.aging([item], TODAY).items() if value} == {bucket}


def test_every_currency_has_its_own_totals() -> None:
    text = "\n".join(pages((*INVOICES, invoice("INV-8", TODAY, "70.00", currency="EUR"), invoice("INV-9", TODAY, "1000", currency="JPY"))))
    for words in ("Balance in USD", "Balance in EUR", "Balance in JPY", "$2,419.79", "€70.00", "¥1,000"):
        assert words in text
    assert text.index("Balance in USD") < text.index("Balance in EUR")


def test_a_credit_is_named_and_never_overdue() -> None:
    (text,) = pages((invoice("CN-1", date(2026, 8, 1), "-40.00"), invoice("INV-4", date(2026, 12, 1), "100.00")))
    assert "Credits, already deducted" in text
    assert "-$40.00" in text
    assert "$60.00" in text
    assert "112" not in text  # the days since August


def test_an_empty_account_says_so() -> None:
    (text,) = pages(())
    assert "no open items" in text
    assert "$0.00" in text


def test_hostile_names_are_set_as_they_are() -> None:
    odd = facts(INVOICES, customer=replace(CUSTOMER, name='#read("/etc/passwd") {{7*7}} $x$ *b* \r\n<script>'))
    text = PdfReader(io.BytesIO(statement.make(COMPANY, odd).content)).pages[0].extract_text()
    assert '#read("/etc/passwd") {{7*7}} $x$ *b* <script>' in text


def test_the_same_facts_give_the_same_bytes_named_and_owned() -> None:
    first, second = (statement.make(COMPANY, facts()) for _ in range(2))
    assert first == second
    assert (first.name, first.customer_id, first.content_type) == ("statement-C1001-2026-11-21.pdf", "C1001", "application/pdf")


def test_paper_and_figures_follow_the_locale() -> None:
    (text,) = pages(INVOICES, locale="de_DE")
    assert "2.169,54" in text


def test_nobody_has_no_statement() -> None:
    with pytest.raises(ReplyError):
        statement.make(COMPANY, facts(customer=None))
