"""Judged mails whose fate is made up."""

from datetime import UTC, date, datetime
from typing import Any

from inboxbot.classify.training.corpus import LabelledMail, Segment
from inboxbot.decision import Decision, Outcome, Reason, Understood
from inboxbot.evaluation import Judged
from inboxbot.facts import Customer, Facts
from inboxbot.message import Address, Authenticity, AuthenticityStatus, MachineClass, Message
from inboxbot.understanding import Entities, Evidence, Intent, IntentScore, Understanding

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COPY, BALANCE, DISPUTE = Intent.INVOICE_COPY, Intent.BALANCE_QUERY, Intent.DISPUTE
PROMISE, REMITTANCE = Intent.PROMISE_TO_PAY, Intent.REMITTANCE_ADVICE
ANSWER, ROUTE, FILE = Outcome.ANSWER, Outcome.ROUTE, Outcome.FILE


def mail(
    intents: tuple[Intent, ...] = (COPY,),
    outcome: str = "answer",
    *,
    invoices: tuple[str, ...] = (),
    promised: date | None = None,
    **more: Any,
) -> LabelledMail:
    values: dict[str, Any] = {
        "id": "w01-001", "writer": "w01", "from_email": "ann@customer.example", "from_name": "Ann Lee", "subject": "20101: cópia",
        "sent_at": NOW, "lang": "en", "segments": (Segment("invoice_copy", "Resend 20101.\n"), Segment("sig", "Ann")),
    }  # fmt: skip
    labels = {"intents": intents, "outcome": outcome, "invoice_numbers": invoices, "promise_date": promised}
    return LabelledMail(**{**values, **labels, **more})


def judged(
    labelled: LabelledMail,
    intents: tuple[Intent, ...],
    outcome: Outcome,
    entities: Entities | None = None,
    *,
    confidence: float = 0.9,
    codes: tuple[str, ...] = (),
    customer: str | None = "C1",
    would_be: Outcome | None = None,
    evidence: tuple[Evidence, ...] = (),
    **more: Any,
) -> Judged:
    message = Message("<1@customer.example>", "20101", Address("ann@customer.example"), NOW, new_text="Resend  20101.")
    scores = {intent: 0.9 if intent in intents else 0.1 for intent in Intent}
    understanding = Understanding(
        tuple(IntentScore(intent, 0.9) for intent in intents), entities or Entities(), scores=scores, confidence=confidence,
        threshold=0.8, model_version="abc-def", evidence=evidence,
    )  # fmt: skip
    facts = Facts(NOW, customer=Customer("C1", "Alder", "USD"))
    understood = Understood(message, MachineClass.PERSON, "", Authenticity(AuthenticityStatus.VERIFIED), facts, understanding)
    reasons = tuple(Reason(code, "for some reason") for code in codes)
    routine = tuple(intent for intent in intents if intent.routine)
    return Judged(
        labelled,
        understood,
        Decision(outcome, reasons, answers=routine),
        Decision(would_be or outcome, (), answers=routine),
        customer_id=customer,
        **more,
    )
