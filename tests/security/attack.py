"""An attack mail and what becomes of it: written as text, decided by the very steps that decide live mail.

In: `Attack`s. Out: `Fate`s. The company is the sample company with its real model; its gateway is mx.brightwater.example.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from inboxbot.app import App
from inboxbot.config import parse
from inboxbot.decision import Decision, History, Understood
from inboxbot.demo import sample_ledger
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
