"""What is asked for every message is answered from indexes, however much mail has gone out: SQLite's own plans tell."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from factories import NOW, open_store
from sqlalchemy import event

from inboxbot.store import outbox
from inboxbot.store.engine import Session

DAY = timedelta(days=1)


def _count(session: Session) -> None:
    outbox.count_automatic(session, since=NOW - DAY, all_since=NOW, thread_root="<a@b.example>", address="a@b.example", domain="b.example")


def _acknowledged(session: Session) -> None:
    outbox.acknowledged(session, "a+tag@b.example", NOW - DAY)


def _left_for(session: Session) -> None:
    outbox.left_for(session, "a+tag@b.example", NOW - DAY, NOW)


def _released(session: Session) -> None:
    outbox.released(session, "C1", "a@b.example", NOW)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (_count, "USING COVERING INDEX ix_outbox_counted"),
        (_acknowledged, "USING COVERING INDEX ix_outbox_mailbox (rcpt_bare=? AND automatic=? AND created_at>?)"),
        (_left_for, "USING INDEX ix_outbox_mailbox (rcpt_bare=? AND automatic=? AND created_at>?)"),
        (_released, "USING INDEX ix_outbox_customer (customer_id=? AND automatic=?"),
    ],
)
def test_the_outbox_is_asked_by_index(tmp_path: Path, ask: Callable[[Session], None], index: str) -> None:
    asked: list[tuple[str, object]] = []
    store = open_store(tmp_path)
    event.listen(store.engine, "before_cursor_execute", lambda _c, _u, sql, values, _x, _m: asked.append((sql, values)))
    with store.transaction() as session:
        ask(session)
        first = next((sql, values) for sql, values in asked if sql.startswith("SELECT"))
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {first[0]}", first[1]).all()
    assert index in plan[0][3]
