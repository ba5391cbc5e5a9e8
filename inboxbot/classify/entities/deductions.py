"""Which amounts are held back from a payment: these are negative.

In: text, amount mentions, and what the ledger holds. Out: the mentions with their signs, and such weak candidates as only
arithmetic makes money. Arithmetic speaks first: a payment that with this amount makes up an invoice, a percentage that
the text names; then the words of the sentence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from inboxbot.classify.entities.findings import AmountMention
from inboxbot.classify.entities.words import Hits
from inboxbot.understanding import Amount

_REACH = 16  # characters between a word and the number that it says something of
_NEAR = 45
_FAR = 300  # characters; no longer sentence is looked at
_MOST_FOR_ARITHMETIC = 60
_LARGEST_PART = Decimal("0.3")  # of an invoice: what is held back is less, or the words must say so
_PAYMENT = Decimal("0.55")  # of an invoice: from here on it is the payment, not what is held back
_HIGHEST_RATE = 20  # per cent
_CENT = Decimal("0.02")
_OFF_AFTER = re.compile(
    r"[ ](?:(?:off|less|light|short)\b(?=[ ]*(?:[.,;!)\n]|$|off\b|on\b|for\b|because\b|\d{4}))"
    r"|(?:lighter|under|lower|de moins|weniger|minder|eraf)\b)",
    re.IGNORECASE,
)
_AFTER_PAYING = re.compile(r"[ :=]+(?:[^\d.;!?\n]{0,12} )?")
_AFTER_LESS = re.compile(r"[ ](?:the |les |den |die |de )?")
_AFTER_LEFT = re.compile(r"\W{0,3}(?:\w{1,5}\s)?")
_EQUALS = re.compile(r"=\W{0,3}(?:\w{1,5}\s)?\Z")
_BLANK = re.compile(r"[ ]")
_SENTENCE_END = re.compile(r"[!?]+\s|(?<!\bn)(?<!\bno)(?<!\bnr)\.\s|\n", re.IGNORECASE)
_UNIT_PRICE = re.compile(r"[ ]?(?:/[ ]?[a-z]|per |each|a piece|a unit)", re.IGNORECASE)
_PERCENT = r"(?:%|percent|per cent|pct|prozent|pour cent|por ciento|per cento|procent|prosent)"
_RATE = re.compile(rf"(?<![\d.,])(\d{{1,2}}(?:[.,]\d{{1,2}})?)[ ]?{_PERCENT}", re.IGNORECASE)
_RATE_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_WORDED_RATE = re.compile(rf"(?<!\w)({'|'.join(_RATE_WORDS)})[ ](?:percent|per cent|pct|%)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wholes:
    """What the ledger holds: `known`, all of the customer's values; `about`, those of the invoices named; `near`, these, else all."""

    known: frozenset[Decimal]
    about: frozenset[Decimal]
    near: frozenset[Decimal]


def with_deductions(
    text: str, hits: Hits, mentions: Sequence[AmountMention], weak: Sequence[AmountMention], wholes: Wholes
) -> list[AmountMention]:
    """The mentions, those negative that a payment is short by; a whole invoice's amount never is."""
    mentions = [*mentions, *_by_ledger(mentions, weak, wholes)]
    if all(mention.amount.value in wholes.known for mention in mentions):
        return sorted(mentions, key=lambda mention: mention.span)
    named = {abs(mention.amount.value) for mention in mentions}
    values = named if len(named) <= _MOST_FOR_ARITHMETIC else set()
    payments = set(_payments(text, values, wholes))
    less = {-mention.amount.value for mention in mentions if mention.negative}
    less |= {
        value for value in values - wholes.known - payments if _by_arithmetic(value, values, wholes) and not _follows(hits, mentions, value)
    }
    less |= set(_by_rate(text, values, wholes)) - wholes.known
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    if len(values - wholes.known) == 1 and not values & wholes.about and hits.has("money.claim"):
        less |= values - wholes.known - payments
    for mention in mentions:
        value = mention.amount.value
        if value <= 0 or value in wholes.known or value in less or _is_rest(value, values, wholes.known):
            continue
        if _by_words(text, hits, mention, ends, paid=value in payments):
            less.add(value)
    return sorted((_negative(m) if abs(m.amount.value) in less else m for m in mentions), key=lambda mention: mention.span)


def pays(hits: Hits, position: int) -> bool:
    """Whether a word of paying or of holding back stands right before that position."""
    return hits.before("money.paying", position, _AFTER_PAYING, _REACH) or hits.before("money.deducting", position, _BLANK, 1)


def _by_ledger(mentions: Sequence[AmountMention], weak: Sequence[AmountMention], wholes: Wholes) -> Iterator[AmountMention]:
    """Weak candidates that, with an amount that is no ledger's, make up one that is: "11,524.38 ... that is the 190"."""
    weak = weak[:_MOST_FOR_ARITHMETIC]
    paid = {mention.amount.value for mention in mentions if mention.amount.value > 0} - wholes.known
    for mention in weak if wholes.about else ():  # both parts in words: "seventy three fifty six seventy ... minus eighty eight"
        if any(other.span != mention.span and _makes_up(mention.amount.value, other.amount.value, wholes.about) for other in weak):
            paid.add(mention.amount.value)
            yield mention
    taken = {(mention.span.start, mention.span.end) for mention in mentions}
    for mention in weak:
        value = mention.amount.value
        if (mention.span.start, mention.span.end) not in taken and any(_makes_up(payment, value, wholes.near) for payment in paid):
            taken.add((mention.span.start, mention.span.end))
            yield _negative(mention)


def _makes_up(payment: Decimal, part: Decimal, whole: frozenset[Decimal]) -> bool:
    return payment + part in whole and part <= (payment + part) * _LARGEST_PART


def _payments(text: str, values: set[Decimal], wholes: Wholes) -> Iterator[Decimal]:
    """What is paid instead of a whole: most of an invoice, or a whole less the rate that the text names."""
    for value in values - wholes.known:
        if any(whole * _PAYMENT < value < whole for whole in wholes.about):
            yield value
    rates = _rates(text)
    for whole in wholes.near | values:
        for rate in rates:
            paid = whole - whole * rate / 100
            if found := [value for value in values if abs(value - paid) < _CENT]:
                yield from (*found, whole)


def _by_rate(text: str, values: set[Decimal], wholes: Wholes) -> Iterator[Decimal]:
    """2 % of an invoice, where the text speaks of two per cent."""
    rates = _rates(text)
    for whole in (wholes.near | values) if rates else ():
        for rate in rates:
            part = whole * rate / 100
            yield from (value for value in values if abs(value - part) < _CENT)


def _rates(text: str) -> set[Decimal]:
    if "%" not in text and "rc" not in text and "roz" not in text and "ros" not in text and "ien" not in text:  # as most mails
        return set()
    found = {Decimal(match[1].replace(",", ".")) for match in _RATE.finditer(text)}
    found |= {Decimal(_RATE_WORDS[match[1].lower()]) for match in _WORDED_RATE.finditer(text)}
    return {rate for rate in found if 0 < rate <= _HIGHEST_RATE}


def _by_arithmetic(value: Decimal, named: set[Decimal], wholes: Wholes) -> bool:
    """A named ledger amount less this is another named one, which is no ledger amount itself, and this is the smaller part."""
    if any(whole - value in named - wholes.known and whole - value > value for whole in named & wholes.known):
        return True
    return any(whole - value in named - wholes.known and value <= whole * _LARGEST_PART for whole in wholes.near)


def _follows(hits: Hits, mentions: Sequence[AmountMention], value: Decimal) -> bool:
    """Whether the words say that this part is still to come ("the rest, 1,200, in December")."""
    spans = [mention.span for mention in mentions if mention.amount.value == value]
    return any(hits.within("money.to_come", span.start - _NEAR, span.end + _NEAR) for span in spans)


def _is_rest(value: Decimal, named: set[Decimal], known: frozenset[Decimal]) -> bool:
    """What is left of a named or known whole after a smaller named part."""
    return any(whole - value in named and value > whole - value for whole in named | known)


def _by_words(text: str, hits: Hits, mention: AmountMention, ends: Sequence[int], *, paid: bool) -> bool:
    """The sentence speaks of holding back, and the words before this number do not say that it is what is left."""
    span = mention.span
    if _UNIT_PRICE.match(text, span.end):
        return False
    if hits.before("money.less", span.start, _AFTER_LESS, _REACH) or hits.before("money.deducting", span.start, _BLANK, 1):
        return True
    if _OFF_AFTER.match(text, span.end):
        return True
    at = bisect_right(ends, span.start)
    start, end = max(ends[at - 1], span.start - _FAR), min(ends[min(at, len(ends) - 1)], span.end + _FAR)
    if paid or not hits.within("money.deducting", start, end):
        return False
    left = hits.before("money.left", span.start, _AFTER_LEFT, _REACH) or _EQUALS.search(text, max(0, span.start - _REACH), span.start)
    return not left


def _negative(mention: AmountMention) -> AmountMention:
    return replace(mention, amount=Amount(-abs(mention.amount.value), mention.amount.currency))
