"""May this sender be told anything, and how much? The second key beside the understood intent.

In: message, authenticity, facts, `[security]`, `[release]`, what was released already. Out: the reasons why not, none when
identity and belonging hold and the day's share is not used up. The mail decides what is asked; only the ledger decides to
whom it is released.
"""

import re
from collections.abc import Collection, Iterator

from inboxbot.config import ReleaseSection, SecuritySection
from inboxbot.decision import Reason, Released
from inboxbot.facts import Facts, SenderStanding
from inboxbot.message import Authenticity, AuthenticityStatus, Message
from inboxbot.policy.requirements import wanted_invoices
from inboxbot.understanding import Intent, Understanding

_STANDING = {
    SenderStanding.UNKNOWN: Reason("unknown_sender", "the sender is no contact of any customer"),
    SenderStanding.FREE_MAIL: Reason("free_mail", "a free-mail address that is no stored contact"),
    SenderStanding.AMBIGUOUS: Reason("ambiguous_sender", "the address belongs to more than one customer"),
    SenderStanding.COLLEAGUE: Reason("colleague", "the sender is under our own domain"),
}
# Words by which a mail asks that somebody else be served too. Without them an outsider in Cc only reads along: the answer
# goes to the sender alone.
_TO_OTHERS = re.compile(
    r"\b(?:b?cc|cc'?d|cced)\b|\bin copy\b|\b(?:is|are|was|be|been) (?:also )?copied\b|\breply[- ]?(?:to[- ])?all\b"
    r"|\bcop(?:y|ying) (?:him|her|them|in|my|our|the|on this)\b|\bcopied (?:on|in|to)\b"
    r"|\b(?:to|send) (?:him|her|everyone|all of us|both of us)\b"
    r"|\b(?:us|everyone|people|colleagues?) (?:on|in|copied on) this (?:mail|e-?mail|thread)\b|\bto (?:both|all) of us\b"
    r"|\b(?:to|include) (?:all|every)(?:one|body)?\b(?! (?:open|overdue|outstanding|invoices?|of the|my|our|your|the invoices?)\b)"
    r"|\b(?:all|other) (?:the )?(?:recipients|addressees|people|persons)\b|\bto (?:the|my|our) (?:others?|colleagues?|boss|manager)\b"
    r"|\bto (?:our|my) (?:accountant|auditor|factor|lawyer|agent|broker|advis[oe]r|consultant)s?\b"
    r"|\bin kopie\b|\ban alle (?:im|in)\b|\bper cc\b|\ben copie\b|\brépond(?:re|ez) à tous\b|\ben copia\b|\bresponda a todos\b|\bin copia\b"
    r"|\brisponda a tutti\b",
    re.IGNORECASE,
)
_AT, _DOT = r"\s?[(\[{<]\s?(?:at|@)\s?[)\]}>]\s?", r"(?:\s?[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s?|\sdot\s)"
_NAME, _LABEL = r"(?<![\w.+-])[\w.+-]{1,64}", r"[\w-]{1,63}"
_SPELLED_ADDRESS = re.compile(  # marvin (at) crook.example, marvin at crook dot example, marvin at crook.com
    rf"{_NAME}{_AT}{_LABEL}(?:(?:{_DOT}|\.){_LABEL}){{1,5}}\b|{_NAME}\sat\s{_LABEL}(?:{_DOT}{_LABEL}){{1,5}}\b"
    rf"|{_NAME}\sat\s{_LABEL}(?:\.{_LABEL}){{0,3}}\.(?:com|net|org|info|biz|eu|us|uk|de|fr|nl|it|es|io)\b",
    re.IGNORECASE,
)
_MOST_SEARCHED = 20_000  # characters
_ANYBODYS = frozenset(  # words that an address or a name shares with any text
    {
        *("office", "info", "mail", "accounts", "account", "payable", "payables", "finance", "admin", "team", "invoice", "invoices"),
        *("billing", "contact", "hello", "support", "the", "and", "dept", "department", "service", "services", "group", "company"),
        *("ltd", "gmbh", "inc", "accounting", "audit", "tax", "buchhaltung", "rechnung", "compta", "ekonomi", "faktura"),
    }
)


def withheld(
    message: Message, authenticity: Authenticity, facts: Facts, security: SecuritySection, own: Collection[str] = ()
) -> tuple[Reason, ...]:
    """Why nothing may be released to this sender; empty when it may. `own` are our own addresses."""
    reasons = []
    if message.from_ is None:
        reasons.append(Reason("no_sender", "there is not exactly one sender address that can be trusted"))
    if authenticity.status is AuthenticityStatus.FAILED:
        reasons.append(Reason("authentication_failed", authenticity.proof))
    elif not authenticity.verified:
        reasons.append(Reason("not_authenticated", authenticity.proof or "nobody we trust vouched for the sender"))
    if facts.standing in _STANDING:
        reasons.append(_STANDING[facts.standing])
    elif facts.customer is None:  # a ledger that contradicts itself: a contact of nobody
        reasons.append(_STANDING[SenderStanding.UNKNOWN])
    if facts.standing is SenderStanding.OWN_DOMAIN and security.release_to == "contacts":
        reasons.append(Reason("not_a_contact", "the sender is under the customer's domain, but no stored contact"))
    return (*reasons, *_others(message, facts, own))


def beyond_share(understanding: Understanding, facts: Facts, released: Released, release: ReleaseSection) -> tuple[Reason, ...]:
    """Why a request that may be answered is held for a person all the same; empty when it need not be."""
    if facts.customer is None:
        return ()
    wanted = {invoice.invoice_number for invoice in wanted_invoices(understanding.entities, facts)}
    documents = len(wanted) if Intent.INVOICE_COPY in understanding.asserted else 0
    if documents > release.documents_per_mail:
        words = f"{documents} documents at once, more than [release] documents_per_mail = {release.documents_per_mail}"
        return (Reason("bulk_request", words), *_first_time(facts, released, release))
    documents += Intent.STATEMENT_REQUEST in understanding.asserted
    return (*_shares(facts.customer.name, documents, wanted, released, release), *_first_time(facts, released, release))


def _shares(customer: str, documents: int, wanted: set[str], released: Released, release: ReleaseSection) -> Iterator[Reason]:
    """The day's share of one customer: it bounds what a stolen mailbox is worth."""
    if documents and released.documents + documents > release.documents_per_day:
        words = f"{released.documents} documents went to {customer} within a day, {documents} more are asked for"
        yield Reason("document_cap", f"{words}; [release] documents_per_day = {release.documents_per_day}")
    told = released.invoices | wanted
    if wanted and len(told) > release.invoices_per_day:
        words = f"with this mail {customer} would be told of {len(told)} invoices within a day"
        yield Reason("invoice_cap", f"{words}; [release] invoices_per_day = {release.invoices_per_day}")


def _first_time(facts: Facts, released: Released, release: ReleaseSection) -> Iterator[Reason]:
    """A sender whom nobody here ever wrote to, where the setting wants a person to look first."""
    unlisted = facts.standing is SenderStanding.OWN_DOMAIN
    if not released.sender_known and (release.first_time == "hold" or (release.first_time == "hold_unlisted" and unlisted)):
        yield Reason("first_time", f'nobody here ever wrote to this address ([release] first_time = "{release.first_time}")')


def _others(message: Message, facts: Facts, own: Collection[str]) -> Iterator[Reason]:
    """Outsiders whom the mail wants served or answered, and other customers who read along."""
    if facts.customer is None:
        return
    for email in facts.strange_reply_to[:1]:
        yield Reason("reply_to_elsewhere", f"it asks for answers to {email}, which is not the customer's")
    for email in facts.other_customers[:1]:
        yield Reason("other_customer", f"{email}, another customer's address, is in To or Cc")
    for name in facts.named_customers[:1]:
        yield Reason("other_customer", f"it names another customer, {name}")
    outsiders = [email for email in facts.outsiders if email not in own and email not in facts.other_customers]
    text = f"{message.subject}\n{message.new_text}"
    spelled = _SPELLED_ADDRESS.search(text[:_MOST_SEARCHED])
    if spelled:
        yield Reason("address_in_text", f"it spells out an address, {spelled[0][:80]!r}")
    if outsiders and (_TO_OTHERS.search(text) or any(_named(email, message, text) for email in outsiders)):
        yield Reason("outsider", f"{outsiders[0]}, in To or Cc, is not the customer's, and the mail wants it served")


def _named(email: str, message: Message, text: str) -> bool:
    """Whether the text names an addressee: by the address, or by a part of the name shown with it."""
    shown = next((address.name for address in (*message.to, *message.cc) if address.email == email), "")
    parts = [*re.split(r"[._+-]", email.partition("@")[0]), *re.findall(r"[^\W\d_]+", shown)]
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}
    named = {part.casefold() for part in parts if len(part) > 2} - _ANYBODYS  # noqa: PLR2004 - initials are in every text
    return not named.isdisjoint(words)
