"""What staff keep beside a conversation: drafts of replies, canned replies, mentions, notifications, presence.

In: words and who they are of. Out: the same. What people remove is marked as removed, not deleted; a draft and a presence
are of the moment and really go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from inboxbot.errors import NotFoundError
from inboxbot.store.tables_staff import CannedReplyRow, MentionRow, NotificationRow, PresenceRow, ReplyDraftRow

PRESENT = timedelta(seconds=25)  # a presence that is not renewed within this time is over


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A colleague's reply that is not sent yet."""

    text: str
    documents: tuple[str, ...]
    also_to: tuple[str, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A reply kept ready."""

    canned_id: int
    name: str
    text: str
    created_by: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person is to be told."""

    notice_id: int
    email: str
    kind: str
    conversation_id: int
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has a conversation open."""

    conversation_id: int
    who: str
    name: str
    typing: bool


def save_draft(
    session: Session, conversation_id: int, who: str, text: str, documents: Sequence[str], also_to: Sequence[str], now: datetime
) -> None:
    """Keep a reply that is being written."""
    row = session.get(ReplyDraftRow, (conversation_id, who)) or ReplyDraftRow(
        conversation_id=conversation_id, who=who, text="", documents=[], cc=[], updated_at=now
    )
    row.text, row.documents, row.cc, row.updated_at = text, list(documents), list(also_to), now
    session.add(row)


def draft_of(session: Session, conversation_id: int, who: str) -> ReplyDraft | None:
    """A person's reply that is being written."""
    row = session.get(ReplyDraftRow, (conversation_id, who))
    return ReplyDraft(row.text, tuple(row.documents), tuple(row.cc), row.updated_at) if row else None


def drop_draft(session: Session, conversation_id: int, who: str) -> None:
    """The reply was sent, or given up."""
    session.exec(delete(ReplyDraftRow).where(col(ReplyDraftRow.conversation_id) == conversation_id, col(ReplyDraftRow.who) == who))


def canned(session: Session) -> list[CannedReply]:
    """Every canned reply, by name."""
    statement = select(CannedReplyRow).where(col(CannedReplyRow.removed_at).is_(None)).order_by(CannedReplyRow.name, col(CannedReplyRow.id))
    return [_canned(row) for row in session.exec(statement)]


def canned_by_id(session: Session, canned_id: int) -> CannedReply:
    """One canned reply."""
    return _canned(_canned_row(session, canned_id))


def put_canned(session: Session, canned_id: int | None, name: str, text: str, who: str, now: datetime) -> int:
    """A new canned reply, or other words for one."""
    row = _canned_row(session, canned_id) if canned_id else CannedReplyRow(name="", text="", created_by=who, updated_at=now)
    row.name, row.text, row.updated_at = name, text, now
    session.add(row)
    session.flush()
    return row.id or 0


def remove_canned(session: Session, canned_id: int, now: datetime) -> None:
    """Take a canned reply out of the list."""
    row = _canned_row(session, canned_id)
    row.removed_at = now
    session.add(row)


def mention(session: Session, conversation_id: int, note_id: int, email: str) -> None:
    """A note names somebody."""
    session.add(MentionRow(note_id=note_id, conversation_id=conversation_id, email=email))


def mentions_seen(session: Session, conversation_id: int, email: str, now: datetime) -> int:
    """Somebody opened the conversation in which they were named."""
    statement = (
        update(MentionRow)
        .where(col(MentionRow.conversation_id) == conversation_id, col(MentionRow.email) == email, col(MentionRow.seen_at).is_(None))
        .values(seen_at=now)
    )
    return session.exec(statement).rowcount


def unseen_mentions(session: Session, conversation_id: int, email: str) -> int:
    """How many notes of a conversation name somebody who has not seen them."""
    statement = select(MentionRow.id).where(
        MentionRow.conversation_id == conversation_id, MentionRow.email == email, col(MentionRow.seen_at).is_(None)
    )
    return len(session.exec(statement).all())


def notify(session: Session, email: str, kind: str, key: str, conversation_id: int, words: str, now: datetime) -> bool:
    """Something that a person is to be told, once; False when it was noted before."""
    known = select(NotificationRow.id).where(
        NotificationRow.email == email, NotificationRow.kind == kind, NotificationRow.subject_key == key
    )
    if session.exec(known).first() is not None:
        return False
    session.add(NotificationRow(email=email, kind=kind, subject_key=key, conversation_id=conversation_id, words=words, at=now))
    return True


def unmailed(session: Session, limit: int) -> list[Notice]:
    """What nobody mailed (or decided not to mail) yet, oldest first."""
    statement = select(NotificationRow).where(col(NotificationRow.mailed_at).is_(None)).order_by(col(NotificationRow.id)).limit(limit)
    return [Notice(row.id or 0, row.email, row.kind, row.conversation_id, row.words, row.at) for row in session.exec(statement)]


def mailed(session: Session, notice_id: int, outbox_id: int | None, now: datetime) -> None:
    """It was mailed, or (None) its receiver did not want it so."""
    row = session.get(NotificationRow, notice_id)
    if row is not None:
        row.mailed_at, row.outbox_id = now, outbox_id
        session.add(row)


def here(session: Session, conversation_id: int, who: str, name: str, now: datetime, *, typing: bool) -> None:
    """Somebody has a conversation open."""
    row = session.get(PresenceRow, (conversation_id, who)) or PresenceRow(conversation_id=conversation_id, who=who, name=name, until=now)
    row.name, row.typing, row.until = name, typing, now + PRESENT
    session.add(row)
    session.exec(delete(PresenceRow).where(col(PresenceRow.until) < now - timedelta(minutes=5)))


def gone(session: Session, conversation_id: int, who: str) -> None:
    """Somebody closed it."""
    session.exec(delete(PresenceRow).where(col(PresenceRow.conversation_id) == conversation_id, col(PresenceRow.who) == who))


def present(session: Session, now: datetime) -> list[Present]:
    """Everybody who has a conversation open."""
    rows = session.exec(select(PresenceRow).where(PresenceRow.until > now).order_by(col(PresenceRow.conversation_id), PresenceRow.who))
    return [Present(row.conversation_id, row.who, row.name, row.typing) for row in rows]


def _canned_row(session: Session, canned_id: int) -> CannedReplyRow:
    row = session.get(CannedReplyRow, canned_id)
    if row is None or row.removed_at is not None:
        raise NotFoundError(f"there is no canned reply {canned_id}")
    return row


def _canned(row: CannedReplyRow) -> CannedReply:
    return CannedReply(row.id or 0, row.name, row.text, row.created_by, row.updated_at)
