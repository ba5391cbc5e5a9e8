"""The nouns of understanding: intents, entities, and what stays unexplained.

In: nothing (values only). Out: `Intent`, `Entities`, `Understanding`; made by `classify`, read by `policy` and
`responders`. The words are those of `docs/taxonomy.md`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any


class Intent(StrEnum):
    """What a writer wants."""

    INVOICE_COPY = "invoice_copy"
    STATEMENT_REQUEST = "statement_request"
    BALANCE_QUERY = "balance_query"
    PAYMENT_STATUS = "payment_status"
    PROMISE_TO_PAY = "promise_to_pay"
    REMITTANCE_ADVICE = "remittance_advice"
    DISPUTE = "dispute"
    DEDUCTION = "deduction"
    CREDIT_HOLD = "credit_hold"
    PAYMENT_PLAN = "payment_plan"
    ACCOUNT_UPDATE = "account_update"
    VENDOR_DOCUMENT = "vendor_document"
    BANK_DETAILS = "bank_details"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    SPAM = "spam"
    OTHER = "other"

    @property
    def routine(self) -> bool:
        """True for the intents that a machine may answer."""
        return self in _FAMILIES

    @property
    def nobodys(self) -> bool:
        """True for what needs nobody when a mail is nothing else."""
        return self in (Intent.AUTO_REPLY, Intent.BOUNCE, Intent.SPAM)

    @property
    def family(self) -> "Family | None":
        """The family of answers it belongs to; None where nothing is answered."""
        return _FAMILIES.get(self)


class Family(StrEnum):
    """Answers that are alike in what can go wrong with them; each family's record is kept apart."""

    ENQUIRY = "enquiry"  # what our ledger says: copies, statements, balances
    PAYMENT = "payment"  # what was paid
    PROMISE = "promise"  # what will be paid


_FAMILIES = {
    Intent.INVOICE_COPY: Family.ENQUIRY,
    Intent.STATEMENT_REQUEST: Family.ENQUIRY,
    Intent.BALANCE_QUERY: Family.ENQUIRY,
    Intent.PAYMENT_STATUS: Family.PAYMENT,
    Intent.REMITTANCE_ADVICE: Family.PAYMENT,
    Intent.PROMISE_TO_PAY: Family.PROMISE,
}


class DisputeReason(StrEnum):
    """Why an invoice is contested."""

    PRICING = "pricing"
    QUANTITY = "quantity"
    DAMAGED = "damaged"
    NOT_RECEIVED = "not_received"
    DUPLICATE = "duplicate"
    TAX = "tax"
    TERMS = "terms"
    MISSING_PO = "missing_po"
    QUALITY = "quality"
    OTHER = "other"


class PaymentMethod(StrEnum):
    """How a payment was or will be made."""

    ACH = "ach"
    WIRE = "wire"
    CHECK = "check"
    CARD = "card"
    DIRECT_DEBIT = "direct_debit"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Amount:
    """Money as a mail named it."""

    value: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.value:.2f} {self.currency}".strip()


@dataclass(frozen=True, slots=True)
class RemittanceRow:
    """One line of a remittance: an invoice in the ledger's form, and what is paid of it. `gross` is None where only one amount stands."""

    invoice_number: str
    gross: Decimal | None
    discount: Decimal  # 0 or more
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Remittance:
    """A table that says which invoices a payment is for; `others` are its lines with numbers that are neither row nor total."""

    rows: tuple[RemittanceRow, ...]
    total: Decimal | None = None
    others: tuple[str, ...] = ()
    file: str = ""  # the attachment's name; "" for the mail's own text

    @property
    def invoice_numbers(self) -> tuple[str, ...]:
        """The invoices it names, each once."""
        return tuple(dict.fromkeys(row.invoice_number for row in self.rows))


@dataclass(frozen=True, slots=True)
class Entities:
    """What the newest text and the subject name, in the ledger's own form, in order of appearance, each once."""

    invoice_numbers: tuple[str, ...] = ()
    po_numbers: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    promise_date: date | None = None
    payment_method: PaymentMethod | None = None
    payment_reference: str | None = None
    dispute_reason: DisputeReason | None = None
    remittances: tuple[Remittance, ...] = ()  # tables that say what a payment is for: in the mail, in its files


@dataclass(frozen=True, slots=True)
class IntentScore:
    """An intent the machine asserts, how sure it is (0..1), and the words that show it."""

    intent: Intent
    probability: float
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """Something in the newest text that no understood intent or known neutral accounts for."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Veto:
    """A fact in the mail that forbids an automatic answer whatever the scores say. `code` is stable, `words` explain."""

    code: str
    words: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a mail that show something: `words` is `subject[start:end]` or `new_text[start:end]`, as `place` tells.

    `kind` is intent, entity, veto or unexplained; `name` is the intent, the entity's key (`invoice_numbers`, ...), the
    veto's code, or why nothing explains the words; `value` is what was made of an entity's words (`INV-20155`).
    """

    kind: str
    name: str
    place: str  # subject, text
    start: int
    end: int
    words: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means, as far as the machine can tell; `intents` is never empty and its first is the primary."""

    intents: tuple[IntentScore, ...]
    entities: Entities = field(default_factory=Entities)
    unexplained: tuple[Unexplained, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    scores: Mapping[Intent, float] = field(default_factory=dict)  # every intent's probability, asserted or not
    only_courtesy: bool = False  # a thank-you and nothing else
    model_version: str = ""
    confidence: float = 0.0  # that this understanding is right as a whole, 0..1
    threshold: float = 1.0  # what the confidence must reach before anything may be answered
    certificate: str = "uncertified"
    drafted: frozenset[Family] = frozenset()  # families whose record is bad: people send those answers
    evidence: tuple[Evidence, ...] = ()  # which words show what, in the order of the mail

    @property
    def primary(self) -> Intent:
        """The intent that decides who should handle the message."""
        return self.intents[0].intent

    @property
    def asserted(self) -> frozenset[Intent]:
        """The intents asserted, without their scores."""
        return frozenset(score.intent for score in self.intents)


def marked(text: str, place: str, evidence: Iterable[Evidence]) -> list[tuple[str, tuple[Evidence, ...]]]:
    """A subject or newest text (as `place` says) cut into pieces, each with the evidence that its words are."""
    here = [one for one in evidence if one.place == place and one.start < one.end <= len(text)]
    edges = sorted({0, len(text), *(one.start for one in here), *(one.end for one in here)})
    return [
        (text[start:end], tuple(one for one in here if one.start <= start and end <= one.end))
        for start, end in pairwise(edges)
        if start < end
    ]


def intent_as_json(score: IntentScore) -> dict[str, Any]:
    """An asserted intent in the outside contract's form."""
    return {"intent": score.intent.value, "probability": round(score.probability, 4), "evidence": score.evidence}


def evidence_as_json(evidence: Evidence) -> dict[str, Any]:
    """A piece of evidence as `explain --json` shows it; offsets count characters."""
    return {
        "kind": evidence.kind,
        "name": evidence.name,
        "value": evidence.value,
        "in": evidence.place,
        "start": evidence.start,
        "end": evidence.end,
        "words": evidence.words,
    }


def entities_as_json(entities: Entities) -> dict[str, Any]:
    """Entities in the outside contract's form; all keys are always there."""
    return {
        "invoice_numbers": list(entities.invoice_numbers),
        "po_numbers": list(entities.po_numbers),
        "amounts": [str(amount) for amount in entities.amounts],
        "promise_date": entities.promise_date.isoformat() if entities.promise_date else None,
        "payment_method": entities.payment_method.value if entities.payment_method else None,
        "payment_reference": entities.payment_reference,
        "dispute_reason": entities.dispute_reason.value if entities.dispute_reason else None,
    }
