"""Is everything in the new text explained, and which facts in it forbid an answer?

In: the sentences with what the model says of each, the concepts found, the entities, the message. Out: what stays
unexplained, and the vetoes. An answer needs all of it: confidence
in the mail as a whole does not notice the one clause that changes everything.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from inboxbot.classify.concepts import ConceptHit
from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.findings import EntityFindings, Span
from inboxbot.classify.promised import SURE
from inboxbot.classify.view import ReadSentence, must_be_explained
from inboxbot.message import Message
from inboxbot.understanding import Intent, Unexplained, Veto

MOST_UNFAMILIAR = 0.34  # share of words that training never saw; beyond it a mail may be in a language that nobody taught, or noise
_NUMBER = re.compile(r"\d[\d.,/'-]{0,60}\d\d|\d{3,}")  # three digits or more: counts and times are no business of ours
_YEAR = re.compile(r"(?:19|20)\d\d")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_AS_OF = re.compile(  # no "at the end of October": that tells when something was, too
    r"\b(?:as (?:at|of|on)|stand(?: vom| am| per)?|per(?: den)?|saldo al|a fecha(?: de)?|a corte de|arrêtée? au|au|al|pr\.?|op datum van"
    r"|stan na)[ :]{1,3}(?:the |den |il |el )?\Z",
    re.IGNORECASE,
)
_LONGEST_AS_OF = 24  # characters
_OF_TODAY = frozenset({Intent.BALANCE_QUERY, Intent.STATEMENT_REQUEST})
_LATELY = timedelta(days=1)  # "as at close of business yesterday" is what we tell today
_TINY_IMAGE = 60_000  # bytes: an inline image of this size is a logo in a signature


def unexplained(read: Sequence[ReadSentence], asserted: frozenset[Intent], least: float) -> tuple[Unexplained, ...]:
    """Sentences that are neither courtesy, context nor an asserted intent, or that nobody taught, for staff to see."""
    return tuple(
        Unexplained(one.sentence.text[:200], "words that nobody taught" if one.untaught else "no known meaning")
        for one in must_be_explained(read)
        if one.untaught or one.explained(asserted) < least or one.unexpected(asserted) > 1.0 - least
    )


def numbers_without_role(findings: EntityFindings) -> tuple[Unexplained, ...]:
    """Numbers of the new text that are no invoice, order, amount, date or reference: nobody knows what they ask for."""
    taken = Coverage(findings.text)
    taken.add_all([*findings.invoices, *findings.purchase_orders, *findings.amounts, *findings.dates, *findings.references])
    return tuple(
        Unexplained(match[0], "a number without a known role")
        for match in _NUMBER.finditer(findings.text, findings.body_start)
        if not taken.hits(Span(match.start(), match.end())) and not _YEAR.fullmatch(match[0])
    )


def rival_dates(findings: EntityFindings, read: Sequence[ReadSentence], promised: date | None, sent_on: date) -> tuple[Unexplained, ...]:
    """With a promise, every other coming day that may be promised too: which of them is meant is a person's to tell.

    A day in a clause that promises nothing (holidays, deadlines, what happens today) is no rival.
    """
    if promised is None:
        return ()
    promising = [
        one.sentence
        for one in read
        if one.labels[Intent.PROMISE_TO_PAY] >= SURE
        or any(one.sentence.holds(mention.span.start) for mention in findings.dates if mention.day == promised)
    ]
    rivals = {
        mention.day: mention.span
        for mention in findings.dates
        if mention.day > sent_on and mention.day != promised and any(clause.holds(mention.span.start) for clause in promising)
    }
    return tuple(
        Unexplained(findings.text[span.start : span.end], "another coming day beside the promised one") for span in rivals.values()
    )


def past_days(findings: EntityFindings, asserted: frozenset[Intent], sent_on: date) -> tuple[Unexplained, ...]:
    """A balance or a statement as of a day that is over: what is told of an account is always today's."""
    if not asserted & _OF_TODAY:
        return ()
    text = findings.text
    return tuple(
        Unexplained(text[mention.span.start : mention.span.end], "an account as of a day that is over")
        for mention in findings.dates
        if mention.day < sent_on - _LATELY
        and mention.span.start >= findings.body_start
        and _AS_OF.search(text, max(findings.body_start, mention.span.start - _LONGEST_AS_OF), mention.span.start)
    )


def unread(text: str, read: Sequence[ReadSentence]) -> tuple[Veto, ...]:
    """A veto where the text, subject included, goes on after the last sentence that was read."""
    rest = text[read[-1].sentence.end if read else 0 :]
    beyond = any(character.isalnum() for character in rest)
    return (Veto("too_long", "the mail goes on after what was read", rest.strip()[:80]),) if beyond else ()


def vetoes(
    message: Message, hits: Iterable[ConceptHit], risks: Mapping[str, str], unfamiliar: float, read_files: Collection[str] = ()
) -> tuple[Veto, ...]:
    """Facts that forbid an automatic answer, each once; `read_files` names the attachments whose every row is understood."""
    found = [Veto(hit.concept, risks[hit.concept], hit.words) for hit in hits if hit.concept in risks]
    found += _strange_addresses(message)
    found += [Veto("link", "the new text holds a link", match[0]) for match in _LINK.finditer(message.new_text)]
    found += [
        Veto("attachment", "something is attached that nobody has read", attachment.name)
        for attachment in message.attachments
        if attachment.name not in read_files
        and not attachment.harmless
        and not (attachment.inline and attachment.content_type.startswith("image/") and attachment.size <= _TINY_IMAGE)
    ]
    if message.hidden_text:
        found.append(Veto("hidden_text", "a reader sees other text than the machine does"))
    if unfamiliar > MOST_UNFAMILIAR:
        found.append(Veto("unfamiliar_words", f"{unfamiliar:.0%} of the words are unknown here"))
    if message.only_points:
        found.append(Veto("points_elsewhere", "the new text only points at what is quoted or attached", message.new_text.strip()[:80]))
    if not message.new_text.strip() and not message.subject.strip():
        found.append(Veto("empty", "there is no new text"))
    first: dict[str, Veto] = {}
    for veto in found:
        first.setdefault(veto.code, veto)
    return tuple(first.values())


def _strange_addresses(message: Message) -> list[Veto]:
    """An address in the text that is neither the sender's nor ours may be where somebody wants something sent."""
    known = {message.from_.email if message.from_ else "", *(address.email for address in message.to)}
    return [
        Veto("address_in_text", "the new text names another mail address", match[0])
        for match in _ADDRESS.finditer(message.new_text)
        if match[0].lower().rstrip(".") not in known
    ]
