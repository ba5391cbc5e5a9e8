"""What people do in the shared inbox that needs more than one store function: replying, settling what is in doubt.

In: a conversation and a colleague's words. Out: a frozen mail in the outbox, an audit row. The terminal and the web
call the same functions.
"""

from datetime import datetime

from inboxbot.config import Config
from inboxbot.conversation import ConversationStatus
from inboxbot.errors import UnreadableMessageError, UsageError
from inboxbot.ingest import parse
from inboxbot.message import Address, Message
from inboxbot.responders import compose, freeze
from inboxbot.store import bounces, conversations, messages, outbox
from inboxbot.store.engine import Session


def reply(session: Session, conversation_id: int, text: str, who: str, config: Config, key: bytes, now: datetime) -> int:
    """Send a colleague's words to the conversation's correspondent; the outbox id. The conversation waits for the customer."""
    conversation = conversations.get(session, conversation_id)
    if not conversation.correspondent:
        raise UsageError(f"conversation {conversation_id} has no correspondent to reply to")
    if why := bounces.stopped(session, conversation.correspondent.lower()):
        words = f"mail to {conversation.correspondent} is stopped: {why}; if it is alive again: inboxbot address release"
        raise UsageError(f"{words} {conversation.correspondent}")
    message = _latest(session, conversation_id)
    letter = compose.staff_reply(
        config.company,
        Address(conversation.correspondent),
        conversation.subject,
        text,
        in_reply_to=message.message_id if message else "",
        references=compose.thread_of(message) if message else (),
        customer_id=conversation.customer_id or "",
    )
    message_id = freeze.new_message_id(config.sender.rpartition("@")[2], key)
    mail = freeze.freeze(
        letter,
        sender=config.sender,
        company_name=config.company.name,
        mail_from=freeze.return_path(config.return_path, message_id, key),
        message_id=message_id,
        thread_root=message.thread_root if message else "",
        now=now,
        automatic=False,
        loop_header=freeze.loop_mark(key, message_id),
    )
    outbox_id = outbox.add(session, mail, now, conversation_id=conversation_id)
    conversations.audit(session, who=who, what="replied", now=now, conversation_id=conversation_id, detail={"outbox": outbox_id})
    conversations.set_status(session, conversation_id, ConversationStatus.PENDING, who, now)
    return outbox_id


def settle(session: Session, outbox_id: int, *, was_sent: bool, who: str, now: datetime) -> None:
    """A person says what became of a mail in doubt: it arrived, or it shall go out again."""
    outbox.settle(session, outbox_id, was_sent=was_sent, now=now)
    what = "settled: it was sent" if was_sent else "settled: send it again"
    row = outbox.get(session, outbox_id)
    conversations.audit(session, who=who, what=what, now=now, conversation_id=row.conversation_id, detail={"outbox": outbox_id})


def _latest(session: Session, conversation_id: int) -> Message | None:
    """The customer's latest message of a conversation, parsed anew."""
    rows = conversations.message_rows(session, conversation_id)
    if not rows:
        return None
    raw = messages.raw_message(session, rows[-1])
    try:
        return parse.parse(raw)
    except UnreadableMessageError as error:
        return parse.stub(raw, str(error))
