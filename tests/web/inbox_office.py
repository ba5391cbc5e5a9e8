"""A whole company with its shared inbox, for tests, benchmarks and screenshots: the sample ledger and mails, the real pipeline.

In: a folder. Out: `Office`: an application, people who can sign in, conversations as the sample mails made them.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx import Client, Response

from inboxbot import config
from inboxbot.app import App, shipped_model
from inboxbot.classify.artifact import load as load_artifact
from inboxbot.classify.intents import IntentModel
from inboxbot.classify.understand import Understander
from inboxbot.classify.word_lists import load_word_lists
from inboxbot.demo import gateway, sample_documents, sample_ledger, sample_mails
from inboxbot.desk import accounts
from inboxbot.desk.office import Desk
from inboxbot.desk.passwords import Passwords
from inboxbot.message import MessageKey, RawMessage
from inboxbot.pipeline import handle
from inboxbot.staff import Role, User, Viewer, terminal
from inboxbot.store import messages
from inboxbot.web.app import create_app

PASSWORD = "correct horse battery"
SQLITE = "sqlite:///inboxbot.db"
TEXT = """\
[company]
name = "{name}"
address = "{address}"
[smtp]
host = "127.0.0.1"
port = 2525
security = "none"
[store]
url = "{store}"
[ledger]
path = "ledger"
[documents]
path = "documents"
[security]
authentication = "gateway"
trusted_authserv_ids = ["{authserv_id}"]
secret_file = "inboxbot.key"
[[team]]
name = "disputes"
members = ["sam@brightwater.example", "dana@brightwater.example"]
[[rule]]
name = "disputes to their team"
when = {{ intents = ["dispute", "deduction"] }}
then = {{ assign = "disputes", priority = "high" }}
"""


@cache
def understander() -> Understander:
    """The shipped model, loaded once."""
    return Understander(IntentModel(load_artifact(shipped_model())), load_word_lists())


class Watch:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Office:
    """The company."""

    folder: Path
    app: App
    now: datetime
    people: dict[str, User] = field(default_factory=dict)
    uid: int = 0

    @property
    def desk(self) -> Desk:
        return self.app.desk

    @property
    def web(self) -> FastAPI:
        return create_app(self.app.web_services())

    def viewer(self, name: str) -> Viewer:
        return accounts.viewer(self.desk, self.people[name])

    def receive(self, raw: bytes, mail_from: str, at: datetime | None = None) -> int:
        """A mail arrives and is decided; its row."""
        self.uid += 1
        at = at or self.app.now()
        stamped = gateway.stamp(raw, mail_from, self.app.config.company.address, at)
        with self.app.store.transaction() as session:
            messages.record(session, RawMessage(MessageKey("ar", 7, self.uid), stamped, at, len(stamped)), at)
        tools = self.app.tools(understander=understander())
        with self.app.store.transaction() as session:
            row_id = messages.waiting(session, 1)[0]
            recorded = messages.begin(session, row_id)
        assert recorded is not None
        handle(recorded, tools, self.app.store, at)
        return row_id

    def write(self, sender: str, subject: str, text: str, **headers: str) -> int:
        """A plain mail of a customer's person."""
        self.uid += 1
        extra = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        identity = "" if "Message_ID" in headers else f"Message-ID: <{self.uid}.{time.monotonic_ns()}@{sender.rpartition('@')[2]}>\r\n"
        raw = (
            f"From: {sender}\r\nTo: {self.app.config.company.address}\r\nSubject: {subject}\r\n{identity}"
            f"Date: {self.app.now():%a, %d %b %Y %H:%M:%S +0000}\r\n{extra}"
        )
        if "Content_Type" not in headers:
            raw += "Content-Type: text/plain; charset=utf-8\r\n"
        return self.receive((raw + "\r\n" + text).encode(), sender)


def build(
    folder: Path,
    *,
    now: datetime | None = None,
    mails: bool = True,
    documents: bool = True,
    clock: Callable[[], datetime] | None = None,
    store: str = SQLITE,
) -> Office:
    """A company with people; `mails`: and with the sample mails, spread over the last three days."""
    now = now or datetime.now(UTC)
    ledger = sample_ledger.build(now.date())
    sample_ledger.write(ledger, folder / "ledger")
    (folder / "documents").mkdir(exist_ok=True)
    if documents:
        sample_documents.write(ledger, folder / "documents")
    values = {
        "store": store,
        "name": sample_ledger.COMPANY_NAME,
        "address": sample_ledger.COMPANY_ADDRESS,
        "authserv_id": gateway.AUTHSERV_ID,
    }
    (folder / "inboxbot.key").write_text("a secret of the tests, long enough to sign with", encoding="utf-8")
    (folder / "inboxbot.key").chmod(0o600)
    (folder / "inboxbot.toml").write_text(TEXT.format(**values), encoding="utf-8")
    app = App(config.load(folder / "inboxbot.toml"), now=clock or (lambda: datetime.now(UTC)))
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    app.__dict__["desk"] = replace(app.desk, passwords=cheap)
    office = Office(folder, app, now)
    for name, role in (("dana", Role.ADMIN), ("mia", Role.MANAGER), ("sam", Role.AGENT), ("olga", Role.AGENT)):
        office.people[name] = add_person(office, name, role)
    office.people["ines"] = add_person(office, "ines", Role.INQUIRY, customers=("C1001", "C1002"), expires_at=now + timedelta(days=30))
    if mails:
        samples = sample_mails.build(now)
        for index, sample in enumerate(samples):
            office.receive(sample.raw, sample.mail_from, now - timedelta(minutes=97 * (len(samples) - index)))
    return office


NAMES = {"dana": "Dana Reyes", "mia": "Mia Kowalski", "sam": "Sam Okafor", "olga": "Olga Lind", "ines": "Inès Roy"}


def add_person(office: Office, name: str, role: Role, **more: Any) -> User:
    return accounts.add_user(
        office.desk, terminal("root"), email=f"{name}@brightwater.example", name=NAMES[name], role=role, password=PASSWORD, **more
    )


@contextmanager
def served(office: Office, port: int = 0) -> Iterator[str]:
    """The application on a free port (or this one), in a thread of its own; its address."""
    listener = socket.create_server(("127.0.0.1", port))
    app = office.web
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        app.state.close_streams()
        server.should_exit = True
        thread.join(10)
        listener.close()


def sign_in(client: Client, name: str) -> Response:
    return client.post("/inbox/sign-in", data={"email": f"{name}@brightwater.example", "password": PASSWORD})
