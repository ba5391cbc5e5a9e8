"""One run of the harness: servers, a company, its daemon, mails, and the count at the end.

In: a `MailServer` (Dovecot, Postfix), a folder, a count of mails, a seed. Out: `Count`: what was lost, what was answered
twice, and how many mails were answered, are with people, or are in doubt.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any, Self

import psycopg
from servers.mailserver import MailServer
from servers.nursery import Child, Nursery

from chaos import books
from chaos.books import Letter
from chaos.sink import Plan, Sink, polite

INBOXBOT = str(Path(sys.executable).parent / "inboxbot")
FAIL_POINTS = "INBOXBOT_FAIL_POINTS"
STILLNESS = 0.4  # seconds without a change before a scene counts as settled


@dataclass(frozen=True)
class Count:
    """The outcome, counted from outside; `figures` are the row's own."""

    mails: int
    answered: int
    with_people: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    in_doubt: int
    starts: int
    seconds: float
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Scene:
    """Everything of one run; use as a context manager."""

    server: MailServer
    folder: Path
    mails: int
    seed: int
    settings: dict[str, object] = field(default_factory=dict)
    plan: Plan = polite
    files_sent: bool = False  # the SMTP server files a copy in the Sent folder
    through_postfix: bool = False
    long: bool = False  # the soak: more kills, longer silences
    nursery: Nursery | None = None  # starts that need no interpreter of their own come from there
    patience: float = 240

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.user = f"chaos-{self.folder.name.replace('_', '-')}@example.test"
        self.letters = books.letters(self.mails, self.seed)
        self.sink = Sink(self.plan)
        self.processes: list[subprocess.Popen[bytes] | Child] = []
        self.starts = 0
        self.figures: dict[str, Any] = {}
        self.odd: set[str] = set()  # recipients whose mail the plan refuses late
        self.counted: Count | None = None  # where the records are gone when the row ends
        self.began = time.monotonic()

    def __enter__(self) -> Self:
        self.server.add_user(self.user)
        with self.server.client(self.user) as client:  # makes the Maildir, and Sent in it
            client.select_folder("Sent", readonly=True)
            client.select_folder("INBOX", readonly=True)
        if self.files_sent:
            self.sink.sent_folder = self.maildir / ".Sent"
        self.sink.__enter__()
        self._before = frozenset(path.name.partition(":")[0] for path in self._captured())  # another run's mails, perhaps of the same seed
        self.folder.mkdir(parents=True, exist_ok=True)
        books.write_ledger(self.folder / "ledger", max(self.mails, 50))
        self.configure()
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        self.sink.__exit__()

    # the company

    @property
    def maildir(self) -> Path:
        return self.server.root / "vmail" / self.user

    @property
    def config(self) -> Path:
        return self.folder / "inboxbot.toml"

    @property
    def login(self) -> str:
        """How the mailbox (and Postfix, where mail goes through it) is logged in to."""
        return str(self.settings.get("login", books.DEFAULTS["login"]))

    @property
    def database(self) -> Path:
        return self.folder / str(self.settings.get("store_url", "inboxbot.db")).removeprefix("sqlite:///")

    def configure(self, **more: object) -> None:
        self.settings.update(more)
        sent = "auto" if self.files_sent else "off"
        smtp = self.server.ports.submission if self.through_postfix else self.sink.port
        values = {"imap_port": self.server.ports.imap, "smtp_port": smtp, "user": self.user, "sent_copy": sent, **self.settings}
        books.write_config(self.folder, **values)
        if self.through_postfix:
            text = self.config.read_text().replace('security = "none"\nconnect_seconds = 2\ncommand', _SUBMISSION.format(scene=self))
            self.config.write_text(text)

    def deliver(self, letters: Sequence[Letter] | None = None, folder: str = "") -> None:
        """Put mails into the mailbox, as the mail server's own delivery does: whole files, renamed into place."""
        box = self.maildir / folder if folder else self.maildir
        for letter in self.letters if letters is None else letters:
            name = f"{time.time_ns()}.{letter.number}.{self.chance.getrandbits(32)}"
            path = box / "tmp" / name
            path.write_bytes(letter.raw)
            if os.geteuid() == 0:
                shutil.chown(path, "mail", "mail")
            path.rename(box / "new" / name)

    # the daemon

    def start(
        self, fail_points: str = "", only: str = "ingest,process,send,clock", *, fresh: bool = False, **environment: str
    ) -> subprocess.Popen[bytes] | Child:
        """Start the daemon; with fail points where it is to kill itself. `fresh`: in an interpreter of its own, whatever the seed."""
        given = {**_clean(), **environment, **({FAIL_POINTS: fail_points} if fail_points else {})}
        arguments = ["run", "--config", str(self.config), "--only", only]
        self.log.touch()
        process: subprocess.Popen[bytes] | Child
        if self.nursery is not None and not (fresh or environment):
            process = self.nursery.start(arguments, given, self.log)
        else:
            with self.log.open("ab") as log:
                process = subprocess.Popen([INBOXBOT, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=given)
        self.processes.append(process)
        self.starts += 1
        return process

    @property
    def log(self) -> Path:
        return self.folder / "daemon.log"

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        self.processes[-1].kill()
        self.processes[-1].wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        process = self.processes[-1]
        process.terminate()
        try:
            return process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise

    def alive(self) -> bool:
        return self.processes[-1].poll() is None

    def command(self, *arguments: str) -> Any:
        """A command of the program, its JSON."""
        said, errors = self.folder / "said", self.folder / "errors"
        said.write_bytes(b"")
        whole = [*arguments, "--json", "--config", str(self.config)]
        if self.nursery is not None:
            self.nursery.start(whole, _clean(), said, errors).wait(120)
        else:
            with said.open("ab") as out, errors.open("ab") as err:
                subprocess.run([INBOXBOT, *whole], stdout=out, stderr=err, env=_clean(), check=False, timeout=120)
        lines = [line for line in said.read_text(encoding="utf-8").splitlines() if line[:1] in "[{"]
        return json.loads(lines[-1]) if lines else []

    # waiting

    def until(self, condition: Callable[[], bool], what: str, *, restart: bool = False, seconds: float | None = None) -> None:
        """Wait for something; a daemon that killed itself meanwhile is started again, without fail points, where `restart`."""
        deadline = time.monotonic() + (seconds or self.patience)
        while not condition():
            if time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace")[-3000:]
                raise TimeoutError(f"seed {self.seed}: waited in vain for {what}; the log ends\n{tail}")
            if restart and not self.alive():
                self.start()
            time.sleep(0.1)

    def until_settled(self, messages: int | None = None) -> None:
        """Wait until every mail's fate is decided: nothing to decide, nothing to send, nothing to look for.

        The records are asked only when to stop waiting; what is counted afterwards is counted outside.
        """
        wanted = self.mails if messages is None else messages
        self.until(lambda: self.settled(wanted), f"{wanted} mails to be settled", restart=True)

    def settled(self, wanted: int) -> bool:
        """Whether so many mails are settled, and nothing has changed for a moment."""
        signs = (len(self.sink.accepted), self.ask("SELECT count(*), coalesce(sum(state = 'decided'), 0) FROM message"))
        if signs != self._last_signs:
            self._last_signs, self._still_since = signs, time.monotonic()
        elif time.monotonic() - self._still_since > STILLNESS:
            recorded, decided = signs[1] or (0, 0)
            waits = self.ask("SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending') OR next_look_at IS NOT NULL")
            return recorded == decided >= wanted and waits == (0,)
        return False

    _last_signs: tuple[int, tuple[int, ...] | None] = (-1, None)
    _still_since: float = 0

    def begun(self) -> int:
        """How many starts of the daemon came as far as its work."""
        return self.log.read_text(errors="replace").count('"started"') if self.log.exists() else 0

    def idle(self) -> bool:
        """Whether all mails are settled now."""
        return self.settled(self.mails)

    def handled(self) -> int:
        """How many messages are decided."""
        return (self.ask("SELECT count(*) FROM message WHERE state = 'decided'") or (0,))[0]

    def ours(self) -> int:
        """How many of the company's own mails are decided."""
        return (self.ask("SELECT count(*) FROM message WHERE state = 'decided' AND from_email LIKE 'ap@customer-%'") or (0,))[0]

    def still(self) -> bool:
        """Whether nothing is left to decide or to send, and nothing has changed for a moment."""
        return self.settled(self.handled())

    def ask(self, question: str) -> tuple[int, ...] | None:
        """One row of the records, read beside the running daemon; None while there are none."""
        url = str(self.settings.get("store_url", ""))
        if url.startswith("postgresql"):
            return _ask_postgres(url, question)
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=0.2)) as connection:
                return tuple(connection.execute(question).fetchone())
        except sqlite3.Error:
            return None

    # the count

    def count(self) -> Count:
        """Lost: neither answered nor before people. Twice: more than one accepted answer."""
        if self.counted is not None:
            return self.counted
        answers = Counter(self._accepted())
        queue = self.queue()
        people = {one["correspondent"] for one in queue}
        lost = [letter.nonce for letter in self.letters if not answers[letter.nonce] and letter.sender not in people]
        twice = [nonce for nonce, times in answers.items() if times > 1]
        doubt = sum(any(reason.startswith("in_doubt") for reason in one["reasons"]) for one in queue)
        return Count(
            mails=len(self.letters),
            answered=sum(1 for letter in self.letters if answers[letter.nonce]),
            with_people=sum(1 for letter in self.letters if letter.sender in people),
            lost=tuple(lost),
            twice=tuple(twice),
            in_doubt=doubt,
            starts=self.starts,
            seconds=round(time.monotonic() - self.began, 1),
            figures=dict(self.figures),
        )

    def queue(self) -> list[dict[str, Any]]:
        """What lies before people; once nothing runs any more it is asked once."""
        if self.alive():
            return list(self.command("queue", "list", "--limit", "100000"))
        if self._queue is None or self._queue[0] != self.starts:
            self._queue = self.starts, list(self.command("queue", "list", "--limit", "100000"))
        return self._queue[1]

    _queue: tuple[int, list[dict[str, Any]]] | None = None

    def _accepted(self) -> Iterator[str]:
        if not self.through_postfix:
            yield from (one.answers for one in self.sink.accepted if one.answers != "None")  # an alarm answers nothing
            return
        ours = {letter.nonce for letter in self.letters}
        for path in self._captured():
            if path.name.partition(":")[0] in self._before:
                continue
            nonce = str(message_from_bytes(path.read_bytes())["In-Reply-To"])
            if nonce in ours:
                yield nonce

    def _captured(self) -> Iterator[Path]:
        box = self.server.root / "vmail" / "capture@example.test"
        for name in ("new", "cur"):
            with suppress(FileNotFoundError):
                yield from (box / name).iterdir()


_SUBMISSION = """\
security = "starttls"
ca_file = "{scene.server.ca_file}"
username = "{scene.user}"
{scene.login}
connect_seconds = 5
command"""


def _clean() -> dict[str, str]:
    """The environment of a command, without what concerns these tests."""
    return {**{key: value for key, value in os.environ.items() if not key.startswith("INBOXBOT")}, "OMP_NUM_THREADS": "1"}


def _ask_postgres(url: str, question: str) -> tuple[int, ...] | None:
    """On PostgreSQL a comparison is no number."""
    question = question.replace("sum(state = 'decided')", "sum(CASE WHEN state = 'decided' THEN 1 ELSE 0 END)")
    try:
        with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2) as connection:
            return tuple(connection.execute(question).fetchone() or ())  # type: ignore[call-overload]
    except psycopg.Error:
        return None


@contextmanager
def scene(server: MailServer, folder: Path, mails: int, seed: int, **values: Any) -> Iterator[Scene]:
    """A scene, entered."""
    with Scene(server, folder, mails, seed, **values) as made:
        yield made
