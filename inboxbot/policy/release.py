"""May this sender be told anything? The second key beside the understood intent.

In: message, authenticity, facts, `[security]`. Out: the reasons why not, none when both identity and belonging hold.
The mail decides what is asked; only the ledger decides to whom it is released.
"""

from inboxbot.config import SecuritySection
from inboxbot.decision import Reason
from inboxbot.facts import Facts, SenderStanding
from inboxbot.message import Authenticity, AuthenticityStatus, Message

_STANDING = {
    SenderStanding.UNKNOWN: Reason("unknown_sender", "the sender is no contact of any customer"),
    SenderStanding.FREE_MAIL: Reason("free_mail", "a free-mail address that is no stored contact"),
    SenderStanding.AMBIGUOUS: Reason("ambiguous_sender", "the address belongs to more than one customer"),
    SenderStanding.COLLEAGUE: Reason("colleague", "the sender is under our own domain"),
}


def withheld(message: Message, authenticity: Authenticity, facts: Facts, security: SecuritySection) -> tuple[Reason, ...]:
    """Why nothing may be released to this sender; empty when it may."""
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
    return tuple(reasons)
