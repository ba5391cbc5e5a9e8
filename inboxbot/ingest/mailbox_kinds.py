"""Which class serves which kind of mailbox.

In: a `MailboxSection`. Out: a `Mailbox` that is not connected yet. A new kind is a class and one line in `_KINDS`.
"""

from collections.abc import Callable

from inboxbot.config import MailboxSection
from inboxbot.credentials import Credential
from inboxbot.ingest.imap import ImapMailbox
from inboxbot.ingest.mailbox import Mailbox
from inboxbot.ingest.maildir import MaildirMailbox

_KINDS: dict[str, Callable[[MailboxSection, int, Credential | None], Mailbox]] = {
    "imap": lambda section, most, credential: ImapMailbox(section, most, credential=credential),
    "maildir": lambda section, most, _credential: MaildirMailbox(section, most),
}


def open_mailbox(section: MailboxSection, max_message_bytes: int, credential: Credential | None = None) -> Mailbox:
    """The mailbox that `section` names; nothing is connected before its `open`. Without a credential its own password serves."""
    return _KINDS[section.kind](section, max_message_bytes, credential)
