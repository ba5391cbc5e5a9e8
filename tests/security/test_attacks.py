"""Every attack mail, threat by threat: nothing leaves by itself, whatever it claims; and the reasons name the trick."""

from collections.abc import Callable

import pytest
from security import threats_asking, threats_headers, threats_mime, threats_sender, threats_words
from security.attack import MEGAN, Attack, Fate, fate, named_invoices

from inboxbot.decision import Outcome, Priority
from inboxbot.pipeline import Tools

TABLES: dict[str, dict[str, Attack]] = {
    "spoofed sender": threats_sender.SPOOFED,
    "ambiguous From": threats_sender.AMBIGUOUS,
    "look-alike domain": threats_sender.LOOK_ALIKE,
    "stranger": threats_sender.STRANGER,
    "bank details": threats_words.BANK,
    "money that is to go another way": threats_words.REROUTED,
    "hijacked mailbox": threats_words.HIJACKED,
    "another customer's papers": threats_words.FOREIGN,
    "orders to the machine": threats_words.ORDERS,
    "thread": threats_words.THREAD,
    "hostile headers": threats_words.HEADERS,
    "forged results": threats_headers.RESULTS,
    "From read in two ways": threats_headers.FROM,
    "answers elsewhere": threats_headers.REPLIES,
    "others to be served": threats_headers.SERVED,
    "more look-alikes": threats_headers.LOOK_ALIKE,
    "more bank details": threats_asking.BANK,
    "sending on": threats_asking.FORWARDING,
    "another's invoice, differently named": threats_asking.NAMING,
    "more orders": threats_asking.ORDERS,
}
# Threats in which a genuine contact of a customer writes, or whoever has the mailbox: such a one may get a receipt.
BY_CONTACTS = {
    *("hijacked mailbox", "another customer's papers", "orders to the machine", "thread", "hostile headers", "answers elsewhere"),
    *("others to be served", "sending on", "another's invoice, differently named", "more orders"),
}
ROWS = [pytest.param(threat, attack, id=f"{threat}: {name}") for threat, table in TABLES.items() for name, attack in table.items()]


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) >= 400
    assert all(len(table) >= 6 for table in TABLES.values())


@pytest.mark.parametrize(("threat", "attack"), ROWS)
def test_nothing_leaves_by_itself(threat: str, attack: Attack, suffer: Callable[[Attack], Fate]) -> None:
    fate = suffer(attack)
    assert fate.decision.outcome is not Outcome.ANSWER, fate.decision
    if fate.decision.acknowledge:  # a receipt tells nothing, and goes to the contact's own address alone
        assert threat in BY_CONTACTS
        assert fate.decision.recipient is not None
        assert fate.decision.recipient.email == MEGAN
    assert not attack.reason or attack.reason in fate.codes, fate.codes
    if attack.urgent:
        assert (fate.decision.priority, fate.decision.suspicious, "call_back" in fate.codes) == (Priority.URGENT, True, True)
        assert fate.decision.outcome is Outcome.ROUTE


def test_the_same_words_from_the_genuine_sender_are_answered(suffer: Callable[[Attack], Fate]) -> None:
    """Else the tables would prove nothing: what differs is the trick."""
    fate = suffer(Attack(threats_sender.COPY))
    assert fate.decision.outcome is Outcome.ANSWER, fate.decision.reasons


@pytest.mark.parametrize("name", threats_mime.mails("INV-1", "INV-20002"))
def test_no_form_of_a_mail_slips_another_request_in(name: str, tools: Tools) -> None:
    named = named_invoices(tools.ledger())
    found = fate(threats_mime.mails(named["own"], named["other"])[name].encode("utf-8", "surrogateescape"), tools)
    assert found.decision.outcome is not Outcome.ANSWER, found.decision.reasons
