"""The process: named tasks around the pipeline, a clock, and an orderly end.

    ingest:<mailbox>  record what is new, mark what is decided, wait for more     (a thread each: IMAPClient blocks)
    process           decide what is recorded                                     (a thread: it computes)
    send              drain the outbox
    web               the account page
    clock             what is timed (APScheduler)

In: an `App`. Out: handled mail, until SIGTERM or SIGINT. Stopping is an event: every task finishes what it holds.
One task that dies stops the process with its name and reason: a supervisor restarts a dead process, nobody restarts a
half-dead one.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self, TypeVar

import structlog

from inboxbot.alarms.conditions import REFUSED
from inboxbot.alarms.pulses import STORE
from inboxbot.config import MailboxSection
from inboxbot.errors import MailboxError, MailboxHungError, MailboxRefusedError, MailboxTemporaryError, StoreError, WorkerError
from inboxbot.machinery import Machinery
from inboxbot.reading import MailboxReader
from inboxbot.sending import Sender
from inboxbot.store import watchbook
from inboxbot.store.watchbook import Pulse

PARTS = ("ingest", "process", "send", "web", "clock")
GRACE_SECONDS = 30.0  # after the stop event, before tasks are cancelled
IDLE_SECONDS = 2.0  # how often process and send look by themselves; within one process they are woken at once
FIRST_BACK_OFF = 1.0  # seconds until the Sent folder is tried again
MOST_HOLLOW, HOLLOW_SECONDS = 20, 1.0  # a server that cries "new mail" again and again, and has none, is heard once a second
MOST_REFUSALS = 3  # logins refused in a row; then the mailbox is left alone for a long time
SECRET_CHECK_SECONDS = 2.0
STORE_CHECK_SECONDS = 2.0
CLOCK_CHECK_SECONDS = 5.0
CLOCK_JUMP_SECONDS = 60.0
LEDGER_CHECK_SECONDS = 5
CHORES_SECONDS = 5  # how late a snooze may end
AUDIT_CHECK_SECONDS = 60
# The watchdog: socket timeouts end a dead connection's calls; what outlasts even these is a thread that hangs for ever.
LONGEST_ROUND = 1800.0  # seconds without any progress in reading and marking
LONGEST_OVER_POLL = 300.0  # seconds beyond `poll_seconds` for waiting

Result = TypeVar("Result")

_log = structlog.get_logger(__name__)


@dataclass
class Daemon:
    """Runs the machinery. `recorded` and `decided` wake the next task; they are hints, the store is the truth."""

    machinery: Machinery
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    recorded: asyncio.Event = field(default_factory=asyncio.Event)
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    exit_now: Callable[[int], object] = os._exit  # past every thread that hangs; all that matters is committed
    _loop: asyncio.AbstractEventLoop | None = None
    _store_troubles: set[str] = field(default_factory=set)  # parts that could not write something down the last time

    async def run(self, parts: frozenset[str]) -> int:
        """Run until stopped; 0 after an orderly stop, 1 when a task died."""
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self.request_stop)
        await asyncio.to_thread(self.machinery.recover)
        tasks = [asyncio.create_task(coroutine, name=name) for name, coroutine in self._tasks(parts)]
        _log.info("started", tasks=[task.get_name() for task in tasks])
        try:
            return await self._until_stopped(tasks)
        finally:
            await self.machinery.close()
            _log.info("stopped")

    def request_stop(self) -> None:
        """Begin an orderly stop; may be called from a signal handler."""
        self.stop.set()
        self.recorded.set()
        self.decided.set()
        for reader in self.machinery.readers:
            reader.mailbox.interrupt()

    async def _until_stopped(self, tasks: list[asyncio.Task[None]]) -> int:
        stopped: asyncio.Task[Any] = asyncio.create_task(self.stop.wait(), name="stop")
        done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        # When we are told to stop, tasks end too, perhaps in the very same moment: only before that is an end a death.
        early = [] if self.stop.is_set() else [task for task in tasks if task in done]
        for task in early:
            _log_death(task)
        if any(isinstance(task.exception(), MailboxHungError) for task in early):
            self.exit_now(1)
        self.request_stop()
        _, hanging = await asyncio.wait([stopped, *tasks], timeout=GRACE_SECONDS)
        late = [task for task in tasks if task not in hanging and task not in early and task.exception()]
        for task in late:
            _log_death(task)
        for one in hanging:
            _log.error("task_hangs", task=one.get_name())
            one.cancel()
        await asyncio.gather(stopped, *tasks, return_exceptions=True)
        return 1 if early or late or hanging else 0

    def _tasks(self, parts: frozenset[str]) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        tasks: list[tuple[str, Coroutine[Any, Any, None]]] = []
        if "ingest" in parts:
            tasks += [(f"ingest:{reader.section.name}", self.ingest(reader)) for reader in self.machinery.readers]
        if "process" in parts:
            tasks.append(("process", self.process()))
        if "send" in parts and self.machinery.sender:
            tasks.append(("send", self.send(self.machinery.sender)))
        if "web" in parts and self.machinery.serve_web:
            tasks.append(("web", self.machinery.serve_web(self.stop)))
        if "clock" in parts:
            tasks.append(("clock", self.clock()))
        return tasks

    async def ingest(self, reader: MailboxReader) -> None:
        """Read one mailbox for ever; what goes wrong there, whatever it is, is tried again, ever more rarely.

        Its cause may lie in the mailbox for ever: a process that died of it would die again at every start, and nobody's mail be read.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"ingest-{reader.section.name}")
        try:
            section = reader.section
            course = _Course.of(section)
            back_off = course.back_off
            hollow, woken = 0, 0.0  # rounds in a row that found nothing, and when the last one ended
            while not self.stop.is_set():
                shown = ""
                try:
                    shown = await asyncio.to_thread(reader.seal)  # before the login: what is renewed meanwhile counts as new
                    recorded, more = await _in_time(thread, LONGEST_ROUND, partial(self._read_and_mark, course, reader), course)
                    hollow = 0 if recorded or more else hollow + 1
                    if hollow > MOST_HOLLOW and time.monotonic() - woken < HOLLOW_SECONDS:
                        await self._pause(HOLLOW_SECONDS)
                    woken = time.monotonic()
                    if not (more or self.stop.is_set()):
                        await _in_time(thread, section.poll_seconds + LONGEST_OVER_POLL, reader.wait, course)
                except StoreError as error:
                    await asyncio.to_thread(self.machinery.beat, f"mailbox:{section.name}", str(error))
                    self._note_store(f"mailbox {section.name}", str(error))
                    _log.error("store_trouble", why=str(error), wait_seconds=back_off.seconds)
                    await self._pause_for_store(back_off.grow(), reader)
                except MailboxRefusedError as error:
                    course.refusals += 1
                    await asyncio.to_thread(self.machinery.beat, f"mailbox:{section.name}", f"{REFUSED}{error}")
                    wait = section.refused_retry_seconds if course.refusals >= MOST_REFUSALS else back_off.seconds
                    _log.error("mailbox_refused", mailbox=reader.section.name, why=str(error), times=course.refusals, wait_seconds=wait)
                    await self._pause_until_new_secret(wait, reader.seal, shown)
                except MailboxTemporaryError as error:
                    await asyncio.to_thread(self.machinery.beat, f"mailbox:{reader.section.name}", str(error))
                    wait = max(error.retry_after or 0.0, back_off.grow())
                    _log.warning("mailbox_unreachable", mailbox=reader.section.name, why=str(error), wait_seconds=wait)
                    await self._pause(wait)
                except MailboxHungError:
                    raise
                except Exception as error:  # noqa: BLE001 - see above
                    words = f"an error of the program ({type(error).__name__}), see its log"
                    await asyncio.to_thread(self.machinery.beat, f"mailbox:{section.name}", words)
                    _log.exception("mailbox_failed", mailbox=section.name, error=type(error).__name__, wait_seconds=back_off.seconds)
                    await self._pause(back_off.grow())
        finally:
            thread.shutdown(wait=False)

    def _read_and_mark(self, course: "_Course", reader: MailboxReader) -> tuple[int, bool]:
        """One round; how much was recorded, and whether the next round has something to do already."""

        def progress() -> None:
            course.moved_at = time.monotonic()
            self.machinery.beat(f"mailbox:{reader.section.name}")
            self._wake(self.recorded)

        recorded = reader.catch_up(progress=progress)
        course.moved_at = time.monotonic()
        self.machinery.beat(f"mailbox:{reader.section.name}")
        if recorded:
            self._wake(self.recorded)
        self._note_store(f"mailbox {reader.section.name}")
        course.goes_well()
        return recorded, _mark(course, reader)

    async def process(self) -> None:
        """Decide what is recorded."""
        while not self.stop.is_set():
            self.recorded.clear()
            with self._store_trouble("process"):
                count = await asyncio.to_thread(self.machinery.process_waiting, self.stop.is_set, lambda: self._wake(self.decided))
                if count:
                    self._ask_for_marks()
                    continue
            await self._until(self.recorded)

    def _ask_for_marks(self) -> None:
        for reader in self.machinery.readers:
            if reader.section.after != "nothing":
                reader.mailbox.interrupt()

    async def send(self, sender: Sender) -> None:
        """Drain the outbox; first of all see whether the Sent folder knows more than our records."""
        wait = FIRST_BACK_OFF
        while not self.stop.is_set():
            with self._store_trouble("send"):
                if await asyncio.to_thread(self.machinery.reconcile_sent):
                    break
            await self._pause_until_new_secret(wait, self.machinery.sent_seal, await asyncio.to_thread(self.machinery.sent_seal))
            wait = min(wait * 2, self.machinery.check_seconds)
        while not self.stop.is_set():
            self.decided.clear()
            with self._store_trouble("send"):
                await sender.drain(self.stop)
            await self._until(self.decided)

    async def clock(self) -> None:
        """What is timed: the ledger's schedule, and items whose sender died."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415 - only this task needs it

        scheduler = AsyncIOScheduler(timezone="UTC")
        jobs: list[tuple[Callable[[], None], float]] = [
            (self._ledger_if_changed, LEDGER_CHECK_SECONDS),
            (self._ledger_on_schedule, self.machinery.ledger_minutes * 60),
            (self._chores, CHORES_SECONDS),
        ]
        if self.machinery.sender:
            jobs.append((self.machinery.sender.doubt_abandoned, self.machinery.check_seconds))
            jobs.append((self._look_after_sent, self.machinery.check_seconds))
        if self.machinery.watch:
            jobs.append((self.machinery.look, self.machinery.watch_seconds))
            jobs.append((self._audit_if_due, AUDIT_CHECK_SECONDS))
        for job, seconds in jobs:
            scheduler.add_job(asyncio.to_thread, "interval", args=[job], seconds=seconds, coalesce=True, max_instances=1, id=job.__name__)
        scheduler.start()
        try:
            while not self.stop.is_set():
                before = _clock_offset()
                await self._pause(CLOCK_CHECK_SECONDS)
                if abs(_clock_offset() - before) > CLOCK_JUMP_SECONDS:
                    _log.warning("clock_jumped", seconds=round(_clock_offset() - before))
                    for one in scheduler.get_jobs():  # they are planned by the wall clock, and might wait for days
                        one.modify(next_run_time=datetime.now(UTC))
        finally:
            scheduler.shutdown(wait=False)

    def _audit_if_due(self) -> None:
        with self._store_trouble("audit"):
            self.machinery.audit_if_due()

    def _look_after_sent(self) -> None:
        with self._store_trouble("sent folder"):
            self.machinery.look_after_sent()

    def _ledger_if_changed(self) -> None:
        self.machinery.refresh_ledger(force=False)

    def _chores(self) -> None:
        with self._store_trouble("chores"):
            self.machinery.chores()

    def _ledger_on_schedule(self) -> None:
        self.machinery.refresh_ledger(force=True)

    def _wake(self, event: asyncio.Event) -> None:
        """Set an event from a worker thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(event.set)

    @contextmanager
    def _store_trouble(self, part: str) -> Iterator[None]:
        """The store did not take a change (locked, disk full), or no worker could be had: nothing is lost, the next round tries again."""
        try:
            yield
        except WorkerError as error:
            _log.error("worker_trouble", why=str(error))
        except StoreError as error:
            _log.error("store_trouble", why=str(error))
            self._note_store(part, str(error))
        else:
            self._note_store(part)

    def _note_store(self, part: str, trouble: str = "") -> None:
        """What a part met with when it wrote something down, for the watch; nothing is written for that."""
        if trouble or part in self._store_troubles:
            self.machinery.beat(f"{STORE}{part}", trouble)
        (self._store_troubles.add if trouble else self._store_troubles.discard)(part)

    async def _until(self, event: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(event.wait(), IDLE_SECONDS)
        except TimeoutError:
            return

    async def _pause_until_new_secret(self, seconds: float, seal: Callable[[], str], shown: str) -> None:
        """As `_pause`, but a password (or what tokens are bought with) that is not the one shown ends it: it is worth a try."""
        deadline = asyncio.get_running_loop().time() + seconds
        while (left := deadline - asyncio.get_running_loop().time()) > 0 and not self.stop.is_set():
            if await asyncio.to_thread(seal) != shown:
                return
            await self._pause(min(left, SECRET_CHECK_SECONDS))

    async def _pause_for_store(self, seconds: float, reader: MailboxReader) -> None:
        """As `_pause`, but where our records take no change, until they do: nobody logs in at a server for mail that cannot be recorded."""
        left, failed = seconds, False
        while not self.stop.is_set():
            await self._pause(min(left, STORE_CHECK_SECONDS) if left > 0 else STORE_CHECK_SECONDS)
            left -= STORE_CHECK_SECONDS
            takes = await asyncio.to_thread(_store_takes, reader)
            if takes and (failed or left <= 0):
                return
            failed = failed or not takes

    async def _pause(self, seconds: float) -> None:
        """Sleep that a stop ends."""
        try:
            await asyncio.wait_for(self.stop.wait(), seconds)
        except TimeoutError:
            return


@dataclass
class _BackOff:
    """Seconds until the next try, doubling up to the longest."""

    first: float
    longest: float
    _seconds: float = 0.0

    @property
    def seconds(self) -> float:
        """The next wait."""
        return self._seconds or self.first

    def grow(self) -> float:
        """The next wait; the one after it is longer."""
        wait = self.seconds
        self._seconds = min(wait * 2, self.longest)
        return wait

    def reset(self) -> None:
        """It works again."""
        self._seconds = 0.0


@dataclass
class _Course:
    """How it goes with one mailbox."""

    back_off: _BackOff
    marks: _BackOff
    name: str
    refusals: int = 0  # logins refused in a row
    moved_at: float = 0.0  # when a call was seen to do something, by the clock that never jumps
    marks_rest_until: float = 0.0

    @classmethod
    def of(cls, section: MailboxSection) -> Self:
        """At the start."""
        waits = (section.retry_seconds, section.longest_retry_seconds)
        return cls(_BackOff(*waits), _BackOff(*waits), section.name)

    def goes_well(self) -> None:
        """The mailbox was read."""
        self.back_off.reset()
        self.refusals = 0


def _mark(course: _Course, reader: MailboxReader) -> bool:
    """Mark one batch; True when there is something to do at once.

    Marks are decoration: what goes wrong with them is tried again ever more rarely, and keeps nobody from reading.
    """
    if time.monotonic() < course.marks_rest_until:
        return False
    try:
        more = reader.mark_decided()
    except Exception as error:
        wait = course.marks.grow()
        course.marks_rest_until = time.monotonic() + wait
        if isinstance(error, StoreError):
            raise
        trace = None if isinstance(error, MailboxError) else error
        words = str(error) if trace is None else type(error).__name__
        _log.warning("mark_failed", mailbox=reader.section.name, why=words, wait_seconds=wait, **({"exc_info": trace} if trace else {}))
        if isinstance(error, MailboxTemporaryError) and error.retry_after is not None:
            raise  # the server wants to be left alone altogether
        return True  # the connection is gone: a new one is needed to wait for mail
    course.marks.reset()
    return more


def _store_takes(reader: MailboxReader) -> bool:
    """Whether our records take a change."""
    try:
        with reader.store.transaction() as session:
            watchbook.set_pulse(session, "store", Pulse(reader.now()))
    except StoreError:
        return False
    return True


def _clock_offset() -> float:
    """The wall clock against one that never jumps, in seconds."""
    return time.time() - time.monotonic()


def _log_death(task: asyncio.Task[None]) -> None:
    reason = task.exception()
    _log.critical("task_died", task=task.get_name(), reason=str(reason or "it ended"), exc_info=reason)


async def _in_time(thread: ThreadPoolExecutor, seconds: float, call: Callable[[], Result], course: _Course) -> Result:
    """A blocking call in the mailbox's own thread; raises MailboxHungError when it neither comes back nor moves on for so long."""
    course.moved_at = time.monotonic()
    running = asyncio.get_running_loop().run_in_executor(thread, call)
    while (left := course.moved_at + seconds - time.monotonic()) > 0:
        done, _ = await asyncio.wait([running], timeout=left)
        if done:
            return await running
    raise MailboxHungError(f"mailbox {course.name} did not come back from a call within {seconds:g} seconds")
