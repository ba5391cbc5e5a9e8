"""Purchase order numbers: the ledger's own values and shapes, however spaced, hyphened or cased.

In: tokens, the places of listed words, the sender's ledger. Out: `PoMention`s. A number of a known shape is taken when the
ledger holds it; one that calls itself a purchase order also when it does not: it must be seen by a person.
"""

import re
from functools import cache

from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.findings import Owner, PoMention, Span
from inboxbot.classify.entities.ledger_view import LedgerView
from inboxbot.classify.entities.lexicon import alternation, tables
from inboxbot.classify.entities.shapes import Shape
from inboxbot.classify.entities.tokens import Tokens
from inboxbot.classify.entities.words import Hits

_REACH = 30
_LONG = 6  # digits; shorter numbers may be anything


def find_purchase_orders(tokens: Tokens, hits: Hits, view: LedgerView) -> list[PoMention]:
    """Every purchase order number that the text names."""
    found: list[PoMention] = []
    taken = Coverage(tokens.text)

    def bare(i: int, form: Shape) -> bool:
        """Digits alone: an order word before them, or the customer's own with digits enough."""
        own = form.text in view.own_order_shapes and (form.prefix == "" or form.digits >= _LONG)
        return own or _after_order_word(hits, tokens.starts[i])

    for match, form in view.order_forms.find(tokens, bare):
        span = Span(match.start(), match.end())
        number = form.fill(match["core"])
        owner = Owner.OWN if number in view.orders else Owner.FOREIGN if number in view.facts.all_po_numbers else Owner.UNKNOWN
        if not taken.hits(span) and _is_order(match, form, owner, hits, view):
            taken.add(span)
            found.append(PoMention(number, span, owner))
    return sorted(found, key=lambda mention: mention.span)


def _is_order(match: re.Match[str], form: Shape, owner: Owner, hits: Hits, view: LedgerView) -> bool:
    """Letters of its own make a number of the ledger sure; digits alone need an order word; one that nobody knows must say it is one."""
    lettered = any(char.isalpha() for char in match[0])
    if owner is Owner.UNKNOWN:
        if lettered and (form.text in view.own_order_shapes or form.prefix.upper().rstrip("-/. ") in _NAMES) and _is_telling(form):
            return True
        return hits.before("numbers.order_itself", match.start(), _after_word(), _REACH) and (lettered or form.prefix == "")
    after_word = _after_order_word(hits, match.start())
    if owner is Owner.OWN:
        return lettered or after_word or form.prefix == "" or sum(char.isdecimal() for char in match["core"]) >= _LONG
    return lettered or after_word


def _after_order_word(hits: Hits, position: int) -> bool:
    return hits.before("numbers.purchase_order", position, _after_word(), _REACH)


def _is_telling(form: Shape) -> bool:
    """Whether a number of that form can hardly be anything else; "K75513" can."""
    return sum(char.isalpha() for char in form.text) > 1


_NAMES = frozenset({"PO", "P.O", "BESTELLUNG", "ORDER"})


@cache
def _after_word() -> re.Pattern[str]:
    return re.compile(rf"[\s.:#(]*(?:(?:{alternation(tables('numbers')['number'])})[\s.:#(]*)?", re.IGNORECASE)
