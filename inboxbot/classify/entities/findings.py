"""What the extractors found and where: every mention with its span, what the ledger says of it.

In: nothing (values only). Out: `Span`, the mentions, `EntityFindings`. Spans index into `EntityFindings.text`, which is
the subject, a line break, and the newest text; the latter begins at `body_start`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from inboxbot.understanding import Amount, DisputeReason, PaymentMethod, Remittance


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of characters."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


class How(StrEnum):
    """What made a number an invoice number."""

    EXPLICIT = "explicit"  # the ledger's prefix, an invoice word, or a number sign
    BARE = "bare"  # nothing but the ledger
    RANGE = "range"  # inside "20101 - 20105"
    SUFFIX = "suffix"  # "/46" of "20345/46"
    SPOKEN = "spoken"  # digit by digit in words


class Owner(StrEnum):
    """Whose a number is, by the ledger."""

    OWN = "own"  # the sender's customer's
    FOREIGN = "foreign"  # another customer's
    UNKNOWN = "unknown"  # nobody's


class Mention(Protocol):
    """Anything found in a text."""

    @property
    def span(self) -> Span:
        """Where it stands."""
        ...


@dataclass(frozen=True, slots=True)
class InvoiceMention:
    """An invoice number in the ledger's own form."""

    number: str
    span: Span
    how: How
    owner: Owner


@dataclass(frozen=True, slots=True)
class PoMention:
    """A purchase order number, in the ledger's own form where the ledger has it."""

    number: str
    span: Span
    owner: Owner


@dataclass(frozen=True, slots=True)
class AmountMention:
    """Money; `amount` is negative for a deduction. `currency_given`: the text itself names the currency."""

    amount: Amount
    span: Span
    currency_given: bool = False

    @property
    def negative(self) -> bool:
        """True for a deduction or a credit."""
        return self.amount.value < 0


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day. `exact`: the text names a calendar day, not a weekday or a stretch of time."""

    day: date
    span: Span
    exact: bool = True


@dataclass(frozen=True, slots=True)
class ReferenceMention:
    """A payment's own number: cheque, wire, transfer; `method` where the number or the ledger tells it."""

    reference: str
    span: Span
    method: PaymentMethod | None = None


@dataclass(frozen=True, slots=True)
class EntityFindings:
    """Everything found in one mail, in order of appearance."""

    text: str
    body_start: int
    invoices: tuple[InvoiceMention, ...] = ()
    purchase_orders: tuple[PoMention, ...] = ()
    amounts: tuple[AmountMention, ...] = ()
    dates: tuple[DateMention, ...] = ()
    references: tuple[ReferenceMention, ...] = ()
    promise_date: date | None = None
    promise_span: Span | None = None
    payment_method: PaymentMethod | None = None
    method_span: Span | None = None
    dispute_reason: DisputeReason | None = None
    dispute_span: Span | None = None
    remittances: tuple[Remittance, ...] = ()

    @property
    def payment_reference(self) -> str | None:
        """The first payment's number."""
        return self.references[0].reference if self.references else None

    @property
    def spans(self) -> tuple[Span, ...]:
        """Everything explained, in order: a number outside all of these has no role."""
        found: list[Sequence[Mention]] = [self.invoices, self.purchase_orders, self.amounts, self.dates, self.references]
        return tuple(sorted({mention.span for mentions in found for mention in mentions}))
