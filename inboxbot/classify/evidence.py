"""Which words show what: every asserted intent, entity, veto and unexplained clause points at its place in the mail.

In: the mail taken apart, what was asserted of it, what stands against it. Out: `Evidence`, in the order of the mail, with
offsets into the subject or the newest text.
"""

from collections.abc import Iterator, Sequence

from inboxbot.classify.concepts import ConceptHit
from inboxbot.classify.entities.findings import EntityFindings, Span
from inboxbot.classify.signals import Signals
from inboxbot.classify.view import ReadSentence
from inboxbot.understanding import Entities, Evidence, Intent, Understanding, Veto

SPEAKS = 0.5  # a clause this likely to carry an intent is shown as its evidence, besides the likeliest one
_Found = tuple[str, str, Span, str]  # kind, name, place in the signals' text, value


def gather(signals: Signals, read: Sequence[ReadSentence], meant: Understanding) -> tuple[Evidence, ...]:
    """Everything that can be pointed at; what rests on no words (an attachment, a machine's header) is left out."""
    found: list[_Found] = [
        *(("intent", intent.value, span, "") for intent in meant.asserted for span in speaking_for(intent, read)),
        *(("entity", *one) for one in _entities(signals.findings, meant.entities)),
        *(("veto", veto.code, span, "") for veto in meant.vetoes for span in _veto(veto, signals)),
        *(("unexplained", item.why, span, "") for item in meant.unexplained for span in _written(item.text, signals)),
    ]
    placed = [evidence for one in dict.fromkeys(found) if (evidence := _placed(one, signals))]
    return tuple(sorted(placed, key=lambda one: (one.place != "subject", one.start, -one.end, one.kind, one.name, one.value)))


def speaking_for(intent: Intent, read: Sequence[ReadSentence]) -> list[Span]:
    """The clauses that carry an intent: the likeliest, and every other that surely does."""
    if not read:
        return []
    best = max(read, key=lambda one: one.labels[intent])
    return [Span(one.sentence.start, one.sentence.end) for one in read if one is best or one.labels[intent] >= SPEAKS]


def _entities(findings: EntityFindings, entities: Entities) -> Iterator[tuple[str, Span, str]]:
    """(name, place, value) of what was kept of the findings."""
    yield from (("invoice_numbers", m.span, m.number) for m in findings.invoices if m.number in entities.invoice_numbers)
    yield from (("po_numbers", m.span, m.number) for m in findings.purchase_orders if m.number in entities.po_numbers)
    yield from (("amounts", m.span, str(m.amount)) for m in findings.amounts if m.amount in entities.amounts)
    yield from (("promise_date", m.span, m.day.isoformat()) for m in findings.dates if m.day == entities.promise_date)
    yield from (("payment_reference", m.span, m.reference) for m in findings.references if m.reference == entities.payment_reference)
    if entities.payment_method and findings.method_span:
        yield "payment_method", findings.method_span, entities.payment_method.value
    if entities.dispute_reason and findings.dispute_span:
        yield "dispute_reason", findings.dispute_span, entities.dispute_reason.value


def _veto(veto: Veto, signals: Signals) -> Iterator[Span]:
    """The concept's own hits, else the words that the veto names."""
    hits = [_hit(one) for one in signals.concepts if one.concept == veto.code]
    yield from hits or _written(veto.evidence, signals)


def _hit(hit: ConceptHit) -> Span:
    return Span(hit.start, hit.end)


def _written(words: str, signals: Signals) -> Iterator[Span]:
    """Where these words stand: in the newest text, else in the subject."""
    if words.strip():
        place = signals.text.find(words, signals.body_start)
        place = place if place >= 0 else signals.text.find(words)
        if place >= 0:
            yield Span(place, place + len(words))


def _placed(found: _Found, signals: Signals) -> Evidence | None:
    """With offsets into subject or newest text; None for a span that straddles both or holds nothing."""
    kind, name, span, value = found
    in_text = span.start >= signals.body_start
    start, end = (span.start - signals.body_start, span.end - signals.body_start) if in_text else (span.start, span.end)
    if end <= start or (not in_text and span.end >= signals.body_start):
        return None
    return Evidence(kind, name, "text" if in_text else "subject", start, end, signals.text[span.start : span.end], value)
