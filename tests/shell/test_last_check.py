"""The last check reads everything once more: recipient, files and text from the bytes, figures and documents from the ledger."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from factories import (
    ANN,
    BOB,
    FOREIGN,
    INVOICES,
    NOW,
    RESOLVER,
    a_ledger,
    a_payment,
    fetched,
    frozen_mail,
    open_store,
    sent_bytes,
    sent_document,
    some_facts,
)  # fmt: skip
from shell.test_sending import Office

from inboxbot.decision import Priority
from inboxbot.errors import DocumentMissingError
from inboxbot.facts import Invoice
from inboxbot.lastcheck import LastCheck
from inboxbot.ledger.model import Ledger
from inboxbot.reply import Claim, Document, OutboxItem
from inboxbot.responders.claims import claims
from inboxbot.understanding import Intent

STATEMENT = b"%PDF-1.4 statement"


def an_item(**changes: Any) -> OutboxItem:
    mail = frozen_mail(**changes)
    return OutboxItem(
        1,
        mail.message_id,
        mail.mail_from,
        mail.rcpt_to,
        mail.mime,
        mail.kind,
        mail.customer_id,
        mail.documents,
        1,
        "claim",
        NOW,
        mail.claims,
    )


def problem(item: OutboxItem, ledger: Ledger | None = None, fetch: Any = fetched) -> str:
    return LastCheck(ledger or a_ledger(), RESOLVER, fetch).problem(item)


def plain_bytes(text: str = "Here it is.", to: str = "ann@alder.example", extra: str = "") -> bytes:
    return f"To: {to}\r\n{extra}Subject: Re: x\r\n\r\n{text}\r\n".encode()


def told(*intents: Intent, **changes: Any) -> tuple[Claim, ...]:
    return claims(intents, INVOICES[:1], some_facts(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"documents": (), "mime": plain_bytes()},
        {"rcpt_to": "joe@alder.example", "mime": sent_bytes(to="joe@alder.example")},  # under the customer's own domain
        {"customer_id": "", "documents": (), "mime": plain_bytes()},
        {"documents": (sent_document("INV-1"), sent_document("INV-2")), "mime": sent_bytes("INV-2", "INV-1")},
        {"claims": told(Intent.INVOICE_COPY, Intent.BALANCE_QUERY, Intent.PAYMENT_STATUS)},
        {"mime": sent_bytes(text="INV-1 and INV-2 are open.")},
    ],
)
def test_what_is_right_passes(changes: dict[str, Any]) -> None:
    assert problem(an_item(**changes)) == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rcpt_to": "bob@bayline.example", "mime": sent_bytes(to="bob@bayline.example")}, "bob@bayline.example is C2's, the mail is about C1"),  # noqa: E501
        ({"rcpt_to": "ann@elsewhere.example", "mime": sent_bytes(to="ann@elsewhere.example")}, "nobody's"),
        ({"rcpt_to": "crook@evil.example"}, "addressed to ann@alder.example, the envelope to crook@evil.example"),
        ({"mime": sent_bytes(to="ann@alder.example, crook@evil.example")}, "addressed to ann@alder.example, crook@evil.example"),
        ({"mime": plain_bytes(extra="Cc: crook@evil.example\r\n"), "documents": ()}, "crook@evil.example"),
        ({"mime": plain_bytes(extra="Bcc: crook@evil.example\r\n"), "documents": ()}, "crook@evil.example"),
        ({"mime": b"Subject: x\r\n\r\nx", "documents": ()}, "addressed to nobody"),
        ({"customer_id": ""}, "documents for nobody in particular"),
        ({"customer_id": "", "documents": ()}, "documents for nobody in particular"),  # the file is on the mail all the same
        ({"mime": sent_bytes("INV-1", "INV-9")}, "not those that were decided on"),  # one more than was decided
        ({"mime": plain_bytes()}, "not those that were decided on"),  # one less
        ({"mime": sent_bytes("INV-9")}, "not those that were decided on"),  # another under the same list
        ({"documents": (), "mime": sent_bytes("INV-9")}, "not those that were decided on"),
        ({"documents": (sent_document("INV-9", "C2"),), "mime": sent_bytes("INV-9")}, "INV-9.pdf is not C1's"),
        ({"documents": (sent_document("INV-9"),), "mime": sent_bytes("INV-9")}, "no invoice INV-9 of C1"),  # whatever the mail itself says
        ({"documents": (sent_document("INV-7"),), "mime": sent_bytes("INV-7")}, "no invoice INV-7 of C1"),
        ({"documents": ((*sent_document("INV-9")[:2], "C1", ""),), "mime": sent_bytes("INV-9")}, "another customer's"),  # a row of an older store  # noqa: E501
        ({"documents": (("INV-2.pdf", sent_document("INV-1")[1], "C1", "INV-2"),)}, "no longer the one on the mail"),
        ({"mime": sent_bytes(text="Your balance, and INV-9.")}, "it names INV-9, another customer's invoice"),
        ({"mime": sent_bytes(text="<p>see <b>INV-9</b></p>")}, "it names INV-9"),
        ({"claims": (Claim("INV-1", "balance", "99 USD"),)}, "the balance of INV-1 changed"),
        ({"claims": (Claim("INV-9", "balance", "77 USD"),)}, "the balance of INV-9 changed"),  # another customer's figure
        ({"claims": (Claim("INV-7", "due", "2026-11-30"),)}, "the due of INV-7 changed"),
        ({"claims": (Claim("", "open items", "0" * 32),)}, "the open items changed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_stopped(changes: dict[str, Any], words: str) -> None:
    assert words in problem(an_item(**changes))


PAID = {**{i.invoice_number: i for i in (*INVOICES, FOREIGN)}, "INV-1": replace(INVOICES[0], balance=Decimal(0))}
MOVED = {**{i.invoice_number: i for i in (*INVOICES, FOREIGN)}, "INV-1": replace(INVOICES[0], customer_id="C2")}


@pytest.mark.parametrize(
    ("ledger", "told_of", "words"),
    [
        ({"contacts": (BOB,)}, (), "nobody's"),  # the contact has left
        ({"contacts": (ANN, replace(ANN, customer_id="C2"))}, (), "nobody's"),  # two customers claim the address now
        ({"contacts": (replace(ANN, customer_id="C2"),)}, (), "ann@alder.example is C2's"),
        ({"invoices": MOVED}, (), "no invoice INV-1 of C1"),
        ({"invoices": PAID}, told(Intent.INVOICE_COPY), "the balance of INV-1 changed since the answer was written (100 USD, now 0 USD)"),
        ({"invoices": PAID}, told(Intent.STATEMENT_REQUEST)[3:], "the open items changed"),
        ({"payments": (a_payment("50"),)}, told(Intent.PAYMENT_STATUS)[3:], "the payments changed"),
        ({"customers": {}, "contacts": ()}, (), "nobody's"),
    ],
)
def test_the_ledger_of_the_moment_of_sending_counts(ledger: dict[str, Any], told_of: tuple[Claim, ...], words: str) -> None:
    assert words in problem(an_item(claims=told_of), a_ledger(**ledger))


def test_what_changed_for_others_stops_nobody() -> None:
    more = {**{i.invoice_number: i for i in INVOICES}, "INV-9": replace(FOREIGN, balance=Decimal(1))}
    every = told(Intent.INVOICE_COPY, Intent.BALANCE_QUERY, Intent.PAYMENT_STATUS)
    assert problem(an_item(claims=every), a_ledger(invoices=more, payments=(a_payment("5", customer_id="C2"),))) == ""


def test_the_document_is_read_again() -> None:
    def another(invoice: Invoice) -> Document:
        return replace(fetched(invoice), sha256=hashlib.sha256(b"another").hexdigest())

    def gone(invoice: Invoice) -> Document:
        raise DocumentMissingError(invoice.document, "/srv/erp/pdf")

    assert "no longer the one on the mail" in problem(an_item(), fetch=another)
    assert "is not in /srv/erp/pdf" in problem(an_item(), fetch=gone)


def test_a_statement_needs_no_invoice_of_its_own() -> None:
    mime = sent_bytes("INV-1").replace(b"", b"")
    digest = sent_document("INV-1")[1]
    assert problem(an_item(mime=mime, documents=(("statement.pdf", digest, "C1", ""),))) == ""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(open_store(tmp_path))


def test_a_stopped_mail_is_never_handed_over_fails_for_good_and_alarms(office: Office) -> None:
    office.post(mail=frozen_mail(documents=(sent_document("INV-9"),), mime=sent_bytes("INV-9")))
    assert asyncio.run(office.sender.drain(asyncio.Event())) == 1
    assert office.server.taken == []
    assert office.row().state == "failed"
    (shown,) = office.conversations()
    assert shown.priority is Priority.URGENT
    assert shown.reasons[0].startswith("last_check: the last check before sending failed: INV-9.pdf")
    office.clock.move(days=2)
    assert office.drain() == 0


def test_figures_that_change_while_a_mail_waits_stop_it(office: Office) -> None:
    office.post(mail=frozen_mail(claims=told(Intent.INVOICE_COPY)))
    office.ledger = a_ledger(invoices=PAID)
    office.clock.move(minutes=30)
    office.drain()
    assert (office.server.taken, office.row().state) == ([], "failed")
    assert "balance of INV-1 changed" in office.row().last_error


def test_figures_that_stay_let_it_go(office: Office) -> None:
    office.post(mail=frozen_mail(claims=told(Intent.INVOICE_COPY, Intent.BALANCE_QUERY, Intent.PAYMENT_STATUS)))
    office.clock.move(hours=1)
    assert office.drain() == 1
    assert len(office.server.taken) == 1
    assert office.clock() - NOW == timedelta(hours=1)
