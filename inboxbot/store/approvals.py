"""Replies that wait for a second pair of eyes.

In: frozen mails in the outbox, and what two colleagues say. Out: `Approval`s; a mail that waits is in a state that no sender
takes up, and leaves it once: to ready (approved) or to cancelled (rejected). Who may decide is `desk.four_eyes`'s question.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from inboxbot.errors import ConflictError, NotFoundError
from inboxbot.reply import OutboxState
from inboxbot.store.tables import ApprovalRow, OutboxRow


class ApprovalState(StrEnum):
    """What became of a reply that waits."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Approval:
    """A colleague's reply, frozen, exactly as it leaves once another has approved it."""

    approval_id: int
    conversation_id: int
    outbox_id: int
    author: str
    text: str
    state: ApprovalState
    created_at: datetime
    decided_by: str | None = None


def wait(session: Session, conversation_id: int, outbox_id: int, author: str, text: str, now: datetime) -> int:
    """A mail just written into the outbox waits; the approval's id."""
    row = session.get(OutboxRow, outbox_id)
    if row is None or row.state != OutboxState.READY.value:
        raise NotFoundError(f"there is no outbox item {outbox_id} that could wait")
    row.state = OutboxState.AWAITING.value
    approval = ApprovalRow(
        conversation_id=conversation_id, author=author, text=text, state=ApprovalState.WAITING.value, created_at=now, outbox_id=outbox_id
    )
    session.add_all([row, approval])
    session.flush()
    return approval.id or 0


def get(session: Session, approval_id: int) -> Approval:
    """One of them, whatever became of it."""
    row = session.get(ApprovalRow, approval_id)
    if row is None:
        raise NotFoundError(f"there is no reply {approval_id} that waits for approval")
    return _approval(row)


def waiting(session: Session, conversation_id: int | None = None) -> list[Approval]:
    """Those that wait, in a conversation or (None) in all, oldest first."""
    statement = select(ApprovalRow).where(ApprovalRow.state == ApprovalState.WAITING.value).order_by(col(ApprovalRow.id))
    if conversation_id is not None:
        statement = statement.where(ApprovalRow.conversation_id == conversation_id)
    return [_approval(row) for row in session.exec(statement)]


def of_outbox(session: Session, outbox_id: int) -> Approval | None:
    """The one that waits over a mail of ours, None when none does."""
    statement = select(ApprovalRow).where(ApprovalRow.outbox_id == outbox_id, ApprovalRow.state == ApprovalState.WAITING.value)
    row = session.exec(statement).first()
    return _approval(row) if row else None


def decide(session: Session, approval: Approval, state: ApprovalState, who: str, now: datetime) -> None:
    """It is approved, and ready to leave, or rejected, and cancelled; ConflictError when it does not wait any more."""
    ready, row = state is ApprovalState.APPROVED, session.get(OutboxRow, approval.outbox_id)
    _move(session, ApprovalRow, approval.approval_id, ApprovalState.WAITING, state=state.value, decided_by=who, decided_at=now)
    leaves = max(now, row.next_attempt_at) if row else now  # one for later still leaves later
    changes: dict[str, object] = {"next_attempt_at": leaves, "created_at": leaves} if ready else {"finished_at": now}
    after = OutboxState.READY if ready else OutboxState.CANCELLED
    _move(session, OutboxRow, approval.outbox_id, OutboxState.AWAITING, state=after.value, **changes)


def _move(session: Session, table: type[ApprovalRow | OutboxRow], row_id: int, before: StrEnum, **values: object) -> None:
    """A conditional update: of two who decide at once, one does."""
    statement = update(table).where(col(table.id) == row_id, col(table.state) == before.value).values(**values)
    result: CursorResult[object] = session.exec(statement)
    if result.rowcount != 1:
        raise ConflictError("the reply does not wait for approval any more")


def _approval(row: ApprovalRow) -> Approval:
    return Approval(
        approval_id=row.id or 0,
        conversation_id=row.conversation_id,
        outbox_id=row.outbox_id or 0,
        author=row.author,
        text=row.text,
        state=ApprovalState(row.state),
        created_at=row.created_at,
        decided_by=row.decided_by,
    )
