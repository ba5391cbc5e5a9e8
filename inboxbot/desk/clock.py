"""What the shared inbox does by the clock: ends snoozes, notes what is due, and ranks anew when the ledger changed.

In: a desk. Out: the same changes as a person's, written as done by inboxbot. Each round is short and may be cut off anywhere.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import structlog

from inboxbot.desk.customer import promise_state
from inboxbot.desk.notices import mail_notices
from inboxbot.desk.office import Desk
from inboxbot.facts import Facts
from inboxbot.ledger.model import Ledger
from inboxbot.store import conversations, desk_notes, inbox
from inboxbot.store.inbox import Ranked
from inboxbot.urgency import Stake, stake_of

BATCH = 500
_log = structlog.get_logger(__name__)


@dataclass
class DeskClock:
    """Remembers which ledger the queue was ranked by."""

    desk: Desk
    _ranked_by: Ledger | None = None
    _ranked_on: date | None = None
    _facts: dict[str, Facts | None] = field(default_factory=dict)

    def round(self) -> None:
        """One round of everything that is due."""
        self.wake()
        self.note_what_is_due()
        mail_notices(self.desk)
        self.rank_anew()

    def wake(self) -> int:
        """End the snoozes whose time has come; how many."""
        with self.desk.store.reading() as session:
            if not inbox.any_to_wake(session, self.desk.now()):
                return 0
        with self.desk.store.transaction() as session:
            return len(conversations.wake_due(session, self.desk.now(), self.desk.config.inbox.answer_within))

    def note_what_is_due(self) -> int:
        """Tell whoever has a conversation (of a team: everybody in it) that its answer is due; once for each due time."""
        now, told = self.desk.now(), 0
        with self.desk.store.reading() as session:
            due = inbox.became_due(session, now, now - timedelta(days=1))
        teams = {team.name: [member.lower() for member in team.members] for team in self.desk.config.team}
        wanted = [(one, email) for one in due for email in teams.get(one.assignee or "", [one.assignee] if one.assignee else [])]
        if not wanted:
            return 0
        with self.desk.store.transaction() as session:
            for one, email in wanted:
                key = f"conversation:{one.conversation_id}:{one.due_at.isoformat() if one.due_at else ''}"
                told += desk_notes.notify(session, email, "sla_due", key, one.conversation_id, f"An answer is due: {one.subject}", now)
        return told

    def rank_anew(self) -> int:
        """Where the ledger (or the day) is another than the queue was ranked by: what is at stake, counted anew; how many moved."""
        ledger, today = self.desk.ledger(), self.desk.now().astimezone(ZoneInfo(self.desk.config.company.timezone)).date()
        if ledger is self._ranked_by and today == self._ranked_on:
            return 0
        moved, after = 0, 0
        broken = self._broken_promises(ledger, today)
        self._facts = {}
        while True:
            with self.desk.store.reading() as session:
                batch = inbox.to_rank(session, after, BATCH)
            if not batch:
                break
            after = batch[-1].conversation_id
            stakes = [(one.conversation_id, self._stake(one, ledger, today, broken)) for one in batch]
            with self.desk.store.transaction() as session:
                moved += sum(
                    conversations.set_stake(session, number, stake, self.desk.config.inbox.answer_within) for number, stake in stakes
                )
        self._ranked_by, self._ranked_on, self._facts = ledger, today, {}
        if moved:
            _log.info("queue_ranked", moved=moved)
        return moved

    def _stake(self, one: Ranked, ledger: Ledger, today: date, broken: dict[str, date]) -> Stake:
        customer_id = one.customer_id
        if customer_id is None:
            return Stake()
        if customer_id not in self._facts:
            self._facts[customer_id] = ledger.facts_of(customer_id)
        facts = self._facts[customer_id]
        return stake_of(facts, one.invoice_numbers, today, broken.get(customer_id)) if facts else Stake()

    def _broken_promises(self, ledger: Ledger, today: date) -> dict[str, date]:
        """The latest broken promise of each customer, as far as the ledger shows."""
        with self.desk.store.reading() as session:
            promises = inbox.open_promises(session)
        found: dict[str, date] = {}
        for row in promises:
            facts = ledger.facts_of(row.customer_id)
            state = promise_state(facts, row.state, row.promised_for, row.invoice_numbers, row.created_at.date(), today) if facts else ""
            if state == "broken":
                found[row.customer_id] = max(row.promised_for, found.get(row.customer_id, row.promised_for))
        return found
