"""The fault table: what is done to the daemon in each row, and the row's own figure.

In: a `Scene` that is set up and holds no mail yet. Out: a scene in which every mail's fate is decided. `ROWS` names them all;
`LONG` are the settings of the soak, where silences last minutes and not seconds.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from servers import postgresql
from servers.postgresql import PostgreSQL
from servers.token_endpoint import CLIENT_ID, CLIENT_SECRET

from chaos import books, poison, powerloss, proxy
from chaos.own import OWN
from chaos.proxy import ImapProxy
from chaos.scene import Scene
from chaos.sink import Accepted, Fate, Moment, Plan, polite
from inboxbot.credentials import NO_TOKEN

Run = Callable[[Scene], None]
MOST_MEMORY_MB = 512  # the program and everything it starts


@dataclass(frozen=True)
class Row:
    """One row of the fault table. `plan` is made for each run: plans remember."""

    number: str
    words: str
    run: Run
    plan: Callable[[Scene], Plan] = lambda _scene: polite
    settings: dict[str, object] = field(default_factory=dict)
    files_sent: bool = False
    postfix_seeds: frozenset[int] = frozenset()  # in these seeds the mail goes through Postfix and not to the sink
    doubt_allowed: bool = True  # whether mails may end in doubt at all
    slow: str = ""  # why it runs in the soak alone


def kills(*points: str, most: int = 40) -> Run:
    """Kill at one of these fail points, at a random passage, once or (in the soak) several times; then let it run."""

    def run(scene: Scene) -> None:
        scene.deliver()
        killed = 0
        for _ in range(3 if scene.long else 1):
            scene.start(f"{scene.chance.choice(points)}=kill@{scene.chance.randint(1, most)}")
            scene.until(lambda: not scene.alive() or scene.idle(), "a kill or the end")
            if scene.alive():
                scene.stop()
                break
            killed += 1
        scene.figures["kills"] = killed
        scene.start()
        scene.until_settled()
        scene.stop()

    return run


def doubtful_kills(*points: str) -> Run:
    """As `kills`, and every kill leaves one mail in doubt: seen by people at once, settled where the Sent folder knows it."""

    def run(scene: Scene) -> None:
        kills(*points)(scene)
        shown = scene.count().in_doubt
        scene.figures["in_doubt"] = shown
        if scene.files_sent and not points[0].endswith(("half", "begun")):
            scene.figures["resolved"] = f"{scene.figures['kills'] - shown} of {scene.figures['kills']}"
            assert shown == 0, "the Sent folder has it, and it is still in doubt"
        else:
            assert shown == scene.figures["kills"]

    return run


def random_kills(scene: Scene) -> None:
    """SIGKILL at random times, again and again, while mail keeps coming; in the soak one for every ten mails."""
    rest = list(scene.letters)
    wanted = max(4, scene.mails // 10) if scene.long else 5
    for _ in range(wanted):
        begun = scene.begun()
        scene.start()
        some, rest = rest[: scene.mails // wanted + 1], rest[scene.mails // wanted + 1 :]
        scene.deliver(some)
        if scene.chance.random() < 0.8:  # else it may be killed while it starts
            scene.until(lambda begun=begun: scene.begun() > begun, "a start")  # type: ignore[misc]
        time.sleep(scene.chance.uniform(0, 3.0))
        scene.kill()
    scene.deliver(rest)
    scene.start()
    scene.until_settled()
    scene.stop()
    doubt = scene.count().in_doubt
    scene.figures.update(kills=wanted, in_doubt=doubt)
    assert doubt <= wanted


def full_disk(scene: Scene) -> None:
    """The disk of the records is full, and then read-only, again and again, while mail comes in and goes out."""
    with _small_disk(scene) as ballast:
        scene.configure(store_url=f"sqlite:///{ballast.parent.name}/inboxbot.db", busy_seconds=1)
        flag = scene.folder / "read-only"
        preload = {"LD_PRELOAD": str(powerloss.shim(scene.folder)), "POWERLOSS_PREFIX": str(scene.database), "READONLY_WHILE": str(flag)}
        scene.start(**preload)
        scene.until(lambda: "started" in scene.log.read_text(errors="replace"), "a start")
        sent = 0
        for number, share in enumerate(_shares(scene, 4)):
            _fill(ballast) if number % 2 else flag.touch()
            scene.deliver(share)
            time.sleep(scene.chance.uniform(0.5, 1.5))
            before = len(scene.sink.accepted)
            time.sleep(0.5)
            sent += len(scene.sink.accepted) - before
            ballast.unlink(missing_ok=True)
            flag.unlink(missing_ok=True)
            time.sleep(scene.chance.uniform(0.5, 1.5))
        scene.until_settled()
        scene.stop()
        scene.figures["sent meanwhile"] = sent
        assert scene.starts == 1, "it did not recover by itself"
        _assert_recorded(scene)
        _copy_database(ballast.parent, scene.folder)
    scene.configure(store_url="sqlite:///inboxbot.db")


def _assert_recorded(scene: Scene) -> None:
    """No answer without a record of it."""
    records = {row["message_id"] for row in scene.command("outbox", "list") if row["state"] in ("sent", "in_doubt")}
    unknown = [one.message_id for one in scene.sink.accepted if one.message_id not in records]
    scene.figures["sent without a record"] = len(unknown)
    assert not unknown, unknown[:3]


def power_loss(scene: Scene) -> None:
    """The daemon runs under a journal of its writes; afterwards the power goes at every point that made something durable."""
    journal = scene.folder / "journal"
    scene.deliver()
    preload = {"LD_PRELOAD": str(powerloss.shim(scene.folder)), "POWERLOSS_JOURNAL": str(journal), "POWERLOSS_PREFIX": str(scene.database)}
    scene.start(**preload)
    scene.until_settled()
    scene.stop()
    accepted = {one.message_id: one.at for one in scene.sink.accepted}
    most = 400 if scene.long else 60
    scene.figures.update(powerloss.check(journal, accepted, scene.folder, scene.chance, most))


class _small_disk:  # noqa: N801 - used like a function
    """A file system of its own, just large enough, mounted in the scene's folder; the path of a ballast file on it."""

    def __init__(self, scene: Scene) -> None:
        self.folder = scene.folder / "disk"
        self.size = f"{12 + scene.mails // 40}m"

    def __enter__(self) -> Path:
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "tmpfs", str(self.folder)], check=True)
        return self.folder / "ballast"

    def __exit__(self, *_error: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=False)


def can_mount() -> bool:
    """Whether a small file system can be mounted here."""
    folder = Path("/mnt")
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False).returncode:
        return False
    return subprocess.run(["umount", str(folder)], check=False).returncode == 0


def _fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"x" * 65536)


def _copy_database(origin: Path, target: Path) -> None:
    for name in ("inboxbot.db", "inboxbot.db-wal", "inboxbot.db.secret"):
        if (origin / name).exists():
            shutil.copy(origin / name, target / name)


def locked(scene: Scene) -> None:
    """Another program holds the SQLite file's write lock longer than we wait for it, again and again; once in the soak for 30 s."""
    scene.start()
    scene.until(lambda: "started" in scene.log.read_text(errors="replace"), "a start")
    for number, share in enumerate(_shares(scene, 3)):
        seconds = 30 if scene.long and number == 2 else 1.5
        scene.deliver(share)
        time.sleep(scene.chance.uniform(0, 1))
        with closing(sqlite3.connect(scene.database, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            other.execute("ROLLBACK")
        scene.figures["longest lock"] = f"{seconds:g} s"
    scene.until_settled()
    scene.stop()
    assert scene.starts == 1, "it did not recover by itself"
    _assert_recorded(scene)


def restarted_postgres(scene: Scene) -> None:
    """The records lie in PostgreSQL, whose sessions are cut in the middle of their transactions, by restarts and one by one."""
    with PostgreSQL() as server, server.database(empty=True) as url:
        (scene.folder / "key").write_text("k" * 40, encoding="ascii")
        (scene.folder / "key").chmod(0o600)
        scene.configure(store_url=url, key='secret_file = "key"')
        scene.start()
        scene.until(lambda: "started" in scene.log.read_text(errors="replace"), "a start")
        shares = _shares(scene, 6 if scene.long else 3)
        for number, share in enumerate(shares):
            scene.deliver(share)
            time.sleep(scene.chance.uniform(0.2, 1.5))
            if number % 2:
                _cut_sessions(url)
            else:
                server.restart()
        scene.until_settled()
        scene.stop()
        assert scene.starts == 1, "it did not recover by itself"
        scene.figures["restarts"] = (len(shares) + 1) // 2
        _assert_recorded(scene)
        scene.counted = scene.count()
        assert scene.counted.in_doubt == 0


_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"


def _cut_sessions(url: str) -> None:
    for _ in range(5):
        with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=2) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'postgres'"
            )
        time.sleep(0.2)


def simple(scene: Scene) -> None:
    """Nothing happens but what the server's plan has."""
    scene.deliver()
    scene.start()
    scene.until_settled()
    scene.stop()
    scene.figures["in_doubt"] = scene.count().in_doubt


def some(scene: Scene, share: float) -> set[str]:
    """The addresses of a share of the customers whose mails are answered."""
    return {letter.sender for letter in scene.letters if letter.answerable and scene.chance.random() < share}


def at_dot(share: float, fate: Fate, tries: int = 1) -> Callable[[Scene], Plan]:
    """For some recipients, what happens after the final dot of their first mails."""

    def make(scene: Scene) -> Plan:
        chosen = some(scene, share)

        def plan(moment: Moment) -> Fate | None:
            return fate if moment.name == "dot" and moment.recipient in chosen and moment.attempt <= tries else None

        return plan

    return make


def silent(scene: Scene) -> Plan:
    """Silence after the dot, and the 250 after all; in the soak's first run for five minutes."""
    really = scene.long and scene.seed == 1
    if really:
        scene.configure(last_reply_seconds=600)
        scene.figures["longest silence"] = "300 s"
    chosen = some(scene, 0.02)
    once = sorted(chosen)[:1]

    def plan(moment: Moment) -> Fate | None:
        if moment.name != "dot" or moment.recipient not in chosen:
            return None
        return Fate(wait=300 if really and moment.recipient in once else 1.0)

    return plan


def busy(scene: Scene) -> Plan:
    """421 at any moment of the first connections; greylisting for some, in the soak's first run for fifteen minutes."""
    grey, moments = some(scene, 0.2), ("connect", "EHLO", "MAIL", "RCPT", "DATA")
    chosen = [moments[scene.chance.randrange(5)] for _ in range(6)]
    minutes = 15 if scene.long and scene.seed == 1 else 0
    if minutes:
        scene.configure(longest_retry_seconds=60)
        scene.figures["greylisted for"] = f"{minutes} min"
    first: dict[str, float] = {}

    def is_early(moment: Moment) -> bool:
        if not minutes:
            return moment.attempt <= 2
        return time.monotonic() - first.setdefault(moment.recipient, time.monotonic()) < 60 * minutes

    def plan(moment: Moment) -> Fate | None:
        if moment.connection <= len(chosen) and moment.name == chosen[moment.connection - 1]:
            return Fate("421 4.3.2 closing", end="cut")
        if moment.name == "RCPT" and moment.recipient in grey and is_early(moment):
            return Fate("450 4.7.1 greylisted")
        return None

    return plan


def refused(scene: Scene) -> Plan:
    """For some recipients a refusal for good, before or after the body."""
    chosen = {address: scene.chance.choice(("RCPT", "dot")) for address in sorted(some(scene, 0.15))}
    words = ("550 5.7.1 policy", "552 5.2.2 mailbox full", "550 5.1.1 no such user")

    def plan(moment: Moment) -> Fate | None:
        if chosen.get(moment.recipient) != moment.name:
            return None
        return Fate(words[len(moment.recipient) % 3], keep=False)

    return plan


def run_refused(scene: Scene) -> None:
    simple(scene)
    never = [a for a, n in scene.sink.attempts.items() if n > 1]
    scene.figures["tried again"] = len(never)
    assert not never, never[:3]
    failed = [one for one in scene.queue() if any(reason.startswith("failed") for reason in one["reasons"])]
    accepted = {one.recipient for one in scene.sink.accepted}
    named = {a for a in scene.sink.attempts if a not in accepted}
    assert named == {one["correspondent"] for one in failed}
    scene.figures["before people"] = len(failed)


def stripped_tls(scene: Scene) -> None:
    """A server that offers no STARTTLS, then one whose certificate nobody vouches for: nothing leaves. Then it is put right."""
    scene.deliver()
    text = scene.config.read_text()
    clear = 'security = "none"\nconnect_seconds = 2\ncommand'
    scene.config.write_text(text.replace(clear, clear.replace("none", "starttls")))
    scene.start()
    scene.until(lambda: "send_later" in scene.log.read_text(errors="replace"), "a refusal to send in clear")
    time.sleep(1)
    scene.stop()
    assert (scene.sink.body_bytes, scene.sink.commands["MAIL"], scene.sink.commands["AUTH"]) == (0, 0, 0)
    foreign = f"port = {scene.server.ports.submission}"
    wrong = text.replace(f"port = {scene.sink.port}", foreign).replace(clear, clear.replace("none", "starttls"))
    scene.config.write_text(wrong)  # a real server, a real certificate, and nothing that vouches for it
    seen = scene.log.stat().st_size
    scene.start()
    scene.until(lambda: "certificate" in scene.log.read_text(errors="replace")[seen:].lower(), "a refused certificate")
    scene.stop()
    scene.figures["bytes of mail in clear"] = scene.sink.body_bytes
    scene.configure()
    _reset_waits(scene)
    scene.start()
    scene.until_settled()
    scene.stop()


def _reset_waits(scene: Scene) -> None:
    """What an operator waits for in life: the next try after a long trouble."""
    with closing(sqlite3.connect(scene.database)) as connection, connection:
        connection.execute("UPDATE outbox SET next_attempt_at = created_at WHERE state = 'ready'")


def expired_token(scene: Scene) -> None:
    """Tokens live for seconds; then they are taken back and the endpoint that gives new ones is away for a while."""
    tokens = scene.server.tokens
    (scene.folder / "client").write_text(CLIENT_SECRET, encoding="ascii")
    (scene.folder / "client").chmod(0o600)
    table = (
        f'[[oauth]]\nname = "here"\ntoken_url = "{tokens.url}"\nclient_id = "{CLIENT_ID}"\nclient_secret_file = "client"\n'
        f'scope = "{scene.user}"\n\n[alerts]\nto = ["boss@alerts.test"]\ncheck_seconds = 1\n'
    )
    with _proxied(scene) as imap:
        scene.configure(login='auth = "xoauth2"\noauth = "here"', tables=table, poll_seconds=0.5)
        tokens.life = 3
        try:
            scene.start()
            first, second, third = _shares(scene, 3)
            for share in (first, second):
                scene.deliver(share)
                time.sleep(scene.chance.uniform(1, 4))
                imap.cut()  # the next login comes with a token of its own
            scene.until(lambda: scene.handled() > len(first), "the second share to be begun")
            scene.figures["tokens"] = len(tokens.issued)
            tokens.down = scene.chance.choice(("busy", "refused", "nonsense"))
            tokens.revoke(scene.user)
            imap.cut()
            scene.deliver(third)
            scene.until(lambda: NO_TOKEN in scene.log.read_text(errors="replace"), "word that there is no token")
            if scene.long and scene.seed == 1:
                since = time.monotonic()
                scene.until(lambda: any("boss@" in one.recipient for one in scene.sink.accepted), "the alarm", seconds=300)
                scene.figures["alarm after"] = f"{time.monotonic() - since:.0f} s"
            else:
                time.sleep(2)
        finally:
            tokens.down, tokens.life = "", 3600.0
        scene.until_settled()
        scene.stop()


def dropped(scene: Scene) -> None:
    """Connections end in IDLE, by BYE, or fall silent half-open, while mail keeps coming."""
    with _proxied(scene) as imap:
        scene.configure(poll_seconds=3)
        scene.start()
        faults = [imap.cut, imap.bye, lambda: _freeze(imap, 3)]
        slowest = 0.0
        for share in _shares(scene, 6):
            scene.chance.choice(faults)()
            scene.deliver(share)
            since, wanted = time.monotonic(), len(scene.sink.accepted) + 1
            scene.until(lambda wanted=wanted: len(scene.sink.accepted) >= wanted, "an answer after a fault", restart=True)  # type: ignore[misc]
            slowest = max(slowest, time.monotonic() - since)
        scene.until_settled()
        scene.figures["slowest first answer"] = f"{slowest:.1f} s"
        imap.frozen = True
        cpu, since = _cpu(scene), time.monotonic()
        time.sleep(3)
        scene.figures["cpu while half-open"] = f"{100 * (_cpu(scene) - cpu) / (time.monotonic() - since):.1f} %"
        imap.frozen = False
        scene.stop()


def _freeze(imap: ImapProxy, seconds: float) -> None:
    """Everything is swallowed for a while; the connections of that time stay dead."""
    imap.frozen = True
    time.sleep(seconds)
    imap.cut()
    imap.frozen = False


def _cpu(scene: Scene) -> float:
    fields = Path(f"/proc/{scene.processes[-1].pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def liar(scene: Scene) -> None:
    """The server's words come in crumbs and are, now and then, not true; no answer goes to the wrong writer."""
    with _proxied(scene) as imap:
        scene.start()
        lies: list[tuple[bool, proxy.Falsify | None]] = [
            (True, None), (False, proxy.wrong_literals), (False, proxy.missing_uids), (False, proxy.foreign_fetches),
            (False, proxy.nil_bodies),
        ]  # fmt: skip
        delivered = 0
        for share, (split, falsify) in zip(_shares(scene, len(lies)), lies, strict=True):
            imap.split, imap.falsify = split, falsify
            scene.deliver(share)
            delivered += len(share)
            scene.until(lambda wanted=delivered: scene.handled() >= wanted, "a share of the mails")  # type: ignore[misc]
        imap.split, imap.falsify = False, None
        scene.until_settled()
        scene.stop()
    writers = {letter.nonce: letter.sender for letter in scene.letters}
    wrong = [one for one in scene.sink.accepted if writers.get(one.answers) != one.recipient]
    scene.figures["wrong body attributed"] = len(wrong)
    assert not wrong


class _proxied:  # noqa: N801 - used like a function
    """The mailbox is reached through a proxy."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.imap = scene, ImapProxy(scene.server.ports.imap, scene.seed)

    def __enter__(self) -> ImapProxy:
        self.imap.__enter__()
        self.scene.configure(imap_port=self.imap.port)
        return self.imap

    def __exit__(self, *_error: object) -> None:
        self.imap.__exit__()


def renumbered(scene: Scene) -> None:
    """Everything is handled; then the mailbox has a new UIDVALIDITY and every mail a new UID, in another order."""
    simple(scene)
    before, messages = len(scene.sink.accepted), scene.command("status")["messages"]
    with scene.server.client(scene.user) as client:
        old = client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
    _restart_numbering(scene)
    shuffled = list(scene.letters)
    scene.chance.shuffle(shuffled)
    scene.deliver(shuffled)
    time.sleep(1)
    with scene.server.client(scene.user) as client:
        assert client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"] != old
    scene.start()
    scene.until(lambda: "renumbered" in scene.log.read_text(errors="replace"), "the renumbering to be seen through")
    scene.until_settled()
    scene.stop()
    after = scene.command("status")["messages"]
    scene.figures.update({"new items": sum(after.values()) - sum(messages.values()), "answers": len(scene.sink.accepted) - before})
    assert (after, len(scene.sink.accepted)) == (messages, before)


def _restart_numbering(scene: Scene) -> None:
    """Dovecot numbers from its clock: another second, another UIDVALIDITY."""
    time.sleep(1.1)
    for name in ("new", "cur"):
        for path in (scene.maildir / name).iterdir():
            path.unlink()
    for path in scene.maildir.glob("dovecot*"):
        path.unlink()
    with suppress(RuntimeError):
        scene.server.kick(scene.user)


def restored_mailbox(scene: Scene) -> None:
    """The mailbox goes back to an older state: mails are gone, come again, and new mails get UIDs that were others'."""
    half, rest = _shares(scene, 2)
    old, new = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    scene.deliver(half)
    scene.start()
    scene.until(lambda: scene.handled() >= len(half), "the first half")
    backup = scene.folder / "backup"
    subprocess.run(["cp", "-a", str(scene.maildir), str(backup)], check=True)
    scene.deliver(old)
    scene.until(lambda: scene.handled() >= len(half) + len(old), "what came after the backup")
    with suppress(RuntimeError):
        scene.server.kick(scene.user)
    shutil.rmtree(scene.maildir)
    subprocess.run(["cp", "-a", str(backup), str(scene.maildir)], check=True)
    with suppress(RuntimeError):
        scene.server.kick(scene.user)
    again = old[: len(old) // 2]  # half of what was lost comes once more
    scene.deliver(new)
    scene.deliver(again)
    scene.until_settled()
    scene.stop()
    scene.figures["repeat answers"] = len(scene.count().twice)


def meddled(scene: Scene) -> None:
    """Colleagues flag, copy, move and delete in the same mailbox all the time."""
    first, rest = _shares(scene, 2)
    scene.deliver(first)
    scene.start()
    with scene.server.client(scene.user) as client:
        client.select_folder("INBOX")
        for letter in rest:
            scene.deliver([letter])
            _meddle(scene, client)
    scene.until_settled()
    scene.stop()
    scene.figures["mails in the end"] = scene.handled()


def _meddle(scene: Scene, client: Any) -> None:
    """One thing that people do with a mail of the mailbox."""
    client.noop()
    uids = client.search("ALL")
    if not uids:
        return
    uid = scene.chance.choice(uids)
    what = scene.chance.randrange(5)
    if what == 0:
        client.add_flags([uid], [b"\\Seen", b"\\Flagged"])
    elif what == 1:
        client.copy([uid], "INBOX")
    elif what == 2:
        client.copy([uid], "Sent")
    elif what == 3 and _is_answered(scene, client, uid):
        client.delete_messages([uid])
        client.uid_expunge([uid])
    else:
        client.remove_flags([uid], [b"\\Seen"])


def _is_answered(scene: Scene, client: Any, uid: int) -> bool:
    head = next(iter(client.fetch([uid], ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]).values()), {})
    found = b" ".join(value for value in head.values() if isinstance(value, bytes)).decode()
    return any(one.answers in found for one in scene.sink.accepted)


def copies(scene: Scene) -> None:
    """A mail five times; five mails of one text under five ids; one id on five texts."""
    one, other, third = (books.letter(number, scene.chance, text=books.STATEMENT) for number in range(3))
    same = [one] * 5
    new_ids = [_with_id(other, f"<copy{number}.{other.nonce[1:]}") for number in range(5)]
    texts = [
        books.Letter(2, third.sender, third.nonce, third.raw + f"\nItem {number} of the list is meant.\n".encode()) for number in range(5)
    ]
    rest = scene.letters[3:]
    mixed = [*same, *new_ids, *texts, *rest]
    scene.chance.shuffle(mixed)
    scene.deliver(mixed)
    scene.start()
    scene.until_settled(len(mixed))
    scene.stop()
    answers = [accepted.answers for accepted in scene.sink.accepted]
    answered = [letter for letter in new_ids if letter.nonce in answers]
    scene.letters = [one, answered[0] if answered else new_ids[0], third, *rest]
    got = {
        "same id": answers.count(one.nonce),
        "new ids": sum(answers.count(letter.nonce) for letter in new_ids),
        "other texts": answers.count(third.nonce),
    }
    scene.figures.update(got)
    assert (got["same id"], got["new ids"]) == (1, 1), got
    assert got["other texts"] <= 1, got


def _with_id(letter: books.Letter, nonce: str) -> books.Letter:
    return books.Letter(letter.number, letter.sender, nonce, letter.raw.replace(letter.nonce.encode(), nonce.encode()))


def two_daemons(scene: Scene) -> None:
    """One sender is stopped in the middle past its lease, another takes over, then the first goes on."""
    scene.deliver()
    scene.start(only="ingest,process")
    scene.until(lambda: scene.handled() >= scene.mails, "every mail to be decided")
    scene.stop()
    first = scene.start(f"send.announced=stop@{scene.chance.randint(1, 20)}", only="send,clock")
    scene.until(lambda: _stopped(first.pid), "the first daemon to be stopped")
    assert scene.start().wait(60) == 1  # the lock is held, stopped or not
    for lock in scene.folder.glob("*.lock"):
        lock.unlink()  # what an operator in a hurry does
    time.sleep(2.5)  # past the lease
    scene.start()
    scene.until_settled()
    first.send_signal(signal.SIGCONT)
    time.sleep(2)
    first.terminate()
    first.wait(60)
    scene.stop()
    scene.figures["doubled"] = len(scene.count().twice)


def _stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def jumping_clock(scene: Scene) -> None:
    """The machine's clock jumps a day ahead, a day back, and over a change of summer time."""
    clock = scene.folder / "clock"
    clock.write_text("+0")
    faked = {
        "LD_PRELOAD": str(faketime() or ""), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "Europe/Berlin",
    }  # fmt: skip
    jumps = ["+0", "+1d", "-1d", "+0", "+119d", "+0"]
    scene.start(**faked)
    for share, jump in zip(_shares(scene, len(jumps)), jumps, strict=True):
        clock.write_text(jump)
        scene.deliver(share)
        time.sleep(scene.chance.uniform(0.5, 1.5))
    clock.write_text("+0")
    scene.until_settled()
    scene.stop()
    scene.figures["jumps"] = " ".join(jumps)


def faketime() -> Path | None:
    """libfaketime, where it is installed."""
    return next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)


def restored_database(scene: Scene) -> None:
    """The records go back to an older state: the Sent folder knows what was sent since."""
    half, rest = _shares(scene, 2)
    scene.deliver(half)
    scene.start()
    scene.until_settled(len(half))
    scene.stop()
    backup = scene.folder / "backup.db"
    with closing(sqlite3.connect(scene.database)) as origin, closing(sqlite3.connect(backup)) as target:
        origin.backup(target)
    scene.deliver(rest)
    scene.start()
    scene.until_settled()
    scene.stop()
    before = len(scene.sink.accepted)
    for name in ("inboxbot.db-wal", "inboxbot.db-shm"):
        (scene.folder / name).unlink(missing_ok=True)
    shutil.copy(backup, scene.database)
    scene.start()
    scene.until_settled()
    scene.stop()
    scene.figures["repeat answers"] = len(scene.sink.accepted) - before
    assert len(scene.sink.accepted) == before


def poison_mails(scene: Scene) -> None:
    """Every fiftieth mail is meant to break the parser, each run beginning with other kinds; the others are answered, memory is bounded."""
    every, kinds = 50, poison.poisons()
    for _ in range(scene.mails // every * (scene.seed - 1)):
        next(kinds)
    for number in range(every - 1, scene.mails, every):
        scene.letters[number] = books.poisoned(number, *next(kinds), scene.chance)
    scene.deliver()
    process, most = scene.start(fresh=True), 0  # its memory is measured

    def measured() -> bool:
        nonlocal most
        most = max(most, poison.memory(process.pid))
        return scene.settled(scene.mails)

    scene.until(measured, "every mail to be settled")
    scene.stop()
    answered = {one.answers for one in scene.sink.accepted}
    wrong = [letter.nonce for letter in scene.letters if letter.answerable != (letter.nonce in answered)]
    bad = len(range(every - 1, scene.mails, every))
    scene.figures.update({"poison mails with people": bad, "memory": f"{most} MB"})
    assert not wrong, wrong[:3]
    assert 0 < most <= MOST_MEMORY_MB


def loop_partner(scene: Scene) -> None:
    """Two partners that answer every answer: one in its thread, from ever other addresses; one in ever new threads, in other words."""
    domain_cap = 10
    alerts = '[alerts]\nto = ["boss@alerts.test"]\ncheck_seconds = 0.5\n'
    scene.configure(per_domain_day=domain_cap, tables=alerts)
    partners: list[str] = []  # the first two that are answered: the one stays in its thread, the other begins anew each time
    seen, said = [0], [0]

    def over() -> bool:
        for one in scene.sink.accepted[seen[0] :]:
            seen[0] += 1
            domain = one.recipient.rpartition("@")[2]
            if len(partners) < 2 and domain not in partners:
                partners.append(domain)
            if domain in partners and said[0] < 400:
                said[0] += 1
                scene.deliver([_robots(scene, said[0], domain, one if domain == partners[0] else None)])
        return scene.settled(scene.mails + said[0])

    scene.deliver()
    scene.start()
    scene.until(over, "the partners to have had their say")
    alarms = lambda: [one for one in scene.sink.accepted if one.recipient.startswith("boss@")]  # noqa: E731
    scene.until(lambda: bool(alarms()), "the alarm")
    scene.stop()
    inside, anew = (sum(one.recipient.endswith(domain) for one in scene.sink.accepted) for domain in partners)
    scene.figures.update({"answers in the thread": inside, "answers in new threads": anew, "alarms": len(alarms())})
    assert inside == 1
    assert anew == domain_cap
    assert any(b"loop" in one.raw for one in alarms())


def _robots(scene: Scene, number: int, domain: str, answers: Accepted | None) -> books.Letter:
    """What a partner says to an answer; None: as if it were its first mail."""
    nonce = f"<loop-{number}-{scene.seed}@{domain}>"
    thread = f"In-Reply-To: {answers.message_id}\nReferences: {answers.answers} {answers.message_id}\n" if answers else ""
    asks = "What is our current balance with you?" if answers else books.STATEMENT
    sender = f"ap.{number}@{domain}"  # a tag behind a plus sign would make it the same mailbox each time
    raw = f"From: Ann Alder <{sender}>\nTo: {books.US}\nSubject: Ticket {number} again\nMessage-ID: {nonce}\n{thread}\n{asks}\n"
    return books.Letter(number, sender, nonce, raw.encode())


def migrated(scene: Scene) -> None:
    """The program is killed with a full queue, its schema goes back a revision and forward again."""
    scene.deliver()
    scene.start(f"decide.committed=kill@{scene.chance.randint(10, 30)}", only="ingest,process")
    scene.until(lambda: not scene.alive(), "a kill with a full queue")
    subprocess.run([sys.executable, "-c", _DOWNGRADE, f"sqlite:///{scene.database}"], check=True)
    scene.start()
    scene.until_settled()
    scene.stop()


_DOWNGRADE = """
import sys
from pathlib import Path
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
import inboxbot.store.migrations as migrations
config = Config()
config.set_main_option("script_location", str(Path(migrations.__file__).parent))
engine = create_engine(sys.argv[1])
with engine.begin() as connection:
    config.attributes["connection"] = connection
    command.downgrade(config, "-1")
"""


def crowded(scene: Scene) -> None:
    """The mailbox holds a hundred thousand old mails; it is watched, compared with the records, and its numbers begin anew."""
    lying = 100_000 if scene.long else 6_000
    _crowd(scene, lying)
    with _proxied(scene) as imap:
        imap.listening = True
        scene.configure(since="now", read_seconds=60)
        since = time.monotonic()
        scene.start()
        scene.until(lambda: "started" in scene.log.read_text(errors="replace") and imap.logins > 0, "a start")
        scene.until(lambda: bool(scene.ask("SELECT count(*) FROM mailbox")), "the first look")
        scene.until(lambda: (scene.ask("SELECT count(*) FROM mailbox") or (0,))[0] > 0, "the first look")
        scene.figures["mails lying there"] = lying
        scene.figures["first look"] = f"{time.monotonic() - since:.0f} s"
        half, rest = _shares(scene, 2)
        scene.deliver(half)
        scene.until_settled(len(half))
        scene.stop()
        audit = scene.command("audit", "--since", "8d")
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache", "dovecot-uidvalidity"):
            (scene.maildir / name).unlink(missing_ok=True)
        for path in scene.maildir.glob("dovecot-uidvalidity*"):
            path.unlink()
        since = time.monotonic()
        scene.start()
        scene.until(lambda: "renumbered" in scene.log.read_text(errors="replace"), "the renumbering to be seen through")
        scene.figures["renumbered in"] = f"{time.monotonic() - since:.0f} s"
        scene.deliver(rest)
        scene.until_settled()
        scene.figures["memory"] = f"{_memory_mb(scene)} MB"
        scene.stop()
        searches = [line for line in imap.commands if b"SEARCH" in line.upper()]
        scene.figures["longest line"] = f"{imap.longest_line // 1000} kB"
    whole = [line for line in searches if not any(word in line for word in (b"UID", b"HEADER"))]
    assert not whole, whole[:3]
    assert imap.longest_line < 700_000
    assert (scene.ask("SELECT count(*) FROM message") or (0,))[0] == scene.mails, "old mail was taken for new"
    assert audit


def _crowd(scene: Scene, count: int) -> None:
    """So many mails of two months ago, as another program would have left them."""
    long_ago = time.time() - 60 * 86400
    for number in range(count):
        path = scene.maildir / "cur" / f"{int(long_ago)}.{number}.old:2,S"
        head = f"From: ap@customer-00001.example\nTo: {books.US}\nSubject: Old {number}\nMessage-ID: <old-{number}@customer-00001.example>"
        path.write_text(f"{head}\n\n{books.STATEMENT}")
        os.utime(path, (long_ago, long_ago))
    subprocess.run(["chown", "-R", "mail:mail", str(scene.maildir / "cur")], check=True)


def _memory_mb(scene: Scene) -> int:
    """The daemon's largest resident size so far."""
    status = Path(f"/proc/{scene.processes[-1].pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024


def _shares(scene: Scene, count: int) -> list[list[books.Letter]]:
    size = -(-scene.mails // count)
    return [scene.letters[start : start + size] for start in range(0, size * count, size)]


ROWS = (
    Row("1", "SIGKILL after the fetch, before anything is written", kills("ingest.fetched", most=2), postfix_seeds=frozenset({1})),
    Row("2", "SIGKILL inside the intake transaction", kills("ingest.recording", most=2), doubt_allowed=False),
    Row("3", "SIGKILL after the intake's commit, before the decision", kills("ingest.recorded", most=2), postfix_seeds=frozenset({3})),
    Row("4", "SIGKILL around the decision's commit", kills("decide.writing", "decide.committed"), doubt_allowed=False),
    Row("5", "SIGKILL between claim and the first byte", kills("send.claimed", "send.announced"), doubt_allowed=False),
    Row("6", "SIGKILL in the body", doubtful_kills("send.half", "send.begun"), files_sent=True),
    Row("7", "SIGKILL after the dot, before the reply", doubtful_kills("send.dotted"), files_sent=True),
    Row("8", "SIGKILL after the 250, before `sent` is committed", doubtful_kills("send.accepted"), files_sent=True),
    Row("9", "random SIGKILLs", random_kills, postfix_seeds=frozenset({2})),
    Row("10", "power loss at a sync of the records", power_loss, doubt_allowed=False),
    Row("11", "disk full, disk read-only", full_disk, doubt_allowed=False),
    Row("12", "database locked", locked, settings={"busy_seconds": 0.5}, doubt_allowed=False),
    Row("12b", "PostgreSQL restarted, its sessions cut", restarted_postgres, doubt_allowed=False),
    Row("13", "SMTP closes after the dot", simple, at_dot(0.1, Fate(end="cut"))),
    Row("14", "SMTP resets after the dot", simple, at_dot(0.1, Fate(end="reset"))),
    Row("15", "SMTP silent after the dot, then 250", simple, silent, doubt_allowed=False),
    Row("16", "451 after the dot three times", simple, at_dot(0.1, Fate("451 4.3.0 later", keep=False), tries=3), doubt_allowed=False),
    Row("17", "421 at any stage, greylisting", simple, busy, doubt_allowed=False),
    Row("18", "550 and 552", run_refused, refused, doubt_allowed=False),
    Row("19", "STARTTLS stripped, bad certificate", stripped_tls, doubt_allowed=False),
    Row("20", "tokens expire, are taken back, and cannot be had", expired_token, postfix_seeds=frozenset({2}), doubt_allowed=False),
    Row("21", "IMAP dropped in IDLE, BYE, half-open", dropped, doubt_allowed=False),
    Row("22", "IMAP split lines, wrong literals, NIL, no UID, foreign FETCH", liar, doubt_allowed=False),
    Row("23", "a new UIDVALIDITY, all UIDs renumbered", renumbered, doubt_allowed=False),
    Row("24", "the mailbox restored from a backup", restored_mailbox, doubt_allowed=False),
    Row("25", "colleagues flag, copy, move, delete", meddled, doubt_allowed=False),
    Row("26", "the same mail in many copies", copies, doubt_allowed=False),
    Row("27", "two daemons, one stopped past its lease", two_daemons, doubt_allowed=False),
    Row("28", "the clock jumps", jumping_clock),
    Row("29", "the records restored from a backup", restored_database, files_sent=True, doubt_allowed=False),
    Row("30", "poison mails", poison_mails, settings={"limits": "parse_seconds = 3\nparse_memory_mb = 200"}, doubt_allowed=False),
    Row("31", "partners that answer every answer", loop_partner, doubt_allowed=False),
    Row("32", "the schema goes back and forth with a full queue", migrated, doubt_allowed=False),
    Row("33", "a hundred thousand mails lie there", crowded, doubt_allowed=False),
    *(Row(one.number, one.words, one.run, one.plan or (lambda _scene: polite), doubt_allowed=one.doubt_allowed) for one in OWN),
)


def here(row: Row) -> str:
    """Why a row cannot run on this machine; "" when it can."""
    if row.number == "11" and not can_mount():
        return "no small disk can be mounted"
    if row.number in ("10", "11") and not powerloss.compiler():
        return "no C compiler"
    if row.number == "12b":
        return postgresql.unavailable()
    if row.number == "28" and faketime() is None:
        return "libfaketime is not installed"
    return ""
