"""The values of a conversation's page: one timeline of mails, replies, notes and events, and what the machine made of it.

In: a `Thread`, the parsed mails. Out: entries in the order of time. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

from inboxbot.desk.customer import CustomerCard
from inboxbot.facts import Facts, Invoice
from inboxbot.message import Attachment, Message
from inboxbot.responders import freeze
from inboxbot.store.inbox import Event, Mail, NoteEntry, Sent, Thread
from inboxbot.web.staff.evidence import Finding, Segment, segments

LISTED = 25  # open invoices that stand beside a conversation
_SUSPICIOUS = frozenset(
    {
        "authentication_failed",
        "look_alike",
        "several_from",
        "sender_differs",
        "reply_to_elsewhere",
        "own_address",
        "fraud",
        "suspected_fraud",
    }
)


@dataclass(frozen=True, slots=True)
class Sign:
    """The identity proof as a plain sign."""

    kind: str  # verified, unverified, suspicious
    words: str
    meaning: str  # in a sentence for people
    why: tuple[str, ...]  # what the checks said


@dataclass(frozen=True, slots=True)
class MailEntry:
    """A customer's mail."""

    mail: Mail
    at: datetime
    segments: tuple[Segment, ...]
    quoted: str
    signature: str
    to: str
    cc: str
    sender_name: str
    attachments: tuple[Attachment, ...]
    has_html: bool
    sign: Sign
    intents: tuple[tuple[str, int, str], ...]  # intent, percent, evidence
    entities: tuple[tuple[str, str, str], ...]  # name, value, where it leads
    unexplained: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    defects: tuple[str, ...]
    kind: str = "mail"


@dataclass(frozen=True, slots=True)
class SentEntry:
    """A mail of ours."""

    sent: Sent
    at: datetime
    text: str
    subject: str
    cc: str
    state: str  # waiting, to approve, sending, sent, failed, in doubt, taken back
    kind: str = "sent"


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A colleague's note."""

    note: NoteEntry
    at: datetime
    kind: str = "note"


@dataclass(frozen=True, slots=True)
class EventLine:
    """Small things that happened one after the other."""

    events: tuple[Event, ...]
    at: datetime
    kind: str = "events"


Entry = MailEntry | SentEntry | NoteLine | EventLine


@dataclass(frozen=True, slots=True)
class Talk:
    """The page."""

    thread: Thread
    entries: tuple[Entry, ...]
    latest: MailEntry | None
    people: Mapping[str, str] = field(default_factory=dict)


_QUIET = frozenset({"noted", "replied", "continued", "opened"})  # shown as what they are about


def talk(thread: Thread, parsed: Mapping[int, Message], facts: Facts | None, now: datetime) -> Talk:
    """The timeline; `parsed` are the mails that could be read, by row."""
    mails = [mail_entry(mail, parsed.get(mail.row_id), facts) for mail in thread.mails]
    entries: list[Entry] = [*mails, *(sent_entry(sent, now) for sent in thread.sent if sent.kind != "notice")]
    entries += [NoteLine(note, note.created_at) for note in thread.notes]
    entries += [EventLine((event,), event.at) for event in thread.events if event.what not in _QUIET]
    entries.sort(key=lambda entry: (entry.at, entry.kind == "events"))
    return Talk(thread, tuple(_joined(entries)), mails[-1] if mails else None)


def mail_entry(mail: Mail, message: Message | None, facts: Facts | None) -> MailEntry:
    """A mail with what was understood, the evidence marked in its text."""
    decision = mail.decision
    text = message.new_text if message and message.new_text else mail.text
    entities: Mapping[str, Any] = decision.get("entities") or {}
    return MailEntry(
        mail=mail,
        at=mail.received_at,
        segments=tuple(segments(text, findings(decision, facts))),
        quoted=message.quoted_text if message else "",
        signature=message.signature if message else "",
        to=", ".join(a.email for a in message.to) if message else "",
        cc=", ".join(a.email for a in message.cc) if message else "",
        sender_name=message.from_.name if message and message.from_ else "",
        attachments=message.attachments if message else (),
        has_html=bool(message and message.has_html),
        sign=sign(decision, facts),
        intents=tuple((i["intent"], round(100 * i["probability"]), i.get("evidence", "")) for i in decision.get("intents") or ()),
        entities=tuple(_entities(entities, facts)),
        unexplained=tuple((item.get("text", ""), item.get("why", "")) for item in decision.get("unexplained") or ()),
        reasons=tuple(decision.get("reasons") or ()),
        defects=message.defects if message else ("the mail cannot be parsed; its beginning is shown as text",),
    )


def named_beside(shown: Talk, card: CustomerCard | None, facts: Facts | None) -> list[Invoice]:
    """Invoices that the latest mail names and that the list of open ones does not show: paid ones, or those far down."""
    if shown.latest is None or card is None or facts is None:
        return []
    listed = {invoice.invoice_number for invoice in card.invoices[:LISTED]}
    numbers = (shown.latest.mail.decision.get("entities") or {}).get("invoice_numbers") or ()
    return [found for number in numbers if number not in listed and (found := facts.invoice(number))]


def findings(decision: Mapping[str, Any], facts: Facts | None) -> list[Finding]:
    """What was understood, with the words that show it."""
    entities: Mapping[str, Any] = decision.get("entities") or {}
    found = [Finding("invoice", _invoice_label(n, facts), n, f"#inv-{n}") for n in entities.get("invoice_numbers") or ()]
    found += [Finding("po", f"PO {n}", n) for n in entities.get("po_numbers") or ()]
    found += [Finding("unexplained", f"Not understood: {u.get('why', '')}", u.get("text", "")) for u in decision.get("unexplained") or ()]
    found += [Finding("veto", v.get("words", ""), v.get("evidence", "")) for v in decision.get("vetoes") or () if v.get("evidence")]
    found += [Finding("intent", i["intent"].replace("_", " "), i.get("evidence", "")) for i in decision.get("intents") or ()]
    return found


def sign(decision: Mapping[str, Any], facts: Facts | None) -> Sign:
    """Verified, not verified or suspicious, and why."""
    proof: Mapping[str, str] = decision.get("authenticity") or {}
    codes = {reason.partition(":")[0] for reason in decision.get("reasons") or ()}
    codes |= {veto.get("code", "") for veto in decision.get("vetoes") or ()}
    why = tuple(dict.fromkeys(filter(None, (proof.get("proof", ""), *_sign_reasons(decision)))))
    if proof.get("status") == "failed" or codes & _SUSPICIOUS:
        return Sign("suspicious", "Suspicious", "Do not trust who this says it is from: a check failed, or it imitates somebody.", why)
    if proof.get("status") == "verified":
        known = facts is not None and facts.customer is not None
        came_from = f"It really came from {proof.get('domain') or 'the domain of its sender'}."
        return Sign("verified", "Verified" if known else "Verified sender, unknown customer", came_from, why)
    return Sign("unverified", "Not verified", "Nobody that we trust vouched for the sender: it may come from anybody.", why)


def _sign_reasons(decision: Mapping[str, Any]) -> list[str]:
    return [r.partition(": ")[2] for r in decision.get("reasons") or () if r.partition(":")[0] in _SUSPICIOUS]


def _entities(entities: Mapping[str, Any], facts: Facts | None) -> list[tuple[str, str, str]]:
    found = [
        ("Invoice", number, f"#inv-{number}" if facts and facts.invoice(number) else "") for number in entities.get("invoice_numbers") or ()
    ]
    found += [("PO", number, "") for number in entities.get("po_numbers") or ()]
    found += [("Amount", amount, "") for amount in entities.get("amounts") or ()]
    for key, name in (
        ("promise_date", "Promised for"),
        ("payment_method", "Method"),
        ("payment_reference", "Reference"),
        ("dispute_reason", "Dispute reason"),
    ):
        if entities.get(key):
            found.append((name, str(entities[key]).replace("_", " "), ""))
    return found


def _invoice_label(number: str, facts: Facts | None) -> str:
    invoice = facts.invoice(number) if facts else None
    return f"{number}: open {invoice.balance:.2f} {invoice.currency}, due {invoice.due_date.isoformat()}" if invoice else number


def sent_entry(sent: Sent, now: datetime) -> SentEntry:
    """A mail of ours with its text."""
    mail = message_from_bytes(sent.mime, policy=policy.default)
    state = sent.state.replace("_", " ")
    if sent.state == "ready":
        state = "waiting" if sent.due_at > now else "leaving"
    elif sent.state == "cancelled":
        state = "taken back"
    elif sent.state == "awaiting_approval":
        state = "to approve"
    text = freeze.text_of(sent.mime)
    return SentEntry(sent, sent.created_at, text, str(mail["Subject"] or ""), str(mail["Cc"] or ""), state)


def _joined(entries: list[Entry]) -> list[Entry]:
    joined: list[Entry] = []
    for entry in entries:
        last = joined[-1] if joined else None
        if isinstance(entry, EventLine) and isinstance(last, EventLine):
            joined[-1] = EventLine((*last.events, *entry.events), last.at)
        else:
            joined.append(entry)
    return joined
