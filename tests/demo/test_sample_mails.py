"""The sample mails name real things of the sample ledger and look like mail."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import cast

import pytest

from inboxbot.demo import sample_ledger, sample_mails
from inboxbot.demo.sample_mails import SampleMail

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
MAILS = sample_mails.build(NOW)
LEDGER = sample_ledger.build(NOW.date())
INVOICES = {row[0]: row for row in LEDGER.invoices}
ADDRESSED = {(row[1], row[0]) for row in LEDGER.contacts}

every_mail = pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.name)
every_answer = pytest.mark.parametrize("mail", [m for m in MAILS if m.expected_outcome == "answer"], ids=lambda mail: mail.name)


def parsed(mail: SampleMail) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(mail.raw, policy=policy.default))


def text(mail: SampleMail) -> str:
    part = parsed(mail).get_body(("plain", "html"))
    return str(part.get_content()) if part else ""


def customers_of(mail: SampleMail) -> set[str]:
    sender = parseaddr(str(parsed(mail)["From"]))[1]
    by_domain = {customer for email, customer in ADDRESSED if email.rpartition("@")[2] == sender.rpartition("@")[2]}
    return {customer for email, customer in ADDRESSED if email == sender} or by_domain


def test_there_are_about_forty_of_all_three_outcomes() -> None:
    assert Counter(mail.expected_outcome for mail in MAILS) == {"answer": 18, "route": 18, "file": 6}


def test_message_ids_are_unique_also_between_two_runs() -> None:
    later = sample_mails.build(NOW + timedelta(seconds=1))

    ids = [str(parsed(mail)["Message-ID"]) for mail in (*MAILS, *later)]

    assert len(set(ids)) == len(ids)


@every_mail
def test_a_mail_is_well_formed_and_recent(mail: SampleMail) -> None:
    message = parsed(mail)

    assert [defect for part in message.walk() for defect in part.defects] == []
    assert timedelta(0) < NOW - parsedate_to_datetime(str(message["Date"])) < timedelta(hours=12)
    assert b"{{" not in mail.raw
    assert b"Envelope-From" not in mail.raw
    assert re.search(rb"(?<!\r)\n", mail.raw) is None


@every_mail
def test_every_invoice_named_is_in_the_ledger(mail: SampleMail) -> None:
    assert set(re.findall(r"INV-\d+", text(mail))) <= set(INVOICES)


@every_answer
def test_an_answerable_mail_comes_from_a_customer_and_names_only_its_items(mail: SampleMail) -> None:
    (customer,) = customers_of(mail)

    assert mail.authenticated
    assert {INVOICES[number][1] for number in re.findall(r"INV-\d+", text(mail))} <= {customer}


@every_answer
def test_an_answerable_mail_names_only_amounts_of_the_ledger(mail: SampleMail) -> None:
    known = {value for row in LEDGER.invoices for value in (row[6], row[7])} | {"20058.53"}  # a sum of two invoices

    assert {found.replace(",", "") for found in re.findall(r"\d[\d,]*\.\d\d\b", text(mail))} <= known


@pytest.mark.parametrize(
    ("name", "mail_from", "authenticated"),
    [
        ("answer/13-free-mail-contact", "quarrylanedental@gmail.com", True),
        ("route/11-forged-sender", "ap@unauth.elmhurstmed.example", False),
        ("file/02-bounce", "", False),
    ],
)
def test_the_envelope_says_who_is_vouched_for(name: str, mail_from: str, authenticated: bool) -> None:
    mail = next(mail for mail in MAILS if mail.name == name)

    assert (mail.mail_from, mail.authenticated) == (mail_from, authenticated)
