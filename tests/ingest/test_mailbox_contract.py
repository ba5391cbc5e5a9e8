"""What every mailbox promises, over a Maildir and over Dovecot."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from imapclient import IMAPClient
from servers.mailserver import MailServer

from inboxbot.config import MailboxSection
from inboxbot.ingest.mailbox import OVERSIZE_BYTES, FetchFailure, Mailbox
from inboxbot.ingest.mailbox_kinds import open_mailbox
from inboxbot.message import RawMessage, header_digest

MAX_BYTES = 1_000_000
HEADER = b"From: a@customer.test\r\nSubject: hello\r\n\r\n"
_numbers = itertools.count()


class World(Protocol):
    """A mailbox of some kind, seen from the other side."""

    section: MailboxSection

    def put(self, raw: bytes) -> None: ...
    def take_away_all(self) -> None: ...
    def answer_all(self) -> None: ...
    def marks(self) -> list[str]: ...
    def moved(self, folder: str) -> list[bytes]: ...
    def start_anew(self) -> None: ...


class MaildirWorld:
    def __init__(self, root: Path) -> None:
        self.root = root / "mail"
        for part in ("tmp", "new", "cur"):
            (self.root / part).mkdir(parents=True)
        self.section = MailboxSection(name="ar", kind="maildir", path=self.root)

    def put(self, raw: bytes) -> None:
        number = next(_numbers)
        draft = self.root / "tmp" / f"{number:08}.test"
        draft.write_bytes(raw)
        draft.rename(self.root / "new" / draft.name)

    def _files(self) -> list[Path]:
        return sorted([*(self.root / "new").iterdir(), *(self.root / "cur").iterdir()])

    def take_away_all(self) -> None:
        for file in self._files():
            file.unlink()

    def answer_all(self) -> None:
        for file in self._files():
            file.rename(self.root / "cur" / f"{file.name}:2,RS")

    def marks(self) -> list[str]:
        return [file.name.partition(":2,")[2] for file in self._files()]

    def moved(self, folder: str) -> list[bytes]:
        return [file.read_bytes() for file in sorted((self.root / folder / "cur").iterdir())]

    def start_anew(self) -> None:
        (self.root / ".inboxbot-uids.json").write_text("{")
        time.sleep(1.1)  # UIDVALIDITY counts seconds


class ImapWorld:
    def __init__(self, server: MailServer, root: Path) -> None:
        self.server, self.user = server, f"user{next(_numbers)}@example.test"
        server.add_user(self.user)
        secret = root / "password"
        secret.write_text(server.password)
        self.section = MailboxSection(name="ar", kind="imap", host=server.host, port=server.ports.imaps, ca_file=server.ca_file,
                                      username=self.user, password_file=secret)  # fmt: skip

    def _do(self, task: Callable[[IMAPClient], Any], folder: str = "INBOX") -> Any:
        with self.server.client(self.user) as client:
            client.select_folder(folder)
            return task(client)

    def put(self, raw: bytes) -> None:
        self._do(lambda client: client.append("INBOX", raw))

    def take_away_all(self) -> None:
        def delete(client: IMAPClient) -> None:
            client.delete_messages(client.search())
            client.expunge()

        self._do(delete)

    def answer_all(self) -> None:
        self._do(lambda client: client.add_flags(client.search(), [rb"\Answered", rb"\Seen"]))

    def marks(self) -> list[str]:
        flags = self._do(lambda client: client.get_flags(client.search()))
        return [" ".join(flag.decode() for flag in sorted(flags[uid]) if flag != b"\\Recent") for uid in sorted(flags)]

    def moved(self, folder: str) -> list[bytes]:
        found = self._do(lambda client: client.fetch(client.search(), ["BODY.PEEK[]"]), folder)
        return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def start_anew(self) -> None:
        time.sleep(1.1)  # UIDVALIDITY counts seconds
        self.server.new_uidvalidity(self.user)


@pytest.fixture(params=["maildir", pytest.param("imap", marks=pytest.mark.server)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    if request.param == "maildir":
        return MaildirWorld(tmp_path)
    return ImapWorld(request.getfixturevalue("mail_server"), tmp_path)


@pytest.fixture
def mailbox(world: World) -> Iterator[Mailbox]:
    with closing(open_mailbox(world.section, MAX_BYTES)) as box:
        box.open()
        yield box


def read(mailbox: Mailbox, after: int = 0) -> list[RawMessage]:
    found = list(mailbox.fetch(mailbox.uids_after(after)))
    assert all(isinstance(one, RawMessage) for one in found), found
    return [one for one in found if isinstance(one, RawMessage)]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(HEADER + b"hello\r\n", id="plain"),
        pytest.param(HEADER + b"Gr\xc3\xbc\xc3\x9fe, na\xefve \xff\xfe\r\n", id="8-bit"),
        pytest.param(HEADER, id="empty body"),
        pytest.param(HEADER + b"no line end", id="no last line end"),
        pytest.param(HEADER + b".\r\n..\r\n)\r\n* 1 FETCH (UID 1 BODY[] NIL)\r\n", id="looks like the protocol"),
        pytest.param(HEADER + b"x" * 70 + b"\r\n" * 10_000, id="long"),
    ],
)
def test_a_message_comes_as_the_bytes_it_is(world: World, mailbox: Mailbox, raw: bytes) -> None:
    world.put(raw)
    (message,) = read(mailbox)
    assert message.raw == raw
    assert (message.size, message.complete) == (len(raw), True)


def test_the_time_of_arrival_is_aware_and_recent(world: World, mailbox: Mailbox) -> None:
    world.put(HEADER)
    (message,) = read(mailbox)
    assert abs(datetime.now(UTC) - message.received_at) < timedelta(minutes=1)
    assert message.received_at.utcoffset() == timedelta(0)


def test_messages_come_in_the_order_they_arrived_with_rising_uids(world: World, mailbox: Mailbox) -> None:
    for number in range(5):
        world.put(HEADER + b"%d" % number)
    messages = read(mailbox)
    assert [message.raw[-1:] for message in messages] == [b"0", b"1", b"2", b"3", b"4"]
    uids = [message.key.uid for message in messages]
    assert uids == sorted(set(uids))


def test_what_a_colleague_has_answered_in_a_mail_program_says_so(world: World, mailbox: Mailbox) -> None:
    world.put(HEADER + b"one")
    assert [message.answered for message in read(mailbox)] == [False]
    world.answer_all()
    world.put(HEADER + b"two")
    assert [message.answered for message in read(mailbox)] == [True, False]


def test_only_uids_strictly_above_are_named(world: World, mailbox: Mailbox) -> None:
    for _ in range(3):
        world.put(HEADER)
    first, second, third = mailbox.uids_after(0)
    assert mailbox.uids_after(first) == [second, third]
    assert mailbox.uids_after(third) == []
    assert mailbox.uids_after(third + 1000) == []


def test_mail_that_was_there_lies_below_uidnext_and_new_mail_does_not(world: World) -> None:
    world.put(HEADER)
    with closing(open_mailbox(world.section, MAX_BYTES)) as mailbox:
        status = mailbox.open()
        assert mailbox.uids_after(status.uidnext - 1) == []
        world.put(HEADER)
        assert mailbox.uids_after(status.uidnext - 1) == [status.uidnext]


def test_a_message_keeps_its_key_over_connections_and_marks(world: World, mailbox: Mailbox) -> None:
    world.put(HEADER)
    (before,) = read(mailbox)
    mailbox.mark(before.key.uid, "answer", "keyword")
    mailbox.close()
    status = mailbox.open()
    (after,) = read(mailbox)
    assert after.key == before.key
    assert status.uidvalidity == before.key.uidvalidity


def test_a_vanished_message_is_left_out(world: World, mailbox: Mailbox) -> None:
    world.put(HEADER)
    gone = mailbox.uids_after(0)
    world.take_away_all()
    world.put(HEADER + b"stays")
    (message,) = mailbox.fetch([*gone, *mailbox.uids_after(gone[-1])])
    assert isinstance(message, RawMessage)
    assert message.raw.endswith(b"stays")


def test_an_oversized_message_comes_as_its_beginning_between_the_others(world: World, mailbox: Mailbox) -> None:
    big = HEADER + b"first text\r\n" + b"x" * 70 * (MAX_BYTES // 70 + 1)
    for raw in (HEADER + b"1", big, HEADER + b"3"):
        world.put(raw)
    before, message, after = read(mailbox)
    assert (before.raw, after.raw) == (HEADER + b"1", HEADER + b"3")
    assert message.raw == big[:OVERSIZE_BYTES]
    assert (message.size, message.complete) == (len(big), False)


def test_a_glance_shows_the_header_the_size_and_the_time(world: World, mailbox: Mailbox) -> None:
    raws = [HEADER + b"1", HEADER.replace(b"hello", b"other") + b"x" * 3000]
    for raw in raws:
        world.put(raw)
    uids = mailbox.uids_after(0)
    assert mailbox.uids_since(datetime.now(UTC) - timedelta(days=1)) == uids
    glances, whole = mailbox.glance([*uids, uids[-1] + 99]), read(mailbox)
    assert [(glance.uid, glance.size, glance.header_sha256) for glance in glances] == [
        (uid, len(raw), header_digest(raw)) for uid, raw in zip(uids, raws, strict=True)
    ]
    assert [glance.received_at for glance in glances] == [message.received_at for message in whole]


def test_more_messages_than_a_batch_come_each_once(world: World, mailbox: Mailbox) -> None:
    for number in range(60):
        world.put(HEADER + b"%d" % number)
    bodies = [message.raw.removeprefix(HEADER) for message in read(mailbox)]
    assert bodies == [b"%d" % number for number in range(60)]


@pytest.mark.parametrize(
    ("outcome", "marks"),
    [("answer", {"RS", "$InboxbotAnswered"}), ("route", {"F", "$InboxbotRouted"}), ("file", {"S", "$InboxbotFiled"})],
)
def test_a_keyword_shows_the_outcome_and_may_be_set_again(world: World, mailbox: Mailbox, outcome: str, marks: set[str]) -> None:
    world.put(HEADER)
    (uid,) = mailbox.uids_after(0)
    assert mailbox.mark(uid, outcome, "keyword")
    assert mailbox.mark(uid, outcome, "keyword")
    (mark,) = world.marks()
    assert mark in marks


def test_nothing_is_touched_when_nothing_is_asked(world: World, mailbox: Mailbox) -> None:
    world.put(HEADER)
    (message,) = read(mailbox)
    assert mailbox.mark(message.key.uid, "answer", "nothing")
    assert world.marks() == [""]  # in particular, reading is not \Seen


def test_a_move_puts_the_message_elsewhere_once(world: World, mailbox: Mailbox) -> None:
    world.put(HEADER + b"moved")
    (uid,) = mailbox.uids_after(0)
    assert mailbox.mark(uid, "file", "move", "Done")
    assert mailbox.mark(uid, "file", "move", "Done")
    assert mailbox.uids_after(0) == []
    assert world.moved("Done") == [HEADER + b"moved"]


@pytest.mark.parametrize("after", ["keyword", "move"])
def test_marking_a_vanished_message_counts_as_done(world: World, mailbox: Mailbox, after: str) -> None:
    world.put(HEADER)
    (uid,) = mailbox.uids_after(0)
    world.take_away_all()
    assert mailbox.mark(uid, "answer", after, "Done")  # type: ignore[arg-type]


def seconds_of(task: Callable[[], object]) -> float:
    start = time.monotonic()
    task()
    return time.monotonic() - start


def test_waiting_ends_when_mail_comes(world: World, mailbox: Mailbox) -> None:
    mailbox.uids_after(0)
    with _later(0.2, lambda: world.put(HEADER)):
        assert seconds_of(lambda: mailbox.wait(20)) < 10
        assert len(mailbox.uids_after(0)) == 1


def test_waiting_ends_by_itself(mailbox: Mailbox) -> None:
    mailbox.uids_after(0)
    assert 0.25 < seconds_of(lambda: mailbox.wait(0.3)) < 5


def test_an_interrupt_ends_the_wait_and_leaves_the_mailbox_usable(world: World, mailbox: Mailbox) -> None:
    mailbox.uids_after(0)
    with _later(0.2, mailbox.interrupt):
        assert seconds_of(lambda: mailbox.wait(20)) < 5
    world.put(HEADER)
    assert len(read(mailbox)) == 1


def test_an_interrupt_before_the_wait_counts_once(mailbox: Mailbox) -> None:
    mailbox.uids_after(0)
    mailbox.interrupt()
    mailbox.interrupt()
    assert seconds_of(lambda: mailbox.wait(20)) < 5
    assert seconds_of(lambda: mailbox.wait(0.3)) > 0.25


def test_a_mailbox_that_starts_anew_has_another_uidvalidity(world: World, mailbox: Mailbox) -> None:
    world.put(HEADER)
    before = mailbox.open()
    world.start_anew()
    assert mailbox.open().uidvalidity > before.uidvalidity


class _later:  # noqa: N801 - reads as a verb
    """Do something in another thread after some seconds; wait for it at the end."""

    def __init__(self, seconds: float, task: Callable[[], object]) -> None:
        self._timer = threading.Timer(seconds, task)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        self._timer.join()


def test_two_readers_of_one_maildir_agree_on_uids(tmp_path: Path) -> None:
    world = MaildirWorld(tmp_path)
    one, other = (open_mailbox(world.section, MAX_BYTES) for _ in range(2))
    one.open()
    other.open()
    for number in range(6):
        world.put(HEADER + b"%d" % number)
        assert (one if number % 2 else other).uids_after(number) == [number + 1]
    assert [message.raw for message in read(one)] == [message.raw for message in read(other)]


def test_a_maildir_message_is_found_under_its_new_flags(tmp_path: Path) -> None:
    world = MaildirWorld(tmp_path)
    mailbox = open_mailbox(world.section, MAX_BYTES)
    mailbox.open()
    world.put(HEADER)
    (uid,) = mailbox.uids_after(0)
    (file,) = (world.root / "new").iterdir()
    file.rename(world.root / "cur" / f"{file.name}:2,ST")
    assert [message.key.uid for message in mailbox.fetch([uid]) if isinstance(message, RawMessage)] == [uid]
    assert mailbox.mark(uid, "route", "keyword")
    assert world.marks() == ["FST"]


def test_a_maildir_entry_that_cannot_be_looked_at_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    world = MaildirWorld(tmp_path)
    mailbox = open_mailbox(world.section, MAX_BYTES)
    (world.root / "new" / "1.loop").symlink_to("1.loop")
    (world.root / "cur" / "2.loop:2,S").symlink_to("3.loop:2,S")
    (world.root / "cur" / "3.loop:2,S").symlink_to("2.loop:2,S")
    (world.root / "new" / "4.gone").symlink_to("nowhere")
    (world.root / "new" / "folder").mkdir()
    (world.root / "new" / ".hidden").symlink_to(".hidden")
    world.put(HEADER)
    mailbox.open()
    found = list(mailbox.fetch(mailbox.uids_after(0)))
    assert [one.raw for one in found if isinstance(one, RawMessage)] == [HEADER]
    assert ["Too many levels" in one.words for one in found if isinstance(one, FetchFailure)] == [True] * 3  # a person is told
    assert len(mailbox.uids_since(datetime.now(UTC) - timedelta(days=1))) == 4
    assert [glance.size for glance in mailbox.glance(mailbox.uids_after(0))] == [len(HEADER)]


def test_a_maildir_file_that_is_closed_to_us_is_a_failure_of_that_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = MaildirWorld(tmp_path)
    mailbox = open_mailbox(world.section, MAX_BYTES)
    for text in (b"1", b"closed", b"3"):
        world.put(HEADER + text)
    mailbox.open()
    uids = mailbox.uids_after(0)
    closed = next(file for file in world._files() if file.read_bytes().endswith(b"closed"))
    real = Path.stat

    def stat(self: Path, **how: bool) -> os.stat_result:
        if self == closed:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, **how)

    monkeypatch.setattr(Path, "stat", stat)
    assert [type(one) for one in mailbox.fetch(uids)] == [RawMessage, FetchFailure, RawMessage]
    assert mailbox.uids_since(datetime.now(UTC) - timedelta(days=1)) == uids


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(b"Subject: a\r\n\r\nbody", b"Subject: a\r\n\r\n", True, id="a message and its header"),
        pytest.param(b"Subject: a\r\n\r\nbody", b"Subject: a\n\nother", True, id="line ends"),
        pytest.param(b"Subject: a\n\r\nbody", b"Subject: a\r\n\n", True, id="mixed line ends"),
        pytest.param(b"Subject: a\r\nX: b\r\n", b"Subject: a\r\nX: b", True, id="no body"),
        pytest.param(b"Subject: a\r\n\r\n", b"Subject: b\r\n\r\n", False, id="another header"),
        pytest.param(b"Subject: a\r\n \r\n\r\n", b"Subject: a\r\n\r\n", False, id="a folded blank is no empty line"),
        pytest.param(b"\r\nSubject: a\r\n\r\nbody", b"\r\n", True, id="an empty line comes first: no header, as servers see it"),
        pytest.param(b"\nSubject: a\n\nbody", b"Subject: a\n\n", False, id="and not the one behind it"),
    ],
)
def test_a_header_is_what_stands_before_the_first_empty_line(one: bytes, other: bytes, same: bool) -> None:
    assert (header_digest(one) == header_digest(other)) is same


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"\n\nbody", b"\r\n\r\nbody"])
def test_by_no_header_no_message_is_known(raw: bytes) -> None:
    assert header_digest(raw) == ""
