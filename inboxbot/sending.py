"""From the outbox to the SMTP server: claim, check once more, send in phases, write down what became of it.

In: the `Store`, a transport, the present ledger. Out: sent mail. Every state is committed before the step it allows;
`sending` is committed after the server said 354 and before the first body byte, so that a crash can never make a mail
go twice: what was begun and not finished is in doubt, shown to people, and never sent again by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from inboxbot.conversation import NewConversation
from inboxbot.decision import Priority
from inboxbot.errors import InboxbotError, SendError, SendInDoubtError, SendPermanentError, SendRefusedLoginError
from inboxbot.ledger.model import Ledger, Resolver
from inboxbot.reply import OutboxItem, OutboxState
from inboxbot.store import conversations, outbox
from inboxbot.store.engine import Session, Store

BATCH = 10
CLAIM_LEASE = timedelta(minutes=5)
SENDING_LEASE = timedelta(minutes=15)  # longer than the last reply may take (10 minutes, RFC 5321, 4.5.3.2.6)
FIRST_RETRY = timedelta(seconds=20)
LONGEST_RETRY = timedelta(hours=1)
GIVE_UP = timedelta(hours=24)
MOST_REFUSALS = 3  # logins refused; then only once an hour, never hammering

_log = structlog.get_logger(__name__)


class Transport(Protocol):
    """What hands a mail to an SMTP server."""

    async def send(self, item: OutboxItem, begin: Callable[[], Awaitable[bool]]) -> str:
        """Send one mail; `begin` is awaited before the first body byte. Returns the server's reply or raises a SendError."""

    async def aclose(self) -> None:
        """Say goodbye to the server."""


@dataclass
class Sender:
    """Drains the outbox over one transport."""

    store: Store
    transport: Transport
    ledger: Callable[[], Ledger]
    resolver: Resolver
    now: Callable[[], datetime]

    async def drain(self, stop: asyncio.Event) -> int:
        """Send everything that is due; how many items were handled. Between two mails it looks at `stop`."""
        handled = 0
        while not stop.is_set():
            items = await asyncio.to_thread(self._claim)
            if not items:
                return handled
            for item in items:
                if stop.is_set():
                    await asyncio.to_thread(self._give_back, item)
                    continue
                await self.send(item)
                handled += 1
        return handled

    async def send(self, item: OutboxItem) -> OutboxState | None:
        """Send one claimed item and write down the result; None when the claim was lost to another sender."""
        log = _log.bind(outbox=item.outbox_id, message_id=item.message_id)
        problem = misdirected(item, self.ledger(), self.resolver)
        if problem:
            log.error("last_check_failed", why=problem)
            return await self._end(item, OutboxState.FAILED, error=f"the last check before sending failed: {problem}")
        try:
            reply = await self.transport.send(item, lambda: asyncio.to_thread(self._begin, item))
        except SendInDoubtError as error:
            log.error("send_in_doubt", why=str(error))  # noqa: TRY400 - an operator's line, not a trace
            return await self._end(item, OutboxState.IN_DOUBT, error=str(error))
        except SendPermanentError as error:
            log.warning("send_refused", why=str(error))
            return await self._end(item, OutboxState.FAILED, error=str(error))
        except SendError as error:
            return await self._retry(item, error)
        log.info("sent", reply=reply)
        return await self._end(item, OutboxState.SENT, reply=reply)

    def recover(self) -> None:
        """At the start, when no other sender lives (the caller holds the lock): settle what a dead one left behind."""
        with self.store.transaction() as session:
            outbox.free_claims(session)
        self.doubt_abandoned(whatever_lease=True)

    def doubt_abandoned(self, *, whatever_lease: bool = False) -> None:
        """Put items whose sender died in the middle of the body in doubt, and before people."""
        now = self.now()
        with self.store.transaction() as session:
            for outbox_id in outbox.doubt_abandoned(session, now, whatever_lease=whatever_lease):
                _log.error("send_in_doubt", outbox=outbox_id, why="the sender stopped in the middle")
                _show_people(session, outbox_id, "in_doubt: the program stopped while this mail was leaving", now)

    def _claim(self) -> list[OutboxItem]:
        with self.store.transaction() as session:
            return outbox.claim(session, self.now(), CLAIM_LEASE, BATCH)

    def _begin(self, item: OutboxItem) -> bool:
        with self.store.transaction() as session:
            return outbox.begin_sending(session, item, self.now(), SENDING_LEASE)

    def _give_back(self, item: OutboxItem) -> None:
        with self.store.transaction() as session:
            outbox.give_back(session, item)

    async def _end(self, item: OutboxItem, state: OutboxState, *, error: str = "", reply: str = "") -> OutboxState | None:
        def write() -> OutboxState | None:
            now = self.now()
            with self.store.transaction() as session:
                if not outbox.finish(session, item, state, now, error=error, reply=reply):
                    return None
                if state is not OutboxState.SENT:
                    _show_people(session, item.outbox_id, f"{state.value}: {error}", now)
            return state

        return await asyncio.to_thread(write)

    async def _retry(self, item: OutboxItem, error: InboxbotError) -> OutboxState | None:
        """The server does not have it: try again later, ever more rarely, for a day."""
        if self.now() - item.created_at > GIVE_UP:
            return await self._end(item, OutboxState.FAILED, error=f"given up after {GIVE_UP}: {error}")
        wait = LONGEST_RETRY if isinstance(error, SendRefusedLoginError) and item.attempts >= MOST_REFUSALS else retry_delay(item.attempts)
        _log.warning("send_later", outbox=item.outbox_id, why=str(error), wait_seconds=wait.total_seconds(), attempt=item.attempts)

        def write() -> OutboxState | None:
            with self.store.transaction() as session:
                return OutboxState.READY if outbox.retry_later(session, item, self.now() + wait, str(error)) else None

        return await asyncio.to_thread(write)


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from 20 seconds to an hour."""
    return min(LONGEST_RETRY, FIRST_RETRY * int(2 ** min(max(attempts, 1) - 1, 10)))


def misdirected(item: OutboxItem, ledger: Ledger, resolver: Resolver) -> str:
    """The last check: why this mail must not go to this recipient; '' when it may. Independent of the decision's code.

    The recipient must (still) resolve to the customer that the mail is about, and every document on it must be that
    customer's by today's ledger.
    """
    if not item.customer_id:
        return "" if not item.documents else "documents for nobody in particular"
    _, owner = ledger.resolve(item.rcpt_to, resolver)
    if owner != item.customer_id:
        return f"{item.rcpt_to} is {owner or 'nobody'}'s, the mail is about {item.customer_id}"
    theirs = {i.document.rpartition("/")[2] for i in ledger.invoices.values() if i.customer_id == item.customer_id}
    others = {i.document.rpartition("/")[2] for i in ledger.invoices.values() if i.customer_id != item.customer_id}
    for name, _, customer_id in item.documents:
        if customer_id != item.customer_id or (name in others and name not in theirs):
            return f"{name} is not {item.customer_id}'s"
    return ""


def _show_people(session: Session, outbox_id: int, reason: str, now: datetime) -> None:
    """A mail that did not certainly arrive becomes (or stays in) a conversation."""
    row = outbox.get(session, outbox_id)
    if row.conversation_id is not None:
        known = conversations.get(session, row.conversation_id)
        conversations.continue_with(
            session,
            row.conversation_id,
            primary=known.primary,
            priority=Priority.HIGH,
            reasons=[*known.reasons, reason],
            draft=conversations.draft(session, row.conversation_id),
            now=now,
        )
        return
    new = NewConversation(
        subject=f"Undelivered {row.kind}",
        correspondent=row.rcpt_to,
        customer_id=row.customer_id or None,
        primary="other",
        priority=Priority.HIGH,
        reasons=(reason,),
        thread_root=row.thread_root,
    )
    row.conversation_id = conversations.open_new(session, new, now)
    session.add(row)
