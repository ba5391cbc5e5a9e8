"""Faults beyond the table: servers that are wrong in other ways, hands in the wrong files, mail that no program writes.

In: a `Scene`, as in `rows`. Out: `OWN`, rows like the others.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from chaos import books, proxy
from chaos.proxy import ImapProxy
from chaos.scene import Scene
from chaos.sink import Fate, Moment, Plan


def odd_server(scene: Scene) -> Plan:
    """An SMTP server whose answers are right in no book: out of turn, twice, with other codes, in the wrong place."""
    senders = sorted(letter.sender for letter in scene.letters if letter.answerable)
    kinds: tuple[tuple[str, Fate], ...] = (
        ("DATA", Fate("354 go ahead\r\n250 2.0.0 queued before it came")),  # and then it refuses what comes
        ("dot", Fate("221 2.0.0 closing", keep=False)),
        ("dot", Fate("354 go on", keep=False)),
        ("dot", Fate("250-queued\r\n250 2.0.0 really", keep=True)),
        ("dot", Fate("250 2.0.0 ok\r\n250 2.0.0 ok again", keep=True)),  # one answer too many, for the next command
        ("RCPT", Fate("252 2.1.5 cannot verify")),
        ("RCPT", Fate("250 ok\r\n250 ok")),
        ("MAIL", Fate("2")),
        ("dot", Fate("599 " + "x" * 3000, keep=False)),
    )
    fates = {sender: kinds[number // 8 % len(kinds)] for number, sender in enumerate(senders) if number % 8 == 0}
    scene.odd = {sender for sender, (_, fate) in fates.items() if fate.say.startswith("354 go ahead")}

    def plan(moment: Moment) -> Fate | None:
        name, fate = fates.get(moment.recipient, ("", Fate()))
        if moment.attempt > 1:
            return None
        if moment.recipient in scene.odd and moment.name == "dot":
            return Fate("554 5.7.1 not this", keep=False)
        return fate if moment.name == name else None

    return plan


def odd_answers(scene: Scene) -> None:
    scene.deliver()
    scene.start()
    scene.until_settled()
    scene.stop()
    refused = {one["correspondent"] for one in scene.queue() if any(r.startswith(("failed", "in_doubt")) for r in one["reasons"])}
    accepted = {one.recipient for one in scene.sink.accepted}
    known = {row["rcpt_to"] for row in scene.command("outbox", "list", "--state", "sent")}
    scene.figures.update({"in doubt or failed": len(refused), "taken for sent and not there": len(known - accepted)})
    assert known <= accepted
    assert not accepted & refused or scene.count().in_doubt


def phantom_mail(scene: Scene) -> None:
    """A mailbox that lists messages which are not there, with high numbers, in every answer."""
    imap = ImapProxy(scene.server.ports.imap, scene.seed)
    with imap:
        imap.falsify = proxy.phantoms
        scene.configure(imap_port=imap.port, poll_seconds=0.5)
        scene.start()
        for number in range(4):
            scene.deliver(scene.letters[number::4])
            wanted = sum(len(scene.letters[n::4]) for n in range(number + 1))
            scene.until(lambda wanted=wanted: scene.ours() >= wanted, "mail behind the phantoms")  # type: ignore[misc]
        imap.falsify = None
        scene.until(scene.still, "the end")
        scene.stop()
    scene.figures["numbers with nothing behind"] = scene.handled() - scene.mails


def meddled_files(scene: Scene) -> None:
    """Somebody moves the records away under the running program, and later puts them back; and reaches them through a link."""
    first, second, third = (scene.letters[number::3] for number in range(3))
    scene.deliver(first)
    scene.start()
    scene.until(lambda: scene.handled() >= len(first) // 2, "the first mails")
    aside = scene.folder / "aside.db"
    scene.database.rename(aside)
    time.sleep(0.5)
    before = len(scene.sink.accepted)
    scene.deliver(second)
    time.sleep(2)
    scene.figures["sent without records"] = len(scene.sink.accepted) - before
    assert len(scene.sink.accepted) - before <= 1  # the one that was leaving
    scene.stop()
    aside.rename(scene.database)  # its -wal, which belongs to it by name, has waited
    link = scene.folder / "linked"
    link.mkdir()
    (link / "inboxbot.db").symlink_to(scene.database)
    scene.start()
    scene.until(lambda: "started" in scene.log.read_text(errors="replace")[-4000:], "a start")
    text = scene.config.read_text()
    scene.config.write_text(text.replace("sqlite:///inboxbot.db", "sqlite:///linked/inboxbot.db"))
    shutil.copy(scene.folder / "inboxbot.db.secret", link / "inboxbot.db.secret")
    second_daemon = scene.start()
    assert second_daemon.wait(60) == 1, "two daemons on one file"
    scene.processes.remove(second_daemon)
    scene.config.write_text(text)
    scene.deliver(third)
    scene.until_settled()
    scene.stop()


_HOSTILE: tuple[bytes, ...] = (
    b"",
    b"\0" * 5000,
    b"\n\n\n",
    b"From: \0ap@x.example\nSubject: \xff\xfe\0\xed\xa0\x80 raw 8-bit \xe9\n\nbalance?\0\n",
    b"Subject: =?utf-8?b?7aCA?= =?utf-16?q?=D8=00?=\nFrom: ap@x.example\n\nWhat is our balance?\n",
    b"From: ap@x.example\nMessage-ID: <" + b"x" * 20000 + b">\n\nWhat is our balance?\n",
    b"X: y\n" * 5000 + b"\nWhat is our balance?\n",
    b'From: ap@x.example\nContent-Type: multipart/mixed; boundary=""\n\n----\n' + b"--\n" * 3000,
    b'From: ap@x.example\nContent-Type: text/plain; charset="\xff\0utf"\n\n\xed\xa0\x80\xed\xb0\x80\n',
    b"From: ap@x.example\nDate: Thu, 32 Foo 99999 99:99:99 +9999\nIn-Reply-To: <<<>>>\nReferences: " + b"<a@b> " * 9000 + b"\n\nhello\n",
    b"From ap@x.example Thu Jan  1 00:00:00 1970\nReceived: loop\n\n\x1b[2J\x07\n",
    b"From: ap@x.example\nContent-Transfer-Encoding: base64\n\n" + b"A" * 3_000_000 + b"\n",
)


def hostile_mail(scene: Scene) -> None:
    """Bytes that are no mail, NULs, raw 8-bit headers, endless fields and a mail of megabytes between the others."""
    bad = [books.Letter(number, "", "", content) for number, content in enumerate(_HOSTILE)]
    scene.deliver(scene.letters[: scene.mails // 2])
    scene.deliver(bad)
    scene.deliver(scene.letters[scene.mails // 2 :])
    scene.start()
    scene.until_settled(scene.mails + len(bad))
    scene.stop()
    states = scene.command("status")["messages"]
    scene.figures["hostile mails with people or filed"] = len(bad)
    assert states["recorded"] == 0
    assert sum(states.values()) == scene.mails + len(bad)
    assert {one.answers for one in scene.sink.accepted} <= {letter.nonce for letter in scene.letters}


def odd_folder(scene: Scene) -> None:
    """A folder whose name needs every kind of quoting; it is renamed on the server, and the configuration follows."""
    name, later = 'Rechn%ngen * "Ärger" \\ & Söhne', "Forderungen 2026"
    with scene.server.client(scene.user) as client:
        client.create_folder(name)
    half = scene.letters[: scene.mails // 2]
    _deliver_by_imap(scene, name, half)
    text = scene.config.read_text()
    scene.config.write_text(text.replace("[smtp]", f"folder = '{name}'\n\n[smtp]", 1).replace("\n\nfolder", "\nfolder"), encoding="utf-8")
    scene.start()
    scene.until_settled(len(half))
    scene.stop()
    before = len(scene.sink.accepted)
    with scene.server.client(scene.user) as client:
        client.rename_folder(name, later)
    _deliver_by_imap(scene, later, scene.letters[scene.mails // 2 :])
    scene.config.write_text(scene.config.read_text(encoding="utf-8").replace(f"folder = '{name}'", f"folder = '{later}'"), encoding="utf-8")
    scene.start()
    scene.until_settled()
    scene.stop()
    scene.figures["answered before and after"] = f"{before} and {len(scene.sink.accepted) - before}"


def _deliver_by_imap(scene: Scene, folder: str, letters: list[books.Letter]) -> None:
    with scene.server.client(scene.user) as client:
        for letter in letters:
            client.append(folder, letter.raw.replace(b"\n", b"\r\n"))


@dataclass(frozen=True)
class Own:
    """What `rows` makes a row of."""

    number: str
    words: str
    run: Callable[[Scene], None]
    plan: Callable[[Scene], Plan] | None = None
    doubt_allowed: bool = False
    settings: dict[str, object] = field(default_factory=dict)


OWN = (
    Own("34", "SMTP answers out of turn, twice, with odd codes", odd_answers, odd_server, doubt_allowed=True),
    Own("35", "messages are listed that are not there", phantom_mail),
    Own("36", "the records are moved away, put back, reached by a link", meddled_files, doubt_allowed=True),
    Own("37", "bytes that are no mail between the others", hostile_mail),
    Own("38", "a folder with an odd name is renamed", odd_folder),
)
