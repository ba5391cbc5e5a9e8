"""A draft for a colleague: what could be said, with a marked gap for everything a person must add.

In: an `AnswerContext`, whatever its decision. Out: plain text; never sent by itself.
"""

from inboxbot.facts import Facts, Invoice
from inboxbot.responders.answers import ANSWERS
from inboxbot.responders.context import AnswerContext, Section
from inboxbot.responders.named import unknown_items
from inboxbot.responders.parts import parts_of
from inboxbot.responders.salutation import salutation
from inboxbot.responders.templates import render
from inboxbot.responders.wording import GAP, one_line
from inboxbot.understanding import Intent

_SUBJECTS = {
    Intent.DISPUTE: "what they contest",
    Intent.DEDUCTION: "the deduction",
    Intent.CREDIT_HOLD: "the hold or the credit limit",
    Intent.PAYMENT_PLAN: "the terms they ask for",
    Intent.ACCOUNT_UPDATE: "the change to their details",
    Intent.VENDOR_DOCUMENT: "the document they need from us",
    Intent.BANK_DETAILS: "bank details: check by telephone, on a number we already have",
    Intent.OTHER: "their question",
}


def draft(context: AnswerContext) -> str:
    """Every routine intent asserted whose facts are there in words; `[…]` marks what is missing."""
    asserted = [score.intent for score in context.understanding.intents]
    routine = [intent for intent in ANSWERS if intent in asserted]
    known = routine if context.facts.customer else []
    sections = tuple(ANSWERS[intent](context) for intent in known)
    gaps = [_gap(f"your answer on {_SUBJECTS[i]}") for i in asserted if i in _SUBJECTS]
    gaps += [_gap(f"{i.value.replace('_', ' ')}: no customer known, nothing to tell") for i in routine if i not in known]
    gaps += [_gap(f"not this customer's: {item}") for item in unknown_items(context.understanding.entities, context.facts)]
    gaps += [_gap(f"not understood: “{one_line(part.text)}”") for part in context.understanding.unexplained]
    return render(
        "replies/draft.txt.j2",
        salutation=salutation(context.facts),
        parts=parts_of(sections),
        notes=[_notes(section, context.facts) for section in sections],
        gaps=gaps or ([] if sections else [GAP]),
        company=one_line(context.company.name),
        portal_link=context.portal_link or "",
    )


def _gap(words: str) -> str:
    return f"{GAP[:-1]} {words}]"


def _notes(section: Section, facts: Facts) -> tuple[str, ...]:
    """What a colleague must do before the section is true; a draft is made without fetching any document."""
    statement = ["attach the statement"] * section.attach_statement
    copies = [_copy(invoice, facts) for invoice in section.copies_of]
    trouble = [] if copies or section.problem is None else [one_line(str(section.problem), 200)]
    return tuple(_gap(words) for words in (*copies, *statement, *trouble))


def _copy(invoice: Invoice, facts: Facts) -> str:
    name = one_line(invoice.document or invoice.invoice_number)
    return f"{name} is missing" if invoice.invoice_number in facts.missing_documents else f"attach {name}"
