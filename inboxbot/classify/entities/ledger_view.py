"""What the extractors need to know of a sender's ledger, worked out once and kept while that ledger lives.

In: `Facts`. Out: `LedgerView`: numbers and orders by their form, payments by reference, money that is known. `LedgerViews`
keeps the views of the customers that wrote last; a new ledger brings new tuples and with them new views.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cached_property

from inboxbot.classify.entities.shapes import Shape, shape, shapes_of
from inboxbot.classify.entities.tokens import Tokens
from inboxbot.facts import Facts, Invoice

_MOST_KEPT = 500


class Forms:
    """Numbers of some shapes, found at their first digits: by how many these are, and by the letters before them."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        """`shapes`: the more likely first."""
        self._lettered: dict[int, dict[str, list[tuple[int, Shape]]]] = {}
        self._bare: dict[int, list[Shape]] = {}
        for form in shapes:
            letters = re.findall(r"[A-Za-z]+", form.prefix)
            for length in _first_lengths(form):
                if letters:
                    self._lettered.setdefault(length, {}).setdefault(letters[-1].lower(), []).append((len(letters), form))
                self._bare.setdefault(length, []).append(form)

    def find(self, tokens: Tokens, bare: Callable[[int, Shape], bool]) -> Iterator[tuple[re.Match[str], Shape]]:
        """Matches of `Shape.pattern`, by place. A number without its letters is looked at only where `bare` (token, shape) says so."""
        words, text = tokens.words, tokens.text
        for i in tokens.numbers:
            length = len(words[i])
            if i and (lettered := self._lettered.get(length)):
                for pieces, form in lettered.get(words[i - 1], ()):
                    if pieces <= i and (match := form.pattern.match(text, tokens.starts[i - pieces])):
                        yield match, form
            for form in self._bare.get(length, ()):
                if bare(i, form) and (match := form.pattern.match(text, tokens.starts[i])):
                    yield match, form


def _first_lengths(form: Shape) -> set[int]:
    """How many digits may stand together first: "##-####" may be written 26-2556 and 262556."""
    core = form.text[len(form.prefix) :]
    lengths, total = set(), 0
    for run in re.findall(r"#+|[A-Za-z]+", core):
        if run[0] != "#":
            break
        total += len(run)
        lengths.add(total)
    return lengths


class LedgerView:
    """One sender's ledger as the extractors see it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def invoices(self) -> dict[str, Invoice]:
        """The customer's invoices by number."""
        return {invoice.invoice_number: invoice for invoice in self.facts.invoices}

    @cached_property
    def invoice_shapes(self) -> tuple[Shape, ...]:
        """The customer's own shapes, then the ledger's."""
        return tuple(dict.fromkeys([*shapes_of(self.invoices), *(shape(one) for one in self.facts.invoice_shapes)]))

    @cached_property
    def invoice_forms(self) -> Forms:
        """Finds numbers of an invoice's shape."""
        return Forms(self.invoice_shapes)

    @cached_property
    def squeezed_invoices(self) -> frozenset[str]:
        """The customer's numbers without marks, upper case, and their digits alone."""
        numbers = list(self.invoices)
        digits = (part for number in numbers for part in re.findall(r"\d{4,}", number))
        return frozenset([*(re.sub(r"\W", "", number).upper() for number in numbers), *digits])

    @cached_property
    def orders(self) -> frozenset[str]:
        """The customer's purchase orders."""
        return frozenset(invoice.po_number for invoice in self.facts.invoices if invoice.po_number)

    @cached_property
    def own_order_shapes(self) -> frozenset[str]:
        """How the customer's orders look."""
        return frozenset(form.text for form in shapes_of(self.orders))

    @cached_property
    def order_forms(self) -> Forms:
        """Finds numbers of an order's shape, the customer's own shapes first."""
        return Forms(dict.fromkeys([*shapes_of(sorted(self.orders)), *(shape(one) for one in self.facts.po_shapes)]))

    @cached_property
    def references(self) -> dict[str, str]:
        """Payments' references, upper case, with their method."""
        return {payment.reference.upper(): payment.method for payment in self.facts.payments if payment.reference}

    @cached_property
    def values(self) -> frozenset[Decimal]:
        """Amounts and balances of the customer's invoices."""
        return frozenset(value for invoice in self.facts.invoices for value in (invoice.amount, invoice.balance))

    @cached_property
    def known(self) -> frozenset[Decimal]:
        """All of these: money that the ledger knows by itself."""
        return self.values | self.totals | {Decimal(0)}

    @cached_property
    def totals(self) -> frozenset[Decimal]:
        """What was paid, and what is open in all."""
        return frozenset([*self.facts.balance().values(), *(payment.amount for payment in self.facts.payments)])


class LedgerViews:
    """The views of those who wrote last."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], LedgerView] = {}

    def of(self, facts: Facts) -> LedgerView:
        """The view of these facts; made anew when the ledger has changed."""
        # The view holds the facts, so that none of these identities can be another object's while it is kept.
        held = (facts.customer, facts.invoices, facts.payments, facts.all_invoice_numbers, facts.all_po_numbers, facts.po_shapes)
        key = (*map(id, held), id(facts.invoice_shapes), facts.company_currency)
        view = self._kept.get(key)
        if view is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            view = self._kept[key] = LedgerView(facts)
        return view
