"""Payments as the customer knows them: one check or transfer, whatever number of invoices it was applied to.

In: the facts (one row per invoice) and what the mail names. Out: `Received` values, newest first, and the table of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inboxbot.facts import Facts, Payment
from inboxbot.responders.context import AnswerContext, Table
from inboxbot.responders.wording import day, listed, one_line
from inboxbot.understanding import Amount

_FEWEST_DIGITS = 4  # a shorter number without its letters could be anything


@dataclass(frozen=True, slots=True)
class Received:
    """One payment that arrived, with every row it was applied by."""

    date: date
    currency: str
    method: str
    reference: str
    parts: tuple[Payment, ...]

    @property
    def amount(self) -> Decimal:
        """The whole sum."""
        return sum((part.amount for part in self.parts), Decimal(0))


def received(facts: Facts) -> tuple[Received, ...]:
    """All payments of the customer, newest first."""
    groups: dict[tuple[str, ...], list[Payment]] = {}
    for payment in facts.payments:
        groups.setdefault(_identity(payment), []).append(payment)
    found = [Received(rows[0].date, rows[0].currency, rows[0].method, rows[0].reference, tuple(rows)) for rows in groups.values()]
    return tuple(sorted(found, key=lambda r: (r.date, r.parts[0].payment_id), reverse=True))


def _identity(payment: Payment) -> tuple[str, ...]:
    """Rows with one reference, day, currency and method are one payment; without a reference only the payment's own id tells."""
    if payment.reference:
        return (payment.reference, payment.date.isoformat(), payment.currency, payment.method)
    return (payment.payment_id,)


def by_reference(payments: Iterable[Received], reference: str) -> tuple[Received, ...]:
    """Those whose reference is the named one, by letters and digits, or by digits alone: `CK 21072` is check 21072."""
    return tuple(p for p in payments if _same_reference(p.reference, reference))


def by_invoices(payments: Iterable[Received], numbers: Iterable[str]) -> tuple[Received, ...]:
    """Those applied to any of the invoices."""
    wanted = set(numbers)
    return tuple(p for p in payments if any(part.invoice_number in wanted for part in p.parts))


def by_amounts(payments: Iterable[Received], amounts: Iterable[Amount], currency: str) -> tuple[Received, ...]:
    """Those whose sum, or whose part on one invoice, is one of the amounts (in `currency` where the mail gave none)."""
    wanted = {(amount.value, amount.currency or currency) for amount in amounts}
    return tuple(p for p in payments if wanted & {(p.amount, p.currency), *((part.amount, part.currency) for part in p.parts)})


def _same_reference(ours: str, theirs: str) -> bool:
    left, right = (re.sub(r"[^0-9a-z]", "", text.casefold()) for text in (ours, theirs))
    digits = [re.sub(r"\D", "", text) for text in (left, right)]
    both_have_letters = left != digits[0] and right != digits[1]
    loosely = not both_have_letters and digits[0] == digits[1] and len(digits[0]) >= _FEWEST_DIGITS
    return bool(left) and (left == right or loosely)


def payment_table(context: AnswerContext, payments: Iterable[Received]) -> tuple[Table, ...]:
    """One row per payment; no table at all for none."""
    rows = tuple(_row(context, payment) for payment in payments)
    return (Table("payments", ("received", "amount", "method", "reference", "applied to"), rows),) if rows else ()


def _row(context: AnswerContext, payment: Received) -> tuple[str, ...]:
    applied = [_applied(context, part, alone=len(payment.parts) == 1) for part in payment.parts if part.invoice_number]
    return (
        day(payment.date),
        context.money(payment.amount, payment.currency),
        method_words(payment.method),
        one_line(payment.reference, 60),
        listed(applied) or "no invoice yet",
    )


def _applied(context: AnswerContext, part: Payment, *, alone: bool) -> str:
    number = one_line(part.invoice_number)
    return number if alone else f"{number} ({context.money(part.amount, part.currency)})"


def method_words(method: str) -> str:
    """`ACH`, `wire`, `direct debit`: the ledger's and the mail's own word, readable; `other` says nothing."""
    words = one_line(method.replace("_", " "), 40)
    return {"ach": "ACH", "other": ""}.get(words.lower(), words)
