"""Recorded mail: identity and raw bytes first, the decision later, and what the records say about a new message.

In: `RawMessage`, `Message`, `Decision` and the rest of the nouns. Out: rows, `Recorded`, `History`. Nothing is parsed here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from inboxbot import markers
from inboxbot.decision import Decision, History, Understood
from inboxbot.errors import NotFoundError
from inboxbot.message import Glance, Message, MessageKey, RawMessage, header_digest
from inboxbot.store import search
from inboxbot.store.bounces import stopped
from inboxbot.store.outbox import acknowledged, answered, colleague_answered, conversation_behind, count_automatic, known_as, left_for
from inboxbot.store.tables import DecisionRow, MailboxRow, MessageRow, OutboxRow, RawRow
from inboxbot.understanding import entities_as_json, evidence_as_json, intent_as_json

RECORDED, DECIDED = "recorded", "decided"
REQUEST_WINDOW = timedelta(hours=24)  # the same request from the same sender gets one answer in this time
ACKNOWLEDGED_WINDOW = timedelta(days=7)  # and one acknowledgement in this (RFC 5230, 4.1 has the same span where none is given)
_AT_ONCE = timedelta(minutes=1)  # after our mail, one with its subject answers it, whatever it names
_TICK = timedelta(seconds=5)  # the mail server tells whole seconds, and its clock is not ours
_CLOCK_SKEW = timedelta(hours=1)  # between the mail server's clock and ours
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded message that waits to be decided."""

    row_id: int
    raw: RawMessage
    attempts: int


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox has been read."""

    uidvalidity: int
    last_uid: int
    watched_since: datetime
    backlog_until: int = 0

    def concerns_us(self, raw: RawMessage) -> bool:
        """False for mail that lay there before the mailbox was first watched."""
        return self.was_ours(raw.key.uid, raw.received_at)

    def was_ours(self, uid: int, received_at: datetime) -> bool:
        """As `concerns_us`, of a message whose body was not fetched."""
        return uid > self.backlog_until or received_at >= self.watched_since


def position(session: Session, mailbox: str) -> Position | None:
    """Where reading of a mailbox stands; None before its first start."""
    row = session.get(MailboxRow, mailbox)
    return Position(row.uidvalidity, row.last_uid, row.watched_since, row.backlog_until) if row else None


def start(session: Session, mailbox: str, position: Position) -> None:
    """Note where reading of a mailbox begins, the first time or after a renumbering (`watched_since` stays then)."""
    row = session.get(MailboxRow, mailbox) or MailboxRow(
        name=mailbox, uidvalidity=position.uidvalidity, last_uid=position.last_uid, watched_since=position.watched_since
    )
    row.uidvalidity, row.last_uid, row.backlog_until = position.uidvalidity, position.last_uid, position.backlog_until
    session.add(row)


def advance(session: Session, mailbox: str, last_uid: int, now: datetime) -> None:
    """Note that every UID up to here is recorded (or does not concern us)."""
    row = session.get(MailboxRow, mailbox)
    if row is None:
        raise NotFoundError(f"reading of mailbox {mailbox} was never started")
    row.last_uid, row.checked_at = last_uid, now
    session.add(row)


def record(session: Session, raw: RawMessage, now: datetime) -> bool:
    """Write down a message before anything else is done with it; False when it was there already.

    After a renumbering the same bytes under a new number are the same message: it keeps its row.
    """
    key = raw.key
    digest = hashlib.sha256(raw.raw).hexdigest()
    header = header_digest(raw.raw) if raw.header_sha256 is None else raw.header_sha256
    if session.exec(select(MessageRow.id).where(*_identity(key))).first() is not None:
        return False
    renumbered = session.exec(_stale(key).where(MessageRow.raw_sha256 == digest)).first()
    if renumbered is not None:
        renumbered.header_sha256 = header
        _renumber(session, renumbered, key)
        return False
    if session.get(RawRow, digest) is None:
        session.add(RawRow(sha256=digest, content=raw.raw))
        session.flush()
    session.add(
        MessageRow(
            mailbox=key.mailbox,
            uidvalidity=key.uidvalidity,
            uid=key.uid,
            raw_sha256=digest,
            header_sha256=header,
            size=raw.size or len(raw.raw),
            complete=raw.complete,
            answered_elsewhere=raw.answered,
            received_at=raw.received_at,
            recorded_at=now,
        )
    )
    session.flush()
    return True


def recognise(session: Session, mailbox: str, uidvalidity: int, glances: Sequence[Glance]) -> set[int]:
    """UIDs of messages that were recorded under another number: the same header and size. Their rows take the new number."""
    known = set()
    for glance in glances:
        if not glance.header_sha256:  # no header at all: many messages look like that
            continue
        key = MessageKey(mailbox, uidvalidity, glance.uid)
        found = session.exec(_stale(key).where(MessageRow.header_sha256 == glance.header_sha256, MessageRow.size == glance.size)).first()
        if found is not None:
            _renumber(session, found, key)
            known.add(glance.uid)
    return known


def _stale(key: MessageKey) -> SelectOfScalar[MessageRow]:
    """Rows of this mailbox whose number means nothing any more."""
    outdated = or_(col(MessageRow.uidvalidity) != key.uidvalidity, col(MessageRow.uid) < 0)
    return select(MessageRow).where(MessageRow.mailbox == key.mailbox, outdated).order_by(col(MessageRow.id))


def _renumber(session: Session, row: MessageRow, key: MessageKey) -> None:
    row.uidvalidity, row.uid, row.marked_at = key.uidvalidity, key.uid, None
    session.add(row)
    session.flush()


def any_stale(session: Session, mailbox: str, uidvalidity: int) -> bool:
    """Whether rows of this mailbox wait to be known again under a new number."""
    return session.exec(_stale(MessageKey(mailbox, uidvalidity, 0)).limit(1)).first() is not None


def displace(session: Session, mailbox: str, uidvalidity: int) -> None:
    """The numbers of a mailbox have a new meaning although its UIDVALIDITY is the same: its rows give theirs up.

    A row without a place has its own id, negated, for a UID: no message has such a one (RFC 3501, 2.3.1.1).
    """
    statement = (
        update(MessageRow)
        .where(col(MessageRow.mailbox) == mailbox, col(MessageRow.uidvalidity) == uidvalidity, col(MessageRow.uid) > 0)
        .values(uid=-col(MessageRow.id))
    )
    session.exec(statement)


def latest(session: Session, mailbox: str, uidvalidity: int, limit: int) -> dict[int, str]:
    """UID -> header digest of the messages recorded last, of those that came whole with a header: a stub's is not the mailbox's."""
    statement = (
        select(MessageRow.uid, MessageRow.header_sha256)
        .where(MessageRow.mailbox == mailbox, MessageRow.uidvalidity == uidvalidity, col(MessageRow.uid) > 0)
        .where(col(MessageRow.complete).is_(True), MessageRow.header_sha256 != "")
        .order_by(col(MessageRow.uid).desc())
        .limit(limit)
    )
    return dict(session.exec(statement).all())


def reconciled_at(session: Session, mailbox: str) -> datetime | None:
    """When late and lower UIDs were last looked for."""
    row = session.get(MailboxRow, mailbox)
    return row.reconciled_at if row else None


def set_reconciled(session: Session, mailbox: str, now: datetime) -> None:
    """Late and lower UIDs were looked for."""
    row = session.get(MailboxRow, mailbox)
    if row is not None:
        row.reconciled_at = now
        session.add(row)


def waiting(session: Session, limit: int) -> list[int]:
    """Row ids of messages that wait to be decided, oldest first."""
    statement = select(MessageRow.id).where(MessageRow.state == RECORDED).order_by(col(MessageRow.id)).limit(limit)
    return [row_id for row_id in session.exec(statement) if row_id is not None]


def begin(session: Session, row_id: int) -> Recorded | None:
    """Take a waiting message up, counting the attempt; None when it is decided already."""
    row = session.get(MessageRow, row_id)
    if row is None or row.state != RECORDED:
        return None
    row.attempts += 1
    session.add(row)
    return Recorded(row_id, _raw(session, row), row.attempts)


def give_back(session: Session, row_id: int) -> None:
    """An attempt that failed for want of something else than the message does not count."""
    row = _row(session, row_id)
    row.attempts = max(0, row.attempts - 1)
    session.add(row)


def raw_message(session: Session, row_id: int) -> RawMessage:
    """A recorded message's bytes."""
    return _raw(session, _row(session, row_id))


def history(session: Session, message: Message, mailbox_key: MessageKey, request_key: str, now: datetime, *, domain: str = "") -> History:
    """What our records say about a message that is being decided.

    `domain` is what mail is counted by beside the sender's own address: the organizational domain, whose subdomains count too.
    """
    sender = _sender(message)
    earlier = _same_message_id(session, message, mailbox_key)
    known = (row for row in earlier if row.text_key == message.text_key and row.from_email == sender)
    same = next(known, None) or _same_content(session, message, mailbox_key)
    watched = session.get(MailboxRow, mailbox_key.mailbox)
    root = _known_root(session, message)
    own = session.exec(select(MessageRow).where(*_identity(mailbox_key))).first()
    automatic = count_automatic(
        session,
        since=now - _DAY,
        all_since=now - _HOUR,
        thread_root=root or message.thread_root,
        address=sender,
        domain=domain or sender.rpartition("@")[2],
    )
    return History(
        duplicate_of=MessageKey(same.mailbox, same.uidvalidity, same.uid) if same else None,
        reused_message_id=bool(earlier) and same is None,
        own_message=_is_ours(session, message.message_id),
        same_request_answered=_answered(session, sender, request_key, mailbox_key, now),
        answers_in_thread=automatic.in_thread,
        answers_to_sender=automatic.to_address,
        answers_to_domain=automatic.to_domain,
        answers_in_hour=automatic.in_all,
        acknowledged=acknowledged(session, sender, now - ACKNOWLEDGED_WINDOW),
        acknowledged_in_domain=automatic.acknowledged_in_domain,
        answered_by_staff=answered(session, message.message_id, but_for=own.id if own else None)
        or _answered_elsewhere(session, message, own),
        received_before_start=watched is not None and message.received_at < watched.watched_since - _CLOCK_SKEW,
        conversation_id=_conversation(session, message),
        thread_root=root,
        seconds_since_answer=_seconds_since_answer(session, message),
        address_stopped=stopped(session, sender),
    )


def write_decision(
    session: Session,
    row_id: int,
    understood: Understood,
    decision: Decision,
    *,
    duplicate_of: MessageKey | None,
    conversation_id: int | None,
    now: datetime,
    thread_root: str = "",
) -> None:
    """Write the decision and what it rests on; the message is decided from now on."""
    message, understanding, facts = understood.message, understood.understanding, understood.facts
    row = _row(session, row_id)
    row.state, row.decided_at = DECIDED, now
    row.message_id, row.content_key, row.text_key = message.message_id, message.content_key, message.text_key
    row.request_key, row.thread_root = understood.request_key, thread_root or message.thread_root
    row.from_email, row.subject, row.text = _sender(message), message.subject, message.new_text
    row.customer_id, row.machine = facts.customer.customer_id if facts.customer else None, understood.machine.value
    row.outcome, row.primary_intent = decision.outcome.value, understanding.primary.value
    row.duplicate_of, row.conversation_id = _row_id_of(session, duplicate_of), conversation_id
    session.add(row)
    session.add(_decision_row(row_id, understood, decision, now))
    session.flush()
    entities = understanding.entities
    search.index_message(session, row, [facts.customer.name if facts.customer else "", *entities.invoice_numbers, *entities.po_numbers])


def _decision_row(row_id: int, understood: Understood, decision: Decision, now: datetime) -> DecisionRow:
    understanding, authenticity = understood.understanding, understood.authenticity
    return DecisionRow(
        message_id=row_id,
        outcome=decision.outcome.value,
        answers=[answer.value for answer in decision.answers],
        acknowledge=decision.acknowledge,
        reasons=[str(reason) for reason in decision.reasons],
        intents=[intent_as_json(score) for score in understanding.intents],
        scores={intent.value: round(probability, 4) for intent, probability in understanding.scores.items()},
        entities=entities_as_json(understanding.entities),
        unexplained=[{"text": item.text, "why": item.why} for item in understanding.unexplained],
        vetoes=[{"code": veto.code, "words": veto.words, "evidence": veto.evidence} for veto in understanding.vetoes],
        evidence=[evidence_as_json(one) for one in understanding.evidence],
        authenticity={"status": authenticity.status.value, "domain": authenticity.domain, "proof": authenticity.proof},
        assignee=decision.assignee,
        priority=decision.priority.value,
        rules=list(decision.rules),
        rules_hash=decision.rules_hash,
        model_version=understanding.model_version,
        threshold=understanding.threshold,
        certificate=understanding.certificate,
        facts_as_of=understood.facts.as_of,
        decided_at=now,
    )


def unmarked(session: Session, mailbox: str, uidvalidity: int, limit: int) -> list[tuple[int, str]]:
    """(UID, outcome) of decided messages not yet marked in the mailbox."""
    statement = (
        select(MessageRow.uid, MessageRow.outcome)
        .where(
            MessageRow.mailbox == mailbox,
            MessageRow.uidvalidity == uidvalidity,
            col(MessageRow.uid) > 0,
            MessageRow.state == DECIDED,
            col(MessageRow.marked_at).is_(None),
        )
        .order_by(col(MessageRow.uid))
        .limit(limit)
    )
    return list(session.exec(statement))


def set_marked(session: Session, mailbox: str, uidvalidity: int, uids: Sequence[int], now: datetime) -> None:
    """Note that these messages are marked in the mailbox (or are no longer there)."""
    statement = select(MessageRow).where(
        MessageRow.mailbox == mailbox, MessageRow.uidvalidity == uidvalidity, col(MessageRow.uid).in_(uids)
    )
    for row in session.exec(statement):
        row.marked_at = now
        session.add(row)


def decided_since(session: Session, since: datetime) -> list[int]:
    """Row ids of messages received since a moment and decided, duplicates left out, oldest first."""
    statement = (
        select(MessageRow.id)
        .where(MessageRow.state == DECIDED, col(MessageRow.received_at) >= since, col(MessageRow.duplicate_of).is_(None))
        .order_by(col(MessageRow.id))
    )
    return [row_id for row_id in session.exec(statement) if row_id is not None]


def counts(session: Session) -> dict[str, int]:
    """How many messages wait, and how many ended in each outcome."""
    result = {"recorded": 0, "answer": 0, "route": 0, "file": 0}
    statement = select(MessageRow.state, MessageRow.outcome, func.count()).group_by(col(MessageRow.state), col(MessageRow.outcome))
    for state, outcome, count in session.exec(statement):
        result[outcome if state == DECIDED else RECORDED] += count
    return result


def known_uids(session: Session, mailbox: str, uidvalidity: int, since: datetime | None = None) -> set[int]:
    """Every UID recorded of a mailbox, or of what came in since a moment."""
    statement = select(MessageRow.uid).where(MessageRow.mailbox == mailbox, MessageRow.uidvalidity == uidvalidity)
    return set(session.exec(statement.where(col(MessageRow.received_at) >= since) if since else statement))


def recorded_above(session: Session, mailbox: str, uidvalidity: int, least: int) -> set[int]:
    """The recorded UIDs of a mailbox from `least` on."""
    place = (MessageRow.mailbox == mailbox, MessageRow.uidvalidity == uidvalidity, col(MessageRow.uid) >= least)
    return set(session.exec(select(MessageRow.uid).where(*place)))


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A recorded message that has not ended as every message must, and why."""

    uid: int
    why: str
    received_at: datetime
    sender: str
    subject: str


def unsettled(session: Session, mailbox: str, uidvalidity: int, before: datetime, since: datetime | None = None) -> list[Unsettled]:
    """Messages recorded before a moment that are not decided; answered ones without a mail; routed ones without a conversation."""
    mailed = select(OutboxRow.answers_message_id).where(col(OutboxRow.answers_message_id).is_not(None))
    kinds = (
        ("it was recorded, and never decided", MessageRow.state == RECORDED),
        ("it counts as answered, but no mail answers it", (col(MessageRow.outcome) == "answer") & col(MessageRow.id).not_in(mailed)),
        (
            "it counts as routed, but lies in no conversation",
            (col(MessageRow.outcome) == "route") & col(MessageRow.conversation_id).is_(None),
        ),
    )
    here = (MessageRow.mailbox == mailbox, MessageRow.uidvalidity == uidvalidity, col(MessageRow.recorded_at) < before)
    place = (*here, col(MessageRow.received_at) >= since) if since else here
    return [
        Unsettled(row.uid, why, row.received_at, row.from_email, row.subject)
        for why, condition in kinds
        for row in session.exec(select(MessageRow).where(*place, condition).order_by(col(MessageRow.uid)))
    ]


def _identity(key: MessageKey) -> tuple[bool, bool, bool]:
    return MessageRow.mailbox == key.mailbox, MessageRow.uidvalidity == key.uidvalidity, MessageRow.uid == key.uid


def _row(session: Session, row_id: int) -> MessageRow:
    row = session.get(MessageRow, row_id)
    if row is None:
        raise NotFoundError(f"there is no message {row_id}")
    return row


def _row_id_of(session: Session, key: MessageKey | None) -> int | None:
    return session.exec(select(MessageRow.id).where(*_identity(key))).first() if key else None


def _raw(session: Session, row: MessageRow) -> RawMessage:
    content = session.exec(select(RawRow.content).where(RawRow.sha256 == row.raw_sha256)).one()
    return RawMessage(MessageKey(row.mailbox, row.uidvalidity, row.uid), content, row.received_at, row.size, row.complete)


def _answered_elsewhere(session: Session, message: Message, own: MessageRow | None) -> bool:
    """Whether a colleague answered it in a mail program: the mailbox's flag said so, or the Sent folder did."""
    return (own is not None and own.answered_elsewhere) or colleague_answered(session, message.message_id)


def _sender(message: Message) -> str:
    """Who wrote it. Another's copy is no copy: what a stranger sent on, or a list under its own name, stands for nobody else's mail."""
    return message.from_.email if message.from_ else ""


def _same_message_id(session: Session, message: Message, key: MessageKey) -> list[MessageRow]:
    if not message.message_id:
        return []
    statement = select(MessageRow).where(MessageRow.message_id == message.message_id, MessageRow.state == DECIDED)
    return [row for row in session.exec(statement) if MessageKey(row.mailbox, row.uidvalidity, row.uid) != key]


def _same_content(session: Session, message: Message, key: MessageKey) -> MessageRow | None:
    here = (MessageRow.content_key == message.content_key, MessageRow.from_email == _sender(message))
    statement = select(MessageRow).where(*here, MessageRow.state == DECIDED)
    if not message.message_id and message.date is None:  # nothing tells a copy from the same words another day
        near = col(MessageRow.received_at).between(message.received_at - REQUEST_WINDOW, message.received_at + REQUEST_WINDOW)
        statement = statement.where(near)
    rows = [row for row in session.exec(statement) if MessageKey(row.mailbox, row.uidvalidity, row.uid) != key]
    return rows[0] if message.content_key and rows else None


def _is_ours(session: Session, message_id: str) -> bool:
    return bool(message_id) and session.exec(select(OutboxRow.id).where(known_as([message_id]))).first() is not None


def _answered(session: Session, sender: str, request_key: str, key: MessageKey, now: datetime) -> bool:
    if not request_key:
        return False
    statement = select(MessageRow).where(
        MessageRow.request_key == request_key,
        MessageRow.outcome == "answer",
        col(MessageRow.decided_at) >= now - REQUEST_WINDOW,
    )
    others = (row for row in session.exec(statement) if MessageKey(row.mailbox, row.uidvalidity, row.uid) != key)
    return any(markers.bare(row.from_email) == markers.bare(sender) for row in others)


def _named(message: Message) -> list[str]:
    """The mails that a message continues, the nearest first."""
    return list(dict.fromkeys(reference for reference in (message.in_reply_to, *reversed(message.references)) if reference))


def _known_root(session: Session, message: Message) -> str:
    """Where its thread began, by our records: clients cut References short, and then a thread would count as a new one."""
    named = _named(message)
    if not named:
        return ""
    ours = session.exec(select(OutboxRow.thread_root).where(known_as(named), OutboxRow.thread_root != "")).first()
    theirs = select(MessageRow.thread_root).where(col(MessageRow.message_id).in_(named), MessageRow.thread_root != "")
    return ours or session.exec(theirs.order_by(col(MessageRow.id))).first() or ""


def _seconds_since_answer(session: Session, message: Message) -> float | None:
    """How long after the latest automatic mail of ours that it answers this message came in; None where it answers none.

    It need not name ours as its parent, nor at all: a ticket system answers with ids of its own, and with our subject.
    """
    answered_mails = (*_named_of_ours(session, message), *_subject_of_ours(session, message))
    return max(0.0, (message.received_at - max(answered_mails)).total_seconds()) if answered_mails else None


def _named_of_ours(session: Session, message: Message) -> list[datetime]:
    """When the automatic mails left that it names anywhere in its thread."""
    named = _named(message)
    statement = select(OutboxRow.sending_at, OutboxRow.finished_at).where(known_as(named), col(OutboxRow.automatic).is_(True))
    return [left for pair in session.exec(statement) if (left := pair[0] or pair[1])] if named else []


def _subject_of_ours(session: Session, message: Message) -> list[datetime]:
    """When the automatic mails left, just before it came in, whose subject it answers: to its sender's mailbox."""
    found = left_for(session, _sender(message), message.received_at - _AT_ONCE, message.received_at + _TICK)
    return [left for original, left in found if markers.answers_subject(message.subject, original)]


def _conversation(session: Session, message: Message) -> int | None:
    """The conversation that this message continues: it names a mail of that conversation, and its writer was part of it."""
    named = _named(message)
    if not named or message.from_ is None:
        return None
    statement = select(MessageRow.conversation_id).where(
        col(MessageRow.message_id).in_(named), col(MessageRow.conversation_id).is_not(None), MessageRow.from_email == message.from_.email
    )
    found = session.exec(statement).first()
    return found if found is not None else conversation_behind(session, named, message.from_.email)
