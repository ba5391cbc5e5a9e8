"""Two people for every reply, where `[security] four_eyes = "all"`; who may answer in the fraud lane is `fraud`'s question.

In: a reply that was just frozen, and another colleague's yes or no. Out: a mail that waits, leaves or is cancelled. Every
reply passes `hold_back` on its way into the outbox, whichever page or command wrote it; what was approved is what leaves.
The pages call `waiting_in`, `approve` and `reject` with a viewer; the terminal the same ones inside a transaction of its own.
"""

from collections.abc import Sequence
from datetime import datetime

from inboxbot.config import Config
from inboxbot.conversation import Conversation
from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.errors import UsageError
from inboxbot.staff import Permission, Viewer
from inboxbot.store import approvals, conversations, inbox
from inboxbot.store.approvals import Approval, ApprovalState
from inboxbot.store.engine import Session


def hold_back(
    session: Session, conversation: Conversation, outbox_ids: Sequence[int], text: str, who: str, config: Config, now: datetime
) -> tuple[int, ...]:
    """Let a reply wait where every reply takes two people; the approvals' ids, () where it leaves as it is."""
    if config.security.four_eyes != "all":
        return ()
    ids = tuple(approvals.wait(session, conversation.conversation_id, one, who, text, now) for one in outbox_ids)
    detail = {"approvals": list(ids), "outbox": list(outbox_ids)}
    what = "reply waits for approval"
    conversations.audit(session, who=who, what=what, now=now, conversation_id=conversation.conversation_id, detail=detail)
    return ids


def waiting_in(desk: Desk, viewer: Viewer, conversation_id: int) -> list[Approval]:
    """The replies of a conversation that wait for a second pair of eyes."""
    require(viewer, Permission.WORK)
    with desk.store.reading() as session:
        inbox.get(session, conversation_id, viewer.scope)
        return approvals.waiting(session, conversation_id)


def approve(desk: Desk, viewer: Viewer, approval_id: int) -> int:
    """The viewer approves a colleague's reply; the conversation's number. UsageError for the own one."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        _in_scope(session, viewer, approval_id)
        conversation_id = let_go(session, approval_id, viewer.who, desk.now())
    desk.outbox_changed()
    return conversation_id


def reject(desk: Desk, viewer: Viewer, approval_id: int, why: str) -> int:
    """The viewer does not let a reply leave, and says why; the conversation's number. An author may take the own one back."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        _in_scope(session, viewer, approval_id)
        return turn_down(session, approval_id, why, viewer.who, desk.now())


def let_go(session: Session, approval_id: int, who: str, now: datetime) -> int:
    """Approve: the frozen mail is ready to be sent; the conversation's number. Raises UsageError for its author."""
    approval = approvals.get(session, approval_id)
    if _same_person(approval.author, who):
        raise UsageError(f"{who} wrote reply {approval_id}: somebody else must approve it ([security] four_eyes)")
    approvals.decide(session, approval, ApprovalState.APPROVED, who, now)
    _note(session, approval, "reply approved", who, now)
    return approval.conversation_id


def turn_down(session: Session, approval_id: int, why: str, who: str, now: datetime) -> int:
    """Reject: the frozen mail is cancelled, its words stand in a note; the conversation's number."""
    approval = approvals.get(session, approval_id)
    approvals.decide(session, approval, ApprovalState.REJECTED, who, now)
    words = f"reply {approval_id} by {approval.author} was not approved: {why}\n\n{approval.text}"
    conversations.add_note(session, approval.conversation_id, words, who, now)
    _note(session, approval, "reply rejected", who, now)
    return approval.conversation_id


def _in_scope(session: Session, viewer: Viewer, approval_id: int) -> None:
    inbox.get(session, approvals.get(session, approval_id).conversation_id, viewer.scope)


def _note(session: Session, approval: Approval, what: str, who: str, now: datetime) -> None:
    detail = {"approval": approval.approval_id, "author": approval.author, "outbox": approval.outbox_id}
    conversations.audit(session, who=who, what=what, now=now, conversation_id=approval.conversation_id, detail=detail)


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
