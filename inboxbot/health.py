"""Is everything well, and what waits for a person? And does the mailbox agree with our records?

In: the store, the mailboxes. Out: plain values for `status`, `audit` and the web's health page.
"""

from dataclasses import dataclass
from typing import Any

from inboxbot.reading import MailboxReader
from inboxbot.reply import OutboxState
from inboxbot.store import conversations, ledger_notes, messages, outbox
from inboxbot.store.engine import Store


@dataclass(frozen=True, slots=True)
class Balance:
    """One mailbox against our records; UIDs."""

    mailbox: str
    in_mailbox: int
    recorded: int
    unknown: tuple[int, ...]  # lie in the mailbox, were passed over by reading, and are not recorded
    unread: int  # above the position: not read yet


def status(store: Store) -> dict[str, Any]:
    """Counts of everything that is under way; `needs_person` lists, in words, what a person should look at."""
    with store.transaction() as session:
        mail, sending, open_count = messages.counts(session), outbox.counts(session), conversations.count_open(session)
        sync = ledger_notes.last_sync(session)
        ledger = {"at": sync.at.isoformat(), "invoices": sync.invoices, "problems": sync.problems} if sync else None
    needs = []
    if open_count:
        needs.append(f"{open_count} open conversations")
    if sending[OutboxState.IN_DOUBT.value]:
        needs.append(f"{sending[OutboxState.IN_DOUBT.value]} mails in doubt")
    if sending[OutboxState.FAILED.value]:
        needs.append(f"{sending[OutboxState.FAILED.value]} mails that could not be sent")
    if sync and sync.problems:
        needs.append(f"{len(sync.problems)} rejected ledger rows")
    return {"messages": mail, "outbox": sending, "conversations_open": open_count, "ledger": ledger, "needs_person": needs}


def audit(reader: MailboxReader) -> Balance:
    """Compare one mailbox with our records."""
    position = reader.open()
    there = set(reader.mailbox.uids_after(0))
    with reader.store.transaction() as session:
        known = messages.known_uids(session, reader.section.name, position.uidvalidity)
    passed = {uid for uid in there if position.backlog_until < uid <= position.last_uid}
    unread = {uid for uid in there if uid > position.last_uid}
    return Balance(reader.section.name, len(there), len(known), tuple(sorted(passed - known)), len(unread))
