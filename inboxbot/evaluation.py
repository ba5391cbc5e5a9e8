"""How good is the understanding? Labelled mails through the very functions that decide live mail.

In: labelled mails with their ledger, a model. Out: figures with their sample sizes and 95% intervals. The unit that
matters is the whole answer: right only if outcome, intents and entities are all right.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from math import sqrt
from pathlib import Path
from typing import Any

from inboxbot.app import App
from inboxbot.classify.training import corpus
from inboxbot.classify.training.corpus import LabelledMail
from inboxbot.config import parse
from inboxbot.decision import Decision, History, Outcome, Understood
from inboxbot.facts import Facts
from inboxbot.ledger import csv_source
from inboxbot.ledger.free_mail import FREE_MAIL_DOMAINS
from inboxbot.ledger.model import Resolver
from inboxbot.message import MessageKey, RawMessage
from inboxbot.pipeline import Understands, understand
from inboxbot.policy.decide import decide
from inboxbot.understanding import Intent

COMPANY = "ar@brightwater.example"
_Z = 1.96  # of a 95% interval


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled mail and what was made of it."""

    mail: LabelledMail
    understood: Understood
    decision: Decision

    @property
    def answered(self) -> bool:
        """Whether it would be answered without a person."""
        return self.decision.outcome is Outcome.ANSWER

    @property
    def wrongly_answered(self) -> bool:
        """Answered, and something about the answer is not right."""
        return self.answered and not (self.mail.outcome == "answer" and self._intents_right and self._entities_right)

    @property
    def _intents_right(self) -> bool:
        return self.understood.understanding.asserted == frozenset(self.mail.intents)

    @property
    def _entities_right(self) -> bool:
        found, mail = self.understood.understanding.entities, self.mail
        promised = Intent.PROMISE_TO_PAY not in mail.intents or found.promise_date == mail.promise_date
        return promised and set(found.invoice_numbers) == set(mail.invoice_numbers) and set(found.po_numbers) == set(mail.po_numbers)


def evaluate(folder: Path, model: Path, split: str) -> dict[str, str]:
    """Figures on one split of the corpus, as words with n and interval."""
    return figures(judge_all(corpus.load(folder, split), folder / "ledger", model=model))


def corpus_facts(folder: Path) -> Callable[[str], Facts]:
    """The corpus ledger's facts by sender."""
    resolver = Resolver(frozenset({COMPANY.rpartition("@")[2]}), FREE_MAIL_DOMAINS, "USD")
    ledger = csv_source.read(folder / "ledger")
    return lambda address: ledger.facts_for(address.lower(), resolver)


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
    judged = []
    for mail in mails:
        raw = RawMessage(MessageKey("corpus", 1, 1), as_bytes(mail), mail.sent_at)
        understood = understand(raw, tools)
        understood = _with_documents(understood)
        judged.append(Judged(mail, understood, decide(understood, History(), app.config, mail.sent_at)))
    return judged


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
    extra = "".join(f"{header}\r\n" for header in mail.headers if ":" in header and header.isascii())
    return extra.encode() + message.as_bytes()


def figures(judged: Sequence[Judged]) -> dict[str, str]:
    """The table: each figure with its n and interval."""
    answerable = [j for j in judged if j.mail.outcome == "answer"]
    answered = [j for j in judged if j.answered]
    persons = [j for j in judged if j.mail.outcome != "file"]
    promised = [j for j in judged if Intent.PROMISE_TO_PAY in j.mail.intents]
    return {
        "mails": str(len(judged)),
        "intent micro-F1": _f1(judged, lambda j: set(j.mail.intents), lambda j: set(j.understood.understanding.asserted)),
        "primary intent": _share(judged, lambda j: j.understood.understanding.primary is j.mail.primary),
        "outcome": _share(judged, lambda j: j.decision.outcome.value == j.mail.outcome),
        "invoice numbers F1": _f1(
            judged, lambda j: set(j.mail.invoice_numbers), lambda j: set(j.understood.understanding.entities.invoice_numbers)
        ),
        "PO numbers F1": _f1(judged, lambda j: set(j.mail.po_numbers), lambda j: set(j.understood.understanding.entities.po_numbers)),
        "amounts F1": _f1(judged, lambda j: set(j.mail.amounts), lambda j: {str(a) for a in j.understood.understanding.entities.amounts}),
        "promised date": _share(promised, lambda j: j.understood.understanding.entities.promise_date == j.mail.promise_date),
        "newest text": _share(judged, lambda j: _folded(j.understood.message.new_text) == _folded(j.mail.new_text)),
        "answered of the answerable": _share(answerable, lambda j: j.answered),
        "wrong of the answered": _share(answered, lambda j: j.wrongly_answered),
        "must not be answered, of the answered": _share(answered, lambda j: j.mail.outcome != "answer"),
        "persons' mails filed": _share(persons, lambda j: j.decision.outcome is Outcome.FILE),
    }


def _with_documents(understood: Understood) -> Understood:
    """The corpus ledger has no documents: they count as there."""
    return replace(understood, facts=replace(understood.facts, missing_documents=frozenset()))


def _share(judged: Sequence[Judged], right: Callable[[Judged], bool]) -> str:
    n = len(judged)
    hits = sum(right(j) for j in judged)
    if not n:
        return "- (n = 0)"
    low, high = wilson(hits, n)
    return f"{hits / n:.3f} ({low:.3f} to {high:.3f}, {hits} of {n})"


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95% score interval of a share (Wilson 1927)."""
    share, square = hits / n, _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _f1(judged: Sequence[Judged], truth: Callable[[Judged], set[Any]], found: Callable[[Judged], set[Any]]) -> str:
    pairs = [(truth(j), found(j)) for j in judged]
    both = sum(len(t & f) for t, f in pairs)
    true, claimed = sum(len(t) for t, _ in pairs), sum(len(f) for _, f in pairs)
    return f"{2 * both / max(1, true + claimed):.3f} ({true} labelled, {claimed} found, {both} both)"


def _folded(text: str) -> str:
    return " ".join(text.split())
