"""The managers' rules: which apply, in which order, and what they can never do."""

from typing import Any

import pytest
from factories import a_config, a_message, an_invoice, money, some_facts, strangers_facts, understood_as

from inboxbot.config import RuleSection
from inboxbot.decision import Priority
from inboxbot.facts import Facts
from inboxbot.policy.rules import RuleEffect, applies, apply, at_stake, digest
from inboxbot.understanding import Entities, Intent, Understanding

COPY = understood_as()


def rules(*tables: dict[str, Any]) -> tuple[RuleSection, ...]:
    return a_config(rule=[{"name": f"r{n}", **table} for n, table in enumerate(tables, 1)]).rule


def run(*tables: dict[str, Any], understanding: Understanding = COPY, facts: Facts | None = None) -> RuleEffect:
    return apply(rules(*tables), understanding, facts or some_facts(), a_message())


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, True),
        ({"intents": ["invoice_copy", "dispute"]}, True),
        ({"intents": ["dispute"]}, False),
        ({"customers": ["C1"]}, True),
        ({"customers": ["C2"]}, False),
        ({"min_amount": 100}, True),
        ({"min_amount": 100.01}, False),
        ({"intents": ["invoice_copy"], "customers": ["C2"]}, False),  # every condition must hold
        ({"intents": ["invoice_copy"], "customers": ["C1"], "min_amount": 99.99}, True),
    ],
)
def test_a_rule_applies_when_every_condition_holds(when: dict[str, Any], expected: bool) -> None:
    (rule,) = rules({"when": when})
    assert applies(rule.when, COPY, some_facts(), a_message()) is expected


def test_any_asserted_intent_counts_not_only_the_first() -> None:
    both = understood_as(Intent.INVOICE_COPY, Intent.DISPUTE)
    assert run({"when": {"intents": ["dispute"]}}, understanding=both).names == ("r1",)


def test_a_customers_rule_never_applies_to_a_stranger() -> None:
    assert run({"when": {"customers": ["C1"]}}, facts=strangers_facts()).names == ()


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        (Entities(), "0"),
        (Entities(invoice_numbers=("INV-1", "INV-2")), "350.50"),
        (Entities(invoice_numbers=("INV-9",)), "0"),  # another customer's
        (Entities(amounts=(money("7"), money("-400"))), "400"),
        (Entities(invoice_numbers=("INV-1",), amounts=(money("7"),)), "100"),
        (Entities(invoice_numbers=("K",)), "60"),  # a credit note counts as much
    ],
)
def test_at_stake_is_the_larger_of_what_is_said_and_what_is_named(entities: Entities, expected: str) -> None:
    facts = some_facts(invoices=(*some_facts().invoices, an_invoice("K", "-60")))
    assert at_stake(understood_as(entities=entities), facts) == money(expected).value


def test_later_rules_override_earlier_ones_field_by_field() -> None:
    effect = run({"then": {"assign": "a@b.example", "priority": "high"}}, {"then": {"assign": "c@d.example"}}, {"then": {}})
    assert effect == RuleEffect("c@d.example", Priority.HIGH, None, ("r1", "r2", "r3"))


def test_stop_ends_the_run_only_where_the_rule_applies() -> None:
    def stopping(customer: str) -> tuple[str, ...]:
        return run({"when": {"customers": [customer]}, "stop": True}, {"then": {"priority": "low"}}).names

    assert stopping("C1") == ("r1",)
    assert stopping("C2") == ("r2",)


def test_an_answer_may_be_forbidden_and_allowed_again() -> None:
    assert run({"then": {"answer": False}}).forbidden_by == "r1"
    assert run({"then": {"answer": False}}, {"then": {"priority": "low"}}).forbidden_by == "r1"
    assert run({"then": {"answer": False}}, {"then": {"answer": True}}).forbidden_by is None
    assert run({"then": {"answer": True}}, {"then": {"answer": False}}).forbidden_by == "r2"


def test_the_account_owner_is_the_customers_else_whoever_was_named_before() -> None:
    assert run({"then": {"assign": "account_owner"}}).assignee == "owen@brightwater.example"
    before = {"then": {"assign": "a@b.example"}}
    assert run(before, {"then": {"assign": "account_owner"}}, facts=strangers_facts()).assignee == "a@b.example"
    assert run({"then": {"assign": "account_owner"}}, facts=strangers_facts()).assignee is None


def test_a_digest_names_the_rules_and_their_order() -> None:
    one, two = {"then": {"priority": "low"}}, {"then": {"answer": False}}
    assert digest(rules(one, two)) == digest(rules(one, two))
    assert len({digest(rules(one, two)), digest(rules(two, one)), digest(rules(one)), digest(())}) == 4
