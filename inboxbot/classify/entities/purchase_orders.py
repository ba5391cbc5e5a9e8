"""Purchase order numbers: the ledger's own values and shapes, however spaced, hyphened or cased.

In: folded text and the sender's facts. Out: `PoMention`s. A number of a known shape is taken when the ledger holds it; one
after a purchase order word also when it does not: it must be seen by a person.
"""

import re
from collections.abc import Iterator
from functools import cache

from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.findings import Owner, PoMention, Span
from inboxbot.classify.entities.lexicon import alternation, tables
from inboxbot.classify.entities.shapes import Shape, shape, shapes_of
from inboxbot.facts import Facts

_REACH = 30


def find_purchase_orders(text: str, facts: Facts) -> list[PoMention]:
    """Every purchase order number that the (folded) text names."""
    own = {invoice.po_number for invoice in facts.invoices if invoice.po_number}
    own_forms = shapes_of(own)
    names = frozenset(form.text for form in own_forms)
    found: list[PoMention] = []
    taken = Coverage(text)
    for form in dict.fromkeys([*own_forms, *(shape(one) for one in facts.po_shapes)]):
        for mention in _of_shape(text, form, own, facts, names):
            if not taken.hits(mention.span):
                taken.add(mention.span)
                found.append(mention)
    return sorted(found, key=lambda mention: mention.span)


def _of_shape(text: str, form: Shape, own: set[str], facts: Facts, own_forms: frozenset[str]) -> Iterator[PoMention]:
    for match in form.pattern.finditer(text):
        number = form.fill(match["core"])
        owner = Owner.OWN if number in own else Owner.FOREIGN if number in facts.all_po_numbers else Owner.UNKNOWN
        if _is_order(text, match, form, owner, own_forms):
            yield PoMention(number, Span(match.start(), match.end()), owner)


def _is_order(text: str, match: re.Match[str], form: Shape, owner: Owner, own_forms: frozenset[str]) -> bool:
    """Letters of its own make a number of the customer's shape sure; digits alone need the ledger, or an order word before them."""
    lettered = bool(re.search("[A-Za-z]", match[0]))
    after_word = bool(_order_word().search(text, max(0, match.start() - _REACH), match.start()))
    if owner is Owner.OWN:
        return lettered or after_word or form.prefix == "" or _is_long(match["core"])
    if owner is Owner.FOREIGN:
        return lettered or after_word
    if form.text in own_forms:
        return lettered or (after_word and form.prefix == "")
    return after_word and (lettered or form.prefix == "")


def _is_long(core: str) -> bool:
    return sum(char.isdigit() for char in core) >= 6  # noqa: PLR2004  # shorter ones may be anything


@cache
def _order_word() -> re.Pattern[str]:
    words = tables("numbers")
    return re.compile(
        rf"(?<!\w){alternation(words['purchase_order'])}[\s.:#(]*(?:(?:{alternation(words['number'])})[\s.:#(]*)?\Z", re.IGNORECASE
    )
