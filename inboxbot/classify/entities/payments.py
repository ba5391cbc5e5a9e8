"""How a payment was made and by which number: cheque, wire, transfer.

In: folded text and the sender's facts (the ledger's payments know their own references). Out: `ReferenceMention`s and the
`PaymentMethod`.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.findings import ReferenceMention, Span
from inboxbot.classify.entities.lexicon import alternation, tables, whole_words
from inboxbot.facts import Facts
from inboxbot.understanding import PaymentMethod

_TOKEN = re.compile(r"(?<![\w\-])(?=[A-Za-z\-]*\d)[A-Za-z]{0,12}[\-/]?\d[\w\-/]{2,30}(?<![\-/])(?![\w\-])")
_NUMBERED = re.compile(r"(?<!\w)(?:no|nr|#)[ .:]*\Z", re.IGNORECASE)
_CHECK_DIGITS = 8
_REACH = 45


def find_references(text: str, facts: Facts, taken: Coverage) -> list[ReferenceMention]:
    """Every payment number that the text names; `taken` spans (dates, orders) are no references."""
    known = {payment.reference.upper(): payment.method for payment in facts.payments if payment.reference}
    own_numbers = {digits for invoice in facts.invoices for digits in re.findall(r"\d{4,}", invoice.invoice_number)}
    found = []
    for match in _TOKEN.finditer(text):
        span = Span(match.start(), match.end())
        if taken.hits(span) or re.match(r"[.,]\d|/-", text[span.end : span.end + 2]):
            continue
        mention = _reference(match, known, own_numbers)
        if mention:
            found.append(mention)
    return sorted(found, key=lambda mention: mention.method is None)  # a number of known kind says more than a document's


def _reference(match: re.Match[str], known: dict[str, str], own_numbers: set[str]) -> ReferenceMention | None:
    """The ledger's own payments first, then a number that names its method, then what the words before it say."""
    token, span = match[0], Span(match.start(), match.end())
    method = known.get(token.upper())
    if method is not None and token not in own_numbers:
        return ReferenceMention(token.upper(), span, _method_named(method))
    prefix = _prefixes().match(token)
    if prefix:
        return ReferenceMention(token, span, PaymentMethod(_prefix_methods()[prefix[1].upper()]))
    if token in own_numbers or not any(char.isdigit() for char in token):
        return None
    return _by_words(match, token, span)


def _by_words(match: re.Match[str], token: str, span: Span) -> ReferenceMention | None:
    lead = match.string[max(0, span.start - _REACH) : span.start]
    if _NUMBERED.search(lead) and _method_words()["check"].search(match.string) and len(token) <= _CHECK_DIGITS:
        return ReferenceMention(token, span, PaymentMethod.CHECK)
    for name, pattern in _leads().items():
        if pattern.search(lead):
            return ReferenceMention(token, span, PaymentMethod(name) if name != "reference" else None)
    return None


def find_method(text: str, references: Sequence[ReferenceMention]) -> PaymentMethod | None:
    """The method that the first reference tells, else the one that the words tell (the most specific wins)."""
    told = next((mention.method for mention in references if mention.method), None)
    return told or next(_methods_in_words(text), None)


def _methods_in_words(text: str) -> Iterator[PaymentMethod]:
    for name, pattern in _method_words().items():
        if pattern.search(text):
            yield PaymentMethod(name)


def _method_named(ledger_word: str) -> PaymentMethod | None:
    return PaymentMethod(ledger_word) if ledger_word in PaymentMethod.__members__.values() else None


@cache
def _method_words() -> dict[str, re.Pattern[str]]:
    return {name: whole_words(words) for name, words in tables("payments")["method"].items()}


@cache
def _prefix_methods() -> dict[str, str]:
    return {word.upper(): name for name, words in tables("payments")["prefix"].items() for word in words}


@cache
def _prefixes() -> re.Pattern[str]:
    return re.compile(rf"({alternation(_prefix_methods())})-?\d{{4,}}\w*(?:-\w+)*\Z", re.IGNORECASE)


@cache
def _leads() -> dict[str, re.Pattern[str]]:
    leads, number = tables("payments")["lead"], alternation([*tables("numbers")["number"], "was", "is"])
    return {
        name: re.compile(rf"(?<!\w){alternation(words)}[ .:#,(]*(?:(?:{number})[ .:#]*){{0,2}}\Z", re.IGNORECASE)
        for name, words in leads.items()
    }
