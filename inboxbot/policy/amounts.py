"""Do the sums in a mail agree with the ledger, to the cent?

In: the amounts a mail names, the invoices it names, the facts. Out: the amounts that agree with nothing. Money that
does not add up is a short payment, a deduction or a mistake, and a person's to see.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from inboxbot.facts import Facts, Invoice
from inboxbot.understanding import Amount

_MOST_ADDENDS = 14  # of open items in a sum: 2**14 sums are quick, and more open items than that make chance hits likely


def disagreeing(amounts: Sequence[Amount], named: Sequence[str], facts: Facts) -> tuple[Amount, ...]:
    """Those amounts that are no invoice's amount or balance, no payment, and no sum of named or of open items."""
    if not amounts:
        return ()
    invoices = [invoice for number in named if (invoice := facts.invoice(number))]
    known = _single_values(facts) | _sums(invoices) | _totals(facts)
    left = [amount for amount in amounts if amount.value <= 0 or (amount.value, amount.currency) not in known]
    if not left:
        return ()
    sums = _open_sums(facts)
    return tuple(amount for amount in left if amount.value <= 0 or (amount.value, amount.currency) not in sums)


def _single_values(facts: Facts) -> set[tuple[Decimal, str]]:
    values = {(value, i.currency) for i in facts.invoices for value in (i.amount, i.balance) if value > 0}
    return values | {(p.amount, p.currency) for p in facts.payments}


def _sums(invoices: Sequence[Invoice]) -> set[tuple[Decimal, str]]:
    """The amounts added up, and the balances; never two currencies together."""
    return {
        (sum(values, Decimal(0)), currency)
        for currency in {i.currency for i in invoices}
        for values in zip(*((i.amount, i.balance) for i in invoices if i.currency == currency), strict=True)
    }


def _totals(facts: Facts) -> set[tuple[Decimal, str]]:
    today = facts.as_of.date()
    return {(value, currency) for totals in (facts.balance(), facts.overdue(today)) for currency, value in totals.items()}


def _open_sums(facts: Facts) -> set[tuple[Decimal, str]]:
    items = facts.open_invoices
    if len(items) > _MOST_ADDENDS:
        return set()
    currencies = {i.currency for i in items}
    return {
        (sum((i.balance for i in chosen), Decimal(0)), currency)
        for currency in currencies
        for size in range(2, len(items) + 1)
        for chosen in combinations([i for i in items if i.currency == currency], size)
    }
