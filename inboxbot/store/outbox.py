"""Mail on its way out: frozen once, claimed under a lease, moved from state to state by fenced updates.

In: frozen mails. Out: `OutboxItem`s for the sender. Every change of state is a conditional UPDATE that names the claim
it belongs to: a sender that slept past its lease finds its claim gone and must not send (fencing).
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, and_, case, false, func, or_, update
from sqlmodel import Session, col, select

from inboxbot import markers
from inboxbot.decision import Released
from inboxbot.errors import NotFoundError
from inboxbot.reply import Claim, FrozenMail, OutboxItem, OutboxState, SentMail
from inboxbot.store import watchbook
from inboxbot.store.tables import ColleagueReplyRow, MessageRow, OutboxRow

_NEVER = datetime.max.replace(tzinfo=UTC)
_ACKNOWLEDGEMENT = "acknowledgement"  # the kind
_LONGEST_WAIT = timedelta(days=7)  # of a mail before it leaves
_SHARE_WINDOW = timedelta(hours=24)  # in which a customer's share of documents and figures counts


def add(
    session: Session,
    frozen: FrozenMail,
    now: datetime,
    *,
    answers_message_id: int | None = None,
    conversation_id: int | None = None,
    request_key: str = "",
) -> int:
    """Write a frozen mail into the outbox; its id.

    At most one of a kind answers a message, and at most one automatic mail a day goes to a mailbox for the same request
    in the same thread: unique constraints, the last line behind what was decided.
    """
    row = OutboxRow(
        answers_message_id=answers_message_id,
        conversation_id=conversation_id,
        kind=frozen.kind,
        state=OutboxState.READY.value,
        message_id=frozen.message_id,
        thread_root=frozen.thread_root,
        mail_from=frozen.mail_from,
        rcpt_to=frozen.rcpt_to,
        rcpt_bare=markers.bare(frozen.rcpt_to),
        mime=frozen.mime,
        customer_id=frozen.customer_id,
        documents=[list(d) for d in frozen.documents],
        claims=[list(claim) for claim in frozen.claims],
        automatic=frozen.automatic,
        in_reply_to=frozen.in_reply_to,
        answer_key=_answer_key(frozen, request_key, now) if frozen.automatic and request_key else None,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def _answer_key(frozen: FrozenMail, request_key: str, now: datetime) -> str:
    parts = (frozen.thread_root, markers.bare(frozen.rcpt_to), frozen.kind, request_key, now.date().isoformat())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def claim(session: Session, now: datetime, lease: timedelta, limit: int, horizon: timedelta = timedelta.max) -> list[OutboxItem]:
    """Take up to `limit` due items under a lease, oldest first; while automatic mail is held, only people's.

    For automatic mail a time farther ahead than `horizon` was written by a clock that was wrong: it has come. (People may
    well have theirs sent next week.) Two senders cannot have one item for that: the claim decides, not the lease.
    """
    far = now + horizon if horizon < timedelta.max else _NEVER
    free = or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) < now, col(OutboxRow.lease_until) > far)
    due = or_(col(OutboxRow.next_attempt_at) <= now, and_(col(OutboxRow.next_attempt_at) > far, col(OutboxRow.automatic).is_(True)))
    statement = (
        select(OutboxRow)
        .where(OutboxRow.state == OutboxState.READY.value, due, free, *_allowed(session))
        .order_by(col(OutboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    items = []
    for row in session.exec(statement):
        row.claim, row.lease_until = secrets.token_hex(8), now + lease
        row.attempts += 1
        session.add(row)
        items.append(_item(row))
    return items


def begin_sending(session: Session, item: OutboxItem, now: datetime, lease: timedelta) -> bool:
    """Commit that the body is about to leave. False: the claim is no longer ours, nothing may be sent."""
    return _move(session, item, OutboxState.READY, state=OutboxState.SENDING.value, sending_at=now, lease_until=now + lease)


def finish(
    session: Session,
    item: OutboxItem,
    state: OutboxState,
    now: datetime,
    *,
    error: str = "",
    reply: str = "",
    next_look_at: datetime | None = None,
) -> bool:
    """The item has reached an end: sent, failed or in doubt.

    What was put in doubt meanwhile, because its sender seemed dead, takes the server's clear word from that very sender:
    only `doubt_abandoned` leaves the claim in place.
    """
    clear = () if state is OutboxState.IN_DOUBT else (OutboxState.IN_DOUBT,)
    ended = {} if state is not OutboxState.IN_DOUBT else {"claim": ""}
    return _move(
        session,
        item,
        OutboxState.READY,
        OutboxState.SENDING,
        *clear,
        state=state.value,
        finished_at=now,
        lease_until=None,
        last_error=error,
        server_reply=reply,
        next_look_at=next_look_at,
        **ended,
    )


def retry_later(session: Session, item: OutboxItem, at: datetime, error: str) -> bool:
    """The server certainly does not have it: ready again at `at`."""
    return _move(
        session,
        item,
        OutboxState.READY,
        OutboxState.SENDING,
        state=OutboxState.READY.value,
        next_attempt_at=at,
        lease_until=None,
        last_error=error,
        sending_at=None,
    )


def give_back(session: Session, item: OutboxItem) -> bool:
    """A claim that was not used: as if it had never been made."""
    return _move(session, item, OutboxState.READY, lease_until=None, attempts=item.attempts - 1)


def postpone(session: Session, now: datetime, until: datetime, error: str) -> int:
    """The server takes nothing just now: everything that is due waits until then, claims of others excepted; how many."""
    free = or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) < now)
    statement = (
        update(OutboxRow)
        .where(col(OutboxRow.state) == OutboxState.READY.value, col(OutboxRow.next_attempt_at) < until, free)
        .values(next_attempt_at=until, last_error=error)
    )
    result: CursorResult[object] = session.exec(statement)
    return result.rowcount


def advance(session: Session, postponed_until: datetime, now: datetime) -> None:
    """What was put off until then is due now: the reason for it is gone."""
    waiting = (col(OutboxRow.state) == OutboxState.READY.value, col(OutboxRow.next_attempt_at) == postponed_until)
    session.exec(update(OutboxRow).where(*waiting).values(next_attempt_at=now))


def hold(session: Session, outbox_id: int, until: datetime) -> None:
    """A mail that is to leave later: its day begins then."""
    row = get(session, outbox_id)
    row.next_attempt_at = row.created_at = until
    session.add(row)


def cancel(session: Session, outbox_id: int, now: datetime) -> bool:
    """Take back a mail that no sender has taken up yet; False when it is too late.

    The claim is a conditional update as well: of the two exactly one happens.
    """
    statement = (
        update(OutboxRow)
        .where(
            col(OutboxRow.id) == outbox_id,
            col(OutboxRow.state) == OutboxState.READY.value,
            or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) < now),
        )
        .values(state=OutboxState.CANCELLED.value, finished_at=now)
    )
    result: CursorResult[object] = session.exec(statement)
    return result.rowcount == 1


def give_up(session: Session, created_before: datetime, now: datetime, error: str) -> list[int]:
    """Unclaimed items that have waited too long have failed; their ids."""
    free = or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) < now)
    statement = select(OutboxRow).where(OutboxRow.state == OutboxState.READY.value, col(OutboxRow.created_at) < created_before, free)
    ids = []
    for row in session.exec(statement):
        row.state, row.finished_at, row.last_error, row.lease_until = OutboxState.FAILED.value, now, error, None
        session.add(row)
        ids.append(row.id or 0)
    return ids


def doubt_abandoned(session: Session, now: datetime, *, whatever_lease: bool = False, next_look_at: datetime | None = None) -> list[int]:
    """Items whose sender died while the body was leaving are in doubt; their ids.

    `whatever_lease`: the caller knows that no other sender lives, and need not wait for the leases to run out.
    """
    statement = select(OutboxRow).where(OutboxRow.state == OutboxState.SENDING.value)
    if not whatever_lease:
        statement = statement.where(col(OutboxRow.lease_until) < now)
    ids = []
    for row in session.exec(statement):
        row.state, row.finished_at, row.lease_until = OutboxState.IN_DOUBT.value, now, None
        row.last_error = "the sender stopped after it had begun to send the body"
        row.next_look_at = next_look_at
        session.add(row)
        ids.append(row.id or 0)
    return ids


def settle(session: Session, outbox_id: int, *, was_sent: bool, now: datetime) -> None:
    """A person says what became of an item in doubt: it was sent, or it shall be sent again (and its day begins anew)."""
    row = session.get(OutboxRow, outbox_id)
    if row is None or row.state != OutboxState.IN_DOUBT.value:
        raise NotFoundError(f"there is no outbox item {outbox_id} in doubt")
    row.state = (OutboxState.SENT if was_sent else OutboxState.READY).value
    row.next_attempt_at = now
    row.finished_at = now if was_sent else None
    row.created_at = row.created_at if was_sent else now
    row.next_look_at, row.claim = None, ""
    row.proof = "a person said so" if was_sent else ""
    session.add(row)


def prove(session: Session, message_ids: Iterable[str], proof: str, now: datetime) -> list[int]:
    """Mails in doubt that somebody outside knows by their Message-ID were sent: it left this house in no other way; their ids."""
    named = {one for one in message_ids if one}
    statement = select(OutboxRow).where(OutboxRow.state == OutboxState.IN_DOUBT.value, known_as(named))
    ids = []
    for row in session.exec(statement) if named else ():
        row.state, row.proof, row.finished_at, row.next_look_at = OutboxState.SENT.value, proof, now, None
        session.add(row)
        ids.append(row.id or 0)
    return ids


def to_look_for(session: Session, now: datetime, limit: int) -> list[OutboxRow]:
    """Mails in doubt that are to be looked for in the Sent folder now."""
    statement = (
        select(OutboxRow)
        .where(OutboxRow.state == OutboxState.IN_DOUBT.value, col(OutboxRow.next_look_at) <= now)
        .order_by(col(OutboxRow.id))
        .limit(limit)
    )
    return list(session.exec(statement))


def looked(session: Session, outbox_id: int, next_look_at: datetime | None) -> None:
    """A mail in doubt was looked for in vain."""
    row = get(session, outbox_id)
    row.looks, row.next_look_at = row.looks + 1, next_look_at
    session.add(row)


def unfiled(session: Session, *, sent_before: datetime, sent_after: datetime, limit: int) -> list[OutboxRow]:
    """Sent mails of which no copy is known to lie in the Sent folder."""
    statement = (
        select(OutboxRow)
        .where(
            OutboxRow.state == OutboxState.SENT.value,
            col(OutboxRow.filed_at).is_(None),
            col(OutboxRow.finished_at) <= sent_before,
            col(OutboxRow.finished_at) > sent_after,
        )
        .order_by(col(OutboxRow.id))
        .limit(limit)
    )
    return list(session.exec(statement))


def filed(session: Session, outbox_id: int, now: datetime) -> None:
    """The copy lies in the Sent folder."""
    row = get(session, outbox_id)
    row.filed_at = now
    session.add(row)


def last_finished(session: Session) -> datetime | None:
    """When the last mail reached its end, as far as our records know."""
    return session.exec(select(func.max(OutboxRow.finished_at))).one()


def known_message_ids(session: Session, message_ids: Iterable[str]) -> set[str]:
    """Which of these Message-IDs are in the outbox."""
    wanted = list(message_ids)
    found = session.exec(select(OutboxRow.message_id, OutboxRow.wire_id).where(known_as(wanted))) if wanted else ()
    return {one for pair in found for one in pair if one}


def adopt(session: Session, sent: SentMail, mime: bytes, now: datetime) -> None:
    """Write down a mail of ours of which only the Sent folder knows; whatever waits to answer the same mail is answered by it."""
    proof = f"found in the Sent folder; our records did not know of {sent.message_id}"
    waiting = select(OutboxRow).where(
        OutboxRow.state == OutboxState.READY.value, OutboxRow.in_reply_to == sent.in_reply_to, col(OutboxRow.automatic).is_(True)
    )
    for row in session.exec(waiting) if sent.in_reply_to else ():
        row.state, row.proof, row.finished_at, row.lease_until, row.claim = OutboxState.SENT.value, proof, now, None, ""
        row.filed_at = now
        session.add(row)
    session.add(
        OutboxRow(
            kind="answer" if sent.automatic else "staff",
            state=OutboxState.SENT.value,
            message_id=sent.message_id,
            thread_root=sent.thread_root,
            mail_from="",
            rcpt_to=sent.to,
            rcpt_bare=markers.bare(sent.to),
            mime=mime,
            customer_id="",
            documents=[],
            claims=[],
            automatic=sent.automatic,
            in_reply_to=sent.in_reply_to,
            next_attempt_at=now,
            created_at=sent.at,
            finished_at=sent.at,
            filed_at=now,
            proof=proof,
        )
    )


def answered(session: Session, message_id: str, *, but_for: int | None = None) -> bool:
    """Whether a mail of ours, other than one to the recorded message `but_for`, answers this Message-ID (or is about to)."""
    statement = select(OutboxRow.id).where(
        OutboxRow.in_reply_to == message_id,
        col(OutboxRow.answers_message_id).is_distinct_from(but_for or 0),
        OutboxRow.state != OutboxState.CANCELLED.value,
    )
    return bool(message_id) and session.exec(statement).first() is not None


def last_staff_reply(session: Session, conversation_id: int) -> int:
    """The latest reply of a colleague in a conversation that was not taken back; 0 for none."""
    statement = select(func.max(OutboxRow.id)).where(
        OutboxRow.conversation_id == conversation_id,
        OutboxRow.kind == "staff",
        OutboxRow.state != OutboxState.CANCELLED.value,
    )
    return session.exec(statement).one() or 0


def get(session: Session, outbox_id: int) -> OutboxRow:
    """One item's row."""
    row = session.get(OutboxRow, outbox_id)
    if row is None:
        raise NotFoundError(f"there is no outbox item {outbox_id}")
    return row


def free_claims(session: Session) -> None:
    """Give back every claim: the caller knows that no other sender lives."""
    session.exec(update(OutboxRow).where(col(OutboxRow.state) == OutboxState.READY.value).values(lease_until=None))


def counts(session: Session) -> dict[str, int]:
    """How many items are in each state."""
    found = dict(session.exec(select(OutboxRow.state, func.count()).group_by(col(OutboxRow.state))).all())
    return {state.value: found.get(state.value, 0) for state in OutboxState}


def next_due(session: Session) -> datetime | None:
    """When the earliest ready item may be tried; None when nothing is ready. What is held does not count."""
    statement = select(func.min(OutboxRow.next_attempt_at)).where(OutboxRow.state == OutboxState.READY.value, *_allowed(session))
    return session.exec(statement).one()


def _allowed(session: Session) -> tuple[ColumnElement[bool], ...]:
    return (col(OutboxRow.automatic).is_(False),) if watchbook.held(session) else ()


def sending(session: Session) -> int:
    """How many items are leaving right now."""
    return session.exec(select(func.count()).select_from(OutboxRow).where(OutboxRow.state == OutboxState.SENDING.value)).one()


@dataclass(frozen=True, slots=True)
class Automatic:
    """How many automatic mails went out within a span: to a thread, a mailbox, a domain with what is below it, to anybody."""

    in_thread: int
    to_address: int
    to_domain: int
    in_all: int  # within a span of its own
    acknowledged_in_domain: int  # of those to the domain


def count_automatic(session: Session, *, since: datetime, all_since: datetime, thread_root: str, address: str, domain: str) -> Automatic:
    """Automatic mails since a moment, and (`all_since`, not earlier) to anybody; nothing is counted by what is "". One look at all.

    To the address counts whatever went to its mailbox: a sender with a new tag in every mail has no more than the others.
    """
    known = markers.bare(f"@{domain}")
    below = or_(*(col(OutboxRow.rcpt_bare).endswith(end, autoescape=True) for end in (known, f".{known[1:]}"))) if domain else false()
    conditions = (
        col(OutboxRow.thread_root) == thread_root if thread_root else false(),
        col(OutboxRow.rcpt_bare) == markers.bare(address) if address else false(),
        below,
        col(OutboxRow.created_at) >= all_since,
        and_(below, col(OutboxRow.kind) == _ACKNOWLEDGEMENT),
    )
    counts = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions]
    statement = select(*counts).where(col(OutboxRow.automatic).is_(True), col(OutboxRow.created_at) >= since)
    return Automatic(*session.exec(statement).one())


def acknowledged(session: Session, address: str, since: datetime) -> bool:
    """Whether an acknowledgement went to the mailbox of this address since a moment."""
    statement = select(OutboxRow.id).where(
        OutboxRow.rcpt_bare == markers.bare(address),
        col(OutboxRow.automatic).is_(True),
        col(OutboxRow.created_at) >= since,
        OutboxRow.kind == _ACKNOWLEDGEMENT,
    )
    return bool(address) and session.exec(statement.limit(1)).first() is not None


def left_for(session: Session, address: str, since: datetime, until: datetime) -> list[tuple[str, datetime]]:
    """The automatic mails that left for the mailbox of this address within a span: the subject of what each answers, and when it left."""
    statement = (
        select(MessageRow.subject, OutboxRow.sending_at)
        .join(OutboxRow, col(OutboxRow.answers_message_id) == col(MessageRow.id))
        .where(
            OutboxRow.rcpt_bare == markers.bare(address),
            col(OutboxRow.automatic).is_(True),
            col(OutboxRow.created_at) >= since - _LONGEST_WAIT,
            col(OutboxRow.sending_at) >= since,
            col(OutboxRow.sending_at) <= until,
        )
    )
    return [(subject, left) for subject, left in session.exec(statement) if left] if address else []


def released(session: Session, customer_id: str, sender: str, now: datetime) -> Released:
    """What was released to a customer by automatic mail within a day, and whether we ever wrote to the sender."""
    statement = select(OutboxRow.documents, OutboxRow.claims).where(
        OutboxRow.customer_id == customer_id, col(OutboxRow.automatic).is_(True), col(OutboxRow.created_at) >= now - _SHARE_WINDOW
    )
    rows = list(session.exec(statement))
    never_left = (OutboxState.FAILED.value, OutboxState.CANCELLED.value)
    written_to = select(OutboxRow.id).where(OutboxRow.rcpt_to == sender, col(OutboxRow.state).not_in(never_left))
    return Released(
        documents=sum(len(documents) for documents, _ in rows),
        invoices=frozenset(subject for _, claims in rows for subject, _, _ in claims if subject),
        sender_known=session.exec(written_to).first() is not None,
    )


def conversation_behind(session: Session, message_ids: list[str], address: str) -> int | None:
    """The conversation in which we sent one of these mails to this address."""
    statement = select(OutboxRow.conversation_id).where(
        known_as(message_ids),
        col(OutboxRow.conversation_id).is_not(None),
        OutboxRow.rcpt_to == address,
    )
    return session.exec(statement).first()


def known_as(message_ids: Iterable[str]) -> ColumnElement[bool]:
    """The mail that one of these Message-IDs names: ours, or the one that a relay gave it."""
    named = [one for one in message_ids if one]
    return or_(col(OutboxRow.message_id).in_(named), col(OutboxRow.wire_id).in_(named))


def learn_wire_id(session: Session, outbox_id: int, message_id: str) -> None:
    """A mail of ours goes by this Message-ID outside; nothing is noted where it is our own."""
    row = get(session, outbox_id)
    if message_id and message_id != row.message_id:
        row.wire_id = message_id
        session.add(row)


def note_colleagues(session: Session, message_ids: Iterable[str], now: datetime) -> list[int]:
    """Colleagues answered these messages in a mail program; ids of the automatic mails that therefore never leave.

    One that a sender has taken up already is on its way.
    """
    named = {one for one in message_ids if one}
    known = set(session.exec(select(ColleagueReplyRow.message_id).where(col(ColleagueReplyRow.message_id).in_(named)))) if named else set()
    for one in sorted(named - known):
        session.add(ColleagueReplyRow(message_id=one, seen_at=now))
    waiting = select(OutboxRow).where(
        OutboxRow.state == OutboxState.READY.value,
        col(OutboxRow.automatic).is_(True),
        col(OutboxRow.in_reply_to).in_(named),
        or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) < now),
    )
    ids = []
    for row in session.exec(waiting) if named else ():
        row.state, row.finished_at, row.last_error = OutboxState.CANCELLED.value, now, "a colleague has answered meanwhile"
        row.claim, row.lease_until = "", None
        session.add(row)
        ids.append(row.id or 0)
    return ids


def colleague_answered(session: Session, message_id: str) -> bool:
    """Whether a colleague answered this message in a mail program, as far as the Sent folder was read."""
    return bool(message_id) and session.get(ColleagueReplyRow, message_id) is not None


def waits_since(session: Session, created_before: datetime) -> datetime | None:
    """Since when automatic answers that were made before a moment have been waiting; None: none has."""
    statement = select(func.min(OutboxRow.created_at)).where(
        OutboxRow.state == OutboxState.READY.value,
        col(OutboxRow.automatic).is_(True),
        OutboxRow.in_reply_to != "",
        col(OutboxRow.created_at) < created_before,
    )
    return session.exec(statement).one()


def _move(session: Session, item: OutboxItem, *allowed: OutboxState, **values: object) -> bool:
    statement = (
        update(OutboxRow)
        .where(
            col(OutboxRow.id) == item.outbox_id,
            col(OutboxRow.claim) == item.claim,
            col(OutboxRow.state).in_([s.value for s in allowed]),
        )
        .values(**values)
    )
    result: CursorResult[object] = session.exec(statement)
    return result.rowcount == 1


def _item(row: OutboxRow) -> OutboxItem:
    return OutboxItem(
        outbox_id=row.id or 0,
        message_id=row.message_id,
        mail_from=row.mail_from,
        rcpt_to=row.rcpt_to,
        mime=row.mime,
        kind=row.kind,
        customer_id=row.customer_id,
        documents=tuple((d[0], d[1], d[2], d[3] if len(d) > 3 else "") for d in row.documents),  # noqa: PLR2004 - older rows have three
        claims=tuple(Claim(*claim) for claim in row.claims),
        attempts=row.attempts,
        claim=row.claim,
        created_at=row.created_at,
    )
