"""Two people for every reply, where `[security] four_eyes = "all"`; who may answer in the fraud lane is `fraud`'s question.

In: a reply that was just frozen, and another colleague's yes or no. Out: a mail that waits, leaves or is cancelled. Every
reply passes `hold_back` on its way into the outbox, whichever page or command wrote it; what was approved is what leaves.
The pages call `waiting_in`, `approve` and `reject` with a viewer; the terminal the same ones inside a transaction of its own.
"""

from collections.abc import Sequence
from datetime import datetime

from inboxbot.config import Config
from inboxbot.conversation import FRAUD, Conversation, ConversationStatus
from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.errors import UsageError
from inboxbot.staff import Permission, Viewer
from inboxbot.store import approvals, conversations, desk_notes, inbox
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


def waiting(desk: Desk, viewer: Viewer) -> list[Approval]:
    """Every reply that waits for a second pair of eyes, within the viewer's customers, oldest first."""
    require(viewer, Permission.WORK)
    with desk.store.reading() as session:
        found = approvals.waiting(session)
        mine = {one.conversation_id for one in inbox.by_ids(session, [a.conversation_id for a in found], viewer.scope)}
    return [one for one in found if one.conversation_id in mine]


def waiting_in(desk: Desk, viewer: Viewer, conversation_id: int) -> list[Approval]:
    """The replies of a conversation that wait for a second pair of eyes."""
    require(viewer, Permission.WORK)
    with desk.store.reading() as session:
        inbox.check(session, conversation_id, viewer.scope)
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
    """Approve: the frozen mail is ready to be sent; the conversation's number. Raises UsageError for its author.

    With the last one that waited the conversation goes where its author wanted it: to the customer's turn, or closed.
    """
    approval = approvals.get(session, approval_id)
    if _same_person(approval.author, who):
        raise UsageError(f"{who} wrote reply {approval_id}: somebody else must approve it ([security] four_eyes)")
    if conversations.get(session, approval.conversation_id).lane == FRAUD:
        raise UsageError("the conversation has come into the fraud lane since: two people must say that it is genuine first")
    approvals.decide(session, approval, ApprovalState.APPROVED, who, now)
    _note(session, approval, "reply approved", who, now)
    present = conversations.get(session, approval.conversation_id)
    if present.status is ConversationStatus.OPEN and not approvals.waiting(session, approval.conversation_id):
        closes = inbox.replied_with(session, approval.conversation_id, approval.outbox_id).get("close")
        after = ConversationStatus.CLOSED if closes else ConversationStatus.PENDING
        conversations.set_status(session, approval.conversation_id, after, approval.author, now)
    return approval.conversation_id


def turn_down(session: Session, approval_id: int, why: str, who: str, now: datetime) -> int:
    """Reject: the frozen mail is cancelled, its words stand in a note; the conversation's number."""
    approval = approvals.get(session, approval_id)
    approvals.decide(session, approval, ApprovalState.REJECTED, who, now)
    words = f"reply {approval_id} by {approval.author} was not approved: {why}\n\n{approval.text}"
    note_id = conversations.add_note(session, approval.conversation_id, words, who, now)
    if "@" in approval.author and not _same_person(approval.author, who):  # the author finds it among the mentions
        told = f"{who} did not approve your reply"
        desk_notes.mention(session, approval.conversation_id, note_id, approval.author)
        desk_notes.notify(session, approval.author, "mentioned", f"note:{note_id}", approval.conversation_id, told, now)
    _note(session, approval, "reply rejected", who, now)
    return approval.conversation_id


def withdraw(session: Session, approval: Approval, who: str, now: datetime) -> None:
    """It is taken back before anybody decided: the frozen mail is cancelled."""
    approvals.decide(session, approval, ApprovalState.REJECTED, who, now)
    _note(session, approval, "reply withdrawn", who, now)


def _in_scope(session: Session, viewer: Viewer, approval_id: int) -> None:
    inbox.check(session, approvals.get(session, approval_id).conversation_id, viewer.scope)


def _note(session: Session, approval: Approval, what: str, who: str, now: datetime) -> None:
    detail = {"approval": approval.approval_id, "author": approval.author, "outbox": approval.outbox_id}
    conversations.audit(session, who=who, what=what, now=now, conversation_id=approval.conversation_id, detail=detail)


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
