"""Do the sums in a mail agree with the ledger, to the cent?

In: the amounts a mail names, the invoices it names, its remittance tables, the facts. Out: what agrees with nothing. Money that
does not add up is a short payment, a deduction or a mistake, and a person's to see.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from inboxbot.facts import Facts, Invoice
from inboxbot.understanding import Amount, Remittance, RemittanceRow

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


def table_problems(remittance: Remittance, facts: Facts) -> tuple[str, ...]:
    """What in a remittance's table does not agree with itself or with the ledger, in words; empty where all of it does."""
    problems = [problem for row in remittance.rows for problem in _row_problems(row, facts)]
    paid = sum((row.paid for row in remittance.rows), Decimal(0))
    if remittance.total is not None and remittance.total != paid:
        problems.append(f"the rows come to {paid}, the total says {remittance.total}")
    numbers = [row.invoice_number for row in remittance.rows]
    problems += [f"{number} is there twice" for number in dict.fromkeys(numbers) if numbers.count(number) > 1]
    problems += [f"a line without a known role: {line[:80]}" for line in remittance.others]
    return tuple(problems)


def _row_problems(row: RemittanceRow, facts: Facts) -> Iterator[str]:
    invoice = facts.invoice(row.invoice_number)
    if invoice is None:
        yield f"{row.invoice_number} is not this customer's"
        return
    if row.discount:
        yield f"{row.invoice_number}: {row.discount} is taken off"
    if row.gross is not None and row.gross - row.discount != row.paid:
        yield f"{row.invoice_number}: {row.gross} less {row.discount} is not {row.paid}"
    settled = {payment.amount for payment in facts.payments if payment.invoice_number == row.invoice_number}
    if row.paid <= 0 or row.paid not in {invoice.amount, invoice.balance} | settled:
        yield f"{row.invoice_number}: {row.paid} is neither its amount nor its balance"
