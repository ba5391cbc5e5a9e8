"""From the outbox to the SMTP server: claim, check once more, send in phases, write down what became of it.

In: the `Store`, a transport, the present ledger. Out: sent mail. Every state is committed before the step it allows;
`sending` is committed after the server said 354 and before the first body byte, so that a crash can never make a mail
go twice: what was begun and not finished is in doubt, shown to people, and never sent again by itself.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, Self

import structlog

from inboxbot.config import SendingSection, SmtpSection
from inboxbot.decision import Priority
from inboxbot.errors import (
    DocumentMissingError,
    InboxbotError,
    SendError,
    SendInDoubtError,
    SendNoTokenError,
    SendPermanentError,
    SendRefusedLoginError,
    SendUnreachableError,
    StoreError,
)
from inboxbot.facts import Invoice
from inboxbot.failpoints import reach
from inboxbot.lastcheck import LastCheck
from inboxbot.ledger.model import Ledger, Resolver
from inboxbot.reply import Document, OutboxItem, OutboxState
from inboxbot.responders.transport import SLOW_LINE
from inboxbot.store import doubt, outbox, undelivered, watchbook
from inboxbot.store.engine import Session, Store

BATCH = 10
MOST_REFUSALS = 3  # logins refused in a row; then only at the longest interval, never hammering
_WRITE_AGAIN_SECONDS = 1.0  # the result of a send is written until the store takes it

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """The outbox's waits; see [sending] and [smtp] in config.example.toml."""

    claim: timedelta = timedelta(minutes=5)
    last_reply: timedelta = timedelta(minutes=10)
    first_retry: timedelta = timedelta(seconds=20)
    longest_retry: timedelta = timedelta(hours=1)
    give_up: timedelta = timedelta(hours=24)
    first_look: timedelta | None = timedelta(minutes=1)  # for a mail in doubt; None: nowhere to look

    @classmethod
    def of(cls, sending: SendingSection, smtp: SmtpSection) -> Self:
        """As configured."""
        return cls(
            claim=timedelta(seconds=sending.claim_seconds),
            last_reply=timedelta(seconds=smtp.last_reply_seconds),
            first_retry=timedelta(seconds=sending.first_retry_seconds),
            longest_retry=timedelta(seconds=sending.longest_retry_seconds),
            give_up=timedelta(hours=sending.give_up_hours),
            first_look=timedelta(minutes=sending.doubt_minutes[0]) if sending.doubt_minutes and smtp.sent_copy != "off" else None,
        )

    def sending(self, size: int) -> timedelta:
        """How long the body of so many bytes may be on its way before its sender counts as dead."""
        return self.claim + self.last_reply + timedelta(seconds=size / SLOW_LINE)

    @property
    def horizon(self) -> timedelta:
        """No wait is longer: a time that lies farther ahead is a wrong clock's."""
        return 2 * self.longest_retry + self.claim + self.last_reply

    def retry(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts, doubling up to the longest."""
        return min(self.longest_retry, self.first_retry * int(2 ** min(max(attempts, 1) - 1, 20)))


def _none_given(_reply: str) -> str:
    """Where servers leave our Message-ID alone."""
    return ""


def _nobody_listens(_words: str) -> None:
    """Where nobody wants to know."""


class Transport(Protocol):
    """What hands a mail to an SMTP server."""

    async def send(self, item: OutboxItem, begin: Callable[[], Awaitable[bool]]) -> str:
        """Send one mail; `begin` is awaited before the first body byte. Returns the server's reply or raises a SendError."""

    async def aclose(self) -> None:
        """Say goodbye to the server."""


def no_documents(invoice: Invoice) -> Document:
    """A document store in which nothing lies: no mail with an invoice's file passes the last check."""
    raise DocumentMissingError(invoice.document, "the document store, which is not there")


@dataclass
class Sender:
    """Drains the outbox over one transport."""

    store: Store
    transport: Transport
    ledger: Callable[[], Ledger]
    resolver: Resolver
    now: Callable[[], datetime]
    pace: Pace = Pace()
    fetch: Callable[[Invoice], Document] = no_documents  # an invoice's document as it lies there now
    most_per_hour: int | None = None  # above so many automatic mails in an hour it stops and asks; None: it never does
    report: Callable[[str], None] = _nobody_listens  # what is the matter with the server, '' when nothing is
    given_id: Callable[[str], str] = _none_given  # the Message-ID that the server's reply says it gave; '' where it says none
    seal: Callable[[], str] = str  # changes when the password, or what tokens are bought with, has changed
    _held: deque[OutboxItem] = field(default_factory=deque)  # claimed and not handled yet
    _trouble: int = 0  # times in a row that the server could not be used at all
    _closed_until: datetime | None = None  # after such trouble nothing is tried before
    _shown: str | None = None  # the seal of the password that was refused: another one ends the wait
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def drain(self, stop: asyncio.Event) -> int:
        """Send everything that is due; how many items were handled. Between two mails it looks at `stop`.

        A server that cannot be used at all (unreachable, login refused) is left alone for a while, with every mail that
        is due: one connection tells what ten would.
        """
        self._stop, handled = stop, 0
        await asyncio.to_thread(self._open_for_new_secret)
        while not stop.is_set() and not self._closed():
            if not self._held:
                self._held.extend(await asyncio.to_thread(self._claim))
            if not self._held:
                return handled
            reach("send.claimed")
            await self._send_next()
            handled += 1
        if self._held:
            await asyncio.to_thread(self._give_back)
        return handled

    async def _send_next(self) -> None:
        item = self._held.popleft()
        try:
            await self.send(item)
        except StoreError:  # nothing has left: `sending` could not be committed
            self._held.appendleft(item)
            raise

    def _open_for_new_secret(self) -> None:
        """A login was refused, and there is another password now: what waits with the server is due at once."""
        if self._closed_until is None or self._shown is None or self.seal() == self._shown:
            return
        with self.store.transaction() as session:
            outbox.advance(session, self._closed_until, self.now())
        _log.info("new_password_seen")
        self._closed_until = self._shown = None

    def _closed(self) -> bool:
        """A wait that is longer than any wait was begun by a clock that was wrong."""
        return self._closed_until is not None and timedelta(0) < self._closed_until - self.now() <= self.pace.horizon

    async def send(self, item: OutboxItem) -> OutboxState | None:
        """Send one claimed item and write down the result; None when the claim was lost to another sender."""
        log = _log.bind(outbox=item.outbox_id, message_id=item.message_id)
        problem = await asyncio.to_thread(LastCheck(self.ledger(), self.resolver, self.fetch).problem, item)
        if problem:
            log.error("last_check_failed", why=problem)
            return await self._end(item, OutboxState.FAILED, error=f"the last check before sending failed: {problem}", alarm=True)
        shown = await asyncio.to_thread(self.seal)  # before the login: what is renewed meanwhile counts as new
        try:
            reply = await self.transport.send(item, lambda: asyncio.to_thread(self._begin, item))
        except SendInDoubtError as error:
            log.error("send_in_doubt", why=str(error))  # noqa: TRY400 - an operator's line, not a trace
            return await self._end(item, OutboxState.IN_DOUBT, error=str(error))
        except SendPermanentError as error:
            log.warning("send_refused", why=str(error))
            return await self._end(item, OutboxState.FAILED, error=str(error))
        except SendError as error:
            self._shown = shown if isinstance(error, SendRefusedLoginError) else None
            return await self._retry(item, error)
        log.info("sent", reply=reply)
        self._trouble = 0
        self.report("")
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
            for outbox_id in outbox.doubt_abandoned(session, now, whatever_lease=whatever_lease, next_look_at=self._first_look(now)):
                _log.error("send_in_doubt", outbox=outbox_id, why="the sender stopped in the middle")
                undelivered.show(session, outbox_id, f"{_IN_DOUBT}: the program stopped while this mail was leaving", now)

    def _first_look(self, now: datetime) -> datetime | None:
        return now + self.pace.first_look if self.pace.first_look is not None else None

    def _claim(self) -> list[OutboxItem]:
        with self.store.transaction() as session:
            if self.most_per_hour is not None and watchbook.brake(session, self.most_per_hour, self.now()):
                _log.error("automatic_mail_held", why=watchbook.held(session))
            return outbox.claim(session, self.now(), self.pace.claim, BATCH, self.pace.horizon)

    def _begin(self, item: OutboxItem) -> bool:
        with self.store.transaction() as session:
            return outbox.begin_sending(session, item, self.now(), self.pace.sending(len(item.mime)))

    def _give_back(self) -> None:
        """What was claimed and not handled is as if it had never been claimed."""
        with self.store.transaction() as session:
            for item in self._held:
                outbox.give_back(session, item)
        self._held.clear()

    async def _end(
        self, item: OutboxItem, state: OutboxState, *, error: str = "", reply: str = "", alarm: bool = False
    ) -> OutboxState | None:
        def write() -> OutboxState | None:
            now = self.now()
            look = self._first_look(now) if state is OutboxState.IN_DOUBT else None
            with self.store.transaction() as session:
                before = outbox.get(session, item.outbox_id).state
                if not outbox.finish(session, item, state, now, error=error, reply=reply, next_look_at=look):
                    return None
                if state is OutboxState.SENT:
                    outbox.learn_wire_id(session, item.outbox_id, self.given_id(reply))
                if state is not OutboxState.SENT:
                    code, priority = ("last_check", Priority.URGENT) if alarm else (state.value, Priority.HIGH)
                    undelivered.show(session, item.outbox_id, f"{code}: {error}", now, priority)
                elif before == OutboxState.IN_DOUBT.value:
                    doubt.reassure(session, item.outbox_id, f"the server's reply came after all: {reply}", now)
            return state

        ended = await self._written(write)
        reach("send.recorded")
        return ended

    async def _retry(self, item: OutboxItem, error: InboxbotError) -> OutboxState | None:
        """The server does not have it: try again later, ever more rarely, for a day."""
        if self.now() - item.created_at > self.pace.give_up:
            return await self._end(item, OutboxState.FAILED, error=f"given up after {self.pace.give_up}: {error}")
        if isinstance(error, SendRefusedLoginError):
            self.report(f"login refused: {error}")
        elif isinstance(error, SendNoTokenError):
            self.report(str(error))
        closed = isinstance(error, SendUnreachableError | SendRefusedLoginError)
        self._trouble = self._trouble + 1 if closed else 0
        attempts = max(item.attempts, self._trouble)
        refused = isinstance(error, SendRefusedLoginError) and attempts >= MOST_REFUSALS
        wait = self.pace.longest_retry if refused else self.pace.retry(attempts)
        until = self.now() + wait
        _log.warning("send_later", outbox=item.outbox_id, why=str(error), wait_seconds=wait.total_seconds(), attempt=item.attempts)

        def write() -> OutboxState | None:
            with self.store.transaction() as session:
                ours = outbox.retry_later(session, item, until, str(error))
                if closed:
                    for other in self._held:
                        outbox.give_back(session, other)
                    self._postpone(session, until, str(error))
            return OutboxState.READY if ours else None

        ended = await self._written(write)
        if closed:
            self._held.clear()
            self._closed_until = until
        return ended

    def _postpone(self, session: Session, until: datetime, error: str) -> None:
        """Everything that is due waits with the server; what is too old by now is given up and shown."""
        now = self.now()
        for outbox_id in outbox.give_up(session, now - self.pace.give_up, now, f"given up after {self.pace.give_up}: {error}"):
            undelivered.show(session, outbox_id, f"failed: given up after {self.pace.give_up}: {error}", now)
        outbox.postpone(session, now, until, error)

    async def _written(self, write: Callable[[], OutboxState | None]) -> OutboxState | None:
        """Write down what became of a mail, however long the store does not take it: nobody else knows. A stop ends that."""
        while True:
            try:
                return await asyncio.to_thread(write)
            except StoreError as error:
                _log.error("result_not_written_yet", why=str(error))
                if self._stop.is_set():
                    raise
            try:
                await asyncio.wait_for(self._stop.wait(), _WRITE_AGAIN_SECONDS)
            except TimeoutError:
                continue


_IN_DOUBT = OutboxState.IN_DOUBT.value
