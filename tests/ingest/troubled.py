"""A reader over an honest server, with real records, and what stands in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from factories import Clock, open_store
from servers.scripted_imap import ScriptedImap
from sqlmodel import select

from inboxbot.config import MailboxSection
from inboxbot.errors import MailboxTemporaryError
from inboxbot.ingest.imap import ImapMailbox
from inboxbot.ingest.imap_session import Timeouts
from inboxbot.reading import MailboxReader
from inboxbot.store import messages
from inboxbot.store.engine import Store
from inboxbot.store.tables import MessageRow


def mail(name: object, body: str = "Hello?", more: str = "") -> bytes:
    head = f"From: p{name}@nobody.example\r\nSubject: Question {name}\r\nMessage-ID: <{name}@nobody.example>\r\n{more}\r\n"
    return f"{head}{body}\r\n".encode()


def mails(*uids: int) -> dict[int, bytes]:
    return {uid: mail(uid) for uid in uids}


@dataclass
class Desk:
    """One mailbox on `server`, and our records of it."""

    folder: Path
    server: ScriptedImap
    max_bytes: int = 40_000_000
    more: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store: Store = open_store(self.folder)
        self.clock = Clock()
        (self.folder / "password").write_text("secret")
        self._readers: list[MailboxReader] = []
        self.reader = self.new_reader()

    def new_reader(self) -> MailboxReader:
        values = {"host": "127.0.0.1", "port": self.server.port, "security": "none", "username": "ar", "since": "all", **self.more}
        secret = self.folder / "password"
        section = MailboxSection.model_validate({"name": "ar", "kind": "imap", "password_file": secret, **values})
        box = ImapMailbox(section, self.max_bytes, Timeouts(connect=5, read=1))
        self._readers.append(MailboxReader(section, box, self.store, ZoneInfo("UTC"), self.clock))
        return self._readers[-1]

    def close(self) -> None:
        for reader in self._readers:
            reader.close()
        self.store.close()

    def rounds(self, most: int, until: Callable[[], bool] = lambda: False) -> int:
        """Look as often as this, whatever goes wrong; how often it went wrong."""
        wrong = 0
        for _ in range(most):
            try:
                self.reader.catch_up()
            except MailboxTemporaryError:
                wrong += 1
            if until():
                break
        return wrong

    def night(self) -> None:
        self.clock.move(hours=25)

    def rows(self) -> list[MessageRow]:
        with self.store.transaction() as session:
            return list(session.exec(select(MessageRow).order_by(MessageRow.uid)).all())  # type: ignore[arg-type]

    def raws(self) -> dict[int, bytes]:
        """UID -> what is recorded of messages that came whole."""
        with self.store.transaction() as session:
            found = session.exec(select(MessageRow)).all()
            return {row.uid: messages.raw_message(session, row.id or 0).raw for row in found if row.complete}

    def stubs(self) -> dict[int, bytes]:
        """UID -> what stands there for messages that did not come whole."""
        with self.store.transaction() as session:
            found = session.exec(select(MessageRow)).all()
            return {row.uid: messages.raw_message(session, row.id or 0).raw for row in found if not row.complete}

    def position(self) -> int:
        with self.store.transaction() as session:
            known = messages.position(session, "ar")
            return known.last_uid if known else -1


Make = Callable[..., Desk]


def made(folder: Path) -> Iterator[Make]:
    """A maker of desks, which are closed in the end; for a fixture."""
    desks: list[Desk] = []

    def make(server: ScriptedImap, **values: Any) -> Desk:
        desks.append(Desk(folder, server, **values))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()
