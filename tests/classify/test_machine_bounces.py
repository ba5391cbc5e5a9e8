"""Delivery reports of many mail systems, and what they say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inboxbot.classify.machine import MachineVerdict, classify
from inboxbot.message import Address, BounceAction, BounceReport, MachineClass, Message

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OURS = "<inboxbot.1.aa@brightwater.example>"
FAILED, DELAYED = BounceAction.FAILED, BounceAction.DELAYED
BOB = "bob@customer.example"


def verdict(sender: str, subject: str, text: str = "", **changes: Any) -> MachineVerdict:
    name, _, email = sender.rpartition(" ")
    to = (Address("ar@brightwater.example"),)
    message = Message("<1@x.example>", subject, Address(email, name), NOW, to=to, text=text, new_text=text, **changes)
    return classify(message, frozenset({"ar@brightwater.example"}), lambda message_id: message_id == OURS)


@pytest.mark.parametrize(
    ("sender", "subject", "text", "expected"),
    [
        ("MAILER-DAEMON@mx.example", "failure notice",  # qmail
         f"Hi. This is the qmail-send program at mx.example.\n<{BOB}>:\nSorry, no mailbox here by that name. (#5.1.1)",
         (FAILED, BOB, "5.1.1")),
        ("MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender",  # Postfix
         f"This is the mail system at host mx.example.\n\n<{BOB}>: host mx said: 550 5.1.1 <{BOB}>: unknown",
         (FAILED, BOB, "5.1.1")),
        ("Mailer-Daemon@mx.example", "Mail delivery failed: returning message to sender",  # Exim
         f"A message that you sent could not be delivered to one or more of its recipients.\n\n  {BOB}\n    550 no such user",
         (FAILED, BOB, "")),
        ("MAILER-DAEMON@mx.example", "Returned mail: see transcript for details",  # Sendmail
         f"The following addresses had permanent fatal errors\n<{BOB}>\n550 5.1.1 User unknown",
         (FAILED, BOB, "5.1.1")),
        ("Mail Delivery Subsystem mailer-daemon@googlemail.com", "Delivery Status Notification (Delay)",  # Gmail
         f"Message delayed. Your message to {BOB} has been delayed. We'll keep trying for 46 more hours.",
         (DELAYED, BOB, "")),
        ("postmaster@customer.example", "Undeliverable: Invoice INV-20108",  # Exchange
         f"Your message to {BOB} couldn't be delivered.\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'",
         (FAILED, BOB, "5.1.10")),
        ("System Administrator admin@customer.example", "Undeliverable: Invoice INV-20108",  # old Exchange
         f"Your message did not reach some or all of the intended recipients. The message could not be delivered.\n {BOB}\n #5.1.1",
         (FAILED, BOB, "5.1.1")),
        ("Postmaster@customer.example", "DELIVERY FAILURE: User bob not listed in Domino Directory",  # Domino
         f"Your message\n Subject: Invoice\nwas not delivered to:\n {BOB}\nbecause: User not listed in Domino Directory",
         (FAILED, BOB, "")),
        ("postmaster@kunde.example", "Unzustellbar: Kontoauszug",
         f"Fehler bei der Nachrichtenzustellung an folgende Empfänger:\n{BOB}\n550 5.2.2 Postfach voll",
         (FAILED, BOB, "5.2.2")),
        ("MAILER-DAEMON@mx.example", "Delayed Mail (still being retried)",
         f"Your message could not be delivered for more than 4 hours.\n<{BOB}>: connection timed out (451 4.4.1)",
         (DELAYED, BOB, "4.4.1")),
    ],
)  # fmt: skip
def test_a_bounce_in_free_text_is_read(sender: str, subject: str, text: str, expected: tuple[Any, ...]) -> None:
    found = verdict(sender, subject, text)
    assert found.machine is MachineClass.BOUNCE
    assert found.bounce == BounceReport(*expected)


def test_the_machine_readable_part_is_believed_before_the_words() -> None:
    recipient = f"Original-Recipient: rfc822;old@x.example\nFinal-Recipient: rfc822; {BOB.upper()}\nAction: Delayed\nStatus: 4.4.7\n"
    fields = f"Reporting-MTA: dns; mx.example\n\n{recipient}"
    found = verdict(
        "MAILER-DAEMON@mx.example", "x", "550 5.1.1 nonsense about other@x.example", report_type="delivery-status", report_text=fields
    )
    assert found.bounce == BounceReport(DELAYED, BOB, "4.4.7")


@pytest.mark.parametrize("action", list(BounceAction))
def test_every_action_of_the_standard_is_known(action: BounceAction) -> None:
    found = verdict("MAILER-DAEMON@mx.example", "x", report_type="delivery-status", report_text=f"Action: {action} (so it is)")
    assert found.bounce == BounceReport(action)


@pytest.mark.parametrize(
    "changes",
    [
        {"report_text": f"Message-ID: <other@x.example>\nReferences: {OURS}"},
        {"references": (OURS,)},
        {"in_reply_to": OURS},
    ],
)
def test_our_own_message_id_is_found_wherever_it_stands(changes: dict[str, Any]) -> None:
    found = verdict("MAILER-DAEMON@mx.example", "x", report_type="delivery-status", **changes)
    assert found.bounce is not None
    assert found.bounce.original_message_id == OURS


def test_a_report_about_a_mail_that_was_never_ours_names_the_id_it_states() -> None:
    found = verdict("MAILER-DAEMON@mx.example", "x", report_type="delivery-status", report_text="Message-ID: <theirs@x.example>")
    assert found.bounce is not None
    assert found.bounce.original_message_id == "<theirs@x.example>"


def test_a_null_path_alone_makes_no_bounce_of_an_absence_note() -> None:
    found = verdict(BOB, "Automatic reply: Invoice", "Ann left. The address ann@x.example does not exist any more.", return_path="")
    assert found.machine is MachineClass.AUTO_REPLY_CHANGE
