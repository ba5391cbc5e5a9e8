"""Figures, days and names as words: the same everywhere in a letter.

In: values of the ledger, a locale, a time zone. Out: text of one line. Letters are English; only the form of money
follows the company's locale.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, format_decimal, get_currency_precision

GAP = "[…]"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(value: Decimal, currency: str, locale: str) -> str:
    """`$2,169.54`, `2.169,54 €`: in the locale's form with the currency's sign and digits."""
    if _needs_more_digits(value, currency):
        return f"{currency} {format_decimal(value, locale=locale)}"  # never round a figure somebody will pay
    return format_currency(value, currency, locale=locale)


def figure(value: Decimal, currency: str, locale: str) -> str:
    """The same without the currency, for columns that name it in their head."""
    digits = get_currency_precision(currency)
    if _needs_more_digits(value, currency):
        digits = 2
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, pattern, locale=locale)


def _needs_more_digits(value: Decimal, currency: str) -> bool:
    return value != round(value, get_currency_precision(currency))


def day(value: date) -> str:
    """`28 Nov 2026`: cannot be read as another day anywhere."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, timezone: str) -> str:
    """`28 Nov 2026, 14:05 CET`; `value` is aware."""
    local = value.astimezone(ZoneInfo(timezone))
    return f"{day(local.date())}, {local:%H:%M} {local.tzname()}"


def days(count: int) -> str:
    """`1 day`, `12 days`."""
    return f"{count} day" if count == 1 else f"{count} days"


def listed(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f" {last} ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def one_line(text: str, limit: int = 120) -> str:
    """Text of others as one harmless line: no control, direction or format characters, at most `limit` characters."""
    cut = text[: limit * 8]
    if not cut.isprintable():  # a printable text has nothing hidden in it, and lists are full of those
        cut = "".join(" " if char.isspace() else "" if _is_hidden(char) else char for char in cut)
    return " ".join(cut.split())[:limit].strip()


def many_lines(text: str) -> str:
    """Text of several lines without the hidden characters; line ends become LF, tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if lines.replace("\n", "").replace("\t", "").isprintable():  # then nothing is hidden in it, and letters are long
        return lines
    return "".join(c for c in lines if c in "\n\t" or not _is_hidden(c))


def _is_hidden(char: str) -> bool:
    # Cc: CR, LF, NUL and the rest; Cf: bidi marks and zero widths; Cs: half characters; Zl, Zp: U+2028 and U+2029
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
