"""The files that came with recorded mail: what they are called, and the hash by which their bytes are found.

In: a message's `Attachment`s. Out: rows. The bytes stay in the raw mail, which lies in the database and in no folder that a web
server could serve; taking them out again is `ingest.file_cage`'s work, and the hash proves that it took the right ones.
"""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from inboxbot.errors import NotFoundError
from inboxbot.message import Attachment
from inboxbot.store.tables import AttachmentRow


def add(session: Session, message_id: int, files: Iterable[Attachment]) -> None:
    """Write down the files of a message, each content once."""
    for file in {file.sha256: file for file in files}.values():
        row = AttachmentRow(message_id=message_id, sha256=file.sha256, name=file.name, content_type=file.content_type, size=file.size)
        session.add(row)


def of_message(session: Session, message_id: int) -> list[Attachment]:
    """The files of a message, in their order."""
    rows = session.exec(select(AttachmentRow).where(AttachmentRow.message_id == message_id).order_by(col(AttachmentRow.id)))
    return [Attachment(row.name, row.content_type, row.size, row.sha256) for row in rows]


def one(session: Session, message_id: int, sha256: str) -> Attachment:
    """A file of a message; raises NotFoundError where the message has no such file."""
    found = next((file for file in of_message(session, message_id) if file.sha256 == sha256), None)
    if found is None:
        raise NotFoundError(f"message {message_id} has no file {sha256[:12]}")
    return found
