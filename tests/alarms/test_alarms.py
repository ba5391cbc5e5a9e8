"""Alarms: what raises one, that each is told once and its end once, and by a channel that is not the broken one."""

import json
import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from factories import NOW, Clock, frozen_mail, open_store, raw_mail

from inboxbot.alarms import book
from inboxbot.alarms.ages import Ages
from inboxbot.alarms.channels import MailChannel, Webhook
from inboxbot.alarms.conditions import Alarm, Signs, raised
from inboxbot.alarms.notices import Notice, notice
from inboxbot.alarms.pulses import Pulses
from inboxbot.alarms.watch import Watch
from inboxbot.config.sections import AlertsSection
from inboxbot.errors import AlertError, SendTemporaryError, StoreError
from inboxbot.health import status
from inboxbot.reply import OutboxItem, OutboxState
from inboxbot.responders import alert
from inboxbot.store import conversations, messages, outbox, watchbook
from inboxbot.store.engine import Session, Store
from inboxbot.store.watchbook import AlarmState, Pulse, Waiting

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SIGNS = Signs(NOW, NOW - HOUR, ("ar",), {"mailbox:ar": Pulse(NOW - MINUTE)})
LATE = NOW - timedelta(minutes=20)


def names(signs: Signs) -> list[str]:
    return [alarm.name for alarm in raised(signs, AlertsSection())]


def test_nothing_is_the_matter_where_all_is_well() -> None:
    assert names(SIGNS) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"pulses": {"mailbox:ar": Pulse(NOW, "login refused: [AUTHENTICATIONFAILED]", NOW)}}, "login:ar"),
        ({"pulses": {"mailbox:ar": Pulse(LATE)}}, "silent:ar"),
        ({"pulses": {}}, "silent:ar"),  # never read since the start an hour ago
        ({"pulses": {**SIGNS.pulses, "smtp": Pulse(None, "login refused: 535", NOW)}}, "login:smtp"),
        ({"unsent": Waiting(3, LATE, "connection refused")}, "unsent"),
        ({"undecided": Waiting(3, LATE)}, "undecided"),
        ({"doubtful": Waiting(1, NOW - 3 * MINUTE)}, "in_doubt"),
        ({"held": "600 automatic mails within an hour"}, "brake"),
        ({"loops": Waiting(1, NOW, "domain_cap")}, "loop"),
        ({"quick": Waiting(3, NOW, "too_quick")}, "loop"),
        ({"pulses": {"mailbox:ar": Pulse(NOW - 3 * MINUTE, "no access token: 503", NOW - 3 * MINUTE)}}, "token:ar"),
        ({"pulses": {**SIGNS.pulses, "smtp": Pulse(None, "no access token: 503", NOW - 3 * MINUTE)}}, "token:smtp"),
        ({"pulses": {**SIGNS.pulses, "audit:ar": Pulse(NOW, "the fate of 3 messages is unknown", NOW)}}, "audit:ar"),
        ({"disk_free_mb": 20.0}, "disk"),
        ({"store_trouble": "disk I/O error"}, "store"),
        ({"pulses": {**SIGNS.pulses, "store:process": Pulse(None, "disk full", NOW - 2 * MINUTE)}}, "store"),
        ({"ledger_trouble": "contacts.csv is not there"}, "ledger"),
        ({"pulses": {**SIGNS.pulses, "sent folder": Pulse(None, "SELECT: NO", LATE)}, "sent_mailbox": "ar"}, "sent_folder"),
        ({"pulses": {**SIGNS.pulses, "sent folder": Pulse(NOW - HOUR, "SELECT: NO", LATE)}, "sent_mailbox": "ar"}, "sent_folder"),
        ({"unsent": Waiting(3, LATE)}, "unsent"),  # nobody has tried
    ],
)
def test_each_trouble_raises_its_alarm_and_no_other(change: dict[str, Any], name: str) -> None:
    assert names(replace(SIGNS, **change)) == [name]


@pytest.mark.parametrize(
    "change",
    [
        {"pulses": {"mailbox:ar": Pulse(NOW - 5 * MINUTE, "connection reset", NOW)}},
        {"unsent": Waiting(3, NOW - MINUTE, "greylisted")},
        {"quick": Waiting(2, NOW, "too_quick")},  # absence notes without a mark
        {"pulses": {"mailbox:ar": Pulse(NOW - MINUTE, "no access token: 503", NOW - MINUTE)}},  # a moment's outage
        {"doubtful": Waiting(1, NOW - MINUTE)},  # the Sent folder has not been looked into yet
        {"disk_free_mb": 900.0},
        {"started_at": NOW - MINUTE, "pulses": {}},
        {"pulses": {**SIGNS.pulses, "sent folder": Pulse(None, "SELECT: NO", NOW - 5 * MINUTE)}, "sent_mailbox": "ar"},
        {"pulses": {**SIGNS.pulses, "sent folder": Pulse(LATE)}, "sent_mailbox": "ar"},  # nothing had to be done there since
        {"pulses": {**SIGNS.pulses, "sent folder": Pulse(None, "SELECT: NO", LATE)}},  # of a time when there was one
        {"unsent": Waiting(3, NOW - MINUTE)},
        {"pulses": {**SIGNS.pulses, "store:process": Pulse(None, "locked", NOW - timedelta(seconds=40))}},
        {"pulses": {**SIGNS.pulses, "store:process": Pulse(LATE)}},
    ],
)
def test_a_passing_trouble_raises_none(change: dict[str, Any]) -> None:
    assert names(replace(SIGNS, **change)) == []


class Story:
    """The book over time."""

    def __init__(self) -> None:
        self.known: dict[str, AlarmState] = {}
        self.now = NOW

    def turn(self, *holding: str, after: timedelta = MINUTE, works: bool = True) -> tuple[list[str], list[str]]:
        self.now += after
        telling = book.turn([Alarm(name, name) for name in holding], self.known, self.now)
        for state in book.told(telling, self.now) if works else telling.states:
            self.known[state.name] = state
        return [s.name for s in telling.raised], [s.name for s in telling.recovered]


def test_an_alarm_is_told_once_and_its_end_once() -> None:
    story = Story()
    assert story.turn("disk") == (["disk"], [])
    assert [story.turn("disk") for _ in range(5)] == [([], [])] * 5
    assert story.turn("disk", "loop") == (["loop"], [])
    assert story.turn("loop") == ([], ["disk"])
    assert story.turn() == ([], ["loop"])
    assert story.turn() == ([], [])


def test_an_alarm_that_comes_and_goes_makes_no_flood() -> None:
    story, told = Story(), 0
    for _ in range(60):  # two hours, on and off each minute
        for holding in (("disk",), ()):
            told += sum(len(names) for names in story.turn(*holding))
    assert told <= 6  # at most one beginning and one end an hour


def test_what_comes_again_after_a_quiet_hour_is_told_again() -> None:
    story = Story()
    story.turn("disk")
    story.turn()
    assert story.turn("disk", after=2 * HOUR) == (["disk"], [])


def test_what_could_not_be_told_is_told_later() -> None:
    story = Story()
    assert story.turn("disk", works=False) == (["disk"], [])
    assert story.turn("disk") == (["disk"], [])
    assert story.turn("disk") == ([], [])
    assert story.turn(works=False) == ([], ["disk"])
    assert story.turn() == ([], ["disk"])
    assert story.turn() == ([], [])


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=1), timedelta(days=400)], ids=str)
def test_a_clock_that_is_set_back_makes_no_flood_and_no_silence(back: timedelta) -> None:
    story = Story()
    story.turn("disk")
    story.turn()  # told, and its end
    story.turn("loop")
    story.now -= back
    assert story.turn("loop") == ([], [])
    assert story.turn() == ([], ["loop"])  # its end is told once
    assert [story.turn() for _ in range(5)] == [([], [])] * 5
    assert story.turn("disk", "loop", "new", after=2 * HOUR) == (["disk", "loop", "new"], [])
    assert story.turn("disk", "loop", "new") == ([], [])
    assert story.turn() == ([], ["disk", "loop", "new"])


def test_a_clock_that_is_set_back_and_an_alarm_that_comes_and_goes_make_no_flood() -> None:
    story, told = Story(), 0
    story.turn("disk")
    story.now -= timedelta(days=1)
    for _ in range(60):
        for holding in (("disk",), ()):
            told += sum(len(names) for names in story.turn(*holding))
    assert told <= 6


@dataclass
class Recorder:
    """A channel that remembers, or fails."""

    name: str = "recorder"
    broken: bool = False
    heard: list[Notice] = field(default_factory=list)

    def tell(self, words: Notice, _now: object) -> None:
        if self.broken:
            raise AlertError("broken")
        self.heard.append(words)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(tmp_path)
    yield found
    found.close()


def a_watch(store: Store, clock: Clock, *channels: Recorder) -> Watch:
    pulses = Pulses(store, clock)
    return Watch(store, AlertsSection(disk_free_mb=0), "Brightwater", ("ar",), pulses, channels, clock, None, lambda: "")


def test_the_other_channel_is_used_and_a_restart_tells_nothing_anew(store: Store) -> None:
    clock, mail, hook = Clock(), Recorder(broken=True), Recorder()
    watch = a_watch(store, clock, mail, hook)
    watch.pulses.trouble("mailbox:ar", "login refused: no")
    watch.look()
    watch.look()
    assert [words.json["raised"][0]["name"] for words in hook.heard] == ["login:ar"]
    again = a_watch(store, clock, hook)
    again.look()
    assert len(hook.heard) == 1
    assert any(words.startswith("alarm login:ar") for words in status(store, clock())["needs_person"])
    again.pulses.ok("mailbox:ar")
    again.look()
    assert [words.json["recovered"][0]["name"] for words in hook.heard[1:]] == ["login:ar"]
    assert status(store, clock())["needs_person"] == []


def test_with_every_channel_broken_it_tries_ever_more_rarely(store: Store) -> None:
    clock, only = Clock(), Recorder(broken=True)
    watch = a_watch(store, clock, only)
    watch.pulses.trouble("mailbox:ar", "login refused: no")
    watch.look()
    only.broken = False
    watch.look()
    assert only.heard == []  # half a minute has not passed
    clock.move(minutes=1)
    watch.look()
    assert len(only.heard) == 1


def test_a_broken_store_is_told_once_although_nothing_can_be_written_down(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise StoreError("the store did not take a change")

    clock, hook = Clock(), Recorder()
    watch = a_watch(store, clock, hook)
    watch.pulses.ok("mailbox:ar")
    monkeypatch.setattr(store, "transaction", broken)
    watch.look()
    watch.look()
    assert [words.json["raised"][0]["name"] for words in hook.heard] == ["store"]
    monkeypatch.undo()
    watch.look()
    assert hook.heard[-1].json["recovered"][0]["name"] == "store"


def test_a_full_disk_is_seen(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil's own
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**6))
    hook = Recorder()
    watch = replace(a_watch(store, Clock(), hook), alerts=AlertsSection(), folder=tmp_path)
    watch.look()
    assert "1 MB are free" in hook.heard[0].text


def test_the_records_own_troubles_are_seen(store: Store) -> None:
    clock, hook = Clock(), Recorder()
    with store.transaction() as session:
        messages.record(session, raw_mail(), NOW)
        outbox.add(session, frozen_mail(), NOW)
        item = outbox.claim(session, NOW, HOUR, 1)[0]
        outbox.begin_sending(session, item, NOW, HOUR)
        outbox.finish(session, item, OutboxState.IN_DOUBT, NOW, error="cut")
        conversations.audit(session, who="inboxbot", what="loop", now=NOW, detail={"codes": ["domain_cap"], "from": "x@y.example"})
        watchbook.hold(session, "too much", NOW)
    watch = a_watch(store, clock, hook)
    clock.move(minutes=16)
    watch.pulses.ok("mailbox:ar")
    watch.look()
    assert {state["name"] for state in hook.heard[0].json["raised"]} == {"undecided", "in_doubt", "loop", "brake"}
    assert len(hook.heard) == 1  # one notice for all of them


def ready(store: Store, number: int, at: Any, **changes: Any) -> None:
    with store.transaction() as session:
        row = outbox.get(session, outbox.add(session, frozen_mail(number, automatic=changes.pop("automatic", True)), at))
        for name, value in changes.items():
            setattr(row, name, value)
        session.add(row)


@pytest.mark.parametrize(
    ("rows", "held", "released", "expected"),
    [
        pytest.param([{}], None, None, Waiting(1, LATE), id="due and never tried"),
        pytest.param([{"automatic": False}], None, None, Waiting(1, LATE), id="a colleague's"),
        pytest.param([{"last_error": "greylisted"}], None, None, Waiting(1, LATE, "greylisted"), id="tried"),
        pytest.param(
            [{"last_error": "greylisted", "next_attempt_at": NOW + HOUR}], None, None, Waiting(1, LATE, "greylisted"), id="put off"
        ),
        pytest.param([{"next_attempt_at": NOW + HOUR}], None, None, Waiting(), id="for later"),
        pytest.param([{}], NOW, None, Waiting(), id="held by a person"),
        pytest.param([{"automatic": False}], NOW, None, Waiting(1, LATE), id="a colleague's is not held"),
        pytest.param([{}], None, NOW - MINUTE, Waiting(1, NOW - MINUTE), id="let go of a minute ago"),
        pytest.param([{}], None, NOW - HOUR, Waiting(1, LATE), id="let go of before it was written"),
        pytest.param([{}, {"last_error": "cut"}], None, None, Waiting(2, LATE), id="two kinds"),
        pytest.param([{"state": "sent"}, {"state": "awaiting_approval"}, {"state": "failed"}], None, None, Waiting(), id="not to be sent"),
    ],
)
def test_what_waits_to_leave(store: Store, rows: list[dict[str, Any]], held: Any, released: Any, expected: Waiting) -> None:
    for number, changes in enumerate(rows):
        ready(store, number, LATE + number * MINUTE, **changes)
    with store.transaction() as session:
        if held or released:
            watchbook.hold(session, "too much", held or LATE)
        if released:
            watchbook.release(session, "somebody", released)
        assert watchbook.unsent(session, NOW) == expected
        assert watchbook.unsent(session).count == sum("last_error" in row for row in rows)


@pytest.mark.parametrize(("sends", "expected"), [(True, ["unsent"]), (False, [])])
def test_mail_that_nobody_tries_to_send_is_told_unless_nobody_shall(store: Store, sends: bool, expected: list[str]) -> None:
    clock, hook = Clock(), Recorder()
    watch = replace(a_watch(store, clock, hook), sends=sends)
    ready(store, 1, NOW)
    watch.look()
    assert hook.heard == []  # it has just been written
    clock.move(minutes=16)
    watch.pulses.ok("mailbox:ar")
    watch.look()
    assert [state["name"] for words in hook.heard for state in words.json["raised"]] == expected


def test_a_daemon_that_died_is_seen_by_status(store: Store) -> None:
    clock = Clock()
    a_watch(store, clock).look()
    assert status(store, clock())["needs_person"] == []
    clock.move(hours=1)
    assert any("does not run" in words for words in status(store, clock())["needs_person"])


class Ticking:
    """A wall clock that may jump, and one that never does."""

    def __init__(self, store: Store) -> None:
        self.wall, self.steady, self.hook = Clock(), 0.0, Recorder()
        self.watch = replace(a_watch(store, self.wall, self.hook), ages=Ages(lambda: self.steady))

    def look(self, *beats: str, seconds: float = 30, jump: timedelta = timedelta(0), trouble: str = "") -> None:
        self.steady += seconds
        self.wall.moment += timedelta(seconds=seconds) + jump
        for name in beats:
            (self.watch.pulses.trouble(name, trouble) if trouble else self.watch.pulses.ok(name))
        self.watch.look()

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(kind, one["name"]) for words in self.hook.heard for kind in ("raised", "recovered") for one in words.json[kind]]


JUMPS = [timedelta(days=1), -timedelta(days=1), timedelta(hours=3), -timedelta(hours=3), timedelta(days=4000), -timedelta(days=4000)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_clock_that_jumps_says_nothing_about_a_healthy_mailbox(store: Store, jump: timedelta) -> None:
    world = Ticking(store)
    for _ in range(5):
        world.look("mailbox:ar")
    world.look(jump=jump)  # the daemon looks at once then, before the mailbox has beaten again
    for _ in range(40):
        world.look("mailbox:ar")
    assert world.told == []


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_after_a_jump_a_dead_mailbox_is_told_in_time(store: Store, jump: timedelta) -> None:
    world = Ticking(store)
    for _ in range(5):
        world.look("mailbox:ar")
    world.look(jump=jump)
    for _ in range(26):
        world.look("mailbox:ar", trouble="cannot connect")
    assert world.told == []  # not yet a quarter of an hour
    for _ in range(10):
        world.look("mailbox:ar", trouble="cannot connect")
    assert world.told == [("raised", "silent:ar")]
    world.look("mailbox:ar")
    assert world.told == [("raised", "silent:ar"), ("recovered", "silent:ar")]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_an_alarm_outlives_a_jump_and_is_told_no_second_time(store: Store, jump: timedelta) -> None:
    world = Ticking(store)
    for _ in range(40):
        world.look("mailbox:ar", trouble="cannot connect")
    world.look("mailbox:ar", trouble="cannot connect", jump=jump)
    for _ in range(100):
        world.look("mailbox:ar", trouble="cannot connect")
    for _ in range(10):
        world.look("mailbox:ar")
    assert world.told == [("raised", "silent:ar"), ("recovered", "silent:ar")]


def test_pulses_of_another_process_are_judged_the_same_way(store: Store) -> None:
    world = Ticking(store)
    other = Pulses(store, world.wall)
    for _ in range(5):
        other.ok("mailbox:ar")
        world.look()
    world.look(jump=-timedelta(days=1))
    for _ in range(100):
        other.ok("mailbox:ar")
        world.look()
    assert world.told == []
    for _ in range(40):
        world.look()
    assert world.told == [("raised", "silent:ar")]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_channel_is_tried_again_although_the_clock_jumped(store: Store, jump: timedelta) -> None:
    world = Ticking(store)
    world.hook.broken = True
    world.look("mailbox:ar", trouble="login refused: no")
    world.hook.broken = False
    world.look(jump=jump)
    world.look()
    assert ("raised", "login:ar") in world.told


def test_a_clock_that_was_set_back_does_not_make_pulses_look_written(store: Store) -> None:
    clock = Clock()
    pulses = Pulses(store, clock)
    pulses.ok("daemon")
    clock.move(days=-1)
    pulses.ok("daemon")
    with store.transaction() as session:
        assert watchbook.pulses(session)["daemon"].ok_at == clock()


class Unwritable:
    """Every change of a store fails while `full`; reading works."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, inner = True, store.transaction

        @contextmanager
        def transaction() -> Iterator[Session]:
            with inner() as session:
                yield session
                if self.full and (session.new or session.dirty or session.deleted):
                    raise StoreError("database or disk is full")

        monkeypatch.setattr(store, "transaction", transaction)


def test_a_store_that_takes_no_change_is_told_although_it_can_be_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    world = Ticking(store)
    world.look("mailbox:ar")
    broken = Unwritable(store, monkeypatch)
    for _ in range(20):
        world.look("mailbox:ar")
    assert world.told == [("raised", "store")]
    broken.full = False
    for _ in range(3):
        world.look("mailbox:ar")
    assert world.told == [("raised", "store"), ("recovered", "store")]


def test_what_parts_meet_with_at_the_store_is_kept_in_memory_alone(store: Store) -> None:
    pulses = Pulses(store, Clock())
    pulses.trouble("store:process", "disk full")
    assert pulses.here()["store:process"].trouble == "disk full"
    pulses.ok("store:process")
    with store.transaction() as session:
        assert watchbook.pulses(session) == {}


def test_a_daemon_that_stopped_in_order_is_not_missed(store: Store) -> None:
    clock = Clock()
    watch = a_watch(store, clock)
    watch.look()
    watch.pulses.forget("daemon")
    clock.move(hours=1)
    assert status(store, clock())["needs_person"] == []


NOTICE = notice(book.turn([Alarm("disk", "only 3 MB are free")], {}, NOW), "Brightwater")


def test_the_webhook_gets_json_and_a_refusal_is_an_error() -> None:
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204 if len(got) == 1 else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        hook = Webhook(f"http://127.0.0.1:{server.server_port}/x")
        hook.tell(NOTICE, NOW)
        with pytest.raises(AlertError, match="500"):
            hook.tell(NOTICE, NOW)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    with pytest.raises(AlertError):
        hook.tell(NOTICE, NOW)
    assert got[0]["raised"] == [{"name": "disk", "words": "only 3 MB are free", "since": NOW.isoformat(), "until": None}]


class FakeTransport:
    """Takes mail for some addresses."""

    def __init__(self, *refused: str) -> None:
        self.refused, self.sent = refused, list[OutboxItem]()

    async def send(self, item: OutboxItem, begin: Any) -> str:
        if item.rcpt_to in self.refused:
            raise SendTemporaryError("450")
        assert await begin()
        self.sent.append(item)
        return "250"

    async def aclose(self) -> None:
        pass


def write(words: Notice, to: str, now: Any) -> OutboxItem:
    return alert.item(words.subject, words.text, to=to, sender="ar@brightwater.example", key=b"key", now=now)


def test_one_address_that_takes_it_is_enough() -> None:
    transport = FakeTransport("a@x.example")
    MailChannel(("a@x.example", "b@x.example"), lambda: transport, write).tell(NOTICE, NOW)
    assert [item.rcpt_to for item in transport.sent] == ["b@x.example"]
    mail = message_from_bytes(transport.sent[0].mime)
    assert (mail["Auto-Submitted"], mail["To"]) == ("auto-generated", "b@x.example")
    assert "only 3 MB are free" in mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "ALARM" in mail["Subject"]


def test_without_any_address_that_takes_it_it_was_not_told() -> None:
    with pytest.raises(AlertError):
        MailChannel(("a@x.example",), lambda: FakeTransport("a@x.example"), write).tell(NOTICE, NOW)
