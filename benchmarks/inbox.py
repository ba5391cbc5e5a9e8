"""The shared inbox with 100,000 conversations on SQLite: how long the server takes for a page.

In: a folder. Out: rows: the queue's first page and one far down, a rare and a common word searched for, a conversation. Each
is asked for as a browser does it, through the whole application, signed in.
"""

import asyncio
import gc
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from sqlalchemy import insert, text

from benchmarks.figures import Row, row
from inboxbot import config
from inboxbot.app import App
from inboxbot.decision import Priority
from inboxbot.desk import accounts
from inboxbot.desk.passwords import Passwords
from inboxbot.staff import Role, terminal
from inboxbot.store.search import normal_words
from inboxbot.store.tables import ConversationRow, DecisionRow, MessageRow, RawRow
from inboxbot.store.tables_staff import SearchDocumentRow
from inboxbot.urgency import Stake, urgency
from inboxbot.web.app import create_app

CONVERSATIONS = 100_000
TIMES = 60
PASSWORD = "a benchmark's password"  # noqa: S105 - of nobody but this run
_CONFIG = """\
[company]
name = "Brightwater Components"
address = "ar@brightwater.example"
[store]
url = "sqlite:///inbox.db"
[ledger]
path = "ledger"
[documents]
path = "documents"
"""
_BATCH = 5000
_WORDS = [
    "price",
    "delivery",
    "goods",
    "wrong",
    "missing",
    "credit",
    "note",
    "please",
    "invoice",
    "order",
    "carton",
    "short",
    "paid",
    "week",
    "month",
    "account",
    "statement",
]


def measure(folder: Path, conversations: int = CONVERSATIONS) -> list[Row]:
    """The rows; `folder` holds the sample ledger."""
    (folder / "inbox.toml").write_text(_CONFIG, encoding="utf-8")
    app = App(config.load(folder / "inbox.toml"))
    app.desk.__dict__["passwords"] = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    _fill(app, conversations)
    accounts.add_user(app.desk, terminal("bench"), email="dana@brightwater.example", name="Dana", role=Role.ADMIN, password=PASSWORD)
    gc.collect()
    gc.freeze()  # what filling left behind is no part of serving
    return asyncio.run(_ask(app, conversations))


async def _ask(app: App, conversations: int) -> list[Row]:
    transport = httpx.ASGITransport(create_app(app.web_services()))
    rng = random.Random(5)  # noqa: S311 - which pages are asked for
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        await client.post("/inbox/sign-in", data={"email": "dana@brightwater.example", "password": PASSWORD})
        deep = f"/inbox/v/open?after={_rank(app, conversations // 2)}"
        pages: list[tuple[str, Callable[[], str]]] = [
            ("inbox: queue, most urgent first", lambda: "/inbox/v/open"),
            ("inbox: queue, far down", lambda: deep),
            ("inbox: closed, newest first", lambda: "/inbox/v/closed"),
            ("inbox: search, one invoice", lambda: f"/inbox/search?q=INV-{rng.randrange(100_000, 100_000 + conversations)}"),
            ("inbox: search, common words", lambda: f"/inbox/search?q={rng.choice(_WORDS)}+{rng.choice(_WORDS)}"),
            ("inbox: a conversation", lambda: f"/inbox/c/{rng.randrange(1, conversations)}?view=open"),
        ]
        return [await _timed(client, what, address, conversations) for what, address in pages]


async def _timed(client: httpx.AsyncClient, what: str, address: Callable[[], str], conversations: int) -> Row:
    seconds = []
    for turn in range(TIMES + 3):
        start = time.perf_counter()
        response = await client.get(address())
        if turn >= 3:
            seconds.append(time.perf_counter() - start)
        if response.status_code != 200:
            raise RuntimeError(f"{what}: {response.status_code}")
    return row(what, seconds, f"of {conversations:,} conversations")


def _rank(app: App, offset: int) -> str:
    with app.store.engine.connect() as connection:
        found = connection.execute(
            text("SELECT rank, id FROM conversation WHERE status = 'open' ORDER BY rank, id LIMIT 1 OFFSET :offset"),
            {"offset": offset // 2},
        ).one()
    return f"{found[0]}.{found[1]}"


def _fill(app: App, conversations: int) -> None:
    """Three quarters open or waiting, a quarter closed; a mail each, indexed."""
    rng = random.Random(7)  # noqa: S311 - the same store every time
    now, ledger = datetime.now(UTC), app.ledger.current
    customers = sorted(ledger.customers)
    with app.store.engine.begin() as connection:
        for start in range(0, conversations, _BATCH):
            numbers = range(start + 1, min(start + _BATCH, conversations) + 1)
            made = [_one(rng, number, now, customers) for number in numbers]
            for table in (ConversationRow, RawRow, MessageRow, DecisionRow, SearchDocumentRow):
                connection.execute(insert(table), [one[table] for one in made])
        connection.execute(text("INSERT INTO search_fts(search_fts) VALUES ('rebuild')"))
        connection.execute(text("ANALYZE"))


def _one(rng: random.Random, number: int, now: datetime, customers: list[str]) -> dict[type, dict[str, Any]]:
    at = now - timedelta(minutes=rng.randrange(60 * 24 * 90))
    status = rng.choices(("open", "pending", "snoozed", "closed"), (60, 10, 5, 25))[0]
    priority = rng.choices(list(Priority), (10, 70, 15, 5))[0]
    customer, invoice = rng.choice(customers), f"INV-{100_000 + number}"
    found = urgency(at, priority, Stake())
    words = " ".join(rng.choice(_WORDS) for _ in range(40))
    body = f"Hello, about {invoice}: {words}."
    digest = f"{number:064x}"
    sender = f"person{number % 500}@customer{number % 90}.example"
    return {
        ConversationRow: {
            "id": number, "subject": f"About {invoice}", "status": status, "priority": priority.value,
            "assignee": rng.choice((None, "dana@brightwater.example", "sam@brightwater.example")), "customer_id": customer,
            "correspondent": sender, "primary_intent": "dispute", "reasons": ["not_routine: dispute"], "tags": [], "draft": "",
            "thread_root": f"<{number}@x>", "created_at": at, "updated_at": at, "rank": found.rank, "urgency": list(found.reasons),
            "due_at": found.due_at if status == "open" else None, "waiting_since": at, "lane": "", "version": 0,
        },
        RawRow: {
            "sha256": digest,
            "content": f"From: {sender}\r\nTo: ar@brightwater.example\r\nSubject: About {invoice}\r\n\r\n{body}\r\n".encode(),
        },
        MessageRow: {
            "id": number, "mailbox": "ar", "uidvalidity": 1, "uid": number, "raw_sha256": digest, "size": 500, "complete": True,
            "received_at": at, "recorded_at": at, "state": "decided", "attempts": 1, "message_id": f"<{number}@x>", "from_email": sender,
            "subject": f"About {invoice}", "text": body, "customer_id": customer, "machine": "person", "outcome": "route",
            "primary_intent": "dispute", "conversation_id": number, "decided_at": at,
        },
        DecisionRow: {
            "message_id": number, "outcome": "route", "answers": [], "acknowledge": False, "reasons": ["not_routine: dispute"],
            "intents": [{"intent": "dispute", "probability": 0.9, "evidence": "wrong"}], "scores": {},
            "entities": {"invoice_numbers": [invoice]}, "unexplained": [], "vetoes": [],
            "authenticity": {"status": "verified", "domain": "x", "proof": "dmarc=pass"}, "priority": priority.value, "rules": [],
            "rules_hash": "", "model_version": "", "threshold": 0.9, "certificate": "", "facts_as_of": at, "decided_at": at,
        },
        SearchDocumentRow: {
            "id": number, "conversation_id": number, "kind": "message", "ref_id": number,
            "words": normal_words(f"About {invoice}", sender, customer, body),
        },
    }  # fmt: skip
