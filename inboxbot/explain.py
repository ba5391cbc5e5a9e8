"""What would be done with a mail and why: the contract's `explain --json` object.

In: a mail's bytes. Out: one JSON-ready dict, or the values behind it. Runs the very functions that decide live mail;
nothing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from inboxbot.decision import Decision, History, Understood
from inboxbot.message import MessageKey, RawMessage
from inboxbot.pipeline import Tools, broken, unreadable
from inboxbot.pipeline import understand as understand_raw
from inboxbot.policy.decide import decide
from inboxbot.understanding import entities_as_json, evidence_as_json, intent_as_json

_HEADER_PEEK = 65_536  # bytes in which the Date header is looked for
LookBack = Callable[[Understood, RawMessage, datetime], History]


def no_history(_understood: Understood, _raw: RawMessage, _now: datetime) -> History:
    """As if nothing had ever been recorded."""
    return History()


@dataclass(frozen=True, slots=True)
class Explained:
    """A mail file, what is known of the mail, and what would be done with it."""

    name: str
    understood: Understood
    decision: Decision

    def as_json(self) -> dict[str, Any]:
        """The object of the outside contract."""
        return as_json(self.name, self.understood, self.decision)


def explain(name: str, content: bytes, tools: Tools, at: datetime | None, look_back: LookBack = no_history) -> dict[str, Any]:
    """Explain one mail; `at` is taken as now, else the mail's own date."""
    return explained(name, content, tools, at, look_back).as_json()


def explained(name: str, content: bytes, tools: Tools, at: datetime | None, look_back: LookBack = no_history) -> Explained:
    """The same, as values."""
    now = at or _date_of(content) or datetime.now(UTC)
    raw = RawMessage(MessageKey("explain", 0, 0), content, _date_of(content) or now, len(content))
    try:
        understood = understand_raw(raw, tools)
    except Exception as error:  # noqa: BLE001 - as with live mail, whatever breaks, a person gets it
        return Explained(name, *broken(raw, error, tools))
    return Explained(name, understood, decide(understood, look_back(understood, raw, now), tools.config, now))


def explain_unreadable_file(name: str, why: str, tools: Tools) -> dict[str, Any]:
    """A file that cannot even be opened is routed, with the reason."""
    return explained_unreadable_file(name, why, tools).as_json()


def explained_unreadable_file(name: str, why: str, tools: Tools) -> Explained:
    """The same, as values."""
    now = datetime.now(UTC)
    understood = unreadable(RawMessage(MessageKey("explain", 0, 0), b"", now), why, tools)
    return Explained(name, understood, decide(understood, History(), tools.config, now))


def as_json(name: str, understood: Understood, decision: Decision) -> dict[str, Any]:
    """The object of the outside contract; all keys are always there."""
    message, understanding = understood.message, understood.understanding
    customer = understood.facts.customer
    return {
        "file": name,
        "message_id": message.message_id,
        "from": message.from_.email if message.from_ else "",
        "customer_id": customer.customer_id if customer else None,
        "intents": [intent_as_json(score) for score in understanding.intents],
        "primary": understanding.primary.value,
        "entities": entities_as_json(understanding.entities),
        "outcome": decision.outcome.value,
        "answers": [intent.value for intent in decision.answers] if decision.outcome.value == "answer" else [],
        "automatic_mail": decision.automatic_mail,
        "assignee": decision.assignee,
        "reasons": [str(reason) for reason in decision.reasons],
        "priority": decision.priority.value,
        "unexplained": [{"text": item.text, "why": item.why} for item in understanding.unexplained],
        "vetoes": [{"code": veto.code, "words": veto.words, "evidence": veto.evidence} for veto in understanding.vetoes],
        "evidence": [evidence_as_json(one) for one in understanding.evidence],
        "machine": understood.machine.value,
        "authenticity": {"status": understood.authenticity.status.value, "proof": understood.authenticity.proof},
        "rules": list(decision.rules),
        "confidence": round(understanding.confidence, 4),
        "threshold": understanding.threshold,
        "certificate": understanding.certificate,
        "model_version": understanding.model_version,
        "rules_hash": decision.rules_hash,
    }


def _date_of(content: bytes) -> datetime | None:
    """The Date header, read cheaply; None where it has none that makes sense."""
    header = content[:_HEADER_PEEK].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for line in header.split(b"\n"):
        if line[:5].lower() == b"date:":
            try:
                found = parsedate_to_datetime(line[5:].decode("ascii", "replace").strip())
            except (ValueError, OverflowError, IndexError, TypeError):
                return None
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
