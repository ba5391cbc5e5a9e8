"""How old the open items are, as a strip with a legend; the buckets are those of the statement.

In: open invoices of one currency and a day. Out: `Bucket`s with their share of what is owed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from inboxbot.facts import Invoice
from inboxbot.responders import statement, wording

_PIECES = (
    ("current", "Not yet due"),
    ("d30", "1 to 30 days late"),
    ("d60", "31 to 60 days late"),
    ("d90", "61 to 90 days late"),
    ("older", "Over 90 days late"),
)
_GAP = 0.5  # percent of the strip between two pieces
_LEAST = 1.0  # percent: a piece that is there can be seen


@dataclass(frozen=True, slots=True)
class Bucket:
    """One piece of the strip; `start` and `width` in percent of it; nothing owed, no width."""

    key: str
    label: str
    amount: str
    empty: bool
    start: float
    width: float


def aging(invoices: Iterable[Invoice], today: date, currency: str, locale: str) -> tuple[Bucket, ...]:
    """The five buckets, youngest first; () when nothing is open."""
    items = list(invoices)
    if not items:
        return ()
    totals = list(statement.aging(items, today).values())
    widths = _widths(totals)
    return tuple(
        Bucket(key, label, wording.money(total, currency, locale), total == 0, round(start, 2), round(width, 2))
        for (key, label), total, start, width in zip(_PIECES, totals, _starts(widths), widths, strict=True)
    )


def credits_in(invoices: Iterable[Invoice], currency: str, locale: str) -> str:
    """How much open credits lessen the balance, or ""."""
    total = -sum((i.balance for i in invoices if i.balance < 0), Decimal(0))
    return wording.money(total, currency, locale) if total else ""


def _widths(totals: list[Decimal]) -> list[float]:
    """Shares in percent; with the gaps between them they fill the strip, and none is too thin to be seen."""
    owed = [max(total, Decimal(0)) for total in totals]
    whole, pieces = sum(owed), sum(part > 0 for part in owed)
    shares = [max(float(100 * part / whole), _LEAST) if part else 0.0 for part in owed]
    room = 100 - _GAP * max(pieces - 1, 0)
    return [share * room / (sum(shares) or 1.0) for share in shares]


def _starts(widths: list[float]) -> list[float]:
    steps = [width + _GAP if width else 0.0 for width in widths]
    return [0.0, *accumulate(steps)][: len(widths)]
