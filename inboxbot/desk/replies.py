"""Replying: to the customer alone unless others are named, with documents of the customer's own, now or later, and taken back.

In: a conversation and a colleague's words. Out: frozen mails in the outbox, an audit row. The terminal, the pages and the
API call the same functions. Each recipient gets a mail of their own: nobody sees who else got it, and the last check before
sending looks at each alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inboxbot.config import Config
from inboxbot.conversation import Conversation, ConversationStatus
from inboxbot.desk import four_eyes
from inboxbot.desk.access import require
from inboxbot.desk.fraud import check_out_of_lane
from inboxbot.desk.office import Desk
from inboxbot.errors import ConflictError, UnreadableMessageError, UsageError
from inboxbot.ingest import parse
from inboxbot.message import Address, Message
from inboxbot.reply import Document, OutboxState
from inboxbot.responders import compose, freeze
from inboxbot.staff import Permission, Viewer
from inboxbot.store import approvals, bounces, conversations, desk_notes, inbox, messages, outbox, search
from inboxbot.store.desk_notes import ReplyDraft
from inboxbot.store.engine import Session

STATEMENT = "statement"  # among the documents of a reply: the statement of account, made anew
MOST_RECIPIENTS, MOST_DOCUMENTS = 10, 50
LONGEST_TEXT = 100_000
MEGABYTE = 1_000_000
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as a colleague wrote it. `documents`: invoice numbers and STATEMENT. `seen`: the newest thing they had seen."""

    text: str
    documents: tuple[str, ...] = ()
    also_to: tuple[str, ...] = ()
    at: datetime | None = None  # None: now, but for the time in which it can be taken back
    seen: str = ""  # "" skips the question whether somebody replied meanwhile
    close: bool = False  # close the conversation instead of waiting for the customer


def send(desk: Desk, viewer: Viewer, conversation_id: int, answer: Answer) -> list[int]:
    """Send a reply; the outbox ids. ConflictError when something came in between, UsageError or ReplyError for what cannot go."""
    require(viewer, Permission.WORK)
    now = desk.now()
    if not answer.text.strip():
        raise UsageError("the reply is empty")
    if len(answer.text) > LONGEST_TEXT:
        raise UsageError(f"a reply has at most {LONGEST_TEXT} characters")
    if answer.at is not None and answer.at <= now:
        raise UsageError("a reply that is sent later is sent in the future")
    if answer.at is not None and answer.at > now + FARTHEST:
        raise UsageError("a reply that is sent later is sent within a year")
    with desk.store.transaction() as session:
        conversation = inbox.get(session, conversation_id, viewer.scope)
        if conversation.merged_into is not None:
            raise ConflictError(f"conversation {conversation_id} was merged into {conversation.merged_into}")
        check_out_of_lane(conversation, desk.config)
        if answer.seen:
            _check_unchanged(session, conversation_id, answer.seen)
        documents = _documents(desk, conversation, answer.documents)
        recipients = _recipients(desk, conversation, answer.also_to, documents)
        leaves = answer.at or now + timedelta(seconds=desk.config.inbox.undo_seconds)
        ids = []
        for address, customer_id in recipients:
            letter = _Letter(address, answer.text, customer_id, documents)
            outbox_id = _into_outbox(session, conversation, letter, desk.config, desk.key, now)
            outbox.hold(session, outbox_id, leaves)
            ids.append(outbox_id)
        waits = four_eyes.hold_back(session, conversation, ids, answer.text, viewer.who, desk.config, now)
        detail = {"outbox": ids, "to": [a for a, _ in recipients], "documents": [d.name for d in documents], "leaves": leaves.isoformat()}
        detail["waiting_since"] = conversation.waiting_since.isoformat() if conversation.waiting_since else None
        if answer.close:
            detail["close"] = True
        conversations.audit(session, who=viewer.who, what="replied", now=now, conversation_id=conversation_id, detail=detail)
        if conversation.assignee is None or conversation.assignee in viewer.teams:
            conversations.assign(session, conversation_id, viewer.who, viewer.who, now)
        status = ConversationStatus.CLOSED if answer.close else ConversationStatus.PENDING
        if conversation.status is not status and not waits:
            conversations.set_status(session, conversation_id, status, viewer.who, now)
        desk_notes.drop_draft(session, conversation_id, viewer.who)
    desk.outbox_changed()
    return ids


def take_back(desk: Desk, viewer: Viewer, outbox_id: int) -> int:
    """Undo a reply that has not left; its words are the viewer's draft again. The conversation's number; ConflictError when too late."""
    require(viewer, Permission.WORK)
    now = desk.now()
    with desk.store.transaction() as session:
        conversation_id = inbox.conversation_of_outbox(session, outbox_id, viewer.scope)
        row = outbox.get(session, outbox_id)
        if row.kind != "staff":
            raise UsageError("only a colleague's reply can be taken back")
        if row.state == OutboxState.CANCELLED.value:
            return conversation_id
        sent = inbox.replied_with(session, conversation_id, outbox_id)
        together = sent.get("outbox", outbox_id)
        taken = [one for one in (together if isinstance(together, list) else [together]) if _cancel(session, int(one), viewer.who, now)]
        if outbox_id not in taken:
            raise ConflictError("it is too late: the mail has left")
        documents = [number or STATEMENT for number in _numbers(row.documents)]
        desk_notes.save_draft(session, conversation_id, viewer.who, freeze.text_of(row.mime), documents, (), now)
        conversations.audit(session, who=viewer.who, what="took back", now=now, conversation_id=conversation_id, detail={"outbox": taken})
        if conversations.get(session, conversation_id).status is not ConversationStatus.OPEN:
            since = datetime.fromisoformat(sent["waiting_since"]) if sent.get("waiting_since") else None
            within = desk.config.inbox.answer_within
            conversations.set_status(session, conversation_id, ConversationStatus.OPEN, viewer.who, now, since, within)
    return conversation_id


def seen_mark(session: Session, conversation_id: int) -> str:
    """What is newest in a conversation: `message.reply`."""
    rows = conversations.message_rows(session, conversation_id)
    return f"{rows[-1] if rows else 0}.{outbox.last_staff_reply(session, conversation_id)}"


def mark_of(desk: Desk, viewer: Viewer, conversation_id: int) -> str:
    """The same, for a page."""
    with desk.store.reading() as session:
        inbox.check(session, conversation_id, viewer.scope)
        return seen_mark(session, conversation_id)


def draft_of(desk: Desk, viewer: Viewer, conversation_id: int) -> ReplyDraft | None:
    """The viewer's own unsent reply."""
    require(viewer, Permission.WORK)
    with desk.store.reading() as session:
        inbox.check(session, conversation_id, viewer.scope)
        return desk_notes.draft_of(session, conversation_id, viewer.who)


def save_draft(desk: Desk, viewer: Viewer, conversation_id: int, text: str, documents: Sequence[str], also_to: Sequence[str]) -> None:
    """Keep the viewer's unsent reply; an empty one is dropped."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        inbox.check(session, conversation_id, viewer.scope)
        if text.strip() or documents:
            desk_notes.save_draft(
                session, conversation_id, viewer.who, text[:LONGEST_TEXT], documents[:MOST_DOCUMENTS], also_to[:MOST_RECIPIENTS], desk.now()
            )
        else:
            desk_notes.drop_draft(session, conversation_id, viewer.who)


def settle_doubt(desk: Desk, viewer: Viewer, outbox_id: int, *, was_sent: bool) -> int:
    """A person says what became of a mail in doubt; the conversation's number."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        conversation_id = inbox.conversation_of_outbox(session, outbox_id, viewer.scope)
        settle(session, outbox_id, was_sent=was_sent, who=viewer.who, now=desk.now())
    desk.outbox_changed()
    return conversation_id


def reply(session: Session, conversation_id: int, text: str, who: str, config: Config, key: bytes, now: datetime) -> int:
    """Send a colleague's words to the conversation's correspondent at once; the outbox id. It then waits for the customer."""
    conversation = conversations.get(session, conversation_id)
    check_out_of_lane(conversation, config)
    if not conversation.correspondent:
        raise UsageError(f"conversation {conversation_id} has no correspondent to reply to")
    letter = _Letter(conversation.correspondent, text, conversation.customer_id or "", ())
    outbox_id = _into_outbox(session, conversation, letter, config, key, now)
    waits = four_eyes.hold_back(session, conversation, [outbox_id], text, who, config, now)
    conversations.audit(session, who=who, what="replied", now=now, conversation_id=conversation_id, detail={"outbox": outbox_id})
    if not waits:
        conversations.set_status(session, conversation_id, ConversationStatus.PENDING, who, now)
    return outbox_id


def settle(session: Session, outbox_id: int, *, was_sent: bool, who: str, now: datetime) -> None:
    """A person says what became of a mail in doubt: it arrived, or it shall go out again."""
    outbox.settle(session, outbox_id, was_sent=was_sent, now=now)
    what = "settled: it was sent" if was_sent else "settled: send it again"
    row = outbox.get(session, outbox_id)
    conversations.audit(session, who=who, what=what, now=now, conversation_id=row.conversation_id, detail={"outbox": outbox_id})


@dataclass(frozen=True, slots=True)
class _Letter:
    to: str
    text: str
    customer_id: str
    documents: tuple[Document, ...]


def _into_outbox(session: Session, conversation: Conversation, letter: _Letter, config: Config, key: bytes, now: datetime) -> int:
    """Compose, freeze, and write into the outbox."""
    if why := bounces.stopped(session, letter.to.lower()):
        words = f"mail to {letter.to} is stopped: {why}; if it is alive again: inboxbot address release"
        raise UsageError(f"{words} {letter.to}")
    message = _latest(session, conversation.conversation_id)
    composed = compose.staff_reply(
        config.company,
        Address(letter.to),
        conversation.subject,
        letter.text,
        in_reply_to=message.message_id if message else "",
        references=compose.thread_of(message) if message else (),
        documents=letter.documents,
        customer_id=letter.customer_id,
    )
    message_id = freeze.new_message_id(config.sender.rpartition("@")[2], key)
    mail = freeze.freeze(
        composed,
        sender=config.sender,
        company_name=config.company.name,
        mail_from=freeze.return_path(config.return_path, message_id, key),
        message_id=message_id,
        thread_root=message.thread_root if message else "",
        now=now,
        automatic=False,
        loop_header=freeze.loop_mark(key, message_id),
    )
    outbox_id = outbox.add(session, mail, now, conversation_id=conversation.conversation_id)
    search.index_reply(session, conversation.conversation_id, outbox_id, composed.subject, letter.to, letter.text)
    return outbox_id


def _documents(desk: Desk, conversation: Conversation, wanted: Sequence[str]) -> tuple[Document, ...]:
    """The documents of a reply, from the customer's own ledger and nowhere else."""
    if not wanted:
        return ()
    if len(wanted) > MOST_DOCUMENTS:
        raise UsageError(f"a reply carries at most {MOST_DOCUMENTS} documents")
    facts = desk.facts_of(conversation.customer_id)
    if facts is None or facts.customer is None:
        raise UsageError("documents need a known customer: link the conversation to one first")
    found = []
    for number in dict.fromkeys(wanted):
        if number == STATEMENT:
            found.append(desk.statement_of(facts))
            continue
        invoice = facts.invoice(number)
        if invoice is None:
            raise UsageError(f"{number} is no invoice of {facts.customer.customer_id}")
        found.append(desk.documents.fetch(invoice))
    foreign = next((document for document in found if document.customer_id != facts.customer.customer_id), None)
    if foreign is not None:
        raise UsageError(f"{foreign.name} belongs to another customer")
    limit = desk.config.limits.max_reply_mb
    if sum(len(document.content) for document in found) * 4 / 3 > limit * MEGABYTE:
        raise UsageError(f"the documents are larger than [limits] max_reply_mb = {limit:g} together; send them in two replies")
    return tuple(found)


def _recipients(desk: Desk, conversation: Conversation, also_to: Sequence[str], documents: Sequence[Document]) -> list[tuple[str, str]]:
    """(address, the customer it belongs to or "") of everybody who gets the reply; documents go to the customer's people only."""
    if not conversation.correspondent:
        raise UsageError("nobody is known to reply to: the mail had no sender that can be trusted")
    wanted = list(dict.fromkeys([conversation.correspondent.lower(), *(address.strip().lower() for address in also_to if address.strip())]))
    if len(wanted) > MOST_RECIPIENTS:
        raise UsageError(f"a reply goes to at most {MOST_RECIPIENTS} addresses")
    ledger, found = desk.ledger(), []
    for address in wanted:
        if address in desk.config.own_addresses:
            raise UsageError(f"{address} is our own address")
        _, owner = ledger.resolve(address, desk.resolver)
        if owner is not None and conversation.customer_id is not None and owner != conversation.customer_id:
            raise UsageError(f"{address} belongs to {owner}, the conversation is about {conversation.customer_id}")
        belongs = owner is not None and owner == conversation.customer_id
        if documents and not belongs:
            raise UsageError(f"{address} is no contact of {conversation.customer_id}: confirm it as one before documents go there")
        found.append((address, conversation.customer_id or "" if belongs else ""))
    return found


def _check_unchanged(session: Session, conversation_id: int, seen: str) -> None:
    now_there = seen_mark(session, conversation_id)
    if now_there == seen:
        return
    if now_there.partition(".")[2] != seen.partition(".")[2]:
        raise ConflictError("a colleague has replied in the meantime; read it, then send yours if it is still needed")
    raise ConflictError("the customer has written again in the meantime; read it, then send yours if it still fits")


def _cancel(session: Session, outbox_id: int, who: str, now: datetime) -> bool:
    """Stop a mail of ours that waits for its time or for a second person; False when it is too late."""
    if (approval := approvals.of_outbox(session, outbox_id)) is not None:
        four_eyes.withdraw(session, approval, who, now)
        return True
    return outbox.cancel(session, outbox_id, now)


def _numbers(documents: Sequence[Sequence[str]]) -> list[str]:
    """The invoice numbers of an outbox item's documents, "" for a statement; none where the row does not say."""
    return [document[3] for document in documents if len(document) > 3]  # noqa: PLR2004 - name, hash, customer, number


def _latest(session: Session, conversation_id: int) -> Message | None:
    """The customer's latest message of a conversation, parsed anew."""
    rows = conversations.message_rows(session, conversation_id)
    if not rows:
        return None
    raw = messages.raw_message(session, rows[-1])
    try:
        return parse.parse(raw)
    except UnreadableMessageError as error:
        return parse.stub(raw, str(error))
