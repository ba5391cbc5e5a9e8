"""The last check before the first byte leaves; it shares nothing with the code that decided.

In: an outbox item, the ledger of this moment, the document store. Out: why the mail must not go, or nothing. It trusts no
column that the decision wrote: the recipient, the files and the text are read from the frozen bytes themselves, and every
file and every figure once more from the ledger.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from inboxbot.errors import InboxbotError
from inboxbot.facts import Invoice
from inboxbot.ledger.model import Ledger, Resolver
from inboxbot.reply import Document, OutboxItem

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*[A-Za-z0-9]")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the check looks at; `fetch` gives an invoice's document as it lies there now, or raises DocumentMissingError."""

    ledger: Ledger
    resolver: Resolver
    fetch: Callable[[Invoice], Document]

    def problem(self, item: OutboxItem) -> str:
        """Why this mail must not go to this recipient; '' when it may."""
        mail = message_from_bytes(item.mime)
        return next((words for check in (self._recipient, self._files, self._figures, self._words) for words in check(item, mail)), "")

    def _recipient(self, item: OutboxItem, mail: Message) -> Iterator[str]:
        named = [address for _, address in getaddresses([str(value) for name in ("to", "cc", "bcc") for value in mail.get_all(name, [])])]
        if named != [item.rcpt_to]:
            yield f"the mail is addressed to {', '.join(named) or 'nobody'}, the envelope to {item.rcpt_to}"
        if not item.customer_id:
            if item.documents or any(_files_in(mail)):
                yield "documents for nobody in particular"
            return
        _, owner = self.ledger.resolve(item.rcpt_to, self.resolver)
        if owner != item.customer_id:
            yield f"{item.rcpt_to} is {owner or 'nobody'}'s, the mail is about {item.customer_id}"

    def _files(self, item: OutboxItem, mail: Message) -> Iterator[str]:
        attached = Counter(hashlib.sha256(content).hexdigest() for content in _files_in(mail))
        meant = Counter(sha256 for _, sha256, _, _ in item.documents)
        if attached != meant:
            yield "the files on the mail are not those that were decided on"
        for name, sha256, customer_id, number in item.documents:
            if customer_id != item.customer_id:
                yield f"{name} is not {item.customer_id}'s"
            elif number:
                yield from self._invoice_file(item, name, sha256, number)
            elif self._is_others(name, item.customer_id):
                yield f"{name} is another customer's"

    def _invoice_file(self, item: OutboxItem, name: str, sha256: str, number: str) -> Iterator[str]:
        invoice = self.ledger.invoices.get(number)
        if invoice is None or invoice.customer_id != item.customer_id:
            yield f"{name}: the ledger has no invoice {number} of {item.customer_id}"
            return
        try:
            there = self.fetch(invoice)
        except InboxbotError as error:
            yield f"{name}: {error}"
            return
        if there.sha256 != sha256 or there.customer_id != item.customer_id:
            yield f"{name}: the document of {number} is no longer the one on the mail"

    def _is_others(self, name: str, customer_id: str) -> bool:
        owners = {i.customer_id for i in self.ledger.invoices.values() if i.document.rpartition("/")[2] == name}
        return bool(owners) and customer_id not in owners

    def _figures(self, item: OutboxItem, _mail: Message) -> Iterator[str]:
        for claim in item.claims:
            now = self._now(item.customer_id, claim.subject, claim.figure)
            if now != claim.value:
                said = "" if not claim.subject else f" of {claim.subject}"
                changed = f" ({claim.value}, now {now or 'not there'})" if claim.subject else ""
                yield f"the {claim.figure}{said} changed since the answer was written{changed}"

    def _now(self, customer_id: str, number: str, figure: str) -> str:
        """A figure as the ledger has it at this moment; '' where it has none."""
        if number:
            invoice = self.ledger.invoices.get(number)
            if invoice is None or invoice.customer_id != customer_id:
                return ""
            amounts = {"amount": invoice.amount, "balance": invoice.balance}
            return invoice.due_date.isoformat() if figure == "due" else f"{amounts[figure].normalize():f} {invoice.currency}"
        facts = self.ledger.facts_of(customer_id)
        if facts is None:
            return ""
        rows: dict[str, list[tuple[str, ...]]] = {
            "open items": [
                (i.invoice_number, f"{i.balance.normalize():f}", i.currency, str(i.due_date)) for i in facts.invoices if i.balance
            ],
            "payments": [(p.payment_id, p.invoice_number, f"{p.amount.normalize():f}", p.currency, str(p.date)) for p in facts.payments],
        }
        return hashlib.sha256("\n".join(sorted("\x1f".join(row) for row in rows[figure])).encode()).hexdigest()[:32]

    def _words(self, item: OutboxItem, mail: Message) -> Iterator[str]:
        """No answer of ours names another customer's invoice."""
        if item.kind not in ("answer", "acknowledgement"):
            return
        for word in dict.fromkeys(_WORD.findall(_text(mail))):
            invoice = self.ledger.invoices.get(word)
            if invoice is not None and invoice.customer_id != item.customer_id:
                yield f"it names {word}, another customer's invoice"


def _files_in(mail: Message) -> Iterator[bytes]:
    for part in mail.walk():
        if not part.is_multipart() and (part.get_filename() or part.get_content_disposition() == "attachment"):
            content = part.get_payload(decode=True)
            yield content if isinstance(content, bytes) else b""


def _text(mail: Message) -> str:
    """What a reader of the mail's body sees, tags left out."""
    found = []
    for part in mail.walk():
        if part.get_content_maintype() == "text" and not part.get_filename():
            content = part.get_payload(decode=True)
            found.append(_TAG.sub(" ", content.decode("utf-8", "replace")) if isinstance(content, bytes) else "")
    return "\n".join(found)
