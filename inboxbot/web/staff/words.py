"""Codes as words that people read: intents, reasons, states, what happened.

In: codes and details of the store. Out: plain text.
"""

import re
from collections.abc import Mapping
from typing import Any

from inboxbot.store.inbox import Event, FiledMail

_INTENTS = {
    "invoice_copy": "Invoice copy",
    "statement_request": "Statement",
    "balance_query": "Balance",
    "payment_status": "Payment status",
    "promise_to_pay": "Promise to pay",
    "remittance_advice": "Remittance advice",
    "dispute": "Dispute",
    "deduction": "Deduction",
    "credit_hold": "Credit hold",
    "payment_plan": "Payment plan",
    "account_update": "Account change",
    "vendor_document": "Vendor document",
    "bank_details": "Bank details",
    "auto_reply": "Automatic reply",
    "bounce": "Bounce",
    "spam": "Spam",
    "other": "Something else",
}
_STATUS = {"open": "Open", "pending": "Waiting for customer", "snoozed": "Snoozed", "closed": "Closed"}


def intent(code: str) -> str:
    """An intent's name."""
    return _INTENTS.get(code, code.replace("_", " ").capitalize())


def status(code: str) -> str:
    """A status's name."""
    return _STATUS.get(code, code)


def reason(text: str) -> tuple[str, str]:
    """(code as words, the words) of a reason `code: words`."""
    code, _, rest = text.partition(": ")
    return code.replace("_", " ").capitalize(), rest


_MACHINES = {
    "auto_reply": "Automatic reply",
    "bounce": "Delivery report",
    "receipt": "Read receipt",
    "bulk": "Newsletter",
    "list": "Mailing list",
    "complaint": "Complaint report",
    "own": "Our own mail",
}


def filed_as(mail: FiledMail) -> str:
    """What a filed mail is: a machine's kind, or what a person wrote that needs no answer."""
    if mail.machine in ("", "person"):
        return "Thanks" if mail.primary == "other" else intent(mail.primary)
    return _MACHINES.get(mail.machine, mail.machine.replace("_", " ").capitalize())


def right_words(value: Any, what: str) -> str:
    """A corrected value as words."""
    if what == "intents":
        return ", ".join(intent(code) for code in value or []) or "nothing"
    if isinstance(value, dict):
        parts = [f"{', '.join(v) if isinstance(v, list) else v}" for v in value.values() if v]
        return "; ".join(str(part).replace("_", " ") for part in parts) or "nothing"
    return str(value or "nobody").replace("_", " ")


def initials(name: str) -> str:
    """`DK` for Dana Kim and for her address."""
    parts = [part for part in re.split(r"[\s._\-+]+", name.partition("@")[0]) if part]
    return "".join(part[0] for part in [*parts[:1], *parts[1:][-1:]]).upper() or "?"


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))


def browser(agent: str) -> str:
    """`Firefox on Windows`, as far as a browser says what it is."""
    program = next((name for mark, name in _BROWSERS if mark in agent), agent[:40] or "unknown")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{program} on {system}" if system else program


def event(one: Event, people: Mapping[str, str] | None = None) -> str:  # noqa: PLR0911, PLR0912 - a table of sentences
    """What happened, as a predicate: `assigned it to Dana`."""
    detail = one.detail
    match one.what:
        case "assigned":
            return f"assigned it to {(people or {}).get(detail['to'], detail['to'])}" if detail.get("to") else "took the assignment away"
        case "status":
            return f"set it to {status(str(detail.get('to'))).lower()}"
        case "snoozed":
            return f"snoozed it until {_until(detail)}"
        case "priority":
            return f"made it {detail.get('to')} (was {detail.get('from')})"
        case "tagged":
            return f"set the tags to {', '.join(detail.get('to') or []) or 'none'}"
        case "customer":
            return f"linked it to {detail.get('to') or 'no customer'} (was {detail.get('from') or 'nobody'})"
        case "merged":
            return f"merged it into #{detail['into']}" if "into" in detail else f"merged #{detail.get('from')} into it"
        case "corrected":
            return f"corrected the {detail.get('what')}"
        case "noted":
            return "wrote a note"
        case "lane":
            return "put it into the fraud lane" if detail.get("to") else "let it out of the fraud lane"
        case "fraud lane: looks genuine":
            return f"says that it is genuine: {detail.get('how', '')}"
        case "reply waits for approval":
            return "wrote a reply that a second person must approve"
        case "reply approved":
            return "approved the reply"
        case "reply rejected":
            return "did not let the reply leave"
        case "reply withdrawn":
            return "took the waiting reply back"
        case "fraud lane: it is fraud":
            return "says that it is fraud"
        case "woke":
            return "brought it back after its snooze"
        case _:
            return one.what


def _until(detail: dict[str, Any]) -> str:
    until = str(detail.get("until", ""))
    return until[:16].replace("T", " ") if until[:1].isdigit() else "the customer writes"
