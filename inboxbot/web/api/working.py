"""The API's work: everything that changes a conversation, a mail or a reply.

In: a token's viewer and a body. Out: what became of it; 409 when somebody else was faster.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends

from inboxbot.conversation import ConversationStatus
from inboxbot.desk import corrections, four_eyes, fraud, replies, work
from inboxbot.desk.office import Desk
from inboxbot.desk.replies import Answer
from inboxbot.errors import UsageError
from inboxbot.staff import Viewer
from inboxbot.web.api import given, shown
from inboxbot.web.api.given import PathNumber

Holder = Callable[..., Viewer]


def working_routes(desk: Desk, holder: Holder) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["working"])
    _conversation_routes(router, desk, holder)
    _reply_routes(router, desk, holder)
    _approval_routes(router, desk, holder)
    _mail_routes(router, desk, holder)
    return router


def _conversation_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.post("/conversations/{conversation_id}/take")
    def take(conversation_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Take a conversation that nobody has; 409 names who was faster."""
        work.take(desk, viewer, conversation_id)
        return shown.Done()

    @router.post("/conversations/{conversation_id}/assign")
    def assign(conversation_id: PathNumber, body: given.Assign, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Give a conversation to a colleague, a team, `me` or `nobody`."""
        work.assign(desk, viewer, conversation_id, body.assignee)
        return shown.Done()

    @router.post("/conversations/{conversation_id}/status")
    def status(conversation_id: PathNumber, body: given.Status, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Open it, close it, or wait for the customer."""
        work.set_status(desk, viewer, conversation_id, ConversationStatus(body.status))
        return shown.Done()

    @router.post("/conversations/{conversation_id}/snooze")
    def snooze(conversation_id: PathNumber, body: given.Snooze, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Out of sight until a time, or until the customer writes."""
        work.snooze(desk, viewer, conversation_id, work.until(desk, viewer, body.until))
        return shown.Done()

    @router.post("/conversations/{conversation_id}/priority")
    def priority(conversation_id: PathNumber, body: given.PriorityGiven, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """More or less urgent."""
        work.set_priority(desk, viewer, conversation_id, body.priority)
        return shown.Done()

    @router.post("/conversations/{conversation_id}/tags")
    def tags(conversation_id: PathNumber, body: given.Tags, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Add and remove tags."""
        work.change_tags(desk, viewer, conversation_id, add=body.add, remove=body.remove)
        return shown.Done()

    @router.post("/conversations/{conversation_id}/notes")
    def note(conversation_id: PathNumber, body: given.NoteGiven, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """Write a note for colleagues."""
        return shown.Made(id=work.note(desk, viewer, conversation_id, body.text))

    @router.post("/conversations/{conversation_id}/merge")
    def merge(conversation_id: PathNumber, body: given.Merge, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Move everything into another conversation of the same customer."""
        work.merge(desk, viewer, conversation_id, body.into)
        return shown.Done()

    @router.post("/conversations/{conversation_id}/customer")
    def customer(conversation_id: PathNumber, body: given.CustomerGiven, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Say whose conversation it is."""
        work.link_customer(desk, viewer, conversation_id, body.customer_id, learn=body.learn)
        return shown.Done()

    @router.post("/conversations/{conversation_id}/lane")
    def lane(conversation_id: PathNumber, body: given.Lane, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Put it into the fraud lane, say that it is genuine (two people must) or that it is fraud."""
        if body.what == "suspect":
            fraud.suspect(desk, viewer, conversation_id)
        elif body.what == "fraud":
            fraud.fraud(desk, viewer, conversation_id)
        else:
            fraud.genuine(desk, viewer, conversation_id, body.how)
        return shown.Done()

    @router.post("/bulk")
    def bulk(body: given.Bulk, viewer: Annotated[Viewer, Depends(holder)]) -> shown.BulkOut:
        """Do the same to up to 200 conversations; what is not possible for one is said and does not stop the others."""
        if body.assignee is None and body.status is None and body.priority is None and not body.add_tags:
            raise UsageError("say what to do: assignee, status, priority or add_tags")
        done, problems = work.in_bulk(viewer, body.ids, lambda one: _do(desk, viewer, one, body))
        return shown.BulkOut(done=done, problems=problems)

    @router.post("/contacts/{contact_id}/confirm")
    def confirm(contact_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """A proposed address is a contact from now on."""
        work.confirm_contact(desk, viewer, contact_id)
        return shown.Done()

    @router.post("/contacts/{contact_id}/revoke")
    def revoke(contact_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """An address is no contact (any more)."""
        work.revoke_contact(desk, viewer, contact_id)
        return shown.Done()


def _reply_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.post("/conversations/{conversation_id}/reply")
    def reply(conversation_id: PathNumber, body: given.Reply, viewer: Annotated[Viewer, Depends(holder)]) -> shown.SentReply:
        """Send a reply; it can be taken back for some seconds."""
        answer = Answer(body.text, tuple(body.documents), tuple(body.also_to), body.at, body.seen, body.close)
        return shown.SentReply(outbox_ids=replies.send(desk, viewer, conversation_id, answer))

    @router.post("/outbox/{outbox_id}/take-back")
    def take_back(outbox_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """Undo a reply that has not left; the number of its conversation."""
        return shown.Made(id=replies.take_back(desk, viewer, outbox_id))

    @router.post("/outbox/{outbox_id}/settle")
    def settle(outbox_id: PathNumber, body: given.Settle, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """Say what became of a mail in doubt; the number of its conversation."""
        return shown.Made(id=replies.settle_doubt(desk, viewer, outbox_id, was_sent=body.was_sent))


def _approval_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.get("/approvals")
    def approvals(viewer: Annotated[Viewer, Depends(holder)]) -> list[shown.ApprovalOut]:
        """The replies that wait for a second pair of eyes, oldest first."""
        return [shown.ApprovalOut.model_validate(one) for one in four_eyes.waiting(desk, viewer)]

    @router.post("/approvals/{approval_id}/approve")
    def approve(approval_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """A colleague's reply may leave, word for word; the number of its conversation. Nobody approves the own one."""
        return shown.Made(id=four_eyes.approve(desk, viewer, approval_id))

    @router.post("/approvals/{approval_id}/reject")
    def reject(approval_id: PathNumber, body: given.Rejection, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """A colleague's reply shall not leave; the number of its conversation."""
        return shown.Made(id=four_eyes.reject(desk, viewer, approval_id, body.why))


def _mail_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.post("/messages/{message_id}/split")
    def split(message_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """One mail becomes a conversation of its own; its number."""
        return shown.Made(id=work.split(desk, viewer, message_id))

    @router.post("/messages/{message_id}/not-spam")
    def not_spam(message_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """A filed mail does need a person; the number of its conversation."""
        return shown.Made(id=corrections.not_spam(desk, viewer, message_id))

    @router.post("/messages/{message_id}/correct")
    def correct(message_id: PathNumber, body: given.Correct, viewer: Annotated[Viewer, Depends(holder)]) -> shown.ChangedOut:
        """Put the machine right; the correction is a label for training."""
        return shown.ChangedOut(changed=corrections.correct(desk, viewer, message_id, body.what, body.after))


def _do(desk: Desk, viewer: Viewer, conversation_id: int, body: given.Bulk) -> None:
    if body.assignee is not None:
        work.assign(desk, viewer, conversation_id, body.assignee)
    if body.priority is not None:
        work.set_priority(desk, viewer, conversation_id, body.priority)
    if body.add_tags:
        work.change_tags(desk, viewer, conversation_id, add=body.add_tags)
    if body.status is not None:
        work.set_status(desk, viewer, conversation_id, ConversationStatus(body.status))
