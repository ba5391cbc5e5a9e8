"""How a letter begins: by name where our own records know a person behind the address, else neutrally.

In: the facts. Out: one line. The name comes from the ledger, never from the mail.
"""

import re

from inboxbot.facts import Contact, Facts, SenderStanding
from inboxbot.responders.wording import one_line

_NAME = re.compile(r"[^\W\d_]+(?:['\u2019.\-][^\W\d_]*)*(?: [^\W\d_]+(?:['\u2019.\-][^\W\d_]*)*){1,3}")
_LONGEST = 60
_ROLE = re.compile(
    r"\b(?:accounts?|accounting|admin|administration|ap|ar|billing|bookkeeping|buchhaltung|business|comptabilité|contabilidad|contabilità|"
    r"controlling|creditors|customers?|departments?|dept|desk|einkauf|faktura\w*|finances?|financial|finanzen|help|invoic\w+|kreditoren\w*|"
    r"ledger|mail|mailbox|office|payables?|payments?|procurement|purchas\w+|rechnung\w*|receipts|regnskap|services?|shared|sales|support|"
    r"team|treasury|vendors?)\b"
)


def salutation(facts: Facts) -> str:
    """`Dear Megan Fuller,` for a person's contact, else `Hello,`."""
    name = one_line(facts.contact.name, _LONGEST + 1) if facts.contact else ""
    known = facts.standing is SenderStanding.CONTACT and facts.contact is not None and _is_person(facts.contact, name, facts)
    return f"Dear {name}," if known else "Hello,"


def _is_person(contact: Contact, name: str, facts: Facts) -> bool:
    """A name of two to four words of letters, none of them a role's, that does not begin like the company's own."""
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        return False
    mailbox = re.split(r"[._+\-]", contact.email.partition("@")[0].casefold())
    company = facts.customer.name.casefold().split()[:1] if facts.customer else []
    return not _ROLE.search(" ".join((name.casefold(), *mailbox))) and name.casefold().split()[:1] != company
