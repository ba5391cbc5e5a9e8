"""From a decision to a letter: an answer, an acknowledgement, or a colleague's own words in our form.

In: an `AnswerContext`, or a colleague's text. Out: a `Reply`. Whatever an answer would need and does not have raises
ReplyError or DocumentMissingError: a half answer never leaves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inboxbot.config import CompanySection
from inboxbot.errors import ReplyError
from inboxbot.message import Address, Message
from inboxbot.reply import Document, Reply
from inboxbot.responders import statement
from inboxbot.responders.answers import ANSWERS
from inboxbot.responders.context import AnswerContext, Section
from inboxbot.responders.draft import draft
from inboxbot.responders.headers import reply_subject
from inboxbot.responders.invoice_copy import encoded_size
from inboxbot.responders.named import unknown_items
from inboxbot.responders.parts import Part, parts_of
from inboxbot.responders.salutation import salutation
from inboxbot.responders.templates import paragraphs, render
from inboxbot.responders.wording import GAP, many_lines, one_line
from inboxbot.understanding import Intent

__all__ = ["acknowledgement", "answer", "draft", "staff_reply"]


def answer(context: AnswerContext) -> Reply:
    """The whole answer to `decision.answers` as one letter; raises ReplyError or DocumentMissingError."""
    unknown = unknown_items(context.understanding.entities, context.facts)
    if unknown:
        raise ReplyError(f"not among the items of {context.customer.customer_id}: {', '.join(unknown)}")
    context, attached = _with_statement(context)
    sections = sections_for(context, context.decision.answers)
    problem = next((section.problem for section in sections if section.problem), None)
    if problem:
        raise problem
    documents = (*(document for section in sections for document in section.documents), *attached)
    _check_owner(context, documents)
    return _letter(context, "answer", parts_of(sections), documents)


def acknowledgement(context: AnswerContext) -> Reply:
    """A short word that the message arrived and a person will look at it; tells nothing of the account."""
    return _letter(context, "acknowledgement", (Part("", paragraphs("replies/acknowledgement.txt.j2"), ()),), ())


def staff_reply(
    company: CompanySection,
    to: Address,
    subject: str,
    text: str,
    *,
    in_reply_to: str = "",
    references: Sequence[str] = (),
    documents: Iterable[Document] = (),
    customer_id: str = "",
) -> Reply:
    """A colleague's own words; nothing is added but the thread. A gap left from a draft raises ReplyError."""
    if GAP[:2] in text:
        raise ReplyError(f"the text still holds a gap ({GAP})")
    body = many_lines(text).strip() + "\n"
    html = render("replies/plain.html.j2", company=one_line(company.name), paragraphs=body.strip().split("\n\n"))
    files = tuple(documents)
    return Reply(to, reply_subject(subject), body, html, "staff", customer_id, files, in_reply_to, tuple(references))


def sections_for(context: AnswerContext, intents: Iterable[Intent]) -> tuple[Section, ...]:
    """The sections of a letter in their order; raises ReplyError for none, or for an intent that has no answer."""
    wanted = frozenset(intents)
    if not wanted or wanted - ANSWERS.keys():
        raise ReplyError(f"there is no answer for {', '.join(sorted(wanted - ANSWERS.keys())) or 'nothing'}")
    return tuple(make(context) for intent, make in ANSWERS.items() if intent in wanted)


def thread_of(message: Message) -> tuple[str, ...]:
    """The References of a reply to `message`: its own (or its In-Reply-To), then its Message-ID (RFC 5322, 3.6.4)."""
    before = message.references or ((message.in_reply_to,) if message.in_reply_to else ())
    return tuple(dict.fromkeys(i for i in (*before, message.message_id) if i))


def _letter(context: AnswerContext, kind: str, parts: tuple[Part, ...], documents: tuple[Document, ...]) -> Reply:
    message, customer = context.message, context.facts.customer
    values = {
        "salutation": salutation(context.facts),
        "parts": parts,
        "company": one_line(context.company.name),
        "portal_link": (context.portal_link or "") if kind == "answer" else "",
        "kind": kind,
    }
    return Reply(
        to=_recipient(context),
        subject=reply_subject(message.subject),
        kind=kind,
        documents=documents,
        text=render("replies/letter.txt.j2", **values),
        html=render("replies/letter.html.j2", **values),
        customer_id=customer.customer_id if customer else "",
        in_reply_to=message.message_id,
        references=thread_of(message),
    )


def _recipient(context: AnswerContext) -> Address:
    """The decision's recipient, named as our records name them: the name in a mail is whatever its writer likes."""
    to, contact = context.decision.recipient, context.facts.contact
    if to is None:
        raise ReplyError("the decision names no recipient")
    return Address(to.email, contact.name if contact and contact.email == to.email else "")


def _with_statement(context: AnswerContext) -> tuple[AnswerContext, tuple[Document, ...]]:
    """The statement where one is asked for; the other files then have that much less room."""
    if Intent.STATEMENT_REQUEST not in context.decision.answers:
        return context, ()
    made = statement.make(context.company, context.facts)
    return replace(context, max_reply_bytes=context.max_reply_bytes - encoded_size([made])), (made,)


def _check_owner(context: AnswerContext, documents: Iterable[Document]) -> None:
    owner = context.customer.customer_id
    foreign = next((document for document in documents if document.customer_id != owner), None)
    if foreign:
        raise ReplyError(f"the document {foreign.name} belongs to another customer")
