"""One message, start to finish. Calls the steps in order and decides nothing.

    understand     parse -> machine? -> verify -> look up -> classify        no side effect, no history
    decide         history -> policy.decide                                  pure
    commit         reply, decision, conversation, promise: one transaction
    handle         understand, decide, commit one recorded message; a message that breaks a step goes to a person

In: `RawMessage`s. Out: `Understood`, `Decision`, and rows. `explain` and `simulate` use the first two alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from inboxbot import domains, returned
from inboxbot.classify import machine as machine_mail
from inboxbot.config import Config
from inboxbot.conversation import FRAUD, NewConversation, Promise
from inboxbot.decision import Decision, History, Outcome, Priority, Reason, Understood
from inboxbot.errors import DocumentMissingError, StoreError, StoreRefusedError, UnreadableMessageError, WorkerError
from inboxbot.facts import Facts
from inboxbot.failpoints import reach
from inboxbot.ingest import authenticity, parse
from inboxbot.ingest.dns import TxtLookup
from inboxbot.ledger.documents import Documents
from inboxbot.ledger.model import Ledger, Resolver
from inboxbot.message import Authenticity, AuthenticityStatus, MachineClass, Message, MessageKey, RawMessage
from inboxbot.policy.decide import decide
from inboxbot.policy.guard import CAPS
from inboxbot.policy.request import request_key
from inboxbot.policy.requirements import wanted_invoices
from inboxbot.redact import frames
from inboxbot.reply import Document, FrozenMail, Reply
from inboxbot.responders import claims, compose, freeze
from inboxbot.responders.context import AnswerContext
from inboxbot.store import attachments, conversations, doubt, ledger_notes, messages, outbox, portal_links, watchbook
from inboxbot.store.engine import Session, Store
from inboxbot.store.messages import Recorded
from inboxbot.understanding import Intent, IntentScore, Understanding
from inboxbot.urgency import stake_of

MOST_ATTEMPTS = 3  # a message at which the process died this often goes to a person unread
MEGABYTE = 1_000_000


class Understands(Protocol):
    """What classify gives us."""

    def understand(self, message: Message, facts: Facts, machine: MachineClass) -> Understanding:
        """What a message means."""


@dataclass(frozen=True)
class Tools:
    """What the steps work with; made by `app`."""

    config: Config
    ledger: Callable[[], Ledger]  # the present ledger
    documents: Documents
    resolver: Resolver
    understander: Understands
    key: bytes  # signs our Message-IDs
    portal_base: str | None  # where customers reach the account page; None: answers carry no link
    parse: Callable[[RawMessage], Message] = parse.parse  # live mail is parsed in a cage, see ingest/cage.py
    lookup: TxtLookup = authenticity.nobody_answers  # DNS records, for signatures that are verified here


_NOTHING_UNDERSTOOD = Understanding((IntentScore(Intent.OTHER, 1.0),))
_UNPROVEN = Authenticity(AuthenticityStatus.UNVERIFIED, proof="the message could not be read")
_MESSAGE_ID = re.compile(r"<inboxbot[^<>\s]{1,500}>")  # ours alone are of interest
_log = structlog.get_logger(__name__)


def understand(raw: RawMessage, tools: Tools) -> Understood:
    """Everything up to the decision. A message that cannot be read comes back as such."""
    limit = tools.config.limits.max_message_mb
    if not raw.complete or len(raw.raw) > limit * MEGABYTE:
        return unreadable(raw, _why_not_whole(raw, limit), tools, _what_came(raw, tools))
    try:
        message = tools.parse(raw)
    except UnreadableMessageError as error:
        return unreadable(raw, str(error), tools)
    verdict = machine_mail.classify(
        message, tools.config.own_addresses, lambda value: freeze.is_ours(value, tools.key) or freeze.is_our_mark(value, tools.key)
    )
    proof = authenticity.authenticate(message, raw, tools.config.security, tools.lookup)
    facts = tools.ledger().facts_for(message.from_.email if message.from_ else "", tools.resolver)
    understanding = tools.understander.understand(message, facts, verdict.machine)
    facts = tools.ledger().around(facts, message, tools.resolver)
    facts = replace(facts, missing_documents=tools.documents.missing(wanted_invoices(understanding.entities, facts)))
    key = request_key(message, understanding)
    return Understood(message, verdict.machine, verdict.words, proof, facts, understanding, key, verdict.bounce)


def _why_not_whole(raw: RawMessage, limit: float) -> str:
    size = max(raw.size, len(raw.raw)) / MEGABYTE
    return f"{size:.1f} MB, more than [limits] max_message_mb = {limit:g}" if size > limit else "the mailbox did not give all of it"


def _what_came(raw: RawMessage, tools: Tools) -> Message | None:
    """Of a message over the limit its text was fetched, for a person to read; None where even that cannot be parsed."""
    if raw.complete:
        return None
    try:
        return tools.parse(raw)
    except UnreadableMessageError:
        return None


def unreadable(raw: RawMessage, why: str, tools: Tools, message: Message | None = None) -> Understood:
    """A message that no step could read; what its header saves is kept, or what else is known of it."""
    message = message or parse.stub(raw, why)
    facts = tools.ledger().facts_for(message.from_.email if message.from_ else "", tools.resolver)
    return Understood(message, MachineClass.UNREADABLE, why, _UNPROVEN, facts, _NOTHING_UNDERSTOOD, "")


def broken(raw: RawMessage, error: Exception, tools: Tools) -> tuple[Understood, Decision]:
    """What becomes of a message that broke a step: what its header saves, and a person gets it."""
    code = "document_missing" if isinstance(error, DocumentMissingError) else "crashed"
    words = str(error) or type(error).__name__
    return unreadable(raw, words, tools), Decision(Outcome.ROUTE, (Reason(code, words),), priority=Priority.HIGH)


def handle(recorded: Recorded, tools: Tools, store: Store, now: datetime) -> Decision:
    """Understand, decide and commit one recorded message; whatever breaks, a person gets it.

    Raises StoreError and WorkerError: then the message waits, and is taken up again. Anything else broke even the little that
    a broken message needs.
    """
    log = _log.bind(message=str(recorded.raw.key))
    try:
        if recorded.attempts > MOST_ATTEMPTS:
            raise UnreadableMessageError(f"the program stopped {recorded.attempts - 1} times while handling it")  # noqa: TRY301 - one way out
        decision = _commit_new(recorded, understand(recorded.raw, tools), tools, store, now)
    except StoreRefusedError as error:  # it is this message that the store will not have
        log.error("message_refused_by_store", why=str(error))  # noqa: TRY400 - an operator's line
        decision = _commit_broken(recorded, error, tools, store, now)
    except (StoreError, WorkerError):
        raise
    except Exception as error:
        log.exception("message_failed", error=type(error).__name__)
        decision = _commit_broken(recorded, error, tools, store, now)
    log.info("decided", outcome=decision.outcome.value, reasons=[reason.code for reason in decision.reasons])
    return decision


def _commit_new(recorded: Recorded, understood: Understood, tools: Tools, store: Store, now: datetime) -> Decision:
    with store.transaction() as session:
        history = look_back(session, understood, recorded.raw.key, now)
        decision = decide(understood, history, tools.config, now)
        commit(session, recorded.row_id, understood, decision, history, tools, now)
    return decision


def look_back(session: Session, understood: Understood, key: MessageKey, now: datetime) -> History:
    """What our records say about a message."""
    domain = domains.organizational(understood.message.from_.domain) if understood.message.from_ else ""
    history = messages.history(session, understood.message, key, understood.request_key, now, domain=domain)
    customer = understood.facts.customer
    sender = understood.message.from_.email if understood.message.from_ else ""
    return replace(history, released=outbox.released(session, customer.customer_id, sender, now)) if customer else history


def _commit_broken(recorded: Recorded, error: Exception, tools: Tools, store: Store, now: datetime) -> Decision:
    """Route a message that broke a step, with the trace in the audit. Does as little as it can: it must not break too."""
    understood, decision = broken(recorded.raw, error, tools)
    with store.transaction() as session:
        commit(session, recorded.row_id, understood, decision, History(), tools, now)
        trace = frames(error)[-4000:]
        conversations.audit(session, who="inboxbot", what="crashed", now=now, message_id=recorded.row_id, detail={"trace": trace})
    return decision


def commit(
    session: Session, row_id: int, understood: Understood, decision: Decision, history: History, tools: Tools, now: datetime
) -> None:
    """Write down everything that a decision entails, within the caller's transaction."""
    conversation_id = history.conversation_id
    if decision.outcome is Outcome.ROUTE:
        conversation_id = _converse(session, understood, decision, history, tools, now)
    messages.write_decision(
        session,
        row_id,
        understood,
        decision,
        duplicate_of=history.duplicate_of,
        conversation_id=conversation_id,
        now=now,
        thread_root=history.thread_root,
    )
    attachments.add(session, row_id, understood.message.attachments)
    if decision.automatic_mail:
        reply = _reply(session, understood, decision, tools, now)
        mail = frozen(reply, history.thread_root or understood.message.thread_root, tools, now)
        key = understood.request_key
        outbox.add(session, mail, now, answers_message_id=row_id, conversation_id=conversation_id, request_key=key)
    doubt.prove(session, _named(understood), f"named by {understood.message.message_id or 'a message'} that came in", now)
    if understood.report is not None and history.duplicate_of is None:
        returned.note(session, row_id, understood, tools.config, tools.key, now)
    _note_loops(session, row_id, understood, decision, now)
    reach("decide.writing")
    _note_money(session, row_id, understood, decision, conversation_id, now)


def _named(understood: Understood) -> tuple[str, ...]:
    """Every Message-ID that a reply, or the report on a mail that came back, names."""
    message, report = understood.message, understood.report
    stated = (report.original_message_id,) if report else ()
    return (message.in_reply_to, *message.references, *_MESSAGE_ID.findall(message.report_text), *stated)


def _note_loops(session: Session, row_id: int, understood: Understood, decision: Decision, now: datetime) -> None:
    """What may be a loop is written down, so that an alarm can tell people: a cap was hit, or our own mail came back."""
    codes = [reason.code for reason in decision.reasons if reason.code in CAPS]
    quick = any(reason.code == "too_quick" for reason in decision.reasons)
    codes += ["own_mail"] if decision.outcome is Outcome.FILE and any(r.code == "own_mail" for r in decision.reasons) else []
    if codes:
        sender = understood.message.from_.email if understood.message.from_ else ""
        detail = {"codes": codes, "from": sender}
        conversations.audit(session, who="inboxbot", what=watchbook.LOOP, now=now, message_id=row_id, detail=detail)
    elif quick:
        sender = understood.message.from_.email if understood.message.from_ else ""
        detail = {"codes": ["too_quick"], "from": sender}
        conversations.audit(session, who="inboxbot", what=watchbook.QUICK, now=now, message_id=row_id, detail=detail)


def frozen(reply: Reply, thread_root: str, tools: Tools, now: datetime) -> FrozenMail:
    """An automatic reply as the bytes that will be sent."""
    config = tools.config
    message_id = freeze.new_message_id(config.sender.rpartition("@")[2], tools.key)
    return freeze.freeze(
        reply,
        sender=config.sender,
        company_name=config.company.name,
        mail_from=freeze.return_path(config.return_path, message_id, tools.key),
        message_id=message_id,
        thread_root=thread_root,
        now=now,
        automatic=True,
        loop_header=freeze.loop_mark(tools.key, message_id),
    )


def _converse(session: Session, understood: Understood, decision: Decision, history: History, tools: Tools, now: datetime) -> int:
    """The conversation that a routed message begins or continues."""
    primary = understood.understanding.primary.value
    reasons = [str(reason) for reason in decision.reasons]
    readable = understood.machine is not MachineClass.UNREADABLE
    draft = compose.draft(_context(understood, decision, {}, None, tools, now)) if readable else ""
    today = now.astimezone(ZoneInfo(tools.config.company.timezone)).date()
    stake = stake_of(understood.facts, understood.understanding.entities.invoice_numbers, today)
    within = tools.config.inbox.answer_within
    if history.conversation_id is not None:
        conversations.continue_with(
            session,
            history.conversation_id,
            primary=primary,
            priority=decision.priority,
            reasons=reasons,
            draft=draft,
            assignee=decision.assignee,
            stake=stake,
            within=within,
            lane=FRAUD if decision.suspicious else "",
            now=now,
        )
        return history.conversation_id
    message, facts = understood.message, understood.facts
    new = NewConversation(
        subject=message.subject,
        correspondent=message.from_.email if message.from_ else "",
        customer_id=facts.customer.customer_id if facts.customer else None,
        primary=primary,
        priority=decision.priority,
        reasons=tuple(reasons),
        assignee=decision.assignee,
        draft=draft,
        thread_root=message.thread_root,
        stake=stake,
        lane=FRAUD if decision.suspicious else "",
    )
    return conversations.open_new(session, new, now, within)


def _reply(session: Session, understood: Understood, decision: Decision, tools: Tools, now: datetime) -> Reply:
    """The answer, or the acknowledgement, composed."""
    if decision.outcome is not Outcome.ANSWER:
        return compose.acknowledgement(_context(understood, decision, {}, None, tools, now))
    invoices = wanted_invoices(understood.understanding.entities, understood.facts)
    documents = {i.invoice_number: tools.documents.fetch(i) for i in invoices} if Intent.INVOICE_COPY in decision.answers else {}
    link = _account_link(session, understood.facts, tools, now)
    reply = compose.answer(_context(understood, decision, documents, link, tools, now))
    return replace(reply, claims=claims.claims(decision.answers, invoices, understood.facts))


def _account_link(session: Session, facts: Facts, tools: Tools, now: datetime) -> str | None:
    if not tools.portal_base or facts.customer is None:
        return None
    token = portal_links.new_token()
    portal_links.add(session, token, facts.customer.customer_id, tools.config.portal.link_days, now)
    return f"{tools.portal_base.rstrip('/')}/account/{token}"


def _context(
    understood: Understood, decision: Decision, documents: dict[str, Document], link: str | None, tools: Tools, now: datetime
) -> AnswerContext:
    return AnswerContext(
        company=tools.config.company,
        message=understood.message,
        understanding=understood.understanding,
        facts=understood.facts,
        decision=decision,
        documents=documents,
        portal_link=link,
        pay_url_template=tools.config.portal.pay_url_template,
        max_reply_bytes=int(tools.config.limits.max_reply_mb * MEGABYTE),
        now=now,
    )


def _note_money(
    session: Session, row_id: int, understood: Understood, decision: Decision, conversation_id: int | None, now: datetime
) -> None:
    """Record what the customer announced: promises and remittances that were answered, disputes that were routed."""
    customer, entities = understood.facts.customer, understood.understanding.entities
    if customer is None:
        return
    answered = decision.answers if decision.outcome is Outcome.ANSWER else ()
    if Intent.PROMISE_TO_PAY in answered and entities.promise_date:
        total = sum((a.value for a in entities.amounts), start=entities.amounts[0].value * 0) if entities.amounts else None
        promise = Promise(customer.customer_id, entities.promise_date, total, customer.currency, entities.invoice_numbers)
        ledger_notes.add_promise(session, promise, row_id, now)
    if Intent.REMITTANCE_ADVICE in answered:
        ledger_notes.add_remittance(session, customer.customer_id, entities, row_id, now)
    if Intent.DISPUTE in understood.understanding.asserted and decision.outcome is Outcome.ROUTE:
        ledger_notes.add_dispute(session, customer.customer_id, entities, row_id, conversation_id, now)
