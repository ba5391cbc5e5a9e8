"""The managers' rules: which of them apply to a message, and what they make of it.

In: the `[[rule]]` tables and what is known about one message. Out: a `RuleEffect`. Rules apply in the order of the
file; a later one overrides an earlier one, `stop = true` ends the run. A rule may forbid an answer; none can widen to
whom something is released.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inboxbot.config import ACCOUNT_OWNER, RuleSection, RuleThen, RuleWhen
from inboxbot.config.patterns import any_matches
from inboxbot.decision import Priority
from inboxbot.facts import Facts
from inboxbot.message import Message
from inboxbot.understanding import Understanding


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What the rules that applied say together."""

    assignee: str | None = None
    priority: Priority | None = None
    forbidden_by: str | None = None  # the rule that forbids an answer
    names: tuple[str, ...] = ()


def apply(rules: Sequence[RuleSection], understanding: Understanding, facts: Facts, message: Message) -> RuleEffect:
    """Run the rules over one message."""
    effect = RuleEffect()
    for rule in rules:
        if not applies(rule.when, understanding, facts, message):
            continue
        effect = _add(effect, rule.name, rule.then, facts)
        if rule.stop:
            break
    return effect


def applies(when: RuleWhen, understanding: Understanding, facts: Facts, message: Message) -> bool:
    """Whether every condition that is given holds."""
    customer_id = facts.customer.customer_id if facts.customer else None
    return (
        (not when.intents or not understanding.asserted.isdisjoint(when.intents))
        and (not when.customers or customer_id in when.customers)
        and (when.min_amount is None or at_stake(understanding, facts) >= Decimal(str(when.min_amount)))
        and (not when.subject or any_matches(when.subject, message.subject))
        and (not when.text or any_matches(when.text, message.new_text))
    )


def at_stake(understanding: Understanding, facts: Facts) -> Decimal:
    """The money a message is about: the larger of what it names and what its invoices come to (0 when neither)."""
    named = set(understanding.entities.invoice_numbers)
    invoices = sum((abs(i.amount) for i in facts.invoices if i.invoice_number in named), Decimal(0))
    return max([invoices, *(abs(amount.value) for amount in understanding.entities.amounts)])


def digest(rules: Sequence[RuleSection]) -> str:
    """Names a set of rules, so that a decision can say which it was made under."""
    return hashlib.sha256("\n".join(rule.model_dump_json() for rule in rules).encode()).hexdigest()[:12]


def _add(effect: RuleEffect, name: str, then: RuleThen, facts: Facts) -> RuleEffect:
    assignee = effect.assignee
    if then.assign == ACCOUNT_OWNER:
        assignee = (facts.customer.account_owner if facts.customer else "") or assignee
    elif then.assign is not None:
        assignee = then.assign
    forbidden_by = effect.forbidden_by
    if then.answer is not None:
        forbidden_by = None if then.answer else name
    return RuleEffect(assignee, then.priority or effect.priority, forbidden_by, (*effect.names, name))
