"""English numbers spoken into a telephone: "two oh one one seven", "seven thousand four forty four and seventy cents".

In: folded text, and what the ledger knows. Out: runs of number words with their spans, as digits (an invoice) or as the
readings a listener could make of them (an amount): only a reading that the ledger knows is believed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from inboxbot.classify.entities.findings import Span

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_FILLERS = frozenset({"and", "dollars", "dollar", "bucks", "pounds", "pound", "euros", "euro", "cents", "pence", "p"})
_LEAST_WORDS, _MOST_WORDS = 3, 40  # nobody says a longer number


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    """A run of number words, lower case."""

    words: tuple[str, ...]
    span: Span

    @property
    def digits(self) -> str:
        """Digit by digit ("two oh one"), or '' where it was not spoken so."""
        singles = [_single_digits().get(word, "") for word in self.words]
        return "".join(singles) if all(singles) else ""

    @property
    def readings(self) -> tuple[Decimal, ...]:
        """The amounts that the words can mean, the plainest first."""
        groups = _groups([word for word in self.words if word not in _FILLERS])
        return tuple(dict.fromkeys(_amounts(groups)))


def find_spoken(text: str) -> list[SpokenNumber]:
    """Every run of three or more number words."""
    found = []
    for match in _run().finditer(text):
        words = tuple(re.findall(r"[a-z]+|\d+", match[0].lower()))
        if _LEAST_WORDS <= len(words) <= _MOST_WORDS:
            found.append(SpokenNumber(words, Span(match.start(), match.end())))
    return found


def _amounts(groups: list[int | str]) -> Iterator[Decimal]:
    """Whole, then with the last group as cents, of the part after "thousand" or of everything."""
    if "thousand" in groups:
        at = groups.index("thousand")
        head, tail = _joined(groups[:at]), groups[at + 1 :]
        yield from (head * 1000 + rest for rest in _units_and_cents(tail))
    else:
        yield from _units_and_cents(groups)


def _units_and_cents(groups: list[int | str]) -> Iterator[Decimal]:
    yield _joined(groups)
    if groups and isinstance(groups[-1], int) and groups[-1] < 100:  # noqa: PLR2004
        yield _joined(groups[:-1]) + Decimal(groups[-1]) / 100


def _joined(groups: list[int | str]) -> Decimal:
    """Groups side by side: 74, 44 as 7444; 3, "hundred", 1 as 301."""
    if "hundred" in groups:
        at = groups.index("hundred")
        return _joined(groups[:at]) * 100 + _joined(groups[at + 1 :])
    return Decimal("".join(str(group) for group in groups) or "0")


def _groups(words: list[str]) -> list[int | str]:
    """Words as numbers below 100 and the marks "hundred" and "thousand"; a ten takes the unit that follows it."""
    found: list[int | str] = []
    open_ten = False
    for word in words:
        value = _values().get(word)
        if value is None:
            found.append(int(word) if word.isdigit() else word)
        elif open_ten and 0 < value < 10:  # noqa: PLR2004
            found[-1] = int(found[-1]) + value
        else:
            found.append(value)
        open_ten = value is not None and value >= 20  # noqa: PLR2004
    return found


@cache
def _values() -> dict[str, int]:
    units = {word: value for value, word in enumerate(_UNITS)}
    return units | {word: 10 * (index + 2) for index, word in enumerate(_TENS)} | {"oh": 0}


@cache
def _single_digits() -> dict[str, str]:
    return {**{word: str(value) for value, word in enumerate(_UNITS[:10])}, "oh": "0"}


@cache
def _run() -> re.Pattern[str]:
    word = "|".join(sorted([*_values(), "hundred", "thousand"], key=len, reverse=True))
    filler = "|".join(sorted(_FILLERS, key=len, reverse=True))
    further = rf"[ \-](?:{filler})(?=[ ](?:{word}|{filler}|\d\d)\b)|[ \-](?:{word})\b|[ ]\d\d\b"
    return re.compile(rf"\b(?:{word})\b(?:{further})+(?:[ ](?:cents|pence|dollars|pounds|euros)\b)?", re.IGNORECASE)
