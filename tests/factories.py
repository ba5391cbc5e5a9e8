"""Small values for tests: each function makes one plain, valid value, and takes what a test wants otherwise.

One customer (C1, Alder) that may be answered, another (C2, Bayline) that must never see the first one's things.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from inboxbot.config import CompanySection, Config, LedgerSection
from inboxbot.conversation import NewConversation
from inboxbot.decision import Decision, History, Outcome, Priority, Reason, Understood
from inboxbot.facts import Contact, Customer, Facts, Invoice, Payment, SenderStanding
from inboxbot.ledger.documents import Documents
from inboxbot.ledger.model import Ledger, Resolver
from inboxbot.message import Address, Authenticity, AuthenticityStatus, MachineClass, Message, MessageKey, RawMessage
from inboxbot.pipeline import Tools
from inboxbot.reply import Document, FrozenMail
from inboxbot.store import messages
from inboxbot.store.engine import Store
from inboxbot.understanding import Amount, Entities, Intent, IntentScore, Understanding

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
COMPANY = "ar@brightwater.example"
ALDER, BAYLINE = Customer("C1", "Alder & Stone", "USD", account_owner="owen@brightwater.example"), Customer("C2", "Bayline", "USD")
ANN, BOB = Contact("C1", "ann@alder.example", "Ann Alder"), Contact("C2", "bob@bayline.example", "Bob Bay")
VERIFIED = Authenticity(AuthenticityStatus.VERIFIED, "alder.example", "dmarc=pass by mx.example")
RESOLVER = Resolver(frozenset({"brightwater.example"}), frozenset({"gmail.com"}), "USD")


def money(value: str, currency: str = "USD") -> Amount:
    return Amount(Decimal(value), currency)


def an_invoice(number: str, amount: str, balance: str | None = None, **changes: Any) -> Invoice:
    """An open invoice of C1, due ten days after NOW."""
    left = Decimal(amount if balance is None else balance)
    due = (NOW + timedelta(days=10)).date()
    plain = Invoice(number, "C1", "", date(2026, 10, 31), due, "USD", Decimal(amount), left, f"{number}.pdf")
    return replace(plain, **changes)


def a_payment(amount: str, **changes: Any) -> Payment:
    return replace(Payment("P1", "C1", "INV-1", date(2026, 11, 2), Decimal(amount), "USD"), **changes)


INVOICES = (an_invoice("INV-1", "100.00", po_number="PO-1"), an_invoice("INV-2", "250.50"))
FOREIGN = an_invoice("INV-9", "77.00", customer_id="C2", po_number="PO-9")


def some_facts(**changes: Any) -> Facts:
    """What the ledger knows when Ann of Alder writes."""
    plain = Facts(
        as_of=NOW, standing=SenderStanding.CONTACT, customer=ALDER, contact=ANN, contacts=(ANN,), invoices=INVOICES,
        all_invoice_numbers=frozenset({"INV-1", "INV-2", "INV-9"}), all_po_numbers=frozenset({"PO-1", "PO-9"}), company_currency="USD",
    )  # fmt: skip
    return replace(plain, **changes)


def strangers_facts(standing: SenderStanding = SenderStanding.UNKNOWN) -> Facts:
    """What the ledger knows when somebody writes who is nobody's contact."""
    return some_facts(standing=standing, customer=None, contact=None, contacts=(), invoices=())


def a_message(**changes: Any) -> Message:
    """Ann asks for something, in a mail that nothing is wrong with."""
    plain = Message(
        message_id="<1@alder.example>", subject="Invoice INV-1", from_=Address("ann@alder.example", "Ann"), received_at=NOW, date=NOW,
        to=(Address(COMPANY),), headers={"from": ("ann@alder.example",)}, text="Please resend INV-1.", new_text="Please resend INV-1.",
        content_key="content-1", text_key="text-1",
    )  # fmt: skip
    return replace(plain, **changes)


def understood_as(*intents: Intent, **changes: Any) -> Understanding:
    """An understanding that is surely right; a copy of INV-1 where no intent is given."""
    wanted = intents or (Intent.INVOICE_COPY,)
    plain = Understanding(
        tuple(IntentScore(intent, 0.99) for intent in wanted), Entities(invoice_numbers=("INV-1",)), confidence=0.99, threshold=0.9,
        scores=dict.fromkeys(wanted, 0.99),
    )  # fmt: skip
    return replace(plain, **changes)


def a_case(**changes: Any) -> Understood:
    """Everything known of a mail that may be answered; `understanding` is a shorthand for the commonest change."""
    plain = Understood(a_message(), MachineClass.PERSON, "", VERIFIED, some_facts(), understood_as(), "request-1")
    return replace(plain, **changes)


def a_config(**sections: Any) -> Config:
    """A configuration from the values of its tables."""
    company = CompanySection(name="Brightwater", address=COMPANY)
    return Config.model_validate({"company": company, "ledger": LedgerSection(path=Path("ledger")), **sections})


def a_decision(outcome: Outcome = Outcome.ROUTE, **changes: Any) -> Decision:
    return replace(Decision(outcome, (Reason("not_routine", "a person's"),)), **changes)


def a_conversation(**changes: Any) -> NewConversation:
    plain = NewConversation("Our account", "ann@alder.example", "C1", "dispute", Priority.NORMAL, ("not_routine: a person's",))
    return replace(plain, **changes)


def raw_mail(uid: int = 1, content: bytes = b"Subject: hello\r\n\r\nhello\r\n", **changes: Any) -> RawMessage:
    """A message as the mailbox `ar` gave it, under UIDVALIDITY 7."""
    return replace(RawMessage(MessageKey("ar", 7, uid), content, NOW, len(content)), **changes)


def mail_bytes(
    text: str, subject: str = "Invoice INV-1", sender: str = "ann@alder.example", message_id: str = "<1@alder.example>"
) -> bytes:
    """A plain mail to the company, dated NOW."""
    lines = (
        f"From: {sender}",
        f"To: {COMPANY}",
        f"Subject: {subject}",
        "Date: Fri, 20 Nov 2026 12:00:00 +0000",
        f"Message-ID: {message_id}",
    )
    return "\r\n".join((*lines, "Content-Type: text/plain; charset=utf-8", "", text, "")).encode()


def pdf(number: str) -> bytes:
    """The document of an invoice, as `some_tools` puts it into the folder."""
    return b"%PDF-1.4 " + number.encode()


def sent_document(number: str, customer_id: str = "C1") -> tuple[str, str, str, str]:
    """An invoice's document as a frozen mail names it."""
    return f"{number}.pdf", hashlib.sha256(pdf(number)).hexdigest(), customer_id, number


def sent_bytes(*numbers: str, to: str = "ann@alder.example", text: str = "Here it is.") -> bytes:
    """An answer's bytes, with the documents of these invoices (default: INV-1's)."""
    mail = EmailMessage()
    mail["To"], mail["Subject"] = to, "Re: Invoice INV-1"
    mail.set_content(text)
    for number in numbers or ("INV-1",):
        mail.add_attachment(pdf(number), maintype="application", subtype="pdf", filename=f"{number}.pdf")
    mail.set_boundary("==part==") if mail.is_multipart() else None
    return mail.as_bytes(policy=SMTP)


def fetched(invoice: Invoice) -> Document:
    """The document store in which every invoice's document lies."""
    content = pdf(invoice.invoice_number)
    digest = hashlib.sha256(content).hexdigest()
    return Document(invoice.document, "application/pdf", content, digest, invoice.customer_id, invoice.invoice_number)


def frozen_mail(number: int = 1, **changes: Any) -> FrozenMail:
    """An answer to Ann, ready for the outbox."""
    plain = FrozenMail(
        message_id=f"<out-{number}@brightwater.example>", thread_root="<1@alder.example>", mail_from=COMPANY, rcpt_to="ann@alder.example",
        mime=sent_bytes(), kind="answer", customer_id="C1", documents=(sent_document("INV-1"),),
    )  # fmt: skip
    return replace(plain, **changes)


def a_ledger(**changes: Any) -> Ledger:
    """Alder with two invoices and Bayline with one."""
    plain = Ledger(
        as_of=NOW, customers={c.customer_id: c for c in (ALDER, BAYLINE)}, contacts=(ANN, BOB),
        invoices={i.invoice_number: i for i in (*INVOICES, FOREIGN)}, payments=(),
    )  # fmt: skip
    return replace(plain, **changes)


def open_store(folder: Path) -> Store:
    """The store in this folder; a new one is a copy of one that the migrations made, which is quicker than making it again."""
    path = folder / "inboxbot.db"
    if not path.exists():
        path.write_bytes(_empty_store())
    return Store(f"sqlite:///{path}")


@cache
def _empty_store() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store(f"sqlite:///{path}").close()
        return path.read_bytes()


@dataclass
class Clock:
    """A clock that the test moves."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Understands:
    """Understands every mail the same way; or by `words` (a piece of the text -> what it then means)."""

    meaning: Understanding = field(default_factory=understood_as)
    words: dict[str, Callable[[], Understanding]] = field(default_factory=dict)

    def understand(self, message: Message, _facts: Facts, _machine: MachineClass) -> Understanding:
        for piece, meaning in self.words.items():
            if piece in message.new_text:
                return meaning()
        return self.meaning


def some_tools(folder: Path, understander: Understands | None = None, ledger: Ledger | None = None, **sections: Any) -> Tools:
    """The pipeline's tools over the small ledger; everybody is believed, INV-1's and INV-2's documents are there."""
    documents = folder / "documents"
    documents.mkdir(exist_ok=True)
    for invoice in INVOICES:
        (documents / invoice.document).write_bytes(pdf(invoice.invoice_number))
    config = a_config(**{"security": {"authentication": "off"}, "documents": {"path": documents}, **sections})
    known = ledger or a_ledger()
    return Tools(config, lambda: known, Documents(config.documents), RESOLVER, understander or Understands(), b"key", None)


def no_history(**changes: Any) -> History:
    return replace(History(), **changes)


def codes(reasons: Iterable[Reason]) -> list[str]:
    return [reason.code for reason in reasons]


def record_mail(store: Store, raw: RawMessage | None = None) -> int:
    """Record a mail and take it up; its row id."""
    raw = raw or raw_mail()
    with store.transaction() as session:
        messages.record(session, raw, NOW)
        row_id = max(messages.waiting(session, 1000))
        messages.begin(session, row_id)
    return row_id


def decided_mail(
    store: Store, uid: int = 1, case: Understood | None = None, decision: Decision | None = None, *,
    at: datetime = NOW, conversation_id: int | None = None, mailbox: str = "ar", duplicate_of: MessageKey | None = None,
) -> int:  # fmt: skip
    """Record a mail with bytes of its own and write a decision on it; its row id."""
    raw = replace(raw_mail(uid, f"Subject: {mailbox} {uid}\r\n\r\n".encode()), key=MessageKey(mailbox, 7, uid))
    row_id = record_mail(store, raw)
    with store.transaction() as session:
        messages.write_decision(
            session, row_id, case or a_case(), decision or a_decision(), duplicate_of=duplicate_of, conversation_id=conversation_id, now=at
        )
    return row_id
