"""What other rules would change: recorded mail decided twice, once under each set of rules.

In: the store, two configurations. Out: the differences. Both decisions come from the function that decides live mail;
nothing is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from inboxbot.config import Config
from inboxbot.decision import Decision, History, Outcome
from inboxbot.pipeline import Tools, understand
from inboxbot.policy.decide import decide
from inboxbot.store import messages
from inboxbot.store.engine import Store

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """One message that the new rules treat otherwise."""

    message: str
    subject: str
    before: Decision
    after: Decision

    @property
    def regression(self) -> bool:
        """The new rules let a machine answer what a person was to see, or leave nobody in charge of what had somebody."""
        answered_now = self.after.outcome is Outcome.ANSWER and self.before.outcome is not Outcome.ANSWER
        return answered_now or (self.before.assignee is not None and self.after.outcome is Outcome.ROUTE and self.after.assignee is None)


def simulate(store: Store, tools: Tools, new: Config, since: datetime) -> Iterator[Difference]:
    """The recorded messages since a moment that the new rules would treat otherwise, oldest first."""
    with store.transaction() as session:
        rows = messages.decided_since(session, since)
    for row_id in rows:
        with store.transaction() as session:
            raw = messages.raw_message(session, row_id)
        try:
            understood = understand(raw, tools)
        except Exception as error:  # noqa: BLE001 - under any rules it goes to a person
            _log.warning("message_failed", message=str(raw.key), error=type(error).__name__, why=str(error))
            continue
        now = raw.received_at
        before, after = (decide(understood, History(), config, now) for config in (tools.config, new))
        if _visible(before) != _visible(after):
            yield Difference(str(raw.key), understood.message.subject, before, after)


def _visible(decision: Decision) -> tuple[object, ...]:
    return decision.outcome, decision.answers, decision.assignee, decision.priority, decision.automatic_mail
