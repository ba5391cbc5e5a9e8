"""What makes two mails the same request.

In: the sender and what was understood. Out: a key, equal for equal requests, '' where nothing routine is asked. A
customer who sends the same question twice in a day gets one answer, whatever the mails' ids and the tags of his address.
"""

import hashlib

from inboxbot import markers
from inboxbot.message import Message
from inboxbot.understanding import Understanding


def request_key(message: Message, understanding: Understanding) -> str:
    """SHA-256 over the sender's mailbox, routine intents and entities; '' when nothing routine is asked."""
    routine = sorted(intent.value for intent in understanding.asserted if intent.routine)
    if not routine or message.from_ is None:
        return ""
    entities = understanding.entities
    parts = (
        markers.bare(message.from_.email),
        *routine,
        *sorted(entities.invoice_numbers),
        *sorted(entities.po_numbers),
        *sorted(str(amount) for amount in entities.amounts),
        str(entities.promise_date),
        str(entities.payment_reference),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
