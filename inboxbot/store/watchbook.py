"""What the watch over the program writes down: pulses of its parts, alarms, and the brake on automatic mail.

In: names, words and times. Out: plain values. A pulse says when a part last did its work and what is the matter with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, true
from sqlmodel import Session, col, select

from inboxbot.errors import NotFoundError
from inboxbot.reply import OutboxState
from inboxbot.store.tables import AlarmRow, AuditRow, BrakeRow, MessageRow, OutboxRow, PulseRow

SENDING = "sending"  # the one brake there is
LOOP = "loop"  # the audit's word for what may be one
QUICK = "quick reply"  # and for an answer to our automatic mail that no person can have written so soon


@dataclass(frozen=True, slots=True)
class Pulse:
    """A part of the program: when it last did its work, and what is the matter with it ('' for nothing)."""

    ok_at: datetime | None = None
    trouble: str = ""
    trouble_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlarmState:
    """An alarm and what people were told of it."""

    name: str
    words: str
    raised_at: datetime
    told_at: datetime | None = None
    cleared_at: datetime | None = None
    cleared_told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that waits: how much, since when, and what the last try said."""

    count: int = 0
    since: datetime | None = None
    words: str = ""


def pulses(session: Session) -> dict[str, Pulse]:
    """Every part that was ever heard of."""
    return {row.name: Pulse(row.ok_at, row.trouble, row.trouble_at) for row in session.exec(select(PulseRow))}


def set_pulse(session: Session, name: str, pulse: Pulse) -> None:
    """Note a part's pulse."""
    row = session.get(PulseRow, name) or PulseRow(name=name)
    row.ok_at, row.trouble, row.trouble_at = pulse.ok_at, pulse.trouble, pulse.trouble_at
    session.add(row)


def alarms(session: Session) -> dict[str, AlarmState]:
    """Every alarm that was ever raised, by name."""
    return {
        row.name: AlarmState(row.name, row.words, row.raised_at, row.told_at, row.cleared_at, row.cleared_told_at)
        for row in session.exec(select(AlarmRow))
    }


def save_alarm(session: Session, state: AlarmState) -> None:
    """Write an alarm's state down."""
    row = session.get(AlarmRow, state.name) or AlarmRow(name=state.name, words=state.words, raised_at=state.raised_at)
    row.words, row.raised_at, row.told_at = state.words, state.raised_at, state.told_at
    row.cleared_at, row.cleared_told_at = state.cleared_at, state.cleared_told_at
    session.add(row)


def undecided(session: Session) -> Waiting:
    """Recorded messages that wait to be decided."""
    statement = select(func.count(), func.min(MessageRow.recorded_at)).where(MessageRow.state == "recorded")
    count, since = session.exec(statement).one()
    return Waiting(count, since)


def unsent(session: Session, due_by: datetime | None = None) -> Waiting:
    """Mails that failed to leave at least once and wait to be tried again; and, given `due_by`, those that are due and were never tried.

    Never tried are no mails while a person holds them back; and those that were let go of wait since then.
    """
    brake_row = session.get(BrakeRow, SENDING) or BrakeRow(name=SENDING)
    waits = col(OutboxRow.last_error) != ""
    if due_by is not None:
        allowed = true() if brake_row.held_at is None else col(OutboxRow.automatic).is_(False)
        waits = or_(waits, and_(col(OutboxRow.next_attempt_at) <= due_by, allowed))
    stuck = (OutboxRow.state == OutboxState.READY.value, waits)
    count = session.exec(select(func.count()).select_from(OutboxRow).where(*stuck)).one()
    oldest = session.exec(select(OutboxRow).where(*stuck).order_by(col(OutboxRow.created_at)).limit(1)).first()
    if oldest is None:
        return Waiting()
    let_go = brake_row.released_at if oldest.automatic and not oldest.last_error else None
    return Waiting(count, max(filter(None, (oldest.created_at, let_go))), oldest.last_error)


def doubtful(session: Session) -> Waiting:
    """Mails of which nobody knows whether they were sent."""
    statement = select(func.count(), func.min(OutboxRow.finished_at)).where(OutboxRow.state == OutboxState.IN_DOUBT.value)
    count, since = session.exec(statement).one()
    return Waiting(count, since)


def noted_since(session: Session, what: str, since: datetime) -> Waiting:
    """Audit rows of one kind since a moment; the words are the codes that the latest one names."""
    rows = session.exec(select(AuditRow).where(AuditRow.what == what, col(AuditRow.at) >= since).order_by(col(AuditRow.id))).all()
    if not rows:
        return Waiting()
    latest = rows[-1].detail
    return Waiting(len(rows), rows[0].at, f"{', '.join(latest.get('codes', []))}; the latest from {latest.get('from', '')}")


def held(session: Session) -> str:
    """Why automatic mail is held, or ''."""
    row = session.get(BrakeRow, SENDING)
    return row.reason if row is not None and row.held_at is not None else ""


def brake(session: Session, most_per_hour: int, now: datetime) -> bool:
    """Hold automatic mail when more of it than the limit has left within the hour or is about to; True when it is held.

    What a person has released once is not counted again.
    """
    row = session.get(BrakeRow, SENDING) or BrakeRow(name=SENDING)
    if row.held_at is not None:
        return True
    leaving = or_(
        col(OutboxRow.state) == OutboxState.READY.value,
        col(OutboxRow.sending_at) >= now - timedelta(hours=1),
    )
    statement = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.automatic).is_(True), leaving)
    if row.released_at is not None:
        statement = statement.where(col(OutboxRow.created_at) > row.released_at)
    count = session.exec(statement).one()
    if count <= most_per_hour:
        return False
    hold(session, f"{count} automatic mails within an hour, [limits] per_hour = {most_per_hour}", now)
    return True


def hold(session: Session, reason: str, now: datetime) -> None:
    """Let no automatic mail leave until a person says so."""
    row = session.get(BrakeRow, SENDING) or BrakeRow(name=SENDING)
    row.reason, row.held_at = reason, now
    session.add(row)
    session.flush()


def release(session: Session, who: str, now: datetime) -> None:
    """A person lets automatic mail leave again."""
    row = session.get(BrakeRow, SENDING)
    if row is None or row.held_at is None:
        raise NotFoundError("automatic mail is not held")
    row.held_at, row.released_at, row.released_by = None, now, who
    session.add(row)
