"""Which class serves which kind of mailbox.

In: a `MailboxSection`. Out: a `Mailbox` that is not connected yet. A new kind is a class and one line in `_KINDS`.
"""

from collections.abc import Callable

from inboxbot.config import MailboxSection
from inboxbot.ingest.imap import ImapMailbox
from inboxbot.ingest.mailbox import Mailbox
from inboxbot.ingest.maildir import MaildirMailbox

_KINDS: dict[str, Callable[[MailboxSection, int], Mailbox]] = {
    "imap": ImapMailbox,
    "maildir": MaildirMailbox,
}


def open_mailbox(section: MailboxSection, max_message_bytes: int) -> Mailbox:
    """The mailbox that `section` names; nothing is connected before its `open`."""
    return _KINDS[section.kind](section, max_message_bytes)
