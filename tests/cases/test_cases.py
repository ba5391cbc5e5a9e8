"""Mails and what should become of them: every `NN-name.eml` with its `NN-name.toml`, here and in `private/`.

The README beside this file says how to add one.
"""

import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from contract.office import COMPANY, GATEWAY, open_office

from inboxbot.app import App
from inboxbot.config import parse
from inboxbot.decision import History
from inboxbot.explain import as_json
from inboxbot.message import MessageKey, RawMessage
from inboxbot.pipeline import Tools, understand
from inboxbot.policy.decide import decide

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent
CASES = sorted(path.with_suffix("") for folder in (FOLDER, FOLDER / "private") for path in folder.glob("*.eml"))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_REPEAT = re.compile(rb"\{\{repeat (\d{1,7}) ([^}]{1,40})\}\}")
ToolsFor = Callable[[dict[str, Any]], Tools]


@pytest.fixture(scope="module")
def tools_for(tmp_path_factory: pytest.TempPathFactory) -> ToolsFor:
    """The pipeline's tools for a case's own configuration; ledger, documents and model are loaded once."""
    office = open_office(tmp_path_factory.mktemp("cases"))
    plain = App(parse(_toml({}), office.config))

    def tools(extra: dict[str, Any]) -> Tools:
        app = App(parse(_toml(extra), office.config))
        app.__dict__.update(ledger=plain.ledger, understander=plain.understander, documents=plain.documents)
        return app.tools(with_store=False)

    return tools


def _toml(extra: dict[str, Any]) -> str:
    """The test's configuration with the case's own tables laid over it."""
    tables = {"security": {"trusted_authserv_ids": [GATEWAY]}, **extra}
    tables["security"] = {"trusted_authserv_ids": [GATEWAY], **extra.get("security", {})}
    return COMPANY + "".join(_table(name, table) for name, table in tables.items())


def _table(name: str, table: Any) -> str:
    if isinstance(table, list):
        return "".join(f"[[{name}]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in one.items()) for one in table)
    return f"[{name}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


def _folded(text: str) -> str:
    return " ".join(text.split())


def found_in(raw: bytes, tools: Tools) -> dict[str, Any]:
    """What inboxbot makes of a mail, in the words of the .toml files."""
    raw = _REPEAT.sub(lambda match: match[2] * int(match[1]), raw)
    understood = understand(RawMessage(MessageKey("cases", 1, 1), raw, NOW, len(raw)), tools)
    message = understood.message
    found = as_json("", understood, decide(understood, History(), tools.config, NOW))
    return {
        **found,
        "subject": message.subject, "new_text": _folded(message.new_text), "intents": sorted(i["intent"] for i in found["intents"]),
        "authenticity": found["authenticity"]["status"], "customer_id": found["customer_id"] or "", "assignee": found["assignee"] or "",
        "reasons": [reason.partition(":")[0] for reason in found["reasons"]], "vetoes": [veto["code"] for veto in found["vetoes"]],
        "attachments": [attachment.name for attachment in message.attachments],
        "entities": {key: value or ([] if isinstance(value, list) else "") for key, value in found["entities"].items()},
    }  # fmt: skip


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What is not as expected, in words."""
    words = [
        f"entities.{k}: {found['entities'][k]!r}, not {v!r}" for k, v in expected.pop("entities", {}).items() if found["entities"][k] != v
    ]
    for key in ("reasons", "vetoes", "new_text_contains"):
        have = found[key.removesuffix("_contains")]
        words += [f"{key}: {one!r} is not in {have!r}" for one in expected.pop(key, []) if one not in have]
    for key in ("reasons_lack", "new_text_lacks"):
        have = found[key.rpartition("_")[0]]
        words += [f"{key}: {one!r} is in {have!r}" for one in expected.pop(key, []) if one in have]
    expected = {
        key: sorted(value) if key == "intents" else _folded(value) if key == "new_text" else value for key, value in expected.items()
    }
    return words + [f"{key}: {found[key]!r}, not {value!r}" for key, value in expected.items() if found[key] != value]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case: Path, tools_for: ToolsFor) -> None:
    expected = tomllib.loads(case.with_suffix(".toml").read_text(encoding="utf-8"))
    why = expected.pop("why")

    found = found_in(case.with_suffix(".eml").read_bytes(), tools_for(expected.pop("config", {})))

    assert differences(expected, found) == [], f"{why} {found['reasons']}"


def test_every_expectation_has_its_mail() -> None:
    assert {path.with_suffix("") for path in FOLDER.glob("*.toml")} == {path for path in CASES if path.parent == FOLDER}


def test_a_difference_is_seen(tools_for: ToolsFor) -> None:
    """The comparison itself: a wrong expectation of every kind is named."""
    found = found_in(b"From: a@b.example\nSubject: x\n\nhello\n", tools_for({}))
    wrong = {
        "from": "c@d.example", "new_text": "hullo", "new_text_contains": ["hullo"], "new_text_lacks": ["hello"], "outcome": "answer",
        "reasons": ["sure"], "reasons_lack": ["unknown_sender"], "vetoes": ["link"], "intents": ["spam", "dispute"], "customer_id": "C1001",
        "attachments": ["a.pdf"], "entities": {"invoice_numbers": ["INV-1"], "promise_date": "2026-01-01"},
    }  # fmt: skip

    assert len(differences(dict(wrong), found)) == len(wrong) + 1


def test_ledger_for_whoever_writes_a_case(tools_for: ToolsFor) -> None:
    """Prints the customers, their contacts and their open invoices (pytest -s)."""
    ledger = tools_for({}).ledger()
    for customer in ledger.customers.values():
        facts = ledger.facts_of(customer.customer_id)
        assert facts is not None
        open_items = ", ".join(f"{i.invoice_number} {i.balance} {i.po_number}" for i in facts.open_invoices)
        print(customer.customer_id, customer.name, customer.currency, [c.email for c in facts.contacts], open_items)  # noqa: T201
