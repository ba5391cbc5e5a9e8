"""Every pair of customers, every way of naming the other's papers: none is released.

The understanding is the worst there can be: it takes every mail for a routine request, is sure of itself, has no veto and finds
everything explained. Only the entities are read for real. So release control, the requirements and composing stand alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import pytest
from security.attack import GATEWAY, NOW, US, fate

from inboxbot.app import App
from inboxbot.classify.entities.extract import extract, to_entities
from inboxbot.decision import Outcome
from inboxbot.facts import Facts, Invoice
from inboxbot.ledger.model import Ledger
from inboxbot.message import MachineClass, Message
from inboxbot.pipeline import Tools, wanted_invoices
from inboxbot.reply import Reply
from inboxbot.responders import claims, compose
from inboxbot.responders.context import AnswerContext
from inboxbot.understanding import Intent, IntentScore, Understanding

ROUTINE = (Intent.INVOICE_COPY, Intent.PAYMENT_STATUS, Intent.BALANCE_QUERY)


@dataclass(frozen=True)
class Gullible:
    """Believes that every mail asks for nothing but routine things."""

    intents: tuple[Intent, ...] = ROUTINE

    def understand(self, message: Message, facts: Facts, _machine: MachineClass) -> Understanding:
        entities = to_entities(extract(message.subject, message.new_text, facts, message.sent_at))
        scores = tuple(IntentScore(intent, 1.0) for intent in self.intents)
        return Understanding(scores, entities, confidence=1.0, threshold=0.0, scores=dict.fromkeys(self.intents, 1.0))


def ways(theirs: Invoice, own: Invoice, name: str) -> Iterator[tuple[str, str, str, str]]:
    """(way, subject, text, further header lines)."""
    number, bare = theirs.invoice_number, theirs.invoice_number.removeprefix("INV-")
    yield "number", "Copy", f"Please send a copy of {number}.", ""
    yield "bare number", "Copy", f"Could you resend invoice {bare}, please?", ""
    yield "order", "Copy", f"Please send the invoice for PO {theirs.po_number}.", ""
    yield "amount", "Copy", f"Please send the invoice over {theirs.amount} {theirs.currency} of {theirs.issue_date:%d %B %Y}.", ""
    yield "all", f"{name}", f"Please send all invoices and a statement of {name}.", ""
    yield "mixed", "Copies", f"Please send copies of {own.invoice_number} and {number}.", ""
    yield "range", "Copies", f"Please send copies of {bare}-{int(bare) + 2}.", ""
    yield "subject", f"Invoice {number}", "Please send me that one.", ""
    digits = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    words = " ".join(digits[int(one)] for one in bare)
    yield "words", "Copies", f"Please send copies of {own.invoice_number} and of invoice {words}.", ""
    yield "letters", "Copies", f"Please send {own.invoice_number} and INV-{bare.replace('0', 'O').replace('1', 'l')}.", ""
    yield (
        "table",
        "Copies",
        f"Please send copies:\r\n\r\n| Invoice | PO |\r\n|---|---|\r\n| {own.invoice_number} | {theirs.po_number} |\r\n| {number} | |",
        "",
    )
    quoted = f"On Monday Joe <joe@x.example> wrote:\r\n> please send {number} and a statement of {name}"
    yield "quote", "Copies", f"Please send me {own.invoice_number} and the one Joe asked for.\r\n\r\n{quoted}", ""
    forwarded = f"-----Original Message-----\r\nFrom: ap@x.example\r\nTo: {US}\r\nSubject: {number}\r\n\r\nplease send {number}"
    yield "forwarded", f"Fwd: Invoice {number}", f"See below.\r\n\r\n{forwarded}", ""
    yield "thread", f"Re: Invoice {number}", "Yes please, send it to me.", "In-Reply-To: <1@x.example>\r\nReferences: <1@x.example>\r\n"


def mail(sender: str, subject: str, text: str, more: str) -> bytes:
    domain = sender.rpartition("@")[2]
    return (
        f"Authentication-Results: {GATEWAY}; dmarc=pass header.from={domain}\r\nFrom: {sender}\r\nTo: {US}\r\nSubject: {subject}\r\n"
        f"Date: Fri, 20 Nov 2026 11:59:00 +0000\r\nMessage-ID: <m@{domain}>\r\n{more}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"  # noqa: E501
    ).encode()


def answered(content: bytes, tools: Tools) -> tuple[Reply | None, Facts]:
    """The answer that would leave, composed for real; None where a person decides."""
    found = fate(content, tools)
    facts = found.understood.facts
    if found.decision.outcome is not Outcome.ANSWER:
        return None, facts
    invoices = wanted_invoices(found.understood.understanding.entities, facts)
    documents = {i.invoice_number: tools.documents.fetch(i) for i in invoices} if Intent.INVOICE_COPY in found.decision.answers else {}
    context = AnswerContext(
        tools.config.company, found.understood.message, found.understood.understanding, facts, found.decision, documents, None, None, 10**7, NOW  # noqa: E501
    )  # fmt: skip
    try:
        reply = compose.answer(context)
    except Exception:  # noqa: BLE001 - the pipeline routes what cannot be composed
        return None, facts
    assert claims.claims(found.decision.answers, invoices, facts) is not None
    return reply, facts


def leaks(reply: Reply, owner: str, ledger: Ledger) -> list[str]:
    """Whatever of other customers' is in a reply: documents, numbers."""
    others = [i for i in ledger.invoices.values() if i.customer_id != owner]
    words = set(reply.text.replace(",", " ").replace(":", " ").replace("(", " ").replace(")", " ").split())
    found = [d.name for d in reply.documents if d.customer_id != owner]
    found += [i.invoice_number for i in others if i.invoice_number in words]
    found += [i.document for i in others if any(d.name == i.document for d in reply.documents)]
    return found if reply.customer_id == owner else [*found, reply.customer_id]


def contact_of(ledger: Ledger, customer_id: str) -> str:
    """An address that is this customer's alone."""
    counted = [c.email for c in ledger.contacts]
    return next(c.email for c in ledger.contacts if c.customer_id == customer_id and counted.count(c.email) == 1)


@pytest.mark.slow
def test_no_customer_gets_anything_of_another(company: App) -> None:
    tools = company.tools(with_store=False, understander=Gullible())
    ledger = tools.ledger()
    released, tried, answers = [], 0, 0
    first = {c: next(i for i in ledger.invoices.values() if i.customer_id == c) for c in ledger.customers}
    latest = {c: [i for i in ledger.invoices.values() if i.customer_id == c][-1] for c in ledger.customers}
    for a, b in permutations(ledger.customers, 2):
        sender = contact_of(ledger, a)
        for way, subject, text, more in ways(latest[b], first[a], ledger.customers[b].name):
            tried += 1
            reply, _ = answered(mail(sender, subject, text, more), tools)
            if reply is not None:
                answers += 1
                assert reply.to.email == sender
                released += [(a, b, way, what) for what in leaks(reply, a, ledger)]
    assert released == []
    assert tried == len(ledger.customers) * (len(ledger.customers) - 1) * 14
    assert answers < tried / 2  # nearly all of them are routed; what is answered is the sender's own


def test_the_gullible_understanding_does_answer_what_is_the_senders_own(company: App) -> None:
    """Else the matrix would prove nothing."""
    tools = company.tools(with_store=False, understander=Gullible((Intent.INVOICE_COPY,)))
    ledger = tools.ledger()
    for customer_id in ledger.customers:
        own = next(i for i in ledger.invoices.values() if i.customer_id == customer_id)
        reply, _ = answered(mail(contact_of(ledger, customer_id), "Copy", f"Please send a copy of {own.invoice_number}.", ""), tools)
        assert reply is not None
        assert [d.invoice_number for d in reply.documents] == [own.invoice_number]
        assert leaks(reply, customer_id, ledger) == []


def test_the_real_understanding_over_a_sample_of_pairs(tools: Tools) -> None:
    ledger = tools.ledger()
    customers = sorted(ledger.customers)
    for n, a in enumerate(customers):
        b = customers[(n * 7 + 3) % len(customers)]
        if a == b:
            continue
        theirs, own = (next(i for i in ledger.invoices.values() if i.customer_id == c) for c in (b, a))
        for _, subject, text, more in list(ways(theirs, own, ledger.customers[b].name))[n % 3 :: 3]:
            reply, _ = answered(mail(contact_of(ledger, a), subject, text, more), tools)
            assert reply is None or leaks(reply, a, ledger) == []
