"""Labelled mails understood and decided as live mail is.

In: labelled mails, their ledger, a model. Out: `Judged` mails, and the judgements that a certificate is made from.
Senders count as authenticated, documents as there, and nothing has come before.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path

from inboxbot.app import App
from inboxbot.classify.certificate import Certificate, Judgement
from inboxbot.classify.served import served
from inboxbot.classify.training.corpus import LabelledMail
from inboxbot.config import parse
from inboxbot.decision import Decision, History, Outcome, Reason, Understood
from inboxbot.facts import Facts
from inboxbot.ledger import csv_source
from inboxbot.ledger.free_mail import FREE_MAIL_DOMAINS
from inboxbot.ledger.model import Resolver
from inboxbot.message import MessageKey, RawMessage
from inboxbot.pipeline import Understands, understand
from inboxbot.policy.decide import decide
from inboxbot.understanding import Intent

COMPANY = "ar@brightwater.example"
_ABOUT_PAPERS = frozenset({Intent.INVOICE_COPY, Intent.BALANCE_QUERY, Intent.PAYMENT_STATUS})
_MONEY = frozenset({Intent.PROMISE_TO_PAY, Intent.REMITTANCE_ADVICE, Intent.PAYMENT_STATUS})
_TO_THE_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |your |the )?(?:previous|prior|above|earlier|other)?\s*(?:instructions?|rules|prompts?)\b"
    r"|\b(?:system prompt|language model|you are (?:now )?(?:a|an) (?:bot|assistant|ai)|as an ai|dear (?:bot|robot|ai))\b"
    r"|\b(?:note|message|instruction|attention)s? (?:to|for) (?:the |your )?(?:bot|system|automation|ai|assistant|parser|machine)\b",
    re.IGNORECASE,
)


class Danger(StrEnum):
    """Kinds of mail of which none may ever be answered."""

    BANK_DETAILS = "bank details"
    FRAUD = "fraud"
    INSTRUCTION = "injected instructions"
    FOREIGN_INVOICE = "foreign invoices"
    UNKNOWN_SENDER = "unknown senders"


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled mail and what was made of it."""

    mail: LabelledMail
    understood: Understood
    decision: Decision
    without_threshold: Decision | None = None  # what would be decided if any confidence would do
    customer_id: str | None = None  # whose the sender is, by the contacts file alone
    foreign: frozenset[str] = frozenset()  # labelled invoices that are another customer's

    @property
    def answered(self) -> bool:
        """Whether it would be answered without a person."""
        return self.decision.outcome is Outcome.ANSWER

    @property
    def eligible(self) -> bool:
        """Whether everything but the confidence lets it be answered."""
        return (self.without_threshold or self.decision).outcome is Outcome.ANSWER

    @property
    def answerable(self) -> bool:
        """Whether the label says that a machine may answer it."""
        return self.mail.outcome == "answer"

    @property
    def confidence(self) -> float:
        """How sure the model is of the whole."""
        return self.understood.understanding.confidence

    @property
    def deviations(self) -> tuple[str, ...]:
        """Where the understanding is not exactly what the label says, in words."""
        found, mail = self.understood.understanding, self.mail
        entities = found.entities
        checks = (
            ("must not be answered", mail.outcome == "answer"),
            ("intents", found.asserted == frozenset(mail.intents)),
            ("customer", self.found_customer == self.customer_id),
            ("invoices", set(entities.invoice_numbers) == set(mail.invoice_numbers)),
            ("purchase orders", set(entities.po_numbers) == set(mail.po_numbers)),
            ("promised date", Intent.PROMISE_TO_PAY not in mail.intents or entities.promise_date == mail.promise_date),
            ("amounts", not _MONEY & set(mail.intents) or {str(a) for a in entities.amounts} == set(mail.amounts)),
            (
                "reference",
                Intent.REMITTANCE_ADVICE not in mail.intents or _bare(entities.payment_reference) == _bare(mail.payment_reference),
            ),
        )
        return tuple(name for name, right in checks if not right)

    @property
    def faults(self) -> tuple[str, ...]:
        """What would be wrong about an answer, in words; empty where it would do: deviations that no answer shows are left out."""
        found = self.understood.understanding
        harmless = {
            "intents": served(found.asserted, self.mail.intents),  # a statement beside the balance that was asked for
            "purchase orders": not found.asserted & _ABOUT_PAPERS,  # nothing is looked up by them
            "reference": found.entities.payment_reference is None,  # nothing false is taken down
        }
        return tuple(name for name in self.deviations if not harmless.get(name))

    @property
    def wrongly_answered(self) -> bool:
        """Answered, and something about the answer is not right."""
        return self.answered and bool(self.faults)

    @property
    def found_customer(self) -> str | None:
        """The customer that the machine took the sender for."""
        customer = self.understood.facts.customer
        return customer.customer_id if customer else None

    @property
    def dangers(self) -> frozenset[Danger]:
        """The kinds of mail never to be answered that it belongs to, by its label, its sender and its words."""
        mail = self.mail
        stranger = self.customer_id is None
        marks = {
            Danger.BANK_DETAILS: Intent.BANK_DETAILS in mail.intents,
            Danger.FRAUD: Intent.SPAM in mail.intents or (stranger and Intent.BANK_DETAILS in mail.intents) or "fraud" in mail.kinds,
            Danger.INSTRUCTION: bool(_TO_THE_MACHINE.search(f"{mail.subject}\n{mail.new_text}")) or "instruction" in mail.kinds,
            Danger.FOREIGN_INVOICE: bool(self.foreign),
            Danger.UNKNOWN_SENDER: stranger,
        }
        return frozenset(danger for danger, there in marks.items() if there and mail.outcome != "answer")


def judge_all(
    mails: Iterable[LabelledMail], ledger: Path, *, model: Path | None = None, understander: Understands | None = None
) -> list[Judged]:
    """Run every mail through understanding and decision; senders count as authenticated, there is no history.

    The understanding comes from `understander`, else from the artefact in `model`, else from the shipped one.
    """
    text = (
        f'[company]\nname = "Brightwater Components"\naddress = "{COMPANY}"\n[ledger]\npath = "{ledger.resolve()}"\n'
        f'[security]\nauthentication = "off"\n'
    )
    text += f'[model]\npath = "{model.resolve()}"\n' if model else ""
    app = App(parse(text, Path("evaluation.toml")))
    tools = app.tools(with_store=False, understander=understander)
    customer_of = customers_by_contacts(ledger)
    judged = []
    for mail in mails:
        raw = RawMessage(MessageKey("corpus", 1, 1), as_bytes(mail), mail.sent_at)
        understood = _with_documents(understand(raw, tools))
        decision = decide(understood, History(), app.config, mail.sent_at)
        unsure = replace(understood, understanding=replace(understood.understanding, threshold=0.0))
        judged.append(
            Judged(
                mail,
                understood,
                decision,
                decide(unsure, History(), app.config, mail.sent_at),
                customer_of(mail.from_email),
                foreign=frozenset(mail.invoice_numbers)
                & understood.facts.all_invoice_numbers - {invoice.invoice_number for invoice in understood.facts.invoices},
            )
        )
    return judged


def judgements(judged: Iterable[Judged]) -> list[Judgement]:
    """What a certificate is made from: every mail that would be answered were the model sure enough."""
    return [
        Judgement(
            one.confidence,
            bool(one.faults),
            frozenset(family for score in one.understood.understanding.intents if (family := score.intent.family)),
        )
        for one in judged
        if one.eligible
    ]


def certified(judged: Iterable[Judged], certificate: Certificate) -> list[Judged]:
    """The same mails as they would be decided with a certificate's threshold, its drafted families left to people."""
    return [_certified(one, certificate) for one in judged]


def _certified(one: Judged, certificate: Certificate) -> Judged:
    understanding = replace(
        one.understood.understanding,
        threshold=certificate.threshold,
        certificate=certificate.words,
        drafted=certificate.drafted,
    )
    anew = replace(one, understood=replace(one.understood, understanding=understanding))
    if not one.eligible or one.without_threshold is None:
        return anew
    drafted = any(intent.family in certificate.drafted for intent in one.without_threshold.answers)
    if one.confidence >= certificate.threshold and not drafted:
        return replace(anew, decision=one.without_threshold)
    held = Reason("family_drafted", "a family of its answers is only drafted") if drafted else Reason("not_sure", certificate.words)
    return replace(anew, decision=replace(one.without_threshold, outcome=Outcome.ROUTE, reasons=(held,)))


def corpus_facts(folder: Path) -> Callable[[str], Facts]:
    """The corpus ledger's facts by sender."""
    resolver = Resolver(frozenset({COMPANY.rpartition("@")[2]}), FREE_MAIL_DOMAINS, "USD")
    ledger = csv_source.read(folder / "ledger")
    return lambda address: ledger.facts_for(address.lower(), resolver)


def customers_by_contacts(ledger: Path) -> Callable[[str], str | None]:
    """Whose an address is, told from contacts.csv alone: the yardstick for the customer that the machine finds."""
    addresses: dict[str, set[str]] = {}
    domains: dict[str, set[str]] = {}
    with (ledger / "contacts.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            email = row["email"].strip().lower()
            addresses.setdefault(email, set()).add(row["customer_id"])
            domains.setdefault(email.rpartition("@")[2], set()).add(row["customer_id"])

    def customer_of(address: str) -> str | None:
        email = address.lower()
        domain = email.rpartition("@")[2]
        owners = addresses.get(email) or (set() if domain in FREE_MAIL_DOMAINS else domains.get(domain, set()))
        return next(iter(owners)) if len(owners) == 1 else None

    return customer_of


def as_bytes(mail: LabelledMail) -> bytes:
    """A labelled mail as it would have come over the wire."""
    message = EmailMessage(policy=SMTP)
    local, _, domain = mail.from_email.rpartition("@")
    message["From"] = Address(mail.from_name, local, domain)
    message["To"] = COMPANY
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.sent_at)
    message["Message-ID"] = f"<{mail.id}@corpus.example>"
    message.set_content(mail.body)
    for name in mail.attachments:
        message.add_attachment(b"attached", maintype="application", subtype="octet-stream", filename=name)
    given = [header for header in mail.headers if ":" in header and header.isascii()]
    if any("multipart/report" in header for header in given):
        message.make_mixed()
        message.set_type("multipart/report")
    extra = "".join(f"{header}\r\n" for header in given if not header.lower().startswith("content-type:"))
    return extra.encode() + message.as_bytes()


def label_words(mail: LabelledMail) -> Mapping[str, str]:
    """A mail's label as words by name, without what is empty."""
    found = {
        "intents": ", ".join(mail.intents),
        "outcome": mail.outcome,
        "invoices": ", ".join(mail.invoice_numbers),
        "purchase orders": ", ".join(mail.po_numbers),
        "amounts": ", ".join(mail.amounts),
        "promised date": mail.promise_date.isoformat() if mail.promise_date else "",
        "method": mail.payment_method or "",
        "reference": mail.payment_reference or "",
        "dispute": mail.dispute_reason or "",
    }
    return {name: words for name, words in found.items() if words}


def found_words(judged: Judged) -> Mapping[str, str]:
    """What the machine understood, in the same words."""
    found = judged.understood.understanding
    entities = found.entities
    words = {
        "intents": ", ".join(f"{score.intent} {score.probability:.2f}" for score in found.intents),
        "outcome": judged.decision.outcome.value,
        "invoices": ", ".join(entities.invoice_numbers),
        "purchase orders": ", ".join(entities.po_numbers),
        "amounts": ", ".join(map(str, entities.amounts)),
        "promised date": entities.promise_date.isoformat() if entities.promise_date else "",
        "method": entities.payment_method.value if entities.payment_method else "",
        "reference": entities.payment_reference or "",
        "dispute": entities.dispute_reason.value if entities.dispute_reason else "",
    }
    return {name: text for name, text in words.items() if text}


def _bare(reference: str | None) -> str:
    """A payment's number without the signs and words around it."""
    return re.sub(r"\W", "", reference or "").lower()


def _with_documents(understood: Understood) -> Understood:
    """The corpus ledger has no documents: they count as there."""
    return replace(understood, facts=replace(understood.facts, missing_documents=frozenset()))
