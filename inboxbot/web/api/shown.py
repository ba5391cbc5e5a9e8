"""What a script gets back: the values of the API, and how they are made from the desk's.

In: what `desk` returns. Out: models that the OpenAPI description is made from. Times are ISO 8601 with their offset, money is
text with its decimals and a currency beside it.
"""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from inboxbot.conversation import Conversation
from inboxbot.desk.customer import CustomerCard
from inboxbot.staff import Invitation, User, View
from inboxbot.store.desk_notes import CannedReply
from inboxbot.store.inbox import Correction, Event, FiledMail, Mail, NoteEntry, Sent, Thread


class Shown(BaseModel):
    """Read from values with the same names."""

    model_config = ConfigDict(from_attributes=True)


class Done(BaseModel):
    """It is done."""

    ok: bool = True


class Made(BaseModel):
    """The number of what was made."""

    id: int


class Me(BaseModel):
    """Whose token this is, and what it may do."""

    who: str
    name: str
    role: str | None
    teams: list[str]
    timezone: str
    permissions: list[str]
    customers: list[str] | None


class ViewOut(BaseModel):
    """A view of the sidebar."""

    key: str
    name: str
    count: int | None
    own: bool
    shared: bool
    filter: dict[str, Any]


class ConversationOut(Shown):
    """A conversation, as lists show it."""

    conversation_id: int
    subject: str
    status: str
    priority: str
    assignee: str | None
    team: str | None
    customer_id: str | None
    correspondent: str
    primary: str
    tags: list[str]
    lane: str
    reasons: list[str]
    urgency: list[str]
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    waiting_since: datetime | None
    snoozed_until: datetime | None
    merged_into: int | None
    messages: int
    version: int


class PageOut(BaseModel):
    """Some conversations; `after` asks for the next ones, null at the end."""

    conversations: list[ConversationOut]
    after: str | None


class MailOut(BaseModel):
    """A customer's mail, with what was understood and decided."""

    message_id: int
    sender: str
    subject: str
    text: str
    received_at: datetime
    outcome: str
    machine: str
    decision: dict[str, Any]


class SentOut(Shown):
    """A mail of ours."""

    outbox_id: int
    kind: str
    state: str
    to: str
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    last_error: str
    automatic: bool
    documents: list[str]


class NoteOut(Shown):
    """A colleague's note."""

    note_id: int
    author: str
    text: str
    created_at: datetime


class EventOut(Shown):
    """A line of the audit trail."""

    event_id: int
    at: datetime
    who: str
    what: str
    conversation_id: int | None
    message_id: int | None
    detail: dict[str, Any]


class CorrectionOut(Shown):
    """What a person put right."""

    message_id: int
    what: str
    before: Any
    after: Any
    who: str
    at: datetime


class ThreadOut(BaseModel):
    """Everything about a conversation that the token may see."""

    conversation: ConversationOut
    seen: str
    draft: str
    mails: list[MailOut]
    sent: list[SentOut]
    notes: list[NoteOut]
    events: list[EventOut]
    corrections: list[CorrectionOut]


class SentReply(BaseModel):
    """The outbox numbers of a reply; until `taken_back_until` it can be taken back."""

    outbox_ids: list[int]


class ApprovalOut(Shown):
    """A reply that waits for a second pair of eyes."""

    approval_id: int
    conversation_id: int
    outbox_id: int
    author: str
    text: str
    created_at: datetime


class FiledOut(Shown):
    """A mail that nobody had to see."""

    row_id: int
    sender: str
    subject: str
    text: str
    received_at: datetime
    machine: str
    primary: str
    outcome: str
    customer_id: str | None
    conversation_id: int | None
    reasons: list[str]


class CustomerHead(Shown):
    """A customer of the ledger."""

    customer_id: str
    name: str
    currency: str
    credit_limit: Decimal | None
    terms_days: int | None
    account_owner: str
    on_hold: bool


class InvoiceOut(Shown):
    """An invoice."""

    invoice_number: str
    po_number: str
    issue_date: date
    due_date: date
    currency: str
    amount: Decimal
    balance: Decimal


class PaymentOut(Shown):
    """A payment."""

    payment_id: str
    date: date
    amount: Decimal
    currency: str


class PromiseOut(Shown):
    """A promise to pay."""

    promised_for: date
    amount: str | None
    currency: str
    invoice_numbers: list[str]
    state: str


class DisputeOut(Shown):
    """A dispute."""

    reason: str
    invoice_numbers: list[str]
    state: str
    since: date


class ContactOut(Shown):
    """A contact."""

    email: str
    name: str
    role: str


class AgingOut(BaseModel):
    """What is open in one currency, by days past due."""

    currency: str
    balance: Decimal
    overdue: Decimal
    buckets: dict[str, Decimal]


class ProposedOut(Shown):
    """An address that was proposed as a contact and waits to be confirmed."""

    contact_id: int
    email: str
    proposed_by: str
    proposed_at: datetime


class CustomerOut(BaseModel):
    """One customer."""

    customer: CustomerHead
    aging: list[AgingOut]
    invoices: list[InvoiceOut]
    payments: list[PaymentOut]
    promises: list[PromiseOut]
    disputes: list[DisputeOut]
    contacts: list[ContactOut]
    proposed: list[ProposedOut]
    conversations: list[ConversationOut]
    incomplete: list[str]


class CannedOut(Shown):
    """A canned reply."""

    canned_id: int
    name: str
    text: str
    created_by: str
    updated_at: datetime


class TextOut(BaseModel):
    """Words."""

    text: str


class UserOut(Shown):
    """An account."""

    user_id: int
    email: str
    name: str
    role: str
    active: bool
    customers: list[str]
    expires_at: datetime | None
    created_at: datetime | None
    last_seen_at: datetime | None


class ColleagueOut(Shown):
    """Who can be given work or mentioned."""

    email: str
    name: str


class InvitationOut(Shown):
    """An open invitation."""

    invitation_id: int
    email: str
    name: str
    role: str
    invited_by: str
    expires_at: datetime


class PeopleOut(BaseModel):
    """Accounts and open invitations."""

    users: list[UserOut]
    invitations: list[InvitationOut]


class InvitedOut(BaseModel):
    """The invitation's link, shown this once."""

    link: str


class BulkOut(BaseModel):
    """To how many it was done, and why not to the others."""

    done: int
    problems: list[str]


class ChangedOut(BaseModel):
    """Whether anything was different before."""

    changed: bool


def conversation(one: Conversation) -> ConversationOut:
    """A conversation's head."""
    return ConversationOut.model_validate(one)


def view(one: View, count: int | None, values: dict[str, Any]) -> ViewOut:
    """A view with its count."""
    return ViewOut(key=one.key, name=one.name, count=count, own=one.own, shared=one.shared, filter=values)


def thread(one: Thread, seen: str) -> ThreadOut:
    """A conversation with everything in it."""
    return ThreadOut(
        conversation=conversation(one.conversation),
        seen=seen,
        draft=one.draft,
        mails=[_mail(mail) for mail in one.mails],
        sent=[_sent(sent) for sent in one.sent if sent.kind != "notice"],
        notes=[_note(note) for note in one.notes],
        events=[event(happened) for happened in one.events],
        corrections=[_correction(correction) for correction in one.corrections],
    )


def event(one: Event) -> EventOut:
    """A line of the audit trail."""
    return EventOut.model_validate(one)


def filed(one: FiledMail) -> FiledOut:
    """A filed mail."""
    return FiledOut.model_validate(one)


def canned(one: CannedReply) -> CannedOut:
    """A canned reply."""
    return CannedOut.model_validate(one)


def user(one: User) -> UserOut:
    """An account."""
    return UserOut.model_validate({**asdict(one), "customers": sorted(one.customers)})


def invitation(one: Invitation) -> InvitationOut:
    """An invitation."""
    return InvitationOut.model_validate(one)


def customer(card: CustomerCard, *, internal: bool) -> CustomerOut:
    """A customer; what colleagues propose is internal."""
    return CustomerOut(
        customer=CustomerHead.model_validate(card.customer),
        aging=[
            AgingOut(currency=a.currency, balance=a.balance, overdue=a.overdue, buckets={label: amount for label, amount, _ in a.buckets})
            for a in card.aging
        ],
        invoices=[InvoiceOut.model_validate(i) for i in card.invoices],
        payments=[PaymentOut.model_validate(p) for p in card.payments],
        promises=[PromiseOut.model_validate(p) for p in card.promises],
        disputes=[DisputeOut.model_validate(d) for d in card.disputes],
        contacts=[ContactOut.model_validate(c) for c in card.contacts],
        proposed=[ProposedOut.model_validate(c) for c in card.learned] if internal else [],
        conversations=[conversation(c) for c in card.conversations],
        incomplete=list(card.incomplete),
    )


def _mail(mail: Mail) -> MailOut:
    return MailOut(
        message_id=mail.row_id,
        sender=mail.sender,
        subject=mail.subject,
        text=mail.text,
        received_at=mail.received_at,
        outcome=mail.outcome,
        machine=mail.machine,
        decision=mail.decision,
    )


def _sent(sent: Sent) -> SentOut:
    return SentOut.model_validate(sent)


def _note(note: NoteEntry) -> NoteOut:
    return NoteOut.model_validate(note)


def _correction(correction: Correction) -> CorrectionOut:
    return CorrectionOut.model_validate(correction)
