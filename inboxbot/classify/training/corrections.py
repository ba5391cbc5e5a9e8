"""What people put right, as labelled mails to learn from.

In: corrections as the store hands them out (one mapping a message: its text, what is right now, who said so and when),
and the ledger's facts. Out: `CorrectedMail`s, and in words what could not be used. Only mails whose intents a person put
right teach: what nobody looked at is the machine's own opinion, and repeating that teaches nothing but conceit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inboxbot.classify.training.corpus import UNTOLD, LabelledMail, Segment
from inboxbot.facts import Facts
from inboxbot.understanding import Intent

WEIGHT = 3  # times an ordinary mail's: it is this house's mail, and the model had it wrong
WRITER = "staff"  # all of them: folds keep them together


@dataclass(frozen=True, slots=True)
class CorrectedMail:
    """A mail that a person labelled, with the sender's facts and where the label comes from."""

    mail: LabelledMail
    facts: Facts
    message_id: int
    who: tuple[str, ...]
    at: str  # ISO time of the latest word


def from_labels(labels: Iterable[Mapping[str, Any]], facts_of: Callable[[str | None, str], Facts]) -> tuple[list[CorrectedMail], list[str]]:
    """The usable corrections, and why the others are not; `facts_of` takes a customer's number (or None) and the sender."""
    found, left_out = [], []
    for label in labels:
        if "intents" not in label["corrected"]:
            left_out.append(
                f"message {label['message_id']}: only {', '.join(label['corrected'])} was put right, the intents nobody looked at"
            )
            continue
        try:
            found.append(_corrected(label, facts_of))
        except (ValueError, KeyError, TypeError) as error:
            left_out.append(f"message {label['message_id']}: the label cannot be read ({error})")
    return found, left_out


def provenance(corrections: Sequence[CorrectedMail]) -> dict[str, Any]:
    """For the model's card: how many, of what weight, and for each who said so and when."""
    return {
        "mails": len(corrections),
        "weight": WEIGHT,
        "labels": [{"message_id": one.message_id, "who": list(one.who), "at": one.at} for one in corrections],
    }


def _corrected(label: Mapping[str, Any], facts_of: Callable[[str | None, str], Facts]) -> CorrectedMail:
    right = label["right"]
    entities = right["entities"] or {}
    promised = entities.get("promise_date")
    mail = LabelledMail(
        id=f"{WRITER}-{label['message_id']}",
        writer=WRITER,
        from_email=label["from"],
        from_name="",
        subject=label["subject"],
        sent_at=datetime.fromisoformat(label["received_at"]),
        lang="",
        intents=tuple(Intent(name) for name in right["intents"]),
        outcome=right["outcome"],
        segments=(Segment(UNTOLD, label["text"]),),
        weight=WEIGHT,
        invoice_numbers=tuple(entities.get("invoice_numbers") or ()),
        po_numbers=tuple(entities.get("po_numbers") or ()),
        amounts=tuple(entities.get("amounts") or ()),
        promise_date=date.fromisoformat(promised) if promised else None,
        payment_method=entities.get("payment_method"),
        payment_reference=entities.get("payment_reference"),
        dispute_reason=entities.get("dispute_reason"),
    )
    if not mail.intents:
        raise ValueError("no intent")
    return CorrectedMail(mail, facts_of(right["customer"], label["from"]), label["message_id"], tuple(label["who"]), label["at"])
