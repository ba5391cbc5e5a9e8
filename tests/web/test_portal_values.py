"""The page's values: aging, and the count of guesses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from account_case import ALDER, AS_OF, COMPANY, TOKEN, an_invoice
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.facts import Facts
from inboxbot.web.limits import GuessLimit
from inboxbot.web.portal.aging import aging
from inboxbot.web.portal.links import AccountLinks
from inboxbot.web.portal.view import RECENTLY_PAID, account_view

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(("late", "bucket"), [(-1, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (4000, 4)])
def test_an_invoice_falls_into_the_bucket_of_its_age(late: int, bucket: int) -> None:
    pieces = aging([an_invoice("A", TODAY - timedelta(days=late), "10.00")], TODAY, "USD", "en_US")
    assert [piece.empty for piece in pieces] == [index != bucket for index in range(5)]
    assert (pieces[bucket].start, pieces[bucket].width) == (0.0, 100.0)


@given(st.lists(st.tuples(st.integers(-50, 200), st.integers(-10_000, 10_000_000)), max_size=12))
def test_the_strip_is_never_wider_than_the_page(items: list[tuple[int, int]]) -> None:
    invoices = [an_invoice(str(n), TODAY - timedelta(days=late), str(Decimal(cents) / 100)) for n, (late, cents) in enumerate(items)]
    pieces = aging(invoices, TODAY, "USD", "en_US")
    ends = [piece.start + piece.width for piece in pieces if piece.width]
    assert all(piece.width == 0 or (piece.width > 0 and 0 <= piece.start <= 100) for piece in pieces)
    assert not ends or abs(max(ends) - 100) < 0.1


def test_a_balance_in_the_customers_favor_is_named_as_such() -> None:
    credit = an_invoice("CN-1", TODAY, "-40.00", amount=Decimal("-40.00"))
    view = account_view(replace(ALDER, invoices=(credit,)), COMPANY, AccountLinks(TOKEN, ALDER))
    (summary,) = view.summaries
    assert (summary.in_credit, summary.balance, summary.overdue) == (True, "$40.00", "")
    assert view.open[0].days_overdue == 0


def test_the_customers_own_currency_comes_first() -> None:
    view = account_view(ALDER, COMPANY, AccountLinks(TOKEN, ALDER))
    assert [summary.currency for summary in view.summaries] == ["USD", "EUR"]


def test_overdue_counts_from_the_ledgers_day_in_the_companys_zone() -> None:
    due_then = replace(ALDER, as_of=datetime(2026, 11, 28, 23, 30, tzinfo=UTC), invoices=(an_invoice("A", date(2026, 11, 28), "5.00"),))
    view = account_view(due_then, COMPANY, AccountLinks(TOKEN, due_then))
    assert view.open[0].days_overdue == 1  # in Berlin it is the 29th already


def test_only_the_latest_paid_invoices_are_listed() -> None:
    paid = tuple(an_invoice(f"INV-{n}", TODAY - timedelta(days=n), "0.00") for n in range(30))
    facts = replace(ALDER, invoices=paid, payments=())
    view = account_view(facts, COMPANY, AccountLinks(TOKEN, facts))
    assert [line.number for line in view.paid] == [f"INV-{n}" for n in range(RECENTLY_PAID)]


def test_a_page_without_a_customer_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="customer"):
        account_view(Facts(as_of=AS_OF), COMPANY, AccountLinks(TOKEN, ALDER))


def test_the_guess_limit_forgets_rather_than_grows() -> None:
    limit = GuessLimit(allowed=2, most_clients=100)
    for n in range(1000):
        limit.miss(f"10.0.{n // 250}.{n % 250}", AS_OF)
    assert len(limit) == 100


def test_one_ipv6_network_is_one_client() -> None:
    limit = GuessLimit(allowed=2)
    answers = [limit.miss(f"2001:db8:1:2::{n:x}", AS_OF) for n in range(4)]
    assert answers == [True, True, False, False]
    assert limit.miss("2001:db8:1:3::1", AS_OF)
