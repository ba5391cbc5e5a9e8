"""`run --once`: handle what is there, drain the outbox, end.

In: the same machinery as the daemon. Out: 0 when every message present is handled and every outbox item is sent,
failed for good, in doubt, or waits for a retry more than ten seconds away; else 1.
"""

import asyncio
import signal
import time
from datetime import datetime, timedelta

import structlog

from inboxbot.alarms.conditions import REFUSED
from inboxbot.errors import InboxbotError, MailboxError, MailboxRefusedError, StoreError
from inboxbot.machinery import Machinery
from inboxbot.reading import MailboxReader
from inboxbot.store import messages, outbox, watchbook

TRIES = 3  # for a mailbox, in a row without anything recorded; a refused login is never tried more often than this
MOST_TRIES = 30  # in all
PAUSE_SECONDS = 1.0
SOON = timedelta(seconds=10)  # a retry due within this time is waited for

_log = structlog.get_logger(__name__)


async def run_once(machinery: Machinery, parts: frozenset[str]) -> int:
    """One round of everything in `parts`; the exit code. SIGTERM and SIGINT end it after what it holds."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.to_thread(machinery.recover)
    try:
        unread = []
        if "ingest" in parts:
            unread = [reader.section.name for reader in machinery.readers if not await asyncio.to_thread(_read, machinery, reader)]
        if "process" in parts:
            while await asyncio.to_thread(machinery.process_waiting, stop.is_set, lambda: None):
                pass
        if "send" in parts and machinery.sender:
            reachable = machinery.sent_copies is None or machinery.sent_copies.mailbox not in unread
            if reachable and await asyncio.to_thread(_reconcile_sent, machinery):
                await _drain(machinery, stop)
                await asyncio.to_thread(machinery.look_after_sent)
        if "ingest" in parts:
            await asyncio.to_thread(_mark, machinery)
        if "clock" in parts:
            await asyncio.to_thread(machinery.look)
        left = await asyncio.to_thread(_left, machinery, parts)
    finally:
        await machinery.close()
    return 1 if unread or left or stop.is_set() else 0


def _read(machinery: Machinery, reader: MailboxReader) -> bool:
    """Record everything that is new; False when the mailbox could not be read, whatever the reason: the others are."""
    name = f"mailbox:{reader.section.name}"
    attempt, came = 0, list[bool]()
    for _ in range(MOST_TRIES):
        attempt = 1 if came else attempt + 1
        came.clear()
        try:
            while reader.catch_up(lambda: came.append(True)) or reader.unfinished:
                time.sleep(PAUSE_SECONDS if reader.unfinished else 0)
        except MailboxError as error:
            refused = isinstance(error, MailboxRefusedError)
            machinery.beat(name, f"{REFUSED}{error}" if refused else str(error))
            event = "mailbox_refused" if refused else "mailbox_unreachable"
            _log.error(event, mailbox=reader.section.name, why=str(error), attempt=attempt)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            machinery.beat(name, f"an error of the program ({type(error).__name__}), see its log")
            _log.exception("mailbox_failed", mailbox=reader.section.name, error=type(error).__name__, attempt=attempt)
        else:
            machinery.beat(name)
            return True
        if attempt >= TRIES and not came:
            break
        time.sleep(PAUSE_SECONDS * attempt)
    return False


def _reconcile_sent(machinery: Machinery) -> bool:
    for attempt in range(1, TRIES + 1):
        if machinery.reconcile_sent():
            return True
        time.sleep(PAUSE_SECONDS * attempt if attempt < TRIES else 0)
    return False


async def _drain(machinery: Machinery, stop: asyncio.Event) -> None:
    """Send what is due, and wait for what will be soon."""
    while not stop.is_set() and machinery.sender:
        await machinery.sender.drain(stop)
        due = await asyncio.to_thread(_next_due, machinery)
        if due is None or due > machinery.now() + SOON:
            return
        await asyncio.sleep(max(0.05, (due - machinery.now()).total_seconds()))


def _next_due(machinery: Machinery) -> datetime | None:
    with machinery.store.transaction() as session:
        return outbox.next_due(session)


def _mark(machinery: Machinery) -> None:
    for reader in machinery.readers:
        try:
            while reader.mark_decided():
                pass
        except InboxbotError as error:
            _log.warning("mark_failed", mailbox=reader.section.name, why=str(error))
        except Exception as error:  # noqa: BLE001 - marks are decoration
            _log.exception("mark_failed", mailbox=reader.section.name, error=type(error).__name__)


def _left(machinery: Machinery, parts: frozenset[str]) -> bool:
    """Whether something is still to be done that this round should have done."""
    try:
        with machinery.store.transaction() as session:
            waiting = messages.counts(session)["recorded"] if "process" in parts else 0
            due = outbox.next_due(session) if "send" in parts and machinery.sender else None
            leaving = outbox.sending(session) if "send" in parts else 0
            held = "send" in parts and bool(watchbook.held(session))  # somebody has to look before it leaves
    except StoreError:
        return True
    return bool(waiting or leaving or held or (due and due <= machinery.now() + SOON))
