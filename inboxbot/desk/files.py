"""The files that customers sent: listing them, taking one out, reading the text of a remittance.

In: a message's row and a file's hash. Out: `FileFromMail`s. Every byte of a file is touched in the limited process alone; the
pages hand `content` to `web.downloads.download` and never show it.
"""

from dataclasses import dataclass

from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.errors import NotFoundError
from inboxbot.ingest.file_cage import FileCage
from inboxbot.message import Attachment
from inboxbot.staff import Permission, Viewer
from inboxbot.store import attachments, conversations, inbox, messages
from inboxbot.store.engine import Session


@dataclass(frozen=True, slots=True)
class FileFromMail:
    """A file as it came, under a safe name; `content_type` is the sender's claim."""

    name: str
    content_type: str
    content: bytes


def listed(desk: Desk, viewer: Viewer, conversation_id: int) -> dict[int, list[Attachment]]:
    """The files of a conversation's messages, by message."""
    require(viewer, Permission.WORK)
    with desk.store.reading() as session:
        inbox.get(session, conversation_id, viewer.scope)
        rows = conversations.message_rows(session, conversation_id)
        return {row: found for row in rows if (found := attachments.of_message(session, row))}


def fetch(desk: Desk, viewer: Viewer, conversation_id: int, message_id: int, sha256: str, cage: FileCage | None = None) -> FileFromMail:
    """One file of a message of this conversation; NotFoundError for any other, UnreadableMessageError where it cannot be had."""
    raw, known = _found(desk, viewer, conversation_id, message_id, sha256)
    return FileFromMail(known.name or "file", known.content_type, (cage or FileCage()).take(raw, sha256))


def text(desk: Desk, viewer: Viewer, conversation_id: int, message_id: int, sha256: str, cage: FileCage | None = None) -> str:
    """The text of a PDF, CSV or XLSX remittance; UnreadableMessageError says why there is none."""
    raw, known = _found(desk, viewer, conversation_id, message_id, sha256)
    return (cage or FileCage()).text(raw, sha256, known.name)


def _found(desk: Desk, viewer: Viewer, conversation_id: int, message_id: int, sha256: str) -> tuple[bytes, Attachment]:
    require(viewer, Permission.WORK)
    with desk.store.reading() as session:
        inbox.get(session, conversation_id, viewer.scope)
        return raw_and_file(session, conversation_id, message_id, sha256)


def raw_and_file(session: Session, conversation_id: int, message_id: int, sha256: str) -> tuple[bytes, Attachment]:
    """The raw mail and what is known of one of its files; NotFoundError where they do not belong together."""
    if message_id not in conversations.message_rows(session, conversation_id):
        raise NotFoundError(f"conversation {conversation_id} has no message {message_id}")
    return messages.raw_message(session, message_id).raw, attachments.one(session, message_id, sha256)
