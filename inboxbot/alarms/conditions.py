"""What is the matter, from what the parts of the program and the records show.

In: `Signs`, `[alerts]`. Out: the alarms that hold now. Nothing here reads a clock, a file or a store.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inboxbot.alarms.pulses import STORE
from inboxbot.config import AlertsSection
from inboxbot.credentials import NO_TOKEN
from inboxbot.store.watchbook import Pulse, Waiting

NOTHING = Waiting()
MOST_QUICK = 3  # answers that are no person's, within the hour: one is an unmarked absence note, three are a loop
TOKEN_GRACE = timedelta(minutes=2)  # an endpoint that is away for a moment needs nobody
STORE_GRACE = timedelta(minutes=1)  # somebody else's long change, or a server that starts anew
DOUBT_GRACE = timedelta(minutes=2)  # most doubts are settled by the Sent folder's first look
SENT_FOLDER = "sent folder"  # the pulse of what looks after it
REFUSED = "login refused: "  # how the trouble of a part begins whose login was refused


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must know. The name is stable; the words say what, and what to do."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Signs:
    """Everything that the watch sees in one round."""

    now: datetime
    started_at: datetime
    mailboxes: tuple[str, ...] = ()
    pulses: Mapping[str, Pulse] = field(default_factory=dict)
    undecided: Waiting = NOTHING
    unsent: Waiting = NOTHING
    doubtful: Waiting = NOTHING
    loops: Waiting = NOTHING
    quick: Waiting = NOTHING  # answers to our automatic mail that came too soon
    held: str = ""  # why automatic mail is held
    disk_free_mb: float | None = None
    store_trouble: str = ""
    ledger_trouble: str = ""
    sent_mailbox: str = ""  # whose Sent folder is looked after; '' where none is


def raised(signs: Signs, alerts: AlertsSection) -> tuple[Alarm, ...]:
    """Every alarm that holds now."""
    silent = timedelta(minutes=alerts.silent_minutes)
    return (
        *_store(signs, alerts),
        *(alarm for name in signs.mailboxes for alarm in _mailbox(name, signs, silent)),
        *_work(signs, silent),
        *_sent_folder(signs, silent),
        *_audits(signs),
        *_loops(signs),
    )


def _store(signs: Signs, alerts: AlertsSection) -> Iterator[Alarm]:
    trouble = signs.store_trouble or next(_store_troubles(signs), "")
    if trouble:
        yield Alarm("store", f"our records cannot be written, so nothing is answered: {trouble}")
    if signs.disk_free_mb is not None and signs.disk_free_mb < alerts.disk_free_mb:
        yield Alarm("disk", f"only {signs.disk_free_mb:.0f} MB are free where our records lie; make room, or everything stops")
    if signs.ledger_trouble:
        yield Alarm("ledger", f"the ledger could not be read, the last good one is in use: {signs.ledger_trouble}")


def _store_troubles(signs: Signs) -> Iterator[str]:
    """What parts of the program have met with for a while when they wrote something down."""
    for name, pulse in sorted(signs.pulses.items()):
        if name.startswith(STORE) and pulse.trouble and pulse.trouble_at is not None and signs.now - pulse.trouble_at > STORE_GRACE:
            yield pulse.trouble


def _mailbox(name: str, signs: Signs, silent: timedelta) -> Iterator[Alarm]:
    pulse = signs.pulses.get(f"mailbox:{name}", Pulse())
    if pulse.trouble.startswith(REFUSED):
        yield Alarm(f"login:{name}", f"mailbox {name} refuses our login; renew the password or the token: {pulse.trouble[len(REFUSED) :]}")
        return
    if _tokenless(pulse, signs.now):
        yield Alarm(f"token:{name}", f"mailbox {name} is not read: {pulse.trouble}")
        return
    last = max(filter(None, (pulse.ok_at, signs.started_at)))
    if signs.now - last > silent:
        why = f": {pulse.trouble}" if pulse.trouble else ""
        yield Alarm(f"silent:{name}", f"mailbox {name} was not read since {last:%Y-%m-%d %H:%M} UTC{why}")


def _tokenless(pulse: Pulse, now: datetime) -> bool:
    """Whether a part could not log in for a while because no access token was to be had."""
    return pulse.trouble.startswith(NO_TOKEN) and pulse.trouble_at is not None and now - pulse.trouble_at > TOKEN_GRACE


def _work(signs: Signs, silent: timedelta) -> Iterator[Alarm]:
    smtp = signs.pulses.get("smtp", Pulse())
    if smtp.trouble.startswith(REFUSED):
        yield Alarm("login:smtp", f"the SMTP server refuses our login; no mail leaves: {smtp.trouble[len(REFUSED) :]}")
    elif _tokenless(smtp, signs.now):
        yield Alarm("token:smtp", f"no mail leaves: {smtp.trouble}")
    elif signs.unsent.since and signs.now - signs.unsent.since > silent:
        why = signs.unsent.words or "none was tried"
        yield Alarm("unsent", f"{signs.unsent.count} mails could not leave since {signs.unsent.since:%H:%M} UTC: {why}")
    if signs.undecided.since and signs.now - signs.undecided.since > silent:
        yield Alarm("undecided", f"{signs.undecided.count} mails wait to be decided since {signs.undecided.since:%Y-%m-%d %H:%M} UTC")
    if signs.doubtful.since and signs.now - signs.doubtful.since > DOUBT_GRACE:
        words = f"nobody knows whether {signs.doubtful.count} mails were sent; look, and say so: inboxbot outbox list --state in_doubt"
        yield Alarm("in_doubt", words)
    if signs.held:
        yield Alarm("brake", f"automatic mail is held: {signs.held}; look at the outbox, then: inboxbot outbox resume")


def _sent_folder(signs: Signs, silent: timedelta) -> Iterator[Alarm]:
    """What it alone knows is waited for: before a first look nothing leaves, and without one no doubt is settled."""
    pulse = signs.pulses.get(SENT_FOLDER, Pulse())
    if not signs.sent_mailbox or not pulse.trouble or pulse.trouble_at is None:
        return
    since = max(pulse.trouble_at, signs.started_at)
    if signs.now - since > silent:
        what = f"the Sent folder of mailbox {signs.sent_mailbox} cannot be used since {since:%Y-%m-%d %H:%M} UTC: {pulse.trouble}"
        yield Alarm("sent_folder", f"{what}; before it was read once after a start no mail leaves, and mail in doubt stays so")


def _audits(signs: Signs) -> Iterator[Alarm]:
    for name, pulse in sorted(signs.pulses.items()):
        if name.startswith("audit:") and pulse.trouble:
            yield Alarm(name, f"mailbox {name[6:]} and our records disagree: {pulse.trouble}; see: inboxbot audit")


def _loops(signs: Signs) -> Iterator[Alarm]:
    if signs.loops.count:
        yield Alarm("loop", f"{signs.loops.count} mails within an hour may be part of a loop and were not answered ({signs.loops.words})")
    elif signs.quick.count >= MOST_QUICK:
        words = f"{signs.quick.count} answers to our automatic mail within an hour came sooner than a person writes"
        yield Alarm("loop", f"{words}, and got none ({signs.quick.words})")
