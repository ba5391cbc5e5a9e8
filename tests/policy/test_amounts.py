"""Sums in a mail against the ledger, to the cent."""

import time
from typing import Any

import pytest
from factories import NOW, a_payment, an_invoice, money, some_facts
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.facts import Facts, Invoice
from inboxbot.policy.amounts import disagreeing
from inboxbot.understanding import Amount

OVERDUE = NOW.date().replace(month=10)
ITEMS = (
    an_invoice("A", "100.00", "40.00"), an_invoice("B", "250.50"), an_invoice("C", "33.33", due_date=OVERDUE),
    an_invoice("D", "500.00", "0.00"), an_invoice("K", "-20.00"),
)  # fmt: skip
PAID = (a_payment("59.99"),)


def facts(*invoices: Invoice, **changes: Any) -> Facts:
    return some_facts(**{"invoices": invoices or ITEMS, "payments": PAID, **changes})


@pytest.mark.parametrize(
    ("amount", "named", "agrees"),
    [
        ("100.00", (), True),  # an invoice's amount
        ("40", (), True),  # its balance
        ("40.01", (), False),
        ("39.99", (), False),
        ("500.00", (), True),  # a paid invoice's amount
        ("59.99", (), True),  # a payment
        ("350.50", ("A", "B"), True),  # amounts of the named
        ("290.50", ("A", "B"), True),  # balances of the named
        ("600.00", ("A", "D"), True),  # also of paid ones
        ("600.00", (), False),
        ("600.00", ("A", "X"), False),  # one that is not theirs adds nothing
        ("303.83", (), True),  # everything open
        ("33.33", (), True),  # everything overdue
        ("73.33", (), True),  # A and C, of the open
        ("230.50", (), True),  # B less the credit note
        ("273.50", (), False),
        ("-20.00", (), False),  # what is deducted is a person's to see, even a known credit
        ("20.00", (), True),  # A less the credit note
        ("0.00", ("D",), False),
    ],
)
def test_an_amount_agrees_when_the_ledger_shows_it(amount: str, named: tuple[str, ...], agrees: bool) -> None:
    assert disagreeing((money(amount),), named, facts()) == (() if agrees else (money(amount),))


@pytest.mark.parametrize("currency", ["EUR", "", "usd"])
def test_another_currency_never_agrees(currency: str) -> None:
    assert disagreeing((money("100.00", currency),), ("A",), facts()) == (money("100.00", currency),)


def test_each_amount_is_judged_alone_in_its_order() -> None:
    amounts = (money("7"), money("40"), money("-1"), money("8"))
    assert disagreeing(amounts, (), facts()) == (money("7"), money("-1"), money("8"))


def test_no_amounts_never_disagree() -> None:
    assert disagreeing((), (), facts()) == ()


def test_items_of_two_currencies_are_never_added_up() -> None:
    mixed = (an_invoice("A", "100"), an_invoice("E", "50", currency="EUR"))
    assert disagreeing((money("150"), money("150", "EUR")), ("A", "E"), facts(*mixed)) == (money("150"), money("150", "EUR"))
    assert disagreeing((money("100"), money("50", "EUR")), ("A", "E"), facts(*mixed)) == ()


def test_the_named_of_a_foreign_currency_add_up_in_it() -> None:
    euros = (an_invoice("A", "100", "0", currency="EUR"), an_invoice("E", "50", "0", currency="EUR"))
    assert disagreeing((money("150", "EUR"),), ("A", "E"), facts(*euros)) == ()
    assert disagreeing((money("150"),), ("A", "E"), facts(*euros)) == (money("150"),)


def test_with_too_many_open_items_only_the_plain_sums_count_and_it_stays_quick() -> None:
    some, many = (tuple(an_invoice(f"I{n}", str(2**n)) for n in range(count)) for count in (14, 15))
    assert disagreeing((money("3"),), (), facts(*some)) == ()
    assert disagreeing((money("3"),), (), facts(*many)) == (money("3"),)
    assert disagreeing((money("3"), money("32767"), money("16384")), ("I0", "I1"), facts(*many)) == ()
    begun = time.perf_counter()
    disagreeing((money("99999"),), (), facts(*(an_invoice(f"I{n}", str(2**n)) for n in range(500))))
    assert time.perf_counter() - begun < 1


MONEY = st.decimals(min_value=-1000, max_value=1000, places=2)


@given(st.lists(MONEY, max_size=6), st.lists(MONEY, max_size=4), st.sets(st.integers(0, 7)))
def test_what_disagrees_was_said_and_nothing_negative_agrees(said: list[Any], owed: list[Any], named: set[int]) -> None:
    amounts = tuple(Amount(value, "USD") for value in said)
    invoices = tuple(an_invoice(f"I{n}", str(value)) for n, value in enumerate(owed))
    left = disagreeing(amounts, [f"I{n}" for n in named], facts(*invoices, payments=()) if invoices else some_facts(invoices=()))
    assert set(left) <= set(amounts)
    assert {amount for amount in amounts if amount.value <= 0} <= set(left)
    if len(owed) == 1:
        assert {a for a in amounts if a.value > 0} - set(left) == {a for a in amounts if a.value > 0 and a.value == owed[0]}
