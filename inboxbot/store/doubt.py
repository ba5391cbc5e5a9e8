"""Mails in doubt that turn out to be sent.

In: proof from outside (a copy in the Sent folder, a bounce or a reply that names the mail, the server's late word). Out:
the outbox item is sent, and the people who were asked to look need not any more.
"""

from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlmodel import Session

from inboxbot.reply import OutboxState
from inboxbot.store import conversations, outbox

_log = structlog.get_logger(__name__)


def prove(session: Session, message_ids: Iterable[str], proof: str, now: datetime) -> list[int]:
    """Mails in doubt that somebody outside knows by their Message-ID were sent; their outbox ids.

    The ids cannot be guessed, so whoever names one has had the mail.
    """
    proven = outbox.prove(session, message_ids, proof, now)
    for outbox_id in proven:
        _log.info("doubt_settled", outbox=outbox_id, proof=proof)
        reassure(session, outbox_id, proof, now)
    return proven


def reassure(session: Session, outbox_id: int, words: str, now: datetime) -> None:
    """A mail in doubt was sent after all: its conversation says so, and is closed where it held nothing else."""
    row = outbox.get(session, outbox_id)
    if row.conversation_id is None:
        return
    known = conversations.get(session, row.conversation_id)
    left = [reason for reason in known.reasons if not reason.startswith(OutboxState.IN_DOUBT.value)]
    conversations.resolve(session, row.conversation_id, reasons=left, words=f"mail {row.message_id} was sent: {words}", now=now)
