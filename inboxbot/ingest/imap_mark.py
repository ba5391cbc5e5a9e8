"""Showing people in their own mail program what became of a message.

In: a UID, an outcome's value and what to do about it. Out: whether it is done. All of it can be repeated.
"""

from imapclient import DELETED, IMAPClient

from inboxbot.ingest.imap_errors import is_connection_lost
from inboxbot.ingest.mailbox import After

KEYWORDS = {"answer": "$InboxbotAnswered", "route": "$InboxbotRouted", "file": "$InboxbotFiled"}


def mark(client: IMAPClient, uid: int, outcome: str, after: After, move_to: str) -> bool:
    """Set the outcome's keyword, or move the message; False when the server says no. Raises when the connection broke."""
    try:
        if after == "keyword":
            client.add_flags([uid], [KEYWORDS[outcome]], silent=True)
        elif after == "move":
            _move_somehow(client, uid, move_to)
    except IMAPClient.Error as error:
        if is_connection_lost(error):
            raise
        return False
    return True


def _move_somehow(client: IMAPClient, uid: int, folder: str) -> None:
    """Move, and make the folder when the server says that this is all that is missing (RFC 3501, 7.1)."""
    try:
        _move(client, uid, folder)
    except IMAPClient.Error as error:
        if "[TRYCREATE]" not in str(error):
            raise
        client.create_folder(folder)
        _move(client, uid, folder)


def _move(client: IMAPClient, uid: int, folder: str) -> None:
    client.noop()  # or SEARCH still lists what others have taken away
    if not client.search(["UID", str(uid)]):  # moved before, or taken away by somebody
        return
    if client.has_capability("MOVE"):  # RFC 6851
        client.move([uid], folder)
        return
    if client.search(["UID", str(uid), "UNDELETED"]):  # else an earlier try came as far as the copy
        client.copy([uid], folder)
        client.add_flags([uid], [DELETED], silent=True)
    if client.has_capability("UIDPLUS"):  # a plain EXPUNGE would also remove what others have marked
        client.uid_expunge([uid])
