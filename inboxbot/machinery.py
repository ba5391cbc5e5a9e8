"""What the daemon's tasks work with, and one round of each kind of work; blocking, and the same for `run` and `run --once`.

In: adapters built by `app`. Out: recorded, decided and noted mail.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from inboxbot import health
from inboxbot.alarms.conditions import SENT_FOLDER
from inboxbot.alarms.pulses import Pulses
from inboxbot.alarms.watch import DAEMON, Watch
from inboxbot.errors import MailboxError, MailboxRefusedError, StoreError, StoreRefusedError, WorkerError
from inboxbot.failpoints import reach
from inboxbot.ledger.model import Ledger
from inboxbot.ledger.source import LedgerSource
from inboxbot.pipeline import Tools, handle
from inboxbot.reading import MailboxReader
from inboxbot.sending import Sender
from inboxbot.sent_copies import SentCopies
from inboxbot.store import ledger_notes, messages, watchbook
from inboxbot.store.engine import Store
from inboxbot.store.messages import Recorded
from inboxbot.store.watchbook import Pulse

BATCH = 100
AUDIT_SPAN = timedelta(days=8)  # the daily audit looks a week back, and a day more

_log = structlog.get_logger(__name__)


@dataclass
class Machinery:
    """The adapters, connected. No `sender` without an [smtp] section; no `serve_web` where nothing is to be served."""

    store: Store
    tools: Tools
    ledger: LedgerSource
    ledger_minutes: float
    readers: list[MailboxReader]
    sender: Sender | None
    serve_web: Callable[[asyncio.Event], Coroutine[Any, Any, None]] | None
    now: Callable[[], datetime]
    chores: Callable[[], None] = lambda: None  # what the shared inbox does by the clock
    alone: bool = True  # no other process sends from this store (a lock is held)
    sent_copies: SentCopies | None = None  # None: there is no Sent folder to look into
    check_seconds: float = 30  # how often mails in doubt and sent copies are looked after
    refused_seconds: float = 1800  # how long the Sent folder is left alone after a refused login
    pulses: Pulses | None = None  # None: nobody watches
    watch: Watch | None = None
    watch_seconds: float = 30
    audit_hours: float = 24
    audit_readers: Callable[[], list[MailboxReader]] = list  # connections of their own: a reader belongs to its thread
    sent_seal: Callable[[], str] = str  # changes when the password of the Sent folder's mailbox has changed
    _sent_rests: tuple[datetime, str] | None = None  # until when, unless the password changes
    _sent_read: bool = False  # the Sent folder was read once

    def process_waiting(self, stopped: Callable[[], bool], decided: Callable[[], None]) -> int:
        """Decide one batch of recorded messages, oldest first; how many. `decided` is called after each.

        A message that breaks even what is done with broken ones stays where it is, for an alarm to tell; the others go on.
        """
        with self.store.transaction() as session:
            waiting = messages.waiting(session, BATCH)
        count = 0
        for row_id in waiting:
            if stopped():
                break
            with self.store.transaction() as session:
                recorded = messages.begin(session, row_id)
            if recorded is not None and self._handled(recorded):
                reach("decide.committed")
                decided()
                count += 1
        return count

    def _handled(self, recorded: Recorded) -> bool:
        try:
            handle(recorded, self.tools, self.store, self.now())
        except StoreRefusedError as error:
            _log.error("message_stuck", message=str(recorded.raw.key), why=str(error))
        except (StoreError, WorkerError):
            with suppress(StoreError), self.store.transaction() as session:  # not the message's fault: it does not count
                messages.give_back(session, recorded.row_id)
            raise
        except Exception as error:  # noqa: BLE001 - one mail must not stop the others
            _log.exception("message_stuck", message=str(recorded.raw.key), error=type(error).__name__)
        else:
            return True
        return False

    def refresh_ledger(self, *, force: bool) -> None:
        """Read the ledger again where it changed (or `force`); a bad one is named once and the old one kept."""
        had_error = self.ledger.error is not None
        changed = self.ledger.refresh(force=force)
        if self.ledger.error is not None and not had_error:
            _log.error("ledger_kept", why=str(self.ledger.error))
        if changed:
            note_sync(self.store, self.ledger.current, self.now())

    def recover(self) -> None:
        """Settle what a process that died may have left behind, and note the ledger."""
        if self.sender and self.alone:
            self.sender.recover()
        elif self.sender:
            self.sender.doubt_abandoned()
        note_sync(self.store, self.ledger.current, self.now())

    def beat(self, name: str, trouble: str = "") -> None:
        """A part says that it has done its work, or what kept it from that."""
        if self.pulses is not None and trouble:
            self.pulses.trouble(name, trouble)
        elif self.pulses is not None:
            self.pulses.ok(name)

    def look(self) -> None:
        """One round of the watch."""
        if self.watch is not None:
            self.watch.look()

    def audit_if_due(self) -> None:
        """Compare every mailbox with our records, once in so many hours, whoever ran in between."""
        for reader in self.audit_readers():
            with self.store.transaction() as session:
                last = watchbook.pulses(session).get(f"audit:{reader.section.name}", Pulse())
            # One that lies ahead was written by a clock that was wrong.
            if last.ok_at is None or not timedelta(0) <= self.now() - last.ok_at < timedelta(hours=self.audit_hours):
                self._audit(reader)

    def _audit(self, reader: MailboxReader) -> None:
        name = f"audit:{reader.section.name}"
        try:
            balance = health.audit(reader, since=self.now() - AUDIT_SPAN)
        except MailboxError as error:  # that a mailbox cannot be had is told by its own pulse
            _log.warning("audit_failed", mailbox=reader.section.name, why=str(error))
            return
        finally:
            reader.close()
        pulse = Pulse(self.now(), balance.words, self.now() if balance.words else None)
        with self.store.transaction() as session:
            watchbook.set_pulse(session, name, pulse)
        (_log.error if balance.words else _log.info)("audited", mailbox=reader.section.name, recorded=balance.recorded, words=balance.words)

    def look_after_sent(self) -> None:
        """Mails in doubt and copies in the Sent folder; a folder that cannot be had is tried again later."""
        if self.sent_copies:
            self._at_sent_folder(self.sent_copies.look_after)

    def reconcile_sent(self) -> bool:
        """Before anything is sent: does the Sent folder know mails that our records do not? False: it cannot be had yet."""
        if self.sent_copies and not self._at_sent_folder(self.sent_copies.reconcile, reads=True):
            return False
        self._sent_read = True
        return True

    def _at_sent_folder(self, task: Callable[[], object], *, reads: bool = False) -> bool:
        """Run a task there; False when it cannot be had, which its pulse shows. After a refused login it is left alone for long.

        `reads`: the task surely looks into the folder. Others may have nothing to do there, which says nothing as long as it was
        never read; later it says that nothing waits for it.
        """
        shown = self.sent_seal()
        if self._sent_rests is not None and shown == self._sent_rests[1]:
            left = (self._sent_rests[0] - self.now()).total_seconds()
            if 0 < left <= self.refused_seconds:  # a longer wait was begun by a clock that was wrong
                return False
        try:
            task()
        except MailboxError as error:
            refused = isinstance(error, MailboxRefusedError)
            self._sent_rests = (self.now() + timedelta(seconds=self.refused_seconds), shown) if refused else None
            _log.warning("sent_folder_refused" if refused else "sent_folder_unreachable", why=str(error))
            self.beat(SENT_FOLDER, str(error))
            return False
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - it keeps this folder's work waiting, and nobody else's
            _log.exception("sent_folder_failed", error=type(error).__name__)
            self.beat(SENT_FOLDER, f"an error of the program ({type(error).__name__}), see its log")
            return False
        if reads or self._sent_read:
            self.beat(SENT_FOLDER)
        return True

    async def close(self) -> None:
        """Log out everywhere."""
        if self.pulses is not None:
            await asyncio.to_thread(self.pulses.forget, DAEMON)
        for reader in self.readers:
            await asyncio.to_thread(reader.close)
        if self.sender:
            await self.sender.transport.aclose()


def note_sync(store: Store, ledger: Ledger, now: datetime) -> None:
    """Log and record what the ledger's source was read as."""
    _log.info("ledger_read", customers=len(ledger.customers), invoices=len(ledger.invoices), problems=len(ledger.problems))
    for problem in ledger.problems:
        _log.warning("ledger_row_rejected", problem=problem)
    with store.transaction() as session:
        ledger_notes.add_sync(
            session,
            fingerprint=ledger.fingerprint,
            customers=len(ledger.customers),
            invoices=len(ledger.invoices),
            payments=len(ledger.payments),
            problems=ledger.problems,
            now=now,
        )
