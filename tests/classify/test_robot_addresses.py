"""Addresses and display names of machines, in many languages, and the people who bear names like theirs."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inboxbot import markers
from inboxbot.classify.machine import classify
from inboxbot.config import LimitsSection
from inboxbot.decision import History
from inboxbot.message import Address, MachineClass, Message
from inboxbot.policy.guard import OwnIdentity, guard

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OWN = OwnIdentity(frozenset({"ar@brightwater.example"}), "brightwater.example")
TABLE: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "machines" / "addresses.toml").read_text(encoding="utf-8"))
TEXT = "Could you please send me a copy of invoice 20108?"
PLAIN = Message(
    message_id="<1@customer.example>",
    subject="Invoice 20108",
    from_=Address("ann@customer.example", "Ann Miller"),
    received_at=NOW,
    date=NOW,
    to=(Address("ar@brightwater.example"),),
    text=TEXT,
    new_text=TEXT,
)


def codes(message: Message) -> list[str]:
    machine = classify(message, OWN.addresses, lambda _: False).machine
    return [reason.code for reason in guard(message, machine, History(), LimitsSection(), OWN, NOW)]


def by(local: str, name: str = "Ann Miller") -> Message:
    return replace(PLAIN, from_=Address(f"{local}@customer.example", name))


@pytest.mark.parametrize("local", TABLE["unread"])
def test_an_address_that_nobody_reads_gets_nothing(local: str) -> None:
    assert codes(by(local)) == ["robot", "robot_sender"]


@pytest.mark.parametrize("local", TABLE["role"])
def test_whoever_looks_after_the_mail_gets_no_invoice(local: str) -> None:
    assert codes(by(local)) == ["role_sender"]


@pytest.mark.parametrize("local", TABLE["relaying"])
def test_an_address_from_which_mail_goes_on_gets_nothing(local: str) -> None:
    assert codes(by(local.lower())) == ["relayed_sender"]


@pytest.mark.parametrize("local", TABLE["people"])
def test_people_and_departments_are_answered(local: str) -> None:
    assert codes(by(local)) == []


@pytest.mark.parametrize("name", TABLE["machines_names"])
def test_a_display_name_of_a_machine_gets_nothing(name: str) -> None:
    assert codes(by("ap", name)) == ["robot"]


@pytest.mark.parametrize("name", TABLE["peoples_names"])
def test_people_with_such_names_are_answered(name: str) -> None:
    assert codes(by("ap", name)) == []


@pytest.mark.parametrize("local", ["no-reply", "noreply.ap", "bounces", "nie-odpowiadac", "do_not_reply"])
def test_whoever_wants_answers_where_nobody_reads_gets_none(local: str) -> None:
    assert codes(replace(PLAIN, reply_to=(Address(f"{local}@customer.example"),))) == ["robot", "robot_sender"]


def test_answers_to_a_colleague_are_no_sign_of_a_machine() -> None:
    assert codes(replace(PLAIN, reply_to=(Address("bob@customer.example"),))) == []


def test_a_local_part_without_end_takes_no_time() -> None:
    started = datetime.now(UTC)
    for local in ("no." * 50_000, "a" * 200_000, "scan-" * 50_000):
        markers.robot_sender(f"{local}@customer.example")
    assert (datetime.now(UTC) - started).total_seconds() < 5


def test_a_robot_by_its_name_is_routed_and_not_filed() -> None:
    assert classify(by("ap", "Payment Notifications"), OWN.addresses, lambda _: False).machine is MachineClass.ROBOT
