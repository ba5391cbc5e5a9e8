"""How urgent a conversation is, as a value that does not change while time passes.

In: since when the customer waits, the priority, the money at stake, a broken promise. Out: `Urgency`: when an answer is
due, and a rank (an effective due time in seconds since 1970): the smaller, the more urgent. Because age moves every
conversation alike, the order stays right without counting anything anew, and an index can keep it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from inboxbot.decision import Priority
from inboxbot.facts import Facts

ANSWER_WITHIN: Mapping[Priority, float] = MappingProxyType(
    {Priority.URGENT: 2, Priority.HIGH: 4, Priority.NORMAL: 8, Priority.LOW: 24}
)  # hours; the defaults of [inbox]
_STAKE_HOURS = 3.0  # moved up by this much for every tenfold above a thousand
_MOST_STAKE_HOURS = 12.0
_BROKEN_HOURS = 6.0
_FRAUD_HOURS = 10 * 365 * 24.0  # before everything that waits


@dataclass(frozen=True, slots=True)
class Stake:
    """What hangs on a conversation."""

    amount: Decimal = Decimal(0)
    currency: str = ""
    broken_promise: date | None = None  # the day that passed without the promised money


NOTHING_AT_STAKE = Stake()


@dataclass(frozen=True, slots=True)
class Urgency:
    """Where a conversation stands in the queue and why."""

    rank: int
    due_at: datetime
    reasons: tuple[str, ...]  # codes with words, as decisions have them


def urgency(
    since: datetime, priority: Priority, stake: Stake, within: Mapping[Priority, float] = ANSWER_WITHIN, *, suspicious: bool = False
) -> Urgency:
    """The urgency of a conversation whose customer waits since `since`; possible fraud comes before everything else."""
    due = since + timedelta(hours=within[priority])
    up, reasons = 0.0, []
    if suspicious:
        up += _FRAUD_HOURS
        reasons.append("fraud: it may be after money")
    if priority in (Priority.URGENT, Priority.HIGH):
        reasons.append(f"priority: {priority.value}")
    if stake.broken_promise:
        up += _BROKEN_HOURS
        reasons.append(f"broken_promise: {stake.broken_promise.isoformat()}")
    if stake.amount > 0:
        up += min(_MOST_STAKE_HOURS, _STAKE_HOURS * math.log10(1 + float(stake.amount) / 1000))
        reasons.append(f"at_stake: {stake.amount:.2f} {stake.currency}")
    return Urgency(int(due.timestamp() - up * 3600), due, tuple(reasons))


def stake_of(facts: Facts, invoice_numbers: tuple[str, ...], today: date, broken_promise: date | None = None) -> Stake:
    """The open balance of the invoices that were named; where none is, what is overdue in the customer's own currency."""
    named = [i for i in facts.open_invoices if i.invoice_number in invoice_numbers]
    currency = named[0].currency if named else facts.currency
    if named:
        amount = sum((i.balance for i in named if i.currency == currency), Decimal(0))
    else:
        amount = facts.overdue(today).get(currency, Decimal(0))
    return Stake(max(amount, Decimal(0)), currency, broken_promise)
