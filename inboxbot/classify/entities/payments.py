"""How a payment was made and by which number: cheque, wire, transfer.

In: tokens, the places of listed words, the sender's ledger (its payments know their own references). Out: `ReferenceMention`s and the
`PaymentMethod`.
"""

import re
from collections.abc import Sequence
from functools import cache

from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.findings import ReferenceMention, Span
from inboxbot.classify.entities.ledger_view import LedgerView
from inboxbot.classify.entities.lexicon import alternation, tables
from inboxbot.classify.entities.tokens import Tokens
from inboxbot.classify.entities.words import Hits
from inboxbot.understanding import PaymentMethod

_TOKEN = re.compile(r"(?<![\w\-])(?=[A-Za-z\-]*\d)[A-Za-z]{0,12}[\-/]?\d[\w\-/]{2,30}(?<![\-/])(?![\w\-])")
_NUMBERED = re.compile(r"(?<!\w)(?:no|nr|#)[ .:]*\Z", re.IGNORECASE)
_CHECK_DIGITS = 8
_REACH = 45


def find_references(tokens: Tokens, hits: Hits, view: LedgerView, taken: Coverage) -> list[ReferenceMention]:
    """Every payment number that the text names; `taken` spans (dates, orders) are no references."""
    found, text, position = [], tokens.text, 0
    for i in tokens.numbers:
        if tokens.starts[i] < position:
            continue
        match = _TOKEN.match(text, _token_start(tokens, i))
        if not match:
            continue
        position = match.end()
        span = Span(match.start(), match.end())
        if (
            not taken.hits(span)
            and not re.match(r"[.,]\d|/-", text[span.end : span.end + 2])
            and (mention := _reference(match, hits, view))
        ):
            found.append(mention)
    return sorted(found, key=lambda mention: mention.method is None)  # a number of known kind says more than a document's


def _token_start(tokens: Tokens, i: int) -> int:
    """Where the letters before token i begin that belong to its number: "ACH842747", "WIRE-651020"."""
    start = tokens.starts[i]
    lettered = i and tokens.words[i - 1][0].isalpha() and tokens.text[tokens.ends[i - 1] : start] in ("", "-", "/")
    return tokens.starts[i - 1] if lettered else start


def _reference(match: re.Match[str], hits: Hits, view: LedgerView) -> ReferenceMention | None:
    """The ledger's own payments first, then a number that names its method, then what the words before it say."""
    token, span = match[0], Span(match.start(), match.end())
    own = token in view.squeezed_invoices or re.sub(r"\W", "", token).upper() in view.squeezed_invoices
    method = view.references.get(token.upper())
    if method is not None and not own:
        return ReferenceMention(token.upper(), span, _method_named(method))
    prefix = _prefixes().match(token)
    if prefix:
        return ReferenceMention(token, span, PaymentMethod(_prefix_methods()[prefix[1].upper()]))
    return None if own else _by_words(match, token, span, hits)


def _by_words(match: re.Match[str], token: str, span: Span, hits: Hits) -> ReferenceMention | None:
    numbered = _NUMBERED.search(match.string, max(0, span.start - 6), span.start)
    if numbered and hits.has("method.check") and len(token) <= _CHECK_DIGITS:
        return ReferenceMention(token, span, PaymentMethod.CHECK)
    for name in tables("payments")["lead"]:
        if hits.before(f"lead.{name}", span.start, _after_lead(), _REACH):
            return ReferenceMention(token, span, PaymentMethod(name) if name != "reference" else None)
    return None


def find_method(hits: Hits, references: Sequence[ReferenceMention]) -> PaymentMethod | None:
    """The method that the first reference tells, else the one that the words tell (the most specific wins)."""
    told = next((mention.method for mention in references if mention.method), None)
    return told or next((PaymentMethod(name) for name in tables("payments")["method"] if hits.has(f"method.{name}")), None)


def method_span(method: PaymentMethod | None, hits: Hits, references: Sequence[ReferenceMention]) -> Span | None:
    """Where the method is told: by a reference of that kind, else by words."""
    told = next((mention.span for mention in references if mention.method is method), None)
    place = hits.first(f"method.{method}") if method else None
    return told or (Span(*place) if place else None)


def _method_named(ledger_word: str) -> PaymentMethod | None:
    return PaymentMethod(ledger_word) if ledger_word in PaymentMethod.__members__.values() else None


@cache
def _prefix_methods() -> dict[str, str]:
    return {word.upper(): name for name, words in tables("payments")["prefix"].items() for word in words}


@cache
def _prefixes() -> re.Pattern[str]:
    return re.compile(rf"({alternation(_prefix_methods())})-?\d{{4,}}\w*(?:-\w+)*\Z", re.IGNORECASE)


@cache
def _after_lead() -> re.Pattern[str]:
    number = alternation([*tables("numbers")["number"], "was", "is"])
    return re.compile(rf"[ .:#,(]*(?:(?:{number})[ .:#]*){{0,2}}", re.IGNORECASE)
