"""Putting the machine right: other intents, entities, another customer or outcome. Each correction is a label.

In: a message and what is right. Out: a label with before and after, and the conversation as it should have been; `export
--what labels` hands the labels to training.
"""

from typing import Any

from inboxbot.conversation import Conversation, ConversationStatus, NewConversation
from inboxbot.decision import Outcome, Priority
from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.errors import ConflictError, UsageError
from inboxbot.staff import Permission, Viewer
from inboxbot.store import conversations, inbox, labels
from inboxbot.store.inbox import FiledMail
from inboxbot.understanding import DisputeReason, Intent, PaymentMethod

_LISTS = frozenset({"invoice_numbers", "po_numbers", "amounts"})
_KEYS = (*sorted(_LISTS), "promise_date", "payment_method", "payment_reference", "dispute_reason")
_MOST = 50


def correct(desk: Desk, viewer: Viewer, message_id: int, what: str, after: Any) -> bool:
    """Put one thing right; False when it was so already."""
    require(viewer, Permission.WORK)
    right = _checked(what, after)
    if what == "customer":
        _check_customer(desk, viewer, right)
    now = desk.now()
    with desk.store.transaction() as session:
        conversation_id = inbox.conversation_of_message(session, message_id, viewer.scope)
        before = labels.present_word(session, message_id, what)
        if before == right:
            return False
        labels.add(session, message_id, conversation_id, what, before, right, viewer.who, now)
        detail = {"what": what, "before": before, "after": right}
        conversations.audit(
            session, who=viewer.who, what="corrected", now=now, conversation_id=conversation_id, message_id=message_id, detail=detail
        )
        if what == "intents":
            conversations.set_primary(session, conversation_id, right[0], now)
        elif what == "customer":
            conversations.set_customer(session, conversation_id, right, viewer.who, now)
        elif what == "outcome" and right == Outcome.FILE.value:
            conversations.set_status(session, conversation_id, ConversationStatus.CLOSED, viewer.who, now)
    return True


def right(desk: Desk, viewer: Viewer, message_id: int) -> dict[str, Any]:
    """What is held to be right of a message now."""
    require(viewer, Permission.READ_INTERNAL)
    with desk.store.reading() as session:
        inbox.conversation_of_message(session, message_id, viewer.scope)
        return {what: labels.present_word(session, message_id, what) for what in labels.WHAT}


def filed(desk: Desk, viewer: Viewer, before: int | None = None, limit: int = 50) -> list[FiledMail]:
    """Mail that nobody had to see, the latest first."""
    require(viewer, Permission.READ)
    with desk.store.reading() as session:
        return inbox.filed(session, viewer.scope, before=before, limit=limit)


def not_spam(desk: Desk, viewer: Viewer, message_id: int) -> int:
    """A filed mail does need a person: it becomes a conversation, and a label says so. The conversation's number."""
    require(viewer, Permission.WORK)
    now = desk.now()
    with desk.store.transaction() as session:
        mail = inbox.filed_mail(session, message_id, viewer.scope)
        if mail.conversation_id is not None:
            raise ConflictError(f"this mail is in conversation {mail.conversation_id} already")
        new = NewConversation(
            subject=mail.subject,
            correspondent=mail.sender,
            customer_id=mail.customer_id,
            primary=mail.primary or "other",
            priority=Priority.NORMAL,
            reasons=(f"not_filed: {viewer.name} says that it needs a person",),
            assignee=viewer.who,
            thread_root=mail.thread_root,
        )
        conversation_id = conversations.open_new(session, new, now, desk.config.inbox.answer_within, viewer.who)
        conversations.put_message(session, message_id, conversation_id)
        labels.add(session, message_id, conversation_id, "outcome", mail.outcome, Outcome.ROUTE.value, viewer.who, now)
        detail = {"what": "outcome", "before": mail.outcome, "after": Outcome.ROUTE.value}
        conversations.audit(
            session, who=viewer.who, what="corrected", now=now, conversation_id=conversation_id, message_id=message_id, detail=detail
        )
    return conversation_id


def conversation_of(desk: Desk, viewer: Viewer, message_id: int) -> Conversation:
    """The conversation that a mail is in."""
    require(viewer, Permission.READ)
    with desk.store.reading() as session:
        return inbox.get(session, inbox.conversation_of_message(session, message_id, viewer.scope), viewer.scope)


def _checked(what: str, after: Any) -> Any:
    """The value in the form labels have; raises UsageError."""
    match what:
        case "intents":
            found = list(dict.fromkeys(after if isinstance(after, list) else [after]))
            if not found or any(intent not in list(Intent) for intent in found):
                raise UsageError(f"intents are among {', '.join(Intent)}")
            return found
        case "entities":
            return _entities(after)
        case "customer":
            if after is not None and not isinstance(after, str):
                raise UsageError("a customer is named by the number")
            return after or None
        case "outcome":
            if after not in list(Outcome):
                raise UsageError(f"an outcome is one of {', '.join(Outcome)}")
            return after
        case _:
            raise UsageError(f"{what!r} cannot be corrected; there are {', '.join(labels.WHAT)}")


def _entities(after: Any) -> dict[str, Any]:
    if not isinstance(after, dict) or set(after) - set(_KEYS):
        raise UsageError(f"entities have {', '.join(_KEYS)}")
    found: dict[str, Any] = {}
    for key in _KEYS:
        value = after.get(key)
        if key in _LISTS:
            items = value if isinstance(value, list) else []
            if len(items) > _MOST or any(not isinstance(item, str) or len(item) > 80 for item in items):  # noqa: PLR2004
                raise UsageError(f"{key} is a list of short texts")
            found[key] = list(dict.fromkeys(item.strip() for item in items if item.strip()))
        else:
            if value is not None and (not isinstance(value, str) or len(value) > 80):  # noqa: PLR2004
                raise UsageError(f"{key} is a short text or nothing")
            found[key] = value or None
    if found["payment_method"] not in (None, *PaymentMethod) or found["dispute_reason"] not in (None, *DisputeReason):
        raise UsageError(f"a method is one of {', '.join(PaymentMethod)}, a dispute reason one of {', '.join(DisputeReason)}")
    return found


def _check_customer(desk: Desk, viewer: Viewer, customer_id: str | None) -> None:
    if customer_id is not None and customer_id not in desk.ledger().customers:
        raise UsageError(f"the ledger has no customer {customer_id}")
    if not viewer.scope.covers(customer_id):
        raise UsageError("this customer is not among yours")
