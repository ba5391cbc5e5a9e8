"""Machines' mail as real systems write it, and people's that looks like it, from raw bytes to the class."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inboxbot.classify.machine import MachineVerdict, classify
from inboxbot.ingest import parse
from inboxbot.message import MachineClass, MessageKey, RawMessage
from inboxbot.responders import freeze

FOLDER = Path(__file__).parent / "machines"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = b"our own key"
OURS = freeze.new_message_id("brightwater.example", KEY)
MARK = freeze.loop_mark(KEY)
OWN = frozenset({"ar@brightwater.example"})
DEFAULTS = {
    "From": "Ann Miller <ann@customer.example>",
    "To": "ar@brightwater.example",
    "Subject": "invoice 20108",
    "Date": "Fri, 20 Nov 2026 11:00:00 +0000",
    "Message-ID": "<first@customer.example>",
    "Content-Type": "text/plain; charset=utf-8",
}


def cases(name: str) -> list[Any]:
    found = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["case"]
    return [pytest.param(case, id=case.get("system") or case["why"]) for case in found]


def verdict(case: dict[str, Any]) -> MachineVerdict:
    changed = {n: case.get(n.lower().replace("-", "_"), value) for n, value in DEFAULTS.items() if n not in case.get("drop", [])}
    lines = [*(f"{name}: {value}" for name, value in changed.items()), *case.get("headers", [])]
    text = "\n".join([*lines, "", case["body"].lstrip("\n")]).replace("{ours}", OURS).replace("{mark}", MARK)
    message = parse.parse(RawMessage(MessageKey("ar", 1, 9), text.replace("\n", "\r\n").encode(), NOW))
    return classify(message, OWN, lambda value: freeze.is_ours(value, KEY) or freeze.is_our_mark(value, KEY))


@pytest.mark.parametrize("case", cases("bounces"))
def test_a_bounce_is_a_bounce_and_is_read(case: dict[str, Any]) -> None:
    found = verdict(case)
    assert found.machine is MachineClass.BOUNCE, found.words
    assert found.bounce is not None
    assert found.bounce.action == case["action"]
    assert found.bounce.recipient == case.get("recipient", "")
    assert found.bounce.status == case.get("status", "")
    assert (found.bounce.original_message_id == OURS) == case.get("ours", False)
    assert (MARK in found.bounce.marks) == case.get("ours_by_mark", False)


@pytest.mark.parametrize("case", cases("auto_replies"))
def test_an_automatic_reply_is_no_persons(case: dict[str, Any]) -> None:
    found = verdict(case)
    assert found.machine == case.get("class", "auto_reply"), found.words


@pytest.mark.parametrize("case", cases("more"))
def test_the_class_of_more_mails(case: dict[str, Any]) -> None:
    found = verdict(case)
    assert found.machine == case["class"], found.words


@pytest.mark.parametrize("case", cases("persons"))
def test_a_persons_mail_is_never_filed_as_a_machines(case: dict[str, Any]) -> None:
    found = verdict(case)
    assert found.machine == case.get("class", "person"), found.words
