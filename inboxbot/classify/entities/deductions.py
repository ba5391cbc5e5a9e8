"""Which amounts are held back from a payment: these are negative.

In: folded text and amount mentions. Out: the mentions with their signs. Arithmetic speaks first (an invoice's amount less
this one is another one named), then the words of the clause.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from inboxbot.classify.entities.findings import AmountMention
from inboxbot.classify.entities.lexicon import alternation, tables, whole_words
from inboxbot.understanding import Amount

_REACH = 45
_FAR = 300  # characters; no longer sentence is looked at
_MOST_FOR_ARITHMETIC = 60
_OFF_AFTER = re.compile(r"[ ](?:off|less|light|short)\b(?=[ ]*(?:[.,;!)\n]|$|off\b|on\b|\d{4}))", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[!?]+\s|\.\s|\n")


def with_deductions(text: str, mentions: Sequence[AmountMention], known: frozenset[Decimal]) -> list[AmountMention]:
    """The mentions, those negative that a payment is short by; a whole invoice's amount (`known`) never is."""
    named = {abs(mention.amount.value) for mention in mentions}
    values = named if len(named) <= _MOST_FOR_ARITHMETIC else set()
    less = {-mention.amount.value for mention in mentions if mention.negative}
    less |= {value for value in values - known if _by_arithmetic(value, values, known)}
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    for mention in mentions:
        value = mention.amount.value
        if value > 0 and value not in known | less and _by_words(text, mention, ends) and not _is_rest(value, values, known):
            less.add(value)
    return [_negative(mention) if abs(mention.amount.value) in less else mention for mention in mentions]


def pays(text: str, position: int) -> bool:
    """Whether a word of paying or of holding back stands right before that position."""
    low = max(0, position - _REACH)
    return bool(_paying_before().search(text, low, position) or _deducting_before().search(text, low, position))


def _by_arithmetic(value: Decimal, named: set[Decimal], known: frozenset[Decimal]) -> bool:
    """A named ledger amount less this is another named one, which is no ledger amount itself, and this is the smaller part."""
    return any(whole - value in named - known and whole - value > value for whole in named & known)


def _is_rest(value: Decimal, named: set[Decimal], known: frozenset[Decimal]) -> bool:
    """What is left of a named or known whole after a smaller named part."""
    return any(whole - value in named and value > whole - value for whole in named | known)


def _by_words(text: str, mention: AmountMention, ends: Sequence[int]) -> bool:
    """The sentence speaks of holding back, and the words before this number do not say that it is what is left."""
    span = mention.span
    if _less_before().search(text, max(0, span.start - 25), span.start) or _OFF_AFTER.match(text, span.end):
        return True
    at = bisect_right(ends, span.start)
    start, end = ends[at - 1], ends[min(at, len(ends) - 1)]
    if not _deducting().search(text, max(start, span.start - _FAR), min(end, span.end + _FAR)):
        return False
    return not _left_before().search(text, max(start, span.start - 25), span.start)


def _negative(mention: AmountMention) -> AmountMention:
    return replace(mention, amount=Amount(-abs(mention.amount.value), mention.amount.currency))


@cache
def _deducting() -> re.Pattern[str]:
    return whole_words(tables("money")["words"]["deducting"])


@cache
def _left_before() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<!\w){alternation(tables('money')['words']['left'])}(?!\w)|=)\W{{0,3}}(?:\w{{1,5}}\s)?\Z", re.IGNORECASE)


@cache
def _less_before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){alternation(tables('money')['words']['less'])}[ ]\Z", re.IGNORECASE)


@cache
def _paying_before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){alternation(tables('money')['words']['paying'])}[ :=]+(?:[^\d.;!?\n]{{0,12}} )?\Z", re.IGNORECASE)


@cache
def _deducting_before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){alternation(tables('money')['words']['deducting'])}[ ]\Z", re.IGNORECASE)
