"""A mailbox that lets us read and nothing else: it is read, and marks are left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import troubled
from servers.honest_imap import OK, HonestImap
from servers.scripted_imap import CUT
from structlog.testing import capture_logs
from troubled import Desk, Make, mail, mails

from inboxbot.errors import MailboxRefusedError
from inboxbot.store.tables import MessageRow

READ_ONLY = b"{tag} OK [READ-ONLY] SELECT completed\r\n"
MARKS = [{"after": "keyword"}, {"after": "move", "move_to": "Done"}]


@pytest.fixture
def server() -> Iterator[HonestImap]:
    with HonestImap(mails(1, 2, 3)) as found:
        yield found


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    yield from troubled.made(tmp_path)


def only_read(server: HonestImap) -> None:
    server.hooks["SELECT"] = lambda server, words: server.honest("SELECT", words).replace(OK, READ_ONLY)


def decide_all(desk: Desk) -> None:
    with desk.store.transaction() as session:
        for row in desk.rows():
            row.state, row.outcome = "decided", "route"
            session.merge(row)


def changes(server: HonestImap) -> list[bytes]:
    return [asked for name in ("UID STORE", "UID MOVE", "UID COPY", "UID EXPUNGE") for asked in server.asked[name]]


def test_where_nothing_is_to_be_changed_the_folder_is_opened_so(server: HonestImap, make: Make) -> None:
    desk = make(server, more={"after": "nothing"})
    assert desk.rounds(2) == 0
    assert desk.raws() == server.mails
    assert len(server.asked["EXAMINE"]) == 1
    assert not server.asked["SELECT"]


@pytest.mark.parametrize("more", [{"after": "nothing"}, *MARKS])
def test_a_folder_that_can_only_be_read_is_read(server: HonestImap, make: Make, more: dict[str, object]) -> None:
    only_read(server)
    desk = make(server, more=more)
    assert desk.rounds(2) == 0
    assert desk.raws() == server.mails


@pytest.mark.parametrize("more", MARKS)
def test_marks_are_left_there_and_that_is_said_once(server: HonestImap, make: Make, more: dict[str, object]) -> None:
    only_read(server)
    desk = make(server, more=more)
    with capture_logs() as lines:
        desk.rounds(1)
        decide_all(desk)
        assert not desk.reader.mark_decided()
        for number in (4, 5):  # new connections
            server.mails[number] = mail(number)
            desk.reader.close()
            desk.rounds(1)
            desk.reader.mark_decided()
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["mailbox_read_only"]
    assert not changes(server)
    assert desk.raws() == server.mails


def test_marks_come_again_when_they_may(server: HonestImap, make: Make) -> None:
    only_read(server)
    desk = make(server, more={"after": "keyword"})
    desk.rounds(1)
    del server.hooks["SELECT"]
    server.mails[4] = mail(4)
    desk.reader.close()
    desk.rounds(1)
    decide_all(desk)
    desk.reader.mark_decided()
    assert len(changes(server)) == 4


@pytest.mark.parametrize("more", MARKS)
def test_a_folder_that_can_only_be_read_from_now_on_is_opened_so(server: HonestImap, make: Make, more: dict[str, object]) -> None:
    desk = make(server, more=more)
    desk.rounds(1)
    only_read(server)
    server.mails[4], server.hooks["NOOP"] = mail(4), lambda *_: b"* OK [READ-ONLY] somebody holds it\r\n" + OK
    desk.rounds(1)
    del server.hooks["NOOP"]
    assert desk.rounds(1) == 0
    assert desk.raws() == server.mails


@pytest.mark.parametrize("answer", [OK, b"* 3 EXISTS\r\n" + OK])
def test_a_server_that_tells_nothing_at_examine_is_asked_with_select(server: HonestImap, make: Make, answer: bytes) -> None:
    server.hooks["EXAMINE"] = lambda *_: answer
    desk = make(server, more={"after": "nothing"})
    assert desk.rounds(1) == 0
    assert desk.raws() == server.mails


def test_whoever_asks_for_a_mark_all_the_same_gets_it(server: HonestImap, make: Make) -> None:
    desk = make(server, more={"after": "nothing"})
    desk.rounds(1)
    assert desk.reader.mailbox.mark(2, "answer", "keyword")
    assert desk.reader.mailbox.mark(3, "answer", "keyword")
    assert len(changes(server)) == 2
    assert len(server.asked["SELECT"]) == 1
    only_read(server)
    desk.reader.mailbox.open()
    assert desk.reader.mailbox.mark(2, "answer", "keyword")
    assert len(changes(server)) == 2


def test_a_folder_that_is_not_there_is_a_refusal_either_way(server: HonestImap, make: Make) -> None:
    server.hooks["EXAMINE"] = lambda *_: b"{tag} NO [NONEXISTENT] no such folder\r\n"
    desk = make(server, more={"after": "nothing"})
    with pytest.raises(MailboxRefusedError):
        desk.reader.catch_up()
    server.hooks["EXAMINE"] = lambda *_: CUT
    assert desk.rounds(1) == 1


def test_a_folder_without_a_count_is_opened(server: HonestImap, make: Make) -> None:
    server.hooks["EXAMINE"] = lambda server, words: server.honest("EXAMINE", words).replace(b"* 3 EXISTS\r\n", b"")
    desk = make(server)
    assert desk.rounds(1) == 0
    assert desk.raws() == server.mails
    assert all(isinstance(row, MessageRow) for row in desk.rows())
