"""What is asked for every message is answered from indexes, however much mail has gone out: SQLite's own plans tell."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from factories import NOW, a_message, open_store
from sqlalchemy import event

from inboxbot.message import MessageKey
from inboxbot.store import messages, outbox
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
    first, *_ = plans(tmp_path, ask)
    assert index in first[0]


def test_the_records_are_never_read_through_for_a_message(tmp_path: Path) -> None:
    named = {"in_reply_to": "<t@alder.example>", "references": ("<ours@b.example>", "<t@alder.example>")}
    message = a_message(subject="Re: Copy", **named)
    found = plans(tmp_path, lambda session: messages.history(session, message, MessageKey("ar", 7, 9), "request", NOW))
    lines = [line for plan in found for line in plan]
    assert [line for line in lines if "SCAN" in line] == []
    assert any("ix_outbox_mailbox" in line for line in lines)


def plans(folder: Path, ask: Callable[[Session], object]) -> list[list[str]]:
    """How SQLite goes about each question that is asked."""
    asked: list[tuple[str, object]] = []
    store = open_store(folder)
    event.listen(store.engine, "before_cursor_execute", lambda _c, _u, sql, values, _x, _m: asked.append((sql, values)))
    with store.transaction() as session:
        ask(session)
        questions = [(sql, values) for sql, values in asked if sql.startswith("SELECT")]
        explained = [session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in questions]
        return [[str(row[3]) for row in rows] for rows in explained]
