import pytest
from entity_facts import FRIDAY_NOON, facts

from inboxbot.classify.entities.extract import extract, to_entities


def amounts(text: str, currency: str = "USD", subject: str = "") -> list[str]:
    return [str(amount) for amount in to_entities(extract(subject, text, facts(currency), FRIDAY_NOON)).amounts]


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("we paid $1,234.56", "USD", "1234.56 USD"),
        ("we paid $1,234.56", "CAD", "1234.56 CAD"),
        ("we paid $99", "EUR", "99.00 USD"),
        ("Betrag 1.234,56", "EUR", "1234.56 EUR"),
        ("€ 1.234,56", "EUR", "1234.56 EUR"),
        ("14 703,35 EUR", "EUR", "14703.35 EUR"),
        ("CHF 5'000", "CHF", "5000.00 CHF"),
        ("Fr. 5'000.50", "CHF", "5000.50 CHF"),
        ("51k USD", "USD", "51000.00 USD"),
        ("12k tomorrow", "USD", "12000.00 USD"),
        ("12,5 lakh", "INR", "1250000.00 INR"),
        ("Rs 7,98,246.60", "INR", "798246.60 INR"),
        ("INR 7,76,019/-", "INR", "776019.00 INR"),
        ("1.2 million dollars", "USD", "1200000.00 USD"),
        ("53 044,29 kr", "NOK", "53044.29 NOK"),
        ("SGD4,864.27", "SGD", "4864.27 SGD"),
        ("S$2,700.01", "SGD", "2700.01 SGD"),
        ("500 quid", "GBP", "500.00 GBP"),
        ("check for 1200 enclosed", "USD", "1200.00 USD"),
        ("800 is on its way", "USD", "800.00 USD"),
        ("seven thousand and ten cents", "USD", "7000.10 USD"),
        ("fourteen thousand seven oh three thirty five", "USD", "14703.35 USD"),
    ],
)
def test_money_is_read_in_every_form(text: str, currency: str, expected: str) -> None:
    assert amounts(text, currency) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "a 2% discount", "2.5 percent", "48 brackets", "14,000 track fasteners", "call 630 555 0177", "clause 14.2", "at 10.30", "0.00",
        "the contract of 2024", "6205-2RS", "ISO 9001", "12.11.2026", "10:45 pm", "page 3", "the 15th",
    ],
)  # fmt: skip
def test_other_numbers_are_no_money(text: str) -> None:
    assert amounts(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Adjustment -187.42", ["-187.42 USD"]),
        ("Discount (462.00)", ["-462.00 USD"]),
        ("20101 (1,234.56) and more", ["1234.56 USD"]),
        ("taking $412.50 off", ["-412.50 USD"]),
        ("20145: 7,000.10 less 640.00 = 6,360.10", ["7000.10 USD", "-640.00 USD", "6360.10 USD"]),
        ("7,000.10 less the usual 2%", ["7000.10 USD"]),
        ("INV-20145 7,000.10 paid 6,900.10 100.00", ["7000.10 USD", "6900.10 USD", "-100.00 USD"]),
        ("20145 - 7,000.10", ["7000.10 USD"]),
        ("debit note of 310.00 for the seals", ["-310.00 USD"]),
    ],
)
def test_what_is_held_back_is_negative(text: str, expected: list[str]) -> None:
    assert amounts(text) == expected


def test_amounts_in_the_subject_count_once() -> None:
    assert amounts("it went out, $211.16", subject="211.16") == ["211.16 USD"]


def test_the_mark_is_remembered() -> None:
    found = extract("", "paid 1,234.56 and $800.00", facts(), FRIDAY_NOON).amounts
    assert [mention.currency_given for mention in found] == [False, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20145 comes through at 6,810.10, the 190 is your late truck", ["6810.10 USD", "-190.00 USD"]),
        ("for 20145 you get 6,860.10; that's after the 2% (140.00) we agreed", ["6860.10 USD", "-140.00 USD"]),
        ("payment of 6,860.10 for 20145 under deduction of 2 % discount", ["6860.10 USD"]),
        ("20145: 5,000 on Friday and the rest, 2,000.10, in December", ["5000.00 USD", "2000.10 USD"]),
        ("Chargeback CB-7. Reason: late. Amount: 408.83 USD", ["-408.83 USD"]),
        ("we paid 2,300.00 on 20105, the other $200 is the rush fee", ["2300.00 USD", "-200.00 USD"]),
        ("20105 less sixty bucks for the elbows", ["-60.00 USD"]),
        ("cheque of 3,000 against 3,100, the 100 was your driver's idea", ["3000.00 USD", "3100.00 USD"]),
    ],
)
def test_arithmetic_tells_what_is_held_back(text: str, expected: list[str]) -> None:
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("500 a month until it's gone", "GBP", ["500.00 GBP"]),
        ("800 every second Friday", "USD", ["800.00 USD"]),
        ("3,500 a week", "USD", ["3500.00 USD"]),
        ("could we go up to eighty thousand?", "AUD", ["80000.00 AUD"]),
        ("eighty-five quid carriage", "GBP", ["85.00 GBP"]),
        ("four hundred and fifteen quid and seven pence", "GBP", ["415.07 GBP"]),
        ("211 bucks and sixteen cents", "USD", ["211.16 USD"]),
        ("CHF 95.- for the pallets", "CHF", ["95.00 CHF"]),
        ("R18 400,00 done just now", "USD", ["18400.00 ZAR"]),
        ("TVA FR 61 845 220 119", "EUR", []),
        ("a couple of hundred quid a week", "GBP", []),
        ("3 grand a month", "USD", ["3000.00 USD"]),
        ("our wire 22.09 / 24.09", "EUR", []),
        ("the quote says 11.90", "USD", ["11.90 USD"]),
        ("14,000 track fasteners every week", "USD", []),
    ],
)
def test_instalments_words_and_lookalikes(text: str, currency: str, expected: list[str]) -> None:
    assert amounts(text, currency) == expected
