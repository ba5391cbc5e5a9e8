"""The one way in: subject and newest text to everything they name.

In: subject, newest text, the sender's facts, the mail's date, the text's language. Out: `EntityFindings`, and from them
the `Entities` that travel on. A number has one role: what an earlier extractor took, a later one does not see.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inboxbot.classify.entities.amounts import find_amounts
from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.dates import find_dates, setting
from inboxbot.classify.entities.disputes import find_dispute
from inboxbot.classify.entities.findings import AmountMention, EntityFindings, InvoiceMention, Mention, PoMention
from inboxbot.classify.entities.invoices import find_invoices
from inboxbot.classify.entities.ledger_view import LedgerView, LedgerViews
from inboxbot.classify.entities.lexicon import fold
from inboxbot.classify.entities.payments import find_method, find_references, method_span
from inboxbot.classify.entities.promises import find_promise
from inboxbot.classify.entities.purchase_orders import find_purchase_orders
from inboxbot.classify.entities.remittance import read_remittance
from inboxbot.classify.entities.spoken import find_spoken
from inboxbot.classify.entities.tokens import tokenise
from inboxbot.classify.entities.words import entity_words
from inboxbot.facts import Facts
from inboxbot.understanding import Entities, Remittance

_FEWEST_ROWS = 2  # of a table in a mail


def extract(
    subject: str, new_text: str, facts: Facts, sent_at: datetime, lang_hint: str = "", views: LedgerViews | None = None
) -> EntityFindings:
    """Everything that the subject and the newest text name. `views`: keeps what is worked out from a ledger for the next mail."""
    text = fold(f"{subject}\n{new_text}")
    tokens = tokenise(text)
    hits = entity_words().find(tokens)
    view = views.of(facts) if views else LedgerView(facts)
    day = setting(sent_at, facts, lang_hint)
    taken = Coverage(text)
    orders = find_purchase_orders(tokens, hits, view)
    taken.add_all(orders)
    dates = [mention for mention in find_dates(text, day, tokens) if not taken.hits(mention.span)]
    taken.add_all(dates)
    references = find_references(tokens, hits, view, taken)
    taken.add_all(references)
    spoken = find_spoken(tokens)
    invoices = find_invoices(tokens, hits, view, taken.copy(), spoken)
    taken.add_all(invoices)
    numbers = [*(one.number for one in invoices), *(one.number for one in orders)]
    amounts = find_amounts(tokens, hits, view, taken, spoken, numbers)
    promise = find_promise(text, dates, day.today, tokens)
    method, disputed = find_method(hits, references), find_dispute(tokens)
    return EntityFindings(
        text=text,
        body_start=len(subject) + 1,
        invoices=tuple(invoices),
        purchase_orders=tuple(orders),
        amounts=tuple(amounts),
        dates=tuple(dates),
        references=tuple(references),
        promise_date=promise.day if promise else None,
        promise_span=promise.span if promise else None,
        payment_method=method,
        method_span=method_span(method, hits, references),
        dispute_reason=disputed[0] if disputed else None,
        dispute_span=disputed[1] if disputed else None,
        remittances=_tables(new_text, len(subject) + 1, invoices, orders, amounts, view),
    )


def read_file(name: str, text: str, facts: Facts, views: LedgerViews | None = None) -> Remittance | None:
    """The remittance's table in an attached file (its text, as `ingest` reads it); None where it holds none."""
    found = read_remittance(text, views.of(facts) if views else LedgerView(facts)) if text else None
    return replace(found, file=name) if found else None


def _tables(
    text: str,
    offset: int,
    invoices: Sequence[InvoiceMention],
    orders: Sequence[PoMention],
    amounts: Sequence[AmountMention],
    view: LedgerView,
) -> tuple[Remittance, ...]:
    """The table in the mail itself: two rows at least, or one below a head; a sentence with a number and an amount is none."""
    if len(_lines(text, offset, amounts) & _lines(text, offset, [*invoices, *orders])) < _FEWEST_ROWS:
        return ()
    found = read_remittance(text, view)
    return (replace(found, others=()),) if found and len(found.rows) >= _FEWEST_ROWS else ()  # its other lines are sentences


def _lines(text: str, offset: int, mentions: Sequence[Mention]) -> set[int]:
    """Where the lines of the newest text begin in which these stand; `offset`: of the text in what the mentions count in."""
    places = (mention.span.start - offset for mention in mentions)
    return {text.rfind("\n", 0, place) for place in places if place >= 0}


def to_entities(findings: EntityFindings) -> Entities:
    """The findings without their spans, each once, in order of appearance."""
    return Entities(
        invoice_numbers=tuple(dict.fromkeys(mention.number for mention in findings.invoices)),
        po_numbers=tuple(dict.fromkeys(mention.number for mention in findings.purchase_orders)),
        amounts=tuple(dict.fromkeys(mention.amount for mention in findings.amounts)),
        promise_date=findings.promise_date,
        payment_method=findings.payment_method,
        payment_reference=findings.payment_reference,
        dispute_reason=findings.dispute_reason,
        remittances=findings.remittances,
    )
