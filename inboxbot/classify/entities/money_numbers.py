"""Numbers as they are written, with what stands at them: currency, scale, sign, brackets.

In: tokens. Out: `MoneyNumber`s, in order; whether they are money is for `amounts` to say. Only digits are looked at, each
once: the time does not grow with the words around them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from inboxbot.classify.entities.findings import Span
from inboxbot.classify.entities.lexicon import tables
from inboxbot.classify.entities.tokens import Tokens
from inboxbot.classify.entities.written_numbers import NUMBER, cents, grouped, value

_NUMBER = re.compile(rf"(?P<number>{NUMBER})(?!\d)")
_LEAD = re.compile(r"[A-Za-zÀ-ʯ$€£¥₹]+(?:[ ][$])?\Z")
_TAIL = re.compile(r"(?P<blank>\.?[ ]?)(?P<word>/-|[A-Za-zÀ-ʯ]{0,4}[$€£¥₹]|[A-Za-zÀ-ʯ]+(?: suisses)?)")
_LONGEST_MARK = 8
_DIALLING = re.compile(r"\+\d{1,3}[ ]\Z")
_SIGNS = frozenset(" \n;(|:=\t")


@dataclass(frozen=True, slots=True)
class MoneyNumber:
    """A number at text[start:end], its scale applied; `span` takes in what belongs to it. `mark`: its currency as a key of `marks()`."""

    text: str
    start: int
    end: int
    span: Span
    written: str
    value: Decimal
    mark: str = ""
    mark_before: bool = False
    scale: str = ""
    negative: bool = False
    brackets: bool = False
    closed: bool = False  # a dash for no cents follows: a whole amount

    @property
    def cents(self) -> bool:
        """Whether it is written with two decimals, as money is."""
        return cents(self.written)

    @property
    def grouped(self) -> bool:
        """Whether thousands are set apart by a mark."""
        return grouped(self.written) and " " not in self.written


def find_numbers(tokens: Tokens) -> Iterator[MoneyNumber]:
    """Every number that begins at a token of digits and is no end of a longer one or of a word."""
    text, position = tokens.text, 0
    for i in tokens.numbers:
        start = tokens.starts[i]
        if start < position:
            continue
        match = _NUMBER.match(text, start)
        if not match:
            continue
        number = _number(text, match)
        position = match.end()
        if number:
            yield number


def _number(text: str, match: re.Match[str]) -> MoneyNumber | None:
    start, end = match.start(), match.end()
    mark, left, sign = _before(text, start)
    if not mark and text[start - 1 : start] == "R" and cents(match["number"]) and not text[start - 2 : start - 1].isalnum():
        mark, left = "zar", start - 1  # "R18 400,00"
    if not mark and not sign and start and (text[start - 1].isalnum() or text[start - 1] in "_.,'/-+"):
        return None
    written = match["number"]
    scale, after, right, closed = _after(text, end)
    brackets = text[left - 1 : left] == "(" and text[right : right + 1] == ")"
    worth = value(written) * (int(scales()[scale]) if scale else 1)
    found = mark or after
    span = Span(left - brackets, right + brackets)
    return MoneyNumber(text, start, right, span, written, worth, found, bool(mark), scale, sign, brackets, closed)


def _before(text: str, start: int) -> tuple[str, int, bool]:
    """(the currency before the number, where it or the sign begins, whether there is a minus)."""
    at = start
    sign = start > 0 and text[start - 1] == "-" and _may_be_minus(text, start - 1)
    at -= sign
    blank = at
    while blank and at - blank < 2 and text[blank - 1] == " ":  # noqa: PLR2004
        blank -= 1
    dot = blank - (blank > 0 and text[blank - 1] == ".")
    low = max(0, dot - _LONGEST_MARK)
    lead = _LEAD.search(text, low, dot) if dot and (text[dot - 1].isalpha() or text[dot - 1] in "$€£¥₹") else None
    mark = _mark(lead[0], glued=dot == at) if lead and not (lead.start() == low and low and text[low - 1].isalnum()) else ""
    if lead and mark:
        begin = lead.end() - len(mark)
        if begin and text[begin - 1] == "-" and (begin == 1 or text[begin - 2] in _SIGNS):
            return mark, begin - 1, True
        return mark, begin, sign
    if sign and not (at == 0 or text[at - 1] in _SIGNS):
        return "", start, False
    return "", at, sign


def _may_be_minus(text: str, at: int) -> bool:
    """Whether the dash there can be a sign: it joins nothing."""
    before = text[at - 1] if at else " "
    return before in _SIGNS or before in "$€£₹" or (not before.isalnum() and before not in ").-/")


def _mark(word: str, *, glued: bool) -> str:
    """The currency a word ends in; "Fr" is one only where it is no country ("FR 61 845")."""
    low = word.lower()
    for length in range(min(len(low), 6), 0, -1):
        key = low[-length:]
        if key in leading() and (length == len(low) or not key[0].isalpha()):
            return "" if word in ("FR", "RS", "KR") or (word == "EURO" and glued) else key
    return ""


def _after(text: str, end: int) -> tuple[str, str, int, bool]:
    """(scale, currency, where they end, whether a dash for no cents stands there) after a number."""
    closed = text[end : end + 2] in (",-", ".-") and not text[end + 2 : end + 3].isalnum()
    if closed:
        end += 2
    scale = ""
    tail = _TAIL.match(text, end)
    if tail and tail["word"].lower() in scales() and not tail["blank"].startswith(".") and tail["word"] not in ("M", "Mil"):
        scale, end = tail["word"].lower(), tail.end()
        tail = _TAIL.match(text, end)
    if tail and (key := tail["word"].lower()) in trailing():
        further = text[tail.end() : tail.end() + 2].lstrip(" ")
        if not further[:1].isdecimal() and not (key[-1].isalpha() and text[tail.end() : tail.end() + 1].isalnum()):
            return scale, key, tail.end(), closed
    return scale, "", end, closed


@cache
def leading() -> frozenset[str]:
    """Currencies that stand before a number, lower case."""
    return frozenset(word.lower() for word in tables("money")["before"])


@cache
def trailing() -> frozenset[str]:
    """Currencies that stand after a number, lower case."""
    return frozenset(word.lower() for word in tables("money")["after"])


@cache
def marks() -> dict[str, str]:
    """Every currency word, lower case, with its code."""
    money = tables("money")
    return {word.lower(): code for word, code in (money["before"] | money["after"]).items()}


@cache
def scales() -> dict[str, int]:
    """Words that multiply a number, lower case."""
    return {word.lower(): factor for word, factor in tables("money")["scale"].items()}
