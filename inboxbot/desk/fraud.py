"""The fraud lane: mail that may be after money is answered only after two people have said that it is genuine.

In: a conversation in the lane and who judges. Out: a first word, or (by another person) the way out of the lane. Calling it fraud
needs one person alone: that is the safe side.
"""

from inboxbot.config import Config
from inboxbot.conversation import FRAUD, Conversation, ConversationStatus
from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.errors import ConflictError, UsageError
from inboxbot.staff import Permission, Viewer
from inboxbot.store import conversations, inbox
from inboxbot.store.engine import Session

GENUINE = "fraud lane: looks genuine"
_ANEW = frozenset({"opened", "reopened", "continued", "lane", "merged"})  # what makes an earlier word worthless


def first_word(session: Session, viewer: Viewer, conversation_id: int) -> str:
    """Who has said that it is genuine since the last mail; "" for nobody."""
    for event in inbox.events(session, viewer.scope, conversation_id=conversation_id, limit=200):
        if event.what == GENUINE:
            return event.who
        if event.what in _ANEW:
            return ""
    return ""


def said_by(desk: Desk, viewer: Viewer, conversation_id: int) -> str:
    """The same, for a page."""
    require(viewer, Permission.READ_INTERNAL)
    with desk.store.reading() as session:
        inbox.check(session, conversation_id, viewer.scope)
        return first_word(session, viewer, conversation_id)


def genuine(desk: Desk, viewer: Viewer, conversation_id: int, how: str) -> bool:
    """Say that the mail is genuine, and how that was checked (a call to a number we already had). True once it is out of the lane.

    That takes two people; with `[security] four_eyes = "off"` one.
    """
    require(viewer, Permission.WORK)
    if not how.strip():
        raise UsageError("say how it was checked, for instance by a call to a number that we already had")
    now = desk.now()
    with desk.store.transaction() as session:
        conversation = inbox.get(session, conversation_id, viewer.scope)
        if conversation.lane != FRAUD:
            raise ConflictError("the conversation is not in the fraud lane (any more)")
        alone = desk.config.security.four_eyes == "off"
        first = first_word(session, viewer, conversation_id)
        if first == viewer.who and not alone:
            raise UsageError("another person must say so too")
        conversations.audit(
            session, who=viewer.who, what=GENUINE, now=now, conversation_id=conversation_id, detail={"how": how.strip()[:500]}
        )
        if first or alone:
            conversations.set_lane(session, conversation_id, "", viewer.who, now, desk.config.inbox.answer_within)
    return bool(first) or alone


def fraud(desk: Desk, viewer: Viewer, conversation_id: int) -> None:
    """It is fraud: the conversation is closed, unanswered, and stays in the lane."""
    require(viewer, Permission.WORK)
    now = desk.now()
    with desk.store.transaction() as session:
        conversation = inbox.get(session, conversation_id, viewer.scope)
        if conversation.lane != FRAUD:
            conversations.set_lane(session, conversation_id, FRAUD, viewer.who, now, desk.config.inbox.answer_within)
        conversations.audit(session, who=viewer.who, what="fraud lane: it is fraud", now=now, conversation_id=conversation_id)
        if conversation.status is not ConversationStatus.CLOSED:
            conversations.set_status(session, conversation_id, ConversationStatus.CLOSED, viewer.who, now)


def suspect(desk: Desk, viewer: Viewer, conversation_id: int) -> None:
    """Put a conversation into the lane: one person's doubt is enough."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        if inbox.get(session, conversation_id, viewer.scope).lane != FRAUD:
            conversations.set_lane(session, conversation_id, FRAUD, viewer.who, desk.now(), desk.config.inbox.answer_within)


def check_out_of_lane(conversation: Conversation, config: Config) -> None:
    """Raise UsageError for what must not be done in the lane; with `[security] four_eyes = "off"` one person decides alone."""
    if conversation.lane == FRAUD and config.security.four_eyes != "off":
        raise UsageError("this conversation is in the fraud lane: two people must say that it is genuine before it is answered")
