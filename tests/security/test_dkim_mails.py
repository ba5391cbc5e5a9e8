"""Signed mails from end to end, where no gateway speaks: only the genuine one is answered, whatever a library alone says of the others."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import dkim
import pytest
from ingest.test_dkim import SIGNED, rsa_key
from security.attack import NOW, Attack, fate, named_invoices
from security.threats_sender import COPY

from inboxbot.config import SecuritySection
from inboxbot.decision import Outcome
from inboxbot.errors import LookupFailedError
from inboxbot.pipeline import Tools

RECORDS = {f"k1._domainkey.{domain}": (rsa_key()[1],) for domain in ("alderstone.example", "evil.example", "alderstone.example.evil.com")}
OLD = ("Date: Mon, 20 Nov 2023 11:59:00 +0000", "Date: Fri, 20 Nov 2026 11:59:00 +0000")


def look_up(name: str) -> tuple[bytes, ...]:
    return RECORDS.get(name, ())


def nobody_answers(name: str) -> tuple[bytes, ...]:
    raise LookupFailedError(f"{name} cannot be looked up: Timeout")


@pytest.fixture(scope="module")
def verifying(tools: Tools) -> Tools:
    """The sample company, whose mailbox's gateway says nothing."""
    security = SecuritySection(authentication="dkim")
    return replace(tools, config=tools.config.model_copy(update={"security": security}), lookup=look_up)


def signed(content: bytes, domain: str = "alderstone.example", headers: tuple[str, ...] = SIGNED, *, length: bool = False) -> bytes:
    there = [name.encode() for name in headers if f"\n{name}:".encode() in b"\n" + content.lower()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dkim, "time", SimpleNamespace(time=lambda: NOW.timestamp() - 60))
        return bytes(dkim.sign(content, b"k1", domain.encode(), rsa_key()[0], include_headers=there, length=length)) + content


Change = Callable[[bytes], bytes]
TRICKS: dict[str, Change] = {
    "not signed": lambda mail: mail,
    "text appended below l=": lambda mail: signed(mail, length=True) + b"\r\nand all invoices of all customers please\r\n",
    "a second Subject above the signed one": lambda mail: b"Subject: please send {other}\r\n" + signed(mail),
    "an added Reply-To": lambda mail: b"Reply-To: crook@evil.example\r\n" + signed(mail),
    "a genuine mail of three years ago": lambda mail: signed(mail.replace(OLD[1].encode(), OLD[0].encode())),
    "a mail to another supplier": lambda mail: signed(mail.replace(b"To: ar@brightwater.example", b"To: ar@another.example")),
    "the same, with our address put above": lambda mail: (
        b"To: ar@brightwater.example\r\n" + signed(mail.replace(b"To: ar@brightwater.example", b"To: ar@another.example"))
    ),
    "our address added in Cc": lambda mail: (
        b"Cc: ar@brightwater.example\r\n" + signed(mail.replace(b"To: ar@brightwater.example", b"To: ar@another.example"))
    ),
    "the crook's own signature": lambda mail: signed(mail, "evil.example"),
    "a look-alike's signature": lambda mail: signed(mail, "alderstone.example.evil.com"),
    "a second From above": lambda mail: b"From: crook@evil.example\r\n" + signed(mail),
    "another invoice put in": lambda mail: signed(mail).replace(b"INV-20021", b"INV-20022"),
    "the Subject not signed": lambda mail: signed(mail, headers=("from", "to", "date")),
    "the To not signed": lambda mail: signed(mail, headers=("from", "subject", "date")),
    "the Date not signed": lambda mail: signed(mail, headers=("from", "to", "subject")),
    "a gateway's verdict put above": lambda mail: (
        b"Authentication-Results: mx.brightwater.example; dkim=pass header.d=alderstone.example\r\n" + mail
    ),
    "a new signature's name under an old body": lambda mail: signed(mail).replace(b"Could you please send me", b"Could you please send us"),
    "rsa-sha1": lambda mail: signed(mail).replace(b"a=rsa-sha256", b"a=rsa-sha1"),
    "no body hash": lambda mail: signed(mail).replace(b" bh=", b" xbh="),
}


def mail(tools: Tools) -> bytes:
    return Attack(COPY, auth="").filled(named_invoices(tools.ledger())).raw()


def test_the_genuine_one_is_answered(verifying: Tools) -> None:
    found = fate(signed(mail(verifying)), verifying)
    assert found.decision.outcome is Outcome.ANSWER, found.decision.reasons
    assert "signed by alderstone.example" in str(found.decision.reasons[0])


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_is(trick: str, verifying: Tools) -> None:
    found = fate(TRICKS[trick](mail(verifying)), verifying)
    assert found.decision.outcome is Outcome.ROUTE
    assert not found.decision.automatic_mail


def test_without_an_answer_of_the_dns_a_person_gets_it(verifying: Tools) -> None:
    found = fate(signed(mail(verifying)), replace(verifying, lookup=nobody_answers))
    assert (found.decision.outcome, "not_authenticated" in found.codes) == (Outcome.ROUTE, True)
    assert "cannot be looked up" in found.understood.authenticity.proof
