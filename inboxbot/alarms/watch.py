"""The watch: looks at every part and at the records, tells people what is the matter, and writes down what it told.

In: the store, the pulses, the channels. Out: notices; alarm rows. What it knows lives in memory too, because the records
may be what is broken.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from inboxbot.alarms import book
from inboxbot.alarms.ages import Ages
from inboxbot.alarms.channels import Channel
from inboxbot.alarms.conditions import Signs, raised
from inboxbot.alarms.notices import notice
from inboxbot.alarms.pulses import Pulses
from inboxbot.config import AlertsSection
from inboxbot.errors import AlertError, StoreError
from inboxbot.store import watchbook
from inboxbot.store.engine import Store
from inboxbot.store.watchbook import AlarmState, Pulse

DAEMON = "daemon"
_HOUR = timedelta(hours=1)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)  # after a channel failed

_log = structlog.get_logger(__name__)


@dataclass
class Watch:
    """One process's watch."""

    store: Store
    alerts: AlertsSection
    company: str
    mailboxes: tuple[str, ...]
    pulses: Pulses
    channels: Sequence[Channel]
    now: Callable[[], datetime]
    folder: Path | None  # where the records lie; None: elsewhere than on this machine
    ledger_trouble: Callable[[], str]
    sent_mailbox: str = ""  # whose Sent folder is looked after
    sends: bool = True  # somebody is to send what is in the outbox
    ages: Ages = field(default_factory=Ages)
    started_at: datetime = field(init=False)
    _known: dict[str, AlarmState] | None = None
    _wait: timedelta = _FIRST_WAIT
    _not_before: datetime | None = None

    def __post_init__(self) -> None:
        """The watch begins now."""
        self.started_at = self.now()

    def look(self) -> None:
        """One round. Never raises: a watch that dies watches nothing."""
        try:
            self._look()
        except Exception as error:  # noqa: BLE001 - see above
            _log.exception("watch_failed", error=type(error).__name__)

    def _look(self) -> None:
        now = self.now()
        self.ages.look(now)
        self.pulses.ok(DAEMON)
        signs = self._signs(now)
        telling = book.turn(raised(signs, self.alerts), self._alarms(), now)
        states = telling.states
        if telling.anything and self._may_tell(now):
            for state in telling.raised:
                _log.error("alarm", alarm=state.name, words=state.words)
            for state in telling.recovered:
                _log.info("alarm_over", alarm=state.name, words=state.words)
            if self._tell(telling, now):
                states = book.told(telling, now)
        self._keep(states)

    def _signs(self, now: datetime) -> Signs:
        here = self.pulses.here()
        signs = Signs(
            now,
            self.ages.since("start", self.started_at) or now,
            self.mailboxes,
            disk_free_mb=self._free(),
            ledger_trouble=self.ledger_trouble(),
            pulses=self._by_now(here),
            store_trouble=self.pulses.store_trouble,
            sent_mailbox=self.sent_mailbox,
        )
        try:
            with self.store.transaction() as session:
                return replace(
                    signs,
                    pulses=self._by_now({**watchbook.pulses(session), **here}),
                    undecided=watchbook.undecided(session),
                    unsent=watchbook.unsent(session, now if self.sends else None),
                    doubtful=watchbook.doubtful(session),
                    quick=watchbook.noted_since(session, watchbook.QUICK, now - _HOUR),
                    loops=watchbook.noted_since(session, watchbook.LOOP, now - _HOUR),
                    held=watchbook.held(session),
                )
        except StoreError as error:
            return replace(signs, store_trouble=str(error))

    def _by_now(self, pulses: Mapping[str, Pulse]) -> dict[str, Pulse]:
        """The pulses as if the wall clock had never jumped."""
        since = self.ages.since
        return {
            name: Pulse(since(f"{name}: well", pulse.ok_at), pulse.trouble, since(f"{name}: trouble", pulse.trouble_at))
            for name, pulse in pulses.items()
        }

    def _free(self) -> float | None:
        if self.folder is None:
            return None
        try:
            return shutil.disk_usage(self.folder).free / 1_000_000
        except OSError:
            return None

    def _alarms(self) -> dict[str, AlarmState]:
        if self._known is None:
            try:
                with self.store.transaction() as session:
                    self._known = watchbook.alarms(session)
            except StoreError:
                return {}
        return self._known

    def _may_tell(self, now: datetime) -> bool:
        """A wait that is longer than any wait was begun by a clock that was wrong."""
        return self._not_before is None or not timedelta(0) < self._not_before - now <= _LONGEST_WAIT

    def _tell(self, telling: book.Telling, now: datetime) -> bool:
        """Every channel is tried; one that works is enough. After failure on all it waits, ever longer."""
        told, words = not self.channels, notice(telling, self.company)  # without a channel the log has told it
        for channel in self.channels:
            try:
                channel.tell(words, now)
                told = True
            except AlertError as error:
                _log.error("alert_failed", channel=channel.name, why=str(error))
        self._not_before = None if told else now + self._wait
        self._wait = _FIRST_WAIT if told else min(self._wait * 2, _LONGEST_WAIT)
        return told

    def _keep(self, states: Sequence[AlarmState]) -> None:
        if not states:
            return
        self._known = {**(self._known or {}), **{state.name: state for state in states}}
        try:
            with self.store.transaction() as session:
                for state in self._known.values():
                    watchbook.save_alarm(session, state)
        except StoreError:
            _log.warning("alarms_not_written")
