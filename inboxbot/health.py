"""Is everything well, and what waits for a person? And does the mailbox agree with our records?

In: the store, the mailboxes. Out: plain values for `status`, `audit` and the web's health page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from inboxbot.alarms.watch import DAEMON
from inboxbot.ingest import parse
from inboxbot.message import RawMessage
from inboxbot.reading import MailboxReader
from inboxbot.reply import OutboxState
from inboxbot.store import conversations, ledger_notes, messages, outbox, watchbook
from inboxbot.store.engine import Store
from inboxbot.store.messages import Position
from inboxbot.store.watchbook import AlarmState, Pulse

SETTLED = timedelta(hours=1)  # what was recorded longer ago is decided by now
SILENT = timedelta(minutes=15)  # a process that runs shows itself more often
_MOST_DESCRIBED = 200
_WINDOW = 500


@dataclass(frozen=True, slots=True)
class Lost:
    """A message whose fate is unknown."""

    uid: int
    why: str
    date: str = ""
    sender: str = ""
    subject: str = ""

    def __str__(self) -> str:
        return f"UID {self.uid}, {self.date or 'no date'}, from {self.sender or 'nobody'}, {self.subject[:80]!r}: {self.why}"


@dataclass(frozen=True, slots=True)
class Balance:
    """One mailbox against our records, within a span; UIDs."""

    mailbox: str
    in_mailbox: int
    recorded: int
    unknown: tuple[int, ...]  # lie in the mailbox, were passed over by reading, and are not recorded; or recorded without a fate
    unread: int  # above the position: not read yet
    lost: tuple[Lost, ...] = field(default=(), compare=False)  # the unknown ones, described

    @property
    def words(self) -> str:
        """What does not balance, or ''."""
        return f"the fate of {len(self.unknown)} messages is unknown" if self.unknown else ""


def status(store: Store, now: datetime | None = None) -> dict[str, Any]:
    """Counts of everything that is under way; `needs_person` lists, in words, what a person should look at.

    Without `now` nobody asks whether the daemon still lives.
    """
    with store.transaction() as session:
        states, pulses, held = watchbook.alarms(session), watchbook.pulses(session), watchbook.held(session)
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
    if sending[OutboxState.AWAITING.value]:
        needs.append(f"{sending[OutboxState.AWAITING.value]} replies that wait for a second pair of eyes")
    if sync and sync.problems:
        needs.append(f"{len(sync.problems)} rejected ledger rows")
    needs += _alarms(states, pulses, held, now)
    return {"messages": mail, "outbox": sending, "conversations_open": open_count, "ledger": ledger, "needs_person": needs}


def _alarms(states: dict[str, AlarmState], pulses: dict[str, Pulse], held: str, now: datetime | None) -> Iterator[str]:
    """What the watch raised and has not seen end; and a watch that has fallen silent itself."""
    for name, state in sorted(states.items()):
        if state.cleared_at is None:
            yield f"alarm {name} since {state.raised_at:%Y-%m-%d %H:%M} UTC: {state.words}"
    if held and "brake" not in {name for name, state in states.items() if state.cleared_at is None}:
        yield f"automatic mail is held: {held}; look at the outbox, then: inboxbot outbox resume"
    daemon = pulses.get(DAEMON, Pulse())
    if now is not None and daemon.ok_at is not None and now - daemon.ok_at > SILENT:
        yield f"inboxbot does not run: it last gave a sign of life at {daemon.ok_at:%Y-%m-%d %H:%M} UTC, and did not stop in order"


def audit(reader: MailboxReader, since: datetime | None = None) -> Balance:
    """Compare one mailbox with our records: all of it, or what came in since a moment."""
    position, name = reader.look(), reader.section.name
    there = set(reader.mailbox.uids_since(since) if since else reader.mailbox.uids_after(0))
    with reader.store.transaction() as session:
        known = messages.known_uids(session, name, position.uidvalidity, since)
        everything = known if since is None else messages.known_uids(session, name, position.uidvalidity)
        unsettled = messages.unsettled(session, name, position.uidvalidity, reader.now() - SETTLED, since)
    missing = _ours(reader, position, sorted(uid for uid in there - everything if uid <= position.last_uid))
    lost = [*_described(reader, missing), *(_known(found) for found in unsettled)]
    unread = {uid for uid in there if uid > position.last_uid}
    return Balance(name, len(there), len(known), tuple(one.uid for one in lost), len(unread), tuple(lost))


def _ours(reader: MailboxReader, position: Position, uids: Sequence[int]) -> list[int]:
    """Those that concern us: what lay there before the first start may be old mail, which is left alone."""
    below = [uid for uid in uids if uid <= position.backlog_until]
    ours = {uid for uid in uids if uid > position.backlog_until}
    for start in range(0, len(below), _WINDOW):
        glances = reader.mailbox.glance(below[start : start + _WINDOW])
        ours |= {glance.uid for glance in glances if position.was_ours(glance.uid, glance.received_at)}
    return sorted(ours)


def _described(reader: MailboxReader, uids: Sequence[int]) -> Iterator[Lost]:
    """Messages that were never recorded, by their headers in the mailbox."""
    why = "it lies in the mailbox, and was never recorded"
    heads = {item.key.uid: parse.stub(item, "") for item in reader.mailbox.fetch(uids[:_MOST_DESCRIBED]) if isinstance(item, RawMessage)}
    for uid in uids:
        head = heads.get(uid)
        if head is None:
            yield Lost(uid, why)
        else:
            yield Lost(uid, why, head.received_at.isoformat(), head.from_.email if head.from_ else head.header("from"), head.subject)


def _known(found: messages.Unsettled) -> Lost:
    return Lost(found.uid, found.why, found.received_at.isoformat(), found.sender, found.subject)
