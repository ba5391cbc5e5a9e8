"""One message that the server cannot hand out, or several: all others are read soon, and a stub names each that is not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import troubled
from factories import NOW
from servers.honest_imap import BYE, HEADER, OK, SIZE, STRUCTURE, WHOLE, HonestImap, Hook, corrupt, said_of
from servers.scripted_imap import CUT
from structlog.testing import capture_logs
from troubled import Desk, Make, mail, mails

from inboxbot import once
from inboxbot.errors import MailboxTemporaryError
from inboxbot.ingest.mailbox import FetchFailure
from inboxbot.message import MessageKey, RawMessage
from inboxbot.reading import BATCH, MOST_OUTSTANDING, PORTION_BYTES
from inboxbot.store import messages

NO = b"{tag} NO [SERVERBUG] Internal error occurred. Refer to server log for more information.\r\n"
REPLIES = {
    "cut": CUT,
    "bye": BYE,
    "no": NO,
    "no, unavailable": b"{tag} NO [UNAVAILABLE] Temporary System Error\r\n",
    "no, exchange": b"{tag} NO Server Unavailable. 15\r\n",
    "no, limit": b"{tag} NO [LIMIT] Too many levels in this message\r\n",
    "bad": b"{tag} BAD Command Argument Error. 11\r\n",
    "not imap": b"* 1 FETCH (UID\r\n* ) nonsense {\r\n" + OK,
    "half": b"* 3 FETCH (UID 3 RFC822.SIZE 999 BODY[] {999}\r\nSubject: " + CUT,
}
STAGES = {"body": (WHOLE,), "size": (SIZE,), "header and body": (HEADER, WHOLE), "whatever is asked": ("",)}


@pytest.fixture
def server() -> Iterator[HonestImap]:
    with HonestImap(mails(1, 2, 3, 4, 5, 6, 7)) as found:
        yield found


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    yield from troubled.made(tmp_path)


@pytest.mark.parametrize("bad", [1, 3, 7])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("reply", REPLIES)
def test_one_corrupt_message_gets_a_stub_and_all_others_are_read(server: HonestImap, make: Make, reply: str, stage: str, bad: int) -> None:
    server.hooks = corrupt({bad}, REPLIES[reply], STAGES[stage])
    desk = make(server)
    desk.rounds(8)
    assert desk.raws() == {uid: raw for uid, raw in server.mails.items() if uid != bad}
    (stub,) = desk.stubs().values()
    assert b"could not be fetched" in stub
    assert re.search(rb"the connection broke [34] times", stub)
    server.mails[8] = mail(8)
    desk.reader.close()
    assert desk.rounds(2) == 0  # a new connection stumbles over it no more
    assert 8 in desk.raws()
    assert len(desk.rows()) == 8


@pytest.mark.parametrize("bad", [{3}, {1, 2}, {2, 4, 6}, {1, 2, 3, 4, 5, 6, 7}, {9}, {25, 75, 125}])
def test_the_breaks_grow_with_the_messages_that_cause_them_and_nothing_else_waits(make: Make, bad: set[int]) -> None:
    with HonestImap(mails(*range(1, 151)), corrupt(bad, CUT, (WHOLE,))) as server:
        desk = make(server)
        assert desk.rounds(60) <= 3 * len(bad) + 1
        assert set(desk.raws()) == set(range(1, 151)) - bad
        assert set(desk.stubs()) == bad
        assert not desk.reader.unfinished


def test_what_came_before_a_break_is_recorded_with_the_stubs(server: HonestImap, make: Make) -> None:
    server.hooks = corrupt({3, 5}, CUT, (WHOLE,))
    desk = make(server)
    counts = []
    for _ in range(7):
        desk.rounds(1)
        counts.append(len(desk.rows()))
    assert counts == sorted(counts)
    assert counts[1:4] == [2, 3, 5]  # 1 and 2; then 4; then 6 and 7
    assert counts[-1] == 7


def test_the_position_passes_nothing_that_has_not_come(server: HonestImap, make: Make) -> None:
    server.hooks = corrupt({3}, CUT, (WHOLE,))
    desk = make(server)
    desk.rounds(3)
    assert set(desk.raws()) == {1, 2, 4, 5, 6, 7}
    assert desk.position() == 2
    desk.reader = desk.new_reader()  # the process died: what it knew of breaks is forgotten
    server.hooks, server.mails[8] = {}, mail(8)
    desk.rounds(1)
    assert desk.raws() == server.mails
    assert desk.position() == 8


@pytest.mark.parametrize("reply", [CUT, NO, b"{tag} NO [UNAVAILABLE] Storage is down\r\n"])
@pytest.mark.parametrize("there", [1, 2, 7])
def test_a_server_that_gives_nothing_for_a_while_costs_no_message_its_place(make: Make, reply: bytes, there: int) -> None:
    with HonestImap(mails(*range(1, there + 1))) as server:
        server.hooks = corrupt(server.mails, reply, (WHOLE, HEADER))
        desk = make(server)
        assert desk.rounds(7) == 7
        server.hooks = {}
        desk.rounds(2)
        assert desk.raws() == server.mails


def test_trouble_after_a_good_hour_costs_no_message_its_place_either(server: HonestImap, make: Make) -> None:
    desk = make(server)
    desk.rounds(1)
    server.hooks, server.mails[8] = corrupt(range(1, 9), CUT, (WHOLE, HEADER)), mail(8)
    desk.rounds(8)
    server.hooks = {}
    desk.rounds(1)
    assert desk.raws() == server.mails


@pytest.mark.parametrize(
    "words",
    ["NO [THROTTLED] later", "BAD Request is throttled. Suggested Backoff Time: 100 milliseconds", "NO [INUSE] locked",
     "NO [OVERQUOTA] Account exceeded command or bandwidth limits", "NO Too many simultaneous connections"],
)  # fmt: skip
def test_a_server_that_wants_to_be_left_alone_is_not_held_against_a_message(server: HonestImap, make: Make, words: str) -> None:
    desk = make(server)
    desk.rounds(1)
    server.mails[8] = mail(8)
    server.hooks = corrupt({8}, b"{tag} %s\r\n" % words.encode(), (WHOLE,))
    assert desk.rounds(12) == 12
    server.hooks = {}
    desk.rounds(1)
    assert desk.raws() == server.mails


def test_the_only_message_there_is_gets_its_stub_too_in_the_end(make: Make) -> None:
    with HonestImap(mails(1), corrupt({1})) as server:
        desk = make(server)
        assert desk.rounds(12) <= 10
        assert set(desk.stubs()) == {1}


def test_a_message_that_was_read_and_breaks_connections_since_keeps_no_mailbox_closed(server: HonestImap, make: Make) -> None:
    desk = make(server)
    desk.rounds(1)
    for _ in range(3):
        server.hooks, server.mails[max(server.mails) + 1] = corrupt({6}), mail("new")
        desk.reader.close()
        desk.rounds(1)
    assert len(desk.raws()) == 10


def test_numbers_used_again_are_noticed_even_when_a_header_breaks_the_connection(server: HonestImap, make: Make) -> None:
    desk = make(server)
    desk.rounds(1)
    server.mails = {uid: mail(name) for uid, name in enumerate(["1", "2", "x", "y", "z", "6", "7", "8"], start=1)}
    server.hooks = corrupt({7})
    desk.reader.close()
    desk.rounds(8)
    assert {raw for uid, raw in desk.raws().items() if uid > 0} >= {mail("x"), mail("y"), mail("z"), mail("8")}


class Blind:
    """A mailbox that gives bodies and no headers."""

    name = "ar"

    def __init__(self, desk: Desk) -> None:
        self._box = desk.reader.mailbox
        self.opened = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._box, name)

    def open(self) -> object:
        self.opened += 1
        return self._box.open()

    def glance(self, _uids: object) -> object:
        self._box.close()
        raise MailboxTemporaryError("cut")


def test_a_mailbox_that_shows_no_headers_is_read_all_the_same(server: HonestImap, make: Make) -> None:
    desk = make(server)
    desk.rounds(1)
    server.mails[8] = mail(8)
    desk.reader.mailbox = blind = Blind(desk)  # type: ignore[assignment]
    desk.reader.close()
    assert desk.rounds(1) == 0
    assert desk.raws() == server.mails
    assert blind.opened <= 5


def test_headers_that_break_the_connection_hold_up_no_renumbering(server: HonestImap, make: Make) -> None:
    desk = make(server)
    desk.rounds(1)
    server.uidvalidity, server.hooks = 8, corrupt({4}, CUT, (HEADER,))
    server.mails[8] = mail(8)
    desk.reader.close()
    desk.rounds(8)
    assert [row.uid for row in desk.rows()] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert desk.raws() == server.mails


@pytest.mark.parametrize("items", [(HEADER,), (WHOLE,), ("",)])
def test_what_appears_late_and_is_corrupt_is_shown_to_a_person(server: HonestImap, make: Make, items: tuple[str, ...]) -> None:
    late = server.mails.pop(2)
    desk = make(server)
    desk.rounds(1)
    server.mails[2], server.hooks = late, corrupt({2}, BYE, items)
    desk.night()
    desk.rounds(8)
    assert 2 in {row.uid for row in desk.rows()}
    assert (2 in desk.raws()) == (items == (HEADER,))


@pytest.mark.parametrize("count", [1, 3])
def test_messages_without_a_body_keep_no_later_batch_waiting(make: Make, count: int) -> None:
    with HonestImap(mails(*range(1, 2 * BATCH + 1))) as server:
        server.hooks = said_of(1, b"RFC822.SIZE 100 BODY[] NIL") if count == 1 else corrupt_without_body(range(1, count + 1))
        desk = make(server)
        desk.rounds(1)
        assert set(desk.raws()) == set(range(count + 1, 2 * BATCH + 1))
        assert desk.position() == 0
        assert desk.reader.unfinished
        desk.rounds(2)
        assert set(desk.stubs()) == set(range(1, count + 1))


def test_a_server_without_any_bodies_makes_few_stubs(make: Make) -> None:
    with HonestImap(mails(*range(1, 3 * BATCH + 1))) as server:
        server.hooks = corrupt_without_body(server.mails)
        desk = make(server)
        desk.rounds(3)
        assert MOST_OUTSTANDING < len(desk.stubs()) <= BATCH


def corrupt_without_body(uids: object) -> dict[str, Hook]:
    def fetch(server: HonestImap, words: str) -> bytes | None:
        ranges, _, asked = words.partition(" ")
        if WHOLE not in asked:
            return None
        bodiless = b"* 1 FETCH (UID %d RFC822.SIZE 100 BODY[] NIL)\r\n"
        return b"".join(bodiless % uid if uid in uids else server.answer(uid, asked) for uid in server.named(ranges)) + OK  # type: ignore[operator]

    return {"UID FETCH": fetch}


class Storm:
    """Large mails, and what stands in the records whenever the next one is handed out."""

    def __init__(self, desk: Desk, count: int, size: int, final: int = 0) -> None:
        self._desk, self._box, self._count, self._size, self._final = desk, desk.reader.mailbox, count, size, final
        self.recorded: list[int] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._box, name)

    def uids_after(self, uid: int) -> list[int]:
        return [one for one in range(1, self._count + 1) if one > uid]

    def fetch(self, uids: list[int]) -> Iterator[RawMessage | FetchFailure]:
        for uid in uids:
            self.recorded.append(len(self._desk.rows()))
            if uid == self._final:
                yield FetchFailure(uid, "broken", final=True)
                raise MailboxTemporaryError("cut")
            raw = mail(uid) + b"x" * self._size
            yield RawMessage(MessageKey("ar", 7, uid), raw, NOW, len(raw))


def test_a_burst_of_large_mails_is_recorded_in_portions(server: HonestImap, make: Make) -> None:
    desk, beats = make(server), list[int]()
    server.mails.clear()
    desk.reader.mailbox = storm = Storm(desk, 12, PORTION_BYTES // 2)  # type: ignore[assignment]
    assert desk.reader.catch_up(lambda: beats.append(len(desk.rows()))) == 12
    assert all(handed - recorded <= 2 for handed, recorded in enumerate(storm.recorded))
    assert beats == [2, 4, 6, 8, 10, 12, 12]
    assert desk.position() == 12


def test_a_final_failure_is_a_stub_at_once_and_stays_when_the_connection_breaks_behind_it(server: HonestImap, make: Make) -> None:
    desk = make(server)
    desk.reader.mailbox = Storm(desk, 9, 10, final=4)  # type: ignore[assignment]
    assert desk.rounds(1) == 1
    assert (set(desk.raws()), set(desk.stubs())) == ({1, 2, 3}, {4})


def test_progress_is_told_after_every_portion_even_when_the_round_fails(server: HonestImap, make: Make) -> None:
    server.mails = mails(*range(1, 2 * BATCH + 1))
    server.hooks = corrupt({2 * BATCH}, CUT, (WHOLE,))
    desk, beats = make(server), list[int]()
    with pytest.raises(MailboxTemporaryError):
        desk.reader.catch_up(lambda: beats.append(len(desk.rows())))
    assert beats == [BATCH]


def test_one_run_reads_past_several_corrupt_messages(server: HonestImap, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    class Machine:
        def beat(self, *_: object) -> None: ...

    monkeypatch.setattr(once, "PAUSE_SECONDS", 0)
    server.hooks = corrupt({2, 5}, CUT, (WHOLE,))
    desk = make(server)
    assert once._read(Machine(), desk.reader)  # type: ignore[arg-type]
    assert (set(desk.raws()), set(desk.stubs())) == ({1, 3, 4, 6, 7}, {2, 5})
    server.hooks, server.mails[8] = corrupt(range(1, 9), CUT), mail(8)
    assert not once._read(Machine(), desk.reader)  # type: ignore[arg-type]


# known again


@pytest.mark.parametrize("gives_header", [True, False])
def test_a_stub_among_the_newest_makes_no_reconnect_a_renumbering(server: HonestImap, make: Make, gives_header: bool) -> None:
    server.hooks = corrupt({6}, CUT, (WHOLE,) if gives_header else ("",))
    desk = make(server)
    desk.rounds(9)
    before = [(row.id, row.uid) for row in desk.rows()]
    with capture_logs() as lines:
        for _ in range(3):
            desk.reader.close()
            desk.reader = desk.new_reader()
            desk.rounds(2)
            desk.new_reader().look()
    assert "uids_reused" not in {line["event"] for line in lines}
    assert [(row.id, row.uid) for row in desk.rows()] == before


def test_a_stub_is_known_again_under_a_new_number_whatever_is_wrong_with_it_then(server: HonestImap, make: Make) -> None:
    server.hooks = corrupt({3}, CUT, (WHOLE,))
    desk = make(server)
    desk.rounds(8)
    server.uidvalidity, server.hooks = 8, said_of(13, b"RFC822.SIZE 100 BODY[] NIL")
    server.mails = {uid + 10: raw for uid, raw in server.mails.items()}
    desk.reader.close()
    desk.rounds(6)
    assert [row.uid for row in desk.rows()] == [11, 12, 13, 14, 15, 16, 17]
    assert set(desk.stubs()) == {13}


TEXT = b'("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 8 1 NIL NIL NIL)'
PDF = b'("application" "pdf" ("name" "a.pdf") NIL NIL "base64" 5000 NIL ("attachment" ("filename" "a.pdf")) NIL)'
LARGE = mail(3, "--b\r\nContent-Type: text/plain\r\n\r\nHello?\r\n--b--" + "x" * 5000, 'Content-Type: multipart/mixed; boundary="b"\r\n')


def large(structure: bytes, part: bytes = b"BODY[1]<0> {8}\r\nHello?\r\n") -> dict[str, Hook]:
    def fetch(_server: HonestImap, words: str) -> bytes | None:
        uid = words.partition(" ")[0]
        if STRUCTURE in words:
            return structure if b"{tag}" in structure else b"* 3 FETCH (UID %s BODYSTRUCTURE %s)\r\n" % (uid.encode(), structure) + OK
        return b"* 3 FETCH (UID %s %s)\r\n" % (uid.encode(), part) + OK if "PEEK[1" in words else None

    return {"UID FETCH": fetch}


def test_a_large_mail_among_the_newest_makes_no_reconnect_a_renumbering(server: HonestImap, make: Make) -> None:
    server.mails[3], server.hooks = LARGE, large(b"(" + TEXT + PDF + b' "mixed" ("boundary" "b") NIL NIL)')
    desk = make(server, max_bytes=1000)
    desk.rounds(1)
    assert b"Hello?" in desk.stubs()[3]
    assert b"a.pdf" in desk.stubs()[3]
    for _ in range(2):
        desk.reader.close()
        server.asked["UID FETCH"].clear()
        desk.rounds(1)
        assert not any(STRUCTURE.encode() in asked or WHOLE.encode() in asked for asked in server.asked["UID FETCH"])
    server.uidvalidity = 8
    desk.reader.close()
    desk.rounds(1)
    assert not any(WHOLE.encode() in asked for asked in server.asked["UID FETCH"])  # by its header, without a byte of it
    assert len(desk.rows()) == 7


@pytest.mark.parametrize(
    "structure",
    [
        pytest.param(b"()", id="empty"),
        pytest.param(b"(" + TEXT + b'NIL "mixed" NIL)', id="a part that is NIL"),
        pytest.param(b'(("text" "plain")("application" "pdf") "mixed")', id="parts of two fields"),
        pytest.param(b"(((((" + TEXT + b' "x") NIL) "x") () "mixed")', id="parts in disorder"),
        pytest.param(b"(" * 2000 + TEXT + b' "mixed")' * 2000, id="nested too deep"),
        pytest.param(b"(" + TEXT, id="never closed"),
        pytest.param(b"mixed", id="a word"),
        pytest.param(b"NIL", id="NIL"),
        pytest.param(b"{tag} NO [SERVERBUG] cannot describe it\r\n", id="no"),
        pytest.param(b"{tag}" + CUT, id="the connection breaks"),
        pytest.param(b"{tag} BAD what?\r\n", id="bad"),
    ],
)
def test_a_large_mail_that_is_described_oddly_comes_as_its_beginning(server: HonestImap, make: Make, structure: bytes) -> None:
    server.mails[3], server.hooks = LARGE, large(structure)
    desk = make(server, max_bytes=1000)
    assert desk.rounds(3) <= 1
    assert desk.stubs() == {3: LARGE}  # all of it lies within the beginning
    assert set(desk.raws()) == {1, 2, 4, 5, 6, 7}


@pytest.mark.parametrize("part", [b"NIL", b"BODY[1]<0> NIL", b"BODY[1]<0> {999}\r\nHel" + CUT])
def test_a_large_mail_whose_text_does_not_come_is_recorded_without_it(server: HonestImap, make: Make, part: bytes) -> None:
    server.mails[3], server.hooks = LARGE, large(b"(" + TEXT + PDF + b' "mixed" ("boundary" "b") NIL NIL)', part)
    desk = make(server, max_bytes=1000)
    assert desk.rounds(3) <= 1
    assert b"Question 3" in desk.stubs()[3]
    assert set(desk.raws()) == {1, 2, 4, 5, 6, 7}


def test_the_audit_looks_and_changes_nothing(server: HonestImap, make: Make) -> None:
    desk = make(server)
    desk.rounds(1)
    before = [(row.id, row.uid) for row in desk.rows()]
    server.mails = {uid: mail(f"other {uid}") for uid in server.mails}
    other = desk.new_reader()
    assert other.look().last_uid == 0  # all of it is to be read anew
    other.close()
    assert [(row.id, row.uid) for row in desk.rows()] == before
    assert desk.position() == 7
    desk.reader.close()
    desk.rounds(1)
    assert {uid: raw for uid, raw in desk.raws().items() if uid > 0} == server.mails


def test_a_reader_whose_position_was_set_back_by_somebody_else_knows_its_mail_again(server: HonestImap, make: Make) -> None:
    desk = make(server)
    desk.rounds(1)
    with desk.store.transaction() as session:
        known = messages.position(session, "ar")
        assert known is not None
        messages.displace(session, "ar", 7)
        messages.start(session, "ar", messages.Position(7, 0, known.watched_since, 7))
    server.asked["UID FETCH"].clear()
    desk.rounds(1)
    assert not any(WHOLE.encode() in asked for asked in server.asked["UID FETCH"])
    assert [row.uid for row in desk.rows()] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("raw", [b"\r\nSubject: x\r\n\r\nhello\r\n", b"\n\nwords\n", b"\r\n", b"just words\r\n", b"Subject: x\r\n", b""])
def test_mails_with_odd_heads_are_taken_for_no_others(server: HonestImap, make: Make, raw: bytes) -> None:
    def header(server: HonestImap, words: str) -> bytes | None:  # as Dovecot does: all up to the first empty line
        ranges, _, asked = words.partition(" ")
        if HEADER not in asked or 7 not in server.named(ranges):
            return None
        head = b"\r\n" if raw.startswith((b"\r\n", b"\n")) else raw.partition(b"\r\n\r\n")[0]
        date, size = b'INTERNALDATE "20-Nov-2026 08:00:00 +0000"', len(raw)
        odd = b"* 7 FETCH (UID 7 RFC822.SIZE %d %s BODY[HEADER] {%d}\r\n%s)\r\n" % (size, date, len(head), head)
        return b"".join(odd if uid == 7 else server.answer(uid, asked) for uid in server.named(ranges)) + OK

    server.mails[7], server.hooks = raw, {"UID FETCH": header}
    desk = make(server)
    desk.rounds(1)
    with capture_logs() as lines:
        desk.reader.close()
        desk.rounds(1)
    assert "uids_reused" not in {line["event"] for line in lines}
    server.mails[8], server.uidvalidity = raw[:-1] + b"!" if raw else b"", 8  # of the same size
    desk.reader.close()
    desk.rounds(2)
    assert sorted(row.uid for row in desk.rows()) == [1, 2, 3, 4, 5, 6, 7, 8]


# what is believed


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"BODY[] {0}\r\n", id="nothing"),
        pytest.param(b'BODY[] ""', id="nothing, quoted"),
        pytest.param(b"BODY[] ERROR", id="a word"),
        pytest.param(b"BODY[] 12", id="a number"),
        pytest.param(b"BODY[] (NIL)", id="a list"),
        pytest.param(b"BODY[] NIL", id="NIL"),
        pytest.param(b"BODY[] {60}\r\n" + mail(2)[:60], id="half"),
        pytest.param(b"BODY[] {%d}\r\n%s" % (len(mail(2)) - 20, mail(2)[:-20]), id="the end is missing"),
    ],
)
def test_a_body_that_is_not_the_message_counts_as_none(server: HonestImap, make: Make, answer: bytes) -> None:
    server.hooks = said_of(2, b"RFC822.SIZE %d %s" % (len(mail(2)), answer))
    desk = make(server)
    desk.rounds(3)
    assert set(desk.stubs()) == {2}
    assert set(desk.raws()) == {1, 3, 4, 5, 6, 7}


@pytest.mark.parametrize("factor", [0, 0.3, 0.9, 1.1, 2, 10])
def test_a_server_that_states_sizes_roughly_is_believed_nevertheless(server: HonestImap, make: Make, factor: float) -> None:
    def fetch(server: HonestImap, words: str) -> bytes:
        reply = server.honest("UID FETCH", words)
        for raw in server.mails.values():
            reply = reply.replace(b"RFC822.SIZE %d " % len(raw), b"RFC822.SIZE %d " % int(len(raw) * factor))
        return reply

    server.hooks = {"UID FETCH": fetch}
    server.mails = {uid: mail(uid, "Hello? " * uid) for uid in range(1, 8)}
    desk = make(server)
    desk.rounds(1)
    assert desk.raws() == server.mails
    assert all(row.complete for row in desk.rows())


def test_an_empty_message_is_one(server: HonestImap, make: Make) -> None:
    server.mails[4] = b""
    desk = make(server)
    desk.rounds(1)
    assert desk.raws()[4] == b""


@pytest.mark.parametrize(
    "flags",
    [b"a[b", b"[Gmail]/x", b"a]b", b"a(b", b"(nested)", b"((x) y)", b"UID", b"FLAGS", b"UID FLAGS", b"NIL", b"123", b"$L{1}", b'"x y"',
     b"\\*", b"%", b"a\\b", b"\xc3\xa9t\xc3\xa9", b"BODY[]", b"RFC822.SIZE 3", b"a[b \\Answered c(d", b""],
)  # fmt: skip
def test_no_keyword_keeps_a_message_from_being_read(server: HonestImap, make: Make, flags: bytes) -> None:
    server.flags = {1: b"\\Seen " + flags, 4: flags + b" \\Answered", 7: flags}
    desk = make(server)
    assert desk.rounds(1) == 0
    assert desk.raws() == server.mails
    assert [row.answered_elsewhere for row in desk.rows()] == [b"Answered" in flags, *[False] * 2, True, *[False] * 2, b"Answered" in flags]


@pytest.mark.parametrize("date", [b"31-Dec-9999 23:59:59 -0800", b"01-Jan-0001 00:00:00 +0100", b"00-Foo-0000 99:99:99 +9999"])
def test_a_date_that_no_calendar_knows_is_none(server: HonestImap, make: Make, date: bytes) -> None:
    server.dates[3] = date
    desk = make(server)
    assert desk.rounds(1) == 0
    assert desk.raws() == server.mails


# old mail


def test_of_mail_from_before_the_start_only_the_head_is_asked_for(server: HonestImap, make: Make) -> None:
    server.mails = mails(*range(1, 121))
    server.dates = dict.fromkeys(range(1, 119), b"01-Jan-2020 10:00:00 +0000")
    desk = make(server, more={"since": "2026-11-01"})
    desk.rounds(1)
    fetched = [uid for asked in server.asked["UID FETCH"] if WHOLE.encode() in asked for uid in server.named(asked.decode().split()[0])]
    assert fetched == [119, 120]
    assert (set(desk.raws()), desk.position()) == ({119, 120}, 120)


def test_mail_whose_head_is_not_shown_is_fetched_to_see_how_old_it_is(server: HonestImap, make: Make) -> None:
    server.dates = dict.fromkeys((1, 2, 3), b"01-Jan-2020 10:00:00 +0000")
    server.hooks = corrupt({2, 5}, CUT, (HEADER,))
    desk = make(server, more={"since": "2026-11-01"})
    desk.rounds(10)
    assert set(desk.raws()) == {4, 5, 6, 7}
    assert desk.position() == 7
