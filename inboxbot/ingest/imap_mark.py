"""Showing people in their own mail program what became of a message.

In: a UID and a keyword or a folder. Out: whether it is done. All of it can be repeated; what the library raises when
the connection is gone goes through.
"""

from collections.abc import Callable

from imapclient import DELETED, IMAPClient
from imapclient.exceptions import ProtocolError

KEYWORDS = {"answer": "$InboxbotAnswered", "route": "$InboxbotRouted", "file": "$InboxbotFiled"}


def add_keyword(client: IMAPClient, uid: int, keyword: str) -> bool:
    """Set `keyword`; False when the server says no."""
    return _done(lambda: client.add_flags([uid], [keyword], silent=True))


def move(client: IMAPClient, uid: int, folder: str) -> bool:
    """Move the message to `folder`, which is made when it is missing; False when the server says no."""
    return _done(lambda: _move_somehow(client, uid, folder))


def _done(task: Callable[[], object]) -> bool:
    """Run `task`; a NO is an answer, while a connection of which nothing is known any more is an error."""
    try:
        task()
    except (IMAPClient.AbortError, ProtocolError):
        raise
    except IMAPClient.Error:
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
