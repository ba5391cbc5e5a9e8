"""Numbers as people of different countries write them.

In: digits with marks, e.g. `1.234,56`, `14 703,35`, `5'000`, `12,50,000.00`. Out: a `Decimal`, and how sure it is that
this is money and no mere count.
"""

import re
from decimal import Decimal

# Groups of three (or Indian groups of two), then perhaps one or two decimals.
NUMBER = (
    r"(?:\d{1,3}(?P<mark>[.,' ])\d{3}(?:(?P=mark)\d{3})*(?!\d)(?:[.,]\d{1,2}(?!\d))?"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d{1,2}(?!\d))?"
    r"|\d+(?:[.,]\d{1,2}(?!\d))?)"
)
_TAIL = re.compile(r"[.,](\d{1,2})\Z")


def value(written: str) -> Decimal:
    """The number; the last mark is the decimal one when one or two digits follow it."""
    tail = _TAIL.search(written)
    whole = re.sub(r"\D", "", written[: tail.start()] if tail else written)
    return Decimal(f"{whole}.{tail[1]}" if tail else whole)


def cents(written: str) -> bool:
    """Whether it is written with two decimals, as money is."""
    tail = _TAIL.search(written)
    return bool(tail) and len(tail[1]) == 2 if tail else False  # noqa: PLR2004


def grouped(written: str) -> bool:
    """Whether thousands are set apart."""
    return bool(re.search(r"\d[.,' ]\d{3}", written) or re.search(r"\d,\d\d,", written))
