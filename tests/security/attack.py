"""An attack mail and what becomes of it: written as text, decided by the very steps that decide live mail.

In: `Attack`s. Out: `Fate`s. The company is the sample company with its real model; its gateway is mx.brightwater.example.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from inboxbot.app import App
from inboxbot.config import parse
from inboxbot.decision import Decision, History, Understood
from inboxbot.demo import sample_ledger
from inboxbot.ledger.model import Ledger
from inboxbot.message import MessageKey, RawMessage
from inboxbot.pipeline import Tools, broken, understand
from inboxbot.policy.decide import decide

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GATEWAY = "mx.brightwater.example"
US = sample_ledger.COMPANY_ADDRESS
CONFIG = f"""
[company]
name = "Brightwater Components"
address = "{US}"
[ledger]
path = "ledger"
[documents]
path = "documents"
[answers]
acknowledge = "known"
[security]
trusted_authserv_ids = ["{GATEWAY}"]
"""
MEGAN = "m.fuller@alderstone.example"  # a contact of C1001, the customer whose name is borrowed most here


def a_company(folder: Path) -> App:
    """The sample company with a document for every invoice; nothing is connected."""
    ledger = sample_ledger.build(DAY)
    sample_ledger.write(ledger, folder / "ledger")
    (folder / "documents").mkdir()
    for row in ledger.invoices:
        (folder / "documents" / row[-1]).write_bytes(b"%PDF-1.4\n% " + row[0].encode())
    return App(parse(CONFIG, folder / "inboxbot.toml"), now=lambda: NOW)


@dataclass(frozen=True)
class Attack:
    """One mail. `from_` is the From header as written; `auth` "pass" is the gateway's dmarc=pass for the domain in `domain`."""

    text: str
    from_: str = f"Megan Fuller <{MEGAN}>"
    subject: str = "Invoice"
    auth: str = "pass"
    domain: str = ""
    to: str = US
    headers: tuple[str, ...] = ()  # further header lines, above the others
    below: tuple[str, ...] = ()  # further header lines, below the others
    html: str = ""
    files: tuple[tuple[str, bytes], ...] = ()
    reason: str = ""  # a code that must be among the reasons
    urgent: bool = False

    def raw(self, number: int = 1) -> bytes:
        """The mail's bytes as the mailbox has them."""
        domain = self.domain or self.from_.rpartition("@")[2].strip("> ")
        verdict = {"pass": f"dmarc=pass header.from={domain}", "none": "dmarc=none", "fail": f"dmarc=fail header.from={domain}"}
        lines = [
            *self.headers,
            *([f"Authentication-Results: {GATEWAY}; {verdict[self.auth]}"] if self.auth else []),
            f"From: {self.from_}",
            *([f"To: {self.to}"] if self.to else []),
            f"Subject: {self.subject}",
            "Date: Fri, 20 Nov 2026 11:59:00 +0000",
            f"Message-ID: <attack-{number}@{domain or 'x.example'}>",
            *self.below,
        ]
        head = "\r\n".join(lines).encode("utf-8", "surrogateescape")
        return head + b"\r\n" + self._body()

    def filled(self, values: Mapping[str, str]) -> "Attack":
        """With `{name}` replaced everywhere, before any encoding hides it."""

        def fill(text: str) -> str:
            for name, value in values.items():
                text = text.replace(f"{{{name}}}", value)
            return text

        return replace(
            self,
            text=fill(self.text),
            subject=fill(self.subject),
            html=fill(self.html),
            headers=tuple(fill(line) for line in self.headers),
            below=tuple(fill(line) for line in self.below),
            files=tuple((fill(name), fill(content.decode("latin-1")).encode("latin-1")) for name, content in self.files),
        )

    def _body(self) -> bytes:
        mail = EmailMessage(policy=SMTP)
        mail.set_content(self.text)
        if self.html:
            mail.add_alternative(self.html, subtype="html")
        for name, content in self.files:
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        return mail.as_bytes()


@dataclass
class Fate:
    """What is done with a mail."""

    understood: Understood
    decision: Decision
    codes: list[str] = field(default_factory=list)


def fate(content: bytes, tools: Tools) -> Fate:
    """Decide one mail as if it had just arrived."""
    raw = RawMessage(MessageKey("ar", 7, 1), content, NOW, len(content))
    try:
        understood = understand(raw, tools)
        decision = decide(understood, History(), tools.config, NOW)
    except Exception as error:  # noqa: BLE001 - as the pipeline does: whatever breaks, a person gets it
        understood, decision = broken(raw, error, tools)
    return Fate(understood, decision, [reason.code for reason in decision.reasons])


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def named_invoices(ledger: Ledger) -> dict[str, str]:
    """What the braces in attack mails stand for: an invoice of C1001 (the sender's), of C1002 (another's), of a free-mail contact."""
    own, other, free = (next(i for i in ledger.invoices.values() if i.customer_id == who) for who in ("C1001", "C1002", "C1017"))
    digits = other.invoice_number.removeprefix("INV-")
    return {
        "own": own.invoice_number,
        "own_bare": own.invoice_number.removeprefix("INV-"),
        "free": free.invoice_number,
        "other": other.invoice_number,
        "other_bare": digits,
        "other_po": other.po_number,
        "other_po_bare": "".join(c for c in other.po_number if c.isdigit()),
        "other_amount": f"{other.amount:,.2f} {other.currency}",
        "other_amount_de": f"{other.amount:,.2f}".translate(str.maketrans(",.", ".,")),
        "other_words": " ".join(_DIGITS[int(c)] for c in digits),
        "other_spaced": " ".join(digits),
        "other_dotted": f"{digits[:2]}.{digits[2:]}",
        "other_wide": "".join(chr(0xFF10 + int(c)) for c in digits),
        "other_split": "INV-" + "\u200b".join(digits),
        "other_letters": "INV-" + digits.replace("0", "O").replace("1", "l"),
        "other_tail": digits[-3:],
    }
