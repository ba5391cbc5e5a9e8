"""The checklist of automatic and odd mail, from raw bytes through parsing and classing to the guard."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inboxbot.classify.machine import MachineVerdict, classify
from inboxbot.config import LimitsSection, SecuritySection
from inboxbot.decision import History
from inboxbot.facts import Customer, Facts, SenderStanding
from inboxbot.ingest import parse
from inboxbot.message import Authenticity, AuthenticityStatus, Message, MessageKey, RawMessage
from inboxbot.policy.guard import OwnIdentity, guard
from inboxbot.policy.release import withheld

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OWN = OwnIdentity(frozenset({"ar@brightwater.example", "billing@brightwater.example"}), "brightwater.example")
SOURCES = tomllib.loads((Path(__file__).parent / "checklist" / "sources.toml").read_text(encoding="utf-8"))["source"]
CASES = tomllib.loads((Path(__file__).parent / "checklist" / "cases.toml").read_text(encoding="utf-8"))["case"]
DEFAULTS = {
    "From": "ann@customer.example",
    "To": "ar@brightwater.example",
    "Subject": "invoice 20108",
    "Date": "Fri, 20 Nov 2026 11:00:00 +0000",
    "Message-ID": "<first@customer.example>",
    "Content-Type": "text/plain; charset=utf-8",
}


def message(case: dict[str, Any]) -> Message:
    changed = {
        name: case.get(name.lower().replace("-", "_"), value) for name, value in DEFAULTS.items() if name not in case.get("drop", [])
    }
    lines = [*(f"{name}: {value}" for name, value in changed.items()), *case.get("headers", [])]
    text = "\n".join([*lines, "", case.get("body", "Could you send me a copy of invoice 20108? Thanks, Ann")])
    return parse.parse(RawMessage(MessageKey("ar", 1, 9), text.replace("\n", "\r\n").encode(), NOW))


def history(case: dict[str, Any]) -> History:
    told = dict(case.get("history", {}))
    if "duplicate_of" in told:
        mailbox, uidvalidity, uid = told["duplicate_of"].split("/")
        told["duplicate_of"] = MessageKey(mailbox, int(uidvalidity), int(uid))
    return History(**told)


def machine_of(mail: Message) -> MachineVerdict:
    return classify(mail, OWN.addresses, lambda message_id: message_id.startswith("<inboxbot.ours"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['n']}: {case['why']}" for case in CASES])
def test_each_case_gets_its_class_and_exactly_its_reasons(case: dict[str, Any]) -> None:
    mail = message(case)
    verdict = machine_of(mail)
    reasons = guard(mail, verdict.machine, history(case), LimitsSection(), OWN, NOW)
    assert verdict.machine == case.get("machine", "person")
    assert {reason.code for reason in reasons} - set(case.get("also", [])) == set(case.get("reasons", []))


@pytest.mark.parametrize("case", [case for case in CASES if "authentication" in case], ids=lambda case: case["why"])
def test_who_the_sender_is_decides_about_release(case: dict[str, Any]) -> None:
    proof = Authenticity(AuthenticityStatus(case["authentication"]), "customer.example", "dmarc")
    facts = Facts(as_of=NOW, standing=SenderStanding.CONTACT, customer=Customer("C1", "Customer", "USD"))
    reasons = withheld(message(case), proof, facts, SecuritySection())
    assert [reason.code for reason in reasons] == case["release"]


def test_every_case_of_the_checklist_has_a_row_and_a_source() -> None:
    numbers = set(range(1, 61))
    assert {case["n"] for case in CASES} == numbers
    assert {int(n) for n, source in SOURCES.items() if source} == numbers


def test_only_these_cases_may_be_answered() -> None:
    allowed = {case["n"] for case in CASES if not case.get("reasons") and not case.get("release")}
    assert allowed == {1, 6, 13, 19, 23, 40, 46, 51, 55, 59}  # 13, 59: a person's, so that what it says decides
